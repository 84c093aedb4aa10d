"""Write tests/frozen/: the copy of the tables that the tests rest on.

    python -m tests.freeze                  the whole copy anew, from data/
    python -m tests.freeze words units      these tables only

The copy holds every table of `data/` as it is, with the vintages and the corrections, and nothing of `data/local/` or
`data/scenarios/`. No row is left out: the league and the targets made up for the past rest on the whole panel,
inventory, observations and balance are more than half of the bytes, and git stores a file that is there twice once.

When to renew it: CONTRIBUTING.md. Never to make a test pass: the figures that tests expect are those of the copy, so a
test that fails on it tells of the code.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = Path(__file__).parent / "frozen" / "data"
PROJECT = ROOT / "build" / "frozen"
TODAY = ("src", "notebooks", "docs", "requirements.lock", "README.md", "README.zh-CN.md")
LINKS = {"data": COPY, **{name: ROOT / name for name in TODAY}}
LEFT_OUT = shutil.ignore_patterns("local", "scenarios", ".*", "~$*")


def freeze(names: list[str]) -> None:
    """Write the whole copy, or some tables of it, from `data/`."""
    if not names:
        shutil.rmtree(COPY, ignore_errors=True)
        shutil.copytree(ROOT / "data", COPY, ignore=LEFT_OUT)
    for name in names:
        file = name if Path(name).suffix else f"{name}.csv"
        if not (ROOT / "data" / file).is_file():
            sys.exit(f"no data/{file}; expected a table such as: words")
        shutil.copy(ROOT / "data" / file, COPY / file)


def project() -> Path:
    """Return the folder that joins the copy of the tables with the code and the notebooks of today.

    It lies in `build/`, so that what a command remembers there (that the tables are good) is kept, and holds links.
    """
    PROJECT.mkdir(parents=True, exist_ok=True)
    for name, target in LINKS.items():
        with suppress(FileExistsError):  # of the last run, or of another process that runs tests
            (PROJECT / name).symlink_to(os.path.relpath(target, PROJECT))
    return PROJECT


if __name__ == "__main__":
    freeze(sys.argv[1:])
