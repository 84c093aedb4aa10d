"""Energy balance sheets: reading, units, and the search for figures that do not agree with the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.checks.importing import agreement, balance_sheet
from tanfeng.checks.importing.findings import FileContent
from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet

Rows = list[list[Any]]
ROWS = {
    "一.可供本地区消费的能源量": "tpes",
    "  1.一次能源生产量": "indigenous",
    "  2.回收能": "recovery",
    "  3.外省(区、市)调入量": "import_interprov",
    "  4.进口量": "import",
    "  5.我轮、机在外国加油量": "",
    "  6.本省(区、市)调出量(-)": "export_interprov",
    "  7.出口量(-)": "export",
    "  9.库存增(-)、减(+)量": "stock_change",
    "二.加工转换投入(-)产出(+)量": "transformation_total",
    "  1.火力发电": "thermal_power",
    "  2.供热": "heating",
    "  3.洗选煤": "coal_washing",
    "  4.炼焦": "coking",
    "  5.炼油": "refineries",
    "  6.制气": "gas_works",
    "  7.煤制品加工": "briquettes",
    "三.损失量": "losses",
    "四.终端消费量": "final",
    "  1.农、林、牧、渔、水利业": "agriculture",
    "  2.工业": "industry",
    "    #用作原料、材料": "industry_nonenergy",
    "  3.建筑业": "construction",
    "  4.交通运输、仓储和邮政业": "transport",
    "  5.批发、零售业和住宿、餐饮业": "wholesale",
    "  6.生活消费": "residential",
    "     城镇": "urban",
    "     乡村": "rural",
    "  7.其他": "other",
    "五.平衡差额": "statistical_difference",
    "六.消费量合计": "total_consumption",
}
UNITS = {
    "10^4 t": ("(万吨)", "(104 tn)"),
    "10^8 m3": ("(亿立方米)", "(108 cu.m)"),
    "10^10 kJ": ("(百亿千焦)", "(1010 kJ)"),
    "10^8 kWh": ("(亿千瓦时)", "(108 kW•h)"),
    "10^4 tce": ("(万吨标煤)", "(104 tce)"),
}
DAMAGED = {("tpes", "total_coal"): 1024.12, ("final", "lpg"): 234.7187, ("final", "natural_gas"): 5.2869}
TRUE = {("tpes", "total_coal"): 13024.12, ("final", "lpg"): 229.6887, ("final", "natural_gas"): 7.0}


@pytest.fixture
def shipped(catalog: Catalog) -> pd.DataFrame:
    return catalog.read("energy_balance").query("region == '330000' and year == 2007").reset_index(drop=True)


@pytest.fixture
def rows(catalog: Catalog, shipped: pd.DataFrame) -> Rows:
    """The balance of Zhejiang 2007 in the layout of the yearbook."""
    names = catalog.read("fuels").set_index("id")["zh"]
    fuels = sorted(set(shipped["fuel"]))
    unit = shipped.drop_duplicates("fuel").set_index("fuel")["unit"]
    values = {(row.flow, row.fuel): row.value for row in shipped.itertuples()}
    return [
        ["6-11  浙江能源平衡表(实物量)-2007"],
        ["ENERGY BALANCE OF ZHEJIANG-2007 (PHYSICAL QUANTITY)"],
        [],
        ["项        目", "Item", *(names[fuel] for fuel in fuels)],
        ["", "", *(UNITS[unit[fuel]][0] for fuel in fuels)],
        ["", "", *(UNITS[unit[fuel]][1] for fuel in fuels)],
        [],
        *([label, "", *(values.get((flow, fuel), "") for fuel in fuels)] for label, flow in ROWS.items()),
    ]


def read(catalog: Catalog, rows: Rows, *arguments: Any, name: str = "Sheet1") -> FileContent:
    return balance_sheet.read(catalog, [SourceSheet(name, tuple(map(tuple, rows)))], "s", *arguments)


def at(rows: Rows, flow: str, fuel: str) -> tuple[int, int]:
    """Row and column of a figure, counted from 0."""
    row = 7 + list(ROWS.values()).index(flow)
    return row, rows[3].index(fuel)


def mend(rows: Rows) -> Rows:
    for (flow, fuel), value in TRUE.items():
        row, column = at(rows, flow, {"total_coal": "煤合计", "lpg": "液化石油气", "natural_gas": "天然气"}[fuel])
        rows[row][column] = value
    return rows


class TestRead:
    def test_the_shipped_rows_come_out(self, catalog: Catalog, rows: Rows, shipped: pd.DataFrame) -> None:
        found = read(catalog, rows).rows
        key = ["region", "year", "flow", "fuel"]
        left = found.assign(year=found["year"].astype(int), value=found["value"].astype(float)).set_index(key)
        right = shipped.set_index(key)
        assert len(found) == 298
        assert left["value"].to_dict() == right["value"].to_dict()
        assert left["unit"].to_dict() == right["unit"].to_dict()

    def test_three_damaged_cells_and_no_other(self, catalog: Catalog, rows: Rows) -> None:
        reading = read(catalog, rows)
        off = [one for one in reading.findings if one.severity == "mismatch"]
        assert len(off) == 3
        assert {one.found.split(" ")[0] for one in off} == {"1024.12", "234.7187", "5.2869"}
        assert all(one.severity == "note" for one in reading.findings if one not in off)
        noted = reading.rows[reading.rows["note_en"] != ""]
        assert {(row.flow, row.fuel): float(row.value) for row in noted.itertuples()} == DAMAGED
        assert all("按原表照录" in note for note in noted["note_zh"])

    def test_a_mended_sheet_has_none(self, catalog: Catalog, rows: Rows) -> None:
        reading = read(catalog, mend(rows))
        assert [one for one in reading.findings if one.severity != "note"] == []
        assert set(reading.rows["note_en"]) == {""}

    def test_supply_that_is_no_sum_is_told(self, catalog: Catalog, rows: Rows) -> None:
        (note,) = read(catalog, mend(rows)).findings
        assert "supply that is not the sum of its rows, by up to 629.04" in note.found

    @pytest.mark.parametrize(
        ("change", "place", "said"),
        [
            (lambda rows: rows[4].__setitem__(4, "(吨)"), "E4", "the unit 吨"),
            (lambda rows: rows[4].__setitem__(4, "(亿立方米)"), "E4", "the unit 亿立方米"),
            (lambda rows: (rows[4].__setitem__(4, ""), rows[5].__setitem__(4, "")), "E4", "the unit nothing"),
            (lambda rows: rows[3].__setitem__(3, "页岩油"), "D4", "'页岩油'"),
            (lambda rows: rows[3].__setitem__(3, rows[3][4]), "E4", "again"),
            (lambda rows: rows[3].__setitem__(3, ""), "D4", "nothing"),
            (lambda rows: rows[17].__setitem__(0, "  1.水力发电"), "A18", "'水力发电' with figures"),
            (lambda rows: rows[17].__setitem__(0, rows[18][0]), "A19", "again"),
            (lambda rows: rows[17].__setitem__(0, ""), "A18", "nothing with figures"),
            (lambda rows: rows[17].__setitem__(4, "n.a."), "E18", "'n.a.'"),
            (lambda rows: rows[17].__setitem__(4, "12.5²"), "E18", "'12.5²'"),
            (lambda rows: rows[17].__setitem__(4, "1,16"), "E18", "'1,16'"),
            (lambda rows: rows[17].__setitem__(4, float("nan")), "E18", "nan"),
            (lambda rows: rows.__setitem__(3, [""] * len(rows[3])), "", "no row that begins with '项目'"),
            (lambda rows: rows.__delitem__(slice(7, None)), "", "no row with the name of a flow"),
            (lambda rows: (rows[0].__setitem__(0, "浙江"), rows[1].__setitem__(0, "")), "", "no year above"),
            (lambda rows: (rows[0].__setitem__(0, "2007"), rows[1].__setitem__(0, "")), "", "no province above"),
            (lambda rows: rows[0].__setitem__(0, "浙江 江苏 2007"), "", "320000, 330000 above the table"),
            (lambda rows: rows[0].__setitem__(0, "浙江 2006-2008"), "", "2006, 2007, 2008 above the table"),
        ],
    )
    def test_a_sheet_that_is_not_as_expected(
        self, catalog: Catalog, rows: Rows, change: Callable[[Rows], Any], place: str, said: str
    ) -> None:
        change(rows)
        errors = [one for one in read(catalog, rows).findings if one.severity == "error"]
        assert [one for one in errors if one.cell == place and said in one.found], errors

    def test_province_and_year_that_the_title_lacks(self, catalog: Catalog, rows: Rows) -> None:
        rows[0][0], rows[1][0] = "能源平衡表", ""
        reading = read(catalog, rows, ["330000"], 2007)
        assert not [one for one in reading.findings if one.severity == "error"]
        assert set(zip(reading.rows["region"], reading.rows["year"], strict=True)) == {("330000", "2007")}

    @pytest.mark.parametrize(("regions", "year"), [(["320000"], None), ([], 2008)])
    def test_a_title_that_says_otherwise(
        self, catalog: Catalog, rows: Rows, regions: list[str], year: int | None
    ) -> None:
        assert [one for one in read(catalog, rows, regions, year).findings if one.severity == "error"]

    def test_full_width_forms_and_spaces_make_no_difference(self, catalog: Catalog, rows: Rows) -> None:
        rows[13][0], rows[3][4] = "６．本省（区、市）调出量（－）", f" {rows[3][4][:1]} {rows[3][4][1:]}\u3000"
        assert not [one for one in read(catalog, mend(rows)).findings if one.severity == "error"]

    def test_standard_coal_is_a_unit_of_every_fuel(self, catalog: Catalog, rows: Rows) -> None:
        rows[4] = ["", "", *["(万吨标准煤)"] * (len(rows[3]) - 2)]
        rows[5] = []
        assert set(read(catalog, mend(rows)).rows["unit"]) == {"10^4 tce"}

    def test_the_same_balance_twice(self, catalog: Catalog, rows: Rows) -> None:
        sheets = [SourceSheet(name, tuple(map(tuple, rows))) for name in ("a", "b")]
        assert any("again" in one.found for one in balance_sheet.read(catalog, sheets, "s").findings)

    def test_rows_pass_the_checks_of_the_tables(self, catalog: Catalog, rows: Rows) -> None:
        from tanfeng.checks.importing import local

        table = read(catalog, rows).rows.assign(source_id="energy_yearbook_2008_balance")
        assert local.rehearse(catalog, {"energy_balance": table}) == []


SECTORS = ("agriculture", "industry", "construction", "transport", "wholesale", "residential", "other")
amounts = st.floats(min_value=1, max_value=1000).map(lambda value: round(value, 2))


@st.composite
def balances(draw: st.DrawFn) -> dict[tuple[str, str], float]:
    """A balance of one fuel in which everything agrees."""
    values = {(flow, "coke"): draw(amounts) for flow in SECTORS if flow != "residential"}
    values |= {("urban", "coke"): draw(amounts), ("rural", "coke"): draw(amounts), ("losses", "coke"): draw(amounts)}
    values["residential", "coke"] = values["urban", "coke"] + values["rural", "coke"]
    values["final", "coke"] = sum(values[flow, "coke"] for flow in SECTORS)
    values["thermal_power", "coke"] = values["transformation_total", "coke"] = -draw(amounts)
    used = values["final", "coke"] + values["losses", "coke"] - values["thermal_power", "coke"]
    values["total_consumption", "coke"] = values["tpes", "coke"] = used
    values["statistical_difference", "coke"] = 0.0
    return values


FLOWS = ["tpes", "thermal_power", "transformation_total", "losses", "final", *SECTORS, "urban", "rural"]
FLOWS += ["statistical_difference", "total_consumption"]


HALVES = 0.005  # half a unit of the second digit behind the point


def off(catalog: Catalog, values: dict[tuple[str, str], float]) -> list[agreement.Mismatch]:
    sums = agreement.identities(catalog, values, FLOWS, ["coke"])
    return agreement.mismatches(values, sums, dict.fromkeys(values, HALVES))


class TestAgreement:
    @given(values=balances())
    def test_a_balance_that_agrees(self, catalog: Catalog, values: dict[tuple[str, str], float]) -> None:
        assert off(catalog, values) == []

    @given(values=balances(), flow=st.sampled_from(["final", "residential", "losses"]), change=amounts)
    def test_one_damaged_figure_is_found_with_its_value(
        self, catalog: Catalog, values: dict[tuple[str, str], float], flow: str, change: float
    ) -> None:
        (one,) = off(catalog, values | {(flow, "coke"): values[flow, "coke"] + change})
        assert one.cell == (flow, "coke")
        assert one.implied == pytest.approx(values[flow, "coke"], abs=1e-6)
        assert len(one.names) >= 1

    @given(values=balances(), change=st.floats(min_value=-5 * HALVES, max_value=5 * HALVES))
    def test_rounding_is_no_mismatch(
        self, catalog: Catalog, values: dict[tuple[str, str], float], change: float
    ) -> None:
        assert off(catalog, values | {("tpes", "coke"): values["tpes", "coke"] + change}) == []

    @given(values=balances())
    def test_more_than_rounding_is_one(self, catalog: Catalog, values: dict[tuple[str, str], float]) -> None:
        assert off(catalog, values | {("tpes", "coke"): values["tpes", "coke"] + 6 * HALVES}) != []

    def test_coal_and_oil_are_sums_of_their_fuels(self, catalog: Catalog) -> None:
        values = {("final", "total_coal"): 5.0, ("final", "raw_coal"): 3.0, ("final", "briquettes"): 1.0}
        sums = agreement.identities(catalog, values, ["final"], ["total_coal", "raw_coal", "briquettes"])
        assert [(one.name, one.gap(values)) for one in sums] == [("its fuels", 1.0)]

    def test_a_row_that_is_not_there_makes_no_sum(self, catalog: Catalog) -> None:
        assert agreement.identities(catalog, {("final", "coke"): 1.0}, ["final"], ["coke"]) == []

    def test_a_total_that_is_not_printed_makes_no_sum(self, catalog: Catalog) -> None:
        values = {("urban", "coke"): 1.0, ("rural", "coke"): 1.0}
        assert agreement.identities(catalog, values, ["residential", "urban", "rural"], ["coke"]) == []

    def test_a_part_that_is_a_total_and_not_printed_makes_no_sum(self, catalog: Catalog) -> None:
        values = {("final", "coke"): 3.0, ("industry", "coke"): 1.0, ("urban", "coke"): 2.0}
        flows = ["final", "industry", "residential", "urban"]
        assert agreement.identities(catalog, values, flows, ["coke"]) == []


class TestEditions:
    """Names of rows and columns of every edition of the provincial balance, in both languages."""

    ROWS = (
        ("境内轮船和飞机在境外的加油量", "bunkers_abroad"),
        ("4.我轮、机在外国加油量", "bunkers_abroad"),
        ("7.境外轮船和飞机在境内的加油量(-)", "bunkers_foreign"),
        ("3.煤炭洗选", "coal_washing"),
        ("5.炼油及煤制油", "refineries"),
        ("   #油品再投入量(-)", "refinery_input"),
        ("   #焦炭再投入量(－)", "coke_input"),
        ("7.天然气液化", "gas_liquefaction"),
        ("   #运输和输配损失", "losses_transmission"),
        ("1.农、林、牧、渔业", "agriculture"),
        ("4.交通运输、仓储及邮电通讯业", "transport"),
        ("5.批发和零售贸易业、餐饮业", "wholesale"),
        ("6.居民生活", "residential"),
        ("Total Final Consumption", "final"),
        ("Statistical Difference", "statistical_difference"),
    )

    @pytest.mark.parametrize(("label", "flow"), ROWS)
    def test_a_row(self, catalog: Catalog, label: str, flow: str) -> None:
        sheet = [["甘肃 2012"], ["项目", "原煤"], ["", "(万吨)"], [label, 3.5], ["三.损失量", 1.0]]
        reading = read(catalog, sheet)
        assert not [one for one in reading.findings if one.severity == "error"]
        assert dict(zip(reading.rows["flow"], reading.rows["value"], strict=True))[flow] == "3.5"

    @pytest.mark.parametrize(
        ("name", "unit", "fuel"),
        [
            ("煤制品", "(万吨)", "briquettes"),
            ("煤矸石", "(万吨)", "coal_gangue"),
            ("高炉煤气", "(亿立方米)", "blast_furnace_gas"),
            ("石脑油", "(万吨)", "naphtha"),
            ("石油沥青", "(万吨)", "bitumen"),
            ("其它石油制品", "(万吨)", "other_petroleum_products"),
            ("液化天然气", "(万吨)", "lng"),
            ("热力", "(万百万千焦)", "heat"),
            ("电力", "(亿千瓦小时)", "electricity"),
            ("Diesel Oil", "(10^4 tons)", "diesel"),
        ],
    )
    def test_a_column(self, catalog: Catalog, name: str, unit: str, fuel: str) -> None:
        sheet = [["甘肃 2012"], ["项目", name], ["", unit], ["四.终端消费量", 3.5]]
        reading = read(catalog, sheet)
        assert not [one for one in reading.findings if one.severity == "error"]
        assert reading.rows["fuel"].tolist() == [fuel]

    def test_recovered_energy_belongs_where_it_stands(self, catalog: Catalog) -> None:
        sheet = [
            ["甘肃 2012"],
            ["项目", "热力"],
            ["", "(百亿千焦)"],
            ["一.可供本地区消费的能源量", 5.0],
            ["2.回收能", 5.0],
        ]
        sheet += [["二.加工转换投入(-)产出(+)量", 3.0], ["2.供热", 2.0], ["9.回收能", 1.0]]
        reading = read(catalog, sheet)
        assert [one for one in reading.findings if one.severity != "note"] == []
        assert {"recovery", "recovery_output"} < set(reading.rows["flow"])

    def test_a_unit_for_the_whole_sheet(self, catalog: Catalog) -> None:
        sheet = [["甘肃 2012"], ["单位：万吨标准煤"], ["项目", "原煤", "电力"], ["四.终端消费量", 3.5, 2]]
        assert set(read(catalog, sheet).rows["unit"]) == {"10^4 tce"}

    def test_a_misprint_of_the_english_unit_is_told(self, catalog: Catalog, rows: Rows) -> None:
        rows[5][4] = "(108 cu.m)"
        (told,) = [one for one in read(catalog, mend(rows)).findings if one.cell == "E4"]
        assert (told.severity, told.found) == ("note", "the units 万吨 and 108cu.m, which differ")

    def test_a_local_row_adds_a_name_and_a_member(self, tables: Any) -> None:
        folder = tables / "data" / "local"
        folder.mkdir()
        catalog = Catalog(tables)
        names = pd.DataFrame([["flows", "", "煤制油", "coal_to_oil"]], columns=catalog.tables["names"].columns)
        flow = dict.fromkeys(catalog.tables["flows"].columns, "") | {
            "id": "coal_to_oil", "zh": "加工转换：煤制油", "en": "Coal to oil", "sort": "50"
        }  # fmt: skip
        member = catalog.read("identities").query("part == 'coking'").assign(part="coal_to_oil")
        for name, table in (("names", names), ("flows", pd.DataFrame([flow])), ("identities", member)):
            table.to_csv(folder / f"{name}.csv", index=False)
        cache.clear()  # the tables were read without them
        sheet = [
            ["甘肃 2012"],
            ["项目", "原煤"],
            ["", "(万吨)"],
            ["二.加工转换投入(-)产出(+)量", -5],
            ["8.煤制油", -5.0],
        ]
        reading = read(Catalog(tables), sheet)
        assert reading.findings == ()
        assert reading.rows["flow"].tolist() == ["coal_to_oil", "transformation_total"]
        sheet[3][1] = -9
        assert [one.severity for one in read(Catalog(tables), sheet).findings] == ["mismatch"]
