"""What the tests share: a frozen copy of the tables, and a copy of the project that a test may break.

Tests rest on `tests/frozen/` (see `tests.freeze`), so that no new row of `data/` breaks them. The few that are about
the tables of today take `live` or `ROOT`.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tanfeng.cli import commands
from tanfeng.data import cache, check
from tanfeng.data.catalog import Catalog
from tanfeng.data.problem import Problem
from tanfeng.publishing import checked, stale, validate
from tests import freeze
from tests.browsing import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).parents[1]
FROZEN = freeze.project()
Run = Callable[..., tuple[int, str, str]]
OFFICE = (  # a local source, as an office adds it
    "id,citation_zh,citation_en,url,document_date,retrieved,licence,grade\n"
    "office_list,名单,list of an office,,,2026-11,internal,C\n"
)

# The same cases in every run, so that a failure is one of the change at hand; `make explore` draws new ones.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("new", max_examples=400, deadline=None, print_blob=True)
settings.load_profile("same")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than processors: some tests wait for a build, a timeout or the browser."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that build or browse: they take longest, and a worker takes whole files."""
    slow = {item.path for item in items if any(item.iter_markers("build")) or any(item.iter_markers("browser"))}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project with the frozen tables: with code, notebooks and documents of today."""
    return FROZEN


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The frozen tables."""
    return Catalog(FROZEN)


@pytest.fixture(scope="session")
def live() -> Catalog:
    """The tables of today, for tests of the tables themselves; nothing is counted in them."""
    return Catalog(ROOT)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project without environment, reports and version control; its tables are known to be good."""
    return _copy(tmp_path / "project", "data", "notebooks", "src")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the frozen tables and of the package, known to be good, that counts as a project."""
    return _copy(tmp_path, "data", "src")


def _copy(folder: Path, *names: str) -> Path:
    """Copy parts of the project with what is known of its tables: only what a test changes is checked again."""
    _known_good()
    for name in names:
        shutil.copytree(FROZEN / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    shutil.copy(FROZEN / "requirements.lock", folder)
    (folder / checked.FILE).parent.mkdir()
    shutil.copy(FROZEN / checked.FILE, folder / checked.FILE)
    return folder


@functools.cache
def _known_good() -> None:
    """Check the frozen tables, once for the code as it is."""
    if not checked.known_good(FROZEN):
        assert validate.errors(Catalog(FROZEN)) == []
        checked.remember_good(FROZEN)


def mistakes(catalog: Catalog) -> list[Problem]:
    """Return the errors of a copy of the tables, as a build does: what was found good, and is as it was, stays good."""
    stale.forget()
    return check.check_tables(catalog, None, checked.fitting(catalog.root), check.kept)


def errors(catalog: Catalog) -> list[str]:
    """Return the errors of a copy of the tables, and of what rests on them, as `mistakes` does."""
    stale.forget()
    return validate.errors(catalog, None, checked.fitting(catalog.root), check.kept)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command in this process, by default with the frozen tables; return exit status, stdout and stderr.

    A build sets the environment for the processes it starts; it is as before when the test ends.
    """
    before, given, place = dict(os.environ), sys.argv, Path.cwd()

    def command(*arguments: object, cwd: Path = FROZEN) -> tuple[int, str, str]:
        if cwd != FROZEN:
            cache.clear()  # as a new process, which reads the tables as the last one left them
        os.chdir(cwd)
        sys.argv = ["tanfeng", *map(str, arguments)]
        capfd.readouterr()
        try:
            commands.main()
            status: Any = 0
        except SystemExit as end:
            status = end.code or 0
        return int(status), *capfd.readouterr()

    yield command
    sys.argv = given
    os.chdir(place)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()
