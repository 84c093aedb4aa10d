"""The list of targets: a line each that opens to what it rests on; those without evidence are folded by field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences, standings, table, text
from tanfeng.pages.table import pick
from tanfeng.targets.repeats import Tie
from tanfeng.targets.verdict import Verdict, shown_figure

if TYPE_CHECKING:
    from tanfeng.pages.charts.style import Chart

NEEDED = {"zh": "后续所需年均变化", "en": "Still needed"}
RECENT = {"zh": "近年实际年均变化", "en": "Recent pace"}
TIES = {"zh": "同一要求的其他表述", "en": "Asked elsewhere"}
NEWS = ("missed", "likely_missed", "open", "likely_met", "met")  # the order of the list
SILENT = "not_assessable"
DRAWN = ("missed", "likely_missed", "open", "likely_met")  # answers that a chart says more about
HISTORY = "same_scope"
PLAIN = ("decides", "supports", HISTORY)  # the heading says as much
MOST_PCT = 200  # above it a rate of completion is told as a multiple
NAMED = 3
COPIED = "C"  # the grade that stands beside a figure
METHODS = {
    "bound_plants": ("由具名机组逐台相加，全部计入", "named units added up, every one counted"),
    "bound": ("由公布数之间的算术关系证明", "arithmetic on published figures"),
    "part": ("由组成部分的公布数证明", "the published figure of a part"),
    "whole": ("由整体的公布数证明", "the published figure of the whole"),
    "": ("由同一指标、同一口径的公布数判定", "a published figure of the same indicator and scope"),
}
OPEN_WHY = {
    "zh": ("没有查到{}年的同口径公布数", "已有的{}年公布数不足以判定", "{}年到期"),
    "en": ("no figure of {} on the same scope was found", "what is published of {} does not decide", "due in {}"),
}


@dataclass(frozen=True)
class Cards:
    """Targets in a list, ready to be shown.

    Attributes:
        label: what the list is, for those who do not see it.
        lines: the targets with a verdict or a lean, news first (see `card`).
        folds: a line and the targets without evidence under it, a field each.
        sources: every source the list cites, in the order of first use.
        words: words of the list by id.
    """

    label: str
    lines: list[dict[str, Any]]
    folds: list[tuple[str, str, list[dict[str, Any]]]]
    sources: list[str]
    words: dict[str, str] = field(default_factory=dict)

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the list as HTML with its sources cited by number; every text from data is escaped."""
        return table.render("targets.html.j2", **vars(self), numbers=numbers, lang=lang)


def cards(catalog: Catalog, judged: Sequence[Verdict], lang: str, label: str) -> Cards:
    """Return the targets in a list: what is judged or leans by verdict and date, the others folded by field.

    Args:
        catalog: the tables.
        judged: verdicts (see `tanfeng.targets.verdict.judge`).
        lang: `zh` or `en`.
        label: what the list is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> made = cards(open_catalog(), [judge_target(open_catalog(), name) for name in ("E02", "E05")], "zh", "目标")
        >>> [(one["id"], one["chip"]["text"]) for one in made.lines]
        [('E05', '未完成'), ('E02', '已完成')]
    """
    telling = sorted((one for one in judged if one.answer in NEWS), key=_news)
    fields = catalog.read("fields").sort_values("sort")["id"]
    silent = {name: [one for one in judged if one.answer == SILENT and one.target["field"] == name] for name in fields}
    folds = [_fold(catalog, name, own, lang) for name, own in silent.items() if own]
    shown = [*telling, *(one for own in silent.values() for one in own)]
    cited = list(dict.fromkeys(source for verdict in shown for source in sources(verdict)))
    lines = [card(catalog, verdict, lang) for verdict in telling]
    return Cards(label, lines, folds, cited, table.ui_words(catalog, lang))


def _news(verdict: Verdict) -> tuple[bool, int, float]:
    """Return the place of a target in the list: counted ones by verdict, the latest first; then those not counted."""
    row = shown_figure(verdict)
    return not verdict.counts, NEWS.index(verdict.answer), -(periods.parse(row["period"]).end if row else 0.0)


