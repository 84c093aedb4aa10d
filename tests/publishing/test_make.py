"""Building: whole files only, the last good page stays, a failure is told every time until it is mended."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from tanfeng.publishing import forks, publish, render, stale, warm
from tanfeng.publishing import make as build
from tanfeng.publishing import make as publishing_make
from tanfeng.publishing import run as execute
from tanfeng.publishing.make import FEW, Desk, Result
from tanfeng.publishing.plan import Report, reports

COMMAND = Path(sys.executable).parent / "tanfeng"
REPORTS = [Report(f"r{number}", "330000", lang, Path("x.ipynb"), "x") for number in range(FEW) for lang in ("zh", "en")]


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

    def run(root: Path, report: Report, work: Path, launch: Any) -> NotebookNode:
        (work / "out").mkdir(parents=True)
        (work / "executed.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
        (work / "out" / "answer.json").write_text(json.dumps({"sentence": "s", "detail": "", "counts": {}}))
        (work / "out" / f"{report.slug}-x.csv").write_text("a\n1\n")
        if during:
            during(root)
        return nbformat.v4.new_notebook()

    def draw(*_: Any) -> str:
        if isinstance(html, Exception):
            raise html
        return str(html)

    monkeypatch.setattr(execute, "execute", run)
    monkeypatch.setattr(render, "page", draw)
    stale.forget()


def make(project: Path, report: Report, force: bool = False) -> publishing_make.Result:
    """Make one page if it is out of date."""
    stale.forget()
    jobs = build.jobs_for(project, project / "reports", [report], force)
    with build.Workshop(project, project / "reports", "330000", plain=True) as shop:
        (result,) = build.build(shop, jobs, 1, lambda _: None)
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

    @pytest.mark.parametrize("name", ["notebooks/reports/technology.ipynb", "data/observations.csv"])
    def test_what_changes_while_it_is_built_is_built_again(
        self, project: Path, report: Report, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        def edit(root: Path) -> None:
            text = (root / name).read_text(encoding="utf-8")
            (root / name).write_text(text.replace("page.cards(k", "page.cards( k", 1) + "\n", encoding="utf-8")

        pretend(monkeypatch, edit)
        make(project, report)
        stale.forget()
        assert stale.reasons(project, project / "reports", report), "the page was made from what was there before"

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


class Pretended:
    """A process to fork from that notes what it is asked for."""

    def __init__(self, name: str, asked: list[str]) -> None:
        self.name, self.asked = name, asked

    def wait(self) -> None:
        self.asked.append(f"wait {self.name}")

    def branch(self, name: str) -> Pretended:
        self.asked.append(f"branch {name}")
        return Pretended(name, self.asked)


class TestGroups:
    def test_each_is_told_once_it_is_ready(self, project: Path) -> None:
        asked: list[str] = []
        shop = build.Workshop(project, project / "reports", "330000", servers={"": Pretended("", asked)})  # type: ignore[dict-item]
        told: list[set[str]] = []
        made = shop.server("provinces", lambda: told.append(set(shop.ready)))
        assert asked == [
            "wait ", "branch inventory", "wait inventory", "branch judged", "wait judged", "branch provinces",
            "wait provinces",
        ]  # fmt: skip
        assert told == [{""}, {"", "inventory"}, {"", "inventory", "judged"}, set(warm.chain("provinces"))]
        assert shop.server("provinces") is made
        assert sum(one.startswith("branch") for one in asked) == 3, "a group that is there is not made again"

    def test_the_first_notebook_waits_for_no_group(self, project: Path, report: Report) -> None:
        asked: list[str] = []
        shop = build.Workshop(project, project / "reports", "330000", servers={"": Pretended("", asked)})  # type: ignore[dict-item]
        launch = shop.launch(report, project / "work", alone=True)
        if launch.server:  # where the system can fork
            assert launch.server() is shop.servers[""]
            assert set(shop.servers) == {""}


def test_commit_outside_version_control_is_empty(tmp_path: Path) -> None:
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
        failed = tanfeng(project, "build", "technology", "--lang", "zh")
        assert failed.returncode == 1
        assert f"notebooks/reports/technology.ipynb, cell {number} (region=330000, lang=zh)" in failed.stderr
        assert "ZeroDivisionError: division by zero" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert state(out) == built
    assert (project / "build/failed/330000/technology.zh.ipynb").is_file()

    notebook.write_bytes(good)
    mended = tanfeng(project, "build", "technology", "--lang", "zh")
    assert mended.returncode == 0, mended.stderr
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
    run = tanfeng(project, "build", "technology", "--lang", "zh")
    assert run.returncode == 1
    assert "data/inventory.csv, row 10, column co2_mt: found '12a.5'; expected a number" in run.stderr
    assert "no report was changed" in run.stderr
    assert state(out) == before


class Gone:
    """A process to fork from that ends as soon as it is asked for something."""

    def check(self, fitting: object) -> None:
        raise forks.ServerGone("it has ended")

    def stop(self) -> None:
        """There is nothing to end."""


def test_tables_are_checked_here_if_no_other_process_can(project: Path) -> None:
    with build.Workshop(project, project / "reports", "330000") as shop:
        assert shop.errors([]) is None
        shop.servers[""] = Gone()  # type: ignore[assignment]
        assert shop.errors([]) is None


def test_nothing_is_made_without_permission(project: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ValueError("refused")

    pretend(monkeypatch)
    jobs = build.jobs_for(project, project / "reports", [report], True)
    with build.Workshop(project, project / "reports", "330000", plain=True) as shop:
        with pytest.raises(ValueError, match="refused"):
            build.build(shop, jobs, 1, lambda _: None, permit=refuse)
        shop.servers[""] = Gone()  # type: ignore[assignment]
        with pytest.raises(ValueError, match="refused"):
            build.build(shop, jobs, 1, lambda _: None, permit=refuse)
    assert state(project / "reports") == {}


class PretendedRun(Desk):
    """Says in which process it drew; one page is the death of any process but the first."""

    def draw(self, report: Report, outcome: object, seconds: float) -> Result:
        if report.slug == self.revision and os.getpid() != int(self.scratch.name):
            os.kill(os.getpid(), signal.SIGKILL)
        return Result(report, 0.0, str(os.getpid()), ran=outcome is not None)


def drawn(slots: int, reports: list[Report] = REPORTS, deadly: str = "") -> list[Result]:
    desk = PretendedRun(Path(), Path(), Path(str(os.getpid())), Path(), deadly)
    return list(desk.draw_anew(reports, slots))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
class TestDrawAnew:
    def test_several_processes_draw_each_page_once(self) -> None:
        results = drawn(2)
        assert [result.report for result in results] == sorted(REPORTS, key=lambda one: one.slug)
        assert str(os.getpid()) not in {result.error for result in results}
        assert not any(result.ran for result in results)

    @pytest.mark.parametrize("deadly", ["r0", f"r{FEW - 1}"])
    def test_a_killed_process_takes_no_page_with_it(self, deadly: str) -> None:
        results = drawn(2, deadly=deadly)
        assert [result.report for result in results] == sorted(REPORTS, key=lambda one: one.slug)

    @pytest.mark.parametrize(("slots", "number"), [(1, len(REPORTS)), (2, FEW)])
    def test_few_pages_or_one_core_take_no_other_process(self, slots: int, number: int) -> None:
        assert {result.error for result in drawn(slots, REPORTS[:number])} == {str(os.getpid())}
