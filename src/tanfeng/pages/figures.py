"""Key figures: a row of id, value, unit, period, interval, status and sources for each number in the prose of reports.

The rows are also written to `reports/tables/`. Here is what several reports open with; the rest is in the module of the
report.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.facts import by_plan, emissions, indicators, observations, uncertainty
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import paths, skill
from tanfeng.outlook import peak as peaking
from tanfeng.outlook.peak import BY
from tanfeng.targets import verdict
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

COLUMNS = ["id", "value", "unit", "period", "lo80", "hi80", "status", "source_id", "item", "lo95", "hi95", "basis"]


def figure(
    name: str, value: float, unit: str, period: object, status: str, source: str = "", **more: Any
) -> dict[str, Any]:
    """Return one key figure; `more` are its interval (`lo80`, `hi80` of a forecast, `lo95`, `hi95` of what is known).

    Further ones are the subsector `item` it belongs to, and `basis`: `computed` if it follows from published figures.

    Example:
        >>> figure("share", 68.9, "%", 2022, "adjusted")["period"]
        '2022'
    """
    row = {"id": name, "value": value, "unit": unit, "period": str(period), "status": status, "source_id": source}
    return {**row, "item": "", "basis": "", **more}


def frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return key figures as a table with `COLUMNS`.

    Example:
        >>> frame([figure("share", 68.9, "%", 2022, "adjusted")]).columns.tolist() == COLUMNS
        True
    """
    return pd.DataFrame(list(rows)).reindex(columns=COLUMNS)


BASE_YEARS = (2005, 2020)
AHEAD = (2025, 2030, 2035)


def emitted(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    """Return the emissions of a field or the total: latest, base years, changes since, and the years ahead.

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in emitted(open_catalog(), "330000", "transport")][:2]
        ['co2_latest', 'co2_2005']
    """
    every = paths.fields(catalog, region) if name == "total" else paths.one_field(catalog, region, name)
    known = emissions.series(catalog, region, name).set_index("year")
    last = int(known.index[-1])
    rows = [_known("co2_latest", known, last)]
    for base in BASE_YEARS:
        change, low, high = uncertainty.change(catalog, region, name, base, last)
        both = known.loc[[base, last]]
        status, source = observations.weakest(both["status"]), observations.joined(both["source_id"])
        rows.append(_known(f"co2_{base}", known, base))
        rows.append(figure(f"co2_change_{base}", change, "%", f"{base}/{last}", status, source, lo95=low, hi95=high))
    return rows + [_ahead(every, name, year) for year in AHEAD if year > last]


def _known(name: str, known: pd.DataFrame, year: int) -> dict[str, Any]:
    row = known.loc[year]
    return figure(name, row["co2_mt"], "Mt CO2", year, row["status"], row["source_id"])


def _ahead(every: pd.DataFrame, name: str, year: int) -> dict[str, Any]:
    row = paths.at(every, name, year)
    return figure(f"co2_{year}", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"])


SIGNS = {"falling": -1, "plateau": 0, "rising": 1}


def chances(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    """Return the peak probabilities of a field or the total (percent), the trend, and the highest year so far.

    Raises:
        ProjectError: if the region has no inventory of the field.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in chances(open_catalog(), "330000", "total")]
        ['p_already', 'p_by_2030', 'p_no_peak', 'trend', 'maximum']
    """
    row = peaking.by_field(catalog, region).set_index("field").loc[name]
    said = {"p_already": row["last_year"], f"p_by_{BY}": BY, "p_no_peak": paths.UNTIL}
    return [
        *(figure(key, 100 * row[key], "%", year, "forecast") for key, year in said.items()),
        figure("trend", SIGNS[row["trend"]], "trend", row["last_year"], "estimate"),
        figure("maximum", row["maximum_mt"], "Mt CO2", row["maximum_year"], row["status"], row["source_id"]),
    ]


def _said_and_came(catalog: Catalog) -> list[dict[str, Any]]:
    """Return what was said about the peak of the provinces left out, and what came: all series, totals alone."""
    rows = skill.peaks(catalog)
    totals = rows[rows["series"].str.endswith(" total")]
    found = [figure("tested", len(rows), "figures", "", "estimate")]
    for label, part in (("all", rows), ("total", totals)):
        found += [
            figure(f"p_{name}_{label}", 100 * part[name].mean(), "%", "", "estimate") for name in ("said", "came")
        ]
    score = skill.brier(rows)
    return [*found, *(figure(f"brier_{name}", score[name], "share", "", "estimate") for name in score.index)]


def covered(*groups: str) -> list[dict[str, Any]]:
    """Return the share of outcomes inside the intervals (percent) for some groups of series, by test and level.

    Example:
        >>> [row["id"] for row in covered("country_total")]
        ['covered_country_total_left_out_80', 'covered_country_total_left_out_95']
    """
    rows = skill.coverage(measured())
    rows = rows[(rows["year_ahead"] == "all") & rows["group"].isin(groups)]
    return [
        figure(f"covered_{row.group}_{row.test}_{row.nominal}", row.real, "%", "", "estimate")
        for row in rows.itertuples()
    ]


ENERGY_INTENSITY = ((2015, 2020), (2015, 2019), (2019, 2020))


def _four(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = indicators.four_indicators(catalog, region)
    energy = rows[rows["indicator"] == "energy_consumption"]
    rates = rows[rows["indicator"] == "energy_intensity_change"].set_index("year")
    carbon = rows[rows["indicator"] == "carbon_intensity_change"].set_index("year")
    gdp = indicators.gdp_index(catalog, region)
    last_gdp, last = int(gdp.index[-1]), int(carbon.index[-1])
    power = indicators.yearly(catalog, "electricity_consumption", region).iloc[-1]
    return [
        _figure("energy_published", energy[energy["status"] == "reported"].iloc[-1]),
        _figure("energy_latest", energy.iloc[-1]),
        *(_chained(f"energy_intensity_{first}_{end}", rates, first, end) for first, end in ENERGY_INTENSITY),
        *(
            {
                **_chained(f"carbon_intensity_since_{first}", carbon, first, last),
                **_limits(catalog, region, first, last),
            }
            for first in BASE_YEARS
        ),
        figure(f"gdp_{last_gdp}", gdp[last_gdp] - 100, "%", f"2020/{last_gdp}", "reported"),
        _figure("electricity_latest", power),
    ]


def _figure(name: str, row: pd.Series) -> dict[str, Any]:
    return figure(name, row["value"], row["unit"], row["year"], row["status"], row["source_id"])


def _chained(name: str, rates: pd.DataFrame, first: int, last: int) -> dict[str, Any]:
    """Return the change from the end of `first` to the end of `last`, chained from yearly rates (percent)."""
    used = rates.loc[first + 1 : last]
    change = float(indicators.chain(used["value"], first)[last] - 100)
    status = observations.weakest(used["status"])
    basis = by_plan.COMPUTED if status == "reported" and len(used) > 1 else ""
    return figure(name, change, "%", f"{first}/{last}", status, observations.joined(used["source_id"]), basis=basis)


def _limits(catalog: Catalog, region: str, first: int, last: int) -> dict[str, float]:
    low, high = by_plan.limits(catalog, region, "carbon_intensity", first, last)
    return {"lo95": low, "hi95": high}


def _counts(judged: list[Verdict]) -> list[dict[str, Any]]:
    found = verdict.counts(judged)
    rows = [figure(f"verdict_{name}", int(found[name]), "targets", "", "reported") for name in VERDICTS]
    return [figure("counted", int(found.sum()), "targets", "", "reported"), *rows]
