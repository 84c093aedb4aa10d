"""Reference methods by name: what R1 is measured against, same interface.

Each takes a history without gaps over its last figure (missing years are filled along a straight line between logs) and
returns what is ahead with the standard error its model states, NaN where it states none. theta and ucm, drift, the
log-linear trend and STIRPAT work on logs; ets, damped and arima on the figures themselves, where they did better.
statsmodels estimates the parameters a series at a time; it loads for a second, so only where it is used. Forecasts are
kept within 0.05 and 20 times the last figure, as those of R1.

STIRPAT here is a described reference: ln E on ln population and ln GDP per head by OLS, drivers carried on at their
mean growth. Elasticities of so few years are not estimates of an effect.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.project import ProjectError
from tanfeng.forecast.r1 import LIMITS, SHORTEST, Values, half_drift

ONE_SIGMA = 0.31731050786291415  # two-sided: the interval reaches one standard error to each side


@dataclass(frozen=True)
class Ahead:
    """Point forecasts and their standard error relative to the point, both shape (horizon,).

    `logs` says that the error is of the logarithm. `warned` counts the warnings of the fit, mostly of no convergence.
    """

    point: Values
    error: Values
    logs: bool = True
    warned: int = 0

    def quantiles(self, scores: Values) -> Values:
        """Return quantiles at normal scores, shape (horizon, scores), none below zero; NaN without an error."""
        moved = self.error[:, None] * np.asarray(scores)
        return self.point[:, None] * (np.exp(moved) if self.logs else np.maximum(1 + moved, 0.0))


Method = Callable[[Values, int], tuple[Values, Values]]


def _naive(logs: Values, horizon: int) -> tuple[Values, Values]:
    steps = np.sqrt(np.arange(1, horizon + 1))
    return np.full(horizon, logs[-1]), steps * np.sqrt(np.mean(np.diff(logs) ** 2))


def _drift(logs: Values, horizon: int) -> tuple[Values, Values]:
    ahead, changes = np.arange(1, horizon + 1), np.diff(logs)
    return logs[-1] + changes.mean() * ahead, changes.std(ddof=1) * np.sqrt(ahead * (1 + ahead / len(changes)))


def _half_drift(values: Values, horizon: int) -> tuple[Values, Values]:
    return half_drift(values, horizon), np.full(horizon, np.nan)


def _theta(logs: Values, horizon: int) -> tuple[Values, Values]:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    found = ThetaModel(pd.Series(logs), period=1, deseasonalize=False).fit()
    mean = found.forecast(horizon).to_numpy()
    return mean, found.prediction_intervals(horizon, alpha=ONE_SIGMA)["upper"].to_numpy() - mean


def _ets_fit(values: Values, trend: str | None, damped: bool) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel(pd.Series(values), error="add", trend=trend, damped_trend=damped).fit(disp=False)


def _ets_ahead(fit: Any, horizon: int) -> tuple[Values, Values]:
    found = fit.get_prediction(start=fit.nobs, end=fit.nobs + horizon - 1)
    table = found.summary_frame(alpha=ONE_SIGMA)
    return table["mean"].to_numpy(), table["pi_upper"].to_numpy() - table["mean"].to_numpy()


def _ets(values: Values, horizon: int) -> tuple[Values, Values]:
    """AICc among level only, trend, damped trend."""
    fits = [_ets_fit(values, trend, damped) for trend, damped in ((None, False), ("add", False), ("add", True))]
    return _ets_ahead(min(fits, key=_aicc), horizon)


def _damped(values: Values, horizon: int) -> tuple[Values, Values]:
    return _ets_ahead(_ets_fit(values, "add", True), horizon)


def _aicc(fit: Any) -> float:
    """Return the AICc of a fit; too many parameters for the history, or no likelihood, never win."""
    spare = fit.nobs - len(fit.params) - 1
    value = fit.aic + 2 * len(fit.params) * (len(fit.params) + 1) / spare if spare > 0 else np.inf
    return float(value) if np.isfinite(value) else float("inf")


def _arima(values: Values, horizon: int) -> tuple[Values, Values]:
    """AICc among p, q of 0 and 1, one difference, with and without drift."""
    from statsmodels.tsa.arima.model import ARIMA

    choices = itertools.product((0, 1), (0, 1), ("n", "t"))
    fits = [ARIMA(values, order=(p, 1, q), trend=trend).fit() for p, q, trend in choices]
    return _state_ahead(min(fits, key=_aicc), horizon)


def _ucm(logs: Values, horizon: int) -> tuple[Values, Values]:
    """Local linear trend."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return _state_ahead(UnobservedComponents(logs, "lltrend").fit(disp=False), horizon)


def _state_ahead(fit: Any, horizon: int) -> tuple[Values, Values]:
    found = fit.get_forecast(horizon)
    return np.asarray(found.predicted_mean), np.asarray(found.se_mean)


def _mean(values: Values, horizon: int) -> tuple[Values, Values]:
    """Equal mean of theta, ets, damped and arima."""
    parts = [_run(name, values, horizon) for name in ("theta", "ets", "damped", "arima")]
    point = np.mean([part.point for part in parts], axis=0)
    return point, point * np.mean([part.error for part in parts], axis=0)


