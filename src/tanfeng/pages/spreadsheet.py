"""Typed sheets and the XLSX workbook that is written from them: the same bytes everywhere."""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as Place
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tanfeng.data.project import ProjectError

Value = str | float | int | bool | None
FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # no XML may hold them
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # a spreadsheet reads _x0041_ as the letter A
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_TEXT, LONGEST_NAME = 32767, 31
EDITABLE_AS_TEXT = 255  # longer cells in the text format are shown as ### by some programs
KINDS = ("text", "label", "number")
PAPERS = {"A3": 8, "A4": 9}
FILLS = {"good": "DCEFE8", "bad": "FBE5DB", "open": "F8ECC4", "none": "ECEEED"}
FONTS = {"zh": "等线", "en": "Calibri"}
FOOTERS = {"zh": "第&P页，共&N页", "en": "Page &P of &N"}
HEAD_INK, HEAD_FILL, LINE = "FFFFFF", "0F3A3F", "B9C0BD"
STAMP = "2000-01-01"
STAMPS = re.compile(r"(<dcterms:(created|modified)[^>]*>)[^<]*")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip archive
CREATOR = "碳峰 Tanfeng"
LINE_POINTS, PADDING_POINTS, MOST_POINTS = 13.5, 3.0, 409.0
COMMENT_PIXELS = (280, 90)
SIDE_INCHES, HEAD_INCHES, EDGE_INCHES = 0.4, 0.75, 0.3


@dataclass(frozen=True)
class SheetColumn:
    """A column: heading, kind, number format and width.

    Attributes:
        label: heading.
        kind: `text` (wraps), `label` (short, one line) or `number`.
        format: number format of a number, as spreadsheet programs write it, such as `#,##0.0` or `0%`.
        width: width in characters of Latin text; a Chinese character takes two.
    """

    label: str
    kind: str = "text"
    format: str = "General"
    width: float = 12


@dataclass(frozen=True)
class Cell:
    """A cell that differs from its column.

    Attributes:
        value: text, number or None for an empty cell.
        format: number format; that of the column if empty.
        tone: colour behind it: `good`, `bad`, `open`, `none`, or empty. Never the only carrier of a meaning.
    """

    value: Value
    format: str = ""
    tone: str = ""


Row = list[Value | Cell]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its tab, columns and rows.

    Attributes:
        name: name of the tab, at most 31 characters.
        columns: the columns.
        rows: one value or `Cell` a column.
        title: stands at the head of every printed page.
        paper: `A4` or `A3`, printed in landscape, as wide as the page.
        fixed: number of columns at the left that stay when scrolling.
        fillable: number of columns at the right that may be filled in; with any, the rest of the sheet is protected.
        choices: by column (from 0) the words to choose from.
        comments: by column (from 0) a comment for each row.
    """

    name: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Value | Cell]]
    title: str = ""
    paper: str = "A4"
    fixed: int = 1
    fillable: int = 0
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    comments: Mapping[int, Sequence[str]] = field(default_factory=dict)


def write(sheets: Sequence[Sheet], lang: str = "zh", stamp: str = STAMP) -> bytes:
    """Return sheets as an XLSX workbook: frozen and repeated heading, filters, print in landscape.

    Args:
        sheets: one sheet or more, with different names.
        lang: `zh` or `en`; decides font and page numbers.
        stamp: date given as that of making, `YYYY-MM-DD`; the vintage of the data, not the day of writing.

    Raises:
        ProjectError: if there is no sheet, a name does not fit or comes twice, a row has more or fewer cells than the
            columns, a text is too long or a number is not finite.

    Example:
        >>> made = write([Sheet("判定", [SheetColumn("名称"), SheetColumn("数值", "number", "0.0")], [["=1+1", 2.5]])])
        >>> import openpyxl, io
        >>> cell = openpyxl.load_workbook(io.BytesIO(made))["判定"]["A2"]
        >>> cell.value, cell.data_type
        ('=1+1', 's')
        >>> made == write([Sheet("判定", [SheetColumn("名称"), SheetColumn("数值", "number", "0.0")], [["=1+1", 2.5]])])
        True
    """
    _check(sheets)
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator, book.properties.title = CREATOR, sheets[0].title or sheets[0].name
    for sheet in sheets:
        place = book.create_sheet(sheet.name)
        _fill(place, sheet, FONTS[lang])
        _set_up(place, sheet, lang)
        _open_up(place, sheet)
    made = io.BytesIO()
    book.save(made)
    return _steady(made.getvalue(), f"{stamp}T00:00:00Z")


def decimals(value: float, most: int = 4) -> str:
    """Return the number format that shows as many decimals as a figure has, with groups of thousands.

    Example:
        >>> decimals(5947.0), decimals(61.17), decimals(1 / 3)
        ('#,##0', '#,##0.00', '#,##0.0000')
    """
    _, _, rest = f"{abs(value):.{most}f}".rstrip("0").partition(".")
    return "#,##0" + (f".{'0' * len(rest)}" if rest else "")


def _check(sheets: Sequence[Sheet]) -> None:
    names = [sheet.name for sheet in sheets]
    if len({name.lower() for name in names}) < max(len(names), 1):
        raise ProjectError(f"sheets {names}: expected one sheet or more, each with a name of its own")
    for sheet in sheets:
        _check_sheet(sheet)


def _check_sheet(sheet: Sheet) -> None:
    name = sheet.name
    if not 0 < len(name) <= LONGEST_NAME or FORBIDDEN.search(name) or name != name.strip("'"):
        raise ProjectError(f"sheet {name!r}: expected 1 to {LONGEST_NAME} characters without []:*?/\\")
    if unknown := {column.kind for column in sheet.columns} - set(KINDS):
        raise ProjectError(f"sheet {name}: kind {unknown.pop()!r}; expected one of {', '.join(KINDS)}")
    columns = len(sheet.columns)
    for number, row in enumerate(sheet.rows, start=2):
        if len(row) != columns:
            raise ProjectError(f"sheet {name}, row {number}: {len(row)} cells; expected {columns}, one a column")


def _fill(place: Worksheet, sheet: Sheet, font: str) -> None:
    line = Border(*[Side("thin", LINE)] * 4)
    for index, column in enumerate(sheet.columns, start=1):
        place.column_dimensions[get_column_letter(index)].width = column.width
        head = place.cell(1, index)
        _put_text(head, column.label)
        head.font, head.fill = Font(font, 10, bold=True, color=HEAD_INK), PatternFill("solid", HEAD_FILL)
        head.alignment, head.border = Alignment("center", "center", wrap_text=True), line
    plain = Font(font, 10)
    for number, row in enumerate(sheet.rows, start=2):
        for index, (column, given) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            cell = place.cell(number, index)
            _put(cell, given if isinstance(given, Cell) else Cell(given), column, sheet.name)
            cell.font, cell.border = plain, line
    for number, row in enumerate([[column.label for column in sheet.columns], *sheet.rows], start=1):
        place.row_dimensions[number].height = _height(sheet.columns, row)


def _height(columns: Sequence[SheetColumn], row: Sequence[Value | Cell]) -> float:
    """Return the height of a row in points: not every program makes room for wrapped text by itself."""
    values = [given.value if isinstance(given, Cell) else given for given in row]
    lines = [
        sum(max(1, math.ceil(_breadth(part) / (column.width - 1))) for part in value.splitlines())
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str)
    ]
    return min(max(lines, default=1) * LINE_POINTS + PADDING_POINTS, MOST_POINTS)


def _breadth(text: str) -> int:
    """Return the breadth of a line in characters of Latin text."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def _put(place: Place, cell: Cell, column: SheetColumn, sheet: str) -> None:
    value = cell.value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ProjectError(
                f"sheet {sheet}, {place.coordinate}: {len(value)} characters; a cell holds at most {LONGEST_TEXT}"
            )
        _put_text(place, value)
    elif value is not None:
        number = float(value)
        if not math.isfinite(number):
            raise ProjectError(f"sheet {sheet}, {place.coordinate} ({column.label}): {value} is no number")
        place.value = int(number) if number.is_integer() else number
        place.number_format = cell.format or column.format
    place.alignment = _alignment(column)
    if cell.tone:
        place.fill = PatternFill("solid", FILLS[cell.tone])


