"""Values of earlier builds: taken up when everything behind them is the same, computed anew when anything differs."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tanfeng.publishing import stale, values

TABLE = "data/plans.csv"
MODULE = "tanfeng.facts.by_plan"


class Process:
    """What one process of a build does: a function that reads a table and takes long, with the values that are kept."""

    def __init__(self, root: Path, module: str = MODULE) -> None:
        self.root, self.computed, self.during = root, 0, lambda: None
        self.result: Any = None
        stale.forget()
        cache.forget()
        self.counted = cache.cached(self._function(module))
        values.start(root)

    def _function(self, module: str) -> Callable[[Catalog, int], Any]:
        def counted(catalog: Catalog, times: int) -> Any:
            self.computed += 1
            cache.note(TABLE)
            time.sleep(2 * values.LONG_SECONDS)
            self.during()
            return {"rows": times * rows(catalog.root)} if self.result is None else self.result

        counted.__module__, counted.__qualname__ = module, "counted"
        return counted

    def run(self) -> Any:
        """Ask for the value as a notebook would."""
        return self.counted(Catalog(self.root), 2)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    cache.keep_in(None)
    cache.forget()
    stale.forget()


def append(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def lay(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("id\n", encoding="utf-8")


def test_a_value_is_taken_up_with_the_files_behind_it(project: Path) -> None:
    first = Process(project)
    value = first.run()
    second = Process(project)
    assert second.run() == value
    assert second.run() == value
    assert (first.computed, second.computed) == (1, 0)
    assert TABLE in cache.reads()


def rows(project: Path) -> int:
    return (project / TABLE).read_text(encoding="utf-8").count("\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "its table": lambda root: append(root / TABLE),
    "a table laid beside it": lambda root: lay(root / "data" / "local" / "plans.csv"),
    "its module": lambda root: append(root / "src/tanfeng/facts/by_plan.py"),
    "a module below": lambda root: append(root / "src/tanfeng/data/units.py"),
    "lock": lambda root: append(root / "requirements.lock"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_means_computing(project: Path, name: str) -> None:
    Process(project).run()
    CHANGES[name](project)
    changed = Process(project)
    assert changed.run() == {"rows": 2 * rows(project)}
    assert changed.computed == 1


@pytest.mark.parametrize(
    "name", ["data/inventory.csv", "src/tanfeng/pages/templates/page.html.j2", "src/tanfeng/pages/text.py"]
)
def test_what_it_does_not_come_from_does_not_matter(project: Path, name: str) -> None:
    Process(project).run()
    append(project / name)
    later = Process(project)
    later.run()
    assert later.computed == 0


def test_another_version_of_a_library_means_computing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Process(project).run()
    monkeypatch.setattr(values, "_libraries", lambda: {"pandas": "0.1"})
    later = Process(project)
    later.run()
    assert later.computed == 1


def kept(project: Path) -> list[Path]:
    return [path for path in (project / values.FOLDER).iterdir() if path.name != "lock"]


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_file_means_computing(project: Path, damage: bytes | None) -> None:
    Process(project).run()
    (path,) = kept(project)
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content if damage is None else damage)
    later = Process(project)
    assert later.run() == {"rows": 2 * rows(project)}
    assert later.computed == 1


@pytest.mark.parametrize("place", ["file", "folder"])
def test_what_others_may_write_is_not_read(project: Path, place: str) -> None:
    Process(project).run()
    (path,) = kept(project)
    (path if place == "file" else path.parent).chmod(0o777)
    later = Process(project)
    assert later.run() == {"rows": 2 * rows(project)}
    assert later.computed == 1


@pytest.mark.parametrize("back", [True, False])
def test_a_table_that_changes_meanwhile_gives_nothing_to_keep(project: Path, back: bool) -> None:
    """Not even if it is as it was again: the value may be of what was there between."""
    process, before = Process(project), (project / TABLE).read_bytes()

    def change() -> None:
        append(project / TABLE)
        if back:
            (project / TABLE).write_bytes(before)

    process.during = change
    process.run()
    (project / TABLE).write_bytes(before)
    later = Process(project)
    later.run()
    assert later.computed == 1


def test_a_full_disk_only_costs_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    process = Process(project)
    monkeypatch.setattr(Path, "replace", full)
    assert process.run() == {"rows": 2 * rows(project)}
    assert kept(project) == []


def test_what_cannot_be_packed_is_computed(project: Path) -> None:
    process = Process(project)
    process.result = lambda: None
    process.run()
    later = Process(project)
    later.run()
    assert later.computed == 1


def _ask(root: Path, said: Any) -> None:
    process = Process(root)
    process.during = lambda: time.sleep(0.5)
    process.run()
    said.put(process.computed)
    said.close()
    said.join_thread()
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_two_that_ask_at_once_compute_once(project: Path) -> None:
    context = multiprocessing.get_context("fork")
    said: Any = context.Queue()
    asking = [context.Process(target=_ask, args=(project, said)) for _ in range(2)]
    for one in asking:
        one.start()
    assert sum(said.get(timeout=30) for _ in asking) == 1
    for one in asking:
        one.join(30)


def test_too_many_files_are_removed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Process(project).run()
    values.spare(project)
    assert kept(project)
    monkeypatch.setattr(values, "MOST", 1)
    values.spare(project)
    assert not (project / values.FOLDER).exists()
