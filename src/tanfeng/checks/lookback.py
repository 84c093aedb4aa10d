"""Figures of the look-back typed wrongly: what a plan asked, what came of it, what a barometer said.

A figure is held against what the tables say a second time: the plausible range of its indicator (`least`, `most` of
`data/indicators.csv`), the requirement of the plans beside it, the level of the base year, the yearly changes that it
sums up, the relations of `data/identities.csv`, and the words of the same notice. One that a target, plan or barometer
rests on and no usage warning explains is an error; the other checks of magnitude are in `tanfeng.checks.magnitude` and
those of what targets and measures ask in `tanfeng.checks.targets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from tanfeng.checks import identities, magnitude, targets
from tanfeng.data import links, periods, units
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.problem import Problem
from tanfeng.facts import usage_warnings
from tanfeng.facts.usage_warnings import Figure, Finding

TABLES = ("observations", "targets", "measures", "indicators")
EXPLAINING = magnitude.EXPLAINING | {"mismatch", "break", "vintage_mixed", "damaged_cell"}
NEIGHBOURS = 2.0  # times the requirement of the plan before or after
CAP = 2.0  # times the consumption of the base year
STEPS_POINTS = magnitude.STEPS_POINTS
SUMMED = {"energy_intensity_change_white_paper": "energy_intensity_change"}
CAPPED = {"energy_consumption_planned": "energy_consumption"}
DIRECTION, RATED = "energy_intensity_direction", "energy_dual_control_warning_intensity"
LEVEL_OF_DIRECTION = {1.0: 1.0, -1.0: 2.0}  # it rose: level 1; it fell short: level 2 (wording of 2021)
SIZES = ("stock", "flow")
NUMERALS = {"一": 1.0, "二": 2.0, "三": 3.0}
LEVEL_ZH, LEVEL_EN = re.compile(r"([一二三])级"), re.compile(r"level (\d)")
TABLE = "observations"


def check(catalog: Catalog) -> list[Problem]:
    """Return the errors of magnitude and agreement, each figure once, in the order of files and rows.

    Raises:
        ProjectError: if a table does not fit its schema.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check(open_catalog())
        []
    """
    found = magnitude.check(catalog)
    found += usage_warnings.errors(catalog, [*findings(catalog), *targets.findings(catalog)])
    first = {(one.file, one.row): one for one in reversed(found)}
    return sorted(first.values(), key=lambda one: (one.file, one.row))


def findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield the figures that do not agree with what the tables say a second time, each with its chain.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> {one.series for one in findings(open_catalog())} <= set(open_catalog().read("indicators")["id"])
        True
    """
    rows = _with_spans(catalog)
    for row, expected in [*_outside(catalog, rows), *_plans(rows), *_chained_changes(rows), *_levels(rows)]:
        yield _finding(catalog, row, expected)
    yield from _relations(catalog)


def _finding(catalog: Catalog, row: dict[str, Any], expected: str) -> Finding:
    shown = f"{row['value']:.6g} {row['unit']} ({row['indicator']}, {row['region']}, {row['period']})"
    chain = links.chain(catalog, TABLE, row)
    problem = Problem(row["file"], int(row["row"]), "value", shown, expected, "high", chain=chain)
    year = periods.parse(row["period"]).year
    figure = Figure(row["value"], row["source_id"])
    return Finding(problem, TABLE, row["indicator"], row["region"], year, year, EXPLAINING, figure)


def _with_spans(catalog: Catalog) -> pd.DataFrame:
    """Return the figures with a date, with `start`, `end` and `span` (years) of their periods."""
    rows = located(catalog, TABLE)
    rows = rows[rows["period"] != periods.UNDATED]
    parsed = [periods.parse(text) for text in rows["period"]]
    rows = rows.assign(start=[one.start for one in parsed], end=[one.end for one in parsed])
    return rows.assign(span=(rows["end"] - rows["start"]).clip(lower=1.0))


