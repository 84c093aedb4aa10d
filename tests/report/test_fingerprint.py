"""What makes a page out of date: exactly what changed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.report import build, fingerprint
from tanfeng.report.plan import Report, reports

OUT = Path("reports")


def append(path: Path, text: str = "\n") -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture
def report(project: Path) -> Report:
    """A report that has just been published."""
    (chosen,) = reports(project, "330000", "zh", ["technology"])
    left = project / "left"
    left.mkdir()
    (left / "technology-figures.csv").write_text("id,value\nx,1\n", encoding="utf-8")
    (left / "answer.json").write_text(json.dumps({"sentence": "答", "detail": "", "counts": {}}), encoding="utf-8")
    fingerprint.shared_inputs.cache_clear()
    build.publish(project / OUT, chosen, "<html></html>", left, fingerprint.inputs(project, chosen))
    return chosen


def reasons(project: Path, report: Report) -> list[str]:
    fingerprint.shared_inputs.cache_clear()
    (chosen,) = reports(project, report.region, report.lang, [report.slug])
    return fingerprint.reasons(project, project / OUT, chosen)


def test_nothing_changed(project: Path, report: Report) -> None:
    assert reasons(project, report) == []


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "notebook": (lambda root: append(root / "notebooks/reports/technology.ipynb"), "the notebook changed"),
    "title": (
        lambda root: (
            (root / "notebooks/reports/reports.yaml").write_text(
                (root / "notebooks/reports/reports.yaml").read_text(encoding="utf-8").replace("科技创新", "科技"),
                encoding="utf-8",
            )
            and None
        ),
        "its parameters changed",
    ),
    "table": (lambda root: append(root / "data/observations.csv"), "the tables in data/ changed"),
    "corrections": (lambda root: append(root / "data/corrections.yaml"), "the tables in data/ changed"),
    "code": (lambda root: append(root / "src/tanfeng/text.py"), "the code in src/ changed"),
    "deep code": (lambda root: append(root / "src/tanfeng/forecast/r1.py"), "the code in src/ changed"),
    "calibration": (
        lambda root: append(root / "src/tanfeng/forecast/learnt/quantiles.csv"),
        "the code in src/ changed",
    ),
    "new code": (lambda root: (root / "src/tanfeng/new.py").write_text("") and None, "the code in src/ changed"),
    "lock": (lambda root: append(root / "requirements.lock"), "requirements.lock changed"),
    "template": (lambda root: append(root / "src/tanfeng/templates/page.html.j2"), "the page template changed"),
    "style": (lambda root: append(root / "src/tanfeng/templates/style.css"), "the page template changed"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_one_reason(project: Path, report: Report, name: str) -> None:
    change, words = CHANGES[name]
    change(project)
    assert reasons(project, report) == [words]


def test_a_local_file_is_a_change_of_the_tables(project: Path, report: Report) -> None:
    (project / "data" / "local").mkdir()
    (project / "data" / "local" / "observations.csv").write_text("x\n", encoding="utf-8")
    assert reasons(project, report) == ["the tables in data/ changed"]


def test_a_removed_table_is_a_change(project: Path, report: Report) -> None:
    (project / "data" / "measures.csv").unlink()
    assert reasons(project, report) == ["the tables in data/ changed"]


def test_another_notebook_does_not_matter(project: Path, report: Report) -> None:
    append(project / "notebooks/reports/overview.ipynb")
    append(project / "notebooks/explore/start.ipynb")
    assert reasons(project, report) == []


def test_several_changes_several_reasons(project: Path, report: Report) -> None:
    append(project / "data/observations.csv")
    append(project / "requirements.lock")
    assert reasons(project, report) == ["the tables in data/ changed", "requirements.lock changed"]


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
    fingerprint.record_file(project / OUT, report).write_text(content, encoding="utf-8")
    assert reasons(project, report) == ["it was never built"]


def test_never_built(project: Path) -> None:
    (chosen,) = reports(project, "330000", "en", ["overview"])
    assert reasons(project, chosen) == ["it was never built"]


def test_each_report_has_its_own_fingerprint(root: Path) -> None:
    found = {json.dumps(fingerprint.inputs(root, report), sort_keys=True) for report in reports(root, "330000")}
    assert len(found) == len(reports(root, "330000")) == 34


def test_the_place_of_the_project_does_not_matter(root: Path, project: Path) -> None:
    fingerprint.shared_inputs.cache_clear()
    (chosen,) = reports(root, "330000", "zh", ["technology"])
    here, there = (fingerprint.inputs(place, chosen) for place in (root, project))
    assert {kind for kind in here if here[kind] != there[kind]} <= {"data"}  # data/local is not copied
