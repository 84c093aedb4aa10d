"""Which plan runs, which is over and which lie ahead follows the date of the tables alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import by_plan, plans
from tanfeng.roadmap import whatif
from tanfeng.roadmap.levers import Setting
from tanfeng.targets import ahead


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
