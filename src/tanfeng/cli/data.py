"""Commands on the tables: `data check`, `data import`, `data diff`.

A file of others is imported into `data/local/` whole and checked, or not at all. Two states of the tables are compared
row by row, with the verdicts that the differences move.
"""

from __future__ import annotations

import datetime
import io
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tanfeng.cli import common
from tanfeng.cli.common import Failure, Output, data_app, emit, formatted, note, spoken, tell
from tanfeng.cli.lock import alone
from tanfeng.data.project import PACKAGE_FILE, ProjectError, find_root
from tanfeng.data.wording import Wording, listed, said, say

if TYPE_CHECKING:
    from tanfeng.checks.importing.findings import Misfit
    from tanfeng.checks.importing.intake import Intake, Request
    from tanfeng.checks.importing.local import Join
    from tanfeng.data.catalog import Catalog
    from tanfeng.data.problem import Problem
    from tanfeng.targets.lookback.changes import Move

FINDINGS_SHOWN = 100
DIFFERENCE_WORDS = {
    "nothing": ("两个版本的数据相同。", "The tables are the same."),
    "rows": ("数据", "Rows"),
    "verdicts": ("判定变化", "Verdicts moved"),
    "indicators": ("四个指标变化", "The four indicators moved"),
    "none": ("无", "none"),
    "no_target": ("无此目标", "no such target"),
    "added": ("新增", "added"),
    "removed": ("删除", "removed"),
    "changed": ("改动", "changed"),
    "table added": ("新增数据表", "table added"),
    "table removed": ("删除数据表", "table removed"),
    "column added": ("新增列", "column added"),
    "column removed": ("删除列", "column removed"),
    "key changed": ("主键改变", "key changed"),
    "not comparable": ("无法比较", "not comparable"),
    "largest": ("最大变动", "largest change"),
    "count": ("{}行", "{} rows"),
    "all": ("逐行列出请用--all或--format csv", "--all or --format csv lists each"),
    "same": ("没有差异", "no difference"),
    "differences": ("数据表有{}处不同", "{} differences in the tables"),
    "moved": ("{}", "they move {}"),
    "moved_verdicts": ("判定变化{}项", "{} verdicts"),
    "moved_indicators": ("指标数据变化{}个", "{} indicator figures"),
    "part_verdicts": ("判定", "verdicts"),
    "part_indicators": ("四个指标", "indicators"),
}
LONGEST_LISTED = 20


@data_app.command("check")
def data_check(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="TABLE", help="Tables to check, by name or file; all by default.")
    ] = None,
    severity: Annotated[
        str,
        typer.Option(metavar="LEVEL", help="Least severity to show: error, high, medium or low. Errors always are."),
    ] = "medium",
    known: Annotated[
        bool, typer.Option("--known", metavar="", help="Show also what data/series_warnings.csv explains.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", metavar="", help=f"List each line, also of more than {FINDINGS_SHOWN}.")
    ] = False,
) -> None:
    """Check every table: columns, types, keys, links, units, periods; then whether the figures are plausible.

    Exit status 1 only if a table has an error. Figures to look at are shown by severity and change nothing.

    What is found goes to stdout, the count of it to stderr.
    """
    from tanfeng.data.problem import SEVERITIES

    if severity not in SEVERITIES:
        one_of = ", ".join(SEVERITIES)
        raise ProjectError(say("级别{one!r}：应为{all}", "severity {one!r}: expected {all}", one=severity, all=one_of))
    catalog = common.catalog()
    names = [_table_name(catalog, name) for name in tables] if tables else None
    unknown = [name for name in names or () if name not in catalog.tables]
    if unknown:
        raise ProjectError(f"no table {unknown[0]!r}; there are: {', '.join(catalog.tables)}")
    shown = sys.maxsize if every else FINDINGS_SHOWN
    found = problems(catalog, names, typer.echo, most=shown)
    if found:
        raise Failure(say("数据中有{found}个问题", "{found} problems in the tables", found=found))
    _show(_plausible(catalog, names), list(SEVERITIES).index(severity), known, shown)
    tell(say("{count}张表无误", "{count} tables are good", count=len(names or catalog.tables)))


