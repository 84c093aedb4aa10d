"""Small files as offices send them: each once failed, or was read as something that it does not say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.conftest import Run

TITLE = "甘肃能源平衡表(实物量)-2011"
HEAD = ["项目", "煤合计", "原煤", "柴油"]
UNITS = ["", "(万吨)", "(万吨)", "(万吨)"]
ROWS: list[list[Any]] = [
    ["一.可供本地区消费的能源量", 100.0, 100.0, 20.0],
    ["四.终端消费量", 100.0, 100.0, 20.0],
    ["  1.工业", 90.0, 90.0, 5.0],
    ["  2.交通运输、仓储和邮政业", 10.0, 10.0, 15.0],
]
BALANCE = [[TITLE], [], HEAD, UNITS, *ROWS]
Rows = list[list[Any]]
Import = Callable[..., tuple[int, str, dict[tuple[str, str, str], float]]]


def changed(*cells: tuple[int, int, Any], rows: Rows = BALANCE) -> Rows:
    """The balance with other cells: row and column from 0."""
    made = [list(row) for row in rows]
    for row, column, value in cells:
        made[row][column] = value
    return made


@pytest.fixture
def take(tables: Path, run: Run) -> Import:
    """Import sheets, or a CSV file; return exit status, messages, and the figures in `data/local/`."""

    def command(content: Rows | dict[str, Rows], *options: str, csv: str = "") -> Any:
        path = tables / "gansu.csv"
        if csv:
            path.write_text("\n".join(csv.join(map(str, row)) for row in content), encoding="utf-8-sig")
        else:
            path = path.with_suffix(".xlsx")
            book = openpyxl.Workbook()
            book.remove(book.active)
            for name, rows in (content if isinstance(content, dict) else {"Sheet1": content}).items():
                sheet = book.create_sheet(name)
                for row in rows:
                    sheet.append([None if cell == "" else cell for cell in row])
            book.save(path)
        status, _, err = run("data", "import", path, *options, cwd=tables)
        local = tables / "data" / "local" / "energy_balance.csv"
        found = (
            pd.read_csv(local, dtype=str)
            if local.is_file()
            else pd.DataFrame(columns=["region", "flow", "fuel", "value"])
        )
        key = zip(found["region"], found["flow"], found["fuel"], strict=True)
        return status, err, dict(zip(key, found["value"].astype(float), strict=True))

    return command


SAME = {
    ("620000", flow, fuel): row[column]
    for flow, row in zip(("tpes", "final", "industry", "transport"), ROWS, strict=True)
    for column, fuel in enumerate(("total_coal", "raw_coal", "diesel"), start=1)
}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_balance_as_csv(take: Import, separator: str) -> None:
    status, err, found = take([*changed((0, 0, TITLE)), ["", "", "", ""]], csv=separator)
    assert (status, found) == (0, SAME), err


@pytest.mark.parametrize(
    ("form", "scale"),
    [("{:,.1f}", 100), (" {:.1f}　", 1), ("{:.2E}", 1), ("＋{:.1f}", 1)],
)
def test_numbers_as_text(take: Import, form: str, scale: int) -> None:
    rows = [[row[0], *(form.format(cell * scale) for cell in row[1:])] for row in ROWS]
    status, err, found = take([[TITLE], [], HEAD, UNITS, *rows])
    assert (status, found) == (0, {key: value * scale for key, value in SAME.items()}), err


@pytest.mark.parametrize("head", ["项目 Item", "项    目", "项目（Item）", "Item", ""])
def test_the_head_of_a_balance(take: Import, head: str) -> None:
    status, err, found = take(changed((2, 0, head)))
    assert (status, found) == (0, SAME), err


@pytest.mark.parametrize(("row", "column", "name"), [(2, 1, "煤合计①"), (6, 0, "  1.工业①"), (6, 0, "1.工业[1]")])
def test_the_mark_of_a_footnote_is_dropped_and_told(take: Import, row: int, column: int, name: str) -> None:
    status, err, found = take(changed((row, column, name)))
    assert (status, found) == (0, SAME), err
    assert "the mark is dropped" in err


def test_a_total_that_is_empty_is_no_figure(take: Import) -> None:
    status, err, found = take([*BALANCE[:7], ["    #用作原料、材料", "", 12.5, ""], BALANCE[7]])
    assert (status, "mismatch" in err) == (0, False), err
    assert found == SAME | {("620000", "industry_nonenergy", "raw_coal"): 12.5}


def test_rows_of_bunkers_and_coke(take: Import) -> None:
    rows: Rows = [
        ["一.可供本地区消费的能源量", 120.0, 0.0, 9.0],
        ["  1.进口量", "", "", 8.0],
        ["  5.我轮、机在外国加油量", "", "", 3.0],
        ["  8.外轮、机在我国加油量(-)", "", "", -2.0],
        ["二.加工转换投入(-)产出(+)量", -100.0, 60.0, 0.0],
        ["  1.火力发电", -20.0, "", ""],
        ["  2.炼焦", -80.0, 70.0, ""],
        ["    #焦炭再投入量(-)", "", -10.0, ""],
        ["四.终端消费量", 20.0, 60.0, 9.0],
        ["  1.工业", 20.0, 60.0, 1.0],
        ["  2.交通运输、仓储和邮政业", "", "", 8.0],
    ]
    status, err, found = take([[TITLE], ["项目", "原煤", "焦炭", "煤油"], UNITS, *rows])
    assert (status, "mismatch" in err, "supply" in err) == (0, False, False), err
    assert {flow for _, flow, _ in found} >= {"bunkers_abroad", "bunkers_foreign", "coke_input"}


@pytest.mark.parametrize("marks", [("—", "…"), ("-", "..."), ("——", "……"), ("－", "."), ("–", " ")])
def test_marks_for_no_figure(take: Import, marks: tuple[str, str]) -> None:
    cells = [(6, 1, 100), (6, 2, 100), (6, 3, marks[0]), (7, 1, marks[1]), (7, 2, 0.0), (7, 3, 20.0)]
    status, err, found = take(changed(*cells))
    assert (status, len(found)) == (0, 10), err
    assert err.count("with a mark") == 1


@pytest.mark.parametrize("other", ["n.a.", "无", "12..5", "1,16", "5²", "#REF!", "100 t"])
def test_other_text_is_named_and_nothing_is_read(take: Import, other: str) -> None:
    status, err, found = take(changed((6, 3, other)))
    assert (status, found) == (2, {})
    assert "error: Sheet1, D7: found" in err


@pytest.mark.parametrize(("industry", "status"), [(91.0, 0), (92.0, 2)])
def test_whole_numbers_are_rounded_to_wholes(take: Import, industry: float, status: int) -> None:
    assert take(changed((6, 1, industry), (6, 2, industry)))[0] == status


@pytest.mark.parametrize(("industry", "status"), [(90.01, 0), (90.02, 2)])
def test_two_digits_are_held_to_two_digits(take: Import, industry: float, status: int) -> None:
    cells = [(5, 2, "100.00"), (6, 2, f"{industry:.2f}"), (7, 2, "10.00"), (5, 1, ""), (6, 1, ""), (7, 1, "")]
    assert take(changed(*cells))[0] == status


def test_an_option_decides_between_the_years_of_a_title(take: Import) -> None:
    rows = changed((0, 0, f"{TITLE}（2012年修订）"))
    status, err, found = take(rows)
    assert (status, found) == (2, {})
    assert "2011, 2012 above the table" in err
    assert "--year" in err
    status, err, found = take(rows, "--year", "2011")
    assert (status, found) == (0, SAME), err


def test_the_year_of_the_yearbook_is_not_that_of_the_figures(take: Import) -> None:
    status, err, found = take(changed((0, 0, "甘肃能源平衡表（资料来源：中国能源统计年鉴2012）")))
    assert (status, found, "--year" in err) == (2, {}, True)
    status, err, found = take(changed((0, 0, f"{TITLE}（资料来源：中国能源统计年鉴2012）")))
    assert (status, found) == (0, SAME), err


def test_an_option_decides_between_the_regions_of_a_title(take: Import) -> None:
    rows = changed((0, 0, f"{TITLE}（青海另表）"))
    assert "--region" in take(rows)[1]
    status, err, found = take(rows, "--region", "620000")
    assert (status, found) == (0, SAME), err


OTHERS: dict[str, Rows] = {
    "5-9 甘肃": BALANCE,
    "5-9 青海": changed((0, 0, "青海能源平衡表(实物量)-2011")),
    "折标准煤系数": [["项目", "原煤", "柴油"], ["系数", 0.71, 1.46]],
    "说明": [["数据来源见正文"]],
}


def test_sheets_of_notes_are_left_out_and_told(take: Import) -> None:
    status, err, found = take(OTHERS)
    assert (status, {region for region, _, _ in found}) == (0, {"620000", "630000"}), err
    assert all(f"note: {name}: found a sheet that is no energy balance" in err for name in ("折标准煤系数", "说明"))


@pytest.mark.parametrize(
    ("options", "regions"),
    [
        (("--sheet", "5-9 青海"), {"630000"}),
        (("--sheet", "5-9 青海", "--sheet", "5-9 甘肃"), {"620000", "630000"}),
        (("--region", "620000"), {"620000"}),
    ],
)
def test_one_may_choose_among_the_sheets(take: Import, options: tuple[str, ...], regions: set[str]) -> None:
    status, err, found = take(OTHERS, *options)
    assert (status, {region for region, _, _ in found}) == (0, regions), err


COUNTED = """region,year,flow,fuel,value,unit
620000,2011,industry,raw_coal,100,10^4 t
620000,2011,industry,total_coal,100,10^4 t
620000,2011,residential,raw_coal,10,10^4 t
620000,2011,urban,raw_coal,4,10^4 t
620000,2011,rural,raw_coal,6,10^4 t
620000,2011,residential,total_coal,10,10^4 t
620000,2011,coking,cleaned_coal,-80,10^4 t
620000,2011,total_consumption,cleaned_coal,{used},10^4 t
"""


@pytest.mark.parametrize(("used", "missing"), [(80, False), (95, True)])
def test_what_was_counted_or_turned_is_not_told_as_missing(tables: Path, run: Run, used: int, missing: bool) -> None:
    (tables / "balance.csv").write_text(COUNTED.format(used=used))
    status, _, err = run("inventory", tables / "balance.csv", "--no-cement", cwd=tables)
    assert (status, "not counted" in err) == (0, missing), err


def test_small_numbers_are_numbers(tables: Path, run: Run) -> None:
    rows = [("industry", "raw_coal", "100.0"), ("rural", "gasoline", "1e-05"), ("rural", "diesel", ".5")]
    rows += [("urban", "diesel", "１.2E+01"), ("urban", "gasoline", "—")]
    lines = [
        "region,year,flow,fuel,value,unit",
        *(f"620000,2011,{flow},{fuel},{value},10^4 t" for flow, fuel, value in rows),
    ]
    (tables / "balance.csv").write_text("\n".join(lines))
    status, out, err = run("inventory", tables / "balance.csv", "--no-cement", cwd=tables)
    assert status == 0, err
    assert "residential,all,all,0.3867277927" in out


def test_four_imports_at_once_lose_no_row(tables: Path) -> None:
    names = {"甘肃": "620000", "青海": "630000", "宁夏": "640000", "陕西": "610000"}
    paths = []
    for name in names:
        path = tables / f"{name}.csv"
        rows = changed((0, 0, f"{name}能源平衡表(实物量)-2011"))
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
        paths.append(path)
    code = "from tanfeng.cli import commands; commands.main()"
    running = [subprocess.Popen([sys.executable, "-c", code, "data", "import", path], cwd=tables) for path in paths]
    assert [one.wait(timeout=600) for one in running] == [0, 0, 0, 0]
    found = pd.read_csv(tables / "data" / "local" / "energy_balance.csv", dtype=str)
    assert found.groupby("region").size().to_dict() == dict.fromkeys(names.values(), 12)
    assert len(pd.read_csv(tables / "data" / "local" / "sources.csv")) == len(names)


KILLED = """
import os, signal
from pathlib import Path
from tanfeng.cli import commands
put, done = Path.replace, []
def replace(path, target):
    if Path(target).parent.name == "local":
        done.append(target)
        if len(done) > {after}:
            os.kill(os.getpid(), signal.SIGKILL)
    return put(path, target)
