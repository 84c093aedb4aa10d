"""Numbers of targets are those of a region: another region may use the same, and neither replaces the other."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.checks import lookback
from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.pages.objects import NoSuchTarget
from tanfeng.region import region
from tanfeng.roadmap import registers
from tanfeng.targets.verdict import judge, judge_target

Run = Callable[..., tuple[int, str, str]]
HOME, OTHER = "330000", "210000"  # no target of Liaoning is in the tables


@pytest.fixture
def both(tables: Path) -> Catalog:
    """The tables with local targets P01 and E06 of another province."""
    path = tables / "data" / "targets.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = rows[rows["id"].isin(["P01", "E06"])].assign(region=OTHER, target_value=["700", "13"], note_en="other")
    (tables / "data" / "local").mkdir()
    own.to_csv(tables / "data" / "local" / "targets.csv", index=False, quoting=csv.QUOTE_ALL)
    return Catalog(tables)


def test_both_rows_stand_side_by_side(both: Catalog) -> None:
    rows = both.read("targets").query("id == 'P01'")
    assert dict(zip(rows["region"], rows["target_value"], strict=True)) == {HOME: 14.5, OTHER: 13.0}
    assert check_tables(both, ["targets", "measures", "responsibilities", "evidence", "plans"]) == []
    assert [one for one in lookback.check(both) if "check the unit" not in one.expected] == []


def test_verdicts_are_those_of_the_region(both: Catalog, catalog: Catalog) -> None:
    def told(of: Catalog) -> list[tuple[object, ...]]:
        return [
            (
                one.target["id"],
                one.target["target_value"],
                one.verdict,
                [(tie.target["id"], tie.kind) for tie in one.ties],
            )
            for one in judge(of, HOME)
        ]

    assert told(both) == told(catalog)
    assert {one.target["id"]: one.target["region"] for one in judge(both, OTHER)} == {"P01": OTHER, "E06": OTHER}
    assert judge_target(both, "P01").target["region"] == HOME
    assert judge_target(both, "P01", OTHER).target["target_value"] == 13


def test_registers_keep_to_the_region(both: Catalog, catalog: Catalog) -> None:
    pd.testing.assert_frame_equal(registers.targets(both, HOME), registers.targets(catalog, HOME))
    other = registers.targets(both, OTHER).set_index("id")
    assert (other["measures"] == "").all()
    assert (other["evidence"] == "").all()
    pd.testing.assert_frame_equal(registers.measures(both, HOME), registers.measures(catalog, HOME))
    assert registers.conflicts(both) == registers.conflicts(catalog)


def test_a_city_without_the_number_means_that_of_its_province(both: Catalog) -> None:
    assert links.targets_by_id(both, "330100").at["P01", "region"] == HOME
    assert links.targets_by_id(both, OTHER).at["P01", "region"] == OTHER
    assert links.targets_by_id(both, OTHER).at["N02", "region"] == "100000"


def test_a_region_gives_its_own(both: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(both.root)
    assert region(HOME).targets()["P01"].judged.target["target_value"] == 14.5
    assert region(OTHER).targets()["P01"].judged.target["target_value"] == 13
    with pytest.raises(NoSuchTarget):
        region(OTHER).targets()["P02"]


def test_the_same_number_twice_in_one_region_is_refused(tables: Path) -> None:
    path = tables / "data" / "targets.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    (problem,) = check_tables(Catalog(tables), ["targets"])
    assert problem.column == "id + region"


def test_a_repeated_target_is_of_the_same_region(both: Catalog) -> None:
    path = both.root / "data" / "local" / "targets.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).assign(same_as="P02")
    rows.to_csv(path, index=False)
    found = [one.expected for one in check_tables(Catalog(both.root), ["targets"]) if one.column == "same_as"]
    assert found == [f"a target of region {OTHER}"] * 2


def test_targets_of_one_number_are_compared_within_a_region(both: Catalog) -> None:
    assert [one.problem.row for one in lookback.asked_findings(both)] == []
