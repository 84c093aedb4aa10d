"""Files that cannot be read whole: each is a plain error with exit status 2, and nothing is written."""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tanfeng.cli import commands
from tanfeng.data import sheets
from tanfeng.data.project import ProjectError

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def biff(cells: list[list[Any]], protection: int | None = None) -> bytes:
    """The `Workbook` stream of an old workbook (BIFF8) with one sheet named Sheet1."""
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    lock = b"" if protection is None else record(0x002F, struct.pack("<H", protection) + b"\x11" * 52)
    name = b"Sheet1"
    size = len(bof) + len(lock) + 4 + 8 + len(name) + 4
    bound = record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name)
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                body += record(0x0204, struct.pack("<HHH", row, column, 0) + text)
            else:
                body += record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
    return bof + lock + bound + record(0x000A, b"") + body + record(0x000A, b"")


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """One entry of the directory of a compound file."""
    coded = name.encode("utf-16-le") + b"\0\0" if name else b""
    head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, FREE, FREE, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def compound(name: str, stream: bytes) -> bytes:
    """A compound file (OLE) with one stream, which is what an `.xls` and a protected `.xlsx` are."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    chain = [*range(3, sectors + 2), END]
    fat = [FAT, END, *chain]
    assert len(fat) <= 128
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0) + b"\xff" * (4 * 108)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    root = entry("Root Entry", 5, 1, END, 0) + entry(name, 2, FREE, 2, len(stream))
    return head + table + (root + entry("", 0, FREE, 0, 0) * 2) + stream


def workbook(path: Path, rows: list[list[Any]], extra: Callable[[Any], None] = lambda sheet: None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    extra(book.active)
    book.save(path)
    return path


def edited(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Rewrite one part of an `.xlsx`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
GRID = [["id", "value"], ["a", 1.5]]


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(3):
            archive.writestr(f"xl/{index}.xml", b" " * 70_000_000)
    return path


def lying(path: Path) -> Path:
    """A zip whose directory says a part is small."""
    workbook(path, GRID)
    edited(path, "xl/big.xml", lambda _: b"x" * 5_000_000)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 50)))
    return path


def archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "x")
    return path


def sized(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(size)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a missing file": (lambda folder: folder / "none.xlsx", "no such file"),
    "a folder": (lambda folder: folder, "is a folder"),
    "an ending of another program": (lambda folder: written(folder / "a.pdf", b"%PDF"), "found the ending '.pdf'"),
    "no ending": (lambda folder: written(folder / "a", b"x"), "found the ending ''"),
    "an empty file": (lambda folder: written(folder / "a.xlsx", b""), "the file is empty"),
    "50 MB": (lambda folder: sized(folder / "a.xlsx", 50_000_000), "found 50 MB; expected at most 40 MB"),
    "a small file that unpacks to 210 MB": (lambda folder: bomb(folder / "a.xlsx"), "unpacks to 210 MB"),
    "a false size in the zip": (lambda folder: lying(folder / "a.xlsx"), "damaged"),
    "text named .xlsx": (lambda folder: written(folder / "a.xlsx", b"region,year\n"), "text or something else"),
    "HTML named .xls": (lambda folder: written(folder / "a.xls", b"<html><table>"), "text or something else"),
    "an .xlsx named .xls": (lambda folder: workbook(folder / "a.xlsx", GRID).rename(folder / "a.xls"), "a zip file"),
    "an .xls named .xlsx": (
        lambda folder: written(folder / "a.xlsx", compound("Workbook", biff(GRID))),
        "an old workbook",
    ),
    "an .xlsx named .csv": (
        lambda folder: workbook(folder / "a.xlsx", GRID).rename(folder / "a.csv"),
        "not CSV text",
    ),
    "a zip that is no workbook": (
        lambda folder: archive(folder / "a.xlsx"),
        "without xl/workbook.xml",
    ),
    "a zip cut short": (
        lambda folder: written(folder / "a.xlsx", workbook(folder / "b.xlsx", GRID).read_bytes()[:-200]),
        "damaged",
    ),
    "an .xls cut short": (lambda folder: written(folder / "a.xls", compound("Workbook", b"")[:600]), "cannot be read"),
    "a protected .xlsx": (
        lambda folder: written(folder / "a.xlsx", compound("EncryptedPackage", b"x")),
        "protected by a password",
    ),
    "a protected .xls": (
        lambda folder: written(folder / "a.xls", compound("Workbook", biff(GRID, protection=1))),
        "protected by a password",
    ),
    "an .xls with the oldest protection": (
        lambda folder: written(folder / "a.xls", compound("Workbook", biff(GRID, protection=0))),
        "protected by a password",
    ),
    "empty sheets": (lambda folder: workbook(folder / "a.xlsx", []), "every sheet is empty"),
    "a cell far out": (
        lambda folder: workbook(folder / "a.xlsx", GRID, lambda sheet: sheet.cell(1_048_576, 16_384, 1)),
        "a cell far out at XFD1048576",
    ),
    "cells without an address": (
        lambda folder: edited(
            workbook(folder / "a.xlsx", GRID),
            SHEET,
            lambda xml: xml.replace(b'<c r="A1"', b"<c").replace(b'r="B1"', b""),
        ),
        "cells without an address",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read(
    case: str, tables: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    make, said = FILES[case]
    folder = tables / "files"
    folder.mkdir()
    monkeypatch.chdir(tables)
    monkeypatch.setattr(sys, "argv", ["tanfeng", "data", "import", str(make(folder))])
    with pytest.raises(SystemExit) as end:
        commands.main()
    out, err = capfd.readouterr()
    assert (end.value.code, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err
    assert not (tables / "data" / "local").exists()


class TestReading:
    def test_an_old_workbook(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.xls", compound("Workbook", biff([["项目", "原煤"], ["终端消费量", 3446.77]])))
        (sheet,) = sheets.read_sheets(path)
        assert (sheet.name, sheet.rows) == ("Sheet1", (("项目", "原煤"), ("终端消费量", 3446.77)))

    def test_an_old_balance_becomes_rows(self, catalog: Any, tmp_path: Path) -> None:
        from tanfeng.checks.importing.intake import Request, take

        rows = [["浙江 2007"], ["项目", "原煤"], ["", "(万吨)"], ["四.终端消费量", 3446.77], ["三.损失量", 1.25]]
        path = written(tmp_path / "a.xls", compound("Workbook", biff(rows)))
        taken = take(catalog, path, Request("2026-11"))
        found = taken.reading.rows[["flow", "fuel", "value", "unit"]].to_numpy().tolist()
        assert taken.kind == "balance"
        assert found == [["final", "raw_coal", "3446.77", "10^4 t"], ["losses", "raw_coal", "1.25", "10^4 t"]]

    def test_errors_and_formulas_never_pass_for_empty_cells(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [["a", "#N/A", "=1+1"], [1, None, None]])
        (sheet,) = sheets.read_sheets(path)
        assert sheet.rows[0] == ("a", "#N/A", sheets.UNCOMPUTED)
        assert sheet.lost == {(0, 1), (0, 2)}

    def test_a_computed_formula_is_its_value(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [["a", "=1+1"]])
        edited(path, SHEET, lambda xml: xml.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))
        (sheet,) = sheets.read_sheets(path)
        assert (sheet.rows, sheet.lost) == ((("a", 2.0),), frozenset())

    def test_sheets_are_told_apart_by_their_names(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.title = "A & B"
        book.active.append(["x"])
        book.create_sheet("浙江").append(["=1+1"])
        book.save(tmp_path / "a.xlsx")
        first, second = sheets.read_sheets(tmp_path / "a.xlsx")
        assert (first.name, second.name) == ("A & B", "浙江")
        assert (first.lost, second.lost) == (frozenset(), {(0, 0)})

    def test_a_table_that_starts_lower_keeps_its_addresses(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [], lambda sheet: sheet.cell(3, 2, "x"))
        (sheet,) = sheets.read_sheets(path)
        assert sheet.cell(2, 1) == "x"
        assert sheet.cell(0, 0) == sheet.cell(99, 99) == ""

    def test_a_file_that_may_not_be_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = workbook(tmp_path / "a.xlsx", GRID)

        def refused(self: Path, *arguments: Any) -> Any:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refused)
        with pytest.raises(ProjectError, match="cannot be opened: Permission denied"):
            sheets.read_sheets(path)
