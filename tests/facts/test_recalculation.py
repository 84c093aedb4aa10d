"""The inventory from the energy balance: beside CEADs where it is published, and with three sets of factors."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import balance, emissions, factors, recalculation

REGION = "330000"


def test_the_balance_of_2007_gives_the_inventory(catalog: Catalog) -> None:
    rows = recalculation.against_published(catalog, REGION, 2007)
    assert set(rows["item"]) >= {"agriculture", "buildings", "transport", "residential", "energy_industry", "coal"}
    assert rows["difference_pct"].abs().max() < 0.01
    total = emissions.series(catalog, REGION, "total").set_index("year").at[2007, "co2_mt"]
    sums = rows.groupby("dimension")["published_mt"].sum()
    assert sums.to_dict() == pytest.approx({"field": total, "fuel_group": total})


def test_only_published_figures_are_compared(catalog: Catalog) -> None:
    rows = recalculation.against_published(catalog, REGION, 2021)
    assert rows.dropna(subset=["published_mt"])["item"].tolist() == ["transport"]
    assert rows.set_index("item").at["transport", "calculated_mt"] == pytest.approx(29.70, abs=0.05)
    assert rows.loc[rows["item"] != "transport", "difference_pct"].isna().all()


def test_several_years_are_one_after_the_other(catalog: Catalog) -> None:
    rows = recalculation.against_published(catalog, REGION, 2007, 2021)
    assert rows["year"].unique().tolist() == [2007, 2021]
    assert len(rows) == sum(len(recalculation.against_published(catalog, REGION, year)) for year in (2007, 2021))


@pytest.mark.parametrize("year", [2007, 2021])
def test_fields_and_fuels_add_up_to_the_total_of_each_set(catalog: Catalog, year: int) -> None:
    rows = recalculation.by_factor_set(catalog, REGION, year)
    total = rows.set_index("dimension").loc["total"]
    sums = rows.groupby("dimension")[list(factors.SETS)].sum()
    for dimension in recalculation.DIMENSIONS:
        assert sums.loc[dimension].to_dict() == pytest.approx(total[list(factors.SETS)].to_dict())
    assert total["ceads"] < total["guideline"] < total["ipcc2006"]
    assert "cement_process" not in set(rows["item"])


def test_golden_totals_of_2021(catalog: Catalog) -> None:
    total = recalculation.by_factor_set(catalog, REGION, 2021).set_index("dimension").loc["total"]
    assert [round(float(total[name]), 1) for name in factors.SETS] == [361.5, 384.0, 401.9]
    assert total["spread_pct"] == pytest.approx(11.18, abs=0.01)


def test_coal_is_where_the_sets_differ(catalog: Catalog) -> None:
    rows = recalculation.by_factor_set(catalog, REGION, 2021).query("dimension == 'fuel_group'").set_index("item")
    assert rows["spread_pct"].idxmax() == "coal"
    assert rows.drop("coal")["spread_pct"].max() < 3


def test_sources_are_registered(catalog: Catalog) -> None:
    found = recalculation.sources(catalog, REGION, 2007)
    assert set(found) <= set(catalog.read("sources")["id"])
    assert "own_implied_ceads_factors_2007" in found


def test_a_year_without_a_balance(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="no balance of region 330000 in 1990"):
        recalculation.against_published(catalog, REGION, 1990)
    with pytest.raises(ProjectError, match="1990"):
        recalculation.sources(catalog, REGION, 1990)


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return recalculation.reconciled(catalog, REGION, 2021).set_index("item")


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
        recalculation.reconciled(catalog, REGION, 2007)
