"""From an energy balance to CO2: what is burnt in each field, times the factor of its fuel.

Burnt is final use, less what industry uses as feedstock, and the input of thermal power and heat supply. Input of
refining, coking and the like becomes another fuel and is not counted, nor are losses. The cement process is added from
cement output. A balance does not say which part of industry's fuel the energy industries use themselves (refineries,
own use of power plants): all of it is in `industry` here, while CEADs puts it into `energy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tanfeng.data import numbers, units
from tanfeng.data.catalog import Catalog, read_text_table
from tanfeng.data.project import ProjectError
from tanfeng.facts import factors
from tanfeng.facts.factors import Factor
from tanfeng.facts.observations import yearly

COLUMNS = ["region", "year", "flow", "fuel", "value", "unit"]
DETAIL = ["region", "year", "field", "subsector", "fuel_group"]
OUT = [*DETAIL, "co2_mt", "status"]
REST_FUEL, REST_SHARE = "briquettes", 0.001  # smaller differences are rounding
BASE_UNITS = {"mass": "t", "volume": "10^4 m3", "energy_tce": "tce", "energy_heat": "tce", "energy_electric": "tce"}
FLOW_SUMS, NOT_FUEL = ("final", "total_consumption"), ("electricity", "heat", "other_energy")
STATUS = "estimate"  # a published quantity times a factor
CEMENT_UNIT, CEMENT_INDICATOR = "10^4 t", "cement_output"
SHOWN = 20


@dataclass(frozen=True)
class Inventory:
    """CO2 computed from a balance, and what of the balance needs a remark.

    Attributes:
        rows: region, year, field, subsector, fuel_group, co2_mt (Mt CO2), status.
        remarks: region, year, flow, fuel, value, unit, reason. Not counted: `no_factor`, `output` (a positive figure in
            power and heat, where inputs are negative), `negative` (a negative final use), `only_total` (a total of
            fuels without any of them), `only_sum` (a sum of flows without any of them), `parts_exceed` (parts larger
            than their sum), `no_cement_output`. Counted: `rest_of_total` (coal that is in the total of a flow and in
            none of its fuels, taken as briquettes), `rest_of_sum` (households beyond town and country).
        sources: ids of the sources of the factors used.
    """

    rows: pd.DataFrame
    remarks: pd.DataFrame
    sources: tuple[str, ...]


def read(catalog: Catalog, path: Path) -> pd.DataFrame:
    """Read a balance from a CSV or XLSX file and check it.

    Args:
        catalog: the tables (code lists of regions, flows, fuels and units).
        path: file with the columns region, year, flow, fuel, value, unit; others are ignored.

    Returns:
        The six columns; year as a whole number, value as a float in `unit`.

    Raises:
        ProjectError: if the file cannot be read, or with every cell that is not as expected (row, column).

    Example:
        >>> import tempfile
        >>> from tanfeng.data.catalog import open_catalog
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "balance.csv")
        ...     shipped(open_catalog(), "330000", 2021).to_csv(path, index=False)
        ...     len(read(open_catalog(), path))
        199
    """
    rows = read_text_table(path)
    missing = [column for column in COLUMNS if column not in rows.columns]
    if missing:
        raise ProjectError(f"{path.name}, row 1: no column {', '.join(missing)}; expected {', '.join(COLUMNS)}")
    if rows.empty:
        raise ProjectError(f"{path.name}: no row below the header; expected one row a flow and fuel")
    problems = [f"{path.name}, {problem}" for problem in _problems(catalog, rows)]
    if problems:
        more = f"\n... and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise ProjectError("\n".join(problems[:SHOWN]) + more)
    values = [numbers.parse(cell) for cell in rows["value"]]
    figures = rows[COLUMNS].assign(year=rows["year"].astype("int64"), value=[float(one or 0) for one in values])
    return figures[[one is not None for one in values]].reset_index(drop=True)


def _problems(catalog: Catalog, rows: pd.DataFrame) -> Iterator[str]:
    for column, table in (("region", "regions"), ("flow", "flows"), ("fuel", "fuels")):
        known = set(catalog.read(table)["id"])
        yield from _named(rows, column, ~rows[column].isin(known), f"an id of data/{table}.csv")
    dimensions = catalog.read("units").set_index("id")["dimension"]
    measured = rows["unit"].map(dimensions).isin(list(BASE_UNITS))
    yield from _named(rows, "unit", ~measured, "a unit of energy, mass or volume such as 10^4 t")
    yield from _named(rows, "year", ~rows["year"].str.fullmatch(r"(19|20)[0-9]{2}"), "a year such as 2021")
    yield from _named(rows, "value", ~rows["value"].map(_is_number), "a number")
    again = rows.duplicated(COLUMNS[:4])
    yield from _named(rows, "fuel", again, "each region, year, flow and fuel once")


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, or a mark for no figure; an empty cell in a list of figures is a slip."""
    try:
        numbers.parse(cell)
    except ValueError:
        return False
    return bool(cell.strip())


