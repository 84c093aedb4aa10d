"""Committed plants: which units are in, what exceeds the past growth, what each account sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import factors as factors_of
from tanfeng.outlook import committed, paths
from tanfeng.outlook.scenarios import BASELINE
from tanfeng.roadmap import wedges
from tanfeng.targets import intensity

REGION = "330000"
WITHOUT = replace(BASELINE, name="without", committed=False)


def test_units_under_construction_with_a_date_are_in(catalog: Catalog) -> None:
    rows = committed.plants(catalog, REGION)
    table = catalog.read("nuclear_units").set_index("id")
    assert (table.loc[rows["id"], "state"] == "under_construction").all()
    due = catalog.read("measures").set_index("id")["first_year"]
    assert rows["first_year"].tolist() == [int(due[one]) for one in rows["measure_id"]]
    assert rows["first_year"].is_monotonic_increasing
    assert committed.plants(catalog, "110000").empty


def test_only_what_exceeds_the_past_growth_counts(catalog: Catalog) -> None:
    growth, years = committed.past_growth(catalog, REGION), pd.Index(range(2026, 2061))
    found = committed.output(catalog, REGION, years, 2025)
    made = committed.made_twh(catalog, REGION, committed.capacity(catalog, REGION, 2040))
    assert growth == pytest.approx((755.4 - 226.12) / 19 / 10)
    assert found[2030] == pytest.approx(made - 5 * growth)
    assert found.loc[2026] == 0
    assert found.loc[2060] == 0  # the trend alone has passed it
    assert (found >= 0).all()


def test_output_and_factors_are_those_that_pint_finds(catalog: Catalog) -> None:
    factors = catalog.read("emission_factors").set_index("id")

    def quantity(name: str) -> Any:
        return units.quantity(catalog, factors.at[name, "value"], factors.at[name, "unit"])

    made = units.quantity(catalog, 1.21, "GW") * quantity("full_load_hours_nuclear_330000_2021")
    assert committed.made_twh(catalog, REGION, 1.21) == pytest.approx(made.to("TWh").magnitude, rel=1e-12)
    found = {
        committed.FOSSIL_KWH: committed.per_twh(catalog, committed.FOSSIL_KWH),
        "grid_factor_electricity_grid_east_china_2023": factors_of.grid_per_twh(catalog, REGION),
    }
    for name, value in found.items():
        mass = (quantity(name) * units.quantity(catalog, 1.0, "TWh")).to("t").magnitude / units.T_PER_MT
        assert value == pytest.approx(mass, rel=1e-12)


def test_a_province_without_hours_of_its_own_takes_those_of_the_nation(catalog: Catalog) -> None:
    nation = catalog.row("emission_factors", "full_load_hours_nuclear_china_2021_2024")["value"]
    assert committed.made_twh(catalog, "440000", 1.0) == pytest.approx(nation / 1000)


def test_the_reference_holds_them_and_a_scenario_leaves_them_out(catalog: Catalog) -> None:
    with_, without = paths.paths(catalog, REGION), paths.paths(catalog, REGION, scenario=WITHOUT)
    before = [year for year in with_.years if year < committed.plants(catalog, REGION)["first_year"].min()]
    same = slice(0, len(before))
    assert with_.drawn[:, :, same] == pytest.approx(without.drawn[:, :, same])
    less = without.middle[-1] - with_.middle[-1]
    assert (less[len(before) :] > 0).all()
    place = with_.years.index(2030)
    twh = paths.committed_output(catalog, REGION, pd.Index([2030]))
    assert less[place] == pytest.approx(float(committed.direct(catalog, twh)[0]))
    others = [i for i, name in enumerate(with_.fields[:-1]) if name != "energy"]
    assert with_.drawn[others] == pytest.approx(without.drawn[others])


def test_imports_are_lower_by_the_rest(catalog: Catalog) -> None:
    years = list(range(2024, 2031))
    less = intensity.imports(catalog, REGION, years, False) - intensity.imports(catalog, REGION, years)
    twh = paths.committed_output(catalog, REGION, pd.Index(years)).to_numpy()
    assert less == pytest.approx(np.broadcast_to(committed.imported(catalog, REGION, twh), less.shape))
    share, east = committed.share(catalog), factors_of.grid_per_twh(catalog, REGION)
    assert less[0, -1] == pytest.approx(twh[-1] * (1 - share) * east)


def test_no_measure_counts_a_committed_unit_again(catalog: Catalog) -> None:
    rows = wedges.candidates(catalog, REGION).set_index("id")
    inside = committed.plants(catalog, REGION)["measure_id"]
    assert (rows.loc[inside, "stage"] == wedges.IN_REFERENCE).all()
    assert not set(inside) & set(wedges.wedges(catalog, REGION).measures)


def test_a_region_whose_units_have_no_date_has_none(tables: Path) -> None:
    units = tables / "data" / "nuclear_units.csv"
    text = units.read_text(encoding="utf-8")
    units.write_text(text.replace(",ME01,", ",,"), encoding="utf-8")
    assert "sanao_1" not in committed.plants(Catalog(tables), REGION)["id"].tolist()
