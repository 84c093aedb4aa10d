"""From an executed notebook to a page: anchors, contents, and what may not be published."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tanfeng.data.catalog import Catalog, open_catalog
from tanfeng.pages import text
from tanfeng.publishing import render
from tanfeng.publishing.plan import Report, reports
from tanfeng.publishing.render import (
    FIRST,
    RenderFailure,
    anchored,
    contents,
    local_notice,
    page,
    provenance,
    sources,
    terms,
)


def ids(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'\bid="([^"]*)"', html)]


class TestAnchors:
    def test_ids_are_the_words(self) -> None:
        assert ids(anchored("<h2>四个 指标</h2><h3 class='x' id=\"y\">A <em>b</em></h3>")) == ["四个-指标", "A-b"]

    @pytest.mark.parametrize(
        "headings",
        [
            ["甲", "甲", "甲"],
            ["甲", "甲", "甲-2"],
            ["甲-2", "甲", "甲"],
            ["sources", "data", "code", "main"],
            ["A&B", "A&B"],
        ],
    )
    def test_no_id_twice(self, headings: list[str]) -> None:
        html = anchored("".join(f"<h2>{words.replace('&', '&amp;')}</h2>" for words in headings))
        found = ids(html)
        assert len(found) == len(set(found)) == len(headings)
        assert not set(found) & {"main", "sources", "data", "code", "provenance", "contents"}

    def test_text_of_a_heading_stays(self) -> None:
        assert anchored("<h2>R&amp;D <b>x</b></h2>").endswith(">R&amp;D <b>x</b></h2>")

    def test_contents_are_the_second_level(self) -> None:
        html = anchored("<h2>甲</h2><h3>乙</h3><h2>丙 <em>丁</em></h2>")
        assert [(item["id"], item["text"]) for item in contents(html)] == [("甲", "甲"), ("丙-丁", "丙 丁")]


def answer(source: str = "答案") -> NotebookNode:
    return new_code_cell(
        "page.answer('x', globals())", metadata={"tags": ["answer", "remove-input"]}, outputs=[html(source)]
    )


def html(source: str) -> NotebookNode:
    return new_output("display_data", data={"text/html": source})


@pytest.fixture
def report(root: Path) -> Report:
    (chosen,) = reports(root, "330000", "zh", ["peak"])
    return chosen


@pytest.fixture
def left(tmp_path: Path) -> Path:
    (tmp_path / "answer.json").write_text(json.dumps({"sentence": "答", "detail": "", "counts": {}}), encoding="utf-8")
    (tmp_path / "sources.json").write_text(json.dumps(["ceads_provinces_2022"]), encoding="utf-8")
    downloads = {"peak-x.csv": {"label": "表<b>", "rows": 12345}}
    (tmp_path / "downloads.json").write_text(json.dumps(downloads, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def made(root: Path, report: Report, left: Path, *cells: NotebookNode) -> str:
    return page(root, report, new_notebook(cells=[answer(), *cells]), left, "abc123+")


class TestPage:
    def test_what_stands_around_the_text(self, root: Path, report: Report, left: Path) -> None:
        shown = made(root, report, left, new_markdown_cell("## 一\n\n正文"), new_code_cell("x = 1 < 2"))
        assert shown.lower().startswith("<!doctype html>")
        assert '<html lang="zh-CN">' in shown
        assert "<title>达峰 · 浙江省 · 碳峰 Tanfeng</title>" in shown
        assert shown.count("<h1") == 1
        assert 'href="../index.html"' in shown
        assert 'href="peak.en.html"' in shown
        assert 'href="../tables/330000/peak-x.csv"' in shown
        assert "表&lt;b&gt; (peak-x.csv)" in shown
        assert 'id="source-ceads_provinces_2022"' in shown
        assert "abc123+" in shown
        assert '<details class="code"' in shown
        assert "default-src &#39;none&#39;" in shown or "default-src 'none'" in shown

    def test_the_first_page_has_the_name_of_the_site_and_no_contents(self, root: Path, left: Path) -> None:
        (first,) = reports(root, "330000", "zh", [FIRST])
        shown = made(root, first, left, new_markdown_cell("## 一"))
        assert f"<title>{text.word(open_catalog(root), 'site_title', 'zh')} · 浙江省 · 碳峰 Tanfeng</title>" in shown
        assert 'class="toc"' not in shown
        assert "<!--all-pages-->" in shown

    def test_no_machine_and_no_clock(self, root: Path, report: Report, left: Path) -> None:
        shown = made(root, report, left)
        assert str(root) not in shown
        assert str(left) not in shown
        assert made(root, report, left) == shown

    def test_input_cells_that_ask_for_it_are_not_shown(self, root: Path, report: Report, left: Path) -> None:
        shown = made(root, report, left, new_code_cell("hidden_one()", metadata={"tags": ["remove-input"]}))
        assert "hidden_one" not in shown
        assert "page.answer" not in shown

    def test_every_entry_of_the_contents_leads_to_its_heading(self, root: Path, report: Report, left: Path) -> None:
        text = '## R&D 投入 < 3%\n\n## “引号” "x"\n\n## 100% 完成\n'
        shown = made(root, report, left, new_markdown_cell(text))
        (toc,) = re.findall(r'<nav [^>]*class="toc"[^>]*>(.*?)</nav>', shown, re.DOTALL)
        links = re.findall(r'<a href="#([^"]*)">(.*?)</a>', toc)
        assert {unquote(unescape(href)) for href, _ in links} <= set(ids(shown))
        assert {"R&D 投入 < 3%", "100% 完成"} <= {unescape(words) for _, words in links}

    def test_the_words_of_a_picture_are_escaped(self, root: Path, report: Report, left: Path) -> None:
        output = new_output("display_data", data={"image/png": "AAAA"}, metadata={"image/png": {"alt": "Bild <1>"}})
        shown = made(root, report, left, new_code_cell("x", outputs=[output]))
        assert 'alt="Bild &lt;1&gt;"' in shown

    def test_stderr_does_not_reach_the_page(self, root: Path, report: Report, left: Path) -> None:
        output = new_output("stream", name="stderr", text="secret warning")
        assert "secret warning" not in made(root, report, left, new_code_cell("x", outputs=[output]))


class TestRefusal:
    def test_an_error_output(self, root: Path, report: Report, left: Path) -> None:
        error = new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
        with pytest.raises(RenderFailure, match="ZeroDivisionError"):
            made(root, report, left, new_code_cell("1 / 0", outputs=[error]))

    def test_no_answer(self, root: Path, report: Report, left: Path) -> None:
        (left / "answer.json").unlink()
        with pytest.raises(RenderFailure, match=r"peak\.ipynb: no cell tagged `answer`"):
            made(root, report, left)

    @pytest.mark.parametrize(
        "bad",
        [
            "排放为nan亿吨",
            "nan",
            "NaN%",
            "<td>nan</td>",
            "<NA>".replace("<", "&lt;").replace(">", "&gt;"),
            "NaT",
            "为None",
            "None",
            "Traceback (most recent call last)",
            "{{ k.co2_latest }}",
            '<img src="data:," alt="2020: nan">',
        ],
    )
    def test_what_no_reader_should_see(self, root: Path, report: Report, left: Path, bad: str) -> None:
        with pytest.raises(RenderFailure, match=r"330000/peak\.zh"):
            made(root, report, left, new_code_cell("x", outputs=[html(f"<p>{bad}</p>")]))

    @pytest.mark.parametrize("good", ["Finance and Nanjing", "banana", "None of the targets", "宁波 Ningbo", "R&amp;D"])
    def test_ordinary_words_pass(self, root: Path, report: Report, left: Path, good: str) -> None:
        assert good in made(root, report, left, new_code_cell("x", outputs=[html(f"<p>{good}</p>")]))

    def test_code_may_say_nan(self, root: Path, report: Report, left: Path) -> None:
        assert "nan" in made(root, report, left, new_code_cell("rows = rows[rows != float('nan')]"))

    @pytest.mark.parametrize(
        "bad",
        [
            "<script>alert(1)</script>",
            "<SCRIPT src='https://x.example/x.js'></SCRIPT>",
            '<p onclick="alert(1)">x</p>',
            '<img src="x.png" alt="x">',
            '<img src="https://x.example/x.png" alt="x">',
            '<a href="javascript:alert(1)">x</a>',
            "<a href='JavaScript:alert(1)'>x</a>",
            '<a href="&#106;avascript:alert(1)">x</a>',
            '<a href="data:text/html,x">x</a>',
            '<a href="file:///etc/passwd">x</a>',
            '<iframe src="data:,"></iframe>',
            '<meta http-equiv="refresh" content="0;url=https://x.example">',
        ],
    )
    def test_what_runs_or_leads_elsewhere(self, root: Path, report: Report, left: Path, bad: str) -> None:
        with pytest.raises(RenderFailure, match=r"330000/peak\.zh: the page would (hold|lead)"):
            made(root, report, left, new_code_cell("x", outputs=[html(bad)]))

    @pytest.mark.parametrize(
        "good", ['<a href="https://x.example/a:b">x</a>', '<a href="#a:b">x</a>', '<a href="a/b.html?c:d">x</a>']
    )
    def test_ordinary_links_pass(self, root: Path, report: Report, left: Path, good: str) -> None:
        assert good in made(root, report, left, new_code_cell("x", outputs=[html(good)]))


class TestAround:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_sources_in_their_order_with_grade_and_terms(self, catalog: Catalog, lang: str) -> None:
        chosen = ["ceads_provinces_2022", "bulletin_2024"]
        found = sources(catalog, chosen, lang)
        assert [source["id"] for source in found] == chosen
        assert all(source["citation"] and source["grade"] and source["licence"] for source in found)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_every_licence_of_the_sources_has_words(self, live: Catalog, lang: str) -> None:
        words = dict(zip(live.read("words")["id"], live.read("words")[lang], strict=True))
        assert all(words[terms(licence)] for licence in set(live.read("sources")["licence"]))

    def test_no_source_no_list(self, catalog: Catalog) -> None:
        assert sources(catalog, [], "zh") == []

    @pytest.mark.parametrize(("lang", "words"), [("zh", "observations 1行"), ("en", "observations (1)")])
    def test_local_rows_are_named(self, tables: Path, lang: str, words: str) -> None:
        assert local_notice(Catalog(tables), lang) == ""
        (tables / "data" / "local").mkdir()
        lines = (tables / "data" / "observations.csv").read_text(encoding="utf-8").splitlines()
        (tables / "data" / "local" / "observations.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
        assert words in local_notice(Catalog(tables), lang)

    def test_provenance_has_versions_and_hash_but_no_clock(self, catalog: Catalog) -> None:
        rows = dict(provenance(catalog, "en", "abc123", {"field": "energy"}))
        shown = " ".join(rows.values())
        assert re.search(r"sha256 [0-9a-f]{12}", shown)
        assert all(name in shown for name in render.SHOWN_VERSIONS)
        assert "abc123" in shown
        assert "field=energy" in shown
        assert not re.search(r"\d\d:\d\d|/", shown)
