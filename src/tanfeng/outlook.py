"""What is likely (floor 3): each field's emissions to 2035, and the probability that an indicator reaches a value.

Points are R1 (`tanfeng.forecast.r1`); the total is the sum of the fields. Interval widths come from the rolling-origin
errors of the series itself and of the same field in the other provinces, half and half; they are not calibrated yet.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from tanfeng import indicators, inventory
from tanfeng.catalog import Catalog
from tanfeng.forecast.intervals import Errors, forecast, past_errors, probability_at_least, with_intervals
from tanfeng.forecast.r1 import point
from tanfeng.project import ProjectError
from tanfeng.rules import Requirement

UNTIL = 2035
LEVELS = (80, 95)
SHORTEST_SERIES = 8
FARTHEST_YEARS = 3
COLUMNS = ["region", "field", "year", "co2_mt", "lo80", "hi80", "lo95", "hi95", "status"]


def emitting_fields(catalog: Catalog) -> list[str]:
    """Return the ids of the fields that have emissions, in the order of `data/fields.csv`."""
    fields = catalog.read("fields").sort_values("sort")
    return [field for field in fields.loc[fields["emits"], "id"] if field != "total"]


def first_year(catalog: Catalog, region: str, field: str) -> int:
    """Return the first year a forecast may use: after the last break marked `start` in `data/breaks.csv`."""
    breaks = catalog.read("breaks")
    here = (
        breaks["region"].isin([region, "100000"]) & breaks["field"].isin([field, "total"]) & (breaks["use"] == "start")
    )
    return int(breaks.loc[here, "year"].max()) if here.any() else 0


def history(catalog: Catalog, region: str, field: str) -> pd.Series:
    """Return the emissions (Mt CO2 by year) a forecast is based on: the last unbroken run after the last break."""
    rows = inventory.series(catalog, region, field)
    values = rows[rows["year"] >= first_year(catalog, region, field)].set_index("year")["co2_mt"]
    gaps = np.flatnonzero(np.diff(values.index.to_numpy(dtype="int64")) > 1)
    return values.iloc[gaps[-1] + 1 if len(gaps) else 0 :]


def errors(catalog: Catalog, region: str, field: str) -> Errors:
    """Return the past errors of a field's forecasts: own and the provinces', half and half (mean of squares)."""
    own = past_errors(history(catalog, region, field).to_numpy(dtype="float64"))
    panel = catalog.read("forecast_errors").set_index("field").at[field, "scale"]
    return Errors(scale=float(np.sqrt((own.scale**2 + panel**2) / 2)), count=own.count)


def province_errors(catalog: Catalog, field: str, leave_out: str) -> pd.Series:
    """Return the scale of past errors of a field in every province but one.

    Their median is a row of `data/forecast_errors.csv`. Every province of the inventory with an unbroken, positive
    series 2005-2019 counts.
    """
    provinces = catalog.read("regions").query("level == 'province' and id != @leave_out")["id"]
    known = set(catalog.read("inventory")["region"])
    scales = {region: _scale(catalog, region, field) for region in provinces if region in known}
    return pd.Series(scales, dtype="float64").dropna()


def _scale(catalog: Catalog, region: str, field: str) -> float | None:
    values = inventory.series(catalog, region, field).set_index("year")["co2_mt"].reindex(range(2005, 2020))
    return past_errors(values.to_numpy(dtype="float64")).scale if (values > 0).all() else None


def fields(catalog: Catalog, region: str, until: int = UNTIL) -> pd.DataFrame:
    """Return the history and outlook of every field and of their total (see `one_field` for a single one).

    Returns:
        Columns region, field, year, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2; no interval for the past), status.

    Raises:
        ProjectError: if the region has no inventory or a series is too short.
    """
    return _fields(catalog, region, until).copy()


def one_field(catalog: Catalog, region: str, field: str, until: int = UNTIL) -> pd.DataFrame:
    """Return the history and outlook of one field, with the columns of `fields`.

    Raises:
        ProjectError: if the region has no inventory of the field or its series is too short.
    """
    return _field(catalog, region, field, until)[COLUMNS].copy()


@lru_cache(maxsize=16)
def _fields(catalog: Catalog, region: str, until: int) -> pd.DataFrame:
    parts = [_field(catalog, region, field, until) for field in emitting_fields(catalog)]
    return pd.concat([*parts, _total(catalog, region, pd.concat(parts), until)], ignore_index=True)[COLUMNS]


@lru_cache(maxsize=64)
def _field(catalog: Catalog, region: str, field: str, until: int) -> pd.DataFrame:
    past = history(catalog, region, field)
    years = np.arange(int(past.index[-1]) + 1, until + 1)
    rows = pd.DataFrame({"year": years, "point": point(past.to_numpy(dtype="float64"), len(years))})
    return _joined(catalog, region, field, with_intervals(rows, errors(catalog, region, field), LEVELS))


def _total(catalog: Catalog, region: str, parts: pd.DataFrame, until: int) -> pd.DataFrame:
    last = int(history(catalog, region, "total").index[-1])
    sums = parts[parts["year"] > last].groupby("year", as_index=False)["co2_mt"].sum()
    rows = sums.rename(columns={"co2_mt": "point"})
    return _joined(catalog, region, "total", with_intervals(rows, errors(catalog, region, "total"), LEVELS))


def _joined(catalog: Catalog, region: str, field: str, ahead: pd.DataFrame) -> pd.DataFrame:
    past = inventory.series(catalog, region, field)
    ahead = ahead.rename(columns={"point": "co2_mt"}).assign(status="forecast")
    return pd.concat([past, ahead], ignore_index=True).assign(region=region, field=field)


def probability(catalog: Catalog, indicator: str, region: str, required: Requirement) -> float | None:
    """Return the probability that an indicator reaches a required value in its year, from its own published series.

    None if the series does not bear it: it must run without a gap for eight years or more, be positive,
    and end at most three years before the required year.
    """
    rows = indicators.yearly(catalog, indicator, region)
    values = rows[rows["status"] == "reported"].set_index("year")["value"]
    ahead = required.year - int(values.index[-1]) if len(values) else 0
    if required.kind != "flow" or not 0 < ahead <= FARTHEST_YEARS or not _forecastable(values):
        return None
    expected = forecast(values, ahead)["point"].iloc[-1]
    share = probability_at_least(expected, past_errors(values.to_numpy(dtype="float64")), ahead, required.value)
    return share if required.at_least else 1 - share


def _forecastable(values: pd.Series) -> bool:
    steps = np.diff(values.index.to_numpy(dtype="int64"))
    return len(values) >= SHORTEST_SERIES and bool((steps == 1).all()) and bool((values > 0).all())


def at(rows: pd.DataFrame, field: str, year: int) -> pd.Series:
    """Return the row of one field and year of an outlook.

    Raises:
        ProjectError: if there is none.
    """
    found = rows[(rows["field"] == field) & (rows["year"] == year)]
    if found.empty:
        raise ProjectError(f"the outlook has no figure of {field} in {year}")
    return found.iloc[0]
