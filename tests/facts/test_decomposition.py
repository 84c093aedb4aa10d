"""What drove the emissions of Zhejiang: effects add up, agree with plain ratios, and hold to the golden numbers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import decomposition, emissions, indicators

REGION = "330000"
RUNS = {"kaya": decomposition.kaya, "fields": decomposition.fields, "power": decomposition.power}


@pytest.fixture(scope="module", params=list(RUNS))
def rows(request: pytest.FixtureRequest, catalog: Catalog) -> pd.DataFrame:
    return RUNS[request.param](catalog, REGION)


def test_effects_add_up_to_the_change_of_every_item(rows: pd.DataFrame) -> None:
    for _, part in rows.groupby(["period", "item"]):
        change = part["last_mt"].iloc[0] - part["first_mt"].iloc[0]
        assert part["effect_mt"].sum() == pytest.approx(change, abs=1e-9 * part["last_mt"].iloc[0])
        ratio = part["last_mt"].iloc[0] / part["first_mt"].iloc[0]
        assert part["effect_ratio"].prod() == pytest.approx(ratio, rel=1e-9)


def test_columns_status_and_sources(rows: pd.DataFrame, catalog: Catalog) -> None:
    assert list(rows.columns) == decomposition.COLUMNS
    assert set(rows["status"]) <= {"reported", "adjusted", "estimate"}
    known = set(catalog.read("sources")["id"])
    for text in rows["sources"]:
        cited = text.split()
        assert cited
        assert set(cited) <= known
        assert len(set(cited)) == len(cited)


def test_every_period_ends_inside_its_plan(rows: pd.DataFrame, catalog: Catalog) -> None:
    plans = catalog.read("plans").set_index("id")
    for row in rows.drop_duplicates("period").to_dict("records"):
        plan = plans.loc[row["period"]]
        assert plan["base_year"] - 4 <= row["start"] <= plan["base_year"] < row["end"] <= plan["last_year"]


@pytest.fixture(scope="module")
def table(catalog: Catalog) -> pd.DataFrame:
    return decomposition.kaya(catalog, REGION)


class TestKaya:
    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("11FYP", {"population": 28.22, "gdp_per_head": 148.80, "energy_per_gdp": -71.50, "co2_per_energy": -0.23}),
            (
                "12FYP",
                {"population": 35.67, "gdp_per_head": 113.92, "energy_per_gdp": -92.71, "co2_per_energy": -39.16},
            ),
        ],
    )
    def test_golden_effects(self, table: pd.DataFrame, period: str, expected: dict[str, float]) -> None:
        found = table[table["period"] == period].set_index("factor")["effect_mt"].to_dict()
        assert found == pytest.approx(expected, abs=0.01)

    def test_totals_are_those_of_the_inventory(self, table: pd.DataFrame, catalog: Catalog) -> None:
        totals = emissions.series(catalog, REGION, "total").set_index("year")["co2_mt"]
        for row in table.to_dict("records"):
            assert (row["first_mt"], row["last_mt"]) == pytest.approx((totals[row["start"]], totals[row["end"]]))

    def test_ratios_are_those_of_the_factors_themselves(self, table: pd.DataFrame, catalog: Catalog) -> None:
        people = indicators.yearly(catalog, "population_resident", REGION).set_index("year")["value"]
        gdp = indicators.gdp_index(catalog, REGION)
        rows = table[table["period"] == "12FYP"].set_index("factor")["effect_ratio"]
        assert rows["population"] == pytest.approx(people[2015] / people[2010], rel=1e-9)
        assert rows["gdp_per_head"] == pytest.approx(gdp[2015] / gdp[2010] * people[2010] / people[2015], rel=1e-9)

    def test_the_energy_intensity_of_the_12th_plan_agrees_with_the_official_rates(self, table: pd.DataFrame) -> None:
        ratio = table.query("period == '12FYP' and factor == 'energy_per_gdp'")["effect_ratio"].iloc[0]
        assert 100 * (ratio - 1) == pytest.approx(-20.70, abs=1.1)  # levels are revised, the rates are not

    def test_without_energy_consumption_there_are_three_factors(self, table: pd.DataFrame, tables: Path) -> None:
        assert table.loc[table["period"] == "14FYP", "factor"].tolist() == [
            "population", "gdp_per_head", "energy_per_gdp", "co2_per_energy"
        ]  # fmt: skip
        path = tables / "data" / "observations.csv"
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        later = tuple(f"energy_consumption,{REGION},{year}," for year in (2021, 2022))
        path.write_text("".join(row for row in rows if not row.startswith(later)), encoding="utf-8")
        short = decomposition.kaya(Catalog(tables), REGION).query("period == '14FYP'")
        assert short["factor"].tolist() == ["population", "gdp_per_head", "co2_per_gdp"]
        assert short["start"].iloc[0] == 2020
        assert set(short["status"]) == {"adjusted"}

    def test_a_period_on_published_figures_cites_no_estimate(self, table: pd.DataFrame) -> None:
        rows = table[table["period"] == "11FYP"]
        assert set(rows["status"]) == {"reported"}
        assert not any(source.startswith("own_") for source in rows["sources"].iloc[0].split())


class TestFields:
    def test_fields_add_up_to_the_total(self, catalog: Catalog) -> None:
        fields, total = decomposition.fields(catalog, REGION), decomposition.kaya(catalog, REGION)
        change = fields.groupby("period")["effect_mt"].sum()
        assert change.to_dict() == pytest.approx(total.groupby("period")["effect_mt"].sum().to_dict(), abs=1e-9)

    def test_energy_drove_the_11th_plan(self, catalog: Catalog) -> None:
        rows = decomposition.fields(catalog, REGION).query("period == '11FYP'")
        changes = rows.groupby("item")["effect_mt"].sum()
        assert changes.idxmax() == "energy"
        assert changes["energy"] == pytest.approx(71.70, abs=0.01)

    def test_gdp_has_the_same_ratio_in_every_field(self, catalog: Catalog) -> None:
        rows = decomposition.fields(catalog, REGION).query("period == '12FYP' and factor == 'gdp'")
        assert rows["effect_ratio"].to_numpy() == pytest.approx(1.48429, abs=1e-5)


class TestPower:
    def test_golden_effects(self, catalog: Catalog) -> None:
        rows = decomposition.power(catalog, REGION).query("period == '12FYP'").set_index("factor")["effect_mt"]
        golden = {
            "electricity_use": 53.51,
            "own_generation": -17.02,
            "thermal_share": -20.45,
            "co2_per_thermal_kwh": -15.92,
        }
        assert rows.to_dict() == pytest.approx(golden, abs=0.01)

    def test_a_year_that_is_not_known_is_replaced_by_the_last_known_one(self, catalog: Catalog) -> None:
        years = pd.Index([2015, 2018, 2019, 2022])
        assert decomposition._spans(catalog, years) == [
            ("13FYP", 2015, 2019),
            ("14FYP", 2019, 2022),
        ]

    def test_a_plan_without_a_year_near_its_base_has_no_period(self, catalog: Catalog) -> None:
        spans = decomposition._spans(catalog, pd.Index([2010, 2018, 2022]))
        assert spans == [("14FYP", 2018, 2022)]


class TestDecoupling:
    def test_golden_states(self, catalog: Catalog) -> None:
        rows = decomposition.decoupling(catalog, REGION).set_index(["quantity", "period"])
        assert list(rows.reset_index()[decomposition.STATES].columns) == decomposition.STATES
        assert rows.loc[("co2_total", "11FYP"), "elasticity"] == pytest.approx(0.5467, abs=1e-4)
        assert rows.loc[("co2_total", "12FYP"), "state"] == "weak"
        assert rows.loc[("energy_consumption", "12FYP"), "state"] == "weak"
        assert rows.loc[("energy_consumption", "13FYP"), "status"] == "reported"
        assert rows.loc[("energy_consumption", "14FYP"), "elasticity"] == pytest.approx(18.05 / 11.86, abs=0.002)
        assert rows.loc[("energy_consumption", "14FYP"), "state"] == "expansive_negative"

    def test_no_state_where_the_interval_lies_in_several(self, catalog: Catalog) -> None:
        rows = decomposition.decoupling(catalog, REGION).query("quantity == 'co2_total'").set_index("period")
        assert rows["state"].to_dict() == {
            "11FYP": "weak",
            "12FYP": "weak",
            "13FYP": decomposition.NOT_SIGNIFICANT,
            "14FYP": decomposition.NOT_CERTAIN,
        }
        for row in rows.itertuples():
            states = {decomposition._tapio_state(limit, row.gdp_change_pct) for limit in (row.lo95_pct, row.hi95_pct)}
            assert (len(states) == 1) == (row.state == "weak")

    def test_energy_has_no_interval(self, catalog: Catalog) -> None:
        rows = decomposition.decoupling(catalog, REGION).query("quantity == 'energy_consumption'")
        assert rows["lo95_pct"].isna().all()
        assert not set(rows["state"]) & {decomposition.NOT_SIGNIFICANT, decomposition.NOT_CERTAIN}

    def test_every_state_has_a_word(self, catalog: Catalog) -> None:
        words = set(catalog.read("words")["id"])
        assert {f"decoupling_{state}" for state in decomposition.decoupling(catalog, REGION)["state"]} <= words


@pytest.mark.parametrize("run", [*RUNS.values(), decomposition.decoupling])
def test_a_region_without_growth_rates_is_named(catalog: Catalog, run: object) -> None:
    assert callable(run)
    with pytest.raises(ProjectError, match="540000"):
        run(catalog, "540000")
