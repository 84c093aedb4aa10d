"""The notebooks of a build on an existing Dask cluster; pages are drawn and published by the build itself.

A worker that is lost takes nothing with it: the scheduler gives its notebooks to the others.

The build sends the project (tables, notebooks, package, lock file) once, as one archive. Each thread of a worker keeps
a helper process with a copy of its own, in which it runs one notebook after another as a build on one machine does. A
helper ends with its worker and takes its folder with it. Worker and build share no files.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanfeng.data.project import ProjectError
from tanfeng.publishing import stale
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import libraries

if TYPE_CHECKING:
    from nbformat import NotebookNode

WAIT_SECONDS = 20
SENT = ("data", "notebooks/reports", "src")
_idle: dict[tuple[str, str], list[Helper]] = {}
_lock = threading.Lock()


class Cluster:
    """A connection to a scheduler, and the project as its workers get it.

    Args:
        address: of the scheduler, such as `tcp://10.0.0.5:8786`.
        root: project folder.

    Raises:
        ProjectError: if the library is not installed or the scheduler does not answer.
    """

    def __init__(self, address: str, root: Path) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ProjectError("the library distributed is missing: install it with `pip install .[dask]`") from error
        try:
            self._client = Client(address, timeout=WAIT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ProjectError(f"--scheduler {address}: no Dask scheduler answers there ({error})") from error
        project = packed_project(root)
        self._key = stale.hashed(project)
        self._project = self._client.submit(bytes, project, key=f"tanfeng-project-{self._key}", pure=True)
        self._running: dict[str, Any] = {}

    def execute(self, report: Report, work: Path) -> NotebookNode:
        """Run the notebook of a report on a worker, leave its files in `work` and return it with its outputs.

        Raises:
            NotebookFailure: if a cell raises; the notebook with the error stays in `work`.
        """
        import nbformat

        from tanfeng.publishing import run

        future = self._client.submit(
            run_on_worker, self._project, self._key, report, stale.libraries(), pure=False, retries=1
        )
        self._running[report.name] = future
        try:
            result = future.result()
        finally:
            del self._running[report.name]
        for name, content in result["files"].items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if result["error"]:
            raise run.NotebookFailure(**result["error"])
        return nbformat.v4.reads((work / "executed.ipynb").read_text(encoding="utf-8"))

    def cancel(self, name: str) -> None:
        """Give up a notebook that takes too long."""
        if name in self._running:
            self._running[name].cancel(force=True)

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()


def packed_project(root: Path) -> bytes:
    """Return the project as an archive; the same project gives the same bytes."""
    found = [path for name in SENT for path in (root / name).rglob("*") if path.is_file()]
    wanted = [path for path in [*found, root / "requirements.lock"] if "__pycache__" not in path.parts]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for path in sorted(wanted):
            file.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix()), path.read_bytes())
    return content.getvalue()


class Helper:
    """A process that runs notebooks of a project in a folder of its own."""

    def __init__(self, project: bytes, region: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tanfeng-worker-")
        self.root = Path(self._folder.name)
        with zipfile.ZipFile(io.BytesIO(project)) as file:
            file.extractall(self.root)
        command = [sys.executable, "-m", "tanfeng.publishing.cluster", region]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, report: Report) -> dict[str, Any]:
        """Run the notebook of a report and return `files` by name and `error`.

        Raises:
            RuntimeError: if the process has ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(asdict(report), default=str) + "\n")
            self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"the process that runs notebooks has ended (exit status {self._process.wait()})")
        work = Path(json.loads(said)["work"])
        files = {path.relative_to(work).as_posix(): path.read_bytes() for path in _files_left(work)}
        return {"files": files, "error": json.loads(said)["error"]}

    def end(self) -> None:
        """End the process and remove its folder."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


def _files_left(work: Path) -> list[Path]:
    found = [work / "prepared.ipynb", work / "executed.ipynb", *(work / "out").glob("*")]
    return [path for path in found if path.is_file()]


def run_on_worker(project: bytes, key: str, report: Report, expected: dict[str, str]) -> dict[str, Any]:
    """Run the notebook of a report on this worker.

    Args:
        project: archive of the project, see `packed_project`.
        key: its hash.
        report: which report.
        expected: versions of the libraries of the build, see `libraries`.

    Raises:
        RuntimeError: if this worker has other versions, or its helper has ended.
    """
    here = libraries()
    other = [f"{name} {here[name]} instead of {wanted}" for name, wanted in expected.items() if here[name] != wanted]
    if other:
        raise RuntimeError(f"a worker has {', '.join(other)}: it needs the environment of this project")
    helper = _free_helper(project, key, report.region)
    try:
        result = helper.run(report)
    except BaseException:
        helper.end()
        raise
    with _lock:
        _idle.setdefault((key, report.region), []).append(helper)
    return result


def _free_helper(project: bytes, key: str, region: str) -> Helper:
    """Return a helper that is free; those of other projects and regions have had their time."""
    with _lock:
        old = [helper for known in list(_idle) if known != (key, region) for helper in _idle.pop(known)]
        free = _idle.get((key, region))
        found = free.pop() if free else None
    for helper in old:
        helper.end()
    return found or Helper(project, region)


def main() -> None:
    """Run the notebooks that are asked for, until nobody asks any more."""
    from tanfeng.publishing import make

    root, answers = Path.cwd(), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    with make.Workshop(root, root / "reports", sys.argv[1]) as shop:
        shop.start()
        for line in sys.stdin:
            with contextlib.suppress(BrokenPipeError):  # the worker is gone, so the next line is the end
                print(json.dumps(_answer(shop, Report(**json.loads(line)))), file=answers, flush=True)
    os.chdir(root.parent)
    shutil.rmtree(root, ignore_errors=True)


def _answer(shop: Any, given: Report) -> dict[str, Any]:
    from tanfeng.publishing import run as execute

    report = Report(given.slug, given.region, given.lang, Path(given.notebook), given.title, given.parameters)
    work = shop.scratch / report.name
    try:
        execute.execute(shop.root, report, work, shop.launch(report, work))
        error: dict[str, Any] | None = None
    except execute.NotebookFailure as failure:
        error = asdict(failure)
    return {"work": str(work), "error": error}


if __name__ == "__main__":
    main()
