"""The programme against brute force and duality, its front, what it says of targets out of reach, and its speed."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages import text
from tanfeng.pages.reports import least_cost as least_cost_report
from tanfeng.roadmap import front, gaps, least_cost, programme, registers, wedges
from tanfeng.roadmap.programme import Chance, Constraint, Programme

ZHEJIANG = "330000"
SMALL = settings(max_examples=40, deadline=None)
NUMBERS = st.integers(1, 9).map(float)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Small ones: at most four options, three years, two requirements."""
    count, years = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    row = st.lists(NUMBERS, min_size=years, max_size=years)
    table = st.lists(row, min_size=count, max_size=count).map(np.array)
    first = tuple(draw(st.lists(st.integers(0, years - 1), min_size=count, max_size=count)))
    asked = [Constraint(f"R{i}", draw(table), float(draw(st.integers(0, 60)))) for i in range(draw(st.integers(1, 2)))]
    return Programme(draw(table), first, tuple(asked))


def brute(found: Programme) -> float | None:
    """Try every way to build options in whole: a first year each, or never."""
    years = found.shape[1]
    costs = []
    for starts in product(*(range(first, years + 1) for first in found.first)):
        chosen = (np.arange(years) >= np.array(starts)[:, None]).astype("float64")
        if all((one.weights * chosen).sum() >= one.least - 1e-9 for one in found.requirements):
            costs.append(float((found.cost * chosen).sum()))
    return min(costs) if costs else None


class TestSolver:
    @SMALL
    @given(programmes())
    def test_whole_intensities_against_brute_force(self, given_programme: Programme) -> None:
        found, best = programme.solve(given_programme, whole=True), brute(given_programme)
        assert found.feasible == (best is not None)
        if best is not None:
            assert found.cost == pytest.approx(best, abs=1e-6)

    @SMALL
    @given(programmes())
    def test_duality_gap_and_bounds(self, given_programme: Programme) -> None:
        found = programme.solve(given_programme)
        if found.feasible:
            whole = brute(given_programme)
            assert found.gap < 1e-9
            assert whole is None or found.cost <= whole + 1e-6
            assert (np.diff(found.intensity, axis=1) >= -1e-9).all()
            assert ((found.intensity >= -1e-9) & (found.intensity <= given_programme.upper() + 1e-9)).all()

    @SMALL
    @given(programmes())
    def test_what_is_missed_makes_it_feasible(self, given_programme: Programme) -> None:
        found = programme.solve(given_programme)
        eased = tuple(
            replace(one, least=one.least - found.missed.get(one.name, 0.0) - 1e-6)
            for one in given_programme.requirements
        )
        assert programme.solve(replace(given_programme, requirements=eased)).feasible

    @SMALL
    @given(programmes())
    def test_a_marginal_value_is_a_price(self, given_programme: Programme) -> None:
        """Asking a little more of the first requirement costs at least its marginal value (the cost is convex)."""
        found, first = programme.solve(given_programme), given_programme.requirements[0]
        more = (replace(first, least=first.least + 0.01), *given_programme.requirements[1:])
        dearer = programme.solve(replace(given_programme, requirements=more))
        if found.feasible and dearer.feasible:
            assert dearer.cost - found.cost >= 0.01 * found.marginal[first.name] - 1e-6
            assert found.marginal[first.name] >= -1e-9

    def test_costs_that_are_not_finite_are_refused(self) -> None:
        with pytest.raises((ProjectError, ValueError)):
            programme.solve(Programme(np.array([[np.nan]]), (0,), (Constraint("R", np.array([[1.0]]), 0.5),)))


class TestFront:
    @SMALL
    @given(programmes())
    def test_no_point_is_dominated(self, given_programme: Programme) -> None:
        free = replace(given_programme, requirements=())
        asked = {one.name: (100.0, one.weights) for one in given_programme.requirements}
        points = [one.values() for one in programme.front(free, asked, 4)]
        assert points
        for one in points:
            assert not any((other <= one + 1e-9).all() and (other < one - 1e-5).any() for other in points)

    @SMALL
    @given(programmes())
    def test_it_holds_the_cheapest_and_the_cleanest(self, given_programme: Programme) -> None:
        free = replace(given_programme, requirements=())
        weights = given_programme.requirements[0].weights
        points = programme.front(free, {"emissions": (0.0, weights)}, 4)
        assert points[0].cost == pytest.approx(0, abs=1e-6)
        assert points[-1].levels["emissions"] == pytest.approx(-float((weights * free.upper()).sum()), rel=1e-6)


