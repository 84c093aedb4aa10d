"""What provinces were asked and did: the same is compared, what differs is told, and nobody is named in code."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages.reports import comparison as report
from tanfeng.targets import comparison
from tanfeng.targets.verdict import judge_target
from tests.conftest import Run

HOME, OTHER = "330000", "210000"  # no target of Liaoning is in the tables


def local(tables: Path, **changes: tuple[str, ...]) -> Catalog:
    """Give another province targets like some of the home region, changed in places."""
    rows = pd.read_csv(tables / "data" / "targets.csv", dtype=str, keep_default_na=False)
    own = rows[(rows["region"] == HOME) & rows["id"].isin(changes)].set_index("id", drop=False)
    for name, cells in changes.items():
        own.loc[name, [cell.partition("=")[0] for cell in cells]] = [cell.partition("=")[2] for cell in cells]
    (tables / "data" / "local").mkdir()
    own.assign(region=OTHER).to_csv(tables / "data" / "local" / "targets.csv", index=False, quoting=csv.QUOTE_ALL)
    return Catalog(tables)


def test_any_province_with_targets_is_compared(tables: Path) -> None:
    catalog = local(
        tables, P01=("target_value=13",), E11=("direction=at_least",), A01=("indicator=forest_cover_new_survey",)
    )
    rows = comparison.compare(catalog, [OTHER, HOME])
    found = {(one["id"], one["region"]): one["differs"] for one in rows.to_dict("records")}
    assert found == {
        ("P01", OTHER): comparison.SAME, ("P01", HOME): comparison.SAME,
        ("E11", OTHER): comparison.WAY, ("E11", HOME): comparison.WAY,
        ("A01", OTHER): comparison.SCOPE, ("A01", HOME): comparison.SCOPE,
    }  # fmt: skip
    assert [some["id"].iloc[0] for some in comparison.questions(rows)].count("P01") == 1
    assert comparison.counted(rows)["targets"].to_dict() == {OTHER: 1, HOME: 1}
    said = {lang: report.table(catalog, rows, lang) for lang in ("zh", "en")}
    assert "同口径可比的目标1项" in said["zh"].caption
    assert "另有4项口径或要求方式不同" in said["zh"].caption
    assert [column.label for column in said["en"].columns][-2:] == ["Liaoning", "Zhejiang"]
    assert sum("not compared" in row["scope"]["text"] for row in said["en"].rows) == 4


def test_the_answers_are_those_of_the_target_check(catalog: Catalog) -> None:
    rows = comparison.compare(catalog, comparison.beside(catalog, HOME))
    for row in rows.to_dict("records"):
        judged = judge_target(catalog, row["id"], row["region"])
        assert (row["answer"], row["verdict"]) == (judged.answer, judged.verdict)
        if isinstance(row["period"], str):
            assert row["published"] in [
                one["published"]
                for one in judged.evidence
                if one["indicator"] == row["indicator"] == judged.target["indicator"]
            ]
    same = rows[rows["differs"] == comparison.SAME]
    assert not same.drop_duplicates([*comparison.QUESTION, "scope"]).duplicated(comparison.QUESTION).any()
    assert not rows.duplicated([*comparison.QUESTION, "region"]).any()


def test_who_has_no_target_is_not_compared(catalog: Catalog) -> None:
    assert OTHER not in comparison.beside(catalog, OTHER)
    assert report.said(catalog, OTHER, "zh") == ""
    assert comparison.compare(catalog, [HOME]).empty
    assert "没有两个省份" in report.finding(catalog, comparison.compare(catalog, [HOME]), "zh")
    assert report.table(catalog, comparison.compare(catalog, []), "en").rows == []
    with pytest.raises(ProjectError, match=f"no target of region '{OTHER}'"):
        comparison.beside(catalog, HOME, [OTHER])


def test_a_figure_from_before_the_plan_is_none_of_what_was_done(catalog: Catalog) -> None:
    rows = comparison.compare(catalog, comparison.beside(catalog, HOME))
    ends = rows["period"].dropna().str[-7:].str.extract(r"(\d{4})")[0].astype(int)
    starts = rows["plan"].map(catalog.read("plans").set_index("id")["base_year"])
    assert (ends > starts[ends.index]).all()


def test_the_command_says_the_same_in_every_form(run: Run, catalog: Catalog) -> None:
    status, told, _ = run("compare", "--with", "320000", "--lang", "en")
    rows = comparison.compare(catalog, [HOME, "320000"])
    assert status == 0
    assert told == report.lines(catalog, rows, "en")
    status, _, err = run("compare", "--with", OTHER)
    assert status == 2
    assert OTHER in err
