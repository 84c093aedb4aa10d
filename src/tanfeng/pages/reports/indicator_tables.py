"""Tables of the four indicators: by plan and scope, by year, and the checks behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.by_plan import PERIODS
from tanfeng.facts.decomposition import NOT_CERTAIN, NOT_SIGNIFICANT
from tanfeng.facts.gdp import EDITIONS
from tanfeng.pages import text
from tanfeng.pages.charts.intensities import plan_name, scope_name
from tanfeng.pages.table import Column, Table, cited, status_cell

UNSETTLED = {NOT_CERTAIN, NOT_SIGNIFICANT}
NAMES = {
    "energy_consumption": {"zh": "能源消费总量", "en": "Energy consumption"},
    "co2_total": {"zh": "二氧化碳排放总量", "en": "CO2 emissions"},
    "energy_intensity": {"zh": "能耗强度", "en": "Energy intensity"},
    "carbon_intensity": {"zh": "碳排放强度", "en": "Carbon intensity"},
}


def by_plan(catalog: Catalog, changes: pd.DataFrame, lang: str, caption: str, note: str = "") -> Table:
    """Return the change of every indicator and scope (rows) over each plan (columns), in percent.

    Args:
        catalog: the tables.
        changes: result of `tanfeng.facts.by_plan.plan_changes`.
        lang: `zh` or `en`.
        caption: of the table.
        note: below the table.
    """
    plans = [Column(plan, plan_name(catalog, plan, lang), align="right") for plan in PERIODS]
    columns = [Column("name", _head(lang, "指标", "Indicator")), Column("scope", _head(lang, "口径", "Scope")), *plans]
    rows = []
    for (indicator, scope, account), one in changes.groupby(["indicator", "scope", "account"], sort=False):
        cells = {row["plan"]: _change_cell(row, lang) for row in one.to_dict("records")}
        scoped = _capital(scope_name(catalog, str(indicator), str(scope), str(account), lang))
        named = {
            "name": {"text": NAMES[str(indicator)][lang]},
            "scope": {"text": scoped, **cited(one["sources"])},
        }
        rows.append({**named, **cells})
        if one["lo95"].notna().any():
            rows.append(_limits_row(named, one, lang))
    return Table(caption, columns, rows, note, _sources(changes["sources"]))


def _limits_row(named: dict[str, Any], rows: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Return the row of the 95 % limits that stands below the changes of an indicator."""
    scope = named["scope"]["text"] + _head(lang, "，95%区间", ", 95% interval")
    cells = {row["plan"]: {"text": _limits(row["lo95"], row["hi95"], lang)} for row in rows.to_dict("records")}
    return {"name": named["name"], "scope": {"text": scope}, **cells}


def _limits(low: float, high: float, lang: str, mark: str = "%") -> str:
    """Return the limits of a change in words: a dash between them would read as a minus."""
    return "–" if pd.isna(low) else f"{text.number(low, 1)}{_head(lang, '至', ' to ')}{text.number(high, 1)}{mark}"


def _change_cell(row: dict[str, Any], lang: str) -> dict[str, Any]:
    if pd.isna(row["change_pct"]):
        return {"text": REASONS[row["reason"]][lang]}
    shown = _signed(row["change_pct"], _digits(row))
    if not row["complete"]:
        shown += f"（至{row['last']}年）" if lang == "zh" else f" ({row['last']})"
    return {"text": shown}


REASONS = {
    "not_published": {"zh": "未公布", "en": "unpublished"},
    "not_computed": {"zh": "未核算", "en": "not computed"},
    "starts_later": {"zh": "基年未核算", "en": "base year not computed"},
}


def against_plans(catalog: Catalog, changes: pd.DataFrame, asked: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return energy intensity by plan: what was asked, the chain of yearly rates, and the officially given change.

    Args:
        catalog: the tables.
        changes: result of `tanfeng.facts.by_plan.plan_changes`.
        asked: result of `tanfeng.facts.by_plan.requirements`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("plan", _head(lang, "规划期", "Plan")),
        Column("planned", _head(lang, "规划要求", "Asked by the plan"), kind="number"),
        Column("chained", _head(lang, "逐年变化率连乘", "Yearly rates chained"), kind="number"),
        Column("years", _head(lang, "有公布数的年数", "Years published"), kind="number"),
        Column("official", _head(lang, "官方累计数", "Officially given"), kind="number"),
    ]
    chosen = changes[(changes["indicator"] == "energy_intensity") & (changes["scope"] == "statistical")]
    known = chosen.set_index("plan", drop=False).to_dict("index")
    rows = [_asked_row(catalog, row, known[row["plan"]], lang) for row in asked.to_dict("records")]
    every = pd.concat([chosen["sources"], asked["planned_source"], asked["official_source"]]).dropna()
    return Table(caption, columns, rows, sources=_sources(every))


