"""Years whose drivers are published and whose emissions are not: estimated through ratios.

The ratio of emissions to a driver (per head, per unit of GDP, per kilowatt-hour) is forecast by R1 and multiplied by
the published driver. Several ratios and the direct forecast are combined by a geometric mean, with weights from their
past errors. A ratio takes part only where its past errors were smaller than those of the direct forecast.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, indicators, observations
from tanfeng.forecast import panel
from tanfeng.forecast.r1 import Values

DIRECT = "direct"
SHORTEST = 8
FIRST_ORIGIN, FARTHEST = 2010, 3
FIRST_YEAR = 2005
COLUMNS = ["field", "driver", "cases", "error_pct", "used", "weight"]
ESTIMATED = ["year", "co2_mt", "direct_mt", "drivers", "error_pct", "direct_error_pct"]


def drivers(catalog: Catalog, region: str, field: str) -> dict[str, pd.Series]:
    """Return the yearly figures of the drivers of a field that a region has, by id (`data/drivers.csv`).

    A driver given as a yearly change (GDP at constant prices) is chained to an index.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = drivers(open_catalog(), "330000", "energy")
        >>> sorted(found), int(found["gdp"].index[-1])
        (['electricity', 'gdp'], 2025)
    """
    rows = catalog.read("drivers")
    rows = rows[rows["field"] == field]
    found = {row.driver: _figures(catalog, region, row.indicator) for row in rows.itertuples()}
    return {name: values for name, values in found.items() if len(values) >= SHORTEST}


@cached
def _figures(catalog: Catalog, region: str, indicator: str) -> pd.Series:
    values = observations.yearly(catalog, indicator, region).set_index("year")["value"]
    kind = catalog.read("indicators").set_index("id").at[indicator, "kind"]
    return indicators.chain(values, int(values.index[-1])) if kind == "change" and len(values) else values


@cached
def scores(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return how far each ratio was off in the past, beside the direct forecast.

    Rolling origins from 2010, one to three years ahead, against published years only (no estimate is a target).

    Returns:
        Columns field, driver (`direct` first), cases, error_pct (root mean square error of the logarithm, percent),
        used (smaller than the direct one), weight (in the combination, over those used; unit 1).

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> scores(open_catalog(), "330000", "transport")["driver"].iloc[0]
        'direct'
    """
    errors = past_errors(catalog, region, field)
    squares = (errors**2).mean()
    used = (squares < squares[DIRECT]) | (squares.index == DIRECT)
    weight = (1 / squares).where(used, 0.0)
    rows = pd.DataFrame({"driver": squares.index, "cases": errors.count(), "error_pct": 100 * np.sqrt(squares)})
    rows = rows.assign(field=field, used=used.to_numpy(), weight=(weight / weight.sum()).to_numpy())
    return rows[COLUMNS].reset_index(drop=True)


