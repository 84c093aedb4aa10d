"""R1 for a panel of any size: an array of histories in, an array of forecasts out.

A history is a row, right-aligned: its last column is the last year with a figure, missing years are NaN. The damped
trend comes from the weights of statsmodels (`weights`), so that all histories with the same missing years are one
product. `r1.point` gives the same numbers one series at a time.

Everything is worked on the scale of ratios to the last figure, so the unit does not matter. Products go through
`einsum`, whose order of addition depends on no BLAS kernel and no number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import LIMITS, LONGEST, POWER, SHORTEST, Values
from tanfeng.forecast.weights import forecast_weights

CHUNK = 2048
RECENT = 23


def ratios(histories: Values, horizon: int) -> Values:
    """Return the square root of forecast over last figure, 1 to `horizon` years ahead.

    Args:
        histories: shape (n, years), not negative, NaN where missing, the last column above zero.
        horizon: number of years ahead.

    Returns:
        Shape (n, horizon). A history with fewer than four figures in its last 30 years keeps its last figure: all 1.

    Raises:
        ProjectError: if the last figure of a history is missing or zero, or a figure is negative or infinite.

    Example:
        >>> ratios(np.array([[4.0, 4, 4, 4, 4]]), 2).round(9).tolist()
        [[1.0, 1.0]]
    """
    recent = checked(histories)[:, -LONGEST:]
    found = np.ones((len(recent), horizon))
    for rows, observed in _patterns(recent):
        first = int(observed.argmax())
        if observed.sum() >= SHORTEST:
            weights = forecast_weights(tuple(observed[first:].tolist()), horizon)
            found[rows] = _unbroken(recent, rows, np.flatnonzero(observed), weights)
    return found


def points(histories: Values, horizon: int) -> Values:
    """Return the R1 point forecasts of a panel, shape (n, horizon), each in the unit of its history.

    Args:
        histories: as in `ratios`.
        horizon: number of years ahead.

    Raises:
        ProjectError: as `ratios`.

    Example:
        >>> points(np.array([[100.0, 104.0, 108.0, 111.0, 115.0]]), 3).round(1).tolist()
        [[117.8, 120.5, 123.2]]
    """
    found = ratios(histories, horizon)
    return np.asarray(histories, dtype="float64")[:, -1:] * found**2


def checked(histories: Values) -> Values:
    """Return the panel as an array of floats, checked to be one that can be forecast (see `ratios`)."""
    panel = np.asarray(histories, dtype="float64")
    if panel.ndim != 2 or 0 in panel.shape:
        raise ProjectError(f"a panel needs at least one row and one column; found the shape {panel.shape}")
    wrong = np.flatnonzero(~(panel[:, -1] > 0) | (panel < 0).any(axis=1) | np.isinf(panel).any(axis=1))
    if len(wrong):
        raise ProjectError(
            f"history {wrong[0] + 1} of the panel ends with {panel[wrong[0], -1]} or holds a negative or infinite "
            "figure; expected figures of zero or more, the last above zero"
        )
    return panel


def _patterns(recent: Values) -> Iterator[tuple[NDArray[np.intp] | slice, NDArray[np.bool_]]]:
    """Yield the rows of each pattern of observed years, at most a chunk of rows at a time."""
    observed = ~np.isnan(recent)
    if observed.all():
        for start in range(0, len(recent), CHUNK):
            yield slice(start, start + CHUNK), observed[0]
        return
    codes = observed @ (1 << np.arange(observed.shape[1], dtype="int64"))
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        for start in range(0, len(rows), CHUNK):
            yield rows[start : start + CHUNK], observed[rows[0]]


def _unbroken(recent: Values, rows: NDArray[np.intp] | slice, years: NDArray[np.intp], weights: Values) -> Values:
    block = recent[rows]
    block = block if len(years) == block.shape[1] else block[:, years]
    roots = np.sqrt(np.sqrt(block))
    last, mean = roots[:, -1:], np.sqrt(np.sqrt(block.mean(axis=1, keepdims=True)))
    # The rows of the weights do not quite add up to 1: what is missing falls on the mean, as in the direct call.
    damped = (np.einsum("nt,ht->nh", roots, weights) + mean * (1 - weights.sum(axis=1))) / last
    np.clip(damped, LIMITS[0] ** POWER, LIMITS[1] ** POWER, out=damped)
    drift = (1 - roots[:, :1] / last) / (years[-1] - years[0]) / 2
    return damped * np.maximum(1 + drift * np.arange(1, len(weights) + 1), LIMITS[0] ** POWER)


def own_scale(histories: Values) -> Values:
    """Return how unsteady each history is: mean squared deviation of its yearly changes from their median.

    The changes are those of u = 2 (sqrt(y / y_last) - 1) over the last 23 years; a change across a missing year does
    not count. NaN where there are fewer than two changes. Shape (n,), no unit.

    Example:
        >>> own_scale(np.array([[4.0, 4, 4, 4, 4]])).tolist()
        [0.0]
    """
    panel = np.asarray(histories, dtype="float64")[:, -RECENT:]
    found = np.full(len(panel), np.nan)
    for start in range(0, len(panel), CHUNK):
        block = panel[start : start + CHUNK]
        changes = np.diff(2 * np.sqrt(block / block[:, -1:]), axis=1)
        found[start : start + CHUNK] = _deviation(changes)
    return found


def _deviation(changes: Values) -> Values:
    count = np.count_nonzero(~np.isnan(changes), axis=1)
    ordered = np.sort(changes, axis=1)  # NaN goes to the end
    rows = np.arange(len(changes))
    upper = np.maximum(count // 2, 0)
    if changes.shape[1] == 0:
        return np.full(len(changes), np.nan)
    middle = (ordered[rows, np.minimum(upper, changes.shape[1] - 1)] + ordered[rows, np.maximum(count - 1, 0) // 2]) / 2
    squares = np.where(np.isnan(changes), 0.0, changes - middle[:, None]) ** 2
    return np.where(count >= 2, squares.sum(axis=1) / np.maximum(count, 1), np.nan)
