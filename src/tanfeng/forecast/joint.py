"""Dependence between series: paths of several series put together as real errors went together.

The Schaake shuffle: the paths of each series keep their values, and only their order changes, so that the ranks of the
series in one path are those of one case of a template. Source: Clark, Gangopadhyay, Hay, Rajagopalan and Wilby 2004,
Journal of Hydrometeorology 5:243-262.
"""

from __future__ import annotations

import numpy as np

from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import Values


def shuffled(paths: Values, template: Values, seed: int) -> Values:
    """Return paths of several series in an order in which their ranks go together as in a template.

    Args:
        paths: shape (series, paths, years), the paths of each series drawn by themselves.
        template: shape (cases, series): how large the error of each series was in one case.
        seed: of the choice among cases; the same seed gives the same order.

    Returns:
        Shape as `paths`; path k of every series belongs to case k. The paths of a series are the same ones.

    Raises:
        ProjectError: if the template has no case or another number of series, or a cell is missing.

    Example:
        >>> drawn = np.array([[[1.0], [2.0], [3.0]], [[10.0], [20.0], [30.0]]])
        >>> ranks = np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1]])
        >>> shuffled(drawn, ranks, seed=1)[:, :, 0].sum(axis=0).tolist()
        [31.0, 22.0, 13.0]
    """
    cases = _cases(template, paths.shape[0], paths.shape[1], seed)
    found = np.empty_like(paths)
    for number, drawn in enumerate(paths):
        by_size = drawn[np.argsort(drawn.mean(axis=1), kind="stable")]
        ranks = np.argsort(np.argsort(cases[:, number], kind="stable"), kind="stable")
        found[number] = by_size[ranks]
    return found


def _cases(template: Values, series: int, count: int, seed: int) -> Values:
    """Return `count` cases of a template: all of them in turn, the last round drawn at random."""
    if template.ndim != 2 or template.shape[1] != series or not len(template) or np.isnan(template).any():
        raise ProjectError(f"a template needs whole cases of {series} series; found the shape {template.shape}")
    rounds, rest = divmod(count, len(template))
    drawn = np.random.default_rng(seed).permutation(len(template))[:rest]
    return np.vstack([template] * rounds + [template[np.sort(drawn)]])
