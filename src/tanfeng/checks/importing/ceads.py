"""CEADs workbooks: one sheet a province and year, 47 sectors by fuel, into rows of the table `inventory`.

Layout: row 1 the fuels, row 2 the unit, row 3 empty, row 4 the total, then the sectors; last column `Scope_1_Total`.
Rows and columns are found by name, never by position; names of other editions are in `data/names.csv`; case, blanks and
underscores do not count. Scope 2 is no direct emission and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, locate, nearest, shown, trimmed
from tanfeng.data import numbers
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet
from tanfeng.data.spelling import form, spelt
from tanfeng.data.wording import Wording, say

SHEET_YEAR = re.compile(r"((?:19|20)[0-9]{2})年?")
NAMED_LIKE = re.compile(r"[A-Za-z]+(?:19|20)[0-9]{2}")
LIKELY_COLUMNS = 5  # so many names of fuels in the first row make a heading
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


def is_ceads(catalog: Catalog, sheets: Sequence[SourceSheet]) -> bool:
    """Return whether sheets look like a CEADs workbook by its words in the first rows.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> is_ceads(open_catalog(), [SourceSheet("x", (("", "Raw Coal", "Scope 1 Total"),))])
        True
    """
    known = _known_columns(catalog) | {form(HEAD): SCOPE_1}
    return any(known.get(form(trimmed(cell))) == SCOPE_1 for sheet in sheets for row in sheet.rows[:5] for cell in row)


def is_named_like(sheets: Sequence[SourceSheet]) -> bool:
    """Return whether a sheet is named as CEADs names them.

    Example:
        >>> is_named_like([SourceSheet("Zhejiang2019", ())]), is_named_like([SourceSheet("Sheet1", ())])
        (True, False)
    """
    return any(NAMED_LIKE.fullmatch(sheet.name.strip()) for sheet in sheets)


def _has_heading(catalog: Catalog, sheet: SourceSheet) -> bool:
    """Whether the first row names fuels as CEADs does."""
    return bool(sheet.rows) and named_columns(catalog, sheet.rows[0]) >= LIKELY_COLUMNS


def named_columns(catalog: Catalog, row: Sequence[Any]) -> int:
    """Return how many fuels and totals of a CEADs workbook a row names.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> named_columns(open_catalog(), ("", "Raw Coal", "Coke", "x"))
        2
    """
    known = _known_columns(catalog)
    return len({known.get(form(trimmed(cell))) for cell in row} - {None})


def _known_columns(catalog: Catalog) -> dict[str, str]:
    """Return form of a name -> column, of every edition."""
    own = {form(name): name for name in COLUMNS}
    return own | {name: column for (_, name), column in spelt(catalog, "ceads_columns").items()}


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
        year: read only the sheets of this year; all by default. With one region, both where no name says it.
        tell: called after each sheet with the number done and the number in all.

    Returns:
        Rows of the table `inventory`, Mt CO2 with nine decimals. Zeros are left out; a field that is zero throughout
        has one row `all`.

    Source: layout of the CEADs inventories of 30 provinces, 1997 to 2022.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("Zhejang2019", (("x",),))
        >>> print(read(open_catalog(), [sheet], "ceads_provinces_1997_2019").findings[0].expected)
        a province and a year, such as 'Zhejiang2019', or --region and --year
    """
    named, findings = _named(catalog, sheets, regions, year)
    chosen = [one for one in named if (not regions or one[1] in regions) and year in {None, one[2]}]
    findings += _gaps(catalog, named, chosen, regions, year)
    layout = _layout(catalog)
    frames = []
    for done, (sheet, region, of_year) in enumerate(chosen, start=1):
        rows, found = _read_sheet(catalog, layout, sheet, region, of_year)
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


