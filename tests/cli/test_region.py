"""A region that nobody has yet: added, filled in, judged, in three commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tanfeng.checks.importing.region_workbook import COLUMNS, FIGURE, SOURCE, TARGET
from tanfeng.data.catalog import Catalog
from tanfeng.data.settings import settings
from tests.conftest import Run

CODE, ZH, EN = "990000", "试验省", "Testland"
FILLED = {  # indicator and plan: target, figure, answer
    ("pv_capacity", "14FYP"): (1000, "1200", "met"),
    ("wind_capacity", "14FYP"): (1000, "900万千瓦", "missed"),
    ("energy_intensity_change_assessment", "14FYP"): (14, 14.5, "met"),
    ("co2_intensity_change", "14FYP"): (18, -17.0, "missed"),
    ("non_fossil_share", "15FYP"): (30, None, "open"),
    ("pumped_storage_capacity", "14FYP"): (300, None, "not_assessable"),
}


def fill(path: Path, catalog: Catalog, wrong: Any = None) -> None:
    """Fill in the workbook as an office would."""
    from tanfeng.checks.importing.region_workbook import rows_of

    book = load_workbook(path)
    sheet = book.worksheets[0]
    rows = {(row["indicator"], row["plan"]): row["id"] for row in rows_of(catalog, CODE)}
    lines = {sheet.cell(line, 1).value: line for line in range(2, sheet.max_row + 1)}
    for key, (target, figure, _) in FILLED.items():
        line = lines[rows[key]]
        sheet.cell(line, TARGET + 1).value = wrong if wrong and key[0] == "pv_capacity" else target
        sheet.cell(line, TARGET + 2).value = "试验省规划，2021-03"
        if figure is not None:
            sheet.cell(line, FIGURE + 1).value = figure
            sheet.cell(line, FIGURE + 2).value = "是"
            sheet.cell(line, SOURCE + 1).value = "试验省公报，2026-03，https://example.org/1"
    book.save(path)


def test_from_nothing_to_verdicts_in_three_commands(run: Run, tables: Path) -> None:
    book = tables / "new.xlsx"
    names = ["--zh", ZH, "--en", EN]
    status, _, err = run("region", "add", CODE, *names, "--home", "--lang", "en", "--out", book, cwd=tables)
    assert status == 0, err
    assert settings(tables).home == CODE
    fill(book, Catalog(tables))
    status, _, err = run("data", "import", book, cwd=tables)
    assert status == 0, err
    assert "6 targets and 4 figures filled in" in err
    status, out, err = run("targets", "--format", "json", "--lang", "en", cwd=tables)
    assert status == 0, err
    found = {(one["indicator"], one["plan"]): one["verdict"] for one in json.loads(out)}
    wanted = {key: answer for key, (*_, answer) in FILLED.items()}
    assert {key: found[key] for key in wanted if wanted[key] in {"met", "missed"}} == {
        key: answer for key, answer in wanted.items() if answer in {"met", "missed"}
    }
    assert not {"met", "missed"} & {found[key] for key, answer in wanted.items() if answer not in {"met", "missed"}}
    assert {one["region"] for one in json.loads(out)} == {CODE}
    assert run("data", "check", cwd=tables)[0] == 0


@pytest.mark.build
def test_from_nothing_to_pages_in_three_commands(run: Run, project: Path) -> None:
    book = project / "new.xlsx"
    for arguments in (
        ("region", "add", CODE, "--zh", ZH, "--en", EN, "--home", "--out", book),
        ("data", "import", book),
        ("build", "--lang", "zh"),
    ):
        status, _, err = run(*arguments, cwd=project)
        assert status == 0, err
        if arguments[0] == "region":
            fill(book, Catalog(project))
    assert "1 of 1 reports built" in err, "there is no inventory: what rests on emissions is left out"
    said = (project / "reports" / "index.html").read_text(encoding="utf-8")
    assert "已完成2项，未完成2项" in said
    assert ZH in said


def test_what_does_not_fit_is_named_by_row_and_nothing_is_written(run: Run, tables: Path) -> None:
    book = tables / "new.xlsx"
    assert run("region", "add", CODE, "--zh", ZH, "--en", EN, "--out", book, cwd=tables)[0] == 0
    fill(book, Catalog(tables), wrong="很多")
    status, _, err = run("data", "import", book, cwd=tables)
    assert status == 2
    assert f"column {COLUMNS[TARGET][0]}: found '很多'; expected a number in 万千瓦" in err.replace("\n", " ")
    assert not (tables / "data" / "local" / "targets.csv").exists()


def test_a_workbook_that_may_be_filled_in_is_kept(tables: Path, run: Run) -> None:
    book = tables / "520000.xlsx"
    assert run("region", "add", "520000", cwd=tables)[0] == 0
    assert not (tables / "data" / "local" / "regions.csv").exists(), "the tables have it"
    before = book.read_bytes()
    status, _, err = run("region", "add", "520000", cwd=tables)
    assert status == 2
    assert "is there already" in err
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99"], "expected six digits"),
        ([CODE], "give its names with --zh and --en"),
        (["990100", "--zh", "试验市", "--en", "Test City"], "lies in 990000, which the tables do not have"),
    ],
)
def test_a_wrong_question_is_answered_plainly(tables: Path, run: Run, arguments: list[str], said: str) -> None:
    status, _, err = run("region", "add", *arguments, cwd=tables)
    assert status == 2
    assert said in err.replace("\n", " ")
    assert not (tables / "data" / "local").exists()


def test_a_region_is_asked_only_for_what_it_lacks(tables: Path, run: Run) -> None:
    assert run("region", "add", "320000", cwd=tables)[0] == 0
    sheet = load_workbook(tables / "320000.xlsx").worksheets[0]
    asked = {(sheet.cell(line, 4).value, sheet.cell(line, 3).value) for line in range(2, sheet.max_row + 1)}
    share = Catalog(tables).label("indicators", "non_fossil_share", "zh")
    assert (share, "14FYP") not in asked
    assert (share, "15FYP") in asked
