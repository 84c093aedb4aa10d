"""CEADs workbooks: one sheet a province and year, 47 sectors by fuel, into rows of the table `inventory`.

Layout: row 1 the fuels, row 2 the unit, row 3 empty, row 4 `TotalEmissions`, then the sectors; last column
`Scope_1_Total`. Rows and columns are found by name, never by position. Scope 2 is no direct emission and is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, locate, nearest, plain, shown, trimmed
from tanfeng.checks.importing.reading import SourceSheet
from tanfeng.data.catalog import Catalog

SHEET_NAME = re.compile(r"([A-Za-z]+)((?:19|20)[0-9]{2})")
NOTE = "NOTE"
HEAD, UNIT_HEAD, UNIT, TOTAL = "Emission_Inventory", "unit", "Mt CO2", "TotalEmissions"
FUELS = {
    "Raw_Coal": "raw_coal",
    "CleanedCoal": "cleaned_coal",
    "Other_Washed_Coal": "other_washed_coal",
    "Briquettes": "briquettes",
    "Coke": "coke",
    "Coke_Oven_Gas": "coke_oven_gas",
    "Other_Gas": "other_gas",
    "Other_Coking_Products": "other_coking_products",
    "Crude_Oil": "crude_oil",
    "Gasoline": "gasoline",
    "Kerosene": "kerosene",
    "Diesel_Oil": "diesel",
    "Fuel_Oil": "fuel_oil",
    "LPG": "lpg",
    "Refinery_Gas": "refinery_gas",
    "Other_Petroleum_Products": "other_petroleum_products",
    "Natural_Gas": "natural_gas",
}
NO_GROUP, PROCESS, SCOPE_1 = "Other_Energy", "Process", "Scope_1_Total"
SCOPE_2 = ("Scope_2_Heat", "Scope_2_Electricity")
COLUMNS = (*FUELS, *SCOPE_2, NO_GROUP, PROCESS, SCOPE_1)
CEMENT_SECTOR = "Nonmetal Mineral Products"
TOLERANCE = 1e-6
DECIMALS = 9


def is_ceads(sheets: Sequence[SourceSheet]) -> bool:
    """Return whether sheets look like a CEADs workbook: its words in the first rows, or its names of sheets.

    Example:
        >>> is_ceads([SourceSheet("Zhejiang2019", ())]), is_ceads([SourceSheet("Sheet1", ())])
        (True, False)
    """
    heads = {trimmed(cell) for sheet in sheets for row in sheet.rows[:5] for cell in row}
    return bool(heads & {HEAD, SCOPE_1}) or any(SHEET_NAME.fullmatch(sheet.name.strip()) for sheet in sheets)


def read(
    catalog: Catalog,
    sheets: Sequence[SourceSheet],
    source_id: str,
    regions: Sequence[str] = (),
    year: int | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> FileContent:
    """Return the emissions that a CEADs workbook gives, by region, year, field, subsector and fuel group.

    Args:
        catalog: the tables; `ceads_sectors` and `fuels` say where a sector and a fuel belong.
        sheets: the sheets of the workbook.
        source_id: source of the rows.
        regions: read only these regions (GB/T 2260 codes); all by default.
        year: read only the sheets of this year; all by default.
        tell: called after each sheet with the number done and the number in all.

    Returns:
        Rows of the table `inventory`, Mt CO2 with nine decimals. Zeros are left out; a field that is zero throughout
        has one row `all`.

    Source: layout of the CEADs inventories of 30 provinces, 1997 to 2022.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("Zhejang2019", (("x",),))
        >>> read(open_catalog(), [sheet], "ceads_provinces_1997_2019").findings[0].expected
        "a province and a year, such as 'Zhejiang2019'"
    """
    named, findings = _named(catalog, sheets)
    chosen = [one for one in named if (not regions or one[1] in regions) and year in {None, one[2]}]
    findings += _gaps(catalog, named, chosen, regions, year)
    layout = _layout(catalog)
    frames = []
    for done, (sheet, region, of_year) in enumerate(chosen, start=1):
        rows, found = _read_sheet(layout, sheet, region, of_year)
        frames.append(rows)
        findings += found
        tell(done, len(chosen))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=GROUPED)
    texts = {"status": "reported", "source_id": source_id, "note_zh": "", "note_en": ""}
    rows = rows.sort_values(GROUPED[:5])
    rows = rows.assign(co2_mt=[_written_emission(value) for value in rows["co2_mt"]], **texts)
    return FileContent("inventory", rows[catalog.tables["inventory"].columns].astype(str), tuple(findings))


GROUPED = ["region", "year", "field", "subsector", "fuel_group", "co2_mt"]


@dataclass(frozen=True)
class _Layout:
    """Where sectors and fuels belong: sector -> field, subsector; column -> fuel group."""

    sectors: dict[str, tuple[str, str]]
    groups: dict[str, str]


def _layout(catalog: Catalog) -> _Layout:
    sectors, fuels = catalog.read("ceads_sectors"), catalog.read("fuels").set_index("id")["fuel_group"]
    places = zip(sectors["field"], sectors["subsector"], strict=True)
    groups = {column: str(fuels[fuel]) for column, fuel in FUELS.items()}
    return _Layout(dict(zip(sectors["ceads_sector"], places, strict=True)), {**groups, PROCESS: "cement_process"})


def _written_emission(value: float) -> str:
    return repr(round(float(value), DECIMALS)) if value else "0"


def _named(catalog: Catalog, sheets: Sequence[SourceSheet]) -> tuple[list[tuple[SourceSheet, str, int]], list[Misfit]]:
    """Return the sheets of provinces with region and year, and a finding for each other sheet that is not the note."""
    regions = catalog.read("regions").query("level == 'province'")
    codes = {name.replace(" ", ""): code for name, code in zip(regions["en"], regions["id"], strict=True)}
    named, findings = [], []
    seen: dict[tuple[str, int], str] = {}
    for sheet in sheets:
        found = SHEET_NAME.fullmatch(sheet.name.strip())
        if sheet.name.strip() == NOTE or (sheet.empty and not found):
            continue
        code = codes.get(found.group(1)) if found else None
        if found is None or code is None:
            findings.append(Misfit(sheet.name, "", "a sheet of this name", _expected_name(sheet.name, list(codes))))
            continue
        key = (code, int(found.group(2)))
        if key in seen:
            findings.append(Misfit(sheet.name, "", f"the province again (also sheet {seen[key]!r})", "one sheet each"))
        seen[key] = sheet.name
        named.append((sheet, *key))
    return named, [*findings, *_note_year(sheets, named)]


def _expected_name(name: str, provinces: list[str]) -> str:
    hint = nearest(name.strip().rstrip("0123456789"), provinces)
    year = re.search(r"(19|20)[0-9]{2}", name)
    return f"a province and a year, such as '{hint or 'Zhejiang'}{year.group() if year else 2019}'"


def _note_year(sheets: Sequence[SourceSheet], named: list[tuple[SourceSheet, str, int]]) -> Iterator[Misfit]:
    """Hold the year that the note of the workbook states against the names of the sheets."""
    years = sorted({year for _, _, year in named})
    for sheet in sheets:
        for index, row in enumerate(sheet.rows if sheet.name.strip() == NOTE else ()):
            stated = row[1] if len(row) > 1 and trimmed(row[0]).startswith("Timeseries") else None
            if isinstance(stated, (int, float)) and [int(stated)] != years:
                expected = f"the year of the sheets ({', '.join(map(str, years))})"
                yield Misfit(sheet.name, address(index, 1), f"{stated:.0f}", expected)


def _gaps(
    catalog: Catalog,
    named: list[tuple[SourceSheet, str, int]],
    chosen: list[tuple[SourceSheet, str, int]],
    regions: Sequence[str],
    year: int | None,
) -> list[Misfit]:
    """Say what was asked for and is not there (error), and which provinces a whole workbook lacks (note)."""
    there = {region for _, region, _ in chosen}
    if regions or not chosen:
        asked = list(regions) or ["any province"]
        when = f" of {year}" if year else ""
        return [Misfit("", "", f"no sheet of {one}{when}", "one") for one in asked if one not in there]
    usual = set(catalog.read("inventory")["region"])
    missing = sorted(usual - {region for _, region, _ in named})
    names = ", ".join(catalog.label("regions", region, "en") for region in missing)
    return [Misfit("", "", f"no sheet of {names}", f"{len(usual)} provinces", "note")] if missing else []


def _read_sheet(layout: _Layout, sheet: SourceSheet, region: str, year: int) -> tuple[pd.DataFrame, list[Misfit]]:
    findings = _frame_findings(sheet)
    if findings:
        return pd.DataFrame(columns=GROUPED), findings
    columns, found = _columns(sheet)
    rows, other = _rows(layout, sheet)
    findings = [*found, *other, *_unit_findings(sheet, columns)]
    values, wrong = _values(sheet, rows, columns)
    findings += wrong
    if not any(finding.severity == "error" for finding in findings):
        findings += [*_sums(sheet, values, rows, columns), *_contents(sheet, values, rows, columns)]
    return _grouped(layout, values, region, year), findings


def _frame_findings(sheet: SourceSheet) -> list[Misfit]:
    """Check the four corners that the layout stands on; if one is out of place, nothing else is read."""
    findings = []
    for row, name in ((0, HEAD), (1, UNIT_HEAD), (3, TOTAL)):
        if trimmed(sheet.cell(row, 0)) != name:
            places = [index for index, line in enumerate(sheet.rows) if line and trimmed(line[0]) == name]
            moved = f" (it stands in {address(places[0], 0)}: a row was added or removed)" if places else ""
            findings.append(Misfit(sheet.name, address(row, 0), shown(sheet.cell(row, 0)), f"{name!r}{moved}"))
    if not findings and len(sheet.rows) > 2 and any(trimmed(cell) or cell != "" for cell in sheet.rows[2]):
        findings.append(Misfit(sheet.name, "A3", "a row that is not empty", "an empty row between unit and total"))
    return findings


def _columns(sheet: SourceSheet) -> tuple[dict[str, int], list[Misfit]]:
    width = max(len(row) for row in sheet.rows)
    used = [
        column for column in range(1, width) if any(sheet.cell(row, column) != "" for row in range(len(sheet.rows)))
    ]
    labels = [(column, trimmed(sheet.cell(0, column))) for column in used]
    cells = {column: address(0, column) for column in used}
    return locate(labels, COLUMNS, "a fuel or total", sheet.name, cells)


def _rows(layout: _Layout, sheet: SourceSheet) -> tuple[dict[str, int], list[Misfit]]:
    """Find the row of each sector; text below the table is told, figures below it are not accepted."""
    body = range(3, len(sheet.rows))
    numbers = [row for row in body if any(isinstance(cell, (int, float)) for cell in sheet.rows[row][1:])]
    named = [row for row in body if trimmed(sheet.cell(row, 0)) in layout.sectors]
    last = max([3, *numbers, *named])
    labels = [(row, trimmed(sheet.cell(row, 0))) for row in range(3, last + 1)]
    cells = {row: address(row, 0) for row in range(3, last + 1)}
    rows, findings = locate(labels, (TOTAL, *layout.sectors), "a sector", sheet.name, cells)
    below = [row for row in range(last + 1, len(sheet.rows)) if any(cell != "" for cell in sheet.rows[row])]
    if below:
        place = f"{address(below[0], 0)}:{address(below[-1], 0)}"
        findings.append(Misfit(sheet.name, place, "text below the table", "nothing; left out", "note"))
    return rows, findings


def _unit_findings(sheet: SourceSheet, columns: dict[str, int]) -> Iterator[Misfit]:
    for column in columns.values():
        cell = sheet.cell(1, column)
        if plain(trimmed(cell)) != plain(UNIT):
            yield Misfit(sheet.name, address(1, column), shown(cell), f"the unit {UNIT!r}")


def _values(sheet: SourceSheet, rows: dict[str, int], columns: dict[str, int]) -> tuple[pd.DataFrame, list[Misfit]]:
    """Return the figures by sector and column; a cell that is no figure counts as missing and is a finding."""
    findings = []
    values = pd.DataFrame(0.0, index=list(rows), columns=list(columns))
    for sector, row in rows.items():
        for name, column in columns.items():
            cell = sheet.cell(row, column)
            expected = _wrong(cell)
            if expected:
                findings.append(Misfit(sheet.name, address(row, column), shown(cell), expected))
            else:
                values.at[sector, name] = float(cell)
    return values, findings


def _wrong(cell: Any) -> str:
    """Return what was expected of a cell of emissions, or nothing if it is good."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not math.isfinite(cell):
        return "a number"
    return "a number that is not negative" if cell < 0 else ""


