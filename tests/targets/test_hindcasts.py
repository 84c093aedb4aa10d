"""Hindcasts know nothing later than their last year; pseudo-targets are what their definition says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import emissions
from tanfeng.facts.corrections import read_corrections
from tanfeng.outlook import projection, skill
from tanfeng.pages import text
from tanfeng.pages.reports import hindcasts as hindcasts_report
from tanfeng.publishing import results
from tanfeng.targets.lookback import archive, hindcasts

REGION = "330000"


@pytest.fixture(scope="module")
def pseudo(catalog: Catalog) -> dict[str, pd.DataFrame]:
    return {measure: hindcasts.pseudo_targets(catalog, measure=measure) for measure in hindcasts.MEASURES}


def test_history_ends_where_it_is_cut(catalog: Catalog) -> None:
    for year, first in ((2010, 1997), (2012, 2005), (2019, 2005)):
        found = hindcasts.history(catalog, REGION, "industry", year)
        assert found.index[[0, -1]].tolist() == [first, year]
        assert found.notna().all()


@pytest.mark.parametrize("year", [2023, 2024, 1990])
def test_a_year_that_is_not_published_is_refused(catalog: Catalog, year: int) -> None:
    with pytest.raises(ProjectError, match=f"not published for {year}"):
        hindcasts.paths(catalog, REGION, year)


def test_later_figures_change_nothing(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what the other provinces taught: how errors go together, and the share of the trend."""
    before = hindcasts.paths(catalog, REGION, 2012, 2020)
    real = emissions.series

    def altered(catalog: Catalog, region: str, field: str) -> pd.DataFrame:
        rows = real(catalog, region, field)
        return rows.assign(co2_mt=rows["co2_mt"].where(rows["year"] <= 2012, 7 * rows["co2_mt"]))

    monkeypatch.setattr(emissions, "series", altered)
    for cached in (hindcasts.history, hindcasts._known):
        cached.clear()
    try:
        after = hindcasts.paths(catalog, REGION, 2012, 2020)
    finally:
        for cached in (hindcasts.history, hindcasts._known):
            cached.clear()
    assert np.array_equal(before.drawn, after.drawn)


def test_without_drivers_a_hindcast_of_the_last_year_is_nearly_the_outlook(catalog: Catalog) -> None:
    """The share of the trend is that of all provinces there and of the others here."""
    for field in ("transport", "residential"):
        now = projection.project(catalog, "320000", field, 2030)
        cut = hindcasts._projection(catalog, "320000", field, 2022, 2030)
        assert cut.residuals == pytest.approx(now.residuals)
        assert cut.centre.to_numpy() == pytest.approx(now.centre.to_numpy(), rel=0.02)


def test_a_pseudo_target_is_the_median_of_past_changes(catalog: Catalog, pseudo: dict[str, pd.DataFrame]) -> None:
    known = catalog.read("inventory").groupby(["region", "year"])["co2_mt"].sum()
    corrected = {one.where["region"] for one in read_corrections(catalog.root)}
    for measure, rows in pseudo.items():
        for row in rows[~rows["region"].isin(corrected)].sample(20, random_state=1).itertuples():
            values = known[row.region].loc[: row.origin]
            pairs = [(values[year], values[year - 5]) for year in values.index if year - 5 in values.index]
            changes = [new - old if measure == "mt" else new / old - 1 for new, old in pairs]
            last, middle = values[row.origin], np.median(changes)
            assert row.limit_mt == pytest.approx(last + middle if measure == "mt" else last * (1 + middle))
            assert row.actual_mt == pytest.approx(known[row.region][row.origin + 5])
            assert row.came == float(row.actual_mt < row.limit_mt)


def test_every_province_and_origin_takes_part(pseudo: dict[str, pd.DataFrame]) -> None:
    for rows in pseudo.values():
        assert len(rows) == 30 * len(hindcasts.ORIGINS) == 300
        assert rows["learnt_from"].sum() == 18 * len(hindcasts.ORIGINS)