def _table_name(catalog: Catalog, given: str) -> str:
    """Return the table that a name or a file in `data/` stands for; a file elsewhere is a wrong question."""
    path = Path(given)
    folders = {catalog.root / "data", catalog.root / "data" / "local"}
    if path.parent != Path() and path.resolve().parent not in {folder.resolve() for folder in folders}:
        raise ProjectError(
            say(
                "{given}不在本项目的data/中；放入data/local/即可检查",
                "{given} is not in data/ of this project; put it into data/local/ to check it",
                given=given,
            )
        )
    return path.stem


def problems(
    catalog: Catalog,
    names: list[str] | None,
    write: Callable[[str], None] = tell,
    fitting: Collection[str] = frozenset(),
    most: int = FINDINGS_SHOWN,
) -> int:
    """Tell the errors of the tables, a line each, and return their number; `fitting` as in `check_tables`."""
    from tanfeng.data.check import kept
    from tanfeng.publishing import validate

    found = validate.problems(catalog, names, fitting, kept)
    _list(found, _in_words, write, most)
    return len(found)


def _in_words(one: Problem | str) -> str:
    return str(said(one, spoken()) if isinstance(one, str) else one.told(spoken()))


def known_good(catalog: Catalog) -> bool:
    """Whether these tables, as they are, were found good before."""
    from tanfeng.publishing import checked, stale

    stale.forget()
    return checked.known_good(catalog.root)


def good_catalog() -> Catalog:
    """Open the tables for a command that judges: it refuses tables that `data check` finds an error in.

    That they are good is remembered by their content, as a build does.

    Raises:
        ProjectError: if a table has an error; each is told on stderr first.
    """
    from tanfeng.publishing import checked

    catalog = common.catalog()
    if known_good(catalog):
        return catalog
    found = problems(catalog, None, fitting=checked.fitting(catalog.root))
    if found:
        raise ProjectError(
            say(
                "数据中有{found}个问题，不据以判定",
                "{found} problems in the tables: nothing is judged by them",
                found=found,
            )
        )
    with suppress(OSError):  # a folder that cannot be written to is checked again each time
        checked.remember_good(catalog.root)
    return catalog


def _plausible(catalog: Catalog, names: list[str] | None) -> list[Problem]:
    """Return the figures to look at in the tables asked for; a table that they rest on must be without error too."""
    from tanfeng.checks.figures import check_figures
    from tanfeng.data.check import check_tables

    if names and check_tables(catalog):
        tell(
            say(
                "另有数据表存在错误，未检查数据是否合理（tanfeng data check列出这些错误）",
                "another table has errors: figures were not checked (tanfeng data check names them)",
            )
        )
        return []
    from tanfeng.targets.verdict import lean_findings

    wanted = set(names or catalog.tables)
    told = list(lean_findings(catalog)) if "leans" in wanted else []
    return [problem for problem in [*told, *check_figures(catalog, names)] if Path(problem.file).stem in wanted]


def _show(found: list[Problem], least: int, known: bool, most: int) -> None:
    """Write the figures to look at down to a severity, and as a message one line that counts all of them."""
    from tanfeng.data.problem import SEVERITIES

    shown = [one for one in found if list(SEVERITIES).index(one.severity) <= least and (known or not one.known)]
    _list(shown, lambda one: str(one.told(spoken())), typer.echo, most)
    counts = Counter(problem.severity for problem in found if not problem.known)
    parts = [
        say("{kind}{count}个", "{count} {kind}", kind=Wording(SEVERITIES[name], name), count=counts[name])
        for name in SEVERITIES
        if name != "error"
    ]
    tell(
        say(
            "错误0个；需核对：{parts}；已说明：{explained}个",
            "0 errors; to look at: {parts}; known and explained: {explained}",
            parts=listed(parts),
            explained=sum(bool(problem.known) for problem in found),
        )
    )


