"""One style for every figure: colours, sizes, canvas, and what several figures draw.

Figures are SVG with the text as shapes, so that Chinese shows on any machine. The font (Noto Sans SC, OFL) comes with
the package zhplot; DejaVu Sans supplies what it lacks, such as the subscript two.
"""

from __future__ import annotations

import importlib.util
import io
import math
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from scipy.optimize import isotonic_regression

from tanfeng.data.project import ProjectError
from tanfeng.pages import text
from tanfeng.pages.charts.svg import inline, shorten

P = ParamSpec("P")
FONT_FILE = "NotoSansSC-Regular.ttf"
FAMILIES = ["Noto Sans SC", "DejaVu Sans"]
INK, GRID = "#1c2833", "#d7dde2"
FIELD_COLORS = {
    "total": "#1c2833",
    "energy": "#2a6f97",
    "industry": "#b5651d",
    "buildings": "#7a6aa8",
    "transport": "#3b8b6f",
    "agriculture": "#c9a227",
    "residential": "#b4526b",
    "technology": "#4f6d7a",
}
VERDICT_COLORS = {
    "met": "#1b7f5c",
    "likely_met": "#8cc6ae",
    "open": "#e3c567",
    "likely_missed": "#e3a27a",
    "missed": "#a63d2f",
    "not_assessable": "#c3c9ce",
}
STYLE: dict[Any, Any] = {
    "font.family": FAMILIES,
    "font.size": 10,
    "svg.fonttype": "path",
    "svg.hashsalt": "tanfeng",
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8a949c",
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "figure.facecolor": "white",
}
TITLE: dict[str, Any] = {"loc": "left", "fontsize": 9.5, "color": "#56616a"}
CO2 = {"zh": "二氧化碳排放", "en": "CO₂ emissions"}
DIRECT = {"zh": "二氧化碳排放，直接排放口径", "en": "CO₂ emissions, direct"}
TONNES_OF = {"energy_consumption": {"zh": "标准煤", "en": "ce"}, "co2_total": {"zh": "", "en": ""}}
SIZE = (8.4, 4.2)
DOTTED = (0, (1, 1.4))
DASHED = (0, (4, 2))
# told by how a line is drawn; the key of a figure names those in use
STATUSES = ("reported", "adjusted", "internal", "estimate", "forecast")
PALE, HOLLOW = "pale", "hollow"  # bars of estimates
LINE_POINTS = 11.5
POINTS = 72
PHONE = 3.5  # inches that a phone of 390 pixels leaves a figure
PHONE_HEIGHT = 3.0
PHONE_NAME, PHONE_TITLE, PHONE_KEY = 18, 46, 42  # letters that fit beside a line, above axes, in two columns
SMALLEST = 8.25  # points: 11 pixels
NEAR = 6  # pixels around a place in which its value is told
MOST_TOLD = 60  # places of a line: one of more is a curve
_PHONE: ContextVar[bool] = ContextVar("phone", default=False)


@dataclass(frozen=True)
class Chart:
    """A drawn figure.

    Attributes:
        svg: the drawing.
        width: in inches.
        height: in inches.
        alt: the words for who cannot see it.
        marks: what its key explains.
        note: sentences that belong beside it.
        subtitle: what is shown, with its unit, where the figure has one pair of axes.
        narrow: the same drawn for a phone.
    """

    svg: str
    width: float
    height: float
    alt: str
    marks: tuple[str, ...] = ()
    note: str = ""
    subtitle: str = ""
    narrow: Chart | None = None

    @property
    def address(self) -> str:
        """The SVG as a data address, a fifth shorter than in base64; line ends become spaces."""
        return "data:image/svg+xml," + quote(self.svg.replace("\n", " "), safe=" =:/,;-.()!*+?@_~$")

    def html(self, phone: bool = False) -> str:
        """Return the drawing as an element of a page, if asked with that for a phone: the page shows one of them."""
        both = {"wide": self} | ({"narrow": self.narrow} if phone and self.narrow else {})
        return "".join(inline(one.svg, kind, self.alt) for kind, one in both.items())


def drawn(draw: Callable[P, Chart]) -> Callable[P, Chart]:
    """Draw a figure twice: wide, and for a phone."""

    @wraps(draw)
    def both(*args: P.args, **kwargs: P.kwargs) -> Chart:
        wide, token = draw(*args, **kwargs), _PHONE.set(True)
        try:
            return replace(wide, narrow=draw(*args, **kwargs))
        finally:
            _PHONE.reset(token)

    return both


