"""Frozen outlooks and made-up targets: what was said, what came, and what chance explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.layout import (
    COUNT,
    LABEL,
    PERIOD,
    PROBABILITY,
    STATUS,
    TO,
    YEAR,
    YES,
    Cell,
    Column,
    Form,
    Layout,
    between,
    choice,
    name,
    number,
    spanned,
    tonnes,
)
from tanfeng.pages.table import Table, pick, sentences
from tanfeng.targets.lookback import archive, hindcasts

Measured = Mapping[str, pd.DataFrame]  # result of `tanfeng.targets.lookback.hindcasts.measured`

KINDS = {archive.OUTLOOK: ("冻结预测", "frozen outlook"), archive.HINDCAST: ("回溯预测", "hindcast")}
STATES = {
    archive.SCORED: ("已对照", "scored"),
    archive.ESTIMATED: ("仅有估算数", "only estimated"),
    archive.NOT_PUBLISHED: ("未公布", "not published"),
    archive.AHEAD: ("未到期", "not yet due"),
    archive.WITHDRAWN: ("目标已撤销", "target withdrawn"),
}
STATEMENTS = {
    archive.NO_HIGHER: ("到该年未出现新高", "no new maximum up to the year"),
    archive.PEAKED_BY: ("该年及以前达峰", "peaked by the year"),
    archive.TARGET: ("目标完成", "target met"),
    archive.INTENSITY: ("降幅达到", "reduction reached"),
}
OF_TARGETS = (archive.TARGET, archive.INTENSITY)
PARTS = {"all": ("全部", "all"), "left_out": ("其中：未参与校准的省份", "of these: provinces not calibrated on")}
MEASURES = {"percent": ("按百分比", "in percent"), "mt": ("按吨数", "in tonnes")}
HEADS = {"percent": "Percent", "mt": "Tonnes"}
GAP_UNIT = ("百分点", "points")
HASH = Form(lambda catalog, value, lang: value[:12], "label")
GAP = number(0, 100, signed=True)

# rows of `archive.frozen_register`: what was frozen when, from what
FROZEN = Layout((
    Column("id", ("编号", "Name"), LABEL),
    Column("kind", ("类别", "Kind"), choice(KINDS)),
    Column("last_year", ("所用数据截至", "Up to"), PERIOD),
    Column("date", ("冻结日期", "Frozen on"), LABEL),
    Column("version", ("程序版本", "Program"), LABEL),
    Column("data_sha256", ("数据指纹", "Tables (hash)"), HASH),
    Column("learnt_sha256", ("校准指纹", "Calibration (hash)"), HASH),
), sources="source_id")  # fmt: skip

# rows of `archive.scores` that are scored: frozen figures of a field beside those published since
SCORES = Layout((
    Column("id", ("编号", "Frozen"), LABEL),
    Column("year", ("年份", "Year"), YEAR),
    Column("co2_mt", ("冻结值", "Said"), tonnes()),
    Column("range", ("80%区间", "80% interval"), between("lo80", "hi80", tonnes(0)), "mt", "number"),
    Column("published_mt", ("公布值", "Published"), tonnes()),
    Column("status", ("状态", "Status"), STATUS),
    Column("error_pct", ("误差", "Error"), number(1), "%"),
    Column("inside80", ("落入80%区间", "Inside 80%"), YES),
    Column("inside95", ("落入95%区间", "Inside 95%"), YES),
), source=archive.SOURCE)  # fmt: skip

# rows of `archive.summary` with a case: how each frozen outlook did by field
SUMMARY = Layout(
    (
        Column("id", ("编号", "Frozen"), LABEL),
        Column("field", ("领域", "Field"), name("fields")),
        Column("cases", ("对照次数", "Cases"), COUNT),
        Column("error_pct", ("平均绝对误差", "Abs. error"), number(1), "%"),
        Column("bias_pct", ("平均误差", "Bias"), number(1), "%"),
        Column("inside80", ("落入80%区间", "In 80%"), COUNT),
        Column("inside95", ("落入95%区间", "In 95%"), COUNT),
        Column("score_mt", ("区间得分", "Score"), tonnes()),
        Column("carried_mt", ("沿用末年误差", "Carried on"), tonnes()),
    ),
    (
        "误差为冻结值减公布值。区间得分越小越好，只给点值时即为绝对误差，可与沿用末年误差直接比较。",
        "Error: frozen less published, mean of its size and signed. The interval score is better the smaller it is; of a "
        "point alone it is the absolute error, so it compares with that of carrying on the last figure.",
    ),
    source=archive.SOURCE,
    total=("field", "total"),
)


def _what(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    said = pick(STATEMENTS[row["statement"]], lang)
    if row["statement"] not in OF_TARGETS:
        return said
    said += f"{pick(text.COLON, lang)}{row['item']} {links.targets_by_id(catalog).at[row['item'], lang]}"
    if row["statement"] == archive.TARGET:
        return said
    return said + pick(text.COMMA, lang) + text.word(catalog, f"account_{row['account']}", lang)


def _came(catalog: Catalog, row: Mapping[str, Any], lang: str) -> Cell:
    return YES.write(catalog, row["came"], lang) if row["state"] == archive.SCORED else pick(STATES[row["state"]], lang)


# rows of `judged`: the probabilities given, and whether what they are of came
SAID = Layout((
    Column("id", ("编号", "Frozen"), LABEL),
    Column("what", ("判断", "Statement"), _what),
    Column("year", ("年份", "Year"), YEAR),
    Column("said", ("给出的概率", "Said"), PROBABILITY),
    Column("came", ("是否成立", "Came"), _came, kind="label"),
), source=archive.SOURCE)  # fmt: skip


def _part(catalog: Catalog, part: str, lang: str) -> str:
    return pick(PARTS[part], lang) if part in PARTS else text.period(part, lang)


# rows of `tanfeng.targets.lookback.hindcasts.by_origin`: how the probabilities of made-up targets did
PSEUDO = Layout(
    (
        Column("part", ("起点", "Made in"), Form(_part, "label")),
        Column("cases", ("次数", "Cases"), COUNT),
        Column("said", ("平均给出", "Mean said"), number(0, 100), "%"),
        Column("came", ("实际完成", "Met"), number(0, 100), "%"),
        Column("brier", ("布赖尔得分", "Brier score"), number(3)),
        Column("share_alone", ("总按实际比例", "Share alone"), number(3)),
        Column("inside80", ("80%区间实际覆盖", "Inside the 80% interval"), number(0, 100), "%"),
    ),
    (
        "布赖尔得分越小越好，每次都说50%得0.25。“总按实际比例”为每次都说事后实际比例的得分。"
        "同一起点各省的结果相关，不是独立的检验。",
        "Brier score: lower is better, always saying 50% gives 0.25. Share alone: the score of always saying the share "
        "that came, known only afterwards. Provinces of one origin move together: no independent tests.",
    ),
    source=archive.SOURCE,
    total=("part", "all"),
)  # fmt: skip


def _edges(row: Mapping[str, Any] | pd.Series) -> str:
    return f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%"


def _named(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    return f"{pick(MEASURES[row['measure']], lang)}{pick(text.COMMA, lang)}{_edges(row)}"


# rows of `by_class`: by class of the probability said, how often made-up targets came, a measure beside the other
RELIABILITY = Layout(
    (
        Column("class", ("给出的概率", "Said"), lambda c, row, lang: _edges(row), kind="label"),
        *(
            Column(f"{of}_{key}", (f"{MEASURES[of][0]}：{zh}", f"{HEADS[of]}: {en}"), form, unit, "number")
            for of in MEASURES
            for key, zh, en, form, unit in (
                ("cases", "次数", "n", COUNT, ""),
                ("said", "平均给出", "said", number(0, 100), "%"),
                ("came", "实际完成", "met", number(0, 100), "%"),
                ("gap", "差距", "gap", spanned(f"{of}_gap", f"{of}_least", f"{of}_most", GAP), GAP_UNIT),
            )
        ),
    ),
    (
        "差距为实际完成减平均给出，括号内为95%区间（省份和相连五个起点整体重抽）；区间含0的，"
        "现有样本不足以判断概率偏高或偏低。不足30次的档不给区间。",
        "Gap: what came less what was said, with its 95% interval (provinces, and five origins in a row, drawn "
        "again together). Where it holds 0, the sample cannot tell whether the probability was too low or too high. "
        "Classes with fewer than 30 cases have none.",
    ),
    source=archive.SOURCE,
)

# rows of `ranges`: by measure and class, the gap that came beside those of worlds in which the probabilities are right
RANGES = Layout((
    Column("class", ("给出的概率", "Said"), _named, kind="label"),
    Column("cases", ("次数", "Cases"), COUNT),
    Column("gap", ("实际差距", "Gap"), GAP, GAP_UNIT),
    Column("range", ("概率准确时的差距", "Gap if right"), between("least", "most", GAP, mark=TO), GAP_UNIT, "number"),
    Column("as_far", ("概率准确时差距不小于此", "As far if right"), PROBABILITY),
), source=archive.SOURCE)  # fmt: skip


def hindsight(rows: pd.DataFrame, lang: str) -> str:
    """Say what hindcasts knew, and what the register (`archive.frozen_register`) notes of frozen outlooks."""
    zh = "回溯预测只用起点年及以前的排放数据，不用驱动指标。方法、区间校准和领域间相关均为其后所得，结果好于当时实际能作出的预测。"
    en = (
        "A hindcast uses the emissions up to its last year and no drivers. Method, calibration and the dependence "
        "between fields were learnt later, so it looks better than a forecast made at the time would have."
    )
    noted = rows[rows[f"note_{lang}"] != ""]
    told = noted["id"] + pick(text.COLON, lang) + noted[f"note_{lang}"]
    return sentences([pick((zh, en), lang), *told], lang)


def waiting(rows: pd.DataFrame, lang: str) -> str:
    """Say how many frozen figures or statements (`archive.scores`, `statements`) are not scored, and why; or nothing.

    Example:
        >>> waiting(pd.DataFrame({"state": ["scored", "ahead", "ahead", "estimated"]}), "zh")
        '尚未对照3项：仅有估算数1项，未到期2项。'
    """
    counts = rows["state"].value_counts()
    waits = [state for state in archive.STATES[1:] if state in counts]
    if not waits:
        return ""
    total = counts[waits].sum()
    zh = "，".join(f"{STATES[one][0]}{counts[one]}项" for one in waits)
    en = ", ".join(f"{STATES[one][1]} {counts[one]}" for one in waits)
    return pick((f"尚未对照{total}项：{zh}。", f"Not scored: {total} ({en})."), lang)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `archive.statements` on the total that can be judged by now, and all that are on targets.

    Those of targets stand there before they are due or answered, with what they wait for; of a reduction on this
    project's accounts, one an account.
    """
    of_total = (rows["item"] == "total") & (rows["state"] == archive.SCORED)
    return rows[of_total | rows["statement"].isin(OF_TARGETS)]


