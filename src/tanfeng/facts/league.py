"""The league 赛马榜: provinces, or the cities of a province, ranked by outcome, with rank intervals.

The lowest value is the best. A rank is only as good as the figures: the interval is made to hold the true rank in 80 %
of cases, fewer where errors far exceed the spread of the regions or these are two groups; regions that are not clearly
apart share a place that is in the interval of each. GDP and population have no error here, so intervals of ratios to
them are rather too narrow.

Provinces have emissions of one inventory and residents to 2022, and GDP as revised after the 4th census to 2019. One
whose emissions of a year that is used are in doubt is shown and not ranked. Cities have a city inventory and, in 2014
only, GDP and residents of all of them; their GDP at constant prices is not known, so no change of their intensity is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.data.settings import settings
from tanfeng.facts import emissions, indicators, observations, ranking, tapio, tiers, uncertainty, usage_warnings
from tanfeng.facts.uncertainty import Z95

COLUMNS = [
    "region",
    "value",
    "unit",
    "lo95",
    "hi95",
    "rank",
    "rank_lo80",
    "rank_hi80",
    "place",
    "tied",
    "rank_before",
    "rank_after",
    "moved",
    "moved_clearly",
    "doubt",
    "source_id",
]
MISFIT_PCT = 15.0
NOISY = 2.0  # errors this many times the spread of the figures: the ranking says little
DOUBTS = {"implausible", "incomplete"}
GDP, RESIDENTS = "gdp_current_4th_census", "population_resident"
CITY_GDP, CITY_POPULATION = "gdp_current_bulletin", "population_unrevised"
CITY_YEAR = 2014
OUTCOME_COLUMNS = ["region", "value", "unit", "score", "error", "lo95", "hi95", "source_id"]


@dataclass(frozen=True)
class League:
    """One ranking.

    Attributes:
        measure: what is ranked by.
        province: the province whose cities are ranked; also the region a page is about.
        first: first year of a change, base year of the movement of a level (0: none).
        last: last year.
        field: a field, or `total`.
        rows: one row a region, best first, with `COLUMNS` (see `standings`).
        unranked: regions with a figure that is in doubt, the lowest first: the same columns, without ranks.
        absent: codes of regions without a figure.
        noise: mean standard error over the standard deviation of the figures, on the scale of the ranking.
    """

    measure: Measure
    province: str
    first: int
    last: int
    field: str
    rows: pd.DataFrame
    unranked: pd.DataFrame
    absent: tuple[str, ...]
    noise: float = 0.0

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The two spans (of a change) or years (of a level) between which ranks move; empty if there are none."""
        return _spans(self.measure, self.first, self.last)

    def of(self, region: str) -> pd.Series | None:
        """Return the row of a region, or None if it is not ranked."""
        found = self.rows[self.rows["region"] == region]
        return None if found.empty else found.iloc[0]


def standings(
    catalog: Catalog,
    by: str,
    level: str = "province",
    province: str = "",
    first: int | None = None,
    last: int | None = None,
    field: str = "total",
) -> League:
    """Return the ranking of provinces or of the cities of one province.

    Columns of its rows: region, value, unit, lo95 and hi95 (of the value), rank, rank_lo80 and rank_hi80 (interval of
    the rank), place (shared by those level with the first of their group, within the interval of each), tied (number of
    regions not clearly apart), rank_before and rank_after (of two spans of a change, or two years of a level), moved
    (positive: better), moved_clearly (the two intervals do not meet, and the figure moved by more than its error),
    doubt (empty), source_id. Regions with a usage warning that puts the emissions of a year that is used, or those of
    one of their fields, in doubt are in `unranked` instead, with the kind of the warning as doubt.

    Args:
        catalog: the tables.
        by: id of a measure, see `MEASURES`.
        level: `province` or `city`.
        province: whose cities; the home region by default.
        first: first year; that of the measure by default.
        last: last year; that of the measure by default.
        field: a field with emissions, or `total`.

    Raises:
        ProjectError: if there is no such measure, level or field, or fewer than two regions have a figure.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> league = standings(open_catalog(), "intensity")
        >>> len(league.rows), league.rows["rank"].tolist()[:3]
        (30, [1, 2, 3])
    """
    what = measure(level, by)
    if field != "total" and field not in set(catalog.read("fields").query("emits")["id"]):
        raise ProjectError(f"no field {field!r} with emissions in data/fields.csv")
    province = province or settings(catalog.root).home
    return _standings(catalog, what, province, first or what.first, last or what.last, field)


