"""What the tables hold: which years of which series, with which status, from sources of which grade."""

from __future__ import annotations

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import EVERY_SERIES
from tanfeng.facts import emissions, indicators, usage_warnings
from tanfeng.facts.observations import STATUS_ORDER, STATUS_RANK, joined, yearly

NONE = "none"
TOTAL = "total"
GRADES = ("A", "B", "C", "own")
FOUR = ("energy_consumption", "co2_total", "energy_intensity_change", "carbon_intensity_change")
DRIVERS = (
    "gdp_real_growth",
    "population_resident",
    "electricity_consumption",
    "coal_consumption",
    "coal_consumption_inventory_sum",
    "natural_gas_consumption",
    "natural_gas_consumption_without_lng",
    "generation_thermal",
    "generation_hydro",
    "electricity_net_import",
    "cement_output",
    "crude_steel_output",
    "ethylene_output",
    "electricity_industry",
    "construction_floor_area_under_way",
    "va_tertiary_real_growth",
    "electricity_tertiary",
    "car_stock",
    "freight_turnover",
    "electricity_transport",
    "agricultural_diesel_use",
    "electricity_primary",
    "electricity_residential",
    "urbanisation",
    "rd_intensity_bulletin",
)
INDICATORS = ["indicator", "zh", "en", "field", "unit", "kind", "scope", "first_year", "last_year", "figures"]
REVISED = [
    "date",
    "table",
    "series",
    "year",
    "before",
    "after",
    "unit",
    "difference_pct",
    "reason_zh",
    "reason_en",
    "source_id",
]
COVERED = [*INDICATORS, "years", "share_pct", "best_status", "statuses", "grades", "sources"]


@cached
def main_series(catalog: Catalog, region: str, first: int = 2000, last: int | None = None) -> pd.DataFrame:
    """Return the status of the main series in every year: the four indicators, emissions by field, their drivers.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        first: first year.
        last: last year; the year before the vintage of the tables if none is given.

    Returns:
        One row a series and year, grouped by field (`total` first): field, table (`four_indicators`, `inventory` or
        `observations`), series (id of the indicator, or the field of the inventory), year, status (`none` where the
        tables have no figure of the whole year; a change counts in its last year).

    Raises:
        ProjectError: if the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = main_series(open_catalog(), "330000").query("table == 'inventory' and series == 'energy'")
        >>> rows.set_index("year")["status"].loc[2019:2024].tolist()
        ['reported', 'adjusted', 'adjusted', 'adjusted', 'none', 'none']
    """
    years = range(first, (catalog.as_of_year - 1 if last is None else last) + 1)
    parts = [
        pd.DataFrame(
            {
                "field": field,
                "table": table,
                "series": series,
                "year": years,
                "status": found.reindex(years).fillna(NONE).to_numpy(),
            }
        )
        for field, table, series, found in _statuses_of_series(catalog, region)
    ]
    return pd.concat(parts, ignore_index=True)


def _statuses_of_series(catalog: Catalog, region: str) -> list[tuple[str, str, str, pd.Series]]:
    """Return field, table, series and the status by year, in the order of the fields."""
    four = indicators.four_indicators(catalog, region)
    known = catalog.read("indicators").set_index("id")["field"]
    fields = catalog.read("fields").sort_values("sort")["id"]
    order = {str(field): place for place, field in enumerate(fields)}
    emitting = sorted(set(emissions.emissions(catalog, region)["field"]), key=order.__getitem__)
    found = [(TOTAL, "four_indicators", name, _statuses(four[four["indicator"] == name])) for name in FOUR]
    found += [(field, "inventory", field, _statuses(emissions.series(catalog, region, field))) for field in emitting]
    found += [(known[name], "observations", name, _statuses(yearly(catalog, name, region))) for name in DRIVERS]
    return sorted(found, key=lambda one: order[one[0]])


def _statuses(rows: pd.DataFrame) -> pd.Series:
    return rows.set_index("year")["status"]


