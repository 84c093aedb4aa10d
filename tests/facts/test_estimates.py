"""Estimates are computed, say their method, how far it is off, and give way to better figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import emissions, estimates

HEAD = "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n"
MORE = 3201.69 / 3062.44  # thermal generation of 2023 over 2022


def power(catalog: Catalog, corrections: bool = True) -> dict[int, float]:
    rows = emissions.emissions(catalog, "330000", by="subsector", corrections=corrections)
    return rows[rows["subsector"] == estimates.POWER].set_index("year")["co2_mt"].to_dict()


def test_energy_of_2023_by_hand(catalog: Catalog) -> None:
    row = emissions.series(catalog, "330000", "energy").set_index("year").loc[2023]
    assert row["status"] == "estimate"
    assert row["co2_mt"] == pytest.approx(294.0288 * MORE + 8.5064 + 0.1980, abs=0.001)
    assert row["co2_mt"] == pytest.approx(316.1, abs=0.05)


def test_every_estimate_of_the_register_is_computed_and_noted(live: Catalog) -> None:
    registered = live.read("estimates")
    assert "estimate" not in set(live.read("inventory")["status"])
    assert (registered[["note_zh", "note_en"]] != "").all(axis=None)
    for row in registered.itertuples():
        status = emissions.series(live, row.region, row.field).set_index("year").at[row.year, "status"]
        assert status == "estimate", row


def test_a_region_without_estimates_has_none(catalog: Catalog) -> None:
    assert set(emissions.emissions(catalog, "440000")["status"]) == {"reported"}


def _local(tables: Path, text: str) -> Catalog:
    (tables / "data" / "local").mkdir(exist_ok=True)
    (tables / "data" / "local" / "inventory.csv").write_text(HEAD + text, encoding="utf-8")
    return Catalog(tables)


def test_a_local_figure_takes_the_place_of_an_estimate(tables: Path) -> None:
    found = _local(tables, "330000,2023,energy,all,all,300.0,reported,ceads_provinces_2022,,\n")
    row = emissions.series(found, "330000", "energy").set_index("year").loc[2023]
    assert (row["co2_mt"], row["status"]) == (300.0, "reported")


def test_an_estimate_follows_its_anchor(tables: Path) -> None:
    rows = (("power_heat", "coal", 100.0), ("petroleum_coking", "lpg", 1.3347))  # the correction leaves 7.54 % of it
    text = "".join(
        f"330000,2022,energy,{part},{co2},reported,ceads_provinces_2022,,\n"
        for part, co2 in ((f"{subsector},{fuel}", co2) for subsector, fuel, co2 in rows)
    )
    level = emissions.series(_local(tables, text), "330000", "energy").set_index("year")["co2_mt"]
    assert level[2023] == pytest.approx(100 * MORE + 1.3347 * 0.0754)


def test_a_missing_anchor_or_generation_is_named(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("generation_thermal,330000,2023")), "utf-8")
    with pytest.raises(ProjectError, match=r"thermal generation of region 330000 in 2023"):
        emissions.series(Catalog(tables), "330000", "energy")


@pytest.mark.parametrize("corrections", [True, False])
def test_power_follows_thermal_generation_and_the_rest_stays(catalog: Catalog, corrections: bool) -> None:
    co2 = power(catalog, corrections)
    assert co2[2023] / co2[2022] == pytest.approx(MORE, rel=1e-9)
    rows = emissions.emissions(catalog, "330000", corrections=corrections).query("field == 'energy'")
    total = rows.set_index("year")["co2_mt"]
    assert total[2023] - co2[2023] == pytest.approx(total[2022] - co2[2022])


def test_the_error_is_measured_on_every_year_with_an_inventory(catalog: Catalog) -> None:
    known = catalog.read("inventory").query("region == '330000'")
    found = estimates.errors(catalog, known, "energy", 1, None)
    assert found.index.tolist() == list(range(2006, 2023))
    by_hand = (238.0128 * 2442.63 / 2500.95 + 244.7515 - 238.0128) / 236.2824 - 1  # 2020 from 2019, as published
    assert found[2020] == pytest.approx(by_hand, abs=1e-6)
    assert estimates.error_pct(catalog, "330000", 2023, "energy") == pytest.approx(100 * np.sqrt((found**2).mean()))


def test_an_estimate_that_is_not_registered_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="transport in region 330000, 2021"):
        estimates.error_pct(catalog, "330000", 2021, "transport")
