"""What the roadmap shows: tables say what was computed, charts draw it, cells have text and sources exist."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import paths
from tanfeng.pages import text
from tanfeng.pages.charts import roadmap as roadmap_charts
from tanfeng.pages.charts.style import Chart
from tanfeng.pages.reports import roadmap
from tanfeng.pages.reports import roadmap as roadmap_report
from tanfeng.pages.table import Table
from tanfeng.roadmap import gaps, least_cost, levers, wedges, whatif
from tanfeng.targets import intensity

REGION = "330000"
YEARS = [2027, 2030, 2035]
GAP = ("remaining_mt", "limit_mt", "uncovered_mt")
LANG = pytest.mark.parametrize("lang", text.LANGS)


@pytest.fixture(scope="module")
def gap(catalog: Catalog) -> pd.DataFrame:
    return gaps.gaps(catalog, REGION)


@pytest.fixture(scope="module")
def both(catalog: Catalog) -> dict[str, pd.DataFrame]:
    return {account: wedges.table(catalog, REGION, account) for account in wedges.ACCOUNTS}


@pytest.fixture(scope="module")
def ready(catalog: Catalog) -> pd.DataFrame:
    return gaps.readiness(catalog, REGION)


def number(shown: str) -> float:
    return float(shown.replace(text.MINUS, "-").replace(",", ""))


def check(catalog: Catalog, table: Table, empty: str = "") -> None:
    """Every cell has text (but those of one column may be empty), every source cited is in the list and exists."""
    sources = set(catalog.read("sources")["id"])
    assert table.rows
    assert set(table.sources) <= sources
    for row in table.rows:
        for column in table.columns:
            cell = row[column.key]
            assert cell["text"] or column.key == empty, row
            assert "nan" not in cell["text"].lower(), row
            assert {*cell.get("source", ()), *cell.get("more", ())} <= set(table.sources)
    assert "<table" in table.html({})


class TestTables:
    @LANG
    def test_are_complete(
        self, catalog: Catalog, gap: pd.DataFrame, both: dict[str, pd.DataFrame], ready: pd.DataFrame, lang: str
    ) -> None:
        check(catalog, roadmap.GAPS.table(catalog, gap, lang, "x"))
        check(catalog, roadmap.of_wedges(catalog, both["direct"], YEARS, lang, "x"), empty="id")
        check(catalog, roadmap.ORDER.table(catalog, wedges.order_effect(catalog, REGION, 2035), lang, "x"))
        check(catalog, roadmap.OUTCOMES.table(catalog, gaps.outcomes(catalog, REGION), lang, "x"))
        check(catalog, roadmap.READINESS.table(catalog, ready, lang, "x"))

    @pytest.mark.parametrize("account", wedges.ACCOUNTS)
    def test_shown_wedges_add_up_to_rounding(
        self, catalog: Catalog, both: dict[str, pd.DataFrame], account: str
    ) -> None:
        rows = roadmap.of_wedges(catalog, both[account], YEARS, "zh", "x").rows
        for year in map(str, YEARS):
            reference, *saved, remaining = (number(row[year]["text"]) for row in rows)
            assert abs(reference - sum(saved) - remaining) <= 0.5 * (len(rows) + 1)

    @LANG
    def test_gaps_show_the_difference(self, catalog: Catalog, gap: pd.DataFrame, lang: str) -> None:
        for row in roadmap.GAPS.table(catalog, gap, lang, "x").rows:
            remaining, limit, above = (number(row[key]["text"]) for key in GAP)
            assert remaining - limit == pytest.approx(above, abs=1.5 if lang == "zh" else 0.15)

    @LANG
    def test_national_targets_are_for_comparison(self, catalog: Catalog, gap: pd.DataFrame, lang: str) -> None:
        rows = roadmap.GAPS.table(catalog, gap, lang, "x").rows
        word = {"zh": "仅作对照", "en": "for comparison"}[lang]
        assert [word in row["target"]["text"] for row in rows] == gap["target"].eq("N03").tolist()

    def test_the_note_counts_what_stays_open_and_names_growth(self, gap: pd.DataFrame) -> None:
        note = roadmap.gap_note(gap, "zh")
        opens = int((gap["state"] == gaps.OPEN).sum())
        assert f"{opens}项按中值补不上" in note
        low, high = (text.tonnes(gap.iloc[-2][f"limit_{end}_mt"], "zh") for end in ("low", "high"))
        assert f"P05 {low}至{high}" in note
        closed = gap.assign(state=gaps.COVERED)
        assert "按中值均可补上" in roadmap.gap_note(closed, "zh")

    @LANG
    def test_the_order_is_told_by_group(self, catalog: Catalog, lang: str) -> None:
        rows = roadmap.ORDER.table(catalog, wedges.order_effect(catalog, REGION, 2035), lang, "x").rows
        place = text.LANGS.index(lang)
        names = [roadmap.GROUPS[one][place] for one in wedges.ORDER]
        found = [names.index(row["group"]["text"]) for row in rows]
        assert found == sorted(found)

    def test_measured_beside_expected(self, catalog: Catalog) -> None:
        row = roadmap.OUTCOMES.table(catalog, gaps.outcomes(catalog, REGION), "zh", "x").rows[0]
        assert (row["asked"]["text"], row["ratio"]["text"]) == ("1245万千瓦", "3.6")
        assert row["measured"]["text"] == "4430万千瓦（2020年底至2025年6月）"

    def test_every_stage_and_lack_has_words(self, ready: pd.DataFrame) -> None:
        assert set(ready["stage"]) <= set(roadmap.STAGES)
        assert {one for lacks in ready["lacks"] for one in lacks.split()} <= set(roadmap.LACKS)


class TestExport:
    @LANG
    def test_is_the_table_with_names(self, catalog: Catalog, both: dict[str, pd.DataFrame], lang: str) -> None:
        rows = roadmap.export(catalog, both["direct"], lang)
        assert rows.columns.tolist() == ["measure", "name", "year", "co2_mt", "lo80", "hi80"]
        assert rows["co2_mt"].equals(both["direct"]["co2_mt"])
        assert rows["name"].ne("").all()

    def test_lines(self, catalog: Catalog, both: dict[str, pd.DataFrame]) -> None:
        shown = roadmap.lines(roadmap.export(catalog, both["direct"], "zh"), 2026, "zh").splitlines()
        assert shown[0].split("\t")[2:] == [str(year) for year in range(2026, 2036)]
        assert shown[1].startswith("\t参考情形\t48")
        assert shown[-1].startswith("\t剩余排放\t")
        assert len(shown) == 2 + both["direct"]["measure"].nunique() - 1


class TestCharts:
    @LANG
    def test_wedges(self, catalog: Catalog, both: dict[str, pd.DataFrame], lang: str) -> None:
        limits = {account: gaps.target_paths(catalog, REGION, account) for account in both}
        chart = roadmap_charts.wedge_areas(catalog, both, limits, lang)
        drawn(chart)
        assert roadmap_charts.wedge_areas(catalog, both, limits, lang) == chart, "drawn twice, the same"
        for rows in both.values():
            last = rows[rows["year"] == rows["year"].max()].set_index("measure")["co2_mt"]
            assert text.tonnes(float(last["remaining"]), lang) in chart.alt

    @LANG
    def test_time_line(self, catalog: Catalog, ready: pd.DataFrame, lang: str) -> None:
        chart = roadmap_charts.gantt(catalog, ready, 2026, 2035, lang)
        drawn(chart)
        assert all(name in chart.alt for name in ready.loc[ready["stage"] != wedges.IN_REFERENCE, "id"])

    def test_a_time_line_without_dates(self, catalog: Catalog, ready: pd.DataFrame) -> None:
        rows = ready.assign(stage=wedges.NO_DATE, by_year=pd.NA, first_year=pd.NA)
        drawn(roadmap_charts.gantt(catalog, rows, 2026, 2035, "zh"))


def drawn(chart: Chart) -> None:
    assert ET.fromstring(chart.svg).tag.endswith("svg")
    assert len(chart.alt) > 30


def test_key_figures_are_those_of_the_tables(catalog: Catalog, gap: pd.DataFrame) -> None:
    k = roadmap_report.key_figures(catalog, REGION).set_index("id")["value"]
    for row in gap.to_dict("records"):
        name = f"{row['target']}_{row['account']}"
        assert k[f"uncovered_{name}"] == pytest.approx(abs(row["uncovered_mt"]))
        assert k[f"open_{name}"] == float(row["uncovered_mt"] > 0)
    counted = wedges.candidates(catalog, REGION)["stage"].value_counts()
    stages = [f"stage_{stage}" for stage in wedges.STAGES]
    assert k[stages].tolist() == [counted.get(stage, 0) for stage in wedges.STAGES]
    assert k["options"] + k["left_out"] == k["measures"]


def test_what_the_page_says_in_words_holds(catalog: Catalog) -> None:
    """The prose names targets, and says that the electricity of trucks outweighs their fuel."""
    middle = wedges.wedges(catalog, REGION, centre=True)
    assert middle.saved[middle.measures.index("MT03"), 0, middle.at(2030)] < 0, "electricity outweighs the fuel"
    assert middle.years[-1] == 2035
    assert set(gaps.targets(catalog, REGION)["id"]) == {"N02", "N03", "P05"}


def test_imports_are_told_where_they_are_known(catalog: Catalog) -> None:
    drawn_ = intensity.imports(catalog, REGION, list(range(2023, 2031)))
    assert np.ptp(drawn_[:, 0]) == 0
    assert np.ptp(drawn_[:, -1]) > 0


def test_imports_come_on_top_of_a_reference_that_grows(catalog: Catalog) -> None:
    """The page says of ME12 that it may count twice, and gives the headline without it."""
    k = roadmap_report.key_figures(catalog, REGION).drop_duplicates("id").set_index("id")["value"]
    assert k["imports_growth"] == pytest.approx(k["imports_last"] - k["imports_first"])
    assert k["imports_growth"] > k["imports_brought"] == pytest.approx(360)
    line = wedges.wedges(catalog, REGION, centre=True)
    saved = line.saved[line.measures.index("ME12"), 0, line.at(2030)]
    assert k["saved_direct"] - k["home_saved_direct"] == pytest.approx(saved)
    home = gaps.gaps(catalog, REGION, gaps.at_home(catalog, REGION)).set_index(["target", "account"])
    every = gaps.gaps(catalog, REGION).set_index(["target", "account"])
    assert (home["p_with"] <= every["p_with"]).all()
    assert k["home_uncovered_P05_assessment"] == pytest.approx(home.at[("P05", "assessment"), "uncovered_mt"])


def test_the_reference_is_the_median_and_its_chance_that_of_the_page_ahead(catalog: Catalog) -> None:
    k = roadmap_report.key_figures(catalog, REGION).drop_duplicates("id").set_index("id")["value"]
    assert k["reference_direct"] == pytest.approx(paths.at(paths.fields(catalog, REGION), "total", 2030)["co2_mt"])
    way = intensity.intensity(catalog, REGION, 2005, 2030, 65)
    assert k["p_without_P05_direct"] == pytest.approx(100 * way.probability)
    assert k["limit_P05_direct"] == pytest.approx(intensity.emissions_needed(way, k["growth_ahead"])[0])


@LANG
def test_a_wedge_of_single_values_has_no_interval(catalog: Catalog, both: dict[str, pd.DataFrame], lang: str) -> None:
    rows = {row["id"]["text"]: row for row in roadmap.of_wedges(catalog, both["direct"], YEARS, lang, "x").rows}
    assert rows["ME12"]["interval"]["text"] == roadmap.SINGLE[lang == "en"]


@LANG
def test_the_page_says_so_in_both_languages(root: Path, lang: str) -> None:
    cells = json.loads((root / "notebooks/reports/roadmap.ipynb").read_text(encoding="utf-8"))["cells"]
    told = "".join("".join(cell["source"]) for cell in cells if lang in cell["metadata"].get("tags", []))
    for name in ("imports_growth", "imports_brought", "home_saved_direct", "p_home_P05_assessment", "growth_ahead"):
        assert f"k.{name} " in told
    assert {"zh": "{{ page.paths }}条路径的中位数", "en": "the median of the {{ page.paths }} paths"}[lang] in told


def test_the_notebook_opens_a_point_of_its_front(catalog: Catalog, root: Path) -> None:
    content = (root / "notebooks" / "reports" / "roadmap.ipynb").read_text(encoding="utf-8")
    point, steps = (int(re.findall(rf"\b{name} ?= ?(\d+)", content)[0]) for name in ("point", "steps"))
    assert 1 <= point <= len(least_cost.front(catalog, REGION, steps=steps))


def test_the_page_says_what_the_growth_of_the_limits_would_add(catalog: Catalog) -> None:
    """The what-if of that growth, which moves each field, gives the same within 2 %."""
    rows = roadmap_report.key_figures(catalog, REGION).set_index("id")["value"]
    same = levers.setting(catalog, REGION, {"gdp_growth": gaps.growth(catalog, REGION)["central"]})
    fan = whatif.answer(catalog, same).fan.set_index("year")
    assert rows["growth_adds"] == pytest.approx(fan.at[2030, "co2_mt"] - rows["reference_direct"], rel=0.02)
    assert rows["growth_adds"] > 1
