"""Pages as PDF: printed once a page, anew when the page changed, and a plain failure without Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanfeng.publishing import pdf
from tanfeng.publishing.plan import Report
from tests.browsing import browser_needed

REPORT = Report("peak", "330000", "zh", Path("peak.ipynb"), "达峰")
PAGE = "<!doctype html><html lang='zh-CN'><head><title>x</title></head><body><h1>一</h1></body></html>"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "330000").mkdir()
    (tmp_path / REPORT.page).write_text(PAGE, encoding="utf-8")
    return tmp_path


@browser_needed
@pytest.mark.browser
def test_printed_once_and_anew_when_the_page_changed(out: Path) -> None:
    command = pdf.chromium()
    assert command is not None
    assert pdf.stale(out, [REPORT]) == [REPORT]
    (made,) = pdf.printed(out, [REPORT], command, 1)
    content = made.read_bytes()
    assert made == out / "330000" / "peak.zh.pdf"
    assert content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in content, "tagged, for who cannot see it"
    assert re.search(rb"/MediaBox", content)
    assert pdf.stale(out, [REPORT]) == []
    (out / REPORT.page).write_text(PAGE.replace("一", "二"), encoding="utf-8")
    assert pdf.stale(out, [REPORT]) == [REPORT]


def test_a_browser_that_writes_nothing_leaves_nothing(out: Path) -> None:
    with pytest.raises(pdf.NotPrinted, match=r"330000/peak\.zh\.html: Chromium wrote no PDF"):
        list(pdf.printed(out, [REPORT], "true", 1))
    assert not list(out.rglob("*.pdf*"))


def test_no_page_nothing_to_print(out: Path) -> None:
    (out / REPORT.page).unlink()
    assert pdf.stale(out, [REPORT]) == []
