"""The sign-off sheet: results that were found, lines that are blank, one sheet of A4 in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.publishing import documents, signoff, stale
from tanfeng.publishing.signoff import BAD, GOOD, OPEN, Check
from tests.browsing import browser_needed
from tests.conftest import Run

SUITE = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="1" timestamp="2026-12-01T10:20:30"/>'
LONG = "x" * 40
EVERY = [Check((LONG, LONG), (LONG, LONG), (LONG, LONG), state) for state in (GOOD, BAD, OPEN, GOOD, GOOD, GOOD)]


class Tables(HTMLParser):
    """The cells of the tables of a page, by class of the table."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.now = self.rows.setdefault(str(dict(attrs)["class"]), [])
        elif tag == "tr":
            self.now.append([])
        elif tag in {"td", "th"}:
            self.now[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.now[-1][-1] += data.strip()


@pytest.fixture
def junit(tmp_path: Path) -> Path:
    return tmp_path / "tests.xml"


def result_of(junit: Path, root: Path, *counts: int) -> Check:
    junit.write_text(f"{SUITE.format(*counts)}</testsuites>", encoding="utf-8")
    return signoff._tests(root, junit)


class TestChecks:
    def test_tests_are_read_from_their_result(self, junit: Path, tables: Path) -> None:
        found = result_of(junit, tables, 10, 0, 0)
        assert (found.state, found.result[1]) == (GOOD, "10, failed 0, skipped 1; 2026-12-01 10:20")
        assert [result_of(junit, tables, *counts).state for counts in ((10, 1, 0), (10, 0, 1), (0, 0, 0))] == [BAD] * 3

    def test_tests_before_the_last_change_say_nothing(self, junit: Path, tables: Path) -> None:
        result_of(junit, tables, 10, 0, 0)
        (tables / "data" / "plans.csv").touch()
        stale.forget()
        assert signoff._tests(tables, junit).state == BAD

    def test_no_result_is_open_and_a_wrong_file_refused(self, junit: Path, tables: Path) -> None:
        assert signoff._tests(tables, None).state == OPEN
        for content in ("no xml", "<testsuites/>", '<testsuite tests="many"/>'):
            junit.write_text(content, encoding="utf-8")
            with pytest.raises(ProjectError, match="expected the JUnit file"):
                signoff._tests(tables, junit)
        with pytest.raises(ProjectError, match="expected the JUnit file"):
            signoff._tests(tables, junit.with_name("none.xml"))

    def test_an_error_of_the_tables_is_counted(self, tables: Path) -> None:
        plans = tables / "data" / "plans.csv"
        plans.write_text(plans.read_text(encoding="utf-8").replace("2005", "soon", 1), encoding="utf-8")
        found = signoff._tables(Catalog(tables))
        assert found.state == BAD
        assert not found.result[1].endswith(" 0")

    @pytest.mark.parametrize(
        ("severity", "known", "state"),
        [("high", "", BAD), ("medium", "", BAD), ("low", "", GOOD), ("high", "break", GOOD)],
    )
    def test_figures_to_look_at(
        self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, severity: str, known: str, state: str
    ) -> None:
        one = Problem("data/observations.csv", 2, "value", "1", "2", severity, known)
        monkeypatch.setattr(signoff, "check_figures", lambda _: [one])
        assert signoff._figures(catalog).state == state

    def test_a_document_that_is_out_of_date(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        path = Path("README.md")
        today = {path: (catalog.root / path).read_text(encoding="utf-8")}
        monkeypatch.setattr(documents, "contents", lambda _: today)
        assert signoff._documents(catalog).state == GOOD
        today[path] += "new"
        assert signoff._documents(catalog).state == BAD

    def test_a_project_without_documents_or_pages(self, project: Path) -> None:
        catalog = Catalog(project)
        assert signoff._documents(catalog).state == OPEN
        assert signoff._pages(catalog).state == BAD
        assert "index out of date" in signoff._pages(catalog).result[1]

    @pytest.mark.parametrize(("commit", "state"), [("abc", GOOD), ("abc+", BAD), ("", OPEN)])
    def test_the_commit(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, commit: str, state: str) -> None:
        monkeypatch.setattr(signoff, "commit", lambda _: commit)
        assert signoff._version(catalog).state == state


class TestSheet:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_what_a_person_states_is_blank(self, catalog: Catalog, lang: str) -> None:
        head, *rows = Tables(signoff.sheet(catalog, EVERY, lang).decode()).rows["signing"]
        assert len(head) == 5
        assert len(rows) == len(signoff.ROLES)
        assert all(row[0] and row[1] and row[2:] == ["", "", ""] for row in rows)

    def test_it_says_what_the_edition_is(self, catalog: Catalog) -> None:
        found = dict(Tables(signoff.sheet(catalog, EVERY, "en").decode()).rows["edition"])
        assert found["As of"] == catalog.vintage
        assert found["sha256 of tables"] == stale.state(catalog.root).data
        assert re.fullmatch("[0-9a-f]{64}", found["sha256 of lock"])
        assert str(len(catalog.tables)) in found["Tables"]

    def test_local_rows_are_told(self, tables: Path) -> None:
        (tables / "data" / "local").mkdir()
        head, row = (tables / "data" / "regions.csv").read_text(encoding="utf-8").splitlines()[:2]
        (tables / "data" / "local" / "regions.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
        found = dict(Tables(signoff.sheet(Catalog(tables), EVERY, "en").decode()).rows["edition"])
        assert found["Local rows"].startswith("regions 1;")

    def test_states_and_results_in_order_and_nothing_runs(self, catalog: Catalog) -> None:
        bad = Check(("<b>", "<b>"), ("y", "y"), ("<script>", "<script>"), BAD)
        page = signoff.sheet(catalog, [bad, *EVERY], "en").decode()
        _, first, *rest = Tables(page).rows["checks"]
        assert first == ["<b>", "y", "<script>", "not good"]
        assert [row[3] for row in rest] == [signoff.STATES[one.state][1] for one in EVERY]
        assert "<script" not in page
        assert "http" not in page.replace("http-equiv", "")

    @browser_needed
    @pytest.mark.browser
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_it_is_one_sheet(self, catalog: Catalog, browser: Any, lang: str) -> None:
        page = browser.new_page()
        page.set_content(signoff.sheet(catalog, EVERY, lang).decode())
        printed = page.pdf(prefer_css_page_size=True)
        page.close()
        assert re.findall(rb"/Count (\d+)", printed) == [b"1"]


@pytest.mark.parametrize(("state", "status"), [(GOOD, 0), (OPEN, 0), (BAD, 1)])
def test_the_command(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, status: int) -> None:
    found = [Check(("提交", "commit"), ("y", "y"), ("z", "z"), state)]
    monkeypatch.setattr(signoff, "checks", lambda *_: found)
    file = tmp_path / "sheet.html"
    ended, out, err = run("signoff", "--lang", "en", "-o", file)
    assert (ended, out) == (status, "")
    assert ("commit: z" in err) == (state == BAD)
    assert "<h1>Sign-off sheet</h1>" in file.read_text(encoding="utf-8")


def test_a_wrong_language_is_named(run: Run) -> None:
    status, _, err = run("signoff", "--lang", "fr")
    assert (status, "fr" in err) == (2, True)
