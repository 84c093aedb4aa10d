"""The project folder: where it is, what a table of it is, and its code lists. Needs no data library to load."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE_FILE = Path("data", "datapackage.json")
DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}


class ProjectError(Exception):
    """The question was wrong: the message says what was found, what was expected and what to do.

    Example:
        >>> import tanfeng as tf
        >>> try:
        ...     tf.region("浙疆")
        ... except tf.ProjectError as error:
        ...     print(str(error)[:31])
        no region '浙疆'; did you mean 浙江
    """


class Absent(ProjectError):
    """The tables do not hold something of a region.

    Attributes:
        what: what they do not hold, in Chinese and English.

    Example:
        >>> str(Absent(("措施", "measures"), "data/measures.csv", "320000"))
        'data/measures.csv has no measures of region 320000'
    """

    def __init__(self, what: tuple[str, str], file: str, region: str) -> None:
        super().__init__(f"{file} has no {what[1]} of region {region}")
        self.what = what


@dataclass(frozen=True)
class TableSchema:
    """One table of the data package: its file, columns, key and links to other tables."""

    name: str
    path: str
    description: str
    fields: tuple[dict[str, Any], ...]
    key: tuple[str, ...]
    links: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return [field["name"] for field in self.fields]

    @property
    def dtypes(self) -> dict[str, str]:
        """Pandas type of each column."""
        return {field["name"]: DTYPES[field["type"]] for field in self.fields}


def find_root(start: Path) -> Path:
    """Return the project folder: `start` or the nearest folder above it that holds `data/datapackage.json`.

    Raises:
        ProjectError: if there is none.

    Example:
        >>> (find_root(Path.cwd()) / "data" / "datapackage.json").is_file()
        True
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / PACKAGE_FILE).is_file():
            return folder
    raise ProjectError(f"no {PACKAGE_FILE} in {start} or any folder above it; run tanfeng inside the project folder")


def code_list(root: Path, table: str) -> list[dict[str, str]]:
    """Return a shipped code list (`regions`, `fields` ...) as rows of text, in the order of `sort` if it has that.

    Example:
        >>> [row["id"] for row in code_list(find_root(Path.cwd()), "fields")][:3]
        ['total', 'energy', 'industry']
    """
    with (root / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted(rows, key=lambda row: int(row.get("sort") or 0))
