"""Sheets: a workbook or CSV file as sheets of cells, after checks that keep out what cannot be read whole.

The one reader of workbooks, with its limits: for files of others and for tables in `data/local/`.

Sizes are checked before anything is opened, also those of the XML files in the zip that an `.xlsx` is. A cell that
shows an error, or a formula that was never computed, which readers return as empty, is kept as text that says so.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import python_calamine as calamine

from tanfeng.data.project import ProjectError
from tanfeng.data.wording import Wording, say
from tanfeng.data.workbook import CELL, attributes, percents, position, scaled, sheet_parts

MAX_FILE_BYTES = 40_000_000
MAX_CELLS = 5_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROW, MAX_COLUMN = 200_000, 1_000
UNCOMPUTED = "a formula without a stored value"
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
LARGEST_WHOLE = 1e15
ZIP, OLE = b"PK", bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_START, FILEPASS, FIRST_RECORDS = bytes.fromhex("0908100000060500"), 0x2F, 5
SEPARATORS, SAMPLE = (",", ";", "\t"), 20_000
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
RARE = 0.02  # of the Chinese characters of a text in GB18030 are not of GB2312; of one in another encoding many are
WORKBOOKS, TEXTS = {".xlsx", ".xlsm", ".xls"}, {".csv", ".tsv", ".txt"}
OFFICIAL = tuple(f"{name}{colon}" for name in ("数据库", "指标", "地区", "时间") for colon in "：:")


@dataclass(frozen=True)
class SourceSheet:
    """One sheet: its name and its cells by row, from A1; an empty cell is an empty string.

    `lost` are the positions of cells that have no value that can be read; the cell itself says why.
    `percents` are those of cells shown in percent, `scaled` of cells shown in thousands, or with a unit or 万.
    """

    name: str
    rows: tuple[tuple[Any, ...], ...]
    lost: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    percents: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    scaled: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(cell == "" for row in self.rows for cell in row)

    def cell(self, row: int, column: int) -> Any:
        """Return a cell by row and column counted from 0; empty outside the sheet."""
        inside = row < len(self.rows) and column < len(self.rows[row])
        return self.rows[row][column] if inside else ""


def read_sheets(path: Path) -> list[SourceSheet]:
    """Read every sheet of a workbook (`.xlsx`, `.xlsm`, `.xls`), or a text (`.csv`, `.tsv`, `.txt`) as one sheet.

    Raises:
        ProjectError: if the file is missing, a folder, empty, too large, protected by a password, damaged, or not what
            its ending says.

    Example:
        >>> from pathlib import Path
        >>> read_sheets(Path("data/plans.csv"))[0].rows[0][:3]
        ('id', 'zh', 'en')
    """
    head = _admit(path)
    if path.suffix.lower() in TEXTS:
        return [SourceSheet("", _csv_rows(path))]
    _require_workbook(path, head)
    lost = inspect(path) if head.startswith(ZIP) else {}
    shown, smaller = percents(path), scaled(path)
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            sheets = [
                replace(
                    _sheet(path, workbook, name, lost.get(name, {})),
                    percents=frozenset(shown.get(name, ())),
                    scaled=frozenset(smaller.get(name, ())),
                )
                for name in _worksheets(workbook)
            ]
    except calamine.PasswordError as error:
        raise _protected(path) from error
    except (calamine.CalamineError, OSError) as error:
        raise refused(
            path,
            "无法作为工作簿读取（{error}）；请打开后另存",
            "cannot be read as a workbook ({error}); open it and save it again",
            error=error,
        ) from error
    if all(sheet.empty for sheet in sheets):
        raise refused(path, "所有工作表均为空；应有一张表", "every sheet is empty; a table was expected")
    return sheets


def _admit(path: Path) -> bytes:
    """Check what can be checked before opening, and return the first bytes of the file."""
    if path.is_dir():
        raise ProjectError(say("{path}是文件夹；应为文件", "{path} is a folder; a file was expected", path=path))
    if not path.is_file():
        raise ProjectError(say("{path}：没有此文件", "{path}: no such file", path=path))
    if path.suffix.lower() not in WORKBOOKS | TEXTS:
        raise refused(
            path,
            "扩展名为{suffix!r}；应为.xlsx、.xlsm、.xls或.csv",
            "found the ending {suffix!r}; expected .xlsx, .xlsm, .xls or .csv",
            suffix=path.suffix,
        )
    size = path.stat().st_size
    if size == 0:
        raise refused(path, "文件为空", "the file is empty")
    if size > MAX_FILE_BYTES:
        raise refused(
            path,
            "大小{size:.0f} MB；最多{most:.0f} MB：请只保留需要的工作表",
            "found {size:.0f} MB; expected at most {most:.0f} MB: keep only the sheets that are needed",
            size=size / 1e6,
            most=MAX_FILE_BYTES / 1e6,
        )
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise refused(path, "无法打开：{why}", "cannot be opened: {why}", why=error.strerror) from error


def _require_workbook(path: Path, head: bytes) -> None:
    """Refuse a file whose content is not what its ending says, and one that is encrypted."""
    if head.startswith(OLE) and _locked(path.read_bytes()):
        raise _protected(path)
    wanted = OLE if path.suffix.lower() == ".xls" else ZIP
    if not head.startswith(wanted):
        kind = (
            Wording("压缩包（如.xlsx）", "a zip file such as .xlsx")
            if head.startswith(ZIP)
            else Wording("旧版工作簿（.xls）", "an old workbook (.xls)")
        )
        kind = kind if head.startswith((ZIP, OLE)) else Wording("文本或其他内容", "text or something else")
        raise refused(
            path,
            "内容为{kind}，与扩展名{suffix}不符；请用表格软件打开后另存为.xlsx",
            "the content is {kind}, not what the ending {suffix} says; open it in a spreadsheet program and save "
            "it as .xlsx",
            kind=kind,
            suffix=path.suffix,
        )


def _locked(content: bytes) -> bool:
    """Return whether an OLE file holds an encrypted package, or an old workbook with a FILEPASS record near its start.

    Readers do not notice the oldest kind of protection and return scrambled text.
    """
    position = content.find(WORKBOOK_START)
    for _ in range(FIRST_RECORDS if position >= 0 else 0):
        kind, size = struct.unpack_from("<HH", content.ljust(position + 4, b"\0"), position)
        if kind == FILEPASS:
            return True
        position += 4 + size
    return ENCRYPTED in content


def _protected(path: Path) -> ProjectError:
    return refused(
        path,
        "有密码保护；请另存不带密码的副本再导入",
        "protected by a password; save a copy without one and import that",
    )


def _worksheets(workbook: Any) -> list[str]:
    return [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]


def _sheet(path: Path, workbook: Any, name: str, lost: dict[tuple[int, int], str]) -> SourceSheet:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.height * sheet.width > MAX_CELLS:
        raise refused(
            path,
            "工作表{name}有{height}行、{width}列；请删除多余的行和列",
            "sheet {name}: found {height} rows by {width} columns; delete unused ones",
            name=name,
            height=sheet.height,
            width=sheet.width,
        )
    rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), text in lost.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = text
    return SourceSheet(name, tuple(map(tuple, rows)), frozenset(lost))


def _csv_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a text in UTF-8, GB18030 or UTF-16; all rows have as many cells.

    The short rows of a file of the National Bureau of Statistics, and of one that begins with a title, are filled.
    """
    text = _decoded(path, path.read_bytes())
    official = text.lstrip('"\r\n ').startswith(OFFICIAL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_separator(text)))
    except csv.Error as error:
        raise refused(path, "无法作为CSV读取：{error}", "cannot be read as CSV: {error}", error=error) from error
    titled = sum(bool(cell.strip()) for cell in next(filter(any, rows), [])) == 1
    widest = max(map(len, rows), default=0)
    return _even(path, [row + [""] * (widest - len(row)) for row in rows] if official or titled else rows)


