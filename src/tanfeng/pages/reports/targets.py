"""The target check: verdicts as table, counts, benchmarks, and the emissions and outlook behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts.emissions import read_corrections
from tanfeng.facts.indicators import observations
from tanfeng.outlook.paths import emitting_fields
from tanfeng.pages import sentences, text
from tanfeng.pages.table import Column, Table, status_cell, verdict_cell
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import EVIDENCE, Verdict

CITED = {"decides", "latest", "disputes", "part", "other_scope"}
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
    "probability",
    "light",
    "reason",
    "evidence",
]


def _heads(lang: str, **names: tuple[str, str]) -> dict[str, str]:
    return {key: pair[0 if lang == "zh" else 1] for key, pair in names.items()}


def outlook_frame(rows: pd.DataFrame, until: int = 2035) -> pd.DataFrame:
    """Return the rows of `tanfeng.outlook.paths.fields` as shown and downloaded: rounded to 0.01 and 0.1 Mt."""
    columns, rows = ["co2_mt", "lo80", "hi80", "lo95", "hi95"], rows[rows["year"] <= until].copy()
    ahead = rows["status"] == "forecast"
    rows[columns] = rows[columns].round(2).mask(ahead, rows[columns].round(1))
    return rows


def outlook(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str, caption: str, first: int = 2015) -> Table:
    """Return the table of one field's emissions from `first` on, with status and intervals (Mt CO2)."""
    head = _heads(
        lang,
        year=("年份", "Year"),
        co2=("二氧化碳排放", "CO2 emissions"),
        i80=("80%区间", "80% interval"),
        i95=("95%区间", "95% interval"),
        status=("状态", "Status"),
    )
    unit = text.TONNES[lang]
    columns = [
        Column("year", head["year"]),
        Column("co2", head["co2"], unit, "number"),
        Column("i80", head["i80"], unit, "number"),
        Column("i95", head["i95"], unit, "number"),
        Column("status", head["status"], kind="status"),
    ]
    chosen = rows[(rows["field"] == field) & (rows["year"] >= first)]
    cells = [
        {
            "year": {"text": str(row.year)},
            "co2": {"text": text.tonnes(row.co2_mt, lang)},
            "i80": {"text": _range(row.lo80, row.hi80, lang)},
            "i95": {"text": _range(row.lo95, row.hi95, lang)},
            "status": status_cell(catalog, row.status, lang),
        }
        for row in chosen.itertuples()
    ]
    return Table(caption, columns, cells)


def _range(low: float, high: float, lang: str) -> str:
    return "" if pd.isna(low) else f"{text.tonnes(low, lang)}–{text.tonnes(high, lang)}"


def emissions(catalog: Catalog, rows: pd.DataFrame, years: Iterable[int], lang: str, caption: str) -> Table:
    """Return the emissions by field (rows, the total last) in some years (columns), Mt CO2."""
    years = list(years)
    table = rows.pivot_table(index="field", columns="year", values="co2_mt")
    head = {"zh": "领域", "en": "Field"}[lang]
    unit = text.TONNES[lang]
    columns = [Column("field", head), *(Column(str(year), str(year), unit, "number") for year in years)]
    names = [*emitting_fields(catalog), "total"]
    cells = [_field_row(catalog, table, name, years, lang) for name in names]
    status = rows[rows["field"] == "total"].set_index("year")["status"]
    words = {str(year): {"text": text.word(catalog, f"status_{status[year]}", lang)} for year in years}
    last = {"field": {"text": {"zh": "全省数据状态", "en": "Status of the total"}[lang]}, **words}
    return Table(caption, columns, [*cells, last])


def _field_row(catalog: Catalog, table: pd.DataFrame, name: str, years: list[int], lang: str) -> dict[str, Any]:
    shown = {str(year): {"text": text.tonnes(table.at[name, year], lang)} for year in years}
    return {
        "field": {"text": catalog.label("fields", name, lang)},
        **shown,
        "_class": "total" if name == "total" else "",
    }


