"""The command line (floor 6): one command a question.

Exit status: 0 ok, 1 the answer is no (a check or a page failed), 2 the question was wrong. Tables go to stdout or
`--out`, everything else to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tanfeng import __version__
from tanfeng.project import ProjectError, find_root

if TYPE_CHECKING:
    from tanfeng.catalog import Catalog

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tanfeng 碳峰: the road of a province to the carbon peak.",
)
data_app = typer.Typer(no_args_is_help=True, help="The tables of the project.")
app.add_typer(data_app, name="data")
note = Console(stderr=True, highlight=False, soft_wrap=True)

Region = Annotated[str, typer.Option(help="GB/T 2260 code of the region.")]
Output = Annotated[Path | None, typer.Option("--out", help="File to write to; stdout by default.")]


class _Failure(Exception):
    """The answer is no: exit status 1."""


def _catalog(root: Path | None = None) -> Catalog:
    """Open the tables; pandas is loaded only here, so that a build with nothing to do stays quick."""
    from tanfeng.catalog import open_catalog

    return open_catalog(root)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"tanfeng {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def build(
    reports: Annotated[
        list[str] | None,
        typer.Argument(help="Reports to build, by name (overview, field, field-energy ...); all by default."),
    ] = None,
    region: Region = "330000",
    lang: Annotated[str, typer.Option(help="zh, en or all.")] = "all",
    jobs: Annotated[int, typer.Option(help="Processes at a time; 0 for one a core.", min=0)] = 0,
    force: Annotated[bool, typer.Option(help="Build even what is up to date.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("reports"),
) -> None:
    """Build every report that is out of date: check the tables, run the notebooks, write the pages and the index."""
    from tanfeng.report import build as builder
    from tanfeng.report import plan

    root = find_root(Path.cwd())
    out = out.resolve() if out.is_absolute() else root / out
    try:
        chosen = plan.reports(root, region, lang, reports)
    except (KeyError, ValueError):  # the code lists that the plan reads are broken: the check names the place
        _require_good_tables(root)
        raise
    waiting = builder.stale(root, out, chosen, force)
    if not waiting and _has_index(out, chosen):
        note.print(f"up to date: {len(chosen)} reports in {_short(out)}/ (open {_short(out)}/index.html)")
        return
    _require_good_tables(root)
    _require_region(root, region)
    failed = _run(root, out, waiting, jobs) if waiting else 0
    _write_index(root, out, plan.reports(root, region))
    built, kept = len(waiting) - failed, len(chosen) - len(waiting)
    way_in = f": open {_short(out)}/index.html" if (out / "index.html").is_file() else ""
    note.print(f"{built} of {len(waiting)} reports built, {kept} were up to date{way_in}")
    if failed:
        raise _Failure(f"{failed} reports failed; their last good pages were left in place")


def _has_index(out: Path, chosen: list[Any]) -> bool:
    names = {"index.html" if report.lang == "zh" else "index.en.html" for report in chosen}
    return all((out / name).is_file() for name in names)


def _short(path: Path) -> str:
    return os.path.relpath(path)


def _require_good_tables(root: Path) -> None:
    problems = _problems(_catalog(root), None)
    if problems:
        raise _Failure(f"{problems} problems in the tables; no report was changed")


def _require_region(root: Path, region: str) -> None:
    """Stop where a region has no inventory or no targets: the reports would have nothing to say."""
    catalog = _catalog(root)
    able = set(catalog.read("inventory")["region"]) & set(catalog.read("targets")["region"])
    if region not in able:
        raise ProjectError(
            f"region {region} has no inventory or no targets in data/; there are reports for {', '.join(sorted(able))}"
        )


def _run(root: Path, out: Path, waiting: list[Any], jobs: int) -> int:
    from tanfeng.report import build as builder

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    failed = 0
    with Progress(*columns, console=note, disable=not note.is_terminal) as progress:
        task = progress.add_task("building", total=len(waiting))

        def tell(result: Any) -> None:
            nonlocal failed
            failed += bool(result.error)
            progress.advance(task)
            shown = (
                f"failed {result.report.name}: {result.error}"
                if result.error
                else f"built  {result.report.page}  {result.seconds:.1f} s"
            )
            progress.console.print(shown, markup=False)

        builder.build(root, out, waiting, jobs, tell)
    return failed


def _write_index(root: Path, out: Path, reports: list[Any]) -> None:
    from tanfeng.report import build as builder
    from tanfeng.report import site

    site.write_index(_catalog(root), out, reports, builder.commit(root))


@app.command()
def explain(
    report: Annotated[str, typer.Argument(help="Name of a report, such as overview or field-energy.")],
    region: Region = "330000",
    out: Path = Path("reports"),
) -> None:
    """Say why a report would, or would not, be rebuilt."""
    from tanfeng.report import fingerprint, plan

    root = find_root(Path.cwd())
    out = out if out.is_absolute() else root / out
    for one in plan.reports(root, region, names=[report]):
        reasons = fingerprint.reasons(root, out, one)
        typer.echo(f"{one.name}: " + (f"out of date: {'; '.join(reasons)}" if reasons else "up to date"))


@data_app.command("check")
def data_check(
    tables: Annotated[
        list[str] | None, typer.Argument(help="Tables to check, by name or file; all by default.")
    ] = None,
) -> None:
    """Check every table: columns, types, allowed values, keys, links, units, periods. Exit status 1 if one is wrong."""
    catalog = _catalog()
    names = [_table_name(catalog, name) for name in tables] if tables else None
    unknown = [name for name in names or () if name not in catalog.tables]
    if unknown:
        raise ProjectError(f"no table {unknown[0]!r}; there are: {', '.join(catalog.tables)}")
    problems = _problems(catalog, names)
    if problems:
        raise _Failure(f"{problems} problems in the tables")
    note.print(f"{len(names or catalog.tables)} tables are good")


def _table_name(catalog: Catalog, given: str) -> str:
    """Return the table that a name or a file in `data/` stands for; a file elsewhere is a wrong question."""
    path = Path(given)
    folders = {catalog.root / "data", catalog.root / "data" / "local"}
    if path.parent != Path() and path.resolve().parent not in {folder.resolve() for folder in folders}:
        raise ProjectError(f"{given} is not in data/ of this project; put it into data/local/ to check it")
    return path.stem


def _problems(catalog: Catalog, names: list[str] | None) -> int:
    from tanfeng.checks import check_tables
    from tanfeng.corrections import check_corrections

    problems = [str(problem) for problem in check_tables(catalog, names)]
    if not problems and "inventory" in (names or catalog.tables):
        try:
            check_corrections(catalog)
        except ProjectError as error:
            problems = [str(error)]
    for problem in problems:
        note.print(problem, markup=False)
    return len(problems)


@app.command()
def inventory(
    region: Region = "330000",
    by: Annotated[str, typer.Option(help="total, field, subsector, fuel_group or detail.")] = "field",
    corrections: Annotated[
        bool, typer.Option(help="Apply data/corrections.yaml, the known errors of the source.")
    ] = True,
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",
    out: Output = None,
) -> None:
    """Write the CO2 inventory of a region: region, year, field, subsector, fuel_group, co2_mt (Mt), status."""
    from tanfeng.inventory import emissions

    rows = emissions(_catalog(), region, by, corrections).round({"co2_mt": 4})
    _emit(_formatted(rows, format), out)


def _formatted(rows: Any, format: str) -> str:
    from tanfeng.tables import csv

    if format == "csv":
        return csv(rows)
    if format == "json":
        return str(rows.to_json(orient="records", force_ascii=False, indent=1)) + "\n"
    raise ProjectError(f"format {format!r}: expected csv or json")


def _emit(content: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(content)
        return
    from tanfeng.report.build import write

    write(out, content.encode())


@app.command()
def targets(
    region: Region = "330000",
    plan: Annotated[str | None, typer.Option(help="14FYP, 15FYP or 2030; all by default.")] = None,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of names and reasons: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Write the verdict on every target of a region, with its reason and evidence."""
    from tanfeng import tables
    from tanfeng.verdicts import judge

    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    catalog = _catalog()
    judged = judge(catalog, region, plan)
    if format == "csv":
        _emit(tables.csv(tables.verdict_export(catalog, judged, lang)), out)
    elif format == "json":
        _emit(json.dumps(_verdict_records(catalog, judged, lang), ensure_ascii=False, indent=1) + "\n", out)
    else:
        rows = tables.verdict_frame(catalog, judged)
        _emit(
            "".join(f"{row['id']:5} {row['verdict']:15} {row[f'reason_{lang}']}\n" for row in rows.to_dict("records")),
            out,
        )


