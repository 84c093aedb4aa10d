"""What the tables behind a page are: a data package (JSON) beside them, in the language of the page."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from tanfeng.data.catalog import Catalog
from tanfeng.publishing.plan import Report

ENCODING = "utf-8-sig"


def package(catalog: Catalog, report: Report, left: Path, sources: list[dict[str, str]]) -> bytes:
    """Return the data package of a page: its tables with columns, rows and hash, and its sources; empty without tables.

    Args:
        catalog: the tables, for the descriptions of columns.
        report: which report.
        left: folder in which the notebook left its tables.
        sources: entries of the source list of the page, see `tanfeng.publishing.render.sources`.
    """
    downloads = left / "downloads.json"
    known = json.loads(downloads.read_text(encoding="utf-8")) if downloads.is_file() else {}
    if not known:
        return b""
    content = {
        "profile": "tabular-data-package",
        "name": f"{report.region}-{report.slug}",
        "title": report.title,
        "lang": report.lang,
        "version": catalog.vintage,
        "sources": [_source(one) for one in sources],
        "resources": [_resource(catalog, left, name, about) for name, about in known.items() if "columns" in about],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _source(source: dict[str, str]) -> dict[str, str]:
    found = {"title": source["citation"], "path": source["url"], "licence": source["licence"], "grade": source["grade"]}
    return {key: value for key, value in found.items() if value}


def _resource(catalog: Catalog, left: Path, name: str, about: dict[str, Any]) -> dict[str, Any]:
    content = (left / name).read_bytes()
    described = descriptions(catalog)
    fields = [
        {"name": column, "type": kind} | ({"description": described[column]} if column in described else {})
        for column, kind in about["columns"]
    ]
    return {
        "name": Path(name).stem.lower(),
        "path": name,
        "title": about["label"],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": ENCODING,
        "rows": about["rows"],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields},
    }


@lru_cache(maxsize=2)
def descriptions(catalog: Catalog) -> dict[str, str]:
    """Return what a column means, where every table of the project that has it says the same."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in catalog.tables.values():
        for one in table.fields:
            found[one["name"]].add(one.get("description", ""))
    return {name: next(iter(words)) for name, words in found.items() if len(words) == 1}
