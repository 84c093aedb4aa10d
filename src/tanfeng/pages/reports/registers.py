"""The three registers: key figures; actions; targets, measures, responsibilities, effects, what is due or dangling.

A column is defined once (`COLUMNS`: heading, kind, and how a row of the register becomes its cell); a table chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.checks.importing.request_workbook import UNNAMED
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, labels
from tanfeng.data.problem import Problem
from tanfeng.facts.indicators import observations
from tanfeng.pages import headline, sentences, text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.table import WHOLE, Heading, Table, pick, verdict_cell
from tanfeng.roadmap import actions as roadmap_actions
from tanfeng.roadmap import effects, registers, wedges
from tanfeng.roadmap import registers as lists
from tanfeng.targets import requests
from tanfeng.targets.verdict import Verdict, judge_target

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "actions": ("行动清单", "Action table"),
    "act": ("在推进或即将到期", "Running or due"),
    "result_missing": ("到期，公布数据表明未完成", "Overdue, a published figure falls short"),
    "figure_missing": ("到期，只缺公布数据", "Overdue, only a figure is missing"),
    "measures_list": ("措施清单和预期效果", "Measures and expected effects"),
    "targets": ("目标清单", "Register of targets"),
    "responsibilities": ("责任清单", "Register of responsibilities"),
    "chain": ("链条", "Chain"),
    "parameters": ("系数", "Parameters"),
    "overdue": ("到期、无完成依据的措施", "Measures overdue"),
    "soon": ("即将到期的措施", "Measures due soon"),
    "expected": ("有预期效果的措施", "Measures with an expected effect"),
    "flagged": ("预期效果没有对应公布数据的措施", "Expected effects that nothing measures"),
    "measures": ("措施清单", "Register of measures"),
    "chain_table": ("有对应目标的措施", "Measures that serve a target"),
    "dangling": ("断链", "Broken places"),
    "requests": ("待补数据", "Figures asked for"),
    "requests_table": ("待补数据，按填报单位", "Figures asked for, by the body that holds them"),
}


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the counts of the three registers of a region, in the order of the page.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(key_figures(open_catalog(), "330000").set_index("id").at["measures", "value"])
        117
    """
    rows, expected = lists.measures(catalog, region), effects.expected(catalog, region)
    left = expected[expected["reason"] == ""]
    flagged, due = lists.flagged(catalog, region), rows["due"].value_counts()
    duties = lists.responsibilities(catalog, region).query("role == @lists.RESPONSIBLE")
    counts = {
        "targets": len(lists.targets(catalog, region)),
        "measures": len(rows),
        "linked": int((rows["target_id"] != "").sum()),
        "computed": len(left),
        "raising": int((left["direct_mt_central"] > 0).sum()),
        "passed": int((expected["reason"] == "target_passed").sum()),
        "contained": int((expected["reason"] == "contained").sum()),
        **{state: int((rows["state"] == state).sum()) for state in lists.STATES},
        **{which: int(due.get(which, 0)) for which in lists.DUE},
        "flagged": len(flagged),
        "flagged_effect": int(flagged["id"].isin(left["id"]).sum()),
        "with_duty": duties["measure_id"].nunique(),
        "without_body": int((rows["role"] == lists.NOT_NAMED).sum()),
        "dangling": len(lists.dangling(catalog)),
    }
    kinds = roadmap_actions.actions(catalog, region)["kind"]
    counts |= {
        "actions": len(kinds),
        "actions_act": int((kinds == roadmap_actions.ACT).sum()),
        "actions_result_missing": int((kinds == registers.RESULT_MISSING).sum()),
        "actions_figure_missing": int((kinds == registers.FIGURE_MISSING).sum()),
        **{which: int((rows["missing"] == which).sum()) for which in set(registers.MISSING.values())},
    }
    asked = requests.requests(catalog, region)
    counts |= {"requests": len(asked), "request_bodies": asked["holder_zh"].nunique()}
    units = {name: "actions" for name in counts if name.startswith("actions")}
    units |= {"targets": "targets", "dangling": "findings", "requests": "figures", "request_bodies": "bodies"}
    return frame(
        figure(name, value, units.get(name, "measures"), catalog.as_of_year, "reported")
        for name, value in counts.items()
    )