def pseudo_targets(catalog: Catalog, measured: Measured, lang: str, caption: str) -> list[Table]:
    """Return how the probabilities of made-up targets did, a table a measure: all, provinces left out, by origin."""
    captions = {of: f"{caption}{pick(text.COMMA, lang)}{pick(MEASURES[of], lang)}" for of in measured}
    return [
        PSEUDO.table(catalog, hindcasts.by_origin(rows), lang, captions[of], folded=True)
        for of, rows in measured.items()
    ]


def by_class(measured: Measured) -> pd.DataFrame:
    """Return the classes with a case: edges `low` and `high`, then by measure cases, said, came, gap and its ends."""
    found = {}
    for of, rows in measured.items():
        gaps = skill.reliability_gaps(rows).rename(columns={"low": "least", "high": "most"})
        found[of] = skill.reliability(rows).join(gaps)
        found[of].loc[found[of]["cases"] < skill.FEWEST, ["least", "most"]] = float("nan")
    edges = next(iter(found.values()))[["low", "high"]]
    wide = edges.join([part.drop(columns=["low", "high"]).add_prefix(f"{of}_") for of, part in found.items()])
    return wide[wide[[f"{of}_cases" for of in found]].any(axis=1)]


def ranges(measured: Measured, correlation: float) -> pd.DataFrame:
    """Return the rows of `tanfeng.targets.lookback.hindcasts.ranges` of every measure."""
    return pd.concat([hindcasts.ranges(rows, correlation).assign(measure=of) for of, rows in measured.items()])


