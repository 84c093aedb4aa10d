"""Energy balance sheets: the provincial table of the yearbook, into rows of the table `energy_balance`.

Layout: a title with province and year, then a row that begins with 项目 and names the fuels, their units in brackets,
and one row a flow. Names are those of the tables `flows` and `fuels`, so a local row of either adds a name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.checks.importing import agreement
from tanfeng.checks.importing.findings import FileContent, Misfit, address, nearest, plain, shown, trimmed
from tanfeng.checks.importing.reading import SourceSheet
from tanfeng.data.catalog import Catalog

HEAD = "项目"
HEAD_ROWS = 30
DECIMALS = 6
NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[.、．]?|[0-9]+[.、．]|\([一二三四五六七八九十0-9]+\))?(?:#|其中:)?"
)
SIGNS = re.compile(r"\([+-]\)")
BRACKET = re.compile(r"\(([^()]*)\)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FLOW_NAMES = {
    "加工转换投入产出量": "transformation_total",
    "库存增、减量": "stock_change",
    "损失量": "losses",
    "用作原料、材料": "industry_nonenergy",
    "农、林、牧、渔、水利业": "agriculture",
    "农、林、牧、渔业和水利业": "agriculture",
    "批发、零售业和住宿、餐饮业": "wholesale",
    "批发和零售业、住宿和餐饮业": "wholesale",
    "交通运输、仓储和邮政业": "transport",
    "生活消费": "residential",
    "居民生活": "residential",
    "城镇": "urban",
    "乡村": "rural",
    "其他": "other",
    "型煤加工": "briquettes",
}
UNITS = {
    "万吨": "10^4 t",
    "亿立方米": "10^8 m3",
    "百亿千焦": "10^10 kJ",
    "亿千瓦时": "10^8 kWh",
    "万吨标煤": "10^4 tce",
    "万吨标准煤": "10^4 tce",
    "104tn": "10^4 t",
    "104t": "10^4 t",
    "108cu.m": "10^8 m3",
    "1010kj": "10^10 kJ",
    "108kwh": "10^8 kWh",
    "104tce": "10^4 tce",
}
GASES = {"coke_oven_gas", "blast_furnace_gas", "converter_gas", "other_gas", "natural_gas"}
OWN_UNIT = {
    **dict.fromkeys(GASES, "10^8 m3"),
    "heat": "10^10 kJ",
    "electricity": "10^8 kWh",
    "other_energy": "10^4 tce",
    "total_energy": "10^4 tce",
}


@dataclass(frozen=True)
class _Frame:
    """Where a balance stands in its sheet: row of the head, first row of figures, the flows and the fuels."""

    head: int
    first: int
    flows: dict[str, int]
    fuels: dict[str, int]
    units: dict[str, str]


def is_balance(sheets: Sequence[SourceSheet]) -> bool:
    """Return whether a sheet looks like an energy balance: 项目 in its first column, among its first rows.

    Example:
        >>> balance = SourceSheet("6-11", (("浙江能源平衡表",), ("项目", "原煤")))
        >>> is_balance([balance]), is_balance([SourceSheet("x", (("a",),))])
        (True, False)
    """
    return any(_head_row(sheet) is not None for sheet in sheets)


def read(
    catalog: Catalog,
    sheets: Sequence[SourceSheet],
    source_id: str,
    regions: Sequence[str] = (),
    year: int | None = None,
) -> FileContent:
    """Return the quantities that energy balance sheets give, by region, year, flow and fuel, in the units of the sheet.

    Args:
        catalog: the tables; `flows` and `fuels` say which names there are.
        sheets: the sheets; each that is not empty must be a balance.
        source_id: source of the rows.
        regions: the region, where the title does not name it (one), or those expected.
        year: the year, where the title does not name it, or the one expected.

    Returns:
        Rows of the table `energy_balance`, by flow and fuel, with six decimals. A figure that does not
        agree with others of its sheet is a finding of severity `mismatch`, and its row says so in its notes.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("Sheet1", (("煤", 1.0),))
        >>> str(read(open_catalog(), [sheet], "energy_yearbook_2008_balance").findings[0])
        "error: Sheet1: found no row that begins with '项目'; expected the names of the fuels in such a row"
    """
    frames, findings = [], []
    seen: dict[tuple[str, int], str] = {}
    for sheet in sheets:
        if sheet.empty:
            continue
        rows, found, place = _read_sheet(catalog, sheet, regions, year)
        findings += found
        if place in seen and all(place):
            findings.append(
                Misfit(sheet.name, "", f"{place[0]} {place[1]} again (also {seen[place]!r})", "one sheet each")
            )
        seen[place] = sheet.name
        frames.append(rows)
    columns = catalog.tables["energy_balance"].columns
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    rows = rows.assign(status="reported", source_id=source_id)
    rows = rows.sort_values(["region", "year", "flow", "fuel"], kind="stable")
    return FileContent("energy_balance", rows[columns].astype(str).reset_index(drop=True), tuple(findings))


def _head_row(sheet: SourceSheet) -> int | None:
    found = [index for index, row in enumerate(sheet.rows[:HEAD_ROWS]) if row and plain(trimmed(row[0])) == HEAD]
    return found[0] if found else None


COLUMNS = ["region", "year", "flow", "fuel", "value", "unit", "note_zh", "note_en"]


def _read_sheet(
    catalog: Catalog, sheet: SourceSheet, regions: Sequence[str], year: int | None
) -> tuple[pd.DataFrame, list[Misfit], tuple[str, int]]:
    nothing = pd.DataFrame(columns=COLUMNS)
    head = _head_row(sheet)
    if head is None:
        expected = "the names of the fuels in such a row"
        return nothing, [Misfit(sheet.name, "", f"no row that begins with {HEAD!r}", expected)], ("", 0)
    region, of_year, findings = _place(catalog, sheet, head, regions, year)
    frame, found = _frame(catalog, sheet, head)
    values, wrong = _values(sheet, frame)
    findings += [*found, *wrong]
    rows = [
        {"flow": flow, "fuel": fuel, "value": _written(value), "unit": frame.units[fuel], "note_zh": "", "note_en": ""}
        for (flow, fuel), value in values.items()
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[2:]).assign(region=region, year=of_year)
    if any(finding.severity == "error" for finding in findings):
        return table, findings, (region, of_year)
    return *_agreement(catalog, sheet, frame, values, table), (region, of_year)


def _written(value: float) -> str:
    return repr(round(value, DECIMALS) + 0.0)


def _place(
    catalog: Catalog, sheet: SourceSheet, head: int, regions: Sequence[str], year: int | None
) -> tuple[str, int, list[Misfit]]:
    """Return region and year of a sheet from its title or name, and what does not agree with those asked for."""
    title = " ".join([sheet.name, *(trimmed(cell) for row in sheet.rows[:head] for cell in row)])
    years = sorted({int(found) for found in re.findall(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])", title)})
    provinces = _provinces_named(catalog, title)
    findings = [
        *_stated(sheet.name, "year", years, [year] if year else [], "--year"),
        *_stated(sheet.name, "province", provinces, list(regions), "--region"),
    ]
    region = next(iter([*provinces, *regions]), "")
    return region, next(iter([*years, *([year] if year else [])]), 0), findings


def _provinces_named(catalog: Catalog, title: str) -> list[str]:
    regions = catalog.read("regions").query("level == 'province'")
    short = regions["zh"].str.replace(r"(省|市|(维吾尔|壮族|回族)?自治区)$", "", regex=True)
    words = set(re.findall(r"[a-z]+", title.lower())) | {"".join(re.findall(r"[a-z]+", title.lower()))}
    named = [
        code
        for code, zh, en in zip(regions["id"], short, regions["en"], strict=True)
        if zh in plain(title) or en.lower().replace(" ", "") in words
    ]
    return sorted(set(named))


def _stated(sheet: str, what: str, found: list[Any], asked: list[Any], option: str) -> Iterator[Misfit]:
    """Compare what a title states with what was asked for; one of the two must say it, and only once."""
    if len(found) > 1 or (not found and len(asked) != 1):
        shown_found = ", ".join(map(str, found)) or f"no {what}"
        expected = f"one {what} in the title" + ("" if found else f", or {option}")
        yield Misfit(sheet, "", f"{shown_found} above the table", expected)
    elif found and asked and found[0] not in asked:
        yield Misfit(sheet, "", f"{what} {found[0]} in the title", f"{', '.join(map(str, asked))}, as {option} says")


def _frame(catalog: Catalog, sheet: SourceSheet, head: int) -> tuple[_Frame, list[Misfit]]:
    flows, first, findings = _flows(catalog, sheet, head)
    fuels, units, found = _fuels(catalog, sheet, head, first)
    return _Frame(head, first, flows, fuels, units), [*findings, *found]


def flow_name(label: str) -> str:
    """Return the name of a flow in the label of a row: without number, sign, spaces and full-width forms.

    Example:
        >>> flow_name("  6.本省（区、市）调出量(-)"), flow_name("    #用作原料、材料")
        ('本省(区、市)调出量', '用作原料、材料')
    """
    return SIGNS.sub("", NUMBERING.sub("", plain(label)))


def _flow_ids(catalog: Catalog) -> dict[str, str]:
    rows = catalog.read("flows")
    names = {plain(zh).split(":")[-1]: flow for flow, zh in zip(rows["id"], rows["zh"], strict=True)}
    return {**names, **FLOW_NAMES}


def _flows(catalog: Catalog, sheet: SourceSheet, head: int) -> tuple[dict[str, int], int, list[Misfit]]:
    """Return the row of each flow, the first of them, and a finding for each label that is none or comes twice."""
    ids = _flow_ids(catalog)
    flows: dict[str, int] = {}
    first = len(sheet.rows)
    findings = []
    for row in range(head + 1, len(sheet.rows)):
        label = flow_name(trimmed(sheet.cell(row, 0)))
        figures = any(_is_number(cell) for cell in sheet.rows[row][1:])
        flow = ids.get(label)
        if flow or figures:
            first = min(first, row)
        if flow and flow not in flows:
            flows[flow] = row
        elif figures:
            findings.append(_flow_finding(sheet, row, label, flow, list(ids)))
    if not flows:
        findings.append(Misfit(sheet.name, "", "no row with the name of a flow", "the rows of an energy balance"))
    return flows, first, findings


def _flow_finding(sheet: SourceSheet, row: int, label: str, flow: str | None, names: list[str]) -> Misfit:
    hint = nearest(label, names) if label else ""
    expected = f"a flow, written {hint!r}" if hint else "a flow of data/flows.csv (a local row of flows adds one)"
    found = f"{label!r} again" if flow else f"{shown(label)} with figures"
    return Misfit(sheet.name, address(row, 0), found, "each flow once" if flow else expected)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _fuels(
    catalog: Catalog, sheet: SourceSheet, head: int, first: int
) -> tuple[dict[str, int], dict[str, str], list[Misfit]]:
    """Return the column and unit of each fuel, and a finding for each column that has none or another."""
    rows = catalog.read("fuels")
    ids = {plain(zh): fuel for fuel, zh in zip(rows["id"], rows["zh"], strict=True)}
    fuels: dict[str, int] = {}
    units: dict[str, str] = {}
    findings = []
    for column in range(1, max(len(row) for row in sheet.rows)):
        name, spelt = _heading([sheet.cell(row, column) for row in range(head, first)])
        figures = any(_is_number(sheet.cell(row, column)) for row in range(first, len(sheet.rows)))
        fuel = ids.get(name)
        if fuel and fuel not in fuels:
            fuels[fuel] = column
            units[fuel], found = _unit(sheet.name, address(head, column), fuel, spelt)
            findings += found
        elif name or figures:
            hint = nearest(name, list(ids)) if name else ""
            expected = (
                f"a fuel, written {hint!r}" if hint else "a fuel of data/fuels.csv (a local row of fuels adds one)"
            )
            found_name = f"{name!r} again" if fuel else shown(name)
            findings.append(
                Misfit(sheet.name, address(head, column), found_name, "each fuel once" if fuel else expected)
            )
    return fuels, units, findings


def _heading(cells: Sequence[Any]) -> tuple[str, list[str]]:
    """Return the Chinese name that stands over a column, and the units in brackets, in Chinese and English."""
    texts = [plain(trimmed(cell)) for cell in cells]
    units = [unit for text in texts for unit in BRACKET.findall(text)]
    name = "".join(text for text in (BRACKET.sub("", text) for text in texts) if CHINESE.search(text))
    return name, [re.sub(r"[\s^•·]", "", unit).lower() for unit in units]


def _unit(sheet: str, cell: str, fuel: str, spelt: list[str]) -> tuple[str, list[Misfit]]:
    """Return the unit of a column: the own unit of the fuel, or standard coal, and nothing else."""
    own = OWN_UNIT.get(fuel, "10^4 t")
    known = {UNITS.get(unit, unit) for unit in spelt}
    if len(known) == 1 and known <= {own, "10^4 tce"}:
        return known.pop(), []
    return own, [Misfit(sheet, cell, f"the unit {' and '.join(spelt) or 'nothing'}", f"one of {own}, 10^4 tce")]


def _values(sheet: SourceSheet, frame: _Frame) -> tuple[dict[tuple[str, str], float], list[Misfit]]:
    """Return the figures of a balance; an empty cell is no figure, text in a cell is a finding."""
    values, findings = {}, []
    for flow, row in sorted(frame.flows.items(), key=lambda item: item[1]):
        for fuel, column in frame.fuels.items():
            cell = sheet.cell(row, column)
            if _is_number(cell) and math.isfinite(cell):
                values[flow, fuel] = float(cell)
            elif not isinstance(cell, str) or cell.strip():
                findings.append(Misfit(sheet.name, address(row, column), shown(cell), "a number"))
    if not values and not findings:
        findings.append(Misfit(sheet.name, "", "no figure", "the figures of an energy balance"))
    return values, findings


def _agreement(
    catalog: Catalog, sheet: SourceSheet, frame: _Frame, values: dict[tuple[str, str], float], table: pd.DataFrame
) -> tuple[pd.DataFrame, list[Misfit]]:
    """Mark the figures that do not agree with others of the sheet, and tell where supply is not the sum of its rows."""
    groups = catalog.read("fuels").set_index("id")["fuel_group"]
    oil = [fuel for fuel in groups.index[groups.isin(["oil", "lpg"])] if fuel not in agreement.TOTALS]
    flows, fuels = list(frame.flows), list(frame.fuels)
    off = agreement.mismatches(values, agreement.identities(values, flows, fuels, oil))
    off.sort(key=lambda one: (frame.flows[one.cell[0]], frame.fuels[one.cell[1]]))
    for one in off:
        table = _noted(table, one)
    told = [_mismatch(sheet, frame, values, one) for one in off]
    return table, [*told, *_supply_notes(sheet, frame, values, {one.cell for one in off})]


def _mismatch(
    sheet: SourceSheet, frame: _Frame, values: dict[tuple[str, str], float], one: agreement.Mismatch
) -> Misfit:
    flow, fuel = one.cell
    found = f"{values.get(one.cell, 0.0)!r} for {flow}, {fuel}"
    expected = f"about {_written(one.implied)} (from {'; '.join(one.names)})"
    return Misfit(sheet.name, address(frame.flows[flow], frame.fuels[fuel]), found, expected, "mismatch")


def _noted(table: pd.DataFrame, mismatch: agreement.Mismatch) -> pd.DataFrame:
    chosen = (table["flow"] == mismatch.cell[0]) & (table["fuel"] == mismatch.cell[1])
    implied = repr(round(mismatch.implied, 4))
    table = table.copy()
    table.loc[chosen, "note_zh"] = f"与表内其他数据不符（据此推算为{implied}），按原表照录。"
    table.loc[chosen, "note_en"] = f"does not agree with other cells of the sheet, which give {implied}; kept as read"
    return table


def _supply_notes(
    sheet: SourceSheet, frame: _Frame, values: dict[tuple[str, str], float], off: set[tuple[str, str]]
) -> Iterator[Misfit]:
    """Tell where supply is not the sum of its rows, apart from figures that are off anyway."""
    sums = [one for one in agreement.supply_sums(list(frame.flows), list(frame.fuels)) if one.total not in off]
    gaps = {one.total: one.gap(values) for one in sums if abs(one.gap(values)) > agreement.TOLERANCE}
    if gaps:
        cells = ", ".join(address(frame.flows[flow], frame.fuels[fuel]) for flow, fuel in gaps)
        found = f"supply that is not the sum of its rows, by up to {max(map(abs, gaps.values())):.2f}"
        yield Misfit(sheet.name, cells, found, "the sum; kept, as yearbooks revise supply apart from its rows", "note")
