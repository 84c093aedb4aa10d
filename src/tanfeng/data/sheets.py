"""Sheets: a workbook or CSV file as sheets of cells, after checks that keep out what cannot be read whole.

The one reader of workbooks, with its limits: for files of others and for tables in `data/local/`.

Sizes are checked before anything is opened. A cell that shows an error, or a formula that was never computed, is kept
as text that says so: it never passes for an empty cell.
"""

from __future__ import annotations

import csv
import io
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import python_calamine as calamine

from tanfeng.data import package
from tanfeng.data.package import refused
from tanfeng.data.project import ProjectError
from tanfeng.data.wording import Wording, say
from tanfeng.data.workbook import percents, scaled

MAX_FILE_BYTES = 40_000_000
MAX_CELLS = 5_000_000
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
    lost = package.inspect(path) if head.startswith(ZIP) else {}
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
