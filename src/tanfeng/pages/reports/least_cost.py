"""What targets cost at the least: answers, the front in four dimensions and its points, costs, what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import table, text
from tanfeng.pages.layout import (
    COUNT,
    NONE,
    PROBABILITY,
    TEXT,
    Column,
    Form,
    Layout,
    Row,
    Whole,
    choice,
    listed,
    number,
    own,
    percent,
    tonnes,
)
from tanfeng.pages.reports.roadmap import SINGLE, STAGES, account, target
from tanfeng.pages.table import Table, pick
from tanfeng.roadmap import front, least_cost
from tanfeng.roadmap.least_cost import Options
from tanfeng.roadmap.programme import PROVEN, Point

UNIT = ("亿元", "billion yuan")
# what it is called, how it is measured, and its unit
DIMENSIONS = {
    "economy": (("经济发展", "Economy"), ("投资占地区生产总值", "investment of GDP"), ("%", "%")),
    "security": (("能源安全", "Security"), ("对外依存电量变化", "change of dependence"), ("%", "%")),
    "emissions": (("碳排放", "Emissions"), ("累计排放变化", "change of the sum"), ("%", "%")),
    "residents": (("居民生活", "Residents"), ("人均分摊", "burden a head"), ("元", "yuan")),
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
GROWTHS = {
    "course": ("参考走势", "as the reference"),
    "low": ("下限", "low"),
    "central": ("中值", "middle"),
    "high": ("上限", "high"),
}


def money(value: float, lang: str) -> str:
    """Return 10^8 yuan as they stand under a heading with `UNIT`; a dash if there is none.

    Example:
        >>> money(353.0, "zh"), money(353.0, "en"), money(float("nan"), "zh")
        ('353', '35.3', '—')
    """
    if pd.isna(value):
        return NONE
    return text.number(value, 0) if lang == "zh" else text.number(value / 10, 1)


def _answer(catalog: Catalog, row: Row, lang: str) -> str:
    if not row["feasible"]:
        missed = text.tonnes(row["missed_mt"], lang)
        return pick((f"无解，还差{missed}万吨", f"none, short by {missed} Mt"), lang)
    if row["needed_mt"] <= 0:
        return pick(("参考情形已在限额内", "the reference is within it"), lang)
    low, cost, high = (money(row[name], lang) for name in ("cost_low", "cost", "cost_high"))
    span = pick((f"{low}—{high}", f"{low} to {high}") if low != high else SINGLE, lang)
    return pick((f"最低投资{cost}亿元（{span}）", f"at least {cost} billion yuan ({span})"), lang)


def _growth(catalog: Catalog, row: Row, lang: str) -> str:
    return text.percent(row["growth_pct"], 2) + text.bracketed(pick(GROWTHS[row["growth"]], lang), lang)


def _least(catalog: Catalog, row: Row, lang: str) -> str:
    if not row["feasible"]:
        return pick(("无解", "none"), lang)
    return pick(("无需", "none needed"), lang) if row["gap_mt"] <= 0 else money(row["cost"], lang)


def _certain(name: str) -> Whole:
    def cell(catalog: Catalog, rows: Row, lang: str) -> str:
        row = rows[name]
        proven = "" if row["gap"] <= PROVEN else pick(("（未证明最优）", " (not proven optimal)"), lang)
        missing = text.number(100 * row["missing"], 1)
        none = pick((f"无解，还差{missing}个百分点", f"none, {missing} points short"), lang)
        return (money(row["cost"], lang) if row["feasible"] else none) + proven

    return cell


def _first(catalog: Catalog, row: Row, lang: str) -> str:
    return str(row["first_year"]) + text.bracketed(pick(("假定", "supposed"), lang) if row["supposed"] else "", lang)


def _published(level: str) -> Whole:
    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        if row["unit"] == least_cost.MONEY:
            return money(row[level], lang)
        return NONE if pd.isna(row[level]) else text.number(row[level], 0)

    return cell


def _unit(catalog: Catalog, row: Row, lang: str) -> str:
    return pick(UNIT, lang) if row["unit"] == least_cost.MONEY else catalog.label("units", row["unit"], lang)


def _reason(catalog: Catalog, name: str, lang: str) -> str:
    return pick(STAGES[name], lang) if name in STAGES else text.word(catalog, f"no_effect_{name}", lang)


MONEY = Form(lambda catalog, value, lang: money(value, lang), unit=UNIT)
TARGET = Column("target", ("目标", "Target"), target)
ACCOUNT = Column("account", ("口径", "Account"), Form(account, "label"))

# rows of `tanfeng.roadmap.least_cost.answers`: what each target costs, or by how much it is missed
ANSWERS = Layout(
    (
        TARGET,
        ACCOUNT,
        Column("needed_mt", ("需减少", "Needed"), tonnes()),
        Column("answer", ("结果", "Result"), _answer),
        Column("marginal", ("边际投资", "Marginal"), number(0, 100), ("元/（吨/年）", "yuan per t/a")),
        Column("whole_cost", ("措施不可拆分时", "In whole"), MONEY),
        Column("reachable", ("达标概率", "Chance"), PROBABILITY, ("全部实施", "with everything")),
    ),
    (
        "投资为公布数，不折现，不含运行费用和燃料节约。边际投资为每年多减1吨所需的投资；甘电入浙只计线路，"
        "不计送端1520万千瓦电源，因此必然最便宜，边际投资是下限。没有公布成本的措施不在其内，与缺口表略有出入。",
        "Investment as published, not discounted, without running costs or fuel saved. Marginal: investment for "
        "one tonne a year more. The Gansu line counts the line alone, not its 15.2 GW of plants, so it is the cheapest "
        "by construction and the marginal investment a lower bound. "
        "In whole: no measure in part. Measures without a cost are not in it, hence small differences from the gaps.",
    ),
)

# rows of `tanfeng.roadmap.least_cost.by_growth` of both accounts: how gaps and least investment move with growth
GROWTH = Layout(
    (
        replace(TARGET, cites="source_id"),
        ACCOUNT,
        Column("growth", ("经济增速", "Growth"), _growth, ("每年", "a year"), "label"),
        Column("reference_mt", ("参考情形", "Reference"), tonnes()),
        Column("limit_mt", ("允许", "Allowed"), tonnes()),
        Column("uncovered_mt", ("措施后超出", "Above, with measures"), tonnes()),
        Column("cost", ("最低投资", "Least investment"), _least, UNIT, "number"),
    ),
    (
        "参考情形和允许排放用同一增速；地区生产总值每变1%，省内排放变0.5%，外来电和措施不变。"
        "允许排放与地区生产总值同比例，所以增速越高，强度目标的缺口越小，排放却越多。措施后超出为负值的，低于允许排放；最低投资只计有公布成本的措施。",
        "One growth for the reference and for what is allowed: emissions inside the province move by 0.5% for 1% "
        "of GDP, imports and measures stay. What is allowed moves in proportion to GDP, so faster growth narrows the "
        "gap of an intensity target while emissions rise. Below zero is room; least investment counts measures with a "
        "published cost only.",
    ),
)

# rows of `tanfeng.roadmap.front.scores`, with `opened` of the point that is: the front in four dimensions
FRONT = Layout(
    (
        Column("point", ("方案", "Point"), lambda c, row, lang: {"text": str(row["point"]), "href": f"#point-{row['point']}"}, kind="number"),
        Column("cost", ("投资", "Investment"), MONEY),
        *(
            Column(name, label, number(0 if name == "residents" else 1), (f"{means[0]}，{unit[0]}", f"{means[1]}, {unit[1]}"))
            for name, (label, means, unit) in DIMENSIONS.items()
        ),
    ),
    (
        "投资、累计排放、对外依存电量三个目标上各方案互不占优，一个改进，另两个中必有一个变差。"
        "经济和居民两个维度都由投资算出，与投资成比例，不是独立的目标：前者为占地区生产总值的比重，"
        "后者按居民用电比重分摊。甘电入浙只计线路，不计送端电源，含该线的方案投资偏低。变化以参考情形为基准，为各年合计。",
        "No point is dominated in the three objectives investment, emissions and dependence: where one is better "
        "one of the others is worse. Economy and residents are both computed from investment and proportional to it, "
        "no objectives of their own: its share of GDP, and what households bear by their share of electricity. The "
        "Gansu line counts without its plants, so points with it look cheap. Changes are against the reference, summed "
        "over the years.",
    ),
    sources="sources",
    total=("opened", True),
)  # fmt: skip

# rows of `tanfeng.roadmap.front.opened`: the roadmap of a point
POINT = Layout((
    Column("id", ("编号", "No."), TEXT),
    Column("name", ("措施", "Measure"), own()),
    Column("first", ("起始年份", "From"), _first, kind="label"),
    Column("intensity", ("实施程度", "Intensity"), percent(0, scale=100)),
    Column("cost", ("投资", "Investment"), MONEY),
    Column("saved_mt", ("末年减少", "Less in the last year"), tonnes()),
))  # fmt: skip

# rows of `costs`: the published costs behind the options
COSTS = Layout((
    Column("name", ("成本", "Cost"), own(), cites="source_id"),
    Column("kind", ("类别", "Kind"), choice(KIND)),
    Column("low", ("下限", "Low"), _published("low"), kind="number"),
    Column("central", ("中值", "Central"), _published("central"), kind="number"),
    Column("high", ("上限", "High"), _published("high"), kind="number"),
    Column("unit", ("单位", "Unit"), _unit, kind="label"),
    Column("spread", ("公布情况", "Published"), choice(SPREADS)),
    Column("note", ("说明", "Note"), lambda c, row, lang: row[f"note_{lang}"] or NONE),
))  # fmt: skip

# rows of `by_reason`: the measures that are no option
LEFT_OUT = Layout((
    Column("reason", ("原因", "Reason"), Form(_reason, "text")),
    Column("count", ("项数", "Measures"), COUNT),
    Column("ids", ("编号", "Numbers"), listed()),
))  # fmt: skip


def of_certainty(catalog: Catalog, rows: Mapping[str, pd.DataFrame], lang: str, caption: str) -> Table:
    """Return what more certainty costs (`tanfeng.roadmap.least_cost.robust_table`), a column a target."""
    made = Layout(
        (
            Column("share", ("要求的概率", "Share of paths asked"), percent(0, scale=100), kind="label"),
            *(Column(name, name, _certain(name), UNIT, "number") for name in rows),
        ),
        (
            "按400条路径计。上表按参考情形（中心预测）计，路径中位数高于中心，所以本表50%一行的投资与上表不同。",
            "By the 400 paths. The table above goes by the reference, the centre of the outlook; the median of the "
            "paths lies above it, so the row of 50 % differs from that table.",
        ),
    )
    parts = [part.to_dict("records") for part in rows.values()]
    shown = [{"share": row[0]["share"], **dict(zip(rows, row, strict=True))} for row in zip(*parts, strict=True)]
    return made.table(catalog, shown, lang, caption)


def costs(catalog: Catalog, own: Options) -> pd.DataFrame:
    """Return the published costs behind the options (rows of `data/measure_costs.csv`) in the order of these."""
    uses = catalog.read("measure_cost_uses").set_index("measure_id")["cost_id"]
    return catalog.read("measure_costs").set_index("id").loc[uses[own.rows["id"]].unique()]


def by_reason(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the measures that are no option (`tanfeng.roadmap.least_cost.left_out`) by reason: count, ids."""
    found = rows.groupby("reason")["id"].agg(count="size", ids=" ".join).reset_index()
    return found.sort_values("count", ascending=False, kind="stable")


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
    sources: tuple[str, ...] = ()

    def html(self, numbers: dict[str, int], lang: str = "zh") -> str:
        """Return the points as HTML; every text from data is escaped, and no script is needed to open one."""
        shown = [(one, one.table.html(numbers, lang) if one.table.rows else "") for one in self.ways]
        download = pick(("下载逐年路线图（CSV）", "Roadmap by year (CSV)"), lang)
        none = pick(("不采用任何措施，即参考情形。", "No measure: the reference."), lang)
        words = {"download": download, "none": none}
        return table.render("alternatives.html.j2", ways=shown, opened=self.opened, words=words)


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
    chances = front.within(catalog, region, points)
    folder = f"{FOLDER}/{region}/{slug}"
    found = []
    for point, row in zip(points, front.scores(catalog, region, own, points).to_dict("records"), strict=True):
        number, name = row["point"], f"point-{row['point']:02d}"
        label = pick((f"方案{number}的逐年路线图", f"Roadmap of point {number} by year"), lang)
        caption = pick((f"方案{number}的路线图", f"Roadmap of point {number}"), lang)
        shown = POINT.table(catalog, front.opened(own, point), lang, caption)
        facts = [*_dimensions(row, lang), *_chances(catalog, chances[chances["point"] == number], lang)]
        rows = front.by_year(own, point)
        found.append(Way(number, title(row, lang), facts, shown, name, label, rows, f"{folder}-{name}.csv"))
    return Ways(found, opened)


