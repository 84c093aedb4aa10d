"""The command line: one command a question.

Exit status: 0 ok, 1 the answer is no (a check or a page failed), 2 the question was wrong. Tables go to stdout or
`--out`, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from tanfeng import __version__
from tanfeng.cli import (  # noqa: F401  (they add their commands to the application)
    answers,
    build,
    data,
    export,
    figures,
    forecast,
    freeze,
    init,
    outlook,
    region,
    signoff,
    sites,
    whatif,
)
from tanfeng.cli.common import Failure, app, note, tell
from tanfeng.data.project import VARIABLE, ProjectError
from tanfeng.data.wording import say

PARSERS = {"yaml", "json", "_csv", "zipfile", "zlib"}


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"tanfeng {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    root: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"Project folder; by default that of {VARIABLE}, or the one around here."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    if root is not None:
        os.environ[VARIABLE] = str(root.resolve())  # for what a command starts too


def main() -> None:
    """Run the command line; a wrong question ends with a plain message and exit status 2, a negative answer with 1."""
    try:
        app()
    except ProjectError as error:
        tell(say("错误：{error}", "error: {error}", error=error.args[0] if error.args else ""))
        sys.exit(2)
    except Failure as error:
        tell(error.args[0] if error.args else "")
        sys.exit(1)
    except Exception as error:
        if not _of_a_file(error):
            raise
        note.print(f"error: {_file(error)}{' '.join(str(error).split())}", markup=False)
        sys.exit(2)


def _of_a_file(error: Exception) -> bool:
    """Whether this is the error of a file: it can not be opened, is no text, or a parser does not understand it."""
    return isinstance(error, OSError | UnicodeError) or type(error).__module__.partition(".")[0] in PARSERS


def _file(error: Exception) -> str:
    """Return the file that an error is about, for the beginning of a line: the last one that the code held."""
    if isinstance(error, OSError) and error.filename:
        return ""  # it says so itself
    frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
    paths = [value for names in frames for value in names.values() if isinstance(value, Path) and value.is_file()]
    return f"{paths[-1]}: " if paths else ""
