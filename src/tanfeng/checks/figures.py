"""Figures that should be looked at: sources that disagree, parts that do not add up, jumps, gaps, signs.

These are no errors: a table with them can be used. Each is a `Problem` of severity high, medium or low. One that a
usage warning of its series explains (`tanfeng.facts.usage_warnings`) carries the kind of the warning in `known`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.checks import identities, magnitude
from tanfeng.checks.importing.levels import UNFIT, WINDOW_YEARS, shipped
from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.check import SEVERITIES
from tanfeng.data.problem import Problem
from tanfeng.facts import other_inventories, usage_warnings
from tanfeng.facts.observations import STATUS_RANK
from tanfeng.facts.usage_warnings import Finding

DISAGREE_PCT = 0.5
PART_PCT = 0.1
APART_PCT = 15.0
LEAST_YEARS = 8
LEAST_COVERAGE = 0.6
NEGATIVE_FLOWS = ("export", "export_interprov")
POSITIVE_FLOWS = ("import", "import_interprov", "final")
UNCERTAIN = {"implausible", "damaged_cell", "mismatch", "incomplete", "vintage_mixed", "scope_change", "break"}
MOVES = {*UNCERTAIN, "jump"}
ROUNDING = {*UNCERTAIN, "rounded"}
GAPS = {"gap", "incomplete"}
OTHERS = {*UNCERTAIN, "level_only", "ranking_only", "other_scope"}
LOCAL = "data/local/"
JUMP = 1.5
JUMP_SPREADS = 6.0
LEAST_SPREAD = 0.02
LEAST_CHANGES = 7
MOST_T_PER_TCE = 3.5  # coke gives 3.1; more comes of a slip of a unit, or of a process such as cement
PROCESS = ("cement", "glass", "chemicals", "nonferrous")
SPIKE = 2.0
KINDS = ("stock", "flow", "share", "index")


def check_figures(catalog: Catalog, names: Collection[str] | None = None) -> list[Problem]:
    """Return every figure that should be looked at, most severe first, in the order of files and rows.

    Run it on tables that `tanfeng.data.check.check_tables` finds without error.

    Args:
        catalog: the tables.
        names: tables whose figures are looked at, all by default; those found in others beside them are returned too.

    Raises:
        ProjectError: if a table does not fit its schema.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> problems = check_figures(open_catalog())
        >>> sorted({problem.severity for problem in problems} - {"high", "medium", "low"})
        []
    """
    return list(_found(catalog, frozenset(names or catalog.tables)))


@cached
def _found(catalog: Catalog, names: frozenset[str]) -> tuple[Problem, ...]:
    found = [one for tables, part in PARTS if tables & names for one in part(catalog)]
    problems = [*usage_warnings.explained(catalog, found), *(_of_registers(catalog) if REGISTERS & names else ())]
    problems += site_findings(catalog) if SITES & names else ()
    return tuple(sorted(problems, key=lambda one: (SEVERITIES.index(one.severity), one.file, one.row)))


@cached
def _slips(catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(magnitude.findings(catalog))


@cached
def _of_balances(catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(_signs(located(catalog, "energy_balance")))


@cached
def _of_other_inventories(catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(_far_apart(catalog, inventory_series(catalog)))


@cached
def _of_observations(catalog: Catalog) -> tuple[Finding, ...]:
    rows = observed_series(catalog)
    return (*_larger_parts(catalog, rows), *_gaps(rows))


@cached
def _moves(catalog: Catalog) -> tuple[Finding, ...]:
    named = {(one.problem.file, one.problem.row) for one in _slips(catalog)}
    found = moves(observed_series(catalog), "medium", MOVES)
    return tuple(one for one in found if (one.problem.file, one.problem.row) not in named)


@cached
def _of_emissions(catalog: Catalog) -> tuple[Finding, ...]:
    rows = inventory_series(catalog)
    one_field = rows[rows["series"] == rows["series"].iloc[0]]
    return (*_total_spikes(catalog, rows), *moves(rows, "low", MOVES), *_zeros(rows), *_gaps(one_field))


@cached
def _of_registers(catalog: Catalog) -> tuple[Problem, ...]:
    found = [repeated_targets(catalog), missing_bodies(catalog), _without_method(catalog), _without_address(catalog)]
    return tuple(problem for part in found for problem in part)


def observed_series(catalog: Catalog) -> pd.DataFrame:
    """Return the yearly figures of indicators, in the unit of the indicator, the first of several by status.

    Returns:
        Columns table, series, region, year, value, unit, kind (of the indicator), column, file, row; by series, region
        and year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = observed_series(open_catalog()).query("series == 'cement_output' and region == '330000'")
        >>> rows = rows[rows["year"] == 2010]
        >>> rows["value"].tolist(), rows["unit"].tolist()
        ([11317.16], ['10^4 t'])
    """
    rows = _in_unit(catalog, located(catalog, "observations"))
    rows = rows[rows["period"].str.fullmatch(r"\d{4}")]
    rows = rows.assign(rank=rows["status"].map(STATUS_RANK), year=rows["period"].astype("int64"))
    rows = rows.sort_values("rank", kind="stable")
    rows = rows.drop_duplicates(["indicator", "region", "year"]).rename(columns={"indicator": "series"})
    kept = ["table", "series", "region", "year", "value", "unit", "kind", "column", "file", "row"]
    return rows.assign(table="observations", column="value").sort_values(["series", "region", "year"])[kept]


def _in_unit(catalog: Catalog, rows: pd.DataFrame) -> pd.DataFrame:
    known = catalog.read("indicators").set_index("id")
    unit = rows["indicator"].map(known["unit"])
    factors = {pair: units.factor(catalog, *pair) for pair in set(zip(rows["unit"], unit, strict=True))}
    scale = [factors[pair] for pair in zip(rows["unit"], unit, strict=True)]
    return rows.assign(value=rows["value"] * scale, unit=unit, kind=rows["indicator"].map(known["kind"]))


def inventory_series(catalog: Catalog) -> pd.DataFrame:
    """Return the emissions by region, field and year as published (Mt CO2); columns as `observed_series`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = inventory_series(open_catalog()).query("region == '330000' and year == 2019")
        >>> round(float(rows["value"].sum()), 1)
        381.4
    """
    rows = located(catalog, "inventory")
    summed = rows.groupby(["region", "field", "year"], as_index=False).agg(
        value=("co2_mt", "sum"), file=("file", "first"), row=("row", "first")
    )
    summed = summed.rename(columns={"field": "series"}).astype({"year": "int64"})
    return summed.assign(table="inventory", unit="Mt CO2", kind="flow", column="co2_mt")


def _disagreeing(catalog: Catalog) -> Iterator[Finding]:
    """Find figures of one indicator, region and period from several sources that differ by more than rounding."""
    rows = _in_unit(catalog, located(catalog, "observations"))
    rows = rows[(rows["period"] != periods.UNDATED) & (rows["bound"] == "exact")]
    key = ["indicator", "region", "period"]
    for (indicator, region, period), same in rows[rows.duplicated(key, keep=False)].groupby(key, sort=False):
        low, high = same["value"].min(), same["value"].max()
        if high - low > DISAGREE_PCT / 100 * max(abs(low), abs(high)):
            last = same.iloc[-1]
            values = ", ".join(
                f"{value:.6g} ({source})" for value, source in zip(same["value"], same["source_id"], strict=True)
            )
            expected = f"figures of {indicator}, {period}, that differ by at most {DISAGREE_PCT} %"
            problem = Problem(last["file"], int(last["row"]), "value", f"{values} {last['unit']}", expected, "high")
            year = periods.parse(str(period)).year
            yield Finding(problem, "observations", str(indicator), str(region), year, year, frozenset(ROUNDING))


def _unbalanced(catalog: Catalog) -> Iterator[Finding]:
    """Find figures that do not agree with the figures they should follow from (`data/identities.csv`)."""
    rows = identities.differences(catalog)
    for row in rows[rows["off"]].itertuples():
        measure = "points" if row.unit == "%" else "%"
        found = f"{row.found:.6g} {row.unit} ({row.series}, {row.region}, {row.period})"
        expected = f"{row.expected:.6g} by {row.id}, within {row.tolerance:g} {measure} (off by {row.difference:.2f})"
        year = periods.parse(row.period).year
        problem = Problem(row.file, int(row.row), "value", found, expected, "high")
        kinds = frozenset(UNCERTAIN - {"incomplete"})
        yield Finding(problem, row.table, row.series, row.region, year, year, kinds)


def _larger_parts(catalog: Catalog, observed: pd.DataFrame) -> Iterator[Finding]:
    """Find parts of a quantity that are larger than the quantity itself in the same year."""
    known = catalog.read("indicators")
    known = known[(known["part_of"] != "") & known["kind"].isin(["stock", "flow"])][["id", "part_of"]]
    parts = observed.merge(known, left_on="series", right_on="id")
    whole = observed[["series", "region", "year", "value", "unit"]].add_prefix("whole_")
    keys = ["part_of", "region", "year", "unit"]
    both = parts.merge(whole, left_on=keys, right_on=["whole_series", "whole_region", "whole_year", "whole_unit"])
    for row in both[both["value"] > both["whole_value"] * (1 + PART_PCT / 100)].itertuples():
        found = f"{row.value:.6g} {row.unit} ({row.series}, {row.year})"
        expected = f"at most {row.part_of}, {row.whole_value:.6g} {row.unit}, of which it is a part"
        problem = Problem(row.file, int(row.row), "value", found, expected, "high")
        yield Finding(problem, row.table, row.series, row.region, row.year, row.year, frozenset(UNCERTAIN))


def _signs(balance: pd.DataFrame) -> Iterator[Finding]:
    """Find flows of the balance with the other sign than the table's: out of the province is negative."""
    out = balance["flow"].isin(NEGATIVE_FLOWS) & (balance["value"] > 0)
    into = balance["flow"].isin(POSITIVE_FLOWS) & (balance["value"] < 0)
    for row in balance[out | into].itertuples():
        expected = "a negative number" if row.flow in NEGATIVE_FLOWS else "a positive number"
        found = f"{row.value:.6g} {row.unit} ({row.flow}, {row.fuel}, {row.year})"
        problem = Problem(row.file, int(row.row), "value", found, expected, "medium")
        yield Finding(problem, "energy_balance", row.fuel, row.region, row.year, row.year, frozenset({"sign"}))


