"""The three accounts: what each counts, where it comes from, and that they are never mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import accounts, emissions, uncertainty


def test_assessment_account_runs_from_2015_to_2022(catalog: Catalog) -> None:
    rows = accounts.series(catalog, "330000", "assessment")
    assert rows["year"].tolist() == list(range(2015, 2023))
    assert set(rows["status"]) == {"estimate"}


def test_imports_of_2021_at_the_factor_of_east_china(catalog: Catalog) -> None:
    row = accounts.assessment(catalog, "330000").set_index("year").loc[2021]
    assert row["import_mt"] == pytest.approx(77, abs=1)
    assert row["import_mt"] == pytest.approx(row["import_twh"] * row["factor_kg_kwh"])
    assert row["held_years"] == 0


def test_assessment_is_direct_plus_imports(catalog: Catalog) -> None:
    rows = accounts.assessment(catalog, "330000").set_index("year")
    direct = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
    assert (rows["direct_mt"] + rows["import_mt"]).to_numpy() == pytest.approx(rows["co2_mt"].to_numpy())
    assert rows.loc[2015:2022, "direct_mt"].to_numpy() == pytest.approx(direct.loc[2015:2022].to_numpy())
    assert (rows["lo95"] < rows["co2_mt"]).all()


def test_a_year_of_one_field_says_how_much_of_it_is_held(tables: Path) -> None:
    local = tables / "data" / "local"
    local.mkdir(exist_ok=True)
    (local / "inventory.csv").write_text(
        "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n"
        "330000,2023,energy,all,all,314,reported,ceads_provinces_2022,,\n",
        encoding="utf-8",
    )
    catalog = Catalog(tables)
    rows = accounts.assessment(catalog, "330000").set_index("year")
    fields = emissions.emissions(catalog, "330000").query("year == 2022 and field != 'energy'")
    assert rows.at[2023, "held_mt"] == pytest.approx(fields["co2_mt"].sum())
    assert (rows.loc[:2022, "held_mt"] == 0).all()
    width = (rows["hi95"] - rows["lo95"]) / rows["co2_mt"]
    assert width[2023] > width[2022]


def test_imports_are_known_for_years_without_an_inventory(catalog: Catalog) -> None:
    assert accounts.imported(catalog, "330000")["year"].max() == 2023


def test_a_factor_carried_far_widens_the_interval(catalog: Catalog) -> None:
    rows = accounts.assessment(catalog, "330000").set_index("year")
    assert rows["held_years"].to_dict() == {
        2015: 6,
        2016: 5,
        2017: 4,
        2018: 3,
        2019: 2,
        2020: 1,
        2021: 0,
        2022: 0,
    }


def test_indirect_account_is_electricity_times_the_grid_factor(catalog: Catalog) -> None:
    rows = accounts.indirect(catalog, "330000")
    assert (rows["electricity_twh"] * rows["factor_kg_kwh"]).to_numpy() == pytest.approx(rows["co2_mt"].to_numpy())
    assert set(rows["field"]) == set(accounts.ELECTRICITY)
    assert "energy" not in set(rows["field"])


def test_electricity_of_the_fields_adds_up_to_final_consumption(catalog: Catalog) -> None:
    """2021: 5,514 x10^8 kWh less losses of 180 (balance scope)."""
    rows = accounts.indirect(catalog, "330000").query("year == 2021")
    assert rows["electricity_twh"].sum() == pytest.approx((5514.11 - 180.06) / 10, rel=0.001)
    total = accounts.series(catalog, "330000", "indirect").set_index("year")["co2_mt"]
    assert total[2021] == pytest.approx(rows["co2_mt"].sum())
    assert 2025 not in total.index  # not every field is known


def test_every_row_names_its_sources(catalog: Catalog) -> None:
    known = set(catalog.read("sources")["id"])
    for account in accounts.ACCOUNTS:
        rows = accounts.series(catalog, "330000", account)
        assert all(source in known for cell in rows["source_id"] for source in cell.split())
        assert (rows["source_id"] != "").all()


def test_unknown_account_and_region_are_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="direct, indirect, assessment"):
        accounts.series(catalog, "330000", "consumption")
    with pytest.raises(ProjectError, match="440000"):
        accounts.series(catalog, "440000", "assessment")


def test_imports_have_an_error_of_their_own(catalog: Catalog) -> None:
    rows = accounts.assessment(catalog, "330000").set_index("year")
    half = (rows.at[2022, "hi95"] - rows.at[2022, "lo95"]) / 2
    imports = rows.at[2022, "import_mt"] * (9.5**2 + 5**2) ** 0.5 / 100
    direct = uncertainty.intervals(catalog, "330000").query("year == 2022 and field == 'total'").iloc[0]
    assert half == pytest.approx(((direct["hi95"] - direct["co2_mt"]) ** 2 + imports**2) ** 0.5)
