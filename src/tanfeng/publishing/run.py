"""Running a report's notebook: the text cells of one language are kept and filled, then papermill executes it."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from tanfeng.publishing import forks
from tanfeng.publishing import notebook as notebooks
from tanfeng.publishing.environment import set_environment
from tanfeng.publishing.plan import Report

logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it says of a dead kernel, the error says too
KERNEL = "tanfeng"
CELL_SECONDS = 600


@dataclass
class NotebookFailure(Exception):
    """A cell raised: which notebook, cell and parameters, and what the error said."""

    notebook: str
    cell: int
    source: str
    parameters: dict[str, str]
    error: str

    def __str__(self) -> str:
        """Return the failure as a few lines: notebook, cell, parameters, first line of the cell, error."""
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        place = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        return "\n    ".join(line for line in (f"{place} ({shown})", self.source, self.error) if line)


def prepare(notebook: NotebookNode, lang: str) -> NotebookNode:
    """Return the notebook for one language, see `tanfeng.publishing.notebook.prepared`."""
    cells = [nbformat.from_dict(cell) for cell in notebooks.prepared(notebook.cells, lang)]
    kernel = {"name": KERNEL, "display_name": KERNEL, "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def execute(root: Path, report: Report, work: Path, launch: forks.Launch | None = None) -> NotebookNode:
    """Run the notebook of a report with papermill and return it with its outputs.

    Args:
        root: project folder, and the current one: the notebook runs there.
        report: which report.
        work: folder for the notebooks before and after, and `out/` for the tables it writes.
        launch: how its kernel is started; a plain kernel by default.

    Raises:
        NotebookFailure: if a cell raises or does not end in time; the notebook with the error stays in `work`.
    """
    (work / "out").mkdir(parents=True, exist_ok=True)
    before, after = work / "prepared.ipynb", work / "executed.ipynb"
    notebook = nbformat.read(root / report.notebook, as_version=4)
    nbformat.write(prepare(notebook, report.lang), before)
    parameters = {**report.notebook_parameters, "out": str(work / "out")}
    forks.launch.set(launch or forks.Launch())
    try:
        return _run(before, after, parameters, root)
    except PapermillExecutionError as error:
        raise _failure(report, after, error.ename, error.evalue) from error
    except Exception as error:  # a dead kernel or a timeout has types of its own in every library on the way
        raise _failure(report, after, type(error).__name__, str(error)) from error


def _run(before: Path, after: Path, parameters: dict[str, str], root: Path) -> NotebookNode:
    return papermill.execute_notebook(
        before,
        after,
        parameters=parameters,
        kernel_name=KERNEL,
        cwd=root,
        progress_bar=False,
        request_save_on_cell_execute=False,
        execution_timeout=CELL_SECONDS,
        extra_arguments=["--log-level=CRITICAL"],
        config=_connection(before.parent, root),
    )


def _connection(work: Path, root: Path) -> Config:
    """Return the settings that let build and kernel talk through files of this user instead of network ports.

    The names of the sockets are relative to the project folder: a long path would not fit into an address.
    """
    settings = {
        "KernelManager": {"connection_file": str(work / "kernel.json")},
        "NotebookClient": {"shutdown_kernel": "immediate"},
    }
    if os.name == "posix":
        settings["KernelManager"] |= {"transport": "ipc", "ip": os.path.relpath(work / "kernel", root)}
    return Config(settings)


def _failure(report: Report, after: Path, name: str, message: str) -> NotebookFailure:
    failed = next((cell for cell in _cells(after) if _raised(cell)), None)
    number = failed.metadata.get("number", 0) if failed else 0
    source = failed.source.strip().splitlines()[0] if failed and failed.source.strip() else ""
    return NotebookFailure(report.notebook.as_posix(), number, source, report.notebook_parameters, f"{name}: {message}")


def _cells(path: Path) -> list[NotebookNode]:
    try:
        return list(nbformat.read(path, as_version=4).cells)
    except (OSError, ValueError):  # it was never written, or not to its end
        return []


def _raised(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))


FOLDER = Path("build", "lab")
HIDDEN = {"remove-input"}


def executed(root: Path, report: Report) -> Path:
    """Run the notebook of a report and return a copy with its outputs that can be changed and run on.

    Args:
        root: project folder.
        report: which report.

    Returns:
        `build/lab/330000-peak.zh.ipynb`; an earlier copy is replaced.

    Raises:
        NotebookFailure: if a cell raises or does not end in time.
    """
    before = dict(os.environ)
    try:
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(root):
            set_environment(Path(work))
            notebook = execute(root, report, Path(work))
    finally:  # JupyterLab starts in the environment of the user
        os.environ.clear()
        os.environ.update(before)
    for cell in notebook.cells:
        if HIDDEN & set(cell.metadata.get("tags", ())):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("out = "))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    path = root / FOLDER / f"{report.region}-{report.slug}.{report.lang}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".new")
    nbformat.write(notebook, made)
    shutil.move(made, path)
    return path
