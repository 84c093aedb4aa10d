"""From measures to wedges: what each takes off the reference in every year and path, in a stated order.

The reference is the 400 joint paths of the outlook. Counted are the measures with an expected effect whose first whole
year lies after the years the outlook is told by published drivers; what was due before is in the reference already or
is not shown to be done, and a measure without a date has no year to count in (`candidates` says which).

Order: demand first, then supply in the province, then imports, each by first year and number. A measure that makes
electricity takes the place of fossil power, at most of what the measures before it left; electricity that vehicles draw
is fossil power more. So a kWh counts the same wherever it comes from, and no ton is taken off twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.forecast import conformal
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import committed, paths, projection
from tanfeng.outlook.scenarios import BASELINE
from tanfeng.roadmap import effects
from tanfeng.targets import intensity

ACCOUNTS = intensity.ACCOUNTS
COUNTED, IN_REFERENCE, OVERDUE, NO_DATE = "counted", "in_reference", "overdue", "no_date"
STAGES = (COUNTED, NO_DATE, OVERDUE, IN_REFERENCE)
DEMAND, SUPPLY, IMPORT = "demand", "supply", "import"
ORDER = (DEMAND, SUPPLY, IMPORT)
FOSSIL, EAST_GRID = "co2_fossil_power_100000_2023", "co2_grid_east_china_2023"
POWER = "power_heat"
SIGNS = {"displaced": 1, "burnt": -1, "charged": -1}
LEVEL = 80


@dataclass(frozen=True)
class Size:
    """What a measure does in a full year; arrays of shape (draws,).

    Attributes:
        displaced: fossil electricity it takes the place of, TWh; below zero where it needs more.
        fuel: fuel CO2 it saves outside power, Mt CO2.
        imported: whether the electricity comes from outside the region.
    """

    displaced: Values
    fuel: Values
    imported: bool


@dataclass(frozen=True)
class Reference:
    """Emissions without further measures, arrays of shape (paths, years), Mt CO2: power and everything else."""

    power: Values
    other: Values

    @property
    def total(self) -> Values:
        """Everything together."""
        return self.power + self.other


@dataclass(frozen=True)
class Wedges:
    """What the counted measures take off the reference, in the order they are counted.

    Attributes:
        account: `direct` or `assessment`.
        years: years of the outlook.
        measures: numbers of the measures, in order.
        reference: shape (paths, years), Mt CO2.
        saved: shape (measures, paths, years), Mt CO2; below zero where a measure adds.
        remaining: shape (paths, years), Mt CO2: what is left, computed from fossil power left, fuel and imports.
        fossil: shape (measures + 1, paths, years): fossil power before the first and after each measure, TWh.
    """

    account: str
    years: tuple[int, ...]
    measures: tuple[str, ...]
    reference: Values
    saved: Values
    remaining: Values
    fossil: Values

    def at(self, year: int) -> int:
        """Return the place of a year.

        Raises:
            ProjectError: if the wedges do not reach it.
        """
        if year not in self.years:
            raise ProjectError(f"no wedge in {year}; expected a year from {self.years[0]} to {self.years[-1]}")
        return self.years.index(year)


@cached
def candidates(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the measures with an expected effect, in the order they are counted, and whether they are.

    Returns:
        Columns of `tanfeng.roadmap.effects.expected`, group (`demand`, `supply`, `import`) and stage: `counted`,
        `no_date`, `overdue` (due before the year of the tables and not shown to be done), `in_reference` (in years the
        outlook is told by published figures, or a committed plant).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = candidates(open_catalog(), "330000")
        >>> rows.loc[rows["stage"] == "counted", "id"].tolist()
        ['MT03', 'ME12']
    """
    rows = effects.expected(catalog, region)
    rows = rows[rows["reason"] == ""]
    told = projection.last_told(catalog, region, "total")
    groups = [_group(catalog, name) for name in rows["id"]]
    inside = set(committed.plants(catalog, region)["measure_id"])
    stages = [IN_REFERENCE if row["id"] in inside else _stage(row, told) for row in rows.to_dict("records")]
    rows = rows.assign(group=groups, stage=stages, order=[ORDER.index(one) for one in groups])
    rows = rows.sort_values(["order", "first_year", "id"], na_position="last")
    return rows.drop(columns="order").reset_index(drop=True)


