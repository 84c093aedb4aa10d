"""The numbers in the documents are those of the tables."""

from __future__ import annotations

import re

import pytest

from tanfeng.data.catalog import Catalog
from tests.conftest import ROOT

NUMBER = r"[\d,]+"


def text(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())


def number(shown: str) -> int:
    return int(shown.replace(",", ""))


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


def grades(catalog: Catalog, table: str) -> dict[str, int]:
    grade = catalog.read("sources").set_index("id")["grade"]
    ids = grade.index if table == "sources" else catalog.read(table)["source_id"]
    counts = grade.reindex(ids).value_counts()
    return {str(name): int(counts[name]) for name in "ABC"}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    return listed(4, "| table | rows | key | content |")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_pictures_are_there_and_small(name: str) -> None:
    shown = set(re.findall(r"docs/img/[\w-]+\.png", (ROOT / name).read_text(encoding="utf-8")))
    assert shown == {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "img").iterdir()}
    assert len(shown) == 6
    assert all((ROOT / path).stat().st_size <= 150_000 for path in shown)


class TestDataLog:
    def test_every_table_is_listed(self, catalog: Catalog, rows: dict[str, list[str]]) -> None:
        assert set(rows) == set(catalog.tables)

    def test_rows_and_keys(self, catalog: Catalog, rows: dict[str, list[str]]) -> None:
        found = {name: (number(cells[0]), cells[1]) for name, cells in rows.items()}
        expected = {name: (len(catalog.read(name)), ", ".join(table.key)) for name, table in catalog.tables.items()}
        assert found == expected

    def test_every_table_says_what_it_holds(self, rows: dict[str, list[str]]) -> None:
        assert all(len(cells[2]) > 10 for cells in rows.values())

    @pytest.mark.parametrize(("column", "table"), [(0, "sources"), (1, "observations")])
    def test_grades(self, catalog: Catalog, column: int, table: str) -> None:
        shown = listed(3, "| grade | sources | observations |")
        assert {name: number(cells[column]) for name, cells in shown.items()} == grades(catalog, table)


class TestWeaknesses:
    def test_sources_and_observations_by_grade(self, catalog: Catalog) -> None:
        said = re.search(
            rf"Of ({NUMBER}) sources, ({NUMBER}) are grade A \(original seen\), ({NUMBER}) B and ({NUMBER}) C\. "
            rf"Of ({NUMBER}) observations, ({NUMBER}) rest on grade A, ({NUMBER}) on B and ({NUMBER}) on C\.",
            text("weaknesses.md"),
        )
        assert said is not None
        found = [number(one) for one in said.groups()]
        expected = [
            count
            for table in ("sources", "observations")
            for count in (len(catalog.read(table)), *grades(catalog, table).values())
        ]
        assert found == expected
