"""Computed against published rates of energy intensity."""

from __future__ import annotations

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import reconciliation

REGION = "330000"


def test_computed_and_published_rates_agree_except_in_2013(catalog: Catalog) -> None:
    table = reconciliation.rates(catalog, REGION).set_index("year")
    assert table.index[~table["agrees"]].tolist() == [2013]
    assert table.drop(2013)["difference"].abs().max() <= reconciliation.TOLERANCE_POINTS
    assert table.at[2013, "difference"] == pytest.approx(-1.08, abs=0.01)
    assert table.at[2020, "computed"] == pytest.approx(100 * (1.101 / 1.036 - 1), abs=0.01)


def test_rates_that_were_derived_are_not_checked_against_themselves(catalog: Catalog) -> None:
    years = reconciliation.rates(catalog, REGION)["year"].tolist()
    assert years == [year for year in range(2006, 2021) if year not in {2010, 2014}]


def test_official_cumulative_changes_agree_with_the_chain(catalog: Catalog) -> None:
    table = reconciliation.chains(catalog, REGION)
    assert table[["first", "year"]].to_numpy().tolist() == [
        [2005, 2009],
        [2005, 2010],
        [2010, 2012],
        [2010, 2013],
        [2010, 2014],
    ]
    assert table["difference"].abs().max() < 0.1
    assert table.set_index(["first", "year"]).at[(2005, 2010), "bound"] == "about"
