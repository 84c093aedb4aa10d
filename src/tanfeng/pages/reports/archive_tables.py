"""Tables about frozen outlooks: what is frozen, what came, and how the probabilities did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.table import Table, columns, status_cell
from tanfeng.targets.lookback import archive

KINDS = {
    archive.OUTLOOK: {"zh": "冻结预测", "en": "frozen outlook"},
    archive.HINDCAST: {"zh": "回溯预测", "en": "hindcast"},
}
STATES = {
    archive.SCORED: {"zh": "已对照", "en": "scored"},
    archive.ESTIMATED: {"zh": "仅有估算数", "en": "only estimated"},
    archive.NOT_PUBLISHED: {"zh": "未公布", "en": "not published"},
    archive.AHEAD: {"zh": "未到期", "en": "not yet due"},
    archive.WITHDRAWN: {"zh": "目标已撤销", "en": "target withdrawn"},
}
STATEMENTS = {
    archive.NO_HIGHER: {"zh": "到该年未出现新高", "en": "no new maximum up to the year"},
    archive.PEAKED_BY: {"zh": "该年及以前达峰", "en": "peaked by the year"},
    archive.TARGET: {"zh": "目标完成", "en": "target met"},
    archive.INTENSITY: {"zh": "降幅达到", "en": "reduction reached"},
}
HINDSIGHT = {
    "zh": "回溯预测只用起点年及以前的排放数据，不用驱动指标。方法、区间校准和领域间相关均为其后所得，"
    "结果好于当时实际能作出的预测。",
    "en": "A hindcast uses the emissions up to its last year and no drivers. Method, calibration and the dependence "
    "between fields were learnt later, so it looks better than a forecast made at the time would have.",
}
HASH_SHOWN = 12


def _mt(value: float, lang: str) -> str:
    return "—" if pd.isna(value) else text.tonnes(value, lang)


def _number(value: float, digits: int, lang: str) -> dict[str, str]:
    return {"text": "—" if pd.isna(value) else text.number(value, digits, lang)}


def _range(low: float, high: float, lang: str) -> dict[str, str]:
    return {"text": f"{text.tonnes(low, lang, 0)}–{text.tonnes(high, lang, 0)}"}


def _yes(value: float, lang: str) -> dict[str, str]:
    return {"text": {"zh": ("否", "是"), "en": ("no", "yes")}[lang][int(value)]}


def vintages(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the register: what was frozen when, from what.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.frozen_register`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Name", "", "label"),
        "kind": ("类别", "Kind", "", "label"),
        "last": ("所用数据截至", "Up to", "", "label"),
        "date": ("冻结日期", "Frozen on", "", "label"),
        "version": ("程序版本", "Program", "", "label"),
        "data": ("数据指纹", "Tables (hash)", "", "label"),
        "learnt": ("校准指纹", "Calibration (hash)", "", "label"),
    }
    cells = [
        {
            "id": {"text": row["id"]},
            "kind": {"text": KINDS[row["kind"]][lang]},
            "last": {"text": text.period(str(row["last_year"]), lang)},
            "date": {"text": row["date"]},
            "version": {"text": row["version"]},
            "data": {"text": row["data_sha256"][:HASH_SHOWN]},
            "learnt": {"text": row["learnt_sha256"][:HASH_SHOWN]},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, HINDSIGHT[lang], list(dict.fromkeys(rows["source_id"])))


def scores(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str, field: str = "total") -> Table:
    """Return frozen figures of one field beside those published since; what is not due is counted in the note.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.scores`.
        lang: `zh` or `en`.
        caption: what the table says.
        field: id of a field, or `total`.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "year": ("年份", "Year", "", "label"),
        "said": ("冻结值", "Said", "mt", "number"),
        "range": ("80%区间", "80% interval", "mt", "number"),
        "came": ("公布值", "Published", "mt", "number"),
        "status": ("状态", "Status", "", "status"),
        "error": ("误差", "Error", "%", "number"),
        "in80": ("落入80%区间", "Inside 80%", "", "label"),
        "in95": ("落入95%区间", "Inside 95%", "", "label"),
    }
    mine = rows[rows["field"] == field]
    cells = [
        {
            "id": {"text": row["id"]},
            "year": {"text": str(row["year"])},
            "said": {"text": _mt(row["co2_mt"], lang)},
            "range": _range(row["lo80"], row["hi80"], lang),
            "came": {"text": _mt(row["published_mt"], lang)},
            "status": status_cell(catalog, row["status"], lang),
            "error": _number(row["error_pct"], 1, lang),
            "in80": _yes(row["inside80"], lang),
            "in95": _yes(row["inside95"], lang),
        }
        for row in mine[mine["state"] == archive.SCORED].to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, waiting(mine, lang), [archive.SOURCE])


def waiting(rows: pd.DataFrame, lang: str) -> str:
    """Say how many frozen figures or statements are not scored, and why; empty if all are.

    Args:
        rows: result of `tanfeng.targets.lookback.archive.scores` or `statements`.
        lang: `zh` or `en`.

    Example:
        >>> waiting(pd.DataFrame({"state": ["scored", "ahead", "ahead", "estimated"]}), "zh")
        '尚未对照3项：仅有估算数1项，未到期2项。'
    """
    counts = rows["state"].value_counts()
    parts = [(STATES[state][lang], int(counts[state])) for state in archive.STATES[1:] if state in counts]
    total = sum(count for _, count in parts)
    if not parts:
        return ""
    if lang == "zh":
        return f"尚未对照{total}项：{'，'.join(f'{name}{count}项' for name, count in parts)}。"
    return f"Not scored: {total} ({', '.join(f'{name} {count}' for name, count in parts)})."


def summary(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return how each frozen outlook did by field; those without a case are left out.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.summary`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "field": ("领域", "Field", "", "label"),
        "cases": ("对照次数", "Cases", "", "number"),
        "error": ("平均绝对误差", "Abs. error", "%", "number"),
        "bias": ("平均误差", "Bias", "%", "number"),
        "in80": ("落入80%区间", "In 80%", "", "number"),
        "in95": ("落入95%区间", "In 95%", "", "number"),
        "score": ("区间得分", "Score", "mt", "number"),
        "carried": ("沿用末年误差", "Carried on", "mt", "number"),
    }
    note = {
        "zh": "误差为冻结值减公布值。区间得分越小越好，只给点值时即为绝对误差，可与沿用末年误差直接比较。",
        "en": "Error: frozen less published, mean of its size and signed. The interval score is better the smaller it "
        "is; of a point alone it is "
        "the absolute error, so it compares with that of carrying on the last figure.",
    }[lang]
    cells = [_summary_cells(catalog, row, lang) for row in rows[rows["cases"] > 0].to_dict("records")]
    return Table(caption, columns(lang, plan), cells, note, [archive.SOURCE])


