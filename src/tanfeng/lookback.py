"""Looking back (floor 3): plans that are over, and published barometers, judged again by the rules of today.

Every year of a plan is held against its schedule with what was known by then: the cumulative change published at the
time, or else the last one carried on by the published yearly rate. A chain of the rates that the tables have now, with
estimates for rates that were never found, stands beside it and is not rated while it rests on an estimate.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng import cumulative, flips, grading, observations, periods, rules
from tanfeng.catalog import Catalog
from tanfeng.plans import requirements
from tanfeng.progress import Progress, Step, progress
from tanfeng.rules import Figure, Requirement

ENERGY, ASSESSED = "energy_intensity_change", "energy_intensity_change_assessment"
CARBON, CARBON_PLANNED = "co2_intensity_change", "co2_intensity_change_planned"
MIDTERM_YEAR = 3
INTENSITY, TOTAL = "intensity", "total"
PUBLISHED_LEVELS = {
    INTENSITY: "energy_dual_control_warning_intensity",
    TOTAL: "energy_dual_control_warning_total",
}
LEVELS = {1: grading.RED, 2: grading.YELLOW, 3: grading.GREEN}
COMPUTED = cumulative.COMPUTED
FIGURE, STATED, WORDING = "figure", "stated", "wording"
AGREES, DIFFERS, BY_WORDING, NOT_COMPARABLE = AGREEMENTS = "agrees", "differs", "by_wording", "not_comparable"
ASKED = ["plan", "indicator", "base_year", "last_year", "planned_pct", "planned_source"]
COLUMNS = [
    "plan", "indicator", "year", "linear_pct", "compound_pct", "then_pct", "then_bound", "then_basis", "then_sources",
    "light", "light_compound", "completion_pct", "words", "required_rate_pct", "recent_rate_pct", "pace", "today_pct",
    "today_status", "light_today", "today_sources",
]  # fmt: skip
RESULTS = [
    "plan", "indicator", "planned_pct", "planned_source", "year", "complete", "achieved_pct", "bound", "basis",
    "sources", "verdict", "on_limit", "completion_pct", "grade", "light", "turned_year", "turned_from", "turned_to",
    "official_year", "official_pct", "official_bound", "official_source", "words", "pace", "flip_pct", "today_pct",
    "today_status", "today_sources",
]  # fmt: skip
STEPS = ["plan", "measure", "year", "required", "figure", "unit", "figure_basis", "light", "sources"]
BAROMETERS = [
    "period", "measure", "level", "light", "source_id", "plan", "year", "basis", "required", "figure", "unit",
    "figure_basis", "light_rule", "agreement", "required_before", "figure_before", "light_before", "sources",
]  # fmt: skip
NUMBERS = [name for name in (*COLUMNS, *RESULTS) if name.endswith("_pct")]
NUMBERS += ["required", "figure", "required_before", "figure_before"]
OFFICIAL = {"year": "year", "pct": "value", "bound": "bound", "source": "source_id"}
YEARS = ["year", "turned_year", "official_year"]


def plans(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every year of the plans that asked for a fall of energy or CO2 intensity, held against its schedule.

    Returns:
        One row a plan, indicator and year, with columns plan, indicator; year; linear_pct, compound_pct (change from
        the base year required by the end of the year, percent); then_pct (change as known at the time, missing if
        nothing was published), then_bound, then_basis (`published`, or `computed` from published figures),
        then_sources; light, light_compound (see `tanfeng.grading.light`, of then_pct against both schedules);
        completion_pct; words (of a mid-term evaluation; none in the last year); required_rate_pct, recent_rate_pct,
        pace (see `tanfeng.pace`, with what was known by that year); today_pct (chain of the yearly rates the tables
        have now), today_status, light_today (`not_rated` while it rests on an estimate), today_sources.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> rows = plans(open_catalog(), "330000").query("plan == '13FYP'")
        >>> rows["then_pct"].round(2).tolist(), rows["light"].tolist()
        ([-3.82, -7.42, -10.86, -13.73, -8.26], ['green', 'green', 'green', 'green', 'red'])
    """
    found = [row for one in asked(catalog, region).to_dict("records") for row in _years(catalog, region, one)]
    return _typed(pd.DataFrame(found, columns=COLUMNS))


