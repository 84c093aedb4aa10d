"""How good is a forecast? Rolling origin over a panel, with the measures of the M4 competition.

sMAPE `200 |a - f| / (a + f)`; MASE `|a - f|` over the mean yearly change of the history; OWA the mean of both, relative
to naive. Interval score and CRPS (twice the mean pinball loss of 13 quantiles) are over the same mean change. OWA has a
bootstrap interval over regions. All methods see the same origins, the last 30 years of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import ndtri

from tanfeng.data.project import ProjectError
from tanfeng.forecast import references
from tanfeng.forecast.calibration import DEFAULT, calibrations
from tanfeng.forecast.conformal import Calibration, chunks, quantiles
from tanfeng.forecast.panel import points
from tanfeng.forecast.r1 import LONGEST, SHORTEST, Values

HORIZON = 10
FIRST = 10
PROBABILITIES = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975)
ENDS = {80: (2, 10), 95: (0, 12)}
RESAMPLES = 1000
METHODS = ("r1", *references.METHODS)
COLUMNS = [
    "method", "year_ahead", "owa", "owa_lo", "owa_hi", "smape", "mase", "crps", "coverage80", "coverage95", "score80",
    "score95", "origins", "regions", "warned",
]  # fmt: skip
FIRST_ORIGIN = 8


def backtest(
    panel: pd.DataFrame,
    methods: Sequence[str] = METHODS,
    horizon: int = HORIZON,
    sample: int = 0,
    seed: int = 1,
    learnt: Mapping[str, Calibration] | None = None,
    tick: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Score methods on every origin of a panel, or on a sample of them.

    Args:
        panel: columns series, year, value; if wanted region, group, origin (see `windows`).
        methods: r1 and names of `references.METHODS`; naive is always added.
        horizon: years ahead. Only origins with ten years before and `horizon` known years after them count, all above
            zero.
        sample: number of origins, drawn with the seed; 0 is all of them.
        seed: of the sample and of the bootstrap.
        learnt: calibration of each group; the shipped one by default.
        tick: called with the name of the method after each origin.

    Returns:
        `COLUMNS`, a row a method and year ahead (all, 1 ...). owa_lo and owa_hi: 95 % of 1000 resamples of the regions.

    Raises:
        ProjectError: if a method is not known or no origin is long enough.
    """
    wanted = list(dict.fromkeys(["naive", *methods]))
    unknown = [name for name in wanted if name not in METHODS]
    if unknown:
        raise ProjectError(f"method {unknown[0]!r}: not known here; expected {', '.join(METHODS)}")
    origins = origins_of(panel, horizon, sample, seed)
    groups = _groups(panel, origins)
    errors = {name: _errors(name, origins, groups, learnt or calibrations(), tick) for name in wanted}
    rows = [row for name in wanted for row in _rows(name, errors, origins, seed)]
    return pd.DataFrame(rows, columns=COLUMNS)


def origins_of(panel: pd.DataFrame, horizon: int, sample: int = 0, seed: int = 1) -> Windows:
    """Return the origins of a backtest: whole futures, figures above zero, a history that moves.

    Raises:
        ProjectError: if there is none.
    """
    found = windows(panel, horizon, FIRST)
    positive = (np.nanmin(found.histories, axis=1) > 0) & (found.futures > 0).all(axis=1)
    found = found.where(found.whole & positive & (found.steps > 0))
    if not len(found):
        raise ProjectError(f"no origin has {FIRST} years before and {horizon} known years after it, all above zero")
    if 0 < sample < len(found):
        found = found.where(np.sort(np.random.default_rng(seed).permutation(len(found))[:sample]))
    return found


def _groups(panel: pd.DataFrame, origins: Windows) -> pd.Series:
    if "group" not in panel:
        return pd.Series(DEFAULT, index=range(len(origins)))
    return pd.Series(origins.series).map(panel.drop_duplicates("series").set_index("series")["group"])


