"""A layout writes the rows of a frame: forms, what is missing, sources, folded rows, and a table without rows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.layout import (
    LABEL,
    NONE,
    TEXT,
    TO,
    Column,
    Form,
    Layout,
    Whole,
    amount,
    between,
    electricity,
    listed,
    named,
    number,
    own,
    percent,
    spanned,
    tonnes,
)
from tanfeng.pages.table import WHOLE, pick, sentences, unseen

NOTE, EMPTY = ("注", "Note"), ("无", "None")
FIELDS = Layout((Column("id", "No.", LABEL),), NOTE, folds="field", empty=EMPTY)


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        (tonnes(1, -1), "−120", "−1.2"),
        (electricity(1), "12.0", "1.2"),
        (percent(0, scale=100), "120%", "120%"),
        (amount("value", "unit"), "120万吨", "1.2 Mt CO2"),
        (between("low", "value", tonnes(), mark=TO), "−100至120", "−1.0 to 1.2"),
        (spanned("value", "low", "value", tonnes()), "120（−100至120）", "1.2 (−1.0 to 1.2)"),
        (spanned("value", "none", "value", tonnes()), "120", "1.2"),
    ],
)
def test_forms_in_both_languages(catalog: Catalog, form: Form | Whole, zh: str, en: str) -> None:
    made = Layout((Column("value", "x", form),))
    row = {"value": 1.2, "low": -1.0, "none": None, "unit": "Mt CO2"}
    missing = row | {"value": float("nan")}
    for lang, shown in (("zh", zh), ("en", en)):
        table = made.table(catalog, [row, missing], lang, "C")
        assert [one["value"]["text"] for one in table.rows] == [shown, NONE]


def test_ids_are_listed_as_they_are_or_as_words(catalog: Catalog) -> None:
    made = Layout((Column("ids", "x", listed()), Column("lacks", "y", listed({"a": ("甲", "A"), "b": ("乙", "B")}))))
    row = made.table(catalog, [{"ids": "ME01 ME02", "lacks": "b a"}], "zh", "C").rows[0]
    assert (row["ids"]["text"], row["lacks"]["text"]) == ("ME01、ME02", "乙、甲")


def test_a_table_names_what_its_cells_cite(catalog: Catalog) -> None:
    said = {"zh": "甲", "en": "A"}
    rows = pd.DataFrame([{**said, "cited": "s1 s2"}, {**said, "cited": ""}, {**said, "cited": "s1 s3 s4 s5 s6 s7"}])
    made = Layout((Column("name", "x", own(), cites="cited"),))
    table = made.table(catalog, rows, "zh", "C")
    assert table.sources == ["s1", "s2", "s3", "s4", "s5", "s6", "s7"]
    assert table.rows[2]["name"]["more"] == ["s6", "s7"]
    assert made.table(catalog, rows, "zh", "C", sources=["s9"]).sources == ["s9"]


def test_a_table_names_its_own_source_then_those_of_columns_one_after_the_other(catalog: Catalog) -> None:
    rows = [{"id": "1", "asked": "s1", "came": "s2 s1"}, {"id": "2", "asked": "s3", "came": None}]
    made = Layout((Column("id", "No.", LABEL),), source="s0", sources="asked came")
    assert made.table(catalog, rows, "zh", "C").sources == ["s0", "s1", "s3", "s2"]


@pytest.mark.parametrize("lang", text.LANGS)
def test_the_note_says_which_rules_rest_on_no_primary_text(catalog: Catalog, lang: str) -> None:
    rules = tuple(catalog.read("rules")["id"])
    made = replace(FIELDS, rules=rules).table(catalog, [{"id": "1", "field": "energy"}], lang, "C")
    assert made.note == sentences([pick(NOTE, lang), unseen(catalog, rules, lang)], lang)
    assert len(made.note) > len(pick(NOTE, lang))


@pytest.mark.parametrize("lang", text.LANGS)
def test_a_long_table_folds_by_field(catalog: Catalog, lang: str) -> None:
    rows = [{"id": str(number), "field": "industry" if number % 2 else "energy"} for number in range(WHOLE + 1)]
    table = FIELDS.table(catalog, rows, lang, "C")
    named = [catalog.label("fields", name, lang) for name in ("energy", "industry")]
    assert [line.startswith(name) for (line, _), name in zip(table.parts(lang), named, strict=True)] == [True, True]
    assert [line for line, _ in FIELDS.table(catalog, rows[:-1], lang, "C").parts(lang)] == [""]


@pytest.mark.parametrize("lang", text.LANGS)
def test_a_table_without_rows_says_so(catalog: Catalog, lang: str) -> None:
    place = text.LANGS.index(lang)
    assert FIELDS.table(catalog, [], lang, "C").note == EMPTY[place]
    assert FIELDS.table(catalog, [{"id": "1", "field": "energy"}], lang, "C").note == NOTE[place]
    assert FIELDS.table(catalog, [], lang, "C", "Other").note == "Other"
    assert replace(FIELDS, empty=None).table(catalog, [], lang, "C").note == NOTE[place]


@pytest.mark.parametrize("lang", text.LANGS)
def test_an_optional_column_stands_only_where_it_says_something(catalog: Catalog, lang: str) -> None:
    columns = (Column("id", "Id", TEXT), Column("held", named("units", "pp"), number(0), blank="none", optional=True))
    empty = Layout(columns).table(catalog, [{"id": "a", "held": None}], lang, "C")
    filled = Layout(columns).table(catalog, [{"id": "a", "held": 1.0}, {"id": "b", "held": None}], lang, "C")
    assert [column.key for column in empty.columns] == ["id"]
    assert [column.label for column in filled.columns] == ["Id", catalog.label("units", "pp", lang)]
    assert [row["held"]["text"] for row in filled.rows] == ["1", "none"]


def test_a_row_names_its_class_and_a_rise_of_nothing_has_no_plus(catalog: Catalog) -> None:
    rows = [{"change": 0.04, "_class": "group"}, {"change": 0.06, "_class": ""}]
    made = Layout((Column("change", "Change", number(1, signed=True)),)).table(catalog, rows, "en", "C").rows
    assert [row["change"]["text"] for row in made] == ["0.0", "+0.1"]
    assert [row.get("_class") for row in made] == ["group", None]
