"""Frozen outlooks and made-up targets: what was said, what came, and what chance explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.table import Table, columns, number_cell, sentences, status_cell, used
from tanfeng.targets.lookback import archive, hindcasts

KINDS = {
    archive.OUTLOOK: {"zh": "冻结预测", "en": "frozen outlook"},
    archive.HINDCAST: {"zh": "回溯预测", "en": "hindcast"},
}
STATES = {
    archive.SCORED: {"zh": "已对照", "en": "scored"},
    archive.ESTIMATED: {"zh": "仅有估算数", "en": "only estimated"},
    archive.NOT_PUBLISHED: {"zh": "未公布", "en": "not published"},
    archive.AHEAD: {"zh": "未到期", "en": "not yet due"},
    archive.WITHDRAWN: {"zh": "目标已撤销", "en": "target withdrawn"},
}
STATEMENTS = {
    archive.NO_HIGHER: {"zh": "到该年未出现新高", "en": "no new maximum up to the year"},
    archive.PEAKED_BY: {"zh": "该年及以前达峰", "en": "peaked by the year"},
    archive.TARGET: {"zh": "目标完成", "en": "target met"},
    archive.INTENSITY: {"zh": "降幅达到", "en": "reduction reached"},
}
HINDSIGHT = {
    "zh": "回溯预测只用起点年及以前的排放数据，不用驱动指标。方法、区间校准和领域间相关均为其后所得，"
    "结果好于当时实际能作出的预测。",
    "en": "A hindcast uses the emissions up to its last year and no drivers. Method, calibration and the dependence "
    "between fields were learnt later, so it looks better than a forecast made at the time would have.",
}
HASH_SHOWN = 12


def _mt(value: float, lang: str) -> str:
    return "—" if pd.isna(value) else text.tonnes(value, lang)


def _range_cell(low: float, high: float, lang: str) -> dict[str, str]:
    return {"text": f"{text.tonnes(low, lang, 0)}–{text.tonnes(high, lang, 0)}"}


def _yes(value: float, lang: str) -> dict[str, str]:
    return {"text": {"zh": ("否", "是"), "en": ("no", "yes")}[lang][int(value)]}


def frozen(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the register: what was frozen when, from what.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.frozen_register`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Name", "", "label"),
        "kind": ("类别", "Kind", "", "label"),
        "last": ("所用数据截至", "Up to", "", "label"),
        "date": ("冻结日期", "Frozen on", "", "label"),
        "version": ("程序版本", "Program", "", "label"),
        "data": ("数据指纹", "Tables (hash)", "", "label"),
        "learnt": ("校准指纹", "Calibration (hash)", "", "label"),
    }
    cells = [
        {
            "id": {"text": row["id"]},
            "kind": {"text": KINDS[row["kind"]][lang]},
            "last": {"text": text.period(str(row["last_year"]), lang)},
            "date": {"text": row["date"]},
            "version": {"text": row["version"]},
            "data": {"text": row["data_sha256"][:HASH_SHOWN]},
            "learnt": {"text": row["learnt_sha256"][:HASH_SHOWN]},
        }
        for row in rows.to_dict("records")
    ]
    mark = "：" if lang == "zh" else ": "
    told = [f"{row['id']}{mark}{row[f'note_{lang}']}" for row in rows.to_dict("records") if row[f"note_{lang}"]]
    return Table(
        caption, columns(lang, plan), cells, sentences([HINDSIGHT[lang], *told], lang), used(rows["source_id"])
    )


def scores(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str, field: str = "total") -> Table:
    """Return frozen figures of one field beside those published since; what is not due is counted in the note.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.scores`.
        lang: `zh` or `en`.
        caption: what the table says.
        field: id of a field, or `total`.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "year": ("年份", "Year", "", "label"),
        "said": ("冻结值", "Said", "mt", "number"),
        "range": ("80%区间", "80% interval", "mt", "number"),
        "came": ("公布值", "Published", "mt", "number"),
        "status": ("状态", "Status", "", "status"),
        "error": ("误差", "Error", "%", "number"),
        "in80": ("落入80%区间", "Inside 80%", "", "label"),
        "in95": ("落入95%区间", "Inside 95%", "", "label"),
    }
    mine = rows[rows["field"] == field]
    cells = [
        {
            "id": {"text": row["id"]},
            "year": {"text": str(row["year"])},
            "said": {"text": _mt(row["co2_mt"], lang)},
            "range": _range_cell(row["lo80"], row["hi80"], lang),
            "came": {"text": _mt(row["published_mt"], lang)},
            "status": status_cell(catalog, row["status"], lang),
            "error": number_cell(row["error_pct"], 1, lang),
            "in80": _yes(row["inside80"], lang),
            "in95": _yes(row["inside95"], lang),
        }
        for row in mine[mine["state"] == archive.SCORED].to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, waiting(mine, lang), [archive.SOURCE])


def waiting(rows: pd.DataFrame, lang: str) -> str:
    """Say how many frozen figures or statements are not scored, and why; empty if all are.

    Args:
        rows: result of `tanfeng.targets.lookback.archive.scores` or `statements`.
        lang: `zh` or `en`.

    Example:
        >>> waiting(pd.DataFrame({"state": ["scored", "ahead", "ahead", "estimated"]}), "zh")
        '尚未对照3项：仅有估算数1项，未到期2项。'
    """
    counts = rows["state"].value_counts()
    parts = [(STATES[state][lang], int(counts[state])) for state in archive.STATES[1:] if state in counts]
    total = sum(count for _, count in parts)
    if not parts:
        return ""
    if lang == "zh":
        return f"尚未对照{total}项：{'，'.join(f'{name}{count}项' for name, count in parts)}。"
    return f"Not scored: {total} ({', '.join(f'{name} {count}' for name, count in parts)})."


def summary(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how each frozen outlook did by field; those without a case are left out.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.summary`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "field": ("领域", "Field", "", "label"),
        "cases": ("对照次数", "Cases", "", "number"),
        "error": ("平均绝对误差", "Abs. error", "%", "number"),
        "bias": ("平均误差", "Bias", "%", "number"),
        "in80": ("落入80%区间", "In 80%", "", "number"),
        "in95": ("落入95%区间", "In 95%", "", "number"),
        "score": ("区间得分", "Score", "mt", "number"),
        "carried": ("沿用末年误差", "Carried on", "mt", "number"),
    }
    note = {
        "zh": "误差为冻结值减公布值。区间得分越小越好，只给点值时即为绝对误差，可与沿用末年误差直接比较。",
        "en": "Error: frozen less published, mean of its size and signed. The interval score is better the smaller it "
        "is; of a point alone it is "
        "the absolute error, so it compares with that of carrying on the last figure.",
    }[lang]
    cells = [_summary_cells(catalog, row, lang) for row in rows[rows["cases"] > 0].to_dict("records")]
    return Table(caption, columns(lang, plan), cells, note, [archive.SOURCE])


