"""The monthly pulse: key figures, what the months told of past years, the years of the series, and what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import nowcast, pulse
from tanfeng.pages import text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.page import KeyFigures
from tanfeng.pages.reports.lookback import colour_cell
from tanfeng.pages.table import Table, cited, columns, number_cell, pick, sentences, unseen, used
from tanfeng.targets import within_year

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "replay": ("各年按已知月数的估计与结果", "Estimates by months known, and what came"),
    "replay_figure": (
        "{% if k.pulse_cases is defined %}{{ years }}估计的误差平均为{{ k.pulse_error }}，仅用R1为{{ k.pulse_r1_error }}。{% endif %}虚线为估计，阴影为80%区间，灰线为仅用R1的外推，黑线为清单增速（点线为用全年驱动因素推算的增速）；纵轴为比上年增速（%），横轴为已知月数。",
        "{% if k.pulse_cases is defined %}In {{ years }} the estimate was {{ k.pulse_error }} off on average, R1 alone {{ k.pulse_r1_error }}. {% endif %}Dashed: the estimate with its 80% band; grey: R1 alone; black: growth of the inventory (dotted: as the drivers of the whole year tell it). Growth on the year before in %, by months known.",
    ),
    "replay_table": ("按已知月数的估计与清单对照", "The estimate by months known against the inventory"),
    "series": ("各序列全年数的推算与结果", "Whole years of the series, and what came"),
    "series_errors": ("各推算方法的平均误差", "Mean errors of each way"),
    "series_table": (
        "由前几个月推算全年数的平均绝对误差",
        "Mean absolute error of the whole year estimated from its first months",
    ),
    "running_table": ("全年数尚未收入的年份", "Years whose whole figure is not in the tables"),
    "intensity": ("年内能耗强度", "Energy intensity within the year"),
    "intensity_table": (
        "年内能耗强度与晴雨表季度规则",
        "Energy intensity within the year, by the rule of the barometer",
    ),
    "missing": ("尚缺的月度数据", "Months that are missing"),
    "missing_table": ("还缺什么，由谁掌握", "What is missing, and who holds it"),
}
CARDS = {
    "pulse_growth": (
        "二氧化碳排放增速估计（{{ k.pulse_growth.year }}）",
        "Growth of CO2 as estimated ({{ k.pulse_growth.year }})",
    ),
    "pulse_error_6": (
        "已知6个月时的平均误差（占上年排放）",
        "Mean error with six months known, of last year's emissions",
    ),
    "pulse_r1_error_6": ("仅用R1外推的平均误差（占上年排放）", "Mean error of R1 alone, of last year's emissions"),
    "pulse_inside": ("落入80%区间的比例", "Share inside the 80% interval"),
}
SERIES = ("generation_thermal_above_scale", "electricity_consumption", "cement_output")
SHOWN_MONTHS = (2, 3, 6, 9, 12)
SIX = 6
WAY_NAMES = {
    "as_last_year": ("同上年余月", "Rest of last year"),
    "growth_so_far": ("按累计增速", "Growth so far"),
    "smoothed": ("指数平滑", "Smoothing"),
    "joined": ("三者合成", "Joined"),
}
BASES = {
    within_year.PUBLISHED: ("公布", "published"),
    within_year.COMPUTED: ("由能耗和地区生产总值增速计算", "from growth of energy and GDP"),
    within_year.STATED: ("通报只说升降", "only the direction is stated"),
}
HOLDERS = {
    "nation": ("国家统计局", "National Bureau of Statistics"),
    "statistics": ("国家统计局、省统计局", "National Bureau of Statistics; provincial bureau of statistics"),
    "energy": (
        "省统计局、省发展和改革委员会（省能源局）",
        "provincial bureau of statistics; development and reform commission (energy administration)",
    ),
}
HELD = {within_year.ENERGY_GROWTH: "energy"}


def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the monthly pulse; of a region without months, only how good the estimate is."""
    rows, measured = pulse.replay(catalog, region), catalog.read("pulse")
    source = " ".join(pulse.sources(catalog, region))
    found = [
        figure("pulse_right_least", measured["right_least_pct"].min(), "%", "", "estimate", "own_pulse", shown="given"),
        figure("pulse_right_most", measured["right_most_pct"].max(), "%", "", "estimate", "own_pulse", shown="given"),
        figure("pulse_rmse", measured["rmse_pct"].mean(), "%", "", "estimate", "own_pulse"),
        figure("pulse_r1_rmse", measured["r1_rmse_pct"].mean(), "%", "", "estimate", "own_pulse"),
    ]
    if rows.empty:
        return frame(found)
    last, came = rows.iloc[-1], rows.dropna(subset="came_pct")
    year, months = int(last["year"]), int(last["months"])
    interval = {"lo80": last["lo80_pct"], "hi80": last["hi80_pct"]}
    period = f"{year}-01/{year}-{months:02d}"
    found.append(figure("pulse_growth", last["growth_pct"], "%", period, "forecast", source, **interval))
    if pd.notna(last["told_pct"]):
        found.append(figure("pulse_told", last["told_pct"], "%", f"{year - 1}/{year}", "forecast", source))
    return frame([*found, *_scores(came, source), *_series_scores(catalog, region)])


