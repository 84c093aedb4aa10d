"""What targets cost at the least: answers, the front in four dimensions and its points, costs, what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import table, text
from tanfeng.pages.reports.roadmap import SINGLE, STAGES, TONNES, account, heads, stage, target
from tanfeng.pages.table import Heading, Table, cited, pick, used
from tanfeng.roadmap import front, least_cost
from tanfeng.roadmap.least_cost import Options
from tanfeng.roadmap.programme import PROVEN, Point

MONEY = {"zh": "亿元", "en": "billion yuan"}
BILLION = {"zh": 1.0, "en": 0.1}  # of 10^8 yuan
DIMENSIONS = {
    "economy": ("经济发展", "投资占地区生产总值", "Economy", "investment of GDP"),
    "security": ("能源安全", "对外依存电量变化", "Security", "change of dependence"),
    "emissions": ("碳排放", "累计排放变化", "Emissions", "change of the sum"),
    "residents": ("居民生活", "人均分摊", "Residents", "burden a head"),
}
KIND = {
    "capital": ("投资", "capital"),
    "operating": ("单位成本", "operating"),
    "price": ("价格", "price"),
    "budget": ("资金", "budget"),
}
SPREADS = {
    "range": ("中值和上下限", "central value and range"),
    "limits": ("仅有上下限", "range alone"),
    "half": ("中值和一侧界限", "central value and one limit"),
    "bound": ("仅有一侧界限", "one limit alone"),
    "single": SINGLE,
}


def money(value: float, lang: str) -> str:
    """Return 10^8 yuan as they stand under a heading with `MONEY`; a dash if there is none.

    Example:
        >>> money(353.0, "zh"), money(353.0, "en"), money(float("nan"), "zh")
        ('353', '35.3', '—')
    """
    return _or_dash(BILLION[lang] * value, 0 if lang == "zh" else 1)


def of_answers(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what each target costs (`tanfeng.roadmap.least_cost.answers`), or by how much it is missed."""
    plan = {
        "target": ("目标", "Target", "text"),
        "account": ("口径", "Account", "label"),
        "needed": ("需减少", "Needed", "number"),
        "answer": ("结果", "Result", "text"),
        "marginal": ("边际投资", "Marginal", "number"),
        "whole": ("措施不可拆分时", "In whole", "number"),
        "reachable": ("达标概率", "Chance", "number"),
    }
    unit = {
        "needed": TONNES[lang],
        "marginal": pick(("元/（吨/年）", "yuan per t/a"), lang),
        "whole": MONEY[lang],
        "reachable": pick(("全部实施", "with everything"), lang),
    }
    cells = [
        {
            "target": {"text": target(catalog, row, lang)},
            "account": {"text": account(catalog, row["account"], lang)},
            "needed": {"text": text.tonnes(row["needed_mt"], lang)},
            "answer": {"text": _answer(row, lang)},
            "marginal": {"text": _or_dash(100 * row["marginal"])},
            "whole": {"text": money(row["whole_cost"], lang)},
            "reachable": {"text": text.probability(row["reachable"])},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "投资为公布数，不折现，不含运行费用和燃料节约。边际投资为每年多减1吨所需的投资；甘电入浙只计线路，"
        "不计送端1520万千瓦电源，因此必然最便宜，边际投资是下限。没有公布成本的措施不在其内，与缺口表略有出入。",
        "en": "Investment as published, not discounted, without running costs or fuel saved. Marginal: investment for "
        "one tonne a year more. The Gansu line counts the line alone, not its 15.2 GW of plants, so it is the cheapest "
        "by construction and the marginal investment a lower bound. "
        "In whole: no measure in part. Measures without a cost are not in it, hence small differences from the gaps.",
    }[lang]
    return Table(caption, heads(lang, plan, unit), cells, note)


def _answer(row: dict[str, Any], lang: str) -> str:
    if not row["feasible"]:
        missed = text.tonnes(row["missed_mt"], lang)
        return f"无解，还差{missed}万吨" if lang == "zh" else f"none, short by {missed} Mt"
    if row["needed_mt"] <= 0:
        return pick(("参考情形已在限额内", "the reference is within it"), lang)
    low, cost, high = (money(row[name], lang) for name in ("cost_low", "cost", "cost_high"))
    if lang == "zh":
        return f"最低投资{cost}亿元（{f'{low}—{high}' if low != high else SINGLE[0]}）"
    return f"at least {cost} billion yuan ({f'{low} to {high}' if low != high else SINGLE[1]})"


def _or_dash(value: float, digits: int = 0) -> str:
    return "—" if pd.isna(value) else text.number(value, digits)


def of_growth(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how gaps and least investment move with growth (`roadmap.least_cost.by_growth` of both accounts)."""
    plan = {
        "target": ("目标", "Target", "text"),
        "account": ("口径", "Account", "label"),
        "growth": ("经济增速", "Growth", "label"),
        "reference": ("参考情形", "Reference", "number"),
        "limit": ("允许", "Allowed", "number"),
        "uncovered": ("措施后超出", "Above, with measures", "number"),
        "cost": ("最低投资", "Least investment", "number"),
    }
    unit = {"cost": MONEY[lang], "growth": pick(("每年", "a year"), lang)}
    unit |= dict.fromkeys(("reference", "limit", "uncovered"), TONNES[lang])
    cells = [
        {
            "target": {"text": target(catalog, row, lang), **cited([row["source_id"]])},
            "account": {"text": account(catalog, row["account"], lang)},
            "growth": {"text": _growth(row, lang)},
            **{key: {"text": text.tonnes(row[f"{key}_mt"], lang)} for key in ("reference", "limit", "uncovered")},
            "cost": {"text": _least(row, lang)},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "参考情形和允许排放用同一增速；地区生产总值每变1%，省内排放变0.5%，外来电和措施不变。"
        "允许排放与地区生产总值同比例，所以增速越高，强度目标的缺口越小，排放却越多。措施后超出为负值的，低于允许排放；最低投资只计有公布成本的措施。",
        "en": "One growth for the reference and for what is allowed: emissions inside the province move by 0.5% for 1% "
        "of GDP, imports and measures stay. What is allowed moves in proportion to GDP, so faster growth narrows the "
        "gap of an intensity target while emissions rise. Below zero is room; least investment counts measures with a "
        "published cost only.",
    }[lang]
    return Table(caption, heads(lang, plan, unit), cells, note, used(rows["source_id"]))


def _growth(row: Mapping[str, Any], lang: str) -> str:
    name = {"course": ("参考走势", "as the reference"), "low": ("下限", "low"), "central": ("中值", "middle"),
            "high": ("上限", "high")}[row["growth"]]  # fmt: skip
    shown = text.percent(row["growth_pct"], 2)
    return f"{shown}（{name[0]}）" if lang == "zh" else f"{shown} ({name[1]})"


def _least(row: Mapping[str, Any], lang: str) -> str:
    if not row["feasible"]:
        return pick(("无解", "none"), lang)
    return pick(("无需", "none needed"), lang) if row["gap_mt"] <= 0 else money(row["cost"], lang)


def of_certainty(rows: Mapping[str, pd.DataFrame], lang: str, caption: str) -> Table:
    """Return what more certainty costs (`tanfeng.roadmap.least_cost.robust_table`), a column a target."""
    named = [Heading("share", pick(("要求的概率", "Share of paths asked"), lang), kind="label")]
    named += [Heading(name, name, MONEY[lang], "number") for name in rows]
    parts = {name: table.to_dict("records") for name, table in rows.items()}
    shares = next(iter(rows.values()))["share"]
    cells = [
        {
            "share": {"text": text.percent(100 * share, 0)},
            **{name: {"text": _certain(part[place], lang)} for name, part in parts.items()},
        }
        for place, share in enumerate(shares)
    ]
    note = {
        "zh": "按400条路径计。上表按参考情形（中心预测）计，路径中位数高于中心，所以本表50%一行的投资与上表不同。",
        "en": "By the 400 paths. The table above goes by the reference, the centre of the outlook; the median of the "
        "paths lies above it, so the row of 50 % differs from that table.",
    }[lang]
    return Table(caption, named, cells, note)


def _certain(row: dict[str, Any], lang: str) -> str:
    proven = "" if row["gap"] <= PROVEN else pick(("（未证明最优）", " (not proven optimal)"), lang)
    if row["feasible"]:
        return money(row["cost"], lang) + proven
    shown = text.number(100 * row["missing"], 1)
    return (f"无解，还差{shown}个百分点" if lang == "zh" else f"none, {shown} points short") + proven


def of_front(scores: pd.DataFrame, opened: int, lang: str, caption: str) -> Table:
    """Return the points of a front in four dimensions; the opened one is marked, a number leads to its roadmap.

    Args:
        scores: result of `tanfeng.roadmap.front.scores`.
        opened: number of the point that is open from the start.
        lang: `zh` or `en`.
        caption: what the table shows.
    """
    named = [
        Heading("point", pick(("方案", "Point"), lang), kind="number"),
        Heading("cost", pick(("投资", "Investment"), lang), MONEY[lang], "number"),
    ]
    for name, words in DIMENSIONS.items():
        label, means = words[:2] if lang == "zh" else words[2:]
        unit = pick(("元", "yuan"), lang) if name == "residents" else "%"
        named.append(Heading(name, label, f"{means}{pick(('，', ', '), lang)}{unit}", "number"))
    cells = [
        {
            "point": {"text": str(row["point"]), "href": f"#point-{row['point']}"},
            "cost": {"text": money(row["cost"], lang)},
            **{name: {"text": text.number(row[name], 0 if name == "residents" else 1)} for name in DIMENSIONS},
            "_class": "total" if row["point"] == opened else "",
        }
        for row in scores.to_dict("records")
    ]
    sources = used(scores["sources"])
    note = {
        "zh": "投资、累计排放、对外依存电量三个目标上各方案互不占优，一个改进，另两个中必有一个变差。"
        "经济和居民两个维度都由投资算出，与投资成比例，不是独立的目标：前者为占地区生产总值的比重，"
        "后者按居民用电比重分摊。甘电入浙只计线路，不计送端电源，含该线的方案投资偏低。变化以参考情形为基准，为各年合计。",
        "en": "No point is dominated in the three objectives investment, emissions and dependence: where one is better "
        "one of the others is worse. Economy and residents are both computed from investment and proportional to it, "
        "no objectives of their own: its share of GDP, and what households bear by their share of electricity. The "
        "Gansu line counts without its plants, so points with it look cheap. Changes are against the reference, summed "
        "over the years.",
    }[lang]
    return Table(caption, named, cells, note, sources)


def of_point(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the roadmap of a point (`tanfeng.roadmap.front.opened`)."""
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "first": ("起始年份", "From", "label"),
        "intensity": ("实施程度", "Intensity", "number"),
        "cost": ("投资", "Investment", "number"),
        "saved": ("末年减少", "Less in the last year", "number"),
    }
    cells = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang]},
            "first": {
                "text": str(row["first_year"]) + (pick(("（假定）", " (supposed)"), lang) if row["supposed"] else "")
            },
            "intensity": {"text": text.percent(100 * row["intensity"], 0)},
            "cost": {"text": money(row["cost"], lang)},
            "saved": {"text": text.tonnes(row["saved_mt"], lang)},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, heads(lang, plan, {"cost": MONEY[lang], "saved": TONNES[lang]}), cells)


