"""Known errors of sources as data: `data/corrections.yaml` says what, where, why, and the sums before and after.

A correction is checked like a table: each part has its kind, tables, columns and sources must be known, the factor and
all sums must be finite, and the sums before and after must be what the entry states. Whatever is wrong stops every use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, read_text_table, typed
from tanfeng.data.entries import is_finite, is_text, read_yaml
from tanfeng.data.project import ProjectError

FILE = Path("data", "corrections.yaml")
LARGEST_TOLERANCE = 0.01  # of the smallest sum: a wider one would let a slip pass
STATUS = "adjusted"
REVISED_MT = 0.001  # the decimals of data/revisions.csv


@dataclass(frozen=True)
class Correction:
    """One entry of `data/corrections.yaml`.

    Attributes:
        where: column -> value or list of values that select the rows.
        multiply: factor applied to `column`, or
        add: field -> amount added to its one row (a field published as one sum of which the wrong part is known).
        fuel_group: where the field is broken down, the rows that share what is added, by their size.
        expect: field -> sum of `column` over the selected rows before the correction.
        after: the same after it.
        tolerance: largest difference from `expect` and `after` that is accepted, in the unit of `column`.
    """

    id: str
    table: str
    column: str
    where: dict[str, Any]
    expect: dict[str, float]
    after: dict[str, float]
    tolerance: float
    status: str
    reason_zh: str
    reason_en: str
    source_id: str
    multiply: float | None = None
    add: dict[str, float] | None = None
    fuel_group: str | None = None


def _sums(value: Any) -> bool:
    given = value.items() if isinstance(value, dict) else ()
    return bool(given) and all(is_text(key) and is_finite(one) for key, one in given)


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(
        ("id", "table", "column", "reason_zh", "reason_en", "source_id", "fuel_group"), (is_text, "a text")
    ),
    "where": (lambda value: isinstance(value, dict) and bool(value), "columns with the values that select the rows"),
    "multiply": (is_finite, "a finite number"),
    **dict.fromkeys(("expect", "after", "add"), (_sums, "fields with their finite sums")),
    "tolerance": (lambda value: is_finite(value) and value > 0, "a finite number above zero"),
    "status": (lambda value: value == STATUS, STATUS),
}


WAYS = {"multiply", "add"}
OPTIONAL = {*WAYS, "fuel_group"}


@cached
def read_corrections(root: Path) -> tuple[Correction, ...]:
    """Read `data/corrections.yaml`.

    Raises:
        ProjectError: if it cannot be read, holds nothing, or an entry has an unknown, missing or wrong part.

    Example:
        >>> [one.id for one in read_corrections(Path.cwd())][:2]
        ['lpg_feedstock_2020', 'lpg_feedstock_2021']
    """
    found = tuple(_entry(number, entry) for number, entry in enumerate(as_written(root), start=1))
    for number, one in enumerate(found, start=1):
        if [other.id for other in found].index(one.id) != number - 1:
            raise _wrong(number, "id", one.id, "an id of its own")
    return found


def as_written(root: Path) -> list[Any]:
    """Return the entries of `data/corrections.yaml` as they stand, not held to the parts of today.

    Raises:
        ProjectError: if it cannot be read or holds no list of entries.

    Example:
        >>> as_written(Path.cwd())[0]["id"]
        'lpg_feedstock_2020'
    """
    entries = read_yaml(root / FILE, FILE.as_posix())
    if not isinstance(entries, list) or not entries:
        raise _wrong(0, "", entries, "a list of corrections; the figures as published are known to be wrong in places")
    return entries


def _wrong(number: int, part: str, found: object, expected: str) -> ProjectError:
    place = FILE.as_posix() + (f", entry {number}" if number else "") + (f", {part}" if part else "")
    return ProjectError(f"{place}: found {found!r}; expected {expected}")


def _entry(number: int, entry: Any) -> Correction:
    names = [one.name for one in fields(Correction)]
    if not isinstance(entry, dict):
        raise _wrong(number, "", entry, f"the parts {', '.join(names)}")
    for name in entry:
        if name not in names:
            raise _wrong(number, str(name), entry[name], f"no such part; there are: {', '.join(names)}")
    for name in names:
        fits, expected = KINDS[name]
        if (name in entry or name not in OPTIONAL) and not fits(entry.get(name)):
            raise _wrong(number, name, entry.get(name), expected)
    if len(WAYS & entry.keys()) != 1:
        raise _wrong(number, "", sorted(WAYS & entry.keys()), "one of multiply and add")
    return _agreeing(number, Correction(**entry))


def _agreeing(number: int, made: Correction) -> Correction:
    """Return a correction whose parts are of the same fields and whose tolerance is narrow."""
    for part, sums in (("after", made.after), ("add", made.add)):
        if sums is not None and made.expect.keys() != sums.keys():
            raise _wrong(number, part, list(sums), f"the fields of expect: {', '.join(made.expect)}")
    widest = max(0.001, LARGEST_TOLERANCE * min(abs(one) for one in made.expect.values()))
    if made.tolerance > widest:
        raise _wrong(number, "tolerance", made.tolerance, f"at most {widest:.4g}: a wider one would let a slip pass")
    return made


def apply_corrections(catalog: Catalog, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table with every correction applied; corrected rows carry the status of the correction.

    Raises:
        ProjectError: if the rows a correction was written for are not what it expects.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = apply_corrections(catalog, "inventory", catalog.read("inventory"))
        >>> sorted(rows.loc[rows["status"] == "adjusted", "region"].unique())
        ['330000', '360000', '370000']
    """
    for correction in read_corrections(catalog.root):
        if correction.table == table:
            rows = apply_correction(rows, correction)
    return rows


