"""Units of the tables: `data/units.csv`.

Two units of one dimension convert by the ratio of their factors. Where a calculation crosses dimensions (energy to
mass, mass to carbon), pint holds the units, with the definitions of iam-units and the standard coal of GB/T 2589.
"""

from __future__ import annotations

import logging
from typing import Any

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError

STANDARD_COAL = "tonne_of_coal_equivalent = 29.3076 GJ = tce"  # GB/T 2589: 29,307.6 kJ/kg (iam-units rounds to 29.308)
T_PER_MT = 1e6
CARBON_TO_CO2 = 44 / 12  # t CO2 per t C, molar masses (IPCC 2006, volume 2, chapter 1)


def factor(catalog: Catalog, source: str, target: str) -> float:
    """Return the number by which a value in `source` is multiplied to be in `target`; both measure the same thing.

    Raises:
        ProjectError: if a unit is unknown or the two measure different things.

    Source:
        `data/units.csv`, columns `dimension` and `factor`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> factor(open_catalog(), "10^4 kW", "GW")
        0.01
    """
    if source == target:
        return 1.0
    if not alike(catalog, source, target):
        raise ProjectError(f"{source!r} and {target!r} do not measure the same thing")
    units = _definitions(catalog)
    return float(units[source]["factor"] / units[target]["factor"])


def alike(catalog: Catalog, one: str, other: str) -> bool:
    """Return whether two units of `data/units.csv` measure the same thing.

    Raises:
        ProjectError: if a unit is unknown.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> alike(open_catalog(), "10^4 kW", "GW"), alike(open_catalog(), "GW", "10^8 kWh")
        (True, False)
    """
    units = _definitions(catalog)
    unknown = [unit for unit in (one, other) if unit not in units]
    if unknown:
        raise ProjectError(f"unknown unit {unknown[0]!r}; data/units.csv lists the units")
    return bool(units[one]["dimension"] == units[other]["dimension"])


@cached
def _definitions(catalog: Catalog) -> dict[str, dict[str, Any]]:
    return catalog.read("units").set_index("id").to_dict("index")


_quantities: dict[str, Any] = {}


@cached
def registry() -> Any:
    """Return the pint registry of iam-units with standard coal as GB/T 2589 defines it (1 tce = 29.3076 GJ).

    Example:
        >>> round(float(registry()("1 tce").to("GJ").magnitude), 4)
        29.3076
    """
    from iam_units import registry as iam  # loaded only where a calculation needs it: half a second

    logger = logging.getLogger("pint")
    level = logger.level
    logger.setLevel(logging.ERROR)  # it warns that tce is defined anew, which is meant
    iam.define(STANDARD_COAL)
    logger.setLevel(level)
    return iam


def quantity(catalog: Catalog, value: float, unit: str) -> Any:
    """Return a value of the tables as a pint quantity.

    Args:
        catalog: the tables.
        value: the figure.
        unit: id of `data/units.csv` that has a pint definition, such as `10^4 t`, `GJ/t` or `tCO2/tce`; the species
            of a mass (coal, carbon, CO2) is not part of the quantity.

    Raises:
        ProjectError: if the unit is unknown or has no definition for pint.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> coal, heat = quantity(catalog, 1.0, "10^4 t"), quantity(catalog, 20.908, "GJ/t")
        >>> round(float((coal * heat).to("tce").magnitude), 1)
        7134.0
    """
    definition = _definition(catalog, unit)
    if definition not in _quantities:  # no lru_cache: a quantity belongs to the registry of one process
        _quantities[definition] = registry()(definition)
    return value * _quantities[definition]


@cached
def _definition(catalog: Catalog, unit: str) -> str:
    units = catalog.read("units").set_index("id")["pint"]
    if unit not in units.index:
        raise ProjectError(f"unknown unit {unit!r}; data/units.csv lists the units")
    if not units[unit]:
        raise ProjectError(f"unit {unit!r} is not physical: column pint of data/units.csv is empty for it")
    return str(units[unit])
