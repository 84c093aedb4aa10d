"""Scores, reliability and coverage are what their definitions say; the committed backtest is that of the code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.forecast.backtest import METHODS
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import paths, skill
from tanfeng.pages.reports import methods as methods_report

CASES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def said(catalog: Catalog) -> pd.DataFrame:
    return skill.peaks(catalog)


def test_twelve_provinces_are_left_out(catalog: Catalog) -> None:
    found = skill.left_out(catalog)
    assert len(found) == 12
    assert skill.learnt_from(catalog).isdisjoint(found)
    assert set(paths.provinces(catalog)) >= skill.learnt_from(catalog)


def test_the_panel_is_the_published_inventory(catalog: Catalog) -> None:
    rows = skill.panel(catalog, ["110000", "440000"])
    assert rows["year"].max() == 2019
    table = rows.pivot_table(index=["region", "year"], columns="group", values="value")
    fields = table.drop(columns="province_total")
    assert fields.sum(axis=1).to_numpy() == pytest.approx(table["province_total"].to_numpy())
    with pytest.raises(ProjectError, match="999999"):
        skill.panel(catalog, ["110000", "999999"])


def test_a_case_came_if_no_later_year_was_higher(catalog: Catalog, said: pd.DataFrame) -> None:
    rows = skill.panel(catalog, skill.left_out(catalog)).set_index(["series", "year"])["value"]
    for case in said.sample(40, random_state=1).itertuples():
        past, future = rows[case.series].loc[: case.origin], rows[case.series].loc[case.origin + 1 : case.origin + 5]
        assert case.came == float(future.max() <= past.max())
    assert said["origin"].agg(["min", "max"]).tolist() == [2006, 2014]
    assert len(said) == 12 * 7 * 9


def test_what_the_reports_say_of_the_peak(said: pd.DataFrame) -> None:
    score = skill.brier(said)
    assert score["score"] < 0.12
    assert score["score"] < score["share_alone"]
    assert 0 < said["came"].mean() - said["said"].mean() < 0.05  # somewhat too low
    table = skill.reliability(said)
    assert ((table["came"] - table["said"]).abs() < 0.16).all()
    assert (table["came"] - table["said"]).idxmax() == 2  # most of all between 30 and 50 %


def test_gaps_hold_chance_of_whole_years() -> None:
    """Probabilities are right, but whole years share their luck: intervals hold 0 far more often than singles would."""
    generator = np.random.default_rng(3)
    regions, years, tried = np.arange(30), np.arange(2000, 2010), 60
    index = pd.MultiIndex.from_product([regions, years], names=["region", "origin"])
    missed = 0
    for _ in range(tried):
        luck = np.repeat(generator.random(2), 5)  # five years in a row come true together
        came = np.tile(luck, len(regions)) < 0.6
        rows = pd.DataFrame({"said": 0.6, "came": came.astype("float64")}, index=index).reset_index()
        gaps = skill.reliability_gaps(rows).loc[3]
        missed += not gaps["low"] <= 0 <= gaps["high"]
    single = tried * (0.4**2 + 0.6**2)  # both halves alike: nothing to draw from tells that they might differ
    assert missed <= single + 3 * np.sqrt(tried * 0.25)


def test_a_probability_that_is_wrong_everywhere_is_found() -> None:
    generator = np.random.default_rng(4)
    rows = pd.DataFrame({"region": np.repeat(np.arange(30), 10), "origin": np.tile(np.arange(10), 30), "said": 0.6})
    found = skill.unreliable(rows.assign(came=(generator.random(300) < 0.9).astype("float64")))
    assert found["low"].tolist() == [0.5]
    assert skill.unreliable(rows.assign(came=(generator.random(300) < 0.6).astype("float64"))).empty


@settings(max_examples=15)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_gaps_lie_in_their_intervals(regions: int, origins: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(regions), range(origins)], names=["region", "origin"])
    drawn = {"said": generator.random(len(index)), "came": (generator.random(len(index)) < 0.5).astype("float64")}
    gaps = skill.reliability_gaps(pd.DataFrame(drawn, index=index).reset_index())
    known = gaps.dropna()
    assert len(known) == len(gaps.dropna(subset=["gap"]))
    assert (known["low"] <= known["high"]).all()
    assert known.abs().le(1).all(axis=None)


@given(CASES)
def test_reliability_keeps_every_case(cases: list[tuple[float, float]]) -> None:
    rows = pd.DataFrame(cases, columns=["said", "came"])
    table = skill.reliability(rows)
    assert table["cases"].sum() == len(rows)
    filled = table[table["cases"] > 0]
    assert (filled["said"] >= filled["low"] - 1e-12).all()
    assert (filled["said"] <= filled["high"] + 1e-12).all()
    assert (filled["came"] * filled["cases"]).sum() == pytest.approx(rows["came"].sum())
    assert table.loc[table["cases"] == 0, ["said", "came"]].isna().all().all()


@given(CASES)
def test_brier_is_between_zero_and_one_and_the_share_is_best_of_constants(cases: list[tuple[float, float]]) -> None:
    rows = pd.DataFrame(cases, columns=["said", "came"])
    score = skill.brier(rows)
    assert 0 <= score["score"] <= 1
    for constant in (0.0, 0.3, 1.0):
        other = skill.brier(rows.assign(said=constant))["score"]
        assert score["share_alone"] <= other + 1e-12


def test_the_committed_backtest_is_that_of_the_code(catalog: Catalog) -> None:
    table = catalog.read("backtest")
    assert set(table["method"]) == set(METHODS)
    again = skill.scores(catalog, ["r1", "drift"], sample=250)
    kept = table[table["method"].isin(["naive", "r1", "drift"])].reset_index(drop=True)
    for column in ("owa", "smape", "mase", "coverage80", "coverage95", "crps"):
        assert kept[column].to_numpy() == pytest.approx(again[column].to_numpy(), abs=1e-4), column


def test_r1_beats_every_reference_on_the_provinces_left_out(catalog: Catalog) -> None:
    table = catalog.read("backtest").query("year_ahead == 'all'").set_index("method")["owa"]
    assert table.idxmin() == "r1"
    assert table["r1"] <= 0.86


def test_coverage_is_in_percent(catalog: Catalog) -> None:
    rows = skill.coverage(measured())
    assert set(rows["nominal"]) == {80, 95}
    assert rows["real"].between(0, 100).all()
    whole = rows[(rows["group"] == "provinces") & (rows["year_ahead"] == "all")].set_index(["test", "nominal"])["real"]
    assert 72 <= whole["left_out", 80] <= 87
    assert 92 <= whole["left_out", 95] <= 98
    assert whole["slowdown_2012", 80] >= 76


def test_key_figures_of_the_methods(catalog: Catalog) -> None:
    rows = methods_report.key_figures(catalog, "330000").set_index("id")["value"]
    assert rows["owa_r1"] < rows["owa_next"] < 1
    assert rows["width_total"] < rows["width_sum"]
    assert rows["width_apart"] < rows["width_sum"]
    assert -1 <= rows["correlation"] <= 1
    assert rows["error_energy_driver"] < rows["error_energy_direct"]
    assert rows["error_industry_driver"] < rows["error_industry_direct"]
    assert [name for name in rows.index if name.endswith("_driver")] == [
        "error_energy_driver",
        "error_industry_driver",
    ]
    assert np.isfinite(rows.to_numpy(dtype="float64")).all()
