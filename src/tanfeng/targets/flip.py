"""How far must figures move to turn a verdict?: the flip distance (结论翻转幅度).

All figures of the plan move by the same percentage, because an error of scope or method moves them together; the base
year's figure stays. The nearest movement that turns the verdict is found by trying every movement that puts a figure
on the limit of its target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tanfeng.targets import rules
from tanfeng.targets.rules import Figure, Requirement

BEYOND = 1e-8


def moved(figure: Figure, pct: float) -> Figure:
    """Return a figure moved by a percentage; of a change, the last year's level moves.

    Args:
        figure: the figure.
        pct: movement in percent.

    Example:
        >>> moved(Figure(-14.0, 2020.0, 2025.0, "change", "exact", "reported"), 1.0).value
        -13.14
    """
    factor = 1 + pct / 100
    level = figure.value * factor if figure.period_kind != "change" else (100 + figure.value) * factor - 100
    return replace(figure, value=round(level, 12))


def flip_distance(figures: Sequence[Figure], required: Requirement) -> float | None:
    """Return by how many percent the figures must move to turn the verdict; None if none decides or nothing turns it.

    Args:
        figures: all figures of the indicator, oldest first.
        required: what the target asks for.

    Example:
        >>> capacity = Requirement(True, 2762.0, "stock", 2025, 2020)
        >>> round(flip_distance([Figure(5947.0, 2024.5, 2024.5, "month", "exact", "reported")], capacity), 1)
        -53.6
    """
    answer = rules.decided(figures, required)
    if answer is None:
        return None
    for pct in sorted(_limits(figures, required), key=abs):
        if any(_answer(figures, required, past) != answer[1] for past in _past(pct)):
            return pct
    return None


def _past(pct: float) -> tuple[float, ...]:
    """Return a movement just beyond a limit; where a figure lies on it, on both sides."""
    if abs(pct) < BEYOND:
        return -BEYOND, BEYOND
    return (pct * (1 + BEYOND),)


def _answer(figures: Sequence[Figure], required: Requirement, pct: float) -> bool | None:
    found = rules.decided([moved(figure, pct) for figure in figures], required)
    return None if found is None else found[1]


def _limits(figures: Sequence[Figure], required: Requirement) -> list[float]:
    """Return the movements that put a figure on a limit where its answer changes."""
    answering = [figure for figure in figures if figure.status in rules.ANSWERING]
    limits = [required.value, required.value * (1 - rules.ABOUT), required.value * (1 + rules.ABOUT)]
    found = []
    for figure in answering:
        offset = 100 if figure.period_kind == "change" else 0
        if figure.value + offset != 0:
            found += [100 * ((limit + offset) / (figure.value + offset) - 1) for limit in limits]
    return found
