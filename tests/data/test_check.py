"""A broken table is found and its place named: file, row, column, what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.data.check import check_tables
from tests.conftest import mistakes


def _line(path: Path, number: int, change: Callable[[str], str]) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[number - 1] = change(lines[number - 1])
    path.write_text("\n".join(lines), encoding="utf-8")


def test_the_shipped_tables_are_good(live: Catalog) -> None:
    assert check_tables(live) == []


def test_a_letter_in_a_number(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    _line(path, 10, lambda line: line.replace(line.split(",")[5], "12a.5", 1))
    (problem,) = mistakes(Catalog(tables))
    assert (problem.file, problem.row, problem.column) == ("data/inventory.csv", 10, "co2_mt")
    assert "'12a.5'" in problem.found
    assert problem.expected == "a number"


@pytest.mark.parametrize("text", ["nan", "Project nan 2", "{{ region }}", "None", "<NA>"])
def test_a_text_that_no_page_may_show(tables: Path, text: str) -> None:
    line = _cell(tables, "measures", "ME01", "en", text)
    (problem,) = check_tables(Catalog(tables), ["measures"])
    assert (problem.row, problem.column, problem.found) == (line, "en", repr(text))


@pytest.mark.parametrize("text", ["Nanjing line", "None of these", "banana", "US$ 5 {x}"])
def test_a_text_that_a_page_shows(tables: Path, text: str) -> None:
    _cell(tables, "measures", "ME01", "en", text)
    assert check_tables(Catalog(tables), ["measures"]) == []


def test_a_duplicate_key(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*lines, lines[4]]) + "\n", encoding="utf-8")
    (problem,) = mistakes(Catalog(tables))
    assert problem.row == len(lines) + 1
    assert "again (first in row 5)" in problem.found


def _cell(tables: Path, table: str, row: str, column: str, value: str) -> int:
    """Write a cell of the row with an id; return its line."""
    path = tables / "data" / f"{table}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    line = int(rows.index[rows.iloc[:, 0] == row][0])
    rows.loc[line, column] = value
    rows.to_csv(path, index=False)
    return line + 2


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("E02", "-2762", "a figure above 0 (a reduction too)"),
        ("E02", "0", "a figure above 0 (a reduction too)"),
        ("P01", "-14.5", "a figure above 0 (a reduction too)"),
        ("P04", "150", "below 100 %, or a share up to 100 %"),
        ("P01", "100", "below 100 %, or a share up to 100 %"),
        ("E02", "inf", "a number"),
        ("E02", "nan", "a number"),
        ("E02", "2,762", "a number; did you mean '2762'?"),
        ("E02", "1e999", "a number that is not infinite"),
    ],
)
def test_a_target_that_asks_for_nothing_possible(tables: Path, target: str, value: str, expected: str) -> None:
    line = _cell(tables, "targets", target, "target_value", value)
    (problem,) = mistakes(Catalog(tables))
    assert (problem.file, problem.row, problem.column) == ("data/targets.csv", line, "target_value")
    assert problem.expected == expected


@pytest.mark.parametrize(("target", "value"), [("R01", "100"), ("P01", "99.9"), ("P06", "0.1")])
def test_a_target_at_the_limit(tables: Path, target: str, value: str) -> None:
    _cell(tables, "targets", target, "target_value", value)
    assert mistakes(Catalog(tables)) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [("inf", "a number"), ("nan", "a number"), ("ten", "a number"), ("-1e999", "a number")],
)
def test_reading_names_the_cell_that_is_no_number(tables: Path, value: str, expected: str) -> None:
    line = _cell(tables, "targets", "E02", "target_value", value)
    with pytest.raises(ProjectError) as error:
        Catalog(tables).read("targets")
    place = f"data/targets.csv, row {line}, column target_value: found {value!r}; expected {expected}"
    assert str(error.value).startswith(place)


def test_reading_names_a_key_that_stands_twice(tables: Path) -> None:
    line = _cell(tables, "targets", "E03", "id", "E02")
    said = rf"data/targets.csv, row {line}, column id \+ region: found id E02, region 330000, which stands twice"
    with pytest.raises(ProjectError, match=said):
        Catalog(tables).read("targets")


def test_reading_names_a_whole_number_that_is_none(tables: Path) -> None:
    line = _cell(tables, "targets", "E03", "target_year", "2025.5")
    with pytest.raises(ProjectError, match=f"row {line}, column target_year: found '2025.5'; expected a whole number"):
        Catalog(tables).read("targets")


def test_reading_names_the_local_file(tables: Path) -> None:
    (tables / "data" / "local").mkdir()
    head = (tables / "data" / "observations.csv").read_text(encoding="utf-8").split("\n")[0]
    row = "wind_capacity,330000,2025,inf,10^4 kW,exact,reported,chinanews_capacity_2024_08,,"
    (tables / "data" / "local" / "observations.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"data/local/observations\.csv, row 2, column value: found 'inf'"):
        Catalog(tables).read("observations")


def test_an_unknown_unit(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    _line(path, 3, lambda line: ",".join([*line.split(",")[:4], "furlong", *line.split(",")[5:]]))
    (problem,) = mistakes(Catalog(tables))
    assert (problem.row, problem.column, problem.found) == (3, "unit", "'furlong'")
    assert "data/units.csv" in problem.expected


def test_a_unit_of_another_kind(tables: Path) -> None:
    path = tables / "data" / "observations.csv"
    number = next(
        i for i, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if line.startswith("pv_capacity")
    )
    _line(path, number, lambda line: line.replace("10^4 kW", "10^4 t", 1))
    (problem,) = mistakes(Catalog(tables))
    assert (problem.row, problem.column) == (number, "unit")
    assert "10^4 kW" in problem.expected


def test_a_missing_column(tables: Path) -> None:
    path = tables / "data" / "fields.csv"
    _line(path, 1, lambda line: line.replace("emits", "emitting"))
    problems = mistakes(Catalog(tables))
    assert {problem.column for problem in problems} == {"emits", "emitting"}
    assert all(problem.file == "data/fields.csv" for problem in problems)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("observations", 6, "rumour"), ("observations", 5, "maybe"), ("targets", 8, "upwards")],
)
def test_a_word_outside_the_list(tables: Path, table: str, column: int, value: str) -> None:
    path = tables / "data" / f"{table}.csv"
    _line(path, 2, lambda line: ",".join([*line.split(",")[:column], value, *line.split(",")[column + 1 :]]))
    (problem,) = mistakes(Catalog(tables))
    assert (problem.row, problem.found) == (2, repr(value))
    assert "one of" in problem.expected


def test_a_source_that_is_not_registered(tables: Path) -> None:
    path = tables / "data" / "sources.csv"
    lines = [
        line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("ceads_provinces_2022,")
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = mistakes(Catalog(tables))
    assert problems
    assert {problem.found for problem in problems} == {"'ceads_provinces_2022'"}


def test_a_broken_local_file_is_named(tables: Path) -> None:
    (tables / "data" / "local").mkdir()
    (tables / "data" / "local" / "observations.csv").write_text("indicator,region\nx,y\n", encoding="utf-8")
    problems = mistakes(Catalog(tables))
    assert {problem.file for problem in problems} == {"data/local/observations.csv"}


def test_a_file_that_is_no_table(tables: Path) -> None:
    (tables / "data" / "fields.csv").write_bytes(b"\xff\xfe\x00")
    (problem,) = mistakes(Catalog(tables))
    assert problem.file == "data/fields.csv"


@pytest.mark.parametrize(
    ("indicator", "period", "unit", "expected"),
    [
        ("cement_output", "2025-06", "10^4 t", "a year (2025) or the months from the first to the last"),
        ("cement_output", "2024/2025", "10^4 t", "a year (2025) or the months from the first to the last"),
        ("wind_capacity", "2025-01/2025-06", "10^4 kW", "the end of a year (2025) or of a month (2025-06) for a stock"),
        ("wind_capacity", "2020/2025", "10^4 kW", "the end of a year (2025) or of a month (2025-06) for a stock"),
        ("gdp_real_growth", "2025", "%", "from year to year (2019/2020) for a change, or the months"),
        ("renewable_capacity_share", "2020/2025", "%", "a year (2025), a month (2025-06) or the months"),
        ("cement_output", "2026", "10^4 t", "a period that is over by 2026-11, the state of the tables"),
        ("wind_capacity", "2026-12", "10^4 kW", "a period that is over by 2026-11, the state of the tables"),
        ("gdp_real_growth", "2025/2026", "%", "a period that is over by 2026-11, the state of the tables"),
        ("wind_capacity", "2026-11", "10^4 kW", ""),
        ("cement_output", "2026-01/2026-10", "10^4 t", ""),
        ("cement_output", "undated", "10^4 t", ""),
        ("energy_intensity_change_planned", "2025/2030", "%", ""),  # what a plan asks may be of a year to come
    ],
)
def test_a_period_fits_the_kind_and_is_over(
    tables: Path, indicator: str, period: str, unit: str, expected: str
) -> None:
    path = tables / "data" / "observations.csv"
    rows = path.read_text(encoding="utf-8").rstrip("\n")
    row = f"{indicator},330000,{period},5,{unit},exact,reported,chinanews_capacity_2024_08,,"
    path.write_text(f"{rows}\n{row}\n", encoding="utf-8")
    found = [one for one in check_tables(Catalog(tables), ["observations"]) if one.found == repr(period)]
    assert [one.expected.startswith(expected) for one in found] == ([True] if expected else [])


def test_emissions_of_a_year_that_is_not_over(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    _line(path, 10, lambda line: line.replace(line.split(",")[1], "2026", 1))
    found = [one for one in check_tables(Catalog(tables), ["inventory"]) if one.column == "year"]
    assert [(one.row, one.found) for one in found] == [(10, "2026")]
