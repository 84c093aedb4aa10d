"""The inventory in the categories of others: IPCC 2006 and the city protocol GPC, by `data/crosswalk.csv`.

A subsector is told in the finest category that the inventory knows: what it joins under other industry is told as
industry not specified. Sums stay those of the fields. What others count and the inventory does not have is listed by
`absent`.
"""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.facts.observations import weakest

SCHEMES = {"ipcc2006": "ipcc2006_told", "gpc": "gpc"}
PROCESS, REFINING = "cement_process", "petroleum_coking"
COLUMNS = ["region", "year", "category", "zh", "en", "field", "co2_mt", "status"]


def sectors(catalog: Catalog) -> pd.DataFrame:
    """Return every CEADs sector, by part, with its field, subsector and the categories of others.

    Returns:
        Columns of `data/crosswalk.csv`, and sort, zh, field, subsector of `data/ceads_sectors.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = sectors(open_catalog()).set_index(["subsector", "part"])
        >>> rows.loc[("nonmetallic_minerals", "process"), "ipcc2006"]
        '2.A.1'
    """
    own = catalog.read("ceads_sectors")[["sort", "ceads_sector", "zh", "field", "subsector"]]
    return catalog.read("crosswalk").merge(own, on="ceads_sector").sort_values(["sort", "part"], ignore_index=True)


def absent(catalog: Catalog) -> pd.DataFrame:
    """Return the categories that the inventory does not have: columns of `data/crosswalk.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> "2.A.2" in absent(open_catalog())["ipcc2006"].tolist()
        True
    """
    rows = catalog.read("crosswalk")
    return rows[rows["fit"] == "absent"].reset_index(drop=True)


def by(catalog: Catalog, region: str, scheme: str, corrections: bool = True) -> pd.DataFrame:
    """Return the emissions of a region by the categories of a classification.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        scheme: `ipcc2006` or `gpc` (scope 1).
        corrections: apply `data/corrections.yaml`.

    Returns:
        Columns region, year, category, zh, en (its name), field, co2_mt (Mt CO2), status.

    Raises:
        ProjectError: if there is no such classification, or the inventory of the region is not broken down.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by(open_catalog(), "330000", "ipcc2006").query("year == 2022").set_index("category")
        >>> round(float(rows.at["2.A.1", "co2_mt"]), 1)
        37.6
    """
    if scheme not in SCHEMES:
        raise ProjectError(f"no classification {scheme!r}; there are: {', '.join(SCHEMES)}")
    rows = emissions.emissions(catalog, region, "detail", corrections)
    if (rows["subsector"] == emissions.ALL).any():
        raise ProjectError(f"the inventory of region {region} is not broken down by subsector; expected for {scheme}")
    parts = rows["fuel_group"].eq(PROCESS).map({True: "process", False: "fuel"})
    told = sectors(catalog).drop_duplicates(["subsector", "part"]).set_index(["subsector", "part"])[SCHEMES[scheme]]
    keys = pd.MultiIndex.from_arrays([rows["subsector"], parts])
    rows = rows.assign(category=told.reindex(keys).to_numpy())
    found = rows.groupby(["region", "year", "category", "field"], as_index=False).agg(
        co2_mt=("co2_mt", "sum"), status=("status", weakest)
    )
    return found.merge(catalog.read("categories"), left_on="category", right_on="id")[COLUMNS].sort_values(
        ["year", "category", "field"], ignore_index=True
    )


def refining_as_industry(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return energy and industry by year as they are, and with refining and coking counted as industry.

    Returns:
        Columns year, refining_mt, energy_mt, industry_mt, energy_without_mt, industry_with_mt (Mt CO2), status.

    Raises:
        ProjectError: if the inventory of the region does not show refining.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = refining_as_industry(open_catalog(), "330000").set_index("year")
        >>> round(float(rows.at[2022, "refining_mt"]), 1)
        8.5
    """
    moved = emissions.emissions(catalog, region, "subsector").query("subsector == @REFINING").set_index("year")
    if moved.empty:
        raise ProjectError(f"the inventory of region {region} does not show refining")
    parts = {name: emissions.series(catalog, region, name).set_index("year") for name in ("energy", "industry")}
    rows = pd.DataFrame({"refining_mt": moved["co2_mt"], "status": moved["status"]})
    rows = rows.join(pd.DataFrame({f"{name}_mt": part["co2_mt"] for name, part in parts.items()}), how="inner")
    rows["energy_without_mt"] = rows["energy_mt"] - rows["refining_mt"]
    rows["industry_with_mt"] = rows["industry_mt"] + rows["refining_mt"]
    columns = ["refining_mt", "energy_mt", "industry_mt", "energy_without_mt", "industry_with_mt", "status"]
    return rows[columns].rename_axis("year").reset_index()
