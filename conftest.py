"""Examples in docstrings and tests run in the project with the frozen tables, see `tests.freeze`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanfeng.data import cache
from tanfeng.data.project import VARIABLE
from tests import freeze, kept

VALUES = kept.Kept()
kept.watch()


@pytest.fixture(scope="session", autouse=True)
def _for_all_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have values for all processes; no test may write to the frozen tables."""
    base = tmp_path_factory.getbasetemp()
    VALUES.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept"
    VALUES.folder.mkdir(exist_ok=True)
    os.environ.pop(VARIABLE, None)
    before = _written(freeze.COPY)
    yield
    assert _written(freeze.COPY) == before, "a test wrote to the frozen tables"


def _written(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have values computed once for all tests; a test that puts something else into the code computes its own."""
    cache.keep_in(None if "monkeypatch" in getattr(item, "fixturenames", ()) else VALUES)


@pytest.fixture(autouse=True)
def _project_folder() -> Iterator[None]:
    with contextlib.chdir(freeze.project()):
        yield
