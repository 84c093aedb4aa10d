"""What changed is what the tables hold: the latest `after` of a revision is the figure of today."""

from __future__ import annotations

import pytest

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, observations


def today(catalog: Catalog, table: str, series: str, region: str, year: int, unit: str) -> float:
    if table == "inventory":
        return float(emissions.series(catalog, region, series).set_index("year").at[year, "co2_mt"])
    known = catalog.read("indicators").set_index("id").at[series, "unit"]
    value = observations.yearly(catalog, series, region).set_index("year").at[year, "value"]
    return float(value) * units.factor(catalog, known, unit)


def test_the_latest_revision_of_a_figure_is_the_figure_of_today(live: Catalog) -> None:
    rows = live.read("revisions").sort_values("date", kind="stable")
    latest = rows.drop_duplicates(["table", "series", "region", "year"], keep="last")
    found = {
        tuple(row[1:6]): (row.after, today(live, row.table, row.series, row.region, int(row.year), row.unit))
        for row in latest.itertuples()
    }
    wrong = {key: pair for key, pair in found.items() if pair[0] != pytest.approx(pair[1], rel=1e-4, abs=6e-5)}
    assert wrong == {}


def test_every_reason_is_given_in_both_languages(live: Catalog) -> None:
    rows = live.read("revisions")
    assert rows["reason_zh"].str.endswith("。").all()
    assert (rows["reason_en"].str.strip() != "").all()
    assert set(rows["source_id"]) <= set(live.read("sources")["id"])