def on_phone() -> bool:
    """Whether the figure that is being drawn is that for a phone."""
    return _PHONE.get()


@lru_cache(maxsize=1)
def register_font() -> Path:
    """Make Noto Sans SC known to matplotlib and return its file.

    Raises:
        ProjectError: if the package zhplot does not hold it.
    """
    package = importlib.util.find_spec("zhplot")
    folders = list(package.submodule_search_locations or []) if package else []
    found = [path for folder in folders for path in Path(folder).rglob(FONT_FILE)]
    if not found:
        raise ProjectError(
            f"the font {FONT_FILE} was not found in the package zhplot; run `make` to mend the environment"
        )
    font_manager.fontManager.addfont(found[0])
    return found[0]


@contextmanager
def canvas(size: tuple[float, float] = SIZE, phone: float = PHONE_HEIGHT) -> Iterator[Figure]:
    """Open a figure in the style of the pages, for a phone as high as `phone` says.

    A character that no font has is drawn as an empty box.
    """
    register_font()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", append=True)  # tests make it an error
        yield Figure(figsize=(PHONE, phone) if on_phone() else size, layout="constrained")


def finish(figure: Figure, alt: str, marks: tuple[str, ...] = (), note: str = "") -> Chart:
    """Turn a drawn figure into a chart; the same figure gives the same text each time.

    Args:
        figure: what was drawn.
        alt: the words for who cannot see it.
        marks: marks to explain besides those of its lines (see `mark`).
        note: a sentence that belongs beside it.

    Raises:
        ValueError: if a text is too small to be read.
    """
    subtitle = figure.axes[0].get_title(loc="left") if len(figure.axes) == 1 else ""
    for axes in figure.axes if on_phone() or subtitle else ():
        axes.set_title("" if subtitle else folded(axes.get_title(loc="left"), PHONE_TITLE), **TITLE)
    small = [one.get_text() for one in figure.findobj(Text) if one.get_text() and float(one.get_fontsize()) < SMALLEST]
    if small:
        raise ValueError(f"text below {SMALLEST} points: {small}")
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (float(size) for size in figure.get_size_inches())
    svg = buffer.getvalue()
    svg = shorten(svg[svg.index("<svg") :].replace("</svg>", f"{'' if on_phone() else _told(figure)}</svg>"))
    return Chart(svg, width, height, alt, (*_marks(figure), *marks), note, subtitle)


def _told(figure: Figure) -> str:
    """Return what tells the value of a point or a column under the pointer."""
    found = {box: said for axes in figure.axes if axes.get_visible() for box, said in _values(axes)}
    scale, height = POINTS / figure.dpi, POINTS * figure.get_size_inches()[1]
    told = []
    for (left, bottom, right, top), said in found.items():
        x, y, wide, high = (
            f"{scale * value:.1f}" for value in (left, height / scale - top, right - left, top - bottom)
        )
        told.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"><title>{escape(said)}</title></rect>')
    return f'<g fill="none" pointer-events="all">{"".join(told)}</g>' if told else ""


def _values(axes: Axes) -> Iterator[tuple[tuple[float, float, float, float], str]]:
    """Return the boxes of points and columns in pixels, each with its words."""
    for bars in (one for one in axes.containers if isinstance(one, BarContainer)):
        upright = bars.orientation == "vertical"
        if not upright and str(bars.get_label()).startswith("_"):
            continue  # on a time line
        for bar in bars:
            box = bar.get_bbox()
            at, value = (box.x0 + box.x1, bar.get_height()) if upright else (box.y0 + box.y1, bar.get_width())
            corners = axes.transData.transform(box.get_points())
            axis = axes.xaxis if upright else axes.yaxis
            amount = _said(axes.yaxis if upright else axes.xaxis, value)
            if value:
                yield _box(corners), _words(bars.get_label(), _said(axis, round(at / 2)), amount)
    for line in axes.lines:
        points = np.asarray(line.get_xydata(), dtype="float64")
        if line.get_transform() != axes.transData or len(points) > MOST_TOLD:
            continue
        for point in points[np.isfinite(points).all(axis=1)]:
            middle = axes.transData.transform(point)
            said = (_said(axis, float(value)) for axis, value in zip((axes.xaxis, axes.yaxis), point, strict=True))
            yield _box(np.array([middle - NEAR, middle + NEAR])), _words(line.get_label(), *said)


