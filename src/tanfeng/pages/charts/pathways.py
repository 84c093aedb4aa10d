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
    finish,
    mark,
    name_ends,
    unit_title,
    year_axis,
)
from tanfeng.targets.intensity import Intensity

COLOR, NEEDED, EQUAL = FIELD_COLORS["energy"], VERDICT_COLORS["missed"], "#8a949c"


def intensity_paths(catalog: Catalog, ways: Sequence[Intensity], lang: str) -> Chart:
    """Draw CO2 intensity (base year = 100) with the required path and the fan, a panel an account.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.targets.intensity.intensity` with the same base, year and reduction.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 4.2)) as figure:
        panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
        for axes, way in zip(panels, ways, strict=True):
            _draw(axes, way, lang)
            name = text.word(catalog, f"account_{way.account}", lang)
            base = {"zh": f"{name}（{way.base}年=100）", "en": f"{name} ({way.base} = 100)"}[lang]
            unit_title(axes, base)
        panels[0].legend(loc="lower left", fontsize=8.5)
        return finish(figure, _alt(catalog, ways, lang))


def _draw(axes: Axes, way: Intensity, lang: str) -> None:
    words = {
        "zh": ("等率进度", "后续所需", "要求", "预测", "80%区间", "95%区间"),
        "en": ("equal rate", "still needed", "required", "forecast", "80%", "95%"),
    }[lang]
    rows = way.rows
    for _, part in rows.groupby((rows["year"].diff().fillna(1) > 1).cumsum()):  # no line across a gap
        draw_history(axes, part, "index_pct", COLOR)
    equal = rows.dropna(subset=["compound_pct"])
    axes.plot(
        equal["year"], equal["compound_pct"], color=EQUAL, linewidth=1.2, linestyle=(0, (6, 2, 1, 2)), label=words[0]
    )
    needed = rows.dropna(subset=["needed_pct"])
    axes.plot(needed["year"], needed["needed_pct"], color=NEEDED, linewidth=1.8, label=words[1])
    axes.plot([way.year], [100 - way.reduction_pct], "o", color=NEEDED, markersize=6)
    _draw_fan(axes, rows)
    axes.set_ylim(bottom=0)
    heights = (100 - way.reduction_pct, *(float(rows.iloc[-1][column]) for column in ("index_pct", "hi80", "hi95")))
    colors = (NEEDED, COLOR, COLOR, COLOR)
    name_ends(axes, [(way.year, *end) for end in zip(heights, words[2:], colors, strict=True)])
    year_axis(axes)


def _draw_fan(axes: Axes, rows: pd.DataFrame) -> None:
    ahead = rows[rows["status"] == "forecast"]
    last = rows[rows["status"] != "forecast"].iloc[-1]
    years = [float(year) for year in (last["year"], *ahead["year"])]
    start = float(last["index_pct"])
    middle = [start, *ahead["index_pct"]]
    axes.plot(years, middle, color=COLOR, linewidth=2, linestyle=DASHED, label=mark("forecast"))
    for low, high, strength in (("lo80", "hi80", 0.24), ("lo95", "hi95", 0.13)):
        lower, upper = [start, *ahead[low]], [start, *ahead[high]]
        axes.fill_between(years, lower, upper, color=COLOR, alpha=strength, linewidth=0)


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