def verdict_counts(catalog: Catalog, table: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the wall chart: number of counted targets by field (rows) and verdict (columns)."""
    head = _heads(lang, field=("领域", "Field"), all=("合计", "All"))
    verdicts = [Column(name, text.word(catalog, f"verdict_{name}", lang), kind="number") for name in VERDICTS]
    columns = [Column("field", head["field"]), *verdicts, Column("all", head["all"], kind="number")]
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
        "probability": verdict.probability,
        "light": verdict.light,
        "reason_zh": sentences.reason(catalog, verdict, "zh"),
        "reason_en": sentences.reason(catalog, verdict, "en"),
        "sources": " ".join(dict.fromkeys([target["source_id"], *cited])),
    }


def verdicts(catalog: Catalog, judged: list[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts as a table: number, target, verdict, reason and sources."""
    head = _heads(
        lang, id=("编号", "No."), name=("目标", "Target"), verdict=("判定", "Verdict"), reason=("依据", "Reason")
    )
    columns = [
        Column("id", head["id"]),
        Column("name", head["name"]),
        Column("verdict", head["verdict"], kind="verdict"),
        Column("reason", head["reason"]),
    ]
    frame = verdict_frame(catalog, judged)
    if frame.empty:
        return Table(caption, columns, [])
    order = frame["verdict"].map(VERDICTS.index)
    frame = frame.assign(order=order).sort_values(["order", "field", "id"], kind="stable")
    rows = [_verdict_cells(catalog, row, lang) for row in frame.to_dict("records")]
    cited = [source for names in frame["sources"] for source in names.split()]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(cited)))


def _verdict_cells(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    name, reason = row[f"name_{lang}"], row[f"reason_{lang}"]
    mark = "：" if lang == "zh" else ": "
    reason = reason.removeprefix(name + mark)
    return {
        "id": {"text": row["id"]},
        "name": {"text": name},
        "verdict": verdict_cell(catalog, row["verdict"], lang),
        "reason": {"text": reason[0].upper() + reason[1:], "source": row["sources"].split()},
    }


def benchmarks(catalog: Catalog, plan: str, lang: str, caption: str, field: str = "") -> Table:
    """Return the national targets of a plan (of one field, or of all): shown for comparison, they decide nothing."""
    targets = catalog.read("targets").query("region == '100000' and plan == @plan")
    targets = targets[targets["field"] == field] if field else targets
    head = _heads(lang, id=("编号", "No."), name=("全国目标", "National target"), value=("目标值", "Value"))
    columns = [Column("id", head["id"]), Column("name", head["name"]), Column("value", head["value"])]
    rows = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang]},
            "value": {"text": sentences.target_value(catalog, row, lang), "source": [row["source_id"]]},
        }
        for row in targets.to_dict("records")
    ]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(targets["source_id"])))


def breaks(catalog: Catalog, region: str, field: str, lang: str, caption: str) -> Table:
    """Return the known breaks of a field's series and the corrections of its figures, with the reason."""
    head = _heads(lang, year=("年份", "Year"), kind=("类别", "Kind"), reason=("说明", "Reason"))
    columns = [Column("year", head["year"]), Column("kind", head["kind"]), Column("reason", head["reason"])]
    known = catalog.read("breaks")
    known = known[known["region"].isin([region, "100000"]) & known["field"].isin([field, "total"])]
    found = [(str(row["year"]), "break", row[f"reason_{lang}"], row["source_id"]) for row in known.to_dict("records")]
    for correction in read_corrections(catalog.root):
        where = correction.where
        if where.get("region") == region and field in where.get("field", [field]):
            found.append(
                (str(where["year"]), "correction", getattr(correction, f"reason_{lang}"), correction.source_id)
            )
    rows = [
        {
            "year": {"text": year},
            "kind": {"text": text.word(catalog, kind, lang)},
            "reason": {"text": reason, "source": [source]},
        }
        for year, kind, reason, source in found
    ]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(source for *_, source in found)))


def evidence_frame(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    """Return the figures behind the verdicts, one row a figure, as published, with status, grade and source."""
    grades = catalog.read("sources").set_index("id")["citation_zh"]
    rows = [{"target": verdict.target["id"], **row} for verdict in judged for row in verdict.evidence]
    frame = pd.DataFrame(rows, columns=["target", *EVIDENCE, "note_zh", "note_en", "role"])
    return frame.assign(citation_zh=frame["source_id"].map(grades))


def figures(catalog: Catalog, indicator_ids: list[str], region: str, lang: str, caption: str) -> Table:
    """Return every published figure of some indicators: name, period, value as published, status, source."""
    head = _heads(
        lang, name=("指标", "Indicator"), period=("时间", "Period"), value=("数值", "Value"), status=("状态", "Status")
    )
    columns = [
        Column("name", head["name"]),
        Column("period", head["period"]),
        Column("value", head["value"], kind="number"),
        Column("status", head["status"], kind="status"),
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
