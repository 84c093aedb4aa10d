"""One field ahead: which years are told by estimates and drivers, and how their errors carry on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import projection
from tanfeng.outlook.projection import Projection, history, project

REGION = "330000"


def test_the_forecast_starts_after_the_break(catalog: Catalog) -> None:
    assert history(catalog, REGION, "industry").index[0] == 2005


def test_a_province_with_missing_years_keeps_them_missing(tables: Path) -> None:
    file = tables / "data" / "inventory.csv"
    rows = pd.read_csv(file, dtype="str", keep_default_na=False)
    rows[(rows["region"] != "440000") | ~rows["year"].isin(["2020", "2021"])].to_csv(file, index=False)
    catalog = Catalog(tables)
    known = history(catalog, "440000", "transport")
    assert known.index.tolist() == list(range(2005, 2023))
    assert known[known.isna()].index.tolist() == [2020, 2021]
    assert np.isfinite(project(catalog, "440000", "transport", 2030).paths()).all()


def test_energy_is_told_to_2025_and_industry_is_not(catalog: Catalog) -> None:
    energy = project(catalog, REGION, "energy", 2030).kinds
    assert energy.to_dict() == {2023: "estimate", 2024: "nowcast", 2025: "nowcast"} | dict.fromkeys(
        range(2026, 2031), "forecast"
    )
    assert set(project(catalog, REGION, "industry", 2030).kinds) == {"forecast"}


def test_years_that_drivers_tell_are_more_certain(catalog: Catalog) -> None:
    ahead = project(catalog, REGION, "energy", 2030)
    plain = Projection(ahead.field, ahead.published, ahead.centre, ahead.kinds, np.ones(8), ahead.residuals)
    told, untold = (np.diff(np.quantile(one.paths(), [0.1, 0.9], axis=0), axis=0)[0] for one in (ahead, plain))
    assert (told < untold).all()


def test_after_the_told_years_the_error_goes_on_from_where_it_is() -> None:
    residuals = np.array([[1.0, 2.0, 3.0, 5.0]])
    moved = projection._carried(residuals, np.array([0.5, 0.5, 1.0, 1.0]))
    assert moved.tolist() == [[0.5, 1.0, 2.0, 4.0]]
    assert projection._carried(residuals, np.ones(4)).tolist() == residuals.tolist()


def test_paths_without_residuals_are_the_centre() -> None:
    published = pd.Series([90.0, 100.0], index=[2021, 2022])
    centre = pd.Series([104.0, 108.0], index=[2023, 2024])
    kinds = pd.Series("forecast", index=centre.index)
    flat = Projection("energy", published, centre, kinds, np.ones(2), np.zeros((3, 2)))
    assert flat.paths() == pytest.approx(np.tile([104.0, 108.0], (3, 1)))
