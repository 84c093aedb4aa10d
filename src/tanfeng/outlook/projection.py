"""One field's emissions ahead as joint paths: history, the years that drivers tell, then R1, with calibrated errors.

Years after the last inventory whose drivers are published are told (`tanfeng.outlook.nowcast`), with the errors that
other provinces had. From the last told year R1 starts anew, with its own errors (`tanfeng.forecast.conformal`). Fields
without a driver are R1 from the last published year, with `TREND` of its trend.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import nowcast

SHORTEST = 8
TREND = 0.75  # of R1 in fields without a driver, measured on 30 provinces


@dataclass(frozen=True)
class Projection:
    """One field ahead of its last published year.

    Attributes:
        published: emissions by year up to the last one published (Mt CO2).
        centre: emissions by year after it (Mt CO2): nowcast, R1.
        kinds: `nowcast` or `forecast` of each of these years.
        residuals: how far each path lies from the centre on u = 2 (sqrt(y / y_last) - 1), shape (paths, years).
    """

    field: str
    published: pd.Series
    centre: pd.Series
    kinds: pd.Series
    residuals: Values

    def since(self, first: int) -> Projection:
        """Return the projection from a year on that is published here and not in every other field: it has no error."""
        known = self.published.loc[first:].dropna()
        centre = pd.concat([known, self.centre])
        kinds = pd.concat([pd.Series("published", index=known.index, dtype="object"), self.kinds])
        padded = np.hstack([np.zeros((len(self.residuals), len(known))), self.residuals])
        return replace(self, centre=centre, kinds=kinds, residuals=padded)

    def paths(self, residuals: Values | None = None, centre: pd.Series | None = None) -> Values:
        """Return the paths, shape (paths, years), Mt CO2, none below zero; residuals or centre may be replaced."""
        last = float(self.published.iloc[-1])
        middle = np.sqrt((self.centre if centre is None else centre).to_numpy(dtype="float64") / last)
        moved = self.residuals if residuals is None else residuals
        return last * np.maximum(middle + moved / 2, 0.0) ** 2


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
        (['nowcast', 'forecast'], (400, 8))
    """
    known = history(catalog, region, field)
    if known.count() < SHORTEST:
        raise ProjectError(
            f"{field} of region {region} has {known.count()} years since the last break; expected {SHORTEST}"
        )
    told = nowcast.estimate(catalog, region, field).set_index("year")["co2_mt"].loc[:until]
    basis = pd.concat([known, told]).astype("float64")
    rest = np.arange(int(basis.index[-1]) + 1, until + 1)
    ahead = panel.points(basis.to_numpy()[None, :], max(len(rest), 1))[0][: len(rest)]
    share = 1.0 if nowcast.drivers(catalog, field) else TREND
    tail = pd.Series(float(basis.iloc[-1]) * (ahead / float(basis.iloc[-1])) ** share, rest)
    centre = pd.concat([told, tail]).astype("float64")
    kinds = pd.Series([*["nowcast"] * len(told), *["forecast"] * len(rest)], index=centre.index)
    return Projection(field, known, centre, kinds, _residuals(catalog, region, known, centre, len(told), field))


def _residuals(catalog: Catalog, region: str, known: pd.Series, centre: pd.Series, told: int, field: str) -> Values:
    """Return how far the paths lie from the centre: errors of told years, then those of R1 from the last of them."""
    learnt, last, middle = calibration(field), float(known.iloc[-1]), centre.to_numpy(dtype="float64")
    scale = conformal.spread(known.to_numpy(dtype="float64")[None, :], learnt)[0]
    errors = scale * conformal.residual_paths(learnt, max(len(middle) - told, 1))[:, : len(middle) - told]
    if not told:
        return errors
    first = middle[:told] * np.exp(nowcast.trajectories(catalog, region, field, told, conformal.PATHS))
    later = first[:, -1:] * np.maximum(np.sqrt(middle[told:] / middle[told - 1]) + errors / 2, 0.0) ** 2
    return 2 * (np.sqrt(np.hstack([first, later]) / last) - np.sqrt(middle / last))


def recent(catalog: Catalog, region: str, until: int) -> pd.DataFrame:
    """Return how the years after the last published one are told, up to `until`, field by field.

    Returns:
        Columns field, year, co2_mt (Mt CO2), kind (nowcast, forecast), drivers (id; empty for a forecast), error_pct
        (root mean square error in other provinces, percent; NaN for a forecast).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = recent(open_catalog(), "330000", 2025)
        >>> rows[rows["field"] == "industry"]["kind"].tolist()
        ['nowcast', 'nowcast', 'nowcast']
    """
    rows = catalog.read("fields").sort_values("sort")
    names = [name for name in rows.loc[rows["emits"], "id"] if name != "total"]
    return pd.concat([_recent(catalog, region, name, until) for name in names], ignore_index=True)


def last_told(catalog: Catalog, region: str, field: str) -> int:
    """Return the last year of a field (of any for `total`) that a driver tells; 0 if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [last_told(open_catalog(), "330000", name) for name in ("total", "transport", "industry")]
        [2025, 0, 2025]
    """
    rows = recent(catalog, region, catalog.as_of_year)
    told = rows[(rows["kind"] != "forecast") & ((rows["field"] == field) | (field == "total"))]
    return int(told["year"].max()) if len(told) else 0


@cached
def _recent(catalog: Catalog, region: str, field: str, until: int) -> pd.DataFrame:
    ahead = project(catalog, region, field, until)
    now = nowcast.estimate(catalog, region, field).set_index("year")
    rows = pd.DataFrame({"field": field, "year": ahead.centre.index, "co2_mt": ahead.centre, "kind": ahead.kinds})
    rows["drivers"] = now["drivers"].reindex(rows["year"]).fillna("").to_numpy()
    rows["error_pct"] = now["error_pct"].reindex(rows["year"]).to_numpy()
    return rows.reset_index(drop=True)
