"""One target: its figures, what is required, and the verdict or lean; and a line without axes for a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import observations
from tanfeng.outlook import projection
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    VERDICT_COLORS,
    Chart,
    canvas,
    draw_history,
    finish,
    unit_title,
    year_axis,
)
from tanfeng.pages.text import labels_kind
from tanfeng.targets import ahead, progress
from tanfeng.targets.rules import ANSWERING
from tanfeng.targets.verdict import Verdict

SIZE, SMALL = (3.05, 2.2), (2.7, 1.15)  # both fit a phone
GOAL, SOFT = VERDICT_COLORS["missed"], "#56616a"
LEANING = {"met": "#1b7f5c", "likely_met": "#1b7f5c", "likely_missed": GOAL, "missed": GOAL}
ALLOWED = "#e6f3ed"
SPARK = (120, 28)
PIXELS = 96


@dataclass(frozen=True)
class Series:
    """What is drawn of a target.

    Attributes:
        name: what was counted.
        rows: year (2025.0 is the end of 2025), value in the unit of the target, status.
        goal: what is asked for, in the unit of the target.
        start: year and figure that the required path leads from; None if neither is known.
    """

    name: str
    rows: pd.DataFrame
    goal: float
    start: tuple[float, float] | None


def target(catalog: Catalog, verdict: Verdict, lang: str, small: bool = False) -> Chart | None:
    """Return the small chart of a target: figures, the required path, the target, verdict or lean.

    The figures are those of its own indicator, or else of the first one of its evidence that measures the same.

    Args:
        catalog: the tables.
        verdict: the verdict on the target.
        lang: `zh` or `en`.
        small: for a column of four, without the vertical axis and the word of the verdict.

    Returns:
        None if there are fewer than two figures, or the value of the target is not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> catalog = open_catalog()
        >>> target(catalog, judge_target(catalog, "E02", "330000"), "en").subtitle
        'Solar PV capacity (GW)'
        >>> target(catalog, judge_target(catalog, "R02", "330000"), "en") is None
        True
    """
    found = series(catalog, verdict, lang)
    return None if found is None else _draw(catalog, verdict, found, lang, small)


def series(catalog: Catalog, verdict: Verdict, lang: str) -> Series | None:
    """Return what is drawn of a target, or None if there are fewer than two figures or no value to reach."""
    one, required = verdict.target, verdict.required
    change = required is not None and required.kind == "change"
    for indicator in [one["indicator"], *_others(catalog, verdict)]:
        rows = observations.observations(catalog, indicator, one["region"])
        if rows.empty or not units.alike(catalog, rows["unit"].iloc[0], one["unit"]):
            continue
        factor = units.factor(catalog, rows["unit"].iloc[0], one["unit"])
        goal = _goal(verdict, factor if indicator == one["indicator"] else None)
        if goal is None:
            continue
        kept = _changes(rows, required.base) if change and required else _levels(rows, verdict, factor)
        name = catalog.label("indicators", indicator, lang)
        if len(kept) < 2 and change and one["indicator"] == ahead.INTENSITY:
            kept, name = _account(catalog, verdict), text.word(catalog, "account_direct", lang)
        if len(kept) > 1:
            return Series(
                name, kept, goal, _start(catalog, verdict, kept) if change or indicator == one["indicator"] else None
            )
    return None


def _others(catalog: Catalog, verdict: Verdict) -> list[str]:
    """Return other indicators of the evidence: of the same kind, and not that of another target."""
    kinds, targets = labels_kind(catalog), catalog.read("targets")
    asked = set(targets.loc[targets["region"] == verdict.target["region"], "indicator"])
    found = dict.fromkeys(row["indicator"] for row in verdict.evidence)
    return [name for name in found if kinds[name] == kinds[verdict.target["indicator"]] and name not in asked]


def _goal(verdict: Verdict, factor: float | None) -> float | None:
    """Return what is asked for in the unit of the target; a base of its own counts for its own indicator alone."""
    one, required = verdict.target, verdict.required
    if required is not None and required.kind == "change":
        return required.value
    if one["direction"] in {"at_least", "at_most"}:
        return float(one["target_value"])
    return None if required is None or factor is None else required.value * factor


def _levels(rows: pd.DataFrame, verdict: Verdict, factor: float) -> pd.DataFrame:
    flow = verdict.required is not None and verdict.required.kind == "flow"
    kept = rows[rows["period_kind"].isin(["year"] if flow else ["year", "month"])]
    kept = pd.DataFrame({"year": kept["end"], "value": kept["value"] * factor, "status": kept["status"]})
    return kept.sort_values("year").drop_duplicates("year", keep="last").reset_index(drop=True)


def _changes(rows: pd.DataFrame, base: int | None) -> pd.DataFrame:
    """Return the change from the base year; a rate that is estimated makes an estimate."""
    if base is None:
        return rows.iloc[:0]
    told = rows[rows["start"] >= base]
    known = progress.changes(told.assign(status="reported"), base)
    status = "estimate" if (~told["status"].isin(ANSWERING)).any() else "reported"
    values = {float(base): 0.0} | {float(year): one.value for year, one in sorted(known.items())}
    return pd.DataFrame({"year": list(values), "value": list(values.values()), "status": status})


def _account(catalog: Catalog, verdict: Verdict) -> pd.DataFrame:
    """Return the change of CO2 per unit of GDP on the direct account, told years as estimates; none once it is due."""
    region = verdict.target["region"]
    try:
        way, told = ahead.ways(catalog, region)[0], projection.last_told(catalog, region, "total")
    except Absent:
        return pd.DataFrame(columns=["year", "value", "status"])
    rows = way.rows[way.rows["year"] <= told]
    status = rows["status"].replace("forecast", "estimate")
    return pd.DataFrame({"year": rows["year"].astype(float), "value": rows["index_pct"] - 100, "status": status})


def _start(catalog: Catalog, verdict: Verdict, rows: pd.DataFrame) -> tuple[float, float] | None:
    year = verdict.target["base_year"]
    if pd.isna(year):
        year = catalog.row("plans", verdict.target["plan"])["base_year"]
    own = rows[rows["year"] == year]
    return None if own.empty else (float(own["year"].iloc[0]), float(own["value"].iloc[0]))


def _draw(catalog: Catalog, verdict: Verdict, found: Series, lang: str, small: bool) -> Chart:
    color, due = FIELD_COLORS["energy"], float(verdict.target["target_year"])
    with canvas(SMALL if small else SIZE) as figure:
        axes = figure.subplots()
        draw_history(axes, found.rows, "value", color)
        full = found.rows[found.rows["status"] == "reported"]
        axes.plot(full["year"], full["value"], "o", color=color, ms=4)
        start = found.start or (float(found.rows["year"].iloc[0]), found.goal)
        _required(axes, verdict, start, (due, found.goal))
        _labels(axes, catalog, verdict, found, lang, small)
        axes.yaxis.set_major_formatter(lambda value, _: _amount(catalog, value, verdict, lang)[0])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        unit = _amount(catalog, 1, verdict, lang)[1]
        name = found.name
        unit_title(axes, f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})")
        year_axis(axes)
        if small:
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.set_xticks(sorted({int(found.rows["year"].iloc[0]), int(found.rows["year"].iloc[-1]), int(due)}))
            axes.tick_params(axis="x", labelsize=8.5)
        return finish(figure, _alt(catalog, verdict, found, lang))


def _required(axes: Axes, verdict: Verdict, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw the way that is required, its end, and where the target is met."""
    (first, value), (due, goal) = start, end
    axes.plot([first, due], [value, goal], color=GOAL, linewidth=1.6)
    axes.plot([due], [goal], "o", color=GOAL, ms=5)
    axes.margins(y=0.22)
    low, high = axes.get_ylim()
    required = verdict.required
    upward = required.at_least if required is not None else verdict.target["direction"] in {"at_least", "increase_by"}
    axes.fill_between([first, due], [value, goal], high if upward else low, color=ALLOWED, linewidth=0, zorder=0)
    axes.set_ylim(low, high)


