"""Building: run the notebooks that are out of date, draw their pages in this process, publish, then the index.

Pages that only have to be drawn, from the last good runs of their notebooks, are drawn by one process a core, forked
from this one once it has imported nbconvert. What takes long to import is imported where it is used.

A page that fails leaves the last good one in place; the build goes on with the others and ends with a failure.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanfeng.publishing import forks, notebook, publish, warm, zygote
from tanfeng.publishing import stale as fingerprint
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import Record

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Job", "Workshop", "answers", "build", "commit", "jobs_for"]
WORK = Path("build")
REPORT_SECONDS = 900.0
LOOK_SECONDS = 0.5
GIVE_UP_SECONDS = 10.0
FIRST_SECONDS, FEW_CORES = 10.0, 2
MOST_ON_CLUSTER = 500
FEW = 4


@dataclass(frozen=True)
class Job:
    """A page to make: whether its notebook has to run, and about how long that takes with what it waits for."""

    report: Report
    run: bool
    seconds: float = 0.0


def jobs_for(root: Path, out: Path, reports: list[Report], force: bool = False) -> list[Job]:
    """Return what has to be made: pages that are out of date (all with `force`), the longest first.

    What only has to be drawn comes before, and of the notebooks one that is short, so that a reader soon has a page.

    The hashes of all inputs are taken here, before anything runs: what changes meanwhile is built again.
    """
    for report in reports:
        fingerprint.inputs(root, report)
    stale = [report for report in reports if force or fingerprint.reasons(root, out, report)]
    jobs = [Job(report, force or fingerprint.must_run(root, report), _seconds(root, out, report)) for report in stale]
    jobs.sort(key=lambda job: (job.run, -job.seconds))
    short = min((job for job in jobs if job.run), key=lambda job: job.seconds, default=None)
    return sorted(jobs, key=lambda job: (job.run, job is not short))


def _seconds(root: Path, out: Path, report: Report) -> float:
    known = fingerprint.read_run(root, report) or fingerprint.read_record(out, report)
    return warm.seconds(warm.group_of(report.notebook.stem)) + (known.seconds if known else 0.0)


def commit(root: Path) -> str:
    """Return the commit of the project folder, with `+` if files differ from it; empty outside version control."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""


@dataclass
class Workshop:
    """What a build works with: the folders, and the processes that kernels are forked from by group.

    Use it as a context: at its end every process is gone and nothing unfinished is left. With a `cluster` (see
    `tanfeng.publishing.cluster`) notebooks run there and not on this machine.
    """

    root: Path
    out: Path
    region: str
    plain: bool = False
    cluster: Any = None
    servers: dict[str, forks.Server] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def scratch(self) -> Path:
        """Folder for what is not complete yet; it belongs to the build that holds the lock."""
        return self.root / WORK / "scratch"

    def start(self, running: bool = True) -> None:
        """Set the environment; if notebooks run, start the process that imports the libraries."""
        from tanfeng.publishing.environment import set_environment, spare_grammars

        self.scratch.mkdir(parents=True, exist_ok=True)
        set_environment(self.scratch)
        spare_grammars()
        if running and forks.ABLE and not self.plain and not self.cluster:
            log, left = self.scratch / "processes.log", [self.scratch, publish.staging(self.out)]
            self.servers[""] = forks.Server.start(self.root, self.region, log, left)

    def server(self, group: str, told: Callable[[], None] = lambda: None) -> forks.Server:
        """Return the process of a group once it is ready; the first who asks has it made.

        Args:
            group: which group, see `tanfeng.publishing.warm`.
            told: called whenever one of those it comes from, or itself, has become ready.
        """
        before = ""
        for name in warm.chain(group):
            with self.lock:
                if name not in self.servers:
                    self.servers[name] = self.servers[before].branch(name)
            self.servers[name].wait()
            self.ready.add(name)
            told()
            before = name
        return self.servers[group]

    def errors(self, fitting: Collection[str]) -> list[str] | None:
        """Return every error of the tables, found by a process of its own; None if there is none that can look.

        Args:
            fitting: files that are known to fit their schemas.
        """
        if "" in self.servers:
            with contextlib.suppress(forks.ServerGone), contextlib.closing(self.servers[""].check(fitting)) as checking:
                return checking.errors()
        return None

    def launch(
        self, report: Report, work: Path, started: Callable[[], None] = lambda: None, alone: bool = False
    ) -> forks.Launch:
        """Return how the kernel of a report is started.

        Args:
            report: which report.
            work: its folder.
            started: see `tanfeng.publishing.forks.Launch`.
            alone: it computes by itself what it takes and does not wait for what others share.
        """
        group = "" if alone else warm.group_of(report.notebook.stem)
        return forks.Launch(
            server=None if self.plain or not forks.ABLE else lambda: self.server(group, started),
            env={"TANFENG_ROOT": str(self.root), "TANFENG_READS": str(work / "out" / "reads.json")},
            started=started,
        )

    def __enter__(self) -> Workshop:
        """Remove what a build that was killed may have left."""
        self._clear()
        return self

    def stop(self) -> None:
        """End every process that was started here and what was forked from it."""
        if "" in self.servers:
            self.servers[""].stop()

    def __exit__(self, *_: object) -> None:
        """End every process and remove what is unfinished."""
        self.stop()
        self._clear()

    def _clear(self) -> None:
        for folder in (self.scratch, publish.staging(self.out)):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Running:
    """A notebook that runs: its kernel, and when it began."""

    launch: forks.Launch
    groups: list[str]
    began: float
    late: bool = False


