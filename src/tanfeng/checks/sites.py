"""Key emitters to look at: figures that no fuel gives, and rows that may be one plant."""

from __future__ import annotations

from collections.abc import Iterator

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.problem import Problem

MOST_T_PER_TCE = 3.5  # coke gives 3.1; more comes of a slip of a unit, or of a process such as cement
PROCESS = ("cement", "glass", "chemicals", "nonferrous")


@cached
def findings(catalog: Catalog) -> tuple[Problem, ...]:
    """Return the sites and figures of sites that should be looked at; none of them is an error.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> findings(open_catalog())
        ()
    """
    return tuple([*_unlikely(catalog), *_twice(catalog)])


def _unlikely(catalog: Catalog) -> Iterator[Problem]:
    kinds = catalog.read("sites").set_index("id")["kind"]
    rows = located(catalog, "site_figures").dropna(subset=["co2_t", "energy_tce"])
    for row in rows[~rows["site"].map(kinds).isin(PROCESS)].itertuples():
        if row.co2_t > MOST_T_PER_TCE * row.energy_tce:
            found = f"{row.co2_t:g} t CO2 on {row.energy_tce:g} tce ({row.site}, {row.year})"
            expected = f"at most {MOST_T_PER_TCE:g} t CO2 per tce: check the units"
            yield Problem(row.file, int(row.row), "co2_t", found, expected, "high")


def _twice(catalog: Catalog) -> Iterator[Problem]:
    """Name the sites at one place with one fuel, unless `same_as` says that they are one."""
    rows = located(catalog, "sites").query("same_as == ''").dropna(subset=["lat", "lon"])
    place = rows.assign(lat=rows["lat"].round(2), lon=rows["lon"].round(2)).groupby(["fuel", "lat", "lon"])
    for _, same in place:
        for row in same.iloc[1:].itertuples():
            expected = f"one row a plant: {same['id'].iloc[0]} lies there too; name it in same_as if it is the same"
            yield Problem(row.file, int(row.row), "lat, lon", f"{row.id} at {row.lat:g}, {row.lon:g}", expected, "low")
