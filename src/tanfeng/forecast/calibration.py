"""What the forecast learnt: reading and writing the tables in `learnt/`, one calibration a group of series.

`learning` makes them from panels; the command is `tanfeng calibrate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.project import ProjectError
from tanfeng.forecast.conformal import LEARNT_YEARS, PROBABILITIES, Calibration

PROVINCE_GROUPS = (
    "province_total", "energy", "industry", "buildings", "transport", "agriculture", "residential",
)  # fmt: skip
DEFAULT = "general"
KIND_GROUPS = ("stock", "product", "freight", "passenger", "energy_flow", "share")  # of what is not an emission
GROUPS = (*PROVINCE_GROUPS, "country_total", "country_sector", DEFAULT, *KIND_GROUPS)
YEARS = [f"h{year}" for year in range(1, LEARNT_YEARS + 1)]
FILES = ("groups.csv", "quantiles.csv", "trajectories.csv", "measured.csv", "panels.csv", "stock_growth.csv")
DIGITS = 4


@dataclass(frozen=True)
class Learnt:
    """Everything one run of `tanfeng calibrate` learnt and measured.

    `calibrations` by group; `counts` with group, series, origins; `measured` with group, test, measure, year_ahead,
    value, cases; `panels` with file, sha256, series, seed; `stock_growth` as `analogues.learn` returns it, empty
    without the group `stock`.
    """

    calibrations: Mapping[str, Calibration]
    counts: pd.DataFrame
    measured: pd.DataFrame
    panels: pd.DataFrame
    stock_growth: pd.DataFrame


def calibration(group: str = DEFAULT, folder: Path | None = None) -> Calibration:
    """Return what a group of series taught: the shipped tables, or those in a folder.

    Raises:
        ProjectError: if there is no such group.

    Example:
        >>> calibration("energy").group
        'energy'
    """
    known = calibrations(folder)
    if group not in known:
        raise ProjectError(f"group {group!r}: not known; expected one of {', '.join(known)}")
    return known[group]


@cached
def calibrations(folder: Path | None = None) -> Mapping[str, Calibration]:
    """Return every calibration by group (see `calibration`)."""
    groups, quantiles, trajectories = (read_learnt(name, folder) for name in FILES[:3])
    growth, drawn = quantiles[["root", "step"]].to_numpy(), trajectories[YEARS].to_numpy()
    return {
        row.group: Calibration(
            group=row.group,
            scale=float(row.scale),
            growth=growth[quantiles["group"].to_numpy() == row.group],
            trajectories=drawn[trajectories["group"].to_numpy() == row.group],
            widening=float(row.widening),
        )
        for row in groups.itertuples()
    }


def measured(folder: Path | None = None) -> pd.DataFrame:
    """Return the coverage and Brier scores measured on regions left out of the learning (see `Learnt`)."""
    return read_learnt("measured.csv", folder)


def read_learnt(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return one of the learnt tables (`FILES`): the shipped one, or that of a folder.

    Raises:
        ProjectError: if it is not there.
    """
    place: Traversable = resources.files("tanfeng.forecast") / "learnt" if folder is None else folder
    try:
        with (place / name).open(encoding="utf-8") as file:
            return pd.read_csv(file)
    except FileNotFoundError as error:
        raise ProjectError(f"{place / name}: not found; run `tanfeng calibrate PANEL... --out {place}`") from error


def write(learnt: Learnt, folder: Path) -> None:
    """Write the tables of one run to a folder, `FILES` (CSV); what was not learnt is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(learnt.calibrations.values())
    groups = pd.DataFrame({"group": [one.group for one in found]}).assign(
        scale=[one.scale for one in found], widening=[one.widening for one in found]
    )
    tables = (
        groups.merge(learnt.counts, on="group"),
        pd.concat([_quantiles(one) for one in found]),
        pd.concat([_trajectories(one) for one in found]),
        learnt.measured,
        learnt.panels,
        learnt.stock_growth,
    )
    for name, table in zip(FILES, tables, strict=True):
        if table.empty:
            continue
        table.round(DIGITS).to_csv(folder / name, index=False, lineterminator="\n")


def _quantiles(one: Calibration) -> pd.DataFrame:
    rows = pd.DataFrame({"group": one.group, "probability": PROBABILITIES})
    return rows.assign(root=one.growth[:, 0], step=one.growth[:, 1])


def _trajectories(one: Calibration) -> pd.DataFrame:
    rows = pd.DataFrame(one.trajectories, columns=YEARS)
    rows.insert(0, "group", np.repeat(one.group, len(rows)))
    return rows
