"""Values of earlier builds: taken up when everything behind them is the same, computed anew when anything differs."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tanfeng.data import cache
from tanfeng.data.catalog import Catalog
from tanfeng.publishing import earlier, stale, warm, zygote
from tanfeng.publishing.earlier import KeptValues

TABLE = "data/plans.csv"


class Process:
    """What one process of a build does: a function that reads a table and takes long, traced as in a build."""

    def __init__(self, root: Path, name: str = "tanfeng.facts.by_plan.counted") -> None:
        self.root, self.computed, self.during = root, 0, lambda: None
        cache._functions.clear()
        cache._long.clear()
        cache.forget()
        cache.measure(time.perf_counter)
        self.counted = cache.cached(self._function(name))
        self.values = KeptValues(root, root / "build" / "scratch")
        self.values.scratch.mkdir(parents=True, exist_ok=True)
        self.values.take_up()

    def _function(self, name: str) -> Callable[[Catalog, int], Any]:
        def counted(catalog: Catalog, times: int) -> Any:
            self.computed += 1
            cache.note(TABLE)
            time.sleep(cache.LONG_SECONDS)
            self.during()
            return {"rows": times * (catalog.root / TABLE).read_text(encoding="utf-8").count("\n")}

        counted.__module__, _, counted.__qualname__ = name.rpartition(".")
        return counted

    def run(self) -> Any:
        """Ask for the value as a notebook would, and keep what was computed."""
        value = self.counted(Catalog(self.root), 2)
        self.values.keep("facts")
        return value


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    functions = dict(cache._functions)
    yield
    cache._functions.clear()
    cache._functions.update(functions)
    cache.stop_measuring()
    cache.forget()
    stale.forget()
    gc.unfreeze()


def append(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def test_a_value_is_taken_up_with_the_files_behind_it(project: Path) -> None:
    first = Process(project)
    value = first.run()
    second = Process(project)
    assert second.run() == value
    assert second.run() == value
    assert (first.computed, second.computed) == (1, 0)
    assert TABLE in cache.reads()


def test_it_goes_on_from_build_to_build(project: Path) -> None:
    Process(project).run()
    third = Process(project)
    third.counted(Catalog(project), 3)
    third.run()
    fourth = Process(project)
    assert fourth.counted(Catalog(project), 3) == fourth.counted(Catalog(project), 2) | {"rows": 3 * rows(project)}
    assert fourth.computed == 0


def rows(project: Path) -> int:
    return (project / TABLE).read_text(encoding="utf-8").count("\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "its table": lambda root: append(root / TABLE),
    "definition of the tables": lambda root: append(root / "data/datapackage.json"),
    "a local file": lambda root: (root / "data/local").mkdir() or (root / "data/local/plans.csv").write_text("x\n"),
    "package": lambda root: append(root / "src/tanfeng/pages/text.py"),
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
    "name", ["data/inventory.csv", "src/tanfeng/pages/templates/page.html.j2", "src/tanfeng/cli/data.py"]
)
def test_what_it_does_not_come_from_does_not_matter(project: Path, name: str) -> None:
    Process(project).run()
    append(project / name)
    later = Process(project)
    later.run()
    assert later.computed == 0


def test_another_version_of_a_library_means_computing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Process(project).run()
    monkeypatch.setattr(earlier.stale, "libraries", lambda: {"pandas": "0.1"})
    later = Process(project)
    later.run()
    assert later.computed == 1


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_file_means_computing(project: Path, damage: bytes | None) -> None:
    Process(project).run()
    path = project / earlier.FOLDER / "facts.pickle"
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content if damage is None else damage)
    later = Process(project)
    assert later.run() == {"rows": 2 * rows(project)}
    assert later.computed == 1


def test_a_table_that_changes_meanwhile_gives_nothing_to_keep(project: Path) -> None:
    process, before = Process(project), (project / TABLE).read_bytes()
    process.during = lambda: append(project / TABLE)
    process.run()
    (project / TABLE).write_bytes(before)
    later = Process(project)
    later.run()
    assert later.computed == 1


@pytest.mark.parametrize("name", [TABLE, "src/tanfeng/pages/text.py"])
def test_what_changed_since_the_process_began_is_never_trusted_again(project: Path, name: str) -> None:
    """A process still holds what the file was; processes forked from it later inherit that."""
    first = Process(project)
    first.counted(Catalog(project), 2)
    append(project / name)
    first.values.keep("inventory")
    first.counted(Catalog(project), 3)
    first.values.keep("facts")
    later = Process(project)
    later.run()
    later.counted(Catalog(project), 3)
    assert later.computed == 2


def test_nothing_is_taken_up_if_the_package_changed_while_it_was_imported(project: Path) -> None:
    Process(project).run()
    values = KeptValues(project, project / "build" / "scratch")
    append(project / "src/tanfeng/pages/text.py")
    values.take_up()
    assert values.right == {}


def test_a_full_disk_only_costs_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    process = Process(project)
    process.counted(Catalog(project), 2)
    monkeypatch.setattr(earlier.publish, "place", full)
    monkeypatch.setattr(warm, "compute", lambda *_: None)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        zygote.Zygote(ours, str(project), "330000", process.values).compute("facts")
    assert not (project / earlier.FOLDER / "facts.pickle").exists()


def test_what_cannot_be_packed_is_computed(project: Path) -> None:
    process = Process(project)
    process.counted(Catalog(project), 2)
    process.counted._values[Catalog(project), 2]["rows"] = lambda: None
    process.values.keep("facts")
    later = Process(project)
    later.run()
    assert later.computed == 1


def test_a_value_that_cannot_be_unpacked_is_computed(project: Path) -> None:
    process = Process(project)
    process.counted.receive((Catalog(project), 2), frozenset({TABLE}), b"damaged")
    assert process.run() == {"rows": 2 * rows(project)}
    assert process.computed == 1
