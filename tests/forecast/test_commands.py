"""The commands forecast, backtest, calibrate: data on stdout, messages on stderr, status 2 for a wrong file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]
HEADER = "series,year,point,lo80,hi80,lo95,hi95,p_peaked"


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run the command outside any project folder."""

    def command(*arguments: object) -> tuple[int, str, str]:
        return run(*arguments, cwd=tmp_path)

    return command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    values = np.exp(np.random.default_rng(1).normal(0.02, 0.05, (4, 30)).cumsum(axis=1))
    rows = [(f"系列{n}", 1991 + t, values[n, t]) for n in range(4) for t in range(30)]
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows, columns=["series", "year", "value"]).to_csv(path, index=False)
    return path


def test_forecast_needs_no_project(run: Run, file: Path) -> None:
    status, out, err = run("forecast", file, "--horizon", 5)
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == HEADER
    found = pd.read_csv(io.StringIO(out))
    assert len(found) == 20
    assert found["series"].unique().tolist() == ["系列0", "系列1", "系列2", "系列3"]


def test_forecast_to_a_file_with_levels_and_paths(run: Run, file: Path, tmp_path: Path) -> None:
    out_file = tmp_path / "out.csv"
    status, out, _ = run("forecast", file, "--horizon", 2, "--levels", "50,90", "--paths", 3, "--out", out_file)
    assert (status, out) == (0, "")
    expected = "series,year,point,lo50,hi50,lo90,hi90,p_peaked,path1,path2,path3"
    assert out_file.read_text(encoding="utf-8").splitlines()[0] == expected


def test_forecast_of_a_reference_and_of_the_peak(run: Run, file: Path) -> None:
    status, out, _ = run("forecast", file, "--horizon", 3, "--method", "drift")
    assert (status, out.splitlines()[0]) == (0, HEADER)
    status, out, _ = run("forecast", file, "--horizon", 3, "--peak")
    assert (status, out.splitlines()[0]) == (0, "series,year,p_peaked_by,p_no_peak,trend,maximum_year")
    assert pd.read_csv(io.StringIO(out))["year"].head(3).tolist() == [2020, 2021, 2022]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "the file is empty"),
        (b"series,year,value\n", "no row below the header"),
        (b"series;year;value\na;2020;1\n", "column series, year, value is missing"),
        ("series,year,value\n浙江,2020,1\n浙江,2021,很多\n".encode(), "row 3 (series 浙江: 很多)"),
        ("series,year,value\n浙江,2020,1\n".encode("gbk"), "not a CSV file in UTF-8"),
        (b"series,year,value\na,2020,1\na,2020,2\n", "the year 2020 twice, rows 2 and 3"),
        (b"series,year,value\na,2020,1\n\nb,2020,1\n", "series has no name: row 3"),
        (b'series,year,value\n"a,2020,1\n', "not a CSV file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "panel.csv"),
    ],
)
def test_a_wrong_file_is_status_2_and_one_line(run: Run, file: Path, text: bytes, message: str) -> None:
    file.write_bytes(text)
    status, out, err = run("forecast", file, "--horizon", 3)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--horizon", "0"], ["--horizon", "3", "--levels", "x"], ["--horizon", "3", "--method", "oracle"],
     ["--horizon", "x"],
     ["--horizon", "3", "--peak", "--method", "theta"]],
)  # fmt: skip
def test_a_wrong_question_is_status_2(run: Run, file: Path, arguments: list[str]) -> None:
    status, out, _ = run("forecast", file, *arguments)
    assert (status, out) == (2, "")


def test_a_file_that_is_not_there_and_blank_lines_at_the_end(run: Run, file: Path) -> None:
    assert run("forecast", file.with_name("none.csv"), "--horizon", 2)[0] == 2
    before = run("forecast", file, "--horizon", 2)[1]
    file.write_text(file.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert run("forecast", file, "--horizon", 2)[:2] == (0, before)


def test_backtest_writes_scores_and_states_the_sample(run: Run, file: Path) -> None:
    status, out, err = run("backtest", file, "--horizon", 4, "--sample", 6, "--method", "r1", "--method", "drift")
    found = pd.read_csv(io.StringIO(out))
    assert status == 0
    assert found["method"].unique().tolist() == ["naive", "r1", "drift"]
    assert "6 of 68 origins, the same for every method, seed 1" in err


def test_calibrate_writes_the_tables(run: Run, file: Path, tmp_path: Path) -> None:
    values = np.exp(np.random.default_rng(2).normal(0.02, 0.05, (30, 30)).cumsum(axis=1))
    rows = [(f"s{n}", 1991 + t, values[n, t]) for n in range(30) for t in range(30)]
    pd.DataFrame(rows, columns=["series", "year", "value"]).to_csv(file, index=False)
    status, out, err = run("calibrate", file, "--out", tmp_path / "learnt")
    assert status == 0
    assert out.splitlines()[0] == "group,test,measure,value,cases"
    assert "1 groups from 1 panels" in err
    assert sorted(path.name for path in (tmp_path / "learnt").iterdir()) == [
        "groups.csv", "measured.csv", "panels.csv", "quantiles.csv", "trajectories.csv",
    ]  # fmt: skip


def test_the_same_digits_under_other_kernels_and_threads(file: Path) -> None:
    command = [
        Path(sys.executable).parent / "tanfeng",
        "forecast",
        file,
        "--horizon",
        "10",
        "--levels",
        "50,80,95",
        "--paths",
        "5",
    ]
    printed = {
        subprocess.run(
            command,
            env={**os.environ, "OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for kernel, threads in (("Haswell", "1"), ("Sandybridge", "2"))
    }
    assert len(printed) == 1


@pytest.mark.parametrize("command", ["forecast", "backtest", "calibrate"])
def test_every_command_has_help(run: Run, command: str) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    assert "Usage" in out
