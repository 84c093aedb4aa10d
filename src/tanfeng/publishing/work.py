"""Processes of a build: one for each notebook, forked from the build once it has imported what notebooks import.

Each has a group of its own, so that what a notebook starts ends with it. A guard ends them all, and removes what is
unfinished, when the build itself is gone, however it ended. Where the system cannot fork, processes are begun anew.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

ABLE = hasattr(os, "fork") and sys.platform != "win32"
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
PR_SET_PDEATHSIG = 1
END_SECONDS = 5.0
END = "end"
SAID = "said.log"
RESULT = "result.json"
_known: set[str] = set()


class Stopped(BaseException):
    """A signal asks the build to end: which."""


@dataclass
class Work:
    """A process at work: its folder has what it said and, once it has ended well, its result.

    Attributes:
        began: when it was started (monotonic clock, seconds).
    """

    process: Any
    folder: Path
    began: float

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process.exitcode is not None

    def kill(self) -> None:
        """End it and what it started."""
        if self.process.pid is not None:
            _kill(self.process.pid)
        self.process.join(END_SECONDS)

    def result(self) -> dict[str, Any]:
        """Return what it left, after its end; `error` says how it ended if it left nothing."""
        try:
            return dict(json.loads((self.folder / RESULT).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {"error": f"its process ended without a result (exit status {self.process.exitcode}){self._said()}"}

    def fail(self, error: str) -> None:
        """Leave an error as its result."""
        (self.folder / RESULT).write_text(json.dumps({"error": error}), encoding="utf-8")

    def _said(self) -> str:
        try:
            lines = (self.folder / SAID).read_text(encoding="utf-8", errors="replace").strip().split("\n")
        except OSError:
            return ""
        return f": {lines[-1]}" if lines[-1] else ""


def _kill(group: int) -> None:
    """End a process and its group; it may have none yet."""
    for end in (os.killpg, os.kill) if ABLE else (os.kill,):
        with contextlib.suppress(OSError):
            end(group, getattr(signal, "SIGKILL", signal.SIGTERM))


class Crew:
    """The processes of a build. Use it as a context: at its end none is left, and no unfinished file.

    Args:
        scratch: folders with unfinished files.
        fork: whether processes are forked; otherwise they are begun anew, which takes longer and gives the same.
    """

    def __init__(self, scratch: list[Path], fork: bool = True) -> None:
        self._scratch, self._fork = scratch, ABLE and fork
        self._context: Any = multiprocessing.get_context("fork" if self._fork else "spawn")
        self._handlers: dict[int, Any] = {}
        self._guard: Guard | None = None
        self.working: list[Work] = []

    def __enter__(self) -> Crew:
        """Remove what a build that was killed may have left, and set up the guard."""
        self._clear()
        if ABLE:
            self._guard = Guard(self._scratch)
        for name in SIGNALS:
            with contextlib.suppress(AttributeError, ValueError):  # not this system; not the main thread
                number = getattr(signal, name)
                if signal.getsignal(number) != signal.SIG_IGN:  # it is to go on when the terminal is closed
                    self._handlers[number] = signal.signal(number, _stop)
        return self

    def __exit__(self, *_: object) -> None:
        """End every process and remove what is unfinished."""
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)
        for one in self.working:
            one.kill()
        self._clear()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._guard:
            self._guard.end()

    def _clear(self) -> None:
        for folder in self._scratch:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self, folder: Path, task: Callable[..., dict[str, Any]], *given: Any) -> Work:
        """Start a task in a process; what it returns is its result.

        Args:
            folder: of its own.
            task: a function of a module; its arguments can be packed.
            given: its arguments.
        """
        folder.mkdir(parents=True, exist_ok=True)
        guard = self._guard.tell if self._guard and self._fork else -1
        process = self._context.Process(target=_attend, args=(os.getpid(), guard, folder, task, given))
        gc.freeze()  # what is there is shared, and stays
        sys.stdout.flush()
        process.start()
        made = Work(process, folder, time.monotonic())
        self.working.append(made)
        if self._guard:
            self._guard.note(process.pid)
        return made

    def wait(self, seconds: float) -> list[Work]:
        """Wait until a process ends, at most so long, and return those that have; they are no longer at work."""
        wait([one.process.sentinel for one in self.working], seconds)
        ended = [one for one in self.working if one.ended]
        for one in ended:
            self.drop(one)
        return ended

    def drop(self, one: Work) -> None:
        """End a process and what it started."""
        one.kill()
        self.working.remove(one)
        if self._guard:
            self._guard.note(one.process.pid)


def _stop(number: int, _: Any) -> None:
    raise Stopped(signal.Signals(number).name)


def _attend(parent: int, guard: int, folder: Path, task: Callable[..., dict[str, Any]], given: tuple[Any, ...]) -> None:
    """Do a task in this process and leave its result."""
    if guard >= 0:
        os.close(guard)  # it lasts as long as the build alone
    if ABLE:
        os.setsid()
        end_with(parent)
    for name in SIGNALS:
        with contextlib.suppress(AttributeError, ValueError):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    empty = os.open(os.devnull, os.O_RDONLY)
    for number, handle in enumerate((empty, said, said)):
        os.dup2(handle, number)
    try:
        result = task(*given)
    except BaseException as error:  # whoever waits is told
        traceback.print_exc()
        result = {"error": f"{type(error).__name__}: {error}"}
    part = folder / f"{RESULT}.part"
    part.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    part.replace(folder / RESULT)
    sys.stderr.flush()
    os._exit(0)


def end_with(parent: int) -> None:
    """Have the system end this process when its parent ends (Linux; elsewhere the guard does)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Guard:
    """A process that outlives this one if it must: then it ends the others and removes what is unfinished."""

    def __init__(self, scratch: list[Path]) -> None:
        told, self.tell = os.pipe()
        self._process = os.fork()
        if self._process:
            os.close(told)
            return
        try:
            os.setsid()
            for name in SIGNALS:
                signal.signal(getattr(signal, name), signal.SIG_IGN)
            os.close(self.tell)
            self._stand_by(told, scratch)
        finally:
            os._exit(0)

    @staticmethod
    def _stand_by(told: int, scratch: list[Path]) -> None:
        groups: set[str] = set()
        with open(told, encoding="ascii") as lines:
            for line in lines:
                groups ^= {line.strip()}
        if END not in groups:
            for group in groups:
                _kill(int(group))
            for folder in scratch:
                shutil.rmtree(folder, ignore_errors=True)

    def note(self, group: int | str) -> None:
        """Tell it of a process that has begun, or once more when it has ended."""
        with contextlib.suppress(OSError):  # it was killed
            os.write(self.tell, f"{group}\n".encode())

    def end(self) -> None:
        """Tell it that everything is tidy, and wait for its end."""
        self.note(END)
        os.close(self.tell)
        with contextlib.suppress(OSError):
            os.waitpid(self._process, 0)


def prepare(names: Iterable[str]) -> None:
    """Import modules, so that the processes that are forked need not; one that cannot be imported is left to them."""
    for name in names:
        if name not in _known:
            _known.add(name)
            with contextlib.suppress(Exception):
                importlib.import_module(name)
