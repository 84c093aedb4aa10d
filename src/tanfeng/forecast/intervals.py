"""Intervals from rolling-origin errors (floor 2): how far R1 was off in the past of the same series.

This is the first, uncalibrated kind: the errors of one short series, assumed to grow with the square root of the
horizon, with Student's t for their small number. It says what it is: `KIND`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from tanfeng.forecast.r1 import Values, checked, point
from tanfeng.project import ProjectError

KIND = "rolling-origin errors of the same series, not yet calibrated on a panel"
FIRST_ORIGIN = 6
FARTHEST = 5


@dataclass(frozen=True)
class Errors:
    """Past errors of a series: `scale` is their root mean square (log scale, one year ahead), `count` their origins."""

    scale: float
    count: int

    def spread(self, horizon: int) -> Values:
        """Return the scale of the log error for 1..horizon years ahead, shape (horizon,)."""
        return self.scale * np.sqrt(np.arange(1, horizon + 1))

    def quantile(self, share: float) -> float:
        """Return the quantile of Student's t with one degree of freedom an origin, less one."""
        return float(stats.t.ppf(share, self.count - 1))


def past_errors(values: Values) -> Errors:
    """Forecast the series from every origin with at least six values, up to five years ahead, and measure the errors.

    Raises:
        ProjectError: if the series has fewer than eight values (two origins).

    Example:
        >>> past_errors(np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8])).count
        3
    """
    history = checked(values)
    origins = range(FIRST_ORIGIN, len(history))
    if len(origins) < 2:
        raise ProjectError(f"an interval needs at least {FIRST_ORIGIN + 2} yearly values; found {len(history)}")
    squares = [_squared_errors(history, origin) for origin in origins]
    return Errors(scale=float(np.sqrt(np.mean(np.concatenate(squares)))), count=len(origins))


def _squared_errors(history: Values, origin: int) -> Values:
    actual = history[origin : origin + FARTHEST]
    errors = np.log(actual / point(history[:origin], len(actual)))
    return np.asarray(errors**2 / np.arange(1, len(actual) + 1))


def forecast(history: pd.Series, horizon: int, levels: Sequence[int] = (80, 95)) -> pd.DataFrame:
    """Forecast a yearly series with R1 and intervals from its own past errors.

    Args:
        history: values by year, without gaps, all above zero.
        horizon: number of years ahead.
        levels: coverage of the intervals in percent.

    Returns:
        Columns year, point and a pair lo80, hi80 ... a level, in the unit of the history.

    Raises:
        ProjectError: if a year is missing or the series cannot be forecast.

    Example:
        >>> rows = forecast(pd.Series([5.0, 6, 7, 8, 9, 9, 10, 11], index=range(2013, 2021)), 2)
        >>> rows.columns.tolist(), rows["year"].tolist()
        (['year', 'point', 'lo80', 'hi80', 'lo95', 'hi95'], [2021, 2022])
    """
    years = [int(year) for year in history.index]
    if years != list(range(years[0], years[0] + len(years))):
        raise ProjectError(f"the series has a gap or is not in order: {years}")
    values = history.to_numpy(dtype="float64")
    ahead = np.arange(years[-1] + 1, years[-1] + 1 + horizon)
    rows = pd.DataFrame({"year": ahead, "point": point(values, horizon)})
    return with_intervals(rows, past_errors(values), levels)


def with_intervals(rows: pd.DataFrame, errors: Errors, levels: Sequence[int] = (80, 95)) -> pd.DataFrame:
    """Add a pair of columns lo, hi for each level to a table with `point`, one row a year ahead."""
    spread = errors.spread(len(rows))
    rows = rows.copy()
    for level in levels:
        reach = np.exp(errors.quantile(0.5 + level / 200) * spread)
        rows[f"lo{level}"], rows[f"hi{level}"] = rows["point"] / reach, rows["point"] * reach
    return rows


def probability_at_least(point_forecast: float, errors: Errors, horizon: int, value: float) -> float:
    """Return the probability that the figure `horizon` years ahead is at least `value`, from the same errors.

    Example:
        >>> probability_at_least(100.0, Errors(scale=0.05, count=10), 1, 100.0)
        0.5
    """
    distance = np.log(value / point_forecast) / (errors.scale * np.sqrt(horizon))
    return float(stats.t.sf(distance, errors.count - 1))
