"""Print the yardsticks of the structure: rooms, directions, reach, duplicates, sizes, import times.

Usage (`make house`; only the standard library is needed; times are measured with the interpreter that runs it):

    python -m tests.house [FOLDER]              the yardsticks, and the rooms; exit status 1 if a goal is missed
    python -m tests.house [FOLDER] --detail     with the modules and names behind every figure
    python -m tests.house [FOLDER] --no-times   without the import times (2 s instead of 20 s)

Rules of counting. A room is a folder of the package that holds modules. An import counts wherever it stands (also in a
function), except under TYPE_CHECKING, which is shown apart. Importing a module also means the `__init__` of the folders
above it. Levels are the longest way down (circles count as one). A module is used once if one other file of the package
or the notebooks imports it; charts, commands and the parts of the import serve one other by design and are left aside.
Reach is what the code cells of a notebook lead to, in lines. Helpers are the same if their private name and the names
of their arguments are the same in two files.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

PACKAGE = "tanfeng"
LONGEST_FUNCTION, LONGEST_MODULE = 60, 700
GOALS = {
    "files beside the rooms": 3,
    "rooms": 10,
    "levels between the rooms": 9,
    "rooms in a circle": 0,
    "files in a circle": 0,
    "modules used by one other only, charts, cli, importing aside": 15,
    "reach of a report notebook, most, % of lines": 45,
    "private helpers of one name and shape in two modules": 0,
    "lines": 35000,
    "functions of more than 60 lines": 0,
    "modules of more than 700 lines": 0,
    "open_page beside pandas, times": 1.5,
    "import of the package beside pandas, times": 1.5,
    "tf.region() beside pandas, times": 1.5,
}


ASIDE = re.compile(r"\.(charts|cli|importing)\.")


class House:
    """The modules of a checkout and what they import."""

    def __init__(self, root: Path) -> None:
        self.root, self.source = root, root / "src" / PACKAGE
        self.path = {self.name(path): path for path in sorted(self.source.rglob("*.py"))}
        self.text = {name: path.read_text(encoding="utf-8") for name, path in self.path.items()}
        self.tree = {name: ast.parse(text) for name, text in self.text.items()}
        self.lines = {name: len(text.splitlines()) for name, text in self.text.items()}
        self.uses = {name: self.imports(tree) - {name} for name, tree in self.tree.items()}

    def name(self, path: Path) -> str:
        parts = (PACKAGE, *path.relative_to(self.source).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def imports(self, tree: ast.AST, hints: bool = False) -> set[str]:
        """Return the modules of the package that code imports."""
        hidden = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        found = set()
        for node in ast.walk(tree):
            if (id(node) in hidden) != hints:
                continue
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    found.add(full if full in self.path and not self.bound(node.module, alias.name) else node.module)
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE}
        return {name for name in found if name in self.path}

    def bound(self, package: str, name: str) -> bool:
        """Whether a folder's __init__ binds a name to something else than its module of that name."""
        for node in self.tree_of(package).body if package in self.path else []:
            other = isinstance(node, ast.ImportFrom) and node.module not in {package, "__future__"}
            if other and name in {alias.asname or alias.name for alias in node.names}:
                return True
        return False

    def tree_of(self, name: str) -> ast.Module:
        return ast.parse(self.text[name])

    def room(self, name: str) -> str:
        parts = name.split(".")
        return parts[1] if len(parts) > 2 or (len(parts) == 2 and self.path[name].name == "__init__.py") else name

    def with_parents(self, names: set[str]) -> set[str]:
        parts = {".".join(name.split(".")[:end]) for name in names for end in range(1, name.count(".") + 2)}
        return {name for name in parts if name in self.path}

    def reach(self, start: set[str]) -> set[str]:
        found, new = set(), self.with_parents(start)
        while new:
            found |= new
            new = self.with_parents({use for name in new for use in self.uses[name]}) - found
        return found


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the parts of a graph of more than one node in which each leads to every other."""
    found = {node: led_to(graph, node) for node in graph}
    parts = {frozenset({node, *(other for other in found[node] if node in found.get(other, ()))}) for node in graph}
    return [sorted(part) for part in parts if len(part) > 1]


def led_to(graph: dict[str, set[str]], start: str) -> set[str]:
    """Return every node that one leads to."""
    found: set[str] = set()
    new = set(graph[start])
    while new:
        found |= new
        new = {other for node in new for other in graph.get(node, ())} - found
    return found


def levels(graph: dict[str, set[str]]) -> dict[str, int]:
    """Return the level of every node: 0 imports nothing; members of a circle stand on one level."""
    same = {node: part[0] for part in circles(graph) for node in part}
    merged: dict[str, set[str]] = defaultdict(set)
    for node, others in graph.items():
        own = same.get(node, node)
        merged[own] |= {same.get(other, other) for other in others} - {own}
    known: dict[str, int] = {}

    def level(node: str) -> int:
        if node not in known:
            known[node] = 1 + max((level(other) for other in merged.get(node, set())), default=-1)
        return known[node]

    return {node: level(same.get(node, node)) for node in graph}


def notebooks(house: House) -> dict[str, set[str]]:
    """Return what the code cells of each report notebook import."""
    found = {}
    for path in sorted((house.root / "notebooks").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        code = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in code.split("\n"))
        found[f"{path.parent.name}/{path.stem}"] = house.imports(ast.parse(code))
    return found


def helpers(house: House) -> dict[tuple[str, ...], list[str]]:
    """Return private functions of the same name and arguments in several modules."""
    found = defaultdict(list)
    for name, tree in house.tree.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                found[node.name, *(one.arg for one in node.args.args)].append(name)
    return {key: names for key, names in found.items() if len(names) > 1}


def seconds(root: Path, statement: str) -> tuple[float, int]:
    """Return the least of three times of an import, and how many modules of the package it loads."""
    code = (
        f"import sys, time\nbegan = time.perf_counter()\n{statement}\nended = time.perf_counter()\n"
        f"print(ended - began, sum(name.split('.')[0] == '{PACKAGE}' for name in sys.modules))"
    )
    given = dict(os.environ, PYTHONPATH=str(root / "src"))
    best, count = float("inf"), 0
    for _ in range(3):
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=given, cwd=root, check=False
        )
        if ran.returncode:
            return float("nan"), 0
        one, count = float(ran.stdout.split()[0]), int(ran.stdout.split()[1])
        best = min(best, one)
    return best, count


def directions(house: House, figures: dict[str, float], notes: list[str]) -> None:
    """Measure rooms, levels and circles."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for name, others in house.uses.items():
        if name != PACKAGE:
            own = house.room(name)
            rooms[own] |= {house.room(other) for other in others if other != PACKAGE} - {own}
    folders = sorted(room for room in rooms if "." not in room)
    floor, depth = levels(rooms), levels(house.uses)
    turning, inner = circles(rooms), circles(house.uses)
    figures["files beside the rooms"] = len(list(house.source.glob("*.py")))
    figures["rooms"] = len(folders)
    figures["levels between the rooms"] = max(floor.values()) + 1
    figures["rooms in a circle"] = sum(map(len, turning))
    figures["levels between the files"] = max(depth.values()) + 1
    figures["files in a circle"] = sum(map(len, inner))
    notes += [f"circle of rooms: {' '.join(part)}" for part in turning]
    for part in inner:
        notes.append(f"circle of files: {' '.join(part)}")
        notes += [f"  {name} -> {other}" for name in part for other in sorted(house.uses[name] & set(part))]
    for room in folders:
        own = [name for name in house.path if name != PACKAGE and house.room(name) == room]
        down = " ".join(sorted(rooms[room])) or "nothing"
        size = sum(house.lines[name] for name in own)
        notes.append(f"room {room}: level {floor[room]}, {len(own)} files, {size} lines, imports {down}")
    notes += [f"hint upwards: {name} -> {other}" for name, other in hints(house, floor)]


