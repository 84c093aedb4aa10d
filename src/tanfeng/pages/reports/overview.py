"""The key figures of the overview."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.pages.figures import chances, counted_verdicts, covered, emitted, figure, four, frame
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "movements": ("与上次冻结预测相比的变动", "Movements since the last frozen outlook"),
    "wall_fields": ("挂图分领域", "Wall chart by field"),
    "wall": ("挂图全部目标", "All targets of the wall chart"),
    "verdict_counts": ("分领域判定数", "Verdicts by field"),
    "verdict_counts_table": ("“十四五”目标判定（项）", "Targets of the 14th plan by verdict"),
    "verdict_counts_figure": (
        "{{ k.counted }}项目标中{{ k.verdict_met }}项已有公布数据证明完成",
        "Published figures show {{ k.verdict_met }} of {{ k.counted }} targets met",
    ),
    "answered": ("已有结论的目标", "Targets with an answer"),
    "answered_table": ("已有结论或有近期数据的目标", "Targets with an answer or a recent figure"),
    "four_indicators": ("四个指标", "The four indicators"),
    "four_indicators_figure": (
        "能源消费总量到{{ k.energy_latest.year }}，二氧化碳排放总量到{{ k.co2_latest.year }}",
        "Energy consumption to {{ k.energy_latest.year }}, CO2 emissions to {{ k.co2_latest.year }}",
    ),
    "outlook": ("分领域排放与外推", "Emissions and outlook by field"),
    "outlook_figure": (
        "{{ k.co2_latest.year }}比2005年{{ k.co2_change_2005.change }}；外推2035年为{{ k.co2_2035 }}，区间很宽",
        "{{ k.co2_latest.year }}: {{ k.co2_change_2005.change }} on 2005; {{ k.co2_2035 }} in 2035 by extrapolation, with a wide interval",
    ),
    "by_field_figure": ("分领域二氧化碳排放：能源领域占大部分", "CO2 emissions by field: energy makes up most of them"),
    "emissions_table": ("分领域二氧化碳排放", "CO2 emissions by field"),
}
CARDS = {
    "energy_latest": ("能源消费总量（{{ k.energy_latest.year }}）", "Energy consumption ({{ k.energy_latest.year }})"),
    "co2_latest": ("二氧化碳排放总量（{{ k.co2_latest.year }}）", "CO2 emissions ({{ k.co2_latest.year }})"),
    "energy_intensity_2015_2020": (
        "能耗强度（{{ k.energy_intensity_2015_2020.year }}，各年公布数连乘）",
        "Energy intensity ({{ k.energy_intensity_2015_2020.year }}, yearly rates chained)",
    ),
    "carbon_intensity_since_2020": (
        "碳排放强度（{{ k.carbon_intensity_since_2020.year }}，直接排放口径）",
        "Carbon intensity ({{ k.carbon_intensity_since_2020.year }}, direct emissions)",
    ),
    "p_by_2030": ("2030年前达峰的概率", "Probability of a peak by 2030"),
    "co2_2030": ("2030年二氧化碳排放（外推）", "CO2 emissions in 2030 (extrapolated)"),
}


def key_figures(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the overview: emissions, the four indicators, GDP, and the counts of verdicts."""
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total"), *covered("provinces")]
    return frame([*rows, *_correction(catalog, region), *four(catalog, region), *counted_verdicts(judged)])


def _correction(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total that a correction changed: as published, corrected, the difference; nothing if none did."""
    published = emissions.emissions(catalog, region, by="total", corrections=False).set_index("year")["co2_mt"]
    source = emissions.series(catalog, region, "total").set_index("year")["source_id"]
    removed = published - emissions.emissions(catalog, region, by="total").set_index("year")["co2_mt"]
    changed = removed[removed != 0]
    if changed.empty:
        return []
    year = int(changed.index[-1])
    return [
        figure("co2_as_published", published[year], "Mt CO2", year, "reported", source[year]),
        figure("co2_corrected", published[year] - changed[year], "Mt CO2", year, "adjusted", source[year]),
        figure("co2_correction", changed[year], "Mt CO2", year, "adjusted", source[year]),
    ]
