"""The commands `outlook` and `skill`: what is likely, and how good forecasts made this way were in the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Output, Region, app, emit, formatted
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    import pandas as pd

POINTS = ["point", "lo80", "hi80", "lo95", "hi95"]


@app.command()
def outlook(
    region: Region = HOME,
    field: Annotated[str, typer.Option(help="A field of data/fields.csv with emissions, total, or all.")] = "total",
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    out: Output = None,
) -> None:
    """Write the outlook of a region, Mt CO2: median of 400 paths, intervals, probability that emissions have peaked.

    Years with published drivers are told by them; committed plants are in.
    """
    from tanfeng.outlook import paths

    catalog = common.catalog()
    rows = paths.table(catalog, region, field)
    digits = {**dict.fromkeys(POINTS, 2), "p_peaked_by": 4}
    emit(_shown(rows.round(digits), format), out)


@app.command()
def skill(
    cases: Annotated[bool, typer.Option("--cases", help="One row a past forecast instead.")] = False,
    field: Annotated[str, typer.Option(help="By origin: a field with emissions, or total.")] = "total",
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    out: Output = None,
) -> None:
    """Write how good forecasts of all provinces were, by the year they would have been made in.

    Told are those made as the outlook is, with the drivers of the first three years; the others are R1 on the series
    itself. No province is tested with what it taught. With --cases: region, field, origin, told, k (years ahead),
    outcome, point and intervals (Mt CO2).
    """
    from tanfeng.facts import emissions
    from tanfeng.outlook import origins

    catalog = common.catalog()
    known = [*emissions.emitting_fields(catalog), origins.TOTAL]
    if field not in known:
        raise ProjectError(f"field {field!r}: expected one of {', '.join(known)}")
    if cases:
        rows = origins.cases(catalog).round({"outcome": 4, **dict.fromkeys(POINTS, 4)})
    else:
        rows = origins.by_origin(catalog, field).round({
            **dict.fromkeys(["rmse_pct", "bias_pct"], 2), **dict.fromkeys(["coverage80", "coverage95", "score80"], 3)
        })  # fmt: skip
    emit(_shown(rows, format), out)
    if not cases:
        said = origins.peaks(catalog).assign(brier=lambda one: (one["said"] - one["came"]) ** 2)
        means = said.groupby("told")[["said", "came", "brier"]].mean()
        for told, row in means.iterrows():
            name = "as the outlook is made" if told else "R1 alone"
            common.note.print(
                f"no new maximum of the total in years 4 to 8, {name}: said {row['said']:.3f}, came {row['came']:.3f}, "
                f"Brier score {row['brier']:.3f}"
            )


def _shown(rows: pd.DataFrame, format: str) -> str:
    return rows.to_string(index=False) + "\n" if format == "table" else formatted(rows, format)
