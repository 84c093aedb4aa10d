"""Command on the roadmap: `roadmap`."""

from __future__ import annotations

from typing import Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, Region, app, emit, formatted, note
from tanfeng.data.project import ProjectError


@app.command()
def roadmap(
    region: Region = "330000",
    account: Annotated[str, typer.Option(help="direct or assessment (with imported electricity).")] = "direct",
    front: Annotated[
        bool, typer.Option("--front", help="The Pareto front: investment, emissions, dependence, residents.")
    ] = False,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write what each measure takes off the reference by year, Mt CO2, or with --front the ways to choose from.

    The reference less the measures is what remains. Measures are counted in a stated order, demand first, so that
    nothing counts twice; lo80 and hi80 are of the 400 paths.
    """
    from tanfeng.pages.reports import alternative_cards, roadmap_tables
    from tanfeng.roadmap import front as alternatives
    from tanfeng.roadmap import least_cost, wedges
    from tanfeng.roadmap.least_cost import options

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.catalog()
    if front:
        own = options(catalog, region, account)
        if not least_cost.own_targets(catalog, region, own):
            note.print(f"no way meets the targets of the region in the {account} account; the front leaves them out")
        rows = alternatives.scores(catalog, region, own, least_cost.front(catalog, region, account, steps=5))
        emit(alternative_cards.lines(rows, lang) if format == "table" else formatted(rows, format), out)
        return
    rows = roadmap_tables.export(catalog, wedges.table(catalog, region, account), lang)
    emit(roadmap_tables.lines(rows, catalog.as_of_year, lang) if format == "table" else formatted(rows, format), out)
