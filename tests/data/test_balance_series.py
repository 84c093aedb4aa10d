"""Series made from the energy inventory are its cells; the provinces add up to the nation."""

from __future__ import annotations

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts.observations import yearly

REGION = "330000"
YEARS = [*range(2015, 2021), 2022]  # in physical units
WASHED = ["raw_coal", "cleaned_coal", "other_washed_coal", "briquettes"]
CELLS = {  # indicator: flows, fuels, sign
    "coal_for_power": (["thermal_power"], WASHED, -1),
    "coal_for_heat": (["heating"], WASHED, -1),
    "coal_consumption_inventory_sum": (["apparent_use"], WASHED, 1),
    "lpg_non_energy_use": (["industry_nonenergy"], ["lpg"], 1),
    "electricity_final": (["final"], ["electricity"], 1),
    "electricity_losses": (["losses"], ["electricity"], 1),
    "electricity_primary": (["agriculture"], ["electricity"], 1),
    "electricity_secondary": (["industry", "construction"], ["electricity"], 1),
    "electricity_tertiary": (["transport", "wholesale", "other"], ["electricity"], 1),
    "electricity_residential": (["urban", "rural"], ["electricity"], 1),
    **{
        f"electricity_{flow}": ([flow], ["electricity"], 1)
        for flow in ("industry", "construction", "transport", "wholesale", "other")
    },
}


@pytest.mark.parametrize("indicator", CELLS)
def test_a_series_is_the_sum_of_its_cells(live: Catalog, indicator: str) -> None:
    flows, fuels, sign = CELLS[indicator]
    rows = live.read("energy_balance")
    rows = rows[(rows["region"] == REGION) & rows["flow"].isin(flows) & rows["fuel"].isin(fuels)]
    rows = rows[rows["year"].isin(YEARS)]
    assert set(rows["unit"]) <= {"10^4 t", "10^8 kWh"}
    cells = (sign * rows["value"]).groupby(rows["year"]).sum().to_dict()
    known = live.read("observations").query("indicator == @indicator and region == @REGION")
    known = known[known["source_id"].isin(["ceads_energy_inventory_2011_2022", "derived_energy_inventory"])]
    series = known[known["period"].isin(map(str, YEARS))].set_index("period")["value"].rename(int).to_dict()
    assert series.keys() == cells.keys() == set(YEARS)
    assert series == pytest.approx(cells, abs=0.011)


@pytest.mark.parametrize("year", range(2015, 2025))
def test_thermal_generation_of_the_provinces_is_that_of_the_nation(live: Catalog, year: int) -> None:
    regions = live.read("regions").query("level == 'province'")["id"]
    name = "generation_thermal_above_scale"
    found = [yearly(live, name, region).set_index("year").at[year, "value"] for region in regions]
    assert len(found) == 31
    nation = yearly(live, name, "100000").set_index("year").at[year, "value"]
    assert sum(found) == pytest.approx(nation, rel=1e-4)


def test_thermal_generation_of_zhejiang_in_2024(live: Catalog) -> None:
    rows = yearly(live, "generation_thermal_above_scale", REGION).set_index("year")
    assert rows.at[2024, "value"] == pytest.approx(3396.8)
