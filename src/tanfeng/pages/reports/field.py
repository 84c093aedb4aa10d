"""The report of a field: its key figures, and the breaks in its series."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.facts.corrections import read_corrections
from tanfeng.pages import text
from tanfeng.pages.figures import chances, counted_verdicts, emitted, figure, frame
from tanfeng.pages.reports.targets import _heads
from tanfeng.pages.table import Heading, Table
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "outlook": ("排放与外推", "Emissions and outlook"),
    "outlook_figure": (
        "{{ name }}：2005年{{ k.co2_2005 }}，{{ k.co2_latest.year }}{{ k.co2_latest }}，外推2035年{{ k.co2_2035 }}",
        "{{ name }}: {{ k.co2_2005 }} in 2005, {{ k.co2_latest }} in {{ k.co2_latest.year }}, {{ k.co2_2035 }} in 2035 by extrapolation",
    ),
    "nowcast": ("现时估算", "Nowcast"),
    "nowcast_table": ("清单以后各年怎样得出", "How the years after the inventory are told"),
    "detail": ("分行业、分燃料排放", "Emissions by subsector and fuel"),
    "subsectors_figure": (
        "分行业看，{{ k.largest.year }}排放量最大的是{{ k.largest.item }}，为{{ k.largest }}",
        "By subsector: {{ k.largest.item }} is the largest, {{ k.largest }} in {{ k.largest.year }}",
    ),
    "fuels_figure": (
        "按燃料和过程（空缺年份没有分燃料数据）",
        "By fuel and process (years left out are not broken down)",
    ),
    "targets": ("目标判定", "Verdicts"),
    "verdicts": ("本领域目标判定", "Verdicts of this field"),
    "outlook_table": ("二氧化碳排放与外推", "CO2 emissions and outlook"),
    "warnings": ("使用提示", "Usage warnings"),
    "breaks": ("数据断点与订正", "Breaks and corrections"),
}
CARDS = {
    "co2_latest": ("排放（{{ k.co2_latest.year }}）", "Emissions ({{ k.co2_latest.year }})"),
    "co2_2025": ("排放（2025年）", "Emissions (2025)"),
    "co2_2030": ("排放（2030年）", "Emissions (2030)"),
    "p_by_2030": ("2030年前达峰的概率", "Probability of a peak by 2030"),
}


def breaks(catalog: Catalog, region: str, field: str, lang: str, caption: str) -> Table:
    """Return the known breaks of a field's series and the corrections of its figures, with the reason."""
    head = _heads(lang, year=("年份", "Year"), kind=("类别", "Kind"), reason=("说明", "Reason"))
    columns = [Heading("year", head["year"]), Heading("kind", head["kind"]), Heading("reason", head["reason"])]
    known = catalog.read("breaks")
    known = known[known["region"].isin([region, "100000"]) & known["field"].isin([field, "total"])]
    found = [(str(row["year"]), "break", row[f"reason_{lang}"], row["source_id"]) for row in known.to_dict("records")]
    for correction in read_corrections(catalog.root):
        where = correction.where
        if where.get("region") == region and field in where.get("field", [field]):
            found.append(
                (str(where["year"]), "correction", getattr(correction, f"reason_{lang}"), correction.source_id)
            )
    rows = [
        {
            "year": {"text": year},
            "kind": {"text": text.word(catalog, kind, lang)},
            "reason": {"text": reason, "source": [source]},
        }
        for year, kind, reason, source in found
    ]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(source for *_, source in found)))


def key_figures(catalog: Catalog, region: str, name: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of a field: emissions, share of the total, outlook, and the counts of its verdicts."""
    rows = [*emitted(catalog, region, name), *chances(catalog, region, name)]
    latest = emissions.series(catalog, region, "total").iloc[-1]
    value = emissions.series(catalog, region, name).set_index("year").at[latest["year"], "co2_mt"]
    share = figure("share", 100 * value / latest["co2_mt"], "%", latest["year"], latest["status"], latest["source_id"])
    return frame([*rows, share, *_largest(catalog, region, name), *counted_verdicts(judged)])


def _largest(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    rows = emissions.emissions(catalog, region, by="subsector").query("field == @name and subsector != 'all'")
    last = rows[rows["year"] == rows["year"].max()].sort_values("co2_mt", ascending=False).iloc[0]
    return [figure("largest", last["co2_mt"], "Mt CO2", last["year"], last["status"], item=last["subsector"])]
