"""The optimum as it is shown: costs and what is missed, the front, each point opened, its table to take away."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.charts import roadmap as roadmap_charts
from tanfeng.pages.reports import least_cost as reports_least_cost
from tanfeng.pages.reports import roadmap
from tanfeng.pages.reports.least_cost import Ways
from tanfeng.roadmap import effects, front, gaps, least_cost, programme, wedges
from tanfeng.roadmap.least_cost import Options
from tanfeng.roadmap.programme import Point
from tests.pages.test_roadmap import check, number

REGION = "330000"
LANG = pytest.mark.parametrize("lang", text.LANGS)


@pytest.fixture(scope="module")
def own(catalog: Catalog) -> Options:
    return least_cost.options(catalog, REGION)


@pytest.fixture(scope="module")
def points(catalog: Catalog) -> list[Point]:
    return least_cost.front(catalog, REGION, steps=4)


@pytest.fixture(scope="module")
def scores(catalog: Catalog, own: Options, points: list[Point]) -> pd.DataFrame:
    return front.scores(catalog, REGION, own, points)


@pytest.fixture(scope="module")
def answers(catalog: Catalog) -> pd.DataFrame:
    return least_cost.answers(catalog, REGION)


class TestTables:
    @LANG
    def test_are_complete(
        self,
        catalog: Catalog,
        own: Options,
        points: list[Point],
        scores: pd.DataFrame,
        answers: pd.DataFrame,
        lang: str,
    ) -> None:
        sure = {"P05": least_cost.robust_table(catalog, REGION, "P05")}
        check(catalog, reports_least_cost.ANSWERS.table(catalog, answers, lang, "x"))
        check(catalog, reports_least_cost.of_certainty(catalog, sure, lang, "x"))
        check(catalog, reports_least_cost.FRONT.table(catalog, scores.assign(opened=scores["point"] == 1), lang, "x"))
        check(catalog, reports_least_cost.POINT.table(catalog, front.opened(own, points[-1]), lang, "x"))
        check(catalog, reports_least_cost.COSTS.table(catalog, reports_least_cost.costs(catalog, own), lang, "x"))
        left_out = reports_least_cost.by_reason(least_cost.left_out(catalog, REGION))
        check(catalog, reports_least_cost.LEFT_OUT.table(catalog, left_out, lang, "x"))

    def test_what_can_not_be_met_says_by_how_much(self, catalog: Catalog, answers: pd.DataFrame) -> None:
        shown = reports_least_cost.ANSWERS.table(catalog, answers, "zh", "x").rows
        for row, found in zip(shown, answers.to_dict("records"), strict=True):
            said = row["answer"]["text"]
            if not found["feasible"]:
                assert said == f"无解，还差{text.tonnes(found['missed_mt'], 'zh')}万吨"
                assert row["marginal"]["text"] == row["whole_cost"]["text"] == "—"
            elif found["needed_mt"] <= 0:
                assert said == "参考情形已在限额内"
            else:
                assert said.startswith("最低投资")

    def test_certainty_costs_more_until_there_is_no_way(self, catalog: Catalog) -> None:
        rows = reports_least_cost.of_certainty(
            catalog, {"N03": least_cost.robust_table(catalog, REGION, "N03")}, "zh", "x"
        ).rows
        found = [row["N03"]["text"] for row in rows]
        costs = [number(one) for one in found if not one.startswith("无解")]
        assert costs == sorted(costs)
        assert [one.startswith("无解") for one in found] == sorted(one.startswith("无解") for one in found)

    def test_an_answer_that_is_not_proven_says_so(self, catalog: Catalog) -> None:
        rows = least_cost.robust_table(catalog, REGION, "N03")
        assert (rows["gap"] <= programme.PROVEN).all()
        for lang, word in (("zh", "未证明最优"), ("en", "not proven optimal")):
            shown = reports_least_cost.of_certainty(catalog, {"N03": rows}, lang, "x").rows
            assert not any(word in row["N03"]["text"] for row in shown)
            late = reports_least_cost.of_certainty(catalog, {"N03": rows.assign(gap=1e-3)}, lang, "x").rows
            assert all(word in row["N03"]["text"] for row in late)

    @LANG
    def test_a_single_published_value_is_told(
        self, catalog: Catalog, own: Options, answers: pd.DataFrame, lang: str
    ) -> None:
        word = roadmap.SINGLE[lang == "en"]
        costs = {
            row["name"]["text"]: row["spread"]["text"]
            for row in reports_least_cost.COSTS.table(catalog, reports_least_cost.costs(catalog, own), lang, "x").rows
        }
        names = catalog.read("measure_costs").set_index("id")[lang]
        assert costs[names["investment_gansu_line"]] == word
        needed = answers[answers["cost"].fillna(0) > 0]
        assert all(
            word in row["answer"]["text"] for row in reports_least_cost.ANSWERS.table(catalog, needed, lang, "x").rows
        )

    @LANG
    def test_notes_say_what_the_figures_leave_out(
        self, catalog: Catalog, answers: pd.DataFrame, scores: pd.DataFrame, lang: str
    ) -> None:
        plants, three = {"zh": ("1520万千瓦", "三个目标"), "en": ("15.2 GW", "three objectives")}[lang]
        assert plants in reports_least_cost.ANSWERS.table(catalog, answers, lang, "x").note
        note = reports_least_cost.FRONT.table(catalog, scores.assign(opened=scores["point"] == 1), lang, "x").note
        assert three in note
        assert {"zh": "都由投资算出", "en": "both computed from investment"}[lang] in note
        ratio = scores["residents"].iloc[1:] / scores["economy"].iloc[1:]
        assert ratio.max() == pytest.approx(ratio.min()), "the two dimensions are one"

    def test_left_out_holds_every_other_measure_once(self, catalog: Catalog, own: Options) -> None:
        left_out = reports_least_cost.by_reason(least_cost.left_out(catalog, REGION))
        rows = reports_least_cost.LEFT_OUT.table(catalog, left_out, "en", "x").rows
        ids = [one for row in rows for one in row["ids"]["text"].split(", ")]
        assert len(ids) == len(set(ids)) == sum(int(row["count"]["text"]) for row in rows)
        assert set(ids).isdisjoint(own.rows["id"])

    @given(st.floats(0, 1e5))
    def test_money_is_the_same_in_both_languages(self, value: float) -> None:
        zh, en = (number(reports_least_cost.money(value, lang)) for lang in text.LANGS)
        assert zh == pytest.approx(10 * en, abs=1.01)


class TestPoints:
    def test_the_roadmap_by_year_adds_up_to_the_point(
        self, catalog: Catalog, own: Options, points: list[Point], scores: pd.DataFrame
    ) -> None:
        start = least_cost.without(catalog, REGION, own)
        for point, row in zip(points, scores.to_dict("records"), strict=True):
            rows = front.by_year(own, point)
            assert start[least_cost.EMISSIONS] - rows["saved_mt"].sum() == pytest.approx(row["emissions_mt"], abs=1e-3)
            assert start[least_cost.DEPENDENCE] - rows["independent_twh"].sum() == pytest.approx(
                row["dependence_twh"], abs=1e-3
            )
            assert set(rows["id"]) == set(front.opened(own, point)["id"])

    def test_nothing_runs_before_its_first_year(self, own: Options, points: list[Point]) -> None:
        first = own.rows.set_index("id")["first_year"]
        for point in points:
            rows = front.by_year(own, point)
            early = rows[rows["year"] < rows["id"].map(first)]
            assert early["intensity"].abs().max() < 1e-9 or early.empty

    def test_points_meet_the_targets_of_the_region(self, catalog: Catalog, own: Options, points: list[Point]) -> None:
        asked = least_cost.own_targets(catalog, REGION, own)
        assert set(asked) == {"P05"}
        for point in points:
            for one in asked.values():
                assert (one.weights * point.intensity).sum() >= one.least - 1e-6

    def test_a_target_that_needs_measures_binds_the_front(
        self, catalog: Catalog, own: Options, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = {"N03": least_cost.needs(catalog, REGION, own)["N03"]}
        monkeypatch.setattr(least_cost, "own_targets", lambda *_: asked)
        least = least_cost.cheapest(catalog, REGION, "N03").cost
        assert least_cost.front(catalog, REGION, steps=3)[0].cost == pytest.approx(least, rel=1e-3)

    def test_chances_of_the_ends_are_those_of_the_gaps(self, catalog: Catalog, points: list[Point]) -> None:
        known = gaps.gaps(catalog, REGION).set_index(["target", "account"])
        rows = front.within(catalog, REGION, points).set_index(["target", "account", "point"])["share"]
        for name in known.index:
            assert rows[(*name, 1)] == pytest.approx(known.at[name, "p_without"])
            assert rows[(*name, len(points))] == pytest.approx(known.at[name, "p_with"], abs=0.03)

    def test_sources_once_each(self, scores: pd.DataFrame) -> None:
        for sources in scores["sources"]:
            assert len(sources.split()) == len(set(sources.split()))


class Parts(HTMLParser):
    """Collects ids, links, and how many parts are open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open = 0
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        self.open += tag == "details" and "open" in given


