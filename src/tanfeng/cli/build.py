"""Commands on the reports: `build`, `explain`, `lab`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from tanfeng.cli import common
from tanfeng.cli.common import HOME, Failure, Region, app, note
from tanfeng.cli.data import problems as table_problems
from tanfeng.data.project import ProjectError, find_root

PAGES_SHOWN = 20


class Executor(StrEnum):
    """Where notebooks run."""

    LOCAL = "local"
    DASK = "dask"


@app.command()
def build(
    reports: Annotated[
        list[str] | None,
        typer.Argument(help="Reports to build, by name (overview, field, field-energy ...); all by default."),
    ] = None,
    region: Annotated[
        str,
        typer.Option(
            help="GB/T 2260 code of the region, all for every province; home of data/settings.yaml by default.",
            callback=common.home,
            show_default=False,
        ),
    ] = HOME,
    lang: Annotated[str, typer.Option(help="zh, en or all.")] = "all",
    cities: Annotated[bool, typer.Option("--cities", help="Build the pages of its cities as well.")] = False,
    jobs: Annotated[int, typer.Option(help="Notebooks at a time; 0 for one a core.", min=0)] = 0,
    force: Annotated[bool, typer.Option(help="Build even what is up to date, and compute everything anew.")] = False,
    plain: Annotated[bool, typer.Option(help="Begin a process anew for each page, without forking: slow.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the pages as PDF as well; takes Chromium.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Leave out internal figures, so that the pages may be passed on.")
    ] = False,
    executor: Annotated[
        Executor, typer.Option(help="Where notebooks run: here, or on a Dask cluster.")
    ] = Executor.LOCAL,
    scheduler: Annotated[str, typer.Option(help="Address of the scheduler of the Dask cluster.")] = "",
    timeout: Annotated[float, typer.Option(help="Seconds that a notebook may run.", min=0.1)] = 900,
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("reports"),
) -> None:
    """Build every report that is out of date: check the tables, run the notebooks, write the pages and the index."""
    from tanfeng.publishing import publish, stale
    from tanfeng.publishing.work import Stopped

    address = _scheduler(executor, scheduler)
    root = find_root()
    out = out.resolve() if out.is_absolute() else root / out
    project, root = root, _public(root) if public else root
    chosen = _planned(root, region, lang, reports, cities)
    if not force and not pdf and stale.all_up_to_date(root, out, region, chosen):
        note.print(stale.message(out, chosen))
        _require_public(project, out, public)
        return
    try:
        with publish.held(root, out):
            _build(root, out, region, chosen, _Choice(jobs, force, plain, timeout, address))
            if pdf:
                _print(out, chosen, jobs)
            _require_public(project, out, public)
    except publish.Busy as busy:
        raise Failure(str(busy)) from busy
    except Stopped as stopped:
        note.print("interrupted; what was finished is in place, the rest is as it was")
        raise typer.Exit(128 + signal.Signals[str(stopped)]) from stopped


def _public(root: Path) -> Path:
    from tanfeng.publishing import public

    return public.without_internal(root)


def _require_public(root: Path, out: Path, public: bool) -> None:
    """Stop if a folder of public pages holds others too, from before."""
    from tanfeng.publishing import public as view

    left = view.unfit(root, out) if public else []
    if left:
        for name in left[:PAGES_SHOWN]:
            note.print(f"not to be passed on: {name}", markup=False)
        raise Failure(
            f"{len(left)} other pages or PDFs in {out.name}/ hold internal figures: build them with --public too, or "
            "name an empty folder with --out"
        )


def _scheduler(executor: Executor, address: str) -> str:
    """Return the address of the scheduler; empty for this machine."""
    if (executor == Executor.DASK) != bool(address):
        raise ProjectError("--executor dask and --scheduler ADDRESS go together; such as tcp://10.0.0.5:8786")
    return address


def _print(out: Path, chosen: list[Any], slots: int) -> None:
    from tanfeng.publishing import pdf, stale

    command = pdf.chromium()
    if command is None:
        raise Failure("Chromium was not found, so no PDF was made; the pages are in place")
    waiting = pdf.stale(out, chosen)
    try:
        for path in pdf.printed(out, waiting, command, slots or os.cpu_count() or 1):
            note.print(f"printed {path.relative_to(out)}", markup=False)
    except pdf.NotPrinted as problem:
        raise Failure(str(problem)) from problem
    note.print(f"{len(waiting)} of {len(chosen)} pages printed as PDF in {stale.short_path(out)}/")


@dataclass(frozen=True)
class _Choice:
    jobs: int = 0
    force: bool = False
    plain: bool = False
    timeout: float = 900
    scheduler: str = ""


def _planned(root: Path, region: str, lang: str, names: list[str] | None, cities: bool) -> list[Any]:
    from tanfeng.publishing import plan

    try:
        return plan.chosen(root, region, lang, names, cities)
    except (KeyError, ValueError):  # the code lists that the plan reads are broken: the check names the place
        count = table_problems(common.catalog(root), None)
        if count:
            raise Failure(f"{count} problems in the tables; no report was changed") from None
        raise


def _build(root: Path, out: Path, region: str, chosen: list[Any], choice: _Choice) -> None:
    from tanfeng.publishing import checked, plan, stale, values
    from tanfeng.publishing import make as builder

    stale.forget()  # what another build did while this one waited
    values.spare(root, choice.force)
    jobs = builder.jobs_for(root, out, chosen, choice.force)
    check = None if checked.known_good(root) else checked.errors
    if region != plan.ALL:
        with suppress(KeyError, ValueError):  # a broken table: the check names the place
            plan.require_inventory(root, region)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    running = choice.scheduler if any(job.run for job in jobs) else ""
    with (
        _cluster(root, running) as cluster,
        Progress(*columns, console=note, disable=not (jobs and note.is_terminal), auto_refresh=False) as progress,
    ):
        teller = _Teller(progress, progress.add_task("", total=len(jobs), left=""))
        given = (root, out, choice.jobs, choice.timeout, check, not choice.plain, cluster, teller.tell)
        try:
            results = builder.Build(*given).all(jobs)
        except builder.BrokenTables as broken:
            for problem in broken.errors:
                note.print(problem, markup=False)
            raise Failure(str(broken)) from broken
    _end(root, out, chosen, jobs, [result.report for result in results if result.error])


def _end(root: Path, out: Path, chosen: list[Any], jobs: list[Any], failed: list[Any]) -> None:
    """Write the index and say what was built."""
    from tanfeng.publishing import index, plan, stale
    from tanfeng.publishing import make as builder

    index.write_index(common.catalog(root), out, plan.listed(root, chosen[0].region), builder.commit(root))
    built, kept = len(jobs) - len(failed), len(chosen) - len(jobs)
    way_in = f": open {stale.short_path(out)}/index.html" if (out / "index.html").is_file() else ""
    note.print(f"{built} of {len(jobs)} reports built, {kept} were up to date{way_in}")
    if failed:
        left = sum((out / report.page).is_file() for report in failed)
        kept_pages = f"; {left} last good pages were left in place" if left else ""
        raise Failure(f"{len(failed)} reports failed{kept_pages}")


@contextmanager
def _cluster(root: Path, address: str) -> Iterator[Any]:
    """Connect to the cluster, if there is one."""
    if not address:
        yield None
        return
    from tanfeng.publishing.cluster import Cluster

    found = Cluster(address, root)
    try:
        yield found
    finally:
        found.close()


@dataclass
class _Teller:
    """What the user sees of a build: the notebooks that run, and each page with what it cost."""

    progress: Progress
    task: TaskID
    running: list[str] = field(default_factory=list)

    def tell(self, what: Any) -> None:
        if what is None:
            self.progress.refresh()
            return
        if not hasattr(what, "report"):
            self.running.append(what.name)
        else:
            if what.report.name in self.running:
                self.running.remove(what.report.name)
            self.progress.advance(self.task)
            self.progress.console.print(self._line(what), markup=False)
        self.progress.update(self.task, description=", ".join(self.running), left=self._left())

    def _line(self, result: Any) -> str:
        if result.error:
            return f"failed {result.report.name}: {result.error}"
        lacks = f"  sections without data: {result.absent}" if result.absent else ""
        made = f"{'built ' if result.ran else 'drawn '} {result.report.page}  {result.seconds:.1f} s{lacks}"
        if self.progress.console.is_terminal:  # a bar shows it
            return made
        task = self.progress.tasks[0]
        return f"{made}  ({task.completed:.0f} of {task.total:.0f}, {self._left()})".replace(", )", ")")

    def _left(self) -> str:
        """Return the time left, as the pages before took it."""
        task = self.progress.tasks[0]
        done, left = task.completed, (task.total or 0) - task.completed
        return f"about {(task.elapsed or 0) / done * left:.0f} s left" if done and left else ""


@app.command()
def explain(
    report: Annotated[str, typer.Argument(help="Name of a report, such as overview or field-energy.")],
    region: Region = HOME,
    out: Path = Path("reports"),
) -> None:
    """Say why a report would, or would not, be rebuilt."""
    from tanfeng.publishing import plan, stale

    root = find_root()
    out = out if out.is_absolute() else root / out
    for one in plan.reports(root, region, names=[report]):
        reasons = stale.reasons(root, out, one)
        drawn = " (only the page is drawn again)" if reasons and not stale.must_run(root, one) else ""
        typer.echo(f"{one.name}: " + (f"out of date: {'; '.join(reasons)}{drawn}" if reasons else "up to date"))


LAB_OPTIONS = [
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
]


@app.command()
def lab(
    name: Annotated[
        str,
        typer.Argument(
            help="A notebook to work in (start, whatif, or a tutorial by its number), or the executed copy of a report "
            "(peak, field-energy ...)."
        ),
    ] = "start",
    region: Region = HOME,
    lang: Annotated[str, typer.Option(help="Language of the report: zh or en.")] = "zh",
    port: Annotated[int, typer.Option(help="Port of JupyterLab.", min=1, max=65535)] = 8888,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Start without opening a browser.")] = False,
) -> None:
    """Open JupyterLab on a notebook to explore with, a tutorial, or the executed copy of a report to go on from there.

    It asks no other host for updates or news.
    """
    root = find_root()
    own = [path for folder in ("explore", "tutorials") for path in (root / "notebooks" / folder).glob("*.ipynb")]
    found = [path for path in own if name in {path.stem, path.stem.partition("-")[0]}]
    opened = found[0] if found else _copy_of(root, name, region, lang)
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    options = [*LAB_OPTIONS, *as_root, f"--port={port}", *(["--no-browser"] if no_browser else [])]
    command = [sys.executable, "-m", "jupyterlab", *options, "--notebook-dir", str(root), str(opened)]
    os.execv(sys.executable, command)  # noqa: S606


def _copy_of(root: Path, name: str, region: str, lang: str) -> Path:
    """Build a report in one language and return its notebook with outputs, in `build/lab/`, which may be changed."""
    from tanfeng.publishing import publish, run
    from tanfeng.publishing.plan import reports

    if lang not in {"zh", "en"}:
        raise ProjectError(f"language {lang!r}: expected zh or en")
    found = reports(root, region, lang, [name])
    if len(found) > 1:
        raise ProjectError(f"{name} is several reports; choose one of: {', '.join(one.slug for one in found)}")
    with publish.held(root, root / "reports"):
        _build(root, root / "reports", region, found, _Choice())
    return run.copy_for_lab(root, found[0])
