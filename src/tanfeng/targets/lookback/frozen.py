"""Frozen outlooks as facts: the files of `data/vintages/`, their register, and what must hold of them.

`data/vintages/index.csv` (table `archive`) names each frozen outlook with the SHA-256 of its file. A file is never
changed after it was written. All files have the columns of the table `frozen`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog, read_text_table, typed
from tanfeng.data.check import check_file
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError

REGISTER, FORM = "archive", "frozen"
FOLDER = Path("data", "vintages")
EMISSIONS, TARGET, INTENSITY = "emissions", "target", "intensity"
RISING = ("lo95", "lo80", "hi80", "hi95")


def register(catalog: Catalog) -> pd.DataFrame:
    """Return the register of frozen outlooks.

    Returns:
        Columns of the table `archive`: id, kind (`outlook`, `hindcast`), region, last_year (last year with figures),
        date (when it was frozen), version (of the program), data_sha256, learnt_sha256 (what it was made from),
        file_sha256, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(register(open_catalog())["kind"].unique())
        ['hindcast', 'outlook']
    """
    return catalog.read(REGISTER)


def path(catalog: Catalog, name: str) -> Path:
    """Return the file of a frozen outlook.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> path(open_catalog(), "hindcast_2010").name
        'hindcast_2010.csv'
    """
    return catalog.root / FOLDER / f"{name}.csv"


def read(catalog: Catalog, name: str) -> pd.DataFrame:
    """Return a frozen outlook.

    Returns:
        Columns of the table `frozen`. statement `emissions`: item is a field, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2),
        p_peaked_by and p_no_higher (0 to 1); the first year of a field is its last one with a figure. statement
        `target`: item is the id of a target, p_target (0 to 1), held against its official figures (account
        `official`). statement `intensity`: the same of a reduction of CO2 intensity as a project account gives it;
        the target may be the national one, as a benchmark.

    Raises:
        ProjectError: if there is no such file or it has not these columns.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(read(open_catalog(), "hindcast_2015").query("item == 'total'")["year"].min())
        2015
    """
    file = path(catalog, name)
    if not file.is_file():
        raise ProjectError(f"{FOLDER.as_posix()}/{name}.csv: not found; `tanfeng freeze` writes it")
    return typed(read_text_table(file), catalog.tables[FORM], f"{FOLDER.as_posix()}/{name}.csv")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content.

    Example:
        >>> digest(b"")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def check(catalog: Catalog) -> list[Problem]:
    """Return what is wrong with the frozen outlooks: missing, changed or unknown files, and figures that cannot be.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check(open_catalog())
        []
    """
    rows = register(catalog)
    return [
        *_unknown(catalog, set(rows["id"])),
        *(problem for row in rows.itertuples() for problem in _one(catalog, row)),
    ]


def _unknown(catalog: Catalog, known: set[str]) -> Iterator[Problem]:
    register_file = Path(catalog.tables[REGISTER].path).name
    for file in sorted((catalog.root / FOLDER).glob("*.csv")):
        if file.name != register_file and file.stem not in known:
            expected = f"a row of {FOLDER.as_posix()}/{register_file} with its hash, or no such file"
            yield Problem(f"{FOLDER.as_posix()}/{file.name}", 0, "", "a file that is not registered", expected)


def _one(catalog: Catalog, row: object) -> Iterator[Problem]:
    name, wanted = str(getattr(row, "id")), str(getattr(row, "file_sha256"))  # noqa: B009
    file, shown = path(catalog, name), f"{FOLDER.as_posix()}/{name}.csv"
    if not file.is_file():
        yield Problem(shown, 0, "", "no such file", "the file that was frozen; it stands in the register")
        return
    found = digest(file.read_bytes())
    if found != wanted:
        yield Problem(shown, 0, "", f"SHA-256 {found[:12]}...", f"{wanted[:12]}... : a frozen file is never changed")
    problems = list(check_file(file, catalog.tables[FORM], shown))
    yield from problems
    if not problems:
        yield from _figures(read(catalog, name), shown)


def _figures(rows: pd.DataFrame, shown: str) -> Iterator[Problem]:
    """Name quantiles that cross, and probabilities that move the wrong way from year to year."""
    ends = rows[list(RISING)].to_numpy(dtype="float64")
    crossed = (np.diff(ends, axis=1) < 0).any(axis=1)
    yield from _named(rows, crossed, shown, "lo95", "lo95 <= lo80 <= hi80 <= hi95")
    change = rows.groupby(["statement", "item"])[["p_peaked_by", "p_no_higher"]].diff()
    yield from _named(rows, (change["p_peaked_by"] < 0).to_numpy(), shown, "p_peaked_by", "a share that never falls")
    yield from _named(rows, (change["p_no_higher"] > 0).to_numpy(), shown, "p_no_higher", "a share that never rises")
    lost = (rows["statement"].isin([TARGET, INTENSITY]) & rows["p_target"].isna()).to_numpy()
    yield from _named(rows, lost, shown, "p_target", "a probability for a target")


def _named(rows: pd.DataFrame, wrong: np.ndarray, shown: str, column: str, expected: str) -> Iterator[Problem]:
    for place in np.flatnonzero(wrong):
        row = rows.iloc[place]
        yield Problem(shown, int(place) + 2, column, f"{row[column]} ({row['item']}, {row['year']})", expected)
