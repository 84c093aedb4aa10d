"""The four indicators: key figures; tables by plan and scope, by year, and the checks behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import by_plan, emissions, gdp, indicators, observations, other_inventories
from tanfeng.facts.decomposition import NOT_CERTAIN, NOT_SIGNIFICANT
from tanfeng.facts.plans import begun, short
from tanfeng.pages import text
from tanfeng.pages.charts.intensities import scope_name
from tanfeng.pages.figures import BASE_YEARS, figure, four, frame, observed
from tanfeng.pages.layout import (
    STATUS,
    TO,
    YEAR,
    Cell,
    Column,
    Form,
    Layout,
    Row,
    Whole,
    between,
    choice,
    name,
    named,
    number,
    percent,
    word,
)  # fmt: skip
from tanfeng.pages.page import Page
from tanfeng.pages.table import cited, pick
from tanfeng.pages.text import GIVEN, INTENSITY, PRECISE, PRECISE_INTENSITY

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "against_plans_figure": (
        "能耗强度：{% for one in earlier %}{{ one.name }}{{ k['energy_intensity_statistical_' ~ one.id].change }}，{% endfor %}{{ page.plan_name }}{% if k['energy_intensity_statistical_' ~ page.plan] is defined %}{{ k['energy_intensity_statistical_' ~ page.plan].change }}（{{ k['energy_intensity_statistical_' ~ page.plan].year }}）{% else %}{{ '不全' if page.held('energy_intensity_change') else '未公布' }}{% endif %}",
        "Energy intensity: {% for one in earlier %}{{ k['energy_intensity_statistical_' ~ one.id].change }} in the {{ one.name }}{{ '; ' if loop.last else ', ' }}{% endfor %}{% if k['energy_intensity_statistical_' ~ page.plan] is defined %}{{ k['energy_intensity_statistical_' ~ page.plan].change }} in the {{ page.plan_name }} ({{ k['energy_intensity_statistical_' ~ page.plan].year }}){% else %}{{ 'not complete' if page.held('energy_intensity_change') else 'not published' }} for the {{ page.plan_name }}{% endif %}",
    ),
    "against_plans": ("能耗强度：规划要求与官方累计数", "Energy intensity: asked and officially given"),
    "against_plans_table": (
        "能耗强度：规划要求、逐年变化率连乘和官方累计数",
        "Energy intensity: asked by the plan, yearly rates chained, officially given",
    ),
    "plan_changes": ("四个指标分规划期、分口径的变化", "Change of the four indicators by plan and scope"),
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
        "各期二氧化碳排放变化的因素分解；后两期变化的95%区间分别为{{ k['co2_total_direct_' ~ earlier[-1].id].range95 }}和{{ k['co2_total_direct_' ~ page.plan].range95 }}",
        "What drove CO2 emissions, by plan; 95% intervals of the last two changes: {{ k['co2_total_direct_' ~ earlier[-1].id].range95 }} and {{ k['co2_total_direct_' ~ page.plan].range95 }}",
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


def cards(page: Page) -> dict[str, tuple[str, str]]:
    """Return the labels of the cards of the page by key figure."""
    return {
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
        f"carbon_intensity_direct_{page.plan}": (
            "碳排放强度（{{ k['carbon_intensity_direct_' ~ page.plan].year }}，直接排放口径）",
            "Carbon intensity ({{ k['carbon_intensity_direct_' ~ page.plan].year }}, direct)",
        ),
    }


def last_plan(catalog: Catalog, region: str) -> str:
    """Return the last plan that is over of which the tables have emissions: that which the page is about.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> last_plan(open_catalog(), "330000")
        '14FYP'
    """
    last = int(emissions.series(catalog, region, "total")["year"].max())
    rows = catalog.read("plans").dropna(subset=["first_year"]).sort_values("first_year")
    return str(rows.loc[(rows["first_year"] <= last) & (rows["last_year"] < catalog.as_of_year), "id"].iloc[-1])


def earlier(page: Page) -> list[dict[str, str]]:
    """Return the plans before the one that is judged, the first of them first: id and short name."""
    known = begun(page.catalog)
    return [{"id": one, "name": short(page.catalog, one, page.lang)} for one in known[: known.index(page.plan)]]


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
    makers = (four, _by_plan, _asked, _co2_latest, _beside, _beside_published, _revision)
    return frame(one for make in makers for one in make(catalog, region))


def _by_plan(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the change of each indicator over each plan as far as it is known: `carbon_intensity_direct_14FYP`."""
    rows = by_plan.plan_changes(catalog, region).dropna(subset=["change_pct"])
    rows = rows.assign(scope=rows["account"].where(rows["account"] != "", rows["scope"]))
    return [
        figure(
            row["indicator"], row["change_pct"], "%", f"{row['first']}/{row['last']}", row["status"], row["sources"],
            lo95=row["lo95"], hi95=row["hi95"], of=(row["scope"], row["plan"]), basis=row["basis"],
            shown=SHOWN.get((row["indicator"], row["scope"]), ""),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip


def _asked(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = by_plan.requirements(catalog, region).dropna(subset=["planned_pct"])
    spans = catalog.read("plans").set_index("id")
    years = {plan: f"{spans.at[plan, 'base_year']}/{spans.at[plan, 'last_year']}" for plan in rows["plan"]}
    return [
        figure("asked", row.planned_pct, "%", years[row.plan], "reported", row.planned_source, of=row.plan, shown=GIVEN)
        for row in rows.itertuples()
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


def _beside_published(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the largest difference between computed and published rates, and the years that differ by more."""
    rows = by_plan.rates(catalog, region)
    within = rows[rows["agrees"]]
    largest = within.loc[within["difference"].abs().idxmax()]
    gap, span = abs(largest["difference"]), f"{rows['year'].iloc[0]}/{rows['year'].iloc[-1]}"
    told = (("published", "%", "reported"), ("computed", "%", "estimate"), ("difference", "pp", "estimate"))
    return [
        figure("energy_intensity_gap", gap, "pp", span, "estimate", largest["source_id"], shown=PRECISE),
        *(
            figure("energy_intensity", row[one], unit, year, status, row["source_id"], of=(one, year), shown=PRECISE)
            for year, row in rows[~rows["agrees"]].set_index("year").iterrows()
            for one, unit, status in told
        ),
    ]  # fmt: skip


def _revision(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of GDP that both censuses have: before, after, and the change in percent."""
    row = gdp.editions(catalog, region).dropna(subset=["census4", "census5"]).iloc[-1]
    figures = {"gdp_before": ("census4", "10^8 yuan"), "gdp_after": ("census5", "10^8 yuan")}
    rows = [figure(name, row[key], unit, row["year"], "reported") for name, (key, unit) in figures.items()]
    return [*rows, figure("gdp_revision", row["revision_pct"], "%", row["year"], "estimate", row["sources"])]


NAMES = {
    "energy_consumption": ("能源消费总量", "Energy consumption"),
    "co2_total": ("二氧化碳排放总量", "CO2 emissions"),
    "energy_intensity": ("能耗强度", "Energy intensity"),
    "carbon_intensity": ("碳排放强度", "Carbon intensity"),
}
UNPUBLISHED = ("未公布", "unpublished")
REASONS = {
    "not_published": UNPUBLISHED,
    "not_computed": ("未核算", "not computed"),
    "starts_later": ("基年未核算", "base year not computed"),
}
UNSETTLED = {NOT_CERTAIN, NOT_SIGNIFICANT}
BRACKETS = ("（{}）", " ({})")
POINTS = ("百分点", "percentage points")
YUAN = "10^8 yuan"
AS_GIVEN = percent(None, signed=True)
LIMITS = between("lo95", "hi95", number(1), "–", TO)


def _scope(catalog: Catalog, row: Row, lang: str) -> str:
    name = scope_name(catalog, row["indicator"], row["scope"], row["account"], lang)
    return name[0].upper() + name[1:] + (pick(("，95%区间", ", 95% interval"), lang) if row.get("limits") else "")


def _signed(catalog: Catalog, row: Row, column: str, lang: str) -> Cell:
    """Return a change with two digits where its source gives two, as with published intensities, otherwise one."""
    digits = 2 if row["indicator"].endswith("intensity") and not row["account"] else 1
    return percent(digits, signed=True).write(catalog, row[column], lang)


def _change(catalog: Catalog, row: Row, lang: str) -> str:
    if pd.isna(row["change_pct"]):
        return pick(REASONS[row["reason"]], lang)
    until = "" if row["complete"] else pick(("（至{}年）", " ({})"), lang).format(row["last"])
    return f"{_signed(catalog, row, 'change_pct', lang)}{until}"


def _heading(plan: str) -> Callable[[Catalog, str], str]:
    return lambda catalog, lang: short(catalog, plan, lang)


def _years(catalog: Catalog, row: Row, lang: str) -> str:
    return "{years_published}/{years}".format_map(row["statistical"])


def _over(plan: str) -> Whole:
    """Return what shows the change over a plan; in a row of limits its 95 % interval."""

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        if not row["limits"]:
            return _change(catalog, row[plan], lang)
        shown = LIMITS(catalog, row[plan], lang)
        return str(shown) if shown == "–" else f"{shown}%"

    return cell


def _official(catalog: Catalog, row: Row, lang: str) -> Cell:
    """Return the change that is given officially; where the plan asked by assessment, the chain of assessed changes."""
    assessed = row["assessment"]
    if not pd.isna(row["official_pct"]):
        years = text.period(f"{row['official_first']}/{row['official_last']}", lang)
        shown = f"{AS_GIVEN.write(catalog, row['official_pct'], lang)}{pick(BRACKETS, lang).format(years)}"
        return {"text": shown, **cited([row["official_source"]])}
    if row["planned_scope"] == "assessment" and not pd.isna(assessed["change_pct"]):
        scope = pick(("（考核口径）", " (assessment)"), lang)
        return {"text": _change(catalog, assessed, lang) + scope, **cited([assessed["sources"]])}
    return pick(UNPUBLISHED, lang)


def _period(first: str, last: str) -> Whole:
    return lambda catalog, row, lang: text.period(f"{row[first]}/{row[last]}", lang)


def _value(catalog: Catalog, row: Row, lang: str) -> Cell:
    if row["kind"] == "change":
        return _signed(catalog, row, "value", lang)
    return text.amount(catalog, row["value"], row["unit"], lang, 1 if lang == "en" else None)


def _yuan(catalog: Catalog, value: float, lang: str) -> str:
    """Return GDP with the digits it is published with; converted, with one."""
    factor = text.unit(catalog, YUAN, lang)[1]
    return text.number(value * factor, None if factor == 1 else 1, lang)


def _published(catalog: Catalog, row: Row, lang: str) -> str:
    shown = number(signed=True).write(catalog, row["published"], lang)
    return pick(("约{}", "about {}"), lang).format(shown) if row["bound"] == "about" else str(shown)


def _elasticity(catalog: Catalog, row: Row, lang: str) -> str:
    return "–" if row["state"] in UNSETTLED else text.number(row["elasticity"], 2, lang)


PLANS_NOTE = (
    "总量为期末年比期初年；强度为逐年变化率连乘，各年变化率均已公布的，为由公布数计算。期末年数据没有时，算到已有的最后一年，并注明年份。95%区间只考虑排放的误差，地区生产总值增速视为准确；其余各行的误差未知。",
    "Totals: last year against base year. Intensities: yearly rates chained; where every rate is published, the change is computed from published figures. Where the last year is not known, the change runs to the year in brackets. The 95% intervals hold the error of emissions alone, growth of GDP taken as exact; the error of the other rows is not known.",
)
SCOPE = Column("scope", ("口径", "Scope"), _scope, cites="sources")

# rows of `beside_asked`: energy intensity by plan, as asked, as the yearly rates give and as given officially
AGAINST = Layout((
    Column("plan", ("规划期", "Plan"), name("plans", "text"), cites="chained"),
    Column("planned_pct", ("规划要求", "Asked by the plan"), AS_GIVEN, cites="planned_source", blank=UNPUBLISHED),
    Column("statistical", ("逐年变化率连乘", "Yearly rates chained"), Form(_change)),
    Column("years", ("有公布数的年数", "Years published"), _years, kind="number"),
    Column("official", ("官方累计数", "Officially given"), _official, kind="number"),
), sources="sources")  # fmt: skip

# rows of `newest_first`: the four indicators by year
YEARS = Layout((
    Column("indicator", ("指标", "Indicator"), choice(NAMES, "text")),
    replace(SCOPE, cites="source_id"),
    Column("period", ("时期", "Period"), _period("first", "year")),
    Column("value", ("数值", "Value"), _value, kind="number"),
    Column("status", ("状态", "Status"), STATUS),
), sources="source_id")  # fmt: skip

# rows of `told_once`: GDP at current prices by vintage, and what the 5th census changed
EDITIONS = Layout((
    Column("year", ("年份", "Year"), YEAR, kind="text", cites="sources"),
    *(Column(one, named("scopes", one), Form(_yuan), named("units", YUAN), blank="") for one in gdp.EDITIONS),
    Column("revision_pct", ("五经普口径比前一版", "5th census against the one before"), number(1, signed=True), "%", blank=""),
), (
    "公报数与四经普口径或初步核算数只差小数的，为同一个数，不重复列出。",
    "A bulletin that gives the figure of the 4th census or of the preliminary accounts without decimals is not repeated.",
), sources="sources")  # fmt: skip

# rows of `tanfeng.facts.by_plan.rates`: yearly rates of energy intensity; those that do not agree are marked
RATES = Layout((
    Column("year", ("年份", "Year"), YEAR, kind="text"),
    Column("published", ("公布数", "Published"), number(2, signed=True), "%", cites="source_id"),
    Column("computed", ("推算数", "Computed"), number(2, signed=True), "%"),
    Column("difference", ("相差", "Difference"), number(2, signed=True), POINTS),
), sources="source_id", total=("agrees", False))  # fmt: skip

# rows of `tanfeng.facts.by_plan.chains`: published changes over several years beside the chain of yearly rates
CHAINS = Layout((
    Column("period", ("时期", "Period"), _period("first", "year")),
    Column("published", ("官方累计数", "Officially given"), _published, "%", "number", cites="source_id"),
    Column("chained", ("逐年变化率连乘", "Yearly rates chained"), number(2, signed=True), "%"),
    Column("difference", ("相差", "Difference"), number(2, signed=True), POINTS),
), sources="source_id")  # fmt: skip

# rows of `tanfeng.facts.decomposition.decoupling`: how CO2 and energy consumption moved against GDP
DECOUPLING = Layout((
    Column("quantity", ("指标", "Indicator"), choice(NAMES, "text")),
    Column("period", ("时期", "Period"), _period("start", "end")),
    Column("change_pct", ("指标变化", "Change"), number(1, signed=True), "%"),
    Column("limits", ("95%区间", "95% interval"), between("lo95_pct", "hi95_pct", number(1), "–", TO), "%", "number"),
    Column("gdp_change_pct", ("地区生产总值", "GDP"), number(1, signed=True), ("不变价，%", "constant prices, %")),
    Column("elasticity", ("脱钩弹性", "Elasticity"), _elasticity, kind="number"),
    Column("state", ("脱钩状态", "State"), word("decoupling_", "text"), cites="sources"),
    Column("status", ("状态", "Status"), STATUS),
), sources="sources")  # fmt: skip


def plans(catalog: Catalog) -> Layout:
    """Return the layout of `by_scope`: every indicator and scope over each plan that has begun, with limits below."""
    columns = [Column(plan, _heading(plan), _over(plan), align="right") for plan in begun(catalog)]
    first = Column("indicator", ("指标", "Indicator"), choice(NAMES, "text"))
    return Layout((first, SCOPE, *columns), PLANS_NOTE, sources="sources")


def by_scope(changes: pd.DataFrame) -> list[Row]:
    """Return `tanfeng.facts.by_plan.plan_changes` with one row an indicator and scope; below it one of its limits."""
    rows = []
    for about, one in changes.groupby(["indicator", "scope", "account"], sort=False):
        plans = {row["plan"]: row for row in one.to_dict("records")}
        row = {**dict(zip(("indicator", "scope", "account"), about, strict=True)), **plans}
        rows.append({**row, "sources": " ".join(one["sources"]), "limits": False})
        if one["lo95"].notna().any():
            rows.append({**row, "sources": "", "limits": True})
    return rows


def beside_asked(changes: pd.DataFrame, asked: pd.DataFrame) -> list[Row]:
    """Return `tanfeng.facts.by_plan.requirements` with what energy intensity did, published and assessed."""
    own = changes[changes["indicator"] == "energy_intensity"]
    known = {(row["scope"], row["plan"]): row for row in own.to_dict("records")}
    rows = []
    for row in asked.to_dict("records"):
        both = {scope: known[scope, row["plan"]] for scope in ("statistical", "assessment")}
        sources = [one["sources"] for one in both.values()] + [row["planned_source"], row["official_source"]]
        joined = " ".join(one for one in sources if isinstance(one, str))
        rows.append({**row, **both, "chained": both["statistical"]["sources"], "sources": joined})
    return rows


def newest_first(rows: pd.DataFrame, first: int = 2015) -> pd.DataFrame:
    """Return `tanfeng.facts.indicators.by_scope` from a year on: each indicator in one block, newest first."""
    order = rows["indicator"].map(list(rows["indicator"].unique()).index)
    shown = rows.assign(order=order)[rows["year"] >= first]
    return shown.sort_values(["order", "year"], ascending=[True, False], kind="stable")


def told_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `tanfeng.facts.gdp.editions` without the bulletins that give another vintage, rounded."""
    others = [rows[one] for one in ("census4", "preliminary")]
    again = [(one - rows["bulletin"]).abs().lt(1) & rows["bulletin"].eq(one.round()) for one in others]
    return rows.assign(bulletin=rows["bulletin"].mask(again[0] | again[1]))


UNIT = "Mt CO2"
SMALL = 0.1
NOT_KNOWN = float("nan")
RESTS = {
    "estimate": ("（含估算数据）", " (rests on estimates)"),
    "adjusted": ("（含订正数据）", " (rests on adjusted figures)"),
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
    effects, lost = {}, []
    for row in rows.to_dict("records"):
        name = text.word(catalog, f"driver_{row['factor']}", lang)
        if _lost(row):
            lost.append(name)
        else:
            effects[name] = row["effect_mt"]
    parts = _drivers(catalog, effects, lang) + _uncertain(lost, lang)
    rests = pick(RESTS.get(str(head["status"]), ("", "")), lang)
    return pick(("{}：{}{}。", "{}: {}{}."), lang).format(_changed(catalog, head, lang), parts, rests)


def _lost(row: dict[str, Any]) -> bool:
    """Say whether the effect of a factor made of emissions is smaller than half the interval of their change."""
    half = (row.get("hi95_mt", NOT_KNOWN) - row.get("lo95_mt", NOT_KNOWN)) / 2
    return bool(row["factor"].startswith("co2_") and abs(row["effect_mt"]) < half)


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
    is_field = item in set(catalog.read("fields")["id"])
    label = catalog.label("fields" if is_field else "subsectors", item, lang)
    if lang == "zh":
        return f"{label}{'' if item == 'total' else '领域' if is_field else '的'}二氧化碳排放"
    return "Total CO2 emissions" if item == "total" else f"CO2 emissions of {label[0].lower()}{label[1:]}"


def _mt(catalog: Catalog, value: float, lang: str) -> str:
    if lang == "zh":
        return text.amount(catalog, abs(value), UNIT, lang)
    return f"{text.number(abs(value), 1 if abs(value) >= SMALL else 2, lang)} Mt"


def _changed(catalog: Catalog, head: dict[str, Any], lang: str) -> str:
    """Return the change of emissions, or that they did not change by more than their error."""
    name, start, end = _item(catalog, str(head["item"]), lang), head["start"], head["end"]
    change, low, high = (
        head["last_mt"] - head["first_mt"],
        *(head.get(f"{one}95_mt", NOT_KNOWN) for one in ("lo", "hi")),
    )
    if low <= 0 <= high:
        shown, low, high = (text.percent(100 * one / head["first_mt"]) for one in (change, low, high))
        if lang == "zh":
            return f"{end}年{name}与{start}年相比基本持平（{shown}，95%区间{low}至{high}）"
        return f"{name} hardly changed from {start} to {end} ({shown}, 95% interval {low} to {high})"
    shown = _mt(catalog, change, lang)
    if lang == "zh":
        return f"{end}年{name}比{start}年{'增加' if change >= 0 else '减少'}{shown}"
    return f"{name} {'rose' if change >= 0 else 'fell'} by {shown} from {start} to {end}"


def _drivers(catalog: Catalog, effects: dict[str, float], lang: str) -> str:
    """Return the effects in words: first those that added, then those that took off, each from the largest."""
    ranked = sorted(effects.items(), key=lambda effect: -abs(effect[1]))
    parts = []
    for sign, verbs in ((1, ("拉动", "added")), (-1, ("抵减", "took off"))):
        told = [(name, _mt(catalog, value, lang)) for name, value in ranked if value * sign > 0]
        if told and lang == "zh":
            parts.append("，".join(f"{name}{verbs[0]}{shown}" for name, shown in told))
        elif told:
            (name, shown), *others = told
            parts.append(_listed([f"{name} {verbs[1]} {shown}", *map(" ".join, others)]))
    return pick(("；", "; "), lang).join(parts)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
