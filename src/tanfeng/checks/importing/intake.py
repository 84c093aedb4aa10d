"""Intake: a file of unknown layout becomes rows of a table, with a source of their own and all findings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from tanfeng.checks.importing import (
    balance_sheet,
    ceads,
    levels,
    maps,
    nbs,
    region_workbook,
    request_workbook,
    site_sheet,
    tidy,
    wide,
)
from tanfeng.checks.importing.findings import FileContent, trimmed
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet, read_sheets
from tanfeng.data.wording import Wording, listed, say
from tanfeng.facts.observations import INTERNAL

KINDS = ("ceads", "balance", "nbs", "wide", "table", "request", "region", "sites")
CITATIONS = {
    "ceads": (
        "中国碳核算数据库（CEADs）：省级分部门二氧化碳排放清单，本地导入文件{file}",
        "Carbon Emission Accounts and Datasets (CEADs): provincial CO2 inventories by sector, imported from {file}",
        "free-after-registration",
    ),
    "balance": (
        "省级能源平衡表，本地导入文件{file}，文件来源未注明",
        "Provincial energy balance, imported from {file}; where the file comes from is not stated",
        "secondary-copy",
    ),
    "nbs": (
        "国家统计局：国家数据，月度数据，本地导入文件{file}",
        "National Bureau of Statistics: National Data, monthly figures, imported from {file}",
        "official-publication",
    ),
    "wide": (
        "数据表，本地导入文件{file}，文件来源未注明",
        "Table of figures, imported from {file}; where the file comes from is not stated",
        "secondary-copy",
    ),
}


@dataclass(frozen=True)
class Request:
    """What is asked of an import.

    Attributes:
        kind: layout of the file: `ceads`, `balance`, `nbs`, `wide`, `table`, or what an office fills in (`request`,
            `region`, `sites`); recognised if empty.
        table: for a tidy table, which one; found by its columns if empty.
        regions: CEADs and monthly tables: only these; balance: the region of the sheet.
        year: CEADs and monthly tables: only this year; balance: the year of the sheet.
        sheets: read only the sheets of these names; all if empty.
        source_id: source of the rows; made from the file if empty.
        citation: citation of a new source.
        url: address of a new source.
        licence: terms of a new source; those usual for the kind if empty.
        grade: grade of a new source.
        month: month in which the file was read, `YYYY-MM`.
        map: how a wide table is read, see `maps`.
    """

    month: str
    kind: str = ""
    table: str = ""
    regions: tuple[str, ...] = ()
    year: int | None = None
    sheets: tuple[str, ...] = ()
    source_id: str = ""
    citation: str = ""
    url: str = ""
    licence: str = ""
    grade: str = "C"
    map: Path | None = None


@dataclass(frozen=True)
class Intake:
    """What a file gives: its kind, its rows with findings, rows of new sources, and rows of other tables beside.

    `remember` keeps the map that a wide table was read by, once it is imported.
    """

    kind: str
    reading: FileContent
    source: pd.DataFrame
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    remember: Callable[[], object] = lambda: None


def take(
    catalog: Catalog, path: Path, request: Request, tell: Callable[[int, int], None] = lambda done, total: None
) -> Intake:
    """Read a file into rows of one of our tables; nothing is written.

    Args:
        catalog: the tables.
        path: a CEADs workbook, an energy balance sheet, a monthly table of the National Bureau of Statistics, a request
            workbook, the workbook of a region, or a tidy table (`.xlsx`, `.xlsm`, `.xls`, `.csv`).
        request: what is asked.
        tell: called with the number of sheets done and the number in all.

    Raises:
        ProjectError: if the file cannot be read, or the request does not fit it or the tables.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> intake = take(open_catalog(), Path("data/plans.csv"), Request("2026-11"))
        >>> intake.kind, intake.reading.table, len(intake.reading.rows)
        ('table', 'plans', 7)
    """
    _require_known(catalog, request)
    sheets = _chosen(read_sheets(path), request.sheets)
    kind = request.kind or ("wide" if request.map else "table" if request.table else recognised(catalog, sheets))
    if not (request.kind or request.table) and kind == "table" and not _is_tidy(catalog, sheets, tidy.is_near):
        raise ProjectError(unrecognised(catalog, sheets))
    if kind == "table":
        _refuse_options(request)
        reading = tidy.read(catalog, sheets, request.table or None)
        return Intake(kind, levels.compared(catalog, reading), pd.DataFrame())
    if kind in FILLED_IN:
        _refuse_options(request)
        return FILLED_IN[kind](catalog, sheets, request)
    layout = _layout(catalog, sheets, request) if kind == "wide" else None
    source_id, source = _source(catalog, path, kind, request)
    if layout is not None:
        reading = wide.read(catalog, sheets, source_id, layout, request.regions, request.year)
        remember = partial(maps.remember, catalog.root, sheets, layout) if request.map else Intake.remember
        source = source if len(reading.rows) else source.iloc[:0]
        return Intake(kind, _marked(catalog, reading, source), source, remember=remember)
    if kind == "ceads":
        reading = ceads.read(catalog, sheets, source_id, request.regions, request.year, tell)
    elif kind == "nbs":
        reading = nbs.read(catalog, sheets, source_id, request.regions, request.year)
    else:
        reading = balance_sheet.read(catalog, sheets, source_id, request.regions, request.year)
    return Intake(kind, _marked(catalog, levels.compared(catalog, reading), source), source)


def _marked(catalog: Catalog, reading: FileContent, source: pd.DataFrame) -> FileContent:
    """Return rows of a source that is not public as internal figures; a table without that status takes none."""
    sources = pd.concat([catalog.read("sources"), source])
    private = set(sources.loc[sources["licence"] == INTERNAL, "id"])
    if not reading.rows["source_id"].isin(private).any():
        return reading
    if reading.table != "observations":
        raise ProjectError(
            say(
                "来源的licence为internal：{table}的行不能标明“内部”，会随报告公布；只导入可以公布的数据",
                "the licence of the source is internal: rows of {table} cannot be marked so and would be published; "
                "import only what may be",
                table=reading.table,
            )
        )
    return replace(reading, rows=reading.rows.assign(status=INTERNAL))


def _of_region(catalog: Catalog, sheets: Sequence[SourceSheet], request: Request) -> Intake:
    targets, sources, figures = region_workbook.read(catalog, sheets, request.month)
    return Intake("region", targets, sources, {"observations": figures})


def _of_sites(catalog: Catalog, sheets: Sequence[SourceSheet], request: Request) -> Intake:
    units, others = site_sheet.read(catalog, sheets, request.month)
    return Intake("sites", units, others.pop("sources"), others)


def _requested(catalog: Catalog, sheets: Sequence[SourceSheet], request: Request) -> Intake:
    """Return what a request workbook gives: its figures, and the units listed on the sheet for them."""
    reading, sources = request_workbook.read(catalog, sheets, request.month, request.grade)
    units, others = site_sheet.read(catalog, sheets, request.month)
    if not units.summary:
        return Intake("request", reading, sources)
    told = "; ".join((reading.summary, units.summary))
    both = replace(reading, findings=(*reading.findings, *units.findings), summary=told)
    sources = pd.concat([sources, others.pop("sources")], ignore_index=True).drop_duplicates("id")
    return Intake("request", both, sources, {"sites": units.rows, **others})


FILLED_IN = {"region": _of_region, "sites": _of_sites, "request": _requested}


def recognised(catalog: Catalog, sheets: Sequence[SourceSheet]) -> str:
    """Return the kind of a file by the words of its layout (see `KINDS`), `table` for any other.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> recognised(open_catalog(), [SourceSheet("Zhejiang2019", ()), SourceSheet("NOTE", ())])
        'ceads'
        >>> recognised(open_catalog(), [SourceSheet("", (("region", "year"),))])
        'table'
    """
    kinds: tuple[tuple[str, Callable[[], object]], ...] = (
        ("region", lambda: region_workbook.is_region(sheets)),
        ("request", lambda: request_workbook.is_request(sheets)),
        ("sites", lambda: site_sheet.is_sites(sheets)),
        ("ceads", lambda: ceads.is_ceads(catalog, sheets)),
        ("nbs", lambda: nbs.is_nbs(sheets)),
        ("balance", lambda: balance_sheet.is_balance(catalog, sheets)),
        ("table", lambda: _is_tidy(catalog, sheets, tidy.of_tables)),
        ("wide", lambda: maps.remembered(catalog, sheets)),
        ("table", lambda: _is_tidy(catalog, sheets, tidy.is_near)),
        ("wide", lambda: wide.recognised(catalog, sheets)),
        ("ceads", lambda: ceads.is_named_like(sheets)),
    )
    return next((kind for kind, fits in kinds if fits()), "table")


def _is_tidy(
    catalog: Catalog, sheets: Sequence[SourceSheet], names: Callable[[Catalog, Sequence[Any]], object]
) -> bool:
    """Whether a row at the top of a sheet names the columns of a table, all of them or most."""
    return any(names(catalog, row) for sheet in sheets for row in sheet.rows[: tidy.HEAD_ROWS])


def _layout(catalog: Catalog, sheets: Sequence[SourceSheet], request: Request) -> wide.Layout:
    """Return how a wide table is read: by the map that is given, or known; otherwise as it is recognised."""
    if request.map is not None and request.map.is_file():
        return maps.load(catalog, request.map)
    found = None if request.map else maps.remembered(catalog, sheets)
    found = found or wide.recognised(catalog, sheets)
    if request.map is not None and found:
        raise Unmapped(maps.proposed(catalog, found))
    if found is None:
        raise ProjectError(unrecognised(catalog, sheets))
    if not any(found.items.values()):
        names = listed([*found.items][: wide.SHOWN])
        raise ProjectError(
            say(
                "数据表中的名称（{names}）都不是已知指标；tanfeng data import 文件 --map 映射.yaml 可生成待填写的映射",
                "none of the names of the table ({names}) is a known indicator; tanfeng data import FILE --map MAP.yaml"
                " writes a map to fill in",
                names=names,
            )
        )
    return found


def unrecognised(catalog: Catalog, sheets: Sequence[SourceSheet]) -> Wording:
    """Return the layouts that are known, and what a file lacks of each.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "no row with 项目" in unrecognised(open_catalog(), [SourceSheet("", (("a", "b"), ("1", "2")))])
        True
    """
    heads = [row for sheet in sheets for row in sheet.rows[: wide.HEAD_ROWS]]
    head = [trimmed(cell) for cell in next((row for row in heads if any(map(trimmed, row))), ())]
    roles = {role for row in heads for role in wide.roles(catalog, row)}
    lacks = [name for role, name in ROLES.items() if role not in roles]
    fuels = max((ceads.named_columns(catalog, row) for row in heads), default=0)
    return say(
        "未能识别格式。CEADs清单：首行应有品种和Scope_1_Total（现有{fuels}个）。能源平衡表：没有“项目”行或品种列。月度表：没有指标或地区"
        "后接月份（如2024年12月）的一行。数据表：缺少{lacks}列，或以年份为列名。填报表：没有其表头。数据包的表：{table}。可用--kind、--as"
        "或--map指定",
        "no known layout. A CEADs inventory has fuels and Scope_1_Total in row 1 ({fuels} found). An energy balance: "
        "no row with 项目 or fuels. A monthly table: no row with 指标 or 地区, then months such as 2024年12月. A table "
        "of figures: no column of {lacks}, nor years as headings. A request workbook: no heading of one. A table of "
        "the data package: {table}. --kind, --as or --map says which",
        fuels=fuels,
        lacks=listed(lacks or [Wording("数据", "figures")]),
        table=tidy.unlike(catalog, head),
    )


ROLES = {"region": Wording("地区", "regions"), "year": Wording("年份", "years")}


class Unmapped(ProjectError):
    """A map was asked for that is not there: the message is one to fill in."""


def _require_known(catalog: Catalog, request: Request) -> None:
    if request.kind not in {"", *KINDS}:
        raise ProjectError(f"kind {request.kind!r}: expected one of {', '.join(KINDS)}")
    if request.table and request.kind in {*CITATIONS, *FILLED_IN}:
        raise ProjectError(
            f"--as {request.table} is for a tidy table; a file of kind {request.kind} has a table of its own"
        )
    regions = catalog.read("regions")
    levels_asked = ["province", "country"] if request.kind == "nbs" else ["province"]
    provinces = set(regions.loc[regions["level"].isin(levels_asked), "id"])
    unknown = [region for region in request.regions if region not in provinces]
    if unknown:
        raise ProjectError(f"region {unknown[0]!r} is no province of data/regions.csv; expected the code of one")


def _refuse_options(request: Request) -> None:
    """A tidy table, or a request workbook, says region, year and source itself."""
    given = {"--region": request.regions, "--year": request.year, "--source": request.source_id}
    given |= {"--citation": request.citation, "--url": request.url, "--licence": request.licence}
    used = [option for option, value in given.items() if value]
    if used:
        raise ProjectError(f"{', '.join(used)}: the rows of the file say this; leave the option out")


def _chosen(sheets: list[SourceSheet], names: tuple[str, ...]) -> list[SourceSheet]:
    there = {sheet.name.strip() for sheet in sheets}
    for name in names:
        if name.strip() not in there:
            every = ", ".join(sheet.name for sheet in sheets)
            raise ProjectError(
                say(
                    "没有工作表{name!r}；现有：{every}", "no sheet {name!r}; there are: {every}", name=name, every=every
                )
            )
    return [sheet for sheet in sheets if not names or sheet.name.strip() in {name.strip() for name in names}]


def _source(catalog: Catalog, path: Path, kind: str, request: Request) -> tuple[str, pd.DataFrame]:
    """Return the source of the rows and, if it is not in the register, its row; named after the content of the file."""
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    name = request.source_id or f"import_{kind}_{mark}"
    columns = catalog.tables["sources"].columns
    if name in set(catalog.read("sources")["id"]):
        if request.citation:
            raise ProjectError(
                f"source {name} is in the register already; leave --citation out, or give another --source"
            )
        return name, pd.DataFrame(columns=columns)
    zh, en, licence = CITATIONS[kind]
    file = f"{path.name}（SHA-256 {mark}）", f"{path.name} (SHA-256 {mark})"
    row = dict.fromkeys(columns, "") | {
        "id": name,
        "citation_zh": request.citation or zh.format(file=file[0]),
        "citation_en": request.citation or en.format(file=file[1]),
        "url": request.url,
        "retrieved": request.month,
        "licence": request.licence or licence,
        "grade": request.grade,
    }
    return name, pd.DataFrame([row], columns=columns)
