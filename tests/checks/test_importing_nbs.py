"""Monthly tables of the National Bureau of Statistics: both layouts, both encodings, and that no cell is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.checks.importing import nbs
from tanfeng.checks.importing.findings import FileContent
from tanfeng.checks.importing.intake import Request, take
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet, read_sheets

SOURCE = "nbs_monthly_copy"
HEAD = ["指标", "2024年12月", "2024年11月", "2024年2月", "2024年1月"]
CEMENT = ["水泥产量累计值(万吨)", "11535.57", "10390.58", "1429.73", ""]
ONE_REGION = [
    ["数据库：分省月度数据"],
    ["地区：浙江省"],
    ["时间：最近13个月"],
    HEAD,
    ["发电量累计值(亿千瓦时)", "4700.1", "4290.3", "700.5", ""],
    ["火力发电量累计值(亿千瓦时)", "3396.8", "3072.2", "448.3", ""],
    CEMENT,
    ["数据来源：国家统计局"],
]
ONE_INDICATOR = [
    ["数据库：分省月度数据"],
    ["指标：水泥产量累计值(万吨)"],
    ["时间：2024年"],
    ["地区", *HEAD[1:]],
    ["浙江省", *CEMENT[1:]],
    ["内蒙古自治区", "3500.5", "3300.25", "100", ""],
    ["数据来源：国家统计局"],
]


def sheet(rows: list[list[Any]]) -> SourceSheet:
    width = max(map(len, rows))
    return SourceSheet("", tuple(tuple(row + [""] * (width - len(row))) for row in rows))


def read(catalog: Catalog, rows: list[list[Any]], **asked: Any) -> FileContent:
    return nbs.read(catalog, [sheet(rows)], SOURCE, **asked)


def csv(rows: list[list[str]], encoding: str) -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def changed(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = [list(one) for one in ONE_REGION]
    rows[row][column] = value
    return rows


class TestLayouts:
    def test_one_region(self, catalog: Catalog) -> None:
        found = read(catalog, ONE_REGION)
        assert found.findings == ()
        cement = found.rows.query("indicator == 'cement_output'")
        assert dict(zip(cement["period"], cement["value"], strict=True)) == {
            "2024": "11535.57",
            "2024-01/2024-11": "10390.58",
            "2024-01/2024-02": "1429.73",
        }
        assert set(found.rows["indicator"]) == set(nbs.INDICATORS.values())
        assert set(found.rows["region"]) == {"330000"}
        assert set(cement["unit"]) == {"10^4 t"}

    def test_one_indicator(self, catalog: Catalog) -> None:
        found = read(catalog, ONE_INDICATOR)
        assert found.findings == ()
        assert found.rows.groupby("region")["value"].first().to_dict() == {"150000": "3500.5", "330000": "11535.57"}

    def test_figures_are_those_that_are_shipped(self, catalog: Catalog) -> None:
        shipped = catalog.read("observations").query("region == '330000' and source_id == @SOURCE")
        known = shipped.set_index(["indicator", "period"])["value"]
        for row in read(catalog, ONE_REGION).rows.itertuples():
            if row.indicator != "generation_total_above_scale":
                assert float(row.value) == known[row.indicator, row.period]

    def test_the_nation_has_a_database_of_its_own(self, catalog: Catalog) -> None:
        rows = [["数据库：月度数据"], ["时间：最近13个月"], HEAD, CEMENT]
        assert set(read(catalog, rows).rows["region"]) == {"100000"}

    def test_a_region_that_no_line_names_is_asked_for(self, catalog: Catalog) -> None:
        rows = [HEAD, CEMENT]
        (finding,) = [one for one in read(catalog, rows).findings if one.severity == "error" and "--region" in str(one)]
        assert finding.found == "nothing"
        assert set(read(catalog, rows, regions=["330000"]).rows["region"]) == {"330000"}

    def test_regions_and_years_are_chosen_and_the_rest_is_told(self, catalog: Catalog) -> None:
        found = read(catalog, ONE_INDICATOR, regions=["330000"])
        assert set(found.rows["region"]) == {"330000"}
        assert [str(one) for one in found.findings] == [
            "note: file: found 3 figures of other regions or years, left out; expected those that --region and --year "
            "ask for"
        ]


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
    @pytest.mark.parametrize("rows", [ONE_REGION, ONE_INDICATOR], ids=["region", "indicator"])
    def test_csv(self, catalog: Catalog, tmp_path: Path, encoding: str, rows: list[list[str]]) -> None:
        path = tmp_path / "分省月度数据.csv"
        path.write_bytes(csv(rows, encoding))
        found = take(catalog, path, Request("2026-11"))
        assert found.kind == "nbs"
        assert found.reading.findings == ()
        assert len(found.reading.rows) == sum(cell != "" for row in rows for cell in row[1:]) - len(HEAD) + 1
        assert found.source["licence"].tolist() == ["official-publication"]

    def test_workbook_with_numbers(self, catalog: Catalog, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in ONE_REGION:
            book.active.append([float(cell) if cell[:1].isdigit() and "年" not in cell else cell for cell in row])
        book.save(tmp_path / "month.xlsx")
        found = take(catalog, tmp_path / "month.xlsx", Request("2026-11"))
        assert found.kind == "nbs"
        assert sorted(found.reading.rows["value"]) == sorted(read(catalog, ONE_REGION).rows["value"])

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
    def test_other_files_are_read_in_these_encodings_too(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes("指标,年份\n水泥,2024\n".encode(encoding))
        assert read_sheets(path)[0].rows == (("指标", "年份"), ("水泥", "2024"))

    def test_a_balance_and_a_tidy_table_are_none(self) -> None:
        assert not nbs.is_nbs([SourceSheet("", (("项目", "原煤"),))])
        assert not nbs.is_nbs([SourceSheet("", (("region", "2024年12月"),))])


class TestFindings:
    @pytest.mark.parametrize(
        ("row", "column", "value", "cell", "said"),
        [
            (3, 1, "2024-12", "B4", "a month such as 2024年12月"),
            (3, 1, "2024年11月", "C4", "each month once"),
            (4, 1, "n.a.", "B5", "a number of 0 or more, or nothing"),
            (4, 1, "-3", "B5", "a number of 0 or more, or nothing"),
            (6, 0, "水泥产量累计值(亿元)", "A7", "one of"),
            (6, 0, "水泥", "A7", "a name such as"),
            (5, 0, "水泥产量累计值(万吨)", "B7", "each figure once"),
            (1, 0, "浙江省", "A2", "a line with 地区： and the name of a region"),
            (1, 0, "地区：某省", "", "a region of data/regions.csv"),
        ],
    )
    def test_errors_say_where(self, catalog: Catalog, row: int, column: int, value: str, cell: str, said: str) -> None:
        found = [one for one in read(catalog, changed(row, column, value)).findings if one.severity == "error"]
        assert any(one.cell == cell and said in one.expected for one in found), found

    @pytest.mark.parametrize("name", ["水泥产量当期值(万吨)", "水泥产量累计增长(%)", "粗钢产量累计值(万吨)"])
    def test_rows_of_something_else_are_told_with_their_number(self, catalog: Catalog, name: str) -> None:
        found = read(catalog, changed(6, 0, name))
        (note,) = found.findings
        assert (note.severity, note.cell) == ("note", "A7")
        assert "3 figures left out" in note.found
        assert "cement_output" not in set(found.rows["indicator"])

    def test_a_sum_that_falls_is_a_mismatch_with_a_note(self, catalog: Catalog) -> None:
        found = read(catalog, changed(6, 2, "900"))
        (mismatch,) = found.findings
        assert (mismatch.severity, mismatch.cell) == ("mismatch", "C7")
        noted = found.rows[found.rows["note_zh"] != ""]
        assert noted[["indicator", "period"]].values.tolist() == [["cement_output", "2024-01/2024-11"]]

    def test_an_empty_month_after_january_is_told(self, catalog: Catalog) -> None:
        (note,) = read(catalog, changed(6, 2, "")).findings
        assert (note.severity, note.cell, note.found) == ("note", "C7", "nothing")

    def test_text_below_the_table_is_told(self, catalog: Catalog) -> None:
        (note,) = read(catalog, [*ONE_REGION, ["注：2024年数据为快报数"]]).findings
        assert note.severity == "note"
        assert "快报数" in note.found

    @given(st.integers(0, 8), st.integers(1, 4), st.sampled_from(["7", "x", "，", "2024年3月"]))
    def test_no_cell_is_lost(self, catalog: Catalog, row: int, column: int, value: str) -> None:
        """Whatever stands anywhere is a row, or a finding names its cell, its row or its column."""
        rows = [list(one) + [""] * (len(HEAD) - len(one)) for one in [*ONE_REGION, []]]
        before = rows[row][column]
        rows[row][column] = value
        found, usual = read(catalog, rows), read(catalog, ONE_REGION)
        same = found.rows.drop(columns=["note_zh", "note_en"]).equals(usual.rows.drop(columns=["note_zh", "note_en"]))
        assert found.findings or not same or before == value
