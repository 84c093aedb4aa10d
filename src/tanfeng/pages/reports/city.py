"""The page of one city: its key figures."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import league as standings
from tanfeng.facts import observations, tiers
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.reports.league import standing_figures

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "inventories": ("各套清单逐年排放", "Inventories by year"),
    "city_inventories_figure": (
        "城市清单：2005年{{ k.co2_base }}，{{ k.co2_last.year }}{{ k.co2_last }}",
        "City inventory: {{ k.co2_base }} in 2005, {{ k.co2_last }} in {{ k.co2_last.year }}",
    ),
    "ranks": ("各指标名次", "Ranks by measure"),
    "standing": ("在全省设区市中的名次（低为先）", "Rank among the cities of the province, lowest first"),
    "city_targets": ("本市目标与判定", "Targets of the city and verdicts"),
    "city_economy": ("已取得的经济、人口和能源数据", "Figures of GDP, residents and energy that were found"),
    "county_table": ("县（市、区）排放与位次", "Counties: emissions and places"),
}
CARDS = {
    "co2_last": ("二氧化碳排放（{{ k.co2_last.year }}）", "CO2 emissions, {{ k.co2_last.year }}"),
    "change": ("比2005年", "Since 2005"),
    "rank_per_head": (
        "人均排放名次（2014年，低为先，80%区间{{ k.best_per_head }}—{{ k.worst_per_head }}）",
        "Rank by CO2 per resident, 2014, lowest first (80% interval {{ k.best_per_head }}–{{ k.worst_per_head }})",
    ),
}


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the page of one city: its inventory, its change, and where it stands.

    Raises:
        ProjectError: if the region is no city or has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = key_figures(open_catalog(), "330700").set_index("id")
        >>> rows.at["co2_last", "period"], round(float(rows.at["change", "value"]), 1)
        ('2017', 72.2)
    """
    province = standings.province_of(catalog, region)
    rows = tiers.city_inventories(catalog, province)
    own = rows[rows["region"] == region].set_index("year")
    base, last = 2005, int(own.index[-1])
    whole = min(last, tiers.complete_years(catalog, province)[-1])
    every = rows[rows["year"] == whole]
    source = observations.joined(own["source_id"])
    share = 100 * own.at[whole, "co2_mt"] / every["co2_mt"].sum()
    ranked = standings.by_measure(catalog, region, "city", province)
    found = [one for row in ranked.to_dict("records") for one in standing_figures(row, row["measure"])]
    change = 100 * (own.at[last, "co2_mt"] / own.at[base, "co2_mt"] - 1)
    return frame(
        [
            figure("co2_last", own.at[last, "co2_mt"], "Mt CO2", last, "reported", source),
            figure("co2_base", own.at[base, "co2_mt"], "Mt CO2", base, "reported", source),
            figure("change", change, "%", f"{base}/{last}", "estimate", source),
            figure("share", share, "%", whole, "estimate", source),
            figure("counties", tiers.counties(catalog, region)["county"].nunique(), "figures", "", "reported"),
            figure("cities", len(tiers.cities(catalog, province)), "figures", "", "reported"),
            *(
                figure("of", row["of"], "figures", "", "estimate", of=row["measure"])
                for row in ranked.to_dict("records")
            ),
            *found,
        ]
    )
