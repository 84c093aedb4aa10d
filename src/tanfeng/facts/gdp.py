"""GDP as facts: its editions told apart, its levels at current and at constant prices."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import indicators, observations

EDITIONS = {
    "census4": "gdp_current_4th_census",
    "census5": "gdp_current_5th_census",
    "bulletin": "gdp_current_bulletin",
    "preliminary": "gdp_current_preliminary",
}
COLUMNS = ["year", "value", "unit", "edition", "prices", "status", "source_id"]


def levels(catalog: Catalog, region: str, edition: str = "census5", prices: int | None = None) -> pd.DataFrame:
    """Return GDP of one edition, at current prices or at the constant prices of one year.

    At constant prices it is the level of the edition in that year times the index of published real growth rates: one
    edition and one price base, whatever the year.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        edition: `census4`, `census5`, `bulletin` or `preliminary`.
        prices: year whose prices are used; None for current prices.

    Returns:
        Columns year, value, unit (10^8 yuan), edition, prices (0: current), status, source_id.

    Raises:
        ProjectError: if there is no such edition, or it does not have the year of the prices.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> constant = levels(open_catalog(), "330000", "census5", prices=2020).set_index("year")["value"]
        >>> round(float(constant[2020]), 1), round(float(constant[2025]), 1)
        (67164.5, 88641.9)
    """
    if edition not in EDITIONS:
        raise ProjectError(f"edition of GDP must be one of {', '.join(EDITIONS)}; found {edition!r}")
    rows = observations.yearly(catalog, EDITIONS[edition], region).assign(edition=edition, prices=0)
    if prices is not None:
        rows = _constant(rows, indicators.gdp_index(catalog, region), edition, prices)
    return rows[COLUMNS].reset_index(drop=True)


def _constant(rows: pd.DataFrame, index: pd.Series, edition: str, prices: int) -> pd.DataFrame:
    base = rows[rows["year"] == prices]
    if base.empty or prices not in index.index:
        known = f"{rows['year'].min()} to {rows['year'].max()}" if len(rows) else "no year"
        raise ProjectError(f"GDP of the edition {edition} has no figure of {prices} (it has {known}); choose its year")
    value = base["value"].iloc[0] * index / index[prices]
    found = {"year": index.index.astype("int64"), "value": value.to_numpy(), "unit": base["unit"].iloc[0]}
    source = base["source_id"].iloc[0]
    return pd.DataFrame(found).assign(edition=edition, prices=prices, status="estimate", source_id=source)


def editions(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return GDP at current prices of every edition side by side, and what the 5th census changed.

    Returns:
        Columns year, one for each edition (10^8 yuan), revision_pct (census5 against census4, or against the bulletin
        where there is no census4 figure; empty where there is neither), sources (ids, separated by a space).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> table = editions(open_catalog(), "330000").set_index("year")
        >>> round(float(table.at[2023, "revision_pct"]), 1)
        3.7
    """
    every = pd.concat([levels(catalog, region, name) for name in EDITIONS], ignore_index=True)
    table = every.pivot_table(index="year", columns="edition", values="value").reindex(columns=list(EDITIONS))
    before = table["census4"].fillna(table["bulletin"])
    sources = every.groupby("year")["source_id"].agg(lambda found: " ".join(dict.fromkeys(found)))
    table = table.assign(revision_pct=100 * (table["census5"] / before - 1), sources=sources)
    return table.rename_axis(columns=None).reset_index()
