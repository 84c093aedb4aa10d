"""Which files of the project a notebook read, also where a value was computed once and only looked up later.

A hook of the interpreter sees every file that is opened. A value that `lru_cache` keeps is kept with the files read
while it was computed, and whoever looks it up has read them too.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
EVENTS = {"open", "os.listdir", "os.scandir"}
_frames: list[set[str]] = [set()]
_watched: list[tuple[str, str]] = []


class Remembered:
    """A function with `lru_cache` that also keeps which files each of its values came from."""

    def __init__(self, cached: Any) -> None:
        self._cached = cached
        self._reads: dict[Hashable, frozenset[str]] = {}
        functools.update_wrapper(self, cached.__wrapped__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cached, name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return the value; note the files behind it as read."""
        key = (args, tuple(sorted(named.items())))
        _frames.append(set())
        try:
            value = self._cached(*args, **named)
        finally:
            read = _frames.pop()
            _frames[-1] |= read
        self._reads[key] = self._reads.get(key, frozenset()) | read
        _frames[-1] |= self._reads[key]
        return value


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
    _watched.append((str(PACKAGE / "templates") + os.sep, "templates/"))
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


def write_reads(file: Path) -> None:
    """Leave the files read so far, as a JSON list."""
    file.write_text(json.dumps(reads()), encoding="utf-8")
