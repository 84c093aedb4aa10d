"""Figures of an import that are of another size than the known ones, and shipped figures that give way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.checks.importing import levels, local
from tanfeng.checks.importing.findings import FileContent, Misfit
from tanfeng.data.catalog import Catalog, read_text_table
from tests.checks.test_importing import ceads_rows, save
from tests.conftest import FROZEN, Run


def shipped(catalog: Catalog, name: str = "inventory", **places: str) -> pd.DataFrame:
    """Shipped rows as text, of the region and year given."""
    rows = read_text_table(catalog.root / "data" / f"{name}.csv")
    for column, value in places.items():
        rows = rows[rows[column] == value]
    return rows


def scaled(rows: pd.DataFrame, factor: float, figure: str = "co2_mt") -> pd.DataFrame:
    return rows.assign(**{figure: [repr(float(cell) * factor) for cell in rows[figure]]})


def off(catalog: Catalog, rows: pd.DataFrame, table: str = "inventory") -> list[Misfit]:
    return list(levels.compared(catalog, FileContent(table, rows, ())).findings)


class TestInventory:
    @pytest.mark.parametrize("factor", [1000.0, 0.001, 3.0, 0.3])
    @pytest.mark.parametrize("region", ["330000", "130000", "650000"])
    def test_another_size_is_a_mismatch(self, catalog: Catalog, region: str, factor: float) -> None:
        (finding,) = off(catalog, scaled(shipped(catalog, region=region, year="2019"), factor))
        assert finding.severity == "mismatch"
        assert f"({region}), 2019" in finding.sheet
        assert "in 2019" in finding.expected
        assert f"{factor:g} times" in finding.found

    @pytest.mark.parametrize("factor", [0.55, 0.9, 1.0, 1.1, 1.9])
    def test_a_revision_is_none(self, catalog: Catalog, factor: float) -> None:
        assert off(catalog, scaled(shipped(catalog, region="330000", year="2019"), factor)) == []

    def test_every_shipped_region_and_year_passes(self, live: Catalog) -> None:
        assert off(live, shipped(live)) == []

    def test_every_year_passes_beside_its_neighbour(self, catalog: Catalog, tables: Path) -> None:
        """Without the year itself, as a new year is imported: years since 2006 never differ by a factor of 2."""
        rows = shipped(catalog)
        recent = rows[rows["year"].astype(int) >= 2006]
        for year in ("2006", "2012", "2019", "2022"):
            rows[rows["year"] != year].to_csv(tables / "data" / "inventory.csv", index=False)
            assert off(Catalog(tables), recent[recent["year"] == year]) == []

    @pytest.mark.parametrize(("factor", "wrong"), [(1.0, False), (1000.0, True), (0.001, True), (3.0, True)])
    def test_a_year_that_is_not_shipped(self, catalog: Catalog, factor: float, wrong: bool) -> None:
        found = off(catalog, scaled(shipped(catalog, region="130000", year="2022").assign(year="2024"), factor))
        assert len(found) == wrong
        assert all("in 2022" in finding.expected for finding in found)

    def test_a_year_that_is_shipped_for_one_field_is_compared_as_a_whole_too(
        self, catalog: Catalog, tables: Path
    ) -> None:
        whole = shipped(catalog, region="330000", year="2019").assign(year="2020")
        transport = shipped(catalog, region="330000", year="2020")
        transport = transport[transport["field"] == "transport"]
        rows = shipped(catalog)
        others = (rows["region"] == "330000") & (rows["year"] == "2020") & (rows["field"] != "transport")
        rows[~others].to_csv(tables / "data" / "inventory.csv", index=False)
        local = Catalog(tables)
        (finding,) = off(local, pd.concat([scaled(whole[whole["field"] != "transport"], 1000), transport]))
        assert "in 2019" in finding.expected or "in 2021" in finding.expected
        assert off(local, pd.concat([whole[whole["field"] != "transport"], transport])) == []

    def test_a_figure_that_is_known_to_be_incomplete_may_be_mended(self, catalog: Catalog) -> None:
        mended = shipped(catalog, region="640000", year="1999").assign(year="2001")
        assert off(catalog, mended) == []
        (finding,) = off(catalog, scaled(mended, 1000))
        assert "in 1999" in finding.expected

    def test_far_years_are_no_measure(self, catalog: Catalog) -> None:
        assert off(catalog, scaled(shipped(catalog, region="130000", year="2022").assign(year="2026"), 1000)) == []

    def test_local_figures_are_a_measure_where_no_shipped_ones_are_near(self, catalog: Catalog, tables: Path) -> None:
        rows = shipped(catalog, region="130000", year="2022")
        local.write(tables, {"inventory": rows.assign(year="2025")})
        (finding,) = off(Catalog(tables), scaled(rows.assign(year="2026"), 1000))
        assert "in 2025" in finding.expected

    def test_a_place_without_figures_passes(self, catalog: Catalog) -> None:
        assert off(catalog, shipped(catalog, region="330000", year="2019").assign(region="330100")) == []

    def test_the_note_stands_on_the_rows_and_beside_others(self, catalog: Catalog) -> None:
        rows = pd.concat(
            [shipped(catalog, region="130000", year="2019"), shipped(catalog, region="130000", year="2018")]
        )
        rows = scaled(rows, 1.0).reset_index(drop=True)
        wrong = rows["year"] == "2019"
        rows = rows.assign(co2_mt=rows["co2_mt"].where(~wrong, "900000"), note_en="mine")
        read = levels.compared(catalog, FileContent("inventory", rows, ())).rows
        assert read.loc[wrong, "note_en"].str.fullmatch(r"mine more than a factor of 2 from .*; kept as read").all()
        assert read.loc[wrong, "note_zh"].str.endswith("按原表照录。").all()
        assert set(read.loc[~wrong, "note_en"]) == {"mine"}

    def test_a_cell_that_is_no_number_is_left_to_the_check(self, catalog: Catalog) -> None:
        rows = shipped(catalog, region="330000", year="2019")
        assert off(catalog, rows.assign(co2_mt="x")) == []

    @given(st.floats(0.001, 1000), st.floats(0.01, 1e4))
    def test_only_the_ratio_counts(self, ratio: float, level: float) -> None:
        near = levels._near(level * ratio, level)
        assert near == levels._near(level, level * ratio) or abs(ratio - 2) < 1e-9 or abs(ratio - 0.5) < 1e-9
        if not 0.499 < ratio < 0.501 and not 1.999 < ratio < 2.001:
            assert near == (0.5 <= ratio <= 2)

    def test_nothing_is_near_nothing_only(self) -> None:
        assert levels._near(0.0, 0.0)
        assert not levels._near(0.0, 5.0)
        assert not levels._near(5.0, 0.0)


class TestBalance:
    @pytest.mark.parametrize("factor", [1000.0, 0.001, 3.0])
    @pytest.mark.parametrize("year", ["2007", "2014"])
    def test_another_size_is_a_mismatch_of_each_fuel(self, catalog: Catalog, year: str, factor: float) -> None:
        rows = scaled(shipped(catalog, "energy_balance", year=year), factor, "value")
        found = off(catalog, rows, "energy_balance")
        for fuel in ("electricity", "gasoline", "diesel", "lpg", "raw_coal"):
            assert sum(f"of {fuel}," in finding.found for finding in found) == 1, fuel

    def test_one_column_alone_is_found(self, catalog: Catalog) -> None:
        rows = shipped(catalog, "energy_balance", year="2007")
        wrong = rows["fuel"] == "diesel"
        rows = pd.concat([scaled(rows[wrong], 1000, "value"), rows[~wrong]])
        (finding,) = off(catalog, rows, "energy_balance")
        assert "of diesel, 1000 times" in finding.found
        read = levels.compared(catalog, FileContent("energy_balance", rows, ())).rows
        assert set(read.loc[read["note_en"].str.contains("more than a factor"), "fuel"]) == {"diesel"}

    def test_every_shipped_balance_passes(self, live: Catalog) -> None:
        assert off(live, shipped(live, "energy_balance"), "energy_balance") == []

    def test_every_balance_passes_beside_its_neighbours(self, catalog: Catalog, tables: Path) -> None:
        rows = shipped(catalog, "energy_balance")
        for year in rows["year"].unique():
            rows[rows["year"] != year].to_csv(tables / "data" / "energy_balance.csv", index=False)
            assert off(Catalog(tables), rows[rows["year"] == year], "energy_balance") == [], year

    def test_a_balance_of_a_neighbouring_year_in_other_units(self, catalog: Catalog) -> None:
        rows = shipped(catalog, "energy_balance", year="2007").assign(year="2008")
        assert off(catalog, rows, "energy_balance") == []
        rows = rows.assign(year="2011")  # neighbours are in standard coal
        found = off(catalog, scaled(rows, 1000, "value"), "energy_balance")
        assert {finding.found.split(" of ")[1].split(",")[0] for finding in found} == {
            "electricity",
            "gasoline",
            "diesel",
            "lpg",
        }

    def test_physical_units_become_standard_coal(self, catalog: Catalog) -> None:
        assert levels._energy(catalog, "gasoline", "10^4 t", "Mtce") == pytest.approx(0.0147, rel=1e-2)
        assert levels._energy(catalog, "electricity", "10^8 kWh", "Mtce") == pytest.approx(0.012283, rel=1e-3)


class TestSuperseded:
    def test_a_revision(self, catalog: Catalog) -> None:
        rows = pd.concat(
            [shipped(catalog, region="130000", year="2019"), shipped(catalog, region="130000", year="2018")]
        )
        rows = rows.assign(
            co2_mt=[repr(float(v) * (1.1 if y == "2019" else 0.99)) for v, y in rows[["co2_mt", "year"]].to_numpy()]
        )
        found = levels.superseded(catalog, "inventory", rows)
        assert (found.figures, found.places) == (12, 2)
        assert found.largest is not None
        assert found.largest[:2] == ("130000", 2019)
        assert found.largest[2] == pytest.approx(10)

    def test_new_years_supersede_nothing(self, catalog: Catalog) -> None:
        rows = shipped(catalog, region="130000", year="2022").assign(year="2024")
        assert levels.superseded(catalog, "inventory", rows).figures == 0

    def test_another_table_has_no_totals(self, catalog: Catalog) -> None:
        rows = shipped(catalog, "observations", indicator="cement_output", region="330000", period="2010")
        found = levels.superseded(catalog, "observations", rows)
        assert (found.figures, found.places, found.largest) == (len(rows), 1, None)


class TestCommand:
    @pytest.fixture
    def imported(self, run: Run, tables: Path) -> Callable[..., Any]:
        return lambda *arguments: run("data", "import", *arguments, cwd=tables)

    @pytest.mark.parametrize("scale", [1000.0, 0.001, 3.0])
    def test_a_workbook_in_another_unit_stays_out(
        self, catalog: Catalog, imported: Any, tables: Path, tmp_path: Path, scale: float
    ) -> None:
        path = save(tmp_path / "ceads.xlsx", {"Hebei2019": ceads_rows(catalog, scale=scale, region="130000")})
        status, out, err = imported(path)
        assert (status, out, (tables / "data" / "local").exists()) == (2, "", False)
        assert "mismatch: Hebei (130000), 2019: found" in err
        assert "within a factor of 2 of" in err
        assert "--accept-mismatches" in err

    def test_accepted_rows_carry_the_note_and_come_back_unchanged(
        self, catalog: Catalog, imported: Any, tables: Path, tmp_path: Path
    ) -> None:
        path = save(tmp_path / "ceads.xlsx", {"Hebei2019": ceads_rows(catalog, scale=3, region="130000")})
        status, _, err = imported(path, "--accept-mismatches")
        assert status == 0
        assert "supersedes 6 shipped figures of 1 region-years" in err
        assert "largest difference of a region-year total +200.00 % (130000, 2019)" in err
        notes = read_text_table(tables / "data" / "local" / "inventory.csv")["note_zh"]
        assert notes.str.contains("相差一倍以上，按原表照录。").all()
        assert "67 there already" in imported(path, "--accept-mismatches")[2]

    def test_a_tidy_table_is_compared_too(self, catalog: Catalog, imported: Any, tables: Path, tmp_path: Path) -> None:
        scaled(shipped(catalog, region="130000", year="2019"), 1000).to_csv(tmp_path / "i.csv", index=False)
        status, _, err = imported(tmp_path / "i.csv")
        assert (status, (tables / "data" / "local").exists()) == (2, False)
        assert "1000 times" in err


def test_the_main_fuels_are_fuels() -> None:
    package = json.loads((FROZEN / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert "energy_balance" in {table["name"] for table in package["resources"]}
    known = set(read_text_table(FROZEN / "data" / "fuels.csv")["id"])
    assert {*levels.MAIN_FUELS, *levels.COAL} <= known