def _labels(axes: Axes, catalog: Catalog, verdict: Verdict, found: Series, lang: str, small: bool) -> None:
    """Name the first and the last figure, the latter with verdict or lean, and the target; if small, not the first."""
    rows, one = found.rows, verdict.target
    first, last = rows.iloc[0], rows.iloc[-1]
    near = abs(last["value"] - found.goal) < (0.3 if small else 0.12) * (axes.get_ylim()[1] - axes.get_ylim()[0])
    due, above = float(one["target_year"]), last["value"] >= found.goal
    words = {"zh": "目标", "en": "target"}[lang]
    lean = "" if small or verdict.answer == "not_assessable" else text.word(catalog, f"verdict_{verdict.answer}", lang)
    goal = _amount(catalog, found.goal, verdict, lang)[0]
    _named(
        axes,
        (due, found.goal),
        goal if small else f"{words} {goal}",
        (7, -6 if near and above else 6 if near else 0),
        GOAL,
    )
    shown = f"{_year(float(last['year']), lang)} {_amount(catalog, float(last['value']), verdict, lang)[0]}"
    said = f"{shown}\n{lean}" if lean else shown
    color = LEANING.get(verdict.answer, SOFT)
    if last["year"] >= due - 1.5 and not near:
        _named(axes, (last["year"], last["value"]), said, (7, 0), color)
    else:
        side, across, up = ("right", -6, 16) if near else ("left", 6, 13)
        up = up if _over(verdict, found) else -up
        offset: tuple[float, float] = (across, 0.75 * up if small else up)
        if small and near and up < 0:  # below are the years of the axis: it stands before the years that were estimated
            offset = (-34, -5)
        _named(axes, (last["year"], last["value"]), said, offset, color, ha=side)
    if first["year"] < last["year"] - 1 and not small:
        value = f"{_year(float(first['year']), lang)} {_amount(catalog, float(first['value']), verdict, lang)[0]}"
        rises = rows["value"].iloc[1] > first["value"]
        _named(axes, (first["year"], first["value"]), value, (0, -12 if rises else 10), SOFT, ha="left")


