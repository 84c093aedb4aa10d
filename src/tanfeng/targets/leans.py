"""Where evidence leans that decides nothing: judged leans (旁证倾向), their probability, and who could settle a target.

A row of `data/leans.csv` is what was judged of one target at a date, with the figures it rests on. It holds until a
newer figure of one of them, or of the target's own indicator, is in the tables: then the lean is stale, is not shown,
and `tanfeng data check` tells it. A target that a figure or a bound decides needs no lean.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.links import stem
from tanfeng.facts import observations

SILENT = "silent"
HALF = 0.5
RATING = "rating"  # kind of an indicator that an official statement fills
OFF_GRID = 1e-9


@cached
def _by_target(catalog: Catalog) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows of `data/leans.csv` by region and target; none in an earlier state of the tables."""
    rows = catalog.read("leans").to_dict("records") if "leans" in catalog.tables else []
    return {(row["region"], row["target_id"]): row for row in rows}


def lean_of(catalog: Catalog, target_id: str, region: str, same_as: str = "") -> dict[str, Any] | None:
    """Return the row of `data/leans.csv` on a target, or on the one that it repeats; None if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> lean_of(open_catalog(), "E04", "330000")["lean"], lean_of(open_catalog(), "E02", "330000")
        ('likely_met', None)
    """
    rows = _by_target(catalog)
    return next((rows[region, name] for name in (target_id, same_as, stem(target_id)) if (region, name) in rows), None)


def holder(row: dict[str, Any], lang: str) -> str:
    """Return who holds the figure that settles a target: the body with its form.

    Example:
        >>> holder({"holder_zh": "省统计局", "form_zh": "地区能源平衡表"}, "zh")
        '省统计局（地区能源平衡表）'
    """
    body, form = row[f"holder_{lang}"], row[f"form_{lang}"]
    return f"{body}（{form}）" if lang == "zh" else f"{body} ({form})"


def cited(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return indicator and period of the figures that a lean rests on, in its order.

    Example:
        >>> cited({"rests_on": "wind_capacity@2024-10 pv_capacity@2024"})
        [('wind_capacity', '2024-10'), ('pv_capacity', '2024')]
    """
    pairs = [text.partition("@") for text in row["rests_on"].split()]
    return [(indicator, period) for indicator, _, period in pairs]


def figures(catalog: Catalog, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures that a lean rests on as rows of `tanfeng.facts.observations.observations`, in its order.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = figures(open_catalog(), lean_of(open_catalog(), "E04", "330000"))
        >>> [(one["period"], one["published"]) for one in rows]
        [('2024', 476.0)]
    """
    found = []
    for indicator, period in cited(row):
        rows = observations.records(catalog, indicator, row["region"])
        found += [one for one in rows if one["period"] == period][-1:]
    return found


def newer(catalog: Catalog, row: dict[str, Any], target: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first figure that came after a lean was judged: of what it rests on, or of the target; None if none.

    A figure is newer that ends after the last one cited of its indicator, and not after the target year; of the
    target's own indicator, if none of it is cited, any figure of the years the target asks for.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.data.links import targets_by_id
        >>> catalog = open_catalog()
        >>> newer(catalog, lean_of(catalog, "E04", "330000"), targets_by_id(catalog).loc["E04"].to_dict()) is None
        True
    """
    last: dict[str, float] = {}
    for indicator, period in cited(row):
        last[indicator] = max(last.get(indicator, 0.0), periods.parse(period).end)
    base = target["target_year"] - 5 if pd.isna(target["base_year"]) else target["base_year"]
    last.setdefault(target["indicator"], float(base))
    for indicator, end in last.items():
        rows = observations.records(catalog, indicator, row["region"])
        later = [one for one in rows if end + OFF_GRID < one["end"] <= int(target["target_year"])]
        if later:
            return dict(later[-1])
    return None


def role(catalog: Catalog, indicator: str) -> str:
    """Return what a figure is to a lean: `statement` of an official body, or a figure that `supports` it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> role(open_catalog(), "energy_intensity_progress_statement"), role(open_catalog(), "wind_capacity")
        ('statement', 'supports')
    """
    return "statement" if catalog.row("indicators", indicator)["kind"] == RATING else "supports"


def contradicted(lean: str, probability: float | None) -> bool:
    """Return whether a computed probability says the opposite of a judged lean.

    Example:
        >>> contradicted("likely_met", 0.3), contradicted("likely_met", 0.8), contradicted("open", 0.01)
        (True, False, False)
    """
    if probability is None:
        return False
    return probability < HALF if lean == "likely_met" else lean == "likely_missed" and probability > HALF
