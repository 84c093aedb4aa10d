"""axe-core on the pages, over loopback: no violation of any severity, wide and narrow, light and dark, in print.

`make test` looks at a page of every kind in each language, `make explore` at every page in every way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tanfeng.publishing.plan import reports
from tests.browsing import browser_needed, served

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports"
KINDS = {(report.notebook, report.lang): report.page.as_posix() for report in reversed(reports(ROOT, "330000"))}
PAGES = ["index.html", "index.en.html", *(report.page.as_posix() for report in reports(ROOT, "330000"))]
EXPLORE = settings.get_current_profile_name() == "new"
# axe-core cannot tell the contrast of text above a gradient: the gradients are replaced by their own colours.
FLAT = """
.masthead > .wrap { background: none !important; }
.data-table .scroll, article > .scroll { background: var(--panel) !important; }
"""
# Of a symbol alone it cannot tell either: the word beside it has the same colours.
RUN = """async onScreen => {
  const unsure = node => !node.any.some(one => ['nonBmp', 'shortTextContent'].includes(one.data?.messageKey));
  const rules = {'target-size': {enabled: onScreen}};  // WCAG 2.2, not asked by default; nobody taps on paper
  const {violations, incomplete} = await axe.run({rules, resultTypes: ['violations', 'incomplete']});
  const contrast = incomplete.filter(found => found.id === 'color-contrast')
    .map(found => ({...found, nodes: found.nodes.filter(unsure)})).filter(found => found.nodes.length);
  const told = [...violations, ...contrast];
  return told.map(found => [found.id, found.impact, ...found.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]);
}"""

pytestmark = [
    pytest.mark.browser,
    browser_needed,
    pytest.mark.skipif(not (OUT / "index.html").is_file(), reason="no pages in reports/: run `make` first"),
]


@dataclass(frozen=True)
class Look:
    """A way to look at a page."""

    width: int
    scheme: str
    media: str

    def of(self, tab: Any) -> list[Any]:
        """Return what axe-core finds."""
        tab.set_viewport_size({"width": self.width, "height": 900})
        tab.emulate_media(media=self.media, color_scheme=self.scheme)
        return list(tab.evaluate(RUN, self.media == "screen"))


WIDE, DARK = Look(1280, "light", "screen"), Look(390, "dark", "screen")
MORE = [Look(1280, "dark", "screen"), Look(390, "light", "screen"), Look(794, "light", "print")]
EVERY_LOOK = ("index.html", "330000/overview.zh.html", "330000/brief.zh.html", "330000/technology.en.html")


def looks(name: str) -> list[Look]:
    """Return how a page is looked at: a Chinese one wide and light, its English twin narrow and dark."""
    if EXPLORE or name in EVERY_LOOK:
        return [WIDE, DARK, *MORE]
    return [DARK] if ".en." in name else [WIDE]


@pytest.fixture(scope="module")
def rules() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(OUT) as found:
        yield found


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    opened = browser.new_page()
    yield opened
    opened.close()


def test_axe_finds_what_is_wrong(tab: Any, rules: str) -> None:
    tab.set_content("<html><body><p style='color:#aaa;background:#fff'>pale</p><img src='data:,'></body></html>")
    tab.evaluate(rules)
    found = {name for name, *_ in WIDE.of(tab)}
    assert {"color-contrast", "image-alt", "html-has-lang", "document-title"} <= found


@pytest.mark.parametrize("name", [name for name in PAGES if EXPLORE or name in {*PAGES[:2], *KINDS.values()}])
def test_no_violation(tab: Any, rules: str, address: str, name: str) -> None:
    tab.goto(f"{address}/{name}")
    tab.add_style_tag(content=FLAT)
    tab.evaluate(rules)
    assert {look: found for look in looks(name) if (found := look.of(tab))} == {}
