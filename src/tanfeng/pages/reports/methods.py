"""The report on methods: key figures of accuracy and coverage; tables of the tests behind them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.outlook import nowcast, origins, past, paths
from tanfeng.outlook.peak import BY
from tanfeng.pages.figures import covered, figure, frame, said_and_came, told_peaks
from tanfeng.pages.layout import COUNT, Column, Form, Layout, between, choice, name, number
from tanfeng.pages.outlook import METHODS, driver
from tanfeng.pages.table import pick
from tanfeng.pages.text import PRECISE

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "backtest": ("回溯检验", "Backtest"),
    "backtest_table": (
        "回溯检验：12个省份分领域和总量，2006—2014年各起点中抽取250个，外推5年",
        "Backtest: fields and totals of twelve provinces, 250 origins drawn from 2006-2014, five years ahead",
    ),
    "coverage": ("区间覆盖", "Coverage of the intervals"),
    "coverage_table": ("区间实际包含的结果占比", "Share of outcomes inside the intervals"),
    "coverage_measured_figure": (
        "虚线为名义水平：未参与学习的省份接近名义水平，2012年减速以后第一年偏低",
        "Dashed: what was asked. Provinces left out come close; after the slowdown of 2012 the first year falls short",
    ),
    "reliability": ("达峰概率的可靠性", "Reliability of the peak probability"),
    "reliability_figure": (
        "“五年内不再创新高”：给出的概率在30%—50%时偏低最多（虚线为完全相符）",
        "No new maximum within five years: most too low where 30 to 50% was said (dashed: perfect agreement)",
    ),
    "reliability_table": (
        "12个省份“五年内不再创新高”：给出的概率与实际比例",
        "No new maximum within five years, twelve provinces: said and came",
    ),
    "origins": ("各起点的误差", "Errors by origin"),
    "origins_table": (
        "30个省份总量：按本项目方法和只用R1，各起点外推的误差、偏差和80%区间实际包含的比例",
        "Totals of 30 provinces: error, bias and what the 80% interval held, as the outlook is made and by R1 alone",
    ),
    "origins_figure": (
        "各起点第4至8年的平均偏差：只用R1时{{ k.bias_worst_r1 }}以内，按本项目方法{{ k.bias_worst_told }}以内",
        "Mean error four to eight years on: within {{ k.bias_worst_r1 }} by R1 alone, within {{ k.bias_worst_told }} as the "
        "outlook is made",
    ),
    "drivers": ("驱动指标检验", "Tests of the drivers"),
    "drivers_table": (
        "由驱动指标推算的年份：系数和误差（30个省份）",
        "Years estimated from drivers: coefficients and errors, 30 provinces",
    ),
}
CARDS = {
    "told_rmse_near": ("1至3年误差（按本项目方法）", "Error 1 to 3 years on (as the outlook is made)"),
    "told_rmse_far": ("4至8年误差（按本项目方法）", "Error 4 to 8 years on (as the outlook is made)"),
    "told_inside_near": ("80%区间实际覆盖（1至3年）", "Inside the 80% interval (1 to 3 years)"),
    "told_inside_far": ("80%区间实际覆盖（4至8年）", "Inside the 80% interval (4 to 8 years)"),
}

GROUPS = {
    "provinces": ("各省全部序列", "provinces, all series"),
    "province_total": ("各省总量", "provinces, totals"),
    "country_total": ("各国总量", "countries, totals"),
    "country_sector": ("各国分部门", "countries, sectors"),
    "stock": ("存量（民用汽车保有量）", "stocks (vehicles in use)"),
    "product": ("工业产品产量", "output of products"),
    "freight": ("货物周转量", "freight turnover"),
    "passenger": ("旅客周转量", "passenger turnover"),
    "energy_flow": ("能源生产量、消费量", "energy produced and used"),
    "share": ("比重", "shares"),
    "stock_growth": ("数据点少的存量，按增速相近的先例", "stocks with few figures, by analogues"),
}
TESTS = {
    "left_out": ("未参与学习的地区", "regions left out"),
    "slowdown_2012": ("只用2012年以前资料", "learnt from years before 2012"),
    "past_only": ("逐年只用当年以前资料，提前1—3年", "learnt from the years before each, one to three years ahead"),
}


# rows of `tanfeng.outlook.nowcast.learnt`, one table below the other: what provinces taught, beside R1 without drivers
LEARNT = Layout((
    Column("field", ("领域", "Field"), name("fields")),
    Column("driver", ("驱动指标", "Driver"), Form(driver, "text")),
    Column("ahead", ("提前年数", "Years ahead"), COUNT),
    Column("b", ("系数", "Coefficient"), number(2)),
    Column("cases", ("检验次数", "Cases"), COUNT),
    Column("error_pct", ("均方根误差（未参与学习的省份）", "Root mean square error, provinces left out"), number(1), "%"),
    Column("direct_error_pct", ("不用驱动指标", "Without driver"), number(1), "%"),
))  # fmt: skip

# rows of the table `backtest`: the scores of the methods
BACKTEST = Layout(
    (
        Column("method", ("方法", "Method"), choice(METHODS, "text")),
        Column("owa", "OWA", number(3)),
        Column("limits", ("95%区间（按省份重抽样）", "95% interval over provinces"), between("owa_lo", "owa_hi", number(2)), kind="number"),
        Column("smape", "sMAPE", number(1), "%"),
        Column("mase", "MASE", number(2)),
        Column("coverage80", ("80%区间实际覆盖", "Inside the 80% interval"), number(0, 100), "%"),
        Column("coverage95", ("95%区间实际覆盖", "Inside the 95% interval"), number(0, 100), "%"),
        Column("crps", "CRPS", number(2)),
    ),
    (
        "OWA为sMAPE和MASE各除以“沿用末年”后的平均，1即与沿用末年相当，越小越好。“—”为该方法不给区间。",
        "OWA is the mean of sMAPE and MASE, each over that of the naive forecast: 1 is naive, lower is better. "
        "A dash: the method states no interval.",
    ),
    sources="source_id",
    total=("method", "r1"),
)  # fmt: skip

# rows of `covered`: the share of outcomes inside the intervals
COVERAGE = Layout((
    Column("group", ("序列", "Series"), choice(GROUPS, "text")),
    Column("test", ("检验", "Test"), choice(TESTS, "text")),
    Column("inside80", ("80%区间", "80% interval"), number(1), "%"),
    Column("inside95", ("95%区间", "95% interval"), number(1), "%"),
    Column("cases", ("次数", "Cases"), number(0)),
))  # fmt: skip

# rows of `tanfeng.outlook.skill.reliability`: how often a peak came by class of the probability said
RELIABILITY = Layout((
    Column("class", ("给出的概率", "Probability said"), lambda c, row, lang: f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%", kind="label"),
    Column("said", ("平均给出", "Mean said"), number(0, 100), "%"),
    Column("came", ("实际比例", "Share that came"), number(0, 100), "%"),
    Column("cases", ("次数", "Cases"), COUNT),
))  # fmt: skip

# rows of `by_way`: the errors of totals by origin, as the outlook is made beside R1 alone
ORIGINS = Layout(
    (
        Column("origin", ("起点", "Origin"), lambda c, row, lang: pick(("全部", "all"), lang) if row["origin"] == "all" else row["origin"], kind="label"),
        Column("ahead", ("提前年数", "Years ahead"), lambda c, row, lang: row["ahead"].replace("-", pick(("—", "–"), lang)), kind="label"),
        *(
            Column(f"{key}_{way}", (f"{zh}（{way_zh}）", f"{en} ({way_en})"), number(digits, scale), "%")
            for key, zh, en, digits, scale in (
                ("rmse_pct", "误差", "Error", 1, 1), ("bias_pct", "偏差", "Bias", 1, 1),
                ("coverage80", "80%区间内", "In the 80% interval", 0, 100),
            )
            for way, way_zh, way_en in ((True, "本项目方法", "outlook"), (False, "只用R1", "R1 alone"))
        ),
    ),
    (
        "误差为对数均方根误差；偏差为正，即外推偏高。系数、误差和趋势比例都不取自被检验的省份。",
        "Error: root mean square of the log; bias above zero: too high. Coefficients, errors and the share of the "
        "trend are those of the other provinces.",
    ),
    total=("origin", "all"),
)  # fmt: skip


def inside(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group and test from `tanfeng.outlook.skill.coverage`: inside80, inside95 (percent), cases."""
    chosen = rows[(rows["year_ahead"] == "all") & rows["group"].isin(list(GROUPS))]
    wide = chosen.pivot_table(index=["group", "test"], columns="nominal", values="real").add_prefix("inside")
    wide["cases"] = chosen[chosen["nominal"] == 80].set_index(["group", "test"])["cases"]
    return wide.loc[pd.MultiIndex.from_frame(chosen[["group", "test"]].drop_duplicates())].reset_index()


