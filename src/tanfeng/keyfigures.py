"""The figures a report opens with (floor 3): one table of id, value, unit, period, interval, status and sources.

Every number in the prose of a report is a row of this table, which is also written to `reports/tables/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng import indicators, inventory, outlook, verdicts
from tanfeng.catalog import Catalog
from tanfeng.verdicts import VERDICTS, Verdict

COLUMNS = ["id", "value", "unit", "period", "lo80", "hi80", "status", "source_id", "item"]
BASE_YEARS = (2005, 2020)
AHEAD = (2025, 2030, 2035)


def _row(
    name: str, value: float, unit: str, period: object, status: str, source: str = "", **more: Any
) -> dict[str, Any]:
    row = {"id": name, "value": value, "unit": unit, "period": str(period), "status": status, "source_id": source}
    return {**row, "item": "", **more}


def _frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows)).reindex(columns=COLUMNS)


def overview(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the overview: emissions, the four indicators, GDP, and the counts of verdicts."""
    rows = [*_emissions(catalog, region, "total"), *_correction(catalog, region), *_four(catalog, region)]
    return _frame([*rows, *_counts(judged)])


def field(catalog: Catalog, region: str, name: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of a field: emissions, share of the total, outlook, and the counts of its verdicts."""
    rows = _emissions(catalog, region, name)
    latest = inventory.series(catalog, region, "total").iloc[-1]
    value = inventory.series(catalog, region, name).set_index("year").at[latest["year"], "co2_mt"]
    share = _row("share", 100 * value / latest["co2_mt"], "%", latest["year"], latest["status"])
    return _frame([*rows, share, *_largest(catalog, region, name), *_counts(judged)])


def technology(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of science and technology: R&D intensity, share of high-tech industry, and the counts."""
    rows = []
    for indicator in ("rd_intensity_bulletin", "hitech_industry_share"):
        found = indicators.observations(catalog, indicator, region)
        for label, row in (("first", found.iloc[0]), ("last", found.iloc[-1])):
            name = f"{indicator}_{label}"
            rows.append(
                _row(name, row["published"], row["published_unit"], row["period"], row["status"], row["source_id"])
            )
    for target in (
        catalog.read("targets").query("indicator == 'rd_intensity_bulletin' and region == @region").to_dict("records")
    ):
        rows.append(
            _row(
                "rd_target",
                target["target_value"],
                target["unit"],
                target["target_year"],
                "reported",
                target["source_id"],
            )
        )
    return _frame([*rows, *_counts(judged)])


def targets(judged: list[Verdict]) -> pd.DataFrame:
    """Return the counts of verdicts, and how many rows are repetitions, drafts or stretch values."""
    uncounted = {
        "rows": len(judged),
        "repeated": sum(bool(v.target["same_as"]) for v in judged if v.target["variant"] == "firm"),
        "drafts": sum(v.target["variant"] == "draft" for v in judged),
        "stretch": sum(v.target["variant"] == "stretch" for v in judged),
    }
    rows = [_row(name, count, "targets", "", "reported") for name, count in uncounted.items()]
    return _frame([*_counts(judged), *rows])


def _emissions(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    every = outlook.fields(catalog, region) if name == "total" else outlook.one_field(catalog, region, name)
    known = every.query("field == @name and status != 'forecast'").set_index("year")
    last = int(known.index[-1])
    rows = [_row("co2_latest", known.at[last, "co2_mt"], "Mt CO2", last, known.at[last, "status"])]
    for base in BASE_YEARS:
        change = 100 * (known.at[last, "co2_mt"] / known.at[base, "co2_mt"] - 1)
        rows.append(_row(f"co2_{base}", known.at[base, "co2_mt"], "Mt CO2", base, known.at[base, "status"]))
        rows.append(_row(f"co2_change_{base}", change, "%", f"{base}/{last}", known.at[last, "status"]))
    return rows + [_ahead(every, name, year) for year in AHEAD if year > last]


def _ahead(every: pd.DataFrame, name: str, year: int) -> dict[str, Any]:
    row = outlook.at(every, name, year)
    return _row(f"co2_{year}", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"])


def _correction(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    published = inventory.emissions(catalog, region, by="total", corrections=False).set_index("year")["co2_mt"]
    used = inventory.emissions(catalog, region, by="total").set_index("year")["co2_mt"]
    year = int(published.index[-1])
    rows = [_row("co2_as_published", published[year], "Mt CO2", year, "reported")]
    return [*rows, _row("co2_correction", published[year] - used[year], "Mt CO2", year, "adjusted")]


def _four(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = indicators.four_indicators(catalog, region)
    energy = rows[rows["indicator"] == "energy_consumption"].iloc[-1]
    rates = rows[rows["indicator"] == "energy_intensity_change"].set_index("year")["value"]
    intensity = rows[rows["indicator"] == "carbon_intensity_change"].set_index("year")["value"]
    gdp = indicators.gdp_index(catalog, region)
    last = int(intensity.index[-1])
    power = indicators.yearly(catalog, "electricity_consumption", region).iloc[-1]
    return [
        _row("energy_latest", energy["value"], energy["unit"], energy["year"], energy["status"], energy["source_id"]),
        _row("energy_intensity_2020", _chained(rates, 2015, 2020), "%", "2015/2020", "reported"),
        _row("energy_intensity_2019", _chained(rates, 2015, 2019), "%", "2015/2019", "reported"),
        _row("energy_intensity_in_2020", rates[2020], "%", "2019/2020", "reported"),
        _row("carbon_intensity_2005", _chained(intensity, 2005, last), "%", f"2005/{last}", "estimate"),
        _row("carbon_intensity_2020", _chained(intensity, 2020, last), "%", f"2020/{last}", "estimate"),
        _row("gdp_2025", gdp[2025] - 100, "%", "2020/2025", "reported"),
        _row("electricity_latest", power["value"], power["unit"], power["year"], power["status"], power["source_id"]),
    ]


def _chained(rates: pd.Series, first: int, last: int) -> float:
    return float(indicators.chain(rates.loc[first + 1 : last], first)[last] - 100)


def _largest(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    rows = inventory.emissions(catalog, region, by="subsector").query("field == @name and subsector != 'all'")
    last = rows[rows["year"] == rows["year"].max()].sort_values("co2_mt", ascending=False).iloc[0]
    return [_row("largest", last["co2_mt"], "Mt CO2", last["year"], last["status"], item=last["subsector"])]


def _counts(judged: list[Verdict]) -> list[dict[str, Any]]:
    found = verdicts.counts(judged)
    rows = [_row(f"verdict_{name}", int(found[name]), "targets", "", "reported") for name in VERDICTS]
    return [_row("counted", int(found.sum()), "targets", "", "reported"), *rows]
