"""What moved since the last frozen outlook: emissions and peak probability of 2030, targets, new figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import paths
from tanfeng.targets.lookback import frozen
from tanfeng.targets.verdict import Verdict

EMISSIONS, PEAK, TARGET, FIGURE = "emissions", "peak", "target", "figure"
YEAR = 2030
LEAST_MT, LEAST_SHARE = 0.05, 0.005  # what is shown does not change by less
COLUMNS = ["kind", "item", "year", "old", "new"]


@dataclass(frozen=True)
class Movements:
    """What moved since an outlook was frozen.

    Attributes:
        since: id of the frozen outlook; empty if none is frozen for the region.
        date: when it was frozen.
        rows: columns kind (`emissions`, Mt CO2; `peak`, `target`, 0 to 1; `figure`, last year with emissions), item
            (`total` or id of a target), year, old, new; only what moved. A missing value: there was, or is, none.
    """

    since: str
    date: str
    rows: pd.DataFrame


def movements(catalog: Catalog, region: str, judged: Sequence[Verdict]) -> Movements:
    """Return what moved since the last frozen outlook of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        judged: all verdicts of the region as they are now.

    Raises:
        ProjectError: if the file of the outlook is missing or broken, or the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> movements(open_catalog(), "330100", []).since
        ''
    """
    register = frozen.register(catalog)
    register = register[(register["region"] == region) & (register["kind"] == "outlook")].sort_values(["date", "id"])
    if register.empty:
        return Movements("", "", pd.DataFrame(columns=COLUMNS))
    last = register.iloc[-1]
    rows = frozen.read(catalog, str(last["id"]))
    return Movements(str(last["id"]), str(last["date"]), compared(catalog, region, rows, judged))


def compared(catalog: Catalog, region: str, rows: pd.DataFrame, judged: Sequence[Verdict]) -> pd.DataFrame:
    """Return what differs between a frozen outlook and the present one, with the columns of `Movements.rows`.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: a frozen outlook (see `tanfeng.targets.lookback.frozen.read`).
        judged: all verdicts of the region as they are now.

    Raises:
        ProjectError: if the region has no inventory.
    """
    found = [*_emissions(catalog, region, rows), *_targets(rows, judged)]
    return pd.DataFrame(found, columns=COLUMNS)


def _emissions(catalog: Catalog, region: str, rows: pd.DataFrame) -> list[tuple[str, str, int, float, float]]:
    told = rows[(rows["statement"] == frozen.EMISSIONS) & (rows["item"] == "total")].set_index("year")
    now = paths.at(paths.fields(catalog, region), "total", YEAR)
    peaked = paths.peak(catalog, region).set_index("year")["p_peaked_by"]
    last, first = int(emissions.series(catalog, region, "total")["year"].max()), int(told.index.min())
    found = []
    if last != first:
        found.append((FIGURE, "total", last, float(first), float(last)))
    if YEAR in told.index:
        found += _moved(EMISSIONS, YEAR, float(told.at[YEAR, "co2_mt"]), float(now["co2_mt"]), LEAST_MT)
        found += _moved(PEAK, YEAR, float(told.at[YEAR, "p_peaked_by"]), float(peaked[YEAR]), LEAST_SHARE)
    return found


def _moved(kind: str, year: int, old: float, new: float, least: float) -> list[tuple[str, str, int, float, float]]:
    return [(kind, "total", year, old, new)] if abs(new - old) >= least else []


def _targets(rows: pd.DataFrame, judged: Sequence[Verdict]) -> list[tuple[str, str, int, float, float]]:
    told = rows[rows["statement"] == frozen.TARGET]
    old = dict(zip(told["item"], told["p_target"], strict=True))
    now = {one.target["id"]: one.probability for one in judged if one.probability is not None}
    years = {one.target["id"]: int(one.target["target_year"]) for one in judged}
    years |= dict(zip(told["item"], told["year"].astype(int), strict=True))
    missing = float("nan")
    pairs = {item: (float(old.get(item, missing)), float(now.get(item, missing))) for item in sorted({*old, *now})}
    return [
        (TARGET, item, years[item], before, after)
        for item, (before, after) in pairs.items()
        if not abs(after - before) < LEAST_SHARE
    ]