Row = dict[str, Any]
Pair = tuple[str, str]
Cell = Callable[[Catalog, Row, str], Row]
NONE = "—"
TIMES = {"zh": "×", "en": " x "}
LACKS = {
    "target": ("对应目标", "target"),
    "body": ("责任单位", "responsible body"),
    "evidence": ("同口径数据", "figure of the same scope"),
}
EXPORTED = [
    *("id", "field", "region", "name", "quantity", "unit", "by_year", "first_year", "kind", "state", "due", "missing"),
    *("target_id", "indicator", "verdict", "part_of", "overlaps", "bodies", "role", "evidence", "measured"),
    *(name for name in effects.EFFECTS if not name.startswith("energy_mtce")),
    *("reason", "reason_item", "sources"),
]
EFFECT_NOTE = (
    "效果为完整年度、按数量全部实现计算，负数为减排；各项措施相互重叠，不得相加。状态“到期未见结果”只表示未查到公布数据，"
    "“结果未能证明完成”表示有同口径公布数据，但数据为部分、约数或时期不符，不足以判定。",
    "Effects are of a full year, with the whole quantity in place; below zero is less CO2. Measures overlap and are "
    "not to be added. “Due, no result found” says only that no published figure was found; “the result does not show "
    "that it is completed” that one of the same scope was, which is a part, rounded or of another period.",
)
RANGE_NOTE = (
    "括号内为系数取低值和高值的结果，不是概率区间；系数只有一个值的没有括号。直接口径的减排以替代省内火电为前提，"
    "如替代的是外来电，直接口径没有减排。外来电在含外调电测算口径按华东电网因子计入。首个完整年度为“—”的，投产年份未公布。",
    "In brackets the results with low and high factors, which are no probability interval; none where a factor has one "
    "value. In the direct account a cut supposes that fossil power of the province is displaced; if imports are, there "
    "is none. With imported power, imports count at the East China factor. A dash for the first whole year: the "
    "year of commissioning is not published.",
)
ROLE_NOTE = (
    "只有“责任单位”是文件明确的责任；印发、核准、起草、组织、发布单位照文件列示，不构成责任分工。未列明单位的措施不在表内。",
    "Only “responsible” is a duty stated by the document. Issuers, approvers, drafters, organisers and publishers are "
    "listed as named; no duty follows. Measures whose document names no body are not in the table.",
)


ASKED_NOTE = (
    "编号为目标编号，后带年份的为年度序列中该年的数；S开头的序列不对应单项目标。各项数据的口径和用途见下载的表格和填报表。",
    "The numbers are those of targets, with a year for that of a yearly series; a series that begins with S serves no "
    "single target. The download and the workbook say scope and use of each figure.",
)


def _table(
    catalog: Catalog, lang: str, caption: str, keys: str, rows: pd.DataFrame, note: Pair = ("", ""), **headings: Pair
) -> Table:
    """Return the rows of a register with the columns named in `keys`, many folded by field.

    `headings` replaces those of some columns.
    """
    columns = [
        Heading(key, pick(headings.get(key, COLUMNS[key][0]), lang), _unit(key, lang), COLUMNS[key][1])
        for key in keys.split()
    ]
    cells = [{key: COLUMNS[key][2](catalog, row, lang) for key in keys.split()} for row in rows.to_dict("records")]
    sources = [source for row in cells for cell in row.values() for source in cell.get("source", [])]
    table = Table(caption, columns, cells, pick(note, lang), list(dict.fromkeys(sources)), stacked=True)
    groups = [catalog.label("fields", name, lang) for name in rows["field"]] if "field" in rows else []
    return replace(table, groups=groups) if len(cells) > WHOLE else table


def _unit(key: str, lang: str) -> str:
    return {"electricity": pick(("亿千瓦时", "TWh"), lang), **dict.fromkeys(effects.ACCOUNTS, text.TONNES[lang])}.get(
        key, ""
    )


