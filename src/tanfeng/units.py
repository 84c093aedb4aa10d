"""Units of the tables (floor 0): `data/units.csv`; two units of one dimension convert by their factors."""

from __future__ import annotations

from tanfeng.catalog import Catalog
from tanfeng.project import ProjectError


def factor(catalog: Catalog, source: str, target: str) -> float:
    """Return the number by which a value in `source` is multiplied to be in `target`.

    Raises:
        ProjectError: if a unit is unknown or the two measure different things.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> factor(open_catalog(), "10^4 kW", "GW")
        0.01
    """
    if source == target:
        return 1.0
    units = catalog.read("units").set_index("id")
    unknown = [unit for unit in (source, target) if unit not in units.index]
    if unknown:
        raise ProjectError(f"unknown unit {unknown[0]!r}; data/units.csv lists the units")
    if units.at[source, "dimension"] != units.at[target, "dimension"]:
        raise ProjectError(f"{source!r} and {target!r} do not measure the same thing")
    return float(units.at[source, "factor"] / units.at[target, "factor"])
