"""How a target stands, in words: schedule, pace, what is still needed, flip distance, interval.

Figures stand in the unit of the target where that measures the same thing as its indicator; a change is a percentage
from the base year, a difference of percentages is given in percentage points.
"""

from __future__ import annotations

from typing import Any

from tanfeng.data.catalog import Catalog
from tanfeng.data.units import factor
from tanfeng.pages import text
from tanfeng.targets import progress
from tanfeng.targets.progress import Progress, Step
from tanfeng.targets.verdict import Verdict

LAST_STEPS = 5
DECIDED = {"met", "missed"}
POINTS = "pp"
LARGE, SMALL = 1000.0, 100.0
WHOLE_PCT = 10  # from which a percentage is told without decimals
VERBS = {"change": ("上升", "下降"), "share": ("提高", "降低")}
USUAL = ("增加", "减少")


def unit(catalog: Catalog, verdict: Verdict) -> tuple[str, float]:
    """Return the unit in which figures of a target are shown, and the factor from the unit of its indicator.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> unit(catalog, judge_target(catalog, "P07"))
        ('10^12 yuan', 0.0001)
    """
    own = str(catalog.read("indicators").set_index("id").at[verdict.target["indicator"], "unit"])
    asked = str(verdict.target["unit"])
    dimension = catalog.read("units").set_index("id")["dimension"]
    return (asked, factor(catalog, own, asked)) if dimension[own] == dimension[asked] else (own, 1.0)


def figure(catalog: Catalog, verdict: Verdict, value: float, lang: str) -> str:
    """Return a figure in the unit of the indicator as text; of a change with its direction.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> figure(catalog, judge_target(catalog, "P01"), -2.9, "zh")
        '下降2.9%'
        >>> figure(catalog, judge_target(catalog, "E02"), 2513.0, "en")
        '25.13 GW'
    """
    shown, scale = unit(catalog, verdict)
    if lang == "zh" and _kind(catalog, verdict) == "change":
        return _verb(catalog, verdict, value) + _amount(catalog, abs(value), shown, lang)
    return _amount(catalog, value * scale, shown, lang)


def yearly(catalog: Catalog, verdict: Verdict, pace: float, lang: str) -> str:
    """Return a yearly change as text.

    Args:
        catalog: the tables.
        verdict: the verdict on the target.
        pace: change in a year, in the unit of the indicator (of a change: percent a year).
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> yearly(catalog, judge_target(catalog, "P01"), -3.0845, "zh")
        '年均下降3.08%'
        >>> yearly(catalog, judge_target(catalog, "K01"), 0.05, "en")
        '+0.05 percentage points a year'
    """
    shown, scale = unit(catalog, verdict)
    if shown == "%" and _kind(catalog, verdict) != "change":
        shown = POINTS
    size = _amount(catalog, abs(pace * scale), shown, lang)
    if lang == "zh":
        return f"年均{_verb(catalog, verdict, pace)}{size}"
    return f"{'+' if pace >= 0 else text.MINUS}{size} a year"


def flip(verdict: Verdict, lang: str) -> str:
    """Return by how much the figures must differ to turn the verdict; empty if it rests on none, or none turns it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> flip(judge_target(open_catalog(), "E02"), "en")
        'figures 54% lower'
    """
    if verdict.flip_pct is None:
        return ""
    if not round(verdict.flip_pct, 1):
        return "恰在目标线上" if lang == "zh" else "exactly on the line"
    size = text.percent(abs(verdict.flip_pct), 0 if abs(verdict.flip_pct) >= WHOLE_PCT else 1)
    if lang == "zh":
        return f"数据{'上调' if verdict.flip_pct > 0 else '下调'}{size}"
    return f"figures {size} {'higher' if verdict.flip_pct > 0 else 'lower'}"


