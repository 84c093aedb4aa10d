"""Observations of indicators: what is known, one row a period, in one unit, with status and source.

Where several sources give one figure, the best status, then the best grade, then the last source id is taken, never the
order of the rows; all of them stay in the table. A figure of the year goes after that of its last month. The status of
a derived figure is that of its weakest part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, labels
from tanfeng.data.project import ProjectError

Places = npt.NDArray[Any]
NONE = np.zeros(0, dtype="int64")
INTERNAL = "internal"
STATUS_ORDER = ["reported", "adjusted", INTERNAL, "estimate", "forecast"]
STATUS_RANK = {status: rank for rank, status in enumerate(STATUS_ORDER)}
FIGURES = ["year", "value", "unit", "status", "source_id"]


def weakest(statuses: pd.Series) -> str:
    """Return the weakest status of several (estimate is weaker than adjusted, adjusted than reported).

    What rests on an internal figure is internal, however weak its other parts are: it may not be passed on.

    Example:
        >>> weakest(pd.Series(["reported", "estimate", "adjusted"]))
        'estimate'
    """
    found = set(statuses)
    return INTERNAL if INTERNAL in found else max(found, key=STATUS_RANK.__getitem__)


def joined(sources: pd.Series) -> str:
    """Return several cells of sources as one, each source once, separated by spaces.

    Example:
        >>> joined(pd.Series(["nbs ceads", "ceads"]))
        'nbs ceads'
    """
    return " ".join(dict.fromkeys(" ".join(sources).split()))


@cached
def observations(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return what is known of an indicator in a region, one row a period, in the indicator's unit, oldest first.

    Returns:
        Columns of `observations` and `grade` (of the source), `start`, `end`, `period_kind` (see
        `tanfeng.data.periods`); `published` keeps the figure and `published_unit` the unit of the source.

    Raises:
        ProjectError: if there is no such indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> pv = observations(open_catalog(), "pv_capacity", "330000")
        >>> pv["period"].iloc[-1], float(pv["published"].iloc[-1]), pv["published_unit"].iloc[-1]
        ('2025-06', 5947.0, '10^4 kW')
    """
    table = _table(catalog)
    places = table.of_region(indicator, region)
    return _in_unit(catalog, indicator, places[table.best[places]]).reset_index(drop=True)


