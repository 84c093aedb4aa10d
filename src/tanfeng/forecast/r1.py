"""R1, the point forecast for short yearly series: numbers in, numbers out.

The geometric mean of (a) a damped trend with fixed parameters on the fourth-root scale, averaged over 15 sets of
parameters, each run through the state-space `ExponentialSmoothing` of statsmodels, and (b) half of the mean yearly
change on the fourth-root scale. With 10 to 30 points, fixed parameters learnt on panels of real series forecast
better than parameters fitted to each series (docs/methods/ gives the measurements).
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError

Values = NDArray[np.float64]

POWER = 0.25
LONGEST = 30
SHORTEST = 4
LEVEL_TREND = ((0.85, 0.05), (0.85, 0.15), (1.0, 0.0), (1.0, 0.05), (1.0, 0.15))
DAMPING = (0.92, 0.96, 0.98)
PARAMETERS = tuple((alpha, beta, phi) for (alpha, beta), phi in itertools.product(LEVEL_TREND, DAMPING))
LIMITS = (0.05, 20.0)


def checked(values: Values) -> Values:
    """Return the last 30 values as an array of floats, checked to be a series that R1 can forecast.

    Raises:
        ProjectError: if there are fewer than four values, or one is missing, infinite, zero or negative.
    """
    array = np.asarray(values, dtype="float64")
    if array.ndim != 1 or len(array) < SHORTEST:
        raise ProjectError(f"a series needs at least {SHORTEST} yearly values to be forecast; found {array.size}")
    bad = ~(np.isfinite(array) & (array > 0))
    if bad.any():
        raise ProjectError(
            f"a series must be positive and complete; value {int(bad.argmax()) + 1} is {array[bad.argmax()]}"
        )
    return array[-LONGEST:]


def damped_trend(values: Values, horizon: int) -> Values:
    """Return the damped-trend forecast (a): shape (horizon,), unit of `values`.

    Example:
        >>> bool(damped_trend(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2)[0] > 5.0)
        True
    """
    history = checked(values)
    mean = history.mean()
    transformed = ((history / mean) ** POWER - 1) / POWER
    if np.ptp(transformed) == 0:  # statsmodels cannot smooth a constant series; its forecast is the constant
        return np.full(horizon, history[-1])
    paths = [_smoothed(transformed, parameters, horizon) for parameters in PARAMETERS]
    forecast = mean * np.maximum(1 + POWER * np.mean(paths, axis=0), 0.0) ** (1 / POWER)
    return np.clip(forecast, LIMITS[0] * history[-1], LIMITS[1] * history[-1])


def _smoothed(transformed: Values, parameters: tuple[float, float, float], horizon: int) -> Values:
    # statsmodels loads for seconds; a panel without missing years does without (`panel`).
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    alpha, beta, phi = parameters
    model = ExponentialSmoothing(transformed, trend=True, damped_trend=True, initialization_method="concentrated")
    return np.asarray(
        model.smooth([alpha, alpha * beta, phi]).forecast(int(horizon))
    )  # statsmodels takes a NumPy integer for a date


def half_drift(values: Values, horizon: int) -> Values:
    """Return the half-drift forecast (b): shape (horizon,), unit of `values`.

    Example:
        >>> half_drift(np.array([16.0, 16.0, 16.0, 16.0]), 2).tolist()
        [16.0, 16.0]
    """
    history = checked(values)
    roots = (history / history[-1]) ** POWER
    drift = (roots[-1] - roots[0]) / (len(roots) - 1) / 2
    steps = np.arange(1, horizon + 1)
    return history[-1] * np.maximum(1 + drift * steps, LIMITS[0] ** POWER) ** (1 / POWER)


def point(values: Values, horizon: int) -> Values:
    """Return the R1 forecast: the geometric mean of the damped trend and the half drift, shape (horizon,).

    Args:
        values: yearly history, oldest first, all above zero.
        horizon: number of years ahead.

    Raises:
        ProjectError: if the series is too short, incomplete or not positive.

    Example:
        >>> point(np.array([100.0, 104.0, 108.0, 111.0, 115.0]), 3).round(1).tolist()
        [117.8, 120.5, 123.2]
    """
    return np.sqrt(damped_trend(values, horizon) * half_drift(values, horizon))