def test_the_probabilities_are_worth_something(pseudo: dict[str, pd.DataFrame]) -> None:
    percent, mt = (hindcasts.by_origin(pseudo[name]).set_index("part") for name in hindcasts.MEASURES)
    assert percent.at["all", "brier"] <= 0.22
    assert percent.at["left_out", "brier"] <= 0.22
    assert mt.at["all", "brier"] < 0.25  # that of saying a half
    largest = skill.reliability(pseudo["percent"]).sort_values("cases").iloc[-1]
    assert largest["cases"] > 200
    assert largest["came"] == pytest.approx(largest["said"], abs=0.1)


def test_the_page_says_whether_the_bar_and_the_share_are_beaten(pseudo: dict[str, pd.DataFrame]) -> None:
    zh, en = (hindcasts_report.verdict(pseudo, lang) for lang in text.LANGS)
    said = dict(zip(pseudo, [zh.split("按吨数")[0], zh.split("按吨数")[1]], strict=True))
    for name, rows in pseudo.items():
        score = skill.brier(rows)
        assert ("不高于0.22的要求" in said[name]) == (score["score"] <= hindcasts.BAR)
        assert ("不优于总按实际比例的" in said[name]) == (score["score"] >= score["share_alone"])
    assert ("misses the bar of 0.22" in en) == any(
        skill.brier(rows)["score"] > hindcasts.BAR for rows in pseudo.values()
    )


def test_putting_right_by_the_others_is_no_better(pseudo: dict[str, pd.DataFrame]) -> None:
    for rows in pseudo.values():
        after = hindcasts.recalibrated(rows)
        assert skill.brier(after)["score"] > skill.brier(rows)["score"]
        early = rows["origin"] < rows["year"].min()
        assert after["said"][early].to_numpy() == pytest.approx(rows["said"][early].to_numpy()), "nothing was known yet"


def test_recalibration_learns_from_others_and_from_the_past_alone(pseudo: dict[str, pd.DataFrame]) -> None:
    rows = pseudo["mt"]
    place = int(np.flatnonzero(rows["origin"] == 2014)[0])
    own = rows.iloc[place]
    unknown = (rows["year"] > own["origin"]) | (rows["region"] == own["region"])
    changed = rows.assign(came=rows["came"].where(~unknown, 1 - rows["came"]))
    assert hindcasts.recalibrated(changed)["said"].iloc[place] == hindcasts.recalibrated(rows)["said"].iloc[place]


@pytest.mark.parametrize("lang", text.LANGS)
def test_both_measures_are_shown_with_their_classes(
    catalog: Catalog, pseudo: dict[str, pd.DataFrame], lang: str
) -> None:
    tables = hindcasts_report.pseudo_targets(catalog, pseudo, lang, "x")
    assert [table.rows[0]["brier"]["text"] for table in tables] == [
        f"{skill.brier(rows)['score']:.3f}" for rows in pseudo.values()
    ]
    assert len({table.caption for table in tables}) == len(pseudo)
    classes = hindcasts_report.RELIABILITY.table(catalog, hindcasts_report.by_class(pseudo), lang, "x")
    for name, rows in pseudo.items():
        assert sum(int(row[f"{name}_cases"]["text"]) for row in classes.rows) == len(rows)


def test_no_class_is_off_by_more_than_chance_explains(pseudo: dict[str, pd.DataFrame]) -> None:
    """What the page says of the real cases; cases put off by half a point are found, so the test can tell."""
    assert all(skill.unreliable(rows).empty for rows in pseudo.values())
    assert hindcasts_report.reliable(pseudo, "zh").startswith("30次以上的各档，差距的95%区间都含0")
    wrong = {name: rows.assign(came=0.0) for name, rows in pseudo.items()}
    assert len(skill.unreliable(wrong["percent"])) >= 1
    assert "按百分比70–100%" in hindcasts_report.reliable(wrong, "zh")
    assert "in percent 70–100%" in hindcasts_report.reliable(wrong, "en")


