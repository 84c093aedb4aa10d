"""Concepts and standards: what the terms mean, what each account counts, other classifications, other countries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import accounts, benchmarks, crosswalk, emissions
from tanfeng.outlook import paths
from tanfeng.pages import terms, text
from tanfeng.pages.figures import figure, gathered
from tanfeng.pages.layout import LABEL, YEAR, Column, Layout, Row, name, number, own, tonnes
from tanfeng.pages.table import pick, used

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "boundaries": ("各口径计入内容", "What each account counts"),
    "boundaries_figure": (
        "同是{{ k.boundary_direct.year }}，计入外调电与否，排放相差{{ k.boundary_share }}",
        "One year, two accounts: they differ by {{ k.boundary_share }} in {{ k.boundary_direct.year }}",
    ),
    "terms": ("概念", "Terms"),
    "ipcc2006": ("按IPCC 2006年指南类别", "By IPCC 2006 category"),
    "gpc": ("按GPC部门（范围一）", "By GPC sector (scope 1)"),
    "tables": ("对照表：IPCC、GPC、CEADs、GB/T 4754", "Tables: IPCC, GPC, CEADs, GB/T 4754"),
    "crosswalk": ("CEADs行业与GB/T 4754、IPCC、GPC对照", "CEADs sectors, GB/T 4754, IPCC and GPC"),
    "absent": ("清单未含的类别", "Categories outside the inventory"),
    "refining": ("炼油列入工业的敏感性", "Sensitivity: refining as industry"),
    "benchmarks": ("人均和单位产值排放", "CO2 per head and per GDP"),
    "declines": ("达峰后十年的变化", "Ten years after the peak"),
    "outlook": ("本省展望", "Outlook of the province"),
    "beside_figure": (
        "人均排放本省{{ k.per_head_own.value | number(1) }}吨，德国{{ k.per_head_DEU.value | number(1) }}吨，日本{{ k.per_head_JPN.value | number(1) }}吨，韩国{{ k.per_head_KOR.value | number(1) }}吨；已达峰国家十年降{{ k.fall_least.value | abs | number(0) }}%—{{ k.fall_most.value | abs | number(0) }}%",
        "CO2 per head {{ k.per_head_own.value | number(1) }} t, Germany {{ k.per_head_DEU.value | number(1) }}, Japan {{ k.per_head_JPN.value | number(1) }}, Korea {{ k.per_head_KOR.value | number(1) }} t; countries that peaked fell by {{ k.fall_least.value | abs | number(0) }} to {{ k.fall_most.value | abs | number(0) }}% in ten years",
    ),
}
GROUPS = {
    "account": ("核算口径", "Accounts"),
    "outlook": ("推算与达峰", "Outlook and peak"),
    "control": ("双控与考核", "Control and assessment"),
    "target": ("目标与判定", "Targets and verdicts"),
    "light": ("晴雨表与进度", "Barometer and progress"),
    "structure": ("因素分解与脱钩", "Decomposition and decoupling"),
    "comparison": ("地区比较", "Comparison"),
    "evidence": ("数据与状态", "Data and status"),
    "scope": ("指标口径", "Scopes of indicators"),
    "field": ("领域", "Fields"),
    "warning": ("使用提示类别", "Kinds of usage warnings"),
}
SAYS = {
    "includes": ("包括：", "Includes: "),
    "leaves_out": ("不包括：", "Leaves out: "),
    "ours": ("本项目定义", "ours"),
}
FITS = {
    "exact": ("对应", "exact"),
    "merged": ("并入其他工业", "part of other industry"),
    "mixed": ("含其他类别", "mixed"),
    "absent": ("未含", "absent"),
}
LIMITS = (
    "不可比之处：各国为化石燃料和水泥排放，不含进口电力和进口商品，省内排放不含外调电；省生产总值按全国2019年生产总值的比价（1美元折{rate}元，"
    "2017年美元、购买力平价）折算，未计省际价差，也不用市场汇率；江苏、广东的可比价增速只取得到2019年；达峰国家的产业外移不在口径之内。",
    "What cannot be compared: countries are given with fossil fuel and cement, without imported electricity or goods; the provinces without imported "
    "power. GDP of provinces is converted at the rate of the nation in 2019 ({rate} yuan a dollar of 2017, PPP), without differences of prices between "
    "provinces and not at market rates. Growth of Jiangsu and Guangdong at constant prices was found to 2019 only. "
    "Industry that moved abroad is outside these accounts.",
)
SAME_INCOME = ("DEU", "JPN", "KOR")  # countries that the text names


def said(pairs: dict[str, tuple[str, str]], lang: str) -> dict[str, str]:
    """Return texts by id in a language.

    Example:
        >>> said(FITS, "en")["absent"]
        'absent'
    """
    return {one: pick(pair, lang) for one, pair in pairs.items()}


def outlook(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the outlook of the ten years after the last told year, that year 100: years, year, index, lo80, hi80.

    Each path is taken against its own first year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> outlook(open_catalog(), "330000")["years"].tolist()[-1]
        10
    """
    found = paths.paths(catalog, region)
    first = list(found.years).index(paths.UNTIL - benchmarks.AFTER)
    drawn = found.of("total")[:, first:]
    index = 100 * drawn / drawn[:, :1]
    low, middle, high = np.quantile(index, [0.1, 0.5, 0.9], axis=0)
    rows = {"years": range(index.shape[1]), "year": found.years[first:], "index": middle, "lo80": low, "hi80": high}
    return pd.DataFrame(rows)


