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
from tanfeng.publishing.plan import reports

ANSWER: dict[str, Any] = {
    "sentence": "65项目标中，10项已完成。R&amp;D",
    "detail": "",
    "counts": {"met": 10, "missed": 0},
}
FIELD: dict[str, Any] = {
    "field": "energy",
    "name": "能源",
    "latest": {"year": 2023, "amount": "3.16亿吨", "status": "estimate", "chance": "34%"},
    "counts": [{"verdict": "met", "word": "已完成", "count": 7}],
}
CARD = {"label": "排放", "value": "4.40亿吨", "interval": "", "comparison": "", "status": "adjusted", "source": ["x"]}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "tables" / "330000").mkdir(parents=True)
    lines = ["field,table,series,year,status", "total,four_indicators,co2_total,2022,adjusted"]
    lines += ["energy,inventory,energy,2023,estimate", "energy,inventory,energy,2024,none"]
    (tmp_path / "tables" / "330000" / site.SERIES).write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return tmp_path


def index(catalog: Catalog, out: Path, **shown: Any) -> str:
    found = [(report, {**ANSWER, "shown": shown}) for report in reports(catalog.root, "330000", "zh")]
    return site.index(catalog, out, found, "abc")


def test_what_the_overview_shows(catalog: Catalog, out: Path) -> None:
    html = index(catalog, out, fields=[FIELD], cards=[CARD], changes=["无变化。"], scope="目标80项。")
    assert '<th scope="row"><a href="330000/field-energy.zh.html">能源</a></th>' in html
    assert all(words in html for words in ("3.16亿吨", "34%", "已完成 7", "4.40亿吨", "无变化。", "目标80项。"))
    assert "R&amp;D" in html
    assert "amp;amp" not in html
    assert 'href="#source-x"' not in html, "there is no list of sources on the index"


def test_how_old_the_data_are(catalog: Catalog, out: Path) -> None:
    found = site.ages(catalog, out / "tables" / "330000" / site.SERIES, "en")
    age = catalog.as_of_year - 2023
    assert found == [
        {"year": 2023, "age": age, "names": ["Energy emissions"]},
        {"year": 2022, "age": age + 1, "names": ["Total CO2 emissions"]},
    ]
    assert site.ages(catalog, out / "nothing.csv", "en") == []


def test_every_report_stands_in_its_group(catalog: Catalog, tmp_path: Path) -> None:
    html = index(catalog, tmp_path)
    assert "各领域现状" not in html
    assert "数据截至" not in html
    assert html.count('class="report"') == len(reports(catalog.root, "330000", "zh"))
    assert [html.index(f"<h3>{name}</h3>") for name in ("总体", "目标与措施", "领域", "数据与方法")] == sorted(
        html.index(f"<h3>{name}</h3>") for name in ("总体", "目标与措施", "领域", "数据与方法")
    )


def test_no_link_to_a_language_that_is_not_there(catalog: Catalog, out: Path) -> None:
    found = [(report, dict(ANSWER)) for report in reports(catalog.root, "330000", "zh")]
    assert 'href="index.en.html"' in site.index(catalog, out, found, "")
    assert 'href="index.en.html"' not in site.index(catalog, out, found, "", both=False)


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
