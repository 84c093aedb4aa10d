"""Learning the calibration from panels of real series: read, split by region, learn, measure.

Panels are CSV files, also gzipped, with the columns

* region, sector, year, value: series of provinces if the file name holds `prov`, of countries if not; or
* set, series, t, part, value: competition series, history (x) and what followed (xx); or
* series, year, value and, if wanted, region and group: the columns of `tanfeng forecast`.

Kinds of what is not an emission (`calibration.KIND_GROUPS`) stand apart: they teach no other group, keep no centre, and
are measured on what followed each year, learnt from what was known in it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tanfeng.data.project import ProjectError
from tanfeng.forecast import analogues
from tanfeng.forecast.backtest import Windows, join, windows
from tanfeng.forecast.calibration import DEFAULT, GROUPS, KIND_GROUPS, PROVINCE_GROUPS, Learnt
from tanfeng.forecast.conformal import (
    FEWEST,
    LEARNT_YEARS,
    PATHS,
    PROBABILITIES,
    Calibration,
    chunks,
    learn,
    paths,
    quantiles,
)
from tanfeng.forecast.r1 import Values

SEED = 20261124
LEARN_SHARE = 0.6
FIRST_TESTED = 10
LEVELS = (80, 95)
MEASURED = ["group", "test", "measure", "year_ahead", "value", "cases"]
SLOWDOWN = 2012
# Of a group of provinces a quarter is its own, three quarters are sectors of countries: 23 years of provinces hold one
# long boom, and intervals learnt from it alone held 55 % instead of 80 % of the outcomes after 2012.
OWN_SHARE = 0.25
# country_total mixes all gases (steady) with fossil CO2 alone (less so); the factor keeps it near its level on regions
# left out.
WIDENING = 1.05
MEASURED_YEARS = 3  # ahead, of kinds that are no emissions: as far as their paths answer a target


def read_panel(path: Path) -> pd.DataFrame:
    """Read a panel and return columns series, region, group, year, value (see the module for what a file may hold).

    Competition series also have `origin`: true in the last year of their history.

    Raises:
        ProjectError: if the file can not be read or its columns are not those of a panel.
    """
    try:
        rows = pd.read_csv(path)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ProjectError(f"{path}: not a CSV file that can be read: {error}") from error
    if {"region", "sector", "year", "value"} <= set(rows.columns):
        region = rows["region"].astype("str")
        named = rows.assign(region=region, series=region + " " + rows["sector"], group=_groups(rows["sector"], path))
    elif {"set", "series", "t", "value"} <= set(rows.columns):
        named = rows.assign(region=rows["series"], group=DEFAULT, year=rows["t"], origin=_ends_of_history(rows))
    elif {"series", "year", "value"} <= set(rows.columns):
        named = rows.assign(region=rows.get("region", rows["series"]), group=rows.get("group", DEFAULT))
    else:
        raise ProjectError(
            f"{path}: columns {', '.join(map(str, rows.columns))}; expected region, sector, year, value, "
            "or set, series, t, part, value, or series, year, value"
        )
    return _usable(named, path)


def _ends_of_history(rows: pd.DataFrame) -> pd.Series:
    if "part" not in rows:
        return pd.Series(True, index=rows.index)
    last = rows["t"].where(rows["part"] == "x").groupby(rows["series"]).transform("max")
    return rows["t"] == last


def _groups(sectors: pd.Series, path: Path) -> pd.Series:
    if "prov" in path.name:
        return sectors.where(sectors != "total", "province_total")
    return pd.Series(np.where(sectors == "total", "country_total", "country_sector"), index=sectors.index)


def _usable(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    unknown = rows.loc[~rows["group"].isin(GROUPS), "group"]
    if len(unknown):
        raise ProjectError(f"{path}: group {unknown.iloc[0]!r} is not known; expected one of {', '.join(GROUPS)}")
    found = rows[["series", "region", "group", "year", "value", *(["origin"] if "origin" in rows else [])]].copy()
    for column in ("year", "value"):
        number = pd.to_numeric(found[column], errors="coerce")
        wrong = np.flatnonzero(number.isna() & found[column].notna())
        if len(wrong):
            raise ProjectError(
                f"{path}, row {wrong[0] + 2}: {column} is {found[column].iloc[wrong[0]]!r}, not a number"
            )
        found[column] = number
    twice = found.duplicated(["series", "year"])
    if twice.any():
        row = found[twice].iloc[0]
        raise ProjectError(f"{path}: series {row['series']} has the year {row['year']} twice")
    return found.dropna(subset=["value"])


def calibrate(files: Sequence[Path], seed: int = SEED) -> Learnt:
    """Learn the calibration of every group in the panels, and measure it on regions left out.

    What is shipped is learnt from all regions. What is measured is learnt from 60 % of the regions, drawn with the
    seed, and tested on the other 40 %; provinces also across the slowdown of 2012, learnt from the years before. Kinds
    that are no emissions are measured at every origin with what was known by then.

    Raises:
        ProjectError: if a panel can not be read.
    """
    panels = [read_panel(path) for path in files]
    origins = _by_group(panels)
    kinds = {name: part for name, part in origins.items() if name in KIND_GROUPS}
    emissions = {name: part for name, part in origins.items() if name not in kinds}
    everything = _learn(emissions, seed) | {name: _centred(_one(name, part, seed)) for name, part in kinds.items()}
    stock_growth, held = _analogues(panels)
    measured = (_left_out(emissions, seed), _slowdown(emissions, seed), _past_only(kinds, seed), held)
    told = [rows for rows in measured if len(rows)]
    return Learnt(
        calibrations=everything,
        counts=pd.DataFrame(
            [(name, len(np.unique(part.series)), len(part)) for name, part in origins.items()],
            columns=["group", "series", "origins"],
        ),
        measured=pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=MEASURED),
        panels=_files(files, panels, seed),
        stock_growth=stock_growth,
    )


def _files(files: Sequence[Path], panels: Sequence[pd.DataFrame], seed: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [path.name for path in files],
            "sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in files],
            "series": [panel["series"].nunique() for panel in panels],
            "seed": seed,
        }
    )


def _by_group(panels: Sequence[pd.DataFrame]) -> dict[str, Windows]:
    """Return the origins of each group; general takes as many of every panel, so that none outweighs the others."""
    made = [
        (number, str(group), windows(rows.drop(columns="origin", errors="ignore"), LEARNT_YEARS))
        for number, panel in enumerate(panels)
        for group, rows in panel.groupby("group")
    ]
    present = {group for _, group, _ in made}
    found = {group: join(part for _, name, part in made if name == group) for group in GROUPS if group in present}
    each = [
        [part for number, name, part in made if number == panel and name not in KIND_GROUPS]
        for panel in range(len(panels))
    ]
    if any(each):
        found[DEFAULT] = _even([join(parts) for parts in each if parts])
    return {name: found[name] for name in GROUPS if name in found}


def _even(parts: Sequence[Windows]) -> Windows:
    fewest = min(len(part) for part in parts)
    return join(part.where(np.linspace(0, len(part) - 1, fewest).astype("int64")) for part in parts)


def _learn(origins: dict[str, Windows], seed: int) -> dict[str, Calibration]:
    """Learn every group; provinces borrow from the sectors of countries where these are known, and keep no centre."""
    own = {name: _one(name, part, seed) for name, part in origins.items()}
    lender = own.get("country_sector")
    if lender is None:
        return own
    return {name: _blend(one, lender) if name in PROVINCE_GROUPS else one for name, one in own.items()}


def _one(name: str, part: Windows, seed: int) -> Calibration:
    widening = WIDENING if name == "country_total" else 1.0
    return learn(name, part.histories, part.futures, seed, widening)


def _blend(own: Calibration, lender: Calibration) -> Calibration:
    lent = lender.trajectories[: round(PATHS * (1 - OWN_SHARE))]
    kept = own.trajectories[: PATHS - len(lent)]
    return _centred(
        dataclasses.replace(
            own,
            growth=OWN_SHARE * own.growth + (1 - OWN_SHARE) * lender.growth,
            trajectories=np.vstack([kept, lent]),
        )
    )


def _centred(one: Calibration) -> Calibration:
    """Return the calibration about the forecast itself: the median error is that of a boom, only the spread is kept."""
    middle = np.median(one.trajectories, axis=0) if len(one.trajectories) else 0.0
    return dataclasses.replace(
        one, growth=one.growth - one.growth[PROBABILITIES == 0.5], trajectories=one.trajectories - middle
    )


def _left_out(origins: dict[str, Windows], seed: int) -> pd.DataFrame:
    regions = sorted({str(name) for part in origins.values() for name in part.regions})
    learnt = set(np.random.default_rng(seed).permutation(regions)[: round(LEARN_SHARE * len(regions))].tolist())
    chosen = {name: np.isin(part.regions, list(learnt)) for name, part in origins.items()}
    known = _learn({name: part.where(chosen[name]) for name, part in origins.items()}, seed)
    tests = {name: part.where(~chosen[name] & _long(part)) for name, part in origins.items()}
    return _measured(known, tests, "left_out")


def _long(part: Windows) -> np.ndarray:
    return (~np.isnan(part.histories)).sum(axis=1) >= FIRST_TESTED


def _slowdown(origins: dict[str, Windows], seed: int) -> pd.DataFrame:
    """Learn from what was known in 2012, test on forecasts of provinces made in that year."""
    known = {name: part.until(SLOWDOWN) for name, part in origins.items() if name != DEFAULT}
    tests = {name: part.where(part.years == SLOWDOWN) for name, part in origins.items() if name in PROVINCE_GROUPS}
    return _measured(_learn(known, seed), tests, f"slowdown_{SLOWDOWN}") if tests else pd.DataFrame()


def _past_only(kinds: dict[str, Windows], seed: int) -> pd.DataFrame:
    """Test each kind on forecasts of every year, learnt from what was known in that year; coverage, not the peak."""
    hits = {name: _hits_past_only(name, part, seed) for name, part in kinds.items()}
    rows = [row for name, found in hits.items() for row in _rows(name, "past_only", found)]
    return pd.DataFrame(rows, columns=MEASURED)


def _hits_past_only(name: str, part: Windows, seed: int) -> dict[str, Values]:
    near = np.where(np.arange(part.futures.shape[1]) < MEASURED_YEARS, part.futures, np.nan)
    tested = dataclasses.replace(part, futures=near)
    found = []
    for year in range(part.years.min() + MEASURED_YEARS, part.years.max() + 1):
        known, here = part.until(year), tested.where(part.years == year)
        if len(here) and (~np.isnan(known.futures[:, 0])).sum() >= FEWEST:
            found.append(_hits(_centred(_one(name, known, seed)), here))
    none = {f"coverage{level}": near[:0] for level in LEVELS}
    return {measure: np.concatenate([none[measure], *(hits[measure] for hits in found)]) for measure in none}


def _analogues(panels: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how stocks went on by their growth, and how that held past-only; both empty without such stocks."""
    stocks = pd.concat([panel[panel["group"] == "stock"] for panel in panels])
    cases = analogues.cases(stocks)
    if cases.empty:
        return pd.DataFrame(), pd.DataFrame()
    tested = analogues.past_only(cases)
    rows = [("all", tested), *((str(years), part) for years, part in tested.groupby("years_ahead"))]
    held = [(analogues.NAME, "past_only", "coverage80", year, part["inside"].mean(), len(part)) for year, part in rows]
    return analogues.learn(cases), pd.DataFrame(held, columns=MEASURED)


