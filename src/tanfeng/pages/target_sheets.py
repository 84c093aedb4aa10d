"""The verdicts as a workbook, with the sheet to fill in what would settle those that are open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from tanfeng.checks.importing import request_workbook
from tanfeng.data.catalog import Catalog
from tanfeng.facts.coverage import GRADES
from tanfeng.pages import request_sheets, sentences, standings, text
from tanfeng.pages.cards import light_year
from tanfeng.pages.spreadsheet import Cell, Row, Sheet, SheetColumn, Value, decimals, write
from tanfeng.pages.table import pick, unseen
from tanfeng.targets.requests import requests
from tanfeng.targets.rules import VERDICTS, Requirement
from tanfeng.targets.verdict import Verdict

Head = tuple[str, str, str, float]  # Chinese heading, English heading, kind, width

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
TARGETS: tuple[Head, ...] = (
    ("编号", "No.", "label", 7),
    ("领域", "Field", "label", 9),
    ("规划", "Plan", "label", 11),
    ("目标", "Target", "text", 24),
    ("目标要求", "Required", "text", 24),
    ("目标值", "Value", "number", 9),
    ("单位", "Unit", "label", 11),
    ("目标年", "Year", "number", 7),
    ("性质", "Binding", "label", 10),
    ("类别", "Kind", "label", 9),
    ("计入判定数", "Counted", "label", 7),
    ("判定", "Verdict", "label", 12),
    ("旁证倾向", "Lean", "label", 12),
    ("完成概率", "Probability", "number", 7),
    ("概率范围", "Range", "label", 10),
    ("晴雨灯", "Light", "label", 12),
    ("评级方式", "Rated", "label", 11),
    ("完成率（%）", "Completion (%)", "number", 8),
    ("后续所需", "Still needed", "text", 18),
    ("近年实际", "Recent pace", "text", 16),
    ("进度", "Pace", "label", 11),
    ("改变结论所需变动（%）", "Change needed to alter the result (%)", "number", 9),
    ("80%预测区间", "80% interval", "text", 16),
    ("判定理由", "Reason", "text", 50),
    ("何数可判定", "What would settle it", "text", 24),
    ("由谁掌握", "Held by", "text", 24),
    ("填报编号", "To fill in, no.", "label", 12),
    ("来源序号", "Sources", "label", 9),
)
EVIDENCE: tuple[Head, ...] = (
    ("目标编号", "Target no.", "label", 9),
    ("目标", "Target", "text", 26),
    ("作用", "Role", "label", 12),
    ("指标", "Indicator", "text", 28),
    ("时间", "Period", "label", 14),
    ("数值", "Value", "number", 12),
    ("单位", "Unit", "label", 13),
    ("限定", "Bound", "label", 9),
    ("状态", "Status", "label", 9),
    ("数据等级", "Grade", "label", 14),
    ("来源序号", "Source", "label", 8),
    ("备注", "Note", "text", 36),
)
SCHEDULE: tuple[Head, ...] = (
    ("目标编号", "Target no.", "label", 9),
    ("目标", "Target", "text", 30),
    ("年份", "Year", "number", 8),
    ("进度要求（逐年等量）", "Required (equal steps)", "number", 14),
    ("进度要求（逐年等率）", "Required (equal rates)", "number", 14),
    ("公布数", "Published", "number", 12),
    ("公布数时间", "As of", "label", 12),
    ("单位", "Unit", "label", 14),
    ("完成率（%）", "Completion (%)", "number", 10),
    ("晴雨灯", "Light", "label", 13),
    ("后续所需达到", "Still needed", "number", 12),
)
SOURCES: tuple[Head, ...] = (
    ("序号", "No.", "number", 6),
    ("来源", "Source", "text", 70),
    ("数据等级", "Grade", "label", 16),
    ("文件日期", "Date", "label", 12),
    ("查阅", "Retrieved", "label", 10),
    ("网址", "Address", "text", 40),
    ("代码", "Id", "text", 24),
)
NOTES: tuple[Head, ...] = (
    ("类别", "Kind", "label", 14),
    ("词语", "Word", "label", 18),
    ("含义", "Meaning", "text", 90),
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
    region = judged[0].target["region"]
    asked, serving = _asked(catalog, judged)
    order = sorted(judged, key=lambda verdict: VERDICTS.index(verdict.answer))
    numbers = {source: number for number, source in enumerate(_sources(order), start=1)}
    rows = {
        "targets": [_target(catalog, verdict, numbers, serving, lang) for verdict in order],
        "evidence": [_figure(catalog, verdict, row, numbers, lang) for verdict in order for row in verdict.evidence],
        "schedule": [row for verdict in order for row in _schedule(catalog, verdict, lang)],
        "sources": _source_rows(catalog, numbers, lang),
        "notes": _notes(catalog, judged, lang),
    }
    heads = {"targets": TARGETS, "evidence": EVIDENCE, "schedule": SCHEDULE, "sources": SOURCES, "notes": NOTES}
    first, *others = (_sheet(catalog, judged, name, heads[name], rows[name], lang) for name in NAMES)
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


def _sheet(
    catalog: Catalog, judged: Sequence[Verdict], name: str, heads: Sequence[Head], rows: list[Row], lang: str
) -> Sheet:
    columns = [_column(zh if lang == "zh" else en, kind, width) for zh, en, kind, width in heads]
    tab = NAMES[name][0 if lang == "zh" else 1]
    region = catalog.label("regions", judged[0].target["region"], lang)
    title = (
        f"{region}{tab}（数据版本{catalog.vintage}）" if lang == "zh" else f"{region}: {tab} (data {catalog.vintage})"
    )
    wide = name == "targets"
    return Sheet(tab, columns, rows, title, "A3" if wide else "A4", fixed=4 if wide else 2 if name != "notes" else 0)


def _column(label: str, kind: str, width: float) -> SheetColumn:
    """Return a column wide enough for the longest word of its heading."""
    return SheetColumn(label, kind, width=max(width, *(len(word) + 2 for word in label.split())))


def _sources(judged: Sequence[Verdict]) -> list[str]:
    named = [
        source
        for verdict in judged
        for text_ in (verdict.target["source_id"], *(row["source_id"] for row in verdict.evidence))
        for source in text_.split()
    ]
    return list(dict.fromkeys(named))


def _target(catalog: Catalog, verdict: Verdict, numbers: dict[str, int], asked: dict[str, list[str]], lang: str) -> Row:
    target, stands = verdict.target, verdict.progress
    value, unit = measured(catalog, target["target_value"], target["unit"], lang)
    last, track = (stands.last if stands else None), standings.track(verdict)
    rated = "light_official" if verdict.light_official else "light_by_analogy"
    return [
        target["id"],
        catalog.label("fields", target["field"], lang),
        catalog.label("plans", target["plan"], lang).partition("（" if lang == "zh" else " (")[0],
        target[lang],
        sentences.target_value(catalog, target, lang),
        Cell(value, decimals(value)),
        unit,
        Cell(int(target["target_year"]), YEAR),
        text.word(catalog, f"binding_{target['binding']}", lang),
        text.word(catalog, f"variant_{target['variant']}", lang),
        text.word(catalog, "yes" if verdict.counts else "no", lang),
        _strict(catalog, verdict, lang),
        _lean(catalog, verdict, lang),
        Cell(verdict.probability, CHANCE),
        sentences.probability_range(verdict, lang),
        _chip(catalog, "light", verdict.light, lang),
        _rated(catalog, verdict, rated, lang),
        Cell(last.completion_pct if last else None, RATE),
        standings.needed(catalog, verdict, lang),
        standings.recent(catalog, verdict, lang),
        text.word(catalog, f"track_{track}", lang) if track else "",
        Cell(verdict.flip_pct, SIGNED),
        standings.interval(catalog, verdict, lang),
        sentences.reason(catalog, verdict, lang),
        *(sentences.guidance(verdict, name, lang) for name in ("settles", "holder")),
        ", ".join(asked[target["id"]]),
        _joined(numbers, _sources([verdict])),
    ]


def _strict(catalog: Catalog, verdict: Verdict, lang: str) -> Cell:
    if verdict.verdict in standings.DECIDED:
        return _chip(catalog, "verdict", verdict.verdict, lang)
    return Cell(text.word(catalog, "unjudged", lang), tone="none")


def _lean(catalog: Catalog, verdict: Verdict, lang: str) -> Value | Cell:
    judged = verdict.verdict in standings.DECIDED or verdict.target["variant"] != "firm"
    return None if judged else _chip(catalog, "verdict", verdict.answer, lang)


def _chip(catalog: Catalog, kind: str, name: str, lang: str) -> Cell:
    return Cell(text.word(catalog, f"{kind}_{name}", lang), tone=TONES[name])


def _figure(catalog: Catalog, verdict: Verdict, row: dict[str, Any], numbers: dict[str, int], lang: str) -> Row:
    value, unit = measured(catalog, row["published"], row["published_unit"], lang)
    return [
        verdict.target["id"],
        verdict.target[lang],
        text.word(catalog, f"role_{row['role']}", lang),
        catalog.label("indicators", row["indicator"], lang),
        text.period(row["period"], lang),
        Cell(value, decimals(value)),
        unit,
        text.word(catalog, f"bound_{row['bound']}", lang),
        text.word(catalog, f"status_{row['status']}", lang),
        text.word(catalog, f"grade_{row['grade']}", lang) if row["grade"] else "",
        _joined(numbers, row["source_id"].split()),
        row[f"note_{lang}"],
    ]


def _joined(numbers: dict[str, int], sources: list[str]) -> str:
    return ", ".join(str(numbers[source]) for source in sources)


def _schedule(catalog: Catalog, verdict: Verdict, lang: str) -> list[Row]:
    stands = verdict.progress
    if stands is None:
        return []
    unit, scale = standings.unit(catalog, verdict)
    needed = stands.needed if standings.years_ahead(catalog, stands) else {}

    def shown(value: float | None) -> Cell:
        return Cell(None) if value is None else _scaled(catalog, value * scale, unit, lang)

    return [
        [
            verdict.target["id"],
            verdict.target[lang],
            Cell(step.year, YEAR),
            shown(step.required),
            shown(step.compound),
            shown(step.known.value if step.known else None),
            text.period(step.known.period, lang) if step.known else "",
            _unit_name(catalog, unit, verdict.required, lang),
            Cell(step.completion_pct, RATE),
            _chip(catalog, "light", step.light, lang),
            shown(needed.get(step.year)),
        ]
        for step in stands.steps
    ]


def _scaled(catalog: Catalog, value: float, unit: str, lang: str) -> Cell:
    factor = 1.0 if lang == "zh" else float(catalog.read("units").set_index("id").at[unit, "en_factor"])
    digits = 0 if abs(value * factor) >= standings.LARGE else 2
    return Cell(round(value * factor, 4), decimals(value * factor, digits))


def _unit_name(catalog: Catalog, unit: str, required: Requirement | None, lang: str) -> str:
    name = catalog.label("units", unit, lang)
    if required is None or required.kind != "change":
        return name
    return f"{name}（比{required.base}年）" if lang == "zh" else f"{name} from {required.base}"


def _source_rows(catalog: Catalog, numbers: dict[str, int], lang: str) -> list[Row]:
    rows = catalog.read("sources").set_index("id", drop=False)
    return [
        [
            Cell(number, YEAR),
            row[f"citation_{lang}"],
            text.word(catalog, f"grade_{row['grade']}", lang) if row["grade"] else "",
            _text(row["document_date"]),
            _text(row["retrieved"]),
            row["url"],
            row["id"],
        ]
        for number, row in zip(numbers.values(), rows.loc[list(numbers)].to_dict("records"), strict=True)
    ]


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


def _rated(catalog: Catalog, verdict: Verdict, rated: str, lang: str) -> str:
    """Return how a light came about, with its year where that is not the target year."""
    return "" if verdict.light == "not_rated" else text.word(catalog, rated, lang) + light_year(verdict, lang)


def _notes(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> list[Row]:
    """Return what the words of the workbook mean, the number of each verdict, and the state of the data."""
    word = partial(text.word, catalog, lang=lang)
    place = 0 if lang == "zh" else 1
    rows: list[Row] = [[word("vintage"), catalog.vintage, VINTAGE[place]]]
    for name in VERDICTS:
        count = sum(verdict.counts and verdict.answer == name for verdict in judged)
        meaning = word(f"verdict_{name}_means") + COUNTED[place].format(count)
        rows.append([word("verdict"), _chip(catalog, "verdict", name, lang), meaning])
    rows += [[word("light"), _chip(catalog, "light", name, lang), word(f"light_{name}_means")] for name in LIGHTS]
    rows += [[word("status"), word(f"status_{name}"), word(f"status_{name}_means")] for name in STATUSES]
    rows += [[word("grade"), word(f"grade_{name}"), word(f"grade_{name}_long")] for name in GRADES]
    rows += [[word("note"), pair[place], MEANINGS[pair][place]] for pair in MEANINGS]
    names = ("light", "change", "completion_rate", "pace")
    return [*rows, [word("note"), ("规则出处", "Rules")[place], unseen(catalog, names, lang)]]
