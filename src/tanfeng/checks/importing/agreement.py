"""Identities of an energy balance: which figures must agree, and which one is off where they do not.

The sums and their members are rows of `data/identities.csv`. A sum is checked only where its total is printed, to the
digits that are printed. A damaged figure breaks several identities at once; it is the one whose correction mends them
all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.wording import Wording

FlowOfFuel = tuple[str, str]

BALANCING, USED, TURNED = "statistical_difference", "total_consumption", "transformation_total"
ROWS, FUELS = Wording("各行", "its rows"), Wording("各品种", "its fuels")
CLOSURE = Wording("可供量、加工转换、损失和终端消费", "supply, conversion, losses and final consumption")
USE = Wording("终端消费、损失和加工转换", "final consumption, losses and conversion")


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

    def tolerance(self, values: Mapping[FlowOfFuel, float], halves: Mapping[FlowOfFuel, float]) -> float:
        """Return the largest gap that is rounding: half a unit of the last digit of each printed figure in the sum."""
        printed = [cell for cell in (self.total, *self.parts) if cell in values]
        return 1.001 * sum(halves[cell] for cell in printed) + 1e-12 * max(abs(values[cell]) for cell in printed)


@dataclass(frozen=True)
class Mismatch:
    """A figure that does not agree with others: where, the value others imply, and the sums that say so."""

    cell: FlowOfFuel
    implied: float
    names: tuple[str, ...]


def identities(
    catalog: Catalog, values: Mapping[FlowOfFuel, float], flows: Sequence[str], fuels: Sequence[str]
) -> list[Identity]:
    """Return the identities that a balance with these rows and columns must hold, where their totals are printed.

    Args:
        catalog: the tables; `identities` says which sums there are.
        values: (flow, fuel) -> quantity, one unit a fuel.
        flows: rows that the balance has.
        fuels: columns that the balance has.

    Source: layout of the provincial balances in the China Energy Statistical Yearbook.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> values = {("residential", "lpg"): 3.0, ("urban", "lpg"): 1.0, ("rural", "lpg"): 1.5}
        >>> [one.gap(values) for one in identities(open_catalog(), values, ["residential", "urban", "rural"], ["lpg"])]
        [0.5]
    """
    sums = _members(catalog, "sum")
    rows = {whole: parts for whole, parts in sums.items() if set(parts.values()) == {1}}
    closed = next((whole for whole, parts in sums.items() if BALANCING in parts), "")
    found = [
        *_flow_sums(rows, flows, fuels),
        *_closures(closed, sums.get(closed, {}), flows, fuels),
        *_uses(rows.get(TURNED, {}), values, flows, fuels, _totals(catalog)),
        *_fuel_sums(_members(catalog, "fuels"), flows, fuels),
    ]
    return [one for one in _printed(found, values) if not _silent(one, rows, values)]


def _printed(sums: Sequence[Identity], values: Mapping[FlowOfFuel, float]) -> list[Identity]:
    """Return the sums of which the total and a part at least are printed."""
    return [one for one in sums if one.total in values and any(cell in values for cell in one.parts)]


@cached
def _members(catalog: Catalog, kind: str) -> dict[str, dict[str, int]]:
    """Return whole -> part -> sign of the sums of a kind over balances."""
    rows = catalog.read("identities").query("table == 'energy_balance' and kind == @kind")
    found: dict[str, dict[str, int]] = {}
    for row in rows.itertuples(index=False):
        found.setdefault(row.whole, {})[row.part] = int(row.factor)
    return found


@cached
def _totals(catalog: Catalog) -> set[str]:
    """Return the columns that are sums of others: of them total consumption takes what conversion leaves."""
    fuels = catalog.read("fuels")
    return set(_members(catalog, "fuels")) | set(fuels.loc[fuels["id"].str.startswith("total_"), "id"])


def _silent(one: Identity, rows: Mapping[str, Mapping[str, int]], values: Mapping[FlowOfFuel, float]) -> bool:
    """Whether a part is a total that is not printed though parts of its own are, or what must be printed is not."""
    empty = [(flow, fuel) for flow, fuel in one.parts if (flow, fuel) not in values]
    if one.name == CLOSURE and any(flow == BALANCING for flow, _ in empty):
        return True
    return any((part, fuel) in values for flow, fuel in empty for part in rows.get(flow, ()))


def _flow_sums(rows: Mapping[str, Mapping[str, int]], flows: Sequence[str], fuels: Sequence[str]) -> Iterator[Identity]:
    """Return totals as sums of the rows that there are; for a subtotal without a row stand its own."""
    for total, parts in rows.items():
        own = [one for part in parts for one in ([part] if part in flows else rows.get(part, ()))]
        there = [part for part in own if part in flows]
        if total in flows:
            yield from (Identity((total, fuel), {(part, fuel): 1 for part in there}, ROWS) for fuel in fuels)


def supply_sums(
    catalog: Catalog, values: Mapping[FlowOfFuel, float], flows: Sequence[str], fuels: Sequence[str]
) -> list[Identity]:
    """Return the sums that yearbooks revise apart from their rows: often they differ, which is told and no mismatch.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> values = {("tpes", "coke"): 1.0, ("import", "coke"): 1.0}
        >>> supply_sums(open_catalog(), values, ["tpes", "import"], ["coke"])[0].parts
        {('import', 'coke'): 1}
    """
    return _printed(list(_flow_sums(_members(catalog, "revised"), flows, fuels)), values)


def _closures(whole: str, parts: Mapping[str, int], flows: Sequence[str], fuels: Sequence[str]) -> Iterator[Identity]:
    """Return supply as what becomes of it, of each fuel."""
    if parts and {whole, *parts} <= set(flows):
        for fuel in fuels:
            yield Identity((whole, fuel), {(flow, fuel): sign for flow, sign in parts.items()}, CLOSURE)


def _uses(
    inputs: Mapping[str, int],
    values: Mapping[FlowOfFuel, float],
    flows: Sequence[str],
    fuels: Sequence[str],
    totals: set[str],
) -> Iterator[Identity]:
    """Return total consumption of each fuel: of a fuel with what is put in, of a total of fuels net."""
    if not {USED, "final", "losses", TURNED} <= set(flows):
        return
    for fuel in fuels:
        turned = [TURNED] if fuel in totals else [flow for flow in inputs if values.get((flow, fuel), 0.0) < 0]
        parts = {("final", fuel): 1, ("losses", fuel): 1, **{(flow, fuel): -1 for flow in turned}}
        yield Identity((USED, fuel), parts, USE)


def _fuel_sums(sums: Mapping[str, Mapping[str, int]], flows: Sequence[str], fuels: Sequence[str]) -> Iterator[Identity]:
    """Return totals as sums of their fuels; total consumption is net there and no such sum."""
    for total, parts in sums.items():
        there = [part for part in parts if part in fuels]
        for flow in flows if total in fuels else ():
            if flow != USED:
                yield Identity((flow, total), {(flow, part): 1 for part in there}, FUELS)


def mismatches(
    values: Mapping[FlowOfFuel, float], sums: Sequence[Identity], halves: Mapping[FlowOfFuel, float]
) -> list[Mismatch]:
    """Return the figures that are off, the fewest that explain every sum which does not hold.

    The figure is the one to which the most broken sums give the same value, of several the one in the fewest sums that
    hold; where a sum stands alone, its total.

    Args:
        values: (flow, fuel) -> quantity.
        sums: the identities, see `identities`.
        halves: half a unit of the last digit of each figure: a sum may be off by those of all its figures.

    Example:
        >>> sums = [Identity(("a", "x"), {("b", "x"): 1}, "1"), Identity(("c", "x"), {("b", "x"): 1}, "2")]
        >>> values = {("a", "x"): 7.0, ("b", "x"): 9.0, ("c", "x"): 7.0}
        >>> mismatches(values, sums, dict.fromkeys(values, 0.5))
        [Mismatch(cell=('b', 'x'), implied=7.0, names=('1', '2'))]
    """
    room = {id(one): one.tolerance(values, halves) for one in sums}
    broken = [one for one in sums if abs(one.gap(values)) > room[id(one)]]
    held = Counter(cell for one in sums if one not in broken for cell in (one.total, *one.parts))
    found = []
    while broken:
        explained = _explanations(values, broken, room)
        cell, implied, members = max(explained, key=lambda one: (len(one[2]), -held[one[0]]))
        found.append(Mismatch(cell, implied, tuple(dict.fromkeys(one.name for one in members))))
        broken = [one for one in broken if one not in members]
    return found


def _explanations(
    values: Mapping[FlowOfFuel, float], broken: Sequence[Identity], room: Mapping[int, float]
) -> Iterator[tuple[FlowOfFuel, float, list[Identity]]]:
    """Give each figure of the broken sums, totals first, with the value that most of its sums imply."""
    cells = dict.fromkeys([one.total for one in broken] + [cell for one in broken for cell in one.parts])
    for cell in sorted(cells, key=lambda cell: cell not in values):  # an empty cell only where no figure explains more
        own = [(one.implied(values, cell), one) for one in broken if cell == one.total or cell in one.parts]
        groups = [
            [pair for pair in own if abs(pair[0] - value) <= room[id(one)] + room[id(pair[1])]] for value, one in own
        ]
        best = max(groups, key=len)
        yield cell, best[0][0], [one for _, one in best]
