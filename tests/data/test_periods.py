from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data import periods


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_the_end_of_december_is_the_end_of_the_year(year: int, month: int) -> None:
    at = periods.parse(f"{year}-{month:02d}")
    assert at.year == year
    assert (at.end == periods.parse(str(year)).end) == (month == 12)


@given(st.integers(1900, 2090), st.integers(1, 10))
def test_a_change_runs_from_year_to_year(year: int, years: int) -> None:
    change = periods.parse(f"{year}/{year + years}")
    assert change.kind == "change"
    assert change.end - change.start == years


def test_months_of_a_year_start_where_the_year_before_ended() -> None:
    months = periods.parse("2025-01/2025-06")
    assert (months.start, months.end, months.kind, months.year) == (2024.0, 2024.5, "months", 2025)


@pytest.mark.parametrize("text", ["", "25", "2025-13", "2025/", "x", "2025-6", "2025-01-02"])
def test_what_is_no_period_raises(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        periods.parse(text)
