from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import accounts, indicators

REGION = "330000"


def test_gdp_at_constant_prices(catalog: Catalog) -> None:
    assert indicators.gdp_index(catalog, "330000", base=2020)[2025] == pytest.approx(131.98, abs=0.01)
    assert indicators.gdp_index(catalog, "330000", base=2015)[2025] == pytest.approx(181.24, abs=0.05)


def test_energy_intensity_of_the_13th_plan(catalog: Catalog) -> None:
    rates = indicators.yearly(catalog, "energy_intensity_change", "330000").set_index("year")["value"]
    assert indicators.chain(rates.loc[2016:2020], 2015)[2020] - 100 == pytest.approx(-8.26, abs=0.02)
    assert indicators.chain(rates.loc[2016:2019], 2015)[2019] - 100 == pytest.approx(-13.73, abs=0.02)


def test_final_growth_rates_replace_preliminary_ones(catalog: Catalog) -> None:
    rates = indicators.yearly(catalog, "gdp_real_growth", "330000").set_index("year")["value"]
    assert (rates[2013], rates[2014]) == (8.3, 7.7)


def test_gdp_of_2024_is_the_final_figure(catalog: Catalog) -> None:
    rows = indicators.yearly(catalog, "gdp_current_5th_census", "330000").set_index("year")
    assert rows.at[2024, "value"] == 90007.0


def test_forest_cover_scopes_are_separate_indicators(catalog: Catalog) -> None:
    shrubs = indicators.observations(catalog, "forest_cover_shrubs_included", "330000")
    survey = indicators.observations(catalog, "forest_cover_new_survey", "330000")["published"].tolist()
    assert survey == [58.58]
    assert survey[0] not in set(shrubs["published"])


def test_each_period_once_and_in_order(catalog: Catalog) -> None:
    rows = indicators.observations(catalog, "electricity_consumption", "330000")
    assert not rows["period"].duplicated().any()
    assert rows["end"].is_monotonic_increasing


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20))
def test_a_chain_multiplies_up(rates: list[float]) -> None:
    series = pd.Series(rates, index=range(2001, 2001 + len(rates)))
    chained = indicators.chain(series, 2000)
    back = 100 * (chained / chained.shift() - 1).dropna()
    assert back.to_numpy() == pytest.approx(series.to_numpy(), abs=1e-9)


def test_a_gap_in_the_rates_raises() -> None:
    with pytest.raises(ProjectError, match="gap"):
        indicators.chain(pd.Series([1.0, 1.0], index=[2001, 2003]), 2000)


def test_intensity_change_by_the_official_formula() -> None:
    years = [2019, 2020]
    change = indicators.intensity_change(pd.Series([100.0, 110.1], years), pd.Series([100.0, 103.6], years))
    assert change.to_dict() == pytest.approx({2020: 100 * (1.101 / 1.036 - 1)})


def test_four_indicators_with_units_and_status(catalog: Catalog) -> None:
    rows = indicators.four_indicators(catalog, "330000")
    assert set(rows["indicator"]) == {
        "energy_consumption",
        "co2_total",
        "energy_intensity_change",
        "carbon_intensity_change",
    }
    assert rows.query("indicator == 'energy_consumption'")["year"].max() == 2022
    assert set(rows.query("indicator == 'carbon_intensity_change'")["status"]) == {"estimate"}


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return indicators.by_scope(catalog, REGION)


def test_each_figure_once_with_its_unit(rows: pd.DataFrame) -> None:
    assert rows.columns.tolist() == indicators.SCOPE_COLUMNS
    assert not rows.duplicated(["indicator", "scope", "account", "first", "year"]).any()
    units = rows.groupby("indicator")["unit"].unique().map(list).to_dict()
    assert units == {
        "energy_consumption": ["Mtce"],
        "co2_total": ["Mt CO2"],
        "energy_intensity": ["%"],
        "carbon_intensity": ["%"],
    }
    assert (rows["source_id"] != "").all()
    assert ((rows["kind"] == "level") == (rows["first"] == rows["year"])).all()


def test_energy_consumption_is_reported(rows: pd.DataFrame) -> None:
    energy = rows[rows["indicator"] == "energy_consumption"].set_index("year")
    assert energy.at[2020, "value"] == pytest.approx(246.6)
    assert set(energy["status"]) == {"reported"}
    assert set(energy["scope"]) == {"statistical"}


@pytest.mark.parametrize(("account", "scope"), [("direct", "territorial"), ("assessment", "assessment")])
def test_carbon_intensity_follows_the_official_formula(
    catalog: Catalog, rows: pd.DataFrame, account: str, scope: str
) -> None:
    co2 = accounts.series(catalog, REGION, account).set_index("year")["co2_mt"]
    gdp = indicators.gdp_index(catalog, REGION)
    found = rows.query("indicator == 'carbon_intensity' and account == @account").set_index("year")
    assert set(found["scope"]) == {scope}
    assert set(found["status"]) == {"estimate"}
    for year in found.index:
        expected = 100 * ((co2[year] / co2[year - 1]) / (gdp[year] / gdp[year - 1]) - 1)
        assert found.at[year, "value"] == pytest.approx(expected)


def test_the_assessment_account_lies_above_the_direct_one(rows: pd.DataFrame) -> None:
    table = rows[rows["indicator"] == "co2_total"].pivot_table(index="year", columns="account", values="value").dropna()
    assert table.index.tolist() == list(range(2015, 2023))
    assert (table["assessment"] > table["direct"]).all()


def test_an_unknown_scope_has_no_rows(rows: pd.DataFrame) -> None:
    assert rows.query("indicator == 'energy_intensity' and scope in ('assessment', 'ndrc')").empty
    assert rows.query("indicator == 'energy_consumption' and scope == 'assessment'").empty


def test_another_province_has_its_direct_account_alone(catalog: Catalog) -> None:
    found = indicators.co2_of_account(catalog, "320000", "assessment")
    assert found.empty
    assert len(indicators.co2_of_account(catalog, "320000", "direct")) > 20