def _named(
    catalog: Catalog, sheets: Sequence[SourceSheet], regions: Sequence[str], year: int | None
) -> tuple[list[tuple[SourceSheet, str, int]], list[Misfit]]:
    """Return the sheets of provinces with region and year, and a finding for each other sheet that is not the note."""
    known = catalog.read("regions").query("level in ['country', 'province']")
    provinces = [name.replace(" ", "") for name in known["en"]]
    codes = {name: code for (_, name), code in spelt(catalog, "regions").items() if code in set(known["id"])}
    named, findings, others = [], [], []
    seen: dict[tuple[str, int], str] = {}
    for sheet in sheets:
        found = SHEET_YEAR.search(form(sheet.name))
        code = codes.get(SHEET_YEAR.sub("", form(sheet.name)))
        if sheet.name.strip() == NOTE or (sheet.empty and not found):
            continue
        if _has_heading(catalog, sheet):
            code = code or (regions[0] if len(regions) == 1 and not NAMED_LIKE.fullmatch(sheet.name.strip()) else None)
        of_year = int(found.group(1)) if found else year
        if of_year is None or code is None:
            others.append(sheet)
            continue
        key = (code, of_year)
        if key in seen:
            again = say("省份重复（另见工作表{other!r}）", "the province again (also sheet {other!r})", other=seen[key])
            findings.append(Misfit(sheet.name, "", again, Wording("每省一张", "one sheet each")))
        seen[key] = sheet.name
        named.append((sheet, *key))
    findings += [_other(catalog, sheet, provinces, bool(named)) for sheet in others]
    return named, [*findings, *_note_year(sheets, named)]


def _other(catalog: Catalog, sheet: SourceSheet, provinces: list[str], beside: bool) -> Misfit:
    """Tell a sheet that has no province in its name: left out where it is no inventory, beside sheets that are."""
    if beside and not _has_heading(catalog, sheet) and not NAMED_LIKE.fullmatch(sheet.name.strip()):
        found = Wording("不是排放清单的工作表", "a sheet that is no inventory")
        return Misfit(sheet.name, "", found, Wording("排放清单；该工作表未导入", "inventories; left out"), "note")
    found = Wording("这一名称的工作表", "a sheet of this name")
    return Misfit(sheet.name, "", found, _expected_name(sheet.name, provinces))


def _expected_name(name: str, provinces: list[str]) -> Wording:
    hint = nearest(name.strip().rstrip("0123456789"), provinces)
    year = re.search(r"(19|20)[0-9]{2}", name)
    example = f"{hint or provinces[0]}{year.group() if year else 2019}"
    return say(
        "省份和年份，如{example!r}，或用--region和--year指定",
        "a province and a year, such as {example!r}, or --region and --year",
        example=example,
    )


def _note_year(sheets: Sequence[SourceSheet], named: list[tuple[SourceSheet, str, int]]) -> Iterator[Misfit]:
    """Hold the year that the note of the workbook states against the names of the sheets."""
    years = sorted({year for _, _, year in named})
    for sheet in sheets:
        for index, row in enumerate(sheet.rows if sheet.name.strip() == NOTE else ()):
            stated = row[1] if len(row) > 1 and trimmed(row[0]).startswith("Timeseries") else None
            if isinstance(stated, (int, float)) and [int(stated)] != years:
                told = ", ".join(map(str, years))
                expected = say("各工作表的年份（{told}）", "the year of the sheets ({told})", told=told)
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
        asked = list(regions) or [Wording("任何省份", "any province")]
        when = say("{year}年", " of {year}", year=year) if year else ""
        return [
            Misfit(
                "",
                "",
                say("没有{one}{when}的工作表", "no sheet of {one}{when}", one=one, when=when),
                Wording("一张", "one"),
            )
            for one in asked
            if one not in there
        ]
    usual = set(catalog.read("inventory")["region"])
    missing = sorted(usual - {region for _, region, _ in named})
    names = Wording(
        "、".join(catalog.label("regions", region, "zh") for region in missing),
        ", ".join(catalog.label("regions", region, "en") for region in missing),
    )
    found, usual_count = say("没有{names}的工作表", "no sheet of {names}", names=names), len(usual)
    expected = say("{count}个省份", "{count} provinces", count=usual_count)
    return [Misfit("", "", found, expected, "note")] if missing else []


