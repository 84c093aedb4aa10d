"""Choose intensities of options by year at least cost: numbers in, numbers out, solved by HiGHS.

An option has an intensity from 0 to 1 in every year, which never falls once it has risen. Requirements are linear: the
weighted sum of intensities is at least a value. What can not be met is answered by how much it is missed, each
requirement by name. A chance requirement holds in a share of given paths (sample average, mixed-integer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import Values

TOLERANCE = 1e-7
PROVEN = 1e-6  # gap up to which an answer counts as proven to be the cheapest
TIE = 1e-4  # weight of the other objectives against the range of the cost, so that no point of a front is dominated


@dataclass(frozen=True)
class Constraint:
    """A requirement: the sum of `weights` (shape (options, years)) times intensities is at least `least`."""

    name: str
    weights: Values
    least: float


@dataclass(frozen=True)
class Chance:
    """Requirements that hold together in at least a share of the paths.

    Attributes:
        weights: shape (requirements, options, years).
        least: shape (requirements, paths).
        share: share of the paths in which all of them hold.
    """

    weights: Values
    least: Values
    share: float


@dataclass(frozen=True)
class Programme:
    """Options and what is asked of them.

    Attributes:
        cost: shape (options, years), cost of a full intensity in a year.
        first: place of the first year of each option; before, its intensity is 0.
        requirements: what must hold.
    """

    cost: Values
    first: tuple[int, ...]
    requirements: tuple[Constraint, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of options and of years."""
        return self.cost.shape[0], self.cost.shape[1]

    def upper(self) -> Values:
        """Return the largest intensities, shape (options, years)."""
        return (np.arange(self.shape[1]) >= np.array(self.first)[:, None]).astype("float64")


@dataclass(frozen=True)
class Solution:
    """The answer to a programme.

    Attributes:
        feasible: whether every requirement can be met at once.
        intensity: shape (options, years); where not feasible, the intensities that miss the least.
        cost: cost of them.
        missed: by requirement, how much is missing; empty if feasible.
        marginal: by requirement, what one unit more of it costs; empty for whole intensities or if not feasible.
        gap: duality gap of the linear programme (relative), of a mixed-integer one the gap its solver proves; above
            `PROVEN` the answer is not proven to be the best.
    """

    feasible: bool
    intensity: Values
    cost: float
    missed: dict[str, float]
    marginal: dict[str, float]
    gap: float


def solve(programme: Programme, whole: bool = False) -> Solution:
    """Return the intensities of least cost.

    Args:
        programme: options and requirements.
        whole: intensities are 0 or 1, nothing between.

    Example:
        >>> two = Programme(np.array([[1.0], [3.0]]), (0, 0), (Constraint("cut", np.array([[2.0], [2.0]]), 3.0),))
        >>> found = solve(two)
        >>> found.intensity.ravel().tolist(), found.cost, found.marginal
        ([1.0, 0.5], 2.5, {'cut': 1.5})
        >>> solve(replace(two, requirements=(Constraint("cut", np.array([[2.0], [2.0]]), 5.0),))).missed
        {'cut': 1.0}
    """
    missed = _missed(programme, whole)
    if missed is not None:
        return missed
    return _whole(programme) if whole else _linear(programme)


def _linear(programme: Programme) -> Solution:
    matrix, least = _rows(programme)
    upper = programme.upper().ravel()
    found = linprog(programme.cost.ravel(), A_ub=-matrix, b_ub=-least, bounds=_pairs(upper), method="highs")
    _require_solved(found)
    duals = found.ineqlin.marginals
    dual = float(-least @ duals + upper @ found.upper.marginals)
    names = [one.name for one in programme.requirements]
    return Solution(
        feasible=True,
        intensity=found.x.reshape(programme.shape),
        cost=float(found.fun),
        missed={},
        marginal={name: float(-value) + 0.0 for name, value in zip(names, duals, strict=False)},
        gap=abs(float(found.fun) - dual) / max(1.0, abs(float(found.fun))),
    )


