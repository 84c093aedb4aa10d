"""Countries beside the province: CO2 per head and per GDP, and how fast those that peaked came down.

Countries are of the Global Carbon Budget and the Penn World Table (`data/benchmarks.csv`). GDP of provinces is turned
into dollars of 2017 at the ratio of China: its GDP in that table over the sum of the provinces in yuan, both of 2019
(`BASE`), then moved with the published growth at constant prices. Prices that differ between provinces are not seen.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.facts import emissions, indicators, league, observations

NATION, BASE = "CHN", 2019
AFTER = 10  # years after a peak that are looked at
COLUMNS = ["place", "year", "co2_mt", "population_million", "gdp_per_head", "co2_per_head", "co2_per_gdp", "source_id"]


def countries(catalog: Catalog) -> pd.DataFrame:
    """Return the countries by year, as far as population and GDP are known.

    Returns:
        Columns place, year, co2_mt (Mt CO2), population_million, gdp_per_head (10^4 dollars of 2017, PPP),
        co2_per_head (t), co2_per_gdp (t per 10^4 dollars), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = countries(open_catalog()).set_index(["place", "year"])
        >>> round(float(rows.at[("DEU", 2019), "co2_per_head"]), 2)
        8.47
    """
    rows = catalog.read("benchmarks").dropna(subset=["population_million", "gdp_million_usd2017"])
    sources = rows["source_id"] + " " + rows["economy_source_id"]
    rows = rows.assign(place=rows["country"], gdp_million=rows["gdp_million_usd2017"], source_id=sources)
    return _ratios(rows)


def _ratios(rows: pd.DataFrame) -> pd.DataFrame:
    per_gdp = 1e4 * rows["co2_mt"] / rows["gdp_million"]
    heads = {"gdp_per_head": rows["gdp_million"] / rows["population_million"] / 1e4}
    heads["co2_per_head"] = rows["co2_mt"] / rows["population_million"]
    return rows.assign(**heads, co2_per_gdp=per_gdp)[COLUMNS].reset_index(drop=True)


class Conversion(NamedTuple):
    """Dollars of 2017 at purchasing power for a yuan of 2019, from the nation; and its sources."""

    dollars_per_yuan: float
    source_id: str


@cached
def conversion(catalog: Catalog) -> Conversion:
    """Return what turns GDP of the provinces in 2019 (yuan, as revised after the 4th census) into dollars of 2017.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(1 / conversion(open_catalog()).dollars_per_yuan, 2)
        4.77
    """
    nation = catalog.read("benchmarks").query("country == @NATION and year == @BASE").iloc[0]
    rows = catalog.read("observations")
    rows = rows[(rows["indicator"] == league.GDP) & (rows["period"] == str(BASE))]
    rows = rows[rows["region"].isin(league.regions(catalog, "province", ""))]
    sources = observations.joined(pd.Series([nation["economy_source_id"], *rows["source_id"]]))
    return Conversion(float(nation["gdp_million_usd2017"] * 1e6 / (rows["value"].sum() * 1e8)), sources)


@cached
def province(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return a province by year, columns as `countries`; without emissions where the inventory has none.

    Raises:
        ProjectError: if the GDP of the province in 2019 is not known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = province(open_catalog(), "330000").set_index("year")
        >>> round(float(rows.at[2022, "co2_per_head"]), 2), round(float(rows.at[2025, "gdp_per_head"]), 2)
        (6.7, 2.67)
    """
    gdp = indicators.yearly(catalog, league.GDP, region).set_index("year")["value"]
    if BASE not in gdp.index:
        raise ProjectError(f"GDP of region {region} in {BASE} is not in data/observations.csv")
    at = conversion(catalog)
    index = indicators.gdp_index(catalog, region, base=BASE)
    people = indicators.yearly(catalog, league.RESIDENTS, region).set_index("year")
    co2 = emissions.series(catalog, region, "total").set_index("year")["co2_mt"]
    rows = pd.DataFrame(
        {
            "population_million": people["value"] / 100,
            "gdp_million": gdp[BASE] * 1e2 * at.dollars_per_yuan * index / 100,
        }
    )
    rows = rows.dropna().join(co2).rename_axis("year").reset_index()
    cited = " ".join([*emissions.sources(catalog, region), *people["source_id"], *at.source_id.split()])
    return _ratios(rows.assign(place=region, source_id=observations.joined(pd.Series(cited.split()))))


