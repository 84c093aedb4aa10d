"""What the commands share: the application, its options, messages, and how an answer is written."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from tanfeng.data.project import ProjectError, find_root, reading_root
from tanfeng.data.settings import settings
from tanfeng.data.wording import said, say

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tanfeng 碳峰: the road of a province to the carbon peak.",
)
data_app = typer.Typer(no_args_is_help=True, help="The tables of the project.")
app.add_typer(data_app, name="data")
region_app = typer.Typer(no_args_is_help=True, help="Regions of the project.")
app.add_typer(region_app, name="region")
note = Console(stderr=True, highlight=False, soft_wrap=True)


def home(given: str) -> str:
    """Return the region asked for, by default the home region of the tables that are read."""
    with suppress(ProjectError):
        return given or settings(reading_root()).home
    return given


HOME = ""  # the home region of the settings
Region = Annotated[
    str,
    typer.Option(
        help="GB/T 2260 code of the region; home of data/settings.yaml by default.", callback=home, show_default=False
    ),
]
Output = Annotated[Path | None, typer.Option("--out", "-o", help="File to write to; stdout by default.")]


def spoken() -> str:
    """Return the language of messages: that of `--lang`, otherwise of the locale."""
    asked = sys.argv[1:]
    given = [one for flag, one in pairwise(asked) if flag == "--lang"]
    given += [one.partition("=")[2] for one in asked if one.startswith("--lang=")]
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next((one for one in [*given, *names] if one), "").lower().startswith("zh") else "en"


def tell(message: object) -> None:
    """Write a message to stderr, in the language of the user."""
    note.print(str(said(message, spoken())), markup=False)


class Failure(Exception):
    """The answer is no: exit status 1."""


def catalog(root: Path | None = None) -> Catalog:
    """Open the tables; pandas is loaded only here, so that a build with nothing to do stays quick.

    Outside a project they are the shipped ones, which is said.
    """
    from tanfeng.data.catalog import open_catalog

    opened = open_catalog(root)
    if root is None and not _in_a_project():
        tell(say(*NO_PROJECT, vintage=opened.vintage))
    return opened


def _in_a_project() -> bool:
    with suppress(ProjectError):
        return bool(find_root())
    return False


NO_PROJECT = (
    "当前不在项目文件夹内：读取随软件提供的数据（{vintage}）；建立自己的项目用tanfeng init",
    "not in a project folder: reading the tables that came with tanfeng ({vintage}); tanfeng init DIR begins a project",
)


def project() -> Catalog:
    """Open the tables of a project for a command that writes to it: the shipped ones are never changed."""
    return catalog(find_root())


def formatted(rows: Any, format: str) -> str:
    """Return a frame as CSV or JSON text."""
    from tanfeng.pages.table import csv

    if format == "csv":
        return csv(rows)
    if format == "json":
        return str(rows.to_json(orient="records", force_ascii=False, indent=1)) + "\n"
    raise ProjectError(f"format {format!r}: expected csv or json")


def emit(content: str | bytes, out: Path | None) -> None:
    """Write an answer to a file, or to stdout."""
    if out is not None:
        from tanfeng.publishing.publish import write

        write(out, content if isinstance(content, bytes) else content.encode())
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)


def refuse_terminal(out: Path | None, format: str) -> None:
    """Stop before a binary answer would go to a terminal."""
    if out is None and sys.stdout.isatty():
        raise ProjectError(f"{format} is no text for a terminal: name a file with -o/--out, or send stdout to a pipe")
