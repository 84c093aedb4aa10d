"""The league: key figures; rankings with intervals, ties and movements; provinces, cities and counties."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import league, observations, tiers
from tanfeng.facts import league as standings
from tanfeng.facts.league import League
from tanfeng.pages import text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.reports import targets
from tanfeng.pages.table import Heading, Table, pick
from tanfeng.pages.text import INTENSITY
from tanfeng.targets import verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "provinces_intensity": ("各省碳排放强度变化排名", "Provinces by change of CO2 intensity"),
    "rank_intervals_figure": (
        "{{ name }}碳排放强度{{ k.value_intensity.change }}，居第{{ k.rank_intensity }}位",
        "CO2 intensity {{ k.value_intensity.change }}: number {{ k.rank_intensity }}",
    ),
    "ranking": ("各省碳排放强度变化，2005—2019年", "Provinces by change of CO2 intensity, 2005–2019"),
    "measures": ("本省各指标名次", "Ranks of the province by measure"),
    "fields": ("本省各领域名次", "Ranks of the province by field"),
    "by_measure": ("本省各指标名次", "By measure"),
    "by_field": ("本省各领域排放变化名次", "By field, change of CO2"),
    "cities_co2": ("各市排放变化排名", "Cities by change of CO2"),
    "cities_by_change": ("各市二氧化碳排放变化", "Cities by change of CO2"),
    "cities_per_head": ("各市人均排放，2014年", "Cities by CO2 per resident, 2014"),
    "tiers": ("省、市、县逐年合计与余额", "Sums and residuals by year"),
    "tier_sums_figure": (
        "各市合计高于全省：2017年高{{ k.excess_whole }}，2019年缺金华市仍高{{ k.excess_last }}",
        "The cities exceed the province: by {{ k.excess_whole }} in 2017, by {{ k.excess_last }} in 2019 without Jinhua",
    ),
    "matrix": (
        "省、市、县逐年排放（公布值与折算值）",
        "Province, cities and counties by year, published and reconciled",
    ),
    "counties": ("县（市、区）位次", "Places of the counties"),
    "tier_matrix": ("全省与各设区市排放", "Province and cities"),
}
CARDS = {
    "rank_intensity": (
        "碳排放强度降幅名次（80%区间{{ k.best_intensity }}—{{ k.worst_intensity }}）",
        "Rank by fall of CO2 intensity (80% interval {{ k.best_intensity }}–{{ k.worst_intensity }})",
    ),
    "rank_co2": ("排放增幅名次（低为先）", "Rank by change of CO2, lowest first"),
    "rank_per_head": (
        "人均排放名次（低为先，{{ k.best_per_head }}—{{ k.worst_per_head }}）",
        "Rank by CO2 per resident, lowest first ({{ k.best_per_head }}–{{ k.worst_per_head }})",
    ),
}

SHOWN = {"intensity": INTENSITY}


@cached
def key_figures(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return the key figures of the league: where the province stands by every measure and field, cities, residuals.

    Raises:
        ProjectError: if the province has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = key_figures(open_catalog(), "330000").set_index("id")
        >>> int(rows.at["rank_intensity", "value"]), int(rows.at["ranked", "value"])
        (8, 30)
    """
    rows = standings.by_measure(catalog, province, "province", province)
    fields = standings.by_field(catalog, province, "co2")
    found = [one for row in rows.to_dict("records") for one in standing_figures(row, row["measure"])]
    found += [one for row in fields.to_dict("records") for one in standing_figures(row, f"field_{row['field']}")]
    found += _cities(catalog, province) + _tiers(catalog, province)
    best = fields[fields["field"] != "total"].dropna(subset=["rank"])["rank"]
    counts = {"ranked": int(rows["of"].max()), "fields": len(best), "fields_first_third": int((best <= 10).sum())}
    counts["misfits"] = len(standings.misfits(catalog))
    return frame([*found, *(figure(name, value, "figures", "", "estimate") for name, value in counts.items())])


