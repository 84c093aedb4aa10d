"""The documents list what there is; their numbers are held by `publishing/test_documents.py`."""

from __future__ import annotations

import ast
import pydoc
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
import yaml

from tanfeng.cli.commands import app
from tanfeng.data.catalog import Catalog
from tests import shots
from tests.conftest import ROOT

READMES = {"zh": ROOT / "README.zh-CN.md", "en": ROOT / "README.md"}
CLI = [ROOT / "docs" / "reference" / name for name in ("cli.md", "cli.zh-CN.md")]


def listed(columns: int, head: str) -> dict[str, list[str]]:
    """Rows of the table of docs/reference/data.md with this head, by their first cell."""
    lines = (ROOT / "docs" / "reference" / "data.md").read_text(encoding="utf-8").split("\n")
    start = lines.index(head) + 2
    rows: dict[str, list[str]] = {}
    for line in lines[start:]:
        if not line.startswith("| "):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|", columns - 1)]
        assert cells[0] not in rows, f"{cells[0]} stands twice"
        rows[cells[0]] = cells[1:]
    return rows


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    return listed(4, "| table | rows | key | content |")


def test_the_pictures_are_there_and_small() -> None:
    shown = {
        (path.parent / name).resolve()
        for path in (*READMES.values(), *(ROOT / "docs").rglob("*.md"))
        for name in re.findall(r"[./\w]*img/[\w-]+\.png", path.read_text(encoding="utf-8"))
    }
    assert shown == set((ROOT / "docs" / "img").iterdir()) == {shots.FOLDER / f"{one.name}.png" for one in shots.SHOTS}
    assert all(path.stat().st_size <= shots.MOST_BYTES for path in shown)


@pytest.mark.parametrize("path", [*READMES.values(), *(ROOT / "docs").rglob("*.md")], ids=lambda path: path.name)
def test_what_is_linked_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", path.read_text(encoding="utf-8"))
    for name, place in links:
        target = path.parent / name if name else path
        assert target.exists(), name
        heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE) if place else []
        assert not place or place in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, place


def _shown(value: object) -> str:
    return value.to_string() if isinstance(value, pd.DataFrame | pd.Series) else repr(value)


class TestReadme:
    def test_it_takes_a_minute_and_shows_one_picture(self) -> None:
        for path in READMES.values():
            told = path.read_text(encoding="utf-8")
            assert 90 <= told.count("\n") <= 130
            assert told.count("![") == 1

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_lines_of_python_run(self, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
        (code,) = re.findall(r"```python\n(.*?)```", READMES[lang].read_text(encoding="utf-8"), re.DOTALL)
        lines = ast.parse(code).body
        assert len(lines) == 10
        monkeypatch.chdir(ROOT)
        known: dict[str, Any] = {}
        for line in lines:
            if isinstance(line, ast.Expr):
                assert len(_shown(eval(ast.unparse(line), known))) > 20, ast.unparse(line)
            else:
                exec(ast.unparse(line), known)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_every_page_stands_in_its_tab(self, lang: str) -> None:
        told = READMES[lang].read_text(encoding="utf-8").split("\n")
        tab, rows = "", {}
        for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in told if line.startswith("| ")):
            tab = cells[0] or tab
            rows[cells[1]] = (tab, cells[2])
        plan = yaml.safe_load((ROOT / "notebooks" / "reports" / "reports.yaml").read_text(encoding="utf-8"))
        tabs = {group["id"]: group[lang] for group in plan["groups"]}
        whole = [report for report in plan["reports"] if "{" not in report[lang]]
        assert {report[lang]: tabs[report["group"]] for report in whole}.items() <= {
            name: row[0] for name, row in rows.items()
        }.items()
        assert {row[0] for row in rows.values()} >= set(tabs.values())
        assert all(row[1] for row in rows.values())


GROUPS = ("data", "region")


def _options() -> dict[str, set[str]]:
    """The options of each command, by its name."""
    commands: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for group in GROUPS:
        commands |= {f"{group} {name}": one for name, one in commands.pop(group).commands.items()}
    return {
        name: {option for each in one.params for option in (*each.opts, *each.secondary_opts)}
        for name, one in commands.items()
    }


def _named(path: Path) -> list[tuple[str, set[str]]]:
    """The commands that a document shows, in order, each with the options it names."""
    shown = re.findall(
        rf"(?:`|^(?: {{4}})?)tanfeng ((?:(?:{'|'.join(GROUPS)}) )?[a-z]+)([^`#\n]*)",
        path.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return [(name, set(re.findall(r"(?<!\S)\[?(--?[a-z][a-z-]*)", rest))) for name, rest in shown]


class TestCommandLine:
    @pytest.mark.parametrize("path", [*CLI, *READMES.values()], ids=lambda path: path.name)
    def test_the_options_that_are_named_are_there(self, path: Path) -> None:
        known, named = _options(), _named(path)
        assert named
        assert [(name, options - known[name]) for name, options in named if options - known[name]] == []

    def test_every_command_is_told_in_both_languages(self) -> None:
        zh, en = (_named(path) for path in CLI)
        assert zh == en
        assert {name for name, _ in zh} == set(_options())


NAMED = [
    *(ROOT / "docs").rglob("*.md"),
    *READMES.values(),
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "src").rglob("*.py"),
    *(ROOT / "src").rglob("*.j2"),
]


def test_what_documents_and_docstrings_name_is_there() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in NAMED
        for name in re.findall(r"(?<![\w/.])tanfeng(?:\.\w+)+", path.read_text(encoding="utf-8"))
    }
    assert not sorted(one for one in found if not _is_there(one[1]))


def _is_there(name: str) -> bool:
    """A module, what it defines, or a field of a class."""
    return pydoc.locate(name) is not None or isinstance(pydoc.locate(name.rpartition(".")[0]), type)


class TestDataLog:
    def test_every_table_is_listed(self, live: Catalog, rows: dict[str, list[str]]) -> None:
        assert set(rows) == set(live.tables)

    def test_keys(self, live: Catalog, rows: dict[str, list[str]]) -> None:
        assert {name: cells[1] for name, cells in rows.items()} == {
            name: ", ".join(table.key) for name, table in live.tables.items()
        }

    def test_every_table_says_what_it_holds(self, rows: dict[str, list[str]]) -> None:
        assert all(len(cells[2]) > 10 for cells in rows.values())
