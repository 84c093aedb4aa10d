"""The frames, tables and key figures of the report on the data are what the tables say."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.checks import figures as plausibility
from tanfeng.data.catalog import Catalog
from tanfeng.facts import (
    accounts,
    coverage,
    other_inventories,
    recalculation,
    uncertainty,
)
from tanfeng.pages import page, text
from tanfeng.pages import usage_warnings as warning_names
from tanfeng.pages.charts import coverage as coverage_charts
from tanfeng.pages.reports import coverage as reports_coverage
from tanfeng.pages.reports import data
from tanfeng.pages.reports import data as data_report
from tanfeng.pages.table import Table

REGION = "330000"


@pytest.fixture(scope="module")
def findings(catalog: Catalog) -> pd.DataFrame:
    return reports_coverage.finding_frame(catalog)


@pytest.fixture(scope="module")
def figures(catalog: Catalog) -> pd.DataFrame:
    return data_report.key_figures(catalog, REGION).set_index("id")


def cells(table: Table, key: str) -> list[str]:
    return [str(row[key]["text"]) for row in table.rows]


def numbers(table: Table, key: str) -> list[float]:
    """Return a column of numbers; emissions in Mt, whatever the unit of the language."""
    unit = next(column.unit for column in table.columns if column.key == key)
    factor = 0.01 if unit == text.TONNES["zh"] else 1.0
    return [factor * float(cell.replace(text.MINUS, "-").replace(",", "")) for cell in cells(table, key)]


@pytest.fixture(scope="module", params=text.LANGS)
def shown(request: pytest.FixtureRequest, catalog: Catalog, findings: pd.DataFrame) -> dict[str, Table]:
    """Every table of the page in one language."""
    report, checked = reports_coverage, recalculation.against_published(catalog, REGION, 2007, 2021)
    levels, used = uncertainty.intervals(catalog, REGION), accounts.indirect(catalog, REGION)
    made = {
        "statuses": (report.STATUSES, report.shares(coverage.counts(catalog, REGION))),
        "register": (report.REGISTER, report.summed(coverage.register(catalog))),
        "warning_kinds": (report.KINDS, report.kinds(coverage.warnings(catalog, REGION))),
        "corrections": (report.CORRECTIONS, report.corrections(catalog, REGION)),
        "findings": (report.FINDINGS, report.by_series(findings, "high")),
        "intervals": (data.INTERVALS, data.of_year(catalog, levels, 2022)),
        "half_widths": (data.HALF_WIDTHS, data.half_width_frame(catalog)),
        "assessment": (data.ACCOUNTS, accounts.assessment(catalog, REGION)),
        "indirect": (data.INDIRECT, data.beside_direct(catalog, REGION, used, 2021)),
        "recalculated": (report.RECALCULATED, report.beside_published(catalog, REGION, checked)),
        "factor_sets": (report.FACTOR_SETS, recalculation.by_factor_set(catalog, REGION, 2021)),
        "revised": (report.REVISED, coverage.revisions(catalog, REGION)),
    }
    return {name: layout.table(catalog, rows, request.param, "x") for name, (layout, rows) in made.items()}


def test_every_cell_is_filled_and_every_source_is_known(catalog: Catalog, shown: dict[str, Table]) -> None:
    known = set(catalog.read("sources")["id"])
    for name, table in shown.items():
        assert table.rows, name
        keys = {column.key for column in table.columns}
        assert all(str(row[key]["text"]) for row in table.rows for key in keys), name
        assert set(table.sources) <= known, name
        cited = {source for row in table.rows for key in keys for source in row[key].get("source", [])}
        assert cited <= set(table.sources), name
        assert ">nan" not in table.html({source: number for number, source in enumerate(table.sources, 1)})


def test_statuses_and_register_add_up(catalog: Catalog, shown: dict[str, Table]) -> None:
    assert sum(numbers(shown["statuses"], "all")) == coverage.counts(catalog, REGION)["all"].sum()
    every = numbers(shown["register"], "all")
    assert sum(every[:-1]) == every[-1] == len(catalog.read("sources"))


def test_warning_kinds_count_every_warning(catalog: Catalog, shown: dict[str, Table]) -> None:
    assert sum(numbers(shown["warning_kinds"], "count")) == len(coverage.warnings(catalog, REGION))


def test_corrections_take_off_what_the_energy_inventory_uses_as_material(shown: dict[str, Table]) -> None:
    table = shown["corrections"]
    assert cells(table, "year") == ["2020", "2020", "2021", "2021", "2022", "2022"]
    taken = [a - b for a, b in zip(numbers(table, "before"), numbers(table, "after"), strict=True)]
    # 10^4 t of LPG that are used and are not material
    burnt = [439.04 - 428.98, (8.083910 - 7.899655) / 0.017143, 701.89 + 3.84 + 28.11 - 681.20]
    published = [12.8495 + 0.2091, 13.8036 + 0.2247, 20.5423 + 1.3347]
    expected = [whole - 0.0313 * left for whole, left in zip(published, burnt, strict=True)]
    assert [taken[at] + taken[at + 1] for at in (0, 2, 4)] == pytest.approx(expected, abs=0.15)


def test_what_was_revised_is_told_with_its_reason(catalog: Catalog, shown: dict[str, Table]) -> None:
    table = shown["revised"]
    assert len(table.rows) == len(coverage.revisions(catalog, REGION))
    for before, after, change in zip(
        *(numbers(table, key) for key in ("before", "after", "difference_pct")), strict=True
    ):
        assert change == pytest.approx(100 * (after / before - 1), abs=0.15)


def test_intervals_of_2022(shown: dict[str, Table]) -> None:
    table = shown["intervals"]
    assert numbers(table, "co2_mt")[-1] == pytest.approx(440.67, abs=0.05)
    assert cells(table, "interval")[-1] in {"40211–47922", "402.1–479.2"}
    assert sum(numbers(table, "co2_mt")[:-1]) == pytest.approx(440.67, abs=0.3)
    assert table.rows[-1]["_class"] == "total"


def test_half_widths_are_those_of_the_intervals(catalog: Catalog) -> None:
    rows = data.half_width_frame(catalog)
    own = catalog.read("uncertainties")
    assert len(rows) == len(own) + 4
    assert rows["half_width_pct"].between(1, 20).all()
    assert set(rows["source_id"]) <= set(catalog.read("sources")["id"])
    parts = uncertainty._parts(catalog, REGION)
    for item, half in rows.query("component == 'factor'").set_index("item")["half_width_pct"].items():
        assert parts.loc[parts["fuel_group"] == item, "factor_pct"].unique().tolist() == pytest.approx([half])


def test_the_assessment_account(catalog: Catalog, shown: dict[str, Table]) -> None:
    table = shown["assessment"]
    assert cells(table, "year") == [str(year) for year in range(2015, 2023)]
    held = accounts.assessment(catalog, REGION).assign(held_mt=10.0)
    assert "held_mt" in {column.key for column in data.ACCOUNTS.table(catalog, held, "zh", "x").columns}
    for direct, more, total in zip(*(numbers(table, key) for key in ("direct_mt", "import_mt", "co2_mt")), strict=True):
        assert direct + more == pytest.approx(total, abs=0.11)
    assert set(cells(table, "held_mt")) == {"—"}  # no year of the tables is held
    assert "held_mt" not in {column.key for column in table.columns}


def test_electricity_stands_beside_direct_emissions(shown: dict[str, Table]) -> None:
    table = shown["indirect"]
    assert numbers(table, "co2_mt") == pytest.approx([215.0, 52.4, 6.0, 1.9, 44.4], abs=0.06)
    assert numbers(table, "direct_mt") == pytest.approx([73.0, 11.9, 29.7, 6.9, 19.9], abs=0.06)
    assert table.note


class TestFindings:
    def test_every_finding_has_its_series(self, catalog: Catalog, findings: pd.DataFrame) -> None:
        problems = plausibility.check_figures(catalog)
        assert len(findings) == len(problems)
        assert findings.columns.tolist() == reports_coverage.FINDING
        assert (findings.query("severity != 'low'")["series"] != "").all()
        observed = findings.query("table == 'observations'")
        assert set(observed["series"]) <= set(catalog.read("indicators")["id"])

    def test_counts_by_series_add_up(self, shown: dict[str, Table], findings: pd.DataFrame) -> None:
        assert sum(numbers(shown["findings"], "count")) == (findings["severity"] == "high").sum()

    def test_none(self, catalog: Catalog) -> None:
        empty = reports_coverage.finding_frame(catalog, [])
        assert empty.columns.tolist() == reports_coverage.FINDING
        assert reports_coverage.FINDINGS.table(catalog, reports_coverage.by_series(empty, "high"), "zh", "x").rows == []


class TestKeyFigures:
    def test_shares_add_up(self, figures: pd.DataFrame) -> None:
        assert not figures.index.duplicated().any()
        assert figures["value"].notna().all()
        shares = figures["value"]
        assert shares[["share_A", "share_B", "share_C", "share_own"]].sum() == pytest.approx(100)
        assert shares[["share_reported", "share_estimate"]].sum() == pytest.approx(100)
        assert shares[["warnings_high", "warnings_medium", "warnings_low"]].sum() == shares["warnings"]
        parts = ["emitted_reported", "emitted_adjusted"]
        assert shares[parts].sum() == shares["emitted"]

    def test_golden(self, figures: pd.DataFrame) -> None:
        expected = {
            "co2_latest": 440.67,
            "half_width": 8.75,
            "assessment_latest": 522.05,  # 440.67 + 81.38
            "import_latest": 81.4,
            "balance_calculated": 431.6,
            "balance_published": 440.67,
            "spread_widest": 36.3,
        }
        assert figures.loc[list(expected), "value"].to_dict() == pytest.approx(expected, abs=0.06)
        assert figures.loc[["energy_last", "coal_last"], "period"].tolist() == ["2024", "2022"]
        assert figures.at["covered_before", "value"] > figures.at["covered_after", "value"]

    def test_every_card_has_a_source(self, catalog: Catalog, figures: pd.DataFrame) -> None:
        known = set(catalog.read("sources")["id"])
        for name in ("co2_latest", "half_width", "import_latest", "assessment_latest"):
            cited = figures.at[name, "source_id"].split()
            assert cited, name
            assert set(cited) <= known

    def test_the_correction_is_told_apart_from_the_spread(self, figures: pd.DataFrame) -> None:
        assert figures.at["inventories_latest", "value"] == 2
        assert figures.at["co2_published", "value"] == pytest.approx(460.9, abs=0.05)
        assert figures.at["spread_published", "value"] == pytest.approx(7.3, abs=0.1)
        assert figures.at["spread_published", "value"] > figures.at["spread_latest", "value"]

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_counts_are_shown_without_a_unit(self, catalog: Catalog, figures: pd.DataFrame, lang: str) -> None:
        row = {**figures.loc["figures"].to_dict(), "id": "figures"}
        assert page.key_figure(catalog, row, lang).shown == str(int(row["value"]))


class TestCharts:
    def test_a_year_more_or_another_status_is_seen(self, catalog: Catalog) -> None:
        rows = coverage.main_series(catalog, REGION, 2018, 2022)
        drawn = coverage_charts.coverage(catalog, rows, "zh")
        assert coverage_charts.coverage(catalog, rows.assign(status="estimate"), "zh").svg != drawn.svg
        assert "二氧化碳排放总量（直接排放口径）" in drawn.alt.partition("2022年有数据的序列：")[2]

    def test_nothing_at_all(self, catalog: Catalog) -> None:
        rows = coverage.main_series(catalog, REGION, 2018, 2022).assign(status=coverage.NONE)
        assert "no series" in coverage_charts.coverage(catalog, rows, "en").alt

    def test_what_is_held_is_pale(self, catalog: Catalog) -> None:
        rows = accounts.assessment(catalog, REGION).assign(held_mt=10.0)
        assert (
            coverage_charts.assessment(catalog, rows, "en").svg
            != coverage_charts.assessment(catalog, rows.assign(held_mt=0), "en").svg
        )

    def test_every_other_inventory_is_named(self, catalog: Catalog) -> None:
        names = {name: name for name in warning_names.DATASETS}
        levels, others = uncertainty.intervals(catalog, REGION), other_inventories.compare(catalog, REGION)
        drawn = coverage_charts.other_inventories(catalog, levels, others, names, "en")
        assert all(name in drawn.alt for name in names)
        assert "2022 440.7 (402.1–479.2)" in drawn.alt


def test_every_error_of_the_intervals_has_a_name_of_its_own(catalog: Catalog) -> None:
    rows = data.half_width_frame(catalog)
    for lang in ("zh", "en"):
        table = data.HALF_WIDTHS.table(catalog, rows, lang, "caption")
        names = [(row["component"]["text"], row["item"]["text"]) for row in table.rows]
        assert len(set(names)) == len(names) == len(rows)
