"""Commands on the tables: `data check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Failure, data_app, note
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog
    from tanfeng.data.problem import Problem


@data_app.command("check")
def data_check(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="TABLE", help="Tables to check, by name or file; all by default.")
    ] = None,
    severity: Annotated[
        str,
        typer.Option(metavar="LEVEL", help="Least severity to show: error, high, medium or low. Errors always are."),
    ] = "medium",
    known: Annotated[
        bool, typer.Option("--known", metavar="", help="Show also what data/series_warnings.csv explains.")
    ] = False,
) -> None:
    """Check every table: columns, types, keys, links, units, periods; then whether the figures are plausible.

    Exit status 1 only if a table has an error. Figures to look at are shown by severity and change nothing.

    What is found goes to stdout, the count of it to stderr.
    """
    from tanfeng.data.check import SEVERITIES

    if severity not in SEVERITIES:
        raise ProjectError(f"severity {severity!r}: expected {', '.join(SEVERITIES)}")
    catalog = common.catalog()
    names = [_table_name(catalog, name) for name in tables] if tables else None
    unknown = [name for name in names or () if name not in catalog.tables]
    if unknown:
        raise ProjectError(f"no table {unknown[0]!r}; there are: {', '.join(catalog.tables)}")
    found = problems(catalog, names, typer.echo)
    if found:
        raise Failure(f"{found} problems in the tables")
    _show(_plausible(catalog, names), SEVERITIES.index(severity), known)
    note.print(f"{len(names or catalog.tables)} tables are good")


def _table_name(catalog: Catalog, given: str) -> str:
    """Return the table that a name or a file in `data/` stands for; a file elsewhere is a wrong question."""
    path = Path(given)
    folders = {catalog.root / "data", catalog.root / "data" / "local"}
    if path.parent != Path() and path.resolve().parent not in {folder.resolve() for folder in folders}:
        raise ProjectError(f"{given} is not in data/ of this project; put it into data/local/ to check it")
    return path.stem


def _to_stderr(line: str) -> None:
    note.print(line, markup=False)


def problems(
    catalog: Catalog,
    names: list[str] | None,
    tell: Callable[[str], None] = _to_stderr,
    fitting: Collection[str] = frozenset(),
) -> int:
    """Tell every error of the tables, a line each, and return their number; `fitting` as in `check_tables`."""
    from tanfeng.publishing import validate

    found = validate.errors(catalog, names, fitting)
    for problem in found:
        tell(problem)
    return len(found)


def known_good(catalog: Catalog) -> bool:
    """Whether these tables, as they are, were found good before."""
    from tanfeng.publishing import checked, stale

    stale.forget()
    return checked.known_good(catalog.root)


def good_catalog() -> Catalog:
    """Open the tables for a command that judges: it refuses tables that `data check` finds an error in.

    That they are good is remembered by their content, as a build does.

    Raises:
        ProjectError: if a table has an error; each is told on stderr first.
    """
    from tanfeng.publishing import checked

    catalog = common.catalog()
    if known_good(catalog):
        return catalog
    found = problems(catalog, None, fitting=checked.fitting(catalog.root))
    if found:
        raise ProjectError(f"{found} problems in the tables: nothing is judged by them")
    with suppress(OSError):  # a folder that cannot be written to is checked again each time
        checked.remember_good(catalog.root)
    return catalog


def _plausible(catalog: Catalog, names: list[str] | None) -> list[Problem]:
    """Return the figures to look at in the tables asked for; a table that they rest on must be without error too."""
    from tanfeng.checks.figures import check_figures
    from tanfeng.data.check import check_tables

    if names and check_tables(catalog):
        note.print("another table has errors: figures were not checked (tanfeng data check names them)", markup=False)
        return []
    wanted = set(names or catalog.tables)
    return [problem for problem in check_figures(catalog, names) if Path(problem.file).stem in wanted]


def _show(found: list[Problem], least: int, known: bool) -> None:
    """Write the figures to look at down to a severity, and as a message one line that counts all of them."""
    from tanfeng.data.check import SEVERITIES

    shown = [one for one in found if SEVERITIES.index(one.severity) <= least and (known or not one.known)]
    for problem in shown:
        typer.echo(str(problem))
    counts = Counter(problem.severity for problem in found if not problem.known)
    parts = [f"{counts[name]} {name}" for name in SEVERITIES if name != "error"]
    explained = sum(bool(problem.known) for problem in found)
    note.print(f"0 errors; to look at: {', '.join(parts)}; known and explained: {explained}")
