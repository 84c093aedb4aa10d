"""The cheapest way to the targets (floor 3): which measures, how much of them, what each target costs.

Options are those of `tanfeng.options`. Four things are weighed: investment (as published, not discounted, without fuel
and running costs), emissions, dependence on electricity and fuel from outside, and the investment of households' share
of electricity. With these sources the last is proportional to the first, so the front has three objectives of its own.
Intensities are shares of a measure; a nuclear unit is built or not, see `whole`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tanfeng import accounts, gaps, indicators, outlook, programme, wedges
from tanfeng.catalog import Catalog
from tanfeng.forecast.r1 import Values
from tanfeng.options import UNDATED_FROM, Options, options
from tanfeng.programme import Chance, Point, Programme, Requirement, Solution
from tanfeng.project import ProjectError

EMISSIONS, DEPENDENCE = "emissions", "dependence"
DIMENSIONS = ("economy", "security", "emissions", "residents")
GDP, POPULATION = "gdp_current_5th_census", "population_resident"
HOUSEHOLDS, ELECTRICITY = "electricity_residential", "electricity_consumption"


def build(found: Options, catalog: Catalog, region: str, level: str = "central") -> Programme:
    """Return the programme without targets: investment at a level of cost, fossil power as the only bound.

    Investment is that of the intensity in the last year: an intensity never falls.
    """
    cost = np.zeros(found.saved.shape)
    cost[:, -1] = found.rows[level].to_numpy()
    years = list(outlook.paths(catalog, region).years)
    power = wedges.reference(catalog, region, centre=True).power[0] / wedges.per_twh(catalog, wedges.FOSSIL)
    bounds = [
        Requirement(f"fossil_{year}", -_only(found, found.displaced, year), -float(power[years.index(year)]))
        for year in found.years
    ]
    first = tuple(found.years.index(int(year)) for year in found.rows["first_year"])
    return Programme(cost, first, tuple(bounds))


def _only(found: Options, weights: Values, year: int) -> Values:
    return weights * (np.array(found.years) == year)


def needs(catalog: Catalog, region: str, found: Options) -> dict[str, Requirement]:
    """Return what each target ahead asks of the options, in the account: the gap at central growth, Mt CO2.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> asked = needs(open_catalog(), "330000", options(open_catalog(), "330000"))
        >>> {name: round(one.least, 1) for name, one in asked.items()}
        {'N03': 9.5, 'P05': -12.7}
    """
    rows = gaps.gaps(catalog, region)
    rows = rows[rows["account"] == found.account]
    return {
        row["target"]: Requirement(row["target"], _only(found, found.saved, int(row["year"])), float(row["gap_mt"]))
        for row in rows.to_dict("records")
    }


def cheapest(
    catalog: Catalog,
    region: str,
    target: str,
    account: str = "direct",
    whole: bool = False,
    level: str = "central",
    undated_from: int | None = UNDATED_FROM,
) -> Solution:
    """Return the cheapest intensities that close the gap of a target, or by how much it stays open.

    Raises:
        ProjectError: if the region has no such target ahead, or as `options`.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> found = cheapest(open_catalog(), "330000", "P05", "assessment")
        >>> found.feasible, {name: round(by, 1) for name, by in found.missed.items()}
        (False, {'P05': 71.7})
    """
    own = options(catalog, region, account, undated_from)
    asked = needs(catalog, region, own)
    if target not in asked:
        raise ProjectError(f"no target {target!r} ahead on CO2 intensity; there are: {', '.join(asked)}")
    base = build(own, catalog, region, level)
    return programme.solve(replace(base, requirements=(*base.requirements, asked[target])), whole)


def answers(catalog: Catalog, region: str, undated_from: int | None = UNDATED_FROM) -> pd.DataFrame:
    """Return what each target costs, in both accounts.

    Returns:
        Columns target, account, needed_mt (below zero: the outlook meets it), feasible, missed_mt, cost, cost_low,
        cost_high (10^8 yuan), marginal (10^8 yuan for a million tonnes a year more), whole_cost (measures built or
        not), gap (duality), reachable (share of paths in which everything together meets it).

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> rows = answers(open_catalog(), "330000").set_index(["target", "account"])
        >>> rows["feasible"].tolist(), bool((rows["gap"] < 1e-6).all())
        ([True, False, True, False], True)
    """
    rows = gaps.gaps(catalog, region)
    return pd.DataFrame([_answer(catalog, region, row, undated_from) for row in rows.to_dict("records")])


def _answer(catalog: Catalog, region: str, row: dict[str, Any], undated_from: int | None) -> dict[str, Any]:
    asked = (catalog, region, row["target"], row["account"])
    found = cheapest(*asked, undated_from=undated_from)
    ends = {name: cheapest(*asked, level=name, undated_from=undated_from) for name in ("low", "high")}
    whole = cheapest(*asked, whole=True, undated_from=undated_from)
    own = options(catalog, region, row["account"], undated_from)
    return {
        "target": row["target"],
        "account": row["account"],
        "needed_mt": row["gap_mt"],
        "feasible": found.feasible,
        "missed_mt": found.missed.get(row["target"], 0.0),
        "cost": found.cost if found.feasible else float("nan"),
        **{f"cost_{name}": one.cost if one.feasible else float("nan") for name, one in ends.items()},
        "marginal": found.marginal.get(row["target"], float("nan")),
        "whole_cost": whole.cost if whole.feasible else float("nan"),
        "gap": found.gap,
        "reachable": programme.reachable(build(own, catalog, region), chance(catalog, region, own, [row["target"]])),
    }


def chance(catalog: Catalog, region: str, own: Options, targets: list[str], share: float = 0.5) -> Chance:
    """Return the requirement that targets are met together in a share of the paths of the outlook."""
    rate = gaps.growth(catalog, region)["central"]
    rows = gaps.targets(catalog, region).set_index("id", drop=False)
    base = wedges.wedges(catalog, region, own.account, measures=[])
    limits = [gaps.limit(catalog, region, rows.loc[name].to_dict(), rate, own.account) for name in targets]
    weights = [_only(own, own.saved, one.way.year) for one in limits]
    least = [base.reference[:, base.at(one.way.year)] - one.limit_mt * gaps.scale(one.way, base) for one in limits]
    return Chance(np.array(weights), np.array(least), share)


def robust(
    catalog: Catalog,
    region: str,
    targets: list[str],
    share: float,
    account: str = "direct",
    undated_from: int | None = UNDATED_FROM,
) -> Solution:
    """Return the cheapest intensities that meet targets together in a share of the 400 paths.

    Where no intensities do, `missed` says by which share.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> found = robust(open_catalog(), "330000", ["N03"], 0.6)
        >>> found.feasible, robust(open_catalog(), "330000", ["N03"], 0.9).feasible
        (True, False)
    """
    own = options(catalog, region, account, undated_from)
    return programme.solve_chance(build(own, catalog, region), chance(catalog, region, own, targets, share))


def robust_table(catalog: Catalog, region: str, target: str, account: str = "direct") -> pd.DataFrame:
    """Return what it costs to meet a target with more certainty: share (of paths), feasible, cost (10^8 yuan), missing.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> robust_table(open_catalog(), "330000", "N03")["feasible"].tolist()
        [True, True, False, False, False]
    """
    found = [(share, robust(catalog, region, [target], share, account)) for share in (0.5, 0.6, 0.7, 0.8, 0.9)]
    return pd.DataFrame(
        [
            {
                "share": share,
                "feasible": one.feasible,
                "cost": one.cost if one.feasible else float("nan"),
                "missing": one.missed.get("chance", 0.0),
            }
            for share, one in found
        ]
    )


def front(
    catalog: Catalog, region: str, account: str = "direct", undated_from: int | None = UNDATED_FROM, steps: int = 6
) -> list[Point]:
    """Return points of the Pareto front of investment, emissions and dependence, cheapest first.

    Emissions (Mt CO2) and dependence (TWh of fossil and imported electricity) are sums over the years of the options,
    at the centre of the outlook.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> points = front(open_catalog(), "330000", steps=3)
        >>> points[0].cost, len(points) > 3
        (0.0, True)
    """
    own = options(catalog, region, account, undated_from)
    start = without(catalog, region, own)
    objectives = {EMISSIONS: (start[EMISSIONS], own.saved), DEPENDENCE: (start[DEPENDENCE], own.independent)}
    return programme.front(build(own, catalog, region), objectives, steps)


def without(catalog: Catalog, region: str, own: Options) -> dict[str, float]:
    """Return emissions and dependence without any option, summed over its years: Mt CO2 and TWh.

    Imported electricity of the years ahead is that of `tanfeng.pathways` (median), at the factor of the last year.
    """
    years = list(outlook.paths(catalog, region).years)
    places = [years.index(year) for year in own.years]
    total = wedges.reference(catalog, region, own.account, centre=True).total[0]
    direct = wedges.reference(catalog, region, "direct", centre=True)
    both = wedges.reference(catalog, region, "assessment", centre=True)
    imported = (both.total - direct.total)[0] / float(accounts.assessment(catalog, region)["factor_kg_kwh"].iloc[-1])
    fossil = direct.power[0] / wedges.per_twh(catalog, wedges.FOSSIL)
    return {EMISSIONS: float(total[places].sum()), DEPENDENCE: float((fossil + imported)[places].sum())}


def opened(own: Options, point: Point) -> pd.DataFrame:
    """Return the roadmap of a point: each option it uses, its first year and its intensity in the last one.

    Returns:
        Columns id, zh, en, first_year (of an intensity above zero), supposed, intensity, cost (10^8 yuan), saved_mt (in
        the last year, Mt CO2).

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> own = options(catalog, "330000")
        >>> opened(own, front(catalog, "330000", steps=3)[-1])["intensity"].round(3).min()
        np.float64(1.0)
    """
    last = point.intensity[:, -1]
    used = last > 1e-6
    first = [own.years[int(np.argmax(row > 1e-6))] for row in point.intensity]
    rows = own.rows[["id", "zh", "en", "supposed"]].assign(first_year=first, intensity=last)
    rows = rows.assign(cost=own.rows["central"] * last, saved_mt=own.saved[:, -1] * last)
    return rows[used].reset_index(drop=True)


def score(catalog: Catalog, region: str, own: Options, point: Point) -> pd.DataFrame:
    """Return a point in the four dimensions, in their own units; nothing is weighed into one number.

    Returns:
        Columns dimension (`economy`, `security`, `emissions`, `residents`), value, unit, sources. Economy is the
        investment in percent of the last published GDP of a year; security the change of dependence and emissions the
        change of emissions against the outlook, percent; residents the yuan a head if households bear the investment by
        their share of electricity.

    Example:
        >>> from tanfeng.catalog import open_catalog
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
    cited = {"economy": gdp["source_id"], "residents": f"{people['source_id']} {sources}"}
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
        >>> from tanfeng.catalog import open_catalog
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
        "sources": " ".join(one for one in rows["sources"] if one),
    }


def _latest(catalog: Catalog, region: str, indicator: str) -> pd.Series:
    rows = indicators.yearly(catalog, indicator, region)
    return rows[rows["status"] == "reported"].iloc[-1]


def household_share(catalog: Catalog, region: str) -> tuple[float, str]:
    """Return the share of households in electricity use in the last year both are published, and the sources.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> 0.1 < household_share(open_catalog(), "330000")[0] < 0.25
        True
    """
    own, whole = (indicators.yearly(catalog, name, region).set_index("year") for name in (HOUSEHOLDS, ELECTRICITY))
    year = max(set(own.index) & set(whole.index))
    return float(
        own.at[year, "value"] / whole.at[year, "value"]
    ), f"{own.at[year, 'source_id']} {whole.at[year, 'source_id']}"
