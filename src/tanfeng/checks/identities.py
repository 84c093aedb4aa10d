"""Relations that figures must satisfy: parts add up to their whole, published changes agree with levels.

The relations are rows of `data/identities.csv`; this module computes what each figure should be by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.project import ProjectError
from tanfeng.facts.observations import STATUS_RANK

COLUMNS = ["id", "table", "series", "region", "period", "unit", "found", "expected", "difference", "tolerance"]
PLACE = ["file", "row", "source_id"]
OFF = "off"
GDP_GROWTH = "gdp_real_growth"
AT_IMPORT = ("revised", "fuels")  # kinds of sums that only a whole sheet is held to


@cached
def differences(catalog: Catalog) -> pd.DataFrame:
    """Return every figure that a relation of `data/identities.csv` gives a second time, with both values.

    A sum over the energy balance takes the cells that are there, an empty cell is zero; any other relation needs all
    its parts.

    Returns:
        Columns id (of the relation), table, series (indicator, or fuel of the balance), region, period, unit, found,
        expected, difference (percent of the figure for a sum, percentage points otherwise), tolerance, off (whether
        the difference is beyond it), file, row and source_id of the figure.

    Raises:
        ProjectError: if a table does not fit its schema, or a relation has a kind that is not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = differences(open_catalog())
        >>> rows.query("id == 'generation' and period == '2023'")["difference"].abs().round(2).tolist()
        [0.0]
    """
    relations = catalog.read("identities").query("kind not in @AT_IMPORT")
    observed = _observed(catalog)
    rows = [
        row
        for name, relation in relations.groupby("id", sort=False)
        for row in _compared(catalog, str(name), relation, observed)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, OFF, *PLACE])


def _observed(catalog: Catalog) -> pd.DataFrame:
    """Return the figures of indicators in the unit of the indicator, the first of several by status, with its place."""
    rows = located(catalog, "observations")
    unit = rows["indicator"].map(catalog.read("indicators").set_index("id")["unit"])
    factors = {pair: units.factor(catalog, *pair) for pair in set(zip(rows["unit"], unit, strict=True))}
    scale = [factors[pair] for pair in zip(rows["unit"], unit, strict=True)]
    rank = rows["status"].map(STATUS_RANK)
    rows = rows.assign(value=rows["value"] * scale, unit=unit, rank=rank).sort_values("rank", kind="stable")
    return rows[rows["period"] != periods.UNDATED].drop_duplicates(["indicator", "region", "period"])


def _compared(catalog: Catalog, name: str, relation: pd.DataFrame, observed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    first = relation.iloc[0]
    if first["table"] == "energy_balance":
        found = _balance_sums(catalog, relation)
    elif first["kind"] == "sum":
        found = _sums(relation, observed)
    elif first["kind"] == "share":
        found = _shares(relation, observed)
    elif first["kind"] in {"change", "intensity"}:
        found = _changes(first, observed)
    else:
        raise ProjectError(
            f"data/identities.csv, {name}: kind {first['kind']!r}; expected sum, change, intensity, share"
        )
    for row in found:
        yield {"id": name, "table": first["table"], **_judged(row, first["kind"], float(first["tolerance"]))}


def _judged(row: dict[str, Any], kind: str, tolerance: float) -> dict[str, Any]:
    gap = row["expected"] - row["found"]
    percent = 0.0 if gap == 0 else 100 * gap / abs(row["found"]) if row["found"] else float("inf")
    difference = percent if kind == "sum" else gap
    return {**row, "difference": difference, "tolerance": tolerance, OFF: abs(difference) > tolerance}


def _sums(relation: pd.DataFrame, observed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    factor = relation.set_index("part")["factor"]
    parts = observed[observed["indicator"].isin(factor.index)]
    signed = parts.assign(value=parts["value"] * parts["indicator"].map(factor))
    sums = signed.groupby(["region", "period"])["value"].agg(["sum", "count"])
    complete = sums.loc[sums["count"] == len(factor), "sum"]
    yield from _beside(observed, relation["whole"].iloc[0], complete)


def _beside(observed: pd.DataFrame, whole: str, expected: pd.Series) -> Iterator[dict[str, Any]]:
    """Set what is expected (by region and period) beside the figures of an indicator."""
    for row in observed[observed["indicator"] == whole].itertuples():
        if (row.region, row.period) in expected.index:
            value = float(expected[(row.region, row.period)])
            yield _row(row, whole, row.period, value)


def _row(row: Any, series: str, period: str, expected: float) -> dict[str, Any]:
    place = {"series": series, "region": row.region, "period": period, "unit": row.unit}
    place |= {"file": row.file, "row": int(row.row), "source_id": row.source_id}
    return {**place, "found": float(row.value), "expected": expected}


def _shares(relation: pd.DataFrame, observed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    by_factor = relation.set_index("factor")["part"]
    above, below = (
        observed[observed["indicator"] == by_factor[factor]].set_index(["region", "period"])["value"]
        for factor in (1, -1)
    )
    yield from _beside(observed, relation["whole"].iloc[0], (100 * above / below).dropna())


def _changes(relation: pd.Series, observed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    levels = observed[(observed["indicator"] == relation["part"]) & observed["period"].str.fullmatch(r"\d{4}")]
    growth = observed[observed["indicator"] == GDP_GROWTH].set_index(["region", "period"])["value"]
    for region, rows in levels.groupby("region"):
        level = pd.Series(rows["value"].to_numpy(), index=rows["period"].astype("int64")).sort_index()
        change = (level / level.reindex(level.index - 1).to_numpy() - 1).dropna()
        keys = [(region, f"{year - 1}/{year}") for year in change.index]
        expected = pd.Series(change.to_numpy(), index=_index(keys))
        if relation["kind"] == "intensity":
            expected = (1 + expected) / (1 + growth.reindex(expected.index) / 100) - 1
        yield from _beside(observed, relation["whole"], 100 * expected.dropna())


def _index(keys: list[tuple[Any, str]]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(keys, names=["region", "period"])


def _balance_sums(catalog: Catalog, relation: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Add up the cells of each year and fuel; a balance may lack one cell (no losses), a sum needs two."""
    rows = located(catalog, "energy_balance")
    factor = relation.set_index("part")["factor"]
    least = len(factor) - 1 if (factor < 0).any() else 2
    parts = rows[rows["flow"].isin(factor.index)]
    signed = parts.assign(value=parts["value"] * parts["flow"].map(factor))
    sums = signed.groupby(["region", "year", "fuel", "unit"])["value"].agg(["sum", "count"])
    for row in rows[rows["flow"] == relation["whole"].iloc[0]].itertuples():
        key = (row.region, row.year, row.fuel, row.unit)
        if key in sums.index and sums.at[key, "count"] >= least:
            yield _row(row, row.fuel, str(row.year), float(sums.at[key, "sum"]))
