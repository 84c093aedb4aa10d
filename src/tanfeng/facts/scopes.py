"""The four indicators on each scope: energy total, CO2 total, energy intensity and carbon intensity.

A total is a level of a year. An intensity is a change from one year to another by the official formula,
`(1 + change of the quantity) / (1 + change of GDP) - 1` at constant prices, or as published. The scopes of energy are
the statistical one, the assessment's and that of the national commission; the accounts of CO2 are direct and
assessment. A scope of which nothing is known has no rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import accounts, indicators, observations

COLUMNS = ["indicator", "scope", "account", "kind", "first", "year", "value", "unit", "status", "source_id"]
LEVEL, CHANGE = "level", "change"


@dataclass(frozen=True)
class Series:
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
def series(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the four indicators on every scope of which something is known, one row a figure.

    Returns:
        Columns indicator, scope, account, kind, first, year, value, unit (Mtce, Mt CO2, %), status, source_id.
        `first` is the year a change counts from; for a level it is the year itself.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = series(open_catalog(), "330000").set_index(["indicator", "scope", "year"])["value"]
        >>> float(rows["energy_intensity", "statistical", 2020])
        6.34
    """
    found = [_named(one, one.read(catalog, region)) for one in SERIES]
    return pd.concat([rows for rows in found if len(rows)], ignore_index=True)[COLUMNS]


def _named(one: Series, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(indicator=one.indicator, scope=one.scope, account=one.account, kind=one.kind)


def co2(catalog: Catalog, region: str, account: str) -> pd.DataFrame:
    """Return the CO2 total of a region in an account (`direct` or `assessment`): year, co2_mt, status, source_id.

    A region whose net imports of electricity are not known has no assessment account: no rows.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(co2(open_catalog(), "330000", "assessment")["year"].iloc[-1])
        2023
    """
    if account == "assessment" and observations.yearly(catalog, accounts.NET_IMPORT, region).empty:
        return pd.DataFrame(columns=accounts.SERIES)
    return accounts.series(catalog, region, account)


def _energy(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = observations.yearly(catalog, "energy_consumption", region)
    factors = rows["unit"].map(lambda unit: units.factor(catalog, unit, "Mtce")).astype("float64")
    return rows.assign(first=rows["year"], value=rows["value"] * factors, unit="Mtce")


def _co2_level(account: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = co2(catalog, region, account).rename(columns={"co2_mt": "value"})
        return rows.assign(first=rows["year"], unit="Mt CO2")

    return read


def _co2_intensity(account: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = co2(catalog, region, account).set_index("year")
        change = indicators.intensity_change(rows["co2_mt"], indicators.gdp_index(catalog, region))
        years = change.index.astype("int64")
        found = pd.DataFrame({"first": years - 1, "year": years, "value": change.to_numpy(), "unit": "%"})
        return found.assign(status="estimate", source_id=rows.loc[years, "source_id"].to_numpy())

    return read


def _published(indicator: str) -> Callable[[Catalog, str], pd.DataFrame]:
    def read(catalog: Catalog, region: str) -> pd.DataFrame:
        rows = observations.observations(catalog, indicator, region)
        rows = rows[rows["period_kind"] == "change"]
        return rows.assign(first=rows["start"].astype("int64"), year=rows["end"].astype("int64"))

    return read


def _nothing(catalog: Catalog, region: str) -> pd.DataFrame:
    return pd.DataFrame(columns=["first", "year", "value", "unit", "status", "source_id"])


SERIES = (
    Series("energy_consumption", "statistical", "", LEVEL, _energy),
    Series("energy_consumption", "assessment", "", LEVEL, _nothing),
    Series("co2_total", "territorial", "direct", LEVEL, _co2_level("direct")),
    Series("co2_total", "assessment", "assessment", LEVEL, _co2_level("assessment")),
    Series("energy_intensity", "statistical", "", CHANGE, _published("energy_intensity_change")),
    Series("energy_intensity", "assessment", "", CHANGE, _published("energy_intensity_change_assessment")),
    Series("energy_intensity", "ndrc", "", CHANGE, _published("energy_intensity_change_ndrc")),
    Series("carbon_intensity", "statistical", "", CHANGE, _published("co2_intensity_change")),
    Series("carbon_intensity", "territorial", "direct", CHANGE, _co2_intensity("direct")),
    Series("carbon_intensity", "assessment", "assessment", CHANGE, _co2_intensity("assessment")),
)
