"""What the guides and READMEs tell to type runs, in a copy of the project, and shows what they say it shows.

Each document is followed from its first block to its last: commands (`sh`), commands with what they show (`console`)
and Python. In outputs `...` stands for what depends on the tables. A block that is not run says why. A translation has
the same blocks; some are followed too, but build no page.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import FROZEN, ROOT

GUIDE = ROOT / "docs" / "guide"
DOCUMENTS = [*ROOT.glob("README*.md"), *sorted(GUIDE.glob("*.md"))]
ENGLISH = [path for path in DOCUMENTS if ".zh-CN" not in path.name]
RUN, SHOWN = {"sh", "console", "python"}, {"csv", "text", "yaml"}
FENCE = re.compile(r"^(?:<!-- not run: ([^\n]+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_SECONDS = 300
LOCALES = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}
# What may be marked as not run, by how its lines begin; the reason stands at each mark.
CANNOT = (
    "git clone",
    "cd tanfeng",
    "make",
    ". .venv/bin/activate",
    "tanfeng lab",
    "dask ",
    ".venv/bin/pip install",
    "tanfeng build --executor dask",
)
CHECKER = doctest.OutputChecker()


@dataclass(frozen=True)
class Block:
    """A block of code: its kind, why it is not run (empty if it is), and what stands in it."""

    kind: str
    why: str
    code: str

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The commands of a console, each with its output."""
        parts = re.split(r"^\$ (.+)\n", self.code, flags=re.MULTILINE)
        return list(zip(parts[1::2], parts[2::2], strict=True))


def translated(path: Path) -> Path:
    return path.with_name(f"{path.stem}.zh-CN.md")


def blocks(path: Path) -> list[Block]:
    found = FENCE.findall(path.read_text(encoding="utf-8"))
    return [Block(kind, why, code) for why, kind, code in found]


# Of the translations those whose commands say something in Chinese: a verdict, an import, a check.
FOLLOWED = [*ENGLISH, *(GUIDE / f"{name}.zh-CN.md" for name in ("first-hour", "howto-import", "howto-target"))]


class Reader:
    """Someone who follows a document in a copy of the project."""

    def __init__(self, project: Path, lang: str) -> None:
        self.project, self.lang = project, lang
        self.names: dict[str, object] = {}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
        own = {"PATH": path, "PYTHONPATH": str(project / "src"), "LANG": LOCALES[lang], "COLUMNS": "400"}
        self.environment = kept | own

    def follow(self, block: Block) -> None:
        {"sh": self._type, "console": self._compare, "python": self._evaluate}[block.kind](block)

    def _type(self, block: Block) -> None:
        code = block.code if self.lang == "en" else re.sub(r"^tanfeng build .*$", "", block.code, flags=re.MULTILINE)
        ran = self._ran(f"set -e\n{code}")
        assert ran.returncode == 0, f"{code}\n{ran.stdout}"

    def _compare(self, block: Block) -> None:
        for command, expected in block.shown:
            found = self._ran(command).stdout
            assert CHECKER.check_output(expected, found, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), found

    def _evaluate(self, block: Block) -> None:
        if ">>>" not in block.code:
            exec(block.code, self.names)
            return
        page = doctest.DocTestParser().get_doctest(block.code, {}, "block", None, 0)
        page.globs = self.names
        told: list[str] = []
        runner = doctest.DocTestRunner(CHECKER, optionflags=doctest.ELLIPSIS)
        assert runner.run(page, out=told.append, clear_globs=False).failed == 0, "".join(told)

    def _ran(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=LIMIT_SECONDS,
        )


@pytest.mark.build
@pytest.mark.parametrize("path", FOLLOWED, ids=lambda path: path.stem)
def test_it_can_be_followed(path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FROZEN / "src", project / "src", dirs_exist_ok=True)  # with the modules as they are compiled
    monkeypatch.chdir(project)
    reader = Reader(project, "zh" if ".zh-CN" in path.name else "en")
    kinds = RUN if path.parent == GUIDE else RUN - {"python"}  # that of the READMEs: tests/test_docs.py
    for block in blocks(path):
        if block.kind in kinds and not block.why:
            reader.follow(block)


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
class TestBothLanguages:
    def test_they_have_the_same_blocks(self, path: Path) -> None:
        en, zh = (blocks(one) for one in (path, translated(path)))
        assert [(one.kind, one.why) for one in en] == [(one.kind, one.why) for one in zh]
        assert {one.kind for one in en} <= RUN | SHOWN

    def test_no_block_is_hidden(self, path: Path) -> None:
        for one in (path, translated(path)):
            assert one.read_text(encoding="utf-8").count("```") == 2 * len(blocks(one)), one.name


def test_what_is_not_run_cannot_be() -> None:
    marked = [one for path in ENGLISH for one in blocks(path) if one.why]
    lines = [line for one in marked for line in one.code.splitlines() if line]
    assert [line for line in lines if not line.startswith(CANNOT)] == []
    assert {start for start in CANNOT if any(line.startswith(start) for line in lines)} == set(CANNOT)
