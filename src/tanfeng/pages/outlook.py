"""Tables of emissions and their outlook that several reports show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.emissions import emitting_fields
from tanfeng.pages import text
from tanfeng.pages.layout import NONE, STATUS, YEAR, Column, Form, Layout, between, choice, name, number, tonnes
from tanfeng.pages.table import Table, pick

KINDS = {
    "nowcast": ("现时估算", "nowcast"),
    "forecast": ("直接外推", "plain forecast"),
}
METHODS = {
    "r1": ("R1（本项目）", "R1 (used here)"),
    "half_drift": ("半漂移", "half drift"),
    "theta": ("Theta", "Theta"),
    "arima": ("ARIMA（AICc选型）", "ARIMA by AICc"),
    "mean": ("四法等权平均", "mean of four"),
    "naive": ("沿用末年", "naive"),
    "drift": ("漂移", "drift"),
    "ets": ("指数平滑（AICc选型）", "ETS by AICc"),
    "damped": ("阻尼趋势", "damped ETS"),
    "ucm": ("局部线性趋势", "local linear trend"),
    "gm11": ("灰色模型GM(1,1)", "grey model GM(1,1)"),
    "loglinear": ("对数线性趋势", "log-linear trend"),
}


def outlook_frame(rows: pd.DataFrame, until: int = 2035) -> pd.DataFrame:
    """Return the rows of `tanfeng.outlook.paths.fields` as shown and downloaded: rounded to 0.01 and 0.1 Mt."""
    columns, rows = ["co2_mt", "lo80", "hi80", "lo95", "hi95"], rows[rows["year"] <= until].copy()
    ahead = rows["status"] == "forecast"
    rows[columns] = rows[columns].round(2).mask(ahead, rows[columns].round(1))
    return rows


def ahead(value: float, lang: str, digits: int = 1) -> str:
    """Return a forecast as it is rounded everywhere: to 0.1 Mt."""
    return NONE if pd.isna(value) else text.tonnes(round(value, 1), lang, digits)


def told_by(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the drivers of a year as words."""
    return pick(("、", ", "), lang).join(driver(catalog, name, lang) for name in row["drivers"].split()) or NONE


AHEAD = Form(lambda catalog, value, lang: ahead(value, lang), unit="mt")

# rows of `outlook_frame` of one field: emissions by year with status and intervals
OUTLOOK = Layout((
    Column("year", ("年份", "Year"), YEAR, kind="text"),
    Column("co2_mt", ("二氧化碳排放", "CO2 emissions"), tonnes()),
    Column("i80", ("80%区间", "80% interval"), between("lo80", "hi80", tonnes(), ""), "mt", "number"),
    Column("i95", ("95%区间", "95% interval"), between("lo95", "hi95", tonnes(), ""), "mt", "number"),
    Column("status", ("状态", "Status"), STATUS),
))  # fmt: skip

# rows of `tanfeng.outlook.paths.recent`: how the years after the last published one are told
RECENT = Layout((
    Column("field", ("领域", "Field"), name("fields")),
    Column("year", ("年份", "Year"), YEAR),
    Column("co2_mt", ("二氧化碳排放", "CO2 emissions"), AHEAD),
    Column("kind", ("得出方式", "Told by"), choice(KINDS)),
    Column("drivers", ("驱动指标", "Drivers"), told_by),
    Column("error_pct", ("历史误差", "Past error"), number(1), "%"),
))  # fmt: skip


def emissions(catalog: Catalog, rows: pd.DataFrame, years: Iterable[int], lang: str, caption: str) -> Table:
    """Return the emissions by field (rows, the total last) in some years (columns), Mt CO2."""
    shown_years = [str(year) for year in years]
    wide = rows.assign(year=rows["year"].astype(str)).pivot_table(index="field", columns="year", values="co2_mt")
    shown = wide.loc[[*emitting_fields(catalog), "total"], shown_years].reset_index()
    made = Layout(
        (
            Column("field", ("领域", "Field"), name("fields"), kind="text"),
            *(Column(year, year, tonnes()) for year in shown_years),
        ),
        total=("field", "total"),
    ).table(catalog, shown, lang, caption)
    status = rows[rows["field"] == "total"].set_index("year")["status"]
    words = {year: {"text": text.word(catalog, f"status_{status[int(year)]}", lang)} for year in shown_years}
    last = {"field": {"text": pick(("全省数据状态", "Status of the total"), lang)}, **words}
    return replace(made, rows=[*made.rows, last])


def driver(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of a driver of the nowcast.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> driver(open_catalog(), "cement", "zh")
        '水泥产量'
    """
    return text.word(catalog, f"driver_{name}", lang)
