"""Key figures are named literally and declare how they are written."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tanfeng.pages import figures

PAGES = Path(figures.__file__).parent
MODULES = [PAGES / "figures.py", *sorted((PAGES / "reports").glob("*.py"))]
MAKERS = {"figure", "observed", "known_emissions"}


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_name_is_put_together(path: Path) -> None:
    for call in _calls(path):
        assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), f"line {call.lineno}: {ast.unparse(call)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_probability_says_so(path: Path) -> None:
    for call in _calls(path):
        if isinstance(call.args[0], ast.Constant) and str(call.args[0].value).startswith("p_"):
            assert any(one.arg == "shown" for one in call.keywords), f"line {call.lineno}: {ast.unparse(call)}"


def test_what_it_is_of_stands_behind_the_name() -> None:
    assert figures.figure("co2", 1.0, "Mt CO2", 2030, "forecast", of=2030)["id"] == "co2_2030"
    assert figures.figure("co2", 1.0, "Mt CO2", 2030, "forecast")["id"] == "co2"
    assert figures.figure("covered", 1.0, "%", "", "estimate", of=("a", 80))["id"] == "covered_a_80"


@pytest.mark.parametrize("more", [{"lo_80": 3.0}, {"shown": "chanse"}])
def test_a_wrong_part_is_named(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="key figure co2: "):
        figures.figure("co2", 1.0, "Mt CO2", 2030, "forecast", **more)