def right(correlation: float, lang: str) -> str:
    """Say what the gaps of right probabilities are (see `tanfeng.targets.lookback.hindcasts.error_correlation`)."""
    shown = text.number(correlation, 2, lang)
    zh = (
        f"差距为实际完成减平均给出。概率准确时的差距：假定每个概率都准确，模拟{hindcasts.WORLDS}次所得差距的95%"
        f"范围；五年误差为逐年误差之和，各省同年误差相关系数{shown}，按一年期预测误差测算。不足{skill.FEWEST}次的档不列。"
    )
    en = (
        "Gap: what came less what was said. Gap if right: where 95% of the gaps lie in "
        f"{hindcasts.WORLDS} worlds in which every probability is right. The error of five years is the sum of "
        f"yearly ones, correlated {shown} between provinces, as errors one year ahead are. Classes with fewer than "
        f"{skill.FEWEST} cases are left out."
    )
    return pick((zh, en), lang)


def verdict(measured: Measured, lang: str) -> str:
    """Say whether the probabilities of made-up targets beat the share alone and the bar, measure by measure.

    Example:
        >>> rows = pd.DataFrame({"said": [0.5, 0.5], "came": [0.0, 1.0]})
        >>> verdict({"mt": rows}, "zh")
        '按吨数，布赖尔得分0.250，高于0.22的要求，不优于总按实际比例的0.250。'
    """
    return sentences([_scored(of, rows, lang) for of, rows in measured.items()], lang)


