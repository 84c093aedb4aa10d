"""Every message of the check and of imports exists in Chinese and English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanfeng.checks.figures import check_figures
from tanfeng.data import check, messages
from tanfeng.data.catalog import Catalog
from tanfeng.data.problem import Problem
from tanfeng.data.wording import Wording, listed, said, say

PACKAGE = Path(__file__).parents[2] / "src" / "tanfeng"
MODULES = [
    *sorted((PACKAGE / "checks").rglob("*.py")),
    *(PACKAGE / "cli" / name for name in ("data.py", "lock.py")),
    *sorted((PACKAGE / "data").glob("*.py")),
    *(PACKAGE / "facts" / name for name in ("corrections.py", "usage_warnings.py")),
    PACKAGE / "publishing" / "validate.py",
]
MAKERS = {"Misfit", "Problem", "Break", "Finding", "Far", "Failure", "replace"}  # what is shown as found and expected
NAMES = {"expected", "found"}
WORDED = {"say", "Wording", "refused", "listed"}
CHINESE = re.compile(r"[\u4e00-\u9fff，（→]")
SENTENCE = re.compile(r"[a-z]{3,} [a-z{]|[a-z}] [a-z]{3,}|^(?:a|an|no|one|each) ")


def template(node: ast.expr) -> str:
    """The text of a constant or f-string, `{}` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def given(node: ast.AST) -> Iterator[str]:
    """The texts that a call gives, without those that are in both languages already."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in WORDED:
        return
    text = template(node) if isinstance(node, ast.expr) else ""
    if text:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from given(child)


def told(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    makers = [call for call in calls if getattr(call.func, "id", "") in MAKERS]
    refusals = [call for call in calls if getattr(call.func, "id", "") == "ProjectError"]
    texts = {text for call in [*makers, *refusals] for argument in call.args for text in given(argument)}
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    texts |= {text for node in named if node.targets[0].id in NAMES for text in given(node.value)}
    return {text for text in texts if SENTENCE.search(text) and not CHINESE.search(text[:4])}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_message_is_said_in_chinese(path: Path) -> None:
    example = {text: text.replace("{}", "x7") for text in told(path)}
    assert [text for text, one in example.items() if not CHINESE.search(messages.chinese(one))] == []


def test_every_pattern_of_a_column_is_said_in_words(catalog: Catalog) -> None:
    fields = [field for table in catalog.tables.values() for field in table.fields]
    patterns = {field["constraints"]["pattern"] for field in fields if "pattern" in field.get("constraints", {})}
    assert patterns - set(check.PATTERN_WORDS) == set()


def test_no_message_says_less_in_one_language() -> None:
    for en, zh in messages.CHINESE.items():
        assert len(re.findall(r"\{[0-9]?\}", en)) == len(re.findall(r"\{[0-9]?\}", zh)), en
        assert CHINESE.search(zh), en


def test_no_finding_of_the_tables_is_half_in_english(catalog: Catalog) -> None:
    found = check_figures(catalog)
    assert found
    assert [one.told("zh") for one in found if re.search(r"[a-z]{2,} [a-z]{3,}", one.told("zh"))] == []


def test_chains_of_registers_are_said_one_by_one() -> None:
    chain = "target E03 -> indicator wind_capacity -> figure 2025-06; measure ME27 -> target E23"
    told = Problem("a.csv", 2, "unit", "'x'", "a number", chain=chain).told("zh")
    assert told.endswith("涉及：目标E03 → 指标wind_capacity → 数据2025-06；措施ME27 → 目标E23")


def test_what_is_filled_in_is_said_in_its_language() -> None:
    what = say("应为{what}", "expected {what}", what=listed([Wording("数字", "a number"), "a whole number"]))
    assert (what, what.zh) == ("expected a number, a whole number", "应为数字、整数")
    assert said("an id of data/units.csv; did you mean '10^4 kW'?", "zh") == "data/units.csv中的id；是否为'10^4 kW'？"
    assert said("indicator + region + period", "zh") == "indicator + region + period"
