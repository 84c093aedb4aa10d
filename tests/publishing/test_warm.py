"""What a build computes once: every step exists, runs on the real tables, and every group can be reached."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.publishing import warm


@pytest.mark.parametrize("group", warm.GROUPS)
def test_groups_come_from_the_first_and_have_known_steps(group: str) -> None:
    assert warm.chain(group)[0] == ""
    assert set(warm.GROUPS[group].steps) <= set(warm.STEPS)


def test_notebooks_and_groups_exist(root: Path) -> None:
    names = {path.stem for path in (root / "notebooks" / "reports").glob("*.ipynb")}
    assert set(warm.GROUP_OF) <= names
    assert {warm.group_of(name) for name in names} <= {"", *warm.GROUPS}


@pytest.mark.parametrize("name", warm.STEPS)
def test_every_step_runs(catalog: Catalog, name: str) -> None:
    """An error in a step would only make the build slower; here it is seen."""
    warm.STEPS[name](catalog, "330000")


def test_what_the_first_page_seldom_needs_is_imported_later() -> None:
    code = (
        "import sys; from tanfeng.publishing import warm; warm.libraries();"
        "print(sorted({'pandera', 'openpyxl', 'statsmodels.tsa', 'seaborn', 'tanfeng.pages.charts'}"
        " & set(sys.modules)));"
        "warm.later_libraries(); print(set(warm.LATER) <= set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.split("\n")[:2] == ["['seaborn', 'tanfeng.pages.charts']", "True"]
