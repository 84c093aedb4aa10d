"""A report's notebook as plain JSON: the cells of one language, with placeholders turned into code.

Reads notebooks without any library, so that a build with nothing to do stays quick.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tanfeng.publishing.plan import LANGS

CellDict = dict[str, Any]

BY_HAND = "%load_ext tanfeng\n"  # for who runs a notebook by hand, see `tanfeng.pages.notebook`


def read(path: Path) -> list[CellDict]:
    """Return the cells of a notebook; the source of each as one text."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def prepared(cells: Iterable[CellDict], lang: str) -> list[CellDict]:
    """Return the cells of one language, placeholders turned into code.

    A Markdown cell tagged `zh` or `en` belongs to that language. One with `{{ placeholders }}`, or tagged `answer`, is
    replaced by a call of `page.prose` or `page.answer` with its text, so that its numbers come from the code before it.
    The number of each cell in the original is kept in its metadata.
    """
    return [_prepared(cell, number) for number, cell in enumerate(cells, start=1) if _belongs(cell, lang)]


def _tags(cell: CellDict) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _belongs(cell: CellDict, lang: str) -> bool:
    other = next(name for name in LANGS if name != lang)
    return other not in _tags(cell) or lang in _tags(cell)


def _prepared(cell: CellDict, number: int) -> CellDict:
    tags, kind, source = sorted(_tags(cell)), cell["cell_type"], cell["source"].removeprefix(BY_HAND)
    if kind == "markdown" and ("answer" in tags or "{{" in source):
        call = "answer" if "answer" in tags else "prose"
        kind, source, tags = "code", f"page.{call}({source!r}, globals())", [*tags, "remove-input"]
    made = {"cell_type": kind, "id": f"cell-{number}", "metadata": {"tags": tags, "number": number}, "source": source}
    return {**made, "execution_count": None, "outputs": []} if kind == "code" else made


def code_hash(cells: list[CellDict]) -> str:
    """Return a hash of what is executed: the code cells, and which of them takes the parameters."""
    code = [(cell["source"], "parameters" in cell["metadata"]["tags"]) for cell in cells if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def text_hash(cells: list[CellDict]) -> str:
    """Return a hash of everything that is shown."""
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()
