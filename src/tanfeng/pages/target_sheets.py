"""The verdicts as a workbook, with the sheet to fill in what would settle those that are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from tanfeng.checks.importing import request_workbook
from tanfeng.data.catalog import Catalog
from tanfeng.facts.coverage import GRADES
from tanfeng.pages import request_sheets, sentences, standings, text
from tanfeng.pages.cards import light_year
from tanfeng.pages.spreadsheet import Cell, Row, Sheet, SheetColumn, Value, decimals, write
from tanfeng.pages.table import pick, unseen, used
from tanfeng.targets.requests import requests
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

TONES = {
    "met": "good", "likely_met": "good", "green": "good", "missed": "bad", "likely_missed": "bad", "red": "bad",
    "open": "open", "yellow": "open", "not_assessable": "none", "not_rated": "none",
}  # fmt: skip
CHANCE = '[>0.99]">99%";[<0.01]"<1%";0%'
YEAR, RATE, SIGNED = "0", "0.0", "+0.0;−0.0;0.0"
LIGHTS = ("green", "yellow", "red", "not_rated")
STATUSES = ("reported", "adjusted", "internal", "estimate", "forecast")
NAMES = {name: (zh, en) for name, (zh, en, _) in request_workbook.BESIDE.items()}
TO_FILL_IN = ("填报表", "To fill in")
VINTAGE = (
    "表中数据的版本。只列本地区的目标，上级和下级地区的目标另表。重复表述、征求意见稿和力争目标列出而不计入判定数。",
    "State of the tables. Targets of this region only, those of other levels have a workbook of their own. "
    "Repetitions, drafts and stretch values are listed and not counted.",
)
FLIP = ("改变结论所需变动（%）", "Change needed to alter the result (%)")
COUNTED = ("计{}项。", " {} targets.")
MEANINGS = {
    ("完成概率", "Probability"): (
        "目标年数据未公布时，按同口径年度序列外推得到；没有概率的目标留空。",
        "From the outlook, where the target year is not published; empty where there is none.",
    ),
    ("概率范围", "Range"): (
        "按旁证判断的完成概率范围，或外推得到的概率；旁证只表示倾向，不与判定相加。",
        "Range of the probability as judged from evidence, or the computed one; a lean is never added to verdicts.",
    ),
    ("评级方式", "Rated"): (
        "国家晴雨表评价能耗强度和能源消费总量；其他指标比照同一规则，不是官方评级。",
        "The national barometer rates energy intensity and total energy; the rule is applied to others by analogy.",
    ),
    ("进度要求", "Schedule"): (
        "由基期到目标年逐年等量推进；逐年等率的进度列在旁边。",
        "Equal steps from the base year to the target year; equal rates stand beside them.",
    ),
    ("完成率", "Completion"): (
        "最近一期公布数的实际变化与同期进度要求之比。",
        "Change achieved at the last published figure over the change required by then.",
    ),
    ("改变结论所需变动", "Change needed to alter the result"): (
        "规划期内公布数同幅变动多少，判定才会改变；基期数不变。",
        "By how much all figures of the plan must differ to turn the verdict; the base stays.",
    ),
}


@dataclass(frozen=True)
class _Book:
    """What cells need beside the row they are of: tables, language, numbers of sources, figures asked for by target."""

    catalog: Catalog
    lang: str
    numbers: dict[str, int]
    asked: dict[str, list[str]]

    def word(self, name: str) -> str:
        return text.word(self.catalog, name, self.lang)

    def label(self, table: str, item: str) -> str:
        return self.catalog.label(table, item, self.lang)

    def grade(self, name: str) -> str:
        return self.word(f"grade_{name}") if name else ""

    def chip(self, kind: str, name: str) -> Cell:
        return Cell(self.word(f"{kind}_{name}"), tone=TONES[name])

    def value(self, value: float, unit: str) -> Cell:
        shown = measured(self.catalog, value, unit, self.lang)[0]
        return Cell(shown, decimals(shown))

    def unit(self, value: float, unit: str) -> str:
        return measured(self.catalog, value, unit, self.lang)[1]

    def cited(self, sources: Iterable[str]) -> str:
        return ", ".join(str(self.numbers[one]) for one in used(sources))

    def said(self, sentence: Callable[[Catalog, Verdict, str], str], verdict: Verdict) -> str:
        return sentence(self.catalog, verdict, self.lang)


class _Column(NamedTuple):
    """A column of a sheet: heading, kind and width (see `SheetColumn`), and what makes its cell of a row."""

    heading: tuple[str, str]
    kind: str
    width: float
    fill: Callable[[_Book, Any], Value | Cell]

    def shown(self, lang: str) -> SheetColumn:
        """Return the column in a language, wide enough for the longest word of its heading."""
        label = pick(self.heading, lang)
        return SheetColumn(label, self.kind, width=max(self.width, *(len(word) + 2 for word in label.split())))


def _plan(book: _Book, verdict: Verdict) -> str:
    return book.label("plans", verdict.target["plan"]).partition(pick(("（", " ("), book.lang))[0]


def _strict(book: _Book, verdict: Verdict) -> Cell:
    if verdict.verdict in standings.DECIDED:
        return book.chip("verdict", verdict.verdict)
    return Cell(book.word("unjudged"), tone="none")


def _lean(book: _Book, verdict: Verdict) -> Cell | None:
    judged = verdict.verdict in standings.DECIDED or verdict.target["variant"] != "firm"
    return None if judged else book.chip("verdict", verdict.answer)


def _rated(book: _Book, verdict: Verdict) -> str:
    """Return how a light came about, with its year where that is not the target year."""
    how = "light_official" if verdict.light_official else "light_by_analogy"
    return "" if verdict.light == "not_rated" else book.word(how) + light_year(verdict, book.lang)


def _completion(book: _Book, verdict: Verdict) -> Cell:
    last = verdict.progress.last if verdict.progress else None
    return Cell(last.completion_pct if last else None, RATE)


def _track(book: _Book, verdict: Verdict) -> str:
    track = standings.track(verdict)
    return book.word(f"track_{track}") if track else ""


def _scaled(name: str) -> Callable[[_Book, dict[str, Any]], Cell]:
    """Return what shows a level of a step in the unit of its target."""

    def fill(book: _Book, row: dict[str, Any]) -> Cell:
        if row[name] is None:
            return Cell(None)
        shown = row[name] * row["scale"] * text.unit(book.catalog, row["unit"], book.lang)[1]
        return Cell(round(shown, 4), decimals(shown, 0 if abs(shown) >= standings.LARGE else 2))

    return fill


def _unit(book: _Book, row: dict[str, Any]) -> str:
    required, name = row["verdict"].required, book.label("units", row["unit"])
    if required is None or required.kind != "change":
        return name
    return name + pick((f"（比{required.base}年）", f" from {required.base}"), book.lang)


# rows are verdicts
TARGETS = (
    _Column(("编号", "No."), "label", 7, lambda b, v: v.target["id"]),
    _Column(("领域", "Field"), "label", 9, lambda b, v: b.label("fields", v.target["field"])),
    _Column(("规划", "Plan"), "label", 11, _plan),
    _Column(("目标", "Target"), "text", 24, lambda b, v: v.target[b.lang]),
    _Column(("目标要求", "Required"), "text", 24, lambda b, v: sentences.target_value(b.catalog, v.target, b.lang)),
    _Column(("目标值", "Value"), "number", 9, lambda b, v: b.value(v.target["target_value"], v.target["unit"])),
    _Column(("单位", "Unit"), "label", 11, lambda b, v: b.unit(v.target["target_value"], v.target["unit"])),
    _Column(("目标年", "Year"), "number", 7, lambda b, v: Cell(int(v.target["target_year"]), YEAR)),
    _Column(("性质", "Binding"), "label", 10, lambda b, v: b.word(f"binding_{v.target['binding']}")),
    _Column(("类别", "Kind"), "label", 9, lambda b, v: b.word(f"variant_{v.target['variant']}")),
    _Column(("计入判定数", "Counted"), "label", 7, lambda b, v: b.word("yes" if v.counts else "no")),
    _Column(("判定", "Verdict"), "label", 12, _strict),
    _Column(("旁证倾向", "Lean"), "label", 12, _lean),
    _Column(("完成概率", "Probability"), "number", 7, lambda b, v: Cell(v.probability, CHANCE)),
    _Column(("概率范围", "Range"), "label", 10, lambda b, v: sentences.probability_range(v, b.lang)),
    _Column(("晴雨灯", "Light"), "label", 12, lambda b, v: b.chip("light", v.light)),
    _Column(("评级方式", "Rated"), "label", 11, _rated),
    _Column(("完成率（%）", "Completion (%)"), "number", 8, _completion),
    _Column(("后续所需", "Still needed"), "text", 18, lambda b, v: b.said(standings.needed, v)),
    _Column(("近年实际", "Recent pace"), "text", 16, lambda b, v: b.said(standings.recent, v)),
    _Column(("进度", "Pace"), "label", 11, _track),
    _Column(FLIP, "number", 9, lambda b, v: Cell(v.flip_pct, SIGNED)),
    _Column(("80%预测区间", "80% interval"), "text", 16, lambda b, v: b.said(standings.interval, v)),
    _Column(("判定理由", "Reason"), "text", 50, lambda b, v: b.said(sentences.reason, v)),
    _Column(("何数可判定", "What would settle it"), "text", 24, lambda b, v: sentences.guidance(v, "settles", b.lang)),
    _Column(("由谁掌握", "Held by"), "text", 24, lambda b, v: sentences.guidance(v, "holder", b.lang)),
    _Column(("填报编号", "To fill in, no."), "label", 12, lambda b, v: ", ".join(b.asked[v.target["id"]])),
    _Column(("来源序号", "Sources"), "label", 9, lambda b, v: b.cited(_sources(v))),
)
# rows are the figures behind verdicts, each with its `target`
EVIDENCE = (
    _Column(("目标编号", "Target no."), "label", 9, lambda b, row: row["target"]["id"]),
    _Column(("目标", "Target"), "text", 26, lambda b, row: row["target"][b.lang]),
    _Column(("作用", "Role"), "label", 12, lambda b, row: b.word(f"role_{row['role']}")),
    _Column(("指标", "Indicator"), "text", 28, lambda b, row: b.label("indicators", row["indicator"])),
    _Column(("时间", "Period"), "label", 14, lambda b, row: text.period(row["period"], b.lang)),
    _Column(("数值", "Value"), "number", 12, lambda b, row: b.value(row["published"], row["published_unit"])),
    _Column(("单位", "Unit"), "label", 13, lambda b, row: b.unit(row["published"], row["published_unit"])),
    _Column(("限定", "Bound"), "label", 9, lambda b, row: b.word(f"bound_{row['bound']}")),
    _Column(("状态", "Status"), "label", 9, lambda b, row: b.word(f"status_{row['status']}")),
    _Column(("数据等级", "Grade"), "label", 14, lambda b, row: b.grade(row["grade"])),
    _Column(("来源序号", "Source"), "label", 8, lambda b, row: b.cited([row["source_id"]])),
    _Column(("备注", "Note"), "text", 36, lambda b, row: row[f"note_{b.lang}"]),
)
# rows of `_steps`
SCHEDULE = (
    _Column(("目标编号", "Target no."), "label", 9, lambda b, row: row["verdict"].target["id"]),
    _Column(("目标", "Target"), "text", 30, lambda b, row: row["verdict"].target[b.lang]),
    _Column(("年份", "Year"), "number", 8, lambda b, row: Cell(row["year"], YEAR)),
    _Column(("进度要求（逐年等量）", "Required (equal steps)"), "number", 14, _scaled("required")),
    _Column(("进度要求（逐年等率）", "Required (equal rates)"), "number", 14, _scaled("compound")),
    _Column(("公布数", "Published"), "number", 12, _scaled("published")),
    _Column(("公布数时间", "As of"), "label", 12, lambda b, row: row["period"] and text.period(row["period"], b.lang)),
    _Column(("单位", "Unit"), "label", 14, _unit),
    _Column(("完成率（%）", "Completion (%)"), "number", 10, lambda b, row: Cell(row["completion_pct"], RATE)),
    _Column(("晴雨灯", "Light"), "label", 13, lambda b, row: b.chip("light", row["light"])),
    _Column(("后续所需达到", "Still needed"), "number", 12, _scaled("needed")),
)
# rows of `data/sources.csv`
SOURCES = (
    _Column(("序号", "No."), "number", 6, lambda b, row: Cell(b.numbers[row["id"]], YEAR)),
    _Column(("来源", "Source"), "text", 70, lambda b, row: row[f"citation_{b.lang}"]),
    _Column(("数据等级", "Grade"), "label", 16, lambda b, row: b.grade(row["grade"])),
    _Column(("文件日期", "Date"), "label", 12, lambda b, row: _text(row["document_date"])),
    _Column(("查阅", "Retrieved"), "label", 10, lambda b, row: _text(row["retrieved"])),
    _Column(("网址", "Address"), "text", 40, lambda b, row: row["url"]),
    _Column(("代码", "Id"), "text", 24, lambda b, row: row["id"]),
)
# rows of `_notes`
NOTES = (
    _Column(("类别", "Kind"), "label", 14, lambda b, row: row[0]),
    _Column(("词语", "Word"), "label", 18, lambda b, row: row[1]),
    _Column(("含义", "Meaning"), "text", 90, lambda b, row: row[2]),
)


def workbook(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> bytes:
    """Return the verdicts as XLSX: targets, figures to fill in, evidence, schedules, sources and notes.

    `tanfeng data import` reads what was filled in.

    Args:
        catalog: the tables.
        judged: verdicts (see `tanfeng.targets.verdict.judge`), one or more, of one region.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge
        >>> workbook(open_catalog(), judge(open_catalog(), "330000", "15FYP"), "zh")[:2]
        b'PK'
    """
    return write(sheets(catalog, judged, lang), lang, f"{catalog.vintage}-01")


def sheets(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> list[Sheet]:
    """Return the sheets of the workbook of verdicts.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge
        >>> [sheet.name for sheet in sheets(open_catalog(), judge(open_catalog(), "330000", "15FYP"), "zh")]
        ['目标判定', '填报表', '依据', '序时进度', '来源', '说明']
    """
    asked, serving = _asked(catalog, judged)
    order = sorted(judged, key=lambda verdict: VERDICTS.index(verdict.answer))
    sources = used(one for verdict in order for one in _sources(verdict))
    book = _Book(catalog, lang, {source: number for number, source in enumerate(sources, start=1)}, serving)
    region, registered = judged[0].target["region"], catalog.read("sources").set_index("id", drop=False)
    first, *others = (
        _sheet(book, region, "targets", TARGETS, order),
        _sheet(book, region, "evidence", EVIDENCE, [{**row, "target": v.target} for v in order for row in v.evidence]),
        _sheet(book, region, "schedule", SCHEDULE, [row for verdict in order for row in _steps(catalog, verdict)]),
        _sheet(book, region, "sources", SOURCES, registered.loc[sources].to_dict("records")),
        _sheet(book, region, "notes", NOTES, _notes(book, judged)),
    )
    return [first, request_sheets.to_fill_in(catalog, region, asked, pick(TO_FILL_IN, lang), lang), *others]


def _asked(catalog: Catalog, judged: Sequence[Verdict]) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return the figures that are asked for, those of other targets left out, and their numbers by target."""
    rows = requests(catalog, judged[0].target["region"])
    names: dict[str, list[str]] = {verdict.target["id"]: [] for verdict in judged}
    kept = []
    for row in rows.to_dict("records"):
        served = request_workbook.serving(catalog, row)["id"]
        kept.append(served.empty or served.isin(names).any())
        for one in (one for some in row["roles"].values() for one in some):
            names.setdefault(one, []).append(row["id"])
    return rows[kept], names


