"""One style for every figure: colours, sizes, canvas, and what several figures draw.

Figures are SVG with the text as shapes, so that Chinese shows on any machine. The font (Noto Sans SC, OFL) comes with
the package zhplot; DejaVu Sans supplies what it lacks, such as the subscript two.
"""

from __future__ import annotations

import importlib.util
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.optimize import isotonic_regression

from tanfeng.data.project import ProjectError
from tanfeng.pages import text

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
CO2 = {"zh": "二氧化碳排放", "en": "CO₂ emissions"}
TONNES_OF = {"energy_consumption": {"zh": "标准煤", "en": "ce"}, "co2_total": {"zh": "", "en": ""}}
SIZE = (8.4, 4.2)
DOTTED = (0, (1, 1.4))
DASHED = (0, (4, 2))
# told by how a line is drawn; the key of a figure names those in use
STATUSES = ("reported", "adjusted", "internal", "estimate", "forecast")
PALE, HOLLOW = "pale", "hollow"  # bars of estimates
LINE_POINTS = 11.5
POINTS = 72


@dataclass(frozen=True)
class Chart:
    """A drawn figure: SVG text, its size in inches, the words for who cannot see it, the marks its key explains.

    `note` is a sentence that belongs beside it.
    """

    svg: str
    width: float
    height: float
    alt: str
    marks: tuple[str, ...] = ()
    note: str = ""

    @property
    def address(self) -> str:
        """The SVG as a data address, a fifth shorter than in base64; line ends become spaces."""
        return "data:image/svg+xml," + quote(self.svg.replace("\n", " "), safe=" =:/,;-.()!*+?@_~$")


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
def canvas(size: tuple[float, float] = SIZE) -> Iterator[Figure]:
    """Open a figure in the style of the pages; a character that no font has is an error."""
    register_font()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        yield Figure(figsize=size, layout="constrained")


def finish(figure: Figure, alt: str, marks: tuple[str, ...] = (), note: str = "") -> Chart:
    """Turn a drawn figure into a chart; the same figure gives the same text each time.

    Args:
        figure: what was drawn.
        alt: the words for who cannot see it.
        marks: marks to explain besides those of its lines (see `mark`).
        note: a sentence that belongs beside it.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = figure.get_size_inches()
    svg = buffer.getvalue()
    return Chart(shorten(svg[svg.index("<svg") :]), float(width), float(height), alt, (*_marks(figure), *marks), note)


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
    low, high = axes.get_ylim()
    line = LINE_POINTS * (high - low) / (POINTS * axes.bbox.height / axes.figure.dpi)
    ends = sorted(ends, key=lambda end: end[1])
    heights = _apart([end[1] for end in ends], [line * (1 + end[2].count("\n")) for end in ends])
    right = max(end[0] for end in ends)
    for (_, _, name, color), height in zip(ends, heights, strict=True):
        axes.annotate(
            name, (right, height), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8.5, color=color,
            annotation_clip=False,
        )  # fmt: skip


def _apart(heights: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return where names go: as near to their heights (ascending, least squares) as their sizes let them."""
    steps = [(before + own) / 2 for before, own in pairwise(sizes)]
    apart = np.cumsum([0.0, *steps])
    return [float(place) for place in isotonic_regression(np.array(heights) - apart).x + apart]


def year_axis(axes: Axes) -> None:
    """Mark whole years on the horizontal axis."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    axes.set_xlabel("")


def unit_title(axes: Axes, label: str) -> None:
    """Write what is shown, with its unit, above the axes."""
    axes.set_ylabel("")
    axes.set_title(label, loc="left", fontsize=9.5, color="#56616a")


def draw_history(axes: Axes, rows: pd.DataFrame, column: str, color: str) -> None:
    """Draw a yearly series (`year`, `status`, `column`).

    Published years are joined by a solid line, adjusted ones diamonds, internal ones squares; estimates are hollow
    points on a dotted line.
    """
    known = rows[rows["status"] != "forecast"]
    estimated = known["status"] == "estimate"
    hollow, published = known[estimated], known[column].mask(estimated)
    line = {"x": known["year"].astype(int), "ax": axes, "color": color, "linewidth": 2, "legend": False}
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


def tonne_axis(axes: Axes, label: str, lang: str, unit: str = "") -> None:
    """Write what is shown above an axis of megatonnes, and mark it in 万吨 in Chinese, in Mt in English.

    Args:
        axes: drawn in megatonnes.
        label: what is shown, without its unit.
        lang: `zh` or `en`.
        unit: what the tonnes are of, such as `标准煤` or `ce`; empty for CO2.
    """
    name = text.TONNES[lang] + unit
    unit_title(axes, f"{label}（{name}）" if lang == "zh" else f"{label} ({name})")
    if lang == "zh":
        axes.yaxis.set_major_formatter(lambda value, _: text.tonnes(value, lang))


GLYPH = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')
COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")
GAPS = re.compile(r">\s+<")
UNSEEN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
FINE = re.compile(r"(\d{2,}\.\d\d)\d+")  # a hundredth of a point; factors of a scale are below ten and stay
COARSER = 16  # outlines to a four-hundredth of the size of a character: finer than a screen shows


def shorten(svg: str) -> str:
    r"""Return the same drawing in fewer letters.

    No comments and no space between elements, places to a hundredth of a point, outlines of characters in steps.

    Example:
        >>> shorten('<g>\n <path d="M 160 320 \nL 160 0 \nz\n" transform="scale(0.015625)"/>\n</g>')
        '<g><path d="m10 20l0-20z" transform="scale(0.25)"/></g>'
    """
    scale = COARSER / 64
    drawn = FINE.sub(r"\1", GAPS.sub("><", UNSEEN.sub("", svg)))
    return GLYPH.sub(lambda found: f' d="{_relative(found[1])}" transform="scale({scale})"', drawn)


def _relative(outline: str) -> str:
    """Return an outline with each point as whole steps from where the pen stands."""
    parts, pen, start, last = [], (0, 0), (0, 0), ""
    for command, numbers in COMMAND.findall(outline):
        steps = [round(float(number) / COARSER) for number in numbers.split()]
        points = list(zip(steps[::2], steps[1::2], strict=True))
        moved = [value for x, y in points for value in (x - pen[0], y - pen[1])]
        letter = command.lower()
        parts.append(_joined(moved, "" if letter == last and letter in "lqc" else letter))
        pen = points[-1] if points else start
        start, last = (pen if command == "M" else start), letter
    return "".join(parts)


def _joined(numbers: list[int], letter: str) -> str:
    """Return numbers after a command letter, a minus sign or a space between them."""
    spaced = "".join(str(number) if number < 0 else f" {number}" for number in numbers)
    return letter + (spaced.removeprefix(" ") if letter else spaced)
