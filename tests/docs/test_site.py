"""The site of the documents builds without a warning, asks no other host, and its links lead somewhere; axe agrees."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

import tanfeng as tf
from tanfeng.cli.commands import app
from tests.browsing import browser_needed, served
from tests.conftest import ROOT

DOCS = ROOT / "docs"
MOST = 8192  # bytes of a page on methods
LOOKED_AT = [
    "index", "methods/index", "methods/accounts", "methods/outlook", "methods/lookback", "reference/tables",
    "reference/commands", "reference/api/index", "reference/weaknesses", "project/structure", "search",
]  # fmt: skip


LOOKS = {"wide and light": (1280, "light"), "narrow and dark": (390, "dark")}
RUN = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .map(found => [found.id, ...found.nodes.slice(0, 3).map(node => node.html.slice(0, 160))])"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    places = ["-d", str(folder / "doctrees"), str(DOCS), str(folder / "html")]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=900)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder / "html"


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def places(page: Path) -> set[str]:
    return {unescape(one) for one in re.findall(r'\sid="([^"]+)"', text(page))}


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Each internal link of a page: file and place."""
    for link in re.findall(r'\s(?:href|src)="([^"]*)"', text(page)):
        if not re.match(r"(?:https?|mailto|data):", link):
            name, _, place = unescape(link).partition("#")
            yield unquote(name.split("?")[0]), unquote(place)


def test_every_document_has_its_page(site: Path) -> None:
    for document in DOCS.rglob("*.md"):
        assert (site / document.relative_to(DOCS).with_suffix(".html")).is_file(), document.name


def test_no_link_is_dead(site: Path) -> None:
    dead = []
    for page in site.rglob("*.html"):
        for name, place in links(page):
            target = (page.parent / name).resolve() if name else page
            if not target.is_file() or (place and target.suffix == ".html" and place not in places(target)):
                dead.append((page.relative_to(site).as_posix(), name, place))
    assert dead == []
    assert sum(1 for page in site.rglob("*.html") for _ in links(page)) > 1000


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="([^"]*)"', text(page))
        loaded += re.findall(r'<link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="([^"]*)"', text(page))
        assert not [one for one in loaded if re.match(r"(?:https?:)?//", one)], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text(style)), style.name


def test_a_chinese_page_says_so(site: Path) -> None:
    chinese = list(site.rglob("*.zh-CN.html"))
    assert chinese
    assert all('lang="zh-CN"' in text(page)[:300] for page in chinese)
    assert 'lang="en"' in text(site / "index.html")[:300]


def _entry(page: str, name: str) -> str:
    """What the API says of a name, to the next name."""
    start = page.index(f'id="{name}"')
    following = re.compile(r'<dt class="sig[^>]*id="').search(page, start)
    return page[start : following.start() if following else None]


def test_every_name_of_the_face_has_an_example(site: Path) -> None:
    page = text(site / "reference" / "api" / "index.html")
    for name in dir(tf):
        assert "&gt;&gt;&gt;" in _entry(page, f"tanfeng.{name}"), name
    asked = re.findall(r"^    def ([a-z]\w*)\(", (ROOT / "src/tanfeng/region.py").read_text(encoding="utf-8"), re.M)
    methods = [name for name in asked if hasattr(tf.Region, name)]
    assert len(methods) > 8
    for name in methods:
        assert "&gt;&gt;&gt;" in _entry(page, f"tanfeng.Region.{name}"), name


def test_what_the_page_on_python_calls_is_in_the_api(site: Path) -> None:
    (told,) = DOCS.rglob("python.md")
    page = text(site / "reference" / "api" / "index.html")
    called = set(re.findall(r"\b(?:p|road|answer)\.(\w+)\(", told.read_text(encoding="utf-8")))
    known = {one.rpartition(".")[2] for one in re.findall(r'id="(tanfeng\.[\w.]+)"', page)}
    assert len(called) > 10
    assert called <= known


def test_every_column_of_every_table_is_in_the_dictionary(site: Path) -> None:
    page = text(site / "reference" / "tables.html")
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for table in package["resources"]:
        told = page.partition(f"<h2>{table['name']}<")[2].partition("<h2>")[0]
        columns = [column["name"] for column in table["schema"]["fields"]]
        assert [one for one in columns if f">{one}</span>" not in told] == [], table["name"]


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The commands of a group and of those within it, by their whole name."""
    for own, command in group.commands.items():
        yield from _commands(command, f"{name}-{own}") if hasattr(command, "commands") else [(f"{name}-{own}", command)]


def test_every_command_and_option_is_told(site: Path) -> None:
    page = text(site / "reference" / "commands.html")
    commands = list(_commands(typer.main.get_command(app), "tanfeng"))
    assert len(commands) > 20
    for name, command in commands:
        told = unescape(page.partition(f'<section id="{name}">')[2].partition('<section id="tanfeng-')[0])
        options = [one.opts[-1] for one in command.params if one.param_type_name == "option"]
        assert [one for one in options if one not in told] == [], name


@pytest.mark.parametrize("page", sorted((DOCS / "methods").glob("*.md")), ids=lambda page: page.stem)
def test_a_page_on_methods_is_short(page: Path) -> None:
    assert page.stat().st_size <= MOST


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def rules() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.browser
@browser_needed
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing(browser: Any, rules: str, address: str, name: str) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/{name}.html")
    tab.evaluate(rules)
    found = {}
    for look, (width, scheme) in LOOKS.items():
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        found[look] = tab.evaluate(RUN)
    tab.close()
    assert found == {look: [] for look in LOOKS}
    assert [one for one in asked if not one.startswith((address, "data:"))] == []
