"""Checks of the tables: each against its schema, its key, its links, and what the figures must satisfy.

The schemas are those of `data/datapackage.json` (see `schema`); a problem names file, row, column,
what was found and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tanfeng.data import datapackage, links, numbers, periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, files, local_file, read_text_table, typed
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError, TableSchema
from tanfeng.data.settings import LOCAL
from tanfeng.data.spelling import form, spelt
from tanfeng.data.wording import Wording

if TYPE_CHECKING:
    import pandera.pandas as pa


Ask = Callable[..., Iterable[Any]]
NUMBERS = {"number": numbers.PLAIN.pattern, "integer": r"[+-]?[0-9]+", "year": r"[0-9]{4}"}
TYPE_WORDS = {"integer": "a whole number", "number": "a number", "year": "a year", "boolean": "true or false"}
UNFIT = re.compile(  # what no page may show: the mark of a figure that is missing, or of a text that was not filled in
    r"Traceback|(?<![A-Za-z])(?:nan|NaN|NaT|<NA>)(?![A-Za-z])|(?<![A-Za-z])None(?=\s*(?:[|]|[^A-Za-z\s]|$))|\{\{"
)
SEVERITIES = ("error", "high", "medium", "low")
EVERY_SERIES = "all"
SERIES = {
    "observations": ("indicators", "id"),
    "inventory": ("fields", "id"),
    "energy_balance": ("fuels", "id"),
    "emission_factors": ("emission_factors", "id"),
    "targets": ("targets", "id"),
    "measures": ("measures", "id"),
    "other_inventories": ("other_inventories", "dataset"),
}
RANGED = {"measure_costs", "scenario_drivers"}
KIND_OF_GROUP = {"stock": "stock", "share": "share", "real_growth": "change"}  # all other groups: flow
PARTS = {"observations": ("indicators", "id"), "energy_balance": ("flows", "id"), "fuels": ("fuels", "id")}
NAMED = {
    **{table: (table, "id") for table in ("flows", "fuels", "units", "regions", "indicators")},
    "ceads_sectors": ("ceads_sectors", "ceads_sector"),
}
FILLED = {"backtest", "fields", "indicators", "plans", "regions", "sources", "units", "warning_kinds", "words"}
YEARLY = {"inventory", "inventory_fuels", "energy_balance", "other_inventories", "county_inventory"}
MAPS = "maps"  # folder of `data/local/` with maps of files of others
SOURCES, NEAR = "sources", 0.8  # likeness from which an id is offered
CHINESE_PERIOD = re.compile(r"([12][0-9]{3})年(?:(1[0-2]|0?[1-9])月)?(?:末|底)?")
PERIOD_WORDS = "a period such as 2025, 2025-06, 2019/2020, 2025-01/2025-06 or undated"
PATTERN_WORDS = {
    "[a-z][a-z0-9_]*": Wording(
        "小写字母、数字和下划线，以字母开头", "small letters, digits and underscores, a letter first"
    ),
    "[a-z0-9_]+": Wording("小写字母、数字和下划线", "small letters, digits and underscores"),
    "[a-z0-9][a-z0-9_-]*": Wording("小写字母、数字、下划线和连字符", "small letters, digits, underscores and hyphens"),
    "[a-z][A-Za-z0-9_]*": Wording(
        "字母、数字和下划线，以小写字母开头", "letters, digits and underscores, a small letter first"
    ),
    r"https?://\S+": Wording("网址，以http://或https://开头", "an address that begins with http:// or https://"),
    "[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?": Wording(
        "年、月或日，如2025、2025-06或2025-06-30", "a year, month or day: 2025, 2025-06 or 2025-06-30"
    ),
    "[0-9]{4}-(0[1-9]|1[0-2])": Wording("月份，如2025-06", "a month such as 2025-06"),
    "[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]": Wording("日期，如2025-06-30", "a day such as 2025-06-30"),
    "[0-9]{4}-[0-9]{2}-[0-9]{2}": Wording("日期，如2025-06-30", "a day such as 2025-06-30"),
    r"\d{6}|grid_[a-z_]+": Wording("六位代码，或grid_开头的电网", "six digits, or a grid that begins with grid_"),
    "[0-9]{6}": Wording("六位代码", "six digits"),
    "[0-9]{4}(-(0[1-9]|1[0-2]))?(/[0-9]{4}(-(0[1-9]|1[0-2]))?)?|undated": PERIOD_WORDS,
    "all|[0-9]+": Wording("all或数字", "all or a number"),
    r"\d{4}(-\d{4})?": Wording("年份或起止年份，如2020或2015-2020", "a year or two, such as 2020 or 2015-2020"),
    r"\d{4}(-\d{2})?": Wording("年份或月份，如2025或2025-06", "a year or month, such as 2025 or 2025-06"),
    r"[A-Z]\d{2}[a-z]?": Wording("一个大写字母和两位数字，如E04", "a capital and two digits, such as E04"),
    r"[A-Z]{2}\d{2,3}[a-z]?": Wording("两个大写字母和数字，如ME01", "two capitals and digits, such as ME01"),
    "[A-Z][0-9]{2}[a-z]?(-[0-9]{4})?": Wording(
        "目标编号，可加年份，如E04-2025", "a number such as E04, with a year or not"
    ),
    r"[^\[\]:*?/\\']{1,31}": Wording(
        "可作工作表名称的文字，不超过31个字符", "a name that a sheet may have, at most 31 characters"
    ),
    "[1-9IV][0-9A-Za-z.]*": Wording("类别编号，如1.A.1", "a number of a category, such as 1.A.1"),
    "[a-z0-9][a-z0-9_]*": Wording("小写字母、数字和下划线", "small letters, digits and underscores"),
    "[0-9]{4}(-[0-9]{4})?": Wording("年份或起止年份，如2020或2015-2020", "a year or two, such as 2020 or 2015-2020"),
    "[A-Z]{3}": Wording("三个大写字母，如CHN", "three capitals, such as CHN"),
    "[0-9a-f]{64}": Wording("SHA-256值", "a SHA-256 sum"),
}
WORDED = {str(one): one for one in PATTERN_WORDS.values()}
PLANNED = "plan_definition"  # scope of what plans ask for: it may be of a year to come
MONTHS = "the months from the first to the last (2025-01/2025-06)"
PERIODS = {
    "flow": ({"year", "months"}, f"a year (2025) or {MONTHS} for a flow"),
    "stock": ({"year", "month"}, "the end of a year (2025) or of a month (2025-06) for a stock, which has a date"),
    "change": (
        {"change", "months"},
        f"from year to year (2019/2020) for a change, or {MONTHS} against the same ones a year before",
    ),
    "share": ({"year", "month", "months"}, f"a year (2025), a month (2025-06) or {MONTHS}"),
}
PANDERA_TYPES: dict[str, Any] = {
    "string": str,
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": str,
}


def at_once(part: Ask, *given: Any) -> Iterable[Any]:
    """Ask for a part of the check by calling it.

    Example:
        >>> at_once(sorted, [2, 1])
        [1, 2]
    """
    return part(*given)


def check_tables(
    catalog: Catalog, names: list[str] | None = None, fitting: Collection[str] = frozenset(), ask: Ask = at_once
) -> list[Problem]:
    """Check tables (all by default) and return every problem found, in the order of the package.

    Links between tables and the figures themselves are checked only when each table fits its own schema. Files named
    in `fitting` (`data/plans.csv`) are known to fit it; `ask` asks for the rows of a table, see
    `tanfeng.publishing.validate`.

    Raises:
        ProjectError: if the data package can not be used.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check_tables(open_catalog(), ["plans", "fields"])
        []
    """
    datapackage.require_links(catalog.tables)
    tables = [catalog.tables[name] for name in names or catalog.tables]
    problems = [
        problem
        for table in tables
        for name, path in files(catalog, table)
        if name not in fitting
        for problem in check_file(path, table, name)
    ]
    problems += list(_check_local_names(catalog))
    if problems:
        return problems
    try:
        return [problem for table in tables for problem in ask(_check_rows, catalog, table.name)]
    except ProjectError as error:  # a table that these refer to does not fit its own schema
        return [Problem("data", 0, "", str(error), "tables that fit their schemas")]


def _check_local_names(catalog: Catalog) -> Iterator[Problem]:
    """Name the files in `data/local/` that no table reads."""
    used = {local_file(catalog.root, name) for name in catalog.tables} | {catalog.root / LOCAL}
    folder = catalog.root / "data" / "local"
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path not in used and not path.name.startswith((".", "~")) and path.name != MAPS:
            expected = "the name of a table with .csv or .xlsx, one file a table, such as observations.csv"
            yield Problem(f"data/local/{path.name}", 0, "", "a file that is not read", expected)


def _check_rows(catalog: Catalog, table_name: str) -> Iterator[Problem]:
    table = catalog.tables[table_name]
    for name, path in files(catalog, table):
        rows = typed(read_text_table(path), table, name)
        yield from _check_links(catalog, table, rows, name)
        if table.name in {"observations", "requests"}:
            yield from _check_periods(catalog, rows, name)
        if table.name in {"observations", "targets"}:
            yield from _check_units(catalog, table, rows, name)
        if table.name in YEARLY:
            yield from _check_dates(catalog, rows, name)
        if table.name == "inventory":
            yield from _check_breakdown(rows, name)
        if table.name in RANGED:
            yield from _check_ranges(rows, name)
        if table.name == "indicators":
            yield from _check_groups(catalog, rows, name)
        yield from _check_chains(catalog, table, rows, name)
        yield from _check_series(catalog, table, rows, name)
        yield from _check_years(table, rows, name)


def _check_groups(catalog: Catalog, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Refuse a group that does not fit the kind of the indicator, and a growth that is no change in percent."""
    kinds = catalog.read("indicators").set_index("id")["kind"]
    for index, row in zip(rows.index, rows.to_dict("records"), strict=True):
        group, growth = row["group"], row["growth"]
        if group and row["kind"] != KIND_OF_GROUP.get(group, "flow"):
            expected = f"a group of the kind {row['kind']!r}, or nothing"
            yield Problem(name, int(index) + 2, "group", repr(group), expected)
        elif group == "current_prices" and not growth:
            yield Problem(name, int(index) + 2, "growth", "nothing", "the indicator of its real growth")
        if growth and kinds.get(growth, "change") != "change":  # an unknown one is named as a broken link
            yield Problem(name, int(index) + 2, "growth", repr(growth), "an indicator of the kind 'change'")


