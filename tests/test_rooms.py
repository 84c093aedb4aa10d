"""A room imports only from rooms below it, no files import in a circle; notebooks call what lies below `publishing`."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

LEVELS = {
    "data": 0,
    "forecast": 1, "facts": 1,
    "outlook": 2, "checks": 2,
    "targets": 3,
    "roadmap": 4,
    "pages": 5,
    "publishing": 6,
    "cli": 7,
}  # fmt: skip
FACE = "region"  # beside the rooms; it may import all of them but the last two
BESIDE = {"__init__", FACE}
HEIGHTS = {**LEVELS, FACE: 5.5}
WHERE = "tanfeng.data.project"  # finds the project by the current folder or TANFENG_ROOT
SOURCE = Path(__file__).parents[1] / "src" / "tanfeng"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def _name(path: Path) -> str:
    parts = ("tanfeng", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


KNOWN = {_name(path) for path in MODULES} | {"tanfeng"}


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _imports(path: Path, lazy: bool = True) -> set[str]:
    """Return the modules of the package that a file imports; without `lazy` only those it needs to be imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree) if lazy else tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tanfeng":
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in KNOWN else node.module for one in full}
    return found - {_name(path)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = _room(_name(path))
    for other in _imports(path):
        room = _room(other)
        assert not room or room == own or HEIGHTS[room] < HEIGHTS[own], f"{_name(path)} imports {other}"


def test_only_the_package_imports_the_face() -> None:
    for path in MODULES:
        assert f"tanfeng.{FACE}" not in _imports(path), _name(path)


def test_no_two_files_import_in_a_circle() -> None:
    graph = {_name(path): _imports(path) for path in MODULES}
    while graph:
        free = [name for name, others in graph.items() if not others & set(graph)]
        assert free, f"a circle among {sorted(graph)}"
        for name in free:
            del graph[name]


@pytest.mark.parametrize(
    "path", [path for path in MODULES if HEIGHTS[_room(_name(path))] < 6], ids=lambda path: path.stem
)
def test_no_clock_network_or_environment_below_publishing(path: Path) -> None:
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    asked = {"os"} if _name(path) == WHERE else set()
    assert names & {"time", "datetime", "socket", "urllib", "requests", "os", "getpass", "platform"} == asked


def test_of_the_environment_only_the_place_of_the_project_is_read() -> None:
    (path,) = [path for path in MODULES if _name(path) == WHERE]
    uses = re.findall(r"\bos\.[^)]*\)", path.read_text(encoding="utf-8"))
    assert uses
    assert {one.replace(', ""', "") for one in uses} == {"os.environ.get(VARIABLE)"}


def test_only_rooms_stand_in_the_package() -> None:
    assert {path.stem for path in SOURCE.glob("*.py")} <= BESIDE
    assert {path.name for path in SOURCE.iterdir() if path.is_dir()} - {"__pycache__"} == set(LEVELS)


def test_no_module_is_endless() -> None:
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 700, path.name


def test_notebooks_import_no_publishing_or_command_line(root: Path) -> None:
    for path in (root / "notebooks").rglob("*.ipynb"):
        code = "\n".join(
            "".join(cell["source"])
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        assert not re.search(r"tanfeng\.(publishing|cli)", code), path.name
