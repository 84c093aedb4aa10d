"""How long the built pages are as they are delivered, with everything folded: a reader has minutes, not hours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tanfeng.publishing.plan import reports
from tests.browsing import browser_needed

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports"
PAGES = ["index.html", "index.en.html", *(report.page.as_posix() for report in reports(ROOT, "330000"))]
BUILT = [name for name in PAGES if (OUT / name).is_file()]
TALLEST, ALL_OF_A_LANGUAGE = 10_800, 110_000  # px at a width of 1280: twelve screens, and a set
MOST_ROWS = 60
MOST_LABELS = 3
LABELS = re.compile(r"不评级|未见原文|原文未见|not rated|primary text not seen", re.IGNORECASE)
NOT_RATED = re.compile(r"不评级|暂无法判定|not rated", re.IGNORECASE)
LOOK = """() => {
  const seen = row => row.checkVisibility({contentVisibilityAuto: true});
  const rest = document.querySelector('main').cloneNode(true);
  rest.querySelectorAll('table').forEach(table => table.remove());
  return {
    height: document.documentElement.scrollHeight,
    rows: Math.max(0, ...[...document.querySelectorAll('table')].map(t => [...t.tBodies[0].rows].filter(seen).length)),
    tables: [...document.querySelectorAll('td')].map(cell => cell.textContent),
    text: rest.textContent,
  };
}"""

pytestmark = [
    pytest.mark.browser,
    browser_needed,
    pytest.mark.skipif(not (OUT / "index.html").is_file(), reason="no pages in reports/: run `make` first"),
]


@pytest.fixture(scope="module")
def looked(browser: Any) -> dict[str, dict[str, Any]]:
    """What a browser sees of every page that is built."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    found = {}
    for name in BUILT:
        tab.goto((OUT / name).as_uri())
        found[name] = tab.evaluate(LOOK)
    tab.close()
    return found


@pytest.mark.parametrize("name", BUILT)
class TestAPage:
    def test_is_no_taller_than_twelve_screens(self, looked: dict[str, dict[str, Any]], name: str) -> None:
        assert looked[name]["height"] <= TALLEST

    def test_shows_no_long_table(self, looked: dict[str, dict[str, Any]], name: str) -> None:
        assert looked[name]["rows"] <= MOST_ROWS

    def test_repeats_no_label(self, looked: dict[str, dict[str, Any]], name: str) -> None:
        assert len(LABELS.findall(looked[name]["text"])) <= MOST_LABELS
        found = [cell for cell in looked[name]["tables"] if NOT_RATED.search(cell)]
        assert len(found) <= 1, found  # a rule may say what is not rated


@pytest.mark.skipif(len(BUILT) < len(PAGES), reason="some pages are not built")
def test_the_set_in_chinese_is_read_in_an_hour(looked: dict[str, dict[str, Any]]) -> None:
    assert sum(seen["height"] for name, seen in looked.items() if ".en." not in name) <= ALL_OF_A_LANGUAGE