def _sorted(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    order = catalog.read("fields").set_index("id")["sort"]
    return rows.assign(order=rows["field"].map(order)).sort_values(["order", "id"], kind="stable").drop(columns="order")


def _with_effects(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    found = effects.expected(catalog, region).set_index("id")[[*effects.EFFECTS, "reason", "reason_item"]]
    return _sorted(catalog, rows).join(found, on="id")


def actions(catalog: Catalog, region: str, lang: str, captions: dict[str, str]) -> list[Table]:
    """Return the action table: a table a kind of action; what only lacks a figure is folded.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        lang: `zh` or `en`.
        captions: by kind (`tanfeng.roadmap.actions.KINDS`).
    """
    rows = roadmap_actions.actions(catalog, region)
    rows = rows.assign(again=(rows["target_id"] != "") & (rows["target_id"] == rows["target_id"].shift()))
    kinds = [kind for kind in roadmap_actions.KINDS if kind in set(rows["kind"])]
    return [
        replace(
            _table(
                catalog, lang, captions[kind], ACTION_COLUMNS, rows[rows["kind"] == kind],
                ACTION_NOTE if kind == roadmap_actions.ACT else ("", ""),
            ),
            folded=kind == registers.FIGURE_MISSING,
        )
        for kind in kinds
    ]  # fmt: skip


def actions_export(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the action table with the gap and the evidence that will show it in words, in both languages."""
    rows = roadmap_actions.actions(catalog, region)
    given = rows.to_dict("records")
    words = {"gap": gap_words, "evidence": evidence_words}
    said = {
        f"{name}_{lang}": [tell(catalog, row, lang) for row in given]
        for name, tell in words.items()
        for lang in text.LANGS
    }
    return rows.assign(**said)


def gap_words(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the target of an action and how far it is away (a row of `tanfeng.roadmap.actions.actions`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = roadmap_actions.actions(open_catalog(), "330000").set_index("measure_id", drop=False)
        >>> gap_words(open_catalog(), rows.loc["ME10"].to_dict(), "zh")
        '核电装机容量，2025年达到1000万千瓦：未完成，差84万千瓦'
    """
    if not row["target_id"]:
        return NONE
    verdict = judge_target(catalog, row["target_id"], row["target_region"])
    goal = sentences.target_value(catalog, verdict.target, lang)
    return f"{row[f'target_{lang}']}{pick(('，', ', '), lang)}{goal}{pick(('：', ': '), lang)}{_gap(catalog, row, verdict, lang)}"


def _gap(catalog: Catalog, row: Row, verdict: Verdict, lang: str) -> str:
    if row["account"]:
        return _emission_gap(catalog, row, lang)
    answer = text.word(catalog, f"verdict_{row['answer']}", lang)
    chance = sentences.probability_range(verdict, lang)
    if chance and verdict.verdict == "open":
        answer += pick((f"（完成概率{chance}）", f" (probability of meeting it {chance})"), lang)
    if verdict.judged is not None and row["answer"] in roadmap_actions.WITH_GAP and not verdict.overtaken:
        told = sentences.fill_reason(catalog, verdict, verdict.judged[f"reason_{lang}"], lang)
        return f"{answer}{pick(('，', '; '), lang)}{told}"
    if pd.isna(row["gap"]):
        return answer
    if row["gap"] <= 0:
        return answer + pick(("，现值已达到目标值，到期再判定", "; at the level now, judged when due"), lang)
    shown = text.amount(catalog, round(row["gap"], 2), "pp" if row["gap_unit"] == "%" else row["gap_unit"], lang)
    above = verdict.target["direction"] == "at_most"
    return answer + pick((f"，{'超出' if above else '差'}{shown}", f", {shown} {'above' if above else 'short'}"), lang)


def _emission_gap(catalog: Catalog, row: Row, lang: str) -> str:
    """Return by how much emissions are above what a target allows, before and after the counted measures."""
    over, left = (headline.tonnes(row[name], lang) for name in ("gap", "uncovered"))
    own = text.word(catalog, f"own_account_{row['account']}", lang)
    year = row["target_year"]
    if lang == "zh":
        rest = f"计入已知措施仍高{left}" if row["uncovered"] > 0 else "已知措施可以补上"
        return f"按{own}，{year}年预测比允许排放高{over}，{rest}"
    rest = f"{left} with the known measures" if row["uncovered"] > 0 else "which known measures close"
    return f"{own}, the outlook of {year} is {over} above what is allowed, {rest}"


def evidence_words(catalog: Catalog, row: Row, lang: str) -> str:
    """Return which figure will show that an action is done, and who holds it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = roadmap_actions.actions(open_catalog(), "330000").set_index("measure_id", drop=False)
        >>> evidence_words(open_catalog(), rows.loc["ME31"].to_dict(), "zh")
        '2025年天然气消费量，由省能源局掌握'
    """
    shown = row[f"settles_{lang}"]
    if row["indicator"]:
        name = catalog.label("indicators", row["indicator"], lang)
        when = text.period(row["period"], lang) if row["period"] else ""
        shown = f"{when}{name}" if lang == "zh" else ", ".join(filter(None, (name, when)))
    if not shown:
        return text.word(catalog, "no_indicator", lang)
    holder = row[f"holder_{lang}"]
    if row["holder_zh"] == UNNAMED[0]:
        return shown + pick(("，掌握单位待定", "; holder to be named"), lang)
    return shown + pick((f"，由{holder}掌握", f"; held by {holder}"), lang)


def _action_gap(catalog: Catalog, row: Row, lang: str) -> Row:
    return {
        "text": text.word(catalog, "as_above", lang) if row["again"] else gap_words(catalog, row, lang),
        "class": "wide",
    }


def _action_measure(catalog: Catalog, row: Row, lang: str) -> Row:
    if not row["measure_id"]:
        return {"text": text.word(catalog, "no_measure", lang), "source": [row["source_id"]]}
    return {"text": f"{row['measure_id']} {row[f'measure_{lang}']}", "source": [row["source_id"]]}


def _action_body(catalog: Catalog, row: Row, lang: str) -> Row:
    """Return the bodies that a document names; their role where it is not that of the responsible."""
    bodies = row[f"body_{lang}"]
    if not bodies:
        return {"text": text.word(catalog, "no_body", lang)}
    if row["role"] == registers.RESPONSIBLE:
        return {"text": bodies}
    role = text.word(catalog, f"body_role_{row['role']}", lang)
    return {"text": bodies + pick((f"（{role}）", f" ({role})"), lang)}


def _action_size(catalog: Catalog, row: Row, lang: str) -> Row:
    """Return what a measure takes off a year where it is computed, with imports where that differs; else its quantity."""
    direct, account = row["direct_mt"], row["assessment_mt"]
    if pd.isna(direct):
        return {"text": _quantity(catalog, row, lang)}
    shown = _saved(catalog, direct, lang)
    if not pd.isna(account) and abs(account - direct) > ALIKE_MT:
        other = _saved(catalog, account, lang)
        shown += pick((f"（计入外调电{other}）", f" ({other} with imported power)"), lang)
    return {"text": shown}


def _saved(catalog: Catalog, value: float, lang: str) -> str:
    if lang == "zh":
        return (
            f"{'减排' if value < 0 else '增排'}{text.number(abs(100 * value), 0 if abs(value) >= ROUND_MT else 1)}万吨"
        )
    return f"{text.number(abs(value), 2)} Mt {'less' if value < 0 else 'more'}"


def _action_evidence(catalog: Catalog, row: Row, lang: str) -> Row:
    known = row["indicator"] or row[f"settles_{lang}"]
    return {"text": evidence_words(catalog, row, lang) if known else NONE}


ALIKE_MT, ROUND_MT = 0.005, 0.1
ACTION_COLUMNS = "target gap measure acting deadline size shows"
ACTION_NOTE = (
    "减排量为完整年度、按数量全部实现计算的直接口径，措施相互重叠，不得相加；没有算法的列数量。单位照文件列示，"
    "括号内为其在文件中的身份，未列明的写“待定”。以何为证为“—”的，没有登记可据以核对的指标。",
    "Tonnes are those of a full year with the whole quantity in place, in the direct account; measures overlap and are "
    "not to be added. Where nothing is computed the quantity stands. Bodies are as documents name them, with their role "
    "there in brackets where it is not that of the responsible; “not named” where there is none. A dash for the evidence: no indicator is registered that would show it.",
)


def targets(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the register of targets: number, target, value, verdict and the measures that serve it."""
    rows = _sorted(catalog, registers.targets(catalog, region))
    return _table(catalog, lang, caption, "id name value verdict measures", rows, name=("目标", "Target"))


def measures(catalog: Catalog, region: str, lang: str, caption: str, field: str | None = None) -> Table:
    """Return the register of measures: number, measure, quantity, deadline, state, target, effect or why none."""
    rows = _with_effects(catalog, region, registers.measures(catalog, region, field))
    return _table(catalog, lang, caption, "id name quantity by_year state target effect", rows, EFFECT_NOTE)


def expected(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the measures of which an effect is expected: formula in words, electricity, CO2, first whole year."""
    rows = effects.expected(catalog, region)
    rows = _sorted(catalog, rows[rows["reason"] == ""])
    return _table(catalog, lang, caption, "id title formula electricity direct assessment first", rows, RANGE_NOTE)


def due(catalog: Catalog, region: str, which: str, lang: str, caption: str) -> Table:
    """Return what is overdue or due soon (`which`): measure, quantity, deadline, what is missing, and the last figures.

    Of what is overdue those come first of which a published figure falls short, then those that lack a figure alone.
    """
    rows = registers.measures(catalog, region, due=which)
    rows = rows.sort_values(["missing", "by_year", "id"], key=lambda one: one.replace(registers.RESULT_MISSING, ""))
    missing = "missing " if which == registers.OVERDUE else ""
    return _table(catalog, lang, caption, f"id name quantity by_year {missing}state evidence", rows)


def flagged(catalog: Catalog, region: str, lang: str, caption: str, only_effects: bool = True) -> Table:
    """Return the measures that no figure of the same scope measures; those with an expected effect, or all."""
    rows = _with_effects(catalog, region, registers.flagged(catalog, region))
    rows = rows[rows["reason"] == ""] if only_effects else rows
    nearest = ("相近的公布数据", "Nearest published figure")
    return _table(catalog, lang, caption, "id name effect evidence", rows, evidence=nearest)


def responsibilities(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the register of responsibilities, one row a measure whose document names bodies: measure, bodies, role."""
    groups = registers.responsibilities(catalog, region).groupby("measure_id", sort=False)
    joined = {f"bodies_{one}": groups[f"body_{one}"].agg(mark.join) for one, mark in registers.SEPARATOR.items()}
    rows = groups.head(1).rename(columns={"measure_id": "id"})
    rows = _sorted(catalog, rows.assign(**{name: rows["id"].map(bodies) for name, bodies in joined.items()}))
    return _table(catalog, lang, caption, "id role bodies name state", rows, ROLE_NOTE)


def chain(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the chain of the measures that serve a target: measure, target, indicator, bodies, figures."""
    rows = registers.chain(catalog, region).rename(columns={"measure_id": "id"})
    headings = {"id": ("措施", "Measure"), "evidence": ("同口径数据", "Figures")}
    fields = registers.measures(catalog, region).set_index("id")["field"]
    rows = _sorted(catalog, rows[rows["target_id"] != ""].assign(field=lambda own: own["id"].map(fields)))
    return _table(catalog, lang, caption, "id target indicator body evidence lacks", rows, **headings)


def asked_of(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the figures that are asked for, one row a body: how many, the numbers of figures, the forms they are in."""
    headings = {
        "body": (("填报单位", "Body"), "label"),
        "count": (("项数", "Figures"), "number"),
        "ids": (("编号", "Numbers"), "text"),
        "forms": (("统计报表或台账", "Statistical form or record"), "text"),
    }
    columns = [Heading(key, pick(pair, lang), "", kind) for key, (pair, kind) in headings.items()]
    mark = pick(("、", ", "), lang)
    rows = [
        {
            "body": {"text": str(body)},
            "count": {"text": str(len(own))},
            "ids": {"text": mark.join(own["id"])},
            "forms": {"text": pick(("；", "; "), lang).join(filter(None, own[f"form_{lang}"].unique())) or NONE},
        }
        for body, own in requests.requests(catalog, region).groupby(f"holder_{lang}")
    ]
    return Table(caption, columns, sorted(rows, key=lambda row: -int(row["count"]["text"])), pick(ASKED_NOTE, lang))


def asked_export(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the figures that are asked for, in both languages, with what each would decide."""
    rows = requests.requests(catalog, region)
    given = rows.to_dict("records")
    said = {f"use_{lang}": [sentences.decides(row, lang) for row in given] for lang in text.LANGS}
    return rows.drop(columns="roles").assign(**said)


def dangling(problems: list[Problem], lang: str, caption: str) -> Table:
    """Return the broken places of the registers with their chain."""
    headings = {
        "place": ("位置", "Place"),
        "found": ("问题", "Found"),
        "expected": ("应为", "Expected"),
        "chain": ("链条", "Chain"),
    }
    columns = [
        Heading(key, pick(pair, lang), "", "label" if key == "place" else "text") for key, pair in headings.items()
    ]
    rows = [(f"{one.file} {one.row} {one.column}", one.found, one.expected, one.chain) for one in problems]
    cells = [{key: {"text": cell} for key, cell in zip(headings, row, strict=True)} for row in rows]
    return Table(caption, columns, cells)


def _year(value: Any) -> str:
    return NONE if pd.isna(value) else str(int(value))


def _quantity(catalog: Catalog, row: Row, lang: str) -> str:
    return NONE if pd.isna(row["quantity"]) else text.amount(catalog, row["quantity"], row["unit"], lang)


def _named(catalog: Catalog, row: Row, lang: str) -> Row:
    """Return the cell of a name, cited with the document it comes from."""
    return {"text": row[lang], "source": [row["source_id"]]}


def _words(catalog: Catalog, row: Row, lang: str, value: str) -> Row:
    return {"text": value + _conflict(catalog, (row["id"], row["region"]), lang)}


def _conflict(catalog: Catalog, item: tuple[str, str], lang: str) -> str:
    """Return with which other line of the registers a target or measure does not agree, and on what figure."""
    found = registers.conflicts(catalog).get(item, [])
    shown = [(one.item, text.amount(catalog, one.value, one.unit, lang)) for one in found]
    parts = [pick((f"与{name}的{value}不一致", f"{name} says {value}"), lang) for name, value in shown]
    return pick((f"（{'，'.join(parts)}）", f" ({', '.join(parts)})"), lang) if parts else ""


def _effect_or_reason(catalog: Catalog, row: Row, lang: str) -> str:
    if row["reason"]:
        return reason(catalog, row, lang)
    value = row["direct_mt_central"]
    shown = text.amount(catalog, value, "Mt CO2", lang, 2) if lang == "en" else text.number(100 * value, 0) + "万吨"
    return shown + (pick(("（只计节省的燃油）", " (fuel saved only)"), lang) if _charged(row) else "")


def _charged(row: Row) -> bool:
    """Return whether a measure draws electricity that its direct effect leaves out."""
    return bool(row["indirect_mt_central"] > 0)


def reason(catalog: Catalog, row: Row, lang: str) -> str:
    """Return why nothing is expected of a measure (a row of `tanfeng.roadmap.effects.expected`) as words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> reason(open_catalog(), {"reason": "contained", "reason_item": "ME17"}, "zh")
        '已包含在ME17中'
    """
    if row["reason"] == "contained" and row["reason_item"]:
        return pick((f"已包含在{row['reason_item']}中", f"already contained in {row['reason_item']}"), lang)
    return text.word(catalog, f"no_effect_{row['reason']}", lang)


def formula(catalog: Catalog, measure: str, lang: str) -> str:
    """Return how the effect of a measure is computed, in words: each term with its quantity and factors.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> formula(open_catalog(), "ME01", "zh")
        '替代火电：120万千瓦×7972小时×60%×0.8273千克二氧化碳/千瓦时'
    """
    row = catalog.read("measures").set_index("id").loc[measure].to_dict()
    terms = []
    for term, rows in effects.factors(catalog, measure).groupby("term", sort=False):
        parts = [text.amount(catalog, one["central"], one["unit"], lang) for one in rows.to_dict("records")]
        shown = TIMES[lang].join([_quantity(catalog, row, lang), *parts])
        terms.append(text.word(catalog, f"term_{term}", lang) + pick(("：", ": "), lang) + shown)
    return pick(("；", "; "), lang).join(terms)


def _formula(catalog: Catalog, row: Row, lang: str) -> Row:
    shown, sources = formula(catalog, row["id"], lang), row["sources"].split()
    if _charged(row):
        shown += with_power(catalog, row, lang)
        sources.append(effects.parameters(catalog).at[wedges.FOSSIL, "source_id"])
    return {"text": shown, "source": sources}


def with_power(catalog: Catalog, row: Row, lang: str) -> str:
    """Return what the electricity that a measure draws adds if it is fossil power, and what is left of its effect.

    Args:
        catalog: the tables.
        row: a row of `tanfeng.roadmap.effects.expected` with electricity and a direct effect.
        lang: `zh` or `en`.
    """
    added = row["electricity_twh_central"] * wedges.per_twh(catalog, wedges.FOSSIL)
    net = row["direct_mt_central"] + added
    if lang == "en":
        more = "more" if net > 0 else "less"
        return (
            f". Both accounts count only the fuel saved; if the electricity is fossil power of the province it "
            f"adds {text.number(1000 * added, 1)} kt, {text.number(1000 * abs(net), 1)} kt {more} in all"
        )
    shown = f"增加{text.number(100 * added, 1)}万吨，相抵后{'净增' if net > 0 else '净减'}"
    return f"。直接口径、含外调电测算口径只计节省的燃油；充电用电如由省内火电供应，{shown}{text.number(100 * abs(net), 1)}万吨"


def _twh(catalog: Catalog, row: Row, lang: str) -> Row:
    value = row["electricity_twh_central"]
    return {"text": NONE if pd.isna(value) else text.number(value * 10 if lang == "zh" else value, 1, lang)}


def _range(account: str) -> Cell:
    """Return how the effect in an account becomes a cell: the central value, low and high in brackets."""

    def cell(catalog: Catalog, row: Row, lang: str) -> Row:
        low, central, high = (row[f"{account}_mt_{level}"] for level in effects.LEVELS)
        if pd.isna(central):
            return {"text": NONE}
        shown, *ends = (text.tonnes(value, lang, 2) for value in (central, low, high))
        span = pick((f"（{'至'.join(ends)}）", f" ({' to '.join(ends)})"), lang)
        return {"text": shown + (span if ends[0] != ends[1] else "")}

    return cell


def _figures(catalog: Catalog, row: Row, lang: str) -> Row:
    """Return the registered figures of a measure as words with their sources."""
    rows = [_figure(catalog, one, lang) for one in registers.figures(catalog, row["id"]).to_dict("records")]
    shown = pick(("；", "; "), lang).join(words for words, _ in rows)
    return {"text": shown or NONE, "source": list(dict.fromkeys(source for _, source in rows))}


def _figure(catalog: Catalog, one: Row, lang: str) -> tuple[str, str]:
    rows = observations(catalog, one["indicator"], one["region"])
    row = rows[rows["period"] == one["period"]].iloc[0].to_dict()
    name = text.quantity_name(catalog, one["indicator"], lang)
    shown, when = text.figure(catalog, row, lang), text.period(one["period"], lang)
    role = text.word(catalog, f"role_{one['role']}", lang) if one["role"] in {"part", "context"} else ""
    about = pick((f"（{role}）", f" ({role})"), lang) if role else ""
    derived = pick(("推算", " (estimate)"), lang) if row["status"] == "estimate" else ""
    return pick((f"{name}{when}{derived}{shown}{about}", f"{name} {shown}{derived}, {when}{about}"), lang), row[
        "source_id"
    ]


def _listed(catalog: Catalog, row: Row, lang: str) -> Row:
    return {"text": row["measures"].replace(" ", pick(("、", ", "), lang)) or NONE}


def _lacking(catalog: Catalog, row: Row, lang: str) -> Row:
    lacks = [pick(LACKS[name], lang) for name in row["lacks"].split()]
    return {"text": pick(("、", ", "), lang).join(lacks) or NONE}


def _body(catalog: Catalog, row: Row, lang: str) -> Row:
    return {"text": row[f"bodies_{lang}"] if row["role"] == registers.RESPONSIBLE else NONE}


COLUMNS: dict[str, tuple[Pair, str, Cell]] = {
    "id": (("编号", "No."), "label", lambda c, row, lang: {"text": row["id"]}),
    "name": (("措施", "Measure"), "text", _named),
    "title": (("措施", "Measure"), "text", lambda c, row, lang: {"text": row[lang]}),
    "quantity": (("数量", "Quantity"), "text", lambda c, row, lang: _words(c, row, lang, _quantity(c, row, lang))),
    "value": (
        ("目标值", "Value"),
        "text",
        lambda c, row, lang: _words(c, row, lang, sentences.target_value(c, row, lang)),
    ),
    "by_year": (("期限", "By"), "label", lambda c, row, lang: {"text": _year(row["by_year"])}),
    "state": (("状态", "State"), "text", lambda c, row, lang: {"text": text.word(c, f"state_{row['state']}", lang)}),
    "missing": (("所缺", "Missing"), "text", lambda c, row, lang: {"text": text.word(c, row["missing"], lang)}),
    "verdict": (("判定", "Verdict"), "verdict", lambda c, row, lang: verdict_cell(c, row["verdict"], lang)),
    "measures": (("对应措施", "Measures"), "text", _listed),
    "target": (("目标", "Target"), "label", lambda c, row, lang: {"text": row["target_id"] or NONE}),
    "effect": (
        ("预期效果（直接口径，每年）", "Expected effect (direct, a year)"),
        "text",
        lambda c, row, lang: {"text": _effect_or_reason(c, row, lang)},
    ),
    "evidence": (("已公布数据", "Published figures"), "text", _figures),
    "gap": (("缺口", "Gap"), "text", _action_gap),
    "measure": (("措施", "Measure"), "text", _action_measure),
    "acting": (("责任单位", "Body"), "text", _action_body),
    "deadline": (("时限", "Deadline"), "label", lambda c, row, lang: {"text": _year(row["deadline"])}),
    "size": (("年减排或数量", "Tonnes a year, or quantity"), "text", _action_size),
    "shows": (("以何为证", "Evidence that will show it"), "text", _action_evidence),
    "formula": (("算法（中值）", "Formula (central)"), "text", _formula),
    "electricity": (("电量", "Electricity"), "number", _twh),
    "direct": (("直接口径", "Direct"), "number", _range("direct")),
    "assessment": (("含外调电测算口径", "With imported power"), "number", _range("assessment")),
    "first": (("首个完整年度", "First whole year"), "label", lambda c, row, lang: {"text": _year(row["first_year"])}),
    "role": (("身份", "Role"), "label", lambda c, row, lang: {"text": text.word(c, f"body_role_{row['role']}", lang)}),
    "bodies": (("单位", "Bodies"), "text", lambda c, row, lang: {"text": row[f"bodies_{lang}"]}),
    "body": (("责任单位", "Responsible"), "text", _body),
    "indicator": (
        ("指标", "Indicator"),
        "text",
        lambda c, row, lang: {"text": labels(c, "indicators", lang)[row["indicator"]]},
    ),
    "lacks": (("所缺环节", "Missing"), "text", _lacking),
}


def export(catalog: Catalog, region: str, lang: str, field: str | None = None, due: str | None = None) -> pd.DataFrame:
    """Return the register of measures with expected effects as one frame (columns `EXPORTED`).

    Effects are in TWh and Mt CO2 a year; `reason` and `reason_item` say why there is none.
    """
    rows = registers.measures(catalog, region, field, due)
    found = effects.expected(catalog, region).set_index("id")
    rows = rows.drop(columns=["first_year"]).join(
        found[["first_year", *effects.EFFECTS, "reason", "reason_item", "sources"]], on="id"
    )
    return rows.assign(name=rows[lang], bodies=rows[f"bodies_{lang}"])[EXPORTED]


def lines(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return the measures of `export` as text: number, state, deadline, missing, name, quantity, effect or reason."""
    return "".join(_line(catalog, row, lang) for row in rows.to_dict("records"))


def _line(catalog: Catalog, row: Row, lang: str) -> str:
    parts = [_quantity(catalog, row, lang), _effect_or_reason(catalog, row, lang)]
    shown = row["name"] + pick(("：", ": "), lang) + pick(("；", "; "), lang).join(parts)
    return f"{row['id']:5} {row['state']:10} {_year(row['by_year']):5} {row['missing'] or NONE:14} {shown}\n"
