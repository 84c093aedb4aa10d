"""Which modules of the package some code can reach, from what it and they import, and by what hash they are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PACKAGE = "tanfeng"
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
class Modules:
    """The modules of the package: hash and imports by name."""

    hashes: dict[str, str]
    imports: dict[str, frozenset[str]]

    def reached(self, start: Iterable[str]) -> set[str]:
        """Return the modules that some imports lead to; the bare package leads everywhere, as it loads by name."""
        if PACKAGE in start:
            return set(self.hashes)
        found: set[str] = set()
        new = {part for name in start for part in _with_parents(name)} & self.hashes.keys()
        while new:
            found |= new
            new = {part for name in new for one in self.imports[name] for part in _with_parents(one)}
            new = (new & self.hashes.keys()) - found
        return found

    def others(self, start: Iterable[str]) -> list[str]:
        """Return what is imported from other packages by the modules that some imports lead to, and these themselves.

        They are what a process imports before it runs code with those imports.
        """
        reached = self.reached(start)
        named = {one for name in reached for one in self.imports[name]} | set(start)
        return sorted(reached) + sorted(one for one in named if one.partition(".")[0] != PACKAGE)


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)] if parts[0] == PACKAGE else []
