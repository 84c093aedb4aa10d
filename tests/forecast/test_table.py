"""The long table: columns, golden figures, groups, levels, paths, reference methods by the same call."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast import r1
from tanfeng.forecast import table as frames
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.conformal import quantiles
from tanfeng.forecast.table import forecast, peak_probabilities, read

VALUES = [100.0, 104, 108, 111, 115, 121, 120, 124, 130, 133, 131, 135]
GOOD = [10.0, 11, 12, 12, 13, 14, 13, 15, 16, 16]


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


def table(values: list[object], years: list[object] | None = None, name: str = "a") -> pd.DataFrame:
    return pd.DataFrame({"series": name, "year": years or list(range(2011, 2011 + len(values))), "value": values})


ERRORS = {
    "text": (table([1, 2, "twelve", 4]), r"value is no number: row 4 \(series a: twelve\)"),
    "thousands": (table(["1,234", 2, 3, 4]), r"row 2 \(series a: 1,234\)"),
    "negative": (table([1, 2, -3, 4]), r"negative: row 4 \(series a: -3\)"),
    "infinite": (table([1, 2, np.inf, 4]), "infinite: row 4"),
    "huge": (table([1, 2, 1e200, 4]), r"too large or too small: row 4 .*another unit"),
    "tiny": (table([1, 2, 1e-200, 4]), "too large or too small: row 4"),
    "last is zero": (table([1, 2, 3, 0]), r"series a ends with 0 in 2014, row 5"),
    "all zero": (table([0, 0, 0, 0, 0]), "series a ends with 0 in 2015, row 6"),
    "no figure": (table([np.nan, np.nan]), r"series a \(row 2\) has no figure"),
    "year twice": (table(GOOD, [*range(2011, 2020), 2015]), r"series a has the year 2015 twice, rows 6 and 11"),
    "year text": (table([1, 2], ["2019", "next"]), r"year is no number: row 3 \(series a: next\)"),
    "year missing": (table([1, 2], [2019, np.nan]), r"year is not a year: row 3"),
    "half year": (table([1, 2], [2019, 2019.5]), r"year is not a year: row 3 \(series a: 2019.5\)"),
    "no name": (table(GOOD, name=""), "series has no name: row 2"),
    "empty": (table([]), "no row below the header"),
    "no column": (pd.DataFrame({"series": ["a"], "jahr": [2020], "value": [1.0]}), "column year is missing"),
    "unknown group": (table(GOOD).assign(group="steel"), "group 'steel': not known; expected one of province_total"),
    "two groups": (table(GOOD).assign(group=["energy"] * 9 + ["industry"]), "series a has more than one group"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_bad_series_is_named(case: str) -> None:
    given, message = ERRORS[case]
    with pytest.raises(ProjectError, match=message):
        forecast(given, 3)


def test_only_the_first_few_rows_are_named() -> None:
    with pytest.raises(ProjectError, match=r"row 6 .* and 15 more; expected"):
        forecast(table([-1.0] * 20), 3)


ANSWERS = {
    "one point": table([7.0]),
    "two points": table([7.0, 8.0]),
    "all equal": table([7.0] * 10),
    "zeros inside": table([0.0, 0, 0, 1, 2, 0, 3, 4, 5]),
    "gaps": table(GOOD, [1990, 1995, 1996, 1997, 2000, 2001, 2005, 2010, 2011, 2012]),
    "far gap": table(GOOD, [1800, *range(2012, 2021)]),
    "nan inside": table([10, np.nan, 12, 13, np.nan, np.nan, 14, 15, 16, 17]),
    "nan at the ends": table([np.nan, np.nan, *GOOD, np.nan]),
    "large": table([value * 1e99 / 16 for value in GOOD]),
    "small": table([value * 1e-98 for value in GOOD]),
    "huge range": table([1e100, 1, 1e-100, 1e100, 1e-100, 5.0]),
    "collapse": table([1e100, 1e100, 1e100, 1e100, 1e-100]),
    "text that is a number": table(["10", " 11", "12.5", "13", "1.4e1"]),
    "long": table(list(np.linspace(5, 9, 300))),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_odd_series_has_a_finite_answer_and_no_warning(case: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = forecast(ANSWERS[case], 12, (50, 80, 95, 99))
        by_year = peak_probabilities(ANSWERS[case], 12)
    numbers = found.drop(columns="series").to_numpy(dtype="float64")
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    assert (found["lo99"] <= found["lo95"]).all()
    assert (found["hi95"] <= found["hi99"]).all()
    assert by_year["p_peaked_by"].between(0, 1).all()


def test_few_figures_and_equal_figures_carry_the_last_on() -> None:
    for case in ("one point", "all equal"):
        assert forecast(ANSWERS[case], 3)["point"].tolist() == pytest.approx([7.0] * 3)


def test_years_count_from_the_last_figure() -> None:
    found = forecast(ANSWERS["nan at the ends"], 2)
    assert found["year"].tolist() == [2023, 2024]
    assert found["point"].tolist() == pytest.approx(forecast(table(GOOD), 2)["point"].tolist(), rel=1e-12)


def test_the_layout_keeps_gaps_order_and_maxima() -> None:
    rows = pd.concat([table([3.0, 9.0, 9.0, 4.0], [2001, 2003, 2005, 2006], "b"), table([1.0], [1990], "a")])
    found = read(rows.sample(frac=1, random_state=1).sort_values("series", ascending=False, kind="stable"))
    assert found.names.tolist() == ["b", "a"]
    assert found.histories[0, -6:].tolist() == pytest.approx([3.0, np.nan, 9.0, np.nan, 9.0, 4.0], nan_ok=True)
    assert found.last_year.tolist() == [2006, 1990]
    assert found.maxima.tolist() == [9.0, 1.0]
    assert found.maximum_year.tolist() == [2003, 1990]
    assert found.history(0).tolist() == pytest.approx([3.0, np.nan, 9.0, np.nan, 9.0, 4.0], nan_ok=True)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = pd.concat([table(GOOD, name="a"), table([value * 2 for value in GOOD], name="b")], ignore_index=True)
    shuffled = rows.sample(frac=1, random_state=3)
    one = forecast(rows, 4).set_index(["series", "year"]).sort_index()
    other = forecast(shuffled, 4).set_index(["series", "year"]).sort_index()
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_million_rows() -> None:
    count, years = 40_000, 25
    values = np.exp(np.random.default_rng(1).normal(0.01, 0.05, (count, years)).cumsum(axis=1))
    rows = pd.DataFrame(
        {
            "series": np.repeat(np.arange(count), years),
            "year": np.tile(np.arange(1996, 2021), count),
            "value": values.ravel(),
        }
    )
    found = forecast(rows, 2)
    assert len(found) == 2 * count
    assert np.isfinite(found["hi95"]).all()
