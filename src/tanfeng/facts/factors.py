"""Emission factors: CO2 of a fuel by factor set, of a kilowatt-hour by grid and year, of a tonne of cement.

Every factor is a row of `data/emission_factors.csv` with unit and source. A combustion factor is either given directly
(t CO2 per tce, per t, per 10^4 m3 or per GJ) or the product of carbon content, oxidation and 44/12, times the net
calorific value where the fuel is measured by mass or volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError

SETS = ("ceads", "guideline", "ipcc2006")
DIRECT = ("implied_factor", "co2_factor")
GRID_KIND = "grid_factor"
CEMENT_ITEM = "cement_process"


@dataclass(frozen=True)
class Factor:
    """CO2 of one unit of something.

    Attributes:
        value: t CO2 per `unit` (a unit of the activity, such as `10^4 t`, `Mtce` or `10^8 kWh`).
        sources: ids of the sources of its parts.
        held_years: years between the factor and the year it is used for; 0 if it was published for that year.
    """

    value: float
    unit: str
    sources: tuple[str, ...]
    held_years: int = 0


def combustion(catalog: Catalog, factor_set: str, fuel: str, use: str, unit: str) -> Factor | None:
    """Return the CO2 of one unit of a fuel burnt, or None if the set has no factor for it.

    Args:
        catalog: the tables.
        factor_set: `ceads` (implied by the inventory of CEADs), `guideline` (defaults of the Chinese accounting
            guidelines) or `ipcc2006` (defaults of the IPCC guidelines of 2006, full oxidation).
        fuel: id of `data/fuels.csv`.
        use: kind of use a factor may depend on: `power`, `industry`, `agriculture_construction` or `services`.
        unit: unit of the activity, such as `Mtce`, `10^4 t` or `10^8 m3`.

    Raises:
        ProjectError: if there is no such set, or the unit does not measure energy, mass or volume.

    Source:
        `data/emission_factors.csv`, columns `factor_set`, `source_id`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> gasoline = combustion(catalog, "ceads", "gasoline", "services", "t")
        >>> round(gasoline.value, 3), gasoline.sources
        (2.927, ('own_implied_ceads_factors_2007',))
        >>> round(combustion(catalog, "ipcc2006", "natural_gas", "power", "10^8 m3").value)
        218403
    """
    if factor_set not in SETS:
        raise ProjectError(f"no factor set {factor_set!r}; there are: {', '.join(SETS)}")
    return _combustion(catalog, factor_set, fuel, use, unit)


@cached
def _combustion(catalog: Catalog, factor_set: str, fuel: str, use: str, unit: str) -> Factor | None:
    activity = units.quantity(catalog, 1.0, unit)
    rows = _rows(catalog, factor_set, fuel, use)
    direct = [_product(activity, [_part(catalog, row)]) for row in rows if row["kind"] in DIRECT]
    heat = [*_heat_factor(catalog, rows), *[_part(catalog, row) for row in rows if row["unit"] == "tCO2/GJ"]]
    calorific = [_part(catalog, row) for row in _shared(catalog, fuel, "net_calorific_value")]
    paths = [*direct, *(_product(activity, [one]) for one in heat)]
    paths += [_product(activity, [one, two]) for one in heat for two in calorific]
    found = [path for path in paths if path is not None]
    return Factor(found[0][0], unit, found[0][1]) if found else None


def _rows(catalog: Catalog, factor_set: str, fuel: str, use: str) -> list[dict[str, Any]]:
    """Return the rows of a set for a fuel: those of the use itself first, then those of any use."""
    rows = catalog.read("emission_factors")
    rows = rows[(rows["factor_set"] == factor_set) & (rows["item"] == fuel) & rows["use"].isin([use, ""])]
    return rows.sort_values("use", ascending=False, kind="stable").to_dict("records")


def _shared(catalog: Catalog, fuel: str, kind: str) -> list[dict[str, Any]]:
    rows = catalog.read("emission_factors")
    return rows[(rows["item"] == fuel) & (rows["kind"] == kind)].to_dict("records")


def _part(catalog: Catalog, row: dict[str, Any]) -> tuple[Any, str]:
    return units.quantity(catalog, row["value"], row["unit"]), row["source_id"]


def _heat_factor(catalog: Catalog, rows: list[dict[str, Any]]) -> list[tuple[Any, str]]:
    """Return carbon content x oxidation x 44/12 as t CO2 per GJ, if the set has both parts."""
    kinds = {row["kind"]: row for row in reversed(rows)}
    if not {"carbon_content", "oxidation_rate"} <= set(kinds):
        return []
    (carbon, content), (oxidised, rate) = (_part(catalog, kinds[kind]) for kind in ("carbon_content", "oxidation_rate"))
    return [(carbon * oxidised * units.CARBON_TO_CO2, " ".join(dict.fromkeys([content, rate])))]


def _product(activity: Any, parts: list[tuple[Any, str]]) -> tuple[float, tuple[str, ...]] | None:
    """Return activity x parts in t and their sources, or None if the units do not cancel to a mass."""
    mass = activity
    for value, _ in parts:
        mass = mass * value
    if not mass.check("[mass]"):
        return None
    return float(mass.to("t").magnitude), tuple(dict.fromkeys(" ".join(source for _, source in parts).split()))


def cement_process(catalog: Catalog) -> Factor:
    """Return the process CO2 of one tonne of cement (t CO2 per t), as CEADs counts it.

    Source:
        `data/emission_factors.csv`, `implied_factor_cement_process_1998_2022`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> cement_process(open_catalog()).value
        0.2906
    """
    row = _shared(catalog, CEMENT_ITEM, "implied_factor")[0]
    return Factor(float(row["value"]), "t", (row["source_id"],))


def grid(catalog: Catalog, region: str, year: int) -> Factor:
    """Return the CO2 of one kilowatt-hour from the grid of a region (t CO2 per `10^8 kWh`).

    The factor published for the nearest year is used; `held_years` says how far it was carried.

    Args:
        catalog: the tables.
        region: GB/T 2260 code of a province of the East China grid.
        year: year of the consumption.

    Raises:
        ProjectError: if no factor of the region's grid is known.

    Source:
        Ministry of Ecology and Environment, factors of 2021, 2022 and 2023.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> factor = grid(open_catalog(), "330000", 2021)
        >>> factor.value, factor.held_years
        (59920.0, 0)
    """
    rows = catalog.read("emission_factors")
    grids = catalog.read("regions").set_index("id")["grid"]
    here = rows["region"] == grids.get(region, "")
    rows = rows[(rows["kind"] == GRID_KIND) & (rows["item"] == "electricity") & here]
    if rows.empty:
        raise ProjectError(f"no factor of the power grid of region {region} in data/emission_factors.csv")
    away = (rows["period"].astype(int) - year).abs()
    row = rows.loc[away.idxmin()]
    mass = units.quantity(catalog, 1.0, "10^8 kWh") * units.quantity(catalog, row["value"], row["unit"])
    return Factor(round(float(mass.to("t").magnitude), 6), "10^8 kWh", (row["source_id"],), int(away.min()))


def grid_per_twh(catalog: Catalog, region: str) -> float:
    """Return the CO2 of electricity from the grid of a region by its latest factor, Mt CO2 per TWh.

    Raises:
        ProjectError: if no factor of the region's grid is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> grid_per_twh(open_catalog(), "330000")
        0.55
    """
    return grid(catalog, region, catalog.as_of_year).value / 1e5  # t per 10^8 kWh


def nearest(catalog: Catalog, kind: str, item: str, region: str) -> dict[str, Any]:
    """Return the latest factor of a kind for an item: of the region, else of what it lies in.

    Raises:
        ProjectError: if neither has one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [nearest(open_catalog(), "full_load_hours", "nuclear", one)["region"] for one in ("330000", "440000")]
        ['330000', '100000']
    """
    rows = catalog.read("emission_factors")
    rows = rows[(rows["kind"] == kind) & (rows["item"] == item)].sort_values("period")
    parents, place = catalog.read("regions").set_index("id")["parent"], region
    while place:
        own = rows[rows["region"] == place]
        if len(own):
            return dict(own.iloc[-1])
        place = parents.get(place, "")
    raise ProjectError(f"data/emission_factors.csv has no {kind} of {item} for region {region} or what it lies in")


def limits(catalog: Catalog, fuel: str) -> tuple[float, float]:
    """Return the 95 % limits of a fuel's IPCC factor as ratios to its value (0.946, 1.054 for bituminous coal).

    Raises:
        ProjectError: if the fuel has no IPCC factor with limits.

    Source:
        IPCC 2006, volume 2, tables 1.4 and 2.2.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> low, high = limits(open_catalog(), "natural_gas")
        >>> round(low, 3), round(high, 3)
        (0.968, 1.039)
    """
    rows = catalog.read("emission_factors")
    rows = rows[(rows["factor_set"] == "ipcc2006") & (rows["item"] == fuel)].dropna(subset=["lower", "upper"])
    if rows.empty:
        raise ProjectError(f"data/emission_factors.csv has no limits for fuel {fuel!r} in the set ipcc2006")
    value, lower, upper = (float(rows[column].iloc[0]) for column in ("value", "lower", "upper"))
    return lower / value, upper / value


def available(catalog: Catalog, factor_set: str) -> pd.DataFrame:
    """Return the rows of a factor set: item, use, kind, value, lower, upper, unit, source_id, notes.

    Raises:
        ProjectError: if there is no such set.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(available(open_catalog(), "ipcc2006"))
        23
    """
    if factor_set not in SETS:
        raise ProjectError(f"no factor set {factor_set!r}; there are: {', '.join(SETS)}")
    rows = catalog.read("emission_factors")
    columns = ["item", "use", "kind", "value", "lower", "upper", "unit", "source_id", "note_zh", "note_en"]
    return rows.loc[rows["factor_set"] == factor_set, columns].reset_index(drop=True)
