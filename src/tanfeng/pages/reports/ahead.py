"""The 15th plan and 2030: key figures; targets ahead with what is still needed; the way of CO2 intensity by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations
from tanfeng.forecast import growth
from tanfeng.outlook import scenarios
from tanfeng.pages import sentences, standings, text
from tanfeng.pages.cards import NEWS, SILENT
from tanfeng.pages.figures import figure, gathered
from tanfeng.pages.layout import (
    LABEL,
    NONE,
    PROBABILITY,
    STATUS,
    TO,
    VERDICT,
    YEAR,
    Cell,
    Column,
    Form,
    Layout,
    Row,
    between,
    name,
    number,
    own,
    word,
)
from tanfeng.pages.reports.targets import grouped
from tanfeng.pages.table import Table, pick
from tanfeng.pages.text import CHANCE, GIVEN, INTENSITY
from tanfeng.targets import ahead, intensity, progress, rules, verdict
from tanfeng.targets.ahead import CityIntensity, Milestone
from tanfeng.targets.intensity import Intensity
from tanfeng.targets.progress import Known
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "intensity_direct": ("碳排放强度，直接排放口径", "CO2 intensity, direct account"),
    "intensity_assessment": ("碳排放强度，含外调电测算口径", "CO2 intensity, with imported power"),
    "intensity_paths_figure": (
        "{{ k.reduction_direct.year }}降幅中位数：直接排放口径{{ k.reduction_direct }}，含外调电测算口径{{ k.reduction_assessment }}，要求{{ k.asked_direct }}",
        "Median fall by {{ k.reduction_direct.year }}: direct account {{ k.reduction_direct }}, with imported power {{ k.reduction_assessment }}; asked {{ k.asked_direct }}",
    ),
    "own_intensities": ("本省目标：现状、所需与概率", "Target of the province: position, need, probability"),
    "required": (
        "逐年要求的降幅与实际或预测，直接排放口径（比基年）",
        "Required fall by year, known and likely, direct account (against the base year)",
    ),
    "under_growth": (
        "不同经济增速下达到目标的排放上限",
        "Emissions that meet the target, by growth of GDP",
    ),
    "scenarios": ("情景，直接排放口径", "Scenarios, direct account"),
    "scenarios_assessment": ("情景，含外调电测算口径", "Scenarios, with imported power"),
    "by_scenario": ("情景比较：目标年比基年的降幅", "Scenarios: fall from the base year to the target year"),
    "targets": (
        "{{ page.next_name }}和此后目标的判定",
        "Verdicts on the targets of the {{ page.next_name }} and later ones",
    ),
    "targets_table": ("判定、最近公布数与所需进度", "Verdict, latest published figure and pace"),
    "national": ("全国目标：{plan}", "National targets: {plan}"),
    "national_intensities": (
        "以全国要求为参照（不是本省目标）",
        "Held against the national requirement (not a target of the province)",
    ),
    "cities": ("设区市目标的判定", "Verdicts on the targets of cities"),
    "cities_table": ("有目标的设区市", "Cities with targets"),
}
CARDS = {
    "p_direct": (
        "下降{{ k.asked_direct }}的概率，直接排放口径",
        "Probability of a fall by {{ k.asked_direct }}, direct account",
    ),
    "p_assessment": (
        "下降{{ k.asked_direct }}的概率，含外调电测算口径",
        "Probability of a fall by {{ k.asked_direct }}, with imported power (own account)",
    ),
    "reduction_direct": (
        "{{ k.reduction_direct.year }}降幅中位数，直接排放口径",
        "Median fall by {{ k.reduction_direct.year }}, direct account",
    ),
    "growth_ahead": (
        "至{{ k.growth_ahead.year }}经济年均增速",
        "Growth of GDP a year, to {{ k.growth_ahead.year }}",
    ),
}

NATIONAL = "100000"
TESTED_YEARS = RECENT_YEARS = 5


def key_figures(catalog: Catalog, region: str, found: list[Milestone]) -> pd.DataFrame:
    """Return the key figures of the report on what lies ahead; `found` is the result of `ahead.ahead`.

    Nothing is told of CO2 intensity where the region, or the nation, has no target on it ahead.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = key_figures(catalog, "330000", ahead.ahead(catalog, "330000")).set_index("id")
        >>> round(float(rows.at["fall_direct", "value"]), 1), rows.at["fall_direct", "period"]
        (-56.9, '2005/2022')
    """
    return gathered((catalog, region), _own, _held_against, lambda *_: _counts(found))


def _own(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    ways = ahead.ways(catalog, region)
    rows = [row for way in ways for row in _way(catalog, region, way)]
    return [*rows, *_growth(catalog, region, ways[0]), *_moved(catalog, region, ways)]


def _held_against(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    return [row for way in ahead.ways(catalog, region, NATIONAL) for row in _benchmark(way)]


def _way(catalog: Catalog, region: str, way: Intensity) -> list[dict[str, Any]]:
    known = intensity.emissions(catalog, region, way.account, way.base)
    sources = observations.joined(known["source_id"])
    low, high = way.interval()
    limit, rate = intensity.emissions_needed(way, float(np.median(way.growth)))
    of, due, left = way.account, str(way.year), f"{way.since}/{way.year}"
    since, base = way.rows.set_index("year").loc[way.since], known.loc[way.base]
    return [
        figure("fall", -way.reached(way.last), "%", f"{way.base}/{way.last}", "estimate", sources, of=of),
        figure("reduction", way.median, "%", due, "forecast", lo80=low, hi80=high, of=of),
        figure("asked", way.reduction_pct, "%", due, "reported", of=of, shown=GIVEN),
        figure("p", 100 * way.probability, "%", due, "forecast", of=of, shown=CHANCE),
        figure("needed", way.rate(), "%", left, "estimate", of=of),
        _since(way, "intensity_recent"),
        figure("limit", limit, "Mt CO2", due, "estimate", of=of),
        figure("limit_rate", rate, "%", left, "estimate", of=of),
        figure("co2_since", since["co2_mt"], "Mt CO2", way.since, since["status"], of=of),
        figure("base", base["co2_mt"], "Mt CO2", way.base, base["status"], of=of),
    ]


def _since(way: Intensity, name: str) -> dict[str, Any]:
    years = f"{way.last - RECENT_YEARS}/{way.last}"
    return figure(name, way.recent_rate(RECENT_YEARS), "%", years, "estimate", of=way.account, shown=INTENSITY)


def _benchmark(way: Intensity) -> list[dict[str, Any]]:
    of = way.account
    return [
        figure("benchmark_reduction", way.median, "%", way.year, "forecast", of=of),
        figure("p_benchmark", 100 * way.probability, "%", way.year, "forecast", of=of, shown=CHANCE),
        figure("benchmark_needed", way.rate(), "%", f"{way.since}/{way.year}", "estimate", of=of),
        _since(way, "benchmark_intensity_recent"),
    ]


def _growth(catalog: Catalog, region: str, way: Intensity) -> list[dict[str, Any]]:
    rows = indicators.yearly(catalog, "gdp_real_growth", region)
    last, rates = rows.iloc[-1], rows["value"].to_numpy(dtype="float64")
    low, middle, high = np.quantile(way.growth, [0.1, 0.5, 0.9])
    past = growth.backtest(rates, TESTED_YEARS)
    inside = past["came"].between(past["lo80"], past["hi80"])
    found = [
        figure("growth_last", last["value"], "%", last["year"], last["status"], last["source_id"]),
        figure("growth_ahead", middle, "%", way.year, "forecast", lo80=low, hi80=high),
        figure("growth_paths", len(growth.ratios(rates, way.year - int(last["year"]))), "figures", "", "estimate"),
        figure("growth_cases", len(past), "figures", "", "estimate"),
        figure("growth_inside", int(inside.sum()), "figures", "", "estimate"),
    ]
    errors = {"said": "growth_error", "held": "growth_error_held", "r1": "growth_error_r1"}
    return found + [figure(name, _error(past, column), "pp", "", "estimate") for column, name in errors.items()]


def _error(past: pd.DataFrame, column: str) -> float:
    return float(np.sqrt(((past[column] - past["came"]) ** 2).mean()))


def _moved(catalog: Catalog, region: str, ways: list[Intensity]) -> list[dict[str, Any]]:
    """Return the probability of each scenario by account, and what dependence between growth and emissions changes."""
    found = []
    for way in ways:
        rows = intensity.by_scenario(catalog, region, way.base, way.year, way.reduction_pct, way.account).iloc[1:]
        found += [
            figure("p", 100 * row.probability, "%", way.year, "forecast", of=(row.scenario, way.account), shown=CHANCE)
            for row in rows.itertuples()
        ]
        same, opposite = intensity.coupled(catalog, region, way)
        found += [
            figure("p_same", 100 * same, "%", way.year, "forecast", of=way.account, shown=CHANCE),
            figure("p_opposite", 100 * opposite, "%", way.year, "forecast", of=way.account, shown=CHANCE),
        ]
    return found


def _counts(found: list[Milestone]) -> list[dict[str, Any]]:
    counts = verdict.counts([one.verdict for one in found])
    rows = [figure("ahead", int(counts[name]), "targets", "", "reported", of=name) for name in VERDICTS]
    return [figure("counted_ahead", int(counts.sum()), "targets", "", "reported"), *rows]


SHORT = {"direct": ("直接口径", "direct"), "assessment": ("含外调电测算口径", "with imported power")}
ACCOUNT = word("account_", "text")


def _emitted(catalog: Catalog, value: float, lang: str) -> str:
    return text.amount(catalog, value, "Mt CO2", lang, None if lang == "zh" else 1)


def _done(catalog: Catalog, row: Row, lang: str) -> str:
    if row["last"] == row["base"]:
        return NONE
    return text.number(row["done"], 1) + text.bracketed(text.period(str(row["last"]), lang), lang)


def intensities(catalog: Catalog, ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return where CO2 intensity stands on each account (a way each), what it needs, and how likely that is."""
    base, since, last, due = ways[0].base, ways[0].since, ways[0].last, ways[0].year
    columns = (
        Column("account", ("口径", "Account"), ACCOUNT),
        Column("done", ("已下降", "So far"), _done, "%", "number"),
        Column("said", (f"{due}年降幅中位数", f"Median, {due}"), number(1), "%"),
        Column("range", ("80%区间", "80% interval"), between("low", "high", number(1), mark=TO), "%", "label"),
        Column("rate", (f"{since + 1}—{due}年须年均", f"Needed {since}–{due}"), number(1), "%"),
        Column("recent", (f"{last - 4}—{last}年年均", f"Was {last - 5}–{last}"), number(1), "%"),
        Column("chance", ("概率", "Probability"), PROBABILITY),
    )
    zh = f"降幅为比{base}年；所需年均变化自{since}年末起算，该年为预测的取中位数。"
    en = (
        f"Falls are against {base}. Rates are changes a year; what is needed counts from the end of {since}, from the "
        "median where that year is a forecast."
    )
    rows = [
        {
            **vars(way), "done": way.reached(way.last), "said": way.median, "chance": way.probability,
            "low": way.interval()[0], "high": way.interval()[1], "rate": way.rate(), "recent": way.recent_rate(),
        }
        for way in ways
    ]  # fmt: skip
    return Layout(columns, (zh, en)).table(catalog, rows, lang, caption)


