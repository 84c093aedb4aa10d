"""History and outlook of emissions: a line that ends in a fan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import paths, projection, scenarios
from tanfeng.outlook.scenarios import Scenario
from tanfeng.pages import sentences, text
from tanfeng.pages.charts.style import (
    DASHED,
    DIRECT,
    DOTTED,
    FIELD_COLORS,
    INK,
    VERDICT_COLORS,
    Chart,
    canvas,
    draw_history,
    drawn,
    finish,
    mark,
    name_ends,
    on_phone,
    tonne_axis,
    year_axis,
)

WIDEST = 4  # times its lower end that the upper end of an 80 % interval may be in a fan
SOFT = "#56616a"
FIRST_YEAR = 2005
ROOM = 12  # Mt between a label and what it names
HEADLINE, ON_SHEET = (12.1, 3.25), (7.9, 3.0)
HEADLINE_PHONE = 4.0


@drawn
def outlook(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str, nowcast: int = 0) -> Chart:
    """Draw the history and the outlook of one field.

    History solid, estimates dotted and hollow, corrected figures as diamonds, a fan of 80 %; beside it how good such
    forecasts were in the past. A fan that is too wide to say anything is not drawn; a sentence says so.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.paths.fields`.
        field: id of the field, or `total`.
        lang: `zh` or `en`.
        nowcast: last year told by published drivers, marked by a band; 0 for none.
    """
    rows = rows[rows["field"] == field].sort_values("year")
    color, wide = FIELD_COLORS[field], too_wide(rows)
    known = rows[rows["status"] != "forecast"]
    with canvas() as figure:
        axes = figure.subplots()
        draw_history(axes, known, "co2_mt", color)
        ends = [] if wide else _draw_fan(axes, rows, color, lang)
        axes.set_ylim(bottom=0)
        if ends:
            name_ends(axes, ends)
        if nowcast and not wide:
            _mark_nowcast(axes, float(known["year"].max()), nowcast, lang)
        tonne_axis(axes, DIRECT[lang], lang, most=float(known["co2_mt"].iloc[-1]))
        year_axis(axes)
        note = _noted(catalog, field, wide, lang)
        return finish(figure, _outlook_alt(catalog, known if wide else rows, field, lang), note=note)


TOO_WIDE = {
    "zh": "80%区间上下限相差四倍以上，不作图；只报概率。",
    "en": "The 80% interval spans more than 1:4: no chart of it, the probability only.",
}


def _noted(catalog: Catalog, field: str, wide: bool, lang: str) -> str:
    """Return what is said beside a fan: that it is too wide to be drawn, and how good such forecasts were."""
    said = [TOO_WIDE[lang]] if wide else []
    return ("" if lang == "zh" else " ").join([*said, sentences.past_error(catalog, field, lang)])


def too_wide(rows: pd.DataFrame) -> bool:
    """Return whether the fan of an outlook is too wide to be drawn: its 80 % interval ends wider than 1:4.

    Example:
        >>> too_wide(pd.DataFrame({"lo80": [9.0, 2.0], "hi80": [9.0, 8.5]}))
        True
    """
    last = rows.iloc[-1]
    return bool(last["hi80"] > WIDEST * last["lo80"])


def _draw_fan(axes: Axes, rows: pd.DataFrame, color: str, lang: str) -> list[tuple[float, float, str, str]]:
    """Draw the fan and return the ends to name."""
    ahead_of, last = rows[rows["status"] == "forecast"], rows[rows["status"] != "forecast"].iloc[-1]
    years, low, middle, high = (
        [float(last[start]), *ahead_of[name]]
        for name, start in (("year", "year"), ("lo80", "co2_mt"), ("co2_mt", "co2_mt"), ("hi80", "co2_mt"))
    )
    axes.fill_between(years, low, high, color=color, alpha=0.24, linewidth=0)
    axes.plot(years, middle, color=color, linewidth=2, linestyle=DASHED, label=mark("forecast"))
    words = {"zh": ("80%下限", "预测", "80%上限"), "en": ("80%, low", "forecast", "80%, high")}[lang]
    return [(years[-1], ends[-1], name, INK) for name, ends in zip(words, (low, middle, high), strict=True)]


def _mark_nowcast(axes: Axes, last: float, until: int, lang: str) -> None:
    axes.axvspan(last + 0.5, until + 0.5, color="#f2f5f7", zorder=0)
    name = {"zh": "现时估算", "en": "nowcast"}[lang]
    axes.annotate(
        name, ((last + until + 1) / 2, 0), xycoords=("data", "axes fraction"), xytext=(0, 4),
        textcoords="offset points", va="bottom", ha="center", fontsize=8.5, color=SOFT,
    )  # fmt: skip


def _outlook_alt(catalog: Catalog, rows: pd.DataFrame, field: str, lang: str) -> str:
    name = catalog.label("fields", field, lang)
    known, end = rows[rows["status"] != "forecast"], rows.iloc[-1]
    first, last = known.iloc[0], known.iloc[-1]
    large = float(last["co2_mt"]) >= text.LARGE_MT
    shown = {int(row["year"]): text.megatonnes(row["co2_mt"], lang, large, lang == "zh") for row in (first, last, end)}
    told = end["status"] == "forecast"
    if lang == "zh":
        points = "，".join(f"{year}年{value}" for year, value in shown.items())
        return f"{name}二氧化碳排放折线图{'，末年为外推' if told else ''}：{points}。"
    points = ", ".join(f"{year} {value}" for year, value in shown.items())
    return f"Line chart of CO2 emissions in Mt, {name}{', the last year extrapolated' if told else ''}: {points}."


@drawn
def headline(
    catalog: Catalog,
    rows: pd.DataFrame,
    lang: str,
    gaps: Sequence[Mapping[str, Any]] = (),
    size: tuple[float, float] = HEADLINE,
) -> Chart:
    """Draw the total since 2005 and its outlook for the first page.

    Told years are hollow; bands of 50 and 80 %; the outlook without committed plants dashed; a line to what the target
    on CO2 intensity allows, where there is one.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.outlook.paths.fields` of a province.
        lang: `zh` or `en`.
        gaps: what the target allows by account, direct first (rows of `tanfeng.roadmap.gaps.gaps`).
        size: width and height in inches; `ON_SHEET` for a sheet of A4.
    """
    region = str(rows["region"].iloc[0])
    rows = rows[(rows["field"] == "total") & (rows["year"] >= FIRST_YEAR)].sort_values("year").set_index("year")
    told = projection.last_told(catalog, region, "total")
    allowed = {"year": gaps[0]["year"], "limit": gaps[0]["limit_mt"], "above": gaps[-1]["gap_mt"]} if gaps else {}
    with canvas(size, HEADLINE_PHONE) as figure:
        axes = figure.subplots()
        bands = [] if too_wide(rows) else _bands(axes, catalog, region, rows, lang)
        lines = _without(axes, catalog, region, rows, lang)
        _line(axes, rows, told)
        shown = rows[["co2_mt", "lo80", "hi80"] if bands else ["co2_mt"]]
        axes.set_ylim(100 * (float(shown.min(axis=None)) // 100), 1.04 * float(shown.max(axis=None)))
        axes.set_xlim(FIRST_YEAR - 0.4, float(rows.index[-1]))
        if allowed:
            _limit(axes, rows, told, allowed, lang)
        _points(axes, rows, told, allowed.get("year", 0), lang)
        name_ends(axes, bands + lines)
        tonne_axis(axes, _scope(catalog, region, len(lines) > 1, lang), lang)
        axes.set_xticks([year for year in rows.index if year % 5 == 0])
        note = _noted(catalog, "total", not bands, lang)
        return finish(figure, _headline_alt(catalog, rows, told, allowed, lang), note=note)


def _scope(catalog: Catalog, region: str, committed: bool, lang: str) -> str:
    name = catalog.label("regions", region, lang)
    if lang == "zh":
        return f"{name}{DIRECT[lang]}{'，计入已建在建核电' if committed else ''}"
    return f"{name}: {DIRECT[lang]}{', committed nuclear plants included' if committed else ''}"


def _bands(
    axes: Axes, catalog: Catalog, region: str, rows: pd.DataFrame, lang: str
) -> list[tuple[float, float, str, str]]:
    """Draw the bands of 50 and 80 % and return the ends to name."""
    found, color = paths.paths(catalog, region), FIELD_COLORS["energy"]
    last = rows[rows["status"] != "forecast"]["co2_mt"].iloc[-1]
    years, ends = [float(found.years[0] - 1), *map(float, found.years)], []
    for level, strength in ((80, 0.18), (50, 0.26)):
        low, high = np.quantile(found.of("total"), [0.5 - level / 200, 0.5 + level / 200], axis=0)
        axes.fill_between(years, [last, *low], [last, *high], color=color, alpha=strength, linewidth=0)
        for end, words in ((high[-1], ("上限", "high")), (low[-1], ("下限", "low"))):
            name = (
                f"{level}%{words[0]} {_short(end, lang)}"
                if lang == "zh"
                else f"{level}% {words[1]} {_short(end, lang)}"
            )
            ends.append((years[-1], float(end), name, SOFT))
    return ends


def _without(
    axes: Axes, catalog: Catalog, region: str, rows: pd.DataFrame, lang: str
) -> list[tuple[float, float, str, str]]:
    """Draw the outlook without committed plants, if they change it, and return both ends to name."""
    end = (float(rows.index[-1]), float(rows["co2_mt"].iloc[-1]))
    year = {"zh": f"{rows.index[-1]}年", "en": f"{rows.index[-1]}:"}[lang]
    own = (*end, f"{year} {_short(end[1], lang)}", FIELD_COLORS["energy"])
    bare = paths.fields(catalog, region, scenario=Scenario(scenarios.WITHOUT_COMMITTED, committed=False))
    other = bare[(bare["field"] == "total") & (bare["status"] == "forecast")].set_index("year")["co2_mt"]
    if np.allclose(other, rows["co2_mt"].reindex(other.index)):
        return [own]
    axes.plot(other.index, other, color=SOFT, linewidth=1.2, linestyle=DOTTED)
    name = {"zh": "不含在建" if on_phone() else "不含在建核电", "en": "without plants\nbeing built"}[lang]
    return [own, (end[0], float(other.iloc[-1]), f"{name} {_short(float(other.iloc[-1]), lang)}", SOFT)]


def _line(axes: Axes, rows: pd.DataFrame, told: int) -> None:
    """Draw known years with full dots, told years with hollow ones on a dotted line, the years ahead dashed."""
    color, known = FIELD_COLORS["energy"], rows["status"] != "forecast"
    last, hollow = int(rows.index[known][-1]), ~known & (rows.index <= told)
    parts = ((FIRST_YEAR, last, "-", "reported"), (last, told, DOTTED, "estimate"), (max(last, told), 9999, DASHED, ""))
    for first, until, style, status in parts:
        part = rows.loc[first:until, "co2_mt"]
        axes.plot(part.index, part, linestyle=style, color=color, linewidth=1.8, label=mark(status or "forecast"))
    axes.plot(rows.index[known], rows["co2_mt"][known], "o", color=color, ms=4)
    axes.plot(rows.index[hollow], rows["co2_mt"][hollow], "o", color=color, mfc="white", ms=5.5)


def _limit(axes: Axes, rows: pd.DataFrame, told: int, allowed: Mapping[str, float], lang: str) -> None:
    """Draw the line to what the target allows and name its end, with what imported power adds."""
    color, year, limit, start = VERDICT_COLORS["missed"], allowed["year"], allowed["limit"], max(told, rows.index[0])
    axes.plot([start, year], [rows["co2_mt"].get(start, np.nan), limit], color=color, linewidth=1.6)
    axes.plot([year], [limit], "o", color=color, ms=5.5)
    axes.axvline(year, color=SOFT, linewidth=0.8, linestyle=DOTTED)
    said = {
        "zh": "允许上限" if on_phone() else "碳强度目标允许的上限",
        "en": "limit" if on_phone() else "limit of the intensity target",
    }[lang]
    _note(axes, (year, limit), f"{said} {_short(limit, lang)}", (-6, 12), color, ha="right")
    if allowed["above"] > 0 and not on_phone():
        above = text.number(allowed["above"] / 100, 2) if lang == "zh" else text.number(allowed["above"], 0)
        words = {"zh": f"（含外调电则超出约{above}）", "en": f"(with imported power about {above} too much)"}[lang]
        _note(axes, (year, limit), words, (-6, 25), SOFT, ha="right")


def _points(axes: Axes, rows: pd.DataFrame, told: int, due: float, lang: str) -> None:
    """Name the first, the last known, the last told and the target year beside their points."""
    color, last = FIELD_COLORS["energy"], int(rows.index[rows["status"] != "forecast"][-1])

    def said(year: int, word: str = "") -> str:
        value = _short(float(rows.at[year, "co2_mt"]), lang)
        return f"{year}年{word} {value}" if lang == "zh" else f"{year}{word}: {value}"

    first = int(rows.index[0])
    _note(axes, (first, rows.at[first, "co2_mt"]), said(first), (8, -4), color, va="center")
    beside, side = ((-5, 7), "right") if on_phone() else ((2, -14), "center")
    _note(axes, (last, rows.at[last, "co2_mt"]), said(last), beside, color, ha=side)
    if told > last and not on_phone():
        word = {"zh": "推算", "en": ", estimated"}[lang]
        _note(axes, (told, rows.at[told, "co2_mt"]), said(told, word), (0, 10), color, ha="right")
    if due in rows.index:
        low, high = (_short(float(rows.at[due, name]), lang) for name in ("lo80", "hi80"))
        words = {"zh": f"80%区间{low}—{high}", "en": f"80%: {low}–{high}"}[lang]
        _note(axes, (due, rows.at[due, "lo80"]), f"{said(int(due))}\n{words}", (0, -8), color, ha="center", va="top")


def _note(axes: Axes, place: Any, said: str, offset: tuple[int, int], color: str, **kwargs: Any) -> None:
    kwargs |= {"fontsize": 9, "color": color, "linespacing": 1.5}
    axes.annotate(said, place, xytext=offset, textcoords="offset points", **kwargs)


def _short(value: float, lang: str) -> str:
    return text.megatonnes(value, lang, named=False) if lang == "zh" else text.number(value, 0)


def _headline_alt(catalog: Catalog, rows: pd.DataFrame, told: int, allowed: Mapping[str, float], lang: str) -> str:
    alt = _outlook_alt(catalog, rows.reset_index(), "total", lang)
    if not allowed:
        return alt
    year = int(allowed["year"])
    point, low, high = (text.megatonnes(float(rows.at[year, name]), lang) for name in ("co2_mt", "lo80", "hi80"))
    limit = text.megatonnes(allowed["limit"], lang)
    if lang == "zh":
        return f"{alt}{year}年预测{point}（80%区间{low}至{high}），碳强度目标允许的上限为{limit}。"
    return f"{alt} {year}: {point} (80% interval {low} to {high}); the intensity target allows {limit}."
