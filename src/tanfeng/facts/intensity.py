"""Levels of energy and carbon intensity: each in one vintage and one price base of GDP, never mixed.

A level divides by GDP. GDP has vintages (a census revises all years) and price bases. Two levels compare only if both
are the same; `change` refuses anything else.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import gdp, observations

PUBLISHED = {
    2005: "energy_intensity_level_2005_prices",
    2010: "energy_intensity_level_2010_prices",
    2015: "energy_intensity_level_2015_prices",
}
MONEY = "10^4 yuan"


def levels(catalog: Catalog, quantity: pd.DataFrame, product: pd.DataFrame, numerator: str) -> pd.DataFrame:
    """Return a quantity per 10^4 yuan of GDP.

    Args:
        catalog: the tables.
        quantity: year, value, unit, status, source_id; energy (such as `Mtce`) or emissions (`Mt CO2`).
        product: result of `tanfeng.facts.gdp.levels`: one vintage, one price base.
        numerator: unit of the quantity in the result, such as `tce` or `t CO2`; `data/units.csv` converts.

    Returns:
        Columns year, value, unit, vintage, prices (0: current), status (estimate: it is computed), source_id.

    Raises:
        ProjectError: if `product` mixes vintages or price bases, or a unit does not convert.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> energy = observations.yearly(catalog, "energy_consumption", "330000")
        >>> found = levels(catalog, energy, gdp.levels(catalog, "330000", "census5", 2020), "tce").set_index("year")
        >>> round(float(found.at[2020, "value"]), 3), found.at[2020, "unit"]
        (0.367, 'tce/10^4 yuan')
    """
    _one_base(product)
    both = quantity.merge(product[["year", "value", "vintage", "prices"]], on="year", suffixes=("", "_gdp"))
    above = both["unit"].map(lambda unit: units.factor(catalog, unit, numerator))
    below = units.factor(catalog, str(product["unit"].iloc[0]), MONEY)
    value = both["value"] * above.astype("float64") / (both["value_gdp"] * below)
    return both.assign(value=value, unit=f"{numerator}/{MONEY}", status="estimate")[gdp.COLUMNS]


def published(catalog: Catalog, region: str, prices: int) -> pd.DataFrame:
    """Return the published levels of energy intensity at the constant prices of one year.

    Returns:
        Columns as `levels`; the vintage is `published`: that of its time, not stated.

    Raises:
        ProjectError: if no level is published at these prices.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> table = published(open_catalog(), "330000", 2005).set_index("year")["value"]
        >>> float(table[2005]), float(table[2010])
        (0.8954, 0.717)
    """
    if prices not in PUBLISHED:
        raise ProjectError(f"energy intensity is published at prices of {list(PUBLISHED)}; found {prices}")
    rows = observations.yearly(catalog, PUBLISHED[prices], region)
    return rows.assign(vintage="published", prices=prices)[gdp.COLUMNS]


def change(rows: pd.DataFrame, first: int, last: int) -> float:
    """Return the change of an intensity between two years in percent.

    Args:
        rows: levels of one vintage and one price base (see `levels` and `published`).
        first: first year.
        last: last year.

    Raises:
        ProjectError: if the rows mix vintages or price bases, are at current prices, or lack a year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(change(published(open_catalog(), "330000", 2005), 2005, 2010), 2)
        -19.92
    """
    _one_base(rows)
    if int(rows["prices"].iloc[0]) == 0:
        raise ProjectError("levels at current prices do not compare between years; use the constant prices of one year")
    found = rows.set_index("year")["value"]
    missing = [year for year in (first, last) if year not in found.index]
    if missing:
        raise ProjectError(f"no level of {missing[0]}; there are {sorted(map(int, found.index))}")
    return float(100 * (found[last] / found[first] - 1))


def _one_base(rows: pd.DataFrame) -> None:
    bases = rows[["vintage", "prices"]].drop_duplicates()
    if len(bases) != 1:
        shown = "; ".join(f"{base.vintage}, prices of {base.prices}" for base in bases.itertuples()) or "none"
        raise ProjectError(f"levels must have one vintage and one price base of GDP; found {shown}")
