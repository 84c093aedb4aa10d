"""How good was the forecast of the provinces in the past?: scores, coverage, reliability of the peak.

Tested are the provinces of the inventory whose errors the intervals were not learnt from (`data/settings.yaml`), from
every year that has ten years before it. Their years are those the others were learnt from, so a break common to all
shows less here than it would ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.forecast import backtest
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.learning import share_peaked
from tanfeng.outlook import paths

LAST = 2019  # later years of several provinces count feedstock as burnt (docs/reference/weaknesses.md)
AHEAD = 5
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 1.0)
BLOCK = 5  # origins drawn together: targets of five years overlap that long
DRAWS = 2000
FEWEST = 30  # a class with fewer cases is not judged


@cached
def learnt_from(catalog: Catalog) -> frozenset[str]:
    """Return the provinces whose errors the shipped intervals were learnt from (`data/settings.yaml`)."""
    return settings(catalog.root).learnt_from


def left_out(catalog: Catalog) -> list[str]:
    """Return the provinces with an inventory whose errors the intervals were not learnt from.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = left_out(open_catalog())
        >>> len(found), "330000" in found
        (12, False)
    """
    return [region for region in paths.provinces(catalog) if region not in learnt_from(catalog)]


def panel(catalog: Catalog, regions: Sequence[str]) -> pd.DataFrame:
    """Return the published emissions of provinces by field and in total, 1997-2019.

    Returns:
        Columns series, region, group (what the intervals of a series were learnt from), year, value (Mt CO2).

    Raises:
        ProjectError: if a region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> panel(open_catalog(), ["110000"])["series"].nunique()
        7
    """
    rows = catalog.read("inventory")
    unknown = sorted(set(regions) - set(rows["region"]))
    if unknown:
        raise ProjectError(f"data/inventory.csv has no rows of region {', '.join(unknown)}")
    rows = rows[rows["region"].isin(regions) & (rows["year"] <= LAST)]
    fields = rows.groupby(["region", "field", "year"], as_index=False)["co2_mt"].sum()
    totals = fields.groupby(["region", "year"], as_index=False)["co2_mt"].sum().assign(field="total")
    both = pd.concat([fields, totals], ignore_index=True).rename(columns={"co2_mt": "value"})
    group = both["field"].where(both["field"] != "total", "province_total")
    return both.assign(series=both["region"] + " " + both["field"], group=group)[
        ["series", "region", "group", "year", "value"]
    ]


def scores(
    catalog: Catalog, methods: Sequence[str] = ("r1",), horizon: int = AHEAD, sample: int = 0, seed: int = 1
) -> pd.DataFrame:
    """Return how far methods were off in the provinces left out, with the columns of `forecast.backtest.COLUMNS`.

    `data/backtest.csv` is `scores(catalog, METHODS, sample=250)` with `METHODS` of `tanfeng.forecast.backtest`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = scores(open_catalog())
        >>> rows.query("year_ahead == 'all'")["method"].tolist()
        ['naive', 'r1']
    """
    return backtest.backtest(panel(catalog, left_out(catalog)), methods, horizon, sample, seed)


def peaks(catalog: Catalog, ahead: int = AHEAD) -> pd.DataFrame:
    """Return what was said about the peak in the provinces left out, and what came.

    Returns:
        A row a series and origin: columns series, origin (year), said (probability that no year of the next `ahead`
        exceeds the past maximum), came (1 if none did).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = peaks(open_catalog())
        >>> bool(rows["said"].between(0, 1).all()), sorted(rows["came"].unique().tolist())
        (True, [0.0, 1.0])
    """
    rows = panel(catalog, left_out(catalog))
    found = []
    for group, part in rows.groupby("group"):
        origins = backtest.origins_of(part, ahead)
        said = share_peaked(origins, calibration(str(group)))
        came = (origins.futures.max(axis=1) <= origins.maxima).astype("float64")
        found.append(pd.DataFrame({"series": origins.series, "origin": origins.years, "said": said, "came": came}))
    return pd.concat(found, ignore_index=True)


def brier(rows: pd.DataFrame) -> pd.Series:
    """Return the Brier score of what was said, and that of saying the share that came every time.

    Args:
        rows: columns said, came (see `peaks`).

    Source: Brier 1950, Monthly Weather Review 78:1-3.

    Example:
        >>> brier(pd.DataFrame({"said": [0.0, 1.0], "came": [0.0, 1.0]})).to_dict()
        {'score': 0.0, 'share_alone': 0.25}
    """
    share = rows["came"].mean()
    return pd.Series({"score": ((rows["said"] - rows["came"]) ** 2).mean(), "share_alone": share * (1 - share)})


def classed(said: pd.Series) -> NDArray[np.intp]:
    """Return the class of each probability: its place among those between `EDGES`; the upper edge belongs to it.

    Example:
        >>> classed(pd.Series([0.0, 0.1, 0.11, 1.0])).tolist()
        [0, 0, 1, 4]
    """
    return np.clip(np.searchsorted(EDGES, said, side="left") - 1, 0, len(EDGES) - 2)


def reliability(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, by class of what was said, how often it came.

    Args:
        rows: columns said, came (see `peaks`).

    Returns:
        Columns low, high (limits of the class; the upper one belongs to it), cases, said, came (means; NaN without a
        case).

    Example:
        >>> table = reliability(pd.DataFrame({"said": [0.05, 0.08, 0.9], "came": [0.0, 1.0, 1.0]}))
        >>> table.loc[0, ["cases", "came"]].tolist()
        [2.0, 0.5]
    """
    grouped = rows.groupby(classed(rows["said"])).agg(
        cases=("said", "size"), said=("said", "mean"), came=("came", "mean")
    )
    table = grouped.reindex(range(len(EDGES) - 1)).assign(low=EDGES[:-1], high=EDGES[1:])
    return table.assign(cases=table["cases"].fillna(0).astype("int64"))[["low", "high", "cases", "said", "came"]]


