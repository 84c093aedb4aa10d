"""Table and sentence on what right probabilities of made-up targets would look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.reports.hindcast_tables import GAP_UNIT, MEASURES
from tanfeng.pages.table import Table, columns
from tanfeng.targets.lookback import archive, hindcasts


def ranges(measured: Mapping[str, pd.DataFrame], correlation: float, lang: str, caption: str) -> Table:
    """Return, by measure and class, the gap that came beside those of worlds in which the probabilities are right.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        correlation: result of `tanfeng.targets.lookback.hindcasts.error_correlation`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "class": ("给出的概率", "Said", "", "label"),
        "cases": ("次数", "Cases", "", "number"),
        "gap": ("实际差距", "Gap", GAP_UNIT[lang], "number"),
        "range": ("概率准确时的差距", "Gap if right", GAP_UNIT[lang], "number"),
        "as_far": ("概率准确时差距不小于此", "As far if right", "", "number"),
    }
    cells = [
        _cells(name, row, lang)
        for name, rows in measured.items()
        for row in hindcasts.ranges(rows, correlation).to_dict("records")
    ]
    shown = text.number(correlation, 2, lang)
    note = {
        "zh": f"差距为实际完成减平均给出。概率准确时的差距：假定每个概率都准确，模拟{hindcasts.WORLDS}次所得差距的95%"
        f"范围；五年误差为逐年误差之和，各省同年误差相关系数{shown}，按一年期预测误差测算。不足{skill.FEWEST}次的档不列。",
        "en": "Gap: what came less what was said. Gap if right: where 95% of the gaps lie in "
        f"{hindcasts.WORLDS} worlds in which every probability is right. The error of five years is the sum of "
        f"yearly ones, correlated {shown} between provinces, as errors one year ahead are. Classes with fewer than "
        f"{skill.FEWEST} cases are left out.",
    }[lang]
    return Table(caption, columns(lang, plan), cells, note, [archive.SOURCE])


def _cells(name: str, row: Mapping[str, Any], lang: str) -> dict[str, dict[str, str]]:
    limits, between = f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%", {"zh": "，", "en": ", "}[lang]
    low, high, gap = (_points(row[key]) for key in ("least", "most", "gap"))
    return {
        "class": {"text": f"{MEASURES[name][lang]}{between}{limits}"},
        "cases": {"text": str(row["cases"])},
        "gap": {"text": gap},
        "range": {"text": f"{low}{'至' if lang == 'zh' else ' to '}{high}"},
        "as_far": {"text": text.probability(row["as_far"])},
    }


def _points(value: float) -> str:
    return f"{'+' if value > 0 else ''}{text.number(100 * value, 0)}"


def sentence(measured: Mapping[str, pd.DataFrame], correlation: float, lang: str) -> str:
    """Say what right probabilities would have scored, and how often one of their classes would look wrong.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        correlation: result of `tanfeng.targets.lookback.hindcasts.error_correlation`.
        lang: `zh` or `en`.

    Example:
        >>> case = {"region": "330000", "origin": 2010, "year": 2015, "said": 0.5, "came": 1.0}
        >>> sentence({"mt": pd.DataFrame([case] * 30)}, 0.3, "zh").split("；")[0]
        '假如概率完全准确：按吨数，布赖尔得分平均0.250，不高于0.22的可能为<1%'
    """
    said = [_said(name, rows, correlation, lang) for name, rows in measured.items()]
    return f"假如概率完全准确：{'。'.join(said)}。" if lang == "zh" else f"{'. '.join(said)}."


def _said(name: str, rows: pd.DataFrame, correlation: float, lang: str) -> str:
    found = hindcasts.expected_score(rows, correlation)
    figure, within = text.number(found["expected"], 3, lang), text.probability(found["within_bar"])
    off, points = text.probability(hindcasts.far_off(rows, correlation)), f"{100 * hindcasts.FAR:.0f}"
    measure, bar, fewest = MEASURES[name][lang], hindcasts.BAR, skill.FEWEST
    if lang == "zh":
        return (
            f"{measure}，布赖尔得分平均{figure}，不高于{bar:g}的可能为{within}；"
            f"{fewest}次以上的各档中有一档偏离超过{points}个百分点的可能为{off}"
        )
    return (
        f"{measure.capitalize()} right probabilities would have a Brier score of {figure} on average, at most {bar:g} "
        f"with a chance of {within}; a class with {fewest} cases or more would be off by over {points} points with a "
        f"chance of {off}"
    )