def _outside(catalog: Catalog, rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the figures outside the plausible range of their indicator."""
    known = catalog.read("indicators").set_index("id", drop=False).dropna(subset=["least", "most"])
    province = set(catalog.read("regions").query("level == 'province'")["id"])
    own = rows[rows["indicator"].isin(known.index)]
    own = own[~own["indicator"].map(known["kind"]).isin(SIZES) | own["region"].isin(province)]
    for row in own.to_dict("records"):
        one = known.loc[row["indicator"]]
        value = row["value"] * units.factor(catalog, row["unit"], one["unit"])
        value /= row["span"] if one["kind"] == "change" else 1.0
        if not one["least"] <= value <= one["most"]:
            yearly = " a year" if one["kind"] == "change" else ""
            expected = f"{one['least']:g} to {one['most']:g} {one['unit']}{yearly}, range in data/indicators.csv"
            yield row, f"{expected}: {magnitude.CHECK}"


def _plans(rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find what plans asked that is far from the plans beside it, from what is possible, or from the base year."""
    for name in links.PLANNED:
        for _, series in rows[rows["indicator"] == name].sort_values("end").groupby("region", sort=False):
            if name in CAPPED:
                yield from _caps(series, rows[rows["indicator"] == CAPPED[name]])
            else:
                yield from _beside(series)
                yield from _possible(series)


def _caps(series: pd.DataFrame, levels: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    for row in series.to_dict("records"):
        before = levels[(levels["region"] == row["region"]) & (levels["end"] <= row["end"] - links.PLAN_YEARS)]
        for base in before.sort_values("end").tail(1).itertuples():
            if base.unit == row["unit"] and not 1 / CAP <= row["value"] / base.value <= CAP:
                near = f"within a factor of {CAP:g} of {base.period} ({base.file}, row {base.row}), {base.value:g}"
                yield row, f"{near} {base.unit}: {magnitude.CHECK}"


def _beside(series: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the requirement that is far from those of all plans beside it; of two, the one that the other can not be."""
    given = series.to_dict("records")
    rates = [abs(row["value"]) / row["span"] for row in given]
    for place, row in enumerate(given):
        near = [other for other in (place - 1, place + 1) if 0 <= other < len(given)]
        far = [one for one in near if max(rates[place], rates[one]) > NEIGHBOURS * min(rates[place], rates[one])]
        if near and far == near:
            other = given[near[0]]
            yield (
                row,
                f"within a factor of {NEIGHBOURS:g} of {other['period']} ({other['file']}, row {other['row']}), "
                f"{other['value']:g} {other['unit']}: {magnitude.CHECK}",
            )


def _possible(series: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    for row in series.to_dict("records"):
        expected = targets.unlikely_fall(-row["value"], row["span"])
        if expected:
            yield row, expected


def _chained_changes(rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find cumulative changes that the yearly changes of the indicator they are told of do not give."""
    for name, steps in SUMMED.items():
        for row in rows[rows["indicator"] == name].to_dict("records"):
            same = rows[(rows["indicator"] == steps) & (rows["region"] == row["region"])]
            yearly = same[same["end"] - same["start"] == 1].drop_duplicates("end").set_index("end")["value"]
            ends = [float(year) for year in range(int(row["start"]) + 1, int(row["end"]) + 1)]
            chained = 100 * (float((1 + yearly.reindex(ends) / 100).prod(skipna=False)) - 1)
            if abs(chained - row["value"]) > STEPS_POINTS:
                expected = f"{chained:.2f} % by the yearly changes of {steps}, within {STEPS_POINTS} points"
                yield row, f"{expected}: {magnitude.CHECK}"


def _levels(rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the levels of barometers that differ from the words beside them or from the direction of their notice."""
    rated = rows[rows["unit"] == "warning_level"]
    for row in rated[rated["indicator"].isin(links.BAROMETERS)].to_dict("records"):
        zh, en = LEVEL_ZH.search(row["note_zh"]), LEVEL_EN.search(row["note_en"])
        told = {NUMERALS[zh.group(1)] if zh else None, float(en.group(1)) if en else None}
        if told != {row["value"]}:
            yield row, "the level that its note gives first, in Chinese (一级) and in English (level 1)"
    levels = rated[rated["indicator"] == RATED].set_index(["region", "period"])["value"]
    for row in rows[rows["indicator"] == DIRECTION].to_dict("records"):
        month = row["period"].partition("/")[2]
        level = levels.get((row["region"], month))
        if level is not None and level != LEVEL_OF_DIRECTION.get(row["value"]):
            yield row, f"1 (it rose) with level 1, -1 (it fell short) with level 2, not with level {level:g} of {month}"


def _relations(catalog: Catalog) -> Iterator[Finding]:
    """Find the changes that look-back and targets rest on and that a relation of `data/identities.csv` denies."""
    rows = identities.differences(catalog)
    rows = rows[rows["off"] & rows["series"].isin(links.FOLLOWED)]
    for one in rows.to_dict("records"):
        row = {**one, "indicator": one["series"], "value": one["found"]}
        expected = f"{one['expected']:.6g} by {one['id']}, within {one['tolerance']:g} points"
        yield _finding(catalog, row, f"{expected}: {magnitude.CHECK}")
