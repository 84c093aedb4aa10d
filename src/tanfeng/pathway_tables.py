"""Tables about the way to 2030 (floor 4): intensity by account, required path, growth, scenarios, targets ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tanfeng import milestones, pathways, scenarios, standings, text
from tanfeng.catalog import Catalog
from tanfeng.milestones import CityIntensity, Milestone
from tanfeng.pathways import Intensity
from tanfeng.tables import Column, Table, status_cell, verdict_cell
from tanfeng.verdicts import Verdict

PACES = {
    "reached": ("现值已符合", "reached"),
    "on_track": ("够快", "on track"),
    "off_track": ("偏慢", "off track"),
    "well_off_track": ("明显偏慢", "well off track"),
    "wrong_direction": ("方向相反", "wrong direction"),
    "insufficient_data": ("资料不足", "too few figures"),
}


def _pick(pair: tuple[str, str], lang: str) -> str:
    return pair[0 if lang == "zh" else 1]


def _columns(lang: str, plan: Mapping[str, tuple[str, str, str, str]]) -> list[Column]:
    """Return columns from key -> (zh, en, unit, kind)."""
    return [Column(key, _pick((zh, en), lang), unit, kind) for key, (zh, en, unit, kind) in plan.items()]


def _number(value: float, digits: int = 1) -> dict[str, str]:
    return {"text": "—" if pd.isna(value) else text.number(value, digits)}


def _between(low: float, high: float, lang: str) -> dict[str, str]:
    """Return an interval in words, since a dash before a negative end would read as a minus."""
    return {"text": f"{text.number(low, 1)}{'至' if lang == 'zh' else ' to '}{text.number(high, 1)}"}


def _chance(value: float) -> dict[str, str]:
    return {"text": text.probability(value)}


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account of this project.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> account(open_catalog(), "assessment", "zh")
        '考核口径（含外调电）'
    """
    return text.word(catalog, f"account_{name}", lang)


