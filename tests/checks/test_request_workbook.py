"""Request workbooks come back as they were filled in, through XLSX and CSV, or are refused with the place."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.checks.importing import request_workbook
from tanfeng.checks.importing.request_workbook import COLUMNS, asked, cells, read, value
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet, read_sheets
from tanfeng.pages import request_sheets, target_sheets
from tanfeng.targets.requests import requests
from tanfeng.targets.verdict import judge
from tests.conftest import Run

COMMAND = Path(sys.executable).parent / "tanfeng"  # a process of its own sees what another one wrote
BODY = "省林业局"
HEAD = tuple(zh for zh, _ in COLUMNS)
VALUE, PUBLIC, SOURCE, NOTE = range(8, 12)  # columns of a sheet, from 1


@pytest.fixture(scope="module")
def made(catalog: Catalog) -> bytes:
    return request_sheets.workbook(catalog, requests(catalog, "330000"), "zh")


@pytest.fixture(scope="module")
def of_energy(catalog: Catalog) -> bytes:
    return request_sheets.workbook(catalog, requests(catalog, "330000", body="省能源局"), "zh")


@pytest.fixture(scope="module")
def verdicts(catalog: Catalog) -> bytes:
    return target_sheets.workbook(catalog, judge(catalog, "330000"), "zh")


@pytest.fixture(scope="module")
def small(catalog: Catalog) -> bytes:
    return request_sheets.workbook(catalog, requests(catalog, "330000", body=BODY), "zh")


Change = Callable[[Any], None]


def filled(made: bytes, path: Path, *changes: Change) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(made))
    for change in changes:
        change(book)
    book.save(path)
    return path


def put(name: str, *cells: Any, sheet: str = "全部", form: str = "") -> Change:
    """Fill in the last four cells of a figure, as many as are given."""

    def change(book: Any) -> None:
        (row,) = (row[0].row for row in book[sheet].iter_rows(min_row=2) if row[0].value == name)
        for column, cell in enumerate(cells, start=VALUE):
            book[sheet].cell(row, column).value = cell
        if form:
            book[sheet].cell(row, VALUE).number_format = form

    return change


def as_csv(path: Path, sheet: str, to: Path) -> Path:
    """Save a sheet as a spreadsheet program does: a cell in percent as it is shown."""
    rows = []
    for row in openpyxl.load_workbook(path)[sheet].iter_rows():
        percent = [f"{100 * one.value:.12g}%" if "%" in one.number_format and one.value else one.value for one in row]
        rows.append(["" if one is None else one for one in percent])
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return to


def local(tables: Path, name: str = "observations") -> list[dict[str, str]]:
    path = tables / "data" / "local" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))) if path.is_file() else []


class TestValues:
    @pytest.mark.parametrize(
        ("cell", "unit", "wanted"),
        [
            (916.0, "10^4 kW", "916"),
            (-14.9, "%", "-14.9"),
            ("﹣14.9", "%", "-14.9"),
            ("127000吨", "10^4 t", "12.7"),
            ("9.45万亿元", "10^8 yuan", "94500"),
            ("９１６．５", "10^4 kW", "916.5"),
            ("1,162", "10^4 kW", "1162"),
            ("１，１６２．５", "10^4 kW", "1162.5"),
            ("1 162 000", "10^4 kW", "1162000"),
            ("−14.9%", "%", "-14.9"),
            ("-14.9 ％", "%", "-14.9"),
            ("5947万千瓦", "10^4 kW", "5947"),
            ("59.47吉瓦", "10^4 kW", "5947"),
            ("12.7亿吨", "10^4 t", "127000"),
            ("0", "10^4 t", "0"),
            ("1.2e3", "10^4 t", "1200"),
        ],
    )
    def test_read(self, catalog: Catalog, cell: Any, unit: str, wanted: str) -> None:
        assert value(catalog, cell, unit) == wanted

    @pytest.mark.parametrize(
        "cell",
        ["1.24亿", "5.9万", "12,5", "1,16,2", "1.2.3", "约500", "500以上", ">500", "—", "无", "nan", "inf", "", True,
         float("nan"), float("inf"), "23.6%", "12亿吨", "2025-01-01", "12 34", "=1+1",
         "四十九", "(49)", "49–50", "4.9成", "9.160,5", "9'160", "下降5", "49‰"],
    )  # fmt: skip
    def test_refused(self, catalog: Catalog, cell: Any) -> None:
        with pytest.raises(ValueError, match="万千瓦"):
            value(catalog, cell, "10^4 kW")

    def test_a_cell_shown_in_percent_holds_a_hundredth(self, catalog: Catalog) -> None:
        assert value(catalog, -0.149, "%", percent=True) == "-14.9"
        with pytest.raises(ValueError, match="shown in percent"):
            value(catalog, 0.5, "10^4 kW", percent=True)

    @given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
    def test_every_way_to_write_a_number(self, catalog: Catalog, number: Any) -> None:
        wide = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")
        for text in (f"{number:f}", f"{number:,f}", f"{number:,f}".translate(wide), f" {number:f} % "):
            assert float(value(catalog, text, "%")) == float(number)
        assert float(value(catalog, float(number), "%")) == pytest.approx(float(number), rel=1e-12)
        assert float(value(catalog, float(number) / 100, "%", percent=True)) == pytest.approx(float(number), rel=1e-11)


TEXTS = st.text("甲乙1 a;\"'（），-", max_size=12).map(lambda text: " ".join(text.split()))
ROW = st.tuples(
    st.none() | st.integers(-99999, 99999) | st.floats(-1e6, 1e6).map(lambda one: round(one, 3)),
    st.sampled_from([None, "是", "否"]),
    TEXTS.map(lambda text: f"来源{text}"),
    TEXTS.filter(lambda text: not text.startswith("=")),
)


class TestRoundTrip:
    @settings(max_examples=25)
    @given(rows=st.lists(ROW, min_size=4, max_size=4), sheet=st.sampled_from(["全部", BODY]))
    def test_through_xlsx_and_csv(
        self, catalog: Catalog, small: bytes, tmp_path_factory: pytest.TempPathFactory, rows: list[Any], sheet: str
    ) -> None:
        names = requests(catalog, "330000", body=BODY)["id"].tolist()
        folder = tmp_path_factory.mktemp("trip")
        path = filled(
            small, folder / "a.xlsx", *(put(name, *row, sheet=sheet) for name, row in zip(names, rows, strict=True))
        )
        wanted = [(row[0], row[1] == "是", row[2], row[3]) for row in rows if row[0] is not None]
        for file in (path, as_csv(path, sheet, folder / "a.csv")):
            reading, sources = read(catalog, read_sheets(file), "2026-12", "C")
            assert not [one for one in reading.findings if one.severity == "error"]
            assert reading.rows["value"].astype(float).tolist() == pytest.approx([float(one[0]) for one in wanted])
            assert reading.rows["status"].tolist() == ["reported" if one[1] else "internal" for one in wanted]
            cited = dict(zip(sources["id"], sources["citation_zh"], strict=True))
            for found, (_, public, source, note) in zip(reading.rows.to_dict("records"), wanted, strict=True):
                assert (cited[found["source_id"]] == source) == public
                assert found["note_zh"] == (note if public else "；".join(filter(None, (source, note))))
            assert reading.summary.startswith(f"{len(wanted)} filled, {len(names) - len(wanted)} empty")

    def test_the_workbook_in_english(self, catalog: Catalog) -> None:
        rows = asked(catalog, "330000").head(2)
        head = tuple(en for _, en in COLUMNS)
        sheet = SourceSheet(
            "x", (head, *((*cells(catalog, row, "en"), 5, "no", "", "") for row in rows.to_dict("records")))
        )
        reading, _ = read(catalog, [sheet], "2026-12", "C")
        assert reading.findings == ()
        assert reading.rows["indicator"].tolist() == rows["indicator"].tolist()

    def test_every_figure_asked_for_can_come_back(self, catalog: Catalog) -> None:
        """Of every region with targets, whoever holds the figure."""
        regions = catalog.read("targets")["region"].unique()
        for rows in filter(None, (asked(catalog, region).to_dict("records") for region in regions)):
            sheet = SourceSheet("x", (HEAD, *((*cells(catalog, row, "zh"), 5, "否", "", "") for row in rows)))
            reading, _ = read(catalog, [sheet], "2026-12", "C")
            assert reading.findings == ()
            wanted = pd.DataFrame(rows)[["indicator", "region", "period", "unit"]]
            assert reading.rows[wanted.columns].to_numpy().tolist() == wanted.to_numpy().tolist()


class TestImport:
    def test_it_decides_and_is_marked(self, run: Run, tables: Path, made: bytes, tmp_path: Path) -> None:
        path = filled(
            made,
            tmp_path / "f.xlsx",
            put("E04", 916, "否"),
            put("P01", -0.149, "否", form="0.0%"),
            put("P03-2025", "1.28亿吨", None, None, "规划口径"),
            put("T03", 123000, "是", "交通运输统计公报，2026-03-01，https://example.org/t", sheet="省交通运输厅"),
        )
        status, _, err = run("data", "import", path, cwd=tables)
        assert status == 0, err
        assert "4 filled, " in err
        assert "1 without an answer to 公开 (public) are taken as internal" in err
        found = {row["indicator"]: (row["value"], row["status"]) for row in local(tables)}
        assert found == {
            "offshore_wind_capacity": ("916", "internal"),
            "energy_intensity_change_assessment": ("-14.9", "internal"),
            "coal_consumption_plan_scope": ("12800", "internal"),
            "waterway_freight_volume": ("123000", "reported"),
        }
        assert {row["licence"] for row in local(tables, "sources")} == {"internal", "official-publication"}
        assert [row["url"] for row in local(tables, "sources") if row["url"]] == ["https://example.org/t"]
        _, said, _ = run("targets", "--plan", "14FYP", cwd=tables)
        verdicts = {line.split()[0]: line for line in said.splitlines()}
        assert "met " in verdicts["P01"]
        assert "下降14.9%（内部）" in verdicts["P01"]
        assert "missed " in verdicts["P03"]
        assert "内部" not in verdicts["T03"]

    def test_again_and_changed(self, run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
        assert run("data", "import", filled(of_energy, tmp_path / "f.xlsx", put("E04", 916, "否")), cwd=tables)[0] == 0
        status, _, err = run("data", "import", tmp_path / "f.xlsx", cwd=tables)
        assert (status, "1 there already" in err) == (0, True)
        other = filled(of_energy, tmp_path / "g.xlsx", put("E04", 917, "是", "电力统计年报，2026-05"))
        status, _, err = run("data", "import", other, cwd=tables)
        assert status == 2
        assert "has another figure of indicator offshore_wind_capacity" in err
        assert run("data", "import", other, "--force", cwd=tables)[0] == 0
        assert [(row["value"], row["status"]) for row in local(tables)] == [("917", "reported")]

    def test_two_at_once_lose_no_row(self, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
        given = {"E04": 520, "E28": 250}
        paths = [filled(of_energy, tmp_path / f"{name}.xlsx", put(name, value, "否")) for name, value in given.items()]
        running = [subprocess.Popen([COMMAND, "data", "import", path], cwd=tables) for path in paths]
        assert [one.wait() for one in running] == [0, 0]
        found = {row["indicator"] for row in local(tables)}
        assert found == {"offshore_wind_capacity", "offshore_wind_capacity_national"}

    def test_nothing_filled_in(self, run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
        status, _, err = run("data", "import", filled(of_energy, tmp_path / "f.xlsx"), cwd=tables)
        assert status == 0
        assert "0 filled, " in err
        assert local(tables) == []

    def test_one_figure_on_two_sheets(self, run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
        same = [put("E04", "916", "否"), put("E04", 916, None, None, "年末数", sheet="省能源局")]
        assert run("data", "import", filled(of_energy, tmp_path / "f.xlsx", *same), cwd=tables)[0] == 0
        assert [(row["value"], row["note_zh"]) for row in local(tables)] == [("916", "年末数")]

    def test_a_note_without_a_value_is_told(self, run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
        path = filled(of_energy, tmp_path / "f.xlsx", put("E04", None, None, None, "未统计"))
        status, _, err = run("data", "import", path, cwd=tables)
        assert status == 0
        assert "column 填报值: found no value beside '未统计'" in err

    def test_a_figure_of_another_magnitude(self, run: Run, tables: Path, made: bytes, tmp_path: Path) -> None:
        path = filled(made, tmp_path / "f.xlsx", put("P04-2025", 0.236, "否"), put("P01", 14.9, "否"))
        status, _, err = run("data", "import", path, cwd=tables)
        assert status == 2
        assert "f.xlsx, 全部, row " in err
        assert "did you mean -14.9?" in err
        assert "target P04" in err
        assert local(tables) == []


class TestWorkbookOfVerdicts:
    """`tanfeng targets --format xlsx` has a sheet to fill in, which comes back like a request workbook."""

    def test_it_asks_for_what_the_request_workbook_asks_for(
        self, catalog: Catalog, made: bytes, verdicts: bytes
    ) -> None:
        ours, theirs = (openpyxl.load_workbook(io.BytesIO(one)) for one in (verdicts, made))
        rows, wanted = (
            [list(row) for row in one.iter_rows(values_only=True)] for one in (ours["填报表"], theirs["全部"])
        )
        assert rows == wanted
        head, *lines = ours["目标判定"].iter_rows(values_only=True)
        numbers = {row[0]: row[head.index("填报编号")] for row in lines}
        assert (numbers["E04"], numbers["E02"]) == ("E04", None)  # what is judged waits for nothing
        assert set(filter(None, ", ".join(filter(None, numbers.values())).split(", "))) <= {row[0] for row in rows}
        for zh, _, columns in request_workbook.BESIDE.values():
            assert columns == max(one[zh].max_column for one in (ours, theirs) if zh in one.sheetnames)

    @pytest.mark.parametrize(("lang", "plan"), [("zh", None), ("en", "15FYP")])
    def test_nothing_filled_in(
        self, run: Run, catalog: Catalog, tables: Path, tmp_path: Path, lang: str, plan: str | None
    ) -> None:
        path = tmp_path / "t.xlsx"
        path.write_bytes(target_sheets.workbook(catalog, judge(catalog, "330000", plan), lang))
        status, _, err = run("data", "import", path, cwd=tables)
        assert (status, err.startswith("0 filled, "), local(tables)) == (0, True, [])

    def test_each_row_comes_back(self, run: Run, catalog: Catalog, verdicts: bytes, tmp_path: Path) -> None:
        rows = requests(catalog, "330000")
        given = {name: number + 0.5 for number, name in enumerate(rows["id"])}
        changes = [put(name, value, "否", None, "年报", sheet="填报表") for name, value in given.items()]
        path = filled(verdicts, tmp_path / "t.xlsx", *changes)
        for file in (path, as_csv(path, "填报表", tmp_path / "t.csv")):
            reading, _ = read(catalog, read_sheets(file), "2026-12", "C")
            assert reading.findings == ()
            wanted = rows.assign(value=[f"{one:g}" for one in given.values()], note_zh="年报")
            columns = ["indicator", "region", "period", "unit", "value", "note_zh"]
            assert reading.rows[columns].to_numpy().tolist() == wanted[columns].to_numpy().tolist()

    def test_it_decides(self, run: Run, tables: Path, verdicts: bytes, tmp_path: Path) -> None:
        path = filled(verdicts, tmp_path / "t.xlsx", put("E04", 916, "否", sheet="填报表"))
        status, _, err = run("data", "import", path, cwd=tables)
        assert (status, "1 filled, " in err) == (0, True), err
        assert [(row["indicator"], row["value"]) for row in local(tables)] == [("offshore_wind_capacity", "916")]

    @pytest.mark.parametrize("sheet", ["目标判定", "依据", "序时进度", "来源", "说明"])
    def test_a_figure_on_another_sheet_is_not_lost(
        self, run: Run, tables: Path, verdicts: bytes, tmp_path: Path, sheet: str
    ) -> None:
        def beside(book: Any) -> None:
            book[sheet].cell(2, request_workbook.OWN_COLUMNS[sheet] + 1).value = 916

        status, _, err = run("data", "import", filled(verdicts, tmp_path / "t.xlsx", beside), cwd=tables)
        assert status == 2
        assert f"{sheet}, row 2: found 916.0; expected what is filled in on the sheet with the column 填报值" in err
        assert local(tables) == []


def shown_as(form: str) -> Change:
    return put("E04", 59470.0, "否", form=form)


def changed(column: int, cell: Any) -> Change:
    def change(book: Any) -> None:
        book["全部"].cell(2, column).value = cell

    return change


def twice(book: Any) -> None:
    put("E04", 916, "否")(book)
    put("E04", 917, sheet="省能源局")(book)


def without_column(book: Any) -> None:
    book["全部"].delete_cols(VALUE)


def beside(book: Any) -> None:
    book["全部"].cell(3, 13).value = 5


def no_heading(book: Any) -> None:
    book["省能源局"].delete_rows(1)


REFUSED: dict[str, tuple[Change, str]] = {
    "wan": (put("E04", "5.9万", "否"), "column 填报值: found '5.9万'; expected a number in 万千瓦"),
    "percent of power": (put("E04", 0.5, "否", form="0%"), "the cell is shown in percent"),
    "format in wan": (shown_as('0.0,"万"'), "without a unit, 万 or thousands"),
    "format in thousands": (shown_as("#,##0,"), "without a unit, 万 or thousands"),
    "format in millions": (shown_as("#,##0.00,,"), "without a unit, 万 or thousands"),
    "format with another unit": (shown_as('0"千瓦"'), "without a unit, 万 or thousands"),
    "format with a letter": (shown_as("0\\G"), "without a unit, 万 or thousands"),
    "format in permille": (shown_as("0‰"), "without a unit, 万 or thousands"),
    "format partly in percent": (shown_as("[>1]0%;0.00"), "without a unit, 万 or thousands"),
    "unit": (changed(7, "亿"), "row 2, column 单位: found '亿'; expected '万千瓦': this column is not to be changed"),
    "period": (changed(6, "2024年"), "column 时期: found '2024年'; expected '2025年'"),
    "scope": (changed(4, None), "column 口径: found nothing; expected"),
    "number": (changed(1, "A99"), "row 2, column 编号: found 'A99'"),
    "region": (changed(5, "浙江"), "row 2, column 地区: found '浙江'"),
    "other region": (changed(5, "江苏省"), "row 2, column 编号: found 'E04'"),
    "public": (put("E04", 916, "也许"), "column 公开: found '也许'; expected 是"),
    "no source": (put("E04", 916, "是"), "column 来源: found nothing; expected a source"),
    "two values": (twice, "found '917'; expected '916' for E04, as in 全部, row "),
    "no column": (without_column, "found no column 填报值"),
    "no heading": (
        no_heading,
        "省能源局: found a sheet without the heading; expected",
    ),
    "beside": (beside, "found 5.0; expected nothing beside the eleven columns"),
    "error": (put("E04", "=1/0", "否"), "found 'a formula without a stored value'; expected a value"),
    "braces": (put("E04", 916, "否", "{{ x }}"), "f.xlsx, 全部, row "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(run: Run, tables: Path, of_energy: bytes, tmp_path: Path, name: str) -> None:
    change, words = REFUSED[name]
    status, _, err = run("data", "import", filled(of_energy, tmp_path / "f.xlsx", change), cwd=tables)
    assert status == 2
    assert words in err
    assert "f.xlsx" in err
    assert local(tables) == []


def test_a_csv_with_a_changed_column_is_refused(run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
    path = filled(of_energy, tmp_path / "f.xlsx", put("E04", 916, "否"), changed(7, "亿"))
    status, _, err = run("data", "import", as_csv(path, "全部", tmp_path / "f.csv"), cwd=tables)
    assert status == 2
    assert "row 2, column 单位: found '亿'" in err


def test_options_of_other_kinds_are_refused(run: Run, tables: Path, of_energy: bytes, tmp_path: Path) -> None:
    path = filled(of_energy, tmp_path / "f.xlsx", put("E04", 916, "否"))
    assert run("data", "import", path, "--year", 2025, cwd=tables)[0] == 2
    assert run("data", "import", path, "--kind", "request", "--as", "observations", cwd=tables)[0] == 2
    status, _, err = run("data", "import", "data/plans.csv", "--kind", "request", cwd=tables)
    assert status == 2
    assert "no sheet has the heading of a request workbook" in err


def test_each_row_of_the_register_asks_for_a_figure_of_its_own(live: Catalog) -> None:
    rows = live.read("requests")
    assert not rows.duplicated(["region", "indicator", "period"]).any()
    assert request_workbook.asked(live, "330000")["id"].is_unique
