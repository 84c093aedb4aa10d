"""The command `export`: emissions, outlook and targets for other tools."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Output, Region, app, emit, formatted
from tanfeng.data.names import known

FORMATS = ("iamc",)
DIGITS = 6


@app.command()
def export(
    format: Annotated[str, typer.Option(help="iamc: model, scenario, region, variable, unit and a column a year.")] = (
        "iamc"
    ),
    region: Region = HOME,
    out: Output = None,
) -> None:
    """Write emissions by field, percentiles of the outlook and targets of a region for pyam: CSV, or `.xlsx`."""
    known("format", format, FORMATS)
    from tanfeng.targets import iamc

    rows = iamc.export(common.catalog(), region).round(DIGITS)
    workbook = out is not None and out.suffix.lower() == ".xlsx"
    emit(_workbook(rows) if workbook else formatted(rows, "csv"), out)


def _workbook(rows: Any) -> bytes:
    """Return the rows as a workbook with the one sheet `data`."""
    from tanfeng.pages.spreadsheet import Sheet, SheetColumn, write

    columns = [SheetColumn(str(name), "number" if str(name).isdigit() else "text") for name in rows.columns]
    cells = rows.astype(object).where(rows.notna(), None).to_numpy().tolist()
    return write([Sheet("data", columns, cells)], "en")
