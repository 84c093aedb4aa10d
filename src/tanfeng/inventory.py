"""The CO2 inventory as facts (floor 1): emissions in Mt by year, field, subsector and fuel group, each with its status.

Account: direct (territorial) emissions of fuel combustion and of the cement process. Status of a sum is that of its
weakest part (estimate before adjusted before reported). A total is given only for years in which every field is known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from tanfeng.catalog import Catalog
from tanfeng.corrections import apply_corrections, read_corrections
from tanfeng.project import ProjectError

COLUMNS = ["region", "year", "field", "subsector", "fuel_group", "co2_mt", "status"]
STATUS_ORDER = ["reported", "adjusted", "estimate", "forecast"]
LEVELS = {"detail": [], "subsector": ["fuel_group"], "fuel_group": ["subsector"], "field": ["subsector", "fuel_group"]}
ALL = "all"


def weakest(statuses: pd.Series) -> str:
    """Return the weakest status of several (estimate is weaker than adjusted, adjusted than reported)."""
    return STATUS_ORDER[max(STATUS_ORDER.index(status) for status in statuses.unique())]


def emissions(catalog: Catalog, region: str, by: str = "field", corrections: bool = True) -> pd.DataFrame:
    """Return the emissions of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code, such as `330000`.
        by: `detail` (as published), `subsector`, `fuel_group` (of a field), `field` or `total`.
        corrections: apply `data/corrections.yaml` (known errors of the source).

    Returns:
        Columns region, year, field, subsector, fuel_group, co2_mt (Mt CO2), status; `all` where not broken down.

    Raises:
        ProjectError: if the region has no inventory or `by` is none of the above.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> totals = emissions(open_catalog(), "330000", by="total").set_index("year")
        >>> round(float(totals.at[2022, "co2_mt"]), 1), totals.at[2022, "status"]
        (439.5, 'adjusted')
    """
    if by == "total":
        return _totals(_grouped(catalog, region, "field", corrections))
    if by not in LEVELS:
        raise ProjectError(f"by must be one of total, {', '.join(LEVELS)}; found {by!r}")
    return _grouped(catalog, region, by, corrections).copy()


@lru_cache(maxsize=32)
def _grouped(catalog: Catalog, region: str, by: str, corrections: bool) -> pd.DataFrame:
    rows = catalog.read("inventory")
    rows = rows[rows["region"] == region]
    if rows.empty:
        raise ProjectError(f"data/inventory.csv has no rows of region {region}")
    if corrections:
        rows = apply_corrections(catalog, "inventory", rows)
    rows = rows.assign(**dict.fromkeys(LEVELS[by], ALL))
    grouped = rows.groupby(COLUMNS[:5], as_index=False, sort=True)
    return grouped.agg(co2_mt=("co2_mt", "sum"), status=("status", weakest))[COLUMNS]


def _totals(fields: pd.DataFrame) -> pd.DataFrame:
    complete = fields.groupby("year")["field"].transform("nunique") == fields["field"].nunique()
    grouped = fields[complete].groupby(["region", "year"], as_index=False)
    totals = grouped.agg(co2_mt=("co2_mt", "sum"), status=("status", weakest))
    return totals.assign(field="total", subsector=ALL, fuel_group=ALL)[COLUMNS]


def series(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return one field (or `total`) as a yearly table: year, co2_mt (Mt CO2), status.

    Raises:
        ProjectError: if the inventory of the region does not have the field.
    """
    rows = emissions(catalog, region, by="total" if field == "total" else "field")
    rows = rows[rows["field"] == field]
    if rows.empty:
        raise ProjectError(f"the inventory of region {region} has no field {field!r}")
    return rows[["year", "co2_mt", "status"]].reset_index(drop=True)


def sources(catalog: Catalog, region: str, field: str = "total") -> list[str]:
    """Return the sources of a field's emissions (of all for `total`) and of their corrections, in order of year."""
    rows = catalog.read("inventory").sort_values("year", kind="stable")
    rows = rows[(rows["region"] == region) & ((rows["field"] == field) | (field == "total"))]
    corrected = [one.source_id for one in read_corrections(catalog.root) if _touches(one.where, region, field)]
    return list(dict.fromkeys([*rows["source_id"], *corrected]))


def _touches(where: dict[str, Any], region: str, field: str) -> bool:
    return where.get("region", region) == region and (field == "total" or field in where.get("field", [field]))
