"""What drove a change: LMDI-I decomposition of plain numbers; knows no region and no table.

An aggregate is the sum over categories of a product of factors. LMDI-I splits its change between two states into one
effect for each factor, additive (in the unit of the aggregate) and multiplicative (ratios), with nothing left over.

Source: Ang, B.W. (2005), The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33:867-871.
Zeros: Ang, B.W., Liu, N. (2007), Handling zero values in the logarithmic mean Divisia index decomposition approach,
Energy Policy 35:238-246.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tanfeng.data.project import ProjectError

Array = NDArray[np.float64]
Factor: TypeAlias = float | ArrayLike | pd.Series | pd.DataFrame

STATES = ("first", "last")
MISSING = ("error", "zero")
STEPS = ["start", "end", "factor", "effect", "ratio"]


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The change of an aggregate between two states, split into the effects of its factors.

    Attributes:
        first: the aggregate in the first state.
        last: the aggregate in the last state, in the same unit.
        by_category: additive effects, one row a category and one column a factor, in the unit of the aggregate.

    Example:
        >>> found = lmdi({"activity": 100.0, "intensity": [0.5, 0.2]}, {"activity": 150.0, "intensity": [0.4, 0.2]})
        >>> found.first, found.last, found.effects.round(3).to_dict()
        (70.0, 90.0, {'activity': 32.239, 'intensity': -12.239})
        >>> found.ratios.round(3).to_dict()
        {'activity': 1.499, 'intensity': 0.857}
    """

    first: float
    last: float
    by_category: pd.DataFrame

    @property
    def change(self) -> float:
        """Last less first, in the unit of the aggregate."""
        return self.last - self.first

    @property
    def effects(self) -> pd.Series:
        """Additive effect of each factor, in the unit of the aggregate; they add up to `change`."""
        return self.by_category.sum()

    @property
    def ratio(self) -> float:
        """Last over first; missing (NaN) where the aggregate is zero in either state."""
        return self.last / self.first if self.first > 0 and self.last > 0 else float("nan")

    @property
    def ratios(self) -> pd.Series:
        """Multiplicative effect of each factor; their product is `ratio`, and they are missing where it is."""
        mean = float(log_mean(self.first, self.last))
        with np.errstate(over="ignore"):  # a ratio beyond the largest float is infinite
            return np.exp(self.effects / (mean or np.nan))

    @property
    def residual(self) -> float:
        """What the effects leave unexplained, relative to the larger of the two aggregates: rounding only."""
        larger = max(self.first, self.last)
        return float(self.effects.sum() - self.change) / larger if larger else 0.0


def log_ratio(first: ArrayLike, last: ArrayLike) -> Array:
    """Return ln(last / first) of positive numbers, accurate for nearly equal ones and without overflow.

    Example:
        >>> float(log_ratio(1.0, 1.0 + 2**-50)) == 2**-50 - 2**-101, float(log_ratio(1e-308, 1e308).round(3))
        (True, 1418.392)
    """
    old, new = np.asarray(first, dtype="float64"), np.asarray(last, dtype="float64")
    near = np.abs(new - old) <= 0.5 * old  # the difference is exact here
    change = np.where(near, new - old, 0.0) / np.where(near, old, 1.0)
    return np.where(near, np.log1p(change), np.log(new) - np.log(old))


def log_mean(first: ArrayLike, last: ArrayLike) -> Array:
    """Return the logarithmic mean (last - first) / ln(last / first): first where both are equal, 0 where one is 0.

    Args:
        first: numbers of at least zero, any shape.
        last: the same, in the same unit.

    Source: Ang (2005), L(a, b).

    Example:
        >>> log_mean([2.0, 5.0, 0.0], [2.0, 10.0, 3.0]).round(4).tolist()
        [2.0, 7.2135, 0.0]
    """
    old, new = np.broadcast_arrays(np.asarray(first, dtype="float64"), np.asarray(last, dtype="float64"))
    positive = (old > 0) & (new > 0)
    logs = log_ratio(np.where(positive, old, 1.0), np.where(positive, new, 1.0))
    return np.where(positive, _mean(old, new, logs), 0.0)


