"""Tables about the outlook: peaks, scenarios, nowcast, drivers, and tests of the methods."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import scenarios
from tanfeng.outlook.peak import BY
from tanfeng.pages import text
from tanfeng.pages.table import Table, chance_cell, columns, number_cell, pick, status_cell

KINDS = {
    "estimate": {"zh": "估算", "en": "estimate"},
    "nowcast": {"zh": "现时估算", "en": "nowcast"},
    "forecast": {"zh": "直接外推", "en": "plain forecast"},
}
METHODS = {
    "r1": ("R1（本项目）", "R1 (used here)"),
    "half_drift": ("半漂移", "half drift"),
    "theta": ("Theta", "Theta"),
    "arima": ("ARIMA（AICc选型）", "ARIMA by AICc"),
    "mean": ("四法等权平均", "mean of four"),
    "naive": ("沿用末年", "naive"),
    "drift": ("漂移", "drift"),
    "ets": ("指数平滑（AICc选型）", "ETS by AICc"),
    "damped": ("阻尼趋势", "damped ETS"),
    "ucm": ("局部线性趋势", "local linear trend"),
    "gm11": ("灰色模型GM(1,1)", "grey model GM(1,1)"),
    "loglinear": ("对数线性趋势", "log-linear trend"),
}
GROUPS = {
    "provinces": ("各省全部序列", "provinces, all series"),
    "province_total": ("各省总量", "provinces, totals"),
    "country_total": ("各国总量", "countries, totals"),
    "country_sector": ("各国分部门", "countries, sectors"),
}
TESTS = {
    "left_out": ("未参与学习的地区", "regions left out"),
    "slowdown_2012": ("只用2012年以前资料", "learnt from years before 2012"),
}


def _ahead(value: float, lang: str, digits: int = 1) -> str:
    """Return a forecast as it is rounded everywhere: to 0.1 Mt."""
    return "—" if pd.isna(value) else text.tonnes(round(value, 1), lang, digits)


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
        "zh": "趋势为Mann-Kendall检验（显著性水平5%），只说明过去十年，不用于推算概率；“平台期”指没有显著趋势。",
        "en": "Trend by the Mann-Kendall test (5 %): it speaks of the past ten years and enters no probability; "
        "plateau means no significant trend.",
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


def recent(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how the years after the last published one are told: way, drivers, past error.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.projection.recent`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "field": ("领域", "Field", "", "label"),
        "year": ("年份", "Year", "", "label"),
        "co2": ("二氧化碳排放", "CO2 emissions", text.TONNES[lang], "number"),
        "kind": ("得出方式", "Told by", "", "label"),
        "drivers": ("驱动指标", "Drivers", "", "text"),
        "error": ("历史误差", "Past error", "%", "number"),
    }
    mark = "、" if lang == "zh" else ", "
    cells = [
        {
            "field": {"text": catalog.label("fields", row["field"], lang)},
            "year": {"text": str(row["year"])},
            "co2": {"text": _ahead(row["co2_mt"], lang)},
            "kind": {"text": KINDS[row["kind"]][lang]},
            "drivers": {"text": mark.join(driver(catalog, name, lang) for name in row["drivers"].split()) or "—"},
            "error": number_cell(row["error_pct"], 1, lang),
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells)


def driver(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of a driver of the nowcast.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> driver(open_catalog(), "private_cars", "zh")
        '私人汽车保有量'
    """
    return text.word(catalog, f"driver_{name}", lang)


