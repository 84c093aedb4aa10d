"""Bad series: each names series and row, or has the answer that the module documents."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast.frames import forecast, peak_probabilities
from tanfeng.forecast.series import read

GOOD = [10.0, 11, 12, 12, 13, 14, 13, 15, 16, 16]


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
