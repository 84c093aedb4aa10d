"""What the official rules make of a result: completion rate, light, grade, mid-term words, controls.

Pure rules on plain numbers. Where they come from, and whether the primary text was seen, stands in `data/rules.csv`
under the name of the function.
"""

from __future__ import annotations

from tanfeng.targets import rules
from tanfeng.targets.rules import Figure, Requirement

GREEN, YELLOW, RED, NOT_RATED = "green", "yellow", "red", "not_rated"
YELLOW_GAP = 0.10  # of the required value
EXCEEDED, MET, MOSTLY_MET, MISSED = "exceeded", "met", "mostly_met", "missed"
SCORES = ((95.0, EXCEEDED), (80.0, MET), (60.0, MOSTLY_MET))
EARLY, FASTER, AS_EXPECTED, BEHIND = "ahead", "faster", "as_expected", "behind"
ROUNDING = 1e-9  # of the required value: a figure that differs by rounding alone reaches it
CARBON_CONTROL_FROM = 2026


def completion_rate(achieved: float, required: float) -> float:
    """Return the completion rate (完成率) in percent: what was achieved of what was required.

    Args:
        achieved: change achieved (a fall is negative).
        required: change required, not zero.

    Raises:
        ValueError: if nothing is required.

    Example:
        >>> round(completion_rate(-8.26, -17.0), 1)
        48.6
    """
    if required == 0:
        raise ValueError("nothing is required: there is no completion rate")
    return 100 * achieved / required


def light(value: float | None, required: float, at_least: bool) -> str:
    """Return the level of the barometer (晴雨表, wording of 2021): green, yellow, red, or not rated without a figure.

    The requirement is met: green. It is missed by at most 10 % of the required value: yellow; by more: red.

    Args:
        value: the figure, in the unit of `required`; a reduction is negative.
        required: what the schedule requires by then.
        at_least: the figure must be at least, otherwise at most, so high.

    Example:
        >>> light(-13.73, -13.85, at_least=False), light(-8.26, -17.0, at_least=False), light(None, -3.4, False)
        ('yellow', 'red', 'not_rated')
    """
    if value is None:
        return NOT_RATED
    gap = (required - value) if at_least else (value - required)
    if gap <= ROUNDING * abs(required):
        return GREEN
    return YELLOW if gap <= (YELLOW_GAP + ROUNDING) * abs(required) else RED


def light_of(figure: Figure, required: Requirement) -> str:
    """Return the light of a figure by the comparison that also gives the verdict: as far as its bound tells.

    A figure that its bound leaves undecided ("about 3.2" against 3.23, "more than 90" against 100) is not rated; one
    that falls short by its bound ("less than 95" against 100) is red where it falls short by more than 10 %, and not
    rated where it may be yellow or red.

    Args:
        figure: the figure, in the unit of the requirement.
        required: what the schedule asks by then.

    Example:
        >>> figures = [Figure(90.0, 2020.0, 2020.0, "year", bound, "reported") for bound in ("exact", "at_least")]
        >>> [light_of(figure, Requirement(True, 100.0, "share", 2025)) for figure in figures]
        ['yellow', 'not_rated']
    """
    reached = rules.reaches(required, figure)
    if reached is None:
        return NOT_RATED
    if reached:
        return GREEN
    found = light(figure.value, required.value, required.at_least)
    return NOT_RATED if figure.bound in {"at_least", "at_most"} and found == YELLOW else found


def half_year_light(change_pct: float | None, required_pct: float) -> str:
    """Return the level by the wording of the first half of 2021: red if energy intensity rose instead of falling.

    Args:
        change_pct: change against the same period of the year before, in percent.
        required_pct: change required (negative: a fall).

    Example:
        >>> half_year_light(0.4, -3.0), half_year_light(-1.0, -3.0), half_year_light(-3.1, -3.0)
        ('red', 'yellow', 'green')
    """
    if change_pct is None:
        return NOT_RATED
    if change_pct > 0:
        return RED
    return GREEN if change_pct <= required_pct + ROUNDING * abs(required_pct) else YELLOW


def grade(score: float, target_met: bool) -> str:
    """Return the grade of the assessment of energy targets (2007): exceeded, met, mostly met, missed.

    95 points or more of 100 exceed, 80 meet, 60 mostly meet. A missed target overrides every other point (一票否决).

    Raises:
        ValueError: if the score is not within 0 to 110 (bonus points are possible).

    Example:
        >>> grade(96.0, True), grade(96.0, False), grade(80.0, True)
        ('exceeded', 'missed', 'met')
    """
    if not 0 <= score <= 110:
        raise ValueError(f"a score of {score} is not within 0 to 110")
    if not target_met:
        return MISSED
    return next((name for least, name in SCORES if score >= least), MISSED)


def grade_of_result(completion_pct: float) -> str:
    """Return the grade that a quantitative result alone allows: met or exceeded from 100 % on, otherwise missed.

    Points for measures are not published, so the middle grade cannot be told; a missed target is missed whatever they
    are.

    Example:
        >>> grade_of_result(48.6), grade_of_result(100.0), grade_of_result(115.0)
        ('missed', 'met', 'exceeded')
    """
    if completion_pct < 100 * (1 - ROUNDING):
        return MISSED
    return EXCEEDED if completion_pct >= 100 * (1 + YELLOW_GAP) else MET


def midterm(achieved: float, required_by_now: float, required_at_end: float) -> str:
    """Return the words of a mid-term evaluation: achieved early, faster, about as expected, behind.

    Early: the figure of the end is reached. Faster: more than 10 % beyond the schedule. About as expected: at most 10 %
    short of it. The words are official; the limits between them are not published and follow the barometer.

    Args:
        achieved: change achieved by now (a fall is negative).
        required_by_now: change the schedule requires by now, not zero.
        required_at_end: change required at the end, of the same sign.

    Example:
        >>> midterm(-18.0, -10.8, -18.0), midterm(-12.4, -10.8, -18.0), midterm(-7.42, -6.8, -17.0)
        ('ahead', 'faster', 'as_expected')
    """
    if completion_rate(achieved, required_at_end) >= 100:
        return EARLY
    share = completion_rate(achieved, required_by_now) / 100
    if share > 1 + YELLOW_GAP:
        return FASTER
    return AS_EXPECTED if share >= 1 - YELLOW_GAP - ROUNDING else BEHIND


def controls(year: int, peaked: bool = False) -> tuple[str, str]:
    """Return what is controlled first and second in a year, as ids of the four indicators.

    To 2025 energy intensity and total energy; from 2026 carbon intensity first and total CO2 second; after the peak the
    other way round.

    Example:
        >>> controls(2025), controls(2026)
        (('energy_intensity', 'energy_consumption'), ('carbon_intensity', 'co2_total'))
        >>> controls(2032, peaked=True)
        ('co2_total', 'carbon_intensity')
    """
    if year < CARBON_CONTROL_FROM:
        return "energy_intensity", "energy_consumption"
    return ("co2_total", "carbon_intensity") if peaked else ("carbon_intensity", "co2_total")
