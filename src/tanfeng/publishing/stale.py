"""What a page was made from, by content: what it takes to run its notebook, and what it takes to draw the page.

Running takes the code cells, the parameters, the package, the lock file and the tables the notebook read. Drawing
takes the outputs, the text cells, the title, the templates and a few tables. A page is out of date when one of them
differs from the record of its last good build, or when the page or a table of it was changed or removed.

A build with nothing to do is told from here (`all_up_to_date`), so nothing but the standard library is imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tanfeng.publishing import notebook, plan
from tanfeng.publishing.plan import Report

STATE = Path(".state")
RUNS = Path("build", "runs")
DRAWN_FROM = ("datapackage.json", "words.csv", "sources.csv", "regions.csv", "local")
RUN_WORDS = {
    "code": "the code of its notebook changed",
    "parameters": "its parameters changed",
    "source": "the code in src/ changed",
    "lock": "requirements.lock changed",
}
DRAW_WORDS = {
    "text": "the text of its notebook changed",
    "title": "its title, or that of a page it leads to, changed",
    "template": "the page template changed",
    "words": "the words, sources or regions changed",
}


@dataclass(frozen=True)
class Record:
    """What is known of the last good build of a page.

    Attributes:
        inputs: hashes by kind, see `RUN_WORDS` and `DRAW_WORDS`.
        tables: hashes of the tables and templates its notebook read.
        files: hashes of the files it wrote.
        answer: the sentence it opens with.
        seconds: how long its notebook ran.
    """

    inputs: dict[str, str]
    files: dict[str, str]
    answer: dict[str, Any]
    tables: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class State:
    """Hashes of the project at one moment: every table and template by name, and the rest by kind."""

    root: Path
    files: dict[str, str]
    kinds: dict[str, str]

    def of(self, name: str) -> str:
        """Return the hash of a file or folder (`data/targets.csv`, `data/vintages`), or `missing`."""
        if name in self.files:
            return self.files[name]
        below = {one: value for one, value in self.files.items() if one.startswith(f"{name}/")}
        return joined(below) if below else "missing"

    @property
    def data(self) -> str:
        """Hash of all tables."""
        return self.of("data")


def joined(hashes: dict[str, str]) -> str:
    """Return one hash of several by name."""
    return hashlib.sha256(json.dumps(sorted(hashes.items())).encode()).hexdigest()


def hashed(content: bytes) -> str:
    """Return the hash of some content."""
    return hashlib.sha256(content).hexdigest()


def file_hash(path: Path) -> str:
    """Return the hash of a file, or `missing`."""
    try:
        return hashed(path.read_bytes())
    except OSError:
        return "missing"


def digest(paths: list[Path], root: Path) -> str:
    """Return one hash over the names and contents of files."""
    return joined({path.relative_to(root).as_posix(): file_hash(path) for path in paths})


def _below(folder: Path) -> list[Path]:
    found = [Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names]
    wanted = [path for path in found if "__pycache__" not in path.parts and not path.name.startswith(".~")]
    return [path for path in wanted if path.is_file()]


@lru_cache(maxsize=4)
def state(root: Path) -> State:
    """Return the hashes of the project as it is now (once in a command)."""
    source = root / "src" / "tanfeng"
    templates = source / "pages" / "templates"
    sources = _below(source)
    package = {path: path.relative_to(source).parts[0] for path in sources}
    package.update({path: "templates" for path in sources if templates in path.parents})
    drawing = [path for path, part in package.items() if part in {"publishing", "templates"}]
    running = [path for path, part in package.items() if part not in {"publishing", "templates", "cli"}]
    files = {f"data/{path.relative_to(root / 'data').as_posix()}": file_hash(path) for path in _below(root / "data")}
    for path in sources:
        if package[path] == "templates":
            files[path.relative_to(templates.parent).as_posix()] = file_hash(path)
    found = State(root, files, {})
    found.kinds.update(
        source=digest(running, root),
        lock=file_hash(root / "requirements.lock"),
        template=digest(drawing, root),
        words=joined({name: found.of(f"data/{name}") for name in DRAWN_FROM}),
    )
    return found


@lru_cache(maxsize=256)
def _notebook(path: Path, lang: str) -> tuple[str, str]:
    cells = notebook.prepared(notebook.read(path), lang)
    return notebook.code_hash(cells), notebook.text_hash(cells)


def inputs(root: Path, report: Report) -> dict[str, str]:
    """Return the hashes of everything a page is made from but the tables, by kind."""
    code, text = _notebook(root / report.notebook, report.lang)
    every = [[one.slug, one.title, one.group] for one in plan.reports(root, report.region, report.lang)]
    titles = json.dumps([report.title, every, plan.groups(root, report.lang)], ensure_ascii=False)
    given = {"code": code, "text": text, "title": titles}
    given["parameters"] = json.dumps(report.notebook_parameters, sort_keys=True, ensure_ascii=False)
    return given | state(root).kinds


def all_tables(root: Path) -> dict[str, str]:
    """Return every table and template: what a notebook may have read of which nothing is known."""
    return dict(state(root).files)


def tables(root: Path, reads: list[str]) -> dict[str, str]:
    """Return the hashes of what a notebook read; the data package and local rows concern every notebook."""
    return {name: state(root).of(name) for name in sorted({*reads, "data/datapackage.json", "data/local"})}


def forget() -> None:
    """Look at the files anew."""
    state.cache_clear()
    _notebook.cache_clear()


def record_file(out: Path, report: Report) -> Path:
    """Return where the record of a page is kept."""
    return out / STATE / f"{report.name}.json"


def read_record(out: Path, report: Report) -> Record | None:
    """Return the record of the last good build, or None if there is none that can be read."""
    return _record_in(record_file(out, report))


def run_folder(root: Path, report: Report) -> Path:
    """Return where the last good run of a notebook is kept: `executed.ipynb`, `out/`, `run.json`."""
    return root / RUNS / report.name


def read_run(root: Path, report: Report) -> Record | None:
    """Return the record of the last good run of a notebook, or None."""
    return _record_in(run_folder(root, report) / "run.json")


def _record_in(path: Path) -> Record | None:
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def run_reasons(root: Path, report: Report, record: Record) -> list[str]:
    """Return why a notebook has to run again after a recorded run."""
    now = inputs(root, report)
    changed = [words for kind, words in RUN_WORDS.items() if now[kind] != record.inputs.get(kind)]
    return changed + [f"{name} changed" for name, value in record.tables.items() if state(root).of(name) != value]


def reasons(root: Path, out: Path, report: Report) -> list[str]:
    """Return why a page is out of date; an empty list if it is not."""
    record = read_record(out, report)
    if record is None:
        return ["it was never built"]
    now = inputs(root, report)
    changed = [words for kind, words in DRAW_WORDS.items() if now[kind] != record.inputs.get(kind)]
    return run_reasons(root, report, record) + changed + _touched(out, record)


def _touched(folder: Path, record: Record) -> list[str]:
    return [
        f"{name} was changed or removed" for name, value in record.files.items() if file_hash(folder / name) != value
    ]


def must_run(root: Path, report: Report) -> bool:
    """Whether the notebook of a page has to run: the outputs of its last good run are gone or out of date."""
    record = read_run(root, report)
    return record is None or bool(run_reasons(root, report, record) or _touched(run_folder(root, report), record))


def index_inputs(root: Path, out: Path, reports: list[Report]) -> dict[str, str]:
    """Return the hashes of what the index is made from, by kind."""
    known = {report.name: read_record(out, report) for report in reports}
    answers = {name: json.dumps(record.answer, sort_keys=True) for name, record in known.items() if record}
    titles = {report.name: report.title for report in reports}
    kinds, shown = state(root).kinds, {report.name: report.group for report in reports}
    shown |= {f"groups.{lang}": json.dumps(plan.groups(root, lang)) for lang in plan.LANGS}
    return {
        "answers": joined(answers),
        "titles": joined(titles),
        "data": state(root).data,
        "source": kinds["source"],
        "lock": kinds["lock"],
        "template": joined({**shown, "": kinds["template"]}),
    }


def index_is_current(root: Path, out: Path, reports: list[Report]) -> bool:
    """Whether the index is what the last build wrote, and nothing it is made from has changed."""
    record = _record_in(out / STATE / "index.json")
    return record is not None and record.inputs == index_inputs(root, out, reports) and not _touched(out, record)


LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "nbclient", "papermill", "ipykernel")


def libraries() -> dict[str, str]:
    """Return the versions that a page depends on: of Python and of the main libraries."""
    return {"python": ".".join(map(str, sys.version_info[:2]))} | {name: version(name) for name in LIBRARIES}


def all_up_to_date(root: Path, out: Path, region: str, chosen: list[Report]) -> bool:
    """Whether the chosen pages and the index are up to date."""
    if any(reasons(root, out, report) for report in chosen):
        return False
    return index_is_current(root, out, plan.listed(root, region))


def message(out: Path, chosen: list[Report]) -> str:
    """Return what a build with nothing to do says."""
    return f"up to date: {len(chosen)} reports in {short_path(out)}/ (open {short_path(out)}/index.html)"


def short_path(path: Path) -> str:
    """Return a path as seen from the current folder."""
    return os.path.relpath(path)
