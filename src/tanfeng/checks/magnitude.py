"""Figures of another magnitude than those beside them: what a unit or a point typed wrongly looks like.

A level (stock, flow, share, index) is held against the figure before and after it of the same indicator and region, and
against what a target or a measure asks for; a change in percent against the other changes of its series and against the
yearly changes it is made of. What a target or a measure rests on and no usage warning of its year explains is an error
(`tanfeng data check` and every command that judges stop); all else is a figure to look at.

The limits are our own, set so that a figure ten times too large or too small is found and true growth is not: in the
tables of 2026-11 new fields (cars, piles, photovoltaics) grew at most 2.5 times within a year and 4.6 times in 4.5.

Signs: a size (stock, flow, share, index) is above zero, unless `least` of its indicator is below zero; a zero stands
where something begins, rests or has ended. A change is held against what a target asks of the same quantity, and
against the other changes of its series: if it fits neither, but its mirror image or hundredfold does, that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tanfeng.data import links, numbers, periods, units
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.problem import Problem
from tanfeng.facts import usage_warnings
from tanfeng.facts.usage_warnings import Figure, Finding

Values = npt.NDArray[np.float64]
GROUP = ["indicator", "region"]
FITS = 3.0  # times what a target asks for the same years, and the part of it
LEAST_YEARS = 2.0  # a change of fewer years may have the other sign than its target
OTHERS_OF_A_SIGN = 7
SMALL = 10.0  # times smaller than nearly all other changes: no change but a fraction
SMALLEST, RANGE = 0.05, 1.5
MANY, SELDOM = 100, 0.01  # of so many changes hardly one has this sign
USUAL_DIGITS = 0.1  # of the others have as many decimals: a percentage as it is published, no fraction
SLIGHT = 0.05  # of the largest of its series: so small a figure multiplies, or is zero, without a slip
ENDED, STEADY = 2.0, 2.0
LEVELS = ("stock", "flow", "share", "index")
RISE = 3.0  # times the figure before, within a year
RISE_YEARLY = 1.2  # times more for each further year between the two
FALL, FALL_STOCK = 3.0, 2.0  # capacity, stock and population do not halve from one figure to the next
ABOVE, BELOW = 4.0, 5.0  # times what was asked for, and the part of it
BASE = 5.0
AS_PLANNED = 0.1  # how far a figure of the base year may be from the base of a plan, which is rounded
CHANGE = 3.0  # times the largest other yearly change of the series
LEAST_OTHERS = 2
STEPS_POINTS = 0.5
STEPS_TIMES = 3.0  # a published change and its steps that lie farther apart are a slip, no dispute
PUBLISHED = ("reported", "adjusted", "internal")
SHARE_PCT, FALL_PCT = 100.0, -100.0
DOUBTED = frozenset({"implausible", "damaged_cell"})
EXPLAINING = DOUBTED | {"jump", "scope_change"}
SLIP = 10.0  # a jump or another scope explains less than this; so far off, only doubt of the figure itself does
LOCAL = "data/local/"
TABLE = "observations"
CHECK = "check the unit"


class Far(NamedTuple):
    """A figure of another magnitude: its row, how many times (or what part of) it is, what was expected.

    `disputed`: published figures disagree in a way that no slip explains; verdicts show both, and nothing stops.
    `certain`: an error whatever rests on the figure. `before`: the figure it grew or fell from, in its own unit.
    """

    row: dict[str, Any]
    times: float
    expected: str
    disputed: bool = False
    certain: bool = False
    before: float = float("nan")


def check(catalog: Catalog) -> list[Problem]:
    """Return the figures no warning explains: of another magnitude, if a target rests on them, or of no possible sign.

    Raises:
        ProjectError: if a table does not fit its schema.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check(open_catalog())
        []
    """
    return usage_warnings.errors(catalog, findings(catalog))


def findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield the figures of another magnitude, each with the chain it belongs to (see `tanfeng.data.links`).

    A usage warning explains one if it names its series, region and both years, and is one of `EXPLAINING`; of a level
    ten times off, or a sign, one of `DOUBTED` or one that gives the figure in its reason: a figure that truly jumped is
    still found if it is typed ten times too large.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted({one.series for one in findings(open_catalog())})[:2]
        ['coke_output', 'ethylene_output']
    """
    rows = _in_own_unit(catalog)
    sizes, changes = rows[rows["kind"].isin(LEVELS)], rows[rows["kind"] == "change"]
    levels = sizes[sizes["value"] != 0]
    bases = list(_bases(catalog))
    found = [
        *impossible_sizes(sizes, set(catalog.read("indicators").query("least < 0")["id"])),
        *mistyped_changes(catalog, changes),
        *(far for far in far_from_neighbours(levels) if not _confirmed(far, bases)),
        *_shares(levels),
        *_asked(catalog, sizes),
        *_changes(changes),
        *_asked_changes(catalog, changes),
    ]
    named = set()
    for far in sorted(found, key=lambda far: -far.times):
        if (far.row["file"], far.row["row"]) not in named:  # one line a figure, that of what it is farthest from
            named.add((far.row["file"], far.row["row"]))
            yield _finding(catalog, far)


