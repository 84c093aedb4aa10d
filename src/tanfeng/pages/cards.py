"""Evidence cards: one card a target with goal, verdict, light, schedule, pace and the figures it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences, standings, table, text
from tanfeng.pages.table import Column, Table, unseen
from tanfeng.targets.repeats import Tie
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

NEEDED = {"zh": "后续所需年均变化", "en": "Still needed"}
RECENT = {"zh": "近年实际年均变化", "en": "Recent pace"}
TIES = {"zh": "同一要求的其他表述", "en": "Asked elsewhere"}


@dataclass(frozen=True)
class Cards:
    """Cards of targets by field, ready to be shown.

    Attributes:
        label: what the cards are, for those who do not see them.
        groups: name of the field and its cards.
        sources: every source the cards cite, in the order of first use.
        words: words of the cards by id.
    """

    label: str
    groups: list[dict[str, Any]]
    sources: list[str]
    words: dict[str, str] = field(default_factory=dict)

    def html(self, numbers: dict[str, int]) -> str:
        """Return the cards as HTML with their sources cited by number; every text from data is escaped."""
        return table.render("targets.html.j2", label=self.label, groups=self.groups, words=self.words, numbers=numbers)


def cards(catalog: Catalog, judged: Sequence[Verdict], lang: str, label: str) -> Cards:
    """Return one card a target, by field and verdict.

    Args:
        catalog: the tables.
        judged: verdicts (see `tanfeng.targets.verdict.judge`).
        lang: `zh` or `en`.
        label: what the cards are.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge
        >>> made = cards(open_catalog(), judge(open_catalog(), "330000", "15FYP"), "zh", "目标")
        >>> [one["id"] for one in made.groups[0]["cards"]]
        ['P08']
    """
    order = sorted(judged, key=lambda verdict: VERDICTS.index(verdict.answer))
    fields = catalog.read("fields").sort_values("sort")["id"]
    found = {name: [verdict for verdict in order if verdict.target["field"] == name] for name in fields}
    groups = [
        {"name": catalog.label("fields", name, lang), "cards": [card(catalog, verdict, lang) for verdict in group]}
        for name, group in found.items()
        if group
    ]
    cited = [source for group in found.values() for verdict in group for source in sources(verdict)]
    return Cards(label, groups, list(dict.fromkeys(cited)), table.ui_words(catalog, lang))


def sources(verdict: Verdict) -> list[str]:
    """Return the sources of a verdict: that of the target, then those of the evidence.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> len(sources(judge_target(open_catalog(), "E02"))) > 1
        True
    """
    rows = (verdict.target["source_id"], *(row["source_id"] for row in verdict.evidence))
    return list(dict.fromkeys(source for names in rows for source in names.split()))


def card(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, Any]:
    """Return what one card shows, as texts and ids.

    Returns:
        id, name, goal, source, binding, reason, chips (class, text), facts (label, value), schedule (see
        `tanfeng.pages.standings.schedule`), evidence (role, indicator, period, value, status, grade, source, note).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> made = card(open_catalog(), judge_target(open_catalog(), "E02"), "zh")
        >>> made["goal"], [chip["text"] for chip in made["chips"]]
        ('2025年达到2762万千瓦', ['已完成', '三级（绿灯）'])
    """
    target = verdict.target
    name = sentences.target_name(target, lang)
    reason = sentences.reason(catalog, verdict, lang).removeprefix(name + ("：" if lang == "zh" else ": "))
    return {
        "id": target["id"],
        "name": name,
        "goal": sentences.target_value(catalog, target, lang),
        "source": target["source_id"].split(),
        "about": _about(catalog, verdict, lang),
        "reason": reason[0].upper() + reason[1:],
        "chips": chips(catalog, verdict, lang),
        "facts": facts(catalog, verdict, lang),
        "schedule": standings.schedule(catalog, verdict, lang),
        "evidence": [_evidence(catalog, row, lang) for row in verdict.evidence],
        "uncounted": not verdict.counts,
    }


def chips(catalog: Catalog, verdict: Verdict, lang: str) -> list[dict[str, str]]:
    """Return the chips of a target: its verdict, its lean where it is not judged, its light with a shape and a word.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> [chip["text"] for chip in chips(open_catalog(), judge_target(open_catalog(), "P03"), "en")]
        ['not judged', 'likely missed', 'not rated']
    """
    light = {
        "class": light_class(verdict.light),
        "text": text.word(catalog, f"light_{verdict.light}", lang) + light_year(verdict, lang),
    }
    cells = table.strict_cell(catalog, verdict, lang), table.lean_cell(catalog, verdict, lang), light
    return [cell for cell in cells if cell]


def light_year(verdict: Verdict, lang: str) -> str:
    """Return the year of a light that is not that of the target year, in brackets; otherwise nothing.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> light_year(judge_target(open_catalog(), "I01"), "zh"), light_year(judge_target(open_catalog(), "E02"), "zh")
        ('，2021年', '')
    """
    last = verdict.progress.last if verdict.progress else None
    if verdict.light == "not_rated" or verdict.verdict == "met" or last is None:
        return ""
    if last.year == verdict.target["target_year"]:
        return ""
    return f"，{last.year}年" if lang == "zh" else f", {last.year}"


def light_class(light: str) -> str:
    """Return the class of the style sheet for a light.

    Example:
        >>> light_class("green"), light_class("not_rated")
        ('light-green', 'light-none')
    """
    return "light-none" if light == "not_rated" else f"light-{light}"


def facts(catalog: Catalog, verdict: Verdict, lang: str) -> list[dict[str, str]]:
    """Return what is known about a target beyond its verdict: label and value, only what there is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> facts(open_catalog(), judge_target(open_catalog(), "P08"), "en")[0]
        {'label': 'Probability', 'value': '2%'}
    """
    stands, track = verdict.progress, standings.track(verdict)
    last = stands.last if stands else None
    recent = standings.recent(catalog, verdict, lang)
    if track and recent:
        recent += {"zh": "（{}）", "en": " ({})"}[lang].format(text.word(catalog, f"track_{track}", lang))
    found = {
        text.word(catalog, "probability", lang): sentences.probability_range(verdict, lang),
        text.word(catalog, "interval_80", lang): standings.interval(catalog, verdict, lang),
        text.word(catalog, "flip_distance", lang): standings.flip(verdict, lang),
        text.word(catalog, "completion_rate", lang): _completion(last, lang),
        NEEDED[lang]: standings.needed(catalog, verdict, lang),
        RECENT[lang]: recent,
        TIES[lang]: _ties(catalog, verdict, lang),
        **{text.word(catalog, name, lang): sentences.guidance(verdict, name, lang) for name in ("settles", "holder")},
    }
    return [{"label": label[0].upper() + label[1:], "value": value} for label, value in found.items() if value]


def _completion(last: Any, lang: str) -> str:
    if last is None or last.completion_pct is None:
        return ""
    rate = text.percent(last.completion_pct, 0)
    return f"{last.year}年{rate}" if lang == "zh" else f"{rate} in {last.year}"


def _ties(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    mark, around = ("、", "{}（{}）") if lang == "zh" else (", ", "{} ({})")
    return mark.join(around.format(tie.target["id"], _tied(catalog, tie, lang)) for tie in verdict.ties)


def _tied(catalog: Catalog, tie: Tie, lang: str) -> str:
    variant = tie.target["variant"]
    words = [f"variant_{variant}"] if variant != "firm" else []
    return ("，" if lang == "zh" else ", ").join(text.word(catalog, word, lang) for word in [*words, f"tie_{tie.kind}"])


def _about(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return what kind of target it is, where that is stated: binding or expected, draft or stretch."""
    target = verdict.target
    words = [f"variant_{target['variant']}"] if target["variant"] != "firm" else []
    words += [f"binding_{target['binding']}"] if target["binding"] != "unstated" else []
    return ("，" if lang == "zh" else ", ").join(text.word(catalog, name, lang) for name in words)


