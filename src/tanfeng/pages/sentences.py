"""Why a verdict is what it is: one sentence a reason and language; `reason` fills them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.data.units import factor
from tanfeng.outlook import origins, past
from tanfeng.pages.text import _units, amount, figure, labels_kind, number, period, probability, quantity_name, word
from tanfeng.targets.probability import distribution
from tanfeng.targets.requirement import COMPUTED, COMPUTED_INTERNAL
from tanfeng.targets.verdict import Verdict

SENTENCES = {
    "zh": {
        "reached": "{name}：{when}{is_}{shown}{gain}，{beyond}{brief}的目标，判定为{verdict}。",
        "fell_short": "{name}：{when}{is_}{shown}{gain}，未达到{brief}的目标，判定为{verdict}。",
        "part_reached": "{name}：其中{part}{when}{is_}{shown}{gain}，仅此一项已达到{brief}的目标，判定为{verdict}。",
        "probability": "{name}：{last}{standing}，按已公布数据推算，{goal}的概率为{probability}，判定为{verdict}。",
        "year_not_published": "{name}：最近公布的{when}{is_}{shown}，目标为{goal}，{year}年数据未公布，{verdict}。",
        "inexact": "{name}：{when}{is_}{shown}，目标为{goal}，公布数不是准确值，不足以判定，{verdict}。",
        "not_due": "{name}：{when}{is_}{shown}{standing}，目标为{goal}，尚未到期，{verdict}。",
        "last_published": "{name}：最近一次公布的{when}{is_}{shown}，此后至{year}年未公布，目标为{goal}，{verdict}。",
        "last_estimated": "{name}：目标为{goal}，未查到同口径的公布数据，{when}推算{is_}{shown}，{verdict}。",
        "other_scope": "{name}：目标为{goal}；已公布的{part}{when}{is_}{shown}，{differs}不同，不作比较，{verdict}。",
        "scope_not_published": "{name}：目标为{goal}，目标口径未公布，统计口径数据不可比，{verdict}。",
        "base_not_published": "{name}：目标为{goal}，基期数未公布，{verdict}。",
        "no_yardstick": "{name}：目标为{goal}，文件未说明以何为基准核算，{verdict}。",
        "not_published": "{name}：目标为{goal}，未查到同口径的公布数据，{verdict}。",
        "published_otherwise": "{name}：目标为{goal}，未查到可用于判定的公布数据，最近查到的{when}{is_}{shown}，{verdict}。",
        "sources_disagree": "{name}：目标为{goal}，{when}的公布数据不一致（{shown}，另有{rival}），{verdict}。",
        "reference_only": "{name}：{goal}（{variant}），只作参考，不用于判定。",
    },
    "en": {
        "reached": "{name}: {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "fell_short": "{name}: {shown} {when}{gain}, short of the target of {goal}: {verdict}.",
        "part_reached": "{name}: {part} alone was {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "probability": "{name}: {last}{standing}; judging by the published figures, the probability of {goal} is {probability}: {verdict}.",
        "year_not_published": "{name}: the latest published figure is {shown} {when}; the target is {goal}; {year} is not published: {verdict}.",
        "inexact": "{name}: {shown} {when}, too inexact to decide the target of {goal}: {verdict}.",
        "not_due": "{name}: {shown} {when}{standing}; the target of {goal} is not due yet: {verdict}.",
        "last_published": "{name}: the latest published figure is {shown} {when}, nothing since; the target is {goal}: {verdict}.",
        "last_estimated": "{name}: the target is {goal}; no published figure of the same scope was found, {shown} {when} is an estimate: {verdict}.",
        "other_scope": "{name}: the target is {goal}; what is published ({part}, {shown} {when}) has another {differs} and is not compared: {verdict}.",
        "scope_not_published": "{name}: the target is {goal}; its scope is not published, statistics are not comparable: {verdict}.",
        "base_not_published": "{name}: the target is {goal}; the figure of the base year is not published: {verdict}.",
        "no_yardstick": "{name}: the target is {goal}; the document does not say against which baseline: {verdict}.",
        "not_published": "{name}: the target is {goal}; no published figure of the same scope was found: {verdict}.",
        "published_otherwise": "{name}: the target is {goal}; no published figure that answers it was found, the latest is {shown} {when}: {verdict}.",
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
        en = f"{'at least' if direction == 'at_least' else 'at most'} {shown} {'by' if direction == 'at_least' else 'in'} {year}"
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
    parts = _parts(catalog, verdict, lang)
    sentence = SENTENCES[lang][verdict.reason].format(**parts)
    sentence += NO_ANALOGUE[lang] if _without_analogue(catalog, verdict) else ""
    return sentence if lang == "zh" else sentence[0].upper() + sentence[1:]


NO_ANALOGUE = {
    "zh": "近两年的增速没有可参照的先例，不给出概率。",
    "en": " Its growth over the last two years has no analogue, so no probability is given.",
}


def _without_analogue(catalog: Catalog, verdict: Verdict) -> bool:
    """Return whether a stock that decides nothing has no probability because no known one grew like it."""
    required, target = verdict.required, verdict.target
    if verdict.verdict not in {"open", "not_assessable"} or required is None or required.kind != "stock":
        return False
    return distribution(catalog, target["indicator"], target["region"], required.year).reason == "no_analogue"


SHOWN = {"decides", "latest", "other_scope", "part"}


def _parts(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    target = verdict.target
    parts = {
        "name": target_name(target, lang),
        "goal": target_value(catalog, target, lang),
        "brief": target_value(catalog, target, lang).replace("年达到", "年"),
        "year": str(int(target["target_year"])),
        "verdict": word(catalog, f"verdict_{verdict.verdict}", lang),
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


def _evidence_parts(catalog: Catalog, verdict: Verdict, row: dict[str, Any] | None, lang: str) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(("part", "when", "is_", "shown", "gain", "beyond", "standing", "differs"), "")
    change = labels_kind(catalog)[row["indicator"]] == "change"
    when = period(row["period"], lang)
    return {
        "part": quantity_name(catalog, row["indicator"], lang),
        "when": when if lang == "zh" else _preposition(row["period"]) + when,
        "is_": "" if change or row["bound"] in {"at_most", "about"} else "为",
        "shown": figure(catalog, row, lang, verdict.target["unit"]) + _computed(row, lang),
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
    if verdict.target["direction"] not in {"at_least", "at_most"} or _margin(catalog, verdict, row) < 0:
        return ""
    return "，现值符合目标" if lang == "zh" else ", which would meet it today"


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