def _finding(catalog: Catalog, far: Far) -> Finding:
    row = far.row
    shown = f"{row['published']:.6g} {row['published_unit']} ({row['indicator']}, {row['region']}, {row['period']})"
    chain = links.chain(catalog, TABLE, row) or links.requested(catalog, row)
    expected = far.expected if far.disputed or far.certain else f"{far.expected}: {CHECK}"
    chain = "" if far.disputed else chain
    problem = Problem(row["file"], int(row["row"]), "value", shown, expected, "high", chain=chain)
    year, kinds = periods.parse(row["period"]).year, EXPLAINING if far.times < SLIP else DOUBTED
    figure = Figure(row["published"], row["source_id"], far.before)
    return Finding(problem, TABLE, row["indicator"], row["region"], year, year, kinds, figure, far.certain)


def _in_own_unit(catalog: Catalog) -> pd.DataFrame:
    """Return the figures with a date in the unit of their indicator, oldest first; flows of months as of a year."""
    known = catalog.read("indicators").set_index("id")
    rows = located(catalog, TABLE)
    rows = rows[rows["period"] != periods.UNDATED]
    rows = rows.assign(kind=rows["indicator"].map(known["kind"]), wanted=rows["indicator"].map(known["unit"]))
    parsed = {text: periods.parse(text) for text in rows["period"].unique()}
    length = np.array([parsed[one].end - parsed[one].start for one in rows["period"]])
    some_months = (rows["kind"] == "flow") & (length > 0)
    scale = {pair: units.factor(catalog, *pair) for pair in set(zip(rows["unit"], rows["wanted"], strict=True))}
    factor = np.array([scale[pair] for pair in zip(rows["unit"], rows["wanted"], strict=True)])
    rows = rows.assign(
        published=rows["value"],
        published_unit=rows["unit"],
        value=rows["value"] * factor / np.where(some_months, length, 1.0),
        unit=rows["wanted"],
        end=[parsed[one].end for one in rows["period"]],
        start=[parsed[one].start for one in rows["period"]],
    )
    return rows.sort_values([*GROUP, "end", "file", "row"], kind="stable").reset_index(drop=True)


def rising(gap: float) -> float:
    """Return how many times the figure before a level may be after `gap` years.

    Example:
        >>> rising(0.5), round(rising(4.5), 1)
        (3.0, 5.7)
    """
    return float(RISE * RISE_YEARLY ** (max(gap, 1.0) - 1))


def far_from_neighbours(levels: pd.DataFrame) -> Iterator[Far]:
    """Find the levels that are too far from the one before; of two, the one that is far from both its neighbours.

    Args:
        levels: columns indicator, region, period, end (years), value, unit, kind, published, published_unit, file, row;
            the figures of a series together, oldest first, none of them zero.

    Returns:
        The figure to look at, how many times (or what part of) its neighbour it is, and what was expected.

    Example:
        >>> rows = pd.DataFrame({"period": ["2020", "2021"], "end": [2020.0, 2021.0], "value": [63.6, 641.0]})
        >>> rows = rows.assign(indicator="x", region="y", kind="stock", unit="GW", file="x.csv", row=[2, 3])
        >>> rows = rows.assign(published=rows["value"], published_unit="GW")
        >>> [far.expected for far in far_from_neighbours(rows)]
        ['within a factor of 3 of 2020 (x.csv, row 2), 63.6 GW, not 10.1 times it']
    """
    for _, rows in levels[levels.duplicated(GROUP, keep=False)].groupby(GROUP, sort=False):
        values, ends = rows["value"].abs().to_numpy(), rows["end"].to_numpy()
        slight = values < SLIGHT * values.max()
        ratios, gaps = values[1:] / values[:-1], ends[1:] - ends[:-1]
        fall = FALL_STOCK if rows["kind"].iloc[0] == "stock" else FALL
        limits = [rising(gap) if ratio > 1 else fall for ratio, gap in zip(ratios, gaps, strict=True)]
        far = np.array([max(ratio, 1 / ratio) for ratio in ratios]) > np.array(limits)
        far &= ~(slight[1:] & slight[:-1])  # a field at its beginning
        times = np.convolve(far.astype(int), [1, 1])  # how many of its neighbours each figure is far from
        for place in np.flatnonzero(far):
            before, after = rows.iloc[place].to_dict(), rows.iloc[place + 1].to_dict()
            own = before["file"].startswith(LOCAL) > after["file"].startswith(LOCAL)
            first = times[place] > times[place + 1] or (times[place] == times[place + 1] and own)
            yield _beside(*((before, after) if first else (after, before)), limits[place])


