"""`tanfeng data import`: CEADs workbooks and tidy tables, from the file to `data/local/`, and what keeps a file out."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tanfeng.checks.importing import ceads, findings, intake, local, tidy
from tanfeng.cli import commands
from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.data.sheets import SourceSheet
from tanfeng.facts import emissions

Rows = list[list[Any]]
COLUMN_OF = {"coal": "Raw_Coal", "oil": "Diesel_Oil", "lpg": "LPG", "gas": "Natural_Gas", "cement_process": "Process"}
BREAK = "region,field,year,use,reason_zh,reason_en,source_id\n"


def emitted(catalog: Catalog, region: str, year: int = 2019) -> float:
    return float(catalog.read("inventory").query("region == @region and year == @year")["co2_mt"].sum())


def ceads_rows(catalog: Catalog, year: int = 2019, scale: float = 1.0, region: str = "330000") -> Rows:
    """A sheet in the layout of CEADs: the structure of Zhejiang, the total of a province, times a factor."""
    scale *= emitted(catalog, region, year) / emitted(catalog, "330000", year)
    sectors = catalog.read("ceads_sectors")
    first = sectors.drop_duplicates("subsector").set_index("subsector")["ceads_sector"]
    values = pd.DataFrame(0.0, index=list(sectors["ceads_sector"]), columns=list(ceads.COLUMNS))
    detail = catalog.read("inventory").query("region == '330000' and year == @year")
    for row in detail.itertuples():
        values.at[first[row.subsector], COLUMN_OF[row.fuel_group]] += row.co2_mt * scale
    values[ceads.SCOPE_1] = values.sum(axis=1)
    head = [["Emission_Inventory", *ceads.COLUMNS], ["unit", *["Mt CO2"] * len(ceads.COLUMNS)], [""]]
    total = ["TotalEmissions", *values.sum().tolist()]
    return [*head, total, *([name, *row] for name, row in zip(values.index, values.to_numpy().tolist(), strict=True))]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Zhejiang2019", {}),
        ("zhejiang_2019", {}),
        ("浙江省2019年", {}),
        ("2019浙江", {}),
        ("浙江", {"year": 2019}),
        ("2019", {"regions": ["330000"]}),
        ("Sheet1", {"regions": ["330000"], "year": 2019}),
        ("", {"regions": ["330000"], "year": 2019}),
    ],
)
def test_region_and_year_of_an_inventory(catalog: Catalog, name: str, options: dict[str, Any]) -> None:
    sheet = SourceSheet(name, tuple(map(tuple, ceads_rows(catalog))))
    reading = ceads.read(catalog, [sheet], "s", **options)
    assert [str(one) for one in reading.findings if one.severity != "note"] == []
    assert set(zip(reading.rows["region"], reading.rows["year"], strict=True)) == {("330000", "2019")}
    told = [str(one.expected) for one in ceads.read(catalog, [sheet], "s").findings if one.severity == "error"]
    assert any("--region and --year" in one for one in told) is bool(options)


def note_rows(year: int) -> Rows:
    return [["Introduction", "CO2 of provinces"], ["Timeseries/时间序列", year]]


def save(path: Path, sheets: dict[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


def provinces(catalog: Catalog) -> dict[str, str]:
    """The 30 provinces of the inventory: code -> name as in the sheets."""
    regions = catalog.read("regions").set_index("id")["en"].str.replace(" ", "")
    return {code: regions[code] for code in sorted(set(catalog.read("inventory")["region"]))}


@pytest.fixture
def run(tables: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run `tanfeng data import` in a copy of the tables and return exit status and messages."""
    monkeypatch.chdir(tables)

    def command(*arguments: Any) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["tanfeng", "data", "import", *map(str, arguments)])
        capfd.readouterr()
        try:
            commands.main()
            status: Any = 0
        except SystemExit as end:
            status = end.code or 0
        out, err = capfd.readouterr()
        assert out == ""
        forget()
        return int(status), err

    return command


