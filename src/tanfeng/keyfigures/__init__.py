"""The figures a report opens with (floor 3): one table of id, value, unit, period, interval, status and sources.

Every number in the prose of a report is a row of this table, which is also written to `reports/tables/`.
"""

from tanfeng.keyfigures.facts import data, field, four_indicators, overview, targets, technology
from tanfeng.keyfigures.lists import registers
from tanfeng.keyfigures.lookbacks import lookback
from tanfeng.keyfigures.pathways import ahead
from tanfeng.keyfigures.peaks import methods, peak
from tanfeng.keyfigures.places import city, league
from tanfeng.keyfigures.provinces import province
from tanfeng.keyfigures.roadmaps import roadmap
from tanfeng.keyfigures.rows import COLUMNS

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
