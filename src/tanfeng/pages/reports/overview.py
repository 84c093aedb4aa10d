"""The overview: its key figures, and the wall chart (挂图作战): every target with its light, by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import paths
from tanfeng.pages import cards, sentences, text
from tanfeng.pages.figures import chances, counted_verdicts, emitted, figure, four, frame, past_errors
from tanfeng.pages.table import unseen
from tanfeng.targets.lookback.changes import MOVED_EMISSIONS, MOVED_FIGURE, MOVED_PEAK, Movements
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "movements": ("与上次冻结预测相比的变动", "Movements since the last frozen outlook"),
    "wall_fields": ("挂图分领域", "Wall chart by field"),
    "wall": ("挂图全部目标", "All targets of the wall chart"),
    "verdict_counts": ("分领域判定数", "Verdicts by field"),
    "verdict_counts_table": ("“十四五”目标判定（项）", "Targets of the 14th plan by verdict"),
    "verdict_counts_figure": (
        "{{ k.counted }}项目标中{{ k.verdict_met }}项已有公布数据证明完成",
        "Published figures show {{ k.verdict_met }} of {{ k.counted }} targets met",
    ),
    "answered": ("已有结论的目标", "Targets with an answer"),
    "answered_table": ("已有结论或有近期数据的目标", "Targets with an answer or a recent figure"),
    "four_indicators": ("四个指标", "The four indicators"),
    "four_indicators_figure": (
        "能源消费总量到{{ k.energy_latest.year }}，二氧化碳排放总量到{{ k.co2_latest.year }}",
        "Energy consumption to {{ k.energy_latest.year }}, CO2 emissions to {{ k.co2_latest.year }}",
    ),
    "outlook": ("分领域排放与外推", "Emissions and outlook by field"),
    "outlook_figure": (
        "{{ k.co2_latest.year }}比2005年{{ k.co2_change_2005.change }}；外推2035年为{{ k.co2_2035 }}，区间很宽",
        "{{ k.co2_latest.year }}: {{ k.co2_change_2005.change }} on 2005; {{ k.co2_2035 }} in 2035 by extrapolation, with a wide interval",
    ),
    "by_field_figure": ("分领域二氧化碳排放：能源领域占大部分", "CO2 emissions by field: energy makes up most of them"),
    "emissions_table": ("分领域二氧化碳排放", "CO2 emissions by field"),
}
CARDS = {
    "energy_latest": (
        "能源消费总量（{{ k.energy_latest.year }}，五经普修订前）",
        "Energy consumption ({{ k.energy_latest.year }}, before the revision of the 5th census)",
    ),
    "co2_latest": ("二氧化碳排放总量（{{ k.co2_latest.year }}）", "CO2 emissions ({{ k.co2_latest.year }})"),
    "energy_intensity_2015_2020": (
        "能耗强度（{{ k.energy_intensity_2015_2020.year }}，各年公布数连乘）",
        "Energy intensity ({{ k.energy_intensity_2015_2020.year }}, yearly rates chained)",
    ),
    "carbon_intensity_since_2020": (
        "碳排放强度（{{ k.carbon_intensity_since_2020.year }}，直接排放口径）",
        "Carbon intensity ({{ k.carbon_intensity_since_2020.year }}, direct emissions)",
    ),
    "p_by_2030": ("2030年前达峰的概率", "Probability of a peak by 2030"),
    "co2_2030": ("2030年二氧化碳排放（外推）", "CO2 emissions in 2030 (extrapolated)"),
}


def key_figures(catalog: Catalog, region: str, judged: list[Verdict], every: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the overview: emissions, the four indicators, GDP, past errors, counts of verdicts.

    `judged` are the verdicts of the plan that is counted, `every` those of all plans, which the wall chart shows.
    """
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total"), *past_errors(catalog)]
    shown = [figure("on_wall", sum(verdict.counts for verdict in every), "targets", "", "reported")]
    return frame([*rows, *_correction(catalog, region), *four(catalog, region), *counted_verdicts(judged), *shown])


