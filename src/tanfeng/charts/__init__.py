"""Figures (floor 4): one style, drawn as SVG; history solid, estimates dotted with hollow points, forecasts as a fan.

`style` holds the style and what several figures share; each other module draws the figures of one subject.
"""

from tanfeng.charts.archive import frozen
from tanfeng.charts.coverage import assessment, coverage, other_inventories
from tanfeng.charts.indicators import four_indicators, indicator
from tanfeng.charts.intensities import against_plans, rate_differences, rates, totals
from tanfeng.charts.league import city_inventories, rank_intervals, tier_sums
from tanfeng.charts.lookback import plans_looked_back
from tanfeng.charts.outlooks import outlook
from tanfeng.charts.pathways import intensity_paths
from tanfeng.charts.peaks import coverage_measured, peak_by_year, provinces, reliability
from tanfeng.charts.roadmap import front, gantt, wedge_areas
from tanfeng.charts.structure import by_field, composition
from tanfeng.charts.style import Chart, register_font
from tanfeng.charts.verdicts import verdict_counts
from tanfeng.charts.waterfall import waterfall, waterfalls

__all__ = [
    "Chart",
    "against_plans",
    "assessment",
    "by_field",
    "city_inventories",
    "composition",
    "coverage",
    "coverage_measured",
    "four_indicators",
    "front",
    "frozen",
    "gantt",
    "indicator",
    "intensity_paths",
    "other_inventories",
    "outlook",
    "peak_by_year",
    "plans_looked_back",
    "provinces",
    "rank_intervals",
    "rate_differences",
    "rates",
    "register_font",
    "reliability",
    "tier_sums",
    "totals",
    "verdict_counts",
    "waterfall",
    "waterfalls",
    "wedge_areas",
]
