"""Other inventories stand beside this one, and never in its place."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, other_inventories
from tanfeng.pages import usage_warnings


class TestCompare:
    def test_golden_differences(self, catalog: Catalog) -> None:
        rows = other_inventories.compare(catalog, "330000").set_index(["dataset", "year"])["difference_pct"]
        golden = {
            ("carbon_monitor", 2019): 8.9,
            ("city_sum", 2017): 17.1,
            ("county_sum", 1997): 1.6,
            ("cui_daily", 2019): 36.3,
            ("province_panel", 2000): -23.8,
        }
        assert {key: round(float(rows[key]), 1) for key in golden} == golden

    def test_annual_sums_as_published(self, catalog: Catalog) -> None:
        rows = catalog.read("other_inventories").query("region == '330000'")
        rows = rows.set_index(["dataset", "year", "sector"])["co2_mt"]
        assert rows["carbon_monitor", 2024, "total"] == 442.827
        assert rows["city_sum", 2019, "total"] == 418.29
        assert ("carbon_monitor", 2025, "total") not in rows.index

    def test_the_nation_by_two_inventories(self, catalog: Catalog) -> None:
        rows = other_inventories.monitor_of_nation(catalog).set_index("year")
        assert rows.loc[[2021, 2022]].round(1).to_numpy().tolist() == [[-5.3, 5.0], [7.0, -0.9]]
        assert not rows.isna().any(axis=None)

    def test_sectors_of_an_inventory_add_up(self, catalog: Catalog) -> None:
        rows = catalog.read("other_inventories").query("dataset == 'cui_daily'")
        for _, year in rows.groupby("year"):
            total = year.set_index("sector")["co2_mt"]
            assert total["total"] == pytest.approx(total.drop("total").sum(), abs=0.01)

    def test_ours_is_the_corrected_inventory(self, catalog: Catalog) -> None:
        rows = other_inventories.compare(catalog, "330000").set_index("year")
        totals = emissions.series(catalog, "330000", "total").set_index("year")["co2_mt"]
        for year in (1997, 2005, 2019, 2022):
            assert set(rows.loc[[year], "ours_mt"]) == {totals[year]}
        assert rows.loc[[2024], "ours_mt"].isna().all()
        assert rows.loc[[2024], "difference_pct"].isna().all()

    def test_the_spread_holds_every_figure(self, catalog: Catalog) -> None:
        rows = other_inventories.compare(catalog, "330000")
        assert (rows["lowest_mt"] <= rows["co2_mt"]).all()
        assert (rows["highest_mt"] >= rows["co2_mt"]).all()
        known = rows.dropna(subset="ours_mt")
        assert (known["lowest_mt"] <= known["ours_mt"]).all()
        assert (known["highest_mt"] >= known["ours_mt"]).all()
        assert rows.groupby("year")[["lowest_mt", "highest_mt", "spread_pct"]].nunique().eq(1).all(axis=None)

    def test_spread_by_year(self, catalog: Catalog) -> None:
        rows = other_inventories.spread(catalog, "330000").set_index("year")
        assert rows.index.is_unique
        assert rows.at[2019, "spread_pct"] == pytest.approx(100 * (520.033 / 381.41 - 1), abs=0.05)
        assert (rows.at[2024, "inventories"], rows.at[2024, "spread_pct"]) == (1, 0.0)

    def test_a_region_without_others(self, catalog: Catalog) -> None:
        assert other_inventories.compare(catalog, "110000").columns.tolist() == other_inventories.COLUMNS
        assert other_inventories.compare(catalog, "110000").empty
        assert other_inventories.spread(catalog, "110000").empty

    def test_no_figure_of_the_inventory_changes_with_them(self, catalog: Catalog, tables: Path) -> None:
        path = tables / "data" / "other_inventories.csv"
        path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
        without = emissions.series(Catalog(tables), "330000", "total")
        pd.testing.assert_frame_equal(without, emissions.series(catalog, "330000", "total"))


@pytest.mark.parametrize(("lang", "name"), [("zh", "县级排放合计"), ("en", "Sum of counties")])
def test_their_names_in_both_languages(catalog: Catalog, lang: str, name: str) -> None:
    first = other_inventories.compare(catalog, "330000").iloc[0]
    assert usage_warnings.series_name(catalog, "other_inventories", first["dataset"], lang) == name


def test_every_data_set_has_a_name(live: Catalog) -> None:
    assert set(live.read("other_inventories")["dataset"]) == set(usage_warnings.DATASETS)
