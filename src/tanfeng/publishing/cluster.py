"""The notebooks of a build on an existing Dask cluster; pages are drawn and published by the build itself.

The build sends the project (tables, notebooks, package, lock file) once, as one archive. A worker unpacks it into a
folder of its own and runs each notebook in a process there, with the values that earlier ones left. Worker and build
share no files; a worker that is lost takes nothing with it, as the scheduler gives its notebooks to the others.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanfeng.data.project import SHIPPED, VARIABLE, ProjectError
from tanfeng.publishing import stale
from tanfeng.publishing.plan import Report

if TYPE_CHECKING:
    from tanfeng.publishing.make import Job

WAIT_SECONDS = 20
SENT = ("data", "notebooks/reports")
_folders: dict[str, tempfile.TemporaryDirectory[str]] = {}
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
        self.running: dict[str, tuple[Job, Path, Any, float]] = {}

    def start(self, job: Job, folder: Path, seconds: float) -> None:
        """Have a notebook run on a worker, at most so long."""
        given = self._project, self._key, job.report, stale.libraries(), seconds
        future = self._client.submit(run_on_worker, *given, pure=False, retries=1)
        self.running[job.report.name] = job, folder, future, time.monotonic() + seconds

    def ended(self) -> Iterator[tuple[Job, str]]:
        """Yield the notebooks that have run, as pages to draw, or with the error; their files are in their folders."""
        for name, (job, folder, future, until) in list(self.running.items()):
            if future.done():
                del self.running[name]
                yield replace(job, elsewhere=True), _taken(future, folder)
            elif time.monotonic() > until:
                del self.running[name]
                future.cancel(force=True)
                yield job, f"{job.report.notebook} did not end in time"

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()


def _taken(future: Any, folder: Path) -> str:
    """Put the files of a run into a folder and return the error it ended with."""
    try:
        found = future.result()
    except Exception as error:  # of the worker, or of the cluster
        return f"{type(error).__name__}: {error}"
    for name, content in found["files"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return str(found["error"])


def packed_project(root: Path) -> bytes:
    """Return the project as an archive; the same project gives the same bytes."""
    parts = {name: root / name for name in SENT} | {stale.SOURCE: stale.package(root)}
    sent = {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for name, folder in parts.items()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", SHIPPED.name} & set(path.parts)
    }
    if (root / stale.LOCK).is_file():
        sent[stale.LOCK] = root / stale.LOCK
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, path in sorted(sent.items()):
            file.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return content.getvalue()


def run_on_worker(project: bytes, key: str, report: Report, expected: dict[str, str], seconds: float) -> dict[str, Any]:
    """Run the notebook of a report on this worker and return `files` by name and `error`.

    Args:
        project: archive of the project, see `packed_project`.
        key: its hash.
        report: which report.
        expected: versions of the libraries of the build.
        seconds: how long it may take.

    Raises:
        RuntimeError: if this worker has other versions, or the process ended without a result.
    """
    here = stale.libraries()
    other = [f"{name} {here[name]} instead of {wanted}" for name, wanted in expected.items() if here[name] != wanted]
    if other:
        raise RuntimeError(f"a worker has {', '.join(other)}: it needs the environment of this project")
    root = _unpacked(project, key)
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        command = [sys.executable, "-m", "tanfeng.publishing.cluster", str(root), folder]
        ran = subprocess.run(  # noqa: S603
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root / "src"), VARIABLE: str(root)},
            input=json.dumps(asdict(report), default=str),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"the process that ran it ended ({ran.returncode}): {ran.stderr.strip()[-200:]}")
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
        return {"error": found.pop("error").decode(), "files": found}


def _unpacked(project: bytes, key: str) -> Path:
    """Return the project in a folder of this worker, which ends with it; others have had their time."""
    with _lock:
        for old in set(_folders) - {key}:
            _folders.pop(old).cleanup()
        if key not in _folders:
            _folders[key] = tempfile.TemporaryDirectory(prefix="tanfeng-worker-")
            with zipfile.ZipFile(io.BytesIO(project)) as file:
                file.extractall(Path(_folders[key].name, "project"))
        return Path(_folders[key].name, "project")


def main() -> None:
    """Run one notebook, told on the standard input, in this process."""
    from tanfeng.publishing.environment import set_environment

    root, folder = Path(sys.argv[1]), Path(sys.argv[2])
    set_environment(folder)
    from tanfeng.publishing import make, run

    given, error = json.loads(sys.stdin.read()), ""
    try:
        make.keeping(root, make.run_notebook, root, Report(**{**given, "notebook": Path(given["notebook"])}), folder)
    except run.NotebookFailure as failure:
        error = str(failure)
    (folder / "error").write_text(error, encoding="utf-8")


if __name__ == "__main__":
    main()