def _named(rows: pd.DataFrame, column: str, wrong: pd.Series, expected: str) -> Iterator[str]:
    for index in rows.index[wrong]:
        found = rows.at[index, column]
        yield f"row {index + 2}, column {column}: found {found!r}; expected {expected}"


def shipped(catalog: Catalog, region: str, year: int) -> pd.DataFrame:
    """Return a balance of the project's own tables (see `read` for the columns).

    Raises:
        ProjectError: if the tables have no balance of the region and year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(shipped(open_catalog(), "330000", 2021))
        199
    """
    rows = catalog.read("energy_balance")
    rows = rows[(rows["region"] == region) & (rows["year"] == year)]
    if rows.empty:
        raise ProjectError(f"data/energy_balance.csv has no balance of region {region} in {year}")
    return rows[COLUMNS].astype({"year": "int64"}).reset_index(drop=True)


def emissions(catalog: Catalog, rows: pd.DataFrame, factor_set: str = "ceads", cement: bool = True) -> Inventory:
    """Return the CO2 of a balance by field, subsector and fuel group.

    Args:
        catalog: the tables.
        rows: a balance with the columns of `read`; inputs of power and heat are negative, as in the yearbook.
        factor_set: see `tanfeng.facts.factors.combustion`.
        cement: add the cement process of years whose cement output is in the tables.

    Raises:
        ProjectError: if there is no such factor set; if feedstock is negative or larger than the use it is taken from;
            if a total and its fuels are in units that do not compare; if nothing could be counted.

    Source:
        Method: IPCC 2006, volume 2, chapter 2 (activity x net calorific value x carbon content x oxidation x 44/12).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> found = emissions(catalog, shipped(catalog, "330000", 2021)).rows.groupby("field")["co2_mt"].sum()
        >>> round(float(found["transport"]), 2)
        29.7
    """
    every = pd.concat([rows.assign(told=""), _rest(catalog, rows)], ignore_index=True)
    burnt, used = _weighed(catalog, _burnt(catalog, every), factor_set)
    made = _cement(catalog, rows) if cement else _cement(catalog, rows.iloc[:0])
    counted = pd.concat([burnt[burnt["reason"] == ""], made[made["reason"] == ""]], ignore_index=True)
    if counted.empty:
        raise ProjectError("nothing of the balance could be counted: it has no final use or power input of a fuel")
    sums = counted.groupby(DETAIL, as_index=False, sort=True)["co2_mt"].sum()
    _refuse_negative(counted[counted["told"] == ""], "fuel")  # it would hide among the others of its group
    _refuse_negative(sums, "fuel_group")
    told = burnt.assign(reason=burnt["reason"].where(burnt["reason"] != "", burnt["told"]))
    remarks = [told, made, _uncounted(catalog, rows, burnt)]
    remarks = [part.loc[part["reason"] != "", [*COLUMNS, "reason"]] for part in remarks]
    sources = {source for factor in used for source in factor.sources}
    sources |= set(factors.cement_process(catalog).sources) if (made["reason"] == "").any() else set()
    return Inventory(sums.assign(status=STATUS)[OUT], pd.concat(remarks, ignore_index=True), tuple(sorted(sources)))


