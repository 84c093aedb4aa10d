"""Changes over several years as they were known at the time, and as the tables have them now.

At the time: the cumulative change published then, or else the last one carried on by the published yearly rate; only
published figures. Now: the yearly rates in the tables chained, estimates among them.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.targets import rules

AT_THE_TIME = {"energy_intensity_change": "energy_intensity_change_white_paper"}
PUBLISHED, COMPUTED = "published", "computed"
KNOWN = ["year", "value", "bound", "status", "basis", "source_id"]


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


def now(catalog: Catalog, indicator: str, region: str, base: int, last: int) -> pd.DataFrame:
    """Return the change from `base` by year, chained from the yearly rates in the tables, estimates among them.

    Returns:
        Columns year, value (percent), bound, status (the weakest of the rates used), basis, source_id; it ends before
        the first year that has no rate.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = now(open_catalog(), "energy_intensity_change", "330000", 2010, 2015).set_index("year")
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
        (24654.7, 'computed', 'estimate')
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
