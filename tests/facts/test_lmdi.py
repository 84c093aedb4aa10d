"""LMDI-I: nothing left over, symmetric, equal to a published example and to two independent implementations."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tanfeng.data.catalog import ProjectError
from tanfeng.facts.lmdi import Decomposition, lmdi, lmdi_years, log_mean, log_ratio, over

# The example in the tests of the R package LMDIR (M. Heun, MIT licence, after Ang 2005): two categories, three factors,
# four years; its results are given there to eight or nine digits.
LMDIR = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
LMDIR_EFFECTS = {
    1972: [69.79006598, -9.455125793, 39.66505981],
    1973: [42.96021467, -34.31902656, 50.3588119],
    1974: [54.01064234, -9.021284671, 54.01064234],
}
LMDIR_RATIOS = {
    1972: [1.761117821, 0.926191306, 1.379410116],
    1973: [1.229284572, 0.847970248, 1.273773912],
    1974: [1.208140223, 0.968911503, 1.208140223],
}


def state(cells: Any) -> dict[str, list[float]]:
    """Return a matrix of categories by factors as factors by name."""
    matrix = np.asarray(cells, dtype="float64")
    return {f"x{number}": matrix[:, number].tolist() for number in range(matrix.shape[1])}


def matrices(cell: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[list[list[float]], list[list[float]]]]:
    """Return pairs of matrices of 1 to 8 categories by 1 to 6 factors."""

    def of(shape: tuple[int, int]) -> st.SearchStrategy[Any]:
        matrix = st.lists(st.lists(cell, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0])
        return st.tuples(matrix, matrix)

    return st.tuples(st.integers(1, 8), st.integers(1, 6)).flatmap(of)


POSITIVE = matrices(st.floats(1e-6, 1e6))
ZERO_LADEN = matrices(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)))
EXTREME = matrices(st.one_of(st.just(0.0), st.floats(5e-324, 1e50), st.floats(0.999999, 1.000001)))


def plain_loop(first: Any, last: Any) -> list[list[float]]:
    """Return the additive effects by the formula of Ang (2005), cell by cell, for positive cells that differ."""
    effects = []
    for old, new in zip(first, last, strict=True):
        v0, v1 = math.prod(old), math.prod(new)
        weight = v0 if v0 == v1 else (v1 - v0) / (math.log(v1) - math.log(v0))
        effects.append([weight * (math.log(b) - math.log(a)) for a, b in zip(old, new, strict=True)])
    return effects


def path_integral(first: Any, last: Any, nodes: int = 40) -> list[list[float]]:
    """Return the Divisia line integral of v d(ln x) along x(t) = x0 (xT / x0)^t, by Gauss-Legendre quadrature."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    effects = []
    for old, new in zip(first, last, strict=True):
        rates = [math.log(b / a) for a, b in zip(old, new, strict=True)]
        values = [
            math.prod(a * math.exp(rate * (p + 1) / 2) for a, rate in zip(old, rates, strict=True)) for p in points
        ]
        integral = float(np.dot(weights, values)) / 2
        effects.append([integral * rate for rate in rates])
    return effects


def small_value(first: Any, last: Any, log_small: float) -> list[list[float]]:
    """Return the additive effects with exp(log_small) in place of every zero, computed on logarithms."""
    effects = []
    for old, new in zip(first, last, strict=True):
        logs = [[math.log(x) if x else log_small for x in cells] for cells in (old, new)]
        change = sum(logs[1]) - sum(logs[0])
        v0, v1 = (math.exp(max(sum(part), -745.0)) for part in logs)
        weight = v0 if change == 0 else (v1 - v0) / change
        effects.append([weight * (b - a) for a, b in zip(*logs, strict=True)])
    return effects


def scale(found: Decomposition) -> float:
    return max(found.first, found.last, float(found.by_category.abs().to_numpy().max(initial=0.0)))


@given(st.one_of(POSITIVE, ZERO_LADEN, EXTREME))
def test_nothing_is_left_over(pair: tuple[Any, Any]) -> None:
    found = lmdi(state(pair[0]), state(pair[1]))
    assert abs(found.residual) < 1e-9
    assert abs(found.effects.sum() - found.change) <= 1e-9 * max(found.first, found.last)
    assert np.isfinite(found.by_category.to_numpy()).all()


