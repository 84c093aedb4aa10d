"""How a target stands on its way: schedule, published figure and light of each year, pace, what is left.

The schedule starts from the base year of the target, or from the base year of its plan if the target names none, and
runs in equal steps; the compound one stands beside it. Only published figures of the target's own indicator are rated,
a figure from within a year (the end of June) against what the schedule asks of that moment.

The schedule of a target (序时进度) says what is required by the end of each year. A linear one asks for the same step
every year, so n of 5 years ask for n/5; assessments of cities in the 13th plan counted so. A compound one asks for the
same rate every year: 3.08, 6.07, 8.97, 11.78, 14.5 % for a fall by 14.5 %.

Required pace against recent pace says whether the last years' speed is enough. Classes as in the State of Climate
Action reports (Boehm et al. 2023, doi 10.46830/wrirpt.23.00010): the acceleration factor is the required pace over the
recent one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from tanfeng.facts import observations
from tanfeng.targets import lights, rules
from tanfeng.targets.rules import Figure, Requirement

WHOLE_YEARS = {"year", "month"}
LINEAR, COMPOUND = "linear", "compound"
ON_TRACK, OFF_TRACK, WELL_OFF_TRACK = "on_track", "off_track", "well_off_track"
WRONG_DIRECTION, INSUFFICIENT_DATA, REACHED = "wrong_direction", "insufficient_data", "reached"
ENOUGH, TWICE = 1.1, 2.0  # acceleration factors
WINDOW_YEARS = 5
FEWEST_YEARS = 2


@dataclass(frozen=True)
class Known:
    """A published figure: value in the indicator's unit, period as in the table, source, moment of its end, bound.

    2025.0 is the end of 2025, 2024.5 that of June 2025 (see `tanfeng.data.periods`); the bound is that of the table,
    `exact` of a chain and where it is not given.
    """

    value: float
    period: str
    source_id: str
    status: str
    end: float
    bound: str = "exact"


@dataclass(frozen=True)
class Step:
    """One year of the schedule.

    Attributes:
        year: the year.
        required: required by its end, linear; unit of the indicator (of a change: percent from the base year).
        compound: the same at a constant yearly rate; None where no rate leads to the target.
        known: the published figure, if there is one; the last of the year.
        asked: required at the moment of the figure, linear; without a figure that of the year's end.
        light: `green`, `yellow`, `red` or `not_rated` (see `tanfeng.targets.lights.light_of`).
        completion_pct: change achieved in percent of the change required by the year's end, if there is a figure.
    """

    year: int
    required: float
    compound: float | None
    known: Known | None
    asked: float
    light: str
    completion_pct: float | None


@dataclass(frozen=True)
class Progress:
    """How a target stands.

    Attributes:
        base_year: year the schedule counts from.
        base: figure of that year, in the unit of the indicator (of a change: 0).
        steps: one a year, the target year last.
        required_pace: mean yearly change still needed (of a change: percent a year); None once the year has passed.
        recent_pace: mean yearly change of the last years; None if fewer than two years are known.
        pace: class of the pace (see `classed`); empty once the year has passed.
        needed: what is needed by the end of each year that has no figure yet, from the last figure on.
        midterm: mid-term words for the last figure (see `tanfeng.targets.lights.midterm`); empty without one.
    """

    base_year: int
    base: float
    steps: tuple[Step, ...]
    required_pace: float | None
    recent_pace: float | None
    pace: str
    needed: Mapping[int, float]
    midterm: str

    @property
    def last(self) -> Step | None:
        """The last year that has a figure."""
        return next((step for step in reversed(self.steps) if step.known), None)


def progress(required: Requirement, base_year: int, base: float, rows: pd.DataFrame) -> Progress | None:
    """Return how a target stands, or None if no schedule leads to it.

    Args:
        required: what the target asks for.
        base_year: year the schedule counts from.
        base: figure of that year in the unit of the indicator; ignored for a change.
        rows: figures of the indicator (see `tanfeng.facts.observations.observations`).

    Example:
        >>> required = Requirement(False, -17.0, "change", 2020, 2015)
        >>> rates = {"value": [-3.82, -3.74], "start": [2015.0, 2016.0], "end": [2016.0, 2017.0]}
        >>> rows = pd.DataFrame(rates).assign(period_kind="change", status="reported", source_id="s", period="")
        >>> found = progress(required, 2015, 0.0, rows)
        >>> [step.light for step in found.steps], round(found.last.known.value, 2)
        (['green', 'green', 'not_rated', 'not_rated', 'not_rated'], -7.42)
    """
    years = required.year - base_year
    if years < 1:
        return None
    start = 0.0 if required.kind == "change" else base
    known = changes(rows, base_year) if required.kind == "change" else levels(rows)
    steps = _steps(required, base_year, start, known)
    last = next((step for step in reversed(steps) if step.known), None)
    needed_pace, recent_pace = _paces(required, base_year, start, known, last)
    named = classed(needed_pace, recent_pace, required.at_least) if needed_pace is not None else ""
    words = _midterm(required, start, last)
    return Progress(base_year, start, steps, needed_pace, recent_pace, named, _needed(required, last), words)


def changes(rows: pd.DataFrame, base_year: int) -> dict[int, Known]:
    """Return the published change from the base year by year: as published, otherwise chained from yearly changes.

    Example:
        >>> rates = {"value": [-10.0, -10.0], "start": [2015.0, 2016.0], "end": [2016.0, 2017.0]}
        >>> rows = pd.DataFrame(rates).assign(period_kind="change", status="reported", source_id="s", period="p")
        >>> {year: round(found.value, 1) for year, found in changes(rows, 2015).items()}
        {2016: -10.0, 2017: -19.0}
    """
    told = rows[(rows["period_kind"] == "change") & rows["status"].isin(rules.ANSWERING)]
    told = told[(told["end"] % 1 == 0) & (told["start"] >= base_year)]
    chained = _chained(told[told["end"] - told["start"] == 1], base_year)
    whole = told[told["start"] == base_year]
    return chained | {int(row.end): _known(row) for row in whole.itertuples()}


def _chained(rates: pd.DataFrame, base_year: int) -> dict[int, Known]:
    found: dict[int, Known] = {}
    level, used = 1.0, rates.iloc[:0]
    for year in range(base_year + 1, base_year + len(rates) + 1):
        step = rates[rates["end"] == year].tail(1)
        if step.empty:
            break
        level *= 1 + float(step["value"].iloc[0]) / 100
        used = pd.concat([used, step])
        sources, status = observations.joined(used["source_id"]), observations.weakest(used["status"])
        found[year] = Known(100 * (level - 1), f"{base_year}/{year}", sources, status, float(year))
    return found


def levels(rows: pd.DataFrame) -> dict[int, Known]:
    """Return the last published figure of each year: of the year or its end, otherwise of its latest month.

    Example:
        >>> rows = pd.DataFrame({"value": [1.0, 2.0], "start": [2019.5, 2020.0], "end": [2019.5, 2020.0]})
        >>> rows = rows.assign(period_kind=["month", "year"], status="reported", source_id="s", period="p")
        >>> levels(rows)[2020].value
        2.0
    """
    told = rows[rows["period_kind"].isin(WHOLE_YEARS) & rows["status"].isin(rules.ANSWERING)].sort_values("end")
    return {int(-(-row.end // 1)): _known(row) for row in told.itertuples()}


def _known(row: object) -> Known:
    value, period, source, status, end = (
        getattr(row, name) for name in ("value", "period", "source_id", "status", "end")
    )
    return Known(value, period, source, status, end, getattr(row, "bound", "exact"))


def _steps(required: Requirement, base_year: int, base: float, known: Mapping[int, Known]) -> tuple[Step, ...]:
    linear, compound = _paths(required, base_year, base)
    return tuple(
        _step(required, base, year, {base_year: base, **linear}, compound.get(year), known.get(year))
        for year in range(base_year + 1, required.year + 1)
    )


def _paths(required: Requirement, base_year: int, base: float) -> tuple[dict[int, float], dict[int, float]]:
    """Return the linear schedule by year, and the compound one as far as there is a rate."""
    years = range(base_year + 1, required.year + 1)
    if required.kind == "change":
        made = [change_path(required.value, len(years), shape) for shape in (LINEAR, COMPOUND)]
    else:
        made = [level_path(base, required.value, len(years))]
        if base * required.value > 0:
            made.append(level_path(base, required.value, len(years), COMPOUND))
    paths = [dict(zip(years, path, strict=True)) for path in made]
    return paths[0], paths[1] if len(paths) > 1 else {}


def _step(
    required: Requirement,
    base: float,
    year: int,
    linear: Mapping[int, float],
    compound: float | None,
    known: Known | None,
) -> Step:
    missing = year - known.end if known else 0.0
    asked = linear[year] - missing * (linear[year] - linear[year - 1])
    light = _light(known, replace(required, value=asked))
    whole = linear[year] - base
    rate = lights.completion_rate(known.value - base, whole) if known and whole else None
    return Step(year, linear[year], compound, known, asked, light, rate)


def _light(known: Known | None, asked: Requirement) -> str:
    if known is None:
        return lights.NOT_RATED
    return lights.light_of(Figure(known.value, known.end, known.end, "year", known.bound, known.status), asked)


def _paces(
    required: Requirement, base_year: int, base: float, known: Mapping[int, Known], last: Step | None
) -> tuple[float | None, float | None]:
    """Return the required and the recent yearly change; of a change in percent a year."""
    figures = {float(base_year): base}
    figures |= {one.end: one.value for year, one in known.items() if base_year < year <= required.year}
    value, moment = (last.known.value, last.known.end) if last and last.known else (base, float(base_year))
    left = required.year - moment
    if required.kind != "change":
        return (required_change(value, required.value, left) if left else None), recent_change(figures)
    rate = _rate(figures) if len(figures) > FEWEST_YEARS else None
    return (required_rate(value, required.value, round(left)) if left else None), rate


def _rate(figures: Mapping[float, float]) -> float:
    """Return the mean yearly rate in percent over the last five years of cumulative changes."""
    last = max(figures)
    first = min(year for year in figures if year >= last - WINDOW_YEARS)
    return required_rate(figures[first], figures[last], round(last - first))


def _needed(required: Requirement, last: Step | None) -> dict[int, float]:
    if last is None or last.known is None or last.known.end >= required.year or _reached(required, last.known.value):
        return {}
    value, moment = last.known.value, last.known.end
    step = (required.value - value) / (required.year - moment)
    return {year: value + step * (year - moment) for year in range(int(moment) + 1, required.year + 1)}


def _reached(required: Requirement, value: float) -> bool:
    return value >= required.value if required.at_least else value <= required.value


def _midterm(required: Requirement, base: float, last: Step | None) -> str:
    if last is None or last.known is None or last.asked == base:
        return ""
    return lights.midterm(last.known.value - base, last.asked - base, required.value - base)


def change_path(total_pct: float, years: int, shape: str = LINEAR) -> list[float]:
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
        >>> [round(step, 2) for step in change_path(-14.5, 5, "compound")]
        [-3.08, -6.07, -8.97, -11.78, -14.5]
        >>> change_path(-20.0, 5)
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


def recent_change(figures: Mapping[float, float]) -> float | None:
    """Return the mean yearly change over the last five years that have figures, or None if they span less than two.

    Args:
        figures: figure by moment (2020 is the end of 2020, 2019.5 the end of June 2020), in any unit.

    Example:
        >>> recent_change({2018: 10.0, 2020: 14.0}), recent_change({2020: 14.0})
        (2.0, None)
    """
    if not figures:
        return None
    last = max(figures)
    first = min(year for year in figures if year >= last - WINDOW_YEARS)
    return (figures[last] - figures[first]) / (last - first) if last - first >= FEWEST_YEARS else None


def required_change(value: float, goal: float, years: float) -> float:
    """Return the mean yearly change that still leads from a value to the goal.

    Args:
        value: last figure.
        goal: required figure, in the same unit.
        years: years left, more than 0.

    Raises:
        ValueError: if no time is left.

    Example:
        >>> required_change(10.0, 20.0, 5)
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
