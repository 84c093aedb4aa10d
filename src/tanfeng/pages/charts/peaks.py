"""Peak probabilities by year and province, and how well intervals and probabilities did in the past."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from tanfeng.data.catalog import Catalog
from tanfeng.outlook.peak import BY
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    GRID,
    INK,
    Chart,
    canvas,
    drawn,
    finish,
    key,
    on_phone,
    panels,
    unit_title,
)

PALE = "#9aa5ad"
LEVEL_COLORS = {80: FIELD_COLORS["energy"], 95: FIELD_COLORS["industry"]}
TESTS = {
    "left_out": {"zh": "未参与学习的省份", "en": "provinces left out"},
    "slowdown_2012": {"zh": "只用2012年以前资料", "en": "learnt from years before 2012"},
}


@drawn
def peak_by_year(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the probability that emissions have peaked by year, a small chart a field; the total is grey in each.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.peak.by_year`.
        lang: `zh` or `en`.
    """
    fields = list(dict.fromkeys(rows["field"]))
    tables = {name: part.set_index("year")["p_peaked_by"] for name, part in rows.groupby("field")}
    with canvas((8.4, 4.4), 6.4) as figure:
        places = figure.subplots(*((4, 2) if on_phone() else (2, 4)), sharex=True, sharey=True).ravel()
        for axes, name in zip(places, fields, strict=False):
            _draw_chance(axes, tables[name], tables["total"], FIELD_COLORS[name])
            unit_title(axes, catalog.label("fields", name, lang))
        for axes in places[len(fields) :]:
            axes.set_axis_off()
            axes.annotate(
                _panel_note(lang), (0, 0.5), xycoords="axes fraction", va="center", fontsize=9, linespacing=1.4
            )
        return finish(figure, _chances_alt(catalog, tables, fields, lang))


def _draw_chance(axes: Axes, chance: pd.Series, total: pd.Series, color: str) -> None:
    axes.plot(total.index, total, color=PALE, linewidth=1.2)
    axes.plot(chance.index, chance, color=color, linewidth=2)
    axes.plot([BY], [chance[BY]], "o", color=color, markersize=5)
    axes.annotate(
        text.probability(float(chance[BY])), (BY, chance[BY]), xytext=(-3, 6), textcoords="offset points", ha="right"
    )
    axes.set_ylim(0, 1)
    axes.set_xticks([int(chance.index[0]), BY])
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def _panel_note(lang: str) -> str:
    return {
        "zh": f"彩色线：该年及以前\n已达峰的概率\n灰线：全省总量\n圆点：{BY}年",
        "en": f"Coloured: probability\nof having peaked by\nthat year\nGrey: the total\nDot: {BY}",
    }[lang]


def _chances_alt(catalog: Catalog, tables: dict[str, pd.Series], fields: list[str], lang: str) -> str:
    shown = [f"{catalog.label('fields', name, lang)} {text.probability(float(tables[name][BY]))}" for name in fields]
    if lang == "zh":
        return f"各领域逐年达峰概率折线图，{BY}年：{'，'.join(shown)}。"
    return f"Line charts of the probability of having peaked, by {BY}: {', '.join(shown)}."


@drawn
def provinces(catalog: Catalog, rows: pd.DataFrame, region: str, lang: str) -> Chart:
    """Draw two probabilities of every province as dots on one line, ordered; one province is marked.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.peak.by_province`.
        region: the province to mark.
        lang: `zh` or `en`.
    """
    names = [catalog.label("regions", one, lang) for one in rows["region"]]
    places = range(len(rows))
    words = {"zh": (f"{BY}年前达峰", "至2035年未见峰值"), "en": (f"peaked by {BY}", "no peak until 2035")}[lang]
    with canvas((8.4, 8.2), 8.2) as figure:
        axes = figure.subplots()
        axes.hlines(places, rows[f"p_by_{BY}"], rows["p_no_peak"], color=GRID, linewidth=1.4)
        axes.plot(rows[f"p_by_{BY}"], places, "o", color=INK, markersize=6, label=words[0])
        axes.plot(rows["p_no_peak"], places, "o", color=INK, markerfacecolor="white", markersize=6, label=words[1])
        _mark(axes, rows, names, region)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        key(figure, 2)
        unit_title(axes, {"zh": "概率（%）", "en": "Probability (%)"}[lang])
        shown = [
            f"{name} {text.probability(row[f'p_by_{BY}'])} / {text.probability(row['p_no_peak'])}"
            for name, row in zip(names, rows.to_dict("records"), strict=True)
        ]
        return finish(figure, f"{words[0]} / {words[1]}: {'; '.join(shown)}")


