"""Intervals and paths from the errors R1 made on a panel of other series.

On u = 2 (sqrt(y / y_last) - 1) the error of a forecast is divided by the scale of its series,

    s = sqrt((v + vbar) / 2)        v: `panel.own_scale`, vbar: the square of the panel's median root of v

Quantiles of these residuals, one a horizon, give the intervals; whole residual trajectories give joint paths. Both are
learnt from series of the same group (`learnt`) and added to the forecast on the scale of u.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError
from tanfeng.forecast.panel import own_scale, ratios
from tanfeng.forecast.r1 import Values

PROBABILITIES = np.array(
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
     0.995]
)  # fmt: skip
LEARNT_YEARS = 10
PATHS = 400
FEWEST = 10
CHUNK = 256


@dataclass(frozen=True)
class Calibration:
    """What a group of series taught.

    `scale` is the root of vbar. `growth` has a row for each of `PROBABILITIES`: the quantile of the residual h years
    ahead is growth[0] sqrt(h) + growth[1] h. `trajectories` are residuals 1 to 10 years ahead, a row an origin.
    `widening` multiplies both.
    """

    group: str
    scale: float
    growth: Values
    trajectories: Values
    widening: float = 1.0


def spread(histories: Values, calibration: Calibration) -> Values:
    """Return the scale s of each history on u, shape (n,); a history with one change or none takes that of its group.

    Example:
        >>> learnt = Calibration("general", 0.1, np.zeros((21, 2)), np.zeros((1, 10)))
        >>> spread(np.array([[4.0, 4, 4, 4]]), learnt).round(4).tolist()
        [0.0707]
    """
    own = own_scale(histories)
    return np.sqrt((np.where(np.isnan(own), calibration.scale**2, own) + calibration.scale**2) / 2)


def residual_quantiles(calibration: Calibration, probabilities: Sequence[float], horizon: int) -> Values:
    """Return quantiles of the residual, shape (horizon, probabilities), rising along the second axis.

    Between two learnt probabilities the quantile is linear in the normal score.

    Raises:
        ProjectError: if a probability is outside 0.005 to 0.995 or they do not rise.
    """
    from scipy.special import ndtri  # loads for a third of a second, and paths do without

    wanted = np.asarray(probabilities, dtype="float64")
    if (
        (wanted < PROBABILITIES[0] - 1e-9).any()
        or (wanted > PROBABILITIES[-1] + 1e-9).any()
        or (np.diff(wanted) < 0).any()
    ):
        raise ProjectError(f"probabilities {list(probabilities)}: expected rising figures from 0.005 to 0.995")
    steps = np.arange(1, horizon + 1)
    learnt = np.sort(
        np.sqrt(steps)[:, None] * calibration.growth[:, 0] + steps[:, None] * calibration.growth[:, 1], axis=1
    )
    scores = ndtri(PROBABILITIES)
    return np.array([np.interp(ndtri(wanted), scores, row) for row in learnt]) * calibration.widening


def quantiles(
    histories: Values,
    calibration: Calibration,
    horizon: int,
    probabilities: Sequence[float],
    found: Values | None = None,
) -> Values:
    """Return quantiles of the forecast, shape (n, horizon, probabilities), unit of the history, none below zero.

    Args:
        histories: as in `panel.ratios`.
        calibration: what the group of these series taught.
        horizon: number of years ahead.
        probabilities: rising, 0.005 to 0.995.
        found: what `panel.ratios` gave, if it is known already.
    """
    reach = residual_quantiles(calibration, probabilities, horizon)
    centre = ratios(histories, horizon) if found is None else found
    half = spread(histories, calibration) / 2
    reached = centre[:, :, None] + half[:, None, None] * reach
    return histories[:, -1][:, None, None] * np.maximum(reached, 0.0) ** 2


def residual_paths(calibration: Calibration, horizon: int, count: int = PATHS) -> Values:
    """Return residual trajectories, shape (count, horizon); beyond those learnt they repeat.

    After ten years a path goes on with the changes of the last years of another path, so that it keeps moving.

    Raises:
        ProjectError: if the group has no trajectory.
    """
    if not len(calibration.trajectories):
        raise ProjectError(
            f"group {calibration.group} has no trajectory; learn it from series of {LEARNT_YEARS} more years"
        )
    paths = np.resize(calibration.trajectories, (count, LEARNT_YEARS))
    other = np.roll(paths, count // 2, axis=0)
    while paths.shape[1] < horizon:
        years = min(horizon - paths.shape[1], LEARNT_YEARS // 2)
        start = LEARNT_YEARS - years - 1
        moves = other[:, start + 1 : start + 1 + years] - other[:, start : start + 1]
        paths, other = np.hstack([paths, paths[:, -1:] + moves]), np.roll(other, 7, axis=0)
    return paths[:, :horizon] * calibration.widening


def paths(
    histories: Values, calibration: Calibration, horizon: int, count: int = PATHS, found: Values | None = None
) -> Values:
    """Return joint paths of the forecast, shape (n, count, horizon), unit of the history, none below zero.

    A path keeps the order in time that real errors have; its values in two years may be compared or added.
    """
    centre = ratios(histories, horizon) if found is None else found
    half = spread(histories, calibration) / 2
    reached = half[:, None, None] * residual_paths(calibration, horizon, count)
    reached += centre[:, None, :]
    np.maximum(reached, 0.0, out=reached)
    reached *= reached
    reached *= histories[:, -1][:, None, None]
    return reached


def residuals(histories: Values, futures: Values, scale: float) -> Values:
    """Return the errors of R1 on u over the scale of each history, shape of `futures`, NaN as there."""
    half = spread(histories, Calibration("", scale, np.zeros((0, 2)), np.zeros((0, LEARNT_YEARS)))) / 2
    actual = np.sqrt(futures / histories[:, -1:])
    return (actual - ratios(histories, futures.shape[1])) / half[:, None]


def learn(group: str, histories: Values, futures: Values, seed: int, widening: float = 1.0) -> Calibration:
    """Learn the calibration of a group from histories and what came after them.

    Args:
        group: name of the group.
        histories: one row an origin, as in `panel.ratios`.
        futures: the ten years after each, NaN where not known.
        seed: of the choice of 400 trajectories among those without a missing year.
        widening: factor on every quantile and trajectory.

    Horizons with fewer than ten errors are left to the curve through the others. Without any origin that is followed by
    ten known years there are intervals and no paths.

    Raises:
        ProjectError: if no horizon has ten errors.
    """
    scale = float(np.nanmedian(np.sqrt(own_scale(histories))))
    found = residuals(histories, futures, scale)
    whole = found[~np.isnan(found).any(axis=1)]
    enough = (~np.isnan(found)).sum(axis=0) >= FEWEST
    if not enough.any():
        raise ProjectError(f"group {group}: fewer than {FEWEST} origins; expected more series or longer ones")
    order = np.random.default_rng(seed).permutation(len(whole))[:PATHS]
    return Calibration(group, scale, _growth(found, np.flatnonzero(enough)), whole[order], widening)


def _growth(found: Values, columns: NDArray[np.intp]) -> Values:
    """Fit the quantiles of each horizon on sqrt(h) and h, shape (probabilities, 2).

    Squared misses count 1 / h, as the spread of a quantile grows with its size. Where the two terms would pull against
    each other, the better one stands alone, so that an interval never narrows. No BLAS, so no kernel matters.
    """
    steps = columns + 1.0
    by_year = np.array([corrected_quantiles(column[~np.isnan(column)]) for column in found.T[columns]])
    root, step, weight = np.sqrt(steps)[:, None], steps[:, None], 1 / steps[:, None]
    a, b, c = ((weight * one * other).sum() for one, other in ((root, root), (root, step), (step, step)))
    first, second = ((weight * term * by_year).sum(axis=0) for term in (root, step))
    roots = np.column_stack([first / a, np.zeros_like(first)])
    lines = np.column_stack([np.zeros_like(first), second / c])
    alone = np.where((first**2 / a >= second**2 / c)[:, None], roots, lines)
    if len(steps) == 1:
        return roots
    both = np.column_stack([c * first - b * second, a * second - b * first]) / (a * c - b * b)
    return np.where((both.prod(axis=1) < 0)[:, None], alone, both)


def corrected_quantiles(sample: Values) -> Values:
    """Return the quantiles of a sample at `PROBABILITIES`, each moved outwards for the size of the sample.

    Upper ones are the ceil((n + 1) p)-th smallest value, lower ones the same from the other end; the median is plain.

    Example:
        >>> corrected_quantiles(np.arange(1.0, 100.0))[[4, 10, 16]].tolist()
        [10.0, 50.0, 90.0]
    """
    ordered, count = np.sort(sample), len(sample)
    upper = np.clip(np.ceil((count + 1) * PROBABILITIES - 1e-9), 1, count).astype("int64") - 1
    lower = np.clip(np.floor((count + 1) * PROBABILITIES + 1e-9), 1, count).astype("int64") - 1
    return np.where(
        PROBABILITIES > 0.5, ordered[upper], np.where(PROBABILITIES < 0.5, ordered[lower], np.median(sample))
    )


def chunks(rows: int) -> list[slice]:
    """Return the slices in which a panel of that many rows is worked, so that its paths stay in the cache."""
    return [slice(start, start + CHUNK) for start in range(0, rows, CHUNK)]
