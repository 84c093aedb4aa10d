"""The package behind an `.xlsx`: a zip of XML files, looked through before a reader fills memory from it.

Readers return an empty cell for an error (`#DIV/0!`) and for a formula that was never computed. This finds them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from tanfeng.data.project import ProjectError
from tanfeng.data.wording import say
from tanfeng.data.workbook import CELL, attributes, position, sheet_parts

MAX_UNPACKED_BYTES = 200_000_000
MAX_ROW, MAX_COLUMN = 200_000, 1_000
UNCOMPUTED = "a formula without a stored value"

VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")


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
