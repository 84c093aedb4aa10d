"""The built pages in a browser: nothing is loaded or broken, the answer comes first, it fits a phone, it is short."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tanfeng.data.catalog import open_catalog
from tanfeng.pages import text
from tanfeng.publishing.plan import reports
from tanfeng.publishing.render import ABSENT_CLASS
from tests.browsing import browser_needed

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports"
TITLES = {report.page.as_posix(): report.title for report in reports(ROOT, "330000")}
PAGES = ["index.html", "index.en.html", *TITLES]
SITE = {lang: text.word(open_catalog(ROOT), "site_title", lang) for lang in text.LANGS}
SMALLEST_PIXELS = 11
TALLEST, ALL_OF_A_LANGUAGE = 10_800, 110_000  # px at a width of 1280: twelve screens, and a set
MOST_ROWS = 60
MOST_LABELS = 3
LABELS = re.compile(r"不评级|未见原文|原文未见|not rated|primary text not seen", re.IGNORECASE)
NOT_RATED = re.compile(r"不评级|暂无法判定|not rated", re.IGNORECASE)
BAD = re.compile(r"\bnan\b|\bNaN\b|\bNone\b(?! )|Traceback|\{\{|\}\}|\ufffd|undefined")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (OUT / "index.html").is_file(), reason="no pages in reports/: run `make` first"),
]


def lang_of(page: str) -> str:
    return "en" if ".en." in page else "zh-CN"


@dataclass
class Seen:
    """What a browser saw of one page, wide and narrow."""

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    wide: dict[str, Any] = field(default_factory=dict)
    narrow: dict[str, Any] = field(default_factory=dict)
    length: dict[str, Any] = field(default_factory=dict)


LOOK = """() => {
  const box = document.querySelector('.answer, .say, .wall-head')?.getBoundingClientRect();
  const root = document.documentElement;
  return {
    lang: root.lang, title: document.title,
    h1: [...document.querySelectorAll('h1')].map(h => h.textContent.trim()),
    answer: box ? {top: box.top, bottom: box.bottom, height: box.height} : null,
    drawing: document.querySelector('.chart svg')?.getBoundingClientRect().bottom,
    sources: document.querySelector('.sources')?.getBoundingClientRect().top,
    width: [root.scrollWidth, document.body.scrollWidth, root.clientWidth],
    cut: [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).map(
      e => (e.querySelector('caption') || e).textContent.trim()),
    images: [...document.querySelectorAll('.chart svg[role=img]:not(.narrow)')].map(
      i => [i.getAttribute('aria-label'), i.getBoundingClientRect().width]),
    figures: [...document.querySelectorAll('.chart svg')].filter(s => s.getBoundingClientRect().width).map(s => {
      const box = s.getBoundingClientRect(), scale = box.width / s.viewBox.baseVal.width;
      const written = [...s.querySelectorAll('g[transform]')].map(g => g.getAttribute('transform'));
      const sizes = written.map(one => / scale\\(([\\d.]+) -/.exec(one)).filter(Boolean);
      return {
        kind: s.closest('figure') && s.className.baseVal, left: box.left, right: box.right,
        letters: sizes.map(one => 100 * scale * one[1]),
      };
    }),
    tables: [...document.querySelectorAll('table')].map(t => t.caption ? t.caption.textContent.trim() : null),
    heads: [...document.querySelectorAll('th')].filter(h => !h.scope).length,
    text: document.body.innerText,
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    fragments: [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href')),
    unseen: [...document.querySelectorAll('section.block')].filter(
      s => s.innerText.trim() === (s.querySelector('h2') || s).innerText.trim()).map(s => s.innerText),
    headings: [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1])),
  };
}"""

LENGTH = """() => {
  const seen = row => row.checkVisibility({contentVisibilityAuto: true});
  const rest = document.querySelector('main').cloneNode(true);
  rest.querySelectorAll('table').forEach(table => table.remove());
  return {
    height: document.documentElement.scrollHeight,
    rows: Math.max(0, ...[...document.querySelectorAll('table')].map(t => [...t.tBodies[0].rows].filter(seen).length)),
    cells: [...document.querySelectorAll('td')].map(cell => cell.textContent),
    text: rest.textContent,
  };
}"""


@pytest.fixture(scope="module")
def seen(browser: Any) -> dict[str, Seen]:
    """Every page, opened once."""
    found = {}
    for name in PAGES:
        looked = found[name] = Seen()
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.on("request", lambda request, looked=looked: looked.requests.append(request.url))
        tab.on("console", lambda said, looked=looked: looked.messages.append(f"{said.type}: {said.text}"))
        tab.on("pageerror", lambda error, looked=looked: looked.messages.append(f"error: {error}"))
        tab.goto((OUT / name).as_uri())
        looked.wide, looked.length = tab.evaluate(LOOK), tab.evaluate(LENGTH)
        tab.set_viewport_size({"width": 390, "height": 844})
        looked.narrow = tab.evaluate(LOOK)
        tab.close()
    return found


@browser_needed
@pytest.mark.parametrize("name", PAGES)
class TestInTheBrowser:
    def test_nothing_is_requested_but_the_page(self, seen: dict[str, Seen], name: str) -> None:
        others = [url for url in seen[name].requests if not url.startswith("data:")]
        assert others == [(OUT / name).as_uri()]

    def test_every_block_shows_more_than_its_heading(self, seen: dict[str, Seen], name: str) -> None:
        assert (seen[name].wide["unseen"], seen[name].narrow["unseen"]) == ([], [])

    def test_no_message_on_the_console(self, seen: dict[str, Seen], name: str) -> None:
        assert seen[name].messages == []

    def test_language_title_and_one_heading(self, seen: dict[str, Seen], name: str) -> None:
        wide = seen[name].wide
        assert wide["lang"] == lang_of(name)
        assert len(wide["h1"]) == 1
        assert wide["title"].startswith(wide["h1"][0])
        assert wide["title"].endswith("碳峰 Tanfeng")
        if name in TITLES:
            first = name.split("/")[-1].startswith("overview")  # its heading is the name of the site
            assert wide["h1"] == [SITE[lang_of(name)[:2]] if first else TITLES[name]]
        levels = wide["headings"]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))

    def test_the_answer_is_on_the_first_screen(self, seen: dict[str, Seen], name: str) -> None:
        answer = seen[name].wide["answer"]
        assert answer is not None
        assert 0 < answer["top"] < answer["bottom"] <= 900
        if re.search(r"(^index|/overview)", name):
            assert answer["bottom"] < seen[name].wide["drawing"] <= 900, "the first chart is not below the first screen"
            assert seen[name].wide["sources"] <= 2600

    def test_no_table_or_figure_is_cut_on_a_wide_screen(self, seen: dict[str, Seen], name: str) -> None:
        assert seen[name].wide["cut"] == []

    def test_a_phone_does_not_scroll_sideways(self, seen: dict[str, Seen], name: str) -> None:
        narrow = seen[name].narrow
        assert max(narrow["width"]) <= 390, narrow["width"]

    def test_every_image_is_drawn_and_described(self, seen: dict[str, Seen], name: str) -> None:
        images = seen[name].wide["images"]
        assert all(alt.strip() and width > 0 for alt, width in images)
        assert not any(BAD.search(alt) for alt, _ in images)
        assert images or name not in TITLES or re.search("registers|wallchart", name)  # lists alone

    def test_a_figure_is_drawn_for_the_width_it_has_and_its_letters_can_be_read(
        self, seen: dict[str, Seen], name: str
    ) -> None:
        for kind, width, figures in (
            ("wide", 1280, seen[name].wide["figures"]),
            ("narrow", 390, seen[name].narrow["figures"]),
        ):
            for figure in figures:
                assert figure["kind"] in {None, kind}, "what stands in a card has one size"
                assert 0 <= figure["left"] < figure["right"] <= width, "its last year is on the screen"
                assert min(figure["letters"]) >= SMALLEST_PIXELS

    def test_every_table_has_a_caption_and_heads_with_scope(self, seen: dict[str, Seen], name: str) -> None:
        wide = seen[name].wide
        assert all(wide["tables"])
        assert wide["heads"] == 0

    def test_ids_are_unique_and_links_within_the_page_lead_somewhere(self, seen: dict[str, Seen], name: str) -> None:
        wide = seen[name].wide
        assert len(wide["ids"]) == len(set(wide["ids"]))
        assert {unquote(link[1:]) for link in wide["fragments"]} <= set(wide["ids"])

    def test_the_text_holds_what_a_reader_may_see(self, seen: dict[str, Seen], name: str) -> None:
        shown = seen[name].wide["text"]
        found = BAD.search(shown)
        assert not found, shown[max(found.start() - 60, 0) : found.end() + 20] if found else ""
        assert len(shown) > 500
        han = len(re.findall("[\u4e00-\u9fff]", shown))
        assert (han > 100) == (lang_of(name) == "zh-CN") or lang_of(name) == "en"

    def test_it_is_no_taller_than_twelve_screens(self, seen: dict[str, Seen], name: str) -> None:
        assert seen[name].length["height"] <= TALLEST

    def test_no_long_table_is_open(self, seen: dict[str, Seen], name: str) -> None:
        assert seen[name].length["rows"] <= MOST_ROWS

    def test_no_label_is_repeated(self, seen: dict[str, Seen], name: str) -> None:
        length = seen[name].length
        assert len(LABELS.findall(length["text"])) <= MOST_LABELS
        found = [cell for cell in length["cells"] if NOT_RATED.search(cell)]
        assert len(found) <= 1, found  # a rule may say what is not rated


@browser_needed
def test_the_set_in_chinese_is_read_in_an_hour(seen: dict[str, Seen]) -> None:
    assert sum(one.length["height"] for name, one in seen.items() if ".en." not in name) <= ALL_OF_A_LANGUAGE


class Links(HTMLParser):
    """Collects every address of a page and what loads by itself."""

    LOADS = frozenset({"src", "srcset", "poster", "data", "action", "background"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif "href" in given:
            self.loads.append(given["href"])
        self.loads += [value for key, value in given.items() if key in self.LOADS]


@pytest.mark.parametrize("name", PAGES)
class TestTheFiles:
    def test_every_link_leads_somewhere(self, name: str) -> None:
        path = OUT / name
        for link in Links(path.read_text(encoding="utf-8")).links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in {"http", "https"}, link
                assert parts.netloc, link
            elif parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
                assert target.is_relative_to(OUT.resolve()), link
                assert target.is_file(), link
            else:
                assert link.startswith("#"), link

    def test_every_figure_leads_to_its_tables(self, name: str) -> None:
        html = (OUT / name).read_text(encoding="utf-8")
        figures = re.findall(r'<figure class="chart">\s*<figcaption><strong>.+?</figure>', html, re.DOTALL)
        assert len(figures) == html.count("<figure")
        address = re.compile(r'class="of-data" href="(?:\.\./)?tables/[^"]+\.csv" download')
        assert all(address.search(one) for one in figures)

    def test_nothing_is_loaded_and_nothing_runs(self, name: str) -> None:
        html = (OUT / name).read_text(encoding="utf-8")
        found = Links(html)
        assert all(load.startswith(("data:", "#")) for load in found.loads), found.loads
        assert not found.tags & {"script", "link", "iframe", "object", "embed", "form"}
        assert not re.search(r"@import|url\(\s*(?!['\"]?(?:data:|#))", _with_figures(html))
        assert "Content-Security-Policy" in html

    def test_no_machine_and_no_half_made_text(self, name: str) -> None:
        html = (OUT / name).read_text(encoding="utf-8")
        assert not re.search(r"Traceback|\ufffd", html)
        assert str(ROOT) not in html
        assert not re.search(r"/(?:root|home|tmp)/\w", _with_figures(html))

    def test_no_section_of_the_home_region_lacks_data(self, name: str) -> None:
        """An error of the tables would only leave out a section; here it is seen."""
        assert ABSENT_CLASS not in (OUT / name).read_text(encoding="utf-8")

    def test_a_page_is_small(self, name: str) -> None:
        assert (OUT / name).stat().st_size <= 500_000


def _with_figures(html: str) -> str:
    """Return a page with the text of its figures readable."""
    return re.sub(r"data:image/svg\+xml,[^\"]*", lambda found: unquote(found[0]), html)


@pytest.mark.parametrize("index", ["index.html", "index.en.html"])
def test_the_index_leads_to_every_report(index: str) -> None:
    links = {urlsplit(link).path for link in Links((OUT / index).read_text(encoding="utf-8")).links}
    assert set(TITLES) <= links


def test_every_report_has_a_page_and_there_is_an_index() -> None:
    found = [path for path in OUT.rglob("*.html") if path.is_file()]
    assert len([path for path in found if path.parent.name == "330000"]) >= 26
    assert {"index.html", "index.en.html"} <= {path.name for path in found}
