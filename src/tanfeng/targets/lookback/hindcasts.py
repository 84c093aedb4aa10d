"""What the outlook would have said earlier: the same engine on a history that ends in an earlier year.

Nothing later than that year enters the history, and no drivers do. The method, the calibration of its intervals and how
errors of the fields go together were learnt later, from years that came after: a hindcast looks better than a forecast
made at the time would have.

Would right probabilities look as those of the made-up targets do? Worlds are drawn from what was said (`worlds`): in
each, every target comes true with exactly the probability that was said. Provinces turn together and targets of five
years overlap: the error of a target is the sum of the yearly shocks of its years, and a shock is partly common to all
provinces. How much is common (`error_correlation`) is measured on forecasts one year ahead, which do not overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import ndtri

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.forecast import backtest, conformal, panel
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.joint import shuffled
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import past, projection, skill
from tanfeng.outlook import paths as outlook
from tanfeng.outlook.paths import UNTIL, Paths
from tanfeng.outlook.projection import SHORTEST, Projection, first_year
from tanfeng.targets.rules import ANSWERING

AHEAD = 5
FEWEST_CHANGES = 5
MEASURES = ("percent", "mt")
BAR = 0.22  # a Brier score above it is said to be too high; always saying a half gives 0.25
PRIOR_CASES = 10
# Ten years or more of figures before, and a year five years after that was published when these were measured.
ORIGINS = (*range(2006, 2015), 2017)
GROUP = "province_total"
WORLDS = 2000
FAR = 0.12  # a class further off than this is called unreliable


@cached
def history(catalog: Catalog, region: str, field: str, last_year: int) -> pd.Series:
    """Return the emissions (Mt CO2 by year) up to a year: since the last break, or all where that is under eight years.

    Raises:
        ProjectError: if the figure of the last year is not published.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [int(history(open_catalog(), "330000", "energy", year).index[0]) for year in (2010, 2015)]
        [1997, 2005]
    """
    rows = _known(catalog, region, field)
    if last_year not in rows.index or rows.at[last_year, "status"] not in ANSWERING:
        raise ProjectError(f"{field} of region {region} is not published for {last_year}; expected a year with figures")
    known = rows.loc[:last_year, "co2_mt"]
    recent = known.loc[_start(catalog, region, field) :]
    chosen = recent if recent.count() >= SHORTEST else known
    return chosen.reindex(range(int(chosen.index[0]), last_year + 1))


@cached
def _start(catalog: Catalog, region: str, field: str) -> int:
    return first_year(catalog, region, field)


@cached
def _known(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
    return emissions.series(catalog, region, field).set_index("year")


def paths(catalog: Catalog, region: str, last_year: int, until: int = UNTIL) -> Paths:
    """Return the joint paths that the outlook would have given with figures up to a year.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        last_year: last year of every field; later figures and all drivers are left out.
        until: last year of the paths.

    Raises:
        ProjectError: if a field has no published figure in `last_year`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = paths(open_catalog(), "330000", 2015, 2020)
        >>> found.years, bool(np.allclose(found.drawn[:-1].sum(axis=0), found.of("total")))
        ((2016, 2017, 2018, 2019, 2020), True)
    """
    names = emissions.emitting_fields(catalog)
    ahead = [_projection(catalog, region, name, last_year, until) for name in names]
    together = shuffled([one.residuals for one in ahead], projection.cases(catalog, region)[1])
    drawn = [one.paths(rows) for one, rows in zip(ahead, together, strict=True)]
    return Paths(tuple(range(last_year + 1, until + 1)), (*names, "total"), np.stack([*drawn, np.sum(drawn, axis=0)]))


def _projection(catalog: Catalog, region: str, field: str, last_year: int, until: int) -> Projection:
    known = history(catalog, region, field, last_year)
    figures, years = known.to_numpy(dtype="float64")[None, :], range(last_year + 1, until + 1)
    residuals = past.residuals(figures, field, len(years))[0]
    shares = past.shares(catalog)
    grown = panel.ratios(figures, len(years))[0] ** (2 * float(shares.get(region, shares["all"])))
    centre, kinds = pd.Series(figures[0, -1] * grown, index=years), pd.Series("forecast", index=years)
    return Projection(field, known, centre, kinds, np.zeros((len(residuals), 0)), residuals)


def pseudo_targets(
    catalog: Catalog, origins: Sequence[int] = ORIGINS, ahead: int = AHEAD, measure: str = "percent"
) -> pd.DataFrame:
    """Return how probable it was held, in every province, that a made-up target would be met, and whether it was.

    The target is a change of total CO2 over the next `ahead` years below the median of all such changes the province
    had had before. A province takes part in an origin if both ends are published.

    Args:
        catalog: the tables.
        origins: last years of the history.
        ahead: years to the target year.
        measure: `percent` (a change in percent, as plans ask for) or `mt` (a change in Mt CO2).

    Returns:
        Columns region, origin, year (of the target), learnt_from (the intervals were learnt from this province),
        limit_mt (what the target asks for), actual_mt, lo80, hi80 (Mt CO2), inside80 (0 or 1), said (probability), came
        (1 if met).

    Raises:
        ProjectError: if the measure is not known, or no province has figures for any origin.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = pseudo_targets(open_catalog(), [2014])
        >>> len(rows), bool(rows["said"].between(0, 1).all())
        (30, True)
    """
    if measure not in MEASURES:
        raise ProjectError(f"measure {measure!r}: expected one of {', '.join(MEASURES)}")
    cases = [(region, origin) for region in outlook.provinces(catalog) for origin in origins]
    rows = [row for region, origin in cases for row in _pseudo(catalog, region, origin, ahead, measure)]
    if not rows:
        raise ProjectError(f"no province has published figures for {list(origins)} and {ahead} years later")
    return pd.DataFrame(rows)


def measured(catalog: Catalog, origins: Sequence[int] = ORIGINS) -> dict[str, pd.DataFrame]:
    """Return `pseudo_targets` of every measure, by measure.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> {name: len(rows) for name, rows in measured(open_catalog(), [2014]).items()}
        {'percent': 30, 'mt': 30}
    """
    return {name: pseudo_targets(catalog, origins, measure=name) for name in MEASURES}


def one_by_one(measured: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the pseudo-targets of all measures (see `measured`) as one table, with the column measure in front.

    Example:
        >>> one_by_one({"mt": pd.DataFrame({"said": [0.5]})}).to_dict("records")
        [{'measure': 'mt', 'said': 0.5}]
    """
    return pd.concat([rows.assign(measure=name)[["measure", *rows]] for name, rows in measured.items()])