def _correction(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total that a correction changed: as published, corrected, the difference; nothing if none did."""
    published = emissions.emissions(catalog, region, by="total", corrections=False).set_index("year")["co2_mt"]
    source = emissions.series(catalog, region, "total").set_index("year")["source_id"]
    removed = published - emissions.emissions(catalog, region, by="total").set_index("year")["co2_mt"]
    changed = removed[removed != 0]
    if changed.empty:
        return []
    year = int(changed.index[-1])
    return [
        figure("co2_as_published", published[year], "Mt CO2", year, "reported", source[year]),
        figure("co2_corrected", published[year] - changed[year], "Mt CO2", year, "adjusted", source[year]),
        figure("co2_correction", changed[year], "Mt CO2", year, "adjusted", source[year]),
    ]


PEAK_YEAR = 2030
LIGHTS = ("green", "yellow", "red", "not_rated")
DETAILED = "14FYP"  # the plan whose targets have cards on the page `targets`
PAGES = {  # what the wall chart does not hold, and the page that has it
    "roadmap": ("路线图：措施的减排量、缺口和可选方案", "Roadmap: wedges, gaps, ways to choose from"),
    "league": ("赛马榜：各省、各市名次", "League: ranks of provinces and cities"),
}


@dataclass(frozen=True)
class Wall:
    """A wall chart ready to be shown.

    Attributes:
        title: heading of the sheet.
        scope: which targets it shows.
        rows: one a field: field, name, emissions and peak (texts), latest (year, amount, status, chance), counts (by
            verdict, only those above zero) and tiles (id, name, goal, verdict, light, href).
        lights: light and its meaning, for the legend.
        unseen: rules whose primary text was not seen, as a sentence.
        changes: what moved since the last frozen outlook, as sentences.
        sources: sources of the emissions.
        links: pages that say more: text and href.
    """

    title: str
    scope: str
    rows: list[dict[str, Any]]
    lights: list[dict[str, str]]
    unseen: str
    changes: list[str]
    sources: list[str]
    links: tuple[dict[str, str], ...] = ()


def wall(catalog: Catalog, region: str, judged: Sequence[Verdict], moved: Movements, lang: str) -> Wall:
    """Return the wall chart of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        judged: the verdicts of all plans; only counted targets are shown.
        moved: what moved since the last frozen outlook.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge
        >>> catalog = open_catalog()
        >>> made = wall(catalog, "330000", judge(catalog, "330000"), Movements("", "", pd.DataFrame()), "zh")
        >>> [row["name"] for row in made.rows][:3], made.changes
        (['全省', '能源', '工业'], ['尚无冻结的预测，无从比较。'])
    """
    counted = [verdict for verdict in judged if verdict.counts]
    name = catalog.label("regions", region, lang)
    title = (
        f"{name}碳达峰{text.word(catalog, 'wall_chart', lang)}" if lang == "zh" else f"{name}: carbon peak wall chart"
    )
    fields = catalog.read("fields").sort_values("sort")["id"]
    rows = [_row(catalog, region, field, counted, lang) for field in fields]
    lights = [
        {
            "class": cards.light_class(light),
            "text": text.word(catalog, f"light_{light}", lang),
            "means": text.word(catalog, f"light_{light}_means", lang),
        }
        for light in LIGHTS
    ]
    sources = emissions.sources(catalog, region)
    rules, scope = unseen(catalog, ("light", "change"), lang), _scope(catalog, counted, lang)
    links = tuple(
        {"text": words[0 if lang == "zh" else 1], "href": f"{page}.{lang}.html"} for page, words in PAGES.items()
    )
    return Wall(title, scope, rows, lights, rules, changes(catalog, moved, lang), list(sources), links)


def fields(made: Wall) -> pd.DataFrame:
    """Return what the wall chart says of each field, for download: columns field, emissions, peak, counts (texts).

    Example:
        >>> row = {"name": "industry", "emissions": "69.7 Mt", "peak": "64%", "counts": [{"word": "open", "count": 2}]}
        >>> fields(Wall("", "", [row], [], "", [], [])).iloc[0].tolist()
        ['industry', '69.7 Mt', '64%', 'open 2']
    """
    rows = [[row["name"], row["emissions"], row["peak"], _counted(row["counts"])] for row in made.rows]
    return pd.DataFrame(rows, columns=["field", "emissions", "peak", "counts"])


def _counted(counts: Sequence[dict[str, Any]]) -> str:
    return "; ".join(f"{one['word']} {one['count']}" for one in counts)


def _scope(catalog: Catalog, counted: Sequence[Verdict], lang: str) -> str:
    """Say how many targets of which plan are shown, and the state of the tables."""
    plans = [verdict.target["plan"] for verdict in counted]
    names = {plan: catalog.label("plans", plan, lang).partition("（")[0].partition(" (")[0] for plan in plans}
    mark = "，" if lang == "zh" else ", "
    parts = mark.join(
        f"{name}{plans.count(plan)}项" if lang == "zh" else f"{name} {plans.count(plan)}"
        for plan, name in names.items()
    )
    if lang == "zh":
        return f"目标{len(counted)}项：{parts}。数据版本{catalog.vintage}。"
    return f"{len(counted)} targets: {parts}. Data {catalog.vintage}."


def _row(catalog: Catalog, region: str, field: str, counted: Sequence[Verdict], lang: str) -> dict[str, Any]:
    own = [verdict for verdict in counted if verdict.target["field"] == field]
    own.sort(key=lambda verdict: (VERDICTS.index(verdict.answer), verdict.target["id"]))
    return {
        "field": field,
        "name": catalog.label("fields", field, lang),
        **_emitted(catalog, region, field, lang),
        "counts": [
            {"verdict": name, "count": count, "word": text.word(catalog, f"verdict_{name}", lang)}
            for name in VERDICTS
            if (count := sum(verdict.answer == name for verdict in own))
        ],
        "tiles": [_tile(catalog, verdict, lang) for verdict in own],
    }


def _emitted(catalog: Catalog, region: str, field: str, lang: str) -> dict[str, Any]:
    """Return the last emissions of a field and its peak probability as texts; empty for a field without emissions."""
    if field not in {*emissions.emitting_fields(catalog), "total"}:
        return {"emissions": "", "peak": "", "latest": {}}
    last = emissions.series(catalog, region, field).iloc[-1]
    shown = text.amount(catalog, last["co2_mt"], "Mt CO2", lang, None if lang == "zh" else 1)
    status = text.word(catalog, f"status_{last['status']}", lang)
    by_year = paths.peak(catalog, region, field).set_index("year")["p_peaked_by"]
    chance = text.probability(float(by_year[PEAK_YEAR]))
    latest = {"year": int(last["year"]), "amount": shown, "status": last["status"], "chance": chance}
    if lang == "zh":
        return {
            "latest": latest,
            "emissions": f"{int(last['year'])}年排放{shown}（{status}）",
            "peak": f"{PEAK_YEAR}年前达峰概率{chance}",
        }
    return {
        "latest": latest,
        "emissions": f"{shown} in {int(last['year'])} ({status})",
        "peak": f"peak by {PEAK_YEAR}: probability {chance}",
    }


def _tile(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    target = verdict.target
    return {
        "id": target["id"],
        "name": sentences.target_name(target, lang),
        "goal": sentences.target_value(catalog, target, lang),
        "verdict": verdict.answer,
        "word": text.word(catalog, f"verdict_{verdict.answer}", lang),
        "light": "" if verdict.light == "not_rated" else cards.light_class(verdict.light),
        "light_year": cards.light_year(verdict, lang).strip("，, "),
        "light_word": text.word(catalog, f"light_{verdict.light}", lang) + cards.light_year(verdict, lang),
        "href": f"targets.{lang}.html#target-{target['id']}" if target["plan"] == DETAILED else "",
    }


def changes(catalog: Catalog, moved: Movements, lang: str) -> list[str]:
    """Return what moved since the last frozen outlook, as sentences; one says so if nothing did.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = pd.DataFrame([("peak", "total", 2030, 0.2, 0.25)], columns=["kind", "item", "year", "old", "new"])
        >>> changes(open_catalog(), Movements("outlook_2026-11", "2026-11-24", rows), "zh")
        ['与2026-11-24冻结的预测相比：', '2030年前达峰的概率由20%变为25%。']
    """
    zh = lang == "zh"
    if not moved.since:
        return [
            "尚无冻结的预测，无从比较。" if zh else "No outlook is frozen yet, so there is nothing to compare with."
        ]
    if moved.rows.empty:
        said = "与{}冻结的预测相比，2030年排放、达峰概率和目标完成概率均无变化。"
        english = "Nothing moved since the outlook frozen on {}: emissions and peak in 2030, probabilities of targets."
        return [(said if zh else english).format(moved.date)]
    head = f"与{moved.date}冻结的预测相比：" if zh else f"Against the outlook frozen on {moved.date}:"
    return [head, *(_change(catalog, row, zh) for row in moved.rows.to_dict("records"))]


def _change(catalog: Catalog, row: dict[str, Any], zh: bool) -> str:
    lang = "zh" if zh else "en"
    if row["kind"] == MOVED_FIGURE:
        old, new = f"{row['old']:.0f}", f"{row['new']:.0f}"
        return f"排放数据由{old}年更新到{new}年。" if zh else f"Emissions are known to {new}, then to {old}."
    if row["kind"] == MOVED_EMISSIONS:
        old, new = (text.amount(catalog, row[side], "Mt CO2", lang, None if zh else 1) for side in ("old", "new"))
        said = f"{row['year']}年二氧化碳排放预测由{old}变为{new}。"
        return said if zh else f"Emissions in {row['year']}: {new}, then {old}."
    old, new = (_chance(catalog, row[side], lang) for side in ("old", "new"))
    if row["kind"] == MOVED_PEAK:
        said = f"{row['year']}年前达峰的概率由{old}变为{new}。"
        return said if zh else f"Probability of a peak by {row['year']}: {new}, then {old}."
    if pd.isna(row["new"]):
        said = f"目标{row['item']}不再给出完成概率（当时为{old}）：已有公布的结果，或不能再推算。"
        english = (
            f"Target {row['item']} has no probability any more (then {old}): its result is out, or it cannot be told."
        )
        return said if zh else english
    return (
        f"目标{row['item']}的完成概率由{old}变为{new}。"
        if zh
        else f"Target {row['item']}: probability {new}, then {old}."
    )


def _chance(catalog: Catalog, share: float, lang: str) -> str:
    return {"zh": "无", "en": "none"}[lang] if pd.isna(share) else text.probability(share)
