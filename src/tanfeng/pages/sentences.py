"""Why a verdict is what it is: one sentence a reason and language; `reason` fills them."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.data.units import factor
from tanfeng.outlook import origins, past
from tanfeng.pages.table import pick
from tanfeng.pages.text import (
    _units,
    amount,
    figure,
    labels_kind,
    number,
    percent,
    period,
    probability,
    quantity_name,
    word,
)  # fmt: skip
from tanfeng.targets import bounds, leans
from tanfeng.targets.probability import distribution
from tanfeng.targets.requirement import COMPUTED, COMPUTED_INTERNAL
from tanfeng.targets.verdict import Verdict

ALL_PCT = 100.0
UNJUDGED = "not_assessable"
SENTENCES = {
    "zh": {
        "reached": "{name}：{when}{is_}{shown}{gain}，{beyond}{brief}的目标，判定为{verdict}。",
        "fell_short": "{name}：{when}{is_}{shown}{gain}，未达到{brief}的目标，判定为{verdict}。",
        "part_reached": "{name}：其中{part}{when}{is_}{shown}{gain}，仅此一项已达到{brief}的目标，判定为{verdict}。",
        "part_exceeds": "{name}：仅{part}一项{when}即{is_}{shown}，已超过{brief}的限额，判定为{verdict}。",
        "whole_short": "{name}：{part}{when}{is_}{shown}，全部计入仍达不到{brief}的目标，判定为{verdict}。",
        "whole_within": "{name}：{part}{when}{is_}{shown}，全部计入也不超过限额，符合{brief}的目标，判定为{verdict}。",
        "bound_identity": "{name}：同一发布中{sum}，为{figure}，{beyond}{brief}的目标，判定为{verdict}。",
        "bound_net_growth": "{name}：{when}仅存量净增即不少于{figure}（{sum}），新投产不少于净增，{beyond}{brief}的目标，判定为{verdict}。",
        "bound_plants_on_grid": "{name}：{when}末在运机组合计{figure}（{sum}），全部计入仍比{brief}的目标少{gap}{next}，判定为{verdict}。",
        "bound_plants_to_come": "{name}：{when}末即使把已核准未开工机组全部计入，也只有{figure}（{sum}），比{brief}的目标少{gap}，判定为{verdict}。",
        "lean_likely_met": "{name}：目标为{goal}，未判定。旁证倾向完成，完成概率{range}：{lean}。",
        "lean_likely_missed": "{name}：目标为{goal}，未判定。旁证倾向未完成，完成概率{range}：{lean}。",
        "lean_open": "{name}：目标为{goal}，未判定。尚不确定，完成概率{range}：{lean}。",
        "silent": "{name}：目标为{goal}，无公开依据。{lean}；{settles}可以判定，由{holder}掌握。",
        "probability": "{name}：{last}，按已公布数据推算，{goal}的概率为{probability}，{verdict}。",
        "year_not_published": "{name}：最近公布的{when}{is_}{shown}，目标为{goal}，{year}年数据未公布，{verdict}。",
        "inexact": "{name}：{when}{is_}{shown}，目标为{goal}，公布数不是准确值，不足以判定，{verdict}。",
        "not_due": "{name}：{when}{is_}{shown}，{standing}{verdict}，到期时再判定。",
        "last_published": "{name}：最近一次公布的{when}{is_}{shown}，此后至{year}年未公布，目标为{goal}，{verdict}。",
        "last_estimated": "{name}：目标为{goal}，未查到同口径的公布数据，{when}推算{is_}{shown}，{verdict}。",
        "other_scope": "{name}：目标为{goal}；已公布的{part}{when}{is_}{shown}，{differs}不同，不作比较，{verdict}。",
        "scope_not_published": "{name}：目标为{goal}，目标口径未公布，统计口径数据不可比，{verdict}。",
        "base_not_published": "{name}：目标为{goal}，基期数未公布，{verdict}。",
        "no_yardstick": "{name}：目标为{goal}，文件未说明以何为基准核算，{verdict}。",
        "not_published": "{name}：目标为{goal}，{due}未查到同口径的公布数据，{verdict}。",
        "published_otherwise": "{name}：目标为{goal}，{due}未查到可用于判定的公布数据，最近查到的{when}{is_}{shown}，{verdict}。",
        "sources_disagree": "{name}：目标为{goal}，{when}的公布数据不一致（{shown}，另有{rival}），{verdict}。",
        "reference_only": "{name}：{goal}（{variant}），只作参考，不用于判定。",
    },
    "en": {
        "reached": "{name}: {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "fell_short": "{name}: {shown} {when}{gain}, short of the target of {goal}: {verdict}.",
        "part_reached": "{name}: {part} alone was {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "part_exceeds": "{name}: {part} alone was {shown} {when}, above the cap of {goal}: {verdict}.",
        "whole_short": "{name}: {part} was {shown} {when}, so that even all of it falls short of {goal}: {verdict}.",
        "whole_within": "{name}: {part} was {shown} {when}, so that even all of it keeps {goal}: {verdict}.",
        "bound_identity": "{name}: from one release, {sum} gives {figure}, which meets the target of {goal}: {verdict}.",
        "bound_net_growth": "{name}: the stocks alone grew by at least {figure} in {when} ({sum}) and what was commissioned is no less, which meets the target of {goal}: {verdict}.",
        "bound_plants_on_grid": "{name}: the units in operation at the end of {when} add up to {figure} ({sum}); counting every one, {gap} short of the target of {goal}{next}: {verdict}.",
        "bound_plants_to_come": "{name}: even if every unit approved by the end of {when} counts, the figure is {figure} ({sum}), {gap} short of the target of {goal}: {verdict}.",
        "lean_likely_met": "{name}: the target is {goal}; not judged. Evidence points to met, probability {range}: {lean}.",
        "lean_likely_missed": "{name}: the target is {goal}; not judged. Evidence points to missed, probability of meeting it {range}: {lean}.",
        "lean_open": "{name}: the target is {goal}; not judged. Open, probability {range}: {lean}.",
        "silent": "{name}: the target is {goal}; no public evidence. {lean}; {settles} would settle it, held by: {holder}.",
        "probability": "{name}: {last}; judging by the published figures, the probability of {goal} is {probability}: {verdict}.",
        "year_not_published": "{name}: the latest published figure is {shown} {when}; the target is {goal}; {year} is not published: {verdict}.",
        "inexact": "{name}: {shown} {when}, too inexact to decide the target of {goal}: {verdict}.",
        "not_due": "{name}: {shown} {when}{standing}: {verdict}, to be judged when due.",
        "last_published": "{name}: the latest published figure is {shown} {when}, nothing since; the target is {goal}: {verdict}.",
        "last_estimated": "{name}: the target is {goal}; no published figure of the same scope was found, {shown} {when} is an estimate: {verdict}.",
        "other_scope": "{name}: the target is {goal}; what is published ({part}, {shown} {when}) has another {differs} and is not compared: {verdict}.",
        "scope_not_published": "{name}: the target is {goal}; its scope is not published, statistics are not comparable: {verdict}.",
        "base_not_published": "{name}: the target is {goal}; the figure of the base year is not published: {verdict}.",
        "no_yardstick": "{name}: the target is {goal}; the document does not say against which baseline: {verdict}.",
        "not_published": "{name}: the target is {goal}{due}; no published figure of the same scope was found: {verdict}.",
        "published_otherwise": "{name}: the target is {goal}{due}; no published figure that answers it was found, the latest is {shown} {when}: {verdict}.",
        "sources_disagree": "{name}: the target is {goal}; published figures {when} disagree ({shown}, but also {rival}): {verdict}.",
        "reference_only": "{name}: {goal} ({variant}); for reference only, it decides nothing.",
    },
}


def target_value(catalog: Catalog, target: dict[str, Any], lang: str) -> str:
    """Return what a target asks for as a phrase, such as `2025年不超过1.24亿吨` or `at least 27.62 GW by 2025`."""
    shown = amount(catalog, target["target_value"], target["unit"], lang)
    year, base = int(target["target_year"]), target["base_year"]
    direction = target["direction"]
    if direction == "at_least" and labels_kind(catalog)[target["indicator"]] == "change":
        zh, en = f"{int(base)}—{year}年年均{shown}以上", f"{shown} a year or more in {int(base)}–{year}"
    elif direction in {"at_least", "at_most"}:
        zh = f"{year}年{'达到' if direction == 'at_least' else '不超过'}{shown}"
        least = "" if (target["target_value"], target["unit"]) == (ALL_PCT, "%") else "at least "
        en = f"{least}{shown} by {year}" if direction == "at_least" else f"at most {shown} in {year}"
    elif direction == "decrease_by" and target["unit"] != "%":
        zh = f"{year}年累计减少{shown}"
        en = f"a cumulative reduction of {shown} by {year}"
    elif pd.isna(base):
        zh = f"到{year}年{'新增' if direction == 'increase_by' else '减少'}{shown}"
        en = f"{'an increase' if direction == 'increase_by' else 'a reduction'} of {shown} by {year}"
    elif direction == "increase_by" and labels_kind(catalog)[target["indicator"]] == "flow":
        zh, en = f"{year}年当年新增{shown}", f"{shown} added in {year}"
    elif direction == "increase_by":
        zh = f"{int(base) + 1}—{year}年新增{shown}"
        en = f"an increase of {shown} from {int(base)} to {year}"
    else:
        zh = f"{year}年比{int(base)}年下降{shown}"
        en = f"a reduction of {shown} from {int(base)} to {year}"
    return zh if lang == "zh" else en


def target_name(target: dict[str, Any], lang: str) -> str:
    """Return the name of a target."""
    return str(target[lang])


def reason(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the reason of a verdict as one natural sentence.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> reason(catalog, judge_target(catalog, "E02"), "zh")
        '光伏发电装机容量：2025年6月为5947万千瓦，已超过2025年2762万千瓦的目标，判定为已完成。'
    """
    parts = _parts(catalog, verdict, lang) | _lean_parts(catalog, verdict, lang) | _bound_parts(catalog, verdict, lang)
    kind = f"lean_{verdict.lean}" if verdict.reason == "lean" else verdict.reason
    sentence = SENTENCES[lang][kind].format(**parts) + parts["after"]
    sentence += NO_ANALOGUE[lang] if _without_analogue(catalog, verdict) else ""
    return sentence if lang == "zh" else sentence[0].upper() + sentence[1:]


