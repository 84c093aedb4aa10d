"""Request workbooks (填报表): which figures are asked for, and what an office filled in, as observations.

The first seven columns say which figure is meant and are as they were written; the last four are filled in. A figure
that is not public becomes an observation with the status `internal`.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from tanfeng.checks.importing.findings import FileContent, Misfit, plain, shown
from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.sheets import SourceSheet, cell_text
from tanfeng.facts.observations import INTERNAL

COLUMNS = (
    ("编号", "No."), ("目标", "Target"), ("指标", "Indicator"), ("口径", "Scope"), ("地区", "Region"),
    ("时期", "Period"), ("单位", "Unit"), ("填报值", "Value"), ("公开", "Public"), ("来源", "Source"), ("备注", "Note"),
)  # fmt: skip
BESIDE = {  # sheets that are not to be filled in, of this workbook and that of verdicts: names and number of columns
    "targets": ("目标判定", "Targets", 28),
    "evidence": ("依据", "Evidence", 12),
    "schedule": ("序时进度", "Schedule", 11),
    "sources": ("来源", "Sources", 7),
    "sites": ("重点排放单位", "Key emitters", 12),  # see `tanfeng.checks.importing.site_sheet`
    "notes": ("说明", "Notes", 4),
}
OWN_COLUMNS = {name: columns for *names, columns in BESIDE.values() for name in names}
ID, REGION, FIXED = 0, 4, 7
VALUE, PUBLIC, SOURCE, NOTE = range(FIXED, len(COLUMNS))
HEAD_WITHIN, HEAD_LEAST = 10, 8  # the heading stands in one of the first rows and has most of the columns
PLACES = {plain(name).casefold(): place for place, names in enumerate(COLUMNS) for name in names}
YES_NO = (("是", "否"), ("yes", "no"))
IS_PUBLIC = {"是": True, "yes": True, "公开": True, "public": True}
IS_PUBLIC |= {"否": False, "no": False, "不公开": False, "内部": False, "internal": False}
UNNAMED = ("待定", "To be named")
UNHELD = {"holder_zh": UNNAMED[0], "holder_en": UNNAMED[1], "form_zh": "", "form_en": ""}
SERIES = ("年度序列", "Yearly series")
NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?(?![0-9.,])\s*(.*)")
MINUS = str.maketrans("−–", "--")
ADDRESS = re.compile(r"https?://[^\s，。；、）]+")


@cached
def asked(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the figures that are asked for in a region, whether or not they have come since.

    They are the rows of `data/requests.csv`. Of a target of `data/leans.csv`, and of one whose indicator has no row,
    its figure of the target year, or of the last year that is over, is asked for: of the body that the lean names, or
    of none.

    Returns:
        Columns of `data/requests.csv`, and field and unit of the indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = asked(open_catalog(), "330000").set_index("id")
        >>> rows.at["P01-2025", "period"], rows.at["P01", "period"], rows.at["E04", "unit"]
        ('2024/2025', '2020/2025', '10^4 kW')
    """
    rows = catalog.read("requests")
    rows = rows[rows["region"] == region]
    known = catalog.read("indicators").set_index("id")
    others = _firm_targets(catalog, region)
    held = {row["target_id"]: row for row in catalog.read("leans").to_dict("records") if row["region"] == region}
    others = others[~others["indicator"].isin(rows["indicator"]) | others["id"].isin(held)]
    others = others.drop_duplicates(["indicator", "target_year"])
    last = catalog.as_of_year - 1
    made = [
        {
            "id": row["id"],
            "region": region,
            "target_id": row["id"],
            "indicator": row["indicator"],
            "period": _period(row, known.at[row["indicator"], "kind"], last),
            **{name: held.get(row["id"], UNHELD)[name] for name in UNHELD},
        }
        for row in others.to_dict("records")
    ]
    rows = pd.concat([rows, pd.DataFrame(made, columns=rows.columns, dtype=str)], ignore_index=True)
    rows = rows.drop_duplicates(["indicator", "period"]).sort_values("id", ignore_index=True)
    return rows.assign(field=rows["indicator"].map(known["field"]), unit=rows["indicator"].map(known["unit"]))