def provinces(catalog: Catalog, region: str) -> list[pd.DataFrame]:
    """Return the region and the provinces for comparison (`data/settings.yaml`), columns as `countries`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [rows["place"].iloc[0] for rows in provinces(open_catalog(), "330000")]
        ['330000', '320000', '440000']
    """
    rows = catalog.read("observations")
    known = set(rows.loc[(rows["indicator"] == league.GDP) & (rows["period"] == str(BASE)), "region"])
    found = settings(catalog.root).beside(region)
    return [province(catalog, one) for one in found if one in known or one == region]


def latest(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return each province and country in its last year with emissions, population and GDP; columns as `countries`.

    The region comes first, the provinces for comparison next, then the countries from the lowest emissions per head.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> latest(open_catalog(), "330000")["place"].tolist()[:4]
        ['330000', '320000', '440000', 'VNM']
    """
    own = [rows.dropna(subset=["co2_mt"]).tail(1) for rows in provinces(catalog, region)]
    others = countries(catalog).groupby("place").tail(1).sort_values("co2_per_head")
    return pd.concat([*own, others], ignore_index=True)


def at_level(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return where each country stood in the first year in which its GDP per head was that of the region today.

    Returns:
        Columns place, year (missing where it was not reached), before (it was reached before the table starts),
        gdp_per_head, co2_per_head, co2_per_gdp, source_id; earliest first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> at_level(open_catalog(), "330000").set_index("place").at["JPN", "year"]
        np.float64(1988.0)
    """
    today = float(province(catalog, region)["gdp_per_head"].iloc[-1])
    found = []
    for place, rows in countries(catalog).groupby("place"):
        reached = rows[rows["gdp_per_head"] >= today]
        first = reached.iloc[0].to_dict() if len(reached) else {"source_id": rows["source_id"].iloc[0]}
        found.append({**first, "place": place, "before": bool(len(reached)) and reached.index[0] == rows.index[0]})
    columns = ["place", "year", "before", "gdp_per_head", "co2_per_head", "co2_per_gdp", "source_id"]
    return pd.DataFrame(found)[columns].sort_values(["year", "place"], ignore_index=True)


@cached
def after_peak(catalog: Catalog) -> pd.DataFrame:
    """Return how emissions went in the ten years after the peak of each country that has had one for as long.

    The peak is the highest year of the table. One in its first year may be of before and is left out.

    Returns:
        Columns country, peak_year, years (after the peak, 0 to 10), co2_mt, index (peak 100), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = after_peak(open_catalog())
        >>> rows["country"].nunique(), rows.groupby("country").size().unique().tolist()
        (8, [11])
    """
    found = []
    for _, rows in catalog.read("benchmarks").groupby("country"):
        series = rows.set_index("year")["co2_mt"]
        peak = int(series.idxmax())
        if series.index[0] < peak <= series.index[-1] - AFTER:
            own = rows[(rows["year"] >= peak) & (rows["year"] <= peak + AFTER)]
            index = 100 * own["co2_mt"] / series[peak]
            found.append(own.assign(peak_year=peak, years=own["year"] - peak, index=index))
    columns = ["country", "peak_year", "years", "co2_mt", "index", "source_id"]
    return pd.concat(found, ignore_index=True)[columns]


def declines(catalog: Catalog) -> pd.DataFrame:
    """Return how far emissions were below the peak ten years after it, the largest fall first.

    Returns:
        Columns country, peak_year, change_pct, yearly_pct (percent a year), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bool((declines(open_catalog())["change_pct"] < 0).all())
        True
    """
    rows = after_peak(catalog).query("years == @AFTER")
    yearly = 100 * ((rows["index"] / 100) ** (1 / AFTER) - 1)
    rows = rows.assign(change_pct=rows["index"] - 100, yearly_pct=yearly).sort_values("change_pct", ignore_index=True)
    return rows[["country", "peak_year", "change_pct", "yearly_pct", "source_id"]]
