from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import emissions
from tanfeng.outlook import past, paths
from tanfeng.targets import probability
from tanfeng.targets.rules import Requirement

GDP = "gdp_current_5th_census"
REGION = "330000"


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return paths.fields(catalog, REGION)


def test_known_fields_add_up_to_the_total_and_the_point_ahead_is_the_median(
    catalog: Catalog, rows: pd.DataFrame
) -> None:
    table = rows.query("status != 'forecast'").pivot_table(index="year", columns="field", values="co2_mt")
    assert table.drop(columns="total").sum(axis=1).to_numpy() == pytest.approx(table["total"].to_numpy(), rel=1e-12)
    ahead = rows.query("status == 'forecast' and field == 'total'")["co2_mt"]
    assert ahead.to_numpy() == pytest.approx(np.median(paths.paths(catalog, REGION).of("total"), axis=0))


def test_fields_add_up_in_every_path(catalog: Catalog) -> None:
    found = paths.paths(catalog, REGION)
    assert found.drawn.shape == (7, 400, 13)
    assert found.drawn[:-1].sum(axis=0) == pytest.approx(found.of("total"), rel=1e-12)
    assert np.isfinite(found.drawn).all()
    assert (found.drawn >= 0).all()


def test_horizon_and_status(rows: pd.DataFrame) -> None:
    assert rows["year"].max() == 2035
    energy = rows.query("field == 'energy'").set_index("year")["status"]
    assert (energy[2019], energy[2022], energy[2023]) == ("reported", "adjusted", "forecast")
    assert rows.query("status != 'forecast'")["lo80"].isna().all()
    assert rows.query("status == 'forecast'")["lo80"].notna().all()


def test_intervals_are_ordered_and_widen(rows: pd.DataFrame) -> None:
    ahead = rows.query("status == 'forecast'")
    assert (ahead["lo95"] < ahead["lo80"]).all()
    assert (ahead["lo80"] < ahead["hi80"]).all()
    assert (ahead["hi80"] < ahead["hi95"]).all()
    total = ahead[ahead["field"] == "total"].set_index("year")
    width = (total["hi80"] - total["lo80"]) / total["co2_mt"]
    assert width[2025] < width[2028] < width[2032]


def test_five_years_after_the_last_told_one_no_band_is_narrower_than_a_fifth(rows: pd.DataFrame) -> None:
    five = rows[(rows["status"] == "forecast") & (rows["year"] == 2030)]
    assert ((five["hi80"] - five["lo80"]) / five["co2_mt"] >= 0.4).all()


def test_the_same_numbers_every_time(catalog: Catalog) -> None:
    first = paths.paths(catalog, REGION, 2030).drawn
    paths.paths.clear()
    assert (paths.paths(catalog, REGION, 2030).drawn == first).all()


def test_errors_of_the_fields_go_together_as_in_the_provinces(catalog: Catalog) -> None:
    template = past.template(catalog).query("region != @REGION")
    assert len(template) > 100
    found = paths.paths(catalog, REGION)
    drawn = pd.DataFrame(found.drawn[:-1, :, 8].T).rank().corr().to_numpy()
    seen = template.rank().corr().to_numpy()
    apart = ~np.eye(6, dtype=bool)
    assert np.corrcoef(drawn[apart], seen[apart])[0, 1] > 0.5


def test_the_total_is_more_certain_than_its_fields_taken_together(catalog: Catalog) -> None:
    found = paths.paths(catalog, REGION)
    spread = np.quantile(found.drawn[:, :, 7], [0.1, 0.9], axis=1)
    width = spread[1] - spread[0]
    assert width[-1] < width[:-1].sum()


def test_peak_probabilities(catalog: Catalog) -> None:
    for field in ("total", *emissions.emitting_fields(catalog)):
        rows = paths.peak(catalog, REGION, field)
        assert rows["p_peaked_by"].between(0, 1).all()
        assert rows["p_peaked_by"].is_monotonic_increasing
        assert rows["p_no_peak"].iloc[0] == pytest.approx(1 - rows["p_peaked_by"].iloc[-1])
        assert set(rows["trend"]) <= {"rising", "falling", "plateau"}
        assert rows["year"].tolist() == list(range(2022, 2035))


def test_every_province_has_an_outlook(catalog: Catalog) -> None:
    for region in ("110000", "440000", "650000"):
        total = paths.fields(catalog, region).query("field == 'total' and status == 'forecast'")
        assert np.isfinite(total[["co2_mt", "lo80", "hi80"]].to_numpy(dtype="float64")).all()


def test_probability_of_a_published_series(catalog: Catalog) -> None:
    sure = Requirement(True, 1000.0, "flow", 2027)
    drawn = probability.figure_paths(catalog, GDP, REGION, sure)
    assert drawn is not None
    share, (low, high) = probability.share_reaching(drawn, sure), paths.interval(drawn)
    assert share > 0.99
    assert low < np.median(drawn) < high
    assert probability.share_reaching(drawn, Requirement(False, 1000.0, "flow", 2027)) == pytest.approx(1 - share)


def test_no_probability_far_ahead_or_without_a_series(catalog: Catalog) -> None:
    assert probability.figure_paths(catalog, GDP, REGION, Requirement(True, 1.0, "flow", 2030)) is None
    assert (
        probability.figure_paths(catalog, "rd_intensity_bulletin", REGION, Requirement(True, 1.0, "flow", 2027)) is None
    )


def test_a_year_outside_and_a_field_without_emissions_are_named(catalog: Catalog, rows: pd.DataFrame) -> None:
    with pytest.raises(ProjectError, match="2050"):
        paths.at(rows, "total", 2050)
    with pytest.raises(ProjectError, match="technology"):
        paths.one_field(catalog, REGION, "technology")
