"""The look-back: key figures; what came of the plans, their years, the rules, the grades of cities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations
from tanfeng.facts.plans import short
from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.layout import NONE, VERDICT, YEAR, Column, Form, Layout, choice, number, own
from tanfeng.pages.table import Table, pick
from tanfeng.pages.text import CHANCE, GIVEN, PRECISE_INTENSITY
from tanfeng.targets import lights
from tanfeng.targets.lookback import archive, barometer, hindcasts, plans

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "plans": ("各规划逐年进度与实际", "Plans by year"),
    "results": ("各规划结果", "Results of the plans"),
    "plans_looked_back_figure": (
        "2019年累计{{ k.energy_intensity_before.change }}，在等量进度之上（要求{{ k.asked_before.change }}），在等率进度之下（{{ k.energy_intensity_compound.change }}）；2020年离开进度",
        "By 2019 energy intensity was {{ k.energy_intensity_before.change }}: ahead of equal steps ({{ k.asked_before.change }}), behind equal rates ({{ k.energy_intensity_compound.change }}); in 2020 it left the schedule",
    ),
    "results_table": ("各规划的要求与结果", "What the plans asked and what came"),
    "yearly": ("逐年进度、实际与灯", "schedule, achieved and light by year"),
    "barometers": ("晴雨表等级复盘", "Barometer levels against the rule"),
    "barometers_table": ("公布的晴雨表等级与按规则得出的等级", "Published levels and the level by the rule"),
    "rules": ("所用规则与原文是否可见", "The rules, and whether their primary text was seen"),
    "city_grades": (
        "设区市2019年能源“双控”考核等级（公布；得分未公布，不能复算）",
        "Grades of cities for energy control in 2019 (published; scores are not, so they cannot be computed)",
    ),
    "archive": ("冻结预测与公布数", "Frozen figures and what came"),
    "frozen_figure": (
        "起点2010年的预测平均绝对误差{{ k.error_hindcast_2010 }}，起点2015年{{ k.error_hindcast_2015 }}",
        "Mean absolute error {{ k.error_hindcast_2010 }} for the outlook made in 2010, {{ k.error_hindcast_2015 }} for 2015",
    ),
    "frozen": ("冻结的预测", "What is frozen"),
    "scores": ("冻结的总量预测与公布数", "Frozen totals and published figures"),
    "summary": ("分领域对照结果", "Scores by field"),
    "statements": ("冻结的概率与结果", "Frozen probabilities and what came"),
    "reliability": ("虚拟目标：各档概率给出多少、实际完成多少", "Made-up targets by class: what was said, what came"),
    "pseudo_targets": ("虚拟目标：给出的概率与实际", "Made-up targets: probabilities said and what came"),
    "made-up": ("虚拟目标逐项", "Made-up targets one by one"),
    "ranges": (
        "虚拟目标：实际差距与概率准确时的差距",
        "Made-up targets: the gap that came and those of right probabilities",
    ),
}
CARDS = {
    "energy_intensity_reached_13FYP": (
        "“十三五”能耗强度变化（要求{{ k.asked_13FYP.change }}，公示稿所列）",
        "Energy intensity in the 13th plan (asked in the draft: {{ k.asked_13FYP.change }})",
    ),
    "energy_intensity_reached_12FYP": (
        "“十二五”能耗强度变化（要求{{ k.asked_12FYP.change }}）",
        "Energy intensity in the 12th plan (asked: {{ k.asked_12FYP.change }})",
    ),
    "energy_intensity_today_11FYP": (
        "“十一五”能耗强度变化，现有数据（要求{{ k.asked_11FYP.change }}）",
        "Energy intensity in the 11th plan, known today (asked: {{ k.asked_11FYP.change }})",
    ),
    "energy_total": (
        "{{ k.energy_total.year }}能源消费总量（“十三五”公示稿控制数{{ k.energy_cap }}）",
        "Energy consumption in {{ k.energy_total.year }} (cap in the draft of the 13th plan: {{ k.energy_cap }})",
    ),
}

CARBON_PLANS = ("12FYP", "13FYP")
BROKEN, REACHED = "13FYP", "energy_intensity_reached"


def key_figures(catalog: Catalog, region: str, made_up: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the key figures of the look-back; `made_up` is the result of `hindcasts.measured`.

    Raises:
        ProjectError: if no outlook of the region is frozen.

    Example:
        >>> from tanfeng.targets.lookback import hindcasts
        >>> from tanfeng.data.catalog import open_catalog
        >>> made_up = hindcasts.measured(open_catalog(), [2014])
        >>> rows = key_figures(open_catalog(), "330000", made_up).set_index("id")["value"]
        >>> float(rows["barometers"]), round(float(rows["energy_intensity_reached_13FYP"]), 2)
        (17.0, -8.26)
    """
    results = plans.results(catalog, region)
    rows = [row for one in results.to_dict("records") for row in _plan(catalog, one)]
    rows += [*_turn(catalog, region), *_barometers(catalog, region)]
    return frame([*rows, *_frozen(catalog, region), *_made_up(made_up)])


