"""Estimates are computed, equal what the project first stated, say their method, and give way to better figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import emissions, estimates

STATED = {  # Mt CO2, first worked out by hand in November 2026
    (2020, "agriculture"): 7.0,
    (2020, "buildings"): 12.03,
    (2020, "energy"): 240.52,
    (2020, "industry"): 71.38,
    (2020, "residential"): 18.85,
    (2021, "agriculture"): 6.87,
    (2021, "buildings"): 11.91,
    (2021, "energy"): 299.84,
    (2021, "industry"): 70.53,
    (2021, "residential"): 19.92,
    (2023, "energy"): 316.03,
}


@pytest.mark.parametrize(("year", "field"), STATED)
def test_every_estimate_is_reproduced(catalog: Catalog, year: int, field: str) -> None:
    row = emissions.series(catalog, "330000", field).set_index("year").loc[year]
    assert row["status"] == "estimate"
    assert row["co2_mt"] == pytest.approx(STATED[year, field], rel=0.01)


def test_the_register_holds_exactly_these(catalog: Catalog) -> None:
    rows = estimates.register(catalog, "330000")
    assert set(rows[["year", "field"]].itertuples(index=False, name=None)) == set(STATED)
    assert "estimate" not in set(catalog.read("inventory")["status"])
    assert (rows["note_zh"] != "").all()
    assert (rows["note_en"] != "").all()


def test_a_region_without_estimates_has_none(catalog: Catalog) -> None:
    assert set(emissions.emissions(catalog, "440000")["status"]) == {"reported"}


def _local(tables: Path, text: str) -> Catalog:
    (tables / "data" / "local").mkdir(exist_ok=True)
    (tables / "data" / "local" / "inventory.csv").write_text(
        "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n" + text, encoding="utf-8"
    )
    return Catalog(tables)


def test_a_local_figure_takes_the_place_of_an_estimate(tables: Path) -> None:
    found = _local(tables, "330000,2021,industry,all,all,60.0,reported,ceads_provinces_2022,,\n")
    rows = emissions.series(found, "330000", "industry").set_index("year")
    assert (rows.at[2021, "co2_mt"], rows.at[2021, "status"]) == (60.0, "reported")
    assert rows.at[2020, "status"] == "estimate"


def test_an_estimate_follows_its_anchor(catalog: Catalog, tables: Path) -> None:
    before = emissions.series(catalog, "330000", "industry").set_index("year")["co2_mt"]
    found = _local(tables, "330000,2019,industry,all,all,0.0,reported,ceads_provinces_2022,,\n")
    after = emissions.series(found, "330000", "industry").set_index("year")["co2_mt"]
    assert after[2021] == pytest.approx(before[2022] * 2 / 3)


def test_a_missing_anchor_or_generation_is_named(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("generation_thermal,330000,2023")), "utf-8")
    with pytest.raises(ProjectError, match=r"thermal generation of region 330000 in 2023"):
        emissions.series(Catalog(tables), "330000", "energy")


def test_interpolation_lies_on_the_straight_line(catalog: Catalog) -> None:
    for field in ("industry", "agriculture", "buildings", "residential"):
        level = emissions.series(catalog, "330000", field).set_index("year")["co2_mt"]
        last = 2022 if field == "industry" else 2021
        expected = level[2019] + (level[last] - level[2019]) / (last - 2019)
        assert level[2020] == pytest.approx(expected, rel=1e-12)


def test_power_follows_thermal_generation(catalog: Catalog) -> None:
    power = emissions.emissions(catalog, "330000", by="subsector").query("subsector == 'power_heat'")
    co2 = power.set_index("year")["co2_mt"]
    assert 10 * co2[2021] / 304.854 == pytest.approx(9.57, abs=0.01)  # between 0.9517 (2019) and 0.9599 (2022) kg a kWh
    assert co2[2023] / co2[2022] == pytest.approx(3201.69 / 3062.44, rel=1e-9)


@pytest.mark.parametrize(("year", "field"), STATED)
def test_errors_of_the_methods_are_measured(catalog: Catalog, year: int, field: str) -> None:
    assert 0 < estimates.error_pct(catalog, "330000", year, field) < 10


def test_a_longer_line_is_less_certain(catalog: Catalog) -> None:
    known = catalog.read("inventory").query("region == '330000' and status == 'reported'")
    spread = [
        float((estimates.errors(catalog, known, "energy", "interpolation", 1, after) ** 2).mean()) for after in (1, 4)
    ]
    assert spread[0] < spread[1]


def test_an_estimate_that_is_not_registered_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="transport in region 330000, 2021"):
        estimates.error_pct(catalog, "330000", 2021, "transport")


def test_estimates_without_corrections_follow_the_published_figures(catalog: Catalog) -> None:
    mended, published = (emissions.emissions(catalog, "330000", corrections=one) for one in (True, False))
    industry = [rows.query("field == 'industry'").set_index("year")["co2_mt"] for rows in (mended, published)]
    assert industry[1][2021] - industry[0][2021] == pytest.approx((industry[1][2022] - industry[0][2022]) * 2 / 3)


def test_the_balance_the_factors_come_from_tests_nothing(catalog: Catalog) -> None:
    known = catalog.read("inventory").query("region == '330000' and status == 'reported'")
    assert estimates.errors(catalog, known, "residential", "balance").index.tolist() == [2010, 2013, 2014]
