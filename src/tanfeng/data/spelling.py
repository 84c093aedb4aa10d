"""Spelling: which id of a code list a name in a file of others stands for, whatever its edition and language."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog

SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015、,，;；]+")
FOOTNOTE = re.compile(
    r"\s*(?:[\u2460-\u249b*＊†‡§\u00b9\u00b2\u00b3\u2070-\u2079]+|(?<![0-9=])[0-9]{1,2}[)）]|[(（\[【](?:注?[0-9]{1,2}|注)[)）\]】])\s*$"
)
COLUMNS = ("zh", "en")
ADMINISTRATIVE = re.compile(r"(省|市|(维吾尔|壮族|回族)?自治区)$")


def form(text: str) -> str:
    """Return a name as it is compared: case, blanks, underscores, hyphens, commas and full-width forms do not count.

    Example:
        >>> form("Raw_Coal\u3000"), form("本省（区、市）调出量"), form("Storage & Post")
        ('rawcoal', '本省(区市)调出量', 'storageandpost')
    """
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text).replace("&", "and")).casefold()


def unmarked(text: str) -> str:
    """Return a name without the mark of a footnote at its end.

    Example:
        >>> unmarked("煤合计①"), unmarked("工业[1]"), unmarked("出口量(-)")
        ('煤合计', '工业', '出口量(-)')
    """
    return FOOTNOTE.sub("", text)


@cached
def spelt(catalog: Catalog, table: str) -> dict[tuple[str, str], str]:
    """Return the id that each name of a code list stands for: its own names, and those of `data/names.csv`.

    Returns:
        (row below which the name has this meaning or nothing, form of the name) -> id. Of two things with the same
        name, that of `data/names.csv` counts.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> names = spelt(open_catalog(), "flows")
        >>> names["", form("我轮、机在外国加油量")], names["transformation_total", "回收能"]
        ('bunkers_abroad', 'recovery_output')
    """
    found: dict[tuple[str, str], str] = {}
    rows = catalog.read(table) if table in catalog.tables else pd.DataFrame()
    for column in [name for name in COLUMNS if {"id", name} <= set(rows.columns)]:
        for one, name in zip(rows["id"], rows[column], strict=True):
            found.setdefault(("", form(name)), one)
            found.setdefault(("", form(re.split("[:：]", name)[-1])), one)
            if table == "regions":
                found.setdefault(("", form(ADMINISTRATIVE.sub("", name))), one)
    own = catalog.read("names").query("list == @table")
    found |= {(row.within, form(row.name)): row.id for row in own.itertuples(index=False)}
    return found