def _verdict_records(catalog: Catalog, judged: list[Any], lang: str) -> list[dict[str, Any]]:
    from tanfeng import text

    return [
        {
            "id": verdict.target["id"],
            "name": verdict.target[lang],
            "indicator": verdict.target["indicator"],
            "region": verdict.target["region"],
            "field": verdict.target["field"],
            "plan": verdict.target["plan"],
            "target": text.target_value(catalog, verdict.target, lang),
            "variant": verdict.target["variant"],
            "verdict": verdict.verdict,
            "probability": verdict.probability,
            "light": verdict.light,
            "reason": text.reason(catalog, verdict, lang),
            "evidence": [_evidence_record(row, lang) for row in verdict.evidence],
        }
        for verdict in judged
    ]


def _evidence_record(row: dict[str, Any], lang: str) -> dict[str, Any]:
    names = {"published": "value", "published_unit": "unit"}
    kept = {names.get(key, key): value for key, value in row.items() if not key.startswith("note_")}
    return {**kept, "note": row[f"note_{lang}"]}


LAB_OPTIONS = [
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
]


@app.command()
def lab() -> None:
    """Open JupyterLab on the exploring notebooks; it asks no other host for updates or news."""
    root = find_root(Path.cwd())
    start = root / "notebooks" / "explore" / "start.ipynb"
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "jupyterlab", *LAB_OPTIONS, *as_root, "--notebook-dir", str(root), str(start)]
    os.execv(sys.executable, command)  # noqa: S606


def main() -> None:
    """Run the command line; a wrong question ends with a plain message and exit status 2, a negative answer with 1."""
    try:
        app()
    except ProjectError as error:
        note.print(f"error: {error}", markup=False)
        sys.exit(2)
    except _Failure as error:
        note.print(str(error), markup=False)
        sys.exit(1)
