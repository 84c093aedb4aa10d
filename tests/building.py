"""Builds in tests: the command in a process forked from that of the tests, which has loaded what a build loads."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tanfeng.cli import start
from tanfeng.publishing import make, render, stale, work

LOADED = ("tanfeng.cli.commands", "tanfeng.cli.build", "tanfeng.publishing.validate", "tanfeng.publishing.index")
SECONDS = 120.0


class Command:
    """The command `tanfeng` at work, with what it says on stdout and stderr in one text.

    Args:
        folder: where it is called.
        arguments: of the command.
        ready: called in its process before anything else.
    """

    def __init__(self, folder: Path, *arguments: str, ready: Callable[[], object] = lambda: None) -> None:
        _load()
        self._said, told = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            status = 1
            try:
                os.dup2(told, 1)
                os.dup2(told, 2)
                os.closerange(3, 256)
                ready()
                status = _run(folder, arguments)
            finally:
                os._exit(status)
        os.close(told)

    def poll(self) -> int | None:
        """Return its exit status if it has ended, negative if by a signal."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def end(self, seconds: float = SECONDS) -> tuple[int, str]:
        """Wait for its end, and for that of all that write where it does; return exit status and what was said."""
        said, until = b"", time.monotonic() + seconds
        with open(self._said, "rb", buffering=0) as file:
            while True:
                assert select.select([file], [], [], max(until - time.monotonic(), 0))[0], f"no end: {said.decode()}"
                part = file.read(65536)
                if not part:
                    break
                said += part
        while self.poll() is None:
            assert time.monotonic() < until, "it does not end"
            time.sleep(0.005)
        return self.poll() or 0, said.decode()


def build(folder: Path, *arguments: str) -> tuple[int, str]:
    """Build in a project; return exit status and what was said."""
    return Command(folder, "build", *arguments).end()


@cache
def _load() -> None:
    work.prepare([*LOADED, *make.RUNS])
    render.exporter()


def _run(folder: Path, arguments: tuple[str, ...]) -> int:
    os.chdir(folder)
    stale.forget()
    sys.argv = ["tanfeng", *arguments]
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "r+" if not number else "w") for number in range(3))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell may have interrupts ignored
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    status: object = 0
    try:
        start.main()
    except SystemExit as end:
        status = end.code
    except BaseException:  # as the interpreter does
        traceback.print_exc()
        status = 1
    for file in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            file.flush()
    return int(str(status or 0))
