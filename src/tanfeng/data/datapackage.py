"""The data package: `data/datapackage.json` is the one definition of every table, its columns, types, keys and links.

It is read strictly (`tanfeng.data.entries`), so that no limit of a column is lost by a slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tanfeng.data.entries import Kinds, are_texts, is_finite, is_text, read_json, require
from tanfeng.data.project import DTYPES, PACKAGE_FILE, ProjectError, TableSchema

NAME = re.compile(r"[a-z][a-z0-9_]*")
FILE_NAME = re.compile(r"[\w-]+(/[\w-]+)*\.csv")
VERSION = re.compile(r"[0-9]{4}\.(0[1-9]|1[0-2])")


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_pattern(value: Any) -> bool:
    try:
        return is_text(value) and bool(re.compile(value))
    except re.error:
        return False


def _filled(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind) and bool(value)


TEXT, NAMES = (is_text, "a text"), (lambda value: are_texts(value) and bool(value), "a list of columns")
LISTED, MAPPING = (_filled(list), "a list that is not empty"), (_filled(dict), "names with values")
PACKAGE: Kinds = {
    **dict.fromkeys(("name", "title", "profile"), TEXT),
    "version": (_matches(VERSION), "year and month, such as 2026.11"),
    "licenses": LISTED,
    "resources": LISTED,
}
RESOURCE: Kinds = {
    "name": (_matches(NAME), "a name of small letters, digits and _"),
    "path": (_matches(FILE_NAME), "a CSV file in data/"),
    **dict.fromkeys(("profile", "title", "description", "encoding", "format", "mediatype"), TEXT),
    "schema": MAPPING,
}
SCHEMA: Kinds = {
    "fields": LISTED,
    "primaryKey": NAMES,
    "missingValues": (lambda value: value == [""], 'the list [""]'),
    "foreignKeys": LISTED,
}
COLUMN: Kinds = {
    "name": (_matches(NAME), "a name of small letters, digits and _"),
    "type": (lambda value: value in DTYPES, f"one of {', '.join(DTYPES)}"),
    "description": TEXT,
    "constraints": MAPPING,
}
LIMITS: Kinds = {
    "required": (lambda value: isinstance(value, bool), "true or false"),
    **dict.fromkeys(("minimum", "maximum"), (is_finite, "a finite number")),
    "pattern": (_is_pattern, "a regular expression"),
    "enum": LISTED,
}
LINK: Kinds = {"fields": NAMES, "reference": MAPPING}
REFERENCE: Kinds = {"resource": TEXT, "fields": NAMES}
OPTIONAL = {"title", "profile", "description", "encoding", "format", "mediatype", "licenses", "missingValues"}
OPTIONAL |= {"foreignKeys", "constraints", *LIMITS}


def read_package(root: Path) -> dict[str, TableSchema]:
    """Read `data/datapackage.json` and return its tables by name.

    Raises:
        ProjectError: if it can not be read, or a part is unknown, missing or wrong.

    Example:
        >>> read_package(Path.cwd())["plans"].columns
        ['id', 'zh', 'en', 'base_year', 'first_year', 'last_year', 'targets']
    """
    found: dict[str, TableSchema] = {}
    for number, resource in enumerate(_package(root)["resources"], start=1):
        table = _table(_place(f"resource {number}"), resource)
        if table.name in found:
            raise ProjectError(f"{_place(f'resource {number}')}: a second table {table.name}; expected one")
        found[table.name] = table
    return found


def require_links(tables: dict[str, TableSchema]) -> None:
    """Stop if a table refers to a table or column that is not there.

    Raises:
        ProjectError: if it does.

    Example:
        >>> require_links(read_package(Path.cwd()))
    """
    for table in tables.values():
        for columns, other, keys in table.links:
            if other not in tables or not set(keys) <= set(tables[other].columns) or len(keys) != len(columns):
                expected = f"a table and as many of its columns as {', '.join(columns)}"
                raise ProjectError(
                    f"{_place(table.name)}, foreignKeys: found {other} ({', '.join(keys)}); expected {expected}"
                )


def _place(part: str) -> str:
    return f"{PACKAGE_FILE.as_posix()}, {part}"


def _package(root: Path) -> dict[str, Any]:
    name = PACKAGE_FILE.as_posix()
    return require(name, read_json(root / PACKAGE_FILE, name), PACKAGE, OPTIONAL)


def _table(place: str, resource: Any) -> TableSchema:
    require(place, resource, RESOURCE, OPTIONAL)
    place = _place(resource["name"])
    schema = require(place, resource["schema"], SCHEMA, OPTIONAL)
    for number, field in enumerate(schema["fields"], start=1):
        require(f"{place}, column {number}", field, COLUMN, OPTIONAL)
        require(f"{place}, column {field['name']}", field.get("constraints", {}), LIMITS, OPTIONAL)
    links = [require(f"{place}, foreignKeys", link, LINK) for link in schema.get("foreignKeys", [])]
    for link in links:
        require(f"{place}, foreignKeys", link["reference"], REFERENCE)
    columns = [field["name"] for field in schema["fields"]]
    for name in [*schema["primaryKey"], *(name for link in links for name in link["fields"]), *columns]:
        if columns.count(name) != 1:
            raise ProjectError(f"{place}: found {columns.count(name)} columns {name!r}; expected one")
    return TableSchema(
        name=resource["name"],
        path=resource["path"],
        description=resource.get("description", ""),
        fields=tuple(schema["fields"]),
        key=tuple(schema["primaryKey"]),
        links=tuple(
            (tuple(link["fields"]), link["reference"]["resource"], tuple(link["reference"]["fields"])) for link in links
        ),
    )


def vintage(root: Path) -> str:
    """Return the state of the tables as a date (`2026-11`): the version of the data package.

    Example:
        >>> len(vintage(Path.cwd()))
        7
    """
    return str(_package(root)["version"]).replace(".", "-")
