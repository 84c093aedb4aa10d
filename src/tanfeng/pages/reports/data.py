"""The report on the data: key figures; tables of intervals, accounts and other inventories."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
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
from tanfeng.pages.figures import BASE_YEARS, figure, frame, observed
from tanfeng.pages.table import Heading, Table, pick, status_cell
from tanfeng.pages.usage_warnings import series_name

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
    rows = [*_held(catalog, region), *_series(catalog, region), *_emitted(catalog, region), *_cautions(catalog, region)]
    return frame([*rows, *_certainty(catalog, region), *_accounts(catalog, region), *_calculated(catalog, region)])


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
    rows += [figure("emitted", count, "figures", "", status, of=status) for status, count in counts.items()]
    for name, series in LAST.items():
        known = pd.concat([observations.yearly(catalog, one, region) for one in series])
        rows.append(observed(name, known.sort_values("year", kind="stable").iloc[-1]))
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
        *_spread(catalog, region),
        *_monitor(catalog),
    ]


def _monitor(catalog: Catalog) -> list[dict[str, Any]]:
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
    rows = []
    for name, row in (("widest", spread.loc[spread["spread_pct"].idxmax()]), ("latest", spread.iloc[-1])):
        rows.append(figure("spread", row["spread_pct"], "%", int(row["year"]), "estimate", of=name))
        rows.append(figure("inventories", row["inventories"], "figures", int(row["year"]), "reported", of=name))
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


def _accounts(catalog: Catalog, region: str) -> list[dict[str, Any]]:
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


def beside_others(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the totals of other inventories beside this one, one row a year and inventory."""
    heads = {"year": ("年份", "Year"), "dataset": ("清单", "Inventory")}
    unit = text.TONNES[lang]
    columns = [
        *(Heading(key, pick(pair, lang)) for key, pair in heads.items()),
        Heading("other", pick(("其他清单", "Other inventory"), lang), unit, "number"),
        Heading("ours", pick(("本清单", "This inventory"), lang), unit, "number"),
        Heading("difference", pick(("相差", "Difference"), lang), "%", "number"),
    ]
    rows = other_inventories.compare(catalog, region)
    used = catalog.read("other_inventories").query("region == @region and sector == 'total'")
    cells = [
        {
            "year": {"text": str(row.year)},
            "dataset": {"text": series_name(catalog, "other_inventories", row.dataset, lang)},
            "other": {"text": text.tonnes(row.co2_mt, lang)},
            "ours": {"text": "" if pd.isna(row.ours_mt) else text.tonnes(row.ours_mt, lang)},
            "difference": {"text": "" if pd.isna(row.difference_pct) else text.number(row.difference_pct, 1, lang)},
        }
        for row in rows.itertuples()
    ]
    note = pick(("仅供比对，不作为本报告数据的依据。", "For cross-checks only; no figure rests on them."), lang)
    return Table(caption, columns, cells, note, list(dict.fromkeys(used["source_id"])))


COMPONENTS = {
    "activity_common": {"zh": "能源统计（各领域共同）", "en": "energy statistics, common to all fields"},
    "activity": {"zh": "活动水平", "en": "activity"},
    "factor": {"zh": "燃料排放因子", "en": "emission factor of a fuel"},
    "process": {"zh": "过程排放因子", "en": "process factor"},
    "grid": {"zh": "净外来电", "en": "net imported electricity"},
}
GRID_ITEMS = {
    "factor": {"zh": "电网因子", "en": "grid factor"},
    "net_import": {"zh": "调入电量", "en": "quantity"},
    "held_year": {"zh": "电网因子每沿用一年", "en": "grid factor, each year it is carried"},
}


