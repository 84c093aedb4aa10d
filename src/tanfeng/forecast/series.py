"""Yearly series in a long table: checked, and laid out for the forecast.

What is an error, named with series and row: a column that is not there, an empty table, a year or value that is no
number, a year that is not whole, a negative or infinite value, one beyond 1e-100 to 1e100, a year given twice, a series
without any figure, one whose last figure is zero. What is not: missing years and values (a gap), missing ends (the
series is shorter), zeros before the last figure, equal figures, fewer than four figures (the last one is carried on).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError
from tanfeng.forecast.calibration import DEFAULT
from tanfeng.forecast.r1 import LONGEST, Values

COLUMNS = ("series", "year", "value")
SMALLEST, LARGEST = 1e-100, 1e100
SHOWN = 5
FIRST_ROW = 2  # of a file whose first row is the header


@dataclass(frozen=True)
class Series:
    """Series ready for the forecast, one a row, in the order in which the table names them.

    `histories` (n, 30) right-aligned on `last_year`, NaN where missing. `maxima` and `maximum_year` are over all years
    given. `rows` are the checked rows: columns code, year, value and what else the table had, by code and year, those
    without a figure left out; code numbers the series.
    """

    names: NDArray[np.object_]
    groups: NDArray[np.object_]
    histories: Values
    last_year: NDArray[np.int64]
    maxima: Values
    maximum_year: NDArray[np.int64]
    rows: pd.DataFrame

    def history(self, number: int) -> pd.Series:
        """Return the figures of one series by year, first to last, NaN where missing."""
        first, last = np.searchsorted(self.rows["code"].to_numpy(), [number, number + 1])
        mine = self.rows.iloc[first:last]
        years = range(int(mine["year"].iloc[0]), int(mine["year"].iloc[-1]) + 1)
        return pd.Series(mine["value"].to_numpy(), index=mine["year"].to_numpy()).reindex(years)


def read(table: pd.DataFrame) -> Series:
    """Check a long table and lay out its series.

    Args:
        table: columns series, year, value; `group` if wanted, one a series. Text that is a number counts as one.

    Raises:
        ProjectError: with series and row; rows count from 2, the first below the header.

    Example:
        >>> read(pd.DataFrame({"series": "a", "year": [2019, 2021], "value": [1, 3]})).histories[0, -3:].tolist()
        [1.0, nan, 3.0]
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ProjectError(
            f"column {', '.join(missing)} is missing; found {', '.join(map(str, table.columns)) or 'none'}; "
            f"expected {', '.join(COLUMNS)}"
        )
    if table.empty:
        raise ProjectError("the table has no row below the header; expected one row a series and year")
    codes, names = pd.factorize(table["series"])
    _refuse(
        (codes < 0) | (table["series"] == "").to_numpy(),
        table,
        "the series has no name",
        "expected a name in every row",
    )
    rows = table.reset_index(drop=True).assign(code=codes, year=_years(table), value=_values(table))
    rows["row"] = np.arange(len(rows)) + FIRST_ROW
    return _laid_out(_sorted(rows), np.asarray(names, dtype="object"))


def _refuse(wrong: NDArray[np.bool_], table: pd.DataFrame, found: str, expected: str, column: str = "series") -> None:
    """Raise if a row is wrong: name the first few by series and row."""
    places = np.flatnonzero(wrong)
    if not len(places):
        return
    shown = [
        f"row {place + FIRST_ROW} (series {table['series'].iloc[place]}: {table[column].iloc[place]})"
        for place in places[:SHOWN]
    ]
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    raise ProjectError(f"{found}: {', '.join(shown)}{more}; {expected}")


def _numbers(table: pd.DataFrame, column: str) -> Values:
    """Return a column as floats, NaN where empty; text that is no number is an error."""
    given = table[column]
    numbers = pd.to_numeric(given, errors="coerce")
    blank = (
        given.isna() | (given.astype("str").str.strip() == "")
        if not pd.api.types.is_numeric_dtype(given)
        else given.isna()
    )
    _refuse(
        (numbers.isna() & ~blank).to_numpy(),
        table,
        f"{column} is no number",
        "expected digits such as 2020 or 12.5",
        column,
    )
    return numbers.to_numpy(dtype="float64", na_value=np.nan)


