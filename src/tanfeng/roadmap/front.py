"""The points of a front one by one: the roadmap of each, its four dimensions, its chance to meet targets.

A point is a result of `tanfeng.roadmap.least_cost.front`; its roadmap says which measure runs from when, and how much
of it. Nothing is weighed into one number: the dimensions keep their own units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators
from tanfeng.forecast import conformal
from tanfeng.outlook import paths
from tanfeng.roadmap import gaps
from tanfeng.roadmap.least_cost import DEPENDENCE, EMISSIONS, UNDATED_FROM, Options, chance, options, without
from tanfeng.roadmap.programme import Point
from tanfeng.targets import intensity

DIMENSIONS = ("economy", "security", "emissions", "residents")
GDP, POPULATION = "gdp_current_5th_census", "population_resident"
HOUSEHOLDS, ELECTRICITY = "electricity_residential", "electricity_consumption"
USED = 1e-6  # intensity from which an option is part of a roadmap


def opened(own: Options, point: Point) -> pd.DataFrame:
    """Return the roadmap of a point: each option it uses, its first year and its intensity in the last one.

    Returns:
        Columns id, zh, en, first_year (of an intensity above zero), supposed, intensity, cost (10^8 yuan), saved_mt (in
        the last year, Mt CO2).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> catalog = open_catalog()
        >>> own = options(catalog, "330000")
        >>> opened(own, front(catalog, "330000", steps=3)[-1])["intensity"].round(3).min()
        np.float64(1.0)
    """
    last = point.intensity[:, -1]
    used = last > USED
    first = [own.years[int(np.argmax(row > USED))] for row in point.intensity]
    rows = own.rows[["id", "zh", "en", "supposed"]].assign(first_year=first, intensity=last)
    rows = rows.assign(cost=own.rows["central"] * last, saved_mt=own.saved[:, -1] * last)
    return rows[used].reset_index(drop=True)


def by_year(own: Options, point: Point) -> pd.DataFrame:
    """Return the roadmap of a point year by year, for the options it uses.

    Returns:
        Columns id, zh, en, supposed, year, intensity, saved_mt (Mt CO2), independent_twh.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> catalog = open_catalog()
        >>> own = options(catalog, "330000")
        >>> by_year(own, front(catalog, "330000", steps=3)[-1])["year"].agg(["min", "max"]).tolist()
        [2028, 2035]
    """
    count = len(own.years)
    rows = own.rows[["id", "zh", "en", "supposed"]]
    found = rows.loc[rows.index.repeat(count)].reset_index(drop=True).assign(year=list(own.years) * len(rows))
    values = {"intensity": point.intensity, "saved_mt": own.saved, "independent_twh": own.independent}
    found = found.assign(**{name: one.ravel() for name, one in values.items()})
    used = np.repeat(point.intensity[:, -1] > USED, count)
    for name in ("saved_mt", "independent_twh"):
        found[name] *= found["intensity"]
    return found[used].reset_index(drop=True)


def score(catalog: Catalog, region: str, own: Options, point: Point) -> pd.DataFrame:
    """Return a point in the four dimensions, in their own units; nothing is weighed into one number.

    Returns:
        Columns dimension (`economy`, `security`, `emissions`, `residents`), value, unit, sources. Economy is the
        investment in percent of the last published GDP of a year; security the change of dependence and emissions the
        change of emissions against the outlook, percent; residents the yuan a head if households bear the investment by
        their share of electricity.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> catalog = open_catalog()
        >>> own = options(catalog, "330000")
        >>> score(catalog, "330000", own, front(catalog, "330000", steps=3)[0])["value"].tolist()
        [0.0, 0.0, 0.0, 0.0]
    """
    start = without(catalog, region, own)
    gdp, people = (_latest(catalog, region, name) for name in (GDP, POPULATION))
    share, sources = household_share(catalog, region)
    heads = people["value"] * 1e4
    values = {
        "economy": 100 * point.cost / float(gdp["value"]),
        "security": 100 * (point.levels[DEPENDENCE] / start[DEPENDENCE] - 1),
        "emissions": 100 * (point.levels[EMISSIONS] / start[EMISSIONS] - 1),
        "residents": point.cost * 1e8 * share / float(heads),
    }
    heard = dict.fromkeys(f"{people['source_id']} {sources}".split())
    cited = {"economy": gdp["source_id"], "residents": " ".join(heard)}
    return pd.DataFrame(
        [
            {
                "dimension": name,
                "value": values[name] + 0.0,
                "unit": "yuan" if name == "residents" else "%",
                "sources": cited.get(name, ""),
            }
            for name in DIMENSIONS
        ]
    )


def scores(catalog: Catalog, region: str, own: Options, points: list[Point]) -> pd.DataFrame:
    """Return the points of a front in the four dimensions.

    Returns:
        Columns point (from 1), cost (10^8 yuan), emissions_mt, dependence_twh (sums over the years), economy, security,
        emissions, residents (see `score`), sources; one row a point.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> catalog = open_catalog()
        >>> own = options(catalog, "330000")
        >>> scores(catalog, "330000", own, front(catalog, "330000", steps=3)).iloc[0]["point"]
        np.int64(1)
    """
    return pd.DataFrame([_scores(catalog, region, own, place, one) for place, one in enumerate(points, start=1)])


def _scores(catalog: Catalog, region: str, own: Options, place: int, point: Point) -> dict[str, Any]:
    rows = score(catalog, region, own, point)
    return {
        "point": place,
        "cost": point.cost,
        "emissions_mt": point.levels[EMISSIONS],
        "dependence_twh": point.levels[DEPENDENCE],
        **dict(zip(rows["dimension"], rows["value"], strict=True)),
        "sources": " ".join(dict.fromkeys(" ".join(rows["sources"]).split())),
    }


def _latest(catalog: Catalog, region: str, indicator: str) -> pd.Series:
    rows = indicators.yearly(catalog, indicator, region)
    return rows[rows["status"] == "reported"].iloc[-1]


@cached
def household_share(catalog: Catalog, region: str) -> tuple[float, str]:
    """Return the share of households in electricity use in the last year both are published, and the sources.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> 0.1 < household_share(open_catalog(), "330000")[0] < 0.25
        True
    """
    own, whole = (indicators.yearly(catalog, name, region).set_index("year") for name in (HOUSEHOLDS, ELECTRICITY))
    year = max(set(own.index) & set(whole.index))
    sources = f"{own.at[year, 'source_id']} {whole.at[year, 'source_id']}"
    return float(own.at[year, "value"] / whole.at[year, "value"]), sources


def within(catalog: Catalog, region: str, points: list[Point], undated_from: int | None = UNDATED_FROM) -> pd.DataFrame:
    """Return how likely each point of a front meets each target, in both accounts, growth of GDP drawn.

    Returns:
        Columns point (from 1), target, account, share.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> points = front(open_catalog(), "330000", steps=3)
        >>> rows = within(open_catalog(), "330000", points)
        >>> bool(rows.iloc[-1]["share"] >= rows.iloc[0]["share"])
        True
    """
    years, found = paths.paths(catalog, region).years, []
    for row in gaps.gaps(catalog, region).to_dict("records"):
        own = options(catalog, region, row["account"], undated_from)
        weights = chance(catalog, region, own, [row["target"]]).weights[0]
        about = {"target": row["target"], "account": row["account"]}
        for place, one in enumerate(points, start=1):
            less = np.zeros((conformal.PATHS, len(years)))
            less[:, years.index(row["year"])] = float((weights * one.intensity).sum())
            drawn = intensity.reductions(catalog, region, row["base"], row["year"], row["account"], saved=less)
            found.append({"point": place, **about, "share": float((drawn >= row["reduction_pct"]).mean())})
    return pd.DataFrame(found).sort_values(["point", "target", "account"], kind="stable", ignore_index=True)
