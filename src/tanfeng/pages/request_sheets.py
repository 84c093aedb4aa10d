"""The request workbook (填报表): a sheet a body and one of all, with what each figure would decide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.checks.importing import request_workbook, site_sheet
from tanfeng.checks.importing.request_workbook import COLUMNS, FIXED, PUBLIC, VALUE, YES_NO
from tanfeng.checks.importing.site_sheet import COLUMNS as SITES
from tanfeng.checks.importing.site_sheet import REGION
from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences
from tanfeng.pages.spreadsheet import LONGEST_NAME, Row, Sheet, SheetColumn, write
from tanfeng.pages.table import pick

# kind and width of each of `COLUMNS`
SHAPES = (
    ("label", 10), ("text", 34), ("text", 30), ("label", 14), ("label", 10), ("label", 17), ("label", 14),
    ("number", 14), ("label", 8), ("text", 32), ("text", 28),
)  # fmt: skip
# the columns of the notes
ABOUT = (("编号", "No.", 10), ("内容", "What", 34), ("填报单位和报表", "Body and form", 50), ("用途", "Use", 60))
ALL = ("全部", "All")
UNITS = 600  # rows for key emitters
NOTES = (
    (
        ("填报列", "只填最后四列：填报值、公开、来源、备注；其他列不得改动。"),
        ("Columns", "Fill in the last four only: Value, Public, Source, Note; the others are not to be changed."),
    ),
    (
        ("填报值", "按所列单位填一个数，不加“万”“亿”；下降填负数；没有数据的留空，情况写在备注。"),
        ("Value", "One number in the unit given; a fall is negative; leave it empty where there is none, and say why."),
    ),
    (
        ("公开", "已公布的填“是”，未公布的填“否”；不填的按未公布处理。未公布的数在页面上标明“内部”，对外版本不含。"),
        ("Public", "Yes if it is published; empty counts as no. What is not public is marked internal on the pages."),
    ),
    (
        ("来源", "已公布的须填写文件名称、日期和网址；未公布的可填报表名称。"),
        ("Source", "Document, date and address of a published figure; of any other the statistical form, if you like."),
    ),
    (
        ("多表", "同一数据在“全部”和单位表中各有一行，填一处即可；两处都填的须一致。"),
        ("Sheets", "Each figure stands in the sheet of all and in that of its body: fill in one, or the same in both."),
    ),
    (
        (
            "重点排放单位",
            "一行一个单位一个年度，只需名称和年份；全国碳市场名单即可，其余知道的再填。也可另存一个文件导入。",
        ),
        ("Key emitters", "A row a unit and year; name and year are enough, as in the list of the national market."),
    ),
    (
        ("导入", "填好后用 tanfeng data import 导入；存为CSV（UTF-8）的也可导入。"),
        ("Import", "Read it in with tanfeng data import; a sheet saved as CSV (UTF-8) is read too."),
    ),
)


def workbook(catalog: Catalog, rows: pd.DataFrame, lang: str) -> bytes:
    """Return the request workbook as XLSX.

    Args:
        catalog: the tables.
        rows: figures to ask for (see `tanfeng.targets.requests.requests`), one or more, of one region.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.requests import requests
        >>> workbook(open_catalog(), requests(open_catalog(), "330000", body="省林业局"), "zh")[:2]
        b'PK'
    """
    return write(sheets(catalog, rows, lang), lang, f"{catalog.vintage}-01")


def sheets(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[Sheet]:
    """Return the sheets of the request workbook: all figures, those of each body, key emitters, and the notes.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.requests import requests
        >>> found = sheets(open_catalog(), requests(open_catalog(), "330000", body="省林业局"), "zh")
        >>> [sheet.name for sheet in found], found[0].fillable
        (['全部', '省林业局', '重点排放单位', '说明'], 4)
    """
    bodies = rows.groupby(f"holder_{lang}", sort=True)
    region = str(rows["region"].iloc[0])
    made = [to_fill_in(catalog, region, rows, pick(ALL, lang), lang)]
    made += [to_fill_in(catalog, region, own, str(name)[:LONGEST_NAME].strip(), lang) for name, own in bodies]
    return [*made, units(catalog, region, lang), _about(catalog, region, rows, lang)]


def to_fill_in(catalog: Catalog, region: str, rows: pd.DataFrame, name: str, lang: str) -> Sheet:
    """Return the sheet of figures that are asked for in a region, with four empty columns; none is a heading alone.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.requests import requests
        >>> rows = requests(open_catalog(), "330000", body="省林业局")
        >>> sheet = to_fill_in(open_catalog(), "330000", rows, "填报", "zh")
        >>> [column.label for column in sheet.columns][-4:], len(sheet.rows) == len(rows)
        (['填报值', '公开', '来源', '备注'], True)
    """
    columns = [
        SheetColumn(pick(names, lang), kind, width=width) for names, (kind, width) in zip(COLUMNS, SHAPES, strict=True)
    ]
    given = rows.to_dict("records")
    open_cells = [None] * (len(COLUMNS) - FIXED)
    return Sheet(
        name,
        columns,
        [[*request_workbook.cells(catalog, row, lang), *open_cells] for row in given],
        _title(catalog, region, name, lang),
        fillable=len(open_cells),
        choices={PUBLIC: YES_NO[0 if lang == "zh" else 1]},
        comments={VALUE: [f"{sentences.decides(row, lang)}\n{held_by(row, lang)}" for row in given]},
    )


def units(catalog: Catalog, region: str, lang: str) -> Sheet:
    """Return the sheet for a list of key emitters of a region: name and year of each, and what is known of it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = units(open_catalog(), "330000", "en")
        >>> [column.label for column in sheet.columns][:3], sheet.rows[0][2]
        (['Name', 'Year', 'Region'], 'Zhejiang')
    """
    widths = (30, 8, 12, 12, 14, 12, 10, 16, 18, 18, 8, 32)
    columns = [SheetColumn(pick(names, lang), "text", width=width) for names, width in zip(SITES, widths, strict=True)]
    blank: Row = [None] * len(SITES)
    place = catalog.label("regions", region, lang)
    rows = [[*blank[:REGION], place, *blank[REGION + 1 :]] for _ in range(UNITS)]
    name, choices = pick(site_sheet.SHEET, lang), {site_sheet.PUBLIC: YES_NO[0 if lang == "zh" else 1]}
    return Sheet(name, columns, rows, _title(catalog, region, name, lang), fillable=len(SITES), choices=choices)


def _title(catalog: Catalog, region: str, name: str, lang: str) -> str:
    said = pick(("{}填报表：{}（数据版本{}）", "{}, figures asked for: {} (data {})"), lang)
    return said.format(catalog.label("regions", region, lang), name, catalog.vintage)


def held_by(row: dict[str, Any], lang: str) -> str:
    """Return which body holds a figure, and in which statistical form.

    Example:
        >>> held_by({"holder_zh": "省统计局", "form_zh": "地区能源平衡表"}, "zh")
        '省统计局：地区能源平衡表'
    """
    return pick(("：", ": "), lang).join(filter(None, (row[f"holder_{lang}"], row[f"form_{lang}"])))


def _about(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str) -> Sheet:
    known = catalog.read("indicators").set_index("id")
    made: list[Row] = [["", *note[0 if lang == "zh" else 1], ""] for note in NOTES]
    for row in rows.to_dict("records"):
        about = known.loc[row["indicator"]]
        what = pick(("：", ": "), lang).join((about[lang], about[f"description_{lang}"]))
        made.append([row["id"], what, held_by(row, lang), sentences.decides(row, lang)])
    columns = [SheetColumn(pick((zh, en), lang), width=width) for zh, en, width in ABOUT]
    name = pick(request_workbook.BESIDE["notes"][:2], lang)
    return Sheet(name, columns, made, _title(catalog, region, name, lang))
