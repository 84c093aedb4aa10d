"""Tables and sentences about made-up targets: what was said, what came, and what chance explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.table import Table, columns, number_cell
from tanfeng.targets.lookback import archive, hindcasts

PARTS = {
    "all": {"zh": "全部", "en": "all"},
    "left_out": {"zh": "其中：未参与校准的省份", "en": "of these: provinces not calibrated on"},
}
MEASURES = {
    "percent": {"zh": "按百分比", "en": "in percent"},
    "mt": {"zh": "按吨数", "en": "in tonnes"},
}
HEADS = {"percent": "Percent", "mt": "Tonnes"}
GAP_UNIT = {"zh": "百分点", "en": "points"}


def pseudo_targets(measured: Mapping[str, pd.DataFrame], lang: str, caption: str) -> list[Table]:
    """Return how the probabilities of made-up targets did, a table a measure: all, provinces left out, by origin.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        lang: `zh` or `en`.
        caption: what the tables say; the measure is named behind it.
    """
    between = {"zh": "，", "en": ", "}[lang]
    named = {name: f"{caption}{between}{MEASURES[name][lang]}" for name in measured}
    return [_pseudo_table(hindcasts.by_origin(rows), lang, named[name]) for name, rows in measured.items()]


def _pseudo_table(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    plan = {
        "part": ("起点", "Made in", "", "label"),
        "cases": ("次数", "Cases", "", "number"),
        "said": ("平均给出", "Mean said", "%", "number"),
        "came": ("实际完成", "Met", "%", "number"),
        "brier": ("布赖尔得分", "Brier score", "", "number"),
        "alone": ("总按实际比例", "Share alone", "", "number"),
        "in80": ("80%区间实际覆盖", "Inside the 80% interval", "%", "number"),
    }
    note = {
        "zh": "布赖尔得分越小越好，每次都说50%得0.25。“总按实际比例”为每次都说事后实际比例的得分。"
        "同一起点各省的结果相关，不是独立的检验。",
        "en": "Brier score: lower is better, always saying 50% gives 0.25. Share alone: the score of always saying the "
        "share that came, known only afterwards. Provinces of one origin move together: no independent tests.",
    }[lang]
    cells = [
        {
            "part": {"text": PARTS[row["part"]][lang] if row["part"] in PARTS else text.period(row["part"], lang)},
            "cases": {"text": str(row["cases"])},
            **{name: number_cell(100 * row[name], 0, lang) for name in ("said", "came")},
            "brier": number_cell(row["brier"], 3, lang),
            "alone": number_cell(row["share_alone"], 3, lang),
            "in80": number_cell(100 * row["inside80"], 0, lang),
            "_class": "total" if row["part"] == "all" else "",
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, note, [archive.SOURCE])


def reliability(measured: Mapping[str, pd.DataFrame], lang: str, caption: str) -> Table:
    """Return, by class of the probability said of made-up targets, how often they came, a measure beside the other.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {"class": ("给出的概率", "Said", "", "label")}
    heads = {"cases": ("次数", "n", ""), "said": ("平均给出", "said", "%"), "came": ("实际完成", "met", "%")}
    for name in measured:
        for key, (zh, en, unit) in heads.items():
            plan[f"{name}_{key}"] = (f"{MEASURES[name]['zh']}：{zh}", f"{HEADS[name]}: {en}", unit, "number")
        plan[f"{name}_gap"] = (f"{MEASURES[name]['zh']}：差距", f"{HEADS[name]}: gap", GAP_UNIT[lang], "number")
    found = {
        name: pd.concat([skill.reliability(rows), skill.reliability_gaps(rows).add_prefix("gap_")], axis=1)
        for name, rows in measured.items()
    }
    edges = next(iter(found.values()))[["low", "high"]]
    shown = [place for place in edges.index if any(rows["cases"].at[place] for rows in found.values())]
    cells = [
        {
            "class": {"text": _edges(edges.loc[place])},
            **{key: cell for name, rows in found.items() for key, cell in _class(name, rows.loc[place], lang).items()},
        }
        for place in shown
    ]
    note = {
        "zh": "差距为实际完成减平均给出，括号内为95%区间（省份和相连五个起点整体重抽）；区间含0的，"
        "现有样本不足以判断概率偏高或偏低。不足30次的档不给区间。",
        "en": "Gap: what came less what was said, with its 95% interval (provinces, and five origins in a row, drawn "
        "again together). Where it holds 0, the sample cannot tell whether the probability was too low or too high. "
        "Classes with fewer than 30 cases have none.",
    }[lang]
    return Table(caption, columns(lang, plan), cells, note, [archive.SOURCE])