def _differs(found: float, expected: float) -> bool:
    return abs(found - expected) > max(TOLERANCE * max(abs(found), abs(expected)), 1e-9)


def _sums(sheet: SourceSheet, values: pd.DataFrame, rows: dict[str, int], columns: dict[str, int]) -> Iterator[Misfit]:
    """Compare the total of each column with its sectors, and of each row with its fuels and process."""
    sectors = values.drop(index=TOTAL).sum()
    for name, column in columns.items():
        if _differs(values.at[TOTAL, name], sectors[name]):
            found = f"{_shown(values.at[TOTAL, name])} as total of {name}"
            yield Misfit(
                sheet.name, address(rows[TOTAL], column), found, f"{_shown(sectors[name])}, the sum of the sectors"
            )
    fuels = values[[*FUELS, NO_GROUP, PROCESS]].sum(axis=1)
    for sector, row in rows.items():
        if _differs(values.at[sector, SCOPE_1], fuels[sector]):
            found = f"{_shown(values.at[sector, SCOPE_1])} as total of {sector}"
            place = address(row, columns[SCOPE_1])
            yield Misfit(sheet.name, place, found, f"{_shown(fuels[sector])}, the sum of fuels and process")


def _shown(value: Any) -> str:
    return repr(float(value))


def _contents(
    sheet: SourceSheet, values: pd.DataFrame, rows: dict[str, int], columns: dict[str, int]
) -> Iterator[Misfit]:
    """Check columns that should hold nothing: they would be lost, or show that figures slid to another row."""
    sectors = values.drop(index=TOTAL)
    for sector in sectors.index[sectors[NO_GROUP] != 0]:
        place = address(rows[sector], columns[NO_GROUP])
        yield Misfit(sheet.name, place, _shown(sectors.at[sector, NO_GROUP]), "0: other energy has no fuel group")
    process = sectors[PROCESS].drop(index=CEMENT_SECTOR)
    for sector in process.index[process != 0]:
        expected = f"0: process emissions are of cement and belong to {CEMENT_SECTOR!r}"
        yield Misfit(sheet.name, address(rows[sector], columns[PROCESS]), _shown(process[sector]), expected)
    for name in SCOPE_2:
        if (values[name] != 0).any():
            found = f"{_shown(values.at[TOTAL, name])} Mt in {name}"
            place = address(rows[TOTAL], columns[name])
            yield Misfit(sheet.name, place, found, "0; left out, not direct emissions", "note")


def _grouped(layout: _Layout, values: pd.DataFrame, region: str, year: int) -> pd.DataFrame:
    """Return emissions by field, subsector and fuel group, without zeros but with every field."""
    kept = values.loc[values.index.isin(layout.sectors), [name for name in values.columns if name in layout.groups]]
    long = kept.stack().rename_axis(["sector", "column"]).rename("co2_mt").reset_index()  # noqa: PD013
    places = long["sector"].map(layout.sectors)
    long = long.assign(field=places.str[0], subsector=places.str[1], fuel_group=long["column"].map(layout.groups))
    rows = long.groupby(["field", "subsector", "fuel_group"], as_index=False)["co2_mt"].sum()
    rows = rows[rows["co2_mt"].round(DECIMALS) > 0]
    silent = sorted({field for field, _ in layout.sectors.values()} - set(rows["field"]))
    zeros = pd.DataFrame({"field": silent, "subsector": "all", "fuel_group": "all", "co2_mt": 0.0})
    return pd.concat([rows, zeros], ignore_index=True).assign(region=region, year=year)[GROUPED]
