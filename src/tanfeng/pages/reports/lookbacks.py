"""Key figures of the look-back: results of plans, barometers reproduced, energy against its cap, frozen outlooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators
from tanfeng.outlook import skill
from tanfeng.pages.rows import figure, frame
from tanfeng.targets import lights
from tanfeng.targets.lookback import archive, barometer, hindcasts
from tanfeng.targets.lookback import plans as looked_back

BROKEN = "13FYP"


def lookback(catalog: Catalog, region: str, made_up: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the key figures of the look-back.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        made_up: result of `tanfeng.targets.lookback.hindcasts.measured`.

    Raises:
        ProjectError: if no outlook of the region is frozen.

    Example:
        >>> from tanfeng.targets.lookback import hindcasts
        >>> from tanfeng.data.catalog import open_catalog
        >>> made_up = hindcasts.measured(open_catalog(), [2014])
        >>> rows = lookback(open_catalog(), "330000", made_up).set_index("id")["value"]
        >>> float(rows["barometers"]), round(float(rows["energy_intensity_reached_13FYP"]), 2)
        (14.0, -8.26)
    """
    results = looked_back.results(catalog, region)
    rows = [row for one in results.to_dict("records") for row in _plan(catalog, region, one)]
    rows += [*_turn(catalog, region), *_barometers(catalog, region)]
    return frame([*rows, *_frozen(catalog, region), *_made_up(made_up)])


def _plan(catalog: Catalog, region: str, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a plan asked and what came of it; `carbon_` before the names of CO2 intensity."""
    base, last = catalog.read("plans").set_index("id").loc[one["plan"], ["base_year", "last_year"]].astype(int)
    carbon = one["indicator"] == looked_back.CARBON
    name = f"carbon_{one['plan']}" if carbon else one["plan"]
    found = [figure(f"asked_{name}", one["planned_pct"], "%", f"{base}/{last}", "reported", one["planned_source"])]
    if pd.isna(one["year"]):
        return found
    period, precise = f"{base}/{one['year']}", "carbon_intensity_statistical" if carbon else "energy_intensity"
    reached: tuple[Any, ...] = (one["achieved_pct"], "%", period, "reported", one["sources"])
    found += [figure(f"{label}_{name}", *reached, basis=one["basis"]) for label in ("reached", f"{precise}_reached")]
    if one["complete"]:
        found += [
            figure(f"completion_{name}", one["completion_pct"], "%", last, "reported", one["sources"]),
            figure(f"flip_{name}", abs(one["flip_pct"]), "%", last, "reported", one["sources"]),
            figure(f"energy_intensity_today_{name}", one["today_pct"], "%", period, *_as_of_today(one)),
        ]
    return found


def _as_of_today(one: dict[str, Any]) -> tuple[str, str]:
    return str(one["today_status"]), str(one["today_sources"])


def _turn(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of the broken plan: the year before, what was required then, and the rate of the year."""
    rows = looked_back.plans(catalog, region).query("plan == @BROKEN and then_pct.notna()")
    if len(rows) < 2:
        return []
    before, last = rows.iloc[-2], rows.iloc[-1]
    base = int(rows["year"].iloc[0]) - 1
    rates = indicators.yearly(catalog, looked_back.ENERGY, region).set_index("year").loc[int(last["year"])]
    period = f"{base}/{before['year']}"
    source, own = before["then_sources"], rates["source_id"]
    return [
        figure("energy_intensity_before", before["then_pct"], "%", period, "reported", source),
        figure("asked_before", before["linear_pct"], "%", period, "reported"),
        figure("energy_intensity_compound", before["compound_pct"], "%", period, "reported"),
        figure("energy_intensity_rate", rates["value"], "%", f"{before['year']}/{last['year']}", rates["status"], own),
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
        "of_year": int(rows["level_of_year"].notna().sum()),
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
        part
        for row in rows.itertuples()
        for part in (
            figure(f"cases_{row.id}", int(row.cases), "figures", row.last_year, "estimate", archive.SOURCE),
            figure(f"inside_{row.id}", int(row.inside80), "figures", row.last_year, "estimate", archive.SOURCE),
            figure(f"error_{row.id}", row.error_pct, "%", row.last_year, "estimate", archive.SOURCE),
        )
    ]


def _made_up(measured: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Return how the probabilities of made-up targets did, by measure, as they were and put right by what had come."""
    first = next(iter(measured.values()))
    found = [
        figure("made_up", len(first), "figures", "", "estimate", archive.SOURCE),
        figure("made_up_origins", first["origin"].nunique(), "figures", "", "estimate"),
        figure("p_made_up_inside80", 100 * first["inside80"].mean(), "%", "", "estimate"),
    ]
    return found + [row for name, rows in measured.items() for row in _scored(name, rows)]


def _scored(name: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    score, after = (skill.brier(one) for one in (rows, hindcasts.recalibrated(rows)))
    parts = {"brier": score["score"], "brier_alone": score["share_alone"], "brier_recalibrated": after["score"]}
    means = {f"p_made_up_{part}_{name}": 100 * rows[part].mean() for part in ("said", "came")}
    found = [figure(key, value, "%", "", "estimate", archive.SOURCE) for key, value in means.items()]
    return found + [figure(f"{key}_{name}", value, "share", "", "estimate") for key, value in parts.items()]
