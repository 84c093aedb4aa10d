"""Three accounts of CO2, never added and never mixed.

`direct`: fuel burnt and the cement process inside the region (`tanfeng.facts.emissions`). `indirect`: electricity of a
field times the factor of the grid. `assessment`: the direct account and the electricity imported on balance, at the
factor of the East China grid, wherever it comes from; it stands for the official assessment's scope (fossil fuel and
net imported electricity), whose results are not published.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, factors, uncertainty
from tanfeng.facts.observations import joined, weakest, yearly

ACCOUNTS = ("direct", "indirect", "assessment")
LONGEST_HELD_YEARS = 6  # a grid factor is carried no farther
SERIES = ["year", "co2_mt", "status", "source_id"]
ELECTRICITY = {  # field: indicators added, indicators taken off; balance scope, losses apart
    "agriculture": (["electricity_primary"], []),
    "industry": (["electricity_industry"], []),
    "buildings": (["electricity_construction", "electricity_tertiary"], ["electricity_transport"]),
    "transport": (["electricity_transport"], []),
    "residential": (["electricity_residential"], []),
}
NET_IMPORT = "electricity_net_import"


def series(catalog: Catalog, region: str, account: str) -> pd.DataFrame:
    """Return the total of an account by year.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        account: `direct`, `indirect` (years in which the electricity of every field is known) or `assessment`.

    Returns:
        Columns year, co2_mt (Mt CO2), status, source_id (separated by spaces).

    Raises:
        ProjectError: if there is no such account, or the region lacks what it needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> series(open_catalog(), "330000", "assessment")["year"].tolist()
        [2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022]
    """
    if account not in ACCOUNTS:
        raise ProjectError(f"no account {account!r}; there are: {', '.join(ACCOUNTS)}")
    if account == "direct":
        return emissions.series(catalog, region, "total")
    if account == "assessment":
        return assessment(catalog, region)[SERIES]
    rows = indirect(catalog, region)
    complete = rows[rows.groupby("year")["field"].transform("nunique") == len(ELECTRICITY)]
    return _summed(complete)[SERIES]


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby("year", as_index=False)
    return grouped.agg(co2_mt=("co2_mt", "sum"), status=("status", weakest), source_id=("source_id", joined))


@cached
def assessment(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the assessment account by year with its parts and 95 % interval.

    Years run from six years before the first published grid factor. In a year in which some fields have no figure
    (2023) these are held at the last year that has one.

    Returns:
        Columns year, direct_mt (fuel and cement process), held_mt (part of direct_mt held from the year before),
        import_mt (net imported electricity), import_twh, factor_kg_kwh, held_years (how far the grid factor was
        carried), co2_mt (direct_mt + import_mt), lo95, hi95 (Mt CO2), status, source_id.

    Raises:
        ProjectError: if net imports or the grid factor of the region are not known.

    Source:
        Own derivation: inventory of CEADs, net imports, grid factors of the Ministry of Ecology and Environment.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = assessment(open_catalog(), "330000").set_index("year")
        >>> round(float(rows.at[2021, "import_mt"]), 1), round(float(rows.at[2021, "co2_mt"]), 1)
        (77.4, 505.9)
    """
    both = _direct(catalog, region).merge(imported(catalog, region), on="year", suffixes=("", "_import"))
    co2 = both["direct_mt"] + both["import_mt"]
    half = np.sqrt(both["direct_half"] ** 2 + both["import_half"] ** 2)
    sources = both["source_id"] + " " + both["source_id_import"]
    named = both.assign(co2_mt=co2, lo95=co2 - half, hi95=co2 + half, status="estimate", source_id=sources)
    parts = ["year", "direct_mt", "held_mt", "import_mt", "import_twh", "factor_kg_kwh", "held_years"]
    return named[[*parts, "co2_mt", "lo95", "hi95", "status", "source_id"]]


