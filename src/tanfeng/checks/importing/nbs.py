"""Monthly tables of the National Bureau of Statistics (国家数据), cumulative, into rows of the table `observations`.

Layout: lines such as 数据库：分省月度数据, 地区：浙江省, 时间：最近13个月; then a head of months that begins with
指标 (one region, an indicator a row) or 地区 (one indicator, that of a line 指标：..., a region a row); last a line
数据来源：国家统计局. January is mostly empty: January and February are published as one. Every cell with a figure
becomes a row or is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, address, plain, shown, trimmed
from tanfeng.data import numbers
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet
from tanfeng.data.spelling import form, spelt

HEADS = ("指标", "地区")
TITLE = re.compile(r"(数据库|指标|地区|时间)[：:](.*)", re.DOTALL)
MONTH = re.compile(r"((?:19|20)[0-9]{2})年(1[0-2]|[1-9])月")
NAME = re.compile(r"(.+?)_?(累计值|累计增长|当期值|同比增长)\(([^()]*)\)")
CUMULATIVE = "累计值"
FOOT = "数据来源:国家统计局"
NATION, NATIONAL = "全国", "月度数据"
HEAD_ROWS = 10
INDICATORS = {
    "发电量": "generation_total_above_scale",
    "火力发电量": "generation_thermal_above_scale",
    "水泥产量": "cement_output",
}
UNITS = {"亿千瓦时": "10^8 kWh", "万千瓦时": "10^4 kWh", "万吨": "10^4 t", "吨": "t"}
FALLS = "比前几个月的累计值小，按原表照录。", "smaller than the sum of fewer months; kept as read"


@dataclass(frozen=True)
class _Frame:
    """Where a table stands in its sheet: row of the head, what heads it, months by column, what the lines above say."""

    head: int
    kind: str
    months: dict[int, tuple[int, int]]
    titles: dict[str, str]


@dataclass(frozen=True)
class _Figure:
    """A figure: indicator, region, year and months; value as text, unit, its sheet and cell."""

    key: tuple[str, str, int, int]
    value: str
    unit: str
    sheet: str
    cell: str


def is_nbs(sheets: Sequence[SourceSheet]) -> bool:
    """Return whether a sheet looks like a monthly table of the bureau: 指标 or 地区 before months, or 数据库： above.

    Example:
        >>> is_nbs([SourceSheet("", (("指标", "2024年12月"),))]), is_nbs([SourceSheet("", (("指标", "单位"),))])
        (True, False)
    """
    return any(_heading_row(sheet) is not None or "数据库" in _titles(sheet, HEAD_ROWS) for sheet in sheets)


def read(
    catalog: Catalog,
    sheets: Sequence[SourceSheet],
    source_id: str,
    regions: Sequence[str] = (),
    year: int | None = None,
) -> FileContent:
    """Return the cumulative figures that monthly tables give, by indicator, region and period.

    The figure to December is that of the year. Rows of other indicators, growth rates and figures of single months are
    left out and told.

    Args:
        catalog: the tables; `regions` says which names there are.
        sheets: the sheets; each that is not empty must be such a table.
        source_id: source of the rows.
        regions: read only these; the region, where no line names it (one).
        year: read only the months of this year.

    Returns:
        Rows of the table `observations`, figures and units as published.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("", (("地区：浙江省", ""), ("指标", "2024年2月"), ("水泥产量累计值(万吨)", "1429.73")))
        >>> read(open_catalog(), [sheet], "nbs_monthly_copy").rows[["period", "value"]].values.tolist()
        [['2024-01/2024-02', '1429.73']]
    """
    figures: dict[tuple[str, str, int, int], _Figure] = {}
    findings: list[Misfit] = []
    for sheet in sheets:
        if not sheet.empty:
            found, told = _read_sheet(catalog, sheet, regions)
            findings += told
            for one in found:
                if figures.setdefault(one.key, one) is not one:
                    second = f"a second figure of {', '.join(map(str, one.key))}"
                    findings.append(Misfit(sheet.name, one.cell, second, "each figure once"))
    falls = dict(_falls(figures))
    findings += falls.values()
    wanted = [key for key in figures if (not regions or key[1] in regions) and year in {None, key[2]}]
    if len(wanted) < len(figures):
        left_out = f"{len(figures) - len(wanted)} figures of other regions or years, left out"
        findings.append(Misfit("", "", left_out, "those that --region and --year ask for", "note"))
    if not wanted:
        findings.append(Misfit("", "", "no figure to import", f"cumulative figures of {'、'.join(INDICATORS)}"))
    rows = [_row(figures[key], source_id, key in falls) for key in wanted]
    columns = catalog.tables["observations"].columns
    frame = pd.DataFrame(rows, columns=columns, dtype=str).sort_values(["indicator", "region", "period"])
    return FileContent("observations", frame.reset_index(drop=True), tuple(findings))


def _row(one: _Figure, source_id: str, falls: bool) -> dict[str, str]:
    indicator, region, year, months = one.key
    period = str(year) if months == 12 else f"{year}-01/{year}-{months:02d}"
    note = FALLS if falls else ("", "")
    return {
        "indicator": indicator,
        "region": region,
        "period": period,
        "value": one.value,
        "unit": one.unit,
        "bound": "exact",
        "status": "reported",
        "source_id": source_id,
        "note_zh": note[0],
        "note_en": note[1],
    }


def _heading_row(sheet: SourceSheet) -> int | None:
    for index, row in enumerate(sheet.rows[:HEAD_ROWS]):
        if row and plain(trimmed(row[0])) in HEADS and any(MONTH.fullmatch(plain(trimmed(cell))) for cell in row[1:]):
            return index
    return None


def _titles(sheet: SourceSheet, until: int) -> dict[str, str]:
    """Return what the lines above the head say, by what they begin with."""
    found = (TITLE.fullmatch(trimmed(row[0])) for row in sheet.rows[:until] if row)
    return {match[1]: plain(match[2]) for match in found if match}


def _read_sheet(catalog: Catalog, sheet: SourceSheet, regions: Sequence[str]) -> tuple[list[_Figure], list[Misfit]]:
    head = _heading_row(sheet)
    if head is None:
        return [], [
            Misfit(sheet.name, "", "no row that begins with 指标 or 地区", "such a row, then months: 2024年12月")
        ]
    kind = plain(trimmed(sheet.rows[head][0]))
    months, findings = _months(sheet, head)
    frame = _Frame(head, kind, months, _titles(sheet, head))
    findings += [
        Misfit(sheet.name, address(row, 0), _line(sheet, row), "a line with 地区： and the name of a region alone")
        for row in range(head)
        if any(cell != "" for cell in sheet.rows[row][1:])
        or (sheet.cell(row, 0) != "" and not TITLE.fullmatch(trimmed(sheet.cell(row, 0))))
    ]
    figures: list[_Figure] = []
    for row in range(head + 1, len(sheet.rows)):
        found, told = _read_row(catalog, sheet, frame, row, regions)
        figures += found
        findings += told
    return figures, findings


def _line(sheet: SourceSheet, row: int) -> str:
    return "; ".join(shown(cell) for cell in sheet.rows[row] if cell != "")


def _months(sheet: SourceSheet, head: int) -> tuple[dict[int, tuple[int, int]], list[Misfit]]:
    months: dict[int, tuple[int, int]] = {}
    findings = []
    for column in range(1, max(map(len, sheet.rows))):
        cell = sheet.cell(head, column)
        match = MONTH.fullmatch(plain(trimmed(cell)))
        month = (int(match[1]), int(match[2])) if match else None
        if month and month not in months.values():
            months[column] = month
        elif month or any(sheet.cell(row, column) != "" for row in range(len(sheet.rows))):
            expected = "each month once" if month else "a month such as 2024年12月"
            findings.append(Misfit(sheet.name, address(head, column), shown(cell), expected))
    return months, findings


def _read_row(
    catalog: Catalog, sheet: SourceSheet, frame: _Frame, row: int, regions: Sequence[str]
) -> tuple[list[_Figure], list[Misfit]]:
    cells = [column for column in frame.months if sheet.cell(row, column) != ""]
    label = plain(trimmed(sheet.cell(row, 0)))
    if not cells:
        quiet = label in {"", FOOT} or label in HEADS
        text = shown(sheet.cell(row, 0))
        return [], [] if quiet else [Misfit(sheet.name, address(row, 0), text, "figures beside it", "note")]
    by_row = frame.kind == "指标"
    name = label if by_row else frame.titles.get("指标", "")
    place = frame.titles.get("地区", "") if by_row else label
    kept, told = _indicator(sheet, address(row, 0) if by_row else "", name, len(cells))
    region = _region(catalog, place, frame, regions)
    if kept and not region:
        expected = (
            "a region of data/regions.csv" if place else "a line with 地区： and the name of a region, or --region"
        )
        told.append(Misfit(sheet.name, "" if by_row else address(row, 0), shown(place), expected))
    if not kept or not region:
        return [], told
    numbers = {column: _number(sheet.cell(row, column)) for column in cells}
    told += [
        Misfit(sheet.name, address(row, column), shown(sheet.cell(row, column)), "a number of 0 or more, or nothing")
        for column, number in numbers.items()
        if number is None or (row, column) in sheet.lost
    ]
    told += _blank(sheet, frame, row)
    figures = [
        _Figure((kept[0], region, *frame.months[column]), number, kept[1], sheet.name, address(row, column))
        for column, number in numbers.items()
        if number
    ]
    return figures, told


def _indicator(sheet: SourceSheet, cell: str, name: str, count: int) -> tuple[tuple[str, str] | None, list[Misfit]]:
    """Return indicator and unit of a row's name, or None with what is told of it."""
    match = NAME.fullmatch(plain(name))
    left_out = f"{name!r}, {count} figures left out"
    if not match:
        expected = "a name such as 水泥产量累计值(万吨)"
        return None, [Misfit(sheet.name, cell, shown(name), expected)]
    item, kind, unit = match.groups()
    if kind != CUMULATIVE:
        return None, [Misfit(sheet.name, cell, left_out, "cumulative figures (累计值)", "note")]
    if item not in INDICATORS:
        known = "、".join(INDICATORS)
        return None, [Misfit(sheet.name, cell, left_out, f"an indicator of the tables: {known}", "note")]
    if unit not in UNITS:
        return None, [Misfit(sheet.name, cell, f"the unit {unit!r}", f"one of {'、'.join(UNITS)}")]
    return (INDICATORS[item], UNITS[unit]), []


