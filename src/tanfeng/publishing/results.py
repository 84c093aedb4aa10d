"""What the methods give with the tables of today: the generated tables of `docs/methods/`.

They are tables of the pages, in the same layouts, written as Markdown; `tanfeng.publishing.documents` puts those of a
page between its marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.settings import settings
from tanfeng.facts import accounts, by_plan, decomposition, league, uncertainty
from tanfeng.facts.plans import closed
from tanfeng.facts.recalculation import against_published, by_factor_set, years
from tanfeng.facts.sites import default_year, parts
from tanfeng.forecast import calibration
from tanfeng.outlook import committed, nowcast, origins, peak, skill
from tanfeng.pages.layout import COUNT, LABEL, YEAR, Column, Layout, between, choice, number, own, tonnes
from tanfeng.pages.reports import barometers as barometers_report
from tanfeng.pages.reports import coverage as coverage_report
from tanfeng.pages.reports import data as data_report
from tanfeng.pages.reports import emitters as emitters_report
from tanfeng.pages.reports import hindcasts as hindcasts_report
from tanfeng.pages.reports import indicators as indicators_report
from tanfeng.pages.reports import league as league_report
from tanfeng.pages.reports import least_cost as least_cost_report
from tanfeng.pages.reports import lookback as lookback_report
from tanfeng.pages.reports import methods as methods_report
from tanfeng.pages.reports import peak as peak_report
from tanfeng.pages.reports import roadmap as roadmap_report
from tanfeng.pages.table import Table
from tanfeng.roadmap import gaps, least_cost
from tanfeng.targets import verdict
from tanfeng.targets.lookback import archive, barometer, hindcasts, plans

LANG = "en"  # of the documents on methods
Shown = tuple[str, Layout, Any]  # caption, layout, rows

# rows that no page shows as a table
FIELDS = Layout(tuple(one for one in data_report.INTERVALS.columns if one.key in {"field", "co2_mt", "status"}))
KAYA = Layout((
    Column("period", "Plan", LABEL),
    Column("factor", "Factor", LABEL),
    Column("effect_mt", "Effect", tonnes()),
    Column("status", "Status", LABEL),
))  # fmt: skip
UNITS = Layout((
    Column("en", "Unit", LABEL),
    Column("first_year", "First whole year", YEAR),
    Column("gw", "Capacity", number(2), "GW"),
))  # fmt: skip
OUTPUT = Layout((
    Column("year", "Year", YEAR),
    Column("output_twh", "Output beyond past growth", number(1), "TWh"),
))  # fmt: skip
EXPECTED = Layout((
    Column("measure", "Made-up targets", choice(hindcasts_report.MEASURES)),
    Column("brier", "Brier score", number(3)),
    Column("expected", "If right", number(3)),
    Column("range", "95 % of worlds", between("low", "high", number(3)), kind="number"),
    Column("within_bar", f"Worlds at most {hindcasts.BAR}", number(0, 100), "%"),
    Column("far_off", f"Worlds with a class over {100 * hindcasts.FAR:.0f} points off", number(0, 100), "%"),
))  # fmt: skip
COUNTS = Layout((Column("verdict", "Answer", LABEL), Column("count", "Counted targets", COUNT)))
KNOWN = Layout((
    Column("name", "City", own(), kind="label"),
    *(one for one in emitters_report.PARTS.columns if one.key not in {"name", "share_pct"}),
))  # fmt: skip
BRIER = Layout((
    Column("group", "Group", choice(methods_report.GROUPS, "text")),
    Column("value", "Brier score", number(3)),
    Column("cases", "Cases", COUNT),
))  # fmt: skip
LEARNT = {
    "trend_share": "Share of the trend of R1",
    "width_total": "Width of the 80 % interval of the total in 2030, Mt",
    "width_sum": "The widths of the fields added up, Mt",
    "width_apart": "Width with independent errors, Mt",
    "cases": "Cases that paths take",
    "correlation": "Mean rank correlation of the later errors of two fields",
    "score_ratio_near": "Interval score over that of R1 alone, one to three years ahead",
    "told_said": "No new maximum of the total in years four to eight: said on average, %",
    "told_came": "The share that came, %",
    "score_ratio_far": "Interval score over that of R1 alone, four to eight years ahead",
}
FIGURES = Layout(
    (
        Column("id", "Figure", choice({name: (said, said) for name, said in LEARNT.items()}, "text")),
        Column("value", "Value", number(2)),
    )
)


def results(catalog: Catalog, page: str) -> str:
    """Return the tables of a page of `docs/methods/` with the tables of today, in Markdown.

    Args:
        catalog: the tables.
        page: its name, one of `PAGES`.
    """
    home = settings(catalog.root).home
    return "\n\n".join(
        markdown(layout.table(catalog, rows, LANG, caption)) for caption, layout, rows in PAGES[page](catalog, home)
    )


def markdown(table: Table) -> str:
    r"""Return a table as Markdown: its caption, the cells as text, the note.

    Example:
        >>> from tanfeng.pages.table import Heading
        >>> cells = [{"a": {"text": "x|y"}, "b": {"text": "1"}}]
        >>> heads = [Heading("a", "A"), Heading("b", "B", "Mt", "number")]
        >>> print(markdown(Table("Two columns", heads, cells, "A note.")))
        **Two columns.**
        <BLANKLINE>
        | A | B, Mt |
        |---|---:|
        | x\|y | 1 |
        <BLANKLINE>
        A note.
    """
    heads = [f"{one.label}, {one.unit}" if one.unit else one.label for one in table.columns]
    lines = [[_text(row[one.key]["text"]) for one in table.columns] for row in table.rows]
    rule = "|".join("---:" if one.kind == "number" else "---" for one in table.columns)
    rows = [f"| {' | '.join(map(_text, heads))} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in lines)]
    return "\n\n".join(part for part in (f"**{table.caption}.**", "\n".join(rows), table.note) if part)


def _text(cell: str) -> str:
    """Return a cell in which nothing is Markdown or HTML, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", " ".join(cell.split()))


