"""R1's damped trend as weights: for fixed parameters the end of the filter is linear in the history.

statsmodels runs its state-space `ExponentialSmoothing` once a parameter set and pattern of missing years; its Kalman
gains do not depend on the figures. With them the final level and trend of every unit vector follow at once, so a panel
of any size needs one product. `r1.damped_trend`, the direct call, is the oracle of the tests.

`learnt/weights.csv` holds the weights of unbroken histories of 4 to 30 years, made by `write_weights`; those of a
history with missing years are made at first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import DAMPING, LONGEST, PARAMETERS, SHORTEST, Values

LEARNT = resources.files("tanfeng.forecast") / "learnt"
COLUMNS = ["level", *(f"trend{phi * 100:.0f}" for phi in DAMPING)]
DIGITS = 15


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
    return _reach(horizon) @ state_weights(pattern)


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
    return {int(length): part[COLUMNS].to_numpy().T.copy() for length, part in rows.groupby("length")}


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
    model, gains = _run(observed, parameters)
    first, errors = _filtered(model, gains, observed, np.zeros((3, len(observed))), np.eye(len(observed)))
    start = np.linalg.pinv(_start_design(model, len(observed))) @ errors
    initial = model["transition"] @ np.vstack([np.zeros(len(observed)), start])
    moved, _ = _filtered(model, gains, observed, initial, np.zeros((len(observed), len(observed))))
    return first + moved


def _run(observed: tuple[bool, ...], parameters: tuple[float, float, float]) -> tuple[Any, Values]:
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
    parts = [_rows(length) for length in range(SHORTEST, LONGEST + 1)]
    pd.concat(parts).to_csv(path, index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")


def _rows(length: int) -> pd.DataFrame:
    rows = pd.DataFrame(made_weights((True,) * length).T, columns=COLUMNS)
    rows.insert(0, "year", np.arange(1, length + 1))
    rows.insert(0, "length", length)
    return rows
