"""What the estimate of energy and industry holds beyond the energy balance of its year.

A balance that lacks fuels cannot give the emissions of the two fields, but it can test an estimate of them: balance,
cement process and the fuels it lacks, at the level of the published years around, against the estimate.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import balance, emissions

FIELDS = ("energy", "industry")
COLUMNS = ["item", "first_year", "first_mt", "last_year", "last_mt", "year", "co2_mt", "sources"]
GROUPS = {"coal": "coke_gases", "oil": "refinery_gas"}
PROCESS = "cement_process"


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