def _mean(old: Array, new: Array, logs: Array) -> Array:
    """Return (new - old) / logs; near equality as old (exp(logs) - 1) / logs, where nothing cancels."""
    near, equal = np.abs(logs) <= 1, logs == 0
    safe = np.where(equal, 1.0, logs)
    growth = np.where(equal, 1.0, np.expm1(np.where(near, safe, 0.0)) / safe)
    return np.where(near, old * growth, (new - old) / safe)


def lmdi(first: Mapping[str, Factor], last: Mapping[str, Factor], missing: str = "error") -> Decomposition:
    """Split the change of an aggregate between two states into the effects of its factors (LMDI-I).

    The aggregate is the sum over categories of the product of the factors. A factor is a number (the same for every
    category), a sequence, a Series indexed by category, or a DataFrame (two dimensions of categories, such as sector
    by fuel). Series are matched by label; with several dimensions, by the names of their index levels.

    A zero cell takes the analytical limit of the small-value rule (Ang and Liu 2007): the value that the effect tends
    to as the same small number in place of every zero tends to zero. A category that appears or disappears gives its
    whole change to the factors that became or ceased to be zero, in equal parts, and nothing to the others; a category
    that is zero in both states gives nothing to any.

    Args:
        first: factors of the first state by name.
        last: the same factors of the last state, in the same units.
        missing: `error`, or `zero` to take a missing cell (NaN, or a label that only one of the series has) for zero.

    Raises:
        ProjectError: if the factors of the states differ, a cell is missing (and `missing` is `error`), negative or
            infinite, the categories do not match, or the aggregate is too large a number.

    Example:
        >>> kaya = {"population": [50.0], "gdp_per_head": [2.0], "co2_per_gdp": [3.0]}
        >>> found = lmdi(kaya, {**kaya, "gdp_per_head": [4.0]})
        >>> found.effects.round(6).to_dict()
        {'population': 0.0, 'gdp_per_head': 300.0, 'co2_per_gdp': 0.0}
        >>> found = lmdi({"use": 1.0, "share": [1.0, 0.0]}, {"use": 1.0, "share": [0.5, 0.5]})
        >>> found.by_category["share"].tolist()
        [-0.5, 0.5]
    """
    if not first or set(first) != set(last):
        raise ProjectError(f"two states need the same factors, at least one; found {sorted(first)} and {sorted(last)}")
    factors = {
        (which, name): _labelled(state[name])
        for which, state in zip(STATES, (first, last), strict=True)
        for name in first
    }
    categories = _categories(list(factors.values()))
    cells = {
        place: _checked(_spread(factor, categories, place), categories, place, missing)
        for place, factor in factors.items()
    }
    old, new = (np.column_stack([cells[which, name] for name in first]) for which in STATES)
    totals = [_total(state, which) for which, state in zip(STATES, (old, new), strict=True)]
    effects = pd.DataFrame(_effects(old, new), index=categories, columns=list(first))
    return Decomposition(totals[0], totals[1], effects)


def _labelled(factor: Factor) -> pd.Series | float:
    """Return a factor as a Series by category, or as one number that goes with every category."""
    if isinstance(factor, pd.DataFrame):
        return factor.stack()  # noqa: PD013 - a Series by both dimensions is wanted
    if isinstance(factor, pd.Series):
        return factor
    values = np.asarray(factor, dtype="float64")
    if values.ndim == 2:
        return _labelled(pd.DataFrame(values))
    return float(values) if values.ndim == 0 else pd.Series(values)


