"""Tables about the outlook show the frames they are given, in both languages."""

from __future__ import annotations

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.forecast.backtest import METHODS
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import nowcast, paths, peak, scenarios, skill
from tanfeng.pages import outlook, text
from tanfeng.pages.page import key_figure
from tanfeng.pages.reports import methods
from tanfeng.pages.reports import peak as reports_peak
from tanfeng.pages.table import Table

REGION = "330000"


@pytest.fixture(scope="module", params=text.LANGS)
def shown(request: pytest.FixtureRequest, catalog: Catalog) -> dict[str, Table]:
    lang = request.param
    scored = pd.concat([nowcast.learnt(catalog, name).table for name in nowcast.told_fields(catalog)])
    classes = skill.reliability(skill.peaks(catalog))
    recent = paths.recent(catalog, REGION, 2025)
    supposed = reports_peak.named(catalog, REGION, peak.by_scenario(catalog, REGION))
    tested = catalog.read("backtest").query("year_ahead == 'all'").sort_values("owa")
    return {
        "peaks": reports_peak.FIELDS.table(catalog, peak.by_field(catalog, REGION), lang, "x"),
        "compared": reports_peak.COMPARED.table(catalog, supposed, lang, "x"),
        "supposed": reports_peak.SUPPOSED.table(catalog, scenarios.descriptions(catalog, REGION), lang, "x"),
        "recent": outlook.RECENT.table(catalog, recent, lang, "x"),
        "drivers": methods.LEARNT.table(catalog, scored, lang, "x"),
        "backtest": methods.BACKTEST.table(catalog, tested, lang, "x"),
        "coverage": methods.COVERAGE.table(catalog, methods.inside(skill.coverage(measured())), lang, "x"),
        "reliability": methods.RELIABILITY.table(catalog, classes, lang, "x"),
    }


def unit(table: Table, key: str) -> str:
    return next(column.unit for column in table.columns if column.key == key)


def cells(table: Table, key: str) -> list[str]:
    return [str(row[key]["text"]) for row in table.rows]


def test_every_cell_of_every_column_is_filled(shown: dict[str, Table]) -> None:
    for name, table in shown.items():
        assert table.rows, name
        for column in table.columns:
            assert all(cell and "nan" not in cell for cell in cells(table, column.key)), (name, column.key)


def test_sources_are_registered_and_cited(catalog: Catalog, shown: dict[str, Table]) -> None:
    known = set(catalog.read("sources")["id"])
    for name in ("peaks", "supposed", "backtest"):
        assert shown[name].sources, name
        assert set(shown[name].sources) <= known
        cited = {one for row in shown[name].rows for cell in row.values() if isinstance(cell, dict)
                 for one in cell.get("source", [])}  # fmt: skip
        assert cited <= set(shown[name].sources)


def test_peaks_give_probabilities_in_whole_percent(shown: dict[str, Table]) -> None:
    for key in ("p_already", "p_by_2030", "p_no_peak"):
        assert all(cell.endswith("%") and "." not in cell for cell in cells(shown["peaks"], key))


def test_the_course_of_things_differs_by_nothing(shown: dict[str, Table]) -> None:
    changes = cells(shown["compared"], "change")
    assert changes[0] == "—"
    assert changes[4] == {"万吨": "+1000", "Mt": "+10.0"}[unit(shown["compared"], "change")]
    assert changes[3].startswith("+")  # without the committed units


def test_the_best_method_comes_first(shown: dict[str, Table]) -> None:
    owa = [float(cell) for cell in cells(shown["backtest"], "owa")]
    assert owa == sorted(owa)
    assert shown["backtest"].rows[0]["_class"] == "total"
    assert set(outlook.METHODS) == set(METHODS)


def test_told_years_err_less_than_the_plain_forecast(shown: dict[str, Table]) -> None:
    told_errors, others = (cells(shown["drivers"], key) for key in ("error_pct", "direct_error_pct"))
    for told, direct in zip(told_errors, others, strict=True):
        assert float(told) < float(direct)


@pytest.mark.parametrize(("value", "zh"), [(23.25, "23%"), (0.75, "<1%"), (99.6, ">99%")])
def test_a_probability_among_the_key_figures(catalog: Catalog, value: float, zh: str) -> None:
    row = {"id": "p_by_2030", "value": value, "unit": "%", "period": "2030", "lo80": float("nan"), "status": "forecast",
           "source_id": "", "item": "", "shown": "chance"}  # fmt: skip
    assert key_figure(catalog, row, "zh").shown == zh


@pytest.mark.parametrize(("sign", "zh", "en"), [(-1, "下降", "falling"), (0, "无显著升降", "no significant change")])
def test_a_trend_among_the_key_figures(catalog: Catalog, sign: int, zh: str, en: str) -> None:
    row = {"id": "trend", "value": sign, "unit": "trend", "period": "2022", "lo80": float("nan"), "status": "estimate",
           "source_id": "", "item": "", "shown": ""}  # fmt: skip
    assert (key_figure(catalog, row, "zh").shown, key_figure(catalog, row, "en").shown) == (zh, en)
