"""The plans by the date of the tables: which Five-Year Plan runs, which is over, which goals lie ahead."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError


def current(catalog: Catalog) -> str:
    """Return the Five-Year Plan that runs in the year of the tables.

    Raises:
        ProjectError: if `data/plans.csv` has none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> current(open_catalog())
        '15FYP'
    """
    rows, year = _five_years(catalog), catalog.as_of_year
    running = rows[(rows["first_year"] <= year) & (rows["last_year"] >= year)]
    if running.empty:
        raise ProjectError(f"data/plans.csv has no plan that runs in {year}, the year of the tables; expected its row")
    return str(running["id"].iloc[-1])


def closed(catalog: Catalog) -> str:
    """Return the last Five-Year Plan that is over by the year of the tables: the one that verdicts are counted of.

    Raises:
        ProjectError: if `data/plans.csv` has none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> closed(open_catalog())
        '14FYP'
    """
    rows = _five_years(catalog)
    over = rows.loc[rows["last_year"] < catalog.as_of_year, "id"]
    if over.empty:
        raise ProjectError(f"data/plans.csv has no plan that was over before {catalog.as_of_year}; expected its row")
    return str(over.iloc[-1])


def short(catalog: Catalog, plan: str, lang: str) -> str:
    """Return the short name of a plan, without its years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> short(open_catalog(), "14FYP", "zh"), short(open_catalog(), "14FYP", "en")
        ('“十四五”', '14th plan')
    """
    return full(catalog, plan, lang).replace("Five-Year Plan", "plan")


def full(catalog: Catalog, plan: str, lang: str) -> str:
    """Return the name of a plan without its years.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> full(open_catalog(), "14FYP", "en")
        '14th Five-Year Plan'
    """
    return catalog.label("plans", plan, lang).partition("（" if lang == "zh" else " (")[0]


def begun(catalog: Catalog) -> list[str]:
    """Return the Five-Year Plans of which a year is over, the earliest first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> begun(open_catalog())
        ['11FYP', '12FYP', '13FYP', '14FYP']
    """
    rows = _five_years(catalog)
    return rows.loc[rows["first_year"] < catalog.as_of_year, "id"].tolist()


def ahead(catalog: Catalog) -> list[str]:
    """Return the plans whose last year is not over, long-term goals too.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> ahead(open_catalog())[:2]
        ['15FYP', '2030']
    """
    rows = catalog.read("plans").sort_values("last_year", kind="stable")
    return rows.loc[rows["last_year"] >= catalog.as_of_year, "id"].tolist()


def watched(catalog: Catalog) -> list[str]:
    """Return the plans that pages are about: that which is over (`closed`), what ended with it, and what lies ahead.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> watched(open_catalog())
        ['14FYP', '15FYP', '2030', '16FYP']
    """
    rows = catalog.read("plans").sort_values("last_year", kind="stable").set_index("id")["last_year"]
    return rows.index[rows >= rows[closed(catalog)]].tolist()


def _five_years(catalog: Catalog) -> pd.DataFrame:
    return catalog.read("plans").dropna(subset=["first_year"]).sort_values("first_year")
