"""The whole check of the tables: every part of it finds its error, asked at once or kept, and only good tables pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.data import check
from tanfeng.data.catalog import Catalog
from tanfeng.publishing import validate


def replace(root: Path, name: str, old: str, new: str) -> None:
    path = root / "data" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def cut(root: Path, name: str, start: str) -> None:
    """Remove the rows that begin so."""
    path = root / "data" / name
    lines = path.read_text(encoding="utf-8").split("\n")
    fewer = [line for line in lines if not line.startswith(start)]
    assert len(fewer) < len(lines)
    path.write_text("\n".join(fewer), encoding="utf-8")


def append(root: Path, name: str, text: str) -> None:
    with (root / "data" / name).open("a", encoding="utf-8") as file:
        file.write(text)


BREAKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "schema": (lambda root: replace(root, "plans.csv", ",2005,2006,", ",x,2006,"), "data/plans.csv, row 2"),
    "link": (lambda root: cut(root, "sources.csv", "nbs_annual_2026,"), "found 'nbs_annual_2026'"),
    "slip": (lambda root: replace(root, "targets.csv", ",2025,4.45,", ",2025,44.5,"), "data/targets.csv"),
    "frozen outlook": (lambda root: append(root, "vintages/outlook_2026-11.csv", "\n"), "file is never changed"),
    "lever": (
        lambda root: replace(root, "levers.csv", "nuclear,energy,2027", "nuclear,energy,"),
        "first_year is empty",
    ),
    "correction": (lambda root: replace(root, "corrections.yaml", "year: ", "year: 1"), "data/corrections.yaml"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_every_part_finds_its_error_also_if_it_is_kept(tables: Path, name: str) -> None:
    change, words = BREAKS[name]
    change(tables)
    found = validate.errors(Catalog(tables))
    assert any(words in line for line in found), found
    assert validate.errors(Catalog(tables), ask=check.kept) == found


def test_good_tables_pass_either_way(tables: Path) -> None:
    assert validate.errors(Catalog(tables)) == []
    assert validate.errors(Catalog(tables), ask=check.kept) == []


def test_slips_are_not_looked_for_beside_a_broken_table(tables: Path) -> None:
    replace(tables, "targets.csv", ",2025,4.45,", ",2025,44.5,")
    assert validate.errors(Catalog(tables), ["targets"]) != []
    replace(tables, "rules.csv", ",true,", ",maybe,")
    assert validate.errors(Catalog(tables), ["targets"]) == []
