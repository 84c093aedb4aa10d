"""Sentences on what drove emissions, in Chinese and English, from the results of `tanfeng.facts.decomposition`.

An effect is named after its factor without saying where the factor went: chained over years, the effect of a factor
that rose a little may still be slightly negative. What the inventory cannot tell has no direction: a change whose 95 %
interval holds zero, and the effect of a factor made of emissions (CO2 per energy, per GDP, per kilowatt-hour) that is
smaller than half that interval, because the error of the emissions falls on this factor alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts.decomposition import NOT_CERTAIN, NOT_SIGNIFICANT
from tanfeng.facts.observations import weakest
from tanfeng.pages import text

UNIT = "Mt CO2"
SMALL = 0.1
RESTS = {
    "zh": {"estimate": "（含估算数据）", "adjusted": "（含订正数据）"},
    "en": {"estimate": " (rests on estimates)", "adjusted": " (rests on adjusted figures)"},
}


def driven(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Return one sentence that says by how much emissions changed over a period and what drove it, largest first.

    Args:
        catalog: the tables.
        rows: rows of one period and item from `tanfeng.facts.decomposition.kaya`, `fields` or `power`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if the rows are of no or of several periods or items.

    Example:
        >>> from tanfeng.facts.decomposition import kaya
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = kaya(catalog, "330000").query("period == '11FYP'")
        >>> print(driven(catalog, rows, "zh"))
        2010年全省二氧化碳排放比2005年增加1.05亿吨：人均地区生产总值拉动1.49亿吨，人口拉动2822万吨；能耗强度抵减7150万吨；\
单位能耗碳排放的影响小于误差，方向不能确定。
        >>> print(driven(catalog, rows, "en"))
        Total CO2 emissions rose by 105.3 Mt from 2005 to 2010: GDP per head added 148.8 Mt and population 28.2 Mt; \
energy intensity took off 71.5 Mt; the effect of CO2 per unit of energy is smaller than the error, its direction not \
certain.
    """
    head = _one(rows, ["period", "item"])
    sure = [row for row in rows.to_dict("records") if not _lost(row)]
    effects = {text.word(catalog, f"driver_{row['factor']}", lang): row["effect_mt"] for row in sure}
    lost = [text.word(catalog, f"driver_{row['factor']}", lang) for row in rows.to_dict("records") if _lost(row)]
    name = _item(catalog, str(head["item"]), lang)
    parts = _drivers(catalog, effects, lang) + _uncertain(lost, lang)
    return _sentence(_changed(catalog, name, head, lang), parts, head, lang)


def field_by_field(
    catalog: Catalog, rows: pd.DataFrame, lang: str, limits_mt: tuple[float, float] | None = None
) -> str:
    """Return one sentence that says by how much total emissions changed over a period and in which fields.

    Args:
        catalog: the tables.
        rows: rows of one period and every field from `tanfeng.facts.decomposition.fields`.
        lang: `zh` or `en`.
        limits_mt: 95 % limits of the change of the total (Mt); the rows hold those of the fields only.

    Raises:
        ProjectError: if the rows are of no or of several periods.

    Example:
        >>> from tanfeng.facts.decomposition import fields
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = fields(catalog, "330000").query("period == '12FYP'")
        >>> print(field_by_field(catalog, rows, "zh"))
        2015年全省二氧化碳排放比2010年增加1772万吨，其中交通增加642万吨，居民生活增加445万吨，建筑增加401万吨，\
工业、农业、能源变化不显著。
    """
    head = {**_one(rows, ["period"]), **_sums(rows), "status": weakest(rows["status"])}
    head = {**head, **dict(zip(("lo95_mt", "hi95_mt"), limits_mt or (None, None), strict=True))}
    changes = rows.drop_duplicates("item").assign(change=lambda one: one["last_mt"] - one["first_mt"])
    changes = changes.sort_values("change", key=abs, ascending=False)
    named = {
        catalog.label("fields", row["item"], lang): None if _flat(row) else float(row["change"])
        for row in changes.to_dict("records")
    }
    name = _item(catalog, "total", lang)
    return _sentence(_changed(catalog, name, head, lang), _changes(catalog, named, lang), head, lang, link="，其中")