def _uncounted(catalog: Catalog, rows: pd.DataFrame, burnt: pd.DataFrame) -> pd.DataFrame:
    """Return totals of fuels and sums of flows of which no part is counted, and none was turned into another fuel."""
    flows = catalog.read("flows").set_index("id")
    groups = rows["fuel"].map(catalog.read("fuels").set_index("id")["fuel_group"])
    total = (groups == "") & ~rows["fuel"].isin(NOT_FUEL)
    roles, fields = rows["flow"].map(flows["role"]), rows["flow"].map(flows["field"])
    counted = _places(burnt, burnt["flow"]) | _places(burnt, burnt["field"])  # of a sum, parts of its field
    where = rows["flow"].where(roles != "sum", fields)
    members = catalog.read("identities").query("kind == 'fuels'").groupby("whole")["part"].agg(set)
    parts = rows["fuel"].map(members)
    place = zip(rows["region"], rows["year"], where, strict=True)
    told = [_overlap(counted.get(key, set()), part) for key, part in zip(place, parts, strict=True)]
    only_total = total & roles.isin(["final", "power_heat", "sum"]) & ~pd.Series(told, rows.index, dtype="bool")
    only_sum = (groups != "") & rows["flow"].isin(FLOW_SUMS) & ~_among(rows, burnt) & ~_turned(catalog, rows)
    reason = pd.Series("", index=rows.index).mask(only_total, "only_total").mask(only_sum, "only_sum")
    return rows.assign(reason=reason)


def _places(burnt: pd.DataFrame, where: pd.Series) -> dict[tuple[str, int, str], set[str]]:
    """Return the fuels burnt by region, year and flow (or field)."""
    found: dict[tuple[str, int, str], set[str]] = {}
    for region, year, place, fuel in zip(burnt["region"], burnt["year"], where, burnt["fuel"], strict=True):
        found.setdefault((region, year, place), set()).add(fuel)
    return found


def _overlap(there: set[str], parts: Any) -> bool:
    """Whether one of the parts is there; any fuel is a part of a total whose parts are not listed."""
    return bool(there & parts if isinstance(parts, set) else there)


def _turned(catalog: Catalog, rows: pd.DataFrame) -> pd.Series:
    """Mark total consumption that was put into conversion or lost, but for rounding."""
    place = ["region", "year", "fuel"]
    inputs = set(catalog.read("identities").query("whole == 'transformation_total'")["part"])
    used = rows[(rows["flow"].isin(inputs) & (rows["value"] < 0)) | (rows["flow"] == "losses")]
    sums = used["value"].abs().groupby([used[name] for name in place]).sum()
    gone = [sums.get(key, 0.0) for key in rows[place].itertuples(index=False, name=None)]
    left = rows["value"] - gone
    return (rows["flow"] == FLOW_SUMS[1]) & (left <= REST_SHARE * rows["value"].abs())


def _among(rows: pd.DataFrame, burnt: pd.DataFrame) -> pd.Series:
    """Mark the rows of which the region, year and fuel are among those burnt."""
    place = ["region", "year", "fuel"]
    known = set(burnt[place].itertuples(index=False, name=None))
    return pd.Series([key in known for key in rows[place].itertuples(index=False, name=None)], rows.index, dtype="bool")


