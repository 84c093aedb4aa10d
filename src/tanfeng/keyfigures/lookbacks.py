"""Key figures of the look-back: results of plans, barometers reproduced, energy against its cap, frozen outlooks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng import archive, grading, indicators, units
from tanfeng import lookback as looked_back
from tanfeng.catalog import Catalog
from tanfeng.keyfigures.rows import figure, frame

BROKEN = "13FYP"


def lookback(catalog: Catalog, region: str, made_up: pd.DataFrame) -> pd.DataFrame:
    """Return the key figures of the look-back.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        made_up: result of `tanfeng.hindcasts.by_origin`.

    Raises:
        ProjectError: if no outlook of the region is frozen.

    Example:
        >>> from tanfeng import hindcasts
        >>> from tanfeng.catalog import open_catalog
        >>> made_up = hindcasts.by_origin(hindcasts.pseudo_targets(open_catalog(), [2014]))
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
            figure(f"energy_intensity_today_{name}", one["today_pct"], "%", period, *_today(one)),
        ]
    return found


def _today(one: dict[str, Any]) -> tuple[str, str]:
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
    rows = looked_back.barometers(catalog, region)
    intensity = rows[rows["measure"] == looked_back.INTENSITY]
    before = rows[rows["light_before"].isin([grading.GREEN, grading.YELLOW, grading.RED])]
    red = before[before["light"] != before["light_before"]]
    counts = {
        "barometers": len(rows),
        "barometers_intensity": len(intensity),
        **{name: int((rows["agreement"] == name).sum()) for name in looked_back.AGREEMENTS},
        "agrees_intensity": int((intensity["agreement"] == looked_back.AGREES).sum()),
        "by_figures": int(((rows["agreement"] == looked_back.AGREES) & (rows["basis"] == looked_back.FIGURE)).sum()),
        "before": len(before),
        "before_agrees": len(before) - len(red),
    }
    found = [figure(name, count, "figures", "", "estimate") for name, count in counts.items()]
    return found + _cap(catalog, rows)


def _cap(catalog: Catalog, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return energy against its cap, and a year earlier against the schedule."""
    rated = rows[(rows["measure"] == looked_back.TOTAL) & rows["figure"].notna()]
    if rated.empty:
        return []
    row = rated.iloc[-1]
    scale, year = units.factor(catalog, row["unit"], "Mtce"), row["year"]
    parts = {"energy_total": "figure", "energy_cap": "required"}
    found = [
        figure(name, scale * row[column], "Mtce", year, "reported", row["sources"], basis=looked_back.COMPUTED)
        for name, column in parts.items()
    ]
    over = {"over_cap": ("", year), "over_schedule": ("_before", year - 1)}
    return found + [
        figure(name, 100 * (row[f"figure{end}"] / row[f"required{end}"] - 1), "%", when, "reported")
        for name, (end, when) in over.items()
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


def _made_up(rows: pd.DataFrame) -> list[dict[str, Any]]:
    every = rows.set_index("part").loc["all"]
    return [
        figure("made_up", int(every["cases"]), "figures", "", "estimate", archive.SOURCE),
        *(figure(f"p_made_up_{name}", 100 * every[name], "%", "", "estimate") for name in ("said", "came", "inside80")),
        figure("brier", every["brier"], "share", "", "estimate"),
        figure("brier_alone", every["share_alone"], "share", "", "estimate"),
    ]