@data_app.command("import")
def data_import(
    file: Annotated[
        Path, typer.Argument(help="CEADs workbook, energy balance, table of figures, request or region workbook.")
    ],
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Layout (ceads, balance, nbs, wide, table, request, region).")
    ] = "",
    table: Annotated[
        str, typer.Option("--as", metavar="TABLE", help="Table of a tidy file; found by its columns by default.")
    ] = "",
    region: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only this; or which, where no title says it.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Only this; or which, where no title says it.")
    ] = None,
    map: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="How a wide table is read (YAML); written to fill in if not there."),
    ] = None,
    sheet: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Read only this sheet; may be repeated.")
    ] = None,
    source: Annotated[
        str, typer.Option(metavar="ID", help="Source of the rows, by id; by default made from the file.")
    ] = "",
    citation: Annotated[str, typer.Option(metavar="TEXT", help="Citation of a new source.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Address of a new source.")] = "",
    licence: Annotated[
        str, typer.Option(metavar="TERMS", help="Terms of a new source; by default those usual for the kind.")
    ] = "",
    grade: Annotated[str, typer.Option(metavar="A|B|C", help="Grade of a new source: A, B or C.")] = "C",
    accept_mismatches: Annotated[
        bool, typer.Option("--accept-mismatches", metavar="", help="Import figures that do not agree, with a note.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", metavar="", help="Check everything, write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace local figures that differ.")] = False,
) -> None:
    """Import a file into data/local/. What does not fit is listed with sheet and cell, and then nothing is written."""
    from tanfeng.checks.importing.intake import Request

    catalog = common.project()
    month = datetime.date.today().strftime("%Y-%m")
    request = Request(
        month, kind, table, tuple(region or ()), year, tuple(sheet or ()), source, citation, url, licence, grade, map
    )  # fmt: skip
    intake = _taken_in(catalog, file, request)
    _tell_findings(file, intake.reading.findings, accept_mismatches)
    with alone(catalog.root):
        joins = _joins(catalog, file, intake, force, accept_mismatches)
        _tell_import(catalog, intake, joins, dry_run)
        if not dry_run:
            from tanfeng.checks.importing import local

            local.write(catalog.root, {join.table: join.rows for join in joins})
            intake.remember()


def _taken_in(catalog: Catalog, file: Path, request: Request) -> Intake:
    from tanfeng.checks.importing.intake import Unmapped, take

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=note, disable=not note.is_terminal, transient=True) as progress:
        task = progress.add_task("reading sheets", total=None)
        try:
            return take(catalog, file, request, lambda done, total: progress.update(task, completed=done, total=total))
        except Unmapped as proposal:
            emit(str(proposal), request.map)
            raise Failure(
                say(
                    "{map}：已按识别结果写出映射，填写后再次运行同一命令",
                    "{map}: written as the file is recognised; fill it in and run the same command again",
                    map=request.map,
                )
            ) from None


def _tell_findings(file: Path, findings: Sequence[Misfit], accept: bool) -> None:
    """List the findings, what keeps the file out first; stop if one does."""
    lang = spoken()
    _list(sorted(findings, key=lambda one: one.severity != "error"), lambda one: str(one.told(lang)))
    errors = sum(finding.severity == "error" for finding in findings)
    mismatches = sum(finding.severity == "mismatch" for finding in findings)
    if errors:
        raise ProjectError(
            say(
                "{file}：{count}项提示中有{errors}项错误；未写入任何数据",
                "{file}: {errors} of {count} findings are errors; nothing was written",
                file=file.name,
                errors=errors,
                count=len(findings),
            )
        )
    if mismatches and not accept:
        raise ProjectError(say(*DISAGREE, file=file.name, count=mismatches, command=_again("--accept-mismatches")))


def _again(option: str) -> str:
    """Return the command that was given with one more option, to type."""
    return shlex.join(["tanfeng", *sys.argv[1:], option])


DISAGREE = (
    "{file}：{count}个数据与表内其他数据或已收录数据不符；未写入任何数据。请对照原表改正；确认无误的，照录并加注：{command}",
    "{file}: {count} figures do not agree with others of their sheet or with known figures; nothing was written. Mend "
    "them from the original, or import them as they are, with a note on each row: {command}",
)


