"""The look-back: golden plans, what was known when, every published barometer, and what the page says of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import by_plan
from tanfeng.pages import text
from tanfeng.pages.charts import lookback as lookback_charts
from tanfeng.pages.reports import barometers, lookback
from tanfeng.pages.reports import lookback as lookback_report
from tanfeng.pages.table import Table
from tanfeng.targets import lights
from tanfeng.targets.lookback import barometer, plans

REGION = "330000"
ENERGY = plans.ENERGY
HEAD = "indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en"
FALLS = st.lists(st.floats(-12, 8), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def years(catalog: Catalog) -> pd.DataFrame:
    return plans.plans(catalog, REGION)


@pytest.fixture(scope="module")
def results(catalog: Catalog) -> pd.DataFrame:
    return plans.results(catalog, REGION)


@pytest.fixture(scope="module")
def levels(catalog: Catalog) -> pd.DataFrame:
    return barometer.replay(catalog, REGION)


def of_plan(rows: pd.DataFrame, plan: str, indicator: str = ENERGY) -> pd.DataFrame:
    return rows[(rows["plan"] == plan) & (rows["indicator"] == indicator)].set_index("year")


def with_local(tables: Path, *rows: str) -> Catalog:
    folder = tables / "data" / "local"
    folder.mkdir()
    (folder / "observations.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return Catalog(tables)


class TestPlans:
    @pytest.mark.parametrize(
        ("plan", "lights"),
        [
            ("11FYP", ["red", "yellow", "green", "green", "green"]),
            ("12FYP", ["red", "green", "green", "green", "green"]),
            ("13FYP", ["green", "green", "green", "green", "red"]),
        ],
    )
    def test_lights_by_year(self, years: pd.DataFrame, plan: str, lights: list[str]) -> None:
        assert of_plan(years, plan)["light"].tolist() == lights

    def test_at_equal_rates_2019_is_yellow(self, years: pd.DataFrame) -> None:
        row = of_plan(years, "13FYP").loc[2019]
        assert (row["light"], row["light_compound"]) == ("green", "yellow")
        assert row[["linear_pct", "compound_pct"]].tolist() == pytest.approx([-13.6, -13.85], abs=0.005)
        assert row["then_pct"] == pytest.approx(-13.73, abs=0.005)

    @pytest.mark.parametrize(
        ("plan", "figures"),
        [
            ("11FYP", [-3.52, -7.55, -12.63, -17.3, -20.0]),
            ("12FYP", [-3.07, -9.0, -12.4, -17.8, -20.70]),
            ("13FYP", [-3.82, -7.42, -10.86, -13.73, -8.26]),
        ],
    )
    def test_figures_of_the_time(self, years: pd.DataFrame, plan: str, figures: list[float]) -> None:
        assert of_plan(years, plan)["then_pct"].tolist() == pytest.approx(figures, abs=0.005)

    def test_the_end_agrees_with_the_changes_by_plan(self, catalog: Catalog, years: pd.DataFrame) -> None:
        rows = by_plan.plan_changes(catalog, REGION).query("indicator == 'energy_intensity' and scope == 'statistical'")
        chained = rows.set_index("plan")["change_pct"].dropna()
        for plan, change in chained.items():
            assert of_plan(years, str(plan))["today_pct"].iloc[-1] == pytest.approx(change, abs=1e-9)

    def test_estimates_are_shown_and_not_rated(self, years: pd.DataFrame) -> None:
        guessed = years[years["today_status"] == "estimate"]
        assert sorted(guessed["year"]) == [2010, 2014, 2015]
        assert set(guessed["light_today"]) == {lights.NOT_RATED}
        assert set(years.loc[years["then_pct"].notna(), "light"]) <= {"green", "yellow", "red"}

    def test_mid_term_words_use_no_later_figure(self, years: pd.DataFrame) -> None:
        words = {plan: of_plan(years, plan)["words"].iloc[2] for plan in ("11FYP", "12FYP", "13FYP")}
        assert words == {"11FYP": "as_expected", "12FYP": "faster", "13FYP": "as_expected"}
        assert set(years.groupby(["plan", "indicator"])["words"].last()) == {""}, "none in the last year"

    def test_pace_of_the_13th_plan_was_enough_to_the_end(self, years: pd.DataFrame) -> None:
        rows = of_plan(years, "13FYP")
        assert rows["pace"].tolist() == ["insufficient_data", "on_track", "on_track", "on_track", ""]
        assert rows.at[2019, "required_rate_pct"] == pytest.approx(-3.79, abs=0.005)

    def test_the_14th_plan_is_a_schedule_alone(self, years: pd.DataFrame) -> None:
        rows = of_plan(years, "14FYP", plans.ASSESSED)
        assert rows["linear_pct"].tolist() == pytest.approx([-2.9, -5.8, -8.7, -11.6, -14.5])
        assert rows["compound_pct"].round(2).tolist() == [-3.08, -6.07, -8.97, -11.78, -14.5]
        assert rows["then_pct"].isna().all()
        assert set(rows["light"]) == {lights.NOT_RATED}

    def test_a_statistical_rate_does_not_answer_the_14th_plan(self, tables: Path) -> None:
        catalog = with_local(tables, f"{ENERGY},{REGION},2020/2021,-5.0,%,exact,reported,nbs_energy_bulletin_2020,,")
        rows = plans.plans(catalog, REGION)
        assert of_plan(rows, "14FYP", plans.ASSESSED)["then_pct"].isna().all()

    @pytest.mark.parametrize(("value", "bound"), [(-9.5, "exact"), (-14.5, "about")])
    def test_a_result_of_the_assessment_stands_without_a_chain_of_rates(
        self, tables: Path, value: float, bound: str
    ) -> None:
        row = f"{plans.ASSESSED},{REGION},2020/2025,{value},%,{bound},reported,nbs_energy_bulletin_2020,,"
        catalog = with_local(tables, row)
        results = plans.results(catalog, REGION)
        one = of_plan(results, "14FYP", plans.ASSESSED).loc[2025]
        assert (one["verdict"], one["today_status"]) == ("missed" if value > -14 else "met", "")
        found = lookback_report._plan(catalog, {**one.to_dict(), "year": 2025})
        assert all(row["status"] for row in found)
        assert "energy_intensity_today_14FYP" not in {row["id"] for row in found}
        for lang in ("zh", "en"):
            shown = lookback_report.RESULTS.table(catalog, results, lang, "").rows
            assert not [cell for row in shown for cell in row.values() if "nan" in str(cell).lower()]

    def test_a_region_without_plans_has_no_rows(self, catalog: Catalog) -> None:
        for found in (plans.plans, plans.results, barometer.replay):
            assert found(catalog, "330100").empty


class TestResults:
    def test_verdicts_and_grades(self, results: pd.DataFrame) -> None:
        rows = results[results["indicator"] == ENERGY].set_index("plan")
        assert rows["verdict"].to_dict() == {"11FYP": "met", "12FYP": "met", "13FYP": "missed"}
        assert rows["grade"].to_dict() == {"11FYP": "met", "12FYP": "exceeded", "13FYP": "missed"}
        assert rows["completion_pct"].round(1).to_dict() == {"11FYP": 100.0, "12FYP": 115.0, "13FYP": 48.6}
        assert rows["turned_year"].to_dict() == {"11FYP": 2008, "12FYP": 2012, "13FYP": 2020}

    def test_only_the_11th_plan_lies_on_its_limit(self, results: pd.DataFrame) -> None:
        assert results.loc[results["on_limit"], ["plan", "flip_pct"]].to_numpy().tolist() == [["11FYP", 0.0]]

    @pytest.mark.parametrize("plan", ["12FYP", "13FYP"])
    def test_flip_distance_turns_the_verdict(self, results: pd.DataFrame, plan: str) -> None:
        row = results[(results["plan"] == plan) & (results["indicator"] == ENERGY)].iloc[0]
        for share, turned in ((0.99, False), (1.01, True)):
            level = (100 + row["achieved_pct"]) * (1 + share * row["flip_pct"] / 100)
            assert ((level - 100 <= row["planned_pct"]) != (row["verdict"] == "met")) == turned

    def test_co2_intensity_of_the_12th_plan(self, results: pd.DataFrame) -> None:
        row = results[results["indicator"] == plans.CARBON].iloc[0]
        assert (row["planned_pct"], row["achieved_pct"], row["year"]) == (-19.0, -13.37, 2013)
        assert (row["verdict"], row["grade"], row["words"]) == ("not_assessable", "", "faster")

    @pytest.mark.parametrize("source", ["zj_energy_plan_14fyp_ent400", "barometer_2011_h1"])
    def test_a_plan_with_figures_that_contradict_each_other_has_no_verdict(self, tables: Path, source: str) -> None:
        rows = pd.read_csv(tables / "data" / "observations.csv", dtype=str, keep_default_na=False)
        grades = pd.read_csv(tables / "data" / "sources.csv", dtype=str, keep_default_na=False)
        own = rows[(rows["indicator"] == ENERGY) & (rows["region"] == REGION) & (rows["period"] == "2019/2020")].iloc[0]
        grades.loc[grades["id"] == source, "grade"] = grades.set_index("id").at[own["source_id"], "grade"]
        grades.to_csv(tables / "data" / "sources.csv", index=False)
        new = pd.DataFrame([{**own.to_dict(), "value": "-4.5", "source_id": source}])
        pd.concat([rows, new]).to_csv(tables / "data" / "observations.csv", index=False)
        found = plans.results(Catalog(tables), REGION).query("plan == '13FYP' and indicator == @ENERGY").iloc[0]
        assert (found["verdict"], found["light"]) == ("not_assessable", "not_rated")

    def test_without_its_last_year_a_plan_has_no_verdict(self, tables: Path) -> None:
        catalog = with_local(tables, f"{ENERGY},{REGION},2019/2020,-4.0,%,exact,estimate,derived_energy_2020,,")
        row = plans.results(catalog, REGION).query("plan == '13FYP'").iloc[0]
        assert (row["verdict"], row["year"], row["light"]) == ("not_assessable", 2019, "green")


class TestCumulative:
    def test_what_was_published_goes_first(self, catalog: Catalog) -> None:
        rows = plans.at_the_time(catalog, ENERGY, REGION, 2010, 2015).set_index("year")
        assert rows["basis"].to_dict() == {
            2011: "published", 2012: "published", 2013: "published", 2014: "published", 2015: "computed",
        }  # fmt: skip
        assert rows.at[2014, "source_id"] == "energy_white_paper_2014_press"

    @given(FALLS)
    def test_rates_alone_chain(self, rates: list[float]) -> None:
        row: dict[str, object] = {"value": 0.0, "bound": "exact", "status": "reported", "source_id": "a"}
        level = 1.0
        for rate in rates:
            step = pd.Series({"value": rate, "bound": "exact", "status": "reported", "source_id": "b"})
            row, level = plans._carried_on(row, step), level * (1 + rate / 100)
        assert row["value"] == pytest.approx(100 * (level - 1), abs=1e-9)
        assert (row["basis"], row["source_id"]) == ("computed", "a b")

    def test_a_rounded_figure_stays_rounded(self) -> None:
        row = {"value": -20.0, "bound": "about", "status": "reported", "source_id": "a"}
        step = pd.Series({"value": -3.0, "bound": "exact", "status": "reported", "source_id": "b"})
        assert plans._carried_on(row, step)["bound"] == "about"

    def test_a_gap_ends_the_chain_of_today(self, catalog: Catalog) -> None:
        assert plans.as_known_now(catalog, plans.CARBON, REGION, 2010, 2015).empty
        assert plans.as_known_now(catalog, ENERGY, REGION, 2015, 2022)["year"].max() == 2020

    def test_a_total_that_is_not_published_follows_from_its_growth(self, tables: Path) -> None:
        file = tables / "data" / "observations.csv"
        unknown = tuple(f"energy_consumption,{REGION},{year}," for year in (2020, 2021, 2022))
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(unknown)), encoding="utf-8")
        catalog = Catalog(tables)
        rows = plans.levels(catalog, "energy_consumption", "energy_consumption_growth", REGION).set_index("year")
        assert rows.at[2020, "value"] == pytest.approx(rows.at[2019, "value"] * 1.101)
        assert rows.at[2020, "source_id"] == "carbondata_panel nbs_energy_bulletin_2020"
        assert rows["basis"].value_counts().to_dict() == {"published": len(rows) - 1, "computed": 1}


class TestBarometers:
    def test_every_published_level_is_there(self, catalog: Catalog, levels: pd.DataFrame) -> None:
        known = catalog.read("observations")
        known = known[known["indicator"].isin(barometer.PUBLISHED_LEVELS.values()) & (known["region"] == REGION)]
        assert len(levels) == len(known) >= 17

    def test_agreement(self, levels: pd.DataFrame) -> None:
        counts = levels.groupby(["measure", "agreement"]).size().to_dict()
        assert counts == {
            ("intensity", "agrees"): 9, ("intensity", "by_wording"): 1,
            ("total", "agrees"): 1, ("total", "not_comparable"): 6,
        }  # fmt: skip

    def test_both_reds_of_intensity_rest_on_figures(self, levels: pd.DataFrame) -> None:
        rows = levels[(levels["measure"] == "intensity") & (levels["basis"] == "figure")].set_index("period")
        assert rows.loc[["2011-06", "2020-09"], "light_rule"].tolist() == ["red", "red"]

    def test_the_year_before_does_not_show_the_red_of_2020(self, levels: pd.DataFrame) -> None:
        rows = levels[levels["period"] == "2020-09"].set_index("measure")
        assert rows["light_before"].to_dict() == {"intensity": "green", "total": "yellow"}
        assert rows["light_rule"].to_dict() == {"intensity": "red", "total": "red"}

    def test_energy_against_its_cap(self, levels: pd.DataFrame) -> None:
        row = levels.query("measure == 'total' and period == '2020-09'").iloc[0]
        assert (row["required"], row["figure_basis"], row["figure_status"]) == (22000, "published", "reported")
        assert (row["figure"], row["basis"], row["agreement"]) == (24660, "figure", "agrees")

    def test_the_level_of_the_total_is_reproduced_on_an_estimate_and_said_to_be(self, tables: Path) -> None:
        catalog = with_local(
            tables, f"energy_consumption,{REGION},2020,24655,10^4 tce,exact,estimate,zj_yearbook_2023_energy,,"
        )
        levels = barometer.replay(catalog, REGION)
        row = levels.query("measure == 'total' and period == '2020-09'").iloc[0]
        assert (row["basis"], row["agreement"]) == ("on_estimate", "agrees")
        assert "估算数" in barometers.reason(catalog, row, "zh")
        assert "由公布数计算" not in barometers.reason(catalog, row, "zh")
        for lang, said in (("zh", "一致（据估算数）"), ("en", "agrees (on an estimate)")):
            cells = barometers.LEVELS.table(catalog, barometers.cited(levels), lang, "x").rows
            assert [cell["agreement"]["text"] for cell in cells].count(said) == 1

    def test_agreement_by_the_notice_stands_apart(self, catalog: Catalog, levels: pd.DataFrame) -> None:
        cells = barometers.LEVELS.table(catalog, barometers.cited(levels), "zh", "x").rows
        assert [cell["agreement"]["text"] for cell in cells].count("一致（据通报所述）") == 1
        row = levels.query("measure == 'intensity' and period == '2021-03'").iloc[0]
        assert (row["basis"], row["agreement"]) == ("stated", "agrees")

    def test_levels_against_the_task_of_the_year_are_told(self, catalog: Catalog, levels: pd.DataFrame) -> None:
        rows = levels.dropna(subset=["level_of_year"]).set_index("period")
        assert rows["level_of_year"].to_dict() == {"2011-06": 2, "2014-06": 3, "2014-07": 3, "2014-11": 3}
        assert barometer.levels_of_year(catalog, REGION).items() >= rows["level_of_year"].to_dict().items()
        assert "2011年1—6月二级" in barometers.of_year({"2011-06": 2.0}, "zh")
        assert "January–June 2011 level 2" in barometers.of_year({"2011-06": 2.0, "2014-03": 3.0}, "en")
        assert "2014年1—3月三级" in barometers.of_year({"2011-06": 2.0, "2014-03": 3.0}, "zh")
        assert barometers.of_year({}, "zh") == ""

    def test_what_is_required_by_a_text_put_up_for_comment_says_so(
        self, catalog: Catalog, levels: pd.DataFrame
    ) -> None:
        rows = levels[levels["period"] == "2020-09"].to_dict("records")
        assert len(rows) == 2
        for row in rows:
            assert "（公示稿所列）" in barometers.reason(catalog, row, "zh")
            assert "put up for comment" in barometers.reason(catalog, row, "en")
            assert row["required_source"] == "zj_energy_saving_plan_13fyp_notice"

    def test_a_figure_that_disagrees_is_said_to(self, tables: Path) -> None:
        catalog = with_local(tables, f"{ENERGY},{REGION},2010/2011,-3.6,%,exact,reported,nbs_annual_energy_intensity,,")
        row = barometer.replay(catalog, REGION).query("measure == 'intensity' and period == '2011-06'").iloc[0]
        assert (row["light_rule"], row["agreement"]) == ("green", "differs")
        assert "另一级别" in barometers.reason(catalog, row, "zh")
        assert "another level" in barometers.reason(catalog, row, "en")

    def test_without_the_notice_there_is_nothing_to_compare(self, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("energy_intensity_direction,")]
        path.write_text("".join(kept), encoding="utf-8")
        rows = barometer.replay(Catalog(tables), REGION).query("measure == 'intensity' and year == 2021")
        assert set(rows["agreement"]) == {"not_comparable"}
        assert {barometers.reason(Catalog(tables), row, "zh") for row in rows.to_dict("records")} == {
            "有进度要求，但2021年同口径数据未公布，没有等级。"
        }

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_every_level_has_a_reason(self, catalog: Catalog, levels: pd.DataFrame, lang: str) -> None:
        for row in levels.to_dict("records"):
            said = barometers.reason(catalog, row, lang)
            assert said.endswith("。" if lang == "zh" else ".")
            assert not re.search(r"nan|None|[{}]", said), said

    @given(st.floats(-20, 20))
    def test_levels_fall_as_the_figure_rises(self, value: float) -> None:
        order = [lights.GREEN, lights.YELLOW, lights.RED]
        low, high = (
            barometer._ruled(
                {"figure": one, "figure_status": "reported", "light": lights.light(one, -3.6, at_least=False)}, None
            )[1]
            for one in (value, value + 1)
        )
        assert order.index(low) <= order.index(high)


class TestShown:
    @pytest.mark.parametrize("lang", text.LANGS)
    def test_tables_are_complete(
        self, catalog: Catalog, years: pd.DataFrame, results: pd.DataFrame, levels: pd.DataFrame, lang: str
    ) -> None:
        shown: list[Table] = [
            lookback.RESULTS.table(catalog, results, lang, "x"),
            *lookback.yearly(catalog, years, lang, "x"),
            barometers.LEVELS.table(catalog, barometers.cited(levels), lang, "x"),
            lookback.RULES.table(catalog, lookback.rules(catalog), lang, "x"),
            lookback.CITY_GRADES.table(catalog, lookback.by_grade(catalog, REGION), lang, "x"),
        ]
        sources = set(catalog.read("sources")["id"])
        for table in shown:
            assert table.rows
            wide = [column.kind for column in table.columns].count("text")
            assert len(table.columns) + 2 * wide <= 12, "wider than a page"
            assert set(table.sources) <= sources
            for row in table.rows:
                cells = [row[column.key] for column in table.columns]
                texts = [(column.kind, row[column.key]["text"]) for column in table.columns]
                assert all((said or kind in {"status", "verdict"}) and "nan" not in said for kind, said in texts), row
                cited = {source for cell in cells for source in (*cell.get("source", ()), *cell.get("more", ()))}
                assert cited <= set(table.sources)
            assert "<table" in table.html({})

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_rules_whose_text_was_not_seen_are_labelled(
        self, catalog: Catalog, years: pd.DataFrame, results: pd.DataFrame, levels: pd.DataFrame, lang: str
    ) -> None:
        label = {"zh": "规则原文未见", "en": "Primary text not seen"}[lang]
        assert label in lookback.RESULTS.table(catalog, results, lang, "x").note
        others = (
            *lookback.yearly(catalog, years, lang, "x"),
            barometers.LEVELS.table(catalog, barometers.cited(levels), lang, "x"),
        )
        assert not any(label in table.note for table in others)  # the table of rules on the same page says it of each
        named = [row["rule"]["text"] for row in lookback.RULES.table(catalog, lookback.rules(catalog), lang, "x").rows]
        assert len(named) == len({*lookback.RULES_OF_PLANS, *lookback.RULES_OF_BAROMETERS})
        rows = catalog.read("rules").set_index("id")
        table = lookback.RULES.table(catalog, lookback.rules(catalog, rows.index), lang, "x")
        seen = [row["primary_seen"]["text"] for row in table.rows]
        assert [one == lookback.SEEN[True][text.LANGS.index(lang)] for one in seen] == rows["primary_seen"].astype(
            bool
        ).tolist()

    @pytest.mark.parametrize(
        ("lang", "note"), [("zh", "（公示稿所列）"), ("en", "(as in the text put up for comment)")]
    )
    def test_what_rests_on_a_text_put_up_for_comment(
        self, catalog: Catalog, results: pd.DataFrame, lang: str, note: str
    ) -> None:
        rows = lookback.RESULTS.table(catalog, results, lang, "x").rows
        assert [note in row["asked"]["text"] for row in rows] == (results["plan"] == "13FYP").tolist()
        assert lookback.note_of(results, "13FYP", lang).strip("，, ") == note.strip("（）()")
        assert lookback.note_of(results, "12FYP", lang) == ""

    def test_the_rounded_result_of_the_11th_plan_is_explained(self, catalog: Catalog, results: pd.DataFrame) -> None:
        zh, en = (lookback.RESULTS.table(catalog, results, lang, "x").rows[0]["reached"]["text"] for lang in text.LANGS)
        assert ("约下降20%" in zh, "按公布的约数判定" in zh, "19.98%，其中有估算" in zh) == (True, True, True)
        assert ("about" in en, "estimates among them" in en) == (True, True)
        assert lookback.reached_by(results, "11FYP", "zh") == "约下降20%"

    def test_grades_of_cities_are_the_published_ones(self, catalog: Catalog) -> None:
        rows = lookback.CITY_GRADES.table(catalog, lookback.by_grade(catalog, REGION), "zh", "x").rows
        assert {row["value"]["text"]: len(row["cities"]["text"].split("、")) for row in rows} == {
            "超额完成": 3, "完成": 2, "基本完成": 2, "未完成": 4,
        }  # fmt: skip

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_chart(self, catalog: Catalog, years: pd.DataFrame, lang: str) -> None:
        chart = lookback_charts.plans_looked_back(catalog, years, lang)
        assert ET.fromstring(chart.svg).tag.endswith("svg")
        assert lookback_charts.plans_looked_back(catalog, years, lang) == chart, "drawn twice, the same"
        assert chart.alt.count(text.word(catalog, "light_red", lang)) == 3

    def test_chart_without_figures_says_so(self, catalog: Catalog, years: pd.DataFrame) -> None:
        with pytest.raises(ProjectError, match="no plan has a published figure"):
            lookback_charts.plans_looked_back(catalog, years[years["plan"] == "14FYP"], "zh")


def test_what_the_page_says_in_words_holds(catalog: Catalog, years: pd.DataFrame, results: pd.DataFrame) -> None:
    """The prose names verdicts, colours and counts that are no placeholders."""
    made_up = pd.DataFrame(
        [{"region": "330000", "origin": 2006, "year": 2011, "said": 0.5, "came": 1.0, "inside80": 1}]
    )
    k = lookback_report.key_figures(catalog, REGION, {"mt": made_up}).set_index("id")
    verdicts = results[results["indicator"] == ENERGY]["verdict"].tolist()
    assert verdicts == ["met", "met", "missed"]
    assert of_plan(years, "13FYP")["light"].tolist()[:4] == ["green"] * 4
    assert k.at["energy_intensity_rate", "period"] == "2019/2020"
    assert abs(k.at["energy_intensity_today_11FYP", "value"] - k.at["asked_11FYP", "value"]) < 0.13, (
        "error of the formula"
    )
    linear, compound = k.at["asked_before", "value"], k.at["energy_intensity_compound", "value"]
    assert compound < k.at["energy_intensity_before", "value"] < linear
    assert k["value"][["agrees", "by_wording", "differs", "not_comparable"]].tolist() == [10, 1, 0, 6]
    assert k["value"][["by_figures", "by_estimate", "by_notice", "of_year"]].tolist() == [9, 0, 1, 6]
    assert k["status"][["energy_total", "over_cap", "energy_cap"]].tolist() == ["reported"] * 3
    assert k.at["energy_total", "basis"] == "published"
    assert k["value"][["before", "before_agrees"]].tolist() == [8, 6]
    assert k.at["over_cap", "value"] > 10 > k.at["over_schedule", "value"] > 0
