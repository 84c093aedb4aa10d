from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.project import ProjectError
from tanfeng.forecast import joint
from tanfeng.forecast.joint import shuffled


@given(st.integers(1, 5), st.integers(2, 40), st.integers(3, 30), st.integers(0, 2**31))
def test_every_series_keeps_its_paths_and_takes_the_ranks_of_the_template(
    series: int, count: int, cases: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    paths, template = random.normal(size=(series, count, 3)), random.normal(size=(cases, series))
    chosen = joint.cases(template, count, seed)
    assert (np.bincount(chosen, minlength=cases) >= count // cases).all()
    found = shuffled(paths, template[chosen])
    for before, after in zip(paths, found, strict=True):
        assert sorted(map(tuple, before)) == sorted(map(tuple, after))
    assert (joint.cases(template, count, seed) == chosen).all()


def test_series_that_went_together_go_together() -> None:
    random = np.random.default_rng(1)
    together = random.normal(size=(200, 1)) + 0.1 * random.normal(size=(200, 3))
    ranks = together[joint.cases(together, 400, seed=2)]
    found = np.mean(shuffled(random.normal(size=(3, 400, 5)), ranks), axis=2)
    assert np.corrcoef(found).min() > 0.95


@pytest.mark.parametrize("template", [np.zeros((0, 2)), np.full((5, 2), np.nan)])
def test_a_wrong_template_is_refused(template: np.ndarray) -> None:
    with pytest.raises(ProjectError, match="whole cases"):
        joint.cases(template, 4, 1)


def test_cases_of_other_series_are_refused() -> None:
    with pytest.raises(ProjectError, match="expected cases of 2 series for 4 paths"):
        shuffled(np.zeros((2, 4, 3)), np.zeros((4, 3)))
