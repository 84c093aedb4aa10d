"""Known errors of a source, as data: `data/corrections.yaml` says what, where, why, and what was read.

A correction that no longer finds the figures it was written for raises: the source may have been mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, read_text_table, typed
from tanfeng.data.project import ProjectError


@dataclass(frozen=True)
class Correction:
    """One entry of `data/corrections.yaml`.

    Attributes:
        where: column -> value or list of values that select the rows.
        multiply: factor applied to `column`.
        expect: field -> sum of `column` over the selected rows before the correction.
        tolerance: largest difference from `expect` that is accepted, in the unit of `column`.
    """

    id: str
    table: str
    column: str
    where: dict[str, Any]
    multiply: float
    expect: dict[str, float]
    tolerance: float
    status: str
    reason_zh: str
    reason_en: str
    source_id: str


@cached
def read_corrections(root: Path) -> tuple[Correction, ...]:
    """Read `data/corrections.yaml`.

    Raises:
        ProjectError: if an entry has an unknown, missing or wrong part.

    Example:
        >>> [one.id for one in read_corrections(Path.cwd())]
        ['lpg_feedstock_2022']
    """
    path = root / "data" / "corrections.yaml"
    try:
        return tuple(Correction(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (TypeError, yaml.YAMLError) as error:
        raise ProjectError(f"data/corrections.yaml: {error}") from error


def apply_corrections(catalog: Catalog, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table with every correction applied; corrected rows carry the status of the correction.

    Raises:
        ProjectError: if the rows a correction was written for are not what it expects.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = apply_corrections(catalog, "inventory", catalog.read("inventory"))
        >>> sorted(rows.loc[rows["status"] == "adjusted", "field"].unique())
        ['energy', 'industry']
    """
    for correction in read_corrections(catalog.root):
        if correction.table == table:
            rows = apply_correction(rows, correction)
    return rows


def check_corrections(catalog: Catalog) -> None:
    """Hold every correction against the shipped tables.

    Raises:
        ProjectError: if a correction finds no rows, or other figures than it expects.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check_corrections(open_catalog())
    """
    for correction in read_corrections(catalog.root):
        table = catalog.tables[correction.table]
        rows = typed(read_text_table(catalog.root / "data" / table.path), table)
        if apply_correction(rows, correction) is rows:
            raise ProjectError(
                f"data/corrections.yaml, {correction.id}: no row of data/{table.path} is what `where` says"
            )


def apply_correction(rows: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    """Return the rows with one correction applied (see `apply_corrections`); rows of other places are left alone.

    Raises:
        ProjectError: if the rows are not what the correction expects.


    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = open_catalog().read("inventory").query("region == '330000' and year == 2022 and fuel_group == 'lpg'")
        >>> mended = apply_correction(rows, read_corrections(Path.cwd())[0])
        >>> round(float(rows["co2_mt"].sum() - mended["co2_mt"].sum()), 1)
        21.4
    """
    chosen = pd.Series(True, index=rows.index)
    for column, value in correction.where.items():
        chosen &= rows[column].isin(value if isinstance(value, list) else [value])
    if not chosen.any():
        return rows
    _compare(rows[chosen], correction)
    rows = rows.copy()
    rows.loc[chosen, correction.column] *= correction.multiply
    rows.loc[chosen, "status"] = correction.status
    return rows


def _compare(rows: pd.DataFrame, correction: Correction) -> None:
    found = rows.groupby("field")[correction.column].sum()
    for field, expected in correction.expect.items():
        value = float(found.get(field, 0.0))
        if abs(value - expected) > correction.tolerance:
            raise ProjectError(
                f"data/corrections.yaml, {correction.id}: {field} sums to {value:.4f}, expected {expected:.4f}; "
                f"has the source in {correction.table} been mended? Then remove the correction"
            )
