"""The page of the registers: the action table in both languages, long lists folded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.pages.reports import registers as report
from tanfeng.pages.table import WHOLE
from tanfeng.roadmap import actions, registers

ZHEJIANG = "330000"


@pytest.mark.parametrize("lang", ["zh", "en"])
class TestActions:
    def test_every_cell_says_something(self, catalog: Catalog, lang: str) -> None:
        tables = report.actions(catalog, ZHEJIANG, lang)
        shown = [cell["text"] for table in tables for row in table.rows for cell in row.values()]
        assert all(shown)
        assert not any("nan" in one.split() or "None" in one or "{" in one for one in shown)
        other = [any("\u4e00" <= letter <= "\u9fff" for letter in one) for one in shown]
        assert any(other) == (lang == "zh")

    def test_every_row_is_in_the_page_once_and_few_are_unfolded(self, catalog: Catalog, lang: str) -> None:
        tables = report.actions(catalog, ZHEJIANG, lang)
        rows = actions.actions(catalog, ZHEJIANG)
        assert [len(table.rows) for table in tables] == [(rows["kind"] == kind).sum() for kind in actions.KINDS]
        assert [table.folded for table in tables] == [False, False, True]
        assert [table.caption for table in tables] == [report.ACTIONS_OF[kind][lang == "en"] for kind in actions.KINDS]
        assert len({table.caption for table in tables}) == len(tables)
        for table in tables:
            html = table.html({source: 1 for source in table.sources}, lang)
            assert html.count("<tr") == len(table.rows) + html.count("<thead")
            assert html.count("<details") == html.count("</details>") == (table.folded or len(table.rows) > WHOLE)
        shown = [len(own) for table in tables if not table.folded for line, own in table.parts(lang) if not line]
        assert sum(shown) <= 2 * WHOLE

    def test_registers_are_folded_by_field(self, catalog: Catalog, lang: str) -> None:
        fields = [catalog.label("fields", name, lang) for name in catalog.read("fields").sort_values("sort")["id"]]
        listed = {
            report.TARGETS: report.by_field(catalog, registers.targets(catalog, ZHEJIANG)),
            report.MEASURES: report.measures(catalog, ZHEJIANG),
            report.RESPONSIBILITIES: report.responsibilities(catalog, ZHEJIANG),
            report.CHAIN: report.chain(catalog, ZHEJIANG),
        }
        for layout, rows in listed.items():
            table = layout.table(catalog, rows, lang, "x")
            parts = table.parts(lang)
            assert sum(len(own) for _, own in parts) == len(table.rows) > WHOLE
            named = [next(name for name in fields if line.startswith(name)) for line, _ in parts]
            assert named == [name for name in fields if name in named]

    def test_a_body_without_a_duty_carries_its_role(self, catalog: Catalog, lang: str) -> None:
        rows = actions.actions(catalog, ZHEJIANG).to_dict("records")
        cells = [report.COLUMNS["acting"].cell(catalog, row, lang)["text"] for row in rows]
        bare = {row["role"] for row, cell in zip(rows, cells, strict=True) if cell == row[f"body_{lang}"]}
        assert bare == {registers.RESPONSIBLE}
        unnamed = {"zh": "待定", "en": "not named"}[lang]
        assert all((cell == unnamed) == (row["body_zh"] == "") for row, cell in zip(rows, cells, strict=True))

    def test_a_region_without_measures(self, catalog: Catalog, lang: str) -> None:
        tables = report.actions(catalog, "320000", lang)
        none = {"zh": "数据表中没有在实施的措施", "en": "the tables hold no measure in force"}[lang]
        assert {row["measure"]["text"] for table in tables for row in table.rows} == {none}
        assert report.actions(catalog, "110000", lang) == []

    def test_what_is_overdue_says_what_is_missing(self, catalog: Catalog, lang: str) -> None:
        rows = report.OVERDUE.table(catalog, report.due(catalog, ZHEJIANG, "overdue"), lang, "x").rows
        missing = registers.measures(catalog, ZHEJIANG).set_index("id")["missing"]
        word = {"result_missing": ("公布数据表明未完成", "a published figure falls short")}
        word |= {"figure_missing": ("只缺公布数据", "only a figure is missing")}
        told = [word[missing[row["id"]["text"]]][0 if lang == "zh" else 1] for row in rows]
        assert [row["missing"]["text"] for row in rows] == told
        assert told == sorted(told, key=told.index)
        assert missing[rows[0]["id"]["text"]] == "result_missing"
        soon = report.SOON.table(catalog, report.due(catalog, ZHEJIANG, "soon"), lang, "x").rows
        assert "missing" not in soon[0]


def test_key_figures_count_the_table(catalog: Catalog) -> None:
    figures = report.key_figures(catalog, ZHEJIANG).set_index("id")["value"]
    kinds = actions.actions(catalog, ZHEJIANG)["kind"]
    assert figures["actions"] == len(kinds)
    assert figures[[f"actions_{kind}" for kind in actions.KINDS]].tolist() == [
        (kinds == kind).sum() for kind in actions.KINDS
    ]
    assert figures["result_missing"] + figures["figure_missing"] == figures["overdue"]


def test_the_download_has_words_in_both_languages(catalog: Catalog) -> None:
    rows = report.actions_export(catalog, ZHEJIANG)
    assert (rows[["gap_zh", "gap_en", "evidence_zh", "evidence_en"]] != "").all(axis=None)
    assert len(rows) == len(actions.actions(catalog, ZHEJIANG))


def test_the_command_tells_them_apart(run: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _ = run("measures", "--due", "overdue", "--format", "json")
    assert status == 0
    assert '"missing":"result_missing"' in out.replace(" ", "")
    _, out, _ = run("measures", "--due", "overdue", "--lang", "en")
    assert "ME10  short      2025  result_missing Nuclear installed capacity: 10 GW" in out
    assert "ME29  not_shown  2025  figure_missing " in out
