"""The cheapest way to the targets: which measures, how much of them, what each target costs.

Options are measures with an expected effect and a published cost, by year. A measure is counted at the cost
`data/measure_cost_uses.csv` names; every other measure is left out and says why. A measure without a date can start in
no year that a document names: it is an option only from `undated_from` on, which is a supposition of the reader.

Four things are weighed: investment (as published, not discounted,
without fuel and running costs), emissions, dependence on electricity and fuel from outside, and the investment of
households' share of electricity. With these sources the last is proportional to the first, so the front has three
objectives of its own. Intensities are shares of a measure; a nuclear unit is built or not, see `whole`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths
from tanfeng.roadmap import effects, gaps, programme, wedges
from tanfeng.roadmap.programme import Chance, Constraint, Point, Programme, Solution

EMISSIONS, DEPENDENCE = "emissions", "dependence"
UNDATED_FROM = 2031  # after the target year of 2030, so that no undated measure answers a target
MONEY = "10^8 yuan"
NO_COST = "no_cost"


def build(found: Options, catalog: Catalog, region: str, level: str = "central") -> Programme:
    """Return the programme without targets: investment at a level of cost, fossil power as the only bound.

    Investment is that of the intensity in the last year: an intensity never falls.
    """
    cost = np.zeros(found.saved.shape)
    cost[:, -1] = found.rows[level].to_numpy()
    years = list(paths.paths(catalog, region).years)
    power = wedges.reference(catalog, region, centre=True).power[0] / wedges.per_twh(catalog, wedges.FOSSIL)
    bounds = [
        Constraint(f"fossil_{year}", -_only(found, found.displaced, year), -float(power[years.index(year)]))
        for year in found.years
    ]
    first = tuple(found.years.index(int(year)) for year in found.rows["first_year"])
    return Programme(cost, first, tuple(bounds))


def _only(found: Options, weights: Values, year: int) -> Values:
    return weights * (np.array(found.years) == year)


def needs(catalog: Catalog, region: str, found: Options) -> dict[str, Constraint]:
    """Return what each target ahead asks of the options, in the account: the gap, Mt CO2.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> asked = needs(open_catalog(), "330000", options(open_catalog(), "330000"))
        >>> {name: round(one.least, 1) for name, one in asked.items()}
        {'N03': -8.6, 'P05': -41.1}
    """
    rows = gaps.gaps(catalog, region)
    rows = rows[rows["account"] == found.account]
    return {row["target"]: _asked(found, row) for row in rows.to_dict("records")}


def _asked(found: Options, row: dict[str, Any]) -> Constraint:
    """Return what a gap asks of the options in its year."""
    return Constraint(row["target"], _only(found, found.saved, int(row["year"])), float(row["gap_mt"]))


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
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = cheapest(open_catalog(), "330000", "P05", "assessment")
        >>> found.feasible, {name: round(by, 1) for name, by in found.missed.items()}
        (False, {'P05': 70.5})
    """
    own = options(catalog, region, account, undated_from)
    asked = needs(catalog, region, own)
    if target not in asked:
        raise ProjectError(f"no target {target!r} ahead on CO2 intensity; there are: {', '.join(asked)}")
    base = build(own, catalog, region, level)
    return programme.solve(replace(base, requirements=(*base.requirements, asked[target])), whole)


@cached
def by_growth(catalog: Catalog, region: str, account: str = "direct") -> pd.DataFrame:
    """Return the least investment for each target ahead, with one growth of GDP for the reference and for the target.

    Returns:
        Columns of `tanfeng.roadmap.gaps.by_growth` of the account, feasible, missed_mt, cost (10^8 yuan; NaN if not
        feasible).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_growth(open_catalog(), "330000").query("target == 'P05'")
        >>> bool(rows["cost"].is_monotonic_decreasing), bool(rows["feasible"].all())
        (True, True)
    """
    own = options(catalog, region, account)
    base, rows = build(own, catalog, region), gaps.by_growth(catalog, region)
    rows = rows[rows["account"] == account].reset_index(drop=True)
    found = [_closed(base, own, row) for row in rows.to_dict("records")]
    return rows.assign(
        feasible=[one.feasible for one in found],
        missed_mt=[sum(one.missed.values()) for one in found],
        cost=[one.cost if one.feasible else float("nan") for one in found],
    )


def _closed(base: Programme, own: Options, row: dict[str, Any]) -> Solution:
    return programme.solve(replace(base, requirements=(*base.requirements, _asked(own, row))))


