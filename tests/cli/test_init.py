"""`tanfeng init`: a project whole or not at all; `tests/test_release.py` uses one that the wheel made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.cli import init
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import find_root
from tests.conftest import ROOT, Run


@pytest.mark.parametrize("there", [False, True])
def test_the_folder_is_a_project(run: Run, tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "above" / "mine"
    if there:
        folder.mkdir(parents=True)
    status, out, err = run("init", folder)
    assert (status, out) == (0, "")
    assert str(folder) in err
    assert find_root(folder / "notebooks") == folder
    assert Catalog(folder).vintage == Catalog(ROOT).vintage
    assert "{" not in (folder / "README.md").read_text(encoding="utf-8")
    assert list(folder.parent.iterdir()) == [folder]
    assert not (folder / "data" / "local").exists()


def test_a_folder_that_holds_anything_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    for folder in (tmp_path / "mine", tmp_path / "mine" / "letter.txt"):
        status, out, err = run("init", folder)
        assert (status, out) == (2, "")
        assert "not empty" in err
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "letter.txt"]


def test_nothing_is_left_of_one_that_fails(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, folder: Path) -> None:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(init.shutil, "copy", full)  # after tables and notebooks
    status, _, err = run("init", tmp_path / "mine")
    assert status == 2
    assert "No space left" in err
    assert list(tmp_path.iterdir()) == []
