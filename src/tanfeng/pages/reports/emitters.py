"""Key emitters on a page: who emits, what they explain, what is left, and whom to ask."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import observations, sites
from tanfeng.pages import text
from tanfeng.pages.figures import figure
from tanfeng.pages.layout import (
    COUNT,
    STATUS,
    TEXT,
    VERDICT,
    YEAR,
    Column,
    Form,
    Layout,
    listed,
    name,
    own,
    percent,
    tonnes,
    word,
)
from tanfeng.pages.table import pick

TEXTS = {
    "sites": ("单位名单与排放", "Sites and their CO2"),
    "site_parts": ("重点排放单位对清单的解释", "What key emitters explain"),
    "site_parts_table": ("按县（市、区）：占清单多少，还剩多少", "By county: share of the inventory, and what is left"),
    "site_chase": ("督查清单：待补、待报和超目标", "To chase: what is missing or above its target"),
}
NOTES = {
    "database": (
        "名单取自世界资源研究所全球电厂数据库，状态约为{}年：此后投产、关停的没有列入，只有电厂，没有工厂；企业名称为原文。",
        "The list is that of the Global Power Plant Database of the World Resources Institute, as of about {}: without later plants and closures, and without factories.",
    ),
    "capacity": (
        "估算值按装机容量、全省利用小时和供电基准值推算，不是企业上报数。",
        "Estimates follow from capacity, full-load hours of the province and the benchmark of the fuel; no site reported them.",
    ),
    "same": ("{}可能与{}为同一电厂，不重复计算。", "{} may be the same plant as {} and is not counted again."),
}
WORLD, HALF = "wri_power_plants", 50.0
CAPACITY = Form(
    lambda catalog, value, lang: text.number(value / 10 if lang == "zh" else value, 1 if lang == "zh" else 0, lang),
    unit=("万千瓦", "MW"),
)
MISSING = {
    sites.CITY: ("所在市", "its city"),
    sites.COUNTY: ("所在县（市、区）", "its county"),
    sites.FIGURES: ("上报数据", "reported figures"),
    sites.TARGET: ("目标", "a target"),
    sites.OVER: ("超过目标", "above its target"),
}
REST = {
    "unplaced": ("县域待定", "County not known"),
    "left": ("所列单位以外", "Left: no site listed"),
    "whole": ("全市", "City"),
}

# rows of `tanfeng.facts.sites.sites`
SITES = Layout((
    Column("name", ("单位", "Site"), own(), kind="label"),
    Column("co2_mt", ("二氧化碳排放", "CO2"), tonnes(2)),
    Column("status", ("状态", "Status"), STATUS),
    Column("met", ("目标", "Target"), VERDICT, optional=True),
    Column("capacity_mw", ("装机容量", "Capacity"), CAPACITY),
    Column("fuel", ("燃料", "Fuel"), word("fuel_")),
    Column("kind", ("类型", "Kind"), word("site_")),
    Column("county", ("县（市、区）", "County"), name("counties")),
    Column("owner", ("所属企业", "Owner"), TEXT),
), sources="source_id")  # fmt: skip

# rows of `explained`
PARTS = Layout((
    Column("name", ("县（市、区）", "County"), own(), kind="label"),
    Column("co2_mt", ("二氧化碳排放", "CO2"), tonnes(2)),
    Column("share_pct", ("占全市清单", "Of the city inventory"), percent()),
    Column("own_pct", ("相当于本级清单", "Over own inventory"), percent()),
    Column("own_mt", ("本级清单", "Own inventory"), tonnes(2)),
    Column("own_year", ("清单年份", "Of the year"), YEAR),
    Column("sites", ("单位数", "Sites"), COUNT),
), (
    "只列有单位的县（市、区）。县级清单由夜间灯光反演，与电厂所在地不一定相符：超过100%，说明县级清单偏低，或把电厂排放记在别处。",
    "Counties with a site listed. County inventories are told from the light of nights and need not see a plant where it stands: above 100% the inventory of the county is too low or counts the plant elsewhere.",
), total=("row", "whole"))  # fmt: skip

# rows of `tanfeng.facts.sites.chase`
CHASE = Layout((
    Column("county", ("县（市、区）", "County"), name("counties")),
    Column("name", ("单位", "Site"), own(), kind="label"),
    Column("co2_mt", ("二氧化碳排放", "CO2"), tonnes(2)),
    Column("missing", ("待补或待办", "Missing, or to act on"), listed(MISSING)),
))  # fmt: skip


def figures(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the key figures of the sites of a region; none without sites of known emissions, or an inventory.

    How many there are, what they emit and which share of the inventory that is, and the same of the fewest that make up
    half of it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = {row["id"]: row["value"] for row in figures(open_catalog(), "330000")}
        >>> 0 < rows["sites_largest_share"] / rows["sites_share"] - 0.5 < 1 / rows["sites_largest"]
        True
        >>> figures(open_catalog(), "320000")
        []
    """
    try:
        every, rows = sites.sites(catalog, region), sites.concentration(catalog, region)
    except Absent:
        return []
    if rows["explained_pct"].isna().all():
        return []
    about = (int(every["year"].iloc[0]), "estimate", observations.joined(every["source_id"]))
    largest, last = rows[rows["cumulative_pct"] >= HALF].iloc[0], rows.iloc[-1]
    return [
        figure("sites", int((every["same_as"] == "").sum()), "figures", *about),
        figure("sites_co2", float(rows["co2_mt"].sum()), "Mt CO2", *about),
        figure("sites_share", float(last["explained_pct"]), "%", *about),
        figure("sites_left_share", 100 - float(last["explained_pct"]), "%", *about),
        figure("sites_largest", int(largest["rank"]), "figures", *about),
        figure("sites_largest_share", float(largest["explained_pct"]), "%", *about),
    ]


