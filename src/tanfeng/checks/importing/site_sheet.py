"""Lists of key emitters (重点排放单位) as offices have them: a sheet of the request workbook, or a file of its own.

A row is a unit in a year. Name and year are enough: a list that names the units of the national market says no more.
A unit that the tables have by that name is the same; what is not public is marked internal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, shown
from tanfeng.checks.importing.region_workbook import source_row
from tanfeng.checks.importing.request_workbook import BESIDE, IS_PUBLIC, value
from tanfeng.data.catalog import Catalog
from tanfeng.data.settings import settings
from tanfeng.data.sheets import SourceSheet, cell_text
from tanfeng.data.spelling import form
from tanfeng.facts.observations import INTERNAL

SHEET = BESIDE["sites"][:2]
COLUMNS = (
    ("单位名称", "Name"), ("年份", "Year"), ("地区", "Region"), ("所在市", "City"), ("县（市、区）", "County"),
    ("类型", "Kind"), ("燃料", "Fuel"), ("装机容量（兆瓦）", "Capacity (MW)"),
    ("综合能源消费量（吨标准煤）", "Energy (tce)"), ("二氧化碳排放量（吨）", "CO2 (t)"),
    ("公开", "Public"), ("来源", "Source"),
)  # fmt: skip
NAME, YEAR, REGION, CITY, COUNTY, KIND, FUEL, CAPACITY, ENERGY, CO2, PUBLIC, SOURCE = range(len(COLUMNS))
PLACES = {form(name): place for place, names in enumerate(COLUMNS) for name in names}
NUMBERS = {CAPACITY: ("capacity_mw", "MW"), ENERGY: ("energy_tce", "tce"), CO2: ("co2_t", "t CO2")}
WORDS = {KIND: ("kind", "site_"), FUEL: ("fuel", "fuel_")}
UNSAID = "重点排放单位名单"
FIRST_YEAR = 1990


def is_sites(sheets: Sequence[SourceSheet]) -> bool:
    """Whether one of the sheets is a list of units: its first row names them and their year.

    Example:
        >>> is_sites([SourceSheet("", (("单位名称", "年份"), ("某厂", "2024")))]), is_sites([])
        (True, False)
    """
    return any(map(is_list, sheets))


def is_list(sheet: SourceSheet) -> bool:
    """Whether the first row of a sheet names units and their year.

    Example:
        >>> is_list(SourceSheet("", (("单位名称", "年份"),))), is_list(SourceSheet("", (("年份",),)))
        (True, False)
    """
    return {NAME, YEAR} <= {PLACES.get(form(cell_text(cell))) for cell in (sheet.rows[0] if sheet.rows else ())}


@dataclass
class _Taken:
    """What was read: rows of each table, the places of the units, and what does not fit."""

    sites: dict[str, dict[str, str]] = field(default_factory=dict)
    figures: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    findings: list[Misfit] = field(default_factory=list)


def read(catalog: Catalog, sheets: Sequence[SourceSheet], month: str) -> tuple[FileContent, dict[str, pd.DataFrame]]:
    """Return the units as rows of `sites`, and rows of `site_figures` and `sources` beside.

    Args:
        catalog: the tables.
        sheets: the sheets; those that are no list of units are left aside.
        month: month in which the file is read, `YYYY-MM`.

    Returns:
        The rows with a finding for each cell that does not fit, the place of each and a summary; the other tables.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sheet = SourceSheet("", (("单位名称", "年份"), ("某厂", "2024"), ("", "2024")))
        >>> content, beside = read(open_catalog(), [sheet], "2026-11")
        >>> content.rows[["zh", "region", "as_of"]].values.tolist(), len(beside["site_figures"])
        ([['某厂', '330000', '2024']], 0)
        >>> [str(one) for one in content.findings]
        ['error: row 3, column 单位名称: found nothing; expected the name of the unit']
    """
    taken, known = _Taken(), _Known(catalog)
    for sheet in filter(is_list, sheets):
        columns = {
            PLACES.get(form(cell_text(cell)), -1): at for at, cell in enumerate(sheet.rows[0]) if cell_text(cell)
        }
        if -1 in columns:
            expected = f"only the columns {', '.join(zh for zh, _ in COLUMNS)}"
            taken.findings.append(Misfit(sheet.name, "row 1", shown(sheet.cell(0, columns[-1])), expected))
        for number in range(1, len(sheet.rows)):
            given = {place: sheet.cell(number, at) for place, at in columns.items() if place >= 0}
            if any(cell_text(cell) for place, cell in given.items() if place not in {REGION, PUBLIC}):
                _take(known, taken, given, sheet.name, number + 1, month)
    return _content(catalog, taken)


def _content(catalog: Catalog, taken: _Taken) -> tuple[FileContent, dict[str, pd.DataFrame]]:
    frames = {
        name: pd.DataFrame(list(rows), columns=catalog.tables[name].columns, dtype=str).fillna("")
        for name, rows in (
            ("sites", taken.sites.values()),
            ("site_figures", taken.figures.values()),
            ("sources", taken.sources.values()),
        )
    }
    rows = frames.pop("sites")
    known, with_figures = len({site for site, _ in taken.seen}) - len(rows), len(frames["site_figures"])
    summary = (
        f"{len(rows)} units new, {known} known; {with_figures} with figures" if taken.seen or taken.findings else ""
    )
    places = tuple(taken.places[name] for name in taken.sites)
    return FileContent("sites", rows, tuple(taken.findings), places, summary), frames


class _Known:
    """What names in a list may stand for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.home = settings(catalog.root).home
        places, counties = catalog.read("regions"), catalog.read("counties")
        self.parents = places.set_index("id")["parent"]
        self.regions = _names(places[places["level"] == "province"])
        self.cities = _names(places[places["level"] == "city"])
        self.counties = {city: _names(rows) for city, rows in counties.groupby("city")}
        self.words = {place: _words(catalog, start, column) for place, (column, start) in WORDS.items()}
        self.sites = {(row.region, form(row.zh)): row.id for row in catalog.read("sites").itertuples()}