@given(st.one_of(POSITIVE, ZERO_LADEN))
def test_each_category_adds_up_by_itself(pair: tuple[Any, Any]) -> None:
    found = lmdi(state(pair[0]), state(pair[1]))
    old, new = (np.prod(np.asarray(cells), axis=1) for cells in pair)
    assert found.by_category.sum(axis=1).to_numpy() == pytest.approx(new - old, rel=1e-9, abs=1e-12 * scale(found))


@given(st.one_of(POSITIVE, ZERO_LADEN))
def test_ratios_multiply_to_the_ratio_of_the_totals(pair: tuple[Any, Any]) -> None:
    found = lmdi(state(pair[0]), state(pair[1]))
    if found.first == 0 or found.last == 0:
        assert found.ratios.isna().all()
        assert math.isnan(found.ratio)
        return
    logs = np.log(found.ratios.to_numpy())
    assume(np.isfinite(logs).all())
    assert logs.sum() == pytest.approx(math.log(found.last / found.first), rel=1e-9, abs=1e-9)


@given(st.one_of(POSITIVE, ZERO_LADEN))
def test_backwards_is_the_opposite(pair: tuple[Any, Any]) -> None:
    forward, back = lmdi(state(pair[0]), state(pair[1])), lmdi(state(pair[1]), state(pair[0]))
    tolerance = 1e-11 * scale(forward)
    assert back.by_category.to_numpy() == pytest.approx(-forward.by_category.to_numpy(), rel=1e-11, abs=tolerance)


@given(st.one_of(POSITIVE, ZERO_LADEN), st.randoms(use_true_random=False))
def test_the_order_of_factors_and_categories_does_not_matter(pair: tuple[Any, Any], random: Any) -> None:
    old, new = (np.asarray(cells, dtype="float64") for cells in pair)
    rows, columns = random.sample(range(old.shape[0]), old.shape[0]), random.sample(range(old.shape[1]), old.shape[1])
    names = [f"x{number}" for number in columns]
    plain = lmdi(state(old), state(new))
    mixed = lmdi(
        *({name: cells[rows, column] for name, column in zip(names, columns, strict=True)} for cells in (old, new))
    )
    tolerance = 1e-11 * scale(plain)
    expected = plain.by_category.iloc[rows][names].to_numpy()
    assert mixed.by_category.to_numpy() == pytest.approx(expected, rel=1e-11, abs=tolerance)


@given(ZERO_LADEN, st.floats(1e-3, 1e3), st.integers(0, 5))
def test_another_unit_of_a_factor_scales_effects_and_keeps_ratios(pair: Any, unit: float, which: int) -> None:
    old, new = state(pair[0]), state(pair[1])
    name = f"x{which % len(old)}"
    plain = lmdi(old, new)
    scaled = lmdi(*({**cells, name: [unit * x for x in cells[name]]} for cells in (old, new)))
    tolerance = 1e-10 * unit * scale(plain)
    assert scaled.effects.to_numpy() == pytest.approx(unit * plain.effects.to_numpy(), rel=1e-10, abs=tolerance)
    assert scaled.ratios.to_numpy() == pytest.approx(plain.ratios.to_numpy(), rel=1e-6, nan_ok=True)


@given(matrices(st.floats(0.01, 100.0)))
def test_equals_a_plain_loop_and_the_integral_along_the_exponential_path(pair: tuple[Any, Any]) -> None:
    found = lmdi(state(pair[0]), state(pair[1])).by_category.to_numpy()
    tolerance = 1e-9 * max(np.prod(np.asarray(cells), axis=1).max() for cells in pair)
    assert found == pytest.approx(np.asarray(path_integral(*pair)), rel=1e-9, abs=tolerance)
    assert found == pytest.approx(np.asarray(plain_loop(*pair)), rel=1e-6, abs=1e3 * tolerance)