class Build:
    """One build at work: threads wait for kernels, this thread draws the pages."""

    def __init__(
        self,
        shop: Workshop,
        jobs: int,
        tell: Callable[[Result | Report], None],
        seconds: float,
        permit: Callable[[], None],
    ) -> None:
        self.shop, self.tell, self.seconds, self.permit = shop, tell, seconds, permit
        self.slots, self.more = jobs or os.cpu_count() or 1, not jobs
        if shop.cluster:
            self.slots, self.more = MOST_ON_CLUSTER, False
        self.revision = commit(shop.root)
        self.messages: queue.Queue[tuple[Report, Any, float] | None] = queue.Queue()
        self.running: dict[str, Running] = {}
        self.results: list[Result] = []
        self.first = ""

    @cached_property
    def desk(self) -> Desk:
        """Where pages are drawn."""
        shop = self.shop
        return Desk(shop.root, shop.out, shop.scratch, shop.root / WORK / "failed", self.revision)

    def all(self, jobs: list[Job]) -> list[Result]:
        """Make every page."""
        waiting = [job.report for job in jobs if job.run]
        self._begin(waiting)
        drawn = [job.report for job in jobs if not job.run]
        alone = not self.running  # a process whose threads run notebooks is not forked
        for result in self.desk.draw_anew(drawn, min(self.slots, os.cpu_count() or 1) if alone else 1):
            self._told(result)
        self._start(waiting)
        while waiting or self.running:
            self._start(waiting)
            self._wait(waiting)
        return self.results

    def _begin(self, waiting: list[Report]) -> None:
        """Ask for permission; where kernels are forked, the first notebook runs meanwhile, and is ended if refused."""
        try:
            if waiting and self.shop.servers:
                self._run_first(waiting)
            self.permit()
        except BaseException:
            self._give_up()
            raise
        if waiting and not self.running:
            self._run_first(waiting)

    def _run_first(self, waiting: list[Report]) -> None:
        from tanfeng.publishing import run  # noqa: F401  # before the threads that need it

        first = waiting.pop(0)
        self._run(first, [""], alone=True)
        self.first = first.name if self.shop.servers else ""
        from tanfeng.publishing import render  # noqa: F401  # while the kernel starts

    def _give_up(self) -> None:
        """End every process and wait for the threads that wait for them."""
        self.shop.stop()
        until = time.monotonic() + GIVE_UP_SECONDS
        with contextlib.suppress(queue.Empty):
            while self.running:
                message = self.messages.get(timeout=max(0.0, until - time.monotonic()))
                self.running.pop(message[0].name if message else "", None)

    def _start(self, waiting: list[Report]) -> None:
        """Start what may start: none that would wait for a group that is still computing what it shares.

        On one or two cores the first notebook runs alone for a while, so that its page comes soon. Then there is one
        notebook more than cores, because one leaves its core idle while its kernel starts and between its cells.
        """
        first = self.running.get(self.first)
        if first and (os.cpu_count() or 1) <= FEW_CORES and time.monotonic() - first.began < FIRST_SECONDS:
            return
        slots = self.slots + (self.more and bool(self.results))
        for report in list(waiting):
            computing = {group for running in self.running.values() for group in self._computing(running)}
            groups = warm.chain(warm.group_of(report.notebook.stem))
            if len(self.running) < slots and not computing & set(groups):
                waiting.remove(report)
                self._run(report, groups)

    def _computing(self, running: Running) -> list[str]:
        alone = self.shop.plain or self.shop.cluster
        return [] if alone or running.launch.pid else [one for one in running.groups if one not in self.shop.ready]

    def _run(self, report: Report, groups: list[str], alone: bool = False) -> None:
        work = self.shop.scratch / report.name
        launch = self.shop.launch(report, work, lambda: self.messages.put(None), alone)
        self.running[report.name] = Running(launch, groups, time.monotonic())
        self.tell(report)
        threading.Thread(target=self._execute, args=(report, work, launch), daemon=True).start()

    def _execute(self, report: Report, work: Path, launch: forks.Launch) -> None:
        from tanfeng.publishing import run

        try:
            cluster = self.shop.cluster
            done = cluster.execute(report, work) if cluster else run.execute(self.shop.root, report, work, launch)
            self.messages.put((report, done, time.monotonic()))
        except BaseException as error:  # told by the thread that waits
            self.messages.put((report, error, time.monotonic()))

    def _wait(self, waiting: list[Report]) -> None:
        """Wait for the next notebook, start another in its place and draw its page."""
        try:
            message = self.messages.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            self._end_late()
            return
        if message is None:
            return
        report, outcome, ended = message
        running = self.running.pop(report.name)
        seconds = ended - (running.launch.since or running.began)
        if running.late:
            outcome = TimeoutError(f"{report.notebook} did not end within {self.seconds:g} seconds")
        self._start(waiting)
        self._draw(report, outcome, seconds)

    def _end_late(self) -> None:
        for name, running in self.running.items():
            if time.monotonic() - running.began > self.seconds:
                running.late = True
                running.launch.kill()
                if self.shop.cluster:
                    self.shop.cluster.cancel(name)

    def _draw(self, report: Report, outcome: Any, seconds: float) -> None:
        """Draw a page from a notebook that has just run, or tell the error it ended with."""
        self._told(self.desk.draw(report, outcome, seconds))

    def _told(self, result: Result) -> None:
        self.results.append(result)
        self.tell(result)