def by_indicator(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what the tables hold of every indicator in a region; indicators without a figure are the last rows.

    Returns:
        Columns indicator, zh, en, field, unit, kind, scope, first_year and last_year (in which a period ends; missing
        without a dated figure), figures (number of rows), years (number of whole years with a figure), share_pct
        (percent of the years from first to last), best_status, statuses, grades, sources (each separated by spaces).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_indicator(open_catalog(), "330000").set_index("indicator")
        >>> rows.loc["gdp_real_growth", ["first_year", "last_year", "years"]].tolist()
        [2000, 2025, 26]
    """
    grouped = _dated(catalog, region).groupby("indicator")
    counted = grouped.agg(
        figures=("year", "size"),
        first_year=("year", "min"),
        last_year=("year", "max"),
        years=("whole", "nunique"),
        best_status=("status", lambda cells: min(cells, key=STATUS_RANK.__getitem__)),
        statuses=("status", lambda cells: " ".join(sorted(set(cells), key=STATUS_ORDER.index))),
        grades=("grade", lambda cells: " ".join(sorted(set(cells)))),
        sources=("source_id", joined),
    )
    counted["share_pct"] = (100 * counted["years"] / (counted["last_year"] - counted["first_year"] + 1)).astype(
        "Float64"
    )
    rows = catalog.read("indicators").rename(columns={"id": "indicator"}).join(counted, on="indicator")
    rows = rows.assign(figures=rows["figures"].fillna(0).astype(int), years=rows["years"].fillna(0).astype(int))
    texts = ["best_status", "statuses", "grades", "sources"]
    rows[texts] = rows[texts].fillna("")
    return rows.iloc[(rows["figures"] == 0).argsort(kind="stable")][COVERED].reset_index(drop=True)


def _dated(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the observations of a region with grade, year (missing if undated) and, of a whole year, `whole`."""
    rows = catalog.read("observations")
    rows = rows[rows["region"] == region]
    parsed = [periods.parse(period) for period in rows["period"]]
    whole = [one.kind == "year" or (one.kind == "change" and one.end - one.start == 1) for one in parsed]
    year = pd.Series([one.year or None for one in parsed], index=rows.index, dtype="Int64")
    return rows.assign(year=year, whole=year.where(whole), grade=_grades(catalog, rows))


def _grades(catalog: Catalog, rows: pd.DataFrame) -> pd.Series:
    return rows["source_id"].map(catalog.read("sources").set_index("id")["grade"])


def counts(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the number of figures of a region by table, status (rows) and grade of the source (columns).

    Emissions count once a field and year, with the weakest status and the lowest grade of their parts.

    Returns:
        Columns table (`observations` or `inventory`), status, A, B, C, all.

    Raises:
        ProjectError: if the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = counts(open_catalog(), "330000")
        >>> bool((rows[list(GRADES)].sum(axis=1) == rows["all"]).all())
        True
    """
    observed = catalog.read("observations")
    observed = observed[observed["region"] == region].assign(table="observations")
    emitting = emissions.emissions(catalog, region)["field"].unique()
    emitted = pd.concat([emissions.series(catalog, region, field) for field in emitting]).assign(table="inventory")
    rows = pd.concat(
        [observed.assign(grade=_grades(catalog, observed)), emitted.assign(grade=_lowest(catalog, emitted))]
    )
    table = _crossed(rows, ["table", "status"])
    order = table["table"].map({"observations": 0, "inventory": 1}) * 10 + table["status"].map(STATUS_RANK)
    return table.iloc[order.argsort()].reset_index(drop=True)


def _crossed(rows: pd.DataFrame, index: list[str]) -> pd.DataFrame:
    """Return the number of rows by `index` (rows) and grade (columns), with the sum `all`."""
    table = rows.pivot_table(index=index, columns="grade", aggfunc="size", fill_value=0)
    table = table.reindex(columns=list(GRADES), fill_value=0)
    return table.assign(all=table.sum(axis=1)).reset_index().rename_axis(columns=None)


def _lowest(catalog: Catalog, rows: pd.DataFrame) -> list[str]:
    grade = catalog.read("sources").set_index("id")["grade"]
    return [max(grade[name] for name in names.split()) for names in rows["source_id"]]


def register(catalog: Catalog) -> pd.DataFrame:
    """Return the number of sources of the register by licence (rows) and grade (columns), most frequent first.

    Returns:
        Columns licence, A, B, C, all.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> int(register(catalog)["all"].sum()) == len(catalog.read("sources"))
        True
    """
    table = _crossed(catalog.read("sources"), ["licence"])
    return table.sort_values(["all", "licence"], ascending=[False, True]).reset_index(drop=True)


def revisions(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the figures of a region that the last change of the tables gave otherwise than before.

    Returns:
        Columns date, table, series, year, before, after, unit, difference_pct, reason_zh, reason_en, source_id; totals
        of the inventory come first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = revisions(open_catalog(), "330000").query("series == 'total'").set_index("year")
        >>> bool(rows.at[2020, "after"] < rows.at[2020, "before"])
        True
    """
    rows = catalog.read("revisions")
    rows = rows[(rows["region"] == region) & (rows["date"] == rows["date"].max())]
    rows = rows.assign(difference_pct=100 * (rows["after"] / rows["before"] - 1))
    return rows.iloc[(rows["series"] != TOTAL).argsort(kind="stable")][REVISED].reset_index(drop=True)


def warnings(catalog: Catalog, region: str, field: str = "") -> pd.DataFrame:
    """Return the usage warnings and breaks that concern a region, of all its series or of one field, most severe first.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of a field; empty for all.

    Returns:
        Columns of `tanfeng.facts.usage_warnings.every`. Of a field: those of its indicators and of its emissions, those
        of the whole inventory among them.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> rows = warnings(catalog, "330000", "transport")
        >>> sorted(set(rows["table"]))
        ['inventory', 'observations']
    """
    rows = usage_warnings.every(catalog)
    rows = rows[rows["region"].isin([region, usage_warnings.COUNTRY])]
    if field:
        known = catalog.read("indicators").set_index("id")["field"]
        observed = (rows["table"] == "observations") & (rows["series"].map(known) == field)
        emitted = (rows["table"] == "inventory") & rows["series"].isin([field, usage_warnings.TOTAL, EVERY_SERIES])
        rows = rows[observed | emitted]
    order = rows["severity"].map({"high": 0, "medium": 1, "low": 2})
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)
