"""What is computed once and shared by the notebooks, and by later builds (`earlier`): the only list of it.

A group is a process that has imported the libraries, computed its steps and those of the group it comes from, and is
then forked for each notebook. The steps only fill the caches of the functions that the notebooks call; a notebook
whose step is missing here is right as well, only slower.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tanfeng

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog

LIBRARIES = ("numpy", "pandas", "scipy.stats", "matplotlib.figure", "seaborn", "IPython")
LATER = ("statsmodels.tsa.statespace.exponential_smoothing", "tanfeng.pages.target_sheets")
WORKBOOKS = ("tanfeng.pages.request_sheets", "tanfeng.pages.spreadsheet")
NOT_NOW = ("tanfeng.cli", "tanfeng.publishing", "tanfeng.cli.start", *WORKBOOKS, *LATER)


@dataclass(frozen=True)
class Group:
    """A process to fork from: the group it comes from, what it computes, and about how many seconds that takes.

    The seconds only order the notebooks, so that what takes long is not begun last.
    """

    parent: str
    steps: tuple[str, ...]
    seconds: float


GROUPS = {
    "inventory": Group("", ("inventory", "figure"), 1),
    "facts": Group("inventory", ("facts", "findings"), 5),
    "league": Group("inventory", ("league",), 8),
    "methods": Group("inventory", ("methods",), 1),
    "judged": Group("inventory", ("fields", "judged", "recent"), 4),
    "indicators": Group("judged", ("indicators",), 1),
    "ahead": Group("judged", ("ahead",), 1),
    "registers": Group("judged", ("registers",), 2),
    "lookback": Group("judged", ("hindcasts", "lookback"), 4),
    "pulse": Group("judged", ("pulse",), 5),
    "provinces": Group("judged", ("provinces",), 3),
    "roadmap": Group("judged", ("roadmap",), 2),
    "panel": Group("inventory", ("fields", "ranks"), 8),
}
GROUP_OF = {
    "methods": "methods",
    "indicators": "indicators",
    "ahead": "ahead",
    "city": "inventory",
    "data": "facts",
    "technology": "",
    "league": "league",
    "registers": "registers",
    "lookback": "lookback",
    "peak": "provinces",
    "pulse": "pulse",
    "roadmap": "roadmap",
    "province": "panel",
}
OTHERS = "judged"


def group_of(notebook: str) -> str:
    """Return the group a notebook is forked from, by its name.

    Example:
        >>> group_of("peak"), group_of("overview")
        ('provinces', 'judged')
    """
    return GROUP_OF.get(notebook, OTHERS)


def chain(group: str) -> list[str]:
    """Return a group after those it comes from; the first is the process that only imports.

    Example:
        >>> chain("provinces")
        ['', 'inventory', 'judged', 'provinces']
    """
    return [*chain(GROUPS[group].parent), group] if group else [""]


def seconds(group: str) -> float:
    """Return about how long a group and those it comes from compute.

    Example:
        >>> seconds("") == 0 < seconds("inventory") < seconds("judged")
        True
    """
    return sum(GROUPS[name].seconds for name in chain(group) if name)


def _inventory(catalog: Catalog, region: str) -> None:
    from tanfeng.facts import emissions

    emissions.emissions(catalog, region)


def _fields(catalog: Catalog, region: str) -> None:
    from tanfeng.outlook import paths

    paths.fields(catalog, region)


def _judged(catalog: Catalog, region: str) -> None:
    from tanfeng.targets import verdict

    for plan in catalog.read("targets").query("region == @region")["plan"].unique():
        verdict.judge(catalog, region, plan)


def _recent(catalog: Catalog, region: str) -> None:
    from tanfeng.facts import emissions
    from tanfeng.outlook import paths
    from tanfeng.pages import headline
    from tanfeng.targets import verdict

    every = verdict.judge(catalog, region)
    headline.key_figures(catalog, region, verdict.judge(catalog, region, "14FYP"), every)
    paths.recent(catalog, region, catalog.as_of_year - 1)
    paths.recent(catalog, region, catalog.as_of_year)
    for by in ("detail", "subsector"):
        emissions.emissions(catalog, region, by=by)


def _figure(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.charts import structure as structure_charts

    structure_charts.by_field(catalog, region, "zh")  # for the fonts and the caches of matplotlib


def _peaks_of_provinces(catalog: Catalog, region: str) -> None:
    from tanfeng.outlook import peak
    from tanfeng.pages.reports import peak as peak_report

    peak.by_province(catalog)
    peak_report.key_figures(catalog, region)


def _facts(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.reports import data as data_report

    data_report.key_figures(catalog, region)


def _findings(catalog: Catalog, region: str) -> None:
    from tanfeng.checks import figures
    from tanfeng.facts import accounts, recalculation, uncertainty

    figures.check_figures(catalog)
    uncertainty.intervals(catalog, region)
    years = recalculation.years(catalog, region)[-3:]
    recalculation.by_factor_set(catalog, region, years[-1])
    recalculation.against_published(catalog, region, *years)
    for year in years:
        recalculation.sources(catalog, region, year)
    accounts.indirect(catalog, region)


def _methods(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.reports import methods as methods_report

    methods_report.key_figures(catalog, region)


def _indicators(catalog: Catalog, region: str) -> None:
    from tanfeng.facts import decomposition
    from tanfeng.pages.reports import indicators as indicators_report

    indicators_report.key_figures(catalog, region)
    decomposition.kaya(catalog, region)


def _ahead(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.reports import ahead as ahead_report
    from tanfeng.targets import ahead

    ahead_report.key_figures(catalog, region, ahead.ahead(catalog, region))
    ahead.city_verdicts(catalog, region)


def _league(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.reports import league as league_report

    league_report.key_figures(catalog, region)


def _ranks_by_measure(catalog: Catalog, region: str) -> None:
    from tanfeng.facts import league

    league.by_measure(catalog, region, "province", "")


def _registers(catalog: Catalog, region: str) -> None:
    from tanfeng.pages.reports import registers as registers_report
    from tanfeng.roadmap import registers

    registers_report.key_figures(catalog, region)
    registers.conflicts(catalog)
    registers.dangling(catalog)


def _hindcasts(catalog: Catalog, region: str) -> None:
    from tanfeng.targets.lookback import hindcasts

    hindcasts.measured(catalog)


def _lookback(catalog: Catalog, region: str) -> None:
    from tanfeng.targets.lookback import barometer, plans

    plans.results(catalog, region)
    barometer.replay(catalog, region)


def _pulse(catalog: Catalog, region: str) -> None:
    from tanfeng.outlook import pulse
    from tanfeng.pages.reports import pulse as pulse_report

    pulse.replay(catalog, region)
    pulse_report.series(catalog, region)


def _roadmap(catalog: Catalog, region: str) -> None:
    from tanfeng.outlook import paths
    from tanfeng.pages.reports import roadmap as roadmap_report
    from tanfeng.roadmap import gaps, least_cost, wedges

    roadmap_report.key_figures(catalog, region)
    least_cost.answers(catalog, region)
    for account in wedges.ACCOUNTS:
        least_cost.by_growth(catalog, region, account)
        gaps.target_paths(catalog, region, account)
    gaps.outcomes(catalog, region)
    wedges.order_effect(catalog, region, paths.UNTIL)


STEPS: dict[str, Callable[[Catalog, str], None]] = {
    "inventory": _inventory,
    "fields": _fields,
    "judged": _judged,
    "recent": _recent,
    "figure": _figure,
    "provinces": _peaks_of_provinces,
    "facts": _facts,
    "league": _league,
    "ranks": _ranks_by_measure,
    "registers": _registers,
    "hindcasts": _hindcasts,
    "lookback": _lookback,
    "pulse": _pulse,
    "findings": _findings,
    "methods": _methods,
    "indicators": _indicators,
    "ahead": _ahead,
    "roadmap": _roadmap,
}


def libraries() -> None:
    """Import what most notebooks import: libraries and the modules of the package below the reports."""
    for name in LIBRARIES:
        importlib.import_module(name)
    _modules(list(tanfeng.__path__), "tanfeng.")


def later_libraries() -> None:
    """Import the rest, which the first notebook seldom needs: a process does it that computes for several."""
    for name in LATER:
        importlib.import_module(name)


def _modules(folders: list[str], prefix: str) -> None:
    for found in pkgutil.iter_modules(folders, prefix):
        if found.name not in NOT_NOW:
            module = importlib.import_module(found.name)
            if found.ispkg:
                _modules(list(module.__path__), f"{found.name}.")


def compute(group: str, catalog: Catalog, region: str) -> None:
    """Fill the caches of a group. A step that fails is left to the notebooks, which name the cell."""
    for step in GROUPS[group].steps:
        with contextlib.suppress(Exception):
            STEPS[step](catalog, region)
