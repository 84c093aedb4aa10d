"""A broken table is found and its place named: file, row, column, what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.catalog import Catalog
from tanfeng.checks import check_tables


def _line(path: Path, number: int, change: Callable[[str], str]) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[number - 1] = change(lines[number - 1])
    path.write_text("\n".join(lines), encoding="utf-8")


def test_the_shipped_tables_are_good(catalog: Catalog) -> None:
    assert check_tables(catalog) == []


def test_a_letter_in_a_number(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    _line(path, 10, lambda line: line.replace(line.split(",")[5], "12a.5", 1))
    (problem,) = check_tables(Catalog(tables))
    assert (problem.file, problem.row, problem.column) == ("data/inventory.csv", 10, "co2_mt")
    assert "'12a.5'" in problem.found
    assert problem.expected == "a number"


def test_a_duplicate_key(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*lines, lines[4]]) + "\n", encoding="utf-8")
    (problem,) = check_tables(Catalog(tables))
    assert problem.row == len(lines) + 1
    assert "again (first in row 5)" in problem.found


def test_an_unknown_unit(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    _line(path, 3, lambda line: ",".join([*line.split(",")[:4], "furlong", *line.split(",")[5:]]))
    (problem,) = check_tables(Catalog(tables))
    assert (problem.row, problem.column, problem.found) == (3, "unit", "'furlong'")
    assert "data/units.csv" in problem.expected


def test_a_unit_of_another_kind(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    number = next(
        i for i, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if line.startswith("pv_capacity")
    )
    _line(path, number, lambda line: line.replace("10^4 kW", "10^4 t", 1))
    (problem,) = check_tables(Catalog(tables))
    assert (problem.row, problem.column) == (number, "unit")
    assert "10^4 kW" in problem.expected


def test_a_missing_column(tables: Path) -> None:
    path = tables / "data" / "fields.csv"
    _line(path, 1, lambda line: line.replace("emits", "emitting"))
    problems = check_tables(Catalog(tables))
    assert {problem.column for problem in problems} == {"emits", "emitting"}
    assert all(problem.file == "data/fields.csv" for problem in problems)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("observations", 6, "rumour"), ("observations", 5, "maybe"), ("targets", 8, "upwards")],
)
def test_a_word_outside_the_list(tables: Path, table: str, column: int, value: str) -> None:
    path = tables / "data" / f"{table}.csv"
    _line(path, 2, lambda line: ",".join([*line.split(",")[:column], value, *line.split(",")[column + 1 :]]))
    (problem,) = check_tables(Catalog(tables))
    assert (problem.row, problem.found) == (2, repr(value))
    assert "one of" in problem.expected


def test_a_source_that_is_not_registered(tables: Path) -> None:
    path = tables / "data" / "sources.csv"
    lines = [
        line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("ceads_provinces_2022,")
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = check_tables(Catalog(tables))
    assert problems
    assert {problem.found for problem in problems} == {"'ceads_provinces_2022'"}


def test_a_broken_local_file_is_named(tables: Path) -> None:
    (tables / "data" / "local").mkdir()
    (tables / "data" / "local" / "observations.csv").write_text("indicator,region\nx,y\n", encoding="utf-8")
    problems = check_tables(Catalog(tables))
    assert {problem.file for problem in problems} == {"data/local/observations.csv"}


def test_a_file_that_is_no_table(tables: Path) -> None:
    (tables / "data" / "fields.csv").write_bytes(b"\xff\xfe\x00")
    (problem,) = check_tables(Catalog(tables))
    assert problem.file == "data/fields.csv"
