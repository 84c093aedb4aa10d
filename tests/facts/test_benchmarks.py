"""The province beside countries: levels from the tables by hand, the conversion, and what came after peaks."""

from __future__ import annotations

import csv

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import benchmarks, indicators

REGION = "330000"


def table(catalog: Catalog, name: str) -> list[dict[str, str]]:
    with (catalog.root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("country", ["DEU", "JPN", "KOR"])
def test_co2_per_head_of_a_country_in_2019(catalog: Catalog, country: str) -> None:
    (row,) = (one for one in table(catalog, "benchmarks") if (one["country"], one["year"]) == (country, "2019"))
    by_hand = float(row["co2_mt"]) / float(row["population_million"])
    found = benchmarks.countries(catalog).set_index(["place", "year"])
    assert found.at[(country, 2019), "co2_per_head"] == pytest.approx(by_hand)
    assert by_hand == pytest.approx({"DEU": 8.467, "JPN": 8.718, "KOR": 12.613}[country], abs=0.001)
    per_gdp = 1e4 * float(row["co2_mt"]) / float(row["gdp_million_usd2017"])
    assert found.at[(country, 2019), "co2_per_gdp"] == pytest.approx(per_gdp)


def test_co2_per_head_of_zhejiang_in_2022(catalog: Catalog) -> None:
    corrected = sum(
        float(row["co2_mt"]) * (0.0754 if lpg(row) else 1.0) for row in table(catalog, "inventory") if own(row)
    )
    (people,) = (
        float(row["value"])
        for row in table(catalog, "observations")
        if (row["indicator"], row["region"], row["period"]) == ("population_resident", REGION, "2022")
    )
    found = benchmarks.province(catalog, REGION).set_index("year")
    assert found.at[2022, "co2_per_head"] == pytest.approx(corrected * 100 / people)
    assert found.at[2022, "co2_per_head"] == pytest.approx(6.700, abs=0.001)


def own(row: dict[str, str]) -> bool:
    return (row["region"], row["year"]) == (REGION, "2022")


def lpg(row: dict[str, str]) -> bool:
    """Whether the correction of feedstock touches a row."""
    return row["fuel_group"] == "lpg" and row["field"] in {"industry", "energy"}


def test_the_conversion_is_that_of_the_nation(catalog: Catalog) -> None:
    (china,) = (one for one in table(catalog, "benchmarks") if (one["country"], one["year"]) == ("CHN", "2019"))
    rows = [one for one in table(catalog, "observations") if one["indicator"] == "gdp_current_4th_census"]
    yuan = [float(one["value"]) * 1e8 for one in rows if one["period"] == "2019" and one["region"] != "100000"]
    assert len(yuan) == 30
    rate = float(china["gdp_million_usd2017"]) * 1e6 / sum(yuan)
    assert benchmarks.conversion(catalog).dollars_per_yuan == pytest.approx(rate)
    zhejiang = benchmarks.province(catalog, REGION).set_index("year")
    assert zhejiang.at[2019, "gdp_per_head"] == pytest.approx(62462 * 1e8 * rate / 6375e4 / 1e4)
    grown = indicators.gdp_index(catalog, REGION, 2019)[2025] / 100 * 6375 / 6701
    assert zhejiang.at[2025, "gdp_per_head"] == pytest.approx(zhejiang.at[2019, "gdp_per_head"] * grown)


def test_the_income_of_today_was_reached_once(catalog: Catalog) -> None:
    rows = benchmarks.at_level(catalog, REGION).set_index("place")
    today = benchmarks.province(catalog, REGION)["gdp_per_head"].iloc[-1]
    known = benchmarks.countries(catalog)
    for place, row in rows.dropna(subset=["year"]).iterrows():
        before = known[(known["place"] == place) & (known["year"] < row["year"])]
        assert row["gdp_per_head"] >= today > before["gdp_per_head"].max()
    assert rows.index[rows["year"].isna()].tolist() == ["CHN", "MYS", "THA", "VNM"]
    assert not rows["before"].any()


def test_falls_are_those_of_peaks_ten_years_ago(catalog: Catalog) -> None:
    falls = benchmarks.declines(catalog).set_index("country")
    series = {name: rows.set_index("year")["co2_mt"] for name, rows in catalog.read("benchmarks").groupby("country")}
    for country, row in falls.iterrows():
        values, peak = series[str(country)], int(row["peak_year"])
        assert values[peak] == values.max()
        assert row["change_pct"] == pytest.approx(100 * (values[peak + 10] / values[peak] - 1))
        assert (1 + row["yearly_pct"] / 100) ** 10 == pytest.approx(1 + row["change_pct"] / 100)
    left = {name: int(values.idxmax()) for name, values in series.items() if name not in falls.index}
    assert all(peak > 2011 or peak == 1970 for peak in left.values()), left


def test_a_province_without_gdp_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="540000"):
        benchmarks.province(catalog, "540000")