def intervals(catalog: Catalog, rows: pd.DataFrame, year: int, lang: str, caption: str) -> Table:
    """Return the emissions of a year by field with their 95 % intervals.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.uncertainty.intervals`.
        year: the year.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("field", pick(("领域", "Field"), lang), kind="label"),
        Heading("co2", pick(("二氧化碳排放", "CO2 emissions"), lang), text.TONNES[lang], "number"),
        Heading("interval", pick(("95%区间", "95% interval"), lang), text.TONNES[lang], "number"),
        Heading("half", pick(("半宽", "Half width"), lang), "±%", "number"),
        Heading("status", pick(("状态", "Status"), lang), kind="status"),
    ]
    order = catalog.read("fields").set_index("id")["sort"]
    shown = rows[rows["year"] == year]
    shown = shown.iloc[shown["field"].map(order).where(shown["field"] != "total", 99).argsort(kind="stable")]
    cells = [
        {
            "field": {"text": catalog.label("fields", row.field, lang)},
            "co2": {"text": text.tonnes(row.co2_mt, lang)},
            "interval": {"text": f"{text.tonnes(row.lo95, lang)}–{text.tonnes(row.hi95, lang)}"},
            "half": {"text": text.number(row.half_width_pct, 1)},
            "status": status_cell(catalog, row.status, lang),
            "_class": "total" if row.field == "total" else "",
        }
        for row in shown.itertuples()
    ]
    return Table(caption, columns, cells, sources=emissions.sources(catalog, str(rows["region"].iloc[0])))


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


def half_widths(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the half widths the intervals are made of, with where they come from.

    Args:
        catalog: the tables.
        rows: result of `half_width_frame`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("component", pick(("误差来源", "Error"), lang), kind="label"),
        Heading("item", pick(("适用于", "Of"), lang), kind="label"),
        Heading("half", pick(("半宽（95%）", "Half width (95%)"), lang), "±%", "number"),
        Heading("note", pick(("依据", "Basis"), lang)),
    ]
    cells = [
        {
            "component": {"text": COMPONENTS[row["component"]][lang]},
            "item": {"text": _item(catalog, row["component"], row["item"], lang)},
            "half": {"text": text.number(row["half_width_pct"], 1)},
            "note": {"text": row[f"note_{lang}"] or _default(row["component"], lang), "source": [row["source_id"]]},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(rows["source_id"])))


def _default(component: str, lang: str) -> str:
    if component == "factor":
        return pick(("缺省因子95%置信区间宽度的一半", "half the width of the 95 % limits of the default factor"), lang)
    return pick(("缺省值", "default"), lang)


def _item(catalog: Catalog, component: str, item: str, lang: str) -> str:
    if component == "activity":
        return catalog.label("fields", item, lang)
    if component in {"factor", "process"}:
        return catalog.label("fuel_groups", item, lang)
    return GRID_ITEMS[item][lang] if component == "grid" else pick(("各领域的燃料", "fuel of every field"), lang)


def assessment(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the direct and the assessment account by year, with what lies between them.

    Args:
        rows: result of `tanfeng.facts.accounts.assessment`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    unit = text.TONNES[lang]
    columns = [
        Heading("year", pick(("年份", "Year"), lang), kind="label"),
        Heading("direct", pick(("直接排放口径", "Direct"), lang), unit, "number"),
        *(
            [Heading("held", pick(("其中：沿用上年", "of which held"), lang), unit, "number")]
            if rows["held_mt"].any()
            else []
        ),
        Heading("twh", pick(("净外来电量", "Net imports"), lang), pick(("亿千瓦时", "TWh"), lang), "number"),
        Heading("factor", pick(("电网因子", "Grid factor"), lang), "kg/kWh", "number"),
        Heading("carried", pick(("因子沿用年数", "Carried"), lang), pick(("年", "years"), lang), "number"),
        Heading("import", pick(("净外来电排放", "Imports"), lang), unit, "number"),
        Heading("co2", pick(("含外调电测算口径", "With imported power"), lang), unit, "number"),
        Heading("interval", pick(("95%区间", "95% interval"), lang), unit, "number"),
    ]
    cells = [
        {
            "year": {"text": str(row.year)},
            "direct": {"text": text.tonnes(row.direct_mt, lang)},
            "held": {"text": text.tonnes(row.held_mt, lang) if row.held_mt else "–"},
            "twh": {"text": text.number(row.import_twh * (10 if lang == "zh" else 1), 0 if lang == "zh" else 1)},
            "factor": {"text": text.number(row.factor_kg_kwh, 4)},
            "carried": {"text": str(row.held_years)},
            "import": {"text": text.tonnes(row.import_mt, lang)},
            "co2": {"text": text.tonnes(row.co2_mt, lang)},
            "interval": {"text": f"{text.tonnes(row.lo95, lang)}–{text.tonnes(row.hi95, lang)}"},
        }
        for row in rows.itertuples()
    ]
    cited = [name for names in rows["source_id"] for name in names.split()]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(cited)))


def indirect(catalog: Catalog, region: str, rows: pd.DataFrame, year: int, lang: str, caption: str) -> Table:
    """Return the electricity of each field in a year with its CO2, beside the direct emissions of the field.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: result of `tanfeng.facts.accounts.indirect`.
        year: the year.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("field", pick(("领域", "Field"), lang), kind="label"),
        Heading("twh", pick(("用电量", "Electricity"), lang), pick(("亿千瓦时", "TWh"), lang), "number"),
        Heading("co2", pick(("用电间接排放", "CO2 of electricity"), lang), text.TONNES[lang], "number"),
        Heading("direct", pick(("直接排放", "Direct CO2"), lang), text.TONNES[lang], "number"),
    ]
    direct = emissions.emissions(catalog, region).query("year == @year").set_index("field")["co2_mt"]
    order = catalog.read("fields").set_index("id")["sort"]
    shown = rows[rows["year"] == year]
    shown = shown.iloc[shown["field"].map(order).argsort()]
    cells = [
        {
            "field": {"text": catalog.label("fields", row.field, lang), "source": row.source_id.split()},
            "twh": {"text": text.number(row.electricity_twh * (10 if lang == "zh" else 1), 1)},
            "co2": {"text": text.tonnes(row.co2_mt, lang)},
            "direct": {"text": text.tonnes(direct[row.field], lang) if row.field in direct.index else ""},
        }
        for row in shown.itertuples()
    ]
    note = {
        "zh": "两栏不能相加：省内电厂的排放已计入能源领域的直接排放。能源行业自用电计入工业。",
        "en": "Never add the two columns: power plants of the province are in the direct emissions of energy already. "
        "Electricity of the energy industries is in industry.",
    }[lang]
    cited = [name for names in shown["source_id"] for name in names.split()]
    return Table(caption, columns, cells, note, list(dict.fromkeys(cited)))