def _summary_cells(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "id": {"text": row["id"]},
        "field": {"text": catalog.label("fields", row["field"], lang)},
        "cases": {"text": str(row["cases"])},
        "error": _number(row["error_pct"], 1, lang),
        "bias": _number(row["bias_pct"], 1, lang),
        "in80": {"text": str(int(row["inside80"]))},
        "in95": {"text": str(int(row["inside95"]))},
        "score": {"text": _mt(row["score_mt"], lang)},
        "carried": {"text": _mt(row["carried_mt"], lang)},
        "_class": "total" if row["field"] == "total" else "",
    }


def statements(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return the probabilities that can be judged by now, of the total and of targets; the others are counted.

    Those of targets stand there before they are due or answered, with what they wait for; of a reduction on this
    project's accounts, one an account.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.archive.statements`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "id": ("编号", "Frozen", "", "label"),
        "what": ("判断", "Statement", "", "text"),
        "year": ("年份", "Year", "", "label"),
        "said": ("给出的概率", "Said", "", "number"),
        "came": ("是否成立", "Came", "", "label"),
    }
    names = catalog.read("targets").set_index("id")[lang]
    mine = rows[(rows["item"] == "total") | rows["statement"].isin([archive.TARGET, archive.INTENSITY])]
    of_targets = mine["statement"].isin([archive.TARGET, archive.INTENSITY])
    cells = [
        {
            "id": {"text": row["id"]},
            "what": {"text": _what(catalog, row, names, lang)},
            "year": {"text": str(row["year"])},
            "said": {"text": text.probability(row["said"])},
            "came": _yes(row["came"], lang) if row["state"] == archive.SCORED else {"text": STATES[row["state"]][lang]},
        }
        for row in mine[(mine["state"] == archive.SCORED) | of_targets].to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, waiting(mine[~of_targets], lang), [archive.SOURCE])


def _what(catalog: Catalog, row: Mapping[str, Any], names: pd.Series, lang: str) -> str:
    said = STATEMENTS[row["statement"]][lang]
    if row["statement"] not in {archive.TARGET, archive.INTENSITY}:
        return said
    name = f"{said}{'：' if lang == 'zh' else ': '}{row['item']} {names[row['item']]}"
    if row["statement"] == archive.TARGET:
        return name
    account = text.word(catalog, f"account_{row['account']}", lang)
    return f"{name}{'，' if lang == 'zh' else ', '}{account}"
