"""Peak probabilities side by side: by year and field, by scenario, by province; never a single peak year.

Each is a share of the 400 joint paths of `tanfeng.outlook.paths`. A path counts by its highest year inside the horizon:
a later, higher one is not seen.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.outlook import paths, scenarios
from tanfeng.outlook.scenarios import BASELINE, Scenario

BY = 2030  # the year of the national commitment


def by_year(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the probability that emissions have peaked, by field and year; the total first.

    Returns:
        Columns field, year, p_peaked_by (0 to 1; the first year is the last one of the history: already peaked).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_year(open_catalog(), "330000")
        >>> rows["field"].nunique(), int(rows["year"].max())
        (7, 2034)
    """
    names = ["total", *emissions.emitting_fields(catalog)]
    parts = [paths.peak(catalog, region, name)[["year", "p_peaked_by"]].assign(field=name) for name in names]
    return pd.concat(parts, ignore_index=True)[["field", "year", "p_peaked_by"]]


def by_field(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the highest year so far and the peak probabilities of every field; the total first.

    Returns:
        Columns field, maximum_year, maximum_mt (Mt CO2), status, source_id (of that year), last_year (of the history),
        p_already, p_by_2030, p_no_peak (0 to 1), trend (rising, falling, plateau; Mann-Kendall, last ten years).

    Raises:
        ProjectError: if the region has no inventory or a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> by_field(open_catalog(), "330000").set_index("field").at["industry", "maximum_year"]
        np.int64(2013)
    """
    names = ["total", *emissions.emitting_fields(catalog)]
    return pd.DataFrame([{"field": name, **_summary(catalog, region, name)} for name in names])


def _summary(catalog: Catalog, region: str, field: str) -> dict[str, object]:
    rows = paths.peak(catalog, region, field)
    year = int(rows["maximum_year"].iloc[0])
    past = emissions.series(catalog, region, field).set_index("year")
    highest = past.loc[year, ["co2_mt", "status", "source_id"]].rename({"co2_mt": "maximum_mt"})
    return {"maximum_year": year, **highest, **_chances(rows)}


def _chances(rows: pd.DataFrame) -> dict[str, object]:
    first = rows.iloc[0]
    return {
        "last_year": int(first["year"]),
        "p_already": float(first["p_peaked_by"]),
        f"p_by_{BY}": float(rows.set_index("year").at[BY, "p_peaked_by"]),
        "p_no_peak": float(first["p_no_peak"]),
        "trend": str(first["trend"]),
    }


@cached
def by_scenario(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what each scenario of `data/scenarios.csv` gives for the total; the course of things first.

    Returns:
        Columns scenario, co2_2030, lo80, hi80, change_mt (Mt CO2, against the first), p_by_2030, p_no_peak (0 to 1).

    Raises:
        ProjectError: if the region has no scenario or no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_scenario(open_catalog(), "330000").set_index("scenario")
        >>> bool(rows.loc[["without_committed", "growth_55"], "change_mt"].gt(0).all())
        True
    """
    rows = pd.DataFrame([_under(catalog, region, one) for one in scenarios.named(catalog, region)])
    return rows.assign(change_mt=rows[f"co2_{BY}"] - rows[f"co2_{BY}"].iloc[0])


def _under(catalog: Catalog, region: str, scenario: Scenario) -> dict[str, object]:
    row = paths.at(paths.fields(catalog, region, scenario=scenario), "total", BY)
    chances = _chances(paths.peak(catalog, region, scenario=scenario))
    kept = {name: chances[name] for name in (f"p_by_{BY}", "p_no_peak")}
    return {"scenario": scenario.name, f"co2_{BY}": row["co2_mt"], "lo80": row["lo80"], "hi80": row["hi80"], **kept}


@cached
def by_province(catalog: Catalog) -> pd.DataFrame:
    """Return the peak probabilities of the total of every province that has an inventory, likeliest by 2030 first.

    Takes about a second a province, once.

    Returns:
        Columns region, last_year, co2_mt (of that year, Mt CO2), maximum_year, p_already, p_by_2030, p_no_peak, trend.

    Raises:
        ProjectError: if a series is too short.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(by_province(open_catalog()))
        30
    """
    rows = pd.DataFrame([_province(catalog, region) for region in paths.provinces(catalog)])
    return rows.sort_values([f"p_by_{BY}", "region"], ascending=[False, True], ignore_index=True)


def _province(catalog: Catalog, region: str) -> dict[str, object]:
    rows = paths.peak(catalog, region, scenario=BASELINE)
    last = emissions.series(catalog, region, "total").iloc[-1]
    year = int(rows["maximum_year"].iloc[0])
    return {"region": region, "co2_mt": last["co2_mt"], "maximum_year": year, **_chances(rows)}
