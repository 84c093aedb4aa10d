"""The index: what stands on it comes from the answers of the pages, and it goes without what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

from tanfeng.data.catalog import Catalog
from tanfeng.pages.page import Page
from tanfeng.publishing import index as site
from tanfeng.publishing import render
from tanfeng.publishing.plan import groups, reports

ANSWER: dict[str, Any] = {
    "sentence": "65项目标中，10项已完成。R&amp;D",
    "detail": "",
    "counts": {"met": 10, "missed": 0},
}
FIRST_PAGE = f"""<html lang="zh-CN"><body><a class="language" href="overview.en.html" lang="en">EN</a>
<a href="targets.zh.html#target-E05">E05</a><a class="of-data" href="../tables/330000/x.csv" download>表</a>
{site.PLACE}</body></html>"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "330000").mkdir()
    (tmp_path / "330000" / "overview.zh.html").write_text(FIRST_PAGE, encoding="utf-8")
    return tmp_path


def index(catalog: Catalog, out: Path, both: bool = True) -> str:
    return site.index(catalog, out, [(report, ANSWER) for report in reports(catalog.root, "330000", "zh")], both)


def test_the_index_is_the_first_page_seen_from_above(catalog: Catalog, out: Path) -> None:
    html = index(catalog, out)
    assert '<a href="330000/targets.zh.html#target-E05">' in html
    assert 'href="tables/330000/x.csv"' in html
    assert site.PLACE not in html


def test_every_report_stands_in_its_group_with_what_it_says(catalog: Catalog, out: Path) -> None:
    html = index(catalog, out)
    assert html.count('class="report"') == len(reports(catalog.root, "330000", "zh"))
    titles = list(groups(catalog.root, "zh").values())
    at = [html.index(f">{title}</h3>") for title in titles]
    assert len(titles) == 7
    assert at == sorted(at)
    assert "R&amp;D" in html
    assert "amp;amp" not in html


def test_no_link_to_a_language_that_is_not_there(catalog: Catalog, out: Path) -> None:
    assert 'href="index.en.html"' in index(catalog, out)
    assert 'class="language"' not in index(catalog, out, both=False)


class TestMetadata:
    @pytest.fixture
    def made(self, catalog: Catalog, tmp_path: Path) -> dict[str, Any]:
        page = Page("overview", "330000", "zh", catalog, tmp_path, {"regions": ("地区", "Regions")})
        page.data("regions", catalog.read("regions").assign(number=1.5, whole=2, true=True))
        (report,) = reports(catalog.root, "330000", "zh", ["overview"])
        source = {"citation": "甲", "url": "", "licence": "乙", "grade": "A"}
        content = render.data_package(catalog, report, tmp_path, [source])
        (tmp_path / "overview.zh.json").write_bytes(content)
        return dict(json.loads(content))

    def test_it_is_a_valid_data_package(
        self, catalog: Catalog, made: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        found = Package("overview.zh.json").validate()
        assert found.valid, found.to_summary()
        assert made["version"] == catalog.vintage
        assert made["sources"] == [{"title": "甲", "licence": "乙", "grade": "A"}]

    def test_columns_have_types_and_what_is_known_of_them(self, made: dict[str, Any]) -> None:
        fields = {field["name"]: field for field in made["resources"][0]["schema"]["fields"]}
        kinds = {name: fields[name]["type"] for name in ("zh", "number", "whole", "true")}
        assert kinds == {"zh": "string", "number": "number", "whole": "integer", "true": "boolean"}
        assert fields["grid"]["description"]

    def test_no_tables_no_package(self, catalog: Catalog, tmp_path: Path) -> None:
        (report,) = reports(catalog.root, "330000", "zh", ["overview"])
        assert render.data_package(catalog, report, tmp_path, []) == b""