def _list(
    found: Sequence[Any],
    told: Callable[[Any], str],
    write: Callable[[str], None] = tell,
    most: int = FINDINGS_SHOWN,
) -> None:
    """Tell the first of what was found, and count the others."""
    for one in found[:most]:
        write(told(one))
    if len(found) > most:
        tell(say("……另有{count}项", "... and {count} more", count=len(found) - most))


def _joins(catalog: Catalog, file: Path, intake: Intake, force: bool, accept: bool) -> list[Join]:
    """Return the local tables as they will be, sources first; stop if one would not pass the check."""
    from tanfeng.checks.importing import local

    every = {"sources": intake.source, intake.reading.table: intake.reading.rows, **intake.beside}
    new = {name: rows for name, rows in every.items() if len(rows)}
    names = {intake.reading.table: file.name}
    problems = local.rehearse(catalog, new, names)
    confirmed = local.confirmations(catalog, problems)
    if accept and len(confirmed):
        new["series_warnings"] = confirmed
        problems = local.rehearse(catalog, new, names)
    _require_good(file, problems, intake.reading.places, len(confirmed))
    beside = frozenset({"source_id"} if intake.kind in {"request", "region", "sites"} else ())
    joins = [local.join(catalog, name, rows, beside) for name, rows in new.items()]
    conflicts = [(join.table, one) for join in joins for one in join.conflicts]
    if conflicts and not force:
        _list(conflicts, lambda one: str(said(say(*CONFLICT, table=one[0], one=one[1]), spoken())))
        raise ProjectError(
            say(
                "{file}：{count}个数据已有不同的值；如需替换：{command}",
                "{file}: {count} figures are there already; to replace them: {command}",
                file=file.name,
                count=len(conflicts),
                command=_again("--force"),
            )
        )
    _require_good(file, local.rehearse(catalog, {join.table: join.rows for join in joins}))
    return joins


CONFLICT = "data/local/{table}.csv中{one}已有另一个值", "data/local/{table}.csv has another figure of {one}"


def _require_good(file: Path, problems: Sequence[Problem], places: Sequence[str] = (), confirmable: int = 0) -> None:
    """Stop if there are problems; each kind of them is told once, with the rows it is in."""
    if not problems:
        return
    from tanfeng.data.problem import gathered

    lang = spoken()
    _list(gathered(problems), lambda one: str(one.told(lang, places if one.file == file.name else ())))
    if confirmable == len(problems):
        command = _again("--accept-mismatches")
        raise ProjectError(say(*IMPLAUSIBLE, file=file.name, count=len(problems), command=command))
    raise ProjectError(
        say(
            "{file}：{count}个问题；未写入任何数据",
            "{file}: {count} problems; nothing was written",
            file=file.name,
            count=len(problems),
        )
    )


IMPLAUSIBLE = (
    "{file}：{count}个数据不合常理；未写入任何数据。以0表示无数据的，请将单元格留空；确认无误的，照录并在"
    "data/local/series_warnings.csv增加上述各行：{command}",
    "{file}: {count} figures are implausible; nothing was written. Clear a 0 that stands for no figure; where "
    "they are right, import them and add the rows above to data/local/series_warnings.csv: {command}",
)


def _tell_import(catalog: Catalog, intake: Intake, joins: list[Join], dry_run: bool) -> None:
    """Say what becomes of the rows, and which shipped figures give way to them."""
    from tanfeng.checks.importing import levels

    for join in joins:
        counts = say(
            "新增{added}行，替换{replaced}行，已有{unchanged}行",
            "{added} rows new, {replaced} replaced, {unchanged} there already",
            added=join.added,
            replaced=join.replaced,
            unchanged=join.unchanged,
        )
        dry = say("试运行，未写入：", "dry run, nothing written: ") if dry_run else ""
        tell(
            say(
                "{dry}data/local/{table}.csv：{counts}",
                "{dry}data/local/{table}.csv: {counts}",
                dry=dry,
                table=join.table,
                counts=counts,
            )
        )
    if intake.reading.summary:
        tell(intake.reading.summary)
    if len(intake.reading.rows):
        gone = levels.superseded(catalog, intake.reading.table, intake.reading.rows)
        if gone.figures:
            tell(
                say(
                    "data/{table}.csv：{gone}", "data/{table}.csv: {gone}", table=intake.reading.table, gone=gone.told()
                )
            )


