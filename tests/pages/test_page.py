"""A page while its notebook runs: what it shows, what it leaves behind, and that it leaves nothing while exploring."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.pages import headline, text
from tanfeng.pages.charts import style as style_charts
from tanfeng.pages.charts import verdicts as verdicts_charts
from tanfeng.pages.page import KeyFigures, Page, key_figure, open_page
from tanfeng.pages.reports import targets
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict, counts_by_field, judge


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000", "14FYP")


@pytest.fixture(scope="module")
def rows(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    return headline.key_figures(catalog, "330000", judged, judged)


TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "verdicts": ("判定", "Verdicts"),
    "counted": ("{{ k.counted }}", "{{ k.counted }}"),
    "rising": ("升", "Rising"),
    "escaped": ("升{{ x }}", "Rising {{ x }}"),
    "of_year": ("{year}年", "of {year}"),
}


def show(page: Page, rows: pd.DataFrame, judged: list[Verdict]) -> KeyFigures:
    """Use everything a notebook uses."""
    k = page.figures(rows)
    page.answer("{{ k.counted }} <b>targets</b>.\n\nOf them {{ k.verdict_met }} met.", {"k": k})
    page.prose("{{ k.co2_latest }}", {"k": k})
    page.cards(k, {"co2_2025": ("CO2 {{ k.co2_2025.year }}", "CO2 {{ k.co2_2025.year }}")})
    page.table(targets.verdicts(page.catalog, judged, page.lang, "Verdicts"))
    page.data("verdicts", targets.verdict_frame(page.catalog, judged))
    counts = counts_by_field(page.catalog, judged)
    page.chart(verdicts_charts.verdict_counts(page.catalog, counts, page.lang), "counted", {"k": k})
    page.cite("ceads_provinces_2022", "", "ceads_provinces_2022")
    return k


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


class TestWhatIsLeft:
    @pytest.fixture(params=text.LANGS)
    def page(self, request: pytest.FixtureRequest, catalog: Catalog, tmp_path: Path) -> Page:
        return Page("overview", "330000", request.param, catalog, tmp_path, TEXTS)

    def test_files(self, page: Page, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path) -> None:
        show(page, rows, judged)
        own = {"overview-figures.csv", "overview-verdicts.csv"}
        shown = f"keyfigures.overview.{page.lang}.json"
        assert left(tmp_path) == {"answer.json", "sources.json", "downloads.json", shown, *own}
        downloads = json.loads((tmp_path / "downloads.json").read_text(encoding="utf-8"))
        assert {name: about["rows"] for name, about in downloads.items()} == {
            "overview-figures.csv": len(rows),
            "overview-verdicts.csv": len(judged),
        }
        assert all(about["label"] for about in downloads.values())

    def test_answer(self, page: Page, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path) -> None:
        k = show(page, rows, judged)
        answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
        assert answer["detail"] == f"Of them {k.verdict_met} met."
        assert answer["counts"] == {name: int(k[f"verdict_{name}"].value) for name in VERDICTS}

    def test_sources_are_known_and_named_once(
        self, page: Page, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path
    ) -> None:
        show(page, rows, judged)
        found = json.loads((tmp_path / "sources.json").read_text(encoding="utf-8"))
        assert len(found) == len(set(found))
        assert set(found) <= set(page.catalog.read("sources")["id"])
        assert list(page.numbers.values()) == list(range(1, len(found) + 1))

    def test_tables_are_the_figures(
        self, page: Page, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path
    ) -> None:
        k = show(page, rows, judged)
        back = pd.read_csv(tmp_path / "overview-figures.csv", dtype={"id": str}).set_index("id")
        assert back["value"].to_numpy() == pytest.approx(rows["value"].to_numpy(dtype=float), rel=1e-9)
        assert back.at["co2_latest", f"shown_{page.lang}"] == str(k.co2_latest)
        assert back.at["co2_2030", f"range_{page.lang}"] == k.co2_2030.range
        assert back.at["co2_change_2020", f"change_{page.lang}"].strip() == k.co2_change_2020.change.strip()


def test_both_languages_leave_the_same_tables(
    catalog: Catalog, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path
) -> None:
    found = []
    for lang in text.LANGS:
        (tmp_path / lang).mkdir()
        show(Page("overview", "330000", lang, catalog, tmp_path / lang, TEXTS), rows, judged)
        found.append({path.name: path.read_bytes() for path in (tmp_path / lang).glob("*.csv")})
    assert found[0] == found[1]


def test_without_a_folder_nothing_is_written(
    catalog: Catalog, rows: pd.DataFrame, judged: list[Verdict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(catalog.root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("local"))
    before = left(tmp_path)
    monkeypatch.chdir(tmp_path)
    show(open_page("overview", "330000", "zh", texts=TEXTS), rows, judged)
    assert left(tmp_path) == before


class TestWhatIsShown:
    @pytest.fixture
    def page(self, catalog: Catalog) -> Page:
        return Page("overview", "330000", "en", catalog, texts=TEXTS)

    def test_answer_first(self, page: Page) -> None:
        html = page.answer("{{ x }} done.\n\nMore.", {"x": "<script>alert(1)</script>"}).data
        assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt; done.</strong>" in html
        assert "More." in html
        assert "<script" not in html

    def test_a_chart_has_size_caption_and_words_for_who_cannot_see_it(self, page: Page) -> None:
        with style_charts.canvas() as figure:
            chart = style_charts.finish(figure, 'A "chart" <of> things')
        html = page.chart(replace(chart, subtitle="in <Mt>"), "escaped", {"x": "<b>"}).data
        assert 'role="img" aria-label="A &quot;chart&quot; &lt;of&gt; things"' in html
        assert re.search(r'<svg width="604.8pt" height="302.4pt" viewBox="0 0 604.8 302.4"', html)
        finding, drawing = html.index("<strong>Rising &lt;b&gt;</strong>"), html.index("<svg")
        assert finding < html.index("in &lt;Mt&gt;") < drawing, "the finding stands above the drawing"
        assert "of-data" not in html, "no table without an output folder"

    def test_a_page_holds_a_drawing_for_a_phone_a_notebook_does_not(self, catalog: Catalog, tmp_path: Path) -> None:
        narrow = style_charts.Chart("<svg><path/></svg>", 3.5, 3.0, "x")
        chart = style_charts.Chart("<svg/>", 8.4, 4.2, "x", narrow=narrow)
        pages = (Page("overview", "330000", "en", catalog, out, TEXTS) for out in (tmp_path, None))
        built, explored = (page.chart(chart, "rising").data for page in pages)
        assert re.findall(r'<svg class="(\w+)"', built) == ["wide", "narrow"]
        assert re.findall(r'<svg class="(\w+)"', explored) == ["wide"]

    def test_a_chart_leads_to_the_tables_it_was_drawn_from(self, catalog: Catalog, tmp_path: Path) -> None:
        page = Page("overview", "330000", "en", catalog, tmp_path, TEXTS)
        chart = style_charts.Chart("<svg/>", 8.4, 4.2, "x")
        one, two = (page.chart(chart, "rising", data=names).data for names in ("a", "a b"))
        assert re.findall(r'href="([^"]*)" download>([^<]*)', one) == [
            ("../tables/330000/overview-a.csv", page.word("data_of_figure")),
            ("../tables/330000/overview.en.json", page.word("metadata")),
        ]
        files = [*(f"overview-{name}.csv" for name in "ab"), "overview.en.json"]
        assert re.findall(r'href="([^"]*)"', two) == [f"../tables/330000/{name}" for name in files]

    def test_the_key_names_the_marks_in_the_figure(self, catalog: Catalog) -> None:
        page = Page("overview", "330000", "zh", catalog, texts=TEXTS)
        shown = page.chart(style_charts.Chart("<svg/>", 8.4, 4.2, "x", ("reported", "estimate")), "rising").data
        assert re.findall(r"<span>([^<]*)</span>", shown.partition('class="key"')[2]) == [
            "实线：已公布",
            "○、点线：估算",
        ]
        assert 'class="key"' not in page.chart(style_charts.Chart("<svg/>", 8.4, 4.2, "x"), "rising").data

    def test_an_unknown_key_figure_names_the_known(self, page: Page, rows: pd.DataFrame) -> None:
        k = page.figures(rows)
        with pytest.raises(AttributeError, match="co2_latest"):
            _ = k.nothing

    def test_words_and_descriptions(self, page: Page) -> None:
        assert page.word("verdict_met") == "met"
        assert page.region_name == page.catalog.label("regions", "330000", "en")
        assert len(page.describe("fields", "energy")) > 10
        assert page.say("of_year", year=2022) == "of 2022"
        with pytest.raises(ProjectError, match="no text 'x' in the report overview; there are: figures, verdicts"):
            page.say("x")


def figure(**more: Any) -> dict[str, Any]:
    row = {"id": "x", "value": 1.0, "unit": "%", "period": "2022", "lo80": None, "hi80": None}
    return {**row, "status": "reported", "source_id": "", "item": "", "shown": "", **more}


class TestKeyFigure:
    @pytest.mark.parametrize(
        ("row", "zh", "en"),
        [
            (figure(value=5.5), "5.5%", "5.5%"),
            (figure(value=5.5, period="2020/2022"), "+5.5%", "+5.5%"),
            (figure(value=-5.5, period="2020/2022"), "−5.5%", "−5.5%"),
            (figure(value=439.51, unit="Mt CO2"), "4.40亿吨", "439.5 Mt CO2"),
            (figure(value=56, unit="targets", period=""), "56", "56"),
            (figure(shown="precise", value=-8.264, period="2015/2020"), "−8.26%", "−8.26%"),
            (figure(shown="given", value=-0.5, period="2015/2020"), "−0.5%", "−0.5%"),
            (figure(shown="chance", value=99.7), ">99%", ">99%"),
        ],
    )
    def test_shown(self, catalog: Catalog, row: dict[str, Any], zh: str, en: str) -> None:
        assert (key_figure(catalog, row, "zh").shown, key_figure(catalog, row, "en").shown) == (zh, en)

    @pytest.mark.parametrize(("value", "zh", "en"), [(5.5, "增长5.5%", "up 5.5%"), (-5.5, "下降5.5%", "down 5.5%")])
    def test_change(self, catalog: Catalog, value: float, zh: str, en: str) -> None:
        row = figure(value=value, period="2020/2022")
        assert (key_figure(catalog, row, "zh").change, key_figure(catalog, row, "en").change) == (zh, en)

    def test_a_rate_rises_and_does_not_grow(self, catalog: Catalog) -> None:
        row = figure(value=5.5, period="2020/2022", shown="intensity")
        assert key_figure(catalog, row, "zh").change == "上升5.5%"

    @pytest.mark.parametrize(
        ("low", "high", "zh", "en"),
        [
            (380.4, 502.6, "3.80—5.03亿吨", "380.4–502.6 Mt CO2"),
            (95.0, 120.0, "9500—12000万吨", "95.0–120.0 Mt CO2"),
            (9.5, 12.0, "950—1200万吨", "9.5–12.0 Mt CO2"),
        ],
    )
    def test_an_interval_names_its_unit_once(self, catalog: Catalog, low: float, high: float, zh: str, en: str) -> None:
        row = figure(value=(low + high) / 2, unit="Mt CO2", lo80=low, hi80=high, status="forecast")
        assert (key_figure(catalog, row, "zh").range, key_figure(catalog, row, "en").range) == (zh, en)

    def test_markup_in_the_tables_does_not_reach_the_page(self, tables: Path) -> None:
        path = tables / "data" / "units.csv"
        lines = path.read_text(encoding="utf-8").replace("10^4 kW,万千瓦,GW,", "10^4 kW,<script>x</script>,<img>,")
        path.write_text(lines, encoding="utf-8")
        catalog = Catalog(tables)
        row = figure(unit="10^4 kW", value=5947.0)
        values = {"k": KeyFigures({"x": key_figure(catalog, row, "zh")})}
        page = Page("overview", "330000", "zh", catalog, texts=TEXTS)
        assert "<script" not in text.fill("{{ k.x }}", values, catalog, "zh")
        assert "<script" not in page.answer("{{ k.x }}", values).data
        assert "<script" not in page.cards(values["k"], {"x": ("{{ k.x }}", "")}).data
