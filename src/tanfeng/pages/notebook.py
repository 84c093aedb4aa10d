"""Report notebooks run by hand: text cells show their numbers below the code that computed them.

In a build, text cells are filled before the notebook runs (see `tanfeng.publishing.notebook`). In JupyterLab and under
papermill they stay as they are written, so `%load_ext tanfeng` shows each of them once more, filled, in the language of
the page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from IPython.display import display

from tanfeng.pages.page import Page

HOOK = "_tanfeng_texts"
FOLDER = Path("notebooks", "reports")
Cell = dict[str, Any]


def texts_after(root: Path, name: str, source: str, lang: str) -> list[Cell]:
    """Return the text cells with placeholders that follow a code cell of a report notebook, up to the next code cell.

    Args:
        root: project folder.
        name: of the notebook, without suffix.
        source: the code of the cell.
        lang: `zh` or `en`.

    Example:
        >>> texts_after(Path(), "peak", "no such cell", "zh")
        []
    """
    path = root / FOLDER / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    codes = [number for number, cell in enumerate(cells) if cell["cell_type"] == "code"]
    for number, following in zip(codes, [*codes[1:], len(cells)], strict=True):
        if "".join(cells[number]["source"]) == source:
            return [cell for cell in cells[number + 1 : following] if _to_fill(cell, lang)]
    return []


def _to_fill(cell: Cell, lang: str) -> bool:
    tags = cell["metadata"].get("tags", ())
    return lang in tags and ("answer" in tags or "{{" in "".join(cell["source"]))


def shown(page: Page, cell: Cell, values: dict[str, Any]) -> Any:
    """Return a text cell with its numbers, as the page shows it."""
    fill = page.answer if "answer" in cell["metadata"]["tags"] else page.prose
    return fill("".join(cell["source"]), values)


def load(shell: Any) -> None:
    """Show text cells with their numbers from now on; `%load_ext tanfeng` calls this."""

    def after(result: Any) -> None:
        page = shell.user_ns.get("page")
        if isinstance(page, Page) and result.success:
            name = page.slug.partition("-")[0]  # a report for each field is one notebook
            for cell in texts_after(page.catalog.root, name, result.info.raw_cell, page.lang):
                display(shown(page, cell, shell.user_ns))

    unload(shell)
    shell.events.register("post_run_cell", after)
    shell.user_ns[HOOK] = after


def unload(shell: Any) -> None:
    """Show them no more; `%unload_ext tanfeng` calls this."""
    after = shell.user_ns.pop(HOOK, None)
    if after is not None:
        shell.events.unregister("post_run_cell", after)
