"""Tables: a frame with a column plan becomes accessible HTML, and CSV that a spreadsheet opens safely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd

from tanfeng.data.catalog import Catalog, labels
from tanfeng.pages import text

if TYPE_CHECKING:
    from tanfeng.targets.verdict import Verdict

RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
SHOWN, WHOLE = 8, 12  # rows before the rest is folded; a table of so many rows is shown whole
TOTAL = "total"
MOST_CITED = 4  # sources cited by number in one cell or card; the others are counted and named in its title
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Heading:
    """A column of a table: key in the rows, heading, unit under the heading, and kind.

    Kind is `text`, `label` (a few words on one line), `number`, `verdict`, `status` or `grade`.
    """

    key: str
    label: str
    unit: str = ""
    kind: str = "text"
    align: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to be shown: caption, columns, rows of cells (`text` and, for a chip, `class`), and a note.

    A folded table shows its caption alone until it is opened. A stacked one is a card a row on a narrow screen.
    `groups` names for each row the group it is folded with, nothing for one that is shown; without it a long table
    folds what comes after its first rows.
    """

    caption: str
    columns: list[Heading]
    rows: list[dict[str, Any]]
    note: str = ""
    sources: list[str] = field(default_factory=list)
    folded: bool = False
    stacked: bool = False
    groups: list[str] = field(default_factory=list)

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the table as HTML with its sources cited by number; every text from data is escaped."""
        columns = [vars(column) for column in self.columns]
        values = {"columns": columns, "parts": self.parts(lang), "note": self.note, "rows": len(self.rows)}
        ways = {"folded": self.folded, "stacked": self.stacked}
        return render("table.html.j2", caption=self.caption, numbers=numbers, lang=lang, **values, **ways)

    def closed(self) -> Table:
        """Return the table folded: its caption alone is shown until it is opened."""
        return replace(self, folded=True)

    def parts(self, lang: str = "zh") -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the rows that are shown, under an empty line, and those that are folded, each group under its line.

        Example:
            >>> made = Table("C", [Heading("a", "A")], [{"a": str(number)} for number in range(30)])
            >>> [(line, len(rows)) for line, rows in made.parts("en")]
            [('', 8), ('Others: 22', 22)]
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for row, name in zip(self.rows, self.groups or self._rest(lang), strict=True):
            found.setdefault(name, []).append(row)
        told = pick(("{}：{}项", "{}: {}"), lang)
        lines = [(told.format(name, len(rows)) if name else "", rows) for name, rows in found.items()]
        return sorted(lines, key=lambda part: part[0] != "") or [("", [])]

    def _rest(self, lang: str) -> list[str]:
        """Return for each row nothing, or the name of what comes after the first rows of a long table."""
        if self.folded or len(self.rows) <= WHOLE:
            return [""] * len(self.rows)
        rest = pick(("其余", "Others"), lang)
        return ["" if at < SHOWN or row.get("_class") == TOTAL else rest for at, row in enumerate(self.rows)]


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the templates of the package, with everything escaped."""
    return jinja2.Environment(loader=jinja2.PackageLoader("tanfeng.pages"), autoescape=True, undefined=jinja2.Undefined)


def render(template: str, **values: Any) -> str:
    """Return a template of the package filled with values."""
    return environment().get_template(template).render(**values)


def ui_words(catalog: Catalog, lang: str) -> dict[str, str]:
    """Return the words of the pages by id (`data/words.csv`)."""
    return labels(catalog, "words", lang)


def csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV text; a text a spreadsheet would take for a formula gets an apostrophe in front.

    Example:
        >>> print(csv(pd.DataFrame({"name": ["=1+1"], "value": [-2.5]})), end="")
        name,value
        '=1+1,-2.5
    """
    return frame.map(_harmless).to_csv(index=False, lineterminator="\n", float_format="%.10g")


def _harmless(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    line = CONTROL.sub(" ", cell)
    return f"'{line}" if line.lstrip().startswith(RISKY) else line


def cited(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the sources of a cell or card: `source` cited by number, `more` counted beside them.

    Args:
        names: source ids; one text may hold several, separated by spaces.

    Example:
        >>> cited(["a b", "b c d e f"])
        {'source': ['a', 'b', 'c', 'd'], 'more': ['e', 'f']}
    """
    found = list(dict.fromkeys(source for text in names for source in text.split()))
    cut = MOST_CITED if len(found) > MOST_CITED + 1 else len(found)  # "+1" would take the place of the number it hides
    return {"source": found[:cut], "more": found[cut:]}


def status_cell(catalog: Catalog, status: str, lang: str) -> dict[str, str]:
    """Return the cell that shows a status as a chip."""
    return {"text": text.word(catalog, f"status_{status}", lang), "class": f"status-{status}"}


def verdict_cell(catalog: Catalog, verdict: str, lang: str) -> dict[str, str]:
    """Return the cell that shows a verdict as a chip; nothing where there is no evidence, which a line above says."""
    if verdict == "not_assessable":
        return {"text": ""}
    return {"text": text.word(catalog, f"verdict_{verdict}", lang), "class": f"verdict-{verdict}"}


def strict_cell(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    """Return the cell that shows the strict verdict on a target as a chip; what is not judged says so."""
    if verdict.verdict in {"met", "missed"}:
        return verdict_cell(catalog, verdict.verdict, lang)
    return {"text": text.word(catalog, "unjudged", lang), "class": "verdict-not_assessable"}


def lean_cell(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    """Return the cell that shows where evidence leans as a chip of its own kind, or that there is none.

    Empty for a target that is judged and for one that is only for reference.
    """
    if verdict.verdict in {"met", "missed"} or verdict.target["variant"] != "firm":
        return {}
    return {"text": text.word(catalog, f"verdict_{verdict.answer}", lang), "class": f"lean verdict-{verdict.answer}"}


def pick(pair: tuple[str, str], lang: str) -> str:
    """Return the one of a pair (Chinese, English) that is in a language."""
    return pair[0 if lang == "zh" else 1]


def unseen(catalog: Catalog, names: Iterable[str], lang: str) -> str:
    """Say which of some rules (`data/rules.csv`) rest on no primary text.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> unseen(open_catalog(), ["half_year_light"], "zh")
        ''
    """
    rules = catalog.read("rules").set_index("id").loc[list(names)]
    shown = [str(name) for name in rules.loc[~rules["primary_seen"].astype(bool), lang]]
    if not shown:
        return ""
    return f"规则原文未见：{'、'.join(shown)}。" if lang == "zh" else f"Primary text not seen: {'; '.join(shown)}."


def sentences(parts: Iterable[str], lang: str) -> str:
    """Return sentences as one text; empty ones are left out."""
    return ("" if lang == "zh" else " ").join(part for part in parts if part)


def used(sources: Iterable[str]) -> list[str]:
    """Return source ids once each; one text may hold several, separated by spaces."""
    return list(dict.fromkeys(source for names in sources for source in names.split()))
