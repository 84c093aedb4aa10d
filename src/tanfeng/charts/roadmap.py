"""The roadmap: wedges between the reference and what remains, measures on a time line, and the front of investment."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from tanfeng import text, wedges
from tanfeng.catalog import Catalog
from tanfeng.charts.style import GRID, INK, VERDICT_COLORS, Chart, canvas, finish, tonne_axis, unit_title, year_axis

COLORS = ("#b4526b", "#1f5673", "#2a6f97", "#5b9bbd", "#8fbfd6", "#c9a227", "#3b8b6f", "#7a6aa8")
PALE = "#9aa5ad"
PLANS = {"N02": (0, (1, 2)), "N03": (0, (4, 2)), "P05": "-"}
FIRST_YEAR, BREATH = 2023, 40.0
OPENED = "#a63d2f"
READY = {
    wedges.COUNTED: "#2a6f97",
    wedges.NO_DATE: "#c3c9ce",
    wedges.OVERDUE: "#e3a27a",
    wedges.IN_REFERENCE: "#c9d6de",
}


def wedge_areas(catalog: Catalog, rows: dict[str, pd.DataFrame], limits: dict[str, pd.DataFrame], lang: str) -> Chart:
    """Draw the wedges under the reference, a panel an account, with what the targets allow as lines.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.wedges.table` by account.
        limits: result of `tanfeng.gaps.target_paths` by account.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 4.8)) as figure:
        panels = figure.subplots(1, len(rows), squeeze=False)[0]
        for axes, (account, table) in zip(panels, rows.items(), strict=True):
            _areas(axes, table, lang)
            _limits(axes, limits[account], lang)
            tonne_axis(axes, text.word(catalog, f"account_{account}", lang), lang)
            year_axis(axes)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, ncols=4, loc="outside lower left", fontsize=8.5)
        return finish(figure, _areas_alt(catalog, rows, lang))


def _areas(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    table = {str(name): part.set_index("year")["co2_mt"] for name, part in rows.groupby("measure", sort=False)}
    top, left = table.pop("reference"), table.pop("remaining")
    years = [float(year) for year in top.index]
    upper = top
    for color, (name, wedge) in zip(COLORS, table.items(), strict=False):
        lower = upper - wedge
        axes.fill_between(years, lower.to_numpy(), upper.to_numpy(), color=color, linewidth=0, label=name)
        upper = lower
    axes.plot(years, top, color=INK, linewidth=1.8, label={"zh": "参考情形", "en": "reference"}[lang])
    axes.plot(
        years, left, color=INK, linewidth=1.4, linestyle=(0, (4, 2)), label={"zh": "剩余", "en": "remaining"}[lang]
    )
    axes.set_ylim(bottom=min(left.min(), top.min()) - BREATH)
    axes.margins(x=0.01)


def _limits(axes: Axes, paths: pd.DataFrame, lang: str) -> None:
    for name, part in paths.groupby("target", sort=False):
        shown = part[part["year"] >= FIRST_YEAR]
        label = {"zh": f"{name}允许", "en": f"allowed by {name}"}[lang]
        line = PLANS.get(str(name), "-")
        axes.plot(
            shown["year"], shown["limit_mt"], color=VERDICT_COLORS["missed"], linewidth=1.4, linestyle=line, label=label
        )
        axes.plot(shown["year"].tail(1), shown["limit_mt"].tail(1), "o", color=VERDICT_COLORS["missed"], markersize=4)


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


def gantt(rows: pd.DataFrame, as_of: int, until: int, lang: str) -> Chart:
    """Draw the measures on a time line: until their first whole year hatched, from then on full; without a date pale.

    Args:
        rows: result of `tanfeng.gaps.readiness`.
        as_of: year of the tables.
        until: last year.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 1.4 + 0.33 * len(rows))) as figure:
        axes = figure.subplots()
        for place, row in enumerate(rows.to_dict("records")):
            _bar(axes, place, row, as_of, until, lang)
        axes.set_yticks(range(len(rows)), [f"{row['id']} {_brief(row[lang], lang)}" for row in rows.to_dict("records")])
        axes.invert_yaxis()
        axes.axvline(2030, color=VERDICT_COLORS["missed"], linewidth=1.2)
        axes.grid(axis="x", color=GRID)
        axes.grid(visible=False, axis="y")
        axes.set_xlim(as_of - 3, until + 1)
        year_axis(axes)
        title = {
            "zh": "斜线：投产或落实之前；实色：完整年份；红线：2030年",
            "en": "hatched: before it works; full: whole years; red: 2030",
        }[lang]
        unit_title(axes, title)
        return finish(figure, _gantt_alt(rows, lang))


def _bar(axes: Axes, place: int, row: dict[str, object], as_of: int, until: int, lang: str) -> None:
    color = READY[str(row["stage"])]
    if pd.isna(row["first_year"]):
        axes.barh(place, until + 1 - as_of, left=as_of, height=0.55, color="white", edgecolor=color, hatch="///")
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
    if row["stage"] == wedges.COUNTED:
        axes.barh(place, first - as_of, left=as_of, height=0.55, color="white", edgecolor=color, hatch="///")
    axes.barh(place, until + 1 - first, left=first, height=0.55, color=color)


def _brief(name: str, lang: str) -> str:
    most = 14 if lang == "zh" else 30
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _gantt_alt(rows: pd.DataFrame, lang: str) -> str:
    dated = rows[rows["stage"] == wedges.COUNTED]
    said = [f"{row['id']} {int(row['first_year'])}" for row in dated.to_dict("records")]
    undated = rows.loc[rows["stage"] == wedges.NO_DATE, "id"].tolist()
    if lang == "zh":
        return f"措施时间线。首个完整年份：{'、'.join(said)}。没有年份：{'、'.join(undated) or '无'}。"
    return (
        f"Time line of measures. First whole year: {', '.join(said)}. Without a date: {', '.join(undated) or 'none'}."
    )


def front(scores: pd.DataFrame, opened: int, lang: str) -> Chart:
    """Draw the points of a front: investment against cumulated emissions, shaded by dependence; one is opened.

    Args:
        scores: result of `tanfeng.optimum.scores`.
        opened: number of the point that is opened.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 4.2)) as figure:
        axes = figure.subplots()
        marks = axes.scatter(scores["cost"], scores["emissions"], c=scores["security"], cmap="viridis", s=46, zorder=3)
        one = scores[scores["point"] == opened]
        axes.scatter(
            one["cost"], one["emissions"], facecolors="none", edgecolors=OPENED, s=150, linewidths=1.8, zorder=4
        )
        for row in scores.itertuples():
            axes.annotate(
                str(row.point), (row.cost, row.emissions), xytext=(5, 5), textcoords="offset points", fontsize=8
            )
        words = {
            "zh": ("投资（亿元）", "累计排放变化（%）", "对外依存电量变化（%）"),
            "en": ("investment (billion yuan)", "change of cumulated emissions (%)", "change of dependence (%)"),
        }[lang]
        unit_title(axes, words[1])
        axes.set_xlabel(words[0])
        if lang == "en":
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10:g}"))
        figure.colorbar(marks, ax=axes, label=words[2])
        return finish(figure, _front_alt(scores, lang))


def _front_alt(scores: pd.DataFrame, lang: str) -> str:
    last = scores.iloc[-1]
    cost, fall = float(last["cost"]), text.percent(float(last["emissions"]))
    if lang == "zh":
        return (
            f"{len(scores)}个互不劣于对方的方案，投资越多排放越低；投资最多的方案为{cost:.0f}亿元，累计排放变化{fall}。"
        )
    return f"{len(scores)} points, none dominated; the dearest invests {cost / 10:.0f} billion yuan, emissions change {fall}."
