"""The weights give what statsmodels gives when it is called directly, one series at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

from tanfeng.data.project import ProjectError
from tanfeng.forecast import weights
from tanfeng.forecast.r1 import PARAMETERS, Values


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
    found = weights.forecast_weights([True] * length, horizon) @ z
    assert np.abs(found - direct(z, horizon)).max() < 1e-6


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(7, 30), st.integers(0, 2**32 - 1))
def test_equal_to_statsmodels_with_missing_years(data: st.DataObject, length: int, seed: int) -> None:
    gaps = data.draw(st.sets(st.integers(1, length - 2), min_size=1, max_size=length - 4))
    observed = np.array([year not in gaps for year in range(length)])
    z = np.random.default_rng(seed).normal(size=length).cumsum()
    found = weights.forecast_weights(observed.tolist(), 6) @ z[observed]
    assert np.abs(found - direct(np.where(observed, z, np.nan), 6)).max() < 1e-6


@pytest.mark.parametrize("length", range(4, 31))
def test_the_shipped_table_holds_what_statsmodels_gives_today(length: int) -> None:
    pattern = (True,) * length
    assert np.abs(weights.state_weights(pattern) - weights.made_weights(pattern)).max() < 1e-12


def test_the_table_is_made_by_the_same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "LONGEST", 5)
    weights.write_weights(tmp_path / "weights.csv")
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "length,year,level,trend92,trend96,trend98"
    assert len(rows) == 1 + 4 + 5


@pytest.mark.parametrize(
    "observed", [[], [True] * 3, [True] * 31, [False, *[True] * 6], [*[True] * 6, False], [True, False, False, True]]
)
def test_a_pattern_without_weights_says_why(observed: list[bool]) -> None:
    with pytest.raises(ProjectError, match="4 to 30 years"):
        weights.forecast_weights(observed, 3)
