"""The league and the three tiers: ranks with their intervals, and inventories that do not add up side by side."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from tanfeng.data.catalog import Catalog
from tanfeng.facts import league, tiers
from tanfeng.facts.league import League
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    FIELD_COLORS,
    GRID,
    INK,
    Chart,
    canvas,
    drawn,
    finish,
    name_ends,
    tonne_axis,
    unit_title,
    year_axis,
)
from tanfeng.pages.reports import league as reports_league

PALE = "#9aa5ad"
MARKED = "#e6eef3"
LINES = {
    "province_mt": ("全省清单", "provincial inventory", INK, "-"),
    "cities_mt": (
        "各市合计\n（市全的年份）",
        "sum of the cities\n(where all are known)",
        FIELD_COLORS["industry"],
        "-",
    ),
    "counties_mt": ("各县（市、区）\n合计", "sum of the counties", FIELD_COLORS["transport"], "--"),
}
CITY_LINES = {
    "co2_mt": ("城市清单", "city inventory", INK, "-"),
    "reconciled_mt": ("按全省总量折算", "scaled to the province", FIELD_COLORS["energy"], ":"),
    "counties_mt": ("所辖县（市、区）\n合计", "sum of its counties", FIELD_COLORS["transport"], "--"),
}


@drawn
def rank_intervals(catalog: Catalog, found: League, region: str, lang: str) -> Chart:
    """Draw the place of every region as a dot and its rank interval as a line, best first; one region is marked.

    Args:
        catalog: the tables.
        found: result of `tanfeng.facts.league.standings`.
        region: the region to mark.
        lang: `zh` or `en`.
    """
    rows = found.rows
    names = [catalog.label("regions", one, lang) for one in rows["region"]]
    with canvas((8.4, 1.2 + 0.24 * len(rows)), 1.2 + 0.24 * len(rows)) as figure:
        axes = figure.subplots()
        places = range(len(rows))
        axes.hlines(places, rows["rank_lo80"], rows["rank_hi80"], color=PALE, linewidth=3.2)
        axes.plot(rows["place"], places, "o", color=INK, markersize=5)
        _values(axes, rows, lang)
        for place in rows.index[rows["region"] == region]:
            axes.axhspan(place - 0.5, place + 0.5, color=MARKED, zorder=0)
        axes.set_yticks(list(places), names)
        axes.invert_yaxis()
        axes.margins(y=0.01)
        _rank_axis(axes, len(rows), lang)
        return finish(
            figure, _ranks_alt(found, names, lang), note=reports_league.unranked_text(catalog, found, lang).strip()
        )


def _values(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        shown = reports_league.value(row["value"], row["unit"], lang)
        axes.annotate(shown, (len(rows) + 0.8, place), va="center", fontsize=8.5, color="#56616a")


def _rank_axis(axes: Axes, count: int, lang: str) -> None:
    axes.set_xlim(0.3, count + 0.12 * count + 1.4)
    step = 5 if count > 15 else 1
    axes.set_xticks(list(range(step, count + 1, step)))
    unit_title(
        axes,
        {
            "zh": "名次（点，可并列）和80%名次区间（线）；右侧为数值",
            "en": "place (dot), 80% rank interval (line); value",
        }[lang],
    )
    axes.grid(visible=True, axis="x", color=GRID)
    axes.grid(visible=False, axis="y")


def _ranks_alt(found: League, names: list[str], lang: str) -> str:
    head = reports_league.measure_name(found.measure.id, lang)
    shared = found.rows["place"].duplicated(keep=False)
    shown = [
        f"{name} {reports_league.place_text(row, tied, lang)} "
        f"[{reports_league.rank_range(row['rank_lo80'], row['rank_hi80'])}]"
        for name, row, tied in zip(names, found.rows.to_dict("records"), shared, strict=True)
    ]
    return f"{head}: {'; '.join(shown)}"


@drawn
def tier_sums(catalog: Catalog, province: str, lang: str) -> Chart:
    """Draw the provincial inventory beside the sums of its cities and counties.

    Args:
        catalog: the tables.
        province: GB/T 2260 code.
        lang: `zh` or `en`.
    """
    rows = tiers.balance(catalog, province).set_index("year")
    rows["cities_mt"] = rows["cities_mt"].where(rows["absent"] == "")
    return _inventories(rows, LINES, lang)


@drawn
def city_inventories(catalog: Catalog, city: str, lang: str) -> Chart:
    """Draw the inventories of one city: as published, scaled to the province, and the sum of its counties.

    Args:
        catalog: the tables.
        city: GB/T 2260 code.
        lang: `zh` or `en`.
    """
    return _inventories(league.city_series(catalog, city).set_index("year"), CITY_LINES, lang)


def _inventories(rows: pd.DataFrame, lines: dict[str, tuple[str, str, str, str]], lang: str) -> Chart:
    title = {"zh": "二氧化碳排放", "en": "CO₂ emissions"}[lang]
    known = {key: rows[key].dropna() for key in lines if rows[key].notna().any()}
    with canvas((8.4, 3.8)) as figure:
        axes, ends = figure.subplots(), []
        for key, series in known.items():
            *names, color, dash = lines[key]
            label = names[0 if lang == "zh" else 1]
            gaps = series.reindex(range(int(series.index.min()), int(series.index.max()) + 1))
            axes.plot(gaps.index, gaps, dash, color=color, linewidth=2, marker="o", markersize=3)
            ends.append((float(gaps.index[-1]), float(gaps.iloc[-1]), label, color))
        axes.set_ylim(bottom=0)
        name_ends(axes, ends)
        tonne_axis(axes, title, lang)
        year_axis(axes)
        return finish(figure, f"{title}: {'; '.join(_line_alt(lines[key], known[key], lang) for key in known)}")


def _line_alt(line: tuple[str, str, str, str], series: pd.Series, lang: str) -> str:
    ends = [f"{year} {text.tonnes(float(series[year]), lang)}" for year in (series.index.min(), series.index.max())]
    name = line[0 if lang == "zh" else 1].replace("\n", "" if lang == "zh" else " ")
    return f"{name} {' → '.join(ends)} {text.TONNES[lang]}"
