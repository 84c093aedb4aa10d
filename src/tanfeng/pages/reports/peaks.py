"""Key figures of the peak and of the methods: probabilities, scenarios, provinces, and what the past says of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import nowcast, paths, skill
from tanfeng.outlook import peak as peaking
from tanfeng.outlook.peak import BY
from tanfeng.pages.emissions import emitted
from tanfeng.pages.rows import figure, frame

SIGNS = {"falling": -1, "plateau": 0, "rising": 1}


def chances(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    """Return the peak probabilities of a field or the total (percent), the trend, and the highest year so far.

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in chances(open_catalog(), "330000", "total")]
        ['p_already', 'p_by_2030', 'p_no_peak', 'trend', 'maximum']
    """
    row = peaking.by_field(catalog, region).set_index("field").loc[name]
    said = {"p_already": row["last_year"], f"p_by_{BY}": BY, "p_no_peak": paths.UNTIL}
    return [
        *(figure(key, 100 * row[key], "%", year, "forecast") for key, year in said.items()),
        figure("trend", SIGNS[row["trend"]], "trend", row["last_year"], "estimate"),
        figure("maximum", row["maximum_mt"], "Mt CO2", row["maximum_year"], row["status"], row["source_id"]),
    ]


@cached
def peak(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the report on the peak: total, scenarios, provinces, and how such figures did before.

    Raises:
        ProjectError: if the region has no inventory or no scenario.
    """
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total")]
    return frame(
        [
            *rows,
            *_scenarios(catalog, region),
            *_provinces(catalog, region),
            *_said_and_came(catalog),
            *covered("provinces"),
        ]
    )


def _scenarios(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = peaking.by_scenario(catalog, region).iloc[1:]
    parts = {f"co2_{BY}": (f"co2_{BY}", 1, "Mt CO2"), f"p_by_{BY}": (f"p_by_{BY}", 100, "%")}
    return [
        figure(f"{name}_{row['scenario']}", factor * row[column], unit, BY, "forecast")
        for row in rows.to_dict("records")
        for name, (column, factor, unit) in parts.items()
    ]


def _provinces(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = peaking.by_province(catalog)
    place = int(rows.index[rows["region"] == region][0]) + 1
    return [
        figure("provinces", len(rows), "figures", "", "reported"),
        figure("place", place, "figures", BY, "forecast"),
        figure("p_median", 100 * rows[f"p_by_{BY}"].median(), "%", BY, "forecast"),
        figure("p_most", 100 * rows[f"p_by_{BY}"].max(), "%", BY, "forecast"),
        figure("p_least", 100 * rows[f"p_by_{BY}"].min(), "%", BY, "forecast"),
    ]


def _said_and_came(catalog: Catalog) -> list[dict[str, Any]]:
    """Return what was said about the peak of the provinces left out, and what came: all series, totals alone."""
    rows = skill.peaks(catalog)
    totals = rows[rows["series"].str.endswith(" total")]
    found = [figure("tested", len(rows), "figures", "", "estimate")]
    for label, part in (("all", rows), ("total", totals)):
        found += [
            figure(f"p_{name}_{label}", 100 * part[name].mean(), "%", "", "estimate") for name in ("said", "came")
        ]
    score = skill.brier(rows)
    return [*found, *(figure(f"brier_{name}", score[name], "share", "", "estimate") for name in score.index)]


@cached
def methods(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the report on methods: accuracy, coverage, reliability, drivers, joint dependence.

    Raises:
        ProjectError: if the region has no inventory.
    """
    rows = [
        *_accuracy(catalog),
        *covered("provinces", "province_total", "country_total"),
        *_said_and_came(catalog),
        *_helped(catalog, region),
    ]
    return frame([*rows, *_together(catalog, region)])


def _accuracy(catalog: Catalog) -> list[dict[str, Any]]:
    every = catalog.read("backtest").query("year_ahead == 'all'").set_index("method")
    best = every["owa"].drop(["r1", "half_drift"]).idxmin()  # half drift is a part of R1
    own = every.loc["r1"]
    return [
        figure("owa_r1", own["owa"], "share", "", "estimate", own["source_id"]),
        figure("owa_next", every.at[best, "owa"], "share", "", "estimate", own["source_id"]),
        figure("origins", own["origins"], "figures", "", "estimate", own["source_id"]),
        figure("tested_provinces", own["regions"], "figures", "", "estimate", own["source_id"]),
        *(figure(f"backtest_{level}", 100 * own[f"coverage{level}"], "%", "", "estimate") for level in (80, 95)),
    ]


def covered(*groups: str) -> list[dict[str, Any]]:
    """Return the share of outcomes inside the intervals (percent) for some groups of series, by test and level.

    Example:
        >>> [row["id"] for row in covered("country_total")]
        ['covered_country_total_left_out_80', 'covered_country_total_left_out_95']
    """
    rows = skill.coverage(measured())
    rows = rows[(rows["year_ahead"] == "all") & rows["group"].isin(groups)]
    return [
        figure(f"covered_{row.group}_{row.test}_{row.nominal}", row.real, "%", "", "estimate")
        for row in rows.itertuples()
    ]


def _helped(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the error without a driver and with the best one that is used, for each field that has one (percent)."""
    found = []
    for name in paths.emitting_fields(catalog):
        rows = nowcast.scores(catalog, region, name)
        others = rows[rows["used"] & (rows["driver"] != nowcast.DIRECT)]
        if len(others):
            best = others["error_pct"].min()
            found += [
                figure(f"error_{name}_{label}", value, "%", "", "estimate")
                for label, value in (("direct", rows["error_pct"].iloc[0]), ("driver", best))
            ]
    return found


def _together(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the width of the 80 % interval of the total beside that of the fields, and how their errors correlate."""
    found = paths.paths(catalog, region)
    low, high = np.quantile(found.drawn[:, :, found.years.index(BY)], [0.1, 0.9], axis=1)
    width = high - low
    seen = pd.DataFrame(paths.template(catalog, region))
    pairs = [spearmanr(seen[one], seen[other]).statistic for one, other in combinations(seen.columns, 2)]
    parts = {"width_total": width[-1], "width_sum": width[:-1].sum(), "width_apart": np.sqrt((width[:-1] ** 2).sum())}
    return [
        *(figure(name, value, "Mt CO2", BY, "forecast") for name, value in parts.items()),
        figure("correlation", float(np.mean(pairs)), "share", "", "estimate"),
        figure("cases", len(seen), "figures", "", "estimate"),
    ]
