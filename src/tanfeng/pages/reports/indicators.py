"""The four indicators: key figures; tables by plan and scope, by year, and the checks behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import by_plan, emissions, gdp, indicators, observations, other_inventories
from tanfeng.facts.decomposition import NOT_CERTAIN, NOT_SIGNIFICANT
from tanfeng.facts.gdp import EDITIONS
from tanfeng.facts.plans import begun
from tanfeng.pages import text
from tanfeng.pages.charts.intensities import plan_name, scope_name
from tanfeng.pages.figures import BASE_YEARS, figure, four, frame, observed
from tanfeng.pages.table import Heading, Table, cited, pick, status_cell
from tanfeng.pages.text import GIVEN, INTENSITY, PRECISE, PRECISE_INTENSITY

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "against_plans_figure": (
        "能耗强度：“十一五”{{ k.energy_intensity_statistical_11FYP.change }}，“十二五”{{ k.energy_intensity_statistical_12FYP.change }}，“十三五”{{ k.energy_intensity_statistical_13FYP.change }}，“十四五”{% if k.energy_intensity_statistical_14FYP is defined %}{{ k.energy_intensity_statistical_14FYP.change }}（{{ k.energy_intensity_statistical_14FYP.year }}）{% else %}{{ '不全' if page.held('energy_intensity_change') else '未公布' }}{% endif %}",
        "Energy intensity: {{ k.energy_intensity_statistical_11FYP.change }} in the 11th plan, {{ k.energy_intensity_statistical_12FYP.change }} in the 12th, {{ k.energy_intensity_statistical_13FYP.change }} in the 13th; {% if k.energy_intensity_statistical_14FYP is defined %}{{ k.energy_intensity_statistical_14FYP.change }} in the 14th ({{ k.energy_intensity_statistical_14FYP.year }}){% else %}{{ 'not complete' if page.held('energy_intensity_change') else 'not published' }} for the 14th{% endif %}",
    ),
    "against_plans": ("能耗强度：规划要求与官方累计数", "Energy intensity: asked and officially given"),
    "against_plans_table": (
        "能耗强度：规划要求、逐年变化率连乘和官方累计数",
        "Energy intensity: asked by the plan, yearly rates chained, officially given",
    ),
    "plan_changes": ("四个指标分规划期、分口径的变化", "Change of the four indicators by plan and scope"),
    "by_plan": (
        "总量为期末年比期初年；强度为逐年变化率连乘，各年变化率均已公布的，为由公布数计算。期末年数据没有时，算到已有的最后一年，并注明年份。95%区间只考虑排放的误差，地区生产总值增速视为准确；其余各行的误差未知。",
        "Totals: last year against base year. Intensities: yearly rates chained; where every rate is published, the change is computed from published figures. Where the last year is not known, the change runs to the year in brackets. The 95% intervals hold the error of emissions alone, growth of GDP taken as exact; the error of the other rows is not known.",
    ),
    "energy_figure": (
        "{{ k.energy_latest.year }}能源消费总量为{{ k.energy_latest }}（{{ k.energy_latest.status }}），此后同一版本未公布",
        "{{ k.energy_latest }} in {{ k.energy_latest.year }} ({{ k.energy_latest.status }}); nothing of this vintage published since",
    ),
    "co2_figure": (
        "{{ k.co2_direct.year }}直接排放为{{ k.co2_direct }}；计入外来电，{{ k.co2_assessment.year }}为{{ k.co2_assessment }}",
        "Direct emissions were {{ k.co2_direct }} in {{ k.co2_direct.year }}; with imported electricity {{ k.co2_assessment }} in {{ k.co2_assessment.year }}",
    ),
    "energy_intensity_figure": (
        "2020年能耗强度{{ k.energy_intensity_2019_2020.change }}，抵消了“十三五”前四年的部分降幅",
        "Energy intensity was {{ k.energy_intensity_2019_2020.change }} in 2020, which undid part of the first four years of the 13th plan",
    ),
    "carbon_intensity_figure": (
        "碳排放强度按直接排放口径“十三五”{{ k.carbon_intensity_direct_13FYP.change }}，计入外来电{{ k.carbon_intensity_assessment_13FYP.change }}",
        "Carbon intensity in the 13th plan: {{ k.carbon_intensity_direct_13FYP.change }} in direct emissions, {{ k.carbon_intensity_assessment_13FYP.change }} with imported electricity",
    ),
    "kaya": ("二氧化碳排放变化的因素分解", "What drove the change of CO2 emissions"),
    "waterfalls_figure": (
        "各期二氧化碳排放变化的因素分解；后两期变化的95%区间分别为{{ k.co2_total_direct_13FYP.range95 }}和{{ k.co2_total_direct_14FYP.range95 }}",
        "What drove CO2 emissions, by plan; 95% intervals of the last two changes: {{ k.co2_total_direct_13FYP.range95 }} and {{ k.co2_total_direct_14FYP.range95 }}",
    ),
    "decoupling": ("脱钩状态", "Decoupling states"),
    "decoupling_table": (
        "排放和能源消费与经济增长的脱钩状态（Tapio）",
        "Decoupling of emissions and energy consumption from GDP (Tapio)",
    ),
    "rate_check": ("推算的年度变化率与公布数", "Computed and published yearly rates"),
    "rate_differences_figure": (
        "除2013年外，推算数与公布数相差不超过{{ k.energy_intensity_gap }}",
        "Except in 2013 the computed rate is within {{ k.energy_intensity_gap }} of the published one",
    ),
    "rate_check_table": ("年度变化率：公布数与推算数", "Yearly rate: published and computed"),
    "chain_check": ("官方累计数与逐年变化率连乘", "Officially given changes and chained rates"),
    "chain_check_table": (
        "多年累计：官方公布数与逐年变化率连乘",
        "Changes over several years: officially given and chained",
    ),
    "gdp_vintages": ("地区生产总值各版本", "Vintages of GDP"),
    "editions": ("现价地区生产总值各版本", "GDP at current prices by vintage"),
    "by_year": ("四个指标逐年数据", "The four indicators by year"),
}
CARDS = {
    "energy_latest": (
        "能源消费总量（{{ k.energy_latest.year }}，五经普修订前）",
        "Energy consumption ({{ k.energy_latest.year }}, before the revision of the 5th census)",
    ),
    "co2_direct": (
        "二氧化碳排放总量（{{ k.co2_direct.year }}，直接排放口径）",
        "CO2 emissions ({{ k.co2_direct.year }}, direct)",
    ),
    "energy_intensity_statistical_13FYP": (
        "能耗强度（{{ k.energy_intensity_statistical_13FYP.year }}）",
        "Energy intensity ({{ k.energy_intensity_statistical_13FYP.year }})",
    ),
    "carbon_intensity_direct_14FYP": (
        "碳排放强度（{{ k.carbon_intensity_direct_14FYP.year }}，直接排放口径）",
        "Carbon intensity ({{ k.carbon_intensity_direct_14FYP.year }}, direct)",
    ),
}

MONITOR = "carbon_monitor"
SHOWN = {
    ("energy_intensity", "statistical"): PRECISE_INTENSITY,
    ("carbon_intensity", "statistical"): PRECISE_INTENSITY,
    ("carbon_intensity", "direct"): INTENSITY,
    ("carbon_intensity", "assessment"): INTENSITY,
}


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the four indicators: change by plan and scope, latest levels, the checks, GDP."""
    return frame(
        [
            *four(catalog, region),
            *_by_plan(catalog, region),
            *_asked(catalog, region),
            *_co2_latest(catalog, region),
            *_beside(catalog, region),
            *_gaps(catalog, region),
            *_revision(catalog, region),
        ]
    )


