"""The roadmap: wedges between the reference and what remains, measures on a time line, and the front of investment."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from tanfeng.data.catalog import Catalog
from tanfeng.facts.plans import closed, current, short
from tanfeng.outlook.peak import BY
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    INK,
    VERDICT_COLORS,
    Chart,
    canvas,
    drawn,
    finish,
    key,
    names_above,
    on_phone,
    panels,
    tonne_axis,
    unit_title,
    year_axis,
)
from tanfeng.pages.table import pick
from tanfeng.roadmap import wedges

COLORS = ("#b4526b", "#1f5673", "#2a6f97", "#5b9bbd", "#8fbfd6", "#c9a227", "#3b8b6f", "#7a6aa8")
PALE = "#9aa5ad"
PLANS = {"N02": (0, (1, 2)), "N03": (0, (4, 2)), "P05": "-"}
FIRST_YEAR, BREATH = 2023, 10.0
LOWER, THICK = 0.24, {True: 0.4, False: 0.55}  # bars below their names, and how thick they are, on a phone
OPENED = "#a63d2f"
MARKS = (("o", "#c9a227"), ("^", "#3b8b6f"), ("s", "#2a6f97"), ("D", "#4b2e63"))  # dependence, the least change first
READY = {
    wedges.COUNTED: "#2a6f97",
    wedges.IN_REFERENCE: "#a9bfcc",
    wedges.OVERDUE: "#c8763e",
    wedges.NO_DATE: "#8a949c",
}
READY_WORDS = {
    wedges.COUNTED: ("计入", "counted"),
    wedges.IN_REFERENCE: ("已在参考情形中", "in the reference"),
    wedges.OVERDUE: ("已到期，未见完成", "due, not shown to be done"),
    wedges.NO_DATE: ("没有年份", "no date"),
}
SOLID = {wedges.COUNTED, wedges.IN_REFERENCE}
DUE = ("文件所列年份", "date of the document")


@drawn
def wedge_areas(catalog: Catalog, rows: dict[str, pd.DataFrame], limits: dict[str, pd.DataFrame], lang: str) -> Chart:
    """Draw the wedges under the reference, a panel an account, with what the targets allow as lines.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.roadmap.wedges.table` by account.
        limits: result of `tanfeng.roadmap.gaps.target_paths` by account.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 4.8), 8.6) as figure:
        for axes, (account, table) in zip(panels(figure, len(rows), 2), rows.items(), strict=True):
            _areas(axes, table, _names(catalog, lang), lang)
            _limits(catalog, axes, limits[account], lang)
            tonne_axis(axes, text.word(catalog, f"account_{account}", lang), lang)
            year_axis(axes)
        key(figure, 3)
        return finish(figure, _areas_alt(catalog, rows, lang))


def _names(catalog: Catalog, lang: str) -> dict[str, str]:
    names = catalog.read("measures").set_index("id")[lang]
    return {str(number): f"{number} {_brief(str(name), lang)}" for number, name in names.items()}


def _areas(axes: Axes, rows: pd.DataFrame, names: dict[str, str], lang: str) -> None:
    table = {str(name): part.set_index("year")["co2_mt"] for name, part in rows.groupby("measure", sort=False)}
    top, left = table.pop("reference"), table.pop("remaining")
    years = [float(year) for year in top.index]
    upper = top
    for color, (name, wedge) in zip(COLORS, table.items(), strict=False):
        lower = upper - wedge
        axes.fill_between(years, lower.to_numpy(), upper.to_numpy(), color=color, linewidth=0, label=names[name])
        upper = lower
    axes.plot(years, top, color=INK, linewidth=1.8, label={"zh": "参考情形", "en": "reference"}[lang])
    axes.plot(
        years, left, color=INK, linewidth=1.4, linestyle=(0, (4, 2)), label={"zh": "剩余", "en": "remaining"}[lang]
    )
    axes.margins(x=0.01)


def _limits(catalog: Catalog, axes: Axes, paths: pd.DataFrame, lang: str) -> None:
    targets = catalog.read("targets").drop_duplicates("id").set_index("id")
    for name, part in paths.groupby("target", sort=False):
        shown = part[part["year"] >= FIRST_YEAR]
        one = targets.loc[name]
        owner, fall = catalog.label("regions", one["region"], lang), text.number(one["target_value"])
        zh, en = (
            f"{owner}{one['target_year']}年降{fall}%所允许",
            f"allowed by {owner}, −{fall}% by {one['target_year']}",
        )
        label = {"zh": zh, "en": en}[lang]
        line = PLANS.get(str(name), "-")
        axes.plot(
            shown["year"], shown["limit_mt"], color=VERDICT_COLORS["missed"], linewidth=1.4, linestyle=line, label=label
        )
        axes.plot(shown["year"].tail(1), shown["limit_mt"].tail(1), "o", color=VERDICT_COLORS["missed"], markersize=4)
    axes.set_ylim(bottom=min(axes.dataLim.y0, paths.loc[paths["year"] >= FIRST_YEAR, "limit_mt"].min()) - BREATH)


def _areas_alt(catalog: Catalog, rows: dict[str, pd.DataFrame], lang: str) -> str:
    parts = []
    for account, table in rows.items():
        last = table[table["year"] == table["year"].max()].set_index("measure")["co2_mt"]
        shown = [text.tonnes(float(last[name]), lang) for name in ("reference", "remaining")]
        name, unit = text.word(catalog, f"account_{account}", lang), text.TONNES[lang]
        year = int(table["year"].max())
        zh = f"{name}：{year}年参考情形{shown[0]}{unit}，措施后{shown[1]}{unit}"
        parts.append(
            {"zh": zh, "en": f"{name}: reference {shown[0]} {unit} in {year}, {shown[1]} after measures"}[lang]
        )
    if lang == "zh":
        return f"各项措施逐年减排量的叠加图，自上而下按计算次序。{'；'.join(parts)}。"
    return f"Wedges of the measures from the reference down, in the order of counting. {'; '.join(parts)}."


@drawn
def gantt(catalog: Catalog, rows: pd.DataFrame, as_of: int, until: int, lang: str) -> Chart:
    """Draw the measures on a time line with milestones: hatched before they work or if not shown to be done, then full.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.roadmap.gaps.readiness`.
        as_of: year of the tables.
        until: last year.
        lang: `zh` or `en`.
    """
    place_of = 0 if lang == "zh" else 1
    with canvas((8.4, 1.7 + 0.33 * len(rows)), 1.9 + 0.45 * len(rows)) as figure:
        axes = figure.subplots()
        for place, row in enumerate(rows.to_dict("records")):
            _bar(axes, place + (LOWER if on_phone() else 0), row, as_of, until, lang)
        axes.set_yticks(range(len(rows)), [f"{row['id']} {_brief(row[lang], lang)}" for row in rows.to_dict("records")])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        names_above(axes)
        axes.grid(visible=False)
        axes.set_xlim(as_of - 3, until + 1)
        shown = range(until, as_of - 3, -4 if on_phone() else -2)
        axes.set_xticks([year + 0.5 for year in shown], [str(year) for year in shown])
        _milestones(catalog, axes, place_of)
        key(figure, 5, handles=_ready_handles(set(rows["stage"]), place_of))
        return finish(figure, _gantt_alt(rows, lang))


def _milestones(catalog: Catalog, axes: Axes, place_of: int) -> None:
    """Mark the ends of the plan that was the last to end and of the one that runs, where a year begins anew."""
    lang, last = text.LANGS[place_of], catalog.read("plans").set_index("id")["last_year"]
    for plan in (closed(catalog), current(catalog)):
        year, name = int(last[plan]), short(catalog, plan, lang)
        peak = pick(("、碳达峰", ", peak"), lang) if year == BY else ""
        words = pick((f"{name}末{peak}", f"end of {name}{peak}"), lang)
        axes.axvline(year + 1, color=VERDICT_COLORS["missed"], linewidth=1.2)
        axes.annotate(
            words, (year + 1, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
            textcoords="offset points", ha="center", fontsize=8.5, color=VERDICT_COLORS["missed"],
        )  # fmt: skip


def _ready_handles(stages: set[str], place_of: int) -> list[Patch | Line2D]:
    found: list[Patch | Line2D] = [
        Patch(
            facecolor=READY[name] if name in SOLID else "white",
            edgecolor=READY[name],
            hatch="" if name in SOLID else "///",
            label=words[place_of],
        )
        for name, words in READY_WORDS.items()
        if name in stages
    ]
    return [*found, Line2D([], [], linestyle="", marker="D", color=INK, markersize=5, label=DUE[place_of])]


def _bar(axes: Axes, place: float, row: dict[str, Any], as_of: int, until: int, lang: str) -> None:
    color, thick = READY[str(row["stage"])], THICK[on_phone()]
    if pd.isna(row["first_year"]):
        axes.barh(place, until + 1 - as_of, left=as_of, height=thick, color="white", edgecolor=color, hatch="///")
        axes.annotate(
            {"zh": "没有年份", "en": "no date"}[lang],
            (as_of + (until - as_of) / 2, place),
            ha="center",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
        return
    first = max(int(str(row["first_year"])), as_of - 3)
    solid: dict[str, Any] = {"color": color}
    if row["stage"] not in SOLID:
        solid = {"color": "white", "edgecolor": color, "hatch": "///"}
    if row["stage"] == wedges.COUNTED:
        axes.barh(place, first - as_of, left=as_of, height=thick, color="white", edgecolor=color, hatch="///")
    axes.barh(place, until + 1 - first, left=first, height=thick, **solid)
    if pd.notna(row["by_year"]):
        axes.plot(float(str(row["by_year"])) + 0.5, place, "D", color=INK, markersize=5, zorder=4)


def _brief(name: str, lang: str) -> str:
    most = 14 if lang == "zh" else 32
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _gantt_alt(rows: pd.DataFrame, lang: str) -> str:
    dated = rows[rows["stage"] == wedges.COUNTED]
    said = [f"{row['id']} {int(row['first_year'])}" for row in dated.to_dict("records")]
    undated, overdue = (rows.loc[rows["stage"] == name, "id"].tolist() for name in (wedges.NO_DATE, wedges.OVERDUE))
    if lang == "zh":
        parts = (f"首个完整年份：{'、'.join(said)}", f"没有年份：{'、'.join(undated) or '无'}")
        return f"措施时间线。{'；'.join(parts)}；已到期，未见完成：{'、'.join(overdue) or '无'}。"
    parts = (f"First whole year: {', '.join(said)}", f"without a date: {', '.join(undated) or 'none'}")
    return f"Time line of measures. {'; '.join(parts)}; due, not shown to be done: {', '.join(overdue) or 'none'}."


@drawn
def front(scores: pd.DataFrame, opened: int, lang: str) -> Chart:
    """Draw the points of a front: investment against cumulated emissions, marked by dependence; one is opened.

    Args:
        scores: result of `tanfeng.roadmap.front.scores`.
        opened: number of the point that is opened.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 4.2)) as figure:
        axes = figure.subplots()
        for (low, high), (mark, color), part in _classes(scores):
            label = {"zh": "至", "en": " to "}[lang].join(text.percent(end) for end in (high, low))
            axes.plot(part["cost"], part["emissions"], mark, color=color, markersize=7.5, label=label, zorder=3)
        one = scores[scores["point"] == opened]
        axes.scatter(
            one["cost"], one["emissions"], facecolors="none", edgecolors=OPENED, s=150, linewidths=1.8, zorder=4
        )
        for row in scores.itertuples():
            above = (5, 5) if row.point % 2 else (-4, -13)
            axes.annotate(
                str(row.point), (row.cost, row.emissions), xytext=above, textcoords="offset points", fontsize=8.5
            )
        words = {
            "zh": ("投资（亿元）", "累计排放变化（%）", "对外依存电量变化"),
            "en": ("investment (billion yuan)", "change of cumulated emissions (%)", "change of dependence"),
        }[lang]
        unit_title(axes, words[1])
        axes.set_xlabel(words[0])
        if lang == "en":
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10:g}"))
        axes.legend(title=words[2], fontsize=8.5, title_fontsize=8.5, loc="upper right")
        return finish(figure, _front_alt(scores, lang))


def _classes(scores: pd.DataFrame) -> list[tuple[tuple[float, float], tuple[str, str], pd.DataFrame]]:
    """Return the points by dependence in equal classes, the least change first: limits, mark and colour, points."""
    ends = np.linspace(min(scores["security"].min(), 0.0), 0.0, len(MARKS) + 1)[::-1]
    place = np.clip(np.searchsorted(-ends, -scores["security"], side="right") - 1, 0, len(MARKS) - 1)
    limits = [(float(low), float(high)) for high, low in pairwise(ends)]
    return [(limits[i], MARKS[i], scores[place == i]) for i in range(len(MARKS)) if (place == i).any()]


def _front_alt(scores: pd.DataFrame, lang: str) -> str:
    last = scores.iloc[-1]
    cost, fall = float(last["cost"]), text.percent(float(last["emissions"]))
    if lang == "zh":
        shown = f"互不占优的{len(scores)}个方案的投资、累计排放和对外依存电量"
        return f"{shown}；投资最多的为{cost:.0f}亿元，累计排放变化{fall}。"
    dearest = f"the dearest invests {cost / 10:.0f} billion yuan, emissions change {fall}"
    return f"{len(scores)} points, none dominated; {dearest}."
