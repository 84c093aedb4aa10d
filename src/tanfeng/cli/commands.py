"""The command line: one command a question.

Exit status: 0 ok, 1 the answer is no (a check or a page failed), 2 the question was wrong. Tables go to stdout or
`--out`, everything else to stderr.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tanfeng import __version__
from tanfeng.cli import (  # noqa: F401  (they add their commands to the application)
    answers,
    build,
    data,
    figures,
    forecast,
    freeze,
    whatif,
)
from tanfeng.cli.common import Failure, app, note
from tanfeng.data.project import ProjectError


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"tanfeng {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; a wrong question ends with a plain message and exit status 2, a negative answer with 1."""
    try:
        app()
    except ProjectError as error:
        note.print(f"error: {error}", markup=False)
        sys.exit(2)
    except Failure as error:
        note.print(str(error), markup=False)
        sys.exit(1)