@given(matrices(st.one_of(st.just(0.0), st.floats(0.01, 100.0))))
def test_zeros_take_the_limit_of_the_small_value_rule(pair: tuple[Any, Any]) -> None:
    found = lmdi(state(pair[0]), state(pair[1])).by_category.to_numpy()
    tolerance = 1e-5 * max(1.0, *(np.prod(np.asarray(cells), axis=1).max() for cells in pair))
    assert found == pytest.approx(np.asarray(small_value(*pair, -1e9)), rel=1e-5, abs=tolerance)


class TestPublishedExample:
    @pytest.mark.parametrize("year", [1972, 1973, 1974])
    def test_effects_and_ratios(self, year: int) -> None:
        found = lmdi(state(LMDIR[year - 1]), state(LMDIR[year]))
        assert found.effects.to_numpy() == pytest.approx(LMDIR_EFFECTS[year], abs=5e-8)
        assert found.ratios.to_numpy() == pytest.approx(LMDIR_RATIOS[year], abs=5e-9)

    def test_cells(self) -> None:
        found = lmdi(state(LMDIR[1971]), state(LMDIR[1972])).by_category.to_numpy()
        published = [[50.47438029, -25.23719014, 14.76280986], [19.31568569, 15.78206435, 24.90224996]]
        assert found == pytest.approx(np.array(published), abs=5e-8)

    def test_a_factor_that_was_zero_takes_the_whole_of_the_category(self) -> None:
        found = lmdi(state([[0, 10, 2], [4, 5, 3]]), state(LMDIR[1972])).by_category.to_numpy()
        assert found[0].tolist() == [60.0, 0.0, 0.0]
        assert found[1] == pytest.approx([19.31568569, 15.78206435, 24.90224996], abs=5e-8)

    def test_a_factor_that_becomes_zero_takes_the_whole_of_the_category(self) -> None:
        found = lmdi(state(LMDIR[1971]), state([[4, 5, 3], [5, 6, 0]])).by_category.to_numpy()
        assert found[1].tolist() == [0.0, 0.0, -60.0]

    def test_years_in_a_chain(self) -> None:
        rows = pd.DataFrame(
            [[year, number, *cells] for year, matrix in LMDIR.items() for number, cells in enumerate(matrix)],
            columns=["year", "subcat", "x0", "x1", "x2"],
        )
        steps = lmdi_years(rows, ["x0", "x1", "x2"], "subcat")
        whole = over(steps, 1971, 1974).set_index("factor")
        assert whole["effect"].to_numpy() == pytest.approx(np.sum(list(LMDIR_EFFECTS.values()), axis=0), abs=2e-7)
        assert whole["ratio"].to_numpy() == pytest.approx(np.prod(list(LMDIR_RATIOS.values()), axis=0), abs=2e-8)
        assert whole["effect"].sum() == pytest.approx(258, rel=1e-12)


@given(st.lists(st.lists(st.floats(0.01, 100), min_size=6, max_size=6), min_size=4, max_size=8), st.data())
def test_effects_of_sub_periods_add_up_over_a_plan(years: list[list[float]], data: st.DataObject) -> None:
    rows = pd.DataFrame(
        [
            [2000 + number, name, *cells[2 * i : 2 * i + 2]]
            for number, cells in enumerate(years)
            for i, name in enumerate("abc")
        ],
        columns=["year", "sector", "activity", "intensity"],
    )
    steps = lmdi_years(rows, ["activity", "intensity"], "sector")
    end = 2000 + len(years) - 1
    middle = data.draw(st.integers(2001, end - 1))
    whole, early, late = (
        over(steps, *span).set_index("factor") for span in ((2000, end), (2000, middle), (middle, end))
    )
    totals = (rows["activity"] * rows["intensity"]).groupby(rows["year"]).sum()
    size = totals.max()
    assert (early["effect"] + late["effect"]).to_numpy() == pytest.approx(whole["effect"].to_numpy(), abs=1e-10 * size)
    assert (early["ratio"] * late["ratio"]).to_numpy() == pytest.approx(whole["ratio"].to_numpy(), rel=1e-10)
    assert whole["effect"].sum() == pytest.approx(totals[end] - totals[2000], abs=1e-9 * size)
    assert whole["ratio"].prod() == pytest.approx(totals[end] / totals[2000], rel=1e-9)