def _far_apart(catalog: Catalog, emitted: pd.DataFrame) -> Iterator[Finding]:
    """Find other inventories that lie far from this one; where a local total is the cause, its row is named."""
    places = located(catalog, "other_inventories").set_index(["region", "dataset", "year", "sector"])[["file", "row"]]
    own, ours = _local_totals(emitted), shipped(catalog, "inventory").groupby(["region", "year"])["co2_mt"].sum()
    named = set()
    for region in places.index.unique("region").intersection(emitted["region"]):
        rows = other_inventories.compare(catalog, region)
        for row in rows[rows["difference_pct"].abs() > APART_PCT].itertuples():
            key = (region, int(row.year))
            far = max(row.co2_mt / row.ours_mt, row.ours_mt / row.co2_mt) > SPIKE
            if key in own and (far or abs(100 * (row.co2_mt / ours.get(key, np.inf) - 1)) <= APART_PCT):
                yield from [] if key in named else [_local_outlier(row, key, own[key], "high" if far else "medium")]
                named.add(key)
                continue
            place = places.loc[(region, row.dataset, row.year, other_inventories.TOTAL)]
            found = f"{row.co2_mt:.1f} Mt ({row.dataset}, {row.year}), {row.difference_pct:+.1f} %"
            expected = f"within {APART_PCT:g} % of the inventory, {row.ours_mt:.1f} Mt"
            problem = Problem(str(place["file"]), int(place["row"]), "co2_mt", found, expected, "medium")
            yield Finding(problem, "other_inventories", row.dataset, region, row.year, row.year, frozenset(OTHERS))


