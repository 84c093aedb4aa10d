"""Frames that are computed once for the same question."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec

import pandas as pd

Question = ParamSpec("Question")


def once(maxsize: int = 32) -> Callable[[Callable[Question, pd.DataFrame]], Callable[Question, pd.DataFrame]]:
    """Decorate a function so that it computes a frame once for the same arguments; each caller has one of its own.

    The frames share memory until one of them is changed (copy on write of pandas). Arguments must be hashable.

    Args:
        maxsize: number of frames that are kept.

    Example:
        >>> @once()
        ... def frame(rows: int) -> pd.DataFrame:
        ...     return pd.DataFrame({"row": range(rows)})
        >>> own = frame(2)
        >>> own["row"] += 1
        >>> frame(2)["row"].tolist()
        [0, 1]
    """

    def decorate(function: Callable[Question, pd.DataFrame]) -> Callable[Question, pd.DataFrame]:
        kept: Any = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def copied(*args: Question.args, **named: Question.kwargs) -> pd.DataFrame:
            frame: pd.DataFrame = kept(*args, **named)
            return frame.copy(deep=False)

        return copied

    return decorate
