"""The way in: `reports/index.html` (Chinese) and `index.en.html`, made from the answers of the pages that exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from tanfeng import tables
from tanfeng.catalog import Catalog
from tanfeng.report import build, fingerprint, publish
from tanfeng.report.plan import Report
from tanfeng.report.render import HTML_LANG, index_name, local_notice, provenance
from tanfeng.verdicts import VERDICTS

STATUSES = ("reported", "adjusted", "estimate", "forecast")


def write_index(catalog: Catalog, out: Path, reports: list[Report], revision: str) -> list[str]:
    """Write the index of each language that has pages and return the names; an unchanged index is left alone."""
    pages = {}
    for lang in HTML_LANG:
        found = list(build.answers(out, [report for report in reports if report.lang == lang]))
        if found:
            pages[index_name(found[0][0].region, lang)] = index(catalog, out, found, revision).encode()
    publish.publish_index(out, pages, fingerprint.index_inputs(catalog.root, out, reports))
    return list(pages)


def index(catalog: Catalog, out: Path, found: list[tuple[Report, dict[str, Any]]], revision: str) -> str:
    """Return the index of one language as HTML: the answer of the overview, then every report with its answer."""
    first, answer = found[0]
    lang = first.lang
    other = "en" if lang == "zh" else "zh"
    words = tables.ui_words(catalog, lang)
    about = {
        "lang": HTML_LANG[lang],
        "title": words["site_title"],
        "region_name": catalog.label("regions", first.region, lang),
        "other_lang_href": index_name(first.region, other),
        "words": words,
        "provenance": provenance(catalog, lang, revision, {}),
        "notice": local_notice(catalog, lang),
    }
    counts = [{"verdict": name, "count": count} for name, count in answer["counts"].items()]
    return tables.render(
        "index.html.j2",
        report=about,
        lang=HTML_LANG[lang],
        words=words,
        headline=_said(answer["sentence"]),
        detail=_said(answer["detail"]),
        counts=counts,
        reports=[_entry(out, report, given) for report, given in found],
        legend=_legend(words),
    )


def _entry(out: Path, report: Report, answer: dict[str, Any]) -> dict[str, Any]:
    pages = {lang: f"{report.region}/{report.slug}.{lang}.html" for lang in HTML_LANG}
    hrefs = {f"href_{lang}": page if (out / page).is_file() else "" for lang, page in pages.items()}
    return {"title": report.title, "answer": _said(answer["sentence"]), **hrefs}


def _said(sentence: str) -> Markup:
    """Return a sentence of a page as HTML: what came from data was escaped when the page was filled."""
    return Markup(sentence)  # noqa: S704


def _legend(words: dict[str, str]) -> list[dict[str, str]]:
    verdicts = [
        {"class": f"verdict-{name}", "label": words[f"verdict_{name}"], "text": words[f"verdict_{name}_means"]}
        for name in VERDICTS
    ]
    statuses = [
        {"class": f"status-{name}", "label": words[f"status_{name}"], "text": words[f"status_{name}_means"]}
        for name in STATUSES
    ]
    return verdicts + statuses