def _plan(catalog: Catalog, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a plan asked and what came of it; `carbon_` before the names of CO2 intensity."""
    base, last = catalog.read("plans").set_index("id").loc[one["plan"], ["base_year", "last_year"]].astype(int)
    carbon = one["indicator"] == plans.CARBON
    name = f"carbon_{one['plan']}" if carbon else one["plan"]
    asked: tuple[Any, ...] = (one["planned_pct"], "%", f"{base}/{last}", "reported", one["planned_source"], name)
    found = [figure("asked", *asked, shown=GIVEN)]
    if pd.isna(one["year"]):
        return found
    period, precise = f"{base}/{one['year']}", "carbon_intensity_statistical_reached" if carbon else REACHED
    reached: tuple[Any, ...] = (one["achieved_pct"], "%", period, "reported", one["sources"], name)
    found.append(figure("reached", *reached, basis=one["basis"]))
    found.append(figure(precise, *reached, basis=one["basis"], shown=PRECISE_INTENSITY))
    if one["complete"]:
        found += [
            figure("completion", one["completion_pct"], "%", last, "reported", one["sources"], of=name),
            figure("flip", abs(one["flip_pct"]), "%", last, "reported", one["sources"], of=name),
        ]
    if one["complete"] and not pd.isna(one["today_pct"]):  # a plan told by its result alone has no chain of rates
        chain: tuple[Any, ...] = (one["today_pct"], "%", period, one["today_status"], one["today_sources"], name)
        found.append(figure("energy_intensity_today", *chain, shown=PRECISE_INTENSITY))
    return found


def _turn(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of the broken plan: the year before, what was required then, and the rate of the year."""
    rows = plans.plans(catalog, region).query("plan == @BROKEN and indicator == @plans.ENERGY and then_pct.notna()")
    if len(rows) < 2:
        return []
    before, last = rows.iloc[-2], rows.iloc[-1]
    base = int(rows["year"].iloc[0]) - 1
    rates = indicators.yearly(catalog, plans.ENERGY, region).set_index("year").loc[int(last["year"])]
    until, year = f"{base}/{before['year']}", f"{before['year']}/{last['year']}"
    rate, known, fine = (rates["value"], "%", year, rates["status"]), before["then_sources"], PRECISE_INTENSITY
    return [
        figure("energy_intensity_before", before["then_pct"], "%", until, "reported", known, shown=fine),
        figure("asked_before", before["linear_pct"], "%", until, "reported", shown=GIVEN),
        figure("energy_intensity_compound", before["compound_pct"], "%", until, "reported", shown=fine),
        figure("energy_intensity_rate", *rate, rates["source_id"], shown=fine),
    ]


def _barometers(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = barometer.replay(catalog, region)
    intensity = rows[rows["measure"] == barometer.INTENSITY]
    before = rows[rows["light_before"].isin([lights.GREEN, lights.YELLOW, lights.RED])]
    red = before[before["light"] != before["light_before"]]
    same = rows[rows["agreement"] == barometer.AGREES]
    counts = {
        "barometers": len(rows),
        "barometers_intensity": len(intensity),
        **{name: int((rows["agreement"] == name).sum()) for name in barometer.AGREEMENTS},
        "agrees_intensity": int((intensity["agreement"] == barometer.AGREES).sum()),
        "by_figures": int((same["basis"] == barometer.FIGURE).sum()),
        "by_estimate": int((same["basis"] == barometer.ON_ESTIMATE).sum()),
        "by_notice": int((same["basis"] == barometer.STATED).sum()),
        "of_year": len(barometer.levels_of_year(catalog, region)),
        "before": len(before),
        "before_agrees": len(before) - len(red),
    }
    found = [figure(name, count, "figures", "", "estimate") for name, count in counts.items()]
    return found + _cap(catalog, rows)


def _cap(catalog: Catalog, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return energy against its cap, and a year earlier against the schedule; with the status of the figure used."""
    rated = rows[(rows["measure"] == barometer.TOTAL) & rows["figure"].notna()]
    if rated.empty:
        return []
    row = rated.iloc[-1]
    scale, year, status = units.factor(catalog, row["unit"], "Mtce"), row["year"], row["figure_status"]
    basis = row["figure_basis"] if status == "reported" else ""  # an estimate is not computed from published figures
    return [
        figure("energy_total", scale * row["figure"], "Mtce", year, status, row["sources"], basis=basis),
        figure("energy_cap", scale * row["required"], "Mtce", year, "reported", row["required_source"]),
        figure("over_cap", 100 * (row["figure"] / row["required"] - 1), "%", year, status),
        figure("over_schedule", 100 * (row["figure_before"] / row["required_before"] - 1), "%", year - 1, "reported"),
    ]


def _frozen(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how many published totals lay inside the 80 % interval of each hindcast, and its mean error."""
    rows = archive.summary(archive.scores(catalog, region)).query("field == 'total' and cases > 0")
    return [
        figure(name, row[column], unit, row["last_year"], "estimate", archive.SOURCE, of=row["id"])
        for row in rows.to_dict("records")
        for name, column, unit in (
            ("cases", "cases", "figures"), ("inside", "inside80", "figures"), ("error", "error_pct", "%"),
        )
    ]  # fmt: skip


def _made_up(measured: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Return how the probabilities of made-up targets did, by measure, as they were and put right by what had come."""
    first = next(iter(measured.values()))
    found = [
        figure("made_up", len(first), "figures", "", "estimate", archive.SOURCE),
        figure("made_up_origins", first["origin"].nunique(), "figures", "", "estimate"),
        figure("p_made_up_inside80", 100 * first["inside80"].mean(), "%", "", "estimate", shown=CHANCE),
    ]
    return found + [row for name, rows in measured.items() for row in _scores_of(name, rows)]


def _scores_of(name: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    score, after = (skill.brier(one) for one in (rows, hindcasts.recalibrated(rows)))
    parts = {"brier": score["score"], "brier_alone": score["share_alone"], "brier_recalibrated": after["score"]}
    means = {"p_made_up_said": 100 * rows["said"].mean(), "p_made_up_came": 100 * rows["came"].mean()}
    found = [
        figure(key, value, "%", "", "estimate", archive.SOURCE, of=name, shown=CHANCE) for key, value in means.items()
    ]
    return found + [figure(key, value, "share", "", "estimate", of=name) for key, value in parts.items()]


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
ABOUT = ("约", "about ")
COMPUTED = ("（由公布数计算）", " (computed from published figures)")
RULES_OF_PLANS = ("change", "light", "completion_rate", "grade", "midterm", "pace")
RULES_OF_BAROMETERS = ("change", "light", "half_year_light")
SEEN = {True: ("原文可见", "primary text seen"), False: ("原文未见", "primary text not seen")}


def fall(value: float, lang: str, bound: str = "exact") -> str:
    """Return a change in percent as it is read: with its direction in Chinese, with its sign in English.

    Example:
        >>> fall(-8.262, "zh"), fall(-20.0, "zh", "about"), fall(6.34, "en"), fall(-17.8, "en")
        ('下降8.26%', '约下降20%', '+6.34%', '−17.8%')
    """
    about = pick(ABOUT, lang) if bound == "about" else ""
    direction = pick(("上升", "+") if value > 0 else ("下降", text.MINUS), lang)
    return f"{about}{direction}{text.number(round(abs(value), 2))}%"


def _light(catalog: Catalog, light: str, lang: str) -> dict[str, str]:
    name = "none" if light == lights.NOT_RATED else light
    return {"text": text.word(catalog, f"light_{light}", lang), "class": f"light-{name}"}


def _colour(catalog: Catalog, light: str, lang: str) -> dict[str, str]:
    """Return a light with its colour alone (`绿灯`, `green`); nothing for what is not rated."""
    if light == lights.NOT_RATED:
        return {"text": ""}
    shown = _light(catalog, light, lang)
    colour = shown["text"].partition(pick(("（", "("), lang))[2].rstrip("）)")
    return {**shown, "text": colour or shown["text"]}


LIGHT, COLOUR = Form(_light, "status"), Form(_colour, "status")


def named(catalog: Catalog, row: Mapping[str, Any], lang: str) -> str:
    """Return the plan and what it asked of: `“十三五”能耗强度`, `13th plan, energy intensity`."""
    plan, quantity = short(catalog, row["plan"], lang), pick(QUANTITIES[row["indicator"]], lang)
    return f"{plan}{pick(('', ', '), lang)}{quantity}"


def _asked(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return fall(row["planned_pct"], lang) + text.bracketed(row[f"note_{lang}"], lang)


def _grade(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    if not row["complete"]:
        return NONE
    return f"{text.percent(row['completion_pct'], 0)}{pick(text.COMMA, lang)}{pick(GRADES[row['grade']], lang)}"


def _reached(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the result as known at the time, and how it came about or how far it goes."""
    if pd.isna(row["year"]):
        return text.word(catalog, "not_published", lang)
    shown = fall(row["achieved_pct"], lang, row["bound"])
    if not row["complete"]:
        return pick((f"至{row['year']}年{shown}，此后未公布", f"{shown} by {row['year']}, nothing since"), lang)
    if row["on_limit"]:
        return shown + _rounded(row, lang)
    return shown if row["basis"] == plans.PUBLISHED else shown + _official(row, lang)


def _rounded(row: dict[str, Any], lang: str) -> str:
    """Say of a rounded result that equals what was asked what decides, and what the rates, if known, chain to."""
    zh, en = "，与要求持平，按公布的约数判定", " as published, equal to what was asked, which decides"
    if not pd.isna(row["today_pct"]):
        chained = fall(row["today_pct"], lang)
        zh, en = f"{zh}；各年变化率连乘为{chained}", f"{en}; the yearly rates chain to {chained}"
        if row["today_status"] == "estimate":
            zh, en = f"{zh}，其中有估算", f"{en}, estimates among them"
    return pick((zh, en), lang)


def _official(row: dict[str, Any], lang: str) -> str:
    """Say of a computed result that it is one, and what cumulative change was published."""
    zh, en = "由公布数计算，累计数未公布", "computed from published figures; none for the plan"
    if not pd.isna(row["official_year"]):
        shown, year = fall(row["official_pct"], lang, row["official_bound"]), row["official_year"]
        zh = f"由公布数计算，累计数公布至{year}年，{shown}"
        en = f"computed from published figures; published: {shown} by {year}"
    return text.bracketed(pick((zh, en), lang), lang)


def _change(catalog: Catalog, value: float, lang: str) -> str:
    return f"{number(signed=True).write(catalog, round(value, 1), lang)}%"


# rows of `tanfeng.targets.lookback.plans.results`: what each plan asked and what came of it
RESULTS = Layout(
    (
        Column("plan", ("规划", "Plan"), named),
        Column("asked", ("要求", "Asked"), _asked, cites="planned_source"),
        Column("reached", ("公布结果", "Published result"), _reached, cites="sources"),
        Column("verdict", ("判定", "Verdict"), VERDICT),
        Column("grade", ("完成率与等级", "Completion, grade"), _grade, kind="label"),
        Column("flip_pct", ("改变结论所需变动", "Change needed to alter the result"), Form(_change, "label")),
    ),
    (
        "等级只看定量结果：低于100%未完成，100%起完成，110%起超额完成，110%为本项目所取；官方评分未公布。"
        "改变结论所需变动为末年能耗强度变动多少会改变判定，0为恰在目标线上。",
        "The grade is that of the figure alone: below 100% missed, from 100% met, from 110% exceeded (110% is ours); "
        "official scores are not published. Change needed to alter the result: by how much the intensity of the last "
        "year must differ; 0 lies on the target.",
    ),
    sources="planned_source sources",
    rules=RULES_OF_PLANS,
)


def _then(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return (pick(ABOUT, lang) if row["then_bound"] == "about" else "") + _shown_change(row["then_pct"])


def _today(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return ("≈" if row["today_status"] == "estimate" else "") + _shown_change(row["today_pct"])


def _shown_change(value: float) -> str:
    return NONE if pd.isna(value) else text.number(value, 2)


def _words(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the mid-term words and the class of the pace."""
    ids = [f"{kind}_{row[name]}" for kind, name in (("pace", "words"), ("track", "pace")) if row[name]]
    return pick(text.COMMA, lang).join(text.word(catalog, name, lang) for name in ids) or NONE


# rows of `tanfeng.targets.lookback.plans.plans` of one plan: required by year, known at the time and known today
YEARS = Layout((
    Column("year", ("年份", "Year"), YEAR),
    Column("linear_pct", ("等量要求", "Steps"), number(2), "%"),
    Column("compound_pct", ("等率要求", "Rates"), number(2), "%"),
    Column("then", ("当时所知", "Then"), _then, "%", "label", "then_sources", "right"),
    Column("light", ("等量灯", "Light"), COLOUR),
    Column("light_compound", ("等率灯", "At rates"), COLOUR),
    Column("completion_pct", ("完成率", "Done"), number(0), "%"),
    Column("words", ("中期用语，近年步伐", "Mid-term, pace"), _words),
    Column("today", ("现有数据", "Now"), _today, "%", "label", align="right"),
), sources="then_sources today_sources")  # fmt: skip
OF_YEARS = (
    "比规划基期的变化，负数为下降；要求逐年等量，或逐年等率。"
    "“当时所知”为当时公布的累计数，没有的由上年累计数与公布的年度变化率连乘；"
    "“现有数据”由现有各年变化率连乘，≈表示其中有估算。近年步伐为近年年均变化与此后所需之比。",
    "Change from the base year of the plan, asked in equal steps or at equal rates, with a light for each. "
    "Then: the cumulative figure published at the time, or that of the year before carried on by the published "
    "rate. Now: the yearly rates in the tables chained; ≈ where an estimate is among them. "
    "Recent pace: that of the last years against what is still required.",
)

# rows of `rules`: what each says, and whether its primary text was seen
RULES = Layout((
    Column("rule", ("规则", "Rule"), own()),
    Column("says", ("内容", "Says"), own("note"), cites="source_id"),
    Column("primary_seen", ("原文", "Primary text"), choice(SEEN)),
))  # fmt: skip


def _cities(catalog: Catalog, cities: list[str], lang: str) -> str:
    return pick(text.LIST, lang).join(catalog.label("regions", city, lang) for city in cities)


# rows of `by_grade`: the cities by the grade they were given for energy control
CITY_GRADES = Layout((
    Column("value", ("公布的等级", "Published grade"), choice({level: GRADES[of] for level, of in CITY_LEVELS.items()})),
    Column("cities", ("设区市", "Cities"), Form(_cities, "text"), cites="source_id"),
))  # fmt: skip


def yearly(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return a folded table a plan from rows of `tanfeng.targets.lookback.plans.plans`, the plan before its caption."""
    parts = [part for _, part in rows.groupby(["plan", "indicator"], sort=False)]
    captions = [f"{named(catalog, part.iloc[0].to_dict(), lang)}{pick(text.COLON, lang)}{caption}" for part in parts]
    made = [YEARS.table(catalog, part, lang, one, folded=True) for part, one in zip(parts, captions, strict=True)]
    return [*made[:-1], *(replace(last, note=pick(OF_YEARS, lang)) for last in made[-1:])]


def rules(catalog: Catalog, names: Iterable[str] = (*RULES_OF_PLANS, *RULES_OF_BAROMETERS)) -> pd.DataFrame:
    """Return rows of `data/rules.csv`, each once; by default those of plans and barometers."""
    return catalog.read("rules").set_index("id").loc[list(dict.fromkeys(names))]


def by_grade(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the cities of a province by their published grade (`CITY_LEVELS`), the best first, with sources."""
    parts = catalog.read("regions").query("parent == @region")["id"]
    found = pd.concat([observations.observations(catalog, "energy_dual_control_grade", city) for city in parts])
    by_level = found.groupby("value", as_index=False)
    rows = by_level.agg(cities=("region", list), source_id=("source_id", " ".join))
    return rows.sort_values("value", ascending=False)


def note_of(rows: pd.DataFrame, plan: str, lang: str) -> str:
    """Return, after a comma, what the tables note of what a plan asked of energy intensity; empty without a note."""
    note = str(_of_plan(rows, plan)[f"note_{lang}"])
    return pick(text.COMMA, lang) + note if note else ""


def reached_by(rows: pd.DataFrame, plan: str, lang: str) -> str:
    """Return the result of a plan on energy intensity as it was published: `约下降20%`, `about −20%`."""
    row = _of_plan(rows, plan)
    return fall(row["achieved_pct"], lang, row["bound"])


def assessed(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Say what came of a plan whose energy intensity is asked on the scope of assessment; empty before it is judged.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = {"indicator": plans.ASSESSED, "plan": "14FYP", "verdict": "met", "achieved_pct": -14.9}
        >>> assessed(open_catalog(), pd.DataFrame([{**row, "bound": "exact", "planned_pct": -14.5}]), "zh")
        '“十四五”按考核口径下降14.9%（要求下降14.5%），判定为已完成。'
    """
    said = []
    for row in rows[(rows["indicator"] == plans.ASSESSED) & rows["verdict"].isin(["met", "missed"])].to_dict("records"):
        name, result = short(catalog, row["plan"], lang), text.word(catalog, f"verdict_{row['verdict']}", lang)
        came, wanted = fall(row["achieved_pct"], lang, row["bound"]), fall(row["planned_pct"], lang)
        zh = f"{name}按考核口径{came}（要求{wanted}），判定为{result}。"
        said.append(pick((zh, f"The {name}, on the scope of assessment: {came} against {wanted}, {result}."), lang))
    return pick(("", " "), lang).join(said)


def assessed_years(rows: pd.DataFrame, years: str, lang: str) -> str:
    """Say what the page shows of a plan on the scope of assessment: a verdict, its first years, or its schedule alone.

    Args:
        rows: result of `tanfeng.targets.lookback.plans.results`.
        years: the years with a figure, in words; empty without one.
        lang: `zh` or `en`.

    Example:
        >>> none = pd.DataFrame({"indicator": [], "complete": []})
        >>> assessed_years(none, "", "zh"), assessed_years(none, "2021年", "zh")
        ('同口径结果未公布，只列进度', '考核口径有2021年的结果，目标年的没有，只列到当年')
    """
    said = "同口径结果未公布，只列进度", "nothing is published on its scope, so only its schedule is shown"
    if rows.loc[rows["indicator"] == plans.ASSESSED, "complete"].any():
        said = "考核口径的结果列在表中", "the result on the scope of assessment stands in the table"
    elif years:
        zh = f"考核口径有{years}的结果，目标年的没有，只列到当年"
        said = zh, f"results on the scope of assessment are known for {years}, that of the last year is not"
    return pick(said, lang)


def is_computed(rows: pd.DataFrame, plan: str) -> bool:
    """Return whether the result of a plan on energy intensity is computed from yearly figures: none was published.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> is_computed(plans.results(open_catalog(), "330000"), "13FYP")
        True
    """
    row = _of_plan(rows, plan)
    return not row["complete"] or row["basis"] != plans.PUBLISHED


def carbon_unjudged(catalog: Catalog, rows: pd.DataFrame, lang: str) -> str:
    """Say why CO2 intensity of the 12th and 13th plans is not judged; empty where it is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> carbon_unjudged(open_catalog(), plans.results(open_catalog(), "330000"), "zh")
        '“十二五”碳排放强度2013年之后的累计数未公布；“十三五”碳排放强度的要求未查到，不作判定。'
    """
    own = rows[rows["indicator"] == plans.CARBON].set_index("plan")
    said: list[str] = []
    for plan in CARBON_PLANS:
        name = short(catalog, plan, lang)
        if plan not in own.index:
            asked = f"what the {name} asked of it was not found" if said else f"what the {name} asked was not found"
            said.append(pick((f"{name}碳排放强度的要求未查到", asked), lang))
        elif not own.at[plan, "complete"]:
            year = own.at[plan, "year"]
            zh, en = ("", "") if pd.isna(year) else (f"{year}年之后", f" after {year}")
            missing = f"{name}碳排放强度{zh}的累计数未公布", f"its change in the {name} is not published{en}"
            said.append(pick(missing, lang))
    if not said:
        return ""
    told = pick(("；", ", "), lang).join(said)
    return pick((f"{told}，不作判定。", f"CO2 intensity: {told}, so it is not judged."), lang)


def _of_plan(rows: pd.DataFrame, plan: str) -> pd.Series:
    return rows[(rows["plan"] == plan) & rows["indicator"].isin([plans.ENERGY, plans.ASSESSED])].iloc[0]
