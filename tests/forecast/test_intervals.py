from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.catalog import ProjectError
from tanfeng.forecast.intervals import Errors, forecast, past_errors, probability_at_least, with_intervals
from tanfeng.forecast.r1 import point


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(1, 1e3), min_size=9, max_size=14))
def test_levels_nest_and_widen(values: list[float]) -> None:
    rows = forecast(pd.Series(values, index=range(2000, 2000 + len(values))), 5)
    assert (rows["lo95"] <= rows["lo80"]).all()
    assert (rows["lo80"] <= rows["point"]).all()
    assert (rows["point"] <= rows["hi80"]).all()
    assert (rows["hi80"] <= rows["hi95"]).all()
    width = rows["hi80"] / rows["lo80"]
    assert (width.diff().dropna() >= -1e-12).all()


def test_errors_are_those_of_the_forecasts_from_every_origin() -> None:
    values = np.array([5.0, 6, 5.5, 7, 8, 7.5, 9, 10])
    squares = []
    for origin in (6, 7):
        actual = values[origin : origin + 5]
        squares += list(np.log(actual / point(values[:origin], len(actual))) ** 2 / np.arange(1, len(actual) + 1))
    found = past_errors(values)
    assert found.count == 2
    assert found.scale == pytest.approx(np.sqrt(np.mean(squares)))


def test_probability_matches_the_interval() -> None:
    errors = Errors(scale=0.05, count=12)
    row = with_intervals(pd.DataFrame({"year": [2026, 2027], "point": [100.0, 110.0]}), errors).iloc[1]
    assert probability_at_least(110.0, errors, 2, row["lo80"]) == pytest.approx(0.9)
    assert probability_at_least(110.0, errors, 2, row["hi80"]) == pytest.approx(0.1)


def test_a_gap_is_an_error() -> None:
    with pytest.raises(ProjectError, match="gap"):
        forecast(pd.Series(np.arange(1.0, 10.0), index=[*range(2000, 2008), 2009]), 2)


def test_too_short_for_an_interval() -> None:
    with pytest.raises(ProjectError, match="at least 8"):
        past_errors(np.arange(1.0, 8.0))
