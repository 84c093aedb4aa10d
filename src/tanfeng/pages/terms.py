"""What the terms of the pages mean, and the links that lead from their first mention on a page to that.

`data/terms.csv` defines them. What has a description in a table of its own (answers, lights and statuses in the words,
scopes, fields, kinds of usage warnings) is taken from there, so that a definition stands once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, labels

REPORT = "concepts"
OURS = "own_terms"
DESCRIBED = {"scopes": "scope", "fields": "field", "warning_kinds": "warning"}  # table -> group
EXPLAINED = {"verdict": "target", "light": "light", "status": "evidence"}  # words with a sentence -> group
MEANS = "_means"
TOKEN = re.compile(
    r"""<(/?)([a-z][a-z0-9]*)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>|<!--.*?-->|[^<]+|<""", re.DOTALL | re.IGNORECASE
)
QUIET = {"a", "button", "code", "details", "dt", "figure", "h2", "h3", "h4", "nav", "pre", "section", "table"}


class Term(NamedTuple):
    """A term in one language: id, group, name, definition, what it includes and leaves out, source ids, words."""

    id: str
    group: str
    name: str
    definition: str
    includes: str
    leaves_out: str
    sources: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The place of the term on the page of terms."""
        return f"term-{self.id}"


@cached
def every(catalog: Catalog, lang: str) -> list[Term]:
    """Return all terms in a language, group by group.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = {term.id: term for term in every(open_catalog(), "zh")}
        >>> found["verdict_met"].name, found["imported_power"].definition
        ('已完成', '由省外送入、在省内消费的净电量。')
    """
    own = [
        Term(
            row["id"], row["group"], row[lang], row[f"definition_{lang}"], row[f"includes_{lang}"],
            row[f"leaves_out_{lang}"], tuple(row["source_id"].split()), tuple(row["words"].split()),
        )
        for row in catalog.read("terms").to_dict("records")
    ]  # fmt: skip
    words = labels(catalog, "words", lang)
    for name, said in words.items():
        kind = name.partition("_")[0]
        if name.endswith(MEANS) and kind in EXPLAINED:
            told = name.removesuffix(MEANS)
            own.append(Term(told, EXPLAINED[kind], words[told], said, "", "", (OURS,), (told,)))
    for table, group in DESCRIBED.items():
        for row in catalog.read(table).to_dict("records"):
            own.append(Term(f"{table}_{row['id']}", group, row[lang], row[f"description_{lang}"], "", "", (OURS,), ()))
    order = list(dict.fromkeys(term.group for term in own))
    return sorted(own, key=lambda term: order.index(term.group))


@cached
def names(catalog: Catalog, lang: str) -> dict[str, str]:
    """Return the names of the terms that pages link, each with the anchor it leads to; the longest first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> names(open_catalog(), "zh")["外调电"]
        'term-imported_power'
    """
    linked = set(catalog.read("terms").query("linked")["id"])
    found = {term.name: term.anchor for term in every(catalog, lang) if term.id in linked}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def linked(html: str, known: dict[str, str], page: str, lang: str) -> str:
    """Return a page with the first mention of each term in its running text linked to its definition.

    Headings, tables, figures, answers and what is folded are left alone.

    Args:
        html: the page.
        known: names of terms and their anchors, the longest first.
        page: address of the page of terms.
        lang: `zh` or `en`.

    Example:
        >>> linked("<article><p>外调电增加，外调电。</p></article>", {"外调电": "term-x"}, "c.html", "zh")
        '<article><p><a class="term" href="c.html#term-x">外调电</a>增加，外调电。</p></article>'
    """
    head, start, rest = html.partition("<article>")
    body, end, foot = rest.partition("</article>")
    left = dict(known)
    shape = "|".join(re.escape(name) for name in known)
    pattern = re.compile(shape if lang == "zh" else rf"\b(?:{shape})\b", re.IGNORECASE)
    folded = {name.lower(): name for name in known}

    def link(found: re.Match[str]) -> str:
        anchor = left.pop(folded[found[0].lower()], "")
        return f'<a class="term" href="{page}#{anchor}">{found[0]}</a>' if anchor else found[0]

    quiet, parts = 0, []
    for token in TOKEN.finditer(body):
        closing, tag, given = token.groups()
        if tag is None:
            parts.append(token[0] if quiet or token[0][0] == "<" else pattern.sub(link, token[0]))
            continue
        if tag.lower() in QUIET and not given.endswith("/"):
            quiet += -1 if closing else 1
        parts.append(token[0])
    return head + start + "".join(parts) + end + foot
