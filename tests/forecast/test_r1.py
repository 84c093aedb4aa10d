from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

from tanfeng.data.catalog import ProjectError
from tanfeng.forecast import r1

positive = st.lists(st.floats(0.5, 1e4), min_size=4, max_size=18)


@settings(max_examples=15, deadline=None)
@given(positive, st.integers(1, 6))
def test_a_forecast_is_positive_finite_and_within_limits(values: list[float], horizon: int) -> None:
    forecast = r1.point(np.array(values), horizon)
    assert forecast.shape == (horizon,)
    assert np.isfinite(forecast).all()
    assert (forecast > 0).all()


@settings(max_examples=10, deadline=None)
@given(positive, st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(values: list[float], scale: float) -> None:
    one, other = r1.point(np.array(values), 3), r1.point(np.array(values) * scale, 3)
    assert other == pytest.approx(one * scale, rel=1e-6)


def test_the_damped_trend_is_the_mean_of_fifteen_statsmodels_forecasts() -> None:
    values = np.array([10.0, 11, 12.5, 12, 13, 15, 16, 15.5])
    scaled = ((values / values.mean()) ** 0.25 - 1) / 0.25
    paths = []
    for alpha, beta in ((0.85, 0.05), (0.85, 0.15), (1, 0), (1, 0.05), (1, 0.15)):
        for phi in (0.92, 0.96, 0.98):
            model = ExponentialSmoothing(scaled, trend=True, damped_trend=True, initialization_method="concentrated")
            paths.append(model.smooth([alpha, alpha * beta, phi]).forecast(4))
    expected = values.mean() * (1 + 0.25 * np.mean(paths, axis=0)) ** 4
    assert r1.damped_trend(values, 4) == pytest.approx(expected, rel=1e-12)


def test_half_drift_moves_by_half_the_mean_change_of_the_root() -> None:
    forecast = r1.half_drift(np.array([1.0, 16.0, 81.0, 256.0]), 2)  # roots 1, 2, 3, 4: half a step is 0.5
    assert forecast == pytest.approx([4.5**4, 5.0**4])


def test_a_constant_series_stays() -> None:
    assert r1.point(np.full(10, 7.0), 5) == pytest.approx(np.full(5, 7.0))


def test_only_the_last_thirty_values_count() -> None:
    recent = np.linspace(5, 9, 30)
    assert r1.point(np.concatenate([[1000.0, 2000.0], recent]), 3) == pytest.approx(r1.point(recent, 3))


def test_a_numpy_horizon_is_a_number_of_years() -> None:
    assert len(r1.point(np.arange(1.0, 9.0), np.int64(4))) == 4


@pytest.mark.parametrize(
    "values", [[], [1.0, 2.0, 3.0], [1, 2, np.nan, 4], [1, 2, 0, 4], [1, 2, -3, 4], [1, 2, np.inf, 4]]
)
def test_a_series_that_cannot_be_forecast_says_why(values: list[float]) -> None:
    with pytest.raises(ProjectError, match="series"):
        r1.point(np.array(values, dtype=float), 2)
