"""What the project rests on: figures, sources, warnings, corrections, findings; the balance times factors."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.checks.figures import check_figures
from tanfeng.data.catalog import Catalog, labels, located
from tanfeng.data.check import SERIES
from tanfeng.data.problem import Problem
from tanfeng.facts import emissions, factors, recalculation
from tanfeng.facts.corrections import Correction, read_corrections
from tanfeng.facts.coverage import GRADES
from tanfeng.pages import text
from tanfeng.pages.table import Heading, Table, pick, status_cell
from tanfeng.pages.usage_warnings import SEVERITY_WORDS, TABLE_WORDS, series_name

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
        Heading("table", pick(("数据", "Figures"), lang), kind="label"),
        Heading("status", pick(("状态", "Status"), lang), kind="status"),
        *_grade_columns(catalog, lang),
        Heading("share", pick(("占比", "Share"), lang), "%", "number"),
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


def _grade_columns(catalog: Catalog, lang: str) -> list[Heading]:
    grades = [Heading(name, text.word(catalog, f"grade_{name}", lang), kind="number") for name in GRADES]
    return [*grades, Heading("all", pick(("合计", "All"), lang), kind="number")]


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
    columns = [Heading("licence", pick(("使用条件", "Terms"), lang)), *_grade_columns(catalog, lang)]
    cells = [
        {"licence": {"text": terms(catalog, row["licence"], lang)}, **_grade_cells(row, lang)}
        for row in rows.to_dict("records")
    ]
    total = rows[[*GRADES, "all"]].sum().to_dict()
    last = {"licence": {"text": pick(("合计", "All"), lang)}, **_grade_cells(total, lang), "_class": "total"}
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
        Heading("severity", pick(("程度", "Severity"), lang), kind="label"),
        Heading("kind", pick(("类别", "Kind"), lang), kind="label"),
        Heading("count", pick(("条数", "Warnings"), lang), kind="number"),
        Heading("meaning", pick(("含义", "Meaning"), lang)),
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
        Heading("year", pick(("年份", "Year"), lang), kind="label"),
        Heading("field", pick(("领域", "Field"), lang), kind="label"),
        Heading("before", pick(("公布数", "As published"), lang), unit, "number"),
        Heading("after", pick(("订正数", "Corrected"), lang), unit, "number"),
        Heading("reason", pick(("理由", "Reason"), lang)),
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
            "reason": reason if field == fields[0] else {"text": pick(("同上", "as above"), lang)},
        }
        for field in fields
    ]


def revised(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the figures that changed since the state before, with the reason.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.coverage.revisions`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("series", pick(("数据", "Figure"), lang), kind="label"),
        Heading("year", pick(("年份", "Year"), lang), kind="label"),
        Heading("before", pick(("原数", "Before"), lang), kind="number"),
        Heading("after", pick(("现数", "Now"), lang), kind="number"),
        Heading("unit", pick(("单位", "Unit"), lang), kind="label"),
        Heading("difference", pick(("变动", "Change"), lang), "%", "number"),
        Heading("reason", pick(("原因", "Reason"), lang)),
    ]
    cells = [
        {
            "series": {"text": _series_label(catalog, row["table"], row["series"], lang)},
            "year": {"text": str(row["year"])},
            **{name: {"text": text.number(row[name], 2, lang)} for name in ("before", "after")},
            "unit": {"text": catalog.label("units", row["unit"], lang)},
            "difference": {"text": text.number(row["difference_pct"], 1, lang)},
            "reason": {"text": row[f"reason_{lang}"], "source": [row["source_id"]]},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(rows["source_id"])))


def _series_label(catalog: Catalog, table: str, series: str, lang: str) -> str:
    if table == "observations":
        return catalog.label("indicators", series, lang)
    emitted = pick(("二氧化碳排放", "CO2 emissions"), lang)
    return pick(
        (f"{catalog.label('fields', series, lang)}{emitted}", f"{emitted}, {catalog.label('fields', series, lang)}"),
        lang,
    )


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
        rows: result of `finding_frame`, of tables that `tanfeng.pages.usage_warnings.series_name` knows.
        severity: `high`, `medium` or `low`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("table", pick(("数据表", "Table"), lang), kind="label"),
        Heading("series", pick(("序列", "Series"), lang)),
        Heading("years", pick(("时期", "Periods"), lang)),
        Heading("count", pick(("项数", "Findings"), lang), kind="number"),
        Heading("known", pick(("对应的使用提示", "Explained by"), lang), kind="label"),
    ]
    kinds, none = labels(catalog, "warning_kinds", lang), pick(("待查", "not explained"), lang)
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


SETS = {
    "ceads": {"zh": "CEADs隐含因子", "en": "implied by CEADs"},
    "guideline": {"zh": "国内核算指南缺省值", "en": "Chinese guideline defaults"},
    "ipcc2006": {"zh": "IPCC 2006缺省值", "en": "IPCC 2006 defaults"},
}
TOGETHER = "energy_industry"


def recalculated(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the emissions calculated from energy balances beside those CEADs published.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: result of `tanfeng.facts.recalculation.against_published`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    columns = [
        Heading("year", pick(("年份", "Year"), lang), kind="label"),
        Heading("item", pick(("领域或燃料", "Field or fuel"), lang), kind="label"),
        Heading("ours", pick(("平衡表推算", "From the balance"), lang), text.TONNES[lang], "number"),
        Heading("theirs", pick(("CEADs公布", "CEADs"), lang), text.TONNES[lang], "number"),
        Heading("difference", pick(("相差", "Difference"), lang), "%", "number"),
    ]
    shown = rows.dropna(subset=["published_mt"])
    cells = [
        {
            "year": {"text": str(row.year)},
            "item": {"text": item_name(catalog, row.dimension, row.item, lang)},
            "ours": {"text": text.tonnes(row.calculated_mt, lang, 2)},
            "theirs": {"text": text.tonnes(row.published_mt, lang, 2)},
            "difference": {"text": text.number(row.difference_pct, 2)},
        }
        for row in shown.itertuples()
    ]
    every = [source for year in shown["year"].unique() for source in recalculation.sources(catalog, region, int(year))]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(every)))


def factor_sets(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the CO2 of fuel burnt by factor set, by field and fuel group, with the total last.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.recalculation.by_factor_set`.
        lang: `zh` or `en`.
        caption: of the table.
    """
    sets = [Heading(name, SETS[name][lang], text.TONNES[lang], "number") for name in factors.SETS]
    columns = [
        Heading("item", pick(("领域或燃料", "Field or fuel"), lang), kind="label"),
        *sets,
        Heading("spread", pick(("最高比最低高", "Highest over lowest"), lang), "%", "number"),
    ]
    cells = [
        {
            "item": {"text": item_name(catalog, row["dimension"], row["item"], lang)},
            **{name: {"text": text.tonnes(row[name], lang)} for name in factors.SETS},
            "spread": {"text": text.number(row["spread_pct"], 1)},
            "_class": "total" if row["dimension"] == "total" else "",
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells)


def item_name(catalog: Catalog, dimension: str, item: str, lang: str) -> str:
    """Return the name of a field, a fuel group or the total.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> item_name(open_catalog(), "field", "energy_industry", "zh")
        '能源和工业'
    """
    if item == TOGETHER:
        return pick(("能源和工业", "Energy and industry"), lang)
    if dimension == "total":
        return pick(("合计", "All"), lang)
    return catalog.label("fields" if dimension == "field" else "fuel_groups", item, lang)