def check_corrections(catalog: Catalog) -> None:
    """Hold every correction against the shipped tables.

    Raises:
        ProjectError: if a correction names a table, column or source that is not there, finds no rows, or other figures
            than it states; if the corrected figures are not those of `data/revisions.csv`: an entry was removed.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check_corrections(open_catalog())
    """
    for number, one in enumerate(read_corrections(catalog.root), start=1):
        _check_names(catalog, number, one)
        table = catalog.tables[one.table]
        rows = typed(read_text_table(catalog.root / "data" / table.path), table)
        if apply_correction(rows, one) is rows:
            raise _wrong(number, "where", one.where, f"rows that are in data/{table.path}")
    _check_revised(catalog)


def _check_revised(catalog: Catalog) -> None:
    """Stop if a corrected figure of the shipped inventory is not what its last revision says."""
    table = catalog.tables["inventory"]
    rows = apply_corrections(catalog, "inventory", typed(read_text_table(catalog.root / "data" / table.path), table))
    sums = rows.groupby(["region", "year", "field"])["co2_mt"].sum()
    revised = catalog.read("revisions").query("table == 'inventory'").sort_values("date")
    for row in revised.drop_duplicates(["series", "region", "year"], keep="last").itertuples():
        of_year = sums[(row.region, row.year)]
        found = float(of_year.sum() if row.series == "total" else of_year[row.series])
        if not abs(found - float(row.after)) <= REVISED_MT:
            raise ProjectError(
                f"{FILE.as_posix()}: {row.series} of {row.region} in {row.year} comes to {found:.4f} Mt CO2 after all "
                f"corrections, expected {row.after:.4f} as in data/revisions.csv: has an entry been removed? If the "
                "figure changed, add a row there"
            )


def _check_names(catalog: Catalog, number: int, one: Correction) -> None:
    """Stop if the table, a column or the source is not there."""
    corrected = {
        name: table.dtypes for name, table in catalog.tables.items() if {"field", "status"} <= set(table.dtypes)
    }
    if one.table not in corrected:
        raise _wrong(number, "table", one.table, f"a table with fields and statuses: {', '.join(corrected)}")
    numbers = [name for name, kind in corrected[one.table].items() if kind == "float64"]
    if one.column not in numbers:
        raise _wrong(number, "column", one.column, f"a column of numbers: {', '.join(numbers)}")
    for name in one.where:
        if name not in corrected[one.table]:
            raise _wrong(number, "where", name, f"columns of {one.table}: {', '.join(corrected[one.table])}")
    if one.source_id not in set(catalog.read("sources")["id"]):
        raise _wrong(number, "source_id", one.source_id, "a source of data/sources.csv")


def apply_correction(rows: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    """Return the rows with one correction applied (see `apply_corrections`); rows of other places are left alone.

    Raises:
        ProjectError: if the rows are not what the correction expects, or do not become what it states.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("inventory").query("region == '330000' and year == 2022 and fuel_group == 'lpg'")
        >>> mended = apply_correction(rows, read_corrections(Path.cwd())[2])
        >>> round(float(rows["co2_mt"].sum() - mended["co2_mt"].sum()), 1)
        20.2
    """
    chosen = pd.Series(True, index=rows.index)
    for column, value in correction.where.items():
        chosen &= rows[column].isin(value if isinstance(value, list) else [value])
    if not chosen.any():
        return rows
    _compare(rows[chosen], correction, "expect", f"has the source in {correction.table} been mended?")
    rows, selected = rows.copy(), chosen.copy()
    if correction.add is None:
        rows.loc[chosen, correction.column] *= correction.multiply
    else:
        added = _shares(rows[chosen], correction) * rows.loc[chosen, "field"].map(correction.add)
        rows.loc[chosen, correction.column] += added
        chosen[added.index[added == 0]] = False
    _compare(rows[selected], correction, "after", f"is {correction.multiply or correction.add} right?")
    rows.loc[chosen, "status"] = correction.status
    return rows


def _shares(rows: pd.DataFrame, correction: Correction) -> pd.Series:
    """Return which part of the amount each row takes: all of it, or by size among those of the fuel group it is of.

    Raises:
        ProjectError: if a field has several rows and none of the fuel group.
    """
    counts = rows.groupby("field")[correction.column].transform("size")
    group = rows.get("fuel_group", pd.Series("", index=rows.index)) == correction.fuel_group
    sized = rows[correction.column].where(group, 0.0)
    shares = (sized / sized.groupby(rows["field"]).transform("sum")).where(counts > 1, 1.0)
    if shares.isna().any():
        field = rows.loc[shares.isna(), "field"].iloc[0]
        raise ProjectError(
            f"{FILE.as_posix()}, {correction.id}, add: {field} has {counts[shares.isna()].iloc[0]} rows; expected "
            "one, or rows of the fuel_group of the entry"
        )
    return shares


def _compare(rows: pd.DataFrame, correction: Correction, part: str, question: str) -> None:
    """Stop if the sums by field are not those that the correction states for before or after it."""
    found, stated = rows.groupby("field")[correction.column].sum(), getattr(correction, part)
    for field in sorted({*found.index, *stated}):
        value, expected = float(found.get(field, math.nan)), float(stated.get(field, math.nan))
        if not abs(value - expected) <= correction.tolerance:
            raise ProjectError(
                f"{FILE.as_posix()}, {correction.id}, {part}: {field} sums to {value:.4f}, "
                f"expected {expected:.4f}; {question}"
            )
