"""Scenarios: plain arithmetic on the centre of the outlook, and what they do to the peak."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.outlook import paths, scenarios
from tanfeng.outlook.scenarios import BASELINE, Project, Scenario, Unit

REGION = "330000"


def applied(catalog: Catalog, region: str, centre: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return a centre with a scenario applied, as `paths` applies it to every path."""
    factor, added = scenarios.moves(catalog, region, centre.index, list(centre), scenario)
    return centre.mul(factor, axis=0).add(added).clip(lower=0.0)


@pytest.fixture
def centre() -> pd.DataFrame:
    return pd.DataFrame({"energy": [300.0, 310.0, 320.0], "industry": [70.0, 70.0, 70.0]}, index=[2025, 2026, 2027])


def test_nothing_different_changes_nothing(catalog: Catalog, centre: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(applied(catalog, REGION, centre, BASELINE), centre)


def test_a_project_adds_from_its_first_year(catalog: Catalog, centre: pd.DataFrame) -> None:
    more = applied(catalog, REGION, centre, Scenario("refinery", projects=(Project("industry", 2026, 8.0),)))
    assert more["industry"].tolist() == [70.0, 78.0, 78.0]
    assert more["energy"].tolist() == centre["energy"].tolist()


def test_a_nuclear_unit_takes_the_place_of_fossil_power(catalog: Catalog, centre: pd.DataFrame) -> None:
    less = applied(catalog, REGION, centre, Scenario("unit", nuclear=(Unit(2027, 1.2),)))
    assert less["energy"].tolist()[:2] == [300.0, 310.0]
    share = catalog.read("measure_parameters").set_index("id").at["nuclear_share_of_thermal", "central"] / 100
    assert 320.0 - less["energy"].iloc[2] == pytest.approx(1.2 * 7972 * 0.8273 / 1000 * share)


def test_higher_growth_means_more_and_only_after_the_published_years(catalog: Catalog, centre: pd.DataFrame) -> None:
    slow, fast = (applied(catalog, REGION, centre, Scenario("growth", gdp_growth=rate)) for rate in (3.0, 6.0))
    assert slow.loc[2025].to_list() == fast.loc[2025].to_list() == centre.loc[2025].to_list()
    assert (fast.loc[2026:] > slow.loc[2026:]).all().all()
    assert (fast.loc[2027] / slow.loc[2027]).to_numpy() == pytest.approx((1.06 / 1.03) ** (2 * 0.5))


def test_emissions_never_fall_below_zero(catalog: Catalog) -> None:
    drawn = paths.paths(catalog, REGION, scenario=Scenario("all", nuclear=(Unit(2025, 100.0),))).drawn
    assert (drawn >= 0).all()
    assert drawn[:-1].sum(axis=0) == pytest.approx(drawn[-1])


def test_an_unknown_field_is_named(catalog: Catalog, centre: pd.DataFrame) -> None:
    with pytest.raises(ProjectError, match="technology"):
        applied(catalog, REGION, centre, Scenario("x", projects=(Project("technology", 2026, 1.0),)))


def test_a_scenario_moves_the_peak(catalog: Catalog) -> None:
    def by_2030(scenario: Scenario) -> float:
        rows = paths.peak(catalog, REGION, scenario=scenario).set_index("year")
        return float(rows.at[2030, "p_peaked_by"])

    nuclear = Scenario("nuclear", nuclear=(Unit(2027, 2.4), Unit(2029, 2.4)))
    assert by_2030(Scenario("fast", gdp_growth=7.0)) < by_2030(BASELINE) <= by_2030(nuclear)


HEAD = "id,region,part,zh,en,effect,field,first_year,amount,unit,measure_id,reason_zh,reason_en,source_id\n"
BASE = "base,330000,1,a,b,none,,,,,,c,d,own_scenarios\n"


def write(tables: Path, rows: str) -> Catalog:
    (tables / "data" / "scenarios.csv").write_text(HEAD + rows, encoding="utf-8")
    return Catalog(tables)


def test_the_scenarios_of_the_table(catalog: Catalog) -> None:
    found = {one.name: one for one in scenarios.named(catalog, REGION)}
    assert found["baseline"] == BASELINE
    assert found["growth_55"].gdp_growth == 5.5
    assert found["project_10"].projects == (Project("industry", 2027, 10.0),)
    assert not found["without_committed"].committed


def test_descriptions_join_the_parts(tables: Path) -> None:
    unit = "more,330000,{},a,b,nuclear,energy,2027,,,{},Eins。,One.,{}\n"
    parts = unit.format(1, "ME01", "own_scenarios") + unit.format(2, "ME02", "own_archive")
    about = scenarios.descriptions(write(tables, BASE + parts), REGION).set_index("id")
    assert about.index.tolist() == ["base", "more"]
    assert about.at["more", "reason_zh"] == "Eins。Eins。"
    assert about.at["more", "sources"].split() == ["own_scenarios", "own_archive"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("up,330000,1,a,b,growth,,,4,%,,c,d,own_scenarios\n", "changes something"),
        (BASE + "up,330000,1,a,b,growth,,,,%,,c,d,own_scenarios\n", "amount is empty"),
        (BASE + "new,330000,1,a,b,project,industry,,5,Mt CO2,,c,d,own_scenarios\n", "first_year is empty"),
        (BASE + "unit,330000,1,a,b,nuclear,energy,2027,,,,c,d,own_scenarios\n", "measure_id is empty"),
        (
            BASE + "up,330000,1,a,b,growth,,,4,%,,c,d,own_scenarios\nup,330000,2,a,b,growth,,,5,%,,c,d,own_scenarios\n",
            "more than one",
        ),
    ],
)
def test_a_scenario_that_does_not_fit_is_named(tables: Path, rows: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        scenarios.named(write(tables, rows), REGION)


def test_a_region_without_scenarios_has_the_course_of_things(tables: Path) -> None:
    without = write(tables, "")
    assert scenarios.named(without, REGION) == [scenarios.Scenario("baseline")]
    about = scenarios.descriptions(without, REGION)
    assert about[["zh", "en"]].iloc[0].tolist() == ["按现有走势", "As the series runs"]


def test_a_scenario_with_two_names_is_named(tables: Path) -> None:
    two = BASE + "x,330000,1,a,b,growth,,,4,%,,c,d,own_scenarios\nx,330000,2,z,b,none,,,,,,c,d,own_scenarios\n"
    with pytest.raises(ProjectError, match="more than one name"):
        scenarios.descriptions(write(tables, two), REGION)


def test_electric_cars_save_petrol_and_need_power(catalog: Catalog) -> None:
    centre = pd.DataFrame({"energy": [300.0] * 3, "residential": [20.0] * 3}, index=[2026, 2027, 2028])
    fuel, power = scenarios.electrified(catalog, 5e5)
    assert fuel == pytest.approx(5e5 * 14648 * 7.2e-2 * 0.7475 * 2.92675 / 1e9)
    assert power == pytest.approx(5e5 * 14648 * 13.3e-2 * 0.8273 / 1e9)
    changed = applied(catalog, REGION, centre, Scenario("cars", cars=(scenarios.Cars(2027, 5e5),)))
    assert (centre - changed)["residential"].tolist() == pytest.approx([0.0, fuel, 2 * fuel])
    assert (changed - centre)["energy"].tolist() == pytest.approx([0.0, power, 2 * power])
