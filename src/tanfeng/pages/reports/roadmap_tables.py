"""Tables of the roadmap: gaps, wedges, order, outcomes, readiness, costs, the front and its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences as reasons
from tanfeng.pages import text
from tanfeng.pages.table import Column, Table, cited, pick, sentences, used
from tanfeng.roadmap import effects, gaps, least_cost, wedges

STAGES = {
    wedges.COUNTED: ("计入", "counted"),
    wedges.NO_DATE: ("没有年份，不计入", "no date, not counted"),
    wedges.OVERDUE: ("已到期，未见完成，不计入", "due, not shown to be done, not counted"),
    wedges.IN_REFERENCE: ("在已有数据的年份内，不计入", "in years told by published figures, not counted"),
    least_cost.NO_COST: ("没有公布的成本", "no published cost"),
}
GROUPS = {
    wedges.DEMAND: ("需求", "demand"),
    wedges.SUPPLY: ("省内电源", "supply"),
    wedges.IMPORT: ("外来电", "imports"),
}
LACKS = {"target": ("目标", "target"), "body": ("责任单位", "body"), "evidence": ("佐证", "evidence")}
SHOWN = ("reference", "saved", "remaining", "limit", "uncovered")
REFERENCE = {"reference": ("参考情形", "Reference"), "remaining": ("剩余排放", "Remaining")}
SINGLE = ("仅有一个公布值", "a single published value")
TONNES = text.TONNES


def heads(lang: str, plan: Mapping[str, tuple[str, str, str]], unit: Mapping[str, str] = {}) -> list[Column]:
    """Return the columns of a table from key -> (heading in Chinese, in English, kind), and unit by key."""
    return [Column(key, pick((zh, en), lang), unit.get(key, ""), kind) for key, (zh, en, kind) in plan.items()]


def stage(name: str, lang: str) -> str:
    """Return a stage of a measure, or that it has no cost, in words."""
    return pick(STAGES[name], lang)


def account(catalog: Catalog, name: str, lang: str) -> str:
    """Return the name of an account, without what it includes."""
    return text.word(catalog, f"account_{name}", lang).partition("（")[0].partition(" (")[0]


def target(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return a target in words: its number, what falls from when to when, by how much, and whose target it is."""
    goal = catalog.read("targets").set_index("id", drop=False).loc[row["target"]]
    asked = reasons.target_value(catalog, goal.to_dict(), lang)
    national = goal["region"] == gaps.NATIONAL
    if lang == "zh":
        return f"{goal['id']}：{asked}{'（全国，仅作对照）' if national else ''}"
    return f"{goal['id']}: {asked}{' (national, for comparison)' if national else ''}"


