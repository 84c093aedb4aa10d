"""The inventory from the energy balance: beside CEADs where it is published, and with three sets of factors."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, factors, recalculation

REGION = "330000"


def test_the_balance_of_2007_gives_the_inventory(catalog: Catalog) -> None:
    rows = recalculation.against_published(catalog, REGION, 2007)
    assert set(rows["item"]) >= {"agriculture", "buildings", "transport", "residential", "energy_industry", "coal"}
    assert rows["difference_pct"].abs().max() < 0.01
    total = emissions.series(catalog, REGION, "total").set_index("year").at[2007, "co2_mt"]
    sums = rows.groupby("dimension")["published_mt"].sum()
    assert sums.to_dict() == pytest.approx({"field": total, "fuel_group": total})


LATE = range(2015, 2023)  # years with a balance in physical units and a published inventory


@pytest.fixture(scope="module")
def late(catalog: Catalog) -> pd.DataFrame:
    return recalculation.against_published(catalog, REGION, *LATE).set_index(["item", "year"])


@pytest.mark.parametrize("item", ["transport", "buildings", "agriculture", "residential", "gas", "lpg"])
def test_the_balance_gives_the_published_field_or_fuel(late: pd.DataFrame, item: str) -> None:
    assert late.loc[item].index.tolist() == list(LATE)
    assert late.loc[item, "difference_pct"].abs().max() < 0.2


def test_what_the_balance_lacks_is_less_than_three_percent(late: pd.DataFrame) -> None:
    assert late.loc["energy_industry", "difference_pct"].between(-3, 0).all()
    fields = late[late["dimension"] == "field"].groupby("year")[["calculated_mt", "published_mt"]].sum()
    assert fields.loc[[2020, 2021, 2022], "published_mt"].tolist() == pytest.approx([374.23, 428.51, 440.67], abs=0.005)
    assert (fields["calculated_mt"] / fields["published_mt"]).between(0.97, 1).all()


def test_years_are_those_with_a_whole_balance(catalog: Catalog) -> None:
    assert set(LATE) <= set(recalculation.years(catalog, REGION))
    assert recalculation.FACTOR_YEAR not in recalculation.years(catalog, REGION)
    assert recalculation.years(catalog, "999999") == ()


@pytest.mark.parametrize(("field", "item"), [("agriculture", "agriculture"), ("industry", "energy_industry")])
def test_only_published_figures_are_compared(tables: Path, field: str, item: str) -> None:
    path = tables / "data" / "inventory.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith(f"{REGION},2015,{field},")), encoding="utf-8")
    found = recalculation.against_published(Catalog(tables), REGION, 2015)
    lacking = found["published_mt"].isna()
    assert set(found.loc[lacking & (found["dimension"] == "field"), "item"]) == {item}
    assert lacking[found["dimension"] == "fuel_group"].all(), "a fuel group of all fields but one is no measure"


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


def test_the_set_of_ceads_is_near_what_ceads_has(catalog: Catalog) -> None:
    total = recalculation.by_factor_set(catalog, REGION, 2021).set_index("dimension").loc["total"]
    assert total["ceads"] == pytest.approx(428.51 - 39.63, rel=0.02)  # without the cement process
    assert total["spread_pct"] == pytest.approx(100 * (total["ipcc2006"] / total["ceads"] - 1))


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
