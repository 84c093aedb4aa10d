"""The roadmap: key figures; gaps, wedges, order, outcomes and readiness of the measures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import accounts, observations
from tanfeng.forecast.conformal import PATHS
from tanfeng.outlook import scenarios
from tanfeng.pages import sentences as reasons
from tanfeng.pages import text
from tanfeng.pages.figures import figure, gathered
from tanfeng.pages.layout import (
    NONE,
    PROBABILITY,
    TEXT,
    TO,
    YEAR,
    Cell,
    Column,
    Form,
    Layout,
    Row,
    amount,
    between,
    choice,
    electricity,
    listed,
    number,
    own,
    tonnes,
)
from tanfeng.pages.table import Table, pick
from tanfeng.pages.text import CHANCE, GIVEN
from tanfeng.roadmap import effects, gaps, least_cost, registers, wedges
from tanfeng.targets import intensity

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "wedges": ("逐年减排量（直接排放口径）", "Wedges by year, direct account"),
    "wedges_assessment": ("逐年减排量（含外调电测算口径）", "Wedges by year, with imported power"),
    "wedge_areas_figure": (
        "2030年措施减少{{ k.saved_direct }}（直接排放口径）、{{ k.saved_assessment }}（含外调电测算口径）",
        "Measures take off {{ k.saved_direct }} (direct) and {{ k.saved_assessment }} (with imported power) in 2030",
    ),
    "gaps": ("目标缺口", "Gaps of the targets"),
    "of_gaps": ("二氧化碳排放强度目标的缺口", "Gaps of the targets on CO2 intensity"),
    "of_wedges": ("逐项减排量：", "Wedges: "),
    "of_order": ("计算次序的影响，2035年，直接排放口径", "What the order does, 2035, direct account"),
    "of_outcomes": ("预期与实际对照", "Expected against measured"),
    "readiness": ("准备情况", "Readiness"),
    "gantt_figure": (
        "{{ k.stage_counted }}项措施有年份，从首个完整年份起计入（斜线为此前或未见完成）",
        "{{ k.stage_counted }} measures have a date and count from their first whole year (hatched: before, or not shown to be done)",
    ),
    "of_readiness": ("可计算效果的措施", "Measures with an effect"),
    "answers": ("各目标的最低投资", "Least investment by target"),
    "of_certainty": (
        "按概率达到目标的最低投资（直接排放口径）",
        "Certainty costs: least investment by share of paths (direct account)",
    ),
    "growth": ("经济增速与目标缺口", "Growth and the gaps of the targets"),
    "of_growth": (
        "参考情形与允许排放用同一经济增速：缺口和最低投资",
        "One growth for the reference and for what is allowed: gaps and least investment",
    ),
    "of_costs": ("采用的成本", "Costs used"),
    "of_left_out": ("没有纳入优选的措施", "Measures left out"),
    "front": ("方案与四个维度", "Points of the front in four dimensions"),
    "front_figure": (
        "投资、排放和对外依存电量之间的取舍，红圈为已展开的方案",
        "Investment, emissions and dependence; the ringed point is open below",
    ),
    "of_front": ("方案的四个维度", "The points in four dimensions"),
}
CARDS = {
    "saved_direct": ("2030年措施减少（直接排放口径）", "Measures take off in 2030 (direct)"),
    "uncovered_P05_direct": (
        "措施后{{ '超出' if k.open_P05_direct.value else '低于' }}限额（直接排放口径）",
        "{{ 'Above' if k.open_P05_direct.value else 'Below' }} the limit after them (direct)",
    ),
    "uncovered_P05_assessment": (
        "措施后{{ '超出' if k.open_P05_assessment.value else '低于' }}限额（含外调电测算口径）",
        "{{ 'Above' if k.open_P05_assessment.value else 'Below' }} the limit after them (assessment)",
    ),
    "p_with_P05_assessment": (
        "措施后在限额内的概率（含外调电测算口径）",
        "Chance to be within it (with imported power)",
    ),
}

KWH = "10^8 kWh"


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the roadmap of a region; nothing of gaps where no target on CO2 intensity lies ahead.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = key_figures(open_catalog(), "330000").set_index("id")["value"]
        >>> int(rows["stage_counted"]), round(float(rows["uncovered_P05_assessment"]), 1)
        (2, 70.5)
    """
    return gathered((catalog, region), _gaps, _growth, _counts, _costs)