def emitters(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the sites of a region, the largest first, with the verdict on their targets (`met`, empty without one).

    Raises:
        Absent: if the region has no sites.
    """
    rows = sites.sites(catalog, region)
    answers = {True: "met", False: "missed", None: ""}
    known = rows["co2_mt"].notna()
    return rows.assign(
        met=[answers[sites.met(row)] for row in rows.to_dict("records")], status=rows["status"].where(known, "")
    )


def explained(catalog: Catalog, city: str) -> pd.DataFrame:
    """Return what the sites explain of a city: counties with sites, the rest, the city (`tanfeng.facts.sites.parts`)."""
    rows = sites.parts(catalog, city)
    rows = rows[(rows["sites"] > 0) | (rows["row"] == "left")]
    part = rows["row"] == "part"
    rows = pd.concat([rows[part].sort_values("co2_mt", ascending=False), rows[~part]])
    for at, lang in enumerate(text.LANGS):
        rows[lang] = rows["row"].map({key: pair[at] for key, pair in REST.items()}).fillna(rows[lang])
    return rows


def note(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return of what year and how good the list of sites is, and which rows may be one plant.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> note(catalog, emitters(catalog, "330200"), "zh").split("。")[-2]
        '余姚燃机电厂可能与国华余姚燃机电厂为同一电厂，不重复计算'
    """
    names = catalog.read("sites").set_index("id")[lang]
    said = [pick(NOTES[name], lang).format(f"{rows['as_of'].max():.0f}") for name in _needed(rows)]
    twice = rows[rows["same_as"] != ""].to_dict("records")
    said += [pick(NOTES["same"], lang).format(row[lang], names[row["same_as"]]) for row in twice]
    return pick(("", " "), lang).join(said)


def _needed(rows: pd.DataFrame) -> list[str]:
    told = {"database": rows["source_id"].str.contains(WORLD), "capacity": rows["basis"] == sites.FROM_CAPACITY}
    return [name for name, which in told.items() if which.any()]
