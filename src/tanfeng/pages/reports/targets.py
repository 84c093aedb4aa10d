"""The target check: key figures; verdicts as a table, counts, benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.indicators import observations
from tanfeng.pages import sentences, text
from tanfeng.pages.cards import NEWS, SILENT
from tanfeng.pages.figures import counted_verdicts, figure, frame
from tanfeng.pages.layout import PERIOD, STATUS, TEXT, Cell, Column, Layout, Row, name, own
from tanfeng.pages.table import SHOWN, WHOLE, Table, pick, verdict_cell
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import EVIDENCE, Verdict

TEXTS = {
    "figures": ("判定计数", "Counts"),
    "verdict_counts": ("分领域判定数", "Verdicts by field"),
    "verdicts": ("全部目标判定", "All verdicts"),
    "verdicts_workbook": ("全部目标判定，工作簿", "All verdicts, workbook"),
    "evidence": ("判定依据数据", "Evidence behind the verdicts"),
    "verdict_counts_figure": (
        "{{ k.counted }}项目标中判定{{ k.judged }}项，{{ k.verdict_not_assessable }}项无公开依据",
        "{{ k.judged }} of {{ k.counted }} targets are judged, {{ k.verdict_not_assessable }} have no public evidence",
    ),
    "cards": ("目标清单", "Targets"),
    "verdicts_table": ("力争目标与征求意见稿", "Stretch values and drafts"),
    "benchmarks": (
        "全国{{ page.plan_name }}目标（只作对照）",
        "National targets of the {{ page.plan_name }} (for comparison)",
    ),
}

CITED = {"decides", "bound", "latest", "disputes", "part", "whole", "other_scope", "statement", "supports"}
GUIDANCE = ("settles", "holder")
EXPORTED = [
    "id", "name", "indicator", "region", "field", "plan", "target", "variant", "verdict", "lean", "probability",
    "probability_range", "light", "reason", "evidence", "settles", "holder",
]  # fmt: skip


def verdict_frame(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    """Return the verdicts, one row a target, with names and reasons in both languages and the sources."""
    return pd.DataFrame([_verdict_row(catalog, verdict) for verdict in judged])


def verdict_export(catalog: Catalog, judged: list[Verdict], lang: str) -> pd.DataFrame:
    """Return the verdicts in one language with the columns others rely on: id, indicator, region, plan ... evidence."""
    frame = verdict_frame(catalog, judged)
    told = {name: frame[f"{name}_{lang}"] for name in ("name", "target", "reason", *GUIDANCE)}
    evidence = ["; ".join(_evidence_text(catalog, row, lang) for row in verdict.evidence) for verdict in judged]
    ranges = ["" if one.probability_range is None else "{:g}-{:g}".format(*one.probability_range) for one in judged]
    return frame.assign(**told, evidence=evidence, probability_range=ranges)[EXPORTED]


def _evidence_text(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    figure = text.figure(catalog, row, lang)
    about = ", ".join(str(row[key]) for key in ("role", "status", "grade", "source_id"))
    return f"{row['indicator']} {row['period']}: {figure} ({about})"


def _verdict_row(catalog: Catalog, verdict: Verdict) -> dict[str, Any]:
    target = verdict.target
    cited = [row["source_id"] for row in verdict.evidence if row["role"] in CITED]
    if verdict.reason == "probability":  # it rests on the whole series, of which the last figure is quoted
        cited.append(verdict.evidence[-1]["source_id"])
    low, high = verdict.probability_range or (None, None)
    return {
        **{name: target[name] for name in ("id", "region", "plan", "field", "indicator")},
        **{f"name_{lang}": target[lang] for lang in text.LANGS},
        **{f"target_{lang}": sentences.target_value(catalog, target, lang) for lang in text.LANGS},
        "variant": target["variant"],
        "counted": verdict.counts,
        **{name: getattr(verdict, name) for name in ("verdict", "lean", "answer", "probability")},
        "p_low": low,
        "p_high": high,
        "light": verdict.light,
        **{f"reason_{lang}": sentences.reason(catalog, verdict, lang) for lang in text.LANGS},
        **{f"{name}_{lang}": sentences.guidance(verdict, name, lang) for name in GUIDANCE for lang in text.LANGS},
        "sources": " ".join(dict.fromkeys([target["source_id"], *cited])),
    }


def _answer_cell(catalog: Catalog, row: Row, lang: str) -> Cell:
    """Return the answer as a chip: a lean looks another way than a verdict; what is for reference is not judged."""
    cell = verdict_cell(catalog, row["answer"], lang)
    if row["variant"] != "firm" and row["answer"] != SILENT:
        return {**cell, "text": text.word(catalog, "unjudged", lang)}
    return {**cell, "class": f"lean {cell['class']}"} if row["lean"] else cell


def _reason(catalog: Catalog, row: Row, lang: str) -> Cell:
    reason = row[f"reason_{lang}"].removeprefix(row[f"name_{lang}"] + pick(("：", ": "), lang))
    return {"text": reason[0].upper() + reason[1:], "source": row["sources"].split()}


# rows of `verdict_frame`: targets with their answers and why
ANSWERS = Layout((
    Column("id", ("编号", "No."), TEXT),
    Column("name", ("目标", "Target"), own("name")),
    Column("verdict", ("判定", "Verdict"), _answer_cell, kind="verdict"),
    Column("reason", ("依据", "Reason"), _reason),
), sources="sources", stacked=True)  # fmt: skip

# rows of `data/targets.csv`: national targets
NATIONAL = Layout((
    Column("id", ("编号", "No."), TEXT),
    Column("name", ("全国目标", "National target"), own()),
    Column("value", ("目标值", "Value"), sentences.target_value, cites="source_id"),
), sources="source_id")  # fmt: skip

# rows of `tanfeng.facts.indicators.observations`: figures as published
PUBLISHED = Layout((
    Column("indicator", ("指标", "Indicator"), name("indicators", "text")),
    Column("period", ("时间", "Period"), PERIOD, kind="text"),
    Column("value", ("数值", "Value"), text.figure, kind="number", cites="source_id"),
    Column("status", ("状态", "Status"), STATUS),
), sources="source_id")  # fmt: skip


def verdicts(catalog: Catalog, judged: list[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts as a table in the order of news; what has no evidence is folded."""
    if not judged:
        return ANSWERS.table(catalog, [], lang, caption)
    rows = verdict_frame(catalog, judged)
    rows = rows.assign(order=rows["answer"].map([*NEWS, SILENT].index)).sort_values(["order", "field", "id"])
    return ANSWERS.table(catalog, rows, lang, caption, groups=grouped(catalog, list(rows["answer"]), lang))


