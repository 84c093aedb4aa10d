"""How an indicator's figure of a year to come is distributed, and how likely it reaches a target.

What is published comes first: a growth rate of the missing year gives its figure. Then the column `group` of
`data/indicators.csv` says whose past errors the paths of the indicator's own series take; GDP at current prices is its
real growth times the record of its deflator; a stock with few figures grows as stocks that grew as fast before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import observations
from tanfeng.forecast import analogues, conformal, growth
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.targets.rules import Requirement

SHORTEST_SERIES = 8
FARTHEST_YEARS = 3
LEVELS = ("flow", "stock", "share")  # kinds whose targets ask for the figure itself
LARGEST_SHARE = {"%": 100.0, "share": 1.0}
GROWING = {"current_prices", "real_growth"}
SPAN_YEARS = (1, 3)  # between the last figure of a stock and the one its growth of two years is taken from


class Distribution(NamedTuple):
    """Draws of a figure and how they were made; or none and why.

    Attributes:
        draws: shape (n,), in the unit of the indicator, each as likely as the other; one draw is arithmetic. None if
            there is no distribution.
        reason: how: `published_growth`, `own_series`, `growth_record`, `analogues`; or why not: `no_group` (nothing is
            learnt of such quantities), `not_published`, `published` (the year is not after the last figure),
            `far_ahead` (more than three years), `short_series`, `no_analogue` (a stock that fell, or grew too fast).
    """

    draws: Values | None
    reason: str


def distribution(catalog: Catalog, indicator: str, region: str, year: int) -> Distribution:
    """Return how the figure of an indicator in a year to come is distributed, from published figures alone.

    Args:
        catalog: the tables.
        indicator: its id; of real growth, the draws are the growth of that year in percent.
        region: GB/T 2260 code.
        year: of a stock its end.

    Raises:
        ProjectError: if there is no such indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = distribution(open_catalog(), "gdp_current_5th_census", "330000", 2027)
        >>> found.reason, bool(100000 < np.median(found.draws) < 110000)
        ('growth_record', True)
        >>> distribution(open_catalog(), "gdp_current_5th_census", "330000", 2035).reason
        'far_ahead'
    """
    values = _reported(catalog, indicator, region)
    own = catalog.row("indicators", indicator)
    if not own["group"]:
        return Distribution(None, "no_group")
    if own["group"] == "stock" and len(_run(values)) < SHORTEST_SERIES:
        return _like_others(catalog, indicator, region, year)
    if values.empty or year <= values.index[-1]:
        return Distribution(None, "not_published" if values.empty else "published")
    rates = _reported(catalog, own["growth"], region) if own["growth"] else values.iloc[:0]
    return _ahead(own, values, rates, year)


def figure_paths(catalog: Catalog, indicator: str, region: str, required: Requirement) -> Values | None:
    """Return draws of an indicator's figure in the year of a requirement, or None (see `distribution`).

    A target that asks for a change from a base year has none, and a figure told by published growth is no distribution.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> required = Requirement(True, 120000.0, "flow", 2027)
        >>> drawn = figure_paths(open_catalog(), "gdp_current_5th_census", "330000", required)
        >>> share_reaching(drawn, required) < 0.05
        True
    """
    if required.kind not in LEVELS:
        return None
    found = distribution(catalog, indicator, region, required.year)
    return None if found.reason == "published_growth" else found.draws


def share_reaching(drawn: Values, required: Requirement) -> float:
    """Return the share of paths that reach a required value.

    Example:
        >>> share_reaching(np.array([1.0, 2.0, 3.0, 4.0]), Requirement(False, 3.0, "flow", 2030))
        0.75
    """
    return float((drawn >= required.value).mean() if required.at_least else (drawn <= required.value).mean())


def _ahead(own: dict[str, Any], values: pd.Series, rates: pd.Series, year: int) -> Distribution:
    """Return the distribution in a year after the last figure, for the row of the indicator and its growth rates."""
    group = own["group"]
    if group != "current_prices":
        values = _told(values, rates, year)
    ahead = year - int(values.index[-1])
    if not ahead:
        return Distribution(values.to_numpy()[-1:], "published_growth")
    if ahead > FARTHEST_YEARS:
        return Distribution(None, "far_ahead")
    if group in GROWING:
        drawn = _growing(values, ahead)[:, -1] if group == "real_growth" else _at_current_prices(values, rates, ahead)
        return Distribution(drawn, "growth_record") if len(drawn) else Distribution(None, "short_series")
    run = _run(values)
    if len(run) < SHORTEST_SERIES:
        return Distribution(None, "short_series")
    drawn = conformal.paths(run.to_numpy()[None, :], calibration(group), ahead)[0, :, -1]
    most = LARGEST_SHARE.get(own["unit"], np.inf) if group == "share" else np.inf
    return Distribution(np.minimum(drawn, most), "own_series")


def _reported(catalog: Catalog, indicator: str, region: str) -> pd.Series:
    rows = [row for row in observations.records(catalog, indicator, region) if row["status"] == "reported"]
    rows = [row for row in rows if observations.whole_year(row)]
    years = pd.Index([int(row["end"]) for row in rows], dtype="int64", name="year")
    return pd.Series([row["value"] for row in rows], years, dtype="float64", name="value")


def _unbroken(values: pd.Series) -> pd.Series:
    """Return the last figures without a missing year."""
    starts = np.flatnonzero(np.diff(values.index.to_numpy(dtype="int64"), prepend=-1) != 1)
    return values.iloc[starts[-1] :] if len(values) else values


def _run(values: pd.Series) -> pd.Series:
    """Return the last figures without a missing year, all of them above zero."""
    usable = values[values > 0]
    return _unbroken(usable) if len(usable) and usable.index[-1] == values.index[-1] else values.iloc[:0]


def _told(values: pd.Series, rates: pd.Series, year: int) -> pd.Series:
    """Return the figures with those of later years, up to one, that published growth in percent gives."""
    values = values.copy()
    while (last := int(values.index[-1])) < year and last + 1 in rates.index:
        values.loc[last + 1] = values.iloc[-1] * (1 + rates[last + 1] / 100)
    return values


def _growing(rates: pd.Series, ahead: int) -> Values:
    """Return paths of the rates after the last one (see `forecast.growth.paths`); none if the record is too short."""
    try:
        return growth.paths(_unbroken(rates).to_numpy(), ahead)
    except ProjectError:  # too few rates, or three years without growth
        return np.zeros((0, ahead))


def _at_current_prices(values: pd.Series, rates: pd.Series, ahead: int) -> Values:
    """Return draws of money: each path of real growth with each run of years of the deflator's record.

    Years whose real growth is published take it. The deflator is the growth of the figures over real growth.
    """
    last = int(values.index[-1])
    rates = _unbroken(rates.loc[: last + ahead])
    if last not in rates.index:
        return np.zeros(0)
    told = rates.loc[last + 1 :]
    real = np.array([(1 + told / 100).prod()])
    if len(told) < ahead:
        real = real * (1 + _growing(rates, ahead - len(told)) / 100).prod(axis=1)
    nominal = values / values.reindex(values.index - 1).to_numpy()
    deflator = _unbroken((nominal / (1 + rates / 100)).dropna())
    record = deflator.rolling(ahead).apply(np.prod).dropna()
    return values.iloc[-1] * np.outer(real, record).ravel() if len(record) >= SHORTEST_SERIES else np.zeros(0)


def _like_others(catalog: Catalog, indicator: str, region: str, year: int) -> Distribution:
    """Return draws of a stock with few figures, of years or months, from stocks that grew as fast over two years."""
    rows = observations.observations(catalog, indicator, region)
    usable = (rows["status"] == "reported") & rows["bound"].isin(["exact", "about"]) & (rows["value"] > 0)
    rows = rows[usable & rows["period_kind"].isin(["year", "month"])]
    if rows.empty:
        return Distribution(None, "not_published")
    last = rows.iloc[-1]
    ahead, before = year - last["end"], last["end"] - rows["end"]
    if not 0 < ahead <= FARTHEST_YEARS:
        return Distribution(None, "far_ahead" if ahead > 0 else "published")
    span = before[before.between(*SPAN_YEARS)]
    if span.empty:
        return Distribution(None, "short_series")
    first = (span - analogues.BEFORE).abs().idxmin()
    pace = 100 * ((last["value"] / rows.at[first, "value"]) ** (1 / span[first]) - 1)
    found = analogues.factors(pace, ahead)
    return Distribution(None, "no_analogue") if found is None else Distribution(last["value"] * found, "analogues")
