"""The inventory calculated a second time: energy balance x emission factors, beside the figures of CEADs.

A balance does not tell the fuel that the energy industries use themselves from that of industry, so the two fields are
compared as one (`energy_industry`). Published emissions are compared as corrected, since a balance tells what industry
uses as material and does not burn.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import balance, emissions, factors

TOGETHER = {"energy": "energy_industry", "industry": "energy_industry"}
DIMENSIONS = ("field", "fuel_group")
PUBLISHED = ("reported", "adjusted")
FACTOR_YEAR = 2007  # the factors per tonne are made from it: it tests nothing
MAIN = ("thermal_power", "raw_coal")  # flow and fuel that a whole balance has


def years(catalog: Catalog, region: str) -> tuple[int, ...]:
    """Return the years with a whole energy balance of a region that the emission factors were not made from.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> years(open_catalog(), "330000")[-3:]
        (2020, 2021, 2022)
    """
    rows = catalog.read("energy_balance")
    rows = rows[(rows["region"] == region) & (rows["flow"] == MAIN[0]) & (rows["fuel"] == MAIN[1])]
    return tuple(sorted({int(year) for year in rows["year"]} - {FACTOR_YEAR}))


@cached
def against_published(catalog: Catalog, region: str, *years: int) -> pd.DataFrame:
    """Return the emissions calculated from balances beside the published ones (as corrected), by field and fuel group.

    Returns:
        Columns year, dimension (`field` or `fuel_group`), item (`energy_industry` for the two fields together),
        calculated_mt, published_mt (Mt CO2), difference_pct (calculated against published; missing where either is not
        known).
        A fuel group is compared only if every field of the year is published.

    Raises:
        ProjectError: if the tables have no balance of the region and a year.

    Source:
        `data/energy_balance.csv`, `data/emission_factors.csv` (set `ceads`), `data/inventory.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = against_published(open_catalog(), "330000", 2021).set_index("item")
        >>> rows.loc["transport", ["calculated_mt", "published_mt"]].astype(float).round(1).tolist()
        [29.7, 29.7]
    """
    if not years:
        raise Absent(("能源平衡表", "energy balance"), "data/energy_balance.csv", region)
    parts = [_of_year(catalog, region, year).assign(year=year) for year in years]
    return pd.concat(parts, ignore_index=True)[
        ["year", "dimension", "item", "calculated_mt", "published_mt", "difference_pct"]
    ]


def _of_year(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    calculated = balance.emissions(catalog, balance.shipped(catalog, region, year)).rows
    published = emissions.emissions(catalog, region, by="detail").query("year == @year and status in @PUBLISHED")
    fields = emissions.emissions(catalog, region)
    whole = set(fields.loc[(fields["year"] == year) & fields["status"].isin(PUBLISHED), "field"])
    complete = whole == set(fields["field"])
    whole -= set() if set(TOGETHER) <= whole else set(TOGETHER)
    parts = [_compared(calculated, published[published["field"].isin(whole)], "field")]
    parts.append(_compared(calculated, published if complete else published.iloc[:0], "fuel_group"))
    return pd.concat([_ordered(catalog, part) for part in parts], ignore_index=True)


def _ordered(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of one dimension in the order of its code list; `energy_industry` stands where energy does."""
    order = catalog.read(f"{rows['dimension'].iloc[0]}s").set_index("id")["sort"]
    return rows.iloc[rows["item"].replace("energy_industry", "energy").map(order).argsort(kind="stable")]


def _compared(calculated: pd.DataFrame, published: pd.DataFrame, dimension: str) -> pd.DataFrame:
    ours = calculated.groupby(calculated[dimension].replace(TOGETHER))["co2_mt"].sum()
    theirs = published.groupby(published[dimension].replace(TOGETHER))["co2_mt"].sum().reindex(ours.index)
    rows = pd.DataFrame({"item": ours.index, "calculated_mt": ours.to_numpy(), "published_mt": theirs.to_numpy()})
    difference = 100 * (rows["calculated_mt"] / rows["published_mt"] - 1)
    return rows.assign(difference_pct=difference, dimension=dimension)


@cached
def by_factor_set(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    """Return the CO2 of fuel burnt by factor set, by field and fuel group, and their total; no cement process.

    Returns:
        Columns dimension (`field`, `fuel_group` or `total`), item, one column of Mt CO2 for each set of
        `tanfeng.facts.factors.SETS`, spread_pct (highest over lowest, percent).

    Raises:
        ProjectError: if the tables have no balance of the region and year.

    Source:
        `data/energy_balance.csv`, `data/emission_factors.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_factor_set(open_catalog(), "330000", 2021).set_index("item")
        >>> bool(rows.at["total", "ipcc2006"] > rows.at["total", "ceads"])
        True
    """
    rows = balance.shipped(catalog, region, year)
    burnt = {name: balance.emissions(catalog, rows, name, cement=False).rows for name in factors.SETS}
    parts = [_ordered(catalog, _by_set(burnt, dimension)) for dimension in DIMENSIONS]
    total = pd.DataFrame([{name: float(found["co2_mt"].sum()) for name, found in burnt.items()}])
    table = pd.concat([*parts, total.assign(dimension="total", item="total")], ignore_index=True)
    sets = table[list(factors.SETS)]
    table = table.assign(spread_pct=100 * (sets.max(axis=1) / sets.min(axis=1) - 1))
    return table[["dimension", "item", *factors.SETS, "spread_pct"]]


def _by_set(burnt: dict[str, pd.DataFrame], dimension: str) -> pd.DataFrame:
    sums = {name: rows.groupby(rows[dimension].replace(TOGETHER))["co2_mt"].sum() for name, rows in burnt.items()}
    return pd.DataFrame(sums).rename_axis("item").reset_index().assign(dimension=dimension)


@cached
def sources(catalog: Catalog, region: str, year: int) -> list[str]:
    """Return the sources of the balance of a year and of the factors of every set used on it.

    Raises:
        ProjectError: if the tables have no balance of the region and year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "ipcc_2006_guidelines" in sources(open_catalog(), "330000", 2021)
        True
    """
    rows = catalog.read("energy_balance").query("region == @region and year == @year")
    if rows.empty:
        raise ProjectError(f"data/energy_balance.csv has no balance of region {region} in {year}")
    used = [balance.emissions(catalog, rows[balance.COLUMNS].astype({"year": "int64"}), name) for name in factors.SETS]
    return list(dict.fromkeys([*rows["source_id"], *(source for found in used for source in found.sources)]))