def _whole(programme: Programme) -> Solution:
    matrix, least = _rows(programme)
    found = milp(
        programme.cost.ravel(),
        constraints=LinearConstraint(matrix, least, np.inf),
        bounds=Bounds(0, programme.upper().ravel()),
        integrality=np.ones(programme.cost.size),
    )
    _require_solved(found)
    chosen = found.x.round().reshape(programme.shape)
    return Solution(True, chosen, float((programme.cost * chosen).sum()), {}, {}, float(found.mip_gap or 0.0))


def _missed(programme: Programme, whole: bool) -> Solution | None:
    """Return the intensities that miss the requirements the least (relative to each), or None if none is missed."""
    count, size = len(programme.requirements), programme.cost.size
    if not count:
        return None
    matrix, least = _rows(programme)
    slack = sparse.vstack([sparse.identity(count), sparse.csr_array((matrix.shape[0] - count, count))])
    scale = np.maximum(np.abs([one.least for one in programme.requirements]), 1.0)
    found = milp(
        np.concatenate([np.zeros(size), 1 / scale]),
        constraints=LinearConstraint(sparse.hstack([matrix, slack]), least, np.inf),
        bounds=Bounds(0, np.concatenate([programme.upper().ravel(), np.full(count, np.inf)])),
        integrality=np.concatenate([np.full(size, float(whole)), np.zeros(count)]),
    )
    _require_solved(found)
    names = [one.name for one in programme.requirements]
    short = {name: float(by) for name, by in zip(names, found.x[size:], strict=True) if by > TOLERANCE}
    if not short:
        return None
    intensity = found.x[:size].reshape(programme.shape)
    return Solution(False, intensity, float((programme.cost * intensity).sum()), short, {}, 0.0)


def _rows(programme: Programme) -> tuple[Any, Values]:
    """Return matrix and least values of the requirements, then of the rule that no intensity falls."""
    options, years = programme.shape
    asked = [one.weights.ravel() for one in programme.requirements]
    step = sparse.diags([-np.ones(years - 1), np.ones(years - 1)], [0, 1], shape=(years - 1, years))
    parts = [sparse.csr_array(np.array(asked))] if asked else []
    rising = sparse.kron(sparse.identity(options), step)
    least = [*(one.least for one in programme.requirements), *np.zeros(options * (years - 1))]
    return sparse.csr_array(sparse.vstack([*parts, rising])), np.array(least, dtype="float64")


def _pairs(upper: Values) -> Values:
    return np.column_stack([np.zeros_like(upper), upper])


def _require_solved(found: Any) -> None:
    if found.x is None:
        raise ProjectError(f"the solver gave no answer: {found.message}; look for costs or weights that are not finite")


def solve_chance(programme: Programme, chance: Chance, limit_s: float = 60.0) -> Solution:
    """Return the intensities of least cost that meet the requirements, and the chance requirement.

    The paths that matter are those above the quantile of each requirement: the others hold wherever it does, so only
    these need a variable of their own.

    Args:
        programme: options and requirements.
        chance: what must hold in a share of the paths.
        limit_s: longest time for the solver, seconds.

    Returns:
        As `solve`; where it can not be met, `missed` gives the requirements that can not be met whatever the chance, or
        the share of paths that is missing within them as `chance`. `gap` is above zero where the time ran out before
        the answer was proven to be the cheapest.

    Raises:
        ProjectError: if the solver finds no answer in time.

    Example:
        >>> one = Programme(np.array([[1.0]]), (0,))
        >>> asked = Chance(np.array([[[10.0]]]), np.array([[1.0, 2.0, 3.0, 20.0]]), 0.75)
        >>> round(solve_chance(one, asked).cost, 6)
        0.3
    """
    allowed = int(np.floor((1 - chance.share) * chance.least.shape[1] + 1e-9))
    if allowed >= chance.least.shape[1]:
        return solve(programme)
    missed = _missed(programme, whole=False)
    if missed is not None:
        return missed
    most, best, gap = _reached(programme, chance, limit_s)
    if most < chance.share - 1e-12:
        return Solution(False, best, float((programme.cost * best).sum()), {"chance": chance.share - most}, {}, gap)
    found = milp(
        np.concatenate([programme.cost.ravel(), np.zeros(chance.least.shape[1])]),
        constraints=_chance_rows(programme, chance, np.sort(chance.least)[:, ::-1][:, allowed], allowed),
        bounds=Bounds(0, np.concatenate([programme.upper().ravel(), np.ones(chance.least.shape[1])])),
        integrality=np.concatenate([np.zeros(programme.cost.size), np.ones(chance.least.shape[1])]),
        options={"time_limit": limit_s},
    )
    _require_solved(found)
    intensity = found.x[: programme.cost.size].reshape(programme.shape)
    return Solution(True, intensity, float((programme.cost * intensity).sum()), {}, {}, float(found.mip_gap or 0.0))