def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures: two accounts of one year, levels per head, falls after peaks, refining, terms.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = key_figures(open_catalog(), "330000").set_index("id")
        >>> round(float(rows.at["per_head_DEU", "value"]), 1)
        8.5
    """
    count = figure("terms", len(terms.every(catalog, "zh")), "figures", "", "reported")
    return gathered((catalog, region), _accounts, _refining, _levels, _falls, lambda *_: [count])


def _accounts(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the two accounts in the last year in which no field is held; the direct one alone where imports lack."""
    try:
        row = accounts.assessment(catalog, region).query("held_mt == 0").iloc[-1]
    except ProjectError:
        row = emissions.series(catalog, region, "total").iloc[-1]
        about = {"period": row["year"], "status": row["status"], "source": row["source_id"]}
        return [figure("boundary_direct", row["co2_mt"], "Mt CO2", **about)]
    about = {"period": row["year"], "status": row["status"], "source": row["source_id"]}
    return [
        figure("boundary_direct", row["direct_mt"], "Mt CO2", **about),
        figure("boundary_assessment", row["co2_mt"], "Mt CO2", **about),
        figure("boundary_share", 100 * row["import_mt"] / row["direct_mt"], "%", **about),
    ]


def _refining(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return what moves from energy to industry if refining counts there."""
    rows = crosswalk.refining_as_industry(catalog, region)
    if rows.empty:
        raise Absent(("分行业的排放", "emissions by subsector"), "data/inventory.csv", region)
    about, row = {"period": rows.iloc[-1]["year"], "status": rows.iloc[-1]["status"]}, rows.iloc[-1]
    return [figure(name, row[name], "Mt CO2", **about) for name in ("refining_mt", "industry_mt", "industry_with_mt")]


def _levels(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = benchmarks.latest(catalog, region)
    today = benchmarks.province(catalog, region).iloc[-1]
    income = {"period": today["year"], "status": "estimate", "source": today["source_id"]}
    found = [figure("income", today["gdp_per_head"], INCOME, **income, shown=text.PRECISE)]
    for row in rows.to_dict("records"):
        about = {
            "period": row["year"],
            "status": "estimate",
            "source": row["source_id"],
            "of": "own" if row["place"] == region else row["place"],
        }
        found.append(figure("per_head", row["co2_per_head"], "t/person", **about))
        found.append(figure("per_gdp", row["co2_per_gdp"], "t/10^4 usd", **about, shown=text.PRECISE))
    return found


def _falls(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows, ahead = benchmarks.declines(catalog), outlook(catalog, region)
    about = {"unit": "%", "period": "", "status": "estimate", "source": " ".join(used(rows["source_id"]))}
    last, change = ahead.iloc[-1], "/".join(str(ahead["year"].iloc[end]) for end in (0, -1))
    ends = {end: last[end] - 100 for end in ("lo80", "hi80")}
    return [
        figure("fallen", len(rows), "figures", "", "estimate"),
        figure("fall_most", rows["change_pct"].min(), **about),
        figure("fall_middle", rows["change_pct"].median(), **about),
        figure("fall_least", rows["change_pct"].max(), **about),
        figure("ten_years_ahead", last["index"] - 100, "%", change, "forecast", **ends),
    ]


def reached(catalog: Catalog, region: str, lang: str) -> str:
    """Return when some countries had the income of the region, and their CO2 per head then, as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> reached(open_catalog(), "330000", "zh").partition("、")[0]
        '德国1978年13.7吨'
    """
    rows = benchmarks.at_level(catalog, region).set_index("place").loc[list(SAME_INCOME)]
    shape = pick(("{}{:.0f}年{}吨", "{} {:.0f}: {} t"), lang)
    told = [
        shape.format(catalog.label("countries", str(place), lang), row["year"], text.number(row["co2_per_head"], 1))
        for place, row in rows.iterrows()
    ]
    return pick(("、", ", "), lang).join(told)


def term_groups(catalog: Catalog, lang: str) -> list[dict[str, Any]]:
    """Return the terms by group, as the page shows them: head, terms.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> term_groups(open_catalog(), "zh")[0]["head"]
        '核算口径'
    """
    found = terms.every(catalog, lang)
    heads = said(GROUPS, lang)
    return [{"head": heads[group], "terms": [one for one in found if one.group == group]} for group in GROUPS]


def term_sources(groups: list[dict[str, Any]]) -> list[str]:
    """Return the sources of terms (result of `term_groups`) that are not ours.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> terms.OURS in term_sources(term_groups(open_catalog(), "zh"))
        False
    """
    found = [one for group in groups for term in group["terms"] for one in term.sources]
    return [one for one in dict.fromkeys(found) if one != terms.OURS]


def _fit(catalog: Catalog, row: Row, lang: str) -> str:
    note = row[f"note_{lang}"]
    return pick(FITS[row["fit"]], lang) + (pick(("：", ": "), lang) + note if note else "")


def _sector(catalog: Catalog, row: Row, lang: str) -> str:
    process = pick(("（生产过程）", " (process)"), lang) if row["part"] == "process" else ""
    return str(row["zh" if lang == "zh" else "ceads_sector"]) + process


def _belongs(catalog: Catalog, row: Row, lang: str) -> str:
    field, subsector = (catalog.label(f"{one}s", row[one], lang) for one in ("field", "subsector"))
    return pick((f"{field}：{subsector}", f"{field}: {subsector}"), lang)


def _income(catalog: Catalog, row: Row, lang: str) -> str:
    factor = text.unit(catalog, INCOME, lang)[1]
    return text.number(row["gdp_per_head"] * factor, 2 if lang == "zh" else 1, lang)


INCOME = "10^4 usd/person"
CATEGORIES = Layout(
    (
        Column("year", ("年份", "Year"), YEAR),
        Column("category", ("类别", "Category"), LABEL),
        Column("name", ("名称", "Name"), own(), kind="text"),
        Column("field", ("领域", "Field"), name("fields")),
        Column("co2_mt", ("排放", "CO2"), tonnes()),
    ),
)
SECTORS = Layout(
    (
        Column("sector", ("CEADs行业", "CEADs sector"), _sector, kind="text"),
        Column("subsector", ("清单领域、行业", "Field and subsector"), _belongs, kind="text"),
        Column("gbt4754", ("GB/T 4754", "GB/T 4754"), LABEL),
        Column("ipcc2006", "IPCC", LABEL),
        Column("gpc", "GPC", LABEL),
        Column("fit", ("对应情况", "Fit"), _fit, kind="text"),
    ),
)
ABSENT = Layout(
    (
        Column("ipcc2006", "IPCC 2006", LABEL),
        Column("name", ("名称", "Name"), lambda catalog, row, lang: catalog.label("categories", row["ipcc2006"], lang)),
        Column("gpc", "GPC", LABEL),
        Column("note", ("说明", "Note"), own("note"), kind="text"),
    )
)
STANDING = Layout(
    (
        Column("name", ("国家、省份", "Place"), own(), kind="label"),
        Column("year", ("年份", "Year"), YEAR),
        Column("co2_per_head", ("人均排放", "CO2 per head"), number(1), ("吨", "t")),
        Column("co2_per_gdp", ("单位产值排放", "CO2 per GDP"), number(1), ("吨/万美元", "t per 10,000 dollars")),
        Column("gdp_per_head", ("人均生产总值", "GDP per head"), _income, ("万美元", "thousand dollars"), "number"),
        Column("then", ("收入与本省现在相当的年份", "Year of the income of the province today"), YEAR),
        Column("then_head", ("当年人均排放", "CO2 per head then"), number(1), ("吨", "t")),
        Column("peak_year", ("达峰年份", "Peak"), YEAR),
        Column("change_pct", ("其后十年变化", "Change in ten years"), number(1), "%"),
    ),
    sources="source_id",
)


def standing(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return provinces and countries: levels, when each had the income of the region today, the fall after its peak.

    Returns:
        Columns of `benchmarks.latest`, zh, en, then, then_head (missing where the income was not reached), peak_year,
        change_pct (missing without a peak ten years ago).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> standing(open_catalog(), "330000")["en"].tolist()[:2]
        ['Zhejiang', 'Jiangsu']
    """
    names = pd.concat([catalog.read(table)[["id", "zh", "en"]] for table in ("regions", "countries")])
    level = benchmarks.at_level(catalog, region)[["place", "year", "co2_per_head"]]
    level = level.rename(columns={"year": "then", "co2_per_head": "then_head"})
    falls = benchmarks.declines(catalog)[["country", "peak_year", "change_pct"]].rename(columns={"country": "place"})
    rows = benchmarks.latest(catalog, region).merge(names.rename(columns={"id": "place"}), on="place")
    return rows.merge(level, on="place", how="left").merge(falls, on="place", how="left")


def limits(catalog: Catalog, lang: str) -> str:
    """Return what cannot be compared, with the rate at which GDP of provinces is converted.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "4.77" in limits(open_catalog(), "en")
        True
    """
    rate = text.number(1 / benchmarks.conversion(catalog).dollars_per_yuan, 2)
    return pick(LIMITS, lang).format(rate=rate)


def last_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the last year of the inventory in the categories of a classification (`crosswalk.by`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> last_year(crosswalk.by(open_catalog(), "330000", "gpc"))["year"].unique().tolist()
        [2022]
    """
    return rows[rows["year"] == rows["year"].max()]
