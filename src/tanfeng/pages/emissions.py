"""Key figures of emissions: of a field or of the total, known and ahead."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, observations, uncertainty
from tanfeng.outlook import paths
from tanfeng.pages.rows import figure

BASE_YEARS = (2005, 2020)
AHEAD = (2025, 2030, 2035)


def emitted(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    """Return the emissions of a field or the total: latest, base years, changes since, and the years ahead.

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in emitted(open_catalog(), "330000", "transport")][:2]
        ['co2_latest', 'co2_2005']
    """
    every = paths.fields(catalog, region) if name == "total" else paths.one_field(catalog, region, name)
    known = emissions.series(catalog, region, name).set_index("year")
    last = int(known.index[-1])
    rows = [_known("co2_latest", known, last)]
    for base in BASE_YEARS:
        change, low, high = uncertainty.change(catalog, region, name, base, last)
        both = known.loc[[base, last]]
        status, source = observations.weakest(both["status"]), observations.joined(both["source_id"])
        rows.append(_known(f"co2_{base}", known, base))
        rows.append(figure(f"co2_change_{base}", change, "%", f"{base}/{last}", status, source, lo95=low, hi95=high))
    return rows + [_ahead(every, name, year) for year in AHEAD if year > last]


def _known(name: str, known: pd.DataFrame, year: int) -> dict[str, Any]:
    row = known.loc[year]
    return figure(name, row["co2_mt"], "Mt CO2", year, row["status"], row["source_id"])


def _ahead(every: pd.DataFrame, name: str, year: int) -> dict[str, Any]:
    row = paths.at(every, name, year)
    return figure(f"co2_{year}", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"])
