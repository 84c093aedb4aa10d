"""Rolling origins: every history of a panel with the years that followed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tanfeng.forecast.r1 import LONGEST, SHORTEST, Values

FIRST_ORIGIN = 8


@dataclass(frozen=True)
class Windows:
    """Origins of a panel, a row each.

    `histories` (n, 30) are right-aligned and NaN where missing, `futures` (n, horizon) NaN where not known. `years` is
    the last year of the history, `series` and `regions` its names, `maxima` the largest figure up to it, `steps` the
    mean size of a yearly change up to it (the scale of MASE; NaN without a change).
    """

    histories: Values
    futures: Values
    years: NDArray[np.int64]
    series: NDArray[np.str_]
    regions: NDArray[np.str_]
    maxima: Values
    steps: Values

    def __len__(self) -> int:
        """Return the number of origins."""
        return len(self.histories)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Windows:
        """Return some of the origins."""
        return Windows(*(getattr(self, name)[chosen] for name in NAMES))

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which origins are followed by figures of every year of the horizon."""
        return np.asarray(~np.isnan(self.futures).any(axis=1))

    def until(self, year: int) -> Windows:
        """Return what was known in a year: later figures are NaN, origins without any later one are left out."""
        ahead = self.years[:, None] + np.arange(1, self.futures.shape[1] + 1)
        futures = np.where(ahead <= year, self.futures, np.nan)
        return replace(self, futures=futures).where(np.asarray(~np.isnan(futures).all(axis=1)))


NAMES = tuple(field.name for field in fields(Windows))


def windows(panel: pd.DataFrame, horizon: int, first: int = FIRST_ORIGIN) -> Windows:
    """Return every origin of a panel with at least `first` years of history.

    Args:
        panel: columns series, year, value; `region` if several series are of one region (else the series is its own).
            A missing year is a gap. `origin`, if there, says at which rows a forecast may start.
        horizon: number of years after each origin.
        first: shortest history in years.

    An origin whose last figure is missing or zero, or with fewer than four figures in thirty years, is left out.

    Example:
        >>> rows = pd.DataFrame({"series": "a", "year": range(2000, 2012), "value": np.arange(1.0, 13.0)})
        >>> found = windows(rows, 2)
        >>> len(found), found.futures[0].tolist(), found.years.tolist()
        (4, [9.0, 10.0], [2007, 2008, 2009, 2010])
    """
    named = panel if "region" in panel else panel.assign(region=panel["series"])
    return join(_origins(str(name), rows, horizon, first) for name, rows in named.groupby("series", sort=False))


def join(parts: Iterable[Windows]) -> Windows:
    """Return the origins of several panels as one."""
    listed = list(parts)
    return Windows(*(np.concatenate([getattr(part, name) for part in listed]) for name in NAMES))


def _origins(name: str, rows: pd.DataFrame, horizon: int, first: int) -> Windows:
    years = rows["year"].to_numpy(dtype="int64")
    start, end = years.min(), years.max()
    values = np.full(end - start + 1, np.nan)
    values[years - start] = rows["value"].to_numpy(dtype="float64")
    padded = np.concatenate([np.full(LONGEST, np.nan), values, np.full(horizon, np.nan)])
    views = sliding_window_view(padded, LONGEST + horizon)[1:]  # the first origin has one year of history
    found = Windows(
        histories=views[:, :LONGEST],
        futures=views[:, LONGEST:],
        years=np.arange(start, end + 1),
        series=np.full(len(views), name),
        regions=np.full(len(views), str(rows["region"].iloc[0])),
        maxima=np.fmax.accumulate(values),
        steps=_steps(values),
    )
    known = (~np.isnan(found.histories)).sum(axis=1) >= SHORTEST
    usable = (np.arange(1, len(views) + 1) >= first) & (found.histories[:, -1] > 0) & known
    if "origin" in rows:
        usable &= np.isin(found.years, years[rows["origin"].to_numpy(dtype="bool")])
    return found.where(usable & ~np.isnan(found.futures).all(axis=1))


def _steps(values: Values) -> Values:
    """Return the mean absolute yearly change up to each year; NaN before the first change."""
    changes = np.abs(np.diff(values, prepend=np.nan))
    counts = np.cumsum(~np.isnan(changes))
    return np.where(counts > 0, np.nancumsum(changes) / np.maximum(counts, 1), np.nan)
