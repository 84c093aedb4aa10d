"""Nowcast through ratios: a driver earns its place by past errors, and the combination is what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import nowcast
from tanfeng.outlook.paths import emitting_fields

REGION = "330000"


def test_electricity_earns_its_place_in_energy(catalog: Catalog) -> None:
    table = nowcast.scores(catalog, REGION, "energy").set_index("driver")
    assert table["used"].to_dict() == {"direct": True, "electricity": True, "gdp": False}
    assert table.at["electricity", "error_pct"] < 0.8 * table.at["direct", "error_pct"]


def test_only_drivers_with_smaller_errors_are_used(catalog: Catalog) -> None:
    for field in emitting_fields(catalog):
        table = nowcast.scores(catalog, REGION, field).set_index("driver")
        direct = table.at["direct", "error_pct"]
        assert (table.loc[table["used"], "error_pct"] <= direct).all()
        assert (table.loc[~table["used"], "error_pct"] >= direct).all()
        assert table["weight"].sum() == pytest.approx(1)
        assert set(table["cases"]) == {table["cases"].iloc[0]}
        assert table["cases"].iloc[0] >= 15


def test_no_estimate_is_a_target_of_the_past_errors(catalog: Catalog) -> None:
    rows = emissions.series(catalog, REGION, "energy")
    estimated = set(rows.loc[rows["status"] == "estimate", "year"])
    cases = nowcast.past_errors(catalog, REGION, "energy").reset_index()
    assert estimated
    assert set(cases["origin"] + cases["ahead"]).isdisjoint(estimated)


def test_energy_is_told_for_the_years_whose_electricity_is_published(catalog: Catalog) -> None:
    known = pd.Series(np.linspace(200, 300, 18), index=range(2005, 2023))
    found = nowcast.estimate(catalog, REGION, "energy", known)
    assert found["year"].tolist() == [2023, 2024, 2025]
    assert set(found["drivers"]) == {"electricity"}
    assert (found["error_pct"] < found["direct_error_pct"]).all()


def test_a_field_without_a_helping_driver_has_no_nowcast(catalog: Catalog) -> None:
    known = pd.Series(np.linspace(60, 70, 18), index=range(2005, 2023))
    assert nowcast.estimate(catalog, REGION, "industry", known).empty


def test_drivers_that_end_with_the_inventory_tell_nothing(catalog: Catalog) -> None:
    end = max(int(values.index[-1]) for values in nowcast.drivers(catalog, REGION, "energy").values())
    for last, told in ((end, []), (end - 1, [end])):
        known = pd.Series(np.linspace(200, 300, last - 2004), index=range(2005, last + 1))
        assert nowcast.estimate(catalog, REGION, "energy", known)["year"].tolist() == told


def test_a_constant_ratio_gives_the_driver_back() -> None:
    years = list(range(2011, 2021))
    driver = pd.Series(np.arange(100.0, 112.0), index=[*years, 2021, 2022])
    found = nowcast.through_ratios(3 * driver.loc[:2020], driver, [2018, 2020], 3)
    assert found.loc[2018].tolist() == pytest.approx([327.0 - 3, 327.0, 330.0])
    assert found.loc[2020].tolist() == pytest.approx([330.0, 333.0, float("nan")], nan_ok=True)


def test_too_short_an_overlap_gives_nothing() -> None:
    known = pd.Series(10.0, index=range(2011, 2021))
    assert nowcast.through_ratios(known, known.loc[2015:], [2020], 2).isna().all(axis=None)
    assert nowcast.through_ratios(known, known.loc[:2018], [2020], 2).isna().all(axis=None)


def test_every_driver_says_why(catalog: Catalog) -> None:
    rows = catalog.read("drivers")
    assert (rows["reason_zh"] != "").all()
    assert set(rows["field"]) == set(emitting_fields(catalog))
