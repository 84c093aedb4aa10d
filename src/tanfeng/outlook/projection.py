"""One field's emissions ahead as joint paths: history, estimates, nowcast, then R1, with calibrated errors.

The centre of the paths are the estimates of years whose emissions are not published, then the nowcast through drivers,
then R1 on all of it. The spread is that of R1 after the last published year (`tanfeng.forecast.conformal`), made
narrower in years that drivers tell something about, as much as past errors say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, estimates
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import nowcast

SHORTEST = 8


@dataclass(frozen=True)
class Projection:
    """One field ahead of its last published year.

    Attributes:
        published: emissions by year up to the last one published (Mt CO2); estimates inside it are part of it.
        centre: emissions by year after it (Mt CO2): estimates, nowcast, R1.
        kinds: `estimate`, `nowcast` or `forecast` of each of these years.
        spread: share of the spread of R1 that each of these years keeps, 1 for a plain forecast.
        residuals: residual trajectories on u = 2 (sqrt(y / y_last) - 1), shape (paths, years).
    """

    field: str
    published: pd.Series
    centre: pd.Series
    kinds: pd.Series
    spread: Values
    residuals: Values

    def paths(self, residuals: Values | None = None, centre: pd.Series | None = None) -> Values:
        """Return the paths, shape (paths, years), Mt CO2, none below zero; residuals or centre may be replaced."""
        last = float(self.published.iloc[-1])
        middle = np.sqrt((self.centre if centre is None else centre).to_numpy(dtype="float64") / last)
        moved = _carried(self.residuals if residuals is None else residuals, self.spread)
        return last * np.maximum(middle + moved / 2, 0.0) ** 2


def _carried(residuals: Values, spread: Values) -> Values:
    """Return residuals narrowed in the first years; later ones keep the narrowed error and add what comes after."""
    known = int((spread < 1).sum())
    moved = residuals * spread
    if known:
        gone = residuals[:, known - 1 : known] * (1 - spread[known - 1])
        moved[:, known:] = residuals[:, known:] - gone
    return moved


def first_year(catalog: Catalog, region: str, field: str) -> int:
    """Return the first year a forecast may use: after the last break marked `start` in `data/breaks.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> first_year(open_catalog(), "330000", "industry")
        2005
    """
    breaks = catalog.read("breaks")
    here = (
        breaks["region"].isin([region, "100000"]) & breaks["field"].isin([field, "total"]) & (breaks["use"] == "start")
    )
    return int(breaks.loc[here, "year"].max()) if here.any() else 0


def history(catalog: Catalog, region: str, field: str) -> pd.Series:
    """Return the emissions (Mt CO2 by year) a forecast is based on: all since the last break, NaN in years without.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> history(open_catalog(), "330000", "transport").index[[0, -1]].tolist()
        [2005, 2022]
    """
    rows = emissions.series(catalog, region, field)
    values = rows[rows["year"] >= first_year(catalog, region, field)].set_index("year")["co2_mt"]
    return values.reindex(range(int(values.index[0]), int(values.index[-1]) + 1))


@cached
def project(catalog: Catalog, region: str, field: str, until: int) -> Projection:
    """Return one field ahead of its last published year, to `until`.

    Raises:
        ProjectError: if the region has no inventory of the field, or its series has fewer than eight years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> ahead = project(open_catalog(), "330000", "energy", 2030)
        >>> ahead.kinds.unique().tolist(), ahead.paths().shape
        (['estimate', 'nowcast', 'forecast'], (400, 8))
    """
    known = history(catalog, region, field)
    if known.count() < SHORTEST:
        raise ProjectError(
            f"{field} of region {region} has {known.count()} years since the last break; expected {SHORTEST}"
        )
    published = known.loc[: _last_published(catalog, region, field)]
    now = nowcast.estimate(catalog, region, field, known)
    told = pd.concat([known.loc[published.index[-1] + 1 :], now.set_index("year")["co2_mt"]]).loc[:until]
    basis = pd.concat([published, told])
    rest = np.arange(int(basis.index[-1]) + 1, until + 1)
    tail = pd.Series(panel.points(basis.to_numpy(dtype="float64")[None, :], max(len(rest), 1))[0][: len(rest)], rest)
    centre = pd.concat([told, tail]).astype("float64")
    errors = _errors(catalog, region, field, list(map(int, told.index)), now)
    spread = np.concatenate([errors, np.ones(len(rest))])
    kinds = ["nowcast" if year in set(now["year"]) else "estimate" for year in told.index]
    learnt = calibration(field)
    scale = conformal.spread(published.to_numpy(dtype="float64")[None, :], learnt)[0]
    drawn = scale * conformal.residual_paths(learnt, len(centre))
    named = pd.Series([*kinds, *["forecast"] * len(rest)], index=centre.index)
    return Projection(field, published, centre, named, spread, drawn)


def recent(catalog: Catalog, region: str, until: int) -> pd.DataFrame:
    """Return how the years after the last published one are told, up to `until`, field by field.

    Returns:
        Columns field, year, co2_mt (Mt CO2), kind (estimate, nowcast, forecast), drivers (ids, separated by spaces;
        empty but for a nowcast), error_pct (root mean square error of that way in the past, percent; NaN for a plain
        forecast).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = recent(open_catalog(), "330000", 2025)
        >>> rows[rows["field"] == "transport"]["kind"].tolist()
        ['nowcast', 'forecast', 'forecast']
    """
    rows = catalog.read("fields").sort_values("sort")
    names = [name for name in rows.loc[rows["emits"], "id"] if name != "total"]
    return pd.concat([_recent(catalog, region, name, until) for name in names], ignore_index=True)


def last_told(catalog: Catalog, region: str, field: str) -> int:
    """Return the last year of a field (of any for `total`) told by an estimate or a driver; 0 if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [last_told(open_catalog(), "330000", name) for name in ("total", "transport", "industry")]
        [2025, 2023, 0]
    """
    rows = recent(catalog, region, catalog.as_of_year)
    told = rows[(rows["kind"] != "forecast") & ((rows["field"] == field) | (field == "total"))]
    return int(told["year"].max()) if len(told) else 0


@cached
def _recent(catalog: Catalog, region: str, field: str, until: int) -> pd.DataFrame:
    ahead = project(catalog, region, field, until)
    now = nowcast.estimate(catalog, region, field, history(catalog, region, field)).set_index("year")
    rows = pd.DataFrame({"field": field, "year": ahead.centre.index, "co2_mt": ahead.centre, "kind": ahead.kinds})
    rows["drivers"] = now["drivers"].reindex(rows["year"]).fillna("").to_numpy()
    made = {year: _of_estimate(catalog, region, field, year) for year in rows.loc[rows["kind"] == "estimate", "year"]}
    rows["error_pct"] = now["error_pct"].reindex(rows["year"]).fillna(pd.Series(made, dtype="float64")).to_numpy()
    return rows.reset_index(drop=True)


def _last_published(catalog: Catalog, region: str, field: str) -> int:
    rows = emissions.series(catalog, region, field)
    return int(rows.loc[rows["status"] != "estimate", "year"].max())


def _errors(catalog: Catalog, region: str, field: str, years: list[int], now: pd.DataFrame) -> Values:
    """Return the past error of the way each year was told, over that of R1 without drivers; at most 1."""
    if not years:
        return np.ones(0)
    direct = float(nowcast.scores(catalog, region, field)["error_pct"].iloc[0])
    told = now.set_index("year")["error_pct"]
    own = [float(told[year]) if year in told.index else _of_estimate(catalog, region, field, year) for year in years]
    return np.minimum(np.array(own) / direct, 1 - 1e-9)


def _of_estimate(catalog: Catalog, region: str, field: str, year: int) -> float:
    return estimates.error_pct(catalog, region, year, field)
