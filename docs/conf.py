"""The site of the documents: `make docs` writes it to build/docs. Nothing is asked of another host, then or when read.

Three kinds of pages are written at that moment, so that they cannot differ from what they describe: the tables from
`data/datapackage.json`, the commands from their `--help`, the package from its docstrings.
"""

from __future__ import annotations

import csv
import inspect
import json
import logging
import pkgutil
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
import typer.cli
from sphinx.application import Sphinx

import tanfeng
from tanfeng.cli import commands

DATA = Path(__file__).parents[1] / "data"
ROOMS = ("data", "facts", "forecast", "checks", "outlook", "targets", "roadmap")  # those that answer questions

project = "碳峰 Tanfeng"
author = "The Tanfeng contributors"
version = release = tanfeng.__version__
html_title = f"{project} {version}"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_show_sphinx = html_copy_source = False
exclude_patterns = ["figures.csv"]
myst_enable_extensions = ["html_image"]  # <img> with a width, as the repository shows it
myst_heading_anchors = 4
default_role = "code"  # in docstrings as in Markdown, `name` is code
autodoc_member_order = "bysource"
toc_object_entries = False
suppress_warnings = ["ref.python"]  # a name that two modules have
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Source", "notes_style")]
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def tables() -> str:
    """Return every table with its columns, key and links, in Markdown."""
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return "\n".join(line for table in package["resources"] for line in _table(table))


def _table(table: dict[str, Any]) -> Iterator[str]:
    schema = table["schema"]
    links = {name: link for link in schema.get("foreignKeys", []) for name in link["fields"]}
    with (DATA / table["path"]).open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    yield f"## {table['name']}\n\n{table['description']}.\n"
    yield f"`data/{table['path']}`, {rows:,} rows; key: {', '.join(schema['primaryKey'])}.\n"
    yield "| column | type | content | allowed |\n|---|---|---|---|"
    for column in schema["fields"]:
        link = links.get(column["name"])
        seen = [*_allowed(column.get("constraints", {})), *([_link(link)] if link else [])]
        cells = (f"`{column['name']}`", column["type"], column["description"], "; ".join(seen))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _allowed(constraints: dict[str, Any]) -> Iterator[str]:
    for name, value in constraints.items():
        if name == "enum":
            yield ", ".join(f"`{one}`" for one in value)
        elif name == "required":
            yield from ["required"] if value else []
        else:
            yield f"{name} `{value}`"


def _link(link: dict[str, Any]) -> str:
    name = link["reference"]["resource"]
    return f"a row of [{name}](#{name})"


def commands_help() -> str:
    """Return what `--help` says of every command, in Markdown."""
    command = typer.main.get_command(commands.app)
    told = typer.cli.get_docs_for_click(obj=command, ctx=typer.Context(command), name="tanfeng")
    return told.partition("**Commands**")[2].partition("\n\n")[2]


def names() -> str:
    """Return the public names of the package, the functions first, in Markdown."""
    shown = sorted(dir(tanfeng), key=lambda name: (inspect.isclass(getattr(tanfeng, name)), name != "Region", name))
    return "\n".join(_documented(f"tanfeng.{name}", inspect.isclass(getattr(tanfeng, name))) for name in shown)


def _documented(name: str, is_class: bool) -> str:
    kind = "autoclass" if is_class else "autofunction"
    members = "\n   :members:" if is_class else ""
    return f"## {name.removeprefix('tanfeng.')}\n\n```{{eval-rst}}\n.. {kind}:: {name}{members}\n```\n"


def room(name: str) -> str:
    """Return the modules of a room with their public names, in Markdown."""
    folder = str(DATA.parent / "src" / "tanfeng" / name)
    modules = sorted(one.name for one in pkgutil.walk_packages([folder], f"tanfeng.{name}."))
    return "\n".join(f"## {one}\n\n```{{eval-rst}}\n.. automodule:: {one}\n   :members:\n```\n" for one in modules)


PAGES: dict[str, Callable[[], str]] = {
    "reference/tables": tables,
    "reference/commands": commands_help,
    "reference/api/index": names,
    **{f"reference/api/{name}": lambda name=name: room(name) for name in ROOMS},  # type: ignore[misc]
}


LEAVING = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)]*)\)")


def _stay(document: str, link: re.Match[str]) -> str:
    """Return a link as it is, or its words where it leads out of the folder: the site stands alone."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(document), link[2]))
    return link[1] if target.startswith("..") else link[0]


def _write(app: Sphinx, document: str, source: list[str]) -> None:
    source[0] = LEAVING.sub(lambda link: _stay(document, link), source[0])
    if document in PAGES:
        source[0] += "\n" + PAGES[document]()


def _speak(app: Sphinx, document: str, template: str, context: dict[str, Any], tree: object) -> None:
    if document.endswith(".zh-CN"):
        context["language"] = "zh-CN"


# What the theme leaves out: names of its two side bars, a heading, and tables that scroll by the keyboard.
NAMED = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer': '<aside aria-label="This page" class="toc-drawer',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<div id="search-results">': '<h1>搜索 Search</h1><div id="search-results">',
    "<pre>": '<pre tabindex="0">',
}


def _name(app: Sphinx, error: Exception | None) -> None:
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for plain, named in NAMED.items():
            text = text.replace(plain, named)
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write the pages that are made of code and tables; say which pages are Chinese."""
    lists = logging.getLogger("sphinx.sphinx.directives.other")  # a folder without pages is no fault
    lists.addFilter(lambda record: "didn't match any documents" not in record.getMessage())
    app.connect("env-get-outdated", lambda app, env, *_: list(PAGES))  # code and tables may have changed
    app.connect("source-read", _write)
    app.connect("html-page-context", _speak)
    app.connect("build-finished", _name)
