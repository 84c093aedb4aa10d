"""Commands that answer a question with a table: `inventory`, `targets`, `compare`, `league`, `measures`, `roadmap`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Output, Region, app, emit, formatted, note
from tanfeng.cli.data import good_catalog
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog


@app.command()
def inventory(
    balance: Annotated[
        Path | None,
        typer.Argument(
            help="Energy balance (CSV or XLSX: region, year, flow, fuel, value, unit); the project's tables by default."
        ),
    ] = None,
    region: Region = HOME,
    by: Annotated[
        str, typer.Option(help="total, field, subsector, fuel_group, detail; without a balance: ipcc2006, gpc.")
    ] = "field",
    factors: Annotated[
        str, typer.Option(help="With a balance: ceads, guideline or ipcc2006 (factors of data/emission_factors.csv).")
    ] = "ceads",
    cement: Annotated[bool, typer.Option(help="With a balance: add the cement process from cement output.")] = True,
    account: Annotated[str, typer.Option(help="Without a balance: direct, indirect or assessment.")] = "direct",
    intervals: Annotated[bool, typer.Option(help="By field and total: add the 95 % interval.")] = False,
    corrections: Annotated[
        bool, typer.Option(help="Apply data/corrections.yaml, the known errors of the source.")
    ] = True,
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",
    out: Output = None,
) -> None:
    """Write the CO2 of a region, or of an energy balance: region, year, field, subsector, fuel_group, co2_mt, status.

    Without a file the project's own inventory is written: published figures, corrected, and the estimates of years that
    have none. With a file each fuel of the balance is multiplied by its emission factor; what could not be counted is
    named on stderr.
    """
    catalog = common.catalog()
    _refuse_unused(balance, region, by, factors, cement, account, intervals, corrections)
    if balance is not None:
        rows = _from_balance(catalog, balance, by, factors, cement)
    elif account != "direct":
        rows = _account(catalog, region, account)
    else:
        rows = _emissions(catalog, region, by, corrections, intervals)
    emit(formatted(rows.round(FIGURES), format), out)


def _refuse_unused(
    balance: Path | None,
    region: str,
    by: str,
    factors: str,
    cement: bool,
    account: str,
    intervals: bool,
    corrections: bool,
) -> None:
    """Stop where an option would be ignored: an answer to another question is worse than none."""
    own = {"--region": region != common.home(HOME), "--account": account != "direct", "--intervals": intervals}
    own |= {"--no-corrections": not corrections}
    if balance is not None:
        _refuse({name for name, given in own.items() if given}, "a balance file is given: it says its region itself")
        return
    _refuse({"--factors"} if factors != "ceads" else set(), "no balance file is given")
    _refuse({"--no-cement"} if not cement else set(), "no balance file is given")
    if account != "direct":
        unused = {"--by": by != "field", "--intervals": intervals, "--no-corrections": not corrections}
        _refuse({name for name, given in unused.items() if given}, f"the account {account} is given as it is")


def _refuse(options: set[str], reason: str) -> None:
    if options:
        raise ProjectError(f"{', '.join(sorted(options))} does nothing here: {reason}; leave it out")


FIGURES = {"co2_mt": 8, "lo95": 4, "hi95": 4, "half_width_pct": 2, "direct_mt": 4, "held_mt": 4, "import_mt": 4}


def _emissions(catalog: Catalog, region: str, by: str, corrections: bool, intervals: bool) -> Any:
    from tanfeng.facts import crosswalk, emissions, uncertainty

    if by in crosswalk.SCHEMES and not intervals:
        return crosswalk.by(catalog, region, by, corrections)
    if not intervals:
        return emissions.emissions(catalog, region, by, corrections)
    if by not in {"field", "total"} or not corrections:
        raise ProjectError("intervals are given by field or total, with corrections; leave out the other options")
    rows = uncertainty.intervals(catalog, region)
    return rows[(rows["field"] == "total") == (by == "total")]


def _account(catalog: Catalog, region: str, account: str) -> Any:
    from tanfeng.facts import accounts

    if account == "assessment":
        return accounts.assessment(catalog, region)
    return accounts.indirect(catalog, region) if account == "indirect" else accounts.series(catalog, region, account)


def _from_balance(catalog: Catalog, path: Path, by: str, factor_set: str, cement: bool) -> Any:
    from tanfeng.facts import balance, emissions

    rows = balance.read(catalog, path)
    found = balance.emissions(catalog, rows, factor_set, cement)
    for place, fuels in balance.absent(catalog, rows, factor_set).groupby(["region", "year"])["fuel"]:
        note.print(f"{place[0]}, {place[1]}: the balance has no figure of {', '.join(fuels)}", markup=False)
    note.print(_about(catalog, rows, factor_set), markup=False)
    for row in found.remarks.itertuples():
        place = f"{row.region}, {row.year}" + (
            f", {row.flow}, {row.fuel}: {row.value:g} {row.unit}" if row.flow else ""
        )
        note.print(f"{place}: {REMARKS[row.reason]}", markup=False)
    return emissions.summed(found.rows, by)


def _about(catalog: Catalog, rows: Any, factor_set: str) -> str:
    """Say which factors were used, and what keeps the result from being compared with an inventory by sector."""
    own, factors = f"factors {factor_set}; ", catalog.read("emission_factors")
    origin = set(factors.loc[factors["factor_set"] == factor_set, "region"]) - {"100000"}
    strangers = set(rows["region"]) - origin
    if origin and strangers:
        names = ", ".join(catalog.label("regions", one, "en") for one in sorted(origin))
        own = f"factors {factor_set} are those of {names}, used for {', '.join(sorted(strangers))} too; "
    return own + "industry includes the fuel that energy industries use themselves, which CEADs counts in energy"


REMARKS = {
    "negative": "not counted, a final use below zero",
    "only_total": "not counted, a total of fuels without any of its fuels",
    "only_sum": "not counted, a sum of flows without any of its flows",
    "parts_exceed": "not counted, the parts are larger than this sum",
    "rest_of_sum": "in the sum of the flows and in none of its parts; counted",
    "no_factor": "not counted, the factor set has no factor for it",
    "output": "not counted, inputs of power and heat are negative and this figure is positive",
    "no_cement_output": "cement process not counted, cement output of the year is not in data/observations.csv",
    "rest_of_total": "in the total of the flow and in none of its fuels; counted as briquettes",
}


@app.command()
def targets(
    region: Region = HOME,
    plan: Annotated[str | None, typer.Option(help="A plan of data/plans.csv, such as 14FYP; all by default.")] = None,
    format: Annotated[str, typer.Option(help="table, csv, json or xlsx (a workbook, best with --out).")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and reasons: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write the answer on every target of a region: strict verdict, lean where it is not judged, reason, evidence.

    A lean says where evidence points and is never added to verdicts; what would settle it and who holds that follow.
    The workbook has a sheet to fill in with these figures, which `tanfeng data import` reads back.
    """
    from tanfeng.targets.verdict import judge

    if format not in VERDICT_FORMATS or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv, json or xlsx, and zh or en")
    if format == "xlsx":
        common.refuse_terminal(out, format)
    catalog = good_catalog()
    emit(_verdicts(catalog, judge(catalog, region, plan), format, lang), out)


