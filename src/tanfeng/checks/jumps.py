"""Years of a series that stand out, and changes far outside the usual ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from tanfeng.data.problem import Problem
from tanfeng.facts.usage_warnings import Finding

JUMP = 1.5
JUMP_SPREADS = 6.0
LEAST_SPREAD = 0.02
LEAST_CHANGES = 7
SPIKE = 2.0
KINDS = ("stock", "flow", "share", "index")


def moves(rows: pd.DataFrame, severity: str, explaining: Collection[str]) -> Iterator[Finding]:
    """Find years that stand out from both neighbours, and changes far outside the usual ones of the series.

    Args:
        rows: yearly figures as of `tanfeng.checks.figures.observed_series`.
        severity: of an unusual change; a year that stands out is `medium`.
        explaining: kinds of usage warnings that explain one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.checks.figures import inventory_series
        >>> {one.problem.severity for one in moves(inventory_series(open_catalog()), "low", ())} <= {"low", "medium"}
        True
    """
    for _, series in rows[rows["kind"].isin(KINDS)].groupby(["series", "region"]):
        values = series.set_index("year")["value"]
        spikes, jumped = unusual(values[values > 0])
        for year in (*spikes, *jumped):
            row = series[series["year"] == year].iloc[0]
            near = f"a year near its neighbours, within a factor of {SPIKE:g}"
            found = f"{row['value']:.6g} {row['unit']} ({row['series']}, {row['region']}, {year})"
            expected, weight = (near, "medium") if year in spikes else (_usual(values, year), severity)
            problem = Problem(row["file"], int(row["row"]), row["column"], found, expected, weight)
            yield Finding(problem, row["table"], row["series"], row["region"], year, year, frozenset(explaining))


def _usual(values: pd.Series, year: int) -> str:
    return f"less than {JUMP:g} times the year before, {values[year - 1]:.6g}, or {1 / JUMP:.2g} times it"


def unusual(values: pd.Series) -> tuple[list[int], list[int]]:
    """Return the years of a positive yearly series that stand out, and those in which it changes far more than usual.

    A year stands out if it is twice, or half, the geometric mean of the years beside it and they differ by less. A
    change is unusual if it is more than 1.5 times (or its inverse) and six robust spreads (1.4826 times the median
    absolute deviation of the log changes, at least 0.02) from the median change; seven changes are needed. The years
    beside one that stands out are not counted again.

    Example:
        >>> years = range(2000, 2012)
        >>> steady = pd.Series([100.0 * 1.05**n for n in range(12)], index=years)
        >>> unusual(steady), unusual(steady.where(steady.index != 2005, 10.0))
        (([], []), ([2005], []))
    """
    ordered = values.sort_index()
    years, logs = ordered.index.to_numpy(), np.log(ordered.to_numpy(dtype="float64"))
    before, after = np.full(len(years), np.nan), np.full(len(years), np.nan)
    next_to = np.flatnonzero(np.diff(years) == 1)
    before[next_to + 1], after[next_to] = logs[next_to], logs[next_to + 1]
    apart = np.abs(logs - (before + after) / 2)
    spikes = [int(year) for year in years[(apart > np.log(SPIKE)) & (np.abs(after - before) < apart)]]
    beside = {year + step for year in spikes for step in (0, 1)}
    return spikes, [year for year in _jumped(years, logs - before) if year not in beside]


def _jumped(years: np.ndarray, changes: np.ndarray) -> list[int]:
    known = ~np.isnan(changes)
    if known.sum() < LEAST_CHANGES:
        return []
    off = np.abs(changes - np.median(changes[known]))
    spread = max(1.4826 * float(np.median(off[known])), LEAST_SPREAD)
    return [int(year) for year in years[(off > JUMP_SPREADS * spread) & (np.abs(changes) > np.log(JUMP))]]
