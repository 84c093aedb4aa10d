"""The usage warnings as a table, and the names of series in them."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog, labels
from tanfeng.data.check import EVERY_SERIES, SERIES
from tanfeng.facts.usage_warnings import COUNTRY
from tanfeng.pages.table import Heading, Table

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


def _word(pair: tuple[str, str], lang: str) -> str:
    return pair[0] if lang == "zh" else pair[1]


def series_name(catalog: Catalog, table: str, series: str, lang: str) -> str:
    """Return the name of a series that a usage warning speaks of.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> series_name(catalog, "inventory", "transport", "zh"), series_name(catalog, "energy_balance", "all", "en")
        ('交通', 'every series')
    """
    if series == EVERY_SERIES:
        return _word(("全部序列", "every series"), lang)
    if table == "other_inventories":
        return _word(DATASETS.get(series, (series, series)), lang)
    if table == "emission_factors":
        return series
    return labels(catalog, SERIES[table][0], lang)[series]


def span(first: object, last: object, lang: str) -> str:
    """Return years as they are shown: one year, from-to, from, until, or every year.

    Example:
        >>> span(2008, 2008, "zh"), span(2000, 2004, "en"), span(2019, None, "zh"), span(None, None, "en")
        ('2008年', '2000-2004', '2019年起', 'every year')
    """
    start, end = (None if pd.isna(year) else str(year) for year in (first, last))
    if start and end:
        both = start if start == end else f"{start}{'—' if lang == 'zh' else '-'}{end}"
        return f"{both}年" if lang == "zh" else both
    if start:
        return f"{start}年起" if lang == "zh" else f"from {start}"
    if end:
        return f"{end}年以前" if lang == "zh" else f"until {end}"
    return _word(("各年", "every year"), lang)


def caveats(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return usage warnings as a table: table, series, years, kind, severity, reason.

    Args:
        catalog: the tables.
        rows: usage warnings, of `tanfeng.facts.usage_warnings.every` or `tanfeng.facts.usage_warnings.caveats`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    heads = {
        "table": ("数据表", "Table"),
        "series": ("序列", "Series"),
        "years": ("年份", "Years"),
        "kind": ("类别", "Kind"),
        "severity": ("程度", "Severity"),
        "reason": ("说明", "Reason"),
    }
    kind = {"series": "text", "reason": "text"}
    columns = [Heading(key, _word(pair, lang), kind=kind.get(key, "label")) for key, pair in heads.items()]
    kinds = labels(catalog, "warning_kinds", lang)
    cells = [
        {
            "table": {"text": _word(TABLE_WORDS[row["table"]], lang)},
            "series": {"text": _place(catalog, row, lang)},
            "years": {"text": span(row["first_year"], row["last_year"], lang)},
            "kind": {"text": kinds[row["kind"]]},
            "severity": {"text": _word(SEVERITY_WORDS[row["severity"]], lang)},
            "reason": {"text": row[f"reason_{lang}"], "source": [row["source_id"]] if row["source_id"] else []},
        }
        for row in rows.to_dict("records")
    ]
    note = "" if cells else _word(("没有使用提示。", "No usage warning."), lang)
    return Table(caption, columns, cells, note, [name for name in dict.fromkeys(rows["source_id"]) if name])


def _place(catalog: Catalog, row: dict[str, str], lang: str) -> str:
    name = series_name(catalog, row["table"], row["series"], lang)
    place = _word(("各省份", "every province"), lang)
    if row["region"] != COUNTRY:
        place = catalog.label("regions", row["region"], lang)
    return f"{name}（{place}）" if lang == "zh" else f"{name} ({place})"
