"""Tables about the inventory: estimates, intervals and accounts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, estimates, factors
from tanfeng.pages import text
from tanfeng.pages.table import Column, Table, pick, status_cell

METHODS = {
    "balance": {"zh": "能源平衡表乘以排放因子", "en": "energy balance x factors"},
    "generation": {"zh": "按火电发电量推算", "en": "follows thermal generation"},
    "interpolation": {"zh": "直线插值", "en": "straight line"},
}
CONFIDENCE = {
    "high": {"zh": "高", "en": "high"},
    "medium": {"zh": "中", "en": "medium"},
    "low": {"zh": "低", "en": "low"},
}
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


def estimate_frame(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the estimated emissions of a region by year and field.

    Returns:
        Columns year, field, co2_mt (Mt CO2), method, first_year, last_year, confidence, error_pct (root mean square
        error of the method on years with an inventory, percent), source_id, note_zh, note_en.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = estimate_frame(open_catalog(), "330000")
        >>> rows.loc[rows["year"] == 2023, ["field", "method"]].values.tolist()
        [['energy', 'generation']]
    """
    rows = estimates.register(catalog, region)
    known = emissions.emissions(catalog, region).set_index(["year", "field"])
    places = [(int(row.year), str(row.field)) for row in rows.itertuples()]
    rows = rows.assign(
        co2_mt=[float(known.at[place, "co2_mt"]) for place in places],
        made=[known.at[place, "status"] == "estimate" for place in places],
        error_pct=[estimates.error_pct(catalog, region, *place) for place in places],
    )
    order = catalog.read("fields").set_index("id")["sort"]
    rows = rows[rows["made"]].sort_values(["year", "field"], key=lambda cells: cells.map(order).fillna(cells))
    columns = ["year", "field", "co2_mt", "method", "first_year", "last_year", "confidence", "error_pct"]
    return rows[[*columns, "source_id", "note_zh", "note_en"]].reset_index(drop=True)


def estimated(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the estimated emissions: year, field, Mt, method, confidence, measured error of the method.

    Args:
        catalog: the tables.
        rows: result of `estimate_frame`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("year", pick(("年份", "Year"), lang), kind="label"),
        Column("field", pick(("领域", "Field"), lang), kind="label"),
        Column("co2", pick(("二氧化碳排放", "CO2 emissions"), lang), text.TONNES[lang], "number"),
        Column("method", pick(("方法", "Method"), lang)),
        Column("confidence", pick(("可信度", "Confidence"), lang), kind="label"),
        Column("error", pick(("方法实测误差", "Measured error"), lang), "%", "number"),
    ]
    cells = [
        {
            "year": {"text": str(row["year"])},
            "field": {"text": catalog.label("fields", row["field"], lang)},
            "co2": {"text": text.tonnes(row["co2_mt"], lang)},
            "method": {"text": METHODS[row["method"]][lang] + _anchors(row, lang), "source": [row["source_id"]]},
            "confidence": {"text": CONFIDENCE[row["confidence"]][lang]},
            "error": {"text": text.number(row["error_pct"], 1)},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "方法实测误差：同一方法用于2005年以来有清单的年份，与清单相比的均方根误差。",
        "en": "Measured error: root mean square error of the same method on years since 2005 that have an inventory.",
    }[lang]
    return Table(caption, columns, cells, note, list(dict.fromkeys(rows["source_id"])))


def _anchors(row: dict[str, Any], lang: str) -> str:
    if pd.isna(row["first_year"]):
        return ""
    first, last = int(row["first_year"]), int(row["last_year"])
    if first == last:
        return f"（以{first}年为基准）" if lang == "zh" else f", from {first}"
    return f"（{first}年与{last}年之间）" if lang == "zh" else f", between {first} and {last}"


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
        Column("field", pick(("领域", "Field"), lang), kind="label"),
        Column("co2", pick(("二氧化碳排放", "CO2 emissions"), lang), text.TONNES[lang], "number"),
        Column("interval", pick(("95%区间", "95% interval"), lang), text.TONNES[lang], "number"),
        Column("half", pick(("半宽", "Half width"), lang), "±%", "number"),
        Column("status", pick(("状态", "Status"), lang), kind="status"),
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
        Column("component", pick(("误差来源", "Error"), lang), kind="label"),
        Column("item", pick(("适用于", "Of"), lang), kind="label"),
        Column("half", pick(("半宽（95%）", "Half width (95%)"), lang), "±%", "number"),
        Column("note", pick(("依据", "Basis"), lang)),
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
        Column("year", pick(("年份", "Year"), lang), kind="label"),
        Column("direct", pick(("直接排放口径", "Direct"), lang), unit, "number"),
        Column("held", pick(("其中：沿用上年", "of which held"), lang), unit, "number"),
        Column("twh", pick(("净外来电量", "Net imports"), lang), pick(("亿千瓦时", "TWh"), lang), "number"),
        Column("factor", pick(("电网因子", "Grid factor"), lang), "kg/kWh", "number"),
        Column("carried", pick(("因子沿用年数", "Carried"), lang), pick(("年", "years"), lang), "number"),
        Column("import", pick(("净外来电排放", "Imports"), lang), unit, "number"),
        Column("co2", pick(("考核口径", "Assessment"), lang), unit, "number"),
        Column("interval", pick(("95%区间", "95% interval"), lang), unit, "number"),
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
        Column("field", pick(("领域", "Field"), lang), kind="label"),
        Column("twh", pick(("用电量", "Electricity"), lang), pick(("亿千瓦时", "TWh"), lang), "number"),
        Column("co2", pick(("用电间接排放", "CO2 of electricity"), lang), text.TONNES[lang], "number"),
        Column("direct", pick(("直接排放", "Direct CO2"), lang), text.TONNES[lang], "number"),
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