def decoupled(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return one sentence on how CO2 or energy consumption moved against GDP over a period, with its decoupling state.

    Args:
        catalog: the tables.
        row: one row of `tanfeng.facts.decomposition.decoupling` as a dict.
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.facts.decomposition import decoupling
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> row = decoupling(catalog, "330000").to_dict("records")[0]
        >>> print(decoupled(catalog, row, "zh"))
        2010年与2005年相比，二氧化碳排放总量增长41.2%，地区生产总值（不变价）增长75.3%，脱钩弹性为0.55，属弱脱钩。
        >>> print(decoupled(catalog, row, "en"))
        From 2005 to 2010 total CO2 emissions rose by 41.2% and GDP (constant prices) rose by 75.3%: elasticity 0.55, \
weak decoupling.
    """
    name, state = (text.word(catalog, word, lang) for word in (row["quantity"], f"decoupling_{row['state']}"))
    quantity, gdp = (_moved(row[column], lang) for column in ("change_pct", "gdp_change_pct"))
    if row["state"] in {NOT_SIGNIFICANT, NOT_CERTAIN}:
        return _not_decoupled(row, name, gdp, state, lang)
    elasticity = "" if pd.isna(row["elasticity"]) else _elasticity(row["elasticity"])
    rests = RESTS[lang].get(row["status"], "")
    if lang == "zh":
        middle = f"脱钩弹性为{elasticity}，属{state}" if elasticity else f"脱钩状态{state}"
        start = f"{row['end']}年与{row['start']}年相比"
        return f"{start}，{name}{quantity}，地区生产总值（不变价）{gdp}，{middle}{rests}。"
    middle = f"elasticity {elasticity}, {state}" if elasticity else f"decoupling {state}"
    return f"From {row['start']} to {row['end']} {name} {quantity} and GDP (constant prices) {gdp}: {middle}{rests}."


def _not_decoupled(row: dict[str, Any], name: str, gdp: str, state: str, lang: str) -> str:
    """Return the sentence on a change whose interval lies in several states: the figure, its interval, no state."""
    shown, rests = _moved(row["change_pct"], lang), RESTS[lang].get(row["status"], "")
    if row["state"] == NOT_SIGNIFICANT:
        shown = ("变化" if lang == "zh" else "changed by ") + text.percent(row["change_pct"])
    low, high = (text.percent(row[column]) for column in ("lo95_pct", "hi95_pct"))
    if lang == "zh":
        start = f"{row['end']}年与{row['start']}年相比"
        return f"{start}，{name}{shown}（95%区间{low}至{high}），地区生产总值（不变价）{gdp}，{state}{rests}。"
    change = f"{name} {shown} (95% interval {low} to {high})"
    return f"From {row['start']} to {row['end']} {change} and GDP (constant prices) {gdp}: {state}{rests}."


def _flat(row: dict[str, Any]) -> bool:
    """Say whether zero lies within the 95 % limits of a change."""
    low, high = row.get("lo95_mt"), row.get("hi95_mt")
    return low is not None and high is not None and bool(low <= 0 <= high)


def _lost(row: dict[str, Any]) -> bool:
    """Say whether the effect of a factor made of emissions is smaller than half the interval of their change."""
    low, high = row.get("lo95_mt"), row.get("hi95_mt")
    if low is None or high is None or not row["factor"].startswith("co2_"):
        return False
    return bool(abs(row["effect_mt"]) < (high - low) / 2)


def _uncertain(names: list[str], lang: str) -> str:
    if not names:
        return ""
    if lang == "zh":
        return f"；{'、'.join(names)}的影响小于误差，方向不能确定"
    return f"; the effect of {_listed(names)} is smaller than the error, its direction not certain"


def _one(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Return the first row, of rows that must agree in some columns."""
    for column in columns:
        found = list(rows[column].unique())
        if len(found) != 1:
            raise ProjectError(f"a sentence is about one {column}; found {found or 'no rows'}: choose one")
    return {str(name): value for name, value in rows.iloc[0].items()}


def _sums(rows: pd.DataFrame) -> dict[str, float]:
    each = rows.drop_duplicates("item")
    return {column: float(each[column].sum()) for column in ("first_mt", "last_mt")}


def _item(catalog: Catalog, item: str, lang: str) -> str:
    if item == "total":
        return f"{catalog.label('fields', item, lang)}二氧化碳排放" if lang == "zh" else "Total CO2 emissions"
    if item in set(catalog.read("fields")["id"]):
        label = catalog.label("fields", item, lang)
        return f"{label}领域二氧化碳排放" if lang == "zh" else f"CO2 emissions of {_small(label)}"
    label = catalog.label("subsectors", item, lang)
    return f"{label}的二氧化碳排放" if lang == "zh" else f"CO2 emissions of {_small(label)}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


def _mt(catalog: Catalog, value: float, lang: str) -> str:
    if lang == "zh":
        return text.amount(catalog, abs(value), UNIT, lang)
    return f"{text.number(abs(value), 1 if abs(value) >= SMALL else 2, lang)} Mt"


def _changed(catalog: Catalog, name: str, head: dict[str, Any], lang: str) -> str:
    change = head["last_mt"] - head["first_mt"]
    if _flat(head):
        return _level(name, head, lang)
    shown = _mt(catalog, change, lang)
    if lang == "zh":
        return f"{head['end']}年{name}比{head['start']}年{'增加' if change >= 0 else '减少'}{shown}"
    return f"{name} {'rose' if change >= 0 else 'fell'} by {shown} from {head['start']} to {head['end']}"


def _level(name: str, head: dict[str, Any], lang: str) -> str:
    """Return that emissions did not change by more than their error, with the change and its interval in percent."""
    change, low, high = (
        text.percent(100 * value / head["first_mt"])
        for value in (head["last_mt"] - head["first_mt"], head["lo95_mt"], head["hi95_mt"])
    )
    if lang == "zh":
        return f"{head['end']}年{name}与{head['start']}年相比基本持平（{change}，95%区间{low}至{high}）"
    return f"{name} hardly changed from {head['start']} to {head['end']} ({change}, 95% interval {low} to {high})"


def _drivers(catalog: Catalog, effects: dict[str, float], lang: str) -> str:
    """Return the effects in words: first those that added, then those that took off, each from the largest."""
    verbs = {"zh": ("拉动", "抵减"), "en": ("added", "took off")}[lang]
    ranked = sorted(effects.items(), key=lambda effect: -abs(effect[1]))
    groups = [[effect for effect in ranked if effect[1] > 0], [effect for effect in ranked if effect[1] < 0]]
    parts = [_group(catalog, group, verb, lang) for group, verb in zip(groups, verbs, strict=True) if group]
    return ("；" if lang == "zh" else "; ").join(parts)


def _group(catalog: Catalog, effects: list[tuple[str, float]], verb: str, lang: str) -> str:
    if lang == "zh":
        return "，".join(f"{name}{verb}{_mt(catalog, value, lang)}" for name, value in effects)
    (name, value), *others = effects
    first = f"{name} {verb} {_mt(catalog, value, lang)}"
    return _listed([first, *(f"{name} {_mt(catalog, value, lang)}" for name, value in others)])


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _changes(catalog: Catalog, changes: dict[str, float | None], lang: str) -> str:
    """Return the changes by field; those within their error (None) have no direction and come last."""
    verbs = {"zh": ("增加", "减少"), "en": ("up", "down")}[lang]
    gap, mark = ("", "，") if lang == "zh" else (" ", ", ")
    named = {name if lang == "zh" else _small(name): value for name, value in changes.items()}
    parts = [
        f"{name}{gap}{verbs[value < 0]}{gap}{_mt(catalog, value, lang)}"
        for name, value in named.items()
        if value is not None
    ]
    same = [name for name, value in named.items() if value is None]
    if same:
        parts.append(f"{'、'.join(same)}变化不显著" if lang == "zh" else f"no significant change of {_listed(same)}")
    return mark.join(parts)


def _moved(percent: float, lang: str) -> str:
    up, down = {"zh": ("增长", "下降"), "en": ("rose by ", "fell by ")}[lang]
    return f"{up if percent >= 0 else down}{text.percent(abs(percent))}"


def _elasticity(value: float) -> str:
    return text.number(value, 2 if abs(value) >= SMALL else 3)  # the sign must show: it decides between two states


def _sentence(change: str, parts: str, head: dict[str, Any], lang: str, link: str = "：") -> str:
    rests = RESTS[lang].get(str(head["status"]), "")
    return f"{change}{link}{parts}{rests}。" if lang == "zh" else f"{change}: {parts}{rests}."
