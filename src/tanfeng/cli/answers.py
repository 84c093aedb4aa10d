"""Commands that answer a question with a table: `inventory`, `targets`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, Region, app, emit, formatted
from tanfeng.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.catalog import Catalog


@app.command()
def inventory(
    region: Region = "330000",
    by: Annotated[str, typer.Option(help="total, field, subsector, fuel_group or detail.")] = "field",
    corrections: Annotated[
        bool, typer.Option(help="Apply data/corrections.yaml, the known errors of the source.")
    ] = True,
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",
    out: Output = None,
) -> None:
    """Write the CO2 inventory of a region: region, year, field, subsector, fuel_group, co2_mt (Mt), status."""
    from tanfeng.inventory import emissions

    rows = emissions(common.catalog(), region, by, corrections).round({"co2_mt": 4})
    emit(formatted(rows, format), out)


@app.command()
def targets(
    region: Region = "330000",
    plan: Annotated[str | None, typer.Option(help="14FYP, 15FYP or 2030; all by default.")] = None,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and reasons: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write the verdict on every target of a region, with its reason and evidence."""
    from tanfeng import tables
    from tanfeng.verdicts import judge

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.catalog()
    judged = judge(catalog, region, plan)
    if format == "csv":
        emit(tables.csv(tables.verdict_export(catalog, judged, lang)), out)
    elif format == "json":
        emit(json.dumps(_verdict_records(catalog, judged, lang), ensure_ascii=False, indent=1) + "\n", out)
    else:
        rows = tables.verdict_frame(catalog, judged)
        emit(
            "".join(f"{row['id']:5} {row['verdict']:15} {row[f'reason_{lang}']}\n" for row in rows.to_dict("records")),
            out,
        )


def _verdict_records(catalog: Catalog, judged: list[Any], lang: str) -> list[dict[str, Any]]:
    from tanfeng import text

    return [
        {
            "id": verdict.target["id"],
            "name": verdict.target[lang],
            "indicator": verdict.target["indicator"],
            "region": verdict.target["region"],
            "field": verdict.target["field"],
            "plan": verdict.target["plan"],
            "target": text.target_value(catalog, verdict.target, lang),
            "variant": verdict.target["variant"],
            "verdict": verdict.verdict,
            "probability": verdict.probability,
            "light": verdict.light,
            "reason": text.reason(catalog, verdict, lang),
            "evidence": [_evidence_record(row, lang) for row in verdict.evidence],
        }
        for verdict in judged
    ]


def _evidence_record(row: dict[str, Any], lang: str) -> dict[str, Any]:
    names = {"published": "value", "published_unit": "unit"}
    kept = {names.get(key, key): value for key, value in row.items() if not key.startswith("note_")}
    return {**kept, "note": row[f"note_{lang}"]}
