"""How good is a forecast? Rolling origin over a panel, with the measures of the M4 competition.

sMAPE 200 |a - f| / (a + f); MASE |a - f| over the mean yearly change of the history; OWA the mean of both relative to
naive. Interval score and CRPS (twice the mean pinball loss of 13 quantiles) are over the same mean change. OWA has a
bootstrap interval over regions. All methods see the same origins, the last 30 years of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from tanfeng.data.project import ProjectError
from tanfeng.forecast import references
from tanfeng.forecast.calibration import DEFAULT, calibrations
from tanfeng.forecast.conformal import Calibration, chunks, quantiles
from tanfeng.forecast.panel import points
from tanfeng.forecast.r1 import Values
from tanfeng.forecast.windows import Windows, windows

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
