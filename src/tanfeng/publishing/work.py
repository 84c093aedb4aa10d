"""Processes of a build: one for each notebook, forked from the build once it has imported what notebooks import.

Each has a group of its own, so that what a notebook starts ends with it. A guard ends them all, and removes what is
unfinished, when the build itself is gone, however it ended. Where the system cannot fork, processes are begun anew.
"""

from __future__ import annotations

import contextlib
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
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import psutil

ABLE = hasattr(os, "fork") and sys.platform != "win32"
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
END_SECONDS = 5.0
END = "end"
SAID = "said.log"
RESULT = "result.json"
OWN: set[int] = set()  # handles that last as long as the build alone, such as its locks


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

    def result(self) -> dict[str, Any]:
        """Return what it left, after its end; `error` says how it ended if it left nothing."""
        try:
            return dict(json.loads((self.folder / RESULT).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            lines = [""]
            with contextlib.suppress(OSError):
                lines += (self.folder / SAID).read_text(encoding="utf-8", errors="replace").strip().split("\n")
            said = f": {lines[-1]}" if lines[-1] else ""
            return {"error": f"its process ended without a result (exit status {self.process.exitcode}){said}"}

    def late(self, seconds: float) -> bool:
        """Whether it has been at work for longer."""
        return time.monotonic() - self.began > seconds

    def fail(self, error: str) -> None:
        """Leave an error as its result."""
        (self.folder / RESULT).write_text(json.dumps({"error": error}), encoding="utf-8")


def _kill(process: int) -> None:
    """End a process with its group and all that it started, whatever session that is in."""
    started = _started(process)
    for end in (os.killpg, os.kill) if ABLE else (os.kill,):
        with contextlib.suppress(OSError):  # it may have no group yet
            end(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    for one in started:
        with contextlib.suppress(psutil.Error):
            one.kill()


def _started(process: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(process).children(recursive=True))
    except psutil.Error:
        return []


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
        self._guard, self._tell = 0, -1
        self._heard: list[int] = []
        self.working: list[Work] = []

    def _hear(self, number: int, _: Any) -> None:
        """Note a signal for `wait`: an exception here may be lost, or leave a process that is begun unknown."""
        self._heard.append(number)

    def __enter__(self) -> Crew:
        """Remove what a build that was killed may have left, and set up the guard."""
        _clear(self._scratch)
        if ABLE:
            self._guard, self._tell = _guarded(self._scratch)
            OWN.add(self._tell)
        for number in SIGNALS:
            with contextlib.suppress(ValueError):  # not the main thread
                if signal.getsignal(number) != signal.SIG_IGN:  # it is to go on when the terminal is closed
                    self._handlers[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        """End every process and remove what is unfinished."""
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)
        for one in list(self.working):
            self.drop(one)
        _clear(self._scratch)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        _note(self._tell, END)
        if self._guard:
            OWN.remove(self._tell)
            os.close(self._tell)
            with contextlib.suppress(OSError):
                os.waitpid(self._guard, 0)

    def start(self, folder: Path, task: Callable[..., dict[str, Any]], *given: Any) -> Work:
        """Start a task in a process; what it returns is its result.

        Args:
            folder: of its own.
            task: a function of a module; its arguments can be packed.
            given: its arguments.
        """
        folder.mkdir(parents=True, exist_ok=True)
        tell = self._tell if self._fork else -1
        process = self._context.Process(target=_attend, args=(os.getpid(), tell, folder, task, given))
        gc.freeze()  # what is there is shared, and stays
        sys.stdout.flush()
        process.start()
        self.working.append(Work(process, folder, time.monotonic()))
        if not self._fork:
            _note(self._tell, process.pid)
        return self.working[-1]

    def wait(self, seconds: float) -> list[Work]:
        """Wait until a process ends, at most so long, and return those that have; they are no longer at work.

        Raises:
            Stopped: if a signal asks for the end.
        """
        wait([one.process.sentinel for one in self.working], seconds)
        for number in self._heard:
            raise Stopped(signal.Signals(number).name)
        ended = [one for one in self.working if one.process.exitcode is not None]
        for one in ended:
            self.drop(one)
        return ended

    def drop(self, one: Work) -> None:
        """End a process and what it started."""
        _kill(one.process.pid)
        one.process.join(END_SECONDS)
        self.working.remove(one)
        _note(self._tell, one.process.pid)


def _clear(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _note(tell: int, process: int | str) -> None:
    """Tell the guard of a process that has begun, or once more when it has ended."""
    with contextlib.suppress(OSError):  # there is none, or it was killed
        os.write(tell, f"{process}\n".encode())


def _attend(parent: int, tell: int, folder: Path, task: Callable[..., dict[str, Any]], given: tuple[Any, ...]) -> None:
    """Do a task in this process and leave its result."""
    _begin(parent, tell)
    said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number, handle in enumerate((os.open(os.devnull, os.O_RDONLY), said, said)):
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
    for one in _started(os.getpid()):
        with contextlib.suppress(psutil.Error):
            one.kill()
    os._exit(0)


def _begin(parent: int, tell: int) -> None:
    """Have a group of its own, which the guard knows, hear signals, and let go of what is the build's."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if ABLE:
        os.setsid()
    _note(tell, os.getpid())
    for handle in OWN if tell >= 0 else ():
        os.close(handle)
    if ABLE and os.getppid() != parent:
        os._exit(1)


def _guarded(scratch: list[Path]) -> tuple[int, int]:
    """Begin a process that outlives this one if it must: then it ends the others and removes what is unfinished.

    Returns:
        The process, and where it is told of others: when that closes without `END`, this one is gone.
    """
    told, tell = os.pipe()
    process = os.fork()
    if process:
        os.close(told)
        return process, tell
    try:
        os.setsid()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        os.close(tell)
        processes: set[str] = set()
        with open(told, encoding="ascii") as lines:
            for line in lines:
                processes ^= {line.strip()}
        if END not in processes:
            for one in processes:
                _kill(int(one))
            _clear(scratch)
    finally:
        os._exit(0)


def prepare(names: Iterable[str]) -> None:
    """Import modules, so that the processes that are forked need not; one that cannot be imported is left to them."""
    for name in names:
        _import(name)


@cache
def _import(name: str) -> None:
    with contextlib.suppress(Exception):
        importlib.import_module(name)
