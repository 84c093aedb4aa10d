"""One field ahead: which years drivers tell, and how their errors carry on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import nowcast, past, projection
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
    chosen, _ = projection.cases(catalog, REGION)
    assert drawn == pytest.approx(nowcast.trajectories(catalog, REGION, "energy", chosen), abs=1e-9)
    industry = project(catalog, REGION, "industry", 2030)
    other = nowcast.trajectories(catalog, REGION, "industry", chosen)  # a path takes one case in both fields
    assert industry.errors == pytest.approx(other)


def test_after_the_told_years_r1_starts_anew_from_the_level_of_each_path(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "energy", 2030)
    paths, centre = ahead.paths(), ahead.centre.to_numpy()
    fresh = past.residuals(ahead.published.to_numpy()[None, :], "energy", 5)[0]
    grown = np.sqrt(paths[:, 3:] / paths[:, 2:3])
    assert grown == pytest.approx(np.maximum(np.sqrt(centre[3:] / centre[2]) + fresh / 2, 0), abs=1e-9)


def test_fields_keep_the_share_of_the_trend_that_came_true(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "residential", 2030)
    last = float(ahead.published.iloc[-1])
    plain = projection.panel.points(ahead.published.to_numpy()[None, :], 8)[0]
    share = past.shares(catalog)["all"]
    assert 0 < share < 1
    assert np.log(ahead.centre.to_numpy() / last) == pytest.approx(share * np.log(plain / last))


def test_paths_without_residuals_are_the_centre() -> None:
    published = pd.Series([90.0, 100.0], index=[2021, 2022])
    centre = pd.Series([104.0, 108.0], index=[2023, 2024])
    kinds = pd.Series("forecast", index=centre.index)
    flat = Projection("energy", published, centre, kinds, np.zeros((3, 1)), np.zeros((3, 1)))
    assert flat.paths() == pytest.approx(np.tile([104.0, 108.0], (3, 1)))