class TestLogarithms:
    @given(st.floats(1e-300, 1e300), st.floats(-1e-6, 1e-6))
    def test_the_mean_of_nearly_equal_numbers_lies_between_them(self, number: float, gap: float) -> None:
        other = number * (1 + gap)
        mean = float(log_mean(number, other))
        assert min(number, other) * (1 - 1e-15) <= mean <= max(number, other) * (1 + 1e-15)

    @given(st.floats(1e-200, 1e200), st.floats(-30, 30))
    def test_the_mean_is_exact_to_fourteen_digits(self, number: float, log: float) -> None:
        other = number * math.exp(log * 1e-3 if abs(log) < 15 else log)
        with localcontext() as context:
            context.prec = 60
            old, new = Decimal(number), Decimal(other)
            exact = old if old == new else (new - old) / (new.ln() - old.ln())
            assert abs(Decimal(float(log_mean(number, other))) / exact - 1) < Decimal("1e-14")

    @given(st.floats(5e-324, 1.7e308), st.floats(5e-324, 1.7e308))
    def test_any_two_positive_numbers_have_a_mean_and_a_ratio(self, one: float, other: float) -> None:
        assert 0 < float(log_mean(one, other)) < math.inf
        assert float(log_ratio(one, other)) == pytest.approx(math.log(other) - math.log(one), rel=1e-12, abs=1e-12)
        assert float(log_mean(one, other)) == pytest.approx(float(log_mean(other, one)), rel=1e-12)

    def test_limits(self) -> None:
        assert log_mean([3.0, 0.0, 0.0, 5e-324], [3.0, 2.0, 0.0, 5e-324]).tolist() == [3.0, 0.0, 0.0, 5e-324]


