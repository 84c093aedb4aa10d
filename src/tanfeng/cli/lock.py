"""A lock on the tables: held from reading them to putting the new ones in place, by every command that changes them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tanfeng.data.project import ProjectError
from tanfeng.data.wording import Wording

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WAIT_SECONDS, LOOK_SECONDS = 120.0, 0.1
BUSY = Wording(
    "另一命令正在修改数据；未写入任何数据，请稍后再试",
    "another command is changing the tables; nothing was written, try again",
)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of the tables of a project, so that of two commands at once neither loses a row.

    Raises:
        ProjectError: if another command holds it for two minutes.

    Example:
        >>> with alone(Path.cwd()):
        ...     pass
    """
    handle = os.open(root / "data", os.O_RDONLY) if fcntl else -1
    until = time.monotonic() + WAIT_SECONDS
    try:
        while handle >= 0:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise ProjectError(BUSY) from error
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        if handle >= 0:
            os.close(handle)