def _group(catalog: Catalog, measure: str) -> str:
    terms = set(effects.factors(catalog, measure)["term"])
    if terms & {"fuel_saved", "charged"}:
        return DEMAND
    return IMPORT if "imported" in terms else SUPPLY


def _stage(row: dict[str, Any], told: int) -> str:
    if pd.isna(row["first_year"]):
        return NO_DATE
    if row["first_year"] <= told:
        return IN_REFERENCE
    return OVERDUE if row["state"] in {"not_shown", "not_proven", "short"} else COUNTED


def draws(catalog: Catalog, count: int, seed: int = projection.SEED) -> dict[str, Values]:
    """Return parameters drawn between low and high with the central value the likeliest (triangle), one a path.

    A parameter has the same draw in every measure, so measures that share one err together; one without limits stays.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> hours = draws(open_catalog(), 400)["full_load_hours_nuclear_330000"]
        >>> bool(hours.min() >= 7816), bool(hours.max() <= 8046)
        (True, True)
    """
    generator = np.random.default_rng(seed)
    found = {}
    for name, row in effects.parameters(catalog).sort_index().iterrows():
        low, central, high = (float(row[level]) for level in effects.LEVELS)
        chance = generator.random(count)
        limits = sorted((low, high))
        between = limits[0] < limits[1] and limits[0] <= central <= limits[1]
        found[str(name)] = _triangle(limits[0], central, limits[1], chance) if between else np.full(count, central)
    return found


def _triangle(low: float, middle: float, high: float, chance: Values) -> Values:
    """Return the quantiles of a triangular distribution."""
    share = (middle - low) / (high - low)
    left = low + np.sqrt(chance * (high - low) * (middle - low))
    return np.where(chance < share, left, high - np.sqrt((1 - chance) * (high - low) * (high - middle)))


def central(catalog: Catalog) -> dict[str, Values]:
    """Return the central value of every parameter, as one draw."""
    return {str(name): np.array([value]) for name, value in effects.parameters(catalog)["central"].items()}


def size(catalog: Catalog, row: dict[str, Any], drawn: dict[str, Values]) -> Size:
    """Return what a measure does in a full year at drawn parameters.

    Args:
        catalog: the tables.
        row: a row of `candidates`.
        drawn: result of `draws` or `central`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> row = candidates(catalog, "330000").set_index("id", drop=False).loc["ME01"].to_dict()
        >>> size(catalog, row, central(catalog)).displaced.round(2).tolist()
        [5.74]
    """
    own = effects.factors(catalog, row["id"])
    count = len(next(iter(drawn.values())))
    displaced, fuel = np.zeros(count), np.zeros(count)
    for term, rows in own.groupby("term", sort=False):
        if term in SIGNS:
            displaced = displaced + SIGNS[str(term)] * _product(catalog, row, rows, drawn, "TWh", "[energy]")
        elif term == "fuel_saved":
            fuel = fuel + _product(catalog, row, rows, drawn, "t", "[mass]") / units.T_PER_MT
    return Size(displaced, fuel, "imported" in set(own["term"]))


def _product(
    catalog: Catalog, row: dict[str, Any], rows: pd.DataFrame, drawn: dict[str, Values], unit: str, kind: str
) -> Values:
    """Return the last product of quantity and factors that is of a kind, in a unit."""
    passed = [units.quantity(catalog, row["quantity"], row["unit"])]
    for factor in rows.to_dict("records"):
        passed.append(passed[-1] * units.quantity(catalog, 1.0, factor["unit"]) * drawn[factor["parameter_id"]])
    found = [one for one in passed if one.check(kind)]
    if not found:
        raise ProjectError(f"measure {row['id']}: its factors give no {kind.strip('[]')}; see data/measure_factors.csv")
    return np.broadcast_to(found[-1].to(unit).magnitude, drawn[FOSSIL].shape).astype("float64")


