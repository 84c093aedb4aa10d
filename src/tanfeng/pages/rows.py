"""One key figure and the table of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

COLUMNS = ["id", "value", "unit", "period", "lo80", "hi80", "status", "source_id", "item", "lo95", "hi95", "basis"]


def figure(
    name: str, value: float, unit: str, period: object, status: str, source: str = "", **more: Any
) -> dict[str, Any]:
    """Return one key figure; `more` are its interval (`lo80`, `hi80` of a forecast, `lo95`, `hi95` of what is known).

    Further ones are the subsector `item` it belongs to, and `basis`: `computed` if it follows from published figures.

    Example:
        >>> figure("share", 68.9, "%", 2022, "adjusted")["period"]
        '2022'
    """
    row = {"id": name, "value": value, "unit": unit, "period": str(period), "status": status, "source_id": source}
    return {**row, "item": "", "basis": "", **more}


def frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return key figures as a table with `COLUMNS`.

    Example:
        >>> frame([figure("share", 68.9, "%", 2022, "adjusted")]).columns.tolist() == COLUMNS
        True
    """
    return pd.DataFrame(list(rows)).reindex(columns=COLUMNS)
