"""The three registers: targets, measures and responsibilities, what is due, and what nothing measures.

A measure is done where a document says so, where the verdict on its own target says so, or where a figure of the
register of evidence reaches it; nothing is taken as done because its year has passed. Overdue is what was due before
the year of the tables and is not shown to be done: a published figure falls short (`result_missing`), or a figure that
decides is missing (`figure_missing`), since none is published (`not_shown`) or it neither reaches nor misses what is
asked, such as a part or a rounded one (`not_proven`). Some of the latter may be done. The chain through
the registers is described in `tanfeng.data.links` and held by `tanfeng data check`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, files
from tanfeng.data.check import check_tables
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.facts import indicators
from tanfeng.targets import rules
from tanfeng.targets.repeats import CONFLICT, ties
from tanfeng.targets.rules import Figure, Requirement
from tanfeng.targets.verdict import judge, judge_target

STATES = ("done", "short", "not_proven", "not_shown", "not_due", "no_date", "lapsed", "draft")
FIXED = {"reported": "done", "lapsed": "lapsed", "draft": "draft"}
RESULT_MISSING, FIGURE_MISSING = "result_missing", "figure_missing"
# by states of which the deadline has passed
MISSING = {"short": RESULT_MISSING, "not_proven": FIGURE_MISSING, "not_shown": FIGURE_MISSING}
OVERDUE, SOON = "overdue", "soon"
DUE = (OVERDUE, SOON)
SOON_YEARS = 1  # due by the end of the year after that of the tables
CONTEXT = "context"
FIGURE = ["indicator", "region", "period"]
RESPONSIBLE, NOT_NAMED = "responsible", "not_named"
SEPARATOR = {"zh": "、", "en": "; "}


def covered(catalog: Catalog, region: str) -> list[str]:
    """Return a region and, of a province, its cities: the measures of a province's registers.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> covered(open_catalog(), "330000")[:2], covered(open_catalog(), "100000")
        (['330000', '330100'], ['100000'])
    """
    rows = catalog.read("regions")
    province = rows.loc[rows["id"] == region, "level"].tolist() == ["province"]
    return [region, *(rows.loc[rows["parent"] == region, "id"] if province else [])]


def measures(catalog: Catalog, region: str, field: str | None = None, due: str | None = None) -> pd.DataFrame:
    """Return the register of measures of a region and its cities, one row a measure.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of `data/fields.csv`; every field by default.
        due: `overdue` or `soon`; every measure by default.

    Returns:
        Columns of `data/measures.csv`, and indicator and verdict (of the target it serves), state (see `STATES`), due
        (`overdue`, `soon` or empty), missing (of what is overdue: `result_missing` where a published figure falls
        short, `figure_missing` where none decides; else empty), role (of the bodies), bodies_zh, bodies_en, evidence
        (figures as `indicator period`, separated by semicolons), measured (whether one of them is of the same scope).

    Raises:
        ProjectError: if the region has no measures, or there is no such field or list.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = measures(open_catalog(), "330000").set_index("id")
        >>> rows.at["ME16", "state"], rows.at["ME28", "role"], rows.at["ME05", "due"]
        ('done', 'responsible', 'soon')
    """
    if field is not None and field not in set(catalog.read("fields")["id"]):
        raise ProjectError(f"no field {field!r}; there are: {', '.join(catalog.read('fields')['id'])}")
    if due is not None and due not in DUE:
        raise ProjectError(f"due {due!r}: expected {' or '.join(DUE)}")
    rows = _register(catalog)
    rows = rows[rows["region"].isin(covered(catalog, region))]
    if rows.empty:
        raise ProjectError(f"data/measures.csv has no measures of region {region}")
    chosen = (rows["field"] == field) if field else rows["id"].notna()
    return rows[chosen & ((rows["due"] == due) if due else True)].reset_index(drop=True)


@cached
def _register(catalog: Catalog) -> pd.DataFrame:
    rows = catalog.read("measures")
    asked = [links.targets_by_id(catalog, region)["indicator"] for region in rows["region"]]
    found = [_facts(catalog, row) for row in rows.to_dict("records")]
    named = rows.assign(indicator=[one.get(target, "") for one, target in zip(asked, rows["target_id"], strict=True)])
    return pd.concat([named, pd.DataFrame(found, index=rows.index)], axis=1)


def _facts(catalog: Catalog, row: dict[str, Any]) -> dict[str, Any]:
    shown = figures(catalog, row["id"])
    measured = _measured(catalog, shown)
    state = _state(catalog, row, measured)
    bodies = catalog.read("responsibilities").query("measure_id == @row['id']").sort_values("sort")
    roles = bodies.loc[bodies["body_zh"] != "", "role"].tolist()
    return {
        "verdict": judge_target(catalog, row["target_id"], row["region"]).answer if row["target_id"] else "",
        "state": state,
        "due": _due(catalog, row, state),
        "missing": MISSING.get(state, ""),
        "role": roles[0] if roles else NOT_NAMED,
        **{f"bodies_{lang}": mark.join(bodies[f"body_{lang}"]) for lang, mark in SEPARATOR.items()},
        "evidence": "; ".join(shown["indicator"] + " " + shown["period"]),
        "measured": measured,
    }


def _measured(catalog: Catalog, shown: pd.DataFrame) -> bool:
    """Return whether a published figure of the same scope, or of a part, is among those registered."""
    own = shown.loc[shown["role"] != CONTEXT, FIGURE]
    return any(bool(_published(catalog).get(key)) for key in own.itertuples(index=False, name=None))


@cached
def _published(catalog: Catalog) -> dict[tuple[str, str, str], bool]:
    """Return by indicator, region and period whether a figure is published, not derived."""
    rows = catalog.read("observations")
    return dict(rows["status"].isin(rules.ANSWERING).groupby([rows[name] for name in FIGURE]).any())


def _due(catalog: Catalog, row: dict[str, Any], state: str) -> str:
    if state in MISSING:
        return OVERDUE
    return SOON if state == "not_due" and row["by_year"] <= catalog.as_of_year + SOON_YEARS else ""


def _state(catalog: Catalog, row: dict[str, Any], measured: bool) -> str:
    if row["kind"] in FIXED:
        return FIXED[row["kind"]]
    if row["done"]:
        return "done"
    answer = _answer(catalog, row)
    if answer is not None:
        return "done" if answer else "short"
    if pd.isna(row["by_year"]):
        return "no_date"
    if row["by_year"] >= catalog.as_of_year:
        return "not_due"
    return "not_proven" if measured else "not_shown"


def _answer(catalog: Catalog, row: dict[str, Any]) -> bool | None:
    """Return whether a measure is shown to be done (True), shown to have missed (False), or neither (None)."""
    if same_as_target(catalog, row):
        verdict = judge_target(catalog, row["target_id"], row["region"]).verdict
        return {"met": True, "missed": False}.get(verdict)
    own = _registered(catalog, "measures", row["id"])
    answers = [_reached(catalog, row, one) for one in own[own["role"] != CONTEXT].to_dict("records")]
    given = [answer for answer in answers if answer is not None]
    return given[-1] if given else None


def same_as_target(catalog: Catalog, row: dict[str, Any]) -> bool:
    """Return whether a measure asks for the figure of its target: the same value and year, so that one verdict holds.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("measures").set_index("id", drop=False)
        >>> [same_as_target(open_catalog(), rows.loc[name].to_dict()) for name in ("ME16", "ME01")]
        [True, False]
    """
    if not row["target_id"] or pd.isna(row["quantity"]) or pd.isna(row["by_year"]):
        return False
    target = links.targets_by_id(catalog, row["region"]).loc[row["target_id"]]
    dimension = catalog.read("units").set_index("id")["dimension"]
    if dimension[row["unit"]] != dimension[target["unit"]] or row["by_year"] != target["target_year"]:
        return False
    value = row["quantity"] * units.factor(catalog, row["unit"], target["unit"])
    return bool(abs(value - target["target_value"]) <= 1e-6 * abs(value))


def _reached(catalog: Catalog, row: dict[str, Any], evidence: dict[str, Any]) -> bool | None:
    """Return whether a registered figure answers a measure; a part can show that it is done, never that it missed."""
    if pd.isna(row["quantity"]) or pd.isna(row["by_year"]):
        return None
    known = catalog.read("indicators").set_index("id").loc[evidence["indicator"]]
    rows = indicators.observations(catalog, evidence["indicator"], evidence["region"])
    found = rows[rows["period"] == evidence["period"]].iloc[0]
    value = row["quantity"] * units.factor(catalog, row["unit"], known["unit"])
    required = Requirement(True, float(value), str(known["kind"]), int(row["by_year"]))
    parts = (found["value"], found["start"], found["end"], found["period_kind"], found["bound"], found["status"])
    answer = rules.answers(required, Figure(*parts))
    return None if answer is False and evidence["role"] == "part" else answer


def _registered(catalog: Catalog, table: str, item: str, region: str = "") -> pd.DataFrame:
    """Return the registered figures of a measure, or of a target of a region."""
    rows = catalog.read("evidence")
    return rows.take(_places(catalog).get((table, item, region), []))


@cached
def _places(catalog: Catalog) -> dict[tuple[str, str, str], Any]:
    rows = catalog.read("evidence")
    of_target, keys = rows["table"] == "targets", zip(rows["item"], rows["region"], strict=True)
    asked = [links.targets_by_id(catalog, region)["region"].get(item, "") for item, region in keys]
    return dict(rows.assign(asked=pd.Series(asked).where(of_target, "")).groupby(["table", "item", "asked"]).indices)


def figures(catalog: Catalog, measure: str) -> pd.DataFrame:
    """Return the registered figures of a measure: its own, and its target's if it asks for the same.

    Returns:
        Columns table, item, indicator, region, period, role.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> figures(open_catalog(), "ME16")["period"].tolist()
        ['2025-06']
    """
    row = catalog.read("measures").set_index("id", drop=False).loc[measure].to_dict()
    own = _registered(catalog, "measures", measure)
    if not same_as_target(catalog, row):
        return own.reset_index(drop=True)
    asked = str(links.targets_by_id(catalog, row["region"]).at[row["target_id"], "region"])
    return pd.concat([own, _registered(catalog, "targets", row["target_id"], asked)], ignore_index=True)


def flagged(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the measures in force that no published figure of the same scope measures (columns as `measures`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> names = flagged(open_catalog(), "330000")["id"].tolist()
        >>> "ME12" in names, "ME16" in names
        (True, False)
    """
    rows = measures(catalog, region)
    return rows[~rows["measured"] & ~rows["state"].isin(["lapsed", "draft"])].reset_index(drop=True)


