"""Hygiene of the notebooks: no outputs, no definitions, short cells, commented parameters, two languages."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import nbformat
import papermill
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
REPORTS = sorted((ROOT / "notebooks" / "reports").glob("*.ipynb"))
EXPLORE = ROOT / "notebooks" / "explore"
TUTORIALS = sorted((ROOT / "notebooks" / "tutorials").glob("*.ipynb"))
EXPLORING = [*sorted(EXPLORE.glob("*.ipynb")), *TUTORIALS]


def _code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _without_magics(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("%"))


def test_there_are_notebooks() -> None:
    assert {path.stem for path in REPORTS} == {
        "overview", "indicators", "peak", "ahead", "lookback", "field", "technology", "targets", "registers", "data",
        "methods",
        "league", "city", "roadmap", "province", "pulse", "wallchart", "brief", "concepts",
    }  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestEveryNotebook:
    def test_is_valid_and_without_outputs(self, path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert all(not cell.outputs and cell.execution_count is None for cell in _code(path))

    def test_cells_are_short_and_define_nothing(self, path: Path) -> None:
        for cell in _code(path):
            tree = ast.parse(_without_magics(cell.source))
            statements = [one for one in tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]
            assert len(statements) <= 6, cell.source
            assert max(map(len, cell.source.splitlines())) <= 100, cell.source
            for node in ast.walk(tree):
                assert not isinstance(
                    node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.Try | ast.Lambda
                ), cell.source

    def test_no_statement_is_a_comprehension(self, path: Path) -> None:
        for cell in _code(path):
            for node in ast.parse(_without_magics(cell.source)).body:
                assert not (isinstance(node, ast.Expr) and isinstance(node.value, ast.ListComp | ast.SetComp)), cell

    def test_one_cell_of_parameters_each_with_a_comment(self, path: Path) -> None:
        (cell,) = [cell for cell in _code(path) if "parameters" in _tags(cell)]
        assert all("  # " in line for line in cell.source.splitlines())


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
class TestEveryReport:
    def test_every_text_is_there_in_both_languages(self, path: Path) -> None:
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
        langs = [(_tags(cell) & {"zh", "en"}).pop() for cell in cells]
        assert langs[::2] == ["zh"] * (len(cells) // 2)
        assert langs[1::2] == ["en"] * (len(cells) // 2)

    def test_both_languages_use_the_same_headings_and_figures(self, path: Path) -> None:
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
        for zh, en in zip(cells[::2], cells[1::2], strict=True):
            assert zh.source.count("## ") == en.source.count("## ")

    def test_the_answer_comes_first(self, path: Path) -> None:
        cells = nbformat.read(path, as_version=4).cells
        parts = [cell.source for cell in cells if cell.cell_type == "code" and "page.part(" in cell.source]
        first = [cell for cell in cells if cell.cell_type == "markdown"][:2]
        answers = re.search(r'page\.part\("\w+", (\[|headline\.said\()', parts[0]) if parts else None
        assert answers or (first and all("answer" in _tags(cell) for cell in first))

    def test_every_text_of_the_report_is_used_and_there(self, path: Path) -> None:
        texts = importlib.import_module(f"tanfeng.pages.reports.{path.stem}").TEXTS
        code = "\n".join(cell.source for cell in _code(path))
        asked = set(re.findall(r'page\.say\(\s*"([\w.]+)"', code)) | set(re.findall(r'"(\w+_figure)"', code))
        assert asked <= set(texts)
        unused = [name for name in texts if f'"{name}"' not in code]
        assert set(unused) <= {"figures", "saved_scenarios"}, "asked for by `page.figures` and `whatif.offered` alone"

    def test_parameters_are_region_language_and_folder(self, path: Path) -> None:
        (cell,) = [cell for cell in _code(path) if "parameters" in _tags(cell)]
        names = [node.targets[0].id for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
        assert names[:3] == ["region", "lang", "out"]


@pytest.mark.parametrize("path", EXPLORING, ids=lambda path: path.stem)
class TestExploring:
    def test_it_is_read_in_ten_minutes(self, path: Path) -> None:
        cells = _code(path)
        assert len(cells) <= 12
        assert all(len(line) <= 100 for cell in cells for line in cell.source.splitlines())

    def test_it_asks_the_face_alone(self, path: Path) -> None:
        trees = [ast.parse(cell.source) for cell in _code(path)]
        imports = [
            ast.unparse(node)
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert imports == ["import tanfeng as tf"]

    def test_every_heading_stands_in_both_languages(self, path: Path) -> None:
        cells = nbformat.read(path, as_version=4).cells
        texts = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines() if line]
        assert all(" / " in line for line in texts)
        assert all(re.search(r"[\u4e00-\u9fff]", line.split(" / ")[0]) for line in texts)


@pytest.mark.parametrize("path", [*TUTORIALS, EXPLORE / "start.ipynb"], ids=lambda path: path.stem)
def test_every_cell_shows_something(root: Path, tmp_path: Path, path: Path) -> None:
    out, given = tmp_path / path.name, {"region": "Zhejiang", "lang": "en"}
    papermill.execute_notebook(path, out, given, cwd=root, progress_bar=False, kernel_name="python3")
    assert [cell.source for cell in _code(out) if not (cell.outputs or _tags(cell))] == []
    sentences = [one.text for cell in _code(out) for one in cell.outputs if one.output_type == "stream"]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(sentences)), "what is said is in the language asked for"


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_leads_on_by_cells_that_are_told(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    kinds = "".join(cell.cell_type[0] for cell in cells)
    assert kinds.startswith("mcm")
    assert kinds.endswith("m")
    assert "ccc" not in kinds, "a table and its figure at most stand below one text"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_what_a_cell_shows_is_its_last_statement(path: Path) -> None:
    """A table or figure that is not the last expression of its cell would never be displayed."""
    for cell in _code(path):
        for statement in ast.parse(_without_magics(cell.source)).body[:-1]:
            called = (
                statement.value.func
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
                else None
            )
            assert getattr(called, "attr", "") not in {"table", "chart", "cards"}, cell.source
