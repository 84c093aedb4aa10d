"""Intake: a file of unknown layout becomes rows of a table, with a source of their own and all findings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from tanfeng.checks.importing import balance_sheet, ceads, levels, nbs, region_workbook, request_workbook, tidy
from tanfeng.checks.importing.findings import FileContent
from tanfeng.checks.importing.reading import SourceSheet, read_sheets
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError

KINDS = ("ceads", "balance", "nbs", "table", "request", "region")
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
}


@dataclass(frozen=True)
class Request:
    """What is asked of an import.

    Attributes:
        kind: layout of the file: `ceads`, `balance`, `nbs`, `table`, or the workbook `request` or `region`; recognised
            if empty.
        table: for a tidy table, which one; found by its columns if empty.
        regions: CEADs and monthly tables: only these; balance: the region of the sheet.
        year: CEADs and monthly tables: only this year; balance: the year of the sheet.
        sheet: read only the sheet of this name.
        source_id: source of the rows; made from the file if empty.
        citation: citation of a new source.
        url: address of a new source.
        licence: terms of a new source; those usual for the kind if empty.
        grade: grade of a new source.
        month: month in which the file was read, `YYYY-MM`.
    """

    month: str
    kind: str = ""
    table: str = ""
    regions: tuple[str, ...] = ()
    year: int | None = None
    sheet: str = ""
    source_id: str = ""
    citation: str = ""
    url: str = ""
    licence: str = ""
    grade: str = "C"


@dataclass(frozen=True)
class Intake:
    """What a file gives: its kind, its rows with findings, rows of new sources, and rows of other tables beside."""

    kind: str
    reading: FileContent
    source: pd.DataFrame
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)


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
        ('table', 'plans', 6)
    """
    _require_known(catalog, request)
    sheets = _chosen(read_sheets(path), request.sheet)
    kind = request.kind or ("table" if request.table else recognised(sheets))
    if kind == "table":
        _refuse_options(request)
        reading = tidy.read(catalog, sheets, request.table or None)
        return Intake(kind, levels.compared(catalog, reading), pd.DataFrame())
    if kind == "region":
        _refuse_options(request)
        targets, sources, figures = region_workbook.read(catalog, sheets, request.month)
        return Intake(kind, targets, sources, {"observations": figures})
    if kind == "request":
        _refuse_options(request)
        return Intake(kind, *request_workbook.read(catalog, sheets, request.month, request.grade))
    source_id, source = _source(catalog, path, kind, request)
    if kind == "ceads":
        reading = ceads.read(catalog, sheets, source_id, request.regions, request.year, tell)
    elif kind == "nbs":
        reading = nbs.read(catalog, sheets, source_id, request.regions, request.year)
    else:
        reading = balance_sheet.read(catalog, sheets, source_id, request.regions, request.year)
    return Intake(kind, levels.compared(catalog, reading), source)


def recognised(sheets: Sequence[SourceSheet]) -> str:
    """Return the kind of a file by the words of its layout (see `KINDS`), `table` for any other.

    Example:
        >>> tidy = SourceSheet("", (("region", "year"),))
        >>> recognised([SourceSheet("Zhejiang2019", ()), SourceSheet("NOTE", ())]), recognised([tidy])
        ('ceads', 'table')
    """
    if region_workbook.is_region(sheets):
        return "region"
    if request_workbook.is_request(sheets):
        return "request"
    if ceads.is_ceads(sheets):
        return "ceads"
    if nbs.is_nbs(sheets):
        return "nbs"
    return "balance" if balance_sheet.is_balance(sheets) else "table"


def _require_known(catalog: Catalog, request: Request) -> None:
    if request.kind not in {"", *KINDS}:
        raise ProjectError(f"kind {request.kind!r}: expected one of {', '.join(KINDS)}")
    if request.table and request.kind in {*CITATIONS, "request", "region"}:
        raise ProjectError(
            f"--as {request.table} is for a tidy table; a file of kind {request.kind} has a table of its own"
        )
    regions = catalog.read("regions")
    levels_asked = ["province", "country"] if request.kind == "nbs" else ["province"]
    provinces = set(regions.loc[regions["level"].isin(levels_asked), "id"])
    unknown = [region for region in request.regions if region not in provinces]
    if unknown:
        raise ProjectError(f"region {unknown[0]!r} is no province of data/regions.csv; expected a code such as 330000")


def _refuse_options(request: Request) -> None:
    """A tidy table, or a request workbook, says region, year and source itself."""
    given = {"--region": request.regions, "--year": request.year, "--source": request.source_id}
    given |= {"--citation": request.citation, "--url": request.url, "--licence": request.licence}
    used = [option for option, value in given.items() if value]
    if used:
        raise ProjectError(f"{', '.join(used)}: the rows of the file say this; leave the option out")


def _chosen(sheets: list[SourceSheet], name: str) -> list[SourceSheet]:
    chosen = [sheet for sheet in sheets if not name or sheet.name.strip() == name.strip()]
    if not chosen:
        raise ProjectError(f"no sheet {name!r}; there are: {', '.join(sheet.name for sheet in sheets)}")
    return chosen


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
