"""Values that are computed once for the same question, with the files each of them came from.

`@cached` is how the package remembers what a function made of the tables. In a build a store (`keep_in`) hands on what
took long to other processes and later builds; a value is right as long as the files behind it are as they were.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

import pandas as pd

Question = ParamSpec("Question")
Answer = TypeVar("Answer")
Made = tuple[Any, frozenset[str]]  # a value and the files it came from
COPIED = (pd.DataFrame, pd.Series)
_frames: list[set[str]] = [set()]
_store: list[Store] = []
_functions: list[Cached[..., Any]] = []


class Store(Protocol):
    """Where values are kept outside this process."""

    def get(self, module: str, function: str, key: Hashable, compute: Callable[[], Made]) -> Made:
        """Return a value that is kept, or the computed one, which may be kept."""


class Cached(Generic[Question, Answer]):
    """A function that remembers its values by its arguments, and the files each of them came from."""

    def __init__(self, function: Callable[Question, Answer], size: int) -> None:
        functools.update_wrapper(self, function)
        self._function, self._size = function, size
        parameters = inspect.signature(function).parameters.values()
        self._plain = all(one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters)
        self._parameters = [(one.name, one.default) for one in parameters]
        self._values: dict[Hashable, Made] = {}
        _functions.append(self)

    def __reduce__(self) -> str:
        """Say how it is handed to another process: by its name."""
        return str(self._function.__qualname__)

    def __call__(self, *args: Question.args, **named: Question.kwargs) -> Answer:
        """Return the value; the files behind it count as read.

        A frame, series, list or dict is the caller's own; arrays and objects are shared and must not be changed.
        """
        key = self._key(args, named)
        if key not in self._values:
            made = self._made(key, lambda: self._computed(args, named))
            if len(self._values) >= self._size:
                del self._values[next(iter(self._values))]
            self._values[key] = made
        value, reads = self._values[key]
        _frames[-1] |= reads
        return _own(value)

    def clear(self) -> None:
        """Forget every value."""
        self._values.clear()

    def _key(self, args: tuple[Any, ...], named: dict[str, Any]) -> Hashable:
        """Return the arguments with their defaults in the order of the function; lists count as tuples."""
        if self._plain and len(args) < len(self._parameters):
            args, named = args, dict(named)
            rest = self._parameters[len(args) :]
            args = (*args, *(named.pop(name, default) for name, default in rest))
        key = (*args, *sorted(named.items()))
        return tuple(tuple(one) if isinstance(one, list) else one for one in key)

    def _made(self, key: Hashable, compute: Callable[[], Made]) -> Made:
        if not _store:
            return compute()
        return _store[0].get(self._function.__module__, self._function.__qualname__, key, compute)

    def _computed(self, args: tuple[Any, ...], named: dict[str, Any]) -> Made:
        _frames.append(set())
        try:
            value = self._function(*args, **named)
        finally:
            read = _frames.pop()
            _frames[-1] |= read
        return value, frozenset(read)


def _own(value: Any) -> Any:
    """Return what a caller may change: frames share memory until one of them is changed (copy on write of pandas)."""
    if isinstance(value, COPIED):
        return value.copy(deep=False)
    return value.copy() if isinstance(value, list | dict) else value


@overload
def cached(function: Callable[Question, Answer]) -> Cached[Question, Answer]: ...
@overload
def cached(*, size: int) -> Callable[[Callable[Question, Answer]], Cached[Question, Answer]]: ...
def cached(function: Any = None, *, size: int = 4096) -> Any:
    """Decorate a function so that it computes a value once for the same arguments.

    Args:
        function: the function; its arguments must be hashable, or lists of what is.
        size: how many values are kept; beyond that the oldest goes.

    Example:
        >>> @cached
        ... def frame(rows: int) -> pd.DataFrame:
        ...     return pd.DataFrame({"row": range(rows)})
        >>> own = frame(2)
        >>> own["row"] += 1
        >>> frame(rows=2)["row"].tolist()
        [0, 1]
    """
    if function is None:
        return lambda given: Cached(given, size)
    return Cached(function, size)


def keep_in(store: Store | None) -> None:
    """Ask a store for values from now on, or no longer.

    Example:
        >>> keep_in(None)
    """
    _store[:] = [store] if store else []


def clear() -> None:
    """Forget the values of every function.

    Example:
        >>> clear()
    """
    for function in _functions:
        function.clear()


def note(file: str) -> None:
    """Note that a file was read (`data/targets.csv`, `templates/cards.html.j2`).

    Example:
        >>> note("data/plans.csv"); "data/plans.csv" in reads()
        True
    """
    _frames[-1].add(file)


def forget() -> None:
    """Start anew: what was read so far belongs to nobody (values that are kept keep their files).

    Example:
        >>> forget(); reads()
        []
    """
    _frames[:] = [set()]


def reads() -> list[str]:
    """Return the files read since `forget`.

    Example:
        >>> forget(); note("data/plans.csv"); reads()
        ['data/plans.csv']
    """
    return sorted(_frames[0])
