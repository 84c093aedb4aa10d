"""That the tables were checked and found good: remembered by their content and that of the package."""

from __future__ import annotations

from pathlib import Path

from tanfeng.report import fingerprint, publish

FILE = Path("build", "checked")


def _now(root: Path) -> str:
    state = fingerprint.state(root)
    return fingerprint.joined({"data": state.data, "source": state.kinds["source"], "lock": state.kinds["lock"]})


def known_good(root: Path) -> bool:
    """Whether these tables, as they are, were found good by this package."""
    try:
        return (root / FILE).read_text(encoding="utf-8") == _now(root)
    except (OSError, UnicodeDecodeError):
        return False


def remember_good(root: Path) -> None:
    """Remember that the tables are good."""
    publish.write(root / FILE, _now(root).encode())
