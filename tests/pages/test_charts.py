"""Figures: valid SVG, the same each time, with every Chinese character, on a machine without Chinese fonts."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from tanfeng.data.catalog import Catalog
from tanfeng.facts import (
    accounts,
    by_plan,
    coverage,
    decomposition,
    emissions,
    indicators,
    league,
    other_inventories,
    uncertainty,
)
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import origins, paths, peak, pulse, skill
from tanfeng.pages import charts, text
from tanfeng.pages import usage_warnings as warning_names
from tanfeng.pages.charts import archive as archive_charts
from tanfeng.pages.charts import concepts as concepts_charts
from tanfeng.pages.charts import coverage as coverage_charts
from tanfeng.pages.charts import indicators as indicators_charts
from tanfeng.pages.charts import intensities as intensities_charts
from tanfeng.pages.charts import league as league_charts
from tanfeng.pages.charts import lookback as lookback_charts
from tanfeng.pages.charts import outlooks as outlooks_charts
from tanfeng.pages.charts import pathways as pathways_charts
from tanfeng.pages.charts import peaks as peaks_charts
from tanfeng.pages.charts import pulse as pulse_charts
from tanfeng.pages.charts import roadmap as roadmap_charts
from tanfeng.pages.charts import structure as structure_charts
from tanfeng.pages.charts import style
from tanfeng.pages.charts import targets as targets_charts
from tanfeng.pages.charts import verdicts as verdicts_charts
from tanfeng.pages.charts import waterfall as waterfall_charts
from tanfeng.pages.charts.style import Chart
from tanfeng.pages.charts.svg import shared
from tanfeng.pages.reports import concepts as concepts_report
from tanfeng.roadmap import front, gaps, least_cost, wedges
from tanfeng.targets import ahead
from tanfeng.targets.lookback import archive, plans
from tanfeng.targets.verdict import counts_by_field, judge, judge_target

CODE_LISTS = ["fields", "subsectors", "fuel_groups", "words", "units", "indicators", "scopes", "plans"]
CODE_LISTS += ["regions", "counties", "countries", "categories", "boundaries", "terms"]
DATE = re.compile(r"dc:date|\b20\d\d-\d\d-\d\dT|\b\d\d:\d\d:\d\d\b")


@pytest.fixture(scope="module")
def draw(catalog: Catalog) -> dict[str, Callable[[str], Chart]]:
    """Every chart function as a function of the language alone."""
    rows = paths.fields(catalog, "330000")
    four = indicators.four_indicators(catalog, "330000")
    counts = counts_by_field(catalog, judge(catalog, "330000", "14FYP"))
    rd = indicators.observations(catalog, "rd_intensity_bulletin", "330000")
    targets = catalog.read("targets").query("indicator == 'rd_intensity_bulletin'")
    rows_of, changes = indicators.by_scope(catalog, "330000"), by_plan.plan_changes(catalog, "330000")
    asked, checked = by_plan.requirements(catalog, "330000"), by_plan.rates(catalog, "330000")
    levels, others = uncertainty.intervals(catalog, "330000"), other_inventories.compare(catalog, "330000")
    chances, ordered = peak.by_year(catalog, "330000"), peak.by_province(catalog)
    classes = skill.reliability(skill.peaks(catalog))
    titles = {"zh": "研发经费与地区生产总值之比（%）", "en": "R&D expenditure over GDP (%)"}
    drivers = decomposition.kaya(catalog, "330000").query("period == '12FYP'")

    def dataset_names(lang: str) -> dict[str, str]:
        known = warning_names.DATASETS
        return {name: warning_names.series_name(catalog, "other_inventories", name, lang) for name in known}

    frozen, known = archive.scores(catalog, "330000"), emissions.series(catalog, "330000", "total")
    ways = least_cost.front(catalog, "330000", steps=3)
    scored = front.scores(catalog, "330000", least_cost.options(catalog, "330000"), ways)

    return {
        "frozen": lambda lang: archive_charts.frozen(catalog, frozen, known, lang),
        "plans_looked_back": lambda lang: lookback_charts.plans_looked_back(
            catalog, plans.plans(catalog, "330000"), lang
        ),
        "outlook": lambda lang: outlooks_charts.outlook(catalog, rows, "total", lang),
        "outlook_energy": lambda lang: outlooks_charts.outlook(catalog, rows, "energy", lang, 2025),
        "headline": lambda lang: outlooks_charts.headline(catalog, rows, lang),
        "target": lambda lang: of_target(catalog, "P03", lang),
        "sparkline": lambda lang: targets_charts.sparkline(
            emissions.series(catalog, "330000", "total"),
            "#000",
            {"zh": "全省二氧化碳排放逐年走势", "en": "emissions by year"}[lang] + "." * 9,
        ),
        "intensity_paths": lambda lang: pathways_charts.intensity_paths(catalog, ahead.ways(catalog, "330000"), lang),
        "peak_by_year": lambda lang: peaks_charts.peak_by_year(catalog, chances, lang),
        "provinces": lambda lang: peaks_charts.provinces(catalog, ordered, "330000", lang),
        "coverage_measured": lambda lang: peaks_charts.coverage_measured(catalog, skill.coverage(measured()), lang),
        "reliability": lambda lang: peaks_charts.reliability(classes, lang),
        "by_origin": lambda lang: peaks_charts.by_origin(origins.by_origin(catalog), lang),
        "replayed": lambda lang: pulse_charts.replayed(pulse.replay(catalog, "330000"), lang),
        "by_field": lambda lang: structure_charts.by_field(catalog, "330000", lang),
        "subsectors": lambda lang: structure_charts.composition(catalog, "330000", "industry", "subsector", lang),
        "fuel_groups": lambda lang: structure_charts.composition(catalog, "330000", "industry", "fuel_group", lang),
        "four_indicators": lambda lang: indicators_charts.four_indicators(catalog, four, lang),
        "verdict_counts": lambda lang: verdicts_charts.verdict_counts(catalog, counts, lang),
        "waterfall": lambda lang: waterfall_charts.waterfall(catalog, drivers, lang),
        "waterfalls": lambda lang: waterfall_charts.waterfalls(catalog, decomposition.kaya(catalog, "330000"), lang),
        "indicator": lambda lang: indicators_charts.indicator(catalog, rd, targets, titles[lang], lang),
        "energy_total": lambda lang: intensities_charts.totals(catalog, rows_of, "energy_consumption", lang),
        "co2_total": lambda lang: intensities_charts.totals(catalog, rows_of, "co2_total", lang),
        "energy_rates": lambda lang: intensities_charts.rates(catalog, rows_of, "energy_intensity", lang),
        "carbon_rates": lambda lang: intensities_charts.rates(catalog, rows_of, "carbon_intensity", lang),
        "against_plans": lambda lang: intensities_charts.against_plans(catalog, changes, asked, lang),
        "rate_differences": lambda lang: intensities_charts.rate_differences(catalog, checked, 0.13, lang),
        "assessment": lambda lang: coverage_charts.assessment(catalog, accounts.assessment(catalog, "330000"), lang),
        "coverage": lambda lang: coverage_charts.coverage(catalog, coverage.main_series(catalog, "330000"), lang),
        "rank_intervals": lambda lang: league_charts.rank_intervals(
            catalog, league.standings(catalog, "co2"), "330000", lang
        ),
        "tiles": lambda lang: league_charts.tiles(catalog, league.standings(catalog, "per_head"), "330000", lang),
        "boundaries": lambda lang: concepts_charts.boundaries(catalog, lang),
        "beside": lambda lang: concepts_charts.beside(
            catalog, "330000", concepts_report.outlook(catalog, "330000"), lang
        ),
        "tier_sums": lambda lang: league_charts.tier_sums(catalog, "330000", lang),
        "city_inventories": lambda lang: league_charts.city_inventories(catalog, "330700", lang),
        "other_inventories": lambda lang: coverage_charts.other_inventories(
            catalog, levels, others, dataset_names(lang), lang
        ),
        "wedge_areas": lambda lang: roadmap_charts.wedge_areas(catalog, *of_roadmap(catalog), lang),
        "gantt": lambda lang: roadmap_charts.gantt(
            catalog, gaps.readiness(catalog, "330000"), catalog.as_of_year, 2035, lang
        ),
        "front": lambda lang: roadmap_charts.front(scored, 2, lang),
    }


def of_target(catalog: Catalog, target: str, lang: str) -> Chart:
    """Return the chart of a target that has one."""
    chart = targets_charts.target(catalog, judge_target(catalog, target, "330000"), lang)
    assert chart is not None
    return chart


def of_roadmap(catalog: Catalog) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return wedges and target paths by account."""
    rows = {account: wedges.table(catalog, "330000", account) for account in wedges.ACCOUNTS}
    return rows, {account: gaps.target_paths(catalog, "330000", account) for account in wedges.ACCOUNTS}


