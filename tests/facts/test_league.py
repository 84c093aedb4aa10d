"""The league: rank intervals hold what they say, ties are ties, and what cannot be ranked is named."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators, league, ranking, uncertainty
from tanfeng.pages.charts import league as league_charts
from tanfeng.pages.reports import league as league_report

Run = Callable[..., tuple[int, str, str]]
FIGURES = st.lists(st.integers(-1000, 1000), min_size=2, max_size=12, unique=True)
POPULATIONS = {
    "normal": lambda random, count: random.standard_normal(count),
    "even": lambda random, count: random.uniform(-1.7, 1.7, count),
    "skewed": lambda random, count: random.gamma(2.0, 0.7, count),
}


class TestRanks:
    @given(FIGURES)
    @settings(max_examples=40, deadline=None)
    def test_without_error_the_interval_is_the_point(self, figures: list[int]) -> None:
        found = ranking.ranking(np.array(figures, dtype=float), np.zeros(len(figures)), draws=50)
        expected = pd.Series(figures).rank().astype(int).tolist()
        for column in (found.rank, found.low, found.high, found.place):
            assert column.tolist() == expected
        assert not found.tied.any()

    @given(FIGURES, st.floats(0.1, 500))
    @settings(max_examples=40, deadline=None)
    def test_intervals_hold_the_rank_and_stay_inside(self, figures: list[int], error: float) -> None:
        found = ranking.ranking(np.array(figures, dtype=float), np.full(len(figures), error), draws=200)
        assert (found.low <= found.rank).all()
        assert (found.rank <= found.high).all()
        assert found.low.min() >= 1
        assert found.high.max() <= len(figures)
        assert ((found.low <= found.place) & (found.place <= found.rank)).all()

    @given(FIGURES, st.lists(st.floats(0, 500), min_size=12, max_size=12))
    @settings(max_examples=60, deadline=None)
    def test_who_shares_a_place_is_level_with_its_first(self, figures: list[int], errors: list[float]) -> None:
        found = ranking.ranking(np.array(figures, dtype=float), np.array(errors[: len(figures)]), draws=200)
        for place in set(found.place.tolist()):
            members = np.flatnonzero(found.place == place)
            assert found.rank[members].min() == place
            assert found.low[members].max() <= found.high[members].min()
            assert len(members) == 1 or found.tied[members].min() >= 1

    def test_intervals_that_do_not_meet_are_no_tie(self) -> None:
        rank, low, high = (np.array(ends) for ends in ([1, 2], [1, 2], [1, 2]))
        assert ranking.apart(low, high, low[::-1], high[::-1]).all()
        assert ranking.places(rank, low, np.ones((2, 2), dtype=bool)).tolist() == [1, 2]

    @given(FIGURES, st.floats(0.01, 100), st.floats(-500, 500))
    @settings(max_examples=30, deadline=None)
    def test_the_unit_does_not_matter(self, figures: list[int], scale: float, shift: float) -> None:
        values, errors = np.array(figures, dtype=float), np.full(len(figures), 30.0)
        one = ranking.ranking(values, errors, draws=200)
        other = ranking.ranking(scale * values + shift, scale * errors, draws=200)
        assert np.abs(one.low - other.low).max() <= 1
        assert one.rank.tolist() == other.rank.tolist()

    def test_the_order_of_the_table_changes_nothing(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        usual, measured = league.standings(catalog, "intensity"), league.measured

        def turned(*given: object) -> tuple[pd.DataFrame, list[str]]:
            rows, absent = measured(*given)  # type: ignore[arg-type]
            return rows.iloc[::-1].reset_index(drop=True), absent

        league._standings.clear()
        monkeypatch.setattr(league, "measured", turned)
        again = league.standings(catalog, "intensity")
        league._standings.clear()
        pd.testing.assert_frame_equal(again.rows, usual.rows)

    def test_equal_figures_share_the_better_rank(self) -> None:
        found = ranking.ranking(np.array([2.0, 2.0, 5.0]), np.zeros(3))
        assert found.rank.tolist() == [1, 1, 3]
        assert found.place.tolist() == [1, 1, 3]
        assert found.tied.tolist() == [1, 1, 0]

    def test_a_difference_within_the_error_is_a_tie(self) -> None:
        found = ranking.ranking(np.array([1.0, 1.1, 9.0, 17.0]), np.full(4, 0.5))
        assert found.place.tolist() == [1, 1, 3, 4]
        assert found.tied.tolist() == [1, 1, 0, 0]
        assert found.ahead[0, 2] > 0.99

    @pytest.mark.parametrize("population", POPULATIONS)
    @pytest.mark.parametrize(("count", "error"), [(30, 0.2), (30, 0.5), (30, 1.0), (11, 0.5)])
    def test_coverage_of_true_ranks_at_80_percent(self, population: str, count: int, error: float) -> None:
        random = np.random.default_rng(7)
        held = []
        for _ in range(60):
            truth = POPULATIONS[population](random, count)
            errors = error * random.uniform(0.7, 1.3, count)
            found = ranking.ranking(truth + errors * random.standard_normal(count), errors, draws=800)
            true = pd.Series(truth).rank().to_numpy()
            held.append(((found.low <= true) & (true <= found.high)).mean())
        assert 0.75 <= np.mean(held) <= 0.85

    @pytest.mark.parametrize(("gap", "error"), [(1.0, 0.3), (0.0, 0.6)])
    def test_where_intervals_hold_too_few(self, gap: float, error: float) -> None:
        """What pages and docs/reference/weaknesses.md say: two groups, or errors far above the spread."""
        random = np.random.default_rng(7)
        held = []
        for _ in range(80):
            truth = np.where(np.arange(11) < 5, -gap, gap) + 0.1 * random.standard_normal(11)
            found = ranking.ranking(truth + error * random.standard_normal(11), np.full(11, error), draws=800)
            true = pd.Series(truth).rank().to_numpy()
            held.append(((found.low <= true) & (true <= found.high)).mean())
        assert 0.6 <= np.mean(held) <= 0.74

    @pytest.mark.parametrize(("kind", "sd"), [("change", 0.1), ("change", 0.3), ("change", 1.0), ("level", 0.3)])
    def test_without_movement_few_are_called_moved(self, monkeypatch: pytest.MonkeyPatch, kind: str, sd: float) -> None:
        random = np.random.default_rng(7)
        called = []
        what = league.Measure("city", "co2", "%", kind, 2005, 2019)
        for _ in range(40):
            truth, noise = random.standard_normal(10), sd / np.sqrt(2) * random.standard_normal((4, 10))
            given = [noise[1] - noise[0], noise[2] - (noise[1] if kind == "change" else noise[3])]
            frames = [pd.DataFrame({"region": range(10), "score": truth + one, "error": sd}) for one in given]
            monkeypatch.setattr(league, "measured", lambda *_, left=frames: (left.pop(0), []))
            called.append(league._movement(None, what, "", 2005, 2019, "total", set(range(10)))["moved_clearly"].mean())  # type: ignore[arg-type]
        assert np.mean(called) <= 0.1

    def test_a_large_move_is_called(self) -> None:
        after = np.array([9.0, 1.0, 2.0, 3.0])
        assert ranking.shifted(np.arange(4.0), np.full(4, 0.1), after, np.full(4, 0.1), shared=True).tolist()[0]

    def test_plain_draws_around_the_figures_would_hold_too_few(self) -> None:
        """Why the true values are taken as a population: spreading twice makes intervals too narrow."""
        random = np.random.default_rng(7)
        held = []
        for _ in range(40):
            truth = random.standard_normal(30)
            seen = truth + random.standard_normal(30)
            drawn = seen + random.standard_normal((800, 30))
            low, high = ranking.interval(np.apply_along_axis(lambda row: row.argsort().argsort() + 1, 1, drawn))
            true = pd.Series(truth).rank().to_numpy()
            held.append(((low <= true) & (true <= high)).mean())
        assert np.mean(held) < 0.75

    @pytest.mark.parametrize(
        ("values", "errors"),
        [([1.0], [0.0]), ([1.0, np.nan], [0.0, 0.0]), ([1.0, 2.0], [0.0, -1.0]), ([1.0, 2.0], [0.0])],
    )
    def test_what_cannot_be_ranked_is_refused(self, values: list[float], errors: list[float]) -> None:
        with pytest.raises(ProjectError, match="a ranking needs"):
            ranking.ranking(np.array(values), np.array(errors))


@pytest.fixture(scope="module")
def intensity(catalog: Catalog) -> league.League:
    return league.standings(catalog, "intensity")


class TestProvinces:
    def test_thirty_provinces_lowest_first(self, intensity: league.League) -> None:
        assert len(intensity.rows) == 30
        assert intensity.absent == ()
        assert intensity.rows["value"].is_monotonic_increasing
        assert intensity.rows.columns.tolist() == league.COLUMNS

    def test_zhejiang_by_hand(self, catalog: Catalog, intensity: league.League) -> None:
        co2 = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
        gdp = indicators.gdp_index(catalog, "330000", base=2005)
        row = intensity.of("330000")
        assert row is not None
        assert row["value"] == pytest.approx(100 * (co2[2019] / co2[2005] / (gdp[2019] / 100) - 1))
        assert (row["rank"], row["rank_lo80"], row["rank_hi80"]) == (8, 8, 10)
        assert row["value"] == pytest.approx(-56.77, abs=0.01)

    def test_limits_are_those_of_the_inventory(self, catalog: Catalog) -> None:
        row = league.standings(catalog, "co2").of("330000")
        assert row is not None
        value, low, high = uncertainty.change(catalog, "330000", "total", 2005, 2022)
        assert row["value"] == pytest.approx(value)
        assert row["hi95"] - row["lo95"] == pytest.approx(high - low, rel=0.02)

    def test_places_group_from_the_best_down(self, intensity: league.League) -> None:
        assert (intensity.rows["rank_lo80"] <= intensity.rows["place"]).all()
        for place, group in intensity.rows.groupby("place"):
            assert group["rank"].min() == place
            assert group["rank"].tolist() == list(range(place, place + len(group)))

    def test_per_head_and_per_gdp_by_hand(self, catalog: Catalog) -> None:
        gdp = indicators.yearly(catalog, league.GDP, "440000").set_index("year").at[2019, "value"]
        people = indicators.yearly(catalog, league.RESIDENTS, "440000").set_index("year").at[2022, "value"]
        head = league.standings(catalog, "per_head").of("440000")
        value = league.standings(catalog, "per_gdp").of("440000")
        assert head is not None
        assert value is not None
        co2 = emissions.series(catalog, "440000", "total").set_index("year")["co2_mt"]
        assert value["value"] == pytest.approx(co2[2019] * 100 / gdp)
        assert head["value"] == pytest.approx(co2[2022] * 100 / people)
        assert people == pytest.approx(12657)

    def test_every_province_has_residents_of_both_years(self, catalog: Catalog) -> None:
        found = league.standings(catalog, "per_head")
        assert (found.first, found.last, found.absent) == (2005, 2022, ())
        assert len(found.rows) + len(found.unranked) == 30

    @pytest.mark.parametrize("by", ["co2", "per_head"])
    def test_a_known_slip_is_shown_and_not_ranked(self, catalog: Catalog, by: str) -> None:
        """Transport of Henan in 2022 holds raw coal: its total is shown, and the others keep unbroken ranks."""
        found = league.standings(catalog, by)
        assert (found.last, len(found.rows)) == (2022, 29)
        assert found.rows["rank"].tolist() == list(range(1, 30))
        assert (found.rows["doubt"] == "").all()
        assert found.unranked[["region", "doubt"]].to_numpy().tolist() == [["410000", "implausible"]]
        assert found.unranked["rank"].isna().all()
        assert found.unranked["value"].notna().all()
        assert found.of("410000") is None
        assert len(league.standings(catalog, by, field="industry").rows) == 30
        before = league.standings(catalog, by, last=2021)
        assert before.of("410000") is not None
        assert before.unranked.empty

    def test_a_corrected_slip_is_ranked(self, catalog: Catalog) -> None:
        assert league.standings(catalog, "co2").of("360000") is not None

    def test_moves_compare_the_two_halves(self, catalog: Catalog, intensity: league.League) -> None:
        assert intensity.spans == ((2005, 2012), (2012, 2019))
        first = league.standings(catalog, "intensity", first=2005, last=2012).rows.set_index("region")["rank"]
        assert (
            intensity.rows.set_index("region")["rank_before"]
            .astype(int)
            .eq(first.reindex(intensity.rows["region"]))
            .all()
        )
        assert (intensity.rows["moved"] == intensity.rows["rank_before"] - intensity.rows["rank_after"]).all()

    def test_who_rose_most_did_so_clearly(self, intensity: league.League) -> None:
        rows = league.risers(intensity)
        assert rows["region"].tolist() == ["420000", "500000", "510000"]
        assert rows["moved"].tolist() == [14, 12, 12]

    def test_own_path_is_zero_where_the_rate_stays(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        steady = league.Outcome(-20.0, float(np.log(0.8)), 0.01, -21.0, -19.0, "x")
        monkeypatch.setattr(league, "_intensity", lambda *_: steady)
        found = league.TELLERS["province", "own_path"](catalog, "330000", 2005, 2019, "total")
        assert found is not None
        assert found.value == pytest.approx(0.0)
        assert found.error == pytest.approx(np.sqrt(3) * 0.01)

    def test_a_year_with_a_warning_is_marked(self, catalog: Catalog) -> None:
        found = league.standings(catalog, "co2", first=2000, last=2015, field="agriculture")
        assert found.unranked.set_index("region").at["610000", "doubt"] == "implausible"
        assert found.of("610000") is None
        assert found.of("330000") is not None

    def test_levels_and_growth_that_do_not_fit(self, catalog: Catalog) -> None:
        assert league.misfits(catalog)["region"].tolist() == ["230000", "150000", "210000", "640000", "520000"]

    def test_fields_of_zhejiang(self, catalog: Catalog) -> None:
        rows = league.by_field(catalog, "330000", "co2").set_index("field")
        assert rows.index[-1] == "total"
        assert len(rows) == 7
        assert rows.at["industry", "rank"] == 3

    def test_the_gdp_of_zhejiang_is_that_of_its_own_series(self, catalog: Catalog) -> None:
        """Provinces are compared in one vintage; for Zhejiang it is the 4th census series the other pages have."""
        own = indicators.yearly(catalog, league.GDP, "330000").set_index("year")["value"]
        assert own[2019] == pytest.approx(62462.0)

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            ({"by": "beauty"}, "beauty"),
            ({"by": "intensity", "level": "city"}, "constant prices"),
            ({"by": "co2", "level": "county"}, "province or city"),
            ({"by": "co2", "field": "technology"}, "technology"),
            ({"by": "own_path", "field": "industry"}, "total only"),
            ({"by": "co2", "first": 2019, "last": 2005}, "before the last"),
            ({"by": "intensity", "last": 2022}, "have a figure"),
            ({"by": "co2", "level": "city", "province": "330200"}, "no province"),
        ],
    )
    def test_wrong_questions(self, catalog: Catalog, arguments: dict[str, object], word: str) -> None:
        with pytest.raises(ProjectError, match=word):
            league.standings(catalog, **arguments)  # type: ignore[arg-type]


class TestCities:
    def test_the_error_is_the_difference_of_two_inventories(self, catalog: Catalog) -> None:
        assert league.city_error(catalog, "330000", 2005, 2017) == pytest.approx(0.322, abs=0.001)
        assert league.city_error(catalog, "330000", 2014, 2014) == pytest.approx(0.369, abs=0.001)

    def test_most_cities_cannot_be_told_apart(self, catalog: Catalog) -> None:
        found = league.standings(catalog, "co2", "city")
        assert found.absent == ("330700",)
        assert found.rows["place"].tolist() == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10]
        assert (found.rows["tied"] > 0).sum() == 9
        assert found.rows["region"].iloc[-1] == "330900"

    def test_the_sums_of_counties_rank_nothing(self, catalog: Catalog) -> None:
        found = league.standings(catalog, "county_sum", "city")
        assert (found.rows["tied"] == 10).all()
        assert found.noise == pytest.approx(5.58, abs=0.01)
        assert "误差为各地差异的5.6倍" in league_report.ranking(catalog, found, "", "zh", "x").note
        assert "5.6 times the spread" in league_report.ranking(catalog, found, "", "en", "x").note

    def test_notes_say_what_the_rows_compare(self, catalog: Catalog) -> None:
        city = league.by_measure(catalog, "330200", "city", "330000")
        note = league_report.standing(catalog, city, "zh", "x").note
        assert "水平类指标只有2014年，不作比较" in note
        assert "所辖县（市、区）排放合计变化的误差为各地差异的5.6倍" in note
        province = league.by_measure(catalog, "330000", "province", "330000")
        assert "水平类指标比较2005年与2022年" in league_report.standing(catalog, province, "zh", "x").note
        fields = league.by_field(catalog, "330000", "co2")
        assert "水平类" not in league_report.standing(catalog, fields, "zh", "x").note
        assert "65%—72%" in league_report.ranking(catalog, league.standings(catalog, "co2"), "", "zh", "x").note

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_who_is_not_ranked_is_named(self, catalog: Catalog, lang: str) -> None:
        found = league.standings(catalog, "co2", "city")
        table = league_report.ranking(catalog, found, "330200", lang, "x")
        assert {"zh": "金华市", "en": "Jinhua"}[lang] in table.note
        assert len(table.rows) == 10
        assert [row.get("_class") for row in table.rows].count("total") == 1


class TestCounties:
    def test_ninety_counties_each_with_its_place(self, catalog: Catalog) -> None:
        rows = league.county_places(catalog, "330000")
        assert len(rows) == rows["of"].iloc[0] == 90
        assert sorted(rows["place_level"]) == list(range(1, 91))


class TestShown:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_chart_says_every_rank(self, catalog: Catalog, intensity: league.League, lang: str) -> None:
        chart = league_charts.rank_intervals(catalog, intensity, "330000", lang)
        assert chart.note == ""
        for row in league_report.ranking(catalog, intensity, "330000", lang, "x").rows:
            assert f"{row['name']['text']} {row['place']['text']} [{row['ranks']['text']}]" in chart.alt
        assert chart.svg.startswith("<svg")

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_what_is_not_ranked_stands_last_with_the_reason(self, catalog: Catalog, lang: str) -> None:
        found = league.standings(catalog, "co2")
        table = league_report.ranking(catalog, found, "330000", lang, "x")
        henan, word = {"zh": ("河南省", "不排名"), "en": ("Henan", "not ranked")}[lang]
        assert table.rows[-1]["name"]["text"] == henan
        assert table.rows[-1]["place"]["text"].startswith(word)
        assert table.rows[-1]["value"]["text"] == "57.3%"
        assert henan in table.note
        assert henan in league_charts.rank_intervals(catalog, found, "330000", lang).note
        exported = league_report.export(catalog, found, lang)
        assert exported["name"].iloc[-1] == henan
        assert exported["rank"].isna().sum() == 1

    def test_words_of_a_move(self) -> None:
        row = {"rank_before": 3, "rank_after": 5, "moved": -2, "moved_clearly": False}
        assert league_report.moved_text(row, "zh") == "3→5（降2位，不显著）"
        assert league_report.moved_text(row, "en") == "3→5 (down 2, not clear)"
        assert league_report.moved_text({**row, "moved": None}, "zh") == "—"

    def test_command(self, run: Run) -> None:
        status, shown, _ = run("league", "--format", "json", "--lang", "en")
        rows = json.loads(shown)
        assert status == 0
        assert (rows[7]["name"], rows[7]["rank"], rows[7]["measure"]) == ("Zhejiang", 8, "intensity")
        assert run("league", "--level", "city")[1].startswith("二氧化碳排放变化 2005—2019年\n并列1\t湖州市")

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [(("--level", "city", "--by", "intensity"), "constant prices"), (("--format", "xml"), "xml")],
    )
    def test_a_wrong_question_ends_with_2(self, run: Run, arguments: tuple[str, ...], word: str) -> None:
        status, shown, said = run("league", *arguments)
        assert (status, shown) == (2, "")
        assert word in said
