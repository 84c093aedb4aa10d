"""One quantity has one value: an id of a key figure says the same on every page, in both languages and the READMEs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.publishing import documents
from tanfeng.publishing.plan import reports

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "reports" / "tables" / "330000"
FACTS = ("value", "unit", "period", "status")
BUILT = pytest.mark.skipif(not (FOLDER.parent.parent / "index.html").is_file(), reason="no pages: run `make` first")


def _contradictions(rows: list[tuple[str, str, tuple[object, ...]]]) -> list[str]:
    """Return the ids that have more than one value, with where each stands; rows are id, place and facts."""
    seen: dict[str, dict[tuple[object, ...], str]] = {}
    for name, place, facts in rows:
        seen.setdefault(name, {}).setdefault(facts, place)
    return [f"{name}: {found}" for name, found in seen.items() if len(found) > 1]


@BUILT
def test_on_all_pages_in_both_languages() -> None:
    files = sorted(FOLDER.glob("keyfigures.*.json"))
    pages = {f"keyfigures.{one.page.stem}.json" for one in reports(ROOT, "330000")}
    assert {file.name for file in files} == pages
    rows = []
    for file in files:
        found = json.loads(file.read_text(encoding="utf-8"))
        assert found
        assert len({row["id"] for row in found}) == len(found), file.name
        rows += [(row["id"], file.name, tuple(row[name] for name in FACTS)) for row in found]
    assert _contradictions(rows) == []


@BUILT
def test_a_table_of_both_languages_is_one_table() -> None:
    """A file that the pages of both languages write has the same bytes from each, or the one built last would win."""
    runs = ROOT / "build" / "runs" / "330000"
    both = [
        (file, runs / file.parts[-3].replace(".zh", ".en") / "out" / file.name) for file in runs.glob("*.zh/out/*.csv")
    ]
    shared = [(zh, en) for zh, en in both if en.is_file()]
    assert shared
    assert [zh.name for zh, en in shared if zh.read_bytes() != en.read_bytes()] == []


@BUILT
def test_a_text_says_its_value_in_both_languages() -> None:
    for file in sorted(FOLDER.glob("keyfigures.*.zh.json")):
        both = [json.loads(one.read_text(encoding="utf-8")) for one in (file, Path(str(file).replace(".zh.", ".en.")))]
        assert [row["id"] for row in both[0]] == [row["id"] for row in both[1]]
        assert all(row["text"] for rows in both for row in rows)


def test_in_the_key_figures_of_every_report(live: Catalog) -> None:
    found = documents.figures(live)
    fields = set(live.read("fields")["id"])
    rows = [
        (
            f"{name}.{row.id}" if (name := row.report.rpartition("-")[2]) in fields else row.id,
            row.report,
            (float(f"{row.value:.10g}"), row.unit, row.period, row.status),  # some come from a file
        )
        for row in found.itertuples()
    ]
    assert _contradictions(rows) == []


def test_a_contradiction_is_found() -> None:
    rows = [("co2_2025", "peak", (477.4, "Mt CO2")), ("co2_2025", "overview", (474.7, "Mt CO2"))]
    assert _contradictions(rows)[0].startswith("co2_2025")
