"""Ranks of uncertain figures: point rank, rank interval, who is clearly ahead, on plain numbers.

The true values are taken as drawn from one normal population whose spread is not known; each figure is its true value
plus a normal error of known size. Ranks of draws from the posterior give the intervals. Without that population, draws
spread twice (truth and error) and rank intervals are too narrow where errors are as large as the differences.

Source: the hierarchical normal model of Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 5.4; ranks
of its draws as in Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159:385-443.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError

LEVEL = 0.8
Z90 = 1.645
DRAWS = 4000
SEED = 20260
STEPS = 80
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """The ranks of some figures; 1 is the lowest value.

    Attributes:
        rank: rank of each figure as it stands; equal figures share the better rank.
        low: best rank of the interval of each.
        high: worst rank of the interval of each.
        ahead: probability that the true value of one (row) is below that of another (column).
        place: rank of the first of a group; its members are level with that first and have its rank in their interval.
        tied: number of others that are level: neither clearly ahead nor clearly behind, and the two intervals meet.
    """

    rank: Whole
    low: Whole
    high: Whole
    ahead: Floats
    place: Whole
    tied: Whole


def ranking(values: Floats, errors: Floats, level: float = LEVEL, draws: int = DRAWS) -> Ranking:
    """Return the ranks of figures with errors, lowest first.

    One is clearly ahead of another where the probability is at least (1 + level) / 2, that is 90 % at a level of 80 %.

    Args:
        values: the figures, in any unit in which their errors are about normal.
        errors: standard error of each, zero or more, in the same unit.
        level: share of true ranks the intervals should hold.
        draws: number of draws.

    Raises:
        ProjectError: if there are fewer than two figures, or one is missing or infinite, or an error is negative.

    Example:
        >>> found = ranking(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.0, 0.0]))
        >>> found.rank.tolist(), found.low.tolist(), found.high.tolist(), found.tied.tolist()
        ([3, 1, 2], [3, 1, 2], [3, 1, 2], [0, 0, 0])
    """
    values, errors = np.asarray(values, dtype="float64"), np.asarray(errors, dtype="float64")
    _require(values, errors)
    drawn = posterior(values, errors, draws)
    rank, low, high = _ranked(values), *interval(np.apply_along_axis(_ranked, 1, drawn), level)
    ahead = (drawn[:, :, None] < drawn[:, None, :]).mean(axis=0)
    low, high = np.minimum(low, rank), np.maximum(high, rank)
    even = (np.maximum(ahead, ahead.T) < (1 + level) / 2) & ~apart(low, high, low[:, None], high[:, None])
    return Ranking(rank, low, high, ahead, places(rank, low, even), even.sum(axis=1) - 1)


def _require(values: Floats, errors: Floats) -> None:
    if len(values) < 2 or values.shape != errors.shape:
        raise ProjectError(f"a ranking needs two figures or more, each with its error; found {len(values)}")
    if not (np.isfinite(values).all() and np.isfinite(errors).all() and (errors >= 0).all()):
        raise ProjectError("a ranking needs figures and errors that are known, the errors zero or more")


def _ranked(values: Floats) -> Whole:
    """Return ranks from 1 for the lowest; equal values share the better rank."""
    return np.searchsorted(np.sort(values), values, side="left").astype("int64") + 1


def posterior(values: Floats, errors: Floats, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Return draws (rows) of the true values (columns), given figures and their standard errors.

    The spread of the population has a flat prior, on a grid up to twice the spread of the figures.

    Example:
        >>> posterior(np.array([1.0, 2.0]), np.zeros(2), draws=2).tolist()
        [[1.0, 2.0], [1.0, 2.0]]
    """
    random = np.random.default_rng(seed)
    spread = float(values.std(ddof=1))
    if spread == 0.0:
        return values + errors * random.standard_normal((draws, len(values)))
    grid = np.linspace(0.0, 2 * spread, STEPS + 1)[1:]
    weight = 1 / (errors**2 + grid[:, None] ** 2)
    variance = 1 / weight.sum(axis=1)
    centre = variance * (weight * values).sum(axis=1)
    log = np.log(variance) + np.log(weight).sum(axis=1) - ((values - centre[:, None]) ** 2 * weight).sum(axis=1)
    chance = np.exp((log - log.max()) / 2)
    found = random.choice(STEPS, draws, p=chance / chance.sum())
    mean = (centre[found] + np.sqrt(variance[found]) * random.standard_normal(draws))[:, None]
    kept = grid[found, None] ** 2 * weight[found]
    return mean + kept * (values - mean) + np.sqrt(kept) * errors * random.standard_normal((draws, len(values)))