class TestOpened:
    @pytest.fixture(params=text.LANGS)
    def lang(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def ways(self, catalog: Catalog, own: Options, points: list[Point], lang: str) -> Ways:
        return reports_least_cost.cards(catalog, REGION, own, points, 2, lang)

    def test_each_point_opens_without_a_script(self, ways: Ways, points: list[Point]) -> None:
        parts = Parts(ways.html({}))
        assert parts.ids == [f"point-{number}" for number in range(1, len(points) + 1)]
        assert (parts.tags.count("details"), parts.open) == (len(points), 1)
        assert "script" not in parts.tags
        assert [link for link in parts.links if link.endswith(".csv")] == [way.href for way in ways.ways]

    def test_the_front_leads_to_each_point(self, catalog: Catalog, scores: pd.DataFrame, ways: Ways, lang: str) -> None:
        parts = Parts(
            reports_least_cost.FRONT.table(catalog, scores.assign(opened=scores["point"] == 2), lang, "x").html({})
        )
        assert parts.links[: len(scores)] == [f"#{name}" for name in Parts(ways.html({})).ids]

    def test_four_dimensions_and_chances(self, ways: Ways, scores: pd.DataFrame, lang: str) -> None:
        words = [label[lang == "en"] for label, *_ in reports_least_cost.DIMENSIONS.values()]
        for way, row in zip(ways.ways, scores.to_dict("records"), strict=True):
            labels = [fact["label"] for fact in way.facts]
            assert [label.startswith(word) for label, word in zip(labels, words, strict=False)] == [True] * 4
            assert len(labels) == 4 + 4
            assert text.percent(row["emissions"]) in way.title

    def test_the_reference_says_that_it_has_no_measure(self, ways: Ways, lang: str) -> None:
        assert ways.ways[0].rows.empty
        assert {"zh": "不采用任何措施", "en": "No measure"}[lang] in ways.html({}, lang)

    def test_text_from_data_is_escaped(self, catalog: Catalog, own: Options, points: list[Point], lang: str) -> None:
        bad = own.rows.assign(zh="<b>x</b>", en="<b>x</b>")
        ways = reports_least_cost.cards(catalog, REGION, replaced(own, bad), points, 2, lang)
        assert "<b>x" not in ways.html({})
        assert str(escape("<b>x</b>")) in ways.html({})

    def test_lines(self, scores: pd.DataFrame, lang: str) -> None:
        shown = reports_least_cost.lines(scores, lang).splitlines()
        assert len(shown) == len(scores)
        assert not re.search(r"nan|None", "".join(shown))


def replaced(own: Options, rows: pd.DataFrame) -> Options:
    return Options(own.account, own.years, rows, own.saved, own.displaced, own.independent)


@LANG
def test_chart_of_the_front(scores: pd.DataFrame, lang: str) -> None:
    chart = roadmap_charts.front(scores, 2, lang)
    assert ET.fromstring(chart.svg).tag.endswith("svg")
    assert roadmap_charts.front(scores, 2, lang) == chart, "drawn twice, the same"
    assert str(len(scores)) in chart.alt


def test_every_cost_and_factor_of_an_option_has_a_source_and_an_order(catalog: Catalog, own: Options) -> None:
    sources = set(catalog.read("sources")["id"])
    assert set(own.rows["cost_sources"]) <= sources
    assert (own.rows["low"] <= own.rows["central"]).all()
    assert (own.rows["central"] <= own.rows["high"]).all()
    for name in own.rows["id"]:
        rows = effects.factors(catalog, name)
        named = effects.parameters(catalog).loc[rows["parameter_id"]]
        assert set(named["source_id"].str.split().explode()) <= sources
    assert set(own.rows["id"]) <= set(wedges.candidates(catalog, REGION)["id"])
