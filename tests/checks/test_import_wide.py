"""Wide tables: recognised, mapped, remembered, and what of them is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tanfeng.checks.importing import maps, wide
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet
from tests.conftest import OFFICE, Run

Rows = list[list[Any]]
Take = Callable[..., tuple[int, str, pd.DataFrame]]
NBS: Rows = [
    ["省份编码", "省份", "年份", "水泥产量(万吨)", "煤炭消费量(万吨)", "原盐产量(万吨)"],
    ["330000", "浙江省", "2019", "13,377.10", "", "8.2"],
    ["320000", "江苏省", "2019", "16000", "—", ""],
    ["330000", "浙江省", "2018", "12,400", "14000", ""],
]
YEARBOOK: Rows = [
    ["浙江省主要指标", "", "", ""],
    ["指标", "单位", "2018年", "2019年"],
    ["水泥产量", "万吨", 12400, "13377"],
    ["第二产业增加值指数", "上年=100", "106.7", "105.9"],
    ["粗钢产量快报", "万吨", 1, 2],
]


@pytest.fixture
def take(tables: Path, run: Run) -> Take:
    """Import rows as CSV or workbook; return exit status, messages and the rows of a local table."""

    def command(rows: Rows, *options: object, table: str = "observations", book: str = "") -> Any:
        path = tables / "file.csv"
        if book:
            path = tables / "file.xlsx"
            made = openpyxl.Workbook()
            made.active.title = book
            for row in rows:
                made.active.append(row)
            made.create_sheet("说明").append(["见正文"])
            made.save(path)
        else:
            pd.DataFrame(rows).to_csv(path, index=False, header=False)
        status, _, err = run("data", "import", path, *options, cwd=tables)
        local = tables / "data" / "local" / f"{table}.csv"
        return status, err, pd.read_csv(local, dtype=str).fillna("") if local.is_file() else pd.DataFrame()

    return command


def figures(rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    keys = zip(rows["indicator"], rows["region"], rows["period"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def test_a_region_and_a_year_a_row(take: Take) -> None:
    status, err, rows = take(NBS, "--accept-mismatches")
    assert status == 0, err
    assert figures(rows) == {
        ("cement_output", "330000", "2019"): "13377.10",
        ("cement_output", "320000", "2019"): "16000",
        ("cement_output", "330000", "2018"): "12400",
        ("coal_consumption", "330000", "2018"): "14000",
    }
    assert "1 figures of names that are no indicator: 原盐产量(万吨)" in err


def test_a_year_a_column(take: Take) -> None:
    status, err, rows = take(YEARBOOK, "--region", "330000", book="表1")
    assert status == 0, err
    assert figures(rows) == {
        ("cement_output", "330000", "2018"): "12400",
        ("cement_output", "330000", "2019"): "13377",
        ("va_secondary_real_growth", "330000", "2017/2018"): "6.7",
        ("va_secondary_real_growth", "330000", "2018/2019"): "5.9",
    }
    assert "note: 说明: found another sheet" in err
    assert "2 figures of names that are no indicator: 粗钢产量快报" in err


def test_a_cell_that_is_no_number_is_named(take: Take) -> None:
    status, err, rows = take([*NBS, ["330000", "浙江省", "2017", "12x", "", ""]])
    assert (status, len(rows)) == (2, 0)
    assert "error: D5: found '12x'; expected a number" in err


def test_a_figure_twice_is_named(take: Take) -> None:
    status, err, _ = take([*NBS, ["330000", "浙江省", "2019", "1", "", ""]])
    assert status == 2
    assert "D5: found a second figure of 水泥产量(万吨), 330000, 2019" in err


def test_a_unit_that_does_not_fit_is_named(take: Take) -> None:
    rows = [["省份", "年份", "水泥产量(亿千瓦时)"], ["浙江省", "2019", "13377"]]
    status, err, _ = take(rows)
    assert status == 2
    assert "C2: found the unit '亿千瓦时' of 水泥产量(亿千瓦时)" in err


def test_a_map_is_proposed_filled_in_and_remembered(take: Take, tables: Path) -> None:
    rows = [["省份", "年份", "钢（快报）"], ["浙江省", "2019", "1351"], ["浙江省", "2018", "1250"]]
    status, err, _ = take(rows)
    assert status == 2
    assert "--map" in err
    file = tables / "steel.yaml"
    status, err, _ = take(rows, "--map", file)
    assert (status, "fill it in" in err) == (1, True)
    proposal = file.read_text(encoding="utf-8")
    assert "  钢（快报）: null" in proposal
    filled = proposal.replace("钢（快报）: null", "钢（快报）: crude_steel_output")
    file.write_text(filled + "units:\n  钢（快报）: 万吨\n", encoding="utf-8")
    status, err, found = take(rows, "--map", file)
    assert status == 0, err
    assert figures(found) == {
        ("crude_steel_output", "330000", "2018"): "1250",
        ("crude_steel_output", "330000", "2019"): "1351",
    }
    later = [["省份", "年份", "钢（快报）"], ["浙江省", "2017", "1100"]]
    status, err, found = take(later)
    assert status == 0, err
    assert figures(found)["crude_steel_output", "330000", "2017"] == "1100"
    assert run_check(tables) == []


def run_check(tables: Path) -> list[Any]:
    from tanfeng.data import cache
    from tanfeng.data.check import check_tables

    cache.clear()  # as a new process
    return check_tables(Catalog(tables), ["observations", "sources"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table: observations\nitems: {x: pv_capcity}\n", "did you mean pv_capacity?"),
        ("table: observations\nitem: {}\n", "item"),
        ("table: plans\nitems: {}\n", "observations"),
        ("table: observations\nitems: {x: null}\nheads: 1\n", "did you mean head?"),
        ("table: [\n", "cannot be read"),
    ],
)
def test_a_map_that_is_not_as_expected(catalog: Catalog, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(ProjectError, match=said.replace("?", r"\?")):
        maps.load(catalog, tmp_path / "m.yaml")


def test_shipped_maps_are_good(catalog: Catalog) -> None:
    found = [maps.load(catalog, path) for path in sorted((catalog.root / maps.SHIPPED).glob("*.yaml"))]
    assert {one.table for one in found} == set(wide.COLUMNS)
    assert all(one.columns for one in found)


def months(year: int, last: int) -> Rows:
    return [
        ["Zhejiang", f"{year}-{month:02d}-01", f"{year}-{month:02d}", f"{month}000000.5", "x"]
        for month in range(1, last + 1)
    ]


def test_months_are_added_up_to_whole_years(take: Take) -> None:
    head = ["province", "date", "year_month", "co2_tonnes", "source_file"]
    status, err, rows = take([head, *months(2019, 12), *months(2020, 11)], table="other_inventories")
    assert status == 0, err
    assert rows[["dataset", "region", "year", "sector", "co2_mt"]].to_numpy().tolist() == [
        ["carbon_monitor", "330000", "2019", "total", "78.000006"]
    ]
    assert "fewer than 12 months of 2020" in err


def test_cities_stand_behind_their_province(take: Take) -> None:
    rows = [
        ["ID", "city", "year", "emission"],
        ["浙江杭州2019", "浙江杭州", 2019.0, 61.9],
        ["安徽安庆2019", "安徽安庆", 2019.0, 5.0],
    ]
    status, err, found = take(rows, book="emission vector")
    assert status == 0, err
    assert figures(found) == {("co2_city_inventory", "330100", "2019"): "61.9"}
    assert "1 figures of places that the tables do not have: 安徽安庆" in err


def test_counties_by_code(take: Take) -> None:
    rows = [
        ["DISTCODE地区代码", "County Name", "C1997", "C2017"],
        [330102.0, "上城区", 0.5, 0.6],
        [340102.0, "瑶海区", 1.6, 2.0],
    ]
    status, err, found = take(rows, table="county_inventory", book="Unit (Million tons)")
    assert status == 0, err
    assert found[["county", "year", "co2_mt"]].to_numpy().tolist() == [
        ["330102", "1997", "0.5"],
        ["330102", "2017", "0.6"],
    ]


def test_an_implausible_figure_is_confirmed_in_one_more_command(take: Take, tables: Path) -> None:
    rows = [
        ["省份", "年份", "焦炭产量(万吨)"],
        ["浙江省", "2010", "250"],
        ["浙江省", "2011", "0"],
        ["浙江省", "2012", "260"],
    ]
    status, err, found = take(rows)
    assert (status, len(found)) == (2, 0)
    assert "C3, column value: found 0 10^4 t" in err
    assert "--accept-mismatches" in err
    status, err, found = take(rows, "--accept-mismatches")
    assert (status, len(found)) == (0, 3), err
    warnings = pd.read_csv(tables / "data" / "local" / "series_warnings.csv", dtype=str)
    assert warnings[["series", "region", "first_year"]].to_numpy().tolist() == [["coke_output", "330000", "2011"]]


def test_what_is_not_recognised_is_told_by_layout(take: Take) -> None:
    status, err, _ = take([["a", "b"], ["1", "2"]])
    assert status == 2
    for said in (
        "CEADs inventory",
        "energy balance",
        "monthly table",
        "no column of regions, years",
        "request workbook",
    ):
        assert said in err
    assert "sources" not in err


@pytest.mark.parametrize("row", [["项目", "2018年", "2019年"], ["指标名称", 2018.0, 2019.0], ["指标", "2018", "2019"]])
def test_headings_of_years(catalog: Catalog, row: list[Any]) -> None:
    sheet = SourceSheet("x", (tuple(row), ("水泥产量(万吨)", 1.0, 2.0)))
    layout = wide.recognised(catalog, [sheet])
    assert layout is not None
    found = wide.read(catalog, [sheet], "s", layout, ["330000"]).rows
    assert found[["period", "value"]].to_numpy().tolist() == [["2018", "1"], ["2019", "2"]]


@pytest.mark.parametrize("registered", [True, False])
def test_figures_that_are_not_public_are_internal(take: Take, tables: Path, registered: bool) -> None:
    if registered:
        (tables / "data" / "local").mkdir()
        (tables / "data" / "local" / "sources.csv").write_text(OFFICE, encoding="utf-8")
    given = ("--source", "office_list") if registered else ("--licence", "internal")
    status, err, rows = take(NBS, *given)
    assert (status, set(rows["status"])) == (0, {"internal"}), err


def test_a_table_that_cannot_mark_them_takes_none(take: Take) -> None:
    head = ["province", "date", "year_month", "co2_tonnes", "source_file"]
    status, err, rows = take([head, *months(2019, 12)], "--licence", "internal", table="other_inventories")
    assert (status, "cannot be marked so" in err, rows.empty) == (2, True, True), err


def test_a_figure_is_read_as_it_is_shown(catalog: Catalog) -> None:
    head = ("省份", "年份", "森林覆盖率(%)", "水泥产量(万吨)")
    cells = {"percents": frozenset({(1, 2)})}
    sheet = SourceSheet("x", (head, ("浙江省", 2019.0, 0.612, 13377.0), ("江苏省", "2019", "15.2%", "（3）")), **cells)
    layout = wide.recognised(catalog, [sheet])
    assert layout
    rows = wide.read(catalog, [sheet], "s", layout).rows
    assert rows[rows["unit"] == "%"][["region", "value"]].to_numpy().tolist() == [
        ["320000", "15.2"],
        ["330000", "61.2"],
    ]
    for shown in ({"percents": frozenset({(1, 3)})}, {"scaled": frozenset({(1, 3)})}):
        (error,) = wide.read(catalog, [SourceSheet("x", sheet.rows, **shown)], "s", layout).findings
        assert (error.severity, error.cell) == ("error", "D2")


def test_what_a_subtraction_leaves_of_zero_is_zero(catalog: Catalog) -> None:
    sheet = SourceSheet(
        "x", (("省份", "年份", "水泥产量(万吨)"), ("浙江省", "2019", "-1e-12"), ("浙江省", "2018", "1e-5"))
    )
    layout = wide.recognised(catalog, [sheet])
    assert layout
    reading = wide.read(catalog, [sheet], "s", layout)
    assert reading.rows["value"].tolist() == ["0.00001", "0"]
    assert [(one.severity, one.cell) for one in reading.findings] == [("note", "C2")]
