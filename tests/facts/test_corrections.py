from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts.corrections import apply_correction, check_corrections, read_corrections
from tanfeng.facts.emissions import emissions


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
