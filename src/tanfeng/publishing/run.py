"""Running a report's notebook: the text cells of one language are kept and filled, then papermill executes it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from tanfeng.publishing import engine, publish, stale
from tanfeng.publishing import notebook as notebooks
from tanfeng.publishing.plan import Report

logging.getLogger("papermill").addHandler(logging.NullHandler())  # the error says what a notebook ended with
KERNEL = "python3"


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
    engine.ready(f"{report.region}/{report.slug}")
    try:
        return papermill.execute_notebook(
            before, after, parameters, engine.ENGINE, kernel_name=KERNEL, cwd=root, progress_bar=False,
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
