"""The export in the IAMC format, held to the rules by which pyam reads a wide table."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.targets import iamc
from tests.conftest import Run

PYAM_INDEX = ["model", "scenario", "region", "variable", "unit"]


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return iamc.export(catalog, "330000")


@pytest.mark.parametrize("name", ["", "a.csv", "a.xlsx"])
def test_the_command_writes_what_pyam_reads(run: Run, tmp_path: Path, name: str) -> None:
    """Rules of `pyam.IamDataFrame`: index columns in any case, no one missing or empty, the others whole years.

    Of a workbook it reads the sheet `data`.
    """
    status, out, _ = run("export", "--format", "iamc", *(["-o", tmp_path / name] if name else []))
    assert status == 0
    content = tmp_path / name if name else io.StringIO(out)
    frame = pd.read_excel(content, sheet_name="data", engine="openpyxl") if name == "a.xlsx" else pd.read_csv(content)
    frame.columns = frame.columns.map(str)
    index = [column for column in frame.columns if column.lower() in PYAM_INDEX]
    years = [column for column in frame.columns if column not in index]
    assert [column.lower() for column in index] == PYAM_INDEX
    assert all(year.isdigit() and len(year) == 4 for year in years)
    assert years == sorted(years)
    assert not frame[index].isna().any().any()
    assert not frame.duplicated(index).any()
    assert (frame[index].map(str.strip) == frame[index]).all(axis=None)
    assert (frame[index] != "").all(axis=None)
    assert all(pd.api.types.is_numeric_dtype(frame[year]) for year in years)
    assert frame[years].notna().any(axis=1).all()


def test_emissions_are_those_of_the_inventory(catalog: Catalog, rows: pd.DataFrame) -> None:
    found = rows[rows["Scenario"] == "Inventory"].set_index("Variable")
    for row in emissions.emissions(catalog, "330000").query("year == 2021").itertuples():
        name = catalog.label("fields", row.field, "en")
        assert found.at[f"Emissions|CO2|{name}", 2021] == row.co2_mt
    fields = [name for name in found.index if name != iamc.CO2]
    assert found.loc[fields, 2021].sum() == pytest.approx(found.at[iamc.CO2, 2021])


def test_percentiles_are_in_order(rows: pd.DataFrame) -> None:
    found = rows[rows["Scenario"] == "Reference"].set_index("Variable")
    shares = sorted(iamc.PERCENTILES.values())
    for year in (2025, 2030):
        values = [found.at[f"Emissions|CO2|{share}th Percentile", year] for share in shares]
        assert values == sorted(values)
        assert found.at[iamc.CO2, year] == found.at["Emissions|CO2|50.0th Percentile", year]


def test_a_reduction_is_a_negative_change(catalog: Catalog, rows: pd.DataFrame) -> None:
    targets = catalog.read("targets").query("region == '330000' and direction == 'decrease_by' and unit == '%'")
    targets = targets[(targets["variant"] == "firm") & (targets["same_as"] == "")]
    values = rows.set_index("Variable")
    for row in targets.itertuples():
        (name,) = [one for one in values.index if one.startswith(f"Target|{row.id}|")]
        assert values.at[name, row.target_year] == -row.target_value


def test_a_region_without_figures_is_refused(run: Run) -> None:
    status, _, err = run("export", "--region", "540000")
    assert (status, "540000" in err) == (2, True)


def test_another_format_is_refused(run: Run) -> None:
    status, _, err = run("export", "--format", "xml")
    assert (status, "iamc" in err) == (2, True)
