"""The action table: each measure in one kind, no gap without a row, no body that no document names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.roadmap import actions, registers
from tanfeng.targets.verdict import judge

ZHEJIANG, WITHOUT_MEASURES, NOTHING = "330000", "320000", "110000"


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return actions.actions(catalog, ZHEJIANG)


def test_every_measure_in_force_is_in_one_kind(catalog: Catalog, rows: pd.DataFrame) -> None:
    measures = registers.measures(catalog, ZHEJIANG)
    own = rows[rows["measure_id"] != ""].set_index("measure_id")
    assert own.index.is_unique
    assert set(own.index) == set(measures.loc[~measures["state"].isin(["done", "lapsed", "draft"]), "id"])
    kinds = {
        "short": "result_missing", "not_proven": "figure_missing", "not_shown": "figure_missing",
        "not_due": "act", "no_date": "act",
    }  # fmt: skip
    assert own["kind"].to_dict() == own["state"].map(kinds).to_dict()
    overdue = set(measures.loc[measures["due"] == "overdue", "id"])
    assert overdue == set(own.index[own["kind"] != "act"])
    assert overdue == set(measures.loc[measures["missing"] != "", "id"])


@pytest.mark.parametrize("region", [ZHEJIANG, "100000", WITHOUT_MEASURES, "440000"])
def test_every_gap_has_a_row(catalog: Catalog, region: str) -> None:
    found = actions.actions(catalog, region)
    short = {one.target["id"] for one in judge(catalog, region) if one.counts and one.answer in actions.WITH_GAP}
    assert short <= set(found["target_id"])
    alone = found[found["measure_id"] == ""]
    assert alone["target_id"].is_unique
    served = found.loc[found["measure_id"] != "", ["target_id", "target_region"]]
    assert not set(alone["target_id"]) & set(served.loc[served["target_region"] == region, "target_id"])


def test_a_gap_in_emissions_ahead_comes_first(catalog: Catalog, rows: pd.DataFrame) -> None:
    first = rows[rows["target_id"] == "P05"]
    assert first.index[0] == 0
    assert (first["gap"] > 0).all()
    assert (first["uncovered"] < first["gap"]).all()
    assert first["gap_unit"].eq("Mt CO2").all()
    assert {"ME12", "MT03"} <= set(first["measure_id"])  # the wedges


def test_the_order(rows: pd.DataFrame) -> None:
    assert rows["kind"].map(actions.KINDS.index).is_monotonic_increasing
    live = rows[rows["kind"] == "act"]
    ahead = live["answer"].isin(actions.WITH_GAP) & (live["target_year"].fillna(0) > 2025) | (
        live["target_id"] == "P05"
    )
    assert ahead.astype(int).is_monotonic_decreasing


def test_gaps_are_in_the_unit_of_the_target(catalog: Catalog, rows: pd.DataFrame) -> None:
    gaps = rows[rows["gap"].notna() & (rows["account"] == "")].drop_duplicates("target_id").set_index("target_id")
    targets = catalog.read("targets").query("region == @ZHEJIANG").set_index("id")
    assert (gaps["gap_unit"] == targets.loc[gaps.index, "unit"]).all()
    assert gaps.at["E05", "gap"] == 84
    assert gaps.at["P08", "gap"] == pytest.approx(12 - 9.4545)
    assert gaps.at["E22", "gap"] < 0  # at the level before it is due
    assert not gaps.index.isin(["E15", "B01", "I01"]).any()  # no figure of the target's own scope and years


def test_bodies_are_those_of_the_responsibilities(catalog: Catalog, rows: pd.DataFrame) -> None:
    known = catalog.read("responsibilities").sort_values("sort", kind="stable")
    for lang, mark in registers.SEPARATOR.items():
        joined = known.groupby("measure_id")[f"body_{lang}"].agg(mark.join)
        own = rows[rows["measure_id"] != ""]
        assert own[f"body_{lang}"].tolist() == joined[own["measure_id"]].tolist()
    assert (rows.loc[rows["measure_id"] == "", ["body_zh", "body_en"]] == "").all(axis=None)


def test_holders_are_those_of_leans_and_requests(catalog: Catalog, rows: pd.DataFrame) -> None:
    known = {one for table in ("leans", "requests") for one in catalog.read(table)["holder_zh"]}
    assert set(rows["holder_zh"]) <= known | {"待定"}


def test_both_languages_are_filled(rows: pd.DataFrame) -> None:
    for name in ("target", "measure", "body", "settles", "holder"):
        assert ((rows[f"{name}_zh"] == "") == (rows[f"{name}_en"] == "")).all(), name
    assert (rows["holder_zh"] != "").all()
    assert (rows["source_id"] != "").all()


def test_a_region_without_measures(catalog: Catalog) -> None:
    found = actions.actions(catalog, WITHOUT_MEASURES)
    assert len(found)
    assert (found["measure_id"] == "").all()
    assert list(found.columns) == actions.COLUMNS
    none = actions.actions(catalog, NOTHING)
    assert none.empty
    assert list(none.columns) == actions.COLUMNS


def test_a_target_whose_measure_is_gone_says_so(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tables / "data" / "measures.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(one for one in lines if not one.startswith("ME31,")), encoding="utf-8")
    monkeypatch.setattr(actions, "_emission_gaps", lambda *_: {})  # takes long and does not matter here
    found = actions.actions(Catalog(tables), ZHEJIANG).set_index("target_id")
    assert found.loc[["E15"], "measure_id"].tolist() == [""]
    assert found.at["E15", "kind"] == "figure_missing"
