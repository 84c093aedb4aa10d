"""The CO2 inventory as facts: emissions in Mt by year, field, subsector and fuel group, each with its status.

Account: direct (territorial) emissions of fuel combustion and of the cement process. Published figures are corrected by
`data/corrections.yaml`, which says what, where, why, and what was read; a correction that no longer finds the figures
it was written for raises, since the source may have been mended. Status of a sum is that of its weakest part (estimate
before adjusted before reported). A total is given only for years in which every field is known.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts.corrections import apply_corrections, read_corrections
from tanfeng.facts.observations import joined, weakest

COLUMNS = ["region", "year", "field", "subsector", "fuel_group", "co2_mt", "status"]
LEVELS = {"detail": [], "subsector": ["fuel_group"], "fuel_group": ["subsector"], "field": ["subsector", "fuel_group"]}
ALL = "all"


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
        >>> from tanfeng.data.catalog import open_catalog
        >>> totals = emissions(open_catalog(), "330000", by="total").set_index("year")
        >>> round(float(totals.at[2022, "co2_mt"]), 1), totals.at[2022, "status"]
        (440.7, 'adjusted')
    """
    return sourced(catalog, region, by, corrections)[COLUMNS]


def sourced(catalog: Catalog, region: str, by: str = "field", corrections: bool = True) -> pd.DataFrame:
    """Return the emissions of a region as `emissions` does, with source_id (of all its parts, separated by spaces).

    Raises:
        ProjectError: as `emissions`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sourced(open_catalog(), "330000").query("field == 'transport' and year == 2021")["source_id"].tolist()
        ['ceads_provinces_2015_2022']
    """
    _require_level(by)
    if by == "total":
        return _totals(_grouped(catalog, region, "field", corrections))[[*COLUMNS, "source_id"]]
    return _grouped(catalog, region, by, corrections)


def summed(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return emissions added up to a level.

    Args:
        rows: region, year, field, subsector, fuel_group, co2_mt (Mt CO2), status.
        by: `detail`, `subsector`, `fuel_group`, `field` or `total` (of every year, complete or not).

    Returns:
        The same columns; `all` (and the field `total`) where not broken down.

    Raises:
        ProjectError: if `by` is none of these.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = emissions(open_catalog(), "330000", by="detail").query("year == 2022")
        >>> summed(rows, "total")["co2_mt"].round(1).tolist()
        [440.7]
    """
    _require_level(by)
    whole = {"field": "total", "subsector": ALL, "fuel_group": ALL} if by == "total" else dict.fromkeys(LEVELS[by], ALL)
    grouped = rows.assign(**whole).groupby(COLUMNS[:5], as_index=False, sort=True)
    return grouped.agg(co2_mt=("co2_mt", "sum"), status=("status", weakest))[COLUMNS]


def _require_level(by: str) -> None:
    if by != "total" and by not in LEVELS:
        raise ProjectError(f"by must be one of total, {', '.join(LEVELS)}; found {by!r}")


@cached
def _rows(catalog: Catalog, region: str, corrections: bool) -> pd.DataFrame:
    """Return the published rows of a region, corrected or not."""
    rows = catalog.read("inventory")
    rows = rows[rows["region"] == region]
    if rows.empty:
        raise ProjectError(f"data/inventory.csv has no rows of region {region}")
    return (apply_corrections(catalog, "inventory", rows) if corrections else rows).reset_index(drop=True)


@cached
def _grouped(catalog: Catalog, region: str, by: str, corrections: bool) -> pd.DataFrame:
    rows = _rows(catalog, region, corrections).assign(**dict.fromkeys(LEVELS[by], ALL))
    return _summed(rows, COLUMNS[:5])


def _summed(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = rows.groupby(by, as_index=False, sort=True)
    return grouped.agg(co2_mt=("co2_mt", "sum"), status=("status", weakest), source_id=("source_id", joined))


def _totals(fields: pd.DataFrame) -> pd.DataFrame:
    complete = fields.groupby("year")["field"].transform("nunique") == fields["field"].nunique()
    return _summed(fields[complete], ["region", "year"]).assign(field="total", subsector=ALL, fuel_group=ALL)


@cached
def series(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return one field (or `total`) as a yearly table.

    Returns:
        Columns year, co2_mt (Mt CO2), status, source_id (of all its parts, separated by spaces).

    Raises:
        ProjectError: if the inventory of the region does not have the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> transport = series(open_catalog(), "330000", "transport").set_index("year")
        >>> round(float(transport.at[2021, "co2_mt"]), 2), transport.at[2021, "source_id"]
        (29.7, 'ceads_provinces_2015_2022')
    """
    rows = _grouped(catalog, region, "field", True)
    rows = _totals(rows) if field == "total" else rows
    rows = rows[rows["field"] == field]
    if rows.empty:
        raise ProjectError(f"the inventory of region {region} has no field {field!r}")
    return rows[["year", "co2_mt", "status", "source_id"]].reset_index(drop=True)


@cached
def emitting_fields(catalog: Catalog) -> list[str]:
    """Return the ids of the fields that have emissions, in the order of `data/fields.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> emitting_fields(open_catalog())[:2]
        ['energy', 'industry']
    """
    fields = catalog.read("fields").sort_values("sort")
    return [field for field in fields.loc[fields["emits"], "id"] if field != "total"]


@cached
def wide(catalog: Catalog) -> pd.DataFrame:
    """Return the emissions of every region and field (and `total`) by year, Mt CO2; NaN where none.

    Returns:
        Index region, field; a column a year. A total only in years in which every field of the region is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(wide(open_catalog()).loc[("330000", "total"), 2022]), 1)
        440.7
    """
    rows = apply_corrections(catalog, "inventory", catalog.read("inventory"))
    fields = rows.pivot_table(index=["region", "field"], columns="year", values="co2_mt", aggfunc="sum").sort_index()
    fields = fields.reindex(columns=range(fields.columns[0], fields.columns[-1] + 1))
    regions = fields.groupby(level="region")
    totals = regions.sum().where(regions.count().eq(regions.size(), axis=0))
    totals.index = pd.MultiIndex.from_product([totals.index, ["total"]], names=["region", "field"])
    return pd.concat([fields, totals]).sort_index()


def sources(catalog: Catalog, region: str, field: str = "total") -> list[str]:
    """Return the sources of a field's emissions (of all for `total`) and of their corrections, in order of year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sources(open_catalog(), "330000", "transport")
        ['ceads_provinces_1997_2019', 'ceads_provinces_2015_2022', 'ceads_provinces_2022']
    """
    rows = _rows(catalog, region, True).sort_values("year", kind="stable")
    rows = rows[(rows["field"] == field) | (field == "total")]
    corrected = [one.source_id for one in read_corrections(catalog.root) if _touches(one.where, region, field)]
    return list(dict.fromkeys([*rows["source_id"], *corrected]))


def _touches(where: dict[str, Any], region: str, field: str) -> bool:
    return where.get("region", region) == region and (field == "total" or field in where.get("field", [field]))
