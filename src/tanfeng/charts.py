"""Figures (floor 4): one style, drawn as SVG with the text as shapes, so that Chinese shows on any machine.

History solid, estimates as hollow points, forecasts as a fan. The font (Noto Sans SC, OFL) comes with the package
zhplot; DejaVu Sans supplies what it lacks, such as the subscript two.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tanfeng import inventory, text
from tanfeng.catalog import Catalog
from tanfeng.project import ProjectError
from tanfeng.verdicts import VERDICTS

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


@dataclass(frozen=True)
class Chart:
    """A drawn figure: SVG text, its size in inches, and the words for who cannot see it."""

    svg: str
    width: float
    height: float
    alt: str

    @property
    def base64(self) -> str:
        """The SVG as base64, for a data address."""
        return base64.b64encode(self.svg.encode()).decode()


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
def _canvas(size: tuple[float, float] = SIZE) -> Iterator[Figure]:
    register_font()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        yield Figure(figsize=size, layout="constrained")


def _finish(figure: Figure, alt: str) -> Chart:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = figure.get_size_inches()
    svg = buffer.getvalue()
    return Chart(svg[svg.index("<svg") :], float(width), float(height), alt)


def _years(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    axes.set_xlabel("")


def _unit(axes: Axes, label: str) -> None:
    axes.set_ylabel("")
    axes.set_title(label, loc="left", fontsize=9.5, color="#56616a")


def _draw_history(axes: Axes, rows: pd.DataFrame, column: str, color: str) -> None:
    known = rows[rows["status"] != "forecast"]
    sns.lineplot(x=known["year"].astype(int), y=known[column], ax=axes, color=color, linewidth=2, legend=False)
    hollow = known[known["status"] == "estimate"]
    axes.plot(hollow["year"], hollow[column], "o", color=color, markerfacecolor="white", markersize=5.5, zorder=4)
    adjusted = known[known["status"] == "adjusted"]
    axes.plot(adjusted["year"], adjusted[column], "D", color=color, markersize=5.5, zorder=4)


def outlook(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str) -> Chart:
    """Draw the history and the outlook of one field.

    History solid, estimates hollow, corrected figures as diamonds, a fan of 80 and 95 %.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.fields`.
        field: id of the field, or `total`.
        lang: `zh` or `en`.
    """
    rows = rows[rows["field"] == field].sort_values("year")
    color = FIELD_COLORS[field]
    with _canvas() as figure:
        axes = figure.subplots()
        _draw_history(axes, rows, "co2_mt", color)
        _draw_fan(axes, rows, color, lang)
        axes.set_ylim(bottom=0)
        _unit(axes, _co2_label(lang))
        _years(axes)
        return _finish(figure, _outlook_alt(catalog, rows, field, lang))


def _co2_label(lang: str) -> str:
    return "二氧化碳排放（百万吨）" if lang == "zh" else "CO₂ emissions (Mt)"


def _draw_fan(axes: Axes, rows: pd.DataFrame, color: str, lang: str) -> None:
    ahead = rows[rows["status"] == "forecast"]
    last = rows[rows["status"] != "forecast"].iloc[-1]
    years = [last["year"], *ahead["year"]]
    for low, high, strength in (("lo95", "hi95", 0.13), ("lo80", "hi80", 0.24)):
        lower, upper = [last["co2_mt"], *ahead[low]], [last["co2_mt"], *ahead[high]]
        axes.fill_between([float(year) for year in years], lower, upper, color=color, alpha=strength, linewidth=0)
    axes.plot(years, [last["co2_mt"], *ahead["co2_mt"]], color=color, linewidth=2, linestyle=(0, (4, 2)))
    end = ahead.iloc[-1]
    words = {"zh": ("预测", "80%区间", "95%区间"), "en": ("forecast", "80% interval", "95% interval")}[lang]
    for name, height in zip(words, (end["co2_mt"], end["hi80"], end["hi95"]), strict=True):
        axes.annotate(name, (end["year"], height), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5)


def _outlook_alt(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str) -> str:
    name = catalog.label("fields", field, lang)
    known, end = rows[rows["status"] != "forecast"], rows.iloc[-1]
    first, last = known.iloc[0], known.iloc[-1]
    shown = [text.number(row["co2_mt"], 1, lang) for row in (first, last, end)]
    years = [int(row["year"]) for row in (first, last, end)]
    if lang == "zh":
        points = "，".join(f"{year}年{value}" for year, value in zip(years, shown, strict=True))
        return f"{name}二氧化碳排放折线图（百万吨），末年为外推：{points}。"
    points = ", ".join(f"{year} {value}" for year, value in zip(years, shown, strict=True))
    return f"Line chart of CO2 emissions in Mt, {name}, the last year extrapolated: {points}."


def by_field(catalog: Catalog, region: str, lang: str) -> Chart:
    """Draw the emissions of every field as stacked columns, one a year; years with estimates are lighter."""
    rows = inventory.emissions(catalog, region)
    complete = set(inventory.emissions(catalog, region, by="total")["year"])
    table = rows[rows["year"].isin(complete)].pivot_table(index="year", columns="field", values="co2_mt")
    order = [name for name in FIELD_COLORS if name in table.columns]
    estimated = set(inventory.emissions(catalog, region, by="total").query("status == 'estimate'")["year"])
    alt = {"zh": "各领域二氧化碳排放堆积柱状图，", "en": "Stacked columns of CO2 emissions by field, "}[lang]
    labels = [catalog.label("fields", name, lang) for name in order]
    return _stacked(table[order], [FIELD_COLORS[name] for name in order], labels, estimated, alt, lang)


def composition(catalog: Catalog, region: str, field: str, by: str, lang: str) -> Chart:
    """Draw the emissions of a field by subsector or fuel group as stacked columns, for the years that are broken down.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of the field.
        by: `subsector` or `fuel_group`.
        lang: `zh` or `en`.
    """
    rows = inventory.emissions(catalog, region, by=by).query("field == @field")
    table = rows[rows[by] != "all"].pivot_table(index="year", columns=by, values="co2_mt").fillna(0)
    table = table[table.iloc[-1].sort_values(ascending=False).index]
    names = [catalog.label(f"{by}s", name, lang) for name in table.columns]
    alt = {
        "zh": f"{catalog.label('fields', field, lang)}排放构成堆积柱状图，",
        "en": f"Stacked columns of the emissions of {catalog.label('fields', field, lang)}, ",
    }[lang]
    return _stacked(table, list(sns.color_palette("colorblind", len(names))), names, set(), alt, lang)


def _stacked(table: pd.DataFrame, colors: list, labels: list[str], estimated: set, alt: str, lang: str) -> Chart:  # type: ignore[type-arg]
    years = [int(year) for year in table.index]
    with _canvas() as figure:
        axes = figure.subplots()
        bottom = pd.Series(0.0, index=table.index)
        for column, color, label in zip(table.columns, colors, labels, strict=True):
            bars = axes.bar(years, table[column], bottom=bottom, color=color, width=0.8, label=label)
            for year, bar in zip(years, bars, strict=True):
                bar.set_alpha(0.55 if year in estimated else 1.0)
            bottom += table[column]
        handles, names = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], names[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
        _unit(axes, _co2_label(lang))
        _years(axes)
        return _finish(figure, alt + _stacked_alt(table, labels, lang))


def _stacked_alt(table: pd.DataFrame, labels: list[str], lang: str) -> str:
    last = table.iloc[-1]
    parts = [f"{label} {text.number(value, 1)}" for label, value in zip(labels, last, strict=True)]
    if lang == "zh":
        return f"{table.index[-1]}年（百万吨）：" + "、".join(parts) + "。"
    return f"{table.index[-1]} (Mt): " + ", ".join(parts) + "."


def four_indicators(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the four indicators: two totals as lines, two intensities as columns of yearly change.

    Estimates are hollow or pale.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.indicators.four_indicators`.
        lang: `zh` or `en`.
    """
    titles = {
        "energy_consumption": {"zh": "能源消费总量（百万吨标准煤）", "en": "Energy consumption (Mtce)"},
        "co2_total": {"zh": "二氧化碳排放总量（百万吨）", "en": "CO₂ emissions (Mt)"},
        "energy_intensity_change": {"zh": "能耗强度比上年变化（%）", "en": "Energy intensity, change on year (%)"},
        "carbon_intensity_change": {"zh": "碳排放强度比上年变化（%）", "en": "Carbon intensity, change on year (%)"},
    }
    with _canvas((8.4, 5.6)) as figure:
        for axes, (name, title) in zip(figure.subplots(2, 2, sharex=True).flat, titles.items(), strict=True):
            chosen = rows[rows["indicator"] == name].sort_values("year")
            if name.endswith("change"):
                colors = [INK if status == "reported" else "#a9b4bc" for status in chosen["status"]]
                axes.bar(chosen["year"], chosen["value"], color=colors, width=0.75)
                axes.axhline(0, color="#8a949c", linewidth=0.8)
            else:
                _draw_history(axes, chosen, "value", INK)
                axes.set_ylim(bottom=0)
            _unit(axes, title[lang])
            _years(axes)
        alt = {"zh": "四个指标小图：", "en": "Four small charts: "}[lang] + "; ".join(t[lang] for t in titles.values())
        return _finish(figure, alt)


def verdict_counts(catalog: Catalog, table: pd.DataFrame, lang: str) -> Chart:
    """Draw the number of targets by field and verdict as stacked bars.

    Args:
        catalog: the tables.
        table: result of `tanfeng.verdicts.counts_by_field`.
        lang: `zh` or `en`.
    """
    table = table[table.sum(axis=1) > 0]
    names = [catalog.label("fields", name, lang) for name in table.index]
    with _canvas((8.4, 3.6)) as figure:
        axes = figure.subplots()
        left = pd.Series(0, index=table.index)
        for verdict in [name for name in VERDICT_COLORS if table[name].any()]:
            bars = axes.barh(
                names,
                table[verdict],
                left=left,
                color=VERDICT_COLORS[verdict],
                height=0.66,
                label=text.word(catalog, f"verdict_{verdict}", lang),
            )
            counts = [str(value) if value else "" for value in table[verdict]]
            axes.bar_label(
                bars,
                labels=counts,
                label_type="center",
                fontsize=9,
                color="white" if verdict in {"met", "missed"} else INK,
            )
            left += table[verdict]
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.legend(ncols=6, loc="lower left", bbox_to_anchor=(0, 1.0), fontsize=9, handlelength=1.2, columnspacing=1.2)
        parts = [
            f"{name} {'/'.join(str(table.at[field, v]) for v in VERDICTS)}"
            for field, name in zip(table.index, names, strict=True)
        ]
        order = " / ".join(text.word(catalog, f"verdict_{v}", lang) for v in VERDICTS)
        return _finish(figure, f"{order}: " + "; ".join(parts))


def indicator(catalog: Catalog, rows: pd.DataFrame, targets: pd.DataFrame, title: str, lang: str) -> Chart:
    """Draw the published figures of one indicator and its targets (as diamonds).

    Args:
        catalog: the tables.
        rows: result of `tanfeng.indicators.observations`.
        targets: rows of the table `targets` in the unit of the indicator.
        title: what is shown, with its unit.
        lang: `zh` or `en`.
    """
    with _canvas((8.4, 3.8)) as figure:
        axes = figure.subplots()
        reported = rows[rows["status"] != "estimate"]
        axes.plot(rows["end"], rows["value"], color=FIELD_COLORS["technology"], linewidth=1.6, alpha=0.7)
        axes.plot(reported["end"], reported["value"], "o", color=FIELD_COLORS["technology"], markersize=6)
        for row in targets.itertuples():
            axes.plot([row.target_year], [row.target_value], "D", color=VERDICT_COLORS["missed"], markersize=7)
            label = {
                "zh": f"{row.target_year}年目标 {text.number(row.target_value)}",
                "en": f"target {row.target_year}: {text.number(row.target_value)}",
            }[lang]
            axes.annotate(
                label,
                (row.target_year, row.target_value),
                xytext=(-8, 6),
                textcoords="offset points",
                ha="right",
                fontsize=9,
            )
        for row in rows.itertuples():
            axes.annotate(
                text.number(row.value),
                (row.end, row.value),
                xytext=(0, -14),
                textcoords="offset points",
                ha="center",
                fontsize=8.5,
            )
        low, high = axes.get_ylim()
        axes.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))
        _unit(axes, title)
        _years(axes)
        shown = ", ".join(f"{text.period(row.period, lang)} {text.number(row.value)}" for row in rows.itertuples())
        return _finish(figure, f"{title}: {shown}")
