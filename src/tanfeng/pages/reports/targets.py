"""The target check: key figures; verdicts as a table, counts, benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.indicators import observations
from tanfeng.pages import sentences, text
from tanfeng.pages.cards import NEWS, SILENT
from tanfeng.pages.figures import counted_verdicts, figure, frame
from tanfeng.pages.table import SHOWN, WHOLE, Heading, Table, status_cell, verdict_cell
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
    "benchmarks": ("全国“十四五”目标（只作对照）", "National targets of the 14th plan (for comparison)"),
}

CITED = {"decides", "bound", "latest", "disputes", "part", "whole", "other_scope", "statement", "supports"}
GUIDANCE = ("settles", "holder")
EXPORTED = [
    "id",
    "name",
    "indicator",
    "region",
    "field",
    "plan",
    "target",
    "variant",
    "verdict",
    "lean",
    "probability",
    "probability_range",
    "light",
    "reason",
    "evidence",
    "settles",
    "holder",
]


def _heads(lang: str, **names: tuple[str, str]) -> dict[str, str]:
    return {key: pair[0 if lang == "zh" else 1] for key, pair in names.items()}


def verdict_counts(catalog: Catalog, table: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the wall chart: number of counted targets by field (rows) and verdict (columns)."""
    head = _heads(lang, field=("领域", "Field"), all=("合计", "All"))
    verdicts = [Heading(name, text.word(catalog, f"verdict_{name}", lang), kind="number") for name in VERDICTS]
    columns = [Heading("field", head["field"]), *verdicts, Heading("all", head["all"], kind="number")]
    table = table[table.sum(axis=1) > 0]
    rows = [_count_row(catalog.label("fields", str(name), lang), counts) for name, counts in table.iterrows()]
    return Table(caption, columns, [*rows, {**_count_row(head["all"], table.sum()), "_class": "total"}])


def _count_row(name: str, counts: pd.Series) -> dict[str, Any]:
    cells = {verdict: {"text": str(counts[verdict])} for verdict in VERDICTS}
    return {"field": {"text": name}, **cells, "all": {"text": str(counts.sum())}}


