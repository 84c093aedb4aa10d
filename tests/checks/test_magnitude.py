"""A figure ten times too large or too small is found; what can not be found is listed here with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.checks import magnitude
from tanfeng.checks.importing.local import rehearse
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.check import check_tables
from tanfeng.data.problem import Problem
from tanfeng.targets.verdict import judge_target

Run = Callable[..., tuple[int, str, str]]
Key = tuple[str, str, str]
WIND = "wind_capacity,330000,2024-08,"
NOT_FOUND = {
    # a change of one year, ten times smaller, is still a usual change and no sum of other figures
    ("co2_intensity_change", "100000", "2024/2025", 0.1),
    ("co2_intensity_change", "330000", "2017/2018", 0.1),
    ("industry_energy_per_va_change", "330000", "2020/2021", 0.1),
    # zero stays zero
    ("co2_intensity_change", "100000", "2022/2023", 10.0),
    ("co2_intensity_change", "100000", "2022/2023", 0.1),
    # fewer than two other changes of the series, and no steps of it
    ("energy_intensity_change_assessment", "320000", "2020/2024", 0.1),
    *(("energy_intensity_change_assessment", "320000", "2023/2024", n) for n in (10.0, 0.1)),
    ("energy_intensity_change_assessment", "100000", "2023/2024", 0.1),
    # the only figure of its indicator and region, and no target of its year, or one that it is far above
    ("non_fossil_share", "320000", "2019", 0.1),
    *(("nuclear_capacity_sanmen", "330000", "2018-11", n) for n in (10.0, 0.1)),
    ("pv_distributed_capacity", "320000", "2025-05", 0.1),
    ("pv_distributed_new_capacity", "330000", "2022", 0.1),
    # less than 4 times its target of 90
    ("rural_charging_piles", "330000", "2023-08", 10.0),
    # a change of scope explains less than ten times: 13.8 against a target of 120
    ("nev_output", "330000", "2025", 0.1),
}


def deciding(catalog: Catalog) -> Iterator[Key]:
    """Yield the figures that verdicts and measures rest on."""
    cited = catalog.read("evidence").query("role != 'context' and table in ['targets', 'measures']")
    yield from cited[["indicator", "region", "period"]].itertuples(index=False, name=None)
    for name in catalog.read("targets").query("variant == 'firm'")["id"]:
        for row in judge_target(catalog, name).evidence:
            if row["role"] in {"decides", "latest", "part"}:
                yield row["indicator"], row["region"], row["period"]


def test_the_shipped_figures_raise_no_alarm(live: Catalog) -> None:
    assert magnitude.check(live) == []


def test_every_deciding_figure_ten_times_off_is_found(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    observed, missed, tried = located(catalog, "observations"), set(), 0
    for indicator, region, period in sorted(set(deciding(catalog))):
        rows = observed[observed["indicator"] == indicator]
        for line in rows.index[(rows["region"] == region) & (rows["period"] == period)]:
            for factor in (10.0, 0.1):
                typed = rows.assign(value=rows["value"].where(rows.index != line, rows["value"] * factor))
                monkeypatch.setattr(magnitude, "located", lambda *_, typed=typed: typed)
                tried += 1
                if not magnitude.check(catalog):
                    missed.add((indicator, region, period, factor))
    assert missed == NOT_FOUND
    assert tried >= 70


def typed(tables: Path, start: str, old: str, new: str) -> Catalog:
    path = tables / "data" / "observations.csv"
    content = path.read_text(encoding="utf-8")
    line = next(line for line in content.split("\n") if line.startswith(start))
    assert line.replace(old, new, 1) != line
    path.write_text(content.replace(line, line.replace(old, new, 1)), encoding="utf-8")
    return Catalog(tables)


def add(tables: Path, table: str, row: str) -> Catalog:
    path = tables / "data" / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{row}\n", encoding="utf-8")
    return Catalog(tables)


class TestSlips:
    def test_it_says_row_target_and_factor(self, tables: Path) -> None:
        (problem,) = magnitude.check(typed(tables, "nev_output,330000,2025,", ",138", ",1380"))
        assert (problem.severity, problem.column) == ("error", "value")
        assert problem.found == "1380 10^4 vehicles (nev_output, 330000, 2025)"
        assert problem.expected == (
            "less than 4 times and more than 1/5 of target T11, 120 10^4 vehicles, not 11.5 times it: check the unit"
        )
        assert problem.chain == "target T11 -> indicator nev_output -> evidence 2025"

    def test_it_says_the_neighbour(self, tables: Path) -> None:
        (problem,) = magnitude.check(typed(tables, WIND, ",636", ",6360"))
        assert "within a factor of 3 of 2024-03 (data/observations.csv, row " in problem.expected
        assert "616.68 10^4 kW, not 10.3 times it: check the unit" in problem.expected

    def test_a_new_figure_that_no_register_names_yet(self, tables: Path) -> None:
        source = "chinanews_capacity_2024_08"
        (problem,) = magnitude.check(
            add(tables, "observations", f"wind_capacity,330000,2025,6500,10^4 kW,exact,reported,{source},,")
        )
        assert "wind_capacity, 330000, 2025" in problem.found
        assert problem.chain.startswith("target E03 -> indicator wind_capacity -> figure 2025")

    def test_the_row_between_two_good_ones_is_named(self, tables: Path) -> None:
        (problem,) = magnitude.check(typed(tables, "pv_capacity,330000,2024-08,", ",4110", ",411"))
        assert "2024-08" in problem.found

    def test_a_share_above_all_there_is(self, tables: Path) -> None:
        (problem,) = magnitude.check(typed(tables, "renewable_capacity_share,330000,2025-11,", ",51.9", ",110.9"))
        assert problem.expected == "a share of at most 100 %: check the unit"

    def test_years_that_do_not_give_the_change_of_several(self, tables: Path) -> None:
        (problem,) = magnitude.check(typed(tables, "co2_intensity_change,100000,2020/2021,", ",-3.8", ",-0.38"))
        assert "2020/2024" in problem.found
        assert "by the yearly changes of 2021 to 2024" in problem.expected

    @pytest.mark.parametrize(("value", "good"), [(45, True), (47, True), (60, False), (450, False), (4.5, False)])
    def test_the_base_of_a_plan_is_no_slip(self, catalog: Catalog, value: float, good: bool) -> None:
        """E04 asks for 500, E10 for 455 more than in 2020: the base was 45, a fifth of the next figure."""
        cells = ["offshore_wind_capacity", "330000", "2020", str(value), "10^4 kW", "exact", "reported"]
        row = [*cells, "chinanews_capacity_2024_08", "", ""]
        rows = pd.DataFrame([row], columns=catalog.tables["observations"].columns)
        assert (rehearse(catalog, {"observations": rows}) == []) is good

    def test_a_change_far_above_its_target_without_another_of_its_series(self, tables: Path) -> None:
        row = "public_institution_energy_per_capita_change,330000,2020/2025,{},%,exact,reported,bulletin_2025,,"
        (problem,) = magnitude.check(add(tables, "observations", row.format(-61.8)))
        assert problem.expected == "less than 4 times target B01, 6 %, not 10.3 times it: check the unit"

    def test_a_figure_that_is_asked_for_and_serves_no_target(self, tables: Path) -> None:
        row = "coal_consumption,330000,2023,136769,10^4 t,exact,reported,bulletin_2025,,"
        (problem,) = magnitude.check(add(tables, "observations", row))
        assert problem.chain.startswith("request S03-")

    def test_an_import_that_slipped_is_refused(self, catalog: Catalog) -> None:
        row = [
            "wind_capacity",
            "330000",
            "2025",
            "{}",
            "10^4 kW",
            "exact",
            "reported",
            "chinanews_capacity_2024_08",
            "",
            "",
        ]
        columns = catalog.tables["observations"].columns
        for value, refused in (("650", False), ("6500", True)):
            rows = pd.DataFrame([[cell.format(value) for cell in row]], columns=columns)
            problems = rehearse(catalog, {"observations": rows})
            assert any("check the unit" in str(one) for one in problems) is refused
            assert bool(problems) is refused

    def test_the_command_fails_and_nothing_is_judged(self, tables: Path, run: Run) -> None:
        typed(tables, WIND, ",636", ",6360")
        status, out, err = run("data", "check", cwd=tables)
        assert (status, "not 10.3 times it: check the unit" in out) == (1, True)
        status, out, err = run("targets", cwd=tables)
        assert (status, out) == (2, "")
        assert "check the unit" in err


class TestAcknowledged:
    ROW = "observations,wind_capacity,330000,{},{},{},已核对来源。,Looked up again.,chinanews_capacity_2024_08"

    @pytest.mark.parametrize(
        ("first", "last", "kind", "silent"),
        [
            ("2024", "2024", "jump", True),
            ("2024", "2024", "implausible", True),
            ("2024", "2024", "rounded", False),
            ("2023", "2023", "jump", False),
            ("", "", "jump", False),  # no blanket: the years must be named
        ],
    )
    def test_only_a_warning_of_the_year_explains(
        self, tables: Path, first: str, last: str, kind: str, silent: bool
    ) -> None:
        typed(tables, WIND, ",636", ",3360")
        catalog = add(tables, "series_warnings", self.ROW.format(first, last, kind))
        assert check_tables(catalog, ["series_warnings"]) == []
        assert (magnitude.check(catalog) == []) is silent

    def test_a_jump_that_is_typed_ten_times_too_large_is_still_found(self, tables: Path) -> None:
        typed(tables, WIND, ",636", ",33600")
        assert magnitude.check(add(tables, "series_warnings", self.ROW.format("2024", "2024", "jump")))

    def test_every_warning_that_explains_one_has_a_reason_and_a_source(self, live: Catalog) -> None:
        rows = live.read("series_warnings").dropna(subset=["first_year", "last_year"])
        for one in magnitude.findings(live):
            own = rows[
                (rows["series"] == one.series) & (rows["first_year"] <= one.first) & (one.last <= rows["last_year"])
            ]
            own = own[own["kind"].isin(magnitude.EXPLAINING)]
            assert len(own), one.problem
            assert (own["reason_zh"] != "").all()


def series(values: list[float], years: list[int]) -> pd.DataFrame:
    rows = pd.DataFrame({"end": [float(year) for year in years], "value": values})
    return rows.assign(
        indicator="x", region="y", kind="stock", unit="t", published=rows["value"], published_unit="t",
        period=[str(year) for year in years], file="data/observations.csv", row=range(2, len(years) + 2),
    )  # fmt: skip


@given(
    st.floats(1.0, 1e6),
    st.lists(st.floats(0.95, 1.25), min_size=3, max_size=12),
    st.integers(0, 100),
    st.sampled_from([10.0, 0.1, 1000.0, 0.001]),
)
def test_in_a_steady_series_any_slip_is_found_where_it_is(
    start: float, steps: list[float], place: int, factor: float
) -> None:
    values = start * np.cumprod([1.0, *steps])
    years = list(range(2000, 2000 + len(values)))
    assert list(magnitude.far_from_neighbours(series(list(values), years))) == []
    wrong = 1 + place % (len(values) - 2)  # with a figure on either side
    values[wrong] *= factor
    assert {far.row["period"] for far in magnitude.far_from_neighbours(series(list(values), years))} == {
        str(years[wrong])
    }


def test_growth_is_held_against_the_years_between() -> None:
    assert list(magnitude.far_from_neighbours(series([1.0, 5.0], [2020, 2024]))) == []
    assert len(list(magnitude.far_from_neighbours(series([1.0, 5.0], [2020, 2021])))) == 1
    assert len(list(magnitude.far_from_neighbours(series([5.0, 2.0], [2020, 2024])))) == 1


def test_a_field_at_its_beginning_may_multiply() -> None:
    """City gas of a province, 10^8 m3: 252 times within a year, and both far below what it came to."""
    values, years = [0.0004, 0.1008, 0.31, 0.9, 2.3, 5.06, 6.56, 8.65, 11.9, 19.9], list(range(2002, 2012))
    assert list(magnitude.far_from_neighbours(series(values, years))) == []
    values[8] = 119.0
    assert {far.row["period"] for far in magnitude.far_from_neighbours(series(values, years))} == {"2010"}


def test_a_local_figure_is_the_one_named() -> None:
    rows = series([10.0, 100.0], [2020, 2021])
    rows.loc[0, "file"] = "data/local/observations.csv"
    assert [far.row["file"] for far in magnitude.far_from_neighbours(rows)] == ["data/local/observations.csv"]


def test_findings_are_high_until_a_target_rests_on_them(catalog: Catalog) -> None:
    found: list[Problem] = [one.problem for one in magnitude.findings(catalog)]
    assert {one.severity for one in found} == {"high"}