def test_what_the_documents_say(catalog: Catalog, pseudo: dict[str, pd.DataFrame]) -> None:
    told = results.results(catalog, "made-up-targets")
    for measure, name in hindcasts_report.MEASURES.items():
        row = hindcasts.by_origin(pseudo[measure]).set_index("part").loc["all"]
        said, came, inside = (round(100 * row[key]) for key in ("said", "came", "inside80"))
        shown = f"| all | 300 | {said} | {came} | {row['brier']:.3f} | {row['share_alone']:.3f} | {inside} |"
        assert shown in told.partition(f"**Targets {name[1]}.**")[2].partition("\n\n**")[0]


def test_the_words_of_a_wrong_question(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="percent, mt"):
        hindcasts.pseudo_targets(catalog, [2014], measure="share")
    with pytest.raises(ProjectError, match="no province"):
        hindcasts.pseudo_targets(catalog, [2018])


@given(st.lists(st.floats(1, 1000), min_size=7, max_size=25), st.floats(0.01, 100))
def test_required_does_not_depend_on_the_unit(values: list[float], factor: float) -> None:
    years = range(2000, 2000 + len(values))
    for measure in hindcasts.MEASURES:
        plain = hindcasts.required(pd.Series(values, index=years), 1, measure)
        scaled = hindcasts.required(factor * pd.Series(values, index=years), 1, measure)
        assert plain is not None
        assert scaled == pytest.approx(factor * plain, rel=1e-6, abs=1e-6)


def test_a_short_past_gives_no_target() -> None:
    assert hindcasts.required(pd.Series([1.0] * 5, index=range(2000, 2005)), 1) is None
    assert hindcasts.required(pd.Series([1.0] * 9, index=range(2000, 2009)), 5) is None


def test_what_the_documents_say_of_the_archive(catalog: Catalog) -> None:
    lines = [line.replace("\\", "") for line in results.results(catalog, "archive").splitlines()]
    rows = archive.summary(archive.scores(catalog, REGION)).query("field == 'total' and cases > 0")
    assert len(rows)
    for row in rows.itertuples():
        bias = f"{row.bias_pct:.1f}".replace("-", "−")
        held = f"{row.inside80:.0f} | {row.inside95:.0f} | {row.score_mt:.1f} | {row.carried_mt:.1f}"
        assert f"| {row.id} | Whole province | {row.cases} | {row.error_pct:.1f} | {bias} | {held} |" in lines


def _cases(said: float, regions: int = 30, origins: int = 10) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(regions), range(2000, 2000 + origins)], names=["region", "origin"])
    rows = pd.DataFrame({"said": said, "came": 0.0}, index=index).reset_index()
    return rows.assign(year=rows["origin"] + 5)


@pytest.fixture(scope="module")
def made_up(catalog: Catalog) -> dict[str, pd.DataFrame]:
    return hindcasts.measured(catalog)


@pytest.fixture(scope="module")
def correlation(catalog: Catalog) -> float:
    return hindcasts.error_correlation(catalog)


@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.floats(0, 1))
def test_what_is_said_comes_as_often(said: list[float], correlation: float) -> None:
    rows = pd.DataFrame({"region": range(len(said)), "origin": 2010, "year": 2015, "said": said})
    found = hindcasts.worlds(rows, correlation).mean(axis=0)
    assert np.abs(found - said).max() < 5 * 0.5 / np.sqrt(hindcasts.WORLDS)


