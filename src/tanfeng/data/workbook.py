"""What readers of an `.xlsx` do not tell: the XML behind its sheets, and which cells are shown in percent.

A cell shown as `-14.9 %` holds -0.149. Where the unit of its row is %, the figure is -14.9, as it is shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

import pandas as pd

SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
LINK_TAG = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"|([\w:]+)\s*=\s*'([^']*)'")
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
FORMAT_TAG = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE_TAG = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
LITERAL = re.compile(r'"[^"]*"|[\\_*].')  # text in a format: a percent sign in it multiplies nothing
BUILT_IN = {"9", "10"}  # 0% and 0.00%
WRITTEN = re.compile(r'"[^"]*[^\W\d_][^"]*"|\\[^\W\d_]|[千万亿‰]')  # a word behind the digits: a unit, or 万
DIGITS = re.compile("[0#?]")
THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")  # a comma behind the digits divides by a thousand
FIGURES = ("value", "target_value", "base_value", "quantity")
IN_PERCENT = re.compile(r"^([+-]?[0-9]+(?:\.[0-9]+)?) *%$")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def attributes(tag: bytes) -> dict[str, str]:
    """Return the attributes of an XML tag.

    Example:
        >>> attributes(b'<c r="B2" s="1">')
        {'r': 'B2', 's': '1'}
    """
    pairs = [(one or two, a or b) for one, a, two, b in ATTRIBUTE.findall(tag)]
    return {name.decode(): html.unescape(value.decode("utf-8", "replace")) for name, value in pairs}


def position(address: str) -> tuple[int, int] | None:
    """Return row and column of a cell, counted from 0; None if this is no address.

    Example:
        >>> position("B2"), position("x")
        ((1, 1), None)
    """
    found = ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found.group(2)) - 1, column - 1


def sheet_parts(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Return the part that holds each sheet, by the name of the sheet.

    Args:
        workbook: `xl/workbook.xml`.
        relations: `xl/_rels/workbook.xml.rels`.

    Example:
        >>> sheet_parts(b'<sheet name="x" r:id="1"/>', b'<Relationship Id="1" Target="worksheets/sheet1.xml"/>')
        {'x': 'xl/worksheets/sheet1.xml'}
    """
    links = {}
    for tag in LINK_TAG.findall(relations):
        link = attributes(tag)
        target = link.get("Target", "")
        links[link.get("Id", "")] = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    sheets = [attributes(tag) for tag in SHEET_TAG.findall(workbook)]
    return {sheet.get("name", ""): links.get(sheet.get("r:id", sheet.get("id", "")), "") for sheet in sheets}


def percents(path: Path) -> dict[str, set[tuple[int, int]]]:
    """Return by sheet, in their order, the cells (row and column from 0) of an `.xlsx` that are shown in percent.

    An old workbook (`.xls`) and one that cannot be looked into give nothing.

    Example:
        >>> percents(Path("data/plans.csv"))
        {}
    """
    return _shown(path, lambda code: all(_by_section(code)), BUILT_IN)


def scaled(path: Path) -> dict[str, set[tuple[int, int]]]:
    """Return by sheet the cells of an `.xlsx` that are shown in thousands, with a unit, or partly in percent.

    Example:
        >>> scaled(Path("data/plans.csv"))
        {}
    """
    return _shown(path, _is_scaled)


def _is_scaled(code: str) -> bool:
    parts = _by_section(code)
    return any(parts) != all(parts) or bool(WRITTEN.search(code) or THOUSANDS.search(LITERAL.sub("", code)))


def _by_section(code: str) -> list[bool]:
    """Return of each part of a number format with digits (for positive and negative numbers) whether it is percent."""
    parts = [part for part in LITERAL.sub("", code).split(";") if DIGITS.search(part)]
    return ["%" in part for part in parts] or [False]


def _shown(path: Path, fits: Callable[[str], bool], built_in: Collection[str] = ()) -> dict[str, set[tuple[int, int]]]:
    """Return by sheet the cells whose number format fits, or is one of the formats that every program knows."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(f"xl/{name}") for name in ("workbook.xml", "_rels/workbook.xml.rels", "styles.xml")]
            styles = _styles(parts[2], fits, built_in)
            sheets = sheet_parts(*parts[:2])
            return {name: _styled(archive.read(part), styles) if styles else set() for name, part in sheets.items()}
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError, RuntimeError):
        return {}


def _styles(xml: bytes, fits: Callable[[str], bool], built_in: Collection[str]) -> set[str]:
    """Return the numbers of the styles with such a number format."""
    formats = [attributes(tag) for tag in FORMAT_TAG.findall(xml)]
    own = {one["numFmtId"] for one in formats if fits(one.get("formatCode", ""))}
    tags = STYLE_TAG.findall(b"".join(STYLES.findall(xml)))
    return {str(place) for place, tag in enumerate(tags) if attributes(tag).get("numFmtId") in {*own, *built_in}}


def _styled(xml: bytes, styles: set[str]) -> set[tuple[int, int]]:
    cells = [attributes(tag) for tag, _ in CELL.findall(xml)]
    places = [position(cell.get("r", "")) for cell in cells if cell.get("s") in styles and cell.get("t", "n") == "n"]
    return {place for place in places if place is not None}


def in_percent(rows: pd.DataFrame, shown: set[tuple[int, int]]) -> pd.DataFrame:
    """Return the rows of a table with its figures in percent as they are shown: `-0.149` or `－14.9％` as `-14.9`.

    Args:
        rows: cells as text; the unit of a row is in the column `unit`.
        shown: cells of the sheet (the header is row 0) that are shown in percent.

    Example:
        >>> rows = pd.DataFrame({"value": ["-0.149", "−14.9%", "-0.149"], "unit": ["%", "%", "GW"]})
        >>> in_percent(rows, {(1, 0), (3, 0)})["value"].tolist()
        ['-14.9', '-14.9', '-0.149']
    """
    if "unit" not in rows.columns:
        return rows
    rows, percent = rows.copy(), rows["unit"].str.strip() == "%"
    for column in set(FIGURES) & set(rows.columns):
        stands = rows.columns.get_loc(column)
        for index in [line - 1 for line, place in shown if place == stands and line <= len(rows)]:
            if percent[index] and NUMBER.fullmatch(rows.at[index, column]):
                rows.at[index, column] = f"{100 * float(rows.at[index, column]):.12g}"
        for index in rows.index[percent & rows[column].str.contains(r"[%％]\s*$")]:
            text = unicodedata.normalize("NFKC", rows.at[index, column]).replace("−", "-").strip()
            rows.at[index, column] = IN_PERCENT.sub(r"\1", text)
    return rows