def _years(table: pd.DataFrame) -> NDArray[np.int64]:
    years = _numbers(table, "year")
    wrong = ~((years == np.floor(years)) & (np.abs(years) <= 1e5))
    _refuse(wrong, table, "year is not a year", "expected a whole number such as 2020", "year")
    return years.astype("int64")


def _values(table: pd.DataFrame) -> Values:
    values = _numbers(table, "value")
    _refuse(
        np.isinf(values), table, "value is infinite", "expected a figure, or an empty cell where it is missing", "value"
    )
    _refuse(values < 0, table, "value is negative", "expected zero or more; a forecast of ratios has no sign", "value")
    beyond = (values > LARGEST) | ((values > 0) & (values < SMALLEST))
    _refuse(
        beyond,
        table,
        "value is too large or too small",
        f"expected {SMALLEST:g} to {LARGEST:g}; use another unit",
        "value",
    )
    return values


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by series and year; a year given twice is an error."""
    order = np.lexsort((rows["row"], rows["year"], rows["code"]))
    rows = rows.iloc[order].reset_index(drop=True)
    again = np.zeros(len(rows), dtype="bool")
    again[1:] = (np.diff(rows["code"]) == 0) & (np.diff(rows["year"]) == 0)
    if again.any():
        place = int(again.argmax())
        first, second = rows.iloc[place - 1], rows.iloc[place]
        raise ProjectError(
            f"series {second['series']} has the year {second['year']} twice, rows {first['row']} and {second['row']} "
            f"({int(again.sum())} such rows); expected one row a year"
        )
    return rows


def _laid_out(rows: pd.DataFrame, names: NDArray[np.object_]) -> Series:
    known = rows[rows["value"].notna()]
    counts = np.bincount(known["code"], minlength=len(names))
    if not counts.all():
        empty = int((counts == 0).argmax())
        row = rows.loc[rows["code"] == empty, "row"].iloc[0]
        raise ProjectError(f"series {names[empty]} (row {row}) has no figure; expected one or more")
    last = np.cumsum(counts) - 1
    _refuse_final_zero(known.iloc[last])
    code, year, value = (known[column].to_numpy() for column in ("code", "year", "value"))
    last_year, starts = year[last], last - counts + 1
    histories = np.full((len(names), LONGEST), np.nan)
    place = LONGEST - 1 - (last_year[code] - year)
    recent = place >= 0
    histories[code[recent], place[recent]] = value[recent]
    maxima = np.maximum.reduceat(value, starts)
    top = np.flatnonzero(value == maxima[code])[::-1]  # the earliest year wins: it is written last
    maximum_year = np.zeros(len(names), dtype="int64")
    maximum_year[code[top]] = year[top]
    return Series(names, _groups(rows, len(names)), histories, last_year, maxima, maximum_year, known)


def _refuse_final_zero(last: pd.DataFrame) -> None:
    zero = last[last["value"] == 0]
    if len(zero):
        row = zero.iloc[0]
        raise ProjectError(
            f"series {row['series']} ends with 0 in {row['year']}, row {row['row']} ({len(zero)} such series); a "
            "forecast of ratios needs a last figure above zero: leave the series out, or end it earlier"
        )


def _groups(rows: pd.DataFrame, count: int) -> NDArray[np.object_]:
    if "group" not in rows:
        return np.full(count, DEFAULT, dtype="object")
    given = (
        rows[["code", "series", "group"]]
        .assign(group=rows["group"].replace("", DEFAULT).fillna(DEFAULT))
        .drop_duplicates()
    )
    twice = given[given.duplicated("code")]
    if len(twice):
        row = twice.iloc[0]
        raise ProjectError(f"series {row['series']} has more than one group, such as {row['group']!r}; expected one")
    return given["group"].to_numpy(dtype="object")
