from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.targets.rules import Figure, Requirement, answers, from_probability, reaches, requirement


def figure(
    value: float,
    end: float = 2025.0,
    *,
    start: float | None = None,
    kind: str = "year",
    bound: str = "exact",
    status: str = "reported",
) -> Figure:
    return Figure(value, end if start is None else start, end, kind, bound, status)


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, st.booleans(), st.floats(0, 1e6))
def test_a_better_figure_never_turns_met_into_missed(
    value: float, wanted: float, at_least: bool, better: float
) -> None:
    required = Requirement(at_least, wanted, "flow", 2025)
    improved = value + better if at_least else value - better
    if answers(required, figure(value)) is True:
        assert answers(required, figure(improved)) is True


@given(numbers, numbers, st.booleans(), st.sampled_from([0.01, 100.0, 1e4]))
def test_the_unit_does_not_matter(value: float, wanted: float, at_least: bool, scale: float) -> None:
    one = answers(Requirement(at_least, wanted, "flow", 2025), figure(value))
    other = answers(Requirement(at_least, wanted * scale, "flow", 2025), figure(value * scale))
    assert one == other


@pytest.mark.parametrize(
    ("kind", "found", "answer"),
    [
        ("stock", figure(11, 2023.5, kind="month"), True),  # reached early
        ("stock", figure(9, 2023.5, kind="month"), None),  # not yet, but there is time
        ("stock", figure(9, 2025.0, kind="month"), False),  # the end of the target year
        ("stock", figure(11, 2026.0), None),  # after the target year
        ("stock", figure(11, 2019.0), None),  # before the plan
        ("flow", figure(11, 2024.0), None),  # a flow of another year
        ("flow", figure(11), True),
        ("flow", figure(9), False),
        ("flow", figure(11, 2024.5, start=2024.0, kind="months"), True),  # half a year is enough
        ("flow", figure(9, 2024.5, start=2024.0, kind="months"), None),  # half a year is not all
        ("share", figure(11, 2025.0, kind="month"), True),
        ("share", figure(11, 2024.9, kind="month"), None),
        ("stock", figure(11, status="estimate"), None),  # an estimate never decides
        ("stock", figure(11, status="forecast"), None),
    ],
)
def test_which_figure_answers_at_least_ten_by_2025(kind: str, found: Figure, answer: bool | None) -> None:
    assert answers(Requirement(True, 10.0, kind, 2025, 2020), found) is answer


@pytest.mark.parametrize(
    ("bound", "value", "at_least", "answer"),
    [
        ("at_least", 200, True, True),
        ("at_least", 150, True, None),
        ("at_most", 250, True, None),
        ("at_most", 150, True, False),
        ("at_most", 150, False, True),
        ("at_least", 250, False, False),
        ("about", 201, True, None),
        ("about", 230, True, True),
        ("about", 150, True, False),
    ],
)
def test_bounds(bound: str, value: float, at_least: bool, answer: bool | None) -> None:
    assert reaches(Requirement(at_least, 200.0, "flow", 2025), figure(value, bound=bound)) is answer


def test_a_reduction_is_answered_by_the_change_over_the_plan_only() -> None:
    required = requirement("decrease_by", 14.5, "change", 2025, 2020, None)
    assert required is not None
    assert answers(required, figure(-15, 2025.0, start=2020.0, kind="change")) is True
    assert answers(required, figure(-14, 2025.0, start=2020.0, kind="change")) is False
    assert answers(required, figure(-15, 2023.0, start=2018.0, kind="change")) is None


def test_an_increase_counts_from_its_base() -> None:
    required = requirement("increase_by", 12.45, "stock", 2025, 2020, 15.17)
    assert required is not None
    assert required.value == pytest.approx(27.62)
    assert requirement("increase_by", 12.45, "stock", 2025, 2020, None) is None


def test_probability_words() -> None:
    assert [from_probability(p) for p in (0.0, 0.1, 0.11, 0.89, 0.9, 1.0)] == [
        "likely_missed",
        "likely_missed",
        "open",
        "open",
        "likely_met",
        "likely_met",
    ]


def test_a_cap_on_a_stock_is_answered_at_its_year_only() -> None:
    cap = Requirement(False, 1000.0, "stock", 2025)
    assert answers(cap, Figure(900.0, 2023.0, 2023.0, "year", "exact", "reported")) is None
    assert answers(cap, Figure(900.0, 2025.0, 2025.0, "year", "exact", "reported")) is True
