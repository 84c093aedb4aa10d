"""Key emitters: emissions, what they explain, what is left, whom to ask."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.data.project import ProjectError
from tanfeng.facts import factors, sites, tiers
from tanfeng.publishing import public
from tests.conftest import OFFICE

REGION = "330000"
FIGURE = {"site": "beilun", "year": "2024", "status": "internal", "source_id": "office_list"}


def put(tables: Path, table: str, *rows: dict[str, str]) -> Catalog:
    """Add local rows of a table, and the source they name."""
    (tables / "data" / "local").mkdir(exist_ok=True)
    (tables / "data" / "local" / "sources.csv").write_text(OFFICE, encoding="utf-8")
    columns = Catalog(tables).tables[table].columns
    frame = pd.DataFrame(rows).reindex(columns=columns)
    frame.to_csv(tables / "data" / "local" / f"{table}.csv", index=False)
    return Catalog(tables)


def test_coal_power_lies_in_cities_and_is_what_the_source_has(catalog: Catalog) -> None:
    coal = sites.sites(catalog, REGION).query("fuel == 'coal'")
    assert 40 < coal["capacity_mw"].sum() / 1000 < 45
    assert (coal["city"] != "").all()
    assert set(coal["as_of"]) == {2018}


def test_a_plant_is_capacity_times_hours_times_benchmark(catalog: Catalog) -> None:
    row = sites.sites(catalog, REGION).set_index("id").loc["beilun"]
    hours = factors.nearest(catalog, "full_load_hours", "coal", REGION)["value"]
    assert row["generation_twh"] == pytest.approx(5060 * hours / 1e6)
    assert row["co2_mt"] == pytest.approx(5060 * hours / 1e6 * 0.8177)
    assert row["source_id"].split() == ["wri_power_plants_1_3", "eps_china_cec", "ets_benchmarks_2022"]


@pytest.mark.parametrize("year", [2018, 2020, 2022])
def test_the_plants_fit_the_power_sector_of_the_year(catalog: Catalog, year: int) -> None:
    found = sites.reconciliation(catalog, REGION, year)
    assert abs(found.difference_pct) < 15
    assert found.power_mt < found.power_heat_mt
    assert found.left_twh >= 0
    assert found.listed_twh + found.left_twh == pytest.approx(found.thermal_twh)


def test_hours_give_way_to_the_generation_of_the_province(tables: Path) -> None:
    big = {"id": "big", "zh": "大厂", "region": REGION, "city": "330100", "kind": "power", "fuel": "coal"}
    catalog = put(tables, "sites", big | {"capacity_mw": "9000", "source_id": "office_list"})
    found = sites.reconciliation(catalog, REGION, 2018)
    assert found.scale < 1
    assert found.left_twh == pytest.approx(0)


@pytest.mark.parametrize("region", [REGION, "330100", "330200", "330300", "330700"])
def test_the_parts_add_up(catalog: Catalog, region: str) -> None:
    rows = sites.parts(catalog, region).set_index("row")
    whole = rows.loc["whole", "co2_mt"]
    assert rows.drop("whole")["co2_mt"].sum() == pytest.approx(whole)
    assert rows.drop("whole")["share_pct"].sum() == pytest.approx(100)
    assert rows.loc[["part", "unplaced"], "sites"].sum() == rows.loc["whole", "sites"]


def test_a_city_is_held_against_its_inventory_of_the_year(catalog: Catalog) -> None:
    rows = sites.parts(catalog, REGION).set_index("id")
    city = tiers.city_inventories(catalog, REGION).query("region == '330200' and year == 2018")
    assert rows.at["330200", "own_mt"] == city["co2_mt"].item()
    assert rows.at["330700", "own_year"] == 2017, "Jinhua has none of 2018"


def test_what_may_be_one_plant_counts_once(catalog: Catalog) -> None:
    row = sites.sites(catalog, REGION).set_index("id").loc["yuyao_gas"]
    assert row["basis"] == "same_as"
    assert pd.isna(row["co2_mt"])
    assert "yuyao_gas" not in set(sites.concentration(catalog, REGION)["id"])
    assert "yuyao_gas" not in set(sites.chase(catalog, REGION)["id"])


def test_supplied_figures_win_and_stay_internal(tables: Path) -> None:
    energy = FIGURE | {"site": "ninghai", "energy_tce": "5000000"}
    catalog = put(tables, "site_figures", FIGURE | {"co2_t": "20000000", "co2_target_t": "19000000"}, energy)
    rows = sites.sites(catalog, REGION).set_index("id")
    assert rows.loc["beilun", ["year", "basis", "status", "co2_mt"]].tolist() == [2024, "supplied", "internal", 20.0]
    coal = factors.combustion(catalog, "ceads", "raw_coal", "power", "tce")
    assert coal is not None
    assert rows.at["ninghai", "basis"] == "from_energy"
    assert rows.at["ninghai", "co2_mt"] == pytest.approx(5 * coal.value)
    assert rows.at["ninghai", "status"] == "internal"
    assert rows.at["yuhuan", "basis"] == "from_capacity"
    chased = sites.chase(catalog, REGION).set_index("id")["missing"]
    assert chased["beilun"] == "over_target"
    assert chased["ninghai"] == "target"
    assert chased["yuhuan"] == "figures target"


def test_a_name_and_a_year_are_enough(tables: Path) -> None:
    put(tables, "sites", {"id": "named", "zh": "某厂", "region": REGION, "source_id": "office_list"})
    catalog = put(tables, "site_figures", FIGURE | {"site": "named"})
    row = sites.sites(catalog, REGION).set_index("id").loc["named"]
    assert row["basis"] == ""
    assert pd.isna(row["co2_mt"])
    assert sites.chase(catalog, REGION).set_index("id").at["named", "missing"] == "city county figures target"


def test_another_province_has_its_own(tables: Path) -> None:
    row = {"id": "other", "zh": "外省电厂", "region": "440000", "city": "", "kind": "power", "fuel": "coal"}
    catalog = put(tables, "sites", row | {"capacity_mw": "1000", "as_of": "2020", "source_id": "office_list"})
    found = sites.sites(catalog, "440000")
    assert found["id"].tolist() == ["other"]
    assert found["basis"].tolist() == [""], "no hours of the province are known"
    assert "other" not in set(sites.sites(catalog, REGION)["id"])


def test_a_region_without_sites_says_so(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match=r"no key emitters of region 320000"):
        sites.sites(catalog, "320000")
    with pytest.raises(ProjectError, match="is no province with sites"):
        sites.reconciliation(catalog, "330200")


def test_the_curve_rises_to_all(catalog: Catalog) -> None:
    rows = sites.concentration(catalog, REGION)
    assert rows["cumulative_pct"].is_monotonic_increasing
    assert rows["co2_mt"].sum() == pytest.approx(sites.reconciliation(catalog, REGION).listed_mt)
    assert rows["explained_pct"].iloc[-1] < 60
    assert dataclasses.asdict(sites.reconciliation(catalog, REGION))["year"] == 2018


def test_what_is_not_public_is_left_out(tables: Path) -> None:
    put(tables, "sites", {"id": "named", "zh": "某厂", "region": REGION, "source_id": "office_list"})
    put(tables, "site_figures", FIGURE | {"site": "named"}, FIGURE | {"co2_t": "20000000"})
    view = Catalog(public.without_internal(tables))
    assert "named" not in set(view.read("sites")["id"])
    assert view.read("site_figures").empty
    assert check_tables(view, ["sites", "site_figures", "sources"]) == []
