"""The brief (简报): two sheets of A4 for a meeting, made from what the first page and the registers say.

Lists are cut by rank so that they fit: the lines of a row are reckoned from the length of its texts and the width of
its columns, which the page gets from here too.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.plans import full
from tanfeng.outlook import projection
from tanfeng.outlook.peak import BY
from tanfeng.pages import headline, text
from tanfeng.pages.headline import Row
from tanfeng.pages.page import KeyFigure, KeyFigures
from tanfeng.pages.reports import registers, wallchart
from tanfeng.pages.table import pick, used
from tanfeng.roadmap import actions as roadmap_actions
from tanfeng.targets import ahead
from tanfeng.targets.verdict import Verdict

TEXTS = headline.TEXTS | {
    "actions": ("要办的事", "What is to be done"),
}
TITLE = ("碳达峰进展简报", "Progress to the carbon peak")
SECTIONS = {
    "controls": ("控制指标", "Control indicators"),
    "goal": ("指标和目标", "Indicator and target"),
    "known": ("已知情况", "What is known"),
    "reading": ("判断", "Reading"),
    "holder": ("结果由谁掌握", "Held by"),
    "actions": TEXTS["actions"],
    "shows": ("以何为证：", "Evidence: "),
    "silent": ("尚不清楚的，向谁索取", "What is not known, and whom to ask"),
    "speech": ("可直接引用的文字", "To read out"),
    "sources": ("依据公开资料{count}份", "{count} public sources"),
}
NOTES = (  # at the foot of each sheet
    (
        "判定只用公布数或由公布数推出的界限；旁证倾向另列，不与判定相加。",
        "Only published figures and bounds from them judge; evidence that leans stands apart and is never added.",
    ),
    (
        "排放为直接排放口径；含外调电测算口径为本项目测算，不是国家考核口径。",
        "Emissions are direct; the account with imported power is this project's own, not the official assessment.",
    ),
)
WIDTHS = {"name": 22, "acting": 15, "deadline": 4, "size": 13}  # of the columns of the action table, in ems
GAP = 55  # ems of the line above the measures of a gap
HEADS = {"name": ("措施", "Measure"), "deadline": ("时限", "By")}  # others as in the action table
ROOM = {"zh": 48, "en": 53}  # lines of a table that the second sheet has beside headings and foot
SPEECH, SPEECH_LINE = {"zh": 45, "en": 56}, 1.4  # ems of a line, and how many lines of a table it takes
ASK, ASK_LINE = 50, 1.2
MEASURES, CELL, PADDING = 3, 3, 0.4  # measures of one gap; lines of a cell, and around it
BODY = {"zh": (7, 19), "en": (10, 17)}  # ems of the name of a body, and of its targets
BODY_NAMES, BODY_LINES = 4, 14  # targets named; lines of a column
NARROW = 0.56  # ems of a letter or digit
WORD = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*")
TONES = (  # how a probability of a peak in time is put, from the highest down
    (70, ("有望如期达峰", "a peak in time is within reach")),
    (45, ("如期达峰仍需努力", "a peak in time takes further effort")),
    (25, ("如期达峰任务艰巨", "a peak in time is a hard task")),
    (0, ("如期达峰难度很大", "a peak in time is very hard to reach")),
)
TENTHS, NEAR = "零一两三四五六七八九", 2
SETTLED = {
    "met": ("已完成", "met"),
    "missed": ("未完成", "missed"),
    "likely_met": ("旁证倾向完成", "evidence points to met"),
    "likely_missed": ("旁证倾向未完成", "evidence points to missed"),
}


@dataclass(frozen=True)
class Brief:
    """A brief ready to be shown.

    Attributes:
        title: heading of the first sheet; region and edition stand beside it.
        heads: headings of the sections and of the columns of the control indicators by id.
        answers: the sentences of the first page (`tanfeng.pages.headline.answers`).
        counts: counted targets by answer.
        controls: the control indicators (`tanfeng.pages.headline.controls`).
        columns: of the action table: key, label and width in percent.
        actions: gaps with their measures: name, said, shows, measures (name, acting, deadline, size).
        left: how many more actions there are, in words.
        ask: which body to ask first; empty if nothing is asked for.
        silent: targets without evidence by the body that has the figure: body, count and said.
        unseen: how many more targets are without evidence, in words.
        speech: a paragraph to read out.
        notes: the line at the foot of each sheet.
        sources: ids of the sources cited.
    """

    title: str
    region: str
    edition: str
    heads: dict[str, str]
    answers: list[Row]
    counts: list[Row]
    controls: list[Row]
    columns: list[Row]
    actions: list[Row]
    left: str
    ask: Row
    silent: list[Row]
    unseen: str
    speech: str
    notes: tuple[str, str]
    sources: list[str]


def brief(
    catalog: Catalog, region: str, k: KeyFigures, judged: Sequence[Verdict], every: Sequence[Verdict], lang: str
) -> Brief:
    """Return the brief of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        k: key figures of the first page (`headline.key_figures`).
        judged: verdicts of the plan that is counted.
        every: verdicts of all plans.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.pages.page import open_page
        >>> from tanfeng.targets.verdict import judge
        >>> page = open_page("brief", "330000", "zh", "", TEXTS)
        >>> both = judge(page.catalog, "330000", "14FYP"), judge(page.catalog, "330000")
        >>> k = page.figures(headline.key_figures(page.catalog, "330000", *both))
        >>> len(brief(page.catalog, "330000", k, *both, "zh").answers)
        3
    """
    controls, due = headline.controls(catalog, region, every, lang), actions(catalog, region)
    counted, held = [one for one in every if one.counts], wallchart.holders(catalog, region, lang)
    bodies = wallchart.silent(catalog, wallchart.answered(counted, controls), held, lang)
    silent, rest = fitting([_of_body(row, lang) for row in bodies], 2 * BODY_LINES)
    said, ask = speech(catalog, region, k, judged, controls, lang), headline.todo(catalog, region, lang)
    taken = SPEECH_LINE * lines(said, SPEECH[lang]) + ASK_LINE * lines(ask["said"] + ask["date"] if ask else "", ASK)
    room = ROOM[lang] - taken - sum(row["lines"] for row in silent) / 2
    shown, left = fitting(gaps(catalog, due, lang), room)
    unseen, more = (sum(row["count"] for row in some) for some in (rest, left))
    cited = [row["source_id"] for one in controls for row in one["verdict"].evidence]
    return Brief(
        title=pick(TITLE, lang),
        region=catalog.label("regions", region, lang),
        edition=f"{text.word(catalog, 'vintage', lang)} {catalog.vintage}",
        heads={key: pick(words, lang) for key, words in SECTIONS.items()},
        answers=headline.answers(catalog, region, k, judged, lang),
        counts=headline.counts(judged),
        controls=[row | {"holder": row["holder"].partition("（")[0].partition(" (")[0]} for row in controls],
        columns=[
            {"key": key, "label": _heading(catalog, key, lang), "width": round(100 * width / sum(WIDTHS.values()))}
            for key, width in WIDTHS.items()
        ],
        actions=shown,
        left=pick((f"另有{more}项，见三张清单", f"and {more} more: see the registers"), lang) if more else "",
        ask=ask,
        silent=silent,
        unseen=pick((f"另有{unseen}项，见目标核查", f"and {unseen} more: see the target check"), lang)
        if unseen
        else "",
        speech=said,
        notes=(pick(NOTES[0], lang), pick(NOTES[1], lang)),
        sources=used([*due["source_id"], *cited]),
    )


def actions(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what is to be done about targets that have a gap (rows of `tanfeng.roadmap.actions.actions`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(set(actions(open_catalog(), "330000")["kind"]))
        ['act']
    """
    rows = roadmap_actions.actions(catalog, region)
    lacking = (rows["answer"].isin(roadmap_actions.WITH_GAP) | (rows["account"] != "")) & ~(rows["gap"] <= 0)
    return rows[(rows["kind"] == roadmap_actions.ACT) & lacking]