def _gaps(catalog: Catalog, region: str) -> list[Row]:
    rows = gaps.gaps(catalog, region)
    found = [row for one in rows.to_dict("records") for row in _gap_figures(catalog, region, one)]
    return [*found, *_imports(catalog, region), _growth_adds(catalog, region, rows)]


def _gap_figures(catalog: Catalog, region: str, row: Row) -> list[Row]:
    name, due = f"{row['target']}_{row['account']}", str(row["year"])
    known = intensity.emissions(catalog, region, row["account"], 2005)
    cited = observations.joined(known["source_id"])
    ends = {"lo80": row["reference_lo80"], "hi80": row["reference_hi80"]}
    return [
        figure("limit", row["limit_mt"], "Mt CO2", due, "estimate", row["source_id"], of=name),
        figure("reference", row["reference_mt"], "Mt CO2", due, "forecast", cited, **ends, of=row["account"]),
        figure("saved", row["saved_mt"], "Mt CO2", due, "forecast", of=row["account"]),
        figure("remaining", row["remaining_mt"], "Mt CO2", due, "forecast", of=row["account"]),
        figure("uncovered", abs(row["uncovered_mt"]), "Mt CO2", due, "forecast", of=name),
        figure("p_without", 100 * row["p_without"], "%", due, "forecast", of=name, shown=CHANCE),
        figure("p_with", 100 * row["p_with"], "%", due, "forecast", of=name, shown=CHANCE),
        figure("open", float(row["state"] == gaps.OPEN), "share", due, "forecast", of=name),
        figure("asked", row["reduction_pct"], "%", due, "reported", row["source_id"], of=row["target"], shown=GIVEN),
    ]


def _imports(catalog: Catalog, region: str) -> list[Row]:
    """Return how much imports grow in the reference, what counted measures bring on top, and the gaps without them."""
    rows = gaps.gaps(catalog, region, gaps.at_home(catalog, region))
    known = accounts.imported(catalog, region)
    year, first, source = int(rows["year"].max()), int(known["year"].iloc[-1]), known["source_id"].iloc[-1]
    reference = gaps.imported(catalog, region) * units.factor(catalog, "TWh", KWH)
    brought = gaps.brought(catalog, region, year) * units.factor(catalog, "TWh", KWH)
    return [
        figure("imports_first", reference[first], KWH, first, "reported", source),
        figure("imports_last", reference[year], KWH, year, "forecast"),
        figure("imports_growth", reference[year] - reference[first], KWH, year, "forecast"),
        figure("imports_brought", brought, KWH, year, "forecast"),
        *(one for row in rows.to_dict("records") for one in _at_home(row)),
    ]


def _at_home(row: Row) -> list[Row]:
    name, due = f"{row['target']}_{row['account']}", str(row["year"])
    return [
        figure("home_saved", row["saved_mt"], "Mt CO2", due, "forecast", of=row["account"]),
        figure("home_uncovered", abs(row["uncovered_mt"]), "Mt CO2", due, "forecast", of=name),
        figure("p_home", 100 * row["p_with"], "%", due, "forecast", of=name, shown=CHANCE),
        figure("home_open", float(row["state"] == gaps.OPEN), "share", due, "forecast", of=name),
    ]


def _growth_adds(catalog: Catalog, region: str, rows: pd.DataFrame) -> Row:
    """Return what the reference would gain if GDP grew by the middle of its target, instead of along its own course."""
    last = rows[rows["account"] == "direct"].iloc[-1]
    rate, due = gaps.growth(catalog, region)["central"], last["year"]
    factor = float(scenarios.growth_effect(catalog, region, rate, pd.Index([due])).iloc[0])
    return figure("growth_adds", last["reference_mt"] * (factor - 1), "Mt CO2", str(due), "forecast")


