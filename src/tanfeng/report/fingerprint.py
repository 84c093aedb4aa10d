"""What a page was made from: hashes of notebook, parameters, tables, code, lock file and template.

A page is out of date when one of them differs from the record of its last good build, or when the page itself was
changed or removed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tanfeng.report.plan import Report

STATE = Path(".state")
WORDS = {
    "notebook": "the notebook changed",
    "parameters": "its parameters changed",
    "data": "the tables in data/ changed",
    "code": "the code in src/ changed",
    "lock": "requirements.lock changed",
    "template": "the page template changed",
}


@dataclass(frozen=True)
class Record:
    """What is known of the last good build of a page: hashes of its inputs, of the files it wrote, and its answer."""

    inputs: dict[str, str]
    files: dict[str, str]
    answer: dict[str, Any]


def digest(paths: list[Path], root: Path) -> str:
    """Return one hash over the names and contents of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@lru_cache(maxsize=4)
def shared_inputs(root: Path) -> dict[str, str]:
    """Return the hashes of what every page depends on: tables, code, lock file, template."""
    source = root / "src" / "tanfeng"
    data = [path for path in (root / "data").rglob("*") if path.is_file()]
    lock = [path for path in [root / "requirements.lock"] if path.is_file()]
    template = [path for path in (source / "templates").rglob("*") if path.is_file()]
    return {
        "data": digest(data, root),
        "code": digest([*source.rglob("*.py"), *source.rglob("*.csv")], root),  # what the forecast learnt is CSV
        "lock": digest(lock, root),
        "template": digest(template, root),
    }


def inputs(root: Path, report: Report) -> dict[str, str]:
    """Return the hashes of everything a page is made from, by kind."""
    parameters = json.dumps([report.title, report.notebook_parameters], sort_keys=True, ensure_ascii=False)
    own = {
        "notebook": digest([root / report.notebook], root),
        "parameters": hashlib.sha256(parameters.encode()).hexdigest(),
    }
    return {**own, **shared_inputs(root)}


def record_file(out: Path, report: Report) -> Path:
    """Return where the record of a page is kept."""
    return out / STATE / f"{report.name}.json"


def read_record(out: Path, report: Report) -> Record | None:
    """Return the record of the last good build, or None if there is none that can be read."""
    try:
        return Record(**json.loads(record_file(out, report).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def reasons(root: Path, out: Path, report: Report) -> list[str]:
    """Return why a page is out of date; an empty list if it is not."""
    record = read_record(out, report)
    if record is None:
        return ["it was never built"]
    now = inputs(root, report)
    changed = [words for kind, words in WORDS.items() if now.get(kind) != record.inputs.get(kind)]
    touched = [name for name, value in record.files.items() if not _is(out / name, value)]
    return changed + [f"{name} was changed or removed" for name in touched]


def _is(path: Path, value: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == value
