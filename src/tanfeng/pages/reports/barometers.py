"""The published barometers beside what the rule gives: a table, and a natural reason for each level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.charts.intensities import plan_name
from tanfeng.pages.reports.lookback import COMPUTED, colour_cell, fall, light_cell, noted
from tanfeng.pages.table import Table, cited, columns, pick, sentences, used
from tanfeng.targets import lights
from tanfeng.targets.lookback import barometer

MEASURES = {
    barometer.INTENSITY: ("能耗强度", "energy intensity"),
    barometer.TOTAL: ("能源消费总量", "total energy consumption"),
}
SHORT = {barometer.INTENSITY: ("能耗强度", "intensity"), barometer.TOTAL: ("能源消费总量", "total")}
AGREEMENTS = {
    barometer.AGREES: ("一致", "agrees"),
    barometer.DIFFERS: ("不一致", "differs"),
    barometer.BY_WORDING: ("仅按定义一致", "by definition only"),
    barometer.NOT_COMPARABLE: ("不可比", "not comparable"),
}
ESTIMATED = {"zh": "（估算数，由上年数和公布增速计算）", "en": " (an estimate: the year before and published growth)"}
ON_ESTIMATE = ("（据估算数）", " (on an estimate)")
STATED = ("（据通报所述）", " (by what the notice says)")
GAPS = {
    lights.GREEN: ("达到要求", "met"),
    lights.YELLOW: ("未达到，差距不超过要求值的10%", "missed by at most 10% of the required value"),
    lights.RED: ("未达到，差距超过要求值的10%", "missed by more than 10% of the required value"),
}
SENTENCES = {
    "figure": (
        "至{year}年底{figure}{computed}，要求{required}：{gap}。",
        "End of {year}: {figure}{computed}, required {required}: {gap}.",
    ),
    "total": (
        "{year}年{figure}{computed}，要求{required}：{gap}。",
        "{year}: {figure}{computed}, required {required}: {gap}.",
    ),
    "stated": (
        "{part}数据未公布；通报称能耗强度不降反升，升幅无论多少都未达到要求，为一级。",
        "{part} is not published; the notice says that energy intensity rose, and any rise misses the requirement by "
        "more than 10%.",
    ),
    "wording": (
        "{part}数据未公布；二级的定义就是下降而未达到进度要求，通报没有可供检验的数。",
        "{part} is not published; level 2 is defined as a fall short of the requirement, and the notice gives no "
        "figure to test it.",
    ),
    "no_requirement": (
        "{plan}{measure}的要求未查到，{part}数据未公布，没有等级。",
        "What the {plan} asked of {measure} was not found, and {part} is not published: no level.",
    ),
    "no_figure": (
        "有进度要求，但{year}年同口径数据未公布，没有等级。",
        "There is a schedule, but no figure of {year} on its scope is published: no level.",
    ),
    "differs": (
        "通报评价年内时段，其数据未公布，全年数给出另一级别。",
        "The notice rates part of the year, which is not published; the whole year gives another level.",
    ),
    "of_year": (
        "同一通报对照年度任务为{level}；年度任务数未查到，不复算。",
        "Against the task of the year the same notice gives {level}; that task was not found and is not tried.",
    ),
    "before": (
        "只看{year}年（{figure}，要求{required}），为{light}。",
        "The figure of {year} alone ({figure}, required {required}) gives {light}.",
    ),
}


def reason(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    """Return why a published level of the barometer is, or is not, reproduced, in natural sentences.

    Args:
        catalog: the tables.
        row: a row of `tanfeng.targets.lookback.barometer.replay`.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = barometer.replay(open_catalog(), "330000").set_index(["measure", "period"], drop=False)
        >>> reason(open_catalog(), rows.loc[("intensity", "2011-06")], "zh")
        '至2011年底下降3.07%，要求下降3.6%：未达到，差距超过要求值的10%。同一通报对照年度任务为二级；年度任务数未查到，不复算。'
    """
    parts = _parts(catalog, row, lang)
    shown = [pick(SENTENCES[_why(row)], lang).format(**parts)]
    if row["agreement"] == barometer.DIFFERS:
        shown.append(pick(SENTENCES["differs"], lang))
    if pd.notna(row["level_of_year"]):
        shown.append(pick(SENTENCES["of_year"], lang).format(level=_level(row["level_of_year"], lang)))
    if row["light_before"] and row["light_before"] != row["light"]:
        shown.append(pick(SENTENCES["before"], lang).format(**_before(catalog, row, lang)))
    return sentences([one[0].upper() + one[1:] for one in shown], lang)


def _level(level: float, lang: str) -> str:
    return f"{'一二三'[int(level) - 1]}级" if lang == "zh" else f"level {int(level)}"


def _why(row: Mapping[str, Any]) -> str:
    if row["basis"] in {barometer.FIGURE, barometer.ON_ESTIMATE}:
        return "total" if row["measure"] == barometer.TOTAL else "figure"
    return str(row["basis"]) or ("no_requirement" if pd.isna(row["required"]) else "no_figure")


def _part(month: str, lang: str) -> str:
    """Return the part of a year that a notice rates."""
    return text.period(f"{month[:4]}-01/{month}", lang)


def _parts(catalog: Catalog, row: Mapping[str, Any], lang: str) -> dict[str, str]:
    return {
        "year": str(row["year"]),
        "part": _part(str(row["period"]), lang),
        "plan": plan_name(catalog, row["plan"], lang),
        "measure": pick(MEASURES[row["measure"]], lang),
        "figure": _figure(catalog, row, "figure", lang),
        "required": _figure(catalog, row, "required", lang) + noted(row, lang),
        "computed": _by_rule(row, lang),
        "gap": pick(GAPS[row["light_rule"]], lang) if row["light_rule"] in GAPS else "",
    }


def _by_rule(row: Mapping[str, Any], lang: str) -> str:
    """Say of a figure that it is an estimate, or that it is computed from published ones; empty if it is published."""
    if row["basis"] == barometer.ON_ESTIMATE:
        return ESTIMATED[lang]
    return COMPUTED[lang] if row["figure_basis"] == "computed" else ""


def _before(catalog: Catalog, row: Mapping[str, Any], lang: str) -> dict[str, str]:
    shown = {name: _figure(catalog, row, f"{name}_before", lang) for name in ("figure", "required")}
    light = text.word(catalog, f"light_{row['light_before']}", lang)
    return {"year": str(row["year"] - 1), **shown, "light": light}


def _figure(catalog: Catalog, row: Mapping[str, Any], name: str, lang: str) -> str:
    if pd.isna(row[name]):
        return ""
    if row["measure"] == barometer.INTENSITY:
        return fall(row[name], lang)
    shown = text.amount(catalog, row[name] * units.factor(catalog, row["unit"], "Mtce"), "Mtce", lang, 1)
    if lang == "en":
        return shown if name.startswith("figure") else f"at most {shown}"
    return f"消费{shown}" if name.startswith("figure") else f"不超过{shown}"


def table(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the published barometers beside the level by the rule, whether they agree, and why.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.barometer.replay`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "period": ("评价时段", "Rated", "", "text"),
        "measure": ("指标", "Measure", "", "label"),
        "published": ("通报等级", "Published", "", "status"),
        "rule": ("按规则", "By the rule", "", "status"),
        "agreement": ("是否一致", "Agrees", "", "text"),
        "reason": ("说明", "Why", "", "text"),
    }
    cells = [
        {
            "period": {"text": _parts(catalog, row, lang)["part"]},
            "measure": {"text": pick(SHORT[row["measure"]], lang)},
            "published": {**light_cell(catalog, row["light"], lang), "source": [row["source_id"]]},
            "rule": colour_cell(catalog, row["light_rule"], lang),
            "agreement": {"text": _agreement(row, lang)},
            "reason": {"text": reason(catalog, row, lang), **cited(_cited(row))},
        }
        for row in rows.to_dict("records")
    ]
    sources = [source for row in rows.to_dict("records") for source in _cited(row)]
    return Table(caption, columns(lang, plan), cells, sources=used([*rows["source_id"], *sources]))


def _agreement(row: Mapping[str, Any], lang: str) -> str:
    """Return whether a level is reproduced, and on what where that is not a published figure."""
    basis = {barometer.ON_ESTIMATE: ON_ESTIMATE, barometer.STATED: STATED}.get(row["basis"], ("", ""))
    return pick(AGREEMENTS[row["agreement"]], lang) + pick(basis, lang)


def _cited(row: Mapping[str, Any]) -> list[str]:
    """Return the sources of the figure of a row, and of what it is held against where they stand together."""
    return [row["sources"], row["required_source"] if row["sources"] else ""]


def of_year(levels: Mapping[str, float], lang: str) -> str:
    """Say which levels were published against the task of a year; empty if none was.

    Args:
        levels: result of `tanfeng.targets.lookback.barometer.levels_of_year`.
        lang: `zh` or `en`.

    Example:
        >>> of_year({"2011-06": 2.0}, "zh")
        '另有对照年度任务的等级1个：2011年1—6月二级；年度任务数未查到，不复算。'
    """
    if not levels:
        return ""
    named = [(_part(period, lang), _level(level, lang)) for period, level in levels.items()]
    if lang == "zh":
        shown = "，".join(f"{part}{level}" for part, level in named)
        return f"另有对照年度任务的等级{len(named)}个：{shown}；年度任务数未查到，不复算。"
    shown = ", ".join(f"{part} {level}" for part, level in named)
    return f"Levels against the task of the year: {len(named)} ({shown}); that task was not found and is not tried."


def uncapped(rows: pd.DataFrame, lang: str) -> str:
    """Say for which years with a level of total energy consumption no cap is known; empty if none.

    Args:
        rows: result of `tanfeng.targets.lookback.barometer.replay`.
        lang: `zh` or `en`.

    Example:
        >>> rows = pd.DataFrame({"measure": ["total", "total"], "required": [None, 2.2], "year": [2014, 2020]})
        >>> uncapped(rows, "zh"), uncapped(rows, "en")
        ('2014年总量的控制要求未查到。', 'What was asked of the total was not found for 2014.')
    """
    years = sorted(set(rows.loc[(rows["measure"] == barometer.TOTAL) & rows["required"].isna(), "year"]))
    if not years:
        return ""
    if lang == "zh":
        return "、".join(f"{year}年" for year in years) + "总量的控制要求未查到。"
    return f"What was asked of the total was not found for {', '.join(map(str, years))}."


def frame(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the barometers of `tanfeng.targets.lookback.barometer` with the reason in both languages, for download."""
    reasons = {f"reason_{lang}": [reason(catalog, row, lang) for row in rows.to_dict("records")] for lang in text.LANGS}
    return rows.assign(**reasons)