def interval(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the 80 % interval of the figure of the target year as text; empty where there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> interval(catalog, judge_target(catalog, "E02"), "zh")
        ''
    """
    if verdict.interval is None:
        return ""
    low, high = (figure(catalog, verdict, end, lang) for end in verdict.interval)
    shown = f"{low}至{high}" if lang == "zh" else f"{low} to {high}"
    if verdict.change_interval is None or verdict.base is None:
        return shown
    less, more = (text.percent(end) for end in verdict.change_interval)
    if lang == "zh":
        return f"{shown}（比{verdict.base[0]}年变化{less}至{more}）"
    return f"{shown} ({less} to {more} on {verdict.base[0]})"


def needed(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return what would still be needed: yearly change, and the years it is needed in; empty where it is not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> needed(catalog, judge_target(catalog, "K01"), "zh")
        '2026—2027年年均提高0.05个百分点'
    """
    stands = verdict.progress
    if stands is None or stands.required_pace is None or track(verdict) in {"", "reached"}:
        return ""
    ahead = years_ahead(catalog, stands)
    if ahead is None:
        return ""
    years = text.period(f"{ahead[0] - 1}/{ahead[1]}", lang)
    change = yearly(catalog, verdict, stands.required_pace, lang)
    return f"{years}{change}" if lang == "zh" else f"{change}, {years}"


def years_ahead(catalog: Catalog, stands: Progress) -> tuple[int, int] | None:
    """Return the years in which something can still be asked (see `tanfeng.targets.progress.years_ahead`), or None.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> years_ahead(open_catalog(), judge_target(open_catalog(), "K01").progress)
        (2026, 2027)
    """
    if stands.last is None or stands.last.known is None:
        return None
    return progress.years_ahead(stands.last.known.end, stands.steps[-1].year, catalog.as_of_year)


def track(verdict: Verdict) -> str:
    """Return the class of the pace (`tanfeng.targets.progress`); empty where the target is decided or has no schedule.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> track(judge_target(open_catalog(), "K01")), track(judge_target(open_catalog(), "E02"))
        ('on_track', '')
    """
    return "" if verdict.progress is None or verdict.verdict in DECIDED else verdict.progress.pace


def recent(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the yearly change of the last years as text; empty where too few figures are published.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> recent(catalog, judge_target(catalog, "E02"), "zh")
        '年均增加984.4万千瓦'
    """
    stands = verdict.progress
    return "" if stands is None or stands.recent_pace is None else yearly(catalog, verdict, stands.recent_pace, lang)


def steps(verdict: Verdict) -> list[Step]:
    """Return the years of the schedule worth showing: the last five, and earlier ones that have a figure.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> [step.year for step in steps(judge_target(open_catalog(), "P01"))]
        [2021, 2022, 2023, 2024, 2025]
    """
    if verdict.progress is None:
        return []
    everyone = verdict.progress.steps
    return [step for step in everyone[:-LAST_STEPS] if step.known] + list(everyone[-LAST_STEPS:])


def schedule(catalog: Catalog, verdict: Verdict, lang: str) -> list[dict[str, Any]]:
    """Return the schedule by year as texts: year, required, published, light (id) and completion; empty without one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> schedule(catalog, judge_target(catalog, "E02"), "zh")[-1]["published"]
        '5947万千瓦（2025年6月）'
    """
    return [
        {
            "year": str(step.year),
            "required": figure(catalog, verdict, step.required, lang),
            "published": _published(catalog, verdict, step, lang),
            "light": step.light,
            "completion": "" if step.completion_pct is None else text.percent(step.completion_pct, 0),
        }
        for step in steps(verdict)
    ]


def _published(catalog: Catalog, verdict: Verdict, step: Step, lang: str) -> str:
    """Return the figure of a year, with its month where that is not the last."""
    if step.known is None:
        return ""
    shown = figure(catalog, verdict, step.known.value, lang)
    if step.known.end == step.year:
        return shown
    when = text.period(step.known.period, lang)
    return f"{shown}（{when}）" if lang == "zh" else f"{shown} ({when})"


def _kind(catalog: Catalog, verdict: Verdict) -> str:
    return text.labels_kind(catalog)[verdict.target["indicator"]]


def _verb(catalog: Catalog, verdict: Verdict, value: float) -> str:
    return VERBS.get(_kind(catalog, verdict), USUAL)[0 if value >= 0 else 1]


def _amount(catalog: Catalog, value: float, unit: str, lang: str) -> str:
    scale = 1.0 if lang == "zh" else float(catalog.read("units").set_index("id").at[unit, "en_factor"])
    return text.amount(catalog, value, unit, lang, _digits(value * scale))


def _digits(value: float) -> int | None:
    """Return how many decimals a reader needs: none from 1,000 on, one from 100 on, two below; None if it has fewer."""
    most = 0 if abs(value) >= LARGE else 1 if abs(value) >= SMALL else 2
    return None if round(value, most) == round(value, 9) else most
