"""Balances of every edition of the yearbook, made up, in both languages, laid out and saved as offices do.

The figures are made up; the names of rows and columns are those of the public tables.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tanfeng.checks.importing import balance_sheet, intake
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet, read_sheets

Rows = list[list[Any]]
FLOWS = re.findall(
    r"\w+",
    "tpes indigenous recovery import_interprov import export_interprov export stock_change transformation_total "
    "thermal_power heating coal_washing losses final agriculture industry construction transport wholesale other "
    "residential urban rural statistical_difference total_consumption",
)
EDITIONS = {  # years: names of the rows above, in their order
    "1985-1994": (
        "可供消费的能源总量|一次能源生产量|回收能|外省调入量|进口量|本省调出量(-)|出口量(-)|年初年末库存差额|"
        "加工转换投入(-)、产出(+)量|火力发电|供 热|洗煤|损失量|终端消费量|农、林、牧、渔、水利业|工 业|建筑业|"
        "交通运输和邮电通讯业|商业、饮食、物资供销和仓储业|非物质生产部门|生活消费|城镇居民|乡村居民|"
        "平衡差额|能源消费总量",
        "Total Energy Available for Consumption|Primary Energy Output|Recovery of Energy|"
        "Moving In from Other Provinces|"
        "Import|Sending Out to Other Provinces(-)|Export(-)|Stock Change|Input(-) & Output(+) of Transformation|"
        "Thermal Power|Heating Supply|Coal Washing|Loss|Total Final Consumption|Farming, Forestry, Animal Husbandry, "
        "Fishery & Water Conservancy|Industry|Construction|Transport, Post and Telecommunications|"
        "Commerce, Catering Trade, Materials Supply and Storage|Non-material Production Sectors|"
        "Residential Consumption|"
        "Urban|Rural|Balance|Total Energy Consumption",
    ),
    "1995-2003": (
        "一、可供本地区消费的能源量|1.一次能源生产量|2.回收能|3.外省（区、市）调入量|4.进口量|"
        "6.本省（区、市）调出量（－）|"
        "7.出口量（－）|9.库存增（－）、减（＋）量|二、加工转换投入（－）产出（＋）量|1.火力发电|2.供热|"
        "3.洗选煤|三、损失量|"
        "四、终端消费量|1.农、林、牧、渔、水利业|2.工业|3.建筑业|4.交通运输、仓储及邮电通讯业|"
        "5.批发和零售贸易业、餐饮业|7.其他|"
        "6.生活消费|城镇|乡村|五、平衡差额|六、消费量合计",
        "I.Total Primary Energy Supply|1.Indigenous Production|2.Recovery of Energy|3.Moving In from Other Provinces|"
        "4.Import|6.Sending Out to Other Provinces (-)|7.Export (-)|9.Stock Change|II.Input (-) & Output (+) of "
        "Transformation|1.Thermal Power|2.Heating Supply|3.Coal Washing|III.Loss|IV.Total Final Consumption|"
        "1.Farming, Forestry, Animal Husbandry, Fishery & Water Conservancy|2.Industry|3.Construction|"
        "4.Transport, Storage, Postal & Telecommunications Services|5.Wholesale, Retail Trade and Catering Service|"
        "7.Others|6.Residential Consumption|Urban|Rural|V.Statistical Difference|VI.Total Consumption",
    ),
    "2004-2009": (
        "一.可供本地区消费的能源量|  1.一次能源生产量|  2.回收能|  3.外省(区、市)调入量|  4.进口量|"
        "  6.本省(区、市)调出量(-)|"
        "  7.出口量(-)|  9.库存增(-)、减(+)量|二.加工转换投入(-)产出(+)量|  1.火力发电|  2.供热|  3.洗选煤|三.损失量|"
        "四.终端消费量|  1.农、林、牧、渔、水利业|  2.工业|  3.建筑业|  4.交通运输、仓储和邮政业|"
        "  5.批发、零售业和住宿、餐饮业|"
        "  7.其他|  6.生活消费|     城镇|     乡村|五.平衡差额|六.消费量合计",
        "1. Total Primary Energy Supply|Indigenous Production|Recovery of Energy|"
        "Moving In from Other Provinces|Import|"
        "Sending Out to Other Provinces (-)|Export (-)|Stock Change (+/-)|"
        "2. Input (-) & Output (+) of Transformation|"
        "Thermal Power|Heating Supply|Coal Washing|3. Loss|4. Total Final Consumption|Farming, Forestry, Animal "
        "Husbandry, Fishery & Water Conservancy|Industry|Construction|Transport, Storage and Post|Wholesale, Retail "
        "Trade and Hotel, Restaurants|Others|Residential Consumption|Urban|Rural|5. Statistical Difference|"
        "6. Total Consumption",
    ),
    "2010-2016": (
        "一.可供本地区消费的能源量|1.一次能源生产量|2.回收能|3.外省(区、市)调入量|4.进口量|"
        "6.本省(区、市)调出量(-)|7.出口量(-)|"
        "9.库存增(-)、减(+)量|二.加工转换投入(-)产出(+)量|1.火力发电|2.供热|3.煤炭洗选|三.损失量|四.终端消费量|"
        "1.农、林、牧、渔业|2.工业|3.建筑业|4.交通运输、仓储和邮政业|5.批发、零售业和住宿、餐饮业|7.其他|"
        "6.生活消费|#城镇|乡村|"
        "五.平衡差额|六.消费量合计",
        "Total Primary Energy Supply|Indigenous Production|Recovery of Energy|Moving In from Other Provinces|Imports|"
        "Sending Out to Other Provinces|Exports|Stock Changes in the Year|Input & Output of Transformation|"
        "Thermal Power|Heating Supply|Coal Washing|Losses|Final Consumption|"
        "Agriculture, Forestry, Animal Husbandry & "
        "Fishery|Industry|Construction|Transport, Storage and Post|Wholesale and Retail Trades, Hotels and Catering "
        "Services|Other Sectors|Household Consumption|of which: Urban|Rural|Statistical Difference|"
        "Total Energy Consumption",
    ),
    "2017-2023": (
        "（一）可供本地区消费的能源量|一次能源生产量|回收能|外省（区、市）调入量|进口量|"
        "本省（区、市）调出量（-）|出口量（-）|"
        "库存增（-）、减（+）量|（二）加工转换投入（-）产出（+）量|火力发电|供热|煤炭洗选|（三）损失量|"
        "（四）终端消费量|农、林、牧、渔业|"
        "工业|建筑业|交通运输、仓储和邮政业|批发和零售业、住宿和餐饮业|其他行业|居民生活|其中：城镇|乡村|"
        "（五）平衡差额|（六）消费量合计",
        "Total Energy Available for Consumption|Primary Energy Output|Recovery of Energy|Inflow from Other Provinces|"
        "Imports|Outflow to Other Provinces|Exports|Stock Changes in the Year|Transformation|"
        "Thermal Power Generation|"
        "Heating Supply|Coal Washing|Losses|Total Final Energy Consumption|"
        "Agriculture, Forestry, Animal Husbandry and "
        "Fishery|Industry|Construction|Transportation, Storage and Post|Wholesale, Retail Trade, Accommodation and "
        "Catering|Others|Residential|Urban Households|Rural Households|Statistical Discrepancy|Consumption Total",
    ),
}
NAMES = {
    "total_coal": ("煤合计", "Coal Total"),
    "raw_coal": ("原煤", "Raw Coal"),
    "cleaned_coal": ("洗精煤", "Cleaned Coal"),
    "natural_gas": ("天然气", "Natural Gas"),
    "electricity": ("电力", "Electricity"),
}
UNITS = {"natural_gas": ("亿立方米", "10^8 cu.m"), "electricity": ("亿千瓦小时", "10^8 kW.h")}
TON = ("万吨", "10^4 tn")
PARTS = {"raw_coal": 1.0, "cleaned_coal": 0.5, "natural_gas": 0.25, "electricity": 2.0}
SIZES = {"agriculture": 12, "industry": 1162, "construction": 8, "transport": 44, "wholesale": 20, "other": 16,
         "urban": 24, "rural": 36, "losses": 4, "thermal_power": -860, "heating": -40, "coal_washing": -8}  # fmt: skip


def truth() -> dict[tuple[str, str], float]:
    """A balance in which everything agrees."""
    sizes = SIZES | {"residential": 60, "final": 1322, "transformation_total": -908, "tpes": 2234}
    sizes |= {"total_consumption": 2234, "indigenous": 234, "import_interprov": 2050, "export": -50}
    values = {(flow, fuel): size * part for flow, size in sizes.items() for fuel, part in PARTS.items()}
    return values | {(flow, "total_coal"): 1.5 * size for flow, size in sizes.items()}


TRUTH = truth()


def body(edition: str, lang: int, form: str = "{}", blank: str = "") -> Rows:
    labels = EDITIONS[edition][lang].split("|")
    figures = [[TRUTH.get((flow, fuel)) for fuel in NAMES] for flow in FLOWS]
    cells = [[blank if one is None else one if form == "{}" else form.format(one) for one in row] for row in figures]
    return [[label, *row] for label, row in zip(labels, cells, strict=True)]


def names(lang: int) -> list[str]:
    return [both[lang] for both in NAMES.values()]


def units(lang: int) -> list[str]:
    return [UNITS.get(fuel, TON)[lang] for fuel in NAMES]


def sheet(edition: str = "2004-2009", lang: int = 0, **changes: Any) -> Rows:
    """A sheet with title, heading and units; parts of it may be others."""
    year = edition[:4]
    title = (f"6-11 甘肃能源平衡表(实物量)-{year}", f"ENERGY BALANCE OF GANSU-{year} (PHYSICAL QUANTITY)")[lang]
    head = [["项目" if lang == 0 else "Item", *names(lang)], ["", *(f"({unit})" for unit in units(lang))]]
    return [[changes.get("title", title)], [], *changes.get("head", head), *changes.get("body", body(edition, lang))]


def read(catalog: Catalog, rows: Rows, name: str = "Sheet1", **options: Any) -> Any:
    width = max(map(len, rows))
    made = SourceSheet(name, tuple(tuple(row) + ("",) * (width - len(row)) for row in rows))
    assert intake.recognised(catalog, [made]) == "balance"
    return balance_sheet.read(catalog, [made], "s", **options)


def same(reading: Any, year: str = "2004", gone: tuple[str, ...] = ()) -> bool:
    rows = reading.rows
    assert [str(one) for one in reading.findings if one.severity != "note"] == []
    assert set(zip(rows["region"], rows["year"], strict=True)) == {("620000", year)}
    found = zip(rows["flow"], rows["fuel"], rows["value"].astype(float), strict=True)
    return {(flow, fuel): value for flow, fuel, value in found} == {
        cell: value for cell, value in TRUTH.items() if cell[0] not in gone
    }


@pytest.mark.parametrize("lang", [0, 1], ids=["zh", "en"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_in_both_languages(catalog: Catalog, edition: str, lang: int) -> None:
    assert same(read(catalog, sheet(edition, lang)), edition[:4])


def test_a_yearbook_of_a_province_with_the_three_sectors(catalog: Catalog) -> None:
    rows = body("2004-2009", 0)
    extra: Rows = [
        ["（一）第一产业", 18.0, 12.0, 6.0, 3.0, 24.0],
        ["（二）第二产业", 1755.0, 1170.0, 585.0, 292.5, 2340.0],
        ["（三）第三产业", 120.0, 80.0, 40.0, 20.0, 160.0],
    ]
    stocks: Rows = [["1.年初库存量", "", "", "", "", ""], ["10.年末库存量(-)", "", "", "", "", ""]]
    made = [*rows[:1], *stocks, *rows[1:14], *extra, *rows[14:]]
    reading = read(catalog, sheet(head=[["类    别", *names(0)], ["", *units(0)]], body=made))
    assert [str(one) for one in reading.findings if one.severity != "note"] == []
    assert set(reading.rows["flow"]) >= {"primary_sector", "secondary_sector", "tertiary_sector"}
    made[18][2] = 1071.0
    reading = read(catalog, sheet(head=[["类    别", *names(0)], ["", *units(0)]], body=made))
    assert any(one.severity == "mismatch" for one in reading.findings)


HEADS: dict[str, Rows] = {
    "units behind the names": [["项目", *(f"{name}({unit})" for name, unit in zip(names(0), units(0), strict=True))]],
    "units on a second line": [["指标", *(f"{name}\n{unit}" for name, unit in zip(names(0), units(0), strict=True))]],
    "names over two rows": [
        ["项目", *(name[:1] for name in names(0))],
        ["", *(name[1:] for name in names(0))],
        ["计量单位", *units(0)],
    ],
    "groups above the names": [["项目", "煤品", "", "", "其他", ""], ["", *names(0)], ["", *units(0)]],
    "both languages": [["项目 Item", *names(0)], ["", *names(1)], ["", *units(0)], ["", *units(1)]],
    "numbers of the columns": [["项目", *names(0)], ["", *units(0)], ["甲", 1, 2, 3, 4, 5]],
    "units above all": [["单位：万吨、亿立方米、亿千瓦小时"], ["项目", *names(0)]],
    "an empty row between": [["项目", *names(0)], [], ["", *units(0)]],
}


@pytest.mark.parametrize("head", HEADS)
def test_headings_as_they_come(catalog: Catalog, head: str) -> None:
    assert same(read(catalog, sheet(head=HEADS[head])))


@pytest.mark.parametrize("form", ["{:,.2f}", " {:.1f}　", "{:.3E}", "full", "brackets"])
@pytest.mark.parametrize("blank", ["—", "…", "空", "#", "－", "　"])
def test_figures_and_marks_as_they_come(catalog: Catalog, form: str, blank: str) -> None:
    wide = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    rows = body("2004-2009", 0, "{:.2f}" if form in {"full", "brackets"} else form, blank)
    if form == "full":
        rows = [[row[0], *(cell.translate(wide) for cell in row[1:])] for row in rows]
    if form == "brackets":
        rows = [[row[0], *(f"({cell[1:]})" if cell.startswith("-") else cell for cell in row[1:])] for row in rows]
    assert same(read(catalog, sheet(body=rows)))


@pytest.mark.parametrize(
    ("title", "name", "options"),
    [
        ("2004年甘肃能源平衡表（中国能源统计年鉴2005）", "Sheet1", {}),
        ("甘肃省２００４年能源平衡表", "6-30", {}),
        ("甘肃能源平衡表（二〇〇四年）", "Sheet1", {}),
        ("能源平衡表", "甘肃2004", {}),
        ("能源平衡表", "gansu_2004", {}),
        ("Energy balance", "Gansu 2004", {}),
        ("甘肃能源平衡表", "2004", {}),
        ("能源平衡表", "Sheet1", {"regions": ("620000",), "year": 2004}),
        ("甘肃能源平衡表 2004、2005", "Sheet1", {"year": 2004}),
    ],
)
def test_place_and_year_as_they_are_written(catalog: Catalog, title: str, name: str, options: dict[str, Any]) -> None:
    assert same(read(catalog, sheet(title=title), name, **options))


def test_rows_in_another_order_and_totals_that_are_not_printed(catalog: Catalog) -> None:
    rows = body("2004-2009", 0)
    assert same(read(catalog, sheet(body=[*rows[13:], *rows[:13]])))
    gone = ("residential", "transformation_total", "total_consumption")
    kept = [row for flow, row in zip(FLOWS, rows, strict=True) if flow not in gone]
    assert same(read(catalog, sheet(body=kept)), gone=gone)


def test_numbers_of_the_rows_and_notes_beside_and_below(catalog: Catalog) -> None:
    rows = sheet()
    numbered: Rows = [["序号", *rows[2], "备注"], ["", *rows[3]]]
    numbered += [[number, *row, "见注" if number == 3 else ""] for number, row in enumerate(rows[4:], start=1)]
    assert same(read(catalog, [*rows[:2], *numbered, ["注：1.含输配损失。"], ["资料来源：统计年鉴"]]))


def test_figures_below_the_table_are_named(catalog: Catalog) -> None:
    reading = read(catalog, [*sheet(), ["占比", 1, 2, 3, 4, 5]])
    assert [one.cell for one in reading.findings if one.severity == "error"] == ["A30"]


def test_one_unit_above_all_columns(catalog: Catalog) -> None:
    for lang, title in enumerate(("甘肃能源平衡表 2004 单位：万吨标准煤", "Gansu 2004 (Unit: 10 000 tons of SCE)")):
        head = [["项目" if lang == 0 else "Item", *names(lang)]]
        reading = read(catalog, sheet(title=title, lang=lang, head=head, body=body("2004-2009", lang)))
        assert same(reading)
        assert set(reading.rows["unit"]) == {"10^4 tce"}


@pytest.mark.parametrize("wrong", ["23.6%", "约12", "12吨", "1,16", "5²", "一百", "(12", "1.2.3"])
def test_what_is_no_number_is_named(catalog: Catalog, wrong: str) -> None:
    rows = sheet()
    rows[9][2] = rows[12][4] = wrong
    errors = [one.cell for one in read(catalog, rows).findings if one.severity == "error"]
    assert errors == ["C10", "E13"]


@pytest.mark.parametrize("shown", ["0.0%", "0,", '0.0"万吨"'])
def test_a_figure_shown_in_another_unit_is_named(catalog: Catalog, tmp_path: Path, shown: str) -> None:
    path = saved(tmp_path / "a.xlsx", sheet())
    book = openpyxl.load_workbook(path)
    book.active["C10"].number_format = shown
    book.save(path)
    (error,) = [one for one in balance_sheet.read(catalog, read_sheets(path), "s").findings if one.severity == "error"]
    assert (error.cell, str(error.expected)) == ("C10", "a number that is shown whole")


def saved(path: Path, rows: Rows, encoding: str = "utf-8", separator: str = ",") -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([None if cell == "" else cell for cell in row])
        book.active.merge_cells("A1:F1")
        book.save(path)
        return path
    width = max(map(len, rows))
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([row + [""] * (width - len(row)) for row in rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [
        ("a.xlsx", "", ""),
        ("a.csv", "gb18030", ","),
        ("a.csv", "utf-8-sig", ";"),
        ("a.csv", "utf-16", "\t"),
        ("a.tsv", "utf-8", "\t"),
        ("a.txt", "utf-16", "\t"),
    ],
)
def test_files_as_they_are_saved(catalog: Catalog, tmp_path: Path, name: str, encoding: str, separator: str) -> None:
    (made,) = read_sheets(saved(tmp_path / name, sheet(), encoding, separator))
    assert same(balance_sheet.read(catalog, [made], "s"))


def test_a_text_in_another_encoding_is_no_gb18030(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", sheet(), "utf-8")
    path.write_bytes(path.read_bytes()[:-3] + b"\xe4")  # cut within a character
    with pytest.raises(ProjectError, match="not text in UTF-8, GB18030 or UTF-16"):
        read_sheets(path)
