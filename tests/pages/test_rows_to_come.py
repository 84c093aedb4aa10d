"""Rows that will come and are right: a result of the assessment, the next year of GDP, a year of one field alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import paths
from tanfeng.pages import page
from tanfeng.pages.reports import indicators, lookback
from tanfeng.targets.lookback import hindcasts
from tests.conftest import OFFICE, ROOT

REGION = "330000"


def add(tables: Path, table: str, **cells: str) -> Catalog:
    """Add a local row of a table."""
    folder = tables / "data" / "local"
    folder.mkdir(exist_ok=True)
    (folder / "sources.csv").write_text(OFFICE, encoding="utf-8")
    row = {"region": REGION, "status": "reported", "source_id": "office_list", **cells}
    columns = Catalog(tables).tables[table].columns
    pd.DataFrame([row]).reindex(columns=columns).to_csv(folder / f"{table}.csv", index=False)
    return Catalog(tables)


@pytest.mark.parametrize("status", ["reported", "internal", "estimate"])
def test_the_result_of_the_plan_alone(tables: Path, status: str) -> None:
    cells = {"period": "2020/2025", "value": "-14.6", "unit": "%", "bound": "exact", "status": status}
    catalog = add(tables, "observations", indicator="energy_intensity_change_assessment", **cells)
    rows = lookback.key_figures(catalog, REGION, hindcasts.measured(catalog, [2014]))
    assert ("reached_14FYP" in set(rows["id"])) == (status != "estimate")
    for lang in ("zh", "en"):
        for row in rows.to_dict("records"):
            assert page.key_figure(catalog, row, lang).status


def test_gdp_of_the_next_year(tables: Path) -> None:
    file = tables / "data" / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"version": "2026.11"', '"version": "2027.03"'))
    cells = {"period": "2025/2026", "value": "5.0", "unit": "%", "bound": "exact"}
    rows = indicators.key_figures(add(tables, "observations", indicator="gdp_real_growth", **cells), REGION)
    row = rows.set_index("id").loc["gdp_change"]
    assert row["period"] == "2020/2026"
    assert "k.gdp_20" not in (ROOT / "notebooks" / "reports" / "indicators.ipynb").read_text(encoding="utf-8")


def test_a_year_of_one_field_alone(tables: Path, catalog: Catalog) -> None:
    mine = add(tables, "inventory", year="2023", field="transport", subsector="all", fuel_group="all", co2_mt="33")
    rows, before = paths.table(mine, REGION, "all"), paths.table(catalog, REGION, "all")
    assert rows["year"].tolist() == before["year"].tolist(), "every field over the same years"
    first = rows.set_index(["field", "year"]).loc[("transport", 2023)]
    assert first[["point", "lo95", "hi95"]].tolist() == [33.0, 33.0, 33.0], "it is known"
    parts = paths.paths(mine, REGION)
    assert parts.drawn[:-1].sum(axis=0) == pytest.approx(parts.of("total"))
    history = paths.fields(mine, REGION).query("field == 'transport'").set_index("year")["status"]
    assert (history[2023], history[2024]) == ("reported", "forecast")
