"""The command `sites`: key emitters, what they explain, whom to ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Output, Region, app, emit, formatted
from tanfeng.data.names import known

if TYPE_CHECKING:
    import pandas as pd

    from tanfeng.data.catalog import Catalog

SHOWN = ("list", "parts", "concentration", "chase", "reconciliation")
DIGITS = {"co2_mt": 4, "generation_twh": 3, **dict.fromkeys(["own_mt", "value"], 4)}


@app.command()
def sites(
    region: Region = HOME,
    city: Annotated[str, typer.Option(help="Only a city of the region, by code.")] = "",
    year: Annotated[
        int, typer.Option(help="Year; by default the last with figures of sites, else that of the list.")
    ] = 0,
    show: Annotated[
        str,
        typer.Option(
            help="list; parts: what they explain by city or county; concentration; chase: whom to ask, by county; "
            "reconciliation: power plants beside the power sector."
        ),
    ] = "list",
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    out: Output = None,
) -> None:
    """Write the key emitters with their CO2: supplied, from energy, or from capacity, hours and benchmark.

    What no site explains is left; a row that may be the same plant as another is not counted.
    """
    catalog = common.catalog()
    rows = _rows(catalog, city or region, year or None, known("table", show, SHOWN))
    rows = rows.round({**dict.fromkeys(rows.columns[rows.columns.str.endswith("_pct")], 2), **DIGITS})
    emit(rows.to_string(index=False, na_rep="") + "\n" if format == "table" else formatted(rows, format), out)


def _rows(catalog: Catalog, region: str, year: int | None, show: str) -> pd.DataFrame:
    import pandas as pd

    from tanfeng.facts import sites as emitters

    if show == "reconciliation":
        found = asdict(emitters.reconciliation(catalog, region, year))
        found |= {f"capacity_gw_{fuel}": value for fuel, value in found.pop("capacity_gw").items()}
        return pd.DataFrame(found.items(), columns=["item", "value"])
    return {
        "list": emitters.sites,
        "parts": emitters.parts,
        "concentration": emitters.concentration,
        "chase": emitters.chase,
    }[show](catalog, region, year)