def _fold(catalog: Catalog, name: str, own: list[Verdict], lang: str) -> tuple[str, str, list[dict[str, Any]]]:
    """Return the line of the silent targets of a field, their first names, and the targets."""
    head = {"zh": "{}：无公开依据{}项", "en": "{}: {} without evidence"}[lang]
    names = pick(("、", "; "), lang).join(sentences.target_name(one.target, lang) for one in own[:NAMED])
    rest = pick(("等", " and others"), lang) if len(own) > NAMED else ""
    return (
        head.format(catalog.label("fields", name, lang), len(own)),
        names + rest,
        [
            card(catalog, one, lang)
            | {name: sentences.guidance(one, name, lang) for name in ("settles", "holder")}
            | {"looked": sentences.looked(catalog, one, lang)}
            for one in own
        ],
    )


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


def latest(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the figure that says best how a target stands, with its time, and with its name where that is another.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> latest(open_catalog(), judge_target(open_catalog(), "E02"), "zh")
        '2025年6月5947万千瓦'
        >>> latest(open_catalog(), judge_target(open_catalog(), "E14"), "en")
        'Thermal share of generation about 69.9%, 2023'
        >>> latest(open_catalog(), judge_target(open_catalog(), "P02"), "zh")
        '2022年煤炭消费量（能源清单合计）比2020年上升26.1%'
    """
    row = shown_figure(verdict)
    if row is None:
        return ""
    own = row["indicator"] == verdict.target["indicator"]
    name = "" if own else text.quantity_name(catalog, row["indicator"], lang)
    shown = sentences.rounded(catalog, row, verdict.target["unit"], lang)
    first, _, last = row["period"].partition("/")
    if last and lang == "zh" and text.labels_kind(catalog)[row["indicator"]] == "change":
        return f"{text.period(last, lang)}{name}比{text.period(first, lang)}{shown}"
    when = text.period(row["period"], lang)
    return f"{when}{name}{shown}" if lang == "zh" else f"{name} {shown}, {when}".strip()


def card(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, Any]:
    """Return what one line of the list shows, closed and opened, as texts and ids.

    Returns:
        id, name, goal, latest, source, about, reason, chip (class, text), chance, facts (label, value), schedule (see
        `tanfeng.pages.standings.schedule`), evidence and history (role, indicator, period, value, status, grade,
        source, note), uncounted, chart.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> made = card(open_catalog(), judge_target(open_catalog(), "E02"), "zh")
        >>> made["goal"], made["chip"]["text"]
        ('2025年达到2762万千瓦', '已完成')
    """
    target = verdict.target
    name = sentences.target_name(target, lang)
    reason = sentences.reason(catalog, verdict, lang).removeprefix(name + ("：" if lang == "zh" else ": "))
    rows = [(row["role"] == HISTORY, _evidence(catalog, row, lang)) for row in verdict.evidence]
    return {
        "id": target["id"],
        "name": name,
        "goal": sentences.target_value(catalog, target, lang),
        "latest": latest(catalog, verdict, lang),
        "source": target["source_id"].split(),
        "about": _about(catalog, verdict, lang),
        "reason": reason[0].upper() + reason[1:],
        "chip": table.lean_cell(catalog, verdict, lang) or table.strict_cell(catalog, verdict, lang),
        "chance": "" if verdict.verdict in standings.DECIDED else sentences.probability_range(verdict, lang),
        "facts": facts(catalog, verdict, lang),
        "schedule": standings.schedule(catalog, verdict, lang),
        "evidence": [row for old, row in rows if not old],
        "history": [row for old, row in rows if old],
        "uncounted": not verdict.counts,
        "chart": _chart(catalog, verdict, lang) if verdict.answer in DRAWN else None,
    }


def _chart(catalog: Catalog, verdict: Verdict, lang: str) -> Chart | None:
    from tanfeng.pages.charts import targets  # it takes a second, which the command line does not have

    return targets.target(catalog, verdict, lang)


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
    """Return what is known about a target beyond its figures: label and value, only what there is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> facts(open_catalog(), judge_target(open_catalog(), "P08"), "en")[0]
        {'label': 'Why not judged', 'value': 'due in 2027'}
    """
    stands, track = verdict.progress, standings.track(verdict)
    last = stands.last if stands else None
    recent = standings.recent(catalog, verdict, lang)
    if track and recent:
        recent += {"zh": "（{}）", "en": " ({})"}[lang].format(text.word(catalog, f"track_{track}", lang))
    decided, rated = verdict.verdict in standings.DECIDED, verdict.light != "not_rated"
    light = text.word(catalog, f"light_{verdict.light}", lang) + light_year(verdict, lang) if rated else ""
    found = {
        text.word(catalog, "how_judged", lang): method(verdict, lang) if decided else "",
        text.word(catalog, "why_not_judged", lang): "" if decided else why_not(catalog, verdict, lang),
        text.word(catalog, "probability_met", lang): "" if decided else sentences.probability_range(verdict, lang),
        text.word(catalog, "interval_80", lang): standings.interval(catalog, verdict, lang),
        text.word(catalog, "flip_distance", lang): standings.flip(verdict, lang),
        text.word(catalog, "completion_rate", lang): _completion(last, lang),
        text.word(catalog, "light", lang): light,
        NEEDED[lang]: standings.needed(catalog, verdict, lang),
        RECENT[lang]: recent,
        TIES[lang]: _ties(catalog, verdict, lang),
        **{text.word(catalog, name, lang): sentences.guidance(verdict, name, lang) for name in ("settles", "holder")},
    }
    return [{"label": label[0].upper() + label[1:], "value": value} for label, value in found.items() if value]


def method(verdict: Verdict, lang: str) -> str:
    """Return how a target was judged, in words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> method(judge_target(open_catalog(), "E08"), "en")
        'the published figure of a part'
    """
    return pick(next(pair for start, pair in METHODS.items() if verdict.reason.startswith(start)), lang)


def why_not(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return why a target is not judged: not due, or what is published of its year does not decide, or nothing is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> why_not(open_catalog(), judge_target(open_catalog(), "E04"), "zh")
        '没有查到2025年的同口径公布数'
    """
    year, own = int(verdict.target["target_year"]), verdict.target["indicator"]
    missing, indecisive, due = OPEN_WHY[lang]
    if year >= catalog.as_of_year:
        return due.format(year)
    ends = [periods.parse(row["period"]).year for row in verdict.evidence if row["indicator"] == own]
    return (indecisive if year in ends else missing).format(year)


def completion(rate: float, lang: str) -> str:
    """Return a rate of completion as text; one above 200 % as how many times the target it is more than.

    Example:
        >>> completion(98.4, "zh"), completion(356.0, "zh"), completion(356.0, "en")
        ('98%', '超过目标3倍以上', 'more than 3 times the target')
    """
    if rate <= MOST_PCT:
        return text.percent(rate, 0)
    times = math.ceil(rate / 100) - 1
    return f"超过目标{times}倍以上" if lang == "zh" else f"more than {times} times the target"


def _completion(last: Any, lang: str) -> str:
    if last is None or last.completion_pct is None:
        return ""
    rate = completion(last.completion_pct, lang)
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
    grade = text.word(catalog, f"grade_{row['grade']}", lang) if row["grade"] == COPIED else ""
    return {
        "role": text.word(catalog, f"role_{row['role']}", lang),
        "decides": row["role"] == "decides",
        "plain": row["role"] in PLAIN,
        "indicator": catalog.label("indicators", row["indicator"], lang),
        "period": text.period(row["period"], lang),
        "value": text.figure(catalog, row, lang),
        "status": table.status_cell(catalog, row["status"], lang),
        "grade": grade.partition("（")[0].partition(" (")[0],
        "source": row["source_id"].split(),
        "note": row[f"note_{lang}"],
    }
