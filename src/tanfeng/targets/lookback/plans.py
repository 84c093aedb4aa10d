"""Looking back: plans that are over, judged again by the rules of today.

Every year of a plan is held against its schedule with what was known by then: the cumulative change published at the
time, or else the last one carried on by the published yearly rate. A chain of the rates that the tables have now, with
estimates for rates that were never found, stands beside it and is not rated while it rests on an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.facts.by_plan import requirements
from tanfeng.targets import flip, lights, rules
from tanfeng.targets.progress import Progress, Step, progress
from tanfeng.targets.rules import Figure, Requirement

ENERGY, ASSESSED = "energy_intensity_change", "energy_intensity_change_assessment"
ENERGY_PLANNED = "energy_intensity_change_planned"
CARBON, CARBON_PLANNED = "co2_intensity_change", "co2_intensity_change_planned"
MIDTERM_YEAR = 3
NOTES = ["note_zh", "note_en"]
ASKED = ["plan", "indicator", "base_year", "last_year", "planned_pct", "planned_source", *NOTES]
COLUMNS = [
    "plan", "indicator", "planned_source", *NOTES, "year", "linear_pct", "compound_pct", "then_pct", "then_bound",
    "then_basis", "then_sources", "light", "light_compound", "completion_pct", "words", "required_rate_pct",
    "recent_rate_pct", "pace", "today_pct", "today_status", "light_today", "today_sources",
]  # fmt: skip
RESULTS = [
    "plan", "indicator", "planned_pct", "planned_source", *NOTES, "year", "complete", "achieved_pct", "bound", "basis",
    "sources", "verdict", "on_limit", "completion_pct", "grade", "light", "turned_year", "turned_from", "turned_to",
    "official_year", "official_pct", "official_bound", "official_source", "words", "pace", "flip_pct", "today_pct",
    "today_status", "today_sources",
]  # fmt: skip
NUMBERS = [name for name in (*COLUMNS, *RESULTS) if name.endswith("_pct")]
OFFICIAL = {"year": "year", "pct": "value", "bound": "bound", "source": "source_id"}
YEARS = ["year", "turned_year", "official_year"]
UNJUDGED = {"verdict": "not_assessable", "on_limit": False, "grade": ""}
AT_THE_TIME = {"energy_intensity_change": "energy_intensity_change_white_paper"}
PUBLISHED, COMPUTED = "published", "computed"
KNOWN = ["year", "value", "bound", "status", "basis", "source_id"]


@cached
def plans(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every year of the plans that asked for a fall of energy or CO2 intensity, held against its schedule.

    Returns:
        One row a plan, indicator and year, with columns plan, indicator; planned_source, note_zh, note_en (of what the
        plan asked, such as that it stands in a text put up for comment); year; linear_pct, compound_pct (change from
        the base year required by the end of the year, percent); then_pct (change as known at the time, missing if
        nothing was published), then_bound, then_basis (`published`, or `computed` from published figures),
        then_sources; light, light_compound (see `tanfeng.targets.lights.light`, of then_pct against both schedules);
        completion_pct; words (of a mid-term evaluation; none in the last year); required_rate_pct, recent_rate_pct,
        pace (see `tanfeng.targets.progress`, with what was known by that year); today_pct (chain of the yearly rates
        the tables have now), today_status, light_today (`not_rated` while it rests on an estimate), today_sources.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = plans(open_catalog(), "330000").query("plan == '13FYP'")
        >>> rows["then_pct"].round(2).tolist(), rows["light"].tolist()
        ([-3.82, -7.42, -10.86, -13.73, -8.26], ['green', 'green', 'green', 'green', 'red'])
    """
    found = [row for one in asked(catalog, region).to_dict("records") for row in _years(catalog, region, one)]
    return typed(pd.DataFrame(found, columns=COLUMNS))


