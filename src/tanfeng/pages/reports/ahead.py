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
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.reports.targets import grouped
from tanfeng.pages.table import Table, chance_cell, columns, number_cell, pick, status_cell, unseen, verdict_cell
from tanfeng.pages.text import CHANCE, INTENSITY
from tanfeng.targets import ahead, intensity, progress, rules, verdict
from tanfeng.targets import ahead as milestones
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
        "2030年降幅中位数：直接排放口径{{ k.reduction_direct }}，含外调电测算口径{{ k.reduction_assessment }}，要求65%",
        "Median fall by 2030: direct account {{ k.reduction_direct }}, with imported power {{ k.reduction_assessment }}; asked 65%",
    ),
    "own_intensities": ("2030年目标：现状、所需与概率", "Target for 2030: position, need, probability"),
    "required": (
        "逐年要求的降幅与实际或预测，直接排放口径（比2005年）",
        "Required fall by year, known and likely, direct account (against 2005)",
    ),
    "under_growth": (
        "不同经济增速下达到2030年目标的排放上限",
        "Emissions that meet the target for 2030, by growth of GDP",
    ),
    "scenarios": ("情景，直接排放口径", "Scenarios, direct account"),
    "scenarios_assessment": ("情景，含外调电测算口径", "Scenarios, with imported power"),
    "by_scenario": ("情景比较：2030年比2005年的降幅", "Scenarios: fall from 2005 to 2030"),
    "targets": ("2030年和“十五五”目标的判定", "Verdicts on the targets for 2030 and in the 15th plan"),
    "targets_table": ("判定、最近公布数与所需进度", "Verdict, latest published figure and pace"),
    "national_15": ("全国“十五五”目标", "National targets of the 15th plan"),
    "national_2030": ("全国2030年目标", "National targets for 2030"),
    "national_intensities": (
        "以全国要求为参照（不是本省目标）",
        "Held against the national requirement (not a target of the province)",
    ),
    "cities": ("设区市目标的判定", "Verdicts on the targets of cities"),
    "cities_table": ("有目标的设区市", "Cities with targets"),
}
CARDS = {
    "p_direct": ("下降65%的概率，直接排放口径", "Probability of a 65% fall, direct account"),
    "p_assessment": (
        "下降65%的概率，含外调电测算口径",
        "Probability of a 65% fall, with imported power (own account)",
    ),
    "reduction_direct": ("2030年降幅中位数，直接排放口径", "Median fall by 2030, direct account"),
    "growth_ahead": ("2026—2030年经济年均增速", "Growth of GDP a year, 2026-2030"),
}

NATIONAL = "100000"
TESTED_YEARS = 5


def key_figures(catalog: Catalog, region: str, found: list[Milestone]) -> pd.DataFrame:
    """Return the key figures of the report on the 15th plan and 2030.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        found: result of `tanfeng.targets.ahead.ahead`.

    Raises:
        ProjectError: as `tanfeng.targets.ahead.ways`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = key_figures(catalog, "330000", milestones.ahead(catalog, "330000")).set_index("id")
        >>> round(float(rows.at["fall_direct", "value"]), 1), rows.at["fall_direct", "period"]
        (-56.9, '2005/2022')
    """
    own, national = milestones.ways(catalog, region), milestones.ways(catalog, region, NATIONAL)
    rows = [row for way in own for row in _way(catalog, region, way)]
    rows += [row for way in national for row in _benchmark(way)]
    return frame([*rows, *_growth(catalog, region, own[0]), *_moved(catalog, region, own), *_counts(found)])


