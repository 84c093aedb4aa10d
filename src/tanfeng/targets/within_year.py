"""Energy intensity within a year: the first months against the same months of the year before, by the barometer's rule.

The change is the published one, or follows from the growth of energy and of real GDP over the same months. It is held
against the fall that the plan asks for each year (equal steps), in the wording of the first quarter of 2021. Where a
notice says only which way intensity went, its words give the light.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.targets import lights
from tanfeng.targets.lookback import plans

PUBLISHED, COMPUTED, STATED = BASES = "published", "computed", "stated"
ENERGY_GROWTH = "energy_consumption_growth"
GDP_GROWTH = ("gdp_real_growth", "gdp_real_growth_preliminary")
DIRECTION = "energy_intensity_direction"
SAID = {1.0: lights.RED, -1.0: lights.YELLOW}
COLUMNS = [
    "period", "year", "basis", "change_pct", "energy_pct", "gdp_pct", "plan", "required_pct", "same_scope", "light",
    "status", "source_id",
]  # fmt: skip


def intensity(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return energy intensity of the first months of years, with the light against what the plan asks of a year.

    Returns:
        Columns period, year; basis (`published`, `computed` from energy and GDP, or `stated`: only which way it
        went); change_pct, energy_pct, gdp_pct (on the same months of the year before, NaN where not given); plan,
        required_pct (a year; empty and NaN where no plan is known to ask for it), same_scope (whether the plan asks
        on the scope of the figure), light, status, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> intensity(open_catalog(), "330000")[["period", "basis", "light"]].values.tolist()[0]
        ['2014-01/2014-06', 'published', 'green']
    """
    published, said = _months(catalog, [plans.ENERGY], region), _months(catalog, [DIRECTION], region)
    energy, gdp = _months(catalog, [ENERGY_GROWTH], region), _months(catalog, GDP_GROWTH, region)
    both = energy.index.intersection(gdp.index)
    asked = plans.asked(catalog, region)
    asked = asked[asked["indicator"].isin([plans.ENERGY, plans.ASSESSED])]
    found = []
    for period in sorted({*published.index, *both, *said.index}):
        row: dict[str, Any] = {"period": period, "year": periods.parse(period).year, **_asked(period, asked)}
        if period in both:
            row |= {"energy_pct": energy.at[period, "value"], "gdp_pct": gdp.at[period, "value"]}
        if period in published.index:
            row |= {"basis": PUBLISHED, "change_pct": published.at[period, "value"]} | _sourced(published, period)
        elif period in both:
            change = 100 * ((1 + row["energy_pct"] / 100) / (1 + row["gdp_pct"] / 100) - 1)
            row |= {"basis": COMPUTED, "change_pct": change} | _sourced(pd.concat([energy, gdp]), period)
        else:
            row |= {"basis": STATED, "light": SAID[said.at[period, "value"]]} | _sourced(said, period)
        found.append({"light": _light(row), **row})
    numbers = dict.fromkeys((name for name in COLUMNS if name.endswith("_pct")), "float64")
    return pd.DataFrame(found, columns=COLUMNS).astype(numbers)


def _months(catalog: Catalog, indicators: Sequence[str], region: str) -> pd.DataFrame:
    """Return the figures of the first months of years by period, those of the first indicator that has one."""
    rows = pd.concat([observations.observations(catalog, name, region) for name in indicators])
    rows = rows[(rows["period_kind"] == "months") & (rows["start"] == rows["start"].round())]
    return rows.drop_duplicates("period").set_index("period")


def _asked(period: str, asked: pd.DataFrame) -> dict[str, Any]:
    """Return the plan that a period belongs to and the change it asks of a year, in equal steps."""
    year = periods.parse(period).year
    for row in asked[(asked["base_year"] < year) & (asked["last_year"] >= year)].itertuples():
        yearly = row.planned_pct / (row.last_year - row.base_year)
        return {"plan": row.plan, "required_pct": yearly, "same_scope": row.indicator == plans.ENERGY}
    return {"plan": "", "required_pct": float("nan"), "same_scope": False}


def _sourced(rows: pd.DataFrame, period: str) -> dict[str, str]:
    mine = rows.loc[[period]]
    return {"status": observations.weakest(mine["status"]), "source_id": observations.joined(mine["source_id"])}


def _light(row: dict[str, Any]) -> str:
    change, required = row.get("change_pct"), row["required_pct"]
    if change is None or pd.isna(required):
        return lights.NOT_RATED
    return lights.light(float(change), float(required), at_least=False)
