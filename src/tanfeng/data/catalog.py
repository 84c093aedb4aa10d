"""The tables of the project: where they are, what their columns mean, how they are read.

The definition of every table is `data/datapackage.json` (see `tanfeng.data.datapackage`). Rows dropped into
`data/local/` win over shipped rows with the same key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd

from tanfeng.data import datapackage, sheets, workbook
from tanfeng.data.cache import cached
from tanfeng.data.project import ProjectError, TableSchema, find_root, reading_root

__all__ = [
    "Catalog",
    "ProjectError",
    "TableSchema",
    "find_root",
    "labels",
    "local_file",
    "open_catalog",
    "read_text_table",
    "typed",
]


BREAKDOWN = {"source_id", "subsector", "fuel_group"}
LISTED = "; `tanfeng data check` lists every place"
EXPECTED = {"float64": "a number", "Int64": "a whole number", "boolean": "true or false"}


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a CSV or XLSX file with every cell as text, as it is shown; an empty cell is an empty string.

    Raises:
        ProjectError: if the file cannot be read as a table.

    Example:
        >>> read_text_table(Path("data/plans.csv")).iloc[0]["base_year"]
        '2005'
    """
    try:
        if path.suffix.lower() in {".xlsx", ".xls"}:
            return _first_sheet(path)
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except (ValueError, OSError) as error:  # parser, encoding and file errors
        raise ProjectError(f"{path.name}: cannot be read as a table: {error}") from error
    if not isinstance(rows.index, pd.RangeIndex):
        raise ProjectError(f"{path.name}, row 2: more cells than the header has columns; expected {len(rows.columns)}")
    return workbook.in_percent(rows, set())


def _first_sheet(path: Path) -> pd.DataFrame:
    """Return the first sheet of a workbook as text; a column without a heading that holds something has none."""
    sheet = sheets.read_sheets(path)[0]
    if sheet.empty:
        raise ValueError("the first sheet is empty")
    used = [[sheets.cell_text(cell) for cell in row] for row in sheet.rows]
    width = max(column + 1 for row in used for column, text in enumerate(row) if text)
    height = max(number + 1 for number, row in enumerate(used) if any(row))
    cells = [(row + [""] * width)[:width] for row in used[:height]]
    head = [text or f"Unnamed: {column}" for column, text in enumerate(cells[0])]
    return workbook.in_percent(pd.DataFrame(cells[1:], columns=head, dtype=str), set(sheet.percents))


def local_file(root: Path, table: str) -> Path | None:
    """Return the analyst's own file for a table in `data/local/`, if there is one.

    Example:
        >>> local_file(Path.cwd(), "no_such_table") is None
        True
    """
    found = [root / "data" / "local" / f"{table}{suffix}" for suffix in (".csv", ".xlsx")]
    return next((path for path in found if path.is_file()), None)


@dataclass(frozen=True)
class Catalog:
    """The tables below one project folder.

    Example:
        >>> catalog = open_catalog()
        >>> catalog.read("plans")["id"].tolist()[:3]
        ['11FYP', '12FYP', '13FYP']
    """

    root: Path

    def __reduce__(self) -> tuple[type[Catalog], tuple[Path]]:
        """Say how it is handed to another process: what it has read stays here."""
        return Catalog, (self.root,)

    @cached_property
    def tables(self) -> dict[str, TableSchema]:
        """Every table of the data package by name."""
        return datapackage.read_package(self.root)

    @cached_property
    def vintage(self) -> str:
        """State of the tables as a date (`2026-11`): the version of the data package."""
        return datapackage.vintage(self.root)

    @property
    def as_of_year(self) -> int:
        """Year of the vintage: a target of an earlier year is due."""
        return int(self.vintage[:4])

    def read(self, name: str) -> pd.DataFrame:
        """Return a table with its types; local rows replace shipped rows with the same key.

        Text cells that are empty are empty strings, empty numbers are missing values.

        Raises:
            ProjectError: if the package names no such table, or a file of it cannot be read, has a cell that does not
                fit its type, or a key twice.
        """
        return _read(self, name)

    def local_rows(self) -> dict[str, int]:
        """Return the number of rows an analyst added or replaced, by table."""
        found = {name: local_file(self.root, name) for name in self.tables}
        return {name: len(read_text_table(path)) for name, path in found.items() if path}

    def row(self, table: str, item: str) -> dict[str, Any]:
        """Return a row of a table by its id, as a dictionary.

        Example:
            >>> open_catalog().row("indicators", "pv_capacity")["unit"]
            '10^4 kW'
        """
        return dict(_rows(self, table)[item])

    def label(self, table: str, item: str, lang: str) -> str:
        """Return the name of an item (`region`, `indicators` ... by id) in a language (`zh` or `en`)."""
        return labels(self, table, lang)[item]


class Names(dict[str, str]):
    """Names of the items of a code list by id; asking for one that has no row says so."""

    def __init__(self, table: str, names: Iterable[tuple[str, str]]) -> None:
        super().__init__(names)
        self.table = table

    def copy(self) -> Names:
        """Return a copy that a caller may change."""
        return Names(self.table, self.items())

    def __missing__(self, item: str) -> str:
        raise ProjectError(f"data/{self.table}.csv has no row {item!r}; expected one, with its name in both languages")


@cached
def labels(catalog: Catalog, table: str, lang: str) -> dict[str, str]:
    """Return the names of all items of a code list by id.

    Example:
        >>> labels(open_catalog(), "fields", "zh")["transport"]
        '交通'
    """
    rows = catalog.read(table)
    return Names(table, zip(rows["id"], rows[lang], strict=True))