def _way(catalog: Catalog, region: str, way: Intensity) -> list[dict[str, Any]]:
    known = intensity.emissions(catalog, region, way.account, way.base)
    sources = observations.joined(known["source_id"])
    low, high = way.interval()
    limit, rate = intensity.emissions_needed(way, float(np.median(way.growth)))
    name, due, left = way.account, str(way.year), f"{way.since}/{way.year}"
    co2 = float(way.rows.set_index("year").at[way.since, "co2_mt"])
    ends: dict[str, Any] = {"lo80": low, "hi80": high}
    return [
        figure("fall", -way.reached(way.last), "%", f"{way.base}/{way.last}", "estimate", sources, of=name),
        figure("reduction", way.median, "%", due, "forecast", **ends, of=name),
        figure("p", 100 * way.probability, "%", due, "forecast", of=name, shown=CHANCE),
        figure("needed", way.rate(), "%", left, "estimate", of=name),
        _since(way, "intensity_recent"),
        figure("limit", limit, "Mt CO2", due, "estimate", of=name),
        figure("limit_rate", rate, "%", left, "estimate", of=name),
        figure("co2_since", co2, "Mt CO2", way.since, way.rows.set_index("year").at[way.since, "status"], of=name),
        figure("base", known.at[way.base, "co2_mt"], "Mt CO2", way.base, known.at[way.base, "status"], of=name),
    ]


def _since(way: Intensity, name: str) -> dict[str, Any]:
    return figure(
        name, way.recent_rate(), "%", f"{way.last - 5}/{way.last}", "estimate", of=way.account, shown=INTENSITY
    )


