"""Dependence between series: paths of several series put together as real errors went together.

The Schaake shuffle: the paths of each series keep their values, and only their order changes, so that the ranks of the
series in one path are those of one case of a template. Source: Clark, Gangopadhyay, Hay, Rajagopalan and Wilby 2004,
Journal of Hydrometeorology 5:243-262.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import Values


def cases(template: Values, count: int, seed: int) -> NDArray[np.intp]:
    """Return which case of a template each of `count` paths belongs to: all in turn, the last round drawn at random.

    Args:
        template: shape (cases, series): how large the error of each series was in one case.
        count: number of paths.
        seed: of the choice among cases; the same seed gives the same order.

    Raises:
        ProjectError: if the template has no case, or a cell is missing.

    Example:
        >>> cases(np.ones((2, 1)), 4, seed=1).tolist()
        [0, 1, 0, 1]
    """
    if template.ndim != 2 or not len(template) or np.isnan(template).any():
        raise ProjectError(f"a template needs whole cases; found the shape {template.shape}")
    rounds, rest = divmod(count, len(template))
    drawn = np.random.default_rng(seed).permutation(len(template))[:rest]
    return np.concatenate([np.tile(np.arange(len(template)), rounds), np.sort(drawn)])


def shuffled(paths: Sequence[Values], ranks: Values) -> list[Values]:
    """Return paths of several series in an order in which their ranks go together as in cases of a template.

    Args:
        paths: of each series, shape (paths, years), drawn by themselves; the years may differ.
        ranks: shape (paths, series): the case of each path (`cases`).

    Returns:
        As `paths`; path k of every series belongs to case k. The paths of a series are the same ones.

    Raises:
        ProjectError: if there are cases of another number of series or paths.

    Example:
        >>> drawn = [np.array([[1.0], [2.0], [3.0]]), np.array([[10.0], [20.0], [30.0]])]
        >>> ranks = np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1]])
        >>> np.sum(shuffled(drawn, ranks), axis=0)[:, 0].tolist()
        [31.0, 22.0, 13.0]
    """
    if ranks.shape != (len(paths[0]), len(paths)):
        raise ProjectError(f"expected cases of {len(paths)} series for {len(paths[0])} paths; found {ranks.shape}")
    by_size = [drawn[np.argsort(drawn.mean(axis=1), kind="stable")] for drawn in paths]
    places = np.argsort(np.argsort(ranks, axis=0, kind="stable"), axis=0, kind="stable")
    return [drawn[order] for drawn, order in zip(by_size, places.T, strict=True)]
