"""Commands on the reports: `build`, `explain`, `lab`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tanfeng.cli import common
from tanfeng.cli.common import Failure, Region, app, note
from tanfeng.cli.data import problems as table_problems
from tanfeng.project import ProjectError, find_root


@app.command()
def build(
    reports: Annotated[
        list[str] | None,
        typer.Argument(help="Reports to build, by name (overview, field, field-energy ...); all by default."),
    ] = None,
    region: Region = "330000",
    lang: Annotated[str, typer.Option(help="zh, en or all.")] = "all",
    cities: Annotated[bool, typer.Option("--cities", help="Build the pages of its cities as well.")] = False,
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
        others = [one for one in plan.family(root, region) if cities and one != region]
        chosen = plan.reports(root, region, lang, reports)
        chosen += [report for one in others for report in plan.reports(root, one, lang)]
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
    _write_index(root, out, [report for one in plan.family(root, region) for report in plan.reports(root, one)])
    built, kept = len(waiting) - failed, len(chosen) - len(waiting)
    way_in = f": open {_short(out)}/index.html" if (out / "index.html").is_file() else ""
    note.print(f"{built} of {len(waiting)} reports built, {kept} were up to date{way_in}")
    if failed:
        raise Failure(f"{failed} reports failed; their last good pages were left in place")


def _has_index(out: Path, chosen: list[Any]) -> bool:
    names = {"index.html" if report.lang == "zh" else "index.en.html" for report in chosen}
    return all((out / name).is_file() for name in names)


def _short(path: Path) -> str:
    return os.path.relpath(path)


def _require_good_tables(root: Path) -> None:
    problems = table_problems(common.catalog(root), None)
    if problems:
        raise Failure(f"{problems} problems in the tables; no report was changed")


def _require_region(root: Path, region: str) -> None:
    """Stop where a region has no inventory, or a province no targets: the reports would have nothing to say."""
    from tanfeng.tiers import CITY_CO2

    catalog = common.catalog(root)
    observed = catalog.read("observations")
    if region in set(observed.loc[observed["indicator"] == CITY_CO2, "region"]):
        return
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

    site.write_index(common.catalog(root), out, reports, builder.commit(root))


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
