"""Tables of the roadmap (floor 4): gaps, wedges, order, outcomes, readiness, costs, the front and its points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng import gaps, options, text, wedges
from tanfeng.catalog import Catalog
from tanfeng.lookback_tables import columns, pick, used
from tanfeng.options import Options
from tanfeng.tables import Column, Table, cited

STAGES = {
    wedges.COUNTED: ("计入", "counted"),
    wedges.NO_DATE: ("没有年份，不计入", "no date, not counted"),
    wedges.OVERDUE: ("已到期，未见完成，不计入", "due, not shown to be done, not counted"),
    wedges.IN_REFERENCE: ("在已有数据的年份内，不计入", "in years told by published figures, not counted"),
    options.NO_COST: ("没有公布的成本", "no published cost"),
}
GROUPS = {
    wedges.DEMAND: ("需求", "demand"),
    wedges.SUPPLY: ("省内电源", "supply"),
    wedges.IMPORT: ("外来电", "imports"),
}
STATES = {gaps.COVERED: ("可补上", "covered"), gaps.OPEN: ("补不上", "open")}
LACKS = {"target": ("目标", "target"), "body": ("责任单位", "body"), "evidence": ("佐证", "evidence")}
REFERENCE = {"reference": ("参考情形", "Reference"), "remaining": ("剩余排放", "Remaining")}
DIMENSIONS = {
    "economy": ("经济发展", "投资占GDP", "Economy", "investment, share of GDP"),
    "security": ("能源安全", "对外依存电量变化", "Security", "change of dependence"),
    "emissions": ("碳排放", "累计排放变化", "Emissions", "change of the sum"),
    "residents": ("居民生活", "人均分摊", "Residents", "burden a head"),
}
TONNES = text.TONNES
MONEY = {"zh": "亿元", "en": "10^8 yuan"}
KIND = {
    "capital": ("投资", "capital"),
    "operating": ("单位成本", "operating"),
    "price": ("价格", "price"),
    "budget": ("资金", "budget"),
}


def stage(name: str, lang: str) -> str:
    """Return a stage of a measure, or that it has no cost, in words."""
    return pick(STAGES[name], lang)


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account."""
    return text.word(catalog, f"account_{name}", lang)