def _local_totals(emitted: pd.DataFrame) -> dict[tuple[str, int], tuple[str, int]]:
    """Return file and first row of the local emissions of each region and year that has some."""
    rows = emitted[emitted["file"].str.startswith(LOCAL)].drop_duplicates(["region", "year"])
    return {(row.region, int(row.year)): (row.file, int(row.row)) for row in rows.itertuples()}


def _local_outlier(row: Any, key: tuple[str, int], place: tuple[str, int], severity: str) -> Finding:
    region, year = key
    found = f"{row.ours_mt:.6g} Mt CO2 in all ({region}, {year})"
    expected = f"within {APART_PCT:g} % of {row.dataset}, {row.co2_mt:.1f} Mt"
    problem = Problem(*place, "co2_mt", found, expected, severity)
    return Finding(problem, "inventory", usage_warnings.TOTAL, region, year, year, frozenset(UNFIT))


def _total_spikes(catalog: Catalog, emitted: pd.DataFrame) -> Iterator[Finding]:
    """Find whole inventories that are more than twice, or less than half, the one before.

    Compared are years with every field of the region, with the nearest of three years before that was not found itself;
    a local one not with a year whose figures a warning calls unfit. The place is the local row, if one of two is local.
    """
    own = _local_totals(emitted)
    for region, rows in emitted.groupby("region"):
        levels = rows.pivot_table(index="year", columns="series", values="value", aggfunc="sum").dropna()
        warned = usage_warnings.caveats(catalog, usage_warnings.TOTAL, str(region), "inventory")
        found: set[int] = set()
        for year in map(int, levels.index):
            local = (str(region), year) in own
            fit = [one for one in range(year - 1, year - WINDOW_YEARS - 1, -1) if one in levels.index]
            fit = [
                one
                for one in fit
                if one not in found and not (local and usage_warnings.covering(warned, UNFIT, one, one))
            ]
            if fit and _doubled(levels.loc[fit[0]].sum(), levels.loc[year].sum()):
                blamed = fit[0] if (str(region), fit[0]) in own and not local else year
                found.add(blamed)
                yield _spike(rows, levels, (fit[0], year), blamed)


