"""Which plan runs, which is over and which lie ahead follows the date of the tables alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tanfeng.checks.importing.request_workbook import serving
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import by_plan, plans
from tanfeng.pages import headline
from tanfeng.pages.charts import targets as charts
from tanfeng.pages.page import open_page
from tanfeng.pages.reports import indicators as indicators_report
from tanfeng.pages.reports import roadmap as roadmap_report
from tanfeng.pages.reports import wallchart
from tanfeng.roadmap import gaps, registers, whatif
from tanfeng.roadmap.levers import Setting
from tanfeng.targets import ahead, requests
from tanfeng.targets.verdict import judge, watched
from tests.conftest import Run

REGION = "330000"


def dated(tables: Path, version: str) -> Catalog:
    file = tables / "data" / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"version": "2026.11"', f'"version": "{version}"'))
    return Catalog(tables)


@pytest.mark.parametrize(
    ("version", "current", "closed", "begun", "ahead_of"),
    [
        ("2025.06", "14FYP", "13FYP", "14FYP", ["14FYP", "15FYP", "2030", "16FYP"]),
        ("2027.06", "15FYP", "14FYP", "15FYP", ["15FYP", "2030", "16FYP"]),
        ("2031.06", "16FYP", "15FYP", "15FYP", ["16FYP"]),
    ],
)
def test_the_date_of_the_tables_says_it(
    tables: Path, version: str, current: str, closed: str, begun: str, ahead_of: list[str]
) -> None:
    catalog = dated(tables, version)
    assert (plans.current(catalog), plans.closed(catalog)) == (current, closed)
    assert plans.begun(catalog)[-1] == begun
    assert plans.ahead(catalog) == ahead_of
    assert by_plan.plan_changes(catalog, "330000")["plan"].iloc[-1] == begun


def shown(catalog: Catalog, lang: str = "zh") -> tuple[Any, Any]:
    """What the first page and the wall chart show of a region: the control indicators, and the tiles by group."""
    judged, every = judge(catalog, REGION, plans.closed(catalog)), watched(catalog, REGION)
    page = open_page("wallchart", REGION, lang, "", wallchart.TEXTS, start=catalog.root)
    k = page.figures(wallchart.key_figures(catalog, REGION, judged, every))
    return headline.controls(catalog, REGION, every, lang), wallchart.wall(catalog, REGION, every, k, lang)


def test_first_page_and_wall_chart_follow(tables: Path) -> None:
    controls, wall = shown(dated(tables, "2027.06"))
    targets = {one.target["id"]: one.target["plan"] for one in watched(Catalog(tables), REGION)}
    assert {targets[row["id"]] for row in controls} <= {"14FYP", "2030"}
    tiles = {group["id"]: {targets[tile["id"]] for tile in group["tiles"]} for group in wall.groups}
    assert tiles.pop(wallchart.AHEAD) == {"15FYP", "2030"}
    assert set.union(*tiles.values()) == {"14FYP"}


def test_in_a_plan_without_targets_nothing_is_told_to_lie_ahead(tables: Path) -> None:
    catalog = dated(tables, "2031.03")
    controls, wall = shown(catalog)
    assert {row["verdict"].target["plan"] for row in controls} <= {"15FYP", "2030"}
    assert {one.target["plan"] for one in watched(catalog, REGION)} == {"15FYP", "2030"}
    assert wallchart.AHEAD not in {group["id"] for group in wall.groups}
    assert not any(row["told"] for row in controls)
    for row in controls:
        charts.target(catalog, row["verdict"], "zh", small=True)
    for missing in (lambda: ahead.ways(catalog, REGION), lambda: gaps.gaps(catalog, REGION)):
        with pytest.raises(Absent, match="no target on CO2 intensity ahead"):
            missing()
    assert indicators_report.last_plan(catalog, REGION) == "14FYP"
    assert not roadmap_report.key_figures(catalog, REGION)["id"].str.startswith("limit").any()


def test_a_target_of_the_running_plan_appears_everywhere(tables: Path) -> None:
    columns = Catalog(tables).tables["targets"].columns
    row = {
        "id": "X01", "indicator": "energy_intensity_change", "region": REGION, "field": "total", "plan": "15FYP",
        "zh": "单位地区生产总值能耗降低", "en": "Fall of energy intensity", "kind": "reduction_pct",
        "direction": "decrease_by", "base_year": "2025", "target_year": "2030", "target_value": "11", "unit": "%",
        "binding": "binding", "variant": "firm", "source_id": "barometer_2011_h1",
    }  # fmt: skip
    (tables / "data" / "local").mkdir()
    pd.DataFrame([row], columns=columns).to_csv(tables / "data" / "local" / "targets.csv", index=False)
    catalog = Catalog(tables)
    every = watched(catalog, REGION)
    assert "单位地区生产总值能耗降低2030年比2025年下降11%" in headline.running(catalog, every, "zh")
    _, wall = shown(catalog)
    tiles = {tile["name"] for group in wall.groups if group["id"] == wallchart.AHEAD for tile in group["tiles"]}
    assert "单位地区生产总值能耗降低" in tiles | {name for one in wall.silent for name in one["names"]}
    assert "X01" in set(registers.targets(catalog, REGION)["id"])
    asked = requests.requests(catalog, REGION).query("indicator == 'energy_intensity_change'").to_dict("records")
    assert asked
    assert all("X01" in set(serving(catalog, one)["id"]) for one in asked)
    assert "X01" in {one.verdict.target["id"] for one in ahead.ahead(catalog, REGION)}


@pytest.mark.build
def test_pages_of_what_lies_ahead_say_that_nothing_does(project: Path, run: Run) -> None:
    dated(project, "2031.03")
    status, _, err = run("build", "ahead", "roadmap", "--lang", "zh", cwd=project)
    assert status == 0, err
    for name in ("ahead", "roadmap"):
        said = (project / "reports" / REGION / f"{name}.zh.html").read_text(encoding="utf-8")
        assert "尚未到期的碳排放强度目标" in said.partition("<h2")[0], "the answer says it"
    said = (project / "reports" / REGION / "ahead.zh.html").read_text(encoding="utf-8")
    sections = re.split(r"<h2[^>]*>", said)[1:]
    assert all(len(re.sub(r"<[^>]+>|\s", "", one.partition("</h2>")[2])) > 10 for one in sections), "none is empty"
    assert "尚未到期的全国碳排放强度目标" in said


def test_what_lies_ahead_follows(tables: Path) -> None:
    found = ahead.ahead(dated(tables, "2027.06"), "330000")
    assert {one.verdict.target["plan"] for one in found} == {"15FYP", "2030"}


def test_nothing_lies_ahead_where_no_target_of_the_next_plan_is_known(tables: Path) -> None:
    catalog = dated(tables, "2031.06")
    assert ahead.ahead(catalog, "330000") == []
    assert whatif.untouched(catalog, "330000").empty
    assert not len(whatif.answer(catalog, Setting("330000")).targets)
    assert "p_peaked_by" in set(whatif.results(whatif.answer(catalog, Setting("330000")))["item"])


def test_a_plan_that_is_missing_is_asked_for(tables: Path) -> None:
    catalog = dated(tables, "2041.01")
    with pytest.raises(ProjectError, match="no plan that runs in 2041"):
        plans.current(catalog)
