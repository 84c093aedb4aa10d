"""Observations of indicators (floor 1): what is known, one row a period, in one unit, with status and source.

Where several sources give one figure, the best status, then the best grade, then the later row is taken; all of them
stay in the table. The status of a derived figure is that of its weakest part.
"""

from __future__ import annotations

import pandas as pd

from tanfeng import periods, units
from tanfeng.catalog import Catalog
from tanfeng.project import ProjectError

STATUS_ORDER = ["reported", "adjusted", "estimate", "forecast"]
STATUS_RANK = {status: rank for rank, status in enumerate(STATUS_ORDER)}
FIGURES = ["year", "value", "unit", "status", "source_id"]


def weakest(statuses: pd.Series) -> str:
    """Return the weakest status of several (estimate is weaker than adjusted, adjusted than reported).

    Example:
        >>> weakest(pd.Series(["reported", "estimate", "adjusted"]))
        'estimate'
    """
    return STATUS_ORDER[max(STATUS_RANK[status] for status in statuses.unique())]


def joined(sources: pd.Series) -> str:
    """Return several cells of sources as one, each source once, separated by spaces.

    Example:
        >>> joined(pd.Series(["nbs ceads", "ceads"]))
        'nbs ceads'
    """
    return " ".join(dict.fromkeys(" ".join(sources).split()))


def observations(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return what is known of an indicator in a region, one row a period, in the indicator's unit, oldest first.

    Returns:
        Columns of `observations` and `grade` (of the source), `start`, `end`, `period_kind` (see `tanfeng.periods`);
        `published` keeps the figure and `published_unit` the unit of the source.

    Raises:
        ProjectError: if there is no such indicator.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> pv = observations(open_catalog(), "pv_capacity", "330000")
        >>> pv["period"].iloc[-1], float(pv["published"].iloc[-1]), pv["published_unit"].iloc[-1]
        ('2025-06', 5947.0, '10^4 kW')
    """
    if indicator not in set(catalog.read("indicators")["id"]):
        raise ProjectError(f"no indicator {indicator!r} in data/indicators.csv")
    rows = catalog.read("observations")
    rows = rows[(rows["indicator"] == indicator) & (rows["region"] == region)]
    rows = _with_periods(_in_unit(catalog, rows, indicator))
    rows = rows.assign(grade=rows["source_id"].map(catalog.read("sources").set_index("id")["grade"]))
    return _best(rows)


def _in_unit(catalog: Catalog, rows: pd.DataFrame, indicator: str) -> pd.DataFrame:
    unit = catalog.read("indicators").set_index("id").at[indicator, "unit"]
    factors = rows["unit"].map(lambda found: units.factor(catalog, found, unit)).astype("float64")
    return rows.assign(published=rows["value"], published_unit=rows["unit"], value=rows["value"] * factors, unit=unit)


def _with_periods(rows: pd.DataFrame) -> pd.DataFrame:
    parsed = [periods.parse(text) for text in rows["period"]]
    columns = {name: [getattr(period, name) for period in parsed] for name in ("start", "end", "kind")}
    return rows.assign(start=columns["start"], end=columns["end"], period_kind=columns["kind"])


def _best(rows: pd.DataFrame) -> pd.DataFrame:
    ranked = rows.assign(rank=rows["status"].map(STATUS_RANK), order=range(len(rows)))
    ranked = ranked.sort_values(["end", "start", "rank", "grade", "order"], ascending=[True, True, True, True, False])
    return ranked.drop_duplicates(["period"], keep="first").drop(columns=["rank", "order"]).reset_index(drop=True)


def yearly(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return the yearly figures of an indicator: year (of a change: its last), value, unit, status, source_id.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> float(yearly(open_catalog(), "cement_output", "330000").set_index("year").at[2010, "value"])
        11317.16
    """
    rows = observations(catalog, indicator, region)
    whole = (rows["period_kind"] == "year") | ((rows["period_kind"] == "change") & (rows["end"] - rows["start"] == 1))
    rows = rows[whole]
    return rows.assign(year=rows["end"].astype("int64"))[FIGURES].reset_index(drop=True)
