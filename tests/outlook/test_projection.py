"""One field ahead: which years drivers tell, and how their errors carry on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import nowcast, projection
from tanfeng.outlook.projection import Projection, history, project

REGION = "330000"


def test_the_forecast_starts_after_the_break(catalog: Catalog) -> None:
    assert history(catalog, REGION, "industry").index[0] == 2005


def test_energy_and_industry_are_told_to_2025_and_the_others_are_not(catalog: Catalog) -> None:
    told = dict.fromkeys((2023, 2024, 2025), "nowcast") | dict.fromkeys(range(2026, 2031), "forecast")
    for field in ("energy", "industry"):
        assert project(catalog, REGION, field, 2030).kinds.to_dict() == told
    assert set(project(catalog, REGION, "transport", 2030).kinds) == {"forecast"}


def test_told_years_carry_the_errors_of_other_provinces(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "energy", 2030)
    drawn = np.log(ahead.paths()[:, :3] / ahead.centre.to_numpy()[:3])
    assert drawn == pytest.approx(nowcast.trajectories(catalog, REGION, "energy", 3, 400), abs=1e-9)


def test_after_the_told_years_r1_starts_anew_from_the_level_of_each_path(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "energy", 2030)
    paths, centre = ahead.paths(), ahead.centre.to_numpy()
    scale = projection.conformal.spread(ahead.published.to_numpy()[None, :], projection.calibration("energy"))[0]
    fresh = scale * projection.conformal.residual_paths(projection.calibration("energy"), 5)
    grown = np.sqrt(paths[:, 3:] / paths[:, 2:3])
    assert grown == pytest.approx(np.maximum(np.sqrt(centre[3:] / centre[2]) + fresh / 2, 0), abs=1e-9)


def test_fields_without_a_driver_keep_three_quarters_of_the_trend(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "residential", 2030)
    last = float(ahead.published.iloc[-1])
    plain = projection.panel.points(ahead.published.to_numpy()[None, :], 8)[0]
    assert np.log(ahead.centre.to_numpy() / last) == pytest.approx(0.75 * np.log(plain / last))


def test_paths_without_residuals_are_the_centre() -> None:
    published = pd.Series([90.0, 100.0], index=[2021, 2022])
    centre = pd.Series([104.0, 108.0], index=[2023, 2024])
    kinds = pd.Series("forecast", index=centre.index)
    flat = Projection("energy", published, centre, kinds, np.zeros((3, 2)))
    assert flat.paths() == pytest.approx(np.tile([104.0, 108.0], (3, 1)))