def _sheet(book: _Book, region: str, name: str, columns: Sequence[_Column], rows: Sequence[Any]) -> Sheet:
    tab, place, vintage = pick(NAMES[name], book.lang), book.label("regions", region), book.catalog.vintage
    title = pick((f"{place}{tab}（数据版本{vintage}）", f"{place}: {tab} (data {vintage})"), book.lang)
    cells = [[column.fill(book, row) for column in columns] for row in rows]
    paper, fixed = {"targets": ("A3", 4), "notes": ("A4", 0)}.get(name, ("A4", 2))
    return Sheet(tab, [column.shown(book.lang) for column in columns], cells, title, paper, fixed)


def _sources(verdict: Verdict) -> list[str]:
    return [verdict.target["source_id"], *(row["source_id"] for row in verdict.evidence)]


def _steps(catalog: Catalog, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the steps of the schedule of a target: what is known by then, and what is needed from now on."""
    stands = verdict.progress
    if stands is None:
        return []
    unit, scale = standings.unit(catalog, verdict)
    needed = stands.needed if standings.years_ahead(catalog, stands) else {}
    return [
        {
            **vars(step), "verdict": verdict, "unit": unit, "scale": scale, "needed": needed.get(step.year),
            "published": step.known.value if step.known else None, "period": step.known.period if step.known else "",
        }
        for step in stands.steps
    ]  # fmt: skip


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def measured(catalog: Catalog, value: float, unit: str, lang: str) -> tuple[float, str]:
    """Return a figure and the name of its unit as a language writes them (see `tanfeng.pages.text.amount`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> measured(open_catalog(), 5947.0, "10^4 kW", "zh"), measured(open_catalog(), 5947.0, "10^4 kW", "en")
        ((5947.0, '万千瓦'), (59.47, 'GW'))
        >>> measured(open_catalog(), 439.5, "Mt CO2", "zh")
        (4.395, '亿吨')
    """
    if unit in text.MEGATONNES and lang == "zh":
        large = abs(value) >= text.LARGE_MT
        name = ("亿吨" if large else "万吨") + text.MEGATONNES[unit]
        return round(value / 100 if large else value * 100, 6), name
    row = catalog.read("units").set_index("id").loc[unit]
    return round(float(value) * (1.0 if lang == "zh" else float(row["en_factor"])), 6), str(row[lang])


def _notes(book: _Book, judged: Sequence[Verdict]) -> list[Row]:
    """Return what the words of the workbook mean, the number of each verdict, and the state of the data."""
    word, lang = book.word, book.lang
    counted = Counter(verdict.answer for verdict in judged if verdict.counts)
    rows: list[Row] = [[word("vintage"), book.catalog.vintage, pick(VINTAGE, lang)]]
    for name in VERDICTS:
        meaning = word(f"verdict_{name}_means") + pick(COUNTED, lang).format(counted[name])
        rows.append([word("verdict"), book.chip("verdict", name), meaning])
    rows += [[word("light"), book.chip("light", name), word(f"light_{name}_means")] for name in LIGHTS]
    rows += [[word("status"), word(f"status_{name}"), word(f"status_{name}_means")] for name in STATUSES]
    rows += [[word("grade"), word(f"grade_{name}"), word(f"grade_{name}_long")] for name in GRADES]
    rows += [[word("note"), pick(pair, lang), pick(meaning, lang)] for pair, meaning in MEANINGS.items()]
    names = ("light", "change", "completion_rate", "pace")
    return [*rows, [word("note"), pick(("规则出处", "Rules"), lang), unseen(book.catalog, names, lang)]]
