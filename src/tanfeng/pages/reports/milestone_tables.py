"""Tables of the targets ahead: verdict, latest figure, what is still needed; targets of cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences, standings, text
from tanfeng.pages.reports.pathway_tables import SHORT
from tanfeng.pages.table import Table, columns, pick, unseen, verdict_cell
from tanfeng.targets import ahead, progress, rules
from tanfeng.targets.ahead import CityIntensity, Milestone
from tanfeng.targets.intensity import Intensity
from tanfeng.targets.progress import Known
from tanfeng.targets.verdict import Verdict

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
    rows = [_milestone_cells(catalog, one, ways, lang) for one in found]
    cited = [source for one in found for source in _sources(one)]
    note = unseen(catalog, RULES, lang)
    return Table(caption, columns(lang, plan), rows, note, list(dict.fromkeys(cited)))


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
        "verdict": verdict_cell(catalog, one.verdict.verdict, lang),
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
        >>> passed(open_catalog(), judge_target(open_catalog(), "P07"), "zh")
        '地区生产总值2024年为9.00万亿元，已高于2025年8.5万亿元的目标值；2025年数未公布。'
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
            "verdict": verdict_cell(catalog, one.verdict, lang),
            "reason": {"text": _after_name(catalog, one, lang), "source": _city_sources(catalog, one)},
        }
        for one in judged
    ]
    cited = [source for one in judged for source in _city_sources(catalog, one)]
    return Table(caption, columns(lang, plan), rows, sources=list(dict.fromkeys(cited)))


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
