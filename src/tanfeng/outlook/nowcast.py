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

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.facts.corrections import apply_corrections
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values

FARTHEST = 3
FIRST_ORIGIN, FIRST_YEAR = 2006, 1997
NATION, NATIONAL_CO2, NATIONAL_CHANGE, EARLIER_CO2 = "100000", "co2_gcb", "co2_gcb_change", "co2_gcb_2022_edition"
WIDER = 1.1  # of the errors, measured on provinces left out
SEED = 20261130
COLUMNS = ["field", "driver", "ahead", "b", "cases", "error_pct", "direct_error_pct"]
ESTIMATED = ["year", "co2_mt", "direct_mt", "drivers", "error_pct", "direct_error_pct"]


@dataclass(frozen=True)
class Learnt:
    """What the provinces taught of one field.

    Attributes:
        table: one row a year ahead, `COLUMNS`; b of the last year with `later` is that of the step of the later driver.
        errors: log errors (told less actual) of provinces left out, index region and origin, columns 1 to 3.
    """

    table: pd.DataFrame
    errors: pd.DataFrame


def drivers(catalog: Catalog, field: str) -> list[tuple[str, str]]:
    """Return driver and indicator of a field, the one that goes on when the first has ended last; empty if it has none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> drivers(open_catalog(), "industry")
        [('cement', 'cement_output')]
    """
    rows = catalog.read("drivers").query("field == @field").sort_values("sort")
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
    rows = apply_corrections(catalog, "inventory", catalog.read("inventory")).query("field == @field and year >= 1997")
    table = rows.pivot_table(index="region", columns="year", values="co2_mt", aggfunc="sum")
    levels = catalog.read("regions").query("level == 'province'")["id"]
    table = table[table.index.isin(levels)].where(table > 0)
    inside = table.bfill(axis=1).notna()
    broken = (table.isna() & inside).loc[:, ::-1].cummax(axis=1).loc[:, ::-1]
    return table.mask(broken)


@cached
def _driven(catalog: Catalog, indicator: str) -> pd.DataFrame:
    """Return the logarithm of a driver less that of the sum of provinces, by province and year.

    Where the provinces do not make the sum, it goes on by the published growth of the nation; a province whose last
    year is known to the end of a month only goes on by the growth of these months.
    """
    levels = set(catalog.read("regions").query("level == 'province'")["id"])
    regions = sorted(levels & set(catalog.read("observations").query("indicator == @indicator")["region"]))
    whole = pd.DataFrame({one: _with_months(catalog, indicator, one) for one in regions}).T
    together = whole.sum(min_count=len(whole))
    named = catalog.read("drivers").set_index("indicator").at[indicator, "growth"]
    growth = observations.yearly(catalog, named, NATION).set_index("year")["value"]
    for year in together.index[together.isna()]:
        together[year] = together.get(year - 1, np.nan) * (1 + growth.get(year, np.nan) / 100)
    return np.log(whole.where(whole > 0)) - np.log(together)


