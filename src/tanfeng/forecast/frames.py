"""Forecasts of a long table: columns series, year, value in; point, intervals, P(peaked) out.

The group of a series says whose errors its intervals come from (`calibration.GROUPS`); without one it is `general`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from tanfeng.data.project import ProjectError
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.conformal import PATHS, Calibration, chunks, paths, quantiles
from tanfeng.forecast.panel import ratios
from tanfeng.forecast.peaks import peaked, trend
from tanfeng.forecast.r1 import Values
from tanfeng.forecast.series import Series, read

if TYPE_CHECKING:
    from tanfeng.forecast.references import Ahead

LEVELS = (80.0, 95.0)
FARTHEST = 50
MOST_PATHS = 10_000
MOST_VALUES = 100_000_000


def forecast(
    table: pd.DataFrame, horizon: int, levels: Sequence[float] = LEVELS, show_paths: int = 0, method: str = "r1"
) -> pd.DataFrame:
    """Forecast every series of a long table: with R1 and calibrated intervals, or with a reference method.

    Args:
        table: columns series, year, value, if wanted group; see `series.read` for what is allowed.
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
