"""Levels: are the figures of an import of the size of those that are known, and which of these give way.

A sheet in another unit than its head says agrees with itself in every sum. Only figures of the same or a near year show
it: the total of an inventory, and the use of the main fuels of an energy balance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit
from tanfeng.data import units
from tanfeng.data.catalog import BREAKDOWN, Catalog, read_text_table, typed
from tanfeng.data.wording import Wording, say
from tanfeng.facts import usage_warnings

FACTOR = 2.0
WINDOW_YEARS = 3
UNFIT = {"incomplete", "implausible", "damaged_cell"}
MAIN_FUELS = ("electricity", "gasoline", "diesel", "lpg")
COAL = ("raw_coal", "total_coal")  # some balances count final use only: compared where the units are the same
FLOW = "total_consumption"
Levels = dict[tuple[str, int], dict[str, float]]


@dataclass(frozen=True)
class KnownLevels:
    """Figures that are there, by region and year, and there by part (field or fuel).

    Attributes:
        shipped: those of the project.
        local: those of years that only `data/local/` has.
        unit: unit of the figures.
    """

    shipped: Levels
    local: Levels
    unit: str


@dataclass(frozen=True)
class Superseded:
    """Shipped figures that give way to imported ones.

    Attributes:
        figures: number of shipped rows.
        places: number of regions and years (or periods) they belong to; 0 for a table without.
        largest: of an inventory: region, year and difference (percent of the shipped total) where it is largest.
    """

    figures: int
    places: int
    largest: tuple[str, int, float] | None

    def told(self) -> Wording:
        """Return it as one line.

        Example:
            >>> Superseded(6, 1, ("330000", 2019, 0.25)).told().split("; ")[1]
            'largest difference of a region-year total +0.25 % (330000, 2019)'
        """
        of = say("（{places}个地区年份）", " of {places} region-years", places=self.places) if self.places else ""
        line = say(
            "取代随附数据{figures}个{of}", "supersedes {figures} shipped figures{of}", figures=self.figures, of=of
        )
        if self.largest is None:
            return line
        region, year, percent = self.largest
        return say(
            "{line}；地区年度总量相差最大{percent:+.2f}%（{region}，{year}年）",
            "{line}; largest difference of a region-year total {percent:+.2f} % ({region}, {year})",
            line=line,
            percent=percent,
            region=region,
            year=year,
        )


def compared(catalog: Catalog, reading: FileContent) -> FileContent:
    """Return a reading with a finding for each region and year whose figures are twice, or half, those that are known.

    Compared is the total of an inventory, over the fields that both have, and the total consumption of the main fuels
    of a balance: with the shipped figure of the year, otherwise with the nearest year within three that has the same
    fields. A shipped year that a usage warning calls incomplete or implausible is no measure.

    Args:
        catalog: the tables.
        reading: rows as text; of tables other than `inventory` and `energy_balance` it comes back as it is.

    Returns:
        The reading with findings of severity `mismatch`, and a note on the rows they are about.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = read_text_table(open_catalog().root / "data" / "inventory.csv").query("region == '330000'")
        >>> rows = rows.query("year == '2019'").assign(co2_mt=lambda rows: rows["co2_mt"].astype(float) * 1000)
        >>> reading = compared(open_catalog(), FileContent("inventory", rows.astype(str), ()))
        >>> [finding.sheet for finding in reading.findings]
        ['Zhejiang (330000), 2019']
    """
    if reading.table not in {"inventory", "energy_balance"} or any(one.severity == "error" for one in reading.findings):
        return reading
    rows = reading.rows
    figures = rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce") for name in ("year", _figure(reading))})
    figures = figures.dropna(subset=["year", _figure(reading)])
    off = _inventory_off(catalog, figures) if reading.table == "inventory" else _balance_off(catalog, figures)
    findings = list(reading.findings)
    notes = rows[["note_zh", "note_en"]].copy()
    for mask, finding, note in off:
        findings.append(finding)
        chosen = mask.reindex(rows.index, fill_value=False)
        for column, text in zip(("note_zh", "note_en"), note, strict=True):
            notes.loc[chosen, column] = (notes.loc[chosen, column] + " " + text).str.strip()
    return replace(reading, rows=rows.assign(note_zh=notes["note_zh"], note_en=notes["note_en"]), findings=(*findings,))


Off = tuple[pd.Series, Misfit, tuple[str, str]]


def _figure(reading: FileContent) -> str:
    return "co2_mt" if reading.table == "inventory" else "value"


def _inventory_off(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Off]:
    known = KnownLevels(*_known(catalog, "inventory", "field", "co2_mt"), "Mt CO2")
    for (region, year), new in _levels(rows, "field", "co2_mt").items():
        fits = _fitting(catalog, region)
        found = _reference(known, region, year, new, fits)
        if found:
            mask = (rows["region"] == region) & (rows["year"] == year)
            yield mask, *_told(catalog, (region, year, ""), found, known.unit)


def _balance_off(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Off]:
    """Compare fuel by fuel: main fuels in standard coal, coal in its own unit."""
    for fuel, unit in [*((fuel, "Mtce") for fuel in MAIN_FUELS), *_coal_units(rows)]:
        there = _in_unit(catalog, catalog.read("energy_balance"), fuel, unit)
        known = KnownLevels(_levels(there, "fuel", "value"), {}, unit)
        for (region, year), new in _levels(_in_unit(catalog, rows, fuel, unit), "fuel", "value").items():
            found = _reference(known, region, year, new, lambda year: True)
            if found:
                mask = (rows["region"] == region) & (rows["year"] == year) & (rows["fuel"] == fuel)
                yield mask, *_told(catalog, (region, year, fuel), found, unit)


def _coal_units(rows: pd.DataFrame) -> list[tuple[str, str]]:
    coal = rows[rows["fuel"].isin(COAL)][["fuel", "unit"]].drop_duplicates()
    return list(coal.itertuples(index=False, name=None))


def _in_unit(catalog: Catalog, rows: pd.DataFrame, fuel: str, unit: str) -> pd.DataFrame:
    """Return the total consumption of a fuel; of main fuels as energy, by the calorific value of the fuel."""
    rows = rows[(rows["flow"] == FLOW) & (rows["fuel"] == fuel)]
    if fuel in COAL:
        return rows[rows["unit"] == unit]
    pairs = zip(rows["value"], rows["unit"], strict=True)
    return rows.assign(value=[value * _energy(catalog, fuel, found, unit) for value, found in pairs])


def _energy(catalog: Catalog, fuel: str, found: str, unit: str) -> float:
    """Return the energy in one unit of a fuel; missing for a unit that measures neither energy nor mass."""
    if found not in set(catalog.read("units").query("pint != ''")["id"]):
        return float("nan")
    one, energy = units.quantity(catalog, 1.0, found), units.quantity(catalog, 1.0, unit)
    if one.is_compatible_with(energy.units):
        return float((one / energy).to("dimensionless").magnitude)
    rows = catalog.read("emission_factors").query("kind == 'net_calorific_value' and item == @fuel")
    heats = [one * units.quantity(catalog, row.value, row.unit) for row in rows.itertuples()]
    fit = [heat for heat in heats if heat.is_compatible_with(energy.units)]
    return float((fit[0] / energy).to("dimensionless").magnitude) if fit else float("nan")


def _levels(rows: pd.DataFrame, part: str, figure: str) -> Levels:
    sums = rows.dropna(subset=[figure]).groupby(["region", "year", part])[figure].sum()
    levels: Levels = {}
    for (region, year, name), value in sums.items():
        levels.setdefault((str(region), int(year)), {})[str(name)] = float(value)
    return levels


def shipped(catalog: Catalog, name: str) -> pd.DataFrame:
    """Return the shipped rows of a table, without local ones.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(shipped(open_catalog(), "plans"))
        7
    """
    table = catalog.tables[name]
    return typed(read_text_table(catalog.root / "data" / table.path), table)


def _known(catalog: Catalog, name: str, part: str, figure: str) -> tuple[Levels, Levels]:
    ours = _levels(shipped(catalog, name), part, figure)
    every = _levels(catalog.read(name), part, figure)
    return ours, {place: parts for place, parts in every.items() if place not in ours}


def _fitting(catalog: Catalog, region: str) -> Any:
    rows = usage_warnings.caveats(catalog, usage_warnings.TOTAL, region, "inventory")
    return lambda year: not usage_warnings.covering(rows, UNFIT, year, year)


def _reference(
    known: KnownLevels, region: str, year: int, new: dict[str, float], fits: Any
) -> tuple[int, float, float] | None:
    """Return year and level of the figure that the new one does not agree with, and the new level; None if it does."""
    own = known.shipped.get((region, year), {})
    common = sorted(set(new) & set(own))
    if common:
        found, expected = (sum(side[name] for name in common) for side in (new, own))
        if _near(found, expected):
            if len(common) == len(new):
                return None
        elif fits(year):
            return year, expected, found
    near = _nearest(known, region, year, set(new), fits)
    if near is None:
        return None
    expected, found = sum(near[1][name] for name in new), sum(new.values())
    return None if _near(found, expected) else (near[0], expected, found)


def _near(found: float, expected: float) -> bool:
    return found == expected or (found > 0 and expected > 0 and 1 / FACTOR <= found / expected <= FACTOR)


def _nearest(
    known: KnownLevels, region: str, year: int, parts: set[str], fits: Any
) -> tuple[int, dict[str, float]] | None:
    """Return the nearest other year within the window that has every part: a shipped one, if there is one."""
    years = [year + side * step for step in range(1, WINDOW_YEARS + 1) for side in (-1, 1)]
    for levels in (known.shipped, known.local):
        for other in years:
            there = levels.get((region, other), {})
            if parts <= set(there) and fits(other):
                return other, there
    return None


def _told(
    catalog: Catalog, place: tuple[str, int, str], off: tuple[int, float, float], unit: str
) -> tuple[Misfit, tuple[str, str]]:
    region, year, fuel = place
    other, expected, found = off
    names = catalog.read("regions").set_index("id")["en"]
    zh = catalog.read("regions").set_index("id")["zh"].get(region, region)
    sheet = Wording(f"{zh}（{region}）{year}年", f"{names.get(region, region)} ({region}), {year}")
    what = (
        say("{fuel}消费量合计", "total consumption of {fuel}", fuel=fuel)
        if fuel
        else Wording("排放总量", "total emissions")
    )
    times = say(*TIMES, times=found / expected) if expected else ""
    limit = say(*LIMIT, factor=FACTOR, expected=expected, unit=unit, other=other)
    told = say(
        "{what}{found:.6g} {unit}{times}",
        "{found:.6g} {unit} as {what}{times}",
        what=what,
        found=found,
        unit=unit,
        times=times,
    )
    note_zh = (
        f"与已收录的{other}年数据（{expected:.6g}{' ' if unit[0].isdigit() else ''}{unit}）相差一倍以上，按原表照录。"
    )
    note_en = f"more than a factor of {FACTOR:g} from the figure of {other} ({expected:.6g} {unit}); kept as read"
    return Misfit(sheet, "", told, limit, "mismatch"), (note_zh, note_en)


TIMES = "，为已收录数据的{times:.4g}倍", ", {times:.4g} times the figure that is known"
LIMIT = (
    "与{other}年的{expected:.6g} {unit}相差不超过{factor:g}倍；请核对单位",
    "within a factor of {factor:g} of {expected:.6g} {unit} in {other}; mind the unit",
)


def superseded(catalog: Catalog, name: str, rows: pd.DataFrame) -> Superseded:
    """Return which shipped figures of a table give way to imported rows.

    Args:
        catalog: the tables.
        name: the table.
        rows: the imported rows, all columns, as text.

    Raises:
        ProjectError: if a cell does not fit its column.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = read_text_table(open_catalog().root / "data" / "inventory.csv")
        >>> rows = rows.query("region == '130000' and year == '2019'")
        >>> superseded(open_catalog(), "inventory", rows)
        Superseded(figures=6, places=1, largest=('130000', 2019, 0.0))
    """
    table = catalog.tables[name]
    question = [column for column in table.key if column not in BREAKDOWN]
    new, old = typed(rows, table).set_index(question), shipped(catalog, name).set_index(question)
    gone = old[old.index.isin(new.index)].reset_index()
    place = [column for column in ("region", "year", "period") if column in gone]
    places = len(gone[place].drop_duplicates()) if len(place) > 1 else 0
    if name != "inventory" or gone.empty:
        return Superseded(len(gone), places, None)
    coming = new[new.index.isin(old.index)].reset_index()
    before, after = (part.groupby(["region", "year"])["co2_mt"].sum() for part in (gone, coming))
    percent = (100 * (after / before - 1))[before > 0]
    if percent.empty:
        return Superseded(len(gone), places, None)
    region, year = percent.abs().idxmax()
    return Superseded(len(gone), places, (str(region), int(year), float(percent[region, year])))