def of_gaps(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the gap of every target ahead (`tanfeng.roadmap.gaps.gaps`) before and after the wedges."""
    plan = {
        "target": ("目标", "Target", "text"),
        "account": ("口径", "Account", "label"),
        "reference": ("参考情形", "Reference", "number"),
        "saved": ("措施减少", "Measures", "number"),
        "remaining": ("剩余", "Left", "number"),
        "limit": ("允许", "Allowed", "number"),
        "uncovered": ("超出", "Above", "number"),
        "interval": ("80%区间", "80% interval", "number"),
        "chance": ("限额内的概率", "Within it", "label"),
    }
    unit = dict.fromkeys(("limit", "reference", "saved", "remaining", "uncovered", "interval"), TONNES[lang])
    unit["chance"] = pick(("无措施→有措施", "none → all"), lang)
    note = sentences([_gap_note(rows, lang), _growth_note(rows, lang)], lang)
    return Table(
        caption,
        heads(lang, plan, unit),
        [_gap(catalog, row, lang) for row in rows.to_dict("records")],
        note,
        used(rows["source_id"]),
    )


def _gap_note(rows: pd.DataFrame, lang: str) -> str:
    opens = int((rows["state"] == gaps.OPEN).sum())
    if lang == "zh":
        said = f"{opens}项按中值补不上" if opens else "按中值均可补上"
        return f"超出为负值的，低于允许排放；{said}。概率为400条路径中的占比。"
    said = f"{opens} stay open at the centre" if opens else "none stays open at the centre"
    return f"Below zero is room; {said}. Chances are shares of 400 paths."


def _growth_note(rows: pd.DataFrame, lang: str) -> str:
    """Return what is allowed at the low and at the high end of the growth target."""
    ends = [
        f"{row['target']} {text.tonnes(row['limit_low_mt'], lang)}{pick(('至', ' to '), lang)}"
        f"{text.tonnes(row['limit_high_mt'], lang)}"
        for row in rows[rows["account"] == "direct"].to_dict("records")
    ]
    if lang == "zh":
        return f"允许排放按省政府提出的经济增长目标中值推算；按下限至上限（直接排放口径）：{'，'.join(ends)}万吨。"
    return (
        "What is allowed follows the middle of the growth target of the province; "
        f"at its low to its high end (direct): {'; '.join(ends)} Mt."
    )


def _gap(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    chances = " → ".join(text.probability(row[name]) for name in ("p_without", "p_with"))
    return {
        "target": {"text": target(catalog, row, lang), **cited([row["source_id"]])},
        "account": {"text": account(catalog, row["account"], lang)},
        **{key: {"text": text.tonnes(row[f"{key}_mt"], lang)} for key in SHOWN},
        "interval": {"text": span(row["uncovered_lo80"], row["uncovered_hi80"], lang)},
        "chance": {"text": chances},
    }


def span(low: float, high: float, lang: str) -> str:
    """Return an interval of emissions in words, since a dash would read as a minus."""
    return f"{text.tonnes(low, lang)}{pick(('至', ' to '), lang)}{text.tonnes(high, lang)}"


def of_wedges(catalog: Catalog, rows: pd.DataFrame, years: Sequence[int], lang: str, caption: str) -> Table:
    """Return the wedges (`tanfeng.roadmap.wedges.table`) in some years, reference first, what remains last."""
    names = catalog.read("measures").set_index("id")[lang]
    named = [Column("id", pick(("编号", "No."), lang)), Column("name", pick(("措施", "Measure"), lang))]
    named += [Column(str(year), str(year), TONNES[lang], "number") for year in years]
    named.append(
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
                "id": {"text": "—" if name in REFERENCE else str(name)},
                "name": {"text": label},
                **{str(year): {"text": text.tonnes(float(known.at[year, "co2_mt"]), lang)} for year in years},
                "interval": {"text": _interval(catalog, str(name), last, lang)},
                "_class": "total" if name in REFERENCE else "",
            }
        )
    note = {
        "zh": "参考情形减去各项措施等于剩余排放，负值为增加排放。区间取自400条路径；各项措施的区间只反映系数的上下限，"
        "不含推迟投产。",
        "en": "The reference less the measures is what remains; below zero adds emissions. Intervals are of 400 paths; "
        "those of a measure hold the limits of its factors alone, not a late start.",
    }[lang]
    return Table(caption, named, cells, note)


def _interval(catalog: Catalog, name: str, row: pd.Series, lang: str) -> str:
    """Return the interval of a wedge, or that its factors have one published value each, so that it has none."""
    if name not in REFERENCE and (effects.factors(catalog, name).eval("low == high")).all():
        return pick(SINGLE, lang)
    return span(float(row["lo80"]), float(row["hi80"]), lang)


def of_order(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what the order of counting does (`tanfeng.roadmap.wedges.order_effect`)."""
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
        "zh": "400条路径的平均减排量，合计基本不随次序变化。只有火电被全部替代的少数低排放路径中，次序才影响单项。",
        "en": "Mean of 400 paths; the sum hardly moves with the order, single measures only in the few low "
        "paths in which no fossil power is left.",
    }[lang]
    return Table(caption, heads(lang, plan, unit), cells, note)


def of_outcomes(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return expected against measured (`tanfeng.roadmap.gaps.outcomes`)."""
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "asked": ("计划新增", "Asked", "label"),
        "measured": ("实际新增", "Measured", "text"),
        "ratio": ("实际/计划", "Ratio", "number"),
        "expected": ("预期减少", "Expected", "number"),
        "reached": ("按实际数量", "As measured", "number"),
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
        "en": "Only capacity is published; what each measure made or saved is not. The second is part of the first, "
        "and both are in the reference.",
    }[lang]
    return Table(caption, heads(lang, plan, unit), cells, note, used(rows["sources"]))


def _since(row: dict[str, Any], lang: str) -> str:
    when = text.period(row["period"], lang)
    return f"（{row['base_year']}年底至{when}）" if lang == "zh" else f" (end of {row['base_year']} to {when})"


def of_readiness(rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the measures with an expected effect and what stands ready (`tanfeng.roadmap.gaps.readiness`)."""
    plan = {
        "id": ("编号", "No.", "text"),
        "name": ("措施", "Measure", "text"),
        "first": ("首个完整年份", "Counts from", "label"),
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
        "zh": "效果为全年、足额、单独计算的减少量，各行不得相加；负值为增加排放；"
        "货车只计节油，用电见减排量表。尚缺：三张清单的链条中缺少的环节。",
        "en": "Effects are reductions of a full year, each by itself: not to be added; below zero adds; "
        "trucks: fuel alone, their electricity is in the wedges. Lacks: what is missing in the chain of the registers.",
    }[lang]
    return Table(caption, heads(lang, plan, unit), cells, note, used(rows["sources"]))


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
    known = catalog.read("measures").set_index("id")[lang]
    names = [pick(REFERENCE[one], lang) if one in REFERENCE else known[one] for one in rows["measure"]]
    return rows.assign(name=names)[["measure", "name", "year", "co2_mt", "lo80", "hi80"]]


def lines(rows: pd.DataFrame, first: int, lang: str) -> str:
    """Return the wedges of `export` as text, a line a measure, a column a year from `first` on."""
    table = rows[rows["year"] >= first].pivot_table(
        index=["measure", "name"], columns="year", values="co2_mt", sort=False
    )
    head = "\t".join([TONNES[lang], "", *(str(year) for year in table.columns)])
    told = [
        "\t".join(["" if number in REFERENCE else number, name, *(text.tonnes(value, lang) for value in values)])
        for (number, name), values in zip(table.index, table.to_numpy(), strict=True)
    ]
    return "\n".join([head, *told]) + "\n"
