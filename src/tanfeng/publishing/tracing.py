"""Which files of the project a notebook read: a hook of the interpreter sees every file that is opened.

Where a value was computed once and only looked up later, `tanfeng.data.cache` notes the files behind it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tanfeng.data import cache
from tanfeng.pages import table
from tanfeng.publishing.stale import TEMPLATES

PACKAGE = Path(__file__).parents[1]
EVENTS = {"open", "os.listdir", "os.scandir"}
_watched: list[tuple[str, str]] = []


def start(root: Path) -> None:
    """Watch the tables of the project and the templates of the package; what was read before belongs to nobody."""
    cache.forget()
    table.environment.cache_clear()  # a template that is kept would not be opened again
    _watched.append((str(root / "data") + os.sep, "data/"))
    _watched.append((str(PACKAGE / "pages" / "templates") + os.sep, TEMPLATES))
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in EVENTS and isinstance(arguments[0], str | os.PathLike):
        name = os.path.abspath(arguments[0])
        for folder, short in _watched:
            if name.startswith(folder):
                cache.note(short + name.removeprefix(folder).replace(os.sep, "/"))


def write_reads(file: Path) -> None:
    """Leave the files read so far, as a JSON list."""
    file.write_text(json.dumps(cache.reads()), encoding="utf-8")
