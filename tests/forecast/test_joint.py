from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.project import ProjectError
from tanfeng.forecast.joint import shuffled


@given(st.integers(1, 5), st.integers(2, 40), st.integers(3, 30), st.integers(0, 2**31))
def test_every_series_keeps_its_paths_and_takes_the_ranks_of_the_template(
    series: int, count: int, cases: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    paths, template = random.normal(size=(series, count, 3)), random.normal(size=(cases, series))
    found = shuffled(paths, template, seed)
    for before, after in zip(paths, found, strict=True):
        assert sorted(map(tuple, before)) == sorted(map(tuple, after))
    assert (shuffled(paths, template, seed) == found).all()


def test_series_that_went_together_go_together() -> None:
    random = np.random.default_rng(1)
    together = random.normal(size=(200, 1)) + 0.1 * random.normal(size=(200, 3))
    found = shuffled(random.normal(size=(3, 400, 5)), together, seed=2).mean(axis=2)
    assert np.corrcoef(found).min() > 0.95


@pytest.mark.parametrize("template", [np.zeros((0, 2)), np.zeros((5, 3)), np.full((5, 2), np.nan)])
def test_a_wrong_template_is_refused(template: np.ndarray) -> None:
    with pytest.raises(ProjectError, match="whole cases of 2 series"):
        shuffled(np.zeros((2, 4, 3)), template, 1)