class TestChance:
    @SMALL
    @given(programmes(), st.lists(st.floats(0, 30), min_size=4, max_size=12), st.sampled_from([0.25, 0.5, 0.75, 1.0]))
    def test_one_requirement_is_a_quantile(self, given_programme: Programme, needs: list[float], share: float) -> None:
        """With one requirement the chance is known in closed form: the need at the quantile of the paths."""
        weights = given_programme.requirements[0].weights
        allowed = int(np.floor((1 - share) * len(needs) + 1e-9))
        least = sorted(needs, reverse=True)[allowed]
        free = replace(given_programme, requirements=())
        plain = programme.solve(replace(free, requirements=(Constraint("need", weights, least),)))
        found = programme.solve_chance(free, Chance(weights[None], np.array([needs]), share))
        assert found.feasible == plain.feasible
        if plain.feasible:
            assert found.cost == pytest.approx(plain.cost, rel=1e-3, abs=1e-3)

    @SMALL
    @given(programmes(), st.integers(0, 2**32 - 1))
    def test_it_holds_in_the_share_of_paths(self, given_programme: Programme, seed: int) -> None:
        generator = np.random.default_rng(seed)
        weights = np.array([one.weights for one in given_programme.requirements])
        most = (weights * given_programme.upper()).sum(axis=(1, 2))
        asked = Chance(weights, generator.random((len(weights), 20)) * most[:, None], 0.7)
        found = programme.solve_chance(replace(given_programme, requirements=()), asked)
        reached = (weights * found.intensity).sum(axis=(1, 2))[:, None]
        assert found.feasible
        assert (asked.least <= reached + 1e-5).all(axis=0).mean() >= 0.7

    def test_the_missing_share_is_told(self) -> None:
        one = Programme(np.array([[1.0]]), (0,))
        found = programme.solve_chance(one, Chance(np.array([[[1.0]]]), np.array([[0.5, 2.0]]), 0.9))
        assert not found.feasible
        assert found.missed == pytest.approx({"chance": 0.4})

    def test_a_share_of_zero_asks_nothing(self) -> None:
        """No path lies within reach of the cap, so the reachable share is zero and the programme alone is solved."""
        cap = Constraint("cap", np.array([[-1.0]]), -0.25)
        one = Programme(np.array([[1.0]]), (0,), (cap,))
        asked = Chance(np.array([[[10.0]]]), np.array([[5.0, 6.0]]), 0.0)
        assert programme.reachable(one, asked) == 0
        found = programme.solve_chance(one, asked)
        assert found.feasible
        assert found.cost == 0
        assert programme.solve_chance(one, replace(asked, share=0.5)).missed == pytest.approx({"chance": 0.5})

    def test_a_binding_requirement_bounds_the_share(self) -> None:
        """A cap of 0.25 leaves the needs of 1 and 2 within reach, not that of 3."""
        cap = Constraint("cap", np.array([[-1.0]]), -0.25)
        one = Programme(np.array([[1.0]]), (0,), (cap,))
        asked = Chance(np.array([[[10.0]]]), np.array([[1.0, 2.0, 3.0, 20.0]]), 0.75)
        assert programme.reachable(one, asked) == 0.5
        found = programme.solve_chance(one, asked)
        assert not found.feasible
        assert found.missed == pytest.approx({"chance": 0.25})
        assert programme.share_met(asked, found.intensity) == 0.5

    def test_requirements_out_of_reach_are_named(self) -> None:
        both = (Constraint("cap", np.array([[-1.0]]), -0.25), Constraint("cut", np.array([[10.0]]), 4.0))
        one = Programme(np.array([[1.0]]), (0,), both)
        asked = Chance(np.array([[[10.0]]]), np.array([[1.0, 2.0]]), 0.5)
        found = programme.solve_chance(one, asked)
        assert not found.feasible
        assert found.missed
        assert set(found.missed) <= {"cap", "cut"}
        with pytest.raises(ProjectError, match=r"missed: c.. by"):
            programme.reachable(one, asked)

    @SMALL
    @given(programmes(), st.integers(0, 2**32 - 1))
    def test_the_share_within_requirements_is_the_most(self, given_programme: Programme, seed: int) -> None:
        """Asked for the reachable share there is an answer, asked for one path more there is none."""
        generator = np.random.default_rng(seed)
        options_, years = given_programme.shape
        cap = Constraint("cap", -np.eye(years)[-1] * np.ones((options_, 1)), -options_ / 3)
        capped = replace(given_programme, requirements=(cap,))
        weights = given_programme.requirements[0].weights[None]
        least = generator.random((1, 8)) * float((weights[0] * capped.upper()).sum())
        most = programme.reachable(capped, Chance(weights, least, 0.5))
        found = programme.solve_chance(capped, Chance(weights, least, most))
        assert found.feasible
        if most < 1:
            missed = programme.solve_chance(capped, Chance(weights, least, most + 1 / 8)).missed
            assert missed == pytest.approx({"chance": 1 / 8})

    def test_sixty_measures_fifteen_years_four_hundred_paths(self) -> None:
        generator = np.random.default_rng(1)
        cost = np.zeros((60, 15))
        cost[:, -1] = generator.uniform(50, 500, 60)
        first = tuple(generator.integers(0, 8, 60).tolist())
        size = generator.uniform(0.5, 8, 60)
        weights = np.zeros((3, 60, 15))
        for place, year in enumerate((4, 9, 14)):
            weights[place, :, year] = size * generator.uniform(0.9, 1.1, 60)
        most = (weights * Programme(cost, first).upper()).sum(axis=(1, 2))
        common = generator.normal(0.4, 0.15, 400)
        least = most[:, None] * (common + generator.normal(0, 0.05, (3, 400)))
        start = time.perf_counter()
        found = programme.solve_chance(Programme(cost, first), Chance(weights, least, 0.8))
        assert time.perf_counter() - start < 60
        assert found.gap < 1e-2
        assert (least <= (weights * found.intensity).sum(axis=(1, 2))[:, None] + 1e-5).all(axis=0).mean() >= 0.8


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    found = [least_cost.by_growth(catalog, "330000", account) for account in wedges.ACCOUNTS]
    return pd.concat(found, ignore_index=True)


