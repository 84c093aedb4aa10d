"""Which figures are asked for: every target that waits has one, nothing that is known is asked for again."""

from __future__ import annotations

import pytest

from tanfeng.checks.importing.request_workbook import UNNAMED, asked, serving
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.targets.requests import SETTLED, requests
from tanfeng.targets.verdict import judge


def waiting(catalog: Catalog, region: str) -> set[str]:
    return {one.target["id"] for one in judge(catalog, region) if one.counts and one.verdict not in SETTLED}


@pytest.mark.parametrize("region", ["330000", "320000", "440000"])
def test_every_target_that_waits_has_a_figure(live: Catalog, region: str) -> None:
    rows = requests(live, region)
    served = {one for row in rows.to_dict("records") for one in serving(live, row)["id"]}
    assert waiting(live, region) <= served


def test_of_the_full_region_every_figure_has_a_body_and_a_form(live: Catalog) -> None:
    rows = requests(live, "330000")
    assert (rows[["holder_zh", "holder_en", "form_zh", "form_en"]] != "").all(axis=None)
    assert UNNAMED[0] not in set(rows["holder_zh"])


def test_series_are_asked_for_year_by_year(catalog: Catalog) -> None:
    rows = asked(catalog, "330000")
    for indicator in ("energy_consumption_5th_census", "coal_consumption_plan_scope", "non_fossil_share"):
        assert {*map(str, range(2021, 2026))} <= set(rows.loc[rows["indicator"] == indicator, "period"])
    for indicator in ("energy_intensity_change", "energy_intensity_change_assessment", "co2_intensity_change"):
        yearly = {f"{year - 1}/{year}" for year in range(2021, 2026)}
        assert yearly <= set(rows.loc[rows["indicator"] == indicator, "period"])


def test_what_is_known_is_not_asked_for(catalog: Catalog) -> None:
    """Energy of 2024 is published, that of 2025 is not; a target with nothing else open asks for its last figure."""
    names = set(requests(catalog, "330000")["id"])
    assert "S01-2024" not in names
    assert {"S01-2025", "P08"} <= names
    assert not {"E02", "E03"} & names


ROLES = {
    "P04-2025": {"decides": ["P04"], "progress": ["P06"]},
    "P04-2024": {"progress": ["P04", "P06"]},
    "P01-2022": {"chain": ["P01"]},
    "P05-2022": {"progress": ["P05"]},
    "E10-2020": {"base": ["E10"]},
    "E04": {"decides": ["E04"], "with_base": ["E10"]},
    "E18": {"decides": ["E18"]},
    "S03-2021": {},
}


@pytest.mark.parametrize("name", ROLES)
def test_what_a_figure_would_decide(catalog: Catalog, name: str) -> None:
    found = requests(catalog, "330000").set_index("id").at[name, "roles"]
    assert {role: ids for role, ids in found.items() if role != "before"} == ROLES[name]


def test_a_region_without_rows_asks_by_its_targets(catalog: Catalog) -> None:
    rows = requests(catalog, "320000")
    named = catalog.read("leans").query("region == '320000'")
    assert set(rows.loc[~rows["id"].isin(named["target_id"]), "holder_zh"]) == {UNNAMED[0]}
    assert set(rows["holder_zh"]) - {UNNAMED[0]} == set(named["holder_zh"])
    for row in rows.to_dict("records"):
        assert set(serving(catalog, row)["id"]) & waiting(catalog, "320000")


def test_field_and_body(catalog: Catalog) -> None:
    assert set(requests(catalog, "330000", field="交通")["field"]) == {"transport"}
    assert set(requests(catalog, "330000", body="Zhejiang Forestry Bureau")["holder_zh"]) == {"省林业局"}
    with pytest.raises(ProjectError, match="did you mean"):
        requests(catalog, "330000", body="省林业")
    with pytest.raises(ProjectError, match="no field"):
        requests(catalog, "330000", field="forest")


def test_a_region_with_no_targets_asks_for_nothing(catalog: Catalog) -> None:
    assert requests(catalog, "650000").empty