@cached
def past_errors(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return log errors (forecast over figure) by origin and horizon (rows) and way of forecasting (columns).

    Only cases that every way could answer are kept, so that the columns compare.
    """
    rows = emissions.series(catalog, region, field).set_index("year")
    known = rows["co2_mt"][rows.index >= FIRST_YEAR]
    targets = known[rows.loc[known.index, "status"] != "estimate"]
    origins = [int(year) for year in known.index[:-1] if year >= FIRST_ORIGIN]
    ways = {DIRECT: pd.Series(1.0, index=range(FIRST_YEAR, 2101)), **drivers(catalog, region, field)}
    errors = {
        name: _log_errors(through_ratios(known, driver, origins, FARTHEST), targets) for name, driver in ways.items()
    }
    return pd.DataFrame(errors).dropna()


def _log_errors(forecasts: pd.DataFrame, targets: pd.Series) -> pd.Series:
    long = forecasts.stack()  # noqa: PD013
    years = long.index.get_level_values("origin") + long.index.get_level_values("ahead")
    return np.log(long / targets.reindex(years).to_numpy())


def through_ratios(known: pd.Series, driver: pd.Series, origins: list[int], ahead: int) -> pd.DataFrame:
    """Return emissions after each origin, as the forecast ratio times the driver.

    Args:
        known: emissions by year.
        driver: the driver by year.
        origins: last years of the history.
        ahead: number of years.

    Returns:
        Index origin, columns ahead (1 to `ahead`); NaN where the driver is not known, or where the ratio has fewer than
        eight years or none in the year of the origin.

    Example:
        >>> years = list(range(2011, 2021))
        >>> known, driver = pd.Series(10.0, years), pd.Series(2.0, [*years, 2021])
        >>> through_ratios(known, driver, [2020], 2).round(6).loc[2020].tolist()
        [10.0, nan]
    """
    ratio = (known / driver.reindex(known.index)).reindex(range(int(known.index[0]), int(known.index[-1]) + 1))
    histories = np.array([_until(ratio, origin) for origin in origins])
    able = (np.count_nonzero(~np.isnan(histories), axis=1) >= SHORTEST) & (histories[:, -1] > 0)
    found = np.full((len(origins), ahead), np.nan)
    if able.any():
        found[able] = panel.points(histories[able], ahead)
    future = [driver.reindex(range(origin + 1, origin + 1 + ahead)).to_numpy() for origin in origins]
    index, columns = pd.Index(origins, name="origin"), pd.RangeIndex(1, ahead + 1, name="ahead")
    return pd.DataFrame(found * np.array(future, dtype="float64"), index=index, columns=columns)


def _until(ratio: pd.Series, origin: int) -> Values:
    """Return the ratio up to a year, right-aligned."""
    missing = int(ratio.index[-1]) - origin
    past = ratio.loc[:origin].to_numpy(dtype="float64")
    return np.concatenate([np.full(missing, np.nan), past])


def estimate(catalog: Catalog, region: str, field: str, known: pd.Series) -> pd.DataFrame:
    """Return the years after the last known one for which a used driver is published.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: the field; its past errors give the weights.
        known: emissions by year (Mt CO2), without a gap.

    Returns:
        Columns year, co2_mt (the combination), direct_mt (R1 without drivers), drivers (ids, separated by spaces),
        error_pct (root mean square error of the combination in the past), direct_error_pct; without rows if no driver
        helps.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> known = pd.Series(range(20, 38), index=range(2005, 2023), dtype="float64")
        >>> estimate(open_catalog(), "330000", "transport", known).columns.tolist()[:2]
        ['year', 'co2_mt']
    """
    candidates, last = drivers(catalog, region, field), int(known.index[-1])
    if not any(int(driver.index[-1]) > last for driver in candidates.values()):
        return pd.DataFrame(columns=ESTIMATED).astype({"year": "int64"})
    table = scores(catalog, region, field)
    used = table[table["used"] & (table["driver"] != DIRECT)]
    ways = {name: _told(known, candidates[name], last) for name in used["driver"]}
    years = sorted({year for way in ways.values() for year in way.index})
    direct = panel.points(known.to_numpy(dtype="float64")[None, :], FARTHEST)[0]
    rows = [_combined(table, ways, year, float(direct[year - last - 1])) for year in _unbroken(years, last)]
    past = past_errors(catalog, region, field)
    found = pd.DataFrame(rows, columns=ESTIMATED[:4]).astype({"year": "int64"})
    return found.assign(error_pct=_combined_error(table, past), direct_error_pct=table["error_pct"].iloc[0])


def _told(known: pd.Series, driver: pd.Series, last: int) -> pd.Series:
    row = through_ratios(known, driver, [last], FARTHEST).loc[last].dropna()
    return pd.Series(row.to_numpy(), index=last + row.index.to_numpy())


def _unbroken(years: list[int], last: int) -> list[int]:
    return [year for number, year in enumerate(years, start=1) if year == last + number]


def _combined(table: pd.DataFrame, ways: dict[str, pd.Series], year: int, direct: float) -> dict[str, object]:
    weights = table.set_index("driver")["weight"]
    here = {DIRECT: direct, **{name: float(way[year]) for name, way in ways.items() if year in way.index}}
    share = weights[list(here)] / weights[list(here)].sum()
    mean = float(np.exp((share * np.log(pd.Series(here))).sum()))
    named = " ".join(name for name in here if name != DIRECT)
    return {"year": year, "co2_mt": mean, "direct_mt": direct, "drivers": named}


def _combined_error(table: pd.DataFrame, past: pd.DataFrame) -> float:
    """Return the error of the combination, each origin with weights learnt from the other origins (percent)."""
    names = table.loc[table["used"], "driver"].tolist()
    squares = []
    for origin in past.index.unique("origin"):
        others, own = past.drop(index=origin, level="origin")[names], past.loc[origin, names]
        inverse = 1 / (others**2).mean()
        squares += list(((own * inverse).sum(axis=1) / inverse.sum()) ** 2)
    return float(100 * np.sqrt(np.mean(squares)))
