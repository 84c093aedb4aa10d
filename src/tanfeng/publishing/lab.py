"""The executed copy of a report in one language, to go on from in JupyterLab."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nbformat

from tanfeng.publishing import run
from tanfeng.publishing.environment import set_environment
from tanfeng.publishing.plan import Report

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
        with tempfile.TemporaryDirectory() as work:
            set_environment(Path(work))
            notebook = run.execute(root, report, Path(work))
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