def required(catalog: Catalog, way: Intensity, lang: str, caption: str, first: int = 2020) -> Table:
    """Return the required reduction by year, from a first one on, beside what is known and likely."""
    columns = (
        Column("year", ("年份", "Year"), YEAR),
        Column("linear_pct", (f"自{way.base}年等额", f"Steps from {way.base}"), number(1), "%"),
        Column("compound_pct", (f"自{way.base}年等率", f"Rate from {way.base}"), number(1), "%"),
        Column("needed_pct", (f"自{way.since}年等率", f"Rate from {way.since}"), number(1), "%"),
        Column("index_pct", ("实际或预测降幅", "Known or median"), number(1), "%"),
        Column("range", ("80%区间", "80% interval"), between("hi80", "lo80", number(1), "", TO), "%", "label"),
        Column("status", ("状态", "Status"), STATUS),
    )
    rows = way.rows[way.rows["year"] >= first].copy()
    levels = ["linear_pct", "compound_pct", "needed_pct", "index_pct", "lo80", "hi80"]
    rows[levels] = 100 - rows[levels]
    return Layout(columns, rules=("change",)).table(catalog, rows, lang, caption)


def _from(catalog: Catalog, row: Row, lang: str) -> str:
    when, status = text.period(str(row["year"]), lang), text.word(catalog, f"status_{row['status']}", lang)
    return _emitted(catalog, row["co2_mt"], lang) + text.bracketed(f"{when}{pick(text.COMMA, lang)}{status}", lang)


