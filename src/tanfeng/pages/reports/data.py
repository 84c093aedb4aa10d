"""The report on the data: key figures; tables of intervals, accounts and other inventories."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import (
    accounts,
    coverage,
    emissions,
    factors,
    observations,
    other_inventories,
    recalculation,
    uncertainty,
)
from tanfeng.pages import text
from tanfeng.pages.figures import BASE_YEARS, figure, gathered, observed
from tanfeng.pages.layout import (
    COUNT,
    NONE,
    STATUS,
    YEAR,
    Cell,
    Column,
    Form,
    Layout,
    Row,
    between,
    choice,
    electricity,
    name,
    number,
    tonnes,
)
from tanfeng.pages.table import pick

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "coverage": ("全部指标的数据覆盖情况", "Coverage of every indicator"),
    "main_series": ("主要序列各年状态", "Status of the main series by year"),
    "coverage_figure": (
        "主要序列各年数据状态：{{ k.covered_before.year }}以后多数序列没有公布数（菱形为订正）",
        "Status of the main series by year: most have nothing published after {{ k.covered_before.year }} (diamonds are adjusted)",
    ),
    "counts": ("按状态和来源等级的数据个数", "Figures by status and grade"),
    "statuses": ("按状态和来源等级的数据个数", "Figures by status and grade of the source"),
    "other_inventories": ("其他清单与本清单比较", "Other inventories beside this one"),
    "other_inventories_figure": (
        "各清单全省总量：{{ k.spread_latest.year }}只有{{ k.inventories_latest }}个清单，相差{{ k.spread_latest }}；本清单该年为订正数，按公布数{{ k.co2_published }}则相差{{ k.spread_published }}。相差最大的{{ k.spread_widest.year }}有{{ k.inventories_widest }}个清单，最高比最低高{{ k.spread_widest }}",
        "Totals of this inventory and others: the {{ k.inventories_latest }} inventories of {{ k.spread_latest.year }} are {{ k.spread_latest }} apart; ours is adjusted, as published ({{ k.co2_published }}) they are {{ k.spread_published }} apart. In {{ k.spread_widest.year }} the highest of {{ k.inventories_widest }} is {{ k.spread_widest }} over the lowest",
    ),
    "intervals": ("各领域排放及95%区间", "Emissions by field with 95% intervals"),
    "half_widths": ("误差来源", "Errors behind the intervals"),
    "intervals_table": ("{year}年各领域排放及95%区间", "Emissions by field with 95% intervals, {year}"),
    "half_widths_table": ("区间由哪些误差构成", "The errors behind the intervals"),
    "accounts": ("直接排放口径与含外调电测算口径", "Direct emissions, and with imported power"),
    "indirect": ("各领域用电间接排放", "CO2 of the electricity of each field"),
    "assessment_figure": (
        "含外调电测算口径：净外来电排放由{{ k.import_first.year }}的{{ k.import_first }}增加到{{ k.import_latest.year }}的{{ k.import_latest }}",
        "With imported power: imports rose from {{ k.import_first }} in {{ k.import_first.year }} to {{ k.import_latest }} in {{ k.import_latest.year }}",
    ),
    "indirect_table": ("{year}年各领域用电间接排放与直接排放", "CO2 of electricity and direct CO2 by field, {year}"),
    "recalculation": ("平衡表推算与CEADs公布数（订正后）", "From the balance and as published by CEADs, corrected"),
    "revisions": ("与上一版相比变动的数据", "Figures that changed since the state before"),
    "revisions_table": (
        "{date}变动的数据：原数、现数和原因",
        "Figures that changed on {date}: before, now and why",
    ),
    "factor_sets": ("三套因子的推算结果", "Results with three sets of factors"),
    "factor_sets_table": (
        "{year}年燃料燃烧排放：三套因子（不含水泥过程）",
        "CO2 from fuel in {year} with three sets of factors (no cement process)",
    ),
    "warnings": ("使用提示", "Usage warnings"),
    "warning_kinds": ("使用提示：按程度和类别", "Usage warnings by severity and kind"),
    "caveats": ("程度高的使用提示", "Usage warnings of high severity"),
    "corrections": ("清单的订正", "Corrections of the inventory"),
    "register": ("按使用条件和等级的来源个数", "Sources by terms and grade"),
    "findings": ("核查发现", "Findings of the checks"),
    "register_table": ("来源：按使用条件和等级", "Sources by terms of use and grade"),
    "findings_table": ("程度高的核查发现", "Findings of high severity"),
}
CARDS = {
    "co2_latest": (
        "二氧化碳排放总量（{{ k.co2_latest.year }}，直接排放口径）",
        "CO2 emissions ({{ k.co2_latest.year }}, direct)",
    ),
    "half_width": (
        "总量95%区间半宽（{{ k.half_width.year }}）",
        "Half width of its 95% interval ({{ k.half_width.year }})",
    ),
    "import_latest": (
        "净外来电排放（{{ k.import_latest.year }}）",
        "CO2 of net imported electricity ({{ k.import_latest.year }})",
    ),
    "assessment_latest": (
        "二氧化碳排放总量（{{ k.assessment_latest.year }}，含外调电测算口径）",
        "CO2 emissions ({{ k.assessment_latest.year }}, with imported power)",
    ),
}

SEVERITIES = ("high", "medium", "low")


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the data: what there is, how certain it is, and how far others differ."""
    return gathered(
        (catalog, region),
        _held,
        _series,
        _emitted,
        _last,
        _cautions,
        _certainty,
        _spread,
        _monitor,
        _account_figures,
        _calculated,
    )


