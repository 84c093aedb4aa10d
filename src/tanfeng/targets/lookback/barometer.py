"""Published barometers (晴雨表) of energy control held against the rule again.

A barometer rates part of a year. The figure is the one to the end of that year, published later, against the schedule
of that year's end; where the figure is an estimate, the level is reproduced on an estimate and said to be. Without a
figure, what the notice itself says of the part of the year. Levels against the task of a single year stand beside: what
that task was is not published.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.targets import lights, rules
from tanfeng.targets.lookback.plans import ASSESSED, ENERGY, NOTES, levels, plans, typed
from tanfeng.targets.progress import Step, progress
from tanfeng.targets.rules import Requirement

INTENSITY, TOTAL = "intensity", "total"
PUBLISHED_LEVELS = {
    INTENSITY: "energy_dual_control_warning_intensity",
    TOTAL: "energy_dual_control_warning_total",
}
OF_THE_YEAR = "energy_dual_control_warning_intensity_yearly"
CAP = "energy_consumption_planned"
LEVELS = {1: lights.RED, 2: lights.YELLOW, 3: lights.GREEN}
FIGURE, ON_ESTIMATE, STATED, WORDING = "figure", "on_estimate", "stated", "wording"
AGREES, DIFFERS, BY_WORDING, NOT_COMPARABLE = AGREEMENTS = "agrees", "differs", "by_wording", "not_comparable"
STEPS = [
    "plan", "measure", "year", "required", "required_source", *NOTES, "figure", "unit", "figure_basis", "figure_status",
    "light", "sources",
]  # fmt: skip
OF_FIGURE = ("required", "required_source", *NOTES, "figure", "unit", "figure_basis", "figure_status", "sources")
COLUMNS = [
    "period", "measure", "level", "light", "level_of_year", "source_id", "plan", "year", "basis", "required",
    "required_source", *NOTES, "figure", "unit", "figure_basis", "figure_status", "light_rule", "agreement",
    "required_before", "figure_before", "light_before", "sources",
]  # fmt: skip
NUMBERS = ("required", "figure", "required_before", "figure_before", "level_of_year")


@cached
def replay(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every published level of the barometer beside what the rule gives.

    Returns:
        One row a date and measure, with columns period (`2020-09`); measure (`intensity` or `total`); level (1 to 3),
        light (the published one), level_of_year (the one the same notice gives against the task of the year; missing
        where it gives none), source_id; plan, year; basis (`figure`; `on_estimate`: the figure is an estimate;
        `stated`: the notice says that intensity rose; `wording`: the notice says no more than the level means; empty
        without any); required, required_source, note_zh, note_en (of what is required, such as that it stands in a text
        put up for comment), figure (change from the base year in percent, or energy in `unit`), unit, figure_basis
        (`published` or `computed`), figure_status, light_rule; agreement (`agrees`, `differs`, `by_wording`,
        `not_comparable`);
        required_before, figure_before, light_before (end of the year before, in the same plan: all that was known when
        most barometers came out); sources of the figures.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = replay(open_catalog(), "330000")
        >>> rows["agreement"].value_counts().to_dict()
        {'agrees': 10, 'not_comparable': 6, 'by_wording': 1}
        >>> rows.loc[rows["agreement"] == "agrees", "basis"].value_counts().to_dict()
        {'figure': 9, 'stated': 1}
    """
    steps = pd.concat([_intensities(catalog, region), _totals(catalog, region)], ignore_index=True)
    said, of_year = _said(catalog, region), levels_of_year(catalog, region)
    found = [
        {
            **_barometer(catalog, measure, row, steps[steps["measure"] == measure].set_index("year"), said),
            "level_of_year": of_year.get(row["period"]) if measure == INTENSITY else None,
        }
        for measure, indicator in PUBLISHED_LEVELS.items()
        for row in observations.observations(catalog, indicator, region).to_dict("records")
    ]
    return typed(pd.DataFrame(found, columns=COLUMNS), NUMBERS)


