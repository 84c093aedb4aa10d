"""The way to 2030: growth ahead, CO2 intensity by account, probabilities, targets ahead, cities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators
from tanfeng.forecast import growth
from tanfeng.outlook.scenarios import Scenario
from tanfeng.pages import sentences, text
from tanfeng.pages import table as tables
from tanfeng.pages.reports import ahead as ahead_report
from tanfeng.targets import ahead, intensity, progress
from tanfeng.targets.intensity import Intensity
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import judge_target

REGION, GDP = "330000", "gdp_current_5th_census"
RATES = st.lists(st.floats(0.5, 20), min_size=16, max_size=40)


@pytest.fixture(scope="module")
def direct(catalog: Catalog) -> Intensity:
    return intensity.intensity(catalog, REGION, 2005, 2030, 65.0)


@pytest.fixture(scope="module")
def assessment(catalog: Catalog) -> Intensity:
    return intensity.intensity(catalog, REGION, 2005, 2030, 65.0, "assessment")


class TestGrowth:
    @given(RATES, st.integers(1, 5), st.floats(0.1, 10))
    def test_paths_scale_with_the_rates(self, rates: list[float], horizon: int, scale: float) -> None:
        values = np.array(rates)
        assert np.allclose(growth.paths(values * scale, horizon), scale * growth.paths(values, horizon))

    @given(RATES, st.integers(1, 5))
    def test_one_path_for_each_past_trajectory(self, rates: list[float], horizon: int) -> None:
        found = growth.paths(np.array(rates), horizon)
        assert found.shape == (len(rates) - growth.WINDOW_YEARS - horizon + 1, horizon)
        assert (found > 0).all()

    @given(RATES)
    def test_the_last_trajectory_is_what_really_followed(self, rates: list[float]) -> None:
        values = np.array(rates)
        assert np.allclose(growth.ratios(values, 2)[-1] * growth.recent(values[:-2]), values[-2:])

    def test_a_test_knows_only_what_was_complete(self) -> None:
        rates = np.array([10.0] * 18 + [2.0] * 5)
        rows = growth.backtest(rates, 5)
        assert rows["said"].tolist()[:3] == pytest.approx([10.0] * 3)
        assert rows["came"].iloc[-1] == pytest.approx(2.0)

    def test_too_few_rates_are_an_error(self) -> None:
        with pytest.raises(ProjectError, match="needs 15 yearly rates; found 14"):
            growth.ratios(np.ones(14), 5)

    def test_a_mean_that_is_not_positive_is_an_error(self) -> None:
        with pytest.raises(ProjectError, match="needs a positive one"):
            growth.ratios(np.full(20, -1.0), 5)

    def test_better_than_the_last_rate_and_than_r1_on_the_province(self, catalog: Catalog) -> None:
        rates = indicators.yearly(catalog, "gdp_real_growth", REGION)["value"].to_numpy(dtype="float64")
        rows = growth.backtest(rates, 5)
        error = {name: float(np.sqrt(((rows[name] - rows["came"]) ** 2).mean())) for name in ("said", "held", "r1")}
        assert error == pytest.approx({"said": 0.58, "held": 1.49, "r1": 1.67}, abs=0.01)


class TestIntensity:
    def test_history_is_emissions_over_gdp(self, catalog: Catalog, direct: Intensity) -> None:
        co2 = emissions.series(catalog, REGION, "total").set_index("year")["co2_mt"]
        gdp = indicators.gdp_index(catalog, REGION)
        for year in (2010, 2019, 2022):
            expected = 100 * (1 - (co2[year] / co2[2005]) / (gdp[year] / gdp[2005]))
            assert direct.reached(year) == pytest.approx(expected)

    def test_golden_numbers(self, direct: Intensity, assessment: Intensity) -> None:
        assert (direct.reached(2022), assessment.reached(2022)) == pytest.approx((56.90, 50.60), abs=0.02)
        assert (direct.rate(2022), assessment.rate(2022)) == pytest.approx((-2.57, -4.22), abs=0.01)
        assert (direct.recent_rate(), assessment.recent_rate()) == pytest.approx((-2.87, -2.07), abs=0.01)
        assert 0.1 < direct.probability < 0.9
        assert 0.02 < assessment.probability < direct.probability

    def test_required_paths_start_and_end_where_they_should(self, direct: Intensity) -> None:
        rows = direct.rows.set_index("year")
        assert rows.loc[2005, ["linear_pct", "compound_pct"]].tolist() == [100.0, 100.0]
        assert rows.loc[2030, ["linear_pct", "compound_pct", "needed_pct"]].tolist() == pytest.approx([35.0] * 3)
        assert rows.at[direct.since, "needed_pct"] == rows.at[direct.since, "index_pct"]
        assert pd.isna(rows.at[direct.since - 1, "needed_pct"])

    def test_nothing_is_needed_of_years_that_are_over(
        self, catalog: Catalog, direct: Intensity, assessment: Intensity
    ) -> None:
        for way in (direct, assessment, intensity.intensity(catalog, REGION, 2025, 2030, 17.0)):
            assert way.since == catalog.as_of_year - 1
            reached = (100 - way.reached(way.since)) * (1 + way.rate() / 100) ** (way.year - way.since)
            assert reached == pytest.approx(100 - way.reduction_pct)

    def test_the_needed_rate_leads_to_the_reduction(self, direct: Intensity) -> None:
        reached = (100 - direct.reached(2022)) * (1 + direct.rate(2022) / 100) ** 8
        assert reached == pytest.approx(35.0)

    def test_intervals_are_nested(self, direct: Intensity, assessment: Intensity) -> None:
        for way in (direct, assessment):
            rows = way.rows.dropna(subset=["lo95"])
            ordered = rows[["lo95", "lo80", "index_pct", "hi80", "hi95"]].to_numpy(dtype="float64")
            assert (np.diff(ordered, axis=1) >= 0).all()
            low, high = way.interval()
            assert (100 - high, 100 - low) == pytest.approx(tuple(rows[["lo80", "hi80"]].iloc[-1]))

    @settings(deadline=None, max_examples=15)
    @given(st.floats(1, 99), st.floats(0, 20))
    def test_more_is_never_likelier(self, direct: Intensity, asked: float, more: float) -> None:
        assert (direct.drawn >= asked + more).mean() <= (direct.drawn >= asked).mean()

    def test_a_base_year_ahead_is_100_on_every_path(self, catalog: Catalog) -> None:
        way = intensity.intensity(catalog, REGION, 2025, 2030, 17.0)
        row = way.rows.set_index("year").loc[2025]
        assert row[["lo95", "index_pct", "hi95"]].tolist() == pytest.approx([100.0] * 3)
        assert (way.last, way.reached(2025)) == (2025, pytest.approx(0.0))
        assert way.rate() == pytest.approx(100 * (0.83**0.2 - 1))

    @pytest.mark.parametrize("growth_pct", [3.0, 5.0, 7.0])
    def test_emissions_that_meet_the_target_meet_it(
        self, catalog: Catalog, direct: Intensity, growth_pct: float
    ) -> None:
        allowed, rate = intensity.emissions_needed(direct, growth_pct)
        co2 = emissions.series(catalog, REGION, "total").set_index("year")["co2_mt"]
        gdp = indicators.gdp_index(catalog, REGION)
        product = gdp[2025] * (1 + growth_pct / 100) ** 5 / gdp[2005]
        assert (allowed / co2[2005]) / product == pytest.approx(0.35)
        since = direct.rows.set_index("year").at[direct.since, "co2_mt"]
        assert since * (1 + rate / 100) ** (2030 - direct.since) == pytest.approx(allowed)
        assert intensity.emissions_needed(direct, growth_pct, 2022)[1] == pytest.approx(
            100 * ((allowed / co2[2022]) ** (1 / 8) - 1)
        )

    def test_the_assessment_account_has_more_of_a_past_base(self, catalog: Catalog) -> None:
        rows = intensity.emissions(catalog, REGION, "assessment", 2005)
        own = intensity.emissions(catalog, REGION, "direct", 2005)
        assert rows.at[2005, "status"] == "estimate"
        assert rows.at[2005, "co2_mt"] - own.at[2005, "co2_mt"] == pytest.approx(8.6, abs=0.05)
        assert rows.index[-1] == own.index[-1] == 2022, "no year with fields held from the year before"

    def test_coupling_moves_the_probability_by_little(self, catalog: Catalog, direct: Intensity) -> None:
        shares = intensity.coupled(catalog, REGION, direct)
        assert all(abs(share - direct.probability) < 0.1 for share in shares)


class TestScenarios:
    def test_faster_growth_lowers_intensity(self, catalog: Catalog) -> None:
        slow, fast = (
            intensity.intensity(catalog, REGION, 2005, 2030, 65.0, scenario=Scenario("g", gdp_growth=rate))
            for rate in (3.0, 6.0)
        )
        assert slow.probability < fast.probability
        assert float(np.median(fast.growth)) == pytest.approx(6.0)
        assert slow.rows["co2_mt"].iloc[-1] < fast.rows["co2_mt"].iloc[-1]

    def test_the_own_median_as_a_scenario_changes_nothing(self, catalog: Catalog, direct: Intensity) -> None:
        rate = float(np.median(direct.growth))
        same = intensity.intensity(catalog, REGION, 2005, 2030, 65.0, scenario=Scenario("g", gdp_growth=rate))
        assert np.allclose(same.drawn, direct.drawn)

    def test_every_named_scenario_has_a_row(self, catalog: Catalog) -> None:
        rows = intensity.by_scenario(catalog, REGION, 2005, 2030, 65.0).set_index("scenario")
        assert rows.index.tolist() == [
            "baseline",
            "growth_4",
            "growth_55",
            "without_committed",
            "project_10",
            "electric_cars",
        ]
        assert rows.at["project_10", "probability"] < rows.at["baseline", "probability"]
        assert rows["growth_pct"].round(1).tolist() == [4.6, 4.0, 5.5, 4.6, 4.6, 4.6]


class TestErrors:
    def test_no_such_account(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="account must be one of direct, assessment"):
            intensity.intensity(catalog, REGION, 2005, 2030, 65.0, "indirect")

    def test_a_year_that_is_known(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="year 2020: expected a year after the inventory"):
            intensity.intensity(catalog, REGION, 2005, 2020, 50.0)

    def test_a_region_without_a_target(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="no target on CO2 intensity ahead of region 320000"):
            ahead.ways(catalog, "320000")


class TestMilestones:
    def test_nothing_of_ours_moves_the_verdict(self, catalog: Catalog) -> None:
        found = {one.verdict.target["id"]: one for one in ahead.ahead(catalog, REGION)}
        assert found["P05"].verdict.verdict == found["P06"].verdict.verdict == "not_assessable"
        assert found["P05"].verdict.probability is None
        assert (found["E23"].verdict.verdict, found["E23"].latest and found["E23"].latest.value) == ("met", 5596.0)

    def test_needed_and_recent_pace(self, catalog: Catalog) -> None:
        found = ahead.milestone(catalog, judge_target(catalog, "K01"))
        assert (found.year, found.required_pace, found.recent_pace) == (2025, pytest.approx(0.05), pytest.approx(0.1))
        assert found.pace == "on_track"

    def test_cities_are_judged_by_the_same_engine(self, catalog: Catalog) -> None:
        judged = ahead.city_verdicts(catalog, REGION)
        assert {one.target["region"] for one in judged} == {"330100", "330200", "330500"}
        assert {one.verdict for one in judged} == {"not_assessable"}

    def test_hangzhou_is_an_indication_without_an_answer(self, catalog: Catalog) -> None:
        found = ahead.city_intensity(catalog, judge_target(catalog, "C05"))
        assert found is not None
        assert (found.base_mt, found.last_mt, found.last) == (41.8297, 44.623, 2019)
        assert found.last_mt / found.base_mt / found.multiple == pytest.approx(0.25)
        assert ahead.city_intensity(catalog, judge_target(catalog, "C02")) is None


@pytest.mark.parametrize("lang", text.LANGS)
class TestTables:
    def test_no_cell_is_without_words(self, catalog: Catalog, lang: str) -> None:
        own, found = ahead.ways(catalog, REGION), ahead.ahead(catalog, REGION)
        frames = {way.account: intensity.by_scenario(catalog, REGION, 2005, 2030, 65.0, way.account) for way in own}
        cities = ahead_report.cities(catalog, ahead.city_verdicts(catalog, REGION))
        shown = [
            ahead_report.intensities(catalog, own, lang, "x"),
            ahead_report.required(catalog, own[0], lang, "x"),
            ahead_report.under_growth(catalog, own, [4.0, 5.0], lang, "x"),
            ahead_report.SCENARIOS.table(catalog, ahead_report.by_scenario(catalog, REGION, frames), lang, "x"),
            ahead_report.targets(catalog, found, own, lang, "x"),
            ahead_report.CITIES.table(catalog, cities, lang, "x"),
        ]
        for table in shown:
            keys = {column.key for column in table.columns}
            assert len(keys) <= 7, "wider than a page"
            assert table.rows
            for row in table.rows:
                assert keys <= set(row)
                assert not {"nan", "None", "NaN"} & {cell["text"] for key, cell in row.items() if key in keys}

    def test_still_needed_names_no_year_that_is_over(self, catalog: Catalog, lang: str) -> None:
        own, found = ahead.ways(catalog, REGION), ahead.ahead(catalog, REGION)
        rows = {
            row["id"]["text"]: row["needed"]["text"]
            for row in ahead_report.targets(catalog, found, own, lang, "x").rows
        }
        over = {"zh": ("尚差", "按"), "en": ("short", "by the figure of")}[lang]
        for name in ("A03", "A04", "A04b", "E21"):
            assert all(word in rows[name] for word in over), rows[name]
        for name in ("K01", "P08"):
            assert ("2026—2027年" if lang == "zh" else "2025–2027") in rows[name]
        assert rows["P05"].count("2026—2030年" if lang == "zh" else "2025–2030") == len(own)

    def test_the_latest_figure_is_the_one_the_reason_names(self, catalog: Catalog, lang: str) -> None:
        own, found = ahead.ways(catalog, REGION), ahead.ahead(catalog, REGION)
        table = ahead_report.targets(catalog, found, own, lang, "x")
        rows = {row["id"]["text"]: row["latest"] for row in table.rows}
        assert rows["P05"]["text"] == {"zh": "下降5.72%（2018年）", "en": "down 5.72% (2018)"}[lang]
        assert set(rows["P05"]["source"]) <= set(table.sources)
        said = sentences.reason(catalog, judge_target(catalog, "P05"), lang)
        assert {"zh": "2018年比2017年下降5.72%", "en": "down 5.72% from 2017 to 2018"}[lang] in said
        nothing = text.word(catalog, "not_published", lang)
        for one in found:
            latest = [row for row in one.verdict.evidence if row["role"] == "latest"]
            assert not latest or rows[one.verdict.target["id"]]["text"] != nothing

    def test_a_distance_has_the_decimals_of_its_figures(self, catalog: Catalog, lang: str) -> None:
        own, found = ahead.ways(catalog, REGION), ahead.ahead(catalog, REGION)
        table = ahead_report.targets(catalog, found, own, lang, "x")
        rows = {row["id"]["text"]: row["needed"]["text"] for row in table.rows}
        wanted = {
            "zh": {"E21": "尚差300万千瓦", "A03": "尚差0.33个百分点"},
            "en": {"E21": "3 GW short", "A03": "0.33 percentage points short"},
        }[lang]
        assert all(rows[name].startswith(words) for name, words in wanted.items()), rows

    def test_one_sentence_has_one_unit(self, catalog: Catalog, lang: str) -> None:
        said = sentences.reason(catalog, judge_target(catalog, "P07"), lang)
        assert {"zh": "9.4545万亿元", "en": "9.4545 trillion yuan"}[lang] in said
        assert {"zh": "0亿元", "en": "billion"}[lang] not in said

    def test_rules_whose_text_was_not_seen_are_labelled(self, catalog: Catalog, lang: str) -> None:
        own, found = ahead.ways(catalog, REGION), ahead.ahead(catalog, REGION)
        shown = [
            ahead_report.targets(catalog, found, own, lang, "x"),
            ahead_report.required(catalog, own[0], lang, "x"),
        ]
        for table, names in zip(shown, (("change", "pace"), ("change",)), strict=True):
            assert tables.unseen(catalog, names, lang) in table.note
            assert {"zh": "规则原文未见", "en": "Primary text not seen"}[lang] in table.note

    def test_the_sentence_of_a_city_says_why(self, catalog: Catalog, lang: str) -> None:
        said = ahead_report.city_notes(catalog, ahead.city_verdicts(catalog, REGION), lang)
        assert {"zh": "目标未判定", "en": "the target is not judged"}[lang] in said
        assert "4.27" in said


def test_key_figures_are_those_of_the_ways(catalog: Catalog, direct: Intensity) -> None:
    rows = ahead_report.key_figures(catalog, REGION, ahead.ahead(catalog, REGION)).set_index("id")
    assert not rows.index.duplicated().any()
    assert rows["value"].notna().all()
    assert rows.at["p_direct", "value"] == pytest.approx(100 * direct.probability)
    assert rows.at["needed_direct", "value"] == pytest.approx(direct.rate())
    assert rows.at["needed_direct", "period"] == "2025/2030"
    assert rows.at["benchmark_needed_direct", "value"] == pytest.approx(-3.66, abs=0.01)
    assert rows.at["counted_ahead", "value"] == sum(rows.at[f"ahead_{name}", "value"] for name in VERDICTS)


@given(st.floats(2000, 2040), st.integers(2010, 2040), st.integers(2015, 2035))
def test_years_asked_of_are_never_over(last: float, due: int, this_year: int) -> None:
    found = progress.years_ahead(last, due, this_year)
    if found is not None:
        assert this_year <= found[0] <= found[1] == due
        assert found[0] - 1 <= last < found[0] + 1