def _categories(factors: Sequence[pd.Series | float]) -> pd.Index:
    """Return the categories: every label of the factors with the most dimensions, in order of appearance."""
    indexes = [factor.index for factor in factors if isinstance(factor, pd.Series)]
    if not indexes:
        return pd.Index(["all"])
    repeated = [index[index.duplicated()][0] for index in indexes if index.has_duplicates]
    if repeated:
        raise ProjectError(f"category {repeated[0]!r} stands twice in one factor; each category has one cell")
    widest = [index for index in indexes if index.nlevels == max(index.nlevels for index in indexes)]
    return reduce(lambda found, index: found.append(index.difference(found, sort=False)), widest)


def _spread(factor: pd.Series | float, categories: pd.Index, place: tuple[str, str]) -> Array:
    """Return the cells of a factor, one a category; a factor of fewer dimensions is repeated over the others."""
    if not isinstance(factor, pd.Series):
        return np.full(len(categories), factor)
    labels = categories
    if factor.index.nlevels < categories.nlevels:
        others = [name for name in categories.names if name not in factor.index.names]
        if len(others) != categories.nlevels - factor.index.nlevels:
            raise ProjectError(
                f"factor {place[1]!r} has the dimensions {list(factor.index.names)}, which are not among those of the "
                f"categories, {list(categories.names)}; name the index levels alike"
            )
        labels = categories.droplevel(others)
    try:
        return factor.reindex(labels).to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ProjectError(
            f"factor {place[1]!r} of the {place[0]} state holds a cell that is no number: {error}"
        ) from error


def _checked(cells: Array, categories: pd.Index, place: tuple[str, str], missing: str) -> Array:
    """Return the cells of a factor, held to be finite and at least zero."""
    if missing not in MISSING:
        raise ProjectError(f"missing must be one of {', '.join(MISSING)}; found {missing!r}")
    cells = np.where(np.isnan(cells), 0.0, cells) if missing == "zero" else cells
    bad = ~(np.isfinite(cells) & (cells >= 0))
    if bad.any():
        found, category = cells[bad.argmax()], categories[bad.argmax()]
        what = "is missing" if np.isnan(found) else f"is {found}"
        raise ProjectError(
            f"factor {place[1]!r} of category {category!r} {what} in the {place[0]} state; a cell must be a number "
            "of at least zero (missing='zero' takes a missing one for zero)"
        )
    return cells


def _product(cells: Array) -> Array:
    """Return the product of the columns; on mantissas and exponents, so that no part of it overflows."""
    mantissas, exponents = np.frexp(cells)
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(mantissas.prod(axis=1), exponents.sum(axis=1))


def _total(cells: Array, which: str) -> float:
    with np.errstate(over="ignore"):
        total = float(_product(cells).sum())
    if not np.isfinite(total):
        raise ProjectError(f"the aggregate of the {which} state is larger than a number can be; use larger units")
    return total


def _effects(old: Array, new: Array) -> Array:
    """Return the additive effects, categories by factors: L(v0, vT) ln(xT / x0), its limit where a cell is zero."""
    before, after = _product(old), _product(new)
    positive = (old > 0) & (new > 0)
    logs = log_ratio(np.where(positive, old, 1.0), np.where(positive, new, 1.0))
    total = logs.sum(axis=1)
    regular = _mean(before, after, total)[:, None] * logs
    born, gone = (old == 0) & (new > 0), (old > 0) & (new == 0)
    limit = _shared(born, after) - _shared(gone, before)
    return np.where(np.all(positive, axis=1)[:, None], regular, limit)


def _shared(cells: NDArray[np.bool_], amounts: Array) -> Array:
    """Return the amount of each category in equal parts on its marked cells."""
    count = cells.sum(axis=1)
    return np.where(cells, (amounts / np.maximum(count, 1))[:, None], 0.0)


