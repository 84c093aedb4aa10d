"""Tables of the registers (floor 4): targets, measures, responsibilities, effects, what is due, flagged or dangling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng import effects, registers, text
from tanfeng.catalog import Catalog, labels
from tanfeng.checks import Problem
from tanfeng.indicators import observations
from tanfeng.tables import Column, Table, verdict_cell

Plan = Mapping[str, tuple[str, str, str, str]]
Row = dict[str, Any]
NONE = {"zh": "—", "en": "—"}
TIMES = {"zh": "×", "en": " x "}
LACKS = {
    "target": ("对应目标", "target"),
    "body": ("责任单位", "responsible body"),
    "evidence": ("同口径数据", "figure of the same scope"),
}
EXPORTED = [
    *("id", "field", "region", "name", "quantity", "unit", "by_year", "first_year", "kind", "state", "due"),
    *("target_id", "indicator", "verdict", "part_of", "overlaps", "bodies", "role", "evidence", "measured"),
    *(name for name in effects.EFFECTS if not name.startswith("energy_mtce")),
    *("reason", "reason_item", "sources"),
]


def _pick(pair: tuple[str, str], lang: str) -> str:
    return pair[0 if lang == "zh" else 1]


def _columns(lang: str, plan: Plan) -> list[Column]:
    """Return columns from key -> (zh, en, unit, kind)."""
    return [Column(key, _pick((zh, en), lang), unit, kind) for key, (zh, en, unit, kind) in plan.items()]


def _table(lang: str, caption: str, plan: Plan, cells: list[Row], note: str = "") -> Table:
    sources = [
        source for row in cells for cell in row.values() if isinstance(cell, dict) for source in cell.get("source", [])
    ]
    return Table(caption, _columns(lang, plan), cells, note, list(dict.fromkeys(sources)))


def _word(catalog: Catalog, name: str, lang: str) -> Row:
    return {"text": text.word(catalog, name, lang)}


def _quantity(catalog: Catalog, row: Row, lang: str) -> str:
    return NONE[lang] if pd.isna(row["quantity"]) else text.amount(catalog, row["quantity"], row["unit"], lang)


def _year(value: Any, lang: str) -> str:
    return NONE[lang] if pd.isna(value) else str(int(value))


def _named(row: Row, lang: str) -> Row:
    """Return the cell of a measure's name, cited with the document it comes from."""
    return {"text": row[lang], "source": [row["source_id"]]}


