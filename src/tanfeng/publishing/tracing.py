"""Which files of the project a notebook read, also where a value was computed once and only looked up later.

A hook of the interpreter sees every file that is opened. A value that `lru_cache` keeps is kept with the files read
while it was computed, and whoever looks it up has read them too. What took long can be handed on to later processes
(`hand_on`, `receive`); see `tanfeng.publishing.earlier`.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
EVENTS = {"open", "os.listdir", "os.scandir"}
LONG_SECONDS = 0.002
STAYING = (
    "tanfeng.publishing.",
    "tanfeng.pages.charts.",
)  # what they keep belongs to a process, such as the fonts it has loaded
_frames: list[set[str]] = [set()]
_watched: list[tuple[str, str]] = []
_functions: dict[str, Remembered] = {}
_taken: list[tuple[Remembered, Hashable, Any]] = []


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


class Remembered:
    """A function with `lru_cache` that also keeps which files each of its values came from."""

    def __init__(self, cached: Any) -> None:
        self._cached = cached
        self._reads: dict[Hashable, frozenset[str]] = {}
        self._packed: dict[Hashable, bytes] = {}
        self._unpacked: dict[Hashable, Any] = {}
        functools.update_wrapper(self, cached.__wrapped__)
        self.name = f"{cached.__wrapped__.__module__}.{cached.__wrapped__.__qualname__}"
        _functions[self.name] = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cached, name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return the value; note the files behind it as read."""
        key = (args, tuple(sorted(named.items())))
        if key in self._packed:
            self._unpack(key)
        value = self._unpacked[key] if key in self._unpacked else self._computed(key, args, named)
        _frames[-1] |= self._reads[key]
        return value

    def _computed(self, key: Hashable, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        _frames.append(set())
        misses, began = self._cached.cache_info().misses, time.perf_counter()
        try:
            value = self._cached(*args, **named)
        finally:
            read = _frames.pop()
            _frames[-1] |= read
        self._reads[key] = self._reads.get(key, frozenset()) | read
        if self._cached.cache_info().misses > misses and time.perf_counter() - began >= LONG_SECONDS:
            _taken.append((self, key, value))
        return value

    def _unpack(self, key: Hashable) -> None:
        with contextlib.suppress(Exception):  # of another version of a library: it is computed
            self._unpacked[key] = pickle.loads(self._packed[key])  # noqa: S301  # of the folder of this build
        del self._packed[key]

    def receive(self, key: Hashable, reads: frozenset[str], packed: bytes) -> None:
        """Take up a value of an earlier process: it is unpacked when it is asked for."""
        self._packed[key], self._reads[key] = packed, reads

    def hand_on(self, key: Hashable, value: Any) -> Value | None:
        """Return a value as a later process can take it up; None if it cannot be packed."""
        try:
            return Value(self.name, pickle.dumps(key), self._reads[key], pickle.dumps(value))
        except Exception:  # whatever an object says that cannot be packed
            return None


def lru_cache(maxsize: Any = 128, typed: bool = False, real: Any = functools.lru_cache) -> Callable[..., Any]:
    """Decorate as `functools.lru_cache` does; functions of this package are traced."""
    if callable(maxsize):
        return _remembered(real(maxsize))

    def decorate(function: Callable[..., Any]) -> Any:
        return _remembered(real(maxsize=maxsize, typed=typed)(function))

    return decorate


def _remembered(cached: Any) -> Any:
    return Remembered(cached) if cached.__wrapped__.__module__.startswith("tanfeng.") else cached


def start(root: Path) -> None:
    """Watch the tables of the project and the templates of the package; call before other modules are imported."""
    _watched.append((str(root / "data") + os.sep, "data/"))
    _watched.append((str(PACKAGE / "pages" / "templates") + os.sep, "templates/"))
    functools.lru_cache = lru_cache  # type: ignore[assignment]
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in EVENTS and isinstance(arguments[0], str | os.PathLike):
        name = os.path.abspath(arguments[0])
        for folder, short in _watched:
            if name.startswith(folder):
                _frames[-1].add(short + name.removeprefix(folder).replace(os.sep, "/"))


def forget() -> None:
    """Start anew: what was read so far belongs to nobody (values that are kept keep their files)."""
    _frames[:] = [set()]


def reads() -> list[str]:
    """Return the files read since `forget`: `data/targets.csv`, `templates/cards.html.j2`."""
    return sorted(_frames[0])


def hand_on() -> list[Value]:
    """Return what took long since the last call, as later processes can take it up."""
    found = [function.hand_on(key, value) for function, key, value in _taken if not function.name.startswith(STAYING)]
    _taken.clear()
    return [value for value in found if value is not None]


def receive(values: list[Value]) -> None:
    """Take up values of an earlier process."""
    for value in values:
        if value.function in _functions:
            _functions[value.function].receive(pickle.loads(value.key), value.reads, value.packed)  # noqa: S301


def write_reads(file: Path) -> None:
    """Leave the files read so far, as a JSON list."""
    file.write_text(json.dumps(reads()), encoding="utf-8")
