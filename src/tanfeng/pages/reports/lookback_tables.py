"""Tables of the look-back at plans: what came of them, their years, the rules, the grades of cities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import observations
from tanfeng.pages import text
from tanfeng.pages.charts.intensities import plan_name
from tanfeng.pages.table import Table, cited, columns, pick, sentences, unseen, used, verdict_cell
from tanfeng.targets import lights
from tanfeng.targets.lookback import plans

GRADES = {
    lights.EXCEEDED: ("超额完成", "exceeded"),
    lights.MET: ("完成", "met"),
    lights.MOSTLY_MET: ("基本完成", "mostly met"),
    lights.MISSED: ("未完成", "missed"),
}
CITY_LEVELS = {4: lights.EXCEEDED, 3: lights.MET, 2: lights.MOSTLY_MET, 1: lights.MISSED}
QUANTITIES = {
    plans.ENERGY: ("能耗强度", "energy intensity"),
    plans.ASSESSED: ("能耗强度", "energy intensity"),
    plans.CARBON: ("碳排放强度", "CO2 intensity"),
}
ABOUT = {"zh": "约", "en": "about "}
COMPUTED = {"zh": "（由公布数计算）", "en": " (computed from published figures)"}
RULES_OF_PLANS = ("change", "light", "completion_rate", "grade", "midterm", "pace")
RULES_OF_BAROMETERS = ("change", "light", "half_year_light")
SEEN = {True: ("原文可见", "primary text seen"), False: ("原文未见", "primary text not seen")}


def fall(value: float, lang: str, bound: str = "exact") -> str:
    """Return a change in percent as it is read: with its direction in Chinese, with its sign in English.

    Example:
        >>> fall(-8.262, "zh"), fall(-20.0, "zh", "about"), fall(6.34, "en"), fall(-17.8, "en")
        ('下降8.26%', '约下降20%', '+6.34%', '−17.8%')
    """
    shown = f"{text.number(round(abs(value), 2))}%"
    about = ABOUT[lang] if bound == "about" else ""
    if lang == "zh":
        return f"{about}{'上升' if value > 0 else '下降'}{shown}"
    return f"{about}{'+' if value > 0 else text.MINUS}{shown}"


def light_cell(catalog: Catalog, light: str, lang: str) -> dict[str, str]:
    """Return the cell that shows a light as a chip."""
    name = "none" if light == lights.NOT_RATED else light
    return {"text": text.word(catalog, f"light_{light}", lang), "class": f"light-{name}"}


def named(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    """Return the plan and what it asked of: `“十三五”能耗强度`, `13th plan, energy intensity`."""
    plan, quantity = plan_name(catalog, row["plan"], lang), pick(QUANTITIES[row["indicator"]], lang)
    return f"{plan}{quantity}" if lang == "zh" else f"{plan}, {quantity}"


def results(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return what came of each plan.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.lookback.plans.results`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "plan": ("规划", "Plan", "", "text"),
        "asked": ("要求", "Asked", "", "text"),
        "reached": ("公布结果", "Published result", "", "text"),
        "verdict": ("判定", "Verdict", "", "verdict"),
        "grade": ("完成率与等级", "Completion, grade", "", "label"),
        "flip": ("结论翻转幅度", "Flip distance", "", "label"),
    }
    cells = [_result(catalog, row, lang) for row in rows.to_dict("records")]
    note = {
        "zh": "等级只看定量结果：低于100%未完成，100%起完成，110%起超额完成，110%为本项目所取；官方评分未公布。"
        "结论翻转幅度为末年能耗强度变动多少会改变判定，0为恰在目标线上。",
        "en": "The grade is that of the figure alone: below 100% missed, from 100% met, from 110% exceeded (110% is "
        "ours); official scores are not published. Flip distance: by how much the intensity of the last year must "
        "differ to turn the verdict; 0 lies on the target.",
    }[lang]
    sources = [*rows["planned_source"], *rows["sources"]]
    note = sentences([note, unseen(catalog, RULES_OF_PLANS, lang)], lang)
    return Table(caption, columns(lang, plan), cells, note, used(sources))


def _result(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "plan": {"text": named(catalog, row, lang)},
        "asked": {"text": fall(row["planned_pct"], lang) + noted(row, lang), **cited([row["planned_source"]])},
        "reached": {"text": _reached(catalog, row, lang), **cited([row["sources"]])},
        "verdict": verdict_cell(catalog, row["verdict"], lang),
        "grade": {"text": _grade(row, lang)},
        "flip": {"text": "—" if pd.isna(row["flip_pct"]) else _signed(row["flip_pct"], lang)},
    }


def _grade(row: dict[str, Any], lang: str) -> str:
    if not row["complete"]:
        return "—"
    return ("，" if lang == "zh" else ", ").join(
        [text.percent(row["completion_pct"], 0), pick(GRADES[row["grade"]], lang)]
    )


def _reached(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the result as known at the time, and how it came about or how far it goes."""
    if pd.isna(row["year"]):
        return text.word(catalog, "not_published", lang)
    shown = fall(row["achieved_pct"], lang, row["bound"])
    if not row["complete"]:
        return f"至{row['year']}年{shown}，此后未公布" if lang == "zh" else f"{shown} by {row['year']}, nothing since"
    if row["on_limit"]:
        return f"{shown}{_rounded(row, lang)}"
    return shown if row["basis"] == plans.PUBLISHED else f"{shown}{_official(row, lang)}"