def _summary_cells(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "id": {"text": row["id"]},
        "field": {"text": catalog.label("fields", row["field"], lang)},
        "cases": {"text": str(row["cases"])},
        "error": number_cell(row["error_pct"], 1, lang),
        "bias": number_cell(row["bias_pct"], 1, lang),
        "in80": {"text": str(int(row["inside80"]))},
        "in95": {"text": str(int(row["inside95"]))},
        "score": {"text": _mt(row["score_mt"], lang)},
        "carried": {"text": _mt(row["carried_mt"], lang)},
        "_class": "total" if row["field"] == "total" else "",
    }


def statements(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the probabilities that can be judged by now, of the total and of targets; the others are counted.

    Those of targets stand there before they are due or answered, with what they wait for; of a reduction on this
    project's accounts, one an account.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.statements`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "what": ("判断", "Statement", "", "text"),
        "year": ("年份", "Year", "", "label"),
        "said": ("给出的概率", "Said", "", "number"),
        "came": ("是否成立", "Came", "", "label"),
    }
    names = links.targets_by_id(catalog)[lang]
    mine = rows[(rows["item"] == "total") | rows["statement"].isin([archive.TARGET, archive.INTENSITY])]
    of_targets = mine["statement"].isin([archive.TARGET, archive.INTENSITY])
    cells = [
        {
            "id": {"text": row["id"]},
            "what": {"text": _what(catalog, row, names, lang)},
            "year": {"text": str(row["year"])},
            "said": {"text": text.probability(row["said"])},
            "came": _yes(row["came"], lang) if row["state"] == archive.SCORED else {"text": STATES[row["state"]][lang]},
        }
        for row in mine[(mine["state"] == archive.SCORED) | of_targets].to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, waiting(mine[~of_targets], lang), [archive.SOURCE])


def _what(catalog: Catalog, row: Mapping[str, Any], names: pd.Series, lang: str) -> str:
    said = STATEMENTS[row["statement"]][lang]
    if row["statement"] not in {archive.TARGET, archive.INTENSITY}:
        return said
    name = f"{said}{'：' if lang == 'zh' else ': '}{row['item']} {names[row['item']]}"
    if row["statement"] == archive.TARGET:
        return name
    account = text.word(catalog, f"account_{row['account']}", lang)
    return f"{name}{'，' if lang == 'zh' else ', '}{account}"


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
