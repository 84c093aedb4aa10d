"""The forecast engine beside statsmodels and statsforecast, one run, one thread: `python -m tests.bench_forecast`.

statsforecast has pins of its own and lives in `build/statsforecast`, made at the first run; without a package index it
is not measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is loaded

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from tanfeng.forecast import panel, references  # noqa: E402
from tanfeng.forecast import table as frames  # noqa: E402
from tanfeng.forecast.calibration import calibration  # noqa: E402
from tanfeng.forecast.conformal import chunks, paths, quantiles  # noqa: E402

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
OTHER = ROOT / "build" / "statsforecast"
SERIES, YEARS, HORIZON, RUNS = 20_000, 25, 10, 5
THIRTEEN = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975)
OTHER_SCRIPT = """
import sys, time, numpy as np
from statsforecast.models import AutoETS, DynamicOptimizedTheta
rows = np.load(sys.argv[1])
for kind in (AutoETS, DynamicOptimizedTheta):
    name, model = kind.__name__, kind(season_length=1)
    model.forecast(y=rows[0], h=10, level=[80, 95])
    start = time.perf_counter()
    for row in rows:
        model.forecast(y=row, h=10, level=[80, 95])
    print(f"statsforecast {name}: {len(rows) / (time.perf_counter() - start):,.0f}")
"""


def walks(series: int) -> np.ndarray:
    """Return random growth, the same in every run."""
    return np.exp(np.random.default_rng(1).normal(0.02, 0.08, (series, YEARS)).cumsum(axis=1))


def rate(work: Callable[[], object], series: int, runs: int = RUNS) -> float:
    """Return series a second: the median of some runs, after one to warm up."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return series / sorted(seconds)[runs // 2]


def engine() -> dict[str, float]:
    """Return the rates of the engine in series a second, ten years ahead each."""
    rows, learnt = walks(SERIES), calibration("country_total")
    few = rows[:2_000]

    def with_quantiles() -> None:
        for part in chunks(len(rows)):
            quantiles(rows[part], learnt, HORIZON, THIRTEEN)

    def with_paths() -> None:
        for part in chunks(len(few)):
            (paths(few[part], learnt, HORIZON).max(axis=2) <= few[part].max(axis=1)[:, None]).mean(axis=1)

    return {
        "point": rate(lambda: panel.points(rows, HORIZON), len(rows)),
        "13 quantiles": rate(with_quantiles, len(rows)),
        "400 joint paths and P(peaked)": rate(with_paths, len(few)),
    }


def provinces() -> float:
    """Return the seconds for 30 provinces of 7 series with intervals and the probability of a peak by year."""
    rows = walks(210)
    table = pd.DataFrame(
        {
            "series": np.repeat(np.arange(210), YEARS),
            "year": np.tile(np.arange(1998, 1998 + YEARS), 210),
            "value": rows.ravel(),
        }
    )
    return 1 / rate(lambda: (frames.forecast(table, HORIZON), frames.peak_probabilities(table, HORIZON)), 1)


def statsmodels_rate(name: str, series: int = 20) -> float:
    """Return the rate of a reference method of statsmodels, point and interval."""
    rows = walks(series)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rate(lambda: [references.ahead(name, row, HORIZON) for row in rows], series, 3)


def statsforecast_rates() -> list[str]:
    """Return the rates of statsforecast as lines, from an environment of its own."""
    python = OTHER / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([BIN / "uv", "venv", "-q", "--python", sys.executable, OTHER], check=True)
            subprocess.run([BIN / "uv", "pip", "install", "-q", "--python", python, "statsforecast"], check=True)
        np.save(OTHER / "rows.npy", walks(200))
        done = subprocess.run(
            [python, "-W", "ignore", "-c", OTHER_SCRIPT, OTHER / "rows.npy"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        return [f"statsforecast: not measured ({error})"]
    return done.stdout.splitlines()


def main() -> None:
    """Print series a second, each ten years ahead from 25 years, and the ratio to the damped ETS of statsmodels."""
    own, ets = engine(), statsmodels_rate("damped")
    print("series a second, 25 years in, 10 years ahead, one thread")
    for what, value in own.items():
        print(f"tanfeng {what}: {value:,.0f}, {value / ets:,.0f} x one ETSModel fit")
    print(f"tanfeng, 30 provinces x 7 series with intervals and P(peak by year): {provinces():.3f} s")
    print(f"statsmodels ETSModel (damped): {ets:,.0f}")
    print(f"statsmodels ThetaModel: {statsmodels_rate('theta'):,.0f}")
    for line in statsforecast_rates():
        print(line)


if __name__ == "__main__":
    main()
