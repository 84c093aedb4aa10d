"""The way in: `reports/index.html` (Chinese) and `index.en.html`: the first page, and every page with what it says."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tanfeng.data.catalog import Catalog
from tanfeng.pages import table as tables
from tanfeng.pages import terms
from tanfeng.publishing import make, plan, publish, stale
from tanfeng.publishing.plan import Report
from tanfeng.publishing.render import HTML_LANG, index_name, subscripted
from tanfeng.targets.rules import VERDICTS

STATUSES = ("reported", "adjusted", "internal", "estimate", "forecast")
PLACE = "<!--all-pages-->"
ADDRESS = re.compile(r'(<a\b[^>]*? href=")([^"#:]+)(#[^"]*)?"')
LANGUAGE = re.compile(r'<a class="language" href="[^"]*"([^>]*)>.*?</a>', re.DOTALL)


def write_index(catalog: Catalog, out: Path, reports: list[Report], revision: str) -> list[str]:
    """Write the index of each language that has pages and return the names; an unchanged index is left alone."""
    pages = {}
    known = {lang: list(make.answers(out, [one for one in reports if one.lang == lang])) for lang in HTML_LANG}
    for lang, found in known.items():
        if found:
            both = all(known.values())
            pages[index_name(found[0][0].region, lang)] = index(catalog, out, found, both).encode()
    publish.publish_index(out, pages, stale.index_inputs(catalog.root, out, reports))
    return list(pages)


def index(catalog: Catalog, out: Path, found: list[tuple[Report, dict[str, Any]]], both: bool = True) -> str:
    """Return the index of one language as HTML: the first page, seen from above, and every report with its answer.

    Args:
        catalog: the tables.
        out: folder of the pages.
        found: the reports of the language that have a page, with their answers; the first is the first page.
        both: whether there is an index of the other language.
    """
    first, lang = found[0][0], found[0][0].lang
    words = tables.ui_words(catalog, lang)
    entries = [_entry(out, report, given) for report, given in found]
    groups = [
        {"name": title, "reports": [one for one in entries if one["group"] == name]}
        for name, title in plan.groups(catalog.root, lang).items()
    ]
    listed = tables.render(
        "index.html.j2",
        lang=HTML_LANG[lang],
        words=words,
        groups=[one for one in groups if one["reports"]],
        legend=_legend(words),
        terms=next((report.page.as_posix() for report, _ in found if report.slug == terms.REPORT), ""),
    )
    html = rebased((out / first.page).read_text(encoding="utf-8"), first.region)
    other = index_name(first.region, "en" if lang == "zh" else "zh")
    html = LANGUAGE.sub(lambda link: re.sub(r'href="[^"]*"', f'href="{other}"', link[0], count=1) if both else "", html)
    return html.replace(PLACE, subscripted(f"</head>{listed}").removeprefix("</head>"), 1)


def rebased(html: str, folder: str) -> str:
    """Return a page as it is seen from above its folder: its relative links lead to the same places.

    Example:
        >>> rebased('<a href="x.zh.html#y">x</a> <a download href="../tables/a.csv">t</a>', "330000")
        '<a href="330000/x.zh.html#y">x</a> <a download href="tables/a.csv">t</a>'
    """
    return ADDRESS.sub(
        lambda link: f'{link[1]}{posixpath.normpath(posixpath.join(folder, link[2]))}{link[3] or ""}"', html
    )


def _entry(out: Path, report: Report, answer: dict[str, Any]) -> dict[str, Any]:
    pages = {lang: f"{report.region}/{report.slug}.{lang}.html" for lang in HTML_LANG}
    hrefs = {f"href_{lang}": page if (out / page).is_file() else "" for lang, page in pages.items()}
    said = Markup(answer["sentence"])  # noqa: S704  # what came from data was escaped when the page was filled
    return {"title": report.title, "answer": said, "group": report.group, **hrefs}


def _legend(words: dict[str, str]) -> list[dict[str, str]]:
    ids = [f"verdict_{name}" for name in VERDICTS] + [f"status_{name}" for name in STATUSES]
    return [{"class": one.replace("_", "-", 1), "label": words[one], "text": words[f"{one}_means"]} for one in ids]