def hints(house: House, floor: dict[str, int]) -> list[tuple[str, str]]:
    """Return the imports for type hints only that point to the same level or upwards."""
    pairs = [(name, other) for name, tree in house.tree.items() for other in house.imports(tree, hints=True)]
    inner = [(name, other) for name, other in pairs if PACKAGE not in {name, other}]
    rooms = {pair: (house.room(pair[0]), house.room(pair[1])) for pair in inner}
    return sorted(pair for pair, (own, there) in rooms.items() if own != there and floor[there] >= floor[own])


def uses(house: House, figures: dict[str, float], notes: list[str]) -> None:
    """Measure which modules serve one other only, and what the notebooks reach."""
    books = notebooks(house)
    users: dict[str, set[str]] = defaultdict(set)
    for name, others in [*house.uses.items(), *books.items()]:
        for other in others:
            users[other].add(name)
    modules = [name for name in house.path if house.path[name].name != "__init__.py"]
    single = [name for name in modules if len(users[name]) == 1]
    figures["modules used by one other only, charts, cli, importing aside"] = sum(
        not ASIDE.search(one) for one in single
    )
    notes += [f"used once: {name} ({house.lines[name]} lines) by {next(iter(users[name]))}" for name in single]
    notes += [f"used by nothing but tests or a command: {name}" for name in modules if not users[name]]
    total = sum(house.lines.values())
    shares = {
        name: 100 * sum(house.lines[one] for one in house.reach(imports)) / total
        for name, imports in books.items()
        if name.startswith("reports/")
    }
    for word, taken in (("least", min), ("median", statistics.median), ("most", max)):
        figures[f"reach of a report notebook, {word}, % of lines"] = round(taken(shares.values()), 1)
    notes += [f"reach: {name} {share:.1f} %" for name, share in sorted(shares.items(), key=lambda one: one[1])]


