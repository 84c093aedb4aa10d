"""The four indicators on each scope and account: units, status, and the official formula."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import accounts, indicators, scopes

REGION = "330000"


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return scopes.series(catalog, REGION)


def test_each_figure_once_with_its_unit(rows: pd.DataFrame) -> None:
    assert rows.columns.tolist() == scopes.COLUMNS
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


def test_energy_is_reported_to_2019_and_estimated_in_2020(rows: pd.DataFrame) -> None:
    energy = rows[rows["indicator"] == "energy_consumption"].set_index("year")
    assert energy.at[2020, "value"] == pytest.approx(246.55)
    assert energy.index[energy["status"] == "estimate"].tolist() == [2020]
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
    found = scopes.co2(catalog, "320000", "assessment")
    assert found.empty
    assert len(scopes.co2(catalog, "320000", "direct")) > 20
