"""Maps: YAML files that say how a wide table is read, proposed by the command, remembered and used again.

Those of known files are in `data/maps/`, those of one's own in `data/local/maps/`, and a file with the same headings is
read by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from tanfeng.checks.importing.findings import trimmed
from tanfeng.checks.importing.wide import COLUMNS, EVERY, HEAD_ROWS, Layout, hint, year_of
from tanfeng.data.catalog import Catalog
from tanfeng.data.entries import are_texts, is_text, read_yaml, require
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet
from tanfeng.data.spelling import form
from tanfeng.data.wording import say

SHIPPED, OWN = Path("data", "maps"), Path("data", "local", "maps")
OPTIONAL = {one.name for one in fields(Layout)} - {"table", "items", "name"}


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(is_text(key) and (one is None or is_text(one)) for key, one in value.items())


KINDS = {
    "table": (lambda value: value in COLUMNS, f"one of {', '.join(COLUMNS)}"),
    **dict.fromkeys(
        ("sheet", "region", "year", "item", "unit"), (lambda value: isinstance(value, str), "a text in quotes")
    ),
    "head": (lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0, "the number of a row"),
    "months": (lambda value: isinstance(value, bool), "true or false"),
    **dict.fromkeys(("items", "units", "set"), (_texts, "names, each with a text (or null for an item)")),
    "columns": (are_texts, "a list of headings"),
}


def load(catalog: Catalog, path: Path) -> Layout:
    """Read a map.

    Raises:
        ProjectError: if it cannot be read, has an unknown, missing or wrong part, or names no indicator of the tables.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> load(open_catalog(), Path("data/maps/carbon_monitor.yaml")).table
        'other_inventories'
    """
    found = require(path.name, read_yaml(path, path.name), KINDS, OPTIONAL)
    known = set(catalog.read("indicators")["id"])
    for item, indicator in found["items"].items():
        if found["table"] == "observations" and indicator is not None and indicator not in known:
            near = hint(catalog, indicator)
            raise ProjectError(
                say(
                    "{file}，items，{item}：为{indicator!r}；应为data/indicators.csv中的指标{near}",
                    "{file}, items, {item}: found {indicator!r}; expected an indicator of data/indicators.csv{near}",
                    file=path.name,
                    item=item,
                    indicator=indicator,
                    near=say("，是否为{near}", ", did you mean {near}?", near=near) if near else "",
                )
            )
    return Layout(**{**found, "columns": tuple(found.get("columns", ())), "name": path.name})


def remembered(catalog: Catalog, sheets: Sequence[SourceSheet]) -> Layout | None:
    """Return the map of a file with these headings, one's own first; None if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("", (("province", "date", "year_month", "co2_tonnes"), ("Anhui", "", "2019-01", "1")))
        >>> remembered(open_catalog(), [sheet]).name
        'carbon_monitor.yaml'
    """
    for folder in (OWN, SHIPPED):
        for path in sorted((catalog.root / folder).glob("*.yaml")):
            layout = load(catalog, path)
            wanted = set(map(form, layout.columns))
            for sheet in sheets:
                for index, row in enumerate(sheet.rows[:HEAD_ROWS]):
                    if wanted and wanted <= {form(str(cell)) for cell in row}:
                        return replace(layout, sheet=sheet.name, head=index + 1)
    return None


def _headings(sheets: Sequence[SourceSheet], layout: Layout) -> list[str]:
    """Return the headings by which a file of this kind is known again: all but years."""
    sheet = next((one for one in sheets if one.name == layout.sheet), sheets[0])
    row = sheet.rows[layout.head - 1] if layout.head <= len(sheet.rows) else ()
    return [trimmed(str(cell)) for cell in row if trimmed(str(cell)) and not year_of(cell)]


def remember(root: Path, sheets: Sequence[SourceSheet], layout: Layout) -> Path:
    """Keep a map in `data/local/maps/`, named after its headings, so that a later file with these is read by it.

    Example:
        >>> import tempfile
        >>> sheet = SourceSheet("", (("indicator", "2020"), ("x", "1")))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     remember(Path(folder), [sheet], Layout(head=1)).suffix
        '.yaml'
    """
    columns = _headings(sheets, layout)
    kept = replace(layout, columns=tuple(columns))
    path = root / OWN / f"{hashlib.sha256(repr(columns).encode()).hexdigest()[:12]}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(kept), encoding="utf-8")
    return path


def written(layout: Layout) -> str:
    """Return a map as YAML.

    Example:
        >>> print(written(Layout(region="330000", items={"*": "pv_capacity"})), end="")
        table: observations
        head: 1
        region: '330000'
        items:
          '*': pv_capacity
    """
    parts = {name: value for name, value in vars(layout).items() if name != "name" and value not in ("", {}, (), False)}
    parts = {name: dict(value) if name in {"items", "units", "set"} else value for name, value in parts.items()}
    parts["items"] = dict(layout.items)
    if layout.columns:
        parts["columns"] = list(layout.columns)
    return str(yaml.safe_dump(parts, allow_unicode=True, sort_keys=False))


def proposed(catalog: Catalog, layout: Layout) -> str:
    """Return a map to fill in: the indicator of each name that is known, null and the most alike of the others.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> print(proposed(open_catalog(), Layout(items={"粗钢产量快报": None})).splitlines()[-1])
          粗钢产量快报: null  # crude_steel_output?
    """
    lines = written(layout).splitlines()
    start = lines.index("items:")
    for number, (name, indicator) in enumerate(layout.items.items(), start=start + 1):
        near = "" if indicator else "" if name == EVERY else hint(catalog, name)
        lines[number] += f"  # {near}?" if near else ""
    head = [
        "# 将null改为data/indicators.csv中的指标，留null则不导入；单位未写明的，在units中按名称填写。",
        "# Put an indicator of data/indicators.csv in place of null, or leave it: null is not imported. Where the file",
        "# does not say a unit, give it by name in units. region may be the code of one region.",
    ]
    return "\n".join([*head, *lines]) + "\n"
