"""The command `data figures`: today's figures, written into the documents that state them."""

from __future__ import annotations

from typing import Annotated

import typer

from tanfeng.cli.common import Failure, data_app, note
from tanfeng.cli.data import good_catalog
from tanfeng.data.project import ProjectError, find_root


@data_app.command("figures")
def data_figures(
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Write nothing; exit status 1 if a document is out of date.")
    ] = False,
) -> None:
    """Write today's key figures to docs/figures.csv, into both READMEs, and answers, counts and tables into docs/.

    Key figures are taken from reports/tables/ where the page is up to date, and computed where it is not.
    """
    from tanfeng.publishing import documents
    from tanfeng.publishing.publish import write

    if not (find_root() / documents.FILE).is_file():
        raise ProjectError(f"no {documents.FILE.as_posix()} here: the documents are those of the repository of tanfeng")
    catalog = good_catalog()
    if own := catalog.local_rows():
        raise ProjectError(f"data/local/ holds {', '.join(own)}; the documents state the figures of the shipped tables")
    today = documents.contents(catalog)
    changed = [path for path, content in today.items() if documents.read(catalog.root, path) != content]
    for path in changed:
        typer.echo(path.as_posix())
        if not check:
            write(catalog.root / path, today[path].encode())
    if check and changed:
        raise Failure(f"{len(changed)} documents do not state today's figures; run `make figures`")
    note.print(f"{len(changed)} documents changed" if changed else "every document states today's figures")
