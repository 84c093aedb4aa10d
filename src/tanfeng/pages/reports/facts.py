"""Key figures of the reports on facts: overview, fields, technology, targets, indicators, data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import (
    accounts,
    by_plan,
    coverage,
    emissions,
    gdp,
    indicators,
    observations,
    other_inventories,
    recalculation,
    uncertainty,
)
from tanfeng.pages.emissions import BASE_YEARS, emitted
from tanfeng.pages.reports.peaks import chances, covered
from tanfeng.pages.rows import figure, frame
from tanfeng.targets import verdict
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict

SEVERITIES = ("high", "medium", "low")
ENERGY_INTENSITY = ((2015, 2020), (2015, 2019), (2019, 2020))
MONITOR = "carbon_monitor"


def overview(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the overview: emissions, the four indicators, GDP, and the counts of verdicts."""
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total"), *covered("provinces")]
    return frame([*rows, *_correction(catalog, region), *_four(catalog, region), *_counts(judged)])


def field(catalog: Catalog, region: str, name: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of a field: emissions, share of the total, outlook, and the counts of its verdicts."""
    rows = [*emitted(catalog, region, name), *chances(catalog, region, name), *covered("provinces")]
    latest = emissions.series(catalog, region, "total").iloc[-1]
    value = emissions.series(catalog, region, name).set_index("year").at[latest["year"], "co2_mt"]
    share = figure("share", 100 * value / latest["co2_mt"], "%", latest["year"], latest["status"], latest["source_id"])
    return frame([*rows, share, *_largest(catalog, region, name), *_counts(judged)])


def technology(catalog: Catalog, region: str, judged: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of science and technology: R&D intensity, share of high-tech industry, and the counts."""
    rows = []
    for indicator in ("rd_intensity_bulletin", "hitech_industry_share"):
        found = indicators.observations(catalog, indicator, region)
        for label, row in (("first", found.iloc[0]), ("last", found.iloc[-1])):
            name = f"{indicator}_{label}"
            rows.append(
                figure(name, row["published"], row["published_unit"], row["period"], row["status"], row["source_id"])
            )
    for target in (
        catalog.read("targets").query("indicator == 'rd_intensity_bulletin' and region == @region").to_dict("records")
    ):
        rows.append(
            figure(
                "rd_target",
                target["target_value"],
                target["unit"],
                target["target_year"],
                "reported",
                target["source_id"],
            )
        )
    return frame([*rows, *_counts(judged)])


def targets(judged: list[Verdict]) -> pd.DataFrame:
    """Return the counts of verdicts, and how many rows are repetitions, drafts or stretch values."""
    uncounted = {
        "rows": len(judged),
        "repeated": sum(v.target["variant"] == "firm" and not v.counts for v in judged),
        "drafts": sum(v.target["variant"] == "draft" for v in judged),
        "stretch": sum(v.target["variant"] == "stretch" for v in judged),
    }
    rows = [figure(name, count, "targets", "", "reported") for name, count in uncounted.items()]
    return frame([*_counts(judged), *rows])


@cached
def four_indicators(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the four indicators: change by plan and scope, latest levels, the checks, GDP."""
    return frame(
        [
            *_four(catalog, region),
            *_by_plan(catalog, region),
            *_asked(catalog, region),
            *_co2_latest(catalog, region),
            *_beside(catalog, region),
            *_gaps(catalog, region),
            *_revision(catalog, region),
        ]
    )


@cached
def data(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the data: what there is, how certain it is, and how far others differ."""
    rows = [*_held(catalog, region), *_series(catalog, region), *_emitted(catalog, region), *_cautions(catalog, region)]
    return frame([*rows, *_certainty(catalog, region), *_accounts(catalog, region), *_calculated(catalog, region)])


def _held(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of figures, indicators and sources, and the shares by status and grade in percent."""
    counts = coverage.counts(catalog, region).query("table == 'observations'").set_index("status")
    known, figures = coverage.by_indicator(catalog, region), int(counts["all"].sum())
    cited = {name for names in known["sources"] for name in names.split()} | set(emissions.sources(catalog, region))
    rows = {
        "figures": (figures, "figures"),
        "indicators": (int((known["figures"] > 0).sum()), "indicators"),
        "indicators_defined": (len(known), "indicators"),
        "sources": (len(cited), "sources"),
        "sources_registered": (len(catalog.read("sources")), "sources"),
        **{f"share_{status}": (100 * counts.at[status, "all"] / figures, "%") for status in counts.index},
        **{f"share_{grade}": (100 * counts[grade].sum() / figures, "%") for grade in coverage.GRADES},
    }
    return [figure(name, value, unit, "", "reported") for name, (value, unit) in rows.items()]


def _series(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the share of years with a figure in the main series, up to the last base year of a plan and after it."""
    rows = coverage.main_series(catalog, region)
    known, base = rows["status"] != coverage.NONE, BASE_YEARS[-1]
    spans = {"before": rows["year"] <= base, "after": rows["year"] > base}
    shares = [
        figure(f"covered_{name}", 100 * known[chosen].mean(), "%", rows.loc[chosen, "year"].max(), "reported")
        for name, chosen in spans.items()
    ]
    return [figure("main_series", rows.groupby(["table", "series"]).ngroups, "series", "", "reported"), *shares]


def _emitted(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the number of emissions of a field and year by status, and the last years of what is published."""
    counts = coverage.counts(catalog, region).query("table == 'inventory'").set_index("status")["all"]
    rows = [figure("emitted", counts.sum(), "figures", "", "reported")]
    rows += [figure(f"emitted_{status}", count, "figures", "", status) for status, count in counts.items()]
    for name, indicator in (("energy_last", "energy_consumption"), ("coal_last", "coal_consumption")):
        published = observations.yearly(catalog, indicator, region).query("status == 'reported'")
        rows.append(_figure(name, published.iloc[-1]))
    return rows


def _cautions(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    warned = coverage.warnings(catalog, region)["severity"].value_counts()
    return [
        figure("warnings", warned.sum(), "warnings", "", "reported"),
        *(figure(f"warnings_{name}", warned.get(name, 0), "warnings", "", "reported") for name in SEVERITIES),
    ]


def _certainty(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total, its 95 % limits and half width, and how far others differ in the last year compared."""
    last = uncertainty.intervals(catalog, region).query("field == 'total'").iloc[-1]
    year, status = last["year"], last["status"]
    source = emissions.series(catalog, region, "total").set_index("year").at[year, "source_id"]
    errors = observations.joined(pd.concat([pd.Series([source]), catalog.read("uncertainties")["source_id"]]))
    return [
        figure("co2_latest", last["co2_mt"], "Mt CO2", year, status, source),
        figure("co2_lo95", last["lo95"], "Mt CO2", year, "estimate", errors),
        figure("co2_hi95", last["hi95"], "Mt CO2", year, "estimate", errors),
        figure("half_width", last["half_width_pct"], "%", year, "estimate", errors),
        *_spread(catalog, region),
    ]


def _spread(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how far how many inventories lie apart, in the widest and the last year, there with ours as published."""
    spread = other_inventories.spread(catalog, region).query("inventories > 1 and year > 2005")
    rows = []
    for name, row in (("widest", spread.loc[spread["spread_pct"].idxmax()]), ("latest", spread.iloc[-1])):
        rows.append(figure(f"spread_{name}", row["spread_pct"], "%", int(row["year"]), "estimate"))
        rows.append(figure(f"inventories_{name}", row["inventories"], "figures", int(row["year"]), "reported"))
    last = int(spread["year"].iloc[-1])
    plain = emissions.emissions(catalog, region, by="total", corrections=False)
    published = float(plain.loc[plain["year"] == last, "co2_mt"].sum())
    others = other_inventories.compare(catalog, region).query("year == @last")
    levels = [published, *others["co2_mt"]]
    source = observations.joined(catalog.read("inventory").query("region == @region and year == @last")["source_id"])
    return [
        *rows,
        figure("co2_published", published, "Mt CO2", last, "reported", source),
        figure("spread_published", 100 * (max(levels) / min(levels) - 1), "%", last, "estimate"),
    ]


def _accounts(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the assessment account in its last year, the effect of imports, and the part held."""
    every = accounts.assessment(catalog, region)
    last, held = every.iloc[-1], every[every["held_mt"] > 0].tail(1)
    rows = [
        figure("assessment_latest", last["co2_mt"], "Mt CO2", last["year"], "estimate", last["source_id"]),
        *(
            figure(name, row["import_mt"], "Mt CO2", row["year"], "estimate", _imported(catalog, region, row))
            for name, row in (("import_first", every.iloc[0]), ("import_latest", last))
        ),
    ]
    return rows + [figure("held", row.held_mt, "Mt CO2", row.year, "estimate") for row in held.itertuples()]


def _imported(catalog: Catalog, region: str, row: pd.Series) -> str:
    """Return the sources of the CO2 of net imports: those of the assessment account less those of the direct one."""
    direct = set(emissions.sources(catalog, region))
    return " ".join(dict.fromkeys(name for name in row["source_id"].split() if name not in direct))


def _calculated(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return what the last balance gives where emissions are published, and by how much other factors give more."""
    year = int(catalog.read("energy_balance").query("region == @region")["year"].max())
    rows = recalculation.against_published(catalog, region, year)
    published = rows[(rows["dimension"] == "field") & rows["published_mt"].notna()]
    sets = recalculation.by_factor_set(catalog, region, year).set_index("dimension").loc["total"]
    more = {name: 100 * (sets[name] / sets["ceads"] - 1) for name in ("guideline", "ipcc2006")}
    return [
        figure("balance_calculated", published["calculated_mt"].sum(), "Mt CO2", year, "estimate"),
        figure("balance_published", published["published_mt"].sum(), "Mt CO2", year, "reported"),
        *(figure(f"factors_{name}", value, "%", year, "estimate") for name, value in more.items()),
        *(
            figure(f"fuels_{row.item}", row.co2_mt, "Mt CO2", year, "estimate", row.sources)
            for row in recalculation.reconciled(catalog, region, year).itertuples()
        ),
    ]


def _by_plan(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the change of each indicator over each plan as far as it is known: `carbon_intensity_direct_14FYP`."""
    rows = by_plan.plan_changes(catalog, region).dropna(subset=["change_pct"])
    return [
        figure(
            "_".join([row["indicator"], row["account"] or row["scope"], row["plan"]]),
            row["change_pct"],
            "%",
            f"{row['first']}/{row['last']}",
            row["status"],
            row["sources"],
            lo95=row["lo95"],
            hi95=row["hi95"],
            basis=row["basis"],
        )
        for row in rows.to_dict("records")
    ]


def _asked(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    rows = by_plan.requirements(catalog, region)
    spans = catalog.read("plans").set_index("id")
    return [
        figure(
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
    rows = indicators.by_scope(catalog, region).query("indicator == 'co2_total'")
    return [_figure(f"co2_{account}", one.iloc[-1]) for account, one in rows.groupby("account", sort=False)]


def _beside(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return how Carbon Monitor and this inventory moved since 2020, and in the year in which they differ most."""
    rows = other_inventories.compare(catalog, region).query("dataset == @MONITOR").set_index("year")
    both = rows.loc[BASE_YEARS[-1] :, ["co2_mt", "ours_mt"]].dropna()
    if len(both) < 2:
        return []
    yearly = 100 * both.pct_change().dropna()
    year = int((yearly["co2_mt"] - yearly["ours_mt"]).abs().idxmax())
    first, last = int(both.index[0]), int(both.index[-1])
    source = observations.joined(catalog.read("other_inventories").query("dataset == @MONITOR")["source_id"])
    own = emissions.series(catalog, region, "total").set_index("year").at[year, "source_id"]
    whole = 100 * (both.at[last, "co2_mt"] / both.at[first, "co2_mt"] - 1)
    low, high = by_plan.limits(catalog, region, "co2_total", year - 1, year)
    return [
        figure("monitor", whole, "%", f"{first}/{last}", "reported", source, basis=by_plan.COMPUTED),
        figure("monitor_year", yearly.at[year, "co2_mt"], "%", f"{year - 1}/{year}", "reported", source),
        figure("own_year", yearly.at[year, "ours_mt"], "%", f"{year - 1}/{year}", "estimate", own, lo95=low, hi95=high),
    ]


def _gaps(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the largest difference between computed and published rates, and the years that differ by more."""
    rows = by_plan.rates(catalog, region)
    within = rows[rows["agrees"]]
    largest = within.loc[within["difference"].abs().idxmax()]
    span = f"{rows['year'].iloc[0]}/{rows['year'].iloc[-1]}"
    gap = figure("energy_intensity_gap", abs(largest["difference"]), "pp", span, "estimate", largest["source_id"])
    return [gap] + [
        figure(f"energy_intensity_{name}_{row.year}", getattr(row, name), unit, row.year, status, row.source_id)
        for row in rows[~rows["agrees"]].itertuples()
        for name, unit, status in (
            ("published", "%", "reported"),
            ("computed", "%", "estimate"),
            ("difference", "pp", "estimate"),
        )
    ]


def _revision(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last year of GDP that both censuses have: before, after, and the change in percent."""
    row = gdp.editions(catalog, region).dropna(subset=["census4", "census5"]).iloc[-1]
    figures = {"gdp_before": ("census4", "10^8 yuan"), "gdp_after": ("census5", "10^8 yuan")}
    rows = [figure(name, row[key], unit, row["year"], "reported") for name, (key, unit) in figures.items()]
    return [*rows, figure("gdp_revision", row["revision_pct"], "%", row["year"], "estimate", row["sources"])]


def _correction(catalog: Catalog, region: str) -> list[dict[str, Any]]:
    """Return the last total that a correction changed: as published, corrected, the difference; nothing if none did."""
    published = emissions.emissions(catalog, region, by="total", corrections=False).set_index("year")["co2_mt"]
    source = emissions.series(catalog, region, "total").set_index("year")["source_id"]
    removed = published - emissions.emissions(catalog, region, by="total").set_index("year")["co2_mt"]
    changed = removed[removed != 0]
    if changed.empty:
        return []
    year = int(changed.index[-1])
    return [
        figure("co2_as_published", published[year], "Mt CO2", year, "reported", source[year]),
        figure("co2_corrected", published[year] - changed[year], "Mt CO2", year, "adjusted", source[year]),
        figure("co2_correction", changed[year], "Mt CO2", year, "adjusted", source[year]),
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


def _largest(catalog: Catalog, region: str, name: str) -> list[dict[str, Any]]:
    rows = emissions.emissions(catalog, region, by="subsector").query("field == @name and subsector != 'all'")
    last = rows[rows["year"] == rows["year"].max()].sort_values("co2_mt", ascending=False).iloc[0]
    return [figure("largest", last["co2_mt"], "Mt CO2", last["year"], last["status"], item=last["subsector"])]


def _counts(judged: list[Verdict]) -> list[dict[str, Any]]:
    found = verdict.counts(judged)
    rows = [figure(f"verdict_{name}", int(found[name]), "targets", "", "reported") for name in VERDICTS]
    return [figure("counted", int(found.sum()), "targets", "", "reported"), *rows]
