"""The four indicators by Five-Year Plan: the change of each, on each scope, from the base year on.

A change of a level compares two years. A change of an intensity chains the rates of the years between; where a year has
no rate, a published change over several years takes its place. Nothing is filled: what ends early says where and why.
Yearly rates of energy intensity (`rates`) and chains of them (`chains`) are checked against the published ones.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations, plans, uncertainty

COLUMNS = [
    "plan", "indicator", "scope", "account", "first", "last", "change_pct", "lo95", "hi95", "years", "years_published",
    "complete", "status", "basis", "sources", "reason",
]  # fmt: skip
NOTHING, NOT_COMPUTED = "not_published", "not_computed"
STARTS_LATER, ENDS_EARLY = "starts_later", "ends_early"
PUBLISHED, COMPUTED = "published", "computed"
ASKED = [
    "plan", "planned_pct", "planned_scope", "planned_source", "official_first", "official_last", "official_pct",
    "official_source",
]  # fmt: skip
TOLERANCE_POINTS = 0.13


@cached
def plan_changes(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the change of the four indicators over each Five-Year Plan, on each scope and account.

    Returns:
        Columns plan, indicator, scope, account, first, last (years the change runs from and to; missing if there is
        none), change_pct (percent), lo95, hi95 (percent, see `limits`; missing where the error is not known), years (of
        the plan), years_published (of them, with a published figure), complete (the change covers the whole plan),
        status (the weakest of the figures used), basis (`published`; `computed` from published figures; empty if not
        all of them are published), sources (ids, separated by a space), reason why it is not complete:
        `not_published`, `not_computed` (an account without figures), `starts_later` (the base year is not known),
        `ends_early`; empty if it is complete.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = plan_changes(open_catalog(), "330000").query("indicator == 'energy_intensity'")
        >>> rows[rows["scope"] == "statistical"].set_index("plan")["change_pct"].round(2).dropna().to_dict()
        {'11FYP': -19.98, '12FYP': -20.7, '13FYP': -8.26}
    """
    known = indicators.by_scope(catalog, region)
    periods = catalog.read("plans").set_index("id").loc[plans.begun(catalog)]
    rows = []
    for one in indicators.SCOPE_SERIES:
        same = (known["indicator"] == one.indicator) & (known["scope"] == one.scope) & (known["account"] == one.account)
        for plan, base, last in periods[["base_year", "last_year"]].itertuples():
            named = {"plan": plan, "indicator": one.indicator, "scope": one.scope, "account": one.account}
            found = change(known[same], one.kind, int(base), int(last))
            if one.account and found["reason"] == NOTHING:
                found["reason"] = NOT_COMPUTED
            rows.append({**named, **found, **_named_limits(catalog, region, one, found)})
    table = pd.DataFrame(rows)[COLUMNS].astype({"first": "Int64", "last": "Int64"})
    return table.astype({"change_pct": "float64", "lo95": "float64", "hi95": "float64"})


def _named_limits(
    catalog: Catalog, region: str, one: indicators.ScopeSeries, found: dict[str, Any]
) -> dict[str, float]:
    if one.account != "direct" or found["first"] is None:
        return {"lo95": float("nan"), "hi95": float("nan")}
    low, high = limits(catalog, region, one.indicator, found["first"], found["last"])
    return {"lo95": low, "hi95": high}


def limits(catalog: Catalog, region: str, indicator: str, first: int, last: int) -> tuple[float, float]:
    """Return the 95 % limits (percent) of the change of direct CO2, or of its intensity, between two years.

    The growth of GDP is taken as known: the limits of an intensity are those of the emissions, divided by it.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        indicator: `co2_total` or `carbon_intensity`.
        first: year the change counts from.
        last: last year.

    Raises:
        ProjectError: if the emissions of a year are not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> low, high = limits(open_catalog(), "330000", "carbon_intensity", 2019, 2022)
        >>> low < 0 < high
        True
    """
    _, low, high = uncertainty.change(catalog, region, "total", first, last)
    if indicator == "co2_total":
        return low, high
    index = indicators.gdp_index(catalog, region)
    growth = float(index[last] / index[first])
    return 100 * ((1 + low / 100) / growth - 1), 100 * ((1 + high / 100) / growth - 1)