def under_growth(catalog: Catalog, ways: Sequence[Intensity], rates: Sequence[float], lang: str, caption: str) -> Table:
    """Return what emissions may be at some growth of GDP a year after its last published year, and their change."""
    due = ways[0].year
    columns = (
        Column("account", ("口径", "Account"), ACCOUNT),
        Column("growth", ("经济年均增速", "Growth of GDP"), number(1), "%"),
        Column("allowed", (f"{due}年排放上限", f"Emissions in {due}, at most"), Form(_emitted)),
        Column("from", ("起算排放", "Counted from"), _from, kind="number"),
        Column("rate", ("年均变化", "Change a year"), number(1), "%"),
    )
    rows = [
        {
            **way.rows[way.rows["year"] == way.since].iloc[0], "account": way.account, "growth": growth,
            **dict(zip(("allowed", "rate"), intensity.emissions_needed(way, growth), strict=True)),
        }
        for way in ways
        for growth in rates
    ]  # fmt: skip
    return Layout(columns).table(catalog, rows, lang, caption)


# rows of `by_scenario`: what each scenario gives for a reduction, account by account
SCENARIOS = Layout(
    (
        Column("name", ("情景", "Scenario"), own()),
        Column("growth_pct", ("经济增速", "GDP"), number(1), "%"),
        *(
            Column(f"{key}_{of}", (f"{account}{zh}", f"{en}, {short}"), form, unit)
            for of, (account, short) in SHORT.items()
            for key, zh, en, form, unit in (
                ("median_pct", "降幅中位数", "Fall", number(1), "%"), ("probability", "概率", "Chance", PROBABILITY, ""),
            )
        ),
    ),
    ("", "GDP: median growth a year. Fall: median. Chance: probability of what is asked."),
)  # fmt: skip