def _loglinear(logs: Values, horizon: int) -> tuple[Values, Values]:
    years = np.arange(len(logs) + horizon, dtype="float64")
    line = np.polynomial.Polynomial.fit(years[: len(logs)], logs, 1)
    return line(years[len(logs) :]), np.full(horizon, np.nan)


def _gm11(values: Values, horizon: int) -> tuple[Values, Values]:
    """Grey model GM(1,1) of Deng 1982: the accumulated series grows by a first-order equation."""
    total = np.cumsum(values)
    middle = (total[1:] + total[:-1]) / 2
    (rate, source), *_ = np.linalg.lstsq(np.column_stack([-middle, np.ones(len(middle))]), values[1:], rcond=None)
    years = np.arange(len(values), len(values) + horizon)
    if abs(rate) < 1e-9:
        return np.full(horizon, source), np.full(horizon, np.nan)
    grown = (values[0] - source / rate) * (1 - np.exp(rate)) * np.exp(-rate * years)
    return grown, np.full(horizon, np.nan)


METHODS: dict[str, Method] = {
    "naive": _naive, "drift": _drift, "half_drift": _half_drift, "theta": _theta, "ets": _ets, "damped": _damped,
    "arima": _arima, "ucm": _ucm, "mean": _mean, "loglinear": _loglinear, "gm11": _gm11,
}  # fmt: skip
NAMES = (*METHODS, "stirpat")
WIDEST = 1.5  # of a standard error: already a factor of 19 to each side at 95 %
ON_LOGS = ("naive", "drift", "theta", "ucm", "loglinear")


def ahead(name: str, history: Values, horizon: int) -> Ahead:
    """Return the forecast of a reference method, in the unit of the history.

    Args:
        name: one of `METHODS`.
        history: yearly figures above zero, oldest first, NaN where missing.
        horizon: number of years ahead.

    Raises:
        ProjectError: if the method is not known, or there are fewer than four figures or one of zero or less.

    Example:
        >>> ahead("naive", np.array([1.0, 2, 3, 4]), 2).point.round(9).tolist()
        [4.0, 4.0]
    """
    if name not in METHODS:
        raise ProjectError(f"method {name!r}: not known; expected r1, {', '.join(NAMES)}")
    values = _filled(name, history)
    if np.ptp(values) == 0:
        return Ahead(np.full(horizon, values[-1]), np.zeros(horizon))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = _run(name, values / values[-1], horizon)
    return Ahead(found.point * values[-1], found.error, found.logs, len(caught))


def _filled(name: str, history: Values) -> Values:
    figures = np.asarray(history, dtype="float64")
    known = np.flatnonzero(~np.isnan(figures))
    if len(known) < SHORTEST or (figures[known] <= 0).any():
        raise ProjectError(
            f"method {name} needs {SHORTEST} or more figures, all above zero; found {len(known)}, "
            f"{int((figures[known] <= 0).sum())} of them zero or less; r1 has no such need"
        )
    years = np.arange(known[0], known[-1] + 1)
    filled = np.exp(np.interp(years, known, np.log(figures[known])))
    filled[known - known[0]] = figures[known]
    return filled


def _run(name: str, values: Values, horizon: int) -> Ahead:
    """Run a method on a history over its last figure, and keep what it gives within the limits."""
    logs = name in ON_LOGS
    mean, error = METHODS[name](np.log(values) if logs else values, horizon)
    with np.errstate(over="ignore"):  # an exploding trend is cut to the limits
        point = np.exp(mean) if logs else mean
        point = np.clip(np.nan_to_num(point, nan=1.0, posinf=LIMITS[1], neginf=LIMITS[0]), *LIMITS)
    relative = error if logs else error / point
    return Ahead(point, np.where(np.isfinite(relative), np.minimum(relative, WIDEST), np.nan), logs)


def stirpat(history: Values, population: Values, gdp: Values, horizon: int) -> Ahead:
    """Return the log-linear STIRPAT forecast: ln E = a + b ln P + c ln (GDP / P), drivers at their mean growth.

    Args:
        history: yearly emissions above zero, oldest first.
        population: of the same years.
        gdp: of the same years, constant prices.
        horizon: number of years ahead.

    Raises:
        ProjectError: if there are fewer than six years or a figure is missing, zero or negative.

    Source: York, Rosa and Dietz 2003, Ecological Economics 46:351-365.

    Example:
        >>> years = np.arange(10)
        >>> heads, output = 1.01**years, 1.05**years * (1 + 0.01 * (years % 2))
        >>> stirpat(heads * output, heads, output, 1).point.round(2).tolist()
        [1.82]
    """
    figures = np.column_stack([history, population, gdp]).astype("float64")
    if len(figures) < 6 or not (figures > 0).all():
        raise ProjectError(
            f"stirpat needs six or more years of value, population and gdp above zero; found {len(figures)} years"
        )
    logs = np.log(figures / figures[-1])
    drivers = np.column_stack([np.ones(len(logs)), logs[:, 1], logs[:, 2] - logs[:, 1]])
    growth = (drivers[-1] - drivers[0]) / (len(drivers) - 1)
    solution, *_ = np.linalg.lstsq(drivers, logs[:, 0], rcond=None)
    mean = (drivers[-1] + growth * np.arange(1, horizon + 1)[:, None]) @ solution
    point = np.exp(np.clip(mean, *np.log(LIMITS))) * figures[-1, 0]
    return Ahead(point, np.full(horizon, np.nan))