NO_ANALOGUE = {
    "zh": "近两年的增速没有可参照的先例，不给出概率。",
    "en": " Its growth over the last two years has no analogue, so no probability is given.",
}


def _without_analogue(catalog: Catalog, verdict: Verdict) -> bool:
    """Return whether a stock that decides nothing has no probability because no known one grew like it."""
    required, target = verdict.required, verdict.target
    undecided = verdict.verdict in {"open", "not_assessable"} and verdict.reason not in {"lean", "silent"}
    if not undecided or required is None or required.kind != "stock":
        return False
    return distribution(catalog, target["indicator"], target["region"], required.year).reason == "no_analogue"


SHOWN = {"decides", "latest", "other_scope", "part", "whole"}


def _parts(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    target = verdict.target
    parts = {
        "name": target_name(target, lang),
        "goal": target_value(catalog, target, lang),
        "brief": target_value(catalog, target, lang).replace("年达到", "年"),
        "year": str(int(target["target_year"])),
        "due": pick(("尚未到期，", ", not due yet"), lang) if target["target_year"] >= catalog.as_of_year else "",
        "verdict": word(catalog, f"verdict_{verdict.answer}" if verdict.answer != UNJUDGED else "unjudged", lang),
        "variant": word(catalog, f"variant_{target['variant']}", lang),
        "probability": probability(verdict.probability) if verdict.probability is not None else "",
    }
    told = SHOWN if verdict.reason != "probability" else {"same_scope"}
    rows = [row for row in verdict.evidence if row["role"] in told]
    shown = rows[0 if told is SHOWN else -1] if rows else None
    disputed = [row for row in verdict.evidence if row["role"] == "disputes"]
    rivals = [figure(catalog, row, lang, target["unit"]) for row in disputed]
    parts |= {"rival": ("、" if lang == "zh" else ", ").join(rivals), "last": _last(catalog, verdict, lang)}
    return {**parts, **_evidence_parts(catalog, verdict, shown, lang)}


def _lean_parts(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    """Return what is judged of a target that nothing decides: range, reason, what settles it and who holds that."""
    parts = dict.fromkeys(("range", "lean", "settles", "holder"), "")
    after = [_either(catalog, verdict, lang), _overtaken(catalog, verdict, lang)]
    parts["after"] = "".join(("" if lang == "zh" else " ") + one + "。."[lang == "en"] for one in after if one)
    row = verdict.judged
    if row is None or verdict.overtaken:
        return parts
    told = fill_reason(catalog, verdict, row[f"reason_{lang}"], lang)
    return parts | {
        "range": probability_range(verdict, lang),
        "lean": told if lang == "zh" or verdict.reason != "silent" else told[0].upper() + told[1:],
        "settles": row[f"settles_{lang}"],
        "holder": leans.holder(row, lang),
    }


def _overtaken(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return that a judged lean is older than a figure, where it is."""
    if verdict.newer is None:
        return ""
    name = catalog.label("indicators", verdict.newer["indicator"], lang)
    return OVERTAKEN[lang].format(when=period(verdict.newer["period"], lang), name=name)


OVERTAKEN = {
    "zh": "旁证判断早于{when}{name}的数据，待重新判断",
    "en": "What was judged of the evidence is older than the figure of {name}, {when}, and is to be judged anew",
}
EITHER = {
    "zh": "{whole}，超过{targets}目标之和{asked}，其中至少有一项已完成",
    "en": "{whole}, more than {targets} ask together, {asked}: at least one of them is met",
}


def _either(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return that one at least of some targets is met, where that is known and the target itself is not judged."""
    if verdict.either is None:
        return ""
    whole, asked = verdict.either.whole, verdict.either.asked
    name, when = catalog.label("indicators", whole["indicator"], lang), period(whole["period"], lang)
    shown = figure(catalog, whole, lang, verdict.target["unit"])
    parts = {
        "whole": f"{name}{when}为{shown}" if lang == "zh" else f"{name} was {shown} in {when}",
        "targets": ("、" if lang == "zh" else " and ").join(sorted(verdict.either.targets)),
        "asked": amount(catalog, asked, whole["unit"], lang),
    }
    return EITHER[lang].format(**parts)


def probability_range(verdict: Verdict, lang: str) -> str:
    """Return the probability of a lean: the computed one, else the judged range; empty where there is neither.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> verdict = judge_target(open_catalog(), "E15")
        >>> probability_range(verdict, "zh"), probability_range(verdict, "en")
        ('2%以下', 'up to 2%')
    """
    if verdict.probability is not None:
        return probability(verdict.probability)
    if verdict.probability_range is None:
        return ""
    low, high = (f"{100 * end:.0f}%" for end in verdict.probability_range)
    if low == "0%":
        return f"{high}以下" if lang == "zh" else f"up to {high}"
    return f"{low}—{high}" if lang == "zh" else f"{low[:-1]}–{high}"


def guidance(verdict: Verdict, name: str, lang: str) -> str:
    """Return what would settle a target that nothing decides (`settles`), or who holds that (`holder`); else nothing.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> guidance(judge_target(open_catalog(), "E04"), "settles", "zh")
        '2025年末海上风电并网容量'
        >>> guidance(judge_target(open_catalog(), "E02"), "holder", "zh")
        ''
    """
    if verdict.judged is None:
        return ""
    return leans.holder(verdict.judged, lang) if name == "holder" else str(verdict.judged[f"{name}_{lang}"])


def looked(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return where one looked for a figure that would settle a target without evidence, and what was found.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> looked(open_catalog(), judge_target(open_catalog(), "A01"), "en")[:50]
        'The bulletin of 2025 notes that the forest survey '
    """
    if verdict.judged is None:
        return reason(catalog, verdict, lang)
    said = fill_reason(catalog, verdict, verdict.judged[f"reason_{lang}"], lang)
    return said[0].upper() + said[1:]


PLACEHOLDER = re.compile(r"\{([0-9]|rest|value)(?:([-:])([0-9])|\.([a-z]+))?\}")


def fill_reason(catalog: Catalog, verdict: Verdict, template: str, lang: str) -> str:
    """Return the reason of a lean with its figures: `{1}` is the first figure it rests on, in the unit of the target.

    `{1.when}` its period; `{1.gap}` by how many percent it is off the target, `{1.left}` and `{1.points}` by how much;
    `{1.need}` by how many percent it would have to grow; `{1.ratio}` the target as a share of it, `{1.times}` it as a
    multiple of the target; `{1-2}` a difference, `{1:2}` a share; `{value}` the target; `{rest}` the change that the
    years between the yearly changes it rests on would need.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> fill_reason(open_catalog(), judge_target(open_catalog(), "E04"), "{1.when}末为{1}，差{1.left}", "zh")
        '2024年末为476万千瓦，差24万千瓦'
    """
    rows = leans.figures(catalog, verdict.judged or {"rests_on": "", "region": ""})

    def shown(match: re.Match[str]) -> str:
        first, mark, second, name = match.groups()
        if first == "value":
            return amount(catalog, verdict.target["target_value"], verdict.target["unit"], lang)
        if first == "rest":
            return _rest(verdict, rows)
        row = rows[int(first) - 1]
        if mark:
            return _compared(catalog, verdict, row, rows[int(second) - 1], mark, lang)
        return _told(catalog, verdict, row, name or "", lang)

    return IS_ABOUT.sub(r"\1", PLACEHOLDER.sub(shown, template))


IS_ABOUT = re.compile("(?<![改整])为(约|不超过|上升|下降)")  # not 改为, 调整为


def rounded(catalog: Catalog, row: dict[str, Any], unit: str, lang: str) -> str:
    """Return a figure in the unit of a target, where that measures the same, with as many digits as a reader needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> row = judge_target(open_catalog(), "P03").evidence[0]
        >>> rounded(open_catalog(), row, "10^8 t", "zh")
        '1.66亿吨'
    """
    own = row["published_unit"]
    alike = _units(catalog)[own]["dimension"] == _units(catalog)[unit]["dimension"]
    shown = unit if alike else own
    value = row["published"] * (factor(catalog, own, unit) if alike else 1.0)
    return figure(catalog, {**row, "published": round(value, _places(value)), "published_unit": shown}, lang)


def _places(value: float) -> int:
    """Return how many decimals a reader needs at most."""
    return 0 if abs(value) >= THOUSANDS else 1 if abs(value) >= HUNDREDS else 2


THOUSANDS, HUNDREDS = 1000, 100


def _told(catalog: Catalog, verdict: Verdict, row: dict[str, Any], name: str, lang: str) -> str:
    target = verdict.target
    if not name:
        return rounded(catalog, row, target["unit"], lang)
    if name == "when":
        return period(row["period"], lang)
    asked = target["target_value"]
    value = (
        row["published"] * factor(catalog, row["published_unit"], target["unit"]) if name != "times" else row["value"]
    )
    if name == "left":
        return amount(catalog, abs(round(asked - value, 6)), target["unit"], lang)
    if name == "points":
        return amount(catalog, abs(round(asked - value, 6)), "pp", lang)
    if name == "times":
        return number(value / asked, 1)
    share = {"gap": abs(value / asked - 1), "need": asked / value - 1, "ratio": asked / value}[name]
    return percent(100 * share, 0 if share >= TENTH else 1)


TENTH = 0.1


def _compared(
    catalog: Catalog, verdict: Verdict, row: dict[str, Any], other: dict[str, Any], mark: str, lang: str
) -> str:
    """Return the difference of two figures in the unit of the target, or the first as a share of the second."""
    second = other["published"] * factor(catalog, other["published_unit"], row["published_unit"])
    if mark == ":":
        return percent(100 * row["published"] / second, 1)
    unit = verdict.target["unit"]
    value = (row["published"] - second) * factor(catalog, row["published_unit"], unit)
    return amount(catalog, round(value, _places(value)), unit, lang)


def _rest(verdict: Verdict, rows: list[dict[str, Any]]) -> str:
    """Return the fall that the other years need together, given the yearly changes that are known."""
    known = math.prod(1 + row["value"] / 100 for row in rows)
    return percent(100 * (1 - (1 - verdict.target["target_value"] / 100) / known), 1)


def _bound_parts(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    """Return the arithmetic of a bound, its result and how far it is from the target."""
    rows = [row for row in verdict.evidence if row["role"] == "bound"]
    if not rows:
        return {}
    row, target = rows[0], verdict.target
    terms = [one for one in verdict.evidence if one["role"] == "term"]
    margin = _margin(catalog, verdict, row)
    return {
        "when": period(row["period"], lang),
        "sum": _sum(catalog, terms, lang) if terms else row[f"note_{lang}"].partition("=")[0].strip(),
        "figure": amount(catalog, row["published"], row["published_unit"], lang),
        "gap": amount(catalog, abs(round(margin, 6)), target["unit"], lang),
        "beyond": "已超过" if margin > 0 else "已达到",
        "next": _next(catalog, row, lang),
    }


def _sum(catalog: Catalog, terms: list[dict[str, Any]], lang: str) -> str:
    """Return published figures added and taken off, each with its period where that is another than the one before."""
    parts: list[str] = []
    before = ""
    for term in terms:
        when = period(term["period"], lang) if term["period"] != before else ""
        name, shown = catalog.label("indicators", term["indicator"], lang), figure(catalog, term, lang)
        before = term["period"]
        if lang == "zh":
            sign = "减" if term["sign"] < 0 else "加" if parts else ""
            parts.append(f"{sign}{when}{name}{shown}")
        else:
            sign = "less " if term["sign"] < 0 else "plus " if parts else ""
            parts.append(f"{sign}{shown} of {name[0].lower()}{name[1:]}" + (f" ({when})" if when else ""))
    return (
        ("" if len(parts) == FEW else "，" if lang == "zh" else ", ").join(parts) if lang == "zh" else " ".join(parts)
    )


FEW = 2


def _next(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return which unit came on the grid first after the date of a bound, where one did."""
    unit = bounds.next_unit(catalog, row["region"], row["period"])
    if unit is None:
        return ""
    date = _day(unit["first_grid"], lang)
    if lang == "zh":
        return f"；此后最早并网的{unit['zh']}（{date}）不计入"
    return f"; the next on the grid, {unit['en']} ({date}), came too late"


def _day(date: str, lang: str) -> str:
    """Return a date of the form YYYY, YYYY-MM or YYYY-MM-DD as words."""
    month, day = date[:7], date[8:].lstrip("0")
    if lang == "zh":
        return period(month, lang) + (f"{day}日" if day else "")
    return f"{day} {period(month, lang)}".strip()


def _evidence_parts(catalog: Catalog, verdict: Verdict, row: dict[str, Any] | None, lang: str) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(("part", "when", "is_", "shown", "gain", "beyond", "standing", "differs"), "")
    change = labels_kind(catalog)[row["indicator"]] == "change"
    when = _over(row["period"], lang) if _apart(verdict, row) else period(row["period"], lang)
    return {
        "part": quantity_name(catalog, row["indicator"], lang),
        "when": when if lang == "zh" or _apart(verdict, row) else _preposition(row["period"]) + when,
        "is_": "" if change or row["bound"] in {"at_most", "about"} else "为",
        "shown": figure(catalog, row, lang, verdict.target["unit"])
        + (_computed(row, lang) or _scope(catalog, verdict, row, lang)),
        "gain": _gain(catalog, verdict, row, lang),
        "beyond": "符合"
        if verdict.target["direction"] == "at_most"
        else "已超过"
        if row["bound"] in {"exact", "about"} and _margin(catalog, verdict, row) > 0
        else "已达到",
        "standing": _standing(catalog, verdict, row, lang),
        "differs": _differs(verdict, row, lang),
    }


def _computed(row: dict[str, Any], lang: str) -> str:
    """Return the note of a figure that is chained from published ones, in brackets."""
    note = row[f"note_{lang}"]
    if note not in (*COMPUTED, *COMPUTED_INTERNAL):
        return ""
    return f"（{note}）" if lang == "zh" else f" ({note})"


def _scope(catalog: Catalog, verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return on which scope a figure answers a target whose plan states none, in brackets: its note, or its source."""
    known = catalog.read("indicators").set_index("id")
    if known.at[verdict.target["indicator"], "scope"] != "not_published" or row["role"] not in {"decides", "latest"}:
        return ""
    sources = catalog.read("sources").set_index("id")
    told = row[f"note_{lang}"] or sources.at[row["source_id"].split()[0], f"citation_{lang}"]
    return (
        f"（规划未载明口径，数据口径：{told}）" if lang == "zh" else f" (the plan states no scope; the figure: {told})"
    )


def _differs(verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return what keeps a figure from answering the target: its scope, and its period if that is not the target year."""
    same_year = periods.parse(row["period"]).end == verdict.target["target_year"]
    return {"zh": ("口径", "口径和时期"), "en": ("scope", "scope and period")}[lang][0 if same_year else 1]


def _margin(catalog: Catalog, verdict: Verdict, row: dict[str, Any]) -> float:
    """Return how far a figure is beyond the target value, in the unit of the target (of another kind of unit: 0)."""
    target = verdict.target
    if _units(catalog)[row["published_unit"]]["dimension"] != _units(catalog)[target["unit"]]["dimension"]:
        return 0.0
    found = row["published"] * factor(catalog, row["published_unit"], target["unit"])
    return float(found - target["target_value"]) * (-1 if target["direction"] == "at_most" else 1)


def _standing(catalog: Catalog, verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return how a figure stands to a target that is not due: it is at its level now, or the target is named."""
    target = verdict.target
    goal = target_value(catalog, target, lang)
    if target["direction"] not in {"at_least", "at_most"} or _margin(catalog, verdict, row) < 0:
        return pick((f"目标为{goal}，未到期，", f"; the target is {goal}, not due yet"), lang)
    return pick((f"已达到{goal.replace('年达到', '年')}的目标值，", f", at the level of the target of {goal}"), lang)


def _gain(catalog: Catalog, verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return the increase since the base year, for a target that asks for one and a figure whose base is published."""
    target = verdict.target
    if target["direction"] != "increase_by" or labels_kind(catalog)[row["indicator"]] != "stock":
        return ""
    base = str(int(target["base_year"]))
    known = [other for other in verdict.evidence if other["indicator"] == row["indicator"] and other["period"] == base]
    if verdict.base is not None and row["indicator"] == target["indicator"]:
        known = [{"value": verdict.base[1]}]
    if not known:
        return ""
    gain = amount(
        catalog, (row["value"] - known[0]["value"]) * row["published"] / row["value"], row["published_unit"], lang
    )
    return f"，比{base}年增加{gain}" if lang == "zh" else f", {gain} more than in {base}"


def _last(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    rows = [row for row in verdict.evidence if row["role"] == "same_scope"]
    if not rows:
        return ""
    shown, when = figure(catalog, rows[-1], lang, verdict.target["unit"]), period(rows[-1]["period"], lang)
    return f"{when}为{shown}" if lang == "zh" else f"{shown} in {when}"


def _apart(verdict: Verdict, row: dict[str, Any]) -> bool:
    """Return whether a change is of other years than those of a target that asks for one."""
    span, target = periods.parse(row["period"]), verdict.target
    return span.kind == "change" and target["direction"] == "decrease_by" and span.start != target["base_year"]


def _over(text: str, lang: str) -> str:
    span = periods.parse(text)
    return pick((f"{span.end:g}年比{span.start:g}年", f"from {span.start:g} to {span.end:g}"), lang)


def _preposition(text: str) -> str:
    period = periods.parse(text)
    if period.kind == periods.UNDATED:
        return ""
    return "over " if period.kind == "change" and period.end - period.start > 1 else "in "


def leaning(said: float, came: float, lang: str) -> str:
    """Return how probabilities (percent) compare with the share of cases that came; less than `LEANING` apart is close.

    Example:
        >>> leaning(21.0, 23.4, "zh"), leaning(8.0, 14.0, "en")
        ('与实际大致相符', 'too low')
    """
    if abs(said - came) < LEANING:
        return {"zh": "与实际大致相符", "en": "close to what came"}[lang]
    return {"zh": ("偏低", "偏高"), "en": ("too low", "too high")}[lang][said > came]


LEANING = 3  # points; the cases of the test overlap, so less means nothing


def likelier(chance: float, lang: str) -> str:
    """Return which of the two is likelier, that emissions peak in time or that they do not; `EVEN` is about even.

    Args:
        chance: probability of a peak in time, percent.
        lang: `zh` or `en`.

    Example:
        >>> likelier(37.0, "zh"), likelier(50.0, "en")
        ('不能按期达峰的可能性更大', 'about even')
    """
    if EVEN[0] <= chance <= EVEN[1]:
        return {"zh": "两种可能大体相当", "en": "about even"}[lang]
    words = {
        "zh": ("不能按期达峰的可能性更大", "按期达峰的可能性较大"),
        "en": ("not peaking in time is likelier", "peaking in time is likelier than not"),
    }
    return words[lang][chance > EVEN[1]]


EVEN = (45.0, 55.0)


def past_error(catalog: Catalog, field: str, lang: str) -> str:
    """Return how far forecasts made as the outlook were off in the past, in a sentence.

    Args:
        catalog: the tables.
        field: a field with emissions, or `total`.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> past_error(open_catalog(), "total", "zh").endswith("的结果。")
        True
    """
    found = origins.past_error(catalog, field)
    size, rmse, inside = (number(found[name], 1) for name in ("size_pct", "rmse_pct", "inside_pct"))
    years, count = f"{found['first']:.0f}", f"{found['regions']:.0f}"
    high = found["bias_pct"] > 0
    if lang == "zh":
        side = "偏高" if high else "偏低"
        return (
            f"{years}年以来各年按同样方法对{count}个省份所作外推，{origins.FIVE}年后平均{side}{size}%，均方根误差{rmse}%；"
            f"80%区间在4至{past.AHEAD}年后实际包含{inside}%的结果。"
        )
    side = "high" if high else "low"
    return (
        f"Forecasts made this way for {count} provinces in every year since {years} were {size}% too {side} on average "
        f"{origins.FIVE} years on (root mean square error {rmse}%); the 80% interval held {inside}% of the outcomes "
        f"4 to {past.AHEAD} years on."
    )


ROLES = {
    "decides": ("可据以判定{}", "decides {}"),
    "with_base": ("与基期数一起可判定{}", "decides {} with the figure of the base year"),
    "base": ("{}的基期数", "the figure that {} counts from"),
    "chain": ("各年变化率齐全后连乘，可判定{}", "decides {} when the changes of all years are there"),
    "progress": ("反映{}的进度", "shows how far {} has come"),
    "context": ("作为{}的旁证", "stands beside {}, decides nothing alone"),
}
FOR_SERIES = ("用于年度序列和外推", "for the yearly series and the outlook")


def decides(row: dict[str, Any], lang: str) -> str:
    """Return what a figure that is asked for would decide.

    Example:
        >>> decides({"roles": {"decides": ["P04"], "progress": ["P06"]}}, "zh")
        '可据以判定P04；反映P06的进度'
    """
    parts = [pick(ROLES[role], lang).format(pick(("、", ", "), lang).join(ids)) for role, ids in row["roles"].items()]
    return pick(("；", "; "), lang).join(parts) or pick(FOR_SERIES, lang)
