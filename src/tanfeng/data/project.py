"""The project folder: where it is, what a table of it is, and its code lists. Needs no data library to load."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanfeng.data.wording import say

PACKAGE_FILE = Path("data", "datapackage.json")
VARIABLE = "TANFENG_ROOT"  # names the project folder wherever a command or Python is started
PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "shipped"  # of a wheel
DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}


NAMED = (
    "--root或{variable}指定的{folder}中没有{file}；应为项目文件夹",
    "no {file} in {folder}, which --root or {variable} names; expected a project folder",
)
NONE = (
    "{folder}及其上级文件夹中没有{file}；请在项目文件夹内运行，或用--root、{variable}指定，或用tanfeng init DIR建立",
    "no {file} in {folder} or any folder above it; run tanfeng inside the project folder, name one with --root or "
    "{variable}, or begin one with `tanfeng init DIR`",
)


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


def find_root(start: Path | None = None) -> Path:
    """Return the project folder: `start` or the nearest folder above it that holds `data/datapackage.json`.

    Args:
        start: by default the folder that `TANFENG_ROOT` names, which must be a project itself, or the current one.

    Raises:
        ProjectError: if there is none.

    Example:
        >>> (find_root() / "data" / "datapackage.json").is_file()
        True
    """
    named = "" if start else os.environ.get(VARIABLE, "")
    begin = Path(named or start or "").resolve()
    for folder in (begin, *([] if named else begin.parents)):
        if (folder / PACKAGE_FILE).exists():  # what is wrong with it is told where it is read
            return folder
    raise ProjectError(say(*(NAMED if named else NONE), file=PACKAGE_FILE, folder=named or begin, variable=VARIABLE))


def shipped() -> Path:
    """Return the folder with the tables and notebooks that came with the package: not a place to write.

    Example:
        >>> (shipped() / "notebooks" / "reports" / "reports.yaml").is_file()
        True
    """
    return SHIPPED if SHIPPED.is_dir() else PACKAGE.parents[1]  # in a checkout they stand where they are kept


def reading_root(start: Path | None = None) -> Path:
    """Return the folder whose tables are read: the project, or where none is named and none is here the shipped ones.

    Args:
        start: as for `find_root`.

    Raises:
        ProjectError: if a folder is named that is no project.

    Example:
        >>> reading_root() == find_root()
        True
    """
    try:
        return find_root(start)
    except ProjectError:
        if start or os.environ.get(VARIABLE) or not (shipped() / PACKAGE_FILE).is_file():
            raise
        return shipped()


def code_list(root: Path, table: str) -> list[dict[str, str]]:
    """Return a code list (`regions`, `fields` ...) as rows of text, local ones too, sorted by `sort` if it has that.

    Example:
        >>> [row["id"] for row in code_list(find_root(Path.cwd()), "fields")][:3]
        ['total', 'energy', 'industry']
    """
    rows: list[dict[str, str]] = []
    for path in (root / "data" / f"{table}.csv", root / "data" / "local" / f"{table}.csv"):
        if path.parent.name != "local" or path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows += csv.DictReader(file)
    return sorted(rows, key=lambda row: int(row.get("sort") or 0))
