"""The league: key figures; rankings with intervals, ties and movements; provinces, cities and counties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import league, observations, tiers
from tanfeng.facts.league import League
from tanfeng.pages import text
from tanfeng.pages.figures import figure, gathered
from tanfeng.pages.layout import COUNT, NONE, TO, Column, Layout, Row, own, tonnes
from tanfeng.pages.reports import emitters
from tanfeng.pages.table import Table, pick
from tanfeng.pages.text import INTENSITY

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "provinces_co2": ("各省排放变化排名", "Provinces by change of CO2"),
    "provinces_intensity": ("各省碳排放强度变化排名", "Provinces by change of CO2 intensity"),
    "rank_intervals_figure": (
        "{{ found.first }}—{{ found.last }}年{{ name }}二氧化碳排放{{ k.value_co2.change }}，按增幅由低到高居第{{ k.rank_co2 }}位",
        "CO2 {{ k.value_co2.change }} in {{ found.first }}–{{ found.last }}: number {{ k.rank_co2 }} from the lowest rise",
    ),
    "per_head": ("各省人均排放", "Provinces by CO2 per resident"),
    "tiles_figure": (
        "{{ k.value_per_head.year }}人均二氧化碳排放{{ ends.high }}最高，为{{ ends.low }}（最低）的{{ ends.ratio | number(1) }}倍；{{ name }}由低到高居第{{ k.rank_per_head }}位",
        "CO2 per resident in {{ k.value_per_head.year }}: {{ ends.high }} is highest, {{ ends.ratio | number(1) }} times {{ ends.low }}; {{ name }} is number {{ k.rank_per_head }} from the lowest",
    ),
    "ranking": ("各省二氧化碳排放变化，{first}—{last}年", "Provinces by change of CO2, {first}–{last}"),
    "ranking_intensity": (
        "各省碳排放强度变化，{first}—{last}年",
        "Provinces by change of CO2 intensity, {first}–{last}",
    ),
    "asked": ("各省目标与完成情况", "What provinces were asked and did"),
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
        >>> int(rows.at["rank_intensity", "value"]), int(rows.at["ranked_intensity", "value"])
        (8, 30)
    """
    return gathered((catalog, province), _standing, _cities, _tiers, emitters.figures)


