"""The command `init`: a project folder of one's own, with the tables and notebooks of this version."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tanfeng import __version__
from tanfeng.cli.common import app, tell
from tanfeng.data.project import PACKAGE_FILE, ProjectError, shipped
from tanfeng.data.wording import say

STARTER = Path(__file__).parent / "starter"  # README, Makefile and list of what git ignores
NAMES = {"gitignore": ".gitignore"}
LEFT_OUT = shutil.ignore_patterns("local", "scenarios", "__pycache__", ".*", "~$*")


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; an empty one will do.")]) -> None:
    """Begin a project: a folder with tables, notebooks, settings, README and Makefile.

    A folder that holds anything is refused, and nothing is left half-written.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ProjectError(
            say(
                "{folder}：已有内容；请指定空文件夹或新文件夹",
                "{folder} is not empty; expected an empty folder or one to be made",
                folder=folder,
            )
        )
    if not (shipped() / PACKAGE_FILE).is_file():
        raise ProjectError(
            say(
                "tanfeng未附带{file}；请用wheel重新安装",
                "no {file} came with tanfeng; install it anew from its wheel",
                file=PACKAGE_FILE,
            )
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        made = Path(place, folder.name)
        _write(shipped(), made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    tell(
        say(
            "{folder}：项目已建立；进入该文件夹后运行tanfeng build",
            "{folder}: the project is there; go there and run tanfeng build",
            folder=folder,
        )
    )


def _write(source: Path, folder: Path) -> None:
    """Write a project, tables and notebooks as they are in another folder."""
    from tanfeng.data.datapackage import vintage

    for name in ("data", "notebooks"):
        shutil.copytree(source / name, folder / name, ignore=LEFT_OUT)
    shutil.copy(source / "requirements.lock", folder)
    values = {"{version}": __version__, "{vintage}": vintage(source)}
    for path in sorted(STARTER.iterdir()):
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(name, value)
        (folder / NAMES.get(path.name, path.name)).write_text(text, encoding="utf-8")
