"""The report on the peak: key figures; probabilities by field, scenarios and what they suppose."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts.corrections import read_corrections
from tanfeng.outlook import peak as peaking
from tanfeng.outlook import scenarios
from tanfeng.outlook.peak import BY
from tanfeng.pages.figures import chances, emitted, figure, frame, told_peaks
from tanfeng.pages.layout import NONE, PROBABILITY, STATUS, YEAR, Column, Layout, name, own, tonnes, word
from tanfeng.pages.outlook import AHEAD, ahead
from tanfeng.pages.table import pick
from tanfeng.pages.text import CHANCE

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "outlook": ("分领域排放与预测", "Emissions and outlook by field"),
    "outlook_figure": (
        "{{ k.co2_latest.year }}为{{ k.co2_latest }}；2030年预测为{{ k.co2_2030 }}，80%区间{{ k.co2_2030.range }}，区间很宽",
        "{{ k.co2_latest }} in {{ k.co2_latest.year }}; {{ k.co2_2030 }} in 2030, with an 80% interval of {{ k.co2_2030.range }}, which is wide",
    ),
    "nowcast": ("现时估算", "Nowcast"),
    "recent": ("清单以后由驱动指标推算的年份", "Years after the inventory estimated from a driver"),
    "peak_by_year": ("逐年达峰概率", "Probability of a peak by year"),
    "peak_by_year_figure": (
        "全省总量2030年前达峰的概率为{{ k.p_by_2030 }}，各领域不一",
        "Total: {{ k.p_by_2030 }} by 2030; the fields differ",
    ),
    "peak_by_field": ("分领域达峰概率", "Probability of a peak by field"),
    "scenarios": ("情景", "Scenarios"),
    "compared": ("情景比较（全省总量）", "Scenarios compared, total"),
    "saved_scenarios": ("保存的情景", "Saved scenarios"),
    "supposed": ("情景的假设", "What the scenarios suppose"),
    "provinces": ("各省达峰概率", "Probability of a peak by province"),
    "provinces_figure": (
        "{{ k.provinces }}个省份2030年前达峰的概率：最高{{ k.p_most }}，最低{{ k.p_least }}，中位数{{ k.p_median }}，本省居第{{ k.place }}位",
        "Peaked by 2030, {{ k.provinces }} provinces: from {{ k.p_least }} to {{ k.p_most }}, median {{ k.p_median }}; this province is number {{ k.place }}",
    ),
}
CARDS = {
    "p_already": ("已经达峰的概率（{{ k.p_already.year }}及以前）", "Probability of a peak by {{ k.p_already.year }}"),
    "p_by_2030": ("2030年前达峰的概率", "Probability of a peak by 2030"),
    "p_no_peak": ("至2035年未见峰值的概率", "Probability of no peak until 2035"),
    "trend": ("近十年趋势（Mann-Kendall检验）", "Trend of the last ten years (Mann-Kendall)"),
}


# rows of `tanfeng.outlook.peak.by_field`: the highest year so far and the peak probabilities
FIELDS = Layout(
    (
        Column("field", ("领域", "Field"), name("fields")),
        Column("maximum_year", ("目前最高年份", "Highest in"), YEAR),
        Column("maximum_mt", ("当年排放", "Emissions"), tonnes(), cites="source_id"),
        Column("status", ("状态", "Status"), STATUS),
        Column("p_already", ("已经达峰", "Already"), PROBABILITY),
        Column(f"p_by_{BY}", (f"{BY}年前达峰", f"By {BY}"), PROBABILITY),
        Column("p_no_peak", ("至2035年未见峰值", "None by 2035"), PROBABILITY),
        Column("trend", ("近十年趋势", "Trend"), word("trend_")),
    ),
    (
        "趋势为Mann-Kendall检验（显著性水平5%），只说明过去十年，不用于推算概率。",
        "Trend by the Mann-Kendall test (5 %): it speaks of the past ten years and enters no probability.",
    ),
    sources="source_id",
    total=("field", "total"),
)


def _range(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return f"{ahead(row['lo80'], lang, 0)}–{ahead(row['hi80'], lang, 0)}"


def _from_reference(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    change = row["change_mt"]
    return f"{'+' if change > 0 else ''}{ahead(change, lang)}" if change else NONE


# rows of `tanfeng.outlook.peak.by_scenario` with `name`: what each scenario gives for the total
COMPARED = Layout((
    Column("scenario", ("情景", "Scenario"), own(), kind="text"),
    Column(f"co2_{BY}", (f"{BY}年排放", f"Emissions {BY}"), AHEAD),
    Column("range", ("80%区间", "80% interval"), _range, "mt", "number"),
    Column("change", ("与现有走势之差", "Difference"), _from_reference, "mt", "number"),
    Column(f"p_by_{BY}", (f"{BY}年前达峰", f"By {BY}"), PROBABILITY),
    Column("p_no_peak", ("至2035年未见峰值", "None by 2035"), PROBABILITY),
))  # fmt: skip

# rows of `tanfeng.outlook.scenarios.descriptions`: what each scenario supposes
SUPPOSED = Layout((
    Column("name", ("情景", "Scenario"), own()),
    Column("reason", ("假设", "Supposed"), own("reason"), cites="sources"),
), sources="sources")  # fmt: skip


def corrected(catalog: Catalog, lang: str) -> str:
    """Return the provinces whose inventories are corrected, as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> corrected(open_catalog(), "en")
        'Zhejiang, Jiangxi, Shandong'
    """
    regions = dict.fromkeys(one.where.get("region", "") for one in read_corrections(catalog.root))
    names = [catalog.label("regions", one, lang) for one in regions if one]
    return pick(("、", ", "), lang).join(names)


def named(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the results of scenarios with the names of these (columns `zh`, `en`)."""
    return rows.join(scenarios.descriptions(catalog, region).set_index("id")[["zh", "en"]], on="scenario")


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the report on the peak: total, scenarios, provinces, and how such figures did before.

    Raises:
        ProjectError: if the region has no inventory or no scenario.
    """
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total")]
    return frame(
        [
            *rows,
            *_scenarios(catalog, region),
            *_provinces(catalog, region),
            *told_peaks(catalog),
        ]
    )


def _scenarios(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = peaking.by_scenario(catalog, region).iloc[1:]
    return [
        one
        for row in rows.to_dict("records")
        for one in (
            figure("co2", row[f"co2_{BY}"], "Mt CO2", BY, "forecast", of=(BY, row["scenario"])),
            figure("p_by", 100 * row[f"p_by_{BY}"], "%", BY, "forecast", of=(BY, row["scenario"]), shown=CHANCE),
        )
    ]


def _provinces(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = peaking.by_province(catalog)
    place = int(rows.index[rows["region"] == region][0]) + 1
    return [
        figure("provinces", len(rows), "figures", "", "reported"),
        figure("place", place, "figures", BY, "forecast"),
        figure("p_median", 100 * rows[f"p_by_{BY}"].median(), "%", BY, "forecast", shown=CHANCE),
        figure("p_most", 100 * rows[f"p_by_{BY}"].max(), "%", BY, "forecast", shown=CHANCE),
        figure("p_least", 100 * rows[f"p_by_{BY}"].min(), "%", BY, "forecast", shown=CHANCE),
    ]