def _doubled(before: float, after: float) -> bool:
    return max(before, after) > SPIKE * min(before, after)


def _spike(rows: pd.DataFrame, levels: pd.DataFrame, years: tuple[int, int], blamed: int) -> Finding:
    """Return the finding of a total; its series is the field that changes most, so that a warning of it explains it."""
    before, after = years
    other = before if blamed == after else after
    row = rows[rows["year"] == blamed].sort_values("file", key=lambda file: ~file.str.startswith(LOCAL)).iloc[0]
    field = str((levels.loc[after] - levels.loc[before]).abs().idxmax())
    found = f"{levels.loc[blamed].sum():.6g} Mt CO2 in all ({row['region']}, {blamed})"
    expected = f"within a factor of {SPIKE:g} of {other}, {levels.loc[other].sum():.6g} Mt"
    problem = Problem(row["file"], int(row["row"]), "co2_mt", found, expected, "high")
    return Finding(problem, "inventory", field, str(row["region"]), before, after, frozenset(UNFIT))


def _zeros(rows: pd.DataFrame) -> Iterator[Finding]:
    """Find emissions of zero in a field that emits in most years."""
    for (field, region), series in rows.groupby(["series", "region"]):
        zero = series[series["value"] <= 0]
        if len(zero) and (series["value"] > 0).mean() > 1 / 2:
            years = zero["year"].tolist()
            first = zero.iloc[0]
            found = f"0 Mt CO2 ({field}, {region}, {', '.join(map(str, years))})"
            problem = Problem(first["file"], int(first["row"]), "co2_mt", found, "emissions above zero", "medium")
            kinds = frozenset(UNCERTAIN)
            yield Finding(problem, "inventory", str(field), str(region), min(years), max(years), kinds)


def _gaps(rows: pd.DataFrame) -> Iterator[Finding]:
    """Find years missing inside series of at least eight years; of the inventory one field stands for the region."""
    for (name, region), series in rows.groupby(["series", "region"]):
        years = set(series["year"])
        missing = sorted(set(range(min(years), max(years) + 1)) - years)
        if missing and len(years) >= LEAST_YEARS and len(years) / (len(years) + len(missing)) > LEAST_COVERAGE:
            after = series[series["year"] > missing[0]].iloc[0]
            found = f"no figure of {name}, {region}, {', '.join(map(str, missing))}"
            column = "period" if after["table"] == "observations" else "year"
            problem = Problem(after["file"], int(after["row"]), column, found, "a series without a gap", "medium")
            yield Finding(problem, after["table"], str(name), str(region), missing[0], missing[-1], frozenset(GAPS))