def _held(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of figures, indicators and sources, and the shares by status and grade in percent."""
    counts = coverage.counts(catalog, region).query("table == 'observations'").set_index("status")
    known, figures = coverage.by_indicator(catalog, region), int(counts["all"].sum())
    cited = {name for names in known["sources"] for name in names.split()} | set(emissions.sources(catalog, region))
    rows = {
        "figures": (figures, "figures"),
        "indicators": (int((known["figures"] > 0).sum()), "indicators"),
        "indicators_defined": (len(known), "indicators"),
        "sources": (len(cited), "sources"),
        "sources_registered": (len(catalog.read("sources")), "sources"),
        **{f"share_{name}": (0.0, "%") for name in ("reported", "estimate")},
        **{f"share_{status}": (100 * counts.at[status, "all"] / figures, "%") for status in counts.index},
        **{f"share_{grade}": (100 * counts[grade].sum() / figures, "%") for grade in coverage.GRADES},
    }
    return [figure(name, value, unit, "", "reported") for name, (value, unit) in rows.items()]


def _series(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the share of years with a figure in the main series, up to the last base year of a plan and after it."""
    rows = coverage.main_series(catalog, region)
    known, base = rows["status"] != coverage.NONE, BASE_YEARS[-1]
    spans = {"before": rows["year"] <= base, "after": rows["year"] > base}
    shares = [
        figure("covered", 100 * known[chosen].mean(), "%", rows.loc[chosen, "year"].max(), "reported", of=name)
        for name, chosen in spans.items()
    ]
    return [figure("main_series", rows.groupby(["table", "series"]).ngroups, "series", "", "reported"), *shares]


def _emitted(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of emissions of a field and year by status, and the last years of what is published."""
    counts = coverage.counts(catalog, region).query("table == 'inventory'").set_index("status")["all"]
    rows = [figure("emitted", counts.sum(), "figures", "", "reported")]
    found = {"reported": 0, "adjusted": 0, **counts}
    return rows + [figure("emitted", count, "figures", "", status, of=status) for status, count in found.items()]


def _last(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = []
    for last, series in LAST.items():
        known = pd.concat([observations.yearly(catalog, one, region) for one in series])
        if known.empty:
            continue
        rows.append(observed(last, known.sort_values("year", kind="stable").iloc[-1]))
    return rows


LAST = {  # series of a quantity, the preferred one last
    "energy_last": ["energy_consumption_5th_census"],
    "coal_last": ["coal_consumption_inventory_sum", "coal_consumption"],
}


def _cautions(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    warned = coverage.warnings(catalog, region)["severity"].value_counts()
    return [
        figure("warnings", warned.sum(), "warnings", "", "reported"),
        *(figure("warnings", warned.get(name, 0), "warnings", "", "reported", of=name) for name in SEVERITIES),
    ]


def _certainty(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total, its 95 % limits and half width, and how far others differ in the last year compared."""
    last = uncertainty.intervals(catalog, region).query("field == 'total'").iloc[-1]
    year, status = last["year"], last["status"]
    source = emissions.series(catalog, region, "total").set_index("year").at[year, "source_id"]
    errors = observations.joined(pd.concat([pd.Series([source]), catalog.read("uncertainties")["source_id"]]))
    return [
        figure("co2_latest", last["co2_mt"], "Mt CO2", year, status, source),
        figure("co2_lo95", last["lo95"], "Mt CO2", year, "estimate", errors),
        figure("co2_hi95", last["hi95"], "Mt CO2", year, "estimate", errors),
        figure("half_width", last["half_width_pct"], "%", year, "estimate", errors),
    ]


def _monitor(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how the provinces of Carbon Monitor and the national inventory moved in the year they differ most."""
    rows = other_inventories.monitor_of_nation(catalog)
    row = rows.loc[(rows["monitor_pct"] - rows["budget_pct"]).abs().idxmax()]
    year = int(row["year"])
    used = catalog.read("other_inventories").query("dataset == @other_inventories.MONITOR")["source_id"]
    budget = observations.observations(catalog, other_inventories.NATIONAL_CO2, other_inventories.NATION)["source_id"]
    return [
        figure(
            "nation", row[f"{name}_pct"], "%", f"{year - 1}/{year}", "reported", observations.joined(source), of=name
        )
        for name, source in (("monitor", used), ("budget", budget))
    ]


def _spread(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how far how many inventories lie apart, in the widest and the last year, there with ours as published."""
    spread = other_inventories.spread(catalog, region).query("inventories > 1 and year > 2005")
    if spread.empty:
        raise Absent(("其他清单", "other inventory"), "data/other_inventories.csv", region)
    rows = []
    for when, row in (("widest", spread.loc[spread["spread_pct"].idxmax()]), ("latest", spread.iloc[-1])):
        rows.append(figure("spread", row["spread_pct"], "%", int(row["year"]), "estimate", of=when))
        rows.append(figure("inventories", row["inventories"], "figures", int(row["year"]), "reported", of=when))
    last = int(spread["year"].iloc[-1])
    plain = emissions.emissions(catalog, region, by="total", corrections=False)
    published = float(plain.loc[plain["year"] == last, "co2_mt"].sum())
    others = other_inventories.compare(catalog, region).query("year == @last")
    levels = [published, *others["co2_mt"]]
    source = observations.joined(catalog.read("inventory").query("region == @region and year == @last")["source_id"])
    return [
        *rows,
        figure("co2_published", published, "Mt CO2", last, "reported", source),
        figure("spread_published", 100 * (max(levels) / min(levels) - 1), "%", last, "estimate"),
    ]


def _account_figures(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the assessment account in its last year, the effect of imports, and the part held."""
    every = accounts.assessment(catalog, region)
    last, held = every.iloc[-1], every[every["held_mt"] > 0].tail(1)
    rows = [
        figure("assessment_latest", last["co2_mt"], "Mt CO2", last["year"], "estimate", last["source_id"]),
        *(
            figure(name, row["import_mt"], "Mt CO2", row["year"], "estimate", _imported(catalog, region, row))
            for name, row in (("import_first", every.iloc[0]), ("import_latest", last))
        ),
    ]
    return rows + [figure("held", row.held_mt, "Mt CO2", row.year, "estimate") for row in held.itertuples()]


def _imported(catalog: Catalog, region: str, row: pd.Series) -> str:
    """Return the sources of the CO2 of net imports: those of the assessment account less those of the direct one."""
    direct = set(emissions.sources(catalog, region))
    return " ".join(dict.fromkeys(name for name in row["source_id"].split() if name not in direct))


def _calculated(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return what the last balance gives where emissions are published, and by how much other factors give more."""
    if not recalculation.years(catalog, region):
        raise Absent(("能源平衡表", "energy balance"), "data/energy_balance.csv", region)
    year = recalculation.years(catalog, region)[-1]
    rows = recalculation.against_published(catalog, region, year).set_index("item")
    fields = rows[(rows["dimension"] == "field") & rows["published_mt"].notna()]
    apart = fields.drop(index="energy_industry", errors="ignore")["difference_pct"].abs().max()
    sets = recalculation.by_factor_set(catalog, region, year).set_index("dimension").loc["total"]
    more = {name: 100 * (sets[name] / sets["ceads"] - 1) for name in ("guideline", "ipcc2006")}
    return [
        figure("balance_calculated", fields["calculated_mt"].sum(), "Mt CO2", year, "estimate"),
        figure("balance_published", fields["published_mt"].sum(), "Mt CO2", year, "adjusted"),
        figure("balance_apart", apart, "%", year, "estimate"),
        figure("balance_lpg", abs(rows.at["lpg", "difference_pct"]), "%", year, "estimate"),
        *(figure("factors", value, "%", year, "estimate", of=name) for name, value in more.items()),
    ]


COMPONENTS = {
    "activity_common": ("能源统计（各领域共同）", "energy statistics, common to all fields"),
    "activity": ("活动水平", "activity"),
    "factor": ("燃料排放因子", "emission factor of a fuel"),
    "process": ("过程排放因子", "process factor"),
    "grid": ("净外来电", "net imported electricity"),
}
GRID_ITEMS = {
    "factor": ("电网因子", "grid factor"),
    "net_import": ("调入电量", "quantity"),
    "held_year": ("电网因子每沿用一年", "grid factor, each year it is carried"),
}


def _of(catalog: Catalog, row: Row, lang: str) -> str:
    component, item = row["component"], row["item"]
    if component == "activity_common":
        return pick(("各领域的燃料", "fuel of every field"), lang)
    if component == "grid":
        return pick(GRID_ITEMS[item], lang)
    return catalog.label("fields" if component == "activity" else "fuel_groups", item, lang)


def _basis(catalog: Catalog, row: Row, lang: str) -> str:
    default = ("缺省值", "default")
    if row["component"] == "factor":
        default = ("缺省因子95%置信区间宽度的一半", "half the width of the 95 % limits of the default factor")
    return row[f"note_{lang}"] or pick(default, lang)


def _imports(catalog: Catalog, value: float, lang: str) -> Cell:
    return electricity(0 if lang == "zh" else 1).write(catalog, value, lang)


def _held_back(catalog: Catalog, row: Row, lang: str) -> str:
    return text.tonnes(row["held_mt"], lang) if row["held_mt"] else NONE


# rows of `of_year` of `tanfeng.facts.uncertainty.intervals`: emissions by field with their 95 % intervals
INTERVALS = Layout((
    Column("field", ("领域", "Field"), name("fields")),
    Column("co2_mt", ("二氧化碳排放", "CO2 emissions"), tonnes()),
    Column("interval", ("95%区间", "95% interval"), between("lo95", "hi95", tonnes()), "mt", "number"),
    Column("half_width_pct", ("半宽", "Half width"), number(1), "±%"),
    Column("status", ("状态", "Status"), STATUS),
), total=("field", "total"))  # fmt: skip

# rows of `half_width_frame`: the errors that the intervals are made of
HALF_WIDTHS = Layout((
    Column("component", ("误差来源", "Error"), choice(COMPONENTS)),
    Column("item", ("适用于", "Of"), _of, kind="label"),
    Column("half_width_pct", ("半宽（95%）", "Half width (95%)"), number(1), "±%"),
    Column("basis", ("依据", "Basis"), _basis, cites="source_id"),
), sources="source_id")  # fmt: skip

# rows of `tanfeng.facts.accounts.assessment`: direct emissions and those with imported power, and what lies between
ACCOUNTS = Layout((
    Column("year", ("年份", "Year"), YEAR),
    Column("direct_mt", ("直接排放口径", "Direct"), tonnes()),
    Column("held_mt", ("其中：沿用上年", "of which held"), _held_back, "mt", "number", optional=True),
    Column("import_twh", ("净外来电量", "Net imports"), Form(_imports, unit=electricity().unit)),
    Column("factor_kg_kwh", ("电网因子", "Grid factor"), number(4), "kg/kWh"),
    Column("held_years", ("因子沿用年数", "Carried"), COUNT, ("年", "years")),
    Column("import_mt", ("净外来电排放", "Imports"), tonnes()),
    Column("co2_mt", ("含外调电测算口径", "With imported power"), tonnes()),
    Column("interval", ("95%区间", "95% interval"), between("lo95", "hi95", tonnes()), "mt", "number"),
), sources="source_id")  # fmt: skip

# rows of `beside_direct`: the electricity of each field with its CO2, beside the direct emissions
INDIRECT = Layout((
    Column("field", ("领域", "Field"), name("fields"), cites="source_id"),
    Column("electricity_twh", ("用电量", "Electricity"), electricity(1)),
    Column("co2_mt", ("用电间接排放", "CO2 of electricity"), tonnes()),
    Column("direct_mt", ("直接排放", "Direct CO2"), tonnes(), blank=""),
), (
    "两栏不能相加：省内电厂的排放已计入能源领域的直接排放。能源行业自用电计入工业。",
    "Never add the two columns: power plants of the province are in the direct emissions of energy already. "
    "Electricity of the energy industries is in industry.",
), sources="source_id")  # fmt: skip


def of_year(catalog: Catalog, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of a year in the order of the fields, the total last."""
    order = [*emissions.emitting_fields(catalog), "total"]
    return rows[rows["year"] == year].sort_values("field", key=lambda fields: fields.map(order.index))


def beside_direct(catalog: Catalog, region: str, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of `tanfeng.facts.accounts.indirect` of a year with the direct emissions of each field."""
    direct = emissions.emissions(catalog, region).query("year == @year").set_index("field")["co2_mt"]
    shown = of_year(catalog, rows, year)
    return shown.assign(direct_mt=shown["field"].map(direct))


def half_width_frame(catalog: Catalog) -> pd.DataFrame:
    """Return the half widths the intervals are made of (95 %, percent), those of the fuels' factors among them.

    Returns:
        Columns component, item (field, fuel group or process), half_width_pct, source_id, note_zh, note_en.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = half_width_frame(open_catalog())
        >>> rows.loc[rows["component"] == "factor", "item"].tolist()
        ['coal', 'oil', 'lpg', 'gas']
    """
    used = catalog.read("emission_factors").query("factor_set == 'ipcc2006'").dropna(subset=["lower", "upper"])
    source = used.drop_duplicates("item").set_index("item")["source_id"]
    groups = catalog.read("fuel_groups").query("fuel != '' and id != 'all'").sort_values("sort")
    limits = [factors.limits(catalog, fuel) for fuel in groups["fuel"]]
    fuels = pd.DataFrame(
        {
            "component": "factor",
            "item": groups["id"],
            "half_width_pct": [100 * (high - low) / 2 for low, high in limits],
            "source_id": groups["fuel"].map(source),
            "note_zh": "",
            "note_en": "",
        }
    )
    rows = pd.concat([catalog.read("uncertainties"), fuels], ignore_index=True)
    return rows.iloc[rows["component"].map(list(COMPONENTS).index).argsort(kind="stable")].reset_index(drop=True)
