"""From an executed notebook to a page: nbconvert with the template of this package, and what stands around the text.

Beside the tables behind a page lies a data package (JSON) that says what they are, in the language of the page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from html import unescape
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

import tanfeng
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import UNFIT
from tanfeng.facts.observations import INTERNAL
from tanfeng.pages import table, text
from tanfeng.pages import terms as meanings
from tanfeng.pages.charts.svg import shared
from tanfeng.publishing import notebook as notebooks
from tanfeng.publishing import plan, stale
from tanfeng.publishing.plan import Report

TEMPLATES = Path(tanfeng.__file__).parent / "pages" / "templates"
HEADING = re.compile(r"<h([2-6])[^>]*>(.*?)</h\1>", re.DOTALL)
SECTION = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)
OPENING = re.compile(r"""<([a-z][a-z0-9-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([^\s"'=/<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
TELLING = re.compile(r"""(?:^|[\s"'/])(?:on|href|src|action|data|poster|background)""", re.IGNORECASE)
RUNNING = {"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "link", "meta"}
LOADING = {"href", "src", "srcset", "action", "data", "poster", "background"}
NOBODY = re.compile(r"<li><b>[^<]*</b>(?: <span class=\"no-page\">[^<]*</span>)+</li>")  # who has no page to read
SPACES = re.compile(r"/\*.*?\*/|\n\s*", re.DOTALL)  # of the style, which is part of every page
KEPT = re.compile(r"(<(pre|code)\b.*?</\2>|<[^>]*>)|\bCO2\b", re.DOTALL)
SCHEME = re.compile(r"([^/?#:]*):", re.DOTALL)
UNSAFE = re.compile(r"[\s\"'<>&]+")
TAG = re.compile(r"<[^>]+>")
SHOWN_VERSIONS = ("pandas", "statsmodels", "seaborn", "papermill", "nbconvert")
INTERNAL_NAMED = 4
ABSENT_CLASS = 'class="absent"'
INTERNAL_CLASS = 'class="notice internal"'
FIRST = "overview"  # the page that all others follow
HTML_LANG = {"zh": "zh-CN", "en": "en"}
ENCODING = "utf-8-sig"


class RenderFailure(Exception):
    """A page may not be published: the message says what was found in it."""


class PageExporter(HTMLExporter):
    """The exporter of nbconvert without its last step, which reads the whole page again to mend what ours has right."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Return the page of a notebook, and the resources."""
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **kw)


def _highlighted(source: str, metadata: Any = None) -> str:
    return str(Highlight2HTML(pygments_lexer="ipython3")(source))


@lru_cache(maxsize=1)
def exporter() -> HTMLExporter:
    """Return the exporter with our templates, compiled, and what colours code; it links to no other host."""
    made = PageExporter(
        template_name=TEMPLATES.name,
        extra_template_basedirs=[str(TEMPLATES.parent)],
        template_file="page.html.j2",
        exclude_anchor_links=True,
        default_preprocessors=[],  # none is of use here, and the notebook is validated anew after each
    )
    made.register_filter("anchored", anchored)
    made.register_filter("contents", contents)
    made.register_filter("highlight_code", _highlighted)
    for name in ("page.html.j2", "layout.html.j2"):
        made.environment.get_template(name)
    _highlighted("1")
    return made


def anchored(html: str) -> str:
    """Give each heading its own text as id, with hyphens for spaces and markup; a repeated one is numbered.

    Example:
        >>> anchored('<h2 id="x">四个 指标</h2><h3>甲</h3><h3>甲</h3>')
        '<h2 id="四个-指标">四个 指标</h2><h3 id="甲">甲</h3><h3 id="甲-2">甲</h3>'
    """
    used = {"main", "sources", "data", "code", "provenance", "contents"}

    def heading(found: re.Match[str]) -> str:
        level, words = found.groups()
        name = UNSAFE.sub("-", unescape(TAG.sub("", words))).strip("-") or "section"
        numbered = (f"{name}-{number}" for number in count(2))
        free = next(one for one in chain([name], numbered) if one not in used)
        used.add(free)
        return f'<h{level} id="{free}">{words}</h{level}>'

    return HEADING.sub(heading, html)


def contents(html: str) -> list[dict[str, str]]:
    """Return the second-level headings of a page: id and text.

    Example:
        >>> contents('<h2 id="判定">判定</h2>')
        [{'id': '判定', 'text': '判定'}]
    """
    return [{"id": unescape(found), "text": unescape(TAG.sub("", words))} for found, words in SECTION.findall(html)]


def page(root: Path, report: Report, notebook: NotebookNode, left: Path, revision: str) -> str:
    """Return the page of a report as HTML.

    Args:
        root: project folder.
        report: which report.
        notebook: the executed notebook.
        left: folder in which the notebook left its tables, sources and answer.
        revision: commit of the project, or an empty text.

    Raises:
        RenderFailure: if the notebook holds an error, gave no answer, or the page holds what no reader should see.
    """
    for output in (one for cell in notebook.cells for one in cell.get("outputs", ()) if one.output_type == "error"):
        raise RenderFailure(f"the notebook holds an error output: {output.ename}: {output.evalue}")
    if not (left / "answer.json").is_file():
        raise RenderFailure(f"{report.notebook}: no cell tagged `answer`; every report opens with its answer")
    catalog = Catalog(root)
    html, _ = exporter().from_notebook_node(notebook, resources={"report": _about(catalog, report, left, revision)})
    pages = {one.slug: one.page.name for one in plan.reports(root, report.region, report.lang)}
    if (
        meanings.REPORT in pages and report.slug != meanings.REPORT
    ):  # from the first mention of a term to its definition
        html = meanings.linked(html, meanings.names(catalog, report.lang), pages[meanings.REPORT], report.lang)
    html = led(html, set(pages.values()), report.lang)
    _check_words(report, html)
    _check_safe(report, html.partition("</head>")[2])
    return subscripted(shared(html))


def led(html: str, pages: set[str], lang: str) -> str:
    """Return a page in which only words lead to pages that its region has; the others are words.

    Example:
        >>> led('<a href="peak.zh.html#x">a</a> <a href="roadmap.zh.html">b</a>', {"peak.zh.html"}, "zh")
        '<a href="peak.zh.html#x">a</a> <span class="no-page">b</span>'
    """
    sibling = re.compile(rf'<a\b[^>]*? href="([\w-]+\.{lang}\.html)(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)
    led = sibling.sub(lambda a: a[0] if a[1] in pages else f'<span class="no-page">{a[2]}</span>', html)
    return NOBODY.sub("", led)


def subscripted(html: str) -> str:
    """Write CO2 with its subscript where a reader sees it, and the style without spaces; code and attributes stay.

    Example:
        >>> subscripted('<title>CO2</title></head><p title="CO2">CO2</p><pre>CO2</pre>')
        '<title>CO2</title></head><p title="CO2">CO₂</p><pre>CO2</pre>'
    """
    head, end, body = html.partition("</head>")
    return SPACES.sub("", head) + end + KEPT.sub(lambda found: found.group(1) or "CO₂", body)


def with_text(root: Path, report: Report, executed: Path) -> NotebookNode:
    """Return an executed notebook with the text cells as they are now; the code cells are the same, with their outputs.

    Args:
        root: project folder.
        report: which report.
        executed: notebook of its last good run.
    """
    cells = nbformat.v4.reads(executed.read_text(encoding="utf-8")).cells
    ran = iter([cell for cell in cells if cell.cell_type == "code"])
    made = []
    for cell in notebooks.prepared(notebooks.read(root / report.notebook), report.lang):
        if cell["cell_type"] != "code":
            made.append(nbformat.from_dict(cell))
            continue
        made.append(next(ran))
        made[-1].metadata["tags"] = cell["metadata"]["tags"]
        if "parameters" in cell["metadata"]["tags"]:
            made.append(next(ran))  # the cell that papermill adds
    return nbformat.v4.new_notebook(cells=made)


def draw(root: Path, report: Report, ran: Path, drawn: Path, revision: str) -> int:
    """Draw the page of a notebook that has run: `page.html`, and `package.json` if it has tables.

    Args:
        root: project folder.
        report: which report.
        ran: folder of the run: `executed.ipynb` and `out/`.
        drawn: folder for the page.
        revision: commit of the project, or an empty text.

    Returns:
        How many sections it lacks, as the tables hold too little of the region.
    """
    notebook = with_text(root, report, ran / "executed.ipynb")
    html = page(root, report, notebook, ran / "out", revision)
    (drawn / "page.html").write_text(html, encoding="utf-8")
    about = data_package(Catalog(root), report, ran / "out", _sources(Catalog(root), report, ran / "out"))
    if about:
        (drawn / "package.json").write_bytes(about)
    return html.count(ABSENT_CLASS)


def _check_safe(report: Report, body: str) -> None:
    """Refuse what runs, what loads from elsewhere, and links that are not http(s): text from data is escaped before."""
    for tag, given in OPENING.findall(body):
        if tag.lower() not in RUNNING and not TELLING.search(given):
            continue
        attributes = {name.lower(): unescape(value.strip("\"'")) for name, value in ATTRIBUTE.findall(given)}
        if tag.lower() in RUNNING or any(name.startswith("on") for name in attributes):
            raise RenderFailure(f"{report.name}: the page would hold '<{tag}{given[:80]}'")
        wrong = [attributes[name] for name in LOADING & attributes.keys() if not _leads_well(name, attributes[name])]
        if wrong:
            raise RenderFailure(f"{report.name}: the page would lead to {wrong[0][:80]!r}; http(s) was expected")


def _leads_well(name: str, address: str) -> bool:
    """Whether a link is relative or http(s), and whatever loads by itself is in the page."""
    scheme = SCHEME.match(address)
    if name != "href":
        return scheme is not None and scheme.group(1).lower() == "data"
    return scheme is None or scheme.group(1).strip().lower() in {"http", "https"}


def _check_words(report: Report, html: str) -> None:
    body = re.sub(r"<(style|script|details)\b.*?</\1>", " ", html, flags=re.DOTALL)
    said = " | ".join(re.findall(r'(?:alt|aria-label|title)="([^"]*)"', body))
    shown = unescape(TAG.sub(" | ", body) + " | " + said)
    found = UNFIT.search(shown)
    if found:
        around = shown[max(found.start() - 60, 0) : found.end() + 20]
        raise RenderFailure(f"{report.name}: the page would show {found.group()!r}: …{around}…")


def _read(left: Path, name: str) -> Any:
    path = left / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _sources(catalog: Catalog, report: Report, left: Path) -> list[dict[str, str]]:
    return sources(catalog, list(_read(left, "sources.json")), report.lang)


def _about(catalog: Catalog, report: Report, left: Path, revision: str) -> dict[str, Any]:
    other = "en" if report.lang == "zh" else "zh"
    downloads = [
        {"href": f"../tables/{report.region}/{name}", "label": f"{about['label']} ({name})", "rows": about["rows"]}
        for name, about in _read(left, "downloads.json").items()
    ]
    words, reads = table.ui_words(catalog, report.lang), stale.reads(catalog.root, left)
    read = {name: value for name, value in stale.tables(catalog.root, reads).items() if name.startswith("data/")}
    return {
        "lang": HTML_LANG[report.lang],
        "title": words["site_title"] if report.slug == FIRST else report.title,
        "first": report.slug == FIRST,
        **navigation(catalog.root, report),
        "region_name": catalog.label("regions", report.region, report.lang),
        "index_href": f"../{index_name(report.region, report.lang)}",
        "other_lang_href": f"{report.slug}.{other}.html",
        "words": words,
        "sources": _sources(catalog, report, left),
        "downloads": downloads,
        "metadata_href": f"../{report.metadata.as_posix()}",
        "provenance": provenance(catalog, report.lang, revision, report.parameters, stale.joined(read)),
        "notice": local_notice(catalog, report.lang),
        "internal": internal_notice(catalog, report.lang, reads),
    }


def navigation(root: Path, report: Report) -> dict[str, Any]:
    """Return the way around a set of pages: the tabs, the pages of the present tab, the page before and the one after.

    Returns:
        tabs and pages (title, href, here), previous and next (title, href; None at an end).
    """
    every = plan.reports(root, report.region, report.lang)
    linked = [{"title": one.title, "href": one.page.name, "here": one.slug == report.slug} for one in every]
    place = next(number for number, link in enumerate(linked) if link["here"])
    by_group: dict[str, list[dict[str, Any]]] = {}
    for one, link in zip(every, linked, strict=True):
        by_group.setdefault(one.group, []).append(link)
    titles = [(name, title) for name, title in plan.groups(root, report.lang).items() if name in by_group]
    tabs = [{**by_group[name][0], "title": title, "here": name == report.group} for name, title in titles]
    pages = by_group[report.group]
    return {
        "tabs": tabs if len(tabs) > 1 else [],
        "pages": pages if len(pages) > 1 else [],
        "previous": linked[place - 1] if place else None,
        "next": linked[place + 1] if place + 1 < len(linked) else None,
    }


def index_name(region: str, lang: str) -> str:
    """Return the file name of the index in a language: `index.html` is the Chinese one."""
    return "index.html" if lang == "zh" else f"index.{lang}.html"


def sources(catalog: Catalog, ids: list[str], lang: str) -> list[dict[str, str]]:
    """Return the entries of the source list for some ids, in the order of the ids."""
    rows = catalog.read("sources").set_index("id", drop=False)
    words = table.ui_words(catalog, lang)
    return [
        {
            "id": row["id"],
            "citation": row[f"citation_{lang}"],
            "grade": row["grade"],
            "url": row["url"],
            "licence": words[terms(row["licence"])],
        }
        for row in rows.loc[ids].to_dict("records")
    ]


def terms(licence: str) -> str:
    """Return the id of the words for the terms of a source.

    Example:
        >>> terms("CC-BY-4.0")
        'terms_cc_by_4_0'
    """
    return "terms_" + re.sub(r"[-.]", "_", licence.lower())


def local_notice(catalog: Catalog, lang: str) -> str:
    """Return a sentence that names the analyst's own rows in use; empty if there are none."""
    local = catalog.local_rows()
    if not local:
        return ""
    if lang == "zh":
        return (
            "正在使用本地数据（data/local/）：" + "、".join(f"{name} {rows}行" for name, rows in local.items()) + "。"
        )
    return "Local data are in use (data/local/): " + ", ".join(f"{name} ({rows})" for name, rows in local.items()) + "."


def internal_notice(catalog: Catalog, lang: str, reads: Collection[str] = ()) -> str:
    """Return a sentence that names the internal figures behind a page; empty if there are none.

    Args:
        catalog: the tables.
        lang: language of the page.
        reads: tables its notebook read; where nothing is known of them it may have read all.
    """
    rows = catalog.read("observations")
    rows = rows[rows["status"] == INTERNAL].drop_duplicates(["indicator", "region", "period"])
    if rows.empty or (reads and not any("observations." in name for name in reads)):
        return ""
    named = [
        f"{catalog.label('indicators', row['indicator'], lang)}{'' if lang == 'zh' else ' '}"
        f"{text.period(row['period'], lang)}"
        for row in rows.head(INTERNAL_NAMED).to_dict("records")
    ]
    if lang == "zh":
        rest = "等" if len(rows) > len(named) else ""
        return f"本页含内部数据，不得外传：所用数据表有{len(rows)}项未公布（{'、'.join(named)}{rest}）。"
    rest = " and others" if len(rows) > len(named) else ""
    return (
        f"This page rests on internal figures and is not to be passed on: its tables hold {len(rows)} that "
        f"{'is' if len(rows) == 1 else 'are'} not public ({', '.join(named)}{rest})."
    )


_version = lru_cache(maxsize=16)(version)


def provenance(
    catalog: Catalog, lang: str, revision: str, parameters: dict[str, str], data: str = ""
) -> list[tuple[str, str]]:
    """Return what a page was made from: vintage and hash of the tables, commit, versions; no clock, no machine.

    Args:
        catalog: the tables.
        lang: language of the page.
        revision: commit of the project, or an empty text.
        parameters: parameters of the report.
        data: hash of the tables that the page was made from; of all tables by default.
    """
    words = table.ui_words(catalog, lang)
    data = (data or stale.state(catalog.root).data)[:12]
    versions = ", ".join(f"{name} {_version(name)}" for name in SHOWN_VERSIONS)
    rows = [
        (words["vintage"], f"{catalog.vintage} (sha256 {data})"),
        (words["software"], f"tanfeng {tanfeng.__version__}" + (f" ({revision})" if revision else "")),
        (words["libraries"], versions),
    ]
    shown = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return rows + ([(words["parameters"], shown)] if shown else [])


def data_package(catalog: Catalog, report: Report, left: Path, sources: list[dict[str, str]]) -> bytes:
    """Return the data package of a page: its tables with columns, rows and hash, and its sources; empty without tables.

    Args:
        catalog: the tables, for the descriptions of columns.
        report: which report.
        left: folder in which the notebook left its tables.
        sources: entries of the source list of the page, see `sources`.
    """
    known = _read(left, "downloads.json")
    if not known:
        return b""
    content = {
        "profile": "tabular-data-package",
        "name": f"{report.region}-{report.slug}",
        "title": report.title,
        "lang": report.lang,
        "version": catalog.vintage,
        "sources": [_source(one) for one in sources],
        "resources": [_resource(catalog, left, name, about) for name, about in known.items() if "columns" in about],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _source(source: dict[str, str]) -> dict[str, str]:
    found = {"title": source["citation"], "path": source["url"], "licence": source["licence"], "grade": source["grade"]}
    return {key: value for key, value in found.items() if value}


def _resource(catalog: Catalog, left: Path, name: str, about: dict[str, Any]) -> dict[str, Any]:
    content = (left / name).read_bytes()
    described = descriptions(catalog)
    fields = [
        {"name": column, "type": kind} | ({"description": described[column]} if column in described else {})
        for column, kind in about["columns"]
    ]
    return {
        "name": Path(name).stem.lower(),
        "path": name,
        "title": about["label"],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": ENCODING,
        "rows": about["rows"],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields},
    }


@lru_cache(maxsize=2)
def descriptions(catalog: Catalog) -> dict[str, str]:
    """Return what a column means, where every table of the project that has it says the same."""
    found: dict[str, set[str]] = defaultdict(set)
    for known in catalog.tables.values():
        for one in known.fields:
            found[one["name"]].add(one.get("description", ""))
    return {name: next(iter(words)) for name, words in found.items() if len(words) == 1}
