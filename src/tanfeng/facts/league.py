"""The league 赛马榜: provinces, or the cities of a province, ranked by outcome, with rank intervals.

The lowest value is the best. A rank is only as good as the figures: the interval is made to hold the true rank in 80 %
of cases, fewer where errors far exceed the spread of the regions or these are two groups; regions that are not clearly
apart share a place that is in the interval of each. GDP and population have no error here, so intervals of ratios to
them are rather too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators, outcomes, ranking, tiers, usage_warnings
from tanfeng.facts.outcomes import Measure

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
        absent: codes of regions without a figure.
        noise: mean standard error over the standard deviation of the figures, on the scale of the ranking.
    """

    measure: Measure
    province: str
    first: int
    last: int
    field: str
    rows: pd.DataFrame
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
    province: str = "330000",
    first: int | None = None,
    last: int | None = None,
    field: str = "total",
) -> League:
    """Return the ranking of provinces or of the cities of one province.

    Columns of its rows: region, value, unit, lo95 and hi95 (of the value), rank, rank_lo80 and rank_hi80 (interval of
    the rank), place (shared by those level with the first of their group, within the interval of each), tied (number of
    regions not clearly apart), rank_before and rank_after (of two spans of a change, or two years of a level), moved
    (positive: better), moved_clearly (the two intervals do not meet, and the figure moved by more than its error),
    doubt (kind of the usage warning on the emissions of a year that is used, empty if there is none), source_id.

    Args:
        catalog: the tables.
        by: id of a measure, see `tanfeng.facts.outcomes.MEASURES`.
        level: `province` or `city`.
        province: whose cities.
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
    what = outcomes.measure(level, by)
    if field != "total" and field not in set(catalog.read("fields").query("emits")["id"]):
        raise ProjectError(f"no field {field!r} with emissions in data/fields.csv")
    return _standings(catalog, what, province, first or what.first, last or what.last, field)


@cached
def _standings(catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str) -> League:
    rows, absent = _by_region(catalog, what, province, first, last, field)
    if len(rows) < 2:
        raise ProjectError(
            f"{what.level} by {what.id}, {first} to {last}: {len(rows)} regions have a figure; expected 2"
        )
    found = ranking.ranking(rows["score"].to_numpy(), rows["error"].to_numpy())
    noise = float(rows["error"].mean() / rows["score"].std())
    rows = rows.assign(rank=found.rank, rank_lo80=found.low, rank_hi80=found.high, place=found.place, tied=found.tied)
    rows = rows.merge(_movement(catalog, what, province, first, last, field), on="region", how="left")
    years = [last] if what.kind == "level" else [first, last]
    rows = rows.assign(doubt=[_doubt(catalog, what, region, field, years) for region in rows["region"]])
    rows = rows.sort_values(["rank", "region"], ignore_index=True)
    return League(what, province, first, last, field, rows[COLUMNS], tuple(absent), noise)


def _by_region(
    catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return what was measured by region code, so that draws, ties and movements do not follow the order of a table."""
    rows, absent = outcomes.measured(catalog, what, province, first, last, field)
    return rows.sort_values("region", ignore_index=True), absent


def _doubt(catalog: Catalog, what: Measure, region: str, field: str, years: list[int]) -> str:
    """Return the kind of the warning that makes the emissions of one of the years doubtful; empty if there is none."""
    if what.level == "city":
        return ""
    found = usage_warnings.caveats(catalog, field, region, table="inventory")
    return next((kind for year in years if (kind := usage_warnings.covering(found, DOUBTS, year, year))), "")


def _spans(what: Measure, first: int, last: int) -> tuple[tuple[int, int], ...]:
    if what.kind == "level":
        return ((first, first), (last, last)) if 0 < first < last else ()
    half = outcomes.middle(first, last)
    return ((first, half), (half, last)) if what.kind == "change" and first < half else ()


def _movement(catalog: Catalog, what: Measure, province: str, first: int, last: int, field: str) -> pd.DataFrame:
    """Return the ranks of regions known in both spans, how far each moved, and whether the intervals part."""
    columns = ["region", "rank_before", "rank_after", "moved", "moved_clearly"]
    spans = [_by_region(catalog, what, province, *span, field)[0] for span in _spans(what, first, last)]
    both = set(spans[0]["region"]) & set(spans[1]["region"]) if spans else set()
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
    every = [standings(catalog, one.id, level, province) for one in outcomes.MEASURES if one.level == level]
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
    for region in outcomes.regions(catalog, "province", ""):
        level = indicators.yearly(catalog, outcomes.GDP, region).set_index("year")["value"]
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