def _asked_row(catalog: Catalog, row: dict[str, Any], chained: dict[str, Any], lang: str) -> dict[str, Any]:
    official: dict[str, Any] = {"text": REASONS["not_published"][lang]}
    if not pd.isna(row["official_pct"]):
        years = f"{row['official_first']}/{row['official_last']}"
        shown = f"{_signed(row['official_pct'])}（{text.period(years, lang)}）"
        shown = shown if lang == "zh" else f"{_signed(row['official_pct'])} ({text.period(years, lang)})"
        official = {"text": shown, "source": [row["official_source"]]}
    planned = {"text": _signed(row["planned_pct"]), "source": [row["planned_source"]]}
    return {
        "plan": {"text": catalog.label("plans", row["plan"], lang), "source": chained["sources"].split()},
        "planned": planned if not pd.isna(row["planned_pct"]) else {"text": REASONS["not_published"][lang]},
        "chained": _change_cell(chained, lang),
        "years": {"text": f"{chained['years_published']}/{chained['years']}"},
        "official": official,
    }


def by_year(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str, first: int = 2015) -> Table:
    """Return the four indicators by year, one row a figure, newest first: value, scope, status and source.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.indicators.by_scope`.
        lang: `zh` or `en`.
        caption: of the table.
        first: first year shown.
    """
    columns = [
        Column("name", _head(lang, "指标", "Indicator")),
        Column("scope", _head(lang, "口径", "Scope")),
        Column("period", _head(lang, "时期", "Period")),
        Column("value", _head(lang, "数值", "Value"), kind="number"),
        Column("status", _head(lang, "状态", "Status"), kind="status"),
    ]
    shown = rows[rows["year"] >= first].sort_values("year", kind="stable", ascending=False)
    order = {name: place for place, name in enumerate(rows["indicator"].unique())}
    shown = shown.sort_values("indicator", key=lambda names: names.map(order), kind="stable")
    cells = [_year_row(catalog, row, lang) for row in shown.to_dict("records")]
    return Table(caption, columns, cells, sources=_sources(shown["source_id"]))


