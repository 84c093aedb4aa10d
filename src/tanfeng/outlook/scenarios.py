"""What is different from the course of things: growth, a project, a nuclear unit, imports, electric cars.

A scenario moves the centre of the outlook; the errors around it stay. Each effect is plain arithmetic with its factor
named, so that a reader sees what moves the peak and a target. `data/scenarios.csv` holds those of the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import factors, indicators
from tanfeng.forecast import growth as growth_ahead
from tanfeng.outlook import committed

GROWTH_SHARE = 0.5  # the forecast through CO2 per GDP and the direct one count half each, as measured on countries
GASOLINE, GASOLINE_DENSITY = "gasoline", "density_gasoline"
MILEAGE, PETROL, ELECTRICITY = "mileage_car_100000", "petrol_car_100000", "electricity_car_100000"
CAR_FIELD = "residential"  # energy statistics count the petrol of private cars among households


@dataclass(frozen=True)
class Project:
    """A new source: `co2_mt` a year (Mt CO2) in a field from a year on."""

    field: str
    first_year: int
    co2_mt: float


@dataclass(frozen=True)
class Unit:
    """A nuclear unit: `gw` of capacity that runs whole years from `first_year` on, in place of fossil power."""

    first_year: int
    gw: float


@dataclass(frozen=True)
class Imports:
    """Electricity from outside: `twh` (TWh a year) more from `first_year` on, in place of fossil power."""

    first_year: int
    twh: float


@dataclass(frozen=True)
class Cars:
    """Electric cars in place of petrol cars: `a_year` (number of cars) more in every year from `first_year` on."""

    first_year: int
    a_year: float


@dataclass(frozen=True)
class Scenario:
    """What is different.

    Attributes:
        name: short name.
        gdp_growth: real growth in percent a year after the last published year; None leaves the course of things.
        projects: new sources.
        nuclear: nuclear units beyond the course of things.
        cars: electric cars beyond the course of things.
        imports: imported electricity beyond the course of things.
        committed: the nuclear units under construction are in (`tanfeng.outlook.committed`).
    """

    name: str = "baseline"
    gdp_growth: float | None = None
    projects: tuple[Project, ...] = ()
    nuclear: tuple[Unit, ...] = ()
    cars: tuple[Cars, ...] = ()
    imports: tuple[Imports, ...] = ()
    committed: bool = True


@dataclass(frozen=True)
class Counted:
    """From `year` on a lever counts, or the larger measures of the same `effect` (`nuclear`, `imports`)."""

    effect: str
    year: int
    lever: bool


Steps = list[tuple[int, float]]  # first year, and what is added from it on
BASELINE = Scenario()
WITHOUT_COMMITTED = "without_committed"
EFFECTS = ("none", "growth", "nuclear", "project", "electric_cars", WITHOUT_COMMITTED)
ALONE = ("none", "growth", WITHOUT_COMMITTED)  # effects a scenario has once at most
NEEDED = {"growth": ("amount",), "project": ("amount", "field", "first_year"), "nuclear": ("measure_id", "first_year")}
NEEDED["electric_cars"] = ("amount", "first_year")


def named(catalog: Catalog, region: str) -> list[Scenario]:
    """Return the scenarios of a region (`data/scenarios.csv`), in the order of the table; the first changes nothing.

    Raises:
        ProjectError: if a region has none, the first one changes something, or an effect lacks what it needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [one.name for one in named(open_catalog(), "330000")]
        ['baseline', 'growth_4', 'growth_55', 'without_committed', 'project_10', 'electric_cars']
    """
    rows = _rows(catalog, region)
    found = [_scenario(catalog, str(name), part) for name, part in rows.groupby("id", sort=False)]
    if found[0] != Scenario(found[0].name):
        raise ProjectError(f"data/scenarios.csv: the first scenario of {region}, {found[0].name}, changes something")
    return found


def descriptions(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the scenarios of a region suppose and why: columns id, zh, en, reason_zh, reason_en, sources.

    Raises:
        ProjectError: if a region has none, or a scenario has two names.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> descriptions(open_catalog(), "330000").set_index("id").at["growth_4", "zh"]
        '经济年均增长4%'
    """
    rows = _rows(catalog, region)
    names = rows.groupby("id")[["zh", "en"]].nunique().max(axis=1)
    if (names > 1).any():
        raise ProjectError(f"data/scenarios.csv: scenario {names.idxmax()} has more than one name; expected one")
    found = rows.groupby("id", sort=False, as_index=False)
    joined = {"reason_zh": "".join, "reason_en": " ".join, "source_id": lambda one: " ".join(dict.fromkeys(one))}
    return found.agg({"zh": "first", "en": "first", **joined}).rename(columns={"source_id": "sources"})