def _class(name: str, row: pd.Series, lang: str) -> dict[str, dict[str, str]]:
    shares = {f"{name}_{key}": number_cell(100 * row[key], 0, lang) for key in ("said", "came")}
    return {f"{name}_cases": {"text": str(int(row["cases"]))}, **shares, f"{name}_gap": {"text": _gap(row, lang)}}


def _gap(row: pd.Series, lang: str) -> str:
    if pd.isna(row["gap_gap"]):
        return "—"
    gap, low, high = (
        f"{'+' if row[f'gap_{name}'] > 0 else ''}{text.number(100 * row[f'gap_{name}'], 0)}"
        for name in ("gap", "low", "high")
    )
    if row["cases"] < skill.FEWEST:
        return gap
    return f"{gap}（{low}至{high}）" if lang == "zh" else f"{gap} ({low} to {high})"


def verdict(measured: Mapping[str, pd.DataFrame], lang: str) -> str:
    """Say whether the probabilities of made-up targets beat the share alone and the bar, measure by measure.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        lang: `zh` or `en`.

    Example:
        >>> rows = pd.DataFrame({"said": [0.5, 0.5], "came": [0.0, 1.0]})
        >>> verdict({"mt": rows}, "zh")
        '按吨数，布赖尔得分0.250，高于0.22的要求，不优于总按实际比例的0.250。'
    """
    return ("" if lang == "zh" else " ").join(_scored(name, rows, lang) for name, rows in measured.items())


def reliable(measured: Mapping[str, pd.DataFrame], lang: str) -> str:
    """Say in which classes of the probability what came differs from what was said by more than chance.

    Classes with fewer than `evaluation.FEWEST` cases are not judged.

    Args:
        measured: result of `tanfeng.targets.lookback.hindcasts.measured`.
        lang: `zh` or `en`.

    Example:
        >>> case = {"region": "330000", "origin": 2010, "said": 0.5, "came": 0.5}
        >>> reliable({"mt": pd.DataFrame([case] * 30)}, "zh")
        '30次以上的各档，差距的95%区间都含0：现有样本看不出概率偏高或偏低。'
    """
    named = [
        f"{MEASURES[name][lang]}{' ' if lang == 'en' else ''}{_edges(row)}"
        for name, rows in measured.items()
        for row in skill.unreliable(rows).to_dict("records")
    ]
    if lang == "zh":
        if named:
            return f"30次以上的各档中，{'、'.join(named)}的差距大于偶然所能解释。"
        return "30次以上的各档，差距的95%区间都含0：现有样本看不出概率偏高或偏低。"
    if named:
        return f"Among classes with 30 cases or more, {', '.join(named)} is off by more than chance explains."
    return (
        "In every class with 30 cases or more the 95% interval of the gap holds 0: the sample shows no probability to "
        "be too low or too high."
    )


def _edges(row: Mapping[str, Any] | pd.Series) -> str:
    return f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%"


def _scored(name: str, rows: pd.DataFrame, lang: str) -> str:
    score, alone = skill.brier(rows)
    bar, figures = hindcasts.BAR, [text.number(value, 3, lang) for value in (score, alone)]
    if lang == "zh":
        held = f"不高于{bar:g}的要求" if score <= bar else f"高于{bar:g}的要求"
        beaten = "优于" if score < alone else "不优于"
        return f"{MEASURES[name]['zh']}，布赖尔得分{figures[0]}，{held}，{beaten}总按实际比例的{figures[1]}。"
    held = f"meets the bar of {bar:g}" if score <= bar else f"misses the bar of {bar:g}"
    beaten = "better than" if score < alone else "no better than"
    shown = MEASURES[name]["en"].capitalize()
    return f"{shown} the Brier score is {figures[0]}: it {held} and is {beaten} the share alone ({figures[1]})."
