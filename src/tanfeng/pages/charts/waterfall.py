"""What drove a change of emissions: a waterfall from the first year to the last, one step a factor or a field."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages import text
from tanfeng.pages.charts.style import INK, SIZE, Chart, canvas, drawn, finish, on_phone, panels, tonne_axis

UP, DOWN = "#d55e00", "#0072b2"  # told apart by readers with any colour vision; the signs say the same
WIDTH = {"zh": 8, "en": 15}
SMALL, PANEL_HEIGHT = 8.5, 3.4
LABEL = {"zh": "二氧化碳排放", "en": "CO₂ emissions"}
HEAD = {"zh": "二氧化碳排放变化瀑布图：", "en": "Waterfall chart of CO2 emissions in Mt: "}


@drawn
def waterfall(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw how emissions went from the first year of a period to its last, one step a factor.

    Rows of several items (the fields) are drawn with one step an item, largest first.

    Args:
        catalog: the tables.
        rows: rows of one period from `tanfeng.facts.decomposition.kaya`, `fields` or `power`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if the rows are of no or of several periods.

    Example:
        >>> from tanfeng.facts.decomposition import kaya
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> print(waterfall(catalog, kaya(catalog, "330000").query("period == '11FYP'"), "en").alt)
        Waterfall chart of CO2 emissions in Mt: 2005 255.8; population +28.2, GDP per head +148.8, energy intensity \
−71.5, CO2 per unit of energy −0.2; 2010 361.1.
    """
    if len(set(rows["period"])) != 1:
        raise ProjectError(
            f"a waterfall shows one period; found {sorted(set(rows['period'])) or 'no rows'}: choose one"
        )
    with canvas() as figure:
        told = _panel(figure.subplots(), catalog, rows, lang, SMALL if on_phone() else 9)
        tonne_axis(figure.axes[0], LABEL[lang], lang)
        return finish(figure, HEAD[lang] + told)


@drawn
def waterfalls(catalog: Catalog, rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the waterfalls of several periods as small panels, two in a row, in the order of the rows.

    Args:
        catalog: the tables.
        rows: rows of several periods from `tanfeng.facts.decomposition.kaya`, `fields` or `power`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if there are no rows.

    Example:
        >>> from tanfeng.facts.decomposition import kaya
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> chart = waterfalls(catalog, kaya(catalog, "330000"), "zh")
        >>> chart.alt.count("；2005年") + chart.alt.count("2005年")
        1
    """
    parts = [part for _, part in rows.groupby("period", sort=False)]
    if not parts:
        raise ProjectError("waterfalls need rows of at least one period; found none")
    with canvas((SIZE[0], PANEL_HEIGHT * math.ceil(len(parts) / 2)), 3 * len(parts)) as figure:
        places = panels(figure, len(parts), 2)
        told = [_panel(axes, catalog, part, lang, SMALL) for axes, part in zip(places, parts, strict=True)]
        for axes, part in zip(places, parts, strict=True):
            tonne_axis(axes, f"{_span(part, lang)}  {LABEL[lang]}", lang)
        return finish(figure, HEAD[lang] + " ".join(told))


def _span(rows: pd.DataFrame, lang: str) -> str:
    first, last = (int(rows[column].iloc[0]) for column in ("start", "end"))
    return f"{first}—{last}年" if lang == "zh" else f"{first}–{last}"


def _panel(axes: Axes, catalog: Catalog, rows: pd.DataFrame, lang: str, size: float) -> str:
    """Draw one period and return its words."""
    each = rows.drop_duplicates("item")
    first, last = float(each["first_mt"].sum()), float(each["last_mt"].sum())
    years = [f"{rows[column].iloc[0]}年" if lang == "zh" else str(rows[column].iloc[0]) for column in ("start", "end")]
    steps = _steps(catalog, rows, lang)
    _draw(axes, first, last, steps, lang, size)
    axes.set_xticks(range(len(steps) + 2), [years[0], *(_wrapped(name, lang, size) for name in steps), years[1]])
    axes.tick_params(axis="x", length=0, labelsize=size)
    axes.tick_params(axis="y", labelleft=not on_phone())  # each column has its value
    return _alt(years, first, last, steps, lang)


def _steps(catalog: Catalog, rows: pd.DataFrame, lang: str) -> dict[str, float]:
    """Return the effects by name: of the factors, or of several items."""
    if len(set(rows["item"])) == 1:
        return {
            text.word(catalog, f"driver_{factor}", lang): float(effect)
            for factor, effect in zip(rows["factor"], rows["effect_mt"], strict=True)
        }
    effects = rows.groupby("item")["effect_mt"].sum().sort_values(key=abs, ascending=False)
    return {catalog.label("fields", str(item), lang): float(effect) for item, effect in effects.items()}


def _draw(axes: Axes, first: float, last: float, steps: dict[str, float], lang: str, size: float) -> None:
    axes.bar([0, len(steps) + 1], [first, last], color=INK, width=0.62)
    level, top, large = first, max(first, last), max(first, last) >= text.LARGE_MT
    for place, effect in enumerate(steps.values(), start=1):
        axes.bar(place, effect, bottom=level, color=UP if effect > 0 else DOWN, width=0.62)
        axes.hlines(level, place - 0.69, place + 0.31, color="#8a949c", linewidth=0.8)
        _label(axes, place, max(level, level + effect), _signed(effect, lang, large), size)
        level += effect
        top = max(top, level)
    axes.hlines(level, len(steps) + 0.31, len(steps) + 1, color="#8a949c", linewidth=0.8)
    for place, value in ((0, first), (len(steps) + 1, last)):
        _label(axes, place, value, text.megatonnes(value, lang, large, named=False), size)
    axes.set_ylim(0, 1.1 * top)


def _label(axes: Axes, place: int, height: float, shown: str, size: float) -> None:
    axes.annotate(shown, (place, height), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=size)


def _signed(value: float, lang: str, large: bool) -> str:
    shown = text.megatonnes(value, lang, large, named=False)
    return shown if value < 0 else f"+{shown}"


def _wrapped(name: str, lang: str, size: float) -> str:
    """Return a name in lines; Chinese in lines of equal length, since it has no words to break between."""
    width = WIDTH[lang] if size > SMALL else WIDTH[lang] * 2 // 3
    lines = math.ceil(len(name) / width)
    return "\n".join(textwrap.wrap(name, math.ceil(len(name) / lines) if lang == "zh" else width))


def _alt(years: list[str], first: float, last: float, steps: dict[str, float], lang: str) -> str:
    large = max(first, last) >= text.LARGE_MT
    ends = [
        f"{year}{'' if lang == 'zh' else ' '}{text.megatonnes(value, lang, large, lang == 'zh')}"
        for year, value in zip(years, (first, last), strict=True)
    ]
    parts = [f"{name}{'' if lang == 'zh' else ' '}{_signed(effect, lang, large)}" for name, effect in steps.items()]
    if lang == "zh":
        return f"{ends[0]}；{'，'.join(parts)}；{ends[1]}。"
    return f"{ends[0]}; {', '.join(parts)}; {ends[1]}."
