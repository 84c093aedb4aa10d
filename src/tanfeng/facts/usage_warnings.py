"""What to mind when a series is used: a closed list of kinds, attached to series, regions and years.

`data/warning_kinds.csv` defines the kinds, `data/series_warnings.csv` says which series has which and why. The breaks
of the inventory stay in `data/breaks.csv`; here they are joined to the others with the kind `break`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import EVERY_SERIES, SEVERITIES
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.data.wording import say

COUNTRY = "100000"
BREAK = "break"
TOTAL = "total"
CONFIRMING = {"jump", "scope_change"}  # of any size, if the reason gives the figure
SPAN = ["first_year", "last_year"]
COLUMNS = ["table", "series", "region", *SPAN, "kind", "severity", "reason_zh", "reason_en", "source_id"]


class Figure(NamedTuple):
    """A figure as published, its source, and the figure it grew or fell from (nan if none)."""

    value: float
    source: str
    before: float = float("nan")

    @property
    def reason(self) -> tuple[str, str]:
        """What confirms it, in both languages."""
        zh, en = (
            f"公布值为{self.value:.10g}，已与来源核对。",
            f"Published as {self.value:.10g}; checked against the source.",
        )
        if self.before == self.before:  # not nan
            moved = "增至" if self.value > self.before else "降至"
            zh = f"由{self.before:.10g}{moved}{self.value:.10g}，已与来源核对。"
            en = f"From {self.before:.10g} to {self.value:.10g}; checked against the source."
        return zh, en


@dataclass(frozen=True)
class Finding:
    """One figure to look at, and what a usage warning must say to explain it.

    Attributes:
        problem: file, row, column, what was found and expected, severity.
        table: table of the series.
        series: indicator, field, fuel or data set (see `tanfeng.data.check.SERIES`).
        region: GB/T 2260 code.
        first: first year concerned.
        last: last year concerned.
        kinds: kinds of usage warnings that explain it.
        figure: the figure itself: only a warning that names its first and its last year explains it.
        certain: an error even if no target or measure rests on it.
    """

    problem: Problem
    table: str
    series: str
    region: str
    first: int
    last: int
    kinds: frozenset[str]
    figure: Figure | None = None
    certain: bool = False


@cached
def every(catalog: Catalog) -> pd.DataFrame:
    """Return all usage warnings and breaks of the tables.

    Returns:
        Columns table, series (`all` for every series of the table; of the inventory `total` for every field), region
        (100000 for every province), first_year and last_year (missing: without limit), kind, severity (high, medium,
        low), reason_zh, reason_en, source_id (empty where the reason follows from the tables), in the order of the
        tables.

    Raises:
        ProjectError: if a kind is not in `data/warning_kinds.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = every(open_catalog())
        >>> rows.loc[rows["kind"] == "break", "table"].unique().tolist()
        ['observations', 'inventory']
    """
    breaks = catalog.read("breaks").rename(columns={"field": "series", "year": "first_year"})
    breaks = breaks.assign(table="inventory", last_year=breaks["first_year"], kind=BREAK)
    rows = pd.concat([catalog.read("series_warnings"), breaks], ignore_index=True)
    severity = catalog.read("warning_kinds").set_index("id")["severity"]
    unknown = sorted(set(rows["kind"]) - set(severity.index))
    if unknown:
        raise ProjectError(
            f"data/series_warnings.csv: kind {unknown[0]!r} is not in data/warning_kinds.csv; add it there"
        )
    return rows.assign(severity=rows["kind"].map(severity))[COLUMNS]


def caveats(catalog: Catalog, series: str, region: str, table: str = "observations") -> pd.DataFrame:
    """Return what to mind when one series of a region is used, most severe first (columns of `every`).

    Args:
        catalog: the tables.
        series: an indicator, or what names a series in another table (see `tanfeng.data.check.SERIES`).
        region: GB/T 2260 code.
        table: the table the series stands in.

    Raises:
        ProjectError: if the table has no series that a warning could name.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> caveats(open_catalog(), "energy", "330000", table="inventory")["kind"].tolist()
        ['break', 'secondary_source', 'allocated']
    """
    rows = every(catalog)
    if table not in catalog.tables:
        raise ProjectError(f"no table {table!r}; there are: {', '.join(catalog.tables)}")
    names = [series, EVERY_SERIES, *([TOTAL] if table == "inventory" else [])]
    regions = [region] if region == COUNTRY else [region, COUNTRY]
    chosen = rows[(rows["table"] == table) & rows["series"].isin(names) & rows["region"].isin(regions)]
    order = chosen["severity"].map(SEVERITIES.index)
    return chosen.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def covering(rows: pd.DataFrame, kinds: set[str], first: int, last: int) -> str:
    """Return the kind of the first warning, one of `kinds`, that speaks of a year from `first` to `last`; or nothing.

    Example:
        >>> rows = pd.DataFrame({"kind": ["gap"], "first_year": [2001], "last_year": [2003]})
        >>> covering(rows, {"gap"}, 2003, 2005), covering(rows, {"gap"}, 2004, 2005)
        ('gap', '')
    """
    starts = rows["first_year"].fillna(0).astype("int64")
    ends = rows["last_year"].fillna(9999).astype("int64")
    found = rows[rows["kind"].isin(kinds) & (starts <= last) & (ends >= first)]
    return "" if found.empty else str(found["kind"].iloc[0])


def explained(catalog: Catalog, found: list[Finding]) -> Iterator[Problem]:
    """Yield the problem of each finding, with the kind of the usage warning that explains it in `known`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> problem = Problem("data/observations.csv", 2, "period", "no figure", "a series without a gap", "medium")
        >>> gap = Finding(problem, "observations", "car_stock", "330000", 2020, 2020, frozenset({"gap"}))
        >>> [one.known for one in explained(open_catalog(), [gap])]
        ['gap']
    """
    series = {(one.table, one.series, one.region) for one in found}
    known = {key: caveats(catalog, key[1], key[2], key[0]) for key in series}
    for one in found:
        rows = known[(one.table, one.series, one.region)]
        if one.figure is None:
            yield replace(one.problem, known=covering(rows, set(one.kinds), one.first, one.last))
            continue
        rows = rows.dropna(subset=SPAN)
        named = rows[rows["reason_en"].str.contains(rf"(?<![\d.,−-]){re.escape(f'{one.figure.value:.10g}')}(?!\.?\d)")]
        kind = covering(rows, set(one.kinds), one.first, one.last) or covering(named, CONFIRMING, one.first, one.last)
        paste = "" if kind else say(*CONFIRM, row=confirmation(one, one.figure))
        yield replace(one.problem, known=kind, paste=paste)


CONFIRM = (
    "如无误，请在data/series_warnings.csv增加：{row}",
    "if it is right, add to data/series_warnings.csv: {row}",
)


def confirmation(finding: Finding, figure: Figure) -> str:
    """Return the row of `data/series_warnings.csv` that confirms a figure.

    Example:
        >>> problem = Problem("data/observations.csv", 2, "value", "247", "a factor of 3")
        >>> confirmation(Finding(problem, "observations", "x", "330000", 2024, 2024, frozenset()), Figure(247, "s", 45))
        'observations,x,330000,2024,2024,jump,由45增至247，已与来源核对。,From 45 to 247; checked against the source.,s'
    """
    line = io.StringIO()
    row = [finding.table, finding.series, finding.region, finding.first, finding.last, "jump", *figure.reason]
    csv.writer(line, lineterminator="").writerow([*row, figure.source])
    return line.getvalue()


def errors(catalog: Catalog, found: Iterable[Finding]) -> list[Problem]:
    """Return the errors: findings that are certain or that something rests on, and that no usage warning explains.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> problem = Problem("data/observations.csv", 2, "value", "-5 GW", "a figure above zero")
        >>> below = Finding(problem, "observations", "car_stock", "330000", 2020, 2020, frozenset(), certain=True)
        >>> [one.severity for one in errors(open_catalog(), [below])]
        ['error']
    """
    given = list(found)
    told = zip(given, explained(catalog, given), strict=True)
    return [replace(one, severity="error") for finding, one in told if (one.chain or finding.certain) and not one.known]
