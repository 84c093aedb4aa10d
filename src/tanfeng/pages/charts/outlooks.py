"""History and outlook of emissions: a line that ends in a fan."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences, text
from tanfeng.pages.charts.style import (
    CO2,
    DASHED,
    FIELD_COLORS,
    INK,
    Chart,
    canvas,
    draw_history,
    finish,
    mark,
    name_ends,
    tonne_axis,
    year_axis,
)


def outlook(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str, nowcast: int = 0) -> Chart:
    """Draw the history and the outlook of one field.

    History solid, estimates dotted and hollow, corrected figures as diamonds, a fan of 80 and 95 %; beside it how good
    such forecasts were in the past.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.paths.fields`.
        field: id of the field, or `total`.
        lang: `zh` or `en`.
        nowcast: last year told by published drivers, marked by a band; 0 for none.
    """
    rows = rows[rows["field"] == field].sort_values("year")
    color = FIELD_COLORS[field]
    with canvas() as figure:
        axes = figure.subplots()
        draw_history(axes, rows, "co2_mt", color)
        ends = _draw_fan(axes, rows, color, lang)
        axes.set_ylim(bottom=0)
        name_ends(axes, ends)
        if nowcast:
            _mark_nowcast(axes, float(rows.loc[rows["status"] != "forecast", "year"].max()), nowcast, lang)
        tonne_axis(axes, CO2[lang], lang)
        year_axis(axes)
        note = sentences.past_error(catalog, field, lang)
        return finish(figure, _outlook_alt(catalog, rows, field, lang), note=note)


def _draw_fan(axes: Axes, rows: pd.DataFrame, color: str, lang: str) -> list[tuple[float, float, str, str]]:
    """Draw the fan and return the ends to name."""
    ahead = rows[rows["status"] == "forecast"]
    last = rows[rows["status"] != "forecast"].iloc[-1]
    years = [last["year"], *ahead["year"]]
    for low, high, strength in (("lo95", "hi95", 0.13), ("lo80", "hi80", 0.24)):
        lower, upper = [last["co2_mt"], *ahead[low]], [last["co2_mt"], *ahead[high]]
        axes.fill_between([float(year) for year in years], lower, upper, color=color, alpha=strength, linewidth=0)
    middle = [last["co2_mt"], *ahead["co2_mt"]]
    axes.plot(years, middle, color=color, linewidth=2, linestyle=DASHED, label=mark("forecast"))
    end = ahead.iloc[-1]
    words = {"zh": ("预测", "80%区间", "95%区间"), "en": ("forecast", "80% interval", "95% interval")}[lang]
    heights = (float(end[column]) for column in ("co2_mt", "hi80", "hi95"))
    return [(float(end["year"]), height, name, INK) for name, height in zip(words, heights, strict=True)]


def _mark_nowcast(axes: Axes, last: float, until: int, lang: str) -> None:
    axes.axvspan(last + 0.5, until + 0.5, color="#f2f5f7", zorder=0)
    name = {"zh": "现时估算", "en": "nowcast"}[lang]
    axes.annotate(
        name, ((last + until + 1) / 2, 0), xycoords=("data", "axes fraction"), xytext=(0, 4),
        textcoords="offset points", va="bottom", ha="center", fontsize=8.5, color="#56616a",
    )  # fmt: skip


def _outlook_alt(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str) -> str:
    name = catalog.label("fields", field, lang)
    known, end = rows[rows["status"] != "forecast"], rows.iloc[-1]
    first, last = known.iloc[0], known.iloc[-1]
    shown = [text.tonnes(row["co2_mt"], lang) for row in (first, last, end)]
    years = [int(row["year"]) for row in (first, last, end)]
    if lang == "zh":
        points = "，".join(f"{year}年{value}" for year, value in zip(years, shown, strict=True))
        return f"{name}二氧化碳排放折线图（万吨），末年为外推：{points}。"
    points = ", ".join(f"{year} {value}" for year, value in zip(years, shown, strict=True))
    return f"Line chart of CO2 emissions in Mt, {name}, the last year extrapolated: {points}."
