"""Values of the tables, computed once for all tests and all processes that run them.

A test that changes a table works on a copy of all of them. What rests only on files that are as in the frozen copy is
taken up there by their content, as a build does with values of an earlier one (`tanfeng.publishing.values`).
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tanfeng.data.cache import Made, note
from tanfeng.data.catalog import Catalog
from tests import freeze

ALWAYS = frozenset({"data/datapackage.json", "data/local"})  # these concern every value
EVENTS = {"open", "os.listdir", "os.scandir"}
DATA = f"{os.sep}data{os.sep}"


class Kept:
    """Values by function and arguments, wherever the tables are that they were computed from.

    Args:
        folder: where other processes find what took longest; it is of this run of the tests, so of the code as it is.
        least: seconds of computing that make keeping worth it.
        for_all: seconds that make it worth a file.
    """

    def __init__(self, folder: Path | None = None, least: float = 0.005, for_all: float = 0.05) -> None:
        self.folder, self._least, self._for_all = folder, least, for_all
        self._values: dict[str, tuple[frozenset[str], bytes]] = {}

    def get(self, module: str, function: str, key: Hashable, compute: Callable[[], Made]) -> Made:
        """Return what was computed from the same files, or compute it."""
        parts = key if isinstance(key, tuple) else (key,)
        roots = {one.root for one in parts if isinstance(one, Catalog)}
        if len(roots) != 1:
            return compute()
        (root,) = roots
        question = (module, function, [None if isinstance(one, Catalog) else one for one in parts])
        try:
            names = {one: _hash(pickle.dumps((str(one), question))) for one in _tables_like(root)}
        except Exception:  # arguments that cannot be packed
            return compute()
        for one, name in names.items():
            reads, content = self._found(name)
            if content and _same(root, one, reads):
                return pickle.loads(content), reads
        began = time.perf_counter()
        value, reads = compute()
        took = time.perf_counter() - began
        fitting = [name for one, name in names.items() if name not in self._values and _same(root, one, reads)]
        if took >= self._least and fitting:
            with suppress(Exception):  # a value that cannot be packed
                self._keep(fitting[0], (reads, _packed(value, root)), took)
        return value, reads

    def _found(self, name: str) -> tuple[frozenset[str], bytes]:
        if name not in self._values and self.folder:
            with suppress(OSError):
                self._values[name] = pickle.loads((self.folder / name).read_bytes())
        return self._values.get(name, (frozenset(), b""))

    def _keep(self, name: str, made: tuple[frozenset[str], bytes], took: float) -> None:
        self._values[name] = made
        if self.folder and took >= self._for_all:
            part = self.folder / f"{name}.{os.getpid()}"
            part.write_bytes(pickle.dumps(made))
            part.replace(self.folder / name)


class _Packer(pickle.Pickler):
    """Refuses what holds a place: it would lead from a copy to other tables."""

    def reducer_override(self, one: Any) -> Any:
        if isinstance(one, Catalog | Path):
            raise pickle.PicklingError("a place")
        return NotImplemented


def _packed(value: Any, root: Path) -> bytes:
    file = io.BytesIO()
    _Packer(file).dump(value)
    if str(root).encode() in file.getvalue():
        raise pickle.PicklingError("a place in a text")
    return file.getvalue()


def _tables_like(root: Path) -> list[Path]:
    """Return the tables that others may be compared with: the frozen ones, and those of today with themselves."""
    return [freeze.PROJECT, freeze.ROOT] if root == freeze.ROOT else [freeze.PROJECT]


def _same(root: Path, other: Path, reads: frozenset[str]) -> bool:
    return root == other or all(_content(root / file) == _content(other / file) for file in reads | ALWAYS)


def _content(path: Path) -> str:
    """Return the hash of a file, or those of what is in a folder."""
    if path.is_dir():
        return " ".join(f"{one.name} {_content(one)}" for one in sorted(path.iterdir()))
    try:
        about = path.stat()
    except OSError:
        return "missing"
    return _of(path, about.st_ino, about.st_size, about.st_mtime_ns)


@cache
def _of(path: Path, *_: int) -> str:
    return _hash(path.read_bytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def watch() -> None:
    """Note the tables that are read, wherever they are."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in EVENTS and isinstance(arguments[0], str | os.PathLike):
        _, found, file = os.path.abspath(arguments[0]).rpartition(DATA)
        if found:
            note(f"data/{file}")
