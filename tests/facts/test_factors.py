"""Emission factors: the published golden numbers, units that cancel, and clear refusals."""

from __future__ import annotations

import pytest

from tanfeng.data import units
from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import factors

CEADS_T_PER_T = {"gasoline": 2.927, "diesel": 3.094, "kerosene": 3.035, "fuel_oil": 3.168, "lpg": 3.131}
ALL = [(one, fuel) for one in factors.SETS for fuel in ("raw_coal", "gasoline", "natural_gas", "coke")]


@pytest.mark.parametrize(("fuel", "expected"), CEADS_T_PER_T.items())
def test_factors_of_ceads_per_tonne(catalog: Catalog, fuel: str, expected: float) -> None:
    found = factors.combustion(catalog, "ceads", fuel, "services", "t")
    assert found is not None
    assert found.value == pytest.approx(expected, abs=5e-4)


def test_natural_gas_of_ceads(catalog: Catalog) -> None:
    found = factors.combustion(catalog, "ceads", "natural_gas", "services", "10^4 m3")
    assert found is not None
    assert found.value == pytest.approx(21.607, abs=5e-4)


def test_a_factor_depends_on_the_use_where_the_set_says_so(catalog: Catalog) -> None:
    uses = ("power", "industry", "agriculture_construction", "services")
    coal = [factors.combustion(catalog, "ceads", "raw_coal", use, "tce") for use in uses]
    assert [one.value for one in coal if one] == pytest.approx([2.418, 2.402, 2.303, 2.049])


def test_guideline_is_carbon_content_times_oxidation_times_44_12(catalog: Catalog) -> None:
    found = factors.combustion(catalog, "guideline", "diesel", "services", "t")
    assert found is not None
    assert found.value == pytest.approx(42.652 * 0.0202 * 0.98 * 44 / 12)


@pytest.mark.parametrize(("factor_set", "fuel"), ALL)
def test_energy_and_mass_agree_within_the_calorific_value(catalog: Catalog, factor_set: str, fuel: str) -> None:
    volume = fuel == "natural_gas"
    per_tce = factors.combustion(catalog, factor_set, fuel, "industry", "tce")
    per_unit = factors.combustion(catalog, factor_set, fuel, "industry", "10^4 m3" if volume else "t")
    assert per_tce is not None
    assert per_unit is not None
    tce_per_unit = per_unit.value / per_tce.value
    assert 10 < tce_per_unit < 15 if volume else 0.6 < tce_per_unit < 1.6


@pytest.mark.parametrize(("factor_set", "fuel"), ALL)
def test_a_larger_unit_scales(catalog: Catalog, factor_set: str, fuel: str) -> None:
    small, large = (factors.combustion(catalog, factor_set, fuel, "power", unit) for unit in ("tce", "Mtce"))
    assert small is not None
    assert large is not None
    assert large.value == pytest.approx(1e6 * small.value, rel=1e-12)


def test_a_fuel_without_a_factor_is_none_and_a_wrong_set_is_named(catalog: Catalog) -> None:
    assert factors.combustion(catalog, "ceads", "electricity", "power", "kWh") is None
    assert factors.combustion(catalog, "ceads", "gasoline", "power", "10^8 m3") is None
    with pytest.raises(ProjectError, match="ceads, guideline, ipcc2006"):
        factors.combustion(catalog, "epa", "gasoline", "power", "t")


def test_a_unit_that_is_not_physical_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match=r"10\^8 yuan.*not physical"):
        factors.combustion(catalog, "ceads", "gasoline", "power", "10^8 yuan")


GRID = [(2015, 0.5992, 6), (2021, 0.5992, 0), (2022, 0.5617, 0), (2023, 0.55, 0), (2025, 0.55, 2)]


@pytest.mark.parametrize(("year", "kg", "held"), GRID)
def test_grid_factor_of_east_china(catalog: Catalog, year: int, kg: float, held: int) -> None:
    found = factors.grid(catalog, "330000", year)
    assert (found.value, found.held_years) == (pytest.approx(kg * 1e5), held)


def test_a_region_without_a_grid_factor_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="110000"):
        factors.grid(catalog, "110000", 2021)


def test_every_factor_set_states_a_source(live: Catalog) -> None:
    for one in factors.SETS:
        rows = factors.available(live, one)
        assert len(rows) >= 15
        assert (rows["source_id"] != "").all()


def test_limits_surround_the_value(catalog: Catalog) -> None:
    for fuel in factors.available(catalog, "ipcc2006")["item"]:
        low, high = factors.limits(catalog, fuel)
        assert low < 1 < high


def test_one_tonne_of_standard_coal(catalog: Catalog) -> None:
    assert units.quantity(catalog, 1.0, "tce").to("GJ").magnitude == pytest.approx(29.3076)


def test_pint_and_the_factors_of_the_table_agree(catalog: Catalog) -> None:
    rows = catalog.read("units").query("pint != ''")
    for dimension, group in rows.groupby("dimension"):
        base = group.iloc[0]
        one = units.quantity(catalog, 1.0, base["id"])
        for row in group.to_dict("records"):
            ratio = (units.quantity(catalog, 1.0, row["id"]) / one).to("").magnitude
            assert ratio == pytest.approx(row["factor"] / base["factor"], rel=1e-12), (dimension, row["id"])