def _measured(known: dict[str, Calibration], tests: dict[str, Windows], test: str) -> pd.DataFrame:
    hits = {name: _hits(known[name], part) for name, part in tests.items()}
    together = [name for name in tests if name in PROVINCE_GROUPS]
    if together:
        hits["provinces"] = {key: np.concatenate([hits[name][key] for name in together]) for key in hits[together[0]]}
    rows = [row for name, found in hits.items() for row in _rows(name, test, found)]
    return pd.DataFrame(rows, columns=MEASURED)


def _hits(one: Calibration, part: Windows) -> dict[str, Values]:
    found = {}
    for level in LEVELS:
        ends = quantiles(part.histories, one, LEARNT_YEARS, [0.5 - level / 200, 0.5 + level / 200])
        inside = (part.futures >= ends[:, :, 0]) & (part.futures <= ends[:, :, 1])
        found[f"coverage{level}"] = np.where(np.isnan(part.futures), np.nan, inside)
    whole = part.where(part.whole)
    outcome = whole.futures.max(axis=1, initial=0.0) <= whole.maxima
    found["brier"] = ((share_peaked(whole, one) - outcome) ** 2)[:, None]
    return found


def share_peaked(part: Windows, one: Calibration) -> Values:
    """Return the share of paths that stay at or below the past maximum, shape (origins,)."""
    years = part.futures.shape[1]
    return np.concatenate(
        [np.zeros(0)]
        + [
            (paths(part.histories[rows], one, years).max(axis=2) <= part.maxima[rows, None]).mean(axis=1)
            for rows in chunks(len(part))
        ]
    )


def _rows(name: str, test: str, found: dict[str, Values]) -> list[tuple[str, str, str, str, float, int]]:
    rows = []
    for measure, hits in found.items():
        columns = {"all": hits, **{str(h + 1): hits[:, h] for h in range(hits.shape[1]) if hits.shape[1] > 1}}
        for year, column in columns.items():
            cases = int((~np.isnan(column)).sum())
            if cases:
                rows.append((name, test, measure, year, float(np.nanmean(column)), cases))
    return rows