def _beside(row: dict[str, Any], other: dict[str, Any], limit: float) -> Far:
    ratio = abs(row["value"] / other["value"])
    place = f"{other['period']} ({other['file']}, row {other['row']})"
    near = f"within a factor of {limit:.2g} of {place}, {other['published']:.6g} {other['published_unit']}"
    before = other["value"] * row["published"] / row["value"]
    return Far(row, max(ratio, 1 / ratio), f"{near}, not {ratio:.3g} times it", before=before)


def _shares(levels: pd.DataFrame) -> Iterator[Far]:
    above = (levels["kind"] == "share") & (levels["unit"] == "%") & (levels["value"] > SHARE_PCT)
    for row in levels[above].to_dict("records"):
        yield Far(row, 1.0, f"a share of at most {SHARE_PCT:g} %")


def _asked(catalog: Catalog, levels: pd.DataFrame) -> Iterator[Far]:
    """Find the figures that are far from what a target or measure asks for, or from the base of a target."""
    groups = levels.groupby(GROUP).indices
    ends, values = levels["end"].to_numpy(), levels["value"].abs().to_numpy()
    for asked in (one for one in [*_asked_by_targets(catalog), *_bases(catalog), *_measures(catalog)] if one["value"]):
        places = groups.get((asked["indicator"], asked["region"]), np.array([], dtype=int))
        for place in places[(ends[places] > asked["first"]) & (ends[places] <= asked["last"])]:
            ratio = float(values[place] / asked["value"])
            if ratio > asked["above"] or (not asked["part"] and ratio * asked["below"] < 1):
                row = levels.iloc[place].to_dict()
                least = "" if asked["part"] else f" and more than 1/{asked['below']:g} of"
                near = f"less than {asked['above']:g} times{least} {asked['what']}, {asked['value']:.6g} {row['unit']}"
                yield Far(row, max(ratio, 1 / ratio if ratio else np.inf), f"{near}, not {ratio:.3g} times it")


