"""The action table: gap -> measure -> body -> deadline -> tonnes or quantity -> the evidence that will show it.

A row is a measure that is due, running or overdue, beside the gap of the target it serves; or a target with a gap that
no measure in force serves. Three kinds are told apart: what is to be done (`act`), what a published figure shows not to
be done (`result_missing`), and what only lacks a figure (`figure_missing`), which is no result.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from tanfeng.checks.importing.request_workbook import UNNAMED, asked
from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.roadmap import effects, gaps, registers, wedges
from tanfeng.roadmap.registers import FIGURE_MISSING, RESULT_MISSING
from tanfeng.targets import ahead
from tanfeng.targets.verdict import Verdict, judge, judge_target

ACT = "act"
KINDS = (ACT, RESULT_MISSING, FIGURE_MISSING)
WITH_GAP = ("missed", "likely_missed", "open")  # answers on a target
ENDED = {"done", "lapsed", "draft"}  # states of a measure that asks for nothing more
GOAL = ["target_id", "target_region", "target_zh", "target_en", "target_year", "answer"]
GOAL += ["gap", "uncovered", "gap_unit", "account"]
MEASURE = [
    *("measure_id", "measure_zh", "measure_en", "state", "role", "body_zh", "body_en", "deadline"),
    *("direct_mt", "assessment_mt", "quantity", "unit"),
]
EVIDENCE = ["indicator", "period", "settles_zh", "settles_en", "holder_zh", "holder_en"]
RENAMED = {"measure_id": "id", "measure_zh": "zh", "measure_en": "en", "deadline": "by_year"}
RENAMED |= {"body_zh": "bodies_zh", "body_en": "bodies_en"}
COLUMNS = ["kind", *GOAL, *MEASURE, *EVIDENCE, "source_id"]
TEXTS = [name for name in COLUMNS if name.endswith(("_id", "_zh", "_en", "_region", "unit"))]
TEXTS += ["answer", "account", "state", "role", "indicator", "period"]
Row = dict[str, Any]


@cached
def actions(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the action table of a region and its cities, one row an action, what matters most first.

    Live measures come first (those on a gap in CO2 intensity ahead, on other targets ahead, on targets that are over,
    the rest; each by deadline), then what a published figure shows not to be done, then what only lacks a figure.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.

    Returns:
        Columns kind (see `KINDS`); target_id, target_region, target_zh, target_en, target_year, answer (verdict or
        lean); gap (what is lacking, in gap_unit; zero or below: reached; missing if the plan has no figure of the
        target's own scope), uncovered (what counted measures leave of a gap of emissions), account (of such a gap);
        measure_id (empty: no measure in force is registered), measure_zh, measure_en, state, role, body_zh, body_en (as
        the document names them; empty if it names none), deadline (year; without a measure that of the target),
        direct_mt, assessment_mt (expected, Mt CO2 a year, below zero is less), quantity, unit; and what will show it:
        indicator and period, or settles_zh, settles_en; holder_zh, holder_en; source_id. No row for a region without
        targets and measures.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = actions(open_catalog(), "330000").set_index("measure_id")
        >>> rows.loc[["ME12", "ME10", "MA02"], "kind"].tolist()
        ['act', 'result_missing', 'figure_missing']
        >>> float(rows.at["ME10", "gap"]), rows.at["ME10", "gap_unit"], rows.at["ME10", "body_zh"]
        (84.0, '10^4 kW', '')
    """
    judged = judge(catalog, region) if _has(catalog, "targets", [region]) else []
    short = {one.target["id"]: one for one in judged if one.counts and one.answer in WITH_GAP}
    computed = _emission_gaps(catalog, region)
    short |= {one.target["id"]: one for one in judged if one.target["id"] in computed}
    measures = _in_force(catalog, region)
    closing = _closing(catalog, region) if computed else set()
    first = next(iter(computed), "")
    rows, served = [], set()
    for row in measures.to_dict("records"):
        verdict = judge_target(catalog, row["target_id"], row["region"]) if row["target_id"] else None
        if row["id"] in closing and (verdict is None or verdict.target["id"] not in short):
            verdict = short[first]
        if verdict is not None and verdict.target["region"] == region:
            served.add(verdict.target["id"])
        rows.append(_action(catalog, row, verdict, computed))
    rows += [_action(catalog, None, one, computed) for name, one in short.items() if name not in served]
    found = pd.DataFrame(rows, columns=COLUMNS)
    found[TEXTS] = found[TEXTS].astype(object).fillna("").astype(str)
    whole, real = found[["target_year", "deadline"]], found[["gap", "uncovered"]]
    return _in_order(catalog, found.assign(**whole.astype("Int64"), **real.astype(float)), set(computed))


