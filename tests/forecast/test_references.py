from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.project import ProjectError
from tanfeng.forecast import references

HISTORY = np.array([100.0, 104, 108, 111, 115, 121, 120, 124, 130, 133, 131, 135])


@pytest.mark.parametrize("name", references.METHODS)
def test_every_method_is_finite_within_limits_and_free_of_the_unit(name: str) -> None:
    found = references.ahead(name, HISTORY, 6)
    assert found.point.shape == found.error.shape == (6,)
    assert (found.point > 0.05 * 135).all()
    assert (found.point < 20 * 135).all()
    assert references.ahead(name, HISTORY * 1e6, 6).point == pytest.approx(found.point * 1e6, rel=1e-6)
    assert references.ahead(name, np.full(10, 5.0), 3).point.tolist() == [5.0, 5.0, 5.0]


@pytest.mark.parametrize("name", ["naive", "drift", "theta", "ets", "damped", "arima", "ucm", "mean"])
def test_stated_intervals_nest_and_widen(name: str) -> None:
    found = references.ahead(name, HISTORY, 6)
    ends = found.quantiles(np.array([-1.96, 0.0, 1.96]))
    assert (np.diff(ends, axis=1) > 0).all()
    assert ends[:, 1] == pytest.approx(found.point)
    width = ends[:, 2] - ends[:, 0]
    assert width[-1] >= width[0] * (1 - 1e-9)


def test_naive_and_drift_by_hand() -> None:
    logs = np.log(HISTORY)
    step = (logs[-1] - logs[0]) / 11
    assert references.ahead("naive", HISTORY, 2).point == pytest.approx([135, 135])
    assert references.ahead("drift", HISTORY, 2).point == pytest.approx(135 * np.exp([step, 2 * step]))
    assert references.ahead("naive", HISTORY, 4).error[3] == pytest.approx(2 * np.sqrt(np.mean(np.diff(logs) ** 2)))


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.1, 0.2), st.floats(1, 1e6))
def test_exponential_growth_is_found_exactly(rate: float, start: float) -> None:
    history = start * np.exp(rate * np.arange(12))
    expected = history[-1] * np.exp(rate * np.arange(1, 4))
    assert references.ahead("drift", history, 3).point == pytest.approx(expected, rel=1e-6)
    assert references.ahead("loglinear", history, 3).point == pytest.approx(expected, rel=1e-6)


def test_gm11_against_the_worked_figures() -> None:
    # x0 = 1, 2, 3, 4: z = 2, 4.5, 8; least squares of x0[1:] on -z and 1 by hand
    z, y = np.array([2.0, 4.5, 8.0]), np.array([2.0, 3.0, 4.0])
    slope = np.cov(z, y, bias=True)[0, 1] / z.var()
    rate, source = -slope, y.mean() - slope * z.mean()
    cumulated = [(1 - source / rate) * np.exp(-rate * k) + source / rate for k in (3, 4, 5)]
    assert references.ahead("gm11", np.array([1.0, 2, 3, 4]), 2).point == pytest.approx(np.diff(cumulated))


def test_the_mean_is_the_mean_of_four() -> None:
    parts = [references.ahead(name, HISTORY, 3).point for name in ("theta", "ets", "damped", "arima")]
    assert references.ahead("mean", HISTORY, 3).point == pytest.approx(np.mean(parts, axis=0), rel=1e-9)


def test_a_gap_is_filled_between_logs() -> None:
    history = np.array([1.0, 2.0, np.nan, 8.0, 16.0])
    assert references.ahead("loglinear", history, 1).point == pytest.approx([32.0])


def test_an_explosion_is_cut() -> None:
    assert references.ahead("drift", np.array([1e-9, 1e-6, 1e-3, 1.0]), 5).point.tolist() == [20.0] * 5


def test_stirpat_finds_elasticities_that_are_there() -> None:
    years = np.arange(15)
    heads = 50 * 1.01**years
    gdp = 100 * 1.06**years * (1 + 0.02 * np.sin(years))
    found = references.stirpat(heads**1.2 * (gdp / heads) ** 0.5, heads, gdp, 3)
    growth = np.log(gdp[-1] / heads[-1] * heads[0] / gdp[0]) / 14
    expected = (
        heads[-1] ** 1.2 * (gdp[-1] / heads[-1]) ** 0.5 * np.exp((1.2 * np.log(1.01) + 0.5 * growth) * np.arange(1, 4))
    )
    assert found.point == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("history", [[1.0, 2.0, 3.0], [1.0, 0.0, 2.0, 3.0], [1.0, -1.0, 2.0, 3.0, 4.0]])
def test_a_history_that_is_too_short_or_not_positive_says_so(history: list[float]) -> None:
    with pytest.raises(ProjectError, match="4 or more figures"):
        references.ahead("ets", np.array(history), 2)


def test_stirpat_needs_six_years() -> None:
    with pytest.raises(ProjectError, match="six or more years"):
        references.stirpat(np.ones(5), np.ones(5), np.ones(5), 2)
