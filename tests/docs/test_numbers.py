"""A figure that the tables decide stands in a generated part of a document and nowhere else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.publishing import documents
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PARTS = ("guide", "methods", "project", "reference")
PAGES = [page for part in PARTS for page in sorted((DOCS / part).rglob("*.md"))]
GENERATED = re.compile(
    rf"<!-- figures:(\w+) -->.*?<!-- /figures:\1 -->|{documents.ROW.pattern}", re.DOTALL | re.MULTILINE
)
RECORD = re.compile(
    r"^## (?:Studies|Measured)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE
)  # once, on what is told there
CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`]*?`|\]\([^)]*\)|\d+:\d+-\d+", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.,])(?<![A-Za-z]-)\d[\d,]*(?:\.\d+)?(?![\w.,]*\d)")
YEAR = re.compile(r"(?:19|20)\d\d")


def telling(text: str) -> set[str]:
    """The numbers of a text by which a figure can be known: three digits or more that say something, and no year."""
    found = {one.replace(",", "") for one in NUMBER.findall(text)}
    return {one for one in found if len(one.replace(".", "").strip("0")) >= 3 and not YEAR.fullmatch(one)}


@cache
def figures() -> dict[int, set[str]]:
    """The key figures and limits of every report, written with none, one, two and three decimals."""
    rows = pd.read_csv(DOCS / "figures.csv")
    values = np.abs(rows[documents.NUMBERS].to_numpy(dtype="float64"))
    values = values[~np.isnan(values)]
    return {digits: {f"{value:.{digits}f}" for value in values} for digits in range(4)}


@cache
def asked() -> set[str]:
    """What plans ask for, by which a target may be named."""
    return {f"{abs(value):g}" for value in Catalog(ROOT).read("targets")["target_value"].dropna()}


def stated(text: str) -> set[str]:
    """The numbers of a text outside its generated parts and records that are figures of today."""
    known = figures()
    for left_out in (GENERATED, RECORD, CODE):
        text = left_out.sub(" ", text)
    typed = telling(text) - asked()
    tables = set().union(*(telling(part.group()) for page in PAGES for part in GENERATED.finditer(_read(page))))
    return {one for one in typed if one in tables or one in known.get(len(one.partition(".")[2]), set())}


@cache
def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_a_typed_figure_is_found() -> None:
    rows = pd.read_csv(DOCS / "figures.csv").set_index(["report", "id"])["value"]
    total = f"{rows['overview', 'co2_latest']:.1f}"
    assert stated(f"Emissions were {total} Mt in 2022.") == {total}
    assert stated(f"Emissions were `{total}`.\n<!-- figures:a -->{total}<!-- /figures:a -->") == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_no_figure_is_typed(page: Path) -> None:
    assert stated(_read(page)) == set()
