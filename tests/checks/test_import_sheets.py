"""Random sheets of every edition: an import is equal to the truth, or refused with every wrong cell named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.checks.importing import balance_sheet
from tanfeng.checks.importing.findings import address
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet
from tanfeng.facts import balance

FLOWS = {  # flow: its names by edition, in both languages
    "tpes": ("一.可供本地区消费的能源量", "一、可供本地区消费的能源量", "Total Primary Energy Supply"),
    "indigenous": ("1.一次能源生产量", "  1.一次能源生产量", "Indigenous Production"),
    "import_interprov": ("3.外省(区、市)调入量", "３．外省（区、市）调入量", "Moving In from Other Provinces"),
    "transformation_total": ("二.加工转换投入(-)产出(+)量", "二、加工转换投入（-）产出（+）量"),
    "thermal_power": ("1.火力发电", "Thermal Power"),
    "coal_washing": ("3.洗选煤", "3.煤炭洗选", "Coal Washing"),
    "losses": ("三.损失量", "三、损失量①", "Loss"),
    "final": ("四.终端消费量", "四、终端消费量", "Total Final Consumption"),
    "agriculture": ("1.农、林、牧、渔、水利业", "1.农、林、牧、渔业"),
    "industry": ("2.工业", "2.工业[1]", "Industry"),
    "transport": ("4.交通运输、仓储和邮政业", "4.交通运输、仓储及邮电通讯业"),
    "residential": ("6.生活消费", "7.居民生活", "Residential Consumption"),
    "urban": ("城镇", "  城 镇", "Urban"),
    "rural": ("乡村", "农村", "Rural"),
    "statistical_difference": ("五.平衡差额", "五、平衡差额", "Statistical Difference"),
    "total_consumption": ("六.消费量合计", "六、消费量合计", "Sum of Consumption"),
}
FUELS = {"raw_coal": ("原煤", "Raw Coal"), "diesel": ("柴油", "柴 油"), "natural_gas": ("天然气",)}
UNITS = {"raw_coal": "(万吨)", "diesel": "（万吨）", "natural_gas": "(亿立方米)"}
FORMS = ("{:.2f}", "{:,.2f}", " {:.2f}\u3000", "number", "number", "{:.2E}x")
WRONG = ("n.a.", "无", "12..5", "1,16", "5²", "#REF!", True, "12吨")
MARKS = ("", "", "—", "…", "-", " ")
SAME = dict.fromkeys(FORMS)


@st.composite
def truths(draw: st.DrawFn) -> dict[tuple[str, str], float]:
    """A balance in which everything agrees, in hundredths; what is zero is not printed."""
    amount = st.integers(0, 500_000)
    values: dict[tuple[str, str], int] = {}
    for fuel in draw(st.lists(st.sampled_from(list(FUELS)), min_size=1, max_size=3, unique=True)):
        parts = {name: draw(amount) for name in ("agriculture", "industry", "transport", "urban", "rural", "losses")}
        power, washed = -draw(amount), -draw(amount)
        parts |= {"residential": parts["urban"] + parts["rural"], "thermal_power": power, "coal_washing": washed}
        parts["final"] = sum(parts[name] for name in ("agriculture", "industry", "transport", "residential"))
        parts["transformation_total"] = power + washed
        parts["tpes"] = parts["total_consumption"] = parts["final"] + parts["losses"] - power - washed
        parts |= {"indigenous": parts["tpes"], "statistical_difference": 0}
        values |= {(flow, fuel): value for flow, value in parts.items()}
    return {cell: value / 100 for cell, value in values.items() if value}


def printed(draw: st.DrawFn, value: float) -> Any:
    form = draw(st.sampled_from(FORMS[:-1]))
    return value if form == "number" else form.format(value)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[SourceSheet, dict[tuple[str, str], float], set[str]]:
    """A sheet of some edition with its truth, and the cells in it that are wrong."""
    truth = draw(truths())
    fuels = draw(st.permutations(sorted({fuel for _, fuel in truth}) or ["raw_coal"]))
    labels = {flow: draw(st.sampled_from(names)) for flow, names in FLOWS.items()}
    title = draw(st.sampled_from(["5-11 甘肃能源平衡表(实物量)-2011", "甘肃省 2011年", "ENERGY BALANCE OF GANSU-2011"]))
    head = draw(st.sampled_from(["项目", "项    目", "项目 Item"]))
    names = [draw(st.sampled_from(FUELS[fuel])) for fuel in fuels]
    rows: list[list[Any]] = [[title], [], [head, *names], ["", *(UNITS[fuel] for fuel in fuels)]]
    wrong: set[str] = set()
    bad = draw(st.booleans())
    for flow, label in labels.items():
        cells = []
        for column, fuel in enumerate(fuels, start=1):
            value = truth.get((flow, fuel))
            cell: Any = draw(st.sampled_from(MARKS)) if value is None else printed(draw, value)
            if bad and draw(st.integers(0, 30)) == 0:
                cell = draw(st.sampled_from(WRONG))
                wrong.add(address(len(rows), column))
            cells.append(cell)
        rows.append([label, *cells])
        if draw(st.integers(0, 12)) == 0:
            rows.append(["", *[""] * len(fuels)])
    rows += draw(st.sampled_from([[], [["注：①含输配损失。"]], [[], ["资料来源：统计年鉴"]]]))
    width = len(fuels) + 1
    return SourceSheet("甘肃", tuple(tuple(row + [""] * (width - len(row))) for row in rows)), truth, wrong


@settings(max_examples=500, deadline=None)
@given(made=sheets())
def test_an_import_is_equal_to_the_truth_or_names_every_wrong_cell(catalog: Catalog, made: Any) -> None:
    sheet, truth, wrong = made
    reading = balance_sheet.read(catalog, [sheet], "s")
    errors = {one.cell for one in reading.findings if one.severity == "error"}
    found = dict(zip(zip(reading.rows["flow"], reading.rows["fuel"], strict=True), reading.rows["value"], strict=True))
    if wrong:
        assert wrong <= errors
    elif truth:
        assert errors == set()
        assert [one for one in reading.findings if one.severity == "mismatch"] == []
        assert {cell: float(value) for cell, value in found.items()} == truth


@settings(max_examples=100, deadline=None)
@given(made=sheets(), change=st.integers(100, 90_000), place=st.randoms(use_true_random=False))
def test_a_figure_that_changed_is_told(catalog: Catalog, made: Any, change: int, place: Any) -> None:
    sheet, truth, wrong = made
    cells = [cell for cell in truth if cell[0] not in {"indigenous", "import_interprov", "tpes"}]
    if wrong or not cells:
        return
    flow, fuel = place.choice(sorted(cells))
    row = next(number for number, line in enumerate(sheet.rows) if line and line[0] in FLOWS[flow])
    column = next(number for number, name in enumerate(sheet.rows[2]) if name in FUELS[fuel])
    rows = [list(line) for line in sheet.rows]
    rows[row][column] = round(truth[flow, fuel] + change / 100, 2)
    reading = balance_sheet.read(catalog, [SourceSheet("甘肃", tuple(map(tuple, rows)))], "s")
    assert [one for one in reading.findings if one.severity == "mismatch"]


@settings(max_examples=25, deadline=None)
@given(made=sheets())
def test_what_is_imported_the_inventory_counts(catalog: Catalog, tmp_path_factory: Any, made: Any) -> None:
    sheet, truth, wrong = made
    reading = balance_sheet.read(catalog, [sheet], "s")
    if wrong or not truth:
        return
    path = tmp_path_factory.mktemp("round") / "balance.csv"
    reading.rows.to_csv(path, index=False)
    again = balance.read(catalog, path)
    assert dict(zip(zip(again["flow"], again["fuel"], strict=True), again["value"], strict=True)) == truth


def test_small_figures_are_written_so_that_they_can_be_read(catalog: Catalog, tmp_path: Any) -> None:
    rows = (
        ("甘肃 2011", ""),
        ("项目", "原煤"),
        ("", "(万吨)"),
        ("四.终端消费量", 1e-05),
        ("2.工业", 1.2e-7),
        ("三.损失量", 1e9),
    )
    reading = balance_sheet.read(catalog, [SourceSheet("", rows)], "s")
    assert reading.rows["value"].tolist() == ["0.00001", "0.00000012", "1000000000.0"]
    reading.rows.to_csv(tmp_path / "b.csv", index=False)
    assert balance.read(catalog, tmp_path / "b.csv")["value"].tolist() == pytest.approx([1e-05, 1.2e-07, 1e9])


def test_the_names_here_are_of_every_flow_that_is_checked(catalog: Catalog) -> None:
    assert set(FLOWS) <= set(catalog.read("flows")["id"])
    assert pd.Index(FUELS).isin(catalog.read("fuels")["id"]).all()
