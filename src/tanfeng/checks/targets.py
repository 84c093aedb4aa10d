"""What targets and measures ask for, held against each other: a slip in a register no figure answers.

A target is held against the range of its indicator, the other targets of the same indicator (repeated, stretched,
earlier, later), the published figure of its base year and what it is a part of; a measure of a plan against the target
it serves in the same year. A measure that serves no target, and one of another unit, has nothing to be held against:
`tests/checks/test_lookback.py` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from tanfeng.checks import magnitude
from tanfeng.data import links, units
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.links import stem
from tanfeng.data.problem import Problem
from tanfeng.facts.usage_warnings import Figure, Finding

TARGETS, MEASURES = "targets", "measures"
FALL_A_YEAR = (0.5, 6.0)  # percent a year, compound: what a plan of several years asks
SERVING = 2.0  # times the target of the same years a measure of a plan asks for
SAME_YEARS = 2
SAME_BASE = 0.02  # of the published figure of the base year
ALL_PCT = 100.0
LEVELS = {"at_least", "at_most"}


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


def findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield the targets and measures whose figures do not agree with others, each with its chain.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [one.series for one in findings(open_catalog())]
        []
    """
    targets = _targets_in_unit(catalog)
    for row, column, expected in [
        *_falls(targets),
        *_outside(catalog, targets),
        *_bases(catalog, targets),
        *_siblings(targets),
        *_parts(catalog, targets),
    ]:
        yield _finding(catalog, TARGETS, row, column, expected)
    for row, expected in _measures(catalog, targets):
        yield _finding(catalog, MEASURES, row, "quantity", expected)


def _finding(catalog: Catalog, table: str, row: dict[str, Any], column: str, expected: str) -> Finding:
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


def _outside(catalog: Catalog, targets: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str, str]]:
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
