"""A list of key emitters that an office supplies: what is wrong is named by row, and then nothing is written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from tanfeng.checks.figures import site_findings
from tanfeng.checks.importing import site_sheet
from tanfeng.checks.importing.site_sheet import SHEET
from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tanfeng.data.sheets import SourceSheet
from tests.conftest import OFFICE, Run

SIZE = 500
LOCAL = Path("data", "local")
WRONG = {
    17: ("county", "330782", "row 19, column county: found '330782'; expected a county of city 330200"),
    101: ("fuel", "uranium", "row 103, column fuel: found 'uranium'; expected one of coal, gas"),
    333: ("id", "office_0001", "row 335, column id: found id office_0001 again (first in row 3)"),
}


@pytest.fixture
def listed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [f"office_{number:04d}" for number in range(SIZE)],
            "zh": [f"第{number}号企业" for number in range(SIZE)],
            "region": "330000",
            "city": "330200",
            "county": "330206",
            "fuel": "coal",
            "source_id": "office_list",
        }
    )


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_three_kinds_of_mistakes_are_named_and_then_the_list_is_taken(
    tables: Path, run: Run, listed: pd.DataFrame, suffix: str
) -> None:
    def write(rows: pd.DataFrame) -> Path:
        path = tables / f"list{suffix}"
        rows.to_csv(path, index=False) if suffix == ".csv" else rows.to_excel(path, index=False)
        return path

    (tables / LOCAL).mkdir()
    (tables / LOCAL / "sources.csv").write_text(OFFICE, encoding="utf-8")
    said = ""
    for names in (["fuel", "id"], ["county"]):  # links are looked at when every cell fits
        rows = listed.copy()
        for at, (column, value, _) in WRONG.items():
            rows.at[at, column] = value if column in names else rows.at[at, column]
        status, out, err = run("data", "import", write(rows), "--as", "sites", cwd=tables)
        assert status == 2
        said += (out + err).replace("\n", " ")
        assert not (tables / LOCAL / "sites.csv").exists()
    for *_, message in WRONG.values():
        assert message in said
    status, _, err = run("data", "import", write(listed), "--as", "sites", cwd=tables)
    assert status == 0, err
    assert f"{SIZE} rows new" in err
    status, out, _ = run("sites", "--city", "330200", "--show", "chase", "--format", "csv", cwd=tables)
    assert out.count("office_") == SIZE


UNITS = {  # the same list as an office writes it: place, column and value of each mistake, what is said
    17: ("县（市、区）", "义乌市", "row 19, column 县（市、区）: found '义乌市'; expected a county of 宁波市"),
    101: ("燃料", "铀", "row 103, column 燃料: found '铀'; expected one of 煤炭, 天然气"),
    333: ("单位名称", "第1号企业", "each unit once a year (first in "),
}
PASTED = "a new one: a row of data/local/counties.csv: CODE,义乌市,NAME,330200"


def of_an_office(rows: range) -> pd.DataFrame:
    """A list of units in the words of the sheet; those of the national market have name and year alone."""
    return pd.DataFrame(
        {
            "单位名称": [f"第{number}号企业" for number in rows],
            "年份": "2024",
            "所在市": ["宁波市" if number % 2 else "" for number in rows],
            "县（市、区）": ["北仑区" if number % 2 else "" for number in rows],
            "燃料": ["煤炭" if number % 2 else "" for number in rows],
            "二氧化碳排放量（吨）": ["12,500" if number % 2 else "" for number in rows],
        }
    )


def in_words(path: Path, rows: pd.DataFrame) -> None:
    """Write a list: a file of its own, or the sheet of the request workbook below its heading."""
    if path.suffix == ".csv":
        rows.to_csv(path, index=False)
        return
    book = load_workbook(path)
    sheet = book[SHEET[0]]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for name in rows:
        for line, cell in enumerate(rows[name], start=2):
            sheet.cell(line, columns[name]).value = cell or None
    book.save(path)


@pytest.mark.parametrize("name", ["list.csv", "request.xlsx"])
def test_a_list_in_the_words_of_an_office_is_refused_by_row_then_taken(tables: Path, run: Run, name: str) -> None:
    path = tables / name
    if path.suffix == ".xlsx":
        assert run("request", "--out", path, cwd=tables)[0] == 0
    wrong = of_an_office(range(SIZE))
    for at, (column, value, _) in UNITS.items():
        wrong.loc[at, column] = value
    in_words(path, wrong)
    status, _, err = run("data", "import", path, cwd=tables)
    assert status == 2
    said = err.replace("\n", " ")
    for *_, message in UNITS.values():
        assert message in said
    assert PASTED in said
    assert "3 of 3 findings are errors; nothing was written" in said
    assert not (tables / LOCAL).exists()
    in_words(path, of_an_office(range(SIZE)))
    status, _, err = run("data", "import", path, cwd=tables)
    assert status == 0, err
    assert f"{SIZE} units new, 0 known; {SIZE // 2} with figures" in err
    known = pd.read_csv(tables / LOCAL / "sites.csv", dtype=str, keep_default_na=False)
    assert len(known) == SIZE
    assert set(known["as_of"]) == {"2024"}
    assert set(pd.read_csv(tables / LOCAL / "site_figures.csv", dtype=str)["status"]) == {"internal"}
    cache.clear()
    status, out, _ = run("sites", "--city", "330200", "--year", "2024", "--format", "csv", cwd=tables)
    assert out.count("0.0125") == SIZE // 2
    cache.clear()
    status, _, err = run("data", "import", path, cwd=tables)
    assert status == 0, err
    assert f"0 units new, {SIZE} known" in err


def test_a_unit_that_the_tables_have_gets_figures_alone(catalog: Catalog) -> None:
    known = catalog.read("sites").query("region == '330000'").iloc[0]
    head = ("Name", "Year", "CO2 (t)", "Public", "Source")
    sheet = SourceSheet("x", (head, (known["zh"], 2024, 1000.0, "yes", "Report, 2025-03"), ("X", 2023, "", "yes", "")))
    content, beside = site_sheet.read(catalog, [sheet], "2026-11")
    assert content.rows.empty
    assert beside["site_figures"][["site", "co2_t", "status"]].to_numpy().tolist() == [
        [known["id"], "1000", "reported"]
    ]
    assert [one.cell for one in content.findings] == ["row 3, column 来源"]


def test_a_figure_without_a_site_names_the_row_to_paste(tables: Path, run: Run) -> None:
    (tables / LOCAL).mkdir()
    (tables / LOCAL / "sources.csv").write_text(OFFICE, encoding="utf-8")
    columns = Catalog(tables).tables["site_figures"].columns
    rows = pd.DataFrame([{"site": "new_mill", "year": "2024", "status": "internal", "source_id": "office_list"}])
    rows.reindex(columns=columns).to_csv(tables / LOCAL / "site_figures.csv", index=False)
    status, out, _ = run("data", "check", cwd=tables)
    assert status == 1
    assert "row 2, column site: found 'new_mill'; expected an id of data/sites.csv" in out
    assert "add to data/sites.csv: new_mill,new_mill,,330000," in out
    pasted = out[out.index("new_mill,new_mill") :].splitlines()[0]
    assert len(pasted.split(",")) == len(Catalog(tables).tables["sites"].columns)


def test_what_may_be_one_plant_or_a_slip_of_a_unit_is_to_be_looked_at(tables: Path) -> None:
    path = tables / "data" / "sites.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.assign(same_as="").to_csv(path, index=False)
    columns = Catalog(tables).tables["site_figures"].columns
    slip = {"site": "beilun", "year": "2024", "energy_tce": "800", "co2_t": "20000000", "status": "internal"}
    figures = pd.DataFrame([slip | {"source_id": "office_list"}]).reindex(columns=columns)
    figures.to_csv(tables / "data" / "site_figures.csv", index=False)
    found = {one.severity: one for one in site_findings(Catalog(tables))}
    assert found["high"].column == "co2_t"
    assert "yuyao_guohua_gas lies there too" in found["low"].expected or "yuyao_gas" in found["low"].expected