def per_twh(catalog: Catalog, parameter: str) -> float:
    """Return a factor of `data/measure_parameters.csv` in Mt CO2 per TWh.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(per_twh(open_catalog(), FOSSIL), 4)
        0.8273
    """
    row = effects.parameters(catalog).loc[parameter]
    one = units.quantity(catalog, float(row["central"]), row["unit"]) * units.quantity(catalog, 1.0, "TWh")
    return float(one.to("t").magnitude) / units.T_PER_MT


def reference(catalog: Catalog, region: str, account: str = "direct", centre: bool = False) -> Reference:
    """Return the reference of an account: the joint paths of the outlook, or its centre as a single path.

    Power is the share of power and heat in the energy field in the last year with a breakdown, held; in the assessment
    account imports are added as `tanfeng.targets.intensity` takes them, and their median to the centre.

    Raises:
        ProjectError: if there is no such account, or the region lacks the figures.
    """
    if account not in ACCOUNTS:
        raise ProjectError(f"account must be one of {', '.join(ACCOUNTS)}; found {account!r}")
    found = paths.paths(catalog, region, paths.UNTIL, BASELINE)
    place = found.fields.index("energy")
    energy = found.middle[place][None] if centre else found.drawn[place]
    total = found.middle[-1][None] if centre else found.of("total")
    if account == "assessment":
        added = intensity.imports(catalog, region, list(found.years))
        total = total + (np.median(added, axis=0)[None] if centre else added)
    power = power_share(catalog, region) * energy
    return Reference(power, total - power)


@cached
def power_share(catalog: Catalog, region: str) -> float:
    """Return the share of power and heat in the emissions of the energy field, last year with a breakdown.

    Raises:
        ProjectError: if no year has one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(power_share(open_catalog(), "330000"), 2)
        0.97
    """
    rows = emissions.emissions(catalog, region, "subsector").query("field == 'energy'")
    broken = rows[rows["subsector"] == POWER]
    if broken.empty:
        raise ProjectError(f"data/inventory.csv, region {region}: no {POWER} in energy; expected a breakdown")
    own = rows[rows["year"] == broken["year"].max()]
    return float(own.loc[own["subsector"] == POWER, "co2_mt"].sum() / own["co2_mt"].sum())


def wedges(
    catalog: Catalog,
    region: str,
    account: str = "direct",
    measures: Sequence[str] | None = None,
    centre: bool = False,
) -> Wedges:
    """Return the wedges of the measures of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        account: `direct` or `assessment`; in the latter imports carry the factor of their grid.
        measures: numbers of counted measures in the order to take them; all in the stated order by default, `[]` for
            none.
        centre: the centre of the outlook at central factors, one path, in place of the joint paths.

    Raises:
        ProjectError: if a measure is not counted, or as `reference`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = wedges(open_catalog(), "330000", centre=True)
        >>> found.saved[:, 0, found.at(2030)].round(2).tolist()
        [-0.01, 29.78]
    """
    rows = candidates(catalog, region)
    rows = rows[rows["stage"] == COUNTED].set_index("id", drop=False)
    chosen = rows["id"].tolist() if measures is None else list(measures)
    unknown = [name for name in chosen if name not in rows.index]
    if unknown:
        raise ProjectError(f"measure {unknown[0]} has no wedge; counted are: {', '.join(rows.index) or 'none'}")
    return _wedges(catalog, region, account, tuple(chosen), centre)


@cached
def _wedges(catalog: Catalog, region: str, account: str, chosen: tuple[str, ...], centre: bool) -> Wedges:
    rows = candidates(catalog, region).set_index("id", drop=False).loc[list(chosen)]
    base = reference(catalog, region, account, centre)
    years = paths.paths(catalog, region, paths.UNTIL, BASELINE).years
    drawn = central(catalog) if centre else draws(catalog, conformal.PATHS)
    sizes = [size(catalog, row, drawn) for row in rows.to_dict("records")]
    runs = [np.array(years) >= int(first) for first in rows["first_year"]]
    return taken_off(catalog, account, years, chosen, base, sizes, runs)


