from __future__ import annotations

import pandas as pd
import pytest

from tanfeng import outlook
from tanfeng.catalog import Catalog, ProjectError
from tanfeng.rules import Requirement


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return outlook.fields(catalog, "330000")


def test_fields_add_up_to_the_total_in_every_year(rows: pd.DataFrame) -> None:
    table = rows.pivot_table(index="year", columns="field", values="co2_mt")
    assert table.drop(columns="total").sum(axis=1).to_numpy() == pytest.approx(table["total"].to_numpy(), rel=1e-12)


def test_horizon_and_status(rows: pd.DataFrame) -> None:
    assert rows["year"].max() == 2035
    energy = rows.query("field == 'energy'").set_index("year")["status"]
    assert (energy[2022], energy[2023], energy[2024]) == ("adjusted", "estimate", "forecast")
    assert rows.query("status != 'forecast'")["lo80"].isna().all()
    assert rows.query("status == 'forecast'")["lo80"].notna().all()


def test_intervals_are_ordered(rows: pd.DataFrame) -> None:
    ahead = rows.query("status == 'forecast'")
    assert (ahead["lo95"] < ahead["lo80"]).all()
    assert (ahead["lo80"] < ahead["co2_mt"]).all()
    assert (ahead["co2_mt"] < ahead["hi80"]).all()
    assert (ahead["hi80"] < ahead["hi95"]).all()


def test_five_years_ahead_no_band_is_narrower_than_a_fifth(rows: pd.DataFrame) -> None:
    five = rows[(rows["status"] == "forecast") & (rows["year"] == 2028)]
    assert (five["hi80"] / five["co2_mt"] >= 1.2).all()


def test_the_forecast_starts_after_the_break(catalog: Catalog) -> None:
    assert outlook.history(catalog, "330000", "industry").index[0] == 2005


def test_the_table_of_past_errors_is_what_the_provinces_give(catalog: Catalog) -> None:
    measured = outlook.province_errors(catalog, "transport", leave_out="330000")
    row = catalog.read("forecast_errors").set_index("field").loc["transport"]
    assert measured.median() == pytest.approx(row["scale"], abs=5e-5)
    assert len(measured) == row["provinces"]


def test_probability_of_a_published_series(catalog: Catalog) -> None:
    sure = Requirement(True, 1000.0, "flow", 2025)
    share = outlook.probability(catalog, "gdp_current_5th_census", "330000", sure)
    assert share is not None
    assert share > 0.99
    against = outlook.probability(catalog, "gdp_current_5th_census", "330000", Requirement(False, 1000.0, "flow", 2025))
    assert against == pytest.approx(1 - share)


def test_no_probability_far_ahead_or_without_a_series(catalog: Catalog) -> None:
    assert (
        outlook.probability(catalog, "gdp_current_5th_census", "330000", Requirement(True, 1.0, "flow", 2030)) is None
    )
    assert outlook.probability(catalog, "rd_intensity_bulletin", "330000", Requirement(True, 1.0, "flow", 2027)) is None


def test_a_year_outside_is_named(rows: pd.DataFrame) -> None:
    with pytest.raises(ProjectError, match="2050"):
        outlook.at(rows, "total", 2050)
