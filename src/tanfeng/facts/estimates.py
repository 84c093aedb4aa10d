"""Emissions of years without an inventory, computed by the method that `data/estimates.csv` names.

`balance`: the energy balance of the year times the factors of CEADs. `generation`: power and heat follow thermal
generation, with the CO2 per kilowatt-hour of the neighbouring inventories; the rest of the field lies on a straight
line. `interpolation`: a straight line between two years. How far each method is off is measured on years that have an
inventory (`errors`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import balance
from tanfeng.facts.observations import yearly

METHODS = ("balance", "generation", "interpolation")  # in the order of computation: a line may end at an estimate
DETAIL = ["region", "year", "field", "subsector", "fuel_group"]
COLUMNS = [*DETAIL, "co2_mt", "status", "source_id"]
POWER = "power_heat"
FACTOR_YEAR = 2007  # the factors per tonne are made from it: it tests nothing
TESTED_FROM = 2005  # hindcasts stay on one side of the break of 2004/2005


def register(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return which emissions of a region are estimated, in the order of computation.

    Returns:
        Columns of `data/estimates.csv`: region, year, field, method, first_year, last_year (anchors of a line, missing
        for a balance), confidence (`low`, `medium`, `high`), source_id, note_zh, note_en.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> register(open_catalog(), "330000")["method"].value_counts().to_dict()
        {'interpolation': 5, 'balance': 3, 'generation': 3}
    """
    rows = catalog.read("estimates")
    rows = rows[rows["region"] == region]
    return rows.iloc[rows["method"].map(METHODS.index).argsort(kind="stable")].reset_index(drop=True)


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
        (['energy'], 316.0)
    """
    made = known
    for row in register(catalog, region).itertuples():
        if not ((known["year"] == row.year) & (known["field"] == row.field)).any():
            rows = _by_method(catalog, made, region, row.field, row.method, int(row.year), _anchors(row))
            made = pd.concat([made, rows.assign(status="estimate", source_id=row.source_id)], ignore_index=True)
    return made.iloc[len(known) :].reindex(columns=COLUMNS).reset_index(drop=True)


def _anchors(row: object) -> tuple[int, int] | None:
    first, last = getattr(row, "first_year"), getattr(row, "last_year")  # noqa: B009
    return None if pd.isna(first) else (int(first), int(last))


def _by_method(
    catalog: Catalog,
    known: pd.DataFrame,
    region: str,
    field: str,
    method: str,
    year: int,
    anchors: tuple[int, int] | None,
) -> pd.DataFrame:
    if method == "balance" or anchors is None:
        rows = balance.emissions(catalog, balance.shipped(catalog, region, year)).rows
        return rows.loc[rows["field"] == field, [*DETAIL, "co2_mt"]]
    levels = _levels(known[known["field"] == field], anchors, region)
    line = levels.apply(lambda ends: _line(ends, anchors, year), axis=1)
    if method == "generation":
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


def errors(
    catalog: Catalog, known: pd.DataFrame, field: str, method: str, before: int = 1, after: int | None = 1
) -> pd.Series:
    """Return how far a method was off in years that have an inventory.

    Args:
        catalog: the tables.
        known: reported rows of one region's inventory (see `missing`).
        field: the field.
        method: `balance`, `generation` or `interpolation`.
        before: years from the first anchor to the year.
        after: years from the year to the last anchor; None if the first anchor is held.

    Returns:
        Estimate / inventory - 1 by year, from 2005 on.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> known = catalog.read("inventory").query("region == '330000' and year <= 2019")
        >>> bool(errors(catalog, known, "transport", "balance").abs().max() < 0.001)
        True
    """
    region, years = known["region"].iloc[0], known.loc[known["field"] == field].groupby("year")["co2_mt"].sum()
    estimate = _balance_years if method == "balance" else _line_years(method, before, after)
    found = estimate(catalog, known, region, field, years)
    return pd.Series(found, dtype="float64") - 1


def _balance_years(
    catalog: Catalog, known: pd.DataFrame, region: str, field: str, years: pd.Series
) -> dict[int, float]:
    rows = catalog.read("energy_balance")
    whole = (rows["region"] == region) & (rows["flow"] == "thermal_power") & (rows["fuel"] == "raw_coal")
    whole &= rows["year"] != FACTOR_YEAR
    complete = rows.loc[whole, "year"].unique()  # the tables hold fragments of other years
    return {
        year: _by_method(catalog, known, region, field, "balance", year, None)["co2_mt"].sum() / years[year]
        for year in map(int, complete)
        if year in years.index and year >= TESTED_FROM
    }


def _line_years(
    method: str, before: int, after: int | None
) -> Callable[[Catalog, pd.DataFrame, str, str, pd.Series], dict[int, float]]:
    def ratios(catalog: Catalog, known: pd.DataFrame, region: str, field: str, years: pd.Series) -> dict[int, float]:
        found = {}
        for year in map(int, years.index):
            anchors = (year - before, year - before if after is None else year + after)
            if min(anchors) >= TESTED_FROM and set(anchors) <= set(years.index):
                rows = _by_method(catalog, known, region, field, method, year, anchors)
                found[year] = float(rows["co2_mt"].sum() / years[year])
        return found

    return ratios


@cached
def error_pct(catalog: Catalog, region: str, year: int, field: str) -> float:
    """Return the root mean square error (percent) of the method behind one estimate, measured on known years.

    Raises:
        ProjectError: if `data/estimates.csv` has no such estimate.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> 0 < error_pct(open_catalog(), "330000", 2021, "energy") < 10
        True
    """
    rows = register(catalog, region)
    rows = rows[(rows["year"] == year) & (rows["field"] == field)]
    if rows.empty:
        raise ProjectError(f"data/estimates.csv has no estimate of {field} in region {region}, {year}")
    row = rows.iloc[0]
    known = catalog.read("inventory").query("region == @region and status == 'reported'")
    anchors = _anchors(row)
    before, after = (1, 1) if anchors is None else (year - anchors[0], anchors[1] - year)
    found = errors(catalog, known, field, row["method"], before, None if after <= 0 else after)
    return float(100 * np.sqrt((found**2).mean()))
