"""The CO2 inventory as facts: emissions in Mt by year, field, subsector and fuel group, each with its status.

Account: direct (territorial) emissions of fuel combustion and of the cement process. Published figures are corrected by
`data/corrections.yaml`, which says what, where, why, and what was read; a correction that no longer finds the figures
it was written for raises, since the source may have been mended. What `data/estimates.csv` lists is computed. Status of
a sum is that of its weakest part (estimate before adjusted before reported). A total is given only for years in which
every field is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, read_text_table, typed
from tanfeng.data.project import ProjectError
from tanfeng.facts import estimates
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
        (439.5, 'adjusted')
    """
    return sourced(catalog, region, by, corrections)[COLUMNS]


def sourced(catalog: Catalog, region: str, by: str = "field", corrections: bool = True) -> pd.DataFrame:
    """Return the emissions of a region as `emissions` does, with source_id (of all its parts, separated by spaces).

    Raises:
        ProjectError: as `emissions`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sourced(open_catalog(), "330000").query("field == 'transport' and year == 2021")["source_id"].tolist()
        ['ceads_transport_2020_2021']
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
        [439.5]
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
    """Return the published rows of a region, corrected or not, and the estimates that follow from them."""
    rows = catalog.read("inventory")
    rows = rows[rows["region"] == region]
    if rows.empty:
        raise ProjectError(f"data/inventory.csv has no rows of region {region}")
    known = apply_corrections(catalog, "inventory", rows) if corrections else rows
    return pd.concat([known, estimates.missing(catalog, region, known)], ignore_index=True)


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
        (29.7, 'ceads_transport_2020_2021')
    """
    rows = _grouped(catalog, region, "field", True)
    rows = _totals(rows) if field == "total" else rows
    rows = rows[rows["field"] == field]
    if rows.empty:
        raise ProjectError(f"the inventory of region {region} has no field {field!r}")
    return rows[["year", "co2_mt", "status", "source_id"]].reset_index(drop=True)


def sources(catalog: Catalog, region: str, field: str = "total") -> list[str]:
    """Return the sources of a field's emissions (of all for `total`) and of their corrections, in order of year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sources(open_catalog(), "330000", "transport")
        ['ceads_provinces_1997_2019', 'ceads_transport_2020_2021', 'ceads_provinces_2022']
    """
    rows = _rows(catalog, region, True).sort_values("year", kind="stable")
    rows = rows[(rows["field"] == field) | (field == "total")]
    corrected = [one.source_id for one in read_corrections(catalog.root) if _touches(one.where, region, field)]
    return list(dict.fromkeys([*rows["source_id"], *corrected]))


def _touches(where: dict[str, Any], region: str, field: str) -> bool:
    return where.get("region", region) == region and (field == "total" or field in where.get("field", [field]))


@dataclass(frozen=True)
class Correction:
    """One entry of `data/corrections.yaml`.

    Attributes:
        where: column -> value or list of values that select the rows.
        multiply: factor applied to `column`.
        expect: field -> sum of `column` over the selected rows before the correction.
        tolerance: largest difference from `expect` that is accepted, in the unit of `column`.
    """

    id: str
    table: str
    column: str
    where: dict[str, Any]
    multiply: float
    expect: dict[str, float]
    tolerance: float
    status: str
    reason_zh: str
    reason_en: str
    source_id: str


@cached
def read_corrections(root: Path) -> tuple[Correction, ...]:
    """Read `data/corrections.yaml`.

    Raises:
        ProjectError: if an entry has an unknown, missing or wrong part.

    Example:
        >>> [one.id for one in read_corrections(Path.cwd())]
        ['lpg_feedstock_2022']
    """
    path = root / "data" / "corrections.yaml"
    try:
        return tuple(Correction(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (TypeError, yaml.YAMLError) as error:
        raise ProjectError(f"data/corrections.yaml: {error}") from error


def apply_corrections(catalog: Catalog, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table with every correction applied; corrected rows carry the status of the correction.

    Raises:
        ProjectError: if the rows a correction was written for are not what it expects.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = apply_corrections(catalog, "inventory", catalog.read("inventory"))
        >>> sorted(rows.loc[rows["status"] == "adjusted", "field"].unique())
        ['energy', 'industry']
    """
    for correction in read_corrections(catalog.root):
        if correction.table == table:
            rows = apply_correction(rows, correction)
    return rows


def check_corrections(catalog: Catalog) -> None:
    """Hold every correction against the shipped tables.

    Raises:
        ProjectError: if a correction finds no rows, or other figures than it expects.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check_corrections(open_catalog())
    """
    for correction in read_corrections(catalog.root):
        table = catalog.tables[correction.table]
        rows = typed(read_text_table(catalog.root / "data" / table.path), table)
        if apply_correction(rows, correction) is rows:
            raise ProjectError(
                f"data/corrections.yaml, {correction.id}: no row of data/{table.path} is what `where` says"
            )


def apply_correction(rows: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    """Return the rows with one correction applied (see `apply_corrections`); rows of other places are left alone.

    Raises:
        ProjectError: if the rows are not what the correction expects.


    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("inventory").query("region == '330000' and year == 2022 and fuel_group == 'lpg'")
        >>> mended = apply_correction(rows, read_corrections(Path.cwd())[0])
        >>> round(float(rows["co2_mt"].sum() - mended["co2_mt"].sum()), 1)
        21.4
    """
    chosen = pd.Series(True, index=rows.index)
    for column, value in correction.where.items():
        chosen &= rows[column].isin(value if isinstance(value, list) else [value])
    if not chosen.any():
        return rows
    _compare(rows[chosen], correction)
    rows = rows.copy()
    rows.loc[chosen, correction.column] *= correction.multiply
    rows.loc[chosen, "status"] = correction.status
    return rows


def _compare(rows: pd.DataFrame, correction: Correction) -> None:
    found = rows.groupby("field")[correction.column].sum()
    for field, expected in correction.expect.items():
        value = float(found.get(field, 0.0))
        if abs(value - expected) > correction.tolerance:
            raise ProjectError(
                f"data/corrections.yaml, {correction.id}: {field} sums to {value:.4f}, expected {expected:.4f}; "
                f"has the source in {correction.table} been mended? Then remove the correction"
            )
