"""What a page was made from, by content: what it takes to run its notebook, and what it takes to draw the page.

Running takes the code cells, the parameters, the modules they reach, the lock file and the tables the notebook read.
Drawing takes the outputs, the text cells, the title, the templates and a few tables. A page is out of date when one of
them differs from the record of its last good build, or when the page or a table of it was changed or removed.

A build with nothing to do is told from here (`all_up_to_date`), so nothing but the standard library is imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tanfeng.data import project
from tanfeng.publishing import notebook, plan
from tanfeng.publishing.plan import Report

STATE = Path(".state")
RUNS = Path("build", "runs")
DRAWN_FROM = ("datapackage.json", "words.csv", "terms.csv", "sources.csv", "regions.csv", "local")
DRAWING = frozenset({"tanfeng.publishing.render", "tanfeng.publishing.publish"})
RUN_WORDS = {
    "code": "the code of its notebook changed",
    "parameters": "its parameters changed",
    "source": "code in src/ that it uses changed",
    "lock": "requirements.lock changed",
}
DRAW_WORDS = {
    "text": "the text of its notebook changed",
    "title": "its title, or that of a page it leads to, changed",
    "template": "the page template changed",
    "words": "the words, sources or regions changed",
}
Mark = tuple[int, int, int, int]
PACKAGE, SOURCE = "tanfeng", "src/tanfeng"
TEMPLATES = f"{SOURCE}/pages/templates/"
LOCK = "requirements.lock"
HINTS = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t][^\n]*\n|\n)+", re.MULTILINE)
IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)|import[ \t]+([\w., ]+))", re.MULTILINE
)
NAME = re.compile(r"(\w[\w.]*)(?:\s+as\s+\w+)?")


def imported(code: str) -> frozenset[str]:
    r"""Return everything that code imports, wherever in it, but for hints of types; a name may be no module.

    Example:
        >>> sorted(imported("import os.path as p\nfrom tanfeng.data import (catalog,\n  units)"))
        ['os.path', 'tanfeng.data', 'tanfeng.data.catalog', 'tanfeng.data.units']
    """
    found: set[str] = set()
    for module, names, plain in IMPORT.findall(HINTS.sub("", code)):
        listed = NAME.findall(names.partition("#")[0] if "(" not in names else re.sub(r"#[^\n]*", "", names))
        found |= {module, *(f"{module}.{name}" for name in listed)} if module else set(NAME.findall(plain))
    return frozenset(found)


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
    """The project at one moment.

    Attributes:
        places: every file by its name (`data/targets.csv`, `src/tanfeng/pages/text.py`): tables, package, notebooks,
            list of reports, lock file.
        marks: by which each was known then; a file that was written since has another, even with the same content.
        files: hash of each.
        modules: hash of each module of the package, with what its room holds besides modules.
        imports: what each module imports.
    """

    root: Path
    places: dict[str, Path]
    marks: dict[str, Mark | None]
    files: dict[str, str]
    modules: dict[str, str]
    imports: dict[str, frozenset[str]]
    codes: dict[frozenset[str], str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Return the hash of a file or folder (`data/targets.csv`, `data/vintages`), or `missing`."""
        if name in self.files:
            return self.files[name]
        below = self.below(f"{name}/")
        return joined(below) if below else "missing"

    def below(self, *starts: str) -> dict[str, str]:
        """Return the hashes of the files whose names begin so."""
        return {name: value for name, value in self.files.items() if name.startswith(starts)}

    def code(self, start: frozenset[str]) -> str:
        """Return the hash of the modules that some imports lead to."""
        if start not in self.codes:
            self.codes[start] = joined({name: self.modules[name] for name in self.reached(start)})
        return self.codes[start]

    @property
    def data(self) -> str:
        """Hash of all tables."""
        return self.of("data")

    def reached(self, start: Iterable[str]) -> set[str]:
        """Return the modules that some imports lead to; the bare package leads everywhere, as it loads by name."""
        if PACKAGE in start:
            return set(self.modules)
        found: set[str] = set()
        new = {part for name in start for part in _with_parents(name)} & self.modules.keys()
        while new:
            found |= new
            new = {part for name in new for one in self.imports[name] for part in _with_parents(one)}
            new = (new & self.modules.keys()) - found
        return found

    def others(self, start: Iterable[str]) -> list[str]:
        """Return the modules that some imports lead to, and what these and the imports take from other packages.

        They are what a process imports before it runs code with those imports.
        """
        reached = self.reached(start)
        named = {one for name in reached for one in self.imports[name]} | set(start)
        return sorted(reached) + sorted(one for one in named if one.partition(".")[0] != PACKAGE)

    def written(self, names: Iterable[str]) -> list[str]:
        """Return which of some files or folders were written, made or removed since."""
        found = []
        for name in names:
            place = self.places.get(name, self.root / name)
            there = _below(place, name) if place.is_dir() else {name: place}
            known = {one: path for one, path in self.places.items() if one.startswith(f"{name}/")}
            both = sorted({**known, **there}.items())
            found += [one for one, path in both if _mark(path) != self.marks.get(one)]
        return found


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)] if parts[0] == PACKAGE else []


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


def _mark(path: Path) -> Mark | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _below(folder: Path, name: str) -> dict[str, Path]:
    """Return the files below a folder of some name, each by its own."""
    found = {
        f"{name}{place.removeprefix(str(folder))}/{one}".replace(os.sep, "/"): Path(place, one)
        for place, _, names in os.walk(folder, followlinks=True)
        for one in names
        if not place.endswith("__pycache__") and not one.startswith(".~")
    }
    return {one: path for one, path in found.items() if path.is_file()}