def driver_scores(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how far each ratio was off in the past beside the direct forecast, and whether it is used.

    Args:
        catalog: the tables.
        rows: results of `tanfeng.outlook.nowcast.scores`, one below the other.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "field": ("领域", "Field", "", "label"),
        "driver": ("驱动指标", "Driver", "", "text"),
        "cases": ("检验次数", "Cases", "", "number"),
        "error": ("均方根误差", "Root mean square error", "%", "number"),
        "used": ("采用", "Used", "", "label"),
        "weight": ("权重", "Weight", "", "number"),
    }
    words = {"zh": ("是", "否"), "en": ("yes", "no")}[lang]
    cells = [
        {
            "field": {"text": catalog.label("fields", row["field"], lang)},
            "driver": {"text": driver(catalog, row["driver"], lang)},
            "cases": {"text": str(row["cases"])},
            "error": number_cell(row["error_pct"], 1, lang),
            "used": {"text": words[0] if row["used"] else words[1]},
            "weight": number_cell(row["weight"], 2, lang),
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells)


def backtest(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the scores of the methods over all years ahead, the best first.

    Args:
        rows: table `backtest`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "method": ("方法", "Method", "", "text"),
        "owa": ("OWA", "OWA", "", "number"),
        "limits": ("95%区间（按省份重抽样）", "95% interval over provinces", "", "number"),
        "smape": ("sMAPE", "sMAPE", "%", "number"),
        "mase": ("MASE", "MASE", "", "number"),
        "coverage80": ("80%区间实际覆盖", "Inside the 80% interval", "%", "number"),
        "coverage95": ("95%区间实际覆盖", "Inside the 95% interval", "%", "number"),
        "crps": ("CRPS", "CRPS", "", "number"),
    }
    chosen = rows[rows["year_ahead"] == "all"].sort_values("owa")
    cells = [
        {
            "method": {"text": pick(METHODS[row["method"]], lang)},
            "owa": number_cell(row["owa"], 3, lang),
            "limits": {"text": f"{text.number(row['owa_lo'], 2)}–{text.number(row['owa_hi'], 2)}"},
            **{name: number_cell(row[name], 1 if name == "smape" else 2, lang) for name in ("smape", "mase", "crps")},
            **{name: number_cell(100 * row[name], 0, lang) for name in ("coverage80", "coverage95")},
            "_class": "total" if row["method"] == "r1" else "",
        }
        for row in chosen.to_dict("records")
    ]
    note = {
        "zh": "OWA为sMAPE和MASE各除以“沿用末年”后的平均，1即与沿用末年相当，越小越好。“—”为该方法不给区间。",
        "en": "OWA is the mean of sMAPE and MASE, each over that of the naive forecast: 1 is naive, lower is better. "
        "A dash: the method states no interval.",
    }[lang]
    return Table(caption, columns(lang, plan), cells, note, list(dict.fromkeys(chosen["source_id"])))


def coverage(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the share of outcomes inside the intervals by group and test, over all years ahead.

    Args:
        rows: result of `tanfeng.outlook.skill.coverage`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "group": ("序列", "Series", "", "text"),
        "test": ("检验", "Test", "", "text"),
        "inside80": ("80%区间", "80% interval", "%", "number"),
        "inside95": ("95%区间", "95% interval", "%", "number"),
        "cases": ("次数", "Cases", "", "number"),
    }
    chosen = rows[(rows["year_ahead"] == "all") & rows["group"].isin(list(GROUPS))]
    cells = []
    for group, test in chosen[["group", "test"]].drop_duplicates().itertuples(index=False):
        one = chosen[(chosen["group"] == group) & (chosen["test"] == test)].set_index("nominal")
        cells.append(
            {
                "group": {"text": pick(GROUPS[group], lang)},
                "test": {"text": pick(TESTS[test], lang)},
                "inside80": number_cell(one.at[80, "real"], 1, lang),
                "inside95": number_cell(one.at[95, "real"], 1, lang),
                "cases": {"text": text.number(float(one.at[80, "cases"]), 0, lang)},
            }
        )
    return Table(caption, columns(lang, plan), cells)


def reliability(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how often a peak came by class of the probability said.

    Args:
        rows: result of `tanfeng.outlook.skill.reliability`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "class": ("给出的概率", "Probability said", "", "label"),
        "said": ("平均给出", "Mean said", "%", "number"),
        "came": ("实际比例", "Share that came", "%", "number"),
        "cases": ("次数", "Cases", "", "number"),
    }
    cells = [
        {
            "class": {"text": f"{text.number(100 * row['low'])}–{text.number(100 * row['high'])}%"},
            "said": number_cell(100 * row["said"], 0, lang),
            "came": number_cell(100 * row["came"], 0, lang),
            "cases": {"text": str(row["cases"])},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells)
