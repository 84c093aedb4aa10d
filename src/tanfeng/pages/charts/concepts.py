"""What each account counts, and the province beside countries."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from tanfeng.data.catalog import Catalog
from tanfeng.facts import benchmarks
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    GRID,
    INK,
    VERDICT_COLORS,
    Chart,
    canvas,
    drawn,
    finish,
    folded,
    name_ends,
    on_phone,
    panels,
    unit_title,
)
from tanfeng.pages.table import pick

PALE = "#9aa5ad"
MARKED = VERDICT_COLORS["missed"]
PEER = FIELD_COLORS["energy"]
COUNTRIES = {"CHN": (-4, 7), "DEU": (5, 0), "JPN": (4, -8), "KOR": (5, 0), "USA": (-4, -9)}  # strong: where the name is
BESIDE, BELOW = (7, 0), (4, -11)  # where the names of provinces stand: of one above the region, and of the others
RICHEST, HIGHEST = 7.0, 25.0  # ends of the axes: 10^4 dollars and tonnes a head
NOTES = (
    "按用电量计、外调按平均：用电量乘以电网平均排放因子。能耗考核计标准煤；原料用能扣除时地区生产总值不作调整，"
    "新增可再生能源电力只从总量中扣除，仍计入强度。三个核算口径并列，不相加。",
    "By use, at average: electricity times the average factor of the grid. Energy control counts standard coal; GDP is "
    "not adjusted for feedstock, new renewable power stays in the intensity. The three accounts are never added.",
)
HEADS = {  # column of data/boundaries.csv: its name, and that of the narrow figure
    "direct": ("直接排放\n口径", "direct", "直接\n排放", "direct"),
    "indirect": ("电力间接\n排放口径", "indirect\nelectricity", "电力\n间接", "indi-\nrect"),
    "assessment": ("含外调电\n测算口径", "with imported\npower", "含外\n调电", "with\nimports"),
    "energy_2021": ("能耗考核\n（2021年及以前）", "energy control\nto 2021", "能耗\n2021\n以前", "energy\nto 2021"),
    "energy_2022": ("能耗考核\n（2022年起）", "energy control\nfrom 2022", "能耗\n2022\n起", "energy\n2022"),
    "carbon_2026": ("碳排放双控\n（2026年起）", "carbon control\nfrom 2026", "双控\n2026\n起", "carbon\n2026"),
}
TOLD = {  # treatment: its words, those of the narrow figure, colour of the cell and of the words
    "in": ("计入", "counted", "计入", "in", "#2a6f97", "white"),
    "use": ("按用电量计", "by use", "用电", "use", "#a9cbdd", INK),
    "average": ("外调按平均", "at average", "平均", "avg.", "#a9cbdd", INK),
    "less": ("扣除", "taken off", "扣除", "less", "#e3a27a", INK),
    "zero": ("零排放", "zero", "零", "zero", "#dbe9e2", INK),
    "out": ("不计", "not counted", "不计", "out", "#e6e9eb", INK),
    "unseen": ("细则未见", "not seen", "未见", "?", "white", INK),
}


@drawn
def boundaries(catalog: Catalog, lang: str) -> Chart:
    """Draw what each account and assessment counts: an element a row, an account a column.

    Args:
        catalog: the tables.
        lang: `zh` or `en`.
    """
    rows = catalog.read("boundaries")
    narrow, at = 2 * on_phone(), 0 if lang == "zh" else 1
    names = [folded(name, 10 if narrow else 26) for name in rows[lang]]
    with canvas((8.4, 2.6), 3.8) as figure:
        axes = figure.subplots()
        for column, name in enumerate(HEADS):
            for row, told in enumerate(rows[name]):
                words, color, ink = TOLD[told][narrow + at], *TOLD[told][4:]
                edge = {"edgecolor": PALE, "linestyle": (0, (3, 2))} if told == "unseen" else {"edgecolor": color}
                axes.add_patch(Rectangle((column - 0.47, row - 0.42), 0.94, 0.84, facecolor=color, **edge))
                axes.text(column, row, words, ha="center", va="center", fontsize=8.5, color=ink)
        axes.axvline(2.5, color=INK, linewidth=1)
        axes.set_xlim(-0.5, len(HEADS) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks(range(len(HEADS)), [head[narrow + at] for head in HEADS.values()], fontsize=8.5)
        axes.set_yticks(range(len(rows)), names, fontsize=8.5)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        return finish(figure, _boundaries_alt(rows, lang), note=pick(NOTES, lang))


def _boundaries_alt(rows: pd.DataFrame, lang: str) -> str:
    at = 0 if lang == "zh" else 1
    colon, end = pick(("：", ": "), lang), pick(("；", "; "), lang)
    gap = pick(("，", ", "), lang)
    told = [
        f"{HEADS[name][at].replace(chr(10), pick(('', ' '), lang))}{colon}"
        + gap.join(f"{row[lang]} {TOLD[row[name]][at]}" for row in rows.to_dict("records"))
        for name in HEADS
    ]
    return end.join(told)


@drawn
def beside(catalog: Catalog, region: str, outlook: pd.DataFrame, lang: str) -> Chart:
    """Draw CO2 per head against GDP per head of the region and of countries, and how those that peaked came down.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        outlook: years, index, lo80, hi80: the outlook of the region, its first year 100.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 3.1), 6.4) as figure:
        left, right = panels(figure, 2, 2)
        _levels(left, catalog, region, lang)
        _declines(right, catalog, region, outlook, lang)
        return finish(figure, _beside_alt(catalog, region, outlook, lang))


