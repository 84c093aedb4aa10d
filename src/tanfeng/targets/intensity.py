"""The way to a reduction of CO2 intensity: history, required path, fan, probability, what is still needed.

Emissions are the 400 joint paths of the outlook, GDP the paths of `tanfeng.forecast.growth`; every path of the one
meets every path of the other, that is, they are taken as independent: eight past cases tell nothing else (`coupled`
says what it would change). The result speaks of this project's accounts. The official assessment does not publish its
figures, so no verdict rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import accounts, factors, indicators, observations
from tanfeng.facts import emissions as inventory
from tanfeng.forecast import conformal, growth
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import committed, paths, projection, scenarios
from tanfeng.outlook.scenarios import BASELINE, GROWTH_SHARE, Scenario
from tanfeng.targets import progress
from tanfeng.targets.progress import required_rate

ACCOUNTS = ("direct", "assessment")
FIRST_YEAR = 2005
LAST_BASE_YEAR = 2014  # the assessment account starts a year later; a base before is estimated
ROWS = [
    "year", "co2_mt", "gdp_index", "index_pct", "lo80", "hi80", "lo95", "hi95", "linear_pct", "compound_pct",
    "needed_pct", "status",
]  # fmt: skip


@dataclass(frozen=True)
class Intensity:
    """The way to a reduction of CO2 per unit of GDP at constant prices.

    Attributes:
        account: `direct` or `assessment`.
        base: year the reduction counts from.
        year: year it is due.
        reduction_pct: reduction asked for, percent.
        last: last year with a known figure of the account (or the base year, if that is later).
        since: year from whose end something can still be asked: the last year that is over, or `last` if it is later.
        rows: year, co2_mt (Mt CO2), gdp_index (2020 = 100; both of
            a forecast year the median of the paths), index_pct (intensity, base year = 100), lo80, hi80, lo95,
            hi95 (of a forecast), linear_pct and compound_pct (required by the end of the year on the way from the base
            year), needed_pct (on the way from `since`, at a constant rate; NaN before), status. Years without a figure
            are missing.
        drawn: reduction in percent by `year`, one a path.
        gdp: published index of GDP at constant prices by year (2020 = 100).
        growth: mean growth of GDP from its last published year to `year`, percent a year, one a path.
    """

    account: str
    base: int
    year: int
    reduction_pct: float
    last: int
    since: int
    rows: pd.DataFrame
    drawn: Values
    gdp: pd.Series
    growth: Values

    @property
    def probability(self) -> float:
        """Share of paths that reach the reduction."""
        return float((self.drawn >= self.reduction_pct).mean())

    @property
    def median(self) -> float:
        """Median reduction by the target year, percent."""
        return float(np.median(self.drawn))

    def interval(self, level: int = 80) -> tuple[float, float]:
        """Return the interval of the reduction that holds `level` percent of the paths, percent."""
        return paths.interval(self.drawn, level)

    def reached(self, year: int) -> float:
        """Return the reduction by a year in percent; of a forecast year the middle of the fan."""
        return 100 - float(self.rows.set_index("year").at[year, "index_pct"])

    def rate(self, since: int | None = None) -> float:
        """Return the yearly rate in percent that still leads from a year (by default `since`) to the reduction."""
        first = self.since if since is None else since
        return required_rate(-self.reached(first), -self.reduction_pct, self.year - first)

    def recent_rate(self, years: int = 5) -> float:
        """Return the mean yearly rate in percent over the years up to the last known one, or to the base year."""
        before = self.last - years
        done, now = self.reached(before), self.reached(self.last)
        return required_rate(-done, -now, years)


@cached(size=64)
def intensity(
    catalog: Catalog,
    region: str,
    base: int,
    year: int,
    reduction_pct: float,
    account: str = "direct",
    scenario: Scenario = BASELINE,
) -> Intensity:
    """Return the way to a reduction of CO2 intensity.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        base: year the reduction counts from.
        year: year it is due, after the last known one.
        reduction_pct: reduction asked for, percent.
        account: `direct`, or `assessment` (fuel, cement process, net imported electricity).
        scenario: what is different; a growth rate becomes the middle of GDP and moves emissions by half as much.

    Raises:
        ProjectError: if the region has no inventory, no growth rates or no such account, or the years do not fit.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = intensity(open_catalog(), "330000", 2005, 2030, 65.0)
        >>> found.last, round(found.reached(2022), 1), 0 < found.probability < 1
        (2022, 56.9, True)
    """
    known = emissions(catalog, region, account, base)
    index = indicators.gdp_index(catalog, region)
    years, apart, product = ahead_apart(catalog, region, year, account, scenario)
    co2, gdp = np.repeat(apart, len(product), axis=0), np.tile(product, (len(apart), 1))
    if base not in known.index and base not in years:
        raise ProjectError(f"{account} account of region {region}: no emissions of the base year {base}")
    ratio = co2 / gdp
    start = float(known["co2_mt"][base] / index[base]) if base in known.index else ratio[:, years.index(base)]
    fan = 100 * (ratio.T / start).T if base in known.index else 100 * ratio / np.asarray(start)[:, None]
    middle = float(start) if base in known.index else float(np.median(start))
    past = _past(known, index, middle).loc[lambda rows: rows["year"] < years[0]]
    ahead = _ahead(years, fan, co2, gdp)
    last = max(int(past["year"].iloc[-1]), base)
    since = max(last, min(catalog.as_of_year, year) - 1)
    rows = _with_required(pd.concat([past, ahead], ignore_index=True), base, year, reduction_pct, since)
    pace = 100 * ((gdp[:, -1] / float(index.iloc[-1])) ** (1 / max(year - int(index.index[-1]), 1)) - 1)
    return Intensity(account, base, year, reduction_pct, last, since, rows, 100 - fan[:, -1], index, pace)


def _past(known: pd.DataFrame, index: pd.Series, start: float) -> pd.DataFrame:
    both = known.assign(gdp_index=index.reindex(known.index)).dropna(subset=["gdp_index"])
    both = both.assign(index_pct=100 * both["co2_mt"] / both["gdp_index"] / start)
    return both.rename_axis("year").reset_index()[["year", "co2_mt", "gdp_index", "index_pct", "status"]]


def _ahead(years: list[int], fan: Values, co2: Values, gdp: Values) -> pd.DataFrame:
    parts = {"co2_mt": np.median(co2, axis=0), "gdp_index": np.median(gdp, axis=0), "index_pct": np.median(fan, axis=0)}
    rows = pd.DataFrame({"year": years, **parts, "status": "forecast"})
    for level in paths.LEVELS:
        rows[f"lo{level}"], rows[f"hi{level}"] = np.quantile(fan, [0.5 - level / 200, 0.5 + level / 200], axis=0)
    return rows


def _with_required(rows: pd.DataFrame, base: int, year: int, reduction_pct: float, since: int) -> pd.DataFrame:
    goal = 100 - reduction_pct
    now = float(rows.set_index("year").at[since, "index_pct"])
    paths = {
        "linear_pct": _path(base, 100.0, year, goal, progress.LINEAR),
        "compound_pct": _path(base, 100.0, year, goal, progress.COMPOUND),
        "needed_pct": _path(since, now, year, goal, progress.COMPOUND),
    }
    return rows.assign(**{name: rows["year"].map(path) for name, path in paths.items()}).reindex(columns=ROWS)


def _path(first: int, start: float, year: int, goal: float, shape: str) -> dict[int, float]:
    steps = progress.level_path(start, goal, year - first, shape)
    return {first: start, **dict(zip(range(first + 1, year + 1), steps, strict=True))}


def emissions(catalog: Catalog, region: str, account: str, base: int) -> pd.DataFrame:
    """Return the known emissions of an account, from 2005 on or from an earlier base year.

    The assessment account starts later than 2005. Its base year is the direct account and net imports on a straight
    line between the years next to it, at the grid factor carried back: an estimate.

    Returns:
        Index year; columns co2_mt (Mt CO2), status, source_id. Years held from the year before are left out.

    Raises:
        ProjectError: if there is no such account, or the region lacks what it needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = emissions(open_catalog(), "330000", "assessment", 2005)
        >>> rows.index[:2].tolist(), round(float(rows.at[2005, "co2_mt"]), 1), rows.at[2005, "status"]
        ([2005, 2015], 264.4, 'estimate')
    """
    if account not in ACCOUNTS:
        raise ProjectError(f"account must be one of {', '.join(ACCOUNTS)}; found {account!r}")
    direct = inventory.series(catalog, region, "total").set_index("year")
    cited = " ".join(inventory.sources(catalog, region))
    if account == "direct":
        found = direct.assign(source_id=cited)
    else:
        found = accounts.series(catalog, region, account).set_index("year").loc[: direct.index[-1]]
        if base <= LAST_BASE_YEAR:
            found = pd.concat([_estimated_base(catalog, region, base, float(direct.at[base, "co2_mt"]), cited), found])
    return found.loc[min(base, FIRST_YEAR) :, ["co2_mt", "status", "source_id"]]


def _estimated_base(catalog: Catalog, region: str, base: int, direct: float, cited: str) -> pd.DataFrame:
    rows = observations.yearly(catalog, accounts.NET_IMPORT, region).set_index("year")["value"]
    factor = factors.grid(catalog, region, base)
    line = rows.reindex(range(int(rows.index[0]), int(rows.index[-1]) + 1)).interpolate()
    imported = float(line[base]) * factor.value / units.T_PER_MT
    source = " ".join(dict.fromkeys([*cited.split(), *factor.sources]))
    return pd.DataFrame({"co2_mt": direct + imported, "status": "estimate", "source_id": source}, index=[base])


@cached(size=64)
def ahead_apart(
    catalog: Catalog, region: str, year: int, account: str, scenario: Scenario
) -> tuple[list[int], Values, Values]:
    """Return years, emissions (paths, years; Mt CO2) and the index of GDP (its own paths, years; 2020 = 100).

    Raises:
        ProjectError: if the year is not one of the outlook, or the region lacks what `intensity` needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> years, co2, gdp = ahead_apart(open_catalog(), "330000", 2030, "direct", BASELINE)
        >>> years[-1], co2.shape[1] == gdp.shape[1] == len(years)
        (2030, True)
    """
    found = paths.paths(catalog, region, max(year, paths.UNTIL), replace(scenario, gdp_growth=None))
    years = [one for one in found.years if one <= year]
    if not years or years[-1] != year:
        raise ProjectError(f"year {year}: expected a year after the inventory, {found.years[0]} or later")
    co2 = found.of("total")[:, : len(years)]
    if account == "assessment":
        co2 = (
            co2
            + imports(catalog, region, years, scenario.committed)
            + scenarios.brought(catalog, region, scenario, years)
        )
    product = _gdp(catalog, region, tuple(years))
    return years, *_at_growth(catalog, region, years, co2, product, scenario.gdp_growth)


def _at_growth(
    catalog: Catalog, region: str, years: list[int], co2: Values, gdp: Values, rate: float | None
) -> tuple[Values, Values]:
    """Return emissions and GDP moved to where GDP grows by `rate` a year after its last published year; errors stay."""
    if rate is None:
        return co2, gdp
    last = int(_index(catalog, region).index[-1])
    middle = np.median(gdp, axis=0)
    at = years.index(last) if last in years else 0
    steps = np.maximum(np.array(years) - last, 0)
    moved = np.where(steps > 0, middle[at] * (1 + rate / 100) ** steps / middle, 1.0)
    return co2 * moved**GROWTH_SHARE, gdp * moved


def reductions(
    catalog: Catalog,
    region: str,
    base: int,
    year: int,
    account: str = "direct",
    scenario: Scenario = BASELINE,
    saved: Values | None = None,
) -> Values:
    """Return reductions of CO2 intensity as `intensity` draws them, with measures taken off.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        base: year the reduction counts from.
        year: year it is due, after the last known one.
        account: `direct` or `assessment`.
        scenario: what is different (see `intensity`).
        saved: what measures take off the emissions, shape (paths, years of the outlook), Mt CO2.

    Raises:
        ProjectError: as `intensity`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> drawn = reductions(open_catalog(), "330000", 2005, 2030)
        >>> whole = intensity(open_catalog(), "330000", 2005, 2030, 65.0).drawn
        >>> bool(np.allclose(drawn, whole))
        True
    """
    years, co2, product = ahead_apart(catalog, region, year, account, scenario)
    co2 = co2 if saved is None else co2 - saved[:, : len(years)]
    place = years.index(base) if base in years else None
    start = _start(catalog, region, account, base) if place is None else co2[:, [place]] / product[:, place]
    return np.asarray(100 - 100 * (co2[:, -1:] / product[:, -1] / start)).ravel()


@cached
def _start(catalog: Catalog, region: str, account: str, base: int) -> float:
    """Return known emissions of a base year over its index of GDP."""
    known = emissions(catalog, region, account, base)
    if base not in known.index:
        raise ProjectError(f"{account} account of region {region}: no emissions of the base year {base}")
    return float(known["co2_mt"][base] / indicators.gdp_index(catalog, region)[base])


@cached
def imports(catalog: Catalog, region: str, years: list[int], committed_in: bool = True) -> Values:
    """Return the CO2 of net imported electricity, shape (paths, years), Mt CO2: as known, then R1 with its errors.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        years: of the outlook.
        committed_in: committed plants lower imports (`tanfeng.outlook.committed`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> imports(open_catalog(), "330000", [2023, 2024]).shape
        (400, 2)
    """
    rows = accounts.imported(catalog, region).set_index("year")["import_mt"].loc[: years[-1]]
    ahead = years[-1] - int(rows.index[-1])
    if not ahead:
        return np.broadcast_to(rows.reindex(years).to_numpy(), (conformal.PATHS, len(years)))
    drawn = conformal.paths(rows.to_numpy(dtype="float64")[None, :], calibration(), ahead)[0]
    order = np.random.default_rng(projection.SEED).permutation(len(drawn))  # not the order in which the fields err
    told = np.broadcast_to(rows.reindex(years).dropna().to_numpy(), (len(drawn), len(years) - ahead))
    found = np.hstack([told, drawn[order]])
    if committed_in:
        found = found - committed.imported(catalog, region, paths.committed_output(catalog, region, pd.Index(years)))
    return found


@cached
def _gdp(catalog: Catalog, region: str, years: tuple[int, ...]) -> Values:
    """Return paths of the GDP index (2020 = 100), shape (paths, years): published, then `tanfeng.forecast.growth`."""
    index = indicators.gdp_index(catalog, region)
    last = int(index.index[-1])
    known = index.reindex([year for year in years if year <= last]).to_numpy()
    if len(known) == len(years):
        return known[None, :]
    rates = growth.paths(_rates(catalog, region).to_numpy(), years[-1] - last)
    return np.hstack([np.tile(known, (len(rates), 1)), float(index.iloc[-1]) * np.cumprod(1 + rates / 100, axis=1)])


@cached
def _index(catalog: Catalog, region: str) -> pd.Series:
    return indicators.gdp_index(catalog, region)


def _rates(catalog: Catalog, region: str) -> pd.Series:
    rows = indicators.yearly(catalog, "gdp_real_growth", region)
    return rows.set_index("year")["value"].astype("float64")


def coupled(catalog: Catalog, region: str, found: Intensity) -> tuple[float, float]:
    """Return the probability if high emissions always came with high growth, and if always with low growth.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> shares = coupled(catalog, "330000", intensity(catalog, "330000", 2005, 2030, 65.0))
        >>> all(0 < share < 1 for share in shares)
        True
    """
    years, co2, gdp = ahead_apart(catalog, region, found.year, found.account, BASELINE)
    base = found.base in years
    first = co2[:, years.index(found.base)] if base else float(found.rows.set_index("year").at[found.base, "co2_mt"])
    emitted = np.sort(co2[:, -1] / first)
    product = np.quantile(gdp[:, -1], (np.arange(len(co2)) + 0.5) / len(co2)) / float(found.gdp[found.base])
    goal = 1 - found.reduction_pct / 100
    return float((emitted / product <= goal).mean()), float((emitted / product[::-1] <= goal).mean())


def emissions_needed(found: Intensity, growth_pct: float, since: int | None = None) -> tuple[float, float]:
    """Return what emissions may be in the target year, and their yearly change until then, at a rate of growth.

    Args:
        found: result of `intensity`.
        growth_pct: growth of GDP in percent a year after its last published year.
        since: year the change counts from; by default that of `found`, whose emissions may be the median ahead.

    Returns:
        Mt CO2 in the target year, and percent a year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> way = intensity(open_catalog(), "330000", 2005, 2030, 65.0)
        >>> allowed, rate = emissions_needed(way, 5.0)
        >>> round(allowed, 1), round(rate, 2)
        (538.9, 2.45)
    """
    rows = found.rows.set_index("year")
    first = found.since if since is None else since
    product = float(found.gdp.iloc[-1]) * (1 + growth_pct / 100) ** (found.year - int(found.gdp.index[-1]))
    start = float(rows.at[found.base, "co2_mt"] / rows.at[found.base, "gdp_index"])
    allowed = start * product * (1 - found.reduction_pct / 100)
    rate = 100 * ((allowed / float(rows.at[first, "co2_mt"])) ** (1 / (found.year - first)) - 1)
    return allowed, float(rate)


def by_scenario(
    catalog: Catalog, region: str, base: int, year: int, reduction_pct: float, account: str = "direct"
) -> pd.DataFrame:
    """Return what each scenario of a region gives for a reduction (see `intensity`).

    Returns:
        Columns scenario, growth_pct (of GDP, median, percent a year), co2_mt (median in the target year), median_pct,
        lo80, hi80 (reduction, percent), probability.

    Raises:
        ProjectError: as `intensity`, or if the region has no scenario.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_scenario(open_catalog(), "330000", 2005, 2030, 65.0).set_index("scenario")
        >>> bool(rows.at["without_committed", "probability"] < rows.at["baseline", "probability"])
        True
    """
    found = [
        (one.name, intensity(catalog, region, base, year, reduction_pct, account, one))
        for one in scenarios.named(catalog, region)
    ]
    return pd.DataFrame([{"scenario": name, **_summary(way)} for name, way in found])


def _summary(way: Intensity) -> dict[str, float]:
    low, high = way.interval()
    return {
        "growth_pct": float(np.median(way.growth)),
        "co2_mt": float(way.rows["co2_mt"].iloc[-1]),
        "median_pct": way.median,
        "lo80": low,
        "hi80": high,
        "probability": way.probability,
    }