def interval(ranks: Whole, level: float = LEVEL) -> tuple[Whole, Whole]:
    """Return the rank interval of each column of drawn ranks.

    Of the intervals that hold most draws for their length, the one whose share is nearest to `level` is taken: ranks
    are whole, and always rounding up would hold far more than asked.

    Example:
        >>> drawn = np.array([[1, 2], [1, 2], [1, 2], [1, 2], [2, 1]])
        >>> [ends.tolist() for ends in interval(drawn)]
        [[1, 2], [1, 2]]
    """
    count = ranks.shape[1]
    below = np.array([(ranks <= rank).mean(axis=0) for rank in range(count + 1)])
    best = np.empty((count, count))  # length - 1, column: the largest share an interval of that length holds
    start = np.empty((count, count), dtype="int64")
    for length in range(1, count + 1):
        held = below[length:] - below[: count + 1 - length]
        start[length - 1] = held.argmax(axis=0)
        best[length - 1] = held.max(axis=0)
    taken = np.abs(best - level).argmin(axis=0)
    low = start[taken, np.arange(count)] + 1
    return low, low + taken


def apart(low: Whole, high: Whole, other_low: Whole, other_high: Whole) -> NDArray[np.bool_]:
    """Return whether two rank intervals do not meet, element by element.

    Example:
        >>> apart(np.array([1, 1]), np.array([2, 3]), np.array([3, 3]), np.array([4, 4])).tolist()
        [True, False]
    """
    return (low > other_high) | (high < other_low)


def shifted(
    before: Floats, before_error: Floats, after: Floats, after_error: Floats, shared: bool
) -> NDArray[np.bool_]:
    """Return whether each figure moved against the mean of all by more than its error, at 90 %.

    Args:
        before: the figures of the first span or year.
        before_error: standard error of each.
        after: the figures of the second.
        after_error: standard error of each.
        shared: the spans share a year; its error is in both with the opposite sign, twice in the difference.

    Example:
        >>> zero, error = np.zeros(4), np.full(4, 0.5)
        >>> [bool(shifted(zero, error, np.array([1.8, 0, 0, 0]), error, shared)[0]) for shared in (False, True)]
        [True, False]
    """
    moved = (after - after.mean()) - (before - before.mean())
    error = np.sqrt((before_error**2 + after_error**2) * (1.5 if shared else 1.0))
    return np.abs(moved) > Z90 * error


def places(rank: Whole, low: Whole, even: NDArray[np.bool_]) -> Whole:
    """Return the shared places: from the best down, those level with the first of a group share its rank.

    Where the rank of the first is not in the own interval, a new group begins: a place lies in its own interval.

    Example:
        >>> even = np.array([[True, True, False], [True, True, True], [False, True, True]])
        >>> places(np.array([1, 2, 3]), np.array([1, 1, 2]), even).tolist()
        [1, 1, 3]
    """
    found = np.zeros(len(rank), dtype="int64")
    order = np.argsort(rank, kind="stable")
    first = order[0]
    for one in order:
        first = first if even[first, one] and low[one] <= rank[first] else one
        found[one] = rank[first]
    return found
