"""Values are computed once for the same question, belong to the caller, and keep the files behind them."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from tanfeng.data import cache
from tanfeng.data.cache import cached

CALLS: list[object] = []


@cached
def counted(first: int, second: int = 2, *, third: int = 3) -> list[int]:
    CALLS.append((first, second, third))
    return [first, second, third]


@cached
def summed(numbers: list[int], start: int = 0) -> int:
    CALLS.append(tuple(numbers))
    return sum(numbers) + start


@pytest.fixture(autouse=True)
def _anew() -> None:
    CALLS.clear()
    counted.clear()
    summed.clear()


def test_defaults_names_and_lists_ask_the_same() -> None:
    assert summed([1, 2]) == summed(numbers=(1, 2)) == summed([1, 2], 0) == summed([1, 2], start=0) == 3  # type: ignore[arg-type]
    assert len(CALLS) == 1
    assert summed([1, 2], 1) == 4


def test_names_after_the_star_are_told_apart() -> None:
    assert counted(1, third=4) != counted(1, third=5)
    assert len(CALLS) == 2


def test_wrong_arguments_say_what_the_function_says() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'numbers'"):
        summed()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'stop'"):
        summed([1], stop=1)  # type: ignore[call-arg]


def test_a_caller_may_change_what_it_gets() -> None:
    counted(1).append(9)
    assert counted(1) == [1, 2, 3]

    @cached
    def frame() -> pd.DataFrame:
        return pd.DataFrame({"year": [2020]}, index=pd.Index([0], name="row"))

    own = frame()
    own.loc[0, "year"] = 1
    own.index.name = "changed"
    assert frame()["year"].tolist() == [2020]
    assert frame().index.name == "row"


def test_an_error_is_not_kept() -> None:
    @cached
    def failing(times: list[int]) -> int:
        CALLS.append(1)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            failing([1])
    assert len(CALLS) == 2


def test_beyond_its_size_the_oldest_goes() -> None:
    @cached(size=2)
    def one(number: int) -> int:
        CALLS.append(number)
        return number

    for number in (1, 2, 3, 3, 2, 1):
        one(number)
    assert CALLS == [1, 2, 3, 1]


def test_files_read_below_are_those_of_the_value() -> None:
    @cached
    def inner() -> int:
        cache.note("data/plans.csv")
        return 1

    @cached
    def outer() -> int:
        return inner()

    outer()
    cache.forget()
    outer()
    assert cache.reads() == ["data/plans.csv"]


def test_it_goes_to_another_process_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(counted)) is counted
