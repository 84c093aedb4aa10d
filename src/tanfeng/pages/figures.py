"""Key figures: a row of id, value, unit, period, interval, status and sources for each number in the prose of reports.

The rows are also written to `reports/tables/`. Here is what several reports open with; the rest is in the module of the
report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import by_plan, emissions, indicators, observations, uncertainty
from tanfeng.forecast.calibration import measured
from tanfeng.outlook import origins, paths, skill
from tanfeng.outlook import peak as peaking
from tanfeng.outlook.peak import BY
from tanfeng.pages.text import CHANCE, FORMS, INTENSITY, PRECISE_INTENSITY
from tanfeng.targets import verdict
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

COLUMNS = [
    "id",
    "value",
    "unit",
    "period",
    "lo80",
    "hi80",
    "status",
    "source_id",
    "item",
    "lo95",
    "hi95",
    "basis",
    "shown",
]


def figure(
    name: str, value: float, unit: str, period: object, status: str, source: str = "", of: Any = (), **more: Any
) -> dict[str, Any]:
    """Return one key figure.

    Args:
        name: its id as it stands in the code; where there are several, `of` says which one it is.
        value: the figure.
        unit: its unit, or what is counted.
        period: year, or first/last year of a change.
        status: id of the status of a figure.
        source: ids of sources, separated by spaces.
        of: what it is of, in the id behind the name: `figure("co2", ..., of=2030)` is `co2_2030`.
        more: its interval (`lo80`, `hi80` of a forecast, `lo95`, `hi95` of what is known), the subsector `item` it
            belongs to, `basis` (`computed` if it follows from published figures), and `shown`, how it is written: one
            digit after the point by default, `precise` two, `given` as many as it has, `chance` a probability in whole
            percent, `intensity` and `precise_intensity` rates that rise and fall rather than grow.

    Example:
        >>> figure("share", 68.9, "%", 2022, "adjusted", of=("energy", "A"))["id"]
        'share_energy_A'
    """
    if more.keys() - set(COLUMNS) or more.get("shown", "") not in FORMS:
        raise ValueError(f"key figure {name}: {more}; expected {', '.join(COLUMNS[4:])}, and shown one of {FORMS}")
    which = of if isinstance(of, tuple) else (of,)
    row = {"id": "_".join([name, *map(str, which)]), "value": value, "unit": unit, "period": str(period)}
    return {**row, "status": status, "source_id": source, "item": "", "basis": "", "shown": "", **more}


def frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return key figures as a table with `COLUMNS`.

    Example:
        >>> frame([figure("share", 68.9, "%", 2022, "adjusted")]).columns.tolist() == COLUMNS
        True
    """
    return pd.DataFrame(list(rows)).reindex(columns=COLUMNS)


ABSENT = "absent"  # attribute of key figures: what the tables do not hold


def gathered(given: tuple[Any, ...], *parts: Callable[..., Iterable[dict[str, Any]]]) -> pd.DataFrame:
    """Return the key figures of several parts as a table; a part for which the tables hold too little is left out.

    Args:
        given: what every part is called with.
        parts: functions that return key figures.

    Returns:
        As `frame`; its attribute `absent` lists what was missing, as the parts say it.

    Example:
        >>> def there(year): return [figure("share", 68.9, "%", year, "adjusted")]
        >>> def missing(year): raise ProjectError("data/gdp.csv has no row")
        >>> found = gathered((2022,), there, missing)
        >>> found["id"].tolist(), found.attrs["absent"]
        (['share'], ['data/gdp.csv has no row'])
    """
    rows: list[dict[str, Any]] = []
    absent = []
    for part in parts:
        try:
            rows += part(*given)
        except ProjectError as error:
            absent.append(str(error))
    found = frame(rows)
    found.attrs[ABSENT] = absent
    return found


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
    rows = [known_emissions("co2_latest", known, last)]
    for base in BASE_YEARS:
        change, low, high = uncertainty.change(catalog, region, name, base, last)
        both = known.loc[[base, last]]
        status, source = observations.weakest(both["status"]), observations.joined(both["source_id"])
        rows.append(known_emissions("co2", known, base, of=base))
        rows.append(figure("co2_change", change, "%", f"{base}/{last}", status, source, lo95=low, hi95=high, of=base))
    return rows + [_ahead(every, name, year) for year in AHEAD if year > last]


