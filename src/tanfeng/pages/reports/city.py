"""The page of one city: key figures; inventories, counties, targets and what else is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import league, observations, tiers
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.layout import COUNT, YEAR, Column, Layout, own, percent, tonnes
from tanfeng.pages.reports import emitters, targets
from tanfeng.pages.reports.league import standing_figures
from tanfeng.pages.table import Table, pick
from tanfeng.targets import verdict

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
    "county_note": (
        "位次为全省{count}个县（市、区）中的位次，没有误差区间，只供排序参考；区划为2014年前后，此后的撤并不作调整。",
        "Places among {count} counties of the province, without intervals: for ordering only. Division of about 2014; later mergers are not followed.",
    ),
    **emitters.TEXTS,
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
    province = league.province_of(catalog, region)
    rows = tiers.city_inventories(catalog, province)
    known = rows[rows["region"] == region].set_index("year")
    base, last = 2005, int(known.index[-1])
    whole = min(last, tiers.complete_years(catalog, province)[-1])
    every = rows[rows["year"] == whole]
    source = observations.joined(known["source_id"])
    share = 100 * known.at[whole, "co2_mt"] / every["co2_mt"].sum()
    ranked = league.by_measure(catalog, region, "city", province)
    change = 100 * (known.at[last, "co2_mt"] / known.at[base, "co2_mt"] - 1)
    return frame(
        [
            figure("co2_last", known.at[last, "co2_mt"], "Mt CO2", last, "reported", source),
            figure("co2_base", known.at[base, "co2_mt"], "Mt CO2", base, "reported", source),
            figure("change", change, "%", f"{base}/{last}", "estimate", source),
            figure("share", share, "%", whole, "estimate", source),
            figure("counties", tiers.counties(catalog, region)["county"].nunique(), "figures", "", "reported"),
            figure("cities", len(tiers.cities(catalog, province)), "figures", "", "reported"),
            *(figure("of", row.of, "figures", "", "estimate", of=row.measure) for row in ranked.itertuples()),
            *standing_figures(ranked),
            *emitters.figures(catalog, region),
        ]
    )


# rows of `tanfeng.facts.league.city_series`: the inventory as published and scaled, and the sum of the counties
INVENTORIES = Layout((
    Column("year", ("年份", "Year"), YEAR),
    Column("co2_mt", ("城市清单", "City inventory"), tonnes()),
    Column("reconciled_mt", ("按全省总量折算", "Scaled to the province"), tonnes()),
    Column("counties_mt", ("所辖县（市、区）合计", "Sum of its counties"), tonnes()),
), sources="sources")  # fmt: skip

# rows of `counties`: level and change with their places among the counties of the province
COUNTIES = Layout((
    Column("name", ("县（市、区）", "County"), own(), kind="label"),
    Column("co2_first_mt", ("2005年", "2005"), tonnes(2)),
    Column("co2_last_mt", ("2017年", "2017"), tonnes(2)),
    Column("change_pct", ("2005—2017年变化", "Change 2005–2017"), percent()),
    Column("place_level", ("排放由低到高位次", "Place by level"), COUNT),
    Column("place_change", ("变化由低到高位次", "Place by change"), COUNT),
), sources="source_id")  # fmt: skip

ECONOMY = (
    "gdp_current_bulletin",
    "gdp_real_growth_preliminary",
    "population_unrevised",
    "population_census",
    "population_resident",
    "energy_intensity_level_2015_prices",
    "energy_intensity_change",
    "energy_dual_control_grade",
    "prefabricated_share",
    "ultra_low_energy_building_area",
)


def counties(catalog: Catalog, city: str) -> pd.DataFrame:
    """Return the counties of a city, the largest first (see `tanfeng.facts.league.county_places`)."""
    rows = league.county_places(catalog, str(catalog.read("regions").set_index("id").at[city, "parent"]))
    return rows[rows["city"] == city].sort_values("co2_last_mt", ascending=False)


@dataclass(frozen=True)
class Sentence:
    """A sentence that stands where a table would be empty.

    Example:
        >>> Sentence("无数据。").html({})
        '<p>无数据。</p>'
    """

    said: str
    sources: list[str] = field(default_factory=list)

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the sentence as HTML, escaped."""
        return f"<p>{escape(self.said)}</p>"


def city_targets(catalog: Catalog, city: str, lang: str, caption: str) -> Table | Sentence:
    """Return the verdicts on the targets of a city, or a sentence that none is in the tables."""
    judged = verdict.judge(catalog, city) if city in set(catalog.read("targets")["region"]) else []
    if judged:
        return targets.verdicts(catalog, judged, lang, caption)
    said = ("目标表中没有{}的目标，不作判定。", "The tables hold no target of {}: nothing is judged.")
    return Sentence(pick(said, lang).format(catalog.label("regions", city, lang)))


def city_economy(catalog: Catalog, city: str, lang: str, caption: str) -> Table | Sentence:
    """Return what is published of a city beside its inventory, or a sentence that nothing was found."""
    known = set(catalog.read("observations").query("region == @city")["indicator"])
    found = [name for name in ECONOMY if name in known]
    if found:
        return targets.figures(catalog, found, city, lang, caption)
    said = (
        "未查到{}已公布的经济、人口和能源数据。",
        "No published figure of GDP, residents or energy of {} was found.",
    )
    return Sentence(pick(said, lang).format(catalog.label("regions", city, lang)))
