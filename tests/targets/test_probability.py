"""How figures of years to come are distributed: by kind, published growth first, GDP, stocks with few figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import indicators
from tanfeng.forecast import analogues
from tanfeng.forecast.calibration import KIND_GROUPS, calibration
from tanfeng.pages.sentences import reason
from tanfeng.targets.probability import Distribution, distribution, figure_paths, share_reaching
from tanfeng.targets.rules import Requirement
from tanfeng.targets.verdict import judge_target
from tests.conftest import mistakes

REGION = "330000"
GDP = "gdp_current_5th_census"
SOURCE = "bulletin_2025"


def observed(tables: Path, indicator: str, unit: str, figures: dict[str, float], **more: str) -> Catalog:
    """Put these figures in place of all that is observed of an indicator in the region."""
    path = tables / "data" / "observations.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = rows[(rows["indicator"] != indicator) | (rows["region"] != REGION)]
    told = {"indicator": indicator, "region": REGION, "unit": unit, "bound": "exact", "status": "reported"} | more
    new = [{**told, "source_id": SOURCE, "period": period, "value": str(value)} for period, value in figures.items()]
    pd.concat([rows, pd.DataFrame(new)]).fillna("").to_csv(path, index=False)
    return Catalog(tables)


def grown(first: int, last: int, rate: float, start: float = 100.0) -> dict[str, float]:
    return {str(year): round(start * (1 + rate / 100) ** (year - first), 4) for year in range(first, last + 1)}


def width(found: Distribution) -> float:
    assert found.draws is not None
    low, high = np.quantile(found.draws, [0.1, 0.9])
    return float(high / low)


class TestKinds:
    def test_every_kind_is_a_group_that_is_learnt(self, live: Catalog) -> None:
        known = live.read("indicators")
        for group in set(known["group"]) - {"", "current_prices", "real_growth"}:
            assert calibration(group).group == group
        assert set(known["group"]) >= set(KIND_GROUPS)

    def test_the_spread_is_that_of_the_kind(self, tables: Path) -> None:
        series = grown(2005, 2024, 4.0)
        observed(tables, "freight_turnover_rail", "10^8 t-km", series)
        observed(tables, "electricity_transport", "10^8 kWh", series)
        observed(tables, "truck_stock", "10^4 vehicles", series)
        catalog = observed(tables, "cement_output", "10^4 t", series)
        found = {
            name: distribution(catalog, name, REGION, 2026)
            for name in ("freight_turnover_rail", "electricity_transport", "truck_stock", "cement_output")
        }
        assert {one.reason for one in found.values()} == {"own_series"}
        assert len({round(width(one), 6) for one in found.values()}) == len(found)
        middle = {round(float(np.median(one.draws)), 1) for one in found.values() if one.draws is not None}
        assert max(middle) - min(middle) < 0.02 * max(middle)  # the kinds differ in spread, not in their centre

    def test_no_share_passes_the_whole(self, tables: Path) -> None:
        shares = {str(year): value for year, value in zip(range(2015, 2025), np.linspace(70, 99, 10), strict=True)}
        catalog = observed(tables, "green_building_share", "%", shares)
        found = distribution(catalog, "green_building_share", REGION, 2026)
        assert found.draws is not None
        assert found.draws.max() == 100

    @pytest.mark.parametrize(
        ("indicator", "year", "why"),
        [
            ("population_resident", 2027, "no_group"),
            ("renewable_capacity_share", 2027, "short_series"),
            ("waterway_freight_volume", 2025, "short_series"),
            ("electricity_consumption", 2030, "far_ahead"),
            ("electricity_consumption", 2020, "published"),
            ("river_sea_canal_intermodal_volume", 2025, "not_published"),
        ],
    )
    def test_why_there_is_none(self, catalog: Catalog, indicator: str, year: int, why: str) -> None:
        assert distribution(catalog, indicator, REGION, year) == (None, why)

    @pytest.mark.parametrize(("gap", "how"), [("2015", "own_series"), ("2019", "short_series")])
    def test_only_the_last_unbroken_years_count(self, tables: Path, gap: str, how: str) -> None:
        series = grown(2000, 2024, 3.0)
        del series[gap]
        catalog = observed(tables, "paper_output", "10^4 t", series)
        assert distribution(catalog, "paper_output", REGION, 2025).reason == how

    def test_an_unknown_indicator_is_named(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="no_such_thing"):
            distribution(catalog, "no_such_thing", REGION, 2027)

    def test_a_change_has_no_paths_of_a_figure(self, catalog: Catalog) -> None:
        assert figure_paths(catalog, "gdp_real_growth", REGION, Requirement(True, 5.0, "change", 2026, 2025)) is None
        assert distribution(catalog, "gdp_real_growth", REGION, 2026).reason == "growth_record"


class TestPublishedGrowth:
    def _cement(self, tables: Path, rates: dict[str, float]) -> Catalog:
        observed(tables, "cement_output_growth", "%", rates)
        return observed(tables, "cement_output", "10^4 t", grown(2010, 2023, 0.0))

    def test_it_is_arithmetic(self, tables: Path) -> None:
        catalog = self._cement(tables, {"2023/2024": -10.0, "2024/2025": 20.0})
        found = distribution(catalog, "cement_output", REGION, 2025)
        assert found.reason == "published_growth"
        assert found.draws == pytest.approx([108.0])
        assert figure_paths(catalog, "cement_output", REGION, Requirement(False, 100.0, "flow", 2025)) is None

    def test_what_is_left_is_drawn_from_the_told_year(self, tables: Path) -> None:
        found = distribution(self._cement(tables, {"2023/2024": -50.0}), "cement_output", REGION, 2025)
        assert found.reason == "own_series"
        assert found.draws is not None
        assert np.median(found.draws) < 60

    def test_a_year_between_that_is_not_published_tells_nothing(self, tables: Path) -> None:
        catalog = self._cement(tables, {"2024/2025": -50.0})
        assert distribution(catalog, "cement_output", REGION, 2025).reason == "own_series"

    @pytest.mark.parametrize(("rate", "verdict"), [(-10.0, "met"), (10.0, "missed"), (1.0, None)])
    def test_it_decides_a_target_that_is_not_close(self, tables: Path, rate: float, verdict: str | None) -> None:
        path = tables / "data" / "targets.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        chosen = rows["id"].eq("E15") & rows["region"].eq(REGION)
        asked = {"indicator": "cement_output", "direction": "at_most", "target_value": "100", "unit": "10^4 t"}
        rows.loc[chosen, list(asked)] = list(asked.values())
        rows.loc[chosen, ["target_year", "base_year", "base_value"]] = ["2024", "", ""]
        rows.to_csv(path, index=False)
        found = judge_target(self._cement(tables, {"2023/2024": rate}), "E15")
        if verdict is None:
            assert found.verdict not in {"met", "missed"}
            assert found.probability is None
            return
        assert found.verdict == verdict
        assert "由公布的各年变化率连乘" in reason(Catalog(tables), found, "zh")
        assert "computed from the published yearly rates" in reason(Catalog(tables), found, "en")


class TestGdp:
    def test_real_growth_follows_its_own_record(self, catalog: Catalog) -> None:
        found = distribution(catalog, "gdp_real_growth", REGION, 2027)
        rates = indicators.yearly(catalog, "gdp_real_growth", REGION)["value"]
        assert found.draws is not None
        assert 0 < found.draws.min() < rates.iloc[-3:].mean() < found.draws.max() < rates.max()

    def test_published_real_growth_narrows_gdp(self, catalog: Catalog, tables: Path) -> None:
        rates = indicators.yearly(catalog, "gdp_real_growth", REGION).set_index("year")["value"].to_dict()
        last = max(rates)
        figures = {f"{year - 1}/{year}": rate for year, rate in rates.items()}
        told = observed(tables, "gdp_real_growth", "%", figures | {f"{last}/{last + 1}": 5.0})
        one, other = (distribution(one, GDP, REGION, last + 1) for one in (told, catalog))
        assert one.reason == other.reason == "growth_record"
        assert one.draws is not None
        assert other.draws is not None
        assert len(one.draws) < len(other.draws)
        assert width(one) < width(other)

    def test_the_deflator_is_that_of_the_record(self, tables: Path) -> None:
        observed(tables, "gdp_real_growth", "%", {f"{year - 1}/{year}": 5.0 for year in range(2000, 2026)})
        catalog = observed(tables, GDP, "10^8 yuan", grown(2010, 2025, 7.1))  # 1.05 x 1.02
        found = distribution(catalog, GDP, REGION, 2027)
        assert found.draws == pytest.approx(found.draws[0])
        assert found.draws[0] == pytest.approx(100 * 1.071**17, rel=1e-4)

    def test_without_a_record_of_growth_there_is_none(self, tables: Path) -> None:
        catalog = observed(tables, "gdp_real_growth", "%", {"2024/2025": 5.0})
        assert distribution(catalog, GDP, REGION, 2027) == (None, "short_series")

    def test_a_target_whose_figure_is_published_has_no_probability(self, live: Catalog) -> None:
        assert judge_target(live, "P07").probability is None
        assert judge_target(live, "P07").reason == "reached"

    def test_twelve_trillion_in_two_years_is_unlikely(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "P08")
        assert found.answer == "likely_missed"
        assert found.probability is not None
        assert found.probability < 0.05


class TestStocksWithFewFigures:
    def _piles(self, tables: Path, figures: dict[str, float], **more: str) -> Distribution:
        catalog = observed(tables, "charging_piles_total", "10^4 units", figures, **more)
        return distribution(catalog, "charging_piles_total", REGION, 2027)

    def test_they_grow_as_stocks_that_grew_as_fast(self, tables: Path) -> None:
        found = self._piles(tables, {"2022": 100, "2024": 169})
        assert found.reason == "analogues"
        assert found.draws is not None
        assert 169 < np.quantile(found.draws, 0.1) < np.median(found.draws) < 169 * 1.3**3

    def test_figures_of_months_count_with_their_dates(self, tables: Path) -> None:
        found = self._piles(tables, {"2023-06": 100, "2025-06": 144})
        expected = analogues.factors(20.0, 2.5)  # from the middle of 2025 to the end of 2027
        assert expected is not None
        assert found.draws == pytest.approx(144 * expected)

    @pytest.mark.parametrize(
        ("figures", "why"),
        [
            ({"2022": 100.0, "2024": 290.0}, "no_analogue"),  # 70 % a year
            ({"2022": 100.0, "2024": 90.0}, "no_analogue"),
            ({"2025": 144.0}, "short_series"),
            ({"2015": 100.0, "2025": 144.0}, "short_series"),
            ({"2025-06": 144.0, "2025": 150.0}, "short_series"),
            ({"2021": 100.0, "2023": 144.0}, "far_ahead"),
        ],
    )
    def test_why_a_stock_has_none(self, tables: Path, figures: dict[str, float], why: str) -> None:
        assert self._piles(tables, figures) == (None, why)

    @pytest.mark.parametrize("more", [{"bound": "at_least"}, {"status": "estimate"}])
    def test_a_bound_and_an_estimate_are_no_figures(self, tables: Path, more: dict[str, str]) -> None:
        assert self._piles(tables, {"2023": 100.0, "2025": 150.0}, **more) == (None, "not_published")

    def test_a_long_series_goes_by_itself(self, tables: Path) -> None:
        catalog = observed(tables, "nev_stock", "10^4 vehicles", grown(2016, 2025, 20.0))
        assert distribution(catalog, "nev_stock", REGION, 2027).reason == "own_series"

    def test_the_sentence_says_that_there_is_no_analogue(self, tables: Path) -> None:
        catalog = observed(tables, "charging_piles_total", "10^4 units", {"2022": 10.0, "2024": 50.0})
        found = judge_target(catalog, "T07")
        assert found.probability is None
        assert "没有可参照的先例，不给出概率" in reason(catalog, found, "zh")
        assert "no probability is given" in reason(catalog, found, "en")

    def test_a_target_takes_them(self, tables: Path) -> None:
        catalog = observed(tables, "charging_piles_total", "10^4 units", {"2022": 100.0, "2024": 169.0})
        found = judge_target(catalog, "T07")
        drawn = distribution(catalog, "charging_piles_total", REGION, 2025).draws
        assert found.required is not None
        assert drawn is not None
        assert found.probability == share_reaching(drawn, found.required)


@pytest.mark.parametrize(
    ("indicator", "column", "value", "expected"),
    [
        ("pv_capacity", "group", "freight", "a group of the kind 'stock', or nothing"),
        ("cement_output", "group", "stock", "a group of the kind 'flow', or nothing"),
        ("cement_output", "growth", "pv_capacity", "an indicator of the kind 'change'"),
        (GDP, "growth", "", "the indicator of its real growth"),
    ],
)
def test_a_group_that_does_not_fit_is_named(
    tables: Path, indicator: str, column: str, value: str, expected: str
) -> None:
    path = tables / "data" / "indicators.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    line = int(rows.index[rows["id"] == indicator][0])
    rows.loc[line, column] = value
    rows.to_csv(path, index=False)
    (problem,) = mistakes(Catalog(tables))
    assert (problem.file, problem.row, problem.column) == ("data/indicators.csv", line + 2, column)
    assert problem.expected == expected