def repeated_targets(catalog: Catalog) -> Iterator[Problem]:
    """Yield targets that ask for the same figure as another one and are not tied to it: they would count twice.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(repeated_targets(open_catalog()))
        []
    """
    rows = located(catalog, "targets")
    rows = rows[(rows["variant"] == "firm") & (rows["same_as"] == "")]
    unit = rows["indicator"].map(catalog.read("indicators").set_index("id")["unit"])
    dimension = catalog.read("units").set_index("id")[["dimension", "factor"]]
    asked = rows["target_value"] * rows["unit"].map(dimension["factor"]) / unit.map(dimension["factor"])
    rows = rows.assign(asked=asked.round(9), kind_of_unit=rows["unit"].map(dimension["dimension"]))
    key = ["indicator", "region", "plan", "direction", "target_year", "asked", "kind_of_unit"]
    for _, same in rows[rows.duplicated(key, keep=False)].groupby(key, sort=False):
        for place, row in enumerate(same.to_dict("records")):
            first = next((one for one in same.to_dict("records")[:place] if _same_base(one, row)), None)
            if first is not None:
                found = f"{row['id']}, which asks for the same as {first['id']} (row {first['row']})"
                expected = f"same_as {first['id']}, or a target with a figure of its own: it is counted twice"
                yield Problem(row["file"], int(row["row"]), "same_as", found, expected, "high")


def _same_base(one: Any, other: Any) -> bool:
    """Return whether two targets count from the same year; a level without base year is the same whatever the base."""
    bases = {one["base_year"], other["base_year"]} - {pd.NA}
    return len(bases) < 2


def missing_bodies(catalog: Catalog) -> Iterator[Problem]:
    """Yield measures and targets without a responsible body whose document names one for others.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(missing_bodies(open_catalog()))
        []
    """
    duties = catalog.read("responsibilities").query("role == 'responsible'")
    for name, column in (("measures", "measure_id"), ("targets", "target_id")):
        rows = located(catalog, name)
        bare = rows["source_id"].isin(duties["source_id"]) & ~rows["id"].isin(duties[column])
        for row in rows[bare].itertuples():
            other = duties.loc[duties["source_id"] == row.source_id, "measure_id"].iloc[0]
            found = f"no responsible body of {row.id} in data/responsibilities.csv"
            expected = f"the one that {row.source_id} names, as it does for {other}; or look whether it names none here"
            yield Problem(row.file, int(row.row), "id", found, expected, "medium")


def _without_method(catalog: Catalog) -> Iterator[Problem]:
    """Find estimates that say their method neither in a note nor in a source of our own."""
    own = catalog.read("sources").query("licence == 'own-derivation'")["id"]
    for name in ("observations", "inventory"):
        rows = located(catalog, name)
        silent = (rows["status"] == "estimate") & (rows["note_en"] == "") & ~rows["source_id"].isin(own)
        for row in rows[silent].itertuples():
            found = f"an estimate of {row.source_id} without a note"
            yield Problem(row.file, int(row.row), "note_zh", found, "its method, in note_zh and note_en", "low")


def _without_address(catalog: Catalog) -> Iterator[Problem]:
    """Find sources that cannot be looked up: no address, and no derivation of our own."""
    rows = located(catalog, "sources")
    for row in rows[(rows["url"] == "") & (rows["licence"] != "own-derivation")].itertuples():
        yield Problem(row.file, int(row.row), "url", f"no address of {row.id}", "where it was read", "low")


PARTS: tuple[tuple[set[str], Callable[[Catalog], Iterable[Finding]]], ...] = (
    ({"observations"}, _slips),
    ({"observations"}, _disagreeing),
    ({"observations", "energy_balance"}, _unbalanced),
    ({"energy_balance"}, _of_balances),
    ({"inventory", "other_inventories"}, _of_other_inventories),
    ({"observations"}, _of_observations),
    ({"observations"}, _moves),
    ({"inventory"}, _of_emissions),
)
SITES = {"sites", "site_figures"}
REGISTERS = {"targets", "measures", "observations", "inventory", "sources"}


def moves(rows: pd.DataFrame, severity: str, explaining: Collection[str]) -> Iterator[Finding]:
    """Find years that stand out from both neighbours, and changes far outside the usual ones of the series.

    Args:
        rows: yearly figures as of `observed_series`.
        severity: of an unusual change; a year that stands out is `medium`.
        explaining: kinds of usage warnings that explain one.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> {one.problem.severity for one in moves(inventory_series(open_catalog()), "low", ())} <= {"low", "medium"}
        True
    """
    for _, series in rows[rows["kind"].isin(KINDS)].groupby(["series", "region"]):
        values = series.set_index("year")["value"]
        spikes, jumped = unusual(values[values > 0])
        for year in (*spikes, *jumped):
            row = series[series["year"] == year].iloc[0]
            near = f"a year near its neighbours, within a factor of {SPIKE:g}"
            found = f"{row['value']:.6g} {row['unit']} ({row['series']}, {row['region']}, {year})"
            expected, weight = (near, "medium") if year in spikes else (_usual(values, year), severity)
            problem = Problem(row["file"], int(row["row"]), row["column"], found, expected, weight)
            yield Finding(problem, row["table"], row["series"], row["region"], year, year, frozenset(explaining))


