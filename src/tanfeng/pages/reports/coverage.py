"""What the project rests on: figures, sources, warnings, corrections, findings; the balance times factors."""

from __future__ import annotations

import pandas as pd

from tanfeng.checks.figures import check_figures
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.check import SERIES
from tanfeng.data.problem import Problem
from tanfeng.facts import emissions, factors, recalculation
from tanfeng.facts.corrections import read_corrections
from tanfeng.facts.coverage import GRADES
from tanfeng.pages import text
from tanfeng.pages.layout import (
    COUNT,
    STATUS,
    YEAR,
    Column,
    Layout,
    Row,
    choice,
    name,
    named,
    number,
    own,
    tonnes,
)
from tanfeng.pages.table import pick
from tanfeng.pages.usage_warnings import SEVERITY_WORDS, TABLE_WORDS, series_name

PERIODS = {"observations": "period", "other_inventories": "year", "inventory": "year", "energy_balance": "year"}
FINDING = ["severity", "known", "file", "row", "column", "table", "series", "region", "period", "found", "expected"]


FIGURES = {
    "observations": ("指标数据", "Indicators"),
    "inventory": ("分领域排放", "Emissions by field"),
}
SETS = {
    "ceads": ("CEADs隐含因子", "implied by CEADs"),
    "guideline": ("国内核算指南缺省值", "Chinese guideline defaults"),
    "ipcc2006": ("IPCC 2006缺省值", "IPCC 2006 defaults"),
}
TOGETHER, ALL = "energy_industry", ("合计", "All")
AS_ABOVE = ("同上", "as above")


def _terms(catalog: Catalog, row: Row, lang: str) -> str:
    if row["licence"] == "all":
        return pick(ALL, lang)
    return text.word(catalog, f"terms_{row['licence'].lower().replace('-', '_').replace('.', '_')}", lang)


def _meaning(catalog: Catalog, row: Row, lang: str) -> str:
    return str(catalog.read("warning_kinds").set_index("id").at[row["kind"], f"description_{lang}"])


def _revised(catalog: Catalog, row: Row, lang: str) -> str:
    if row["table"] == "observations":
        return catalog.label("indicators", row["series"], lang)
    field = catalog.label("fields", row["series"], lang)
    return pick((f"{field}二氧化碳排放", f"CO2 emissions, {field}"), lang)