def _levels(axes: Axes, catalog: Catalog, region: str, lang: str) -> None:
    for place, rows in benchmarks.countries(catalog).groupby("place"):
        strong = place in COUNTRIES
        color, width = (PALE, 1.6) if strong else (GRID, 1.1)
        axes.plot(rows["gdp_per_head"], rows["co2_per_head"], color=color, linewidth=width, zorder=2 + strong)
        if strong:
            _name(axes, rows.iloc[-1], catalog.label("countries", str(place), lang), "#56616a", COUNTRIES[str(place)])
    provinces = [rows.dropna(subset=["co2_per_head"]) for rows in benchmarks.provinces(catalog, region)]
    level = provinces[0]["co2_per_head"].iloc[-1]
    for known in provinces[::-1]:
        place, last = known["place"].iloc[0], known.iloc[-1]
        color = MARKED if place == region else PEER
        if place == region:
            axes.plot(known["gdp_per_head"], known["co2_per_head"], color=color, linewidth=2.6, zorder=5)
        axes.plot([last["gdp_per_head"]], [last["co2_per_head"]], "o", color=color, markersize=6, zorder=6)
        label = f"{catalog.label('regions', place, lang)} {last['year']}"
        _name(axes, last, label, color, BESIDE if last["co2_per_head"] > level else BELOW)
    own = benchmarks.province(catalog, region).iloc[-1]
    axes.axvline(own["gdp_per_head"], color=MARKED, linewidth=1, linestyle=(0, (3, 2)), zorder=1)
    axes.annotate(
        pick(("{}年收入", "income of {}"), lang).format(own["year"]), (own["gdp_per_head"], HIGHEST), xytext=(-4, -4),
        textcoords="offset points", ha="right", va="top", fontsize=8.5, color=MARKED,
    )  # fmt: skip
    axes.set_xlim(0, RICHEST)
    axes.set_ylim(0, HIGHEST)
    factor = text.unit(catalog, "10^4 usd/person", lang)[1]
    axes.xaxis.set_major_formatter(lambda value, _: text.number(round(factor * value, 6)))
    below = ("人均生产总值（万美元，2017年购买力平价）", "GDP per head (thousand dollars of 2017, PPP)")
    axes.set_xlabel(pick(below, lang), fontsize=8.5)
    unit_title(axes, pick(("人均二氧化碳排放（吨）", "CO₂ per head (t)"), lang))


def _name(axes: Axes, row: pd.Series, name: str, color: str, apart: tuple[int, int]) -> None:
    """Write the name of a line beside its last point, so many points to the right (or left of it) and above."""
    axes.annotate(
        name, (row["gdp_per_head"], row["co2_per_head"]), xytext=apart, textcoords="offset points", va="center",
        ha="left" if apart[0] > 0 else "right", fontsize=8.5, color=color, zorder=7,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
    )  # fmt: skip


def _declines(axes: Axes, catalog: Catalog, region: str, outlook: pd.DataFrame, lang: str) -> None:
    ends = []
    last = float(benchmarks.AFTER)
    for country, part in benchmarks.after_peak(catalog).groupby("country"):
        axes.plot(part["years"], part["index"], color=PALE, linewidth=1.2)
        ends.append((last, float(part["index"].iloc[-1]), catalog.label("countries", str(country), lang), "#56616a"))
    axes.fill_between(outlook["years"], outlook["lo80"], outlook["hi80"], color=MARKED, alpha=0.14, linewidth=0)
    axes.plot(outlook["years"], outlook["index"], color=MARKED, linewidth=2.4, linestyle=(0, (4, 2)))
    ends.append((last, float(outlook["index"].iloc[-1]), catalog.label("regions", region, lang), MARKED))
    axes.set_xlim(0, last)
    name_ends(axes, ends)
    below = ("各国为达峰后年数，本省为{}年后年数", "years after the peak; of the province, after {}")
    axes.set_xlabel(pick(below, lang).format(outlook["year"].iloc[0]), fontsize=8.5)
    unit_title(
        axes, pick(("二氧化碳排放（起始年=100），色带为80%区间", "CO₂ (first year = 100); band: 80% interval"), lang)
    )


def _beside_alt(catalog: Catalog, region: str, outlook: pd.DataFrame, lang: str) -> str:
    names = {**catalog.read("countries").set_index("id")[lang], **catalog.read("regions").set_index("id")[lang]}
    heads = [
        f"{names[row['place']]} {row['year']}: {text.number(row['co2_per_head'], 1)} t"
        for row in benchmarks.latest(catalog, region).to_dict("records")
    ]
    falls = [
        f"{names[row['country']]} {text.percent(row['change_pct'], 0)}"
        for row in benchmarks.declines(catalog).to_dict("records")
    ]
    last, low, high = (text.number(outlook[name].iloc[-1], 0) for name in ("index", "lo80", "hi80"))
    told = pick(("人均排放：{}。达峰后十年：{}；{}", "CO₂ per head: {}. Ten years after the peak: {}; {}"), lang)
    return told.format("; ".join(heads), "; ".join(falls), f"{names[region]} {last} [{low}; {high}]")
