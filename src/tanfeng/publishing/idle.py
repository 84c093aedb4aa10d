"""A build with nothing to do: told without the libraries of the reports and of the command line."""

from __future__ import annotations

import os
from pathlib import Path

from tanfeng.publishing import plan, stale
from tanfeng.publishing.plan import Report


def up_to_date(root: Path, out: Path, region: str, chosen: list[Report]) -> bool:
    """Whether the chosen pages and the index are up to date."""
    if any(stale.reasons(root, out, report) for report in chosen):
        return False
    return stale.index_is_current(root, out, plan.listed(root, region))


def message(out: Path, chosen: list[Report]) -> str:
    """Return what a build with nothing to do says."""
    return f"up to date: {len(chosen)} reports in {short(out)}/ (open {short(out)}/index.html)"


def short(path: Path) -> str:
    """Return a path as seen from the current folder."""
    return os.path.relpath(path)
