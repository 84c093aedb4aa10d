"""The list of targets: every target has its line, what it shows is in the tables, and text from data stays text."""

from __future__ import annotations

import dataclasses
import re

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.pages import cards, standings, text
from tanfeng.targets.verdict import Verdict, judge, judge_target


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000", "14FYP")


def html(catalog: Catalog, verdicts: list[Verdict], lang: str = "zh") -> str:
    made = cards.cards(catalog, verdicts, lang, {"zh": "目标", "en": "Targets"}[lang])
    return made.html({source: number for number, source in enumerate(made.sources, start=1)}, lang)


@pytest.mark.parametrize("lang", text.LANGS)
def test_every_target_has_one_line(catalog: Catalog, judged: list[Verdict], lang: str) -> None:
    shown = html(catalog, judged, lang)
    ids = re.findall(r'id="target-([^"]+)"', shown)
    assert sorted(ids) == sorted(verdict.target["id"] for verdict in judged)
    assert shown.count("<details") == shown.count("</details>")
    assert not re.search(r"\bNone\b|\bnan\b", shown)


@pytest.mark.parametrize("lang", text.LANGS)
def test_news_come_first_and_silent_targets_are_folded_by_field(
    catalog: Catalog, judged: list[Verdict], lang: str
) -> None:
    made = cards.cards(catalog, judged, lang, "目标")
    known = {verdict.target["id"]: verdict for verdict in judged}
    counted = [known[line["id"]] for line in made.lines if not line["uncounted"]]
    places = [cards.NEWS.index(verdict.answer) for verdict in counted]
    assert places == sorted(places)
    assert [line["uncounted"] for line in made.lines] == sorted(line["uncounted"] for line in made.lines)
    assert all(line["latest"] and line["chip"]["text"] for line in made.lines)
    for told, names, own in made.folds:
        fields = {known[one["id"]].target["field"] for one in own}
        assert len(fields) == 1
        assert {known[one["id"]].answer for one in own} == {"not_assessable"}
        assert told.startswith(catalog.label("fields", fields.pop(), lang))
        assert str(len(own)) in told
        assert names.startswith(own[0]["name"])
        assert all(one["looked"] for one in own)
    listed = [one["id"] for one in made.lines] + [one["id"] for _, _, own in made.folds for one in own]
    assert sorted(listed) == sorted(known)


def test_a_line_shows_the_latest_figure_of_its_kind(catalog: Catalog) -> None:
    assert cards.latest(catalog, judge_target(catalog, "I04"), "zh") == "2024年当年公布省级绿色低碳工厂100家"
    assert cards.latest(catalog, judge_target(catalog, "P03"), "en") == (
        "Coal consumption (sum of the energy inventory) 166 Mt, 2022"
    )
    assert cards.latest(catalog, judge_target(catalog, "E18"), "zh") == ""


def test_english_cards_hold_no_chinese(catalog: Catalog, judged: list[Verdict]) -> None:
    assert not re.search("[\u4e00-\u9fff，：（）]", html(catalog, judged, "en"))


def test_cards_of_a_plan_leave_room_on_the_page(catalog: Catalog, judged: list[Verdict]) -> None:
    assert len(html(catalog, judged).encode()) < 300_000  # of 500 000, with the charts of what is not met


def test_every_source_that_is_cited_has_a_number(catalog: Catalog, judged: list[Verdict]) -> None:
    shown = html(catalog, judged)
    assert all(number.isdigit() for number in re.findall(r'class="cite"[^>]*>\[([^\]]+)\]', shown))


def test_what_a_met_target_shows(catalog: Catalog) -> None:
    made = cards.card(catalog, judge_target(catalog, "E02"), "zh")
    assert made["chip"]["class"] == "verdict-met"
    facts = {fact["label"]: fact["value"] for fact in made["facts"]}
    assert facts["改变结论所需变动"] == "数据下调54%"
    assert facts["完成率"] == "2025年超过目标3倍以上"
    assert facts["判定方法"] == "由同一指标、同一口径的公布数判定"
    assert facts["晴雨表"] == "三级（绿灯）"
    assert "后续所需年均变化" not in facts
    assert made["schedule"][-1] == {
        "year": "2025", "required": "2762万千瓦", "published": "5947万千瓦（2025年6月）",
        "light": "green", "completion": "356%",
    }  # fmt: skip
    assert made["evidence"][0]["decides"]
    assert made["evidence"][0]["value"] == "5947万千瓦"


def test_what_an_open_target_still_needs(catalog: Catalog) -> None:
    facts = {fact["label"]: fact["value"] for fact in cards.facts(catalog, judge_target(catalog, "K01"), "zh")}
    assert facts["后续所需年均变化"] == "2026—2027年年均提高0.05个百分点"
    assert facts["近年实际年均变化"] == "年均提高0.1个百分点（满足要求）"


def test_nothing_is_said_that_is_not_known(catalog: Catalog) -> None:
    made = cards.card(catalog, judge_target(catalog, "P03"), "zh")
    assert [one["label"] for one in made["facts"]] == ["为何不判定", "完成概率", "何数可判定", "由谁掌握"]
    assert made["schedule"] == []
    assert (made["chip"]["text"], made["chance"]) == ("大概率未完成", "1%—5%")
    assert "不评级" not in html(catalog, [judge_target(catalog, "P03")])


def test_a_schedule_without_figures_has_no_row_of_them(catalog: Catalog) -> None:
    shown = html(catalog, [judge_target(catalog, "P01")])
    assert "下降14.5%" in shown
    assert "公布值" not in shown
    assert "公布值" in html(catalog, [judge_target(catalog, "E02")])


def test_a_long_schedule_is_cut_to_its_end(catalog: Catalog) -> None:
    assert [step.year for step in standings.steps(judge_target(catalog, "P05"))] == [2026, 2027, 2028, 2029, 2030]


def test_text_from_data_is_escaped(catalog: Catalog) -> None:
    verdict = judge_target(catalog, "E02")
    bad = '<script>alert("x")</script>'
    rows = ({**verdict.evidence[0], "note_zh": bad}, *verdict.evidence[1:])
    shown = html(catalog, [dataclasses.replace(verdict, target={**verdict.target, "zh": bad}, evidence=rows)])
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 2


@pytest.mark.parametrize(
    ("target", "value", "zh", "en"),
    [
        ("P01", -2.9, "下降2.9%", "−2.9%"),
        ("P07", 90007.0, "9.00万亿元", "9.00 trillion yuan"),
        ("E02", 2513.0, "2513万千瓦", "25.13 GW"),
        ("K01", 2.8857142857, "2.89%", "2.89%"),
    ],
)
def test_figures_are_written_in_the_unit_of_the_target(
    catalog: Catalog, target: str, value: float, zh: str, en: str
) -> None:
    verdict = judge_target(catalog, target)
    assert standings.figure(catalog, verdict, value, "zh") == zh
    assert standings.figure(catalog, verdict, value, "en") == en
