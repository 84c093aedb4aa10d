"""Figures: one style, drawn as SVG; history solid, estimates dotted with hollow points, forecasts as a fan.

`style` holds the style and what several figures share; each other module draws the figures of one subject.
"""

from tanfeng.pages.charts.archive import frozen
from tanfeng.pages.charts.coverage import assessment, coverage, other_inventories
from tanfeng.pages.charts.indicators import four_indicators, indicator
from tanfeng.pages.charts.intensities import against_plans, rate_differences, rates, totals
from tanfeng.pages.charts.league import city_inventories, rank_intervals, tier_sums
from tanfeng.pages.charts.lookback import plans_looked_back
from tanfeng.pages.charts.outlooks import outlook
from tanfeng.pages.charts.pathways import intensity_paths
from tanfeng.pages.charts.peaks import coverage_measured, peak_by_year, provinces, reliability
from tanfeng.pages.charts.roadmap import front, gantt, wedge_areas
from tanfeng.pages.charts.structure import by_field, composition
from tanfeng.pages.charts.style import Chart, register_font
from tanfeng.pages.charts.verdicts import verdict_counts
from tanfeng.pages.charts.waterfall import waterfall, waterfalls

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
