"""What the tables hold year by year, the inventory beside others with its interval, and the assessment account."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as OutlinePath

from tanfeng.data.catalog import Catalog
from tanfeng.facts.coverage import NONE
from tanfeng.facts.observations import INTERNAL
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    CO2,
    FIELD_COLORS,
    INK,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    key,
    name_ends,
    names_above,
    on_phone,
    tonne_axis,
    year_axis,
)

STATUS_COLORS = {
    "reported": "#1d4e86",
    "adjusted": "#9a63b5",
    INTERNAL: "#c0562c",
    "estimate": "#f0b860",
    NONE: "#eceff1",
}
MARKS = {"adjusted": ("D", "white"), INTERNAL: ("s", "white"), "estimate": ("o", "none")}
ROW_INCHES, PHONE_ROW_INCHES = 0.2, 0.34
HIGH, PHONE_HIGH = 0.42, 0.18  # half the height of a row that is filled
DATASETS = ["carbon_monitor", "city_sum", "county_sum", "cui_daily", "province_panel"]  # fixes colours and markers
DIRECT, IMPORTED = FIELD_COLORS["energy"], FIELD_COLORS["agriculture"]


@drawn
def coverage(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the status of every main series (rows, grouped by field) in every year (columns).

    Colours differ in lightness; adjusted figures carry a diamond, estimates a ring.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.coverage.main_series`.
        lang: `zh` or `en`.
    """
    years = sorted(rows["year"].unique())
    lines = _lines(catalog, rows, lang)
    with canvas((8.4, ROW_INCHES * len(lines) + 0.9), PHONE_ROW_INCHES * len(lines) + 1.1) as figure:
        axes = figure.subplots()
        placed = pd.concat([one.assign(place=place) for place, (_, one) in enumerate(lines)])
        for status, same in placed.groupby("status"):
            _cells(axes, str(status), same)
        for year in years[1:]:
            axes.axvline(year - 0.5, color="white", linewidth=1.2)
        _names(axes, [name for name, _ in lines], [one.empty for _, one in lines])
        axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        axes.set_xticks([year for year in years if year % 5 == 0])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        patches = [Patch(color=STATUS_COLORS[name], label=status_name(catalog, name, lang)) for name in _in_key(rows)]
        key(figure, 4, handles=patches)
        return finish(figure, _coverage_alt(catalog, rows, lang))