def _scores(came: pd.DataFrame, source: str) -> list[dict[str, Any]]:
    if came.empty:
        return []
    found = [
        figure("pulse_cases", len(came), "figures", "", "estimate", source),
        figure("pulse_years", came["year"].nunique(), "figures", "", "estimate", source),
        figure("pulse_inside", 100 * came["inside80"].mean(), "%", "", "estimate", source, shown=text.CHANCE),
        figure("pulse_right", 100 * came["right_side"].mean(), "%", "", "estimate", source, shown=text.CHANCE),
    ]
    six = came[came["months"] == SIX]
    for name, column in (("pulse_error", "error_pct"), ("pulse_r1_error", "r1_error_pct")):
        found.append(figure(name, came[column].abs().mean(), "%", "", "estimate", source))
        found += [figure(name, six[column].abs().mean(), "%", "", "estimate", source, of=SIX)] if len(six) else []
    return found


def _series_scores(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the mean error of the joined way for thermal generation, by months known."""
    errors = pulse.errors(pulse.series_replay(catalog, SERIES[0], region))
    known = errors.index.intersection([3, 6, 9, 11])
    return [figure("pulse_thermal_error", errors.at[m, "joined"], "%", "", "estimate", of=m) for m in known]


def cards(figures: KeyFigures) -> dict[str, tuple[str, str]]:
    """Return the cards whose figures there are."""
    return {name: label for name, label in CARDS.items() if hasattr(figures, name)}


def span(rows: pd.DataFrame, lang: str) -> str:
    """Return the years of a replay that an inventory has come to, as words; empty without one.

    Args:
        rows: result of `tanfeng.outlook.pulse.replay`.
        lang: `zh` or `en`.
    """
    years = rows.loc[rows["came_pct"].notna(), "year"]
    if years.empty:
        return ""
    return f"{years.min()}—{years.max()}年" if lang == "zh" else f"{years.min()}–{years.max()}"


def replay(catalog: Catalog, region: str, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return the estimates by some numbers of months beside what came, the last year first; no table without one.

    Args:
        catalog: the tables.
        region: the province.
        rows: result of `tanfeng.outlook.pulse.replay`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    points = pick(("百分点", "pp"), lang)
    plan = {
        "year": ("年份", "Year", "", "label"),
        "months": ("已知月数", "Months", "", "number"),
        "growth": ("增速估计（80%区间）", "Growth (80% interval)", "%", "number"),
        "came_pct": ("清单增速", "Inventory", "%", "number"),
        "error": ("误差", "Error", points, "number"),
        "r1": ("R1误差", "Error of R1 alone", points, "number"),
        "co2": ("排放估计（80%区间）", "CO2 (80% interval)", "mt", "number"),
        "came": ("清单排放", "Inventory", "mt", "number"),
        "thermal": ("火电比全国", "Thermal above nation", "%", "number"),
        "cement": ("水泥比全国", "Cement above nation", "%", "number"),
    }
    shown = rows[rows["months"].isin(SHOWN_MONTHS)].sort_values(["year", "months"], ascending=[False, True])
    cells = [_replayed(row, lang) for row in shown.to_dict("records")]
    note = {
        "zh": "误差为估计减清单增速。R1和上年排放取自上年清单；上年没有清单的只给增速。火电、水泥比全国为本省累计数增速相对全国的快慢。",
        "en": "Error: estimate less growth of the inventory. R1 and the level of the year before come from the inventory of "
        "that year; where it has none, only growth is given. Thermal and cement: ratio of growth to that of the nation.",
    }[lang]
    return [Table(caption, columns(lang, plan), cells, note, pulse.sources(catalog, region))] if cells else []


def _replayed(row: dict[str, Any], lang: str) -> dict[str, Any]:
    emitted = [text.tonnes(row[name], lang) for name in ("lo80_mt", "hi80_mt", "co2_mt")]
    level = emitted[2] + _bracket(emitted[0], emitted[1], lang)
    low, high = (text.number(row[name], 1) for name in ("lo80_pct", "hi80_pct"))
    return {
        "year": {"text": str(row["year"])},
        "months": {"text": str(row["months"])},
        "thermal": number_cell(row["relative_thermal_pct"]),
        "cement": number_cell(row["relative_cement_pct"]),
        "growth": {"text": text.number(row["growth_pct"], 1) + _bracket(low, high, lang)},
        "co2": {"text": "—" if pd.isna(row["co2_mt"]) else level},
        "came": {"text": "—" if pd.isna(row["came_mt"]) else text.tonnes(row["came_mt"], lang)},
        "came_pct": number_cell(row["came_pct"]),
        "error": number_cell(row["error_pct"]),
        "r1": number_cell(row["r1_error_pct"]),
    }


def _bracket(low: str, high: str, lang: str) -> str:
    return f"（{low}至{high}）" if lang == "zh" else f" ({low} to {high})"


def series(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the first months told of the years of each monthly series: indicator, then `series_replay`."""
    found = [
        pulse.series_replay(catalog, name, region).assign(indicator=name, unit=_unit(catalog, name)) for name in SERIES
    ]
    rows = pd.concat(found, ignore_index=True)
    return rows[["indicator", "unit", *(name for name in rows.columns if name not in {"indicator", "unit"})]]


def series_errors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the mean absolute errors of each way by series and months known (see `tanfeng.outlook.pulse.errors`)."""
    parts = [
        pulse.errors(part).reset_index().assign(indicator=name) for name, part in rows.groupby("indicator", sort=False)
    ]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=["months", *pulse.WAYS, "years", "indicator"])
    return found[["indicator", "months", *pulse.WAYS, "years"]]


def errors_table(catalog: Catalog, region: str, errors: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return how far off each way was, by series and months known; no table without a figure.

    Args:
        catalog: the tables.
        region: the province.
        errors: result of `series_errors`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "series": ("序列", "Series", "", "text"),
        "months": ("已知月数", "Months", "", "number"),
        **{name: (*names, "%", "number") for name, names in WAY_NAMES.items()},
        "years": ("年数", "Years", "", "number"),
    }
    shown = errors[errors["months"].isin(pulse.TESTED)]
    cells = [
        {
            "series": {"text": catalog.label("indicators", row["indicator"], lang)},
            "months": {"text": str(row["months"])},
            **{name: number_cell(row[name]) for name in WAY_NAMES},
            "years": {"text": str(int(row["years"]))},
        }
        for row in shown.to_dict("records")
    ]
    note = {
        "zh": "合成为三种方法所得余月数的几何平均。指数平滑：对数，无趋势，加法季节项，1—2月合为一期。",
        "en": "Joined: the geometric mean of the three rests. Smoothing: logarithms, no trend, additive season, January "
        "and February as one.",
    }[lang]
    sources = used(source for name in SERIES for source in pulse.series_sources(catalog, name, region))
    return [Table(caption, columns(lang, plan), cells, note, sources)] if cells else []


def running(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return what the last months known tell of years whose whole figure is not known; no table if there is none.

    Args:
        catalog: the tables.
        rows: result of `series`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    open_years = rows[rows["came"].isna()].groupby(["indicator", "year"], sort=False).tail(1)
    plan = {
        "series": ("序列", "Series", "", "text"),
        "period": ("已知", "Known", "", "label"),
        "joined": ("全年推算", "Whole year", "", "label"),
        "span": ("三种方法", "Three ways", "", "label"),
    }
    cells = [
        {
            "series": {"text": catalog.label("indicators", row["indicator"], lang)},
            "period": {"text": text.period(f"{row['year']}-01/{row['year']}-{row['months']:02d}", lang)},
            "joined": {"text": _rounded(catalog, row["joined"], row["unit"], lang)},
            "span": {
                "text": pick(("至", " to "), lang).join(
                    _rounded(catalog, end(row[name] for name in pulse.WAYS[:-1]), row["unit"], lang)
                    for end in (min, max)
                )
            },
        }
        for row in open_years.to_dict("records")
    ]
    return [Table(caption, columns(lang, plan), cells)] if cells else []


def _rounded(catalog: Catalog, value: float, unit: str, lang: str) -> str:
    return text.amount(catalog, round(value), unit, lang, 0)


def _unit(catalog: Catalog, indicator: str) -> str:
    return str(catalog.read("indicators").set_index("id").at[indicator, "unit"])


def intensity(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return energy intensity of the first months of years, with its light; no table without a row.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.targets.within_year.intensity`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "period": ("时段", "Months", "", "label"),
        "change": ("能耗强度变化", "Energy intensity", "%", "number"),
        "basis": ("依据", "Basis", "", "text"),
        "required": ("每年要求", "Asked a year", "%", "number"),
        "plan": ("规划", "Plan", "", "label"),
        "light": ("灯", "Light", "", "status"),
    }
    cells = [
        {
            "period": {"text": text.period(row["period"], lang)},
            "change": number_cell(row["change_pct"], 2),
            "basis": {"text": pick(BASES[row["basis"]], lang), **cited([row["source_id"]])},
            "required": {
                "text": number_cell(row["required_pct"], 2)["text"]
                + ("" if row["same_scope"] or not row["plan"] else pick(("（考核口径）", " (assessment scope)"), lang))
            },
            "plan": {"text": catalog.label("plans", row["plan"], lang) if row["plan"] else "—"},
            "light": colour_cell(catalog, row["light"], lang),
        }
        for row in rows.to_dict("records")
    ]
    note = {
        "zh": "按季度表述：达到进度要求为绿灯，差距不超过要求值10%为黄灯，超过为红灯；要求为规划降幅按年均分。"
        "只说升降的，上升为红灯，未达到要求为黄灯。",
        "en": "Wording of the first quarter of 2021: green if the required fall is reached, yellow if missed by at most 10% "
        "of it, red beyond; required is the plan's fall in equal steps a year. Where only the direction is stated, a rise "
        "is red and a fall short of the requirement yellow.",
    }[lang]
    rule = unseen(catalog, ("light", "half_year_light"), lang)
    if not cells:
        return []
    return [
        Table(caption, columns(lang, plan), cells, note=sentences([note, rule], lang), sources=used(rows["source_id"]))
    ]


def missing(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the series that tell the running year, with the years whose months are needed and not in the tables.

    Levels are needed of the year before too, growth rates of the running year alone.

    Returns:
        Columns indicator, region, known (last period with months, empty if there is none), wanted (years, separated by
        spaces), holder (key of `HOLDERS`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> missing(open_catalog(), "320000")["wanted"].iloc[1]
        '2025 2026'
    """
    year = catalog.as_of_year
    levels = [(one.indicator, one.region, (year - 1, year)) for one in pulse.needed(catalog, region)]
    rates = [(name, region, (year,)) for name in (within_year.GDP_GROWTH[0], within_year.ENERGY_GROWTH)]
    found = []
    for indicator, place, years in (*levels, *rates):
        table = pulse.cumulative(catalog, indicator, place)
        last = pulse.known_until(table)
        wanted = [one for one in years if pulse.known_until(table[table.index == one]) is None]
        row = {"indicator": indicator, "region": place, "wanted": " ".join(map(str, wanted))}
        known = f"{last[0]}-01/{last[0]}-{last[1]:02d}" if last else ""
        holder = HELD.get(indicator, "nation" if place == nowcast.NATION else "statistics")
        found += [{**row, "known": known, "holder": holder}] if wanted else []
    return pd.DataFrame(found, columns=["indicator", "region", "known", "wanted", "holder"])


def missing_table(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> list[Table]:
    """Return what is missing and who holds it; no table if nothing is.

    Args:
        catalog: the tables.
        rows: result of `missing`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    plan = {
        "series": ("累计数", "Cumulative figure", "", "text"),
        "region": ("地区", "Region", "", "label"),
        "known": ("月度数据截至", "Months known", "", "label"),
        "wanted": ("还缺", "Missing", "", "label"),
        "holder": ("由谁掌握", "Held by", "", "text"),
    }
    cells = [
        {
            "series": {"text": catalog.label("indicators", row["indicator"], lang)},
            "region": {"text": catalog.label("regions", row["region"], lang)},
            "known": {"text": text.period(row["known"], lang) if row["known"] else pick(("无", "none"), lang)},
            "wanted": {"text": _months_of(row["wanted"].split(), lang)},
            "holder": {"text": pick(HOLDERS[row["holder"]], lang)},
        }
        for row in rows.to_dict("records")
    ]
    return [Table(caption, columns(lang, plan), cells)] if cells else []


def _months_of(years: list[str], lang: str) -> str:
    return f"{'、'.join(years)}年各月" if lang == "zh" else f"months of {' and '.join(years)}"


def absent(catalog: Catalog, region: str, lang: str) -> str:
    """Say of which series that the estimate needs a region, or the nation, has no months; empty if all have some."""
    without = [one for one in pulse.needed(catalog, region) if pulse.known_until(one.table) is None]
    if not without:
        return ""
    names = [
        (catalog.label("regions", one.region, lang), catalog.label("indicators", one.indicator, lang))
        for one in without
    ]
    if lang == "zh":
        return f"数据表中没有月度累计数的有：{'、'.join(f'{region}{name}' for region, name in names)}。"
    listed = "; ".join(f"{name} of {region}" for region, name in names)
    return f"The tables have no cumulative months of: {listed}."