@cached
def answers(catalog: Catalog, region: str, undated_from: int | None = UNDATED_FROM) -> pd.DataFrame:
    """Return what each target costs, in both accounts.

    Returns:
        Columns target, account, needed_mt (below zero: the outlook meets it), feasible, missed_mt, cost, cost_low,
        cost_high (10^8 yuan), marginal (10^8 yuan for a million tonnes a year more), whole_cost (measures built or
        not), gap (duality), reachable (share of paths in which everything together meets it).

    Raises:
        Absent: if no target on CO2 intensity lies ahead.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
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
    rows = gaps.targets(catalog, region).set_index("id", drop=False)
    base = wedges.wedges(catalog, region, own.account, measures=[])
    limits = [
        gaps.limit(catalog, region, row, gaps.course(catalog, region, int(row["target_year"])), own.account)
        for row in rows.loc[targets].to_dict("records")
    ]
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
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = robust(open_catalog(), "330000", ["N03"], 0.6)
        >>> found.feasible, robust(open_catalog(), "330000", ["N03"], 0.9).feasible
        (True, False)
    """
    own = options(catalog, region, account, undated_from)
    return programme.solve_chance(build(own, catalog, region), chance(catalog, region, own, targets, share))


def robust_table(catalog: Catalog, region: str, target: str, account: str = "direct") -> pd.DataFrame:
    """Return what it costs to meet a target with more certainty.

    Returns:
        Columns share (of paths), feasible, cost (10^8 yuan), missing (share of paths), gap (that the solver proves;
        above `tanfeng.roadmap.programme.PROVEN` the cost or the missing share is not proven to be the least).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> robust_table(open_catalog(), "330000", "N03")["feasible"].tolist()
        [True, True, True, False, False]
    """
    found = [(share, robust(catalog, region, [target], share, account)) for share in (0.5, 0.6, 0.7, 0.8, 0.9)]
    return pd.DataFrame(
        [
            {
                "share": share,
                "feasible": one.feasible,
                "cost": one.cost if one.feasible else float("nan"),
                "missing": one.missed.get("chance", 0.0),
                "gap": one.gap,
            }
            for share, one in found
        ]
    )


def front(
    catalog: Catalog, region: str, account: str = "direct", undated_from: int | None = UNDATED_FROM, steps: int = 6
) -> list[Point]:
    """Return points of the Pareto front of investment, emissions and dependence, cheapest first.

    Emissions (Mt CO2) and dependence (TWh of fossil and imported electricity) are sums over the years of the options,
    at the centre of the outlook. Every point meets the targets of `own_targets`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> points = front(open_catalog(), "330000", steps=3)
        >>> points[0].cost, len(points) > 3
        (0.0, True)
    """
    own = options(catalog, region, account, undated_from)
    start = without(catalog, region, own)
    objectives = {EMISSIONS: (start[EMISSIONS], own.saved), DEPENDENCE: (start[DEPENDENCE], own.independent)}
    base, asked = build(own, catalog, region), own_targets(catalog, region, own)
    bound = replace(base, requirements=(*base.requirements, *asked.values()))
    return programme.front(bound, objectives, steps)


def own_targets(catalog: Catalog, region: str, own: Options) -> dict[str, Constraint]:
    """Return what the targets of the region itself ask; none where the options can not meet them together.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> both = [options(catalog, "330000", account) for account in ("direct", "assessment")]
        >>> [list(own_targets(catalog, "330000", own)) for own in both]
        [['P05'], []]
    """
    rows = gaps.gaps(catalog, region)
    mine = set(rows.loc[rows["asked_of"] == region, "target"])
    asked = {name: one for name, one in needs(catalog, region, own).items() if name in mine}
    base = build(own, catalog, region)
    bound = replace(base, requirements=(*base.requirements, *asked.values()))
    return asked if programme.solve(bound).feasible else {}


def without(catalog: Catalog, region: str, own: Options) -> dict[str, float]:
    """Return emissions and dependence without any option, summed over its years: Mt CO2 and TWh.

    Imported electricity is that of `tanfeng.roadmap.gaps.imported`.
    """
    years = list(paths.paths(catalog, region).years)
    places = [years.index(year) for year in own.years]
    total = wedges.reference(catalog, region, own.account, centre=True).total[0]
    imported = gaps.imported(catalog, region).to_numpy()
    fossil = wedges.reference(catalog, region, centre=True).power[0] / wedges.per_twh(catalog, wedges.FOSSIL)
    return {EMISSIONS: float(total[places].sum()), DEPENDENCE: float((fossil + imported)[places].sum())}


@dataclass(frozen=True)
class Options:
    """The options of a region and what they do at full intensity.

    Attributes:
        account: `direct` or `assessment`.
        years: years they are chosen for.
        rows: id, zh, en, first_year, supposed (whether the year is a supposition), low, central, high (investment in
            10^8 yuan), cost_sources; one row an option.
        saved: shape (options, years), Mt CO2 a year at central factors.
        displaced: shape (options, years), TWh of fossil power.
        independent: shape (options, years), TWh a year that need no electricity or fuel from outside.
    """

    account: str
    years: tuple[int, ...]
    rows: pd.DataFrame
    saved: Values
    displaced: Values
    independent: Values


def costs(catalog: Catalog) -> pd.DataFrame:
    """Return the published costs by id with low, central and high; a value not given is the next one that is.

    Raises:
        ProjectError: if a row of `data/measure_costs.csv` has no value, or its limits are not in order.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> costs(open_catalog()).loc["capital_coal", ["low", "central", "high"]].tolist()
        [2000.0, 3100.0, 4200.0]
    """
    rows = catalog.read("measure_costs").set_index("id")
    middle = rows["central"].fillna(rows[["low", "high"]].mean(axis=1))
    filled = rows.assign(central=middle, low=rows["low"].fillna(middle), high=rows["high"].fillna(middle))
    for name, row in filled.iterrows():
        if not row["low"] <= row["central"] <= row["high"]:
            raise ProjectError(f"data/measure_costs.csv, {name}: expected low <= central <= high and one value or more")
    return filled