def _put_text(place: Place, text: str) -> None:
    """Store a text as text: what a program would take for a formula is marked as typed text, not changed."""
    shown = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not shown:
        return
    place.value = ESCAPED.sub("_x005F_", shown)
    place.data_type = "s"
    place.quotePrefix = FORMULA.match(shown) is not None
    if len(shown) <= EDITABLE_AS_TEXT:
        place.number_format = "@"


def _alignment(column: SheetColumn) -> Alignment:
    if column.kind == "number":
        return Alignment("right", "top")
    return Alignment("left" if column.kind == "text" else "center", "top", wrap_text=True)


def _set_up(place: Worksheet, sheet: Sheet, lang: str) -> None:
    """Set what stays on the screen, the filters, and how the sheet prints."""
    place.freeze_panes = f"{get_column_letter(sheet.fixed + 1)}2"
    place.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    place.print_title_rows = "1:1"
    place.page_setup.orientation, place.page_setup.paperSize = "landscape", PAPERS[sheet.paper]
    place.sheet_properties.pageSetUpPr.fitToPage = True
    place.page_setup.fitToWidth, place.page_setup.fitToHeight = 1, 0
    margins = place.page_margins
    margins.left = margins.right = SIDE_INCHES
    margins.top, margins.bottom, margins.header, margins.footer = HEAD_INCHES, HEAD_INCHES, EDGE_INCHES, EDGE_INCHES
    place.oddHeader.center.text = (sheet.title or sheet.name).replace("&", "&&")
    place.oddFooter.center.text = FOOTERS[lang]


def _open_up(place: Worksheet, sheet: Sheet) -> None:
    """Protect a sheet but for the columns to fill in, offer the words to choose from, and write the comments."""
    last = len(sheet.rows) + 1
    for column, words in sheet.choices.items() if sheet.rows else ():
        letter = get_column_letter(column + 1)
        offered = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
        offered.add(f"{letter}2:{letter}{last}")
        place.add_data_validation(offered)
    for column, texts in sheet.comments.items():
        for number, text_ in enumerate(texts, start=2):
            note = Comment(text_, CREATOR)
            note.width, note.height = COMMENT_PIXELS
            place.cell(number, column + 1).comment = note
    if sheet.fillable:
        place.protection.sheet = True
        place.protection.formatColumns = place.protection.formatRows = place.protection.autoFilter = False  # allowed
        columns = len(sheet.columns)
        for row in place.iter_rows(2, last, columns - sheet.fillable + 1, columns):
            for cell in row:
                cell.protection = Protection(locked=False)


def _steady(made: bytes, stamp: str) -> bytes:
    """Return a workbook packed anew with fixed dates, so that the same content gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMPS.sub(rf"\g<1>{stamp}", content.decode()).encode()
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            new.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()
