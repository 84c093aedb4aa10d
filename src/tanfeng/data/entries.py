"""Files of entries (YAML, JSON), read strictly: nothing in them is taken for what it is not, or passed over.

What can not be read, a key given twice, an unknown, missing or wrong part is one line with the file and the entry.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tanfeng.data.project import ProjectError

Kinds = Mapping[str, tuple[Callable[[Any], bool], str]]


def is_text(value: Any) -> bool:
    """Whether this is a text with something in it.

    Example:
        >>> is_text("x"), is_text(" "), is_text(5)
        (True, False, False)
    """
    return isinstance(value, str) and bool(value.strip())


def is_finite(value: Any) -> bool:
    """Whether this is a finite number; `true` is none.

    Example:
        >>> is_finite(0.5), is_finite(True), is_finite(float("nan"))
        (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def are_texts(value: Any) -> bool:
    """Whether this is a list of texts.

    Example:
        >>> are_texts(["x"]), are_texts("x"), are_texts([1])
        (True, False, False)
    """
    return isinstance(value, list) and all(is_text(one) for one in value)


def require(place: str, found: Any, kinds: Kinds, optional: Collection[str] = ()) -> dict[str, Any]:
    """Return an entry after holding each of its parts against its kind.

    Args:
        place: file and entry, for messages.
        found: the entry.
        kinds: by the name of a part, what it must satisfy and how messages say that.
        optional: parts that may be missing.

    Raises:
        ProjectError: if it is no mapping, or a part is unknown, missing or wrong.

    Example:
        >>> require("x.yaml", {"id": "a"}, {"id": (is_text, "a name")})
        {'id': 'a'}
        >>> require("x.yaml", {"idd": "a"}, {"id": (is_text, "a name")})
        Traceback (most recent call last):
        tanfeng.data.project.ProjectError: x.yaml: unknown key 'idd' (did you mean id?); known are: id
    """
    if not isinstance(found, dict):
        raise ProjectError(f"{place}: found {_short(found)}; expected the keys {', '.join(kinds)}")
    for key in found:
        if key not in kinds:
            near = get_close_matches(str(key), kinds, 1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            raise ProjectError(f"{place}: unknown key {key!r}{meant}; known are: {', '.join(kinds)}")
    for key, (fits, expected) in kinds.items():
        if not fits(found.get(key)) and not (key in optional and key not in found):
            raise ProjectError(f"{place}: found {_short(found.get(key))} for {key}; expected {expected}")
    return found


def _short(found: Any) -> str:
    text = repr(found)
    return text if len(text) <= 80 else f"{text[:77]}..."


def read_json(path: Path, name: str) -> Any:
    """Return what a JSON file holds.

    Args:
        path: the file.
        name: the file as messages name it.

    Raises:
        ProjectError: if it can not be read, is not UTF-8 or no JSON (NaN and Infinity are none), or has a key twice.

    Example:
        >>> read_json(Path("data/datapackage.json"), "data/datapackage.json")["name"]
        'tanfeng-data'
    """

    def refuse(number: str) -> None:
        raise ValueError(f"{number} is no number of JSON")

    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, parse_constant=refuse, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(name, error) from error


def _once(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return pairs as a mapping; stop if a key stands twice."""
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {key!r} stands twice")
    return dict(pairs)


def read_yaml(path: Path, name: str) -> Any:
    """Return what a YAML file holds.

    Args:
        path: the file.
        name: the file as messages name it.

    Raises:
        ProjectError: if it can not be read, is not UTF-8 or no plain YAML, or has a key twice.

    Example:
        >>> sorted(read_yaml(Path("notebooks/reports/reports.yaml"), "reports.yaml"))
        ['groups', 'reports']
    """
    import yaml  # most commands need none

    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            _once([(self.construct_object(key, deep=True), None) for key, _ in node.value if key.value != "<<"])
            return dict(super().construct_mapping(node, deep))

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Strict)  # noqa: S506  # a safe loader
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> ProjectError:
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else " ".join(str(error).split())
    return ProjectError(f"{name} cannot be read: {reason}")