@data_app.command("diff")
def data_diff(
    old: Annotated[str, typer.Argument(help="Project folder, data folder or git revision, such as HEAD~1.")],
    new: Annotated[str, typer.Argument(help="The same, of the later state.")],
    format: Annotated[str, typer.Option(metavar="FORMAT", help="table, csv or json.")] = "table",
    table: Annotated[list[str] | None, typer.Option(metavar="TABLE", help="Only this table; may be repeated.")] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="Language of table and summary: zh or en.")] = "zh",
    every: Annotated[
        bool, typer.Option("--all", metavar="", help=f"List each row, also of a table with more than {LONGEST_LISTED}.")
    ] = False,
    out: Output = None,
) -> None:
    """Say which rows, verdicts and indicators differ between two states of the tables (exit status 0 either way)."""
    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    with tempfile.TemporaryDirectory(prefix="tanfeng-") as folder:
        before, after = (
            common.catalog(_state(given, Path(folder) / name)) for given, name in ((old, "old"), (new, "new"))
        )
        from tanfeng.targets.lookback.changes import compare, compare_verdicts

        rows = compare(before, after, table)
        if format == "table":
            lost = set(rows.loc[rows["change"] == "not comparable", "part"])
            moves = compare_verdicts(before, after) if len(rows) and "verdicts" not in lost else []
            emit(_report(rows, moves, after, lang, every), out)
        else:
            emit(formatted(rows, format), out)
    note.print(_summary(rows, lang), markup=False)


def _summary(rows: Any, lang: str) -> str:
    """Return in one sentence what differs and what it moves; what cannot be compared is named and not counted."""
    if rows.empty:
        return _word("same", lang)
    lost = set(rows.loc[rows["change"] == "not comparable", "part"])
    counts = {
        "verdicts": rows.loc[(rows["part"] == "verdicts") & (rows["key"] != ""), "key"].nunique(),
        "indicators": int((rows["part"] == "indicators").sum()),
    }
    comma, stop, also = ("，", "；", "，") if lang == "zh" else ("; ", "; ", " and ")
    parts = [_word("differences", lang).format((rows["part"] == "rows").sum())]
    moved = [_word(f"moved_{part}", lang).format(count) for part, count in counts.items() if part not in lost]
    failed = [_word(f"part_{part}", lang) for part in counts if part in lost]
    line = comma.join([*parts, *([_word("moved", lang).format(also.join(moved))] if moved else [])])
    colon, between = ("：", "、") if lang == "zh" else (": ", ", ")
    return f"{line}{stop}{_word('not comparable', lang)}{colon}{between.join(failed)}" if failed else line


def _state(given: str, folder: Path) -> Path:
    """Return the project folder of one side: a folder as it is, or a revision written to a folder of its own."""
    path = Path(given)
    if path.is_dir():
        return _project(path, folder)
    return _revision(given, folder)


def _project(path: Path, folder: Path) -> Path:
    if (path / PACKAGE_FILE).is_file():
        return path.resolve()
    if not (path / PACKAGE_FILE.name).is_file():
        raise ProjectError(
            f"{path}: neither a project nor a data folder: no {PACKAGE_FILE} or {PACKAGE_FILE.name} in it"
        )
    if path.resolve().name == PACKAGE_FILE.parent.name:
        return path.resolve().parent
    shutil.copytree(path, folder / PACKAGE_FILE.parent)
    return folder


