"""Forecasts of a long table: columns series, year, value in; point, intervals, P(peaked) out.

The group of a series says whose errors its intervals come from (`calibration.GROUPS`); without one it is `general`.

What is an error, named with series and row: a column that is not there, an empty table, a year or value that is no
number, a year that is not whole, a negative or infinite value, one beyond 1e-100 to 1e100, a year given twice, a series
without any figure, one whose last figure is zero. What is not: missing years and values (a gap), missing ends (the
series is shorter), zeros before the last figure, equal figures, fewer than four figures (the last one is carried on).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError
from tanfeng.forecast.calibration import DEFAULT, calibration
from tanfeng.forecast.conformal import PATHS, Calibration, chunks, paths, quantiles
from tanfeng.forecast.panel import ratios
from tanfeng.forecast.peaks import peaked, trend
from tanfeng.forecast.r1 import LONGEST, Values

if TYPE_CHECKING:
    from tanfeng.forecast.references import Ahead

LEVELS = (80.0, 95.0)
FARTHEST = 50
MOST_PATHS = 10_000
MOST_VALUES = 100_000_000
COLUMNS = ("series", "year", "value")
SMALLEST, LARGEST = 1e-100, 1e100
SHOWN = 5
FIRST_ROW = 2  # of a file whose first row is the header


def forecast(
    table: pd.DataFrame, horizon: int, levels: Sequence[float] = LEVELS, show_paths: int = 0, method: str = "r1"
) -> pd.DataFrame:
    """Forecast every series of a long table: with R1 and calibrated intervals, or with a reference method.

    Args:
        table: columns series, year, value, if wanted group; see `read` for what is allowed.
        horizon: years ahead, counted from the last figure of each series, 1 to 50.
        levels: coverage of the intervals in percent, 1 to 99.
        show_paths: number of joint paths to add as columns path1 ... (R1 only).
        method: r1, or one of `references.NAMES`; stirpat also needs the columns population and gdp. A reference gives
            the intervals that its model states, and no p_peaked.

    Returns:
        Columns series, year, point, a pair lo80, hi80 a level, p_peaked (no year of the horizon exceeds the past
        maximum; the same in every row of a series), paths. One row a series and year, unit of the series. `attrs` holds
        `warned`, the number of series whose fit warned (0 for R1).

    Raises:
        ProjectError: if the table, the horizon, a level or the method is wrong.

    Example:
        >>> rows = pd.DataFrame({"series": "a", "year": range(2011, 2021), "value": [5, 6, 7, 8, 9, 9, 10, 11, 11, 12]})
        >>> forecast(rows, 2).columns.tolist()
        ['series', 'year', 'point', 'lo80', 'hi80', 'lo95', 'hi95', 'p_peaked']
    """
    _checked(horizon, levels, show_paths)
    given = read(table)
    warned = 0
    if method == "r1":
        found = _own(given, horizon, list(levels), show_paths)
    else:
        found, warned = _reference(given, horizon, list(levels), show_paths, method)
    bounds = [f"{side}{level:g}" for level in levels for side in ("lo", "hi")]
    columns = ["point", *bounds, "p_peaked", *(f"path{number}" for number in range(1, show_paths + 1))]
    result = pd.DataFrame(found.reshape(-1, found.shape[2]), columns=columns)
    result.insert(0, "series", np.repeat(given.names, horizon))
    result.insert(1, "year", (given.last_year[:, None] + np.arange(1, horizon + 1)).ravel())
    result.attrs["warned"] = warned
    return result


def _own(given: Series, horizon: int, levels: list[float], show_paths: int) -> Values:
    size = len(given.names) * horizon * show_paths
    if size > MOST_VALUES:
        raise ProjectError(f"{size:.3g} path values asked for, at most {MOST_VALUES:.3g}: fewer paths or series")
    found = np.empty((len(given.names), horizon, 2 + 2 * len(levels) + show_paths))
    for rows, learnt in _blocks(given):
        found[rows] = _block(given.histories[rows], given.maxima[rows], learnt, horizon, levels, show_paths)
    return found


def _reference(given: Series, horizon: int, levels: list[float], show_paths: int, method: str) -> tuple[Values, int]:
    """Return the columns after series and year of a reference method, and how many fits warned."""
    from scipy.special import ndtri

    from tanfeng.forecast import references

    if method not in references.NAMES:
        raise ProjectError(f"method {method!r}: not known; expected r1, {', '.join(references.NAMES)}")
    if show_paths:
        raise ProjectError(f"method {method} has no joint paths; expected r1")
    found = np.full((len(given.names), horizon, 2 + 2 * len(levels)), np.nan)
    scores = ndtri([0.5 + sign * level / 200 for level in levels for sign in (-1, 1)])
    warned = 0
    for number in range(len(given.names)):
        one = _one(given, number, horizon, method)
        found[number, :, 0] = one.point
        found[number, :, 1:-1] = one.quantiles(scores)
        warned += bool(one.warned)
    return found, warned


def _one(given: Series, number: int, horizon: int, method: str) -> Ahead:
    from tanfeng.forecast import references

    history = given.history(number)
    try:
        if method == "stirpat":
            return references.stirpat(history.to_numpy(), *_drivers(given, number), horizon)
        return references.ahead(method, history.to_numpy(), horizon)
    except ProjectError as error:
        row = given.rows["row"].to_numpy()[np.searchsorted(given.rows["code"].to_numpy(), number)]
        raise ProjectError(f"series {given.names[number]} (row {row}): {error}") from error


def _drivers(given: Series, number: int) -> tuple[Values, Values]:
    missing = [name for name in ("population", "gdp") if name not in given.rows]
    if missing:
        raise ProjectError(f"stirpat needs the column {' and '.join(missing)} beside series, year, value")
    mine = given.rows[given.rows["code"] == number]
    if len(mine) != len(given.history(number)):
        raise ProjectError("stirpat needs a history without a missing year")
    population, gdp = (
        pd.to_numeric(mine[name], errors="coerce").to_numpy(dtype="float64") for name in ("population", "gdp")
    )
    return population, gdp


def _checked(horizon: int, levels: Sequence[float], show_paths: int) -> None:
    if not 1 <= horizon <= FARTHEST:
        raise ProjectError(f"horizon {horizon}: expected 1 to {FARTHEST} years")
    wrong = [level for level in levels if not 1 <= level <= 99]
    if wrong or len(set(levels)) < len(levels):
        raise ProjectError(
            f"levels {', '.join(f'{level:g}' for level in levels)}: expected different figures from 1 to 99"
        )
    if not 0 <= show_paths <= MOST_PATHS:
        raise ProjectError(f"{show_paths} paths: expected 0 to {MOST_PATHS}")


def _blocks(given: Series) -> Iterator[tuple[NDArray[np.intp], Calibration]]:
    """Yield the series of one group, a chunk at a time, with what their group taught."""
    codes, names = pd.factorize(given.groups)
    for number, group in enumerate(names):
        learnt, rows = calibration(group), np.flatnonzero(codes == number)
        for part in chunks(len(rows)):
            yield rows[part], learnt


def _block(
    histories: Values, maxima: Values, learnt: Calibration, horizon: int, levels: list[float], show_paths: int
) -> Values:
    """Return the columns after series and year, shape (n, horizon, columns)."""
    centre = ratios(histories, horizon)
    ends = sorted({0.5 + sign * level / 200 for level in levels for sign in (-1, 1)})
    reached = quantiles(histories, learnt, horizon, ends, centre)
    places = [ends.index(0.5 + sign * level / 200) for level in levels for sign in (-1, 1)]
    drawn = paths(histories, learnt, horizon, max(PATHS, show_paths), centre)
    share = (drawn[:, :PATHS].max(axis=2) <= maxima[:, None]).mean(axis=1)
    point = histories[:, -1:] * centre**2
    parts = [point[:, :, None], reached[:, :, places], np.broadcast_to(share[:, None, None], (*point.shape, 1))]
    return np.concatenate([*parts, drawn[:, :show_paths].transpose(0, 2, 1)], axis=2)


def joint_paths(table: pd.DataFrame, horizon: int, count: int = PATHS) -> tuple[NDArray[np.object_], Values]:
    """Return the names of the series and their joint paths, shape (series, count, horizon), unit of each series.

    Args:
        table: as in `forecast`.
        horizon: years ahead.
        count: number of paths; more than the 400 learnt repeat.

    Raises:
        ProjectError: as `forecast`.
    """
    _checked(horizon, (), count)
    given = read(table)
    found = np.empty((len(given.names), count, horizon))
    for rows, learnt in _blocks(given):
        found[rows] = paths(given.histories[rows], learnt, horizon, count)
    return given.names, found


def peak_probabilities(table: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return the probability that each series has peaked, by year.

    Args:
        table: as in `forecast`.
        horizon: years ahead.

    Returns:
        Columns series, year, p_peaked_by (first row of a series: its last year with a figure, P(already peaked)),
        p_no_peak (no peak inside the horizon), trend (rising, falling, plateau: Mann-Kendall, last ten years),
        maximum_year (year of the past maximum).

    Raises:
        ProjectError: as `forecast`.

    Example:
        >>> rows = pd.DataFrame({"series": "a", "year": range(2011, 2021), "value": [5, 6, 7, 8, 9, 9, 8, 8, 7, 6]})
        >>> peak_probabilities(rows, 5)["trend"].unique().tolist()
        ['plateau']
    """
    _checked(horizon, (), 0)
    given = read(table)
    found = np.empty((len(given.names), horizon))
    for rows, learnt in _blocks(given):
        found[rows] = peaked(paths(given.histories[rows], learnt, horizon), given.maxima[rows])
    return pd.DataFrame(
        {
            "series": np.repeat(given.names, horizon),
            "year": (given.last_year[:, None] + np.arange(horizon)).ravel(),
            "p_peaked_by": found.ravel(),
            "p_no_peak": np.repeat(1 - found[:, -1], horizon),
            "trend": np.repeat([trend(history) for history in given.histories], horizon),
            "maximum_year": np.repeat(given.maximum_year, horizon),
        }
    )


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
