"""Tidy tables: a CSV file or one sheet in the columns of a table of ours, taken over cell by cell as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, locate, shown, trimmed
from tanfeng.checks.importing.reading import SourceSheet
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError, TableSchema
from tanfeng.data.workbook import in_percent


def read(catalog: Catalog, sheets: Sequence[SourceSheet], name: str | None = None) -> FileContent:
    """Return a tidy table as rows of one of our tables.

    Args:
        catalog: the tables.
        sheets: the sheets; only one may hold anything.
        name: the table; found by its columns if not given.

    Returns:
        The rows as text, in the order of the file and the columns of the table. White space around a cell is dropped.
        Columns that may be empty may be missing if the table is given by name.

    Raises:
        ProjectError: if there is no such table, no table or several have these columns, or two sheets hold something.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> columns = ("region", "field", "year", "use", "reason_zh", "reason_en", "source_id")
        >>> sheet = SourceSheet("x", (columns, ("330000", "energy", 2023.0, "note", "", "", "")))
        >>> read(open_catalog(), [sheet]).rows["year"][0]
        '2023'
    """
    full = [sheet for sheet in sheets if not sheet.empty]
    if len(full) != 1:
        names = ", ".join(sheet.name for sheet in full) or "none"
        raise ProjectError(
            f"found {len(full)} sheets that are not empty ({names}); expected one; choose it with --sheet"
        )
    sheet = full[0]
    head = [trimmed(cell) for cell in sheet.rows[0]]
    table = _named(catalog, name) if name else _matching(catalog, head)
    labels = [(column, text) for column, text in enumerate(head) if text or _used(sheet, column)]
    cells = {column: address(0, column) for column, _ in labels}
    columns, findings = locate(labels, table.columns, "a column", sheet.name, cells)
    if name:  # a table that is named may leave out what no row needs
        left_out = {f"no {one['name']!r}" for one in table.fields if not one.get("constraints", {}).get("required")}
        findings = [one for one in findings if one.found not in left_out]
    findings += [
        Misfit(sheet.name, address(row, column), shown(sheet.cell(row, column)), "a value")
        for row, column in sorted(sheet.lost)
    ]
    rows = [{name: cell_text(sheet.cell(row, at)) for name, at in columns.items()} for row in _filled(sheet)]
    if not rows:
        findings.append(Misfit(sheet.name, "A2", "no row below the columns", "at least one row"))
    frame = pd.DataFrame(rows, columns=table.columns, dtype=str).fillna("")
    places = {at: table.columns.index(name) for name, at in columns.items()}
    shown = {(row, places[column]) for row, column in sheet.percents if column in places}
    return FileContent(table.name, in_percent(frame, shown), tuple(findings))


def _named(catalog: Catalog, name: str) -> TableSchema:
    if name not in catalog.tables:
        raise ProjectError(f"no table {name!r}; there are: {', '.join(catalog.tables)}")
    return catalog.tables[name]


def _matching(catalog: Catalog, head: list[str]) -> TableSchema:
    """Return the one table that has these columns."""
    names = {text for text in head if text}
    same = [table for table in catalog.tables.values() if set(table.columns) == names]
    if len(same) == 1:
        return same[0]
    if same:
        raise ProjectError(f"the columns are those of {', '.join(table.name for table in same)}; say which with --as")
    nearest = max(
        catalog.tables.values(), key=lambda table: len(names & set(table.columns)) / len(names | {*table.columns})
    )
    missing = ", ".join(column for column in nearest.columns if column not in names) or "none"
    unknown = ", ".join(map(repr, sorted(names - set(nearest.columns)))) or "none"
    raise ProjectError(
        f"no table has the columns of row 1; nearest is {nearest.name}: missing {missing}; unknown {unknown}. Expected "
        "the columns of a table, a CEADs workbook, an energy balance sheet or a monthly table of the National Bureau "
        "of Statistics; --as or --kind says which"
    )


def _used(sheet: SourceSheet, column: int) -> bool:
    return any(sheet.cell(row, column) != "" for row in range(len(sheet.rows)))


def _filled(sheet: SourceSheet) -> range:
    """Return the rows below the header, without empty ones at the end; one between others stays and is named."""
    used = [row for row, cells in enumerate(sheet.rows) if any(cell != "" for cell in cells)]
    return range(1, max(used) + 1)


def cell_text(cell: Any) -> str:
    """Return a cell as a CSV file of the project has it: `2025`, not `2025.0`.

    Example:
        >>> cell_text(2025.0), cell_text(" x "), cell_text(True)
        ('2025', 'x', 'true')
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell).strip()