def _words(catalog: Catalog, start: str, column: str) -> dict[str, str]:
    """Return what a column of `sites` may hold, by id and by word in both languages."""
    allowed = next(one["constraints"]["enum"] for one in catalog.tables["sites"].fields if one["name"] == column)
    words = {form(catalog.label("words", start + one, lang)): one for one in allowed for lang in ("zh", "en")}
    return words | {form(one): one for one in allowed}


def _names(rows: pd.DataFrame) -> dict[str, str]:
    """Return the ids of a code list by code and by name in both languages."""
    return {form(str(row[key])): row["id"] for row in rows.to_dict("records") for key in ("id", "zh", "en")}


def _take(known: _Known, taken: _Taken, given: dict[int, Any], sheet: str, line: int, month: str) -> None:
    """Add what a row says; with a finding for each cell that does not fit nothing is added."""
    texts = {place: " ".join(cell_text(given.get(place, "")).split()) for place in range(len(COLUMNS))}
    found, wrong = _checked(known, given, texts)
    name, year = texts[NAME], found.get("year", "")
    site = known.sites.get((found.get("region", ""), form(name))) or _id(found.get("region", ""), name)
    if not wrong and (site, year) in taken.seen:
        wrong[NAME] = f"each unit once a year (first in {taken.seen[site, year]})"
    taken.findings += [
        Misfit(sheet, f"row {line}, column {COLUMNS[place][0]}", shown(given.get(place, "")), expected)
        for place, expected in wrong.items()
    ]
    if wrong:
        return
    place = ", ".join(filter(None, (sheet, f"row {line}")))
    taken.seen[site, year] = place
    public = bool(found["public"])
    source = source_row(texts[SOURCE] or UNSAID, public, month)
    taken.sources[source["id"]] = source
    if site not in set(known.sites.values()):
        about = {
            key: found[key] for key in ("region", "city", "county", "kind", "fuel", "capacity_mw") if found.get(key)
        }
        own = taken.sites.setdefault(site, {"id": site, "zh": name, "as_of": year, "source_id": source["id"]})
        own |= {**about, "as_of": max(own["as_of"], year)}
        taken.places.setdefault(site, place)
    figures = {key: found[key] for key in ("energy_tce", "co2_t") if found.get(key)}
    if figures:
        status = "reported" if public else INTERNAL
        about = {"site": site, "year": year, "status": status, "source_id": source["id"]}
        taken.figures[site, year] = about | figures