def known_emissions(name: str, known: pd.DataFrame, year: int, of: Any = ()) -> dict[str, Any]:
    """Return emissions of a year as a key figure."""
    row = known.loc[year]
    return figure(name, row["co2_mt"], "Mt CO2", year, row["status"], row["source_id"], of=of)


def _ahead(every: pd.DataFrame, name: str, year: int) -> dict[str, Any]:
    row = paths.at(every, name, year)
    return figure("co2", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"], of=year)


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
    return [
        figure("p_already", 100 * row["p_already"], "%", row["last_year"], "forecast", shown=CHANCE),
        figure("p_by", 100 * row[f"p_by_{BY}"], "%", BY, "forecast", of=BY, shown=CHANCE),
        figure("p_no_peak", 100 * row["p_no_peak"], "%", paths.UNTIL, "forecast", shown=CHANCE),
        figure("trend", SIGNS[row["trend"]], "trend", row["last_year"], "estimate"),
        figure("maximum", row["maximum_mt"], "Mt CO2", row["maximum_year"], row["status"], row["source_id"]),
    ]


def told_peaks(catalog: Catalog) -> list[dict[str, Any]]:
    """Return what forecasts made as the outlook said of a new maximum four to eight years on, and what came.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in told_peaks(open_catalog())]
        ['told_cases', 'told_said', 'told_came', 'told_first', 'told_last']
    """
    rows = origins.peaks(catalog).query("told")
    return [
        figure("told_cases", len(rows), "figures", "", "estimate"),
        figure("told_said", 100 * rows["said"].mean(), "%", "", "estimate", shown=CHANCE),
        figure("told_came", 100 * rows["came"].mean(), "%", "", "estimate", shown=CHANCE),
        figure("told_first", rows["origin"].min(), "figures", rows["origin"].min(), "estimate"),
        figure("told_last", rows["origin"].max(), "figures", rows["origin"].max(), "estimate"),
    ]


def said_and_came(catalog: Catalog) -> list[dict[str, Any]]:
    """Return what was said about the peak of the provinces left out, and what came: all series, totals alone."""
    rows = skill.peaks(catalog)
    totals = rows[rows["series"].str.endswith(" total")]
    found = [figure("tested", len(rows), "figures", "", "estimate")]
    for label, part in (("all", rows), ("total", totals)):
        found += [
            figure("p_said", 100 * part["said"].mean(), "%", "", "estimate", of=label, shown=CHANCE),
            figure("p_came", 100 * part["came"].mean(), "%", "", "estimate", of=label, shown=CHANCE),
        ]
    score = skill.brier(rows)
    return [*found, *(figure("brier", score[name], "share", "", "estimate", of=name) for name in score.index)]


def covered(*groups: str) -> list[dict[str, Any]]:
    """Return the share of outcomes inside the intervals (percent) for some groups of series, by test and level.

    Example:
        >>> [row["id"] for row in covered("country_total")]
        ['covered_country_total_left_out_80', 'covered_country_total_left_out_95']
    """
    rows = skill.coverage(measured())
    rows = rows[(rows["year_ahead"] == "all") & rows["group"].isin(groups)]
    return [
        figure("covered", row.real, "%", "", "estimate", of=(row.group, row.test, row.nominal))
        for row in rows.itertuples()
    ]


ENERGY_INTENSITY = ((2015, 2020), (2015, 2019), (2019, 2020))


def four(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the key figures of the four indicators, GDP and electricity."""
    rows = indicators.four_indicators(catalog, region)
    energy = rows[rows["indicator"] == "energy_consumption"]
    rates = rows[rows["indicator"] == "energy_intensity_change"].set_index("year")
    carbon = rows[rows["indicator"] == "carbon_intensity_change"].set_index("year")
    gdp = indicators.gdp_index(catalog, region)
    last_gdp, last = int(gdp.index[-1]), int(carbon.index[-1])
    power = indicators.yearly(catalog, "electricity_consumption", region).iloc[-1]
    return [
        observed("energy_latest", energy.iloc[-1]),
        *_revised(catalog, region, gdp),
        *(
            _chained("energy_intensity", rates, first, end, (first, end), PRECISE_INTENSITY)
            for first, end in ENERGY_INTENSITY
        ),
        *(
            {
                **_chained("carbon_intensity_since", carbon, first, last, first, INTENSITY),
                **_limits(catalog, region, first, last),
            }
            for first in BASE_YEARS
        ),
        figure("gdp_change", gdp[last_gdp] - 100, "%", f"2020/{last_gdp}", "reported"),
        observed("electricity_latest", power),
    ]


def _revised(catalog: Catalog, region: str, gdp: pd.Series) -> list[dict[str, Any]]:
    """Return energy consumption as revised after the 5th census, its change since 2020 and that of its intensity."""
    rows = indicators.yearly(catalog, "energy_consumption_5th_census", region).set_index("year", drop=False)
    first, last = BASE_YEARS[-1], rows.iloc[-1]
    period, growth = f"{first}/{last['year']}", float(last["value"] / rows.at[first, "value"])
    return [
        figure(
            "energy_revised",
            float(last["value"]) * units.factor(catalog, last["unit"], "Mtce"),
            "Mtce",
            last["year"],
            last["status"],
            last["source_id"],
        ),
        figure("energy_revised_change", 100 * (growth - 1), "%", period, "reported", last["source_id"]),
        figure(
            "energy_intensity_revised",
            100 * (growth * gdp[first] / gdp[last["year"]] - 1),
            "%",
            period,
            "estimate",
            last["source_id"],
            shown=INTENSITY,
        ),
    ]


def observed(name: str, row: pd.Series, of: Any = ()) -> dict[str, Any]:
    """Return a row of a series as a key figure."""
    return figure(name, row["value"], row["unit"], row["year"], row["status"], row["source_id"], of=of)


def _chained(name: str, rates: pd.DataFrame, first: int, last: int, of: Any, shown: str) -> dict[str, Any]:
    """Return the change from the end of `first` to the end of `last`, chained from yearly rates (percent)."""
    used = rates.loc[first + 1 : last]
    change = float(indicators.chain(used["value"], first)[last] - 100)
    status = observations.weakest(used["status"])
    basis = by_plan.COMPUTED if status == "reported" and len(used) > 1 else ""
    source = observations.joined(used["source_id"])
    return figure(name, change, "%", f"{first}/{last}", status, source, of=of, basis=basis, shown=shown)


def _limits(catalog: Catalog, region: str, first: int, last: int) -> dict[str, float]:
    low, high = by_plan.limits(catalog, region, "carbon_intensity", first, last)
    return {"lo95": low, "hi95": high}


def past_errors(catalog: Catalog) -> list[dict[str, Any]]:
    """Return how far forecasts of totals made as the outlook were off in the past, as the sentence beside a fan says.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [row["id"] for row in past_errors(open_catalog())]
        ['past_size', 'past_rmse', 'past_inside']
    """
    found = origins.past_error(catalog)
    years = f"{found['first']:.0f}/{found['last']:.0f}"
    return [
        figure("past", found[f"{name}_pct"], "%", years, "estimate", of=name) for name in ("size", "rmse", "inside")
    ]


def counted_verdicts(judged: list[Verdict]) -> list[dict[str, Any]]:
    """Return how many targets have each answer, how many are judged, how many are not, and how many count."""
    found = verdict.counts(judged)
    rows = [figure("verdict", int(found[name]), "targets", "", "reported", of=name) for name in VERDICTS]
    decided = int(found[list(verdict.STRICT)].sum())
    sums = {"counted": int(found.sum()), "judged": decided, "unjudged": int(found.sum()) - decided}
    return [*(figure(name, count, "targets", "", "reported") for name, count in sums.items()), *rows]