def of_costs(catalog: Catalog, own: Options, lang: str, caption: str) -> Table:
    """Return the published costs behind the options, with their range and source."""
    uses = catalog.read("measure_cost_uses").set_index("measure_id")["cost_id"]
    names = list(dict.fromkeys(uses[one] for one in own.rows["id"]))
    rows = catalog.read("measure_costs").set_index("id").loc[names]
    plan = {
        "name": ("成本", "Cost", "text"),
        "kind": ("类别", "Kind", "label"),
        "low": ("下限", "Low", "number"),
        "central": ("中值", "Central", "number"),
        "high": ("上限", "High", "number"),
        "unit": ("单位", "Unit", "label"),
        "spread": ("公布情况", "Published", "label"),
        "note": ("说明", "Note", "text"),
    }
    cells = [
        {
            "name": {"text": row[lang], **cited([row["source_id"]])},
            "kind": {"text": pick(KIND[row["kind"]], lang)},
            **{level: {"text": _published(row[level], row["unit"], lang)} for level in ("low", "central", "high")},
            "unit": {
                "text": MONEY[lang] if row["unit"] == least_cost.MONEY else catalog.label("units", row["unit"], lang)
            },
            "spread": {"text": pick(SPREADS[row["spread"]], lang)},
            "note": {"text": row[f"note_{lang}"] or "—"},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, heads(lang, plan), cells, sources=used(rows["source_id"]))


def _published(value: float, unit: str, lang: str) -> str:
    return money(value, lang) if unit == least_cost.MONEY else _or_dash(value)


def of_left_out(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the measures that are no option, by reason (`tanfeng.roadmap.least_cost.left_out`)."""
    plan = {
        "reason": ("原因", "Reason", "text"),
        "count": ("项数", "Measures", "number"),
        "ids": ("编号", "Numbers", "text"),
    }
    groups = rows.groupby("reason")["id"].agg(["size", " ".join]).sort_values("size", ascending=False, kind="stable")
    cells = [
        {
            "reason": {"text": _reason(catalog, str(name), lang)},
            "count": {"text": str(row["size"])},
            "ids": {"text": pick(("、", ", "), lang).join(row["join"].split())},
        }
        for name, row in groups.iterrows()
    ]
    return Table(caption, heads(lang, plan), cells)


def _reason(catalog: Catalog, name: str, lang: str) -> str:
    return stage(name, lang) if name in STAGES else text.word(catalog, f"no_effect_{name}", lang)


FOLDER = "../tables"  # as seen from a page


@dataclass(frozen=True)
class Way:
    """One point, ready to be shown.

    Attributes:
        number: its number in the front, from 1.
        title: what it costs and does, on one line.
        facts: label and value of its dimensions and chances.
        table: its roadmap.
        name: name of its table among those of the page.
        label: name of its table in words.
        rows: its table, a row a measure and year.
        href: address of its table, as seen from the page.
    """

    number: int
    title: str
    facts: list[dict[str, str]]
    table: Table
    name: str
    label: str
    rows: pd.DataFrame
    href: str


@dataclass(frozen=True)
class Ways:
    """The points of a front, each closed until it is opened; one may be open from the start."""

    ways: list[Way]
    opened: int
    download: str
    none: str
    sources: list[str]

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the points as HTML; every text from data is escaped, and no script is needed to open one."""
        shown = [(one, one.table.html(numbers, lang) if one.table.rows else "") for one in self.ways]
        about = {"download": self.download, "none": self.none}
        return table.render("alternatives.html.j2", ways=shown, opened=self.opened, words=about)


def cards(
    catalog: Catalog, region: str, own: Options, points: list[Point], opened: int, lang: str, slug: str = "roadmap"
) -> Ways:
    """Return the points of a front as parts that open.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        own: the options the points choose from.
        points: result of `tanfeng.roadmap.least_cost.front`.
        opened: number of the point that is open from the start.
        lang: `zh` or `en`.
        slug: page whose tables hold those of the points.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> from tanfeng.roadmap.least_cost import options
        >>> catalog = open_catalog()
        >>> made = cards(catalog, "330000", options(catalog, "330000"), front(catalog, "330000", steps=2), 1, "en")
        >>> made.ways[0].href
        '../tables/330000/roadmap-point-01.csv'
    """
    scores = front.scores(catalog, region, own, points).to_dict("records")
    chances = front.within(catalog, region, points)
    folder = f"{FOLDER}/{region}/{slug}"
    found = [
        _way(catalog, own, point, row, chances[chances["point"] == row["point"]], lang, folder)
        for point, row in zip(points, scores, strict=True)
    ]
    download = pick(("下载逐年路线图（CSV）", "Roadmap by year (CSV)"), lang)
    none = pick(("不采用任何措施，即参考情形。", "No measure: the reference."), lang)
    return Ways(found, opened, download, none, [])


def _way(
    catalog: Catalog, own: Options, point: Point, row: dict[str, Any], chances: pd.DataFrame, lang: str, folder: str
) -> Way:
    number = int(row["point"])
    name = f"point-{number:02d}"
    label = pick((f"方案{number}的逐年路线图", f"Roadmap of point {number} by year"), lang)
    caption = pick((f"方案{number}的路线图", f"Roadmap of point {number}"), lang)
    table = of_point(front.opened(own, point), lang, caption)
    facts = [*_dimensions(row, lang), *_chances(catalog, chances, lang)]
    rows = front.by_year(own, point)
    return Way(number, title(row, lang), facts, table, name, label, rows, f"{folder}-{name}.csv")


def title(row: dict[str, Any], lang: str) -> str:
    """Return a point on one line: investment, emissions, dependence.

    Example:
        >>> title({"point": 2, "cost": 345.7, "emissions": -4.79, "security": -0.02}, "zh")
        '方案2：投资346亿元，累计排放−4.8%，对外依存电量0.0%'
    """
    yuan = money(row["cost"], lang)
    emissions, dependence = (text.percent(row[name]) for name in ("emissions", "security"))
    if lang == "zh":
        return f"方案{row['point']}：投资{yuan}亿元，累计排放{emissions}，对外依存电量{dependence}"
    return f"Point {row['point']}: {yuan} billion yuan, emissions {emissions}, dependence {dependence}"


def _dimensions(row: dict[str, Any], lang: str) -> list[dict[str, str]]:
    found = []
    for name, words in DIMENSIONS.items():
        label = f"{words[0]}（{words[1]}）" if lang == "zh" else f"{words[2]} ({words[3]})"
        yuan = text.number(row[name], 0) + pick(("元", " yuan"), lang)
        found.append({"label": label, "value": yuan if name == "residents" else text.percent(row[name])})
    return found


def _chances(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[dict[str, str]]:
    words = pick(("{}限额内的概率（{}）", "Within the limit of {} ({})"), lang)
    return [
        {
            "label": words.format(row["target"], account(catalog, row["account"], lang)),
            "value": text.probability(row["share"]),
        }
        for row in rows.to_dict("records")
    ]


def lines(scores: pd.DataFrame, lang: str) -> str:
    """Return the points of a front (`tanfeng.roadmap.front.scores`) as text, a line a point."""
    head = pick(("人均分摊{}元", "{} yuan a head"), lang)
    mark = pick(("，", ", "), lang)
    told = [
        f"{title(row, lang)}{mark}{head.format(text.number(row['residents'], 0))}" for row in scores.to_dict("records")
    ]
    return "\n".join(told) + "\n"