def package(root: Path) -> Path:
    """Return the folder of the package that a project is built with: its own, as in a checkout, or that installed."""
    own = root / "src" / PACKAGE
    return own if own.is_dir() else project.PACKAGE


@lru_cache(maxsize=4)
def state(root: Path) -> State:
    """Return the project as it is now (once in a command)."""
    listed = [*(root / plan.FOLDER).glob("*.ipynb"), root / plan.FOLDER / "reports.yaml", root / LOCK]
    places = {**_below(root / "data", "data"), **_below(package(root), SOURCE)}
    places |= {path.relative_to(root).as_posix(): path for path in listed}
    marks = {name: _mark(path) for name, path in places.items()}  # before they are read
    files = {name: file_hash(path) for name, path in places.items()}
    code = {name: path for name, path in places.items() if name.startswith(SOURCE) and path.suffix == ".py"}
    held = [name for name in files.keys() - code.keys() if name.startswith(SOURCE) and not name.startswith(TEMPLATES)]
    rooms = {name: name.removesuffix("__init__.py") for name in code if name.count("/") > 2 and "__init__" in name}
    hashes = {
        _module(name): joined(
            {"": files[name], **{one: files[one] for one in held if one.startswith(rooms.get(name, "-"))}}
        )
        for name in code
    }
    imports = {
        _module(name): imported(path.read_text(encoding="utf-8", errors="replace")) for name, path in code.items()
    }
    return State(root, places, marks, files, hashes, imports)


def _module(name: str) -> str:
    """Return the module in a file: `tanfeng.pages.text` in `src/tanfeng/pages/text.py`."""
    parts = name.removesuffix(".py").split("/")[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache(maxsize=256)
def _notebook(path: Path, lang: str) -> tuple[str, str, frozenset[str]]:
    cells = notebook.prepared(notebook.read(path), lang)
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    return notebook.code_hash(cells), notebook.text_hash(cells), imported(code)


@lru_cache(maxsize=256)
def _titles(root: Path, region: str, lang: str) -> tuple[list[list[str]], dict[str, str]]:
    every = [[one.slug, one.title, one.group] for one in plan.reports(root, region, lang)]
    return every, plan.groups(root, lang)


def forget() -> None:
    """Look at the files anew."""
    for known in (state, _notebook, _titles):
        known.cache_clear()


def imports(root: Path, report: Report) -> frozenset[str]:
    """Return what the code cells of a report import."""
    return _notebook(root / report.notebook, report.lang)[2]


def inputs(root: Path, report: Report) -> dict[str, str]:
    """Return the hashes of everything a page is made from but the tables, by kind."""
    cells, text, imported = _notebook(root / report.notebook, report.lang)
    return {
        "code": cells,
        "text": text,
        "title": json.dumps([report.title, *_titles(root, report.region, report.lang)], ensure_ascii=False),
        "source": state(root).code(imported),
        "parameters": json.dumps(report.notebook_parameters, sort_keys=True, ensure_ascii=False),
        **_drawing(state(root)),
    }


def _drawing(now: State) -> dict[str, str]:
    return {
        "lock": now.of(LOCK),
        "template": joined({**now.below(TEMPLATES), "": now.code(DRAWING)}),
        "words": joined({name: now.of(f"data/{name}") for name in DRAWN_FROM}),
    }


def seen(root: Path, report: Report, reads: Iterable[str]) -> list[str]:
    """Return every file that a page is made from, by the names of `State.places`."""
    now = state(root)
    modules = now.reached(imports(root, report) | DRAWING)
    code = [name for name in now.places if name.endswith(".py") and _module(name) in modules]
    given = [report.notebook.as_posix(), (plan.FOLDER / "reports.yaml").as_posix(), LOCK]
    return [*given, *tables(root, [*reads, *(f"data/{name}" for name in DRAWN_FROM)]), *code]


def reads(root: Path, left: Path) -> list[str]:
    """Return the tables and templates that a notebook read, of what it left; all where nothing is known of that."""
    try:
        return list(json.loads((left / "reads.json").read_text(encoding="utf-8")))
    except OSError:
        return list(state(root).below("data/", TEMPLATES))


def tables(root: Path, reads: Iterable[str]) -> dict[str, str]:
    """Return the hashes of what a notebook read; the data package and local rows concern every notebook."""
    return {name: state(root).of(name) for name in sorted({*reads, "data/datapackage.json", "data/local"})}


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
    shown = {report.name: f"{report.group} {report.title}" for report in reports}
    shown |= {f"groups.{lang}": json.dumps(plan.groups(root, lang)) for lang in plan.LANGS}
    firsts = {one.lang: one for one in reversed(reports) if (out / one.page).is_file()}  # they stand in the index
    pages = {f"page.{lang}": file_hash(out / one.page) for lang, one in firsts.items()}
    made_by = state(root).code(frozenset({"tanfeng.publishing.index"}))
    return {"answers": joined({**answers, **pages}), "titles": joined(shown), "code": made_by, **_drawing(state(root))}


def index_is_current(root: Path, out: Path, reports: list[Report]) -> bool:
    """Whether the index is what the last build wrote, and nothing it is made from has changed."""
    record = _record_in(out / STATE / "index.json")
    return record is not None and record.inputs == index_inputs(root, out, reports) and not _touched(out, record)


LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "IPython", "papermill")


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