def _by_plan(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the change of each indicator over each plan as far as it is known: `carbon_intensity_direct_14FYP`."""
    rows = by_plan.plan_changes(catalog, region).dropna(subset=["change_pct"])
    return [
        figure(
            row["indicator"],
            row["change_pct"],
            "%",
            f"{row['first']}/{row['last']}",
            row["status"],
            row["sources"],
            lo95=row["lo95"],
            hi95=row["hi95"],
            of=(row["account"] or row["scope"], row["plan"]),
            basis=row["basis"],
            shown=SHOWN.get((row["indicator"], row["account"] or row["scope"]), ""),
        )
        for row in rows.to_dict("records")
    ]


def _asked(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = by_plan.requirements(catalog, region)
    spans = catalog.read("plans").set_index("id")
    return [
        figure(
            "asked",
            row["planned_pct"],
            "%",
            f"{spans.at[row['plan'], 'base_year']}/{spans.at[row['plan'], 'last_year']}",
            "reported",
            row["planned_source"],
            of=row["plan"],
            shown=GIVEN,
        )
        for row in rows.dropna(subset=["planned_pct"]).to_dict("records")
    ]


def _co2_latest(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = indicators.by_scope(catalog, region).query("indicator == 'co2_total'")
    return [observed("co2", one.iloc[-1], of=account) for account, one in rows.groupby("account", sort=False)]


def _beside(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how Carbon Monitor and this inventory moved since 2020, and in the year in which they differ most."""
    rows = other_inventories.compare(catalog, region).query("dataset == @MONITOR").set_index("year")
    both = rows.loc[BASE_YEARS[-1] :, ["co2_mt", "ours_mt"]].dropna()
    if len(both) < 2:
        return []
    yearly = 100 * both.pct_change().dropna()
    year = int((yearly["co2_mt"] - yearly["ours_mt"]).abs().idxmax())
    first, last = int(both.index[0]), int(both.index[-1])
    source = observations.joined(catalog.read("other_inventories").query("dataset == @MONITOR")["source_id"])
    own = emissions.series(catalog, region, "total").set_index("year").loc[[year - 1, year]]
    status, sources = observations.weakest(own["status"]), observations.joined(own["source_id"])
    whole = 100 * (both.at[last, "co2_mt"] / both.at[first, "co2_mt"] - 1)
    low, high = by_plan.limits(catalog, region, "co2_total", year - 1, year)
    return [
        figure("monitor", whole, "%", f"{first}/{last}", "reported", source, basis=by_plan.COMPUTED),
        figure("monitor_year", yearly.at[year, "co2_mt"], "%", f"{year - 1}/{year}", "reported", source),
        figure("own_year", yearly.at[year, "ours_mt"], "%", f"{year - 1}/{year}", status, sources, lo95=low, hi95=high),
    ]


def _gaps(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the largest difference between computed and published rates, and the years that differ by more."""
    rows = by_plan.rates(catalog, region)
    within = rows[rows["agrees"]]
    largest = within.loc[within["difference"].abs().idxmax()]
    span = f"{rows['year'].iloc[0]}/{rows['year'].iloc[-1]}"
    gap = figure(
        "energy_intensity_gap", abs(largest["difference"]), "pp", span, "estimate", largest["source_id"], shown=PRECISE
    )
    return [gap] + [
        figure(
            "energy_intensity",
            getattr(row, name),
            unit,
            row.year,
            status,
            row.source_id,
            of=(name, row.year),
            shown=PRECISE,
        )
        for row in rows[~rows["agrees"]].itertuples()
        for name, unit, status in (
            ("published", "%", "reported"),
            ("computed", "%", "estimate"),
            ("difference", "pp", "estimate"),
        )
    ]


def _revision(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of GDP that both censuses have: before, after, and the change in percent."""
    row = gdp.editions(catalog, region).dropna(subset=["census4", "census5"]).iloc[-1]
    figures = {"gdp_before": ("census4", "10^8 yuan"), "gdp_after": ("census5", "10^8 yuan")}
    rows = [figure(name, row[key], unit, row["year"], "reported") for name, (key, unit) in figures.items()]
    return [*rows, figure("gdp_revision", row["revision_pct"], "%", row["year"], "estimate", row["sources"])]


UNSETTLED = {NOT_CERTAIN, NOT_SIGNIFICANT}
NAMES = {
    "energy_consumption": {"zh": "能源消费总量", "en": "Energy consumption"},
    "co2_total": {"zh": "二氧化碳排放总量", "en": "CO2 emissions"},
    "energy_intensity": {"zh": "能耗强度", "en": "Energy intensity"},
    "carbon_intensity": {"zh": "碳排放强度", "en": "Carbon intensity"},
}


def plan_table(catalog: Catalog, changes: pd.DataFrame, lang: str, caption: str, note: str = "") -> Table:
    """Return the change of every indicator and scope (rows) over each plan (columns), in percent.

    Args:
        catalog: the tables.
        changes: result of `tanfeng.facts.by_plan.plan_changes`.
        lang: `zh` or `en`.
        caption: of the table.
        note: below the table.
    """
    plans = [Heading(plan, plan_name(catalog, plan, lang), align="right") for plan in begun(catalog)]
    columns = [
        Heading("name", pick(("指标", "Indicator"), lang)),
        Heading("scope", pick(("口径", "Scope"), lang)),
        *plans,
    ]
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
    scope = named["scope"]["text"] + pick(("，95%区间", ", 95% interval"), lang)
    cells = {row["plan"]: {"text": _limits(row["lo95"], row["hi95"], lang)} for row in rows.to_dict("records")}
    return {"name": named["name"], "scope": {"text": scope}, **cells}


def _limits(low: float, high: float, lang: str, mark: str = "%") -> str:
    """Return the limits of a change in words: a dash between them would read as a minus."""
    return "–" if pd.isna(low) else f"{text.number(low, 1)}{pick(('至', ' to '), lang)}{text.number(high, 1)}{mark}"


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
        Heading("plan", pick(("规划期", "Plan"), lang)),
        Heading("planned", pick(("规划要求", "Asked by the plan"), lang), kind="number"),
        Heading("chained", pick(("逐年变化率连乘", "Yearly rates chained"), lang), kind="number"),
        Heading("years", pick(("有公布数的年数", "Years published"), lang), kind="number"),
        Heading("official", pick(("官方累计数", "Officially given"), lang), kind="number"),
    ]
    chosen = changes[changes["indicator"] == "energy_intensity"]
    known = {(row["scope"], row["plan"]): row for row in chosen.to_dict("records")}
    rows = [_asked_row(catalog, row, known, lang) for row in asked.to_dict("records")]
    every = pd.concat([chosen["sources"], asked["planned_source"], asked["official_source"]]).dropna()
    return Table(caption, columns, rows, sources=_sources(every))


def _asked_row(
    catalog: Catalog, row: dict[str, Any], known: dict[tuple[str, str], dict[str, Any]], lang: str
) -> dict[str, Any]:
    chained = known["statistical", row["plan"]]
    official: dict[str, Any] = {"text": REASONS["not_published"][lang]}
    assessed = known["assessment", row["plan"]]
    if row["planned_scope"] == "assessment" and not pd.isna(assessed["change_pct"]):
        scope = pick(("（考核口径）", " (assessment)"), lang)
        official = {"text": _change_cell(assessed, lang)["text"] + scope, "source": assessed["sources"].split()}
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
        Heading("name", pick(("指标", "Indicator"), lang)),
        Heading("scope", pick(("口径", "Scope"), lang)),
        Heading("period", pick(("时期", "Period"), lang)),
        Heading("value", pick(("数值", "Value"), lang), kind="number"),
        Heading("status", pick(("状态", "Status"), lang), kind="status"),
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


def editions(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str, first: int = 2015) -> Table:
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
    vintage = [Heading(name, catalog.label("scopes", name, lang), units, "number") for name in EDITIONS]
    revised = Heading(
        "revision", pick(("五经普口径比前一版", "5th census against the one before"), lang), "%", "number"
    )
    columns = [Heading("year", pick(("年份", "Year"), lang)), *vintage, revised]
    shown = rows[rows["year"] >= first]
    cells = []
    for row in shown.to_dict("records"):
        shown_once = row if not _repeated(row) else {**row, "bulletin": float("nan")}
        figures = {name: {"text": _level(shown_once[name], factor, lang)} for name in EDITIONS}
        last = {"text": _signed(row["revision_pct"], 1, mark="")}
        year = {"text": str(row["year"]), **cited([row["sources"]])}
        cells.append({"year": year, **figures, "revision": last})
    note = pick(
        (
            "公报数与四经普口径或初步核算数只差小数的，为同一个数，不重复列出。",
            "A bulletin that gives the figure of the 4th census or of the preliminary accounts without decimals is not "
            "repeated.",
        ),
        lang,
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
        Heading("year", pick(("年份", "Year"), lang)),
        Heading("published", pick(("公布数", "Published"), lang), "%", "number"),
        Heading("computed", pick(("推算数", "Computed"), lang), "%", "number"),
        Heading("difference", pick(("相差", "Difference"), lang), _points(catalog, lang), "number"),
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
        Heading("period", pick(("时期", "Period"), lang)),
        Heading("published", pick(("官方累计数", "Officially given"), lang), "%", "number"),
        Heading("chained", pick(("逐年变化率连乘", "Yearly rates chained"), lang), "%", "number"),
        Heading("difference", pick(("相差", "Difference"), lang), _points(catalog, lang), "number"),
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
        Heading("name", pick(("指标", "Indicator"), lang)),
        Heading("period", pick(("时期", "Period"), lang)),
        Heading("change", pick(("指标变化", "Change"), lang), "%", "number"),
        Heading("limits", pick(("95%区间", "95% interval"), lang), "%", "number"),
        Heading("gdp", pick(("地区生产总值", "GDP"), lang), pick(("不变价，%", "constant prices, %"), lang), "number"),
        Heading("elasticity", pick(("脱钩弹性", "Elasticity"), lang), kind="number"),
        Heading("state", pick(("脱钩状态", "State"), lang)),
        Heading("status", pick(("状态", "Status"), lang), kind="status"),
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


UNIT = "Mt CO2"
SMALL = 0.1
RESTS = {
    "zh": {"estimate": "（含估算数据）", "adjusted": "（含订正数据）"},
    "en": {"estimate": " (rests on estimates)", "adjusted": " (rests on adjusted figures)"},
}


def driven(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return one sentence that says by how much emissions changed over a period and what drove it, largest first.

    Args:
        catalog: the tables.
        rows: rows of one period and item from `tanfeng.facts.decomposition.kaya`, `fields` or `power`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if the rows are of no or of several periods or items.

    Example:
        >>> from tanfeng.facts.decomposition import kaya
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = kaya(catalog, "330000").query("period == '11FYP'")
        >>> print(driven(catalog, rows, "zh"))
        2010年全省二氧化碳排放比2005年增加1.05亿吨：人均地区生产总值拉动1.49亿吨，人口拉动2822万吨；能耗强度抵减7150万吨；\
单位能耗碳排放的影响小于误差，方向不能确定。
        >>> print(driven(catalog, rows, "en"))
        Total CO2 emissions rose by 105.3 Mt from 2005 to 2010: GDP per head added 148.8 Mt and population 28.2 Mt; \
energy intensity took off 71.5 Mt; the effect of CO2 per unit of energy is smaller than the error, its direction not \
certain.
    """
    head = _one(rows, ["period", "item"])
    sure = [row for row in rows.to_dict("records") if not _lost(row)]
    effects = {text.word(catalog, f"driver_{row['factor']}", lang): row["effect_mt"] for row in sure}
    lost = [text.word(catalog, f"driver_{row['factor']}", lang) for row in rows.to_dict("records") if _lost(row)]
    name = _item(catalog, str(head["item"]), lang)
    parts = _drivers(catalog, effects, lang) + _uncertain(lost, lang)
    return _sentence(_changed(catalog, name, head, lang), parts, head, lang)


def _flat(row: dict[str, Any]) -> bool:
    """Say whether zero lies within the 95 % limits of a change."""
    low, high = row.get("lo95_mt"), row.get("hi95_mt")
    return low is not None and high is not None and bool(low <= 0 <= high)


def _lost(row: dict[str, Any]) -> bool:
    """Say whether the effect of a factor made of emissions is smaller than half the interval of their change."""
    low, high = row.get("lo95_mt"), row.get("hi95_mt")
    if low is None or high is None or not row["factor"].startswith("co2_"):
        return False
    return bool(abs(row["effect_mt"]) < (high - low) / 2)


def _uncertain(names: list[str], lang: str) -> str:
    if not names:
        return ""
    if lang == "zh":
        return f"；{'、'.join(names)}的影响小于误差，方向不能确定"
    return f"; the effect of {_listed(names)} is smaller than the error, its direction not certain"


def _one(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Return the first row, of rows that must agree in some columns."""
    for column in columns:
        found = list(rows[column].unique())
        if len(found) != 1:
            raise ProjectError(f"a sentence is about one {column}; found {found or 'no rows'}: choose one")
    return {str(name): value for name, value in rows.iloc[0].items()}


def _item(catalog: Catalog, item: str, lang: str) -> str:
    if item == "total":
        return f"{catalog.label('fields', item, lang)}二氧化碳排放" if lang == "zh" else "Total CO2 emissions"
    if item in set(catalog.read("fields")["id"]):
        label = catalog.label("fields", item, lang)
        return f"{label}领域二氧化碳排放" if lang == "zh" else f"CO2 emissions of {_small(label)}"
    label = catalog.label("subsectors", item, lang)
    return f"{label}的二氧化碳排放" if lang == "zh" else f"CO2 emissions of {_small(label)}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


def _mt(catalog: Catalog, value: float, lang: str) -> str:
    if lang == "zh":
        return text.amount(catalog, abs(value), UNIT, lang)
    return f"{text.number(abs(value), 1 if abs(value) >= SMALL else 2, lang)} Mt"


def _changed(catalog: Catalog, name: str, head: dict[str, Any], lang: str) -> str:
    change = head["last_mt"] - head["first_mt"]
    if _flat(head):
        return _rise(name, head, lang)
    shown = _mt(catalog, change, lang)
    if lang == "zh":
        return f"{head['end']}年{name}比{head['start']}年{'增加' if change >= 0 else '减少'}{shown}"
    return f"{name} {'rose' if change >= 0 else 'fell'} by {shown} from {head['start']} to {head['end']}"


def _rise(name: str, head: dict[str, Any], lang: str) -> str:
    """Return that emissions did not change by more than their error, with the change and its interval in percent."""
    change, low, high = (
        text.percent(100 * value / head["first_mt"])
        for value in (head["last_mt"] - head["first_mt"], head["lo95_mt"], head["hi95_mt"])
    )
    if lang == "zh":
        return f"{head['end']}年{name}与{head['start']}年相比基本持平（{change}，95%区间{low}至{high}）"
    return f"{name} hardly changed from {head['start']} to {head['end']} ({change}, 95% interval {low} to {high})"


def _drivers(catalog: Catalog, effects: dict[str, float], lang: str) -> str:
    """Return the effects in words: first those that added, then those that took off, each from the largest."""
    verbs = {"zh": ("拉动", "抵减"), "en": ("added", "took off")}[lang]
    ranked = sorted(effects.items(), key=lambda effect: -abs(effect[1]))
    groups = [[effect for effect in ranked if effect[1] > 0], [effect for effect in ranked if effect[1] < 0]]
    parts = [_group(catalog, group, verb, lang) for group, verb in zip(groups, verbs, strict=True) if group]
    return ("；" if lang == "zh" else "; ").join(parts)


def _group(catalog: Catalog, effects: list[tuple[str, float]], verb: str, lang: str) -> str:
    if lang == "zh":
        return "，".join(f"{name}{verb}{_mt(catalog, value, lang)}" for name, value in effects)
    (name, value), *others = effects
    first = f"{name} {verb} {_mt(catalog, value, lang)}"
    return _listed([first, *(f"{name} {_mt(catalog, value, lang)}" for name, value in others)])


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _sentence(change: str, parts: str, head: dict[str, Any], lang: str, link: str = "：") -> str:
    rests = RESTS[lang].get(str(head["status"]), "")
    return f"{change}{link}{parts}{rests}。" if lang == "zh" else f"{change}: {parts}{rests}."
