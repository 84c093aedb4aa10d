"""A module imports only from the floors below it; notebooks call floors 3 and 4 (and read facts)."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

FLOORS = {
    "project": 0, "kept": 0, "catalog": 0, "units": 0, "periods": 0, "checks": 0, "schemas": 0,
    "chains": 0, "resting": 0,
    "corrections": 1, "observations": 1, "inventory": 1, "indicators": 1,
    "factors": 1, "balance": 1, "estimates": 1, "accounts": 1, "uncertainty": 1,
    "workbooks": 1,
    "recalculation": 1, "shortfall": 1,
    "caveats": 1, "coverage": 1, "identities": 1, "comparison": 1, "plausibility": 1, "magnitudes": 1, "jumps": 1,
    "slips": 1, "asking": 1,
    "gdp": 1, "intensity": 1, "scopes": 1, "plans": 1, "reconciliation": 1,
    "frozen": 1,
    "forecast": 2, "rules": 2, "decompose": 2, "decoupling": 2,
    "schedules": 2, "growth": 2, "grading": 2, "pace": 2, "flips": 2,
    "outlook": 3, "answering": 3, "verdicts": 3, "keyfigures": 3, "attribution": 3, "vintages": 3,
    "progress": 3, "movements": 3, "pathways": 3, "milestones": 3, "ties": 3, "effects": 3, "registers": 3,
    "archive": 3, "hindcasts": 3,
    "cumulative": 3, "lookback": 3, "barometers": 3, "lookback_tables": 4, "barometer_tables": 4,
    "nowcast": 3, "projection": 3, "scenarios": 3, "peaking": 3, "evaluation": 3,
    "spreadsheets": 4, "standings": 4, "target_sheets": 4, "evidence_cards": 4, "wallchart": 4,
    "text": 4, "reasons": 4, "charts": 4, "tables": 4, "page": 4, "drivers": 4, "data_tables": 4, "indicator_tables": 4,
    "coverage_tables": 4, "inventory_tables": 4, "balance_tables": 4, "outlook_tables": 4, "register_tables": 4,
    "pathway_tables": 4, "milestone_tables": 4,
    "archive_tables": 4,
    "hindcast_tables": 4, "consistency": 3, "consistency_tables": 4,
    "ranks": 2, "tiers": 3, "outcomes": 3, "league": 3, "league_tables": 4, "tier_tables": 4,
    "levers": 3, "validation": 3, "whatif": 3, "whatif_tables": 4, "whatif_widgets": 4,
    "programme": 2, "wedges": 3, "gaps": 3, "options": 3, "optimum": 3, "alternatives": 3,
    "roadmap_tables": 4, "optimum_tables": 4, "alternative_cards": 4,
    "report": 5,
    "cli": 6, "start": 6,
}  # fmt: skip
SOURCE = Path(__file__).parents[1] / "src" / "tanfeng"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tanfeng":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found & set(FLOORS)


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = FLOORS[_name(path)]
    for other in _imports(path):
        assert FLOORS[other] <= own, f"{_name(path)} imports {other}"


def test_no_module_imports_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        graph.setdefault(_name(path), set()).update(_imports(path) - {_name(path)})
    while graph:
        free = [name for name, others in graph.items() if not others & set(graph)]
        assert free, f"a circle among {sorted(graph)}"
        for name in free:
            del graph[name]


@pytest.mark.parametrize("path", [path for path in MODULES if FLOORS[_name(path)] < 5], ids=lambda path: path.stem)
def test_no_clock_network_or_environment_below_the_build(path: Path) -> None:
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not names & {"time", "datetime", "socket", "urllib", "requests", "os", "getpass", "platform"}


def test_every_module_is_small() -> None:
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path.name


def test_notebooks_import_no_report_or_command_line(root: Path) -> None:
    for path in (root / "notebooks").rglob("*.ipynb"):
        code = "\n".join(
            "".join(cell["source"])
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        assert not re.search(r"tanfeng\.(report|cli)", code), path.name
