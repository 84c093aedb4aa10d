"""The league and the three tiers: ranks with their intervals, and inventories that do not add up side by side."""

from __future__ import annotations

import re

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle

from tanfeng.data.catalog import Catalog
from tanfeng.data.spelling import ADMINISTRATIVE
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
    on_phone,
    tonne_axis,
    unit_title,
    year_axis,
)
from tanfeng.pages.reports import league as reports_league

PALE = "#9aa5ad"
MARKED = "#e6eef3"
LOW_TO_HIGH = LinearSegmentedColormap.from_list(
    "low_to_high", [(0, "#f6ead9"), (0.55, "#d99a52"), (0.7, "#9c5420"), (1, "#6b2c0c")]
)
UNRANKED, DARK = "#e3e7ea", 0.62  # of the colours from low to high: above it letters are white
SYLLABLE = re.compile(r"(n|ng|e)(?=[^aeioung]\w+$)")  # where a name in pinyin may be broken
LONGEST = 7  # letters on a tile of a phone
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
            "en": "place (dot, may be shared), 80% rank interval (line); value",
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
def tiles(catalog: Catalog, found: League, region: str, lang: str) -> Chart:
    """Draw a tile a province, at its rough place, the stronger its colour the higher its value; one region is outlined.

    Args:
        catalog: the tables.
        found: result of `tanfeng.facts.league.standings` by a level.
        region: the region to outline.
        lang: `zh` or `en`.
    """
    places = catalog.read("regions").dropna(subset="tile_column")
    ranked, rest = (rows.set_index("region")["value"] for rows in (found.rows, found.unranked))
    scale = LogNorm(ranked.min(), ranked.max())
    with canvas((8.4, 4.9), 4.6) as figure:
        axes = figure.subplots()
        for tile in places.to_dict("records"):
            code, at = tile["id"], (tile["tile_column"], tile["tile_row"])
            shade = float(scale(ranked[code])) if code in ranked.index else None
            value = ranked.get(code, rest.get(code))
            shown = "—" if value is None else text.number(value, 1, lang)
            _tile(axes, at, f"{_on_tile(tile, lang)}\n{shown}", shade, code == region)
        axes.set_xlim(0.48, places["tile_column"].max() + 0.52)
        axes.set_ylim(places["tile_row"].max() + 0.52, 0.48)
        axes.set_axis_off()
        unit_title(axes, _tiles_unit(found, lang))
        return finish(figure, _tiles_alt(catalog, found, lang), note=reports_league.tiles_note(catalog, found, lang))


def _tile(axes: Axes, at: tuple[int, int], words: str, shade: float | None, marked: bool) -> None:
    color = UNRANKED if shade is None else LOW_TO_HIGH(shade)
    edge, width, above = (INK, 2.4, 3) if marked else ("white", 1.2, 2)
    corner = (at[0] - 0.5, at[1] - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=color, edgecolor=edge, linewidth=width, zorder=above))
    letters = "white" if shade is not None and shade > DARK else INK
    size = 8.3 if on_phone() else 9.5
    axes.text(*at, words, ha="center", va="center", fontsize=size, color=letters, linespacing=1.2, zorder=4)


def _on_tile(place: dict[str, str], lang: str) -> str:
    """Return the short name of a province, in two lines where it is too long for a tile."""
    if lang == "zh":
        return ADMINISTRATIVE.sub("", place["zh"])
    name = place["en"]
    if not on_phone() or len(name) <= LONGEST:
        return name
    return name.replace(" ", "\n") if " " in name else SYLLABLE.sub(r"\1-\n", name)


def _tiles_unit(found: League, lang: str) -> str:
    name, unit = reports_league.measure_name(found.measure.id, lang), reports_league.UNITS[found.measure.unit]
    if lang == "zh":
        return f"{found.last}年{name}，{unit[0]}"
    return f"{name}, {found.last}, {unit[1]}"


def _tiles_alt(catalog: Catalog, found: League, lang: str) -> str:
    said = [
        f"{catalog.label('regions', row['region'], lang)} {text.number(row['value'], 1, lang)}"
        for row in found.rows.sort_values("value", ascending=False).to_dict("records")
    ]
    shape = {
        "zh": "方格图，一省一格。{}：最高为{}；最低为{}",
        "en": "Tile grid, a tile a province. {}: highest {}; lowest {}",
    }[lang]
    comma = {"zh": "、", "en": ", "}[lang]
    return shape.format(_tiles_unit(found, lang), comma.join(said[:3]), comma.join(said[:-4:-1]))


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
