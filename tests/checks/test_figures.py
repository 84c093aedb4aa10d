"""Figures to look at are found where they stand, by severity; what a usage warning explains is marked as known."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.checks import figures, identities
from tanfeng.data.catalog import Catalog
from tanfeng.data.problem import Problem

OBSERVATIONS = "data/observations.csv"
INVENTORIES = ("inventory", "other_inventories")


@pytest.fixture(scope="module")
def found(catalog: Catalog) -> list[Problem]:
    return figures.check_figures(catalog)


def _edit(tables: Path, table: str, start: str, change: Callable[[list[str]], list[str]]) -> tuple[Catalog, int]:
    """Change the cells of the first row that starts so; return the tables and the line of the file."""
    path = tables / "data" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    number = next(index for index, line in enumerate(lines) if line.startswith(start))
    lines[number] = ",".join(change(lines[number].split(",")))
    path.write_text("\n".join(lines), encoding="utf-8")
    return Catalog(tables), number + 1


def _add(tables: Path, row: str) -> tuple[Catalog, int]:
    path = tables / "data" / "observations.csv"
    lines = [*path.read_text(encoding="utf-8").rstrip("\n").split("\n"), row]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Catalog(tables), len(lines)


def _rows(tables: Path, region: str, years: list[str]) -> pd.DataFrame:
    rows = pd.read_csv(tables / "data" / "inventory.csv", dtype=str, keep_default_na=False)
    return rows[(rows["region"] == region) & rows["year"].isin(years)]


def _local(tables: Path, rows: pd.DataFrame) -> Catalog:
    (tables / "data" / "local").mkdir(exist_ok=True)
    rows.to_csv(tables / "data" / "local" / "inventory.csv", index=False)
    return Catalog(tables)


def _local_inventory(tables: Path, region: str, years: list[str], factor: float) -> Catalog:
    rows = _rows(tables, region, years)
    return _local(tables, rows.assign(co2_mt=[repr(float(cell) * factor) for cell in rows["co2_mt"]]))


def _new(catalog: Catalog, *tables: str) -> list[Problem]:
    """Return what is to be looked at in some tables, all by default, and is neither minor nor explained."""
    found = figures.check_figures(catalog, tables)
    return [one for one in found if one.severity in {"high", "medium"} and not one.known]


class TestShipped:
    def test_every_high_and_medium_one_is_explained(self, live: Catalog) -> None:
        assert [str(one) for one in _new(live)] == []

    def test_they_find_what_is_known_to_be_wrong(self, found: list[Problem]) -> None:
        known = {(one.file, one.known) for one in found}
        assert ("data/energy_balance.csv", "damaged_cell") in known
        assert (OBSERVATIONS, "vintage_mixed") in known
        assert ("data/inventory.csv", "implausible") in known
        assert ("data/other_inventories.csv", "level_only") in known

    def test_the_damaged_cells_of_2007(self, found: list[Problem]) -> None:
        damaged = [one for one in found if one.known == "damaged_cell"]
        assert {one.severity for one in damaged} == {"high"}
        assert {name for one in damaged for name in re.findall(r"\((\w+), 330000, 2007\)", one.found)} == {
            "lpg",
            "natural_gas",
            "total_coal",
        }

    def test_one_table_has_the_same_as_among_all(self, catalog: Catalog, found: list[Problem]) -> None:
        files = {one.file for one in found}
        assert len(files) > 3
        for file in files:
            alone = figures.check_figures(catalog, [Path(file).stem])
            assert [one for one in alone if one.file == file] == [one for one in found if one.file == file]

    def test_order_and_places(self, found: list[Problem], root: Path) -> None:
        ranks = [("error", "high", "medium", "low").index(one.severity) for one in found]
        assert ranks == sorted(ranks)
        for one in found:
            header, *lines = (root / one.file).read_text(encoding="utf-8").split("\n")
            assert 2 <= one.row <= len(lines) + 1
            assert one.column in header.split(",")


class TestFindings:
    def test_sources_that_disagree(self, tables: Path) -> None:
        catalog, line = _add(tables, "cement_output,330000,2015,12000,10^4 t,exact,reported,nbs_yearbook_2001,,")
        problems = [one for one in _new(catalog) if "cement_output, 2015" in one.expected]
        assert [(one.file, one.row, one.severity) for one in problems] == [(OBSERVATIONS, line, "high")]
        assert "12000 (nbs_yearbook_2001)" in problems[0].found

    def test_a_bound_disagrees_with_nothing(self, tables: Path) -> None:
        catalog, _ = _add(tables, "cement_output,330000,2015,9000,10^4 t,at_least,reported,nbs_yearbook_2001,,")
        assert not [one for one in _new(catalog) if "cement_output, 2015" in one.expected]

    def test_parts_that_do_not_add_up(self, tables: Path) -> None:
        change = lambda cells: [*cells[:4], "1" + cells[4], *cells[5:]]  # noqa: E731
        catalog, line = _edit(tables, "energy_balance", "330000,2021,industry,raw_coal,", change)
        (problem,) = [one for one in _new(catalog) if "balance_final" in one.expected]
        assert (problem.file, problem.severity, problem.column) == ("data/energy_balance.csv", "high", "value")
        assert "(raw_coal, 330000, 2021)" in problem.found
        assert problem.row != line  # the place named is that of the whole

    def test_a_part_larger_than_the_whole(self, tables: Path) -> None:
        change = lambda cells: [*cells[:3], "99999", *cells[4:]]  # noqa: E731
        catalog, line = _edit(tables, "observations", "truck_stock,330000,2010,", change)
        problems = [one for one in _new(catalog) if one.severity == "high" and "of which it is a part" in one.expected]
        assert [one.row for one in problems] == [line]

    def test_a_year_that_stands_out(self, tables: Path) -> None:
        change = lambda cells: [*cells[:3], str(float(cells[3]) * 10), *cells[4:]]  # noqa: E731
        catalog, line = _edit(tables, "observations", "paper_output,330000,2012,", change)
        problems = [one for one in _new(catalog) if "paper_output" in one.found]
        assert [(one.row, one.severity) for one in problems] == [(line, "high")]

    def test_the_same_target_under_another_number(self, tables: Path) -> None:
        path = tables / "data" / "targets.csv"
        line = next(one for one in path.read_text(encoding="utf-8").split("\n") if one.startswith("E02,"))
        assert ",2762," in line
        row = line.replace("E02,", "E77,", 1).replace(",2762,10^4 kW,", ",27.62,GW,")
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{row}\n")
        (problem,) = figures.repeated_targets(Catalog(tables))
        assert (problem.severity, problem.column) == ("high", "same_as")
        assert problem.found.startswith("E77, which asks for the same as E02 (row ")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (",E02,", ",E77,"),
            (",2762,", ",2763,"),
            (",2025,2762", ",2026,2762"),
            (",pv_capacity,", ",wind_capacity,"),
            (",firm,,", ",draft,,"),
            (",firm,,", ",firm,E02,"),
            (",2020,1517,", ",2021,1517,"),
        ],
    )
    def test_a_target_of_its_own_or_tied_is_no_repetition(self, tables: Path, old: str, new: str) -> None:
        path = tables / "data" / "targets.csv"
        line = next(one for one in path.read_text(encoding="utf-8").split("\n") if one.startswith("E02,"))
        row = f",{line}".replace(",E02,", ",E77,", 1)
        row = row.replace(old, new, 1)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{row[1:]}\n")
        found = list(figures.repeated_targets(Catalog(tables)))
        assert len(found) == (1 if old == ",E02," else 0)

    def test_one_responsible_body_is_enough(self, tables: Path) -> None:
        catalog, _ = _edit(tables, "responsibilities", "ME31,E15,1,", lambda cells: [*cells[:5], "issuer", *cells[6:]])
        assert list(figures.missing_bodies(catalog)) == []

    def test_a_measure_whose_document_names_bodies_for_others(self, tables: Path) -> None:
        for number in ("1", "2", "3"):
            edit = lambda cells: [*cells[:5], "issuer", *cells[6:]]  # noqa: E731
            catalog, _ = _edit(tables, "responsibilities", f"ME31,E15,{number},", edit)
        (problem,) = figures.missing_bodies(catalog)
        assert (problem.severity, problem.found[:32]) == ("medium", "no responsible body of ME31 in d")
        assert "zj_air_quality_plan_2024 names" in problem.expected

    def test_a_local_row_is_named_with_its_own_file(self, tables: Path) -> None:
        head = (tables / "data" / "observations.csv").read_text(encoding="utf-8").split("\n")[0]
        (tables / "data" / "local").mkdir()
        row = "paper_output,330000,2012,15399.5,10^4 t,exact,reported,nbs_annual_industrial_products,,"
        (tables / "data" / "local" / "observations.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
        problems = [one for one in _new(Catalog(tables)) if "paper_output" in one.found]
        assert [(one.file, one.row) for one in problems] == [("data/local/observations.csv", 2)]

    @pytest.mark.parametrize(("region", "year"), [("330000", "2019"), ("130000", "2022"), ("130000", "2008")])
    @pytest.mark.parametrize("factor", [1000.0, 0.001, 3.0])
    def test_a_local_inventory_of_another_size_is_the_one_named(
        self, tables: Path, region: str, year: str, factor: float
    ) -> None:
        catalog = _local_inventory(tables, region, [year], factor)
        problems = [one for one in _new(catalog, *INVENTORIES) if "in all" in one.found]
        assert {(one.severity, one.file, one.row) for one in problems} == {("high", "data/local/inventory.csv", 2)}
        assert not [one for one in _new(catalog, *INVENTORIES) if one.file == "data/other_inventories.csv"]

    def test_the_first_local_year_is_named_though_the_next_is_shipped(self, tables: Path) -> None:
        catalog = _local_inventory(tables, "130000", ["1997"], 1000)
        assert [(one.file, one.row) for one in _new(catalog)] == [("data/local/inventory.csv", 2)]

    def test_a_local_total_far_from_others_is_named_where_the_shipped_one_is_near(self, tables: Path) -> None:
        problems = _new(_local_inventory(tables, "330000", ["2019"], 1.4), *INVENTORIES)
        assert [(one.file, one.severity) for one in problems if "% of" in one.expected] == [
            ("data/local/inventory.csv", "medium")
        ]

    @pytest.mark.parametrize(("region", "years"), [("330000", ["2007", "2019"]), ("640000", ["2000", "2001", "2004"])])
    def test_the_same_figures_as_local_rows_say_nothing_new(self, tables: Path, region: str, years: list[str]) -> None:
        assert _new(_local_inventory(tables, region, years, 1)) == []

    def test_an_incomplete_year_is_no_measure_for_a_local_one(self, tables: Path) -> None:
        rows = _rows(tables, "640000", ["1999"]).assign(year="2001")
        assert [one for one in _new(_local(tables, rows), *INVENTORIES) if "in all" in one.found] == []

    def test_shipped_totals_that_double_are_known(self, found: list[Problem]) -> None:
        spikes = [one for one in found if "Mt CO2 in all" in one.found]
        assert {one.severity for one in spikes} == {"high"}
        assert {one.known for one in spikes} <= {"incomplete", "implausible"}
        assert {one.found.split("(")[1][:6] for one in spikes} == {"460000", "530000", "640000"}

    def test_a_missing_year(self, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join(one for one in lines if not one.startswith("paper_output,330000,2010,")), "utf-8")
        (problem,) = _new(Catalog(tables))
        assert problem.found == "no figure of paper_output, 330000, 2010"

    def test_another_sign(self, tables: Path) -> None:
        change = lambda cells: [*cells[:4], cells[4].removeprefix("-"), *cells[5:]]  # noqa: E731
        catalog, line = _edit(tables, "energy_balance", "330000,2010,export_interprov,electricity,-", change)
        (problem,) = [one for one in _new(catalog) if one.expected == "a negative number"]
        assert (problem.row, problem.severity) == (line, "medium")

    def test_a_warning_of_another_year_explains_nothing(self, tables: Path) -> None:
        change = lambda cells: [*cells[:3], "2007", "2007", *cells[5:]]  # noqa: E731
        catalog, _ = _edit(tables, "series_warnings", "observations,highway_length,330000,2006,", change)
        assert ["highway_length" in one.found for one in _new(catalog)] == [True]

    def test_an_estimate_without_a_method(self, tables: Path) -> None:
        catalog, line = _add(
            tables, "paper_output,330000,2020,1800,10^4 t,exact,estimate,nbs_annual_industrial_products,,"
        )
        problems = [one for one in figures.check_figures(catalog) if one.column == "note_zh"]
        assert [(one.row, one.severity) for one in problems] == [(line, "low")]


class TestUnusual:
    @given(st.floats(1.0, 1e6), st.floats(0.9, 1.15), st.integers(10, 30))
    def test_steady_growth_is_not_unusual(self, start: float, rate: float, count: int) -> None:
        values = pd.Series(start * rate ** np.arange(count), index=range(2000, 2000 + count))
        assert figures.unusual(values) == ([], [])

    @given(st.integers(1, 10), st.floats(2.5, 100.0), st.booleans())
    def test_one_year_out_of_line_is_found(self, place: int, times: float, above: bool) -> None:
        values = pd.Series(100.0 * 1.03 ** np.arange(12), index=range(2000, 2012))
        values.iloc[place] *= times if above else 1 / times
        assert figures.unusual(values) == ([2000 + place], [])

    @given(st.integers(2, 9), st.floats(1.8, 100.0))
    def test_a_step_is_a_jump_and_no_spike(self, place: int, times: float) -> None:
        values = pd.Series(100.0 * 1.03 ** np.arange(12), index=range(2000, 2012))
        values.iloc[place:] *= times
        assert figures.unusual(values) == ([], [2000 + place])

    def test_a_change_over_a_gap_is_no_jump(self) -> None:
        values = pd.Series(100.0 * 1.03 ** np.arange(12), index=range(2000, 2012))
        values.iloc[6:] *= 5
        assert figures.unusual(values.drop(2006)) == ([], [])

    def test_the_unit_does_not_matter(self, catalog: Catalog) -> None:
        rows = figures.observed_series(catalog)
        for _, series in rows[rows["kind"] == "flow"].groupby(["series", "region"]):
            values = series.set_index("year")["value"]
            values = values[values > 0]
            assert figures.unusual(values) == figures.unusual(values / 1e4)


class TestIdentities:
    def test_golden(self, catalog: Catalog) -> None:
        rows = identities.differences(catalog)
        off = rows[rows["off"]].groupby("id").size().to_dict()
        assert off == {
            "balance_final": 2,
            "balance_supply": 3,
            "electricity_supply": 3,
            "gdp_old_vintage": 7,
            "rate_energy_consumption": 1,
            "rate_energy_intensity": 1,
            "rate_industry_energy": 2,
        }

    def test_every_relation_finds_figures(self, live: Catalog) -> None:
        rows = live.read("identities").query("kind not in @identities.AT_IMPORT")
        published = set(live.read("observations")["indicator"])
        flows = set(live.read("energy_balance")["flow"]) | set(live.read("energy_balance")["fuel"])
        unknown = (rows["table"] == "observations") & ~rows["part"].isin(published)  # nobody publishes a figure of it
        unknown |= (rows["table"] == "energy_balance") & ~rows["whole"].isin(flows)  # rows of provincial yearbooks
        assert set(identities.differences(live)["id"]) == set(rows["id"]) - set(rows.loc[unknown, "id"])

    def test_electricity_by_sector_adds_up_on_both_scopes(self, catalog: Catalog) -> None:
        rows = identities.differences(catalog).set_index("id")
        for name in ("electricity_by_sector_balance", "electricity_by_sector_grid"):
            assert rows.loc[name, "difference"].abs().max() < 0.05

    def test_the_official_rate_follows_from_energy_and_gdp_but_for_2013(self, catalog: Catalog) -> None:
        rows = (
            identities.differences(catalog)
            .query("id == 'rate_energy_intensity' and region == '330000'")
            .set_index("period")
        )
        assert rows["difference"].drop("2012/2013").abs().max() < 0.13
        assert rows.at["2012/2013", "difference"] == pytest.approx(-1.08, abs=0.01)

    def test_damaged_coal(self, catalog: Catalog) -> None:
        rows = identities.differences(catalog).query("id == 'balance_supply' and series == 'total_coal'")
        assert rows[["found", "expected"]].to_numpy()[0].tolist() == pytest.approx([1024.12, 13024.12], abs=0.02)