@cached
def records(catalog: Catalog, indicator: str, region: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of `observations` as dictionaries, which are shared and must not be changed.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> records(open_catalog(), "pv_capacity", "330000")[-1]["period"]
        '2025-06'
    """
    rows = observations(catalog, indicator, region)
    cells = zip(*(rows[name].tolist() for name in rows), strict=True)
    return tuple(dict(zip(rows, row, strict=True)) for row in cells)


@cached
def everywhere(catalog: Catalog, indicator: str) -> pd.DataFrame:
    """Return what is known of an indicator in all regions, with the columns of `observations`; oldest first.

    Raises:
        ProjectError: if there is no such indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> everywhere(open_catalog(), "cement_output")["region"].nunique() > 30
        True
    """
    table = _table(catalog)
    places = table.of_indicator.get(indicator, NONE)
    return _in_unit(catalog, indicator, places[table.best[places]])


@dataclass(frozen=True)
class Reading:
    """What is known of an indicator if one figure is taken in place of the usual one of its moment.

    Attributes:
        rows: see `observations`.
        usual: the row of `observations` that is left out; None for the usual reading.
        other: the row that is taken instead: same moment, same status, same grade of the source, another figure.
    """

    rows: pd.DataFrame
    usual: pd.Series | None = None
    other: pd.Series | None = None


def readings(catalog: Catalog, indicator: str, region: str) -> list[Reading]:
    """Return the usual reading of an indicator, then one for each figure that contradicts it with equal standing.

    The figure of a year and that of its last month are of one moment.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(readings(open_catalog(), "pv_capacity", "330000"))
        1
        >>> found = readings(open_catalog(), "electricity_consumption", "330000")[1]
        >>> float(found.usual["value"]), float(found.other["value"])
        (3210.55, 3210.6)
    """
    usual = observations(catalog, indicator, region)
    found = [Reading(usual)]
    table = _table(catalog)
    places = table.of_region(indicator, region)
    places = places[table.shared[places]]
    everyone = _in_unit(catalog, indicator, places) if len(places) else usual.iloc[:0]
    for row in (everyone.loc[index] for index in everyone.index):
        same = usual[(usual["start"] == row["start"]) & (usual["end"] == row["end"]) & (_spans(usual) == _spans(row))]
        taken = same.iloc[-1]
        equal = all(row[name] == taken[name] for name in ("status", "grade")) and row["period_kind"] != periods.UNDATED
        if equal and row["value"] != taken["value"]:
            rest = usual.drop(index=same.index)
            rows = pd.concat([rest, row.to_frame().T]).astype(usual.dtypes.to_dict()).sort_values("end", kind="stable")
            found.append(Reading(rows.reset_index(drop=True), taken, row))
    return found


def _spans(rows: pd.DataFrame | pd.Series) -> Any:
    """Return the period, of changes and sums of months; a year and a month are moments."""
    kind = rows["period_kind"]
    return kind.isin(["change", "months"]) if isinstance(kind, pd.Series) else kind in {"change", "months"}


@dataclass(frozen=True)
class _Table:
    """All figures with period and grade, oldest first, of each period the best first, in the units of their sources.

    Attributes:
        rows: columns of `observations`.
        best: whether a row is the best of its indicator, region and period.
        shared: whether another row has the indicator, region and moment of a row.
        of_indicator: places of the rows of an indicator.
        regions: places of the rows of an indicator in a region.
    """

    rows: pd.DataFrame
    best: Places
    shared: Places
    of_indicator: dict[str, Places]
    regions: dict[tuple[str, str], Places]

    def of_region(self, indicator: str, region: str) -> Places:
        """Return the places of the rows of an indicator in a region."""
        return self.regions.get((indicator, region), NONE)


@cached
def _table(catalog: Catalog) -> _Table:
    rows = catalog.read("observations")
    grades = dict(zip(*(catalog.read("sources")[name] for name in ("id", "grade")), strict=True))
    rows = _with_periods(rows.assign(published=rows["value"], published_unit=rows["unit"]))
    rows = _ranked(rows.assign(grade=rows["source_id"].map(grades)))
    series = ["indicator", "region"]
    best = ~rows.duplicated([*series, "period"]).to_numpy()
    shared = rows.assign(span=_spans(rows)).duplicated([*series, "start", "end", "span"], keep=False).to_numpy()
    return _Table(rows, best, shared, dict(rows.groupby("indicator").indices), dict(rows.groupby(series).indices))


def _in_unit(catalog: Catalog, indicator: str, places: Places) -> pd.DataFrame:
    """Return rows of an indicator in its unit."""
    if indicator not in labels(catalog, "indicators", "zh"):
        raise ProjectError(f"no indicator {indicator!r} in data/indicators.csv")
    rows, unit = _table(catalog).rows.iloc[places], catalog.row("indicators", indicator)["unit"]
    factors = {one: units.factor(catalog, one, unit) for one in rows["unit"].unique()}
    if not set(factors) - {unit}:
        return rows
    return rows.assign(value=rows["value"] * rows["unit"].map(factors).astype("float64"), unit=unit)


def _with_periods(rows: pd.DataFrame) -> pd.DataFrame:
    parsed = {text: periods.parse(text) for text in rows["period"].unique()}
    columns = {name: {text: getattr(one, name) for text, one in parsed.items()} for name in ("start", "end", "kind")}
    made = {name: rows["period"].map(found) for name, found in columns.items()}
    return rows.assign(start=made["start"], end=made["end"], period_kind=made["kind"])


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    ranked = rows.assign(rank=rows["status"].map(STATUS_RANK))
    order = ["end", "start", "period_kind", "rank", "grade", "source_id"]  # a month before its year, by the alphabet
    return ranked.sort_values(order, ascending=[True, True, True, True, True, False]).drop(columns="rank")


@cached
def yearly(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return the yearly figures of an indicator: year (of a change: its last), value, unit, status, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> float(yearly(open_catalog(), "cement_output", "330000").set_index("year").at[2010, "value"])
        11317.16
    """
    rows = observations(catalog, indicator, region)
    rows = rows[np.array([whole_year(row) for row in records(catalog, indicator, region)], dtype=bool)]
    return rows.assign(year=rows["end"].astype("int64"))[FIGURES].reset_index(drop=True)


def whole_year(row: dict[str, Any]) -> bool:
    """Return whether a row of `observations` is the figure of a year, or a change over one.

    Example:
        >>> whole_year({"period_kind": "change", "start": 2019.0, "end": 2020.0}), whole_year({"period_kind": "month"})
        (True, False)
    """
    kind = row["period_kind"]
    return bool(kind == "year" or (kind == "change" and row["end"] - row["start"] == 1))