def _revision(name: str, folder: Path) -> Path:
    """Write `data/` of a git revision of this project to a folder."""
    root = find_root()
    git = shutil.which("git")
    if git is None:
        raise ProjectError(
            f"{name}: no such folder, and git, which would know a revision of that name, is not installed"
        )
    wanted = ["--end-of-options", f"{name}^{{commit}}", PACKAGE_FILE.parent.as_posix()]  # a name is no option
    command = [git, "-C", str(root), "archive", "--format=tar", *wanted]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise ProjectError(f"{name}: neither a folder nor a revision of this project: {' '.join(reason[-1:])}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return _project(folder, folder)


def _report(rows: Any, moves: list[Move], catalog: Any, lang: str, every: bool) -> str:
    """Return what differs as text: changes of the tables, moved verdicts with both reasons, moved indicators."""
    if rows.empty:
        return f"{_word('nothing', lang)}\n"
    lines = [f"{_word('rows', lang)}:", *_row_lines(rows[rows["part"] == "rows"], lang, every)]
    lines += [f"{_word('verdicts', lang)}:", *_verdict_lines(moves, catalog, lang), *_failed(rows, "verdicts", lang)]
    moved = rows[(rows["part"] == "indicators") & (rows["change"] != "not comparable")].to_dict("records")
    lines += [f"{_word('indicators', lang)}:", *(_line(row, lang) for row in moved), *_failed(rows, "indicators", lang)]
    return "".join(
        f"{line}\n" if not line.endswith(":") else f"{line[:-1]}{'：' if lang == 'zh' else ':'}\n" for line in lines
    )


def _row_lines(rows: Any, lang: str, every: bool) -> Iterator[str]:
    """Give a line for each difference, or one for a table that has more of them than a reader can take in."""
    from tanfeng.targets.lookback.changes import summary

    for counts in summary(rows).to_dict("records"):
        mine = rows[rows["table"] == counts["table"]]
        if every or len(mine) <= LONGEST_LISTED:
            yield from (_line(row, lang) for row in mine.to_dict("records"))
        else:
            schema = mine[~mine["change"].isin(["added", "removed", "changed"])]
            yield from (_line(row, lang) for row in schema.to_dict("records"))
            yield _table_line(counts, lang)


def _table_line(counts: dict[str, Any], lang: str) -> str:
    comma, stop = ("，", "；") if lang == "zh" else (", ", "; ")
    said = [f"{_word(name, lang)} {counts[name]}" for name in ("added", "removed", "changed") if counts[name]]
    line = f"  {counts['table']}  {comma.join(said)}"
    if counts["key"]:
        values = f"{counts['old']} -> {counts['new']} ({counts['change_pct']:+.2f} %)"
        line += f"{stop}{_word('largest', lang)} {counts['key']}  {counts['column']}  {values}"
    return f"{line}{stop}{_word('all', lang)}"


def _failed(rows: Any, part: str, lang: str) -> list[str]:
    mine = rows[rows["part"] == part]
    failed = mine[mine["change"] == "not comparable"]
    if len(failed):
        return [f"  {_word('not comparable', lang)}  {failed['old'].iloc[0]}"]
    return [f"  {_word('none', lang)}"] if mine.empty else []


def _word(name: str, lang: str) -> str:
    return DIFFERENCE_WORDS[name][0 if lang == "zh" else 1]


def _line(row: dict[str, Any], lang: str) -> str:
    change = row["change_pct"]
    percent = "" if change is None or change != change else f"  ({change:+.2f} %)"  # NaN is not itself
    place = "  ".join(part for part in (row["table"], row["key"], row["column"]) if part)
    values = _values(row, lang)
    return f"  {_word(row['change'], lang)}  {place}{values}{percent}"


def _values(row: dict[str, Any], lang: str) -> str:
    if row["change"] in {"table added", "table removed"}:
        return f"  {_word('count', lang).format(row['old'] or row['new'])}"
    return f"  {row['old']} -> {row['new']}" if row["old"] or row["new"] else ""


def _verdict_lines(moves: list[Move], catalog: Any, lang: str) -> list[str]:
    lines = []
    for move in moves:
        target = move.target
        lines.append(f"  {target['id']}  {target[lang]}")
        lines += [f"    {mark} {_verdict(side, catalog, lang)}" for mark, side in (("-", move.old), ("+", move.new))]
    return lines


def _verdict(side: Any, catalog: Any, lang: str) -> str:
    from tanfeng.pages import sentences, text

    if side is None:
        return _word("no_target", lang)
    return f"{text.word(catalog, f'verdict_{side.answer}', lang)}  {sentences.reason(catalog, side, lang)}"
