"""Figures of the look-back typed wrongly: what a plan asked, what came of it, what a barometer said.

A figure is held against what the tables say a second time: the plausible range of its indicator (`least`, `most` of
`data/indicators.csv`), the requirement of the plans beside it, the level of the base year, the yearly changes that it
sums up, the relations of `data/identities.csv`, and the words of the same notice. One that a target, plan or barometer
rests on and no usage warning explains is an error; the other checks of magnitude are in `tanfeng.checks.magnitude`.

A target is held against the range of its indicator, the other targets of the same indicator (repeated, stretched,
earlier, later), the published figure of its base year and what it is a part of; a measure of a plan against the target
it serves in the same year. A measure that serves no target, and one of another unit, has nothing to be held against:
`tests/checks/test_lookback.py` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from tanfeng.checks import identities, magnitude
from tanfeng.data import links, periods, units
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.links import stem
from tanfeng.data.problem import Problem
from tanfeng.facts import usage_warnings
from tanfeng.facts.usage_warnings import Figure, Finding

TARGETS, MEASURES = "targets", "measures"
FALL_A_YEAR = (0.5, 6.0)  # percent a year, compound: what a plan of several years asks
SERVING = 2.0  # times the target of the same years a measure of a plan asks for
SAME_YEARS = 2
SAME_BASE = 0.02  # of the published figure of the base year
ALL_PCT = 100.0
LEVELS = {"at_least", "at_most"}
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
    found += usage_warnings.errors(catalog, [*findings(catalog), *asked_findings(catalog)])
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
        expected = unlikely_fall(-row["value"], row["span"])
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


def unlikely_fall(pct: float, years: float) -> str:
    """Return what was expected of a fall over some years if it is no fall that a plan asks for; else nothing.

    Args:
        pct: fall in percent, positive.
        years: number of years.

    Example:
        >>> unlikely_fall(17.0, 5), unlikely_fall(1.7, 5)
        ('', 'a fall of 0.5 to 6 % a year, not of 0.34 %: check the unit')
    """
    least, most = FALL_A_YEAR
    yearly = 100 * (1 - (1 - pct / 100) ** (1 / years)) if pct < ALL_PCT else float("inf")
    if least <= yearly <= most:
        return ""
    return f"a fall of {least:g} to {most:g} % a year, not of {yearly:.2g} %: {magnitude.CHECK}"


def asked_findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield the targets and measures whose figures do not agree with others, each with its chain.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [one.series for one in asked_findings(open_catalog())]
        []
    """
    targets = _targets_in_unit(catalog)
    for row, column, expected in [
        *_falls(targets),
        *_asked_outside(catalog, targets),
        *_bases(catalog, targets),
        *_siblings(targets),
        *_parts(catalog, targets),
    ]:
        yield _asked_finding(catalog, TARGETS, row, column, expected)
    for row, expected in _measures(catalog, targets):
        yield _asked_finding(catalog, MEASURES, row, "quantity", expected)


def _asked_finding(catalog: Catalog, table: str, row: dict[str, Any], column: str, expected: str) -> Finding:
    shown = f"{row[column]:.6g} {row['unit']} ({row['id']})"
    chain = links.chain(catalog, table, row)
    problem = Problem(row["file"], int(row["row"]), column, shown, expected, "high", chain=chain)
    named = row["target_year"] if table == TARGETS else row["by_year"]
    year = 0 if pd.isna(named) else int(named)
    figure = Figure(row[column], row["source_id"])
    return Finding(problem, table, row["id"], row["region"], year, year, magnitude.EXPLAINING, figure)


