"""The key figures of every report are the facts, the outlook and the counts of verdicts."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, indicators
from tanfeng.outlook import paths
from tanfeng.pages import figures, headline
from tanfeng.pages.reports import field as field_report
from tanfeng.pages.reports import indicators as indicators_report
from tanfeng.pages.reports import province as province_report
from tanfeng.pages.reports import targets as targets_report
from tanfeng.pages.reports import technology as technology_report
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict, counts, judge

FIELDS = ["energy", "industry", "buildings", "transport", "agriculture", "residential"]


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000", "14FYP")


@pytest.fixture(scope="module")
def overview(catalog: Catalog, judged: list[Verdict]) -> pd.DataFrame:
    return headline.key_figures(catalog, "330000", judged, judged).set_index("id")


def test_columns_and_ids(overview: pd.DataFrame) -> None:
    assert overview.reset_index().columns.tolist() == figures.COLUMNS
    assert not overview.index.duplicated().any()
    assert overview["value"].notna().all()
    assert set(overview["status"]) <= {"reported", "adjusted", "estimate", "forecast"}


def test_emissions_are_those_of_the_inventory(catalog: Catalog, overview: pd.DataFrame) -> None:
    total = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
    assert overview.at["co2_latest", "value"] == total[2022] == pytest.approx(440.67, abs=0.05)
    assert (overview.at["co2_latest", "period"], overview.at["co2_latest", "status"]) == ("2022", "adjusted")
    assert overview.at["co2_2005", "value"] == pytest.approx(255.82, abs=0.05)
    for base in (2005, 2020):
        change = 100 * (total[2022] / total[base] - 1)
        assert overview.at[f"co2_change_{base}", "value"] == pytest.approx(change)
        assert overview.at[f"co2_change_{base}", "period"] == f"{base}/2022"


@pytest.mark.parametrize("year", [2025, 2030, 2035])
def test_the_outlook_with_its_interval(catalog: Catalog, overview: pd.DataFrame, year: int) -> None:
    row = paths.at(paths.fields(catalog, "330000"), "total", year)
    shown = overview.loc[f"co2_{year}"]
    assert (shown["value"], shown["lo80"], shown["hi80"]) == (row["co2_mt"], row["lo80"], row["hi80"])
    assert shown["lo80"] < shown["value"] < shown["hi80"]
    assert shown["status"] == "forecast"


def test_only_forecasts_have_an_interval(overview: pd.DataFrame) -> None:
    assert set(overview.index[overview["lo80"].notna()]) == {"co2_2025", "co2_2030", "co2_2035"}


@pytest.fixture(scope="module")
def four(catalog: Catalog) -> pd.DataFrame:
    return indicators_report.key_figures(catalog, "330000").set_index("id")


def test_the_four_indicators(four: pd.DataFrame) -> None:
    expected = {
        "energy_intensity_2015_2020": -8.26,
        "energy_intensity_2015_2019": -13.73,
        "energy_intensity_2019_2020": 6.34,
        "gdp_change": 31.98,
        "energy_latest": 291.12,
        "energy_revised_change": 34.65,  # 34599.66 over 25695.27
        "energy_intensity_revised": 7.64,  # less GDP, +31.98 % to 2025, +5.5 % in it
    }
    found = four.loc[list(expected), "value"].to_dict()
    assert found == pytest.approx(expected, abs=0.02)
    assert four.at["energy_latest", "period"] == "2022"
    assert set(four.loc[["carbon_intensity_since_2005", "carbon_intensity_since_2020"], "status"]) == {"estimate"}


def test_key_figures_of_the_four_indicators(catalog: Catalog) -> None:
    rows = indicators_report.key_figures(catalog, "330000").set_index("id")
    assert not rows.index.duplicated().any()
    expected = {
        "energy_intensity_statistical_11FYP": -19.99,
        "energy_intensity_statistical_12FYP": -20.70,
        "energy_intensity_statistical_13FYP": -8.26,
        "asked_14FYP": -14.5,
        "energy_intensity_difference_2013": -1.08,
        "gdp_revision": 3.71,
        "energy_intensity_gap": 0.12,
    }
    assert rows.loc[list(expected), "value"].to_dict() == pytest.approx(expected, abs=0.02)
    assert "energy_intensity_statistical_14FYP" not in rows.index
    assert rows.at["carbon_intensity_direct_14FYP", "period"] == "2020/2022"
    assert rows.at["co2_direct", "value"] == pytest.approx(440.67, abs=0.05)
    assert rows.at["co2_assessment", "value"] > rows.at["co2_direct", "value"]


def test_carbon_intensity_is_emissions_over_gdp(catalog: Catalog, four: pd.DataFrame) -> None:
    co2 = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
    gdp = indicators.gdp_index(catalog, "330000")
    for base in (2005, 2020):
        change = 100 * ((co2[2022] / co2[base]) / (gdp[2022] / gdp[base]) - 1)
        assert four.at[f"carbon_intensity_since_{base}", "value"] == pytest.approx(change)


def test_counts_of_verdicts(overview: pd.DataFrame, judged: list[Verdict]) -> None:
    expected = counts(judged)
    assert {name: overview.at[f"verdict_{name}", "value"] for name in VERDICTS} == expected.to_dict()
    assert overview.at["counted", "value"] == expected.sum()


@pytest.mark.parametrize("name", FIELDS)
def test_field(catalog: Catalog, judged: list[Verdict], name: str) -> None:
    rows = field_report.key_figures(
        catalog, "330000", name, [v for v in judged if v.target["field"] == name]
    ).set_index("id")
    own = emissions.series(catalog, "330000", name).set_index("year")["co2_mt"]
    total = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
    assert rows.at["co2_latest", "value"] == own.iloc[-1]
    assert rows.at["co2_latest", "period"] == str(own.index[-1])
    assert rows.at["share", "value"] == pytest.approx(100 * own[2022] / total[2022])
    assert rows.at["share", "period"] == "2022"
    subsectors = emissions.emissions(catalog, "330000", by="subsector").query("field == @name and subsector != 'all'")
    latest = subsectors[subsectors["year"] == subsectors["year"].max()]
    assert rows.at["largest", "value"] == pytest.approx(latest["co2_mt"].max())
    assert rows.at["largest", "period"] == str(latest["year"].iloc[0])
    assert rows.at["largest", "item"] in set(catalog.read("subsectors")["id"])


def test_shares_of_the_fields_add_up(catalog: Catalog, judged: list[Verdict]) -> None:
    shares = [
        field_report.key_figures(catalog, "330000", name, judged).set_index("id").at["share", "value"]
        for name in FIELDS
    ]
    assert sum(shares) == pytest.approx(100)


def test_technology(catalog: Catalog) -> None:
    own = [v for v in judge(catalog, "330000") if v.target["field"] == "technology"]
    rows = technology_report.key_figures(catalog, "330000", own).set_index("id")
    assert not rows.index.duplicated().any()
    assert (rows.at["rd_intensity_bulletin_first", "value"], rows.at["rd_intensity_bulletin_first", "period"]) == (
        2.8,
        "2020",
    )
    assert (rows.at["rd_intensity_bulletin_last", "value"], rows.at["rd_intensity_bulletin_last", "period"]) == (
        3.3,
        "2025",
    )
    assert rows.at["hitech_industry_share_last", "value"] == 67.1


def test_targets(judged: list[Verdict]) -> None:
    rows = targets_report.key_figures(judged).set_index("id")["value"]
    assert rows["rows"] == len(judged)
    assert rows["counted"] + rows["repeated"] + rows["drafts"] + rows["stretch"] == rows["rows"]
    assert sum(rows[f"verdict_{name}"] for name in VERDICTS) == rows["counted"]
    assert (rows["drafts"], rows["stretch"]) == (3, 3)


@pytest.mark.parametrize("region", ["110000", "320000", "650000"])
def test_a_province_of_the_panel(catalog: Catalog, region: str) -> None:
    rows = province_report.key_figures(catalog, region).set_index("id")
    known = emissions.series(catalog, region, "total").set_index("year")["co2_mt"]
    assert not rows.index.duplicated().any()
    assert rows["value"].notna().all()
    assert rows.at["co2_latest", "value"] == known.iloc[-1]
    assert rows.at["maximum", "value"] == known.max()
    assert rows.at["change_2005", "value"] == pytest.approx(100 * (known.iloc[-1] / known[2005] - 1))
    assert rows.filter(like="share_", axis=0)["value"].sum() == pytest.approx(100)
    assert rows.at["p_already", "value"] <= rows.at["p_by_2030", "value"] <= 100 - rows.at["p_no_peak", "value"] + 1e-9
    assert (
        rows.at["best_intensity", "value"] <= rows.at["rank_intensity", "value"] <= rows.at["worst_intensity", "value"]
    )
    ahead = rows.loc["co2_2030"]
    assert ahead["lo80"] < ahead["value"] < ahead["hi80"]
