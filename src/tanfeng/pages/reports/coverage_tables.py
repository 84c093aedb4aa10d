"""Tables of what the project rests on: figures, sources, usage warnings, corrections, findings."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.checks.figures import check_figures
from tanfeng.data.catalog import Catalog, labels, located
from tanfeng.data.check import SERIES
from tanfeng.data.problem import Problem
from tanfeng.facts import emissions
from tanfeng.facts.coverage import GRADES
from tanfeng.facts.emissions import Correction, read_corrections
from tanfeng.pages import text
from tanfeng.pages.reports.data_tables import SEVERITY_WORDS, TABLE_WORDS, series_name
from tanfeng.pages.table import Column, Table, status_cell

PERIODS = {"observations": "period", "other_inventories": "year", "inventory": "year", "energy_balance": "year"}
FINDING = ["severity", "known", "file", "row", "column", "table", "series", "region", "period", "found", "expected"]


def statuses(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the number of figures by table and status (rows) and grade of the source (columns).

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.coverage.counts`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("table", _head(lang, "数据", "Figures"), kind="label"),
        Column("status", _head(lang, "状态", "Status"), kind="status"),
        *_grade_columns(catalog, lang),
        Column("share", _head(lang, "占比", "Share"), "%", "number"),
    ]
    whole = rows.groupby("table")["all"].transform("sum")
    cells = [
        {
            "table": {"text": FIGURES[row["table"]][lang]},
            "status": status_cell(catalog, row["status"], lang),
            **_grade_cells(row, lang),
            "share": {"text": text.number(100 * row["all"] / every, 1)},
        }
        for row, every in zip(rows.to_dict("records"), whole, strict=True)
    ]
    note = {
        "zh": "排放按领域和年份计，一个领域一年为一个数，等级取其来源中最低的。",
        "en": "Emissions count once a field and year, with the lowest grade among their sources.",
    }[lang]
    return Table(caption, columns, cells, note)


FIGURES = {
    "observations": {"zh": "指标数据", "en": "Indicators"},
    "inventory": {"zh": "分领域排放", "en": "Emissions by field"},
}


def _grade_columns(catalog: Catalog, lang: str) -> list[Column]:
    grades = [Column(name, text.word(catalog, f"grade_{name}", lang), kind="number") for name in GRADES]
    return [*grades, Column("all", _head(lang, "合计", "All"), kind="number")]


def _grade_cells(row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {name: {"text": text.number(row[name], 0, lang)} for name in (*GRADES, "all")}


def register(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the number of sources by terms of use (rows) and grade (columns), with the sum.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.coverage.register`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [Column("licence", _head(lang, "使用条件", "Terms")), *_grade_columns(catalog, lang)]
    cells = [
        {"licence": {"text": terms(catalog, row["licence"], lang)}, **_grade_cells(row, lang)}
        for row in rows.to_dict("records")
    ]
    total = rows[[*GRADES, "all"]].sum().to_dict()
    last = {"licence": {"text": _head(lang, "合计", "All")}, **_grade_cells(total, lang), "_class": "total"}
    return Table(caption, columns, [*cells, last])


def terms(catalog: Catalog, licence: str, lang: str) -> str:
    """Return the name of the terms of use of a source.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> terms(open_catalog(), "CC-BY-4.0", "zh")
        '知识共享署名4.0'
    """
    name = licence.lower().replace("-", "_").replace(".", "_")
    return text.word(catalog, f"terms_{name}", lang)


def warning_kinds(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the kinds of usage warnings by severity: number of warnings and what the kind means.

    Args:
        catalog: the tables.
        rows: usage warnings, most severe first (see `tanfeng.facts.coverage.warnings`).
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("severity", _head(lang, "程度", "Severity"), kind="label"),
        Column("kind", _head(lang, "类别", "Kind"), kind="label"),
        Column("count", _head(lang, "条数", "Warnings"), kind="number"),
        Column("meaning", _head(lang, "含义", "Meaning")),
    ]
    kinds = catalog.read("warning_kinds").set_index("id")
    counted = rows.groupby(["severity", "kind"], sort=False).size()
    cells = [
        {
            "severity": {"text": SEVERITY_WORDS[str(severity)][0 if lang == "zh" else 1]},
            "kind": {"text": kinds.at[kind, lang]},
            "count": {"text": text.number(count, 0)},
            "meaning": {"text": kinds.at[kind, f"description_{lang}"]},
        }
        for (severity, kind), count in counted.items()
    ]
    return Table(caption, columns, cells)


def corrections(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the corrections of a region's emissions: year, field, as published, corrected, reason."""
    unit = text.TONNES[lang]
    columns = [
        Column("year", _head(lang, "年份", "Year"), kind="label"),
        Column("field", _head(lang, "领域", "Field"), kind="label"),
        Column("before", _head(lang, "公布数", "As published"), unit, "number"),
        Column("after", _head(lang, "订正数", "Corrected"), unit, "number"),
        Column("reason", _head(lang, "理由", "Reason")),
    ]
    made = [one for one in read_corrections(catalog.root) if one.table == "inventory"]
    made = [one for one in made if one.where.get("region", region) == region]
    rows = [row for one in made for row in _corrected(catalog, region, one, lang)]
    return Table(caption, columns, rows, sources=list(dict.fromkeys(one.source_id for one in made)))


