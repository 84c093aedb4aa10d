"""The monthly pulse: what is said follows from the rows, with months and without, in both languages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import pulse
from tanfeng.pages import text
from tanfeng.pages.charts import pulse as pulse_charts
from tanfeng.pages.page import KeyFigures, key_figure
from tanfeng.pages.reports import pulse as report
from tanfeng.targets import within_year

REGION, WITHOUT_MONTHS = "330000", "320000"


def figures(catalog: Catalog, region: str, lang: str) -> KeyFigures:
    rows = report.key_figures(catalog, region).to_dict("records")
    return KeyFigures({row["id"]: key_figure(catalog, row, lang) for row in rows})


def with_rows(catalog: Catalog, folder: Path, rows: list[dict[str, str]]) -> Catalog:
    """A copy of the tables with local observations."""
    (folder / "data" / "local").mkdir(parents=True)
    for path in (catalog.root / "data").iterdir():
        if path.name != "local":
            (folder / "data" / path.name).symlink_to(path)
    columns = catalog.tables["observations"].columns
    usual = {"bound": "exact", "status": "reported", "source_id": "nbs_monthly_copy", "note_zh": "", "note_en": ""}
    frame = pd.DataFrame([{**usual, **row} for row in rows])[columns]
    frame.to_csv(folder / "data" / "local" / "observations.csv", index=False)
    return Catalog(folder)


def of_2026(indicator: str, value: str) -> dict[str, str]:
    return {"indicator": indicator, "region": REGION, "period": "2026-01/2026-06", "value": value, "unit": "%"}


@pytest.mark.parametrize("lang", text.LANGS)
class TestPage:
    def test_the_latest_estimate_is_that_of_the_replay(self, catalog: Catalog, lang: str) -> None:
        last = pulse.replay(catalog, REGION).iloc[-1]
        found = figures(catalog, REGION, lang)["pulse_growth"]
        assert found.value == last["growth_pct"]
        assert f"{last['year']}" in found.year
        assert ("至" if lang == "zh" else " to ") in found.range  # a dash before a minus would read as one

    def test_a_region_without_months_has_neither_estimate_nor_cards(self, catalog: Catalog, lang: str) -> None:
        found = figures(catalog, WITHOUT_MONTHS, lang)
        assert not hasattr(found, "pulse_growth")
        assert report.cards(found) == {}
        rows = pulse.replay(catalog, WITHOUT_MONTHS)
        assert report.REPLAY.table(catalog, report.shown(rows), lang, "x").rows == []
        assert report.span(rows, lang) == ""
        assert catalog.label("regions", WITHOUT_MONTHS, lang) in report.absent(catalog, WITHOUT_MONTHS, lang)
        assert report.absent(catalog, REGION, lang) == ""

    def test_series_without_months_have_no_tables(self, catalog: Catalog, lang: str) -> None:
        rows = report.series(catalog, WITHOUT_MONTHS)
        assert report.ERRORS.table(catalog, report.series_errors(rows), lang, "x").rows == []
        assert report.RUNNING.table(catalog, report.running(rows), lang, "x").rows == []

    def test_what_is_missing_is_what_has_no_month_of_the_year(self, catalog: Catalog, lang: str) -> None:
        rows = report.missing(catalog, REGION)
        for row in rows.itertuples():
            known = pulse.cumulative(catalog, row.indicator, row.region)
            for year in map(int, row.wanted.split()):
                assert year not in known.index or known.loc[year, 2:11].isna().all()
        assert len(report.MISSING.table(catalog, rows, lang, "x").rows) == len(rows)
        assert report.MISSING.table(catalog, rows[:0], lang, "x").rows == []

    def test_the_chart_tells_each_year_in_words(self, catalog: Catalog, lang: str) -> None:
        rows = pulse.replay(catalog, REGION)
        alt = pulse_charts.replayed(rows, lang).alt
        assert all(str(year) in alt for year in rows["year"].unique())
        assert text.percent(rows.iloc[-1]["growth_pct"]) in alt


def test_months_that_are_imported_tell_the_running_year(catalog: Catalog, tmp_path: Path) -> None:
    year, units = catalog.as_of_year, {"thermal": "10^8 kWh", "cement": "10^4 t"}
    rows = [
        {
            "indicator": one.indicator,
            "region": one.region,
            "period": f"{of}-01/{of}-06",
            "value": str(1000 * factor),
            "unit": units[one.name],
        }
        for one in pulse.needed(catalog, REGION)
        for of, factor in ((year - 1, 1.0), (year, 0.9 if one.region == REGION else 1.0))
    ]
    local = with_rows(catalog, tmp_path, rows)
    last = pulse.replay(local, REGION).iloc[-1]
    assert (last["year"], last["months"]) == (year, 6)
    assert last["growth_pct"] < last["r1_pct"]
    assert pd.isna(last["co2_mt"])  # the year before has no inventory
    assert not set(report.missing(local, REGION)["indicator"]) & {row["indicator"] for row in rows}


class TestWithinYear:
    def test_months_of_energy_and_gdp_give_intensity_and_a_light(self, catalog: Catalog, tmp_path: Path) -> None:
        local = with_rows(
            catalog, tmp_path, [of_2026(within_year.ENERGY_GROWTH, "2.0"), of_2026(within_year.GDP_GROWTH[0], "5.0")]
        )
        row = within_year.intensity(local, REGION).iloc[-1]
        assert (row["year"], row["basis"]) == (2026, within_year.COMPUTED)
        assert row["change_pct"] == pytest.approx(100 * (1.02 / 1.05 - 1))
        wanted = report.missing(local, REGION)["indicator"]
        assert not set(wanted) & {within_year.ENERGY_GROWTH, within_year.GDP_GROWTH[0]}

    def test_one_of_the_two_is_not_enough(self, catalog: Catalog, tmp_path: Path) -> None:
        local = with_rows(catalog, tmp_path, [of_2026(within_year.ENERGY_GROWTH, "2.0")])
        assert within_year.intensity(local, REGION)["year"].max() < 2026

    def test_the_fall_of_a_year_is_that_of_the_plan_in_equal_steps(self, catalog: Catalog) -> None:
        rows = within_year.intensity(catalog, REGION).set_index("period")
        assert rows.at["2014-01/2014-06", "required_pct"] == pytest.approx(-18 / 5)
        assert rows.at["2014-01/2014-06", "light"] == "green"
        assert rows.at["2021-01/2021-03", "basis"] == within_year.STATED
        assert rows["light"].loc["2021-01/2021-03":].tolist() == ["red", "yellow"]
