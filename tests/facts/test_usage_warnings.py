"""Usage warnings are a closed list, attached to series that exist, and shown with their breaks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.data.check import check_tables
from tanfeng.facts import usage_warnings
from tanfeng.pages import usage_warnings as tables

HEAD = "table,series,region,first_year,last_year,kind,reason_zh,reason_en,source_id\n"


def _warn(tables: Path, row: str) -> Catalog:
    (tables / "data" / "series_warnings.csv").write_text(f"{HEAD}{row}\n", encoding="utf-8")
    return Catalog(tables)


class TestTables:
    def test_every_kind_but_those_of_other_tables_is_used(self, live: Catalog) -> None:
        kinds = set(live.read("warning_kinds")["id"])
        assert set(usage_warnings.every(live)["kind"]) == kinds

    def test_breaks_are_joined(self, catalog: Catalog) -> None:
        rows = usage_warnings.every(catalog)
        assert len(rows) == len(catalog.read("series_warnings")) + len(catalog.read("breaks"))
        breaks = rows[(rows["kind"] == "break") & (rows["table"] == "inventory")]
        assert set(breaks["first_year"]) == set(breaks["last_year"]) == {2005, 2016}
        assert set(breaks["severity"]) == {"high"}

    def test_every_reason_is_a_sentence_in_both_languages(self, live: Catalog) -> None:
        rows = usage_warnings.every(live)
        assert rows["reason_zh"].str.endswith("。").all()
        assert rows["reason_en"].str.endswith(".").all()
        assert not rows["reason_zh"].str.contains(r"[,;:!?](?!\d)").any()
        assert not rows["reason_zh"].str.contains(r"\d [\u4e00-\u9fff]").any()

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("observations,no_such_indicator,330000,,,gap,缺。,Missing.,", "series"),
            ("inventory,pv_capacity,330000,,,gap,缺。,Missing.,", "series"),
            ("energy_balance,lpg,999999,,,gap,缺。,Missing.,", "region"),
            ("energy_balance,lpg,330000,,,rumour,缺。,Missing.,", "kind"),
            ("energy_balance,lpg,330000,,,gap,缺。,Missing.,nobody", "source_id"),
            ("energy_balance,lpg,330000,2010,2009,gap,缺。,Missing.,", "first_year"),
        ],
    )
    def test_a_dangling_name_is_an_error(self, tables: Path, row: str, column: str) -> None:
        (problem,) = check_tables(_warn(tables, row), ["series_warnings"])
        assert (problem.file, problem.row, problem.column) == ("data/series_warnings.csv", 2, column)
        assert problem.severity == "error"

    def test_a_relation_with_a_name_that_does_not_exist(self, tables: Path) -> None:
        path = tables / "data" / "identities.csv"
        text = path.read_text(encoding="utf-8").replace("final,agriculture,", "final,farming,", 1)
        path.write_text(text, encoding="utf-8")
        (problem,) = check_tables(Catalog(tables), ["identities"])
        row = next(number for number, line in enumerate(text.splitlines(), start=1) if "final,farming," in line)
        assert (problem.row, problem.column, problem.found) == (row, "part", "'farming'")


class TestCaveats:
    def test_the_energy_total_is_no_driver_after_2018(self, catalog: Catalog) -> None:
        rows = usage_warnings.caveats(catalog, "energy_consumption", "330000").set_index("kind")
        assert rows.at["not_a_driver", "first_year"] == 2019
        assert pd.isna(rows.at["not_a_driver", "last_year"])

    def test_a_break_of_the_total_holds_for_every_field(self, catalog: Catalog) -> None:
        industry = usage_warnings.caveats(catalog, "industry", "330000", "inventory")
        transport = usage_warnings.caveats(catalog, "transport", "330000", "inventory")
        assert (industry["kind"] == "break").sum() == 2
        assert (transport["kind"] == "break").sum() == 1

    def test_warnings_of_every_series_of_a_table(self, catalog: Catalog) -> None:
        rows = usage_warnings.caveats(catalog, "gasoline", "330000", "energy_balance")
        assert {"incomplete", "sign"} <= set(rows["kind"])
        assert "damaged_cell" not in set(rows["kind"])

    def test_the_most_severe_comes_first(self, catalog: Catalog) -> None:
        rows = usage_warnings.caveats(catalog, "rd_intensity", "330000")
        order = rows["severity"].map({"high": 0, "medium": 1, "low": 2})
        assert order.is_monotonic_increasing
        assert rows["kind"].iloc[0] == "implausible"

    def test_another_region_has_none(self, catalog: Catalog) -> None:
        assert usage_warnings.caveats(catalog, "energy_consumption", "110000").empty

    def test_an_unknown_table(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="no table 'rumours'"):
            usage_warnings.caveats(catalog, "x", "330000", "rumours")

    def test_an_unknown_kind(self, tables: Path) -> None:
        with pytest.raises(ProjectError, match="'rumour'"):
            usage_warnings.every(_warn(tables, "energy_balance,lpg,330000,,,rumour,缺。,Missing.,"))

    @given(st.integers(1990, 2030), st.integers(0, 10), st.integers(1990, 2030), st.integers(0, 10))
    def test_covering_is_an_overlap(self, start: int, length: int, first: int, more: int) -> None:
        rows = pd.DataFrame({"kind": ["gap"], "first_year": [start], "last_year": [start + length]})
        years = set(range(start, start + length + 1)) & set(range(first, first + more + 1))
        assert bool(usage_warnings.covering(rows, {"gap"}, first, first + more)) == bool(years)
        assert usage_warnings.covering(rows, {"jump"}, first, first + more) == ""


class TestTable:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_every_warning_has_a_row(self, catalog: Catalog, lang: str) -> None:
        rows = usage_warnings.every(catalog)
        table = tables.WARNINGS.table(catalog, rows, lang, "x")
        assert len(table.rows) == len(rows)
        assert all(cell["text"] for row in table.rows for cell in row.values())
        assert set(table.sources) <= set(catalog.read("sources")["id"])
        assert ">nan" not in table.html({name: number for number, name in enumerate(table.sources, 1)})

    def test_no_warning_is_said(self, catalog: Catalog) -> None:
        table = tables.WARNINGS.table(catalog, usage_warnings.every(catalog).iloc[:0], "zh", "x")
        assert (table.rows, table.note) == ([], "没有使用提示。")

    def test_words(self, catalog: Catalog) -> None:
        rows = usage_warnings.caveats(catalog, "transport", "350000", "inventory")
        cells = tables.WARNINGS.table(catalog, rows[rows["kind"] == "implausible"], "zh", "x").rows[0]
        assert cells["series"]["text"] == "交通（福建省）"
        assert cells["years"]["text"] == "1998年"
        assert cells["severity"]["text"] == "高"
