"""Would right probabilities look as those of the made-up targets do?: worlds drawn from what was said.

In each world every target comes true with exactly the probability that was said. Provinces turn together and targets of
five years overlap: the error of a target is the sum of the yearly shocks of its years, and a shock is partly common to
all provinces. How much is common is measured on forecasts one year ahead, which do not overlap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import ndtri

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.forecast import backtest, conformal
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths, skill
from tanfeng.targets.lookback import hindcasts

GROUP = "province_total"
WORLDS = 2000
FAR = 0.12  # a class further off than this is called unreliable


@cached
def together(catalog: Catalog) -> float:
    """Return the correlation between provinces of the error of R1 one year ahead, totals 1997-2019.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> 0 < together(open_catalog()) < 1
        True
    """
    rows = skill.panel(catalog, paths.provinces(catalog))
    origins = backtest.origins_of(rows[rows["group"] == GROUP], 1)
    errors = conformal.residuals(origins.histories, origins.futures, calibration(GROUP).scale)[:, 0]
    return shared(errors, origins.years)


def shared(errors: Values, years: NDArray[np.int64]) -> float:
    """Return the correlation between cases of one year: their mean product over the mean square, about the mean of all.

    Args:
        errors: a figure a case.
        years: its year; each year has two cases or more.

    Returns:
        0 to 1; 0 where cases of one year rather go against each other.

    Example:
        >>> shared(np.array([1.0, 1.0, -1.0, -1.0]), np.array([2000, 2000, 2001, 2001]))
        1.0
    """
    about = errors - errors.mean()
    place = np.unique(years, return_inverse=True)[1]
    count, sums, squares = (np.bincount(place, values) for values in (np.ones_like(about), about, about**2))
    products = (sums**2 - squares) / (count * (count - 1))
    return float(np.clip(products.mean() / (about**2).mean(), 0.0, 1.0))


def worlds(rows: pd.DataFrame, correlation: float, seed: int = 1) -> NDArray[np.bool_]:
    """Return what comes true in worlds in which every probability is right, shape (`WORLDS`, cases).

    Args:
        rows: columns region, origin, year, said (see `hindcasts.pseudo_targets`); all span the same number of years.
        correlation: of the shocks of a year between provinces, 0 to 1.
        seed: of the draws.

    Source: consistency bars, Bröcker and Smith 2007, Weather and Forecasting 22:651-661; here with dependent cases.

    Example:
        >>> rows = pd.DataFrame({"region": ["a", "b"], "origin": 2010, "year": 2015, "said": [0.0, 1.0]})
        >>> worlds(rows, 0.3).mean(axis=0).tolist()
        [0.0, 1.0]
    """
    places, regions = np.unique(rows["region"], return_inverse=True)
    first, ahead = int(rows["origin"].min()), int((rows["year"] - rows["origin"]).max())
    years = int(rows["origin"].max()) - first + ahead
    generator = np.random.default_rng(seed)
    common = generator.standard_normal((WORLDS, 1, years))
    own = generator.standard_normal((WORLDS, len(places), years))
    shocks = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    errors = sliding_window_view(shocks, ahead, axis=2).sum(axis=3) / np.sqrt(ahead)
    return np.asarray(errors[:, regions, rows["origin"].to_numpy() - first] < ndtri(rows["said"].to_numpy()))


def ranges(rows: pd.DataFrame, correlation: float) -> pd.DataFrame:
    """Return, by class, where 95 % of the gaps (came - said) lie in worlds in which the probabilities are right.

    Args:
        rows: columns region, origin, year, said, came (see `hindcasts.pseudo_targets`).
        correlation: as in `worlds`.

    Returns:
        Columns low, high (limits of the class), cases, said, came (means), gap, least, most (the 95 %), as_far (share
        of worlds with a gap at least as large). Only classes with `evaluation.FEWEST` cases or more.

    Example:
        >>> case = {"region": "a", "origin": 2010, "year": 2015, "said": 0.6, "came": 1.0}
        >>> ranges(pd.DataFrame([case] * 30), 0.3)[["cases", "gap"]].round(3).to_dict("records")
        [{'cases': 30, 'gap': 0.4}]
    """
    table = _judged(rows)
    gaps = _gaps(rows, correlation).to_numpy()
    gap = (table["came"] - table["said"]).to_numpy()
    least, most = np.quantile(gaps, [0.025, 0.975], axis=0)
    as_far = (np.abs(gaps) >= np.abs(gap) - 1e-9).mean(axis=0)
    return table.assign(gap=gap, least=least, most=most, as_far=as_far).reset_index(drop=True)


def far_off(rows: pd.DataFrame, correlation: float) -> float:
    """Return in what share of worlds in which the probabilities are right a class is more than `FAR` off.

    Args:
        rows: as in `ranges`.
        correlation: as in `worlds`.

    Example:
        >>> case = {"region": "a", "origin": 2010, "year": 2015, "said": 0.6, "came": 1.0}
        >>> far_off(pd.DataFrame([case] * 30), 0.3)
        1.0
    """
    return float((_gaps(rows, correlation).abs() > FAR).any(axis=1).mean())


def score(rows: pd.DataFrame, correlation: float) -> pd.Series:
    """Return the Brier score that these probabilities would get if they were right.

    Args:
        rows: as in `ranges`.
        correlation: as in `worlds`.

    Returns:
        expected (mean of p (1 - p)), low, high (95 % of worlds), within_bar (share of worlds at most `hindcasts.BAR`).

    Example:
        >>> case = {"region": "a", "origin": 2010, "year": 2015, "said": 0.5, "came": 1.0}
        >>> score(pd.DataFrame([case]), 0.3).to_dict()
        {'expected': 0.25, 'low': 0.25, 'high': 0.25, 'within_bar': 0.0}
    """
    said = rows["said"].to_numpy()
    found = ((worlds(rows, correlation) - said) ** 2).mean(axis=1)
    low, high = np.quantile(found, [0.025, 0.975])
    within = (found <= hindcasts.BAR).mean()
    return pd.Series({"expected": (said * (1 - said)).mean(), "low": low, "high": high, "within_bar": within})


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    table = skill.reliability(rows)
    return table[table["cases"] >= skill.FEWEST]


def _gaps(rows: pd.DataFrame, correlation: float) -> pd.DataFrame:
    """Return the gap of each judged class in each world."""
    drawn, classes = worlds(rows, correlation) - rows["said"].to_numpy(), skill.classed(rows["said"])
    return pd.DataFrame({place: drawn[:, classes == place].mean(axis=1) for place in _judged(rows).index})