def _corrected(catalog: Catalog, region: str, one: Correction, lang: str) -> list[dict[str, Any]]:
    """Return one row a field; the reason and its source stand in the first."""
    levels = [
        emissions.emissions(catalog, region, corrections=corrected).set_index(["year", "field"])["co2_mt"]
        for corrected in (False, True)
    ]
    reason = {"text": getattr(one, f"reason_{lang}"), "source": [one.source_id]}
    year, fields = int(one.where["year"]), list(one.expect)
    return [
        {
            "year": {"text": str(year)},
            "field": {"text": catalog.label("fields", field, lang)},
            "before": {"text": text.tonnes(levels[0][(year, field)], lang)},
            "after": {"text": text.tonnes(levels[1][(year, field)], lang)},
            "reason": reason if field == fields[0] else {"text": _head(lang, "同上", "as above")},
        }
        for field in fields
    ]


def finding_frame(catalog: Catalog, problems: list[Problem] | None = None) -> pd.DataFrame:
    """Return findings with the series they concern, one row a finding.

    Args:
        catalog: the tables.
        problems: what was found; by default everything that `tanfeng.checks.figures.check_figures` finds.

    Returns:
        Columns severity, known (kind of the usage warning that explains it), file, row, column, table, series, region,
        period (empty for tables without), found, expected.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> one = Problem("data/observations.csv", 2, "value", "1", "2", "high", "gap")
        >>> finding_frame(catalog, [one])[["series", "period"]].values.tolist()
        [['agricultural_diesel_use', '2000']]
    """
    problems = check_figures(catalog) if problems is None else problems
    names = {f"data/{table.path}": name for name, table in catalog.tables.items()}
    rows = pd.DataFrame([vars(problem) for problem in problems], columns=list(Problem.__dataclass_fields__))
    rows = rows.assign(table=[names.get(file) or file.rpartition("/")[2].partition(".")[0] for file in rows["file"]])
    places = [_places(catalog, name) for name in rows["table"].unique()]
    return rows.merge(pd.concat(places) if places else EMPTY, on=["file", "row"], how="left").fillna("")[FINDING]


EMPTY = pd.DataFrame(columns=["file", "row", "series", "region", "period"])
COLUMN_OF_SERIES = {"observations": "indicator", "inventory": "field", "energy_balance": "fuel"}


def _places(catalog: Catalog, table: str) -> pd.DataFrame:
    """Return series, region and period of every row of a table by file and line."""
    rows = located(catalog, table)
    series = COLUMN_OF_SERIES.get(table) or SERIES.get(table, ("", "id"))[1]
    named = {"series": rows[series], "region": rows.get("region", ""), "period": rows.get(PERIODS.get(table, ""), "")}
    return rows[["file", "row"]].assign(
        **{name: cells if isinstance(cells, str) else cells.astype(str) for name, cells in named.items()}
    )


def findings(catalog: Catalog, rows: pd.DataFrame, severity: str, lang: str, caption: str) -> Table:
    """Return the findings of one severity by series: years, number, and the usage warning that explains them.

    Args:
        catalog: the tables.
        rows: result of `finding_frame`, of tables that `tanfeng.pages.reports.data_tables.series_name` knows.
        severity: `high`, `medium` or `low`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Column("table", _head(lang, "数据表", "Table"), kind="label"),
        Column("series", _head(lang, "序列", "Series")),
        Column("years", _head(lang, "时期", "Periods")),
        Column("count", _head(lang, "项数", "Findings"), kind="number"),
        Column("known", _head(lang, "对应的使用提示", "Explained by"), kind="label"),
    ]
    kinds, none = labels(catalog, "warning_kinds", lang), _head(lang, "待查", "not explained")
    chosen = rows[(rows["severity"] == severity) & rows["table"].isin(list(TABLE_WORDS))]
    cells = [
        {
            "table": {"text": TABLE_WORDS[str(table)][0 if lang == "zh" else 1]},
            "series": {"text": series_name(catalog, str(table), str(series), lang)},
            "years": {"text": _periods(one["period"], lang)},
            "count": {"text": text.number(len(one), 0)},
            "known": {"text": kinds.get(str(known), none)},
        }
        for (table, series, known), one in chosen.groupby(["table", "series", "known"], sort=False)
    ]
    return Table(caption, columns, cells)


def _periods(cells: pd.Series, lang: str) -> str:
    """Return the periods of a series: each of a few, first and last of many."""
    names = [text.period(period, lang) for period in sorted(set(cells))]
    if len(names) > 3:
        return f"{names[0].removesuffix('年')}—{names[-1]}" if lang == "zh" else f"{names[0]} to {names[-1]}"
    return ("、" if lang == "zh" else ", ").join(names)


def _head(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en
