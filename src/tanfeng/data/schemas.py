"""Schemas of the tables for pandera, made from `data/datapackage.json`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandera.pandas as pa

from tanfeng.data.project import Table

PANDERA_TYPES: dict[str, Any] = {
    "string": str,
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": str,
}


def schema(table: Table) -> pa.DataFrameSchema:
    """Return the pandera schema of a table, made from its definition in the data package.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(schema(open_catalog().tables["plans"]).columns)[:3]
        ['id', 'zh', 'en']
    """
    return pa.DataFrameSchema({field["name"]: _column(field) for field in table.fields}, strict=False)


def _column(field: dict[str, Any]) -> pa.Column:
    limits, checks = field.get("constraints", {}), []
    if "enum" in limits:
        checks.append(pa.Check.isin(limits["enum"], error=f"one of {', '.join(map(str, limits['enum']))}"))
    if "pattern" in limits:
        checks.append(pa.Check.str_matches(rf"^(?:{limits['pattern']})$", error=f"text like {limits['pattern']}"))
    if "minimum" in limits:
        checks.append(pa.Check.ge(limits["minimum"], error=f"at least {limits['minimum']}"))
    if "maximum" in limits:
        checks.append(pa.Check.le(limits["maximum"], error=f"at most {limits['maximum']}"))
    if field["type"] == "number":
        checks.append(pa.Check(np.isfinite, error="a number that is not infinite"))
    if field["type"] == "boolean":
        checks.append(pa.Check.isin(["true", "false"], error="true or false"))
    dtype = PANDERA_TYPES[field["type"]]
    return pa.Column(dtype, checks, nullable=not limits.get("required", False), coerce=dtype is not str)