def test_cases_go_together_as_told() -> None:
    """Signs of two normal errors correlate by arcsine: one province five years on shares nothing, a year on 4 of 5."""
    drawn = hindcasts.worlds(_cases(0.5, regions=2, origins=6), 0.4)
    for one, other, expected in ((0, 6, 0.4), (0, 1, 0.8), (0, 5, 0.0), (0, 7, 0.4 * 0.8)):
        found = np.corrcoef(drawn[:, one], drawn[:, other])[0, 1]
        assert found == pytest.approx(2 / np.pi * np.arcsin(expected), abs=0.09)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.9))
@settings(max_examples=10)
def test_the_correlation_of_known_errors_is_found(seed: int, correlation: float) -> None:
    generator, years = np.random.default_rng(seed), np.repeat(np.arange(400), 30)
    common, own = generator.standard_normal(400), generator.standard_normal(len(years))
    errors = np.sqrt(correlation) * common[years] + np.sqrt(1 - correlation) * own
    assert hindcasts.shared(errors, years) == pytest.approx(correlation, abs=0.12)


def test_more_dependence_makes_wider_ranges() -> None:
    rows = _cases(0.6)
    widths = [(found["most"] - found["least"]).item() for found in (hindcasts.ranges(rows, r) for r in (0, 0.3, 0.9))]
    assert widths == sorted(widths)
    assert widths[0] < widths[2] / 2
    assert hindcasts.far_off(rows, 0.9) > hindcasts.far_off(rows, 0.0)


def test_a_fault_in_every_case_is_outside_the_range() -> None:
    found = hindcasts.ranges(_cases(0.9), 0.1).iloc[0]  # 90 % was said, nothing came
    assert found["gap"] < found["least"]
    assert found["as_far"] < 0.01


def test_right_probabilities_score_what_they_expect() -> None:
    found = hindcasts.expected_score(_cases(0.8), 0.3)
    assert found["expected"] == pytest.approx(0.16)
    assert found["low"] < 0.16 < found["high"]


def test_small_classes_are_not_judged(made_up: dict[str, pd.DataFrame], correlation: float) -> None:
    for rows in made_up.values():
        assert (hindcasts.ranges(rows, correlation)["cases"] >= skill.FEWEST).all()


def test_what_the_documents_say_of_worlds(
    catalog: Catalog, made_up: dict[str, pd.DataFrame], correlation: float
) -> None:
    lines = results.results(catalog, "made-up-targets").replace("−", "-").splitlines()
    for name, rows in made_up.items():
        shown = hindcasts_report.MEASURES[name][1]
        for row in hindcasts.ranges(rows, correlation).to_dict("records"):
            gap, least, most = (f"{100 * row[key]:+.0f}" for key in ("gap", "least", "most"))
            limits = f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%"
            told = f"{row['cases']} | {gap} | {least} to {most} | {100 * row['as_far']:.0f}%"
            assert f"| {shown}, {limits} | {told} |" in lines
        score = hindcasts.expected_score(rows, correlation)
        figures = f"{skill.brier(rows)['score']:.3f} | {score['expected']:.3f} | {score['low']:.3f}–{score['high']:.3f}"
        shares = f"{100 * score['within_bar']:.0f} | {100 * hindcasts.far_off(rows, correlation):.0f}"
        assert f"| {shown} | {figures} | {shares} |" in lines


@pytest.mark.parametrize("lang", text.LANGS)
def test_the_page_has_every_judged_class(
    catalog: Catalog, made_up: dict[str, pd.DataFrame], correlation: float, lang: str
) -> None:
    table = hindcasts_report.RANGES.table(catalog, hindcasts_report.ranges(made_up, correlation), lang, "x")
    judged = [len(hindcasts.ranges(rows, correlation)) for rows in made_up.values()]
    assert len(table.rows) == sum(judged) >= 3
    assert text.number(correlation, 2, lang) in hindcasts_report.right(correlation, lang)
    said = hindcasts_report.sentence(made_up, correlation, lang)
    for rows in made_up.values():
        assert f"{hindcasts.expected_score(rows, correlation)['expected']:.3f}" in said