def _decoded(path: Path, data: bytes) -> str:
    """Return a text as UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030 of common characters."""
    if data.startswith((ZIP + b"\x03\x04", OLE)) or (b"\0" in data and not data.startswith(UTF_16)):
        raise refused(
            path,
            "内容不是UTF-8编码的CSV文本；请另存为“CSV UTF-8”",
            "the content is not CSV text in UTF-8; save it as 'CSV UTF-8'",
        )
    try:
        return data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = "" if data.startswith(UTF_16) else data.decode("gb18030", errors="replace")
        chinese = [one for one in text if "\u4e00" <= one <= "\u9fff"]
        rare = sum(not one.encode("gb2312", errors="ignore") for one in chinese)
        if not chinese or "\ufffd" in text or rare > RARE * len(chinese):
            raise refused(
                path,
                "不是UTF-8、GB18030或UTF-16文本；请在Excel中另存为“CSV UTF-8”",
                "not text in UTF-8, GB18030 or UTF-16; in Excel save as 'CSV UTF-8'",
                row=data[: error.start].count(b"\n") + 1,
            ) from error
        return text


def _separator(text: str) -> str:
    """Return what separates the cells of a text: the sign in most of its first lines, of several the most frequent."""
    lines = [line for line in text[:SAMPLE].splitlines() if line.strip()]
    return max(SEPARATORS, key=lambda sign: (sum(sign in line for line in lines), text[:SAMPLE].count(sign)))


