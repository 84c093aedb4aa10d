"""The monthly pulse: key figures, what the months told of past years, the years of the series, and what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import nowcast, pulse
from tanfeng.pages import text
from tanfeng.pages.figures import figure, frame
from tanfeng.pages.layout import COUNT, NONE, PERIOD, TO, YEAR, Column, Layout, choice, name, number, spanned, tonnes
from tanfeng.pages.page import KeyFigures
from tanfeng.pages.reports.lookback import COLOUR
from tanfeng.pages.table import pick, used
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
POINTS = ("百分点", "pp")
GROWTH = spanned("growth_pct", "lo80_pct", "hi80_pct", number(1))
EMITTED = spanned("co2_mt", "lo80_mt", "hi80_mt", tonnes())

# rows of `shown`: the estimates by some numbers of months beside what came
REPLAY = Layout(
    (
        Column("year", ("年份", "Year"), YEAR),
        Column("months", ("已知月数", "Months"), COUNT),
        Column("growth", ("增速估计（80%区间）", "Growth (80% interval)"), GROWTH, "%", "number"),
        Column("came_pct", ("清单增速", "Inventory"), number(1), "%"),
        Column("error_pct", ("误差", "Error"), number(1), POINTS),
        Column("r1_error_pct", ("R1误差", "Error of R1 alone"), number(1), POINTS),
        Column("co2", ("排放估计（80%区间）", "CO2 (80% interval)"), EMITTED, "mt", "number"),
        Column("came_mt", ("清单排放", "Inventory"), tonnes()),
        Column("relative_thermal_pct", ("火电比全国", "Thermal above nation"), number(1), "%"),
        Column("relative_cement_pct", ("水泥比全国", "Cement above nation"), number(1), "%"),
    ),
    (
        "误差为估计减清单增速。R1和上年排放取自上年清单；上年没有清单的只给增速。火电、水泥比全国为本省累计数增速相对全国的快慢。",
        "Error: estimate less growth of the inventory. R1 and the level of the year before come from the inventory of "
        "that year; where it has none, only growth is given. Thermal and cement: ratio of growth to that of the nation.",
    ),
)  # fmt: skip

# rows of `series_errors` with months that are tested: how far off each way was, by series and months known
ERRORS = Layout(
    (
        Column("indicator", ("序列", "Series"), name("indicators", "text")),
        Column("months", ("已知月数", "Months"), COUNT),
        *(Column(way, names, number(1), "%") for way, names in WAY_NAMES.items()),
        Column("years", ("年数", "Years"), COUNT),
    ),
    (
        "合成为三种方法所得余月数的几何平均。指数平滑：对数，无趋势，加法季节项，1—2月合为一期。",
        "Joined: the geometric mean of the three rests. Smoothing: logarithms, no trend, additive season, January "
        "and February as one.",
    ),
)


def _period(year: int, months: int) -> str:
    return f"{year}-01/{year}-{months:02d}"


def _until(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return text.period(_period(row["year"], row["months"]), lang)


def _joined(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return text.amount(catalog, round(row["joined"]), row["unit"], lang, 0)


def _ways(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    told = [row[way] for way in pulse.WAYS[:-1]]
    return pick(TO, lang).join(_joined(catalog, {**row, "joined": end(told)}, lang) for end in (min, max))


# rows of `running`: what the last months known tell of years whose whole figure is not known
RUNNING = Layout((
    Column("indicator", ("序列", "Series"), name("indicators", "text")),
    Column("known", ("已知", "Known"), _until, kind="label"),
    Column("joined", ("全年推算", "Whole year"), _joined, kind="label"),
    Column("span", ("三种方法", "Three ways"), _ways, kind="label"),
))  # fmt: skip


def _required(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    if pd.isna(row["required_pct"]):
        return NONE
    scope = "" if row["same_scope"] else pick(("考核口径", "assessment scope"), lang)
    return text.number(row["required_pct"], 2) + text.bracketed(scope, lang)


# rows of `tanfeng.targets.within_year.intensity`: energy intensity of the first months of years, with its light
INTENSITY = Layout(
    (
        Column("period", ("时段", "Months"), PERIOD),
        Column("change_pct", ("能耗强度变化", "Energy intensity"), number(2), "%"),
        Column("basis", ("依据", "Basis"), choice(BASES, "text"), cites="source_id"),
        Column("required", ("每年要求", "Asked a year"), _required, "%", "number"),
        Column("plan", ("规划", "Plan"), name("plans")),
        Column("light", ("灯", "Light"), COLOUR),
    ),
    (
        "按季度表述：达到进度要求为绿灯，差距不超过要求值10%为黄灯，超过为红灯；要求为规划降幅按年均分。"
        "只说升降的，上升为红灯，未达到要求为黄灯。",
        "Wording of the first quarter of 2021: green if the required fall is reached, yellow if missed by at most 10% "
        "of it, red beyond; required is the plan's fall in equal steps a year. Where only the direction is stated, a rise "
        "is red and a fall short of the requirement yellow.",
    ),
    rules=("light", "half_year_light"),
)


def _known(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    return text.period(row["known"], lang) if row["known"] else pick(("无", "none"), lang)


def _wanted(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    years = row["wanted"].split()
    return pick((f"{'、'.join(years)}年各月", f"months of {' and '.join(years)}"), lang)


# rows of `missing`: which months are missing, and who holds them
MISSING = Layout((
    Column("indicator", ("累计数", "Cumulative figure"), name("indicators", "text")),
    Column("region", ("地区", "Region"), name("regions")),
    Column("known", ("月度数据截至", "Months known"), _known, kind="label"),
    Column("wanted", ("还缺", "Missing"), _wanted, kind="label"),
    Column("holder", ("由谁掌握", "Held by"), choice(HOLDERS, "text")),
))  # fmt: skip


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
    known = _period(year, months)
    found.append(figure("pulse_growth", last["growth_pct"], "%", known, "forecast", source, **interval))
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
    for of, column in (("pulse_error", "error_pct"), ("pulse_r1_error", "r1_error_pct")):
        found.append(figure(of, came[column].abs().mean(), "%", "", "estimate", source))
        found += [figure(of, six[column].abs().mean(), "%", "", "estimate", source, of=SIX)] if len(six) else []
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
    """Return the years of `tanfeng.outlook.pulse.replay` that an inventory has come to, as words; empty without one."""
    years = rows.loc[rows["came_pct"].notna(), "year"]
    if years.empty:
        return ""
    return pick((f"{years.min()}—{years.max()}年", f"{years.min()}–{years.max()}"), lang)


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `tanfeng.outlook.pulse.replay` with some numbers of months, the last year first."""
    return rows[rows["months"].isin(SHOWN_MONTHS)].sort_values(["year", "months"], ascending=[False, True])


