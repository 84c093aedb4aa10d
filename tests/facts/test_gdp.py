"""GDP by edition and price base, and the formula of an intensity."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import gdp, indicators

REGION = "330000"


def test_the_chained_index(catalog: Catalog) -> None:
    constant = gdp.levels(catalog, REGION, "census5", prices=2020).set_index("year")["value"]
    assert 100 * constant[2025] / constant[2020] == pytest.approx(131.98, abs=0.01)


def test_the_5th_census_raised_2023_by_3_7_percent(catalog: Catalog) -> None:
    table = gdp.editions(catalog, REGION).set_index("year")
    assert table.at[2023, "revision_pct"] == pytest.approx(3.71, abs=0.01)
    assert (table.at[2023, "census4"], table.at[2023, "census5"]) == (82553.2, 85620.0)
    assert (table.at[2024, "bulletin"], table.at[2024, "preliminary"]) == (90131.0, 90130.6)
    assert pd.isna(table.at[2000, "revision_pct"]), "one edition alone"
    assert not table["sources"].eq("").any()


def test_every_edition_is_its_own(catalog: Catalog) -> None:
    for name in gdp.EDITIONS:
        found = gdp.levels(catalog, REGION, name)
        assert set(found["edition"]) == {name}
        assert set(found["prices"]) == {0}


@pytest.mark.parametrize(
    ("edition", "prices", "found"), [("census3", None, "census3"), ("census5", 2000, "2000"), ("census4", 2024, "2024")]
)
def test_a_edition_or_price_base_that_is_not_there(
    catalog: Catalog, edition: str, prices: int | None, found: str
) -> None:
    with pytest.raises(ProjectError, match=found):
        gdp.levels(catalog, REGION, edition, prices)


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
