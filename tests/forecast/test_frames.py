"""The long table: columns, golden figures, groups, levels, paths, reference methods by the same call."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast import frames, r1
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.conformal import quantiles

VALUES = [100.0, 104, 108, 111, 115, 121, 120, 124, 130, 133, 131, 135]


def rows(name: str = "a", scale: float = 1.0, **columns: object) -> pd.DataFrame:
    years = range(2009, 2021)
    return pd.DataFrame({"series": name, "year": years, "value": [value * scale for value in VALUES]}).assign(**columns)


def test_columns_and_years() -> None:
    found = frames.forecast(pd.concat([rows("a"), rows("b", 3)]), 3, (50, 97.5), show_paths=2)
    expected = ["series", "year", "point", "lo50", "hi50", "lo97.5", "hi97.5", "p_peaked", "path1", "path2"]
    assert found.columns.tolist() == expected
    assert found["series"].tolist() == ["a"] * 3 + ["b"] * 3
    assert found["year"].tolist() == [2021, 2022, 2023] * 2
    assert found.loc[3:, "hi50"].tolist() == pytest.approx((3 * found.loc[:2, "hi50"]).tolist())


def test_the_figures_are_r1_and_the_interval_of_the_group() -> None:
    found = frames.forecast(rows(group="industry"), 4)
    history = np.array([VALUES])
    assert found["point"].tolist() == pytest.approx(r1.point(history[0], 4).tolist(), rel=1e-12)
    ends = quantiles(history, calibration("industry"), 4, [0.025, 0.1, 0.9, 0.975])[0]
    assert found[["lo95", "lo80", "hi80", "hi95"]].to_numpy() == pytest.approx(ends, rel=1e-12)


def test_golden_point_forecast() -> None:
    assert frames.forecast(rows(), 3)["point"].round(3).tolist() == [137.178, 139.345, 141.483]


def test_levels_in_any_order_are_the_same_figures() -> None:
    one, other = frames.forecast(rows(), 2, (95, 80)), frames.forecast(rows(), 2, (80, 95))
    assert one["lo80"].tolist() == other["lo80"].tolist()
    assert one.columns.tolist()[3:5] == ["lo95", "hi95"]


def test_the_group_matters_for_the_interval_only() -> None:
    both = pd.concat([rows("a", group="buildings"), rows("b", group="province_total"), rows("c", group=None)])
    found = frames.forecast(both, 1).set_index("series")
    assert len(set(found["point"])) == 1
    assert found.loc["a", "hi80"] > found.loc["b", "hi80"]
    assert found.loc["c", "hi80"] == frames.forecast(rows("c"), 1)["hi80"].iloc[0]


def test_p_peaked_is_the_share_of_paths_below_the_past_maximum() -> None:
    table = rows()
    table.loc[5, "value"] = 150.0
    found = frames.forecast(table, 6)["p_peaked"]
    names, paths = frames.joint_paths(table, 6)
    assert names.tolist() == ["a"]
    assert len(set(found)) == 1
    assert found.iloc[0] == pytest.approx((paths[0].max(axis=1) <= 150).mean())
    assert frames.peak_probabilities(table, 6)["p_peaked_by"].iloc[0] == pytest.approx(found.iloc[0])


def test_a_series_that_fell_for_long_has_peaked_and_one_that_rises_has_not() -> None:
    falling = pd.DataFrame({"series": "down", "year": range(2001, 2021), "value": np.linspace(300, 100, 20)})
    rising = pd.DataFrame({"series": "up", "year": range(2001, 2021), "value": np.linspace(100, 300, 20)})
    found = frames.forecast(pd.concat([falling, rising]), 8).groupby("series")["p_peaked"].first()
    assert found["down"] > 0.95
    assert found["up"] < 0.2
    labels = (
        frames.peak_probabilities(pd.concat([falling, rising]), 8).groupby("series")[["trend", "maximum_year"]].first()
    )
    assert labels.loc["down"].tolist() == ["falling", 2001]
    assert labels.loc["up"].tolist() == ["rising", 2020]


def test_paths_in_the_table_are_the_joint_paths() -> None:
    found = frames.forecast(rows(), 5, show_paths=3)
    _, paths = frames.joint_paths(rows(), 5, 3)
    assert pytest.approx(paths[0]) == found[["path1", "path2", "path3"]].to_numpy().T


def test_the_same_call_gives_the_same_digits() -> None:
    pd.testing.assert_frame_equal(frames.forecast(rows(), 9), frames.forecast(rows(), 9), check_exact=True)


@pytest.mark.parametrize("horizon", [0, -1, 51])
def test_a_horizon_out_of_reach_is_an_error(horizon: int) -> None:
    with pytest.raises(ProjectError, match="1 to 50 years"):
        frames.forecast(rows(), horizon)


@pytest.mark.parametrize("levels", [(0,), (100,), (80, 80), (99.9,)])
def test_a_level_out_of_reach_is_an_error(levels: tuple[float, ...]) -> None:
    with pytest.raises(ProjectError, match="1 to 99"):
        frames.forecast(rows(), 2, levels)


def test_too_many_path_values_are_an_error() -> None:
    with pytest.raises(ProjectError, match="expected 0 to 10000"):
        frames.forecast(rows(), 2, show_paths=20_000)
    many = pd.concat([rows(str(number)) for number in range(300)])
    with pytest.raises(ProjectError, match="fewer paths or series"):
        frames.forecast(many, 40, show_paths=9_000)


def test_a_reference_has_the_same_columns() -> None:
    found = frames.forecast(pd.concat([rows("a"), rows("b", 2.0)]), 3, method="theta")
    assert found.columns.tolist() == frames.forecast(rows(), 3).columns.tolist()
    assert (found["lo95"] < found["lo80"]).all()
    assert (found["lo80"] < found["point"]).all()
    assert found["p_peaked"].isna().all()
    assert found.loc[3:, "point"].tolist() == pytest.approx((2 * found.loc[:2, "point"]).tolist(), rel=1e-6)


def test_a_reference_that_states_no_interval_leaves_it_empty() -> None:
    found = frames.forecast(rows(), 3, method="gm11")
    assert found["point"].notna().all()
    assert found["lo80"].isna().all()


def test_a_reference_names_the_series_it_can_not_forecast() -> None:
    short = pd.DataFrame({"series": "kurz", "year": [2019, 2020], "value": [1.0, 2.0]})
    with pytest.raises(ProjectError, match=r"series kurz \(row 14\): method drift needs 4 or more figures"):
        frames.forecast(pd.concat([rows(), short]), 2, method="drift")


def test_stirpat_takes_its_drivers_from_the_table() -> None:
    growth = 1.05 ** np.arange(12)
    found = frames.forecast(
        rows(population=1.0 + np.arange(12) / 50, gdp=growth * (1 + 0.01 * (np.arange(12) % 3))), 2, method="stirpat"
    )
    assert found["point"].between(130, 160).all()
    with pytest.raises(ProjectError, match="column population and gdp"):
        frames.forecast(rows(), 2, method="stirpat")


def test_unknown_methods_and_paths_of_references_are_errors() -> None:
    with pytest.raises(ProjectError, match="method 'prophet': not known; expected r1, naive"):
        frames.forecast(rows(), 2, method="prophet")
    with pytest.raises(ProjectError, match="no joint paths"):
        frames.forecast(rows(), 2, show_paths=2, method="naive")
