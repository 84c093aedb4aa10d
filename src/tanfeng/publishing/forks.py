"""Kernels by forking: the build's side of `tanfeng.publishing.zygote`, and what a kernel is started with."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ABLE = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "win32"


class ServerGone(Exception):
    """The process that kernels are forked from has ended: the message has its last words."""


class Server:
    """A process to fork from: started here, or a branch of one."""

    def __init__(
        self, channel: socket.socket, log: Path | None = None, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self._channel, self._log, self._process = channel, log, process
        self._lock = threading.Lock()

    @classmethod
    def start(cls, root: Path | None, region: str, log: Path | None, scratch: list[Path]) -> Server:
        """Start the first process; it imports the libraries while the caller goes on.

        Args:
            root: project whose results are shared; None for kernels that share none (JupyterLab).
            region: GB/T 2260 code.
            log: file for what the processes say; None for nowhere.
            scratch: folders that it removes when this process ends before `stop`.
        """
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tanfeng.publishing.zygote", str(theirs.fileno()), str(os.getpid())]
        with open(log or os.devnull, "wb") as said:
            process = subprocess.Popen(  # noqa: S603
                [*command, str(root or ""), region, *map(str, scratch)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        theirs.close()
        return cls(ours, log, process)

    def branch(self, group: str) -> Server:
        """Return a new process that computes a group; it is ready when its first answer comes."""
        return Server(socket.socket(fileno=self._ask(op="branch", group=group)[1][0]), self._log)

    def check(self, fitting: Collection[str]) -> Server:
        """Return a new process that checks the tables; `errors` are its findings.

        Args:
            fitting: files that are known to fit their schemas.
        """
        return Server(socket.socket(fileno=self._ask(op="check", fitting=sorted(fitting))[1][0]), self._log)

    def errors(self) -> list[str]:
        """Wait until it has checked the tables and return every error, a line each."""
        return list(self._ask(op="errors")[0]["errors"])

    def wait(self) -> None:
        """Wait until it has computed what it shares."""
        self._ask(op="ready")

    def kernel(self, arguments: list[str], cwd: str, env: dict[str, str]) -> int:
        """Fork a kernel and return its process id."""
        return int(self._ask(op="kernel", arguments=arguments, cwd=cwd, env=env)[0]["pid"])

    def _ask(self, **request: Any) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            try:
                self._channel.sendall(json.dumps(request).encode() + b"\n")
                answer = b""
                files: list[int] = []
                while not answer.endswith(b"\n"):
                    more, found, *_ = socket.recv_fds(self._channel, 65536, 1)
                    if not more:
                        raise ConnectionResetError
                    answer, files = answer + more, [*files, *found]
            except OSError as error:
                raise ServerGone(f"the process that the notebooks are forked from has ended{self._said()}") from error
        return json.loads(answer), files

    def _said(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n") if self._log else []
        except OSError:
            return ""
        return next((f": {line}" for line in reversed(lines) if line.strip()), "")

    def close(self) -> None:
        """Have no more to ask: it ends when it has finished what it does."""
        with contextlib.suppress(OSError):
            self._channel.close()

    def stop(self) -> None:
        """End this process and every kernel forked from it, at once."""
        self.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Forked:
    """A kernel that is not a child of this process, with the methods of `subprocess.Popen` that are used."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        except OSError:
            self._handle = -1

    def poll(self) -> int | None:
        """Return None while it runs."""
        if self._handle >= 0:
            return 0 if select.select([self._handle], [], [], 0)[0] else None
        try:
            os.kill(self.pid, 0)
        except OSError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        until = time.monotonic() + (timeout or 60)
        while self.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@dataclass
class Launch:
    """How the kernel of one notebook is started, and its process once it runs.

    Attributes:
        server: gives the process to fork from, which may take a while; None for a kernel of its own.
        env: environment variables besides those of the build.
        started: called when the kernel runs, and whenever something it waited for is ready.
        since: when the kernel was started (monotonic clock, seconds).
    """

    server: Callable[[], Server | None] | None = None
    env: dict[str, str] = field(default_factory=dict)
    started: Callable[[], None] = lambda: None
    pid: int | None = None
    since: float | None = None

    def kill(self) -> None:
        """End the kernel."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


launch: ContextVar[Launch | None] = ContextVar("launch", default=None)
_lab: list[Server] = []


def lab_server() -> Server | None:
    """Return the process that kernels of JupyterLab are forked from: it shares imports, never results."""
    if not ABLE:
        return None
    if not _lab:
        _lab.append(Server.start(None, "", None, []))
    return _lab[0]