def change(rows: pd.DataFrame, kind: str, base: int, last: int) -> dict[str, Any]:
    """Return the change from `base` to `last`, or to the last year before it that is known.

    Args:
        rows: first, year, value, status, source_id of one series (see `tanfeng.facts.indicators.by_scope`).
        kind: `level` or `change`.
        base: year the change counts from.
        last: last year of the plan.

    Returns:
        first, last, change_pct, years, years_published, complete, status, basis, sources, reason (see `plan_changes`).

    Example:
        >>> rates = pd.DataFrame({"first": [2000, 2001], "year": [2001, 2002], "value": [10.0, -50.0]})
        >>> found = change(rates.assign(status="reported", source_id="s"), "change", 2000, 2003)
        >>> round(found["change_pct"], 1), found["last"], found["complete"], found["reason"]
        (-45.0, 2002, False, 'ends_early')
    """
    inside = rows[(rows["year"] > base) & (rows["year"] <= last)]
    used = _levels(rows, base, last) if kind == indicators.LEVEL else _chain(inside[inside["first"] >= base], base)
    reported = inside[inside["status"] == "reported"]
    count = {"years": last - base, "years_published": len(_covered(reported, base))}
    if used.empty:
        reason = NOTHING if inside.empty else STARTS_LATER
        empty = {"first": None, "last": None, "change_pct": float("nan"), "complete": False, "status": "", "basis": ""}
        return {**empty, **count, "sources": "", "reason": reason}
    end = int(used["year"].iloc[-1])
    return {
        **count,
        "first": base,
        "last": end,
        "change_pct": _percent(used, kind),
        "complete": end == last,
        "status": observations.weakest(used["status"]),
        "basis": _basis(used),
        "sources": observations.joined(used["source_id"]),
        "reason": "" if end == last else ENDS_EARLY,
    }


def _levels(rows: pd.DataFrame, base: int, last: int) -> pd.DataFrame:
    """Return the base year and the last known year up to `last`; nothing if either is missing."""
    found = rows[(rows["year"] >= base) & (rows["year"] <= last)].sort_values("year")
    complete = len(found) > 1 and found["year"].iloc[0] == base
    return found.iloc[[0, -1]] if complete else found.iloc[:0]


def _chain(rows: pd.DataFrame, base: int) -> pd.DataFrame:
    """Return the rates that lead from `base` on without a gap: from each year the shortest, so yearly ones first."""
    taken: list[Any] = []
    year = base
    while len(step := rows[rows["first"] == year].sort_values("year").index[:1]):
        taken += list(step)
        year = int(rows.at[step[0], "year"])
    return rows.loc[taken]


def _covered(rows: pd.DataFrame, base: int) -> set[int]:
    """Return the years in which a figure is published: of a level the year, of a rate over one year its last."""
    single = rows[(rows["year"] - rows["first"]).between(0, 1) & (rows["year"] > base)]
    return set(single["year"].astype(int))


def _percent(used: pd.DataFrame, kind: str) -> float:
    if kind == indicators.LEVEL:
        return float(100 * (used["value"].iloc[-1] / used["value"].iloc[0] - 1))
    return float(100 * ((1 + used["value"].astype("float64") / 100).prod() - 1))


def _basis(used: pd.DataFrame) -> str:
    """Return whether a change is published itself or computed from figures that all are; empty if not all are."""
    if not used["status"].eq("reported").all():
        return ""
    return PUBLISHED if len(used) == 1 else COMPUTED