def verdict_frame(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    """Return the verdicts, one row a target, with names and reasons in both languages and the sources."""
    return pd.DataFrame([_verdict_row(catalog, verdict) for verdict in judged])


def verdict_export(catalog: Catalog, judged: list[Verdict], lang: str) -> pd.DataFrame:
    """Return the verdicts in one language with the columns others rely on: id, indicator, region, plan ... evidence."""
    frame = verdict_frame(catalog, judged)
    evidence = ["; ".join(_evidence_text(catalog, row, lang) for row in verdict.evidence) for verdict in judged]
    frame = frame.assign(name=frame[f"name_{lang}"], target=frame[f"target_{lang}"], evidence=evidence)
    ranges = ["" if (ends := one.probability_range) is None else f"{ends[0]:g}-{ends[1]:g}" for one in judged]
    frame = frame.assign(settles=frame[f"settles_{lang}"], holder=frame[f"holder_{lang}"], probability_range=ranges)
    return frame.assign(reason=frame[f"reason_{lang}"])[EXPORTED]


def _evidence_text(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    figure = text.figure(catalog, row, lang)
    about = ", ".join(str(row[key]) for key in ("role", "status", "grade", "source_id"))
    return f"{row['indicator']} {row['period']}: {figure} ({about})"


def _verdict_row(catalog: Catalog, verdict: Verdict) -> dict[str, Any]:
    target = verdict.target
    cited = [row["source_id"] for row in verdict.evidence if row["role"] in CITED]
    if verdict.reason == "probability":  # it rests on the whole series, of which the last figure is quoted
        cited.append(verdict.evidence[-1]["source_id"])
    return {
        "id": target["id"],
        "region": target["region"],
        "plan": target["plan"],
        "field": target["field"],
        "indicator": target["indicator"],
        "name_zh": target["zh"],
        "name_en": target["en"],
        "target_zh": sentences.target_value(catalog, target, "zh"),
        "target_en": sentences.target_value(catalog, target, "en"),
        "variant": target["variant"],
        "counted": verdict.counts,
        "verdict": verdict.verdict,
        "lean": verdict.lean,
        "answer": verdict.answer,
        "probability": verdict.probability,
        "p_low": (verdict.probability_range or (None, None))[0],
        "p_high": (verdict.probability_range or (None, None))[1],
        "light": verdict.light,
        "reason_zh": sentences.reason(catalog, verdict, "zh"),
        "reason_en": sentences.reason(catalog, verdict, "en"),
        **{f"{name}_{lang}": sentences.guidance(verdict, name, lang) for name in GUIDANCE for lang in ("zh", "en")},
        "sources": " ".join(dict.fromkeys([target["source_id"], *cited])),
    }


def verdicts(catalog: Catalog, judged: list[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts as a table: number, target, verdict, reason and sources."""
    head = _heads(
        lang, id=("编号", "No."), name=("目标", "Target"), verdict=("判定", "Verdict"), reason=("依据", "Reason")
    )
    columns = [
        Heading("id", head["id"]),
        Heading("name", head["name"]),
        Heading("verdict", head["verdict"], kind="verdict"),
        Heading("reason", head["reason"]),
    ]
    frame = verdict_frame(catalog, judged)
    if frame.empty:
        return Table(caption, columns, [])
    order = frame["answer"].map(dict(zip((*NEWS, SILENT), count(), strict=False)))
    frame = frame.assign(order=order).sort_values(["order", "field", "id"], kind="stable")
    rows = [_verdict_cells(catalog, row, lang) for row in frame.to_dict("records")]
    cited = [source for names in frame["sources"] for source in names.split()]
    groups = grouped(catalog, list(frame["answer"]), lang)
    return Table(caption, columns, rows, sources=list(dict.fromkeys(cited)), stacked=True, groups=groups)


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


def _verdict_cells(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    name, reason = row[f"name_{lang}"], row[f"reason_{lang}"]
    mark = "：" if lang == "zh" else ": "
    reason = reason.removeprefix(name + mark)
    return {
        "id": {"text": row["id"]},
        "name": {"text": name},
        "verdict": _answer_cell(catalog, row, lang),
        "reason": {"text": reason[0].upper() + reason[1:], "source": row["sources"].split()},
    }


def _answer_cell(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, str]:
    """Return the answer as a chip: a lean looks another way than a verdict; what is for reference is not judged."""
    cell = verdict_cell(catalog, row["answer"], lang)
    if row["variant"] != "firm" and row["answer"] != SILENT:
        return {**cell, "text": text.word(catalog, "unjudged", lang)}
    return {**cell, "class": f"lean {cell['class']}"} if row["lean"] else cell


def benchmarks(catalog: Catalog, plan: str, lang: str, caption: str, field: str = "") -> Table:
    """Return the national targets of a plan (of one field, or of all): shown for comparison, they decide nothing.

    Those of a single year, or due before the end of the plan, are left out.
    """
    targets = catalog.read("targets").query("region == '100000' and plan == @plan")
    last = int(catalog.read("plans").set_index("id").at[plan, "last_year"])
    of_a_year = targets["base_year"] == targets["target_year"] - 1
    targets = targets[(targets["target_year"] == last) & ~of_a_year.fillna(False)]
    targets = targets[targets["field"] == field] if field else targets
    head = _heads(lang, id=("编号", "No."), name=("全国目标", "National target"), value=("目标值", "Value"))
    columns = [Heading("id", head["id"]), Heading("name", head["name"]), Heading("value", head["value"])]
    rows = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang]},
            "value": {"text": sentences.target_value(catalog, row, lang), "source": [row["source_id"]]},
        }
        for row in targets.to_dict("records")
    ]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(targets["source_id"])))


def evidence_frame(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    """Return the figures behind the verdicts, one row a figure, as published, with status, grade and source."""
    cited = catalog.read("sources").set_index("id")["citation_zh"]
    rows = [{"target": verdict.target["id"], **row} for verdict in judged for row in verdict.evidence]
    frame = pd.DataFrame(rows, columns=["target", *EVIDENCE, "note_zh", "note_en", "role"])
    return frame.assign(citation_zh=["；".join(cited[list(names.split())]) for names in frame["source_id"]])


def figures(catalog: Catalog, indicator_ids: list[str], region: str, lang: str, caption: str) -> Table:
    """Return every published figure of some indicators: name, period, value as published, status, source."""
    head = _heads(
        lang, name=("指标", "Indicator"), period=("时间", "Period"), value=("数值", "Value"), status=("状态", "Status")
    )
    columns = [
        Heading("name", head["name"]),
        Heading("period", head["period"]),
        Heading("value", head["value"], kind="number"),
        Heading("status", head["status"], kind="status"),
    ]
    found = [row for name in indicator_ids for row in observations(catalog, name, region).to_dict("records")]
    rows = [
        {
            "name": {"text": catalog.label("indicators", row["indicator"], lang)},
            "period": {"text": text.period(row["period"], lang)},
            "value": {"text": text.figure(catalog, row, lang), "source": [row["source_id"]]},
            "status": status_cell(catalog, row["status"], lang),
        }
        for row in found
    ]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(row["source_id"] for row in found)))


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