@cached
def _rows(catalog: Catalog, table: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in catalog.read(table).to_dict("records")}


@cached
def _read(catalog: Catalog, name: str) -> pd.DataFrame:
    if name not in catalog.tables:
        raise ProjectError(f"no table {name!r}; there are: {', '.join(catalog.tables)}")
    table = catalog.tables[name]
    rows = _file(catalog.root / "data" / table.path, table, f"data/{table.path}")
    path = local_file(catalog.root, name)
    if path is None:
        return rows
    return merged(rows, _file(path, table, f"data/local/{path.name}"), table)


def _file(path: Path, table: TableSchema, name: str) -> pd.DataFrame:
    return _refuse_repeated(typed(read_text_table(path), table, name), table, name)


def merged(shipped: pd.DataFrame, local: pd.DataFrame, table: TableSchema) -> pd.DataFrame:
    """Return shipped and local rows; a local row replaces every shipped row that answers the same question.

    The question is the key without source and breakdown: a local figure of an indicator, region and period wins over
    the shipped ones whatever their sources, and local emissions of a region, year and field over its whole breakdown.

    Example:
        >>> table = open_catalog().tables["breaks"]
        >>> shipped = open_catalog().read("breaks")
        >>> own = shipped.head(1).assign(reason_en="mended")
        >>> rows = merged(shipped, own, table)
        >>> len(rows) == len(shipped), rows["reason_en"].iloc[-1]
        (True, 'mended')
    """
    question = [column for column in table.key if column not in BREAKDOWN]
    replaced = shipped.set_index(question).index.isin(local.set_index(question).index)
    return pd.concat([shipped[~replaced], local], ignore_index=True)


def typed(rows: pd.DataFrame, table: TableSchema, file: str = "") -> pd.DataFrame:
    """Give the text cells of a table their types.

    Args:
        rows: cells as text, one row a line of the file below its header.
        table: its definition.
        file: the file as messages name it; by default the shipped one.

    Raises:
        ProjectError: if a column is missing or a cell does not fit its type (infinite numbers do not).

    Example:
        >>> table = open_catalog().tables["plans"]
        >>> typed(read_text_table(Path("data/plans.csv")), table)["base_year"].iloc[0]
        np.int64(2005)
    """
    name, missing = file or f"data/{table.path}", [column for column in table.columns if column not in rows.columns]
    if missing:
        raise ProjectError(
            f"{name}, row 1: no column {missing[0]}; expected the columns {', '.join(table.columns)}{LISTED}"
        )
    return pd.DataFrame({column: _typed(rows[column], dtype, name) for column, dtype in table.dtypes.items()})


def _typed(cells: pd.Series, dtype: str, name: str) -> pd.Series:
    if dtype == "str":
        return cells
    filled = cells.mask(cells == "")
    words = {"true": True, "false": False}
    found = filled.map(words) if dtype == "boolean" else pd.to_numeric(filled, errors="coerce")
    wrong = filled.notna() & (found.isna() | found.isin([inf, -inf]))
    if dtype == "Int64":
        wrong |= found % 1 > 0
    for index in cells.index[wrong][:1]:
        place = f"{name}, row {cells.index.get_loc(index) + 2}, column {cells.name}"
        raise ProjectError(f"{place}: found {cells[index]!r}; expected {EXPECTED[dtype]}{LISTED}")
    return found.astype(dtype)


def _refuse_repeated(rows: pd.DataFrame, table: TableSchema, name: str) -> pd.DataFrame:
    """Return the rows of one file; stop if one has the key of another."""
    key = list(table.key)
    for place in rows.index[rows.duplicated(key)][:1]:
        found = ", ".join(f"{column} {rows.at[place, column]}" for column in key)
        place = f"{name}, row {place + 2}, column {' + '.join(key)}"
        raise ProjectError(f"{place}: found {found}, which stands twice; expected each key once{LISTED}")
    return rows


def open_catalog(start: Path | None = None) -> Catalog:
    """Open the tables of the project that `start` lies in, see `tanfeng.data.project.reading_root`.

    Example:
        >>> "inventory" in open_catalog().tables
        True
    """
    return Catalog(reading_root(start))


def files(catalog: Catalog, table: TableSchema) -> list[tuple[str, Path]]:
    """Return the files of a table, shipped and local, each with its name within the project.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> files(catalog, catalog.tables["plans"])[0][0]
        'data/plans.csv'
    """
    local = local_file(catalog.root, table.name)
    paths = [catalog.root / "data" / table.path, *([local] if local else [])]
    return [(path.relative_to(catalog.root).as_posix(), path) for path in paths]


@cached
def located(catalog: Catalog, name: str) -> pd.DataFrame:
    """Return a table as `Catalog.read` does, with the `file` and `row` (line) each of its rows was read from.

    Raises:
        ProjectError: if there is no such table, or a file does not fit its schema.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = located(open_catalog(), "plans")
        >>> rows["file"].iloc[0], int(rows["row"].iloc[0])
        ('data/plans.csv', 2)
    """
    if name not in catalog.tables:
        raise ProjectError(f"no table {name!r}; there are: {', '.join(catalog.tables)}")
    table = catalog.tables[name]
    parts = [
        typed(read_text_table(path), table, file).assign(file=file, row=lambda rows: range(2, len(rows) + 2))
        for file, path in files(catalog, table)
    ]
    return parts[0] if len(parts) == 1 else merged(parts[0], parts[1], table)
