"""The documents list what there is; their numbers are held by `publishing/test_documents.py`."""

from __future__ import annotations

import pydoc
import re

import pytest

from tanfeng.data.catalog import Catalog
from tests.conftest import ROOT


def listed(columns: int, head: str) -> dict[str, list[str]]:
    """Rows of the table of docs/data.md with this head, by their first cell."""
    lines = (ROOT / "docs" / "data.md").read_text(encoding="utf-8").split("\n")
    start = lines.index(head) + 2
    rows: dict[str, list[str]] = {}
    for line in lines[start:]:
        if not line.startswith("| "):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|", columns - 1)]
        assert cells[0] not in rows, f"{cells[0]} stands twice"
        rows[cells[0]] = cells[1:]
    return rows


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    return listed(4, "| table | rows | key | content |")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_pictures_are_there_and_small(name: str) -> None:
    shown = set(re.findall(r"docs/img/[\w-]+\.png", (ROOT / name).read_text(encoding="utf-8")))
    assert shown == {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "img").iterdir()}
    assert len(shown) == 6
    assert all((ROOT / path).stat().st_size <= 150_000 for path in shown)


NAMED = [
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")),
    *(ROOT / "src").rglob("*.py"),
    *(ROOT / "src").rglob("*.j2"),
]


def test_what_documents_and_docstrings_name_is_there() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in NAMED
        for name in re.findall(r"(?<![\w/.])tanfeng(?:\.\w+)+", path.read_text(encoding="utf-8"))
    }
    assert not sorted(one for one in found if not _is_there(one[1]))


def _is_there(name: str) -> bool:
    """A module, what it defines, or a field of a class."""
    return pydoc.locate(name) is not None or isinstance(pydoc.locate(name.rpartition(".")[0]), type)


class TestDataLog:
    def test_every_table_is_listed(self, live: Catalog, rows: dict[str, list[str]]) -> None:
        assert set(rows) == set(live.tables)

    def test_keys(self, live: Catalog, rows: dict[str, list[str]]) -> None:
        assert {name: cells[1] for name, cells in rows.items()} == {
            name: ", ".join(table.key) for name, table in live.tables.items()
        }

    def test_every_table_says_what_it_holds(self, rows: dict[str, list[str]]) -> None:
        assert all(len(cells[2]) > 10 for cells in rows.values())
