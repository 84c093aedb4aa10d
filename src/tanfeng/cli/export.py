"""The command `export`: emissions, outlook and targets for other tools."""

from __future__ import annotations

from typing import Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, Region, app, emit, formatted
from tanfeng.data.names import known

FORMATS = ("iamc",)
DIGITS = 6


@app.command()
def export(
    format: Annotated[str, typer.Option(help="iamc: model, scenario, region, variable, unit and a column a year.")] = (
        "iamc"
    ),
    region: Region = "330000",
    out: Output = None,
) -> None:
    """Write emissions by field, percentiles of the outlook and targets of a region as CSV that pyam reads."""
    known("format", format, FORMATS)
    from tanfeng.targets import iamc

    emit(formatted(iamc.export(common.catalog(), region).round(DIGITS), "csv"), out)
