"""How uncertain the inventory is: 95 % intervals by first-order propagation (IPCC approach 1).

Three errors of activity and factor: one common to all energy statistics of the region, one of each field and fuel
group, one of each fuel's factor (common to all fields). In a change from one year to another the common errors are
taken as the same in both years: they cancel as far as the mix of fuels stays. Everything is given the factor set and
the corrections of the inventory.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, factors

Z95 = 1.959964
PROCESS = "cement_process"  # its activity is cement output, no energy statistics
COLUMNS = ["region", "year", "field", "co2_mt", "lo95", "hi95", "half_width_pct", "status"]


@cached
def intervals(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the emissions of every field and of the total with 95 % intervals.

    Returns:
        Columns region, year, field (`total` for the sum, in years when all fields are known), co2_mt, lo95, hi95
        (Mt CO2), half_width_pct (percent of co2_mt), status.

    Raises:
        ProjectError: if the region has no inventory.

    Source:
        IPCC 2006, volume 1, chapter 3 (approach 1); half widths in `data/uncertainties.csv` and, of combustion factors,
        the limits in `data/emission_factors.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = intervals(open_catalog(), "330000").query("field == 'total'").set_index("year")
        >>> round(float(rows.at[2022, "half_width_pct"]), 1)
        8.7
    """
    parts = _parts(catalog, region)
    rows = pd.concat([emissions.emissions(catalog, region), emissions.emissions(catalog, region, by="total")])
    half = [_half_width(_of(parts, row.year, row.field)) for row in rows.itertuples()]
    rows = rows.assign(lo95=rows["co2_mt"] - half, hi95=rows["co2_mt"] + half)
    share = 100 * np.array(half) / rows["co2_mt"].where(rows["co2_mt"] > 0)
    return rows.assign(half_width_pct=share)[COLUMNS].reset_index(drop=True)


def change(catalog: Catalog, region: str, field: str, first: int, last: int) -> tuple[float, float, float]:
    """Return the change of emissions from one year to another in percent, with its 95 % interval.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of a field, or `total`.
        first: first year.
        last: last year.

    Returns:
        Change, lower and upper limit (percent).

    Raises:
        ProjectError: if the emissions of a year are not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> value, low, high = change(open_catalog(), "330000", "total", 2005, 2022)
        >>> low < 72.3 < high, round(value, 1)
        (True, 72.3)
    """
    levels = emissions.series(catalog, region, field).set_index("year")["co2_mt"]
    absent = [year for year in (first, last) if year not in levels.index]
    if absent:
        raise ProjectError(f"emissions of {field} in region {region}, {absent[0]}, are not known")
    parts = _parts(catalog, region)
    before, after = _of(parts, first, field), _of(parts, last, field)
    ratio = float(levels[last] / levels[first])
    half = ratio * float(np.sqrt(_own_pct(before) ** 2 + _own_pct(after) ** 2 + _moved_pct(before, after) ** 2)) / 100
    return 100 * (ratio - 1), 100 * (ratio - half - 1), 100 * (ratio + half - 1)


def half_width_pct(catalog: Catalog, region: str, field: str, year: int) -> float:
    """Return the half width of the 95 % interval of one year's emissions in percent: one cell of `intervals`.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of a field, or `total`.
        year: a year with emissions above zero.

    Raises:
        ProjectError: if the emissions of the year are not known or zero.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(half_width_pct(open_catalog(), "330000", "total", 2022), 1)
        8.7
    """
    parts = _of(_parts(catalog, region), year, field)
    if not parts["co2_mt"].sum() > 0:
        raise ProjectError(f"emissions of {field} in region {region}, {year}, are not known")
    return float(100 * _half_width(parts) / parts["co2_mt"].sum())


@cached
def _parts(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return field, fuel group and year with the half widths (percent) of activity and factor."""
    rows = emissions.emissions(catalog, region, by="fuel_group")
    rows = rows.assign(activity_pct=rows["field"].map(_table(catalog, "activity")))
    return rows.assign(
        factor_pct=rows["fuel_group"].map(_factor_pct(catalog)),
        common_pct=np.where(rows["fuel_group"] == PROCESS, 0.0, _table(catalog, "activity_common")["all"]),
    )


def _table(catalog: Catalog, component: str) -> pd.Series:
    rows = catalog.read("uncertainties")
    return rows[rows["component"] == component].set_index("item")["half_width_pct"]


def _factor_pct(catalog: Catalog) -> dict[str, float]:
    process = _table(catalog, "process")
    groups = catalog.read("fuel_groups").set_index("id")["fuel"]
    return {str(group): _limit_pct(catalog, fuel) if fuel else process[group] for group, fuel in groups.items()}


def _limit_pct(catalog: Catalog, fuel: str) -> float:
    low, high = factors.limits(catalog, fuel)
    return 100 * (high - low) / 2


def _of(parts: pd.DataFrame, year: int, field: str) -> pd.DataFrame:
    chosen = parts[parts["year"] == year]
    return chosen if field == "total" else chosen[chosen["field"] == field]


def _half_width(parts: pd.DataFrame) -> float:
    """Return the half width (Mt) of a sum: common errors add up, those of a factor too, the others by squares."""
    common = float((parts["co2_mt"] * parts["common_pct"]).sum())
    by_fuel = (parts["co2_mt"] * parts["factor_pct"]).groupby(parts["fuel_group"]).sum()
    return float(np.sqrt(common**2 + (by_fuel**2).sum() + _own_squares(parts))) / 100


def _own_squares(parts: pd.DataFrame) -> float:
    """Return the sum of squares (Mt x percent) of the errors that two years do not share."""
    return float(((parts["co2_mt"] * parts["activity_pct"]) ** 2).sum())


def _own_pct(parts: pd.DataFrame) -> float:
    return float(np.sqrt(_own_squares(parts)) / parts["co2_mt"].sum())


def _moved_pct(before: pd.DataFrame, after: pd.DataFrame) -> float:
    """Return the error (percent) that common errors leave in a ratio because the mix of fuels moved."""
    shares = [part.groupby("fuel_group")["co2_mt"].sum() / part["co2_mt"].sum() for part in (before, after)]
    moved = shares[1].sub(shares[0], fill_value=0.0)
    widths = pd.concat([before, after]).drop_duplicates("fuel_group").set_index("fuel_group")
    by_fuel = moved * widths["factor_pct"]
    return float(np.sqrt((by_fuel**2).sum() + (moved * widths["common_pct"]).sum() ** 2))
