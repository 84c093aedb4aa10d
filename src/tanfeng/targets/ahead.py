"""Targets of plans that are not over: verdict, latest figure, required and recent pace; of cities too.

A verdict is that of `tanfeng.targets.verdict`. The latest figure and the pace stand beside it even where they decide
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import indicators, observations, plans
from tanfeng.targets import intensity, progress, rules
from tanfeng.targets import verdict as verdicts
from tanfeng.targets.intensity import Intensity
from tanfeng.targets.progress import Known
from tanfeng.targets.verdict import Verdict

INTENSITY = "co2_intensity_change"
NATIONAL = "100000"
MISSING = ("尚未到期的碳排放强度目标", "target on CO2 intensity ahead")
NATIONAL_MISSING = (
    "可作参照的尚未到期的全国碳排放强度目标",
    "national target on CO2 intensity ahead to be held against",
)
CITY_CO2 = "co2_city_inventory"


@dataclass(frozen=True)
class Milestone:
    """A target and how far it is.

    Attributes:
        verdict: the verdict.
        latest: last published figure of the target's own indicator; None for a change, or if there is none.
        year: year of the latest figure.
        required_pace: mean yearly change still needed from it, in the unit of the indicator; None where that would be
            asked of years that are over (see `tanfeng.targets.progress.years_ahead`).
        recent_pace: mean yearly change of the last years, if two years or more are known.
        pace: class of the pace (`tanfeng.targets.progress.classed`).
    """

    verdict: Verdict
    latest: Known | None = None
    year: int | None = None
    required_pace: float | None = None
    recent_pace: float | None = None
    pace: str = progress.INSUFFICIENT_DATA


@dataclass(frozen=True)
class CityIntensity:
    """What is known of the CO2 intensity of a city, short of an answer.

    Attributes:
        target: id of the target.
        base, last: years of the emissions.
        base_mt, last_mt: Mt CO2 in the city inventory.
        year, reduction_pct: what the target asks for.
        multiple: GDP at constant prices over that of the base year at which emissions as in `last` meet the target.
        parent_year, parent_multiple: the same quantity of the province, as reached.
        source_id: source of the emissions.
    """

    target: str
    base: int
    last: int
    base_mt: float
    last_mt: float
    year: int
    reduction_pct: float
    multiple: float
    parent_year: int
    parent_multiple: float
    source_id: str


def ahead(catalog: Catalog, region: str) -> list[Milestone]:
    """Return the targets of a region in the plans that are not over, drafts and stretch values too.

    Raises:
        ProjectError: if the region has no target at all.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = {one.verdict.target["id"]: one for one in ahead(open_catalog(), "330000")}
        >>> found["E23"].verdict.verdict, found["E23"].pace, found["P05"].verdict.verdict
        ('met', 'reached', 'not_assessable')
    """
    judged, coming = verdicts.judge(catalog, region), plans.ahead(catalog)
    return [milestone(catalog, one) for one in judged if one.target["plan"] in coming]


def milestone(catalog: Catalog, verdict: Verdict) -> Milestone:
    """Return how far a target is, from the published figures of its own indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> found = milestone(catalog, judge_target(catalog, "K01"))
        >>> found.year, round(found.required_pace, 3)
        (2025, 0.05)
    """
    required = verdict.required
    if required is None or required.kind == "change":
        return Milestone(verdict)
    known = _known(catalog, verdict)
    if not known:
        return Milestone(verdict)
    year = max(known)
    recent = progress.recent_change({figure.end: figure.value for figure in known.values()})
    if verdict.verdict == "met" or year >= required.year:
        return Milestone(verdict, known[year], year, None, recent, progress.REACHED)
    if progress.years_ahead(known[year].end, required.year, catalog.as_of_year) is None:
        beyond = known[year].value - required.value
        named = progress.REACHED if beyond * (1 if required.at_least else -1) >= 0 else progress.INSUFFICIENT_DATA
        return Milestone(verdict, known[year], year, None, recent, named)
    needed = progress.required_change(known[year].value, required.value, required.year - known[year].end)
    return Milestone(verdict, known[year], year, needed, recent, progress.classed(needed, recent, required.at_least))


def _known(catalog: Catalog, verdict: Verdict) -> Mapping[int, Known]:
    """Return the published figures by year up to the target year."""
    target = verdict.target
    rows = indicators.observations(catalog, target["indicator"], target["region"])
    rows = rows[rows["status"].isin(rules.ANSWERING) & (rows["end"] <= int(target["target_year"]))]
    return progress.levels(rows)


def ways(catalog: Catalog, region: str, asked_of: str = "") -> list[Intensity]:
    """Return the way to the reduction of CO2 intensity asked by 2030, an account each.

    Args:
        catalog: the tables.
        region: GB/T 2260 code of the region whose emissions and GDP are meant.
        asked_of: region the target is set for: the region itself, or `100000` for the national target as a benchmark.

    Raises:
        ProjectError: if there is no such target, or the region lacks what `tanfeng.targets.intensity.intensity` needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [(one.account, one.base, one.reduction_pct) for one in ways(open_catalog(), "330000", "100000")]
        [('direct', 2025, 17.0), ('assessment', 2025, 17.0)]
    """
    target = intensity_target(catalog, asked_of or region)
    asked = int(target["base_year"]), int(target["target_year"]), float(target["target_value"])
    return [intensity.intensity(catalog, region, *asked, account) for account in intensity.ACCOUNTS]


def intensity_target(catalog: Catalog, region: str) -> dict[str, Any]:
    """Return the row of the target on CO2 intensity that lies ahead, drafts and stretch values left out.

    Raises:
        Absent: if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> intensity_target(open_catalog(), "330000")["id"]
        'P05'
    """
    rows = catalog.read("targets")
    firm = (rows["region"] == region) & (rows["indicator"] == INTENSITY) & (rows["variant"] == "firm")
    found = rows[firm & rows["plan"].isin(plans.ahead(catalog))].to_dict("records")
    if not found:
        raise Absent(NATIONAL_MISSING if region == NATIONAL else MISSING, "data/targets.csv", region)
    return dict(found[0])


def cities(catalog: Catalog, region: str) -> list[str]:
    """Return the cities of a province that have targets.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> cities(open_catalog(), "330000")
        ['330100', '330200', '330500']
    """
    places = catalog.read("regions")
    inside = places.loc[(places["parent"] == region) & (places["level"] == "city"), "id"]
    return sorted(set(inside) & set(catalog.read("targets")["region"]))


def city_verdicts(catalog: Catalog, region: str) -> list[Verdict]:
    """Return the verdicts on every target of the cities of a province, city by city.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(city_verdicts(open_catalog(), "330000"))
        11
    """
    return [verdict for city in cities(catalog, region) for verdict in verdicts.judge(catalog, city)]


def city_intensity(catalog: Catalog, verdict: Verdict) -> CityIntensity | None:
    """Return what is known of the CO2 intensity a city's target asks for, or None if it is another target.

    The city inventory gives emissions; the city's GDP at constant prices is not known year by year, so no reduction is
    computed: only how large GDP would have to be.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> found = city_intensity(catalog, judge_target(catalog, "C05"))
        >>> found.last, round(found.multiple, 2), round(found.parent_multiple, 2)
        (2019, 4.27, 4.72)
    """
    target = verdict.target
    rows = observations.yearly(catalog, CITY_CO2, target["region"]).set_index("year")
    base = target["base_year"]
    if target["indicator"] != INTENSITY or rows.empty or base not in rows.index:
        return None
    first, last = int(base), int(rows.index[-1])
    parent = str(catalog.read("regions").set_index("id").at[target["region"], "parent"])
    index = indicators.gdp_index(catalog, parent)
    asked = float(target["target_value"])
    levels = float(rows.at[first, "value"]), float(rows.at[last, "value"])
    return CityIntensity(
        target=target["id"],
        base=first,
        last=last,
        base_mt=levels[0],
        last_mt=levels[1],
        year=int(target["target_year"]),
        reduction_pct=asked,
        multiple=levels[1] / levels[0] / (1 - asked / 100),
        parent_year=int(index.index[-1]),
        parent_multiple=float(index.iloc[-1] / index[first]),
        source_id=observations.joined(rows["source_id"]),
    )
