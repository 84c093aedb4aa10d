"""The wall chart: every counted target once, what moved as sentences, and one sheet of A3 in print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import paths
from tanfeng.pages import headline, table, text
from tanfeng.pages.page import Page
from tanfeng.pages.reports import overview, wallchart
from tanfeng.pages.reports.wallchart import Wall
from tanfeng.targets.lookback import archive, changes
from tanfeng.targets.lookback.changes import MOVED_COLUMNS, Movements
from tanfeng.targets.verdict import Verdict, judge
from tests.browsing import browser_needed

OUT = Path(__file__).parents[2] / "reports" / "330000"
A3_LANDSCAPE, A4 = (1191, 842), (595, 842)  # points
NOTHING = Movements("", "", pd.DataFrame(columns=MOVED_COLUMNS))


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000")


def moved(*rows: tuple[str, str, int, float, float]) -> Movements:
    return Movements("outlook_2026-11", "2026-11-24", pd.DataFrame(rows, columns=MOVED_COLUMNS))


@pytest.fixture(scope="module")
def every(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000")


def made(catalog: Catalog, every: list[Verdict], lang: str) -> Wall:
    rows = wallchart.key_figures(catalog, "330000", judge(catalog, "330000", "14FYP"), every)
    page = Page("wallchart", "330000", lang, catalog, texts=wallchart.TEXTS)
    return wallchart.wall(catalog, "330000", every, page.figures(rows), lang)


def drawn(catalog: Catalog, wall: Wall, lang: str) -> str:
    words = table.ui_words(catalog, lang)
    return table.render("wallchart.html.j2", wall=wall, words=words, numbers={}, lang=lang)


@pytest.mark.parametrize("lang", text.LANGS)
class TestWall:
    def test_every_counted_target_stands_once(self, catalog: Catalog, every: list[Verdict], lang: str) -> None:
        wall = made(catalog, every, lang)
        tiles = [tile["id"] for group in wall.groups for tile in group["tiles"]]
        names = [name for body in wall.silent for name in body["targets"]]
        silent = [one.target["id"] for one in every if one.counts and one.target["id"] not in tiles]
        assert len(tiles) == len(set(tiles))
        assert len(names) == len(silent)
        assert {one.target["id"] for one in every if one.counts} == {*tiles, *silent}
        assert all(one.answer == "not_assessable" for one in every if one.target["id"] in silent)

    def test_a_tile_lies_in_the_group_of_its_answer(self, catalog: Catalog, every: list[Verdict], lang: str) -> None:
        answers = {one.target["id"]: one.answer for one in every if one.target["plan"] == "14FYP"}
        for group in made(catalog, every, lang).groups:
            allowed = wallchart.GROUPS[group["id"]][0]
            own = [tile for tile in group["tiles"] if tile["id"] in answers]
            assert {answers[tile["id"]] for tile in own} <= set(allowed)
            assert not own or group["id"] != "ahead"

    def test_verdict_and_light_are_words_too(self, catalog: Catalog, every: list[Verdict], lang: str) -> None:
        shown = drawn(catalog, made(catalog, every, lang), lang)
        tiles = re.findall(r'<li class="tile.*?</li>', shown, re.DOTALL)
        assert tiles
        assert all('<span class="unseen">' in tile for tile in tiles)
        assert lang == "zh" or not re.search("[\u4e00-\u9fff]", shown)

    def test_text_from_data_is_escaped(self, catalog: Catalog, every: list[Verdict], lang: str) -> None:
        bad = [Verdict({**one.target, lang: "<b>x</b>"}, one.verdict, one.reason) for one in every if one.counts]
        shown = drawn(catalog, made(catalog, bad, lang), lang)
        assert "&lt;b&gt;x" in shown
        assert "<b>x" not in shown

    def test_pages_that_say_more_exist(self, catalog: Catalog, every: list[Verdict], lang: str) -> None:
        known = {page.stem for page in (Path(__file__).parents[2] / "notebooks" / "reports").glob("*.ipynb")}
        assert set(wallchart.LINKS) <= known
        shown = drawn(catalog, made(catalog, every, lang), lang)
        assert all(f'href="{page}.{lang}.html"' in shown for page in wallchart.LINKS)


class TestTile:
    def test_a_bar_only_where_figure_and_target_are_of_one_kind(self, catalog: Catalog, every: list[Verdict]) -> None:
        tiles = {tile["id"]: tile for group in made(catalog, every, "zh").groups for tile in group["tiles"]}
        assert 0 < tiles["E05"]["bar"] < tiles["E05"]["tick"] <= wallchart.FULL
        assert tiles["P02"]["bar"] is None  # a change, asked downwards, that went up
        assert tiles["P02"]["value"] == "上升26.1%"
        assert tiles["P04"]["value"] == ""  # what is known is in tonnes, asked is a share

    def test_the_outlook_answers_the_target_ahead(self, catalog: Catalog, every: list[Verdict]) -> None:
        tiles = {tile["id"]: tile for group in made(catalog, every, "zh").groups for tile in group["tiles"]}
        (told,) = [one for one in headline.controls(catalog, "330000", every, "zh") if one["told"]]
        assert tiles[told["id"]]["when"] == told["known"]
        assert tiles[told["id"]]["verdict"] == told["answer"]


class TestMovements:
    def test_what_is_the_same_did_not_move(self, catalog: Catalog, judged: list[Verdict], rows: pd.DataFrame) -> None:
        assert changes.compared(catalog, "330000", rows, judged).empty

    def test_what_differs_is_named(self, catalog: Catalog, judged: list[Verdict], rows: pd.DataFrame) -> None:
        rows = rows.copy()
        at_2030 = (rows["item"] == "total") & (rows["year"] == 2030)
        rows.loc[at_2030, "co2_mt"] += 10.0
        rows.loc[at_2030, "p_peaked_by"] += 0.1
        target = rows["statement"] == archive.TARGET
        rows.loc[target, "p_target"] -= 0.2
        found = changes.compared(catalog, "330000", rows, judged).set_index(["kind", "item"])
        assert found.at[("emissions", "total"), "old"] == pytest.approx(found.at[("emissions", "total"), "new"] + 10)
        assert found.at[("peak", "total"), "old"] == pytest.approx(found.at[("peak", "total"), "new"] + 0.1)
        assert len(found.loc["target"]) == target.sum()

    def test_a_target_without_a_probability_on_one_side(
        self, catalog: Catalog, judged: list[Verdict], rows: pd.DataFrame
    ) -> None:
        rows = rows[rows["statement"] == archive.EMISSIONS]
        found = changes.compared(catalog, "330000", rows, judged)
        assert set(found["kind"]) == {"target"}
        assert found["old"].isna().all()
        said = overview.changes(catalog, Movements("o", "2026-11-24", found), "zh")
        assert all("由无变为" in line for line in said[1:])

    @pytest.fixture(scope="class")
    @staticmethod
    def rows(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
        """The outlook as it is now, in the form of a frozen one."""
        now = paths.fields(catalog, "330000")
        now = now[now["field"] == "total"].rename(columns={"field": "item"})
        peak = paths.peak(catalog, "330000").set_index("year")["p_peaked_by"]
        now = now[now["year"] >= peak.index.min()].assign(statement=archive.EMISSIONS, p_target=np.nan)
        targets = [
            {"statement": archive.TARGET, "item": one.target["id"], "year": 2025, "p_target": one.probability}
            for one in judged
            if one.probability is not None
        ]
        return pd.concat([now.assign(p_peaked_by=now["year"].map(peak)), pd.DataFrame(targets)], ignore_index=True)


class TestChanges:
    @pytest.mark.parametrize(
        ("row", "zh", "en"),
        [
            (("peak", "total", 2030, 0.2, 0.25), "2030年前达峰的概率由20%变为25%。",
             "Probability of a peak by 2030: 25%, then 20%."),
            (("emissions", "total", 2030, 520.0, 532.6), "2030年二氧化碳排放预测由5.20亿吨变为5.33亿吨。",
             "Emissions in 2030: 532.6 Mt CO2, then 520.0 Mt CO2."),
            (("figure", "total", 2023, 2022.0, 2023.0), "排放数据由2022年更新到2023年。",
             "Emissions are known to 2023, then to 2022."),
            (("target", "P08", 2027, 0.12, 0.005), "目标P08的完成概率由12%变为<1%。",
             "Target P08: probability <1%, then 12%."),
        ],
    )  # fmt: skip
    def test_sentences(self, catalog: Catalog, row: tuple[str, str, int, float, float], zh: str, en: str) -> None:
        assert overview.changes(catalog, moved(row), "zh") == ["与2026-11-24冻结的预测相比：", zh]
        assert overview.changes(catalog, moved(row), "en")[1] == en

    def test_nothing_moved_and_nothing_frozen(self, catalog: Catalog) -> None:
        assert overview.changes(catalog, moved(), "zh") == []
        assert "No outlook is frozen" in overview.changes(catalog, NOTHING, "en")[0]


@pytest.mark.browser
@browser_needed
@pytest.mark.skipif(not (OUT / "wallchart.zh.html").is_file(), reason="no pages in reports/: run `make` first")
class TestInPrint:
    @pytest.mark.parametrize("lang", text.LANGS)
    def test_the_wall_chart_is_one_sheet_of_a3(self, browser: Any, lang: str) -> None:
        tab = browser.new_page()
        tab.goto((OUT / f"wallchart.{lang}.html").as_uri())
        assert tab.locator(".wall .tile").count() > 40
        printed = tab.pdf(prefer_css_page_size=True)
        tab.close()
        boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
        sizes = [(round(float(width)), round(float(height))) for width, height in boxes]
        assert sizes == [A3_LANDSCAPE]

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_the_first_page_has_one_size_of_paper(self, browser: Any, lang: str) -> None:
        tab = browser.new_page()
        tab.goto((OUT / f"overview.{lang}.html").as_uri())
        printed = tab.pdf(prefer_css_page_size=True)
        tab.close()
        boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
        assert {(round(float(width)), round(float(height))) for width, height in boxes} == {A4}
