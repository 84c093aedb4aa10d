"""Figures of a sign or form that can not be meant: a size of zero or below, a fall as a rise, percent as a fraction.

A size (stock, flow, share, index) is above zero, unless `least` of its indicator is below zero; a zero stands where
something begins or has nearly ended. A change is held against what a target asks of the same quantity, and against the
other changes of its series: if it fits neither, but its mirror image or hundredfold does, that is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tanfeng.data.catalog import Catalog

Values = npt.NDArray[np.float64]
GROUP = ["indicator", "region"]
FITS = 3.0  # times what a target asks for the same years, and the part of it
LEAST_YEARS = 2.0  # a change of fewer years may have the other sign than its target
LEAST_OTHERS = 7
SMALL = 10.0  # times smaller than nearly all other changes: no change but a fraction
SMALLEST, RANGE = 0.05, 1.5
MANY, SELDOM = 100, 0.01  # of so many changes hardly one has this sign
VANISHED, STEADY = 10.0, 2.0


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
            beside = _beside(rows[rows["value"] > 0], rows.iloc[place], float(rows["value"].max()))
            if beside is not None:
                near = f"{beside['period']} ({beside['file']}, row {beside['row']}), {beside['published']:.6g}"
                expected = f"a figure above zero, as {near} {beside['published_unit']}, beside it"
                yield Far(rows.iloc[place].to_dict(), np.inf, expected, certain=True)


def _beside(positive: pd.DataFrame, zero: pd.Series, largest: float) -> pd.Series | None:
    """Return the figure that denies a zero: of before, when it had not nearly ended, or a steady one the year after."""
    before, after = positive[positive["end"] < zero["end"]], positive[positive["end"] > zero["end"]]
    if len(before) and (len(after) or before["value"].iloc[-1] * VANISHED > largest):
        return before.iloc[-1]
    values = after["value"].to_numpy()[:2]
    if len(before) or not len(after) or after["end"].iloc[0] > zero["end"] + 1 or values[-1] > STEADY * values[0]:
        return None
    return after.iloc[0]


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
    changes = changes.assign(span=(changes["end"] - changes["start"]).clip(lower=1.0))
    rates = changes["value"] / changes["span"]
    quantity = catalog.read("indicators").set_index("id")["quantity"]
    targets = _asking(catalog, quantity)
    same = {name: rates[places].to_numpy() for name, places in changes.groupby("indicator").groups.items()}
    own = {name: rates[places] for name, places in changes.groupby(GROUP).groups.items()}
    for place, row in changes.to_dict("index").items():
        meant = _by_target(row, targets.get((quantity[row["indicator"]], row["region"]), []))
        series = own[row["indicator"], row["region"]]
        meant = meant or _by_series(row, series.to_numpy()[series.index != place], same[row["indicator"]])
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


def _by_series(row: dict[str, Any], own: Values, same: Values) -> str:
    """Return what was likely meant by the other changes of the series, or where they are few of all regions."""
    others, rate = own if len(own) >= LEAST_OTHERS else same, row["value"] / row["span"]
    if len(others) < LEAST_OTHERS:
        return ""
    low, high = np.quantile(abs(others), SMALLEST), RANGE * abs(others).max()
    likely = 1.0
    if abs(rate) * SMALL < low and low <= 100 * abs(rate) <= high:
        likely = 100.0
    elif len(same) >= MANY and (same * rate > 0).mean() <= SELDOM and low <= abs(rate) <= high / RANGE:
        likely = -1.0
    within = f"between {others.min():.3g} and {others.max():.3g} % a year"
    told = f"the others of the series lie {within}: did you mean {likely * row['value']:.10g}"
    return told if likely != 1 else ""
