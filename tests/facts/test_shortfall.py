"""The estimate of energy and industry of 2021 beside its balance: golden numbers, sums, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import balance, emissions, shortfall

REGION = "330000"


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return shortfall.reconciled(catalog, REGION, 2021).set_index("item")


def test_golden(rows: pd.DataFrame) -> None:
    golden = {
        "balance": 293.1, "cement_process": 38.0, "coke_gases": 16.9, "refinery_gas": 8.5, "sum": 356.6,
        "estimate": 370.4, "remainder": 13.8,
    }  # fmt: skip
    assert rows["co2_mt"].to_dict() == pytest.approx(golden, abs=0.06)


def test_it_adds_up(rows: pd.DataFrame) -> None:
    parts = rows.loc[["balance", "cement_process", "coke_gases", "refinery_gas"], "co2_mt"]
    assert parts.sum() == pytest.approx(rows.at["sum", "co2_mt"])
    assert rows.at["sum", "co2_mt"] + rows.at["remainder", "co2_mt"] == pytest.approx(rows.at["estimate", "co2_mt"])


def test_the_estimate_is_that_of_the_inventory(catalog: Catalog, rows: pd.DataFrame) -> None:
    known = emissions.emissions(catalog, REGION).query("year == 2021").set_index("field")["co2_mt"]
    assert rows.at["estimate", "co2_mt"] == pytest.approx(known["energy"] + known["industry"])


def test_lacking_fuels_lie_between_the_published_years(rows: pd.DataFrame) -> None:
    lacking = rows.loc[["coke_gases", "refinery_gas"]]
    assert lacking["first_year"].tolist() == [2019, 2019]
    assert lacking["last_year"].tolist() == [2022, 2022]
    assert (lacking["co2_mt"] >= lacking["first_mt"]).all()
    assert (lacking["co2_mt"] <= lacking["last_mt"]).all()
    assert rows.drop(lacking.index)["first_mt"].isna().all()


def test_no_fuel_is_counted_twice(catalog: Catalog) -> None:
    listed = set(catalog.read("inventory_fuels")["fuel"])
    in_balance = set(balance.shipped(catalog, REGION, 2021)["fuel"])
    assert not listed & in_balance


def test_single_fuels_are_parts_of_the_inventory(catalog: Catalog) -> None:
    groups = catalog.read("fuels").set_index("id")["fuel_group"]
    single = catalog.read("inventory_fuels")
    parts = (
        single.assign(fuel_group=single["fuel"].map(groups)).groupby(["year", "field", "fuel_group"])["co2_mt"].sum()
    )
    whole = emissions.emissions(catalog, REGION, by="fuel_group", corrections=False)
    whole = whole.set_index(["year", "field", "fuel_group"])["co2_mt"]
    assert (parts <= whole.reindex(parts.index) + 1e-3).all()


def test_sources_are_known(catalog: Catalog, rows: pd.DataFrame) -> None:
    cited = {source for names in rows["sources"] for source in names.split()}
    assert cited <= set(catalog.read("sources")["id"])
    assert (rows.drop(["sum", "remainder"])["sources"] != "").all()


def test_a_year_outside_the_published_ones_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="of a year before and of one after 2007"):
        shortfall.reconciled(catalog, REGION, 2007)
