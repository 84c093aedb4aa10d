"""Commands on regions: `region add`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, emit, note, region_app
from tanfeng.cli.lock import alone
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog

CODE = re.compile(r"[1-9][0-9]{3}00")
HOME_LINE = 'home: "{code}"\n'


@region_app.command("add")
def region_add(
    code: Annotated[str, typer.Argument(help="GB/T 2260 code of a province or city, such as 440000.")],
    zh: Annotated[str, typer.Option(help="Its Chinese name, if the tables do not have it.")] = "",
    en: Annotated[str, typer.Option(help="Its English name.")] = "",
    home: Annotated[bool, typer.Option("--home", help="Make it the home region (data/local/settings.yaml).")] = False,
    lang: Annotated[str, typer.Option(help="Language of the workbook: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Add a region: its rows in data/local/, and a workbook of the usual targets and their figures to fill in.

    Next: fill in CODE.xlsx, `tanfeng data import CODE.xlsx`, `tanfeng targets --region CODE`.
    """
    from tanfeng.pages import region_sheets

    if lang not in {"zh", "en"}:
        raise ProjectError(f"language {lang!r}: expected zh or en")
    catalog = common.project()
    path = out or Path(f"{code}.xlsx")
    if path.exists():
        raise ProjectError(f"{path} is there already; it may be filled in: move it, or name another file with --out")
    settings_of_its_own = catalog.root / "data" / "local" / "settings.yaml"
    if home and settings_of_its_own.exists():
        raise ProjectError(f"data/local/settings.yaml is there already; write {HOME_LINE.format(code=code)!r} into it")
    _ensure(catalog, code, zh, en)
    if home:
        settings_of_its_own.parent.mkdir(exist_ok=True)
        settings_of_its_own.write_text(HOME_LINE.format(code=code), encoding="utf-8")
        note.print("data/local/settings.yaml: the home region")
    emit(region_sheets.workbook(catalog, code, lang), path)
    note.print(f"{path}: targets and figures to fill in; then tanfeng data import {path}", markup=False)


def _ensure(catalog: Catalog, code: str, zh: str, en: str) -> None:
    """Write the row of a region that has none; the files are read, so that nothing is kept from before."""
    import pandas as pd

    from tanfeng.checks.importing import local
    from tanfeng.data.catalog import files, read_text_table

    table = catalog.tables["regions"]
    known = pd.concat([read_text_table(path) for _, path in files(catalog, table)]).set_index("id")
    if code in known.index:
        return
    if not CODE.fullmatch(code):
        raise ProjectError(f"code {code!r}: expected six digits of a province or city, such as 440000 or 440100")
    if not (zh and en):
        raise ProjectError(f"data/regions.csv has no region {code}; give its names with --zh and --en")
    level = "province" if code.endswith("0000") else "city"
    parent = "100000" if level == "province" else f"{code[:2]}0000"
    if parent not in known.index:
        raise ProjectError(f"{code} lies in {parent}, which the tables do not have: add that first")
    grid = "" if level == "province" else known.at[parent, "grid"]
    row = {"id": code, "zh": zh, "en": en, "level": level, "parent": parent, "grid": grid}
    with alone(catalog.root):
        joined = local.join(catalog, "regions", pd.DataFrame([row], columns=table.columns))
        wrong = local.rehearse(catalog, {"regions": joined.rows})
        if wrong:
            raise ProjectError("; ".join(map(str, wrong)))
        local.write(catalog.root, {"regions": joined.rows})
    note.print(f"data/local/regions.csv: {zh} ({code})", markup=False)
