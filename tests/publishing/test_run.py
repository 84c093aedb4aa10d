"""Preparing a notebook: one language, placeholders to code, numbers of the cells kept."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tanfeng.publishing.plan import reports
from tanfeng.publishing.run import NotebookFailure, _failure, prepare

REPORTS = sorted((Path(__file__).parents[2] / "notebooks" / "reports").glob("*.ipynb"))


def text(source: str, *tags: str) -> NotebookNode:
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source: str, *tags: str) -> NotebookNode:
    return new_code_cell(source, metadata={"tags": list(tags)})


@pytest.fixture
def notebook() -> NotebookNode:
    cells = [
        code("x = 1"),
        code('lang = "zh"', "parameters"),
        text("答案{{ x }}", "zh", "answer"),
        text("Answer {{ x }}", "en", "answer"),
        text("## 标题", "zh"),
        text("## Title", "en"),
        text("两种语言 both", "zh", "en"),
        text("共{{ x }}项", "zh"),
        code("x"),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "other", "display_name": "o"}, "secret": "x"})


@pytest.mark.parametrize(("lang", "numbers"), [("zh", [1, 2, 3, 5, 7, 8, 9]), ("en", [1, 2, 4, 6, 7, 9])])
def test_cells_of_one_language_keep_their_numbers(notebook: NotebookNode, lang: str, numbers: list[int]) -> None:
    prepared = prepare(notebook, lang)
    assert [cell.metadata["number"] for cell in prepared.cells] == numbers
    assert [cell.id for cell in prepared.cells] == [f"cell-{number}" for number in numbers]
    nbformat.validate(prepared)


def test_placeholders_become_code(notebook: NotebookNode) -> None:
    by_number = {cell.metadata["number"]: cell for cell in prepare(notebook, "zh").cells}
    assert by_number[3].source == "page.answer('答案{{ x }}', globals())"
    assert by_number[8].source == "page.prose('共{{ x }}项', globals())"
    assert "remove-input" in by_number[3].metadata["tags"]
    assert by_number[5].cell_type == "markdown"
    assert by_number[5].source == "## 标题"


def test_code_and_its_tags_stay(notebook: NotebookNode) -> None:
    found = [cell for cell in prepare(notebook, "en").cells if cell.cell_type == "code"]
    assert (found[0].source, found[1].source, found[-1].source) == ("x = 1", 'lang = "zh"', "x")
    assert found[1].metadata["tags"] == ["parameters"]


def test_the_notebook_itself_is_left_alone(notebook: NotebookNode) -> None:
    before = nbformat.writes(notebook)
    prepare(notebook, "zh")
    assert nbformat.writes(notebook) == before


def test_the_kernel_is_that_of_the_environment(notebook: NotebookNode) -> None:
    metadata = prepare(notebook, "zh").metadata
    assert metadata["kernelspec"]["name"] == "python3"
    assert "secret" not in metadata


@pytest.mark.parametrize(
    "source", ['quo\'te "{{ x }}"', "back\\slash {{ x }}", "two\n\nparts {{ x }}", "'''{{ x }}'''"]
)
def test_any_text_survives_the_turn_into_code(source: str) -> None:
    (cell,) = prepare(new_notebook(cells=[text(source, "zh")]), "zh").cells
    call = ast.parse(cell.source).body[0].value  # type: ignore[attr-defined]
    assert ast.literal_eval(call.args[0]) == source


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_the_notebooks_of_the_project_prepare(path: Path, lang: str) -> None:
    prepared = prepare(nbformat.read(path, as_version=4), lang)
    sources = [cell.source for cell in prepared.cells]
    first = [source for source in sources if "page.part(" in source][:1]  # or the first part of the page answers
    assert (
        sum("page.answer(" in source for source in sources) == 1 or "[made.answer]" in first[0] or "said(" in first[0]
    )
    assert not any("{{" in cell.source for cell in prepared.cells if cell.cell_type == "markdown")
    assert len({cell.id for cell in prepared.cells}) == len(prepared.cells)
    han = [
        source for cell, source in zip(prepared.cells, sources, strict=True) if _is_prose(cell) and not source.isascii()
    ]
    of_their_own = path.stem not in {"field", "overview", "brief", "wallchart"}
    assert bool(han) == (lang == "zh") or not of_their_own, han


def _is_prose(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and any("\u4e00" <= sign <= "\u9fff" for sign in cell.source)


def test_a_failure_names_notebook_cell_and_parameters(root: Path, tmp_path: Path) -> None:
    (report,) = reports(root, "330000", "zh", ["field-energy"])
    broken = new_code_cell("\n1 / 0  # why\nmore", metadata={"number": 11})
    broken.outputs = [
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
    ]
    path = tmp_path / "executed.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("x"), broken]), path)
    failure = _failure(report, path, "ZeroDivisionError", "division by zero")
    assert isinstance(failure, NotebookFailure)
    shown = str(failure)
    assert shown.startswith("notebooks/reports/field.ipynb, cell 11 (region=330000, lang=zh, field=energy)")
    assert "1 / 0  # why" in shown
    assert "ZeroDivisionError: division by zero" in shown


def test_a_failure_before_any_cell_ran(root: Path, tmp_path: Path) -> None:
    (report,) = reports(root, "330000", "zh", ["overview"])
    assert "overview.ipynb" in str(_failure(report, tmp_path / "none.ipynb", "DeadKernelError", "gone"))


def test_a_failure_can_pass_through_context_managers(root: Path) -> None:
    """A frozen dataclass that refuses __traceback__ would hide the real error."""
    failure = NotebookFailure("x.ipynb", 1, "1 / 0", {}, "ZeroDivisionError")
    assert failure.with_traceback(None) is failure
    failure.__traceback__ = None