def _read_sheet(
    catalog: Catalog, layout: _Layout, sheet: SourceSheet, region: str, year: int
) -> tuple[pd.DataFrame, list[Misfit]]:
    findings = _frame_findings(catalog, sheet)
    if findings:
        return pd.DataFrame(columns=GROUPED), findings
    columns, found = _columns(catalog, sheet)
    rows, other = _rows(catalog, layout, sheet)
    findings = [*found, *other, *_unit_findings(catalog, sheet, columns)]
    values, wrong = _values(sheet, rows, columns)
    findings += wrong
    if not any(finding.severity == "error" for finding in findings):
        findings += [*_sums(sheet, values, rows, columns), *_contents(sheet, values, rows, columns)]
    return _grouped(layout, values, region, year), findings


def _frame_findings(catalog: Catalog, sheet: SourceSheet) -> list[Misfit]:
    """Check the corners that the layout stands on; if one is out of place, nothing else is read.

    The corners of the first two rows are empty in older workbooks: there the first row must be a heading.
    """
    findings = []
    totals = {name for _, name in spelt(catalog, "ceads_rows")} | {form(TOTAL)}
    empty = {""} if _has_heading(catalog, sheet) else set()
    for row, name, known in ((0, HEAD, {form(HEAD)} | empty), (1, UNIT_HEAD, {UNIT_HEAD} | empty), (3, TOTAL, totals)):
        if form(trimmed(sheet.cell(row, 0))) not in known:
            findings.append(_corner(sheet, row, name, known - {""}))
    if not findings and len(sheet.rows) > 2 and any(trimmed(cell) or cell != "" for cell in sheet.rows[2]):
        found = Wording("非空的一行", "a row that is not empty")
        findings.append(
            Misfit(sheet.name, "A3", found, Wording("单位与合计之间的空行", "an empty row between unit and total"))
        )
    return findings


def _corner(sheet: SourceSheet, row: int, name: str, known: set[str]) -> Misfit:
    places = [index for index, line in enumerate(sheet.rows) if line and form(trimmed(line[0])) in known]
    expected = say("{name!r}", "{name!r}", name=name)
    if places:
        expected = say(
            "{name!r}（现在{place}：增加或删除了一行）",
            "{name!r} (it stands in {place}: a row was added or removed)",
            name=name,
            place=address(places[0], 0),
        )
    return Misfit(sheet.name, address(row, 0), shown(sheet.cell(row, 0)), expected)


def _columns(catalog: Catalog, sheet: SourceSheet) -> tuple[dict[str, int], list[Misfit]]:
    width = max(len(row) for row in sheet.rows)
    used = [
        column for column in range(1, width) if any(sheet.cell(row, column) != "" for row in range(len(sheet.rows)))
    ]
    labels = [(column, trimmed(sheet.cell(0, column))) for column in used]
    cells = {column: address(0, column) for column in used}
    return locate(labels, _known_columns(catalog), Wording("能源品种或合计", "a fuel or total"), sheet.name, cells)


def _rows(catalog: Catalog, layout: _Layout, sheet: SourceSheet) -> tuple[dict[str, int], list[Misfit]]:
    """Find the row of each sector; text below the table is told, figures below it are not accepted."""
    known = {form(name): name for name in (TOTAL, *layout.sectors)}
    for table in ("ceads_rows", "ceads_sectors"):
        known |= {name: one for (_, name), one in spelt(catalog, table).items()}
    body = range(3, len(sheet.rows))
    figures = [row for row in body if any(isinstance(cell, (int, float)) for cell in sheet.rows[row][1:])]
    named = [row for row in body if form(trimmed(sheet.cell(row, 0))) in known]
    last = max([3, *figures, *named])
    labels = [(row, trimmed(sheet.cell(row, 0))) for row in range(3, last + 1)]
    cells = {row: address(row, 0) for row in range(3, last + 1)}
    rows, findings = locate(labels, known, Wording("行业", "a sector"), sheet.name, cells)
    below = [row for row in range(last + 1, len(sheet.rows)) if any(cell != "" for cell in sheet.rows[row])]
    if below:
        place = f"{address(below[0], 0)}:{address(below[-1], 0)}"
        found = Wording("表格下方的文字", "text below the table")
        findings.append(Misfit(sheet.name, place, found, Wording("空白；未导入", "nothing; left out"), "note"))
    return rows, findings