def _year_row(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    change = row["kind"] == "change"
    period = f"{row['first']}/{row['year']}" if change else str(row["year"])
    value = _signed(row["value"], _digits(row))
    level = text.amount(catalog, row["value"], row["unit"], lang, 1 if lang == "en" else None)
    return {
        "name": {"text": NAMES[row["indicator"]][lang]},
        "scope": {
            "text": _capital(scope_name(catalog, row["indicator"], row["scope"], row["account"], lang)),
            **cited([row["source_id"]]),
        },
        "period": {"text": text.period(period, lang)},
        "value": {"text": value if change else level},
        "status": status_cell(catalog, row["status"], lang),
    }


def vintages(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str, first: int = 2015) -> Table:
    """Return GDP at current prices by year (rows) and vintage (columns), with the revision by the 5th census.

    The figure of a bulletin that is another vintage without its decimals is the same figure and is not repeated.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.gdp.editions`.
        lang: `zh` or `en`.
        caption: of the table.
        first: first year shown.
    """
    unit = "10^8 yuan"
    units = catalog.label("units", unit, lang)
    factor = 1.0 if lang == "zh" else float(catalog.read("units").set_index("id").at[unit, "en_factor"])
    vintage = [Column(name, catalog.label("scopes", name, lang), units, "number") for name in EDITIONS]
    revised = Column("revision", _head(lang, "五经普口径比前一版", "5th census against the one before"), "%", "number")
    columns = [Column("year", _head(lang, "年份", "Year")), *vintage, revised]
    shown = rows[rows["year"] >= first]
    cells = []
    for row in shown.to_dict("records"):
        shown_once = row if not _repeated(row) else {**row, "bulletin": float("nan")}
        figures = {name: {"text": _level(shown_once[name], factor, lang)} for name in EDITIONS}
        last = {"text": _signed(row["revision_pct"], 1, mark="")}
        year = {"text": str(row["year"]), **cited([row["sources"]])}
        cells.append({"year": year, **figures, "revision": last})
    note = _head(
        lang,
        "公报数与四经普口径或初步核算数只差小数的，为同一个数，不重复列出。",
        "A bulletin that gives the figure of the 4th census or of the preliminary accounts without decimals is not "
        "repeated.",
    )
    return Table(caption, columns, cells, note, _sources(shown["sources"]))


def _repeated(row: dict[str, Any]) -> bool:
    """Say whether a bulletin gives the figure of another vintage, rounded."""
    others = [row[name] for name in ("census4", "preliminary") if not pd.isna(row[name])]
    return any(abs(other - row["bulletin"]) < 1 and row["bulletin"] == round(other) for other in others)


def _level(value: float, factor: float, lang: str) -> str:
    """Return a level with the digits it is published with; converted, with one."""
    return "" if pd.isna(value) else text.number(value * factor, None if factor == 1 else 1, lang)


def rate_check(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the published and the computed yearly rate of energy intensity, and their difference.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.by_plan.rates`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("year", _head(lang, "年份", "Year")),
        Column("published", _head(lang, "公布数", "Published"), "%", "number"),
        Column("computed", _head(lang, "推算数", "Computed"), "%", "number"),
        Column("difference", _head(lang, "相差", "Difference"), _points(catalog, lang), "number"),
    ]
    cells = [
        {
            "year": {"text": str(row.year)},
            "published": {"text": _signed(row.published, 2, mark=""), "source": [row.source_id]},
            "computed": {"text": _signed(row.computed, 2, mark="")},
            "difference": {"text": _signed(row.difference, 2, mark="")},
            "_class": "" if row.agrees else "total",
        }
        for row in rows.itertuples()
    ]
    return Table(caption, columns, cells, sources=_sources(rows["source_id"]))


def chain_check(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the published changes over several years beside the chain of yearly rates.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.by_plan.chains`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("period", _head(lang, "时期", "Period")),
        Column("published", _head(lang, "官方累计数", "Officially given"), "%", "number"),
        Column("chained", _head(lang, "逐年变化率连乘", "Yearly rates chained"), "%", "number"),
        Column("difference", _head(lang, "相差", "Difference"), _points(catalog, lang), "number"),
    ]
    cells = [
        {
            "period": {"text": text.period(f"{row.first}/{row.year}", lang)},
            "published": {"text": _about(row, lang), "source": [row.source_id]},
            "chained": {"text": _signed(row.chained, 2, mark="")},
            "difference": {"text": _signed(row.difference, 2, mark="")},
        }
        for row in rows.itertuples()
    ]
    return Table(caption, columns, cells, sources=_sources(rows["source_id"]))


def decoupling(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the decoupling states of CO2 and energy consumption against GDP.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.decomposition.decoupling`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("name", _head(lang, "指标", "Indicator")),
        Column("period", _head(lang, "时期", "Period")),
        Column("change", _head(lang, "指标变化", "Change"), "%", "number"),
        Column("limits", _head(lang, "95%区间", "95% interval"), "%", "number"),
        Column("gdp", _head(lang, "地区生产总值", "GDP"), _head(lang, "不变价，%", "constant prices, %"), "number"),
        Column("elasticity", _head(lang, "脱钩弹性", "Elasticity"), kind="number"),
        Column("state", _head(lang, "脱钩状态", "State")),
        Column("status", _head(lang, "状态", "Status"), kind="status"),
    ]
    cells = [
        {
            "name": {"text": NAMES[row["quantity"]][lang]},
            "period": {"text": text.period(f"{row['start']}/{row['end']}", lang)},
            "change": {"text": _signed(row["change_pct"], 1, mark="")},
            "gdp": {"text": _signed(row["gdp_change_pct"], 1, mark="")},
            "limits": {"text": _limits(row["lo95_pct"], row["hi95_pct"], lang, mark="")},
            "elasticity": {"text": "–" if row["state"] in UNSETTLED else _plain(row["elasticity"], lang, 2)},
            "state": {
                "text": text.word(catalog, f"decoupling_{row['state']}", lang),
                **cited([row["sources"]]),
            },
            "status": status_cell(catalog, row["status"], lang),
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells, sources=_sources(rows["sources"]))


def _about(row: Any, lang: str) -> str:
    shown = _signed(row.published, mark="")
    return shown if row.bound != "about" else f"约{shown}" if lang == "zh" else f"about {shown}"


def _points(catalog: Catalog, lang: str) -> str:
    return "百分点" if lang == "zh" else catalog.label("units", "pp", lang)


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _head(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def _signed(value: float, digits: int | None = None, mark: str = "%") -> str:
    if pd.isna(value):
        return ""
    shown = text.number(value, digits)
    return ("+" if value > 0 and float(shown) != 0 else "") + shown + mark


def _plain(value: float, lang: str, digits: int = 1) -> str:
    return "" if pd.isna(value) else text.number(value, digits, lang)


def _digits(row: dict[str, Any]) -> int:
    """Return the digits of a change: two where the source gives two, as with published intensities."""
    return 2 if row["indicator"].endswith("intensity") and not row["account"] else 1


def _sources(cited: pd.Series) -> list[str]:
    return list(dict.fromkeys(source for names in cited for source in str(names).split()))
