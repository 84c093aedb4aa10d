"""Figures of the tables beside the line of the source table that they were read from, a random tenth of the new ones.

`tests/frozen/traced.csv` holds file, line and value of the source, with the sign that our table gives to it. A figure
that a later source revises leaves the list with its row.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog

LIST = Path(__file__).parents[1] / "frozen" / "traced.csv"
KEYS = {
    "inventory": (["region", "year", "field", "subsector", "fuel_group"], "co2_mt"),
    "energy_balance": (["region", "year", "flow", "fuel"], "value"),
    "observations": (["indicator", "region", "period"], "value"),
    "targets": (["region", "id"], "target_value"),
}


def test_every_figure_is_that_of_its_source(live: Catalog) -> None:
    shipped: dict[tuple[str, str], list[float]] = {}
    for table, (key, value) in KEYS.items():
        rows = live.read(table)
        for *parts, figure in rows[[*key, value]].itertuples(index=False):
            shipped.setdefault((table, "|".join(map(str, parts))), []).append(float(figure))
    with LIST.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) > 500
    wrong = [
        f"{row['source_table']}, line {row['source_line']}: {row['source_value']}; "
        f"data/{row['table']}.csv, {row['key']}: {shipped.get((row['table'], row['key']), 'no row')}"
        for row in listed
        if not any(
            figure == pytest.approx(float(row["source_value"]), abs=5e-5)
            for figure in shipped.get((row["table"], row["key"]), [])
        )
    ]
    assert not wrong, "\n".join(wrong)