@pytest.fixture
def one(catalog: Catalog, tmp_path: Path) -> Callable[..., Path]:
    """Save a workbook with the sheet of Zhejiang, changed as asked."""

    def workbook(change: Callable[[Rows], Any] = lambda rows: None, name: str = "Zhejiang2019") -> Path:
        rows = ceads_rows(catalog)
        change(rows)
        return save(tmp_path / "ceads.xlsx", {"NOTE": note_rows(2019), name: rows})

    return workbook


def forget() -> None:
    """Empty every cache of the package, as a new process would start."""
    cache.clear()


def untouched(tables: Path) -> bool:
    return not (tables / "data" / "local").exists()


class TestCeads:
    def test_thirty_provinces_in_one_command(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        sheets = {
            f"{name}2019": ceads_rows(catalog, scale=1 + index / 40, region=code)
            for index, (code, name) in enumerate(provinces(catalog).items())
        }
        path = save(tmp_path / "inventories.xlsx", {"NOTE": note_rows(2019), **sheets})
        status, err = run(path)
        assert status == 0, err
        found = Catalog(tables).read("inventory").query("year == 2019").groupby("region")["co2_mt"].sum()
        assert len(found) == 30
        for code, name in provinces(catalog).items():
            assert found[code] == pytest.approx(sheets[f"{name}2019"][3][-1], rel=1e-6), name
        assert check_tables(Catalog(tables), ["inventory", "sources"]) == []
        assert Catalog(tables).local_rows() == {"sources": 1, "inventory": 30 * 67}

    def test_the_detail_of_zhejiang_comes_out_as_shipped(
        self, catalog: Catalog, run: Any, one: Any, tables: Path
    ) -> None:
        assert run(one())[0] == 0
        for level in ("field", "subsector", "fuel_group", "detail"):
            before = emissions.emissions(catalog, "330000", level).query("year == 2019")
            after = emissions.emissions(Catalog(tables), "330000", level).query("year == 2019")
            pd.testing.assert_frame_equal(before, after, check_exact=False, atol=1e-8)

    def test_the_correction_holds_on_imported_rows(
        self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path
    ) -> None:
        path = save(tmp_path / "c.xlsx", {"Zhejiang2022": ceads_rows(catalog, 2022)})
        assert run(path)[0] == 0
        totals = emissions.emissions(Catalog(tables), "330000", "total").set_index("year")
        assert totals.at[2022, "co2_mt"] == pytest.approx(440.67, abs=0.01)
        assert totals.at[2022, "status"] == "adjusted"

    def test_figures_a_correction_does_not_expect_stay_out(
        self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path
    ) -> None:
        path = save(tmp_path / "c.xlsx", {"Zhejiang2022": ceads_rows(catalog, 2022, scale=1.1)})
        status, err = run(path)
        assert (status, untouched(tables)) == (2, True)
        assert "lpg_feedstock_2022" in err

    def test_a_province_that_had_fields_only_gets_its_breakdown(
        self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path
    ) -> None:
        run(save(tmp_path / "c.xlsx", {"InnerMongolia2019": ceads_rows(catalog, region="150000")}))
        rows = Catalog(tables).read("inventory").query("region == '150000' and year == 2019")
        assert set(rows["field"]) == {"energy", "industry", "buildings", "transport", "agriculture", "residential"}
        assert "all" not in set(rows["subsector"])

    def test_the_source_is_the_file(self, run: Any, one: Any, tables: Path) -> None:
        run(one())
        (source,) = pd.read_csv(tables / "data" / "local" / "sources.csv", dtype=str).fillna("").to_dict("records")
        assert source["id"].startswith("import_ceads_")
        assert (source["licence"], source["grade"]) == ("free-after-registration", "C")
        assert "ceads.xlsx" in source["citation_zh"]
        assert set(pd.read_csv(tables / "data" / "local" / "inventory.csv")["source_id"]) == {source["id"]}

    def test_a_known_source_needs_no_row(self, run: Any, one: Any, tables: Path) -> None:
        assert run(one(), "--source", "ceads_provinces_1997_2019")[0] == 0
        assert [path.name for path in (tables / "data" / "local").iterdir()] == ["inventory.csv"]

    def test_a_source_of_ones_own(self, run: Any, one: Any, tables: Path) -> None:
        given = ("--source", "my_ceads", "--citation", "CEADs 2019", "--url", "https://www.ceads.net", "--grade", "A")
        assert run(one(), *given)[0] == 0
        row = Catalog(tables).read("sources").set_index("id").loc["my_ceads"]
        assert (row["citation_en"], row["url"], row["grade"]) == ("CEADs 2019", "https://www.ceads.net", "A")

    @pytest.mark.parametrize(("option", "value"), [("--grade", "D"), ("--licence", "mine"), ("--source", "My-Own")])
    def test_a_wrong_source(self, run: Any, one: Any, tables: Path, option: str, value: str) -> None:
        status, err = run(one(), option, value)
        assert (status, untouched(tables)) == (2, True)
        assert repr(value) in err

    def test_only_one_region(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        named = {"Zhejiang": "330000", "Jiangsu": "320000", "Hebei": "130000"}
        sheets = {f"{name}2019": ceads_rows(catalog, region=code) for name, code in named.items()}
        path = save(tmp_path / "c.xlsx", sheets)
        assert run(path, "--region", "320000", "--region", "130000")[0] == 0
        assert set(pd.read_csv(tables / "data" / "local" / "inventory.csv")["region"]) == {320000, 130000}

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--region", "320000"), "no sheet of 320000"),
            (("--region", "330100"), "'330100' is no province"),
            (("--year", "2022"), "no sheet of any province of 2022"),
            (("--sheet", "Sheet1"), "no sheet 'Sheet1'"),
            (("--as", "inventory", "--kind", "ceads"), "--as inventory"),
            (("--kind", "excel"), "'excel'"),
            (("--kind", "balance"), "expected a flow"),
        ],
    )
    def test_what_is_asked_for_and_not_there(
        self, run: Any, one: Any, tables: Path, arguments: tuple[str, ...], said: str
    ) -> None:
        status, err = run(one(), *arguments)
        assert (status, untouched(tables)) == (2, True)
        assert said in err

    def test_a_dry_run_writes_nothing(self, run: Any, one: Any, tables: Path) -> None:
        status, err = run(one(), "--dry-run")
        assert (status, untouched(tables)) == (0, True)
        assert "67 rows new" in err


