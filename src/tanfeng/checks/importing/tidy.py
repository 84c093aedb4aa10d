"""Tidy tables: a CSV file or one sheet in the columns of a table of ours, taken over cell by cell as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, locate, shown, trimmed
from tanfeng.data import numbers
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError, TableSchema
from tanfeng.data.sheets import SourceSheet, cell_text
from tanfeng.data.spelling import form
from tanfeng.data.wording import Wording, listed, say
from tanfeng.data.workbook import in_percent

HEAD_ROWS, NUMERIC = 10, {"number", "integer", "year"}


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
    at = heading(catalog, sheet)
    head = [trimmed(cell) for cell in sheet.rows[at]]
    table = _named(catalog, name) if name else _matching(catalog, head)
    labels = [(column, text) for column, text in enumerate(head) if text or _used(sheet, column)]
    cells = {column: address(at, column) for column, _ in labels}
    known = {form(name): name for name in table.columns}
    columns, findings = locate(labels, known, Wording("列名", "a column"), sheet.name, cells)
    if name:  # a table that is named may leave out what no row needs
        left_out = {f"no {one['name']!r}" for one in table.fields if not one.get("constraints", {}).get("required")}
        findings = [one for one in findings if one.found not in left_out]
    findings += [
        Misfit(sheet.name, address(row, column), shown(sheet.cell(row, column)), "a value")
        for row, column in sorted(sheet.lost)
    ]
    body = _filled(sheet, at)
    rows = [{name: cell_text(sheet.cell(row, column)) for name, column in columns.items()} for row in body]
    if not rows:
        empty = Wording("列名下没有数据行", "no row below the columns")
        findings.append(Misfit(sheet.name, address(at + 1, 0), empty, Wording("至少一行", "at least one row")))
    frame = pd.DataFrame(rows, columns=table.columns, dtype=str).fillna("")
    places = {column: table.columns.index(name) for name, column in columns.items()}
    percent = {(row - at, places[column]) for row, column in sheet.percents if column in places}
    lines = tuple(f"row {row + 1}" for row in body) if at else ()
    return FileContent(table.name, plain_numbers(in_percent(frame, percent), table), tuple(findings), lines)


def heading(catalog: Catalog, sheet: SourceSheet) -> int:
    """Return the row of the columns: the first of the top rows that holds all columns of a table, otherwise the first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> columns = tuple(open_catalog().tables["plans"].columns)
        >>> heading(open_catalog(), SourceSheet("", (("规划",), columns)))
        1
    """
    return next((row for row in range(min(HEAD_ROWS, len(sheet.rows))) if of_tables(catalog, sheet.rows[row])), 0)


def of_tables(catalog: Catalog, row: Sequence[Any]) -> list[TableSchema]:
    """Return the tables whose columns a row names; case and full-width forms do not count.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> of_tables(open_catalog(), ("region", "year"))
        []
    """
    names = {form(trimmed(cell)) for cell in row if trimmed(cell)}
    return [table for table in catalog.tables.values() if {form(name) for name in table.columns} == names]


def is_near(catalog: Catalog, row: Sequence[Any]) -> bool:
    """Return whether at least half of the columns of a row and a table are the same: it was meant for that table.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> is_near(open_catalog(), ("id", "zh", "en", "kind"))
        True
    """
    names = {form(trimmed(cell)) for cell in row if trimmed(cell)}
    every = [{form(name) for name in table.columns} for table in catalog.tables.values()]
    return any(2 * len(names & columns) >= len(names | columns) for columns in every)


def plain_numbers(rows: pd.DataFrame, table: TableSchema) -> pd.DataFrame:
    """Return rows with their numbers as the tables have them; what is no number stays, and is named by the check.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> table = open_catalog().tables["scopes"]
        >>> plain_numbers(pd.DataFrame(columns=table.columns), table).empty
        True
    """
    rows = rows.copy()
    for one in table.fields:
        if one["type"] in NUMERIC:
            rows[one["name"]] = [_plain(cell) for cell in rows[one["name"]]]
    return rows


def _plain(cell: str) -> str:
    if numbers.PLAIN.fullmatch(cell) and not cell.lstrip("+-").startswith("."):
        return cell
    try:
        number = numbers.parse(cell)
    except ValueError:
        return cell
    return "" if number is None else numbers.written(number)


def _named(catalog: Catalog, name: str) -> TableSchema:
    if name not in catalog.tables:
        raise ProjectError(f"no table {name!r}; there are: {', '.join(catalog.tables)}")
    return catalog.tables[name]


def _matching(catalog: Catalog, head: list[str]) -> TableSchema:
    """Return the one table that has these columns."""
    same = of_tables(catalog, head)
    if len(same) == 1:
        return same[0]
    if same:
        raise ProjectError(f"the columns are those of {', '.join(table.name for table in same)}; say which with --as")
    raise ProjectError(unlike(catalog, head))


def unlike(catalog: Catalog, head: Sequence[str]) -> Wording:
    """Return what the columns lack of the nearest table, and have beyond it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> unlike(open_catalog(), ["id", "zh"]).partition(";")[0]
        'no table has the columns of row 1'
    """
    names = {text for text in head if text}
    near = max(
        catalog.tables.values(), key=lambda table: len(names & set(table.columns)) / len(names | {*table.columns})
    )
    if not names & set(near.columns):
        return Wording("第一行没有数据包中的列名", "row 1 has none of their columns")
    none = Wording("无", "none")
    return say(
        "没有一张表的列与第一行相同；最接近的是{table}：缺少{missing}；多出{unknown}",
        "no table has the columns of row 1; nearest is {table}: missing {missing}; unknown {unknown}",
        table=near.name,
        missing=listed([column for column in near.columns if column not in names]) or none,
        unknown=listed([repr(name) for name in sorted(names - set(near.columns))]) or none,
    )


def _used(sheet: SourceSheet, column: int) -> bool:
    return any(sheet.cell(row, column) != "" for row in range(len(sheet.rows)))


def _filled(sheet: SourceSheet, head: int) -> range:
    """Return the rows below the header, without empty ones at the end; one between others stays and is named."""
    used = [row for row, cells in enumerate(sheet.rows) if any(cell != "" for cell in cells)]
    return range(head + 1, max(used) + 1)
