"""Years whose drivers are published and whose emissions are not, told through them.

Growth of a field of a province k = 1, 2, 3 years after its last inventory, in logarithms:

    g(k) = nation(k) + [R1(k) - R1 of the sum of provinces(k)] + b(k) [driver(k) - driver of the sum of provinces(k)]

The nation is China's CO2 (Global Carbon Budget). Energy follows thermal generation, industry cement output; where only
electricity of the last year is known, its step relative to the nation takes the place of that of thermal generation.
`data/drivers.csv` names the drivers. The b are least squares without intercept over all provinces and the origins since
2006; errors are those of provinces that took no part in the b they are tested with, kept as whole trajectories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, observations
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values

FARTHEST = 3
FIRST_ORIGIN, FIRST_YEAR = 2006, 1997
NATION, NATIONAL_CO2, NATIONAL_CHANGE, EARLIER_CO2 = "100000", "co2_gcb", "co2_gcb_change", "co2_gcb_2022_edition"
COLUMNS = ["field", "driver", "ahead", "b", "cases", "error_pct", "direct_error_pct"]
ESTIMATED = ["year", "co2_mt", "direct_mt", "drivers", "error_pct", "direct_error_pct"]


@dataclass(frozen=True)
class Learnt:
    """What the provinces taught of one field.

    Attributes:
        table: one row a year ahead, `COLUMNS`; b of the last year with `later` is that of the step of the later driver.
        errors: log errors (actual less told) of provinces left out, index region and origin, columns 1 to 3.
    """

    table: pd.DataFrame
    errors: pd.DataFrame


@dataclass(frozen=True)
class Ahead:
    """The years of a province after its last inventory that a driver tells, at most three.

    Attributes:
        origin: the year of the last inventory.
        last: its emissions, Mt CO2.
        co2_mt: emissions of the years after it.
        by: place of the driver of each year in `drivers`.
    """

    origin: int
    last: float
    co2_mt: Values
    by: NDArray[np.int64]


@cached
def drivers(catalog: Catalog, field: str) -> list[tuple[str, str]]:
    """Return driver and indicator of a field, the one that goes on when the first has ended last; empty if it has none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> drivers(open_catalog(), "industry")
        [('cement', 'cement_output')]
    """
    rows = catalog.read("drivers")
    rows = rows[rows["field"] == field].sort_values("sort")
    return list(rows[["driver", "indicator"]].itertuples(index=False, name=None))


def told_fields(catalog: Catalog) -> list[str]:
    """Return the fields that have a driver.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> told_fields(open_catalog())
        ['energy', 'industry']
    """
    return sorted(set(catalog.read("drivers")["field"]))


@cached
def emitted(catalog: Catalog, field: str) -> pd.DataFrame:
    """Return the published emissions of a field, corrected, by province (rows) and year since 1997.

    NaN where none, and before a gap: a series starts after it.
    """
    levels = catalog.read("regions").set_index("id")["level"]
    table = emissions.wide(catalog).xs(field, level="field").loc[:, FIRST_YEAR:]
    table = table[(levels.reindex(table.index) == "province").to_numpy()]
    table = table.where(table > 0).dropna(axis=1, how="all")
    inside = table.bfill(axis=1).notna()
    broken = (table.isna() & inside).loc[:, ::-1].cummax(axis=1).loc[:, ::-1]
    return table.mask(broken)


@cached
def _driven(catalog: Catalog, indicator: str) -> pd.DataFrame:
    """Return the logarithm of a driver less that of the sum of provinces, by province and year.

    Where the provinces do not make the sum, it goes on by the published growth of the nation; a province whose last
    year is known to the end of a month only goes on by the growth of these months.
    """
    levels = catalog.read("regions").query("level == 'province'")["id"]
    rows = observations.everywhere(catalog, indicator)
    rows = rows[rows["region"].isin(levels)]
    whole = rows[rows["period_kind"] == "year"].pivot_table(index="region", columns="end", values="value")
    for region, part in rows[rows["period_kind"] == "months"].groupby("region"):
        for year, value in _from_months(whole.loc[region], part.set_index("period")["value"]).items():
            whole.loc[region, year] = value
    together = whole.sum(min_count=len(whole))
    named = catalog.read("drivers").set_index("indicator").at[indicator, "growth"]
    growth = observations.yearly(catalog, named, NATION).set_index("year")["value"]
    for year in together.index[together.isna()]:
        together[year] = together.get(year - 1, np.nan) * (1 + growth.get(year, np.nan) / 100)
    return np.log(whole.where(whole > 0)) - np.log(together)


def _from_months(known: pd.Series, months: pd.Series) -> dict[int, float]:
    """Return the years of which only the sum to the end of a month is known, at its growth on the year before."""
    found: dict[int, float] = {}
    for text in months.index:
        year = periods.parse(text).year
        before = text.replace(str(year), str(year - 1))
        if np.isnan(known.get(year, np.nan)) and before in months.index:
            found[year] = float(known.get(year - 1, np.nan) * months[text] / months[before])
    return found


@cached
def nation(catalog: Catalog) -> pd.Series:
    """Return the logarithm of China's CO2 by year: the later edition where it is, chained to the earlier one before.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = nation(open_catalog())
        >>> round(100 * float(found[2023] - found[2022]), 1)
        4.7
    """
    later = observations.yearly(catalog, NATIONAL_CO2, NATION).set_index("year")["value"]
    for row in observations.yearly(catalog, NATIONAL_CHANGE, NATION).itertuples():
        if row.year not in later.index:
            later[row.year] = later[row.year - 1] * (1 + row.value / 100)
    earlier = observations.yearly(catalog, EARLIER_CO2, NATION).set_index("year")["value"]
    first = int(later.index.min())
    chained = earlier[earlier.index < first] * later[first] / earlier[first]
    return np.log(pd.concat([chained, later]).sort_index())


@cached
def _base(catalog: Catalog, field: str, origin: int) -> tuple[Values, Values]:
    """Return the log growth of R1 and that of nation and R1 relative to the provinces.

    Shape (provinces, years ahead), provinces as in `emitted`, NaN where no figure is known in the origin. After the
    last year that most provinces have, the sum of provinces is R1 from that year.
    """
    whole, since = emitted(catalog, field), min(origin, _common(catalog, field))
    late = origin - since
    direct = _direct(catalog, field, origin, FARTHEST)
    ahead = direct if not late else _direct(catalog, field, since, FARTHEST + late)
    known = whole[since].to_numpy()[:, None] * np.exp(np.hstack([np.zeros((len(whole), 1)), ahead]))
    together = np.log(np.nansum(known, axis=0))
    national = nation(catalog).reindex(range(origin, origin + FARTHEST + 1)).to_numpy()
    return direct, direct + (national[1:] - national[0] - together[late + 1 :] + together[late])


@cached
def _common(catalog: Catalog, field: str) -> int:
    """Return the last year that most provinces have."""
    whole = emitted(catalog, field)
    return int(whole.columns[whole.notna().sum() > len(whole) / 2][-1])


@cached
def _direct(catalog: Catalog, field: str, origin: int, ahead: int) -> Values:
    """Return the log growth of R1 after one origin, shape (provinces, years ahead), NaN without a figure in it."""
    table = emitted(catalog, field).loc[:, :origin].to_numpy(dtype="float64")
    there = ~np.isnan(table[:, -1])
    found = np.full((len(table), ahead), np.nan)
    found[there] = 2 * np.log(panel.ratios(table[there], ahead))
    return found


@cached
def _relative(catalog: Catalog, field: str, indicator: str, origin: int) -> Values:
    """Return the growth of a driver relative to the sum of provinces, shape (provinces, years ahead)."""
    years = range(origin, origin + FARTHEST + 1)
    table = _driven(catalog, indicator).reindex(index=emitted(catalog, field).index, columns=years)
    logs = table.to_numpy(dtype="float64")
    return logs[:, 1:] - logs[:, :1]


@cached
def learnt(catalog: Catalog, field: str) -> Learnt:
    """Return what the provinces taught of a field with a driver.

    Raises:
        ProjectError: if the tables lack a national figure that is needed.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> learnt(open_catalog(), "industry").table["b"].round(2).tolist()
        [0.3, 0.3, 0.33]
    """
    (driver, indicator), *_ = drivers(catalog, field)
    whole = emitted(catalog, field)
    origins = [int(year) for year in whole.columns if year >= FIRST_ORIGIN]
    actual = np.stack([_grown(whole, origin) for origin in origins])
    bases = [_base(catalog, field, origin) for origin in origins]
    driven = np.stack([_relative(catalog, field, indicator, origin) for origin in origins])
    direct = actual - np.stack([one for one, _ in bases])
    gap = actual - np.stack([one for _, one in bases])
    gap, driven = (np.where(np.isnan(gap + driven), np.nan, one) for one in (gap, driven))
    direct = np.where(np.isnan(gap), np.nan, direct)
    tops, below = np.nansum(gap * driven, axis=0), np.nansum(driven**2, axis=0)  # by province
    others = (tops.sum(axis=0) - tops) / (below.sum(axis=0) - below)
    errors = gap - driven * others
    rows = pd.DataFrame(
        {
            "field": field,
            "driver": driver,
            "ahead": range(1, FARTHEST + 1),
            "b": tops.sum(axis=0) / below.sum(axis=0),
            "cases": (~np.isnan(gap)).sum(axis=(0, 1)),
            "error_pct": 100 * np.sqrt(np.nanmean(errors**2, axis=(0, 1))),
            "direct_error_pct": 100 * np.sqrt(np.nanmean(direct**2, axis=(0, 1))),
        }
    )
    index = pd.MultiIndex.from_product([origins, whole.index], names=["origin", "region"])
    found = pd.DataFrame(errors.reshape(-1, FARTHEST), index=index, columns=range(1, FARTHEST + 1))
    return Learnt(rows[COLUMNS], found.dropna(how="all").swaplevel().sort_index())


def _grown(whole: pd.DataFrame, origin: int) -> Values:
    """Return the log growth that came after an origin, shape (provinces, years ahead)."""
    logs = np.log(whole.reindex(columns=range(origin, origin + FARTHEST + 1)).to_numpy(dtype="float64"))
    return logs[:, 1:] - logs[:, :1]


@cached
def steps(catalog: Catalog, field: str) -> float:
    """Return b of the later driver's step in the last year told, as `learnt` gives that of the first driver."""
    _, (_, indicator) = drivers(catalog, field)
    whole = emitted(catalog, field)
    moved, driven = [], []
    for origin in (int(year) for year in whole.columns if year > FIRST_ORIGIN):
        gap = _grown(whole, origin) - _base(catalog, field, origin)[1]
        step = _relative(catalog, field, indicator, origin)
        moved.append(gap[:, -1] - gap[:, -2])
        driven.append(step[:, -1] - step[:, -2])
    gaps, own = np.stack(moved), np.stack(driven)
    there = ~np.isnan(gaps + own)
    return float((gaps[there] * own[there]).sum() / (own[there] ** 2).sum())