def _evidence(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    grade = text.word(catalog, f"grade_{row['grade']}", lang) if row["grade"] else ""
    return {
        "role": text.word(catalog, f"role_{row['role']}", lang),
        "decides": row["role"] == "decides",
        "indicator": catalog.label("indicators", row["indicator"], lang),
        "period": text.period(row["period"], lang),
        "value": text.figure(catalog, row, lang),
        "status": table.status_cell(catalog, row["status"], lang),
        "grade": grade.partition("（")[0].partition(" (")[0],
        "source": row["source_id"].split(),
        "note": row[f"note_{lang}"],
    }


def overview(catalog: Catalog, judged: Sequence[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts in a line each: number (leads to the card), goal, verdict or lean, light, probability, flip.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge
        >>> made = overview(open_catalog(), judge(open_catalog(), "330000", "15FYP"), "zh", "目标")
        >>> [column.label for column in made.columns]
        ['编号', '目标', '目标要求', '判定或倾向', '晴雨灯', '完成概率', '翻转幅度']
    """
    place = 0 if lang == "zh" else 1
    heads = (
        ("id", ("编号", "No."), "label"),
        ("name", ("目标", "Target"), "text"),
        ("goal", ("目标要求", "Required"), "text"),
        ("verdict", ("判定或倾向", "Verdict or lean"), "verdict"),
        ("light", ("晴雨灯", "Light"), "status"),
        ("probability", ("完成概率", "Probability"), "number"),
        ("flip", ("翻转幅度", "Flip distance"), "number"),
    )
    columns = [Column(key, labels[place], kind=kind) for key, labels, kind in heads]
    order = sorted(judged, key=lambda verdict: VERDICTS.index(verdict.answer))
    note = unseen(catalog, ("light", "change", "pace", "completion_rate"), lang)
    return Table(caption, columns, [_line(catalog, verdict, lang) for verdict in order], note)


def _line(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, Any]:
    target, light = verdict.target, chips(catalog, verdict, lang)[-1]
    flip = verdict.flip_pct
    return {
        "id": {"text": target["id"], "href": f"#target-{target['id']}"},
        "name": {"text": sentences.target_name(target, lang)},
        "goal": {"text": sentences.target_value(catalog, target, lang)},
        "verdict": table.lean_cell(catalog, verdict, lang) or table.strict_cell(catalog, verdict, lang),
        "light": light if verdict.light != "not_rated" else {"text": ""},
        "probability": {"text": sentences.probability_range(verdict, lang)},
        "flip": {"text": "" if flip is None else ("+" if flip > 0 else "") + text.percent(flip)},
    }
