"""The first page: its key figures, how old the data are, what changed, and for whom which page is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import coverage, emissions
from tanfeng.outlook import paths, projection, scenarios
from tanfeng.pages import headline, table, text
from tanfeng.pages.charts import targets as charts
from tanfeng.pages.charts.style import FIELD_COLORS
from tanfeng.pages.headline import Row
from tanfeng.pages.page import Page
from tanfeng.pages.table import pick
from tanfeng.targets.lookback.changes import MOVED_EMISSIONS, MOVED_FIGURE, MOVED_PEAK, Movements
from tanfeng.targets.verdict import Verdict

TEXTS = headline.TEXTS | {
    "movements": ("与上次冻结预测相比的变动", "Movements since the last frozen outlook"),
    "targets": ("目标判定与旁证倾向", "Verdicts and leans"),
    "course": ("全省排放与预测区间", "Emissions of the province and their intervals"),
    "controls": ("控制指标图中数据", "Figures of the charts of control indicators"),
    "emissions_table": ("分领域二氧化碳排放", "CO2 emissions by field"),
    "by_field_figure": ("{{ largest }}领域占全省排放的比重最大", "{{ largest }} has the largest share of emissions"),
    "more": ("分领域排放、构成和推算", "Emissions by field, shares and estimates"),
}
ROLES = {  # who reads which pages: slug (with a place in it) and its name
    "role_leaders": (
        ("brief", ("两页简报", "Brief")),
        ("wallchart", ("挂图", "Wall chart")),
        ("ahead", ("2030年目标", "2030")),
    ),
    "role_offices": (
        ("field-energy", ("领域", "Fields")),
        ("targets", ("目标核查", "Targets")),
        ("registers", ("行动清单和待补数据", "Actions and figures asked for")),
    ),
    "role_analysts": (
        ("data", ("数据", "Data")),
        ("methods", ("方法", "Methods")),
        ("lookback", ("回头看", "Look-back")),
    ),
}
NONE = "none"
NAMED = 5
SLUGS = {"total": "peak", "technology": "technology"}  # pages of rows that are not a field with emissions


def course(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the course of the total with both intervals and without committed units, as the first chart draws it.

    Returns:
        year, status, co2_mt, lo50_mt, hi50_mt, lo80_mt, hi80_mt, without_committed_mt, allowed_mt (the line to what the
        target on CO2 intensity allows); the last two empty where there are none.
    """
    rows = paths.fields(catalog, region).query("field == 'total'").set_index("year")
    found = paths.paths(catalog, region)
    low, high = (pd.Series(limit, list(found.years)) for limit in np.quantile(found.of("total"), [0.25, 0.75], axis=0))
    named = {one.name: one for one in scenarios.named(catalog, region)}
    bare = named.get(scenarios.WITHOUT_COMMITTED)
    other = paths.fields(catalog, region, scenario=bare).query("field == 'total'").set_index("year") if bare else None
    columns = {"status": rows["status"], "co2_mt": rows["co2_mt"], "lo50_mt": low, "hi50_mt": high}
    columns |= {"lo80_mt": rows["lo80"], "hi80_mt": rows["hi80"]}
    without = other["co2_mt"].where(other["status"] == "forecast") if other is not None else np.nan
    allowed = pd.Series(np.nan, rows.index)
    for row in headline.own_gaps(catalog, region)[:1]:
        start = projection.last_told(catalog, region, "total")
        allowed[start], allowed[row["year"]] = rows.at[start, "co2_mt"], row["limit_mt"]
        allowed = allowed.interpolate(limit_area="inside")
    return pd.DataFrame(columns).assign(without_committed_mt=without, allowed_mt=allowed).reset_index()


