"""The command `data diff`: what changed between two states of the tables, and which verdicts that moves."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, data_app, emit, formatted, note
from tanfeng.data.project import PACKAGE_FILE, ProjectError, find_root

if TYPE_CHECKING:
    from tanfeng.targets.lookback.changes import Move

WORDS = {
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
LONGEST = 20


@data_app.command("diff")
def data_diff(
    old: Annotated[str, typer.Argument(help="Project folder, data folder or git revision, such as HEAD~1.")],
    new: Annotated[str, typer.Argument(help="The same, of the later state.")],
    format: Annotated[str, typer.Option(metavar="FORMAT", help="table, csv or json.")] = "table",
    table: Annotated[list[str] | None, typer.Option(metavar="TABLE", help="Only this table; may be repeated.")] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="Language of table and summary: zh or en.")] = "zh",
    every: Annotated[
        bool, typer.Option("--all", metavar="", help=f"List each row, also of a table with more than {LONGEST}.")
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
    root = find_root(Path.cwd())
    git = shutil.which("git")
    if git is None:
        raise ProjectError(
            f"{name}: no such folder, and git, which would know a revision of that name, is not installed"
        )
    command = [git, "-C", str(root), "archive", "--format=tar", f"{name}^{{commit}}", PACKAGE_FILE.parent.as_posix()]
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
    found = rows[(rows["part"] == "indicators") & (rows["change"] != "not comparable")].to_dict("records")
    lines += [f"{_word('indicators', lang)}:", *(_line(row, lang) for row in found), *_failed(rows, "indicators", lang)]
    return "".join(
        f"{line}\n" if not line.endswith(":") else f"{line[:-1]}{'：' if lang == 'zh' else ':'}\n" for line in lines
    )


def _row_lines(rows: Any, lang: str, every: bool) -> Iterator[str]:
    """Give a line for each difference, or one for a table that has more of them than a reader can take in."""
    from tanfeng.targets.lookback.changes import summary

    for counts in summary(rows).to_dict("records"):
        mine = rows[rows["table"] == counts["table"]]
        if every or len(mine) <= LONGEST:
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
    return WORDS[name][0 if lang == "zh" else 1]


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
    return f"{text.word(catalog, f'verdict_{side.verdict}', lang)}  {sentences.reason(catalog, side, lang)}"