def _lines(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[tuple[str, pd.DataFrame]]:
    """Return what each line shows, from top to bottom: the name of a field, then the names and rows of its series."""
    lines = []
    for field, group in rows.groupby("field", sort=False):
        lines.append((catalog.label("fields", str(field), lang), rows.iloc[:0]))
        for (table, series), one in group.groupby(["table", "series"], sort=False):
            lines.append((series_name(catalog, str(table), str(series), lang), one))
    return lines


def _cells(axes: Axes, status: str, rows: pd.DataFrame) -> None:
    """Fill the cells of one status (places and years), and mark them where a colour alone would not do."""
    run = ((rows["year"].diff() != 1) | (rows["place"].diff() != 0)).cumsum()
    spans = rows.groupby(run).agg(place=("place", "first"), first=("year", "min"), last=("year", "max"))
    half, lower = (PHONE_HIGH, 0.3) if on_phone() else (HIGH, 0.0)
    bars = [
        OutlinePath([(row.first - 0.5, row.place + lower - half), (row.last + 0.5, row.place + lower - half),
                     (row.last + 0.5, row.place + lower + half), (row.first - 0.5, row.place + lower + half)])
        for row in spans.itertuples()
    ]  # fmt: skip
    axes.add_patch(PathPatch(OutlinePath.make_compound_path(*bars), color=STATUS_COLORS[status], linewidth=0))
    if status in MARKS:
        marker, face = MARKS[status]
        axes.plot(rows["year"], rows["place"] + lower, marker, ms=3, mfc=face, mec=INK, mew=0.7, zorder=3)


def _names(axes: Axes, names: list[str], heads: list[bool]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    names_above(axes)
    for label, head in zip(axes.get_yticklabels(), heads, strict=True):
        label.set_fontsize(9.5 if head else 8.5)
        label.set_color(FIELD_COLORS["energy"] if head else INK)


def series_name(catalog: Catalog, table: str, series: str, lang: str) -> str:
    """Return the name of a main series (see `tanfeng.facts.coverage.main_series`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> series_name(catalog, "four_indicators", "carbon_intensity_change", "zh")
        '碳排放强度变化率（直接排放口径）'
        >>> series_name(catalog, "inventory", "transport", "en")
        'CO₂ emissions'
    """
    if table == "observations":
        return catalog.label("indicators", series, lang)
    if table == "inventory":
        return {"zh": "二氧化碳排放", "en": "CO₂ emissions"}[lang]
    return FOUR_NAMES[series][lang]


FOUR_NAMES = {
    "energy_consumption": {"zh": "能源消费总量（统计口径）", "en": "Energy consumption (statistical)"},
    "co2_total": {"zh": "二氧化碳排放总量（直接排放口径）", "en": "Total CO₂ emissions (direct)"},
    "energy_intensity_change": {"zh": "能耗强度变化率（统计口径）", "en": "Change of energy intensity (statistical)"},
    "carbon_intensity_change": {"zh": "碳排放强度变化率（直接排放口径）", "en": "Change of carbon intensity (direct)"},
}


def status_name(catalog: Catalog, status: str, lang: str) -> str:
    """Return the name of a status, or of having no figure."""
    if status == NONE:
        return {"zh": "无数据", "en": "no figure"}[lang]
    return text.word(catalog, f"status_{status}", lang)


def _in_key(rows: pd.DataFrame) -> list[str]:
    """Return the statuses that the key explains: that of internal figures only where there are any."""
    return [name for name in STATUS_COLORS if name != INTERNAL or (rows["status"] == INTERNAL).any()]


def _coverage_alt(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    series = rows.groupby(["table", "series"], sort=False)
    first, last, count = rows["year"].min(), rows["year"].max(), rows["status"].value_counts()
    counted = [f"{status_name(catalog, name, lang)} {count.get(name, 0)}" for name in _in_key(rows)]
    ends = [
        f"{series_name(catalog, str(table), str(name), lang)}"
        for (table, name), one in series
        if one.set_index("year").at[last, "status"] != NONE
    ]
    if lang == "zh":
        return (
            f"数据覆盖热力图：{series.ngroups}个序列，{first}—{last}年，按状态计的数据格数：{'、'.join(counted)}。"
            f"{last}年有数据的序列：{'、'.join(ends) or '无'}。"
        )
    return (
        f"Heat map of coverage: {series.ngroups} series, {first}-{last}, number of cells by status: "
        f"{', '.join(counted)}. Series with a figure in {last}: {', '.join(ends) or 'no series'}."
    )


@drawn
def other_inventories(
    catalog: Catalog, intervals: pd.DataFrame, others: pd.DataFrame, names: dict[str, str], lang: str
) -> Chart:
    """Draw the total of the inventory with its 95 % interval, and the totals of other inventories.

    Args:
        catalog: the tables.
        intervals: result of `tanfeng.facts.uncertainty.intervals`.
        others: result of `tanfeng.facts.other_inventories.compare`.
        names: name of each data set in the language.
        lang: `zh` or `en`.
    """
    ours = intervals[intervals["field"] == "total"].sort_values("year")
    own = {"zh": "本清单\n（阴影：95%区间）", "en": "this inventory\n(shaded: 95% interval)"}[lang]
    colors = sns.color_palette("colorblind", len(DATASETS))
    with canvas((8.4, 4.2)) as figure:
        axes = figure.subplots()
        years = ours["year"].astype(int)
        axes.fill_between(years, ours["lo95"], ours["hi95"], color=INK, alpha=0.14, linewidth=0)
        draw_history(axes, ours, "co2_mt", INK)
        ends = [(float(years.iloc[-1]), float(ours["co2_mt"].iloc[-1]), own, INK)]
        for name, color, marker in zip(DATASETS, colors, "sv^Xp", strict=True):
            one = others[others["dataset"] == name]
            axes.plot(one["year"], one["co2_mt"], marker, ls="-", color=color, lw=0.9, ms=4.5)
            ends += [(float(row.year), float(row.co2_mt), names[name], color) for row in one.tail(1).itertuples()]
        axes.set_ylim(bottom=0)
        name_ends(axes, ends)
        tonne_axis(axes, CO2[lang], lang)
        year_axis(axes)
        return finish(figure, _others_alt(ours, others, names, lang))


def _others_alt(ours: pd.DataFrame, others: pd.DataFrame, names: dict[str, str], lang: str) -> str:
    last = ours.iloc[-1]
    own = "{} ({}–{})".format(*(text.tonnes(last[column], lang) for column in ("co2_mt", "lo95", "hi95")))
    found = others[others["year"].isin(ours["year"])].groupby("dataset").tail(1)
    parts = [f"{names[row.dataset]} {row.year} {text.tonnes(row.co2_mt, lang)}" for row in found.itertuples()]
    if lang == "zh":
        return f"本清单总量与其他清单比较（万吨）：本清单{last['year']}年 {own}；其他清单最近一年：{'；'.join(parts)}。"
    return (
        f"Total of this inventory and others (Mt): this one {last['year']} {own}; last of others: {'; '.join(parts)}."
    )


@drawn
def assessment(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the assessment account: direct emissions and net imported electricity, stacked, with the 95 % interval.

    What is held from the year before is pale.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.accounts.assessment`.
        lang: `zh` or `en`.
    """
    words = {
        "zh": ("直接排放", "直接排放，沿用上年的部分", "净外来电", "95%区间"),
        "en": ("direct", "direct, held from the year before", "net imported electricity", "95% interval"),
    }[lang]
    known = rows["direct_mt"] - rows["held_mt"]
    half = (rows["hi95"] - rows["lo95"]) / 2
    with canvas((8.4, 3.8), 3.6) as figure:
        axes = figure.subplots()
        axes.bar(rows["year"], known, 0.7, color=DIRECT, label=words[0])
        if rows["held_mt"].any():
            axes.bar(rows["year"], rows["held_mt"], 0.7, known, color="#a9c5d6", label=words[1])
        axes.bar(rows["year"], rows["import_mt"], 0.7, rows["direct_mt"], color=IMPORTED, label=words[2])
        axes.errorbar(
            rows["year"], rows["co2_mt"], half, fmt="none", ecolor=INK, elinewidth=1, capsize=3, label=words[3]
        )
        for row in rows.itertuples():
            axes.annotate(
                text.megatonnes(row.co2_mt, lang, named=False), (row.year, row.hi95), xytext=(0, 3),
                textcoords="offset points", ha="center", fontsize=8.5,
            )  # fmt: skip
        axes.margins(y=0.08)
        axes.set_xticks(list(rows["year"]))
        key(figure, 4)
        account = text.word(catalog, "account_assessment", lang)
        tonne_axis(axes, {"zh": f"{CO2[lang]}，{account}", "en": f"{CO2[lang]}, {account}"}[lang], lang)
        return finish(figure, _assessment_alt(rows, words, lang))


def _assessment_alt(rows: pd.DataFrame, words: tuple[str, ...], lang: str) -> str:
    parts = [
        f"{row.year} {words[0]} {text.tonnes(row.direct_mt, lang)}, {words[2]} {text.tonnes(row.import_mt, lang)}"
        for row in rows.itertuples()
    ]
    if lang == "zh":
        return f"含外调电测算口径二氧化碳排放堆积柱状图（万吨）：{'；'.join(parts)}。"
    return f"Stacked columns of emissions with imported power (Mt): {'; '.join(parts)}."
