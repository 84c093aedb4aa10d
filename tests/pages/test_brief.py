"""The brief: two sheets of A4 whatever the lists hold, the figures of the first page, a paragraph without holes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.display import HTML

from tanfeng.data.catalog import Catalog
from tanfeng.pages import headline, text
from tanfeng.pages.page import KeyFigures, Page
from tanfeng.pages.reports import brief
from tanfeng.publishing import pdf
from tanfeng.publishing.plan import Report
from tanfeng.roadmap import actions
from tanfeng.targets.verdict import Verdict, judge
from tests.browsing import browser_needed

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports"
STYLE = (ROOT / "src" / "tanfeng" / "pages" / "templates" / "style.css").read_text(encoding="utf-8")
BUILT = pytest.mark.skipif(not (OUT / "330000" / "brief.en.html").is_file(), reason="no pages: run `make` first")
A4 = (595, 842)  # points
HOLES = re.compile(r"None|nan|\(\)|（）|[，；、]{2}|[，；、][。；]|。。|^[，；。]|  |\.\.|[;,] ?\.|[：:] ?[。.]")
CHART = HTML(
    '<figure class="chart"><figcaption>x</figcaption><div class="scroll"><svg viewBox="0 0 9 4"></svg></div></figure>'
)
LONG = {"zh": "很长的名称和说明，" * 40, "en": "a rather long name with many words " * 20}


@pytest.fixture(scope="module")
def both(catalog: Catalog) -> tuple[list[Verdict], list[Verdict]]:
    return judge(catalog, "330000", "14FYP"), judge(catalog, "330000")


def opened(catalog: Catalog, lang: str) -> Page:
    return Page("brief", "330000", lang, catalog, None, brief.TEXTS)


def figures(catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str) -> KeyFigures:
    return opened(catalog, lang).figures(headline.key_figures(catalog, "330000", *both))


def made(catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str) -> brief.Brief:
    return brief.brief(catalog, "330000", figures(catalog, both, lang), *both, lang)


def sizes(printed: bytes) -> list[tuple[int, int]]:
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("lang", text.LANGS)
class TestFigures:
    def test_they_are_those_of_the_first_page(
        self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str
    ) -> None:
        found, k = made(catalog, both, lang), figures(catalog, both, lang)
        assert found.answers == headline.answers(catalog, "330000", k, both[0], lang)
        assert found.counts == headline.counts(both[0])
        own = headline.controls(catalog, "330000", both[1], lang)
        assert [(row["id"], row["known"], row["range"]) for row in found.controls] == [
            (row["id"], row["known"], row["range"]) for row in own
        ]
        (gap,) = [row for row in headline.own_gaps(catalog, "330000") if row["account"] == "assessment"]
        open_mt = headline.tonnes(gap["uncovered_mt"], lang)
        assert found.actions[0]["measures"][-1]["size"] == open_mt
        assert open_mt in found.actions[0]["said"]
        assert open_mt in found.speech
        assert str(k.co2_2030) in found.speech

    def test_what_is_left_out_is_counted(
        self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str
    ) -> None:
        found, every = made(catalog, both, lang), brief.actions(catalog, "330000")
        shown = sum(row["count"] for row in found.actions)
        assert 0 < shown < len(every)
        assert re.findall(r"\d+", found.left) == [str(len(every) - shown)]

    def test_it_is_shown_escaped(
        self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = actions.actions(catalog, "330000")
        bad = dict.fromkeys([f"{name}_{lang}" for name in ("target", "measure", "body")], "<b>x</b>")
        monkeypatch.setattr(actions, "actions", lambda *_: rows.assign(**bad, role="responsible"))
        shown = opened(catalog, lang).part("brief", brief=made(catalog, both, lang), chart=CHART).data
        assert "&lt;b&gt;x" in shown
        assert "<b>x" not in shown


class TestSpeech:
    def test_it_is_as_long_as_a_paragraph(self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]]) -> None:
        said = made(catalog, both, "zh").speech
        assert 150 <= len(re.findall("[\u4e00-\u9fff]", said)) <= 250
        assert not re.search("[\u4e00-\u9fff]", made(catalog, both, "en").speech)

    @pytest.mark.parametrize("lang", text.LANGS)
    @pytest.mark.parametrize("without", [(), ("own_gaps",), ("todo",), ("coming",), ("own_gaps", "todo", "coming")])
    def test_what_is_not_known_leaves_no_hole(
        self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str,
        without: tuple[str, ...], monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        k = figures(catalog, both, lang)
        controls = headline.controls(catalog, "330000", both[1], lang)
        nothing = {"own_gaps": [], "todo": {}, "coming": pd.DataFrame({"zh": [], "en": []})}
        for name in without:
            monkeypatch.setattr(headline, name, lambda *_, empty=nothing[name]: empty)
        for judged, rows in ((both[0], controls), (both[0], []), ([], [])):
            said = brief.speech(catalog, "330000", k, judged, rows, lang)
            assert not HOLES.search(said), said
            assert said.endswith(("。", "."))
            assert str(k.co2_2030) in said

    def test_a_verdict_and_a_lean_are_told_apart(
        self, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]]
    ) -> None:
        rows = [{"name": name, "answer": name} for name in ("met", "missed", "likely_missed", "open")]
        said = brief.speech(catalog, "330000", figures(catalog, both, "zh"), both[0], rows, "zh")
        assert "控制指标中，met已完成，missed未完成，likely_missed旁证倾向未完成，以主管部门核定结果为准" in said
        assert "open" not in said


@pytest.mark.browser
@browser_needed
class TestInPrint:
    @pytest.mark.parametrize("lang", text.LANGS)
    @pytest.mark.parametrize("long", [False, True])
    def test_it_is_two_sheets_however_long_the_lists(
        self, browser: Any, catalog: Catalog, both: tuple[list[Verdict], list[Verdict]], lang: str,
        long: bool, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        rows = brief.actions(catalog, "330000")
        if long:
            many = pd.concat([rows.head(1)] * 30, ignore_index=True)
            names = {f"{name}_{lang}": LONG[lang] for name in ("measure", "body", "target")}
            many = many.assign(target_id=[f"X{number}" for number in many.index], **names)
            many = many.assign(account="", role="responsible")
            monkeypatch.setattr(actions, "actions", lambda *_: many)
            monkeypatch.setattr(brief.registers, "gap_words", lambda *_: LONG[lang])
        found = made(catalog, both, lang)
        shown = opened(catalog, lang).part("brief", brief=found, chart=CHART).data
        tab = browser.new_page(viewport={"width": 688, "height": 1020})
        tab.set_content(
            f"<html lang={lang}><head><style>{STYLE}</style></head><body><main>{shown}</main></body></html>"
        )
        tab.emulate_media(media="print")
        over = "[...document.querySelectorAll('.sheet')].map(sheet => sheet.scrollHeight - sheet.clientHeight)"
        assert max(tab.evaluate(over)) <= 0, found.left
        assert sizes(tab.pdf(prefer_css_page_size=True)) == [A4, A4]
        tab.evaluate(
            "document.querySelector('main').insertAdjacentHTML('afterbegin', '<p class=\"notice internal\">x</p>')"
        )
        assert sizes(tab.pdf(prefer_css_page_size=True)) == [A4, A4]
        tab.close()

    @BUILT
    @pytest.mark.parametrize("lang", text.LANGS)
    def test_the_page_and_its_pdf_are_two_sheets(self, browser: Any, lang: str, tmp_path: Path) -> None:
        report = Report("brief", "330000", lang, Path("brief.ipynb"), "")
        (tmp_path / "330000").mkdir()
        shutil.copy(OUT / report.page, tmp_path / report.page)
        tab = browser.new_page(viewport={"width": 688, "height": 1020})
        tab.goto((tmp_path / report.page).as_uri())
        assert sizes(tab.pdf(prefer_css_page_size=True)) == [A4, A4]
        tab.emulate_media(media="print")
        over = "[...document.querySelectorAll('.sheet')].map(sheet => sheet.scrollHeight - sheet.clientHeight)"
        assert max(tab.evaluate(over)) <= 0
        assert tab.evaluate("document.querySelector('.sheet .chart svg').getBoundingClientRect().height") > 150
        tab.close()
        command = pdf.chromium()
        assert command is not None
        (printed,) = pdf.printed(tmp_path, [report], command, 1)
        assert sizes(printed.read_bytes()) == [A4, A4]