def absent(catalog: Catalog, rows: pd.DataFrame, factor_set: str = "ceads") -> pd.DataFrame:
    """Return the fuels that a factor set knows and a balance has no figure of, by region and year.

    Returns:
        Columns region, year, fuel.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> absent(catalog, shipped(catalog, "330000", 2021))["fuel"].tolist()[:3]
        ['briquettes', 'cleaned_coal', 'other_washed_coal']
    """
    known = sorted(set(factors.available(catalog, factor_set)["item"]) & set(catalog.read("fuels")["id"]))
    places = rows.groupby(["region", "year"])["fuel"].agg(set)
    found = [(*place, fuel) for place, fuels in places.items() for fuel in known if fuel not in fuels]
    return pd.DataFrame(found, columns=["region", "year", "fuel"])


def _weighed(catalog: Catalog, burnt: pd.DataFrame, factor_set: str) -> tuple[pd.DataFrame, list[Factor]]:
    """Return what is burnt with co2_mt and, where it is not counted, the reason; and the factors used."""
    keys = list(burnt[["fuel", "use", "unit"]].itertuples(index=False, name=None))
    found = {key: factors.combustion(catalog, factor_set, *key) for key in dict.fromkeys(keys)}
    tonnes = [factor.value if (factor := found[key]) else 0.0 for key in keys]
    reason = pd.Series(["" if found[key] else "no_factor" for key in keys], index=burnt.index, dtype="str")
    below = (burnt["activity"] < 0) & (burnt["role"] != "feedstock")
    reason = reason.mask(below, "negative").mask(below & (burnt["role"] == "power_heat"), "output")
    reason = reason.mask(burnt["told"] == "parts_exceed", "parts_exceed")
    weighed = burnt.assign(co2_mt=burnt["activity"] * tonnes / units.T_PER_MT, reason=reason)
    return weighed, [factor for factor in found.values() if factor]