def _direct(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the direct account by year; fields without a figure in the years after the last total are held."""
    rows = uncertainty.intervals(catalog, region)
    half = (rows["hi95"] - rows["lo95"]) / 2
    totals = rows.assign(direct_half=half)[rows["field"] == "total"].rename(columns={"co2_mt": "direct_mt"})
    known = totals.assign(held_mt=0.0)[["year", "direct_mt", "held_mt", "direct_half"]]
    fields = emissions.emissions(catalog, region)
    later = sorted(set(fields["year"]) - set(known["year"]))
    held = [_held(fields, known, year) for year in later if year > known["year"].max()]
    return pd.concat([known, pd.DataFrame(held)], ignore_index=True).assign(
        source_id=" ".join(emissions.sources(catalog, region))
    )


def _held(fields: pd.DataFrame, known: pd.DataFrame, year: int) -> dict[str, float]:
    """Return the direct account of a year in which only some fields are known: the others as in the last full year."""
    last = known.iloc[-1]
    now = fields[fields["year"] == year]
    before = fields[(fields["year"] == last["year"]) & ~fields["field"].isin(now["field"])]
    total, held = float(now["co2_mt"].sum() + before["co2_mt"].sum()), float(before["co2_mt"].sum())
    return {
        "year": year,
        "direct_mt": total,
        "held_mt": held,
        "direct_half": float(last["direct_half"] / last["direct_mt"] * total + held * _drift(fields, before["field"])),
    }


def _drift(fields: pd.DataFrame, held: pd.Series) -> float:
    """Return the half width of holding some fields for a year: twice the spread of their sum's past yearly changes."""
    sums = fields[fields["field"].isin(held)].groupby("year")["co2_mt"].sum()
    steps = sums / sums.reindex(sums.index - 1).to_numpy() - 1
    return float(uncertainty.Z95 * np.sqrt((steps.dropna().tail(10) ** 2).mean()))


def imported(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the CO2 of net imported electricity in every year in which imports are known.

    Returns:
        Columns year, import_mt (Mt CO2), import_twh, factor_kg_kwh, held_years (how far the grid factor was carried),
        source_id, import_half (half width of the 95 % interval, Mt CO2).

    Raises:
        ProjectError: if net imports or the grid factor of the region are not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(imported(open_catalog(), "330000")["import_mt"].iloc[-1]), 1)
        88.6
    """
    rows = yearly(catalog, NET_IMPORT, region)
    widths = catalog.read("uncertainties").query("component == 'grid'").set_index("item")["half_width_pct"]
    if rows.empty:
        raise ProjectError(f"net imports of electricity of region {region} are not in data/observations.csv")
    grid = [factors.grid(catalog, region, int(year)) for year in rows["year"]]
    per_kwh, held = pd.Series([one.value for one in grid]), pd.Series([one.held_years for one in grid])
    co2 = rows["value"] * per_kwh / units.T_PER_MT  # 10^8 kWh x t per 10^8 kWh
    sources = [" ".join([own, *one.sources]) for own, one in zip(rows["source_id"], grid, strict=True)]
    half = np.sqrt(widths["factor"] ** 2 + widths["net_import"] ** 2 + (widths["held_year"] * held) ** 2)
    named = pd.DataFrame({"year": rows["year"], "import_mt": co2, "import_twh": rows["value"] * _twh(catalog)})
    named = named.assign(factor_kg_kwh=per_kwh * _kg_kwh(catalog), held_years=held, source_id=sources)
    return named.assign(import_half=co2.abs() * half / 100)[held <= LONGEST_HELD_YEARS]


def _twh(catalog: Catalog) -> float:
    return units.factor(catalog, "10^8 kWh", "TWh")


@cached
def _kg_kwh(catalog: Catalog) -> float:
    """Return what turns t CO2 per 10^8 kWh into kg per kWh."""
    return float((units.registry()("t") / units.quantity(catalog, 1.0, "10^8 kWh")).to("kg/kWh").magnitude)


@cached
def indirect(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the CO2 of the electricity each field uses, at the factor of the grid, as far as it is published.

    Shown beside the direct account of the field and never added to it: the emissions of the region's own power plants
    are in the direct account of energy already. The electricity of the energy industries is in industry.

    Returns:
        Columns year, field, electricity_twh, factor_kg_kwh, held_years, co2_mt (Mt CO2), status, source_id.

    Raises:
        ProjectError: if no factor of the region's grid is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = indirect(open_catalog(), "330000").set_index(["year", "field"])["co2_mt"]
        >>> round(float(rows[2021, "residential"]), 1)
        44.4
    """
    parts = [_field_electricity(catalog, region, field) for field in ELECTRICITY]
    rows = pd.concat(parts, ignore_index=True)
    grid = [factors.grid(catalog, region, int(year)) for year in rows["year"]]
    named = rows.assign(
        factor_kg_kwh=[one.value * _kg_kwh(catalog) for one in grid],
        held_years=[one.held_years for one in grid],
        source_id=[" ".join([own, *one.sources]) for own, one in zip(rows["source_id"], grid, strict=True)],
    )
    named = named.assign(co2_mt=named["electricity_twh"] * named["factor_kg_kwh"], status="estimate")
    columns = ["year", "field", "electricity_twh", "factor_kg_kwh", "held_years", "co2_mt", "status", "source_id"]
    return named[named["held_years"] <= LONGEST_HELD_YEARS][columns].reset_index(drop=True)


def _field_electricity(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return the electricity of a field (TWh) in years in which every indicator it is made of is known."""
    added, taken_off = ELECTRICITY[field]
    signed = [(name, 1.0) for name in added] + [(name, -1.0) for name in taken_off]
    tables = [yearly(catalog, name, region).set_index("year") for name, _ in signed]
    values = pd.concat(
        [table["value"] * sign for table, (_, sign) in zip(tables, signed, strict=True)], axis=1
    ).dropna()
    sources = pd.concat([table["source_id"] for table in tables], axis=1).loc[values.index]
    rows = pd.DataFrame({"year": values.index, "electricity_twh": values.sum(axis=1).to_numpy() * _twh(catalog)})
    return rows.assign(field=field, source_id=[joined(row) for _, row in sources.iterrows()])
