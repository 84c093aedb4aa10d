"""Command on the league: `league`."""

from __future__ import annotations

from typing import Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, app, emit, formatted
from tanfeng.data.project import ProjectError


@app.command("league")
def standings(
    by: Annotated[
        str | None,
        typer.Option(
            help="province: intensity (default), co2, per_head, per_gdp, decoupling, own_path; "
            "city: co2 (default), county_sum, per_head, per_gdp."
        ),
    ] = None,
    level: Annotated[str, typer.Option(help="province or city.")] = "province",
    region: Annotated[str, typer.Option(help="Province: marks its row, or whose cities are ranked.")] = "330000",
    first: Annotated[int | None, typer.Option("--from", help="First year; that of the measure by default.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="Last year; that of the measure by default.")] = None,
    field: Annotated[str, typer.Option(help="A field of data/fields.csv with emissions, or total.")] = "total",
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and notes: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Rank the provinces, or the cities of a province, by outcome, with 80 % rank intervals; the lowest is first.

    Regions that are not clearly behind the first of their group, and have its rank in their interval, share its place.
    """
    from tanfeng.facts import league
    from tanfeng.pages.reports import league as reports_league

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.catalog()
    by = by or {"city": "co2"}.get(level, "intensity")
    found = league.standings(catalog, by, level, region, first, last, field)
    if format == "table":
        emit(reports_league.lines(catalog, found, lang), out)
    else:
        emit(formatted(reports_league.export(catalog, found, lang), format), out)
