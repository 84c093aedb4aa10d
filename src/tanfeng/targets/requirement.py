"""What a target asks for, and what the figures of its own indicator answer.

A change over a plan is chained from yearly changes where all are published. Figures of equal standing that contradict
each other are tried one by one: where one of them turns the answer, the target is disputed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations
from tanfeng.facts.observations import Reading
from tanfeng.targets import probability, rules
from tanfeng.targets.rules import Figure, Requirement

APART_POINTS = 0.5  # rounding of yearly rates moves a chain by less
FEWEST_STEPS = 2  # one yearly change is no chain
COMPUTED = ("由公布的各年变化率连乘", "computed from the published yearly rates")
COMPUTED_INTERNAL = ("由各年变化率连乘，含内部数据", "computed from yearly rates, some of them internal")


def requirement(
    catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any], rows: pd.DataFrame | None = None
) -> Requirement | None:
    """Return what a target asks for in the unit of its indicator, or None if its base is not published.

    `rows` are figures to take the base from instead of the usual ones.
    """
    scale = units.factor(catalog, target["unit"], indicator["unit"])
    base = None if pd.isna(target["base_year"]) else int(target["base_year"])
    known = base_value(catalog, target, base, scale, rows)
    value, year, direction = target["target_value"] * scale, int(target["target_year"]), target["direction"]
    if direction == "decrease_by" and indicator["kind"] == "stock" and indicator["direction"] == "higher":
        direction = "at_least"  # the quantity is itself what was taken off, added up
    return rules.requirement(direction, value, indicator["kind"], year, base, known)


def base_value(
    catalog: Catalog, target: dict[str, Any], base: int | None, scale: float, rows: pd.DataFrame | None = None
) -> float | None:
    """Return the figure of the base year: the target's own, or the published one."""
    if not pd.isna(target["base_value"]):
        return float(target["base_value"] * scale)
    if base is None:
        return None
    usual = observations.records(catalog, target["indicator"], target["region"])
    known = usual if rows is None else rows.to_dict("records")
    return level_of(known, base)


def level_of(rows: Iterable[dict[str, Any]], year: int) -> float | None:
    """Return the last figure at the end of a year that is no estimate; None without one.

    Example:
        >>> row = {"end": 2020.0, "period_kind": "year", "status": "reported", "value": 3.0}
        >>> level_of([row], 2020), level_of([row], 2015)
        (3.0, None)
    """
    found = [
        float(row["value"])
        for row in rows
        if row["end"] == year and row["period_kind"] != "change" and row["status"] != "estimate"
    ]
    return found[-1] if found else None


def figures(rows: pd.DataFrame) -> list[Figure]:
    """Return the figures of an indicator (see `tanfeng.facts.observations.observations`) as the rules take them."""
    columns = (rows[name].tolist() for name in ("value", "start", "end", "period_kind", "bound", "status"))
    return [Figure(*row) for row in zip(*columns, strict=True)]


def chained(rows: pd.DataFrame, required: Requirement, partly: bool = False) -> pd.DataFrame:
    """Return the change from base to target year chained from published yearly changes, if all are published.

    With `partly` it runs as far as they do without a gap, two years or more. It cites all of them, has the weakest of
    their grades and says in its note that it is computed.
    """
    if required.kind != "change" or required.base is None or rows.empty:
        return rows.iloc[:0]
    steps = rows[(rows["end"] - rows["start"] == 1) & (rows["start"] >= required.base) & (rows["end"] <= required.year)]
    last = required.year
    if partly:
        in_row = steps["end"].to_numpy() == required.base + 1 + np.arange(len(steps))
        steps = steps[in_row & steps["status"].isin(rules.ANSWERING).cummin()]
        last = required.base + max(len(steps), FEWEST_STEPS)
    if len(steps) < last - required.base or not steps["status"].isin(rules.ANSWERING).all():
        return rows.iloc[:0]
    value = round(100 * (float((1 + steps["value"] / 100).prod()) - 1), 2)
    whole = {"period": f"{required.base}/{last}", "value": value, "published": value}
    whole |= {"start": required.base, "end": last}
    cited = {"source_id": observations.joined(steps["source_id"]), "grade": steps["grade"].max()}
    internal = steps["status"].eq(observations.INTERNAL).any()
    cited |= dict(zip(("note_zh", "note_en"), COMPUTED_INTERNAL if internal else COMPUTED, strict=True))
    return steps.tail(1).assign(**whole, **cited, status=observations.weakest(steps["status"]))


