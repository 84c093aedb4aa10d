"""The four indicators as facts, and the index of GDP at constant prices; figures keep status and source."""

from __future__ import annotations

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.facts.observations import FIGURES, observations, yearly

__all__ = ["chain", "four_indicators", "gdp_index", "intensity_change", "observations", "yearly"]


def chain(rates: pd.Series, base: int) -> pd.Series:
    """Chain yearly percent changes into an index with `base` = 100.

    Args:
        rates: percent change on the previous year, indexed by year without gaps.
        base: year of the result that is 100; the year before the first rate is part of the result.

    Raises:
        ProjectError: if a year is missing or `base` is outside.

    Example:
        >>> chain(pd.Series([10.0, -50.0], index=[2001, 2002]), base=2000).round(1).tolist()
        [100.0, 110.0, 55.0]
    """
    years = [int(rates.index[0]) - 1, *map(int, rates.index)]
    if years != list(range(years[0], years[-1] + 1)) or base not in years:
        raise ProjectError(f"rates must run without a gap and include {base}; found {years[1:]}")
    level = pd.concat([pd.Series([1.0]), (1 + rates / 100).cumprod()])
    level.index = pd.Index(years, name="year")
    return 100 * level / level[base]


def gdp_index(catalog: Catalog, region: str, base: int = 2020) -> pd.Series:
    """Return GDP at constant prices as an index (`base` = 100), chained from the published real growth rates.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(gdp_index(open_catalog(), "330000")[2025]), 2)
        131.98
    """
    rates = yearly(catalog, "gdp_real_growth", region).set_index("year")["value"]
    return chain(rates, base)


def intensity_change(quantity: pd.Series, gdp: pd.Series) -> pd.Series:
    """Return the yearly change of an intensity in percent: (1 + change of the quantity) / (1 + change of GDP) - 1.

    Args:
        quantity: energy or emissions by year.
        gdp: GDP at constant prices by year (any base).

    Returns:
        Percent by year, for years whose previous year is known in both.

    Example:
        >>> years = [2019, 2020]
        >>> intensity_change(pd.Series([100.0, 99.0], years), pd.Series([100.0, 110.0], years)).round(1).to_dict()
        {2020: -10.0}
    """
    ratio = (quantity / gdp).dropna()
    change = 100 * (ratio / ratio.reindex(ratio.index - 1).to_numpy() - 1)
    return change.dropna()


def four_indicators(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the four indicators as far as they are published or follow from what is published.

    Energy consumption (Mtce, statistical scope), CO2 (Mt, direct account), yearly change of energy intensity
    (percent, statistical scope) and of carbon intensity (percent, direct account, GDP at constant prices).

    Returns:
        Columns indicator, year, value, unit, status, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = four_indicators(open_catalog(), "330000")
        >>> sorted(rows["indicator"].unique())
        ['carbon_intensity_change', 'co2_total', 'energy_consumption', 'energy_intensity_change']
    """
    energy = yearly(catalog, "energy_consumption", region)
    energy = energy.assign(value=energy["value"] * units.factor(catalog, energy["unit"].iloc[0], "Mtce"), unit="Mtce")
    parts = {
        "energy_consumption": energy,
        "co2_total": _co2(catalog, region),
        "energy_intensity_change": yearly(catalog, "energy_intensity_change", region),
        "carbon_intensity_change": _carbon_intensity(catalog, region),
    }
    return pd.concat([rows.assign(indicator=name) for name, rows in parts.items()], ignore_index=True)[
        ["indicator", *FIGURES]
    ]


def _co2(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = emissions.series(catalog, region, "total").rename(columns={"co2_mt": "value"})
    return rows.assign(unit="Mt CO2", source_id="")[FIGURES]


def _carbon_intensity(catalog: Catalog, region: str) -> pd.DataFrame:
    co2 = emissions.series(catalog, region, "total").set_index("year")["co2_mt"]
    change = intensity_change(co2, gdp_index(catalog, region))
    rows = pd.DataFrame({"year": change.index.astype("int64"), "value": change.to_numpy()})
    return rows.assign(unit="%", status="estimate", source_id="")[FIGURES]
