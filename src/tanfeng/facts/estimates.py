"""Emissions of years without an inventory, computed by the method that `data/estimates.csv` names.

`generation`: power and heat follow thermal generation, with the CO2 per kilowatt-hour of the anchor years; the rest of
the field lies on the line between them. How far it is off is measured on years that have an inventory (`errors`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts.observations import yearly

DETAIL = ["region", "year", "field", "subsector", "fuel_group"]
COLUMNS = [*DETAIL, "co2_mt", "status", "source_id"]
POWER = "power_heat"
TESTED_FROM = 2005  # hindcasts stay on one side of the break of 2004/2005


def register(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return which emissions of a region are estimated.

    Returns:
        Columns of `data/estimates.csv`: region, year, field, method, first_year, last_year (anchors of the line),
        confidence (`low`, `medium`, `high`), source_id, note_zh, note_en.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> register(open_catalog(), "330000")[["year", "field", "method"]].values.tolist()
        [[2023, 'energy', 'generation']]
    """
    rows = catalog.read("estimates")
    return rows[rows["region"] == region].reset_index(drop=True)


def missing(catalog: Catalog, region: str, known: pd.DataFrame) -> pd.DataFrame:
    """Return the estimates for fields and years that a region's inventory does not have.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        known: rows of the inventory after corrections, with columns region, year, field, subsector, fuel_group, co2_mt.

    Returns:
        Columns region, year, field, subsector, fuel_group, co2_mt (Mt CO2), status (`estimate`), source_id.

    Raises:
        ProjectError: if a method needs a figure that the tables do not have.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.facts.corrections import apply_corrections
        >>> catalog = open_catalog()
        >>> known = apply_corrections(catalog, "inventory", catalog.read("inventory").query("region == '330000'"))
        >>> made = missing(catalog, "330000", known).query("year == 2023")
        >>> made["field"].unique().tolist(), round(float(made["co2_mt"].sum()), 1)
        (['energy'], 316.1)
    """
    made = [
        _along(catalog, known, region, row.field, int(row.year), (int(row.first_year), int(row.last_year))).assign(
            status="estimate", source_id=row.source_id
        )
        for row in register(catalog, region).itertuples()
        if not ((known["year"] == row.year) & (known["field"] == row.field)).any()
    ]
    return pd.concat([pd.DataFrame(columns=COLUMNS), *made], ignore_index=True).astype({"co2_mt": "float64"})


def _along(
    catalog: Catalog, known: pd.DataFrame, region: str, field: str, year: int, anchors: tuple[int, int]
) -> pd.DataFrame:
    levels = _levels(known[known["field"] == field], anchors, region)
    line = levels.apply(lambda ends: _line(ends, anchors, year), axis=1)
    line = line.where(levels.index.get_level_values("subsector") != POWER, _power(catalog, region, levels, year))
    rows = line.rename("co2_mt").reset_index()
    return rows.assign(region=region, year=year, field=field)[[*DETAIL, "co2_mt"]]


def _levels(rows: pd.DataFrame, anchors: tuple[int, int], region: str) -> pd.DataFrame:
    """Return the emissions of the anchor years (columns) by subsector and fuel group."""
    years = sorted(set(anchors))
    table = rows[rows["year"].isin(years)].pivot_table(
        index=["subsector", "fuel_group"], columns="year", values="co2_mt", aggfunc="sum"
    )
    absent = [year for year in years if year not in table.columns]
    if absent:
        raise ProjectError(f"data/estimates.csv, region {region}: the anchor year {absent[0]} has no emissions")
    return table[years].fillna(0.0)


def _line(ends: pd.Series, anchors: tuple[int, int], year: int) -> float:
    first, last = anchors
    if first == last:
        return float(ends[first])
    return float(ends[first] + (ends[last] - ends[first]) * (year - first) / (last - first))


def _power(catalog: Catalog, region: str, levels: pd.DataFrame, year: int) -> pd.Series:
    """Return levels scaled by thermal generation: the CO2 of a kilowatt-hour lies on the line between the anchors."""
    thermal = yearly(catalog, "generation_thermal", region).set_index("year")["value"]
    anchors = (int(levels.columns[0]), int(levels.columns[-1]))
    absent = [one for one in (*anchors, year) if one not in thermal.index]
    if absent:
        raise ProjectError(f"thermal generation of region {region} in {absent[0]} is not in data/observations.csv")
    per_kwh = levels / thermal.loc[list(levels.columns)].to_numpy()
    return per_kwh.apply(lambda ends: _line(ends, anchors, year), axis=1) * thermal[year]


def errors(catalog: Catalog, known: pd.DataFrame, field: str, before: int = 1, after: int | None = 1) -> pd.Series:
    """Return how far the method was off in years that have an inventory.

    Args:
        catalog: the tables.
        known: reported rows of one region's inventory (see `missing`).
        field: the field.
        before: years from the first anchor to the year.
        after: years from the year to the last anchor; None if the first anchor is held.

    Returns:
        Estimate / inventory - 1 by year, from 2005 on.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> known = catalog.read("inventory").query("region == '330000' and year <= 2019")
        >>> bool(errors(catalog, known, "energy").abs().max() < 0.1)
        True
    """
    region, years = known["region"].iloc[0], known.loc[known["field"] == field].groupby("year")["co2_mt"].sum()
    found = {}
    for year in map(int, years.index):
        anchors = (year - before, year - before if after is None else year + after)
        if min(anchors) >= TESTED_FROM and set(anchors) <= set(years.index):
            found[year] = float(_along(catalog, known, region, field, year, anchors)["co2_mt"].sum() / years[year])
    return pd.Series(found, dtype="float64") - 1


@cached
def error_pct(catalog: Catalog, region: str, year: int, field: str) -> float:
    """Return the root mean square error (percent) of the method behind one estimate, measured on known years.

    Raises:
        ProjectError: if `data/estimates.csv` has no such estimate.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> 0 < error_pct(open_catalog(), "330000", 2023, "energy") < 10
        True
    """
    rows = register(catalog, region)
    rows = rows[(rows["year"] == year) & (rows["field"] == field)]
    if rows.empty:
        raise ProjectError(f"data/estimates.csv has no estimate of {field} in region {region}, {year}")
    row = rows.iloc[0]
    known = catalog.read("inventory").query("region == @region and status == 'reported'")
    after = int(row["last_year"]) - year
    found = errors(catalog, known, field, year - int(row["first_year"]), None if after <= 0 else after)
    return float(100 * np.sqrt((found**2).mean()))
