"""Targets that ask for the same thing: repeated, conflicting, worded differently, or following from another.

Documents repeat targets; a number with the suffix b or c is the same target in another document. One of them is counted
(the first of the table, or the one that `same_as` of `data/targets.csv` names); what differs is shown beside it.
A draft is tied to the targets of the final document, and they to it; it counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.links import stem

REPEATED, CONFLICT, OTHER_SCOPE, IMPLIED = "repeated", "conflict", "other_scope", "implied"
ONE = {REPEATED, CONFLICT, IMPLIED}  # of the same indicator and year: one target in counts
TIED = ("firm", "draft")
CLOSE = 1e-9


@dataclass(frozen=True)
class Tie:
    """Another target that asks for the same thing.

    Attributes:
        target: its row of `data/targets.csv`.
        kind: `repeated` (same value), `conflict` (another value for the same indicator and year), `other_scope` (worded
            as the same target, on another scope), `implied` (the same figure of the same indicator follows from it).
    """

    target: dict[str, Any]
    kind: str


def ties(catalog: Catalog, own: dict[str, Any]) -> tuple[Tie, ...]:
    """Return the firm targets and drafts of a region that ask for the same thing as one, in the order of the table.

    Args:
        catalog: the tables.
        own: its row of `data/targets.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("targets").set_index("id", drop=False)
        >>> [(tie.target["id"], tie.kind) for tie in ties(open_catalog(), rows.loc["E02"].to_dict())]
        [('E02b', 'conflict'), ('E09', 'implied')]
    """
    if own["variant"] not in TIED:
        return ()
    others = [other for other in _tied(catalog, own["region"]) if other["id"] != own["id"]]
    return tuple(Tie(other, kind) for other in others if (kind := _kind(catalog, own, other)))


@cached
def _tied(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = catalog.read("targets")
    return list(rows[(rows["region"] == region) & rows["variant"].isin(TIED)].to_dict("records"))


def _kind(catalog: Catalog, own: dict[str, Any], other: dict[str, Any]) -> str:
    if own["target_year"] != other["target_year"]:
        return ""
    if stem(own["id"]) == stem(other["id"]):
        if own["indicator"] != other["indicator"]:
            return OTHER_SCOPE
        return REPEATED if _same(_asked(catalog, own), _asked(catalog, other)) else CONFLICT
    if {own["variant"], other["variant"]} != {"firm"}:
        return _of_draft(catalog, own, other)
    same = own["indicator"] == other["indicator"] and _same(_level(catalog, own), _level(catalog, other))
    return IMPLIED if same else ""


def _of_draft(catalog: Catalog, own: dict[str, Any], other: dict[str, Any]) -> str:
    """Return how a draft and another target of the indicator, year and direction agree; nothing without a level."""
    if (own["indicator"], own["direction"]) != (other["indicator"], other["direction"]):
        return ""
    levels = _level(catalog, own), _level(catalog, other)
    if None in levels:
        return ""
    return REPEATED if _same(*levels) else CONFLICT


def counted_elsewhere(own: dict[str, Any], tied: tuple[Tie, ...]) -> bool:
    """Return whether a target is counted as another one: the first firm target of the same indicator and year.

    Args:
        own: its row of `data/targets.csv`.
        tied: its ties.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("targets").set_index("id", drop=False)
        >>> own = rows.loc["E09"].to_dict()
        >>> counted_elsewhere(own, ties(open_catalog(), own))
        True
    """
    firm = [one.target for one in tied if one.kind in ONE and one.target["variant"] == "firm"]
    return bool(own["same_as"]) or any(one["id"] < own["id"] for one in firm if own["id"] != one["same_as"])


def _asked(catalog: Catalog, target: dict[str, Any]) -> float:
    """Return the value a target asks for, in the unit of its indicator."""
    unit = catalog.row("indicators", target["indicator"])["unit"]
    return float(target["target_value"] * units.factor(catalog, target["unit"], unit))


def _level(catalog: Catalog, target: dict[str, Any]) -> float | None:
    """Return the level a target leads to: its value, or base and increase together."""
    if target["direction"] in {"at_least", "at_most"}:
        return _asked(catalog, target)
    if target["direction"] != "increase_by" or pd.isna(target["base_value"]):
        return None
    return _asked(catalog, {**target, "target_value": target["base_value"] + target["target_value"]})


def _same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= CLOSE * max(abs(one), 1.0)