VERDICT_FORMATS = ("table", "csv", "json", "xlsx")


def _verdicts(catalog: Catalog, judged: list[Any], format: str, lang: str) -> str | bytes:
    if format == "json":  # loads nothing that writes pages
        return json.dumps(_verdict_records(catalog, judged, lang), ensure_ascii=False, indent=1) + "\n"
    if format == "xlsx":
        from tanfeng.pages import target_sheets

        return target_sheets.workbook(catalog, judged, lang)
    from tanfeng.pages import table
    from tanfeng.pages.reports import targets

    if format == "csv":
        return table.csv(targets.verdict_export(catalog, judged, lang))
    rows = targets.verdict_frame(catalog, judged).to_dict("records")
    return "".join(f"{row['id']:5} {row['verdict']:15} {row['lean']:14} {row[f'reason_{lang}']}\n" for row in rows)


def _verdict_records(catalog: Catalog, judged: list[Any], lang: str) -> list[dict[str, Any]]:
    from tanfeng.pages import sentences

    return [
        {
            "id": verdict.target["id"],
            "name": verdict.target[lang],
            "indicator": verdict.target["indicator"],
            "region": verdict.target["region"],
            "field": verdict.target["field"],
            "plan": verdict.target["plan"],
            "target": sentences.target_value(catalog, verdict.target, lang),
            "variant": verdict.target["variant"],
            "verdict": verdict.verdict,
            "lean": verdict.lean or None,
            "probability": verdict.probability,
            "probability_range": list(verdict.probability_range) if verdict.probability_range else None,
            "light": verdict.light,
            "reason": sentences.reason(catalog, verdict, lang),
            "evidence": [_evidence_record(row, lang) for row in verdict.evidence],
            **{name: sentences.guidance(verdict, name, lang) or None for name in ("settles", "holder")},
        }
        for verdict in judged
    ]