@cached
def _pseudo(catalog: Catalog, region: str, origin: int, ahead: int, measure: str) -> list[dict[str, object]]:
    """Return the case of a province and origin; none if an end is not published or the past too short."""
    known = _known(catalog, region, "total")
    published = known.loc[known["status"].isin(ANSWERING), "co2_mt"]
    limit = required(published.loc[:origin], ahead, measure)
    if origin not in published.index or origin + ahead not in published.index or limit is None:
        return []
    actual, ends = float(published[origin + ahead]), _ends(catalog, region, origin, origin + ahead)
    low, high = np.quantile(ends, [0.1, 0.9])
    taught = region in skill.learnt_from(catalog)
    case = {"region": region, "origin": origin, "year": origin + ahead, "learnt_from": taught}
    band = {"lo80": float(low), "hi80": float(high), "inside80": float(low <= actual <= high)}
    said, came = float((ends < limit).mean()), float(actual < limit)
    return [{**case, "limit_mt": limit, "actual_mt": actual, **band, "said": said, "came": came}]


@cached
def _ends(catalog: Catalog, region: str, origin: int, year: int) -> Values:
    return paths(catalog, region, origin, year).of("total")[:, -1]


def required(known: pd.Series, ahead: int, measure: str = "percent") -> float | None:
    """Return what a series would be `ahead` years on if it changed by the median of its past changes of that length.

    None if the series has fewer than five such changes.

    Example:
        >>> required(pd.Series([100.0, 110, 121, 133.1, 146.41, 161.051], index=range(2000, 2006)), 1)
        177.1561
    """
    earlier = known.reindex(known.index - ahead).to_numpy()
    changes = pd.Series(known.to_numpy() - earlier if measure == "mt" else known.to_numpy() / earlier - 1).dropna()
    if len(changes) < FEWEST_CHANGES:
        return None
    last, middle = float(known.iloc[-1]), float(changes.median())
    return round(last + middle if measure == "mt" else last * (1 + middle), 9)


