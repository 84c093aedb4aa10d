"""What provinces were asked and did, beside each other: the same only where indicator, year and way of asking are.

An indicator has one scope, so targets on one indicator are of one scope. A target on the same quantity that no other
province shares (another scope, a rise in the place of a level) is told and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.targets import verdict
from tanfeng.targets.verdict import STRICT, Verdict

CHANGES = {"increase_by", "decrease_by"}
VARIANTS = ("firm", "stretch", "draft")  # which of several targets of a province on one question stands for it
QUESTION = ["indicator", "direction", "base_year", "target_year"]
SAME, SCOPE, WAY = "", "scope", "way"
COLUMNS = [
    "field", "quantity", "indicator", "scope", "direction", "base_year", "target_year", "differs",
    "region", "plan", "id", "variant", "target_value", "unit", "answer", "verdict",
    "period", "published", "published_unit", "bound", "status", "source_id",
]  # fmt: skip


def beside(catalog: Catalog, region: str, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the regions to compare that have targets: the region, and others (by default those of the settings).

    Raises:
        ProjectError: if one that is named has no target.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> beside(open_catalog(), "320000"), beside(open_catalog(), "320000", ["440000"])
        (('320000', '330000', '440000'), ('320000', '440000'))
    """
    having, named = set(catalog.read("targets")["region"]), tuple(others)
    for one in named:
        if one not in having:
            raise ProjectError(f"data/targets.csv has no target of region {one!r}; expected a region that has")
    found = (region, *named) if named else settings(catalog.root).beside(region)
    return tuple(one for one in dict.fromkeys(found) if one in having)


def compare(catalog: Catalog, regions: Iterable[str]) -> pd.DataFrame:
    """Return what regions were asked and did by indicator: a row for each target, those on one question together.

    Targets are those of the plan that is over and of what lies ahead. A quantity that one region alone has a target on
    is left out.

    Returns:
        field, quantity, indicator, scope, direction, base_year (of a change; else empty), target_year; differs (empty:
        at least two regions answer; `scope`: no other region uses this scope, `way`: none asks in this way); region,
        plan, id, variant, target_value, unit; answer and strict verdict (see `Verdict`); the latest published figure of
        the same indicator since the plan began (period, published, published_unit, bound, status), empty without one;
        source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = compare(open_catalog(), ["330000", "320000"]).query("indicator == 'pv_capacity'")
        >>> rows[["region", "target_value", "answer"]].values.tolist()
        [['330000', 2762.0, 'met'], ['320000', 3500.0, 'met']]
    """
    order = list(dict.fromkeys(regions))
    told = [
        _row(catalog, one) for region in order for one in verdict.watched(catalog, region) if not one.target["same_as"]
    ]
    rows = pd.DataFrame(told, columns=[*COLUMNS, "counts"])
    rows["place"] = rows["region"].map(order.index)
    rows = rows.sort_values(["counts", "variant"], key=_best_first, kind="stable")
    rows = _compared(rows.drop_duplicates([*QUESTION, "region"]))
    fields = catalog.read("fields").set_index("id")["sort"]
    rows["sort"], rows["apart"] = rows["field"].map(fields), rows["differs"] != SAME
    by = ["sort", "quantity", "target_year", "apart", "indicator", "direction", "place"]
    return rows.sort_values(by)[COLUMNS].reset_index(drop=True)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return for each region how many firm targets are compared, and how many of these are strictly met and missed.

    Args:
        rows: of `compare`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> counted(compare(open_catalog(), ["330000", "320000"])).index.tolist()
        ['330000', '320000']
    """
    same = rows[(rows["differs"] == SAME) & (rows["variant"] == "firm")]
    found = pd.crosstab(same["region"], same["verdict"]).reindex(columns=STRICT, fill_value=0)
    found.insert(0, "targets", same.groupby("region").size())
    return found.reindex([one for one in rows["region"].unique() if one in found.index])


def questions(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows of `compare` by question, in their order: what one line of a table shows."""
    return [some for _, some in rows.groupby(QUESTION, sort=False, dropna=False)]


def _row(catalog: Catalog, found: Verdict) -> dict[str, Any]:
    target = found.target
    about = catalog.read("indicators").set_index("id").loc[target["indicator"]]
    base = target["base_year"] if target["direction"] in CHANGES else None
    first = catalog.read("plans").set_index("id").at[target["plan"], "base_year"]
    row = _figure(found, first, base) or {}
    cited = dict.fromkeys([target["source_id"], *row.get("source_id", "").split()])
    return {
        **target,
        "base_year": base,
        "quantity": about["quantity"],
        "scope": about["scope"],
        "answer": found.answer,
        "verdict": found.verdict,
        "counts": found.counts,
        **{name: row.get(name) for name in ("period", "published", "published_unit", "bound", "status")},
        "source_id": " ".join(cited),
    }


def _figure(found: Verdict, first: float, base: float | None) -> dict[str, Any] | None:
    """Return the latest figure of the target's own indicator since its plan began; a change from its base year on."""

    def fits(row: dict[str, Any]) -> bool:
        span = periods.parse(row["period"])
        as_asked = base is None or (span.kind == "change" and span.start == base)
        return row["indicator"] == found.target["indicator"] and span.end > first and as_asked

    return verdict.shown_figure(found, fits)


def _best_first(column: pd.Series) -> pd.Series:
    return column.map(VARIANTS.index) if column.name == "variant" else ~column.astype(bool)


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are compared, and of regions that are in none of these what they ask instead."""
    about = ["quantity", "target_year"]
    shared = rows.groupby(QUESTION, dropna=False)["region"].transform("size") > 1
    wide = rows.groupby(about)["region"].transform("nunique") > 1
    places = pd.MultiIndex.from_frame(rows[[*about, "region"]])
    elsewhere = places.isin(places[shared])
    indicators = rows.groupby([*about, "indicator"])["region"].transform("nunique")
    differs = indicators.map(lambda count: WAY if count > 1 else SCOPE).mask(shared, SAME)
    return rows.assign(differs=differs)[wide & (shared | ~elsewhere)]
