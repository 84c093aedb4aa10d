"""What verdicts, plans and barometers rest on can not be removed without an error that names the chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data import resting
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.targets.lookback import cumulative, plans
from tanfeng.targets.verdict import judge

ROLES = {"decides", "latest", "part", "disputes"}
KEY = ["indicator", "region", "period"]


def without(tables: Path, table: str, start: str) -> list[str]:
    path = tables / "data" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines), start
    path.write_text("\n".join(kept), encoding="utf-8")
    return [one.chain for one in check_tables(Catalog(tables), ["evidence", "observations"])]


@pytest.mark.parametrize(
    ("table", "start", "chain"),
    [
        (
            "observations",
            "energy_intensity_change,330000,2018/2019,",
            "plan 13FYP -> indicator energy_intensity_change -> evidence 2018/2019",
        ),
        (
            "observations",
            "energy_dual_control_warning_intensity,330000,2021-06,",
            "barometer 2021-06 -> indicator energy_dual_control_warning_intensity -> evidence 2021-06",
        ),
        ("evidence", "targets,E02,", "target E02 -> indicator pv_capacity -> figure 2025-06"),
        ("evidence", "plans,13FYP,energy_intensity_change,", "plan 13FYP -> indicator energy_intensity_change -> "),
        ("evidence", "targets,N02,co2_intensity_change,100000,2022/2023,", "target N02 -> indicator co2_intensity_"),
        (
            "observations",
            "energy_intensity_change_planned,330000,2015/2020,",
            "plan 13FYP -> indicator energy_intensity_change_planned -> evidence 2015/2020",
        ),
        ("observations", "gdp_current_5th_census,330000,2023,", "target P07 -> indicator gdp_current_5th_census"),
    ],
)
def test_what_was_removed_is_named(tables: Path, table: str, start: str, chain: str) -> None:
    assert any(chain in one for one in without(tables, table, start))


def used(catalog: Catalog) -> set[tuple[str, str, str]]:
    """Return the figures that verdicts on firm targets, plans and barometers rest on."""
    verdicts = [one for region in catalog.read("targets")["region"].unique() for one in judge(catalog, region)]
    rows = [row for one in verdicts if one.target["variant"] == "firm" for row in one.evidence if row["role"] in ROLES]
    found = {(row["indicator"], row["region"], row["period"]) for row in rows}
    known = set(catalog.read("observations")[KEY].itertuples(index=False, name=None))
    looked_back = {(key[2], key[3], key[4]) for key in resting.figures(catalog)}
    return (found & known) | looked_back


def test_every_figure_in_use_has_a_line_so_that_each_removal_breaks_a_link(catalog: Catalog) -> None:
    lines = set(catalog.read("evidence")[KEY].itertuples(index=False, name=None))
    assert not used(catalog) - lines


def test_each_removal_is_named_by_its_own_problem(catalog: Catalog, tables: Path) -> None:
    lines = set(catalog.read("evidence")[KEY].itertuples(index=False, name=None))
    removed = used(catalog) & lines
    path = tables / "data" / "observations.csv"
    rows = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(row for row in rows if tuple(row.split(",")[:3]) not in removed), encoding="utf-8")
    problems = check_tables(Catalog(tables), ["evidence"])
    named = {one.found: one.chain for one in problems}
    for figure in removed:  # a link holds or breaks for each line alone
        assert named[", ".join(figure)].count(figure[0]), figure


def test_the_figures_of_the_look_back_are_those_of_the_register(catalog: Catalog) -> None:
    names = {*plans.asked(catalog, "330000")["indicator"], *cumulative.AT_THE_TIME.values()}
    names -= {plans.ASSESSED}  # no figure is published
    assert names <= set(resting.FOLLOWED)
    assert {plans.ENERGY_PLANNED, plans.CARBON_PLANNED} <= set(resting.PLANNED)
