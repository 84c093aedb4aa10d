"""The quality papers: the log of assumptions is whole, the data log is that of the tables, roles are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanfeng.data import cache
from tanfeng.data.catalog import Catalog, read_text_table
from tanfeng.publishing import datalog, signoff
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "quality"
PLANS = {"zh": FOLDER / "plan.zh-CN.md", "en": FOLDER / "plan.md"}
COLUMNS = ["id", "value", "assumption", "where", "why", "effect if wrong", "sensitivity", "owner"]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def table(path: Path, head: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    _, _, after = path.read_text(encoding="utf-8").partition(f"\n## {head}\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    assert lines, f"{path.name}: no table below {head}"
    return [cells(line) for line in lines[1:]]


def roles(lang: str) -> list[str]:
    return [row[0] for row in table(PLANS[lang], {"zh": "岗位", "en": "Roles"}[lang])]


LINES = [line for line in (FOLDER / "assumptions.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
ROWS = [cells(line) for line in LINES if not line.startswith(("| id", "|---"))]


class TestAssumptions:
    def test_every_row_is_whole(self) -> None:
        assert {tuple(cells(line)) for line in LINES if line.startswith("| id")} == {tuple(COLUMNS)}
        assert [row for row in ROWS if len(row) != len(COLUMNS) or not all(row)] == []

    def test_ids_are_those_of_one_row_each(self) -> None:
        ids = [row[0] for row in ROWS]
        assert len(set(ids)) == len(ids)
        assert [one for one in ids if not re.fullmatch(r"[A-Z]{2}\d\d", one)] == []

    def test_sensitivity_and_owner_are_known(self) -> None:
        assert {row[6] for row in ROWS} == {"high", "medium", "low"}
        assert {row[7] for row in ROWS} <= set(roles("en"))

    def test_what_a_row_names_is_there(self) -> None:
        named = {name for row in ROWS for name in re.findall(r"`(data/[\w/.]+)`", row[3])}
        assert named
        assert [name for name in named if not (ROOT / name).exists()] == []


class TestPlan:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_sheet_is_signed_by_the_roles_of_the_plan(self, lang: str) -> None:
        assert [role[0 if lang == "zh" else 1] for role, _ in signoff.ROLES] == roles(lang)

    def test_both_languages_hold_the_same(self) -> None:
        zh, en = (path.read_text(encoding="utf-8") for path in PLANS.values())
        assert [zh.count(mark) for mark in ("\n## ", "\n| ", "\n1. ")] == [
            en.count(mark) for mark in ("\n## ", "\n| ", "\n1. ")
        ]
        code = r"`(tanfeng [a-z ]+|make \w+|data/[\w.]+)"
        assert {one.strip() for one in re.findall(code, zh)} == {one.strip() for one in re.findall(code, en)}

    def test_every_check_has_a_role(self) -> None:
        for lang, head in (("zh", "检查内容"), ("en", "What is checked")):
            rows = table(PLANS[lang], head)
            assert {row[4] for row in rows} <= set(roles(lang))
            assert all(len(row) == 5 and all(row) for row in rows)


class TestDataLog:
    def test_a_row_a_source_with_what_uses_it(self, tables: Path) -> None:
        catalog = Catalog(tables)
        rows = {one[0]: one for one in map(cells, datalog.data_log(catalog).splitlines()) if len(one) == 7}
        sources = read_text_table(tables / "data" / "sources.csv")
        assert {datalog.plain(name) for name in sources["id"]} == set(rows) - {"id", "---"}
        inventory = read_text_table(tables / "data" / "inventory.csv")["source_id"].str.split().explode()
        for name, count in inventory.value_counts().items():
            assert f"inventory ({count:,})" in rows[datalog.plain(str(name))][6]

    def test_two_sources_of_one_row_both_count(self, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        rows = read_text_table(path)
        before = datalog.uses(Catalog(tables))
        first, second = rows["source_id"].iloc[0].split()[0], "own_archive"
        rows.loc[0, "source_id"] = f"{first} {second}"
        rows.to_csv(path, index=False)
        cache.clear()
        after = datalog.uses(Catalog(tables))
        assert after[second]["observations"] == before.get(second, {}).get("observations", 0) + 1
        assert after[first] == before[first]

    @pytest.mark.parametrize("text", ["a|b", "[x](y)", "*z*", "<script>", "`c`", "two\nlines"])
    def test_a_text_is_no_markup(self, text: str) -> None:
        shown = datalog.plain(text)
        assert "\n" not in shown
        assert not re.search(r"(?<!\\)[|\[\]*<>`]", shown)
