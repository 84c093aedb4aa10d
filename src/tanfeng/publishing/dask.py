"""The notebooks of a build on an existing Dask cluster; pages are drawn and published by the build itself.

A worker that is lost takes nothing with it: the scheduler gives its notebooks to the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tanfeng.data.project import ProjectError
from tanfeng.publishing import run, stale, worker
from tanfeng.publishing.plan import Report

WAIT_SECONDS = 20


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
        project = worker.archive(root)
        self._key = stale.hashed(project)
        self._project = self._client.submit(bytes, project, key=f"tanfeng-project-{self._key}", pure=True)
        self._running: dict[str, Any] = {}

    def execute(self, report: Report, work: Path) -> NotebookNode:
        """Run the notebook of a report on a worker, leave its files in `work` and return it with its outputs.

        Raises:
            NotebookFailure: if a cell raises; the notebook with the error stays in `work`.
        """
        future = self._client.submit(
            worker.run, self._project, self._key, report, stale.libraries(), pure=False, retries=1
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