def _unit_findings(catalog: Catalog, sheet: SourceSheet, columns: dict[str, int]) -> Iterator[Misfit]:
    units = spelt(catalog, "units")
    for column in columns.values():
        cell = sheet.cell(1, column)
        if units.get(("", form(trimmed(cell)))) != UNIT:
            expected = say("单位{unit!r}", "the unit {unit!r}", unit=UNIT)
            yield Misfit(sheet.name, address(1, column), shown(cell), expected)


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
                values.at[sector, name] = float(numbers.parse(cell) or 0)
    return values, findings


def _wrong(cell: Any) -> Wording | None:
    """Return what was expected of a cell of emissions, or nothing if it is good."""
    try:
        number = numbers.parse(cell)
    except ValueError:
        number = None
    if number is None:
        return Wording("数字", "a number")
    return Wording("不为负的数字", "a number that is not negative") if number < 0 else None


def _differs(found: float, expected: float) -> bool:
    return abs(found - expected) > max(TOLERANCE * max(abs(found), abs(expected)), 1e-9)


def _sums(sheet: SourceSheet, values: pd.DataFrame, rows: dict[str, int], columns: dict[str, int]) -> Iterator[Misfit]:
    """Compare the total of each column with its sectors, and of each row with its fuels and process."""
    sectors = values.drop(index=TOTAL).sum()
    for name, column in columns.items():
        if _differs(values.at[TOTAL, name], sectors[name]):
            expected = Wording("各行业之和", "the sum of the sectors")
            yield _sum(sheet.name, address(rows[TOTAL], column), values.at[TOTAL, name], name, sectors[name], expected)
    fuels = values[[*FUELS, NO_GROUP, PROCESS]].sum(axis=1)
    for sector, row in rows.items():
        if _differs(values.at[sector, SCOPE_1], fuels[sector]):
            expected = Wording("各品种与过程排放之和", "the sum of fuels and process")
            place = address(row, columns[SCOPE_1])
            yield _sum(sheet.name, place, values.at[sector, SCOPE_1], sector, fuels[sector], expected)


def _sum(sheet: str, cell: str, value: Any, name: str, expected: Any, what: Wording) -> Misfit:
    found = say("{name}合计为{value}", "{value} as total of {name}", value=_shown(value), name=name)
    return Misfit(sheet, cell, found, say("{value}，{what}", "{value}, {what}", value=_shown(expected), what=what))


def _shown(value: Any) -> str:
    return repr(float(value))


def _contents(
    sheet: SourceSheet, values: pd.DataFrame, rows: dict[str, int], columns: dict[str, int]
) -> Iterator[Misfit]:
    """Check columns that should hold nothing: they would be lost, or show that figures slid to another row."""
    sectors = values.drop(index=TOTAL)
    for sector in sectors.index[sectors[NO_GROUP] != 0]:
        place = address(rows[sector], columns[NO_GROUP])
        expected = Wording("0：其他能源没有燃料类别", "0: other energy has no fuel group")
        yield Misfit(sheet.name, place, _shown(sectors.at[sector, NO_GROUP]), expected)
    process = sectors[PROCESS].drop(index=CEMENT_SECTOR)
    for sector in process.index[process != 0]:
        expected = say(
            "0：过程排放为水泥生产，属于{sector!r}",
            "0: process emissions are of cement and belong to {sector!r}",
            sector=CEMENT_SECTOR,
        )
        yield Misfit(sheet.name, address(rows[sector], columns[PROCESS]), _shown(process[sector]), expected)
    for name in SCOPE_2:
        if (values[name] != 0).any():
            found = say(
                "{name}为{value}百万吨", "{value} Mt in {name}", value=_shown(values.at[TOTAL, name]), name=name
            )
            place = address(rows[TOTAL], columns[name])
            expected = Wording("0；非直接排放，未导入", "0; left out, not direct emissions")
            yield Misfit(sheet.name, place, found, expected, "note")


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
