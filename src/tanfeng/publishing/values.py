"""What cached functions computed in builds and is still right, in `build/values/`: shared by notebooks and builds.

A value is right if the modules that its function reaches, the lock file, the versions of the libraries and every file
behind it are the same, by content. Whatever is wrong with a file of it, it is computed again. The files are pickles;
only those that belong to this user, and that nobody else may write, are read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tanfeng.data import cache
from tanfeng.data.cache import Made
from tanfeng.publishing import stale

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FOLDER = Path("build", "values")
LOCAL = "data/local"  # a table that is laid there is read instead of one that was
LONG_SECONDS = 0.02
WAIT_SECONDS, LOOK_SECONDS = 120.0, 0.005
MOST = 4000  # files; beyond that the folder is begun anew


class Values:
    """The values of a project, as far as they are right for its files when this build began.

    Args:
        root: project folder.
        state: the project then.
    """

    def __init__(self, root: Path, state: stale.State) -> None:
        self._folder, self._state = root / FOLDER, state
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._able = _ours(self._folder)
        self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600) if self._able and fcntl else -1
        self._same: dict[frozenset[str], dict[str, str]] = {}

    def get(self, module: str, function: str, key: Hashable, compute: Callable[[], Made]) -> Made:
        """Return a value that is kept, or compute it; if another process computes it, wait for that."""
        try:
            name = hashlib.sha256(pickle.dumps((module, function, key))).hexdigest()
        except Exception:  # arguments that cannot be packed
            return compute()
        path = self._folder / name
        found = self._read(path, module)
        if found is None:
            with self._alone(name):
                found = self._read(path, module) or self._computed(path, module, compute)
        return found

    def _computed(self, path: Path, module: str, compute: Callable[[], Made]) -> Made:
        began = time.perf_counter()
        value, reads = compute()
        if time.perf_counter() - began >= LONG_SECONDS and self._able and not self._state.written(reads):
            with contextlib.suppress(Exception):  # a full disk, a value that cannot be packed: it only costs time
                self._write(path, module, value, reads)
        return value, reads

    def _write(self, path: Path, module: str, value: Any, reads: frozenset[str]) -> None:
        about = pickle.dumps((_basis(self._state, module), self._hashes(reads)))
        content = pickle.dumps(value)
        part = path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with open(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + about + content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _read(self, path: Path, module: str) -> Made | None:
        """Return a value; nothing if it was damaged or is no longer right."""
        if not self._able:
            return None
        with contextlib.suppress(Exception), path.open("rb") as file:  # whatever a damaged file leads to
            if _ours(file.fileno()):
                known = file.read(32)
                basis, hashes = pickle.load(file)  # noqa: S301  # of this user alone
                reads = frozenset(hashes)
                if basis == _basis(self._state, module) and hashes == self._hashes(reads):
                    content = file.read()
                    if hashlib.sha256(content).digest() == known:
                        return pickle.loads(content), reads  # noqa: S301
        return None

    def _hashes(self, reads: frozenset[str]) -> dict[str, str]:
        if reads not in self._same:  # many values come from the same files
            self._same[reads] = {name: self._state.of(name) for name in sorted({*reads, LOCAL})}
        return self._same[reads]

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Have other processes wait that ask for the same, each for a while; it is the lock of one byte of a file."""
        place, until = int(name[:15], 16), time.monotonic() + WAIT_SECONDS
        held = False
        while self._lock >= 0 and not held and time.monotonic() < until:
            try:
                fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                held = True
            except OSError:
                time.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            if held:
                fcntl.lockf(self._lock, fcntl.LOCK_UN, 1, place)


def _basis(state: stale.State, module: str) -> dict[str, str]:
    """Return what a value of a function rests on besides tables."""
    return {"code": state.code(frozenset({module})), "lock": state.of(stale.LOCK), **_libraries()}


@lru_cache(maxsize=1)
def _libraries() -> dict[str, str]:
    return stale.libraries() | {"interpreter": sys.version}


def _ours(place: Path | int) -> bool:
    """Whether a file or folder belongs to this user and nobody else may write to it."""
    about = os.stat(place)
    return not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & 0o022)


def start(root: Path) -> None:
    """Keep values from now on in this process."""
    cache.keep_in(Values(root, stale.state(root)))


def spare(root: Path, every: bool = False) -> None:
    """Remove what earlier builds left if it is too much, or in any case."""
    folder = root / FOLDER
    if every or (folder.is_dir() and sum(1 for _ in folder.iterdir()) > MOST):
        shutil.rmtree(folder, ignore_errors=True)
