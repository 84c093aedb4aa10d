"""Committed plants: nuclear units under construction whose first whole year is known, in the reference of the outlook.

Their output counts as far as it exceeds the mean past growth of nuclear output, which is in the trend of the fields
already. A share of it (`nuclear_share_of_thermal`, measured in seven provinces) takes the place of fossil power in the
province, the rest of imported electricity.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import factors, observations
from tanfeng.forecast.r1 import Values

GENERATION = "generation_nuclear"
FOSSIL_KWH = "grid_factor_electricity_fossil_china_2023"
COLUMNS = ["id", "zh", "en", "gw", "first_year", "measure_id", "sources"]
SHARE = "nuclear_share_of_thermal"
TWH_PER_GWH = 1e-3


@cached
def plants(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the committed units: under construction, with a measure that says their first whole year.

    Returns:
        Columns id, zh, en, gw, first_year, measure_id, sources; by first year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> plants(open_catalog(), "330000")[["id", "first_year"]].values.tolist()[0]
        ['sanao_1', 2027]
    """
    rows = _dated(catalog)
    return rows.loc[rows["region"] == region, COLUMNS]


@cached
def _dated(catalog: Catalog) -> pd.DataFrame:
    """Return the committed units of all regions: region, and the columns of `plants`."""
    rows = catalog.read("nuclear_units")
    rows = rows[rows["state"] == "under_construction"]
    measures = catalog.read("measures").set_index("id")[["first_year", "source_id"]]
    dated = measures.rename(columns={"source_id": "dated_by"})
    rows = rows.join(dated, on="measure_id").dropna(subset=["first_year", "capacity_10_4_kw"])
    gw = rows["capacity_10_4_kw"].astype("float64") * units.factor(catalog, "10^4 kW", "GW")
    rows = rows.assign(gw=gw, first_year=rows["first_year"].astype("int64"))
    rows = rows.assign(sources=rows["source_id"] + " " + rows["dated_by"])
    return rows.sort_values(["first_year", "id"])[["region", *COLUMNS]]


def capacity(catalog: Catalog, region: str, year: int) -> float:
    """Return the capacity of the committed units that run all of a year, GW.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [round(capacity(open_catalog(), "330000", year), 2) for year in (2026, 2027, 2028)]
        [0.0, 1.21, 4.92]
    """
    rows = plants(catalog, region)
    return float(rows.loc[rows["first_year"] <= year, "gw"].sum())


@cached
def past_growth(catalog: Catalog, region: str) -> float:
    """Return the mean growth of nuclear output over all published years, TWh a year; 0 where none is published.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(past_growth(open_catalog(), "330000"), 1)
        2.8
    """
    rows = observations.yearly(catalog, GENERATION, region)
    if len(rows) < 2:
        return 0.0
    first, last = rows.iloc[0], rows.iloc[-1]
    scale = units.factor(catalog, str(first["unit"]), "TWh")
    return float((last["value"] - first["value"]) / (last["year"] - first["year"]) * scale)


def output(catalog: Catalog, region: str, years: pd.Index, since: int) -> pd.Series:
    """Return the output of the committed units beyond the past growth since a year, TWh by year.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        years: of the outlook.
        since: last year that published figures tell; later growth is in the trend.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> output(open_catalog(), "330000", pd.Index([2026, 2028]), 2025).round(1).tolist()
        [0.0, 30.9]
    """
    if plants(catalog, region).empty:
        return pd.Series(0.0, index=years)
    made = np.array([made_twh(catalog, region, capacity(catalog, region, int(year))) for year in years])
    return pd.Series(np.maximum(made - past_growth(catalog, region) * (years - since), 0.0) * (made > 0), index=years)


def made_twh(catalog: Catalog, region: str, gw: float) -> float:
    """Return what nuclear capacity makes in a year, TWh, at the full-load hours of the region or the nation.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(made_twh(open_catalog(), "330000", 1.2), 2)
        9.57
    """
    row = factors.nearest(catalog, "full_load_hours", "nuclear", region)
    return float(gw * row["value"] * units.factor(catalog, row["unit"], "h") * TWH_PER_GWH)


def share(catalog: Catalog) -> float:
    """Return the share of new nuclear power that takes the place of fossil power in the province (0 to 1)."""
    return float(catalog.row("measure_parameters", SHARE)["central"]) / 100


def direct(catalog: Catalog, twh: Values | pd.Series | float) -> Values:
    """Return the CO2 that nuclear output takes off in the province, Mt.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(direct(open_catalog(), 10.0)), 2)
        4.96
    """
    return np.asarray(twh) * share(catalog) * per_twh(catalog, FOSSIL_KWH)


def imported(catalog: Catalog, region: str, twh: Values | pd.Series | float) -> Values:
    """Return the CO2 of imported electricity that nuclear output takes off, Mt.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(imported(open_catalog(), "330000", 10.0)), 2)
        2.2
    """
    return np.asarray(twh) * (1 - share(catalog)) * factors.grid_per_twh(catalog, region)


def per_twh(catalog: Catalog, factor: str) -> float:
    """Return a factor of electricity (`data/emission_factors.csv`) in Mt CO2 per TWh.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> per_twh(open_catalog(), FOSSIL_KWH)
        0.8273
    """
    row = catalog.row("emission_factors", factor)
    return float(row["value"] * units.factor(catalog, row["unit"], "kgCO2/kWh"))  # 1 kg/kWh = 1 Mt/TWh
