"""R1 for a panel of any size: an array of histories in, an array of forecasts out.

A history is a row, right-aligned: its last column is the last year with a figure, missing years are NaN. `r1.point`
gives the same numbers one series at a time.

For fixed parameters the end of the filter is linear in the history, so the damped trend is a product with weights
(`forecast_weights`), one for all histories with the same missing years. statsmodels runs its state-space
`ExponentialSmoothing` once a parameter set and pattern of missing years; its Kalman gains do not depend on the figures,
and with them the final level and trend of every unit vector follow at once. `r1.damped_trend`, the direct call, is the
oracle of the tests. `learnt/weights.csv` holds the weights of unbroken histories of 4 to 30 years, made by
`write_weights`; those of a history with missing years are made at first use.

Everything is worked on the scale of ratios to the last figure, so the unit does not matter. Products go through
`einsum`, whose order of addition depends on no BLAS kernel and no number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data.cache import cached
from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import DAMPING, LIMITS, LONGEST, PARAMETERS, POWER, SHORTEST, Values

CHUNK = 2048
RECENT = 23
LEARNT = resources.files("tanfeng.forecast") / "learnt"
WEIGHT_COLUMNS = ["level", *(f"trend{phi * 100:.0f}" for phi in DAMPING)]
WEIGHT_DIGITS = 15


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


def forecast_weights(observed: Sequence[bool], horizon: int) -> Values:
    """Return the weights W of the damped trend: forecast = W @ z for the observed values z, oldest first.

    Args:
        observed: which years of the history have a figure; the first and the last must.
        horizon: number of years ahead.

    Returns:
        Shape (horizon, number of observed years); every row adds up to nearly 1. No unit.

    Raises:
        ProjectError: if fewer than four years are observed, more than 30 are given, or an end is missing.

    Example:
        >>> forecast_weights([True] * 5, 2).sum(axis=1).round(2).tolist()
        [1.0, 1.0]
    """
    pattern = tuple(bool(year) for year in observed)
    if not pattern or len(pattern) > LONGEST or sum(pattern) < SHORTEST or not (pattern[0] and pattern[-1]):
        raise ProjectError(
            f"weights need {SHORTEST} to {LONGEST} years that begin and end with a figure; "
            f"found {len(pattern)} years with {sum(pattern)} figures"
        )
    return np.einsum("hs,sn->hn", _reach(horizon), state_weights(pattern))  # no BLAS, as above


@cached
def _reach(horizon: int) -> Values:
    """Return how level and trends enter each year ahead: 1 and phi + ... + phi^(h - 1), shape (horizon, 4)."""
    steps = np.arange(horizon)
    sums = [np.concatenate([[0.0], np.cumsum(phi ** steps[1:])]) for phi in DAMPING]
    return np.column_stack([np.ones(horizon), *sums])


@cached
def state_weights(observed: tuple[bool, ...]) -> Values:
    """Return the weights of the level (mean of 15) and of the trends (mean of 15, a row a damping), shape (4, n)."""
    if all(observed):
        return _shipped()[len(observed)]
    return made_weights(observed)


@cached
def _shipped() -> dict[int, Values]:
    with (LEARNT / "weights.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file)
    return {int(length): part[WEIGHT_COLUMNS].to_numpy().T.copy() for length, part in rows.groupby("length")}


def made_weights(observed: tuple[bool, ...]) -> Values:
    """Make the weights of `state_weights` anew: 15 runs of statsmodels, no stored table.

    Example:
        >>> made_weights((True, True, False, True, True)).shape
        (4, 4)
    """
    weights = np.zeros((1 + len(DAMPING), len(observed)))
    for alpha, beta, phi in PARAMETERS:
        final = _final_state(observed, (alpha, alpha * beta, phi))
        weights[0] += final[1]
        weights[1 + DAMPING.index(phi)] += final[2]
    return (weights / len(PARAMETERS))[:, np.array(observed)]


def _final_state(observed: tuple[bool, ...], parameters: tuple[float, float, float]) -> Values:
    """Return the state after the last year for every unit vector, shape (3, years): error, level, trend."""
    model, gains = _state_space(observed, parameters)
    first, errors = _filtered(model, gains, observed, np.zeros((3, len(observed))), np.eye(len(observed)))
    start = np.linalg.pinv(_start_design(model, len(observed))) @ errors
    initial = model["transition"] @ np.vstack([np.zeros(len(observed)), start])
    moved, _ = _filtered(model, gains, observed, initial, np.zeros((len(observed), len(observed))))
    return first + moved


def _state_space(observed: tuple[bool, ...], parameters: tuple[float, float, float]) -> tuple[Any, Values]:
    # statsmodels loads for seconds; an unbroken history does without.
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    anything = np.where(observed, np.arange(len(observed), dtype="float64") ** 2, np.nan)
    model = ExponentialSmoothing(anything, trend=True, damped_trend=True, initialization_method="concentrated")
    model.update(list(parameters))
    return model, model.ssm.filter().kalman_gain[:, 0]


def _filtered(
    model: Any, gains: Values, observed: tuple[bool, ...], state: Values, figures: Values
) -> tuple[Values, Values]:
    """Run the filter of statsmodels over many columns at once; return the last state and the one-step errors."""
    transition, design = model["transition"], model["design"]
    errors = np.zeros((len(observed), state.shape[1]))
    for year, known in enumerate(observed):
        if known:
            errors[year] = figures[year] - (design @ state)[0]
        state = transition @ state + np.outer(gains[:, year], errors[year])
    return state, errors


def _start_design(model: Any, years: int) -> Values:
    """Return the regressors of the initial level and trend (De Livera, Hyndman and Snyder 2011, equation 10)."""
    row = np.ones((1, 2))
    step = model["transition"][1:, 1:] - model["selection"][1:] @ row
    rows = [row]
    for _ in range(years - 1):
        rows.append(rows[-1] @ step)
    return np.vstack(rows)


def write_weights(path: Path) -> None:
    """Write the weights of unbroken histories of 4 to 30 years: columns length, year (1 oldest), level, trend92 ..."""
    parts = [_weight_rows(length) for length in range(SHORTEST, LONGEST + 1)]
    pd.concat(parts).to_csv(path, index=False, float_format=f"%.{WEIGHT_DIGITS}g", lineterminator="\n")


def _weight_rows(length: int) -> pd.DataFrame:
    rows = pd.DataFrame(made_weights((True,) * length).T, columns=WEIGHT_COLUMNS)
    rows.insert(0, "year", np.arange(1, length + 1))
    rows.insert(0, "length", length)
    return rows
