"""Uncertainty of the inventory: first order against a Monte Carlo simulation, and what common errors must do."""

from __future__ import annotations

import numpy as np
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, uncertainty


def _simulated_half_width(catalog: Catalog, year: int, field: str, draws: int = 200_000, seed: int = 20261124) -> float:
    """Return the half width of the 95 % interval from normal errors, drawn with a stored seed."""
    parts = uncertainty._of(uncertainty._parts(catalog, "330000"), year, field)
    random = np.random.default_rng(seed)
    common = random.standard_normal(draws)
    of_fuel = {group: random.standard_normal(draws) for group in parts["fuel_group"].unique()}
    total = np.zeros(draws)
    for row in parts.itertuples():
        percent = (
            row.common_pct * common
            + row.factor_pct * of_fuel[row.fuel_group]
            + row.activity_pct * random.standard_normal(draws)
        )
        total += row.co2_mt * (1 + percent / 100 / uncertainty.Z95)
    return float(np.diff(np.quantile(total, [0.025, 0.975]))[0] / 2)


@pytest.mark.parametrize(
    ("year", "field"), [(2022, "total"), (2021, "total"), (2022, "energy"), (2021, "industry"), (2010, "residential")]
)
def test_first_order_equals_a_simulation(catalog: Catalog, year: int, field: str) -> None:
    rows = uncertainty.intervals(catalog, "330000").set_index(["year", "field"])
    half = rows.at[(year, field), "hi95"] - rows.at[(year, field), "co2_mt"]
    assert half == pytest.approx(_simulated_half_width(catalog, year, field), rel=0.01)


def test_every_value_has_an_interval_around_it(catalog: Catalog) -> None:
    rows = uncertainty.intervals(catalog, "330000")
    assert len(rows) == len(emissions.emissions(catalog, "330000")) + len(emissions.series(catalog, "330000", "total"))
    assert (rows["lo95"] > 0).all()
    assert ((rows["lo95"] < rows["co2_mt"]) & (rows["co2_mt"] < rows["hi95"])).all()
    assert rows["half_width_pct"].between(5, 25).all()


def test_the_total_is_more_certain_than_the_sum_of_worst_cases(catalog: Catalog) -> None:
    rows = uncertainty.intervals(catalog, "330000").query("year == 2022")
    half = (rows["hi95"] - rows["co2_mt"]).groupby(rows["field"] == "total").sum()
    assert half[True] < half[False]


def test_common_errors_cancel_in_a_change(catalog: Catalog) -> None:
    value, low, high = uncertainty.change(catalog, "330000", "total", 2010, 2019)
    level = uncertainty.intervals(catalog, "330000").query("field == 'total'").set_index("year")["half_width_pct"]
    assert low < value < high
    assert (high - low) / 2 < np.hypot(level[2010], level[2019])
    assert uncertainty.change(catalog, "330000", "total", 2010, 2019) == (value, low, high)


def test_other_provinces_have_intervals_too(catalog: Catalog) -> None:
    rows = uncertainty.intervals(catalog, "440000")
    assert (rows["hi95"] >= rows["co2_mt"]).all()
    assert rows["half_width_pct"].dropna().between(5, 25).all()
