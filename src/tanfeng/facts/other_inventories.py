"""Other published CO2 inventories beside this one, for cross-checks only: no report rests on them.

`data/other_inventories.csv` holds sums of whole years. Their scopes differ (sectors, process emissions, boundaries),
so a difference is a measure of how far published inventories lie apart, not of an error of one of them. Carbon Monitor
is held for the nation too (the sum of its provinces): in some years that sum moves against the national inventory.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, observations

MONITOR, NATION, NATIONAL_CO2 = "carbon_monitor", "100000", "co2_gcb"
COLUMNS = ["year", "dataset", "co2_mt", "ours_mt", "difference_pct", "lowest_mt", "highest_mt", "spread_pct"]
TOTAL = "total"


@cached
def compare(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the totals of other inventories beside the total of this one, for the years in which others exist.

    Returns:
        One row a year and inventory, oldest first: year, dataset, co2_mt (Mt CO2), ours_mt (Mt CO2, direct account,
        corrected; missing where this inventory has no total), difference_pct (of the other to ours, percent),
        lowest_mt, highest_mt and spread_pct (highest over lowest, percent) of all inventories of that year, ours
        included. No rows for a region without another inventory.

    Raises:
        ProjectError: if the region has other inventories but none here.

    Source:
        `data/other_inventories.csv`, each row with its source.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = compare(open_catalog(), "330000")
        >>> monitor = rows[rows["dataset"] == "carbon_monitor"].set_index("year")
        >>> round(float(monitor.at[2019, "difference_pct"]), 1)
        8.9
    """
    rows = catalog.read("other_inventories")
    rows = rows[(rows["region"] == region) & (rows["sector"] == TOTAL)].sort_values(["year", "dataset"])
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    ours = emissions.series(catalog, region, TOTAL).set_index("year")["co2_mt"]
    rows = rows.assign(year=rows["year"].astype("int64"))
    rows = rows.assign(ours_mt=ours.reindex(rows["year"]).to_numpy())
    rows = rows.assign(difference_pct=100 * (rows["co2_mt"] / rows["ours_mt"] - 1))
    return _with_spread(rows)[COLUMNS].reset_index(drop=True)


def _with_spread(rows: pd.DataFrame) -> pd.DataFrame:
    by_year = rows.groupby("year")["co2_mt"]
    lowest = by_year.transform("min").clip(upper=rows["ours_mt"].fillna(float("inf")))
    highest = by_year.transform("max").clip(lower=rows["ours_mt"].fillna(0.0))
    return rows.assign(lowest_mt=lowest, highest_mt=highest, spread_pct=100 * (highest / lowest - 1))


def monitor_of_nation(catalog: Catalog) -> pd.DataFrame:
    """Return how China's CO2 changed by the provinces of Carbon Monitor and by the Global Carbon Budget.

    Returns:
        A row a year that both have, oldest first: year, monitor_pct, budget_pct (change on the year before, percent).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = monitor_of_nation(open_catalog()).set_index("year")
        >>> rows.loc[2021].round(1).tolist()
        [-5.3, 5.0]
    """
    rows = catalog.read("other_inventories").query("dataset == @MONITOR and region == @NATION and sector == @TOTAL")
    budget = observations.yearly(catalog, NATIONAL_CO2, NATION).set_index("year")["value"]
    both = pd.DataFrame({"monitor_pct": rows.set_index("year")["co2_mt"], "budget_pct": budget}).dropna()
    return (100 * both.pct_change()).dropna().rename_axis("year").reset_index()


def spread(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return how far published inventories lie apart: year, inventories (number), lowest_mt, highest_mt, spread_pct.

    The number counts ours where it has a total. Years with other inventories only.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(spread(open_catalog(), "330000").set_index("year").at[2019, "inventories"])
        5
    """
    rows = compare(catalog, region)
    counted = rows.groupby("year").agg(
        inventories=("dataset", "size"),
        ours=("ours_mt", "count"),
        lowest_mt=("lowest_mt", "first"),
        highest_mt=("highest_mt", "first"),
        spread_pct=("spread_pct", "first"),
    )
    counted["inventories"] += counted.pop("ours") > 0
    return counted.reset_index()
