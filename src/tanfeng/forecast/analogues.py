"""Growth of a stock that has few figures yet: what stocks that grew as fast did next.

Charging piles and electric vehicles have no series of eight years. Stocks of the panel (vehicles of provinces by type)
with the same mean growth over two years say how they may go on: quantiles of the log growth a year, by class of growth
and years ahead. Too few stocks of the panel grew faster than the last class: there is no analogue and no distribution.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from tanfeng.forecast.calibration import read_learnt
from tanfeng.forecast.conformal import FEWEST, PATHS
from tanfeng.forecast.r1 import Values

FILE = "stock_growth.csv"
NAME = "stock_growth"  # of these quantiles in `measured.csv`
CLASSES = (0, 3, 8, 15, 25, 60)  # percent a year over the two years before, lower end included
BEFORE, AHEAD = 2, 3
SMALLEST = 5.0  # 10^4 vehicles: smaller stocks of the panel jump when a type is counted anew
QUANTILES = {"p2": 0.02, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p98": 0.98}
COLUMNS = ["from_pct", "to_pct", "years_ahead", *QUANTILES, "cases"]


def factors(growth_pct: float, ahead: float, count: int = PATHS, folder: Path | None = None) -> Values | None:
    """Return what a stock will be over what it is, shape (count,), rising; None if no stock of the panel grew like it.

    Between the quantiles of the log growth a year it is linear in the normal score; it never leaves the outer ones.

    Args:
        growth_pct: mean growth over the last two years, percent a year.
        ahead: years ahead, above 0, at most 3; parts of a year are allowed.
        count: number of draws, at the middles of as many equal parts of the probability.
        folder: of the learnt table; the shipped one by default.

    Example:
        >>> low, middle, high = np.quantile(factors(30.0, 2), [0.1, 0.5, 0.9])
        >>> bool(1 < low < middle < 1.3**2 < high)
        True
        >>> factors(80.0, 2) is None
        True
    """
    table = read_learnt(FILE, folder)
    fits = (table["from_pct"] <= growth_pct) & (growth_pct < table["to_pct"])
    fits &= table["years_ahead"] == np.ceil(ahead)
    if not fits.any():
        return None
    quantiles = table.loc[fits, list(QUANTILES)].to_numpy()[0]
    scores = ndtri((np.arange(count) + 0.5) / count)
    return np.exp(np.interp(scores, ndtri(list(QUANTILES.values())), quantiles) * ahead)


def learn(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the quantiles of the log growth a year by class and years ahead, `COLUMNS`.

    Args:
        cases: result of `cases`.
    """
    found = cases.groupby(["from_pct", "to_pct", "years_ahead"])["growth"]
    quantiles = {name: found.quantile(level) for name, level in QUANTILES.items()}
    return pd.DataFrame({**quantiles, "cases": found.size()}).reset_index()[COLUMNS]


def cases(panel: pd.DataFrame) -> pd.DataFrame:
    """Return every origin of a panel of stocks with the class of its growth and what followed.

    Args:
        panel: columns series, year, value; a missing year is a gap.

    Returns:
        Columns year (of the origin), from_pct, to_pct, years_ahead (1 to 3), growth (log, a year).

    Example:
        >>> rows = pd.DataFrame({"series": "a", "year": [2000, 2001, 2002, 2003], "value": [10.0, 11.0, 12.1, 12.1]})
        >>> cases(rows)[["year", "from_pct", "years_ahead", "growth"]].values.tolist()
        [[2002.0, 8.0, 1.0, 0.0]]
    """
    known = panel[panel["value"] > 0]
    known = known[["series", "year"]].assign(log=np.log(known["value"]))
    before = known.assign(year=known["year"] + BEFORE)
    after = pd.concat([known.assign(year=known["year"] - years, years_ahead=years) for years in range(1, AHEAD + 1)])
    found = known[known["log"] >= np.log(SMALLEST)].merge(before, on=["series", "year"], suffixes=("", "_before"))
    found = found.merge(after, on=["series", "year"], suffixes=("", "_after"))
    pace = 100 * (np.exp((found["log"] - found["log_before"]) / BEFORE) - 1)
    place = np.digitize(pace.round(9), CLASSES)
    found = found.assign(growth=(found["log_after"] - found["log"]) / found["years_ahead"])
    found = found.assign(from_pct=np.take(CLASSES, place - 1), to_pct=np.take(CLASSES, place, mode="clip"))
    found = found[(place > 0) & (place < len(CLASSES))]
    return found[["year", "from_pct", "to_pct", "years_ahead", "growth"]].reset_index(drop=True)


def past_only(cases: pd.DataFrame) -> pd.DataFrame:
    """Test the quantiles on each origin, learnt from what was known in its year: do 80 % of the outcomes lie inside?

    Returns:
        Columns years_ahead, inside; origins whose class had fewer than ten cases by then are left out.
    """
    found = []
    for year in sorted(cases["year"].unique()):
        known = learn(cases[cases["year"] + cases["years_ahead"] <= year])
        here = cases[cases["year"] == year].merge(known[known["cases"] >= FEWEST], on=COLUMNS[:3])
        found.append(here.assign(inside=here["growth"].between(here["p10"], here["p90"])))
    return pd.concat(found, ignore_index=True)[["years_ahead", "inside"]]
