"""Province, cities and counties side by side: three inventories, what they leave between them, reconciled.

The tiers come from three works that were not made to add up: the provincial inventory, the city inventories of CEADs
(their sum exceeds the province), and a county inventory told from the light of nights. Reconciling scales counties to
their city and cities to the province, in years in which every city is known; the published figures stay beside it, and
what is left between tiers is shown. Reconciled figures are for comparing regions, no target rests on them.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import emissions, observations

CITY_CO2 = "co2_city_inventory"
FIGURES = ["region", "year", "co2_mt", "status", "source_id"]
MATRIX = ["tier", "id", "parent", "year", "co2_mt", "reconciled_mt", "status", "source_id"]
BALANCE = [
    "year",
    "province_mt",
    "status",
    "cities",
    "cities_mt",
    "residual_mt",
    "residual_pct",
    "absent",
    "counties",
    "counties_mt",
    "county_residual_mt",
    "county_residual_pct",
]


def cities(catalog: Catalog, province: str) -> list[str]:
    """Return the cities of a province in the order of their codes.

    Raises:
        ProjectError: if the region is no province of `data/regions.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(cities(open_catalog(), "330000"))
        11
    """
    rows = catalog.read("regions")
    if province not in set(rows.loc[rows["level"] == "province", "id"]):
        raise ProjectError(f"region {province!r} is no province of data/regions.csv; the code of one was expected")
    return [str(one) for one in rows.loc[(rows["parent"] == province) & (rows["level"] == "city"), "id"]]


@cached
def city_inventories(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return the city inventories of a province as published.

    Returns:
        Columns region, year, co2_mt (Mt CO2), status, source_id; no rows for a province without any.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = city_inventories(open_catalog(), "330000")
        >>> rows[rows["year"] == 2019]["co2_mt"].sum().round(1), rows[rows["year"] == 2019]["region"].nunique()
        (np.float64(418.3), 10)
    """
    found = [
        observations.yearly(catalog, CITY_CO2, city).assign(region=city).rename(columns={"value": "co2_mt"})
        for city in cities(catalog, province)
    ]
    return pd.concat([pd.DataFrame(columns=FIGURES), *(rows[FIGURES] for rows in found if len(rows))]).astype(
        {"year": "int64", "co2_mt": "float64"}
    )


def counties(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the county inventory of a city, or of all cities of a province, as published.

    Returns:
        Columns county, zh, en, city, year, co2_mt (Mt CO2), source_id; no rows where there is none.

    Source:
        Chen et al. (2020), Scientific Data 7:391; division of counties of about 2014.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [counties(open_catalog(), region)["county"].nunique() for region in ("330000", "330900")]
        [90, 4]
    """
    rows = catalog.read("county_inventory").merge(catalog.read("counties"), left_on="county", right_on="id")
    parents = catalog.read("regions").set_index("id")["parent"]
    chosen = rows[(rows["city"] == region) | (rows["city"].map(parents) == region)]
    return chosen[["county", "zh", "en", "city", "year", "co2_mt", "source_id"]].reset_index(drop=True)


@cached
def county_sums(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return the sum of the counties of each city: region, year, co2_mt (Mt CO2), counties (number), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = county_sums(open_catalog(), "330000")
        >>> rows[rows["year"] == 2017]["co2_mt"].sum().round(1)
        np.float64(369.6)
    """
    by_city = counties(catalog, province).groupby(["city", "year"], as_index=False)
    sums = by_city.agg(
        co2_mt=("co2_mt", "sum"), counties=("county", "nunique"), source_id=("source_id", observations.joined)
    )
    return sums.rename(columns={"city": "region"})


@cached
def _balance(catalog: Catalog, province: str) -> pd.DataFrame:
    rows = emissions.series(catalog, province, "total").set_index("year")
    table = rows.rename(columns={"co2_mt": "province_mt"})[["province_mt", "status"]]
    every = cities(catalog, province)
    by_year = city_inventories(catalog, province).groupby("year")
    known = by_year.agg(cities=("region", "nunique"), cities_mt=("co2_mt", "sum"))
    absent = by_year["region"].agg(lambda found: " ".join(one for one in every if one not in set(found)))
    below = counties(catalog, province).groupby("year")
    table = table.join(known).join(absent.rename("absent"))
    table = table.join(below.agg(counties=("county", "nunique"), counties_mt=("co2_mt", "sum")))
    table["absent"] = table["absent"].where(table["cities"].notna(), " ".join(every))
    table[["cities", "counties"]] = table[["cities", "counties"]].fillna(0).astype("int64")
    return table.reset_index()


def balance(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return what the tiers add up to, year by year, and what is left between them.

    Returns:
        Columns year, province_mt, status (of the province), cities (number of cities known), cities_mt (their sum),
        residual_mt (province less cities; negative: the cities exceed the province), residual_pct (of the province),
        absent (codes of the cities not known, separated by spaces), counties, counties_mt, county_residual_mt,
        county_residual_pct; missing where a tier has no figure.

    Raises:
        ProjectError: if the region is no province or has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = balance(open_catalog(), "330000").set_index("year").loc[2019]
        >>> round(float(row["residual_mt"]), 1), row["absent"]
        (-36.9, '330700')
    """
    if city_inventories(catalog, province).empty:
        raise Absent(("各市排放清单", "inventories of its cities"), "data/observations.csv", province)
    table = _balance(catalog, province)
    own = table["province_mt"]
    for tier, name in (("cities_mt", "residual"), ("counties_mt", "county_residual")):
        left = own - table[tier]
        table = table.assign(**{f"{name}_mt": left, f"{name}_pct": 100 * left / own})
    return table[BALANCE]


def complete_years(catalog: Catalog, province: str) -> list[int]:
    """Return the years in which every city of a province is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> complete_years(open_catalog(), "330000")[-1]
        2017
    """
    table = _balance(catalog, province)
    return [int(year) for year in table.loc[(table["cities"] > 0) & (table["absent"] == ""), "year"]]


def matrix(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return every figure of the three tiers by year, as published and reconciled.

    Returns:
        Columns tier (`province`, `city`, `county`), id (code), parent (code; empty for the province), year, co2_mt (Mt
        CO2, as published, of the province corrected), reconciled_mt (cities scaled to the province, counties to their
        reconciled city; missing in years in which a city is not known), status, source_id.

    Raises:
        ProjectError: if the region is no province or has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = matrix(open_catalog(), "330000")
        >>> sums = rows[rows["year"] == 2017].groupby("tier")["reconciled_mt"].sum().round(3)
        >>> bool(sums["province"] == sums["city"] == sums["county"])
        True
    """
    top = emissions.series(catalog, province, "total")
    top = top.assign(tier="province", id=province, parent="", reconciled_mt=top["co2_mt"])
    middle = _reconciled(catalog, province, city_inventories(catalog, province))
    middle = middle.rename(columns={"region": "id"}).assign(tier="city", parent=province)
    below = counties(catalog, province).assign(tier="county", status="estimate")
    below = below.rename(columns={"county": "id", "city": "parent"})
    share = below["co2_mt"] / below.groupby(["parent", "year"])["co2_mt"].transform("sum")
    above = middle.set_index(["id", "year"])["reconciled_mt"]
    below = below.assign(reconciled_mt=share * above.reindex(below.set_index(["parent", "year"]).index).to_numpy())
    return pd.concat([rows[MATRIX] for rows in (top, middle, below)], ignore_index=True)


def _reconciled(catalog: Catalog, province: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return city inventories with `reconciled_mt`, scaled to the province in years in which every city is known."""
    table = _balance(catalog, province).set_index("year")
    factor = (table["province_mt"] / table["cities_mt"]).reindex(complete_years(catalog, province))
    return rows.assign(reconciled_mt=rows["co2_mt"] * rows["year"].map(factor))
