"""Names that look like code, in the tables: shown as they are, on every page that is made from them, and never run."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import browser_needed, served
from tests.building import build

BAD = ("<script>alert(1)</script>", "]]>&\"'", "[x](javascript:alert(1))", "$x_1$ *y* <img src=x onerror=alert(1)>")
SPOILED = {
    "sources": ("citation_zh", "citation_en"),
    "targets": ("zh", "en"),
    "indicators": ("zh", "en"),
    "scopes": ("zh", "en"),
    "fields": ("zh", "en"),
}
BAD_ADDRESS = 'https://x.example/"><script>alert(1)</script>'  # another scheme is refused by the check of the tables


def spoil(path: Path, columns: tuple[str, ...]) -> None:
    """Add a bad name to every text of some columns, each in its turn."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row.update({column: row[column] + BAD[number % len(BAD)] for column in columns if row[column]})
        if number % 5 == 0 and "url" in row:
            row["url"] = BAD_ADDRESS
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The pages of a project whose tables hold bad names."""
    folder = tmp_path_factory.mktemp("spoiled")
    for name in ("data", "notebooks", "src"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    shutil.copy(root / "requirements.lock", folder)
    for table, columns in SPOILED.items():
        spoil(folder / "data" / f"{table}.csv", columns)
    status, said = build(folder, "technology", "targets")
    assert status == 0, said
    return folder / "reports"


PAGES = ["index.html", *(f"330000/{name}.{lang}.html" for name in ("technology", "targets") for lang in ("zh", "en"))]
SEEN = """() => ({
  text: document.body.textContent,
  made: document.querySelectorAll('body script, body img:not([src^="data:"]), .MathJax').length,
  handlers: [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(a => /^on/.test(a)).length,
  links: [...document.querySelectorAll('a[href]')].map(a => a.protocol),
})"""


@pytest.mark.build
@pytest.mark.browser
@browser_needed
def test_bad_names_are_shown_and_never_run(spoiled: Path, browser: Any) -> None:
    shown = ""
    with served(spoiled) as address:
        for name in PAGES:
            said: list[str] = []
            tab = browser.new_page()
            tab.on("dialog", lambda dialog, said=said: said.append(dialog.message) or dialog.dismiss())
            tab.on("console", lambda message, said=said: said.append(message.text))
            tab.on("request", lambda request, said=said: said.append(request.url))
            tab.goto(f"{address}/{name}")
            seen = tab.evaluate(SEEN)
            tab.close()
            assert [one for one in said if not one.startswith("data:")] == [f"{address}/{name}"], name
            assert (seen["made"], seen["handlers"]) == (0, 0), name
            assert set(seen["links"]) <= {"http:", "https:"}, name
            shown += seen["text"]
    assert all(bad in shown for bad in BAD)
