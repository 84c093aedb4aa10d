"""Key figures of the 15th plan and of 2030: CO2 intensity by account, benchmark, growth, counts of verdicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations
from tanfeng.forecast import growth
from tanfeng.pages.rows import figure, frame
from tanfeng.targets import ahead as milestones
from tanfeng.targets import intensity, verdict
from tanfeng.targets.ahead import Milestone
from tanfeng.targets.intensity import Intensity
from tanfeng.targets.rules import VERDICTS

NATIONAL = "100000"
TESTED_YEARS = 5


def ahead(catalog: Catalog, region: str, found: list[Milestone]) -> pd.DataFrame:
    """Return the key figures of the report on the 15th plan and 2030.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        found: result of `tanfeng.targets.ahead.ahead`.

    Raises:
        ProjectError: as `tanfeng.targets.ahead.ways`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = ahead(catalog, "330000", milestones.ahead(catalog, "330000")).set_index("id")
        >>> round(float(rows.at["fall_direct", "value"]), 1), rows.at["fall_direct", "period"]
        (-57.0, '2005/2022')
    """
    own, national = milestones.ways(catalog, region), milestones.ways(catalog, region, NATIONAL)
    rows = [row for way in own for row in _way(catalog, region, way)]
    rows += [row for way in national for row in _benchmark(way)]
    return frame([*rows, *_growth(catalog, region, own[0]), *_moved(catalog, region, own), *_counts(found)])


def _way(catalog: Catalog, region: str, way: Intensity) -> list[dict[str, Any]]:
    known = intensity.emissions(catalog, region, way.account, way.base)
    sources = observations.joined(known["source_id"])
    low, high = way.interval()
    limit, rate = intensity.emissions_needed(way, float(np.median(way.growth)))
    name, due, left = way.account, str(way.year), f"{way.since}/{way.year}"
    co2 = float(way.rows.set_index("year").at[way.since, "co2_mt"])
    ends: dict[str, Any] = {"lo80": low, "hi80": high}
    return [
        figure(f"fall_{name}", -way.reached(way.last), "%", f"{way.base}/{way.last}", "estimate", sources),
        figure(f"reduction_{name}", way.median, "%", due, "forecast", **ends),
        figure(f"p_{name}", 100 * way.probability, "%", due, "forecast"),
        figure(f"needed_{name}", way.rate(), "%", left, "estimate"),
        _since(way, f"intensity_recent_{name}"),
        figure(f"limit_{name}", limit, "Mt CO2", due, "estimate"),
        figure(f"limit_rate_{name}", rate, "%", left, "estimate"),
        figure(f"co2_since_{name}", co2, "Mt CO2", way.since, way.rows.set_index("year").at[way.since, "status"]),
        figure(f"base_{name}", known.at[way.base, "co2_mt"], "Mt CO2", way.base, known.at[way.base, "status"]),
    ]


def _since(way: Intensity, name: str) -> dict[str, Any]:
    return figure(name, way.recent_rate(), "%", f"{way.last - 5}/{way.last}", "estimate")


def _benchmark(way: Intensity) -> list[dict[str, Any]]:
    name = way.account
    return [
        figure(f"benchmark_reduction_{name}", way.median, "%", way.year, "forecast"),
        figure(f"p_benchmark_{name}", 100 * way.probability, "%", way.year, "forecast"),
        figure(f"benchmark_needed_{name}", way.rate(), "%", f"{way.since}/{way.year}", "estimate"),
        _since(way, f"benchmark_intensity_recent_{name}"),
    ]


def _growth(catalog: Catalog, region: str, way: Intensity) -> list[dict[str, Any]]:
    rows = indicators.yearly(catalog, "gdp_real_growth", region)
    last, rates = rows.iloc[-1], rows["value"].to_numpy(dtype="float64")
    low, middle, high = np.quantile(way.growth, [0.1, 0.5, 0.9])
    past = growth.backtest(rates, TESTED_YEARS)
    inside = past["came"].between(past["lo80"], past["hi80"])
    found = [
        figure("growth_last", last["value"], "%", last["year"], last["status"], last["source_id"]),
        figure("growth_ahead", middle, "%", way.year, "forecast", lo80=low, hi80=high),
        figure("growth_paths", len(growth.ratios(rates, way.year - int(last["year"]))), "figures", "", "estimate"),
        figure("growth_cases", len(past), "figures", "", "estimate"),
        figure("growth_inside", int(inside.sum()), "figures", "", "estimate"),
    ]
    errors = {"said": "growth_error", "held": "growth_error_held", "r1": "growth_error_r1"}
    return found + [figure(name, _error(past, column), "pp", "", "estimate") for column, name in errors.items()]


def _error(past: pd.DataFrame, column: str) -> float:
    return float(np.sqrt(((past[column] - past["came"]) ** 2).mean()))


def _moved(catalog: Catalog, region: str, ways: list[Intensity]) -> list[dict[str, Any]]:
    """Return the probability of each scenario by account, and what dependence between growth and emissions changes."""
    found = []
    for way in ways:
        rows = intensity.by_scenario(catalog, region, way.base, way.year, way.reduction_pct, way.account).iloc[1:]
        found += [
            figure(f"p_{row.scenario}_{way.account}", 100 * row.probability, "%", way.year, "forecast")
            for row in rows.itertuples()
        ]
        shares = intensity.coupled(catalog, region, way)
        names = (f"p_same_{way.account}", f"p_opposite_{way.account}")
        found += [
            figure(name, 100 * share, "%", way.year, "forecast") for name, share in zip(names, shares, strict=True)
        ]
    return found


def _counts(found: list[Milestone]) -> list[dict[str, Any]]:
    counts = verdict.counts([one.verdict for one in found])
    rows = [figure(f"verdict_{name}", int(counts[name]), "targets", "", "reported") for name in VERDICTS]
    return [figure("counted", int(counts.sum()), "targets", "", "reported"), *rows]
