"""The figures a report opens with: one table of id, value, unit, period, interval, status and sources.

Every number in the prose of a report is a row of this table, which is also written to `reports/tables/`.
"""

from tanfeng.pages.reports.facts import data, field, four_indicators, overview, targets, technology
from tanfeng.pages.reports.lists import registers
from tanfeng.pages.reports.lookbacks import lookback
from tanfeng.pages.reports.pathways import ahead
from tanfeng.pages.reports.peaks import methods, peak
from tanfeng.pages.reports.places import city, league
from tanfeng.pages.reports.provinces import province
from tanfeng.pages.reports.roadmaps import roadmap
from tanfeng.pages.rows import COLUMNS

__all__ = [
    "COLUMNS",
    "ahead",
    "city",
    "data",
    "field",
    "four_indicators",
    "league",
    "lookback",
    "methods",
    "overview",
    "peak",
    "province",
    "registers",
    "roadmap",
    "targets",
    "technology",
]