class TestCategories:
    SECTORS = pd.Index(["power", "cement"], name="sector")

    def test_a_number_goes_with_every_category(self) -> None:
        found = lmdi({"gdp": 10.0, "share": [0.4, 0.6]}, {"gdp": 20.0, "share": [0.4, 0.6]})
        assert found.effects.to_dict() == pytest.approx({"gdp": 10.0, "share": 0.0})

    def test_labels_are_matched_whatever_their_order(self) -> None:
        old = {"co2": pd.Series([1.0, 2.0], self.SECTORS)}
        new = {"co2": pd.Series([5.0, 1.0], self.SECTORS[::-1])}
        assert lmdi(old, new).by_category["co2"].to_dict() == pytest.approx({"power": 0.0, "cement": 3.0})

    def test_two_dimensions(self) -> None:
        fuels = pd.Index(["coal", "gas"], name="fuel")
        mix = pd.DataFrame([[0.9, 0.1], [1.0, 0.0]], self.SECTORS, fuels)
        later = pd.DataFrame([[0.5, 0.5], [1.0, 0.0]], self.SECTORS, fuels)
        energy, factor = pd.Series([10.0, 5.0], self.SECTORS), pd.Series([2.7, 1.6], fuels)
        found = lmdi(
            {"energy": energy, "mix": mix, "factor": factor}, {"energy": energy, "mix": later, "factor": factor}
        )
        assert found.change == pytest.approx(10 * 0.4 * (1.6 - 2.7))
        assert found.effects.to_dict() == pytest.approx({"energy": 0.0, "mix": found.change, "factor": 0.0})
        assert found.by_category.loc[("cement", "gas")].tolist() == [0.0, 0.0, 0.0]

    def test_two_dimensions_without_names_are_refused(self) -> None:
        old = {"energy": pd.Series([1.0]), "mix": pd.DataFrame([[0.5, 0.5]])}
        with pytest.raises(ProjectError, match=r"'energy' has the dimensions.*name the index levels alike"):
            lmdi(old, old)

    def test_a_missing_cell_is_named(self) -> None:
        old = {"co2": pd.Series([1.0, math.nan], self.SECTORS)}
        new = {"co2": pd.Series([1.0, 3.0], self.SECTORS)}
        with pytest.raises(ProjectError, match="'co2' of category 'cement' is missing in the first state"):
            lmdi(old, new)
        assert lmdi(old, new, missing="zero").by_category["co2"].to_dict() == {"power": 0.0, "cement": 3.0}

    def test_a_category_of_one_state_only_is_a_missing_cell(self) -> None:
        old, new = {"co2": pd.Series({"power": 1.0})}, {"co2": pd.Series({"power": 1.0, "hydrogen": 2.0})}
        with pytest.raises(ProjectError, match="'hydrogen' is missing in the first state"):
            lmdi(old, new)
        assert lmdi(old, new, missing="zero").effects["co2"] == 2.0

    @pytest.mark.parametrize("missing", ["error", "zero"])
    @pytest.mark.parametrize("cell", [-1e-12, math.inf])
    def test_a_negative_or_infinite_cell_is_named(self, cell: float, missing: str) -> None:
        with pytest.raises(ProjectError, match=r"'co2' of category 1 is (-1e-12|inf) in the last state"):
            lmdi({"co2": [1.0, 2.0]}, {"co2": [1.0, cell]}, missing)

    def test_a_text_is_refused(self) -> None:
        with pytest.raises(ProjectError, match="'co2' of the first state holds a cell that is no number"):
            lmdi({"co2": pd.Series(["1", "x"])}, {"co2": pd.Series([1.0, 2.0])})

    def test_a_category_twice_is_refused(self) -> None:
        twice = {"co2": pd.Series([1.0, 2.0], ["power", "power"])}
        with pytest.raises(ProjectError, match="category 'power' stands twice"):
            lmdi(twice, twice)

    def test_other_factors_are_refused(self) -> None:
        with pytest.raises(ProjectError, match=r"the same factors, at least one; found \['a'\] and \['b'\]"):
            lmdi({"a": 1.0}, {"b": 1.0})
        with pytest.raises(ProjectError, match="at least one"):
            lmdi({}, {})

    def test_an_unknown_treatment_is_refused(self) -> None:
        with pytest.raises(ProjectError, match="missing must be one of error, zero"):
            lmdi({"a": 1.0}, {"a": 1.0}, missing="drop")

    def test_a_total_that_is_too_large_is_refused(self) -> None:
        with pytest.raises(ProjectError, match="the aggregate of the last state is larger than a number can be"):
            lmdi({"a": 1.0, "b": 1.0}, {"a": 1e200, "b": 1e200})

    def test_a_product_may_overflow_on_its_way(self) -> None:
        found = lmdi({"a": 1e200, "b": 1e200, "c": 1e-300}, {"a": 2e200, "b": 1e200, "c": 1e-300})
        assert found.effects.to_dict() == pytest.approx({"a": 1e100, "b": 0.0, "c": 0.0})


class TestYears:
    ROWS = pd.DataFrame({"year": [2000, 2001, 2003], "gdp": [1.0, 2.0, 4.0], "intensity": [9.0, 6.0, 4.0]})

    def test_a_year_that_is_not_in_the_table_is_stepped_over(self) -> None:
        steps = lmdi_years(self.ROWS, ["gdp", "intensity"])
        assert steps[["start", "end"]].drop_duplicates().to_numpy().tolist() == [[2000, 2001], [2001, 2003]]

    @pytest.mark.parametrize("span", [(2000, 2002), (1999, 2003), (2001, 2001), (2002, 2003)])
    def test_a_period_that_the_steps_do_not_cover_is_refused(self, span: tuple[int, int]) -> None:
        with pytest.raises(ProjectError, match=f"do not run from {span[0]} to {span[1]} without a gap"):
            over(lmdi_years(self.ROWS, ["gdp", "intensity"]), *span)

    def test_one_year_or_a_lacking_column_is_refused(self) -> None:
        with pytest.raises(ProjectError, match="two years or more with the columns year, gdp"):
            lmdi_years(self.ROWS.head(1), ["gdp"])
        with pytest.raises(ProjectError, match="columns year, sector, population"):
            lmdi_years(self.ROWS, ["population"], "sector")