def drawn(catalog: Catalog, judged: list[Verdict], lang: str) -> pd.DataFrame:
    """Return the figures that the charts of the control indicators draw.

    Returns:
        year, value, status, id of the target, goal, unit.
    """
    series = [(one.target, charts.series(catalog, one, lang)) for one in judged]
    parts = [
        found.rows.assign(id=target["id"], goal=found.goal, unit=target["unit"]) for target, found in series if found
    ]
    empty = pd.DataFrame(columns=["year", "value", "status", "id", "goal", "unit"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def controls(page: Page, judged: list[Verdict]) -> list[Row]:
    """Return the targets on the control indicators (`headline.controls`), each with its chart and the place of its card."""
    found, shown = [], headline.controls(page.catalog, page.region, judged, page.lang)
    page.data("controls", drawn(page.catalog, [row["verdict"] for row in shown], page.lang))
    for row in shown:
        chart = charts.target(page.catalog, row["verdict"], page.lang, small=True)
        found.append(row | {"chart": page.drawing(chart) if chart else ""})
    return found


def fields(page: Page, judged: list[Verdict]) -> list[Row]:
    """Return the rows of the total and the fields (`headline.fields`), those with emissions with their course drawn."""
    found = []
    for row in headline.fields(page.catalog, page.region, judged, page.lang):
        chart = charts.sparkline(row["rows"], FIELD_COLORS[row["field"]]) if "rows" in row else None
        spark = page.drawing(chart) if chart else ""
        found.append(
            row | {"spark": spark, "href": f"{SLUGS.get(row['field'], 'field-' + row['field'])}.{page.lang}.html"}
        )
    return found


def largest(catalog: Catalog, region: str, lang: str) -> str:
    """Return the name of the field with the highest emissions in the last year of the total.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> largest(open_catalog(), "330000", "en")
        'Energy'
    """
    last = int(emissions.series(catalog, region, "total")["year"].iloc[-1])
    known = {name: emissions.series(catalog, region, name) for name in emissions.emitting_fields(catalog)}
    at_last = {name: float(rows.loc[rows["year"] == last, "co2_mt"].sum()) for name, rows in known.items()}
    return catalog.label("fields", max(at_last, key=lambda name: at_last[name]), lang)


def ages(catalog: Catalog, region: str, lang: str) -> list[dict[str, Any]]:
    """Return the main series by the last year of which they have a figure, the latest first: year, names.

    At most `NAMED` series are named for a year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(ages(open_catalog(), "330000", "en")[0])
        ['names', 'year']
    """
    rows = coverage.main_series(catalog, region)
    known = rows[rows["status"] != NONE].groupby(["table", "series"], sort=False)["year"].max().reset_index()
    found = []
    for year, some in sorted(known.groupby("year"), key=lambda one: -one[0]):
        names = [_series_name(catalog, *one, lang) for one in zip(some["table"], some["series"], strict=True)]
        left = len(names) - NAMED
        more = [pick((f"另{left}项", f"{left} more"), lang)] if left > 0 else []
        found.append({"year": year, "names": [name[:1].upper() + name[1:] for name in names[:NAMED]] + more})
    return found


def _series_name(catalog: Catalog, name: str, series: str, lang: str) -> str:
    words = table.ui_words(catalog, lang)
    if name == "inventory":
        return words["emissions_of"].format(field=catalog.label("fields", series, lang))
    own = words.get(series.removesuffix("_change"), "") if name == "four_indicators" else ""
    return own or catalog.label("indicators", series, lang)


def roles(catalog: Catalog, lang: str) -> list[dict[str, Any]]:
    """Return for whom which pages are: name and links (text, href).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> roles(open_catalog(), "zh")[0]["links"][0]
        {'text': '两页简报', 'href': 'brief.zh.html'}
    """
    return [
        {
            "name": text.word(catalog, name, lang),
            "links": [{"text": pick(words, lang), "href": f"{slug}.{lang}.html"} for slug, words in links],
        }
        for name, links in ROLES.items()
    ]


def years(catalog: Catalog, region: str, lang: str) -> dict[str, str]:
    """Return the heads of the table of fields: the last year of the inventory and the one estimated since."""
    last = int(emissions.series(catalog, region, "total")["year"].iloc[-1])
    told = projection.last_told(catalog, region, "total")
    unit = pick((f"（{text.TONNES['zh']}）", f" ({text.TONNES['en']})"), lang)
    return {
        "latest": pick((f"{last}年", str(last)), lang) + unit,
        "told": text.word(catalog, "estimated_for", lang).format(year=told) + unit if told > last else "",
    }


def changes(catalog: Catalog, moved: Movements, lang: str) -> list[str]:
    """Return what moved since the last frozen outlook, as sentences; none if nothing did.

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
        return []
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
