"""A figure in percent is taken as a spreadsheet shows it, by every reader of tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tanfeng.data import workbook
from tanfeng.data.catalog import Catalog, read_text_table

Run = Callable[..., tuple[int, str, str]]
SOURCE = "chinanews_capacity_2024_08"
INDICATOR = "energy_intensity_change_assessment"


def sheet(catalog: Catalog, path: Path, value: float | str, form: str, unit: str = "%") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.append(catalog.tables["observations"].columns)
    page.append([INDICATOR, "330000", "2020/2025", value, unit, "exact", "reported", SOURCE, "降低14.9%", "14.9%"])
    page["D2"].number_format = form
    path.parent.mkdir(exist_ok=True, parents=True)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("value", "form", "read"),
    [
        (-0.149, "0.0%", "-14.9"),
        (-0.149, "0.00%;[Red]-0.00%", "-14.9"),
        (-0.149, "0%", "-14.9"),
        (-14.9, '0.0"%"', "-14.9"),  # the sign is text
        (-14.9, "0.0\\%", "-14.9"),
        (-14.9, "General", "-14.9"),
        (-0.149, "0.000", "-0.149"),
        ("−14.9%", "General", "-14.9"),
        ("－14.9％", "@", "-14.9"),
        ("-14.9 %", "0.0%", "-14.9"),
        ("-14.9", "0.0%", "-14.9"),  # text: no format applies
        ("about 15%", "General", "about 15%"),
    ],
)
def test_a_figure_is_taken_as_it_is_shown(
    catalog: Catalog, tmp_path: Path, value: float | str, form: str, read: str
) -> None:
    (row,) = read_text_table(sheet(catalog, tmp_path / "x.xlsx", value, form)).to_dict("records")
    assert (row["value"], row["note_en"]) == (read, "14.9%")


def test_another_unit_is_left_alone(catalog: Catalog, tmp_path: Path) -> None:
    assert read_text_table(sheet(catalog, tmp_path / "x.xlsx", 0.149, "0.0%", "share"))["value"].tolist() == ["0.149"]


def test_text_in_percent_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("value,unit\n−14.9%,%\n5%,GW\n-3,%\n", encoding="utf-8")
    assert read_text_table(path)["value"].tolist() == ["-14.9", "5%", "-3"]


def test_local_and_imported(tables: Path, run: Run, tmp_path: Path) -> None:
    catalog = Catalog(tables)
    path = sheet(catalog, tables / "data" / "local" / "observations.xlsx", -0.149, "0.0%")
    assert run("data", "check", cwd=tables)[0] == 0
    rows = Catalog(tables).read("observations")
    assert rows[(rows["indicator"] == INDICATOR) & (rows["region"] == "330000")]["value"].tolist() == [-14.9]
    moved = path.rename(tmp_path / "mine.xlsx")
    assert run("data", "import", moved, cwd=tables)[0] == 0
    assert ",-14.9,%," in (tables / "data" / "local" / "observations.csv").read_text(encoding="utf-8")


def test_what_is_no_workbook_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK nothing")
    assert workbook.percents(tmp_path / "x.xlsx") == {}
