"""The outlook of every province as it would have been from every year since 2006, and what came.

Told are the three years after an origin, by drivers and with coefficients that the other provinces teach
(`tanfeng.outlook.nowcast`). From the last of them R1 starts anew. These cases teach how much of the trend of R1 came
true, and how the errors of the fields go together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import nowcast

ORIGINS = range(nowcast.FIRST_ORIGIN, 2020)
AHEAD = 8
TOGETHER = 6  # years ahead up to which errors of fields are compared
SHORTEST = 8
R1_ERRORS = 0.9  # of the learnt errors of R1, measured on provinces left out (docs/methods/)


@dataclass(frozen=True)
class Known:
    """A field of the provinces in one origin, and what came.

    Attributes:
        regions: those with a figure in the origin and eight or more up to it.
        histories: shape (n, years), Mt CO2, NaN where none.
        told: the years that drivers tell, shape (n, 3), Mt CO2; NaN where none does.
        came: the `AHEAD` years after the origin, shape (n, AHEAD), Mt CO2; NaN where not published.
    """

    regions: pd.Index
    histories: Values
    told: Values
    came: Values

    @property
    def has(self) -> NDArray[np.bool_]:
        """Whether drivers tell a province, shape (n,)."""
        return np.asarray(~np.isnan(self.told).any(axis=1))


@cached
def known(catalog: Catalog, field: str, origin: int) -> Known:
    """Return a field (or `total`, which no driver tells) of the provinces in one origin.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = known(open_catalog(), "energy", 2012)
        >>> found.told.shape[1], found.came.shape[1]
        (3, 8)
    """
    whole = nowcast.emitted(catalog, field)
    values = whole.to_numpy(dtype="float64")
    histories = values[:, : whole.columns.get_loc(origin) + 1]
    there = ~np.isnan(histories)
    rows = there[:, -1] & (there.sum(axis=1) >= SHORTEST)
    regions, places = whole.index[rows], whole.columns.get_indexer(range(origin + 1, origin + 1 + AHEAD))
    came = np.where(places < 0, np.nan, values[rows][:, places])
    told = np.full((len(regions), nowcast.FARTHEST), np.nan)
    if nowcast.drivers(catalog, field):
        errors = nowcast.learnt(catalog, field).errors
        missed = errors[errors.index.get_level_values("origin") == origin].droplevel("origin").reindex(regions)
        told = came[:, : nowcast.FARTHEST] * np.exp(-missed.to_numpy(dtype="float64"))
    return Known(regions, histories[rows], told, came)


def centre(one: Known, share: Values | float) -> Values:
    """Return the forecast of a field, shape (n, AHEAD), Mt CO2: told years, then `share` of the trend of R1."""
    found, shares = np.empty(one.came.shape), np.broadcast_to(np.asarray(share, dtype="float64"), len(one.regions))
    for rows, told in ((one.has, one.told), (~one.has, one.told[:, :0])):
        if rows.any():
            basis = np.hstack([one.histories, told])[rows]
            later = panel.ratios(basis, AHEAD - told.shape[1]) ** (2 * shares[rows, None])
            found[rows] = np.hstack([told[rows], basis[:, -1:] * later])
    return found


def residuals(histories: Values, field: str, years: int) -> Values:
    """Return how far the paths of R1 lie from its centre on u, shape (n, paths, years).

    Args:
        histories: emissions up to the last one published, shape (n, years), as in `tanfeng.forecast.panel.ratios`.
        field: id of a field with emissions.
        years: years ahead.

    Example:
        >>> residuals(np.full((2, 9), 4.0), "energy", 3).shape
        (2, 400, 3)
    """
    learnt = calibration(field)
    drawn = conformal.residual_paths(learnt, max(years, 1))[:, :years]
    return R1_ERRORS * conformal.spread(histories, learnt)[:, None, None] * drawn


@cached
def shares(catalog: Catalog) -> pd.Series:
    """Return what share of the trend of R1 came true, by province left out; `all` is that of all provinces.

    Least squares of the log growth that came on that of R1 after the last told year, fields together, each by the
    inverse of its variance.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(float(shares(open_catalog())["all"]), 2)
        0.57
    """
    sums = []
    for field in emissions.emitting_fields(catalog):
        parts = [part for origin in ORIGINS for part in _trends(known(catalog, field, origin))]
        regions, said, came = (np.concatenate(one) for one in zip(*parts, strict=True))
        there = ~np.isnan(said + came)
        products = pd.DataFrame({"both": said * came, "square": said**2})[there]
        sums.append(products.groupby(regions[there]).sum() / pd.Series(came[there]).var())
    own = pd.concat(sums).groupby(level=0).sum()
    whole = own.sum()
    others = whole - own
    return pd.concat([others["both"] / others["square"], pd.Series({"all": whole["both"] / whole["square"]})])


def _trends(one: Known) -> Iterator[tuple[NDArray[np.object_], Values, Values]]:
    """Yield region, log growth of R1 and that which came since the last told year, of all years ahead."""
    for rows, told in ((one.has, one.told), (~one.has, one.told[:, :0])):
        if rows.any():
            basis = np.hstack([one.histories, told])[rows]
            said = 2 * np.log(panel.ratios(basis, AHEAD - told.shape[1]))
            came = np.log(one.came[rows, told.shape[1] :] / basis[:, -1:])
            yield np.repeat(one.regions[rows].to_numpy(), said.shape[1]), said.ravel(), came.ravel()


@cached
def template(catalog: Catalog) -> pd.DataFrame:
    """Return how the errors of R1 went together by field: mean log error to six years ahead, since the last told year.

    Returns:
        Index region, origin; a column a field. Cases with all fields, and with told years where a field has a driver.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> template(open_catalog()).shape[1]
        6
    """
    share = float(shares(catalog)["all"])
    columns = {}
    for field in emissions.emitting_fields(catalog):
        means, regions, origins = [], [], []
        for origin in ORIGINS:
            one = known(catalog, field, origin)
            errors = np.log(one.came / centre(one, share))[:, :TOGETHER]
            after = (errors[:, nowcast.FARTHEST :] - errors[:, [nowcast.FARTHEST - 1]]).mean(axis=1)
            means.append(np.where(one.has, after, np.nan) if nowcast.drivers(catalog, field) else errors.mean(axis=1))
            regions.append(one.regions)
            origins += [origin] * len(one.regions)
        index = pd.MultiIndex.from_arrays([np.concatenate(regions), origins], names=["region", "origin"])
        columns[field] = pd.Series(np.concatenate(means), index)
    return pd.DataFrame(columns).sort_index().dropna()