def _evidence_record(row: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a figure as published: the value in the unit of the indicator is left out."""
    names = {"published": "value", "published_unit": "unit"}
    kept = {names.get(key, key): one for key, one in row.items() if key not in {"value", "note_zh", "note_en"}}
    return {**kept, "note": row[f"note_{lang}"]}


@app.command()
def compare(
    region: Region = HOME,
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--with", help="Another region, by code, as often as needed; those of data/settings.yaml by default."
        ),
    ] = None,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and notes: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write what provinces were asked and did, by indicator: target, latest figure of the same scope, answer.

    What another scope, another year or another way of asking keeps apart is told and not compared.
    """
    from tanfeng.pages.reports import comparison as report
    from tanfeng.targets import comparison

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = good_catalog()
    rows = comparison.compare(catalog, comparison.beside(catalog, region, others or ()))
    emit(report.lines(catalog, rows, lang) if format == "table" else formatted(rows, format), out)


@app.command("league")
def standings(
    by: Annotated[
        str | None,
        typer.Option(
            help="province: intensity (default), co2, per_head, per_gdp, decoupling, own_path; "
            "city: co2 (default), county_sum, per_head, per_gdp."
        ),
    ] = None,
    level: Annotated[str, typer.Option(help="province or city.")] = "province",
    region: Annotated[
        str,
        typer.Option(
            help="Province: marks its row, or whose cities are ranked; the home region by default.",
            callback=common.home,
            show_default=False,
        ),
    ] = HOME,
    first: Annotated[int | None, typer.Option("--from", help="First year; that of the measure by default.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="Last year; that of the measure by default.")] = None,
    field: Annotated[str, typer.Option(help="A field of data/fields.csv with emissions, or total.")] = "total",
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and notes: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Rank the provinces, or the cities of a province, by outcome, with 80 % rank intervals; the lowest is first.

    Regions that are not clearly behind the first of their group, and have its rank in their interval, share its place.
    """
    from tanfeng.facts import league
    from tanfeng.pages.reports import league as league_report

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.catalog()
    by = by or {"city": "co2"}.get(level, "intensity")
    found = league.standings(catalog, by, level, region, first, last, field)
    if format == "table":
        emit(league_report.lines(catalog, found, lang), out)
    else:
        emit(formatted(league_report.export(catalog, found, lang), format), out)


@app.command()
def measures(
    region: Region = HOME,
    field: Annotated[str | None, typer.Option(help="A field of data/fields.csv; all by default.")] = None,
    due: Annotated[str | None, typer.Option(help="overdue or soon; all by default.")] = None,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and reasons: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write the register of measures: state, deadline, target, bodies, expected effect or why there is none.

    Overdue is what was due before the year of the tables and is not shown to be done: result_missing where a published
    figure falls short, figure_missing where only a figure that decides is missing. Soon is due by the end of the next
    year. Effects are of a full year and are not to be added: measures contain each other.
    """
    from tanfeng.pages.reports import registers as registers_report

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = good_catalog()
    rows = registers_report.export(catalog, region, lang, field, due)
    emit(registers_report.lines(catalog, rows, lang) if format == "table" else formatted(rows, format), out)


@app.command()
def roadmap(
    region: Region = HOME,
    account: Annotated[str, typer.Option(help="direct or assessment (with imported electricity).")] = "direct",
    front: Annotated[
        bool, typer.Option("--front", help="The Pareto front: investment, emissions, dependence, residents.")
    ] = False,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write what each measure takes off the reference by year, Mt CO2, or with --front the ways to choose from.

    The reference less the measures is what remains. Measures are counted in a stated order, demand first, so that
    nothing counts twice; lo80 and hi80 are of the 400 paths.
    """
    from tanfeng.pages.reports import least_cost as least_cost_report
    from tanfeng.pages.reports import roadmap as roadmap_report
    from tanfeng.roadmap import front as alternatives
    from tanfeng.roadmap import least_cost, wedges
    from tanfeng.roadmap.least_cost import options

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.catalog()
    if front:
        own = options(catalog, region, account)
        if not least_cost.own_targets(catalog, region, own):
            note.print(f"no way meets the targets of the region in the {account} account; the front leaves them out")
        rows = alternatives.scores(catalog, region, own, least_cost.front(catalog, region, account, steps=5))
        emit(least_cost_report.lines(rows, lang) if format == "table" else formatted(rows, format), out)
        return
    rows = roadmap_report.export(catalog, wedges.table(catalog, region, account), lang)
    emit(roadmap_report.lines(rows, catalog.as_of_year, lang) if format == "table" else formatted(rows, format), out)


@app.command()
def request(
    out: Annotated[Path, typer.Option("--out", "-o", help="Workbook to write (.xlsx).")],
    region: Region = HOME,
    field: Annotated[str | None, typer.Option(help="A field of data/fields.csv; all by default.")] = None,
    body: Annotated[str | None, typer.Option(help="A body that holds figures, by name; all by default.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the workbook: zh or en.")] = "zh",
) -> None:
    """Write the request workbook (填报表): the figures that would settle targets, a sheet a body, to fill in.

    `tanfeng data import` reads it back. Figures of targets that are settled, and those that are known, are not asked
    for.
    """
    from tanfeng.pages import request_sheets
    from tanfeng.targets.requests import requests

    if out.suffix.lower() != ".xlsx" or lang not in {"zh", "en"}:
        raise ProjectError(f"file {out.name!r}, language {lang!r}: expected a name that ends in .xlsx, and zh or en")
    catalog = good_catalog()
    rows = requests(catalog, region, field, body)
    if rows.empty:
        raise ProjectError(f"no figure is asked for in region {region}: no target of it waits for one")
    emit(request_sheets.workbook(catalog, rows, lang), out)
    bodies = rows["holder_zh"].nunique()
    note.print(f"{len(rows)} figures, {bodies} {'body' if bodies == 1 else 'bodies'}: {out}", markup=False)