def reliability_gaps(rows: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return, by class of what was said, how far what came was from it, and how far chance alone may have moved that.

    Provinces of an origin move together and origins next to each other overlap, so whole provinces and blocks of
    `BLOCK` origins in a row are drawn again, `DRAWS` times.

    Args:
        rows: columns region, origin, said, came (see `hindcasts.pseudo_targets`).
        seed: of the draws.

    Returns:
        Columns gap (came - said, means), low, high (its 95 % interval); a row a class of `reliability`, NaN without a
        case.

    Source: two-way resampling, Owen 2007, Annals of Applied Statistics 1:386-411; blocks that wrap around, Politis and
    Romano 1992.

    Example:
        >>> case = {"region": "330000", "origin": 2010, "said": 0.6, "came": 1.0}
        >>> reliability_gaps(pd.DataFrame([case])).round(3).loc[3].tolist()
        [0.4, 0.4, 0.4]
    """
    classes, gaps = classed(rows["said"]), (rows["came"] - rows["said"]).to_numpy()
    regions, origins = (np.unique(rows[name], return_inverse=True)[1] for name in ("region", "origin"))
    generator = np.random.default_rng(seed)
    drawn = [_redrawn(regions, origins, generator) for _ in range(DRAWS)]
    means = np.array([_class_means(classes, gaps, weights) for weights in drawn])
    seen = ~np.isnan(means).all(axis=0)
    ends = np.full((2, means.shape[1]), np.nan)
    ends[:, seen] = np.nanquantile(means[:, seen], [0.025, 0.975], axis=0)
    return pd.DataFrame({"gap": _class_means(classes, gaps, np.ones(len(rows))), "low": ends[0], "high": ends[1]})


def unreliable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the classes of `reliability` with `FEWEST` cases or more whose gap chance alone does not explain.

    Args:
        rows: columns region, origin, said, came (see `hindcasts.pseudo_targets`).

    Example:
        >>> case = {"region": "330000", "origin": 2010, "said": 0.6, "came": 1.0}
        >>> unreliable(pd.DataFrame([case] * FEWEST))[["low", "high", "cases"]].to_dict("records")
        [{'low': 0.5, 'high': 0.7, 'cases': 30}]
    """
    classes, gaps = reliability(rows), reliability_gaps(rows)
    return classes[(classes["cases"] >= FEWEST) & ((gaps["low"] > 0) | (gaps["high"] < 0))]


def _redrawn(regions: NDArray[np.intp], origins: NDArray[np.intp], generator: np.random.Generator) -> NDArray[np.intp]:
    """Return how often each case is in a new draw of regions and of blocks of origins."""
    places, years = int(regions.max()) + 1, int(origins.max()) + 1
    starts = generator.integers(0, years, -(-years // BLOCK))
    chosen = ((starts[:, None] + np.arange(BLOCK)) % years).ravel()[:years]
    often = np.bincount(generator.integers(0, places, places), minlength=places)
    return np.asarray(often[regions] * np.bincount(chosen, minlength=years)[origins])


def _class_means(classes: NDArray[np.intp], gaps: NDArray[np.float64], weights: NDArray[Any]) -> NDArray[np.float64]:
    count = len(EDGES) - 1
    sums, cases = (np.bincount(classes, values, count) for values in (weights * gaps, weights))
    return np.asarray(np.divide(sums, cases, out=np.full(count, np.nan), where=cases > 0))


def coverage(measured: pd.DataFrame) -> pd.DataFrame:
    """Return what share of outcomes lay inside the intervals, as measured when they were learnt.

    Args:
        measured: result of `forecast.calibration.measured`.

    Returns:
        Columns group, test (`left_out`: regions the intervals were not learnt from; `slowdown_2012`: provinces after
        2012, learnt from the years before; `past_only`: kinds that are no emissions, each year by those before it),
        year_ahead (`all`, 1 ...), nominal, real (both percent), cases.

    Example:
        >>> from tanfeng.forecast.calibration import measured
        >>> sorted(coverage(measured())["nominal"].unique().tolist())
        [80, 95]
    """
    rows = measured[measured["measure"].str.startswith("coverage")]
    found = rows.assign(nominal=rows["measure"].str.removeprefix("coverage").astype("int64"), real=100 * rows["value"])
    return found[["group", "test", "year_ahead", "nominal", "real", "cases"]].reset_index(drop=True)