def _firm_targets(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the targets of a region that are neither drafts nor stretch values nor repetitions."""
    rows = catalog.read("targets")
    return rows[(rows["region"] == region) & (rows["variant"] == "firm") & (rows["same_as"] == "")]


def _period(target: dict[str, Any], kind: str, last: int) -> str:
    """Return the period of the figure that answers a target, or of the last year that is over."""
    end = min(int(target["target_year"]), last)
    if kind != "change":
        return str(end)
    base = end - 1 if pd.isna(target["base_year"]) else min(int(target["base_year"]), end - 1)
    return f"{base}/{end}"


def cells(catalog: Catalog, row: dict[str, Any], lang: str) -> list[str]:
    """Return the seven fixed cells of a figure that is asked for (a row of `asked`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = asked(open_catalog(), "330000").set_index("id", drop=False).loc["P04-2021"].to_dict()
        >>> cells(open_catalog(), row, "zh")[:2]
        ['P04-2021', 'P04 非化石能源消费比重（2025年）；P06 非化石能源消费比重（2030年）']
        >>> cells(open_catalog(), row, "en")[3:]
        ['Standard', 'Zhejiang', '2021', '%']
    """
    indicator = catalog.read("indicators").set_index("id").loc[row["indicator"]]
    unit = catalog.label("units", row["unit"], "zh") if lang == "zh" else row["unit"]  # English names are scaled
    return [
        row["id"],
        _serving(catalog, row, lang),
        indicator[lang],
        catalog.label("scopes", indicator["scope"], lang),
        catalog.label("regions", row["region"], lang),
        _when(row["period"], lang),
        unit,
    ]


def serving(catalog: Catalog, row: dict[str, Any]) -> pd.DataFrame:
    """Return the targets that a figure is asked for: the one it names, and the others of its indicator and region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = asked(open_catalog(), "330000").set_index("id", drop=False).loc["E04"].to_dict()
        >>> serving(open_catalog(), row)["id"].tolist()
        ['E04', 'E10']
    """
    rows = _firm_targets(catalog, row["region"])
    named = rows["id"] == row["target_id"]
    return rows[named | (rows["indicator"] == row["indicator"])].sort_values(["target_year", "id"], kind="stable")


def _serving(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    found = serving(catalog, row).to_dict("records")
    if lang == "zh":
        return "；".join(f"{one['id']} {one['zh']}（{one['target_year']}年）" for one in found) or SERIES[0]
    return "; ".join(f"{one['id']} {one['en']} ({one['target_year']})" for one in found) or SERIES[1]


def _when(text: str, lang: str) -> str:
    """Return a period as an office reads it; of a change, both years."""
    parsed = periods.parse(text)
    if parsed.kind == "change":
        first, last = text.split("/")
        return f"{last}年比{first}年" if lang == "zh" else f"{last} over {first}"
    return f"{text}年" if lang == "zh" and parsed.kind == "year" else text


def is_request(sheets: Sequence[SourceSheet]) -> bool:
    """Whether one of the sheets has the heading of a request workbook.

    Example:
        >>> is_request([SourceSheet("全部", (tuple(zh for zh, _ in COLUMNS),))]), is_request([])
        (True, False)
    """
    return any(_head(sheet) is not None for sheet in sheets)


def _head(sheet: SourceSheet) -> int | None:
    """Return the row of the heading, counted from 0; None for a sheet without one, such as that of the notes."""
    for number, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        if len({PLACES.get(_name(cell)) for cell in row} - {None}) >= HEAD_LEAST:
            return number
    return None


def _name(cell: Any) -> str:
    return plain(cell_text(cell)).casefold()


@dataclass
class _Filled:
    """What was filled in for one figure, and where; of two places the one that is filled."""

    row: dict[str, Any]
    value: str = ""
    public: bool | None = None
    source: str = ""
    note: str = ""
    places: dict[str, str] = field(default_factory=dict)  # of each part, where it stands


def read(catalog: Catalog, sheets: Sequence[SourceSheet], month: str, grade: str) -> tuple[FileContent, pd.DataFrame]:
    """Return what was filled in as observations, and the rows of new sources.

    A figure without a value is counted, not read. One without an answer to 公开 counts as not public. One that is
    public needs a source: an id of `data/sources.csv`, or a citation.

    Args:
        catalog: the tables.
        sheets: the sheets; those without the heading are left aside.
        month: month in which the file is read, `YYYY-MM`.
        grade: grade of new sources.

    Returns:
        The rows with a finding for each cell that does not fit, the place of each row and a summary; the sources.

    Raises:
        ProjectError: if no sheet has the heading.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = asked(open_catalog(), "330000").iloc[0].to_dict()
        >>> filled = (*cells(open_catalog(), row, "zh"), "６１.２％", "否", "", "")
        >>> sheet = SourceSheet("全部", (tuple(zh for zh, _ in COLUMNS), filled))
        >>> reading, sources = read(open_catalog(), [sheet], "2026-11", "C")
        >>> reading.rows["value"].tolist(), reading.rows["status"].tolist(), reading.summary
        (['61.2'], ['internal'], '1 filled, 0 empty')
    """
    if not is_request(sheets):
        names = ", ".join(zh for zh, _ in COLUMNS)
        raise ProjectError(f"no sheet has the heading of a request workbook; expected the columns {names}")
    findings: list[Misfit] = []
    found: dict[tuple[str, str], _Filled] = {}
    for sheet in sheets:
        for one in _read_sheet(catalog, sheet, findings):
            _take(found, one, findings)
    filled = [one for one in found.values() if one.value]
    findings += [finding for one in found.values() for finding in _incomplete(one)]
    made = [(one, *_sourced(catalog, one, month, grade)) for one in filled]
    rows = pd.DataFrame([_observation(*one[:2]) for one in made], columns=catalog.tables["observations"].columns)
    sources = pd.DataFrame([row for *_, row in made if row], columns=catalog.tables["sources"].columns)
    places = tuple(one.places["value"] for one in filled)
    content = FileContent("observations", rows.astype(str), tuple(findings), places, _summary(found, filled))
    return content, sources.drop_duplicates("id").astype(str)


def _summary(found: dict[tuple[str, str], _Filled], filled: list[_Filled]) -> str:
    unsaid = sum(one.public is None for one in filled)
    taken = f"; {unsaid} without an answer to 公开 (public) are taken as internal" if unsaid else ""
    return f"{len(filled)} filled, {len(found) - len(filled)} empty{taken}"


def _place(row: int, column: int) -> str:
    return f"row {row + 1}, column {COLUMNS[column][0]}"


def _read_sheet(catalog: Catalog, sheet: SourceSheet, findings: list[Misfit]) -> Iterator[_Filled]:
    head = _head(sheet)
    if head is None:
        findings += _beside(sheet)
        return
    columns, wrong = _columns(sheet, head)
    findings += wrong
    if {*range(len(COLUMNS))} - set(columns):
        return
    for number in range(head + 1, len(sheet.rows)):
        row = sheet.rows[number]
        if not any(cell_text(cell) for cell in row):
            continue
        findings += [
            Misfit(sheet.name, f"row {number + 1}", shown(cell), "nothing beside the eleven columns")
            for column, cell in enumerate(row)
            if column not in columns.values() and cell_text(cell)
        ]
        one = _read_row(catalog, sheet, number, columns, findings)
        if one is not None:
            yield one


def _beside(sheet: SourceSheet) -> list[Misfit]:
    """Return a finding for a sheet that should have the heading, and for what was filled in beside a known one."""
    if sheet.name not in OWN_COLUMNS and not sheet.empty:
        expected = f"the heading with the columns {', '.join(zh for zh, _ in COLUMNS)}, or no such sheet"
        return [Misfit(sheet.name, "", "a sheet without the heading", expected)]
    return [
        Misfit(sheet.name, f"row {number + 1}", shown(cell), "what is filled in on the sheet with the column 填报值")
        for number, row in enumerate(sheet.rows)
        for cell in row[OWN_COLUMNS.get(sheet.name, 0) :]
        if cell_text(cell)
    ]


def _columns(sheet: SourceSheet, head: int) -> tuple[dict[int, int], list[Misfit]]:
    """Return where each column stands, and a finding for each that is missing, unknown or there twice."""
    columns: dict[int, int] = {}
    findings = []
    names = ", ".join(zh for zh, _ in COLUMNS)
    for place, cell in enumerate(sheet.rows[head]):
        known = PLACES.get(_name(cell))
        if known is None and cell_text(cell):
            findings.append(Misfit(sheet.name, f"row {head + 1}", shown(cell), f"only the columns {names}"))
        elif known in columns:
            findings.append(Misfit(sheet.name, f"row {head + 1}", f"{cell!r} again", "each column once"))
        elif known is not None:
            columns[known] = place
    missing = [zh for place, (zh, _) in enumerate(COLUMNS) if place not in columns]
    findings += [Misfit(sheet.name, f"row {head + 1}", f"no column {zh}", f"the columns {names}") for zh in missing]
    return columns, findings


def _read_row(
    catalog: Catalog, sheet: SourceSheet, number: int, columns: dict[int, int], findings: list[Misfit]
) -> _Filled | None:
    """Return what a row says; None, with a finding, where it is not said which figure is meant or a cell is wrong."""
    texts = [cell_text(sheet.cell(number, columns[place])) for place in range(len(COLUMNS))]
    row = _meant(catalog, texts)
    if row is None:
        known = _name(texts[REGION]) in _region_ids(catalog)
        wrong = {ID if known else REGION: "the number and region of a figure that is asked for, as they were written"}
    else:
        one = _Filled(row, source=" ".join(texts[SOURCE].split()), note=" ".join(texts[NOTE].split()))
        one.places = dict.fromkeys(("value", "public", "source", "note"), f"{sheet.name or 'file'}, row {number + 1}")
        one.public = IS_PUBLIC.get(_name(texts[PUBLIC]))
        wrong = _changed(catalog, row, texts)
        wrong |= {place: "a value" for place in range(FIXED, len(COLUMNS)) if (number, columns[place]) in sheet.lost}
        if texts[PUBLIC] and one.public is None:
            wrong[PUBLIC] = "是 (public) or 否 (not public)"
        at = (number, columns[VALUE])
        if texts[VALUE] and VALUE not in wrong:
            try:
                one.value = value(catalog, sheet.cell(*at), row["unit"], at in sheet.percents, at in sheet.scaled)
            except ValueError as error:
                wrong[VALUE] = str(error)
    findings += [
        Misfit(sheet.name, _place(number, place), shown(sheet.cell(number, columns[place])), expected)
        for place, expected in sorted(wrong.items())
    ]
    return None if wrong else one


def _changed(catalog: Catalog, row: dict[str, Any], texts: list[str]) -> dict[int, str]:
    """Return what was expected in the fixed columns that are not as they were written, in either language."""
    wanted = [cells(catalog, row, lang) for lang in ("zh", "en")]
    return {
        place: f"{wanted[0][place]!r}: this column is not to be changed"
        for place in range(FIXED)
        if plain(texts[place]) not in {plain(one[place]) for one in wanted}
    }


def _meant(catalog: Catalog, texts: list[str]) -> dict[str, Any] | None:
    """Return the figure that number and region of a row name."""
    region = _region_ids(catalog).get(_name(texts[REGION]), "")
    rows = asked(catalog, region)
    found = rows[rows["id"] == plain(texts[ID])].to_dict("records")
    return found[0] if found else None


@cached
def _region_ids(catalog: Catalog) -> dict[str, str]:
    rows = catalog.read("regions")
    return {_name(name): one for lang in ("zh", "en", "id") for name, one in zip(rows[lang], rows["id"], strict=True)}


def value(catalog: Catalog, cell: Any, unit: str, percent: bool = False, scaled: bool = False) -> str:
    """Return a filled-in value as a plain number in the unit that was asked for.

    A text may be in full-width digits, with separators of thousands, with a percent sign where the unit is %, and with
    the Chinese name of a unit of the same kind, which is converted. 万 or 亿 alone says of what they count nothing.

    Args:
        catalog: the tables.
        cell: what was filled in: text or number.
        unit: id of the unit.
        percent: the cell is shown in percent and holds a hundredth.
        scaled: the cell is shown in thousands, or with a unit or 万.

    Raises:
        ValueError: if this is no number of the unit; the message says what was expected.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> value(catalog, "１,162.5", "10^4 kW"), value(catalog, -0.149, "%", percent=True)
        ('1162.5', '-14.9')
        >>> value(catalog, "1.24亿吨", "10^4 t")
        '12400'
        >>> value(catalog, "1.24亿", "10^4 t")
        Traceback (most recent call last):
        ValueError: a number in 万吨, such as 1162.5
    """
    name = catalog.label("units", unit, "zh")
    if scaled:
        raise ValueError(f"a number in {name} in a cell that shows it whole, without a unit, 万 or thousands")
    if percent and unit != "%":
        raise ValueError(f"a number in {name}; the cell is shown in percent")
    if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
        return f"{100 * cell:.12g}" if percent else cell_text(cell)
    text = unicodedata.normalize("NFKC", cell).translate(MINUS).strip() if isinstance(cell, str) else ""
    found = NUMBER.fullmatch(text)
    own = _unit_names(catalog, unit).get(plain(found[5])) if found and found[5] else unit
    if found is None or own is None:
        raise ValueError(f"a number in {name}, such as 1162.5")
    sign, whole, rest, power, _ = found.groups(default="")
    number = Decimal(f"{sign}{re.sub('[, ]', '', whole)}{rest}{power}")
    return _decimal(number) if own == unit else f"{float(number) * units.factor(catalog, own, unit):.12g}"


def _decimal(number: Decimal) -> str:
    """Return a number without an exponent, with the digits that were given."""
    return f"{number:f}" if number else "0"


@cached
def _unit_names(catalog: Catalog, unit: str) -> dict[str, str]:
    """Return the units that measure the same as one, by their Chinese names and ids."""
    rows = catalog.read("units")
    same = rows[rows["dimension"] == rows.set_index("id").at[unit, "dimension"]]
    names = [(name, one) for column in ("id", "zh") for name, one in zip(same[column], same["id"], strict=True)]
    own = catalog.label("units", unit, "zh")
    return {plain(name): one for name, one in names} | {plain(own): unit}


def _take(found: dict[tuple[str, str], _Filled], one: _Filled, findings: list[Misfit]) -> None:
    """Add what a row says to what other rows said of the same figure; a contradiction is a finding."""
    key = (one.row["region"], one.row["id"])
    known = found.setdefault(key, one)
    if known is one:
        return
    for part, column in (("value", VALUE), ("public", PUBLIC), ("source", SOURCE), ("note", NOTE)):
        new, old = getattr(one, part), getattr(known, part)
        if new in ("", None):
            continue
        if old in ("", None):
            setattr(known, part, new)
            known.places[part] = one.places[part]
        elif not _same(part, new, old):
            sheet, _, row = one.places[part].rpartition(", ")
            place = f"{row}, column {COLUMNS[column][0]}"
            expected = f"{_told(old)} for {key[1]}, as in {known.places[part]}, or an empty cell in one of the two"
            findings.append(Misfit(sheet, place, _told(new), expected))


def _same(part: str, new: Any, old: Any) -> bool:
    return float(new) == float(old) if part == "value" else bool(new == old)


def _told(part: Any) -> str:
    return YES_NO[0][not part] if isinstance(part, bool) else shown(part)


def _incomplete(one: _Filled) -> Iterator[Misfit]:
    """Yield what keeps a figure out (public without a source), and what is left behind (a note without a value)."""
    sheet, _, row = one.places["value"].rpartition(", ")
    if one.value and one.public and not one.source:
        place = f"{row}, column {COLUMNS[SOURCE][0]}"
        yield Misfit(sheet, place, "nothing", "a source of the public figure: document, date and address")
    if not one.value and (one.public is not None or one.source or one.note):
        said = " ".join(filter(None, (one.source, one.note))) or _told(one.public)
        place = f"{row}, column {COLUMNS[VALUE][0]}"
        yield Misfit(sheet, place, f"no value beside {shown(said)}", "a value; the row is not imported", "note")


def _sourced(catalog: Catalog, one: _Filled, month: str, grade: str) -> tuple[str, dict[str, str]]:
    """Return the source of a figure and its row, if the register does not have it."""
    row, known = one.row, set(catalog.read("sources")["id"])
    if one.public and one.source in known:
        return one.source, {}
    if one.public:
        name, licence = f"filled_{_mark(one.source)}", "official-publication"
        citation = (one.source, one.source)
    else:
        name, licence = f"internal_{_mark(row['region'] + row['holder_zh'])}", INTERNAL
        place = [catalog.label("regions", row["region"], lang) for lang in ("zh", "en")]
        citation = (
            f"{row['holder_zh']}（{place[0]}）填报，未公开",
            f"Supplied by {row['holder_en']} ({place[1]}), not public",
        )
    if name in known:
        return name, {}
    address = ADDRESS.search(one.source) if one.public else None
    texts = {"id": name, "citation_zh": citation[0], "citation_en": citation[1], "licence": licence, "grade": grade}
    texts |= {"url": address.group() if address else "", "retrieved": month}
    return name, dict.fromkeys(catalog.tables["sources"].columns, "") | texts


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _observation(one: _Filled, source: str) -> dict[str, str]:
    row = one.row
    note = one.note if one.public else "；".join(filter(None, (one.source, one.note)))
    return {
        **{column: row[column] for column in ("indicator", "region", "period", "unit")},
        "value": one.value,
        "bound": "exact",
        "status": "reported" if one.public else INTERNAL,
        "source_id": source,
        "note_zh": note,
        "note_en": note,
    }
