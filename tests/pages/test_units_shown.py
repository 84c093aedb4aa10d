"""One unit a column of numbers and one an interval, in every page that is built."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tanfeng.publishing.plan import reports

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports"
PAGES = ["index.html", "index.en.html", *(report.page.as_posix() for report in reports(ROOT, "330000"))]
BUILT = [name for name in PAGES if (OUT / name).is_file()]
MASS = re.compile(r"\d\s*(亿吨|万吨|Gt\b|Mt\b|kt\b)")
INTERVAL = re.compile(r"\d(亿吨|万吨|Mt|kt)\s?(?:—|–|至|to)\s?[−\d.,]+\s?(亿吨|万吨|Mt|kt)")
CELL = re.compile(r"<t[dh]\b[^>]*class=\"[^\"]*kind-(\w+)[^>]*>(.*?)</t[dh]>", re.DOTALL)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def mixed(html: str) -> list[tuple[str, set[str]]]:
    """Return the columns of numbers whose cells have more than one unit of mass: caption and units."""
    found = []
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        units: dict[int, set[str]] = {}
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
            for place, (kind, cell) in enumerate(CELL.findall(row)):
                if kind in {"number", "label"}:
                    units.setdefault(place, set()).update(MASS.findall(plain(cell)))
        caption = plain(table[table.index("<caption") : table.index("</caption>")])
        found += [(caption, one) for one in units.values() if len(one) > 1]
    return found


def test_two_units_in_a_column_are_found() -> None:
    rows = "".join(f'<tr><td class="right kind-number">{cell}</td></tr>' for cell in ("1.2亿吨", "900<b>万吨</b>"))
    assert mixed(f"<table><caption>C</caption>{rows}</table>") == [("C", {"亿吨", "万吨"})]


@pytest.mark.parametrize("name", BUILT)
def test_one_unit_a_column_and_an_interval(name: str) -> None:
    html = (OUT / name).read_text(encoding="utf-8")
    assert mixed(html) == []
    assert [found for found in INTERVAL.findall(plain(html)) if found[0] != found[1]] == []