def build(
    shop: Workshop,
    jobs: list[Job],
    slots: int,
    tell: Callable[[Result | Report], None],
    seconds: float = REPORT_SECONDS,
    permit: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Make pages and return what became of each.

    The first notebook runs without waiting for what several share, so that a reader soon has a page.

    Args:
        shop: folders and processes, entered and started.
        jobs: what to make, see `jobs_for`.
        slots: number of notebooks at a time; 0 for one a core.
        tell: called with each report that starts and each result as it comes.
        seconds: how long a notebook may run.
        permit: returns once pages may be made of these tables, or raises; nothing is drawn or published before.
    """
    with contextlib.chdir(shop.root):  # names of sockets are relative, see `execute`
        return Build(shop, slots, tell, seconds, permit).all(jobs)


def answers(out: Path, reports: list[Report]) -> Iterator[tuple[Report, dict[str, object]]]:
    """Yield the reports that have been built, with the answer each gave."""
    for report in reports:
        record = fingerprint.read_record(out, report)
        if record is not None and (out / report.page).is_file():
            yield report, record.answer


@dataclass(frozen=True)
class Result:
    """What became of one page: seconds it took, whether its notebook ran, and the error if it failed."""

    report: Report
    seconds: float
    error: str = ""
    ran: bool = True


@dataclass(frozen=True)
class Desk:
    """Where pages are drawn.

    Attributes:
        root: project folder.
        out: folder of the pages.
        scratch: folder that notebooks run in; a page of a notebook that ran elsewhere is from an earlier run.
        failed: folder for notebooks that failed, where an analyst can open them.
        revision: commit of the project, or an empty text.
    """

    root: Path
    out: Path
    scratch: Path
    failed: Path
    revision: str

    def draw(self, report: Report, outcome: Any, seconds: float) -> Result:
        """Draw and publish a page.

        Args:
            report: which page.
            outcome: the notebook that has just run, the error it ended with, or None for its last good run.
            seconds: how long it ran.
        """
        started = time.monotonic()
        try:
            if isinstance(outcome, BaseException):
                raise outcome
            self._publish(report, outcome, seconds)
            error = ""
        except Exception as problem:  # one page must not take the others with it; the message is shown
            error = self._kept(report, problem)
        return Result(report, seconds + time.monotonic() - started, error, outcome is not None)

    def draw_anew(self, reports: list[Report], slots: int) -> Iterator[Result]:
        """Draw pages from their last good runs and yield each result; those of one notebook follow each other."""
        reports, drawn = sorted(reports, key=lambda one: one.slug), 0
        if forks.ABLE and slots > 1 and len(reports) > FEW:
            with contextlib.suppress(BrokenProcessPool):  # a process was killed: the rest is drawn here
                for result in self._side_by_side(reports, slots):
                    drawn += 1
                    yield result
        for report in reports[drawn:]:
            yield self.draw(report, None, 0.0)

    def _side_by_side(self, reports: list[Report], slots: int) -> Iterator[Result]:
        from tanfeng.publishing import render  # noqa: F401  # once, before the processes are forked

        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(slots, context, _attend, (os.getpid(),)) as pool:
            yield from pool.map(self._again, reports, chunksize=FEW)

    def _again(self, report: Report) -> Result:
        return self.draw(report, None, 0.0)

    def _publish(self, report: Report, notebook: NotebookNode | None, seconds: float) -> None:
        from tanfeng.publishing import render

        root, inputs = self.root, fingerprint.inputs(self.root, report)
        if notebook is None:
            work = fingerprint.run_folder(root, report)
            notebook = with_text(root, report, work / "executed.ipynb")
            run = fingerprint.read_run(root, report)
            assert run is not None
            run = Record(inputs, run.files, {}, run.tables, run.seconds)
        else:
            work = self.scratch / report.name
            run = Record(inputs, {}, {}, _tables_read(root, work / "out" / "reads.json"), round(seconds, 2))
        html = render.page(root, report, notebook, work / "out", self.revision)
        publish.publish(self.out, report, html, work / "out", run, render.package(root, report, work / "out"))
        if work.is_relative_to(self.scratch):
            publish.keep_run(root, report, work, run)

    def _kept(self, report: Report, error: Exception) -> str:
        """Keep the notebook that failed where an analyst can open it and return the message."""
        from tanfeng.publishing.run import NotebookFailure

        shown = str(error) if isinstance(error, NotebookFailure | TimeoutError) else f"{type(error).__name__}: {error}"
        work, place = self.scratch / report.name, self.failed / f"{report.name}.ipynb"
        source = next((work / name for name in ("executed.ipynb", "prepared.ipynb") if (work / name).is_file()), None)
        if source is None:
            return shown
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
            return f"{shown}\n    open {place.relative_to(self.root)} to see it"
        return shown


def _attend(parent: int) -> None:
    """Have a process that draws end with the build, which alone answers to an interruption."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    zygote.end_with_parent(parent, signal.SIGKILL)


def _tables_read(root: Path, reads: Path) -> dict[str, str]:
    return fingerprint.tables(root, _names_in(reads)) if reads.is_file() else fingerprint.all_tables(root)


def _names_in(path: Path) -> list[str]:
    return list(json.loads(path.read_text(encoding="utf-8")))


def with_text(root: Path, report: Report, executed: Path) -> NotebookNode:
    """Return an executed notebook with the text cells as they are now; the code cells are the same, with their outputs.

    Args:
        root: project folder.
        report: which report.
        executed: notebook of its last good run.
    """
    import nbformat

    cells = nbformat.v4.reads(executed.read_text(encoding="utf-8")).cells
    ran = iter([cell for cell in cells if cell.cell_type == "code"])
    made = []
    for cell in notebook.prepared(notebook.read(root / report.notebook), report.lang):
        if cell["cell_type"] != "code":
            made.append(nbformat.from_dict(cell))
            continue
        made.append(next(ran))
        made[-1].metadata["tags"] = cell["metadata"]["tags"]
        if "parameters" in cell["metadata"]["tags"]:
            made.append(next(ran))  # the cell that papermill adds
    return nbformat.v4.new_notebook(cells=made)