def reachable(programme: Programme, chance: Chance, limit_s: float = 60.0) -> float:
    """Return the largest share of paths in which intensities within the requirements meet the chance requirements.

    Raises:
        ProjectError: if the requirements can not be met, or the solver finds no answer in time.

    Example:
        >>> one = Programme(np.array([[1.0]]), (0,))
        >>> asked = Chance(np.array([[[10.0]]]), np.array([[1.0, 2.0, 3.0, 20.0]]), 0.9)
        >>> reachable(one, asked)
        0.75
        >>> reachable(replace(one, requirements=(Constraint("cap", np.array([[-1.0]]), -0.25),)), asked)
        0.5
    """
    missed = _missed(programme, whole=False)
    if missed is not None:
        named = ", ".join(f"{name} by {by:g}" for name, by in missed.missed.items())
        raise ProjectError(f"the requirements can not be met, missed: {named}; expected ones that can")
    share, _, gap = _reached(programme, chance, limit_s)
    if gap > PROVEN:
        raise ProjectError(f"the share of paths is not proven within {limit_s:g} s; expected a smaller programme")
    return share


def _reached(programme: Programme, chance: Chance, limit_s: float) -> tuple[float, Values, float]:
    """Return the largest share of paths within the requirements, intensities that reach it, and the gap proven."""
    full = programme.upper()
    if (chance.weights >= 0).all() and _holds(programme, full):
        return share_met(chance, full), full, 0.0
    size, paths = programme.cost.size, chance.least.shape[1]
    lowest = (np.clip(chance.weights, None, 0) * full).sum(axis=(1, 2))
    found = milp(
        np.concatenate([np.zeros(size), np.ones(paths)]),
        constraints=_chance_rows(programme, chance, lowest, paths),
        bounds=Bounds(0, np.concatenate([full.ravel(), np.ones(paths)])),
        integrality=np.concatenate([np.zeros(size), np.ones(paths)]),
        options={"time_limit": limit_s},
    )
    _require_solved(found)
    share = 1 - float(found.x[size:].round().sum()) / paths
    return share, found.x[:size].reshape(programme.shape), float(found.mip_gap or 0.0)


def _holds(programme: Programme, intensity: Values) -> bool:
    """Return whether intensities meet every requirement."""
    return all((one.weights * intensity).sum() >= one.least - TOLERANCE for one in programme.requirements)


def share_met(chance: Chance, intensity: Values) -> float:
    """Return the share of paths in which intensities meet the chance requirements together.

    Example:
        >>> asked = Chance(np.array([[[10.0]]]), np.array([[1.0, 2.0, 3.0, 20.0]]), 0.5)
        >>> share_met(asked, np.array([[0.25]]))
        0.5
    """
    reached = (chance.weights * intensity).sum(axis=(1, 2))
    return float((chance.least <= reached[:, None] + TOLERANCE).all(axis=0).mean())


