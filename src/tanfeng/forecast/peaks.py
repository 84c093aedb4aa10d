"""Has a series peaked? Probabilities from joint paths, never a single peak year.

A path has peaked by year Y if its maximum, history included, lies in Y or before. `already` is Y = the last year of the
history: no year of the horizon exceeds the past maximum. A path whose maximum is the last year of the horizon has no
peak inside it.
"""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np

from tanfeng.forecast.r1 import Values

TREND_YEARS = 10
SIGNIFICANT = 0.05


def peaked(paths: Values, maxima: Values) -> Values:
    """Return P(peak by year) for the last year of the history and each year but the last of the horizon.

    Args:
        paths: shape (n, paths, horizon), as from `conformal.paths`.
        maxima: past maximum of each series, shape (n,).

    Returns:
        Shape (n, horizon): column 0 is P(already peaked), column k P(peak by k years ahead), rising. One less the last
        column is P(no peak inside the horizon).

    Example:
        >>> peaked(np.array([[[1.0, 2, 3], [1, 3, 2], [1, 1, 1], [4, 3, 2]]]), np.array([3.0]))[0].tolist()
        [0.75, 1.0, 1.0]
    """
    horizon = paths.shape[2]
    when = np.where(paths.max(axis=2) <= maxima[:, None], 0, paths.argmax(axis=2) + 1)
    by_year = np.stack([(when == year).mean(axis=1) for year in range(horizon)], axis=1)
    return np.minimum(np.cumsum(by_year, axis=1), 1.0)


def trend(history: Values) -> str:
    """Return rising, falling or plateau: the Mann-Kendall test (5 %, two-sided) on the last ten years with a figure.

    `plateau` says that no trend is significant, `unclear` that fewer than four figures are there. Source: Mann 1945,
    Econometrica 13:245-259. The tests hold it to Kendall's tau of scipy, which loads for half a second.

    Example:
        >>> trend(np.arange(10.0)), trend(np.array([3.0, 1, 2, 3, 1, 2, 3, 1, 2, 3]))
        ('rising', 'plateau')
    """
    recent = np.asarray(history, dtype="float64")[-TREND_YEARS:]
    recent = recent[~np.isnan(recent)]
    if len(recent) < 4:
        return "unclear"
    score = int(np.sign(np.triu(recent - recent[:, None])).sum())  # pairs of years that rise less those that fall
    if score == 0 or chance(recent, abs(score)) > SIGNIFICANT:
        return "plateau"
    return "rising" if score > 0 else "falling"


def chance(values: Values, score: int) -> float:
    """Return the probability that values in any order have a Mann-Kendall score as far from zero (two-sided).

    Exact; the normal approximation where values are equal.

    Example:
        >>> chance(np.arange(4.0), 6) == 2 / 24
        True
    """
    count, (_, equal) = len(values), np.unique(values, return_counts=True)
    if len(equal) < count:
        tied = (equal * (equal - 1) * (2 * equal + 5)).sum()
        return erfc(score / sqrt((count * (count - 1) * (2 * count + 5) - tied) / 9))
    orders = np.ones(1)  # how many orders have 0, 1, 2 ... pairs that fall
    for years in range(2, count + 1):
        orders = np.convolve(orders, np.ones(years))
    falling = (count * (count - 1) // 2 - score) // 2
    return float(2 * orders[: falling + 1].sum() / orders.sum())
