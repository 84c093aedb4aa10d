"""Skill by origin: cases are what would have been said, no province is tested with what it taught."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import nowcast, origins, past, projection

LIMITS = {"total": (4.9, 6.7, 8.1), "energy": (6.6, 8.4, 9.5)}  # measured apart from this code, percent


@pytest.fixture(scope="module")
def cases(catalog: Catalog) -> pd.DataFrame:
    return origins.cases(catalog)


def test_a_case_is_a_province_a_field_an_origin_and_a_year(cases: pd.DataFrame) -> None:
    assert list(cases) == origins.COLUMNS
    assert not cases.duplicated(["region", "field", "origin", "told", "k"]).any()
    assert (cases[["lo95", "lo80", "point", "hi80", "hi95"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert set(cases["origin"]) <= set(past.ORIGINS)


def test_outcomes_are_those_of_the_inventory(catalog: Catalog, cases: pd.DataFrame) -> None:
    table = emissions.wide(catalog)
    for row in cases.sample(50, random_state=1).itertuples():
        assert row.outcome == pytest.approx(table.at[(row.region, row.field), row.origin + row.k])


@pytest.mark.parametrize("field", LIMITS)
def test_told_years_are_as_good_as_measured_elsewhere(cases: pd.DataFrame, field: str) -> None:
    own = cases[cases["told"] & (cases["field"] == field)]
    square = np.log(own["point"] / own["outcome"]) ** 2
    for k, most in enumerate(LIMITS[field], start=1):
        assert 100 * np.sqrt(square[own["k"] == k].mean()) <= most


def test_intervals_hold_what_they_say_and_beat_r1_alone(catalog: Catalog) -> None:
    rows = origins.by_origin(catalog).query("origin == 'all'").set_index(["ahead", "told"])
    for ahead, most, (low, high) in (("1-3", 0.70, (0.76, 0.84)), ("4-8", 0.74, (0.82, 0.90))):
        own = rows.loc[(ahead, True)]
        assert low <= own["coverage80"] <= high
        assert own["score80"] <= most * rows.at[(ahead, False), "score80"]
    assert rows.at[("4-8", True), "rmse_pct"] < rows.at[("4-8", False), "rmse_pct"]


def test_what_is_said_of_a_new_maximum_comes_about_as_often(catalog: Catalog) -> None:
    own = origins.peaks(catalog).query("told")
    assert ((own["said"] - own["came"]) ** 2).mean() <= 0.152
    assert abs(own["said"].mean() - own["came"].mean()) <= 0.06


def test_every_origin_stands_beside_r1(catalog: Catalog) -> None:
    rows = origins.by_origin(catalog, "energy")
    each = rows[rows["origin"] != "all"]
    assert set(each.groupby(["origin", "ahead"])["told"].nunique()) == {2}
    assert each["cases"].sum() == rows.loc[rows["origin"] == "all", "cases"].sum()


def test_the_paths_of_a_case_are_those_of_the_outlook(catalog: Catalog) -> None:
    """From the last origin the parts are put together as `paths` does it for today."""
    origin = past.ORIGINS[-1]
    drawn = {region: paths for told, region, paths in origins._told(catalog, origin)}
    own = drawn["330000"]
    assert own["total"] == pytest.approx(np.sum([own[name] for name in emissions.emitting_fields(catalog)], axis=0))
    one = past.known(catalog, "energy", origin)
    told = one.told[one.regions.get_loc("330000")]
    errors = projection.told_errors(catalog, "330000", "energy", nowcast.FARTHEST)
    assert own["energy"][:, : nowcast.FARTHEST] == pytest.approx(told * np.exp(errors))


def test_a_share_of_the_trend_came_true_and_no_province_says_its_own(catalog: Catalog) -> None:
    shares = past.shares(catalog)
    assert shares.drop("all").between(0.3, 0.9).all()
    assert shares.drop("all").nunique() > 20


def test_errors_of_one_case_are_of_another_province(catalog: Catalog) -> None:
    chosen, ranks = projection.cases(catalog, "330000")
    assert "330000" not in chosen.get_level_values("region")
    template = past.template(catalog)
    assert ranks == pytest.approx(template.loc[chosen].to_numpy())