def _rounded(row: dict[str, Any], lang: str) -> str:
    """Say of a rounded result that equals what was asked what decides, and what the rates chain to."""
    chained = fall(row["today_pct"], lang)
    zh, en = (
        f"与要求持平，按公布的约数判定；各年变化率连乘为{chained}",
        f"which decides; the yearly rates chain to {chained}",
    )
    if row["today_status"] == "estimate":
        zh, en = zh + "，其中有估算", en + ", estimates among them"
    return f"，{zh}" if lang == "zh" else f" as published, equal to what was asked, {en}"


def noted(row: Mapping[str, Any], lang: str) -> str:
    """Return in brackets what the tables note of what was asked; empty without a note.

    Args:
        row: a row with note_zh and note_en, such as of `tanfeng.targets.lookback.plans.results`.
        lang: `zh` or `en`.

    Example:
        >>> noted({"note_zh": "公示稿所列", "note_en": "as in the text put up for comment"}, "zh")
        '（公示稿所列）'
    """
    note = row[f"note_{lang}"]
    if not note:
        return ""
    return f"（{note}）" if lang == "zh" else f" ({note})"


def note_of(rows: pd.DataFrame, plan: str, lang: str) -> str:
    """Return, after a comma, what the tables note of what a plan asked of energy intensity; empty without a note.

    Args:
        rows: result of `tanfeng.targets.lookback.plans.results`.
        plan: id of the plan.
        lang: `zh` or `en`.
    """
    note = str(_of_plan(rows, plan)[f"note_{lang}"])
    return {"zh": "，", "en": ", "}[lang] + note if note else ""


def reached_by(rows: pd.DataFrame, plan: str, lang: str) -> str:
    """Return the result of a plan on energy intensity as it was published: `约下降20%`, `about −20%`.

    Args:
        rows: result of `tanfeng.targets.lookback.plans.results`.
        plan: id of the plan.
        lang: `zh` or `en`.
    """
    row = _of_plan(rows, plan)
    return fall(row["achieved_pct"], lang, row["bound"])


def _of_plan(rows: pd.DataFrame, plan: str) -> pd.Series:
    return rows[(rows["plan"] == plan) & rows["indicator"].isin([plans.ENERGY, plans.ASSESSED])].iloc[0]


def _official(row: dict[str, Any], lang: str) -> str:
    """Say of a computed result that it is one, and what cumulative change was published."""
    if pd.isna(row["official_year"]):
        return (
            "（由公布数计算，累计数未公布）"
            if lang == "zh"
            else " (computed from published figures; none for the plan)"
        )
    shown = fall(row["official_pct"], lang, row["official_bound"])
    if lang == "zh":
        return f"（由公布数计算，累计数公布至{row['official_year']}年，{shown}）"
    return f" (computed from published figures; published: {shown} by {row['official_year']})"


def _short(catalog: Catalog, light: str, lang: str) -> str:
    """Return the colour of a light alone: `绿灯`, `green`."""
    shown = text.word(catalog, f"light_{light}", lang)
    return shown.partition("（" if lang == "zh" else "(")[2].rstrip("）)") or shown


def _signed(value: float, lang: str) -> str:
    sign = "+" if value > 0 else text.MINUS if value < 0 else ""
    return f"{sign}{text.number(round(abs(value), 1), None, lang)}%"


