"""`tanfeng lab`: the exploring notebooks, or the executed copy of a report, with the options asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

Run = Callable[..., tuple[int, str, str]]


class Started(Exception):
    """JupyterLab would have been started."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    command: list[str] = []

    def start(_: str, given: list[str]) -> None:
        command.extend(given)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execv", start)
    return command


def test_it_opens_the_exploring_notebook(run: Run, started: list[str]) -> None:
    assert run("lab", "--port", "9123", "--no-browser")[0] == 0
    assert started[-1].endswith("notebooks/explore/start.ipynb")
    assert {"--port=9123", "--no-browser"} <= set(started)


@pytest.mark.parametrize("name", ["whatif", "1", "1-emissions"])
def test_it_opens_a_notebook_by_name_or_number(run: Run, started: list[str], name: str) -> None:
    assert run("lab", name)[0] == 0
    assert Path(started[-1]).stem == {"whatif": "whatif"}.get(name, "1-emissions")


def test_options_are_checked(run: Run, started: list[str]) -> None:
    assert run("lab", "--port", "0")[0] == 2
    status, _, said = run("lab", "nothing")
    assert (status, "no report 'nothing'" in said) == (2, True)
    status, _, said = run("lab", "field")
    assert (status, "field-energy" in said) == (2, True)
    assert run("lab", "peak", "--lang", "all")[0] == 2
    assert started == []


@pytest.mark.build
def test_it_opens_the_executed_copy_of_a_report(run: Run, project: Path, started: list[str]) -> None:
    before = dict(os.environ)
    status, _, said = run("lab", "technology", "--lang", "en", cwd=project / "notebooks")
    assert status == 0, said
    opened = Path(started[-1])
    assert opened == project / "build" / "lab" / "330000-technology.en.ipynb"
    notebook = nbformat.read(opened, as_version=4)
    nbformat.validate(notebook)
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert not [cell for cell in notebook.cells if "zh" in cell.metadata.get("tags", ())]
    assert 'out = "/' not in "".join(cell.source for cell in notebook.cells)
    changed = {name for name in before if os.environ.get(name) != before[name]} - {"COLUMNS", "LINES"}
    assert not changed
