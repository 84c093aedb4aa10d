"""Intervals and paths: quantiles never cross, keep their share on a panel like the one learnt from, stay above zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.project import ProjectError
from tanfeng.forecast import conformal, panel
from tanfeng.forecast.calibration import GROUPS, calibration

shares = st.lists(st.floats(0.005, 0.995), min_size=2, max_size=8, unique=True)


def walks(seed: int, rows: int, years: int) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0.02, 0.08, (rows, years)).cumsum(axis=1))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(GROUPS), shares, st.integers(1, 30), st.integers(0, 1000))
def test_quantiles_never_cross_and_never_fall_below_zero(
    group: str, probabilities: list[float], horizon: int, seed: int
) -> None:
    found = conformal.quantiles(walks(seed, 3, 12), calibration(group), horizon, sorted(probabilities))
    assert (np.diff(found, axis=2) >= 0).all()
    assert (found >= 0).all()
    assert np.isfinite(found).all()


@pytest.mark.parametrize("group", GROUPS)
def test_the_point_lies_inside_and_the_interval_widens(group: str) -> None:
    history = walks(4, 20, 20)
    found = conformal.quantiles(history, calibration(group), 10, [0.025, 0.1, 0.9, 0.975])
    point = panel.points(history, 10)
    assert (found[:, :, 1] < point).all()
    assert (point < found[:, :, 2]).all()
    assert (np.diff(found[:, :, 3] - found[:, :, 0], axis=1) > 0).all()


def test_corrected_quantiles_are_further_out_than_plain_ones() -> None:
    sample = np.random.default_rng(1).normal(size=60)
    plain = np.quantile(sample, conformal.PROBABILITIES)
    found = conformal.corrected_quantiles(sample)
    assert (np.abs(found - np.median(sample)) >= np.abs(plain - np.median(sample)) - 1e-12).all()
    assert (np.diff(found) >= 0).all()


def test_an_interval_learnt_from_a_panel_holds_on_another_like_it() -> None:
    learn, other = walks(1, 600, 30), walks(2, 600, 30)
    learnt = conformal.learn("general", learn[:, :20], learn[:, 20:], 1)
    ends = conformal.quantiles(other[:, :20], learnt, 10, [0.025, 0.1, 0.9, 0.975])
    future = other[:, 20:]
    inside80 = ((future >= ends[:, :, 1]) & (future <= ends[:, :, 2])).mean(axis=0)
    inside95 = ((future >= ends[:, :, 0]) & (future <= ends[:, :, 3])).mean(axis=0)
    assert ((inside80 > 0.73) & (inside80 < 0.87)).all()
    assert ((inside95 > 0.91) & (inside95 < 0.985)).all()


def test_residuals_undo_the_interval() -> None:
    histories, learnt = walks(3, 50, 20), calibration("energy")
    ends = conformal.quantiles(histories, learnt, 10, [0.4, 0.6])
    back = conformal.residuals(histories, ends[:, :, 1], learnt.scale)
    expected = conformal.residual_quantiles(learnt, [0.4, 0.6], 10)[:, 1]
    assert back == pytest.approx(np.tile(expected, (50, 1)), rel=1e-9)


def test_the_scale_is_half_own_and_half_of_the_group() -> None:
    histories, learnt = walks(6, 5, 20), calibration("industry")
    expected = np.sqrt((panel.own_scale(histories) + learnt.scale**2) / 2)
    assert conformal.spread(histories, learnt) == pytest.approx(expected)


def test_paths_are_the_point_plus_whole_trajectories() -> None:
    histories, learnt = walks(7, 2, 20), calibration("country_total")
    found = conformal.paths(histories, learnt, 10)
    half = conformal.spread(histories, learnt) / 2
    ratio = panel.ratios(histories, 10)
    expected = histories[1, -1] * np.maximum(ratio[1] + half[1] * learnt.widening * learnt.trajectories[17], 0) ** 2
    assert found.shape == (2, 400, 10)
    assert found[1, 17] == pytest.approx(expected)


@pytest.mark.parametrize("group", GROUPS)
def test_the_share_of_paths_inside_an_interval_is_its_level(group: str) -> None:
    histories, learnt = walks(8, 1, 20), calibration(group)
    found = conformal.paths(histories, learnt, 10)
    ends = conformal.quantiles(histories, learnt, 10, [0.1, 0.9])
    inside = ((found >= ends[:, None, :, 0]) & (found <= ends[:, None, :, 1])).mean()
    assert 0.7 < inside < 0.9


def test_paths_go_on_after_ten_years_and_spread() -> None:
    found = conformal.residual_paths(calibration("energy"), 25)
    assert found.shape == (400, 25)
    spread = found.std(axis=0)
    assert spread[24] > spread[14] > spread[9]
    assert (found[:, :10] == conformal.residual_paths(calibration("energy"), 10)).all()


def test_more_paths_than_learnt_repeat() -> None:
    found = conformal.residual_paths(calibration("energy"), 5, 900)
    assert (found[400:800] == found[:400]).all()


@pytest.mark.parametrize("probabilities", [[0.001, 0.5], [0.5, 0.999], [0.9, 0.1]])
def test_probabilities_out_of_reach_are_an_error(probabilities: list[float]) -> None:
    with pytest.raises(ProjectError, match=r"0\.005 to 0\.995"):
        conformal.residual_quantiles(calibration(), probabilities, 3)


def test_too_few_origins_teach_nothing() -> None:
    few = walks(1, 5, 30)
    with pytest.raises(ProjectError, match="fewer than 10 origins"):
        conformal.learn("energy", few[:, :20], few[:, 20:], 1)


def test_without_ten_known_years_there_are_intervals_but_no_paths() -> None:
    rows = walks(1, 40, 30)
    future = rows[:, 20:].copy()
    future[:, 4:] = np.nan
    learnt = conformal.learn("energy", rows[:, :20], future, 1)
    assert conformal.quantiles(rows[:, :20], learnt, 8, [0.1, 0.9]).shape == (40, 8, 2)
    with pytest.raises(ProjectError, match="no trajectory"):
        conformal.paths(rows[:, :20], learnt, 8)