def requirements(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what each plan asked of energy intensity, and the change that was officially given for it.

    Returns:
        Columns plan, planned_pct (percent, negative: a fall), planned_scope, planned_source, official_first,
        official_last, official_pct (longest published change from the base year on), official_source; empty where
        nothing is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> requirements(open_catalog(), "330000").set_index("plan")["planned_pct"].to_dict()
        {'11FYP': -20.0, '12FYP': -18.0, '13FYP': -17.0, '14FYP': -14.5}
    """
    periods = catalog.read("plans").set_index("id").loc[plans.begun(catalog)]
    planned, official = _planned(catalog, region), official_changes(catalog, region)
    rows = []
    for plan, base, last in periods[["base_year", "last_year"]].itertuples():
        asked = planned[(planned["first"] == base) & (planned["year"] == last)].head(1)
        given = official[(official["first"] == base) & (official["year"] <= last)].sort_values("year").tail(1)
        shown = [
            ("planned_pct", asked, "value"),
            ("planned_scope", asked, "scope"),
            ("planned_source", asked, "source"),
        ]
        shown += [
            ("official_first", given, "first"),
            ("official_last", given, "year"),
            ("official_pct", given, "value"),
        ]
        found = {name: frame[column].iloc[0] if len(frame) else None for name, frame, column in shown}
        rows.append({"plan": plan, **found, "official_source": given["source_id"].iloc[0] if len(given) else None})
    table = pd.DataFrame(rows)[ASKED].astype({"planned_pct": "float64", "official_pct": "float64"})
    return table.astype({"official_first": "Int64", "official_last": "Int64"})


def official_changes(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the published changes of energy intensity over several years: first, year, value (%), bound, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bool(len(official_changes(open_catalog(), "330000")))
        True
    """
    names = ("energy_intensity_change", "energy_intensity_change_white_paper")
    rows = pd.concat([observations.observations(catalog, name, region) for name in names], ignore_index=True)
    rows = rows[(rows["period_kind"] == "change") & (rows["end"] - rows["start"] > 1) & (rows["status"] == "reported")]
    rows = rows.assign(first=rows["start"].astype("int64"), year=rows["end"].astype("int64"))
    return rows[["first", "year", "value", "bound", "source_id"]].sort_values(["first", "year"], ignore_index=True)


def _planned(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the planned changes: those of the target table, and those of earlier plans among the observations."""
    targets = catalog.read("targets")
    targets = targets[(targets["region"] == region) & targets["indicator"].str.startswith("energy_intensity_change")]
    targets = targets[(targets["direction"] == "decrease_by") & (targets["variant"] == "firm")]
    scopes_of = catalog.read("indicators").set_index("id")["scope"]
    ahead = {"first": targets["base_year"], "year": targets["target_year"], "value": -targets["target_value"]}
    rows = observations.observations(catalog, "energy_intensity_change_planned", region)
    past = {"first": rows["start"], "year": rows["end"], "value": rows["value"]}
    found = [
        pd.DataFrame(past).assign(scope=rows["indicator"].map(scopes_of), source=rows["source_id"]),
        pd.DataFrame(ahead).assign(scope=targets["indicator"].map(scopes_of), source=targets["source_id"]),
    ]
    return pd.concat(found, ignore_index=True)


def rates(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the yearly rate of energy intensity from energy and GDP beside the published one.

    Computed by the official formula, `(1 + change of energy) / (1 + change of GDP) - 1`, GDP at constant prices. A rate
    that is itself derived by this formula is left out: it would agree with itself.

    Returns:
        Columns year, published (%), computed (%), difference (percentage points), agrees (within 0.13 points),
        source_id (of the published rate).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> table = rates(open_catalog(), "330000")
        >>> table.loc[~table["agrees"], "year"].tolist()
        [2013]
    """
    energy = observations.yearly(catalog, "energy_consumption", region).set_index("year")["value"]
    computed = indicators.intensity_change(energy, indicators.gdp_index(catalog, region))
    published = observations.yearly(catalog, "energy_intensity_change", region)
    published = published[(published["status"] == "reported") & published["year"].isin(computed.index)]
    table = published.rename(columns={"value": "published"}).assign(computed=published["year"].map(computed))
    difference = table["computed"] - table["published"]
    table = table.assign(difference=difference, agrees=difference.abs().round(6) <= TOLERANCE_POINTS)
    return table[["year", "published", "computed", "difference", "agrees", "source_id"]].reset_index(drop=True)


def chains(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every published change of energy intensity over several years beside the chain of yearly rates.

    Returns:
        Columns first, year, published (%), bound (`about`: rounded by its source), chained (%), difference
        (percentage points), source_id; years without a chain are left out.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> chains(open_catalog(), "330000")[["first", "year", "published", "chained"]].round(2).iloc[-1].tolist()
        [2010.0, 2014.0, -17.8, -17.8]
    """
    yearly = observations.yearly(catalog, "energy_intensity_change", region)
    steps = yearly.assign(first=yearly["year"] - 1)
    given = official_changes(catalog, region)
    found = [change(steps, "change", row.first, row.year) for row in given.itertuples()]
    table = given.rename(columns={"value": "published"}).assign(chained=[one["change_pct"] for one in found])
    table = table.assign(difference=table["chained"] - table["published"])[[one["complete"] for one in found]]
    columns = ["first", "year", "published", "bound", "chained", "difference", "source_id"]
    return table[columns].reset_index(drop=True)