@cached
def told(catalog: Catalog, field: str, origin: int) -> tuple[Values, NDArray[np.int64]]:
    """Return the log growth of every province after an origin, and by which driver it is told.

    Returns:
        Shapes (provinces, years ahead), provinces as in `emitted`: growth, NaN from the first year without a driver on;
        the place of the driver in `drivers`, -1 there.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> grown, by = told(catalog, "energy", 2022)
        >>> by[emitted(catalog, "energy").index.get_loc("330000")].tolist()
        [0, 0, 1]
    """
    (_, indicator), *later = drivers(catalog, field)
    _, base = _base(catalog, field, origin)
    grown = base + learnt(catalog, field).table["b"].to_numpy() * _relative(catalog, field, indicator, origin)
    by = np.where(np.isnan(grown), -1, 0)
    if later:
        step = _relative(catalog, field, later[0][1], origin)
        for year in range(1, FARTHEST):
            more = base[:, year] - base[:, year - 1] + steps(catalog, field) * (step[:, year] - step[:, year - 1])
            chained = grown[:, year - 1] + more
            fills = np.isnan(grown[:, year]) & ~np.isnan(chained)
            grown[fills, year], by[fills, year] = chained[fills], 1
    missing = np.maximum.accumulate(np.isnan(grown), axis=1)
    return np.where(missing, np.nan, grown), np.where(missing, -1, by)