def grouped(catalog: Catalog, answers: Sequence[str], lang: str) -> list[str]:
    """Return what each row of a table of verdicts in the order of news is folded with; nothing for what is shown.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> grouped(open_catalog(), ["missed", "met", "not_assessable"], "zh")
        ['', '', '无公开依据']
    """
    told = sum(answer != SILENT for answer in answers)
    room = told if told <= WHOLE else SHOWN
    word = {name: text.word(catalog, f"verdict_{name}", lang) for name in VERDICTS}
    return ["" if at < room and answer != SILENT else word[answer] for at, answer in enumerate(answers)]


def benchmarks(catalog: Catalog, plan: str, lang: str, caption: str, field: str = "") -> Table:
    """Return the national targets of a plan (of one field, or of all): shown for comparison, they decide nothing.

    Those of a single year, or due before the end of the plan, are left out.
    """
    targets = catalog.read("targets").query("region == '100000' and plan == @plan")
    last = int(catalog.read("plans").set_index("id").at[plan, "last_year"])
    of_a_year = targets["base_year"] == targets["target_year"] - 1
    targets = targets[(targets["target_year"] == last) & ~of_a_year.fillna(False)]
    targets = targets[targets["field"] == field] if field else targets
    return NATIONAL.table(catalog, targets, lang, caption)


def evidence_frame(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    """Return the figures behind the verdicts, one row a figure, as published, with status, grade and source."""
    cited = catalog.read("sources").set_index("id")["citation_zh"]
    rows = [{"target": verdict.target["id"], **row} for verdict in judged for row in verdict.evidence]
    frame = pd.DataFrame(rows, columns=["target", *EVIDENCE, "note_zh", "note_en", "role"])
    return frame.assign(citation_zh=["；".join(cited[list(names.split())]) for names in frame["source_id"]])


def figures(catalog: Catalog, indicator_ids: list[str], region: str, lang: str, caption: str) -> Table:
    """Return every published figure of some indicators: name, period, value as published, status, source."""
    rows = [row for one in indicator_ids for row in observations(catalog, one, region).to_dict("records")]
    return PUBLISHED.table(catalog, rows, lang, caption)


def key_figures(judged: list[Verdict]) -> pd.DataFrame:
    """Return the counts of verdicts, and how many rows are repetitions, drafts or stretch values."""
    uncounted = {
        "rows": len(judged),
        "repeated": sum(v.target["variant"] == "firm" and not v.counts for v in judged),
        "drafts": sum(v.target["variant"] == "draft" for v in judged),
        "stretch": sum(v.target["variant"] == "stretch" for v in judged),
    }
    rows = [figure(name, count, "targets", "", "reported") for name, count in uncounted.items()]
    return frame([*counted_verdicts(judged), *rows])