def _even(path: Path, rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise refused(path, "没有任何内容；应有一张表", "no row holds anything; a table was expected")
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise refused(
                path,
                "有{found}个单元格；应与首行相同，为{expected}个（文字中的逗号须加引号）",
                "found {found} cells; expected {expected}, as in the header (a comma inside a text needs quotes)",
                row=index + 1,
                found=len(row),
                expected=len(rows[0]),
            )
    return tuple(map(tuple, rows))


def cell_text(cell: Any) -> str:
    """Return a cell as a CSV file of the project has it: `2025`, not `2025.0`.

    Example:
        >>> cell_text(2025.0), cell_text(" x "), cell_text(True)
        ('2025', 'x', 'true')
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST_WHOLE:
        return str(int(cell))
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell).strip()


def inspect(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Look through every part of a workbook and return, by sheet, the cells whose value a reader would lose.

    Returns:
        Sheet -> (row, column), counted from 0 -> `#DIV/0!` and the like, or `a formula without a stored value`.

    Raises:
        ProjectError: if the file is no sound zip, unpacks to more than 200 MB, or has cells absurdly far out.

    Example:
        >>> import tempfile
        >>> import pandas as pd
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "figures.xlsx")
        ...     pd.DataFrame({"a": ["=1/0"]}).to_excel(path, index=False)
        ...     inspect(path)
        {'Sheet1': {(1, 0): 'a formula without a stored value'}}
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _unpack(path, archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused(
            path,
            "已损坏或不是工作簿（{error}）；请打开后另存",
            "damaged or no workbook ({error}); open it and save it again",
            error=error,
        ) from error
    if "xl/workbook.xml" not in parts:
        raise refused(
            path,
            "压缩包中没有xl/workbook.xml；应为工作簿（.xlsx）",
            "a zip file without xl/workbook.xml; expected a workbook (.xlsx)",
        )
    sheets = sheet_parts(parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels", b""))
    return {name: _lost(path, name, parts.get(part, b"")) for name, part in sheets.items()}


def refused(path: Path, zh: str, en: str, row: int = 0, **values: object) -> ProjectError:
    """Return the refusal of a file, in both languages.

    Example:
        >>> str(refused(Path("a.csv"), "为空", "nothing", 2))
        'a.csv, row 2: nothing'
    """
    place = say("，第{row}行", ", row {row}", row=row) if row else ""
    said = say(zh, en, **values)
    return ProjectError(say("{file}{place}：{why}", "{file}{place}: {why}", file=path.name, place=place, why=said))


def _unpack(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts that matter; every part is unpacked once, so that false sizes and damage show."""
    declared = sum(member.file_size for member in archive.infolist())
    if declared > MAX_UNPACKED_BYTES:
        raise refused(
            path,
            "解压后为{size:.0f} MB；最多{most:.0f} MB",
            "unpacks to {size:.0f} MB; expected at most {most:.0f} MB",
            size=declared / 1e6,
            most=MAX_UNPACKED_BYTES / 1e6,
        )
    parts = {}
    for member in archive.infolist():
        with archive.open(member) as file:
            content = file.read()
        if member.filename.endswith((".xml", ".rels")):
            parts[member.filename.lstrip("/")] = content
    return parts


def _lost(path: Path, sheet: str, xml: bytes) -> dict[tuple[int, int], str]:
    lost = {}
    for tag, content in CELL.findall(xml):
        cell = attributes(tag)
        place = _position(path, sheet, cell.get("r", ""))
        value = VALUE.search(content)
        if cell.get("t") == "e":
            lost[place] = value.group(1).decode("utf-8", "replace") if value else "#ERROR"
        elif value is None and FORMULA.search(content) and cell.get("t") != "str":
            lost[place] = UNCOMPUTED
    return lost


def _position(path: Path, sheet: str, address: str) -> tuple[int, int]:
    found = position(address)
    if found is None:
        raise refused(
            path,
            "工作表{sheet}有单元格没有地址；请用Excel打开后另存",
            "sheet {sheet}: cells without an address; open the file in Excel and save it again",
            sheet=sheet,
        )
    if found[0] >= MAX_ROW or found[1] >= MAX_COLUMN:
        raise refused(
            path,
            "工作表{sheet}在{address}处有远离表格的单元格；表格应在{rows}行、{columns}列以内：请删除多余的行和列",
            "sheet {sheet}: a cell far out at {address}; expected a table within {rows} rows and {columns} "
            "columns: delete the unused rows and columns",
            sheet=sheet,
            address=address,
            rows=MAX_ROW,
            columns=MAX_COLUMN,
        )
    return found
