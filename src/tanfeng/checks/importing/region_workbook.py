"""The workbook of a new region: its targets, and the figures that answer them, as rows of both tables.

A row is a usual target (`tanfeng.facts.usual_targets`); the first columns are as they were written, the last five are
filled in: value and document of the target, and the figure with its source. A row without a value says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, plain, shown
from tanfeng.checks.importing.request_workbook import IS_PUBLIC, value
from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet, cell_text
from tanfeng.facts.observations import INTERNAL
from tanfeng.facts.usual_targets import usual

COLUMNS = (
    ("编号", "No."), ("地区", "Region"), ("规划", "Plan"), ("目标", "Target"), ("要求", "Asked"), ("单位", "Unit"),
    ("数据时期", "Period of the figure"), ("目标值", "Target value"), ("目标文件", "Document"),
    ("实际值", "Figure"), ("公开", "Public"), ("数据来源", "Source of the figure"),
)  # fmt: skip
FIXED = 7
TARGET, DOCUMENT, FIGURE, PUBLIC, SOURCE = range(FIXED, len(COLUMNS))
HEADS = {tuple(plain(names[place]) for names in COLUMNS) for place in (0, 1)}
ASKS = {
    "at_least": ("不低于", "at least"),
    "at_most": ("不超过", "at most"),
    "decrease_by": ("比{base}年下降", "fall from {base} by"),
    "increase_by": ("比{base}年新增", "increase over {base} by"),
}


def rows_of(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the usual targets of a region with the period of the figure that answers each, as far as it is over.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted({row["period"] for row in rows_of(open_catalog(), "520000") if row["plan"] == "14FYP"})
        ['2020/2025', '2025']
    """
    kinds, last = catalog.read("indicators").set_index("id")["kind"], catalog.as_of_year - 1
    found = []
    for row in usual(catalog, region).to_dict("records"):
        end = min(int(row["target_year"]), last)
        base = row["base_year"]
        change = kinds[row["indicator"]] == "change" and pd.notna(base)
        over = not change or base < end
        found.append({**row, "period": (f"{int(base)}/{end}" if change else str(end)) if over else ""})
    return found


def cells(catalog: Catalog, row: dict[str, Any], lang: str) -> list[str]:
    """Return the fixed cells of a row of `rows_of`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = next(one for one in rows_of(open_catalog(), "520000") if one["indicator"] == "pv_capacity")
        >>> cells(open_catalog(), row, "en")[1:]
        ['Guizhou', '14FYP', 'Solar PV capacity', 'at least, by 2025', '10^4 kW', '2025']
    """
    place = 0 if lang == "zh" else 1
    asks = ASKS[row["direction"]][place].format(base="" if pd.isna(row["base_year"]) else int(row["base_year"]))
    year = int(row["target_year"])
    return [
        row["id"],
        catalog.label("regions", row["region"], lang),
        row["plan"],
        row[lang],
        f"{year}年{asks}" if lang == "zh" else f"{asks}, by {year}",
        catalog.label("units", row["unit"], "zh") if lang == "zh" else row["unit"],
        row["period"],
    ]


def is_region(sheets: Sequence[SourceSheet]) -> bool:
    """Whether the first sheet has the heading of the workbook of a region.

    Example:
        >>> is_region([SourceSheet("目标", (tuple(zh for zh, _ in COLUMNS),))]), is_region([])
        (True, False)
    """
    return bool(sheets) and bool(sheets[0].rows) and _texts(sheets[0], 0) in HEADS


def _texts(sheet: SourceSheet, row: int) -> tuple[str, ...]:
    return tuple(plain(cell_text(cell)) for cell in sheet.rows[row][: len(COLUMNS)])


def read(catalog: Catalog, sheets: Sequence[SourceSheet], month: str) -> tuple[FileContent, pd.DataFrame, pd.DataFrame]:
    """Return what was filled in: targets with a finding for each cell that does not fit, sources, and observations.

    Args:
        catalog: the tables.
        sheets: the sheets; the first has the heading.
        month: month in which the file is read, `YYYY-MM`.

    Raises:
        ProjectError: if the first sheet does not have the heading.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = rows_of(open_catalog(), "520000")[0]
        >>> filled = (*cells(open_catalog(), row, "zh"), "14", "某规划，2021-03", "", "", "")
        >>> sheet = SourceSheet("目标", (tuple(zh for zh, _ in COLUMNS), filled))
        >>> targets, sources, figures = read(open_catalog(), [sheet], "2026-11")
        >>> targets.rows["target_value"].tolist(), len(sources), len(figures)
        (['14'], 1, 0)
    """
    if not is_region(sheets):
        raise ProjectError(f"no heading of the workbook of a region; expected {', '.join(zh for zh, _ in COLUMNS)}")
    findings: list[Misfit] = []
    made: dict[str, list[dict[str, str]]] = {"targets": [], "sources": [], "observations": []}
    places: list[str] = []
    for number in range(1, len(sheets[0].rows)):
        given = [sheets[0].cell(number, place) for place in range(len(COLUMNS))]
        if not any(cell_text(cell) for cell in given[FIXED:]):
            continue
        row, wrong = _usual_target(catalog, [cell_text(cell) for cell in given])
        if row is not None:
            wrong = _taken(catalog, row, given, month, made)
            places += [f"row {number + 1}"] * (len(made["targets"]) - len(places))
        findings += [
            Misfit(sheets[0].name, f"row {number + 1}, column {COLUMNS[at][0]}", shown(given[at]), expected)
            for at, expected in wrong.items()
        ]
    frames = {
        name: pd.DataFrame(rows, columns=catalog.tables[name].columns, dtype=str).fillna("")
        for name, rows in made.items()
    }
    summary = f"{len(frames['targets'])} targets and {len(frames['observations'])} figures filled in"
    content = FileContent("targets", frames["targets"], tuple(findings), tuple(places), summary)
    return content, frames["sources"].drop_duplicates("id"), frames["observations"].drop_duplicates()


