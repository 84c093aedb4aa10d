"""Periods of observations: a year, the end of a month, a change between two years, some months of a year."""

from __future__ import annotations

import re
from dataclasses import dataclass

PATTERN = re.compile(r"^(?:(\d{4})(?:-(\d{2}))?)(?:/(\d{4})(?:-(\d{2}))?)?$")
UNDATED = "undated"


@dataclass(frozen=True, order=True)
class Period:
    """A period of the tables.

    Attributes:
        end: moment of the end in years: 2025.0 is the end of 2025, 2024.5 the end of June 2025.
        start: the same for the start; for a year or a month equal to `end`.
        kind: `year`, `month`, `change` (from one year to another), `months` (a flow of some months) or `undated`.
    """

    end: float
    start: float
    kind: str

    @property
    def year(self) -> int:
        """Calendar year in which the period ends; 0 for an undated figure."""
        return int(-(-self.end // 1))


def parse(text: str) -> Period:
    """Read a period: `2025`, `2025-06`, `2019/2020`, `2025-01/2025-06` or `undated`.

    A year stands for its end: `2025` ends at 2025.0, the same moment as `2025-12`.

    Raises:
        ValueError: if the text is none of these.

    Example:
        >>> parse("2025-06")
        Period(end=2024.5, start=2024.5, kind='month')
        >>> parse("2019/2020").kind, parse("2025-06").year
        ('change', 2025)
    """
    if text == UNDATED:
        return Period(0.0, 0.0, UNDATED)
    match = PATTERN.match(text)
    if not match:
        raise ValueError(f"{text!r} is not a period such as 2025, 2025-06, 2019/2020, 2025-01/2025-06 or undated")
    first, month, last, last_month = match.groups()
    if last is None:
        moment = _moment(first, month)
        return Period(moment, moment, "month" if month else "year")
    if bool(month) != bool(last_month) or (month and first != last):
        raise ValueError(f"{text!r} is not a period: months of one year (2025-01/2025-06) or two years (2019/2020)")
    kind = "months" if month else "change"
    start = _moment(first, month) - 1 / 12 if month else _moment(first, None)
    return Period(_moment(last, last_month), start, kind)


def _moment(year: str, month: str | None) -> float:
    if month is not None and not 1 <= int(month) <= 12:
        raise ValueError(f"{month!r} is not a month")
    return int(year) - 1 + int(month) / 12 if month is not None else float(int(year))
