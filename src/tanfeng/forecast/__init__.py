"""Forecasts of yearly series: plain series in, distributions out; nothing about any region.

`forecast`, `peak_probabilities` and `joint_paths` take a long table (columns series, year, value; module `table`).
Below them: `panel` (R1 for arrays of any size), `conformal` (intervals and paths from errors on other series),
`calibration` and `learning` (what was learnt, and how), `references` and `backtest` (what R1 is measured against, and
how). `r1` is the same point forecast one series at a time.
"""

from tanfeng.forecast.table import forecast, joint_paths, peak_probabilities

__all__ = ["forecast", "joint_paths", "peak_probabilities"]
