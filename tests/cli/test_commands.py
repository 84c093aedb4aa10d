"""The command line: exit status 0 ok, 1 the answer is no, 2 the question was wrong; stdout holds only the data."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.cli import data
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.data.project import VARIABLE
from tanfeng.publishing import checked, stale
from tanfeng.targets.rules import VERDICTS
from tests.conftest import ROOT

Run = Callable[..., tuple[int, str, str]]
COMMAND = Path(sys.executable).parent / "tanfeng"
TOTALS = {1997: 115.43, 2005: 255.82, 2019: 381.41, 2022: 440.67}


def totals(text: str) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    for row in csv.DictReader(io.StringIO(text)):
        found[int(row["year"])] += float(row["co2_mt"])
    return found


class TestInventory:
    def test_totals(self, run: Run) -> None:
        status, out, err = run("inventory", "--region", "330000", "--format", "csv")
        assert (status, err) == (0, "")
        assert out.splitlines()[0] == "region,year,field,subsector,fuel_group,co2_mt,status"
        found = totals(out)
        assert {year: found[year] for year in TOTALS} == pytest.approx(TOTALS, abs=0.05)
        adjusted = {row["status"] for row in csv.DictReader(io.StringIO(out)) if row["year"] == "2022"}
        assert "adjusted" in adjusted

    def test_without_corrections(self, run: Run) -> None:
        _, out, _ = run("inventory", "--region", "330000", "--no-corrections")
        assert totals(out)[2022] == pytest.approx(460.89, abs=0.05)
        assert "adjusted" not in out

    @pytest.mark.parametrize("by", ["total", "field", "subsector", "fuel_group", "detail"])
    def test_every_breakdown_has_the_same_total(self, run: Run, by: str) -> None:
        status, out, _ = run("inventory", "--by", by)
        assert status == 0
        assert totals(out)[2022] == pytest.approx(440.67, abs=0.01)

    def test_json_holds_the_same_rows(self, run: Run) -> None:
        _, table, _ = run("inventory")
        _, out, _ = run("inventory", "--format", "json")
        rows = json.loads(out)
        assert len(rows) == len(table.splitlines()) - 1
        assert set(rows[0]) == set(table.splitlines()[0].split(","))


class TestTargets:
    KEYS = ("id", "indicator", "region", "plan", "verdict", "lean", "probability", "light", "reason", "evidence")

    def test_json(self, run: Run) -> None:
        status, out, err = run("targets", "--region", "330000", "--plan", "14FYP", "--format", "json")
        assert (status, err) == (0, "")
        rows = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert all(set(self.KEYS) <= set(row) for row in rows)
        assert len({row["id"] for row in rows}) == len(rows)
        assert {row["verdict"] for row in rows} <= set(VERDICTS)
        assert {row["region"] for row in rows} == {"330000"}
        found = {row["id"]: row for row in rows}
        assert [found[name]["verdict"] for name in ("E01", "E02", "E06", "T01", "T09", "P03")] == ["met"] * 5 + ["open"]
        assert found["P03"]["lean"] == "likely_missed"
        assert found["E02"]["evidence"][0]["value"] == 5947
        assert found["E02"]["evidence"][0]["unit"] == "10^4 kW"

    def test_csv_has_the_columns_others_rely_on(self, run: Run) -> None:
        status, out, _ = run("targets", "--plan", "14FYP", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert status == 0
        assert set(self.KEYS) <= set(rows[0])

    def test_table(self, run: Run) -> None:
        status, out, _ = run("targets", "--plan", "14FYP")
        assert status == 0
        assert re.search(r"^E02 +met +光伏发电装机容量：", out, re.MULTILINE)
        _, english, _ = run("targets", "--plan", "14FYP", "--lang", "en")
        assert len(english.splitlines()) == len(out.splitlines())
        assert not re.search("[\u4e00-\u9fff]", english)

    def test_all_plans_by_default(self, run: Run) -> None:
        _, out, _ = run("targets", "--format", "json")
        assert {row["plan"] for row in json.loads(out)} == {"14FYP", "15FYP", "2030"}


class TestOut:
    @pytest.mark.parametrize(
        "arguments", [("inventory",), ("targets", "--format", "json"), ("targets", "--format", "csv")]
    )
    def test_the_file_is_what_stdout_would_be(self, run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        _, shown, _ = run(*arguments)
        path = tmp_path / "new" / "file"
        status, out, _ = run(*arguments, "--out", str(path))
        assert (status, out) == (0, "")
        assert path.read_bytes().decode() == shown
        assert [found.name for found in path.parent.iterdir()] == ["file"]

    def test_a_wrong_question_leaves_the_file(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old", encoding="utf-8")
        assert run("inventory", "--format", "xml", "--out", str(path))[0] == 2
        assert path.read_text(encoding="utf-8") == "old"

    def test_a_folder_in_its_place_is_a_wrong_question(self, run: Run, tmp_path: Path) -> None:
        status, _, err = run("inventory", "--out", str(tmp_path))
        assert status == 2
        assert tmp_path.name in err
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("inventory", "--region", "999999"), "999999"),
        (("inventory", "--by", "colour"), "colour"),
        (("inventory", "--format", "xml"), "xml"),
        (("targets", "--region", "999999"), "999999"),
        (("targets", "--plan", "16FYP"), "16FYP"),
        (("targets", "--format", "xml"), "xml"),
        (("targets", "--lang", "fr"), "fr"),
        (("build", "nothing"), "nothing"),
        (("build", "--region", "999999"), "999999"),
        (("build", "--lang", "fr"), "fr"),
        (("explain", "nothing"), "nothing"),
        (("explain", "overview", "--region", "999999"), "999999"),
        (("data", "check", "nothing"), "nothing"),
        (("nothing",), "nothing"),
        (("inventory", "--nothing"), "--nothing"),
    ],
)
def test_a_wrong_question_is_named(run: Run, arguments: tuple[str, ...], named: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert named in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "asked",
    [
        ("build", "targets"),
        ("explain", "targets"),
        ("lab",),
        ("freeze",),
        ("region", "add", "320000"),
        ("whatif", "--save", "x"),
        ("data", "import", "x.csv"),
        ("data", "figures"),
    ],
    ids=" ".join,
)
def test_nothing_is_written_outside_a_project(run: Run, tmp_path: Path, asked: tuple[str, ...]) -> None:
    status, out, err = run(*asked, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert "inside the project folder" in err
    assert list(tmp_path.iterdir()) == []


class TestWhereTheProjectIs:
    ASKED = ("inventory", "--by", "total")

    def test_outside_one_the_shipped_tables_answer_and_that_is_said(self, run: Run, tmp_path: Path) -> None:
        status, out, err = run(*self.ASKED, cwd=tmp_path)
        assert status == 0
        assert out == run(*self.ASKED, cwd=ROOT)[1]
        assert "not in a project folder" in err
        assert "not in a project folder" not in run(*self.ASKED)[2]

    @pytest.mark.parametrize("by", ["option", "variable"])
    def test_it_is_named(
        self, run: Run, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
    ) -> None:
        (tables / "data" / "settings.yaml").write_text(
            'home: "320000"\ncomparison: []\nlearnt_from: []\n', encoding="utf-8"
        )
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        if by == "variable":
            monkeypatch.setenv(VARIABLE, str(tables))
        status, out, err = run(*(("--root", tables) if by == "option" else ()), *self.ASKED, cwd=elsewhere)
        assert status == 0, err
        assert {line.split(",")[0] for line in out.splitlines()[1:]} == {"320000"}
        assert "not in a project folder" not in err

    def test_a_folder_that_is_none_is_refused(self, run: Run, tmp_path: Path) -> None:
        status, out, err = run("--root", tmp_path / "none", *self.ASKED)
        assert (status, out) == (2, "")
        assert "expected a project folder" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("build",),
        ("explain",),
        ("inventory",),
        ("targets",),
        ("data",),
        ("data", "check"),
        ("data", "diff"),
        ("lab",),
    ],
)
def test_every_command_has_help(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, _ = run(*arguments, "--help")
    assert status == 0
    assert "Usage" in out


def test_version(run: Run) -> None:
    assert re.fullmatch(r"tanfeng \d+\.\d+\.\d+\n", run("--version")[1])


def cell(name: str, line: int, number: int, value: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / "data" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        cells = lines[line - 1].split(",")
        lines[line - 1] = ",".join([*cells[:number], value, *cells[number + 1 :]])
        path.write_text("\n".join(lines), encoding="utf-8")

    return change


def repeat(name: str, line: int) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / "data" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
        path.write_text("\n".join([*lines, lines[line - 1]]) + "\n", encoding="utf-8")

    return change


def blank(root: Path) -> None:
    """An empty line, then a letter in a number three lines below it."""
    path = root / "data" / "inventory.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[3:3] = [""]
    cells = lines[6].split(",")
    lines[6] = ",".join([*cells[:5], "x1", *cells[6:]])
    path.write_text("\n".join(lines), encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a letter in a number": (
        cell("inventory", 10, 5, "12a.5"),
        r"data/inventory\.csv, row 10, column co2_mt: found '12a\.5'",
    ),
    "a duplicate key": (
        repeat("observations", 5),
        r"data/observations\.csv, row \d+, column indicator.*first in row 5",
    ),
    "an unknown unit": (
        cell("observations", 3, 4, "furlong"),
        r"data/observations\.csv, row 3, column unit: found 'furlong'",
    ),
    "a missing column": (
        cell("observations", 1, 4, "unity"),
        r"data/observations\.csv, row 1, column unit: found no such",
    ),
    "a missing column of fields": (
        cell("fields", 1, 4, "emitting"),
        r"data/fields\.csv, row 1, column emits: found no such",
    ),
    "a letter in the order of fields": (cell("fields", 3, 3, "x"), r"data/fields\.csv, row 3, column sort: found 'x'"),
    "an infinite number": (cell("inventory", 10, 5, "inf"), r"data/inventory\.csv, row 10, column co2_mt: found 'inf'"),
    "no number": (cell("inventory", 10, 5, "NaN"), r"data/inventory\.csv, row 10, column co2_mt: found 'NaN'"),
    "nothing": (cell("inventory", 10, 5, ""), r"data/inventory\.csv, row 10, column co2_mt: found nothing"),
    "full-width digits": (
        cell("inventory", 10, 5, "１２.５"),
        r"data/inventory\.csv, row 10, column co2_mt: found '１２.５'",
    ),
    "an underscore in a number": (
        cell("inventory", 10, 5, "1_000"),
        r"data/inventory\.csv, row 10, column co2_mt: found '1_000'",
    ),
    "a month that does not exist": (
        cell("observations", 3, 2, "2001-00"),
        r"data/observations\.csv, row 3, column period: found '2001-00'",
    ),
    "an unknown source": (
        cell("inventory", 10, 7, "rumour"),
        r"data/inventory\.csv, row 10, column source_id: found 'rumour'",
    ),
    "a row below an empty line": (blank, r"data/inventory\.csv, row 7, column co2_mt: found 'x1'"),
}


class TestBrokenTable:
    @pytest.mark.parametrize("name", BROKEN)
    def test_the_check_names_the_place(self, run: Run, tables: Path, name: str) -> None:
        change, place = BROKEN[name]
        change(tables)
        table = place.removeprefix("data/").partition("\\")[0]
        status, out, err = run("data", "check", table, cwd=tables)
        assert status == 1
        assert re.search(place, out), out
        assert "expected" in out
        assert re.fullmatch(r"\d+ problems in the tables\n", err)

    @pytest.mark.parametrize("name", ["a letter in a number", "an unknown source"])  # of its own, of a link
    def test_the_build_stops_before_any_report_changes(
        self, run: Run, project: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tanfeng.publishing.run.execute", lambda *_: pytest.fail("a notebook was run"))
        change, place = BROKEN[name]
        change(project)
        page = project / "reports" / "330000" / "technology.zh.html"
        page.parent.mkdir(parents=True)
        page.write_text("the last good page", encoding="utf-8")
        status, out, err = run("build", "technology", "--lang", "zh", "--plain", cwd=project)
        assert (status, out) == (1, "")
        assert re.search(place, err), err
        assert "no report was changed" in err
        assert page.read_text(encoding="utf-8") == "the last good page"
        assert [path for path in (project / "reports").rglob("*") if path.is_file()] == [page]


class TestDataCheck:
    def test_the_tables_are_good(self, run: Run) -> None:
        status, out, err = run("data", "check")
        assert (status, out) == (0, "")
        assert re.search(r"\d+ tables are good", err)
        assert "0 errors; to look at: 0 high, 0 medium" in err

    @pytest.mark.parametrize("name", ["fields", "fields.csv", "data/fields.csv"])
    def test_one_table_by_name_or_file(self, run: Run, name: str) -> None:
        status, _, err = run("data", "check", name)
        assert (status, "1 tables are good" in err or "1 table is good" in err) == (0, True)

    def test_a_chosen_table_is_good_though_another_is_broken(self, run: Run, tables: Path) -> None:
        BROKEN["a letter in a number"][0](tables)
        assert run("data", "check", "fields", cwd=tables)[0] == 0
        assert run("data", "check", "inventory", cwd=tables)[0] == 1

    def test_figures_to_look_at_by_severity(self, run: Run, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        row = "generation_thermal,330000,2015,"
        lines = path.read_text(encoding="utf-8").split("\n")
        number = next(index for index, line in enumerate(lines) if line.startswith(row))
        value, rest = lines[number].removeprefix(row).split(",", 1)
        lines[number] = f"{row}{2.5 * float(value):.0f},{rest}"  # below the limit of a wrong unit
        path.write_text("\n".join(lines), encoding="utf-8")
        status, out, err = run("data", "check", cwd=tables)
        assert status == 0
        assert re.search(rf"medium: data/observations\.csv, row {number + 1}, column value: found \d{{4}} ", out)
        assert "high: data/observations.csv" in out
        assert "data/observations.csv" not in err
        assert "medium:" not in run("data", "check", "--severity", "high", cwd=tables)[1]
        assert "low:" not in out
        assert "low:" in run("data", "check", "--severity", "low", cwd=tables)[1]

    def test_known_ones_are_shown_on_request_only(self, run: Run) -> None:
        assert "(known:" not in run("data", "check", "energy_balance")[1]
        out = run("data", "check", "energy_balance", "--known")[1]
        assert "high (known: damaged_cell): data/energy_balance.csv" in out

    def test_an_unknown_severity(self, run: Run) -> None:
        status, _, err = run("data", "check", "--severity", "grave")
        assert (status, "'grave'" in err) == (2, True)

    def test_a_correction_that_finds_other_figures(self, run: Run, tables: Path) -> None:
        path = tables / "data" / "corrections.yaml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("industry: 20.5423", "industry: 10.5"), encoding="utf-8"
        )
        status, out, _ = run("data", "check", cwd=tables)
        assert status == 1
        assert "corrections.yaml" in out

    def test_a_broken_table_is_a_plain_error_everywhere(self, run: Run, tables: Path) -> None:
        BROKEN["a letter in a number"][0](tables)
        status, out, err = run("inventory", cwd=tables)
        assert (status, out) == (2, "")
        assert "inventory.csv" in err
        assert "tanfeng data check" in err


BROKEN_TARGETS = {
    "an infinite figure": (",2762,", ",inf,", "row {row}, column target_value: found 'inf'"),
    "a number given twice": ("E02,", "E01,", "row {row}, column id + region: found id E01, region 330000 again"),
    "a word outside the list": (",at_least,", ",upwards,", "row {row}, column direction: found 'upwards'"),
    "a figure of nothing": (",2762,", ",0,", "row {row}, column target_value: found 0"),
}


@pytest.mark.parametrize("command", ["targets", "measures"])
@pytest.mark.parametrize("case", BROKEN_TARGETS)
def test_no_command_judges_by_a_broken_table(run: Run, tables: Path, command: str, case: str) -> None:
    old, new, message = BROKEN_TARGETS[case]
    path = tables / "data" / "targets.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    number = next(place for place, line in enumerate(lines) if line.startswith("E02,"))
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new, 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    status, out, err = run(command, cwd=tables)
    assert (status, out) == (2, "")
    assert f"data/targets.csv, {message.format(row=number + 1)}" in err
    assert "Traceback" not in err


def test_that_tables_are_good_is_remembered_by_their_content(
    run: Run, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    original = data.problems
    (tables / checked.FILE).unlink(missing_ok=True)
    monkeypatch.setattr(data, "problems", lambda *given, **named: calls.append(1) or original(*given, **named))
    for _ in range(2):
        assert run("measures", "--format", "csv", cwd=tables)[0] == 0
    assert len(calls) == 1
    path = tables / "data" / "rules.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",true,", ",maybe,", 1), encoding="utf-8")
    assert run("measures", cwd=tables)[0] == 2
    assert len(calls) == 2


def test_a_file_that_fitted_its_schema_is_not_compared_again_until_it_changes(tables: Path) -> None:
    stale.forget()
    checked.remember_good(tables)
    every = {f"data/{path.name}" for path in (tables / "data").glob("*.csv")}
    assert every <= checked.fitting(tables)
    path = tables / "data" / "rules.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",true,", ",maybe,", 1), encoding="utf-8")
    stale.forget()
    assert not checked.known_good(tables)
    assert every - checked.fitting(tables) == {"data/rules.csv"}
    fits = checked.fitting(tables)
    assert [problem.file for problem in check_tables(Catalog(tables), fitting=fits)] == ["data/rules.csv"]
    definition = tables / "data" / "datapackage.json"
    definition.write_text(definition.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    stale.forget()
    assert checked.fitting(tables) == frozenset()


def test_tables_that_change_while_they_are_checked_are_not_remembered(tables: Path) -> None:
    (tables / checked.FILE).unlink(missing_ok=True)
    stale.forget()
    assert not checked.known_good(tables)
    path = tables / "data" / "rules.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    checked.remember_good(tables)
    assert not (tables / checked.FILE).exists()
    stale.forget()
    checked.remember_good(tables)
    assert checked.known_good(tables)


def test_a_workbook_does_not_go_to_a_terminal(root: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        command = [COMMAND, "targets", "--format", "xlsx"]
        found = subprocess.run(command, cwd=root, stdout=theirs, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    finally:
        os.close(theirs)
        os.close(ours)
    assert found.returncode == 2
    assert "-o/--out" in found.stderr
    assert "pipe" in found.stderr


def test_explain_says_why(run: Run, project: Path) -> None:
    status, out, _ = run("explain", "field-energy", cwd=project)
    assert status == 0
    assert out.splitlines() == [f"330000/field-energy.{lang}: out of date: it was never built" for lang in ("zh", "en")]


def test_the_console_script_writes_only_the_data_to_stdout(root: Path) -> None:
    run = subprocess.run(
        [COMMAND, "inventory", "--by", "total"], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert totals(run.stdout)[2022] == pytest.approx(440.67, abs=0.01)
    wrong = subprocess.run(
        [COMMAND, "inventory", "--by", "x"], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_a_reader_that_stops_early_sees_no_traceback(root: Path) -> None:
    script = f"{COMMAND} inventory --by detail | head -1"
    run = subprocess.run(["bash", "-c", script], cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert run.stdout.startswith("region,year")
    assert "Traceback" not in run.stderr