class TestGrowth:
    """One growth for the reference and for what is allowed."""

    def test_at_its_own_growth_the_reference_is_that_of_the_outlook(self, catalog: Catalog, rows: pd.DataFrame) -> None:
        known = gaps.gaps(catalog, "330000").set_index(["target", "account"])
        own = rows[rows["growth"] == gaps.COURSE].set_index(["target", "account"])
        assert own["reference_mt"].to_dict() == pytest.approx(known["reference_mt"].to_dict())
        assert own["limit_mt"].to_dict() == pytest.approx(known["limit_mt"].to_dict())

    def test_emissions_follow_growth_by_half_and_limits_in_full(self, rows: pd.DataFrame) -> None:
        own, high = (
            rows[(rows["growth"] == name) & (rows["target"] == "P05") & (rows["account"] == "direct")].iloc[0]
            for name in (gaps.COURSE, "high")
        )
        gdp = ((1 + high["growth_pct"] / 100) / (1 + own["growth_pct"] / 100)) ** 5
        assert high["limit_mt"] / own["limit_mt"] == pytest.approx(gdp)
        assert high["reference_mt"] / own["reference_mt"] == pytest.approx(gdp**0.5)

    def test_imports_do_not_follow(self, rows: pd.DataFrame) -> None:
        spans = rows.groupby(["target", "account"])["reference_mt"].agg(lambda values: values.max() - values.min())
        assert spans.xs("direct", level=1).to_numpy() == pytest.approx(spans.xs("assessment", level=1).to_numpy())

    def test_faster_growth_costs_less_and_misses_less(self, rows: pd.DataFrame) -> None:
        for _, part in rows.groupby(["target", "account"]):
            ordered = part.sort_values("growth_pct")
            assert ordered["gap_mt"].is_monotonic_decreasing
            assert ordered["missed_mt"].is_monotonic_decreasing
            assert ordered["cost"].dropna().is_monotonic_decreasing

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_table(self, catalog: Catalog, rows: pd.DataFrame, lang: str) -> None:
        table = least_cost_report.GROWTH.table(catalog, rows, lang, "x")
        assert len(table.rows) == len(rows) == 16
        said = {row["cost"]["text"] for row in table.rows}
        assert {"无解", "无需"} <= said if lang == "zh" else {"none", "none needed"} <= said
        assert all(row[column.key]["text"] not in {"", "nan"} for row in table.rows for column in table.columns)


