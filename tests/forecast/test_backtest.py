"""Rolling origin: the scores are those of their definitions, the origins those of the panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.project import ProjectError
from tanfeng.forecast import backtest as b
from tanfeng.forecast import panel
from tanfeng.forecast.backtest import windows


def made(series: int = 12, years: int = 26, seed: int = 1) -> pd.DataFrame:
    values = np.exp(np.random.default_rng(seed).normal(0.02, 0.06, (series, years)).cumsum(axis=1))
    return pd.DataFrame(
        {
            "series": np.repeat([f"s{number}" for number in range(series)], years),
            "region": np.repeat([f"r{number // 2}" for number in range(series)], years),
            "year": np.tile(np.arange(1995, 1995 + years), series),
            "value": values.ravel(),
        }
    )


def test_windows_hold_history_future_and_its_maximum() -> None:
    rows = made(1, 14)
    found = windows(rows, 3, 10)
    assert found.years.tolist() == [2004, 2005, 2006, 2007]
    assert found.histories[0, -10:].tolist() == rows["value"][:10].tolist()
    assert found.futures[3].tolist()[:1] == [rows["value"].iloc[13]]
    assert np.isnan(found.futures[3, 1:]).all()
    assert found.maxima[1] == rows["value"][:11].max()
    assert found.steps[0] == pytest.approx(np.abs(np.diff(rows["value"][:10])).mean())
    assert found.whole.tolist() == [True, True, False, False]


def test_what_was_known_in_a_year_ends_there() -> None:
    found = windows(made(2, 20), 5, 10).until(2006)
    assert found.years.max() == 2005
    assert np.isnan(found.futures[found.years == 2005, 1:]).all()
    assert (~np.isnan(found.futures[found.years == 2004, :2])).all()


def test_marked_origins_are_the_only_ones() -> None:
    rows = made(2, 20).assign(origin=lambda table: table["year"] == 2008)
    assert windows(rows, 5, 10).years.tolist() == [2008, 2008]


def test_gaps_and_zeros_are_no_origin() -> None:
    rows = made(1, 20)
    rows = rows[rows["year"] != 2006]
    rows.loc[rows["year"] == 2008, "value"] = 0.0
    assert not {2006, 2008} & set(windows(rows, 2, 10).years.tolist())


def test_scores_by_their_definitions() -> None:
    rows = made()
    found = b.backtest(rows, ["r1", "naive"], horizon=5).set_index(["method", "year_ahead"])
    origins = windows(rows, 5, 10)
    origins = origins.where(origins.whole)
    point, actual = panel.points(origins.histories, 5), origins.futures
    smape, mase = 200 * np.abs(actual - point) / (actual + point), np.abs(actual - point) / origins.steps[:, None]
    assert found.loc[("r1", "all"), "smape"] == pytest.approx(smape.mean())
    assert found.loc[("r1", "3"), "mase"] == pytest.approx(mase[:, 2].mean())
    naive = found.loc[("naive", "all")]
    assert found.loc[("r1", "all"), "owa"] == pytest.approx(
        (smape.mean() / naive["smape"] + mase.mean() / naive["mase"]) / 2
    )
    assert naive["owa"] == naive["owa_lo"] == naive["owa_hi"] == 1
    assert found.loc[("r1", "all"), "origins"] == len(origins)
    assert found.loc[("r1", "all"), "regions"] == 6


def test_the_interval_score_adds_a_penalty_only_outside() -> None:
    one = np.ones((1, 1))
    inside = b._interval(80, one * 5, one * 4, one * 6, one * 2)
    outside = b._interval(80, one * 7, one * 4, one * 6, one * 2)
    assert (inside["coverage80"].item(), inside["score80"].item()) == (1.0, 1.0)
    assert (outside["coverage80"].item(), outside["score80"].item()) == (0.0, pytest.approx((2 + 10 * 1) / 2))


def test_the_bootstrap_holds_the_score_and_repeats() -> None:
    found = b.backtest(made(), ["r1", "drift"], horizon=4)
    mine = found[found["method"] != "naive"]
    assert (mine["owa_lo"] <= mine["owa"]).all()
    assert (mine["owa"] <= mine["owa_hi"]).all()
    pd.testing.assert_frame_equal(found, b.backtest(made(), ["r1", "drift"], horizon=4), check_exact=True)


def test_a_sample_is_the_same_for_every_method() -> None:
    ticks: list[str] = []
    found = b.backtest(made(), ["r1", "ets"], horizon=4, sample=9, tick=ticks.append)
    assert set(found["origins"]) == {9}
    assert ticks == ["naive"] * 9 + ["ets"] * 9
    assert found.loc[found["method"] == "ets", "coverage80"].between(0, 1).all()


def test_errors_name_what_is_wrong() -> None:
    with pytest.raises(ProjectError, match="method 'lstm'"):
        b.backtest(made(), ["lstm"])
    with pytest.raises(ProjectError, match="no origin has 10 years before"):
        b.backtest(made(2, 12), ["r1"], horizon=10)