def _sorted(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    order = catalog.read("fields").set_index("id")["sort"]
    return rows.assign(order=rows["field"].map(order)).sort_values(["order", "id"], kind="stable").drop(columns="order")


def targets(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the register of targets: number, target, value, verdict and the measures that serve it."""
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("目标", "Target", "", "text"),
        "value": ("目标值", "Value", "", "text"),
        "verdict": ("判定", "Verdict", "", "verdict"),
        "measures": ("对应措施", "Measures", "", "text"),
    }
    cells = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang], "source": [row["source_id"]]},
            "value": {"text": text.target_value(catalog, row, lang)},
            "verdict": verdict_cell(catalog, row["verdict"], lang),
            "measures": {"text": row["measures"].replace(" ", _pick(("、", ", "), lang)) or NONE[lang]},
        }
        for row in _sorted(catalog, registers.targets(catalog, region)).to_dict("records")
    ]
    return _table(lang, caption, plan, cells)


def measures(catalog: Catalog, region: str, lang: str, caption: str, field: str | None = None) -> Table:
    """Return the register of measures: number, measure, quantity, deadline, state, target, effect or why none."""
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("措施", "Measure", "", "text"),
        "quantity": ("数量", "Quantity", "", "text"),
        "by_year": ("期限", "By", "", "label"),
        "state": ("状态", "State", "", "text"),
        "target": ("目标", "Target", "", "label"),
        "effect": ("预期效果（直接口径，每年）", "Expected effect (direct, a year)", "", "text"),
    }
    rows = registers.measures(catalog, region, field)
    found = effects.expected(catalog, region).set_index("id")[[*effects.EFFECTS, "reason", "reason_item"]]
    cells = [
        {
            "id": {"text": row["id"]},
            "name": _named(row, lang),
            "quantity": {"text": _quantity(catalog, row, lang)},
            "by_year": {"text": _year(row["by_year"], lang)},
            "state": _word(catalog, f"state_{row['state']}", lang),
            "target": {"text": row["target_id"] or NONE[lang]},
            "effect": {"text": _effect_or_reason(catalog, row, lang)},
        }
        for row in _sorted(catalog, rows).join(found, on="id").to_dict("records")
    ]
    return _table(lang, caption, plan, cells, _pick(EFFECT_NOTE, lang))


EFFECT_NOTE = (
    "效果为完整年度、按数量全部实现计算，负数为减排；各项措施相互重叠，不得相加。状态“到期未见结果”只表示未查到公布数据。",
    "Effects are of a full year, with the whole quantity in place; below zero is less CO2. Measures overlap and are "
    "not to be added. “Due, no result found” says only that no published figure was found.",
)


def _effect_or_reason(catalog: Catalog, row: Row, lang: str) -> str:
    if row["reason"]:
        return reason(catalog, row, lang)
    return _signed(catalog, row["direct_mt_central"], lang)


def _signed(catalog: Catalog, value: float, lang: str) -> str:
    return text.amount(catalog, value, "Mt CO2", lang, 2) if lang == "en" else text.number(100 * value, 0) + "万吨"


def reason(catalog: Catalog, row: Row, lang: str) -> str:
    """Return why nothing is expected of a measure (a row of `tanfeng.effects.expected`) as words.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> reason(open_catalog(), {"reason": "contained", "reason_item": "ME17"}, "zh")
        '已包含在ME17中'
    """
    if row["reason"] == "contained" and row["reason_item"]:
        return _pick((f"已包含在{row['reason_item']}中", f"already contained in {row['reason_item']}"), lang)
    return text.word(catalog, f"no_effect_{row['reason']}", lang)


def formula(catalog: Catalog, measure: str, lang: str) -> str:
    """Return how the effect of a measure is computed, in words: each term with its quantity and factors.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> formula(open_catalog(), "ME01", "zh")
        '替代火电：120万千瓦×7972小时×0.8273千克二氧化碳/千瓦时'
    """
    row = catalog.read("measures").set_index("id").loc[measure].to_dict()
    terms = []
    for term, rows in effects.factors(catalog, measure).groupby("term", sort=False):
        parts = [text.amount(catalog, one["central"], one["unit"], lang) for one in rows.to_dict("records")]
        shown = TIMES[lang].join([_quantity(catalog, row, lang), *parts])
        terms.append(text.word(catalog, f"term_{term}", lang) + _pick(("：", ": "), lang) + shown)
    return _pick(("；", "; "), lang).join(terms)


def expected(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the measures of which an effect is expected: formula in words, electricity, CO2, first whole year."""
    unit = text.TONNES[lang]
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("措施", "Measure", "", "text"),
        "formula": ("算法（中值）", "Formula (central)", "", "text"),
        "electricity": ("电量", "Electricity", _pick(("亿千瓦时", "TWh"), lang), "number"),
        "direct": ("直接口径", "Direct", unit, "number"),
        "assessment": ("考核口径", "Assessment", unit, "number"),
        "first": ("首个完整年度", "First whole year", "", "label"),
    }
    rows = effects.expected(catalog, region)
    cells = [
        {
            "id": {"text": row["id"]},
            "name": {"text": row[lang]},
            "formula": {"text": formula(catalog, row["id"], lang), "source": row["sources"].split()},
            "electricity": {"text": _twh(row["electricity_twh_central"], lang)},
            "direct": {"text": _range(row, "direct_mt", lang)},
            "assessment": {"text": _range(row, "assessment_mt", lang)},
            "first": {"text": _year(row["first_year"], lang)},
        }
        for row in _sorted(catalog, rows[rows["reason"] == ""]).to_dict("records")
    ]
    return _table(lang, caption, plan, cells, _pick(RANGE_NOTE, lang))


RANGE_NOTE = (
    "括号内为系数取低值和高值的结果，不是概率区间；系数只有一个值的没有括号。直接口径的减排以替代省内火电为前提，"
    "如替代的是外来电，直接口径没有减排。外来电在考核口径按华东电网因子计入。首个完整年度为“—”的，投产年份未公布。",
    "In brackets the results with low and high factors, which are no probability interval; none where a factor has one "
    "value. In the direct account a cut supposes that fossil power of the province is displaced; if imports are, there "
    "is none. Imports count at the East China factor in the assessment account. A dash for the first whole year: the "
    "year of commissioning is not published.",
)


def _twh(value: float, lang: str) -> str:
    return NONE[lang] if pd.isna(value) else text.number(value * 10 if lang == "zh" else value, 1, lang)


def _range(row: Row, account: str, lang: str) -> str:
    low, central, high = (row[f"{account}_{level}"] for level in effects.LEVELS)
    if pd.isna(central):
        return NONE[lang]
    shown = [text.tonnes(value, lang, 2) for value in (central, low, high)]
    ends = _pick(("至", " to "), lang).join(shown[1:])
    return (
        shown[0] if shown[1] == shown[2] else f"{shown[0]}{_pick(('（', ' ('), lang)}{ends}{_pick(('）', ')'), lang)}"
    )


def responsibilities(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the register of responsibilities, one row a measure whose document names bodies: measure, bodies, role."""
    plan = {
        "measure": ("编号", "No.", "", "label"),
        "role": ("身份", "Role", "", "label"),
        "bodies": ("单位", "Bodies", "", "text"),
        "name": ("措施", "Measure", "", "text"),
        "state": ("状态", "State", "", "text"),
    }
    rows = registers.responsibilities(catalog, region)
    mark = registers.SEPARATOR[lang]
    cells = []
    for _, bodies in rows.groupby("measure_id", sort=False):
        row = bodies.iloc[0].to_dict()
        cells.append(
            {
                "measure": {"text": row["measure_id"]},
                "role": _word(catalog, f"body_role_{row['role']}", lang),
                "bodies": {"text": mark.join(bodies[f"body_{lang}"])},
                "name": _named(row, lang),
                "state": _word(catalog, f"state_{row['state']}", lang),
            }
        )
    return _table(lang, caption, plan, cells, _pick(ROLE_NOTE, lang))


ROLE_NOTE = (
    "只有“责任单位”是文件明确的责任；印发、核准、起草、组织、发布单位照文件列示，不构成责任分工。未列明单位的措施不在表内。",
    "Only “responsible” is a duty stated by the document. Issuers, approvers, drafters, organisers and publishers are "
    "listed as named; no duty follows. Measures whose document names no body are not in the table.",
)


def due(catalog: Catalog, region: str, which: str, lang: str, caption: str) -> Table:
    """Return what is overdue or due soon (`which`): measure, quantity, deadline, bodies, and the last figures."""
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("措施", "Measure", "", "text"),
        "quantity": ("数量", "Quantity", "", "text"),
        "by_year": ("期限", "By", "", "label"),
        "state": ("状态", "State", "", "text"),
        "evidence": ("已公布数据", "Published figures", "", "text"),
    }
    rows = registers.measures(catalog, region, due=which).sort_values(["by_year", "id"], kind="stable")
    cells = [
        {
            "id": {"text": row["id"]},
            "name": _named(row, lang),
            "quantity": {"text": _quantity(catalog, row, lang)},
            "by_year": {"text": _year(row["by_year"], lang)},
            "state": _word(catalog, f"state_{row['state']}", lang),
            "evidence": _figures(catalog, row["id"], lang),
        }
        for row in rows.to_dict("records")
    ]
    return _table(lang, caption, plan, cells)


def _figures(catalog: Catalog, measure: str, lang: str) -> Row:
    """Return the registered figures of a measure as words with their sources."""
    rows = [_figure(catalog, one, lang) for one in registers.figures(catalog, measure).to_dict("records")]
    shown = _pick(("；", "; "), lang).join(words for words, _ in rows)
    return {"text": shown or NONE[lang], "source": list(dict.fromkeys(source for _, source in rows))}


def _figure(catalog: Catalog, one: Row, lang: str) -> tuple[str, str]:
    rows = observations(catalog, one["indicator"], one["region"])
    row = rows[rows["period"] == one["period"]].iloc[0].to_dict()
    name = text.quantity_name(catalog, one["indicator"], lang)
    shown, when = text.figure(catalog, row, lang), text.period(one["period"], lang)
    role = text.word(catalog, f"role_{one['role']}", lang) if one["role"] in {"part", "context"} else ""
    about = _pick((f"（{role}）", f" ({role})"), lang) if role else ""
    return _pick((f"{name}{when}{shown}{about}", f"{name} {shown}, {when}{about}"), lang), row["source_id"]


def flagged(catalog: Catalog, region: str, lang: str, caption: str, only_effects: bool = True) -> Table:
    """Return the measures that no figure of the same scope measures; those with an expected effect, or all."""
    plan = {
        "id": ("编号", "No.", "", "label"),
        "name": ("措施", "Measure", "", "text"),
        "effect": ("预期效果（直接口径，每年）", "Expected effect (direct, a year)", "", "text"),
        "evidence": ("相近的公布数据", "Nearest published figure", "", "text"),
    }
    found = effects.expected(catalog, region).set_index("id")[[*effects.EFFECTS, "reason", "reason_item"]]
    rows = registers.flagged(catalog, region).join(found, on="id")
    rows = rows[rows["reason"] == ""] if only_effects else rows
    cells = [
        {
            "id": {"text": row["id"]},
            "name": _named(row, lang),
            "effect": {"text": _effect_or_reason(catalog, row, lang)},
            "evidence": _figures(catalog, row["id"], lang),
        }
        for row in _sorted(catalog, rows).to_dict("records")
    ]
    return _table(lang, caption, plan, cells)


def chain(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the chain of the measures that serve a target: measure, target, indicator, bodies, figures."""
    plan = {
        "id": ("措施", "Measure", "", "label"),
        "target": ("目标", "Target", "", "label"),
        "indicator": ("指标", "Indicator", "", "text"),
        "body": ("责任单位", "Responsible", "", "text"),
        "evidence": ("同口径数据", "Figures", "", "text"),
        "lacks": ("所缺环节", "Missing", "", "text"),
    }
    rows = registers.chain(catalog, region)
    names = labels(catalog, "indicators", lang)
    mark = _pick(("、", ", "), lang)
    cells = [
        {
            "id": {"text": row["measure_id"]},
            "target": {"text": row["target_id"]},
            "indicator": {"text": names[row["indicator"]]},
            "body": {"text": row[f"bodies_{lang}"] if row["role"] == registers.RESPONSIBLE else NONE[lang]},
            "evidence": _figures(catalog, row["measure_id"], lang),
            "lacks": {"text": mark.join(_pick(LACKS[name], lang) for name in row["lacks"].split()) or NONE[lang]},
        }
        for row in rows[rows["target_id"] != ""].to_dict("records")
    ]
    return _table(lang, caption, plan, cells)


def dangling(problems: list[Problem], lang: str, caption: str) -> Table:
    """Return the broken places of the registers with their chain; one row that says so where there are none."""
    plan = {
        "place": ("位置", "Place", "", "label"),
        "found": ("问题", "Found", "", "text"),
        "expected": ("应为", "Expected", "", "text"),
        "chain": ("链条", "Chain", "", "text"),
    }
    cells: list[Row] = [
        {
            "place": {"text": f"{one.file} {one.row} {one.column}"},
            "found": {"text": one.found},
            "expected": {"text": one.expected},
            "chain": {"text": one.chain},
        }
        for one in problems
    ]
    if not cells:
        cells = [
            {
                "place": {"text": _pick(("没有断链", "none"), lang)},
                **{key: {"text": NONE[lang]} for key in ("found", "expected", "chain")},
            }
        ]
    return _table(lang, caption, plan, cells)


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
    """Return the measures of `export` as text: number, state, deadline, name, quantity, effect or reason."""
    return "".join(_line(catalog, row, lang) for row in rows.to_dict("records"))


def _line(catalog: Catalog, row: Row, lang: str) -> str:
    parts = [_quantity(catalog, row, lang), _effect_or_reason(catalog, row, lang)]
    shown = row["name"] + _pick(("：", ": "), lang) + _pick(("；", "; "), lang).join(parts)
    return f"{row['id']:5} {row['state']:10} {_year(row['by_year'], lang):5} {shown}\n"
