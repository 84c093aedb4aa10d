"""Command on the registers: `measures`."""

from __future__ import annotations

from typing import Annotated

import typer

from tanfeng.cli.common import Output, Region, app, emit, formatted
from tanfeng.cli.data import good_catalog
from tanfeng.data.project import ProjectError


@app.command()
def measures(
    region: Region = "330000",
    field: Annotated[str | None, typer.Option(help="A field of data/fields.csv; all by default.")] = None,
    due: Annotated[str | None, typer.Option(help="overdue or soon; all by default.")] = None,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and reasons: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write the register of measures: state, deadline, target, bodies, expected effect or why there is none.

    Overdue is what was due before the year of the tables and is not shown to be done; soon is due by the end of the
    next year. Effects are of a full year and are not to be added: measures contain each other.
    """
    from tanfeng.pages.reports import registers

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = good_catalog()
    rows = registers.export(catalog, region, lang, field, due)
    emit(registers.lines(catalog, rows, lang) if format == "table" else formatted(rows, format), out)
