"""Local tables: rows of an import are joined with those in `data/local/`, tried out, then written whole."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from tanfeng.checks import lookback
from tanfeng.data.catalog import Catalog, local_file, read_text_table, typed
from tanfeng.data.check import check_tables
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError, TableSchema
from tanfeng.data.wording import Wording, said
from tanfeng.facts.corrections import apply_corrections

BREAKDOWN = {"subsector", "fuel_group"}


@dataclass(frozen=True)
class Join:
    """What joining does: the whole local table, and the numbers of rows by what becomes of them."""

    table: str
    rows: pd.DataFrame
    added: int
    replaced: int
    unchanged: int
    conflicts: tuple[str, ...]


def join(catalog: Catalog, name: str, rows: pd.DataFrame, beside: frozenset[str] = frozenset()) -> Join:
    """Join new rows with the local rows of a table.

    Rows of one key are one figure; emissions of a region, year and field are one figure with their whole breakdown. A
    figure that is there already and differs is a conflict; the new one is in `rows`.

    Args:
        catalog: the tables.
        name: the table.
        rows: the new rows, all columns, as text.
        beside: columns of the key that do not tell figures apart: with `source_id` a figure of another source is a
            conflict, and no second figure.

    Raises:
        ProjectError: if the local table is an `.xlsx`, or cannot be read.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = pd.DataFrame([["330000", "energy", "2023", "note", "", "", ""]])
        >>> row.columns = open_catalog().tables["breaks"].columns
        >>> join(open_catalog(), "breaks", row).conflicts
        ()
    """
    table = catalog.tables[name]
    old = _local(catalog, table)
    key = [column for column in table.key if column not in BREAKDOWN | beside]
    before, after = _figures(old, table, key), _figures(rows, table, key)
    both = [figure for figure in after if figure in before]
    differ = [figure for figure in both if before[figure] != after[figure]]
    same = {figure for figure in both if before[figure] == after[figure]}
    kept = old[[figure not in differ for figure in _keys(old, key)]]
    new = rows[[figure not in same for figure in _keys(rows, key)]]
    replaced = sum(figure in set(differ) for figure in _keys(rows, key))
    conflicts = tuple(", ".join(f"{k} {v}" for k, v in zip(key, figure, strict=True)) for figure in differ)
    joined = pd.concat([kept, new], ignore_index=True)
    return Join(name, joined, len(new) - replaced, replaced, len(rows) - len(new), conflicts)


def _keys(rows: pd.DataFrame, key: list[str]) -> list[tuple[str, ...]]:
    return list(rows[key].itertuples(index=False, name=None))


def _figures(rows: pd.DataFrame, table: TableSchema, key: list[str]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the rows of each figure in a form that is the same for `2.50` and `2.5`."""
    kinds = {field["name"]: field["type"] for field in table.fields}
    numeric = [column for column in table.columns if kinds[column] in {"number", "integer", "year"}]
    form = rows.copy()
    for column in numeric:
        form[column] = [str(float(cell)) if cell else "" for cell in rows[column]]
    figures: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for figure, row in zip(_keys(rows, key), form.itertuples(index=False, name=None), strict=True):
        figures.setdefault(figure, []).append(tuple(map(str, row)))
    return {figure: sorted(found) for figure, found in figures.items()}


def _local(catalog: Catalog, table: TableSchema) -> pd.DataFrame:
    path = local_file(catalog.root, table.name)
    if path is None:
        return pd.DataFrame(columns=table.columns, dtype=str)
    place = path.relative_to(catalog.root).as_posix()
    if path.suffix != ".csv":
        raise ProjectError(f"{place} is there; rows are imported into {table.name}.csv: save it as CSV, then remove it")
    rows = read_text_table(path)
    typed(rows, table)
    return rows[table.columns]


def rehearse(
    catalog: Catalog, tables: Mapping[str, pd.DataFrame], names: Mapping[str, str] | None = None
) -> list[Problem]:
    """Try tables out as local tables in a copy of the project's data and return every problem that would appear.

    Args:
        catalog: the tables.
        tables: local tables by name, all columns, as text; other local tables stay as they are.
        names: what a local file is called in the messages, by table; its own name by default.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = pd.DataFrame([["310000", "energy", "x", "note", "", "", ""]])
        >>> row.columns = open_catalog().tables["breaks"].columns
        >>> rehearse(open_catalog(), {"breaks": row})[0].found
        "'x'"
    """
    with tempfile.TemporaryDirectory() as folder:
        trial = _trial(catalog, Path(folder), tables)
        problems = [one for one in check_tables(trial, list(tables)) if one.severity == "error"]
        if not problems and set(lookback.TABLES) & set(tables):
            problems = list(lookback.check(trial))
        if not problems and "inventory" in tables:
            try:
                apply_corrections(trial, "inventory", trial.read("inventory"))
            except ProjectError as error:
                problems = [Problem("data/corrections.yaml", 0, "", str(error), "what the correction was written for")]
    files = {f"data/local/{table}.csv": name for table, name in (names or {}).items()}
    texts = [(_renamed(one.found, files), _renamed(one.expected, files)) for one in problems]
    return [
        replace(one, file=files.get(one.file, one.file), found=found, expected=expected)
        for one, (found, expected) in zip(problems, texts, strict=True)
    ]


def _renamed(text: str, files: Mapping[str, str]) -> str:
    """Return a text with the names of files put in place of those of local tables."""
    for file, name in files.items():
        if file in text:
            text = Wording(said(text, "zh").replace(file, name), text.replace(file, name))
    return text


def confirmations(catalog: Catalog, problems: Sequence[Problem]) -> pd.DataFrame:
    """Return the rows of `series_warnings` that confirm implausible figures, as the messages give them to paste.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> confirmations(open_catalog(), []).empty
        True
    """
    columns = catalog.tables["series_warnings"].columns
    pasted = [one.paste.partition(f"{WARNINGS}: ")[2] for one in problems]
    rows = [row for row in csv.reader(line for line in pasted if line)]
    return pd.DataFrame(rows, columns=columns, dtype=str).drop_duplicates(catalog.tables["series_warnings"].key)


WARNINGS = "data/series_warnings.csv"


def _trial(catalog: Catalog, folder: Path, tables: Mapping[str, pd.DataFrame]) -> Catalog:
    """Copy the shipped and local data into a folder and lay the new local tables over them."""
    shutil.copytree(catalog.root / "data", folder / "data")
    write(folder, tables)
    return Catalog(folder)


def write(root: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write local tables: each is made beside its place and put there by renaming, so that it is whole or not there.

    Args:
        root: the project folder.
        tables: the tables by name, all columns, as text; written in the order given.

    Raises:
        ProjectError: if the folder or a file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write(Path(folder), {"plans": pd.DataFrame({"id": ["16FYP"]})})
        ...     (Path(folder) / "data" / "local" / "plans.csv").read_text().split()
        ['id', '16FYP']
    """
    folder = root / "data" / "local"
    parts: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{name}.", suffix=".part", delete=False) as file:
                parts[Path(file.name)] = folder / f"{name}.csv"
                file.write(rows.to_csv(index=False, lineterminator="\n").encode())
        for part, path in parts.items():
            part.chmod(0o644)
            part.replace(path)
    except OSError as error:
        raise ProjectError(f"data/local/: cannot be written: {error.strerror}") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