def asked(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the plans asked of energy and CO2 intensity, as far as it is known.

    Returns:
        Columns plan, indicator (the one whose figures answer), base_year, last_year, planned_pct (percent, negative: a
        fall), planned_source, note_zh, note_en (what the table notes of it; empty without a note).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> asked(open_catalog(), "330000").set_index(["indicator", "plan"])["planned_pct"].loc["co2_intensity_change"]
        plan
        12FYP   -19.0
        Name: planned_pct, dtype: float64
    """
    terms = catalog.read("plans").set_index("id")[["base_year", "last_year"]]
    energy = requirements(catalog, region).dropna(subset="planned_pct")
    energy = energy.assign(indicator=energy["planned_scope"].map(_answering))
    energy = _noted(catalog, region, energy.join(terms, on="plan"))[ASKED]
    carbon = observations.observations(catalog, CARBON_PLANNED, region).rename(columns={"value": "planned_pct"})
    named = terms.reset_index().rename(columns={"id": "plan"})
    carbon = carbon.merge(named, left_on=["start", "end"], right_on=["base_year", "last_year"])
    carbon = carbon.assign(indicator=CARBON, planned_source=carbon["source_id"])[ASKED]
    return pd.concat([energy, carbon], ignore_index=True).astype({"base_year": "int64", "last_year": "int64"})


def _noted(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return planned changes of energy intensity with the notes of their figures, empty where there is none."""
    told = observations.observations(catalog, ENERGY_PLANNED, region).drop_duplicates(["start", "end"])
    notes = told.assign(base_year=told["start"], last_year=told["end"])[["base_year", "last_year", *NOTES]]
    return rows.merge(notes, on=["base_year", "last_year"], how="left").fillna(dict.fromkeys(NOTES, ""))


def _answering(scope: str) -> str:
    """Return the indicator that answers a planned change: a target on the assessment scope has figures of its own."""
    return ASSESSED if scope == "assessment" else ENERGY


def _years(catalog: Catalog, region: str, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of one plan and indicator."""
    span = (one["indicator"], region, one["base_year"], one["last_year"])
    then = at_the_time(catalog, *span).set_index("year", drop=False)
    today = as_known_now(catalog, *span).set_index("year")
    steps = stands(one, then).steps
    return [_year(one, step, then, today.reindex([step.year]).iloc[0]) for step in steps]


def stands(one: dict[str, Any], known: pd.DataFrame) -> Progress:
    """Return how a plan stood with the figures known (see `tanfeng.targets.progress.progress`).

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
    end = known["year"].astype("float64")
    as_given = {"period_kind": "change", "period": "", "bound": "exact"}  # as the verdict on a plan counts them
    rows = known.assign(start=float(base), end=end, **as_given)
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
        **{name: one[name] for name in ("plan", "indicator", "planned_source", *NOTES)},
        "year": step.year,
        "linear_pct": step.required,
        "compound_pct": step.compound,
        "then_pct": value,
        **{f"then_{name}": given.get(name, "") for name in ("bound", "basis")},
        "then_sources": given.get("source_id", ""),
        "light": step.light,
        "light_compound": lights.light(value, step.compound or step.required, at_least=False),
        "completion_pct": step.completion_pct,
        "words": now.midterm if step.known and step.year < one["last_year"] else "",
        "required_rate_pct": now.required_pace,
        "recent_rate_pct": now.recent_pace,
        "pace": now.pace if step.known else "",
        "today_pct": today["value"],
        "today_status": "" if pd.isna(today["status"]) else today["status"],
        "light_today": lights.light(current, step.required, at_least=False),
        "today_sources": "" if pd.isna(today["source_id"]) else today["source_id"],
    }


@cached
def results(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what came of each plan: result, verdict, grade, the official figure, and what a mid-term look had said.

    Returns:
        One row a plan and indicator, with columns plan, indicator, planned_pct, planned_source, note_zh, note_en (of
        what was asked); year (of the last figure known at the time), complete (it is the last of the plan),
        achieved_pct, bound, basis, sources; verdict (`met`, `missed`, `not_assessable`), on_limit (the figure is
        rounded and equals the target as far as that goes),
        completion_pct (of the whole target), grade (see `tanfeng.targets.lights.grade_of_result`; empty without a
        result), light; turned_year, turned_from, turned_to (last year whose light differs from that of the rated year
        before); official_year, official_pct, official_bound, official_source (longest change published since the base
        year); words, pace (after the third year); flip_pct (see `tanfeng.targets.flip`); today_pct, today_status,
        today_sources (last year).

    A plan within which figures of equal standing contradict each other is not judged.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = results(open_catalog(), "330000").query("indicator == 'energy_intensity_change'")
        >>> rows.set_index("plan")["verdict"].to_dict()
        {'11FYP': 'met', '12FYP': 'met', '13FYP': 'missed'}
    """
    yearly = plans(catalog, region)
    found = [_result(catalog, region, one, yearly) for one in asked(catalog, region).to_dict("records")]
    return typed(pd.DataFrame(found, columns=RESULTS))


def _result(catalog: Catalog, region: str, one: dict[str, Any], yearly: pd.DataFrame) -> dict[str, Any]:
    rows = yearly[(yearly["plan"] == one["plan"]) & (yearly["indicator"] == one["indicator"])]
    rated = rows[rows["then_pct"].notna()]
    third = rows[rows["year"] == one["base_year"] + MIDTERM_YEAR].iloc[0]
    last = rated.iloc[-1].to_dict() if len(rated) else {}
    complete = last.get("year") == one["last_year"]
    disputed = complete and _disputed(catalog, region, one)
    given = longest(catalog, one["indicator"], region, one["base_year"], one["last_year"])
    return {
        **one,
        "year": last.get("year"),
        "light": lights.NOT_RATED if disputed else last.get("light"),
        "complete": complete,
        "achieved_pct": last.get("then_pct"),
        **{name: last.get(f"then_{name}", "") for name in ("bound", "basis", "sources")},
        **(_judged(one, last) if complete and not disputed else UNJUDGED),
        "completion_pct": lights.completion_rate(last["then_pct"], one["planned_pct"]) if last else None,
        **_turned(rated),
        **{f"official_{name}": given.get(key) for name, key in OFFICIAL.items()},
        **{name: third[name] for name in ("words", "pace")},
        **{name: rows.iloc[-1][name] for name in ("today_pct", "today_status", "today_sources")},
    }


def _disputed(catalog: Catalog, region: str, one: dict[str, Any]) -> bool:
    """Return whether figures of equal standing within the plan contradict each other: then it is not judged."""
    others = observations.readings(catalog, one["indicator"], region)[1:]
    return any(
        found.other is not None and one["base_year"] <= found.other["start"] and found.other["end"] <= one["last_year"]
        for found in others
    )


def _judged(one: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """Return verdict, grade and flip distance of a plan whose last year has a figure.

    The figure counts as given: "about 20" (11th plan) is held against 20 as 20, and `on_limit` says that it is so near
    that rounding could turn the verdict.
    """
    value, required = last["then_pct"], _required(one)
    figure = Figure(value, one["base_year"], one["last_year"], "change", "exact", "reported")
    grade = lights.grade_of_result(lights.completion_rate(value, one["planned_pct"]))
    rounded = Figure(value, one["base_year"], one["last_year"], "change", last["then_bound"], "reported")
    return {
        "verdict": "missed" if grade == lights.MISSED else "met",
        "on_limit": rules.reaches(required, rounded) is None,
        "grade": grade,
        "flip_pct": flip.flip_distance([figure], required),
    }


def _turned(rated: pd.DataFrame) -> dict[str, Any]:
    before = rated["light"].shift()
    changed = rated[before.notna() & (rated["light"] != before)].tail(1)
    if changed.empty:
        return {"turned_from": "", "turned_to": ""}
    row = changed.iloc[0]
    return {"turned_year": row["year"], "turned_from": before[changed.index[0]], "turned_to": row["light"]}


def typed(rows: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table with its numbers as floats, its years as whole numbers and its texts never missing.

    Args:
        rows: a table of this module, or of one like it.
        more: names of further columns of numbers.

    Example:
        >>> typed(pd.DataFrame({"plan": ["14FYP", None], "year": [2021, None]}))["plan"].tolist()
        ['14FYP', '']
    """
    numbers = dict.fromkeys([name for name in (*NUMBERS, *more) if name in rows], "float64")
    years = dict.fromkeys([name for name in YEARS if name in rows], "Int64")
    flags = dict.fromkeys([name for name in ("complete", "on_limit") if name in rows], "bool")
    words = [name for name in rows if name not in {*numbers, *years, *flags}]
    texts = {name: rows[name].astype("object").where(rows[name].notna(), "") for name in words}
    return rows.assign(**texts).astype({**numbers, **years, **flags})


def at_the_time(catalog: Catalog, indicator: str, region: str, base: int, last: int) -> pd.DataFrame:
    """Return the change from `base` by year as it was known at the time; years without a figure are left out.

    A published cumulative change goes first, the one given at the time before a later one; otherwise that of the year
    before is carried on by the published yearly rate. Estimates take no part.

    Returns:
        Columns year, value (percent), bound, status, basis (`published`, `computed`), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = at_the_time(open_catalog(), "energy_intensity_change", "330000", 2010, 2015).set_index("year")
        >>> rows["value"].round(2).tolist(), rows["basis"].tolist()[-2:]
        ([-3.07, -9.0, -12.4, -17.8, -20.7], ['published', 'computed'])
    """
    told = _published(catalog, indicator, region)
    found: dict[int, dict[str, Any]] = {}
    for year in range(base + 1, last + 1):
        whole = told[(told["start"] == base) & (told["end"] == year)].head(1)
        step = told[(told["start"] == year - 1) & (told["end"] == year)].head(1)
        if len(whole):
            row = whole.iloc[0]
            found[year] = {**row[["value", "bound", "status", "source_id"]].to_dict(), "basis": PUBLISHED}
        elif len(step) and year - 1 in found:
            found[year] = _carried_on(found[year - 1], step.iloc[0])
    return pd.DataFrame([{"year": year, **row} for year, row in found.items()], columns=KNOWN)


def _published(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return the published changes of whole years of an indicator, those given at the time first."""
    names = [AT_THE_TIME[indicator], indicator] if indicator in AT_THE_TIME else [indicator]
    rows = pd.concat([observations.observations(catalog, name, region) for name in names], ignore_index=True)
    return rows[(rows["period_kind"] == "change") & rows["status"].isin(rules.ANSWERING)]


def _carried_on(before: dict[str, Any], step: pd.Series) -> dict[str, Any]:
    value = 100 * ((1 + before["value"] / 100) * (1 + step["value"] / 100) - 1)
    return {
        "value": float(value),
        "bound": "exact" if before["bound"] == step["bound"] == "exact" else "about",
        "status": observations.weakest(pd.Series([before["status"], step["status"]])),
        "source_id": observations.joined(pd.Series([before["source_id"], step["source_id"]])),
        "basis": COMPUTED,
    }


def as_known_now(catalog: Catalog, indicator: str, region: str, base: int, last: int) -> pd.DataFrame:
    """Return the change from `base` by year, chained from the yearly rates in the tables, estimates among them.

    Returns:
        Columns year, value (percent), bound, status (the weakest of the rates used), basis, source_id; it ends before
        the first year that has no rate.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = as_known_now(open_catalog(), "energy_intensity_change", "330000", 2010, 2015).set_index("year")
        >>> rows["value"].round(2).to_dict()[2015], rows["status"].tolist()[-2:]
        (-20.7, ['estimate', 'estimate'])
    """
    rates = observations.yearly(catalog, indicator, region).drop_duplicates("year", keep="last").set_index("year")
    years = range(base + 1, last + 1)
    whole = [year for year in years if set(range(base + 1, year + 1)) <= set(rates.index)]
    used = rates.loc[whole]
    level = (1 + used["value"].astype("float64") / 100).cumprod()
    parts = {
        "value": 100 * (level - 1),
        "status": [observations.weakest(used["status"].loc[:year]) for year in whole],
        "source_id": [observations.joined(used["source_id"].loc[:year]) for year in whole],
    }
    return pd.DataFrame(parts, index=whole).rename_axis("year").reset_index().assign(bound="exact", basis=COMPUTED)


def longest(catalog: Catalog, indicator: str, region: str, base: int, last: int) -> dict[str, Any]:
    """Return the longest published change over several years from `base` on, as a row of `at_the_time`; or nothing.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = longest(open_catalog(), "energy_intensity_change", "330000", 2010, 2015)
        >>> found["year"], found["value"]
        (2014, -17.8)
    """
    told = _published(catalog, indicator, region)
    told = told[(told["start"] == base) & (told["end"] > base + 1) & (told["end"] <= last)].sort_values("end")
    if told.empty:
        return {}
    row = told.iloc[-1]
    return {"year": int(row["end"]), **row[["value", "bound", "status", "source_id"]].to_dict(), "basis": PUBLISHED}


def levels(catalog: Catalog, indicator: str, growth: str, region: str) -> pd.DataFrame:
    """Return the published figure of each year, or that of the year before carried on by the published growth.

    Args:
        catalog: the tables.
        indicator: a quantity of a year.
        growth: its change on the year before, in percent.
        region: GB/T 2260 code.

    Returns:
        Columns of `tanfeng.facts.observations.observations` with year and basis (`published`, `computed`); a figure
        that is carried on is an estimate, as it is in the tables.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = levels(open_catalog(), "energy_consumption", "energy_consumption_growth", "330000").set_index("year")
        >>> round(float(rows.at[2020, "value"]), 1), rows.at[2020, "basis"], rows.at[2020, "status"]
        (24660.0, 'published', 'reported')
    """
    rows = observations.observations(catalog, indicator, region)
    rows = rows[(rows["period_kind"] == "year") & rows["status"].isin(rules.ANSWERING)]
    rows = rows.assign(year=rows["end"].astype("int64"), basis=PUBLISHED)
    found = {row["year"]: row for row in rows.to_dict("records")}
    for step in _published(catalog, growth, region).sort_values("end").to_dict("records"):
        first, year = int(step["start"]), int(step["end"])
        if year - first == 1 and first in found and year not in found:
            found[year] = _grown(found[first], step, year)
    return pd.DataFrame([found[year] for year in sorted(found)], columns=rows.columns)


def _grown(before: dict[str, Any], step: dict[str, Any], year: int) -> dict[str, Any]:
    changed = {"value": before["value"] * (1 + step["value"] / 100), "start": float(year), "end": float(year)}
    named = {"year": year, "period": str(year), "basis": COMPUTED, "status": "estimate"}
    return {
        **before,
        **changed,
        **named,
        "source_id": observations.joined(pd.Series([before["source_id"], step["source_id"]])),
    }