def _burnt(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are burnt (or feedstock, to be taken off) with field, use and activity."""
    flows = catalog.read("flows").set_index("id")[["role", "field", "subsector", "use"]]
    groups = catalog.read("fuels").set_index("id")["fuel_group"]
    joined = rows.join(flows, on="flow").assign(fuel_group=rows["fuel"].map(groups))
    joined = joined[(joined["role"] != "") & (joined["fuel_group"] != "")]
    joined = _without_parts(catalog, joined)
    sign = joined["role"].map({"final": 1.0, "sum": 1.0, "power_heat": -1.0, "feedstock": -1.0}).astype("float64")
    _refuse_feedstock(joined)
    return joined.assign(activity=joined["value"] * sign).query("activity != 0")


def _based(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in t, 10^4 m3 or tce: what is of one kind may be added and subtracted."""
    dimensions = catalog.read("units").set_index("id")["dimension"]
    base = rows["unit"].map(dimensions).map(BASE_UNITS)
    pairs = {pair: _scale(catalog, *pair) for pair in set(zip(rows["unit"], base, strict=True))}
    scale = [pairs[pair] for pair in zip(rows["unit"], base, strict=True)]
    return rows.assign(value=rows["value"] * scale, unit=base)


def _scale(catalog: Catalog, unit: str, base: str) -> float:
    return float((units.quantity(catalog, 1.0, unit) / units.quantity(catalog, 1.0, base)).to("").magnitude)


def _rest(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the coal totals of flows have beyond their fuels, as rows of the fuel `REST_FUEL`."""
    place = ["region", "year", "flow"]
    total_of = catalog.read("fuels").set_index("id")["part_of"]
    based = _based(catalog, rows.assign(total=rows["fuel"].map(total_of)))
    parts = based[based["total"] == total_of[REST_FUEL]]
    totals = based[based["fuel"] == total_of[REST_FUEL]]
    both = totals.merge(parts, on=place, how="left", suffixes=("", "_part"))
    _refuse_kinds(both)
    told = both.groupby(place)["value_part"].sum()
    found = totals.set_index(place)
    rest = found.assign(value=found["value"] - told, told="rest_of_total", fuel=REST_FUEL)
    listed = set(parts.loc[parts["fuel"] == REST_FUEL, place].itertuples(index=False, name=None))
    large = rest["value"].abs() > REST_SHARE * found["value"].abs()
    return rest[large & ~rest.index.isin(list(listed))].reset_index()[[*COLUMNS, "told"]]


def _refuse_kinds(both: pd.DataFrame) -> None:
    wrong = both[both["unit_part"].notna() & (both["unit"] != both["unit_part"])]
    if len(wrong):
        row = wrong.iloc[0]
        raise ProjectError(
            f"{row['region']}, {row['year']}, {row['flow']}: {row['fuel']} is in {row['unit']} and "
            f"{row['fuel_part']} in {row['unit_part']}; a total and its fuels must both be energy or both be mass"
        )


def _without_parts(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which a sum (residential) is less its parts (urban, rural), and left out where nothing remains."""
    place = ["region", "year", "field", "fuel"]
    based = _based(catalog, rows)
    parts = based[based["role"] == "final"].groupby([*place, "unit"])["value"].sum()
    sums = based[based["role"] == "sum"]
    told = pd.Series([parts.get((*key, unit), 0.0) for *key, unit in sums[[*place, "unit"]].itertuples(index=False)])
    rest = sums["value"].to_numpy() - told.to_numpy(dtype="float64")
    marked = sums.assign(value=rest, told=_remark(sums["told"], told.to_numpy(dtype="float64"), rest))
    remains = abs(rest) > REST_SHARE * sums["value"].abs().to_numpy()
    return pd.concat([rows[rows["role"] != "sum"], marked[remains]], ignore_index=True)


def _remark(told: pd.Series, parts: Any, rest: Any) -> list[str]:
    return [
        own if part == 0 else "parts_exceed" if left < 0 else "rest_of_sum"
        for own, part, left in zip(told, parts, rest, strict=True)
    ]


def _cement(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cement process of the regions and years of a balance, in the columns of `_weighed`."""
    places = rows[["region", "year"]].drop_duplicates().itertuples(index=False)
    made = [_cement_row(catalog, str(place.region), int(place.year)) for place in places]
    return pd.DataFrame(made, columns=[*COLUMNS, "field", "subsector", "fuel_group", "co2_mt", "reason"])


def _cement_row(catalog: Catalog, region: str, year: int) -> dict[str, Any]:
    known = yearly(catalog, CEMENT_INDICATOR, region).set_index("year")["value"]
    place = {"region": region, "year": year, "flow": "", "fuel": "", "unit": CEMENT_UNIT, "field": "industry"}
    process = {**place, "subsector": "nonmetallic_minerals", "fuel_group": "cement_process"}
    if year not in known.index:
        return {**process, "value": float("nan"), "co2_mt": float("nan"), "reason": "no_cement_output"}
    tonnes = float(known[year]) * units.factor(catalog, CEMENT_UNIT, "t")
    return {
        **process,
        "value": known[year],
        "co2_mt": tonnes * factors.cement_process(catalog).value / units.T_PER_MT,
        "reason": "",
    }


def _refuse_feedstock(rows: pd.DataFrame) -> None:
    wrong = rows[(rows["role"] == "feedstock") & (rows["value"] < 0)]
    if len(wrong):
        row = wrong.iloc[0]
        raise ProjectError(
            f"{row['region']}, {row['year']}, {row['flow']}, {row['fuel']}: found {row['value']:g} {row['unit']}; "
            "expected zero or more, it is taken off final use"
        )


def _refuse_negative(counted: pd.DataFrame, by: str) -> None:
    """Stop if more of a fuel, or of a group of fuels, is feedstock than is used."""
    place = [column for column in DETAIL if column != "fuel_group"]
    sums = counted.groupby([*place, by], as_index=False)["co2_mt"].sum()
    wrong = sums[sums["co2_mt"] < -1e-9]
    if len(wrong):
        row = wrong.iloc[0]
        raise ProjectError(
            f"{row['region']}, {row['year']}, {row['field']}, {row[by]}: more feedstock than fuel "
            f"({row['co2_mt']:.4f} Mt); expected industry_nonenergy to be a part of industry"
        )
