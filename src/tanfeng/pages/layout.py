"""Tables declared: a layout is a list of columns over a frame, each with its heading, unit and form.

A form says how a value is written and what kind of column it makes. What needs more than one value of a row is a
function of `(catalog, row, lang)` in the place of the form.

Example:
    >>> from tanfeng.data.catalog import open_catalog
    >>> errors = Layout((Column("year", ("年份", "Year"), LABEL), Column("error", ("误差", "Error"), number(1), "%")))
    >>> rows = pd.DataFrame({"year": [2024, 2025], "error": [1.25, float("nan")]})
    >>> errors.table(open_catalog(), rows, "en", "Errors").rows[1]
    {'year': {'text': '2025'}, 'error': {'text': '—'}}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.table import WHOLE, Heading, Table, cited, pick, sentences, status_cell, unseen, used, verdict_cell

NONE, TO = "—", ("至", " to ")
Row = dict[str, Any]
Pair = tuple[str, str]
Cell = str | Row
Said = Pair | str | Callable[[Catalog, str], str]  # in Chinese and English, or one text for both, or from the tables
Whole = Callable[[Catalog, Row, str], Cell]  # makes a cell of a whole row


@dataclass(frozen=True)
class Form:
    """How a value is written (`write(catalog, value, lang)`), the kind of its column, and its unit."""

    write: Callable[[Catalog, Any, str], Cell]
    kind: str = "number"
    unit: Pair | str = ""


@dataclass(frozen=True)
class Column:
    """A column of a layout.

    Attributes:
        key: column of the frame that is shown; with a function as form, any name.
        heading: in Chinese and English, one text for both, or from the tables (see `named`).
        form: how it is written.
        unit: below the heading; that of the form where it is empty.
        kind: of the column (see `tanfeng.pages.table.Heading`); that of the form where it is empty.
        cites: column of the frame that names the sources of the cell, separated by spaces.
        align: other than the kind gives.
        blank: what stands for a missing value.
        optional: left out where no cell differs from `blank`.
    """

    key: str
    heading: Said
    form: Form | Whole
    unit: Said = ""
    kind: str = ""
    cites: str = ""
    align: str = ""
    blank: Pair | str = NONE
    optional: bool = False

    def head(self, catalog: Catalog, lang: str) -> Heading:
        """Return the heading in a language."""
        form = self.form if isinstance(self.form, Form) else Form(_plain, "text")
        unit = self.unit or form.unit
        unit = text.TONNES[lang] if unit == "mt" else _said(unit, catalog, lang)
        return Heading(self.key, _said(self.heading, catalog, lang), unit, self.kind or form.kind, self.align)

    def needed(self, catalog: Catalog, cells: Iterable[Row], lang: str) -> bool:
        """Say whether the column stands over the cells of a table."""
        blank = _said(self.blank, catalog, lang)
        return not self.optional or any(row[self.key]["text"] != blank for row in cells)

    def cell(self, catalog: Catalog, row: Row, lang: str) -> Row:
        """Return the cell of a row."""
        if isinstance(self.form, Form):
            value = row[self.key]
            missing = _missing(value)
            made = _said(self.blank, catalog, lang) if missing else self.form.write(catalog, value, lang)
        else:
            made = self.form(catalog, row, lang)
        cell = made if isinstance(made, dict) else {"text": made}
        return {**cell, **cited([row[self.cites]])} if self.cites and isinstance(row[self.cites], str) else cell


@dataclass(frozen=True)
class Layout:
    """What a table shows of a frame.

    Attributes:
        columns: from left to right.
        note: below the table, in Chinese and English.
        sources: columns of the frame that name the sources of the table, separated by spaces; without one they are
            those that its cells cite.
        source: of the table, whatever the rows.
        rules: ids of `data/rules.csv`; the note says which of them rest on no primary text.
        total: column and value of the rows that are sums (`("field", "total")`); a row may name its own `_class`.
        stacked: a card a row on a narrow screen.
        folds: column of the frame with the field by which the rows of a long table are folded.
        empty: what a table without rows says in the place of the note.
    """

    columns: tuple[Column, ...]
    note: Pair = ("", "")
    sources: str = ""
    source: str = ""
    rules: tuple[str, ...] = ()
    total: tuple[str, Any] | None = None
    stacked: bool = False
    folds: str = ""
    empty: Pair | None = None

    def table(
        self, catalog: Catalog, rows: pd.DataFrame | Iterable[Row], lang: str, caption: str, note: str = "", **ways: Any
    ) -> Table:
        """Return the table of a frame (or of rows), in a language.

        Args:
            catalog: the tables.
            rows: what is shown, in its order.
            lang: `zh` or `en`.
            caption: what the table says.
            note: in the place of that of the layout.
            ways: `folded`, `groups`, `sources` of `tanfeng.pages.table.Table`.
        """
        records = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else list(rows)
        cells = [self._row(catalog, row, lang) for row in records]
        if self.sources or self.source:
            named = [self.source, *(row[key] for key in self.sources.split() for row in records)]
            ways["sources"] = used(one for one in named if isinstance(one, str))
        ways.setdefault("sources", _cited(cells))
        if self.folds and len(records) > WHOLE:
            ways["groups"] = [catalog.label("fields", row[self.folds], lang) for row in records]
        heads = [one.head(catalog, lang) for one in self.columns if one.needed(catalog, cells, lang)]
        said = note or pick(self.note if records or self.empty is None else self.empty, lang)
        below = sentences([said, unseen(catalog, self.rules, lang) if self.rules else ""], lang)
        return Table(caption, heads, cells, below, stacked=self.stacked, **ways)

    def _row(self, catalog: Catalog, row: Row, lang: str) -> Row:
        cells: Row = {column.key: column.cell(catalog, row, lang) for column in self.columns}
        total = self.total and row[self.total[0]] == self.total[1]
        mark = "total" if total else row.get("_class")
        return {**cells, "_class": mark} if mark else cells


def _said(words: Said, catalog: Catalog, lang: str) -> str:
    return words if isinstance(words, str) else pick(words, lang) if isinstance(words, tuple) else words(catalog, lang)


def _cited(cells: list[Row]) -> list[str]:
    shown = [cell for row in cells for cell in row.values() if isinstance(cell, dict)]
    return used(source for cell in shown for source in [*cell.get("source", []), *cell.get("more", [])])


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value) or value is pd.NA


def _plain(catalog: Catalog, value: Any, lang: str) -> str:
    return str(value)


def _whole(catalog: Catalog, value: Any, lang: str) -> str:
    return str(int(value))


TEXT = Form(_plain, "text")
LABEL = Form(_plain, "label")
COUNT = Form(_whole)
YEAR = Form(_whole, "label")
PERIOD = Form(lambda catalog, value, lang: text.period(str(value), lang), "label")
PROBABILITY = Form(lambda catalog, value, lang: text.probability(value))
STATUS = Form(status_cell, "status")
VERDICT = Form(verdict_cell, "verdict")
YES = Form(lambda catalog, value, lang: pick(("是", "yes") if value else ("否", "no"), lang), "label")


def number(digits: int | None = None, scale: float = 1.0, signed: bool = False) -> Form:
    """Return the form of numbers with some digits after the point (all they have by default).

    Args:
        digits: after the point.
        scale: by which values are multiplied (100 for shares in percent).
        signed: a rise gets a plus, unless it is shown as zero.
    """

    def write(catalog: Catalog, value: Any, lang: str) -> str:
        shown = text.number(scale * value, digits, lang)
        return f"+{shown}" if signed and value > 0 and shown.strip("0.") else shown

    return Form(write)


def percent(digits: int | None = 1, signed: bool = False, scale: float = 1.0) -> Form:
    """Return the form of percentages, which carry their sign; 100 as scale for shares."""
    plain = number(digits, scale, signed)
    return Form(lambda catalog, value, lang: f"{plain.write(catalog, value, lang)}%")


def tonnes(digits: int = 1, scale: float = 1.0) -> Form:
    """Return the form of megatonnes: whole 万吨 in Chinese, Mt with some digits in English; -1 as scale for savings."""
    return Form(lambda catalog, value, lang: text.tonnes(scale * float(value), lang, digits), unit="mt")


def electricity(digits: int = 0) -> Form:
    """Return the form of TWh, which are 10 亿千瓦时 each in Chinese."""
    unit = ("亿千瓦时", "TWh")
    return Form(lambda catalog, value, lang: text.number(value * (10 if lang == "zh" else 1), digits, lang), unit=unit)


def name(table: str, kind: str = "label") -> Form:
    """Return the form of ids of a table that has names (`fields`, `regions`)."""
    return Form(lambda catalog, value, lang: catalog.label(table, str(value), lang), kind)


def word(prefix: str = "", kind: str = "label") -> Form:
    """Return the form of ids whose words stand in `data/words.csv` behind a prefix."""
    return Form(lambda catalog, value, lang: text.word(catalog, f"{prefix}{value}", lang), kind)


def choice(words: Mapping[Any, Pair], kind: str = "label") -> Form:
    """Return the form of ids whose words (Chinese, English) stand in a mapping."""
    return Form(lambda catalog, value, lang: pick(words[value], lang), kind)


def listed(words: Mapping[str, Pair] | None = None) -> Form:
    """Return the form of several ids separated by spaces: as their words stand in a mapping, or as they are."""

    def write(catalog: Catalog, value: Any, lang: str) -> str:
        return pick(("、", ", "), lang).join(pick(words[one], lang) if words else one for one in value.split())

    return Form(write, "text")


def own(stem: str = "") -> Whole:
    """Return what shows the column of the language of the page (`zh`, `en`; with a stem `note_zh`, `note_en`)."""
    return lambda catalog, row, lang: str(row[f"{stem}_{lang}" if stem else lang])


def named(table: str, item: str) -> Callable[[Catalog, str], str]:
    """Return a heading or unit: the name of an item of a table (`words`, `units`, `scopes`)."""
    return lambda catalog, lang: catalog.label(table, item, lang)


def amount(value: str, unit: str, digits: int | None = None) -> Callable[[Catalog, Row, str], str]:
    """Return what shows a column of the frame with the unit of another."""

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        return NONE if _missing(row[value]) else text.amount(catalog, row[value], row[unit], lang, digits)

    return cell


def between(low: str, high: str, form: Form, blank: str = NONE, mark: Pair = ("–", "–")) -> Whole:
    """Return what shows two columns of the frame as an interval, `blank` where an end is missing.

    Where an end may be negative the mark is a word (`TO`), since a dash would read as a minus.
    """

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        ends = [row[low], row[high]]
        shown = pick(mark, lang).join(str(form.write(catalog, one, lang)) for one in ends if not _missing(one))
        return blank if any(map(_missing, ends)) else shown

    return cell


def spanned(key: str, low: str, high: str, form: Form) -> Whole:
    """Return what shows a column of the frame, with its interval in brackets behind it where there is one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> spanned("said", "low", "high", number(1))(open_catalog(), {"said": 2.0, "low": -1.5, "high": 5.0}, "zh")
        '2.0（−1.5至5.0）'
    """
    limits = between(low, high, form, "", TO)

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        if _missing(row[key]):
            return NONE
        return f"{form.write(catalog, row[key], lang)}{text.bracketed(str(limits(catalog, row, lang)), lang)}"

    return cell