def sizes(house: House, figures: dict[str, float], notes: list[str]) -> None:
    """Measure what stands twice and how long things are."""
    same = helpers(house)
    figures["private helpers of one name and shape in two modules"] = len(same)
    notes += [f"helper: {key[0]}({', '.join(key[1:])}) in {' '.join(names)}" for key, names in sorted(same.items())]
    figures["modules"] = len(house.path)
    figures["lines"] = sum(house.lines.values())
    found = {
        f"{name}.{node.name}": node.end_lineno - node.lineno + 1
        for name, tree in house.tree.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {name: size for name, size in found.items() if size > LONGEST_FUNCTION}
    figures["lines of a function, median"] = statistics.median(found.values())
    figures["functions of more than 60 lines"] = len(long)
    figures["modules of more than 700 lines"] = sum(size > LONGEST_MODULE for size in house.lines.values())
    notes += [f"long: {name} {size}" for name, size in long.items()]


def times(house: House, figures: dict[str, float], notes: list[str]) -> None:
    """Measure imports beside that of pandas, each in a process of its own."""
    page = next((name for name in house.path if name.endswith(".page")), "")
    pandas, _ = seconds(house.root, "import pandas")
    own, _ = seconds(house.root, f"import {PACKAGE}")
    opened, count = seconds(house.root, f"from {page} import open_page")
    figures["seconds of import pandas"] = round(pandas, 2)
    figures["import of the package beside pandas, times"] = round(own / pandas, 2)
    figures["open_page beside pandas, times"] = round(opened / pandas, 2)
    figures["modules of the package behind open_page"] = count
    if f"{PACKAGE}.region" in house.path:
        asked, _ = seconds(house.root, f"import {PACKAGE} as tf; tf.region('330000')")
        figures["tf.region() beside pandas, times"] = round(asked / pandas, 2)
    notes.append(f"interpreter: {sys.executable}")


def main() -> int:
    """Print the yardsticks and return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=Path, default=Path())
    parser.add_argument("--detail", action="store_true")
    parser.add_argument("--no-times", action="store_true")
    given = parser.parse_args()
    house = House(given.root.resolve())
    figures: dict[str, float] = {}
    notes: list[str] = []
    for measure in (directions, uses, sizes) if given.no_times else (directions, uses, sizes, times):
        measure(house, figures, notes)
    missed = 0
    for name, value in figures.items():
        goal = GOALS.get(name, math.inf)
        missed += not value <= goal
        verdict = "" if goal == math.inf else f"<= {goal:<8g} {'ok' if value <= goal else 'missed'}"
        print(f"{name:62} {value:>10,.6g}   {verdict}")
    print(*(note for note in notes if given.detail or note.startswith("room ")), sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