def _targets_in_unit(catalog: Catalog) -> pd.DataFrame:
    """Return the targets with the kind, whole and range of their indicator, and what they ask in its unit."""
    known = catalog.read("indicators").set_index("id")
    rows = located(catalog, TARGETS)
    for name in ("kind", "part_of", "least", "most"):
        rows[f"own_{name}"] = rows["indicator"].map(known[name])
    wanted = rows["indicator"].map(known["unit"])
    pairs = list(zip(rows["unit"], wanted, strict=True))
    scale = {pair: _scale(catalog, *pair) for pair in set(pairs)}
    rows = rows.assign(wanted=wanted, scale=[scale[pair] for pair in pairs])
    rows = rows.assign(asked=rows["target_value"] * rows["scale"], base=rows["base_value"] * rows["scale"])
    return rows[rows["scale"].notna()]


def _scale(catalog: Catalog, unit: str, wanted: str) -> float:
    return units.factor(catalog, unit, wanted) if units.alike(catalog, unit, wanted) else float("nan")


def _falling(targets: pd.DataFrame) -> pd.Series:
    return (targets["direction"] == "decrease_by") & (targets["unit"] == "%")


def _falls(targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
    for row in targets[_falling(targets) & targets["base_year"].notna()].to_dict("records"):
        expected = unlikely_fall(row["target_value"], row["target_year"] - row["base_year"])
        if expected:
            yield row, "target_value", expected


def _asked_outside(catalog: Catalog, targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Find the targets and bases outside the plausible range of their indicator; of sizes, those of provinces."""
    province = set(catalog.read("regions").query("level == 'province'")["id"])
    own = targets[targets["own_least"].notna() & ~_falling(targets)]
    own = own[~own["own_kind"].isin(["stock", "flow"]) | own["region"].isin(province)]
    for row in own.to_dict("records"):
        for column, value in (("target_value", row["asked"]), ("base_value", row["base"])):
            if not pd.isna(value) and not row["own_least"] <= value <= row["own_most"]:
                expected = f"{row['own_least']:g} to {row['own_most']:g} {row['wanted']}"
                yield row, column, f"{expected}, range of {row['indicator']}: {magnitude.CHECK}"


def _bases(catalog: Catalog, targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Find the bases that are not the published figure of the base year, and targets that no growth leads to."""
    counted = targets[targets["base"].notna()]
    published = _published(catalog, set(counted["indicator"]))
    for row in counted.to_dict("records"):
        year = str(row["base_year"])
        figures = published.get((row["indicator"], row["region"], year), [])
        values = [one["value"] * units.factor(catalog, one["unit"], row["wanted"]) for one in figures]
        if values and not any(abs(row["base"] - value) <= SAME_BASE * abs(value) for value in values):
            shown = ", ".join(f"{one['value']:g} {one['unit']} ({one['file']}, row {one['row']})" for one in figures)
            yield row, "base_value", f"the published figure of {year}, {shown}"
        reached = row["asked"] + (row["base"] if row["direction"] == "increase_by" else 0.0)
        most = magnitude.rising(row["target_year"] - row["base_year"])
        if not 1 / magnitude.FALL_STOCK <= reached / row["base"] <= most:
            expected = f"within 1/{magnitude.FALL_STOCK:g} and {most:.2g} times the base, {row['base_value']:g}"
            yield row, "target_value", f"{expected} {row['unit']}: {magnitude.CHECK}"


def _published(catalog: Catalog, names: set[str]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Return the published figures of some indicators in a year or its December, by indicator, region and year."""
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    rows = located(catalog, magnitude.TABLE)
    for row in rows[rows["indicator"].isin(names) & (rows["status"] != "estimate")].to_dict("records"):
        found.setdefault((row["indicator"], row["region"], row["period"].removesuffix("-12")), []).append(row)
    return found


def _siblings(targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Find the targets far from most others of the same indicator, or of the same number."""
    given = targets.to_dict("records")
    for name in (_group, _number):
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in given:
            groups.setdefault(name(row), []).append(row)
        for row in given:
            others = [one for one in groups[name(row)] if one["id"] != row["id"] and one["wanted"] == row["wanted"]]
            far = [one for one in others if not _near(row, one)]
            if len(far) * 2 > len(others):
                expected = f"near {far[0]['id']} ({far[0]['file']}, row {far[0]['row']}), {far[0]['target_value']:g}"
                yield row, "target_value", f"{expected} {far[0]['unit']}: {magnitude.CHECK}"


def _number(row: dict[str, Any]) -> str:
    return f"{stem(row['id'])} {row['region']} {row['direction']}"


def _group(row: dict[str, Any]) -> str:
    """Return what a target shares with those it can be held against: levels by indicator, falls by base year too."""
    asks = "level" if row["direction"] in LEVELS else f"{row['direction']} {row['base_year']} {row['target_year']}"
    return f"{row['indicator']} {row['region']} {asks}"


def _near(one: dict[str, Any], other: dict[str, Any]) -> bool:
    low, high = sorted([one["asked"], other["asked"]])
    return bool(high <= low * magnitude.rising(abs(one["target_year"] - other["target_year"])))


def _parts(catalog: Catalog, targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Find the targets of a part that ask for more than those of its whole in the same year."""
    whole_of = catalog.read("indicators").set_index("id")["part_of"]
    levels = targets[targets["direction"].isin(LEVELS) & (targets["variant"] == "firm")]
    same: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for row in levels.to_dict("records"):
        same.setdefault((row["indicator"], row["region"], row["target_year"]), []).append(row)
    for row in levels[levels["own_part_of"] != ""].to_dict("records"):
        name = row["own_part_of"]
        while name:
            for whole in same.get((name, row["region"], row["target_year"]), []):
                scale = _scale(catalog, row["wanted"], whole["wanted"])
                if row["asked"] * scale > whole["asked"]:
                    asked = f"{whole['target_value']:g} {whole['unit']} ({whole['file']}, row {whole['row']})"
                    yield row, "target_value", f"at most {whole['id']}, of which it is a part, {asked}"
            name = whole_of.get(name, "")


def _measures(catalog: Catalog, targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the measures of plans that ask for another magnitude than the target they serve, and shares above all."""
    known = {(row["id"], row["region"]): row for row in targets.to_dict("records")}
    serves = {name: known[key] for key, names in links.serving(catalog).items() if key in known for name in names}
    for row in located(catalog, MEASURES).dropna(subset=["quantity"]).to_dict("records"):
        if row["unit"] == "%" and not 0 < row["quantity"] <= ALL_PCT:
            yield row, f"a share above 0 and at most {ALL_PCT:g} %"
        elif row["id"] in serves:
            target = serves[row["id"]]
            limit = _limit(row, target)
            times = _times(catalog, row, target)
            if limit and times and not any(limit[0] <= one <= limit[1] for one in times):
                asked = f"{target['target_value']:g} {target['unit']} ({target['file']}, row {target['row']})"
                near = f"{limit[0]:g} to {limit[1]:g} times target {target['id']}, {asked}"
                yield row, f"{near}: {magnitude.CHECK}"


def _limit(measure: dict[str, Any], target: dict[str, Any]) -> tuple[float, float] | None:
    """Return which part of its target a measure can ask for; None where nothing is known of it."""
    if measure["kind"] == "project" and target["direction"] in LEVELS:
        return 0.0, 1.0  # a site is part of it
    near = not pd.isna(measure["by_year"]) and abs(measure["by_year"] - target["target_year"]) <= SAME_YEARS
    return (1 / SERVING, SERVING) if near and measure["kind"] == "plan" else None


def _times(catalog: Catalog, measure: dict[str, Any], target: dict[str, Any]) -> list[float]:
    """Return how many times the target, and its increase over the base, a measure asks for; nothing in other units."""
    scale = _scale(catalog, measure["unit"], target["wanted"])
    if pd.isna(scale):
        return []
    asked = measure["quantity"] * scale
    increase = target["asked"] - target["base"] if target["own_kind"] == "stock" else float("nan")
    return [asked / one for one in (target["asked"], increase) if not pd.isna(one) and one > 0]
