"""Values that tests share are right for the tables they are asked for: a copy takes up what its files give, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tests.kept import Kept

PLANS = Path("data", "plans.csv")
Ask = Callable[..., tuple[Any, int]]


def rows(catalog: Catalog) -> int:
    return (catalog.root / PLANS).read_text(encoding="utf-8").count("\n")


def twice(catalog: Catalog) -> int:
    return 2 * rows(catalog)


@pytest.fixture
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask what a function gives as a process of its own would: the answer, and how often it was computed."""
    folder = tmp_path_factory.mktemp("kept")

    def asked(catalog: Catalog, function: Callable[[Catalog], Any] = twice) -> tuple[Any, int]:
        computed = []

        def counted(one: Catalog) -> Any:
            computed.append(one)
            return function(one)

        cache.keep_in(Kept(folder, 0.0, 0.0))
        return cache.cached(counted)(catalog), len(computed)

    yield asked
    cache.keep_in(None)


def test_a_copy_takes_up_what_its_files_give(ask: Ask, catalog: Catalog, tables: Path) -> None:
    assert ask(catalog) == (2 * rows(catalog), 1)
    assert ask(catalog) == ask(Catalog(tables)) == (2 * rows(catalog), 0)


@pytest.mark.parametrize("file", [PLANS, Path("data", "datapackage.json"), Path("data", "local", "plans.csv")])
def test_a_file_that_differs_means_computing(ask: Ask, catalog: Catalog, tables: Path, file: Path) -> None:
    ask(catalog)
    (tables / file).parent.mkdir(exist_ok=True)
    with (tables / file).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    assert ask(Catalog(tables)) == (2 * rows(Catalog(tables)), 1)
    assert ask(catalog) == (2 * rows(catalog), 0), "what is kept is of the frozen tables"


def test_a_file_that_was_not_read_does_not_matter(ask: Ask, catalog: Catalog, tables: Path) -> None:
    ask(catalog)
    (tables / "data" / "targets.csv").unlink()
    assert ask(Catalog(tables))[1] == 0


def test_what_a_changed_copy_gives_is_not_kept(ask: Ask, catalog: Catalog, tables: Path) -> None:
    with (tables / PLANS).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    assert ask(Catalog(tables)) == (2 * rows(catalog) + 2, 1)
    assert ask(Catalog(tables))[1] == 1
    assert ask(catalog) == (2 * rows(catalog), 1)


@pytest.mark.parametrize("function", [lambda one: one, lambda one: [one.root], lambda one: f"in {one.root}"])
def test_what_leads_to_other_tables_is_not_kept(
    ask: Ask, catalog: Catalog, tables: Path, function: Callable[[Catalog], Any]
) -> None:
    ask(catalog, function)
    assert ask(Catalog(tables), function) == (function(Catalog(tables)), 1)
