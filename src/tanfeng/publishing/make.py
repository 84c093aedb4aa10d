"""Building: each page out of date in a process of its own, which runs its notebook and draws it; then the index.

A page is published if the tables were found good, and if every file that it was made from is as it was when the build
began. One that fails leaves the last good page in place; the build goes on with the others and ends with a failure.
What takes long to import is imported where it is used.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanfeng.data.project import VARIABLE, ProjectError
from tanfeng.publishing import checked, publish, work
from tanfeng.publishing import stale as fingerprint
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import Record

WORK = Path("build")
REPORT_SECONDS, CHECK_SECONDS, GIT_SECONDS, LOOK_SECONDS = 900.0, 600.0, 5.0, 0.2
CHECKS = "tanfeng.publishing.validate"
RUNS = ("tanfeng.publishing.run", "matplotlib_inline.backend_inline", "black")  # what papermill and IPython load late


@dataclass(frozen=True)
class Job:
    """A page to make: whether its notebook runs, about how long that takes, and whether it has run elsewhere."""

    report: Report
    run: bool
    seconds: float = 0.0
    elsewhere: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one page: seconds it took, whether its notebook ran, the error if it failed, what it lacks.

    Attributes:
        absent: number of sections for which the tables hold too little.
    """

    report: Report
    seconds: float
    error: str = ""
    ran: bool = True
    absent: int = 0


class BrokenTables(Exception):
    """No page may be made: the errors of the tables, a line each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(f"{len(errors)} problems in the tables; no report was changed")
        self.errors = errors


def jobs_for(root: Path, out: Path, reports: list[Report], force: bool = False) -> list[Job]:
    """Return what has to be made: pages that are out of date (all with `force`), the longest first.

    What only has to be drawn comes before, and of the notebooks one that is short, so that a reader soon has a page.

    The hashes of all inputs are taken here, before anything runs.
    """
    stale = [report for report in reports if force or fingerprint.reasons(root, out, report)]
    jobs = [Job(report, force or fingerprint.must_run(root, report), _seconds(root, out, report)) for report in stale]
    jobs.sort(key=lambda job: (job.run, -job.seconds))
    short = min((job for job in jobs if job.run), key=lambda job: job.seconds, default=None)
    return sorted(jobs, key=lambda job: (job.run, job is not short))


def _seconds(root: Path, out: Path, report: Report) -> float:
    known = fingerprint.read_run(root, report) or fingerprint.read_record(out, report)
    return known.seconds if known else 0.0


def commit(root: Path) -> str:
    """Return the commit of the project folder, with `+` if files differ from it; empty outside version control."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
    if not (root / ".git").exists():  # that of a folder around it says nothing of this project
        return ""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=GIT_SECONDS)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout.strip()


