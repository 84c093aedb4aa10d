"""Command on suppositions: `whatif`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Output, Region, app, emit, formatted, note
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog
    from tanfeng.outlook.scenarios import Counted
    from tanfeng.roadmap.levers import Setting

ALL = "all"
Measures = list[str] | None


@app.command()
def whatif(
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Lever and value, such as gdp_growth=5.5; may be repeated."),
    ] = None,
    counted: Annotated[
        Measures, typer.Option("--with", metavar="MEASURE", help="Switch a measure on, or all; may be repeated.")
    ] = None,
    without: Annotated[
        Measures,
        typer.Option("--without", metavar="MEASURE", help="All measures but this one; may be repeated."),
    ] = None,
    save: Annotated[str, typer.Option(metavar="NAME", help="Save the setting as data/scenarios/NAME.yaml.")] = "",
    saved: Annotated[str, typer.Option(metavar="NAME", help="Start from a saved setting.")] = "",
    shown: Annotated[bool, typer.Option("--levers", help="List the levers and measures instead.")] = False,
    region: Region = HOME,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of the table: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """What if growth, nuclear capacity, imports, electric cars or a measure were different: the outlook beside itself.

    The reference is the outlook as the series runs, without further measures. A lever moves its centre, a measure is
    taken off every path; the errors stay. No verdict on a target changes.
    """
    from tanfeng.pages.reports import whatif as whatif_tables
    from tanfeng.roadmap import levers
    from tanfeng.roadmap import whatif as asked

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = common.project() if save else common.catalog()
    if shown:
        emit(whatif_tables.lever_lines(catalog, region, lang), out)
        return
    setting = _setting(catalog, region, given or [], counted or [], without or [], saved)
    reference, found = asked.answer(catalog, levers.Setting(region)), asked.answer(catalog, setting)
    if save:
        path = levers.save(catalog, setting, save)
        note.print(f"saved as {path.relative_to(catalog.root).as_posix()}", markup=False)
    if format == "table":
        emit(whatif_tables.lines(catalog, reference, found, lang), out)
    else:
        emit(_export(setting, found.counting, asked.compared(reference, found), format), out)


def _setting(
    catalog: Catalog, region: str, given: list[str], counted: list[str], without: list[str], saved: str
) -> Setting:
    from tanfeng.roadmap import levers

    levers.levers(catalog, region)  # a region without any is told so
    start = _start(catalog, region, saved)
    levers.setting(catalog, region, {}, without)  # says which there are
    every = ALL in counted or bool(without and not counted and not start.measures)
    on = levers.measures_of(catalog, region) if every else [*start.measures, *counted]
    measures = [one for one in on if one not in without]
    return levers.setting(catalog, region, dict(start.given) | _values(given), measures)


def _start(catalog: Catalog, region: str, saved: str) -> Setting:
    from tanfeng.roadmap import levers

    if not saved:
        return levers.Setting(region)
    found = {one.name: one for one in levers.saved(catalog, region)}
    if saved not in found:
        raise ProjectError(f"no saved setting {saved!r} of region {region}; there are: {', '.join(found) or 'none'}")
    return found[saved]


def _values(given: list[str]) -> dict[str, float]:
    return dict(_value(one) for one in given)


def _value(given: str) -> tuple[str, float]:
    name, mark, value = given.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        found = f"{value!r} is no number" if mark else "there is no ="
        raise ProjectError(f"--set {given}: {found}; expected a lever and its value, such as gdp_growth=5.5") from error


def _export(setting: Setting, counting: tuple[Counted, ...], rows: Any, format: str) -> str:
    if format == "csv":
        return formatted(rows, "csv")
    about = {"region": setting.region, "values": dict(setting.given), "measures": list(setting.measures)}
    records = json.loads(rows.to_json(orient="records", double_precision=6))
    content = {"setting": about, "counting": [asdict(one) for one in counting], "results": records}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
