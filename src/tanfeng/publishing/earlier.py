"""What earlier builds computed and is still right: values of cached functions that took long, in `build/values/`.

A value is taken up only if the package, the lock file, the versions of the libraries and every file behind it are
the same, by content. There is one file a group (see `tanfeng.publishing.warm`); whatever is wrong with one, its values
are computed again. The files are pickles: like the compiled modules they belong to this folder and come from nowhere
else.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tanfeng.data import cache
from tanfeng.data.cache import Value
from tanfeng.publishing import publish, stale

FOLDER = Path("build", "values")
Kept = tuple[Value, dict[str, str]]


@dataclass
class KeptValues:
    """The values of a project: those still right by group, and the hashes of its files when this process began.

    Make it before the modules of the package are imported: what changes afterwards leads to no value that is kept, in
    this process and in all that are forked from it, since any of them may still hold what it was before.

    Args:
        root: project folder.
        scratch: folder for what is not complete yet.
    """

    root: Path
    scratch: Path
    right: dict[str, list[Kept]] = field(default_factory=dict)
    began: stale.State = field(init=False)
    _known: dict[frozenset[str], dict[str, str]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.began = self._look()

    def take_up(self) -> None:
        """Take up what is still right, for this process and those forked from it."""
        if self._look().kinds != self.began.kinds:
            return
        for path in sorted((self.root / FOLDER).glob("*.pickle")):
            kept = _read(path, self._basis)
            self.right[path.stem] = [(value, hashes) for value, hashes in kept if self._same(value.reads) == hashes]
            cache.receive([value for value, _ in self.right[path.stem]])

    def keep(self, group: str) -> None:
        """Keep what this process computed for a group.

        Raises:
            OSError: if the file cannot be written.
        """
        computed = cache.hand_on()
        if self._look().kinds != self.began.kinds:
            return
        found = ((value, self._same(value.reads)) for value in computed)
        new = [(value, hashes) for value, hashes in found if hashes]
        if new:
            every = {(one[0].function, one[0].key): one for one in [*self.right.get(group, []), *new]}
            _write(self.root / FOLDER / f"{group}.pickle", self.scratch, self._basis, list(every.values()))

    def _look(self) -> stale.State:
        stale.forget()
        self._known.clear()
        return stale.state(self.root)

    def _same(self, reads: frozenset[str]) -> dict[str, str]:
        """Return the hashes of the files behind a value; nothing if one is not as it was when this process began."""
        if reads not in self._known:  # many values come from the same files
            hashes = stale.tables(self.root, list(reads))
            same = all(self.began.of(name) == found for name, found in hashes.items())
            self._known[reads] = hashes if same else {}
        return self._known[reads]

    @cached_property
    def _basis(self) -> dict[str, str]:
        kinds = {name: self.began.kinds[name] for name in ("source", "lock")}
        noted = stale.file_hash(Path(__file__).with_name("tracing.py"))  # how the files behind a value are found
        return kinds | stale.libraries() | {"interpreter": sys.version, "tracing": noted}


def _write(path: Path, scratch: Path, basis: dict[str, str], kept: list[Kept]) -> None:
    content = pickle.dumps((basis, kept))
    publish.place({path: hashlib.sha256(content).digest() + content}, {path: scratch / path.name})


def _read(path: Path, basis: dict[str, str]) -> list[Kept]:
    """Return the values of a file; none if it was damaged or belongs to another state of the package."""
    with contextlib.suppress(Exception):  # whatever a damaged file leads to
        content = path.read_bytes()
        if hashlib.sha256(content[32:]).digest() == content[:32]:
            known, kept = pickle.loads(content[32:])  # noqa: S301  # see the text above
            return list(kept) if known == basis else []
    return []