@cached
def _standings(catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str) -> League:
    rows, absent = _by_region(catalog, what, province, first, last, field)
    if rows.empty and what.level == "city":
        raise Absent(("各市排放清单", "inventories of its cities"), "data/observations.csv", province)
    years = [last] if what.kind == "level" else [first, last]
    rows = rows.assign(doubt=[_doubt(catalog, what, region, field, years) for region in rows["region"]])
    unranked = rows[rows["doubt"] != ""].sort_values("value").reindex(columns=COLUMNS).reset_index(drop=True)
    rows = rows[rows["doubt"] == ""]
    if len(rows) < 2:
        raise ProjectError(
            f"{what.level} by {what.id}, {first} to {last}: {len(rows)} regions have a figure; expected 2"
        )
    found = ranking.ranking(rows["score"].to_numpy(), rows["error"].to_numpy())
    noise = float(rows["error"].mean() / rows["score"].std())
    rows = rows.assign(rank=found.rank, rank_lo80=found.low, rank_hi80=found.high, place=found.place, tied=found.tied)
    moves = _movement(catalog, what, province, first, last, field, set(rows["region"]))
    rows = rows.merge(moves, on="region", how="left").sort_values(["rank", "region"], ignore_index=True)
    return League(what, province, first, last, field, rows[COLUMNS], unranked, tuple(absent), noise)


