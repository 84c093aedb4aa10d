"""Schedules, grades, paces and flip distances: pure rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.targets import flip, progress, rules
from tanfeng.targets import lights as grading
from tanfeng.targets.rules import Figure, Requirement

changes = st.floats(-90, 300).filter(lambda value: abs(value) > 1e-6)
amounts = st.floats(1e-3, 1e6)
numbers = st.floats(-1e6, 1e6)
ORDER = [grading.RED, grading.YELLOW, grading.GREEN]


class TestSchedules:
    def test_published_compound_requirements(self) -> None:
        found = progress.change_path(-14.5, 5, progress.COMPOUND)
        assert [round(step, 2) for step in found] == [-3.08, -6.07, -8.97, -11.78, -14.5]

    def test_the_second_of_five_years_asks_for_40_percent(self) -> None:
        assert progress.change_path(-17.0, 5)[1] == pytest.approx(0.4 * -17)

    @given(changes, st.integers(1, 30))
    def test_both_end_at_the_target_and_run_one_way(self, total: float, years: int) -> None:
        for shape in (progress.LINEAR, progress.COMPOUND):
            path = progress.change_path(total, years, shape)
            assert len(path) == years
            assert path[-1] == total
            assert (np.diff([0.0, *path]) * np.sign(total) > 0).all()

    @given(changes, st.integers(2, 30))
    def test_a_constant_rate_chains_to_the_target(self, total: float, years: int) -> None:
        path = np.array([0.0, *progress.change_path(total, years, progress.COMPOUND)])
        rates = (100 + path[1:]) / (100 + path[:-1])
        assert rates == pytest.approx(rates[0])

    @given(amounts, amounts, st.integers(1, 10))
    def test_levels_lie_between_base_and_goal(self, base: float, goal: float, years: int) -> None:
        for shape in (progress.LINEAR, progress.COMPOUND):
            path = np.array(progress.level_path(base, goal, years, shape))
            assert (path >= min(base, goal) * (1 - 1e-9)).all()
            assert (path <= max(base, goal) * (1 + 1e-9)).all()

    @pytest.mark.parametrize("shape", ["linear", "compound"])
    def test_what_has_no_schedule(self, shape: str) -> None:
        with pytest.raises(ValueError, match="leaves nothing"):
            progress.change_path(-100.0, 5, shape)
        with pytest.raises(ValueError, match="a year at least"):
            progress.level_path(1.0, 2.0, 0, shape)
        with pytest.raises(ValueError, match="no rate"):
            progress.level_path(0.0, 2.0, 3, "compound")
        with pytest.raises(ValueError, match="stepwise"):
            progress.level_path(1.0, 2.0, 3, "stepwise")


class TestLights:
    @given(numbers, numbers, numbers, st.booleans())
    def test_a_better_figure_never_worsens_a_light(self, one: float, other: float, required: float, up: bool) -> None:
        worse, better = sorted((one, other), reverse=not up)
        lights = [grading.light(value, required, up) for value in (worse, better)]
        assert ORDER.index(lights[1]) >= ORDER.index(lights[0])

    @given(numbers, numbers, st.floats(-50, -0.1))
    def test_the_half_year_variant_neither(self, one: float, other: float, required: float) -> None:
        worse, better = max(one, other), min(one, other)
        lights = [grading.half_year_light(value, required) for value in (worse, better)]
        assert ORDER.index(lights[1]) >= ORDER.index(lights[0])

    @given(amounts, amounts, st.booleans(), st.sampled_from([0.01, 100.0, 1e4]))
    def test_the_unit_does_not_matter(self, value: float, required: float, up: bool, scale: float) -> None:
        gap = abs(value - required) / required
        if min(gap, abs(gap - grading.YELLOW_GAP)) > 1e-6:
            assert grading.light(value * scale, required * scale, up) == grading.light(value, required, up)

    @pytest.mark.parametrize(
        ("value", "light"), [(-17.0, "green"), (-15.3, "yellow"), (-15.29, "red"), (0.0, "red"), (None, "not_rated")]
    )
    def test_ten_percent_of_the_required_value(self, value: float | None, light: str) -> None:
        assert grading.light(value, -17.0, at_least=False) == light

    def test_every_rule_of_the_register_is_a_function(self, live: Catalog) -> None:
        from tanfeng.facts import indicators

        elsewhere = {
            "change": progress.change_path, "intensity_change": indicators.intensity_change, "pace": progress.classed,
        }  # fmt: skip
        for name in live.read("rules")["id"]:
            assert callable(elsewhere.get(name) or getattr(grading, name)), name


class TestGrades:
    def test_a_missed_target_overrides_every_point(self) -> None:
        assert {grading.grade(score, target_met=False) for score in (0.0, 79.0, 100.0)} == {grading.MISSED}

    @given(st.floats(0, 110), st.floats(0, 110))
    def test_more_points_never_worsen_a_grade(self, one: float, other: float) -> None:
        order = [grading.MISSED, grading.MOSTLY_MET, grading.MET, grading.EXCEEDED]
        low, high = (order.index(grading.grade(score, True)) for score in sorted((one, other)))
        assert low <= high

    def test_a_score_outside_is_refused(self) -> None:
        with pytest.raises(ValueError, match="-1"):
            grading.grade(-1.0, True)
        with pytest.raises(ValueError, match="nothing is required"):
            grading.completion_rate(1.0, 0.0)

    @pytest.mark.parametrize(
        ("done", "words"),
        [(-18.0, "ahead"), (-9.0, "faster"), (-7.2, "as_expected"), (-6.5, "as_expected"), (-5.0, "behind")],
    )
    def test_midterm_words(self, done: float, words: str) -> None:
        assert grading.midterm(done, -7.2, -18.0) == words

    def test_carbon_takes_the_place_of_energy_in_2026(self) -> None:
        assert [grading.controls(year)[0] for year in (2025, 2026)] == ["energy_intensity", "carbon_intensity"]
        assert grading.controls(2031, peaked=True)[0] == "co2_total"


class TestPace:
    @given(numbers, numbers, numbers, st.booleans())
    def test_a_faster_past_never_worsens_the_class(self, required: float, one: float, other: float, up: bool) -> None:
        order = [
            progress.WRONG_DIRECTION,
            progress.WELL_OFF_TRACK,
            progress.OFF_TRACK,
            progress.ON_TRACK,
            progress.REACHED,
        ]
        slow, fast = sorted((one, other), reverse=not up)
        assert order.index(progress.classed(required, slow, up)) <= order.index(progress.classed(required, fast, up))

    @given(st.floats(-80, 80), st.floats(-80, 80), st.integers(1, 10))
    def test_the_required_rate_leads_to_the_goal(self, done: float, goal: float, years: int) -> None:
        rate = progress.required_rate(done, goal, years)
        assert (100 + done) * (1 + rate / 100) ** years == pytest.approx(100 + goal)

    def test_one_year_alone_has_no_pace(self) -> None:
        assert progress.recent_change({2020: 1.0, 2021: 2.0}) is None
        assert progress.recent_change({}) is None
        assert progress.recent_change({2000: 0.0, 2015: 1.0, 2020: 11.0}) == 2.0
        for call in (progress.required_change, progress.required_rate):
            with pytest.raises(ValueError, match=r"no (time|year)"):
                call(1.0, 2.0, 0)


statuses = st.sampled_from(["reported", "adjusted", "estimate"])
bounds = st.sampled_from(["exact", "exact", "about", "at_least", "at_most"])


@st.composite
def stocks(draw: st.DrawFn) -> Figure:
    end = draw(st.sampled_from([2022.0, 2023.5, 2024.0, 2024.5, 2025.0]))
    kind = "year" if end % 1 == 0 else "month"
    return Figure(draw(st.floats(1, 1000)), end, end, kind, draw(bounds), draw(statuses))


class TestFlips:
    @given(st.lists(stocks(), max_size=5), st.floats(1, 1000), st.booleans())
    def test_moving_the_figures_by_it_turns_the_verdict(
        self, figures: list[Figure], value: float, at_least: bool
    ) -> None:
        required = Requirement(at_least, value, "stock", 2025, 2020)
        figures = sorted(figures, key=lambda figure: figure.end)
        answer, pct = rules.decided(figures, required), flip.flip_distance(figures, required)
        if answer is None:
            assert pct is None
            return
        if pct is None:
            return
        if abs(pct) < 1e-5:  # a figure lies on its limit: one side or the other turns
            assert any(self._answer(figures, required, step) != answer[1] for step in (-1e-4, 1e-4))
            return
        assert self._answer(figures, required, pct * (1 + 1e-6)) != answer[1]
        assert self._answer(figures, required, pct * (1 - 1e-6)) == answer[1]

    @staticmethod
    def _answer(figures: list[Figure], required: Requirement, pct: float) -> bool | None:
        found = rules.decided([flip.moved(figure, pct) for figure in figures], required)
        return None if found is None else found[1]

    @pytest.mark.parametrize(("change", "required"), [(-14.0, -14.5), (-57.0, -65.0), (3.8, -18.0), (-20.0, -17.0)])
    def test_of_a_change_the_last_year_moves(self, change: float, required: float) -> None:
        figure = Figure(change, 2015.0, 2020.0, "change", "exact", "reported")
        asked = Requirement(False, required, "change", 2020, 2015)
        pct = flip.flip_distance([figure], asked)
        assert pct is not None
        assert flip.moved(figure, pct).value == pytest.approx(required)

    def test_the_later_of_two_figures_holds_the_verdict(self) -> None:
        figures = [
            Figure(value, end, end, "month", "exact", "reported") for value, end in ((9.0, 2024.5), (7.0, 2024.75))
        ]
        assert flip.flip_distance(figures, Requirement(True, 5.0, "stock", 2025, 2020)) == pytest.approx(-100 * 2 / 7)

    def test_figures_of_zero_decide_without_a_distance(self) -> None:
        figure = Figure(0.0, 2025.0, 2025.0, "year", "exact", "reported")
        assert flip.flip_distance([figure], Requirement(True, 5.0, "stock", 2025, 2020)) is None