def yearly(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return a table a plan: required by year, known at the time, light, completion, words, pace, known today.

    Args:
        catalog: the tables.
        rows: rows of `tanfeng.targets.lookback.plans.plans`.
        lang: `zh` or `en`.
        caption: what the tables say; the plan is named before it.
    """
    plan = {
        "year": ("年份", "Year", "", "label"),
        "linear": ("等量要求", "Steps", "%", "number"),
        "compound": ("等率要求", "Rates", "%", "number"),
        "then": ("当时所知", "Then", "%", "cited"),
        "light": ("等量灯", "Light", "", "status"),
        "light_compound": ("等率灯", "At rates", "", "status"),
        "completion": ("完成率", "Done", "%", "number"),
        "words": ("中期用语，近年步伐", "Mid-term, pace", "", "text"),
        "today": ("现有数据", "Now", "%", "cited"),
    }
    mark = "：" if lang == "zh" else ": "
    found = []
    for _, part in rows.groupby(["plan", "indicator"], sort=False):
        name = named(catalog, part.iloc[0].to_dict(), lang)
        cells = [_year(catalog, row, lang) for row in part.to_dict("records")]
        sources = used([*part["then_sources"], *part["today_sources"]])
        found.append(Table(f"{name}{mark}{caption}", columns(lang, plan), cells, sources=sources))
    return [*found[:-1], replace(found[-1], note=_yearly_note(catalog, lang))] if found else []


def _yearly_note(catalog: Catalog, lang: str) -> str:
    note = {
        "zh": "比规划基期的变化，负数为下降；要求逐年等量，或逐年等率。"
        "“当时所知”为当时公布的累计数，没有的由上年累计数与公布的年度变化率连乘；"
        "“现有数据”由现有各年变化率连乘，≈表示其中有估算。近年步伐为近年年均变化与此后所需之比。",
        "en": "Change from the base year of the plan, asked in equal steps or at equal rates, with a light for each. "
        "Then: the cumulative figure published at the time, or that of the year before carried on by the published "
        "rate. Now: the yearly rates in the tables chained; ≈ where an estimate is among them. "
        "Recent pace: that of the last years against what is still required.",
    }[lang]
    return sentences([note, unseen(catalog, ("change", "light", "midterm", "pace"), lang)], lang)


def _year(catalog: Catalog, row: dict[str, Any], lang: str) -> dict[str, Any]:
    about = ABOUT[lang] if row["then_bound"] == "about" else ""
    return {
        "year": {"text": str(row["year"])},
        **{name: {"text": text.number(row[f"{name}_pct"], 2)} for name in ("linear", "compound")},
        "then": {"text": about + _shown(row["then_pct"]), **cited([row["then_sources"]])},
        **{name: colour_cell(catalog, row[name], lang) for name in ("light", "light_compound")},
        "completion": {"text": _shown(row["completion_pct"], 0)},
        "words": {"text": _words(catalog, row, lang) or "—"},
        "today": {"text": _today(row)},
    }


def _words(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the mid-term words and the class of the pace; empty without either."""
    ids = [f"{kind}_{row[name]}" for kind, name in (("pace", "words"), ("track", "pace")) if row[name]]
    return {"zh": "，", "en": ", "}[lang].join(text.word(catalog, name, lang) for name in ids)


def colour_cell(catalog: Catalog, light: str, lang: str) -> dict[str, str]:
    """Return the cell that shows a light as a chip with its colour alone."""
    return {**light_cell(catalog, light, lang), "text": _short(catalog, light, lang)}


def _today(row: dict[str, Any]) -> str:
    return ("≈" if row["today_status"] == "estimate" else "") + _shown(row["today_pct"])


def _shown(value: float, digits: int = 2) -> str:
    return "—" if pd.isna(value) else text.number(value, digits)


def rules(catalog: Catalog, lang: str, caption: str, names: Iterable[str] = ()) -> Table:
    """Return the rules of the look-back: what each says, whether its primary text was seen, and its source.

    Args:
        catalog: the tables.
        lang: `zh` or `en`.
        caption: what the table says.
        names: ids of `data/rules.csv`; by default those of plans and barometers.
    """
    chosen = list(dict.fromkeys(list(names) or (*RULES_OF_PLANS, *RULES_OF_BAROMETERS)))
    plan = {
        "rule": ("规则", "Rule", "", "text"),
        "says": ("内容", "Says", "", "text"),
        "seen": ("原文", "Primary text", "", "label"),
    }
    rows = catalog.read("rules").set_index("id").loc[chosen]
    cells = [
        {
            "rule": {"text": row[lang]},
            "says": {"text": row[f"note_{lang}"], "source": [row["source_id"]]},
            "seen": {"text": pick(SEEN[bool(row["primary_seen"])], lang)},
        }
        for row in rows.to_dict("records")
    ]
    return Table(caption, columns(lang, plan), cells, sources=used(rows["source_id"]))


def city_grades(catalog: Catalog, region: str, lang: str, caption: str) -> Table:
    """Return the cities of a province by the grade they were given for energy control, the best first."""
    plan = {"grade": ("公布的等级", "Published grade", "", "label"), "cities": ("设区市", "Cities", "", "text")}
    parts = catalog.read("regions").query("parent == @region")["id"]
    found = pd.concat([observations.observations(catalog, "energy_dual_control_grade", city) for city in parts])
    by_level = found.groupby("value")
    mark = "、" if lang == "zh" else ", "
    cells = [
        {
            "grade": {"text": pick(GRADES[CITY_LEVELS[int(level)]], lang)},
            "cities": {
                "text": mark.join(catalog.label("regions", city, lang) for city in rows["region"]),
                "source": used(rows["source_id"]),
            },
        }
        for level, rows in sorted(by_level, key=lambda pair: -float(pair[0]))
    ]
    return Table(caption, columns(lang, plan), cells, sources=used(found["source_id"]))
