"""The page of terms: every word of a legend is defined, each definition has a source, other pages lead to it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.pages import terms
from tanfeng.pages.charts import concepts as charts
from tanfeng.pages.reports import concepts as report

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports" / "330000"
FAMILIES = (
    "account", "own_account", "verdict", "status", "light", "lean", "role", "grade", "binding", "variant", "track",
    "pace", "assessment", "trend", "decoupling", "effect", "tie", "state", "bound", "scope",
)  # fmt: skip
READERS = {"role_leaders", "role_offices", "role_analysts"}
NOT_TERMS = ("_means", "_long")
LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
CHIP = re.compile(r'<span class="chip [^"]*">(?:<span class="symbol"[^>]*>.*?</span>)?(.*?)</span>', re.DOTALL)
KNOWN = {"外调电测算": "term-b", "外调电": "term-a"}
BUILT = pytest.mark.skipif(not (OUT / "concepts.zh.html").is_file(), reason="no page of terms: run `make` first")


def legend(catalog: Catalog) -> set[str]:
    """Return the words of pages that must be defined, by id."""
    words = [name for name in catalog.read("words")["id"] if not name.endswith(NOT_TERMS)]
    return {name for name in words if name.startswith(tuple(f"{one}_" for one in FAMILIES)) or name == "lean"} - READERS


def test_every_word_of_a_legend_is_defined_once(live: Catalog) -> None:
    told = [word for term in terms.every(live, "zh") for word in term.words]
    assert legend(live) - set(told) == set()
    assert len(told) == len(set(told))


def test_every_scope_field_and_warning_is_defined(live: Catalog) -> None:
    known = {term.id for term in terms.every(live, "zh")}
    for table in terms.DESCRIBED:
        assert {f"{table}_{name}" for name in live.read(table)["id"]} <= known


def test_ids_are_unique_and_every_definition_has_a_source(live: Catalog) -> None:
    found = terms.every(live, "zh")
    assert len({term.id for term in found}) == len(found)
    sources = set(live.read("sources")["id"])
    assert all(term.sources and set(term.sources) <= sources for term in found)
    assert {term.group for term in found} == set(report.GROUPS)


@LANGS
def test_a_definition_is_one_sentence(live: Catalog, lang: str) -> None:
    end = "。" if lang == "zh" else "."
    for row in live.read("terms").to_dict("records"):
        said = row[f"definition_{lang}"]
        assert said.endswith(end), said
        assert said.count("。") == (1 if lang == "zh" else 0), said
    assert not live.read("terms").duplicated(["zh"]).any()


def test_a_figure_is_no_part_of_a_definition(live: Catalog) -> None:
    """Years of rules and shares of intervals apart, a definition holds no number that could grow old."""
    rows = live.read("terms")
    for column in ("definition_zh", "includes_zh", "leaves_out_zh"):
        said = rows[column].str.replace(r"20(2[0-9]|30|06|17)年?|80%", "", regex=True)
        assert said[said.str.contains(r"\d", regex=True)].tolist() in ([], ["GB/T 4754—、IPCC指南、GPC。"]), column


@BUILT
@LANGS
def test_the_page_shows_every_term_with_its_definition(live: Catalog, lang: str) -> None:
    page = unescape((OUT / f"concepts.{lang}.html").read_text(encoding="utf-8")).replace("CO₂", "CO2")
    for term in terms.every(live, lang):
        assert page.count(f'id="{term.anchor}"') == 1, term.id
        assert term.definition in page, term.id


@BUILT
@LANGS
def test_every_mark_on_any_page_is_defined(live: Catalog, lang: str) -> None:
    words = live.read("words").set_index("id")[lang]
    known = {words[name] for term in terms.every(live, lang) for name in term.words}
    known |= {term.name for term in terms.every(live, lang)}
    known |= set(
        re.findall(r"[（(](.+)[）)]", "\n".join(words["light_green":"light_yellow"]))
    )  # a light by its colour alone
    for file in OUT.glob(f"*.{lang}.html"):
        shown = {unescape(re.sub("<[^>]+>", "", one)).strip() for one in CHIP.findall(file.read_text(encoding="utf-8"))}
        assert {one.partition("（")[0] if one not in known else one for one in shown - {""}} <= known, file.name


@BUILT
@LANGS
def test_links_of_other_pages_lead_to_terms(live: Catalog, lang: str) -> None:
    anchors = {term.anchor for term in terms.every(live, lang)}
    found = 0
    for file in OUT.glob(f"*.{lang}.html"):
        links = re.findall(r'<a class="term" href="concepts\.(..)\.html#([^"]*)"', file.read_text(encoding="utf-8"))
        assert all(of == lang and anchor in anchors for of, anchor in links), file.name
        assert len(links) == len(set(links)), file.name
        found += len(links)
    assert found or not list(OUT.glob(f"methods.{lang}.html"))


class TestLinks:
    def linked(self, body: str) -> str:
        html = terms.linked(f"<p>外调电</p><article>{body}</article><p>外调电</p>", KNOWN, "c.html", "zh")
        assert html.startswith("<p>外调电</p><article>")
        return html.removeprefix("<p>外调电</p><article>").removesuffix("</article><p>外调电</p>")

    def test_the_first_mention_is_linked_and_the_longest_name_wins(self) -> None:
        link = '<a class="term" href="c.html#term-{}">{}</a>'
        assert self.linked("<p>外调电测算和外调电，外调电。</p>") == (
            f"<p>{link.format('b', '外调电测算')}和{link.format('a', '外调电')}，外调电。</p>"
        )

    @pytest.mark.parametrize("tag", sorted(terms.QUIET))
    def test_headings_tables_figures_and_links_are_left_alone(self, tag: str) -> None:
        body = f"<{tag}><b>外调电</b><br></{tag}>"
        assert self.linked(body) == body
        assert "term-a" in self.linked(f"{body}<p>外调电</p>")

    def test_english_words_are_whole(self) -> None:
        html = terms.linked("<article><p>cleans, Lean.</p></article>", {"lean": "term-l"}, "c.html", "en")
        assert html == '<article><p>cleans, <a class="term" href="c.html#term-l">Lean</a>.</p></article>'

    @pytest.mark.parametrize(
        "body",
        ["<SCRIPT src='x'></SCRIPT>", "<!-- 外调电 -->", "a < b", '<p title="> 外调电">x</p>', "<TABLE>外调电</TABLE>"],
    )
    def test_nothing_is_lost_and_no_attribute_is_text(self, body: str) -> None:
        assert self.linked(body) == body

    def test_attributes_are_left_alone(self) -> None:
        assert self.linked('<img alt="外调电"><p title="外调电"></p>') == '<img alt="外调电"><p title="外调电"></p>'


@LANGS
def test_the_picture_says_what_the_table_says(live: Catalog, lang: str) -> None:
    rows = live.read("boundaries")
    assert [name for name in rows.columns if name not in {"id", "zh", "en"}] == list(charts.HEADS)
    alt = charts.boundaries(live, lang).alt
    for row in rows.to_dict("records"):
        for name in charts.HEADS:
            assert f"{row[lang]} {charts.TOLD[row[name]][0 if lang == 'zh' else 1]}" in alt


def test_the_outlook_starts_at_100(catalog: Catalog) -> None:
    rows = report.outlook(catalog, "330000")
    assert rows.iloc[0].tolist() == [0, 2025, 100, 100, 100]
    assert ((rows["lo80"] <= rows["index"]) & (rows["index"] <= rows["hi80"])).all()
