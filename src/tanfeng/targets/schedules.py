"""The schedule of a target (序时进度): what is required by the end of each year on the way to the target.

A linear schedule asks for the same step every year, so n of 5 years ask for n/5; assessments of cities in the 13th plan
counted so. A compound schedule asks for the same rate every year: 3.08, 6.07, 8.97, 11.78, 14.5 % for a fall by 14.5 %.
A stated schedule holds the figures that a document gives for single years.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

LINEAR, COMPOUND, STATED = "linear", "compound", "stated"
SHAPES = (LINEAR, COMPOUND, STATED)


def change(total_pct: float, years: int, shape: str = LINEAR) -> list[float]:
    """Return the cumulative change from the base year that is required by the end of each year.

    Args:
        total_pct: change in percent required at the end, above -100 (-14.5 for a fall by 14.5 %).
        years: number of years, at least 1.
        shape: `linear` or `compound`.

    Returns:
        One figure a year in percent; the last is `total_pct`.

    Raises:
        ValueError: if there are no years, the fall is 100 % or more, or the shape is another.

    Example:
        >>> [round(step, 2) for step in change(-14.5, 5, "compound")]
        [-3.08, -6.07, -8.97, -11.78, -14.5]
        >>> change(-20.0, 5)
        [-4.0, -8.0, -12.0, -16.0, -20.0]
    """
    if total_pct <= -100:
        raise ValueError(f"a change of {total_pct} % leaves nothing to count")
    if shape == LINEAR:
        return level_path(0.0, total_pct, years)
    levels = level_path(1.0, 1 + total_pct / 100, years, shape)
    return [*(100 * (level - 1) for level in levels[:-1]), total_pct]


def level_path(base: float, goal: float, years: int, shape: str = LINEAR) -> list[float]:
    """Return the level required by the end of each year on the way from `base` to `goal`.

    Args:
        base: level at the end of the base year; for a compound path of the same sign as `goal` and not zero.
        goal: level required at the end, in the same unit.
        years: number of years, at least 1.
        shape: `linear` or `compound`.

    Raises:
        ValueError: if there are no years, a compound path has no ratio, or the shape is another.

    Example:
        >>> level_path(100.0, 150.0, 2)
        [125.0, 150.0]
    """
    if years < 1:
        raise ValueError(f"a schedule needs a year at least, not {years}")
    if shape == COMPOUND:
        if base * goal <= 0:
            raise ValueError(f"no rate leads from {base} to {goal}")
        return [*(base * (goal / base) ** (year / years) for year in range(1, years)), goal]
    if shape != LINEAR:
        raise ValueError(f"shape {shape!r}: expected {LINEAR} or {COMPOUND}")
    return [*(base + (goal - base) * year / years for year in range(1, years)), goal]


def stated(figures: Mapping[int, float], first: int, last: int) -> dict[int, float]:
    """Return a stated path by year: the figures of a document, straight lines between them.

    Args:
        figures: figure by year, as the document gives them; at least those of `first` and `last`.
        first: year the path counts from.
        last: target year.

    Returns:
        One figure a year after `first` up to `last`.

    Raises:
        ValueError: if the first or last year is not stated.

    Example:
        >>> stated({2020: 0.0, 2022: -6.0, 2025: -15.0}, 2020, 2025)
        {2021: -3.0, 2022: -6.0, 2023: -9.0, 2024: -12.0, 2025: -15.0}
    """
    if missing := {first, last} - set(figures):
        raise ValueError(f"a stated path needs figures of {first} and {last}; {sorted(missing)} missing")
    known = sorted(year for year in figures if first <= year <= last)
    found: dict[int, float] = {}
    for start, end in pairwise(known):
        steps = level_path(figures[start], figures[end], end - start)
        found |= dict(zip(range(start + 1, end + 1), steps, strict=True))
    return found