@dataclass
class Build:
    """One build at work.

    Attributes:
        root: project folder.
        out: folder of the pages.
        slots: pages at a time; 0 for one a core.
        seconds: how long one may take.
        check: what finds the errors of the tables, a line each, in a process of its own; None if they are known good.
        fork: see `tanfeng.publishing.work.Crew`.
        cluster: where notebooks run instead (see `tanfeng.publishing.cluster`).
        tell: called with each report that starts, each result as it comes, and with None while nothing happens.
    """

    root: Path
    out: Path
    slots: int = 0
    seconds: float = REPORT_SECONDS
    check: Callable[[Path], dict[str, Any]] | None = None
    fork: bool = True
    cluster: Any = None
    tell: Callable[[Result | Report | None], None] = lambda _: None
    results: list[Result] = field(default_factory=list)

    @property
    def scratch(self) -> Path:
        """Folder for what is not complete yet; it belongs to the build that holds the lock."""
        return self.root / WORK / "scratch"

    def all(self, jobs: list[Job]) -> list[Result]:
        """Make pages and return what became of each.

        Raises:
            BrokenTables: if a table has an error; nothing was published.
            Stopped: if a signal asks for the end.
        """
        from tanfeng.publishing.environment import set_environment, spare_grammars

        before = dict(os.environ)
        try:
            with work.Crew([self.scratch, publish.staging(self.out)], self.fork) as self.crew:
                self.scratch.mkdir(parents=True)
                set_environment(self.scratch)
                os.environ[VARIABLE] = str(self.root)  # the public view is a project too
                spare_grammars()
                self.revision = commit(self.root)
                self._make_all(list(jobs))
        finally:
            os.environ.clear()
            os.environ.update(before)
        return self.results

    def _make_all(self, waiting: list[Job]) -> None:
        """Start what may start and publish what is there, until nothing is left."""
        self.checking: work.Work | None = None
        self.running: list[tuple[Job, work.Work]] = []
        ready: list[tuple[Job, work.Work]] = []
        if self.check and waiting:
            work.prepare([CHECKS])
            self.checking = self.crew.start(self.scratch / "check", keeping, self.root, self.check, self.root)
        while waiting or self.running or ready or (self.cluster and self.cluster.running):
            self._start(waiting)
            ready += self._ended()
            while ready and not self.checking:
                job, done = ready.pop(0)
                self._told(self._published(job, done))

    def _start(self, waiting: list[Job]) -> None:
        """Start what may start: a page a core, and one more once the first is there, as some wait for others."""
        slots = self.slots or (os.cpu_count() or 1) + bool(self.results)
        while waiting and (self.cluster or len(self.running) + bool(self.checking) < max(slots, 2)):
            job = waiting.pop(0)
            self.tell(job.report)
            if job.run and self.cluster:
                self.cluster.start(job, self.scratch / job.report.name, self.seconds)
            else:
                self._make(job)

    def _make(self, job: Job) -> None:
        """Import what the page takes, then fork its process."""
        from tanfeng.publishing import render

        runs = job.run and not job.elsewhere and self.fork
        names = fingerprint.imports(self.root, job.report) if runs else ()
        render.exporter()
        work.prepare([*(RUNS if runs else ()), *fingerprint.state(self.root).others(names)])
        folder = self.scratch / job.report.name
        made = self.crew.start(folder, keeping, self.root, make_page, self.root, job, folder, self.revision)
        self.running.append((job, made))

    def _ended(self) -> list[tuple[Job, work.Work]]:
        """Wait a little; return the pages whose process has ended, and end those that take too long."""
        ended = self.crew.wait(LOOK_SECONDS)
        self.tell(None)
        for job, error in self.cluster.ended() if self.cluster else ():
            if error:
                self._told(Result(job.report, 0.0, self._kept(job.report, error)))
            else:
                self._make(job)
        if self.checking in ended:
            self._checked()
        elif self.checking and self.checking.late(CHECK_SECONDS):
            raise ProjectError(f"the check of the tables did not end within {CHECK_SECONDS:g} seconds")
        for job, one in self.running:
            if one not in ended and one.late(self.seconds):
                self.crew.drop(one)
                one.fail(f"{job.report.notebook} did not end within {self.seconds:g} seconds")
                ended.append(one)
        over = [pair for pair in self.running if pair[1] in ended]
        self.running = [pair for pair in self.running if pair[1] not in ended]
        return over

    def _checked(self) -> None:
        """Go on if the tables are good, and those that were looked at."""
        found, self.checking = self.checking.result() if self.checking else {}, None
        if found.get("error"):
            raise ProjectError(f"the tables could not be checked: {found['error']}")
        if found["errors"]:
            raise BrokenTables(found["errors"])
        checked.remember_good(self.root)
        for name in fingerprint.state(self.root).written(["data"]):
            raise ProjectError(f"{name} changed while it was checked; no report was changed: run it again")

    def _published(self, job: Job, done: work.Work) -> Result:
        """Publish a page if it was made well, of what was there when the build began."""
        made = done.result()
        seconds = made.get("seconds", time.monotonic() - done.began)
        try:
            error = self._kept(job.report, made["error"]) if made["error"] else self._place(job, done.folder, seconds)
        except Exception as problem:  # one page must not take the others with it; the message is shown
            error = f"{type(problem).__name__}: {problem}"
        return Result(job.report, seconds, error, job.run, made.get("absent", 0))

    def _place(self, job: Job, folder: Path, seconds: float) -> str:
        """Put a page in its place; return why not if it was made of what was not there when the build began."""
        root, report = self.root, job.report
        left = (folder if job.run else fingerprint.run_folder(root, report)) / "out"
        names = fingerprint.reads(root, left)
        for name in fingerprint.state(root).written(fingerprint.seen(root, report, names)):
            return f"{name} changed while the page was made; it was left as it was: run the build again"
        before = None if job.run else fingerprint.read_run(root, report)
        seconds = before.seconds if before else round(seconds, 2)
        record = Record(fingerprint.inputs(root, report), {}, {}, fingerprint.tables(root, names), seconds)
        publish.publish(self.out, report, folder, left, record)
        if job.run:
            publish.keep_run(root, report, folder, record)
        return ""

    def _kept(self, report: Report, error: str) -> str:
        """Keep the notebook that failed where an analyst can open it and return the message."""
        place = self.root / WORK / "failed" / f"{report.name}.ipynb"
        for name in ("executed", "prepared"):
            with contextlib.suppress(OSError):
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.scratch / report.name / f"{name}.ipynb", place)
                return f"{error}\n    open {place.relative_to(self.root)} to see it"
        return error

    def _told(self, result: Result) -> None:
        self.results.append(result)
        self.tell(result)


def keeping(root: Path, task: Callable[..., Any], *given: Any) -> Any:
    """Do a task in this process with the values that builds keep."""
    from tanfeng.data import cache
    from tanfeng.publishing import tracing, values

    cache.clear()
    values.start(root)
    tracing.start(root)  # after the files were looked at for their hashes
    return task(*given)


def make_page(root: Path, job: Job, folder: Path, revision: str) -> dict[str, Any]:
    """Make a page in this process: run its notebook if it has to run, and leave `page.html` in a folder.

    Args:
        root: project folder.
        job: what to make.
        folder: for the page and, if the notebook runs, what that leaves.
        revision: commit of the project, or an empty text.

    Returns:
        `error`, empty if it was made, `seconds` that the notebook ran, and `absent`, sections without data.
    """
    from tanfeng.publishing import render

    began, report = time.monotonic(), job.report
    try:
        if job.run and not job.elsewhere:
            run_notebook(root, report, folder)
        seconds = time.monotonic() - began
        place = folder if job.run else fingerprint.run_folder(root, report)
        absent = render.draw(root, report, place, folder, revision)
    except Exception as error:  # told by the build
        plain = type(error).__name__ == "NotebookFailure"
        return {"error": str(error) if plain else f"{type(error).__name__}: {error}"}
    return {"error": "", "seconds": seconds if job.run else time.monotonic() - began, "absent": absent}


def run_notebook(root: Path, report: Report, folder: Path) -> None:
    """Run the notebook of a report in this process, and leave in its folder what it read as well.

    Raises:
        NotebookFailure: if a cell raises.
    """
    from tanfeng.publishing import run, tracing

    run.execute(root, report, folder)
    tracing.write_reads(folder / "out" / "reads.json")


def answers(out: Path, reports: list[Report]) -> Iterator[tuple[Report, dict[str, object]]]:
    """Yield the reports that have been built, with the answer each gave."""
    for report in reports:
        record = fingerprint.read_record(out, report)
        if record is not None and (out / report.page).is_file():
            yield report, record.answer