def _errors(
    name: str,
    origins: Windows,
    groups: pd.Series,
    learnt: Mapping[str, Calibration],
    tick: Callable[[str], None] | None,
) -> dict[str, Values]:
    """Return the loss of a method by measure, shape (origins, horizon) each."""
    if name == "r1":
        point, reached, warned = _own(origins, groups, learnt)
    else:
        point, reached, warned = _reference(name, origins, tick)
    actual, step = origins.futures, origins.steps[:, None]
    miss = np.abs(actual - point)
    losses = {"smape": 200 * miss / (actual + np.abs(point)), "mase": miss / step}
    gap = actual[:, :, None] - reached
    pinball = np.maximum(np.array(PROBABILITIES) * gap, (np.array(PROBABILITIES) - 1) * gap)
    losses["crps"] = 2 * pinball.mean(axis=2) / step
    for level, (low, high) in ENDS.items():
        losses |= _interval(level, actual, reached[:, :, low], reached[:, :, high], step)
    return {**losses, "warned": warned[:, None]}


def _interval(level: int, actual: Values, low: Values, high: Values, step: Values) -> dict[str, Values]:
    penalty = 2 / (1 - level / 100) * (np.maximum(low - actual, 0) + np.maximum(actual - high, 0))
    inside = np.where(np.isnan(low), np.nan, (low <= actual) & (actual <= high))
    return {f"coverage{level}": inside, f"score{level}": (high - low + penalty) / step}


def _own(origins: Windows, groups: pd.Series, learnt: Mapping[str, Calibration]) -> tuple[Values, Values, Values]:
    horizon = origins.futures.shape[1]
    reached = np.empty((len(origins), horizon, len(PROBABILITIES)))
    for group in groups.unique():
        mine = np.flatnonzero(groups == group)
        for part in chunks(len(mine)):
            reached[mine[part]] = quantiles(origins.histories[mine[part]], learnt[group], horizon, PROBABILITIES)
    return points(origins.histories, horizon), reached, np.zeros(len(origins))


def _reference(name: str, origins: Windows, tick: Callable[[str], None] | None) -> tuple[Values, Values, Values]:
    horizon = origins.futures.shape[1]
    point = np.empty((len(origins), horizon))
    reached = np.empty((len(origins), horizon, len(PROBABILITIES)))
    warned = np.zeros(len(origins))
    scores = ndtri(PROBABILITIES)
    for number, history in enumerate(origins.histories):
        one = references.ahead(name, history, horizon)
        point[number], warned[number] = one.point, one.warned > 0
        reached[number] = one.quantiles(scores)
        if tick:
            tick(name)
    return point, reached, warned


def _rows(name: str, errors: dict[str, dict[str, Values]], origins: Windows, seed: int) -> list[dict[str, object]]:
    mine, naive = errors[name], errors["naive"]
    rows = []
    for year in ["all", *range(1, origins.futures.shape[1] + 1)]:
        columns = slice(None) if year == "all" else slice(int(year) - 1, int(year))
        means = {measure: _mean(loss[:, columns]) for measure, loss in mine.items() if measure != "warned"}
        owa = np.mean([means[measure] / _mean(naive[measure][:, columns]) for measure in ("smape", "mase")])
        low, high = _resampled(mine, naive, columns, origins.regions, seed)
        counts = {
            "origins": len(origins),
            "regions": len(np.unique(origins.regions)),
            "warned": int(mine["warned"].sum()),
        }
        rows.append(
            {"method": name, "year_ahead": str(year), "owa": owa, "owa_lo": low, "owa_hi": high, **means, **counts}
        )
    return rows


def _mean(loss: Values) -> float:
    return float(np.nan) if np.isnan(loss).any() else float(loss.mean())


def _resampled(
    mine: dict[str, Values], naive: dict[str, Values], columns: slice, regions: NDArray[np.str_], seed: int
) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of OWA over resampled regions."""
    _, place = np.unique(regions, return_inverse=True)
    count = place.max() + 1
    drawn = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    ratios = []
    for measure in ("smape", "mase"):
        sums = [np.bincount(place, loss[measure][:, columns].sum(axis=1), count) for loss in (mine, naive)]
        ratios.append(sums[0][drawn].sum(axis=1) / sums[1][drawn].sum(axis=1))
    low, high = np.quantile(np.mean(ratios, axis=0), [0.025, 0.975])
    return float(low), float(high)


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
