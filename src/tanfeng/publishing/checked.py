"""That the tables were checked and found good: remembered by their content and that of the package."""

from __future__ import annotations

import json
from pathlib import Path

from tanfeng.data.project import SHIPPED
from tanfeng.publishing import publish, stale

FILE = Path("build", "checked.json")
DEFINITION = "data/datapackage.json"
CHECKS = "tanfeng.publishing.validate"


def place(root: Path) -> Path:
    """Return where it is remembered: in the project, and of the shipped tables in the caches of the user."""
    if root != SHIPPED:
        return root / FILE
    import platformdirs

    return platformdirs.user_cache_path("tanfeng", appauthor=False) / FILE.name


def _now(root: Path) -> tuple[str, dict[str, str]]:
    """Return the hash of what the check itself rests on, and those of the files it looks at."""
    state = stale.state(root)
    basis = {name: state.of(name) for name in (stale.LOCK, DEFINITION)} | {"source": state.code(frozenset({CHECKS}))}
    return stale.joined(basis), state.below("data/")


def _found_good(root: Path) -> dict[str, str]:
    """Return the files that were found good, all together, by this package, with their hashes."""
    try:
        basis, files = json.loads(place(root).read_text(encoding="utf-8"))
        return dict(files) if basis == _now(root)[0] else {}
    except (OSError, ValueError, TypeError):
        return {}


def known_good(root: Path) -> bool:
    """Whether these tables, as they are, were found good by this package."""
    return _found_good(root) == _now(root)[1]


def fitting(root: Path) -> frozenset[str]:
    """Return the files (`data/plans.csv`) that were found to fit their schemas and are as they were."""
    return frozenset(name for name, _ in _found_good(root).items() & _now(root)[1].items())


def remember_good(root: Path) -> None:
    """Remember that the tables are good, if nothing was written since this command began."""
    if not stale.state(root).written(["data"]):
        publish.write(place(root), json.dumps(_now(root)).encode())


def errors(root: Path) -> dict[str, list[str]]:
    """Return every error of the tables; what was found good before, and is as it was, is not looked at."""
    from tanfeng.data import check
    from tanfeng.data.catalog import Catalog
    from tanfeng.publishing import validate

    return {"errors": validate.errors(Catalog(root), None, fitting(root), check.kept)}
