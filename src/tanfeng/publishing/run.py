"""Running a report's notebook: the text cells of one language are kept and filled, then papermill executes it.

Its engine runs the cells in this process; outputs are those of a kernel.
"""

from __future__ import annotations

import ast
import contextlib
import io
import logging
import random
import sys
import zlib
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import papermill
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jinja2 import UndefinedError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager
from papermill.exceptions import PapermillExecutionError
from traitlets import Type
from traitlets.config import Config

from tanfeng.data.project import ProjectError
from tanfeng.pages.page import NoKeyFigure
from tanfeng.publishing import notebook as notebooks
from tanfeng.publishing import publish, stale
from tanfeng.publishing.plan import Report

logging.getLogger("papermill").addHandler(logging.NullHandler())  # the error says what a notebook ended with
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


class _Result(DisplayHook):
    """The value of a cell goes to the outputs."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Write none."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        """Add the value."""
        about = {"metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.outputs.append(new_output("execute_result", data=_encoded(format_dict), **about))

    def finish_displayhook(self) -> None:
        """Leave the terminal alone."""


class _Shown(DisplayPublisher):
    """What is displayed goes to the outputs."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        """Add what is displayed."""
        self.shell.outputs.append(new_output("display_data", data=_encoded(data), metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        """Begin the outputs of the cell anew."""
        self.shell.outputs.clear()


class _Stream(io.TextIOBase):
    """What is printed goes to the outputs."""

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Add a text, to the one before if that is of the same stream."""
        outputs = self._shell.outputs
        if outputs and outputs[-1].get("name") == self._name:
            outputs[-1].text += text
        elif text:
            outputs.append(new_output("stream", name=self._name, text=text))
        return len(text)

    def fileno(self) -> int:
        """Return where processes of the notebook may print."""
        return {"stdout": 1, "stderr": 2}[self._name]


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    return {kind: b64encode(one).decode() if isinstance(one, bytes) else one for kind, one in data.items()}


class Shell(InteractiveShell):
    """An IPython that keeps what a cell shows as outputs of a notebook."""

    displayhook_class = Type(_Result)
    display_pub_class = Type(_Shown)
    outputs: list[NotebookNode]
    lost: set[str]  # names that cells which were left out would have bound
    said: bool  # that the section lacks data

    def enable_gui(self, gui: Any = None) -> None:
        """Take no loop of events; figures are shown inline."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        shown = {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.outputs.append(new_output("error", **shown))

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
        self.outputs = []
        with contextlib.redirect_stdout(_Stream(self, "stdout")), contextlib.redirect_stderr(_Stream(self, "stderr")):
            done = self.run_cell(cell.source, store_history=True)
        cell.outputs, cell.execution_count = self.outputs, done.execution_count
        return done.error_before_exec or done.error_in_exec


class InProcess(Engine):
    """The engine: one notebook a process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the cells up to the first that raises."""
        shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        shell.enable_matplotlib("inline")
        shell.lost, shell.said = set(), False
        for number, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type == "markdown" and cell.source.startswith("#"):
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
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


papermill.engines.papermill_engines.register(ENGINE, InProcess)


def _ready(name: str) -> None:
    """Set this process up for a notebook: its own random numbers, the same in every build; no arguments of a command.

    Args:
        name: what the numbers depend on.
    """
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
    except PapermillExecutionError as error:
        raise _failure(report, after, error.ename, error.evalue) from error
    except Exception as error:  # whatever a library on the way raises
        raise _failure(report, after, type(error).__name__, str(error)) from error


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


def copy_for_lab(root: Path, report: Report) -> Path:
    """Return a copy of the last good run of a report, with its outputs, that can be changed and run on.

    Args:
        root: project folder.
        report: which report; it has been built.

    Returns:
        `build/lab/330000-peak.zh.ipynb`; an earlier copy is replaced.
    """
    notebook = with_text(root, report, stale.run_folder(root, report) / "executed.ipynb")
    for cell in notebook.cells:
        if HIDDEN & set(cell.metadata.get("tags", ())):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("out = "))
    notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Python 3 (ipykernel)", "language": "python"}
    path = root / FOLDER / f"{report.region}-{report.slug}.{report.lang}.ipynb"
    publish.write(path, nbformat.writes(notebook).encode())
    return path


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
    for cell in notebooks.prepared(notebooks.read(root / report.notebook), report.lang):
        if cell["cell_type"] != "code":
            made.append(nbformat.from_dict(cell))
            continue
        made.append(next(ran))
        made[-1].metadata["tags"] = cell["metadata"]["tags"]
        if "parameters" in cell["metadata"]["tags"]:
            made.append(next(ran))  # the cell that papermill adds
    return nbformat.v4.new_notebook(cells=made)
