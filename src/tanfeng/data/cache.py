"""Values that are computed once for the same question, with the files each of them came from.

`@cached` is how the package remembers what a function made of the tables. In a build, what took long is also
handed on to later processes (see `tanfeng.publishing.earlier`); a value is then right as long as the files behind it
are as they were.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, overload

import pandas as pd

Question = ParamSpec("Question")
Answer = TypeVar("Answer")
LONG_SECONDS = 0.002
COPIED = (pd.DataFrame, pd.Series)
_frames: list[set[str]] = [set()]
_functions: dict[str, Cached[..., Any]] = {}
_long: list[tuple[Cached[..., Any], Hashable]] = []
_clock: list[Callable[[], float]] = []


@dataclass(frozen=True)
class Value:
    """A value that can be handed on.

    Attributes:
        function: name of the function with its module.
        key: its arguments, packed.
        reads: files it came from.
        packed: the value, packed.
    """

    function: str
    key: bytes
    reads: frozenset[str]
    packed: bytes


@dataclass
class Packed:
    """A value of an earlier process that nobody has asked for yet."""

    content: bytes


class Cached(Generic[Question, Answer]):
    """A function that remembers its values by its arguments, and the files each of them came from."""

    def __init__(self, function: Callable[Question, Answer], size: int) -> None:
        functools.update_wrapper(self, function)
        self._function, self._size = function, size
        parameters = inspect.signature(function).parameters.values()
        self._plain = all(one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters)
        self._parameters = [(one.name, one.default) for one in parameters]
        self._values: dict[Hashable, Any] = {}
        self._reads: dict[Hashable, frozenset[str]] = {}
        self.name = f"{function.__module__}.{function.__qualname__}"
        _functions[self.name] = self

    def __reduce__(self) -> str:
        """Say how it is handed to another process: by its name."""
        return str(self._function.__qualname__)

    def __call__(self, *args: Question.args, **named: Question.kwargs) -> Answer:
        """Return the value; the files behind it count as read.

        A frame, series, list or dict is the caller's own; arrays and objects are shared and must not be changed.
        """
        key = self._key(args, named)
        if isinstance(self._values.get(key), Packed):
            self._unpack(key)
        value = self._values[key] if key in self._values else self._computed(key, args, named)
        _frames[-1] |= self._reads[key]
        return _own(value)

    def clear(self) -> None:
        """Forget every value."""
        self._values.clear()
        self._reads.clear()

    def _key(self, args: tuple[Any, ...], named: dict[str, Any]) -> Hashable:
        """Return the arguments with their defaults in the order of the function; lists count as tuples."""
        if self._plain and len(args) < len(self._parameters):
            args, named = args, dict(named)
            rest = self._parameters[len(args) :]
            args = (*args, *(named.pop(name, default) for name, default in rest))
        key = (*args, *sorted(named.items()))
        return tuple(tuple(one) if isinstance(one, list) else one for one in key)

    def _unpack(self, key: Hashable) -> None:
        packed = self._values.pop(key)
        with contextlib.suppress(Exception):  # of another version of a library: it is computed
            self._values[key] = pickle.loads(packed.content)  # noqa: S301  # of the folder of this build

    def _computed(self, key: Hashable, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        _frames.append(set())
        began = _clock[0]() if _clock else 0.0
        try:
            value = self._function(*args, **named)
        finally:
            read = _frames.pop()
            _frames[-1] |= read
        if len(self._values) >= self._size:
            oldest = next(iter(self._values))
            del self._values[oldest], self._reads[oldest]
        self._values[key], self._reads[key] = value, frozenset(read)
        if _clock and _clock[0]() - began >= LONG_SECONDS:
            _long.append((self, key))
        return value

    def receive(self, key: Hashable, reads: frozenset[str], packed: bytes) -> None:
        """Take up a value of an earlier process: it is unpacked when it is asked for."""
        self._values[key], self._reads[key] = Packed(packed), reads

    def hand_on(self, key: Hashable) -> Value | None:
        """Return a value as a later process can take it up; None if it cannot be packed."""
        with contextlib.suppress(Exception):  # whatever an object says that cannot be packed
            return Value(self.name, pickle.dumps(key), self._reads[key], pickle.dumps(self._values[key]))
        return None


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


def measure(clock: Callable[[], float]) -> None:
    """Note from now on which values take long, so that they can be handed on.

    Example:
        >>> import time
        >>> measure(time.perf_counter)
        >>> stop_measuring()
    """
    _clock[:] = [clock]


def stop_measuring() -> None:
    """Note no longer which values take long.

    Example:
        >>> stop_measuring()
    """
    _clock.clear()
    _long.clear()


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


def hand_on() -> list[Value]:
    """Return what took long since the last call, as later processes can take it up.

    Example:
        >>> hand_on()
        []
    """
    found = [function.hand_on(key) for function, key in _long]
    _long.clear()
    return [value for value in found if value is not None]


def receive(values: list[Value]) -> None:
    """Take up values of an earlier process.

    Example:
        >>> receive([Value("no.such.function", b"", frozenset(), b"")])
    """
    for value in values:
        if value.function in _functions:
            _functions[value.function].receive(pickle.loads(value.key), value.reads, value.packed)  # noqa: S301
