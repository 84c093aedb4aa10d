"""Rates of energy intensity checked against each other: computed from levels, published, chained."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import by_plan, indicators, observations

TOLERANCE_POINTS = 0.13


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
    given = by_plan.official_changes(catalog, region)
    found = [by_plan.change(steps, "change", row.first, row.year) for row in given.itertuples()]
    table = given.rename(columns={"value": "published"}).assign(chained=[one["change_pct"] for one in found])
    table = table.assign(difference=table["chained"] - table["published"])[[one["complete"] for one in found]]
    columns = ["first", "year", "published", "bound", "chained", "difference", "source_id"]
    return table[columns].reset_index(drop=True)