def _asked_by_targets(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Yield what targets ask of their own indicator and of its parts, and the figures of their base years."""
    indicators = catalog.read("indicators").set_index("id", drop=False)
    first = catalog.read("plans").set_index("id")["base_year"]
    parts = indicators[indicators["kind"].isin(["stock", "flow"])].groupby("part_of")["id"].agg(list)
    for target in catalog.read("targets").to_dict("records"):
        own = indicators.loc[target["indicator"]]
        value = _level(target, own)
        if value is None or not units.alike(catalog, target["unit"], own["unit"]):
            continue
        start = first[target["plan"]] if pd.isna(target["base_year"]) else target["base_year"]
        shared = {"region": target["region"], "first": float(start), "last": float(target["target_year"])}
        shared |= {"what": f"target {target['id']}", "above": ABOVE, "below": BELOW}
        for name in [target["indicator"], *parts.get(target["indicator"], [])]:
            unit = indicators.at[name, "unit"]
            if units.alike(catalog, target["unit"], unit):
                scale = units.factor(catalog, target["unit"], unit)
                yield {**shared, "indicator": name, "value": value * scale, "part": name != target["indicator"]}
        if not pd.isna(target["base_value"]):
            scale = units.factor(catalog, target["unit"], own["unit"])
            base = {"what": f"the base of target {target['id']}", "above": BASE, "below": BASE, "part": False}
            yield {**shared, **base, "indicator": target["indicator"], "value": target["base_value"] * scale}


def _level(target: dict[str, Any], indicator: pd.Series) -> float | None:
    """Return the level a target asks for in its own unit; None where it asks for a change or its base is not known."""
    kind, direction = indicator["kind"], target["direction"]
    if direction == "decrease_by" and kind == "stock" and indicator["direction"] == "higher":
        direction = "at_least"  # the quantity is itself what was taken off
    if kind not in LEVELS or direction == "decrease_by":
        return None
    if direction != "increase_by" or kind == "flow":
        return float(target["target_value"])
    return None if pd.isna(target["base_value"]) else float(target["base_value"] + target["target_value"])


def _bases(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Yield the figures of base years that plans give, or that are what a level asks for less the increase to it."""
    unit = catalog.read("indicators").set_index("id")["unit"]
    targets = catalog.read("targets").to_dict("records")
    level = {
        (row["indicator"], row["region"], row["target_year"], row["unit"]): row["target_value"]
        for row in targets
        if row["direction"] == "at_least" and row["variant"] == "firm"
    }
    for row in targets:
        own = unit[row["indicator"]]
        value = row["base_value"]
        if pd.isna(value) and row["direction"] == "increase_by":
            key = (row["indicator"], row["region"], row["target_year"], row["unit"])
            value = level.get(key, np.nan) - row["target_value"]
        if pd.isna(row["base_year"]) or not value > 0 or not units.alike(catalog, row["unit"], own):
            continue
        year = float(row["base_year"])
        given = {"indicator": row["indicator"], "region": row["region"], "what": f"the base of target {row['id']}"}
        limits = {"above": BASE, "below": BASE, "part": False, "first": year - 1e-9, "last": year}
        yield {**given, **limits, "value": float(value * units.factor(catalog, row["unit"], own))}


def _confirmed(far: Far, bases: list[dict[str, Any]]) -> bool:
    """Return whether a figure is the base that a plan gives: a young field grows faster from there than any limit."""
    row = far.row
    return any(
        (row["indicator"], row["region"], row["end"]) == (base["indicator"], base["region"], base["last"])
        and abs(row["value"] / base["value"] - 1) <= AS_PLANNED
        for base in bases
    )


def _measures(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Yield what measures ask of the figures that the register of evidence holds against them."""
    measures = catalog.read("measures").set_index("id")
    unit = catalog.read("indicators").set_index("id")["unit"]
    cited = catalog.read("evidence").query("table == 'measures' and role != 'context'")
    for row in cited.to_dict("records"):
        asked = measures.loc[row["item"]]
        if pd.isna(asked["quantity"]) or not units.alike(catalog, asked["unit"], unit[row["indicator"]]):
            continue
        scale = units.factor(catalog, asked["unit"], unit[row["indicator"]])
        end = periods.parse(row["period"]).end
        limits = {"above": ABOVE, "below": BELOW, "part": row["role"] == "part", "first": end - 1e-9, "last": end}
        own = {"indicator": row["indicator"], "region": row["region"], "what": f"measure {row['item']}"}
        yield {**own, **limits, "value": float(asked["quantity"] * scale)}


def _changes(rows: pd.DataFrame) -> Iterator[Far]:
    """Find changes of a series far above its other ones, falls of all there is, and changes that their steps deny."""
    for _, series in rows[rows["unit"] == "%"].groupby(GROUP, sort=False):
        spans = (series["end"] - series["start"]).clip(lower=1)
        rates, values = (series["value"] / spans).abs().to_numpy(), series["value"].to_numpy()
        for place, rate in enumerate(rates):
            largest = np.fmax.reduce(np.delete(rates, place), initial=0.0)
            most = CHANGE * largest if len(rates) > LEAST_OTHERS else np.inf
            if values[place] <= FALL_PCT:
                yield Far(series.iloc[place].to_dict(), 1.0, "a fall by less than 100 %")
            elif rate > max(most, CHANGE):
                near = f"at most {CHANGE:g} times the largest other change of the series, {largest:.3g} % a year"
                yield Far(series.iloc[place].to_dict(), 1.0, near)
        yield from _steps(series)


def _asked_changes(catalog: Catalog, changes: pd.DataFrame) -> Iterator[Far]:
    """Find the changes far above what a target asks for the same years; a small one may be what came of it."""
    keys = ["indicator", "region", "start", "end"]
    targets = catalog.read("targets").query("unit == '%' and direction == 'decrease_by'").dropna(subset=["base_year"])
    targets = targets.rename(columns={"base_year": "start", "target_year": "end", "id": "target"})
    asked = targets[[*keys, "target", "target_value"]].astype({"start": "float64", "end": "float64"})
    for row in changes[changes["unit"] == "%"].merge(asked, on=keys).to_dict("records"):
        times = abs(row["value"]) / row["target_value"]
        if times > ABOVE:
            near = (
                f"less than {ABOVE:g} times target {row['target']}, {row['target_value']:g} %, not {times:.3g} times it"
            )
            yield Far(row, times, near)


def _steps(series: pd.DataFrame) -> Iterator[Far]:
    """Find the changes over several years that the yearly changes of the same years, chained, do not give."""
    yearly = series[series["end"] - series["start"] == 1].drop_duplicates("end").set_index("end")["value"]
    known = set(yearly.index)
    for row in series[series["end"] - series["start"] > 1].to_dict("records"):
        ends = np.arange(row["start"] + 1, row["end"] + 1)
        if known.issuperset(ends):
            chained = 100 * (float((1 + yearly[ends] / 100).prod()) - 1)
            if abs(chained - row["value"]) > STEPS_POINTS:
                years = f"{row['start'] + 1:g} to {row['end']:g}"
                near = f"{chained:.2f} % by the yearly changes of {years}, within {STEPS_POINTS:g} points"
                low, high = sorted([abs(chained), abs(row["value"])])
                slipped = chained * row["value"] <= 0 or high > STEPS_TIMES * low
                yield Far(row, 1.0, near, disputed=row["status"] in PUBLISHED and not slipped)


def impossible_sizes(levels: pd.DataFrame, negative: set[str]) -> Iterator[Far]:
    """Find the sizes below zero, and zeros beside figures that are not.

    Args:
        levels: columns as in `tanfeng.checks.magnitude.far_from_neighbours`, zeros too.
        negative: indicators that may be below zero.

    Example:
        >>> rows = pd.DataFrame({"period": ["2020", "2021"], "end": [2020.0, 2021.0], "value": [245.0, 0.0]})
        >>> rows = rows.assign(indicator="x", region="y", kind="stock", unit="GW", file="x.csv", row=[2, 3])
        >>> rows = rows.assign(published=rows["value"], published_unit="GW")
        >>> [far.expected for far in impossible_sizes(rows, set())]
        ['a figure above zero, as 2020 (x.csv, row 2), 245 GW, beside it']
    """
    levels = levels[~levels["indicator"].isin(negative)]
    for row in levels[levels["value"] < 0].to_dict("records"):
        yield Far(row, np.inf, f"a {row['kind']} is not below zero", certain=True)
    zeros = levels.loc[levels["value"] == 0, GROUP].drop_duplicates()
    for _, rows in levels.merge(zeros, on=GROUP).groupby(GROUP, sort=False):
        for place in np.flatnonzero(rows["value"] == 0):
            beside = _others_of_series(rows[rows["value"] > 0], rows.iloc[place], float(rows["value"].max()))
            if beside is not None:
                near = f"{beside['period']} ({beside['file']}, row {beside['row']}), {beside['published']:.6g}"
                expected = f"a figure above zero, as {near} {beside['published_unit']}, beside it"
                yield Far(rows.iloc[place].to_dict(), np.inf, expected, certain=True)


def _others_of_series(positive: pd.DataFrame, zero: pd.Series, largest: float) -> pd.Series | None:
    """Return the figure that denies a zero: of before, when it goes on or had not ended, or a steady one afterwards."""
    before, after = positive[positive["end"] < zero["end"]], positive[positive["end"] > zero["end"]]
    values = after["value"].to_numpy()[:2]
    if len(before) and len(after):
        return None if min(before["value"].iloc[-1], values[0]) < SLIGHT * largest else before.iloc[-1]
    if len(before):
        last = before.iloc[-1]
        return last if zero["end"] <= last["end"] + 1 and last["value"] * ENDED > largest else None
    if not len(after) or after["end"].iloc[0] > zero["end"] + 1 or values[-1] > STEADY * values[0]:
        return None
    return None if values[0] < SLIGHT * largest else after.iloc[0]


def mistyped_changes(catalog: Catalog, changes: pd.DataFrame) -> Iterator[Far]:
    """Find the changes in percent whose mirror image or hundredfold is what targets or other changes let expect.

    Args:
        catalog: the tables.
        changes: columns as in `tanfeng.checks.magnitude.far_from_neighbours`, and `start` (years).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = {"indicator": "energy_intensity_change_assessment", "region": "330000", "unit": "%"}
        >>> rows = pd.DataFrame([{**row, "start": 2020.0, "end": 2025.0, "value": 14.9}])
        >>> [far.expected for far in mistyped_changes(open_catalog(), rows)]
        ['a change that fits: the target P01 asks for a fall of 14.5 %: did you mean -14.9?']
    """
    changes = changes[(changes["unit"] == "%") & (changes["value"] != 0)]
    spans = (changes["end"] - changes["start"]).clip(lower=1.0)
    digits = [numbers.decimals(Decimal(repr(value))) for value in changes["value"]]
    changes = changes.assign(span=spans, rate=changes["value"] / spans, digits=digits)
    quantity = catalog.read("indicators").set_index("id")["quantity"]
    targets = _asking(catalog, quantity)
    parts = ["rate", "digits"]
    same = {name: _Others(*rows[parts].to_numpy().T) for name, rows in changes.groupby("indicator")}
    own = {name: rows[parts] for name, rows in changes.groupby(GROUP)}
    for place, row in changes.to_dict("index").items():
        meant = _by_target(row, targets.get((quantity[row["indicator"]], row["region"]), []))
        series = own[row["indicator"], row["region"]]
        others = _Others(*series.to_numpy()[series.index != place].T)
        meant = meant or _by_series(row, others, same[row["indicator"]])
        if meant:
            yield Far(row, np.inf, f"a change that fits: {meant}?", certain=True)


def _asking(catalog: Catalog, quantity: pd.Series) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the targets in percent by the quantity and region of their indicator, firm ones first."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rows = catalog.read("targets").query("unit == '%'").dropna(subset=["base_year"])
    for target in rows.sort_values(["target_year", "variant", "id"], key=_firm_first).to_dict("records"):
        found.setdefault((quantity[target["indicator"]], target["region"]), []).append(target)
    return found


def _firm_first(column: pd.Series) -> pd.Series:
    return column != "firm" if column.name == "variant" else column


def _by_target(row: dict[str, Any], targets: list[dict[str, Any]]) -> str:
    """Return which target the figure does not fit and what was likely meant; empty if it fits one, or none tells."""
    found = []
    for target in targets:
        if target["base_year"] <= row["start"] and row["end"] <= target["target_year"]:
            falls = target["direction"] == "decrease_by"
            part = row["span"] / (target["target_year"] - target["base_year"]) if falls else 1.0
            asked = (-1 if falls else 1) * target["target_value"] * part
            if _fits(row["value"], asked):
                return ""
            signs = [-row["value"]] if row["span"] >= LEAST_YEARS else []
            likely = [one for one in (*signs, 100 * row["value"], -100 * row["value"]) if _fits(one, asked)]
            what = f"a fall of {target['target_value']:g} %" if falls else f"{target['target_value']:g} %"
            found += [f"the target {target['id']} asks for {what}: did you mean {one:.10g}" for one in likely[:1]]
    return found[0] if found else ""


def _fits(value: float, asked: float) -> bool:
    return 1 / FITS <= value / asked <= FITS


class _Others(NamedTuple):
    """The changes a year of other figures, and the decimals they are given to."""

    rates: Values
    digits: Values


def _by_series(row: dict[str, Any], own: _Others, same: _Others) -> str:
    """Return what was likely meant by the other changes of the series, or where they are few of all regions.

    A percentage is no fraction if others of its series are given to as many decimals, and no mirror image if its region
    has seen the sign before.
    """
    others, rate = own if len(own.rates) >= OTHERS_OF_A_SIGN else same, row["rate"]
    if len(others.rates) < OTHERS_OF_A_SIGN:
        return ""
    low, high = np.quantile(abs(others.rates), SMALLEST), RANGE * abs(others.rates).max()
    likely = 1.0
    if abs(rate) * SMALL < low and low <= 100 * abs(rate) <= high:
        likely = 1.0 if (others.digits >= row["digits"]).mean() >= USUAL_DIGITS else 100.0
    elif len(same.rates) >= MANY and (same.rates * rate > 0).mean() <= SELDOM and low <= abs(rate) <= high / RANGE:
        likely = 1.0 if (own.rates * rate > 0).any() else -1.0
    within = f"between {others.rates.min():.3g} and {others.rates.max():.3g} % a year"
    told = f"the others of the series lie {within}: did you mean {likely * row['value']:.10g}"
    return told if likely != 1 else ""
