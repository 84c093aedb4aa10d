"""The process that kernels are forked from: it imports the libraries once and computes what the notebooks share.

`python -m tanfeng.publishing.zygote CHANNEL PARENT ROOT REGION [SCRATCH...]` is started by `tanfeng.publishing.forks`
and answers its requests. It has one thread and no ZMQ context. When its parent ends, however it ends, it removes the
scratch folders and ends too; every process forked from it ends with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import shutil
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tanfeng.publishing.earlier import KeptValues

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, number: int) -> None:
    """Have the system send this process a signal when its parent ends (Linux; elsewhere the channel tells)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


class Zygote:
    """One process to fork from and its channel to the build."""

    def __init__(self, channel: socket.socket, root: str, region: str, values: KeptValues | None) -> None:
        self.channel, self.root, self.region, self.values = channel, root, region, values
        self.rest = b""
        self.errors: list[str] | None = None

    def serve(self) -> None:
        """Answer requests until the other side is gone."""
        while True:
            request = self.request()
            if request is None:
                return
            if request["op"] == "kernel":
                self.answer({"pid": self.kernel(request)})
            elif request["op"] == "branch":
                self.branch(request["group"])
            elif request["op"] == "check":
                self.check(request["fitting"])
            elif request["op"] == "errors" and self.errors is not None:
                self.answer({"errors": self.errors})
                self.keep("check")
            else:
                self.answer({})

    def request(self) -> dict[str, Any] | None:
        """Return the next request, or None at the end."""
        while b"\n" not in self.rest:
            more = self.channel.recv(65536)
            if not more:
                return None
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return dict(json.loads(line))

    def answer(self, given: dict[str, Any], *files: int) -> None:
        """Send an answer, and open files with it."""
        socket.send_fds(self.channel, [json.dumps(given).encode() + b"\n"], files)

    def branch(self, group: str) -> None:
        """Fork a process that computes a group and serves on a channel of its own."""
        from tanfeng.publishing import warm

        warm.later_libraries()
        self.fork(lambda: self.compute(group))

    def check(self, fitting: list[str]) -> None:
        """Fork a process that checks the tables and says on a channel of its own what it found."""
        self.fork(lambda: self.find_errors(fitting))

    def fork(self, work: Callable[[], None]) -> None:
        """Fork a process that does some work and then serves on a channel of its own."""
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        if os.fork() == 0:
            end_with_parent(parent, signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            ours.close()
            self.channel.close()
            self.channel, self.rest = theirs, b""
            try:
                work()
            except BaseException:  # whoever asks is told that this process is gone
                traceback.print_exc()
                os._exit(1)
            return
        theirs.close()
        self.answer({}, ours.fileno())
        ours.close()

    def find_errors(self, fitting: list[str]) -> None:
        """Check the tables; parts whose tables are as they were when they were last looked at are not looked at."""
        from tanfeng.data import check as checks
        from tanfeng.data.catalog import Catalog
        from tanfeng.publishing import validate

        self.errors = validate.errors(Catalog(Path(self.root)), None, fitting, checks.kept)

    def compute(self, group: str) -> None:
        """Compute what the notebooks of a group share."""
        from tanfeng.data.catalog import Catalog
        from tanfeng.publishing import warm

        if self.values:
            warm.compute(group, Catalog(Path(self.root)), self.region)
            self.keep(group)
        gc.collect()
        gc.freeze()

    def keep(self, name: str) -> None:
        """Keep what this process computed for later builds."""
        if self.values:
            with contextlib.suppress(Exception):  # a full disk, a folder that vanishes: the next build takes longer
                self.values.keep(name)

    def kernel(self, request: dict[str, Any]) -> int:
        """Fork a kernel and return its process id."""
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            try:
                end_with_parent(parent, signal.SIGKILL)
                self.channel.close()
                become_kernel(parent, **request)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        return child


def become_kernel(parent: int, arguments: list[str], cwd: str, env: dict[str, str], op: str) -> NoReturn:
    """Run a kernel in this process as the launcher of ipykernel would."""
    from ipykernel.kernelapp import IPKernelApp

    from tanfeng.data import cache
    from tanfeng.publishing import tracing

    for name in ("SIGCHLD", "SIGTERM"):
        signal.signal(getattr(signal, name, signal.SIGTERM), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(cwd)
    sys.path[0], sys.argv = "", ["ipykernel_launcher.py", *arguments]
    cache.forget()
    app = IPKernelApp.instance(parent_handle=parent)
    app.initialize(arguments)
    draw_where_the_kernel_would(app.shell)
    if "TANFENG_READS" in env:
        reads = Path(env["TANFENG_READS"])
        assert app.shell is not None
        app.shell.events.register("post_run_cell", lambda *_: tracing.write_reads(reads))
    app.start()
    os._exit(0)


def draw_where_the_kernel_would(shell: Any) -> None:
    """Choose the backend of figures anew: the libraries were imported before the environment was known."""
    import matplotlib as mpl

    backend = os.environ["MPLBACKEND"]
    if "inline" in backend:
        shell.enable_matplotlib("inline")
    else:
        mpl.use(backend)


def bury(*_: Any) -> None:
    """Take notice of processes that ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def main() -> None:
    """Import, then serve."""
    channel, parent, root, region, *scratch = sys.argv[1:]

    def leave(*_: Any) -> NoReturn:
        for folder in scratch:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, bury)
    end_with_parent(int(parent), signal.SIGTERM)
    from tanfeng.publishing.environment import spare_grammars

    spare_grammars()
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401

    from tanfeng.publishing import tracing

    tracing.start(Path(root) if root else Path("/nowhere"))

    from tanfeng.publishing import earlier, warm

    values = earlier.KeptValues(Path(root), Path(scratch[0])) if root else None
    gc.disable()  # what is imported stays
    warm.libraries()
    if values:
        with contextlib.suppress(Exception):  # it only costs time
            values.take_up()
    else:
        warm.later_libraries()
    gc.freeze()
    gc.enable()
    own = os.getpid()
    Zygote(socket.socket(fileno=int(channel)), root, region, values).serve()
    if os.getpid() == own:
        leave()
    os._exit(0)


if __name__ == "__main__":
    main()
