"""How likely a target is: the figure of its year on the paths of its own published series."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators
from tanfeng.forecast import conformal
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.targets.rules import Requirement

SHORTEST_SERIES = 8
FARTHEST_YEARS = 3


def figure_paths(catalog: Catalog, indicator: str, region: str, required: Requirement) -> Values | None:
    """Return the paths of an indicator's figure in the year of a requirement, from its own published series.

    The paths take the same errors in the same order as those of the fields, so targets move together.

    Returns:
        Shape (paths,), in the unit of the indicator. None if the series does not bear it: it must run without a gap for
        eight years or more, be positive, and end at most three years before the required year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> required = Requirement(True, 120000.0, "flow", 2027)
        >>> figure_paths(open_catalog(), "gdp_current_5th_census", "330000", required).shape
        (400,)
    """
    rows = indicators.yearly(catalog, indicator, region)
    values = rows[rows["status"] == "reported"].set_index("year")["value"]
    ahead = required.year - int(values.index[-1]) if len(values) else 0
    if required.kind != "flow" or not 0 < ahead <= FARTHEST_YEARS or not _forecastable(values):
        return None
    return conformal.paths(values.to_numpy(dtype="float64")[None, :], calibration(), ahead)[0, :, -1]


def share_reaching(drawn: Values, required: Requirement) -> float:
    """Return the share of paths that reach a required value.

    Example:
        >>> share_reaching(np.array([1.0, 2.0, 3.0, 4.0]), Requirement(False, 3.0, "flow", 2030))
        0.75
    """
    return float((drawn >= required.value).mean() if required.at_least else (drawn <= required.value).mean())


def _forecastable(values: pd.Series) -> bool:
    steps = np.diff(values.index.to_numpy(dtype="int64"))
    return len(values) >= SHORTEST_SERIES and bool((steps == 1).all()) and bool((values > 0).all())
