"""The commands `forecast`, `backtest` and `calibrate`: any panel of yearly series, no table of the project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanfeng.cli.common import Output, app, emit, formatted, note
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    import pandas as pd

MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "None"]


@app.command()
def forecast(
    file: Annotated[Path, typer.Argument(help="CSV with the columns series, year, value, if wanted group.")],
    horizon: Annotated[int, typer.Option(help="Years ahead, counted from the last figure of each series.")],
    levels: Annotated[str, typer.Option(help="Coverage of the intervals in percent.")] = "80,95",
    paths: Annotated[int, typer.Option(help="Number of joint paths to add as columns path1 ...")] = 0,
    method: Annotated[str, typer.Option(help="r1, or a reference: naive, drift, half_drift, theta, ets ...")] = "r1",
    peak: Annotated[bool, typer.Option("--peak", help="The probability of a peak by year instead.")] = False,
    out: Output = None,
) -> None:
    """Forecast yearly series: point, intervals and the probability that the series has peaked, as CSV."""
    _one_thread()
    from tanfeng.forecast import table as frames

    table = _table(file)
    if peak and method != "r1":
        raise ProjectError(f"method {method} has no joint paths, so no probability of a peak; expected r1")
    try:
        rows = (
            frames.peak_probabilities(table, horizon)
            if peak
            else frames.forecast(table, horizon, _levels(levels), show_paths=paths, method=method)
        )
    except ProjectError as error:
        raise ProjectError(f"{file}: {error}") from error
    emit(formatted(rows, "csv"), out)
    warned = rows.attrs.get("warned", 0)
    if warned:
        note.print(f"{warned} of {rows['series'].nunique()} fits of {method} warned, mostly that they did not converge")


@app.command()
def backtest(
    panel: Annotated[Path, typer.Argument(help="CSV: series, year, value, or region, sector, year, value.")],
    horizon: Annotated[int, typer.Option(help="Years ahead.")] = 10,
    method: Annotated[list[str] | None, typer.Option(help="Method; may be repeated; all by default.")] = None,
    sample: Annotated[int, typer.Option(help="Number of origins drawn for every method; 0 takes all.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the sample and of the bootstrap over regions.")] = 1,
    out: Output = None,
) -> None:
    """Score forecasts from past origins against what followed: OWA, MASE, sMAPE, coverage, interval score, CRPS."""
    _one_thread()
    from tanfeng.forecast import backtest as scores
    from tanfeng.forecast.learning import read_panel

    rows = read_panel(panel)
    methods = method or list(scores.METHODS)
    try:
        tested = len(scores.origins_of(rows, horizon, sample, seed))
        with _progress(tested, [name for name in methods if name != "r1"]) as tick:
            found = scores.backtest(rows, methods, horizon, sample, seed, tick=tick)
    except ProjectError as error:
        raise ProjectError(f"{panel}: {error}") from error
    emit(formatted(found, "csv"), out)
    every = len(scores.origins_of(rows, horizon))
    note.print(f"{tested} of {every} origins, the same for every method, seed {seed}")


@app.command()
def calibrate(
    panels: Annotated[list[Path], typer.Argument(help="Panels: CSV or CSV.gz, region, sector, year, value.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables that are learnt.")],
    seed: Annotated[int, typer.Option(help="Of the split of regions and the choice of trajectories.")] = 20261124,
) -> None:
    """Learn the intervals of the forecast from panels of real series, and measure them on regions left out."""
    _one_thread()
    from tanfeng.forecast import calibration, learning

    learnt = learning.calibrate(panels, seed)
    calibration.write(learnt, out)
    measured = learnt.measured
    emit(formatted(measured[measured["year_ahead"] == "all"].drop(columns="year_ahead"), "csv"), None)
    note.print(f"{len(learnt.calibrations)} groups from {len(panels)} panels written to {out}")


def _one_thread() -> None:
    """Keep the linear algebra of small models on one thread, unless the caller said otherwise: more are slower."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _table(file: Path) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    try:
        rows = pd.read_csv(
            file,
            dtype="str",
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values={"value": MISSING},
            skip_blank_lines=False,
        )
    except FileNotFoundError as error:
        raise ProjectError(f"{file}: no such file") from error
    except pd.errors.EmptyDataError as error:
        raise ProjectError(f"{file}: the file is empty; expected the columns series, year, value") from error
    except (OSError, UnicodeDecodeError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise ProjectError(f"{file}: not a CSV file in UTF-8 that can be read: {reason}") from error
    filled = np.flatnonzero((rows.fillna("") != "").any(axis=1))
    return rows.iloc[: filled[-1] + 1 if len(filled) else 0]  # blank lines at the end are no rows


def _levels(given: str) -> list[float]:
    try:
        return [float(level) for level in given.split(",")]
    except ValueError as error:
        raise ProjectError(f"--levels {given}: expected figures such as 80,95") from error


@contextmanager
def _progress(origins: int, methods: list[str]) -> Iterator[Callable[[str], None]]:
    """Show a bar on stderr with the method that is running."""
    from rich.progress import Progress

    with Progress(console=note, transient=True) as bar:
        task = bar.add_task("backtest", total=origins * len({"naive", *methods}))
        yield lambda name: bar.update(task, advance=1, description=name)
