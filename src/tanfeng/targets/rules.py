"""What answers a target: pure rules on plain numbers; nothing about any region or table.

A target asks for a figure of one year, at least or at most so high. A quantity that accumulates (a capacity, a number
of piles) answers it as soon as a figure reaches it, but the figure of the end of the target year goes first; a quantity
of a year (consumption, a share) only by the figure of that year; a change only by the change from the base year to the
target year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LIKELY, UNLIKELY = 0.9, 0.1
ABOUT = 0.02
NEAR_YEARS = 1.5
MOMENT = 1e-6  # years: moments closer than this are the same
ANSWERING = {"reported", "adjusted", "internal"}  # supplied by an office decides like published, and is marked


@dataclass(frozen=True)
class Requirement:
    """What a target asks for, in the unit of its indicator.

    Attributes:
        at_least: the figure must be at least `value`; otherwise at most.
        kind: `stock`, `flow`, `share`, `change` or `index` (kind of the indicator).
        base: year the target counts from, if it has one.
        year: year at whose end the target is due.
    """

    at_least: bool
    value: float
    kind: str
    year: int
    base: int | None = None


@dataclass(frozen=True)
class Figure:
    """One figure that may answer a target: value in the indicator's unit, period as in `tanfeng.data.periods`."""

    value: float
    start: float
    end: float
    period_kind: str
    bound: str
    status: str


def requirement(
    direction: str, target: float, kind: str, year: int, base: int | None, base_value: float | None
) -> Requirement | None:
    """Return what a target asks for, or None if it counts from a base that is not known.

    Args:
        direction: `at_least`, `at_most`, `increase_by` or `decrease_by`.
        target: value of the target in the unit of the indicator (a reduction as a positive number).
        kind: kind of the indicator.
        year: target year.
        base: base year or None.
        base_value: figure of the base year, for an increase or decrease of a quantity that accumulates.

    Example:
        >>> requirement("increase_by", 12.45, "stock", 2025, 2020, 15.17).value
        27.62
        >>> requirement("decrease_by", 14.5, "change", 2025, 2020, None)
        Requirement(at_least=False, value=-14.5, kind='change', year=2025, base=2020)
    """
    if direction in {"at_least", "at_most"}:
        return Requirement(direction == "at_least", target, kind, year, base)
    rising = direction == "increase_by"
    signed = target if rising else -target
    if kind in {"change", "flow"}:
        return Requirement(rising, signed if kind == "change" else target, kind, year, base)
    if base_value is None:
        return None
    return Requirement(rising, round(base_value + signed, 9), kind, year, base)


def reaches(required: Requirement, figure: Figure) -> bool | None:
    """Return whether a figure reaches the required value, or None if its bound leaves that open.

    A figure said to be "about" so much is held to answer only when it is 2 % or more off the required value.

    Example:
        >>> at_least_two = Requirement(True, 2.0, "flow", 2025)
        >>> reaches(at_least_two, Figure(2.0, 2025.0, 2025.0, "year", "at_least", "reported"))
        True
    """
    distance = (figure.value - required.value) * (1 if required.at_least else -1)
    if figure.bound == "about" and abs(distance) < ABOUT * abs(required.value):
        return None
    if distance >= 0:
        return None if figure.bound == ("at_most" if required.at_least else "at_least") else True
    return None if figure.bound == ("at_least" if required.at_least else "at_most") else False


def answers(required: Requirement, figure: Figure) -> bool | None:
    """Return True (met), False (missed) or None (this figure does not answer the target).

    Only figures that are published or supplied by an office answer; a later figure than the target year's never does.

    Example:
        >>> capacity = Requirement(True, 27.62, "stock", 2025, 2020)
        >>> answers(capacity, Figure(59.47, 2024.5, 2024.5, "month", "exact", "reported"))
        True
        >>> answers(capacity, Figure(20.0, 2024.5, 2024.5, "month", "exact", "reported")) is None
        True
    """
    if figure.status not in ANSWERING or not _in_time(required, figure):
        return None
    reached = reaches(required, figure)
    if reached is False and not _final(required, figure):
        return None
    return reached


def _in_time(required: Requirement, figure: Figure) -> bool:
    if required.kind == "change":
        return figure.period_kind == "change" and (figure.start, figure.end) == (required.base, required.year)
    if required.kind == "stock" and not required.at_least:
        return figure.period_kind in {"year", "month"} and figure.end == required.year
    if required.kind == "stock":
        started = required.base is None or required.base < figure.end
        return figure.period_kind in {"year", "month"} and started and figure.end <= required.year
    if required.kind == "flow" and _whole_year(required, figure):
        return True
    if required.kind == "flow" and required.at_least and figure.period_kind == "months":
        return required.year - 1 <= figure.start and figure.end <= required.year
    kinds = {"year"} if required.kind == "flow" else {"year", "month"}
    return figure.period_kind in kinds and figure.end == required.year


def _final(required: Requirement, figure: Figure) -> bool:
    return figure.end == required.year and (figure.period_kind != "months" or _whole_year(required, figure))


def _whole_year(required: Requirement, figure: Figure) -> bool:
    """Return whether a sum of months is that of the whole target year."""
    return (
        figure.period_kind == "months"
        and figure.end == required.year
        and abs(figure.start - (required.year - 1)) < MOMENT
    )


def from_probability(probability: float) -> str:
    """Return the verdict for a probability: likely_met from 0.9, likely_missed up to 0.1, open between.

    Example:
        >>> from_probability(0.95), from_probability(0.5), from_probability(0.1)
        ('likely_met', 'open', 'likely_missed')
    """
    if probability >= LIKELY:
        return "likely_met"
    return "likely_missed" if probability <= UNLIKELY else "open"


def decided(figures: Sequence[Figure], required: Requirement) -> tuple[int, bool] | None:
    """Return which figure decides a target and whether it is met, or None if none does; the last that answers decides.

    Args:
        figures: figures of the indicator, oldest first.
        required: what the target asks for.

    Example:
        >>> capacity = Requirement(True, 27.62, "stock", 2025, 2020)
        >>> decided([Figure(59.47, 2024.5, 2024.5, "month", "exact", "reported")], capacity)
        (0, True)
    """
    given = [
        (place, answer) for place, figure in enumerate(figures) if (answer := answers(required, figure)) is not None
    ]
    if not given or (required.kind == "stock" and _fell_back(figures[given[-1][0] + 1 :], required)):
        return None
    return given[-1]


def _fell_back(later: Sequence[Figure], required: Requirement) -> bool:
    """Return whether a later published figure of a quantity that accumulates is short of what was reached before."""
    told = [one for one in later if one.status in ANSWERING and _in_time(required, one)]
    return bool(told) and reaches(required, told[-1]) is False


VERDICTS = ["met", "missed", "likely_met", "likely_missed", "open", "not_assessable"]