def _benchmark(way: Intensity) -> list[dict[str, Any]]:
    name = way.account
    return [
        figure("benchmark_reduction", way.median, "%", way.year, "forecast", of=name),
        figure("p_benchmark", 100 * way.probability, "%", way.year, "forecast", of=name, shown=CHANCE),
        figure("benchmark_needed", way.rate(), "%", f"{way.since}/{way.year}", "estimate", of=name),
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


def _between(low: float, high: float, lang: str) -> dict[str, str]:
    """Return an interval in words, since a dash before a negative end would read as a minus."""
    return {"text": f"{text.number(low, 1)}{'至' if lang == 'zh' else ' to '}{text.number(high, 1)}"}


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account of this project.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> account(open_catalog(), "assessment", "zh")
        '含外调电测算口径'
    """
    return text.word(catalog, f"account_{name}", lang)


def intensities(catalog: Catalog, ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return where CO2 intensity stands on each account, what it needs, and how likely that is.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.targets.intensity.intensity`, a row each.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    since, last = ways[0].since, ways[0].last
    plan = {
        "account": ("口径", "Account", "", "text"),
        "done": ("已下降", "So far", "%", "number"),
        "said": (f"{ways[0].year}年降幅中位数", f"Median, {ways[0].year}", "%", "number"),
        "range": ("80%区间", "80% interval", "%", "label"),
        "rate": (f"{since + 1}—{ways[0].year}年须年均", f"Needed {since}–{ways[0].year}", "%", "number"),
        "recent": (f"{last - 4}—{last}年年均", f"Was {last - 5}–{last}", "%", "number"),
        "chance": ("概率", "Probability", "", "number"),
    }
    rows = [_way_cells(catalog, way, lang) for way in ways]
    note = {
        "zh": f"降幅为比{ways[0].base}年；所需年均变化自{since}年末起算，该年为预测的取中位数。",
        "en": f"Falls are against {ways[0].base}. Rates are changes a year; what is needed counts from the end of "
        f"{since}, from the median where that year is a forecast.",
    }[lang]
    return Table(caption, columns(lang, plan), rows, note)


def _way_cells(catalog: Catalog, way: Intensity, lang: str) -> dict[str, Any]:
    done = f"（{way.last}年）" if lang == "zh" else f" ({way.last})"
    return {
        "account": {"text": account(catalog, way.account, lang)},
        "done": {"text": "—" if way.last == way.base else text.number(way.reached(way.last), 1) + done},
        "said": number_cell(way.median),
        "range": _between(*way.interval(), lang),
        "rate": number_cell(way.rate()),
        "recent": number_cell(way.recent_rate()),
        "chance": chance_cell(way.probability),
    }


def required(catalog: Catalog, way: Intensity, lang: str, caption: str, first: int = 2020) -> Table:
    """Return the required reduction by year beside what is known and likely.

    Args:
        catalog: the tables.
        way: result of `tanfeng.targets.intensity.intensity`.
        lang: `zh` or `en`.
        caption: what the table says.
        first: first year shown.
    """
    plan = {
        "year": ("年份", "Year", "", "label"),
        "linear": (f"自{way.base}年等额", f"Steps from {way.base}", "%", "number"),
        "compound": (f"自{way.base}年等率", f"Rate from {way.base}", "%", "number"),
        "needed": (f"自{way.since}年等率", f"Rate from {way.since}", "%", "number"),
        "done": ("实际或预测降幅", "Known or median", "%", "number"),
        "range": ("80%区间", "80% interval", "%", "label"),
        "status": ("状态", "Status", "", "status"),
    }
    rows, note = way.rows[way.rows["year"] >= first], unseen(catalog, ("change",), lang)
    cells = [
        {
            "year": {"text": str(row.year)},
            "linear": number_cell(100 - row.linear_pct),
            "compound": number_cell(100 - row.compound_pct),
            "needed": number_cell(100 - row.needed_pct),
            "done": number_cell(100 - row.index_pct),
            "range": {"text": ""} if pd.isna(row.lo80) else _between(100 - row.hi80, 100 - row.lo80, lang),
            "status": status_cell(catalog, row.status, lang),
        }
        for row in rows.itertuples()
    ]
    return Table(caption, columns(lang, plan), cells, note)


def under_growth(catalog: Catalog, ways: Sequence[Intensity], rates: Sequence[float], lang: str, caption: str) -> Table:
    """Return what emissions may be at some rates of growth, and their yearly change until then.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.targets.intensity.intensity`.
        rates: growth of GDP in percent a year after its last published year.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "account": ("口径", "Account", "", "text"),
        "growth": ("经济年均增速", "Growth of GDP", "%", "number"),
        "allowed": (f"{ways[0].year}年排放上限", f"Emissions in {ways[0].year}, at most", "", "number"),
        "from": ("起算排放", "Counted from", "", "number"),
        "rate": ("年均变化", "Change a year", "%", "number"),
    }
    rows = [_growth_cells(catalog, way, rate, lang) for way in ways for rate in rates]
    return Table(caption, columns(lang, plan), rows)


def _growth_cells(catalog: Catalog, way: Intensity, growth: float, lang: str) -> dict[str, Any]:
    allowed, rate = intensity.emissions_needed(way, growth)
    first = way.rows.set_index("year").loc[way.since]
    start = text.amount(catalog, float(first["co2_mt"]), "Mt CO2", lang, _digits(lang))
    status = text.word(catalog, f"status_{first['status']}", lang)
    return {
        "account": {"text": account(catalog, way.account, lang)},
        "growth": number_cell(growth),
        "allowed": {"text": text.amount(catalog, allowed, "Mt CO2", lang, _digits(lang))},
        "from": {"text": f"{start}（{way.since}年，{status}）" if lang == "zh" else f"{start} ({way.since}, {status})"},
        "rate": number_cell(rate),
    }


def _digits(lang: str) -> int | None:
    return None if lang == "zh" else 1


def by_scenario(catalog: Catalog, region: str, frames: Mapping[str, pd.DataFrame], lang: str, caption: str) -> Table:
    """Return what each scenario gives for a reduction, account by account.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        frames: account -> result of `tanfeng.targets.intensity.by_scenario`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "name": ("情景", "Scenario", "", "text"),
        "growth": ("经济增速", "GDP", "%", "number"),
    }
    for key in frames:
        zh, en = SHORT[key]
        plan[f"said_{key}"] = (f"{zh}降幅中位数", f"Fall, {en}", "%", "number")
        plan[f"chance_{key}"] = (f"{zh}概率", f"Chance, {en}", "", "number")
    names = scenarios.descriptions(catalog, region).set_index("id")
    first = next(iter(frames.values()))
    rows = [
        {
            "name": {"text": names.at[scenario, lang]},
            "growth": number_cell(first["growth_pct"].iloc[place]),
            **{f"said_{key}": number_cell(frame["median_pct"].iloc[place]) for key, frame in frames.items()},
            **{f"chance_{key}": chance_cell(frame["probability"].iloc[place]) for key, frame in frames.items()},
        }
        for place, scenario in enumerate(first["scenario"])
    ]
    note = {"zh": "", "en": "GDP: median growth a year. Fall: median. Chance: probability of what is asked."}[lang]
    return Table(caption, columns(lang, plan), rows, note)


RECENT_YEARS = 5
RULES = ("change", "pace")


def targets(catalog: Catalog, found: Sequence[Milestone], ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return targets ahead with verdict, latest figure, required and recent pace.

    Args:
        catalog: the tables.
        found: result of `tanfeng.targets.ahead.ahead`.
        ways: result of `tanfeng.targets.ahead.ways`: what the target on CO2 intensity needs on this project's accounts.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("目标", "Target", "", "text"),
        "verdict": ("判定", "Verdict", "", "verdict"),
        "latest": ("最近公布", "Latest published", "", "text"),
        "needed": ("后续所需", "Still needed", "", "text"),
        "recent": ("近年实际与进度", "Recent pace", "", "text"),
    }
    found = sorted(found, key=lambda one: (*NEWS, SILENT).index(one.verdict.answer))
    rows = [_milestone_cells(catalog, one, ways, lang) for one in found]
    cited = list(dict.fromkeys(source for one in found for source in _sources(one)))
    groups = grouped(catalog, [one.verdict.answer for one in found], lang)
    return Table(caption, columns(lang, plan), rows, unseen(catalog, RULES, lang), cited, stacked=True, groups=groups)


def _sources(one: Milestone) -> list[str]:
    named = [row["source_id"] for row in one.verdict.evidence if row["role"] == "latest"]
    latest = one.latest.source_id if one.latest else " ".join(named)
    return [str(one.verdict.target["source_id"]), *latest.split()]


def _milestone_cells(catalog: Catalog, one: Milestone, ways: Sequence[Intensity], lang: str) -> dict[str, Any]:
    target = one.verdict.target
    own = ways if target["indicator"] == ahead.INTENSITY else []
    colon = "：" if lang == "zh" else ": "
    name = sentences.target_name(target, lang) + colon + sentences.target_value(catalog, target, lang)
    return {
        "id": {"text": target["id"]},
        "name": {"text": name, "source": [target["source_id"]]},
        "verdict": verdict_cell(catalog, one.verdict.answer, lang),
        "latest": _latest(catalog, one, lang),
        "needed": {"text": _on_accounts(catalog, own, _needs(own), lang) or _needed(catalog, one, lang)},
        "recent": {"text": _on_accounts(catalog, own, _recents(own), lang) or _recent(catalog, one, lang)},
    }


def _needs(ways: Sequence[Intensity]) -> list[tuple[int, int, float]]:
    return [(way.since, way.year, way.rate()) for way in ways]


def _recents(ways: Sequence[Intensity]) -> list[tuple[int, int, float]]:
    return [(way.last - RECENT_YEARS, way.last, way.recent_rate(RECENT_YEARS)) for way in ways]


def _on_accounts(
    catalog: Catalog, ways: Sequence[Intensity], rates: Sequence[tuple[int, int, float]], lang: str
) -> str:
    """Return yearly rates of CO2 intensity by account in words, with their years; empty without any."""
    parts = []
    for way, (first, last, rate) in zip(ways, rates, strict=True):
        years = text.period(f"{first}/{last}", lang)
        zh = f"{years}年均{'下降' if rate < 0 else '上升'}{text.percent(abs(rate))}"
        en = f"{text.percent(rate)} a year, {years}"
        parts.append((pick(SHORT[way.account], lang), pick((zh, en), lang)))
    return _listed(parts, lang)


def _listed(parts: Sequence[tuple[str, str]], lang: str) -> str:
    mark, between = {"zh": ("；", "："), "en": ("; ", ": ")}[lang]
    return mark.join(f"{name}{between}{shown}" for name, shown in parts)


def _needed(catalog: Catalog, one: Milestone, lang: str) -> str:
    """Return the yearly change still needed with its years; where years are over without a figure, the distance."""
    required, latest = one.verdict.required, one.latest
    if latest is None or required is None:
        return "—"
    if one.pace == progress.REACHED:
        return text.word(catalog, f"track_{one.pace}", lang)
    left = progress.years_ahead(latest.end, required.year, catalog.as_of_year)
    if left is None or one.required_pace is None:
        return _distance(catalog, one.verdict, required.value, latest, lang)
    years, change = (
        text.period(f"{left[0] - 1}/{left[1]}", lang),
        standings.yearly(catalog, one.verdict, one.required_pace, lang),
    )
    return f"{years}{change}" if lang == "zh" else f"{change}, {years}"


def _distance(catalog: Catalog, verdict: Verdict, asked: float, latest: Known, lang: str) -> str:
    """Return how far the last published figure is from the target, with as many decimals as the two have."""
    unit, scale = standings.unit(catalog, verdict)
    digits = max(_decimals(value * scale) for value in (asked, latest.value))
    missing = round((asked - latest.value) * scale, digits)
    size = text.amount(catalog, abs(missing), standings.POINTS if unit == "%" else unit, lang)
    when = text.period(latest.period, lang)
    if lang == "zh":
        return f"{'尚差' if missing > 0 else '尚高'}{size}（按{when}数）"
    return f"{size} {'short' if missing > 0 else 'above'}, by the figure of {when}"


def _decimals(value: float) -> int:
    return len(text.number(round(value, 6)).partition(".")[2])


def _recent(catalog: Catalog, one: Milestone, lang: str) -> str:
    """Return the yearly change of the last years, and whether it is enough."""
    if one.latest is None:
        return "—"
    if one.recent_pace is None:
        return text.word(catalog, f"track_{progress.INSUFFICIENT_DATA}", lang)
    shown = standings.yearly(catalog, one.verdict, one.recent_pace, lang)
    if one.pace in {progress.REACHED, progress.INSUFFICIENT_DATA}:
        return shown
    return f"{shown}{'，' if lang == 'zh' else ', '}{text.word(catalog, f'track_{one.pace}', lang)}"


def passed(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Say that the last published figure of a target is beyond what it asks, though the year is not published.

    Empty if it is not, or if the target is decided.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> passed(open_catalog(), judge_target(open_catalog(), "P07"), "zh")  # 2025 is published: decided
        ''
    """
    one = ahead.milestone(catalog, verdict)
    required, latest = verdict.required, one.latest
    if required is None or latest is None or latest.end >= required.year:
        return ""
    if verdict.verdict in standings.DECIDED or one.pace != progress.REACHED:
        return ""
    figures = [standings.figure(catalog, verdict, value, lang) for value in (latest.value, required.value)]
    name, when, due = sentences.target_name(verdict.target, lang), text.period(latest.period, lang), required.year
    if lang == "zh":
        beyond = "高于" if required.at_least else "低于"
        return f"{name}{when}为{figures[0]}，已{beyond}{due}年{figures[1]}的目标值；{due}年数未公布。"
    beyond = "above" if required.at_least else "below"
    return (
        f"{name} was {figures[0]} in {when}, {beyond} the {figures[1]} asked for {due}; {due} itself is not published."
    )


def _latest(catalog: Catalog, one: Milestone, lang: str) -> dict[str, Any]:
    latest = one.latest
    if latest is None:
        return _of_verdict(catalog, one.verdict, lang)
    same = (
        row for row in one.verdict.evidence if (row["period"], row["source_id"]) == (latest.period, latest.source_id)
    )
    row = next(same, None)
    unit = str(one.verdict.target["unit"])
    known = row is not None and row["indicator"] == one.verdict.target["indicator"]
    figure = text.figure(catalog, row, lang, unit) if row and known else ""
    shown = figure or standings.figure(catalog, one.verdict, latest.value, lang)
    when = text.period(latest.period, lang)
    return {"text": f"{shown}（{when}）" if lang == "zh" else f"{shown} ({when})", "source": latest.source_id.split()}


def _of_verdict(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, Any]:
    """Return the latest figure that the reason of a verdict names, as it stands there; otherwise that there is none."""
    row = next((row for row in verdict.evidence if row["role"] == "latest"), None)
    if row is None or row["status"] not in rules.ANSWERING:
        return {"text": text.word(catalog, "not_published", lang)}
    figure, when = text.figure(catalog, row, lang, str(verdict.target["unit"])), text.period(row["period"], lang)
    return {"text": f"{figure}（{when}）" if lang == "zh" else f"{figure} ({when})", "source": row["source_id"].split()}


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
    heads = {
        "met": ("已完成", "met"),
        "missed": ("未完成", "missed"),
        "not_assessable": ("无公开依据", "no public evidence"),
    }
    place, mark, stop = (0, "、", "。") if lang == "zh" else (1, ", ", ".")
    parts = []
    for name, head in heads.items():
        own = [one.verdict.target for one in found if one.verdict.counts and one.verdict.answer == name]
        own = [target for target in own if target["indicator"] != ahead.INTENSITY]
        if own:
            names = mark.join(dict.fromkeys(str(target[lang]) for target in own))
            parts.append(f"{head[place]}{'：' if lang == 'zh' else ': '}{names}")
    told = ("；" if lang == "zh" else "; ").join(parts)
    return told[:1].upper() + told[1:] + stop if told else ""


def cities(catalog: Catalog, judged: Sequence[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts on the targets of cities, city by city.

    Args:
        catalog: the tables.
        judged: result of `tanfeng.targets.ahead.city_verdicts`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "city": ("设区市", "City", "", "label"),
        "id": ("编号", "No.", "", "label"),
        "name": ("目标", "Target", "", "text"),
        "verdict": ("判定", "Verdict", "", "verdict"),
        "reason": ("依据", "Reason", "", "text"),
    }
    rows = [
        {
            "city": {"text": catalog.label("regions", one.target["region"], lang)},
            "id": {"text": one.target["id"]},
            "name": {"text": sentences.target_name(one.target, lang)},
            "verdict": verdict_cell(catalog, one.answer, lang),
            "reason": {"text": _after_name(catalog, one, lang), "source": _city_sources(catalog, one)},
        }
        for one in judged
    ]
    cited = [source for one in judged for source in _city_sources(catalog, one)]
    return Table(caption, columns(lang, plan), rows, sources=list(dict.fromkeys(cited)), stacked=True)


def _city_sources(catalog: Catalog, verdict: Verdict) -> list[str]:
    known = ahead.city_intensity(catalog, verdict)
    return [str(verdict.target["source_id"]), *(known.source_id.split() if known else [])]


def _after_name(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the reason of a verdict without the name of the target, which stands beside it."""
    name = sentences.target_name(verdict.target, lang) + ("：" if lang == "zh" else ": ")
    reason = sentences.reason(catalog, verdict, lang).removeprefix(name)
    return reason[0].upper() + reason[1:]


def city_notes(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> str:
    """Return what is known of the CO2 intensity of every city that has a target on it (see `city_sentence`)."""
    found = [(one.target["region"], ahead.city_intensity(catalog, one)) for one in judged]
    told = [city_sentence(catalog, city, known, lang) for city, known in found if known is not None]
    return ("" if lang == "zh" else " ").join(told)


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
    name, parent = (
        catalog.label("regions", one, lang)
        for one in (city, str(catalog.read("regions").set_index("id").at[city, "parent"]))
    )
    emitted = [
        text.amount(catalog, value, "Mt CO2", lang, None if lang == "zh" else 1)
        for value in (found.base_mt, found.last_mt)
    ]
    asked = text.percent(found.reduction_pct, 0)
    multiple, reached = text.number(found.multiple, 2), text.number(found.parent_multiple, 2)
    if lang == "zh":
        return (
            f"{name}{found.base + 1}年以来逐年的不变价经济增速未查到，碳排放强度降幅无法计算，目标未判定。"
            f"城市清单显示，{name}二氧化碳排放{found.base}年为{emitted[0]}，{found.last}年为{emitted[1]}；"
            f"若排放保持{found.last}年水平，下降{asked}要求{found.year}年不变价经济总量达到{found.base}年的{multiple}倍"
            f"（{parent}{found.parent_year}年为{found.base}年的{reached}倍）。城市清单之和高于全省清单，只供参考。"
        )
    return (
        f"Growth of {name} at constant prices year by year since {found.base + 1} was not found, so the fall of its "
        f"CO2 intensity cannot be computed and the target is not judged. In the city inventory its emissions were "
        f"{emitted[0]} in {found.base} and {emitted[1]} in {found.last}. If emissions stayed at the level of "
        f"{found.last}, a fall by {asked} would ask for a GDP {multiple} times that of {found.base} by {found.year} "
        f"({parent} as a whole reached {reached} times by {found.parent_year}). The city inventories add up to more "
        f"than the provincial one: for reference only."
    )
