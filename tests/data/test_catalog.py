from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog, ProjectError, find_root, read_text_table


def test_root_is_found_from_a_folder_below(live: Catalog) -> None:
    assert find_root(live.root / "notebooks" / "reports") == live.root


def test_outside_a_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="inside the project folder"):
        find_root(tmp_path)


OF_OFFICES = {"site_figures"}  # offices add their own rows, none is shipped


def test_every_table_reads_with_its_columns(live: Catalog) -> None:
    for name, table in live.tables.items():
        rows = live.read(name)
        assert rows.columns.tolist() == table.columns
        assert (len(rows) > 0) == (name not in OF_OFFICES), name


def test_what_is_read_can_be_changed_without_changing_the_table(catalog: Catalog) -> None:
    rows = catalog.read("fields")
    rows.loc[:, "zh"] = "?"
    assert "?" not in set(catalog.read("fields")["zh"])


def test_unknown_table_names_the_known(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="observations"):
        catalog.read("nothing")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_local_rows_win_and_are_counted(tables: Path, catalog: Catalog, suffix: str) -> None:
    own = read_text_table(tables / "data" / "observations.csv").head(1).assign(value="123.5")
    path = tables / "data" / "local" / f"observations{suffix}"
    path.parent.mkdir()
    own.to_csv(path, index=False) if suffix == ".csv" else own.to_excel(path, index=False)
    local = Catalog(tables)
    assert len(local.read("observations")) == len(catalog.read("observations"))
    assert 123.5 in set(local.read("observations")["value"])
    assert local.local_rows() == {"observations": 1}


@pytest.mark.parametrize("name", ["observations.xlsx", "observations.xls"])
def test_a_file_that_is_no_workbook_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ProjectError, match=rf"{name}: (damaged or no workbook|the content is a zip file)"):
        read_text_table(tmp_path / name)