def by_origin(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how well the probabilities of `pseudo_targets` did: all, provinces not learnt from, and by origin.

    Returns:
        Columns part (`all`, `left_out`, or the year of the origin as text), cases, said, came (means), brier,
        share_alone (Brier score of always saying the share that came), inside80 (share inside the 80 % interval).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> by_origin(pseudo_targets(open_catalog(), [2014]))["part"].tolist()
        ['all', 'left_out', '2014']
    """
    parts = {"all": rows, "left_out": rows[~rows["learnt_from"]]}
    parts |= {str(origin): part for origin, part in rows.groupby("origin")}
    return pd.DataFrame([_score_row(name, part) for name, part in parts.items() if len(part)])


def _score_row(name: str, rows: pd.DataFrame) -> dict[str, object]:
    score = skill.brier(rows)
    means = rows[["said", "came", "inside80"]].mean()
    return {
        "part": name,
        "cases": len(rows),
        "said": float(means["said"]),
        "came": float(means["came"]),
        "brier": float(score["score"]),
        "share_alone": float(score["share_alone"]),
        "inside80": float(means["inside80"]),
    }


def recalibrated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return pseudo-targets with the probability put right by what had come of the others of its class.

    A province learns from the other provinces, and only from outcomes known at its origin; ten cases of its own
    probability stand against them. Whether that helps is measured by the score (`tanfeng.outlook.skill.brier`).

    Args:
        rows: result of `pseudo_targets`.

    Example:
        >>> first = {"region": "110000", "origin": 2006, "year": 2011, "said": 0.6, "came": 0.0}
        >>> rows = pd.DataFrame([first, {**first, "region": "120000", "origin": 2011, "year": 2016, "came": 1.0}])
        >>> recalibrated(rows)["said"].round(3).tolist()
        [0.6, 0.545]
    """
    classes = skill.classed(rows["said"])
    said = [_put_right(rows, classes, place) for place in range(len(rows))]
    return rows.assign(said=said)


def _put_right(rows: pd.DataFrame, classes: NDArray[np.intp], place: int) -> float:
    own = rows.iloc[place]
    told = rows[(rows["year"] <= own["origin"]) & (rows["region"] != own["region"]) & (classes == classes[place])]
    return float((told["came"].sum() + PRIOR_CASES * own["said"]) / (len(told) + PRIOR_CASES))


@cached
def error_correlation(catalog: Catalog) -> float:
    """Return the correlation between provinces of the error of R1 one year ahead, totals 1997-2019.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> 0 < error_correlation(open_catalog()) < 1
        True
    """
    rows = skill.panel(catalog, outlook.provinces(catalog))
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
        rows: columns region, origin, year, said (see `pseudo_targets`); all span the same number of years.
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
        rows: columns region, origin, year, said, came (see `pseudo_targets`).
        correlation: as in `worlds`.

    Returns:
        Columns low, high (limits of the class), cases, said, came (means), gap, least, most (the 95 %), as_far (share
        of worlds with a gap at least as large). Only classes with `evaluation.FEWEST` cases or more.

    Example:
        >>> case = {"region": "a", "origin": 2010, "year": 2015, "said": 0.6, "came": 1.0}
        >>> ranges(pd.DataFrame([case] * 30), 0.3)[["cases", "gap"]].round(3).to_dict("records")
        [{'cases': 30, 'gap': 0.4}]
    """
    table = _with_answer(rows)
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


def expected_score(rows: pd.DataFrame, correlation: float) -> pd.Series:
    """Return the Brier score that these probabilities would get if they were right.

    Args:
        rows: as in `ranges`.
        correlation: as in `worlds`.

    Returns:
        expected (mean of p (1 - p)), low, high (95 % of worlds), within_bar (share of worlds at most `BAR`).

    Example:
        >>> case = {"region": "a", "origin": 2010, "year": 2015, "said": 0.5, "came": 1.0}
        >>> expected_score(pd.DataFrame([case]), 0.3).to_dict()
        {'expected': 0.25, 'low': 0.25, 'high': 0.25, 'within_bar': 0.0}
    """
    said = rows["said"].to_numpy()
    found = ((worlds(rows, correlation) - said) ** 2).mean(axis=1)
    low, high = np.quantile(found, [0.025, 0.975])
    within = (found <= BAR).mean()
    return pd.Series({"expected": (said * (1 - said)).mean(), "low": low, "high": high, "within_bar": within})


def _with_answer(rows: pd.DataFrame) -> pd.DataFrame:
    table = skill.reliability(rows)
    return table[table["cases"] >= skill.FEWEST]


def _gaps(rows: pd.DataFrame, correlation: float) -> pd.DataFrame:
    """Return the gap of each judged class in each world."""
    drawn, classes = worlds(rows, correlation) - rows["said"].to_numpy(), skill.classed(rows["said"])
    return pd.DataFrame({place: drawn[:, classes == place].mean(axis=1) for place in _with_answer(rows).index})
