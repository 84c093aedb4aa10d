"""Golden numbers of the Zhejiang inventory (CEADs; the correction of 2022 is in data/corrections.yaml)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.data.check import check_tables
from tanfeng.facts.emissions import apply_correction, check_corrections, emissions, read_corrections, series, sources

TOTALS = {1997: 115.43, 2005: 255.82, 2010: 361.1, 2019: 381.41, 2022: 439.5}


@pytest.mark.parametrize(("year", "total"), TOTALS.items())
def test_totals(catalog: Catalog, year: int, total: float) -> None:
    assert series(catalog, "330000", "total").set_index("year").at[year, "co2_mt"] == pytest.approx(total, abs=0.05)


def test_total_of_2022_as_published(catalog: Catalog) -> None:
    totals = emissions(catalog, "330000", by="total", corrections=False).set_index("year")
    assert totals.at[2022, "co2_mt"] == pytest.approx(460.89, abs=0.05)
    assert totals.at[2022, "status"] == "reported"


def test_fields_of_2022_after_correction(catalog: Catalog) -> None:
    fields = emissions(catalog, "330000").query("year == 2022").set_index("field")["co2_mt"]
    expected = {
        "agriculture": 6.4287,
        "buildings": 12.0744,
        "energy": 302.663,
        "industry": 69.6804,
        "residential": 19.9512,
        "transport": 28.7186,
    }
    assert fields.to_dict() == pytest.approx(expected, abs=0.005)


def test_estimates_say_that_they_are_estimates(catalog: Catalog) -> None:
    rows = emissions(catalog, "330000").set_index(["year", "field"])["status"]
    assert set(rows[2020].drop("transport")) == {"estimate"}
    assert rows[2021, "transport"] == "reported"
    totals = emissions(catalog, "330000", by="total").set_index("year")["status"]
    assert (totals[2019], totals[2020], totals[2021], totals[2022]) == ("reported", "estimate", "estimate", "adjusted")


def test_no_total_for_a_year_with_one_field_only(catalog: Catalog) -> None:
    assert 2023 in set(series(catalog, "330000", "energy")["year"])
    assert 2023 not in set(series(catalog, "330000", "total")["year"])


@pytest.mark.parametrize("by", ["detail", "subsector", "fuel_group", "field"])
def test_every_breakdown_adds_up_to_the_total(live: Catalog, by: str) -> None:
    total = emissions(live, "330000", by="total").set_index("year")["co2_mt"]
    sums = emissions(live, "330000", by=by).groupby("year")["co2_mt"].sum()
    assert sums.loc[total.index].to_numpy() == pytest.approx(total.to_numpy(), rel=1e-12)


def test_cement_process_per_tonne_of_cement(catalog: Catalog) -> None:
    process = (
        emissions(catalog, "330000", by="detail").query("fuel_group == 'cement_process'").set_index("year")["co2_mt"]
    )
    cement = (
        catalog.read("observations")
        .query("indicator == 'cement_output' and region == '330000'")
        .set_index("period")["value"]
    )
    assert 100 * process[2010] / cement["2010"] == pytest.approx(0.2906, abs=5e-4)


def test_unknown_region_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="999999"):
        emissions(catalog, "999999")


def test_unknown_breakdown_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="colour"):
        emissions(catalog, "330000", by="colour")


def test_local_emissions_replace_the_whole_breakdown_of_a_field(tables: Path) -> None:
    row = "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n"
    row += "330000,2019,transport,all,all,50,reported,ceads_provinces_2022,,\n"
    (tables / "data" / "local").mkdir()
    (tables / "data" / "local" / "inventory.csv").write_text(row, encoding="utf-8")
    local = Catalog(tables)
    assert check_tables(local) == []
    assert series(local, "330000", "transport").set_index("year").at[2019, "co2_mt"] == 50


def test_one_figure_beside_its_breakdown_is_refused(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "330000,2019,transport,all,all,50,reported,ceads_provinces_2022,,\n",
        encoding="utf-8",
    )
    (problem,) = check_tables(Catalog(tables))
    assert "beside a breakdown of 330000, 2019, transport" in problem.found


def test_sources_name_estimates_and_corrections(catalog: Catalog) -> None:
    assert {"own_lpg_feedstock", "own_gapfill_power"} <= set(sources(catalog, "330000"))
    assert "own_lpg_feedstock" not in sources(catalog, "330000", "transport")


def test_the_correction_touches_only_its_rows(catalog: Catalog) -> None:
    before = emissions(catalog, "330000", by="detail", corrections=False)
    after = emissions(catalog, "330000", by="detail")
    published = after["status"] != "estimate"  # estimates follow the years they lie between
    before, after = before[published], after[published]
    changed = before["co2_mt"] != after["co2_mt"]
    assert set(after.loc[changed, "status"]) == {"adjusted"}
    assert set(after.loc[changed, "fuel_group"]) == {"lpg"}
    assert set(after.loc[changed, "year"]) == {2022}
    assert (before["co2_mt"] - after["co2_mt"]).sum() == pytest.approx(21.37, abs=0.01)


def test_a_mended_source_is_noticed(catalog: Catalog) -> None:
    rows = catalog.read("inventory")
    rows["co2_mt"] *= 0.5
    with pytest.raises(ProjectError, match="has the source in inventory been mended"):
        apply_correction(rows, read_corrections(catalog.root)[0])


def test_an_entry_with_an_unknown_part_is_named(tables: Path) -> None:
    path = tables / "data" / "corrections.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  colour: red\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"corrections\.yaml.*colour"):
        read_corrections(tables)


def test_a_correction_that_finds_no_rows_is_named(tables: Path) -> None:
    path = tables / "data" / "corrections.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("year: 2022", "year: 2012"), encoding="utf-8")
    with pytest.raises(ProjectError, match="lpg_feedstock_2022"):
        check_corrections(Catalog(tables))


def test_every_shipped_correction_finds_what_it_expects(live: Catalog) -> None:
    check_corrections(live)