def _growth(catalog: Catalog, region: str) -> list[Row]:
    source = catalog.read("scenario_drivers").set_index("id").at[gaps.GROWTH, "source_id"]
    rates, year = gaps.growth(catalog, region), max(gaps.targets(catalog, region)["target_year"])
    return [
        figure("growth_ahead", gaps.course(catalog, region, int(year)), "%", year, "forecast"),
        *(
            figure("asked_growth", rate, "%", 2026, "reported", source, of=level, shown=GIVEN)
            for level, rate in rates.items()
        ),
    ]


def _counts(catalog: Catalog, region: str) -> list[Row]:
    rows, options = wedges.candidates(catalog, region), least_cost.options(catalog, region).rows
    counts = {
        "measures": len(registers.measures(catalog, region)),
        "computed": len(rows),
        **{f"stage_{stage}": int((rows["stage"] == stage).sum()) for stage in wedges.STAGES},
        "options": len(options),
        "supposed": int(options["supposed"].sum()),
        "left_out": len(least_cost.left_out(catalog, region)),
    }
    return [figure(name, value, "measures", catalog.as_of_year, "reported") for name, value in counts.items()]


def _costs(catalog: Catalog, region: str) -> list[Row]:
    rows = least_cost.answers(catalog, region)
    cited = observations.joined(least_cost.options(catalog, region).rows["cost_sources"])
    found = []
    for row in rows.to_dict("records"):
        name = f"{row['target']}_{row['account']}"
        if row["feasible"]:
            found.append(figure("cost", row["cost"], "10^8 yuan", 2030, "estimate", cited, of=name))
        found.append(figure("p_reachable", 100 * row["reachable"], "%", 2030, "forecast", of=name, shown=CHANCE))
    return found


