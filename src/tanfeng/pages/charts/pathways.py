"""The way of CO2 intensity to a reduction: history, required paths, and the fan of the outlook."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    DASHED,
    FIELD_COLORS,
    VERDICT_COLORS,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    mark,
    name_ends,
    panels,
    unit_title,
    year_axis,
)
from tanfeng.targets.intensity import Intensity

COLOR, NEEDED, EQUAL = FIELD_COLORS["energy"], VERDICT_COLORS["missed"], "#8a949c"


@drawn
def intensity_paths(catalog: Catalog, ways: Sequence[Intensity], lang: str) -> Chart:
    """Draw CO2 intensity (base year = 100) with the required path and the fan, a panel an account.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.targets.intensity.intensity` with the same base, year and reduction.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 3.8), 3 * len(ways)) as figure:
        for axes, way in zip(panels(figure, len(ways), 2, sharey=True), ways, strict=True):
            _draw(axes, way, lang)
            name = text.word(catalog, f"account_{way.account}", lang)
            base = {"zh": f"{name}（{way.base}年=100）", "en": f"{name} ({way.base} = 100)"}[lang]
            unit_title(axes, base)
        return finish(figure, _alt(catalog, ways, lang))


def _draw(axes: Axes, way: Intensity, lang: str) -> None:
    words = {
        "zh": ("等率进度", "要求", "预测", "80%上限", "80%下限"),
        "en": ("equal\nrate", "required", "forecast", "80%, high", "80%, low"),
    }[lang]
    rows = way.rows
    for _, part in rows.groupby((rows["year"].diff().fillna(1) > 1).cumsum()):  # no line across a gap
        draw_history(axes, part, "index_pct", COLOR)
    equal = rows.dropna(subset=["compound_pct"])
    axes.plot(equal["year"], equal["compound_pct"], color=EQUAL, linewidth=1.2, linestyle=(0, (6, 2, 1, 2)))
    middle = equal.iloc[len(equal) // 3]
    axes.annotate(
        words[0], (middle["year"], middle["compound_pct"]), xytext=(4, 4), textcoords="offset points", fontsize=8.5,
        color="#56616a",
    )  # fmt: skip
    needed = rows.dropna(subset=["needed_pct"])
    axes.plot(needed["year"], needed["needed_pct"], color=NEEDED, linewidth=1.8)
    axes.plot([way.year], [100 - way.reduction_pct], "o", color=NEEDED, markersize=6)
    _draw_fan(axes, rows)
    axes.set_ylim(bottom=0)
    heights = (100 - way.reduction_pct, *(float(rows.iloc[-1][column]) for column in ("index_pct", "hi80", "lo80")))
    colors = (NEEDED, COLOR, COLOR, COLOR)
    name_ends(axes, [(way.year, *end) for end in zip(heights, words[1:], colors, strict=True)])
    year_axis(axes)


def _draw_fan(axes: Axes, rows: pd.DataFrame) -> None:
    ahead = rows[rows["status"] == "forecast"]
    last = rows[rows["status"] != "forecast"].iloc[-1]
    years = [float(year) for year in (last["year"], *ahead["year"])]
    start = float(last["index_pct"])
    middle = [start, *ahead["index_pct"]]
    axes.plot(years, middle, color=COLOR, linewidth=2, linestyle=DASHED, label=mark("forecast"))
    axes.fill_between(years, [start, *ahead["lo80"]], [start, *ahead["hi80"]], color=COLOR, alpha=0.24, linewidth=0)


def _alt(catalog: Catalog, ways: Sequence[Intensity], lang: str) -> str:
    shown = [_alt_way(catalog, way, lang) for way in ways]
    if lang == "zh":
        return f"单位地区生产总值二氧化碳排放（{ways[0].base}年=100）折线图：{'；'.join(shown)}。"
    return f"Line chart of CO2 per unit of GDP ({ways[0].base} = 100): {'; '.join(shown)}."


def _alt_way(catalog: Catalog, way: Intensity, lang: str) -> str:
    name = text.word(catalog, f"account_{way.account}", lang)
    known = text.number(100 - way.reached(way.last), 1)
    row = way.rows.iloc[-1]
    ahead, low, high = (text.number(float(row[column]), 1) for column in ("index_pct", "lo80", "hi80"))
    goal = text.number(100 - way.reduction_pct, 1)
    if lang == "zh":
        return f"{name}{way.last}年{known}，{way.year}年中位数{ahead}（80%区间{low}至{high}），要求{goal}"
    return f"{name} {known} in {way.last}, median {ahead} in {way.year} (80% interval {low} to {high}), required {goal}"
