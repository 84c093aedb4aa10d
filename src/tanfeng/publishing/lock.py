"""One build at a time: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tanfeng.data.project import ProjectError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Busy(Exception):
    """Another build is at work: the message says which."""


@contextmanager
def held(root: Path, out: Path) -> Iterator[None]:
    """Hold the locks of a project and of a folder of pages.

    Raises:
        Busy: if another build holds one of them.
        ProjectError: if one of the folders cannot be written to.
    """
    with ExitStack() as stack:
        for folder in dict.fromkeys((root / "build", out)):
            stack.enter_context(_held(folder, root / "build" / "process"))
        (root / "build" / "process").write_text(str(os.getpid()), encoding="utf-8")
        yield


@contextmanager
def _held(folder: Path, process: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        handle = os.open(folder, os.O_RDONLY) if fcntl else -1
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written to: {error.strerror}; no report was changed") from error
    try:
        _take(handle, folder, process)
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def _take(handle: int, folder: Path, process: Path) -> None:
    if handle < 0:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        other = process.read_text(encoding="utf-8") if process.is_file() else "of another project"
        raise Busy(f"another build (process {other}) is at work in {folder}; wait for it or end it") from error