def lmdi_years(
    rows: pd.DataFrame, factors: Sequence[str], category: str | Sequence[str] = (), missing: str = "error"
) -> pd.DataFrame:
    """Split the change of an aggregate from each year to the next one in the table; see `lmdi`.

    Args:
        rows: one row a year and category, with columns `year`, the categories and the factors. A year that is not in
            the table is stepped over: 2019 and 2022 make one step of three years.
        factors: names of the columns whose product is the aggregate.
        category: name or names of the columns that hold the categories; without one, a year is one row.
        missing: as in `lmdi`; a category that a year does not have is a missing cell.

    Returns:
        Columns start, end, factor, effect (unit of the aggregate), ratio; one row a step and factor, oldest first.

    Raises:
        ProjectError: as `lmdi`, or if the table has fewer than two years or lacks a column.

    Example:
        >>> rows = pd.DataFrame({"year": [2000, 2001, 2003], "gdp": [1.0, 2.0, 4.0], "intensity": [9.0, 6.0, 4.0]})
        >>> steps = lmdi_years(rows, ["gdp", "intensity"])
        >>> steps.round(2).to_dict("split")["data"]
        [[2000, 2001, 'gdp', 7.23, 2.0], [2000, 2001, 'intensity', -4.23, 0.67], \
[2001, 2003, 'gdp', 9.64, 2.0], [2001, 2003, 'intensity', -5.64, 0.67]]
    """
    keys = [category] if isinstance(category, str) else list(category)
    lacking = [name for name in ["year", *keys, *factors] if name not in rows.columns]
    if lacking or rows["year"].nunique() < 2:
        raise ProjectError(
            f"a table of two years or more with the columns year, {', '.join([*keys, *factors])} is needed"
        )
    years = sorted(rows["year"].unique())
    states = {year: _state(rows[rows["year"] == year], list(factors), keys) for year in years}
    steps = [_step(start, end, states, missing) for start, end in pairwise(years)]
    return pd.concat(steps, ignore_index=True)[STEPS]


def _state(rows: pd.DataFrame, factors: list[str], keys: list[str]) -> dict[str, Factor]:
    indexed = rows.set_index(keys) if keys else rows.set_axis(["all"] * len(rows))
    return {name: indexed[name] for name in factors}


def _step(start: int, end: int, states: Mapping[int, Mapping[str, Factor]], missing: str) -> pd.DataFrame:
    found = lmdi(states[start], states[end], missing)
    table = pd.DataFrame({"effect": found.effects, "ratio": found.ratios}).rename_axis("factor").reset_index()
    return table.assign(start=int(start), end=int(end))


def over(steps: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Return the effects of a period as those of its steps: the sum of `effect`, the product of `ratio`.

    Effects of sub-periods therefore add up over a plan exactly. They follow the path of the years and differ a little
    from those of `lmdi` between the first and the last year alone.

    Args:
        steps: result of `lmdi_years`.
        start: first year of the period; a step must begin in it.
        end: last year; a step must end in it.

    Returns:
        Columns start, end, factor, effect, ratio; one row a factor.

    Raises:
        ProjectError: if the steps do not run from `start` to `end` without a gap.

    Example:
        >>> rows = pd.DataFrame({"year": [2000, 2001, 2003], "gdp": [1.0, 2.0, 4.0], "intensity": [9.0, 6.0, 4.0]})
        >>> over(lmdi_years(rows, ["gdp", "intensity"]), 2000, 2003).round(2).to_dict("split")["data"]
        [[2000, 2003, 'gdp', 16.87, 4.0], [2000, 2003, 'intensity', -9.87, 0.44]]
    """
    within = steps[(steps["start"] >= start) & (steps["end"] <= end)]
    pairs = list(within[["start", "end"]].drop_duplicates().sort_values("start").itertuples(index=False, name=None))
    if not pairs or [start, *(last for _, last in pairs)] != [*(first for first, _ in pairs), end]:
        raise ProjectError(f"the steps do not run from {start} to {end} without a gap; found {pairs}")
    grouped = within.groupby("factor", sort=False)
    found = pd.DataFrame({"effect": grouped["effect"].sum(), "ratio": grouped["ratio"].prod(skipna=False)})
    return found.reset_index().assign(start=start, end=end)[STEPS]
