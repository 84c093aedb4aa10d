"""Tables of the four indicators: every figure, what is not published, sources at their place."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import by_plan, decomposition, gdp, indicators
from tanfeng.pages import text
from tanfeng.pages.reports import indicators as report
from tanfeng.pages.table import MOST_CITED, Table

REGION = "330000"


@pytest.fixture(scope="module")
def made(catalog: Catalog) -> dict[str, Callable[[str], Table]]:
    """Every table as a function of the language alone."""
    changes, asked = by_plan.plan_changes(catalog, REGION), by_plan.requirements(catalog, REGION)
    rows, product = indicators.by_scope(catalog, REGION), gdp.editions(catalog, REGION)
    checked, chained = by_plan.rates(catalog, REGION), by_plan.chains(catalog, REGION)
    states = decomposition.decoupling(catalog, REGION)
    return {
        "by_plan": lambda lang: report.plans(catalog).table(catalog, report.by_scope(changes), lang, "c"),
        "against_plans": lambda lang: report.AGAINST.table(catalog, report.beside_asked(changes, asked), lang, "c"),
        "by_year": lambda lang: report.YEARS.table(catalog, report.newest_first(rows), lang, "c"),
        "vintages": lambda lang: report.EDITIONS.table(catalog, report.told_once(product), lang, "c"),
        "rate_check": lambda lang: report.RATES.table(catalog, checked, lang, "c"),
        "chain_check": lambda lang: report.CHAINS.table(catalog, chained, lang, "c"),
        "decoupling": lambda lang: report.DECOUPLING.table(catalog, states, lang, "c"),
    }


NAMES = ["by_plan", "against_plans", "by_year", "vintages", "rate_check", "chain_check", "decoupling"]


def cells(table: Table) -> list[list[str]]:
    return [[row[column.key]["text"] for column in table.columns] for row in table.rows]


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_table(made: dict[str, Callable[[str], Table]], catalog: Catalog, name: str, lang: str) -> None:
    table = made[name](lang)
    shown = [cell for row in cells(table) for cell in row]
    assert table.rows
    assert not [cell for cell in shown if re.search(r"nan|None|<NA>", cell)]
    if lang == "en":
        assert not [cell for cell in shown if re.search("[\u4e00-\u9fff]", cell)]
    cited = {
        source
        for row in table.rows
        for cell in row.values()
        if isinstance(cell, dict)
        for source in cell.get("source", [])
    }
    assert cited <= set(table.sources) <= set(catalog.read("sources")["id"])
    assert table.html({source: place for place, source in enumerate(table.sources, 1)})


@pytest.mark.parametrize("name", NAMES)
def test_a_number_has_at_most_one_source_beside_it(made: dict[str, Callable[[str], Table]], name: str) -> None:
    table = made[name]("zh")
    numbers = [column.key for column in table.columns if column.kind == "number"]
    assert all(len(row[key].get("source", [])) <= 1 for row in table.rows for key in numbers)


def test_by_plan_says_what_is_not_published(made: dict[str, Callable[[str], Table]]) -> None:
    shown = cells(made["by_plan"]("zh"))
    assert ["能耗强度", "统计口径", "−19.98%", "−20.70%", "−8.26%", "未公布"] in shown
    assert ["能耗强度", "考核口径", *["未公布"] * 4] in shown
    assert ["二氧化碳排放总量", "直接排放口径", "+41.2%", "+4.9%", "−1.2%", "+17.8%（至2022年）"] in shown
    assert shown[3][:2] == ["二氧化碳排放总量", "直接排放口径，95%区间"]
    assert shown[3][-1] == "12.4至23.1%"
    assert any(row[:4] == ["碳排放强度", "官方报告公布数", "未公布", "−13.37%（至2013年）"] for row in shown)


def test_against_plans(made: dict[str, Callable[[str], Table]]) -> None:
    shown = cells(made["against_plans"]("zh"))
    assert shown[1][1:] == ["−18%", "−20.70%", "4/5", "−17.8%（2011—2014年）"]
    assert shown[3][1:] == ["−14.5%", "未公布", "0/5", "未公布"]


def test_the_exception_stands_out(made: dict[str, Callable[[str], Table]]) -> None:
    marked = [row["year"]["text"] for row in made["rate_check"]("zh").rows if row.get("_class")]
    assert marked == ["2013"]


def test_vintages_in_the_unit_of_the_language(made: dict[str, Callable[[str], Table]]) -> None:
    found = {lang: dict(zip([row[0] for row in shown], shown, strict=True)) for lang, shown in both(made).items()}
    assert found["zh"]["2023"][1:] == ["82553.2", "85620", "", "", "+3.7"], "the bulletin rounds the 4th census"
    assert found["en"]["2023"][1:] == ["8255.3", "8562.0", "", "", "+3.7"]
    assert found["zh"]["2024"][1:] == ["", "90007", "", "90130.6", "−0.1"], "the bulletin rounds the preliminary figure"
    assert found["zh"]["2021"][1:4] == ["74040.8", "76765.3", "73516"], "another figure stays"


def test_no_cell_with_sources_is_left_without_one(made: dict[str, Callable[[str], Table]]) -> None:
    for name in NAMES:
        table = made[name]("zh")
        cells = [cell for row in table.rows for cell in row.values() if isinstance(cell, dict)]
        assert all(cell["source"] for cell in cells if cell.get("more"))
        assert all(len(cell.get("source", [])) <= MOST_CITED + 1 for cell in cells)
        assert set(table.sources) >= {source for cell in cells for source in cell.get("more", [])}
    direct = next(row for row in made["by_plan"]("zh").rows if row["scope"]["text"].startswith("含外调电测算口径"))
    assert len(direct["scope"]["source"]) == MOST_CITED
    numbers = {source: place for place, source in enumerate(made["by_plan"]("zh").sources, 1)}
    more = direct["scope"]["more"]
    title = "".join(f"[{numbers[source]}]" for source in more)
    assert f'title="{title}">+{len(more)}</a>' in made["by_plan"]("zh").html(numbers)


def test_decoupling_without_a_state_has_no_elasticity(made: dict[str, Callable[[str], Table]]) -> None:
    shown = {tuple(row[:2]): row for row in cells(made["decoupling"]("zh"))}
    row = shown["二氧化碳排放总量", "2016—2020年"]
    assert row[2:4] == ["−1.2", "−5.7至3.2"]
    assert row[5:7] == ["–", "变化不显著，脱钩状态不作判定"]
    assert shown["能源消费总量", "2016—2020年"][3] == "–"


def both(made: dict[str, Callable[[str], Table]]) -> dict[str, list[list[str]]]:
    return {lang: cells(made["vintages"](lang)) for lang in text.LANGS}


def test_by_year_is_newest_first_within_each_indicator(catalog: Catalog) -> None:
    rows = indicators.by_scope(catalog, REGION)
    table = report.YEARS.table(catalog, report.newest_first(rows, 2019), "zh", "c")
    assert len(table.rows) == int((rows["year"] >= 2019).sum())
    names = [row["indicator"]["text"] for row in table.rows]
    assert list(dict.fromkeys(names)) == [zh for zh, _ in report.NAMES.values()]
    assert pd.Series(names).ne(pd.Series(names).shift()).sum() == 4, "each indicator in one block"
