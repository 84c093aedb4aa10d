"""`make bench`: the build beside the plain papermill and nbconvert commands, in one run; ratios count, not seconds.

The forecast engine follows (`bench_forecast`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from tanfeng.report import plan
from tanfeng.report.environment import SETTINGS
from tanfeng.report.execute import prepare

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
RUNS = 3
NAMES = ["technology", "field-transport"]


def _timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, **SETTINGS})
    return time.perf_counter() - started


def _plain(folder: Path) -> float:
    """One report after the other with the papermill and nbconvert commands."""
    total = 0.0
    for report in plan.reports(ROOT, "330000", "zh", NAMES):
        before, after = folder / f"{report.slug}.ipynb", folder / f"{report.slug}.out.ipynb"
        nbformat.write(prepare(nbformat.read(ROOT / report.notebook, as_version=4), "zh"), before)
        given = [part for pair in report.notebook_parameters.items() for part in ("-r", *pair)]
        out = ["-r", "out", str(folder)]
        total += _timed([str(BIN / "papermill"), str(before), str(after), *given, *out, "--cwd", str(ROOT)])
        total += _timed([str(BIN / "jupyter"), "nbconvert", "--to", "html", str(after)])
    return total


def _ours(folder: Path) -> float:
    command = [str(BIN / "tanfeng"), "build", *NAMES, "--lang", "zh", "--force", "--out", str(folder)]
    return _timed(command)


def main() -> None:
    """Print medians of interleaved runs and their ratio."""
    plain, ours, idle = [], [], []
    for run in range(RUNS):
        folder = Path(tempfile.mkdtemp(prefix="tanfeng-bench-"))
        plain.append(_plain(folder))
        ours.append(_ours(folder / "reports"))
        idle.append(_timed([str(BIN / "tanfeng"), "build", *NAMES, "--lang", "zh", "--out", str(folder / "reports")]))
        shutil.rmtree(folder)
        seconds = f"commands {plain[-1]:.1f} s, tanfeng build {ours[-1]:.1f} s, nothing to do {idle[-1]:.2f} s"
        print(f"run {run + 1}: {seconds}")
    middle = RUNS // 2
    ratio = sorted(one / other for one, other in zip(plain, ours, strict=True))[middle]
    print(
        f"{len(NAMES)} reports: papermill and nbconvert commands take {ratio:.2f} x the time of tanfeng build",
        flush=True,
    )
    subprocess.run([sys.executable, "-m", "tests.bench_forecast"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
