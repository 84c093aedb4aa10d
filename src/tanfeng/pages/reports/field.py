"""The report of a field: its key figures, and the breaks in its series."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import emissions
from tanfeng.facts.corrections import read_corrections
from tanfeng.pages.figures import chances, counted_verdicts, emitted, figure, gathered
from tanfeng.pages.layout import TEXT, Column, Layout, Row, own, word
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


# rows of `breaks`: the known breaks of the series of a field and the corrections of its figures
BREAKS = Layout((
    Column("year", ("年份", "Year"), TEXT),
    Column("kind", ("类别", "Kind"), word(kind="text")),
    Column("reason", ("说明", "Reason"), own("reason"), cites="source_id"),
))  # fmt: skip


def breaks(catalog: Catalog, region: str, field: str) -> list[Row]:
    """Return the known breaks of a field's series and the corrections of its figures, each with its reason."""
    known = catalog.read("breaks").assign(kind="break")
    ours = known["region"].isin([region, "100000"]) & known["field"].isin([field, "total"])
    corrected = [
        {**vars(one), **one.where, "kind": "correction"}
        for one in read_corrections(catalog.root)
        if one.where.get("region") == region and field in one.where.get("field", [field])
    ]
    return [*known[ours].to_dict("records"), *corrected]


def key_figures(catalog: Catalog, region: str, name: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of a field: emissions, share of the total, outlook, and the counts of its verdicts."""
    return gathered(
        (catalog, region, name),
        emitted,
        chances,
        _share,
        _largest,
        lambda *_: counted_verdicts(judged),
    )


def _share(catalog: Catalog, region: str, name: str) -> list[Row]:
    latest = emissions.series(catalog, region, "total").iloc[-1]
    value = emissions.series(catalog, region, name).set_index("year").at[latest["year"], "co2_mt"]
    return [figure("share", 100 * value / latest["co2_mt"], "%", latest["year"], latest["status"], latest["source_id"])]


def _largest(catalog: Catalog, region: str, name: str) -> list[Row]:
    rows = emissions.emissions(catalog, region, by="subsector").query("field == @name and subsector != 'all'")
    if rows.empty:
        raise Absent(("分行业的排放", "emissions by subsector"), "data/inventory.csv", region)
    last = rows[rows["year"] == rows["year"].max()].sort_values("co2_mt", ascending=False).iloc[0]
    return [figure("largest", last["co2_mt"], "Mt CO2", last["year"], last["status"], item=last["subsector"])]
