"""From an energy balance to CO2: the balances of 2007 and 2021 against CEADs, and every way a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import balance, emissions
from tests.conftest import FROZEN

FINAL = ["agriculture", "buildings", "transport", "residential"]


def computed(catalog: Catalog, year: int, factor_set: str = "ceads") -> balance.Inventory:
    return balance.emissions(catalog, balance.shipped(catalog, "330000", year), factor_set)


def test_transport_of_2021(catalog: Catalog) -> None:
    rows = computed(catalog, 2021).rows
    assert rows.loc[rows["field"] == "transport", "co2_mt"].sum() == pytest.approx(29.70, abs=0.05)
    published = emissions.series(catalog, "330000", "transport").set_index("year").at[2021, "co2_mt"]
    assert rows.loc[rows["field"] == "transport", "co2_mt"].sum() == pytest.approx(published, rel=1e-3)


def test_final_sectors_of_2007_are_those_of_ceads(catalog: Catalog) -> None:
    rows = computed(catalog, 2007).rows
    known = emissions.emissions(catalog, "330000", by="subsector").query("year == 2007 and field in @FINAL")
    ours = rows[rows["field"].isin(FINAL)].groupby(["field", "subsector"])["co2_mt"].sum()
    theirs = known.set_index(["field", "subsector"])["co2_mt"]
    assert ours.reindex(theirs.index).to_numpy() == pytest.approx(theirs.to_numpy(), rel=0.005)


def test_fuel_groups_of_2007_are_those_of_ceads(catalog: Catalog) -> None:
    ours = computed(catalog, 2007).rows.groupby("fuel_group")["co2_mt"].sum()
    detail = emissions.emissions(catalog, "330000", by="detail").query("year == 2007")
    theirs = detail.groupby("fuel_group")["co2_mt"].sum()
    assert ours.to_dict() == pytest.approx(theirs.to_dict(), rel=0.005)


CEADS_RAW_COAL = {2000: 81.755, 2004: 140.673, 2010: 230.630, 2013: 233.438, 2014: 224.279}  # Mt, energy and industry


@pytest.mark.parametrize("year", CEADS_RAW_COAL)
def test_two_factors_give_the_raw_coal_of_every_year(catalog: Catalog, year: int) -> None:
    rows = balance.shipped(catalog, "330000", year)
    coal = balance.emissions(catalog, rows[rows["fuel"] == "raw_coal"], cement=False).rows
    found = coal.loc[coal["field"].isin(["energy", "industry"]), "co2_mt"].sum()
    assert found == pytest.approx(CEADS_RAW_COAL[year], rel=0.001)


def test_three_factor_sets_differ_and_keep_their_order_of_size(catalog: Catalog) -> None:
    totals = [computed(catalog, 2007, one).rows["co2_mt"].sum() for one in ("ceads", "guideline", "ipcc2006")]
    assert totals == sorted(totals)
    assert 1.05 < totals[2] / totals[0] < 1.15


def test_what_is_not_counted_is_named(catalog: Catalog) -> None:
    found = computed(catalog, 2007).remarks
    assert ["no_factor", "other_petroleum_products"] in found[["reason", "fuel"]].to_numpy().tolist()
    later = computed(catalog, 2021).remarks
    assert set(later.loc[later["reason"] == "rest_of_total", "flow"]) >= {"urban", "rural", "wholesale"}
    assert "cleaned_coal" in set(balance.absent(catalog, balance.shipped(catalog, "330000", 2021))["fuel"])


def test_a_year_without_cement_output_is_named(catalog: Catalog) -> None:
    rows = balance.shipped(catalog, "330000", 2021).assign(year=1950)
    assert "no_cement_output" in set(balance.emissions(catalog, rows).remarks["reason"])


def one(flow: str, fuel: str, value: float, unit: str = "Mtce") -> dict[str, object]:
    return {"region": "330000", "year": 2021, "flow": flow, "fuel": fuel, "value": value, "unit": unit}


def total(catalog: Catalog, *rows: dict[str, object]) -> float:
    return float(balance.emissions(catalog, pd.DataFrame(rows), cement=False).rows["co2_mt"].sum())


def test_feedstock_is_taken_off(catalog: Catalog) -> None:
    burnt = total(catalog, one("industry", "lpg", 8.08), one("industry_nonenergy", "lpg", 7.9))
    assert burnt == pytest.approx(0.18 * 1.827)
    with pytest.raises(ProjectError, match=r"industry.*more feedstock than fuel"):
        total(catalog, one("industry", "lpg", 1.0), one("industry_nonenergy", "lpg", 7.9))


def test_feedstock_above_its_use_does_not_hide_among_the_fuels_of_its_group(catalog: Catalog) -> None:
    rows = [one("industry", "diesel", 20.0), one("industry", "fuel_oil", 1.0)]
    with pytest.raises(ProjectError, match=r"330000, 2021, industry, fuel_oil: more feedstock than fuel"):
        total(catalog, *rows, one("industry_nonenergy", "fuel_oil", 7.9))


def test_transformation_supply_losses_and_electricity_do_not_burn(catalog: Catalog) -> None:
    rows = [one("refineries", "crude_oil", -20.0), one("import", "raw_coal", 9.0), one("losses", "natural_gas", 1.0)]
    assert total(catalog, one("transport", "diesel", 1.0), one("transport", "electricity", 5.0), *rows) == (
        pytest.approx(2.123)
    )


def test_an_output_of_power_is_named_and_not_counted(catalog: Catalog) -> None:
    rows = pd.DataFrame([one("thermal_power", "raw_coal", 5.0), one("transport", "diesel", 1.0)])
    found = balance.emissions(catalog, rows, cement=False)
    assert found.remarks["reason"].tolist() == ["output"]
    assert found.rows["co2_mt"].sum() == pytest.approx(2.123)


def test_a_sum_counts_only_where_its_parts_are_not_given(catalog: Catalog) -> None:
    parts = [one("urban", "lpg", 1.0), one("rural", "lpg", 1.0)]
    assert total(catalog, *parts, one("residential", "lpg", 2.0)) == pytest.approx(2 * 1.827)
    assert total(catalog, one("residential", "lpg", 2.0)) == pytest.approx(2 * 1.827)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 1e4), st.sampled_from(["gasoline", "natural_gas", "raw_coal", "lpg"]))
def test_energy_units_and_row_order_do_not_matter(value: float, fuel: str) -> None:
    catalog = Catalog(FROZEN)
    first, second = one("transport", fuel, value), one("agriculture", "diesel", 3.0)
    whole = total(catalog, first, second)
    assert total(catalog, second, first) == pytest.approx(whole, rel=1e-12)
    assert total(catalog, {**first, "value": value * 100, "unit": "10^4 tce"}, second) == pytest.approx(whole)


BAD = {
    "region": ("999999", "region"),
    "year": ("21", "a year such as 2021"),
    "flow": ("lunch", "data/flows.csv"),
    "fuel": ("coal", "data/fuels.csv"),
    "value": ("1,23", "a number"),
    "unit": ("Mtoe", "a unit of energy"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_wrong_cell_is_named_with_row_and_column(catalog: Catalog, tmp_path: Path, column: str) -> None:
    wrong, expected = BAD[column]
    good = one("transport", "diesel", 1.0)
    rows = pd.DataFrame([good, {**good, "fuel": "gasoline", column: wrong}])
    rows.to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ProjectError) as error:
        balance.read(catalog, tmp_path / "b.csv")
    assert f"b.csv, row 3, column {column}: found {wrong!r}" in str(error.value)
    assert expected in str(error.value)


@pytest.mark.parametrize("cell", ["nan", "inf", "", "1e999", "12²", "①", "0x12"])
def test_cells_that_are_no_finite_number(catalog: Catalog, tmp_path: Path, cell: str) -> None:
    (tmp_path / "b.csv").write_text(f"region,year,flow,fuel,value,unit\n330000,2021,transport,diesel,{cell},Mtce\n")
    with pytest.raises(ProjectError, match="column value"):
        balance.read(catalog, tmp_path / "b.csv")


def test_files_that_are_no_balance(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("region,year,flow,fuel,value,unit\n")
    with pytest.raises(ProjectError, match="no row below the header"):
        balance.read(catalog, tmp_path / "none.csv")
    (tmp_path / "short.csv").write_text("region,year,value\n330000,2021,1\n")
    with pytest.raises(ProjectError, match="no column flow, fuel, unit"):
        balance.read(catalog, tmp_path / "short.csv")
    with pytest.raises(ProjectError, match=r"absent\.csv"):
        balance.read(catalog, tmp_path / "absent.csv")


def test_the_same_flow_and_fuel_twice_is_named(catalog: Catalog, tmp_path: Path) -> None:
    pd.DataFrame([one("transport", "diesel", 1.0)] * 2).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ProjectError, match=r"row 3.*once"):
        balance.read(catalog, tmp_path / "b.csv")


def test_an_excel_file_is_read_like_a_csv(catalog: Catalog, tmp_path: Path) -> None:
    rows = balance.shipped(catalog, "330000", 2021)
    rows.to_excel(tmp_path / "b.xlsx", index=False)
    pd.testing.assert_frame_equal(balance.read(catalog, tmp_path / "b.xlsx"), rows, check_dtype=False)


def test_totals_and_fuels_in_different_units_of_one_kind_count_once(catalog: Catalog) -> None:
    coal = one("transport", "raw_coal", 10.0)
    alone = total(catalog, coal)
    assert total(catalog, coal, one("transport", "total_coal", 1000.0, "10^4 tce")) == pytest.approx(alone)
    joules = 10e6 * 29.3076 / 1e4  # Mtce in 10^10 kJ
    assert total(catalog, coal, one("transport", "total_coal", joules, "10^10 kJ")) == pytest.approx(alone)


def test_a_total_and_its_fuels_of_different_kinds_are_refused(catalog: Catalog) -> None:
    with pytest.raises(
        ProjectError, match=r"total_coal is in tce and raw_coal in t; .* both be energy or both be mass"
    ):
        total(catalog, one("transport", "raw_coal", 1400.0, "10^4 t"), one("transport", "total_coal", 10.0))


def test_negative_feedstock_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match=r"industry_nonenergy, lpg: found -9 Mtce; expected zero or more"):
        total(catalog, one("industry", "lpg", 10.0), one("industry_nonenergy", "lpg", -9.0))


def test_a_sum_with_some_of_its_parts_counts_the_rest(catalog: Catalog) -> None:
    rows = pd.DataFrame([one("residential", "lpg", 10.0), one("urban", "lpg", 3.0)])
    found = balance.emissions(catalog, rows, cement=False)
    assert found.rows["co2_mt"].sum() == pytest.approx(10 * 1.827)
    assert found.remarks["reason"].tolist() == ["rest_of_sum"]
    assert found.remarks["value"].iloc[0] * 1e-6 == pytest.approx(7.0)


def test_parts_larger_than_their_sum_are_named(catalog: Catalog) -> None:
    rows = pd.DataFrame([one("residential", "lpg", 2.0), one("urban", "lpg", 3.0)])
    found = balance.emissions(catalog, rows, cement=False)
    assert found.rows["co2_mt"].sum() == pytest.approx(3 * 1.827)
    assert found.remarks["reason"].tolist() == ["parts_exceed"]


@pytest.mark.parametrize(
    ("flow", "fuel", "reason"),
    [
        ("industry", "petroleum_products_total", "only_total"),
        ("transport", "total_energy", "only_total"),
        ("final", "diesel", "only_sum"),
        ("total_consumption", "natural_gas", "only_sum"),
    ],
)
def test_what_stands_only_as_a_sum_is_named(catalog: Catalog, flow: str, fuel: str, reason: str) -> None:
    rows = pd.DataFrame([one("agriculture", "gasoline", 1.0), one(flow, fuel, 5.0)])
    found = balance.emissions(catalog, rows, cement=False)
    assert found.rows["co2_mt"].sum() == pytest.approx(1.99)
    assert found.remarks["reason"].tolist() == [reason]


def test_a_negative_final_use_is_named_as_one(catalog: Catalog) -> None:
    rows = pd.DataFrame([one("transport", "diesel", -5.0), one("transport", "gasoline", 1.0)])
    assert balance.emissions(catalog, rows, cement=False).remarks["reason"].tolist() == ["negative"]


def test_nothing_to_count_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="nothing of the balance could be counted"):
        total(catalog, one("import", "raw_coal", 5.0))


@pytest.mark.parametrize("unit", ["Mt CO2", "GW", "h", "%"])
def test_a_unit_that_measures_no_fuel_is_named(catalog: Catalog, tmp_path: Path, unit: str) -> None:
    pd.DataFrame([one("transport", "diesel", 1.0, unit)]).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ProjectError, match="column unit"):
        balance.read(catalog, tmp_path / "b.csv")


def test_a_row_with_too_many_cells_is_named(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("region,year,flow,fuel,value,unit\n330000,2021,transport,diesel,1,Mtce,more\n")
    with pytest.raises(ProjectError, match=r"b\.csv.*more cells than the header"):
        balance.read(catalog, tmp_path / "b.csv")