def responsibilities(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the register of responsibilities: one row a body named in the document of a measure, with its role.

    Only the role `responsible` is a duty; issuers, approvers, drafters, organisers and publishers are named as such.

    Returns:
        Columns of `data/responsibilities.csv`, and field, zh, en, by_year, state of the measure.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = responsibilities(open_catalog(), "330000")
        >>> sorted(rows.loc[rows["role"] == "responsible", "measure_id"].unique())
        ['ME28', 'ME29', 'ME30', 'ME31']
    """
    own = measures(catalog, region)[["id", "field", "zh", "en", "by_year", "state"]]
    rows = catalog.read("responsibilities")
    rows = rows[rows["role"] != NOT_NAMED].merge(own, left_on="measure_id", right_on="id").drop(columns="id")
    order = rows["role"].map(lambda role: (role != RESPONSIBLE, role))
    return (
        rows.assign(order=order)
        .sort_values(["order", "measure_id", "sort"])
        .drop(columns="order")
        .reset_index(drop=True)
    )


def targets(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the register of targets of a region with the measures that serve each.

    Returns:
        Columns of `data/targets.csv`, and verdict, measures (their numbers, separated by spaces), evidence.

    Raises:
        ProjectError: if the region has no target.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = targets(open_catalog(), "330000").set_index("id")
        >>> rows.at["E06", "measures"], rows.at["E02", "verdict"]
        ('ME41 ME42', 'met')
    """
    serving = links.serving(catalog)
    rows = pd.DataFrame([{**verdict.target, "verdict": verdict.answer} for verdict in judge(catalog, region)])
    shown = [_registered(catalog, "targets", name, region) for name in rows["id"]]
    evidence = ["; ".join(one["indicator"] + " " + one["period"]) for one in shown]
    return rows.assign(measures=[" ".join(serving.get((one, region), [])) for one in rows["id"]], evidence=evidence)


class Conflict(NamedTuple):
    """Another line of the registers that asks for another figure of the same thing by the same year."""

    item: str
    value: float
    unit: str


@cached
def conflicts(catalog: Catalog) -> dict[tuple[str, str], list[Conflict]]:
    """Return the targets and measures whose figures do not agree, by their numbers and regions.

    Two targets conflict as `tanfeng.targets.repeats` says; a measure conflicts with its target if it has its name and
    its year and another quantity.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [one.item for one in conflicts(open_catalog())["T09", "330000"]]
        ['T09b']
    """
    found: dict[tuple[str, str], list[Conflict]] = {}
    for own in catalog.read("targets").query("variant == 'firm'").to_dict("records"):  # a draft contradicts nothing
        tied = [one.target for one in ties(catalog, own) if one.kind == CONFLICT]
        others = [one for one in tied if one["variant"] == "firm"]
        if others:
            told = [Conflict(one["id"], one["target_value"], one["unit"]) for one in others]
            found[own["id"], own["region"]] = told
    for row in catalog.read("measures").to_dict("records"):
        targets = links.targets_by_id(catalog, row["region"])
        target = targets.loc[row["target_id"]].to_dict() if row["target_id"] in targets.index else None
        if target is not None and _contradicts(catalog, row, target):
            said = Conflict(target["id"], target["target_value"], target["unit"])
            found.setdefault((row["id"], row["region"]), []).append(said)
            own_figure = Conflict(row["id"], row["quantity"], row["unit"])
            found.setdefault((target["id"], target["region"]), []).append(own_figure)
    return found


def _contradicts(catalog: Catalog, row: dict[str, Any], target: dict[str, Any]) -> bool:
    named = row["zh"] == target["zh"] and not pd.isna(row["quantity"]) and row["by_year"] == target["target_year"]
    dimension = catalog.read("units").set_index("id")["dimension"]
    return bool(named and dimension[row["unit"]] == dimension[target["unit"]] and not same_as_target(catalog, row))


def chain(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the chain of every measure: measure, target, indicator, bodies, role, evidence, and what it lacks.

    Returns:
        Columns measure_id, zh, en, target_id, indicator, verdict, bodies_zh, bodies_en, role, evidence, lacks (of
        `target`, `body`, `evidence`, separated by spaces; empty if the chain is complete).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = chain(open_catalog(), "330000").set_index("measure_id")
        >>> rows.at["ME16", "lacks"], rows.at["ME29", "lacks"]
        ('body', 'evidence')
    """
    rows = measures(catalog, region).rename(columns={"id": "measure_id"})
    lacking = {"target": rows["target_id"] == "", "body": rows["role"] != RESPONSIBLE, "evidence": ~rows["measured"]}
    lacks = pd.DataFrame(lacking).apply(lambda row: " ".join(row.index[row]), axis=1)
    columns = [
        "measure_id",
        "zh",
        "en",
        "target_id",
        "indicator",
        "verdict",
        "bodies_zh",
        "bodies_en",
        "role",
        "evidence",
    ]
    return rows[columns].assign(lacks=lacks)


@cached
def dangling(catalog: Catalog) -> list[Problem]:
    """Return the broken places of the registers, each with its chain; none in tables that `tanfeng data check` passes.

    The tables must fit their schemas: what does not is named by `data check` alone.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> dangling(open_catalog())
        []
    """
    fitting = {name for table in links.REGISTERS for name, _ in files(catalog, catalog.tables[table])}
    return list(check_tables(catalog, list(links.REGISTERS), fitting))
