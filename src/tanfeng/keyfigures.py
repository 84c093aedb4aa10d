"""The figures a report opens with (floor 3): one table of id, value, unit, period, interval, status and sources.

Every number in the prose of a report is a row of this table, which is also written to `reports/tables/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from tanfeng import (
    accounts,
    comparison,
    coverage,
    gdp,
    indicators,
    inventory,
    observations,
    outlook,
    plans,
    recalculation,
    reconciliation,
    scopes,
    uncertainty,
    verdicts,
)
from tanfeng.catalog import Catalog
from tanfeng.verdicts import VERDICTS, Verdict

COLUMNS = ["id", "value", "unit", "period", "lo80", "hi80", "status", "source_id", "item"]
BASE_YEARS = (2005, 2020)
AHEAD = (2025, 2030, 2035)
SEVERITIES = ("high", "medium", "low")
ENERGY_INTENSITY = ((2015, 2020), (2015, 2019), (2019, 2020))


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


def four_indicators(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the four indicators: change by plan and scope, latest levels, the checks, GDP."""
    return _frame(
        [
            *_four(catalog, region),
            *_by_plan(catalog, region),
            *_asked(catalog, region),
            *_co2_latest(catalog, region),
            *_gaps(catalog, region),
            *_revision(catalog, region),
        ]
    )


