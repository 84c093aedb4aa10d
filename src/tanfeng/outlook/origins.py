"""How good was the outlook of the provinces, by the year it would have been made in?

Every province is forecast from every year since 2006 with coefficients, errors and shares that the other provinces
teach (`tanfeng.outlook.past`): told years, then R1 from the last of them, the total as the sum of the fields in every
path, as in `tanfeng.outlook.paths`. Beside it stands R1 on the series itself from the origin on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions
from tanfeng.forecast import conformal, joint
from tanfeng.forecast.calibration import calibration
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import nowcast, past, projection

COLUMNS = ["region", "field", "origin", "told", "k", "outcome", "point", "lo80", "hi80", "lo95", "hi95"]
QUANTILES = [0.5, 0.1, 0.9, 0.025, 0.975]
PEAKS = ["region", "origin", "told", "said", "came"]
TOTAL, NEAR, FIVE = "total", nowcast.FARTHEST, 5
YEARS = np.arange(1, past.AHEAD + 1)


def cases(catalog: Catalog) -> pd.DataFrame:
    """Return every past forecast whose outcome is published; a row a province, field, origin, way and year ahead.

    Returns:
        Columns region, field (or `total`), origin (last year known), told (as the outlook is made; else R1 on the
        series itself), k (years ahead), outcome, point, lo80, hi80, lo95, hi95 (Mt CO2).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = cases(open_catalog())
        >>> int(rows["k"].max()), sorted(rows["told"].unique().tolist())
        (8, [False, True])
    """
    return _drawn(catalog)[0]


def peaks(catalog: Catalog) -> pd.DataFrame:
    """Return what was said of a new maximum four to eight years ahead, and what came.

    Returns:
        Columns region, origin, told, said (share of paths without one), came (1 if there was none).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bool(peaks(open_catalog())["said"].between(0, 1).all())
        True
    """
    return _drawn(catalog)[1]


def by_origin(catalog: Catalog, field: str = TOTAL) -> pd.DataFrame:
    """Return how good past forecasts of a field were, by origin (`all` for every one), near and far ahead.

    Returns:
        Columns origin, ahead (`1-3`, `4-8` years), told, rmse_pct (of the log), bias_pct (mean, above zero where the
        forecast was too high), coverage80, coverage95 (share of outcomes inside), score80 (interval score of the 80 %
        interval over the last known figure; lower is better), cases.

    Source: interval score, Gneiting and Raftery 2007, Journal of the American Statistical Association 102:359-378.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_origin(open_catalog())
        >>> rows.query("origin == 'all'")[["ahead", "told"]].values.tolist()
        [['1-3', False], ['1-3', True], ['4-8', False], ['4-8', True]]
    """
    rows = cases(catalog)
    rows = rows[rows["field"] == field]
    known = nowcast.emitted(catalog, field)
    places = known.index.get_indexer(rows["region"]), known.columns.get_indexer(rows["origin"])
    return _scored(rows, known.to_numpy(dtype="float64")[places])


@cached
def past_error(catalog: Catalog, field: str = TOTAL) -> pd.Series:
    """Return how far forecasts made as the outlook were off `FIVE` years on, and what their 80 % interval held later.

    Returns:
        bias_pct (mean, above zero where too high), size_pct (the same without its sign), rmse_pct, inside_pct (share of
        outcomes four to eight years on inside the interval, percent), first, last (origins), regions.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = past_error(open_catalog())
        >>> bool(found["rmse_pct"] > found["size_pct"]), int(found["first"])
        (True, 2006)
    """
    rows = cases(catalog)
    rows = rows[rows["told"] & (rows["field"] == field)]
    five, far = rows[rows["k"] == FIVE], rows[rows["k"] > NEAR]
    missed = np.log(five["point"] / five["outcome"])
    bias = 100 * float(np.expm1(missed.mean()))
    return pd.Series(
        {
            "bias_pct": bias,
            "size_pct": abs(bias),
            "rmse_pct": 100 * float(np.sqrt((missed**2).mean())),
            "inside_pct": 100 * float(far["outcome"].between(far["lo80"], far["hi80"]).mean()),
            "first": five["origin"].min(),
            "last": five["origin"].max(),
            "regions": five["region"].nunique(),
        }
    )


def _scored(rows: pd.DataFrame, last: Values) -> pd.DataFrame:
    missed = np.log(rows["point"] / rows["outcome"])
    outside = np.maximum(rows["lo80"] - rows["outcome"], 0) + np.maximum(rows["outcome"] - rows["hi80"], 0)
    scored = pd.DataFrame({
        "origin": rows["origin"].astype("str"), "told": rows["told"],
        "ahead": np.where(rows["k"] <= NEAR, f"1-{NEAR}", f"{NEAR + 1}-{past.AHEAD}"),
        "square": missed**2, "missed": missed,
        "inside80": rows["outcome"].between(rows["lo80"], rows["hi80"]),
        "inside95": rows["outcome"].between(rows["lo95"], rows["hi95"]),
        "score": (rows["hi80"] - rows["lo80"] + 10 * outside) / last,
    })  # fmt: skip
    both = pd.concat([scored.assign(origin="all"), scored])
    found = both.groupby(["origin", "ahead", "told"], sort=False).agg(
        square=("square", "mean"), missed=("missed", "mean"), coverage80=("inside80", "mean"),
        coverage95=("inside95", "mean"), score80=("score", "mean"), cases=("score", "size"),
    ).reset_index()  # fmt: skip
    found = found.assign(rmse_pct=100 * np.sqrt(found["square"]), bias_pct=100 * np.expm1(found["missed"]))
    columns = ["origin", "ahead", "told", "rmse_pct", "bias_pct", "coverage80", "coverage95", "score80", "cases"]
    return found.sort_values(["origin", "ahead", "told"], key=lambda one: one.replace("all", "0"))[columns].reset_index(
        drop=True
    )


@cached
def _drawn(catalog: Catalog) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cases (`COLUMNS`) and what was said of a new maximum, beside what came."""
    tables: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    peaks = []
    for origin in past.ORIGINS:
        known = {name: past.known(catalog, name, origin) for name in [*emissions.emitting_fields(catalog), TOTAL]}
        for told, region, drawn in [*_told(catalog, origin), *_plain(catalog, origin)]:
            for field, paths in drawn.items():
                one = known[field]
                came = one.came[one.regions.get_loc(region)]
                ends = np.quantile(paths, QUANTILES, axis=0)
                for column, value in zip(COLUMNS, (region, field, origin, told, YEARS, came, *ends), strict=True):
                    tables[column].append(np.broadcast_to(value, len(came)))
            whole = known[TOTAL]
            if TOTAL in drawn and not np.isnan(came := whole.came[whole.regions.get_loc(region)]).any():
                history = whole.histories[whole.regions.get_loc(region)]
                peaks.append((region, origin, told, *_peak(history, came, drawn[TOTAL])))
    rows = pd.DataFrame({name: np.concatenate(values) for name, values in tables.items()})
    return rows.dropna(ignore_index=True), pd.DataFrame(peaks, columns=PEAKS)


