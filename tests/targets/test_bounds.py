"""Strict answers by arithmetic: identities, dated plants, parts of caps, wholes that fall short, one of several."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.links import breaks
from tanfeng.pages.sentences import reason
from tanfeng.targets import bounds
from tanfeng.targets.verdict import judge_target
from tests.targets.test_supplied import COLUMNS, SOURCE, supplied

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def change(root: Path, table: str, where: dict[str, str], **values: str) -> Catalog:
    """Change the rows of a shipped table that match, and open the tables."""
    path = root / "data" / f"{table}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    chosen = (rows[list(where)] == pd.Series(where)).all(axis=1)
    assert chosen.any()
    rows.loc[chosen, list(values)] = list(values.values())
    rows.to_csv(path, index=False)
    return Catalog(root)


def local(root: Path, indicator: str, period: str, value: float, unit: str, **more: str) -> Catalog:
    row = dict.fromkeys(COLUMNS, "") | {"indicator": indicator, "region": "330000", "period": period, "unit": unit}
    row |= {"value": str(value), "bound": "exact", "status": "reported", "source_id": SOURCE, **more}
    return supplied(root, [row])


class TestShipped:
    @pytest.mark.parametrize(
        ("target", "verdict", "rule"),
        [
            ("E05", "missed", "bound_plants_on_grid"),
            ("E12", "missed", "bound_plants_to_come"),
            ("E07", "met", "bound_identity"),
            ("E25", "met", "bound_net_growth"),
        ],
    )
    def test_what_a_bound_decides(self, catalog: Catalog, target: str, verdict: str, rule: str) -> None:
        found = judge_target(catalog, target)
        assert (found.verdict, found.lean, found.reason) == (verdict, "", rule)
        assert found.evidence[0]["role"] == "bound"
        assert found.evidence[0]["note_zh"]
        assert found.evidence[0]["note_en"]
        assert found.flip_pct is not None
        assert (found.flip_pct > 0) == (verdict == "missed")

    def test_every_bound_of_the_tables_is_a_figure_and_its_arithmetic_adds_up(self, live: Catalog) -> None:
        rows = live.read("bounds")
        for indicator, region in rows[["indicator", "region"]].drop_duplicates().itertuples(index=False):
            found = bounds.bounds(live, indicator, region)
            own = rows[(rows["indicator"] == indicator) & (rows["region"] == region)]
            assert len(found) == own["id"].nunique()
            for row in found.to_dict("records"):
                assert sum(term.sign * term.value for term in row["terms"]) == pytest.approx(row["value"])
                assert row["source_id"]

    def test_the_arithmetic_stands_in_the_sentence(self, catalog: Catalog) -> None:
        for target in ("E05", "E12", "E07", "E25"):
            found = judge_target(catalog, target)
            for lang in ("zh", "en"):
                said = {float(one) for one in NUMBER.findall(reason(catalog, found, lang).replace(",", ""))}
                terms = [row for row in found.evidence if row["role"] == "term"]
                scale = 1 if lang == "zh" else 0.01
                assert all(any(abs(one - row["published"] * scale) < 1e-6 for one in said) for row in terms)
                assert any(abs(one - found.evidence[0]["published"] * scale) < 1e-6 for one in said)

    def test_an_earlier_state_of_the_tables_has_no_bounds(self, tables: Path) -> None:
        path = tables / "data" / "datapackage.json"
        text = path.read_text(encoding="utf-8").replace('"name": "bounds"', '"name": "other"')
        path.write_text(text.replace('"path": "bounds.csv"', '"path": "other.csv"'), encoding="utf-8")
        assert bounds.bounds(Catalog(tables), "nuclear_capacity", "330000").empty


class TestPlants:
    def test_a_unit_on_the_grid_in_time_leaves_a_way_out(self, tables: Path) -> None:
        catalog = change(tables, "nuclear_units", {"id": "sanao_1"}, first_grid="2025-12-20")
        found = bounds.bounds(catalog, "nuclear_capacity", "330000")
        assert float(found["value"].iloc[-1]) == pytest.approx(916 + 121)
        assert judge_target(catalog, "E05").verdict not in {"met", "missed"}

    def test_a_unit_without_capacity_bounds_nothing(self, tables: Path) -> None:
        catalog = change(tables, "nuclear_units", {"id": "sanmen_5"}, capacity_10_4_kw="")
        assert judge_target(catalog, "E12").verdict not in {"met", "missed"}

    @pytest.mark.parametrize(("value", "verdict"), [(1005, "met"), (950, "missed")])
    def test_a_figure_of_the_target_itself_goes_before_the_bound(self, tables: Path, value: int, verdict: str) -> None:
        found = judge_target(local(tables, "nuclear_capacity", "2025", value, "10^4 kW"), "E05")
        assert (found.verdict, found.evidence[0]["role"]) == (verdict, "decides")


class TestIdentity:
    def test_a_term_that_is_not_published_any_more_decides_nothing(self, tables: Path) -> None:
        where = {"indicator": "new_energy_capacity", "region": "330000", "period": "2025-01"}
        catalog = change(tables, "observations", where, status="estimate")
        assert [row["period"] for row in bounds.bounds(catalog, "biomass_capacity", "330000").to_dict("records")] == [
            "2024-08"
        ]

    def test_what_falls_below_decides_nothing_before_the_target_year_ends(self, tables: Path) -> None:
        for period, value in (("2025-01", "5880"), ("2024-08", "5040")):
            where = {"indicator": "new_energy_capacity", "region": "330000", "period": period}
            catalog = change(tables, "observations", where, value=value)
        assert judge_target(catalog, "E07").verdict not in {"met", "missed"}


class TestPartsAndWholes:
    def test_a_part_above_a_cap_shows_that_it_is_missed(self, tables: Path) -> None:
        change(tables, "indicators", {"id": "coal_consumption_plan_scope"}, scope="standard")
        change(tables, "indicators", {"id": "coal_non_energy_use"}, part_of="coal_consumption_plan_scope")
        found = judge_target(local(tables, "coal_non_energy_use", "2025", 13000, "10^4 t"), "P03")
        assert (found.verdict, found.reason) == ("missed", "part_exceeds")

    def test_a_part_within_a_cap_shows_nothing(self, tables: Path) -> None:
        change(tables, "indicators", {"id": "coal_non_energy_use"}, part_of="coal_consumption_plan_scope")
        found = judge_target(local(tables, "coal_non_energy_use", "2025", 600, "10^4 t"), "P03")
        assert found.verdict not in {"met", "missed"}

    def test_a_whole_below_the_target_of_its_part_shows_that_it_is_missed(self, tables: Path) -> None:
        catalog = local(tables, "offshore_wind_capacity", "2025", 150, "10^4 kW")
        for target in ("E27", "E28"):
            found = judge_target(catalog, target)
            assert (found.verdict, found.reason) == ("missed", "whole_short")
            assert "150万千瓦" in reason(catalog, found, "zh")

    def test_a_whole_of_another_year_shows_nothing(self, tables: Path) -> None:
        catalog = local(tables, "offshore_wind_capacity", "2024", 150, "10^4 kW")
        assert judge_target(catalog, "E27").verdict not in {"met", "missed"}


class TestOneOfSeveral:
    def test_parts_whose_whole_reaches_what_they_ask_together(self, catalog: Catalog) -> None:
        for target, other in (("E27", "E28"), ("E28", "E27")):
            found = judge_target(catalog, target)
            assert found.either is not None
            assert set(found.either.targets) == {target, other}
            assert "至少有一项已完成" in reason(catalog, found, "zh")
            assert "at least one of them is met" in reason(catalog, found, "en")

    def test_a_whole_that_is_smaller_says_nothing(self, tables: Path) -> None:
        where = {"indicator": "offshore_wind_capacity", "region": "330000", "period": "2024"}
        catalog = change(tables, "observations", where, value="390")
        found = judge_target(catalog, "E27")
        assert found.either is None
        assert "至少有一项" not in reason(catalog, found, "zh")


class TestRegister:
    @pytest.mark.parametrize(
        ("column", "value"), [("term_period", "1999"), ("period", "2024"), ("term", "no_such_indicator")]
    )
    def test_a_term_that_is_no_figure_is_an_error(self, catalog: Catalog, column: str, value: str) -> None:
        rows = catalog.read("bounds").copy()
        line = rows.index[(rows["table"] == "observations") & (rows["sort"] == 2)][0]
        rows.loc[line, column] = value
        assert list(breaks(catalog, "bounds", rows))
