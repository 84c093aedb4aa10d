"""Notebooks on a Dask cluster: the same files as here, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanfeng.publishing import cluster as on_cluster
from tanfeng.publishing import stale
from tests.conftest import Run
from tests.publishing.test_make import COMMAND, broken, state, tanfeng

REPORTS = ("technology", "targets")
SECONDS = 300


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def pages(out: Path) -> dict[str, str]:
    return {name: value for name, value in state(out).items() if not name.startswith(".state")}


def busy_worker(cluster: Any) -> int:
    """Wait until a worker runs a notebook and return its process id."""
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for address, tasks in client.processing().items():
                if any("run" in key for key in tasks):
                    return int(client.run(os.getpid, workers=[address])[address])
            time.sleep(0.2)
    raise AssertionError("no worker got a notebook")


@pytest.mark.build
def test_a_worker_killed_in_the_middle_takes_nothing_with_it(project: Path, cluster: Any) -> None:
    there = ["--executor", "dask", "--scheduler", cluster.scheduler_address, "--out", "there"]
    command = [COMMAND, "build", *REPORTS, *there]
    building = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, encoding="utf-8")
    killed = busy_worker(cluster)
    time.sleep(2)
    os.kill(killed, signal.SIGKILL)
    _, said = building.communicate(timeout=SECONDS)
    assert building.returncode == 0, said
    assert "4 of 4 reports built" in said
    here = tanfeng(project, "build", *REPORTS, "--force", "--out", "here")
    assert here.returncode == 0, here.stderr
    assert pages(project / "there") == pages(project / "here")


@pytest.mark.build
def test_a_cell_that_raises_is_named(project: Path, cluster: Any) -> None:
    number = broken(project / "notebooks/reports/technology.ipynb")
    given = ("--executor", "dask", "--scheduler", cluster.scheduler_address)
    failed = tanfeng(project, "build", "technology", "--lang", "zh", *given)
    assert failed.returncode == 1
    assert f"notebooks/reports/technology.ipynb, cell {number} (region=330000, lang=zh)" in failed.stderr
    assert "ZeroDivisionError" in failed.stderr
    assert (project / "build/failed/330000/technology.zh.ipynb").is_file()


class TestTheQuestion:
    @pytest.mark.parametrize("given", [("--executor", "dask"), ("--scheduler", "tcp://127.0.0.1:1")])
    def test_executor_and_scheduler_go_together(self, run: Run, given: tuple[str, ...]) -> None:
        status, _, said = run("build", *given)
        assert status == 2
        assert "go together" in said

    def test_an_unknown_executor(self, run: Run) -> None:
        assert run("build", "--executor", "ray")[0] == 2


class TestArchive:
    def test_the_same_project_gives_the_same_bytes(self, project: Path) -> None:
        first = on_cluster.packed_project(project)
        for path in (project / "data").glob("*.csv"):
            path.touch()
        assert on_cluster.packed_project(project) == first
        (project / "data" / "plans.csv").write_text("x", encoding="utf-8")
        assert on_cluster.packed_project(project) != first

    def test_another_version_of_a_library_is_refused(self) -> None:
        with pytest.raises(RuntimeError, match=r"numpy .* instead of 0\.1"):
            on_cluster.run_on_worker(b"", "", None, {**stale.libraries(), "numpy": "0.1"}, 1.0)  # type: ignore[arg-type]

    def test_versions_are_those_of_this_python(self) -> None:
        assert stale.libraries()["python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
