"""Key emitters 重点排放单位: what each emits, which part of its county, city and province that explains, what is left.

Emissions are supplied, follow from supplied energy, or are told from capacity: capacity times full-load hours of the
province times the benchmark of the fuel, together no more than the thermal generation of the province in the year. A
row that may be the same plant as another is not counted. Inventories of cities and counties are other works than that
of the province: where the sites of a place exceed its inventory, the inventory is too low or counts them elsewhere.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import balance, emissions, factors, observations, tiers

COLUMNS = [
    "id", "zh", "en", "city", "county", "owner", "kind", "fuel", "capacity_mw", "as_of", "same_as", "year",
    "generation_twh", "energy_tce", "co2_mt", "basis", "status", "energy_target_tce", "co2_target_mt", "source_id",
]  # fmt: skip
PARTS = ["row", "id", "zh", "en", "sites", "co2_mt", "share_pct", "own_mt", "own_year", "own_pct"]
SUPPLIED, FROM_ENERGY, FROM_CAPACITY, SAME = "supplied", "from_energy", "from_capacity", "same_as"
POWER = ("power", "cogeneration")
FUELS = {"coal": "raw_coal", "gas": "natural_gas", "oil": "fuel_oil"}
THERMAL = ("generation_thermal", "generation_thermal_above_scale")
FLOWS = ["thermal_power", "heating"]
MW_HOURS_PER_TWH, T_PER_MT = 1e6, units.T_PER_MT
CITY, COUNTY, FIGURES, TARGET, OVER = "city", "county", "figures", "target", "over_target"


@dataclass(frozen=True)
class Reconciliation:
    """The sites whose emissions follow from capacity, beside what is known of the power sector of the province.

    Attributes:
        region, year: what it is about.
        capacity_gw: capacity of these sites by fuel.
        listed_twh, thermal_twh, left_twh: their generation, thermal generation of the province, and what is left.
        scale: factor on the full-load hours, below 1 where the sites would make more than the province.
        listed_mt: their CO2.
        power_heat_mt: power and heat in the inventory of the province.
        power_mt: of it power without heat, in the proportion of the energy balance; NaN where there is no balance.
        difference_pct: of the listed from power without heat, else from power and heat.
    """

    region: str
    year: int
    capacity_gw: dict[str, float]
    listed_twh: float
    thermal_twh: float
    left_twh: float
    scale: float
    listed_mt: float
    power_heat_mt: float
    power_mt: float
    difference_pct: float


def default_year(catalog: Catalog, region: str) -> int:
    """Return the last year with figures of sites of a region, else the year whose state the list describes.

    Raises:
        ProjectError: if the region has no sites.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> default_year(open_catalog(), "330000")
        2018
    """
    own = _listed(catalog, region)
    years = catalog.read("site_figures").query("site in @own.id")["year"]
    known = years if len(years) else own["as_of"].dropna()
    if known.empty:
        raise ProjectError(f"the sites of {region} have neither figures nor a year (as_of); give a year")
    return int(known.max())


def _listed(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = catalog.read("sites")
    rows = rows[(rows["region"] == region) | (rows["city"] == region)]
    if rows.empty:
        raise Absent(("重点排放单位", "key emitters"), "data/sites.csv", region)
    return rows.reset_index(drop=True)


def sites(catalog: Catalog, region: str, year: int | None = None) -> pd.DataFrame:
    """Return the key emitters of a province or city with their emissions in a year, the largest first.

    Args:
        catalog: the tables.
        region: GB/T 2260 code of a province or city.
        year: by default that of `default_year`.

    Returns:
        Columns id, zh, en, city, county, owner, kind, fuel, capacity_mw, as_of (year of the list), same_as, year,
        generation_twh, energy_tce, co2_mt (Mt CO2; missing where nothing tells it), basis (`supplied`, `from_energy`,
        `from_capacity`, `same_as`: counted with another row, or empty), status, energy_target_tce, co2_target_mt,
        source_id.

    Raises:
        ProjectError: if the region has no sites, or no year is given or known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = sites(open_catalog(), "330200")
        >>> rows["id"].iloc[0], rows["basis"].iloc[0], round(float(rows["co2_mt"].iloc[0]), 1)
        ('beilun', 'from_capacity', 22.6)
    """
    own = _listed(catalog, region)
    year = year or default_year(catalog, region)
    parts = [_province(catalog, str(one), year) for one in own["region"].unique()]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["id"].isin(own["id"])]
    return rows.sort_values(["co2_mt", "id"], ascending=[False, True], ignore_index=True)[COLUMNS]


@cached
def _province(catalog: Catalog, province: str, year: int) -> pd.DataFrame:
    """Return the sites of a whole province: hours are held to its thermal generation together."""
    figures = catalog.read("site_figures").query("year == @year").drop(columns=["year", "note_zh", "note_en"])
    rows = _listed(catalog, province).merge(figures, "left", left_on="id", right_on="site", suffixes=("", "_figures"))
    rows = rows.assign(year=year, co2_target_mt=rows["co2_target_t"] / T_PER_MT)
    made = _by_capacity(catalog, province, year, rows[rows["kind"].isin(POWER) & (rows["same_as"] == "")])
    ways = {
        SUPPLIED: rows["co2_t"] / T_PER_MT,
        FROM_ENERGY: pd.Series([_from_energy(catalog, row) for row in rows.to_dict("records")], index=rows.index),
        FROM_CAPACITY: made["co2_mt"].reindex(rows.index),
    }
    known = pd.DataFrame(ways).where(rows["same_as"] == "")
    basis = known.notna().idxmax(axis=1).where(known.notna().any(axis=1), "").mask(rows["same_as"] != "", SAME)
    given, told = basis.isin([SUPPLIED, FROM_ENERGY]), basis == FROM_CAPACITY
    stays = given & ((basis == SUPPLIED) | (rows["status"] == observations.INTERNAL))
    sources = [rows["source_id"], rows["source_id_figures"].where(given, ""), made["sources"].reindex(rows.index)]
    every = pd.concat([sources[0], sources[1], sources[2].where(told, "")], axis=1)
    return rows.assign(
        basis=basis,
        co2_mt=known.bfill(axis=1).iloc[:, 0],
        generation_twh=made["generation_twh"].reindex(rows.index).where(told),
        scale=made["scale"].reindex(rows.index).where(told),
        status=rows["status"].where(stays, "estimate"),
        source_id=[observations.joined(row) for _, row in every.iterrows()],
    )


def _from_energy(catalog: Catalog, row: dict[str, Any]) -> float:
    """Return the CO2 (Mt) of the energy a site used, as its main fuel; missing where that is not known."""
    fuel = FUELS.get(row["fuel"])
    if pd.isna(row["energy_tce"]) or fuel is None:
        return float("nan")
    use = "power" if row["kind"] in POWER else "industry"
    found = factors.combustion(catalog, "ceads", fuel, use, "tce")
    return float("nan") if found is None else float(row["energy_tce"] * found.value / T_PER_MT)


def _by_capacity(catalog: Catalog, province: str, year: int, rows: pd.DataFrame) -> pd.DataFrame:
    """Return generation (TWh), CO2 (Mt) and sources of power plants by capacity, of those whose fuel has factors."""
    found: dict[Any, tuple[float, float, str]] = {}
    for at, row in rows.dropna(subset="capacity_mw").iterrows():
        try:
            hours = factors.nearest(catalog, "full_load_hours", row["fuel"], province)
            factor = factors.nearest(catalog, "power_benchmark", row["fuel"], province)
        except ProjectError:  # no hours or factor: the site stays without emissions
            continue
        twh = row["capacity_mw"] * hours["value"] / MW_HOURS_PER_TWH
        found[at] = (twh, twh * factor["value"], f"{hours['source_id']} {factor['source_id']}")  # kg/kWh: Mt/TWh
    made = pd.DataFrame.from_dict(found, orient="index", columns=["generation_twh", "co2_mt", "sources"])
    thermal, total = _thermal(catalog, province, year), made["generation_twh"].sum()
    scale = min(1.0, thermal / total) if len(made) and thermal else 1.0
    return made.assign(generation_twh=made["generation_twh"] * scale, co2_mt=made["co2_mt"] * scale, scale=scale)


def _thermal(catalog: Catalog, province: str, year: int) -> float:
    """Return the thermal generation of a province in a year, TWh; 0 where it is not published."""
    for name in THERMAL:
        rows = observations.yearly(catalog, name, province)
        rows = rows[rows["year"] == year] if len(rows) else rows
        if len(rows):
            return float(rows["value"].iloc[0] * units.factor(catalog, str(rows["unit"].iloc[0]), "TWh"))
    return 0.0


def reconciliation(catalog: Catalog, province: str, year: int | None = None) -> Reconciliation:
    """Return the power plants told from capacity beside thermal generation and the power sector of the inventory.

    Raises:
        ProjectError: if the province has no sites, or no inventory of the year with power and heat.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = reconciliation(open_catalog(), "330000")
        >>> found.year, 40 < found.capacity_gw["coal"] < 45, abs(found.difference_pct) < 15
        (2018, True, True)
    """
    if province not in set(catalog.read("sites")["region"]):
        raise ProjectError(f"{province} is no province with sites; plants are held against the power sector of one")
    year = year or default_year(catalog, province)
    rows = _province(catalog, province, year).query("basis == @FROM_CAPACITY")
    sector = emissions.emissions(catalog, province, "subsector").query("year == @year and subsector == 'power_heat'")
    if sector.empty:
        raise ProjectError(f"data/inventory.csv has no power and heat of region {province} in {year}")
    both, share = float(sector["co2_mt"].sum()), _power_share(catalog, province, year)
    thermal, made = _thermal(catalog, province, year), float(rows["generation_twh"].sum())
    listed = float(rows["co2_mt"].sum())
    against = both * share if share == share else both
    return Reconciliation(
        region=province,
        year=year,
        capacity_gw={str(fuel): float(part / 1000) for fuel, part in rows.groupby("fuel")["capacity_mw"].sum().items()},
        listed_twh=made,
        thermal_twh=thermal,
        left_twh=thermal - made,
        scale=float(rows["scale"].max()),
        listed_mt=listed,
        power_heat_mt=both,
        power_mt=both * share,
        difference_pct=100 * (listed / against - 1),
    )


def _power_share(catalog: Catalog, province: str, year: int) -> float:
    """Return the share of power in the CO2 of power and heat by the energy balance; NaN where there is none."""
    try:
        rows = balance.shipped(catalog, province, year)
        power, heat = (
            balance.emissions(catalog, rows[rows["flow"] == flow], cement=False).rows["co2_mt"].sum() for flow in FLOWS
        )
    except ProjectError:
        return float("nan")
    return float(power / (power + heat))


def parts(catalog: Catalog, region: str, year: int | None = None) -> pd.DataFrame:
    """Return what the sites explain of a province by city, or of a city by county; the rows add up to the region.

    Returns:
        Columns row (`part`; `unplaced`: sites of which the part is not known; `left`: what no site explains; `whole`),
        id, zh, en, sites, co2_mt, share_pct (of the region), own_mt and own_year (inventory of the part itself, of the
        nearest year), own_pct (share of it that sites explain; above 100 the inventories differ).

    Raises:
        ProjectError: if the region has no sites or no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = parts(open_catalog(), "330200").set_index("row")
        >>> bool(abs(rows.loc[["part", "unplaced", "left"], "co2_mt"].sum() - rows.at["whole", "co2_mt"]) < 1e-9)
        True
    """
    rows = sites(catalog, region, year)
    year = int(rows["year"].iloc[0])
    names, column = _below(catalog, region)
    whole, whole_year = _inventory(catalog, region, year)
    if whole != whole:
        raise ProjectError(f"the tables have no inventory of {region}, which its sites could explain")
    rows = rows[rows["same_as"] == ""]
    sums = rows.groupby(column)["co2_mt"].agg(["sum", "size"])
    found = [{"row": "part", "id": one.id, "zh": one.zh, "en": one.en} for one in names.itertuples()]
    for row in found:
        own, own_year = _inventory(catalog, row["id"], year)
        row |= {"sites": sums["size"].get(row["id"], 0), "co2_mt": sums["sum"].get(row["id"], 0.0)}
        row |= {"own_mt": own, "own_year": own_year}
    elsewhere = rows[~rows[column].isin(names["id"])]
    found.append({"row": "unplaced", "sites": len(elsewhere), "co2_mt": elsewhere["co2_mt"].sum()})
    found.append({"row": "left", "co2_mt": whole - rows["co2_mt"].sum()})
    found.append({"row": "whole", "sites": len(rows), "co2_mt": whole, "own_mt": whole, "own_year": whole_year})
    table = pd.DataFrame(found).reindex(columns=PARTS).astype({"sites": "Int64", "own_year": "Int64"})
    table[["id", "zh", "en"]] = table[["id", "zh", "en"]].fillna("")
    own = table["co2_mt"].where(table["row"] != "whole", rows["co2_mt"].sum())
    return table.assign(share_pct=100 * table["co2_mt"] / whole, own_pct=100 * own / table["own_mt"])


def _below(catalog: Catalog, region: str) -> tuple[pd.DataFrame, str]:
    """Return the cities of a province or the counties of a city, and the column of a site that names them."""
    regions = catalog.read("regions")
    if (regions["parent"] == region).any():
        return regions[regions["parent"] == region], CITY
    return catalog.read("counties").query("city == @region"), COUNTY


def _inventory(catalog: Catalog, place: str, year: int) -> tuple[float, int | None]:
    """Return the inventory of a province, city or county of the nearest year, and that year; NaN if it has none."""
    regions = catalog.read("regions").set_index("id")
    level = regions.at[place, "level"] if place in regions.index else COUNTY
    if level == "province":
        known = place in set(catalog.read("inventory")["region"])
        rows = emissions.series(catalog, place, "total") if known else pd.DataFrame(columns=["year", "co2_mt"])
    elif level == CITY:
        rows = tiers.city_inventories(catalog, str(regions.at[place, "parent"])).query("region == @place")
    else:
        rows = catalog.read("county_inventory").query("county == @place")
    if rows.empty:
        return float("nan"), None
    row = rows.loc[(rows["year"] - year).abs().idxmin()]
    return float(row["co2_mt"]), int(row["year"])


def concentration(catalog: Catalog, region: str, year: int | None = None) -> pd.DataFrame:
    """Return how few sites make up most: sites with emissions by size, with their shares added up.

    Returns:
        Columns rank, id, zh, en, co2_mt, share_pct (of all sites), cumulative_pct, explained_pct (cumulative, of the
        inventory of the region in the nearest year; missing where it has none).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = concentration(open_catalog(), "330000")
        >>> round(float(rows["cumulative_pct"].iloc[-1]), 6), bool(rows["share_pct"].is_monotonic_decreasing)
        (100.0, True)
    """
    rows = sites(catalog, region, year).dropna(subset="co2_mt").reset_index(drop=True)
    share = 100 * rows["co2_mt"] / rows["co2_mt"].sum()
    whole = _inventory(catalog, region, int(rows["year"].iloc[0]))[0] if len(rows) else float("nan")
    rows = rows.assign(rank=range(1, len(rows) + 1), share_pct=share, cumulative_pct=share.cumsum())
    rows = rows.assign(explained_pct=100 * rows["co2_mt"].cumsum() / whole)
    return rows[["rank", "id", "zh", "en", "co2_mt", "share_pct", "cumulative_pct", "explained_pct"]]


def chase(catalog: Catalog, region: str, year: int | None = None) -> pd.DataFrame:
    """Return the list to chase 督查清单: by city and county, sites of which something is missing or above its target.

    Returns:
        Columns city, county, id, zh, en, year, co2_mt, missing: what to ask for or act on, separated by spaces: `city`,
        `county` (where it lies), `figures` (nothing is reported or supplied of the year), `target` (none is set),
        `over_target` (emissions or energy above it); largest first within a county.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> chase(open_catalog(), "330300")["missing"].tolist()[:1]
        ['county figures target']
    """
    rows = sites(catalog, region, year)
    rows = rows[rows["same_as"] == ""].assign(missing=lambda every: every.apply(_missing, axis=1))
    rows = rows[rows["missing"] != ""].sort_values(
        ["city", "county", "co2_mt", "id"], ascending=[True, True, False, True], ignore_index=True
    )
    return rows[["city", "county", "id", "zh", "en", "year", "co2_mt", "missing"]]


def _missing(row: pd.Series) -> str:
    said = {
        CITY: not row["city"],
        COUNTY: not row["county"],
        FIGURES: row["basis"] not in {SUPPLIED, FROM_ENERGY},
        TARGET: pd.isna(row["co2_target_mt"]) and pd.isna(row["energy_target_tce"]),
        OVER: met(row) is False,
    }
    return " ".join(name for name, true in said.items() if true)


def met(site: Mapping[Hashable, Any] | pd.Series) -> bool | None:
    """Say whether a site (row of `sites`) kept to its targets; None where none is set or nothing is reported of it.

    Example:
        >>> row = {"co2_mt": 2.5, "co2_target_mt": 2.4, "energy_tce": None, "energy_target_tce": None}
        >>> met({**row, "basis": "supplied"}), met({**row, "basis": "from_capacity"})
        (False, None)
    """
    pairs = [(site["co2_mt"], site["co2_target_mt"]), (site["energy_tce"], site["energy_target_tce"])]
    known = [value <= target for value, target in pairs if pd.notna(value) and pd.notna(target)]
    return all(known) if known and site["basis"] in {SUPPLIED, FROM_ENERGY} else None