def taken_off(
    catalog: Catalog,
    account: str,
    years: tuple[int, ...],
    chosen: tuple[str, ...],
    base: Reference,
    sizes: list[Size],
    runs: list[Any],
) -> Wedges:
    """Take measure after measure off the reference; what remains is computed from what is left, not by difference."""
    factor = per_twh(catalog, FOSSIL)
    carried = per_twh(catalog, EAST_GRID) if account == "assessment" else 0.0
    left, other, saved, fossil = base.power / factor, base.other, [], [base.power / factor]
    for one, running in zip(sizes, runs, strict=True):
        taken = np.minimum(one.displaced[:, None] * running, left)
        fuel = np.minimum(one.fuel[:, None] * running, other)
        brought = carried * taken if one.imported else np.zeros_like(taken)
        left, other = left - taken, other - fuel + brought
        saved.append(factor * taken + fuel - brought)
        fossil.append(left)
    stacked = np.stack(saved) if saved else np.zeros((0, *base.power.shape))
    return Wedges(account, years, chosen, base.total, stacked, factor * left + other, np.stack(fossil))


def table(catalog: Catalog, region: str, account: str = "direct") -> pd.DataFrame:
    """Return the wedges by measure and year: centre, and the interval of the paths.

    Returns:
        Columns measure (`reference` and `remaining` too), year, co2_mt (centre; what a measure takes off, Mt CO2),
        lo80, hi80. The centres add up: reference less measures is what remains.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = table(open_catalog(), "330000").pivot(index="year", columns="measure", values="co2_mt").loc[2030]
        >>> bool(abs(rows["reference"] - rows["remaining"] - rows.drop(["reference", "remaining"]).sum()) < 1e-9)
        True
    """
    middle, spread = wedges(catalog, region, account, centre=True), wedges(catalog, region, account)
    parts = [("reference", middle.reference, spread.reference)]
    parts += [(name, middle.saved[i], spread.saved[i]) for i, name in enumerate(middle.measures)]
    parts.append(("remaining", middle.remaining, spread.remaining))
    return pd.concat([_rows(name, middle.years, one[0], drawn) for name, one, drawn in parts], ignore_index=True)


def _rows(name: str, years: tuple[int, ...], middle: Values, drawn: Values) -> pd.DataFrame:
    low, high = np.quantile(drawn, [0.5 - LEVEL / 200, 0.5 + LEVEL / 200], axis=0)
    return pd.DataFrame({"measure": name, "year": years, "co2_mt": middle, "lo80": low, "hi80": high})


def order_effect(catalog: Catalog, region: str, year: int, account: str = "direct") -> pd.DataFrame:
    """Return what the order of counting does: each wedge in the stated order and in the reverse one.

    Returns:
        Columns measure, group, stated_mt, reversed_mt (mean of the paths, Mt CO2), capped (share of paths in which
        no fossil power is left after it in the stated order), left_twh (fossil power left after it, centre).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = order_effect(open_catalog(), "330000", 2035)
        >>> bool(0 <= rows["reversed_mt"].sum() - rows["stated_mt"].sum() + 0.01 < 0.02)
        True
    """
    stated = wedges(catalog, region, account)
    back = wedges(catalog, region, account, stated.measures[::-1])
    middle = wedges(catalog, region, account, centre=True)
    place = stated.at(year)
    groups = candidates(catalog, region).set_index("id")["group"]
    return pd.DataFrame(
        {
            "measure": stated.measures,
            "group": groups.loc[list(stated.measures)].to_numpy(),
            "stated_mt": stated.saved[:, :, place].mean(axis=1),
            "reversed_mt": back.saved[::-1, :, place].mean(axis=1),
            "capped": (stated.fossil[1:, :, place] <= 0).mean(axis=1),
            "left_twh": middle.fossil[1:, 0, place],
        }
    )
