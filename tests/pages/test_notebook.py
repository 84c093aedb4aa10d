"""Report notebooks run by hand: text cells show their numbers, a region may be a number, the folder is made."""

from __future__ import annotations

import json
from pathlib import Path

import papermill
import pytest

from tanfeng.pages.notebook import texts_after
from tanfeng.pages.page import open_page

REPORTS = sorted((Path(__file__).parents[2] / "notebooks" / "reports").glob("*.ipynb"))


def test_a_region_may_be_a_number_and_the_folder_is_made(root: Path, tmp_path: Path) -> None:
    page = open_page("peak", 330000, "zh", str(tmp_path / "a" / "b"), start=root)
    assert page.region == "330000"
    assert (tmp_path / "a" / "b").is_dir()


def test_text_cells_follow_the_code_that_computed_them(root: Path) -> None:
    cells = json.loads((root / "notebooks/reports/peak.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    opened = next(source for source in code if "open_page(" in source)
    found = texts_after(root, "peak", opened, "en")
    assert [cell["metadata"]["tags"] for cell in found] == [["en", "answer"]]
    assert texts_after(root, "peak", "print(1)", "en") == []


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_text_with_numbers_follows_a_cell_of_its_own(root: Path, path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = dict.fromkeys("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = [cell for source in code for cell in texts_after(root, path.stem, source, "zh")]
    assert found == [
        cell
        for cell in cells
        if "zh" in cell["metadata"].get("tags", ())
        and ("{{" in "".join(cell["source"]) or "answer" in cell["metadata"]["tags"])
    ]


@pytest.mark.build
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_papermill_by_hand_leaves_the_tables_of_the_build_and_shows_the_answer(
    root: Path, tmp_path: Path, lang: str
) -> None:
    out = tmp_path / "out"
    given = {"region": 330000, "lang": lang, "out": str(out)}
    ran = papermill.execute_notebook(
        root / "notebooks/reports/technology.ipynb", tmp_path / "ran.ipynb", given, cwd=root, progress_bar=False
    )
    shown = [str(one.get("data", {})) for cell in ran.cells for one in cell.get("outputs", [])]
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))["sentence"]
    assert any(answer in one for one in shown)
    assert {path.name for path in out.glob("*.csv")} == {
        "technology-figures.csv",
        "technology-rd_intensity.csv",
        "technology-targets.csv",
    }