def data(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the data: what there is, how certain it is, and how far others differ."""
    rows = [*_held(catalog, region), *_series(catalog, region), *_emitted(catalog, region), *_cautions(catalog, region)]
    return _frame([*rows, *_certainty(catalog, region), *_accounts(catalog, region), *_calculated(catalog, region)])


def _held(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of figures, indicators and sources, and the shares by status and grade in percent."""
    counts = coverage.counts(catalog, region).query("table == 'observations'").set_index("status")
    known, figures = coverage.by_indicator(catalog, region), int(counts["all"].sum())
    cited = {name for names in known["sources"] for name in names.split()} | set(inventory.sources(catalog, region))
    rows = {
        "figures": (figures, "figures"),
        "indicators": (int((known["figures"] > 0).sum()), "indicators"),
        "indicators_defined": (len(known), "indicators"),
        "sources": (len(cited), "sources"),
        "sources_registered": (len(catalog.read("sources")), "sources"),
        **{f"share_{status}": (100 * counts.at[status, "all"] / figures, "%") for status in counts.index},
        **{f"share_{grade}": (100 * counts[grade].sum() / figures, "%") for grade in coverage.GRADES},
    }
    return [_row(name, value, unit, "", "reported") for name, (value, unit) in rows.items()]


def _series(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the share of years with a figure in the main series, up to the last base year of a plan and after it."""
    rows = coverage.main_series(catalog, region)
    known, base = rows["status"] != coverage.NONE, BASE_YEARS[-1]
    spans = {"before": rows["year"] <= base, "after": rows["year"] > base}
    shares = [
        _row(f"covered_{name}", 100 * known[chosen].mean(), "%", rows.loc[chosen, "year"].max(), "reported")
        for name, chosen in spans.items()
    ]
    return [_row("main_series", rows.groupby(["table", "series"]).ngroups, "series", "", "reported"), *shares]


def _emitted(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of emissions of a field and year by status, and the last years of what is published."""
    counts = coverage.counts(catalog, region).query("table == 'inventory'").set_index("status")["all"]
    rows = [_row("emitted", counts.sum(), "figures", "", "reported")]
    rows += [_row(f"emitted_{status}", count, "figures", "", status) for status, count in counts.items()]
    for name, indicator in (("energy_last", "energy_consumption"), ("coal_last", "coal_consumption")):
        published = observations.yearly(catalog, indicator, region).query("status == 'reported'")
        rows.append(_figure(name, published.iloc[-1]))
    return rows


def _cautions(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    warned = coverage.warnings(catalog, region)["severity"].value_counts()
    return [
        _row("warnings", warned.sum(), "warnings", "", "reported"),
        *(_row(f"warnings_{name}", warned.get(name, 0), "warnings", "", "reported") for name in SEVERITIES),
    ]


def _certainty(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total, its 95 % limits and half width, and how far others differ in the last year compared."""
    last = uncertainty.intervals(catalog, region).query("field == 'total'").iloc[-1]
    year, status = last["year"], last["status"]
    rows = [
        _row("co2_latest", last["co2_mt"], "Mt CO2", year, status),
        _row("co2_lo95", last["lo95"], "Mt CO2", year, "estimate"),
        _row("co2_hi95", last["hi95"], "Mt CO2", year, "estimate"),
        _row("half_width", last["half_width_pct"], "%", year, "estimate"),
    ]
    spread = comparison.spread(catalog, region).query("inventories > 1 and year > 2005")
    for name, row in (("widest", spread.loc[spread["spread_pct"].idxmax()]), ("latest", spread.iloc[-1])):
        rows.append(_row(f"spread_{name}", row["spread_pct"], "%", int(row["year"]), "estimate"))
    return rows


def _accounts(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the assessment account in its last year, the effect of imports, and the part held."""
    every = accounts.assessment(catalog, region)
    last, held = every.iloc[-1], every[every["held_mt"] > 0].tail(1)
    rows = [
        _row("assessment_latest", last["co2_mt"], "Mt CO2", last["year"], "estimate"),
        _row("import_first", every["import_mt"].iloc[0], "Mt CO2", every["year"].iloc[0], "estimate"),
        _row("import_latest", last["import_mt"], "Mt CO2", last["year"], "estimate"),
    ]
    return rows + [_row("held", row.held_mt, "Mt CO2", row.year, "estimate") for row in held.itertuples()]


def _calculated(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return what the last balance gives where emissions are published, and by how much other factors give more."""
    year = int(catalog.read("energy_balance").query("region == @region")["year"].max())
    rows = recalculation.against_published(catalog, region, year)
    published = rows[(rows["dimension"] == "field") & rows["published_mt"].notna()]
    sets = recalculation.by_factor_set(catalog, region, year).set_index("dimension").loc["total"]
    more = {name: 100 * (sets[name] / sets["ceads"] - 1) for name in ("guideline", "ipcc2006")}
    return [
        _row("balance_calculated", published["calculated_mt"].sum(), "Mt CO2", year, "estimate"),
        _row("balance_published", published["published_mt"].sum(), "Mt CO2", year, "reported"),
        *(_row(f"factors_{name}", value, "%", year, "estimate") for name, value in more.items()),
    ]


def _by_plan(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the change of each indicator over each plan as far as it is known: `carbon_intensity_direct_14FYP`."""
    rows = plans.plan_changes(catalog, region).dropna(subset=["change_pct"])
    return [
        _row(
            "_".join([row["indicator"], row["account"] or row["scope"], row["plan"]]),
            row["change_pct"],
            "%",
            f"{row['first']}/{row['last']}",
            row["status"],
            row["sources"],
        )
        for row in rows.to_dict("records")
    ]


def _asked(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = plans.requirements(catalog, region)
    spans = catalog.read("plans").set_index("id")
    return [
        _row(
            f"asked_{row['plan']}",
            row["planned_pct"],
            "%",
            f"{spans.at[row['plan'], 'base_year']}/{spans.at[row['plan'], 'last_year']}",
            "reported",
            row["planned_source"],
        )
        for row in rows.dropna(subset=["planned_pct"]).to_dict("records")
    ]


def _co2_latest(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = scopes.series(catalog, region).query("indicator == 'co2_total'")
    return [_figure(f"co2_{account}", one.iloc[-1]) for account, one in rows.groupby("account", sort=False)]


def _gaps(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the largest difference between computed and published rates, and the years that differ by more."""
    rows = reconciliation.rates(catalog, region)
    within = rows[rows["agrees"]]
    largest = within.loc[within["difference"].abs().idxmax()]
    span = f"{rows['year'].iloc[0]}/{rows['year'].iloc[-1]}"
    gap = _row("energy_intensity_gap", abs(largest["difference"]), "pp", span, "estimate", largest["source_id"])
    return [gap] + [
        _row(f"energy_intensity_{name}_{row.year}", getattr(row, name), unit, row.year, status, row.source_id)
        for row in rows[~rows["agrees"]].itertuples()
        for name, unit, status in (
            ("published", "%", "reported"),
            ("computed", "%", "estimate"),
            ("difference", "pp", "estimate"),
        )
    ]


def _revision(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of GDP that both censuses have: before, after, and the change in percent."""
    row = gdp.vintages(catalog, region).dropna(subset=["census4", "census5"]).iloc[-1]
    figures = {"gdp_before": ("census4", "10^8 yuan"), "gdp_after": ("census5", "10^8 yuan")}
    rows = [_row(name, row[key], unit, row["year"], "reported") for name, (key, unit) in figures.items()]
    return [*rows, _row("gdp_revision", row["revision_pct"], "%", row["year"], "estimate", row["sources"])]


def _emissions(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    every = outlook.fields(catalog, region) if name == "total" else outlook.one_field(catalog, region, name)
    known = every.query("field == @name and status != 'forecast'").set_index("year")
    last = int(known.index[-1])
    rows = [_row("co2_latest", known.at[last, "co2_mt"], "Mt CO2", last, known.at[last, "status"])]
    for base in BASE_YEARS:
        change = 100 * (known.at[last, "co2_mt"] / known.at[base, "co2_mt"] - 1)
        rows.append(_row(f"co2_{base}", known.at[base, "co2_mt"], "Mt CO2", base, known.at[base, "status"]))
        status = observations.weakest(known.loc[[base, last], "status"])
        rows.append(_row(f"co2_change_{base}", change, "%", f"{base}/{last}", status))
    return rows + [_ahead(every, name, year) for year in AHEAD if year > last]


def _ahead(every: pd.DataFrame, name: str, year: int) -> dict[str, Any]:
    row = outlook.at(every, name, year)
    return _row(f"co2_{year}", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"])


def _correction(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total that a correction changed: as published, corrected, the difference; nothing if none did."""
    published = inventory.emissions(catalog, region, by="total", corrections=False).set_index("year")["co2_mt"]
    removed = published - inventory.emissions(catalog, region, by="total").set_index("year")["co2_mt"]
    changed = removed[removed != 0]
    if changed.empty:
        return []
    year = int(changed.index[-1])
    return [
        _row("co2_as_published", published[year], "Mt CO2", year, "reported"),
        _row("co2_corrected", published[year] - changed[year], "Mt CO2", year, "adjusted"),
        _row("co2_correction", changed[year], "Mt CO2", year, "adjusted"),
    ]


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
        *(_chained(f"carbon_intensity_since_{first}", carbon, first, last) for first in BASE_YEARS),
        _row(f"gdp_{last_gdp}", gdp[last_gdp] - 100, "%", f"2020/{last_gdp}", "reported"),
        _figure("electricity_latest", power),
    ]


def _figure(name: str, row: pd.Series) -> dict[str, Any]:
    return _row(name, row["value"], row["unit"], row["year"], row["status"], row["source_id"])


def _chained(name: str, rates: pd.DataFrame, first: int, last: int) -> dict[str, Any]:
    """Return the change from the end of `first` to the end of `last`, chained from yearly rates (percent)."""
    used = rates.loc[first + 1 : last]
    change = float(indicators.chain(used["value"], first)[last] - 100)
    status = "estimate" if last - first > 1 else observations.weakest(used["status"])  # a chain is derived
    return _row(name, change, "%", f"{first}/{last}", status, used["source_id"].iloc[-1])


def _largest(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    rows = inventory.emissions(catalog, region, by="subsector").query("field == @name and subsector != 'all'")
    last = rows[rows["year"] == rows["year"].max()].sort_values("co2_mt", ascending=False).iloc[0]
    return [_row("largest", last["co2_mt"], "Mt CO2", last["year"], last["status"], item=last["subsector"])]


def _counts(judged: list[Verdict]) -> list[dict[str, Any]]:
    found = verdicts.counts(judged)
    rows = [_row(f"verdict_{name}", int(found[name]), "targets", "", "reported") for name in VERDICTS]
    return [_row("counted", int(found.sum()), "targets", "", "reported"), *rows]