def _with_months(catalog: Catalog, indicator: str, region: str) -> pd.Series:
    rows = observations.observations(catalog, indicator, region)
    years = rows[rows["period_kind"] == "year"]
    found = pd.Series(years["value"].to_numpy(), index=years["end"].astype(int))
    parts = {text: float(value) for text, value in zip(rows["period"], rows["value"], strict=True) if "/" in text}
    for text, value in parts.items():
        period = periods.parse(text)
        before = text.replace(str(period.year), str(period.year - 1))
        if period.kind == "months" and period.year not in found.index and before in parts:
            found[period.year] = found.get(period.year - 1, np.nan) * value / parts[before]
    return found.sort_index()


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
def _base(catalog: Catalog, field: str, origin: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, by province and years ahead, the log growth of R1 and that of nation and R1 relative to the provinces.

    After the last year that most provinces have, the sum of provinces is R1 from that year.
    """
    whole = emitted(catalog, field)
    common = whole.columns[whole.notna().sum() > len(whole) / 2]
    since = min(origin, int(common[-1]))
    columns = pd.RangeIndex(1, FARTHEST + 1, name="ahead")
    direct, late = _direct(whole, origin, FARTHEST), origin - since
    sums = _direct(whole, since, FARTHEST + late).apply(np.exp).mul(whole[since].dropna(), axis=0).sum()
    together = np.log(pd.concat([pd.Series({0: whole[since].sum()}), sums]))
    national = nation(catalog)
    grown = [
        national.get(origin + step, np.nan) - national.get(origin, np.nan) - together[late + step] + together[late]
        for step in columns
    ]
    return direct, direct + np.array(grown)


def _direct(whole: pd.DataFrame, origin: int, ahead: int) -> pd.DataFrame:
    """Return the log growth of R1 after one origin, by province and years ahead."""
    table = whole.loc[:, FIRST_YEAR:origin]
    table = table[table[origin].notna()]
    found = panel.points(table.to_numpy(dtype="float64"), ahead)
    columns = pd.RangeIndex(1, ahead + 1, name="ahead")
    return pd.DataFrame(np.log(found / table[[origin]].to_numpy()), index=table.index, columns=columns)


def _relative(catalog: Catalog, indicator: str, origin: int, ahead: int) -> pd.Series:
    table = _driven(catalog, indicator)
    return table.get(origin + ahead, np.nan) - table.get(origin, np.nan)


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
    actual = np.log(emitted(catalog, field))
    rows, errors = [], {}
    for ahead in range(1, FARTHEST + 1):
        cases = pd.concat(
            [_cases(catalog, actual, field, indicator, one, ahead) for one in actual.columns if one >= FIRST_ORIGIN]
        )
        cases = cases.dropna()
        gap, driven = cases["actual"] - cases["base"], cases["driver"]
        errors[ahead] = -(gap - driven * _left_out(gap, driven))
        rows.append(
            {
                "field": field,
                "driver": driver,
                "ahead": ahead,
                "b": float((gap * driven).sum() / (driven**2).sum()),
                "cases": len(cases),
                "error_pct": 100 * float(np.sqrt((errors[ahead] ** 2).mean())),
                "direct_error_pct": 100 * float(np.sqrt(((cases["actual"] - cases["direct"]) ** 2).mean())),
            }
        )
    return Learnt(pd.DataFrame(rows)[COLUMNS], pd.DataFrame(errors))


def _cases(catalog: Catalog, actual: pd.DataFrame, field: str, indicator: str, origin: int, ahead: int) -> pd.DataFrame:
    """Return actual, direct and base growth and the relative driver of every province after one origin."""
    direct, base = _base(catalog, field, origin)
    grown = actual.get(origin + ahead, np.nan) - actual[origin]
    found = pd.DataFrame({"actual": grown, "direct": direct[ahead], "base": base[ahead]})
    found["driver"] = _relative(catalog, indicator, origin, ahead)
    return found.assign(origin=origin).set_index("origin", append=True)


def _left_out(gap: pd.Series, driven: pd.Series) -> pd.Series:
    """Return for every case the b that the other provinces teach."""
    own = gap.index.get_level_values("region")
    both, square = gap * driven, driven**2
    top = both.sum() - both.groupby(level="region").sum().reindex(own).to_numpy()
    below = square.sum() - square.groupby(level="region").sum().reindex(own).to_numpy()
    return pd.Series(top / below, index=gap.index)


@cached
def steps(catalog: Catalog, field: str) -> float:
    """Return b of the later driver's step in the last year told, as `learnt` gives that of the first driver."""
    _, (_, indicator) = drivers(catalog, field)
    actual = np.log(emitted(catalog, field))
    found = []
    for origin in range(FIRST_ORIGIN + 1, int(actual.columns[-1]) - 1):
        _, base = _base(catalog, field, origin)
        moved = actual[origin + FARTHEST] - actual[origin + FARTHEST - 1] if origin + FARTHEST in actual else None
        if moved is not None:
            step = _relative(catalog, indicator, origin + FARTHEST - 1, 1)
            found.append(pd.DataFrame({"gap": moved - (base[FARTHEST] - base[FARTHEST - 1]), "driver": step}).dropna())
    cases = pd.concat(found)
    return float((cases["gap"] * cases["driver"]).sum() / (cases["driver"] ** 2).sum())


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
    none = pd.DataFrame(columns=ESTIMATED).astype({"year": "int64"})
    known = emitted(catalog, field)
    if not drivers(catalog, field) or region not in known.index:
        return none
    origin = int(known.loc[region].last_valid_index())
    direct, base = _base(catalog, field, origin)
    last, rows, grown = float(known.at[region, origin]), [], 0.0
    for row in learnt(catalog, field).table.itertuples():
        told = _told(catalog, region, field, origin, int(row.ahead))
        if told is None or np.isnan(base.at[region, row.ahead]):
            break
        driver, moved, step = told
        before = base.at[region, row.ahead - 1] if row.ahead > 1 else 0.0
        grown = grown + base.at[region, row.ahead] - before + moved if step else base.at[region, row.ahead] + moved
        rows.append(
            {
                "year": origin + int(row.ahead),
                "co2_mt": last * float(np.exp(grown)),
                "direct_mt": last * float(np.exp(direct.at[region, row.ahead])),
                "drivers": driver,
                "error_pct": row.error_pct,
                "direct_error_pct": row.direct_error_pct,
            }
        )
    return pd.DataFrame(rows)[ESTIMATED] if rows else none


def sources(catalog: Catalog, region: str, field: str) -> list[str]:
    """Return the sources of the years that drivers tell: those of the nation and of the drivers of the region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "gcb_2024" in sources(open_catalog(), "330000", "industry")
        True
    """
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
    rows = rows[rows["end"] >= told["year"].iloc[0] - 1]
    return list(dict.fromkeys(rows["source_id"]))


def _told(catalog: Catalog, region: str, field: str, origin: int, ahead: int) -> tuple[str, float, bool] | None:
    """Return the driver of a year, what it adds to growth, and whether that is a step from the year before."""
    (driver, indicator), *later = drivers(catalog, field)
    table = learnt(catalog, field).table.set_index("ahead")
    own = _relative(catalog, indicator, origin, ahead)
    if isinstance(own, pd.Series) and not np.isnan(own.get(region, np.nan)):
        return driver, float(own[region] * table.at[ahead, "b"]), False
    if later and ahead > 1:
        name, other = later[0]
        step = _relative(catalog, other, origin + ahead - 1, 1)
        if isinstance(step, pd.Series) and not np.isnan(step.get(region, np.nan)):
            return name, float(step[region] * steps(catalog, field)), True
    return None


def trajectories(catalog: Catalog, region: str, field: str, years: int, count: int) -> Values:
    """Return log errors of the told years as other provinces had them, shape (count, years), median removed.

    They are wider or narrower as the series of the region moves more or less than those of the others.
    """
    errors = learnt(catalog, field).errors.dropna()
    errors = errors[errors.index.get_level_values("region") != region].to_numpy()[:, :years]
    known = emitted(catalog, field).loc[:, FIRST_YEAR:]
    own = pd.Series(conformal.spread(known.to_numpy(dtype="float64"), calibration(field)), index=known.index)
    order = np.random.default_rng(SEED).permutation(len(errors))[:count]
    drawn = np.resize(errors[order], (count, years))
    return (drawn - np.median(errors, axis=0)) * WIDER * np.sqrt(own[region] / own.mean())