def target(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return a target in words: what falls from when to when, by how much, and whose target it is."""
    goal = catalog.read("targets").set_index("id", drop=False).loc[row["target"]]
    asked = text.target_value(catalog, goal.to_dict(), lang)
    national = goal["region"] == gaps.NATIONAL
    if lang == "zh":
        return f"{asked}{'（全国，仅作对照）' if national else ''}"
    return f"{asked}{' (national, for comparison)' if national else ''}"


def of_gaps(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the gap of every target ahead (`tanfeng.gaps.gaps`) before and after the wedges."""
    plan = {
        "target": ("目标（二氧化碳排放强度）", "Target (CO2 intensity)", "text"),
        "account": ("口径", "Account", "text"),
        "limit": ("允许排放", "Allowed", "number"),
        "reference": ("参考情形", "Reference", "number"),
        "saved": ("措施减少", "Measures", "number"),
        "uncovered": ("措施后超出限额", "Above the limit after them", "number"),
        "interval": ("80%区间", "80% interval", "number"),
        "chance": ("限额内的概率：无措施→有措施", "Within the limit: without → with", "label"),
        "state": ("缺口", "Gap", "label"),
    }
    unit = dict.fromkeys(("limit", "reference", "saved", "uncovered", "interval"), TONNES[lang])
    note = {
        "zh": "允许排放按省政府提出的经济增长目标中值推算。负值为低于限额。概率为400条路径中的占比，增速固定。",
        "en": "What is allowed follows the middle of the growth target of the province. Below zero is room. Chances are "
        "shares of 400 paths at that growth.",
    }[lang]
    return Table(
        caption,
        columns(lang, plan, unit),
        [_gap(catalog, row, lang) for row in rows.to_dict("records")],
        note,
        used(rows["source_id"]),
    )


def _gap(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    chances = " → ".join(text.probability(row[name]) for name in ("p_without", "p_with"))
    return {
        "target": {"text": target(catalog, row, lang), **cited([row["source_id"]])},
        "account": {"text": account(catalog, row["account"], lang)},
        **{key: {"text": text.tonnes(row[f"{key}_mt"], lang)} for key in ("limit", "reference", "saved", "uncovered")},
        "interval": {"text": span(row["uncovered_lo80"], row["uncovered_hi80"], lang)},
        "chance": {"text": chances},
        "state": {"text": pick(STATES[row["state"]], lang)},
    }


def span(low: float, high: float, lang: str) -> str:
    """Return an interval of emissions in words, since a dash would read as a minus."""
    return f"{text.tonnes(low, lang)}{pick(('至', ' to '), lang)}{text.tonnes(high, lang)}"


def of_wedges(catalog: Catalog, rows: pd.DataFrame, years: Sequence[int], lang: str, caption: str) -> Table:
    """Return the wedges (`tanfeng.wedges.table`) in some years, reference first, what remains last."""
    names = catalog.read("measures").set_index("id")[lang]
    heads = [Column("id", pick(("编号", "No."), lang)), Column("name", pick(("措施", "Measure"), lang))]
    heads += [Column(str(year), str(year), TONNES[lang], "number") for year in years]
    heads.append(
        Column("interval", pick((f"{years[-1]}年80%区间", f"80% interval {years[-1]}"), lang), TONNES[lang], "number")
    )
    shown = rows[rows["year"].isin(list(years))]
    cells = []
    for name, part in shown.groupby("measure", sort=False):
        known = part.set_index("year")
        label = pick(REFERENCE[str(name)], lang) if name in REFERENCE else str(names[name])
        last = known.loc[years[-1]]
        cells.append(
            {
                "id": {"text": "" if name in REFERENCE else str(name)},
                "name": {"text": label},
                **{str(year): {"text": text.tonnes(float(known.at[year, "co2_mt"]), lang)} for year in years},
                "interval": {"text": span(float(last["lo80"]), float(last["hi80"]), lang)},
                "_class": "total" if name in REFERENCE else "",
            }
        )
    note = {
        "zh": "参考情形减去各措施等于剩余排放。区间取自400条路径，系数在上下限之间按三角分布抽取；负值为增加排放。",
        "en": "The reference less the measures is what remains. Intervals are of 400 paths, factors drawn from triangles "
        "between their limits; a value below zero adds emissions.",
    }[lang]
    return Table(caption, heads, cells, note)


def of_order(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what the order of counting does (`tanfeng.wedges.order_effect`)."""
    names = catalog.read("measures").set_index("id")[lang]
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "group": ("类别", "Group", "label"),
        "stated": ("按先需求后供给", "Demand first", "number"),
        "reversed": ("反序", "Reverse order", "number"),
        "left": ("其后剩余火电", "Fossil power left after it", "number"),
    }
    unit = {"stated": TONNES[lang], "reversed": TONNES[lang], "left": pick(("亿千瓦时", "TWh"), lang)}
    scale = 10 if lang == "zh" else 1
    cells = [
        {
            "id": {"text": row["measure"]},
            "name": {"text": str(names[row["measure"]])},
            "group": {"text": pick(GROUPS[row["group"]], lang)},
            "stated": {"text": text.tonnes(row["stated_mt"], lang, 2)},
            "reversed": {"text": text.tonnes(row["reversed_mt"], lang, 2)},
            "left": {"text": text.number(scale * row["left_twh"], 0)},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "各路径平均。只有火电被全部替代的极少数低排放路径中，次序才有影响。",
        "en": "Mean of the paths. Order matters only in the few low paths in which no fossil power is left.",
    }[lang]
    return Table(caption, columns(lang, plan, unit), cells, note)


def of_outcomes(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return expected against measured (`tanfeng.gaps.outcomes`)."""
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "asked": ("计划新增", "Asked", "label"),
        "measured": ("实际新增", "Measured", "label"),
        "ratio": ("实际为计划的倍数", "Ratio", "number"),
        "expected": ("预期减少", "Expected", "number"),
        "reached": ("按实际数量计算", "At the measured quantity", "number"),
    }
    unit = dict.fromkeys(("expected", "reached"), TONNES[lang])
    cells = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang], **cited([row["sources"]])},
            "asked": {"text": text.amount(catalog, row["quantity"], row["unit"], lang)},
            "measured": {
                "text": text.amount(catalog, row["measured"], row["unit"], lang) + _since(row, lang),
            },
            "ratio": {"text": text.number(row["ratio"], 1)},
            "expected": {"text": text.tonnes(-row["direct_mt"], lang)},
            "reached": {"text": text.tonnes(-row["measured_mt"], lang)},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "公布的只有装机，各措施的实际发电量和减排量未公布。后一项包含在前一项之内；两项均已在参考情形中。",
        "en": "Only capacity is published; what each measure made or saved is not. The second is part of the first, and both are in the reference.",
    }[lang]
    return Table(caption, columns(lang, plan, unit), cells, note, used(rows["sources"]))


