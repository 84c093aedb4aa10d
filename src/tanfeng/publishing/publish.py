"""Putting files in their places: each is written beside them first and renamed, so that none is ever half there.

One build at a time: `held` is a lock that the system takes back when its holder ends, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from tanfeng.data.project import ProjectError
from tanfeng.publishing import stale, work
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import STATE, Record

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ProjectError: if a folder is in its place.
    """
    _place({path: content}, lambda number: path.with_name(f".{path.name}.{os.getpid()}.part"))


def _place(contents: dict[Path, bytes], part: Callable[[int], Path]) -> None:
    """Write several files to temporary places, by their numbers, then rename all of them."""
    parts = {path: part(number) for number, path in enumerate(contents)}
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise ProjectError(f"{path} is a folder; a file to write was expected")
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(content)
        for path in contents:
            parts[path].replace(path)
    finally:
        for one in parts.values():
            with contextlib.suppress(OSError):
                one.unlink(missing_ok=True)


def staging(out: Path) -> Path:
    """Return the folder for files that are not complete yet; it belongs to the build that holds the lock."""
    return out / STATE / "staging"


def publish(out: Path, report: Report, drawn: Path, tables: Path, run: Record) -> None:
    """Put a page and its tables in their places and record what they were made from.

    Args:
        out: folder of the pages.
        report: which report.
        drawn: folder with its page (`page.html`) and what its tables are (`package.json`, if it has any).
        tables: folder that its notebook wrote to.
        run: what it was made from, and how long it took.
    """
    contents = {report.page: (drawn / "page.html").read_bytes()}
    if (drawn / "package.json").is_file():
        contents[report.metadata] = (drawn / "package.json").read_bytes()
    for path in sorted([*tables.glob("*.csv"), *tables.glob("*.xlsx"), *tables.glob("keyfigures.*.json")]):
        contents[Path("tables", report.region, path.name)] = path.read_bytes()
    answer = json.loads((tables / "answer.json").read_text(encoding="utf-8"))
    files = {name.as_posix(): stale.hashed(content) for name, content in contents.items()}
    record = Record(run.inputs, files, answer, run.tables, run.seconds)
    contents[stale.record_file(Path(), report)] = as_json(record)
    _publish(out, contents)


def _publish(out: Path, contents: dict[Path, bytes]) -> None:
    folder = staging(out)
    folder.mkdir(parents=True, exist_ok=True)
    _place({out / name: content for name, content in contents.items()}, lambda number: folder / f"{number}.part")
    with contextlib.suppress(OSError):  # it is not empty
        folder.rmdir()


def publish_index(out: Path, pages: dict[str, bytes], inputs: dict[str, str]) -> None:
    """Put the index of each language in its place; one that is the same is left alone."""
    files = {name: stale.hashed(content) for name, content in pages.items()}
    new = {Path(name): content for name, content in pages.items() if stale.file_hash(out / name) != files[name]}
    _publish(out, {**new, STATE / "index.json": as_json(Record(inputs, files, {}))})


def as_json(record: Record) -> bytes:
    """Return a record as a file."""
    return json.dumps(asdict(record), ensure_ascii=False, indent=1).encode()


def keep_run(root: Path, report: Report, ran: Path, record: Record) -> None:
    """Keep a good run, from which the page can be drawn again without running the notebook."""
    outputs = [ran / "executed.ipynb", *sorted(path for path in (ran / "out").iterdir() if path.is_file())]
    files = {path.relative_to(ran).as_posix(): stale.file_hash(path) for path in outputs}
    for path in ran.iterdir():
        if path.is_file() and path not in outputs:
            path.unlink()
    (ran / "run.json").write_bytes(as_json(Record(record.inputs, files, {}, record.tables, record.seconds)))
    kept = stale.run_folder(root, report)
    shutil.rmtree(kept, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    ran.replace(kept)


class Busy(Exception):
    """Another build is at work: the message says which."""


@contextmanager
def held(root: Path, out: Path) -> Iterator[None]:
    """Hold the locks of a project and of a folder of pages.

    Raises:
        Busy: if another build holds one of them.
        ProjectError: if one of the folders cannot be written to.
    """
    process = root / "build" / "process"
    with ExitStack() as stack:
        for folder in dict.fromkeys((root / "build", out)):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                handle = os.open(folder, os.O_RDONLY) if fcntl else -1
            except OSError as error:
                raise ProjectError(f"{folder} cannot be written to: {error.strerror}; no report was changed") from error
            if fcntl:
                stack.callback(_released, handle)
                work.OWN.add(handle)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    other = process.read_text(encoding="utf-8") if process.is_file() else "of another project"
                    said = f"another build (process {other}) is at work in {folder}; wait for it or end it"
                    raise Busy(said) from error
        process.write_text(str(os.getpid()), encoding="utf-8")
        yield


def _released(handle: int) -> None:
    work.OWN.remove(handle)
    os.close(handle)
