"""Key figures of the roadmap: limits, wedges, what stays open, what it costs, how many measures bear on it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import accounts, observations
from tanfeng.outlook import scenarios
from tanfeng.pages.rows import figure, frame
from tanfeng.roadmap import gaps, least_cost, registers, wedges
from tanfeng.targets import intensity

KWH = "10^8 kWh"


@cached
def roadmap(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the roadmap of a region.

    Raises:
        ProjectError: if the region has no measure with an effect, or lacks what `tanfeng.roadmap.gaps` needs.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = roadmap(open_catalog(), "330000").set_index("id")["value"]
        >>> int(rows["counted"]), round(float(rows["uncovered_P05_assessment"]), 1)
        (6, 71.7)
    """
    rows = gaps.gaps(catalog, region)
    found = [row for one in rows.to_dict("records") for row in _gap(catalog, region, one)]
    found += [*_imports(catalog, region), _growth_adds(catalog, region, rows)]
    return frame([*found, *_growth(catalog, region), *_counts(catalog, region), *_costs(catalog, region)])


def _gap(catalog: Catalog, region: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    name, due = f"{row['target']}_{row['account']}", str(row["year"])
    known = intensity.emissions(catalog, region, row["account"], 2005)
    own = observations.joined(known["source_id"])
    found = [
        figure(f"limit_{name}", row["limit_mt"], "Mt CO2", due, "estimate", row["source_id"]),
        figure(
            f"reference_{row['account']}",
            row["reference_mt"],
            "Mt CO2",
            due,
            "forecast",
            own,
            **_ends(row, "reference"),
        ),
        figure(f"median_{row['account']}", row["reference_median_mt"], "Mt CO2", due, "forecast", own),
        figure(f"p_drawn_{name}", 100 * row["p_drawn"], "%", due, "forecast"),
        figure(f"saved_{row['account']}", row["saved_mt"], "Mt CO2", due, "forecast"),
        figure(f"remaining_{row['account']}", row["remaining_mt"], "Mt CO2", due, "forecast"),
        figure(f"uncovered_{name}", abs(row["uncovered_mt"]), "Mt CO2", due, "forecast"),
        figure(f"p_without_{name}", 100 * row["p_without"], "%", due, "forecast"),
        figure(f"p_with_{name}", 100 * row["p_with"], "%", due, "forecast"),
        figure(f"open_{name}", float(row["state"] == gaps.OPEN), "share", due, "forecast"),
    ]
    return [*found, figure(f"asked_{row['target']}", row["reduction_pct"], "%", due, "reported", row["source_id"])]


def _ends(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {"lo80": row[f"{name}_lo80"], "hi80": row[f"{name}_hi80"]}


def _imports(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how much imports grow in the reference, what counted measures bring on top, and the gaps without them."""
    rows = gaps.gaps(catalog, region, gaps.at_home(catalog, region))
    known = accounts.assessment(catalog, region)
    year, first, source = int(rows["year"].max()), int(known["year"].iloc[-1]), known["source_id"].iloc[-1]
    reference = gaps.imported(catalog, region) * units.factor(catalog, "TWh", KWH)
    brought = gaps.brought(catalog, region, year) * units.factor(catalog, "TWh", KWH)
    found = [
        figure("imports_first", reference[first], KWH, first, "reported", source),
        figure("imports_last", reference[year], KWH, year, "forecast"),
        figure("imports_growth", reference[year] - reference[first], KWH, year, "forecast"),
        figure("imports_brought", brought, KWH, year, "forecast"),
    ]
    return found + [one for row in rows.to_dict("records") for one in _at_home(row)]


def _at_home(row: dict[str, Any]) -> list[dict[str, Any]]:
    name, due = f"{row['target']}_{row['account']}", str(row["year"])
    return [
        figure(f"home_saved_{row['account']}", row["saved_mt"], "Mt CO2", due, "forecast"),
        figure(f"home_uncovered_{name}", abs(row["uncovered_mt"]), "Mt CO2", due, "forecast"),
        figure(f"p_home_{name}", 100 * row["p_with"], "%", due, "forecast"),
        figure(f"home_open_{name}", float(row["state"] == gaps.OPEN), "share", due, "forecast"),
    ]


def _growth_adds(catalog: Catalog, region: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Return what the reference would gain if GDP grew as the limits suppose, instead of along its own course."""
    last = rows[rows["account"] == "direct"].iloc[-1]
    rate, due = gaps.growth(catalog, region)["central"], last["year"]
    factor = float(scenarios.growth_effect(catalog, region, rate, pd.Index([due])).iloc[0])
    return figure("growth_adds", last["reference_mt"] * (factor - 1), "Mt CO2", str(due), "forecast")


def _growth(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    source = catalog.read("scenario_drivers").set_index("id").at[gaps.GROWTH, "source_id"]
    rates = gaps.growth(catalog, region)
    return [figure(f"asked_growth_{level}", rate, "%", 2026, "reported", source) for level, rate in rates.items()]


def _counts(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows, own = wedges.candidates(catalog, region), least_cost.options(catalog, region)
    counts = {
        "measures": len(registers.measures(catalog, region)),
        "computed": len(rows),
        **{stage: int((rows["stage"] == stage).sum()) for stage in wedges.STAGES},
        "options": len(own.rows),
        "supposed": int(own.rows["supposed"].sum()),
        "left_out": len(least_cost.left_out(catalog, region)),
    }
    return [figure(name, value, "measures", catalog.as_of_year, "reported") for name, value in counts.items()]


def _costs(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = least_cost.answers(catalog, region)
    own = least_cost.options(catalog, region).rows
    cited = observations.joined(own["cost_sources"])
    found = []
    for row in rows.to_dict("records"):
        name = f"{row['target']}_{row['account']}"
        if row["feasible"]:
            found.append(figure(f"cost_{name}", row["cost"], "10^8 yuan", 2030, "estimate", cited))
        found.append(figure(f"p_reachable_{name}", 100 * row["reachable"], "%", 2030, "forecast"))
    return found
