"""Learning from panels: files, groups, the split, tables that come back as written; what the shipped ones promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast import calibration, learning
from tanfeng.forecast.conformal import PROBABILITIES


def write(folder: Path, name: str, sectors: list[str], regions: int = 20, years: int = 32, seed: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    rows = [
        (f"{name[:4]}{region}", sector, 1990 + year, value)
        for region in range(regions)
        for sector in sectors
        for year, value in enumerate(np.exp(rng.normal(0.02, 0.07, years).cumsum()))
    ]
    path = folder / name
    pd.DataFrame(rows, columns=["region", "sector", "year", "value"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> calibration.Learnt:
    folder = tmp_path_factory.mktemp("panels")
    files = [
        write(folder, "x_prov_sector.csv", ["total", "energy"]),
        write(folder, "x_country.csv.gz", ["total", "power"], seed=2),
    ]
    return learning.calibrate(files)


def test_groups_follow_the_file_and_the_sector(learnt: calibration.Learnt) -> None:
    assert list(learnt.calibrations) == ["province_total", "energy", "country_total", "country_sector", "general"]
    counts = learnt.counts.set_index("group")["series"]
    assert counts.to_dict() == {
        "province_total": 20,
        "energy": 20,
        "country_total": 20,
        "country_sector": 20,
        "general": 80,
    }


def test_coverage_on_left_out_regions_is_near_the_level(learnt: calibration.Learnt) -> None:
    rows = learnt.measured.query("test == 'left_out' and year_ahead == 'all'").set_index(["group", "measure"])["value"]
    for group in ("provinces", "country_sector", "general"):
        assert 0.72 < rows[group, "coverage80"] < 0.92
        assert 0.9 < rows[group, "coverage95"] <= 1
    assert (rows.xs("brier", level="measure") < 0.25).all()


def test_the_slowdown_is_tested_on_what_was_known_before(learnt: calibration.Learnt) -> None:
    rows = learnt.measured.query("test == 'slowdown_2012' and measure == 'coverage80'")
    assert set(rows["group"]) == {"province_total", "energy", "provinces"}
    assert rows.query("group == 'provinces' and year_ahead == '9'")["cases"].item() == 40


def test_tables_come_back_as_written(learnt: calibration.Learnt, tmp_path: Path) -> None:
    calibration.write(learnt, tmp_path)
    for group, one in learnt.calibrations.items():
        back = calibration.calibration(group, tmp_path)
        assert back.growth == pytest.approx(one.growth, abs=5e-5)
        assert back.trajectories == pytest.approx(one.trajectories, abs=5e-5)
        assert (back.scale, back.widening) == (pytest.approx(one.scale, abs=5e-5), one.widening)
    panels = pd.read_csv(tmp_path / "panels.csv")
    assert panels["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    assert calibration.measured(tmp_path)["value"].between(0, 1).all()


def test_a_province_borrows_three_quarters_of_its_trajectories(learnt: calibration.Learnt) -> None:
    lender = learnt.calibrations["country_sector"].trajectories[:300]
    moved = learnt.calibrations["energy"].trajectories[-300:] - lender
    assert moved == pytest.approx(np.tile(moved[0], (300, 1)))  # all by one centre
    assert learnt.calibrations["energy"].widening == 1.0  # only sums of countries are widened


def test_a_province_keeps_the_spread_of_its_errors_and_not_their_centre(learnt: calibration.Learnt) -> None:
    for group in ("province_total", "energy"):
        one = learnt.calibrations[group]
        assert one.growth[PROBABILITIES == 0.5] == pytest.approx(0.0)
        assert np.median(one.trajectories, axis=0) == pytest.approx(0.0)
        assert (one.growth[0] != 0).any()
    country = learnt.calibrations["country_sector"]
    assert np.abs(np.median(country.trajectories, axis=0)).max() > 0.01


@pytest.fixture(scope="module")
def with_kinds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, calibration.Learnt]:
    """The panels of `learnt` and one of kinds that are no emissions; and the path of the latter."""
    folder = tmp_path_factory.mktemp("kinds")
    kinds = write(folder, "kinds.csv", ["stock", "freight"], seed=3)
    rows = pd.read_csv(kinds)
    rows = rows.assign(series=rows["region"] + " " + rows["sector"], group=rows["sector"], value=10 * rows["value"])
    rows.drop(columns="sector").to_csv(kinds, index=False)
    files = [
        write(folder, "x_prov_sector.csv", ["total", "energy"]),
        write(folder, "x_country.csv.gz", ["total", "power"], seed=2),
    ]
    return kinds, learning.calibrate([*files, kinds])


def test_kinds_teach_no_other_group(learnt: calibration.Learnt, with_kinds: tuple[Path, calibration.Learnt]) -> None:
    found = with_kinds[1]
    assert list(found.calibrations) == [*learnt.calibrations, "stock", "freight"]
    for group, one in learnt.calibrations.items():
        assert np.array_equal(found.calibrations[group].growth, one.growth)
        assert np.array_equal(found.calibrations[group].trajectories, one.trajectories)
    apart = found.measured["test"] != "past_only"
    assert found.measured[apart].reset_index(drop=True).equals(learnt.measured)
    assert learnt.stock_growth.empty
    assert len(found.stock_growth)


def test_kinds_are_learnt_alone_as_well_and_keep_no_centre(with_kinds: tuple[Path, calibration.Learnt]) -> None:
    alone = learning.calibrate([with_kinds[0]])
    assert list(alone.calibrations) == ["stock", "freight"]
    for group, one in alone.calibrations.items():
        assert np.array_equal(one.growth, with_kinds[1].calibrations[group].growth)
        assert one.growth[PROBABILITIES == 0.5] == pytest.approx(0.0)
        assert np.median(one.trajectories, axis=0) == pytest.approx(0.0)


def test_kinds_are_measured_on_years_they_did_not_know(with_kinds: tuple[Path, calibration.Learnt]) -> None:
    rows = with_kinds[1].measured.query("test == 'past_only' and measure == 'coverage80'")
    assert set(rows["group"]) == {"stock", "freight", "stock_growth"}
    assert set(rows["year_ahead"]) == {"all", "1", "2", "3"}
    assert rows.query("group == 'freight' and year_ahead == 'all'")["value"].between(0.7, 0.95).all()


def test_a_short_panel_of_a_kind_is_learnt_and_not_measured(tmp_path: Path) -> None:
    rows = pd.DataFrame({"year": range(2005, 2015), "value": np.linspace(1.0, 2.0, 10), "group": "freight"})
    path = tmp_path / "short.csv"
    pd.concat([rows.assign(series=f"s{number}") for number in range(6)]).to_csv(path, index=False)
    found = learning.calibrate([path])
    assert list(found.calibrations) == ["freight"]
    assert found.measured.empty
    assert found.stock_growth.empty


def test_competition_series_have_one_origin(tmp_path: Path) -> None:
    rows = [("M3", f"N{n}", t, "x" if t < 14 else "xx", 10.0 + n + t) for n in range(3) for t in range(20)]
    path = tmp_path / "m.csv"
    pd.DataFrame(rows, columns=["set", "series", "t", "part", "value"]).to_csv(path, index=False)
    found = learning.read_panel(path)
    assert found.loc[found["origin"], "year"].tolist() == [13, 13, 13]
    assert set(found["group"]) == {"general"}


def test_regions_may_be_codes(tmp_path: Path) -> None:
    path = write(tmp_path, "codes_prov.csv", ["total"], regions=2)
    path.write_text(path.read_text().replace("code0", "330000").replace("code1", "440000"))
    assert sorted(learning.read_panel(path)["series"].unique()) == ["330000 total", "440000 total"]


def test_a_table_of_the_forecast_is_a_panel_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("series,year,value,group\na,2019,1,energy\na,2020,2,energy\n", encoding="utf-8")
    assert learning.read_panel(path)["group"].tolist() == ["energy", "energy"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("country,year\nA,2020\n", "expected region, sector, year, value"),
        ("series,year,value\na,2020,one\n", "row 2: value is 'one', not a number"),
        ("series,year,value\na,2020,1\na,2020,2\n", "series a has the year 2020 twice"),
        ("series,year,value,group\na,2020,1,steel\n", "group 'steel' is not known"),
        ("", "not a CSV file that can be read"),
    ],
)
def test_a_wrong_panel_says_what_and_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError, match=message):
        learning.read_panel(path)


def test_a_folder_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="tanfeng calibrate"):
        calibration.calibration("energy", tmp_path)


class TestShipped:
    @pytest.mark.parametrize("group", calibration.GROUPS)
    def test_every_group_is_whole(self, group: str) -> None:
        one = calibration.calibration(group)
        assert one.growth.shape == (len(PROBABILITIES), 2)
        assert one.trajectories.shape == (400, 10) or (
            group in {*calibration.PROVINCE_GROUPS, *calibration.KIND_GROUPS} and len(one.trajectories) > 300
        )
        assert 0 < one.scale < 0.3
        assert (np.diff(one.growth.sum(axis=1)) > 0).all()

    @pytest.mark.parametrize("group", [*calibration.PROVINCE_GROUPS, *calibration.KIND_GROUPS])
    def test_the_forecast_is_the_middle_of_a_province_and_of_a_kind(self, group: str) -> None:
        one = calibration.calibration(group)
        assert one.growth[PROBABILITIES == 0.5] == pytest.approx(0.0)
        assert np.median(one.trajectories, axis=0) == pytest.approx(0.0, abs=1e-4)

    def test_measured_coverage_is_what_the_levels_promise(self) -> None:
        rows = calibration.measured().query("test == 'left_out'").set_index(["group", "measure", "year_ahead"])["value"]
        rows = rows.sort_index()
        for group in ("provinces", "country_total", "country_sector", "general"):
            assert 0.72 <= rows[group, "coverage80", "all"] <= 0.87
            assert 0.92 <= rows[group, "coverage95", "all"] <= 0.98
            assert (rows[group, "coverage80"] - 0.8).abs().max() <= 0.1
            assert (rows[group, "coverage95"] - 0.95).abs().max() <= 0.1

    @pytest.mark.parametrize("group", calibration.KIND_GROUPS)
    def test_kinds_hold_past_only(self, group: str) -> None:
        rows = calibration.measured().query(f"test == 'past_only' and group == '{group}' and year_ahead == 'all'")
        held = rows.set_index("measure")["value"]
        assert 0.76 <= held["coverage80"] <= 0.92
        assert 0.92 <= held["coverage95"] <= 0.98

    def test_provinces_hold_across_the_slowdown(self) -> None:
        rows = calibration.measured().query("test == 'slowdown_2012' and year_ahead == 'all'")
        assert rows.query("group == 'provinces' and measure == 'coverage80'")["value"].item() >= 0.76
