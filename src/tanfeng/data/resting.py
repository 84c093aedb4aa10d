"""Figures that something rests on: of targets, plans that are over and published barometers.

Each has a line in the register of evidence, so that its removal is an error; a series of years that a target asks for
is held to have no year missing between its first and its last, but for those that a usage warning names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog

PLANNED = ("energy_intensity_change_planned", "co2_intensity_change_planned", "energy_consumption_planned")
FOLLOWED = (
    "energy_intensity_change", "energy_intensity_change_white_paper", "co2_intensity_change",
    "energy_consumption", "energy_consumption_growth",
)  # fmt: skip
BAROMETERS = (
    "energy_dual_control_warning_intensity",
    "energy_dual_control_warning_intensity_yearly",
    "energy_dual_control_warning_total",
    "energy_intensity_direction",
)
PUBLISHED = ("reported", "adjusted")
PLAN_YEARS = 5
LEAST_YEARS, LEAST_COVERAGE = 8, 0.6
GAPS = {"gap", "incomplete"}
Key = tuple[str, str, str, str, str]


def figures(catalog: Catalog) -> dict[Key, str]:
    """Return table, item, indicator, region and period of the figures of plans and barometers, with their chains.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> figures(open_catalog())["plans", "13FYP", "energy_intensity_change", "330000", "2018/2019"]
        'plan 13FYP -> indicator energy_intensity_change -> figure 2018/2019'
    """
    rows = catalog.read("observations")
    found: dict[Key, str] = {}
    for row in rows[rows["indicator"].isin(BAROMETERS)].itertuples():
        month = row.period.partition("/")[2] or row.period
        chain = f"barometer {month} -> indicator {row.indicator} -> figure {row.period}"
        found["barometers", month, row.indicator, row.region, row.period] = chain
    regions = set(rows.loc[rows["indicator"].isin(PLANNED), "region"])
    rows = rows[rows["indicator"].isin([*PLANNED, *FOLLOWED]) & rows["region"].isin(regions)]
    terms = catalog.read("plans").dropna(subset=["base_year", "first_year", "last_year"])
    for row in rows[rows["period"] != periods.UNDATED].itertuples():
        period = _parsed(row.period)
        inside = (terms["base_year"] <= period.start) & (terms["last_year"] >= period.end)
        if row.indicator in PLANNED:
            inside &= terms["last_year"] == period.end
        for plan in terms.loc[inside & (period.kind in {"year", "change"}), "id"]:
            chain = f"plan {plan} -> indicator {row.indicator} -> figure {row.period}"
            found["plans", plan, row.indicator, row.region, row.period] = chain
    return found


def unlisted(catalog: Catalog, rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield index, chain and what was expected of the figures that need a line of evidence and have none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(unlisted(open_catalog(), open_catalog().read("observations")))
        []
    """
    key = ["table", "item", "indicator", "region", "period"]
    lines = set(catalog.read("evidence")[key].itertuples(index=False, name=None))
    series = {(item, indicator) for table, item, indicator, *_ in lines if table == "targets"}
    places: dict[tuple[str, str, str], int] = {}
    keys = rows[["indicator", "region", "period"]].itertuples(index=False, name=None)
    for line, key in zip(rows.index, keys, strict=True):
        places.setdefault(key, int(line))
    for (table, item, *own), chain in figures(catalog).items():
        figure = (own[0], own[1], own[2])
        if (table, item, *figure) not in lines and figure in places:
            yield places[figure], chain, f"a line of {item} in data/evidence.csv"
    for one in _answering(catalog, rows):
        exact = ("targets", one.target, one.indicator, one.region, one.period)
        if not (exact in lines if one.each else (one.target, one.indicator) in series):
            chain = f"target {one.target} -> indicator {one.indicator} -> figure {one.period}"
            yield one.line, chain, f"a line of {one.target} in data/evidence.csv"


class Answer(NamedTuple):
    """A published figure of a target's own indicator; `each`: a yearly change, of which every one counts."""

    target: str
    indicator: str
    region: str
    period: str
    line: int
    each: bool


def _answering(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Answer]:
    """Yield of each firm target the last published figure of its plan, of a change all that start within it."""
    changes = set(catalog.read("indicators").query("kind == 'change'")["id"])
    published = rows[rows["status"].isin(PUBLISHED) & (rows["period"] != periods.UNDATED)]
    series = dict(iter(published.groupby(["indicator", "region"])))
    for target in catalog.read("targets").query("variant == 'firm'").to_dict("records"):
        own = series.get((target["indicator"], target["region"]), published.iloc[:0])
        each = target["indicator"] in changes
        first = target["target_year"] - PLAN_YEARS if pd.isna(target["base_year"]) else target["base_year"]
        dated = [(_parsed(text), text, int(line)) for line, text in zip(own.index, own["period"], strict=True)]
        inside = [one for one in dated if first < one[0].end and one[0].end <= target["target_year"]]
        inside = sorted((one for one in inside if not each or one[0].start >= first), key=lambda one: one[0])
        for _, text, line in inside if each else inside[-1:]:
            yield Answer(target["id"], target["indicator"], target["region"], text, line, each)


def missing_years(catalog: Catalog, rows: pd.DataFrame) -> Iterator[tuple[int, str, list[int]]]:
    """Yield the index after a gap, the series and its missing years, of the yearly series that targets ask for.

    A series counts as yearly if it has at least eight years and more than 60 % of those it runs through.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(missing_years(open_catalog(), open_catalog().read("observations")))
        []
    """
    used = set(catalog.read("targets")["indicator"]) | {"gdp_real_growth", *FOLLOWED}
    regions = set(catalog.read("targets")["region"])
    own = rows[rows["indicator"].isin(used) & rows["region"].isin(regions)]
    for (name, region), series in own.groupby(["indicator", "region"]):
        spans = {int(line): _parsed(text) for line, text in zip(series.index, series["period"], strict=True)}
        years = {one.year: line for line, one in spans.items() if one.kind == "year" or _one_year(one)}
        if len(years) < LEAST_YEARS:
            continue
        missing = sorted(set(range(min(years), max(years) + 1)) - set(years) - _warned(catalog, name, region))
        if missing and len(years) > LEAST_COVERAGE * (len(years) + len(missing)):
            yield years[min(year for year in years if year > missing[0])], f"{name}, {region}", missing


@cached
def _parsed(text: str) -> periods.Period:
    """Return a period; what is none, an error of its own, is taken as undated."""
    try:
        return periods.parse(text)
    except ValueError:
        return periods.parse(periods.UNDATED)


def _one_year(period: periods.Period) -> bool:
    return period.kind == "change" and period.end - period.start == 1


def _warned(catalog: Catalog, name: str, region: str) -> set[int]:
    rows = catalog.read("series_warnings")
    rows = rows[(rows["table"] == "observations") & rows["series"].isin([name, "all"]) & rows["kind"].isin(GAPS)]
    rows = rows[(rows["region"] == region)].dropna(subset=["first_year", "last_year"])
    return {year for row in rows.itertuples() for year in range(int(row.first_year), int(row.last_year) + 1)}
