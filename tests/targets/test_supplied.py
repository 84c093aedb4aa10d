"""What an office supplies decides: every gap of the 14th plan filled with made-up figures, met, then missed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.pages.sentences import reason
from tanfeng.targets.verdict import STRICT, Verdict, judge

PLAN, REGION = "14FYP", "330000"
SOURCE = "bulletin_2025"
UNPUBLISHED = re.compile("未公布|未查到|尚未|没有同口径|not published|was found|nothing since|no public evidence")
COLUMNS = ["indicator", "region", "period", "value", "unit", "bound", "status", "source_id", "note_zh", "note_en"]


def made_up(catalog: Catalog, target: dict[str, Any], met: bool) -> list[dict[str, Any]]:
    """Return figures of a target's own indicator that answer it, in the unit of the target."""
    asked, direction, year = target["target_value"], target["direction"], int(target["target_year"])
    kind = catalog.read("indicators").set_index("id").at[target["indicator"], "kind"]
    figures = {str(year): asked * (1.0 if met else 0.9)}
    if direction == "at_most":
        figures = {str(year): asked * (1.0 if met else 1.1)}
    elif kind == "change":
        figures = {f"{int(target['base_year'])}/{year}": -asked if met else 1 - asked}
    elif direction == "increase_by" and kind == "stock":
        base = int(target["base_year"])
        figures = {str(base): asked / 10, str(year): asked * (1.1 if met else 1.0)}
    return [
        {
            **dict.fromkeys(COLUMNS, ""),
            **{"indicator": target["indicator"], "region": REGION, "period": period, "value": value},
            **{"unit": target["unit"], "bound": "exact", "status": "reported", "source_id": SOURCE},
        }
        for period, value in figures.items()
    ]


def supplied(root: Path, rows: list[dict[str, Any]]) -> Catalog:
    """Put figures into `data/local/` and open the tables."""
    folder = root / "data" / "local"
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(["indicator", "period"], keep="last")
    frame.to_csv(folder / "observations.csv", index=False)
    return Catalog(root)


def counted(catalog: Catalog) -> dict[str, Verdict]:
    return {one.target["id"]: one for one in judge(catalog, REGION, PLAN) if one.counts}


@pytest.mark.parametrize("met", [True, False])
def test_every_gap_filled_is_judged_and_no_sentence_denies_it(catalog: Catalog, tables: Path, met: bool) -> None:
    before = counted(catalog)
    gaps = {name: one for name, one in before.items() if one.verdict not in STRICT}
    assert gaps
    rows = [row for one in gaps.values() for row in made_up(catalog, one.target, met)]
    filled = supplied(tables, rows)
    after = counted(filled)
    assert {name: after[name].verdict for name in gaps} == dict.fromkeys(gaps, "met" if met else "missed")
    assert {name: one.verdict for name, one in after.items() if name not in gaps} == {
        name: one.verdict for name, one in before.items() if name not in gaps
    }
    for one in after.values():
        for lang in ("zh", "en"):
            said = reason(filled, one, lang)
            assert one.lean == ""
            assert one.probability_range is None
            assert not UNPUBLISHED.search(said), said