def _mark(axes: Axes, rows: pd.DataFrame, names: list[str], region: str) -> None:
    axes.set_yticks(list(range(len(names))), names)
    axes.invert_yaxis()
    axes.margins(y=0.02)
    for place in rows.index[rows["region"] == region]:
        axes.axhspan(place - 0.5, place + 0.5, color="#e6eef3", zorder=0)


@drawn
def by_origin(rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the mean error far ahead by origin, as the outlook is made beside R1 alone.

    Args:
        rows: result of `tanfeng.outlook.origins.by_origin`.
        lang: `zh` or `en`.
    """
    far = rows[(rows["origin"] != "all") & (rows["ahead"] == rows["ahead"].max())]
    words = {
        "zh": ("本项目方法", "只用R1", "第4至8年平均偏差（%，正为偏高）"),
        "en": ("as the outlook is made", "R1 alone", "Mean error 4 to 8 years on (%, above 0: too high)"),
    }[lang]
    with canvas((8.4, 3.2)) as figure:
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=1)
        for told, name, color in ((True, words[0], INK), (False, words[1], "#b3541e")):
            one = far[far["told"] == told]
            axes.plot(one["origin"].astype(int), one["bias_pct"], "o-", color=color, markersize=4.5, label=name)
        axes.set_xlabel({"zh": "起点（最后已知年份）", "en": "origin (last known year)"}[lang])
        unit_title(axes, words[2])
        key(figure, 2)
        each = far.pivot_table(index="origin", columns="told", values="bias_pct")
        shown = [f"{year} {row[True]:+.1f} / {row[False]:+.1f}" for year, row in each.iterrows()]
        return finish(figure, f"{words[2]}: {words[0]} / {words[1]}: {'; '.join(shown)}")


@drawn
def coverage_measured(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw what share of outcomes lay inside the intervals by years ahead, beside what was asked.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.skill.coverage`; the group `provinces` is drawn.
        lang: `zh` or `en`.
    """
    del catalog
    chosen = rows[(rows["group"] == "provinces") & (rows["year_ahead"] != "all")]
    title = {"zh": "区间内实际比例（%）", "en": "Outcomes inside the interval (%)"}[lang]
    with canvas((8.4, 3.4), 5.4) as figure:
        for axes, (test, names) in zip(panels(figure, len(TESTS), 2, sharey=True), TESTS.items(), strict=True):
            for level, color in LEVEL_COLORS.items():
                one = chosen[(chosen["test"] == test) & (chosen["nominal"] == level)]
                axes.axhline(level, color=color, linewidth=1, linestyle=(0, (4, 2)))
                axes.plot(
                    one["year_ahead"].astype(int), one["real"], "o-", color=color, markersize=4.5, label=f"{level}%"
                )
            axes.set_ylim(50, 100)
            axes.set_xlabel({"zh": "提前年数", "en": "years ahead"}[lang])
            unit_title(axes, f"{title}{'：' if lang == 'zh' else ': '}{names[lang]}")
        key(figure, 2)
        return finish(figure, _coverage_alt(chosen, title, lang))


def _coverage_alt(rows: pd.DataFrame, title: str, lang: str) -> str:
    parts = [
        f"{TESTS[str(test)][lang]} {level}%: {text.number(float(one['real'].min()), 0)}–"
        f"{text.number(float(one['real'].max()), 0)}"
        for (test, level), one in rows.groupby(["test", "nominal"], sort=False)
    ]
    return f"{title}: {'; '.join(parts)}"


@drawn
def reliability(rows: pd.DataFrame, lang: str) -> Chart:
    """Draw how often a peak came against how often it was said; the diagonal is a perfect agreement.

    Args:
        rows: result of `tanfeng.outlook.skill.reliability`.
        lang: `zh` or `en`.
    """
    known = rows[rows["cases"] > 0]
    words = {"zh": ("给出的概率", "实际比例", "次"), "en": ("probability said", "share that came", "cases")}[lang]
    with canvas((8.4, 4.0)) as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=(0, (4, 2)))
        axes.plot(known["said"], known["came"], "o-", color=INK, markersize=6)
        for row in known.itertuples():
            label = f"{row.cases}{'' if lang == 'zh' else ' '}{words[2]}"
            axes.annotate(label, (row.said, row.came), xytext=(8, -10), textcoords="offset points", fontsize=9)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.04)
        axes.set_xlabel(words[0])
        unit_title(axes, words[1])
        shown = [f"{text.percent(100 * row.said, 0)} → {text.percent(100 * row.came, 0)}" for row in known.itertuples()]
        return finish(figure, f"{words[0]} → {words[1]}: {'; '.join(shown)}")