def _box(corners: Any) -> tuple[float, float, float, float]:
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    return round(float(left), 1), round(float(bottom), 1), round(float(right), 1), round(float(top), 1)


def _words(label: Any, at: str, value: str) -> str:
    name = "" if str(label).startswith("_") else f"{str(label).replace(chr(10), '')} "
    return f"{name}{at}: {value}" if at else f"{name}{value}"


def _said(axis: Axis, value: float) -> str:
    """Return a value of an axis as its ticks are written; one that is not told so, to two decimals."""
    formatter, own = axis.get_major_formatter(), axis.axes.fmt_ydata if axis is axis.axes.yaxis else None
    if own is not None:
        return str(own(value))
    if isinstance(formatter, (FuncFormatter, PercentFormatter, StrCategoryFormatter)):
        return str(formatter(value, 0)).replace("\n", "")
    return text.number(round(value, 2))


def mark(status: str) -> str:
    """Return the label of a line that shows figures of a status: the key of the figure names it, a legend does not."""
    return f"_{status}"


def _marks(figure: Figure) -> list[str]:
    """Return the statuses that the lines of a figure show; none if all of it is published."""
    labels = {str(line.get_label()) for axes in figure.axes for line in axes.lines}
    found = [status for status in STATUSES if mark(status) in labels]
    return [] if found == ["reported"] else found


def name_ends(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write the names of lines to the right of their ends, apart from each other; call it when the limits are set.

    Args:
        axes: what the lines were drawn in.
        ends: x and y of each end, name and colour.
    """
    ends = [(x, y, folded(name, PHONE_NAME) if on_phone() else name, color) for x, y, name, color in ends]
    low, high = axes.get_ylim()
    line = LINE_POINTS * (high - low) / (POINTS * axes.bbox.height / axes.figure.dpi)
    ends = sorted(ends, key=lambda end: end[1])
    heights = _apart([end[1] for end in ends], [line * (1 + end[2].count("\n")) for end in ends])
    right = max(end[0] for end in ends)
    for (_, _, name, color), height in zip(ends, heights, strict=True):
        axes.annotate(
            name, (right, height), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8.5, color=color,
            annotation_clip=False, linespacing=1.3,
        )  # fmt: skip


def _apart(heights: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return where names go: as near to their heights (ascending, least squares) as their sizes let them."""
    steps = [(before + own) / 2 for before, own in pairwise(sizes)]
    apart = np.cumsum([0.0, *steps])
    return [float(place) for place in isotonic_regression(np.array(heights) - apart).x + apart]


def year_axis(axes: Axes) -> None:
    """Mark whole years below; in a narrow figure few, the last among them. Call it when all is drawn."""
    axes.set_xlabel("")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 5, 10]))
    if axes.figure.bbox.width / axes.figure.dpi < SIZE[0] / 2:
        last, first = math.floor(axes.dataLim.x1 + 1e-6), axes.dataLim.x0
        step = next((step for step in (1, 2, 5, 10) if (last - first) / step <= 4), 20)
        axes.set_xticks(range(last, math.ceil(first) - 1, -step))


def panels(figure: Figure, count: int, columns: int, **shared: Any) -> list[Axes]:
    """Return so many axes in columns, on a phone below each other; rows are filled from the left."""
    columns = 1 if on_phone() else min(columns, count)
    made = figure.subplots(math.ceil(count / columns), columns, squeeze=False, **shared).ravel()
    for axes in made[count:]:
        axes.set_axis_off()
    return list(made[:count])


def names_above(axes: Axes) -> None:
    """On a phone write the names of rows above them, in place of beside them."""
    if on_phone():
        axes.set_axisbelow(False)
        axes.tick_params(axis="y", pad=-2)
        for label in axes.get_yticklabels():
            label.set(horizontalalignment="left", verticalalignment="bottom")


