"""The panel form of R1 is R1: the same figures as one series at a time, whatever the unit, the order and the gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

from tanfeng.data.project import ProjectError
from tanfeng.forecast import panel, r1
from tanfeng.forecast.r1 import PARAMETERS, Values

seeds = st.integers(0, 2**32 - 1)


def walks(seed: int, rows: int, years: int) -> r1.Values:
    return np.exp(np.random.default_rng(seed).normal(0.02, 0.1, (rows, years)).cumsum(axis=1))


@settings(max_examples=10, deadline=None)
@given(st.integers(4, 35), st.integers(1, 12), seeds)
def test_equal_to_r1_one_series_at_a_time(years: int, horizon: int, seed: int) -> None:
    histories = walks(seed, 3, years)
    expected = [r1.point(history, horizon) for history in histories]
    assert panel.points(histories, horizon) == pytest.approx(np.array(expected), rel=1e-9)


def test_rows_of_different_lengths_and_gaps_do_not_touch_each_other() -> None:
    histories = walks(1, 300, 30)
    rng = np.random.default_rng(2)
    for row in range(100):
        histories[row, : rng.integers(0, 24)] = np.nan
        histories[row, rng.integers(25, 29)] = np.nan
    together = panel.points(histories, 5)
    alone = np.vstack([panel.points(histories[row : row + 1], 5) for row in range(0, 300, 25)])
    assert together[::25] == pytest.approx(alone, rel=1e-13)


def test_leading_gaps_are_a_shorter_history() -> None:
    history = walks(3, 1, 12)
    padded = np.hstack([np.full((1, 9), np.nan), history])
    assert panel.points(padded, 4) == pytest.approx(panel.points(history, 4), rel=1e-14)


def test_a_gap_moves_the_half_drift_by_years_not_by_figures() -> None:
    history = np.array([[1.0, np.nan, 9.0, 16.0, 25.0]]) ** 2  # roots 1 . 3 4 5
    weights = panel.forecast_weights([True, False, True, True, True], 1)
    roots = np.array([1.0, 3, 4, 5])
    damped = (roots @ weights[0] + (history[~np.isnan(history)].mean()) ** 0.25 * (1 - weights[0].sum())) / 5
    assert panel.ratios(history, 1)[0, 0] == pytest.approx(damped * (1 + (1 - 1 / 5) / 4 / 2))


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(1e-60, 1e60))
def test_the_unit_does_not_matter(seed: int, unit: float) -> None:
    histories = walks(seed, 4, 15)
    assert panel.points(histories * unit, 6) == pytest.approx(panel.points(histories, 6) * unit, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.just(0.0), st.floats(1e-100, 1e100)), min_size=3, max_size=29), st.floats(1e-100, 1e100))
def test_any_figures_give_finite_forecasts_above_zero(values: list[float], last: float) -> None:
    found = panel.points(np.array([[*values, last]]), 10)
    assert np.isfinite(found).all()
    assert (found > 0).all()


def test_fewer_than_four_figures_carry_the_last_on() -> None:
    assert panel.points(np.array([[np.nan, 2.0, np.nan, 3.0, 5.0]]), 3).tolist() == [[5.0, 5.0, 5.0]]


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(1e-9, 1e9))
def test_the_own_scale_is_the_spread_of_the_changes(seed: int, unit: float) -> None:
    history = walks(seed, 1, 26)
    changes = np.diff(2 * np.sqrt(history[0, -23:] / history[0, -1]))
    expected = np.mean((changes - np.median(changes)) ** 2)
    assert panel.own_scale(history * unit)[0] == pytest.approx(expected, rel=1e-9)


def test_the_own_scale_leaves_out_changes_across_a_gap() -> None:
    history = np.array([[1.0, 2.0, np.nan, 9.0, 4.0, 4.0]])
    changes = 2 * np.diff(np.sqrt(history[0] / 4.0))
    known = changes[~np.isnan(changes)]
    assert len(known) == 3
    assert panel.own_scale(history)[0] == pytest.approx(np.mean((known - np.median(known)) ** 2))


def test_the_own_scale_of_one_change_is_not_known() -> None:
    assert np.isnan(panel.own_scale(np.array([[np.nan, 1.0, 2.0], [np.nan, np.nan, 1.0]]))).all()
    assert np.isnan(panel.own_scale(np.array([[1.0]]))).all()


@pytest.mark.parametrize("last", [0.0, -1.0, np.nan, np.inf])
def test_a_history_that_cannot_be_forecast_names_its_row(last: float) -> None:
    histories = walks(5, 3, 8)
    histories[1, -1] = last
    with pytest.raises(ProjectError, match="history 2"):
        panel.points(histories, 2)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (5,)])
def test_an_empty_panel_says_so(shape: tuple[int, ...]) -> None:
    with pytest.raises(ProjectError, match="shape"):
        panel.points(np.ones(shape), 2)


def direct(z: Values, horizon: int) -> Values:
    paths = []
    for alpha, beta, phi in PARAMETERS:
        model = ExponentialSmoothing(z, trend=True, damped_trend=True, initialization_method="concentrated")
        paths.append(model.smooth([alpha, alpha * beta, phi]).forecast(horizon))
    return np.mean(paths, axis=0)


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 30), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_equal_to_statsmodels_at_every_length(length: int, horizon: int, seed: int) -> None:
    z = np.random.default_rng(seed).normal(size=length).cumsum()
    found = panel.forecast_weights([True] * length, horizon) @ z
    assert np.abs(found - direct(z, horizon)).max() < 1e-6


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(7, 30), st.integers(0, 2**32 - 1))
def test_equal_to_statsmodels_with_missing_years(data: st.DataObject, length: int, seed: int) -> None:
    gaps = data.draw(st.sets(st.integers(1, length - 2), min_size=1, max_size=length - 4))
    observed = np.array([year not in gaps for year in range(length)])
    z = np.random.default_rng(seed).normal(size=length).cumsum()
    found = panel.forecast_weights(observed.tolist(), 6) @ z[observed]
    assert np.abs(found - direct(np.where(observed, z, np.nan), 6)).max() < 1e-6


@pytest.mark.parametrize("length", range(4, 31))
def test_the_shipped_table_holds_what_statsmodels_gives_today(length: int) -> None:
    pattern = (True,) * length
    assert np.abs(panel.state_weights(pattern) - panel.made_weights(pattern)).max() < 1e-12


def test_the_table_is_made_by_the_same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "LONGEST", 5)
    panel.write_weights(tmp_path / "weights.csv")
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "length,year,level,trend92,trend96,trend98"
    assert len(rows) == 1 + 4 + 5


@pytest.mark.parametrize(
    "observed", [[], [True] * 3, [True] * 31, [False, *[True] * 6], [*[True] * 6, False], [True, False, False, True]]
)
def test_a_pattern_without_weights_says_why(observed: list[bool]) -> None:
    with pytest.raises(ProjectError, match="4 to 30 years"):
        panel.forecast_weights(observed, 3)
