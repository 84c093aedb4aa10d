"""Workbooks: what is written arrives as it was, as text or number, prints, and is the same byte for byte."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import pty
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages import spreadsheet, target_sheets
from tanfeng.pages.page import Page
from tanfeng.pages.spreadsheet import Cell, Sheet, SheetColumn
from tanfeng.publishing.plan import reports
from tanfeng.publishing.publish import publish
from tanfeng.publishing.stale import Record
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import judge

Run = Callable[..., tuple[int, str, str]]
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
COMMAND = Path(sys.executable).parent / "tanfeng"
CSV_OF_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,true,false,false,-1"
RISKY = [
    '=HYPERLINK("http://example.org","x")', "=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1+1", "\t=1+1", "\r=1+1", "\n=1+1",
    "\u3000=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|'/c calc'!A1", "{=1+1}", "'=1+1", "2025-06", "330000",
    "007", "1E5", "TRUE", "100%", "1/2",
]  # fmt: skip
COLUMNS = [SheetColumn("名称"), SheetColumn("数值", "number", "0.0")]


def sheet(*rows: list[object], name: str = "判定", **about: object) -> Sheet:
    return Sheet(name, COLUMNS, rows, **about)  # type: ignore[arg-type]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


class TestTexts:
    @pytest.mark.parametrize("text", RISKY)
    def test_arrive_as_text_and_unchanged(self, text: str) -> None:
        cell = opened(spreadsheet.write([sheet([text, 1.0])])).worksheets[0]["A2"]
        assert cell.data_type == "s"
        assert cell.value == text.replace("\r", "\n")
        assert cell.number_format == "@"

    @pytest.mark.parametrize("text", RISKY[:15])
    def test_what_looks_like_a_formula_is_marked_as_typed_text(self, text: str) -> None:
        cell = opened(spreadsheet.write([sheet([text, 1.0])])).worksheets[0]["A2"]
        assert cell.quotePrefix

    def test_an_ordinary_text_is_not_marked(self) -> None:
        cell = opened(spreadsheet.write([sheet(["光伏发电−5%", 1.0])])).worksheets[0]["A2"]
        assert not cell.quotePrefix

    def test_no_formula_in_the_file(self) -> None:
        content = spreadsheet.write([sheet(*[[text, 1.0] for text in RISKY])])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")

    def test_headings_and_number_columns_are_texts_too(self) -> None:
        made = Sheet("s", [SheetColumn("=1+1"), SheetColumn("n", "number")], [["x", "=2+2"]])
        page = opened(spreadsheet.write([made])).worksheets[0]
        assert [page["A1"].data_type, page["B2"].data_type] == ["s", "s"]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
    def test_any_text_arrives(self, texts: list[str]) -> None:
        page = opened(spreadsheet.write([sheet(*[[text, 1.0] for text in texts])])).worksheets[0]
        for row, text in enumerate(texts, start=2):
            lines = text.replace("\r\n", "\n").replace("\r", "\n")
            expected = spreadsheet.ESCAPED.sub("_x005F_", spreadsheet.CONTROL.sub("", lines))
            assert (page.cell(row, 1).value or "") == expected
            assert page.cell(row, 1).data_type == ("s" if expected else "n")

    def test_a_text_too_long_for_a_cell_is_named(self) -> None:
        with pytest.raises(ProjectError, match=r"判定, A2.*32768.*32767"):
            spreadsheet.write([sheet(["长" * 32768, 1.0])])


class TestNumbers:
    def test_keep_value_and_format(self) -> None:
        page = opened(spreadsheet.write([sheet(["a", 61.17], ["b", Cell(0.95, "0%")], ["c", None])])).worksheets[0]
        assert [page[f"B{row}"].value for row in (2, 3, 4)] == [61.17, 0.95, None]
        assert [page[f"B{row}"].number_format for row in (2, 3)] == ["0.0", "0%"]

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_is_no_number_is_named(self, value: float) -> None:
        with pytest.raises(ProjectError, match=r"判定, B2 \(数值\)"):
            spreadsheet.write([sheet(["a", value])])

    @given(st.integers(-(10**6), 10**6))
    def test_decimals_show_all_that_a_figure_has(self, thousandths: int) -> None:
        value = thousandths / 1000
        shown = spreadsheet.decimals(value).partition(".")[2]
        assert round(value, len(shown)) == value
        assert len(shown) <= 3


class TestBook:
    def test_opens_filters_and_prints_as_an_office_wants_it(self) -> None:
        content = spreadsheet.write([sheet(["a", 1.0], title="浙江省", paper="A3")])
        page = opened(content).worksheets[0]
        assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("B2", "A1:B2", "$1:$1")
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page["A2"].alignment.wrap_text
        assert page.oddHeader.center.text == "浙江省"

    def test_a_wrapped_row_has_room(self) -> None:
        page = opened(spreadsheet.write([sheet(["一二三四五六七八九十" * 3, 1.0], ["a", 1.0])])).worksheets[0]
        assert page.row_dimensions[2].height > 3 * page.row_dimensions[3].height

    @pytest.mark.parametrize(
        ("sheets", "said"),
        [
            ([], "one sheet or more"),
            ([sheet(["a", 1.0]), sheet(["a", 1.0])], "name of its own"),
            ([sheet(["a", 1.0], name="a/b")], "a/b"),
            ([sheet(["a", 1.0], name="长" * 32)], "31"),
            ([sheet(["a"])], "row 2: 1 cells; expected 2"),
            ([Sheet("s", [SheetColumn("a", "colour")], [["x"]])], "colour"),
        ],
    )
    def test_what_does_not_fit_is_named(self, sheets: list[Sheet], said: str) -> None:
        with pytest.raises(ProjectError, match=said):
            spreadsheet.write(sheets)

    def test_the_same_bytes_whatever_the_clock_and_the_place(self, tmp_path: Path) -> None:
        script = (
            "import sys; from tanfeng.pages.spreadsheet import *;"
            "heads = [SheetColumn('名称'), SheetColumn('数', 'number')];"
            "sys.stdout.buffer.write(write([Sheet('判定', heads, [['=1', 2.5]])]))"
        )
        found = set()
        for zone, language, seed in (("UTC", "C", "0"), ("Asia/Shanghai", "zh_CN.UTF-8", "1")):
            surroundings = os.environ | {"TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": seed}
            done = subprocess.run([sys.executable, "-c", script], env=surroundings, capture_output=True, check=True)
            found.add(hashlib.sha256(done.stdout).hexdigest())
        assert len(found) == 1

    def test_dates_are_those_of_the_data(self) -> None:
        with zipfile.ZipFile(io.BytesIO(spreadsheet.write([sheet(["a", 1.0])], stamp="2026-11-01"))) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
            assert archive.read("docProps/core.xml").count(b"2026-11-01T00:00:00Z") == 2


@pytest.fixture(scope="module")
def book(catalog: Catalog) -> openpyxl.Workbook:
    return opened(target_sheets.workbook(catalog, judge(catalog, "330000"), "zh"))


class TestVerdicts:
    def test_every_target_has_a_row_with_its_verdict(self, book: openpyxl.Workbook, catalog: Catalog) -> None:
        rows = list(book["目标判定"].iter_rows(values_only=True))
        head, verdict = rows[0], rows[0].index("判定")
        judged = {found.target["id"]: found for found in judge(catalog, "330000")}
        assert head[0] == "编号"
        assert {row[0] for row in rows[1:]} == set(judged)
        words = {name: catalog.label("words", f"verdict_{name}", "zh") for name in VERDICTS}
        for row in rows[1:]:
            found = judged[row[0]]
            decided = found.verdict in {"met", "missed"}
            leans = "" if decided or found.target["variant"] != "firm" else words[found.answer]
            assert row[verdict] == (words[found.verdict] if decided else "未判定")
            assert (row[head.index("旁证倾向")] or "") == leans

    def test_a_known_row(self, book: openpyxl.Workbook) -> None:
        rows = list(book["目标判定"].iter_rows(values_only=True))
        row = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[0] == "E02")
        assert (row["目标值"], row["单位"], row["判定"]) == (2762, "万千瓦", "已完成")
        assert row["改变结论所需变动（%）"] == pytest.approx(-53.56, abs=0.01)

    def test_every_figure_and_target_names_a_source_of_the_sheet(self, book: openpyxl.Workbook) -> None:
        known = {str(row[0]) for row in book["来源"].iter_rows(min_row=2, values_only=True)}
        for name in ("目标判定", "依据"):
            rows = list(book[name].iter_rows(values_only=True))
            place = rows[0].index("来源序号")
            named = {number for row in rows[1:] for number in row[place].split(", ")}
            assert named
            assert named <= known

    def test_the_notes_say_what_every_verdict_means(self, book: openpyxl.Workbook, catalog: Catalog) -> None:
        said = {row[1]: row[2] for row in book["说明"].iter_rows(values_only=True)}
        for name in VERDICTS:
            assert (
                catalog.label("words", f"verdict_{name}_means", "zh")
                in said[catalog.label("words", f"verdict_{name}", "zh")]
            )

    def test_english_holds_no_chinese_but_names_of_sources(self, catalog: Catalog) -> None:
        book = opened(target_sheets.workbook(catalog, judge(catalog, "330000"), "en"))
        for page in book.worksheets[:3]:
            shown = [str(value) for row in page.iter_rows(values_only=True) for value in row if value is not None]
            assert not [text for text in shown if any("\u4e00" <= letter <= "\u9fff" for letter in text)]


class TestCommand:
    def test_file_and_stdout_are_the_same(self, tmp_path: Path, root: Path, run: Run) -> None:
        path = tmp_path / "new" / "targets.xlsx"
        assert run("targets", "--format", "xlsx", "--plan", "15FYP", "--out", str(path)) == (0, "", "")
        arguments = [str(COMMAND), "targets", "--format", "xlsx", "--plan", "15FYP"]
        done = subprocess.run(arguments, cwd=root, capture_output=True, check=True)
        assert done.stdout == path.read_bytes()
        assert [found.name for found in path.parent.iterdir()] == ["targets.xlsx"]

    def test_never_to_a_terminal(self, root: Path) -> None:
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [str(COMMAND), "targets", "--format", "xlsx"], cwd=root, stdout=theirs, stderr=subprocess.PIPE, check=False
        )
        os.close(theirs)
        os.close(ours)
        assert done.returncode == 2
        assert b"--out" in done.stderr


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
class TestInLibreOffice:
    """Sheets as LibreOffice shows them, as CSV with quotes around texts and none around numbers."""

    def convert(self, content: bytes, folder: Path) -> dict[str, list[list[str]]]:
        (folder / "book.xlsx").write_bytes(content)
        own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [str(SOFFICE), own, "--headless", "--convert-to", CSV_OF_EVERY_SHEET, "--outdir", str(folder)]
        subprocess.run([*command, str(folder / "book.xlsx")], capture_output=True, check=True, timeout=120)
        return {
            path.stem.partition("-")[2]: list(csv.reader(path.open(encoding="utf-8", newline="")))
            for path in folder.glob("book*.csv")
        }

    def test_risky_texts_arrive_as_texts(self, tmp_path: Path) -> None:
        made = self.convert(spreadsheet.write([sheet(*[[text, 1.0] for text in RISKY])]), tmp_path)
        assert [row[0] for row in made["判定"][1:]] == [text.replace("\r", "\n") for text in RISKY]
        lines = (tmp_path / "book-判定.csv").read_text(encoding="utf-8")
        assert all(f'"{text.replace(chr(34), chr(34) * 2)}",1.0' in lines for text in RISKY if "\r" not in text)

    def test_the_verdicts_open(self, tmp_path: Path, catalog: Catalog) -> None:
        judged = judge(catalog, "330000")
        made = self.convert(target_sheets.workbook(catalog, judged, "zh"), tmp_path)
        assert set(made) == {"目标判定", "填报表", "依据", "序时进度", "来源", "说明"}
        assert len(made["目标判定"]) == len(judged) + 1
        row = next(row for row in made["目标判定"] if row[0] == "P07")
        assert "已完成" in row
        assert not any(cell.startswith("#") for rows in made.values() for line in rows for cell in line)


class TestDownloads:
    def test_a_page_offers_a_workbook_in_its_language(self, catalog: Catalog, tmp_path: Path) -> None:
        texts = {"workbook": ("全部目标判定", "All verdicts")}
        page = Page("targets", "330000", "zh", catalog, tmp_path, texts)
        page.workbook("verdicts", b"PK", 3, "workbook")
        assert (tmp_path / "targets-verdicts.zh.xlsx").read_bytes() == b"PK"
        downloads = json.loads((tmp_path / "downloads.json").read_text(encoding="utf-8"))
        assert downloads == {"targets-verdicts.zh.xlsx": {"label": "全部目标判定", "rows": 3}}

    def test_exploring_leaves_nothing(self, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        texts = {"x": ("全部目标判定", "All verdicts")}
        Page("targets", "330000", "zh", catalog, texts=texts).workbook("verdicts", b"PK", 3, "x")
        assert list(tmp_path.iterdir()) == []

    def test_it_is_published_beside_the_tables(self, root: Path, tmp_path: Path) -> None:
        left, out = tmp_path / "left", tmp_path / "out"
        left.mkdir()
        for name, content in (("a.csv", b"x"), ("a.zh.xlsx", b"PK"), ("answer.json", b"{}"), ("notes.txt", b"x")):
            (left / name).write_bytes(content)
        (report, *_) = reports(root, "330000", "zh", ["targets"])
        (left / "page.html").write_text("<html>", encoding="utf-8")
        publish(out, report, left, left, Record({}, {}, {}))
        assert {path.name for path in (out / "tables" / "330000").iterdir()} == {"a.csv", "a.zh.xlsx"}
