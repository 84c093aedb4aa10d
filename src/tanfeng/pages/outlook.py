"""Tables of emissions and their outlook that several reports show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.emissions import emitting_fields
from tanfeng.outlook import nowcast
from tanfeng.pages import text
from tanfeng.pages.reports.targets import _heads
from tanfeng.pages.table import Column, Table, columns, number_cell, status_cell


def outlook_frame(rows: pd.DataFrame, until: int = 2035) -> pd.DataFrame:
    """Return the rows of `tanfeng.outlook.paths.fields` as shown and downloaded: rounded to 0.01 and 0.1 Mt."""
    columns, rows = ["co2_mt", "lo80", "hi80", "lo95", "hi95"], rows[rows["year"] <= until].copy()
    ahead = rows["status"] == "forecast"
    rows[columns] = rows[columns].round(2).mask(ahead, rows[columns].round(1))
    return rows


def outlook(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str, caption: str, first: int = 2015) -> Table:
    """Return the table of one field's emissions from `first` on, with status and intervals (Mt CO2)."""
    head = _heads(
        lang,
        year=("年份", "Year"),
        co2=("二氧化碳排放", "CO2 emissions"),
        i80=("80%区间", "80% interval"),
        i95=("95%区间", "95% interval"),
        status=("状态", "Status"),
    )
    unit = text.TONNES[lang]
    columns = [
        Column("year", head["year"]),
        Column("co2", head["co2"], unit, "number"),
        Column("i80", head["i80"], unit, "number"),
        Column("i95", head["i95"], unit, "number"),
        Column("status", head["status"], kind="status"),
    ]
    chosen = rows[(rows["field"] == field) & (rows["year"] >= first)]
    cells = [
        {
            "year": {"text": str(row.year)},
            "co2": {"text": text.tonnes(row.co2_mt, lang)},
            "i80": {"text": _range(row.lo80, row.hi80, lang)},
            "i95": {"text": _range(row.lo95, row.hi95, lang)},
            "status": status_cell(catalog, row.status, lang),
        }
        for row in chosen.itertuples()
    ]
    return Table(caption, columns, cells)


def _range(low: float, high: float, lang: str) -> str:
    return "" if pd.isna(low) else f"{text.tonnes(low, lang)}–{text.tonnes(high, lang)}"


def emissions(catalog: Catalog, rows: pd.DataFrame, years: Iterable[int], lang: str, caption: str) -> Table:
    """Return the emissions by field (rows, the total last) in some years (columns), Mt CO2."""
    years = list(years)
    table = rows.pivot_table(index="field", columns="year", values="co2_mt")
    head = {"zh": "领域", "en": "Field"}[lang]
    unit = text.TONNES[lang]
    columns = [Column("field", head), *(Column(str(year), str(year), unit, "number") for year in years)]
    names = [*emitting_fields(catalog), "total"]
    cells = [_field_row(catalog, table, name, years, lang) for name in names]
    status = rows[rows["field"] == "total"].set_index("year")["status"]
    words = {str(year): {"text": text.word(catalog, f"status_{status[year]}", lang)} for year in years}
    last = {"field": {"text": {"zh": "全省数据状态", "en": "Status of the total"}[lang]}, **words}
    return Table(caption, columns, [*cells, last])


def _field_row(catalog: Catalog, table: pd.DataFrame, name: str, years: list[int], lang: str) -> dict[str, Any]:
    shown = {str(year): {"text": text.tonnes(table.at[name, year], lang)} for year in years}
    return {
        "field": {"text": catalog.label("fields", name, lang)},
        **shown,
        "_class": "total" if name == "total" else "",
    }


KINDS = {
    "nowcast": {"zh": "现时估算", "en": "nowcast"},
    "forecast": {"zh": "直接外推", "en": "plain forecast"},
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


def _ahead(value: float, lang: str, digits: int = 1) -> str:
    """Return a forecast as it is rounded everywhere: to 0.1 Mt."""
    return "—" if pd.isna(value) else text.tonnes(round(value, 1), lang, digits)


def recent(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how the years after the last published one are told: way, drivers, past error.

    Args:
        catalog: the tables.
        region: whose years, for their sources.
        rows: result of `tanfeng.outlook.paths.recent`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "field": ("领域", "Field", "", "label"),
        "year": ("年份", "Year", "", "label"),
        "co2": ("二氧化碳排放", "CO2 emissions", text.TONNES[lang], "number"),
        "kind": ("得出方式", "Told by", "", "label"),
        "drivers": ("驱动指标", "Drivers", "", "text"),
        "error": ("历史误差", "Past error", "%", "number"),
    }
    mark = "、" if lang == "zh" else ", "
    cells = [
        {
            "field": {"text": catalog.label("fields", row["field"], lang)},
            "year": {"text": str(row["year"])},
            "co2": {"text": _ahead(row["co2_mt"], lang)},
            "kind": {"text": KINDS[row["kind"]][lang]},
            "drivers": {"text": mark.join(driver(catalog, name, lang) for name in row["drivers"].split()) or "—"},
            "error": number_cell(row["error_pct"], 1, lang),
        }
        for row in rows.to_dict("records")
    ]
    used = [one for name in dict.fromkeys(rows["field"]) for one in nowcast.sources(catalog, region, name)]
    return Table(caption, columns(lang, plan), cells, sources=list(dict.fromkeys(used)))


def driver(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of a driver of the nowcast.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> driver(open_catalog(), "cement", "zh")
        '水泥产量'
    """
    return text.word(catalog, f"driver_{name}", lang)