def by_way(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `tanfeng.outlook.origins.by_origin` with one row an origin and distance: `rmse_pct_True` told by drivers."""
    wide = rows.pivot_table(index=["origin", "ahead"], columns="told", values=["rmse_pct", "bias_pct", "coverage80"])
    wide.columns = [f"{key}_{way}" for key, way in wide.columns]
    return wide.loc[pd.MultiIndex.from_frame(rows[["origin", "ahead"]].drop_duplicates())].reset_index()


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the report on methods: accuracy, coverage, reliability, drivers, joint dependence.

    Raises:
        ProjectError: if the region has no inventory.
    """
    rows = [
        *_accuracy(catalog),
        *covered("provinces", "province_total", "country_total"),
        *_by_origin(catalog),
        *told_peaks(catalog),
        *said_and_came(catalog),
        *_helped(catalog),
    ]
    return frame([*rows, *_together(catalog, region)])


def _accuracy(catalog: Catalog) -> list[dict[str, Any]]:
    every = catalog.read("backtest").query("year_ahead == 'all'").set_index("method")
    if not {"r1", "half_drift"} < set(every.index):
        raise ProjectError(
            "data/backtest.csv: expected rows of r1, half_drift and others of all years (tanfeng backtest)"
        )
    best = every["owa"].drop(["r1", "half_drift"]).idxmin()  # half drift is a part of R1
    own = every.loc["r1"]
    return [
        figure("owa_r1", own["owa"], "share", "", "estimate", own["source_id"]),
        figure("owa_next", every.at[best, "owa"], "share", "", "estimate", own["source_id"]),
        figure("origins", own["origins"], "figures", "", "estimate", own["source_id"]),
        figure("tested_provinces", own["regions"], "figures", "", "estimate", own["source_id"]),
        *(figure("backtest", 100 * own[f"coverage{level}"], "%", "", "estimate", of=level) for level in (80, 95)),
    ]


def _helped(catalog: Catalog) -> list[dict[str, Any]]:
    """Return the error of the first year ahead with the driver and without, for each field that has one (percent)."""
    return [
        figure("error", value, "%", "", "estimate", of=(name, label))
        for name in nowcast.told_fields(catalog)
        for label, value in zip(
            ("driver", "direct"),
            nowcast.learnt(catalog, name).table.iloc[0][["error_pct", "direct_error_pct"]],
            strict=True,
        )
    ]


def _by_origin(catalog: Catalog) -> list[dict[str, Any]]:
    """Return the errors of totals near and far ahead, as the outlook is made and by R1 alone, and the largest biases."""
    rows = origins.by_origin(catalog)
    whole = rows[rows["origin"] == "all"].set_index(["ahead", "told"])
    near, far = dict.fromkeys(rows["ahead"])
    found = [
        figure(name, whole.at[(ahead, told), column] * scale, "%", "", "estimate", of=label)
        for ahead, label in ((near, "near"), (far, "far"))
        for name, told, column, scale in (
            ("told_rmse", True, "rmse_pct", 1), ("told_inside", True, "coverage80", 100),
            ("r1_rmse", False, "rmse_pct", 1), ("r1_inside", False, "coverage80", 100),
        )
    ]  # fmt: skip
    each = rows[(rows["origin"] != "all") & (rows["ahead"] == far)].groupby("told")["bias_pct"]
    worst = each.agg(lambda values: values.abs().max())
    ratio = whole["score80"].xs(True, level="told") / whole["score80"].xs(False, level="told")
    return [
        *found,
        figure("bias_worst_told", worst[True], "%", "", "estimate"),
        figure("bias_worst_r1", worst[False], "%", "", "estimate"),
        *(figure("score_ratio", ratio[ahead], "share", "", "estimate", of=label, shown=PRECISE)
          for ahead, label in ((near, "near"), (far, "far"))),
        figure("trend_share", past.shares(catalog)["all"], "share", "", "estimate", shown=PRECISE),
    ]  # fmt: skip


def _together(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the width of the 80 % interval of the total beside that of the fields, and how their errors correlate."""
    found = paths.paths(catalog, region)
    low, high = np.quantile(found.drawn[:, :, found.years.index(BY)], [0.1, 0.9], axis=1)
    width = high - low
    rows = past.template(catalog)
    seen = rows[rows.index.get_level_values("region") != region]
    pairs = [spearmanr(seen[one], seen[other]).statistic for one, other in combinations(seen.columns, 2)]
    parts = {"width_total": width[-1], "width_sum": width[:-1].sum(), "width_apart": np.sqrt((width[:-1] ** 2).sum())}
    return [
        *(figure(name, value, "Mt CO2", BY, "forecast") for name, value in parts.items()),
        figure("correlation", float(np.mean(pairs)), "share", "", "estimate"),
        figure("cases", len(seen), "figures", "", "estimate"),
    ]