def _region(catalog: Catalog, place: str, frame: _Frame, regions: Sequence[str]) -> str:
    """Return the code of a region named as the bureau does; the nation where its own database names none."""
    if not place and frame.kind == "指标":
        if frame.titles.get("数据库") == NATIONAL:
            place = NATION
        elif len(regions) == 1:
            return regions[0]
    known = set(catalog.read("regions").query("level in ['country', 'province']")["id"])
    code = spelt(catalog, "regions").get(("", form(place)), "")
    return code if code in known else ""


def _number(cell: Any) -> str | None:
    """Return a figure as text, nothing for a mark that stands for no figure; None if it is none."""
    try:
        value = numbers.parse(cell)
    except ValueError:
        return None
    return "" if value is None else numbers.written(value) if value >= 0 else None


def _blank(sheet: SourceSheet, frame: _Frame, row: int) -> Iterator[Misfit]:
    """Tell the months without a figure that are not January."""
    for column, (_, month) in frame.months.items():
        if month > 1 and not _number(sheet.cell(row, column)):
            yield Misfit(sheet.name, address(row, column), "nothing", "a figure", "note")


def _falls(figures: dict[tuple[str, str, int, int], _Figure]) -> Iterator[tuple[tuple[str, str, int, int], Misfit]]:
    """Give each figure that is smaller than that of fewer months of its year, with what is told of it."""
    most: dict[tuple[str, str, int, str], float] = {}
    for key, one in sorted(figures.items()):
        before = most.get((*key[:3], one.unit), 0.0)
        if float(one.value) < before:
            found = f"{one.value} for {key[3]} months"
            yield key, Misfit(one.sheet, one.cell, found, f"at least {before:g}, the sum of fewer", "mismatch")
        most[*key[:3], one.unit] = max(before, float(one.value))