def key(figure: Figure, columns: int, handles: Sequence[Any] = ()) -> None:
    """Write what colours and marks mean below all axes: so many columns, on a phone two if they fit.

    Args:
        figure: what was drawn.
        columns: how many, if there is room.
        handles: what is explained, by default all of the first axes that has a label.
    """
    shown = list(handles) or figure.axes[0].get_legend_handles_labels()[0]
    if on_phone():
        widths, half = [_width(str(one.get_label())) for one in shown], math.ceil(len(shown) / 2)
        columns = 2 if max(widths[:half]) + max(widths[half:], default=0) <= PHONE_KEY else 1
    figure.legend(
        handles=shown, ncols=columns, loc="outside lower left", fontsize=9, columnspacing=1.2, handlelength=1.4
    )


def _width(words: str) -> int:
    """Return how wide a text is: a Chinese character is as wide as two letters."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def folded(words: str, width: int) -> str:
    r"""Return a text in lines of about so many letters, or half as many Chinese characters, each as long.

    Example:
        >>> folded("assessment (with imported electricity)", 16)
        'assessment (with\nimported\nelectricity)'
        >>> folded("考核口径（含外调电）", 16)
        '考核口径（\n含外调电）'
    """
    if _width(words) <= width or "\n" in words:
        return words
    if _width(words) < 1.5 * len(words):
        return "\n".join(textwrap.wrap(words, width))
    most = math.ceil(len(words) / math.ceil(_width(words) / width))
    return "\n".join(words[start : start + most] for start in range(0, len(words), most))


def unit_title(axes: Axes, label: str) -> None:
    """Write what is shown, with its unit, above the axes."""
    axes.set_ylabel("")
    axes.set_title(label, **TITLE)


def draw_history(axes: Axes, rows: pd.DataFrame, column: str, color: str) -> None:
    """Draw a yearly series (`year`, `status`, `column`).

    Published years are joined by a solid line, adjusted ones diamonds, internal ones squares; estimates are hollow
    points on a dotted line.
    """
    known = rows[rows["status"] != "forecast"]
    estimated = known["status"] == "estimate"
    hollow, published = known[estimated], known[column].mask(estimated)
    line = {"x": known["year"].astype(float), "ax": axes, "color": color, "linewidth": 2, "legend": False}
    if len(hollow):
        before = estimated.shift(1, fill_value=False)
        beside, runs = estimated | before | estimated.shift(-1, fill_value=False), (~estimated & ~before).cumsum()
        sns.lineplot(y=known[column].where(beside), linestyle=DOTTED, units=runs, estimator=None, **line)
    if published.notna().any():
        sns.lineplot(y=published, units=estimated.cumsum(), estimator=None, **line)
        if (known["status"] == "reported").any():
            axes.lines[-1].set_label(mark("reported"))
    adjusted, internal = (known[known["status"] == status] for status in ("adjusted", "internal"))
    points: dict[str, Any] = {"ls": "", "color": color, "ms": 5.5, "zorder": 4}
    if len(hollow):
        axes.plot(hollow["year"], hollow[column], marker="o", mfc="white", label=mark("estimate"), **points)
    if len(adjusted):
        axes.plot(adjusted["year"], adjusted[column], marker="D", label=mark("adjusted"), **points)
    if len(internal):
        axes.plot(internal["year"], internal[column], marker="s", label=mark("internal"), **points)


def tonne_axis(axes: Axes, label: str, lang: str, unit: str = "", most: float = math.nan) -> None:
    """Write what is shown above an axis of megatonnes, and mark it in Chinese in 亿吨 or 万吨, in English in Mt.

    Call it when all is drawn: where what is known reaches 100 Mt, the unit is 亿吨.

    Args:
        axes: drawn in megatonnes.
        label: what is shown, without its unit.
        lang: `zh` or `en`.
        unit: what the tonnes are of, such as `标准煤` or `ce`; empty for CO2.
        most: the largest known figure, by default the largest drawn.
    """
    large = (axes.dataLim.y1 if math.isnan(most) else most) >= text.LARGE_MT
    name = ("亿吨" if large else "万吨") if lang == "zh" else text.TONNES[lang]
    unit_title(axes, f"{label}（{name}{unit}）" if lang == "zh" else f"{label} ({name}{unit})")
    axes.fmt_ydata = lambda value: text.megatonnes(value, lang, large) + unit
    if lang == "zh":
        factor = 0.01 if large else 100
        axes.yaxis.set_major_formatter(lambda value, _: text.number(round(factor * value, 6)))
