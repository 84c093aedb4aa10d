"""Building: check the tables, run what is out of date, publish each page by renaming, then the index.

A page that fails leaves the last good one in place; the build goes on with the others and ends with a failure.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from tanfeng.project import ProjectError
from tanfeng.report import fingerprint
from tanfeng.report.fingerprint import Record
from tanfeng.report.plan import Report

WORK = Path("build")
DOWNLOADS = {".csv", ".xlsx"}


@dataclass(frozen=True)
class Result:
    """What became of one page: seconds it took, and the error if it failed."""

    report: Report
    seconds: float
    error: str = ""


def stale(root: Path, out: Path, reports: list[Report], force: bool = False) -> list[Report]:
    """Return the reports that are out of date (all with `force`)."""
    return [report for report in reports if force or fingerprint.reasons(root, out, report)]


def commit(root: Path) -> str:
    """Return the commit of the project folder, with `+` if files differ from it; empty outside version control."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""


def build(root: Path, out: Path, reports: list[Report], jobs: int, tell: Callable[[Result], None]) -> list[Result]:
    """Build reports in worker processes and return what became of each.

    Args:
        root: project folder.
        out: folder of the pages.
        reports: what to build, see `stale`.
        jobs: number of processes; 0 for one a core.
        tell: called with each result as it comes.
    """
    workers = min(jobs or os.cpu_count() or 1, len(reports))
    revision = commit(root)
    context = multiprocessing.get_context("spawn")
    results = []
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(make, root, out, report, revision): report for report in reports}
        for done in as_completed(waiting):
            died = done.exception()  # a worker that was killed; what a page raises is in its result
            results.append(Result(waiting[done], 0.0, f"its process ended: {died}") if died else done.result())
            tell(results[-1])
    return results


def make(root: Path, out: Path, report: Report, revision: str) -> Result:
    """Build one page: run the notebook, render it, publish page and tables. A failure is returned, never raised."""
    from tanfeng.report import (
        execute,
        render,
    )  # the libraries behind these take a second that a build with nothing to do saves

    started = time.perf_counter()
    work = root / WORK / "work" / report.name
    shutil.rmtree(work, ignore_errors=True)
    try:
        made_from = fingerprint.inputs(root, report)  # before it runs: what changes meanwhile is built again
        notebook = execute.execute(root, report, work)
        html = render.page(root, report, notebook, work / "out", revision)
        publish(out, report, html, work / "out", made_from)
    except Exception as error:  # one page must not take the others with it; the message is shown
        return Result(report, time.perf_counter() - started, _kept(root, report, work, error))
    return Result(report, time.perf_counter() - started)


def _kept(root: Path, report: Report, work: Path, error: Exception) -> str:
    """Keep the notebook that failed where an analyst can open it and return the message."""
    failed = root / WORK / "failed" / f"{report.name}.ipynb"
    if (work / "executed.ipynb").is_file():
        failed.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(work / "executed.ipynb", failed)
        return f"{error}\n    open {failed.relative_to(root)} to see it"
    return f"{type(error).__name__}: {error}"


def publish(out: Path, report: Report, html: str, tables: Path, inputs: dict[str, str]) -> None:
    """Put a page and its tables in their places, each by renaming a complete file, and record their inputs."""
    contents = {report.page: html.encode()}
    for path in sorted(path for path in tables.iterdir() if path.suffix in DOWNLOADS):
        contents[Path("tables", report.region, path.name)] = path.read_bytes()
    for name, content in contents.items():
        write(out / name, content)
    answer = json.loads((tables / "answer.json").read_text(encoding="utf-8"))
    files = {name.as_posix(): hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    record = json.dumps(asdict(Record(inputs, files, answer)), ensure_ascii=False, indent=1)
    write(fingerprint.record_file(out, report), record.encode())


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ProjectError: if a folder is in its place.
    """
    if path.is_dir():
        raise ProjectError(f"{path} is a folder; a file to write was expected")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def answers(out: Path, reports: list[Report]) -> Iterator[tuple[Report, dict[str, object]]]:
    """Yield the reports that have been built, with the answer each gave."""
    for report in reports:
        record = fingerprint.read_record(out, report)
        if record is not None and (out / report.page).is_file():
            yield report, record.answer
