"""A year told by its first months: what is known when, what each part weighs, and what comes of a steady series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import nowcast, pulse

REGION, WITHOUT_MONTHS = "330000", "320000"
MONTHS = list(pulse.MONTHS)


def with_months(catalog: Catalog, folder: Path, change: str, factor: float) -> Catalog:
    """A copy of the tables in which figures of the indicator `change`, from 2021-06 on, are multiplied."""
    rows = catalog.read("observations")
    later = (rows["indicator"] == change) & (rows["period"].str[:4].astype(str) >= "2021") & (rows["region"] == REGION)
    later &= rows["period"].str.contains("/") | (rows["period"].str.len() == 4)
    later &= ~rows["period"].isin([f"2021-01/2021-{month:02d}" for month in range(2, 6)])
    local = rows[later].assign(value=rows["value"] * factor)
    (folder / "data").mkdir()
    for path in (catalog.root / "data").iterdir():
        if path.name != "local":
            (folder / "data" / path.name).symlink_to(path)
    (folder / "data" / "local").mkdir()
    local.to_csv(folder / "data" / "local" / "observations.csv", index=False)
    return Catalog(folder)


class TestEstimate:
    def test_weights_lie_on_a_line_between_those_measured(self, catalog: Catalog) -> None:
        rows = catalog.read("pulse").set_index("months")
        for months in rows.index:
            assert pulse.weights(catalog, months)["r1"] == rows.at[months, "r1"]
        between = pulse.weights(catalog, 7)
        for name in ("r1", *pulse.DRIVERS, "rmse_pct"):
            assert between[name] == pytest.approx((2 * rows.at[6, name] + rows.at[9, name]) / 3)

    def test_it_is_the_weighted_sum_of_its_parts(self, catalog: Catalog) -> None:
        found = pulse.estimate(catalog, REGION, 2021, 6)
        assert found is not None
        weight = pulse.weights(catalog, 6)
        parts = {name: np.log1p(found[f"{name}_pct"] / 100) for name in ("r1", *pulse.DRIVERS)}
        grown = sum(weight[name] * part for name, part in parts.items())
        assert found["growth_pct"] == pytest.approx(100 * np.expm1(grown))
        assert found["co2_mt"] == pytest.approx(found["before_mt"] * np.exp(grown))
        half = np.log(found["hi80_mt"] / found["co2_mt"])
        assert half == pytest.approx(np.log(found["co2_mt"] / found["lo80_mt"]))
        assert half == pytest.approx(1.1 * 1.2816 * weight["rmse_pct"] / 100)

    def test_later_months_do_not_matter(self, catalog: Catalog, tmp_path: Path) -> None:
        other = with_months(catalog, tmp_path, "generation_thermal_above_scale", 1.5)
        before, after = (pulse.estimate(one, REGION, 2021, 5) for one in (catalog, other))
        assert before == after
        moved = pulse.estimate(other, REGION, 2021, 6)
        assert moved is not None
        assert moved["growth_pct"] > pulse.estimate(catalog, REGION, 2021, 6)["growth_pct"]  # type: ignore[index]

    def test_without_the_months_there_is_none(self, catalog: Catalog) -> None:
        assert pulse.estimate(catalog, WITHOUT_MONTHS, 2021, 6) is None
        assert pulse.replay(catalog, WITHOUT_MONTHS).empty
        assert pulse.estimate(catalog, REGION, 2018, 6) is None  # no months of 2017

    def test_the_level_is_given_where_the_year_before_has_an_inventory(self, catalog: Catalog) -> None:
        rows = pulse.replay(catalog, REGION)
        last = int(nowcast.emitted(catalog, "energy").loc[REGION].last_valid_index())
        assert (rows["co2_mt"].notna() == (rows["year"] <= last + 1)).all()
        assert (rows["came_mt"].notna() == (rows["year"] <= last)).all()
        assert (rows["told_pct"].notna() == (rows["year"] > last)).all()

    def test_a_replay_holds_against_what_came(self, catalog: Catalog) -> None:
        rows = pulse.replay(catalog, REGION).dropna(subset="came_pct")
        assert rows["came_pct"].to_numpy() == pytest.approx(100 * (rows["came_mt"] / rows["before_mt"] - 1).to_numpy())
        inside = (rows["lo80_mt"] <= rows["came_mt"]) & (rows["came_mt"] <= rows["hi80_mt"])
        assert (rows["inside80"].astype(bool) == inside).all()
        assert rows["error_pct"].abs().mean() < rows["r1_error_pct"].abs().mean()


class TestWholeYear:
    @settings(max_examples=15)
    @given(st.lists(st.floats(1.0, 100.0), min_size=11, max_size=11), st.integers(2, 11), st.floats(0.7, 1.4))
    def test_a_year_as_the_one_before_is_told_exactly(self, steps: list[float], months: int, growth: float) -> None:
        row = np.cumsum(steps)
        table = pd.DataFrame([row, row, row * growth], index=[2021, 2022, 2023], columns=MONTHS)
        found = pulse.whole_year(table, 2023, months)
        assert found is not None
        assert found["growth_so_far"] == pytest.approx(row[-1] * growth)
        assert found["as_last_year"] == pytest.approx(row[months - 2] * growth + row[-1] - row[months - 2])
        rests = [found[name] - table.at[2023, months] for name in pulse.WAYS]
        assert rests[3] == pytest.approx(np.exp(np.mean(np.log(rests[:3]))))

    def test_it_takes_nothing_from_months_to_come(self) -> None:
        rng = np.random.default_rng(1)
        table = pd.DataFrame(np.cumsum(rng.uniform(1, 2, (3, 11)), axis=1), index=[2021, 2022, 2023], columns=MONTHS)
        cut = table.copy()
        cut.loc[2023, 7:] = np.nan
        assert pulse.whole_year(table, 2023, 6) == pulse.whole_year(cut, 2023, 6)

    def test_two_whole_years_are_needed(self) -> None:
        table = pd.DataFrame([[float(month) for month in MONTHS]] * 3, index=[2021, 2022, 2023], columns=MONTHS)
        assert pulse.whole_year(table, 2023, 6) is not None
        assert pulse.whole_year(table, 2022, 6) is None
        table.loc[2022, 12] = np.nan
        assert pulse.whole_year(table, 2023, 6) is None

    def test_a_missing_month_is_filled_by_the_year_before(self) -> None:
        table = pd.DataFrame([[2.0, 3.0, 6.0], [4.0, np.nan, 12.0]], index=[2022, 2023], columns=[2, 3, 4])
        assert pulse.filled(table).loc[2023].tolist() == [4.0, 6.0, 12.0]
        table.loc[2023, 4] = np.nan
        assert np.isnan(pulse.filled(table).loc[2023, 3])

    def test_errors_fall_as_the_year_goes_on(self, catalog: Catalog) -> None:
        for indicator in ("generation_thermal_above_scale", "electricity_consumption"):
            errors = pulse.errors(pulse.series_replay(catalog, indicator, REGION))
            assert errors.at[11, "joined"] < errors.at[6, "joined"] < errors.at[2, "joined"]
            assert errors.at[2, "joined"] < errors.at[2, "growth_so_far"]


def test_the_last_months_known_leave_whole_years_aside() -> None:
    table = pd.DataFrame({2: [1.0, np.nan], 6: [3.0, np.nan], 12: [6.0, 7.0]}, index=[2023, 2024])
    assert pulse.known_until(table) == (2023, 6)
    assert pulse.known_until(table.loc[[2024]]) is None