def _by_region(
    catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return what was measured by region code, so that draws, ties and movements do not follow the order of a table."""
    rows, absent = measured(catalog, what, province, first, last, field)
    return rows.sort_values("region", ignore_index=True), absent


def _doubt(catalog: Catalog, what: Measure, region: str, field: str, years: list[int]) -> str:
    """Return the kind of the warning that makes the emissions of one of the years doubtful; empty if there is none.

    A total is in doubt if one of its fields is.
    """
    if what.level == "city":
        return ""
    names = [field, *(emissions.emitting_fields(catalog) if field == "total" else [])]
    found = pd.concat([usage_warnings.caveats(catalog, name, region, table="inventory") for name in names])
    return next((kind for year in years if (kind := usage_warnings.covering(found, DOUBTS, year, year))), "")


def _spans(what: Measure, first: int, last: int) -> tuple[tuple[int, int], ...]:
    if what.kind == "level":
        return ((first, first), (last, last)) if 0 < first < last else ()
    half = middle(first, last)
    return ((first, half), (half, last)) if what.kind == "change" and first < half else ()


def _movement(
    catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str, ranked: set[str]
) -> pd.DataFrame:
    """Return the ranks of ranked regions known in both spans, how far each moved, and whether the intervals part."""
    columns = ["region", "rank_before", "rank_after", "moved", "moved_clearly"]
    spans = [_by_region(catalog, what, province, *span, field)[0] for span in _spans(what, first, last)]
    both = ranked & set(spans[0]["region"]) & set(spans[1]["region"]) if spans else set()
    if len(both) < 2:
        return pd.DataFrame(columns=columns)
    spans = [rows[rows["region"].isin(both)] for rows in spans]
    first_span, second = [(rows["score"].to_numpy(), rows["error"].to_numpy()) for rows in spans]
    before, after = ranking.ranking(*first_span), ranking.ranking(*second)
    clear = ranking.apart(before.low, before.high, after.low, after.high)
    clear &= ranking.shifted(*first_span, *second, what.kind == "change")
    found = [spans[0]["region"], before.rank, after.rank, before.rank - after.rank, clear]
    return pd.DataFrame({name: np.asarray(values) for name, values in zip(columns, found, strict=True)})


def risers(league: League, count: int = 3) -> pd.DataFrame:
    """Return the regions that moved up most, clearly moved ones only: region, rank_before, rank_after, moved.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bool((risers(standings(open_catalog(), "co2"))["moved"] > 0).all())
        True
    """
    rows = league.rows[league.rows["moved_clearly"].fillna(False).astype(bool) & (league.rows["moved"] > 0)]
    rows = rows.sort_values(["moved", "rank"], ascending=[False, True]).head(count)
    return rows[["region", "rank_before", "rank_after", "moved"]].reset_index(drop=True)


def by_measure(catalog: Catalog, region: str, level: str, province: str) -> pd.DataFrame:
    """Return where one region stands by every measure of its level.

    Returns:
        Columns measure, kind, first, last, of (number of regions ranked), those of `standings` (missing where the
        region is not ranked) and noise (see `League`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> by_measure(open_catalog(), "330000", "province", "330000")["measure"].tolist()[:2]
        ['intensity', 'co2']
    """
    every = [standings(catalog, one.id, level, province) for one in MEASURES if one.level == level]
    return pd.DataFrame([_line(league, region, measure=league.measure.id) for league in every])


def by_field(catalog: Catalog, region: str, by: str = "intensity") -> pd.DataFrame:
    """Return where a province stands among the provinces, field by field, the total last; columns as `by_measure`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> by_field(open_catalog(), "330000")["field"].tolist()[-1]
        'total'
    """
    known = emissions.emissions(catalog, region)["field"].unique()
    rows = catalog.read("fields").query("emits").sort_values("sort")
    fields = [*(one for one in rows["id"] if one in known), "total"]
    every = [standings(catalog, by, field=one) for one in dict.fromkeys(fields)]
    return pd.DataFrame([_line(league, region, field=league.field) for league in every])


def _line(league: League, region: str, **first: str) -> dict[str, object]:
    own = league.of(region)
    shown = dict.fromkeys(COLUMNS) if own is None else own.to_dict()
    about = {**first, "kind": league.measure.kind, "first": league.first, "last": league.last, "of": len(league.rows)}
    return {**about, **shown, "region": region, "unit": league.measure.unit, "noise": league.noise}


def misfits(catalog: Catalog, first: int = 2005, last: int = 2019) -> pd.DataFrame:
    """Return provinces whose GDP in current prices does not fit its growth at constant prices, by the others.

    The two imply a price change; where it is far from the median of the provinces, either prices moved otherwise (coal,
    oil) or a revision of the level did not reach the growth rates. Their change of intensity is less certain than the
    interval says.

    Returns:
        Columns region, prices (ratio implied), median, apart_pct (of the ratio to the median), those more than
        `MISFIT_PCT` apart, the lowest first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bool((misfits(open_catalog())["apart_pct"].abs() > MISFIT_PCT).all())
        True
    """
    found = []
    for region in regions(catalog, "province", ""):
        level = indicators.yearly(catalog, GDP, region).set_index("year")["value"]
        growth = indicators.gdp_index(catalog, region, base=first)
        found.append({"region": region, "prices": level[last] / level[first] / (growth[last] / 100)})
    rows = pd.DataFrame(found)
    rows = rows.assign(median=rows["prices"].median(), apart_pct=100 * (rows["prices"] / rows["prices"].median() - 1))
    return rows[rows["apart_pct"].abs() > MISFIT_PCT].sort_values("apart_pct", ignore_index=True)


def county_places(catalog: Catalog, province: str, first: int = 2005, last: int = 2017) -> pd.DataFrame:
    """Return the counties of a province with level and change, each with its place among all; they carry no interval.

    Returns:
        Columns county, zh, en, city, co2_first_mt, co2_last_mt (Mt CO2), change_pct, place_level and place_change (1
        is the lowest), of (number of counties), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = county_places(open_catalog(), "330000")
        >>> len(rows), int(rows["place_change"].min())
        (90, 1)
    """
    rows = tiers.counties(catalog, province)
    wide = rows.pivot_table(index=["county", "zh", "en", "city", "source_id"], columns="year", values="co2_mt")
    table = wide.reindex(columns=[first, last]).dropna().set_axis(["co2_first_mt", "co2_last_mt"], axis=1).reset_index()
    table["change_pct"] = 100 * (table["co2_last_mt"] / table["co2_first_mt"] - 1)
    table["place_level"] = table["co2_last_mt"].rank(method="min").astype("int64")
    table["place_change"] = table["change_pct"].rank(method="min").astype("int64")
    return table.assign(of=len(table))


def city_series(catalog: Catalog, city: str) -> pd.DataFrame:
    """Return the inventories of one city side by side.

    Returns:
        Columns year, co2_mt (city inventory as published), reconciled_mt (scaled to the province), counties_mt (sum of
        its counties), Mt CO2, missing where not known; sources. Years in which one of them is known.

    Raises:
        ProjectError: if the region is no city of a province with an inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = city_series(open_catalog(), "330200").set_index("year")
        >>> float(rows.at[2017, "co2_mt"]) > float(rows.at[2017, "reconciled_mt"])
        True
    """
    province = province_of(catalog, city)
    rows = tiers.matrix(catalog, province)
    own = rows[(rows["tier"] == "city") & (rows["id"] == city)].set_index("year")
    sums = tiers.county_sums(catalog, province)
    below = sums[sums["region"] == city].set_index("year")
    table = own[["co2_mt", "reconciled_mt"]].join(below["co2_mt"].rename("counties_mt"), how="outer")
    sources = [own["source_id"].reindex(table.index).fillna(""), below["source_id"].reindex(table.index).fillna("")]
    return table.assign(sources=[" ".join(pair).strip() for pair in zip(*sources, strict=True)]).reset_index()


def province_of(catalog: Catalog, city: str) -> str:
    """Return the province of a city.

    Raises:
        ProjectError: if the region is no city of `data/regions.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> province_of(open_catalog(), "330200")
        '330000'
    """
    rows = catalog.read("regions").set_index("id")
    if city not in rows.index or rows.at[city, "level"] != "city":
        raise ProjectError(f"region {city!r} is no city of data/regions.csv; expected a code such as 330200")
    return str(rows.at[city, "parent"])


@dataclass(frozen=True)
class Measure:
    """What regions are ranked by; the lowest value is the best.

    Attributes:
        level: `province` or `city`.
        id: such as `intensity`.
        unit: of the value, from `data/units.csv`.
        kind: `change` (from one year to another), `level` (of one year) or `path` (three years).
        first: first year by default; of a level the year it is compared with, 0 if there is none.
        last: last year by default.
        fields: it can be given for one field.
    """

    level: str
    id: str
    unit: str
    kind: str
    first: int
    last: int
    fields: bool = False


MEASURES = (
    Measure("province", "intensity", "%", "change", 2005, 2019, fields=True),
    Measure("province", "co2", "%", "change", 2005, 2022, fields=True),
    Measure("province", "per_head", "t/person", "level", 2005, 2022, fields=True),
    Measure("province", "per_gdp", "t/10^4 yuan", "level", 2005, 2019, fields=True),
    Measure("province", "decoupling", "share", "change", 2005, 2019, fields=True),
    Measure("province", "own_path", "%", "path", 2005, 2019),
    Measure("city", "co2", "%", "change", 2005, 2019),
    Measure("city", "county_sum", "%", "change", 2005, 2017),
    Measure("city", "per_head", "t/person", "level", 0, CITY_YEAR),
    Measure("city", "per_gdp", "t/10^4 yuan", "level", 0, CITY_YEAR),
)


def measure(level: str, by: str) -> Measure:
    """Return what regions of a level are ranked by.

    Raises:
        ProjectError: if there is no such level, or its regions cannot be ranked by this.

    Example:
        >>> measure("province", "intensity").first
        2005
    """
    known = {one.id: one for one in MEASURES if one.level == level}
    if not known:
        raise ProjectError(f"level {level!r}: expected province or city")
    if by not in known:
        why = "; GDP of cities at constant prices is not published" if level == "city" else ""
        raise ProjectError(f"{level}: no ranking by {by!r}{why}; there are: {', '.join(known)}")
    return known[by]


def regions(catalog: Catalog, level: str, province: str) -> list[str]:
    """Return the regions that are ranked: provinces with an inventory, or the cities of one province.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(regions(open_catalog(), "province", "330000"))
        30
    """
    if level == "city":
        return tiers.cities(catalog, province)
    known = set(catalog.read("inventory")["region"])
    return [str(one) for one in catalog.read("regions").query("level == 'province'")["id"] if one in known]


def measured(
    catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str = "total"
) -> tuple[pd.DataFrame, list[str]]:
    """Return the figures of every region that has one, and the codes of those that have none.

    Args:
        catalog: the tables.
        what: what regions are ranked by.
        province: whose cities, for the level `city`.
        first: first year of a change; ignored for a level.
        last: last year of a change, year of a level.
        field: a field with emissions, or `total`.

    Returns:
        Frame with region, value, unit, score and error (value and standard error on the scale on which errors are about
        normal: of ratios and levels the logarithm), lo95, hi95, source_id; and the regions without a figure.

    Raises:
        ProjectError: if the years are no span, or the measure is given for the total only.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows, absent = measured(open_catalog(), measure("city", "co2"), "330000", 2005, 2019)
        >>> len(rows), absent
        (10, ['330700'])
    """
    if what.kind != "level" and first >= last:
        raise ProjectError(f"years {first} to {last}: the first must be before the last")
    if field != "total" and not what.fields:
        raise ProjectError(f"{what.level} by {what.id} is given for the total only; found field {field!r}")
    tell = TELLERS[what.level, what.id]
    every = regions(catalog, what.level, province)
    told = {region: tell(catalog, region, first, last, field) for region in every}
    found = [{"region": region, "unit": what.unit, **vars(one)} for region, one in told.items() if one is not None]
    return pd.DataFrame(found, columns=OUTCOME_COLUMNS), [region for region, one in told.items() if one is None]


@dataclass(frozen=True)
class Outcome:
    """The figure of one region: value, value and standard error on the scale of the ranking, 95 % limits, sources."""

    value: float
    score: float
    error: float
    lo95: float
    hi95: float
    source_id: str


Teller = Callable[[Catalog, str, int, int, str], Outcome | None]


def _ratio(ratio: float, error: float, source: str) -> Outcome:
    """Return a change in percent from a ratio and the standard error of its logarithm."""
    low, high = (100 * float(ratio * np.exp(sign * Z95 * error) - 1) for sign in (-1, 1))
    return Outcome(100 * (ratio - 1), float(np.log(ratio)), error, low, high, source)


def _level(value: float, error: float, source: str) -> Outcome:
    """Return a level from its value and the standard error of its logarithm."""
    low, high = (float(value * np.exp(sign * Z95 * error)) for sign in (-1, 1))
    return Outcome(value, float(np.log(value)), error, low, high, source)


@cached
def _moved(catalog: Catalog, region: str, field: str, first: int, last: int) -> tuple[float, float, str] | None:
    """Return the ratio of emissions between two years, the standard error of its logarithm, and the sources."""
    rows = emissions.series(catalog, region, field).set_index("year")
    if not {first, last} <= set(rows.index) or rows["co2_mt"][[first, last]].min() <= 0:
        return None
    value, low, high = uncertainty.change(catalog, region, field, first, last)
    source = observations.joined(rows["source_id"][[first, last]])
    return 1 + value / 100, (high - low) / 2 / (100 + value) / Z95, source


@cached
def _grown(catalog: Catalog, region: str, first: int, last: int) -> tuple[float, str] | None:
    """Return the ratio of GDP at constant prices between two years, and the sources."""
    rates = indicators.yearly(catalog, "gdp_real_growth", region).set_index("year")
    years = list(range(first + 1, last + 1))
    if not set(years) <= set(rates.index):
        return None
    chosen = rates.loc[years]
    return float((1 + chosen["value"] / 100).prod()), observations.joined(chosen["source_id"])


def _co2(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    moved = _moved(catalog, region, field, first, last)
    return None if moved is None else _ratio(*moved)


def _intensity(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    moved, grown = _moved(catalog, region, field, first, last), _grown(catalog, region, first, last)
    if moved is None or grown is None:
        return None
    return _ratio(moved[0] / grown[0], moved[1], f"{moved[2]} {grown[1]}")


def _decoupling(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    """Return the elasticity of emissions to GDP at constant prices; its error is that of emissions."""
    moved, grown = _moved(catalog, region, field, first, last), _grown(catalog, region, first, last)
    if moved is None or grown is None:
        return None
    value = tapio.tapio((1.0, moved[0]), (1.0, grown[0])).elasticity
    if value is None:
        return None
    error = moved[0] * moved[1] / abs(grown[0] - 1)
    return Outcome(value, value, error, value - Z95 * error, value + Z95 * error, f"{moved[2]} {grown[1]}")


def middle(first: int, last: int) -> int:
    """Return the year that parts a span in two.

    Example:
        >>> middle(2005, 2019)
        2012
    """
    return first + (last - first) // 2


def _own_path(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    """Return how far intensity in the last year is from where its own yearly rate of the first half would have led.

    The middle year is in both halves, with the opposite sign: its error counts more than once.
    """
    half = middle(first, last)
    before, after = (_intensity(catalog, region, *span, field) for span in ((first, half), (half, last)))
    if before is None or after is None:
        return None
    weight = (last - half) / (half - first)
    shared = weight * (before.error**2 + after.error**2) / 2
    error = float(np.sqrt(after.error**2 + (weight * before.error) ** 2 + shared))
    source = observations.joined(pd.Series([before.source_id, after.source_id]))
    return _ratio(float(np.exp(after.score - weight * before.score)), error, source)


def _of_year(catalog: Catalog, indicator: str, region: str, year: int) -> tuple[float, str] | None:
    rows = indicators.yearly(catalog, indicator, region).set_index("year")
    return (float(rows.at[year, "value"]), str(rows.at[year, "source_id"])) if year in rows.index else None


def _per(catalog: Catalog, region: str, year: int, field: str, indicator: str, scale: float) -> Outcome | None:
    """Return emissions in tonnes over an indicator of the year, whose unit is so many of what they are given for."""
    below = _of_year(catalog, indicator, region, year)
    rows = emissions.series(catalog, region, field).set_index("year")
    if below is None or year not in rows.index or not rows.at[year, "co2_mt"] > 0:
        return None
    error = uncertainty.half_width_pct(catalog, region, field, year) / 100 / Z95
    source = observations.joined(pd.Series([rows.at[year, "source_id"], below[1]]))
    return _level(float(rows.at[year, "co2_mt"]) * 1e6 / (below[0] * scale), error, source)


def _per_head(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _per(catalog, region, last, field, RESIDENTS, 1e4)  # 10^4 persons


def _per_gdp(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _per(catalog, region, last, field, GDP, 1e4)  # 10^8 yuan, given for 10^4


@cached
def city_error(catalog: Catalog, province: str, first: int, last: int) -> float:
    """Return the standard error of the logarithm of a city's emissions (of their change if the years differ).

    No error of the city inventories is published. Two of them, made in different ways, are compared: the spread of the
    ratio over the cities of the province, parted evenly between the two.

    Raises:
        ProjectError: if fewer than three cities are in both inventories in these years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(city_error(open_catalog(), "330000", 2005, 2017), 2)
        0.32
    """
    one, other = (
        rows.pivot_table(index="region", columns="year", values="co2_mt")
        for rows in (tiers.city_inventories(catalog, province), tiers.county_sums(catalog, province))
    )
    last = min(last, int(other.columns.max())) if len(other.columns) else last
    if not {first, last} <= set(one.columns) & set(other.columns):
        raise ProjectError(f"cities of {province}: no two inventories of {first} and {last} to compare")
    ratio = np.log(one / other)
    apart = (ratio[last] - ratio[first] if first < last else ratio[last]).dropna()
    if len(apart) < 3:
        raise ProjectError(f"cities of {province}: {len(apart)} in two inventories of {first} and {last}; expected 3")
    return float(apart.std(ddof=1) / np.sqrt(2))


def _city(catalog: Catalog, region: str) -> tuple[str, pd.DataFrame]:
    """Return the province of a city and its inventory by year."""
    province = str(catalog.read("regions").set_index("id").at[region, "parent"])
    rows = tiers.city_inventories(catalog, province)
    return province, rows[rows["region"] == region].set_index("year")


def _city_moved(catalog: Catalog, province: str, rows: pd.DataFrame, first: int, last: int) -> Outcome | None:
    if not {first, last} <= set(rows.index):
        return None
    source = observations.joined(rows["source_id"][[first, last]])
    ratio = float(rows.at[last, "co2_mt"] / rows.at[first, "co2_mt"])
    return _ratio(ratio, city_error(catalog, province, first, last), source)


def _city_co2(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    province, rows = _city(catalog, region)
    return _city_moved(catalog, province, rows, first, last)


def _city_counties(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    province, _ = _city(catalog, region)
    rows = tiers.county_sums(catalog, province)
    return _city_moved(catalog, province, rows[rows["region"] == region].set_index("year"), first, last)


def _city_per(catalog: Catalog, region: str, year: int, indicator: str) -> Outcome | None:
    """Return emissions of a city in tonnes per person or 10^4 yuan; the indicator is in 10^4 persons or 10^8 yuan."""
    province, rows = _city(catalog, region)
    below = _of_year(catalog, indicator, region, year)
    if year not in rows.index or below is None:
        return None
    value = float(rows.at[year, "co2_mt"]) * 1e6 / (below[0] * 1e4)
    return _level(value, city_error(catalog, province, year, year), f"{rows.at[year, 'source_id']} {below[1]}")


def _city_per_head(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _city_per(catalog, region, last, CITY_POPULATION)


def _city_per_gdp(catalog: Catalog, region: str, first: int, last: int, field: str) -> Outcome | None:
    return _city_per(catalog, region, last, CITY_GDP)


TELLERS: dict[tuple[str, str], Teller] = {
    ("province", "intensity"): _intensity,
    ("province", "co2"): _co2,
    ("province", "per_head"): _per_head,
    ("province", "per_gdp"): _per_gdp,
    ("province", "decoupling"): _decoupling,
    ("province", "own_path"): _own_path,
    ("city", "co2"): _city_co2,
    ("city", "county_sum"): _city_counties,
    ("city", "per_head"): _city_per_head,
    ("city", "per_gdp"): _city_per_gdp,
}