def _told(catalog: Catalog, origin: int) -> Iterator[tuple[bool, str, dict[str, Values]]]:
    """Yield the paths of every province as the outlook draws them: by field, and of the total where all are known."""
    names = emissions.emitting_fields(catalog)
    known = {name: past.known(catalog, name, origin) for name in names}
    shares = past.shares(catalog)
    centres = {name: past.centre(one, shares[one.regions].to_numpy()) for name, one in known.items()}
    for region in sorted(set().union(*(one.regions for one in known.values()))):
        own = [name for name in names if region in known[name].regions]
        found = [_projection(catalog, region, name, origin, known[name], centres[name]) for name in own]
        ranks = projection.cases(catalog, region)[1][:, [names.index(name) for name in own]]
        together = joint.shuffled([one.residuals for one in found], ranks)
        drawn = {one.field: one.paths(rows) for one, rows in zip(found, together, strict=True)}
        yield True, region, drawn | ({TOTAL: np.sum(list(drawn.values()), axis=0)} if own == names else {})


def _projection(
    catalog: Catalog, region: str, field: str, origin: int, known: past.Known, centre: Values
) -> projection.Projection:
    place = known.regions.get_loc(region)
    told = NEAR if known.has[place] else 0
    errors = projection.told_errors(catalog, region, field, told)
    residuals = past.residuals(known.histories[[place]], field, past.AHEAD - told)[0]
    years = pd.RangeIndex(origin + 1, origin + 1 + past.AHEAD)
    kinds = pd.Series("forecast", years, dtype="object")
    published = pd.Series(known.histories[place], range(origin + 1 - known.histories.shape[1], origin + 1))
    return projection.Projection(field, published, pd.Series(centre[place], years), kinds, errors, residuals)


def _plain(catalog: Catalog, origin: int) -> Iterator[tuple[bool, str, dict[str, Values]]]:
    """Yield the paths of R1 on every series itself."""
    for name in [*emissions.emitting_fields(catalog), TOTAL]:
        one = past.known(catalog, name, origin)
        group = calibration("province_total" if name == TOTAL else name)
        drawn = conformal.paths(one.histories, group, past.AHEAD)
        yield from ((False, region, {name: paths}) for region, paths in zip(one.regions, drawn, strict=True))


def _peak(history: Values, came: Values, drawn: Values) -> tuple[float, float]:
    """Return the share of paths with no new maximum four to eight years ahead, and whether there was none."""
    highest = np.maximum(np.nanmax(history), drawn[:, :NEAR].max(axis=1))
    said = float((drawn[:, NEAR:].max(axis=1) <= highest).mean())
    return said, float(came[NEAR:].max() <= max(np.nanmax(history), came[:NEAR].max()))
