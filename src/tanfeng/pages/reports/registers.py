"""The three registers: key figures; actions; targets, measures, responsibilities, effects, what is due or dangling.

A column is defined once (`COLUMNS`); a table chooses.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from tanfeng.checks.importing.request_workbook import UNNAMED
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts.indicators import observations
from tanfeng.pages import headline, sentences, text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.layout import (
    COUNT,
    LABEL,
    NONE,
    TEXT,
    TO,
    VERDICT,
    YEAR,
    Column,
    Layout,
    Pair,
    Row,
    Whole,
    amount,
    electricity,
    listed,
    name,
    own,
    word,
)
from tanfeng.pages.table import Table, pick
from tanfeng.roadmap import actions as roadmap_actions
from tanfeng.roadmap import effects, registers, wedges
from tanfeng.targets import requests
from tanfeng.targets.verdict import Verdict, judge_target

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "actions": ("行动清单", "Action table"),
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
ACTIONS_OF = {  # captions of the action tables by their kind
    "act": ("在推进或即将到期", "Running or due"),
    "result_missing": ("到期，公布数据表明未完成", "Overdue, a published figure falls short"),
    "figure_missing": ("到期，只缺公布数据", "Overdue, only a figure is missing"),
}


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the counts of the three registers of a region, in the order of the page.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(key_figures(open_catalog(), "330000").set_index("id").at["measures", "value"])
        117
    """
    rows, expected = registers.measures(catalog, region), effects.expected(catalog, region)
    left, flagged = expected[expected["reason"] == ""], registers.flagged(catalog, region)
    duties = registers.responsibilities(catalog, region).query("role == @registers.RESPONSIBLE")
    kinds, asked = roadmap_actions.actions(catalog, region)["kind"], requests.requests(catalog, region)
    counts = {
        "targets": len(registers.targets(catalog, region)),
        "measures": len(rows),
        "linked": (rows["target_id"] != "").sum(),
        "computed": len(left),
        "raising": (left["direct_mt_central"] > 0).sum(),
        "passed": (expected["reason"] == "target_passed").sum(),
        "contained": (expected["reason"] == "contained").sum(),
        **{state: (rows["state"] == state).sum() for state in registers.STATES},
        **{which: (rows["due"] == which).sum() for which in registers.DUE},
        "flagged": len(flagged),
        "flagged_effect": flagged["id"].isin(left["id"]).sum(),
        "with_duty": duties["measure_id"].nunique(),
        "without_body": (rows["role"] == registers.NOT_NAMED).sum(),
        "dangling": len(registers.dangling(catalog)),
        "actions": len(kinds),
        **{f"actions_{kind}": (kinds == kind).sum() for kind in roadmap_actions.KINDS},
        **{which: (rows["missing"] == which).sum() for which in dict.fromkeys(registers.MISSING.values())},
        "requests": len(asked),
        "request_bodies": asked["holder_zh"].nunique(),
    }
    units = {name: "actions" for name in counts if name.startswith("actions")}
    units |= {"targets": "targets", "dangling": "findings", "requests": "figures", "request_bodies": "bodies"}
    return frame(
        figure(name, int(value), units.get(name, "measures"), catalog.as_of_year, "reported")
        for name, value in counts.items()
    )


def actions(catalog: Catalog, region: str, lang: str) -> list[Table]:
    """Return the action table: a table a kind of action; what only lacks a figure is folded."""
    rows = roadmap_actions.actions(catalog, region)
    rows = rows.assign(again=(rows["target_id"] != "") & (rows["target_id"] == rows["target_id"].shift()))
    note = {roadmap_actions.ACT: pick(ACTION_NOTE, lang)}
    return [
        ACTIONS.table(
            catalog,
            own,
            lang,
            pick(ACTIONS_OF[kind], lang),
            note.get(kind, ""),
            folded=kind == registers.FIGURE_MISSING,
        )
        for kind in roadmap_actions.KINDS
        if not (own := rows[rows["kind"] == kind]).empty
    ]