def series(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the first months told of the years of each monthly series: indicator, then `series_replay`."""
    units = catalog.read("indicators").set_index("id")["unit"]
    found = [pulse.series_replay(catalog, one, region).assign(indicator=one, unit=units[one]) for one in SERIES]
    return pd.concat(found).set_index(["indicator", "unit"]).reset_index()


def series_errors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the mean absolute errors of each way by series and months known (see `tanfeng.outlook.pulse.errors`)."""
    parts = [
        pulse.errors(part).reset_index().assign(indicator=name) for name, part in rows.groupby("indicator", sort=False)
    ]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=["months", *pulse.WAYS, "years", "indicator"])
    return found[["indicator", "months", *pulse.WAYS, "years"]]


def sources(catalog: Catalog, region: str) -> list[str]:
    """Return the sources of the monthly series of a region."""
    return used(source for one in SERIES for source in pulse.series_sources(catalog, one, region))


def running(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, for each year of `series` whose whole figure is not known, the row with the most months."""
    return rows[rows["came"].isna()].groupby(["indicator", "year"], sort=False).tail(1)


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
        known = _period(*last) if last else ""
        holder = HELD.get(indicator, "nation" if place == nowcast.NATION else "statistics")
        found += [{**row, "known": known, "holder": holder}] if wanted else []
    return pd.DataFrame(found, columns=["indicator", "region", "known", "wanted", "holder"])


def absent(catalog: Catalog, region: str, lang: str) -> str:
    """Say of which series that the estimate needs a region, or the nation, has no months; empty if all have some."""
    without = [one for one in pulse.needed(catalog, region) if pulse.known_until(one.table) is None]
    if not without:
        return ""
    said = pick(("{0}{1}", "{1} of {0}"), lang)
    named = [
        said.format(catalog.label("regions", one.region, lang), catalog.label("indicators", one.indicator, lang))
        for one in without
    ]
    shown = pick(("数据表中没有月度累计数的有：{}。", "The tables have no cumulative months of: {}."), lang)
    return shown.format(pick(("、", "; "), lang).join(named))
