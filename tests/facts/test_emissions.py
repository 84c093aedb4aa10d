"""Golden numbers of the Zhejiang inventory (CEADs; what is corrected is in data/corrections.yaml)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts.corrections import apply_correction, check_corrections, read_corrections
from tanfeng.facts.emissions import emissions, series, sources
from tests.conftest import mistakes

TOTALS = {1997: 115.43, 2005: 255.82, 2010: 361.12, 2019: 381.41, 2020: 374.23, 2021: 428.51, 2022: 440.67}
PUBLISHED = {2020: 386.97, 2021: 442.20, 2022: 460.90}


@pytest.mark.parametrize(("year", "total"), TOTALS.items())
def test_totals(catalog: Catalog, year: int, total: float) -> None:
    assert series(catalog, "330000", "total").set_index("year").at[year, "co2_mt"] == pytest.approx(total, abs=0.006)


Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("year", PUBLISHED)
def test_totals_as_published(catalog: Catalog, year: int) -> None:
    totals = emissions(catalog, "330000", by="total", corrections=False).set_index("year")
    assert totals.at[year, "co2_mt"] == pytest.approx(PUBLISHED[year], abs=0.006)
    assert totals.at[year, "status"] == "reported"


def test_fields_of_2022_after_correction(catalog: Catalog) -> None:
    fields = emissions(catalog, "330000").query("year == 2022").set_index("field")["co2_mt"]
    expected = {
        "agriculture": 6.4287,
        "buildings": 12.0744,
        "energy": 303.9673 - 1.3347 + 0.1006,
        "industry": 89.7546 - 20.5423 + 1.5489,
        "residential": 19.9512,
        "transport": 28.7186,
    }
    assert fields.to_dict() == pytest.approx(expected, abs=0.005)


def test_corrected_figures_say_that_they_are_adjusted(catalog: Catalog) -> None:
    rows = emissions(catalog, "330000").set_index(["year", "field"])["status"]
    assert {name for name, status in rows[2020].items() if status == "adjusted"} == {"energy", "industry"}
    assert rows[2021, "transport"] == "reported"
    totals = emissions(catalog, "330000", by="total").set_index("year")["status"]
    assert (totals[2019], totals[2020], totals[2021], totals[2022]) == ("reported", "adjusted", "adjusted", "adjusted")


def test_no_total_for_a_year_with_one_field_only(tables: Path) -> None:
    local = tables / "data" / "local"
    local.mkdir(exist_ok=True)
    (local / "inventory.csv").write_text(
        "region,year,field,subsector,fuel_group,co2_mt,status,source_id,note_zh,note_en\n"
        "330000,2023,energy,all,all,314,reported,ceads_provinces_2022,,\n",
        encoding="utf-8",
    )
    assert 2023 in set(series(Catalog(tables), "330000", "energy")["year"])
    assert 2023 not in set(series(Catalog(tables), "330000", "total")["year"])


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
    assert mistakes(local) == []
    assert series(local, "330000", "transport").set_index("year").at[2019, "co2_mt"] == 50


def test_one_figure_beside_its_breakdown_is_refused(tables: Path) -> None:
    path = tables / "data" / "inventory.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "330000,2019,transport,all,all,50,reported,ceads_provinces_2022,,\n",
        encoding="utf-8",
    )
    (problem,) = mistakes(Catalog(tables))
    assert "beside a breakdown of 330000, 2019, transport" in problem.found


def test_sources_name_corrections(catalog: Catalog) -> None:
    assert "own_lpg_feedstock" in sources(catalog, "330000")
    assert "own_lpg_feedstock" not in sources(catalog, "330000", "transport")


def test_the_correction_touches_only_its_rows(catalog: Catalog) -> None:
    before = emissions(catalog, "330000", by="detail", corrections=False)
    after = emissions(catalog, "330000", by="detail")
    published = after["status"] != "estimate"  # estimates follow the years they lie between
    before, after = before[published], after[published]
    changed = before["co2_mt"] != after["co2_mt"]
    assert set(after.loc[changed, "status"]) == {"adjusted"}
    assert set(after.loc[changed, "fuel_group"]) == {"lpg"}
    taken = (before["co2_mt"] - after["co2_mt"])[changed].groupby(after["year"]).sum()
    assert taken.to_dict() == pytest.approx({2020: 12.74, 2021: 13.69, 2022: 20.23}, abs=0.01)


@pytest.mark.parametrize(("region", "year", "added"), [("360000", 2022, 23.53), ("370000", 2021, -9.72)])
def test_an_amount_is_added_to_the_sum_of_a_field(catalog: Catalog, region: str, year: int, added: float) -> None:
    after, before = (emissions(catalog, region, corrections=one).set_index(["year", "field"]) for one in (True, False))
    moved = (after["co2_mt"] - before["co2_mt"]).loc[year]
    assert moved.sum() == pytest.approx(added, abs=0.01)
    assert set(after.loc[year].loc[moved != 0, "status"]) == {"adjusted"}
    assert set(after.loc[year].loc[moved == 0, "status"]) == {"reported"}


def test_an_amount_for_several_rows_is_refused(catalog: Catalog) -> None:
    one = replace(read_corrections(catalog.root)[0], multiply=None, add={"industry": -12.5398, "energy": -0.2041})
    with pytest.raises(ProjectError, match=r"lpg_feedstock_2020, add: (industry|energy) has \d+ rows; expected one"):
        apply_correction(catalog.read("inventory"), one)


def test_a_mended_source_is_noticed(catalog: Catalog) -> None:
    rows = catalog.read("inventory")
    rows["co2_mt"] *= 0.5
    with pytest.raises(ProjectError, match="has the source in inventory been mended"):
        apply_correction(rows, read_corrections(catalog.root)[0])


SLIPS = {
    "a slip by ten": (("multiply: 0.0241", "multiply: 0.241"), r"after: energy sums to 0.0504, expected 0.0050"),
    "a sign": (("multiply: 0.0241", "multiply: -1"), "after: energy sums to -0.2091, expected 0.0050"),
    "a unit": (("multiply: 0.0241", "multiply: 1000"), "after: energy sums to"),
    "a word": (("multiply: 0.0241", "multiply: true"), "entry 1, multiply: found True; expected a finite number"),
    "no number": (("multiply: 0.0241", "multiply: .nan"), "entry 1, multiply: found nan; expected a finite number"),
    "no end": (("multiply: 0.0241", "multiply: .inf"), "entry 1, multiply: found inf; expected a finite number"),
    "a text": (
        ("multiply: 0.0241", "multiply: '0.0241'"),
        "entry 1, multiply: found '0.0241'; expected a finite number",
    ),
    "an unknown table": (("table: inventory", "table: inventry"), "entry 1, table: found 'inventry'; expected a table"),
    "an unknown column": (("column: co2_mt", "column: co2"), "entry 1, column: found 'co2'; expected a column of num"),
    "an unknown key": (("fuel_group: lpg", "fuel: lpg"), "entry 1, where: found 'fuel'; expected columns of inventory"),
    "an unknown source": (("own_lpg_feedstock", "own_lpg"), "source_id: found 'own_lpg'; expected a source of"),
    "an unknown part": (
        ("tolerance: 0.001", "tolerance: 0.001\n  colour: red"),
        "entry 1, colour: found 'red'; expected no",
    ),
    "a part left out": (("tolerance: 0.001", ""), "entry 1, tolerance: found None; expected a finite number"),
    "a guard without end": (
        ("tolerance: 0.001", "tolerance: .inf"),
        "entry 1, tolerance: found inf; expected a finite",
    ),
    "a wide guard": (("tolerance: 0.001", "tolerance: 5"), "entry 1, tolerance: found 5; expected at most 0.002091"),
    "a sum that is no number": (("energy: 0.2091", "energy: .nan"), "entry 1, expect: found .*expected fields with"),
    "a field left out": ((", energy: 0.2091", ""), "entry 1, after: found .*expected the fields of expect: industry"),
    "another status": (
        ("status: adjusted", "status: reported"),
        "entry 1, status: found 'reported'; expected adjusted",
    ),
    "another year": (("year: 2020,", "year: 2012,"), "expect: energy sums to 0.0061, expected 0.2091; has the source"),
    "rows that are not there": (("year: 2020,", "year: 1920,"), "entry 1, where: found .*expected rows that are in"),
    "an amount": (
        ("add: {industry: 23.5314}", "add: {industry: 2.3531}"),
        "after: industry sums to 61.7051, expected 82",
    ),
    "a sum before": (
        ("expect: {industry: 59.3520}", "expect: {industry: 95.3520}"),
        "industry sums to 59.3520, expected 95",
    ),
    "an amount left out": (
        (", energy: -3.0246", ""),
        "entry 5, add: found .*expected the fields of expect: industry, e",
    ),
    "both ways": (
        ("add: {industry: 23", "multiply: 1.4\n  add: {industry: 23"),
        "entry 4: found .*one of multiply and add",
    ),
    "neither way": (("  add: {industry: 23.5314}\n", ""), "entry 4: found .*expected one of multiply and add"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_correction_fails_the_check_and_is_named(tables: Path, run: Run, name: str) -> None:
    change, said = SLIPS[name]
    path = tables / "data" / "corrections.yaml"
    content = path.read_text(encoding="utf-8")
    assert change[0] in content
    path.write_text(content.replace(*change, 1), encoding="utf-8")
    with pytest.raises(ProjectError, match=said):
        check_corrections(Catalog(tables))
    status, out, err = run("data", "check", "inventory", cwd=tables)
    assert status in {1, 2}
    assert re.search(said, " ".join((out + err).split()))


@pytest.mark.parametrize("content", ["", "[]", "# none\n", "x: 1\n", "- 5\n", "- [\n", None])
def test_a_file_emptied_or_removed_is_told(tables: Path, run: Run, content: str | None) -> None:
    path = tables / "data" / "corrections.yaml"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    status, out, err = run("data", "check", "inventory", cwd=tables)
    assert status in {1, 2}
    assert "data/corrections.yaml" in out + err


def test_a_name_that_stands_twice_is_told(tables: Path) -> None:
    path = tables / "data" / "corrections.yaml"
    path.write_text(2 * path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ProjectError, match=r"entry \d+, id: found 'lpg_feedstock_2020'; expected an id of its own"):
        read_corrections(tables)


def test_every_shipped_correction_finds_what_it_expects(live: Catalog) -> None:
    check_corrections(live)
