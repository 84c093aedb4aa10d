"""The project without its internal figures, for pages that may be passed on.

It is a folder of links, `build/public/`, that counts as a project: only the tables with internal figures, and their
sources, are files of its own. What a page was made from, and what is kept of earlier runs, then follows from contents.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tanfeng.data.catalog import Catalog, files, read_text_table
from tanfeng.facts.observations import INTERNAL
from tanfeng.publishing import pdf, plan, publish
from tanfeng.publishing.render import INTERNAL_CLASS

FOLDER = Path("build", "public")
LINKED = ("src", "notebooks", "requirements.lock")
MARKED = {"observations": "status", "site_figures": "status", "sources": "licence"}  # the column that says internal


def without_internal(root: Path) -> Path:
    """Return the project without its internal figures: the project itself if it has none.

    Raises:
        ProjectError: if a table cannot be read.
        OSError: if the folder cannot be written.

    Example:
        >>> without_internal(Path.cwd()) == Path.cwd()
        True
    """
    changed = {path: content for path, content in _marked(root)}
    if not changed:
        return root
    view = root / FOLDER
    view.mkdir(parents=True, exist_ok=True)
    for name in (one for one in LINKED if (root / one).exists()):
        _link(root / name, view / name)
    wanted = set()
    for folder, _, names in os.walk(root / "data", followlinks=True):
        for name in names:
            path = Path(folder, name)
            place = view / path.relative_to(root)
            if path in changed:
                place = place.with_suffix(".csv")
            wanted.add(place)
            _put(path, place, changed.get(path))
    for path in [path for path in (view / "data").rglob("*") if path.is_symlink() or path.is_file()]:
        if path not in wanted:
            path.unlink()
    return view


def _marked(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the files with internal rows, and each as it is without them."""
    catalog = Catalog(root)
    sources, sites = catalog.read("sources"), catalog.read("sites")
    own = set(sources.loc[sources["licence"] == INTERNAL, "id"])
    listed = {"sites": ("source_id", own), "site_figures": ("site", set(sites.loc[sites["source_id"].isin(own), "id"]))}
    for name in dict.fromkeys([*MARKED, *listed]):
        for _, path in files(catalog, catalog.tables[name]):
            rows = read_text_table(path)
            hidden = pd.Series(False, index=rows.index)
            for column, values in ((MARKED.get(name), {INTERNAL}), listed.get(name, (None, set()))):
                hidden |= rows[column].isin(values) if column in rows else False
            if hidden.any():
                yield path, rows[~hidden].to_csv(index=False, lineterminator="\n").encode()


def _put(path: Path, place: Path, content: bytes | None) -> None:
    """Link to a file, or write what it is without internal rows."""
    if content is None:
        _link(path, place)
    elif place.is_symlink() or not place.is_file() or place.read_bytes() != content:
        publish.write(place, content)


def _link(path: Path, place: Path) -> None:
    """Make a link to a file or folder, or a copy where the system makes no links."""
    if place.is_symlink() and place.readlink() == path:
        return
    if place.is_symlink() or place.is_file():
        place.unlink()
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(path)
    except OSError:
        if path.is_dir():
            shutil.copytree(path, place, dirs_exist_ok=True)
        else:
            shutil.copy2(path, place)


def unfit(root: Path, out: Path) -> list[str]:
    """Return the pages in a folder that rest on internal figures, and the PDFs of pages as they no longer are.

    Args:
        root: project folder.
        out: folder of the pages.

    Example:
        >>> unfit(Path.cwd(), Path("no_such_folder"))
        []
    """
    pages = [path for path in sorted(out.glob("*/*.html")) if INTERNAL_CLASS in path.read_text(encoding="utf-8")]
    printed = [pdf.pdf(out, one) for one in pdf.stale(out, plan.listed(root, plan.ALL))]
    return [path.relative_to(out).as_posix() for path in [*pages, *(path for path in printed if path.is_file())]]
