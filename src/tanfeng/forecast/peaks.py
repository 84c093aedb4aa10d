"""Has a series peaked? Probabilities from joint paths, never a single peak year.

A path has peaked by year Y if its maximum, history included, lies in Y or before. `already` is Y = the last year of the
history: no year of the horizon exceeds the past maximum. A path whose maximum is the last year of the horizon has no
peak inside it.
"""

from __future__ import annotations

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
    Econometrica 13:245-259; Kendall's tau of scipy.

    Example:
        >>> trend(np.arange(10.0)), trend(np.array([3.0, 1, 2, 3, 1, 2, 3, 1, 2, 3]))
        ('rising', 'plateau')
    """
    recent = np.asarray(history, dtype="float64")[-TREND_YEARS:]
    years = np.flatnonzero(~np.isnan(recent))
    if len(years) < 4:
        return "unclear"
    if np.ptp(recent[years]) == 0:
        return "plateau"
    from scipy.stats import kendalltau  # loads for a second, and only labels need it

    found = kendalltau(years, recent[years])
    if found.pvalue > SIGNIFICANT:
        return "plateau"
    return "rising" if found.statistic > 0 else "falling"