def _since(row: dict[str, Any], lang: str) -> str:
    when = text.period(row["period"], lang)
    return f"（{row['base_year']}年底至{when}）" if lang == "zh" else f" (end of {row['base_year']} to {when})"


def of_readiness(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the measures with an expected effect and what stands ready (`tanfeng.gaps.readiness`)."""
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "first": ("首个完整年份", "First whole year", "label"),
        "direct": ("直接排放口径", "Direct", "number"),
        "assessment": ("考核口径", "Assessment", "number"),
        "stage": ("状态", "Stage", "text"),
        "lacks": ("尚缺", "Lacks", "text"),
    }
    unit = dict.fromkeys(("direct", "assessment"), TONNES[lang])
    cells = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang], **cited([row["sources"]])},
            "first": {"text": "—" if pd.isna(row["first_year"]) else str(row["first_year"])},
            "direct": {"text": text.tonnes(-row["direct_mt_central"], lang, 2)},
            "assessment": {"text": text.tonnes(-row["assessment_mt_central"], lang, 2)},
            "stage": {"text": stage(row["stage"], lang)},
            "lacks": {
                "text": pick(("、", ", "), lang).join(pick(LACKS[one], lang) for one in row["lacks"].split()) or "—"
            },
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "效果为全年、足额、单独计算的减少量，各行不得相加；负值为增加排放。尚缺：三张清单的链条中缺少的环节。",
        "en": "Effects are reductions of a full year, each by itself: not to be added; below zero adds. Lacks: what is missing in the chain of the registers.",
    }[lang]
    return Table(caption, columns(lang, plan, unit), cells, note, used(rows["sources"]))


def of_answers(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what each target costs (`tanfeng.optimum.answers`), or by how much it is missed."""
    plan = {
        "target": ("目标", "Target", "text"),
        "account": ("口径", "Account", "text"),
        "needed": ("需减少", "Needed", "number"),
        "answer": ("结果", "Result", "text"),
        "marginal": ("边际投资", "Marginal investment", "number"),
        "whole": ("措施不可拆分时", "Measures in whole", "number"),
        "reachable": ("全部措施可达的概率", "Chance with everything", "number"),
    }
    unit = {"needed": TONNES[lang], "marginal": pick(("元/（吨/年）", "yuan per t a year"), lang), "whole": MONEY[lang]}
    cells = [
        {
            "target": {"text": target(catalog, row, lang)},
            "account": {"text": account(catalog, row["account"], lang)},
            "needed": {"text": text.tonnes(row["needed_mt"], lang)},
            "answer": {"text": _answer(row, lang)},
            "marginal": {"text": _or_dash(100 * row["marginal"])},
            "whole": {"text": _or_dash(row["whole_cost"])},
            "reachable": {"text": text.probability(row["reachable"])},
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "投资为公布数，不折现，不含运行费用和燃料节约；甘电入浙只含线路，不含送端电源，成本偏低。边际投资为每年多减1吨所需的投资。",
        "en": "Investment as published, not discounted, without running costs or fuel saved; the Gansu line is the line alone, without its plants, so it looks cheap. Marginal: investment for one tonne a year more.",
    }[lang]
    return Table(caption, columns(lang, plan, unit), cells, note)


def _answer(row: dict[str, Any], lang: str) -> str:
    if not row["feasible"]:
        missed = text.tonnes(row["missed_mt"], lang)
        return f"无解，还差{missed}万吨" if lang == "zh" else f"no solution, short by {missed} Mt"
    low, cost, high = (text.number(row[name], 0) for name in ("cost_low", "cost", "cost_high"))
    if lang == "zh":
        return f"最低投资{cost}亿元" + (f"（{low}—{high}）" if low != high else "")
    return f"at least {cost} x 10^8 yuan" + (f" ({low} to {high})" if low != high else "")


def _or_dash(value: float, digits: int = 0) -> str:
    return "—" if pd.isna(value) else text.number(value, digits)


def of_certainty(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what more certainty costs (`tanfeng.optimum.robust_table`)."""
    plan = {
        "share": ("要求的概率", "Share of paths asked", "number"),
        "cost": ("最低投资", "Least investment", "number"),
        "missing": ("还差", "Missing", "label"),
    }
    cells = [
        {
            "share": {"text": text.percent(100 * row["share"], 0)},
            "cost": {"text": _or_dash(row["cost"])},
            "missing": {"text": _points(row["missing"], lang) if not row["feasible"] else "—"},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan, {"cost": MONEY[lang]}), cells)


def _points(share: float, lang: str) -> str:
    shown = text.number(100 * share, 0)
    return f"{shown}个百分点" if lang == "zh" else f"{shown} points"


def of_front(scores: pd.DataFrame, opened: int, lang: str, caption: str) -> Table:
    """Return the points of a front in four dimensions (`tanfeng.optimum.scores`); the opened one is marked."""
    heads = [
        Column("point", pick(("方案", "Point"), lang), kind="number"),
        Column("cost", pick(("投资", "Investment"), lang), MONEY[lang], "number"),
    ]
    unit = {"residents": pick(("元", "yuan"), lang)}
    for name, words in DIMENSIONS.items():
        label = f"{words[0]}：{words[1]}" if lang == "zh" else f"{words[2]}: {words[3]}"
        heads.append(Column(name, label, unit.get(name, "%"), "number"))
    cells = [
        {
            "point": {"text": str(row["point"])},
            "cost": {"text": text.number(row["cost"], 0, lang)},
            **{name: {"text": text.number(row[name], 0 if name == "residents" else 1)} for name in DIMENSIONS},
            "_class": "total" if row["point"] == opened else "",
        }
        for row in scores.to_dict("records")
    ]
    sources = used(scores["sources"])
    note = {
        "zh": "各方案互不劣于对方。变化以参考情形为基准，为各年合计。居民负担按居民用电比重分摊投资，由现有来源只能与投资成比例。",
        "en": "No point is dominated. Changes are against the reference, summed over the years. Households bear investment by their share of electricity; with these sources that is proportional to investment.",
    }[lang]
    return Table(caption, heads, cells, note, sources)


def of_point(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the roadmap of a point (`tanfeng.optimum.opened`)."""
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
            "cost": {"text": text.number(row["cost"], 0, lang)},
            "saved": {"text": text.tonnes(row["saved_mt"], lang)},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan, {"cost": MONEY[lang], "saved": TONNES[lang]}), cells)


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
        "note": ("说明", "Note", "text"),
    }
    cells = [
        {
            "name": {"text": row[lang], **cited([row["source_id"]])},
            "kind": {"text": pick(KIND[row["kind"]], lang)},
            **{level: {"text": _or_dash(row[level])} for level in ("low", "central", "high")},
            "unit": {
                "text": MONEY[lang] if row["unit"] == options.MONEY else catalog.label("units", row["unit"], lang)
            },
            "note": {"text": row[f"note_{lang}"] or "—"},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, sources=used(rows["source_id"]))


def of_left_out(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the measures that are no option, by reason (`tanfeng.options.left_out`)."""
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
    return Table(caption, columns(lang, plan), cells)


def _reason(catalog: Catalog, name: str, lang: str) -> str:
    return stage(name, lang) if name in STAGES else text.word(catalog, f"no_effect_{name}", lang)