def _check_ranges(rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Refuse a figure without any value, and one whose low, central and high are not in this order."""
    limits = rows[["low", "central", "high"]]
    for index, values in zip(rows.index, limits.to_numpy(), strict=True):
        known = values[~np.isnan(values)]
        if not len(known) or (np.diff(known) < 0).any():
            found = ", ".join(f"{one:g}" for one in known) or "nothing"
            yield Problem(
                name, int(index) + 2, "low, central, high", found, "one value or more, low <= central <= high"
            )


def _check_series(catalog: Catalog, table: TableSchema, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    if table.name == "series_warnings":
        yield from _check_names(catalog, rows, name, SERIES, ("series",))
    if table.name == "identities":
        of_fuels = rows.assign(table=rows["table"].mask(rows["kind"] == "fuels", "fuels"))
        yield from _check_names(catalog, of_fuels, name, PARTS, ("whole", "part"))
    if table.name == "names":
        of_lists = rows[rows["list"].isin(list(NAMED))].assign(table=rows["list"])
        yield from _check_names(catalog, of_lists, name, NAMED, ("id",))


def _check_target_values(rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Refuse a target that asks for nothing, for a share above 100 %, or for a fall by 100 % or more."""
    for index, row in zip(rows.index, rows.to_dict("records"), strict=True):
        value, percent = row["target_value"], row["unit"] == "%"
        falls = percent and row["direction"] == "decrease_by"
        expected = "a figure above 0 (a reduction too)"
        if not value > 0 or not np.isfinite(value):
            yield Problem(name, int(index) + 2, "target_value", f"{value:g}", expected)
        elif (falls and value >= 100) or (percent and row["kind"] == "share" and value > 100):
            yield Problem(name, int(index) + 2, "target_value", f"{value:g} %", "below 100 %, or a share up to 100 %")


def _check_years(table: TableSchema, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    if table.name == "targets":
        for index in rows.index[(rows["base_year"] >= rows["target_year"]).fillna(False)]:
            found = f"{rows.at[index, 'base_year']}"
            yield Problem(name, int(index) + 2, "base_year", found, "a year before target_year")
        yield from _check_target_values(rows, name)
    if table.name == "series_warnings":
        for index in rows.index[(rows["first_year"] > rows["last_year"]).fillna(False)]:
            found = f"{rows.at[index, 'first_year']}"
            yield Problem(name, int(index) + 2, "first_year", found, "a year not after last_year")


def _check_names(
    catalog: Catalog, rows: pd.DataFrame, name: str, known: dict[str, tuple[str, str]], columns: tuple[str, ...]
) -> Iterator[Problem]:
    """Name the series of other tables that these rows speak of and that do not exist."""
    ids = {table: {EVERY_SERIES, *catalog.read(other)[key]} for table, (other, key) in known.items()}
    for column in columns:
        for index, table, series in zip(rows.index, rows["table"], rows[column], strict=True):
            if series not in ids.get(table, set()):
                expected = f"an id of data/{known[table][0]}.csv" if table in known else f"one of {', '.join(known)}"
                yield Problem(name, int(index) + 2, column, repr(series), expected)


def check_file(path: Path, table: TableSchema, name: str) -> Iterator[Problem]:
    """Check one file against the schema of a table: columns, types, allowed values, required cells, key.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> table = open_catalog().tables["plans"]
        >>> list(check_file(Path("data/plans.csv"), table, "data/plans.csv"))
        []
    """
    try:
        rows = read_text_table(path)
    except ProjectError as error:
        yield Problem(name, 0, "", str(error), "a table in UTF-8")
        return
    missing = [column for column in table.columns if column not in rows.columns]
    extra = [str(column) for column in rows.columns if column not in table.columns]
    for column in missing:
        yield Problem(name, 1, column, "no such column", f"the columns {', '.join(table.columns)}")
    for column in extra:
        yield Problem(name, 1, column, "an unknown column", f"the columns {', '.join(table.columns)}")
    if rows.empty and table.name in FILLED and name == f"data/{table.path}":
        yield Problem(name, 1, "", "no row below the columns", "at least one row")
    if not missing:
        yield from _check_cells(rows[table.columns], table, name)
        yield from _check_key(rows, table, name)


def _check_numbers(rows: pd.DataFrame, table: TableSchema, name: str) -> Iterator[Problem]:
    """Name the cells that are no plain number: digits, point and sign of ASCII, no separators."""
    for field in table.fields:
        if field["type"] in NUMBERS:
            cells = rows[field["name"]]
            for index in rows.index[(cells != "") & ~cells.str.fullmatch(NUMBERS[field["type"]])]:
                expected = meant(TYPE_WORDS[field["type"]], _number(cells[index], field["type"]))
                yield Problem(name, int(index) + 2, field["name"], repr(cells[index]), expected)


def _check_words(rows: pd.DataFrame, table: TableSchema, name: str) -> Iterator[Problem]:
    """Name the texts that a page would be refused for."""
    for field in table.fields:
        if field["type"] == "string":
            cells = rows[field["name"]]
            for index, cell in cells.items() if UNFIT.search(" | ".join(cells)) else ():
                found = UNFIT.search(cell)
                if found:
                    yield Problem(name, int(index) + 2, field["name"], repr(cell), f"a text without {found.group()!r}")


def _check_cells(rows: pd.DataFrame, table: TableSchema, name: str) -> Iterator[Problem]:
    from pandera.errors import SchemaErrors  # pandera loads for a while, and only files that changed need it

    bad = list(_check_numbers(rows, table, name))
    yield from [*bad, *_check_words(rows, table, name)]
    rows = rows.copy()
    for column in {problem.column for problem in bad}:  # named already; the other cells are still checked
        rows.loc[[problem.row - 2 for problem in bad if problem.column == column], column] = "0"
    try:
        schema(table).validate(rows.mask(rows == ""), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.dropna(subset="index")
        types = {field["name"]: field["type"] for field in table.fields}
        seen = set()
        for case in cases.sort_values("index", kind="stable").itertuples():
            line, column = int(case.index) + 2, str(case.column)
            if (line, column) not in seen:  # a letter in a number fails the type and then every other check
                seen.add((line, column))
                cell = str(rows[column].iloc[line - 2])
                expected = _expected(case, types[column], cell)
                expected = meant(expected, _period(cell)) if expected == PERIOD_WORDS else expected
                yield Problem(name, line, column, repr(cell) if cell else "nothing", expected)


def meant(expected: str, near: str) -> str:
    """Return what was expected, with what was probably meant.

    Example:
        >>> meant("a number", "1162"), meant("a number", "")
        ("a number; did you mean '1162'?", 'a number')
    """
    return f"{expected}; did you mean {near!r}?" if near else expected


def _number(cell: str, kind: str) -> str:
    """Return the plain number that a cell holds in another form; empty if it holds none."""
    try:
        number = numbers.parse(cell.removesuffix("年"))
    except ValueError:
        return ""
    whole = number is not None and number == int(number)
    return numbers.written(number) if number is not None and (whole or kind == "number") else ""


def _period(cell: str) -> str:
    """Return the period that a cell names in Chinese; empty if it names none."""
    found = CHINESE_PERIOD.fullmatch(numbers.form(cell))
    return "" if found is None else found[1] + (f"-{int(found[2]):02d}" if found[2] else "")


def _expected(case: Any, kind: str, cell: str) -> str:
    if not cell:
        return f"a value ({TYPE_WORDS.get(kind, 'text')})"
    said = str(case.check)
    return TYPE_WORDS[kind] if "dtype" in said and kind in TYPE_WORDS else WORDED.get(said, said)


def _check_key(rows: pd.DataFrame, table: TableSchema, name: str) -> Iterator[Problem]:
    key = list(table.key)
    first: dict[tuple[str, ...], int] = {}
    for line, values in enumerate(rows[key].itertuples(index=False, name=None), start=2):
        if first.setdefault(values, line) != line:
            found = ", ".join(f"{column} {value}" for column, value in zip(key, values, strict=True))
            again = f"{found} again (first in row {first[values]})"
            yield Problem(name, line, " + ".join(key), again, "each key once")


def _check_breakdown(rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Refuse a field of a year that is given both as one figure (`all`) and broken down: it would count twice."""
    whole = (rows["subsector"] == "all") & (rows["fuel_group"] == "all")
    group = ["region", "year", "field"]
    broken_down = set(rows.loc[~whole, group].itertuples(index=False, name=None))
    for row in rows.loc[whole, group].itertuples():
        if tuple(row[1:]) in broken_down:
            found = f"all beside a breakdown of {row.region}, {row.year}, {row.field}"
            yield Problem(name, int(row.Index) + 2, "subsector", found, "one figure, or its breakdown, not both")


def _check_links(catalog: Catalog, table: TableSchema, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    for columns, other, keys in table.links:
        known = set(catalog.read(other)[list(keys)].itertuples(index=False, name=None))
        cells = list(rows[list(columns)].itertuples(index=False, name=None))
        for index, cell in zip(rows.index, cells, strict=True):
            if all(cell) and cell not in known:
                wanted = "an id" if len(columns) == 1 else f"a row with this {', '.join(columns)}"
                found = repr(cell[0]) if len(columns) == 1 else ", ".join(cell)
                row = rows.loc[index].to_dict()
                chain = links.chain(catalog, table.name, row)
                paste = links.site_to_paste(catalog, row) if columns == ("site",) else ""
                expected = meant(f"{wanted} of data/{catalog.tables[other].path}", _named(catalog, other, cell))
                if other == SOURCES and expected.endswith("sources.csv"):
                    expected += f"; or a row of data/local/sources.csv: {_source_row(catalog, cell[0])}"
                yield Problem(name, int(index) + 2, columns[-1], found, expected, chain=chain, paste=paste)


def _named(catalog: Catalog, table: str, cell: tuple[Any, ...]) -> str:
    """Return the id that a name stands for, or that is most like it; empty if none is."""
    asked = str(cell[0])
    known = spelt(catalog, table).get(("", form(asked))) if len(cell) == 1 else None
    if known or len(cell) > 1 or "id" not in catalog.tables[table].columns:
        return known or ""
    return next(iter(get_close_matches(asked, catalog.read(table)["id"].tolist(), 1, NEAR)), "")


def _source_row(catalog: Catalog, name: str) -> str:
    """Return the row that a source would have, to be filled in."""
    texts = {"id": name, "citation_zh": "（中文出处）", "citation_en": "(citation in English)"}
    texts |= {"retrieved": catalog.vintage, "licence": "secondary-copy", "grade": "C"}
    return ",".join(texts.get(column, "") for column in catalog.tables[SOURCES].columns)


def _check_chains(catalog: Catalog, table: TableSchema, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Name the places where the chain is broken though every link holds; local figures need no line of evidence."""
    if table.name == "observations" and name != f"data/{table.path}":
        return
    for broken in links.breaks(catalog, table.name, rows):
        chain = broken.chain or links.chain(catalog, table.name, rows.loc[broken.line].to_dict())
        yield Problem(
            name, broken.line + 2, broken.column, broken.found, broken.expected, chain=chain, paste=broken.paste
        )


def _check_periods(catalog: Catalog, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    indicators = catalog.read("indicators").set_index("id")
    kinds, scopes = rows["indicator"].map(indicators["kind"]), rows["indicator"].map(indicators["scope"])
    for index, text, kind, scope in zip(rows.index, rows["period"], kinds, scopes, strict=True):
        expected = _period_problem(text, kind) or ("" if scope == PLANNED else _not_over(catalog, text))
        if expected:
            yield Problem(name, int(index) + 2, "period", repr(text), expected)


def _period_problem(text: str, kind: str) -> str:
    try:
        period = periods.parse(text)
    except ValueError:
        return PERIOD_WORDS
    allowed, form = PERIODS.get(kind, PERIODS["share"])
    if period.kind not in {*allowed, periods.UNDATED}:
        return form
    return "" if period.start <= period.end else "a period that ends after it starts"


def _not_over(catalog: Catalog, text: str) -> str:
    """Return what was expected of the period of a figure that is not over in the month of the tables; else nothing."""
    if periods.parse(text).end <= periods.parse(catalog.vintage).end:
        return ""
    return f"a period that is over by {catalog.vintage}, the state of the tables (version in data/datapackage.json)"


def _check_dates(catalog: Catalog, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Refuse emissions and balances of a year that is not over."""
    for index, year in rows["year"].items():
        expected = _not_over(catalog, f"{year:04d}")
        if expected:
            yield Problem(name, int(index) + 2, "year", str(year), expected)


def _check_units(catalog: Catalog, table: TableSchema, rows: pd.DataFrame, name: str) -> Iterator[Problem]:
    dimensions = catalog.read("units").set_index("id")["dimension"]
    wanted = rows["indicator"].map(catalog.read("indicators").set_index("id")["unit"])
    absolute = rows.get("direction", pd.Series("", index=rows.index)) != "decrease_by"
    known = rows["unit"].isin(dimensions.index) & wanted.notna()
    differs = rows["unit"].map(dimensions) != wanted.map(dimensions)
    for index in rows.index[known & differs & absolute]:
        expected = f"a unit of the same kind as the indicator's {wanted[index]!r}"
        chain = links.chain(catalog, table.name, rows.loc[index].to_dict())
        yield Problem(name, int(index) + 2, "unit", repr(rows.at[index, "unit"]), expected, chain=chain)


@cached
def kept(part: Ask, *given: Any) -> tuple[Any, ...]:
    """Ask for a part of the check; what it finds is kept for as long as the process, and the tables, stay the same.

    Example:
        >>> kept(sorted, (2, 1))
        (1, 2)
    """
    return tuple(part(*given))


def schema(table: TableSchema) -> pa.DataFrameSchema:
    """Return the pandera schema of a table, made from its definition in the data package.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(schema(open_catalog().tables["plans"]).columns)[:3]
        ['id', 'zh', 'en']
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema({field["name"]: _column(field) for field in table.fields}, strict=False)


def _column(field: dict[str, Any]) -> pa.Column:
    import pandera.pandas as pa

    limits, checks = field.get("constraints", {}), []
    if "enum" in limits:
        checks.append(pa.Check.isin(limits["enum"], error=f"one of {', '.join(map(str, limits['enum']))}"))
    if "pattern" in limits:
        words = PATTERN_WORDS.get(limits["pattern"], f"text like {limits['pattern']}")
        checks.append(pa.Check.str_matches(rf"^(?:{limits['pattern']})$", error=str(words)))
    if "minimum" in limits:
        checks.append(pa.Check.ge(limits["minimum"], error=f"at least {limits['minimum']}"))
    if "maximum" in limits:
        checks.append(pa.Check.le(limits["maximum"], error=f"at most {limits['maximum']}"))
    if field["type"] == "number":
        checks.append(pa.Check(np.isfinite, error="a number that is not infinite"))
    if field["type"] == "boolean":
        checks.append(pa.Check.isin(["true", "false"], error="true or false"))
    dtype = PANDERA_TYPES[field["type"]]
    return pa.Column(dtype, checks, nullable=not limits.get("required", False), coerce=dtype is not str)