def _id(region: str, name: str) -> str:
    return f"unit_{hashlib.sha256(f'{region}{form(name)}'.encode()).hexdigest()[:12]}"


def _checked(known: _Known, given: dict[int, Any], texts: dict[int, str]) -> tuple[dict[str, Any], dict[int, str]]:
    """Return what a row says by column of the tables, and what was expected of the cells that do not fit."""
    found: dict[str, Any] = {"public": IS_PUBLIC.get(form(texts[PUBLIC]))}
    wrong = _placed(known, texts, found)
    last = known.catalog.as_of_year
    if not texts[NAME]:
        wrong[NAME] = "the name of the unit"
    if texts[YEAR].isdecimal() and FIRST_YEAR <= int(texts[YEAR]) <= last:
        found["year"] = str(int(texts[YEAR]))
    else:
        wrong[YEAR] = f"a year from {FIRST_YEAR} to {last}"
    wrong |= _said(known, given, texts, found)
    if texts[PUBLIC] and found["public"] is None:
        wrong[PUBLIC] = "是 (public) or 否 (not public)"
    if found["public"] and not texts[SOURCE]:
        wrong[SOURCE] = "a source of what is public"
    return found, wrong


def _said(known: _Known, given: dict[int, Any], texts: dict[int, str], found: dict[str, Any]) -> dict[int, str]:
    """Add the words and numbers of a row; return what was expected of those that do not fit."""
    wrong: dict[int, str] = {}
    for place, (column, start) in WORDS.items():
        found[column] = known.words[place].get(form(texts[place]), "")
        if texts[place] and not found[column]:
            every = dict.fromkeys(known.words[place].values())
            wrong[place] = f"one of {', '.join(known.catalog.label('words', start + one, 'zh') for one in every)}"
    for place in (one for one in NUMBERS if texts[one]):
        column, unit = NUMBERS[place]
        try:
            found[column] = value(known.catalog, given[place], unit)
        except ValueError as error:
            wrong[place] = str(error)
    return wrong


def _placed(known: _Known, texts: dict[int, str], found: dict[str, Any]) -> dict[int, str]:
    """Add region, city and county of a row; return what was expected of those that do not fit."""
    wrong: dict[int, str] = {}
    region = known.regions.get(form(texts[REGION]), "")
    city = known.cities.get(form(texts[CITY]), "")
    if texts[REGION] and not region:
        wrong[REGION] = "a province, by name or code"
    if texts[CITY] and not city:
        wrong[CITY] = "a city of data/regions.csv, by name or code"
    elif city and region and known.parents[city] != region:
        wrong[CITY] = f"a city of {known.catalog.label('regions', region, 'zh')}"
    county = known.counties.get(city, {}).get(form(texts[COUNTY]), "")
    if texts[COUNTY] and not county and CITY not in wrong:
        named = f"a county of {known.catalog.label('regions', city, 'zh')}" if city else "the city too"
        row = f"; a new one: a row of data/local/counties.csv: CODE,{texts[COUNTY]},NAME,{city}" if city else ""
        wrong[COUNTY if city else CITY] = named + row
    found |= {"region": region or (known.parents[city] if city else known.home), "city": city, "county": county}
    return wrong
