"""The inventory calculated a second time: energy balance x emission factors, beside the figures of CEADs.

A balance does not tell the fuel that the energy industries use themselves from that of industry, so the two fields are
compared as one (`energy_industry`). Only published emissions are compared: those of a year that this project computed
from the same balance would agree with themselves.

A balance that lacks fuels cannot give the emissions of the two fields, but it can test an estimate of them
(`reconciled`): balance, cement process and the fuels it lacks, at the level of the published years around, against the
estimate.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import balance, emissions, factors

TOGETHER = {"energy": "energy_industry", "industry": "energy_industry"}
DIMENSIONS = ("field", "fuel_group")
FIELDS = ("energy", "industry")
COLUMNS = ["item", "first_year", "first_mt", "last_year", "last_mt", "year", "co2_mt", "sources"]
GROUPS = {"coal": "coke_gases", "oil": "refinery_gas"}
PROCESS = "cement_process"


@cached
def against_published(catalog: Catalog, region: str, *years: int) -> pd.DataFrame:
    """Return the emissions calculated from the balances of years beside the published ones, by field and fuel group.

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
    parts = [_of_year(catalog, region, year).assign(year=year) for year in years]
    return pd.concat(parts, ignore_index=True)[
        ["year", "dimension", "item", "calculated_mt", "published_mt", "difference_pct"]
    ]


def _of_year(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    calculated = balance.emissions(catalog, balance.shipped(catalog, region, year)).rows
    published = emissions.emissions(catalog, region, by="detail").query("year == @year and status == 'reported'")
    fields = emissions.emissions(catalog, region).query("year == @year")
    complete = bool((fields["status"] == "reported").all())
    whole = set(fields.loc[fields["status"] == "reported", "field"])
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


def reconciled(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    """Return the estimate of energy and industry beside the balance of the year and what the balance lacks.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        year: a year with a balance and an estimate of the two fields, between two years with the fuels it lacks.

    Returns:
        One row an item, all in Mt CO2 of energy and industry together: `balance` (fuel burnt), `cement_process` (as in
        the estimate), `coke_gases` (coke, furnace gases and other coking products), `refinery_gas` (with other oil
        products), their `sum`, `estimate`, and `remainder` (estimate less sum). Columns item, first_year, first_mt,
        last_year, last_mt (published before and after; missing where nothing is), year, co2_mt (of fuels the balance
        lacks on the line between the two), sources (ids, separated by spaces).

    Raises:
        ProjectError: if the region has no balance or no total of the year, or the years around have no such fuels.

    Source: `data/energy_balance.csv`, `data/inventory_fuels.csv`, `data/inventory.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = reconciled(open_catalog(), "330000", 2021).set_index("item")
        >>> bool(rows.at["remainder", "co2_mt"] > 0)
        True
    """
    lacking = _lacking(catalog, region, year)
    known = emissions.emissions(catalog, region, by="fuel_group").query("year == @year and field in @FIELDS")
    if known.empty:
        raise ProjectError(f"the inventory of region {region} has no energy and industry of {year}")
    process = float(known.loc[known["fuel_group"] == PROCESS, "co2_mt"].sum())
    rows = [
        _row("balance", year, _burnt(catalog, region, year), _balance_sources(catalog, region, year)),
        _row(PROCESS, year, process, _estimate_sources(catalog, region, year, "industry")),
        *lacking.to_dict("records"),
    ]
    total, estimate = sum(float(row["co2_mt"]) for row in rows), float(known["co2_mt"].sum())
    rows += [
        _row("sum", year, total),
        _row("estimate", year, estimate, _estimate_sources(catalog, region, year, *FIELDS)),
        _row("remainder", year, estimate - total),
    ]
    return pd.DataFrame(rows)[COLUMNS].astype({"first_year": "Int64", "last_year": "Int64"})


def _row(item: str, year: int, co2_mt: float, sources: str = "") -> dict[str, object]:
    published = {"first_year": None, "first_mt": float("nan"), "last_year": None, "last_mt": float("nan")}
    return {"item": item, **published, "year": year, "co2_mt": co2_mt, "sources": sources}


def _burnt(catalog: Catalog, region: str, year: int) -> float:
    rows = balance.emissions(catalog, balance.shipped(catalog, region, year), cement=False).rows
    return float(rows.loc[rows["field"].isin(FIELDS), "co2_mt"].sum())


def _balance_sources(catalog: Catalog, region: str, year: int) -> str:
    rows = catalog.read("energy_balance").query("region == @region and year == @year")
    return " ".join(dict.fromkeys(rows["source_id"]))


def _estimate_sources(catalog: Catalog, region: str, year: int, *fields: str) -> str:
    rows = pd.concat([emissions.series(catalog, region, field) for field in fields])
    return " ".join(dict.fromkeys(" ".join(rows.loc[rows["year"] == year, "source_id"]).split()))


def _lacking(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    """Return the published levels of the fuels the balance lacks, and the line between them, by group of fuels."""
    rows = catalog.read("inventory_fuels").query("region == @region and field in @FIELDS")
    years = rows["year"].astype("int64")
    before, after = years[years < year], years[years > year]
    if before.empty or after.empty:
        raise ProjectError(
            f"data/inventory_fuels.csv, region {region}: expected energy and industry of a year before and of one "
            f"after {year}; found {sorted(set(years)) or 'no rows'}"
        )
    first, last = int(before.max()), int(after.min())
    rows = rows[years.isin([first, last])]
    rows = rows.assign(item=rows["fuel"].map(catalog.read("fuels").set_index("id")["fuel_group"]).map(GROUPS))
    levels = rows.pivot_table(index="item", columns="year", values="co2_mt", aggfunc="sum")[[first, last]]
    line = levels[first] + (levels[last] - levels[first]) * (year - first) / (last - first)
    found = pd.DataFrame({"first_year": first, "first_mt": levels[first], "last_year": last, "last_mt": levels[last]})
    found = found.assign(year=year, co2_mt=line, sources=" ".join(dict.fromkeys(rows["source_id"])))
    return found.reset_index()
