"""The command `freeze`: the outlook as it stands, or a hindcast, written to the archive for later scoring."""

from __future__ import annotations

import csv as csv_module
import io
import re
from datetime import date as day
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng import __version__
from tanfeng.cli import common
from tanfeng.cli.common import HOME, Failure, Region, app, note
from tanfeng.cli.data import known_good, problems
from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@app.command()
def freeze(
    region: Region = HOME,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the file in data/vintages/; by default kind, region, date.")
    ] = "",
    hindcast: Annotated[
        int, typer.Option(metavar="YEAR", help="Freeze what the figures up to this year give, marked as a hindcast.")
    ] = 0,
    with_internal: Annotated[
        bool, typer.Option("--with-internal", help="Freeze although the tables hold internal figures.")
    ] = False,
    note_zh: Annotated[
        str, typer.Option(metavar="TEXT", help="What changed since the outlook before, in Chinese.")
    ] = "",
    note_en: Annotated[str, typer.Option(metavar="TEXT", help="The same in English.")] = "",
    date: Annotated[str, typer.Option(metavar="DATE", help="Day of freezing: today, and no other.")] = "",
) -> None:
    """Freeze the outlook: fields and total to 2035, peak probabilities, targets, CO2 intensity. Later builds score it.

    Nothing that was frozen is ever changed: a name that exists is refused.
    """
    from tanfeng.pages.table import csv
    from tanfeng.publishing.publish import write
    from tanfeng.targets.lookback import archive

    catalog = common.project()
    kind, frozen_on = archive.HINDCAST if hindcast else archive.OUTLOOK, _date(date)
    name = name or f"{kind}_{region}_{hindcast or frozen_on}"
    _refuse(catalog, name)
    _refuse_internal(catalog, with_internal)
    wanted = [table for table in catalog.tables if table not in {archive.REGISTER, archive.FORM}]
    found = 0 if known_good(catalog) else problems(catalog, wanted)
    if found:
        raise Failure(f"{found} problems in the tables; nothing was frozen")
    rows = archive.hindcast_rows(catalog, region, hindcast) if hindcast else archive.outlook_rows(catalog, region)
    content = csv(rows).encode()
    about = {"note_zh": note_zh, "note_en": note_en}
    if any(about.values()) and not all(about.values()):
        raise ProjectError("a note needs both languages: --note-zh and --note-en")
    entry = _entry(catalog, name, kind, region, rows, frozen_on, archive.digest(content)) | about
    write(archive.frozen_file(catalog, name), content)
    register = catalog.root / "data" / catalog.tables[archive.REGISTER].path
    line = io.StringIO()
    csv_module.writer(line, lineterminator="\n").writerow(
        entry[one] for one in catalog.tables[archive.REGISTER].columns
    )
    write(register, register.read_bytes() + line.getvalue().encode())
    note.print(f"{len(rows)} rows frozen in {archive.FOLDER.as_posix()}/{name}.csv", markup=False)


def _date(given: str) -> str:
    """Return today; no other day is accepted, because the tables do not say what they were on it."""
    today = day.today().isoformat()
    if given not in {"", today}:
        raise ProjectError(
            f"--date {given}: expected today, {today}: what is frozen is made from the tables of the day"
        )
    return today


def _refuse(catalog: Catalog, name: str) -> None:
    from tanfeng.targets.lookback import archive

    if not NAME.fullmatch(name):
        raise ProjectError(f"--name {name}: expected small letters, digits, - and _, such as outlook_2026-11")
    if name in set(archive.frozen_register(catalog)["id"]) or archive.frozen_file(catalog, name).exists():
        raise ProjectError(f"{name} is frozen already and is never changed; give another --name")


def _refuse_internal(catalog: Catalog, told: bool) -> None:
    """Stop where a frozen outlook would rest on figures that nobody else can see, and say which."""
    from tanfeng.facts.observations import INTERNAL

    rows = catalog.read("observations")
    rows = rows[rows["status"] == INTERNAL]
    if len(rows) and not told:
        first = ", ".join(f"{row.indicator} {row.period}" for row in rows.head(3).itertuples())
        raise ProjectError(
            f"{len(rows)} internal figures ({first}{' ...' if len(rows) > 3 else ''}) in the tables; what is frozen "
            "can then be checked by nobody else: take them out of data/local/, or freeze with --with-internal"
        )


def _entry(
    catalog: Catalog, name: str, kind: str, region: str, rows: Any, frozen_on: str, file_hash: str
) -> dict[str, str]:
    """Return the line of the register without its note."""
    from tanfeng.targets.lookback import archive

    last = int(rows.loc[rows["statement"] == archive.EMISSIONS, "year"].min())
    return {
        "id": name,
        "kind": kind,
        "region": region,
        "last_year": str(last),
        "date": frozen_on,
        "version": __version__,
        **archive.fingerprint(catalog),
        "file_sha256": file_hash,
        "source_id": archive.SOURCE,
    }
