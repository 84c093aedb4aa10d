"""Nothing in the code is about one province or one plan: examples and defaults alone name them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOME = re.compile("330000|浙江|Zhejiang")
PLANS = re.compile("14FYP|15FYP")  # judged and running; those before are history
SOURCES = sorted((ROOT / "src").rglob("*.py"))
OTHERS = sorted(path for path in (ROOT / "src").rglob("*") if path.suffix in {".j2", ".css", ".json", ".js"})
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def docstrings(tree: ast.AST) -> set[int]:
    """The lines of the docstrings of a module."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [node.body[0] for node in ast.walk(tree) if isinstance(node, kinds) and ast.get_docstring(node)]
    return {line for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def cells(path: Path) -> list[tuple[str, list[str]]]:
    """The cells of a notebook: text and tags."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [("".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in found]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_code_names_a_province_in_examples_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shown = docstrings(ast.parse(text))
    named = [line for number, line in enumerate(text.splitlines(), 1) if HOME.search(line) and number not in shown]
    assert named == []


def test_templates_name_none() -> None:
    assert OTHERS
    assert [path.name for path in OTHERS if HOME.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_a_province_as_a_default_and_no_plan(path: Path) -> None:
    found = cells(path)
    assert [text for text, tags in found if HOME.search(text) and "parameters" not in tags] == []
    assert [text for text, _ in found if PLANS.search(text)] == []
