"""What a measure is expected to do: its quantity times factors with a source, for a full year.

A measure has a group of factors (a term) for each thing it changes, in `data/measure_factors.csv`; the units of
quantity and factors say whether electricity or CO2 comes out. Terms carry the sign and the accounts they count in.
Nothing is asserted: tonnes that a document states without a method are not taken over, and a measure without factors
says why.

Clean power and imports cut the direct account only where they take the place of fossil power in the province; that is
what `displaced` supposes, so each such effect is an upper one; of nuclear power the measured share counts
(`nuclear_share_of_thermal`). In the assessment account imports carry a factor of
their own, that of the East China grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.roadmap import registers

ACCOUNTS = ("direct", "assessment", "indirect")
LEVELS = ("low", "central", "high")
ELECTRICITY, CO2 = "TWh", "t"
TCE_KWH = "tce_coefficient_electricity_nbs"
EFFECTS = [
    *(f"electricity_twh_{level}" for level in LEVELS),
    *(f"energy_mtce_{level}" for level in LEVELS),
    *(f"{account}_mt_{level}" for account in ACCOUNTS for level in LEVELS),
]
KEPT = ["id", "field", "region", "zh", "en", "quantity", "unit", "kind", "by_year", "first_year", "state", "target_id"]


@dataclass(frozen=True)
class Term:
    """What a group of factors changes: the sign of its CO2 and the accounts it counts in."""

    sign: int
    accounts: tuple[str, ...]


TERMS = {
    "displaced": Term(-1, ("direct", "assessment")),
    "imported": Term(1, ("assessment",)),
    "burnt": Term(1, ("direct", "assessment")),
    "fuel_saved": Term(-1, ("direct", "assessment")),
    "charged": Term(1, ("indirect",)),
}


@cached
def parameters(catalog: Catalog) -> pd.DataFrame:
    """Return the parameters by id with low, central and high value and unit; a value not given is the central one.

    Values of a row that names an emission factor are those of `data/emission_factors.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = parameters(open_catalog()).loc["full_load_hours_nuclear_330000"]
        >>> row["unit"], [int(row[level]) for level in LEVELS]
        ('h', [7816, 7972, 8046])
    """
    rows = catalog.read("measure_parameters").set_index("id")
    factors = catalog.read("emission_factors").set_index("id")
    factors = factors.rename(columns={"lower": "low", "value": "central", "upper": "high"})
    for name, factor in rows.loc[rows["emission_factor_id"] != "", "emission_factor_id"].items():
        rows.loc[name, [*LEVELS, "unit", "source_id"]] = factors.loc[factor, [*LEVELS, "unit", "source_id"]]
    filled = {level: rows[level].astype("float64").fillna(rows["central"].astype("float64")) for level in LEVELS}
    return rows.assign(**filled)


def factors(catalog: Catalog, measure: str) -> pd.DataFrame:
    """Return the factors of a measure in order: term, step, parameter_id, zh, en, low, central, high, unit, source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> factors(open_catalog(), "ME12")["term"].tolist()
        ['displaced', 'imported']
    """
    rows = catalog.read("measure_factors")
    rows = rows[rows["measure_id"] == measure]
    rows = rows.assign(order=rows["term"].map(list(TERMS).index)).sort_values(["order", "step"]).drop(columns="order")
    known = parameters(catalog)[["zh", "en", *LEVELS, "unit", "source_id"]]
    return rows.join(known, on="parameter_id").drop(columns="measure_id").reset_index(drop=True)


def gross(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the effect of every measure that has factors, in full and as written, whatever became of it.

    Measures contain each other and some are in service already: never add these rows. `expected` says what is left.

    Args:
        catalog: the tables.
        region: GB/T 2260 code; the measures of its cities are included.

    Returns:
        Columns id, electricity_twh_* (made, delivered or used a year), energy_mtce_* (the same at the calorific value),
        direct_mt_*, assessment_mt_*, indirect_mt_* (Mt CO2 a year in that account; below zero is less CO2; missing
        where the measure does not touch the account), each for low, central and high factors, and sources.

    Raises:
        ProjectError: if the factors of a measure give neither electricity nor CO2.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = gross(open_catalog(), "330000").set_index("id")
        >>> rows.loc["ME01", ["electricity_twh_central", "direct_mt_central"]].round(2).tolist()
        [9.57, -4.75]
    """
    rows = registers.measures(catalog, region)
    computed = set(catalog.read("measure_factors")["measure_id"])
    found = [_effect_of_measure(catalog, row) for row in rows[rows["id"].isin(computed)].to_dict("records")]
    return pd.DataFrame(found, columns=["id", *EFFECTS, "sources"])


def _effect_of_measure(catalog: Catalog, row: dict[str, Any]) -> dict[str, Any]:
    own = factors(catalog, row["id"])
    effect: dict[str, Any] = {
        "id": row["id"],
        "sources": " ".join(dict.fromkeys([row["source_id"], *own["source_id"]])),
    }
    for level in LEVELS:
        effect |= {f"{name}_{level}": value for name, value in _level(catalog, row, own, level).items()}
    return effect


def _level(catalog: Catalog, row: dict[str, Any], own: pd.DataFrame, level: str) -> dict[str, float]:
    """Return electricity (TWh), energy (Mtce) and CO2 by account (Mt) of a measure at one level of its factors."""
    found: dict[str, float] = {}
    for name, rows in own.groupby("term", sort=False):
        term = TERMS[str(name)]
        electricity, tonnes = _product(catalog, row, rows, level)
        if electricity is not None:
            found["electricity_twh"] = electricity
            found["energy_mtce"] = electricity * _mtce_per_twh(catalog)
        for account in term.accounts:
            found[f"{account}_mt"] = found.get(f"{account}_mt", 0.0) + term.sign * tonnes / units.T_PER_MT
    return found


def _product(catalog: Catalog, row: dict[str, Any], rows: pd.DataFrame, level: str) -> tuple[float | None, float]:
    """Return the electricity on the way (TWh, None if there is none) and the CO2 (t) of a quantity times factors."""
    passed = [units.quantity(catalog, row["quantity"], row["unit"])]
    for factor in rows.to_dict("records"):
        passed.append(passed[-1] * units.quantity(catalog, factor[level], factor["unit"]))
    electricity = [one for one in passed if one.check("[energy]")]
    if not passed[-1].check("[mass]"):
        named = ", ".join(rows["parameter_id"])
        raise ProjectError(
            f"measure {row['id']}: {row['unit']} times {named} is {passed[-1].units:~}; expected a mass of CO2"
        )
    made = float(electricity[0].to(ELECTRICITY).magnitude) if electricity else None
    return made, float(passed[-1].to(CO2).magnitude)


@cached
def _mtce_per_twh(catalog: Catalog) -> float:
    row = catalog.read("emission_factors").set_index("id").loc[TCE_KWH]
    return float(
        (units.quantity(catalog, row["value"], row["unit"]) * units.quantity(catalog, 1.0, "TWh")).to("tce").magnitude
        / 1e6
    )


@cached
def expected(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every measure of a region with what is still expected of it, or the reason why nothing is.

    An effect is missing (and `reason` says why) where the measure has no factor, is contained in another that has an
    effect, is in service, or asks for what has been passed. What is left is as written and in full; `overlaps` names a
    measure that counts part of the same.

    Returns:
        Columns id, field, region, zh, en, quantity, unit, kind, by_year, first_year (first whole year of the effect,
        missing if not known), state, target_id, part_of, overlaps; those of `gross`; reason (id of the vocabulary
        without `no_effect_`, empty where there is an effect) and reason_item (the measure that contains it).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = expected(open_catalog(), "330000").set_index("id")
        >>> rows.loc[["ME12", "ME16", "ME17", "ME18", "ME52"], "reason"].tolist()
        ['', 'target_passed', 'target_passed', 'contained', 'who_pays']
        >>> rows.at["ME18", "reason_item"]
        'ME17'
    """
    rows = registers.measures(catalog, region)
    effects = gross(catalog, region).set_index("id")
    reasons = [_reason(catalog, row, set(effects.index)) for row in rows.to_dict("records")]
    named = rows[[*KEPT, "part_of", "overlaps"]].join(effects, on="id")
    named = named.assign(reason=[one for one, _ in reasons], reason_item=[item for _, item in reasons])
    named.loc[named["reason"] != "", EFFECTS] = float("nan")
    return named.assign(sources=named["sources"].fillna(rows["source_id"]))


def _reason(catalog: Catalog, row: dict[str, Any], computed: set[str]) -> tuple[str, str]:
    """Return why nothing is expected of a measure, and the measure that contains it."""
    whole = next((one for one in links.wholes(catalog, row["id"]) if one in computed), "")
    if whole:
        return "contained", whole
    if row["done"]:
        return "in_service", ""
    if row["state"] == "done" and row["kind"] != "reported":
        return "target_passed", ""
    return row["no_effect"], ""