def asked(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the plans asked of energy and CO2 intensity, as far as it is known.

    Returns:
        Columns plan, indicator (the one whose figures answer), base_year, last_year, planned_pct (percent, negative: a
        fall), planned_source.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> asked(open_catalog(), "330000").set_index(["indicator", "plan"])["planned_pct"].loc["co2_intensity_change"]
        plan
        12FYP   -19.0
        Name: planned_pct, dtype: float64
    """
    terms = catalog.read("plans").set_index("id")[["base_year", "last_year"]]
    energy = requirements(catalog, region).dropna(subset="planned_pct")
    energy = energy.assign(indicator=energy["planned_scope"].map(_answering))
    energy = energy.join(terms, on="plan")[ASKED]
    carbon = observations.observations(catalog, CARBON_PLANNED, region).rename(columns={"value": "planned_pct"})
    named = terms.reset_index().rename(columns={"id": "plan"})
    carbon = carbon.merge(named, left_on=["start", "end"], right_on=["base_year", "last_year"])
    carbon = carbon.assign(indicator=CARBON, planned_source=carbon["source_id"])[ASKED]
    return pd.concat([energy, carbon], ignore_index=True).astype({"base_year": "int64", "last_year": "int64"})


def _answering(scope: str) -> str:
    """Return the indicator that answers a planned change: a target on the assessment scope has figures of its own."""
    return ASSESSED if scope == "assessment" else ENERGY


def _years(catalog: Catalog, region: str, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of one plan and indicator."""
    span = (one["indicator"], region, one["base_year"], one["last_year"])
    then = cumulative.at_the_time(catalog, *span).set_index("year", drop=False)
    today = cumulative.now(catalog, *span).set_index("year")
    steps = stands(one, then).steps
    return [_year(one, step, then, today.reindex([step.year]).iloc[0]) for step in steps]


def stands(one: dict[str, Any], known: pd.DataFrame) -> Progress:
    """Return how a plan stood with the figures known (see `tanfeng.progress.progress`).

    Args:
        one: a row of `asked`.
        known: columns year, value, status, source_id.

    Example:
        >>> one = {"base_year": 2015, "last_year": 2020, "planned_pct": -17.0}
        >>> known = pd.DataFrame({"year": [2016], "value": -3.0, "status": "reported", "source_id": "s"})
        >>> stands(one, known).last.light
        'red'
    """
    base = one["base_year"]
    rows = known.assign(start=float(base), end=known["year"].astype("float64"), period_kind="change", period="")
    found = progress(_required(one), base, 0.0, rows)
    if found is None:
        raise ValueError(f"a plan of {one['last_year']} cannot count from {base}")
    return found


def _required(one: dict[str, Any]) -> Requirement:
    return Requirement(False, one["planned_pct"], "change", one["last_year"], one["base_year"])


def _year(one: dict[str, Any], step: Step, then: pd.DataFrame, today: pd.Series) -> dict[str, Any]:
    told = then[then["year"] <= step.year]
    now = stands(one, told)
    given = told.iloc[-1] if step.known else {}
    value = step.known.value if step.known else None
    current = float(today["value"]) if today["status"] in rules.ANSWERING else None
    return {
        **{name: one[name] for name in ("plan", "indicator")},
        "year": step.year,
        "linear_pct": step.required,
        "compound_pct": step.compound,
        "then_pct": value,
        **{f"then_{name}": given.get(name, "") for name in ("bound", "basis")},
        "then_sources": given.get("source_id", ""),
        "light": step.light,
        "light_compound": grading.light(value, step.compound or step.required, at_least=False),
        "completion_pct": step.completion_pct,
        "words": now.midterm if step.known and step.year < one["last_year"] else "",
        "required_rate_pct": now.required_pace,
        "recent_rate_pct": now.recent_pace,
        "pace": now.pace if step.known else "",
        "today_pct": today["value"],
        "today_status": "" if pd.isna(today["status"]) else today["status"],
        "light_today": grading.light(current, step.required, at_least=False),
        "today_sources": "" if pd.isna(today["source_id"]) else today["source_id"],
    }


def results(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what came of each plan: result, verdict, grade, the official figure, and what a mid-term look had said.

    Returns:
        One row a plan and indicator, with columns plan, indicator, planned_pct, planned_source; year (of the last
        figure known at the time), complete (it is the last of the plan), achieved_pct, bound, basis, sources; verdict
        (`met`, `missed`, `not_assessable`), on_limit (the figure is rounded and equals the target as far as that goes),
        completion_pct (of the whole target), grade (see `tanfeng.grading.grade_of_result`; empty without a result),
        light; turned_year, turned_from, turned_to (last year whose light differs from that of the rated year before);
        official_year, official_pct, official_bound, official_source (longest change published since the base year);
        words, pace (after the third year); flip_pct (see `tanfeng.flips`); today_pct, today_status, today_sources
        (last year).

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> rows = results(open_catalog(), "330000").query("indicator == 'energy_intensity_change'")
        >>> rows.set_index("plan")["verdict"].to_dict()
        {'11FYP': 'met', '12FYP': 'met', '13FYP': 'missed'}
    """
    yearly = plans(catalog, region)
    found = [_result(catalog, region, one, yearly) for one in asked(catalog, region).to_dict("records")]
    return _typed(pd.DataFrame(found, columns=RESULTS))


def _result(catalog: Catalog, region: str, one: dict[str, Any], yearly: pd.DataFrame) -> dict[str, Any]:
    rows = yearly[(yearly["plan"] == one["plan"]) & (yearly["indicator"] == one["indicator"])]
    rated = rows[rows["then_pct"].notna()]
    third = rows[rows["year"] == one["base_year"] + MIDTERM_YEAR].iloc[0]
    last = rated.iloc[-1].to_dict() if len(rated) else {}
    complete = last.get("year") == one["last_year"]
    given = cumulative.longest(catalog, one["indicator"], region, one["base_year"], one["last_year"])
    return {
        **one,
        **{name: last.get(name) for name in ("year", "light")},
        "complete": complete,
        "achieved_pct": last.get("then_pct"),
        **{name: last.get(f"then_{name}", "") for name in ("bound", "basis", "sources")},
        **(_judged(one, last) if complete else {"verdict": "not_assessable", "on_limit": False, "grade": ""}),
        "completion_pct": grading.completion_rate(last["then_pct"], one["planned_pct"]) if last else None,
        **_turned(rated),
        **{f"official_{name}": given.get(key) for name, key in OFFICIAL.items()},
        **{name: third[name] for name in ("words", "pace")},
        **{name: rows.iloc[-1][name] for name in ("today_pct", "today_status", "today_sources")},
    }


def _judged(one: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """Return verdict, grade and flip distance of a plan whose last year has a figure; the figure counts as given."""
    value, required = last["then_pct"], _required(one)
    figure = Figure(value, one["base_year"], one["last_year"], "change", "exact", "reported")
    grade = grading.grade_of_result(grading.completion_rate(value, one["planned_pct"]))
    rounded = Figure(value, one["base_year"], one["last_year"], "change", last["then_bound"], "reported")
    return {
        "verdict": "missed" if grade == grading.MISSED else "met",
        "on_limit": rules.reaches(required, rounded) is None,
        "grade": grade,
        "flip_pct": flips.flip_distance([figure], required),
    }


def _turned(rated: pd.DataFrame) -> dict[str, Any]:
    before = rated["light"].shift()
    changed = rated[before.notna() & (rated["light"] != before)].tail(1)
    if changed.empty:
        return {"turned_from": "", "turned_to": ""}
    row = changed.iloc[0]
    return {"turned_year": row["year"], "turned_from": before[changed.index[0]], "turned_to": row["light"]}


def barometers(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every published level of the barometer (晴雨表) beside what the rule gives with published figures.

    A barometer rates part of a year. The figure is the one to the end of that year, published later, against the
    schedule of that year's end; without it, what the notice itself says of the part of the year. The figure to the end
    of the year before stands beside it: all that was known when most barometers came out.

    Returns:
        One row a date and measure, with columns period (`2020-09`); measure (`intensity` or `total`); level (1 to 3),
        light (the published one), source_id; plan, year; basis (`figure`; `stated`: the notice says that intensity
        rose; `wording`: the notice says no more than the level means; empty without either); required, figure (change
        from the base year in percent, or energy in `unit`), unit, figure_basis (`published` or `computed`), light_rule;
        agreement (`agrees`, `differs`, `by_wording`, `not_comparable`); required_before, figure_before, light_before
        (end of the year before, in the same plan); sources of the figures.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> rows = barometers(open_catalog(), "330000")
        >>> rows["agreement"].value_counts().to_dict()
        {'agrees': 8, 'not_comparable': 5, 'by_wording': 1}
    """
    steps = pd.concat([_intensities(catalog, region), _totals(catalog, region)], ignore_index=True)
    found = [
        _barometer(catalog, measure, row, steps[steps["measure"] == measure].set_index("year"), _said(catalog, region))
        for measure, indicator in PUBLISHED_LEVELS.items()
        for row in observations.observations(catalog, indicator, region).to_dict("records")
    ]
    return _typed(pd.DataFrame(found, columns=BAROMETERS))


def _intensities(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return schedule and figure of energy intensity by year: measure, year, required, figure, unit, basis, ..."""
    rows = plans(catalog, region)
    rows = rows[rows["indicator"].isin([ENERGY, ASSESSED])]
    names = {"linear_pct": "required", "then_pct": "figure", "then_basis": "figure_basis", "then_sources": "sources"}
    return rows.rename(columns=names).assign(measure=INTENSITY, unit="%")[STEPS]


def _totals(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the same for energy consumption, for the plans whose cap is known."""
    caps = observations.observations(catalog, "energy_consumption_planned", region)
    known = cumulative.levels(catalog, "energy_consumption", "energy_consumption_growth", region)
    terms = catalog.read("plans").set_index("last_year")
    found: list[dict[str, Any]] = []
    for cap in caps[caps["end"].isin(terms.index)].itertuples():
        term, year = terms.loc[int(cap.end)], int(cap.end)
        required = Requirement(False, cap.value, "flow", year, int(term["base_year"]))
        base = known.loc[known["year"] == term["base_year"], "value"]
        whole = progress(required, int(term["base_year"]), float(base.iloc[0]), known) if len(base) else None
        found += [_total(step, term["id"], cap.unit, known) for step in (whole.steps if whole else ())]
    return pd.DataFrame(found, columns=STEPS)


def _total(step: Step, plan: str, unit: str, known: pd.DataFrame) -> dict[str, Any]:
    basis = known.set_index("year")["basis"].get(step.year, "")
    shown = {"figure": step.known.value, "sources": step.known.source_id} if step.known else {"sources": ""}
    named = {"plan": plan, "measure": TOTAL, "year": step.year, "required": step.required, "light": step.light}
    return {**named, **shown, "unit": unit, "figure_basis": basis}


def _said(catalog: Catalog, region: str) -> dict[str, float]:
    """Return by month of the barometer what its notice says of intensity: 1 rose, -1 fell short."""
    rows = observations.observations(catalog, "energy_intensity_direction", region)
    return {str(row.period).partition("/")[2]: float(row.value) for row in rows.itertuples()}


def _barometer(
    catalog: Catalog, measure: str, row: dict[str, Any], steps: pd.DataFrame, said: dict[str, float]
) -> dict[str, Any]:
    year = periods.parse(row["period"]).year
    step = steps.loc[year].to_dict() if year in steps.index else {}
    before = steps.loc[year - 1].to_dict() if year - 1 in steps.index else {}
    before = before if before.get("plan") == _plan_of(catalog, year) else {}
    published = LEVELS[int(row["value"])]
    basis, light = _ruled(step, said.get(row["period"]) if measure == INTENSITY else None)
    shown = {name: step.get(name) for name in ("required", "figure", "unit", "figure_basis", "sources")}
    return {
        **shown,
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
    """Return what the rule rests on, and its light."""
    if pd.notna(step.get("figure")):
        return FIGURE, str(step["light"])
    if said is None or "required" not in step:
        return "", grading.NOT_RATED
    if said > 0:  # any rise is worse than no change at all
        return STATED, grading.light(0.0, step["required"], at_least=False)
    return WORDING, grading.half_year_light(step["required"] / 2, step["required"])


def _agreement(basis: str, same: bool) -> str:
    if not basis:
        return NOT_COMPARABLE
    if basis == WORDING:
        return BY_WORDING
    return AGREES if same else DIFFERS


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its numbers as floats, its years as whole numbers and its texts never missing."""
    numbers = dict.fromkeys([name for name in NUMBERS if name in rows], "float64")
    years = dict.fromkeys([name for name in YEARS if name in rows], "Int64")
    flags = dict.fromkeys([name for name in ("complete", "on_limit") if name in rows], "bool")
    words = [name for name in rows if name not in {*numbers, *years, *flags}]
    texts = {name: rows[name].astype("object").where(rows[name].notna(), "") for name in words}
    return rows.assign(**texts).astype({**numbers, **years, **flags})
