"""One style for every figure: colours, sizes, canvas, and what several figures draw.

Figures are SVG with the text as shapes, so that Chinese shows on any machine. The font (Noto Sans SC, OFL) comes with
the package zhplot; DejaVu Sans supplies what it lacks, such as the subscript two.
"""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tanfeng import text
from tanfeng.charts.outlines import shorten
from tanfeng.project import ProjectError

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
SIZE = (8.4, 4.2)
DOTTED = (0, (1, 1.4))


@dataclass(frozen=True)
class Chart:
    """A drawn figure: SVG text, its size in inches, and the words for who cannot see it."""

    svg: str
    width: float
    height: float
    alt: str

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


def finish(figure: Figure, alt: str) -> Chart:
    """Turn a drawn figure into a chart; the same figure gives the same text each time."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = figure.get_size_inches()
    svg = buffer.getvalue()
    return Chart(shorten(svg[svg.index("<svg") :]), float(width), float(height), alt)


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

    Published years are joined by a solid line, adjusted ones diamonds; estimates are hollow points on a dotted line.
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
    axes.plot(hollow["year"], hollow[column], "o", color=color, markerfacecolor="white", markersize=5.5, zorder=4)
    adjusted = known[known["status"] == "adjusted"]
    axes.plot(adjusted["year"], adjusted[column], "D", color=color, markersize=5.5, zorder=4)


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


def co2_label(lang: str) -> str:
    """Return what an axis of emissions shows, with its unit."""
    return "二氧化碳排放（百万吨）" if lang == "zh" else "CO₂ emissions (Mt)"
