"""What drove a change of emissions: a waterfall from the first year to the last, one step a factor or a field."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes

from tanfeng import text
from tanfeng.catalog import Catalog
from tanfeng.charts.style import INK, Chart, canvas, finish, tonne_axis
from tanfeng.project import ProjectError

UP, DOWN = "#d55e00", "#0072b2"  # told apart by readers with any colour vision; the signs say the same
WIDTH = {"zh": 8, "en": 15}


def waterfall(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw how emissions went from the first year of a period to its last, one step a factor.

    Rows of several items (the fields) are drawn with one step an item, largest first.

    Args:
        catalog: the tables.
        rows: rows of one period from `tanfeng.attribution.kaya`, `fields` or `power`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if the rows are of no or of several periods.

    Example:
        >>> from tanfeng.attribution import kaya
        >>> from tanfeng.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> print(waterfall(catalog, kaya(catalog, "330000").query("period == '11FYP'"), "en").alt)
        Waterfall chart of CO2 emissions in Mt: 2005 255.8; population +28.2, GDP per head +148.8, energy intensity \
−71.5, CO2 per unit of energy −0.2; 2010 361.1.
    """
    if len(set(rows["period"])) != 1:
        raise ProjectError(
            f"a waterfall shows one period; found {sorted(set(rows['period'])) or 'no rows'}: choose one"
        )
    each = rows.drop_duplicates("item")
    first, last = float(each["first_mt"].sum()), float(each["last_mt"].sum())
    years = [f"{rows[column].iloc[0]}年" if lang == "zh" else str(rows[column].iloc[0]) for column in ("start", "end")]
    steps = _steps(catalog, rows, lang)
    with canvas() as figure:
        axes = figure.subplots()
        _draw(axes, first, last, steps, lang)
        axes.set_xticks(range(len(steps) + 2), [years[0], *(_wrapped(name, lang) for name in steps), years[1]])
        axes.tick_params(axis="x", length=0, labelsize=9)
        tonne_axis(axes, {"zh": "二氧化碳排放", "en": "CO₂ emissions"}[lang], lang)
        return finish(figure, _alt(years, first, last, steps, lang))


def _steps(catalog: Catalog, rows: pd.DataFrame, lang: str) -> dict[str, float]:
    """Return the effects by name: of the factors, or of several items."""
    if len(set(rows["item"])) == 1:
        return {
            text.word(catalog, f"driver_{factor}", lang): float(effect)
            for factor, effect in zip(rows["factor"], rows["effect_mt"], strict=True)
        }
    effects = rows.groupby("item")["effect_mt"].sum().sort_values(key=abs, ascending=False)
    return {catalog.label("fields", str(item), lang): float(effect) for item, effect in effects.items()}


def _draw(axes: Axes, first: float, last: float, steps: dict[str, float], lang: str) -> None:
    axes.bar([0, len(steps) + 1], [first, last], color=INK, width=0.62)
    level, top = first, max(first, last)
    for place, effect in enumerate(steps.values(), start=1):
        axes.bar(place, effect, bottom=level, color=UP if effect > 0 else DOWN, width=0.62)
        axes.plot([place - 0.69, place + 0.31], [level, level], color="#8a949c", linewidth=0.8)
        _label(axes, place, max(level, level + effect), _signed(effect, lang))
        level += effect
        top = max(top, level)
    axes.plot([len(steps) + 0.31, len(steps) + 1], [level, level], color="#8a949c", linewidth=0.8)
    for place, value in ((0, first), (len(steps) + 1, last)):
        _label(axes, place, value, text.tonnes(value, lang))
    axes.set_ylim(0, 1.1 * top)


def _label(axes: Axes, place: int, height: float, shown: str) -> None:
    axes.annotate(shown, (place, height), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9)


def _signed(value: float, lang: str) -> str:
    shown = text.tonnes(value, lang)
    return shown if value < 0 else f"+{shown}"


def _wrapped(name: str, lang: str) -> str:
    """Return a name in lines; Chinese in lines of equal length, since it has no words to break between."""
    lines = math.ceil(len(name) / WIDTH[lang])
    return "\n".join(textwrap.wrap(name, math.ceil(len(name) / lines) if lang == "zh" else WIDTH[lang]))


def _alt(years: list[str], first: float, last: float, steps: dict[str, float], lang: str) -> str:
    ends = [
        f"{year}{'' if lang == 'zh' else ' '}{text.tonnes(value, lang)}"
        for year, value in zip(years, (first, last), strict=True)
    ]
    parts = [f"{name}{'' if lang == 'zh' else ' '}{_signed(effect, lang)}" for name, effect in steps.items()]
    if lang == "zh":
        return f"二氧化碳排放变化瀑布图（万吨）：{ends[0]}；{'，'.join(parts)}；{ends[1]}。"
    return f"Waterfall chart of CO2 emissions in Mt: {ends[0]}; {', '.join(parts)}; {ends[1]}."
