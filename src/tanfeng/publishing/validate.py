"""Everything the tables must satisfy before anything is judged by them: for `data check` and for builds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from tanfeng.checks import lookback
from tanfeng.data import settings
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import Ask, at_once, check_tables
from tanfeng.data.problem import Problem, gathered
from tanfeng.data.project import ProjectError
from tanfeng.facts.corrections import check_corrections
from tanfeng.roadmap import levers
from tanfeng.targets.lookback import archive


def errors(
    catalog: Catalog, names: list[str] | None = None, fitting: Collection[str] = frozenset(), ask: Ask = at_once
) -> list[str]:
    """Return every error of tables as a line, see `problems`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> errors(open_catalog(), ["plans"])
        []
    """
    return list(map(str, problems(catalog, names, fitting, ask)))


def problems(
    catalog: Catalog, names: list[str] | None = None, fitting: Collection[str] = frozenset(), ask: Ask = at_once
) -> list[Problem | str]:
    """Return every error of tables (all by default); what rests on broken tables is not looked at.

    What is wrong in the same way in several rows is one problem.

    Args:
        catalog: the tables.
        names: which of them.
        fitting: files that are known to fit their schemas (`data/plans.csv`).
        ask: how a part of the check is asked for: `tanfeng.data.check.at_once`, or `kept`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> problems(open_catalog(), ["plans"])
        []
    """
    broken = check_tables(catalog, names, fitting, ask)
    found: list[Any] = []
    for tables, part in PARTS:
        if _usable(broken) and not found and tables & set(names or catalog.tables) and _can_tell(catalog, names, part):
            found = list(ask(part, catalog))
    return [*gathered(broken), *(gathered(found) if all(isinstance(one, Problem) for one in found) else found)]


def _usable(problems: list[Problem]) -> bool:
    """Whether figures can be looked at: a row to paste is missing at most."""
    return all(problem.paste for problem in problems)


def _can_tell(catalog: Catalog, names: list[str] | None, part: Ask) -> bool:
    """Whether a part can tell: slips are found by figures of other tables, which must be good themselves."""
    others = [name for name in catalog.tables if name not in names] if names and part is lookback.check else []
    return not others or _usable(check_tables(catalog, others))


def _corrections(catalog: Catalog) -> list[str]:
    try:
        check_corrections(catalog)
    except ProjectError as error:
        return [error.args[0]]
    return []


def _settings(catalog: Catalog) -> list[str]:
    try:
        return settings.unknown(catalog.root, set(catalog.read("regions")["id"]))
    except ProjectError as error:
        return [str(error)]


PARTS: tuple[tuple[set[str], Callable[[Catalog], Iterable[Any]]], ...] = (
    ({"regions"}, _settings),
    ({"inventory"}, _corrections),
    (set(lookback.TABLES), lookback.check),
    ({archive.REGISTER, archive.FORM}, archive.check_frozen),
    ({"levers"}, levers.problems),
)
