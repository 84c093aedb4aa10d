"""What there is to choose from: measures with an expected effect and a published cost, by year.

A measure is counted at the cost `data/measure_cost_uses.csv` names; every other measure is left out and says why. A
measure without a date can start in no year that a document names: it is an option only from `undated_from` on, which is
a supposition of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths
from tanfeng.roadmap import effects, wedges

UNDATED_FROM = 2031  # after the target year of 2030, so that no undated measure answers a target
MONEY = "10^8 yuan"
NO_COST = "no_cost"


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
        ['ME01', 'ME02', 'ME04', 'ME05', 'ME12']
    """
    stages = {wedges.COUNTED} if undated_from is None else {wedges.COUNTED, wedges.NO_DATE}
    uses = catalog.read("measure_cost_uses").set_index("measure_id")["cost_id"]
    rows = wedges.candidates(catalog, region)
    rows = rows[rows["stage"].isin(stages) & rows["id"].isin(uses.index)].reset_index(drop=True)
    if rows.empty:
        raise ProjectError(f"no measure of region {region} has an effect, a date and a published cost to choose from")
    known, last = costs(catalog), paths.UNTIL
    years = tuple(range(int(min(rows["first_year"].min(), undated_from or last)), last + 1))
    sums = [
        {level: investment(catalog, row, known.loc[uses[row["id"]]], level) for level in effects.LEVELS}
        for row in rows.to_dict("records")
    ]
    first = rows["first_year"].fillna(undated_from or last).astype(int)
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