STAGES = {
    wedges.COUNTED: ("计入", "counted"),
    wedges.NO_DATE: ("没有年份，不计入", "no date, not counted"),
    wedges.OVERDUE: ("已到期，未见完成，不计入", "due, not shown to be done, not counted"),
    wedges.IN_REFERENCE: ("在已有数据的年份内，不计入", "in years estimated from published figures, not counted"),
    least_cost.NO_COST: ("没有公布的成本", "no published cost"),
}
GROUPS = {
    wedges.DEMAND: ("需求", "demand"),
    wedges.SUPPLY: ("省内电源", "supply"),
    wedges.IMPORT: ("外来电", "imports"),
}
LACKS = {"target": ("目标", "target"), "body": ("责任单位", "body"), "evidence": ("佐证", "evidence")}
REFERENCE = {"reference": ("参考情形", "Reference"), "remaining": ("剩余排放", "Remaining")}
SINGLE = ("仅有一个公布值", "a single published value")


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account, without what it includes."""
    return text.word(catalog, f"account_{name}", lang).partition("（")[0].partition(" (")[0]


def target(catalog: Catalog, row: Row, lang: str) -> str:
    """Return a target in words: its number, what falls from when to when, by how much, and whose target it is."""
    goal = links.targets_by_id(catalog, row.get("asked_of", "")).loc[row["target"]]
    whose = pick(("全国，仅作对照", "national, for comparison"), lang) if goal["region"] == gaps.NATIONAL else ""
    asked = reasons.target_value(catalog, goal.to_dict(), lang) + text.bracketed(whose, lang)
    return f"{goal['id']}{pick(('：', ': '), lang)}{asked}"


def _interval(catalog: Catalog, row: Row, lang: str) -> Cell:
    """Return the interval of a wedge, or that its factors have one published value each, so that it has none."""
    if not row["total"] and effects.factors(catalog, row["measure"]).eval("low == high").all():
        return pick(SINGLE, lang)
    return between("lo80", "hi80", tonnes(), mark=TO)(catalog, row, lang)


def _measured(catalog: Catalog, row: Row, lang: str) -> str:
    since, when = row["base_year"], text.period(row["period"], lang)
    about = text.bracketed(pick((f"{since}年底至{when}", f"end of {since} to {when}"), lang), lang)
    return amount("measured", "unit")(catalog, row, lang) + about


# rows of `tanfeng.roadmap.gaps.gaps`: every target ahead before and after the wedges, with `gap_note` below
GAPS = Layout((
    Column("target", ("目标", "Target"), target, cites="source_id"),
    Column("account", ("口径", "Account"), Form(account, "text")),
    Column("reference_mt", ("参考情形", "Reference"), tonnes()),
    Column("saved_mt", ("措施减少", "Measures"), tonnes()),
    Column("remaining_mt", ("剩余", "Left"), tonnes()),
    Column("limit_mt", ("允许", "Allowed"), tonnes()),
    Column("uncovered_mt", ("超出", "Above"), tonnes()),
    Column("interval", ("80%区间", "80% interval"), between("uncovered_lo80", "uncovered_hi80", tonnes(), mark=TO), "mt", "number"),
    Column(
        "chance", ("限额内的概率", "Within it"), between("p_without", "p_with", PROBABILITY, mark=(" → ", " → ")),
        ("无措施→有措施", "none → all"), "label",
    ),
))  # fmt: skip

# rows of `tanfeng.roadmap.wedges.order_effect`: what the order of counting does
ORDER = Layout(
    (
        Column("measure", ("编号", "No."), TEXT),
        Column("name", ("措施", "Measure"), lambda c, row, lang: c.label("measures", row["measure"], lang)),
        Column("group", ("类别", "Group"), choice(GROUPS)),
        Column("stated_mt", ("按先需求后供给", "Demand first"), tonnes(2)),
        Column("reversed_mt", ("反序", "Reverse order"), tonnes(2)),
        Column("left_twh", ("其后剩余火电", "Fossil power left after it"), electricity()),
    ),
    (
        f"{PATHS}条路径的平均减排量，合计基本不随次序变化。只有火电被全部替代的少数低排放路径中，次序才影响单项。",
        f"Mean of {PATHS} paths; the sum hardly moves with the order, single measures only in the few low "
        "paths in which no fossil power is left.",
    ),
)

# rows of `tanfeng.roadmap.gaps.outcomes`: expected against measured
OUTCOMES = Layout(
    (
        Column("id", ("编号", "No."), TEXT),
        Column("name", ("措施", "Measure"), own(), cites="sources"),
        Column("asked", ("计划新增", "Asked"), amount("quantity", "unit"), kind="label"),
        Column("measured", ("实际新增", "Measured"), _measured),
        Column("ratio", ("实际/计划", "Ratio"), number(1)),
        Column("direct_mt", ("预期减少", "Expected"), tonnes(scale=-1)),
        Column("measured_mt", ("按实际数量", "As measured"), tonnes(scale=-1)),
    ),
    (
        "公布的只有装机，各措施的实际发电量和减排量未公布。后一项包含在前一项之内；两项均已在参考情形中。",
        "Only capacity is published; what each measure made or saved is not. The second is part of the first, "
        "and both are in the reference.",
    ),
)

# rows of `tanfeng.roadmap.gaps.readiness`: the measures with an expected effect and what stands ready
READINESS = Layout(
    (
        Column("id", ("编号", "No."), TEXT),
        Column("name", ("措施", "Measure"), own(), cites="sources"),
        Column("first_year", ("首个完整年份", "Counts from"), YEAR),
        Column("direct_mt_central", ("直接排放口径", "Direct"), tonnes(2, -1)),
        Column("assessment_mt_central", ("含外调电测算口径", "With imported power"), tonnes(2, -1)),
        Column("stage", ("状态", "Stage"), choice(STAGES, "text")),
        Column("lacks", ("尚缺", "Lacks"), listed(LACKS)),
    ),
    (
        "效果为全年、足额、单独计算的减少量，各行不得相加；负值为增加排放；"
        "货车只计节油，用电见减排量表。尚缺：三张清单的链条中缺少的环节。",
        "Effects are reductions of a full year, each by itself: not to be added; below zero adds; "
        "trucks: fuel alone, their electricity is in the wedges. Lacks: what is missing in the chain of the registers.",
    ),
)


def gap_note(rows: pd.DataFrame, lang: str) -> str:
    """Return how many gaps stay open, and what is allowed at the low and the high end of the growth target."""
    opens = int((rows["state"] == gaps.OPEN).sum())
    direct = rows[rows["account"] == "direct"].to_dict("records")
    limits = [
        f"{row['target']} {pick(TO, lang).join(text.tonnes(row[f'limit_{end}_mt'], lang) for end in ('low', 'high'))}"
        for row in direct
    ]
    if lang == "zh":
        said = f"{opens}项按中值补不上" if opens else "按中值均可补上"
        return (
            f"超出为负值的，低于允许排放；{said}。概率为{PATHS}条路径中的占比。允许排放与参考情形同按经济增速的中位走势推算；"
            f"按增长目标下限至上限（直接排放口径）：{'，'.join(limits)}万吨。"
        )
    said = f"{opens} stay open at the centre" if opens else "none stays open at the centre"
    return (
        f"Below zero is room; {said}. Chances are shares of {PATHS} paths. What is allowed follows the same median course of "
        "growth as the reference; "
        f"at the low to the high end of the growth target (direct): {'; '.join(limits)} Mt."
    )


def of_wedges(catalog: Catalog, rows: pd.DataFrame, years: Sequence[int], lang: str, caption: str) -> Table:
    """Return the wedges (`tanfeng.roadmap.wedges.table`) in some years, reference first, what remains last."""
    wide = rows.pivot_table(index="measure", columns="year", values="co2_mt", sort=False)[list(years)]
    last = rows[rows["year"] == years[-1]].set_index("measure")[["lo80", "hi80"]]
    shown = named(catalog, wide.rename(columns=str).join(last).reset_index())
    shown = shown.assign(total=shown["measure"].isin(list(REFERENCE)))
    made = Layout(
        (
            Column("id", ("编号", "No."), lambda c, row, lang: NONE if row["total"] else row["measure"]),
            Column("name", ("措施", "Measure"), own()),
            *(Column(str(year), str(year), tonnes()) for year in years),
            Column("interval", (f"{years[-1]}年80%区间", f"80% interval {years[-1]}"), _interval, "mt", "number"),
        ),
        (
            f"参考情形减去各项措施等于剩余排放，负值为增加排放。区间取自{PATHS}条路径；各项措施的区间只反映系数的上下限，"
            "不含推迟投产。",
            f"The reference less the measures is what remains; below zero adds emissions. Intervals are of {PATHS} paths; "
            "those of a measure hold the limits of its factors alone, not a late start.",
        ),
        total=("total", True),
    )
    return made.table(catalog, shown, lang, caption)


def named(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows about wedges with their names (columns `zh`, `en`)."""
    known = {row["id"]: (row["zh"], row["en"]) for row in catalog.read("measures").to_dict("records")} | REFERENCE
    zh, en = zip(*(known[one] for one in rows["measure"]), strict=True)
    return rows.assign(zh=zh, en=en)


def export(catalog: Catalog, rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the wedges for other programs: measure, name, year, co2_mt, lo80, hi80.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.roadmap.wedges.table`.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> export(catalog, wedges.table(catalog, "330000"), "en").iloc[0].to_dict()["name"]
        'Reference'
    """
    found = named(catalog, rows)
    return found.assign(name=found[lang])[["measure", "name", "year", "co2_mt", "lo80", "hi80"]]


def lines(rows: pd.DataFrame, first: int, lang: str) -> str:
    """Return the wedges of `export` as text, a line a measure, a column a year from `first` on."""
    table = rows[rows["year"] >= first].pivot_table(
        index=["measure", "name"], columns="year", values="co2_mt", sort=False
    )
    head = "\t".join([text.TONNES[lang], "", *(str(year) for year in table.columns)])
    told = [
        "\t".join(["" if number in REFERENCE else number, name, *(text.tonnes(value, lang) for value in values)])
        for (number, name), values in zip(table.index, table.to_numpy(), strict=True)
    ]
    return "\n".join([head, *told]) + "\n"
