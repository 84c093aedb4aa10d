"""Totals and intensities by scope: levels as lines, yearly changes as columns, plan periods as bands."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.facts.plans import begun, short
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    GRID,
    HOLLOW,
    INK,
    TONNES_OF,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    key,
    name_ends,
    on_phone,
    tonne_axis,
    unit_title,
    year_axis,
)

SCOPE_COLORS = {
    "statistical": INK,
    "territorial": FIELD_COLORS["energy"],
    "assessment": FIELD_COLORS["industry"],
    "ndrc": FIELD_COLORS["transport"],
}
BAND = "#f2f5f7"
MANY_YEARS = 20  # on a phone the names of plans would meet
FEW = 3  # yearly figures: fewer are drawn as points
TITLES = {
    "energy_consumption": {"zh": "能源消费总量", "en": "Energy consumption"},
    "co2_total": {"zh": "二氧化碳排放总量", "en": "CO₂ emissions"},
    "energy_intensity": {"zh": "能耗强度比上年变化（%）", "en": "Energy intensity, change on year (%)"},
    "carbon_intensity": {"zh": "碳排放强度比上年变化（%）", "en": "Carbon intensity, change on year (%)"},
}


@drawn
def totals(catalog: Catalog, rows: pd.DataFrame, indicator: str, lang: str) -> Chart:
    """Draw a total on each scope or account as a line over the plan periods; estimates are hollow points.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.indicators.by_scope`.
        indicator: `energy_consumption` or `co2_total`.
        lang: `zh` or `en`.
    """
    chosen = rows[rows["indicator"] == indicator].sort_values("year")
    with canvas((8.4, 3.6)) as figure:
        axes = figure.subplots()
        ends = []
        for (scope, account), one in chosen.groupby(["scope", "account"], sort=False):
            draw_history(axes, one, "value", SCOPE_COLORS[scope])
            name = scope_name(catalog, indicator, scope, account, lang)
            ends.append((float(one["year"].iloc[-1]), float(one["value"].iloc[-1]), name, SCOPE_COLORS[scope]))
        axes.set_ylim(bottom=0, top=1.16 * float(chosen["value"].max()))
        axes.set_xlim(float(chosen["year"].min()) - 0.5, float(chosen["year"].max()) + 0.5)
        name_ends(axes, ends)
        _bands(catalog, axes, lang)
        tonne_axis(axes, TITLES[indicator][lang], lang, TONNES_OF[indicator][lang])
        year_axis(axes)
        return finish(figure, _alt(catalog, chosen, indicator, lang))


@drawn
def rates(catalog: Catalog, rows: pd.DataFrame, indicator: str, lang: str) -> Chart:
    """Draw the yearly changes of an intensity as columns over the plan periods: published solid, estimates hollow.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.indicators.by_scope`.
        indicator: `energy_intensity` or `carbon_intensity`.
        lang: `zh` or `en`.
    """
    first = int(catalog.read("plans").set_index("id").at[begun(catalog)[0], "first_year"])
    chosen = rows[(rows["indicator"] == indicator) & (rows["year"] - rows["first"] == 1) & (rows["year"] >= first)]
    series = [(str(one[0]), str(one[1]), frame) for one, frame in chosen.groupby(["scope", "account"], sort=False)]
    columns = [one for one in series if len(one[2]) >= FEW]
    with canvas((8.4, 3.6)) as figure:
        axes = figure.subplots()
        for place, (scope, account, one) in enumerate(columns):
            name = scope_name(catalog, indicator, scope, account, lang)
            _columns(axes, one, (place, len(columns)), SCOPE_COLORS[scope], name)
        for scope, account, one in series:
            if len(one) < FEW:
                name = scope_name(catalog, indicator, scope, account, lang)
                axes.plot(one["year"], one["value"], "D", color=SCOPE_COLORS[scope], markersize=6, label=name, zorder=4)
        axes.axhline(0, color="#8a949c", linewidth=0.8)
        axes.margins(y=0.16)
        axes.set_xlim(first - 0.6, float(chosen["year"].max()) + 0.6)
        if len(series) > 1:
            key(figure, len(series))
        _bands(catalog, axes, lang)
        unit_title(axes, TITLES[indicator][lang])
        year_axis(axes)
        hollow = (HOLLOW,) if any((one["status"] != "reported").any() for *_, one in columns) else ()
        return finish(figure, _alt(catalog, chosen, indicator, lang), hollow)


@drawn
def against_plans(catalog: Catalog, changes: pd.DataFrame, asked: pd.DataFrame, lang: str) -> Chart:
    """Draw the fall of energy intensity of each plan that asks for one beside what it asked.

    A chain of published rates is solid, one with a computed rate hollow.

    Args:
        catalog: the tables.
        changes: result of `tanfeng.facts.by_plan.plan_changes`.
        asked: result of `tanfeng.facts.by_plan.requirements`.
        lang: `zh` or `en`.
    """
    asked = asked.dropna(subset="planned_pct")
    chosen = changes[(changes["indicator"] == "energy_intensity") & (changes["scope"] == "statistical")]
    chosen = chosen.set_index("plan").reindex(asked["plan"])
    falls = chosen["change_pct"]
    faces = [INK if status == "reported" else "white" for status in chosen["status"]]
    names = [short(catalog, plan, lang) for plan in asked["plan"]]
    words = {"zh": ("规划要求", "逐年变化率连乘"), "en": ("asked by the plan", "yearly rates chained")}[lang]
    missing = text.word(catalog, "not_published", lang)
    with canvas((8.4, 3.2)) as figure:
        axes = figure.subplots()
        places = range(len(names))
        wanted = axes.bar(
            [place - 0.2 for place in places], asked["planned_pct"], 0.38, color="#c3c9ce", label=words[0]
        )
        reached = axes.bar([place + 0.2 for place in places], falls.fillna(0), 0.38, color=faces, edgecolor=INK)
        axes.bar(0, 0, color=INK, label=words[1])
        axes.bar_label(wanted, [_bare(value, None) for value in asked["planned_pct"]], padding=3, fontsize=8.5)
        axes.bar_label(reached, [_bare(value, 2) for value in falls], padding=3, fontsize=8.5)
        unit_title(
            axes, {"zh": "能耗强度比基期累计变化（%）", "en": "Energy intensity, change from the base year (%)"}[lang]
        )
        for place in (place for place, value in zip(places, falls, strict=True) if pd.isna(value)):
            axes.annotate(
                missing, (place + 0.04, 0), xytext=(0, -12), textcoords="offset points", ha="left", fontsize=9
            )
        axes.set_xticks(list(places), names)
        axes.xaxis.tick_top()
        axes.margins(y=0.14)
        key(figure, 2)
        hollow = (HOLLOW,) if "white" in faces else ()
        return finish(figure, _plans_alt(names, asked["planned_pct"], falls, words, lang), hollow)


@drawn
def rate_differences(catalog: Catalog, checked: pd.DataFrame, tolerance: float, lang: str) -> Chart:
    """Draw by how much the computed rate of energy intensity differs from the published one, in percentage points.

    Args:
        catalog: the tables.
        checked: result of `tanfeng.facts.by_plan.rates`.
        tolerance: half width of the band drawn, percentage points.
        lang: `zh` or `en`.
    """
    title = {
        "zh": f"推算数与公布数之差（百分点，浅色带为±{text.number(tolerance)}）",
        "en": f"Computed less published (percentage points; band ±{text.number(tolerance)})",
    }[lang]
    colors = [INK if agrees else "#a63d2f" for agrees in checked["agrees"]]
    with canvas((8.4, 2.6)) as figure:
        axes = figure.subplots()
        axes.axhspan(-tolerance, tolerance, color="#dfe8ee", zorder=0)
        bars = axes.bar(checked["year"], checked["difference"], 0.7, color=colors)
        told = checked["difference"].where(~checked["agrees"] | (not on_phone()))
        axes.bar_label(
            bars, ["" if pd.isna(value) else text.number(value, 2) for value in told], padding=3, fontsize=8.5
        )
        axes.axhline(0, color="#8a949c", linewidth=0.8)
        axes.margins(y=0.16)
        unit_title(axes, title)
        year_axis(axes)
        shown = [f"{row.year} {text.number(row.difference, 2)}" for row in checked.itertuples()]
        mark = {"zh": "；", "en": "; "}[lang]
        return finish(figure, f"{title}：{mark.join(shown)}。" if lang == "zh" else f"{title}: {mark.join(shown)}.")


def scope_name(catalog: Catalog, indicator: str, scope: str, account: str, lang: str) -> str:
    """Return the name of a scope of energy, of an account of CO2, or of what reports give, in a language."""
    if account:
        return text.word(catalog, f"account_{account}", lang)
    reported = indicator == "carbon_intensity"
    return text.word(catalog, "as_reported", lang) if reported else catalog.label("scopes", scope, lang)


def _columns(axes: Axes, one: pd.DataFrame, place: tuple[int, int], color: str, name: str) -> None:
    """Draw the columns of one series: the `place[0]`th of `place[1]` side by side."""
    width = 0.8 / place[1]
    shift = (place[0] - (place[1] - 1) / 2) * width
    faces = [color if status == "reported" else "white" for status in one["status"]]
    years = one["year"].astype(float) + shift
    axes.bar(years, one["value"], width * 0.88, color=faces, edgecolor=color, linewidth=1.2, label=name, zorder=2)


def _bands(catalog: Catalog, axes: Axes, lang: str) -> None:
    """Shade every second plan period and name each at the top."""
    plans = catalog.read("plans").set_index("id").loc[begun(catalog)]
    for place, plan in enumerate(plans.itertuples()):
        start, end = float(plan.base_year) + 0.5, float(plan.last_year) + 0.5
        if start > axes.get_xlim()[1] - 1:
            continue
        if place % 2 == 0:
            axes.axvspan(start, end, color=BAND, zorder=0)
        axes.axvline(start, color=GRID, linewidth=0.8, zorder=0)
        if on_phone() and axes.get_xlim()[1] - axes.get_xlim()[0] > MANY_YEARS:
            continue
        axes.annotate(
            short(catalog, str(plan.Index), lang), (start, 1), xycoords=("data", "axes fraction"),
            xytext=(4, -4), textcoords="offset points", va="top", fontsize=8.5, color="#56616a",
        )  # fmt: skip


def _bare(value: float, digits: int | None) -> str:
    return "" if pd.isna(value) else text.number(value, digits)


def _percent(value: float, digits: int | None) -> str:
    return "" if pd.isna(value) else text.percent(value, digits) if digits else f"{text.number(value)}%"


def _alt(catalog: Catalog, rows: pd.DataFrame, indicator: str, lang: str) -> str:
    parts = []
    for (scope, account), one in rows.groupby(["scope", "account"], sort=False):
        ends = one.iloc[[0, -1]].itertuples()
        shown = [f"{row.year}{'年' if lang == 'zh' else ''} {_shown(indicator, row.value, lang)}" for row in ends]
        parts.append(f"{scope_name(catalog, indicator, str(scope), str(account), lang)} {', '.join(shown)}")
    title = TITLES[indicator][lang]
    if indicator in TONNES_OF:
        unit = text.TONNES[lang] + TONNES_OF[indicator][lang]
        title = f"{title}（{unit}）" if lang == "zh" else f"{title} ({unit})"
    return f"{title}：{'；'.join(parts)}。" if lang == "zh" else f"{title}: {'; '.join(parts)}."


def _shown(indicator: str, value: float, lang: str) -> str:
    return text.tonnes(value, lang) if indicator in TONNES_OF else text.number(value, 1)


def _plans_alt(names: list[str], asked: pd.Series, falls: pd.Series, words: tuple[str, str], lang: str) -> str:
    missing = {"zh": "未公布", "en": "not published"}[lang]
    shown = [
        f"{name}: {words[0]} {_percent(want, None) or missing}, {words[1]} {_percent(fall, 2) or missing}"
        for name, want, fall in zip(names, asked, falls, strict=True)
    ]
    return {"zh": "分规划期能耗强度变化：", "en": "Energy intensity by plan: "}[lang] + "; ".join(shown)