def told(catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figure of the target year that growth rates published after the last figure give, if they do.

    It is "about" so much, as rates are rounded and levels revised, cites all of them and says that it is computed.
    """
    region, year = target["region"], int(target["target_year"])
    if not indicator["growth"] or rows.empty:
        return rows.iloc[:0]
    found = probability.distribution(catalog, indicator["id"], region, year)
    if found.draws is None or found.reason != "published_growth":
        return rows.iloc[:0]
    last = rows[(rows["period_kind"] == "year") & (rows["status"] == "reported")].tail(1)
    rates = indicators.observations(catalog, indicator["growth"], region)
    rates = rates[(rates["end"] > last["end"].iloc[0]) & (rates["end"] <= year) & (rates["status"] == "reported")]
    cited = pd.concat([last, rates])
    value = round(float(found.draws[0]), 2)
    figure = {"period": str(year), "value": value, "published": value, "published_unit": last["unit"].iloc[0]}
    figure |= {"source_id": observations.joined(cited["source_id"]), "grade": cited["grade"].max(), "bound": "about"}
    return last.assign(**figure, start=year, end=year, note_zh=COMPUTED[0], note_en=COMPUTED[1])


def disputed(catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any]) -> Reading | None:
    """Return a reading of the figures, as good as the usual one, that answers the target otherwise.

    A change over the plan that is published beside the yearly ones is contradicted by their chain, if the two lie more
    than `APART_POINTS` apart.
    """
    usual, *others = observations.readings(catalog, target["indicator"], target["region"])
    others += _by_chain(usual.rows, requirement(catalog, target, indicator))
    if not others:
        return None
    said = answer(catalog, target, indicator, usual.rows)
    return next((one for one in others if answer(catalog, target, indicator, one.rows) != said), None)


def _by_chain(rows: pd.DataFrame, required: Requirement | None) -> list[Reading]:
    """Return the reading without the published change over the plan, where the chain of its years is another figure."""
    if required is None or (steps := chained(rows, required)).empty:
        return []
    span = (rows["start"] == required.base) & (rows["end"] == required.year) & (rows["period_kind"] == "change")
    whole = rows[span & rows["status"].isin(rules.ANSWERING)]
    if whole.empty or abs(whole["value"].iloc[-1] - steps["value"].iloc[0]) <= APART_POINTS:
        return []
    return [Reading(rows.drop(index=whole.index), whole.iloc[-1], steps.iloc[0])]


def answer(catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any], rows: pd.DataFrame) -> bool | None:
    """Return whether figures of the indicator show that a target is met; None if they do not decide it."""
    required = requirement(catalog, target, indicator, rows)
    if required is None:
        return None
    found = rules.decided(figures(with_rows(chained(rows, required), rows)), required)
    return found[1] if found else None


def with_rows(*frames: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of several tables of figures as one, numbered anew; the last as it is if the others are empty.

    Example:
        >>> one, none = pd.DataFrame({"value": [1.0]}), pd.DataFrame({"value": []})
        >>> with_rows(one, none, one)["value"].tolist(), with_rows(none, one) is one
        ([1.0, 1.0], True)
    """
    *others, last = frames
    others = [one for one in others if len(one)]
    return pd.concat([*others, last], ignore_index=True) if others else last
