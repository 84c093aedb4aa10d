"""A list of key emitters that an office supplies: what is wrong is named by row, and then nothing is written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.checks.figures import site_findings
from tanfeng.data.catalog import Catalog
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
