"""Building: whole files only, the last good page stays, a failure is told every time until it is mended."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from tanfeng.data.project import ProjectError
from tanfeng.publishing import make as build
from tanfeng.publishing import publish, render, stale
from tanfeng.publishing import run as execute
from tanfeng.publishing.plan import Report, reports
from tests.building import build as in_project

COMMAND = Path(sys.executable).parent / "tanfeng"


def state(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tanfeng(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=project, capture_output=True, encoding="utf-8", check=False)


class TestWrite:
    def test_a_new_file_with_its_folders(self, tmp_path: Path) -> None:
        publish.write(tmp_path / "a" / "b.html", b"whole")
        assert {path.name for path in (tmp_path / "a").iterdir()} == {"b.html"}
        assert (tmp_path / "a" / "b.html").read_bytes() == b"whole"

    @pytest.mark.parametrize("step", ["write_bytes", "replace"])
    def test_a_failure_leaves_the_old_file_and_no_part(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        path = tmp_path / "b.html"
        path.write_bytes(b"old")

        def half(self: Path, content: Any) -> None:
            if step == "write_bytes":
                with self.open("wb") as file:
                    file.write(content[:2])
            raise OSError("No space left on device")

        monkeypatch.setattr(Path, step, half)
        with pytest.raises(OSError, match="No space"):
            publish.write(path, b"new and longer")
        monkeypatch.undo()
        assert [found.name for found in tmp_path.iterdir()] == ["b.html"]
        assert path.read_bytes() == b"old"


@pytest.fixture
def report(project: Path) -> Report:
    (chosen,) = reports(project, "330000", "zh", ["technology"])
    return chosen


def pretend(monkeypatch: pytest.MonkeyPatch, during: Any = None, html: Any = "<html></html>") -> None:
    """Replace papermill and nbconvert: `during` happens while the notebook runs."""

    def run(root: Path, report: Report, work: Path) -> NotebookNode:
        (work / "out").mkdir(parents=True)
        (work / "executed.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
        (work / "out" / "answer.json").write_text(json.dumps({"sentence": "s", "detail": "", "counts": {}}))
        (work / "out" / f"{report.slug}-x.csv").write_text("a\n1\n")
        (root / "data" / "observations.csv").read_bytes()
        if during:
            during(root)
        return nbformat.v4.new_notebook()

    def draw(*_: Any) -> str:
        if isinstance(html, Exception):
            raise html
        return str(html)

    monkeypatch.setattr(execute, "execute", run)
    monkeypatch.setattr(render, "with_text", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(render, "page", draw)
    stale.forget()


def make(project: Path, report: Report, force: bool = False, check: Any = None) -> build.Result:
    """Make one page if it is out of date."""
    stale.forget()
    jobs = build.jobs_for(project, project / "reports", [report], force)
    (result,) = build.Build(project, project / "reports", 1, check=check).all(jobs)
    return result


class TestMake:
    def test_page_tables_and_record(self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend(monkeypatch)
        out = project / "reports"
        result = make(project, report)
        assert (result.error, result.ran) == ("", True)
        page, table = "330000/technology.zh.html", "tables/330000/technology-x.csv"
        assert set(state(out)) == {page, table, ".state/330000/technology.zh.json"}
        record = stale.read_record(out, report)
        assert record is not None
        assert set(record.files) == {page, table}
        assert stale.reasons(project, out, report) == []
        assert list(build.answers(out, [report])) == [(report, record.answer)]

    def test_a_refused_page_leaves_the_last_good_one(
        self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = project / "reports"
        pretend(monkeypatch)
        make(project, report)
        before = state(out)
        pretend(monkeypatch, html=render.RenderFailure("the page would show 'nan'"))
        result = make(project, report, force=True)
        assert "the page would show 'nan'" in result.error
        assert state(out) == before
        assert not (project / "build" / "scratch").exists()

    @pytest.mark.parametrize("back", [True, False])
    @pytest.mark.parametrize(
        "name",
        ["notebooks/reports/technology.ipynb", "data/observations.csv", "data/words.csv", "src/tanfeng/pages/text.py"],
    )
    def test_what_changes_while_it_is_built_is_not_published(
        self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch, name: str, back: bool
    ) -> None:
        """Not even if it is as it was again: the page may be of what was there between."""

        def edit(root: Path) -> None:
            before = (root / name).read_bytes()
            (root / name).write_bytes(before + b"\n")
            if back:
                (root / name).write_bytes(before)

        pretend(monkeypatch, edit)
        result = make(project, report)
        assert result.error.startswith(f"{name} changed while the page was made")
        assert state(project / "reports") == {}
        pretend(monkeypatch)
        assert make(project, report).error == ""

    def test_what_the_page_does_not_come_from_may_change(
        self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pretend(monkeypatch, lambda root: os.utime(root / "data" / "inventory.csv"))
        assert make(project, report).error == ""

    def test_what_has_to_be_made(self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        out = project / "reports"
        assert [job.report for job in build.jobs_for(project, out, [report])] == [report]
        pretend(monkeypatch)
        make(project, report)
        assert build.jobs_for(project, out, [report]) == []
        (again,) = build.jobs_for(project, out, [report], force=True)
        assert again.run
        (out / report.page).unlink()
        (drawn,) = build.jobs_for(project, out, [report])
        assert not drawn.run, "the outputs are still there"

    def test_a_short_one_first_then_the_longest(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(build, "_seconds", lambda _root, _out, report: float(len(report.slug)))
        jobs = build.jobs_for(project, project / "reports", reports(project, "330000", "zh"))
        lengths = [len(job.report.slug) for job in jobs]
        assert lengths[0] == min(lengths)
        assert lengths[1:] == sorted(lengths[1:], reverse=True)


def test_the_commit_is_that_of_the_project_alone(tmp_path: Path) -> None:
    assert build.commit(tmp_path) == ""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "project").mkdir()
    assert build.commit(tmp_path / "project") == ""


def test_git_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "git").write_text("#!/bin/sh\nsleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(build, "GIT_SECONDS", 0.2)
    assert build.commit(tmp_path) == ""


def broken(path: Path) -> int:
    """Make a cell of a notebook raise and return its number; the cells before it do nothing, which saves time."""
    notebook = nbformat.read(path, as_version=4)
    first, _, third = [(n, c) for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code"][:3]
    first[1].source = "pass"
    third[1].source = "1 / 0\n" + third[1].source
    nbformat.write(notebook, path)
    return third[0]


@pytest.mark.build
def test_the_real_path(project: Path) -> None:
    out = project / "reports"
    first = tanfeng(project, "build", "technology", "--lang", "zh")
    assert first.returncode == 0, first.stderr
    assert first.stdout == ""
    built = state(out)
    assert {"index.html", "330000/technology.zh.html", ".state/330000/technology.zh.json"} <= set(built)
    assert {"tables/330000/technology-figures.csv", "tables/330000/technology-targets.csv"} <= set(built)
    assert not any(name.endswith(".part") for name in built)
    page = (out / "330000/technology.zh.html").read_text(encoding="utf-8")
    assert "<h1>科技创新</h1>" in page
    assert str(project) not in page
    assert "technology.zh.html" in (out / "index.html").read_text(encoding="utf-8")

    times = {name: (out / name).stat().st_mtime_ns for name in built}
    second = tanfeng(project, "build", "technology", "--lang", "zh")
    assert (second.returncode, second.stdout) == (0, "")
    assert "up to date" in second.stderr
    assert {name: (out / name).stat().st_mtime_ns for name in state(out)} == times

    notebook = project / "notebooks/reports/technology.ipynb"
    good = notebook.read_bytes()
    number = broken(notebook)
    for _ in range(2):
        status, said = in_project(project, "technology", "--lang", "zh")
        assert status == 1
        assert f"notebooks/reports/technology.ipynb, cell {number} (region=330000, lang=zh)" in said
        assert "ZeroDivisionError: division by zero" in said
        assert "Traceback" not in said
        assert state(out) == built
    assert (project / "build/failed/330000/technology.zh.ipynb").is_file()

    notebook.write_bytes(good)
    status, said = in_project(project, "technology", "--lang", "zh")
    assert status == 0, said
    assert state(out) == built


@pytest.mark.build
def test_a_broken_table_stops_the_build(project: Path) -> None:
    out = project / "reports"
    publish.write(out / "330000/technology.zh.html", b"the last good page")
    before = state(out)
    path = project / "data" / "inventory.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[9] = lines[9].replace(lines[9].split(",")[5], "12a.5", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    status, said = in_project(project, "technology", "--lang", "zh")
    assert status == 1
    assert "data/inventory.csv, row 10, column co2_mt: found '12a.5'; expected a number" in said
    assert "no report was changed" in said
    assert state(out) == before


def errors(root: Path) -> dict[str, list[str]]:
    return {"errors": ["data/x.csv, row 1: wrong"]}


def slow(root: Path) -> dict[str, list[str]]:
    time.sleep(60)
    return {"errors": []}


def during(root: Path) -> dict[str, list[str]]:
    path = root / "data" / "plans.csv"
    path.write_bytes(path.read_bytes())
    return {"errors": []}


def test_nothing_is_published_of_broken_tables(project: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    with pytest.raises(build.BrokenTables) as found:
        make(project, report, check=errors)
    assert found.value.errors == ["data/x.csv, row 1: wrong"]
    assert state(project / "reports") == {}


def test_tables_that_change_while_they_are_checked_are_not_good(
    project: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch)
    with pytest.raises(ProjectError, match=r"data/plans\.csv changed while it was checked"):
        make(project, report, check=during)
    assert state(project / "reports") == {}


def test_a_check_that_hangs_is_not_waited_for(project: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    monkeypatch.setattr(build, "CHECK_SECONDS", 0.5)
    with pytest.raises(ProjectError, match=r"did not end within 0\.5 seconds"):
        make(project, report, check=slow)
    assert state(project / "reports") == {}
