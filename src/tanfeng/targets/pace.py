"""Required pace against recent pace: is the last years' speed enough to reach the target?

Classes as in the State of Climate Action reports (Boehm et al. 2023, doi 10.46830/wrirpt.23.00010): the acceleration
factor is the required pace over the recent one.
"""

from __future__ import annotations

from collections.abc import Mapping

ON_TRACK, OFF_TRACK, WELL_OFF_TRACK = "on_track", "off_track", "well_off_track"
WRONG_DIRECTION, INSUFFICIENT_DATA, REACHED = "wrong_direction", "insufficient_data", "reached"
CLASSES = (REACHED, ON_TRACK, OFF_TRACK, WELL_OFF_TRACK, WRONG_DIRECTION, INSUFFICIENT_DATA)
ENOUGH, TWICE = 1.1, 2.0  # acceleration factors
WINDOW_YEARS = 5
FEWEST_YEARS = 2


def recent(figures: Mapping[float, float]) -> float | None:
    """Return the mean yearly change over the last five years that have figures, or None if they span less than two.

    Args:
        figures: figure by moment (2020 is the end of 2020, 2019.5 the end of June 2020), in any unit.

    Example:
        >>> recent({2018: 10.0, 2020: 14.0}), recent({2020: 14.0})
        (2.0, None)
    """
    if not figures:
        return None
    last = max(figures)
    first = min(year for year in figures if year >= last - WINDOW_YEARS)
    return (figures[last] - figures[first]) / (last - first) if last - first >= FEWEST_YEARS else None


def required(value: float, goal: float, years: float) -> float:
    """Return the mean yearly change that still leads from a value to the goal.

    Args:
        value: last figure.
        goal: required figure, in the same unit.
        years: years left, more than 0.

    Raises:
        ValueError: if no time is left.

    Example:
        >>> required(10.0, 20.0, 5)
        2.0
    """
    if years <= 0:
        raise ValueError("no time is left")
    return (goal - value) / years


def required_rate(done_pct: float, goal_pct: float, years: int) -> float:
    """Return the yearly rate in percent that still leads from a cumulative change to the required one.

    Args:
        done_pct: change from the base year so far, in percent, above -100.
        goal_pct: change required at the end, in percent, above -100.
        years: years left, at least 1.

    Raises:
        ValueError: if no year is left.

    Example:
        >>> round(required_rate(-13.73, -17.0, 1), 2)
        -3.79
    """
    if years < 1:
        raise ValueError("no year is left")
    return float(100 * (((100 + goal_pct) / (100 + done_pct)) ** (1 / years) - 1))


def years_ahead(last: float, due: int, this_year: int) -> tuple[int, int] | None:
    """Return the first and last year of which a yearly change can still be asked, or None where of none.

    Nothing is asked of a year that is over: not once the target year has passed, and not where years without a figure
    lie between the last figure and today, since what was done in them is not known. Then only the distance is.

    Args:
        last: moment of the last figure (2025.0 is the end of 2025, 2024.5 that of June 2025).
        due: target year.
        this_year: the year that is running (`Catalog.as_of_year`).

    Example:
        >>> years_ahead(2025.0, 2027, 2026), years_ahead(2025.5, 2027, 2026)
        ((2026, 2027), (2026, 2027))
        >>> years_ahead(2014.0, 2030, 2026), years_ahead(2024.0, 2027, 2026), years_ahead(2025.0, 2025, 2026)
        (None, None, None)
    """
    if due < this_year or last < this_year - 1 or last >= due:
        return None
    return int(last) + 1, due


def classed(required_pace: float, recent_pace: float | None, at_least: bool) -> str:
    """Return the class of a pace: reached, on track, off track, well off track, wrong direction, insufficient data.

    Args:
        required_pace: yearly change still required.
        recent_pace: yearly change of the last years, or None if not known.
        at_least: the target is a figure of at least, otherwise at most, so high.

    Example:
        >>> classed(2.0, 1.9, True), classed(2.0, 1.2, True), classed(2.0, 0.5, True), classed(-1.0, 0.5, False)
        ('on_track', 'off_track', 'well_off_track', 'wrong_direction')
    """
    sign = 1 if at_least else -1
    if required_pace * sign <= 0:
        return REACHED
    if recent_pace is None:
        return INSUFFICIENT_DATA
    if recent_pace * sign <= 0:
        return WRONG_DIRECTION
    factor = required_pace / recent_pace
    if factor <= ENOUGH:
        return ON_TRACK
    return OFF_TRACK if factor <= TWICE else WELL_OFF_TRACK
