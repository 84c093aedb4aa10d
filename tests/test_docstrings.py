"""Every public function of floors 0 and 1 says what it takes, gives and refuses, with an example that runs."""

from __future__ import annotations

import ast

import pytest

from tests.test_floors import FLOORS, MODULES, SOURCE, _name

FACTS = [path for path in MODULES if FLOORS[_name(path)] <= 1]
SECTIONS = {"Args:", "Returns:", "Raises:", "Source:", "Example:", "Attributes:", "Yields:"}
FUNCTIONS = [
    pytest.param(path, node, id=f"{path.relative_to(SOURCE).as_posix()}:{node.name}")
    for path in FACTS
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
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


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.stem)
def test_every_module_says_its_floor(path: object) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""  # type: ignore[attr-defined]
    assert f"(floor {FLOORS[_name(path)]})" in text  # type: ignore[arg-type]
