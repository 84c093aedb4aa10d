"""The four indicators as facts, and the index of GDP at constant prices; figures keep status and source.

The four are energy total, CO2 total, energy intensity and carbon intensity. A total is a level of a year; an intensity
is a change from one year to another by the official formula, `(1 + change of the quantity) / (1 + change of GDP) - 1`
at constant prices, or as published. `by_scope` gives them on each scope: of energy the statistical one, the
assessment's and that of the national commission; of CO2 the direct and the assessment account. A scope of which nothing
is known has no rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import accounts, emissions
from tanfeng.facts.observations import FIGURES, observations, yearly

__all__ = ["chain", "four_indicators", "gdp_index", "intensity_change", "observations", "yearly"]
SCOPE_COLUMNS = ["indicator", "scope", "account", "kind", "first", "year", "value", "unit", "status", "source_id"]
LEVEL, CHANGE = "level", "change"


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
    factor = energy["unit"].map(lambda unit: units.factor(catalog, unit, "Mtce")).astype("float64")
    energy = energy.assign(value=energy["value"] * factor, unit="Mtce")
    parts = {
        "energy_consumption": energy,
        "co2_total": _co2(catalog, region),
        "energy_intensity_change": yearly(catalog, "energy_intensity_change", region),
        "carbon_intensity_change": _carbon_intensity(catalog, region),
    }
    known = [rows.assign(indicator=name) for name, rows in parts.items() if len(rows)]
    return pd.concat(known, ignore_index=True)[["indicator", *FIGURES]]


def _co2(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = emissions.series(catalog, region, "total").rename(columns={"co2_mt": "value"})
    return rows.assign(unit="Mt CO2", source_id="")[FIGURES]


def _carbon_intensity(catalog: Catalog, region: str) -> pd.DataFrame:
    co2 = emissions.series(catalog, region, "total").set_index("year")["co2_mt"]
    rates = yearly(catalog, "gdp_real_growth", region).set_index("year")["value"]
    if rates.empty:
        return pd.DataFrame(columns=FIGURES)
    change = intensity_change(co2, chain(rates, int(rates.index[-1])))
    rows = pd.DataFrame({"year": change.index.astype("int64"), "value": change.to_numpy()})
    return rows.assign(unit="%", status="estimate", source_id="")[FIGURES]


@dataclass(frozen=True)
class ScopeSeries:
    """One indicator on one scope or account: how it is measured and where its rows come from.

    Attributes:
        indicator: `energy_consumption`, `co2_total`, `energy_intensity` or `carbon_intensity`.
        scope: id in `data/scopes.csv`: `statistical`, `assessment`, `ndrc` or `territorial`.
        account: of CO2 computed from an account, `direct` or `assessment`; else empty.
        kind: `level` (of a year) or `change` (from one year to another, percent).
        read: the rows: first (year a change counts from), year, value, unit, status, source_id.
    """

    indicator: str
    scope: str
    account: str
    kind: str
    read: Callable[[Catalog, str], pd.DataFrame]


@cached
def by_scope(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the four indicators on every scope of which something is known, one row a figure.

    Returns:
        Columns indicator, scope, account, kind, first, year, value, unit (Mtce, Mt CO2, %), status, source_id.
        `first` is the year a change counts from; for a level it is the year itself.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_scope(open_catalog(), "330000").set_index(["indicator", "scope", "year"])["value"]
        >>> float(rows["energy_intensity", "statistical", 2020])
        6.34
    """
    found = [_named(one, one.read(catalog, region)) for one in SCOPE_SERIES]
    return pd.concat([rows for rows in found if len(rows)], ignore_index=True)[SCOPE_COLUMNS]


def _named(one: ScopeSeries, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(indicator=one.indicator, scope=one.scope, account=one.account, kind=one.kind)


def co2_of_account(catalog: Catalog, region: str, account: str) -> pd.DataFrame:
    """Return the CO2 total of a region in an account (`direct` or `assessment`): year, co2_mt, status, source_id.

    A region whose net imports of electricity are not known has no assessment account: no rows.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(co2_of_account(open_catalog(), "330000", "assessment")["year"].iloc[-1])
        2022
    """
    if account == "assessment" and yearly(catalog, accounts.NET_IMPORT, region).empty:
        return pd.DataFrame(columns=accounts.SERIES)
    return accounts.series(catalog, region, account)


def _energy(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = yearly(catalog, "energy_consumption", region)
    factors = rows["unit"].map(lambda unit: units.factor(catalog, unit, "Mtce")).astype("float64")
    return rows.assign(first=rows["year"], value=rows["value"] * factors, unit="Mtce")


def _co2_level(account: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = co2_of_account(catalog, region, account).rename(columns={"co2_mt": "value"})
        return rows.assign(first=rows["year"], unit="Mt CO2")

    return read


def _co2_intensity(account: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = co2_of_account(catalog, region, account).set_index("year")
        change = intensity_change(rows["co2_mt"], gdp_index(catalog, region))
        years = change.index.astype("int64")
        found = pd.DataFrame({"first": years - 1, "year": years, "value": change.to_numpy(), "unit": "%"})
        return found.assign(status="estimate", source_id=rows.loc[years, "source_id"].to_numpy())

    return read


def _published(indicator: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = observations(catalog, indicator, region)
        rows = rows[rows["period_kind"] == "change"]
        return rows.assign(first=rows["start"].astype("int64"), year=rows["end"].astype("int64"))

    return read


def _nothing(catalog: Catalog, region: str) -> pd.DataFrame:
    return pd.DataFrame(columns=["first", "year", "value", "unit", "status", "source_id"])


SCOPE_SERIES = (
    ScopeSeries("energy_consumption", "statistical", "", LEVEL, _energy),
    ScopeSeries("energy_consumption", "assessment", "", LEVEL, _nothing),
    ScopeSeries("co2_total", "territorial", "direct", LEVEL, _co2_level("direct")),
    ScopeSeries("co2_total", "assessment", "assessment", LEVEL, _co2_level("assessment")),
    ScopeSeries("energy_intensity", "statistical", "", CHANGE, _published("energy_intensity_change")),
    ScopeSeries("energy_intensity", "assessment", "", CHANGE, _published("energy_intensity_change_assessment")),
    ScopeSeries("energy_intensity", "ndrc", "", CHANGE, _published("energy_intensity_change_ndrc")),
    ScopeSeries("carbon_intensity", "statistical", "", CHANGE, _published("co2_intensity_change")),
    ScopeSeries("carbon_intensity", "territorial", "direct", CHANGE, _co2_intensity("direct")),
    ScopeSeries("carbon_intensity", "assessment", "assessment", CHANGE, _co2_intensity("assessment")),
)