NAMES = [
    "frozen",
    "plans_looked_back",
    "outlook",
    "headline",
    "target",
    "sparkline",
    "intensity_paths",
    "outlook_energy",
    "peak_by_year",
    "provinces",
    "coverage_measured",
    "reliability",
    "by_origin",
    "replayed",
    "by_field",
    "subsectors",
    "fuel_groups",
    "four_indicators",
    "verdict_counts",
    "indicator",
    "waterfall",
    "waterfalls",
    "energy_total",
    "co2_total",
    "energy_rates",
    "carbon_rates",
    "against_plans",
    "rate_differences",
    "assessment",
    "coverage",
    "rank_intervals",
    "tiles",
    "boundaries",
    "beside",
    "tier_sums",
    "city_inventories",
    "other_inventories",
    "wedge_areas",
    "gantt",
    "front",
]


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_chart(draw: dict[str, Callable[[str], Chart]], name: str, lang: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = draw[name](lang), draw[name](lang)
    assert one == other, "drawn twice, the same"
    root = ET.fromstring(one.svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not DATE.search(one.svg)
    assert "<text" not in one.svg, "text is drawn as shapes"
    assert not re.search(r'href="(?!#)|url\((?!#)', one.svg), "nothing is loaded"
    assert (one.width, one.height) > (0, 0)
    assert len(one.alt) > 20
    assert not re.search(r"\bnan\b|None|<|inf\b", one.alt), one.alt
    assert bool(re.search("[\u4e00-\u9fff]", one.alt)) == (lang == "zh"), one.alt


def test_a_phone_sees_the_last_year_of_a_fan(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: list[Figure] = []

    def kept(figure: Figure, *args: Any, **kwargs: Any) -> Chart:
        figures.append(figure)
        return style.finish(figure, *args, **kwargs)

    for module in (outlooks_charts, pathways_charts):
        monkeypatch.setattr(module, "finish", kept)
    rows = paths.fields(catalog, "330000")
    made = [
        outlooks_charts.outlook(catalog, rows, "total", "en", 2025),
        outlooks_charts.headline(catalog, rows, "en"),
        pathways_charts.intensity_paths(catalog, ahead.ways(catalog, "330000"), "en"),
    ]
    assert all(chart.narrow and chart.narrow.width == style.PHONE for chart in made)
    for figure in figures[1::2]:
        assert figure.get_size_inches()[0] == style.PHONE
        for axes in figure.axes:
            last = max(float(line.get_xdata()[-1]) for line in axes.lines if len(line.get_xdata()))
            assert max(axes.get_xticks()) == last
            assert axes.transData.transform((last, 0))[0] < figure.bbox.width


@pytest.mark.parametrize("region", ["320000", "640000"])
def test_a_province_without_targets_and_scenarios_has_its_outlook(catalog: Catalog, region: str) -> None:
    chart = outlooks_charts.headline(catalog, paths.fields(catalog, region), "en")
    assert catalog.label("regions", region, "en") in chart.subtitle
    assert "allows" not in chart.alt


def test_letters_that_are_too_small_are_refused() -> None:
    with style.canvas() as figure:
        figure.text(0.1, 0.5, "small", fontsize=8)
        with pytest.raises(ValueError, match=r"below 8\.25 points"):
            style.finish(figure, "nothing")


def test_values_are_told_under_the_pointer(draw: dict[str, Callable[[str], Chart]]) -> None:
    chart = draw["outlook"]("zh")
    said = re.findall(r"<title>([^<]*)</title>", chart.svg)
    assert "2022: 4.41亿吨" in said
    assert chart.narrow
    assert "<title>" not in chart.narrow.svg, "nobody points on a phone"
    assert "建筑 2022: 0." in " ".join(re.findall(r"<title>([^<]*)</title>", draw["by_field"]("zh").svg))


def test_a_fan_that_is_too_wide_is_a_sentence(catalog: Catalog) -> None:
    rows = paths.fields(catalog, "330000")
    wide = rows.assign(hi80=5 * rows["lo80"])
    shown, hidden = (outlooks_charts.outlook(catalog, one, "total", "zh") for one in (rows, wide))
    assert "forecast" in shown.marks
    assert "forecast" not in hidden.marks
    assert hidden.note.startswith("80%区间上下限相差四倍以上，不作图；只报概率。")
    assert "2035" not in hidden.alt


def test_drawings_of_a_page_share_their_letters_and_no_other_id(draw: dict[str, Callable[[str], Chart]]) -> None:
    page = shared("".join(draw[name]("en").html(phone=True) for name in ("outlook", "indicator", "indicator")))
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([\w-]+)', page)) <= set(ids)
    assert page.count("<svg") == page.count('role="img" aria-label="') == 6


def test_every_public_chart_is_drawn_here(draw: dict[str, Callable[[str], Chart]]) -> None:
    public = {
        name
        for module in pkgutil.iter_modules(charts.__path__, "tanfeng.pages.charts.")
        if module.name.rpartition(".")[2] not in {"style", "fans"}  # what figures share; the fan of the what-if panel
        for name, found in vars(importlib.import_module(module.name)).items()
        if callable(found)
        and getattr(found, "__annotations__", {}).get("return") == "Chart"
        and name not in {"finish"}
        and name[0] != "_"
    }
    assert public == {
        "frozen",
        "front",
        "gantt",
        "wedge_areas",
        "plans_looked_back",
        "rank_intervals",
        "tiles",
        "boundaries",
        "beside",
        "tier_sums",
        "city_inventories",
        "outlook",
        "headline",
        "sparkline",
        "intensity_paths",
        "peak_by_year",
        "provinces",
        "coverage_measured",
        "reliability",
        "by_origin",
        "replayed",
        "by_field",
        "composition",
        "four_indicators",
        "verdict_counts",
        "indicator",
        "waterfall",
        "waterfalls",
        "assessment",
        "coverage",
        "other_inventories",
        "totals",
        "rates",
        "against_plans",
        "rate_differences",
    }
    assert set(draw) == set(NAMES)


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("table", CODE_LISTS)
def test_every_name_has_its_glyphs(live: Catalog, table: str, lang: str) -> None:
    names = sorted({str(name) for name in live.read(table)[lang] if name})
    with style.canvas((8, 20)) as figure:
        for number, start in enumerate(range(0, len(names), 40)):
            figure.text(0.01, 0.01 + number / 100, " ".join(names[start : start + 40]).replace("$", r"\$"))
        assert "<path" in style.finish(figure, "names").svg


def test_a_character_that_no_font_has_is_drawn_as_a_box() -> None:
    with style.canvas() as figure:
        figure.text(0.1, 0.5, "\u0e01")
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            found = style.finish(figure, "a box").svg
    with style.canvas() as figure:
        figure.text(0.1, 0.5, "\u0e02")
        with pytest.warns(UserWarning, match="Glyph"):
            other = style.finish(figure, "a box").svg
    assert re.search(r'<path id="[^"]*" d="m[^"]{20,}"', found), "the outline of a box"
    assert found == other


def test_a_name_without_its_glyphs_breaks_no_chart() -> None:
    code = (
        "from tanfeng.pages.charts import style\n"
        "with style.canvas() as figure:\n"
        "    figure.text(0.1, 0.5, '\u0e01 $x_{')\n"
        "    print(style.finish(figure, 'a box').svg[:4])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "<svg\n", "")


def test_the_address_is_the_svg_and_fits_an_attribute(draw: dict[str, Callable[[str], Chart]]) -> None:
    from urllib.parse import unquote

    chart = draw["verdict_counts"]("zh")
    assert unquote(chart.address) == "data:image/svg+xml," + chart.svg.replace("\n", " ")
    assert not set(chart.address) & set("<>\"'&#\n")
    assert len(chart.address) < 0.9 * len(chart.svg) * 4 / 3


def test_estimates_hollow_and_pale(catalog: Catalog) -> None:
    years = [2018, 2019, 2020]
    frame = pd.DataFrame({"indicator": "co2_total", "year": years, "value": [1.0, 2.0, 3.0]})
    drawn = {}
    for status in ("reported", "estimate", "adjusted"):
        rows = frame.assign(status=["reported", "reported", status], unit="Mt CO2", source_id="")
        others = rows.assign(indicator="energy_intensity_change"), rows.assign(indicator="carbon_intensity_change")
        every = pd.concat([rows, rows.assign(indicator="energy_consumption"), *others])
        drawn[status] = indicators_charts.four_indicators(catalog, every, "zh").svg
    assert len(set(drawn.values())) == 3


@pytest.mark.parametrize(
    ("statuses", "dotted", "solid"),
    [
        (["reported"] * 4, [], [4]),
        (["reported", "reported", "estimate", "reported"], [3], [2, 1]),
        (["reported", "adjusted", "estimate", "estimate"], [3], [2]),
        (["estimate", "reported", "reported", "estimate"], [2, 2], [2]),
        (["estimate"] * 4, [4], []),
    ],
)
def test_a_line_is_solid_where_published_and_dotted_to_an_estimate(
    statuses: list[str], dotted: list[int], solid: list[int]
) -> None:
    rows = pd.DataFrame({"year": range(2018, 2022), "status": statuses, "value": [1.0, 2.0, 3.0, 4.0]})
    with style.canvas() as figure:
        axes = figure.subplots()
        style.draw_history(axes, rows, "value", "#000000")
        lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    assert [len(line.get_xdata()) for line in lines if line.get_linestyle() == "--"] == dotted
    assert [len(line.get_xdata()) for line in lines if line.get_linestyle() == "-"] == solid


def test_a_derived_rate_is_drawn_hollow(catalog: Catalog) -> None:
    rows = indicators.by_scope(catalog, "330000")
    reported = rows.assign(status="reported")
    drawn = [intensities_charts.rates(catalog, frame, "energy_intensity", "zh") for frame in (rows, reported)]
    assert drawn[0].svg != drawn[1].svg
    assert drawn[0].alt == drawn[1].alt


def test_what_is_not_published_is_named_in_the_chart_of_the_plans(draw: dict[str, Callable[[str], Chart]]) -> None:
    chart = draw["against_plans"]("zh")
    assert "规划要求 −14.5%, 逐年变化率连乘 未公布" in chart.alt
    assert "−8.26%" in chart.alt


BARE = """
import matplotlib as mpl, warnings
from matplotlib import font_manager
own = str(mpl.get_data_path())
font_manager.fontManager.ttflist = [f for f in font_manager.fontManager.ttflist if f.fname.startswith(own)]
assert font_manager.fontManager.ttflist
warnings.simplefilter("error")
from pathlib import Path
from tanfeng.pages.charts import archive as archive_charts
from tanfeng.pages.charts import coverage as coverage_charts
from tanfeng.pages.charts import indicators as indicators_charts
from tanfeng.pages.charts import intensities as intensities_charts
from tanfeng.pages.charts import league as league_charts
from tanfeng.pages.charts import lookback as lookback_charts
from tanfeng.pages.charts import outlooks as outlooks_charts
from tanfeng.pages.charts import pathways as pathways_charts
from tanfeng.pages.charts import peaks as peaks_charts
from tanfeng.pages.charts import pulse as pulse_charts
from tanfeng.pages.charts import roadmap as roadmap_charts
from tanfeng.pages.charts import structure as structure_charts
from tanfeng.pages.charts import style as style_charts
from tanfeng.pages.charts import verdicts as verdicts_charts
from tanfeng.pages.charts import waterfall as waterfall_charts
from tanfeng.data.catalog import Catalog
import sys
chart = structure_charts.by_field(Catalog(Path(sys.argv[1])), "330000", "zh")
assert "zhplot" in str(style_charts.register_font())
sys.stdout.write(chart.svg)
"""


def test_without_a_font_cache_and_without_a_chinese_font(
    catalog: Catalog, draw: dict[str, Callable[[str], Chart]], tmp_path: Path
) -> None:
    places = {name: str(tmp_path / name) for name in ("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for folder in places.values():
        Path(folder).mkdir()
    command = [sys.executable, "-c", BARE, str(catalog.root)]
    run = subprocess.run(command, env={**os.environ, **places}, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == draw["by_field"]("zh").svg


class TestMarks:
    """The key below a figure names how its lines tell published figures from others."""

    @pytest.mark.parametrize(
        ("name", "marks"),
        [
            ("outlook", ("reported", "adjusted", "forecast")),
            ("outlook_energy", ("reported", "adjusted", "forecast")),
            ("intensity_paths", ("reported", "adjusted", "estimate", "forecast")),
            ("four_indicators", ("reported", "adjusted", "pale")),
            ("by_field", ()),
            ("carbon_rates", ("hollow",)),
            ("indicator", ()),
            ("verdict_counts", ()),
        ],
    )
    def test_what_is_drawn_is_named(
        self, draw: dict[str, Callable[[str], Chart]], name: str, marks: tuple[str, ...]
    ) -> None:
        assert draw[name]("zh").marks == marks

    def test_each_has_its_words(self, catalog: Catalog) -> None:
        known = set(catalog.read("words")["id"])
        assert {f"mark_{name}" for name in (*style.STATUSES, style.PALE, style.HOLLOW)} <= known


class TestNamesOfLines:
    @given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 9)), min_size=1, max_size=8))
    def test_names_never_overlap_and_keep_their_order(self, given_ends: list[tuple[float, float]]) -> None:
        heights, sizes = zip(*sorted(given_ends), strict=True)
        placed = style._apart(heights, sizes)
        gaps = [later - before for before, later in pairwise(placed)]
        assert all(gap >= (sizes[k] + sizes[k + 1]) / 2 - 1e-9 for k, gap in enumerate(gaps))
        assert sum(placed) == pytest.approx(sum(heights))

    def test_names_that_are_apart_stay_where_they_are(self) -> None:
        assert style._apart([1.0, 20.0, 40.0], [5.0, 5.0, 5.0]) == [1.0, 20.0, 40.0]

    def test_a_name_above_the_axes_is_drawn(self) -> None:
        with style.canvas() as figure:
            axes = figure.subplots()
            axes.set_ylim(0, 10)
            style.name_ends(axes, [(1.0, 9.9, "upper", "k"), (1.0, 9.9, "lower", "k"), (1.0, 9.9, "third", "k")])
            figure.canvas.draw()
            assert all(name.get_window_extent().height > 0 for name in axes.texts)
            assert [name.get_annotation_clip() for name in axes.texts] == [False] * 3
