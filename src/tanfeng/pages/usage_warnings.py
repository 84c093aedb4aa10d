"""The usage warnings as a table, and the names of series in them."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog, labels
from tanfeng.data.check import EVERY_SERIES, SERIES
from tanfeng.facts.usage_warnings import COUNTRY
from tanfeng.pages import text
from tanfeng.pages.layout import Column, Layout, Row, choice, name, own
from tanfeng.pages.table import pick

DATASETS = {
    "carbon_monitor": ("Carbon Monitor", "Carbon Monitor"),
    "city_sum": ("CEADs设区市清单合计", "CEADs, sum of cities"),
    "county_sum": ("县级排放合计", "Sum of counties"),
    "cui_daily": ("分省逐日排放", "Daily emissions of provinces"),
    "province_panel": ("30省面板", "Panel of 30 provinces"),
}
SEVERITY_WORDS = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
TABLE_WORDS = {
    "observations": ("指标", "Indicators"),
    "inventory": ("排放清单", "Inventory"),
    "energy_balance": ("能源平衡表", "Energy balance"),
    "emission_factors": ("排放因子", "Emission factors"),
    "targets": ("目标", "Targets"),
    "measures": ("措施", "Measures"),
    "other_inventories": ("其他清单", "Other inventories"),
}


def series_name(catalog: Catalog, table: str, series: str, lang: str) -> str:
    """Return the name of a series that a usage warning speaks of.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> series_name(catalog, "inventory", "transport", "zh"), series_name(catalog, "energy_balance", "all", "en")
        ('交通', 'every series')
    """
    if series == EVERY_SERIES:
        return pick(("全部序列", "every series"), lang)
    if table == "other_inventories":
        return pick(DATASETS.get(series, (series, series)), lang)
    if table == "emission_factors":
        return series
    return labels(catalog, SERIES[table][0], lang)[series]


def span(first: object, last: object, lang: str) -> str:
    """Return years as they are shown: one year, from-to, from, until, or every year.

    Example:
        >>> span(2008, 2008, "zh"), span(2000, 2004, "en"), span(2019, None, "zh"), span(None, None, "en")
        ('2008年', '2000-2004', '2019年起', 'every year')
    """
    start, end = ("" if pd.isna(year) else str(year) for year in (first, last))
    if not start and not end:
        return pick(("各年", "every year"), lang)
    if not end:
        return pick((f"{start}年起", f"from {start}"), lang)
    if not start:
        return pick((f"{end}年以前", f"until {end}"), lang)
    return pick(("—", "-"), lang).join(dict.fromkeys((start, end))) + pick(("年", ""), lang)


def _series_and_place(catalog: Catalog, row: Row, lang: str) -> str:
    named = series_name(catalog, row["table"], row["series"], lang)
    every = row["region"] == COUNTRY
    place = pick(("各省份", "every province"), lang) if every else catalog.label("regions", row["region"], lang)
    return named + text.bracketed(place, lang)


def _years_warned(catalog: Catalog, row: Row, lang: str) -> str:
    return span(row["first_year"], row["last_year"], lang)


# rows of `tanfeng.facts.usage_warnings.every` or `caveats`
WARNINGS = Layout(
    (
        Column("table", ("数据表", "Table"), choice(TABLE_WORDS)),
        Column("series", ("序列", "Series"), _series_and_place),
        Column("years", ("年份", "Years"), _years_warned, kind="label"),
        Column("kind", ("类别", "Kind"), name("warning_kinds")),
        Column("severity", ("程度", "Severity"), choice(SEVERITY_WORDS)),
        Column("reason", ("说明", "Reason"), own("reason"), cites="source_id"),
    ),
    empty=("没有使用提示。", "No usage warning."),
)
