"""The workbook of a new region: its usual targets, with open columns for their values, documents and figures."""

from __future__ import annotations

from tanfeng.checks.importing import region_workbook
from tanfeng.checks.importing.region_workbook import COLUMNS, FIXED, PUBLIC
from tanfeng.checks.importing.request_workbook import YES_NO
from tanfeng.data.catalog import Catalog
from tanfeng.pages.spreadsheet import Sheet, SheetColumn, write
from tanfeng.pages.table import pick

KINDS = ("label", "label", "label", "text", "text", "label", "label", "number", "text", "number", "label", "text")
WIDTHS = (8, 12, 10, 36, 24, 14, 16, 14, 36, 14, 8, 36)


def workbook(catalog: Catalog, region: str, lang: str) -> bytes:
    """Return the workbook as XLSX; `tanfeng data import` reads it back.

    Targets that the region has in the tables already are left out.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> workbook(open_catalog(), "520000", "zh")[:2]
        b'PK'
    """
    known = set(catalog.read("targets").query("region == @region")[["indicator", "plan"]].itertuples(index=False))
    columns = [
        SheetColumn(pick(names, lang), kind, width=width)
        for names, kind, width in zip(COLUMNS, KINDS, WIDTHS, strict=True)
    ]
    rows = [
        [*region_workbook.cells(catalog, row, lang), *[None] * (len(COLUMNS) - FIXED)]
        for row in region_workbook.rows_of(catalog, region)
        if (row["indicator"], row["plan"]) not in known
    ]
    place = catalog.label("regions", region, lang)
    title = pick((f"{place}：目标和数据填报", f"{place}: targets and figures to fill in"), lang)
    choices = {PUBLIC: YES_NO[0 if lang == "zh" else 1]}
    sheet = Sheet(pick(("目标", "Targets"), lang), columns, rows, title, fillable=len(COLUMNS) - FIXED, choices=choices)
    return write([sheet], lang, f"{catalog.vintage}-01")
