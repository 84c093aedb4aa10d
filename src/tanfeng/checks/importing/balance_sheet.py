"""Energy balance sheets: the provincial table of the yearbook, into rows of the table `energy_balance`.

Layout: a title with province and year, then a row that begins with 项目 or names fuels, their units in brackets, and
one row a flow. Names are those of the tables `flows`, `fuels`, `units` and `names`, of every edition and in both
languages; sums are those of `identities`. A local row of any of them adds a name, a row or a sum.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from tanfeng.checks.importing import agreement
from tanfeng.checks.importing.findings import FileContent, Misfit, address, nearest, plain, shown, trimmed
from tanfeng.checks.importing.wide import PLACE, SCALED, year_of
from tanfeng.data import numbers
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet
from tanfeng.data.spelling import form, spelt, unmarked
from tanfeng.data.wording import Wording, listed, say

HEAD, FUELS_IN_HEAD, FLOWS_BELOW = "项目", 2, 5
HEAD_ROWS = 30
LABEL_COLUMNS = 3
DECIMALS, FEW, COAL_EQUIVALENT = 6, 10, "10^4 tce"
NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[.、．]|[一二三四五六七八九十]+(?!次)|[0-9]+(?:\.[0-9]+)*[.、．]?|"
    r"\([一二三四五六七八九十0-9]+\)|[\u2460-\u2473]|[IVX]+\.)?"
    r"(?:#|其中:?|ofwhich:?)?",
    re.IGNORECASE,
)
SIGNS = re.compile(r"\([+\-−±/、,]+\)")
BRACKET = re.compile(r"\(([^()]*)\)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
BOOK = r"《?(?:中国)?(?:能源)?(?:统计)?年鉴"
EDITION = re.compile(rf"(?:年鉴|yearbook)\W*(?:19|20)[0-9]{{2}}|(?:19|20)[0-9]{{2}}年?版?{BOOK}", re.IGNORECASE)
NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
WRITTEN_YEAR = re.compile(r"[一二][〇○零一二三四五六七八九]{3}(?=年)")
STATED = re.compile(r"(?:(?:计量)?单位|Units?)\s*[:：]\s*([^()（）]+)", re.IGNORECASE)
SEVERAL = re.compile(r"[、,，;；/]")
ENGLISH = re.compile(r"[A-Za-z][^\u4e00-\u9fff]*$")
EXPONENT = re.compile(r"[\s^•·]")
FLOWS = Wording("能源平衡表的项目", "the rows of an energy balance")
ANY_FLOW = Wording(
    "data/flows.csv中的项目（可在本地flows或names表中增加）", "a flow of data/flows.csv (a local row of flows adds one)"
)
ANY_FUEL = Wording(
    "data/fuels.csv中的能源品种（可在本地fuels或names表中增加）",
    "a fuel of data/fuels.csv (a local row of fuels adds one)",
)
NUMBER = Wording("数字", "a number")


@dataclass(frozen=True)
class _Frame:
    """Where a balance stands in its sheet: row of the head, first row of figures, the flows and the fuels."""

    head: int
    first: int
    flows: dict[str, int]
    fuels: dict[str, int]
    units: dict[str, str]


Place = tuple[str, int]
Values = dict[tuple[str, str], Decimal]


def is_balance(catalog: Catalog, sheets: Sequence[SourceSheet]) -> bool:
    """Return whether a sheet looks like an energy balance: 项目 or names of fuels at the top of its columns.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> balance = SourceSheet("6-11", (("浙江能源平衡表",), ("项目 Item", "原煤")))
        >>> is_balance(open_catalog(), [balance]), is_balance(open_catalog(), [SourceSheet("x", (("a",),))])
        (True, False)
    """
    return any(_head_row(catalog, sheet) is not None for sheet in sheets)


def read(
    catalog: Catalog,
    sheets: Sequence[SourceSheet],
    source_id: str,
    regions: Sequence[str] = (),
    year: int | None = None,
) -> FileContent:
    """Return the quantities that energy balance sheets give, by region, year, flow and fuel, in the units of the sheet.

    Args:
        catalog: the tables; `flows`, `fuels`, `units` and `names` say which names there are.
        sheets: the sheets; what is no balance is left out and told, if another one is.
        source_id: source of the rows.
        regions: the region, where the title does not name one (one), or only these.
        year: the year, where the title does not name one, or only this one.

    Returns:
        Rows of the table `energy_balance`, by flow and fuel. A figure that does not agree with others of its sheet is a
        finding of severity `mismatch`, and its row says so in its notes.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("Sheet1", (("煤", 1.0),))
        >>> print(read(open_catalog(), [sheet], "energy_yearbook_2008_balance").findings[0].found)
        no row that begins with '项目' or names fuels
    """
    frames: list[pd.DataFrame] = []
    findings: list[Misfit] = []
    seen: dict[Place, str] = {}
    chosen, left_out = _chosen(catalog, [sheet for sheet in sheets if not sheet.empty], regions, year)
    for sheet in chosen:
        rows, found, place = _read_sheet(catalog, sheet, regions, year)
        findings += found
        if place in seen and all(place):
            again = say(
                "{place}重复（另见{other!r}）",
                "{place} again (also {other!r})",
                place=f"{place[0]} {place[1]}",
                other=seen[place],
            )
            findings.append(Misfit(sheet.name, "", again, Wording("每个地区和年份一张表", "one sheet each")))
        seen[place] = sheet.name
        frames.append(rows)
    columns = catalog.tables["energy_balance"].columns
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*columns, PLACE])
    rows = rows.assign(status="reported", source_id=source_id)
    rows = rows.sort_values(["region", "year", "flow", "fuel"], kind="stable").astype(str).reset_index(drop=True)
    return FileContent("energy_balance", rows[columns], (*left_out, *findings), tuple(rows[PLACE]))


def _chosen(
    catalog: Catalog, sheets: Sequence[SourceSheet], regions: Sequence[str], year: int | None
) -> tuple[list[SourceSheet], list[Misfit]]:
    """Return the sheets to read: balances of what is asked for; what else there is beside one is left out and told."""
    balances = [sheet for sheet in sheets if _named_flows(catalog, sheet)]
    wanted = [sheet for sheet in balances if not any(_otherwise(catalog, sheet, regions, year))]
    chosen = wanted or balances or list(sheets)
    notes = [
        Misfit(
            sheet.name,
            "",
            Wording("其他地区或年份的平衡表", "a balance of another region or year")
            if sheet in balances
            else Wording("不是能源平衡表的工作表", "a sheet that is no energy balance"),
            Wording("能源平衡表；该工作表未导入", "an energy balance; the sheet is left out"),
            "note",
        )
        for sheet in sheets
        if sheet not in chosen
    ]
    return chosen, notes


def _named_flows(catalog: Catalog, sheet: SourceSheet) -> bool:
    """Whether a sheet has a head and, below it, the name of a flow."""
    head = _head_row(catalog, sheet)
    return head is not None and _flows_below(catalog, sheet, head) > 0


def _flows_below(catalog: Catalog, sheet: SourceSheet, head: int) -> int:
    """Return how many rows below the head begin with the name of a flow."""
    names = spelt(catalog, "flows")
    return sum(bool(_known(names, _label(row), "")[0]) for row in sheet.rows[head + 1 :])


def _label(row: Sequence[Any]) -> str:
    """Return the label of a row: the first text in its first cells that is not its number."""
    return next((trimmed(cell) for cell in row[:LABEL_COLUMNS] if trimmed(cell) and not _is_figure(cell)), "")


def _head_row(catalog: Catalog, sheet: SourceSheet) -> int | None:
    """Return the row above the columns: its first cell begins with 项目 or is Item, or it names two fuels.

    指标 heads a balance too, where flows are named below it.
    """
    headings = spelt(catalog, "headings")
    heads = {name for (_, name), what in headings.items() if what == "item"}
    fuels = spelt(catalog, "fuels")
    top = [(index, row) for index, row in enumerate(sheet.rows[:HEAD_ROWS]) if not any(map(year_of, row[1:]))]
    for index, row in top:
        if row and (form(trimmed(row[0])) in heads or plain(trimmed(row[0])).startswith(HEAD)):
            return index
    for index, row in top:
        named = {fuels.get(("", form(BRACKET.sub("", plain(unmarked(trimmed(cell))))))) for cell in row[1:]} - {None}
        if len(named) >= FUELS_IN_HEAD:
            return index
    for index, row in top:
        named = {headings.get(("", form(trimmed(cell)))) for cell in row[:LABEL_COLUMNS]}
        if named & {"indicator", "item"} and _flows_below(catalog, sheet, index) >= FLOWS_BELOW:
            return index
    return None


COLUMNS = ["region", "year", "flow", "fuel", "value", "unit", PLACE]


def _read_sheet(
    catalog: Catalog, sheet: SourceSheet, regions: Sequence[str], year: int | None
) -> tuple[pd.DataFrame, list[Misfit], Place]:
    head = _head_row(catalog, sheet)
    if head is None:
        found = say(
            "没有以{head!r}开头或列出能源品种的一行", "no row that begins with {head!r} or names fuels", head=HEAD
        )
        expected = Wording("该行列出能源品种名称", "the names of the fuels in such a row")
        return (
            pd.DataFrame(columns=[*COLUMNS, "note_zh", "note_en"]),
            [Misfit(sheet.name, "", found, expected)],
            ("", 0),
        )
    region, of_year, findings = _place(catalog, sheet, head, regions, year)
    frame, told = _frame(catalog, sheet, head)
    values, wrong = _values(sheet, frame)
    findings += [*told, *wrong]
    rows = [
        {
            "flow": flow,
            "fuel": fuel,
            "value": _written(value),
            "unit": frame.units[fuel],
            PLACE: ", ".join(part for part in (sheet.name, address(frame.flows[flow], frame.fuels[fuel])) if part),
        }
        for (flow, fuel), value in values.items()
    ]
    texts = {"note_zh": "", "note_en": ""}
    table = pd.DataFrame(rows, columns=COLUMNS[2:]).assign(region=region, year=of_year, **texts)
    if any(finding.severity == "error" for finding in findings):
        return table, findings, (region, of_year)
    table, told = _agreement(catalog, sheet, frame, values, table)
    return table, [*findings, *told], (region, of_year)


def _written(value: Decimal | float) -> str:
    """Return a figure without the noise of binary fractions, and without an exponent."""
    number = float(value)
    short = round(number, DECIMALS)
    exact = math.isclose(short, number, rel_tol=1e-6, abs_tol=1e-9)
    return numbers.written(Decimal(repr(short) if exact else f"{number:.12g}"))


def _title(sheet: SourceSheet, head: int) -> str:
    return " ".join([sheet.name, *(trimmed(cell) for row in sheet.rows[:head] for cell in row)])


def _years(title: str) -> list[int]:
    """Return the years of a title, without that of the yearbook it stands in."""
    text = WRITTEN_YEAR.sub(lambda found: found[0].translate(NUMERALS), unicodedata.normalize("NFKC", title))
    return sorted(set(map(int, YEAR.findall(EDITION.sub("", text)))))


def _otherwise(catalog: Catalog, sheet: SourceSheet, regions: Sequence[str], year: int | None) -> Iterator[bool]:
    """Give for year and region whether the title says another than what is asked for."""
    title = _title(sheet, _head_row(catalog, sheet) or 0)
    for found, asked in ((_years(title), [year] if year else []), (_provinces_named(catalog, title), list(regions))):
        yield bool(found and asked and not set(found) & set(asked))


def _place(
    catalog: Catalog, sheet: SourceSheet, head: int, regions: Sequence[str], year: int | None
) -> tuple[str, int, list[Misfit]]:
    """Return region and year of a sheet from its title or name, and what does not agree with those asked for."""
    title = _title(sheet, head)
    years, provinces = _years(title), _provinces_named(catalog, title)
    findings = [
        *_stated(sheet.name, Wording("年份", "year"), years, [year] if year else [], "--year"),
        *_stated(sheet.name, Wording("省份", "province"), provinces, list(regions), "--region"),
    ]
    return str(_of(provinces, list(regions), "")), int(_of(years, [year] if year else [], 0)), findings


def _of(found: list[Any], asked: list[Any], nothing: Any) -> Any:
    """Return what is both named and asked for, otherwise what one of them says."""
    return next(iter([one for one in asked if one in found] or found or asked), nothing)


def _provinces_named(catalog: Catalog, title: str) -> list[str]:
    """Return the provinces that a title names, in Chinese, English or pinyin, in one word or two."""
    provinces = set(catalog.read("regions").query("level == 'province'")["id"])
    words = re.findall(r"[a-z]+", title.lower())
    spoken = {*words, *map("".join, itertools.pairwise(words))}
    known = {name: code for (_, name), code in spelt(catalog, "regions").items() if code in provinces}
    text = plain(title)
    return sorted({code for name, code in known.items() if name in (spoken if name.isascii() else text)})


def _stated(sheet: str, what: Wording, found: list[Any], asked: list[Any], option: str) -> Iterator[Misfit]:
    """Compare what a title states with what was asked for; of several that it names, the option says which."""
    both = [one for one in found if one in asked]
    told = ", ".join(map(str, found))
    if found and asked and not both:
        expected = say(
            "{option}所指的{asked}", "{asked}, as {option} says", asked=", ".join(map(str, asked)), option=option
        )
        yield Misfit(
            sheet, "", say("标题中的{what}为{told}", "{what} {told} in the title", what=what, told=told), expected
        )
    elif len(both or found or asked) != 1:
        nothing = say("没有{what}", "no {what}", what=what)
        seen = say("表格上方有{told}", "{told} above the table", told=told or nothing)
        expected = say(
            "标题中有一个{what}，或用{option}指定", "one {what} in the title, or {option}", what=what, option=option
        )
        yield Misfit(sheet, "", seen, expected)


def _frame(catalog: Catalog, sheet: SourceSheet, head: int) -> tuple[_Frame, list[Misfit]]:
    flows, first, findings = _flows(catalog, sheet, head)
    fuels, units, found = _fuels(catalog, sheet, head, first)
    return _Frame(head, first, flows, fuels, units), [*findings, *found]


def flow_name(label: str) -> str:
    """Return the name of a flow in the label of a row: without number, sign, spaces, commas and full-width forms.

    Example:
        >>> flow_name("  6.本省（区、市）调出量(-)"), flow_name("    #用作原料、材料")
        ('本省(区市)调出量', '用作原料材料')
    """
    return form(SIGNS.sub("", NUMBERING.sub("", plain(label)))).rstrip(":")


def _known(names: Mapping[tuple[str, str], str], label: str, within: str) -> tuple[str | None, bool]:
    """Return what the label of a row stands for below another one, and whether the mark of a footnote was dropped."""
    for text in (label, ENGLISH.sub("", label), unmarked(label), unmarked(ENGLISH.sub("", label).strip())):
        name = flow_name(text)
        found = names.get((within, name)) or names.get(("", name))
        if found:
            return found, unmarked(text) == text != label and unmarked(label) != label
    return None, False


def _flows(catalog: Catalog, sheet: SourceSheet, head: int) -> tuple[dict[str, int], int, list[Misfit]]:
    """Return the row of each flow, the first of them, and a finding for each label that is none or comes twice."""
    names = spelt(catalog, "flows")
    sections = {within for within, _ in names if within} | set(catalog.read("identities")["whole"])
    flows: dict[str, int] = {}
    first, section = len(sheet.rows), ""
    findings = []
    for row in range(head + 1, len(sheet.rows)):
        label = _label(sheet.rows[row])
        figures = any(_is_figure(cell) for cell in sheet.rows[row][1:])
        flow, marked = _known(names, label, section)
        if not flow and not flows and _counts(sheet.rows[row]):
            continue
        section = flow if flow and flow in sections else section
        if flow or figures:
            first = min(first, row)
        if flow and flow not in flows:
            flows[flow] = row
            findings += [_mark(sheet.name, address(row, 0), label)] if marked else []
        elif figures:
            findings.append(_flow_finding(sheet, row, label, flow, [name for _, name in names]))
    if not flows:
        found = Wording("没有一行是已知项目", "no row with the name of a flow")
        findings.append(Misfit(sheet.name, "", found, FLOWS))
    return flows, first, findings


def _counts(row: Sequence[Any]) -> bool:
    """Whether a row numbers the columns: 1, 2, 3."""
    found = [int(number) for cell in row if _is_figure(cell) and (number := numbers.parse(cell)) == int(number or 0)]
    return len(found) > 1 and found == list(range(found[0], found[0] + len(found))) and found[0] in {0, 1, 2}


def _mark(sheet: str, cell: str, label: str) -> Misfit:
    found = say("{label!r}带有脚注标记", "{label!r} with the mark of a footnote", label=label)
    return Misfit(sheet, cell, found, Wording("名称；标记已略去", "the name; the mark is dropped"), "note")


def _again(name: str) -> Wording:
    return say("{name!r}重复", "{name!r} again", name=name)


def _meant(hint: str, what: Wording, otherwise: Wording) -> Wording:
    return say("{what}，写作{hint!r}", "{what}, written {hint!r}", what=what, hint=hint) if hint else otherwise


def _flow_finding(sheet: SourceSheet, row: int, label: str, flow: str | None, names: list[str]) -> Misfit:
    name = flow_name(label)
    if flow:
        return Misfit(sheet.name, address(row, 0), _again(name), Wording("每个项目一行", "each flow once"))
    found = say("{name}，且有数据", "{name} with figures", name=shown(name))
    expected = _meant(nearest(name, names) if name else "", Wording("平衡表项目", "a flow"), ANY_FLOW)
    return Misfit(sheet.name, address(row, 0), found, expected)


def _is_figure(cell: Any) -> bool:
    """Whether a cell holds a number, as a number or as text."""
    try:
        return numbers.parse(cell) is not None
    except ValueError:
        return False


def _fuels(
    catalog: Catalog, sheet: SourceSheet, head: int, first: int
) -> tuple[dict[str, int], dict[str, str], list[Misfit]]:
    """Return the column and unit of each fuel, and a finding for each column that has none or another."""
    ids, headings = spelt(catalog, "fuels"), spelt(catalog, "headings")
    told = _units_above(catalog, _title(sheet, head))
    fuels: dict[str, int] = {}
    units: dict[str, str] = {}
    findings = []
    for column in range(1, max(len(row) for row in sheet.rows)):
        name, spelt_units, marked = _heading(catalog, [sheet.cell(row, column) for row in range(head, first)], ids)
        figures = any(_is_figure(sheet.cell(row, column)) for row in range(first, len(sheet.rows)))
        fuel, cell = ids.get(("", form(name))), address(head, column)
        if fuel and fuel not in fuels:
            fuels[fuel] = column
            units[fuel], found = _unit(catalog, sheet.name, cell, fuel, spelt_units or told, bool(spelt_units))
            findings += [*found, *([_mark(sheet.name, cell, name)] if marked else [])]
        elif (figures or name) and ("", form(name)) not in headings:
            findings.append(_fuel_finding(sheet.name, cell, name, fuel, [known for _, known in ids], figures))
    return fuels, units, findings


def _units_above(catalog: Catalog, title: str) -> list[str]:
    """Return the unit that a title states, or the several that it does."""
    found = STATED.search(title)
    words, known = (found.group(1).split() if found else []), spelt(catalog, "units")
    for length in range(len(words), 0, -1):
        if ("", form(EXPONENT.sub("", " ".join(words[:length])))) in known:
            return [" ".join(words[:length])]
    return SEVERAL.split(words[0]) if words else []


def _fuel_finding(sheet: str, cell: str, name: str, fuel: str | None, names: list[str], figures: bool) -> Misfit:
    if not figures:
        nothing = say("{name}，没有数据", "{name} without figures", name=shown(name))
        return Misfit(sheet, cell, nothing, Wording("能源品种；该列未导入", "a fuel; the column is left out"), "note")
    if fuel:
        return Misfit(sheet, cell, _again(name), Wording("每个品种一列", "each fuel once"))
    hint = nearest(name, names) if name else ""
    return Misfit(sheet, cell, shown(name), _meant(hint, Wording("能源品种", "a fuel"), ANY_FUEL))


def _heading(
    catalog: Catalog, cells: Sequence[Any], fuels: Mapping[tuple[str, str], str]
) -> tuple[str, list[str], bool]:
    """Return the name that stands over a column, Chinese before English, its units, and whether a mark was dropped.

    A heading may be split over rows, or stand below that of a group: the longest part that is a name counts.
    """
    texts = [piece for cell in cells for piece in _pieces(catalog, trimmed(cell))]
    units = [unit for text in texts for unit in BRACKET.findall(plain(text))]
    known = spelt(catalog, "units")
    units += [text for text in texts if ("", form(EXPONENT.sub("", text))) in known]
    words = [text for text in texts if text not in units]
    for chosen in (lambda text: CHINESE.search(text), lambda text: True):
        for clean in (lambda text: text, unmarked):
            parts = [BRACKET.sub("", plain(clean(text))) for text in words if chosen(text)]
            for name in _joined(parts):
                if ("", form(name)) in fuels:
                    return name, units, clean is unmarked
    chinese = [BRACKET.sub("", plain(text)) for text in words if CHINESE.search(text)]
    return "".join(chinese or [BRACKET.sub("", plain(text)) for text in words]), units, False


def _pieces(catalog: Catalog, text: str) -> list[str]:
    """Return the lines of a cell, and a unit behind a name as a piece of its own."""
    pieces = []
    for line in text.splitlines():
        name, _, unit = re.sub(r"[\s,，/]+", " ", line).strip().rpartition(" ")
        split = name and ("", form(EXPONENT.sub("", unit))) in spelt(catalog, "units")
        pieces += [name, unit] if split else [line]
    return pieces


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """Give the parts joined, longest first, of the same length the lowest first."""
    for length in range(len(parts), 0, -1):
        for start in range(len(parts) - length, -1, -1):
            yield "".join(parts[start : start + length])


def _unit(
    catalog: Catalog, sheet: str, cell: str, fuel: str, spelled: list[str], own_units: bool
) -> tuple[str, list[Misfit]]:
    """Return the unit of a column: the own unit of the fuel, or standard coal; the Chinese one counts.

    Where the title states the units of all columns, that of the fuel is one of them.
    """
    own, names = str(catalog.row("fuels", fuel)["unit"]), spelt(catalog, "units")
    known = [names.get(("", form(EXPONENT.sub("", unit))), unit) for unit in spelled]
    if not own_units and len(known) > 1 and own in known:
        spelled, known = [unit for unit, one in zip(spelled, known, strict=True) if one == own], [own]
    chinese = {unit for unit, text in zip(known, spelled, strict=True) if CHINESE.search(text)} or set(known)
    if len(chinese) == 1 and chinese <= {own, COAL_EQUIVALENT}:
        unit = chinese.pop()
        told = say("单位{units}不一致", "the units {units}, which differ", units=listed(spelled, en=" and "))
        expected = say("同一单位；按{unit}读取", "one unit; read as {unit}", unit=unit)
        return unit, [Misfit(sheet, cell, told, expected, "note")] if set(known) != {unit} else []
    told = say("单位{units}", "the unit {units}", units=listed(spelled, en=" and ") or Wording("空白", "nothing"))
    expected = say("{own}或{coal}", "one of {own}, {coal}", own=own, coal=COAL_EQUIVALENT)
    return own, [Misfit(sheet, cell, told, expected)]


def _values(sheet: SourceSheet, frame: _Frame) -> tuple[Values, list[Misfit]]:
    """Return the figures of a balance; an empty cell or a mark is no figure, other text is a finding."""
    values: Values = {}
    findings, marks = [], []
    for flow, row in sorted(frame.flows.items(), key=lambda item: item[1]):
        for fuel, column in frame.fuels.items():
            cell = sheet.cell(row, column)
            number, wrong = _value(sheet, row, column)
            findings += [Misfit(sheet.name, address(row, column), *wrong)] if wrong else []
            if number is not None:
                values[flow, fuel] = number
            elif not wrong and cell.strip():
                marks.append(cell.strip())
    if marks:
        findings.append(no_figure(sheet.name, marks))
    if not values and not findings:
        expected = Wording("能源平衡表的数据", "the figures of an energy balance")
        findings.append(Misfit(sheet.name, "", Wording("没有数据", "no figure"), expected))
    return values, findings


def _value(sheet: SourceSheet, row: int, column: int) -> tuple[Decimal | None, tuple[str, Wording] | None]:
    """Return the figure of a cell, and what was found and expected where it is none."""
    if (row, column) in sheet.percents or (row, column) in sheet.scaled:
        return None, SCALED
    try:
        return numbers.parse(sheet.cell(row, column)), None
    except ValueError:
        return None, (shown(sheet.cell(row, column)), NUMBER)


def no_figure(sheet: str, marks: Sequence[str]) -> Misfit:
    """Return the note on marks that stand for no figure.

    Example:
        >>> str(no_figure("S", ["—", "…", "—"]))
        'note: S: found 3 cells with a mark (—, …); expected a figure, or nothing; they are no figure'
    """
    kinds = ", ".join(dict.fromkeys(marks))
    found = say(
        "{count}个单元格为无数据标记（{kinds}）", "{count} cells with a mark ({kinds})", count=len(marks), kinds=kinds
    )
    return Misfit(
        sheet, "", found, Wording("数据或空白；按无数据处理", "a figure, or nothing; they are no figure"), "note"
    )


def _agreement(
    catalog: Catalog, sheet: SourceSheet, frame: _Frame, read: Values, table: pd.DataFrame
) -> tuple[pd.DataFrame, list[Misfit]]:
    """Mark the figures that do not agree with others of the sheet, and tell where supply is not the sum of its rows."""
    values, halves = {cell: float(value) for cell, value in read.items()}, _halves(read)
    flows, fuels = list(frame.flows), list(frame.fuels)
    off = agreement.mismatches(values, agreement.identities(catalog, values, flows, fuels), halves)
    off.sort(key=lambda one: (frame.flows[one.cell[0]], frame.fuels[one.cell[1]]))
    for one in off:
        table = _noted(table, one)
    sums = agreement.supply_sums(catalog, values, flows, fuels)
    sums = [one for one in sums if one.total not in {other.cell for other in off}]
    gaps = {one.total: one.gap(values) for one in sums if abs(one.gap(values)) > one.tolerance(values, halves)}
    return table, [*(_mismatch(sheet, frame, values, one) for one in off), *_supply_note(sheet, frame, gaps)]


def _halves(values: Values) -> dict[tuple[str, str], float]:
    """Return half a unit of the last printed digit of each figure.

    The digits are those of its column: of most of its figures, of the longest one where there are few. A figure with
    fewer digits behind its point than its column, but some, was printed with these.
    """
    noisy = {cell: Decimal(_written(value)) for cell, value in values.items() if numbers.decimals(value) > DECIMALS}
    own = {cell: numbers.decimals(noisy.get(cell, value)) for cell, value in values.items()}
    halves = {}
    for fuel in {fuel for _, fuel in values}:
        figures = sorted(own[cell] for cell, value in values.items() if cell[1] == fuel and value)
        digits = figures[-1 if len(figures) < FEW else len(figures) // 4] if figures else 0
        for cell in values:
            if cell[1] == fuel:
                halves[cell] = 0.5 * 10.0 ** -(own[cell] if 0 < own[cell] < digits else digits)
    return halves


def _mismatch(
    sheet: SourceSheet, frame: _Frame, values: Mapping[tuple[str, str], float], one: agreement.Mismatch
) -> Misfit:
    flow, fuel = one.cell
    value = _written(values[one.cell]) if one.cell in values else shown("")
    found = say("{flow}、{fuel}为{value}", "{value} for {flow}, {fuel}", value=value, flow=flow, fuel=fuel)
    expected = say(
        "约{implied}（由{names}推算）",
        "about {implied} (from {names})",
        implied=_written(one.implied),
        names=listed(list(one.names), "；", "; "),
    )
    return Misfit(sheet.name, address(frame.flows[flow], frame.fuels[fuel]), found, expected, "mismatch")


def _noted(table: pd.DataFrame, mismatch: agreement.Mismatch) -> pd.DataFrame:
    chosen = (table["flow"] == mismatch.cell[0]) & (table["fuel"] == mismatch.cell[1])
    implied = repr(round(mismatch.implied, 4))
    table = table.copy()
    table.loc[chosen, "note_zh"] = f"与表内其他数据不符（据此推算为{implied}），按原表照录。"
    table.loc[chosen, "note_en"] = f"does not agree with other cells of the sheet, which give {implied}; kept as read"
    return table


def _supply_note(sheet: SourceSheet, frame: _Frame, gaps: Mapping[tuple[str, str], float]) -> Iterator[Misfit]:
    """Tell where supply is not the sum of its rows, apart from figures that are off anyway."""
    if gaps:
        cells = ", ".join(address(frame.flows[flow], frame.fuels[fuel]) for flow, fuel in gaps)
        found = say(
            "可供量与各行之和不等，最多相差{gap:.2f}",
            "supply that is not the sum of its rows, by up to {gap:.2f}",
            gap=max(map(abs, gaps.values())),
        )
        expected = Wording(
            "等于各行之和；年鉴修订可供量时往往不改各行，照录",
            "the sum; kept, as yearbooks revise supply apart from its rows",
        )
        yield Misfit(sheet.name, cells, found, expected, "note")
