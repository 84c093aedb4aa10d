"""Wedges add up in every year and path, nothing counts twice, gaps follow from them, costs have source and range."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.data.project import ProjectError
from tanfeng.outlook import paths
from tanfeng.roadmap import effects, gaps, wedges
from tanfeng.roadmap.wedges import Reference, Size
from tanfeng.targets import intensity
from tests.conftest import FROZEN, Run

ZHEJIANG = "330000"
ACCOUNTS = pytest.mark.parametrize("account", wedges.ACCOUNTS)


@pytest.fixture(scope="module")
def counted(catalog: Catalog) -> list[str]:
    rows = wedges.candidates(catalog, ZHEJIANG)
    return rows.loc[rows["stage"] == wedges.COUNTED, "id"].tolist()


class TestAddUp:
    @ACCOUNTS
    @pytest.mark.parametrize("centre", [True, False])
    def test_in_every_year_and_path(self, catalog: Catalog, account: str, centre: bool) -> None:
        found = wedges.wedges(catalog, ZHEJIANG, account, centre=centre)
        assert found.saved.sum(axis=0) + found.remaining == pytest.approx(found.reference, abs=1e-9)
        assert found.remaining.shape == ((1 if centre else 400), len(found.years))

    @ACCOUNTS
    def test_without_measures_the_reference_remains(self, catalog: Catalog, account: str) -> None:
        found = wedges.wedges(catalog, ZHEJIANG, account, [])
        assert found.remaining == pytest.approx(found.reference, abs=1e-9)
        assert found.saved.size == 0

    def test_the_reference_is_the_outlook(self, catalog: Catalog) -> None:
        found = wedges.wedges(catalog, ZHEJIANG)
        assert found.reference == pytest.approx(paths.paths(catalog, ZHEJIANG).of("total"))

    def test_the_assessment_reference_is_that_of_the_pathways(self, catalog: Catalog) -> None:
        found = wedges.wedges(catalog, ZHEJIANG, "assessment")
        way = intensity.intensity(catalog, ZHEJIANG, 2005, 2030, 65.0, "assessment")
        median = float(way.rows.set_index("year").at[2030, "co2_mt"])
        assert np.median(found.reference[:, found.at(2030)]) == pytest.approx(median)

    @settings(max_examples=30, deadline=None)
    @given(st.data())
    def test_in_any_order_of_any_measures(self, data: st.DataObject) -> None:
        tables = Catalog(FROZEN)
        rows = wedges.candidates(tables, ZHEJIANG)
        names = rows.loc[rows["stage"] == wedges.COUNTED, "id"].tolist()
        chosen = data.draw(st.lists(st.sampled_from(names), unique=True))
        found = wedges.wedges(tables, ZHEJIANG, data.draw(st.sampled_from(wedges.ACCOUNTS)), chosen)
        assert found.saved.sum(axis=0) + found.remaining == pytest.approx(found.reference, abs=1e-9)
        assert (found.fossil >= 0).all()

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.floats(-50, 200), st.floats(0, 5), st.booleans()), max_size=6),
        st.floats(0, 400),
        st.floats(0, 200),
    )
    def test_no_more_than_there_is(self, sizes: list[tuple[float, float, bool]], power: float, other: float) -> None:
        tables = Catalog(FROZEN)
        base = Reference(np.full((2, 3), power), np.full((2, 3), other))
        given_sizes = [Size(np.full(2, a), np.full(2, b), c) for a, b, c in sizes]
        names, runs = tuple(f"M{i}" for i in range(len(sizes))), [np.array([False, True, True])] * len(sizes)
        found = wedges.taken_off(tables, "direct", (2026, 2027, 2028), names, base, given_sizes, runs)
        assert (found.remaining >= -1e-9).all()
        assert found.saved.sum(axis=0) + found.remaining == pytest.approx(base.total, abs=1e-9)
        assert found.remaining[:, 0] == pytest.approx(base.total[:, 0])

    def test_the_table_adds_up(self, catalog: Catalog) -> None:
        rows = wedges.table(catalog, ZHEJIANG).set_index(["year", "measure"])["co2_mt"].unstack("measure")  # noqa: PD010
        measures = rows.drop(columns=["reference", "remaining"])
        assert (rows["reference"] - measures.sum(axis=1)).to_numpy() == pytest.approx(rows["remaining"].to_numpy())


class TestGolden:
    def test_imports_carry_a_factor_in_the_assessment_account(self, catalog: Catalog) -> None:
        direct, both = (wedges.wedges(catalog, ZHEJIANG, one, centre=True) for one in wedges.ACCOUNTS)
        place = direct.measures.index("ME12")
        assert direct.saved[place, 0, -1] == pytest.approx(36 * 0.8273)
        assert both.saved[place, 0, -1] == pytest.approx(36 * (0.8273 - 0.55))

    def test_trucks_draw_fossil_power(self, catalog: Catalog) -> None:
        found = wedges.wedges(catalog, ZHEJIANG, centre=True)
        km = 500 * 58430
        saved = (km * 10.82 * 75.7 / 1e6 - km * 1.38 * 0.8273 / 1e3) / 1e6
        assert found.saved[found.measures.index("MT03"), 0, -1] == pytest.approx(saved)
        assert saved < 0

    def test_nothing_before_the_first_whole_year(self, catalog: Catalog) -> None:
        found = wedges.wedges(catalog, ZHEJIANG)
        first = wedges.candidates(catalog, ZHEJIANG).set_index("id")["first_year"]
        for place, name in enumerate(found.measures):
            before = np.array(found.years) < first[name]
            assert (found.saved[place][:, before] == 0).all()
            assert (found.saved[place][:, ~before] != 0).any()


class TestOrder:
    def test_demand_then_supply_then_imports(self, catalog: Catalog, counted: list[str]) -> None:
        groups = wedges.candidates(catalog, ZHEJIANG).set_index("id")["group"]
        order = [wedges.ORDER.index(groups[name]) for name in counted]
        assert order == sorted(order)

    def test_its_effect_is_small_where_fossil_power_suffices(self, catalog: Catalog) -> None:
        rows = wedges.order_effect(catalog, ZHEJIANG, 2030)
        assert rows["stated_mt"].to_numpy() == pytest.approx(rows["reversed_mt"].to_numpy(), rel=0.01)

    def test_the_first_takes_what_the_last_would_have_lacked(self, catalog: Catalog) -> None:
        rows = wedges.order_effect(catalog, ZHEJIANG, 2035).set_index("measure")
        assert rows.at["ME12", "capped"] >= rows.at["MT03", "capped"]
        assert rows["left_twh"].iloc[1:].is_monotonic_decreasing


class TestStages:
    def test_each_candidate_has_one(self, catalog: Catalog) -> None:
        stages = wedges.candidates(catalog, ZHEJIANG).set_index("id")["stage"]
        assert stages[["ME35", "ME37", "ME40"]].tolist() == [wedges.IN_REFERENCE] * 3
        assert stages["ME22"] == wedges.OVERDUE
        assert stages[["ME09", "ME24", "ME25"]].tolist() == [wedges.NO_DATE] * 3

    def test_a_measure_that_is_not_counted_is_refused(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="ME09 has no wedge; counted are: MT03"):
            wedges.wedges(catalog, ZHEJIANG, measures=["ME09"])

    def test_an_unknown_account_is_refused(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="direct, assessment"):
            wedges.reference(catalog, ZHEJIANG, "indirect")

    def test_a_year_out_of_reach_is_refused(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="from 2023 to 2035"):
            wedges.wedges(catalog, ZHEJIANG).at(2040)


class TestDraws:
    def test_within_the_limits_and_the_same_each_time(self, catalog: Catalog) -> None:
        first, again = wedges.draws(catalog, 50), wedges.draws(catalog, 50)
        rows = effects.parameters(catalog)
        for name, values in first.items():
            low, high = sorted((rows.at[name, "low"], rows.at[name, "high"]))
            inside = low <= rows.at[name, "central"] <= high
            assert (values == again[name]).all() or np.isnan(values).all()
            assert not inside or ((values >= low - 1e-9) & (values <= high + 1e-9)).all()

    @given(st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1))
    def test_triangle(self, chance: float, left: float, right: float) -> None:
        value = wedges._triangle(1 - left, 1.0, 1 + right, np.array([chance]))[0]
        assert 1 - left - 1e-9 <= value <= 1 + right + 1e-9


@pytest.fixture(scope="module")
def gap(catalog: Catalog) -> pd.DataFrame:
    return gaps.gaps(catalog, ZHEJIANG).set_index(["target", "account"])


class TestGaps:
    def test_uncovered_is_the_gap_less_the_wedges(self, gap: pd.DataFrame) -> None:
        assert (gap["gap_mt"] - gap["saved_mt"]).to_numpy() == pytest.approx(gap["uncovered_mt"].to_numpy())

    def test_measures_never_lower_the_chance(self, gap: pd.DataFrame) -> None:
        assert (gap["p_with"] >= gap["p_without"]).all()

    def test_the_limit_is_that_of_the_pathways(self, catalog: Catalog, gap: pd.DataFrame) -> None:
        for account in wedges.ACCOUNTS:
            way = intensity.intensity(catalog, ZHEJIANG, 2005, 2030, 65.0, account)
            assert gap.at[("P05", account), "limit_mt"] == pytest.approx(
                intensity.emissions_needed(way, gaps.course(catalog, ZHEJIANG, 2030))[0]
            )

    def test_more_growth_allows_more(self, gap: pd.DataFrame) -> None:
        assert (gap["limit_low_mt"] < gap["limit_high_mt"]).all()

    def test_paths_end_at_the_limit(self, catalog: Catalog, gap: pd.DataFrame) -> None:
        rows = gaps.target_paths(catalog, ZHEJIANG).set_index(["target", "year"])["limit_mt"]
        assert rows[("P05", 2030)] == pytest.approx(gap.at[("P05", "direct"), "limit_mt"])

    def test_a_region_without_growth_target_is_told(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="gdp_growth_2026 of region 320000"):
            gaps.growth(catalog, "320000")


class TestOutcomes:
    def test_measured_is_the_difference_of_two_published_figures(self, catalog: Catalog) -> None:
        rows = gaps.outcomes(catalog, ZHEJIANG).set_index("id")
        assert rows.at["ME17", "measured"] == pytest.approx(5947 - 1517)
        assert rows.at["ME17", "measured_mt"] == pytest.approx(rows.at["ME17", "direct_mt"] * 4430 / 1245)


class TestTables:
    @pytest.mark.parametrize(
        ("table", "old", "new", "column"),
        [
            ("measure_costs", "15354,16667,19500", ",,", "low, central, high"),
            ("measure_costs", "15354,16667,19500", "15354,16667,9500", "low, central, high"),
            ("measure_costs", "yuan/kW,press_nuclear_investment", "yuan/kW,", "source_id"),
            ("measure_costs", "yuan/kW,press_nuclear_investment", "yuan/kW,nobody", "source_id"),
            ("scenario_drivers", "5.0,5.25,5.5", "5.0,4.25,5.5", "low, central, high"),
            ("measure_cost_uses", "ME12,investment_gansu_line", "ME12,no_such_cost", "cost_id"),
            ("measure_parameters", "917,942,986,h/yr,,eps_china_cec", ",,,h/yr,,eps_china_cec", "central"),
            ("measure_parameters", "917,942,986,h/yr,,eps_china_cec", "917,942,986,h/yr,,", "source_id"),
            ("measure_parameters", "917,942,986,h/yr", "917,842,986,h/yr", "central"),
            ("measure_factors", "ME01,displaced,3,co2_fossil", "ME01,displaced,3,no_such", "parameter_id"),
            ("measure_costs", "range,15354,16667,19500", "range,,16667,19500", "spread"),
            ("measure_costs", "single,,353,", "single,300,353,", "spread"),
            ("measure_costs", "single,,353,", ",,353,", "spread"),
            ("measure_parameters", "range,917,942,986", "range,917,942,", "spread"),
            ("measure_parameters", "half,525,540,", "half,,540,", "spread"),
            ("measures", "zj_forest_quality_plan_2021", "", "source_id"),
        ],
    )
    def test_a_figure_without_source_or_range_is_refused(
        self, tables: Path, table: str, old: str, new: str, column: str
    ) -> None:
        path = tables / "data" / f"{table}.csv"
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new), encoding="utf-8")
        assert column in {one.column for one in check_tables(Catalog(tables), [table])}

    def test_a_range_that_is_blanked_names_its_chain(self, tables: Path) -> None:
        path = tables / "data" / "measure_costs.csv"
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace("299,,302", ",302,"), encoding="utf-8")
        [found] = [one for one in check_tables(Catalog(tables), ["measure_costs"]) if one.column == "spread"]
        assert (found.row, found.found) == (13, "'limits' with central")
        assert found.chain == "cost investment_baihetan_line"

    @pytest.mark.parametrize("table", ["measure_costs", "measure_parameters"])
    def test_no_published_value_can_be_blanked(self, catalog: Catalog, table: str) -> None:
        rows = catalog.read(table)
        for level in ("low", "central", "high"):
            known = rows[level].notna()
            broken = {one.line for one in links.breaks(catalog, table, rows.assign(**{level: float("nan")}))}
            assert set(rows.index[known]) <= broken


class TestCommand:
    def test_wedges_by_year_as_csv(self, run: Run) -> None:
        status, shown, _ = run("roadmap", "--format", "csv", "--lang", "en")
        rows = pd.read_csv(io.StringIO(shown))
        assert status == 0
        assert rows.columns.tolist() == ["measure", "name", "year", "co2_mt", "lo80", "hi80"]
        table = rows.pivot_table(index="year", columns="measure", values="co2_mt")
        saved = table.drop(columns=["reference", "remaining"]).sum(axis=1)
        assert (table["reference"] - saved).to_numpy() == pytest.approx(table["remaining"].to_numpy(), abs=1e-6)

    def test_table_and_front(self, run: Run) -> None:
        assert run("roadmap")[1].splitlines()[1].startswith("\t参考情形\t")
        status, shown, said = run("roadmap", "--front", "--account", "assessment", "--lang", "en")
        assert (status, shown[:8]) == (0, "Point 1:")
        assert "no way meets" in said

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--account", "indirect"), "direct, assessment"),
            (("--region", "320000"), "no measures of region 320000"),
            (("--format", "xml"), "expected table, csv or json"),
        ],
    )
    def test_a_wrong_question(self, run: Run, arguments: tuple[str, ...], said: str) -> None:
        status, shown, error = run("roadmap", *arguments)
        assert (status, shown) == (2, "")
        assert said in error
