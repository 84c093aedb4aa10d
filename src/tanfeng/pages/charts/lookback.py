"""Plans looked back at: the required path and what was achieved, a panel a plan, lights as markers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts.plans import short
from tanfeng.pages import text
from tanfeng.pages.charts.style import INK, Chart, canvas, drawn, finish, key, panels, unit_title
from tanfeng.targets import lights
from tanfeng.targets.lookback import plans

LIGHTS: dict[str, dict[str, Any]] = {
    lights.GREEN: {"marker": "o", "color": "#1b7f5c", "markersize": 8},
    lights.YELLOW: {"marker": "^", "color": "#c9a227", "markersize": 9},
    lights.RED: {"marker": "s", "color": "#a63d2f", "markersize": 8},
}
LINES: dict[str, dict[str, Any]] = {
    "linear_pct": {"color": "#56616a", "linewidth": 1.4},
    "compound_pct": {"color": "#56616a", "linewidth": 1.2, "linestyle": (0, (4, 2))},
    "then_pct": {"color": INK, "linewidth": 1.8},
}
NAMES = {
    "linear_pct": ("要求，逐年等量", "required, equal steps"),
    "compound_pct": ("要求，逐年等率", "required, equal rates"),
    "then_pct": ("当时所知的实际", "achieved, as known at the time"),
}
TITLE = ("比基期累计变化（%）", "Change from the base year (%)")


@drawn
def plans_looked_back(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the plans that have figures of energy intensity side by side: schedules, achieved, lights as markers.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.plans.plans`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if no plan has a figure of energy intensity.
    """
    chosen = rows[rows["indicator"] == plans.ENERGY]
    shown = [part for _, part in chosen.groupby("plan", sort=False) if part["then_pct"].notna().any()]
    if not shown:
        raise ProjectError("no plan has a published figure of energy intensity to look back at")
    place = 0 if lang == "zh" else 1
    with canvas((8.4, 3.9), 2.4 * len(shown) + 0.8) as figure:
        every = panels(figure, len(shown), len(shown), sharey=True)
        for axes, part in zip(every, shown, strict=True):
            _draw(axes, part)
            unit_title(axes, short(catalog, str(part["plan"].iloc[0]), lang))
        every[0].set_ylabel(TITLE[place], fontsize=9.5, color="#56616a")
        for column, style in LINES.items():
            every[0].plot([], [], label=NAMES[column][place], **style)
        for light, style in LIGHTS.items():
            every[0].plot([], [], linestyle="", label=text.word(catalog, f"light_{light}", lang), **style)
        key(figure, 3)
        return finish(figure, _alt(catalog, shown, lang))


def _draw(axes: Axes, rows: pd.DataFrame) -> None:
    years = rows["year"].astype(int).tolist()
    for column, style in LINES.items():
        axes.plot([years[0] - 1, *years], [0.0, *rows[column]], zorder=2, **style)
    for light, style in LIGHTS.items():
        own = rows[rows["light"] == light]
        axes.plot(own["year"].astype(int), own["then_pct"], linestyle="", zorder=4, **style)
    axes.axhline(0, color="#8a949c", linewidth=0.8)
    axes.set_xticks(years)
    axes.tick_params(axis="x", labelsize=8.5)


def _alt(catalog: Catalog, shown: list[pd.DataFrame], lang: str) -> str:
    parts = [_said(catalog, rows, lang) for rows in shown]
    if lang == "zh":
        return f"各规划期能耗强度比基期的变化，要求与实际（%）。{'；'.join(parts)}。"
    return f"Energy intensity by plan, change from the base year, required and achieved (%). {'; '.join(parts)}."


def _said(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    known = rows[rows["then_pct"].notna()]
    figures = [
        f"{row.year}{'年' if lang == 'zh' else ' '}{text.number(row.linear_pct, 1)}/{text.number(row.then_pct, 2)} "
        f"{text.word(catalog, f'light_{row.light}', lang)}"
        for row in known.itertuples()
    ]
    name = short(catalog, str(rows["plan"].iloc[0]), lang)
    return f"{name}：{'，'.join(figures)}" if lang == "zh" else f"{name}: {', '.join(figures)}"
