"""The command `data import`: a file of others into `data/local/`, whole and checked, or not at all."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tanfeng.cli import common
from tanfeng.cli.common import data_app, note
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.checks.importing.findings import Finding
    from tanfeng.checks.importing.intake import Intake, Request
    from tanfeng.checks.importing.local import Join
    from tanfeng.data.catalog import Catalog

SHOWN = 100


@data_app.command("import")
def data_import(
    file: Annotated[
        Path,
        typer.Argument(help="CEADs workbook, energy balance sheet or tidy table: xlsx, xls or csv."),
    ],
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Layout: ceads, balance or table; recognised by default.")
    ] = "",
    table: Annotated[
        str, typer.Option("--as", metavar="TABLE", help="Table of a tidy file; found by its columns by default.")
    ] = "",
    region: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="CEADs: only this; balance: where no title says it.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="CEADs: only this; balance: where no title says it.")
    ] = None,
    sheet: Annotated[str, typer.Option(metavar="NAME", help="Read only this sheet.")] = "",
    source: Annotated[
        str, typer.Option(metavar="ID", help="Source of the rows, by id; by default made from the file.")
    ] = "",
    citation: Annotated[str, typer.Option(metavar="TEXT", help="Citation of a new source.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Address of a new source.")] = "",
    licence: Annotated[
        str, typer.Option(metavar="TERMS", help="Terms of a new source; by default those usual for the kind.")
    ] = "",
    grade: Annotated[str, typer.Option(metavar="A|B|C", help="Grade of a new source: A, B or C.")] = "C",
    accept_mismatches: Annotated[
        bool, typer.Option("--accept-mismatches", metavar="", help="Import figures that do not agree, with a note.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", metavar="", help="Check everything, write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace local figures that differ.")] = False,
) -> None:
    """Import a file into data/local/. What does not fit is listed with sheet and cell, and then nothing is written."""
    from tanfeng.checks.importing.intake import Request

    catalog = common.catalog()
    month = datetime.date.today().strftime("%Y-%m")
    request = Request(
        month, kind, table, tuple(region or ()), year, sheet, source, citation, url, licence, grade
    )  # fmt: skip
    intake = _take(catalog, file, request)
    _tell(file, intake.reading.findings, accept_mismatches)
    joins = _joins(catalog, file, intake, force)
    _sum_up(catalog, intake, joins, dry_run)
    if not dry_run:
        from tanfeng.checks.importing import local

        local.write(catalog.root, {join.table: join.rows for join in joins})


def _take(catalog: Catalog, file: Path, request: Request) -> Intake:
    from tanfeng.checks.importing.intake import take

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=note, disable=not note.is_terminal, transient=True) as progress:
        task = progress.add_task("reading sheets", total=None)
        return take(catalog, file, request, lambda done, total: progress.update(task, completed=done, total=total))


def _tell(file: Path, findings: Sequence[Finding], accept: bool) -> None:
    """List the findings; stop if one keeps the file out."""
    _list(list(map(str, findings)))
    errors = sum(finding.severity == "error" for finding in findings)
    mismatches = sum(finding.severity == "mismatch" for finding in findings)
    if errors:
        raise ProjectError(f"{file.name}: {errors} of {len(findings)} findings are errors; nothing was written")
    if mismatches and not accept:
        raise ProjectError(
            f"{file.name}: {mismatches} figures do not agree with others of their sheet or with known figures; nothing "
            "was written. Mend them from the original, or import them as they are, with a note on each row, by "
            "--accept-mismatches"
        )


def _list(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        note.print(line, markup=False)
    if len(lines) > SHOWN:
        note.print(f"... and {len(lines) - SHOWN} more")


def _joins(catalog: Catalog, file: Path, intake: Intake, force: bool) -> list[Join]:
    """Return the local tables as they will be, sources first; stop if one would not pass the check."""
    from tanfeng.checks.importing import local

    new = {
        name: rows
        for name, rows in (("sources", intake.source), (intake.reading.table, intake.reading.rows))
        if len(rows)
    }
    _require_good(file, local.rehearse(catalog, new, {intake.reading.table: file.name}))
    joins = [local.join(catalog, name, rows) for name, rows in new.items()]
    conflicts = [f"data/local/{join.table}.csv has another figure of {one}" for join in joins for one in join.conflicts]
    if conflicts and not force:
        _list(conflicts)
        raise ProjectError(f"{file.name}: {len(conflicts)} figures are there already; --force replaces them")
    _require_good(file, local.rehearse(catalog, {join.table: join.rows for join in joins}))
    return joins


def _require_good(file: Path, problems: list[str]) -> None:
    if problems:
        _list(problems)
        raise ProjectError(f"{file.name}: {len(problems)} problems; nothing was written")


def _sum_up(catalog: Catalog, intake: Intake, joins: list[Join], dry_run: bool) -> None:
    """Say what becomes of the rows, and which shipped figures give way to them."""
    from tanfeng.checks.importing import levels

    for join in joins:
        counts = f"{join.added} rows new, {join.replaced} replaced, {join.unchanged} there already"
        note.print(f"{'dry run, nothing written: ' if dry_run else ''}data/local/{join.table}.csv: {counts}")
    if len(intake.reading.rows):
        gone = levels.superseded(catalog, intake.reading.table, intake.reading.rows)
        if gone.figures:
            note.print(f"data/{intake.reading.table}.csv: {gone}")
