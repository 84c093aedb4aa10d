"""Key emitters and tiles on a page: what they explain adds up, targets are judged, every province has its tile."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import league, sites
from tanfeng.pages.charts import league as league_charts
from tanfeng.pages.reports import city, emitters
from tests.conftest import OFFICE

CITY = "330200"


def supplied(tables: Path, co2_t: str) -> Catalog:
    """Give a plant reported emissions and a target of 20 Mt."""
    folder = tables / "data" / "local"
    folder.mkdir(exist_ok=True)
    (folder / "sources.csv").write_text(OFFICE, encoding="utf-8")
    row = {"site": "beilun", "year": "2018", "co2_t": co2_t, "co2_target_t": "20000000", "status": "internal"}
    columns = Catalog(tables).tables["site_figures"].columns
    rows = pd.DataFrame([{**row, "source_id": "office_list"}]).reindex(columns=columns)
    rows.to_csv(folder / "site_figures.csv", index=False)
    return Catalog(tables)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_shares_of_a_city_add_up_to_its_inventory(catalog: Catalog, lang: str) -> None:
    rows = emitters.explained(catalog, CITY)
    assert rows["share_pct"][rows["row"] != "whole"].sum() == pytest.approx(100)
    assert rows["row"].tolist()[-2:] == ["left", "whole"]
    shown = emitters.PARTS.table(catalog, rows, lang, "C").rows
    assert shown[-1]["name"]["text"] == {"zh": "全市", "en": "City"}[lang]
    assert all(row["name"]["text"] for row in shown)


def test_key_figures_say_what_the_largest_explain(catalog: Catalog) -> None:
    rows = city.key_figures(catalog, CITY).set_index("id")["value"]
    curve = sites.concentration(catalog, CITY)
    assert rows["sites_largest_share"] == pytest.approx(curve.at[int(rows["sites_largest"]) - 1, "explained_pct"]), (
        "of the inventory, not of the sites"
    )
    assert rows["sites_share"] + rows["sites_left_share"] == pytest.approx(100)
    assert rows["sites"] == len(curve), "what may be one plant counts once"


@pytest.mark.parametrize(("co2_t", "met"), [("19000000", "met"), ("21000000", "missed")])
def test_a_target_is_judged_by_what_was_reported_only(tables: Path, catalog: Catalog, co2_t: str, met: str) -> None:
    mine = supplied(tables, co2_t)
    rows = emitters.emitters(mine, CITY).set_index("id")["met"]
    assert rows["beilun"] == met
    assert set(rows.drop("beilun")) == {""}, "no target, or an estimate: no verdict"
    headings = {
        which: [head.key for head in emitters.SITES.table(which, emitters.emitters(which, CITY), "zh", "C").columns]
        for which in (mine, catalog)
    }
    assert ("met" in headings[mine], "met" in headings[catalog]) == (True, False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_note_names_year_and_doubt(catalog: Catalog, lang: str) -> None:
    rows = emitters.emitters(catalog, CITY)
    said = emitters.note(catalog, rows, lang)
    assert str(int(rows["as_of"].max())) in said
    assert rows.set_index("id").at["yuyao_gas", lang] in said
    alone = rows.assign(source_id="office_list", basis=sites.SUPPLIED, same_as="")
    assert emitters.note(catalog, alone, lang) == "", "of figures of an office it says nothing"


def test_what_is_asked_for_is_in_words(catalog: Catalog) -> None:
    chase = sites.chase(catalog, CITY)
    shown = emitters.CHASE.table(catalog, chase, "zh", "C").rows
    assert len(shown) == len(chase)
    assert {row["missing"]["text"] for row in shown} == {"所在县（市、区）、上报数据、目标", "上报数据、目标"}


def test_a_region_without_sites(catalog: Catalog) -> None:
    with pytest.raises(Absent):
        emitters.emitters(catalog, "320100")
    assert emitters.figures(catalog, "320000") == []


def test_every_province_has_a_tile_of_its_own(live: Catalog) -> None:
    rows = live.read("regions")
    tiles = rows.dropna(subset=["tile_column", "tile_row"])
    assert set(tiles["id"]) == set(rows[rows["level"] == "province"]["id"])
    assert not tiles.duplicated(["tile_column", "tile_row"]).any()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tiles_in_words_name_the_three_highest_and_lowest(catalog: Catalog, lang: str) -> None:
    found = league.standings(catalog, "per_head")
    alt = league_charts.tiles(catalog, found, "330000", lang).alt
    order = found.rows.sort_values("value")["region"].tolist()
    named = [catalog.label("regions", one, lang) for one in [*order[:-4:-1], *order[:3]]]
    places = [re.search(rf"(?<!\w){name}" if lang == "en" else name, alt) for name in named]
    assert all(places)
    assert [place.start() for place in places if place] == sorted(place.start() for place in places if place)
