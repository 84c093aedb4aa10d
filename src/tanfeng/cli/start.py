"""The way in of the command: a build with nothing to do ends here, without the libraries of the others."""

from __future__ import annotations

import sys
from pathlib import Path

from tanfeng.data.project import find_root
from tanfeng.data.settings import settings
from tanfeng.publishing import plan, stale

VALUED = {"--region": "", "--lang": "all", "--out": "reports", "--jobs": "0", "--timeout": "900"}


def nothing_to_do(arguments: list[str]) -> str:
    """Return what a build with these arguments says if it has nothing to do; empty if it has, or for other commands."""
    if arguments[:1] != ["build"]:
        return ""
    given, names = dict(VALUED), []
    rest = iter(arguments[1:])
    for one in rest:
        if one in VALUED:
            given[one] = next(rest, "")
        elif one == "--cities":
            given[one] = one
        elif one.startswith("-"):
            return ""
        else:
            names.append(one)
    return _message(given, names)


def _message(given: dict[str, str], names: list[str]) -> str:
    if not given["--jobs"].isdigit() or not given["--timeout"].isdigit():
        return ""
    try:
        root = find_root()
        region = given["--region"] or settings(root).home
        chosen = plan.chosen(root, region, given["--lang"], names, "--cities" in given)
        out = Path(given["--out"])
        out = out.resolve() if out.is_absolute() else root / out
        return stale.message(out, chosen) if stale.all_up_to_date(root, out, region, chosen) else ""
    except Exception:  # the command itself says what is wrong
        return ""


def main() -> None:
    """Run the command line, see `tanfeng.cli.commands.main`."""
    said = nothing_to_do(sys.argv[1:])
    if said:
        print(said, file=sys.stderr)
        return
    from tanfeng.cli import commands

    commands.main()


if __name__ == "__main__":
    main()