def _intensities(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return schedule and figure of energy intensity by year: measure, year, required, figure, unit, basis, ..."""
    rows = plans(catalog, region)
    rows = rows[rows["indicator"].isin([ENERGY, ASSESSED])]
    names = {
        "linear_pct": "required",
        "planned_source": "required_source",
        "then_pct": "figure",
        "then_basis": "figure_basis",
        "then_sources": "sources",
    }
    status = rows["then_pct"].notna().map({True: "reported", False: ""})  # `lookback.plans` takes published figures
    return rows.rename(columns=names).assign(measure=INTENSITY, unit="%", figure_status=status)[STEPS]


def _totals(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the same for energy consumption, for the plans whose cap is known; estimates take part and are marked."""
    caps = observations.observations(catalog, CAP, region)
    known = levels(catalog, "energy_consumption", "energy_consumption_growth", region)
    terms = catalog.read("plans").dropna(subset="first_year").set_index("last_year")
    found: list[dict[str, Any]] = []
    for cap in caps[caps["end"].isin(terms.index)].to_dict("records"):
        term, year = terms.loc[int(cap["end"])], int(cap["end"])
        required = Requirement(False, cap["value"], "flow", year, int(term["base_year"]))
        base = known.loc[known["year"] == term["base_year"], "value"]
        rated = known.assign(status="reported")  # an estimate is rated here, and marked
        whole = progress(required, int(term["base_year"]), float(base.iloc[0]), rated) if len(base) else None
        of_plan = {
            "plan": term["id"],
            "unit": cap["unit"],
            "required_source": cap["source_id"],
            **{name: cap[name] for name in NOTES},
        }
        found += [{**of_plan, **_total(step, known)} for step in (whole.steps if whole else ())]
    return pd.DataFrame(found, columns=STEPS)


def _total(step: Step, known: pd.DataFrame) -> dict[str, Any]:
    row = known.set_index("year")[["basis", "status"]].reindex([step.year]).fillna("").iloc[0]
    shown = {"figure": step.known.value, "sources": step.known.source_id} if step.known else {"sources": ""}
    named = {"measure": TOTAL, "year": step.year, "required": step.required, "light": step.light}
    return {**named, **shown, "figure_basis": row["basis"], "figure_status": row["status"]}


def _said(catalog: Catalog, region: str) -> dict[str, float]:
    """Return by month of the barometer what its notice says of intensity: 1 rose, -1 fell short."""
    rows = observations.observations(catalog, "energy_intensity_direction", region)
    return {str(row.period).partition("/")[2]: float(row.value) for row in rows.itertuples()}


def levels_of_year(catalog: Catalog, region: str) -> dict[str, float]:
    """Return by month of the barometer its level against the task of the year; some notices give that one alone.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> levels_of_year(open_catalog(), "330000")["2011-06"]
        2.0
    """
    rows = observations.observations(catalog, OF_THE_YEAR, region)
    return {str(row.period): float(row.value) for row in rows.itertuples()}


def _barometer(
    catalog: Catalog, measure: str, row: dict[str, Any], steps: pd.DataFrame, said: dict[str, float]
) -> dict[str, Any]:
    year = periods.parse(row["period"]).year
    step = steps.loc[year].to_dict() if year in steps.index else {}
    before = steps.loc[year - 1].to_dict() if year - 1 in steps.index else {}
    before = before if before.get("plan") == _plan_of(catalog, year) else {}
    published = LEVELS[int(row["value"])]
    basis, light = _ruled(step, said.get(row["period"]) if measure == INTENSITY else None)
    return {
        **{name: step.get(name) for name in OF_FIGURE},
        "period": row["period"],
        "measure": measure,
        "level": int(row["value"]),
        "light": published,
        "source_id": row["source_id"],
        "plan": _plan_of(catalog, year),
        "year": year,
        "basis": basis,
        "light_rule": light,
        "agreement": _agreement(basis, light == published),
        **{f"{name}_before": before.get(name) for name in ("required", "figure", "light")},
    }


def _plan_of(catalog: Catalog, year: int) -> str:
    terms = catalog.read("plans").dropna(subset="first_year")
    return str(terms.loc[(terms["first_year"] <= year) & (terms["last_year"] >= year), "id"].iloc[0])


def _ruled(step: dict[str, Any], said: float | None) -> tuple[str, str]:
    """Return what the rule rests on (the notice on its own months, else the figure of the year) and its light."""
    if said is None or "required" not in step:
        if pd.isna(step.get("figure")):
            return "", lights.NOT_RATED
        return (FIGURE if step["figure_status"] in rules.ANSWERING else ON_ESTIMATE), str(step["light"])
    if said > 0:  # any rise is worse than no change at all
        return STATED, lights.light(0.0, step["required"], at_least=False)
    return WORDING, lights.half_year_light(step["required"] / 2, step["required"])


def _agreement(basis: str, same: bool) -> str:
    if not basis:
        return NOT_COMPARABLE
    if basis == WORDING:
        return BY_WORDING
    return AGREES if same else DIFFERS