def standing_figures(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return rank, its interval (best, worst), value with 95 % limits, ties and ranks of the movement, if ranked."""
    if row["rank"] is None or pd.isna(row["rank"]):
        return []
    period = str(row["last"]) if row["kind"] == "level" else f"{row['first']}/{row['last']}"
    about = {"period": period, "status": "estimate", "source": row["source_id"]}
    limits = {"lo95": row["lo95"], "hi95": row["hi95"]}
    found = [
        figure("rank", row["rank"], "figures", **about, of=name),
        figure("best", row["rank_lo80"], "figures", **about, of=name),
        figure("worst", row["rank_hi80"], "figures", **about, of=name),
        figure("value", row["value"], row["unit"], **about, **limits, of=name, shown=SHOWN.get(name, "")),
        figure("tied", row["tied"], "figures", **about, of=name),
    ]
    if not pd.isna(row["moved"]):
        found += [
            figure("rank", row[f"rank_{when}"], "figures", **about, of=(when, name)) for when in ("before", "after")
        ]
    return found


def _cities(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    found = standings.standings(catalog, "co2", "city", province)
    error = standings.city_error(catalog, province, found.first, found.last)
    return [
        figure("cities", len(tiers.cities(catalog, province)), "figures", "", "reported"),
        figure("cities_ranked", len(found.rows), "figures", "", "estimate"),
        figure("cities_tied", int((found.rows["tied"] > 0).sum()), "figures", "", "estimate"),
        figure("city_error", 100 * error, "%", "", "estimate"),
    ]


def _tiers(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    rows = tiers.balance(catalog, province).set_index("year")
    sources = catalog.read("other_inventories").query("dataset in ('city_sum', 'county_sum')")["source_id"]
    cited = observations.joined(sources)
    last, whole = int(rows.index[rows["cities"] > 0].max()), tiers.complete_years(catalog, province)[-1]
    excess = {"excess_last": last, "excess_whole": whole}
    return [
        *(figure(name, -rows.at[year, "residual_pct"], "%", year, "estimate", cited) for name, year in excess.items()),
        figure("cities_mt", rows.at[last, "cities_mt"], "Mt CO2", last, "reported", cited),
        figure("province_mt", rows.at[last, "province_mt"], "Mt CO2", last, rows.at[last, "status"], cited),
        figure("counties", int(rows["counties"].max()), "figures", "", "reported", cited),
    ]


MEASURES = {
    "intensity": ("碳排放强度变化", "change of CO2 intensity"),
    "co2": ("二氧化碳排放变化", "change of CO2"),
    "per_head": ("人均二氧化碳排放", "CO2 per resident"),
    "per_gdp": ("单位地区生产总值二氧化碳排放（当年价）", "CO2 per GDP, current prices"),
    "decoupling": ("排放对经济增长的弹性（脱钩）", "elasticity of CO2 to GDP (decoupling)"),
    "own_path": ("与自身路径的距离", "distance to the own path"),
    "county_sum": ("所辖县（市、区）排放合计变化", "change of the sum of counties"),
}
UNITS = {
    "%": ("%", "%"),
    "t/person": ("吨/人", "t per person"),
    "t/10^4 yuan": ("吨/万元", "t per 10^4 yuan"),
    "share": ("", ""),
}
NONE = "—"


def measure_name(name: str, lang: str) -> str:
    """Return the name of what regions are ranked by.

    Example:
        >>> measure_name("intensity", "zh")
        '碳排放强度变化'
    """
    return pick(MEASURES[name], lang)


def value(number: float, unit: str, lang: str) -> str:
    """Return a value of a ranking without its unit, but for percent.

    Example:
        >>> value(-56.77, "%", "zh"), value(6.583, "t/person", "zh")
        ('−56.8%', '6.58')
    """
    return text.percent(number) if unit == "%" else text.number(number, 2, lang)


def spread(low: float, high: float, unit: str, lang: str) -> str:
    """Return an interval of a value; words join the ends, since a dash would read as a minus.

    Example:
        >>> spread(-58.71, -54.74, "%", "en")
        '−58.7% to −54.7%'
    """
    return {"zh": "至", "en": " to "}[lang].join(value(end, unit, lang) for end in (low, high))


def rank_range(low: float, high: float) -> str:
    """Return an interval of ranks.

    Example:
        >>> rank_range(8, 9), rank_range(1, 1)
        ('8–9', '1')
    """
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def years(measure: str, first: int, last: int, kind: str, lang: str) -> str:
    """Return the years of a ranking as words: a span of a change, one year of a level.

    Example:
        >>> years("co2", 2005, 2019, "change", "zh"), years("per_head", 2005, 2019, "level", "en")
        ('2005—2019年', '2019')
    """
    if kind == "level":
        return f"{last}年" if lang == "zh" else str(last)
    return f"{first}—{last}年" if lang == "zh" else f"{first}–{last}"


def place_text(row: pd.Series | dict[str, Any], shared: bool, lang: str) -> str:
    """Return the place, marked where it is shared.

    Example:
        >>> place_text({"place": 4}, True, "zh"), place_text({"place": 4}, True, "en")
        ('并列4', '=4')
    """
    return f"{pick(('并列', '='), lang) if shared else ''}{int(row['place'])}"


def moved_text(row: dict[str, Any], lang: str) -> str:
    """Return a movement of ranks as words; in brackets if it may be chance.

    Example:
        >>> moved_text({"rank_before": 9, "rank_after": 1, "moved": 8, "moved_clearly": True}, "zh")
        '9→1（升8位）'
    """
    if pd.isna(row["moved"]):
        return NONE
    count = int(row["moved"])
    word = {"zh": ("升{}位", "降{}位", "不变"), "en": ("up {}", "down {}", "same")}[lang]
    said = word[2] if count == 0 else word[0 if count > 0 else 1].format(abs(count))
    said += "" if row["moved_clearly"] or count == 0 else {"zh": "，不显著", "en": ", not clear"}[lang]
    arrow = f"{int(row['rank_before'])}→{int(row['rank_after'])}"
    return f"{arrow}（{said}）" if lang == "zh" else f"{arrow} ({said})"


def ranking(catalog: Catalog, found: League, region: str, lang: str, caption: str) -> Table:
    """Return a ranking, best first: place, region, value, 95 % limits, rank interval, ties and movement.

    Args:
        catalog: the tables.
        found: result of `tanfeng.facts.league.standings`.
        region: the region whose row is marked.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    unit = pick(UNITS[found.measure.unit], lang) if found.measure.unit != "%" else ""
    plan = [
        ("name", ("地区", "Region"), "", "label"),
        ("place", ("名次", "Place"), "", "label"),
        ("value", ("数值", "Value"), unit, "number"),
        ("limits", ("95%区间", "95% interval"), unit, "number"),
        ("ranks", ("名次区间", "Ranks (80%)"), "", "number"),
        ("tied", ("难分先后", "Ties"), "", "number"),
        ("moved", ("名次变动", "Move"), "", "label"),
    ]
    columns = [Heading(key, pick(head, lang), unit, kind) for key, head, unit, kind in plan]
    columns = columns if found.spans else columns[:-1]
    shared = found.rows["place"].value_counts()
    rows = [
        _ranking_cells(catalog, row, bool(shared[row["place"]] > 1), region, lang)
        for row in found.rows.to_dict("records")
    ]
    cited = list(dict.fromkeys(source for names in found.rows["source_id"] for source in names.split()))
    return Table(caption, columns, rows, _ranking_note(catalog, found, lang), cited)


def _ranking_cells(catalog: Catalog, row: dict[str, Any], shared: bool, region: str, lang: str) -> dict[str, Any]:
    name = catalog.label("regions", row["region"], lang)
    doubt = f"（{catalog.label('warning_kinds', row['doubt'], lang)}）" if row["doubt"] else ""
    return {
        "place": {"text": place_text(row, shared, lang)},
        "name": {"text": name + doubt},
        "value": {"text": value(row["value"], row["unit"], lang)},
        "limits": {"text": spread(row["lo95"], row["hi95"], row["unit"], lang)},
        "ranks": {"text": rank_range(row["rank_lo80"], row["rank_hi80"])},
        "tied": {"text": str(row["tied"])},
        "moved": {"text": moved_text(row, lang)},
        "_class": "total" if row["region"] == region else "",
    }


def _ranking_note(catalog: Catalog, found: League, lang: str) -> str:
    said = pick(
        (
            "名次由低到高；与组内首位分不出先后、且首位名次在自身名次区间内的，列为并列；“难分先后”为分不出先后的地区数。"
            "名次区间按80%推算；各地数值分成两组，或误差远大于各地差异时，模拟中只有65%—72%包含真实名次。",
            "Lowest first; a place is shared by those not clearly behind the first of their group whose interval holds "
            "it. Ties: number of regions not clearly apart. Rank intervals are made for 80 %; where values form two "
            "groups, or errors far exceed the differences, 65 to 72 % held the true rank in simulations.",
        ),
        lang,
    )
    return said + noise_text(found.noise, lang) + _moved_note(found, lang) + absent_text(catalog, found, lang)


def noise_text(noise: float, lang: str, about: str = "") -> str:
    """Return a sentence that a ranking says little, its errors so many times the spread; empty if it says enough.

    Example:
        >>> noise_text(5.58, "zh"), noise_text(0.6, "zh")
        ('误差为各地差异的5.6倍，名次不能区分各地。', '')
    """
    if noise < league.NOISY:
        return ""
    if lang == "zh":
        return f"{about}误差为各地差异的{noise:.1f}倍，名次不能区分各地。"
    return f" {about}{'e' if about else 'E'}rrors are {noise:.1f} times the spread: the ranks tell no regions apart."


def _moved_note(found: League, lang: str) -> str:
    """Return what the moves compare; empty if the ranking has none."""
    if not found.spans:
        return ""
    before, after = (years("", *span, found.measure.kind, lang) for span in found.spans)
    if lang == "zh":
        return f"名次变动为{before}与{after}相比，“不显著”指两个名次区间相接，或数值变动在误差之内。"
    return (
        f" Moves compare {before} and {after}; a move is not clear where the two intervals meet or it is within error."
    )


def absent_text(catalog: Catalog, found: League, lang: str) -> str:
    """Return a sentence that names the regions without a figure; empty if there are none."""
    if not found.absent:
        return ""
    names = [catalog.label("regions", one, lang) for one in found.absent]
    when = years("", found.first, found.last, found.measure.kind, lang)
    if lang == "zh":
        return f"{'、'.join(names)}缺{when}数据，未列入。"
    return f" Not ranked for want of figures of {when}: {', '.join(names)}."


def risen(catalog: Catalog, found: League, lang: str) -> str:
    """Return the three regions that clearly moved up most, with their number of places, as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> risen(catalog, league.standings(catalog, "co2", "city"), "zh")
        '台州市（升8位）'
    """
    rows = league.risers(found).to_dict("records")
    shape = {"zh": "{}（升{}位）", "en": "{} (up {})"}[lang]
    told = [shape.format(catalog.label("regions", row["region"], lang), int(row["moved"])) for row in rows]
    return {"zh": "、", "en": ", "}[lang].join(told) or NONE


def misfits(catalog: Catalog, lang: str) -> str:
    """Return the names of the provinces of `tanfeng.facts.league.misfits` as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> misfits(open_catalog(), "en").split(", ")[0]
        'Heilongjiang'
    """
    names = [catalog.label("regions", one, lang) for one in league.misfits(catalog)["region"]]
    return {"zh": "、", "en": ", "}[lang].join(names) or NONE


def standing(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return where one region stands by every measure, or field by field.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.facts.league.by_measure` or `tanfeng.facts.league.by_field`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    by_field = "field" in rows.columns
    plan = [
        ("name", ("领域", "Field") if by_field else ("指标", "Measure"), "text"),
        ("years", ("年份", "Years"), "label"),
        ("value", ("数值", "Value"), "number"),
        ("ranks", ("数值位次", "Rank by value"), "number"),
        ("range", ("名次区间（80%）", "Ranks (80%)"), "number"),
        ("of", ("参评地区数", "Regions ranked"), "number"),
        ("moved", ("名次变动", "Move of rank"), "label"),
    ]
    columns = [Heading(key, pick(head, lang), "", kind) for key, head, kind in plan]
    cells = [_standing_cells(catalog, row, by_field, lang) for row in rows.to_dict("records")]
    cited = [source for names in rows["source_id"].dropna() for source in names.split()]
    return Table(caption, columns, cells, _standing_note(rows, lang), list(dict.fromkeys(cited)))


def _standing_note(rows: pd.DataFrame, lang: str) -> str:
    """Return what the ranks and moves are, as far as the rows have them, and which measures tell nothing apart."""
    levels = rows[rows["kind"] == "level"].to_dict("records")
    said = pick(
        (
            "由低到高排名，数值位次不计误差。名次变动：变化类指标比较前半段与后半段",
            "Lowest first; the rank by value ignores errors. Moves compare the first and second half of a span",
        ),
        lang,
    )
    compared = [row for row in levels if row["first"] > 0]
    if compared:
        first, last = compared[0]["first"], compared[0]["last"]
        said += pick((f"，水平类指标比较{first}年与{last}年", f", or of a level {first} and {last}"), lang)
    elif levels:
        last = levels[0]["last"]
        said += pick((f"，水平类指标只有{last}年，不作比较", f"; levels are of {last} only and have none"), lang)
    noisy = [row for row in rows.to_dict("records") if "measure" in row and row["noise"] >= league.NOISY]
    told = [noise_text(row["noise"], lang, _about(row["measure"], lang)) for row in noisy]
    return said + pick(("。", "."), lang) + "".join(told)


def _about(measure: str, lang: str) -> str:
    name = measure_name(measure, lang)
    return f"{name}的" if lang == "zh" else f"{name[0].upper()}{name[1:]}: "


def _standing_cells(catalog: Catalog, row: dict[str, Any], by_field: bool, lang: str) -> dict[str, Any]:
    name = catalog.label("fields", row["field"], lang) if by_field else measure_name(row["measure"], lang)
    about = {
        "name": {"text": name if lang == "zh" else name[0].upper() + name[1:]},
        "years": {"text": years("", int(row["first"]), int(row["last"]), row["kind"], lang)},
        "of": {"text": str(row["of"])},
        "_class": "total" if by_field and row["field"] == "total" else "",
    }
    if row["rank"] is None or pd.isna(row["rank"]):
        absent = pick(("缺数据", "no figure"), lang)
        return {**about, "value": {"text": absent}, **{key: {"text": NONE} for key in ("ranks", "range", "moved")}}
    unit = pick(UNITS[row["unit"]], lang) if row["unit"] != "%" else ""
    gap = "" if lang == "zh" or not unit else " "
    return {
        **about,
        "value": {"text": value(row["value"], row["unit"], lang) + gap + unit},
        "ranks": {"text": str(int(row["rank"]))},
        "range": {"text": rank_range(row["rank_lo80"], row["rank_hi80"])},
        "moved": {"text": moved_text(row, lang)},
    }


def export(catalog: Catalog, found: League, lang: str) -> pd.DataFrame:
    """Return a ranking for other programs: name of the region, measure, field and years beside the figures."""
    about = {"measure": found.measure.id, "field": found.field, "first_year": found.first, "last_year": found.last}
    names = [catalog.label("regions", one, lang) for one in found.rows["region"]]
    rows = found.rows.assign(name=names, **about)
    return rows[["region", "name", *about, *league.COLUMNS[1:]]]


def lines(catalog: Catalog, found: League, lang: str) -> str:
    """Return a ranking as lines of text for a terminal."""
    shared = found.rows["place"].value_counts()
    when = years("", found.first, found.last, found.measure.kind, lang)
    unit = UNITS[found.measure.unit][0 if lang == "zh" else 1] if found.measure.unit != "%" else ""
    title = f"{measure_name(found.measure.id, lang)} {when} {unit}".rstrip()
    told = [
        "\t".join(
            (
                place_text(row, bool(shared[row["place"]] > 1), lang),
                catalog.label("regions", row["region"], lang),
                value(row["value"], row["unit"], lang),
                rank_range(row["rank_lo80"], row["rank_hi80"]),
                moved_text(row, lang),
            )
        )
        for row in found.rows.to_dict("records")
    ]
    note = _ranking_note(catalog, found, lang).strip()
    return "\n".join([title, *told, note]) + "\n"


EMPTY = "—"
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

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the sentence as HTML, escaped."""
        return f"<p>{escape(self.said)}</p>"


def tier_matrix(catalog: Catalog, province: str, lang: str, caption: str, chosen: tuple[int, ...]) -> Table:
    """Return province, cities, their sum, the residual and the sum of counties in some years, as published (Mt CO2)."""
    rows = tiers.matrix(catalog, province)
    wide = rows[rows["tier"] != "county"].pivot_table(index="id", columns="year", values="co2_mt")
    sums = tiers.balance(catalog, province).set_index("year")
    head = Heading("name", pick(("地区", "Region"), lang), "", "label")
    columns = [head, *(Heading(str(year), str(year), text.TONNES[lang], "number") for year in chosen)]
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
    return {
        str(year): {"text": EMPTY if pd.isna(one) else text.tonnes(float(one), lang)} for year, one in known.items()
    }


def city_years(catalog: Catalog, city: str, lang: str, caption: str) -> Table:
    """Return one city by year: inventory as published, scaled to the province, sum of its counties (Mt CO2)."""
    rows = league.city_series(catalog, city)
    plan = {
        "co2_mt": ("城市清单", "City inventory"),
        "reconciled_mt": ("按全省总量折算", "Scaled to the province"),
        "counties_mt": ("所辖县（市、区）合计", "Sum of its counties"),
    }
    columns = [Heading("year", pick(("年份", "Year"), lang), "", "label")]
    columns += [Heading(key, pick(head, lang), text.TONNES[lang], "number") for key, head in plan.items()]
    cells = [
        {
            "year": {"text": str(row["year"])},
            **{key: {"text": EMPTY if pd.isna(row[key]) else text.tonnes(row[key], lang)} for key in plan},
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
    columns = [Heading(key, pick(head, lang), unit, kind) for key, head, unit, kind in plan]
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