def _has(catalog: Catalog, table: str, regions: list[str]) -> bool:
    return bool(catalog.read(table)["region"].isin(regions).any())


def _in_force(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the measures of a region that ask for something, with their effects; no row where there are none."""
    if not _has(catalog, "measures", registers.covered(catalog, region)):
        return pd.DataFrame()
    found = effects.expected(catalog, region).set_index("id")
    named = found.rename(columns={f"{one}_mt_central": f"{one}_mt" for one in wedges.ACCOUNTS})
    rows = registers.measures(catalog, region).join(named[[f"{one}_mt" for one in wedges.ACCOUNTS]], on="id")
    return rows[~rows["state"].isin(ENDED)]


@cached
def _emission_gaps(catalog: Catalog, region: str) -> dict[str, Row]:
    """Return by target ahead of the region on CO2 intensity the account in which most is lacking, if it is."""
    own = catalog.read("targets")
    own = own[(own["region"] == region) & (own["indicator"] == ahead.INTENSITY) & (own["variant"] == "firm")]
    if not (own["target_year"] >= catalog.as_of_year).any():
        return {}
    try:
        rows = gaps.gaps(catalog, region)
    except ProjectError:  # GDP or emissions of the region are not published far enough back
        return {}
    rows = rows[(rows["asked_of"] == region) & (rows["gap_mt"] > 0)].sort_values("gap_mt")
    return {row["target"]: row for row in rows.to_dict("records")}  # of two accounts the larger


def _closing(catalog: Catalog, region: str) -> set[str]:
    """Return the measures that take something off the reference, or would if they had a date."""
    rows = wedges.candidates(catalog, region)
    return set(rows.loc[rows["stage"].isin([wedges.COUNTED, wedges.NO_DATE]), "id"])


def _action(catalog: Catalog, row: Row | None, verdict: Verdict | None, computed: dict[str, Row]) -> Row:
    kind = _kind(catalog, row, verdict)
    goal = _goal(catalog, verdict, computed) if verdict is not None else {}
    due: Row = {}
    if row is not None:
        kept = ("state", "role", "direct_mt", "assessment_mt", "quantity", "unit", "source_id")
        due = {key: row[key] for key in kept} | {key: row[name] for key, name in RENAMED.items()}
    elif verdict is not None:
        due = {"deadline": verdict.target["target_year"], "source_id": verdict.target["source_id"]}
    return {"kind": kind, **goal, **due, **_evidence(catalog, row, verdict, kind)}


def _kind(catalog: Catalog, row: Row | None, verdict: Verdict | None) -> str:
    """Return the kind of an action: that of its measure; without one, that of its target."""
    if row is not None:
        return str(row["missing"]) or ACT
    if verdict is None or verdict.target["target_year"] >= catalog.as_of_year:
        return ACT
    return RESULT_MISSING if verdict.verdict == "missed" else FIGURE_MISSING


def _goal(catalog: Catalog, verdict: Verdict, computed: dict[str, Row]) -> Row:
    target = verdict.target
    named = {f"target_{key}": target[key] for key in ("id", "region", "zh", "en")}
    named |= {"target_year": target["target_year"], "answer": verdict.answer}
    if target["id"] in computed and verdict.verdict not in {"met", "missed"}:
        row = computed[target["id"]]
        gap = {"gap": row["gap_mt"], "uncovered": row["uncovered_mt"]}
        return {**named, **gap, "gap_unit": "Mt CO2", "account": row["account"]}
    lacking = _lacking(catalog, verdict)
    unit = catalog.read("indicators").set_index("id").at[target["indicator"], "unit"]
    dimension = catalog.read("units").set_index("id")["dimension"]
    if dimension[unit] == dimension[target["unit"]]:
        lacking, unit = round(lacking * units.factor(catalog, unit, target["unit"]), 6), target["unit"]
    return {**named, "gap": lacking, "gap_unit": "" if math.isnan(lacking) else unit}


def _lacking(catalog: Catalog, verdict: Verdict) -> float:
    """Return how far the last figure of a target's indicator in its plan is from it, in the unit of the indicator."""
    required, target = verdict.required, verdict.target
    base = catalog.read("plans").set_index("id").at[target["plan"], "base_year"]
    after = base if target["target_year"] < catalog.as_of_year else base - 1  # of what lies ahead the base is news
    own = [row for row in verdict.evidence if row["indicator"] == target["indicator"] and _end(row) > after]
    if required is None or not own or verdict.answer not in WITH_GAP:
        return math.nan
    row = next((one for one in own if one["role"] in {"decides", "bound"}), max(own, key=_end))
    if required.kind == "change" and _years(row) != (target["base_year"], target["target_year"]):
        return math.nan  # of other years than those the target counts
    return float(required.value - row["value"]) * (1 if required.at_least else -1)


def _end(row: Row) -> float:
    return periods.parse(row["period"]).end


def _years(row: Row) -> tuple[float, float]:
    period = periods.parse(row["period"])
    return period.start, period.end


def _evidence(catalog: Catalog, row: Row | None, verdict: Verdict | None, kind: str) -> Row:
    """Return the figure that will show whether it is done, and who holds it; no body where none is registered."""
    target = verdict.target if verdict is not None else None
    alike = row is None or (target is not None and row["by_year"] == target["target_year"])
    judged = verdict.judged if verdict is not None and not verdict.overtaken else None
    if judged is not None and alike and judged["settles_zh"]:
        return {name: judged[name] for name in EVIDENCE[2:]}
    own = [] if row is None or alike else _own_figures(catalog, row["id"])
    indicator = own[0] if own else target["indicator"] if target is not None else ""
    if not indicator:
        return {"holder_zh": UNNAMED[0], "holder_en": UNNAMED[1]}
    place = row["region"] if row is not None else target["region"] if target is not None else ""
    told = _request(catalog, place, indicator, target["id"] if alike and target is not None else "")
    return {"indicator": indicator, "period": _period(catalog, row, target, indicator, kind), **told}


def _period(catalog: Catalog, row: Row | None, target: Row | None, indicator: str, kind: str) -> str:
    """Return the period of the figure to come: of the deadline; where that is out, of a stock the present year."""
    linked = row is not None and (target is None or row["target_id"] == target["id"])
    year = row["by_year"] if row is not None and linked else target["target_year"] if target is not None else pd.NA
    if pd.isna(year):
        return ""
    known = catalog.read("indicators").set_index("id").at[indicator, "kind"]
    if known == "change" and target is not None and indicator == target["indicator"]:
        return f"{int(year) - 1 if pd.isna(target['base_year']) else int(target['base_year'])}/{int(year)}"
    return str(max(int(year), catalog.as_of_year) if kind == RESULT_MISSING else int(year))


def _own_figures(catalog: Catalog, measure: str) -> list[str]:
    rows = registers.figures(catalog, measure)
    return rows.loc[~rows["role"].isin([registers.CONTEXT, "part"]), "indicator"].tolist()


def _request(catalog: Catalog, region: str, indicator: str, target: str) -> Row:
    """Return who holds an indicator of a region, as the register of requests says."""
    rows = asked(catalog, region)
    own = rows[(rows["id"] == target) | (rows["indicator"] == indicator)]
    if own.empty:
        return {"holder_zh": UNNAMED[0], "holder_en": UNNAMED[1]}
    row = own.sort_values("id", key=lambda ids: ids != target, kind="stable").iloc[0]
    return {name: row[name] for name in ("holder_zh", "holder_en")}


def _in_order(catalog: Catalog, rows: pd.DataFrame, computed: set[str]) -> pd.DataFrame:
    kind, lacking = rows["kind"].map(KINDS.index), ~rows["answer"].isin(WITH_GAP)
    over = rows["target_year"].fillna(0) < catalog.as_of_year
    unlikely = rows["answer"].map({one: place for place, one in enumerate(WITH_GAP)}).fillna(len(WITH_GAP))
    order = {"kind_": kind, "computed": ~rows["target_id"].isin(computed), "lacking": lacking, "over": over,
             "unlikely": unlikely, "none": rows["measure_id"] == ""}  # fmt: skip
    found = rows.assign(**order).sort_values([*order, "deadline", "target_id", "measure_id"], na_position="last")
    return found[COLUMNS].reset_index(drop=True)
