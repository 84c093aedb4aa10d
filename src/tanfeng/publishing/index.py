"""The way in: `reports/index.html` (Chinese) and `index.en.html`, made from the answers of the pages that exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from tanfeng.data.catalog import Catalog
from tanfeng.pages import table as tables
from tanfeng.publishing import make, plan, publish, stale
from tanfeng.publishing.plan import Report
from tanfeng.publishing.render import HTML_LANG, index_name, internal_notice, local_notice, provenance, subscripted
from tanfeng.targets.rules import VERDICTS

SERIES = "data-main_series.csv"
NONE = "none"
STATUSES = ("reported", "adjusted", "internal", "estimate", "forecast")


def write_index(catalog: Catalog, out: Path, reports: list[Report], revision: str) -> list[str]:
    """Write the index of each language that has pages and return the names; an unchanged index is left alone."""
    pages = {}
    known = {lang: list(make.answers(out, [one for one in reports if one.lang == lang])) for lang in HTML_LANG}
    for lang, found in known.items():
        if found:
            both = all(known.values())
            pages[index_name(found[0][0].region, lang)] = index(catalog, out, found, revision, both).encode()
    publish.publish_index(out, pages, stale.index_inputs(catalog.root, out, reports))
    return list(pages)


def index(
    catalog: Catalog, out: Path, found: list[tuple[Report, dict[str, Any]]], revision: str, both: bool = True
) -> str:
    """Return the index of one language as HTML: the answer of the overview, then every report with its answer.

    Args:
        catalog: the tables.
        out: folder of the pages.
        found: the reports of the language that have a page, with their answers; the first gives the answer.
        revision: commit of the project, or an empty text.
        both: whether there is an index of the other language.
    """
    first, answer = found[0]
    lang = first.lang
    words = tables.ui_words(catalog, lang)
    shown = answer.get("shown", {})
    own = {report.slug: report for report, _ in found if report.region == first.region}
    html = tables.render(
        "index.html.j2",
        report=_about(catalog, first, revision) | ({} if both else {"other_lang_href": ""}),
        lang=HTML_LANG[lang],
        words=words,
        headline=_said(answer["sentence"]),
        detail=_said(answer["detail"]),
        counts=[{"verdict": name, "count": count} for name, count in answer["counts"].items()],
        cards=[_card(card) for card in shown.get("cards", ())],
        fields=[{**row, "href": _page_of(own, row["field"])} for row in shown.get("fields", ())],
        scope=shown.get("scope", ""),
        changes=shown.get("changes", []),
        ages=ages(catalog, out / "tables" / first.region / SERIES, lang),
        groups=_groups(plan.groups(catalog.root, lang), [_entry(out, report, given) for report, given in found]),
        legend=_legend(words),
    )
    return subscripted(html)


def _about(catalog: Catalog, first: Report, revision: str) -> dict[str, Any]:
    words, other = tables.ui_words(catalog, first.lang), "en" if first.lang == "zh" else "zh"
    return {
        "lang": HTML_LANG[first.lang],
        "title": words["site_title"],
        "region_name": catalog.label("regions", first.region, first.lang),
        "other_lang_href": index_name(first.region, other),
        "words": words,
        "provenance": provenance(catalog, first.lang, revision, {}),
        "notice": local_notice(catalog, first.lang),
        "internal": internal_notice(catalog, first.lang),
    }


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """Return a key figure of the overview without its sources, which are listed there."""
    return {key: value for key, value in card.items() if key not in {"source", "more"}} | {
        "label": _said(card["label"])
    }


def _page_of(own: dict[str, Report], field: str) -> str:
    """Return the address of the page of a field; empty if there is none."""
    slug = {"total": "overview", "technology": "technology"}.get(field, f"field-{field}")
    return own[slug].page.as_posix() if slug in own else ""


def _groups(groups: dict[str, str], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reports by group, each group with its heading."""
    named = [(title, [entry for entry in entries if entry["group"] == name]) for name, title in groups.items()]
    return [{"name": title, "reports": some} for title, some in named if some]


def ages(catalog: Catalog, path: Path, lang: str) -> list[dict[str, Any]]:
    """Return the main series by the last year of which they have a figure, the latest first: year, age, names.

    Args:
        catalog: the tables.
        path: the table of the data report (columns table, series, year, status); nothing is known without it.
        lang: `zh` or `en`.
    """
    if not path.is_file():
        return []
    rows = pd.read_csv(path, dtype={"series": str})
    known = rows[rows["status"] != NONE].groupby(["table", "series"], sort=False)["year"].max().reset_index()
    found = []
    for year, some in sorted(known.groupby("year"), key=lambda one: -one[0]):
        names = [
            _opening(_series_name(catalog, table, series, lang))
            for table, series in zip(some["table"], some["series"], strict=True)
        ]
        found.append({"year": year, "age": catalog.as_of_year - year, "names": names})
    return found


def _opening(name: str) -> str:
    return name[:1].upper() + name[1:]


def _series_name(catalog: Catalog, table: str, series: str, lang: str) -> str:
    words = tables.ui_words(catalog, lang)
    if table == "inventory":
        return words["emissions_of"].format(field=catalog.label("fields", series, lang))
    return (
        words[series.removesuffix("_change")]
        if table == "four_indicators"
        else catalog.label("indicators", series, lang)
    )


def _entry(out: Path, report: Report, answer: dict[str, Any]) -> dict[str, Any]:
    pages = {lang: f"{report.region}/{report.slug}.{lang}.html" for lang in HTML_LANG}
    hrefs = {f"href_{lang}": page if (out / page).is_file() else "" for lang, page in pages.items()}
    return {"title": report.title, "answer": _said(answer["sentence"]), "group": report.group, **hrefs}


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
