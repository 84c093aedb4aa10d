"""Figures to ask for: those of the register that are not known, and what each of them would decide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.checks.importing.request_workbook import asked, serving
from tanfeng.data import names, periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators
from tanfeng.targets import requirement, rules
from tanfeng.targets.rules import Figure, Requirement
from tanfeng.targets.verdict import Verdict, judge

BEFORE = "before"
SETTLED = {"met", "missed"}
DECIDES, WITH_BASE, BASE, CHAIN, PROGRESS, CONTEXT = ROLES = (
    "decides", "with_base", "base", "chain", "progress", "context",
)  # fmt: skip


def requests(catalog: Catalog, region: str, field: str | None = None, body: str | None = None) -> pd.DataFrame:
    """Return the figures to ask for in a region: of targets that are not settled, and of yearly series.

    A figure that is published, or was supplied, with its exact value is not asked for again.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id or name of a field; every field by default.
        body: name of a body that holds figures; every body by default.

    Returns:
        Columns of `tanfeng.checks.importing.request_workbook.asked`, and `roles`: by what the figure does for a target
        (see `ROLES`) the numbers of the targets.

    Raises:
        ProjectError: if there is no such field or body.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = requests(open_catalog(), "330000").set_index("id")
        >>> rows.at["P01", "roles"], rows.at["P01-2025", "roles"]
        ({'decides': ['P01']}, {'chain': ['P01']})
    """
    rows = _open(catalog, region)
    if field is not None:
        chosen = names.known("field", field, names.listed(catalog, "fields"))
        rows = rows[rows["field"] == chosen]
    if body is not None:
        holders = dict(zip(rows["holder_zh"], zip(rows["holder_en"]), strict=True))
        rows = rows[rows["holder_zh"] == names.known("holder", body, holders)]
    return rows.reset_index(drop=True)


@cached
def _open(catalog: Catalog, region: str) -> pd.DataFrame:
    has_targets = catalog.read("targets")["region"].eq(region).any()
    judged = judge(catalog, region) if has_targets else []
    waiting = {one.target["id"]: one for one in judged if one.counts and one.verdict not in SETTLED}
    rows = asked(catalog, region)
    given = rows.to_dict("records")
    served = [serving(catalog, row)["id"].tolist() for row in given]
    open_ones = [[waiting[one] for one in some if one in waiting] for some in served]
    fresh = [not _is_known(catalog, row) for row in given]
    chosen = [new and (bool(some) or not ids) for new, some, ids in zip(fresh, open_ones, served, strict=True)]
    for one in waiting.values():  # where all its figures are known, the last may have been revised
        places = [place for place, some in enumerate(open_ones) if one in some]
        if places and not any(chosen[place] for place in places):
            chosen[max(places, key=lambda place: periods.parse(given[place]["period"]))] = True
    roles = [_roles(catalog, row, some) for row, some in zip(given, open_ones, strict=True)]
    return rows.assign(roles=roles)[chosen]


def _is_known(catalog: Catalog, row: dict[str, Any]) -> bool:
    found = indicators.observations(catalog, row["indicator"], row["region"])
    found = found[(found["period"] == row["period"]) & (found["bound"] == "exact")]
    return bool(found["status"].isin(rules.ANSWERING).any())


def _roles(catalog: Catalog, row: dict[str, Any], waiting: list[Verdict]) -> dict[str, list[str]]:
    """Return the numbers of the targets by what the figure does for them."""
    found: dict[str, list[str]] = {}
    for one in waiting:
        found.setdefault(_role(catalog, row, one.target), []).append(one.target["id"])
    return {role: found[role] for role in ROLES if role in found}  # a figure of before the plan says nothing of it


def _role(catalog: Catalog, row: dict[str, Any], target: dict[str, Any]) -> str:
    if row["indicator"] != target["indicator"]:
        return CONTEXT
    indicator = catalog.row("indicators", target["indicator"])
    period, base = periods.parse(row["period"]), None if pd.isna(target["base_year"]) else int(target["base_year"])
    required = requirement.requirement(catalog, target, indicator)
    if required is None and base is None:
        return CONTEXT
    if required is None and base == period.end:
        return BASE
    year = int(target["target_year"])
    answering = required or Requirement(target["direction"] == "increase_by", 1.0, indicator["kind"], year, base)
    far = 2 * abs(answering.value) + 1
    figures = [
        Figure(value, period.start, period.end, period.kind, "exact", "reported")
        for value in (answering.value + far, answering.value - far)
    ]
    if any(rules.answers(answering, figure) is False for figure in figures):
        return DECIDES if required else WITH_BASE
    yearly = period.kind == "change" and period.end - period.start == 1
    if yearly and base is not None and base <= period.start and period.end <= year < catalog.as_of_year:
        return CHAIN
    first = catalog.row("plans", target["plan"])["base_year"]
    return PROGRESS if period.end > first else BEFORE