def investment(catalog: Catalog, row: dict[str, Any], cost: pd.Series, level: str = "central") -> float:
    """Return the investment of a measure in 10^8 yuan, from a sum as published or a cost of a unit of capacity.

    Raises:
        ProjectError: if the cost does not fit the quantity of the measure.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> unit = {"id": "ME01", "quantity": 120.0, "unit": "10^4 kW"}
        >>> round(investment(catalog, unit, costs(catalog).loc["capital_nuclear"]), 1)
        200.0
    """
    money = units.factor(catalog, "yuan", MONEY)
    if cost["unit"] == MONEY:
        return float(cost[level])
    if cost["unit"] != "yuan/kW":
        raise ProjectError(f"measure {row['id']}: a cost in {cost['unit']}; expected {MONEY} or yuan/kW")
    return float(row["quantity"] * units.factor(catalog, row["unit"], "kW") * cost[level] * money)


@cached
def options(catalog: Catalog, region: str, account: str = "direct", undated_from: int | None = UNDATED_FROM) -> Options:
    """Return the options of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        account: `direct` or `assessment`.
        undated_from: first year supposed for measures without a date; None leaves them out.

    Raises:
        ProjectError: if no measure has both an effect and a cost.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> options(open_catalog(), "330000", undated_from=None).rows["id"].tolist()
        ['ME12']
    """
    stages = {wedges.COUNTED} if undated_from is None else {wedges.COUNTED, wedges.NO_DATE}
    uses = catalog.read("measure_cost_uses").set_index("measure_id")["cost_id"]
    rows = wedges.candidates(catalog, region)
    rows = rows[rows["stage"].isin(stages) & rows["id"].isin(uses.index)].reset_index(drop=True)
    if rows.empty:
        raise ProjectError(f"no measure of region {region} has an effect, a date and a published cost to choose from")
    known, last = costs(catalog), paths.UNTIL
    first = rows["first_year"].fillna(undated_from or last).astype(int)
    years = tuple(range(min(first.min(), undated_from or last), last + 1))
    sums = [
        {level: investment(catalog, row, known.loc[uses[row["id"]]], level) for level in effects.LEVELS}
        for row in rows.to_dict("records")
    ]
    named = rows[["id", "zh", "en"]].assign(first_year=first, supposed=rows["first_year"].isna())
    named = named.assign(**pd.DataFrame(sums), cost_sources=[known.at[uses[name], "source_id"] for name in rows["id"]])
    return Options(account, years, named, *_effects(catalog, account, rows, first, years))


def _effects(
    catalog: Catalog, account: str, rows: pd.DataFrame, first: pd.Series, years: tuple[int, ...]
) -> tuple[Values, Values, Values]:
    """Return what the options save (Mt CO2), displace (TWh) and make independent of others (TWh), by year."""
    middle = wedges.central(catalog)
    sizes = [wedges.size(catalog, row, middle) for row in rows.to_dict("records")]
    running = np.array(years) >= first.to_numpy()[:, None]
    displaced = np.array([float(one.displaced[0]) for one in sizes])
    fuel = np.array([float(one.fuel[0]) for one in sizes])
    imported = np.array([one.imported for one in sizes])
    carried = wedges.per_twh(catalog, wedges.EAST_GRID) if account == "assessment" else 0.0
    saved = displaced * (wedges.per_twh(catalog, wedges.FOSSIL) - carried * imported) + fuel
    return saved[:, None] * running, displaced[:, None] * running, (displaced * ~imported)[:, None] * running


def left_out(catalog: Catalog, region: str, undated_from: int | None = UNDATED_FROM) -> pd.DataFrame:
    """Return the measures that are no option, and why.

    Returns:
        Columns id, zh, en, reason: one of `tanfeng.roadmap.effects.expected`, a stage of `tanfeng.roadmap.wedges`, or
        `no_cost`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = left_out(open_catalog(), "330000").set_index("id")["reason"]
        >>> rows["MT03"], rows["ME16"], rows["ME22"]
        ('no_cost', 'target_passed', 'overdue')
    """
    every = effects.expected(catalog, region)[["id", "zh", "en", "reason"]]
    chosen = set(options(catalog, region, "direct", undated_from).rows["id"])
    stages = wedges.candidates(catalog, region).set_index("id")["stage"]
    why = [
        reason or _why(stages[name], undated_from) for name, reason in zip(every["id"], every["reason"], strict=True)
    ]
    return every.assign(reason=why)[~every["id"].isin(chosen)].reset_index(drop=True)


def _why(stage: str, undated_from: int | None) -> str:
    usable = stage == wedges.COUNTED or (stage == wedges.NO_DATE and undated_from is not None)
    return NO_COST if usable else stage
