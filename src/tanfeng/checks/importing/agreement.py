"""Identities of an energy balance: which figures must agree, and which one is off where they do not.

A total is the sum of its rows or columns, and supply, conversion, losses and use leave the statistical difference. A
damaged figure breaks several identities at once; it is the one whose correction mends them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FlowOfFuel = tuple[str, str]

FLOW_SUMS = {
    "final": ("agriculture", "industry", "construction", "transport", "wholesale", "residential", "other"),
    "residential": ("urban", "rural"),
    "transformation_total": (
        "thermal_power",
        "heating",
        "coal_washing",
        "coking",
        "refineries",
        "refinery_input",
        "gas_works",
        "briquettes",
    ),
}
SUPPLY = ("indigenous", "recovery", "import_interprov", "export_interprov", "import", "export", "stock_change")
COAL_PARTS = ("raw_coal", "cleaned_coal", "other_washed_coal", "briquettes")
SUMMED_FUELS = {"total_coal", "petroleum_products_total"}
TOTALS = SUMMED_FUELS | {"total_energy"}
TOLERANCE = 0.05


@dataclass(frozen=True)
class Identity:
    """A sum that must hold: the figure of `total` is the sum of those of `parts`, each with its sign.

    Attributes:
        total: flow and fuel of the total.
        parts: flow and fuel -> 1 or -1.
        name: what is summed, for messages.
    """

    total: FlowOfFuel
    parts: Mapping[FlowOfFuel, int]
    name: str

    def gap(self, values: Mapping[FlowOfFuel, float]) -> float:
        """Return the total less the sum of its parts; a cell without a figure counts as zero."""
        return values.get(self.total, 0.0) - sum(sign * values.get(cell, 0.0) for cell, sign in self.parts.items())

    def implied(self, values: Mapping[FlowOfFuel, float], cell: FlowOfFuel) -> float:
        """Return the value of `cell`, the total or a part, with which the identity holds."""
        sign = 1 if cell == self.total else -self.parts[cell]
        return values.get(cell, 0.0) - sign * self.gap(values)


@dataclass(frozen=True)
class Mismatch:
    """A figure that does not agree with others: where, the value others imply, and the sums that say so."""

    cell: FlowOfFuel
    implied: float
    names: tuple[str, ...]


def identities(
    values: Mapping[FlowOfFuel, float], flows: Sequence[str], fuels: Sequence[str], oil: Sequence[str]
) -> list[Identity]:
    """Return the identities that a balance with these rows and columns must hold.

    Args:
        values: (flow, fuel) -> quantity, one unit a fuel.
        flows: rows that the balance has.
        fuels: columns that the balance has.
        oil: fuels that make up the total of oil products.

    Source: layout of the provincial balances in the China Energy Statistical Yearbook.

    Example:
        >>> one = identities({("residential", "lpg"): 3.0}, ["residential", "urban", "rural"], ["lpg"], [])[0]
        >>> one.gap({("residential", "lpg"): 3.0, ("urban", "lpg"): 1.0, ("rural", "lpg"): 1.5})
        0.5
    """
    found = [*_flow_sums(flows, fuels), *_closures(values, flows, fuels), *_fuel_sums(flows, fuels, oil)]
    return [identity for identity in found if identity.parts]


def _flow_sums(flows: Sequence[str], fuels: Sequence[str]) -> Iterator[Identity]:
    for total, parts in FLOW_SUMS.items():
        there = [part for part in parts if part in flows]
        if total in flows:
            yield from (Identity((total, fuel), {(part, fuel): 1 for part in there}, "its rows") for fuel in fuels)


def supply_sums(flows: Sequence[str], fuels: Sequence[str]) -> list[Identity]:
    """Return the sums of supply. Yearbooks print supply after a revision that its rows do not show: often they differ.

    Example:
        >>> supply_sums(["tpes", "import"], ["coke"])[0].parts
        {('import', 'coke'): 1}
    """
    there = [part for part in SUPPLY if part in flows]
    return [
        Identity(("tpes", fuel), {(part, fuel): 1 for part in there}, "its rows")
        for fuel in fuels
        if there and "tpes" in flows
    ]


def _closures(values: Mapping[FlowOfFuel, float], flows: Sequence[str], fuels: Sequence[str]) -> Iterator[Identity]:
    """Return statistical difference and total consumption of each fuel."""
    inputs = [flow for flow in FLOW_SUMS["transformation_total"] if flow in flows]
    for fuel in fuels:
        signs = {"tpes": 1, "transformation_total": 1, "losses": -1, "final": -1}
        if {"statistical_difference", *signs} <= set(flows):
            parts = {(flow, fuel): sign for flow, sign in signs.items()}
            yield Identity(("statistical_difference", fuel), parts, "supply, conversion, losses and final consumption")
        if {"total_consumption", "final", "losses", "transformation_total"} <= set(flows):
            turned = ["transformation_total"] if fuel in TOTALS else inputs
            used = [flow for flow in turned if fuel in TOTALS or values.get((flow, fuel), 0.0) < 0]
            parts = {("final", fuel): 1, ("losses", fuel): 1, **{(flow, fuel): -1 for flow in used}}
            yield Identity(("total_consumption", fuel), parts, "final consumption, losses and conversion")


def _fuel_sums(flows: Sequence[str], fuels: Sequence[str], oil: Sequence[str]) -> Iterator[Identity]:
    """Return coal and oil products as sums of their fuels; total consumption is net there and no such sum."""
    for total, parts in (("total_coal", COAL_PARTS), ("petroleum_products_total", oil)):
        there = [part for part in parts if part in fuels]
        for flow in flows if total in fuels else ():
            if flow != "total_consumption":
                yield Identity((flow, total), {(flow, part): 1 for part in there}, "its fuels")


def mismatches(
    values: Mapping[FlowOfFuel, float], sums: Sequence[Identity], tolerance: float = TOLERANCE
) -> list[Mismatch]:
    """Return the figures that are off, the fewest that explain every sum which does not hold.

    The figure is the one to which the most broken sums give the same value; where a sum stands alone, its total.

    Args:
        values: (flow, fuel) -> quantity.
        sums: the identities, see `identities`.
        tolerance: largest gap of a sum that counts as rounding, in the unit of the fuel.

    Example:
        >>> sums = [Identity(("a", "x"), {("b", "x"): 1}, "1"), Identity(("c", "x"), {("b", "x"): 1}, "2")]
        >>> mismatches({("a", "x"): 7.0, ("b", "x"): 9.0, ("c", "x"): 7.0}, sums)
        [Mismatch(cell=('b', 'x'), implied=7.0, names=('1', '2'))]
    """
    broken = [one for one in sums if abs(one.gap(values)) > tolerance]
    found = []
    while broken:
        cell, implied, members = max(_explanations(values, broken, tolerance), key=lambda one: len(one[2]))
        found.append(Mismatch(cell, implied, tuple(dict.fromkeys(one.name for one in members))))
        broken = [one for one in broken if one not in members]
    return found


def _explanations(
    values: Mapping[FlowOfFuel, float], broken: Sequence[Identity], tolerance: float
) -> Iterator[tuple[FlowOfFuel, float, list[Identity]]]:
    """Give each figure of the broken sums, totals first, with the value that most of its sums imply."""
    cells = dict.fromkeys([one.total for one in broken] + [cell for one in broken for cell in one.parts])
    for cell in cells:
        own = [(one.implied(values, cell), one) for one in broken if cell == one.total or cell in one.parts]
        groups = [[pair for pair in own if abs(pair[0] - value) <= 2 * tolerance] for value, _ in own]
        best = max(groups, key=len)
        yield cell, best[0][0], [one for _, one in best]
