"""Tables of province, cities and counties, and of what is published of one city."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import league, tiers
from tanfeng.pages import text
from tanfeng.pages.reports import targets
from tanfeng.pages.table import Column, Table, pick
from tanfeng.targets import verdict

NONE = "—"
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


class Sentence:
    """A sentence that stands where a table would be empty.

    Example:
        >>> Sentence("无数据。").html({})
        '<p>无数据。</p>'
    """

    def __init__(self, said: str, sources: tuple[str, ...] = ()) -> None:
        self.said = said
        self.sources = list(sources)

    def html(self, numbers: dict[str, int]) -> str:
        """Return the sentence as HTML, escaped."""
        return f"<p>{escape(self.said)}</p>"


def tier_matrix(catalog: Catalog, province: str, lang: str, caption: str, chosen: tuple[int, ...]) -> Table:
    """Return province, cities, their sum, the residual and the sum of counties in some years, as published (Mt CO2)."""
    rows = tiers.matrix(catalog, province)
    wide = rows[rows["tier"] != "county"].pivot_table(index="id", columns="year", values="co2_mt")
    sums = tiers.balance(catalog, province).set_index("year")
    head = Column("name", pick(("地区", "Region"), lang), "", "label")
    columns = [head, *(Column(str(year), str(year), text.TONNES[lang], "number") for year in chosen)]
    lines = [
        (catalog.label("regions", province, lang), wide.loc[province], "total"),
        *((catalog.label("regions", one, lang), wide.loc[one], "") for one in wide.index if one != province),
        (pick(("各市合计", "Sum of the cities"), lang), sums["cities_mt"], "group"),
        (pick(("余额（全省减各市合计）", "Province less cities (residual)"), lang), sums["residual_mt"], "group"),
        (pick(("各县（市、区）合计", "Sum of the counties"), lang), sums["counties_mt"], "group"),
        (pick(("余额（全省减各县合计）", "Province less counties"), lang), sums["county_residual_mt"], "group"),
    ]  # fmt: skip
    cells = [
        {"name": {"text": name}, **_years_cells(series, chosen, lang), "_class": kind} for name, series, kind in lines
    ]
    note = pick(
        (
            "三套清单各自编制，合计与全省不等；余额为负，表示各市（县）合计大于全省。“—”为缺数据；缺市的年份，余额含该市排放。",
            "The three inventories were made apart and do not add up; a negative residual means that the lower tier "
            "exceeds the province. A dash is no figure; in years without a city the residual contains it.",
        ),
        lang,
    )
    return Table(caption, columns, cells, note, list(dict.fromkeys(" ".join(rows["source_id"].unique()).split())))


def _years_cells(series: pd.Series, chosen: tuple[int, ...], lang: str) -> dict[str, Any]:
    known = series.reindex(list(chosen))
    return {str(year): {"text": NONE if pd.isna(one) else text.tonnes(float(one), lang)} for year, one in known.items()}


def city_years(catalog: Catalog, city: str, lang: str, caption: str) -> Table:
    """Return one city by year: inventory as published, scaled to the province, sum of its counties (Mt CO2)."""
    rows = league.city_series(catalog, city)
    plan = {
        "co2_mt": ("城市清单", "City inventory"),
        "reconciled_mt": ("按全省总量折算", "Scaled to the province"),
        "counties_mt": ("所辖县（市、区）合计", "Sum of its counties"),
    }
    columns = [Column("year", pick(("年份", "Year"), lang), "", "label")]
    columns += [Column(key, pick(head, lang), text.TONNES[lang], "number") for key, head in plan.items()]
    cells = [
        {
            "year": {"text": str(row["year"])},
            **{key: {"text": NONE if pd.isna(row[key]) else text.tonnes(row[key], lang)} for key in plan},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns, cells, "", list(dict.fromkeys(" ".join(rows["sources"]).split())))


def county_table(catalog: Catalog, city: str, lang: str, caption: str) -> Table:
    """Return the counties of a city with level, change and their places among the counties of the province."""
    province = str(catalog.read("regions").set_index("id").at[city, "parent"])
    every = league.county_places(catalog, province)
    rows = every[every["city"] == city].sort_values("co2_last_mt", ascending=False)
    plan = [
        ("name", ("县（市、区）", "County"), "", "label"),
        ("first", ("2005年", "2005"), text.TONNES[lang], "number"),
        ("last", ("2017年", "2017"), text.TONNES[lang], "number"),
        ("change", ("2005—2017年变化", "Change 2005–2017"), "", "number"),
        ("level", ("排放由低到高位次", "Place by level"), "", "number"),
        ("moved", ("变化由低到高位次", "Place by change"), "", "number"),
    ]
    columns = [Column(key, pick(head, lang), unit, kind) for key, head, unit, kind in plan]
    cells = [
        {
            "name": {"text": row[lang]},
            "first": {"text": text.tonnes(row["co2_first_mt"], lang, 2)},
            "last": {"text": text.tonnes(row["co2_last_mt"], lang, 2)},
            "change": {"text": text.percent(row["change_pct"])},
            "level": {"text": str(row["place_level"])},
            "moved": {"text": str(row["place_change"])},
        }
        for row in rows.to_dict("records")
    ]
    note = pick((
            f"位次为全省{len(every)}个县（市、区）中的位次，没有误差区间，只供排序参考；区划为2014年前后，此后的撤并不作调整。",
         f"Places among {len(every)} counties of the province, without intervals: for ordering only. "
            "Division of about 2014; later mergers are not followed."), lang)  # fmt: skip
    return Table(caption, columns, cells, note, list(dict.fromkeys(rows["source_id"])))


def city_targets(catalog: Catalog, city: str, lang: str, caption: str) -> Table | Sentence:
    """Return the verdicts on the targets of a city, or a sentence that none is in the tables."""
    judged = verdict.judge(catalog, city) if city in set(catalog.read("targets")["region"]) else []
    if judged:
        return targets.verdicts(catalog, judged, lang, caption)
    name = catalog.label("regions", city, lang)
    said = (f"目标表中没有{name}的目标，不作判定。", f"The tables hold no target of {name}: nothing is judged.")
    return Sentence(pick(said, lang))


def city_economy(catalog: Catalog, city: str, lang: str, caption: str) -> Table | Sentence:
    """Return what is published of a city beside its inventory, or a sentence that nothing was found."""
    known = set(catalog.read("observations").query("region == @city")["indicator"])
    found = [name for name in ECONOMY if name in known]
    if found:
        return targets.figures(catalog, found, city, lang, caption)
    name = catalog.label("regions", city, lang)
    said = (
        f"未查到{name}已公布的经济、人口和能源数据。",
        f"No published figure of GDP, residents or energy of {name} was found.",
    )
    return Sentence(pick(said, lang))
