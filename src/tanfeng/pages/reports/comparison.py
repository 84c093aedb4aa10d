"""What provinces were asked and did, on a page: one line an indicator, one column a province; the finding in a sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.layout import NONE, Column, Layout, Row, Whole, name
from tanfeng.pages.table import Table, pick
from tanfeng.targets import comparison

WAYS = {
    "at_least": ("{year}年达到", "at least, by {year}"),
    "at_most": ("{year}年不超过", "at most, in {year}"),
    "increase_by": ("{year}年比{base}年增加", "increase from {base} to {year}"),
    "decrease_by": ("{year}年比{base}年下降", "reduction from {base} to {year}"),
}
DIFFERS = {
    comparison.SAME: ("", ""),
    comparison.SCOPE: ("口径不同，不比较", "another scope, not compared"),
    comparison.WAY: ("要求方式不同，不比较", "asked in another way, not compared"),
}
VARIANTS = {"firm": ("", ""), "stretch": ("力争", "stretch"), "draft": ("征求意见稿", "draft")}
NOTE = (
    "各省一栏依次为目标、同一指标最近公布数、判定或旁证倾向；“—”为数据表中没有这一目标。力争目标和征求意见稿中的目标不作判定。没有同口径公布数的不作判定，不等于未完成。各省基础和条件不同，数值高低不表示力度大小。",
    "A province's column has the target, the latest published figure of the same indicator, and the verdict or lean; a dash: the tables hold no such target. Stretch values and drafts are not judged. Without a figure on the same scope nothing is judged, which does not mean missed. Provinces start from different conditions: a higher value is not a larger effort.",
)


def rows(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the page of a region compares (see `tanfeng.targets.comparison.compare`): provinces alone.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows(open_catalog(), "320000")["region"].unique().tolist()
        ['320000', '330000', '440000']
    """
    levels = catalog.read("regions").set_index("id")["level"]
    found = comparison.beside(catalog, region)
    return comparison.compare(catalog, [one for one in found if levels[one] == "province"])


def said(catalog: Catalog, region: str, lang: str) -> str:
    """Return the finding for the first page of a region; nothing where none of its targets is compared.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> said(open_catalog(), "330000", "en")[:15], said(open_catalog(), "330100", "en")
        ('Provinces share', '')
    """
    found = rows(catalog, region)
    return finding(catalog, found, lang) if region in set(found["region"]) else ""


def finding(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return in a sentence how many targets are compared, how many each province met, how many are not compared.

    Args:
        catalog: the tables.
        rows: of `tanfeng.targets.comparison.compare`.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = comparison.compare(open_catalog(), ["330000", "320000"])
        >>> finding(open_catalog(), rows, "zh")[:6], finding(open_catalog(), rows[:0], "en")
        ('同口径可比的', 'No two provinces in the tables have targets on the same scope.')
    """
    shared = sum(some["differs"].iloc[0] == comparison.SAME for some in comparison.questions(rows))
    apart = len(comparison.questions(rows)) - shared
    if not shared:
        none = (
            "数据表中没有两个省份的同口径目标可比。",
            "No two provinces in the tables have targets on the same scope.",
        )
        return pick(none, lang)
    told = [_met(catalog, lang, *row) for row in comparison.counted(rows).itertuples()]
    if lang == "zh":
        rest = f"；另有{apart}项口径或要求方式不同，不比较" if apart else ""
        return f"同口径可比的目标{shared}项：{'，'.join(told)}{rest}。"
    rest = f"; {apart} more differ in scope or in the way of asking" if apart else ""
    return f"Provinces share {shared} targets on the same scope. {', '.join(told)}{rest}."


def _met(catalog: Catalog, lang: str, region: str, targets: int, met: int, missed: int) -> str:
    """Return how many of the compared targets a province met and missed."""
    name = catalog.label("regions", region, lang)
    if lang == "zh":
        return f"{name}{targets}项中已完成{met}项" + (f"、未完成{missed}项" if missed else "")
    return f"{name} met {met} of {targets}" + (f" and missed {missed}" if missed else "")


def table(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Table:
    """Return the comparison as a table, the finding as its caption: one line a question, one column a province."""
    places = list(dict.fromkeys(rows["region"]))
    layout = Layout((
        Column("indicator", ("指标", "Indicator"), name("indicators", "text"), kind="text"),
        Column("scope", ("口径", "Scope"), _scope_told, kind="text"),
        Column("asked", ("要求", "Asked"), _way, kind="text"),
        *(Column(place, catalog.label("regions", place, lang), _place(place), kind="text") for place in places),
    ), NOTE, sources="source_id", stacked=True)  # fmt: skip
    lines = [_line(some) for some in comparison.questions(rows)]
    return layout.table(catalog, lines, lang, finding(catalog, rows, lang))


def lines(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return the comparison as lines of text for a terminal."""
    made = table(catalog, rows, lang)
    cells = [[column.label for column in made.columns]]
    cells += [[row[column.key]["text"] for column in made.columns] for row in made.rows]
    return "\n".join([made.caption, *map("\t".join, cells), made.note]) + "\n"


def _line(some: pd.DataFrame) -> Row:
    """Return the rows on one question as one: what is the same for all, and the row of each region by its code."""
    first = some.iloc[0].to_dict()
    cited = " ".join(dict.fromkeys(" ".join(some["source_id"]).split()))
    return {**first, **{row["region"]: row for row in some.to_dict("records")}, "source_id": cited}


def _scope_told(catalog: Catalog, row: Row, lang: str) -> str:
    return catalog.label("scopes", row["scope"], lang) + text.bracketed(pick(DIFFERS[row["differs"]], lang), lang)


def _way(catalog: Catalog, row: Row, lang: str) -> str:
    base = "" if pd.isna(row["base_year"]) else int(row["base_year"])
    return pick(WAYS[row["direction"]], lang).format(year=int(row["target_year"]), base=base)


def _place(region: str) -> Whole:
    """Return what shows the target of a region, its figure, and how it stands."""

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        own = row.get(region)
        return NONE if own is None else pick(("；", "; "), lang).join(_parts(catalog, own, lang))

    return cell


def _parts(catalog: Catalog, own: dict[str, Any], lang: str) -> list[str]:
    goal = text.amount(catalog, own["target_value"], own["unit"], lang)
    said = [goal + text.bracketed(pick(VARIANTS[own["variant"]], lang), lang)]
    if isinstance(own["period"], str):
        shown = text.figure(catalog, own, lang, own["unit"])
        known = text.word(catalog, "status_estimate", lang) if own["status"] == "estimate" else ""
        said.append(f"{text.period(own['period'], lang)}{pick(('', ': '), lang)}{shown}{text.bracketed(known, lang)}")
    if own["variant"] == "firm":
        said.append(text.word(catalog, f"verdict_{own['answer']}", lang))
    return said