def _usual_target(catalog: Catalog, texts: list[str]) -> tuple[dict[str, Any] | None, dict[int, str]]:
    """Return the target that number and region name, or what was expected of the columns that were changed."""
    regions = catalog.read("regions")
    named = regions[(regions["zh"] == texts[1]) | (regions["en"] == texts[1])]["id"].tolist()
    rows = [row for one in named for row in rows_of(catalog, one) if row["id"] == texts[0]]
    if not rows:
        return None, {0: "number and region of a usual target, as they were written"}
    wanted = [cells(catalog, rows[0], lang) for lang in ("zh", "en")]
    wrong = {
        at: f"{wanted[0][at]!r}: this column is not to be changed"
        for at in range(FIXED)
        if plain(texts[at]) not in {plain(one[at]) for one in wanted}
    }
    return (None if wrong else rows[0]), wrong


def _taken(
    catalog: Catalog, row: dict[str, Any], given: list[Any], month: str, made: dict[str, list[dict[str, str]]]
) -> dict[int, str]:
    """Add what a row says to the tables; return what was expected of the columns that do not fit, adding nothing."""
    texts = [" ".join(cell_text(cell).split()) for cell in given]
    public = IS_PUBLIC.get(plain(texts[PUBLIC]).casefold())
    numbers, wrong = _numbers(catalog, given, texts, row["unit"])
    asked = {
        DOCUMENT: (TARGET in numbers and not texts[DOCUMENT], "the document that sets the target, with its date"),
        FIGURE: (FIGURE in numbers and not row["period"], "nothing: no period of it is over"),
        PUBLIC: (bool(texts[PUBLIC]) and public is None, "是 (public) or 否 (not public)"),
        SOURCE: (FIGURE in numbers and public and not texts[SOURCE], "a source of the public figure"),
    }
    wrong |= {at: expected for at, (missing, expected) in asked.items() if missing}
    if wrong:
        return wrong
    if TARGET in numbers:
        made["sources"].append(source_row(texts[DOCUMENT], True, month))
        made["targets"].append(_target(row, numbers[TARGET], made["sources"][-1]["id"]))
    if FIGURE in numbers:
        said = texts[SOURCE] or catalog.label("regions", row["region"], "zh")
        made["sources"].append(source_row(said, bool(public), month))
        made["observations"].append(_figure(row, numbers[FIGURE], bool(public), made["sources"][-1]["id"]))
    return {}


def _numbers(catalog: Catalog, given: list[Any], texts: list[str], unit: str) -> tuple[dict[int, str], dict[int, str]]:
    """Return target and figure as far as they are filled in, and what was expected of one that is no number."""
    numbers, wrong = {}, {}
    for at in (place for place in (TARGET, FIGURE) if texts[place]):
        try:
            numbers[at] = value(catalog, given[at], unit)
        except ValueError as error:
            wrong[at] = str(error)
    return numbers, wrong


def _target(row: dict[str, Any], number: str, source: str) -> dict[str, str]:
    cells_of = {name: "" if pd.isna(cell) else str(cell) for name, cell in row.items()}
    years = {name: str(int(row[name])) for name in ("base_year", "target_year") if pd.notna(row[name])}
    return cells_of | years | {"target_value": number, "source_id": source}


def _figure(row: dict[str, Any], number: str, public: bool, source: str) -> dict[str, str]:
    if row["direction"] == "decrease_by" and periods.parse(row["period"]).kind == "change":
        number = f"{-abs(float(number)):.12g}"  # a fall, however its sign was written
    return {
        **{name: row[name] for name in ("indicator", "region", "period", "unit")},
        "value": number,
        "bound": "exact",
        "status": "reported" if public else INTERNAL,
        "source_id": source,
    }


def source_row(text: str, public: bool, month: str) -> dict[str, str]:
    """Return the row of a source that an office names; one that is not public is internal.

    Example:
        >>> source_row("某公报，2026-03", True, "2026-11")["licence"], source_row("名单", False, "2026-11")["licence"]
        ('official-publication', 'internal')
    """
    name = f"{'filled' if public else 'internal'}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    licence = "official-publication" if public else INTERNAL
    citation = text if public else f"{text}（填报，未公开）"
    texts = {"id": name, "citation_zh": citation, "citation_en": citation if public else f"{text} (not public)"}
    return texts | {"retrieved": month, "licence": licence, "grade": "C"}
