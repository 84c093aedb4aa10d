"""Growth of stocks with few figures: classes, quantiles, no analogue, the past-only test; the shipped table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast import analogues, calibration


def stocks(paces: list[float], years: int = 20, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.concat(
        [
            pd.DataFrame(
                {"series": f"s{number}", "year": range(2000, 2000 + years), "value": 100 * np.exp(steps.cumsum())}
            )
            for number, pace in enumerate(paces)
            for steps in [np.log(1 + pace / 100) + rng.normal(0, 0.01, years)]
        ],
        ignore_index=True,
    )


def test_stocks_fall_into_the_class_of_their_growth() -> None:
    found = analogues.cases(stocks([5.0, 20.0, 90.0, -10.0]))
    assert set(found["from_pct"]) == {3, 15}
    assert set(found["years_ahead"]) == {1, 2, 3}
    assert found.groupby("from_pct")["growth"].median().to_numpy() == pytest.approx(np.log([1.05, 1.20]), abs=0.01)


def test_a_small_stock_and_a_gap_teach_nothing() -> None:
    rows = stocks([10.0])
    assert analogues.cases(rows.assign(value=rows["value"] / 1000)).empty
    known = analogues.cases(rows[rows["year"] != 2010])
    assert not {2008, 2010, 2012} & set(known.loc[known["years_ahead"] == 2, "year"])


def test_quantiles_rise_and_scale_with_the_years() -> None:
    for pace in (1.0, 5.0, 10.0, 20.0, 30.0):
        one, half = analogues.factors(pace, 2), analogues.factors(pace, 1.5)
        assert one is not None
        assert half is not None
        assert one.shape == (400,)
        assert (np.diff(one) >= 0).all()
        assert np.log(half) == pytest.approx(np.log(one) * 0.75)


@pytest.mark.parametrize("pace", [-5.0, 60.0, 200.0])
def test_nothing_grew_like_that(pace: float) -> None:
    assert analogues.factors(pace, 1) is None


def test_the_past_only_test_learns_from_before() -> None:
    rows = stocks([10.0] * 20)
    held = analogues.past_only(analogues.cases(rows))
    assert 0.6 < held["inside"].mean() < 0.95
    turned = rows.assign(value=rows["value"].where(rows["year"] < 2015, 100.0))
    assert analogues.past_only(analogues.cases(turned))["inside"].mean() < held["inside"].mean()


def test_the_shipped_table_has_every_class_and_faster_stocks_stay_faster() -> None:
    table = calibration.read_learnt(analogues.FILE)
    assert table[["from_pct", "to_pct"]].drop_duplicates().to_numpy().tolist() == [
        list(pair) for pair in zip(analogues.CLASSES[:-1], analogues.CLASSES[1:], strict=True)
    ]
    assert (table.groupby("from_pct")["years_ahead"].nunique() == analogues.AHEAD).all()
    assert (np.diff(table[list(analogues.QUANTILES)], axis=1) > 0).all()
    assert table.groupby("years_ahead")["p50"].is_monotonic_increasing.all()


def test_the_shipped_table_held_in_the_past() -> None:
    rows = calibration.measured().query(f"group == '{analogues.NAME}' and year_ahead == 'all'")
    assert rows["test"].tolist() == ["past_only"]
    assert 0.76 <= rows["value"].item() <= 0.92


def test_a_folder_without_the_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"stock_growth\.csv"):
        analogues.factors(10.0, 1, folder=tmp_path)
