"""The published barometers beside what the rule gives: a table, and a natural reason for each level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts.plans import short
from tanfeng.pages import text
from tanfeng.pages.layout import Column, Layout, choice
from tanfeng.pages.reports.lookback import COLOUR, COMPUTED, LIGHT, fall
from tanfeng.pages.table import pick, sentences
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
ESTIMATED = ("（估算数，由上年数和公布增速计算）", " (an estimate: the year before and published growth)")
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
    "level_of_year": (
        "同一通报对照年度任务为{level}；年度任务数未查到，不复算。",
        "Against the task of the year the same notice gives {level}; that task was not found and is not tried.",
    ),
    "before": (
        "只看{before}年（{figure_before}，要求{required_before}），为{light_before}。",
        "The figure of {before} alone ({figure_before}, required {required_before}) gives {light_before}.",
    ),
}


def reason(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    """Return why a published level (a row of `barometer.replay`) is, or is not, reproduced, in natural sentences.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = barometer.replay(open_catalog(), "330000").set_index(["measure", "period"], drop=False)
        >>> reason(open_catalog(), rows.loc[("intensity", "2011-06")], "zh")
        '至2011年底下降3.07%，要求下降3.6%：未达到，差距超过要求值的10%。同一通报对照年度任务为二级；年度任务数未查到，不复算。'
    """
    more = {
        "differs": row["agreement"] == barometer.DIFFERS,
        "level_of_year": pd.notna(row["level_of_year"]),
        "before": row["light_before"] not in {"", row["light"]},
    }
    named, parts = [_why(row), *(name for name, told in more.items() if told)], _parts(catalog, row, lang)
    shown = [pick(SENTENCES[name], lang).format(**parts) for name in named]
    return sentences([one[0].upper() + one[1:] for one in shown], lang)


def _level(level: float, lang: str) -> str:
    if pd.isna(level):
        return ""
    return f"{'一二三'[int(level) - 1]}级" if lang == "zh" else f"level {int(level)}"


def _why(row: Mapping[str, Any]) -> str:
    if row["basis"] in {barometer.FIGURE, barometer.ON_ESTIMATE}:
        return "total" if row["measure"] == barometer.TOTAL else "figure"
    return str(row["basis"]) or ("no_requirement" if pd.isna(row["required"]) else "no_figure")


def _part(month: str, lang: str) -> str:
    """Return the part of a year that a notice rates."""
    return text.period(f"{month[:4]}-01/{month}", lang)


def _parts(catalog: Catalog, row: Mapping[str, Any], lang: str) -> dict[str, str]:
    figures = ("figure", "required", "figure_before", "required_before")
    found = {name: _figure(catalog, row, name, lang) for name in figures}
    return {
        **found,
        "year": str(row["year"]),
        "before": str(row["year"] - 1),
        "part": _part(row["period"], lang),
        "plan": short(catalog, row["plan"], lang),
        "measure": pick(MEASURES[row["measure"]], lang),
        "required": found["required"] + text.bracketed(row[f"note_{lang}"], lang),
        "computed": _by_rule(row, lang),
        "gap": pick(GAPS.get(row["light_rule"], ("", "")), lang),
        "level": _level(row["level_of_year"], lang),
        "light_before": text.word(catalog, f"light_{row['light_before'] or lights.NOT_RATED}", lang),
    }


def _by_rule(row: Mapping[str, Any], lang: str) -> str:
    """Say of a figure that it is an estimate, or that it is computed from published ones; empty if it is published."""
    if row["basis"] == barometer.ON_ESTIMATE:
        return pick(ESTIMATED, lang)
    return pick(COMPUTED, lang) if row["figure_basis"] == "computed" else ""


def _figure(catalog: Catalog, row: Mapping[str, Any], name: str, lang: str) -> str:
    if pd.isna(row[name]):
        return ""
    if row["measure"] == barometer.INTENSITY:
        return fall(row[name], lang)
    shown = text.amount(catalog, row[name] * units.factor(catalog, row["unit"], "Mtce"), "Mtce", lang, 1)
    before = ("消费", "") if name.startswith("figure") else ("不超过", "at most ")
    return pick(before, lang) + shown


def _agreement(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    """Return whether a level is reproduced, and on what where that is not a published figure."""
    basis = {barometer.ON_ESTIMATE: ON_ESTIMATE, barometer.STATED: STATED}.get(row["basis"], ("", ""))
    return pick(AGREEMENTS[row["agreement"]], lang) + pick(basis, lang)


# rows of `cited`: the published barometers beside the level by the rule, whether they agree, and why
LEVELS = Layout((
    Column("period", ("评价时段", "Rated"), lambda catalog, row, lang: _part(row["period"], lang)),
    Column("measure", ("指标", "Measure"), choice(SHORT)),
    Column("light", ("通报等级", "Published"), LIGHT, cites="source_id"),
    Column("light_rule", ("按规则", "By the rule"), COLOUR),
    Column("agreement", ("是否一致", "Agrees"), _agreement),
    Column("reason", ("说明", "Why"), reason, cites="cited"),
), sources="source_id cited")  # fmt: skip


def cited(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `barometer.replay` with the sources of the figure, and of what it is held against beside it."""
    beside = rows["required_source"].where(rows["sources"] != "", "")
    return rows.assign(cited=rows["sources"] + " " + beside)


def of_year(levels: Mapping[str, float], lang: str) -> str:
    """Say which levels were published against the task of a year (`barometer.levels_of_year`); empty if none was.

    Example:
        >>> of_year({"2011-06": 2.0}, "zh")
        '另有对照年度任务的等级1个：2011年1—6月二级；年度任务数未查到，不复算。'
    """
    if not levels:
        return ""
    gap = pick(("", " "), lang)
    shown = pick(text.COMMA, lang).join(f"{_part(month, lang)}{gap}{_level(of, lang)}" for month, of in levels.items())
    zh = f"另有对照年度任务的等级{len(levels)}个：{shown}；年度任务数未查到，不复算。"
    en = f"Levels against the task of the year: {len(levels)} ({shown}); that task was not found and is not tried."
    return pick((zh, en), lang)


def uncapped(rows: pd.DataFrame, lang: str) -> str:
    """Say for which years with a level of total energy consumption (`barometer.replay`) no cap is known; or nothing.

    Example:
        >>> rows = pd.DataFrame({"measure": ["total", "total"], "required": [None, 2.2], "year": [2014, 2020]})
        >>> uncapped(rows, "zh"), uncapped(rows, "en")
        ('2014年总量的控制要求未查到。', 'What was asked of the total was not found for 2014.')
    """
    years = sorted(set(rows.loc[(rows["measure"] == barometer.TOTAL) & rows["required"].isna(), "year"]))
    if not years:
        return ""
    zh = "、".join(f"{year}年" for year in years) + "总量的控制要求未查到。"
    return pick((zh, f"What was asked of the total was not found for {', '.join(map(str, years))}."), lang)


def frame(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `tanfeng.targets.lookback.barometer.replay` with the reason in both languages, for download."""
    reasons = {f"reason_{lang}": [reason(catalog, row, lang) for row in rows.to_dict("records")] for lang in text.LANGS}
    return rows.assign(**reasons)
