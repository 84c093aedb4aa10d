"""The data log, `docs/quality/data-log.md`: every source with its date, when it was read, terms, grade, and its use."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from tanfeng.data.catalog import Catalog
from tanfeng.facts.corrections import read_corrections

FILE = Path("docs", "quality", "data-log.md")
MARKUP = re.compile(r"[\\`*_\[\]|<>&]")
HEAD = """\
# Data log 数据台账

Written by `make figures` from `data/sources.csv` and the tables that name these sources; not to be edited.
由`make figures`据`data/sources.csv`及引用来源的数据表生成，不手工修改。

Date: of the document. Read: month in which it was read. Terms and grade: see
[what the columns say](../reference/data.md#what-the-columns-say). Used by: the tables that name it, with the number of
their rows; a source without a use there is quoted in texts only.

| id | source 来源 | date 日期 | read 获取 | terms 许可 | grade 等级 | used by 用于 |
|---|---|---|---|---|---|---|
"""


def data_log(catalog: Catalog) -> str:
    """Return the data log as Markdown, a row a source in the order of their ids.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> data_log(open_catalog()).splitlines()[0]
        '# Data log 数据台账'
    """
    used = uses(catalog)
    rows = catalog.read("sources").sort_values("id").to_dict("records")
    return HEAD + "".join(f"| {' | '.join(_cells(row, used.get(row['id'], Counter())))} |\n" for row in rows)


def uses(catalog: Catalog) -> dict[str, Counter[str]]:
    """Return for each source how many rows of which tables name it; a cell may name several.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(uses(open_catalog())["ceads_provinces_2022"])
        ['inventory']
    """
    found: dict[str, Counter[str]] = {}
    named = [
        (name, cell)
        for name, table in catalog.tables.items()
        for column in table.columns
        if column.endswith("source_id")
        for cell in catalog.read(name)[column]
    ]
    named += [("corrections", one.source_id) for one in read_corrections(catalog.root)]
    for name, cell in named:
        for source in cell.split():
            found.setdefault(source, Counter())[name] += 1
    return found


def _cells(row: dict[str, str], used: Counter[str]) -> list[str]:
    said = " / ".join(dict.fromkeys(plain(row[name]) for name in ("citation_zh", "citation_en")))
    address = f" <{quote(row['url'], safe=':/?#@!$&()*+,;=%~')}>" if row["url"] else ""
    tables = ", ".join(f"{plain(name)} ({count:,})" for name, count in sorted(used.items()))
    rest = [plain(row[name]) for name in ("document_date", "retrieved", "licence", "grade")]
    return [plain(row["id"]), said + address, *rest, tables or "-"]


def plain(text: str) -> str:
    r"""Return a text as it stands in a cell of Markdown: none of it is markup; `-` if there is none.

    Example:
        >>> print(plain("a | b"), plain(""))
        a \| b -
    """
    return MARKUP.sub(lambda mark: f"\\{mark.group()}", " ".join(text.split())) or "-"
