"""The targets that plans of provinces usually have: what a new region is asked for, the value left open."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import plans

NATION = "100000"
FEWEST = 2  # so many regions, or the nation, set a target that is called usual
LETTERS = ("U", "V")  # of the plan that is over and of the one that runs


@cached
def usual(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the usual targets of the last plan and of the one that runs, for a region.

    Usual is what the nation or two other provinces ask for by the end of a plan; the plan that runs is asked for what
    was usual in the last one too. Numbers depend on the targets of other regions alone.

    Returns:
        Columns of `data/targets.csv` in the order of fields; target_value is missing, source_id empty.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = usual(open_catalog(), "520000")
        >>> sorted(rows["plan"].unique()), bool(rows["target_value"].isna().all()), rows["id"].is_unique
        (['14FYP', '15FYP'], True, True)
    """
    terms = catalog.read("plans").set_index("id").loc[[plans.closed(catalog), plans.current(catalog)]]
    found: list[pd.DataFrame] = []
    for letter, (plan, term) in zip(LETTERS, terms.iterrows(), strict=True):
        rows = [_of_plan(catalog, region, str(plan), term), *found]
        every = pd.concat(rows, ignore_index=True).drop_duplicates("indicator")
        order = every["field"].map(catalog.read("fields").set_index("id")["sort"])
        every = every.assign(order=order).sort_values(["order", "indicator"]).drop(columns="order")
        based = every["base_year"].notna()
        every = every.assign(
            id=[f"{letter}{number:02d}" for number in range(1, len(every) + 1)],
            plan=plan,
            target_year=term["last_year"],
            base_year=every["base_year"].where(~based, term["base_year"]),
        )
        found.append(every)
    return pd.concat(found, ignore_index=True)


def _of_plan(catalog: Catalog, region: str, plan: str, term: pd.Series) -> pd.DataFrame:
    """Return one row an indicator that is usual in a plan, as the nation has it, else the first province."""
    rows, levels = catalog.read("targets"), catalog.read("regions").set_index("id")["level"]
    level = rows["region"].map(levels)
    own = (rows["plan"] == plan) & (rows["variant"] == "firm") & (rows["same_as"] == "") & (rows["region"] != region)
    whole = rows["base_year"].isna() | (rows["base_year"] == term["base_year"])
    rows = rows[own & whole & (rows["target_year"] == term["last_year"]) & level.isin(["province", "country"])]
    regions = rows.groupby("indicator")["region"].agg(lambda some: len(set(some)) >= FEWEST or NATION in set(some))
    rows = rows[rows["indicator"].map(regions).astype("bool")].sort_values(["indicator", "region", "id"])
    rows = rows.drop_duplicates("indicator")
    names = catalog.read("indicators").set_index("id")[["zh", "en"]].loc[rows["indicator"]]
    rows = rows.assign(zh=names["zh"].to_numpy(), en=names["en"].to_numpy(), region=region, target_value=float("nan"))
    return rows.assign(base_value=float("nan"), binding="unstated", source_id="", note_zh="", note_en="")
