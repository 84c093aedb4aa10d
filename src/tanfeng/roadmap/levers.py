"""What may be set in a what-if: levers with unit, range, default and source; a setting; saved settings.

A lever is a row of `data/levers.csv`. A setting gives some of them a value and switches measures on; it becomes a
scenario (`tanfeng.outlook.scenarios`), so that the outlook answers it and nothing else. A setting saved under a name is
a file `data/scenarios/NAME.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from tanfeng.data import entries, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.entries import Kinds, are_texts, is_finite, is_text
from tanfeng.data.project import ProjectError
from tanfeng.outlook import committed
from tanfeng.outlook.scenarios import BASELINE, Cars, Counted, Imports, Project, Scenario, Steps, Unit, beyond, larger
from tanfeng.roadmap import effects, wedges

FOLDER = Path("data", "scenarios")
GROWTH = "growth"
NAME = re.compile(r"\w[\w-]{0,59}")
PARTS: Kinds = {
    "region": (is_text, "a code in quotes"),
    "values": (
        lambda value: isinstance(value, dict) and all(is_text(key) and is_finite(one) for key, one in value.items()),
        "levers with finite numbers",
    ),
    "measures": (are_texts, "a list of measures"),
}
UNITS = {
    "nuclear": "GW",
    "imports": "TWh",
    "electric_cars": "vehicles",
    "project": "Mt CO2",
}  # of tanfeng.outlook.scenarios
SAME = {"nuclear": ("GW", "GW"), "imports": ("10^8 kWh/yr", "10^8 kWh")}  # of measures, and the same without "a year"


@dataclass(frozen=True)
class Lever:
    """Something that may be set.

    Attributes:
        id: name, as the command takes it.
        zh, en: what it is.
        effect: `growth`, `nuclear`, `imports`, `electric_cars` or `project`.
        field: field whose emissions change, empty if all do.
        first_year: first whole year of the effect; None if it follows the last published year.
        low, high: range, in `unit`.
        step: step of a control.
        default: value at which nothing changes; None if there is no single one.
        unit: unit of the values.
        source_id: source of the default or the range.
        note_zh, note_en: what they rest on.
    """

    id: str
    zh: str
    en: str
    effect: str
    field: str
    first_year: int | None
    low: float
    high: float
    step: float
    default: float | None
    unit: str
    source_id: str
    note_zh: str
    note_en: str

    @property
    def year(self) -> int:
        """First whole year of the effect; a lever on growth has none."""
        assert self.first_year is not None
        return self.first_year

    @property
    def choices(self) -> list[float]:
        """Values a control offers: the multiples of the step within the range, and both ends."""
        inside = self.step * np.arange(np.ceil(self.low / self.step), np.floor(self.high / self.step) + 1)
        return sorted({self.low, self.high, *(round(float(one), 6) for one in inside)})


@dataclass(frozen=True)
class Setting:
    """What is set: values of levers, and measures that are on. Nothing set is the reference.

    Attributes:
        region: GB/T 2260 code.
        given: lever and value, in the order of `data/levers.csv`.
        measures: numbers of measures, in the order they are counted.
        name: name it is saved under; empty if it is not.
    """

    region: str
    given: tuple[tuple[str, float], ...] = ()
    measures: tuple[str, ...] = ()
    name: str = ""


@cached
def levers(catalog: Catalog, region: str) -> dict[str, Lever]:
    """Return the levers of a region by id, in the order of the table.

    Raises:
        ProjectError: if the region has none, a default lies outside its range, or a first year is missing.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = levers(open_catalog(), "330000")["nuclear_gw_2027"]
        >>> found.default, found.unit, found.choices[:3]
        (10.38, 'GW', [10.38, 10.5, 11.0])
    """
    rows = catalog.read("levers")
    own = rows[rows["region"] == region].drop(columns="region").to_dict("records")
    found = [_lever(catalog, region, row) for row in own]
    if not found:
        raise ProjectError(f"data/levers.csv has no lever of region {region}; there are those of {_regions(rows)}")
    return {one.id: one for one in found}


def _regions(rows: pd.DataFrame) -> str:
    return ", ".join(sorted(rows["region"].unique()))


def _lever(catalog: Catalog, region: str, row: dict[str, Any]) -> Lever:
    year, default = row["first_year"], row["default"]
    row |= {"first_year": None if pd.isna(year) else int(year), "default": None if pd.isna(default) else float(default)}
    if row["effect"] == "nuclear" and row["default"] is not None and row["first_year"]:
        row["default"] = round(row["default"] + _committed(catalog, region, row["first_year"], row["unit"]), 9)
        row["low"] = max(row["low"], row["default"])
    found = Lever(**row)
    if found.first_year is None and found.effect != GROWTH:
        raise ProjectError(f"data/levers.csv, {found.id}: first_year is empty; a lever on {found.effect} needs it")
    if not found.low <= (found.low if found.default is None else found.default) <= found.high:
        raise ProjectError(f"data/levers.csv, {found.id}: default {found.default} outside {found.low} to {found.high}")
    return found


def setting(
    catalog: Catalog, region: str, values: Mapping[str, float], measures: Iterable[str] = (), name: str = ""
) -> Setting:
    """Return a setting after holding it against the levers and the counted measures.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        values: value by lever, in the unit of the lever.
        measures: numbers of the measures that are on.
        name: name it is saved under.

    Raises:
        ProjectError: if a lever or measure is not known, or a value is outside its range.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> setting(open_catalog(), "330000", {"gdp_growth": 5.5}, ["ME12"]).given
        (('gdp_growth', 5.5),)
    """
    known = levers(catalog, region)
    unknown = [one for one in values if one not in known]
    if unknown:
        raise ProjectError(f"no lever {unknown[0]!r}; there are: {', '.join(known)}")
    for lever, value in values.items():
        _require_in_range(known[lever], value)
    on = list(measures)
    counted = measures_of(catalog, region) if on else []  # takes seconds the first time
    strangers = [one for one in on if one not in counted]
    if strangers:
        raise ProjectError(f"measure {strangers[0]!r} cannot be switched; there are: {', '.join(counted) or 'none'}")
    chosen = tuple((one, float(values[one])) for one in known if one in values)
    return Setting(region, chosen, tuple(one for one in counted if one in on), name)


def _require_in_range(lever: Lever, value: float) -> None:
    if not lever.low <= value <= lever.high:
        limits = f"{lever.low:g} to {lever.high:g} {lever.unit}"
        raise ProjectError(f"{lever.id} = {value:g}: expected {limits} ({lever.en}; data/levers.csv)")


def measures_of(catalog: Catalog, region: str) -> list[str]:
    """Return the measures that may be on: those `tanfeng.roadmap.wedges` counts, in its order.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> measures_of(open_catalog(), "330000")[:2]
        ['MT03', 'ME12']
    """
    rows = wedges.candidates(catalog, region)
    return [str(one) for one in rows.loc[rows["stage"] == wedges.COUNTED, "id"]]


def scenario(catalog: Catalog, chosen: Setting) -> Scenario:
    """Return what a setting says apart from its measures; a lever at its default changes nothing.

    A capacity of nuclear power holds until the next year that has one and never falls (`held`); what exceeds the
    default counts. Of nuclear power and imports only what exceeds the measures of the same kind is left to the
    scenario, so that both together are the larger of the two (`counting`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> twenty = setting(catalog, "330000", {"nuclear_gw_2030": 20})
        >>> scenario(catalog, twenty).nuclear
        (Unit(first_year=2030, gw=5.91),)
    """
    known = levers(catalog, chosen.region)
    given = [(known[name], value) for name, value in chosen.given]
    rest = {name: beyond(own, _of_measures(catalog, chosen, name)) for name, own in _added(catalog, chosen).items()}
    moved = [(lever, value) for lever, value in given if value != lever.default]
    rates = [value for lever, value in moved if lever.effect == GROWTH]
    return Scenario(
        BASELINE.name,
        gdp_growth=rates[-1] if rates else None,
        projects=tuple(Project(one.field, one.year, amount) for one, amount in _in(catalog, moved, "project")),
        nuclear=tuple(Unit(year, gw) for year, gw in rest["nuclear"]),
        cars=tuple(Cars(one.year, amount) for one, amount in _in(catalog, moved, "electric_cars")),
        imports=tuple(Imports(year, twh) for year, twh in rest["imports"]),
    )


def _in(catalog: Catalog, given: list[tuple[Lever, float]], effect: str) -> list[tuple[Lever, float]]:
    """Return the levers of an effect with their values in the unit of `tanfeng.outlook.scenarios`, by year."""
    own = [one for one in given if one[0].effect == effect]
    own.sort(key=lambda one: one[0].year)
    return [(lever, value * units.factor(catalog, lever.unit, UNITS[effect])) for lever, value in own]


def _committed(catalog: Catalog, region: str, year: int, unit: str) -> float:
    return committed.capacity(catalog, region, year) / units.factor(catalog, unit, UNITS["nuclear"])


def _steps(catalog: Catalog, region: str, known: list[Lever], given: list[tuple[Lever, float]]) -> Steps:
    """Return what is set beyond the capacity of the reference, by the year in which that changes; none is shut down."""
    own = _in(catalog, given, "nuclear")
    start = _in(catalog, [(one, one.default) for one in known if one.default is not None], "nuclear")
    if own and not start:
        raise ProjectError(f"data/levers.csv, {own[0][0].id}: no default; the first capacity of a region needs one")
    dated = committed.plants(catalog, region)["first_year"].tolist() if own else []
    years = sorted({*(one.year for one, _ in own), *(year for year in dated if own and year >= own[0][0].year)})
    base = start[0][1] - committed.capacity(catalog, region, start[0][0].year) if start else 0.0
    more = [
        max(0.0, max(gw for one, gw in own if one.year <= year) - base - committed.capacity(catalog, region, year))
        for year in years
    ]
    steps = zip(years, np.diff(more, prepend=0.0), strict=True)
    return [(year, round(float(step), 9)) for year, step in steps if round(float(step), 9)]


def held(catalog: Catalog, chosen: Setting) -> tuple[tuple[Lever, Lever, float], ...]:
    """Return the nuclear capacities set below an earlier one, which holds: lever, the earlier lever, and its value.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> fall = setting(catalog, "330000", {"nuclear_gw_2027": 20, "nuclear_gw_2028": 15})
        >>> [(low.id, high.id, value) for low, high, value in held(catalog, fall)]
        [('nuclear_gw_2028', 'nuclear_gw_2027', 20.0)]
    """
    known = levers(catalog, chosen.region)
    own = [(known[name], value) for name, value in chosen.given if known[name].effect == "nuclear"]
    own.sort(key=lambda one: one[0].year)
    highest = [max(own[: i + 1], key=lambda one: one[1]) for i in range(len(own))]
    return tuple((low[0], *top) for low, top in zip(own, highest, strict=True) if top[1] > low[1])


def counting(catalog: Catalog, chosen: Setting) -> tuple[Counted, ...]:
    """Return which of a lever and the measures of the same kind counts; a line for each year in which that changes.

    The larger of the two counts in every year, never the sum and never less than the measures.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> counting(catalog, setting(catalog, "330000", {"import_twh_2028": 72}, ["ME12"]))
        (Counted(effect='imports', year=2028, lever=True),)
    """
    moved = _added(catalog, chosen)
    touched = {levers(catalog, chosen.region)[name].effect for name, _ in chosen.given}
    found: list[Counted] = []
    for effect in (one for one in moved if one in touched):
        others = _of_measures(catalog, chosen, effect)
        found += [Counted(effect, *one) for one in larger(moved[effect], others)] if others else []
    return tuple(found)


def _added(catalog: Catalog, chosen: Setting) -> dict[str, Steps]:
    """Return what the levers of a setting add to the course of things in each year, by effect that measures share."""
    known = levers(catalog, chosen.region)
    given = [(known[name], value) for name, value in chosen.given]
    lines = [(one.year, amount) for one, amount in _in(catalog, given, "imports") if amount]
    return {"nuclear": _steps(catalog, chosen.region, list(known.values()), given), "imports": lines}


def _of_measures(catalog: Catalog, chosen: Setting, effect: str) -> Steps:
    """Return the capacity or electricity of the measures of a setting that are of a kind, with their first years."""
    own = [one for one in chosen.measures if _effect(catalog, chosen.region, one) == effect]
    rows = wedges.candidates(catalog, chosen.region).set_index("id").loc[own]
    rate, amount = SAME[effect]
    scale = units.factor(catalog, amount, UNITS[effect])
    return [
        (int(row["first_year"]), round(row["quantity"] * units.factor(catalog, row["unit"], rate) * scale, 9))
        for row in rows.to_dict("records")
    ]


@cached
def _effect(catalog: Catalog, region: str, measure: str) -> str:
    """Return the effect of a lever that a measure is part of; empty if there is none."""
    groups = wedges.candidates(catalog, region).set_index("id")["group"]
    if groups[measure] == wedges.IMPORT:
        return "imports"
    hours = catalog.read("emission_factors").query("kind == 'full_load_hours' and item == 'nuclear'")["id"]
    used = effects.factors(catalog, measure)["parameter_id"]
    made = catalog.read("measure_parameters").set_index("id").loc[used, "emission_factor_id"]
    return "nuclear" if made.isin(hours).any() else ""


def saved(catalog: Catalog, region: str = "") -> list[Setting]:
    """Return the settings saved in `data/scenarios/`, by name; of one region if it is given.

    Raises:
        ProjectError: if a file is no setting, or one that the levers do not allow.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> isinstance(saved(open_catalog(), "330000"), list)
        True
    """
    try:
        paths = sorted((catalog.root / FOLDER).iterdir())
    except FileNotFoundError:
        return []
    found = [_read(catalog, path) for path in paths if not path.name.startswith((".", "~"))]
    return [one for one in found if region in {"", one.region}]


def _read(catalog: Catalog, path: Path) -> Setting:
    where = (FOLDER / path.name).as_posix()
    if path.suffix != ".yaml":
        raise ProjectError(f"{where}: a file that is not read; expected settings as NAME.yaml")
    given = entries.require(where, entries.read_yaml(path, where), PARTS)
    try:
        return setting(catalog, given["region"], given["values"], given["measures"], path.stem)
    except ProjectError as error:
        raise ProjectError(f"{where}: {error}") from error


def save(catalog: Catalog, chosen: Setting, name: str) -> Path:
    """Save a setting under a name and return its file; what is saved is never overwritten.

    Raises:
        ProjectError: if the name is none, is taken, or nothing is set.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> save(open_catalog(), Setting("330000"), "nothing")
        Traceback (most recent call last):
        tanfeng.data.project.ProjectError: nothing is set: there is no scenario to save
    """
    if not (chosen.given or chosen.measures):
        raise ProjectError("nothing is set: there is no scenario to save")
    if not NAME.fullmatch(name):
        raise ProjectError(f"name {name!r}: expected letters (Chinese too), digits, - and _, at most 60")
    path = catalog.root / FOLDER / f"{name}.yaml"
    if name in set(catalog.read("scenarios")["id"]):
        raise ProjectError(f"{name} is a scenario of data/scenarios.csv; choose another name")
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(document(chosen))
    except FileExistsError as error:
        raise ProjectError(f"{(FOLDER / path.name).as_posix()} exists; choose another name or remove it") from error
    return path


def document(chosen: Setting) -> str:
    """Return a setting as the text of its file.

    Example:
        >>> print(document(Setting("330000", (("gdp_growth", 5.5),), ("ME01",))), end="")
        region: '330000'
        values:
          gdp_growth: 5.5
        measures:
        - ME01
    """
    parts = {"region": chosen.region, "values": dict(chosen.given), "measures": list(chosen.measures)}
    return str(yaml.safe_dump(parts, allow_unicode=True, sort_keys=False))


def problems(catalog: Catalog) -> list[str]:
    """Return what is wrong with the levers of every region and with the saved settings, a line each.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> problems(open_catalog())
        []
    """
    try:
        for region in catalog.read("levers")["region"].unique():
            levers(catalog, str(region))
        saved(catalog)
    except ProjectError as error:
        return [str(error)]
    return []
