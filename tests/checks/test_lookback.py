"""Slips in what look-back, targets and measures rest on are found; what can not be found is listed with the reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.checks import lookback
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.check import check_tables
from tanfeng.data.problem import Problem
from tanfeng.facts.usage_warnings import explained
from tests.conftest import mistakes

Run = Callable[..., tuple[int, str, str]]
TENFOLD = (10.0, 0.1)
TARGETS_NOT_FOUND = {
    # a draft of a city: no range is declared for cities, and no other figure of the indicator exists
    *(("C08", factor) for factor in TENFOLD),
    # the nation and other provinces: the ranges fit Zhejiang, and no other figure of indicator and region exists
    *((name, factor) for name in ("G04", "G05", "G21", "G27", "J09", "N11", "N14") for factor in TENFOLD),
    *((name, 0.1) for name in ("G08", "G14", "G23", "G24", "J04", "J06", "J10", "J11", "J17", "J18", "N13")),
    *((name, 10.0) for name in ("J07", "J22", "N12")),
}
MEASURES_NOT_FOUND = {
    # 67 million m3 more of a stock of 445 million: ten times as much is still in the order of the stock itself
    ("MA02", 10.0),
    # a site is a part of its target, however small; ten times one is still less than all under construction
    *((name, 0.1) for name in ("ME01", "ME02", "ME04", "ME05")),
    *((name, 10.0) for name in ("ME04", "ME05")),
    # tonnes of carbon a year against tonnes of carbon: another unit than the target
    *((name, factor) for name in ("MA03", "MA04") for factor in TENFOLD),
    # sets against kilowatts
    *(("ME03", factor) for factor in TENFOLD),
    # sites planned beyond the target, of no stated year
    *((name, factor) for name in ("ME24", "ME25") for factor in TENFOLD),
    # results, which the figure in the register of evidence holds (tests/checks/test_magnitude.py)
    *((name, factor) for name in ("ME42", "MI06") for factor in TENFOLD),
    ("MR06", 0.1),
}
WITHOUT_TARGET = 70  # measures with a quantity that serve no target: no second figure is published


def replaced(tables: Path, table: str, start: str, old: str, new: str) -> Catalog:
    path = tables / "data" / f"{table}.csv"
    content = path.read_text(encoding="utf-8")
    (line,) = [line for line in content.split("\n") if line.startswith(start)]
    assert line.replace(old, new, 1) != line
    path.write_text(content.replace(line, line.replace(old, new, 1)), encoding="utf-8")
    return Catalog(tables)


def errors(catalog: Catalog) -> list[Problem]:
    return mistakes(catalog) or lookback.check(catalog)


def test_the_shipped_tables_raise_no_alarm(live: Catalog) -> None:
    assert lookback.check(live) == []


@pytest.mark.parametrize(
    ("start", "old", "new", "expected"),
    [
        ("energy_intensity_change_planned,330000,2015/2020,", ",-17,", ",-1.7,", "within a factor of 2 of 2010/2015"),
        ("energy_intensity_change_planned,330000,2010/2015,", ",-18,", ",-8,", "within a factor of 2 of 2005/2010"),
        ("co2_intensity_change_planned,330000,2010/2015,", ",-19,", ",-1.9,", "a fall of 0.5 to 6 % a year"),
        ("energy_intensity_change,330000,2019/2020,", ",6.34,", ",-63.4,", "at most 3 times the largest other"),
        ("energy_intensity_change,330000,2019/2020,", ",6.34,", ",-6.34,", "by rate_energy_intensity"),
        ("energy_intensity_change,330000,2016/2017,", ",-3.74,", ",-0.374,", "by rate_energy_intensity"),
        ("energy_intensity_change_white_paper,330000,2010/2012,", ",-9,", ",-0.9,", "by the yearly changes of energy_"),
        ("energy_consumption_growth,330000,2019/2020,", ",10.1,", ",1.01,", "by rate_energy_consumption"),
        ("energy_consumption_planned,330000,2020,", ",22000,", ",220000,", "within a factor of 2 of 2015"),
        ("energy_dual_control_warning_intensity,330000,2011-06,", ",1,", ",3,", "the level that its note gives first"),
        ("energy_dual_control_warning_total,330000,2020-09,", ",1,", ",3,", "the level that its note gives first"),
        ("energy_intensity_direction,330000,2021-01/2021-03,", ",1,", ",-1,", "1 (it rose) with level 1"),
    ],
)
def test_a_slip_of_the_look_back(tables: Path, start: str, old: str, new: str, expected: str) -> None:
    found = errors(replaced(tables, "observations", start, old, new))
    (problem,) = [one for one in found if expected in one.expected]
    assert (problem.file, problem.column, problem.severity) == ("data/observations.csv", "value", "error")
    line = (tables / "data" / "observations.csv").read_text(encoding="utf-8").split("\n")[problem.row - 1]
    assert line.startswith(start)
    assert problem.chain.startswith(("plan ", "barometer "))


def test_the_command_fails_and_names_the_row(tables: Path, run: Run) -> None:
    replaced(tables, "observations", "energy_intensity_change_planned,330000,2015/2020,", ",-17,", ",-1.7,")
    status, out, _ = run("data", "check", cwd=tables)
    assert status == 1
    assert "found -1.7 % (energy_intensity_change_planned, 330000, 2015/2020)" in out
    assert run("targets", cwd=tables)[0] == 2


def test_a_slip_of_a_target_is_found_by_its_own_table(tables: Path, run: Run) -> None:
    replaced(tables, "targets", "P03,", ",1.24,", ",12.4,")
    status, out, _ = run("data", "check", "targets", cwd=tables)
    assert status == 1
    assert "column target_value: found 12.4 10^8 t (P03); expected 5000 to 30000 10^4 t" in out


def named(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, table: str, typed: pd.DataFrame) -> set[tuple[str, int]]:
    """Return the files and rows that `asking` names if a table is as typed."""
    real = lru_cache(lambda name: located(catalog, name))
    monkeypatch.setattr(lookback, "located", lambda _, name: typed if name == table else real(name))
    problems = explained(catalog, list(lookback.asked_findings(catalog)))
    return {(one.file, one.row) for one in problems if one.chain and not one.known}


def unfound(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, table: str, typed: pd.DataFrame) -> set[str]:
    """Return the rows of a table, as typed, that are not named themselves."""
    found = named(catalog, monkeypatch, table, typed)
    return {row.id for row in typed.itertuples() if (row.file, row.row) not in found}


def test_every_target_ten_times_off_is_found(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, missed = located(catalog, "targets"), set()
    for index, name in rows["id"].items():
        for factor in TENFOLD:
            value = rows["target_value"].where(rows.index != index, rows["target_value"] * factor)
            found = named(catalog, monkeypatch, "targets", rows.assign(target_value=value))
            missed |= set() if found else {(name, factor)}  # itself, or the measure that serves it
    assert missed == TARGETS_NOT_FOUND


@pytest.mark.parametrize("factor", TENFOLD)
def test_every_base_ten_times_off_is_found(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    rows = located(catalog, "targets")
    silent = unfound(catalog, monkeypatch, "targets", rows.assign(base_value=rows["base_value"] * factor))
    assert not silent & set(rows.loc[rows["base_value"].notna(), "id"])


@pytest.mark.parametrize("factor", TENFOLD)
def test_measures_ten_times_off(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    rows = located(catalog, "measures")
    silent = unfound(catalog, monkeypatch, "measures", rows.assign(quantity=rows["quantity"] * factor))
    known = rows[rows["quantity"].notna()].set_index("id")
    silent &= set(known.index)
    assert {(name, factor) for name in silent if known.at[name, "target_id"]} == {
        one for one in MEASURES_NOT_FOUND if one[1] == factor
    }
    assert (known["target_id"] == "").sum() == WITHOUT_TARGET
    shares = known[(known["unit"] == "%") & (known["quantity"] > 10)].index
    assert factor < 1 or not silent & set(shares)


@pytest.mark.parametrize(
    ("start", "old", "new", "column", "expected"),
    [
        ("E02,", ",1517,", ",1571,", "base_value", "the published figure of 2020, 1517 10^4 kW"),
        ("I01s,", ",18,", ",1.8,", "target_value", "a fall of 0.5 to 6 % a year"),
        ("A04b,", ",5.2,", ",52,", "target_value", "1 to 20 10^8 m3, range of forest_stock_old_survey"),
        ("T08,", ",90,", ",900,", "target_value", "10 to 600 10^4 units"),
        ("T08,", ",90,", ",300,", "target_value", "at most T07, of which it is a part"),
    ],
)
def test_a_slip_of_a_target(tables: Path, start: str, old: str, new: str, column: str, expected: str) -> None:
    found = [one for one in errors(replaced(tables, "targets", start, old, new)) if expected in one.expected]
    assert [(one.file, one.column) for one in found] == [("data/targets.csv", column)]
    assert f"target {start.rstrip(',')}" in found[0].chain


@pytest.mark.parametrize(
    ("table", "start", "old", "new"),
    [("targets", "T08,", ",90,", ",900,"), ("measures", "MI03,", ",50,%,2025,", ",5,%,2025,")],
)
def test_an_acknowledged_figure_passes(tables: Path, table: str, start: str, old: str, new: str) -> None:
    replaced(tables, table, start, old, new)
    path = tables / "data" / "series_warnings.csv"
    name, source = start.rstrip(","), "zj_charging_rural_plan_china_daily"
    row = f"{table},{name},330000,2025,2025,implausible,已核对来源。,Looked up again.,{source}"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{row}\n", encoding="utf-8")
    catalog = Catalog(tables)
    assert check_tables(catalog, ["series_warnings"]) == []
    assert [one.series for one in lookback.asked_findings(catalog)][:1] == [name]
    assert [one for one in lookback.check(catalog) if one.file == f"data/{table}.csv"] == []


def test_ranges_hold_the_figures_of_their_indicator(catalog: Catalog) -> None:
    rows = catalog.read("indicators").dropna(subset=["least", "most"])
    assert (rows["least"] < rows["most"]).all()
    assert (rows["least"].isna() == rows["most"].isna()).all()
    asked = set(catalog.read("targets").query("variant == 'firm' and region == '330000'")["indicator"])
    compared = {row.indicator for row in catalog.read("observations").itertuples()}
    assert asked - set(rows["id"]) <= compared | {"industry_energy_per_va_change", "industry_co2_per_va_change"} | set(
        pd.Series(sorted(asked))[lambda names: names.str.endswith("_change_plan_scope")]
    )


@pytest.mark.parametrize("period", ["2010/2013", "2012/2013", "2015/2018", "2017/2018"])
def test_a_change_of_co2_intensity_has_no_second_figure(tables: Path, period: str) -> None:
    """Neither the years within nor emissions of the assessment are published: ten times smaller passes."""
    (row,) = Catalog(tables).read("observations").query(
        "indicator == 'co2_intensity_change' and region == '330000' and period == @period"
    ).to_dict("records")  # fmt: skip
    start = f"co2_intensity_change,330000,{period},"
    assert errors(replaced(tables, "observations", start, f",{row['value']},", f",{row['value'] / 10:.3f},")) == []