def _standing(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    rows = league.by_measure(catalog, province, "province", province)
    fields = league.by_field(catalog, province, "co2")
    best = fields[fields["field"] != "total"].dropna(subset=["rank"])["rank"]
    counts = {"fields": len(best), "fields_first_third": int((best <= 10).sum())}
    counts["misfits"] = len(league.misfits(catalog))
    counted = [figure(name, value, "figures", "", "estimate") for name, value in counts.items()]
    return [*standing_figures(rows), *standing_figures(fields), *counted]


def standing_figures(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return where a region is ranked (`tanfeng.facts.league.by_measure`, `by_field`) as key figures.

    Rank and its interval (best, worst), value with 95 % limits, ties, and ranks before and after a movement.
    """
    found = []
    for row in rows[rows["rank"].notna()].to_dict("records"):
        name = row["measure"] if "measure" in row else f"field_{row['field']}"
        period = str(row["last"]) if row["kind"] == "level" else f"{row['first']}/{row['last']}"
        about = {"period": period, "status": "estimate", "source": row["source_id"]}
        limits = {"lo95": row["lo95"], "hi95": row["hi95"]}
        found += [
            figure("rank", row["rank"], "figures", **about, of=name),
            figure("best", row["rank_lo80"], "figures", **about, of=name),
            figure("worst", row["rank_hi80"], "figures", **about, of=name),
            figure("value", row["value"], row["unit"], **about, **limits, of=name, shown=SHOWN.get(name, "")),
            figure("tied", row["tied"], "figures", **about, of=name),
            figure("ranked", row["of"], "figures", **about, of=name),
        ]
        moved = ("before", "after") if not pd.isna(row["moved"]) else ()
        found += [figure("rank", row[f"rank_{when}"], "figures", **about, of=(when, name)) for when in moved]
    return found


def _cities(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    found = league.standings(catalog, "co2", "city", province)
    error = league.city_error(catalog, province, found.first, found.last)
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
    "%": ("", ""),
    "t/person": ("吨/人", "t per person"),
    "t/10^4 yuan": ("吨/万元", "t per 10,000 yuan"),
    "share": ("", ""),
}


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


def rank_range(low: float, high: float) -> str:
    """Return an interval of ranks.

    Example:
        >>> rank_range(8, 9), rank_range(1, 1)
        ('8–9', '1')
    """
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def years(first: int, last: int, kind: str, lang: str) -> str:
    """Return the years of a ranking as words: a span of a change, one year of a level.

    Example:
        >>> years(2005, 2019, "change", "zh"), years(2005, 2019, "level", "en")
        ('2005—2019年', '2019')
    """
    span = str(last) if kind == "level" else f"{first}{pick(('—', '–'), lang)}{last}"
    return f"{span}年" if lang == "zh" else span


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
    said = pick((("升{}位", "up {}") if count > 0 else ("降{}位", "down {}") if count else ("不变", "same")), lang)
    doubt = "" if row["moved_clearly"] or count == 0 else pick(("，不显著", ", not clear"), lang)
    arrow = f"{int(row['rank_before'])}→{int(row['rank_after'])}"
    return arrow + pick(("（{}）", " ({})"), lang).format(said.format(abs(count)) + doubt)


def _place(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the place, or why a region that is shown is not ranked."""
    if row["doubt"]:
        return pick(("不排名：", "not ranked: "), lang) + catalog.label("warning_kinds", row["doubt"], lang)
    return place_text(row, row["shared"], lang)


def _rank_limits(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the limits of a value; words join them, since a dash would read as a minus."""
    return pick(TO, lang).join(value(row[end], row["unit"], lang) for end in ("lo95", "hi95"))


def _years_ranked(catalog: Catalog, row: Row, lang: str) -> str:
    return years(row["first"], row["last"], row["kind"], lang)


def _rank_interval(catalog: Catalog, row: Row, lang: str) -> str:
    return NONE if pd.isna(row["rank"]) else rank_range(row["rank_lo80"], row["rank_hi80"])


def _subject(catalog: Catalog, row: Row, lang: str) -> str:
    name = catalog.label("fields", row["field"], lang) if "field" in row else measure_name(row["measure"], lang)
    return name[0].upper() + name[1:]


def _measure_named(catalog: Catalog, row: Row, lang: str) -> str:
    if pd.isna(row["rank"]):
        return pick(("缺数据", "no figure"), lang)
    unit = pick(UNITS[row["unit"]], lang)
    return value(row["value"], row["unit"], lang) + (f" {unit}" if unit and lang == "en" else unit)


MOVED = Column("moved", ("名次变动", "Move"), lambda c, row, lang: moved_text(row, lang), kind="label", optional=True)

# rows of `tanfeng.facts.league.by_measure` or `by_field`: where one region stands
STANDING = (
    Column("years", ("年份", "Years"), _years_ranked, kind="label"),
    Column("value", ("数值", "Value"), _measure_named, kind="number"),
    Column("rank", ("数值位次", "Rank by value"), COUNT),
    Column("range", ("名次区间（80%）", "Ranks (80%)"), _rank_interval, kind="number"),
    Column("of", ("参评地区数", "Regions ranked"), COUNT),
    replace(MOVED, heading=("名次变动", "Move of rank"), optional=False),
)  # fmt: skip
MEASURED = Layout((Column("measure", ("指标", "Measure"), _subject), *STANDING), sources="source_id")
BY_FIELD = Layout(
    (Column("field", ("领域", "Field"), _subject), *STANDING), sources="source_id", total=("field", "total")
)

TIER_YEARS = (2005, 2010, 2015, 2017, 2019)

# rows of `by_tier`: province, cities and sums in some years, as published
TIERS = Layout((
    Column("name", ("地区", "Region"), own(), kind="label"),
    *(Column(str(year), str(year), tonnes()) for year in TIER_YEARS),
), (
    "三套清单各自编制，合计与全省不等；余额为负，表示各市（县）合计大于全省。“—”为缺数据；缺市的年份，余额含该市排放。",
    "The three inventories were made apart and do not add up; a negative residual means that the lower tier exceeds the province. A dash is no figure; in years without a city the residual contains it.",
))  # fmt: skip
SUMS = {
    "cities_mt": ("各市合计", "Sum of the cities"),
    "residual_mt": ("余额（全省减各市合计）", "Province less cities (residual)"),
    "counties_mt": ("各县（市、区）合计", "Sum of the counties"),
    "county_residual_mt": ("余额（全省减各县合计）", "Province less counties"),
}


def by_tier(catalog: Catalog, province: str) -> list[Row]:
    """Return province, cities, their sums and the residuals by year (`2005`), Mt CO2, with names."""
    known = tiers.matrix(catalog, province).query("tier != 'county'")
    wide = known.pivot_table(index="id", columns="year", values="co2_mt")
    sums = tiers.balance(catalog, province).set_index("year")
    names = catalog.read("regions").set_index("id")[["zh", "en"]]
    lines = [(names.loc[one], wide.loc[one], "total" if one == province else "") for one in wide.index]
    lines += [(names_of_sum, sums[column], "group") for column, names_of_sum in SUMS.items()]
    return [
        {"zh": zh, "en": en, "_class": kind, **{str(year): series.get(year) for year in TIER_YEARS}}
        for (zh, en), series, kind in lines
    ]


def ranking(catalog: Catalog, found: League, region: str, lang: str, caption: str, folded: bool = False) -> Table:
    """Return a ranking, best first, with the row of a region marked; what is not ranked comes last."""
    unit = UNITS[found.measure.unit]
    layout = Layout((
        Column("name", ("地区", "Region"), lambda c, row, lang: c.label("regions", row["region"], lang), kind="label"),
        Column("place", ("名次", "Place"), _place, kind="text"),
        Column("value", ("数值", "Value"), lambda c, row, lang: value(row["value"], row["unit"], lang), unit, "number"),
        Column("limits", ("95%区间", "95% interval"), _rank_limits, unit, "number"),
        Column("ranks", ("名次区间", "Ranks (80%)"), _rank_interval, kind="number"),
        Column("tied", ("难分先后", "Ties"), COUNT),
        MOVED,
    ), sources="source_id", total=("region", region))  # fmt: skip
    return layout.table(catalog, _marked(found), lang, caption, _ranking_note(catalog, found, lang), folded=folded)


def _marked(found: League) -> pd.DataFrame:
    """Return the rows of a ranking with whether the place of each is shared; those that are not ranked last."""
    rows = found.rows.assign(shared=found.rows["place"].duplicated(keep=False), _class="")
    return pd.concat([rows, found.unranked.assign(_class="group")]) if len(found.unranked) else rows


def _ranking_note(catalog: Catalog, found: League, lang: str) -> str:
    said = pick(
        (
            "名次由低到高；与组内首位分不出先后、且首位名次在自身名次区间内的，列为并列；“难分先后”为分不出先后的地区数。名次区间按80%推算；各地数值分成两组，或误差远大于各地差异时，模拟中只有65%—72%包含真实名次。",
            "Lowest first; a place is shared by those not clearly behind the first of their group whose interval holds it. Ties: number of regions not clearly apart. Rank intervals are made for 80 %; where values form two groups, or errors far exceed the differences, 65 to 72 % held the true rank in simulations.",
        ),
        lang,
    )
    said += noise_text(found.noise, lang) + _moved_note(found, lang)
    return said + unranked_text(catalog, found, lang) + absent_text(catalog, found, lang)


def unranked_text(catalog: Catalog, found: League, lang: str) -> str:
    """Return a sentence that names the regions that are shown and not ranked; empty if there are none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> unranked_text(catalog, league.standings(catalog, "co2"), "zh")
        '河南省有数据存疑（数值存疑），列出数值，不排名。'
    """
    shape = pick(("{}有数据存疑（{}）", "{} ({})"), lang)
    told = [
        shape.format(catalog.label("regions", row["region"], lang), catalog.label("warning_kinds", row["doubt"], lang))
        for row in found.unranked.to_dict("records")
    ]
    if not told:
        return ""
    if lang == "zh":
        return f"{'、'.join(told)}，列出数值，不排名。"
    return f" Shown and not ranked, since a figure is in doubt: {', '.join(told)}."


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
    before, after = (years(*span, found.measure.kind, lang) for span in found.spans)
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
    when = years(found.first, found.last, found.measure.kind, lang)
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
    shape = pick(("{}（升{}位）", "{} (up {})"), lang)
    told = [shape.format(catalog.label("regions", row["region"], lang), int(row["moved"])) for row in rows]
    return pick(("、", ", "), lang).join(told) or NONE


def ends(catalog: Catalog, found: League, lang: str) -> dict[str, Any]:
    """Return the names of the regions with the lowest and the highest value of a level, and their ratio.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> ends(catalog, league.standings(catalog, "per_head"), "en")["high"]
        'Inner Mongolia'
    """
    rows = found.rows.sort_values("value")
    low, high = rows.iloc[0], rows.iloc[-1]
    named = {name: catalog.label("regions", row["region"], lang) for name, row in (("low", low), ("high", high))}
    return {**named, "ratio": high["value"] / low["value"]}


def tiles_note(catalog: Catalog, found: League, lang: str) -> str:
    """Return what the tiles are, and what is not coloured."""
    said = pick(
        (
            "方格只表示大致方位，不表示边界和面积；“—”为缺数据，灰格不排名。",
            "Tiles show rough places, no borders and no areas; a dash is no figure, grey is not ranked.",
        ),
        lang,
    )
    return said + unranked_text(catalog, found, lang)


def misfits(catalog: Catalog, lang: str) -> str:
    """Return the names of the provinces of `tanfeng.facts.league.misfits` as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> misfits(open_catalog(), "en").split(", ")[0]
        'Heilongjiang'
    """
    names = [catalog.label("regions", one, lang) for one in league.misfits(catalog)["region"]]
    return pick(("、", ", "), lang).join(names) or NONE


def standing(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return where one region stands, by `tanfeng.facts.league.by_measure` or field by field (`by_field`)."""
    layout = BY_FIELD if "field" in rows else MEASURED
    return layout.table(catalog, rows, lang, caption, _standing_note(rows, lang))


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


def download(catalog: Catalog, found: League) -> pd.DataFrame:
    """Return a ranking as `export` does, with the names of the regions in both languages."""
    zh, en = (export(catalog, found, lang) for lang in text.LANGS)
    return zh.rename(columns={"name": "name_zh"}).assign(name_en=en["name"])


def export(catalog: Catalog, found: League, lang: str) -> pd.DataFrame:
    """Return a ranking for other programs: name of the region, measure, field and years beside the figures.

    Regions that are shown and not ranked come last, without ranks.
    """
    about = {"measure": found.measure.id, "field": found.field, "first_year": found.first, "last_year": found.last}
    rows = pd.concat([found.rows, found.unranked], ignore_index=True) if len(found.unranked) else found.rows
    rows = rows.assign(name=[catalog.label("regions", one, lang) for one in rows["region"]], **about)
    return rows[["region", "name", *about, *league.COLUMNS[1:]]]


def lines(catalog: Catalog, found: League, lang: str) -> str:
    """Return a ranking as lines of text for a terminal."""
    when, unit = years(found.first, found.last, found.measure.kind, lang), pick(UNITS[found.measure.unit], lang)
    told = [
        (
            place_text(row, row["shared"], lang), catalog.label("regions", row["region"], lang),
            value(row["value"], row["unit"], lang), _rank_interval(catalog, row, lang), moved_text(row, lang),
        )
        for row in _marked(found).to_dict("records")
    ]  # fmt: skip
    title = f"{measure_name(found.measure.id, lang)} {when} {unit}".rstrip()
    note = _ranking_note(catalog, found, lang).strip()
    return "\n".join([title, *map("\t".join, told), note]) + "\n"
