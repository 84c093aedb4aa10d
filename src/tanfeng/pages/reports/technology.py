"""Science and technology: the key figures."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators
from tanfeng.facts.plans import closed
from tanfeng.pages.figures import counted_verdicts, figure, frame
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "rd_intensity": ("研发投入强度", "R&D intensity"),
    "indicator_figure": (
        "{{ k.rd_intensity_bulletin_first.year }}为{{ k.rd_intensity_bulletin_first }}，{{ k.rd_intensity_bulletin_last.year }}约为{{ k.rd_intensity_bulletin_last }}",
        "{{ k.rd_intensity_bulletin_first }} in {{ k.rd_intensity_bulletin_first.year }}, about {{ k.rd_intensity_bulletin_last }} in {{ k.rd_intensity_bulletin_last.year }}",
    ),
    "indicator": ("研发经费与地区生产总值之比（%）", "R&D expenditure over GDP (%)"),
    "targets": ("目标判定", "Verdicts"),
    "verdicts": ("科技创新目标判定", "Verdicts on science and technology"),
    "benchmarks": (
        "全国{{ page.next_name }}目标（只作对照）",
        "National targets of the {{ page.next_name }} (for comparison)",
    ),
    "figures_table": ("科技创新有关指标", "Indicators of science and technology"),
}
CARDS = {
    "rd_intensity_bulletin_last": (
        "研发投入强度（{{ k.rd_intensity_bulletin_last.year }}，约）",
        "R&D intensity ({{ k.rd_intensity_bulletin_last.year }}, about)",
    ),
    "hitech_industry_share_last": (
        "高新技术产业占规上工业比重（{{ k.hitech_industry_share_last.year }}）",
        "High-tech share of industry ({{ k.hitech_industry_share_last.year }})",
    ),
}


def key_figures(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of science and technology: R&D intensity, share of high-tech industry, and the counts."""
    rows = [figure("own", sum(one.target["plan"] == closed(catalog) for one in judged), "targets", "", "reported")]
    for indicator in ("rd_intensity_bulletin", "hitech_industry_share"):
        found = indicators.observations(catalog, indicator, region).to_dict("records")
        rows += [
            figure(
                indicator,
                row["published"],
                row["published_unit"],
                row["period"],
                row["status"],
                row["source_id"],
                of=end,
            )
            for end, row in zip(("first", "last"), (found[:1] + found[-1:]), strict=False)
        ]
    asked = catalog.read("targets").query("indicator == 'rd_intensity_bulletin' and region == @region")
    rows += [
        figure("rd_target", row["target_value"], row["unit"], row["target_year"], "reported", row["source_id"])
        for row in asked.to_dict("records")
    ]
    return frame([*rows, *counted_verdicts(judged)])
