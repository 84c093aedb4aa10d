"""`tanfeng inventory` on an energy balance, on accounts and with intervals; wrong questions end with status 2."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.facts import balance

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(catalog: Catalog, tmp_path: Path) -> str:
    balance.shipped(catalog, "330000", 2021).to_csv(tmp_path / "balance.csv", index=False)
    return str(tmp_path / "balance.csv")


def rows(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype={"region": str})


def test_a_balance_gives_co2_by_field(run: Run, file: str) -> None:
    status, out, err = run("inventory", file)
    assert status == 0
    assert out.splitlines()[0] == "region,year,field,subsector,fuel_group,co2_mt,status"
    assert rows(out).set_index("field").at["transport", "co2_mt"] == pytest.approx(29.70, abs=0.05)
    assert "has no figure of" in err


@pytest.mark.parametrize("by", ["total", "field", "subsector", "fuel_group", "detail"])
def test_every_breakdown_of_a_balance_has_the_same_total(run: Run, file: str, by: str) -> None:
    _, out, _ = run("inventory", file, "--by", by)
    assert not rows(out).duplicated(["year", "field", "subsector", "fuel_group"]).any()
    assert rows(out)["co2_mt"].sum() == pytest.approx(428.51, rel=0.02)


def test_other_factors_give_other_figures(run: Run, file: str) -> None:
    totals = [rows(run("inventory", file, "--factors", one)[1])["co2_mt"].sum() for one in ("ceads", "ipcc2006")]
    assert totals[1] / totals[0] == pytest.approx(1.075, abs=0.005)


def test_the_assessment_account(run: Run) -> None:
    status, out, err = run("inventory", "--account", "assessment")
    assert (status, err) == (0, "")
    table = rows(out).set_index("year")
    assert table.index.tolist() == list(range(2015, 2023))
    assert table.at[2021, "import_mt"] == pytest.approx(77.4, abs=0.1)


def test_intervals(run: Run) -> None:
    table = rows(run("inventory", "--intervals", "--by", "total")[1]).set_index("year")
    assert table.at[2022, "lo95"] < table.at[2022, "co2_mt"] < table.at[2022, "hi95"]
    assert set(rows(run("inventory", "--intervals")[1])["field"]).isdisjoint({"total"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-file.csv"], "no-such-file.csv"),
        (["--account", "consumption"], "direct, indirect, assessment"),
        (["--intervals", "--by", "detail"], "by field or total"),
        (["--account", "assessment", "--region", "440000"], "440000"),
    ],
)
def test_wrong_questions(run: Run, arguments: list[str], said: str) -> None:
    status, out, err = run("inventory", *arguments)
    assert (status, out) == (2, "")
    assert said in err


def test_a_wrong_set_and_a_wrong_breakdown(run: Run, file: str) -> None:
    assert run("inventory", file, "--factors", "epa")[0] == 2
    assert run("inventory", file, "--by", "colour")[0] == 2


def test_a_wrong_file_leaves_the_old_answer(run: Run, file: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer.csv"
    assert run("inventory", file, "--out", str(answer))[0] == 0
    before = answer.read_bytes()
    Path(file).write_text(Path(file).read_text().replace("Mtce", "Mtoe"))
    status, _, err = run("inventory", file, "--out", str(answer))
    assert status == 2
    assert "column unit: found 'Mtoe'" in err
    assert answer.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [["--region", "440000"], ["--account", "assessment"], ["--intervals"], ["--no-corrections"]],
)
def test_an_option_that_a_balance_would_ignore_is_refused(run: Run, file: str, options: list[str]) -> None:
    status, out, err = run("inventory", file, *options)
    assert (status, out) == (2, "")
    assert f"{options[0]} does nothing here" in err


@pytest.mark.parametrize(
    "options",
    [
        ["--factors", "ipcc2006"],
        ["--no-cement"],
        ["--account", "assessment", "--by", "total"],
        ["--account", "indirect", "--no-corrections"],
    ],
)
def test_an_option_that_the_inventory_would_ignore_is_refused(run: Run, options: list[str]) -> None:
    assert run("inventory", *options)[0] == 2


def test_factors_of_another_region_are_said(run: Run, file: str) -> None:
    Path(file).write_text(Path(file).read_text().replace("330000", "140000"))
    assert "factors ceads are those of Zhejiang, used for 140000 too" in run("inventory", file)[2]
