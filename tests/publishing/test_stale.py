"""What makes a page out of date: exactly what changed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.publishing import publish, stale
from tanfeng.publishing.plan import Report, reports

OUT = Path("reports")


def append(path: Path, text: str = "\n") -> None:
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(before + text, encoding="utf-8")


@pytest.fixture
def report(project: Path) -> Report:
    """A report that has just been published."""
    (chosen,) = reports(project, "330000", "zh", ["technology"])
    left = project / "left"
    left.mkdir()
    (left / "technology-figures.csv").write_text("id,value\nx,1\n", encoding="utf-8")
    (left / "answer.json").write_text(json.dumps({"sentence": "答", "detail": "", "counts": {}}), encoding="utf-8")
    stale.forget()
    tables = stale.tables(project, ["data/observations.csv", "data/plans.csv", "templates/cards.html.j2"])
    run = stale.Record(stale.inputs(project, chosen), {}, {}, tables)
    (left / "page.html").write_text("<html></html>", encoding="utf-8")
    publish.publish(project / OUT, chosen, left, left, run)
    return chosen


def reasons(project: Path, report: Report) -> list[str]:
    stale.forget()
    (chosen,) = reports(project, report.region, report.lang, [report.slug])
    return stale.reasons(project, project / OUT, chosen)


def test_nothing_changed(project: Path, report: Report) -> None:
    assert reasons(project, report) == []


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


NOTEBOOK = Path("notebooks/reports/technology.ipynb")
PACKAGE = Path("src/tanfeng")
LEARNT = "forecast/learnt/quantiles.csv"
CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "code": (
        lambda root: replace(root / NOTEBOOK, "page.cards(k", "page.cards( k"),
        "the code of its notebook changed",
    ),
    "text": (lambda root: replace(root / NOTEBOOK, '"## ', '"## x'), "the text of its notebook changed"),
    "title": (
        lambda root: replace(root / NOTEBOOK.parent / "reports.yaml", "科技创新", "科技"),
        "its title, or that of a page it leads to, changed",
    ),
    "table": (lambda root: append(root / "data/observations.csv"), "data/observations.csv changed"),
    "package": (lambda root: append(root / "data/datapackage.json"), "data/datapackage.json changed"),
    "module": (lambda root: append(root / PACKAGE / "pages/cards.py"), "code in src/ that it uses changed"),
    "deep module": (lambda root: append(root / PACKAGE / "forecast/r1.py"), "code in src/ that it uses changed"),
    "learnt": (lambda root: append(root / PACKAGE / LEARNT), "code in src/ that it uses changed"),
    "lock": (lambda root: append(root / "requirements.lock"), "requirements.lock changed"),
    "page": (lambda root: append(root / PACKAGE / "pages/templates/page.html.j2"), "the page template changed"),
    "style": (lambda root: append(root / PACKAGE / "pages/templates/style.css"), "the page template changed"),
    "drawing": (lambda root: append(root / PACKAGE / "publishing/render.py"), "the page template changed"),
    "words": (lambda root: append(root / "data/words.csv"), "the words, sources or regions changed"),
}
BOTH = {"package": "the words, sources or regions changed"}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_one_reason(project: Path, report: Report, name: str) -> None:
    change, words = CHANGES[name]
    change(project)
    found = set(reasons(project, report))
    if name == "code":  # what is run is shown as well
        found.discard("the text of its notebook changed")
    assert found == {words} | ({BOTH[name]} if name in BOTH else set())


@pytest.mark.parametrize(
    "name",
    [
        "data/inventory.csv",
        "src/tanfeng/cli/build.py",
        "src/tanfeng/pages/charts/league.py",
        "notebooks/explore/start.ipynb",
    ],
)
def test_what_the_report_does_not_read_does_not_matter(project: Path, report: Report, name: str) -> None:
    append(project / name)
    assert reasons(project, report) == []


def test_a_local_file_concerns_every_report(project: Path, report: Report) -> None:
    (project / "data" / "local").mkdir()
    (project / "data" / "local" / "observations.csv").write_text("x\n", encoding="utf-8")
    assert reasons(project, report) == ["data/local changed", "the words, sources or regions changed"]


def test_a_local_folder_elsewhere_is_looked_into(project: Path, report: Report, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (project / "data" / "local").symlink_to(tmp_path / "shared")
    assert reasons(project, report) == []
    (tmp_path / "shared" / "observations.csv").write_text("x\n", encoding="utf-8")
    assert reasons(project, report) == ["data/local changed", "the words, sources or regions changed"]


def test_a_removed_table_is_a_change(project: Path, report: Report) -> None:
    (project / "data" / "plans.csv").unlink()
    assert reasons(project, report) == ["data/plans.csv changed"]


def test_another_notebook_does_not_matter(project: Path, report: Report) -> None:
    append(project / "notebooks/reports/overview.ipynb")
    append(project / "notebooks/explore/start.ipynb")
    assert reasons(project, report) == []


def test_several_changes_several_reasons(project: Path, report: Report) -> None:
    append(project / "data/observations.csv")
    append(project / "requirements.lock")
    assert reasons(project, report) == ["requirements.lock changed", "data/observations.csv changed"]


def test_a_change_undone_is_no_change(project: Path, report: Report) -> None:
    path = project / "data/observations.csv"
    before = path.read_bytes()
    append(path)
    assert reasons(project, report)
    path.write_bytes(before)
    assert reasons(project, report) == []


@pytest.mark.parametrize("name", ["330000/technology.zh.html", "tables/330000/technology-figures.csv"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_touched_page_or_table_is_noticed(project: Path, report: Report, name: str, gone: bool) -> None:
    path = project / OUT / name
    path.unlink() if gone else append(path, "x")
    assert reasons(project, report) == [f"{name} was changed or removed"]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"inputs": 1}', "not json", '{"inputs": {}, "files": {}, "answer": {}, "x": 1}']
)
def test_a_record_that_cannot_be_read_means_never_built(project: Path, report: Report, content: str) -> None:
    stale.record_file(project / OUT, report).write_text(content, encoding="utf-8")
    assert reasons(project, report) == ["it was never built"]


def test_never_built(project: Path) -> None:
    (chosen,) = reports(project, "330000", "en", ["overview"])
    assert reasons(project, chosen) == ["it was never built"]


def test_each_report_has_its_own_fingerprint(root: Path) -> None:
    found = {json.dumps(stale.inputs(root, report), sort_keys=True) for report in reports(root, "330000")}
    assert len(found) == len(reports(root, "330000")) > 30


def test_the_place_of_the_project_does_not_matter(root: Path, project: Path) -> None:
    stale.forget()
    (chosen,) = reports(root, "330000", "zh", ["technology"])
    here, there = (stale.inputs(place, chosen) for place in (root, project))
    assert {kind for kind in here if here[kind] != there[kind]} <= {"words"}  # data/local is not copied
