"""The eight states of Tapio, their limits, and what has no state."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import ProjectError
from tanfeng.facts.tapio import tapio


@pytest.mark.parametrize(
    ("quantity", "gdp", "state"),
    [
        (90, 110, "strong"),
        (100, 110, "weak"),
        (107, 110, "weak"),
        (108, 110, "expansive_coupling"),
        (110, 110, "expansive_coupling"),
        (112, 110, "expansive_coupling"),
        (113, 110, "expansive_negative"),
        (110, 90, "strong_negative"),
        (100, 90, "weak_negative"),
        (93, 90, "weak_negative"),
        (92, 90, "recessive_coupling"),
        (88, 90, "recessive_coupling"),
        (87, 90, "recessive"),
    ],
)
def test_states_and_their_limits(quantity: float, gdp: float, state: str) -> None:
    assert tapio((100.0, quantity), (100.0, gdp)).state == state


def test_elasticity_is_the_ratio_of_relative_changes() -> None:
    found = tapio((200.0, 210.0), (50.0, 60.0))
    assert (found.quantity, found.gdp) == pytest.approx((0.05, 0.2))
    assert found.elasticity == pytest.approx(0.25)


@pytest.mark.parametrize("quantity", [90.0, 100.0, 110.0])
def test_without_a_change_of_gdp_there_is_no_state(quantity: float) -> None:
    found = tapio((100.0, quantity), (80.0, 80.0))
    assert (found.elasticity, found.state) == (None, "undefined")


@pytest.mark.parametrize("figure", [0.0, -1.0, math.nan, math.inf])
def test_figures_must_be_positive_numbers(figure: float) -> None:
    with pytest.raises(ProjectError, match="two figures of each above zero"):
        tapio((100.0, figure), (100.0, 110.0))
    with pytest.raises(ProjectError, match="two figures of each above zero"):
        tapio((100.0, 110.0), (figure, 110.0))


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0.01, 100))
def test_units_do_not_matter(first: float, last: float, start: float, end: float, unit: float) -> None:
    plain, scaled = tapio((first, last), (start, end)), tapio((first * unit, last * unit), (start, end))
    assert scaled.quantity == pytest.approx(plain.quantity, rel=1e-6, abs=1e-9)
    assert (scaled.elasticity is None) == (plain.elasticity is None)
