"""The four indicators, and one indicator beside its targets."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    INK,
    PALE,
    TONNES_OF,
    VERDICT_COLORS,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    panels,
    tonne_axis,
    unit_title,
    year_axis,
)


@drawn
def four_indicators(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the four indicators: two totals as lines, two intensities as columns of yearly change.

    Estimates are hollow or pale.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.indicators.four_indicators`.
        lang: `zh` or `en`.
    """
    titles = {
        "energy_consumption": {"zh": "能源消费总量", "en": "Energy consumption"},
        "co2_total": {"zh": "二氧化碳排放总量", "en": "CO₂ emissions"},
        "energy_intensity_change": {"zh": "能耗强度比上年变化（%）", "en": "Energy intensity, change on year (%)"},
        "carbon_intensity_change": {"zh": "碳排放强度比上年变化（%）", "en": "Carbon intensity, change on year (%)"},
    }
    with canvas((8.4, 5.6), 8.4) as figure:
        for axes, (name, title) in zip(panels(figure, 4, 2, sharex=True), titles.items(), strict=True):
            chosen = rows[rows["indicator"] == name].sort_values("year")
            if name.endswith("change"):
                colors = [INK if status == "reported" else "#a9b4bc" for status in chosen["status"]]
                axes.bar(chosen["year"], chosen["value"], color=colors, width=0.75)
                axes.axhline(0, color="#8a949c", linewidth=0.8)
                unit_title(axes, title[lang])
            else:
                draw_history(axes, chosen, "value", INK)
                axes.set_ylim(bottom=0)
                tonne_axis(axes, title[lang], lang, TONNES_OF[name][lang])
            year_axis(axes)
        alt = {"zh": "四个指标小图：", "en": "Four small charts: "}[lang] + "; ".join(t[lang] for t in titles.values())
        pale = rows["indicator"].str.endswith("change") & (rows["status"] != "reported")
        return finish(figure, alt, (PALE,) if pale.any() else ())


@drawn
def indicator(catalog: Catalog, rows: pd.DataFrame, targets: pd.DataFrame, title: str, lang: str) -> Chart:
    """Draw the published figures of one indicator and its targets (as diamonds).

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.indicators.observations`.
        targets: rows of the table `targets` in the unit of the indicator.
        title: what is shown, with its unit.
        lang: `zh` or `en`.
    """
    with canvas((8.4, 3.8)) as figure:
        axes = figure.subplots()
        color = FIELD_COLORS["technology"]
        draw_history(axes, rows.assign(year=rows["end"]), "value", color)
        reported = rows[rows["status"] == "reported"]
        axes.plot(reported["end"], reported["value"], "o", color=color, markersize=6)
        for row in targets.itertuples():
            axes.plot([row.target_year], [row.target_value], "D", color=VERDICT_COLORS["missed"], markersize=7)
            label = {
                "zh": f"{row.target_year}年目标 {text.number(row.target_value)}",
                "en": f"target {row.target_year}: {text.number(row.target_value)}",
            }[lang]
            axes.annotate(
                label,
                (row.target_year, row.target_value),
                xytext=(-8, 6),
                textcoords="offset points",
                ha="right",
                fontsize=9,
            )
        for row in rows.itertuples():
            axes.annotate(
                text.number(row.value),
                (row.end, row.value),
                xytext=(0, -14),
                textcoords="offset points",
                ha="center",
                fontsize=8.5,
            )
        low, high = axes.get_ylim()
        axes.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))
        unit_title(axes, title)
        year_axis(axes)
        shown = ", ".join(f"{text.period(row.period, lang)} {text.number(row.value)}" for row in rows.itertuples())
        return finish(figure, f"{title}: {shown}")
