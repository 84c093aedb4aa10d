"""The IAMC format: model, scenario, region, variable, unit and a column a year, for pyam and scenario data bases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.outlook import paths

INDEX = ["Model", "Scenario", "Region", "Variable", "Unit"]
CO2, CO2_UNIT = "Emissions|CO2", "Mt CO2/yr"
INVENTORY, REFERENCE = "Inventory", "Reference"
PERCENTILES = {"point": 50.0, "lo80": 10.0, "hi80": 90.0, "lo95": 2.5, "hi95": 97.5}
SINCE = {"decrease_by": ("Change", -1.0), "increase_by": ("Increase", 1.0)}
Row = tuple[str, str, str, int, float]


def export(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return emissions by field, percentiles of the outlook and targets of a region in the IAMC format.

    Returns:
        Columns Model, Scenario (Inventory, Reference, and Targets with the plan), Region, Variable, Unit and one a
        year; a year without a figure is missing. Reductions are negative; draft and stretch values are left out.

    Raises:
        ProjectError: if the region has neither inventory nor targets.

    Source:
        Format: documentation of pyam, "The IAMC format" (wide layout).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = export(open_catalog(), "330000").set_index(["Scenario", "Variable"])
        >>> round(float(rows.loc[("Inventory", "Emissions|CO2"), 2022]), 1)
        440.7
    """
    found = [*_emissions(catalog, region), *_target_rows(catalog, region)]
    if not found:
        raise ProjectError(f"region {region!r} has neither emissions nor targets in the tables")
    rows = pd.DataFrame(found, columns=["Scenario", "Variable", "Unit", "year", "value"])
    rows = rows.assign(Model=f"Tanfeng {catalog.vintage}", Region=catalog.label("regions", region, "en"))
    wide = rows.set_index([*INDEX, "year"])["value"].unstack("year")  # noqa: PD010
    return wide.sort_index(axis=1).reset_index().rename_axis(columns=None)


def _emissions(catalog: Catalog, region: str) -> Iterator[Row]:
    if region not in set(catalog.read("inventory")["region"]):
        return
    for by in ("total", "field"):
        for row in emissions.emissions(catalog, region, by).itertuples(index=False):
            yield INVENTORY, _variable(catalog, row.field), CO2_UNIT, int(row.year), float(row.co2_mt)
    for row in paths.table(catalog, region, "all").to_dict("records"):
        for column, percentile in PERCENTILES.items():
            variable = f"{_variable(catalog, row['field'])}|{percentile}th Percentile"
            yield REFERENCE, variable, CO2_UNIT, int(row["year"]), float(row[column])
        yield REFERENCE, _variable(catalog, row["field"]), CO2_UNIT, int(row["year"]), float(row["point"])


def _variable(catalog: Catalog, field: str) -> str:
    return CO2 if field == "total" else f"{CO2}|{_plain(catalog.label('fields', field, 'en'))}"


def _target_rows(catalog: Catalog, region: str) -> Iterator[Row]:
    units = catalog.read("units").set_index("id")
    rows = catalog.read("targets")
    rows = rows[(rows["region"] == region) & (rows["variant"] == "firm") & (rows["same_as"] == "")]
    for row in rows.to_dict("records"):
        since, sign = SINCE.get(row["direction"], ("", 1.0))
        name = _plain(catalog.label("indicators", row["indicator"], "en"))
        kind = f"|{since} since {row['base_year']}" if since and not pd.isna(row["base_year"]) else ""
        unit = units.loc[row["unit"]]
        value = sign * float(row["target_value"]) * float(unit["en_factor"])
        plan = _plain(row["plan"] or "other")
        yield f"Targets {plan}", f"Target|{row['id']}|{name}{kind}", str(unit["en"]), int(row["target_year"]), value


def _plain(text: Any) -> str:
    """Return a name as a part of a variable: the bar stands between parts."""
    return re.sub(r"\s*\|\s*", " ", str(text)).strip()
