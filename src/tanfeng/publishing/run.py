"""Running a report's notebook: the text cells of one language are kept and filled, then papermill executes it.

Its engine runs the cells in this process; outputs are those of a kernel.
"""

from __future__ import annotations

import ast
import contextlib
import logging
import random
import re
import sys
import traceback
import zlib
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import papermill
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from jinja2 import UndefinedError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

from tanfeng.data.project import ProjectError
from tanfeng.pages.page import NoKeyFigure
from tanfeng.publishing import notebook as notebooks
from tanfeng.publishing import publish, render, stale
from tanfeng.publishing.plan import Report

logging.getLogger("papermill").addHandler(logging.NullHandler())  # the error says what a notebook ended with
FOLDER = Path("build", "lab")
FILLED_HEADING = re.compile(r"page\.prose\(['\"]#")  # a heading with placeholders, see `tanfeng.publishing.notebook`
KERNEL = "python3"
ENGINE = "tanfeng"


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


class Shell(InteractiveShell):
    """An IPython in this process; what a cell shows is kept as outputs of a notebook."""

    lost: set[str]  # names that cells which were left out would have bound
    said: bool  # that the section lacks data

    def enable_gui(self, gui: Any = None) -> None:
        """Take no loop of events; figures are shown inline."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        """Print none; the error is an output."""

    def run(self, cell: NotebookNode) -> BaseException | None:
        """Run a cell, leave its outputs in it, and return the error it ended with."""
        error = self._run(cell)
        if error is None or not self._lacks(error, cell):
            return error
        self.lost |= _assigned(cell.source)
        shown = [] if self.said else [self.user_ns["page"].left_out(error)]
        cell.outputs = [new_output("display_data", data={"text/html": one.data, "text/plain": ""}) for one in shown]
        self.said = True
        return None

    def _lacks(self, error: BaseException, cell: NotebookNode) -> bool:
        """Whether a cell ended because the tables hold too little of the region, or for want of what such a cell makes.

        The answer of a page is never left out.
        """
        page = self.user_ns.get("page")
        if page is None or "answer" in cell.metadata.get("tags", ()):
            return False
        if isinstance(error, NameError):
            return error.name in self.lost
        unknown = isinstance(error, UndefinedError | NoKeyFigure)
        return isinstance(error, ProjectError) or (unknown and bool(page.absent))

    def _run(self, cell: NotebookNode) -> BaseException | None:
        with capture_output() as said:
            self.display_trap.hook = sys.displayhook  # values go where what is displayed goes
            done = self.run_cell(cell.source, store_history=True)
        streams = [("stdout", said.stdout), ("stderr", said.stderr)]
        cell.outputs = [new_output("stream", name=name, text=text) for name, text in streams if text]
        cell.outputs += [
            new_output("display_data", data=_encoded(one.data), metadata=one.metadata or {}) for one in said.outputs
        ]
        cell.execution_count, error = done.execution_count, done.error_before_exec or done.error_in_exec
        if error is not None:
            kind, trace = type(error).__name__, traceback.format_exception(error)
            cell.outputs.append(new_output("error", ename=kind, evalue=str(error), traceback=trace))
        return error


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    return {kind: b64encode(one).decode() if isinstance(one, bytes) else one for kind, one in data.items()}


class InProcess(Engine):
    """The engine: one notebook a process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the cells up to the first that raises."""
        shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        shell.enable_matplotlib("inline")
        shell.lost, shell.said = set(), False
        for number, cell in enumerate(nb_man.nb.cells):
            if (cell.cell_type == "markdown" and cell.source.startswith("#")) or FILLED_HEADING.match(cell.source):
                shell.said = False
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, number)
            error = shell.run(cell)
            if error is not None:
                nb_man.cell_exception(cell, number, exception=error)
                return
            nb_man.cell_complete(cell, number)


def _assigned(code: str) -> set[str]:
    """Return the names that code would bind."""
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


papermill.engines.papermill_engines.register(ENGINE, InProcess)


def _ready(name: str) -> None:
    """Set this process up: random numbers that depend on a name alone, and no arguments of a command."""
    seed = zlib.crc32(name.encode())
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # of a notebook that uses the old interface
    sys.path[0], sys.argv = "", ["tanfeng"]


def execute(root: Path, report: Report, work: Path) -> NotebookNode:
    """Run the notebook of a report with papermill, in this process, and return it with its outputs.

    Args:
        root: project folder: the notebook runs there.
        report: which report.
        work: folder for the notebooks before and after, and `out/` for the tables it writes.

    Raises:
        NotebookFailure: if a cell raises; the notebook with the error stays in `work`.
    """
    (work / "out").mkdir(parents=True, exist_ok=True)
    before, after = work / "prepared.ipynb", work / "executed.ipynb"
    nbformat.write(prepare(nbformat.read(root / report.notebook, as_version=4), report.lang), before)
    parameters = {**report.notebook_parameters, "out": str(work / "out")}
    _ready(f"{report.region}/{report.slug}")
    try:
        return papermill.execute_notebook(
            before, after, parameters, ENGINE, kernel_name=KERNEL, cwd=root, progress_bar=False,
            request_save_on_cell_execute=False,
        )  # fmt: skip
    except Exception as error:  # of a cell, or whatever a library on the way raises
        name, said = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
        raise _failure(report, after, name, said) from error


def _failure(report: Report, after: Path, name: str, message: str) -> NotebookFailure:
    number, source, cells = 0, "", []
    with contextlib.suppress(OSError, ValueError):  # it was never written, or not to its end
        cells = nbformat.read(after, as_version=4).cells
    for cell in cells:
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            number, source = cell.metadata.get("number", 0), cell.source.strip().partition("\n")[0]
            break
    return NotebookFailure(report.notebook.as_posix(), number, source, report.notebook_parameters, f"{name}: {message}")


def copy_for_lab(root: Path, report: Report) -> Path:
    """Return a copy of the last good run of a report, with its outputs, that can be changed and run on.

    Args:
        root: project folder.
        report: which report; it has been built.

    Returns:
        `build/lab/330000-peak.zh.ipynb`; an earlier copy is replaced.
    """
    notebook = render.with_text(root, report, stale.run_folder(root, report) / "executed.ipynb")
    for cell in notebook.cells:
        if "remove-input" in cell.metadata.get("tags", ()):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("out = "))
    notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Python 3 (ipykernel)", "language": "python"}
    path = root / FOLDER / f"{report.region}-{report.slug}.{report.lang}.ipynb"
    publish.write(path, nbformat.writes(notebook).encode())
    return path