def _periods(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the periods of a series: each of a few, first and last of many."""
    names = [text.period(period, lang) for period in row["periods"]]
    if len(names) > 3:
        return f"{names[0].removesuffix('年')}—{names[-1]}" if lang == "zh" else f"{names[0]} to {names[-1]}"
    return pick(("、", ", "), lang).join(names)


def _series(catalog: Catalog, row: Row, lang: str) -> str:
    return series_name(catalog, row["table"], row["series"], lang)


def _item(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the name of a field, a fuel group or the total."""
    if row["item"] == TOGETHER:
        return pick(("能源和工业", "Energy and industry"), lang)
    if row["dimension"] == "total":
        return pick(ALL, lang)
    return catalog.label("fields" if row["dimension"] == "field" else "fuel_groups", row["item"], lang)


BY_GRADE = (
    *(Column(one, named("words", f"grade_{one}"), number(0)) for one in GRADES),
    Column("all", ALL, number(0)),
)

# rows of `tanfeng.facts.coverage.counts` with `share`: figures by table and status, and by grade of the source
STATUSES = Layout((
    Column("table", ("数据", "Figures"), choice(FIGURES)),
    Column("status", ("状态", "Status"), STATUS),
    *BY_GRADE,
    Column("share", ("占比", "Share"), number(1), "%"),
), (
    "排放按领域和年份计，一个领域一年为一个数，等级取其来源中最低的。",
    "Emissions count once a field and year, with the lowest grade among their sources.",
))  # fmt: skip

# rows of `tanfeng.facts.coverage.register` with their sum: sources by terms of use and grade
REGISTER = Layout((Column("licence", ("使用条件", "Terms"), _terms), *BY_GRADE), total=("licence", "all"))

# rows of `kinds`: usage warnings by severity and kind, and what the kind means
KINDS = Layout((
    Column("severity", ("程度", "Severity"), choice(SEVERITY_WORDS)),
    Column("kind", ("类别", "Kind"), name("warning_kinds")),
    Column("count", ("条数", "Warnings"), COUNT),
    Column("meaning", ("含义", "Meaning"), _meaning),
))  # fmt: skip

# rows of `corrections`: emissions as published and corrected
CORRECTIONS = Layout((
    Column("year", ("年份", "Year"), YEAR),
    Column("field", ("领域", "Field"), name("fields")),
    Column("before", ("公布数", "As published"), tonnes()),
    Column("after", ("订正数", "Corrected"), tonnes()),
    Column("reason", ("理由", "Reason"), own("reason"), cites="source_id"),
), sources="source_id")  # fmt: skip

# rows of `tanfeng.facts.coverage.revisions`: figures that changed since the state before
REVISED = Layout((
    Column("series", ("数据", "Figure"), _revised, kind="label"),
    Column("year", ("年份", "Year"), YEAR),
    Column("before", ("原数", "Before"), number(2)),
    Column("after", ("现数", "Now"), number(2)),
    Column("unit", ("单位", "Unit"), name("units")),
    Column("difference_pct", ("变动", "Change"), number(1), "%"),
    Column("reason", ("原因", "Reason"), own("reason"), cites="source_id"),
), sources="source_id")  # fmt: skip

# rows of `by_series`: findings of the checks, and the usage warning that explains them
FINDINGS = Layout((
    Column("table", ("数据表", "Table"), choice(TABLE_WORDS)),
    Column("series", ("序列", "Series"), _series),
    Column("periods", ("时期", "Periods"), _periods),
    Column("count", ("项数", "Findings"), COUNT),
    Column("known", ("对应的使用提示", "Explained by"), name("warning_kinds"), blank=("待查", "not explained")),
))  # fmt: skip

# rows of `beside_published`: emissions calculated from energy balances beside those CEADs published
RECALCULATED = Layout((
    Column("year", ("年份", "Year"), YEAR),
    Column("item", ("领域或燃料", "Field or fuel"), _item, kind="label"),
    Column("calculated_mt", ("平衡表推算", "From the balance"), tonnes(2)),
    Column("published_mt", ("CEADs公布", "CEADs"), tonnes(2)),
    Column("difference_pct", ("相差", "Difference"), number(2), "%"),
), sources="sources")  # fmt: skip

# rows of `tanfeng.facts.recalculation.by_factor_set`: CO2 of fuel burnt by factor set
FACTOR_SETS = Layout((
    Column("item", ("领域或燃料", "Field or fuel"), _item, kind="label"),
    *(Column(one, SETS[one], tonnes()) for one in factors.SETS),
    Column("spread_pct", ("最高比最低高", "Highest over lowest"), number(1), "%"),
), total=("dimension", "total"))  # fmt: skip


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `tanfeng.facts.coverage.counts` with the share of each status in its table (percent)."""
    return rows.assign(share=100 * rows["all"] / rows.groupby("table")["all"].transform("sum"))


def summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `tanfeng.facts.coverage.register` with the sum last."""
    return pd.concat([rows, pd.DataFrame([{"licence": "all", **rows[[*GRADES, "all"]].sum()}])])


def kinds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the number of usage warnings by severity and kind, in the order of the warnings."""
    return rows.groupby(["severity", "kind"], sort=False).size().reset_index(name="count")


def corrections(catalog: Catalog, region: str) -> list[Row]:
    """Return what each correction does to the emissions of a region by field; the first field tells the reason."""
    before, after = (
        emissions.emissions(catalog, region, corrections=corrected).set_index(["year", "field"])["co2_mt"]
        for corrected in (False, True)
    )
    rows = []
    for one in read_corrections(catalog.root):
        if one.table != "inventory" or one.where.get("region", region) != region:
            continue
        year, told = int(one.where["year"]), {"reason_zh": one.reason_zh, "reason_en": one.reason_en}
        for place, field in enumerate(one.expect):
            about = {"year": year, "field": field, "before": before[year, field], "after": after[year, field]}
            repeated = {"reason_zh": AS_ABOVE[0], "reason_en": AS_ABOVE[1], "source_id": ""}
            rows.append({**about, **({**told, "source_id": one.source_id} if place == 0 else repeated)})
    return rows


def by_series(rows: pd.DataFrame, severity: str) -> pd.DataFrame:
    """Return the findings of a severity (see `finding_frame`) by series: their number and periods."""
    chosen = rows[(rows["severity"] == severity) & rows["table"].isin(list(TABLE_WORDS))]
    groups = chosen.groupby(["table", "series", "known"], sort=False)["period"]
    return groups.agg(count="size", periods=lambda periods: sorted(set(periods))).reset_index()


def beside_published(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `tanfeng.facts.recalculation.against_published` that are published, with sources."""
    shown = rows.dropna(subset=["published_mt"])
    sources = {year: " ".join(recalculation.sources(catalog, region, int(year))) for year in shown["year"].unique()}
    return shown.assign(sources=shown["year"].map(sources))


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
