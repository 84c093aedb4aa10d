"""Commands on the tables: `data check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Failure, data_app, note
from tanfeng.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.catalog import Catalog


@data_app.command("check")
def data_check(
    tables: Annotated[
        list[str] | None, typer.Argument(help="Tables to check, by name or file; all by default.")
    ] = None,
) -> None:
    """Check every table: columns, types, allowed values, keys, links, units, periods. Exit status 1 if one is wrong."""
    catalog = common.catalog()
    names = [_table_name(catalog, name) for name in tables] if tables else None
    unknown = [name for name in names or () if name not in catalog.tables]
    if unknown:
        raise ProjectError(f"no table {unknown[0]!r}; there are: {', '.join(catalog.tables)}")
    found = problems(catalog, names)
    if found:
        raise Failure(f"{found} problems in the tables")
    note.print(f"{len(names or catalog.tables)} tables are good")


def _table_name(catalog: Catalog, given: str) -> str:
    """Return the table that a name or a file in `data/` stands for; a file elsewhere is a wrong question."""
    path = Path(given)
    folders = {catalog.root / "data", catalog.root / "data" / "local"}
    if path.parent != Path() and path.resolve().parent not in {folder.resolve() for folder in folders}:
        raise ProjectError(f"{given} is not in data/ of this project; put it into data/local/ to check it")
    return path.stem


def problems(catalog: Catalog, names: list[str] | None) -> int:
    """Print every problem of the tables and return their number."""
    from tanfeng.checks import check_tables
    from tanfeng.corrections import check_corrections

    found = [str(problem) for problem in check_tables(catalog, names)]
    if not found and "inventory" in (names or catalog.tables):
        try:
            check_corrections(catalog)
        except ProjectError as error:
            found = [str(error)]
    for problem in found:
        note.print(problem, markup=False)
    return len(found)
