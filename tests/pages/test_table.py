"""Tables: safe as CSV in a spreadsheet, escaped and accessible as HTML, the same figures in both."""

from __future__ import annotations

import io
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import paths
from tanfeng.pages import outlook, table, text
from tanfeng.pages.cards import NEWS, SILENT
from tanfeng.pages.reports import field, targets
from tanfeng.pages.table import SHOWN, WHOLE, Heading, Table
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict, counts_by_field, judge, judge_target

NASTY = ["<script>alert(1)</script>", "]]>&\"'", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "</table><h1>"]


class Reader(HTMLParser):
    """Collects the tags of a fragment and the text of each cell."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"td", "th", "caption"}:
            self.inside = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in {"td", "th", "caption"}

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return judge(catalog, "330000", "14FYP")


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> pd.DataFrame:
    return outlook.outlook_frame(paths.fields(catalog, "330000"))


class TestCsv:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\t", "\r"])
    def test_a_text_that_starts_like_a_formula_is_made_harmless(self, start: str) -> None:
        frame = pd.DataFrame({"name": [f"{start}cmd|'/c calc'!A1", "ok"], "value": [-1.5, 2.0]})
        back = pd.read_csv(io.StringIO(table.csv(frame), newline=""), dtype={"name": str})
        first, second = back["name"]
        assert not first.startswith(("\t", "\r", "\n"))
        assert first.strip()[0] not in "=+-@"
        assert first.endswith("cmd|'/c calc'!A1")
        assert second == "ok"
        assert back["value"].tolist() == [-1.5, 2.0]

    def test_negative_numbers_stay_numbers(self) -> None:
        frame = pd.DataFrame({"a": [-1.5, 2.25], "b": [-1, 2], "c": pd.array([-7, None], dtype="Int64")})
        assert table.csv(frame) == "a,b,c\n-1.5,-1,-7\n2.25,2,\n"

    def test_a_column_of_texts_and_numbers_keeps_its_numbers(self) -> None:
        frame = pd.DataFrame({"value": pd.Series([-2.5, "-x"], dtype=object)})
        assert table.csv(frame) == "value\n-2.5\n'-x\n"

    def test_commas_and_quotes_survive_and_a_row_is_one_line(self) -> None:
        frame = pd.DataFrame({"name": ['a,"b"', "甲\n乙", "丙\r丁\x00戊"]})
        written = table.csv(frame)
        assert pd.read_csv(io.StringIO(written))["name"].tolist() == ['a,"b"', "甲 乙", "丙 丁 戊"]
        assert written.count("\n") == 4

    def test_ten_significant_digits_and_no_carriage_return(self, rows: pd.DataFrame) -> None:
        written = table.csv(rows)
        assert "\r" not in written
        assert not re.search(r"\d{12,}|nan", written)


class TestHtml:
    @pytest.mark.parametrize("nasty", NASTY)
    def test_markup_from_data_arrives_as_text(self, nasty: str) -> None:
        columns = [
            Heading("a", f"A {nasty}", nasty),
            Heading("b", "B", kind="number"),
            Heading("c", "C", kind="verdict"),
        ]
        cells = {"a": {"text": nasty, "source": [nasty]}, "b": {"text": nasty}, "c": {"text": nasty, "class": nasty}}
        found = Reader(Table(f"C {nasty}", columns, [{**cells, "_class": nasty}], nasty).html({nasty: 1}))
        allowed = {"div", "table", "caption", "span", "thead", "tbody", "tr", "th", "td", "a", "p"}
        assert found.names() <= allowed
        assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
        assert sum(nasty in cell for cell in found.cells) >= 5

    @pytest.mark.parametrize("nasty", NASTY)
    def test_markup_in_the_tables_of_the_project_arrives_as_text(
        self, tmp_path: Path, catalog: Catalog, nasty: str
    ) -> None:
        shutil.copytree(catalog.root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("local"))
        path = tmp_path / "data" / "targets.csv"
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
        raw.loc[raw["id"] == "E02", ["zh", "en"]] = nasty
        raw.to_csv(path, index=False)
        broken = Catalog(tmp_path)
        found = Reader(targets.verdicts(broken, [judge_target(broken, "E02")], "zh", "C").html({}))
        assert not found.names() & {"script", "img", "h1"}
        assert any(nasty in cell for cell in found.cells)

    def test_every_head_has_a_scope(self) -> None:
        columns = [Heading("a", "A"), Heading("b", "B", "Mt", "number")]
        found = Reader(Table("C", columns, [{"a": {"text": "x"}, "b": {"text": "1"}}] * 3).html({}))
        heads = [attributes["scope"] for tag, attributes in found.tags if tag == "th"]
        assert heads == ["col", "col", "row", "row", "row"]
        assert [tag for tag, _ in found.tags].count("caption") == 1

    def test_a_wide_table_can_be_scrolled_with_the_keyboard(self) -> None:
        found = Reader(Table("C", [Heading("a", "A")], []).html({}))
        scroll = next(attributes for _, attributes in found.tags if attributes.get("class") == "scroll")
        assert (scroll["tabindex"], scroll["role"], scroll["aria-label"]) == ("0", "region", "C")

    def test_sources_are_cited_by_number_and_linked(self) -> None:
        cell = {"text": "1", "source": ["one", "two"]}
        html = Table("C", [Heading("a", "A", kind="number")], [{"a": cell}]).html({"one": 1, "two": 2})
        assert re.findall(r'href="#source-(\w+)">\[(\d)\]', html) == [("one", "1"), ("two", "2")]


@pytest.mark.parametrize("lang", text.LANGS)
class TestTablesOfTheReports:
    def test_verdicts(self, catalog: Catalog, judged: list[Verdict], lang: str) -> None:
        table = targets.verdicts(catalog, judged, lang, "C")
        assert len(table.rows) == len(judged)
        order = [judged_by(judged, row["id"]["text"]).answer for row in table.rows]
        assert order == sorted(order, key=(*NEWS, SILENT).index)
        assert {"not_assessable"} == {
            one for one, group in zip(order, table.groups, strict=True) if group == silent(lang)
        }
        known = set(catalog.read("sources")["id"])
        assert set(table.sources) <= known
        cited = {source for row in table.rows for source in row["reason"]["source"]}
        assert cited == set(table.sources)
        assert [row["verdict"]["text"] != "" for row in table.rows] == [answer != SILENT for answer in order]
        assert all(row["reason"]["text"] for row in table.rows)
        html = table.html({}, lang)
        assert html.count("<tr") == len(table.rows) + html.count("<thead")
        assert f"<summary>{silent(lang)}" in html
        assert "verdict-not_assessable" not in html  # the line says so once

    def test_no_verdicts(self, catalog: Catalog, lang: str) -> None:
        table = targets.verdicts(catalog, [], lang, "C")
        assert (table.rows, table.sources) == ([], [])
        assert "<caption>" in table.html({})

    def test_figures(self, catalog: Catalog, lang: str) -> None:
        table = targets.figures(catalog, ["pv_capacity", "rd_intensity_bulletin"], "330000", lang, "C")
        shown = [(row["period"]["text"], row["value"]["text"]) for row in table.rows]
        assert (text.period("2025-06", lang), "5947万千瓦" if lang == "zh" else "59.47 GW") in shown
        assert all(row["status"]["text"] and row["value"]["source"] for row in table.rows)

    def test_breaks_and_corrections(self, catalog: Catalog, lang: str) -> None:
        table = field.BREAKS.table(catalog, field.breaks(catalog, "330000", "industry"), lang, "C")
        kinds = [(row["year"]["text"], row["kind"]["text"]) for row in table.rows]
        words = {name: text.word(catalog, name, lang) for name in ("break", "correction")}
        corrected = [(year, words["correction"]) for year in ("2020", "2021", "2022")]
        assert kinds == [("2005", words["break"]), ("2016", words["break"]), *corrected]
        assert all(row["reason"]["text"] for row in table.rows)
        transport = field.BREAKS.table(catalog, field.breaks(catalog, "330000", "transport"), lang, "C")
        assert [row["year"]["text"] for row in transport.rows] == ["2005"]

    def test_benchmarks_are_national_and_carry_no_verdict(self, catalog: Catalog, lang: str) -> None:
        table = targets.benchmarks(catalog, "14FYP", lang, "C")
        national = set(catalog.read("targets").query("region == '100000' and plan == '14FYP'")["id"])
        shown = {row["id"]["text"] for row in table.rows}
        assert {"N01", "N02", "N04", "N06"} <= shown < national
        assert not {"N07", "N08", "N09", "N10"} & shown, "those of a single year"
        assert [column.key for column in table.columns] == ["id", "name", "value"]
        buildings = {row["id"]["text"] for row in targets.benchmarks(catalog, "14FYP", lang, "C", "buildings").rows}
        assert {"B02", "B03", "B04", "B05", "B06"} <= buildings < shown

    def test_outlook(self, catalog: Catalog, rows: pd.DataFrame, lang: str) -> None:
        table = outlook.OUTLOOK.table(catalog, rows.query("field == 'total' and year >= 2015"), lang, "C")
        shown = {row["year"]["text"]: row for row in table.rows}
        assert (min(shown), max(shown)) == ("2015", "2035")
        assert shown["2022"]["co2_mt"]["text"] == {"zh": "44067", "en": "440.7"}[lang]
        assert shown["2022"]["status"]["class"] == "status-adjusted"
        assert (shown["2022"]["i80"]["text"], shown["2019"]["i95"]["text"]) == ("", "")
        assert all("–" in shown[str(year)]["i80"]["text"] for year in range(2023, 2036))

    def test_emissions(self, catalog: Catalog, rows: pd.DataFrame, lang: str) -> None:
        table = outlook.emissions(catalog, rows, [2005, 2022], lang, "C")
        *fields, total, status = table.rows
        assert total["_class"] == "total"
        known = {"zh": ["25582", "44067"], "en": ["255.8", "440.7"]}[lang]
        assert [total[year]["text"] for year in ("2005", "2022")] == known
        shown = [status[year]["text"] for year in ("2005", "2022")]
        assert shown == [text.word(catalog, f"status_{name}", lang) for name in ("reported", "adjusted")]
        for year in ("2005", "2022"):
            parts = sum(float(row[year]["text"]) for row in fields)
            assert parts == pytest.approx(float(total[year]["text"]), abs={"zh": 4, "en": 0.31}[lang])

    def test_nothing_is_missing_in_any_cell(
        self, catalog: Catalog, judged: list[Verdict], rows: pd.DataFrame, lang: str
    ) -> None:
        every = [
            targets.verdicts(catalog, judged, lang, "C"),
            targets.benchmarks(catalog, "14FYP", lang, "C"),
            outlook.OUTLOOK.table(catalog, rows[rows["field"] == "energy"], lang, "C"),
            field.BREAKS.table(catalog, field.breaks(catalog, "330000", "energy"), lang, "C"),
        ]
        for one in every:
            assert not re.search(r"\bnan\b|>None<|undefined", one.html({}), re.IGNORECASE)


def test_verdict_counts_add_up(catalog: Catalog, judged: list[Verdict]) -> None:
    counts = counts_by_field(catalog, judged)
    assert list(counts.columns) == list(VERDICTS)
    assert int(counts.to_numpy().sum()) == sum(verdict.counts for verdict in judged)


def silent(lang: str) -> str:
    return {"zh": "无公开依据", "en": "no public evidence"}[lang]


def judged_by(judged: list[Verdict], name: str) -> Verdict:
    return next(verdict for verdict in judged if verdict.target["id"] == name)


def test_evidence_names_target_figure_and_citation(catalog: Catalog, judged: list[Verdict]) -> None:
    frame = targets.evidence_frame(catalog, judged)
    assert {
        "target",
        "indicator",
        "period",
        "published",
        "published_unit",
        "status",
        "grade",
        "source_id",
        "role",
    } <= set(frame)
    assert frame["citation_zh"].notna().all()
    assert set(frame["target"]) <= {verdict.target["id"] for verdict in judged}


def test_evidence_of_nothing_is_an_empty_table(catalog: Catalog, judged: list[Verdict]) -> None:
    without = [verdict for verdict in judged if not verdict.evidence][:1]
    assert len(targets.evidence_frame(catalog, without)) == 0


@pytest.mark.parametrize("lang", text.LANGS)
class TestFolds:
    ROWS = tuple({"a": {"text": f"row {number}"}} for number in range(WHOLE + 1))

    def made(self, **ways: Any) -> Table:
        return Table("C", [Heading("a", "A")], list(self.ROWS), **ways)

    def test_a_long_table_folds_its_rest(self, lang: str) -> None:
        parts = self.made().parts(lang)
        assert [len(rows) for _, rows in parts] == [SHOWN, WHOLE + 1 - SHOWN]
        html = self.made().html({}, lang)
        assert all(row["a"]["text"] in html for row in self.ROWS)
        assert html.count("<caption") == html.count("<table") == 2
        assert html.index("<details") > html.index(self.ROWS[SHOWN - 1]["a"]["text"])

    def test_totals_are_not_folded(self, lang: str) -> None:
        rows = [*self.ROWS, {"a": {"text": "sum"}, "_class": "total"}]
        (_, shown), _ = Table("C", [Heading("a", "A")], rows).parts(lang)
        assert shown[-1] == rows[-1]

    def test_what_is_short_or_folded_is_one_part(self, lang: str) -> None:
        assert Table("C", [Heading("a", "A")], list(self.ROWS[:WHOLE])).parts(lang) == [("", list(self.ROWS[:WHOLE]))]
        assert self.made(folded=True).parts(lang) == self.made().closed().parts(lang) == [("", list(self.ROWS))]
        assert self.made().closed().html({}, lang).count("<details") == 1

    def test_groups_are_folded_under_their_lines_in_order(self, lang: str) -> None:
        groups = ["", "x", "y", "x", "", *["y"] * (WHOLE - 4)]
        parts = self.made(groups=groups).parts(lang)
        mark = {"zh": "：{}项", "en": ": {}"}[lang]
        assert [line for line, _ in parts] == ["", "x" + mark.format(2), "y" + mark.format(WHOLE - 3)]
        assert parts[0][1] == [self.ROWS[0], self.ROWS[4]]

    def test_where_all_is_folded_no_empty_table_is_left(self, lang: str) -> None:
        html = self.made(groups=["<x>"] * len(self.ROWS)).html({}, lang)
        assert html.count("<table") == html.count("<details") == 1
        assert "<x>" not in html

    def test_a_stacked_table_names_each_cell(self, lang: str) -> None:
        assert self.made(stacked=True).html({}, lang).count('data-label="A"') == len(self.ROWS)
