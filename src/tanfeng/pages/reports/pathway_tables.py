"""Tables about the way to 2030: intensity by account, required path, growth, scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import scenarios
from tanfeng.pages import text
from tanfeng.pages.table import Table, chance_cell, columns, number_cell, status_cell, unseen
from tanfeng.targets import intensity
from tanfeng.targets.intensity import Intensity

SHORT = {"direct": ("直接口径", "direct"), "assessment": ("考核口径", "assessment")}


def _between(low: float, high: float, lang: str) -> dict[str, str]:
    """Return an interval in words, since a dash before a negative end would read as a minus."""
    return {"text": f"{text.number(low, 1)}{'至' if lang == 'zh' else ' to '}{text.number(high, 1)}"}


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account of this project.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> account(open_catalog(), "assessment", "zh")
        '考核口径（含外调电）'
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
