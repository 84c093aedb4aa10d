"""GDP by vintage and price base; intensity levels never mix them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import gdp, indicators, intensity, observations

REGION = "330000"


@pytest.fixture(scope="module")
def energy(catalog: Catalog) -> pd.DataFrame:
    return observations.yearly(catalog, "energy_consumption", REGION)


def test_the_chained_index(catalog: Catalog) -> None:
    constant = gdp.levels(catalog, REGION, "census5", prices=2020).set_index("year")["value"]
    assert 100 * constant[2025] / constant[2020] == pytest.approx(131.98, abs=0.01)


def test_the_5th_census_raised_2023_by_3_7_percent(catalog: Catalog) -> None:
    table = gdp.vintages(catalog, REGION).set_index("year")
    assert table.at[2023, "revision_pct"] == pytest.approx(3.71, abs=0.01)
    assert (table.at[2023, "census4"], table.at[2023, "census5"]) == (82553.2, 85620.0)
    assert (table.at[2024, "bulletin"], table.at[2024, "preliminary"]) == (90131.0, 90130.6)
    assert pd.isna(table.at[2000, "revision_pct"]), "one vintage alone"
    assert not table["sources"].eq("").any()


def test_every_vintage_is_its_own(catalog: Catalog) -> None:
    for name in gdp.VINTAGES:
        found = gdp.levels(catalog, REGION, name)
        assert set(found["vintage"]) == {name}
        assert set(found["prices"]) == {0}


@pytest.mark.parametrize(
    ("vintage", "prices", "found"), [("census3", None, "census3"), ("census5", 2000, "2000"), ("census4", 2024, "2024")]
)
def test_a_vintage_or_price_base_that_is_not_there(
    catalog: Catalog, vintage: str, prices: int | None, found: str
) -> None:
    with pytest.raises(ProjectError, match=found):
        gdp.levels(catalog, REGION, vintage, prices)


def test_levels_of_two_vintages_do_not_mix(catalog: Catalog, energy: pd.DataFrame) -> None:
    old, new = (gdp.levels(catalog, REGION, name, prices=2015) for name in ("census4", "census5"))
    with pytest.raises(ProjectError, match=r"census4.*census5"):
        intensity.levels(catalog, energy, pd.concat([old[old["year"] < 2015], new[new["year"] >= 2015]]), "tce")
    both = [intensity.levels(catalog, energy, product, "tce") for product in (old, new)]
    with pytest.raises(ProjectError, match="one vintage and one price base"):
        intensity.change(pd.concat(both), 2010, 2020)


def test_levels_of_two_price_bases_do_not_mix(catalog: Catalog) -> None:
    joined = pd.concat([intensity.published(catalog, REGION, prices) for prices in (2005, 2010)])
    with pytest.raises(ProjectError, match=r"prices of 2005.*prices of 2010"):
        intensity.change(joined, 2009, 2012)


def test_levels_at_current_prices_do_not_compare(catalog: Catalog, energy: pd.DataFrame) -> None:
    current = intensity.levels(catalog, energy, gdp.levels(catalog, REGION, "census5"), "tce")
    with pytest.raises(ProjectError, match="constant prices"):
        intensity.change(current, 2010, 2015)


def test_a_missing_year_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="no level of 2015"):
        intensity.change(intensity.published(catalog, REGION, 2005), 2005, 2015)
    with pytest.raises(ProjectError, match="found 1990"):
        intensity.published(catalog, REGION, 1990)


def test_the_unit_and_size_of_a_level(catalog: Catalog, energy: pd.DataFrame) -> None:
    table = intensity.levels(catalog, energy, gdp.levels(catalog, REGION, "census5", 2020), "tce").set_index("year")
    assert table.at[2020, "value"] == pytest.approx(24655 / 67164.5)
    assert set(table["unit"]) == {"tce/10^4 yuan"}
    co2 = pd.DataFrame({"year": [2020], "value": [378.0], "unit": "Mt CO2", "status": "estimate", "source_id": "s"})
    carbon = intensity.levels(catalog, co2, gdp.levels(catalog, REGION, "census5", 2020), "t CO2")
    assert carbon["value"].iloc[0] == pytest.approx(378e6 / (67164.5e4))


@pytest.mark.parametrize("prices", [2006, 2015, 2020])
@pytest.mark.parametrize("vintage", ["census4", "census5"])
def test_the_change_depends_on_neither_vintage_nor_price_base(
    catalog: Catalog, energy: pd.DataFrame, vintage: str, prices: int
) -> None:
    rows = intensity.levels(catalog, energy, gdp.levels(catalog, REGION, vintage, prices), "tce")
    rates = indicators.intensity_change(energy.set_index("year")["value"], indicators.gdp_index(catalog, REGION))
    chained = 100 * ((1 + rates.loc[2016:2020] / 100).prod() - 1)
    assert intensity.change(rows, 2015, 2020) == pytest.approx(chained)


@given(st.lists(st.tuples(st.floats(-30, 60), st.floats(-10, 20)), min_size=1, max_size=10))
def test_the_formula_multiplies_up_to_the_ratio_of_levels(growth: list[tuple[float, float]]) -> None:
    years = range(2000, 2001 + len(growth))
    quantity, product = [1.0], [1.0]
    for up, gdp_up in growth:
        quantity.append(quantity[-1] * (1 + up / 100))
        product.append(product[-1] * (1 + gdp_up / 100))
    rates = indicators.intensity_change(pd.Series(quantity, years), pd.Series(product, years))
    for (up, gdp_up), rate in zip(growth, rates, strict=True):
        assert rate == pytest.approx(100 * ((1 + up / 100) / (1 + gdp_up / 100) - 1), abs=1e-9)
    assert (1 + rates / 100).prod() == pytest.approx((quantity[-1] / product[-1]), rel=1e-9)
