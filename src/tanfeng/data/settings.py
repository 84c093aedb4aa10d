"""What is chosen, not measured: `data/settings.yaml`, of which `data/local/settings.yaml` replaces single keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tanfeng.data.entries import Kinds, are_texts, is_text, read_yaml, require

FILE, LOCAL = Path("data", "settings.yaml"), Path("data", "local", "settings.yaml")
CODES = (are_texts, "a list of codes in quotes, between brackets")
KINDS: Kinds = {
    "home": (is_text, "a code in quotes"),
    "comparison": CODES,
    "learnt_from": CODES,
}


@dataclass(frozen=True)
class Settings:
    """The settings of a project.

    Attributes:
        home: region of commands and builds that name none, and of the figures in the documents.
        comparison: provinces that stand beside it where a page compares a few.
        learnt_from: provinces whose past errors the shipped intervals were learnt from.
    """

    home: str
    comparison: tuple[str, ...]
    learnt_from: frozenset[str]

    def beside(self, region: str) -> tuple[str, ...]:
        """Return the region and those that stand beside it where a page compares a few, each once.

        Example:
            >>> settings(Path.cwd()).beside("320000")
            ('320000', '330000', '440000')
        """
        return tuple(dict.fromkeys((region, self.home, *self.comparison)))


def settings(root: Path) -> Settings:
    """Return the settings of the project in a folder.

    Raises:
        ProjectError: if a file can not be read, or a key is unknown, missing or wrong.

    Example:
        >>> settings(Path.cwd()).home
        '330000'
    """
    shipped = require(FILE.as_posix(), read_yaml(root / FILE, FILE.as_posix()), KINDS)
    own = read_yaml(root / LOCAL, LOCAL.as_posix()) if (root / LOCAL).is_file() else {}
    found = {**shipped, **require(LOCAL.as_posix(), own, KINDS, KINDS)}
    return Settings(found["home"], tuple(found["comparison"]), frozenset(found["learnt_from"]))


def unknown(root: Path, regions: Collection[str]) -> list[str]:
    """Return a line for each code of the settings that is none of the regions of the tables.

    Example:
        >>> unknown(Path.cwd(), {"320000", "330000"})[0]
        "error: data/settings.yaml: found '440000' for comparison; expected an id of data/regions.csv"
    """
    made = settings(root)
    given = {"home": [made.home], "comparison": made.comparison, "learnt_from": sorted(made.learnt_from)}
    return [
        f"error: {FILE.as_posix()}: found {code!r} for {key}; expected an id of data/regions.csv"
        for key, codes in given.items()
        for code in codes
        if code not in regions
    ]
