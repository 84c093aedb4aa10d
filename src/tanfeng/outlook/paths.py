"""What is likely: emissions to 2035 with intervals, peak probabilities, and the probability of a target.

Every field is projected as 400 paths (`tanfeng.outlook.projection`). The fields are put together path by path so that
large and small errors meet as they did in the other provinces, and the total is their sum in every path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.forecast.joint import shuffled
from tanfeng.forecast.peaks import peaked, trend
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import committed, nowcast
from tanfeng.outlook.projection import cases, history, last_told, project
from tanfeng.outlook.scenarios import BASELINE, Scenario, moves

UNTIL = 2035
LEVELS = (80, 95)
COLUMNS = ["region", "field", "year", "co2_mt", "lo80", "hi80", "lo95", "hi95", "status"]


@dataclass(frozen=True)
class Paths:
    """Joint paths of the fields of a region and of their total.

    Attributes:
        years: first to last year, the year after the last total first.
        fields: ids of the fields; `total` is the last.
        drawn: shape (fields, paths, years), Mt CO2; the total of a path is the sum of its fields.
    """

    years: tuple[int, ...]
    fields: tuple[str, ...]
    drawn: Values

    @property
    def middle(self) -> Values:
        """The point forecast: the median of the paths, shape (fields, years), Mt CO2."""
        return np.asarray(np.median(self.drawn, axis=1))

    def of(self, field: str) -> Values:
        """Return the paths of one field (or `total`), shape (paths, years)."""
        return self.drawn[self.fields.index(field)]


@cached(size=64)
def paths(catalog: Catalog, region: str, until: int = UNTIL, scenario: Scenario = BASELINE) -> Paths:
    """Return joint paths of all fields and of the total.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        until: last year.
        scenario: what is different from the course of things (`tanfeng.outlook.scenarios`).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = paths(open_catalog(), "330000", 2030)
        >>> found.years[0], bool(np.allclose(found.drawn[:-1].sum(axis=0), found.of("total")))
        (2023, True)
    """
    names = emissions.emitting_fields(catalog)
    first = int(history(catalog, region, "total").index[-1]) + 1
    ahead = [project(catalog, region, name, until).since(first) for name in names]
    together = shuffled([one.residuals for one in ahead], cases(catalog, region)[1])
    drawn = np.stack([one.paths(rows) for one, rows in zip(ahead, together, strict=True)])
    years = ahead[0].centre.index
    factor, added = moves(catalog, region, years, names, scenario)
    if scenario.committed and (twh := committed_output(catalog, region, years)).any():
        added["energy"] -= committed.direct(catalog, twh)
    moved = np.maximum(drawn * factor.to_numpy() + added.to_numpy().T[:, None], 0.0)
    return Paths(tuple(map(int, years)), (*names, "total"), np.concatenate([moved, moved.sum(axis=0)[None]]))


def committed_output(catalog: Catalog, region: str, years: pd.Index) -> pd.Series:
    """Return the output of committed plants beyond their past growth, TWh by year (`tanfeng.outlook.committed`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> committed_output(open_catalog(), "330000", pd.Index([2025, 2030])).round(1).tolist()
        [0.0, 25.3]
    """
    since = max(int(history(catalog, region, "energy").index[-1]), last_told(catalog, region, "energy"))
    return committed.output(catalog, region, years, since)


def provinces(catalog: Catalog) -> list[str]:
    """Return the codes of the provinces that have an inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(provinces(open_catalog()))
        30
    """
    levels = catalog.read("regions").query("level == 'province'")["id"]
    return sorted(set(levels) & set(catalog.read("inventory")["region"]))


@cached(size=64)
def fields(catalog: Catalog, region: str, until: int = UNTIL, scenario: Scenario = BASELINE) -> pd.DataFrame:
    """Return the history and outlook of every field and of their total.

    Returns:
        Columns region, field, year, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2; no interval for the past), status.

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = fields(open_catalog(), "330000")
        >>> rows.loc[rows["field"] == "total", "year"].iloc[-1]
        np.int64(2035)
    """
    found = paths(catalog, region, until, scenario)
    return pd.concat([_joined(catalog, region, field, found) for field in found.fields], ignore_index=True)[COLUMNS]


def one_field(catalog: Catalog, region: str, field: str, until: int = UNTIL) -> pd.DataFrame:
    """Return the history and outlook of one field, with the columns of `fields`.

    Raises:
        ProjectError: if the region has no inventory of the field or its series is too short.
    """
    found = paths(catalog, region, until)
    if field not in found.fields:
        raise ProjectError(f"the inventory of region {region} has no field {field!r}")
    return _joined(catalog, region, field, found)[COLUMNS]


def _joined(catalog: Catalog, region: str, field: str, found: Paths) -> pd.DataFrame:
    past = emissions.series(catalog, region, field)[["year", "co2_mt", "status"]]
    ahead = pd.DataFrame({"year": found.years, "co2_mt": found.middle[found.fields.index(field)], "status": "forecast"})
    drawn = found.of(field)
    for level in LEVELS:
        ahead[f"lo{level}"], ahead[f"hi{level}"] = np.quantile(drawn, [0.5 - level / 200, 0.5 + level / 200], axis=0)
    ahead = ahead[ahead["year"] > past["year"].max()]
    return pd.concat([past, ahead], ignore_index=True).assign(region=region, field=field)


@cached(size=64)
def peak(
    catalog: Catalog, region: str, field: str = "total", until: int = UNTIL, scenario: Scenario = BASELINE
) -> pd.DataFrame:
    """Return the probability that emissions have peaked, by year.

    Returns:
        Columns year, p_peaked_by (the maximum of history and path lies in this year or before; the first row is the
        last year of the history: already peaked), p_no_peak (no maximum before the last year), trend (Mann-Kendall on
        the last ten years: rising, falling, plateau), maximum_year (of the past).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = peak(open_catalog(), "330000")
        >>> bool(rows["p_peaked_by"].is_monotonic_increasing)
        True
    """
    found = paths(catalog, region, until, scenario)
    past = history(catalog, region, field).loc[: found.years[0] - 1]
    share = peaked(found.of(field)[None], np.array([past.max()]))[0]
    rows = pd.DataFrame({"year": [found.years[0] - 1, *found.years[:-1]], "p_peaked_by": share})
    label = trend(past.to_numpy(dtype="float64"))
    return rows.assign(p_no_peak=1 - share[-1], trend=label, maximum_year=int(past.idxmax()))


def table(catalog: Catalog, region: str, field: str = "total") -> pd.DataFrame:
    """Return the years ahead of a field, of the total, or of `all`, with the probability of a peak.

    Returns:
        Columns region, field, year, point (median of the paths), lo80, hi80, lo95, hi95 (Mt CO2), p_peaked_by (the
        maximum lies in this year or before; not known for the last year).

    Raises:
        ProjectError: if the region has no inventory, a series is too short, or there is no such field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = table(open_catalog(), "330000")
        >>> rows["year"].iloc[0], bool(rows["p_peaked_by"].iloc[:-1].is_monotonic_increasing)
        (np.int64(2023), True)
    """
    known = [*emissions.emitting_fields(catalog), "total"]
    if field not in {*known, "all"}:
        raise ProjectError(f"field {field!r}: expected one of {', '.join([*known, 'all'])}")
    found = paths(catalog, region)
    ends = np.quantile(np.sort(found.drawn, axis=1), [0.5, 0.1, 0.9, 0.025, 0.975], axis=1)  # sorted: half the time
    highest = [history(catalog, region, name).loc[: found.years[0] - 1].max() for name in found.fields]
    chances = peaked(found.drawn, np.array(highest))[:, 1:]
    columns = dict(zip(["point", "lo80", "hi80", "lo95", "hi95"], ends.reshape(len(ends), -1), strict=True))
    columns["p_peaked_by"] = np.pad(chances, ((0, 0), (0, 1)), constant_values=np.nan).ravel()
    years = np.tile(found.years, len(found.fields))
    rows = pd.DataFrame({"region": region, "field": np.repeat(found.fields, len(found.years)), "year": years} | columns)
    return rows if field == "all" else rows[rows["field"] == field].reset_index(drop=True)


def interval(drawn: Values, level: int = 80) -> tuple[float, float]:
    """Return the interval of paths that holds `level` percent of them in the middle.

    Example:
        >>> interval(np.arange(5.0), 50)
        (1.0, 3.0)
    """
    low, high = np.quantile(drawn, [0.5 - level / 200, 0.5 + level / 200])
    return float(low), float(high)


def at(rows: pd.DataFrame, field: str, year: int) -> pd.Series:
    """Return the row of one field and year of an outlook.

    Raises:
        ProjectError: if there is none.
    """
    found = rows[(rows["field"] == field) & (rows["year"] == year)]
    if found.empty:
        raise ProjectError(f"the outlook has no figure of {field} in {year}")
    return found.iloc[0]


@cached
def recent(catalog: Catalog, region: str, until: int) -> pd.DataFrame:
    """Return how the years after the last published one are told, up to `until`, field by field.

    Returns:
        Columns field, year, co2_mt (median of the paths, Mt CO2), kind (nowcast, forecast), drivers (id; empty for a
        forecast), error_pct (root mean square error in other provinces, percent; NaN for a forecast).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = recent(open_catalog(), "330000", 2025)
        >>> rows[rows["field"] == "industry"]["kind"].tolist()
        ['nowcast', 'nowcast', 'nowcast']
    """
    found, parts = paths(catalog, region), []
    for name, middle in zip(found.fields[:-1], found.middle, strict=False):
        kinds = project(catalog, region, name, UNTIL).kinds.loc[:until]
        now = nowcast.estimate(catalog, region, name).set_index("year").reindex(kinds.index)
        rows = pd.DataFrame({"field": name, "year": kinds.index, "kind": kinds.to_numpy()})
        rows["co2_mt"] = pd.Series(middle, found.years).reindex(kinds.index).to_numpy()
        parts.append(rows.assign(drivers=now["drivers"].fillna("").to_numpy(), error_pct=now["error_pct"].to_numpy()))
    return pd.concat(parts, ignore_index=True)[["field", "year", "co2_mt", "kind", "drivers", "error_pct"]]
