"""A file that is broken, of another kind or missing is one line with its name and exit status 2, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanfeng.data import datapackage
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError

Run = Callable[..., tuple[int, str, str]]
PACKAGE, REPORTS = "data/datapackage.json", "notebooks/reports/reports.yaml"
CORRECTIONS, SCENARIO = "data/corrections.yaml", "data/scenarios/mine.yaml"


def one_line(answer: tuple[int, str, str], name: str, status: int = 2) -> None:
    found, out, err = answer
    lines = [line for line in f"{out}\n{err}".split("\n") if name in line]
    assert found == status, (out, err)
    assert len(lines) == 1, (out, err)
    assert "Traceback" not in out + err


BROKEN: dict[str, bytes | None] = {
    "empty": b"",
    "broken": b"{a: [",
    "not UTF-8": "浙江".encode("gb18030"),
    "a list": b"[1, true, null]",
    "a number": b"5",
    "a folder": None,
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", list(BROKEN))
@pytest.mark.parametrize(
    ("file", "command", "status"),
    [
        (PACKAGE, ["targets"], 2),
        (REPORTS, ["build"], 2),
        (CORRECTIONS, ["data", "check", "inventory"], 1),
        (SCENARIO, ["whatif", "--saved", "mine"], 2),
    ],
)
def test_a_file_of_entries(project: Path, run: Run, file: str, command: list[str], status: int, content: str) -> None:
    path, broken = project / file, BROKEN[content]
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.mkdir() if broken is None else path.write_bytes(broken)
    one_line(run(*command, cwd=project), Path(file).name, status)


def test_a_file_beside_the_settings(tables: Path, run: Run) -> None:
    (tables / "data" / "scenarios").mkdir()
    (tables / "data" / "scenarios" / "mine.yml").write_text("region: '330000'\n", encoding="utf-8")
    one_line(run("data", "check", cwd=tables), "data/scenarios/mine.yml: a file that is not read", 1)


def package(change: Callable[[dict[str, Any]], Any], root: Path, tmp_path: Path) -> Path:
    content = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    change(content)
    (tmp_path / "data").mkdir()
    (tmp_path / PACKAGE).write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def column(content: dict[str, Any], table: str = "plans", number: int = 0) -> dict[str, Any]:
    (resource,) = [one for one in content["resources"] if one["name"] == table]
    return dict(resource)["schema"]["fields"][number]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.pop("version"), "found None for version; expected year and month, such as 2026.11"),
        (lambda one: one.update(version="2026.13"), "found '2026.13' for version"),
        (lambda one: one.update(resources=[]), "found .. for resources; expected a list that is not empty"),
        (lambda one: one.update(resource=[]), "unknown key 'resource' .did you mean resources."),
        (lambda one: one["resources"].append(one["resources"][0]), r"resource \d+: a second table sources"),
        (lambda one: one["resources"][0].update(path="../x.csv"), "found '../x.csv' for path"),
        (lambda one: column(one).update(type="text"), "plans, column 1: found 'text' for type"),
        (lambda one: column(one).update(constraint={}), "plans, column 1: unknown key 'constraint'"),
        (lambda one: column(one).update(constraints={"minimun": 0}), "column id: unknown key 'minimun' .did you mean"),
        (lambda one: column(one).update(constraints={"minimum": True}), "found True for minimum; expected a finite"),
        (lambda one: column(one).update(constraints={"minimum": float("nan")}), "NaN is no number of JSON"),
        (lambda one: column(one).update(constraints={"pattern": "("}), "found '.' for pattern; expected a regular"),
        (lambda one: column(one).update(constraints={"required": 1}), "found 1 for required; expected true or false"),
        (lambda one: column(one).update(name="zh"), "plans: found 0 columns 'id'; expected one"),
        (lambda one: column(one, "observations").update(name="x"), "observations: found 0 columns 'indicator'"),
    ],
)
def test_the_data_package_is_held_to_its_form(
    root: Path, tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    with pytest.raises(ProjectError, match=said):
        datapackage.read_package(package(change, root, tmp_path))


def test_a_link_to_a_table_that_is_not_there(root: Path, tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        (plans,) = [one for one in content["resources"] if one["name"] == "plans"]
        content["resources"].remove(plans)

    with pytest.raises(ProjectError, match=r"targets, foreignKeys: found plans .id.; expected a table"):
        datapackage.require_links(datapackage.read_package(package(change, root, tmp_path)))


def test_a_word_that_is_missing(tables: Path, run: Run) -> None:
    catalog = Catalog(tables)
    with pytest.raises(ProjectError, match=r"data/words\.csv has no row 'no_such_word'; expected one"):
        catalog.label("words", "no_such_word", "zh")


@pytest.mark.parametrize("table", ["words", "backtest"])
def test_a_table_without_rows(tables: Path, run: Run, table: str) -> None:
    path = tables / "data" / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    one_line(run("data", "check", table, cwd=tables), f"data/{table}.csv, row 1: found no row below the columns", 1)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            "error: [Errno 2] No such file or directory: 'x.csv'",
        ),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "datapackage.json: 'utf-8' codec can't"),
        (json.JSONDecodeError("Expecting value", "", 0), "datapackage.json: Expecting value"),
    ],
)
def test_an_error_of_a_file_is_one_line(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def failing(*_: object) -> None:
        path = root / PACKAGE
        assert path.is_file()
        raise error

    monkeypatch.setattr("tanfeng.cli.common.catalog", failing)
    status, out, err = run("data", "check")
    assert (status, out, said in err, err.count("\n")) == (2, "", True, 1)