def by_scenario(catalog: Catalog, region: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return growth, names, and by account the results of `tanfeng.targets.intensity.by_scenario`, a row a scenario."""
    names = scenarios.descriptions(catalog, region).set_index("id")[["zh", "en"]]
    wide = {of: rows.set_index("scenario") for of, rows in frames.items()}
    growth = next(iter(wide.values()))[["growth_pct"]]
    return growth.join([names, *(rows.add_suffix(f"_{of}") for of, rows in wide.items())])


def _asked_ahead(catalog: Catalog, row: Row, lang: str) -> str:
    target = row["one"].verdict.target
    return sentences.target_name(target, lang) + pick(text.COLON, lang) + sentences.target_value(catalog, target, lang)


def _latest(catalog: Catalog, row: Row, lang: str) -> Cell:
    """Return the latest figure, as the evidence has it; without one that which the reason names, or that none is."""
    one: Milestone = row["one"]
    latest, judged, unit = one.latest, one.verdict, str(one.verdict.target["unit"])
    if latest is None:
        seen = next((row for row in judged.evidence if row["role"] == "latest"), None)
        if seen is None or seen["status"] not in rules.ANSWERING:
            return text.word(catalog, "not_published", lang)
        period, source, shown = seen["period"], seen["source_id"], text.figure(catalog, seen, lang, unit)
    else:
        period, source = latest.period, latest.source_id
        seen = next((row for row in judged.evidence if (row["period"], row["source_id"]) == (period, source)), None)
        shown = standings.figure(catalog, judged, latest.value, lang)
        if seen and seen["indicator"] == judged.target["indicator"]:
            shown = text.figure(catalog, seen, lang, unit)
    return {"text": shown + text.bracketed(text.period(period, lang), lang), "source": source.split()}


def _needs(catalog: Catalog, row: Row, lang: str) -> str:
    rates = [(way, way.since, way.year, way.rate()) for way in row["ways"]]
    return _on_accounts(rates, lang) or _needed(catalog, row["one"], lang)


def _paces(catalog: Catalog, row: Row, lang: str) -> str:
    rates = [(way, way.last - RECENT_YEARS, way.last, way.recent_rate(RECENT_YEARS)) for way in row["ways"]]
    return _on_accounts(rates, lang) or _recent(catalog, row["one"], lang)


def _on_accounts(rates: Sequence[tuple[Intensity, int, int, float]], lang: str) -> str:
    """Return yearly rates of CO2 intensity by account in words, with their years; empty without any."""
    parts = []
    for way, first, last, rate in rates:
        years = text.period(f"{first}/{last}", lang)
        zh = f"{years}年均{'下降' if rate < 0 else '上升'}{text.percent(abs(rate))}"
        shown = pick((zh, f"{text.percent(rate)} a year, {years}"), lang)
        parts.append(pick(SHORT[way.account], lang) + pick(text.COLON, lang) + shown)
    return pick(("；", "; "), lang).join(parts)


def _needed(catalog: Catalog, one: Milestone, lang: str) -> str:
    """Return the yearly change still needed with its years; where years are over without a figure, the distance."""
    required, latest = one.verdict.required, one.latest
    if latest is None or required is None:
        return NONE
    if one.pace == progress.REACHED:
        return text.word(catalog, f"track_{one.pace}", lang)
    left = progress.years_ahead(latest.end, required.year, catalog.as_of_year)
    if left is None or one.required_pace is None:
        return _distance(catalog, one.verdict, required.value, latest, lang)
    years = text.period(f"{left[0] - 1}/{left[1]}", lang)
    change = standings.yearly(catalog, one.verdict, one.required_pace, lang)
    return pick((f"{years}{change}", f"{change}, {years}"), lang)


def _distance(catalog: Catalog, verdict: Verdict, asked: float, latest: Known, lang: str) -> str:
    """Return how far the last published figure is from the target, with as many decimals as the two have."""
    unit, scale = standings.unit(catalog, verdict)
    digits = max(_decimals(value * scale) for value in (asked, latest.value))
    missing = round((asked - latest.value) * scale, digits)
    size = text.amount(catalog, abs(missing), standings.POINTS if unit == "%" else unit, lang)
    when = text.period(latest.period, lang)
    zh = f"{'尚差' if missing > 0 else '尚高'}{size}（按{when}数）"
    return pick((zh, f"{size} {'short' if missing > 0 else 'above'}, by the figure of {when}"), lang)


def _decimals(value: float) -> int:
    return len(text.number(round(value, 6)).partition(".")[2])


def _recent(catalog: Catalog, one: Milestone, lang: str) -> str:
    """Return the yearly change of the last years, and whether it is enough."""
    if one.latest is None:
        return NONE
    if one.recent_pace is None:
        return text.word(catalog, f"track_{progress.INSUFFICIENT_DATA}", lang)
    shown = standings.yearly(catalog, one.verdict, one.recent_pace, lang)
    if one.pace in {progress.REACHED, progress.INSUFFICIENT_DATA}:
        return shown
    return shown + pick(text.COMMA, lang) + text.word(catalog, f"track_{one.pace}", lang)


# targets ahead (`one`, with the `ways` of CO2 intensity): verdict, latest figure, required and recent pace
TARGETS = Layout((
    Column("id", ("编号", "No."), LABEL),
    Column("name", ("目标", "Target"), _asked_ahead, cites="source_id"),
    Column("verdict", ("判定", "Verdict"), VERDICT),
    Column("latest", ("最近公布", "Latest published"), _latest),
    Column("needed", ("后续所需", "Still needed"), _needs),
    Column("recent", ("近年实际与进度", "Recent pace"), _paces),
), rules=("change", "pace"), stacked=True, empty=("数据表中没有尚未到期的目标。", "The tables hold no target ahead."))  # fmt: skip


def targets(catalog: Catalog, found: Sequence[Milestone], ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return the targets of `ahead.ahead`, as news come; that on CO2 intensity by `ways` on this project's accounts."""
    rows = [
        {
            **one.verdict.target, "one": one, "verdict": one.verdict.answer,
            "ways": ways if one.verdict.target["indicator"] == ahead.INTENSITY else (),
        }
        for one in sorted(found, key=lambda one: (*NEWS, SILENT).index(one.verdict.answer))
    ]  # fmt: skip
    groups = grouped(catalog, [row["verdict"] for row in rows], lang)
    return TARGETS.table(catalog, rows, lang, caption, groups=groups)


def _after_name(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the reason of a verdict without the name of the target, which stands beside it."""
    named = sentences.target_name(row["one"].target, lang) + pick(text.COLON, lang)
    reason = sentences.reason(catalog, row["one"], lang).removeprefix(named)
    return reason[0].upper() + reason[1:]


# rows of `cities`: the verdicts on the targets of cities, city by city
CITIES = Layout((
    Column("region", ("设区市", "City"), name("regions")),
    Column("id", ("编号", "No."), LABEL),
    Column("name", ("目标", "Target"), lambda catalog, row, lang: sentences.target_name(row["one"].target, lang)),
    Column("verdict", ("判定", "Verdict"), VERDICT),
    Column("reason", ("依据", "Reason"), _after_name, cites="cited"),
), stacked=True)  # fmt: skip


def cities(catalog: Catalog, judged: Sequence[Verdict]) -> list[Row]:
    """Return the targets of `ahead.city_verdicts` with the verdict (`one`), its answer and what is cited."""
    known = [ahead.city_intensity(catalog, one) for one in judged]
    return [
        {
            **one.target, "one": one, "verdict": one.answer,
            "cited": " ".join([one.target["source_id"], *([found.source_id] if found else [])]),
        }
        for one, found in zip(judged, known, strict=True)
    ]  # fmt: skip


def official(catalog: Catalog, found: Sequence[Milestone], lang: str) -> str:
    """Return what the published figures say of the target on CO2 intensity: the reason of its answer.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> official(open_catalog(), ahead.ahead(open_catalog(), "330000"), "zh")[:17]
        '单位地区生产总值二氧化碳排放降低：'
    """
    own = [one.verdict for one in found if one.verdict.target["indicator"] == ahead.INTENSITY and one.verdict.counts]
    return sentences.reason(catalog, own[0], lang) if own else ""


def standing(found: Sequence[Milestone], lang: str) -> str:
    """Return which targets but that on CO2 intensity are met, which missed, and which have no public evidence.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> standing(ahead.ahead(open_catalog(), "330000"), "zh")[:4]
        '已完成：'
    """
    heads = {"met": ("已完成", "met"), "missed": ("未完成", "missed"), SILENT: ("无公开依据", "no public evidence")}
    parts = []
    for answer, head in heads.items():
        judged = [one.verdict.target for one in found if one.verdict.counts and one.verdict.answer == answer]
        names = [str(target[lang]) for target in judged if target["indicator"] != ahead.INTENSITY]
        if names:
            listed = pick(text.LIST, lang).join(dict.fromkeys(names))
            parts.append(f"{pick(head, lang)}{pick(text.COLON, lang)}{listed}")
    told = pick(("；", "; "), lang).join(parts)
    return told[:1].upper() + told[1:] + pick(text.STOP, lang) if told else ""


def city_notes(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> str:
    """Return what is known of the CO2 intensity of every city that has a target on it (see `city_sentence`)."""
    found = [(one.target["region"], ahead.city_intensity(catalog, one)) for one in judged]
    told = [city_sentence(catalog, city, known, lang) for city, known in found if known is not None]
    return pick(("", " "), lang).join(told)


def city_sentence(catalog: Catalog, city: str, found: CityIntensity, lang: str) -> str:
    """Return what is known of a city's CO2 intensity, and why that is no answer, as two sentences.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.ahead import city_intensity
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> known = city_intensity(catalog, judge_target(catalog, "C05"))
        >>> city_sentence(catalog, "330100", known, "zh").split("，")[0]
        '杭州市2006年以来逐年的不变价经济增速未查到'
    """
    above = str(catalog.read("regions").set_index("id").at[city, "parent"])
    name, parent = (catalog.label("regions", one, lang) for one in (city, above))
    then, now = (_emitted(catalog, value, lang) for value in (found.base_mt, found.last_mt))
    asked = text.percent(found.reduction_pct, 0)
    multiple, reached = text.number(found.multiple, 2), text.number(found.parent_multiple, 2)
    zh = (
        f"{name}{found.base + 1}年以来逐年的不变价经济增速未查到，碳排放强度降幅无法计算，目标未判定。"
        f"城市清单显示，{name}二氧化碳排放{found.base}年为{then}，{found.last}年为{now}；"
        f"若排放保持{found.last}年水平，下降{asked}要求{found.year}年不变价经济总量达到{found.base}年的{multiple}倍"
        f"（{parent}{found.parent_year}年为{found.base}年的{reached}倍）。城市清单之和高于全省清单，只供参考。"
    )
    en = (
        f"Growth of {name} at constant prices year by year since {found.base + 1} was not found, so the fall of its "
        f"CO2 intensity cannot be computed and the target is not judged. In the city inventory its emissions were "
        f"{then} in {found.base} and {now} in {found.last}. If emissions stayed at the level of {found.last}, a fall "
        f"by {asked} would ask for a GDP {multiple} times that of {found.base} by {found.year} ({parent} as a whole "
        f"reached {reached} times by {found.parent_year}). The city inventories add up to more than the provincial "
        f"one: for reference only."
    )
    return pick((zh, en), lang)
