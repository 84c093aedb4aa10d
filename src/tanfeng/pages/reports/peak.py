"""The report on the peak: key figures; probabilities by field, scenarios and what they suppose."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.outlook import peak as peaking
from tanfeng.outlook import scenarios
from tanfeng.outlook.peak import BY
from tanfeng.pages import text
from tanfeng.pages.figures import chances, emitted, figure, frame, told_peaks
from tanfeng.pages.outlook import _ahead
from tanfeng.pages.table import Table, chance_cell, columns, status_cell
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


def peaks(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the highest year so far and the peak probabilities by field.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.peak.by_field`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "field": ("领域", "Field", "", "label"),
        "year": ("目前最高年份", "Highest in", "", "label"),
        "value": ("当年排放", "Emissions", text.TONNES[lang], "number"),
        "status": ("状态", "Status", "", "status"),
        "already": ("已经达峰", "Already", "", "number"),
        "by": (f"{BY}年前达峰", f"By {BY}", "", "number"),
        "never": ("至2035年未见峰值", "None by 2035", "", "number"),
        "trend": ("近十年趋势", "Trend", "", "label"),
    }
    cells = [
        {
            "field": {"text": catalog.label("fields", row["field"], lang)},
            "year": {"text": str(row["maximum_year"])},
            "value": {"text": text.tonnes(row["maximum_mt"], lang), "source": row["source_id"].split()},
            "status": status_cell(catalog, row["status"], lang),
            "already": chance_cell(row["p_already"]),
            "by": chance_cell(row[f"p_by_{BY}"]),
            "never": chance_cell(row["p_no_peak"]),
            "trend": {"text": text.word(catalog, f"trend_{row['trend']}", lang)},
            "_class": "total" if row["field"] == "total" else "",
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "趋势为Mann-Kendall检验（显著性水平5%），只说明过去十年，不用于推算概率。",
        "en": "Trend by the Mann-Kendall test (5 %): it speaks of the past ten years and enters no probability.",
    }[lang]
    cited = [source for names in rows["source_id"] for source in names.split()]
    return Table(caption, columns(lang, plan), cells, note, list(dict.fromkeys(cited)))


def compared(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what each scenario gives for the total.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: result of `tanfeng.outlook.peak.by_scenario`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "name": ("情景", "Scenario", "", "text"),
        "co2": (f"{BY}年排放", f"Emissions {BY}", text.TONNES[lang], "number"),
        "range": ("80%区间", "80% interval", text.TONNES[lang], "number"),
        "change": ("与现有走势之差", "Difference", text.TONNES[lang], "number"),
        "by": (f"{BY}年前达峰", f"By {BY}", "", "number"),
        "never": ("至2035年未见峰值", "None by 2035", "", "number"),
    }
    about = scenarios.descriptions(catalog, region).set_index("id")
    cells = [_scenario_cells(row, about.loc[row["scenario"]], lang) for row in rows.to_dict("records")]
    return Table(caption, columns(lang, plan), cells)


def _scenario_cells(row: dict[str, Any], about: pd.Series, lang: str) -> dict[str, Any]:
    change = row["change_mt"]
    moved = f"{'+' if change > 0 else ''}{_ahead(change, lang)}" if change else "—"
    return {
        "name": {"text": about[lang]},
        "co2": {"text": _ahead(row[f"co2_{BY}"], lang)},
        "range": {"text": f"{_ahead(row['lo80'], lang, 0)}–{_ahead(row['hi80'], lang, 0)}"},
        "change": {"text": moved},
        "by": chance_cell(row[f"p_by_{BY}"]),
        "never": chance_cell(row["p_no_peak"]),
    }


def supposed(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return what each scenario of a region supposes, with its sources.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {"name": ("情景", "Scenario", "", "text"), "reason": ("假设", "Supposed", "", "text")}
    about = scenarios.descriptions(catalog, region)
    cells = [
        {
            "name": {"text": row[lang]},
            "reason": {"text": row[f"reason_{lang}"], "source": row["sources"].split()},
        }
        for row in about.to_dict("records")
    ]
    cited = [source for names in about["sources"] for source in names.split()]
    return Table(caption, columns(lang, plan), cells, sources=list(dict.fromkeys(cited)))


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