def _over(verdict: Verdict, found: Series) -> bool:
    """Return whether the last figure lies above the way to the target."""
    (first, value), due = found.start or (0.0, found.goal), float(verdict.target["target_year"])
    last = found.rows.iloc[-1]
    return bool(last["value"] >= value + (found.goal - value) * min((last["year"] - first) / (due - first), 1))


def _named(
    axes: Axes, place: tuple[float, float], said: str, offset: tuple[float, float], color: str, **given: Any
) -> None:
    axes.annotate(
        said, place, xytext=offset, textcoords="offset points", fontsize=8.5, color=color, va="center",
        linespacing=1.3, annotation_clip=False, **given,
    )  # fmt: skip


def _year(end: float, lang: str) -> str:
    """Return the year that a moment lies in: 2024.5 is the end of June 2025."""
    year = int(-(-end // 1))
    return f"{year}年" if lang == "zh" else f"{year}:"


def _amount(catalog: Catalog, value: float, verdict: Verdict, lang: str) -> tuple[str, str]:
    """Return a value and its unit as they are written in a language."""
    unit, factor = text.unit(catalog, verdict.target["unit"], lang)
    rises = value > 0 and verdict.required is not None and verdict.required.kind == "change"
    return ("+" if rises else "") + text.number(float(f"{value * factor:.4g}"), lang=lang), unit


def _alt(catalog: Catalog, verdict: Verdict, found: Series, lang: str) -> str:
    def said(year: float, value: float) -> str:
        return f"{_year(year, lang)} {_amount(catalog, value, verdict, lang)[0]}"

    shown = [said(float(row.year), float(row.value)) for row in found.rows.itertuples()]
    goal = said(float(verdict.target["target_year"]), found.goal)
    unit = _amount(catalog, 1, verdict, lang)[1]
    if lang == "zh":
        return f"{found.name}（{unit}）折线图：{'，'.join(shown)}；目标：{goal}。"
    return f"Line chart of {found.name} ({unit}): {', '.join(shown)}; target: {goal}."


def sparkline(rows: pd.DataFrame, color: str, alt: str = "") -> Chart:
    """Draw a yearly series in the room of a few words, without axes: estimated years dashed, the last one hollow.

    Args:
        rows: year, co2_mt and status, in the order of the years.
        color: of the line.
        alt: the words for who cannot see it; by default the first and the last figure.

    Example:
        >>> rows = pd.DataFrame({"year": [2021, 2022], "co2_mt": [4.0, 4.4], "status": ["reported", "estimate"]})
        >>> sparkline(rows, "#000").alt
        '2021: 4; 2022: 4.4'
    """
    width, height = SPARK
    low, high = rows["co2_mt"].min(), rows["co2_mt"].max()
    across = 4 + (width - 10) * (rows["year"] - rows["year"].min()) / max(rows["year"].max() - rows["year"].min(), 1)
    down = height - 5 - (height - 10) * (rows["co2_mt"] - low) / max(high - low, 1e-9)
    points = [f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True)]
    known = int((~rows["status"].isin(["estimate", "forecast"])).to_numpy().nonzero()[0].max(initial=-1)) + 1
    parts = [
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{color}" stroke-width="1.6"{dash}/>'
        for run, dash in ((points[:known], ""), (points[max(known - 1, 0) :], ' stroke-dasharray="2 2"'))
        if len(run) > 1
    ]
    x, y = points[-1].split(",")
    fill = color if known == len(points) else "#fff"
    dot = f'<circle cx="{x}" cy="{y}" r="2.6" fill="{fill}" stroke="{color}" stroke-width="1.4"/>'
    ends = rows.iloc[[0, -1]]
    said = alt or "; ".join(f"{row.year}: {text.number(float(f'{row.co2_mt:.4g}'))}" for row in ends.itertuples())
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return Chart(f"{head}{''.join(parts)}{dot}</svg>", width / PIXELS, height / PIXELS, said)
