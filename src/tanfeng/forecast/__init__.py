"""Forecasts of yearly series (floor 2): plain series in, point and intervals out; nothing about any region.

`r1` holds the point forecast, `intervals` the intervals from past errors.
"""
