"""Frozen outlooks against what came: a small chart each, the 80 % interval and the published line."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    DASHED,
    FIELD_COLORS,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    mark,
    panels,
    tonne_axis,
    year_axis,
)
from tanfeng.targets.lookback.archive import SCORED

MOST = 4
FIRST_YEAR = 2005
BAND = "#2a6f97"


@drawn
def frozen(
    catalog: Catalog, rows: pd.DataFrame, known: pd.DataFrame, lang: str, field: str = "total", until: int = 2030
) -> Chart:
    """Draw the 80 % interval of frozen outlooks and the figures that the tables have now, a small chart each.

    Of outlooks whose history ends in the same year the one named last is drawn, and at most the last four.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.scores`.
        known: result of `tanfeng.facts.emissions.series` of the same field.
        lang: `zh` or `en`.
        field: id of the field, or `total`.
        until: last year drawn.

    Raises:
        ProjectError: if there is no row of the field.
    """
    mine = rows[(rows["field"] == field) & (rows["year"] <= until)]
    if mine.empty:
        raise ProjectError(f"no frozen outlook has the field {field!r} before {until}")
    shown = mine.drop_duplicates("last_year", keep="last").sort_values("last_year")["id"].tolist()[-MOST:]
    known = known[known["year"] >= FIRST_YEAR]
    with canvas((8.4, 2.6 * -(-len(shown) // 2) + 0.4), 2.2 * len(shown) + 0.3) as figure:
        every = panels(figure, len(shown), 2, sharex=True, sharey=True)
        for axes, name in zip(every, shown, strict=True):
            _draw(axes, mine[mine["id"] == name], known, FIELD_COLORS[field])
            tonne_axis(axes, _title(mine[mine["id"] == name], lang), lang)
        every[0].set_ylim(bottom=0)
        return finish(figure, _alt(catalog, mine[mine["id"].isin(shown)], shown, field, lang))


def _draw(axes: Axes, rows: pd.DataFrame, known: pd.DataFrame, color: str) -> None:
    last = int(rows["last_year"].iloc[0])
    base = known.loc[known["year"] == last, "co2_mt"]
    years = [*([last] if len(base) else []), *rows["year"]]
    low, high, centre = ([*base, *rows[name]] for name in ("lo80", "hi80", "co2_mt"))
    axes.fill_between([float(year) for year in years], low, high, color=BAND, alpha=0.24, linewidth=0)
    axes.plot(years, centre, color=BAND, linewidth=1.6, linestyle=DASHED, label=mark("forecast"))
    draw_history(axes, known, "co2_mt", color)
    axes.axvline(last, color="#8a949c", linewidth=0.8)
    year_axis(axes)


def _title(rows: pd.DataFrame, lang: str) -> str:
    return _named(int(rows["last_year"].iloc[0]), str(rows["kind"].iloc[0]), lang)


def _named(last: int, kind: str, lang: str) -> str:
    names = {"hindcast": ("回溯预测", "hindcast"), "outlook": ("冻结预测", "frozen outlook")}[kind]
    return f"数据截至{last}年的{names[0]}" if lang == "zh" else f"{names[1].capitalize()}, figures up to {last}"


def _alt(catalog: Catalog, rows: pd.DataFrame, shown: list[str], field: str, lang: str) -> str:
    name = catalog.label("fields", field, lang)
    parts = [_said(rows[rows["id"] == one], lang) for one in shown]
    if lang == "zh":
        return f"{name}二氧化碳排放：冻结的80%区间与公布值。{'；'.join(parts)}。"
    return f"{name}, CO2 emissions: frozen 80% intervals and published figures. {'; '.join(parts)}."


def _said(rows: pd.DataFrame, lang: str) -> str:
    done = rows[rows["state"] == SCORED]
    label = _title(rows, lang)
    if done.empty:
        return f"{label}：尚无公布值可对照" if lang == "zh" else f"{label}: nothing published yet"
    hits, last = int(done["inside80"].sum()), done.iloc[-1]
    figures = [f"{text.tonnes(last[key], lang)}" for key in ("lo80", "hi80", "published_mt")]
    if lang == "zh":
        return (
            f"{label}：{len(done)}个公布值中{hits}个落入区间；{int(last['year'])}年区间{figures[0]}–{figures[1]}万吨，"
            f"公布值{figures[2]}万吨"
        )
    return (
        f"{label}: {hits} of {len(done)} published figures inside; {int(last['year'])} interval "
        f"{figures[0]}–{figures[1]} Mt, published {figures[2]} Mt"
    )