@cached
def ahead(catalog: Catalog, field: str) -> dict[str, Ahead]:
    """Return what drivers tell of a field after the last inventory, by province; none without a driver or a told year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> ahead(open_catalog(), "energy")["330000"].by.tolist()
        [0, 0, 1]
    """
    found, whole = {}, emitted(catalog, field) if drivers(catalog, field) else pd.DataFrame()
    values = whole.to_numpy(dtype="float64")
    for place, region in enumerate(whole.index):
        last = np.flatnonzero(~np.isnan(values[place]))[-1]
        origin = int(whole.columns[last])
        grown, by = (one[place] for one in told(catalog, field, origin))
        if there := int((by >= 0).sum()):
            emissions = values[place, last] * np.exp(grown[:there])
            found[str(region)] = Ahead(origin, float(values[place, last]), emissions, by[:there])
    return found


@cached
def estimate(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    """Return the years after the last inventory that a driver tells, at most three.

    Returns:
        Columns year, co2_mt, direct_mt (R1 without drivers), drivers (id), error_pct (root mean square error of the log
        in provinces left out, percent), direct_error_pct; without rows if the field has no driver or it has ended.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> estimate(open_catalog(), "330000", "energy")[["year", "drivers"]].values.tolist()
        [[2023, 'thermal'], [2024, 'thermal'], [2025, 'electricity']]
    """
    one = ahead(catalog, field).get(region)
    if one is None:
        return pd.DataFrame(columns=ESTIMATED).astype({"year": "int64"})
    place, count, table = emitted(catalog, field).index.get_loc(region), len(one.by), learnt(catalog, field).table
    found = {
        "year": range(one.origin + 1, one.origin + 1 + count),
        "co2_mt": one.co2_mt,
        "direct_mt": one.last * np.exp(_direct(catalog, field, one.origin, FARTHEST)[place, :count]),
        "drivers": [drivers(catalog, field)[driver][0] for driver in one.by],
    }
    return pd.DataFrame(found).join(table[["error_pct", "direct_error_pct"]])


def sources(catalog: Catalog, region: str, *fields: str) -> list[str]:
    """Return the sources of the years that drivers tell: those of the nation and of the drivers of the region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "gcb_2024" in sources(open_catalog(), "330000", "industry")
        True
    """
    return list(dict.fromkeys(one for field in dict.fromkeys(fields) for one in _sources(catalog, region, field)))


def _sources(catalog: Catalog, region: str, field: str) -> list[str]:
    told = estimate(catalog, region, field)
    if told.empty:
        return []
    indicator = dict(drivers(catalog, field))
    figures = [
        (NATIONAL_CO2, NATION),
        (NATIONAL_CHANGE, NATION),
        *((indicator[one], region) for one in told["drivers"]),
    ]
    rows = pd.concat([observations.observations(catalog, *figure) for figure in dict.fromkeys(figures)])
    return list(rows.loc[rows["end"] >= told["year"].iloc[0] - 1, "source_id"])


def trajectories(catalog: Catalog, region: str, field: str, cases: pd.MultiIndex) -> Values:
    """Return log errors of the told years as other provinces had them, shape (cases, 3), median removed.

    They are wider or narrower as the series of the region moves more or less than those of the others.

    Args:
        catalog: the tables.
        region: GB/T 2260 code of a province.
        field: one that has a driver.
        cases: region and origin of each, none of the region itself (`tanfeng.outlook.past.template`).
    """
    errors, regions = _whole_errors(catalog, field)
    values, spread, places = errors.to_numpy(), _spread(catalog, field), errors.index.get_indexer(cases)
    if (places < 0).any():
        raise ProjectError(f"{field}: no error of a told year in {cases[places < 0][0]}; expected cases that have one")
    others = values[regions != region]
    return (values[places] - np.median(others, axis=0)) * np.sqrt(spread[region] / spread.mean())


@cached
def _whole_errors(catalog: Catalog, field: str) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Return the errors of `learnt` known in all years ahead, and the province of each."""
    errors = learnt(catalog, field).errors.dropna()
    return errors, errors.index.get_level_values("region").to_numpy(dtype="object")


@cached
def _spread(catalog: Catalog, field: str) -> pd.Series:
    known = emitted(catalog, field)
    return pd.Series(conformal.spread(known.to_numpy(dtype="float64"), calibration(field)), index=known.index)