def _usual(values: pd.Series, year: int) -> str:
    return f"less than {JUMP:g} times the year before, {values[year - 1]:.6g}, or {1 / JUMP:.2g} times it"


def unusual(values: pd.Series) -> tuple[list[int], list[int]]:
    """Return the years of a positive yearly series that stand out, and those in which it changes far more than usual.

    A year stands out if it is twice, or half, the geometric mean of the years beside it and they differ by less. A
    change is unusual if it is more than 1.5 times (or its inverse) and six robust spreads (1.4826 times the median
    absolute deviation of the log changes, at least 0.02) from the median change; seven changes are needed. The years
    beside one that stands out are not counted again.

    Example:
        >>> years = range(2000, 2012)
        >>> steady = pd.Series([100.0 * 1.05**n for n in range(12)], index=years)
        >>> unusual(steady), unusual(steady.where(steady.index != 2005, 10.0))
        (([], []), ([2005], []))
    """
    ordered = values.sort_index()
    years, logs = ordered.index.to_numpy(), np.log(ordered.to_numpy(dtype="float64"))
    before, after = np.full(len(years), np.nan), np.full(len(years), np.nan)
    next_to = np.flatnonzero(np.diff(years) == 1)
    before[next_to + 1], after[next_to] = logs[next_to], logs[next_to + 1]
    apart = np.abs(logs - (before + after) / 2)
    spikes = [int(year) for year in years[(apart > np.log(SPIKE)) & (np.abs(after - before) < apart)]]
    beside = {year + step for year in spikes for step in (0, 1)}
    return spikes, [year for year in _jumped(years, logs - before) if year not in beside]


def _jumped(years: np.ndarray, changes: np.ndarray) -> list[int]:
    known = ~np.isnan(changes)
    if known.sum() < LEAST_CHANGES:
        return []
    off = np.abs(changes - np.median(changes[known]))
    spread = max(1.4826 * float(np.median(off[known])), LEAST_SPREAD)
    return [int(year) for year in years[(off > JUMP_SPREADS * spread) & (np.abs(changes) > np.log(JUMP))]]


@cached
def site_findings(catalog: Catalog) -> tuple[Problem, ...]:
    """Return the sites and figures of sites that should be looked at; none of them is an error.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> site_findings(open_catalog())
        ()
    """
    return tuple([*_no_fuel(catalog), *_one_place(catalog)])


def _no_fuel(catalog: Catalog) -> Iterator[Problem]:
    kinds = catalog.read("sites").set_index("id")["kind"]
    rows = located(catalog, "site_figures").dropna(subset=["co2_t", "energy_tce"])
    for row in rows[~rows["site"].map(kinds).isin(PROCESS)].itertuples():
        if row.co2_t > MOST_T_PER_TCE * row.energy_tce:
            found = f"{row.co2_t:g} t CO2 on {row.energy_tce:g} tce ({row.site}, {row.year})"
            expected = f"at most {MOST_T_PER_TCE:g} t CO2 per tce: check the units"
            yield Problem(row.file, int(row.row), "co2_t", found, expected, "high")


def _one_place(catalog: Catalog) -> Iterator[Problem]:
    """Name the sites at one place with one fuel, unless `same_as` says that they are one."""
    rows = located(catalog, "sites").query("same_as == ''").dropna(subset=["lat", "lon"])
    place = rows.assign(lat=rows["lat"].round(2), lon=rows["lon"].round(2)).groupby(["fuel", "lat", "lon"])
    for _, same in place:
        for row in same.iloc[1:].itertuples():
            expected = f"one row a plant: {same['id'].iloc[0]} lies there too; name it in same_as if it is the same"
            yield Problem(row.file, int(row.row), "lat, lon", f"{row.id} at {row.lat:g}, {row.lon:g}", expected, "low")