class TestZhejiang:
    def test_investment_of_the_units(self, catalog: Catalog) -> None:
        rows = least_cost.options(catalog, ZHEJIANG).rows.set_index("id")
        assert not {"ME01", "ME02", "ME04", "ME05"} & set(rows.index)  # committed: in the reference
        assert rows.loc["ME12", ["low", "central", "high"]].tolist() == [353, 353, 353]

    def test_every_measure_is_an_option_or_says_why_not(self, catalog: Catalog) -> None:
        chosen = set(least_cost.options(catalog, ZHEJIANG).rows["id"])
        out = least_cost.left_out(catalog, ZHEJIANG)
        assert chosen.isdisjoint(out["id"])
        assert (out["reason"] != "").all()
        assert chosen | set(out["id"]) == set(registers.measures(catalog, ZHEJIANG)["id"])

    def test_an_undated_measure_answers_no_target_of_2030(self, catalog: Catalog) -> None:
        with_, without = (least_cost.answers(catalog, ZHEJIANG, one)[["feasible", "cost"]] for one in (2031, None))
        assert with_.equals(without)

    def test_the_marginal_value_is_the_cost_of_the_line(self, catalog: Catalog) -> None:
        own = least_cost.options(catalog, ZHEJIANG, undated_from=None)
        asked = replace(least_cost.needs(catalog, ZHEJIANG, own)["N03"], least=10.0)
        base = least_cost.build(own, catalog, ZHEJIANG)
        found = programme.solve(replace(base, requirements=(*base.requirements, asked)))
        assert found.marginal["N03"] == pytest.approx(353 / (36 * 0.8273))

    def test_the_whole_programme_against_brute_force(self, catalog: Catalog) -> None:
        own = least_cost.options(catalog, ZHEJIANG, undated_from=None)
        asked = replace(least_cost.needs(catalog, ZHEJIANG, own)["N03"], least=20.0)
        sizes = own.saved[:, -1]
        best = min(
            float((own.rows["central"] * np.array(chosen)).sum())
            for chosen in product((0, 1), repeat=len(sizes))
            if (sizes * np.array(chosen)).sum() >= 20
        )
        base = least_cost.build(own, catalog, ZHEJIANG)
        assert programme.solve(
            replace(base, requirements=(*base.requirements, asked)), whole=True
        ).cost == pytest.approx(best)

    def test_the_front_is_not_dominated_and_opens(self, catalog: Catalog) -> None:
        own = least_cost.options(catalog, ZHEJIANG)
        points = least_cost.front(catalog, ZHEJIANG, steps=4)
        values = [one.values() for one in points]
        assert not any((a <= b).all() and (a < b).any() for a in values for b in values)
        for one in points:
            rows = front.opened(own, one)
            assert rows["cost"].sum() == pytest.approx(one.cost, abs=1e-3)
            found = front.score(catalog, ZHEJIANG, own, one)
            assert found["dimension"].tolist() == list(front.DIMENSIONS)

    def test_an_unknown_target_is_refused(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="N03, P05"):
            least_cost.cheapest(catalog, ZHEJIANG, "E01")

    def test_a_region_without_options_is_told(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError):
            least_cost.options(catalog, "320000")
