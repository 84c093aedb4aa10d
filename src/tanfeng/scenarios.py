"""What is different from the course of things (floor 3): growth, a new project, a nuclear unit, by year and field.

A scenario moves the centre of the outlook; the errors around it stay. Each effect is plain arithmetic with its factor
named, so that a reader sees what moves the peak and a target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng import indicators, units
from tanfeng.catalog import Catalog
from tanfeng.forecast import panel
from tanfeng.project import ProjectError

GROWTH_SHARE = 0.5  # the forecast through CO2 per GDP and the direct one count half each, as measured on countries
FOSSIL_KWH = "grid_factor_electricity_fossil_china_2023"
NUCLEAR_HOURS = "full_load_hours_nuclear_330000_2021"


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
class Scenario:
    """What is different.

    Attributes:
        name: short name.
        gdp_growth: real growth in percent a year after the last published year; None leaves the course of things.
        projects: new sources.
        nuclear: nuclear units beyond the course of things.
    """

    name: str = "baseline"
    gdp_growth: float | None = None
    projects: tuple[Project, ...] = ()
    nuclear: tuple[Unit, ...] = ()


BASELINE = Scenario()


def applied(catalog: Catalog, region: str, centre: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the centre of the outlook (years x fields, Mt CO2) with a scenario applied; never below zero.

    Raises:
        ProjectError: if a project names a field that has no emissions, or the region has no growth rates.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> centre = pd.DataFrame({"energy": [300.0, 300.0]}, index=[2026, 2027])
        >>> more = Scenario("refinery", projects=(Project("energy", 2027, 8.0),))
        >>> applied(open_catalog(), "330000", centre, more)["energy"].tolist()
        [300.0, 308.0]
    """
    changed = centre.copy()
    if scenario.gdp_growth is not None:
        changed = changed.mul(growth_effect(catalog, region, scenario.gdp_growth, changed.index), axis=0)
    for project in scenario.projects:
        if project.field not in changed.columns:
            raise ProjectError(f"no field {project.field!r}; there are: {', '.join(changed.columns)}")
        changed.loc[changed.index >= project.first_year, project.field] += project.co2_mt
    for unit in scenario.nuclear:
        changed.loc[changed.index >= unit.first_year, "energy"] -= displaced(catalog, unit.gw)
    return changed.clip(lower=0.0)


def growth_effect(catalog: Catalog, region: str, growth: float, years: pd.Index) -> pd.Series:
    """Return the factor on emissions by year if GDP grows by `growth` percent a year after its last published year.

    GDP over its course (R1 of the published index), to the power of 0.5.
    """
    index = indicators.gdp_index(catalog, region)
    last, until = int(index.index[-1]), int(max(years))
    if until <= last:
        return pd.Series(1.0, index=years)
    course = panel.points(index.to_numpy(dtype="float64")[None, :], until - last)[0]
    path = index.iloc[-1] * (1 + growth / 100) ** np.arange(1, until - last + 1)
    factor = pd.Series((path / course) ** GROWTH_SHARE, index=range(last + 1, until + 1))
    return factor.reindex(years).fillna(1.0)


def displaced(catalog: Catalog, gw: float) -> float:
    """Return the CO2 (Mt a year) of the fossil power that nuclear capacity takes the place of.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> round(displaced(open_catalog(), 1.2), 2)
        7.91
    """
    rows = catalog.read("emission_factors").set_index("id")
    hours, fossil = (
        units.quantity(catalog, rows.at[row, "value"], rows.at[row, "unit"]) for row in (NUCLEAR_HOURS, FOSSIL_KWH)
    )
    return float((units.quantity(catalog, gw, "GW") * hours * fossil).to("t").magnitude / 1e6)
