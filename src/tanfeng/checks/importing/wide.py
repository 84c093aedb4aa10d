"""Wide tables: a figure a cell, with region, year and item in rows and headings, into rows of one of our tables.

Two layouts are recognised: a region and a year a row with an item a column (provincial tables of the National Bureau of
Statistics), and an item or a region a row with a year a column (yearbook pages, sheets of bureaus). What a file means
beyond that is a map, see `maps`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, plain, shown, trimmed
from tanfeng.data import numbers, units
from tanfeng.data.catalog import Catalog
from tanfeng.data.names import listed as names_of
from tanfeng.data.names import nearest
from tanfeng.data.sheets import SourceSheet
from tanfeng.data.spelling import form, spelt, unmarked
from tanfeng.data.wording import Wording, listed, say

HEAD_ROWS, SHOWN, MONTHS = 10, 8, 12
YEAR = re.compile(r"[A-Za-z]?((?:19|20)[0-9]{2})(?:\.0)?\s*年?")
MONTH = re.compile(r"((?:19|20)[0-9]{2})[-/.年](1[0-2]|0?[1-9])月?")
UNIT = re.compile(r"^(.*?)\s*\(([^()]*(?:\([^()]*\))?[^()]*)\)$")
EVERY = "*"
NOISE = Decimal("1e-9")  # what a subtraction of floating-point numbers leaves of zero
COLUMNS = {  # table -> its columns of place, year and figure
    "observations": ("region", "period", "value"),
    "other_inventories": ("region", "year", "co2_mt"),
    "county_inventory": ("county", "year", "co2_mt"),
}
PLACE = "place"  # where a row stands in the file
FIGURE_UNIT = "Mt CO2"  # of the inventories


@dataclass(frozen=True)
class Layout:
    """How a wide table is read; the parts of a map.

    Attributes:
        table: table of ours that the rows go to.
        sheet: name of the sheet; empty for the first that fits.
        head: row of the headings, counted from 1.
        region: heading of the column of regions, or the code of the one region.
        year: heading of the column of years or months; empty where years are headings.
        item: heading of the column of items; empty where items are headings.
        unit: heading of the column of units, or the unit of all figures; empty where it stands behind the items.
        months: whether the twelve months of a year are added up.
        items: name of an item -> indicator, or None where it is left out; `*` for all figures of the table.
        units: name of an item -> its unit, where the file does not say it.
        set: column -> what it holds in each row.
        columns: headings by which the map is known again.
        name: file of the map.
    """

    table: str = "observations"
    sheet: str = ""
    head: int = 1
    region: str = ""
    year: str = ""
    item: str = ""
    unit: str = ""
    months: bool = False
    items: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    set: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class _Cell:
    """A figure with what it is of."""

    item: str
    region: str
    year: str
    month: int
    unit: str
    value: Decimal
    cell: str


def year_of(cell: Any) -> tuple[str, int] | None:
    """Return year and month of a cell, month 0 for a whole year; None if it is neither.

    Example:
        >>> year_of(2015.0), year_of("2015年"), year_of("C1997"), year_of("2019-01"), year_of("合计")
        (('2015', 0), ('2015', 0), ('1997', 0), ('2019', 1), None)
    """
    text = plain(str(cell))
    if found := YEAR.fullmatch(text):
        return found[1], 0
    if found := MONTH.fullmatch(text):
        return found[1], int(found[2])
    return None


def recognised(catalog: Catalog, sheets: Sequence[SourceSheet]) -> Layout | None:
    """Return the layout of the first sheet that is a wide table; None if none is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("x", (("省份", "年份", "水泥产量(万吨)"), ("浙江省", "2019", "13377")))
        >>> found = recognised(open_catalog(), [sheet])
        >>> found.region, found.year, dict(found.items)
        ('省份', '年份', {'水泥产量(万吨)': 'cement_output'})
    """
    return next((found for sheet in sheets for found in _layouts(catalog, sheet)), None)


def roles(catalog: Catalog, row: Sequence[Any]) -> dict[str, str]:
    """Return what the headings of a row are: region, year, indicator or unit -> the heading.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> roles(open_catalog(), ("省份", "年份", "水泥产量"))
        {'region': '省份', 'year': '年份'}
    """
    headings = spelt(catalog, "headings")
    found: dict[str, str] = {}
    for cell in row:
        role = headings.get(("", form(trimmed(cell)))) if trimmed(cell) else None
        if role:
            found.setdefault("indicator" if role == "item" else role, trimmed(cell))
    return found


def _layouts(catalog: Catalog, sheet: SourceSheet) -> Iterator[Layout]:
    for index, row in enumerate(sheet.rows[:HEAD_ROWS]):
        named = roles(catalog, row)
        years = [cell for cell in row if year_of(cell)]
        region = named.get("region_code") or named.get("region", "")
        first = next((trimmed(cell) for cell in row if trimmed(cell)), "")
        if "year" in named and not years:
            names = [trimmed(cell) for cell in row if trimmed(cell) and trimmed(cell) not in named.values()]
            made = Layout(sheet=sheet.name, head=index + 1, region=region, year=named["year"])
            if "indicator" in named:
                yield _filled(catalog, sheet, made, named["indicator"], named.get("unit", ""))
            elif names:
                yield _known(catalog, made, [name for name in names if name not in _regions_beside(catalog, row)])
        elif years and (named or (first and not year_of(first))):
            item = named.get("indicator", "" if region else first)
            made = Layout(sheet=sheet.name, head=index + 1, region=region)
            if item:
                yield _filled(catalog, sheet, made, item, named.get("unit", ""))
            else:
                yield _known(catalog, made, [EVERY])


def _regions_beside(catalog: Catalog, row: Sequence[Any]) -> set[str]:
    """Return the headings that stand for the region, of which one is used."""
    headings = spelt(catalog, "headings")
    return {trimmed(cell) for cell in row if headings.get(("", form(trimmed(cell)))) in {"region", "region_code"}}


def _filled(catalog: Catalog, sheet: SourceSheet, layout: Layout, item: str, unit: str) -> Layout:
    """Return a layout with the names of items that stand in a column of the sheet."""
    column = _column(sheet, layout.head, item)
    names = [trimmed(row[column]) for row in sheet.rows[layout.head :] if len(row) > column]
    made = Layout(**{**vars(layout), "item": item, "unit": unit})
    return _known(catalog, made, [name for name in dict.fromkeys(names) if name])


def _known(catalog: Catalog, layout: Layout, names: Sequence[str]) -> Layout:
    return Layout(**{**vars(layout), "items": {name: indicator_of(catalog, name) for name in names}})


def split(name: str) -> tuple[str, str]:
    """Return the name of an item and the unit in brackets at its end.

    Example:
        >>> split("水泥产量（万吨）"), split("煤炭消费量")
        (('水泥产量', '万吨'), ('煤炭消费量', ''))
    """
    found = UNIT.fullmatch(plain(unmarked(name)))
    return (found[1], found[2]) if found else (plain(unmarked(name)), "")


def indicator_of(catalog: Catalog, name: str) -> str | None:
    """Return the indicator that a name in a file stands for, with its unit behind it or not; None if it is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> indicator_of(open_catalog(), "煤炭消费量(万吨)"), indicator_of(open_catalog(), "原盐产量")
        ('coal_consumption', None)
    """
    known = spelt(catalog, "indicators")
    return known.get(("", form(plain(unmarked(name))))) or known.get(("", form(split(name)[0])))


def _column(sheet: SourceSheet, head: int, name: str) -> int:
    row = sheet.rows[head - 1] if head <= len(sheet.rows) else ()
    return next((index for index, cell in enumerate(row) if form(str(cell)) == form(name) and form(name)), -1)


def read(
    catalog: Catalog,
    sheets: Sequence[SourceSheet],
    source_id: str,
    layout: Layout,
    regions: Sequence[str] = (),
    year: int | None = None,
) -> FileContent:
    """Return the figures of a wide table as rows of the table that its layout names.

    Args:
        catalog: the tables.
        sheets: the sheets of the file.
        source_id: source of the rows.
        layout: how the table is read.
        regions: the region, where the file does not name one (one), or only these.
        year: only this year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("x", (("省份", "年份", "水泥产量(万吨)"), ("浙江省", "2019", "13,377")))
        >>> layout = recognised(open_catalog(), [sheet])
        >>> read(open_catalog(), [sheet], "nbs_monthly_copy", layout).rows[["region", "value"]].values.tolist()
        [['330000', '13377']]
    """
    sheet = next((one for one in sheets if one.name == layout.sheet or not layout.sheet), None)
    named = [name for name in (layout.region, layout.year, layout.item) if name and not _one_region(name)]
    missing = next((name for name in named if sheet and _column(sheet, layout.head, name) < 0), "")
    if sheet is None or missing:
        expected = say("工作表和第{head}行的列名", "the sheet, and the headings of row {head}", head=layout.head)
        found = say("没有{missing!r}", "no {missing!r}", missing=missing or layout.sheet)
        return FileContent(layout.table, pd.DataFrame(), (Misfit(layout.sheet, "", found, expected),))
    cells, findings = _cells(catalog, sheet, layout, regions)
    cells = [one for one in cells if (not regions or one.region in regions) and year in {None, int(one.year)}]
    if layout.months:
        cells, told = _summed(sheet.name, cells)
        findings += told
    findings += _twice(sheet.name, cells)
    rows = [row for one in cells for row in _row(catalog, sheet.name, layout, one, source_id, findings)]
    if not rows and not any(finding.severity == "error" for finding in findings):
        found = Wording("没有可导入的数据", "no figure to import")
        findings.append(
            Misfit(sheet.name, "", found, Wording("已知的指标、地区和年份", "known indicators, regions and years"))
        )
    left = [one for one in sheets if one is not sheet and not one.empty]
    findings += [Misfit(one.name, "", *LEFT_OUT, "note") for one in left]
    table = catalog.tables[layout.table]
    frame = pd.DataFrame(rows, columns=[*table.columns, PLACE], dtype=str).fillna("")
    frame = frame.sort_values(list(table.key), kind="stable").reset_index(drop=True)
    return FileContent(layout.table, frame[table.columns], tuple(findings), tuple(frame[PLACE]))


LEFT_OUT = (
    Wording("另一张工作表", "another sheet"),
    Wording("一张数据表；未导入，可用--sheet选择", "one table; left out, --sheet chooses"),
)


def _one_region(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{6}", text))


def _cells(
    catalog: Catalog, sheet: SourceSheet, layout: Layout, regions: Sequence[str]
) -> tuple[list[_Cell], list[Misfit]]:
    """Return the figures of known items, regions and years, and what was left out."""
    at = {name: _column(sheet, layout.head, getattr(layout, name)) for name in ("region", "year", "item", "unit")}
    heads = list(enumerate(sheet.rows[layout.head - 1]))
    only = layout.region if _one_region(layout.region) else regions[0] if len(regions) == 1 and at["region"] < 0 else ""
    cells: list[_Cell] = []
    findings: list[Misfit] = []
    unknown: dict[str, Counter[str]] = {"item": Counter(), "region": Counter(), "year": Counter()}
    for index in range(layout.head, len(sheet.rows)):
        for column, head in heads:
            if column in at.values() or not trimmed(str(head)):
                continue
            named = {
                "item": sheet.cell(index, at["item"]) if at["item"] >= 0 else EVERY if EVERY in layout.items else head,
                "region": only or (sheet.cell(index, at["region"]) if at["region"] >= 0 else ""),
                "year": sheet.cell(index, at["year"]) if at["year"] >= 0 else head,
            }
            item = str(named["item"]).strip()
            when, region = year_of(named["year"]), only or _region(catalog, layout.table, named["region"])
            cell = sheet.cell(index, column)
            if cell == "" or (at["year"] < 0 and not when):
                continue
            place = {"item": layout.items.get(item), "region": region, "year": when}
            missing = next((name for name, found in place.items() if not found), None)
            if missing and not _holds_number(cell):
                continue
            if missing:
                unknown[missing][shown_once(named[missing])] += 1
                continue
            unit = str(sheet.cell(index, at["unit"])).strip() if at["unit"] >= 0 else layout.unit
            percent = "%" in item or "%" in form(layout.units.get(item, unit))
            number = _number(sheet, index, column, percent, findings)
            if number is not None and when:
                cells.append(_Cell(item, region, *when, unit, number, address(index, column)))
    return cells, [*findings, *_left_out(sheet.name, unknown)]


def _holds_number(cell: Any) -> bool:
    try:
        return numbers.parse(cell, percent=True) is not None
    except ValueError:
        return False


def shown_once(cell: Any) -> str:
    """Return a cell as a list of what was left out shows it.

    Example:
        >>> shown_once(340102.0), shown_once(" 安庆 ")
        ('340102', '安庆')
    """
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip() or "-"


def _number(sheet: SourceSheet, row: int, column: int, percent: bool, findings: list[Misfit]) -> Decimal | None:
    """Return the figure of a cell; text that is none is a finding, as is a number shown in another unit."""
    cell = sheet.cell(row, column)
    shown_in_percent = (row, column) in sheet.percents
    if (row, column) in sheet.scaled or (shown_in_percent and not percent):
        findings.append(Misfit(sheet.name, address(row, column), *SCALED))
        return None
    try:
        number = numbers.parse(cell, percent)
    except ValueError:
        findings.append(Misfit(sheet.name, address(row, column), shown(cell), Wording("数字", "a number")))
        return None
    if number and shown_in_percent:
        return (100 * number).normalize()
    if number and abs(number) < NOISE:
        expected = Wording("可公布的数字；按0读取", "a figure that can be published; read as 0")
        findings.append(Misfit(sheet.name, address(row, column), shown(cell), expected, "note"))
        return Decimal(0)
    return number


def _region(catalog: Catalog, table: str, cell: Any) -> str:
    """Return the code of a region, or county, by code or name; a city may stand behind the name of its province."""
    text, places = shown_once(cell), "counties" if table == "county_inventory" else "regions"
    known = spelt(catalog, places)
    if text in set(known.values()):
        return text
    name = form(text)
    if ("", name) in known:
        return known["", name]
    behind = [known.get(("", name[len(start) :])) for (_, start) in known if len(start) > 1 and name.startswith(start)]
    return next((found for found in behind if found), "")


SCALED = (
    Wording("以百分比、千、万或单位显示的数字", "a number shown in percent, in thousands or with a unit"),
    Wording("完整显示的数字", "a number that is shown whole"),
)
WHAT = {
    "item": Wording("没有对应指标的名称", "names that are no indicator"),
    "region": Wording("数据表中没有的地区", "places that the tables do not have"),
    "year": Wording("不是年份的时间", "times that are no year"),
}


def _left_out(sheet: str, unknown: Mapping[str, Counter[str]]) -> Iterator[Misfit]:
    """Tell what was left out, with the numbers of figures and the first names."""
    for what, counts in unknown.items():
        if counts:
            names = [*counts][:SHOWN]
            more = say("等{count}个", " and {count} more", count=len(counts) - SHOWN) if len(counts) > SHOWN else ""
            found = say(
                "{figures}个数据的{what}：{names}{more}",
                "{figures} figures of {what}: {names}{more}",
                figures=sum(counts.values()),
                what=WHAT[what],
                names=listed(names),
                more=more,
            )
            expected = Wording("已知的名称；未导入，--map可指定", "known names; left out, --map says what they are")
            yield Misfit(sheet, "", found, expected, "note")


def _summed(sheet: str, cells: Sequence[_Cell]) -> tuple[list[_Cell], list[Misfit]]:
    """Return years as sums of their twelve months; a year with fewer is left out and told."""
    years: dict[tuple[str, str, str], list[_Cell]] = {}
    for one in cells:
        years.setdefault((one.item, one.region, one.year), []).append(one)
    whole = {key: found for key, found in years.items() if {one.month for one in found} == set(range(1, MONTHS + 1))}
    twice = [one for found in whole.values() if len(found) > MONTHS for one in found[MONTHS:]]
    short = sorted({year for key, found in years.items() if key not in whole for year in [key[2]]})
    sums = [
        _Cell(*key, 0, found[0].unit, sum((one.value for one in found), Decimal(0)), found[0].cell)
        for key, found in whole.items()
    ]
    findings = [_second(sheet, one) for one in twice]
    if short:
        told = say("{years}年不足12个月", "fewer than 12 months of {years}", years=listed(short))
        findings.append(Misfit(sheet, "", told, Wording("全年；未导入", "whole years; left out"), "note"))
    return sums, findings


def _second(sheet: str, one: _Cell) -> Misfit:
    told = say("{key}的第二个数据", "a second figure of {key}", key=", ".join([one.item, one.region, one.year]))
    return Misfit(sheet, one.cell, told, Wording("每个数据一次", "each figure once"))


def _twice(sheet: str, cells: Sequence[_Cell]) -> list[Misfit]:
    seen: set[tuple[str, str, str, int]] = set()
    found = []
    for one in cells:
        key = (one.item, one.region, one.year, one.month)
        found += [_second(sheet, one)] if key in seen else []
        seen.add(key)
    return found


def _row(
    catalog: Catalog, sheet: str, layout: Layout, one: _Cell, source_id: str, findings: list[Misfit]
) -> Iterator[dict[str, str]]:
    """Give the row of a figure; a unit that does not fit is a finding."""
    place, when, figure = COLUMNS[layout.table]
    indicator = str(layout.items[one.item])
    spelled = layout.units.get(one.item) or one.unit or split(one.item)[1]
    unit = spelt(catalog, "units").get(("", form(spelled)), spelled)
    at = ", ".join(part for part in (sheet, one.cell) if part)
    row = {place: one.region, when: one.year, "source_id": source_id, PLACE: at, **layout.set}
    if layout.table != "observations":
        if unit not in set(catalog.read("units")["id"]) or not units.alike(catalog, unit, FIGURE_UNIT):
            findings.append(_unit(sheet, one, spelled, FIGURE_UNIT))
            return
        factor = Decimal(repr(units.factor(catalog, unit, FIGURE_UNIT)))
        yield {**row, figure: numbers.written((one.value * factor).normalize())}
        return
    known = catalog.row("indicators", indicator)
    value, unit = (one.value - 100, "%") if unit == "index" and known["kind"] == "change" else (one.value, unit)
    if unit not in set(catalog.read("units")["id"]) or not units.alike(catalog, unit, known["unit"]):
        findings.append(_unit(sheet, one, spelled, str(known["unit"])))
        return
    period = f"{int(one.year) - 1}/{one.year}" if known["kind"] == "change" else one.year
    period += f"-{one.month:02d}" if one.month else ""
    texts = {"indicator": indicator, "unit": unit, "bound": "exact", "status": "reported"}
    yield {**row, **texts, when: period, figure: numbers.written(value)}


def _unit(sheet: str, one: _Cell, spelled: str, expected: str) -> Misfit:
    found = say("{item}的单位{unit}", "the unit {unit} of {item}", item=one.item, unit=shown(spelled))
    what = say("如{unit}的单位；--map的units可指定", "a unit such as {unit}; units of --map says it", unit=expected)
    return Misfit(sheet, one.cell, found, what)


def hint(catalog: Catalog, name: str) -> str:
    """Return the indicator whose name is most like a name in a file; empty if none is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> hint(open_catalog(), "粗钢产量（万吨，快报）")
        'crude_steel_output'
    """
    return nearest(split(name)[0], names_of(catalog, "indicators"))
