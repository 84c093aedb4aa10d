"""What regions are ranked by: one figure a region with its error, and who cannot be ranked and why.

Provinces have emissions of one inventory, and GDP and population of one vintage (after the 4th census, to 2019). Cities
have a city inventory and, in 2014 only, GDP and residents of all of them; their GDP at constant prices is not known, so
no change of their intensity is. Errors are those of emissions: GDP and population are taken as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators, observations, tapio, tiers, uncertainty
from tanfeng.facts.uncertainty import Z95

GDP, PER_CAPITA = "gdp_current_4th_census", "gdp_per_capita_4th_census"
CITY_GDP, CITY_POPULATION = "gdp_current_bulletin", "population_unrevised"
CITY_YEAR = 2014
COLUMNS = ["region", "value", "unit", "score", "error", "lo95", "hi95", "source_id"]


@dataclass(frozen=True)
class Measure:
    """What regions are ranked by; the lowest value is the best.

    Attributes:
        level: `province` or `city`.
        id: such as `intensity`.
        unit: of the value, from `data/units.csv`.
        kind: `change` (from one year to another), `level` (of one year) or `path` (three years).
        first: first year by default; of a level the year it is compared with, 0 if there is none.
        last: last year by default.
        fields: it can be given for one field.
    """

    level: str
    id: str
    unit: str
    kind: str
    first: int
    last: int
    fields: bool = False


MEASURES = (
    Measure("province", "intensity", "%", "change", 2005, 2019, fields=True),
    Measure("province", "co2", "%", "change", 2005, 2019, fields=True),
    Measure("province", "per_head", "t/person", "level", 2005, 2019, fields=True),
    Measure("province", "per_gdp", "t/10^4 yuan", "level", 2005, 2019, fields=True),
    Measure("province", "decoupling", "share", "change", 2005, 2019, fields=True),
    Measure("province", "own_path", "%", "path", 2005, 2019),
    Measure("city", "co2", "%", "change", 2005, 2019),
    Measure("city", "county_sum", "%", "change", 2005, 2017),
    Measure("city", "per_head", "t/person", "level", 0, CITY_YEAR),
    Measure("city", "per_gdp", "t/10^4 yuan", "level", 0, CITY_YEAR),
)


def measure(level: str, by: str) -> Measure:
    """Return what regions of a level are ranked by.

    Raises:
        ProjectError: if there is no such level, or its regions cannot be ranked by this.

    Example:
        >>> measure("province", "intensity").first
        2005
    """
    known = {one.id: one for one in MEASURES if one.level == level}
    if not known:
        raise ProjectError(f"level {level!r}: expected province or city")
    if by not in known:
        why = "; GDP of cities at constant prices is not published" if level == "city" else ""
        raise ProjectError(f"{level}: no ranking by {by!r}{why}; there are: {', '.join(known)}")
    return known[by]


def regions(catalog: Catalog, level: str, province: str) -> list[str]:
    """Return the regions that are ranked: provinces with an inventory, or the cities of one province.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(regions(open_catalog(), "province", "330000"))
        30
    """
    if level == "city":
        return tiers.cities(catalog, province)
    known = set(catalog.read("inventory")["region"])
    return [str(one) for one in catalog.read("regions").query("level == 'province'")["id"] if one in known]


def measured(
    catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str = "total"
) -> tuple[pd.DataFrame, list[str]]:
    """Return the figures of every region that has one, and the codes of those that have none.

    Args:
        catalog: the tables.
        what: what regions are ranked by.
        province: whose cities, for the level `city`.
        first: first year of a change; ignored for a level.
        last: last year of a change, year of a level.
        field: a field with emissions, or `total`.

    Returns:
        Frame with region, value, unit, score and error (value and standard error on the scale on which errors are about
        normal: of ratios and levels the logarithm), lo95, hi95, source_id; and the regions without a figure.

    Raises:
        ProjectError: if the years are no span, or the measure is given for the total only.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows, absent = measured(open_catalog(), measure("city", "co2"), "330000", 2005, 2019)
        >>> len(rows), absent
        (10, ['330700'])
    """
    if what.kind != "level" and first >= last:
        raise ProjectError(f"years {first} to {last}: the first must be before the last")
    if field != "total" and not what.fields:
        raise ProjectError(f"{what.level} by {what.id} is given for the total only; found field {field!r}")
    tell = TELLERS[what.level, what.id]
    every = regions(catalog, what.level, province)
    told = {region: tell(catalog, region, first, last, field) for region in every}
    found = [{"region": region, "unit": what.unit, **vars(one)} for region, one in told.items() if one is not None]
    return pd.DataFrame(found, columns=COLUMNS), [region for region, one in told.items() if one is None]


@dataclass(frozen=True)
class Outcome:
    """The figure of one region: value, value and standard error on the scale of the ranking, 95 % limits, sources."""

    value: float
    score: float
    error: float
    lo95: float
    hi95: float
    source_id: str


Teller = Callable[[Catalog, str, int, int, str], Outcome | None]


def _ratio(ratio: float, error: float, source: str) -> Outcome:
    """Return a change in percent from a ratio and the standard error of its logarithm."""
    low, high = (100 * float(ratio * np.exp(sign * Z95 * error) - 1) for sign in (-1, 1))
    return Outcome(100 * (ratio - 1), float(np.log(ratio)), error, low, high, source)


def _level(value: float, error: float, source: str) -> Outcome:
    """Return a level from its value and the standard error of its logarithm."""
    low, high = (float(value * np.exp(sign * Z95 * error)) for sign in (-1, 1))
    return Outcome(value, float(np.log(value)), error, low, high, source)


@cached
def _moved(catalog: Catalog, region: str, field: str, first: int, last: int) -> tuple[float, float, str] | None:
    """Return the ratio of emissions between two years, the standard error of its logarithm, and the sources."""
    rows = emissions.series(catalog, region, field).set_index("year")
    if not {first, last} <= set(rows.index) or rows["co2_mt"][[first, last]].min() <= 0:
        return None
    value, low, high = uncertainty.change(catalog, region, field, first, last)
    source = observations.joined(rows["source_id"][[first, last]])
    return 1 + value / 100, (high - low) / 2 / (100 + value) / Z95, source


@cached
def _grown(catalog: Catalog, region: str, first: int, last: int) -> tuple[float, str] | None:
    """Return the ratio of GDP at constant prices between two years, and the sources."""
    rates = indicators.yearly(catalog, "gdp_real_growth", region).set_index("year")
    years = list(range(first + 1, last + 1))
    if not set(years) <= set(rates.index):
        return None
    chosen = rates.loc[years]
    return float((1 + chosen["value"] / 100).prod()), observations.joined(chosen["source_id"])


def _co2(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    moved = _moved(catalog, region, field, first, last)
    return None if moved is None else _ratio(*moved)


def _intensity(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    moved, grown = _moved(catalog, region, field, first, last), _grown(catalog, region, first, last)
    if moved is None or grown is None:
        return None
    return _ratio(moved[0] / grown[0], moved[1], f"{moved[2]} {grown[1]}")


def _decoupling(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    """Return the elasticity of emissions to GDP at constant prices; its error is that of emissions."""
    moved, grown = _moved(catalog, region, field, first, last), _grown(catalog, region, first, last)
    if moved is None or grown is None:
        return None
    value = tapio.tapio((1.0, moved[0]), (1.0, grown[0])).elasticity
    if value is None:
        return None
    error = moved[0] * moved[1] / abs(grown[0] - 1)
    return Outcome(value, value, error, value - Z95 * error, value + Z95 * error, f"{moved[2]} {grown[1]}")


def middle(first: int, last: int) -> int:
    """Return the year that parts a span in two.

    Example:
        >>> middle(2005, 2019)
        2012
    """
    return first + (last - first) // 2


def _own_path(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    """Return how far intensity in the last year is from where its own yearly rate of the first half would have led.

    The middle year is in both halves, with the opposite sign: its error counts more than once.
    """
    half = middle(first, last)
    before, after = (_intensity(catalog, region, *span, field) for span in ((first, half), (half, last)))
    if before is None or after is None:
        return None
    weight = (last - half) / (half - first)
    shared = weight * (before.error**2 + after.error**2) / 2
    error = float(np.sqrt(after.error**2 + (weight * before.error) ** 2 + shared))
    source = observations.joined(pd.Series([before.source_id, after.source_id]))
    return _ratio(float(np.exp(after.score - weight * before.score)), error, source)


def _of_year(catalog: Catalog, indicator: str, region: str, year: int) -> tuple[float, str] | None:
    rows = indicators.yearly(catalog, indicator, region).set_index("year")
    return (float(rows.at[year, "value"]), str(rows.at[year, "source_id"])) if year in rows.index else None


def _per(catalog: Catalog, region: str, year: int, field: str, per_head: bool) -> Outcome | None:
    """Return emissions per resident (t) or per 10^4 yuan at current prices (t); residents are GDP over GDP a head."""
    gdp, a_head = _of_year(catalog, GDP, region, year), _of_year(catalog, PER_CAPITA, region, year)
    rows = emissions.series(catalog, region, field).set_index("year")
    if gdp is None or a_head is None or year not in rows.index or not rows.at[year, "co2_mt"] > 0:
        return None
    error = uncertainty.half_width_pct(catalog, region, field, year) / 100 / Z95
    source = observations.joined(pd.Series([rows.at[year, "source_id"], gdp[1]]))
    per_gdp = float(rows.at[year, "co2_mt"]) * 1e6 / (gdp[0] * 1e4)  # GDP in 10^8 yuan
    return _level(per_gdp * a_head[0] / 1e4 if per_head else per_gdp, error, source)


def _per_head(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _per(catalog, region, last, field, per_head=True)


def _per_gdp(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _per(catalog, region, last, field, per_head=False)


@cached
def city_error(catalog: Catalog, province: str, first: int, last: int) -> float:
    """Return the standard error of the logarithm of a city's emissions (of their change if the years differ).

    No error of the city inventories is published. Two of them, made in different ways, are compared: the spread of the
    ratio over the cities of the province, parted evenly between the two.

    Raises:
        ProjectError: if fewer than three cities are in both inventories in these years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(city_error(open_catalog(), "330000", 2005, 2017), 2)
        0.32
    """
    one, other = (
        rows.pivot_table(index="region", columns="year", values="co2_mt")
        for rows in (tiers.city_inventories(catalog, province), tiers.county_sums(catalog, province))
    )
    last = min(last, int(other.columns.max())) if len(other.columns) else last
    if not {first, last} <= set(one.columns) & set(other.columns):
        raise ProjectError(f"cities of {province}: no two inventories of {first} and {last} to compare")
    ratio = np.log(one / other)
    apart = (ratio[last] - ratio[first] if first < last else ratio[last]).dropna()
    if len(apart) < 3:
        raise ProjectError(f"cities of {province}: {len(apart)} in two inventories of {first} and {last}; expected 3")
    return float(apart.std(ddof=1) / np.sqrt(2))


def _city(catalog: Catalog, region: str) -> tuple[str, pd.DataFrame]:
    """Return the province of a city and its inventory by year."""
    province = str(catalog.read("regions").set_index("id").at[region, "parent"])
    rows = tiers.city_inventories(catalog, province)
    return province, rows[rows["region"] == region].set_index("year")


def _city_moved(catalog: Catalog, province: str, rows: pd.DataFrame, first: int, last: int) -> Outcome | None:
    if not {first, last} <= set(rows.index):
        return None
    source = observations.joined(rows["source_id"][[first, last]])
    ratio = float(rows.at[last, "co2_mt"] / rows.at[first, "co2_mt"])
    return _ratio(ratio, city_error(catalog, province, first, last), source)


def _city_co2(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    province, rows = _city(catalog, region)
    return _city_moved(catalog, province, rows, first, last)


def _city_counties(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    province, _ = _city(catalog, region)
    rows = tiers.county_sums(catalog, province)
    return _city_moved(catalog, province, rows[rows["region"] == region].set_index("year"), first, last)


def _city_per(catalog: Catalog, region: str, year: int, indicator: str) -> Outcome | None:
    """Return emissions of a city in tonnes per person or 10^4 yuan; the indicator is in 10^4 persons or 10^8 yuan."""
    province, rows = _city(catalog, region)
    below = _of_year(catalog, indicator, region, year)
    if year not in rows.index or below is None:
        return None
    value = float(rows.at[year, "co2_mt"]) * 1e6 / (below[0] * 1e4)
    return _level(value, city_error(catalog, province, year, year), f"{rows.at[year, 'source_id']} {below[1]}")


def _city_per_head(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _city_per(catalog, region, last, CITY_POPULATION)


def _city_per_gdp(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _city_per(catalog, region, last, CITY_GDP)


TELLERS: dict[tuple[str, str], Teller] = {
    ("province", "intensity"): _intensity,
    ("province", "co2"): _co2,
    ("province", "per_head"): _per_head,
    ("province", "per_gdp"): _per_gdp,
    ("province", "decoupling"): _decoupling,
    ("province", "own_path"): _own_path,
    ("city", "co2"): _city_co2,
    ("city", "county_sum"): _city_counties,
    ("city", "per_head"): _city_per_head,
    ("city", "per_gdp"): _city_per_gdp,
}