def put(row: int, column: int, value: Any) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][column] = value

    return change


SLIP = {  # what is done to the sheet -> where it is told
    "a row added on top": (lambda rows: rows.insert(0, [""]), "Zhejiang2019, A1", "it stands in A2"),
    "the empty row removed": (lambda rows: rows.pop(2), "Zhejiang2019, A4", "it stands in A3"),
    "the empty row used": (put(2, 0, "x"), "Zhejiang2019, A3", "an empty row"),
    "an empty row within": (lambda rows: rows.insert(10, [""]), "Zhejiang2019, A11", "a sector"),
    "a missing sector": (lambda rows: rows.pop(20), "Zhejiang2019", "no 'Furniture Manufacturing'"),
    "a sector twice": (lambda rows: rows.append(rows[10]), "Zhejiang2019, A52", "again"),
    "an unknown sector": (lambda rows: rows.append(["Mining", *[0.0] * 22]), "Zhejiang2019, A52", "'Mining'"),
    "a sector with a slip": (put(49, 0, "urbam"), "Zhejiang2019, A50", "written 'Urban'"),
    "a fuel with a slip": (put(0, 1, "Ｒａw_Cool"), "Zhejiang2019, B1", "written 'Raw_Coal'"),
    "an unknown fuel": (put(0, 23, "Hydrogen"), "Zhejiang2019, X1", "'Hydrogen'"),
    "another unit": (put(1, 4, "kt CO2"), "Zhejiang2019, E2", "the unit 'Mt CO2'"),
    "text in a number": (put(6, 1, "n.a."), "Zhejiang2019, B7", "found 'n.a.'; expected a number"),
    "a number with a mark": (put(6, 1, "1.5²"), "Zhejiang2019, B7", "found '1.5²'; expected a number"),
    "a missing number": (put(6, 1, ""), "Zhejiang2019, B7", "found nothing; expected a number"),
    "a negative number": (put(6, 1, -0.5), "Zhejiang2019, B7", "not negative"),
    "a truth value": (put(6, 1, True), "Zhejiang2019, B7", "expected a number"),
    "an error": (put(6, 1, "#DIV/0!"), "Zhejiang2019, B7", "'#DIV/0!'"),
    "a formula that was never computed": (put(6, 1, "=1+1"), "Zhejiang2019, B7", "a formula without a stored value"),
    "a changed number": (put(6, 1, 0.001), "Zhejiang2019, B4", "the sum of the sectors"),
    "a total that does not add up": (put(4, 22, 7.5), "Zhejiang2019, W5", "the sum of fuels and process"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIP)
def test_a_sheet_that_is_not_as_expected(run: Any, one: Any, tables: Path, slip: str) -> None:
    change, place, said = SLIP[slip]

    def widened(rows: Rows) -> None:
        rows[0].append("")
        change(rows)

    status, err = run(one(widened if slip == "an unknown fuel" else change))
    told = [line for line in err.splitlines() if line.startswith(f"error: {place}") and said in line]
    assert (status, untouched(tables)) == (2, True)
    assert told, err
    assert "nothing was written" in err


class TestNamesOfSheets:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("Zhejiang", "such as 'Zhejiang2019'"),
            ("Zhejang2019", "such as 'Zhejiang2019'"),
            ("浙江", "a province and a year"),
            ("Zheijang2019", "such as 'Zhejiang2019'"),
            ("Atlantis2019", "a province and a year"),
            ("Sheet1", "a province and a year"),
        ],
    )
    def test_a_name_that_is_none(self, run: Any, one: Any, tables: Path, name: str, said: str) -> None:
        status, err = run(one(name=name))
        assert (status, untouched(tables)) == (2, True)
        assert f"error: {name}: found a sheet of this name" in err
        assert said in err

    def test_space_around_names_is_dropped(self, catalog: Catalog, run: Any, tmp_path: Path) -> None:
        rows = ceads_rows(catalog)
        rows[4][0], rows[0][1] = f"  {rows[4][0]}\u3000", " Raw_Coal "
        assert run(save(tmp_path / "c.xlsx", {" Zhejiang2019": rows}))[0] == 0

    @pytest.mark.parametrize("name", ["浙江2019", "zhejiang2019", "浙江省2019年", "Zhejiang_2019"])
    def test_names_of_other_editions(self, run: Any, one: Any, name: str) -> None:
        assert run(one(name=name))[0] == 0

    def test_the_heading_before_2018(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        rows = ceads_rows(catalog)
        rows[0] = ["", *(cell.replace("_", " ").replace("CleanedCoal", "Cleaned Coal") for cell in rows[0][1:])]
        rows[1][0], rows[3][0] = "", "Total Consumption"
        rows[4:] = [[f"{row[0]}      ", *row[1:]] for row in rows[4:]]
        status, err = run(save(tmp_path / "old.xlsx", {"Zhejiang2019": rows, "Sum": [["Province", "Total"]]}))
        assert status == 0, err
        assert "note: Sum: found a sheet that is no inventory" in err
        after = emissions.emissions(Catalog(tables), "330000", "detail").query("year == 2019")["co2_mt"]
        before = emissions.emissions(catalog, "330000", "detail").query("year == 2019")["co2_mt"]
        assert after.sum() == pytest.approx(before.sum(), abs=1e-8)

    def test_a_province_twice(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        rows = ceads_rows(catalog)
        status, err = run(save(tmp_path / "c.xlsx", {"Zhejiang2019": rows, "Zhejiang2019 ": rows}))
        assert (status, untouched(tables)) == (2, True)
        assert "the province again" in err

    def test_a_note_of_another_year(self, catalog: Catalog, run: Any, tmp_path: Path) -> None:
        path = save(tmp_path / "c.xlsx", {"NOTE": note_rows(2018), "Zhejiang2019": ceads_rows(catalog)})
        status, err = run(path)
        assert status == 2
        assert "error: NOTE, B2: found 2018" in err

    def test_missing_provinces_are_told(self, run: Any, one: Any) -> None:
        assert "note: file: found no sheet of Beijing, Tianjin" in run(one())[1]


class TestContents:
    def _findings(self, catalog: Catalog, change: Callable[[Rows], Any]) -> list[str]:
        rows = ceads_rows(catalog)
        change(rows)
        sheet = SourceSheet("Zhejiang2019", tuple(map(tuple, rows)))
        return list(map(str, ceads.read(catalog, [sheet], "x", ["330000"]).findings))

    def _move(self, row: int, column: str, amount: float, balance: bool = True) -> Callable[[Rows], None]:
        def change(rows: Rows) -> None:
            at = ceads.COLUMNS.index(column) + 1
            for line in (3, row):
                rows[line][at] += amount
                rows[line][-1] += amount if balance else 0.0

        return change

    def test_a_sound_sheet_has_none(self, catalog: Catalog) -> None:
        assert self._findings(catalog, lambda rows: None) == []

    def test_other_energy_has_no_fuel_group(self, catalog: Catalog) -> None:
        (told,) = self._findings(catalog, self._move(6, "Other_Energy", 0.5))
        assert told.startswith("error: Zhejiang2019, U7: found 0.5")

    def test_process_of_another_sector_shows_that_rows_slid(self, catalog: Catalog) -> None:
        (told,) = self._findings(catalog, self._move(6, "Process", 0.5))
        assert told.startswith("error: Zhejiang2019, V7: found 0.5; expected 0")

    def test_scope_2_is_left_out_and_told(self, catalog: Catalog) -> None:
        (told,) = self._findings(catalog, self._move(6, "Scope_2_Heat", 0.5, balance=False))
        assert told.startswith("note: Zhejiang2019, S4")

    def test_text_below_the_table_is_told(self, catalog: Catalog) -> None:
        (told,) = self._findings(catalog, lambda rows: rows.extend([[""], ["Xu et al. (2024)"]]))
        assert told == "note: Zhejiang2019, A53:A53: found text below the table; expected nothing; left out"

    @pytest.mark.parametrize(("change", "wrong"), [(0.99e-6, False), (1.1e-6, True)])
    def test_totals_hold_to_a_millionth(self, catalog: Catalog, change: float, wrong: bool) -> None:
        def off(rows: Rows) -> None:
            rows[3][1] *= 1 + change

        assert any("B4" in told for told in self._findings(catalog, off)) is wrong

    def test_a_field_without_emissions_keeps_a_row(self, catalog: Catalog) -> None:
        rows = ceads_rows(catalog)
        farming = rows[4]
        rows[3] = ["TotalEmissions", *(total - part for total, part in zip(rows[3][1:], farming[1:], strict=True))]
        rows[4] = [farming[0], *[0.0] * 22]
        reading = ceads.read(catalog, [SourceSheet("Zhejiang2019", tuple(map(tuple, rows)))], "x", ["330000"])
        (row,) = reading.rows.query("field == 'agriculture'").to_dict("records")
        assert (row["subsector"], row["fuel_group"], row["co2_mt"]) == ("all", "all", "0")


class TestJoining:
    def test_the_same_again_changes_nothing(self, run: Any, one: Any, tables: Path) -> None:
        path = one()
        run(path)
        before = (tables / "data" / "local" / "inventory.csv").read_bytes()
        status, err = run(path)
        assert (status, (tables / "data" / "local" / "inventory.csv").read_bytes()) == (0, before)
        assert "0 rows new, 0 replaced, 67 there already" in err

    def test_other_figures_need_force(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        first = save(tmp_path / "a.xlsx", {"Hebei2019": ceads_rows(catalog, region="130000")})
        second = save(tmp_path / "b.xlsx", {"Hebei2019": ceads_rows(catalog, scale=1.5, region="130000")})
        run(first)
        before = (tables / "data" / "local" / "inventory.csv").read_bytes()
        status, err = run(second)
        assert (status, (tables / "data" / "local" / "inventory.csv").read_bytes()) == (2, before)
        assert "region 130000, year 2019, field energy" in err
        assert "--force" in err
        assert run(second, "--force")[0] == 0
        rows = Catalog(tables).read("inventory").query("region == '130000' and year == 2019")
        assert rows["co2_mt"].sum() == pytest.approx(1.5 * emitted(catalog, "130000"), rel=1e-9)

    def test_other_rows_stay(self, catalog: Catalog, run: Any, tables: Path, tmp_path: Path) -> None:
        run(save(tmp_path / "a.xlsx", {"Hebei2019": ceads_rows(catalog, region="130000")}))
        run(save(tmp_path / "b.xlsx", {"Jiangsu2019": ceads_rows(catalog, region="320000")}))
        assert set(pd.read_csv(tables / "data" / "local" / "inventory.csv")["region"]) == {130000, 320000}

    def test_a_local_workbook_is_not_hidden(self, run: Any, one: Any, tables: Path) -> None:
        (tables / "data" / "local").mkdir()
        place = tables / "data" / "local" / "inventory.xlsx"
        save(place, {"Sheet1": [Catalog(tables).tables["inventory"].columns]})
        status, err = run(one())
        assert status == 2
        assert "data/local/inventory.xlsx" in err
        assert [path.name for path in place.parent.iterdir()] == ["inventory.xlsx"]

    def test_numbers_are_compared_as_numbers(self, catalog: Catalog, tables: Path) -> None:
        row = dict.fromkeys(catalog.tables["inventory"].columns, "") | {"region": "330000", "year": "2019"}
        rows = pd.DataFrame([row | {"field": "energy", "co2_mt": "2.50"}])
        local.write(tables, {"inventory": rows})
        join = local.join(Catalog(tables), "inventory", rows.assign(co2_mt="2.5"))
        assert (join.added, join.replaced, join.unchanged, join.conflicts) == (0, 0, 1, ())
        other = local.join(Catalog(tables), "inventory", rows.assign(co2_mt="2.51"))
        assert (other.replaced, other.conflicts) == (1, ("region 330000, year 2019, field energy",))

    def test_a_table_is_written_whole_or_not_at_all(self, tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        local.write(tables, {"plans": pd.DataFrame({"id": ["a"]})})

        def full(self: Path, target: Path) -> Path:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(local.ProjectError, match="No space left"):
            local.write(tables, {"plans": pd.DataFrame({"id": ["b"]})})
        folder = tables / "data" / "local"
        assert [path.name for path in folder.iterdir()] == ["plans.csv"]
        assert (folder / "plans.csv").read_text() == "id\na\n"

    def test_a_file_in_place_of_the_folder(self, run: Any, one: Any, tables: Path) -> None:
        (tables / "data" / "local").write_text("x")
        status, err = run(one())
        assert status == 2
        assert "data/local" in err


class TestTidy:
    @pytest.fixture
    def write(self, tmp_path: Path) -> Callable[..., Path]:
        def file(content: str | bytes, name: str = "mine.csv") -> Path:
            path = tmp_path / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return path

        return file

    GOOD = BREAK + "310000,energy,2012,note,原因,a reason,ceads_provinces_2022\n"

    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_a_csv_finds_its_table(self, run: Any, write: Any, tables: Path, mark: str) -> None:
        status, err = run(write(mark + self.GOOD))
        assert status == 0, err
        assert (tables / "data" / "local" / "breaks.csv").read_text(encoding="utf-8") == self.GOOD

    def test_a_workbook_with_numbers(self, run: Any, tables: Path, tmp_path: Path) -> None:
        rows = [["year", " region", *BREAK.strip().split(",")[1:2], "use", "reason_zh", "reason_en", "source_id"]]
        rows.append([2012.0, 310000, "energy", "note", "原因", "a reason", "ceads_provinces_2022"])
        assert run(save(tmp_path / "mine.xlsx", {"Sheet1": rows, "Sheet2": []}))[0] == 0
        assert (tables / "data" / "local" / "breaks.csv").read_text(encoding="utf-8") == self.GOOD

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (BREAK, "A2"),
            (BREAK + "310000,energy,abc,note,a,b,ceads_provinces_2022\n", "mine.csv, row 2, column year: found 'abc'"),
            (BREAK + "999999,energy,2012,note,a,b,ceads_provinces_2022\n", "mine.csv, row 2, column region"),
            (BREAK + "310000,energy,2012,note,a,b,nobody\n", "mine.csv, row 2, column source_id: found 'nobody'"),
            (BREAK + "310000,energy,2012,note,a,b\n", "mine.csv, row 2: found 6 cells; expected 7"),
            (BREAK.replace("use", "kind") + "310000,energy,2012,note,a,b,c\n", "missing use; unknown 'kind'"),
            ("\ufeff\ufeff" + BREAK + "310000,energy,2012,note,a,b,c\n", "unknown '\\ufeffregion'"),
            ("id,zh,en,note\n", "no table has the columns"),
            ((BREAK + "310000,energy,2012,note,").encode() + b"\xff\xff,b,c\n", "row 2: not text in UTF-8, GB18030"),
            (BREAK.encode("utf-16-le"), "not CSV text in UTF-8"),
            ("\n\n", "no row holds anything"),
            ("", "the file is empty"),
            ('a,"b\n', "cannot be read as CSV"),
        ],
    )
    def test_a_csv_that_is_not_as_expected(
        self, run: Any, write: Any, tables: Path, content: str | bytes, said: str
    ) -> None:
        status, err = run(write(content))
        assert (status, untouched(tables)) == (2, True)
        assert said in err

    def test_a_table_that_columns_do_not_decide(self, run: Any, write: Any, tables: Path) -> None:
        package = tables / "data" / "datapackage.json"
        content = json.loads(package.read_text(encoding="utf-8"))
        (twin,) = [dict(resource) for resource in content["resources"] if resource["name"] == "breaks"]
        content["resources"].append(twin | {"name": "halts", "path": "halts.csv"})
        package.write_text(json.dumps(content), encoding="utf-8")
        (tables / "data" / "halts.csv").write_text(BREAK)
        status, err = run(write(self.GOOD))
        assert (status, untouched(tables)) == (2, True)
        assert "the columns are those of breaks, halts; say which with --as" in err
        assert run(write(self.GOOD), "--as", "halts")[0] == 0
        assert (tables / "data" / "local" / "halts.csv").read_text(encoding="utf-8") == self.GOOD

    def test_a_table_that_is_none(self, run: Any, write: Any) -> None:
        status, err = run(write(self.GOOD), "--as", "brakes")
        assert status == 2
        assert "no table 'brakes'" in err

    def test_options_that_the_rows_answer(self, run: Any, write: Any) -> None:
        status, err = run(write(self.GOOD), "--year", "2012")
        assert status == 2
        assert "--year" in err

    def test_two_sheets_need_a_choice(self, run: Any, tmp_path: Path) -> None:
        rows = [line.split(",") for line in self.GOOD.splitlines()]
        path = save(tmp_path / "mine.xlsx", {"a": rows, "b": rows})
        assert "choose it with --sheet" in run(path)[1]
        assert run(path, "--sheet", "b")[0] == 0

    @pytest.mark.parametrize("name", ["sources", "observations", "inventory", "energy_balance", "targets"])
    def test_a_shipped_table_comes_back_as_it_is(self, catalog: Catalog, tables: Path, name: str) -> None:
        path = tables / "data" / f"{name}.csv"
        taken = intake.take(catalog, path, intake.Request("2026-11"))
        assert (taken.reading.table, taken.reading.findings) == (name, ())
        local.write(tables, {name: taken.reading.rows})
        shutil.copy(tables / "data" / "local" / f"{name}.csv", tables / "again.csv")
        assert pd.read_csv(tables / "again.csv", dtype=str).equals(pd.read_csv(path, dtype=str))

    def test_cells_as_the_project_writes_them(self, catalog: Catalog) -> None:
        head = tuple(catalog.tables["breaks"].columns)
        row = ("310000", "energy", 2012.0, " note ", 0.5, True, "")
        assert tidy.read(catalog, [SourceSheet("", (head, row))]).rows.iloc[0].tolist() == [
            "310000", "energy", "2012", "note", "0.5", "true", "",
        ]  # fmt: skip


def test_addresses_are_those_of_a_spreadsheet() -> None:
    from openpyxl.utils import get_column_letter

    for column in (0, 25, 26, 51, 701, 702, 18277):
        assert findings.address(9, column) == f"{get_column_letter(column + 1)}10"