def _accounts(catalog: Catalog, home: str) -> Iterator[Shown]:
    levels = uncertainty.intervals(catalog, home)
    last = int(levels.query("field == 'total'")["year"].max())
    fields = data_report.of_year(catalog, levels, last)
    yield f"Direct emissions by field, {last}", FIELDS, fields
    yield "The assessment account", data_report.ACCOUNTS, accounts.assessment(catalog, home)


def _balance(catalog: Catalog, home: str) -> Iterator[Shown]:
    last = years(catalog, home)[-3:]
    checked = against_published(catalog, home, *last)
    published = coverage_report.beside_published(catalog, home, checked)
    yield "The balance times factors beside what was published", coverage_report.RECALCULATED, published
    sets = by_factor_set(catalog, home, last[-1])
    yield f"The balance of {last[-1]} by factor set", coverage_report.FACTOR_SETS, sets


def _corrections(catalog: Catalog, home: str) -> Iterator[Shown]:
    shown = coverage_report.corrections(catalog, home)
    yield "Corrections of the home region", coverage_report.CORRECTIONS, shown


def _uncertainty(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Half widths, 95 %", data_report.HALF_WIDTHS, data_report.half_width_frame(catalog)
    levels = uncertainty.intervals(catalog, home)
    last = int(levels.query("field == 'total'")["year"].max())
    yield f"Intervals of {last}", data_report.INTERVALS, data_report.of_year(catalog, levels, last)


def _indicators(catalog: Catalog, home: str) -> Iterator[Shown]:
    changes = by_plan.plan_changes(catalog, home)
    asked = indicators_report.beside_asked(changes, by_plan.requirements(catalog, home))
    yield "Energy and CO2 intensity over the plans, beside what was asked", indicators_report.AGAINST, asked
    every = indicators_report.by_scope(changes)
    yield "Changes by plan and scope", indicators_report.plans(catalog), every
    yield "Chained rates beside published changes", indicators_report.CHAINS, by_plan.chains(catalog, home)


def _decomposition(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Change of CO2 by plan and factor", KAYA, decomposition.kaya(catalog, home)
    yield "Decoupling by plan", indicators_report.DECOUPLING, decomposition.decoupling(catalog, home)


def _intervals(catalog: Catalog, home: str) -> Iterator[Shown]:
    inside = methods_report.inside(skill.coverage(calibration.measured()))
    yield "What the intervals held", methods_report.COVERAGE, inside


def _peaked(catalog: Catalog, home: str) -> Iterator[Shown]:
    rows = calibration.measured().query("measure == 'brier' and year_ahead == 'all'")
    shown = rows[rows["group"].isin(["provinces", "country_total", "country_sector"])]
    yield "P(already peaked) in regions left out", BRIER, shown


def _outlook(catalog: Catalog, home: str) -> Iterator[Shown]:
    learnt = [nowcast.learnt(catalog, field).table for field in nowcast.told_fields(catalog)]
    yield "Drivers of the nowcast", methods_report.LEARNT, pd.concat(learnt)
    joint = ("trend_share", "cases", "correlation", "width_total", "width_sum", "width_apart")
    yield "The paths", FIGURES, _figures(catalog, home, *joint)
    yield "Committed units", UNITS, committed.plants(catalog, home)
    ahead = pd.Index([2028, 2030, 2035])
    made = committed.output(catalog, home, ahead, catalog.as_of_year - 1)
    yield "Their output", OUTPUT, pd.DataFrame({"year": ahead, "output_twh": made.to_numpy()})


def _figures(catalog: Catalog, home: str, *names: str) -> pd.DataFrame:
    rows = methods_report.key_figures(catalog, home).set_index("id", drop=False)
    return rows.loc[list(names)]


def _scenarios(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Probability of a peak by field", peak_report.FIELDS, peak.by_field(catalog, home)
    found = peak.by_scenario(catalog, home)
    yield "Scenarios", peak_report.COMPARED, peak_report.named(catalog, home, found)


def _skill(catalog: Catalog, home: str) -> Iterator[Shown]:
    told = methods_report.by_way(origins.by_origin(catalog))
    yield "Errors of totals by origin", methods_report.ORIGINS, told
    yield (
        "Beside R1 alone",
        FIGURES,
        _figures(catalog, home, "score_ratio_near", "score_ratio_far", "told_said", "told_came"),
    )
    classes = skill.reliability(skill.peaks(catalog))
    yield "No new maximum within five years, provinces left out", methods_report.RELIABILITY, classes


def _backtest(catalog: Catalog, home: str) -> Iterator[Shown]:
    tested = catalog.read("backtest").query("year_ahead == 'all'").sort_values("owa")
    yield "Fields and totals of the provinces left out, five years ahead", methods_report.BACKTEST, tested


def _archive(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "What is frozen", hindcasts_report.FROZEN, archive.frozen_register(catalog)
    scored = archive.summary(archive.scores(catalog, home)).query("cases > 0")
    yield "How it did", hindcasts_report.SUMMARY, scored


def _made_up(catalog: Catalog, home: str) -> Iterator[Shown]:
    found, together = hindcasts.measured(catalog), hindcasts.error_correlation(catalog)
    for measure, rows in found.items():
        head = f"Targets {hindcasts_report.MEASURES[measure][1]}"
        yield head, hindcasts_report.PSEUDO, hindcasts.by_origin(rows)
    yield "By class of the probability said", hindcasts_report.RELIABILITY, hindcasts_report.by_class(found)
    ranges = hindcasts_report.ranges(found, together)
    yield f"Gaps in worlds where probabilities are right, correlation {together:.2f}", hindcasts_report.RANGES, ranges
    scores = [
        {
            "measure": measure,
            "brier": skill.brier(rows)["score"],
            **hindcasts.expected_score(rows, together),
            "far_off": hindcasts.far_off(rows, together),
        }
        for measure, rows in found.items()
    ]
    yield "Scores in such worlds", EXPECTED, scores


def _verdicts(catalog: Catalog, home: str) -> Iterator[Shown]:
    counts = verdict.counts(verdict.judge(catalog, home, closed(catalog)))
    rows = [{"verdict": answer.replace("_", " "), "count": count} for answer, count in counts.items()]
    yield "Answers on the last plan that is over", COUNTS, rows


def _lookback(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Plans that are over", lookback_report.RESULTS, plans.results(catalog, home)
    levels = barometers_report.cited(barometer.replay(catalog, home))
    yield "Barometers", barometers_report.LEVELS, levels


def _league(catalog: Catalog, home: str) -> Iterator[Shown]:
    standing = league.by_measure(catalog, home, "province", home)
    yield "Where the home region stands among the provinces", league_report.MEASURED, standing
    yield "Province, cities and counties", league_report.TIERS, league_report.by_tier(catalog, home)


def _sites(catalog: Catalog, home: str) -> Iterator[Shown]:
    rows = parts(catalog, home).query("row == 'part'")
    yield f"Key emitters by city, {default_year(catalog, home)}", KNOWN, rows


def _roadmap(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Gaps of the targets on CO2 intensity", roadmap_report.GAPS, gaps.gaps(catalog, home)


def _least_cost(catalog: Catalog, home: str) -> Iterator[Shown]:
    yield "Least investment by target", least_cost_report.ANSWERS, least_cost.answers(catalog, home)


PAGES: dict[str, Callable[[Catalog, str], Iterator[Shown]]] = {
    "accounts": _accounts,
    "corrections": _corrections,
    "balance": _balance,
    "uncertainty": _uncertainty,
    "indicators": _indicators,
    "decomposition": _decomposition,
    "intervals": _intervals,
    "peaked": _peaked,
    "backtest": _backtest,
    "outlook": _outlook,
    "scenarios": _scenarios,
    "skill": _skill,
    "archive": _archive,
    "made-up-targets": _made_up,
    "verdicts": _verdicts,
    "lookback": _lookback,
    "league": _league,
    "sites": _sites,
    "roadmap": _roadmap,
    "least-cost": _least_cost,
}