def gaps(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[Row]:
    """Return the actions by the gap that they serve, a gap each: name, said, shows, measures and their count.

    What known measures leave of a gap of emissions is an action too: nothing is registered for it.
    """
    found = []
    for _, own in rows.groupby(["target_id", "target_region"], sort=False):
        every = own.to_dict("records")
        first, name = every[0], every[0][f"target_{lang}"]
        said = registers.gap_words(catalog, first, lang).removeprefix(name).lstrip("，, ")
        measures = [_measure(catalog, row, lang) for row in every[:MEASURES]]
        if first["uncovered"] > 0:
            measures.append(_to_be_found(first, lang))
        shows = pick(SECTIONS["shows"], lang) + _cell(catalog, "shows", first, lang)
        found.append({"name": name, "said": said, "shows": shows, "measures": measures, "count": len(every)})
    return [_cut(row) for row in found]


def _heading(catalog: Catalog, key: str, lang: str) -> str:
    return pick(HEADS[key], lang) if key in HEADS else registers.COLUMNS[key].head(catalog, lang).label


def _cell(catalog: Catalog, key: str, row: Row, lang: str) -> str:
    return str(registers.COLUMNS[key].cell(catalog, row, lang)["text"])


def _measure(catalog: Catalog, row: Row, lang: str) -> Row:
    cells = {key: _cell(catalog, key, row, lang) for key in ("acting", "deadline", "size")}
    return {"name": row[f"measure_{lang}"] or text.word(catalog, "no_measure", lang), **cells}


def _to_be_found(row: Row, lang: str) -> Row:
    """Return the action that no register has: measures for what the known ones leave of a gap."""
    name = pick(("研究提出新增措施（尚未登记）", "New measures, none registered yet"), lang)
    size = headline.tonnes(row["uncovered"], lang)
    return {"name": name, "acting": "—", "deadline": str(row["target_year"]), "size": size}


def _cut(row: Row) -> Row:
    """Return a gap with its texts cut to what they have room for, and the lines it takes."""
    cut = {key: shortened(row[key], CELL * GAP) for key in ("name", "said", "shows")}
    measures = [
        {key: shortened(said, CELL * WIDTHS[key]) for key, said in measure.items()} for measure in row["measures"]
    ]
    taken = sum(max(lines(said, WIDTHS[key]) for key, said in one.items()) + PADDING for one in measures)
    taken += sum(lines(said, GAP) for said in cut.values()) + PADDING
    return row | cut | {"measures": measures, "lines": taken}


def _of_body(row: Row, lang: str) -> Row:
    names, mark, (narrow, wide) = list(dict.fromkeys(row["names"])), pick(("、", "; "), lang), BODY[lang]
    more = pick(("等", " and others"), lang) if len(names) > BODY_NAMES else ""
    said = f"{len(row['names'])}{pick(('项：', ': '), lang)}{mark.join(names[:BODY_NAMES])}{more}"
    cut = {"body": shortened(row["body"], 2 * CELL * narrow), "said": shortened(said, 2 * CELL * wide)}
    taken = max(lines(cut["said"], wide), lines(cut["body"], narrow)) + PADDING / 2
    return cut | {"count": len(row["names"]), "lines": taken}


def width(said: str) -> float:
    """Return how wide a text is, in ems.

    Example:
        >>> width("碳峰"), round(width("2030"), 2)
        (2.0, 2.24)
    """
    return sum(1.0 if unicodedata.east_asian_width(mark) in "WFA" else NARROW for mark in said)


def lines(said: str, ems: float) -> int:
    """Return how many lines a text takes in a column.

    Example:
        >>> lines("研究提出新增措施", 5), lines("carbon peak", 4), lines("", 5)
        (2, 2, 0)
    """
    count, room = 0, 0.0
    for word in WORD.findall(said):
        size = width(word.rstrip())
        if size > room:
            count += max(1, math.ceil(size / ems))
            room = ems * max(1, math.ceil(size / ems))
        room -= width(word)
    return count


def shortened(said: str, ems: float) -> str:
    """Return a text that is at most so wide; what is cut off is marked.

    Example:
        >>> shortened("研究提出新增措施", 5), shortened("新增措施", 5)
        ('研究提出…', '新增措施')
    """
    if width(said) <= ems:
        return said
    end = next(end for end in range(len(said), -1, -1) if width(said[:end]) + 1 <= ems)
    return said[:end].rstrip() + "…"


def fitting(rows: list[Row], room: float) -> tuple[list[Row], list[Row]]:
    """Return the first rows that fit in a number of lines (`lines` of each), and the others.

    Example:
        >>> fitting([{"lines": 2}, {"lines": 3}, {"lines": 1}], 4)
        ([{'lines': 2}], [{'lines': 3}, {'lines': 1}])
    """
    taken = list(accumulate(row["lines"] for row in rows))
    end = sum(one <= room for one in taken)
    return rows[:end], rows[end:]


def speech(
    catalog: Catalog, region: str, k: KeyFigures, judged: Sequence[Verdict], controls: Sequence[Row], lang: str
) -> str:
    """Return a paragraph to read out; what no figure tells is left out.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        k: key figures of the first page.
        judged: verdicts of the plan that is counted.
        controls: the control indicators (`tanfeng.pages.headline.controls`).
        lang: `zh` or `en`.
    """
    gap = {row["account"]: row for row in headline.own_gaps(catalog, region)}
    parts = [
        _stands(catalog, region, k, bool(gap), lang),
        _peaks(k, lang),
        _plan(catalog, judged, controls, lang),
        _next(catalog, region, gap.get("assessment"), lang),
    ]
    return pick(("", " "), lang).join(filter(None, parts))


def _known(k: KeyFigures, name: str) -> KeyFigure | None:
    try:
        return k[name]
    except KeyError:
        return None


def _stands(catalog: Catalog, region: str, k: KeyFigures, asked: bool, lang: str) -> str:
    """Say where emissions stand, and how far CO2 intensity fell where a target asks for that."""
    told = _known(k, f"co2_{projection.last_told(catalog, region, 'total')}")
    latest, base, name = told or k.co2_latest, k.co2_2020, catalog.label("regions", region, lang)
    change = 100 * (latest.value / base.value - 1)
    size = text.percent(abs(change), 0)
    if lang == "zh":
        said = f"据公开资料测算，{latest.year}{name}二氧化碳排放约{latest}，比{base.year}{'增长' if change > 0 else '下降'}约{size}"
    else:
        said = f"According to public sources, {name} emitted about {latest} in {latest.year}, {size} {'more' if change > 0 else 'less'} than in {base.year}"
    if asked:
        way = ahead.ways(catalog, region)[0]
        fall = text.percent(way.reached(way.last))
        fell = f"；{way.last}年单位地区生产总值二氧化碳排放比{way.base}年下降约{fall}"
        said += pick((fell, f"; CO2 per unit of GDP fell by about {fall} from {way.base} to {way.last}"), lang)
    return said + pick(("。", "."), lang)


def _peaks(k: KeyFigures, lang: str) -> str:
    chance, due, built = k[f"p_by_{BY}"], k[f"co2_{BY}"], headline.committed_in(k)
    tone = next(pick(words, lang) for least, words in TONES if chance.value >= least)
    if lang == "zh":
        first = "计入已建和在建项目，" if built else ""
        return f"{first}{BY}年排放预测为{due}，{BY}年前实现达峰的概率{about(chance)}，{tone}。"
    first = f"With what is built and under construction, {due} are" if built else f"{due} are"
    return f"{first} expected in {BY}; the probability of a peak by {BY} is {chance}: {tone}."


def about(chance: KeyFigure) -> str:
    """Return a probability as a speaker of Chinese says it: in tenths where it is near to one, else the figure.

    Example:
        >>> [about(KeyFigure(f"{one}%", "", "", "", "", one, "", "", "")) for one in (31, 37, 98)]
        ['约为三成', '为37%', '为98%']
    """
    tenths = round(chance.value / 10)
    near = 0 < tenths < len(TENTHS) and abs(round(chance.value) - 10 * tenths) <= NEAR
    return f"约为{TENTHS[tenths]}成" if near else f"为{chance}"


def _plan(catalog: Catalog, judged: Sequence[Verdict], controls: Sequence[Row], lang: str) -> str:
    """Say what became of the plan that is counted, and of the control indicators."""
    counts = {row["verdict"]: row["count"] for row in headline.counts(judged)}
    if not counts:
        return ""
    plan = full(catalog, next(one for one in judged if one.counts).target["plan"], lang)
    done = [
        pick((f"{counts[name]}项{zh}", f"{counts[name]} were {en}"), lang)
        for name, (zh, en) in SETTLED.items()
        if name in counts and name in {"met", "missed"}
    ]
    total = sum(counts.values())
    head = pick((f"{plan}{total}项目标中，", f"Of {total} targets of the {plan}, "), lang)
    said = head + pick(("，", " and "), lang).join(done) if done else ""
    own = [
        (pick(words, lang), [row["name"] for row in controls if row["answer"] == name])
        for name, words in SETTLED.items()
    ]
    if lang == "zh":
        named = "，".join("、".join(names) + words for words, names in own if names)
        tail = f"控制指标中，{named}，以主管部门核定结果为准" if named else ""
        return "；".join(filter(None, (said, tail))) + ("。" if said or tail else "")
    named = "; ".join(f"{words} for {', '.join(map(_inside, names))}" for words, names in own if names)
    tail = f"Of the control indicators, {named}, subject to the competent bodies' results" if named else ""
    return " ".join(f"{one}." for one in (said, tail) if one)


def _inside(name: str) -> str:
    """Return a name as it stands inside an English sentence."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _next(catalog: Catalog, region: str, gap: Row | None, lang: str) -> str:
    """Say what is to be done now: figures to ask for, units to finish, measures to find."""
    ask, units = headline.todo(catalog, region, lang), headline.coming(catalog, region)
    names = pick(("、", ", "), lang).join(units[lang])
    open_mt = gap["uncovered_mt"] if gap else 0.0
    short, body = headline.tonnes(open_mt, lang), ask.get("body", "")
    if lang == "zh":
        parts = [
            (f"抓紧补齐{body}等单位掌握的数据" if body else "抓紧明确有关数据由谁掌握并补齐") if ask else "",
            f"推动{names}核电机组按期投产" if names else "",
            f"研究提出新增措施，弥补已知措施之外约{short}的减排缺口（含外调电测算口径）" if open_mt > 0 else "",
        ]
        said = "，".join(filter(None, parts))
        return f"下一步，要{said}。" if said else ""
    parts = [
        f"obtain the figures held by {body} and other bodies"
        if body
        else "find out who holds the figures"
        if ask
        else "",
        f"bring {names} on the grid in time" if names else "",
        f"propose measures for a gap of about {short} beyond the known ones (with imported power)"
        if open_mt > 0
        else "",
    ]
    said = "; ".join(filter(None, parts))
    return f"Next: {said}." if said else ""
