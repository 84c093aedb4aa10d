"""What the tables hold: the status of the main series by year, indicators, counts by status and grade, warnings."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import coverage, emissions, usage_warnings
from tanfeng.facts.observations import yearly

REGION = "330000"


@pytest.fixture(scope="module")
def main(catalog: Catalog) -> pd.DataFrame:
    return coverage.main_series(catalog, REGION)


def test_every_series_has_every_year_once(main: pd.DataFrame) -> None:
    assert main["year"].agg(["min", "max"]).tolist() == [2000, 2025]
    assert not main.duplicated(["table", "series", "year"]).any()
    assert (main.groupby(["table", "series"])["year"].count() == 26).all()
    assert set(main["status"]) <= {"reported", "adjusted", "estimate", coverage.NONE}


def test_fields_stay_together_and_the_province_comes_first(main: pd.DataFrame) -> None:
    fields = main["field"].tolist()
    changes = sum(one != other for one, other in itertools.pairwise(fields))
    assert fields[0] == "total"
    assert changes == len(set(fields)) - 1


@pytest.mark.parametrize("name", coverage.DRIVERS)
def test_the_status_is_that_of_the_figure(catalog: Catalog, main: pd.DataFrame, name: str) -> None:
    known = yearly(catalog, name, REGION).set_index("year")["status"]
    shown = main.query("table == 'observations' and series == @name").set_index("year")["status"]
    assert shown[shown != coverage.NONE].to_dict() == known[known.index >= 2000].to_dict()


def test_emissions_of_the_latest_years(main: pd.DataFrame) -> None:
    rows = main.query("table == 'inventory' and year >= 2019").pivot_table(
        index="series", columns="year", values="status", aggfunc="first"
    )
    assert rows.loc["transport"].tolist() == ["reported"] * 4 + [coverage.NONE] * 3
    assert rows.loc["industry"].tolist() == ["reported", *["adjusted"] * 3, *[coverage.NONE] * 3]
    assert set(rows[2023]) == {coverage.NONE}


def test_years_can_be_chosen(catalog: Catalog) -> None:
    rows = coverage.main_series(catalog, REGION, 2010, 2012)
    assert sorted(rows["year"].unique()) == [2010, 2011, 2012]


class TestIndicators:
    def test_every_indicator_has_a_row_and_every_figure_counts(self, catalog: Catalog) -> None:
        rows = coverage.by_indicator(catalog, REGION)
        assert sorted(rows["indicator"]) == sorted(catalog.read("indicators")["id"])
        assert rows["figures"].sum() == len(catalog.read("observations").query("region == @REGION"))
        assert rows.columns.tolist() == coverage.COVERED
        assert not (rows["figures"].diff() > 0)[rows["figures"].shift() == 0].any(), "those without figures come last"

    def test_energy_consumption(self, catalog: Catalog) -> None:
        row = coverage.by_indicator(catalog, REGION).set_index("indicator").loc["energy_consumption"]
        assert (row["first_year"], row["last_year"], row["years"], row["share_pct"]) == (1998, 2022, 25, 100.0)
        assert (row["best_status"], row["statuses"]) == ("reported", "reported")

    def test_an_undated_figure_has_no_year(self, catalog: Catalog) -> None:
        undated = catalog.read("observations").query("region == @REGION and period == 'undated'")
        alone = [name for name, one in undated.groupby("indicator")]
        rows = coverage.by_indicator(catalog, REGION).set_index("indicator").loc[alone]
        assert len(alone) > 0
        assert (rows["figures"] > 0).all()

    def test_a_region_without_figures(self, catalog: Catalog) -> None:
        without = set(catalog.read("regions")["id"]) - set(catalog.read("observations")["region"])
        rows = coverage.by_indicator(catalog, min(without))
        assert rows["figures"].sum() == 0
        assert (rows["sources"] == "").all()


class TestCounts:
    def test_sums(self, catalog: Catalog) -> None:
        rows = coverage.counts(catalog, REGION)
        sums = rows.groupby("table")["all"].sum()
        emitted = emissions.emissions(catalog, REGION)
        assert sums["observations"] == len(catalog.read("observations").query("region == @REGION"))
        assert sums["inventory"] == len(emitted)
        by_status = rows.query("table == 'inventory'").set_index("status")["all"]
        assert by_status.to_dict() == emitted["status"].value_counts().to_dict()
        assert (rows[list(coverage.GRADES)].sum(axis=1) == rows["all"]).all()

    def test_the_register_counts_every_source(self, catalog: Catalog) -> None:
        rows, sources = coverage.register(catalog), catalog.read("sources")
        for grade in coverage.GRADES:
            assert rows[grade].sum() == (sources["grade"] == grade).sum()
        assert rows["all"].is_monotonic_decreasing
        assert set(rows["licence"]) == set(sources["licence"])


class TestWarnings:
    def test_of_the_region_and_of_every_province(self, catalog: Catalog) -> None:
        rows = coverage.warnings(catalog, REGION)
        every = usage_warnings.every(catalog)
        assert len(rows) == every["region"].isin([REGION, "100000"]).sum()
        order = rows["severity"].map({"high": 0, "medium": 1, "low": 2})
        assert order.is_monotonic_increasing

    @pytest.mark.parametrize("field", ["energy", "industry", "transport"])
    def test_of_a_field(self, catalog: Catalog, field: str) -> None:
        rows = coverage.warnings(catalog, REGION, field)
        known = catalog.read("indicators").set_index("id")["field"]
        assert len(rows) > 0
        assert set(rows["table"]) <= {"inventory", "observations"}
        assert set(rows.query("table == 'observations'")["series"].map(known)) == {field}
        assert set(rows.query("table == 'inventory'")["series"]) <= {field, "total", "all"}

    def test_the_break_of_industry_is_not_one_of_transport(self, catalog: Catalog) -> None:
        breaks = [
            coverage.warnings(catalog, REGION, field).query("kind == 'break' and first_year == 2016")
            for field in ("industry", "transport")
        ]
        assert [len(one) for one in breaks] == [1, 0]
