"""Tables about the energy balance: what it gives times factors, and what an estimate holds beyond it."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import factors, recalculation
from tanfeng.pages import text
from tanfeng.pages.table import Column, Table, cited

SETS = {
    "ceads": {"zh": "CEADs隐含因子", "en": "implied by CEADs"},
    "guideline": {"zh": "国内核算指南缺省值", "en": "Chinese guideline defaults"},
    "ipcc2006": {"zh": "IPCC 2006缺省值", "en": "IPCC 2006 defaults"},
}
TOGETHER = "energy_industry"


def recalculated(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the emissions calculated from energy balances beside those CEADs published.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: result of `tanfeng.facts.recalculation.against_published`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("year", _head(lang, "年份", "Year"), kind="label"),
        Column("item", _head(lang, "领域或燃料", "Field or fuel"), kind="label"),
        Column("ours", _head(lang, "平衡表推算", "From the balance"), text.TONNES[lang], "number"),
        Column("theirs", _head(lang, "CEADs公布", "CEADs"), text.TONNES[lang], "number"),
        Column("difference", _head(lang, "相差", "Difference"), "%", "number"),
    ]
    shown = rows.dropna(subset=["published_mt"])
    cells = [
        {
            "year": {"text": str(row.year)},
            "item": {"text": item_name(catalog, row.dimension, row.item, lang)},
            "ours": {"text": text.tonnes(row.calculated_mt, lang, 2)},
            "theirs": {"text": text.tonnes(row.published_mt, lang, 2)},
            "difference": {"text": text.number(row.difference_pct, 2)},
        }
        for row in shown.itertuples()
    ]
    every = [source for year in shown["year"].unique() for source in recalculation.sources(catalog, region, int(year))]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(every)))


def factor_sets(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the CO2 of fuel burnt by factor set, by field and fuel group, with the total last.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.recalculation.by_factor_set`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    sets = [Column(name, SETS[name][lang], text.TONNES[lang], "number") for name in factors.SETS]
    columns = [
        Column("item", _head(lang, "领域或燃料", "Field or fuel"), kind="label"),
        *sets,
        Column("spread", _head(lang, "最高比最低高", "Highest over lowest"), "%", "number"),
    ]
    cells = [
        {
            "item": {"text": item_name(catalog, row["dimension"], row["item"], lang)},
            **{name: {"text": text.tonnes(row[name], lang)} for name in factors.SETS},
            "spread": {"text": text.number(row["spread_pct"], 1)},
            "_class": "total" if row["dimension"] == "total" else "",
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells)


def shortfall(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the estimate of energy and industry beside the balance of its year and what the balance lacks.

    Args:
        rows: result of `tanfeng.facts.recalculation.reconciled`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    known = rows.dropna(subset=["first_year"]).iloc[0]
    published = _head(lang, "年公布", ", published")
    columns = [
        Column("item", _head(lang, "项目", "Item")),
        Column("first", f"{known['first_year']}{published}", text.TONNES[lang], "number"),
        Column("last", f"{known['last_year']}{published}", text.TONNES[lang], "number"),
        Column("co2", f"{rows['year'].iloc[0]}{_head(lang, '年', '')}", text.TONNES[lang], "number"),
    ]
    cells = [
        {
            "item": {"text": ITEMS[row["item"]][lang], **cited([row["sources"]])},
            "first": {"text": "–" if pd.isna(row["first_mt"]) else text.tonnes(row["first_mt"], lang)},
            "last": {"text": "–" if pd.isna(row["last_mt"]) else text.tonnes(row["last_mt"], lang)},
            "co2": {"text": text.tonnes(row["co2_mt"], lang)},
            "_class": "total" if row["item"] in {"sum", "remainder"} else "",
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(" ".join(rows["sources"]).split())))


ITEMS = {
    "balance": {"zh": "平衡表推算（燃料燃烧）", "en": "From the balance (fuel burnt)"},
    "cement_process": {"zh": "水泥生产过程（同估算数）", "en": "Cement process, as in the estimate"},
    "coke_gases": {
        "zh": "平衡表未列：焦炭、煤气和其他焦化产品（直线插值）",
        "en": "Not in the balance: coke, furnace gases, other coking products (straight line)",
    },
    "refinery_gas": {
        "zh": "平衡表未列：炼厂干气和其他石油制品（直线插值）",
        "en": "Not in the balance: refinery gas, other oil products (straight line)",
    },
    "sum": {"zh": "合计", "en": "Sum"},
    "estimate": {"zh": "估算数（能源和工业）", "en": "Estimate of energy and industry"},
    "remainder": {"zh": "估算数多出", "en": "Remainder of the estimate"},
}


def item_name(catalog: Catalog, dimension: str, item: str, lang: str) -> str:
    """Return the name of a field, a fuel group or the total.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> item_name(open_catalog(), "field", "energy_industry", "zh")
        '能源和工业'
    """
    if item == TOGETHER:
        return _head(lang, "能源和工业", "Energy and industry")
    if dimension == "total":
        return _head(lang, "合计", "All")
    return catalog.label("fields" if dimension == "field" else "fuel_groups", item, lang)


def _head(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en
