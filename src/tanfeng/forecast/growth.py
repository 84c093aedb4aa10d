"""Growth ahead, learnt from the series' own past: recent growth times the ratios that followed it before.

Growth of the years ahead is the mean rate of the last three years times a ratio; the ratios are those that really
followed three-year means in the past, one trajectory an origin. A slowdown that went on for decades goes on in the same
proportion. R1 and its panel are not used for growth: they lead towards no growth at all, and their errors are those of
emissions (`backtest` compares).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data.project import ProjectError
from tanfeng.forecast import panel
from tanfeng.forecast.r1 import Values

WINDOW_YEARS = 3
FEWEST = 8


def recent(rates: Values) -> float:
    """Return the mean rate of the last three years (percent a year).

    Example:
        >>> recent(np.array([9.0, 6.0, 5.0, 4.0]))
        5.0
    """
    return float(rates[-WINDOW_YEARS:].mean())


def ratios(rates: Values, horizon: int) -> Values:
    """Return the rates that followed each past year over the mean rate of the three years up to it.

    Args:
        rates: yearly rates in percent, oldest first.
        horizon: years after each origin, at least 1.

    Returns:
        Shape (origins, horizon), oldest origin first.

    Raises:
        ProjectError: if fewer than eight origins are followed by that many years, or a three-year mean is not positive.

    Example:
        >>> ratios(np.array([10.0] * 10 + [5.0]), 1)[-1].tolist()
        [0.5]
    """
    origins = range(WINDOW_YEARS, len(rates) - horizon + 1)
    if len(origins) < FEWEST:
        expected = WINDOW_YEARS + horizon + FEWEST - 1
        raise ProjectError(f"growth over {horizon} years needs {expected} yearly rates; found {len(rates)}")
    return np.array([_ratio(rates, origin, horizon) for origin in origins])


def _ratio(rates: Values, origin: int, horizon: int) -> Values:
    base = recent(rates[:origin])
    if base <= 0:
        raise ProjectError(f"the mean rate of three years is {base:.2f} %; growth ahead needs a positive one")
    return rates[origin : origin + horizon] / base


def paths(rates: Values, horizon: int) -> Values:
    """Return paths of the yearly rates ahead, one a past trajectory, shape (origins, horizon), percent.

    Raises:
        ProjectError: as `ratios`.

    Example:
        >>> paths(np.array([10.0] * 12), 2)[0].tolist()
        [10.0, 10.0]
    """
    return recent(rates) * ratios(rates, horizon)


def backtest(rates: Values, horizon: int) -> pd.DataFrame:
    """Return how well this did before: each origin knows only ratios that were complete by then.

    Args:
        rates: yearly rates in percent, oldest first.
        horizon: years ahead; growth is the mean rate over them.

    Returns:
        Columns origin (number of rates known), came, said (median), lo80, hi80, held (the last rate goes on), r1 (R1 on
        the level), each in percent a year.

    Raises:
        ProjectError: if no origin has eight complete trajectories before it.

    Example:
        >>> backtest(np.array([10.0] * 20), 2)["said"].unique().tolist()
        [10.0]
    """
    first = WINDOW_YEARS + horizon + FEWEST - 1
    rows = [_origin(rates, origin, horizon) for origin in range(first, len(rates) - horizon + 1)]
    if not rows:
        raise ProjectError(f"a test of growth over {horizon} years needs {first + horizon} rates; found {len(rates)}")
    return pd.DataFrame(rows)


def _origin(rates: Values, origin: int, horizon: int) -> dict[str, float]:
    known = rates[:origin]
    means = recent(known) * ratios(known, horizon).mean(axis=1)
    low, said, high = np.quantile(means, [0.1, 0.5, 0.9])
    level = np.cumprod(1 + known / 100).astype("float64")
    ahead = panel.points(level[None, :], horizon)[0, -1] / level[-1]
    return {
        "origin": origin,
        "came": float(rates[origin : origin + horizon].mean()),
        "said": float(said),
        "lo80": float(low),
        "hi80": float(high),
        "held": float(known[-1]),
        "r1": float(100 * (ahead ** (1 / horizon) - 1)),
    }
