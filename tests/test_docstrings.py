"""Public functions where facts are read and checked say what they take, give and refuse, by examples that run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.test_rooms import MODULES, SOURCE

FACTS = [path for path in MODULES if path.relative_to(SOURCE).parts[0] in {"data", "facts", "checks"}]
SECTIONS = {"Args:", "Returns:", "Raises:", "Source:", "Example:", "Attributes:", "Yields:"}
FUNCTIONS = [
    pytest.param(path, node, id=f"{path.relative_to(SOURCE).as_posix()}:{node.name}")
    for path in FACTS
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    if "overload" not in {ast.unparse(one) for one in node.decorator_list}
]


def _raises(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Raise) for one in ast.walk(node))


@pytest.mark.parametrize(("path", "node"), FUNCTIONS)
def test_documented_with_an_example(path: object, node: ast.FunctionDef) -> None:
    text = ast.get_docstring(node) or ""
    assert text, "no docstring"
    assert "Example:" in text, "no example"
    assert ">>>" in text, "an example that does not run"
    assert not _raises(node) or "Raises:" in text, "raises and does not say so"
    unknown = {line.strip() for line in text.splitlines() if line.strip().istitle() and line.endswith(":")} - SECTIONS
    assert not unknown, unknown


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_says_what_it_holds(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
