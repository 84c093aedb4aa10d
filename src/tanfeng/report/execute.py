"""Running a report's notebook: the text cells of one language are kept and filled, then papermill executes it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from tanfeng.report.plan import LANGS, Report

KERNEL = "python3"
CELL_SECONDS = 600
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


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
        return f"{self.notebook}, cell {self.cell} ({shown})\n    {self.source}\n    {self.error}"


def prepare(notebook: NotebookNode, lang: str) -> NotebookNode:
    """Return the notebook for one language: text cells of the other removed, placeholders turned into code.

    A Markdown cell tagged `zh` or `en` belongs to that language. One with `{{ placeholders }}`, or tagged `answer`, is
    replaced by a call of `page.prose` or `page.answer` with its text, so that its numbers come from the code before it.
    The number of each cell in the original is kept in its metadata.
    """
    cells = [_prepared(cell, number) for number, cell in enumerate(notebook.cells, start=1) if _belongs(cell, lang)]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"}}
    )


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _belongs(cell: NotebookNode, lang: str) -> bool:
    other = next(name for name in LANGS if name != lang)
    return other not in _tags(cell) or lang in _tags(cell)


def _prepared(cell: NotebookNode, number: int) -> NotebookNode:
    metadata = {"tags": sorted(_tags(cell)), "number": number}
    if cell.cell_type == "markdown" and ("answer" in _tags(cell) or "{{" in cell.source):
        call = "answer" if "answer" in _tags(cell) else "prose"
        source = f"page.{call}({cell.source!r}, globals())"
        metadata["tags"] = [*sorted(_tags(cell)), "remove-input"]
        return nbformat.v4.new_code_cell(source, metadata=metadata, id=f"cell-{number}")
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, metadata=metadata, id=f"cell-{number}")
    return nbformat.v4.new_code_cell(cell.source, metadata=metadata, id=f"cell-{number}")


def execute(root: Path, report: Report, work: Path) -> NotebookNode:
    """Run the notebook of a report with papermill and return it with its outputs.

    Args:
        root: project folder; the notebook runs there.
        report: which report.
        work: folder for the notebooks before and after, and `out/` for the tables it writes.

    Raises:
        NotebookFailure: if a cell raises or does not end in time; the notebook with the error stays in `work`.
    """
    os.environ.update(SETTINGS, IPYTHONDIR=str(work / "ipython"))
    (work / "out").mkdir(parents=True, exist_ok=True)
    before, after = work / "prepared.ipynb", work / "executed.ipynb"
    notebook = nbformat.read(root / report.notebook, as_version=4)
    nbformat.write(prepare(notebook, report.lang), before)
    parameters = {**report.notebook_parameters, "out": str(work / "out")}
    try:
        return _run(before, after, parameters, root)
    except PapermillExecutionError as error:
        raise _failure(report, after, error.ename, error.evalue) from error
    except Exception as error:  # a dead kernel or a timeout has types of its own in every library on the way
        raise _failure(report, after, type(error).__name__, str(error)) from error


def _run(before: Path, after: Path, parameters: dict[str, str], root: Path) -> NotebookNode:
    with tempfile.TemporaryDirectory(prefix="tanfeng-") as sockets:
        return papermill.execute_notebook(
            before,
            after,
            parameters=parameters,
            kernel_name=KERNEL,
            cwd=root,
            progress_bar=False,
            execution_timeout=CELL_SECONDS,
            extra_arguments=["--log-level=CRITICAL"],
            config=_connection(sockets),
        )


def _connection(folder: str) -> Config:
    """Return the settings that let build and kernel talk through files of this user instead of network ports."""
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}})


def _failure(report: Report, after: Path, name: str, message: str) -> NotebookFailure:
    cells = nbformat.read(after, as_version=4).cells if after.is_file() else []
    failed = next((cell for cell in cells if _raised(cell)), None)
    number = failed.metadata.get("number", 0) if failed else 0
    source = failed.source.strip().splitlines()[0] if failed and failed.source.strip() else ""
    return NotebookFailure(report.notebook.as_posix(), number, source, report.notebook_parameters, f"{name}: {message}")


def _raised(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))