def actions_export(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the action table with the gap and the evidence that will show it in words, in both languages."""
    rows = roadmap_actions.actions(catalog, region)
    said = {
        f"{name}_{lang}": [tell(catalog, row, lang) for row in rows.to_dict("records")]
        for name, tell in (("gap", gap_words), ("evidence", evidence_words))
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
        answer += text.bracketed(pick((f"完成概率{chance}", f"probability of meeting it {chance}"), lang), lang)
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
    shown = text.word(catalog, "as_above", lang) if row["again"] else gap_words(catalog, row, lang)
    return {"text": shown, "class": "wide"}


def _action_measure(catalog: Catalog, row: Row, lang: str) -> str:
    none = text.word(catalog, "no_measure", lang)
    return f"{row['measure_id']} {row[f'measure_{lang}']}" if row["measure_id"] else none


def _action_body(catalog: Catalog, row: Row, lang: str) -> str:
    """Return the bodies that a document names; their role where it is not that of the responsible."""
    bodies = row[f"body_{lang}"]
    if not bodies:
        return text.word(catalog, "no_body", lang)
    role = "" if row["role"] == registers.RESPONSIBLE else text.word(catalog, f"body_role_{row['role']}", lang)
    return bodies + text.bracketed(role, lang)


ALIKE_MT, ROUND_MT = 0.005, 0.1  # below which two accounts are alike; above which tonnes are whole


def _action_size(catalog: Catalog, row: Row, lang: str) -> str:
    """Return what a measure takes off a year where it is computed, with imports where that differs; else its quantity."""
    direct, account = row["direct_mt"], row["assessment_mt"]
    if pd.isna(direct):
        return _quantity(catalog, row, lang)
    shown = _saved(direct, lang)
    if not pd.isna(account) and abs(account - direct) > ALIKE_MT:
        other = _saved(account, lang)
        shown += pick((f"（计入外调电{other}）", f" ({other} with imported power)"), lang)
    return shown


def _saved(value: float, lang: str) -> str:
    if lang == "en":
        return f"{text.number(abs(value), 2)} Mt {'less' if value < 0 else 'more'}"
    shown = text.number(abs(100 * value), 0 if abs(value) >= ROUND_MT else 1)
    return f"{'减排' if value < 0 else '增排'}{shown}万吨"


def _action_evidence(catalog: Catalog, row: Row, lang: str) -> str:
    return evidence_words(catalog, row, lang) if row["indicator"] or row[f"settles_{lang}"] else NONE


def by_field(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a register in the order of their fields and numbers."""
    order = catalog.read("fields").set_index("id")["sort"]
    return rows.assign(order=rows["field"].map(order)).sort_values(["order", "id"], kind="stable")


def measures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the register of measures, each with its expected effect or the reason why there is none."""
    found = effects.expected(catalog, region).set_index("id")[[*effects.EFFECTS, "reason", "reason_item"]]
    return by_field(catalog, registers.measures(catalog, region)).join(found, on="id")


def expected(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the measures of which an effect is expected, with it."""
    return by_field(catalog, effects.expected(catalog, region).query("reason == ''"))


def due(catalog: Catalog, region: str, which: str) -> pd.DataFrame:
    """Return what is overdue or due soon (`which`).

    Of what is overdue those come first of which a published figure falls short, then those that lack a figure alone.
    """
    rows = registers.measures(catalog, region, due=which)
    return rows.sort_values(["missing", "by_year", "id"], key=lambda one: one.replace(registers.RESULT_MISSING, ""))


def flagged(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the measures with an expected effect that no figure of the same scope measures."""
    rows = measures(catalog, region)
    return rows[(rows["reason"] == "") & rows["id"].isin(registers.flagged(catalog, region)["id"])]


def responsibilities(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the register of responsibilities, one row a measure whose document names bodies."""
    groups = registers.responsibilities(catalog, region).groupby("measure_id", sort=False)
    joined = {f"bodies_{one}": groups[f"body_{one}"].agg(mark.join) for one, mark in registers.SEPARATOR.items()}
    rows = groups.head(1).rename(columns={"measure_id": "id"})
    return by_field(catalog, rows.assign(**{one: rows["id"].map(bodies) for one, bodies in joined.items()}))


def chain(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the chain of the measures that serve a target."""
    rows = registers.chain(catalog, region).query("target_id != ''").rename(columns={"measure_id": "id"})
    fields = registers.measures(catalog, region).set_index("id")["field"]
    return by_field(catalog, rows.assign(field=rows["id"].map(fields)))


def asked_of(catalog: Catalog, region: str, lang: str) -> pd.DataFrame:
    """Return the figures that are asked for, one row a body, most first: count, the numbers of figures, their forms."""
    groups = requests.requests(catalog, region).groupby(f"holder_{lang}")
    forms = groups[f"form_{lang}"].agg(lambda own: pick(("；", "; "), lang).join(filter(None, own.unique())))
    rows = groups["id"].agg(count="size", ids=" ".join).assign(forms=forms).rename_axis("body").reset_index()
    return rows.sort_values("count", ascending=False, kind="stable")


def broken(catalog: Catalog) -> list[Row]:
    """Return the broken places of the registers with their chain, one a row."""
    return [vars(one) for one in registers.dangling(catalog)]


def asked_export(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the figures that are asked for, in both languages, with what each would decide."""
    rows = requests.requests(catalog, region)
    said = {f"use_{lang}": [sentences.decides(row, lang) for row in rows.to_dict("records")] for lang in text.LANGS}
    return rows.drop(columns="roles").assign(**said)


def _asked_value(catalog: Catalog, row: Row, lang: str) -> str:
    return sentences.target_value(catalog, row, lang) + _conflict(catalog, row, lang)


def _asked_figure(catalog: Catalog, row: Row, lang: str) -> str:
    return _quantity(catalog, row, lang) + _conflict(catalog, row, lang)


def _conflict(catalog: Catalog, row: Row, lang: str) -> str:
    """Return with which other line of the registers a target or measure does not agree, and on what figure."""
    found = registers.conflicts(catalog).get((row["id"], row["region"]), [])
    shown = [(one.item, text.amount(catalog, one.value, one.unit, lang)) for one in found]
    parts = [pick((f"与{name}的{value}不一致", f"{name} says {value}"), lang) for name, value in shown]
    return text.bracketed(pick(("，", ", "), lang).join(parts), lang)


def _effect_or_reason(catalog: Catalog, row: Row, lang: str) -> str:
    if row["reason"] == "contained" and row["reason_item"]:
        return pick(("已包含在{}中", "already contained in {}"), lang).format(row["reason_item"])
    if row["reason"]:
        return text.word(catalog, f"no_effect_{row['reason']}", lang)
    value = row["direct_mt_central"]
    shown = text.amount(catalog, value, "Mt CO2", lang, 2) if lang == "en" else text.number(100 * value, 0) + "万吨"
    return shown + text.bracketed(pick(("只计节省的燃油", "fuel saved only"), lang) if _charged(row) else "", lang)


def _charged(row: Row) -> bool:
    """Return whether a measure draws electricity that its direct effect leaves out."""
    return bool(row["indirect_mt_central"] > 0)


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
        shown = pick(("×", " x "), lang).join([_quantity(catalog, row, lang), *parts])
        terms.append(text.word(catalog, f"term_{term}", lang) + pick(("：", ": "), lang) + shown)
    return pick(("；", "; "), lang).join(terms)


def _formula(catalog: Catalog, row: Row, lang: str) -> Row:
    shown, sources = formula(catalog, row["id"], lang), row["sources"].split()
    if _charged(row):
        shown += _with_power(catalog, row, lang)
        sources.append(effects.parameters(catalog).at[wedges.FOSSIL, "source_id"])
    return {"text": shown, "source": sources}


def _with_power(catalog: Catalog, row: Row, lang: str) -> str:
    """Return what the electricity that a measure draws adds if it is fossil power, and what is left of its effect."""
    added = row["electricity_twh_central"] * wedges.per_twh(catalog, wedges.FOSSIL)
    net = row["direct_mt_central"] + added
    adds, left = (text.number((100 if lang == "zh" else 1000) * value, 1) for value in (added, abs(net)))
    if lang == "en":
        return (
            ". Both accounts count only the fuel saved; if the electricity is fossil power of the province it "
            f"adds {adds} kt, {left} kt {'more' if net > 0 else 'less'} in all"
        )
    return (
        "。直接口径、含外调电测算口径只计节省的燃油；充电用电如由省内火电供应，"
        f"增加{adds}万吨，相抵后{'净增' if net > 0 else '净减'}{left}万吨"
    )


def _range(account: str) -> Whole:
    """Return what shows the effect in an account: the central value, low and high in brackets where they differ."""

    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        low, central, high = (row[f"{account}_mt_{level}"] for level in effects.LEVELS)
        if pd.isna(central):
            return NONE
        shown, low, high = (text.tonnes(value, lang, 2) for value in (central, low, high))
        return shown + text.bracketed(pick(TO, lang).join((low, high)) if low != high else "", lang)

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
    about = text.bracketed(role, lang)
    derived = pick(("推算", " (estimate)"), lang) if row["status"] == "estimate" else ""
    said = (f"{name}{when}{derived}{shown}{about}", f"{name} {shown}{derived}, {when}{about}")
    return pick(said, lang), row["source_id"]


def _body(catalog: Catalog, row: Row, lang: str) -> str:
    return row[f"bodies_{lang}"] if row["role"] == registers.RESPONSIBLE else NONE


LACKS = {
    "target": ("对应目标", "target"),
    "body": ("责任单位", "responsible body"),
    "evidence": ("同口径数据", "figure of the same scope"),
}
_quantity = amount("quantity", "unit")
# columns of rows of the registers (`tanfeng.roadmap.registers`, `actions`, `effects`) by key, for all tables of the page
COLUMNS = {
    column.key: column
    for column in (
        Column("id", ("编号", "No."), LABEL),
        Column("name", ("措施", "Measure"), own(), cites="source_id"),
        Column("title", ("措施", "Measure"), own()),
        Column("quantity", ("数量", "Quantity"), _asked_figure),
        Column("value", ("目标值", "Value"), _asked_value),
        Column("by_year", ("期限", "By"), YEAR),
        Column("state", ("状态", "State"), word("state_", "text")),
        Column("missing", ("所缺", "Missing"), word("", "text")),
        Column("verdict", ("判定", "Verdict"), VERDICT),
        Column("measures", ("对应措施", "Measures"), listed()),
        Column("target_id", ("目标", "Target"), LABEL),
        Column("effect", ("预期效果（直接口径，每年）", "Expected effect (direct, a year)"), _effect_or_reason),
        Column("evidence", ("已公布数据", "Published figures"), _figures),
        Column("gap", ("缺口", "Gap"), _action_gap),
        Column("measure", ("措施", "Measure"), _action_measure, cites="source_id"),
        Column("acting", ("责任单位", "Body"), _action_body),
        Column("deadline", ("时限", "Deadline"), YEAR),
        Column("size", ("年减排或数量", "Tonnes a year, or quantity"), _action_size),
        Column("shows", ("以何为证", "Evidence that will show it"), _action_evidence),
        Column("formula", ("算法（中值）", "Formula (central)"), _formula),
        Column("electricity_twh_central", ("电量", "Electricity"), electricity(1)),
        Column("direct", ("直接口径", "Direct"), _range("direct"), "mt", "number"),
        Column("assessment", ("含外调电测算口径", "With imported power"), _range("assessment"), "mt", "number"),
        Column("first_year", ("首个完整年度", "First whole year"), YEAR),
        Column("role", ("身份", "Role"), word("body_role_")),
        Column("bodies", ("单位", "Bodies"), own("bodies")),
        Column("body", ("责任单位", "Responsible"), _body),
        Column("indicator", ("指标", "Indicator"), name("indicators", "text")),
        Column("lacks", ("所缺环节", "Missing"), listed(LACKS)),
    )
}


ACTION_NOTE = (
    "减排量为完整年度、按数量全部实现计算的直接口径，措施相互重叠，不得相加；没有算法的列数量。单位照文件列示，"
    "括号内为其在文件中的身份，未列明的写“待定”。以何为证为“—”的，没有登记可据以核对的指标。",
    "Tonnes are those of a full year with the whole quantity in place, in the direct account; measures overlap and are "
    "not to be added. Where nothing is computed the quantity stands. Bodies are as documents name them, with their role "
    "there in brackets where it is not that of the responsible; “not named” where there is none. A dash for the evidence: no indicator is registered that would show it.",
)
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


def _layout(keys: str, note: Pair = ("", ""), folds: str = "field", **headings: Pair) -> Layout:
    chosen = {key: COLUMNS[key] for key in keys.split()}
    chosen |= {key: replace(chosen[key], heading=heading) for key, heading in headings.items()}
    return Layout(tuple(chosen.values()), note, stacked=True, folds=folds)


# rows of `tanfeng.roadmap.actions.actions` with `again`: whether the row above serves the same target
ACTIONS = _layout("target_id gap measure acting deadline size shows", folds="")
# rows of `due`, what is overdue and what is due soon
OVERDUE = _layout("id name quantity by_year missing state evidence")
SOON = _layout("id name quantity by_year state evidence")
# rows of `expected`, of `flagged`
EXPECTED = _layout("id title formula electricity_twh_central direct assessment first_year", RANGE_NOTE)
FLAGGED = _layout("id name effect evidence", evidence=("相近的公布数据", "Nearest published figure"))
# rows of the three registers: `tanfeng.roadmap.registers.targets`, `measures`, `responsibilities`
TARGETS = _layout("id name value verdict measures", name=("目标", "Target"))
MEASURES = _layout("id name quantity by_year state target_id effect", EFFECT_NOTE)
RESPONSIBILITIES = _layout("id role bodies name state", ROLE_NOTE)
# rows of `chain`
CHAIN = _layout(
    "id target_id indicator body evidence lacks", id=("措施", "Measure"), evidence=("同口径数据", "Figures")
)
# rows of `asked_of`
ASKED = Layout(
    (
        Column("body", ("填报单位", "Body"), LABEL),
        Column("count", ("项数", "Figures"), COUNT),
        Column("ids", ("编号", "Numbers"), listed()),
        Column("forms", ("统计报表或台账", "Statistical form or record"), TEXT),
    ),
    ASKED_NOTE,
)
# problems (`tanfeng.roadmap.registers.dangling`) as rows: the broken places of the registers with their chain
DANGLING = Layout((
    Column("place", ("位置", "Place"), lambda c, row, lang: f"{row['file']} {row['row']} {row['column']}", kind="label"),
    Column("found", ("问题", "Found"), TEXT),
    Column("expected", ("应为", "Expected"), TEXT),
    Column("chain", ("链条", "Chain"), TEXT),
))  # fmt: skip


EXPORTED = [
    *("id", "field", "region", "name", "quantity", "unit", "by_year", "first_year", "kind", "state", "due", "missing"),
    *("target_id", "indicator", "verdict", "part_of", "overlaps", "bodies", "role", "evidence", "measured"),
    *(name for name in effects.EFFECTS if not name.startswith("energy_mtce")),
    *("reason", "reason_item", "sources"),
]


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
    by = NONE if pd.isna(row["by_year"]) else str(row["by_year"])
    parts = [_quantity(catalog, row, lang), _effect_or_reason(catalog, row, lang)]
    shown = row["name"] + pick(("：", ": "), lang) + pick(("；", "; "), lang).join(parts)
    return f"{row['id']:5} {row['state']:10} {by:5} {row['missing'] or NONE:14} {shown}\n"