def _scored(of: str, rows: pd.DataFrame, lang: str) -> str:
    score, alone = skill.brier(rows)
    bar, said, simple = f"{hindcasts.BAR:g}", text.number(score, 3, lang), text.number(alone, 3, lang)
    zh_held, held = ("不高于", "meets") if score <= hindcasts.BAR else ("高于", "misses")
    zh_better, better = ("优于", "better") if score < alone else ("不优于", "no better")
    zh, en = MEASURES[of]
    zh = f"{zh}，布赖尔得分{said}，{zh_held}{bar}的要求，{zh_better}总按实际比例的{simple}。"
    en = f"{en.capitalize()} the Brier score is {said}: it {held} the bar of {bar} and is {better} than the share alone ({simple})."
    return pick((zh, en), lang)


def reliable(measured: Measured, lang: str) -> str:
    """Say in which classes of the probability what came differs from what was said by more than chance.

    Classes with fewer than `skill.FEWEST` cases are not judged.

    Example:
        >>> case = {"region": "330000", "origin": 2010, "said": 0.5, "came": 0.5}
        >>> reliable({"mt": pd.DataFrame([case] * 30)}, "zh")
        '30次以上的各档，差距的95%区间都含0：现有样本看不出概率偏高或偏低。'
    """
    off = {of: [_edges(row) for row in skill.unreliable(rows).to_dict("records")] for of, rows in measured.items()}
    found = [(MEASURES[of], edges) for of, classes in off.items() for edges in classes]
    zh = "30次以上的各档，差距的95%区间都含0：现有样本看不出概率偏高或偏低。"
    en = "In every class with 30 cases or more the 95% interval of the gap holds 0: the sample shows no probability to be too low or too high."
    if found:
        zh = f"30次以上的各档中，{'、'.join(f'{of[0]}{edges}' for of, edges in found)}的差距大于偶然所能解释。"
        named = ", ".join(f"{of[1]} {edges}" for of, edges in found)
        en = f"Among classes with 30 cases or more, {named} is off by more than chance explains."
    return pick((zh, en), lang)


def sentence(measured: Measured, correlation: float, lang: str) -> str:
    """Say what right probabilities would have scored, and how often one of their classes would look wrong.

    Example:
        >>> case = {"region": "330000", "origin": 2010, "year": 2015, "said": 0.5, "came": 1.0}
        >>> sentence({"mt": pd.DataFrame([case] * 30)}, 0.3, "zh").split("；")[0]
        '假如概率完全准确：按吨数，布赖尔得分平均0.250，不高于0.22的可能为<1%'
    """
    said = sentences([_expected(of, rows, correlation, lang) for of, rows in measured.items()], lang)
    return pick(("假如概率完全准确：", ""), lang) + said


def _expected(of: str, rows: pd.DataFrame, correlation: float, lang: str) -> str:
    found = hindcasts.expected_score(rows, correlation)
    figure, within = text.number(found["expected"], 3, lang), text.probability(found["within_bar"])
    off, points = text.probability(hindcasts.far_off(rows, correlation)), f"{100 * hindcasts.FAR:.0f}"
    measure, bar, fewest = pick(MEASURES[of], lang), f"{hindcasts.BAR:g}", skill.FEWEST
    zh = (
        f"{measure}，布赖尔得分平均{figure}，不高于{bar}的可能为{within}；"
        f"{fewest}次以上的各档中有一档偏离超过{points}个百分点的可能为{off}。"
    )
    en = (
        f"{measure.capitalize()} right probabilities would have a Brier score of {figure} on average, at most {bar} "
        f"with a chance of {within}; a class with {fewest} cases or more would be off by over {points} points with a "
        f"chance of {off}."
    )
    return pick((zh, en), lang)
