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
from tanfeng.forecast import conformal
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.joint import shuffled
from tanfeng.forecast.peaks import peaked, trend
from tanfeng.forecast.r1 import Values
from tanfeng.outlook.projection import history, project
from tanfeng.outlook.scenarios import BASELINE, Scenario, applied

UNTIL = 2035
LEVELS = (80, 95)
SEED = 20261124
TEMPLATE_FIRST, TEMPLATE_ORIGINS, TEMPLATE_AHEAD = 1997, range(2006, 2015), 5
COLUMNS = ["region", "field", "year", "co2_mt", "lo80", "hi80", "lo95", "hi95", "status"]


@dataclass(frozen=True)
class Paths:
    """Joint paths of the fields of a region and of their total.

    Attributes:
        years: first to last year, the year after the last total first.
        fields: ids of the fields; `total` is the last.
        centre: shape (fields, years), Mt CO2.
        drawn: shape (fields, paths, years), Mt CO2; the total of a path is the sum of its fields.
    """

    years: tuple[int, ...]
    fields: tuple[str, ...]
    centre: Values
    drawn: Values

    def of(self, field: str) -> Values:
        """Return the paths of one field (or `total`), shape (paths, years)."""
        return self.drawn[self.fields.index(field)]


def emitting_fields(catalog: Catalog) -> list[str]:
    """Return the ids of the fields that have emissions, in the order of `data/fields.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> emitting_fields(open_catalog())[:2]
        ['energy', 'industry']
    """
    fields = catalog.read("fields").sort_values("sort")
    return [field for field in fields.loc[fields["emits"], "id"] if field != "total"]


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
    names = emitting_fields(catalog)
    first = int(history(catalog, region, "total").index[-1]) + 1
    ahead = [project(catalog, region, name, until).since(first) for name in names]
    centre = pd.DataFrame({one.field: one.centre for one in ahead})
    changed = applied(catalog, region, centre, scenario)
    together = shuffled(np.stack([one.residuals for one in ahead]), template(catalog, region), SEED)
    drawn = [one.paths(residuals=rows, centre=changed[one.field]) for one, rows in zip(ahead, together, strict=True)]
    values = np.stack([*drawn, np.sum(drawn, axis=0)])
    middle = np.vstack([changed.to_numpy().T, changed.sum(axis=1).to_numpy()])
    return Paths(tuple(map(int, changed.index)), (*names, "total"), middle, values)


@cached
def template(catalog: Catalog, region: str) -> Values:
    """Return how errors of the fields went together in the other provinces, shape (cases, fields).

    A case is a province and an origin of 2006 to 2014: the mean residual of R1 one to five years ahead, by field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> template(open_catalog(), "330000").shape[1]
        6
    """
    cases = _cases(catalog)
    return cases[cases.index.get_level_values("region") != region].to_numpy()


def provinces(catalog: Catalog) -> list[str]:
    """Return the codes of the provinces that have an inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(provinces(open_catalog()))
        30
    """
    levels = catalog.read("regions").query("level == 'province'")["id"]
    return sorted(set(levels) & set(catalog.read("inventory")["region"]))


@cached
def _cases(catalog: Catalog) -> pd.DataFrame:
    """Return the mean residual of every field (columns) by province and origin; only cases with all fields."""
    names = emitting_fields(catalog)
    found = {name: pd.concat([_mean_residuals(catalog, name, origin) for origin in TEMPLATE_ORIGINS]) for name in names}
    return pd.DataFrame(found).sort_index().dropna()


def _mean_residuals(catalog: Catalog, field: str, origin: int) -> pd.Series:
    """Return the mean residual after one origin by province, of those with a figure above zero in every year."""
    years = range(TEMPLATE_FIRST, origin + TEMPLATE_AHEAD + 1)
    rows = _reported(catalog)
    table = rows[rows["field"] == field].pivot_table(index="region", columns="year", values="co2_mt")
    table = table.reindex(provinces(catalog), columns=years)
    table = table[(table > 0).all(axis=1)]
    values = table.to_numpy(dtype="float64")
    means = conformal.residuals(
        values[:, :-TEMPLATE_AHEAD], values[:, -TEMPLATE_AHEAD:], calibration(field).scale
    ).mean(axis=1)
    return pd.Series(means, index=pd.MultiIndex.from_product([table.index, [origin]], names=["region", "origin"]))


@cached
def _reported(catalog: Catalog) -> pd.DataFrame:
    """Return the published emissions: columns region, field, year, co2_mt."""
    return catalog.read("inventory").groupby(["region", "field", "year"], as_index=False)["co2_mt"].sum()


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
    ahead = pd.DataFrame({"year": found.years, "co2_mt": found.centre[found.fields.index(field)], "status": "forecast"})
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