Path.replace = replace
commands.main()
"""


@pytest.mark.parametrize("after", [0, 1])
def test_an_import_that_is_killed_loses_nothing(take: Import, tables: Path, run: Run, after: int) -> None:
    assert take(BALANCE)[0] == 0
    local = tables / "data" / "local"
    before = {path.name: path.read_text(encoding="utf-8") for path in local.iterdir()}
    path = tables / "qinghai.csv"
    rows = changed((0, 0, "青海能源平衡表(实物量)-2011"))
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    command = [sys.executable, "-c", KILLED.format(after=after), "data", "import", path]
    assert subprocess.run(command, cwd=tables, timeout=600, check=False).returncode == -9
    assert all((local / name).read_text(encoding="utf-8").startswith(text) for name, text in before.items())
    status, _, err = run("data", "import", path, cwd=tables)
    assert (status, len(pd.read_csv(local / "energy_balance.csv"))) == (0, 24), err
    assert len(pd.read_csv(local / "sources.csv")) == 2


def test_forty_thousand_bad_rows_are_answered_in_a_hundred_lines(tables: Path, run: Run) -> None:
    head = "indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en"
    rows = (f"pv_capacity,浙江省,2025年,1x{number},万千瓦,exact,reported,nowhere,," for number in range(40_000))
    (tables / "many.csv").write_text("\n".join([head, *rows]))
    status, _, err = run("data", "import", tables / "many.csv", cwd=tables)
    assert status == 2
    assert len(err.splitlines()) <= 103
    assert "did you mean '2025'?" in err


def test_the_check_lists_a_hundred_lines_and_a_missing_source_once(tables: Path, run: Run) -> None:
    head = "indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en"
    rows = (f"pv_{number},330000,2025,1,10^4 kW,exact,reported,nowhere,," for number in range(150))
    (tables / "data" / "local").mkdir()
    (tables / "data" / "local" / "observations.csv").write_text("\n".join([head, *rows]))
    status, out, err = run("data", "check", "observations", cwd=tables)
    assert (status, len(out.splitlines())) == (1, 100)
    assert (out.count("'nowhere'"), "and 140 more" in out) == (1, True)
    assert re.search(r"^\.\.\. and [0-9]+ more$", err, re.MULTILINE)
    status, out, err = run("data", "check", "observations", "--all", cwd=tables)
    assert (status, len(out.splitlines()) > 150, "more" in err) == (1, True, False)


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        ("浙江省,2024,100,10^4 kW,bulletin_2025", "'330000'"),
        ("330000,2024年,100,10^4 kW,bulletin_2025", "'2024'"),
        ("330000,2024年6月,100,10^4 kW,bulletin_2025", "'2024-06'"),
        ("330000,2024,100,万千瓦,bulletin_2025", "'10^4 kW'"),
        ("330000,2024,100,10^4 kW,bulletin_2052", "'bulletin_2025'"),
        ("330000,2024,100,10^4 kW,my_own", "data/local/sources.csv: my_own,"),
    ],
)
def test_what_was_meant_is_said(tables: Path, run: Run, cells: str, meant: str) -> None:
    region, period, value, unit, source = cells.split(",")
    head = "indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en"
    row = f"pv_capacity,{region},{period},{value},{unit},exact,reported,{source},,"
    (tables / "mine.csv").write_text(f"{head}\n{row}\n")
    status, _, err = run("data", "import", tables / "mine.csv", cwd=tables)
    assert status == 2
    assert meant in err


@pytest.mark.parametrize("cell", ["1,162", "１１６２", " 1162 ", "1.162E+3"])
def test_numbers_of_a_tidy_file(tables: Path, run: Run, cell: str) -> None:
    head = "Indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en"
    row = f'pv_capacity,320000,2015,"{cell}",10^4 kW,exact,reported,bulletin_2025,,'
    (tables / "mine.csv").write_text(f"表1 光伏装机\n\n{head}\n{row}\n")
    status, _, err = run("data", "import", tables / "mine.csv", cwd=tables)
    assert status == 0, err
    assert pd.read_csv(tables / "data" / "local" / "observations.csv")["value"].tolist() == [1162]


def test_messages_are_in_the_language_of_the_locale(take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    status, err, _ = take(changed((6, 3, "n.a.")))
    assert status == 2
    assert "错误：Sheet1，D7：为'n.a.'；应为数字" in err
    assert "1项错误；未写入任何数据" in err


def test_a_cell_far_out_in_a_local_table_is_refused(tables: Path, run: Run) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "zh", "en"])
    book.active.cell(1_048_576, 16_384, 1)
    (tables / "data" / "local").mkdir()
    book.save(tables / "data" / "local" / "plans.xlsx")
    status, out, _ = run("data", "check", "plans", cwd=tables)
    assert (status, "a cell far out at XFD1048576" in out) == (1, True)
