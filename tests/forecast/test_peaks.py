from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from tanfeng.forecast import peaks


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.floats(0, 3))
def test_the_probability_rises_by_year_and_starts_with_already_peaked(seed: int, horizon: int, maximum: float) -> None:
    paths = np.random.default_rng(seed).normal(0, 1, (2, 40, horizon)).cumsum(axis=2)
    found = peaks.peaked(paths, np.full(2, maximum))
    assert found.shape == (2, horizon)
    assert (np.diff(found, axis=1) >= 0).all()
    assert found[:, 0] == pytest.approx((paths.max(axis=2) <= maximum).mean(axis=1))
    last_is_top = (paths.argmax(axis=2) == horizon - 1) & (paths.max(axis=2) > maximum)
    assert 1 - found[:, -1] == pytest.approx(last_is_top.mean(axis=1))


def test_each_path_counts_from_the_year_of_its_maximum() -> None:
    paths = np.array([[[1.0, 5, 2, 1], [9, 1, 1, 1], [1, 2, 3, 4.5], [1, 1, 1, 1]]])
    assert peaks.peaked(paths, np.array([4.0]))[0].tolist() == [0.25, 0.5, 0.75, 0.75]


@pytest.mark.parametrize(
    ("values", "label"),
    [
        (np.linspace(1, 2, 10), "rising"),
        (np.linspace(2, 1, 10), "falling"),
        (np.full(10, 3.0), "plateau"),
        (np.array([5.0, 4.9, 5.1, 5.0, 4.9, 5.1, 5.0, 4.8, 5.1, 4.9]), "plateau"),
        (np.r_[np.linspace(9, 1, 20), np.linspace(1, 2, 10)], "rising"),
        (np.array([1.0, 2.0, 3.0]), "unclear"),
        (np.array([np.nan] * 6 + [1.0, 2.0, np.nan, 3.0]), "unclear"),
    ],
)
def test_trend(values: np.ndarray, label: str) -> None:
    assert peaks.trend(values) == label


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=10).filter(lambda values: len(set(values)) > 1))
def test_the_chance_of_a_trend_is_that_of_kendalls_tau(values: list[int]) -> None:
    array = np.array(values, dtype="float64")
    pairs = [np.sign(later - one) for place, one in enumerate(values) for later in values[place:]]
    expected = kendalltau(np.arange(len(array)), array)
    if score := abs(int(sum(pairs))):
        assert peaks.chance(array, score) == pytest.approx(expected.pvalue, rel=1e-9)
    signs = {1: "rising", -1: "falling"}
    assert peaks.trend(array) == ("plateau" if expected.pvalue > 0.05 else signs[int(np.sign(expected.statistic))])
