"""The package behind an `.xlsx`: a zip of XML files, looked through before a reader fills memory from it.

Readers return an empty cell for an error (`#DIV/0!`) and for a formula that was never computed. This finds them.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from tanfeng.data.project import ProjectError

MAX_UNPACKED_BYTES = 200_000_000
MAX_ROW, MAX_COLUMN = 200_000, 1_000
UNCOMPUTED = "a formula without a stored value"

SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
LINK_TAG = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"|([\w:]+)\s*=\s*'([^']*)'")
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


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
        raise ProjectError(f"{path.name}: damaged or no workbook ({error}); open it and save it again") from error
    if "xl/workbook.xml" not in parts:
        raise ProjectError(f"{path.name}: a zip file without xl/workbook.xml; expected a workbook (.xlsx)")
    return {name: _lost(path, name, parts.get(part, b"")) for name, part in _sheet_parts(parts).items()}


def _unpack(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts that matter; every part is unpacked once, so that false sizes and damage show."""
    declared = sum(member.file_size for member in archive.infolist())
    if declared > MAX_UNPACKED_BYTES:
        raise ProjectError(
            f"{path.name}: unpacks to {declared / 1e6:.0f} MB; expected at most {MAX_UNPACKED_BYTES / 1e6:.0f} MB"
        )
    parts = {}
    for member in archive.infolist():
        with archive.open(member) as file:
            content = file.read()
        if member.filename.endswith((".xml", ".rels")):
            parts[member.filename.lstrip("/")] = content
    return parts


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the part that holds each sheet, by the name of the sheet."""
    links = {}
    for tag in LINK_TAG.findall(parts.get("xl/_rels/workbook.xml.rels", b"")):
        link = _attributes(tag)
        target = link.get("Target", "")
        links[link.get("Id", "")] = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    sheets = [_attributes(tag) for tag in SHEET_TAG.findall(parts["xl/workbook.xml"])]
    return {sheet.get("name", ""): links.get(sheet.get("r:id", sheet.get("id", "")), "") for sheet in sheets}


def _attributes(tag: bytes) -> dict[str, str]:
    pairs = [(one or two, a or b) for one, a, two, b in ATTRIBUTE.findall(tag)]
    return {name.decode(): html.unescape(value.decode("utf-8", "replace")) for name, value in pairs}


def _lost(path: Path, sheet: str, xml: bytes) -> dict[tuple[int, int], str]:
    lost = {}
    for tag, content in CELL.findall(xml):
        attributes = _attributes(tag)
        position = _position(path, sheet, attributes.get("r", ""))
        value = VALUE.search(content)
        if attributes.get("t") == "e":
            lost[position] = value.group(1).decode("utf-8", "replace") if value else "#ERROR"
        elif value is None and FORMULA.search(content) and attributes.get("t") != "str":
            lost[position] = UNCOMPUTED
    return lost


def _position(path: Path, sheet: str, address: str) -> tuple[int, int]:
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise ProjectError(f"{path.name}, {sheet}: cells without an address; open the file in Excel and save it again")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found.group(2))
    if row > MAX_ROW or column > MAX_COLUMN:
        raise ProjectError(
            f"{path.name}, {sheet}: a cell far out at {address}; expected a table within {MAX_ROW} rows and "
            f"{MAX_COLUMN} columns: delete the unused rows and columns"
        )
    return row - 1, column - 1