def _rows(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = catalog.read("scenarios")
    own = rows[rows["region"] == region]
    if own.empty:  # the course of things is one everywhere
        about = {"id": "baseline", "region": region, "part": 1, "effect": "none", "source_id": "own_scenarios"}
        words = catalog.read("words").set_index("id")
        said = {name: words.at["scenario_none", name] for name in ("zh", "en")}
        why = {f"reason_{name}": words.at["scenario_none_reason", name] for name in ("zh", "en")}
        own = pd.DataFrame([{"field": "", "unit": "", "measure_id": ""} | about | said | why]).reindex(
            columns=rows.columns
        )
    return own


def _scenario(catalog: Catalog, name: str, rows: pd.DataFrame) -> Scenario:
    parts: dict[str, list[Any]] = {effect: [] for effect in EFFECTS}
    for row in rows.to_dict("records"):
        parts[row["effect"]].append(_scenario_effect(catalog, row))
    if sum(len(parts[effect]) for effect in ALONE) > 1:
        raise ProjectError(f"data/scenarios.csv: scenario {name} has more than one of {' and '.join(ALONE)}")
    growth = parts["growth"][0] if parts["growth"] else None
    projects, nuclear, cars = (tuple(parts[effect]) for effect in ("project", "nuclear", "electric_cars"))
    return Scenario(name, growth, projects, nuclear, cars, committed=not parts[WITHOUT_COMMITTED])


def _scenario_effect(catalog: Catalog, row: dict[str, Any]) -> Any:
    for column in NEEDED.get(row["effect"], ()):
        if pd.isna(row[column]) or row[column] == "":
            where = f"data/scenarios.csv, scenario {row['id']}, part {row['part']}"
            raise ProjectError(f"{where}: {column} is empty; a {row['effect']} needs it")
    if row["effect"] == "growth":
        return float(row["amount"])
    if row["effect"] == "project":
        amount = row["amount"] * units.factor(catalog, row["unit"], "Mt CO2")
        return Project(row["field"], int(row["first_year"]), float(amount))
    if row["effect"] == "nuclear":
        measure = catalog.read("measures").set_index("id").loc[row["measure_id"]]
        return Unit(int(row["first_year"]), float(measure["quantity"] * units.factor(catalog, measure["unit"], "GW")))
    if row["effect"] == "electric_cars":
        return Cars(int(row["first_year"]), float(row["amount"] * units.factor(catalog, row["unit"], "vehicles")))
    return None


def moves(
    catalog: Catalog, region: str, years: pd.Index, fields: Sequence[str], scenario: Scenario
) -> tuple[pd.Series, pd.DataFrame]:
    """Return what a scenario does to every path: a factor by year, and what is added by year and field (Mt CO2).

    Committed plants are not in it (`tanfeng.outlook.committed`).

    Raises:
        ProjectError: if a project names a field that has no emissions, or the region has no growth rates.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> more = Scenario("refinery", projects=(Project("energy", 2027, 8.0),))
        >>> factor, added = moves(open_catalog(), "330000", pd.Index([2026, 2027]), ["energy"], more)
        >>> factor.tolist(), added["energy"].tolist()
        ([1.0, 1.0], [0.0, 8.0])
    """
    factor = pd.Series(1.0, index=years)
    if scenario.gdp_growth is not None:
        factor = growth_effect(catalog, region, scenario.gdp_growth, years)
    added = pd.DataFrame(0.0, index=years, columns=list(fields))
    for project in scenario.projects:
        if project.field not in added.columns:
            raise ProjectError(f"no field {project.field!r}; there are: {', '.join(added.columns)}")
        added.loc[years >= project.first_year, project.field] += project.co2_mt
    for unit in scenario.nuclear:
        added.loc[years >= unit.first_year, "energy"] -= displaced(catalog, region, unit.gw)
    for line in scenario.imports:
        taken = line.twh * committed.per_twh(catalog, committed.FOSSIL_KWH)
        added.loc[years >= line.first_year, "energy"] -= taken
    for cars in scenario.cars:
        fuel, power = electrified(catalog, cars.a_year)
        running = np.clip(years.to_numpy() - cars.first_year + 1, 0, None)
        added[CAR_FIELD] -= fuel * running
        added["energy"] += power * running
    return factor, added


def growth_effect(catalog: Catalog, region: str, growth: float, years: pd.Index) -> pd.Series:
    """Return the factor on emissions by year if GDP grows by `growth` percent a year after its last published year.

    GDP over its course (the median of `tanfeng.forecast.growth.paths`), to the power of 0.5.
    """
    last, course = _course(catalog, region, int(max(years)))
    if not len(course):
        return pd.Series(1.0, index=years)
    path = (1 + growth / 100) ** np.arange(1, len(course) + 1)
    factor = pd.Series((path / course) ** GROWTH_SHARE, index=range(last + 1, last + 1 + len(course)))
    return factor.reindex(years).fillna(1.0)


def course_growth(catalog: Catalog, region: str, year: int) -> float:
    """Return the growth of GDP on its course (see `growth_effect`), percent a year from its last published year on.

    Raises:
        ProjectError: if the growth rate of the year is published already.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(course_growth(open_catalog(), "330000", 2030), 2)
        4.63
    """
    last, course = _course(catalog, region, year)
    if not len(course):
        raise ProjectError(f"growth of {region} is published up to {last}; expected a later year than {year}")
    return float(100 * (course[-1] ** (1 / len(course)) - 1))


@cached
def _course(catalog: Catalog, region: str, until: int) -> tuple[int, Any]:
    """Return the last year with a published growth rate, and GDP over it by year after (median of its paths)."""
    rates = indicators.yearly(catalog, "gdp_real_growth", region).set_index("year")["value"]
    if rates.empty:
        raise ProjectError(f"region {region} has no gdp_real_growth in data/observations.csv; growth ahead needs it")
    last = int(rates.index[-1])
    if until <= last:
        return last, np.ones(0)
    ahead = growth_ahead.paths(rates.to_numpy(dtype="float64"), until - last)
    return last, np.median(np.cumprod(1 + ahead / 100, axis=1), axis=0)


def electrified(catalog: Catalog, cars: float) -> tuple[float, float]:
    """Return what electric cars in place of petrol cars change in a year: petrol saved, fossil power added (Mt CO2).

    Charging losses are not counted; all power is taken to be fossil power of the province.

    Args:
        catalog: the tables.
        cars: number of cars.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [round(part, 2) for part in electrified(open_catalog(), 1e6)]
        [2.31, 1.61]
    """
    known = catalog.read("measure_parameters").set_index("id")
    mileage, petrol, power = (_of(catalog, known.loc[name], "central") for name in (MILEAGE, PETROL, ELECTRICITY))
    density, fossil = (
        units.quantity(catalog, row["value"], row["unit"])
        for row in (catalog.row("emission_factors", name) for name in (GASOLINE_DENSITY, committed.FOSSIL_KWH))
    )
    burnt = factors.combustion(catalog, "ceads", GASOLINE, "services", "t")
    if burnt is None:
        raise ProjectError(f"data/emission_factors.csv has no factor of {GASOLINE} in the set ceads; expected one")
    fuel, added = mileage * petrol * density * burnt.value, mileage * power * fossil
    return float(cars * fuel.to("t").magnitude / 1e6), float(cars * added.to("t").magnitude / 1e6)


def _of(catalog: Catalog, row: pd.Series, column: str) -> Any:
    return units.quantity(catalog, row[column], row["unit"])


def displaced(catalog: Catalog, region: str, gw: float) -> float:
    """Return the CO2 (Mt a year) of the fossil power in the province that nuclear capacity takes the place of.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(displaced(open_catalog(), "330000", 1.2), 2)
        4.75
    """
    return float(committed.direct(catalog, committed.made_twh(catalog, region, gw)))


def brought(catalog: Catalog, region: str, scenario: Scenario, years: list[int]) -> Any:
    """Return the CO2 (Mt, by year) that imports beyond the course of things bring in the assessment account.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> line = Scenario("line", imports=(Imports(2028, 36.0),))
        >>> brought(open_catalog(), "330000", line, [2027, 2028]).round(1).tolist()
        [0.0, 19.8]
    """
    running = [sum(line.twh for line in scenario.imports if line.first_year <= year) for year in years]
    if not any(running):
        return np.zeros(len(years))
    return factors.grid_per_twh(catalog, region) * np.array(running, dtype="float64")


def beyond(own: Steps, others: Steps) -> Steps:
    """Return what is added beyond others of the same kind, so that both together are the larger of the two in a year.

    Nothing is left where the others are larger; where there are none, `own` stays as it is, below zero too.

    Args:
        own: first year and what is added from it on.
        others: the same, in the same unit.

    Example:
        >>> beyond([(2027, 0.8), (2030, 6.0)], [(2027, 1.2), (2028, 3.7)])
        [(2030, 1.9)]
    """
    last, found = 0.0, []
    for year in _years(own, others) if own else []:
        mine, theirs = _running(own, year), _running(others, year)
        now = max(0.0, mine - theirs) if theirs else mine
        found.append((year, round(now - last, 9)))
        last = now
    return [one for one in found if one[1]]


def larger(own: Steps, others: Steps) -> list[tuple[int, bool]]:
    """Return which is the larger of the two: a year for each change, and whether it is `own`.

    Example:
        >>> larger([(2027, 0.8), (2030, 6.0)], [(2027, 1.2), (2028, 3.7)])
        [(2027, False), (2030, True)]
    """
    found: list[tuple[int, bool]] = []
    for year in _years(own, others):
        mine, theirs = _running(own, year), _running(others, year)
        mark = not theirs or mine > theirs
        found += [(year, mark)] if not found or found[-1][1] != mark else []
    return found


def _years(own: Steps, others: Steps) -> list[int]:
    return sorted({year for year, _ in [*own, *others]})


def _running(steps: Steps, year: int) -> float:
    return round(sum(amount for first, amount in steps if first <= year), 9)
