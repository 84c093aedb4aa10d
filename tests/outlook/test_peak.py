"""Peak probabilities side by side are those of the outlook; the texts of the report on the peak hold."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import paths, peak
from tanfeng.pages.reports import peak as peak_report

REGION = "330000"


@pytest.fixture(scope="module")
def fields(catalog: Catalog) -> pd.DataFrame:
    return peak.by_field(catalog, REGION).set_index("field")


@pytest.fixture(scope="module")
def scenarios(catalog: Catalog) -> pd.DataFrame:
    return peak.by_scenario(catalog, REGION).set_index("scenario")


@pytest.fixture(scope="module")
def provinces(catalog: Catalog) -> pd.DataFrame:
    return peak.by_province(catalog)


def test_by_year_is_the_outlook_of_every_field(catalog: Catalog) -> None:
    rows = peak.by_year(catalog, REGION)
    assert list(dict.fromkeys(rows["field"])) == ["total", *emissions.emitting_fields(catalog)]
    for field, part in rows.groupby("field"):
        expected = paths.peak(catalog, REGION, str(field))
        assert part["p_peaked_by"].tolist() == expected["p_peaked_by"].tolist()
        assert part["year"].tolist() == list(range(2022, 2035))


def test_by_field_names_the_highest_year_of_the_inventory(catalog: Catalog, fields: pd.DataFrame) -> None:
    for field, row in fields.iterrows():
        past = emissions.series(catalog, REGION, str(field)).query("2005 <= year <= 2022").set_index("year")
        assert row["maximum_year"] == past["co2_mt"].idxmax()
        assert row["maximum_mt"] == past["co2_mt"].max()
        assert row["status"] == past.at[row["maximum_year"], "status"]
        assert 0 <= row["p_already"] <= row["p_by_2030"] <= 1 - row["p_no_peak"] <= 1


def test_a_field_below_its_maximum_has_likelier_peaked(fields: pd.DataFrame) -> None:
    assert fields.at["industry", "p_already"] > 0.2 > fields.at["energy", "p_already"]


def test_the_first_scenario_is_the_course_of_things(fields: pd.DataFrame, scenarios: pd.DataFrame) -> None:
    first = scenarios.iloc[0]
    assert first["change_mt"] == 0
    assert first["p_by_2030"] == fields.at["total", "p_by_2030"]
    assert first["p_no_peak"] == fields.at["total", "p_no_peak"]


def test_scenarios_move_emissions_and_the_peak_the_right_way(scenarios: pd.DataFrame) -> None:
    assert scenarios.at["project_10", "change_mt"] == pytest.approx(10.0)
    more, first = scenarios.loc[["growth_55", "project_10", "without_committed"]], scenarios.iloc[0]
    assert (more["p_by_2030"] <= first["p_by_2030"]).all()
    assert scenarios.at["without_committed", "change_mt"] > 0
    assert more.at["growth_55", "p_no_peak"] > first["p_no_peak"]  # a project of one year adds no growth at the end
    assert scenarios.at["growth_55", "change_mt"] > 0 > scenarios.at["growth_4", "change_mt"]


def test_no_scenario_alone_makes_a_peak_likely(scenarios: pd.DataFrame) -> None:
    assert scenarios["p_by_2030"].max() < 0.5  # the report says so in words


def test_every_province_once_in_order(catalog: Catalog, provinces: pd.DataFrame, fields: pd.DataFrame) -> None:
    assert sorted(provinces["region"]) == paths.provinces(catalog)
    assert provinces["p_by_2030"].is_monotonic_decreasing
    for name in ("p_already", "p_by_2030", "p_no_peak"):
        assert provinces[name].between(0, 1).all()
    assert (provinces["last_year"] == 2022).all()
    own = provinces.set_index("region").loc[REGION]
    assert own["p_by_2030"] == fields.at["total", "p_by_2030"]


def test_a_copy_is_returned(catalog: Catalog) -> None:
    found = peak.by_province(catalog)
    found["region"] = "x"
    assert REGION in set(peak.by_province(catalog)["region"])


def test_a_region_without_scenarios_has_the_course_of_things(catalog: Catalog) -> None:
    rows = peak.by_scenario(catalog, "110000")
    assert rows["scenario"].tolist() == ["baseline"]
    assert rows["change_mt"].tolist() == [0]


def test_recent_years_follow_the_last_published_one(catalog: Catalog) -> None:
    rows = paths.recent(catalog, REGION, 2025)
    assert rows["field"].unique().tolist() == emissions.emitting_fields(catalog)
    for name, part in rows.groupby("field"):
        assert part["year"].tolist() == [2023, 2024, 2025]
        shown = paths.one_field(catalog, REGION, str(name)).query("2023 <= year <= 2025")
        assert part["co2_mt"].tolist() == shown["co2_mt"].tolist()
    energy = rows[rows["field"] == "energy"]
    assert energy["kind"].tolist() == ["nowcast"] * 3
    assert energy["drivers"].tolist() == ["thermal", "thermal", "electricity"]
    assert energy["error_pct"].between(5, 10).all()
    assert rows.loc[rows["kind"] == "forecast", "error_pct"].isna().all()


def test_key_figures_of_the_peak(catalog: Catalog, fields: pd.DataFrame, scenarios: pd.DataFrame) -> None:
    rows = peak_report.key_figures(catalog, REGION).set_index("id")
    assert not rows.index.duplicated().any()
    total = fields.loc["total"]
    for name in ("p_already", "p_by_2030", "p_no_peak"):
        assert rows.at[name, "value"] == pytest.approx(100 * total[name])
    assert rows.at["trend", "value"] == 0
    assert rows.at["trend", "unit"] == "trend"
    other = scenarios.at["without_committed", "p_by_2030"]
    assert rows.at["p_by_2030_without_committed", "value"] == pytest.approx(100 * other)
    assert rows.at["p_least", "value"] < rows.at["p_median", "value"] < rows.at["p_most", "value"]
    assert rows.at["provinces", "value"] == 30
    assert rows.at["co2_latest", "source_id"] == "ceads_provinces_2022"
    assert abs(rows.at["told_said", "value"] - rows.at["told_came", "value"]) < 6
