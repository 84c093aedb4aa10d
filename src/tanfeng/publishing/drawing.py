"""Drawing pages and publishing them: from notebooks that have just run, or anew from their last good runs.

Pages that only have to be drawn are drawn by one process a core, forked from this one once it has imported nbconvert.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tanfeng.publishing import forks, notebook, publish, render, stale, zygote
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import Record

FEW = 4


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
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(slots, context, _attend, (os.getpid(),)) as pool:
            yield from pool.map(self._again, reports, chunksize=FEW)

    def _again(self, report: Report) -> Result:
        return self.draw(report, None, 0.0)

    def _publish(self, report: Report, notebook: NotebookNode | None, seconds: float) -> None:
        root, inputs = self.root, stale.inputs(self.root, report)
        if notebook is None:
            work = stale.run_folder(root, report)
            notebook = with_text(root, report, work / "executed.ipynb")
            run = stale.read_run(root, report)
            assert run is not None
            run = Record(inputs, run.files, {}, run.tables, run.seconds)
        else:
            work = self.scratch / report.name
            run = Record(inputs, {}, {}, _tables(root, work / "out" / "reads.json"), round(seconds, 2))
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


def _tables(root: Path, reads: Path) -> dict[str, str]:
    return stale.tables(root, _said(reads)) if reads.is_file() else stale.all_tables(root)


def _said(path: Path) -> list[str]:
    return list(json.loads(path.read_text(encoding="utf-8")))


def with_text(root: Path, report: Report, executed: Path) -> NotebookNode:
    """Return an executed notebook with the text cells as they are now; the code cells are the same, with their outputs.

    Args:
        root: project folder.
        report: which report.
        executed: notebook of its last good run.
    """
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