def intensities(catalog: Catalog, ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return where CO2 intensity stands on each account, what it needs, and how likely that is.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.pathways.intensity`, a row each.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "account": ("口径", "Account", "", "text"),
        "asked": ("要求", "Asked", "", "text"),
        "done": ("已下降", "Fall so far", "%", "number"),
        "said": (f"{ways[0].year}年降幅中位数", f"Median fall by {ways[0].year}", "%", "number"),
        "range": ("80%区间", "80% interval", "%", "label"),
        "rate": ("后续所需年均变化", "Needed a year", "%", "number"),
        "recent": ("近五年年均变化", "Last five years", "%", "number"),
        "chance": ("达到的概率", "Probability", "", "number"),
    }
    rows = [_way_cells(catalog, way, lang) for way in ways]
    return Table(caption, _columns(lang, plan), rows)


def _way_cells(catalog: Catalog, way: Intensity, lang: str) -> dict[str, Any]:
    asked = (f"比{way.base}年下降{text.percent(way.reduction_pct, 0)}", f"−{way.reduction_pct:g}% against {way.base}")
    done = f"（{way.last}年）" if lang == "zh" else f" ({way.last})"
    return {
        "account": {"text": account(catalog, way.account, lang)},
        "asked": {"text": _pick(asked, lang)},
        "done": {"text": "—" if way.last == way.base else text.number(way.reached(way.last), 1) + done},
        "said": _number(way.median),
        "range": _between(*way.interval(), lang),
        "rate": _number(way.rate()),
        "recent": _number(way.recent_rate()),
        "chance": _chance(way.probability),
    }


def required(catalog: Catalog, way: Intensity, lang: str, caption: str, first: int = 2020) -> Table:
    """Return the required reduction by year beside what is known and likely.

    Args:
        catalog: the tables.
        way: result of `tanfeng.pathways.intensity`.
        lang: `zh` or `en`.
        caption: what the table says.
        first: first year shown.
    """
    plan = {
        "year": ("年份", "Year", "", "label"),
        "linear": (f"自{way.base}年等额", f"Equal steps from {way.base}", "%", "number"),
        "compound": (f"自{way.base}年等率", f"Equal rate from {way.base}", "%", "number"),
        "needed": (f"自{way.last}年等率", f"Equal rate from {way.last}", "%", "number"),
        "done": ("实际或预测降幅", "Fall, known or median", "%", "number"),
        "range": ("80%区间", "80% interval", "%", "label"),
        "status": ("状态", "Status", "", "status"),
    }
    rows = way.rows[way.rows["year"] >= first]
    cells = [
        {
            "year": {"text": str(row.year)},
            "linear": _number(100 - row.linear_pct),
            "compound": _number(100 - row.compound_pct),
            "needed": _number(100 - row.needed_pct),
            "done": _number(100 - row.index_pct),
            "range": {"text": ""} if pd.isna(row.lo80) else _between(100 - row.hi80, 100 - row.lo80, lang),
            "status": status_cell(catalog, row.status, lang),
        }
        for row in rows.itertuples()
    ]
    return Table(caption, _columns(lang, plan), cells)


def under_growth(catalog: Catalog, ways: Sequence[Intensity], rates: Sequence[float], lang: str, caption: str) -> Table:
    """Return what emissions may be at some rates of growth, and their yearly change until then.

    Args:
        catalog: the tables.
        ways: results of `tanfeng.pathways.intensity`.
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
    return Table(caption, _columns(lang, plan), rows)


def _growth_cells(catalog: Catalog, way: Intensity, growth: float, lang: str) -> dict[str, Any]:
    allowed, rate = pathways.emissions_needed(way, growth)
    start = text.amount(
        catalog, float(way.rows.set_index("year").at[way.last, "co2_mt"]), "Mt CO2", lang, _digits(lang)
    )
    return {
        "account": {"text": account(catalog, way.account, lang)},
        "growth": _number(growth),
        "allowed": {"text": text.amount(catalog, allowed, "Mt CO2", lang, _digits(lang))},
        "from": {"text": f"{start}（{way.last}年）" if lang == "zh" else f"{start} ({way.last})"},
        "rate": _number(rate),
    }


def _digits(lang: str) -> int | None:
    return None if lang == "zh" else 1


def by_scenario(catalog: Catalog, region: str, frames: Mapping[str, pd.DataFrame], lang: str, caption: str) -> Table:
    """Return what each scenario gives for a reduction, account by account.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        frames: account -> result of `tanfeng.pathways.by_scenario`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "name": ("情景", "Scenario", "", "text"),
        "growth": ("经济增速中位数", "Growth of GDP, median", "%", "number"),
    }
    for key in frames:
        name = account(catalog, key, lang)
        plan[f"said_{key}"] = (f"降幅中位数：{name}", f"Median fall: {name}", "%", "number")
        plan[f"chance_{key}"] = (f"概率：{name}", f"Probability: {name}", "", "number")
    names = scenarios.descriptions(catalog, region).set_index("id")
    first = next(iter(frames.values()))
    rows = [
        {
            "name": {"text": names.at[scenario, lang]},
            "growth": _number(first["growth_pct"].iloc[place]),
            **{f"said_{key}": _number(frame["median_pct"].iloc[place]) for key, frame in frames.items()},
            **{f"chance_{key}": _chance(frame["probability"].iloc[place]) for key, frame in frames.items()},
        }
        for place, scenario in enumerate(first["scenario"])
    ]
    return Table(caption, _columns(lang, plan), rows)


def targets(catalog: Catalog, found: Sequence[Milestone], ways: Sequence[Intensity], lang: str, caption: str) -> Table:
    """Return targets ahead with verdict, latest figure, required and recent pace.

    Args:
        catalog: the tables.
        found: result of `tanfeng.milestones.ahead`.
        ways: result of `tanfeng.milestones.ways`: what the target on CO2 intensity needs on this project's accounts.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("目标", "Target", "", "text"),
        "asked": ("要求", "Asked", "", "text"),
        "verdict": ("判定", "Verdict", "", "verdict"),
        "latest": ("最近公布", "Latest published", "", "text"),
        "needed": ("后续所需", "Still needed", "", "text"),
        "recent": ("近年实际", "Recent pace", "", "text"),
        "pace": ("进度", "Pace", "", "label"),
    }
    rows = [_milestone_cells(catalog, one, ways, lang) for one in found]
    cited = [source for one in found for source in _sources(one)]
    return Table(caption, _columns(lang, plan), rows, sources=list(dict.fromkeys(cited)))


def _sources(one: Milestone) -> list[str]:
    return [str(one.verdict.target["source_id"]), *(one.latest.source_id.split() if one.latest else [])]


def _milestone_cells(catalog: Catalog, one: Milestone, ways: Sequence[Intensity], lang: str) -> dict[str, Any]:
    target = one.verdict.target
    own = ways if target["indicator"] == milestones.INTENSITY else []
    pace = "" if own else _pick(PACES[one.pace], lang)
    return {
        "id": {"text": target["id"]},
        "name": {"text": text.target_name(target, lang)},
        "asked": {"text": text.target_value(catalog, target, lang), "source": [target["source_id"]]},
        "verdict": verdict_cell(catalog, one.verdict.verdict, lang),
        "latest": _latest(catalog, one, lang),
        "needed": {
            "text": _on_accounts(catalog, own, [way.rate() for way in own], lang) or _needed(catalog, one, lang)
        },
        "recent": {
            "text": _on_accounts(catalog, own, [way.recent_rate() for way in own], lang)
            or _pace(catalog, one, one.recent_pace, lang)
        },
        "pace": {"text": pace or _on_chances(catalog, own, lang)},
    }


def _on_accounts(catalog: Catalog, ways: Sequence[Intensity], rates: Sequence[float], lang: str) -> str:
    """Return yearly rates of CO2 intensity by account in words; empty without any."""
    parts = []
    for way, rate in zip(ways, rates, strict=True):
        zh = f"年均{'下降' if rate < 0 else '上升'}{text.percent(abs(rate))}"
        en = f"{text.percent(rate)} a year"
        parts.append((account(catalog, way.account, lang), _pick((zh, en), lang)))
    return _listed(parts, lang)


def _on_chances(catalog: Catalog, ways: Sequence[Intensity], lang: str) -> str:
    word = {"zh": "概率", "en": "probability "}[lang]
    parts = [(account(catalog, way.account, lang), word + text.probability(way.probability)) for way in ways]
    return _listed(parts, lang)


def _listed(parts: Sequence[tuple[str, str]], lang: str) -> str:
    mark, between = {"zh": ("；", ""), "en": ("; ", ": ")}[lang]
    return mark.join(f"{name}{between}{shown}" for name, shown in parts)


def _needed(catalog: Catalog, one: Milestone, lang: str) -> str:
    return _pace(catalog, one, None if one.pace == "reached" else one.required_pace, lang)


def _latest(catalog: Catalog, one: Milestone, lang: str) -> dict[str, Any]:
    latest = one.latest
    if latest is None:
        return {"text": text.word(catalog, "not_published", lang)}
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


def _pace(catalog: Catalog, one: Milestone, value: float | None, lang: str) -> str:
    return "—" if value is None else standings.yearly(catalog, one.verdict, value, lang)


def cities(catalog: Catalog, judged: Sequence[Verdict], lang: str, caption: str) -> Table:
    """Return the verdicts on the targets of cities, city by city.

    Args:
        catalog: the tables.
        judged: result of `tanfeng.milestones.city_verdicts`.
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
            "name": {"text": text.target_name(one.target, lang)},
            "verdict": verdict_cell(catalog, one.verdict, lang),
            "reason": {"text": _after_name(catalog, one, lang), "source": _city_sources(catalog, one)},
        }
        for one in judged
    ]
    cited = [source for one in judged for source in _city_sources(catalog, one)]
    return Table(caption, _columns(lang, plan), rows, sources=list(dict.fromkeys(cited)))


def _city_sources(catalog: Catalog, verdict: Verdict) -> list[str]:
    known = milestones.city_intensity(catalog, verdict)
    return [str(verdict.target["source_id"]), *(known.source_id.split() if known else [])]


def _after_name(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the reason of a verdict without the name of the target, which stands beside it."""
    name = text.target_name(verdict.target, lang) + ("：" if lang == "zh" else ": ")
    reason = text.reason(catalog, verdict, lang).removeprefix(name)
    return reason[0].upper() + reason[1:]


def city_notes(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> str:
    """Return what is known of the CO2 intensity of every city that has a target on it (see `city_sentence`)."""
    found = [(one.target["region"], milestones.city_intensity(catalog, one)) for one in judged]
    told = [city_sentence(catalog, city, known, lang) for city, known in found if known is not None]
    return ("" if lang == "zh" else " ").join(told)


def city_sentence(catalog: Catalog, city: str, found: CityIntensity, lang: str) -> str:
    """Return what is known of a city's CO2 intensity, and why that is no answer, as two sentences.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> from tanfeng.milestones import city_intensity
        >>> from tanfeng.verdicts import judge_target
        >>> catalog = open_catalog()
        >>> known = city_intensity(catalog, judge_target(catalog, "C05"))
        >>> city_sentence(catalog, "330100", known, "zh").split("，")[0]
        '杭州市2006年以来逐年的不变价经济增速未查到'
    """
    name, parent = (
        catalog.label("regions", one, lang)
        for one in (city, str(catalog.read("regions").set_index("id").at[city, "parent"]))
    )
    emitted = [text.amount(catalog, value, "Mt CO2", lang, _digits(lang)) for value in (found.base_mt, found.last_mt)]
    asked = text.percent(found.reduction_pct, 0)
    multiple, reached = text.number(found.multiple, 2), text.number(found.parent_multiple, 2)
    if lang == "zh":
        return (
            f"{name}{found.base + 1}年以来逐年的不变价经济增速未查到，碳排放强度降幅无法计算，目标暂无法判定。"
            f"城市清单显示，{name}二氧化碳排放{found.base}年为{emitted[0]}，{found.last}年为{emitted[1]}；"
            f"若排放保持{found.last}年水平，下降{asked}要求{found.year}年不变价经济总量达到{found.base}年的{multiple}倍"
            f"（{parent}{found.parent_year}年为{found.base}年的{reached}倍）。城市清单之和高于全省清单，只供参考。"
        )
    return (
        f"Growth of {name} at constant prices year by year since {found.base + 1} was not found, so the fall of its "
        f"CO2 intensity cannot be computed and the target cannot be assessed. In the city inventory its emissions were "
        f"{emitted[0]} in {found.base} and {emitted[1]} in {found.last}. If emissions stayed at the level of "
        f"{found.last}, a fall by {asked} would ask for a GDP {multiple} times that of {found.base} by {found.year} "
        f"({parent} as a whole reached {reached} times by {found.parent_year}). The city inventories add up to more "
        f"than the provincial one: for reference only."
    )