def _chance_rows(programme: Programme, chance: Chance, floors: Values, allowed: int) -> list[LinearConstraint]:
    """Return the rows of a chance: each requirement reaches its floor, and its need in all but the allowed paths."""
    paths = chance.least.shape[1]
    matrix, least = _rows(programme)
    parts = [sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], paths))])]
    values = [least]
    for weights, needs, floor in zip(chance.weights, chance.least, floors, strict=True):
        above = np.flatnonzero(needs > floor)
        own = sparse.csr_array(np.tile(weights.ravel(), (len(above) + 1, 1)))
        lifted = sparse.csr_array(
            (needs[above] - floor, (np.arange(1, len(above) + 1), above)), (len(above) + 1, paths)
        )
        parts.append(sparse.hstack([own, lifted]))
        values.append(np.concatenate([[floor], needs[above]]))
    count = sparse.hstack([sparse.csr_array((1, programme.cost.size)), sparse.csr_array(np.ones((1, paths)))])
    together = LinearConstraint(sparse.csr_array(sparse.vstack(parts)), np.concatenate(values), np.inf)
    return [together, LinearConstraint(sparse.csr_array(count), -np.inf, allowed)]


@dataclass(frozen=True)
class Point:
    """A point of a front: its intensities, its cost, and the level of each other objective."""

    intensity: Values
    cost: float
    levels: dict[str, float]

    def values(self) -> Values:
        """Return cost and levels, the smaller the better."""
        return np.array([self.cost, *self.levels.values()])


def front(programme: Programme, objectives: Mapping[str, tuple[float, Values]], steps: int = 6) -> list[Point]:
    """Return points of the Pareto front by epsilon constraints, cheapest first; none is dominated.

    Args:
        programme: options and requirements; no point if they can not be met.
        objectives: by name, the level without any option and what full intensities take off it (options, years).
        steps: levels tried for each objective.

    Example:
        >>> two = Programme(np.array([[1.0], [3.0]]), (0, 0))
        >>> points = front(two, {"emissions": (10.0, np.array([[2.0], [2.0]]))}, 3)
        >>> [(round(one.cost, 3), round(one.levels["emissions"], 3)) for one in points]
        [(0.0, 10.0), (1.0, 8.0), (4.0, 6.0)]
    """
    if not solve(programme).feasible:
        return []
    most = {name: _most(programme, weights) for name, (_, weights) in objectives.items()}
    tied = _tied(programme, {name: objectives[name][1] / max(most[name], TOLERANCE) for name in objectives})
    grids = [[(name, share * most[name]) for share in np.linspace(0, 1, steps)] for name in objectives]
    found = [_point(programme, tied, objectives, dict(asked)) for asked in product(*grids)]
    return undominated([one for one in found if one is not None])


def _most(programme: Programme, weights: Values) -> float:
    """Return the most that the options can take off an objective within the requirements."""
    return -solve(replace(programme, cost=-weights)).cost


def _tied(programme: Programme, shares: Mapping[str, Values]) -> Programme:
    """Return the programme with a small reward for the other objectives, so that ties go to the better point."""
    span = float((np.abs(programme.cost) * programme.upper()).sum()) * TIE
    return replace(programme, cost=programme.cost - span * np.sum(list(shares.values()), axis=0))


def _point(
    programme: Programme,
    tied: Programme,
    objectives: Mapping[str, tuple[float, Values]],
    asked: Mapping[str, float],
) -> Point | None:
    extra = [Constraint(name, objectives[name][1], least * (1 - 1e-9)) for name, least in asked.items()]
    found = solve(replace(tied, requirements=(*programme.requirements, *extra)))
    if not found.feasible:
        return None
    intensity = np.clip(found.intensity, 0, 1)
    levels = {name: level - float((weights * intensity).sum()) for name, (level, weights) in objectives.items()}
    return Point(intensity, float((programme.cost * intensity).sum()), levels)


def undominated(points: Sequence[Point], digits: int = 6) -> list[Point]:
    """Return the points that no other is as good as in everything and better in one, cheapest first, once each.

    Example:
        >>> points = [Point(np.zeros((1, 1)), cost, {"co2": co2}) for cost, co2 in ((1.0, 5.0), (2.0, 5.0), (3.0, 1.0))]
        >>> [one.cost for one in undominated(points)]
        [1.0, 3.0]
    """
    distinct = {tuple(one.values().round(digits)): one for one in points}
    kept = [
        one
        for key, one in distinct.items()
        if not any(other != key and (np.array(other) <= np.array(key)).all() for other in distinct)
    ]
    return sorted(kept, key=lambda one: tuple(one.values()))
