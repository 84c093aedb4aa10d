"""Zeros, negative sizes, falls typed as rises and fractions for percent are errors; a row to paste clears true ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.checks import lookback, magnitude
from tanfeng.checks.importing.local import rehearse
from tanfeng.data import cache
from tanfeng.data.catalog import Catalog, open_catalog
from tests.conftest import errors, mistakes

Run = Callable[..., tuple[int, str, str]]
SOURCE = "chinanews_capacity_2024_08"
ASKED = {
    "P01": ("energy_intensity_change_assessment", "14.5"),
    "I01": ("industry_energy_per_va_change", "16"),
    "B01": ("public_institution_energy_per_capita_change", "6"),
}
EXPLAINED = "if it is right, add to data/series_warnings.csv: "


def figure(indicator: str, period: str, value: object, unit: str = "%", region: str = "330000") -> str:
    return f"{indicator},{region},{period},{value},{unit},exact,reported,{SOURCE},,"


def opened(tables: Path) -> Catalog:
    """Open tables that were changed, as a new process does."""
    cache.clear()
    return Catalog(tables)


def add(tables: Path, table: str, *rows: str) -> Catalog:
    path = tables / "data" / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return opened(tables)


def local(tables: Path, suffix: str, *rows: str) -> Catalog:
    columns = open_catalog(tables).tables["observations"].columns
    cells = [next(csv.reader([row])) for row in rows]
    frame = pd.DataFrame(cells, columns=columns)
    path = tables / "data" / "local" / f"observations{suffix}"
    path.parent.mkdir(exist_ok=True)
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.assign(value=pd.to_numeric(frame["value"])).to_excel(path, index=False)
    return opened(tables)


@pytest.mark.parametrize("target", list(ASKED))
@pytest.mark.parametrize("value", ["14.9", "-0.149", "0.149"])
class TestChangesOfTargets:
    def test_a_row_of_the_table(self, tables: Path, target: str, value: str) -> None:
        indicator, asked = ASKED[target]
        found = magnitude.check(add(tables, "observations", figure(indicator, "2020/2025", value)))
        sentence = f"the target {target} asks for a fall of {asked} %: did you mean -14.9?"
        assert [(one.severity, one.expected) for one in found] == [("error", f"a change that fits: {sentence}")]
        assert found[0].found.startswith(value)

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
    def test_a_local_row(self, tables: Path, run: Run, target: str, value: str, suffix: str) -> None:
        local(tables, suffix, figure(ASKED[target][0], "2020/2025", value))
        status, out, _ = run("data", "check", cwd=tables)
        assert (status, f"data/local/observations{suffix}, row 2, column value: found {value} %" in out) == (1, True)
        assert f"the target {target} asks for a fall of {ASKED[target][1]} %: did you mean -14.9?" in out

    def test_an_import(self, tables: Path, run: Run, tmp_path: Path, target: str, value: str) -> None:
        local(tables, ".xlsx", figure(ASKED[target][0], "2020/2025", value))
        file = (tables / "data" / "local" / "observations.xlsx").rename(tmp_path / "mine.xlsx")
        status, _, err = run("data", "import", file, cwd=tables)
        assert (status, "mine.xlsx, row 2, column value" in err, "did you mean -14.9?" in err) == (2, True, True)
        assert not list((tables / "data" / "local").iterdir())


@pytest.mark.parametrize("target", list(ASKED))
def test_a_fall_as_it_is_published_passes(catalog: Catalog, target: str) -> None:
    row = next(csv.reader([figure(ASKED[target][0], "2020/2025", "-14.9")]))
    rows = pd.DataFrame([row], columns=catalog.tables["observations"].columns)
    assert rehearse(catalog, {"observations": rows}) == []


@pytest.mark.parametrize(
    ("value", "meant"), [("0.055", "5.5"), ("-5.5", "5.5"), ("5.5", ""), ("1.2", ""), ("-0.4", "")]
)
def test_growth_is_held_against_that_of_other_years_and_regions(tables: Path, value: str, meant: str) -> None:
    found = magnitude.check(add(tables, "observations", figure("gdp_real_growth", "2024/2025", value)))
    own = [one.expected for one in found if "2024/2025" in one.found]
    assert [one.endswith(f"did you mean {meant}?") for one in own] == ([True] if meant else [])


def changes(values: list[float], region: str) -> pd.DataFrame:
    ends = [float(year) for year in range(2001, 2001 + len(values))]
    rows = pd.DataFrame({"end": ends, "value": values, "region": region, "unit": "%"})
    return rows.assign(indicator="va_secondary_real_growth", start=rows["end"] - 1)


@pytest.mark.parametrize(
    ("own", "meant"),
    [
        ([9.4, 13.0, 11.8, 9.2, 7.0, 5.0, 4.0, 1.0, 0.2], []),  # published to one decimal, as the others
        ([9.4, 13.0, 11.8, 9.2, 7.0, 5.0, 4.0, 1.0, 0.055], ["5.5"]),
        ([9.4, 13.0, 11.8, 9.2, 7.0, 5.0, -0.6, -4.6, 3.2], []),  # its region has shrunk before
        ([9.4, 13.0, 11.8, 9.2, 7.0, 5.0, 4.0, -4.6, 3.2], ["4.6"]),
    ],
)
def test_a_change_is_held_against_the_decimals_and_signs_of_its_series(
    catalog: Catalog, own: list[float], meant: list[str]
) -> None:
    others = [changes([8.0 + (number + year) % 9 for year in range(9)], str(number)) for number in range(14)]
    rows = pd.concat([changes(own, "210000"), *others], ignore_index=True)
    found = [far.expected for far in magnitude.mistyped_changes(catalog, rows)]
    assert [one.rpartition(" ")[2].rstrip("?") for one in found] == meant


def test_a_rise_within_a_year_is_no_slip(tables: Path) -> None:
    row = figure("energy_intensity_change_assessment", "2023/2024", "2.9")
    assert magnitude.check(add(tables, "observations", row)) == []


def mended(tables: Path, start: str, old: str, new: str) -> Catalog:
    path = tables / "data" / "observations.csv"
    content = path.read_text(encoding="utf-8")
    line = next(line for line in content.split("\n") if line.startswith(start))
    assert old in line
    path.write_text(content.replace(line, line.replace(old, new, 1)), encoding="utf-8")
    return opened(tables)


def test_a_missing_line_of_evidence_hides_nothing(tables: Path) -> None:
    catalog = add(tables, "observations", figure(ASKED["P01"][0], "2020/2025", "14.9"))
    evidence, sign = errors(catalog)
    assert "add to data/evidence.csv: targets,P01," in evidence
    assert "the target P01 asks for a fall of 14.5 %: did you mean -14.9?" in sign


class TestSizes:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [("-5", "a stock is not below zero"), ("0", "a figure above zero, as 2024-03 (data/observations.csv, row ")],
    )
    def test_a_target_rests_on_it(self, tables: Path, value: str, expected: str) -> None:
        found = magnitude.check(mended(tables, "wind_capacity,330000,2024-08,", ",636", f",{value}"))
        assert [(one.severity, one.expected.startswith(expected)) for one in found] == [("error", True)]

    def test_nothing_rests_on_it(self, tables: Path) -> None:
        (found,) = magnitude.check(mended(tables, "cement_output,330000,2010,", ",11317.16,", ",0,"))
        assert "(data/observations.csv, row " in found.expected
        assert not found.chain

    def test_an_indicator_that_may_be_negative_is_declared(self, tables: Path) -> None:
        row = figure("electricity_net_import", "2001", "-5", "10^8 kWh")
        assert magnitude.check(add(tables, "observations", row))
        path = tables / "data" / "indicators.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows.loc[rows["id"] == "electricity_net_import", ["least", "most"]] = ["-3000", "3000"]
        rows.to_csv(path, index=False)
        assert magnitude.check(opened(tables)) == []

    def test_what_begins_or_ends_may_be_zero(self) -> None:
        def found(*values: float) -> list[str]:
            rows = pd.DataFrame({"end": range(2020, 2020 + len(values)), "value": [float(one) for one in values]})
            rows = rows.assign(period=rows["end"].astype(str), end=rows["end"].astype(float), file="x", row=rows.index)
            rows = rows.assign(indicator="x", region="y", kind="flow", published=rows["value"], published_unit="t")
            return [far.row["period"] for far in magnitude.impossible_sizes(rows, set())]

        assert found(0, 1, 4, 20) == []
        assert found(300, 90, 10, 0) == []
        assert found(0, 245, 250) == ["2020"]
        assert found(245, 250, 0) == ["2022"]
        assert found(245, 0, 250) == ["2021"]
        assert found(250, 4, 0, 0, 30, 240) == []  # it had nearly ended, and came back
        assert found(402, 362, 170, 160, 0) == []  # closed
        assert found(402, 362, 370, 360, 0) == ["2024"]


def pasted(catalog: Catalog, tables: Path) -> Catalog:
    """Paste the row that the one error prints."""
    (problem,) = errors(catalog)
    return add(tables, "series_warnings", problem.partition(EXPLAINED)[2])


class TestConfirmed:
    def test_fast_growth(self, tables: Path) -> None:
        line = "targets,{},offshore_wind_capacity,330000,2025,decides"
        add(tables, "evidence", line.format("E04"), line.format("E10"))
        row = figure("offshore_wind_capacity", "2025", "{}", "10^4 kW")
        catalog = add(tables, "observations", row.format(1500))
        catalog = pasted(catalog, tables)
        assert "由476增至1500，已与来源核对。" in catalog.read("series_warnings")["reason_zh"].to_list()
        assert errors(catalog) == []
        (problem,) = errors(mended(tables, "offshore_wind_capacity,330000,2025,", ",1500,", ",15000,"))
        assert "not 31.5 times it: check the unit" in problem

    def test_growth_by_more_than_ten(self, tables: Path) -> None:
        catalog = mended(tables, "wind_capacity,330000,2024-08,", ",636", ",6360")
        assert errors(pasted(catalog, tables)) == []
        assert errors(mended(tables, "wind_capacity,330000,2024-08,", ",6360", ",63600"))

    def test_a_rise_against_a_target(self, tables: Path) -> None:
        indicator = "energy_intensity_change_assessment"
        add(tables, "evidence", f"targets,P01,{indicator},330000,2020/2025,decides")
        catalog = add(tables, "observations", figure(indicator, "2020/2025", "14.9"))
        assert errors(pasted(catalog, tables)) == []

    def test_a_figure_that_now_decides_names_its_line_of_evidence(self, tables: Path) -> None:
        catalog = add(tables, "observations", figure("wind_capacity", "2025", "650", "10^4 kW"))
        (problem,) = [str(one) for one in mistakes(catalog)]
        row = problem.partition("add to data/evidence.csv: ")[2]
        assert row == "targets,E03,wind_capacity,330000,2025,decides"
        assert errors(add(tables, "evidence", row)) == []

    def test_the_printed_row_is_one_row_of_the_table(self, tables: Path) -> None:
        (problem,) = lookback.check(add(tables, "observations", figure("wind_capacity", "2025", "6500", "10^4 kW")))
        (cells,) = csv.reader(io.StringIO(problem.paste.removeprefix(EXPLAINED)))
        row = dict(zip(Catalog(tables).tables["series_warnings"].columns, cells, strict=True))
        assert (row["series"], row["first_year"], row["last_year"], row["kind"]) == (
            "wind_capacity",
            "2025",
            "2025",
            "jump",
        )
        assert row["source_id"] == SOURCE
