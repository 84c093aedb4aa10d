"""Years told by drivers: what the provinces teach, that no province teaches itself, and what a driver adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, observations
from tanfeng.outlook import nowcast, projection
from tanfeng.outlook.paths import provinces

REGION = "330000"
# least squares over origins 2006 to 2019, with the standard error by province, measured apart from this code
MEASURED = {
    "energy": [(0.525, 0.052, 6.6), (0.563, 0.036, 8.4), (0.583, 0.037, 9.5)],
    "industry": [(0.293, 0.058, 12.4), (0.300, 0.077, 16.5), (0.334, 0.055, 19.7)],
}


@pytest.mark.parametrize("field", MEASURED)
def test_the_provinces_teach_what_was_measured_elsewhere(catalog: Catalog, field: str) -> None:
    table = nowcast.learnt(catalog, field).table
    for row, (b, error, most) in zip(table.itertuples(), MEASURED[field], strict=True):
        assert row.b == pytest.approx(b, abs=2 * error)
        assert row.error_pct <= most
        assert row.error_pct < row.direct_error_pct
        assert row.cases >= 14 * len(provinces(catalog))


def test_no_province_teaches_the_coefficient_it_is_tested_with(catalog: Catalog, tables: Path) -> None:
    """Emissions of a province ten times as large in one year change its own error there and hardly any other."""
    inventory = tables / "data" / "inventory.csv"
    rows = pd.read_csv(inventory, dtype="str", keep_default_na=False)
    here = (rows["region"] == "110000") & (rows["year"] == "2010") & (rows["field"] == "industry")
    rows.loc[here, "co2_mt"] = [str(10 * float(one)) for one in rows.loc[here, "co2_mt"]]
    rows.to_csv(inventory, index=False)
    before, after = (nowcast.learnt(one, "industry").errors[1] for one in (catalog, Catalog(tables)))
    moved = (after - before).abs()
    assert moved[("110000", 2009)] > 1
    assert moved.drop("110000", level="region").median() < 0.05


def test_the_nation_is_chained_where_editions_change_and_goes_on_by_published_growth(catalog: Catalog) -> None:
    found = nowcast.nation(catalog)
    assert found.index.tolist() == list(range(1990, 2026))
    assert 100 * np.expm1(found[2024] - found[2023]) == pytest.approx(0.7)
    assert 100 * np.expm1(found[2025] - found[2024]) == pytest.approx(0.4)
    assert found.diff().abs().max() < 0.2


@pytest.mark.parametrize(
    ("region", "field", "told"),
    [
        (REGION, "energy", {2023: "thermal", 2024: "thermal", 2025: "electricity"}),
        (REGION, "industry", dict.fromkeys((2023, 2024, 2025), "cement")),
        ("320000", "energy", dict.fromkeys((2023, 2024), "thermal")),
        (REGION, "buildings", {}),
    ],
)
def test_years_are_told_as_far_as_drivers_are_published(
    catalog: Catalog, region: str, field: str, told: dict[int, str]
) -> None:
    found = nowcast.estimate(catalog, region, field)
    assert dict(zip(found["year"], found["drivers"], strict=True)) == told
    assert (found["co2_mt"] > 0).all()


def test_a_driver_that_moves_with_the_nation_adds_nothing(catalog: Catalog) -> None:
    relative = nowcast._driven(catalog, "generation_thermal_above_scale")
    weight = np.exp(relative[2020])
    assert weight.sum() == pytest.approx(1)
    _, base = nowcast._base(catalog, "energy", 2022)
    row = nowcast.estimate(catalog, REGION, "energy").iloc[0]
    moved = relative.at[REGION, 2023] - relative.at[REGION, 2022]
    known = nowcast.emitted(catalog, "energy").at[REGION, 2022]
    b = nowcast.learnt(catalog, "energy").table.at[0, "b"]
    place = nowcast.emitted(catalog, "energy").index.get_loc(REGION)
    assert row["co2_mt"] == pytest.approx(known * np.exp(base[place, 0] + b * moved))


def test_a_year_known_to_november_goes_on_by_these_months(catalog: Catalog) -> None:
    """Cement of 2025: the year 2024 times the growth of the eleven months; the nation by its published growth."""
    moved = nowcast._driven(catalog, "cement_output")
    known = observations.yearly(catalog, "cement_output", REGION).set_index("year")["value"]
    own = np.log(known[2024] * 10111.02 / 10390.58 / known[2024])
    growth = observations.yearly(catalog, "cement_output_growth", nowcast.NATION).set_index("year")["value"]
    assert moved.at[REGION, 2025] - moved.at[REGION, 2024] == pytest.approx(own - np.log(1 + growth[2025] / 100))


def test_errors_are_those_of_other_provinces_and_have_no_median(catalog: Catalog) -> None:
    chosen, _ = projection.cases(catalog, REGION)
    drawn = nowcast.trajectories(catalog, REGION, "energy", chosen)
    assert drawn.shape == (400, 3)
    assert REGION not in chosen.get_level_values("region")
    assert np.median(drawn, axis=0) == pytest.approx(np.zeros(3), abs=0.02)
    assert (np.diff(np.std(drawn, axis=0)) > 0).all()


def test_an_error_is_what_came_less_what_was_told(catalog: Catalog) -> None:
    """A path is told plus an error: where provinces came out higher than told, paths lie higher."""
    found, whole = nowcast.learnt(catalog, "energy"), nowcast.emitted(catalog, "energy")
    _, base = nowcast._base(catalog, "energy", 2015)
    driven = nowcast._relative(catalog, "energy", "generation_thermal_above_scale", 2015)
    told = base[:, 0] + found.table.at[0, "b"] * driven[:, 0]
    came = np.log(whole[2016] / whole[2015]).to_numpy()
    errors = found.errors.xs(2015, level="origin")[1].reindex(whole.index).to_numpy()
    assert np.nanmax(np.abs(came - told - errors)) < 0.01  # each province leaves itself out


def test_every_driver_says_why_and_belongs_to_a_field(catalog: Catalog) -> None:
    rows = catalog.read("drivers")
    assert (rows[["reason_zh", "reason_en"]] != "").all(axis=None)
    assert set(rows["field"]) <= set(emissions.emitting_fields(catalog))


@pytest.mark.parametrize(("field", "figure"), [("transport", 29.5), ("energy", 314.0)])
def test_a_year_of_one_field_alone_is_known_in_every_path(tables: Path, field: str, figure: float) -> None:
    local = tables / "data" / "local"
    local.mkdir(exist_ok=True)
    (local / "inventory.csv").write_text(
        "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n"
        f"{REGION},2023,{field},all,all,{figure},reported,ceads_provinces_2022,,\n",
        encoding="utf-8",
    )
    ahead = projection.project(Catalog(tables), REGION, field, 2030)
    assert ahead.centre.index[0] == 2024
    from_2023 = ahead.since(2023)
    assert from_2023.paths()[:, 0] == pytest.approx(np.full(400, figure))
    assert from_2023.kinds[2023] == "published"
    assert from_2023.paths()[:, 1:] == pytest.approx(ahead.paths())
