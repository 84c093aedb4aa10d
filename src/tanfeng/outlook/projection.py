"""One field's emissions ahead as joint paths: history, the years that drivers tell, then R1, with calibrated errors.

Years after the last inventory whose drivers are published are told (`tanfeng.outlook.nowcast`), with the errors that
other provinces had: a path takes those of one case, all fields together. From the last told year (of a field without a
driver, from the last published one) R1 starts anew, with the share of its trend that came true in the provinces
(`tanfeng.outlook.past`) and its own errors (`tanfeng.forecast.conformal`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.forecast import conformal, joint, panel
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import nowcast, past

SHORTEST = past.SHORTEST
SEED = 20261124
NATION = nowcast.NATION


@dataclass(frozen=True)
class Projection:
    """One field ahead of its last published year.

    Attributes:
        field: its id.
        published: emissions by year up to the last one published (Mt CO2).
        centre: emissions by year after it (Mt CO2): nowcast, R1.
        kinds: `nowcast` or `forecast` of each of these years.
        errors: log errors of the told years (the first ones), shape (paths, told).
        residuals: how far each path of R1 lies from its centre on u = 2 (sqrt(y / y_told) - 1), shape (paths, years).
    """

    field: str
    published: pd.Series
    centre: pd.Series
    kinds: pd.Series
    errors: Values
    residuals: Values

    def since(self, first: int) -> Projection:
        """Return the projection from a year on that is published here and not in every other field: it has no error."""
        if self.published.index[-1] < first:
            return self
        known = self.published.loc[first:].dropna()
        centre = pd.concat([known, self.centre])
        kinds = pd.concat([pd.Series("published", index=known.index, dtype="object"), self.kinds])
        padded = np.hstack([np.zeros((len(self.errors), len(known))), self.errors])
        return replace(self, centre=centre, kinds=kinds, errors=padded)

    def paths(self, residuals: Values | None = None) -> Values:
        """Return the paths, shape (paths, years), Mt CO2, none below zero; residuals may come in another order."""
        told, moved = self.errors.shape[1], self.residuals if residuals is None else residuals
        middle = self.centre.to_numpy(dtype="float64")
        base = middle[told - 1] if told else float(self.published.iloc[-1])
        first = middle[:told] * np.exp(self.errors)
        later = (first[:, -1:] if told else base) * np.maximum(np.sqrt(middle[told:] / base) + moved / 2, 0.0) ** 2
        return np.hstack([first, later])


def first_year(catalog: Catalog, region: str, field: str) -> int:
    """Return the first year a forecast may use: after the last break marked `start` in `data/breaks.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> first_year(open_catalog(), "330000", "industry")
        2005
    """
    starts = [year for place, name, year in _starts(catalog) if place in {region, NATION} and name in {field, "total"}]
    return max(starts, default=0)


@cached
def _starts(catalog: Catalog) -> list[tuple[str, str, int]]:
    rows = catalog.read("breaks")
    return [(row.region, row.field, int(row.year)) for row in rows[rows["use"] == "start"].itertuples()]


def history(catalog: Catalog, region: str, field: str) -> pd.Series:
    """Return the emissions (Mt CO2 by year) a forecast is based on: all since the last break, NaN in years without.

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> history(open_catalog(), "330000", "transport").index[[0, -1]].tolist()
        [2005, 2022]
    """
    known = _histories(catalog, field)
    if region not in known:
        emissions.series(catalog, region, field)  # says what is missing
    return known[region]


@cached
def _histories(catalog: Catalog, field: str) -> dict[str, pd.Series]:
    table = emissions.wide(catalog)
    if field not in table.index.get_level_values("field"):
        return {}
    table = table.xs(field, level="field")
    years, values, found = table.columns.to_numpy(), table.to_numpy(dtype="float64"), {}
    for place, region in enumerate(table.index):
        there = np.flatnonzero(~np.isnan(values[place]) & (years >= first_year(catalog, region, field)))
        if len(there):
            inside = slice(there[0], there[-1] + 1)
            found[str(region)] = pd.Series(values[place, inside], index=years[inside])
    return found


def project(catalog: Catalog, region: str, field: str, until: int) -> Projection:
    """Return one field ahead of its last published year, to `until`.

    Raises:
        ProjectError: if the region has no inventory of the field, or its series has fewer than eight years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> ahead = project(open_catalog(), "330000", "energy", 2030)
        >>> ahead.kinds.unique().tolist(), ahead.paths().shape
        (['nowcast', 'forecast'], (400, 8))
    """
    published = history(catalog, region, field)
    if (known := published.count()) < SHORTEST:
        raise ProjectError(f"{field} of region {region} has {known} years since the last break; expected {SHORTEST}")
    told, centre, kinds, residuals = _centres(catalog, field, until)[region]
    return Projection(field, published, centre, kinds, told_errors(catalog, region, field, told), residuals)


@cached
def _centres(catalog: Catalog, field: str, until: int) -> dict[str, tuple[int, pd.Series, pd.Series, Values]]:
    """Return told years, centre, kinds and residuals of all regions whose series is long enough, alike ones at once."""
    alike: dict[tuple[int, int], list[str]] = {}
    known, told = {}, {}
    for region, series in _histories(catalog, field).items():
        known[region] = series
        if series.count() >= SHORTEST:
            ahead = nowcast.ahead(catalog, field).get(region)
            told[region] = ahead.co2_mt[: max(until - ahead.origin, 0)] if ahead else np.zeros(0)
            alike.setdefault((int(known[region].index[-1]), len(told[region])), []).append(region)
    found = {}
    for (last, count), regions in alike.items():
        years = pd.Index(range(last + 1, until + 1))
        histories = pd.DataFrame({one: known[one] for one in regions}).T.to_numpy(dtype="float64")
        basis = np.hstack([histories, np.array([told[one] for one in regions])])
        rest = max(until - last - count, 0)
        grown = panel.ratios(basis, max(rest, 1))[:, :rest] ** (2 * float(past.shares(catalog)["all"]))
        residuals = past.residuals(histories, field, rest)
        kinds = pd.Series(["nowcast"] * count + ["forecast"] * rest, years, dtype="object")
        for place, one in enumerate(regions):
            centre = np.concatenate([told[one], basis[place, -1] * grown[place]])
            found[one] = count, pd.Series(centre, years), kinds, residuals[place]
    return found


@cached
def cases(catalog: Catalog, region: str) -> tuple[pd.MultiIndex, Values]:
    """Return the case that each path belongs to, and how large the errors of the fields were in it.

    Returns:
        Province (never the region itself) and origin of each path; shape (paths, fields), fields in their order (see
        `tanfeng.outlook.past.template`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found, ranks = cases(open_catalog(), "330000")
        >>> ranks.shape, "330000" in found.get_level_values("region")
        ((400, 6), False)
    """
    rows = past.template(catalog)
    rows = rows[rows.index.get_level_values("region") != region]
    values = rows.to_numpy()
    chosen = joint.cases(values, conformal.PATHS, SEED)
    return rows.index[chosen], values[chosen]


def told_errors(catalog: Catalog, region: str, field: str, years: int) -> Values:
    """Return log errors of the told years, those of the case of each path, shape (paths, years)."""
    return _errors(catalog, region, field)[:, :years] if years else np.zeros((conformal.PATHS, 0))


@cached
def _errors(catalog: Catalog, region: str, field: str) -> Values:
    return nowcast.trajectories(catalog, region, field, cases(catalog, region)[0])


def last_told(catalog: Catalog, region: str, field: str) -> int:
    """Return the last year of a field (of any for `total`) that a driver tells; 0 if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [last_told(open_catalog(), "330000", name) for name in ("total", "transport", "industry")]
        [2025, 0, 2025]
    """
    names = emissions.emitting_fields(catalog) if field == "total" else [field]
    told = [nowcast.ahead(catalog, name).get(region) for name in names]
    return max((one.origin + len(one.by) for one in told if one), default=0)