def title(row: Row, lang: str) -> str:
    """Return a point on one line: investment, emissions, dependence.

    Example:
        >>> title({"point": 2, "cost": 345.7, "emissions": -4.79, "security": -0.02}, "zh")
        '方案2：投资346亿元，累计排放−4.8%，对外依存电量0.0%'
    """
    number, yuan = row["point"], money(row["cost"], lang)
    emissions, dependence = (text.percent(row[name]) for name in ("emissions", "security"))
    if lang == "zh":
        return f"方案{number}：投资{yuan}亿元，累计排放{emissions}，对外依存电量{dependence}"
    return f"Point {number}: {yuan} billion yuan, emissions {emissions}, dependence {dependence}"


def _dimensions(row: Row, lang: str) -> list[dict[str, str]]:
    return [
        {
            "label": pick(label, lang) + text.bracketed(pick(means, lang), lang),
            "value": _burden(row, lang) if name == "residents" else text.percent(row[name]),
        }
        for name, (label, means, _) in DIMENSIONS.items()
    ]


def _burden(row: Row, lang: str) -> str:
    return text.number(row["residents"], 0) + pick(("元", " yuan"), lang)


def _chances(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[dict[str, str]]:
    words = pick(("{}限额内的概率（{}）", "Within the limit of {} ({})"), lang)
    return [
        {"label": words.format(goal, account(catalog, name, lang)), "value": text.probability(share)}
        for goal, name, share in zip(rows["target"], rows["account"], rows["share"], strict=True)
    ]


def lines(scores: pd.DataFrame, lang: str) -> str:
    """Return the points of a front (`tanfeng.roadmap.front.scores`) as text, a line a point."""
    told = pick(("{}，人均分摊{}\n", "{}, {} a head\n"), lang)
    return "".join(told.format(title(row, lang), _burden(row, lang)) for row in scores.to_dict("records"))
